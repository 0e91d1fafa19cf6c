//! Counts in messages: one member is removed, and two members are.

/// A count with the words after it, of which the first are for exactly one.
///
/// ```
/// use feishu_groups::counted;
///
/// assert_eq!(counted(1, "member is", "members are"), "1 member is");
/// assert_eq!(counted(0, "member is", "members are"), "0 members are");
/// ```
pub fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
