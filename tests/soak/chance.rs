//! Random numbers that a seed brings back (splitmix64).
//!
//! Every task, and every request of a task, has a row of its own: what one of them draws
//! does not depend on who else was faster.

/// A row of random numbers.
pub struct Chance(u64);

impl Chance {
    /// The row that belongs to this place.
    pub fn of(seed: u64, place: u64) -> Self {
        let mut mixed = Self(seed ^ place.wrapping_mul(0xD1B5_4A32_D192_ED03));
        Self(mixed.draw())
    }

    /// Anything from 0 up to `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.draw() % end as u64) as usize
    }

    /// One of these.
    pub fn one_of<'a, T>(&mut self, choices: &'a [T]) -> Option<&'a T> {
        if choices.is_empty() { None } else { choices.get(self.below(choices.len())) }
    }

    fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}
