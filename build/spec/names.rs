//! The names that the spec may use: those that can be names in Rust.
//!
//! Operations become methods, parameters and properties become fields, errors and values
//! become variants. The linter rejects invalid names, drafts of `cargo xtask` choose valid
//! ones, and the passes write them, all with these functions.

use heck::ToSnakeCase;
use quote::format_ident;

/// Whether it is snake_case: lower case letters, digits and single `_`, a letter first.
pub fn is_snake_case(id: &str) -> bool {
    id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && !id.contains("__")
        && !id.ends_with('_')
}

/// Whether it is a valid identifier in Rust.
pub fn is_identifier(name: &str) -> bool {
    // Most names are words joined by `_`, as no keyword is. The lexer would take longer for each than all else here.
    let is_snake = |name: &str| name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if name.starts_with(|c: char| c.is_ascii_lowercase()) && name.contains('_') && is_snake(name) {
        return true;
    }
    // A keyword since the edition 2024, which syn does not know.
    name != "gen" && syn::parse_str::<syn::Ident>(name).is_ok()
}

/// A name of the spec as the generators write it: they drop apostrophes before they convert it.
pub fn field_name(name: &str) -> String {
    name.replace('\'', "").to_snake_case()
}

/// Whether a parameter or property of this name can be a field in Rust.
pub fn is_field(name: &str) -> bool {
    let snake = field_name(name);
    // `field_ident` appends `_` to a keyword, as the generators do.
    is_identifier(&snake) || is_identifier(&format!("{snake}_"))
}

/// Whether it is a path whose segments are either literal or one parameter each.
pub fn is_path(path: &str) -> bool {
    let is_segment = |segment: &str| parameter_name(segment).is_some() || !segment.contains(['{', '}', '?', '#']);
    path.strip_prefix('/').is_some_and(|path| path.split('/').all(is_segment))
}

/// `name` of a segment `{name}`.
pub fn parameter_name(segment: &str) -> Option<&str> {
    let is_name = |name: &&str| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && is_field(name);
    segment.strip_prefix('{')?.strip_suffix('}').filter(is_name)
}

/// A name of the spec as an identifier of the generated code.
pub fn field_ident(name: &str) -> syn::Ident {
    let snake = field_name(name);
    // progenitor and typify both append `_` to a keyword.
    if is_identifier(&snake) { format_ident!("{snake}") } else { format_ident!("{snake}_") }
}
