//! No operation can take the name of a method that `Client` has already.

use apidoc::files::workspace_root;
use specproof::codegen::generate;
use specproof::codegen::lint::reserved::CLIENT;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Names of the methods in every `impl Client` below a folder.
fn methods(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            methods(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let file = syn::parse_file(&fs::read_to_string(&path).unwrap()).unwrap();
            for item in file.items {
                let syn::Item::Impl(item) = item else { continue };
                let syn::Type::Path(ty) = &*item.self_ty else { continue };
                if item.trait_.is_none() && ty.path.is_ident("Client") {
                    let names = item.items.iter().filter_map(|item| match item {
                        syn::ImplItem::Fn(method) => Some(method.sig.ident.to_string()),
                        _ => None,
                    });
                    found.extend(names);
                }
            }
        }
    }
}

#[test]
fn list_equals_the_methods_of_the_client() {
    // Generated code calls `client.clone()`, which a method of that name would take.
    let mut expected = BTreeSet::from(["clone".to_owned()]);
    methods(&workspace_root().join("src"), &mut expected);
    assert!(expected.len() > 10, "{expected:?}");
    let listed: BTreeSet<String> = CLIENT.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(listed, expected, "make the list of build/lint/reserved.rs say what src/ has");
}

#[test]
fn operation_of_each_name_is_a_mistake_with_its_line() {
    let file = "spec/openapi.yaml";
    let spec = fs::read_to_string(workspace_root().join(file)).unwrap();
    let line = 1 + spec.lines().position(|line| line.trim() == "operationId: get_user_group").unwrap();
    for name in CLIENT {
        let text = spec.replacen("operationId: get_user_group\n", &format!("operationId: {name}\n"), 1);
        let mistakes = generate(file, &text).expect_err(name).0;
        let [mistake] = mistakes.as_slice() else { panic!("{name}: {mistakes:?}") };
        assert_eq!((mistake.rule, mistake.place.map(|place| place.line)), (Some("operation-id"), Some(line)), "{name}");
        assert_eq!(mistake.message, format!("`{name}` is a keyword or a name that the client uses already"));
    }
}
