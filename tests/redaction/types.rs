//! The public types, read from the source: a new one must be added to these tests.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use syn::{Item, ItemMod, Visibility};

const GENERATED: &str = include_str!(concat!(env!("OUT_DIR"), "/client.rs"));

/// The names of all public structs and enums except the generated `types`.
pub fn public() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    collect_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut names);
    let generated = syn::parse_file(GENERATED).unwrap().items;
    collect(generated.iter().filter(|item| !is_types(item)), &mut names);
    names
}

fn collect_files(folder: &Path, names: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect_files(&path, names);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let file = syn::parse_file(&fs::read_to_string(&path).unwrap()).unwrap();
            collect(file.items.iter(), names);
        }
    }
}

fn collect<'a>(items: impl Iterator<Item = &'a Item>, names: &mut BTreeSet<String>) {
    for item in items {
        let (visibility, name) = match item {
            Item::Struct(item) => (&item.vis, &item.ident),
            Item::Enum(item) => (&item.vis, &item.ident),
            Item::Union(item) => (&item.vis, &item.ident),
            Item::Mod(ItemMod { vis: Visibility::Public(_), content: Some((_, items)), .. }) => {
                collect(items.iter(), names);
                continue;
            }
            _ => continue,
        };
        if matches!(visibility, Visibility::Public(_)) {
            names.insert(name.to_string());
        }
    }
}

fn is_types(item: &Item) -> bool {
    matches!(item, Item::Mod(module) if module.ident == "types")
}

/// Names that the field types of the generated `types` may use besides each other.
const PLAIN: [&str; 20] = [
    "std",
    "option",
    "Option",
    "vec",
    "Vec",
    // What a caller gave a builder of a body.
    "crate",
    "call",
    "argument",
    "Argument",
    "string",
    "String",
    "result",
    "Result",
    "super",
    "i64",
    "bool",
    "f64",
    "serde_json",
    "Map",
    "Value",
];

/// The names in the generated `types` that are neither plain nor defined there: a credential could enter through one.
pub fn not_plain() -> BTreeSet<String> {
    let items = syn::parse_file(GENERATED).unwrap().items;
    let types = items.iter().find(|item| is_types(item)).unwrap();
    let (mut own, mut used) = (BTreeSet::new(), BTreeSet::new());
    look_into(types, &mut own, &mut used);
    assert!(own.len() > 20 && used.len() > 5, "{own:?} {used:?}");
    used.into_iter().filter(|name| !own.contains(name) && !PLAIN.contains(&name.as_str())).collect()
}

fn look_into(item: &Item, own: &mut BTreeSet<String>, used: &mut BTreeSet<String>) {
    match item {
        Item::Mod(module) if module.ident != "error" && module.ident != "defaults" => {
            let (_, items) = module.content.as_ref().unwrap();
            items.iter().for_each(|item| look_into(item, own, used));
        }
        Item::Struct(item) => {
            own.insert(item.ident.to_string());
            for field in &item.fields {
                let ty = &field.ty;
                used.extend(words(&quote::quote!(#ty).to_string()).map(str::to_owned));
            }
        }
        // An open enum holds a number or a word.
        Item::Macro(item) => {
            let text = item.mac.tokens.to_string();
            let name = words(&text).skip_while(|word| *word != "enum").nth(1);
            own.extend(name.map(str::to_owned));
        }
        Item::Enum(item) => panic!("{} is an enum that is not open", item.ident),
        _ => {}
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}
