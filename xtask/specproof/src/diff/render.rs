//! Differences as people read them, as programs do, and as an entry of the changelog.

use super::difference::{Difference, overall};
use super::effect::Effect;
use super::phrase;
use serde::Serialize;
use std::io::{self, Write};

/// One block per difference under its operation, and what they do to callers.
pub fn human(differences: &[Difference], out: &mut dyn Write) -> io::Result<()> {
    for group in differences.chunk_by(|a, b| a.operation == b.operation) {
        writeln!(out, "{}", heading(group))?;
        for difference in group {
            let Difference { old, new, spec, consequence, .. } = difference;
            writeln!(out, "  {}", phrase::what(difference))?;
            writeln!(out, "    {}: {}", consequence.effect().words(), consequence.reason())?;
            for (side, said) in [("old", old), ("new", new)] {
                if let Some(place) = phrase::place(said.place.as_ref()) {
                    writeln!(out, "    {side}:  {place}")?;
                }
            }
            if difference.is_in_spec() {
                writeln!(out, "    spec: {}:{}:{} {}", spec.file, spec.line, spec.column, spec.pointer)?;
            }
        }
        writeln!(out)?;
    }
    writeln!(out, "{}", verdict(differences))
}

/// An entry of the changelog.
pub fn markdown(differences: &[Difference], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "### Changed in the documents\n\n{}", verdict(differences))?;
    for group in differences.chunk_by(|a, b| a.operation == b.operation) {
        writeln!(out, "\n- {}", heading(group))?;
        for difference in group {
            let Difference { old, new, spec, consequence, .. } = difference;
            let effect = match consequence.effect() {
                Effect::Compatible => consequence.effect().words().to_owned(),
                effect => format!("**{}**", effect.words()),
            };
            let places = [phrase::place(old.place.as_ref()), phrase::place(new.place.as_ref())];
            let places: Vec<String> = places.into_iter().flatten().collect();
            let spec = match difference.is_in_spec() {
                true => format!("; {}:{} `{}`", spec.file, spec.line, spec.pointer),
                false => String::new(),
            };
            let (what, reason) = (phrase::what(difference), consequence.reason());
            writeln!(out, "  - {what}; {effect}: {reason} ({}{spec})", places.join(" → "))?;
        }
    }
    Ok(())
}

/// The stable form for programs.
pub fn json(differences: &[Difference], out: &mut dyn Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Report<'a> {
        differences: &'a [Difference],
        effect: Effect,
    }
    serde_json::to_writer_pretty(&mut *out, &Report { differences, effect: overall(differences) })?;
    writeln!(out)
}

fn heading(group: &[Difference]) -> String {
    let operation = group.first().and_then(|difference| difference.operation.as_ref());
    operation.map_or_else(|| "the document".to_owned(), phrase::operation)
}

/// What all differences do to callers: the worst of them, and how many of each.
fn verdict(differences: &[Difference]) -> String {
    let count = |effect: Effect| differences.iter().filter(|difference| difference.effect() == effect).count();
    let parts: Vec<String> = [Effect::Breaking, Effect::MayBreak, Effect::Compatible]
        .into_iter()
        .filter_map(|effect| Some((effect, count(effect))).filter(|(_, count)| *count > 0))
        .map(|(effect, count)| format!("{count} {}", effect.counted(count)))
        .collect();
    match differences.len() {
        0 => "The documents state the same: no difference.".to_owned(),
        1 => format!("1 difference, which {}.", overall(differences).words()),
        all => {
            format!("{all} differences: {}. As a whole, the change {}.", parts.join(", "), overall(differences).words())
        }
    }
}
