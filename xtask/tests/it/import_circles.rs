//! No files of a crate import each other in a circle: imports point one way, or from a child to its parents.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use syn::visit::{self, Visit};

/// A module by its names, the root of the crate being empty.
type Module = Vec<String>;

/// What the code of one file refers to, by `crate::` and `super::` paths.
struct References<'a> {
    module: &'a Module,
    found: Vec<Vec<String>>,
}

impl References<'_> {
    /// An absolute path, of one that begins with `crate`, `self` or `super`.
    fn add(&mut self, path: &[String]) {
        let up = path.iter().take_while(|name| *name == "super").count();
        let base = match path.first().map(String::as_str) {
            Some("crate") => Vec::new(),
            Some("self") => self.module.clone(),
            Some("super") => self.module[..self.module.len().saturating_sub(up)].to_vec(),
            _ => return,
        };
        self.found.push([base, path[up.max(1)..].to_vec()].concat());
    }

    fn add_tree(&mut self, tree: &syn::UseTree, before: &[String]) {
        let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        match tree {
            syn::UseTree::Path(path) => self.add_tree(&path.tree, &with(&path.ident)),
            syn::UseTree::Name(name) => self.add(&with(&name.ident)),
            syn::UseTree::Rename(rename) => self.add(&with(&rename.ident)),
            syn::UseTree::Glob(_) => self.add(before),
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| self.add_tree(tree, before)),
        }
    }
}

impl<'ast> Visit<'ast> for References<'_> {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.add_tree(&item.tree, &[]);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.add(&names);
        visit::visit_path(self, path);
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        // Tests may refer to whatever they test.
        if module.ident != "tests" {
            visit::visit_item_mod(self, module);
        }
    }
}

fn collect(folder: &Path, module: &Module, files: &mut BTreeMap<Module, syn::File>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            collect(&path, &[module.clone(), vec![name]].concat(), files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let module = match name.as_str() {
                "lib" | "main" | "mod" => module.clone(),
                _ => [module.clone(), vec![name]].concat(),
            };
            files.insert(module, syn::parse_file(&fs::read_to_string(&path).unwrap()).unwrap());
        }
    }
}

/// For each file those that it imports; its parents and children aside.
fn imports(source: &Path) -> BTreeMap<Module, BTreeSet<Module>> {
    let mut files = BTreeMap::new();
    collect(source, &Vec::new(), &mut files);
    let imports = files.iter().map(|(module, file)| {
        let mut references = References { module, found: Vec::new() };
        references.visit_file(file);
        let file_of = |path: Vec<String>| {
            (0..=path.len()).rev().map(|end| path[..end].to_vec()).find(|at| files.contains_key(at))
        };
        let others = references.found.into_iter().filter_map(file_of);
        (module.clone(), others.filter(|other| !other.starts_with(module) && !module.starts_with(other)).collect())
    });
    imports.collect()
}

#[test]
fn no_file_imports_itself_through_others() {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    for source in ["src", "apidoc/src", "specproof/src", "../cli/src"] {
        let imports = imports(&xtask.join(source));
        assert!(imports.values().map(BTreeSet::len).sum::<usize>() > 5, "{source}: hardly an import was found");
        for module in imports.keys() {
            let (mut seen, mut open) = (BTreeSet::new(), vec![module]);
            while let Some(here) = open.pop() {
                for other in &imports[here] {
                    assert_ne!(
                        other,
                        module,
                        "{source}: {} is in a circle with {}",
                        module.join("::"),
                        here.join("::")
                    );
                    if seen.insert(other) {
                        open.push(other);
                    }
                }
            }
        }
    }
}
