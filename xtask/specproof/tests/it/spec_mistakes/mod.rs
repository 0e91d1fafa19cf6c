//! A mistake in the spec stops the generator with its file and line, what is wrong and how to fix it.

mod extensions;
mod form;
mod obstacles;

use specproof::codegen::generate;
use specproof::codegen::lint::RULES;
use specproof::codegen::spec::error_category::ErrorCategory;

const FILE: &str = "spec/openapi.yaml";

fn spec() -> String {
    std::fs::read_to_string(apidoc::files::workspace_root().join(FILE)).unwrap()
}

/// After the first `old` is `new`, generating stops at the place of `»` in it and says `what`.
#[track_caller]
fn stops(old: &str, new: &str, what: &str) {
    let spec = spec();
    assert!(spec.contains(old), "the spec has changed and does not hold this any more:\n{old}");
    let marked = spec.replacen(old, new, 1);
    let before = marked.split('»').next().unwrap();
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    let (line, column) = (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1);
    let mistake = generate(FILE, &marked.replace('»', "")).expect_err("this is a mistake").to_string();
    assert_eq!(mistake, format!("{FILE}:{line}:{column}: {what}"));
    assert!(!mistake.contains('\n'), "{mistake}");
}

#[test]
fn spec_generates_deterministically() {
    assert_eq!(generate(FILE, &spec()).unwrap(), generate(FILE, &spec()).unwrap());
}

/// The values of path parameters that the client of a spec refuses, each with the path that it would make.
fn refused(paths: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut spec = spec();
    let get = "\n  /open-apis/contact/v3/group/simplelist:\n";
    for (index, (path, parameters)) in paths.iter().enumerate() {
        let parameters = parameters.split_terminator(',').map(|name| {
            format!("        - {{ name: {name}, in: path, required: true, schema: {{ type: string }} }}\n")
        });
        let operation = format!(
            "\n  {path}:\n    delete:\n      operationId: added_{index}\n      x-feishu-source: {{ document: d.md, operation: o }}\n      \
             x-feishu-access-tokens: [tenant_access_token]\n      x-feishu-scopes: []\n      \
             x-feishu-app-types: [custom]\n      x-feishu-retry: {{ rule: safe }}\n      x-feishu-errors: []\n      \
             parameters:\n{}      responses: {{ '200': {{ description: Done., content: {{ application/json: {{ schema: \
             {{ $ref: '#/components/schemas/DeleteUserGroupResponse' }} }} }} }} }}\n",
            parameters.collect::<String>()
        )
        .replace("parameters:\n      responses", "responses");
        spec = spec.replacen(get, &format!("{operation}{get}"), 1);
    }
    let code = generate(FILE, &spec).unwrap();
    let builders = code.split("impl<'a> Added").skip(1);
    let arms = builders.flat_map(|builder| builder.split("fn into_request").nth(1).unwrap().split("async fn").next());
    let arms = arms.flat_map(str::lines).filter_map(|line| line.trim().strip_suffix("),")?.split_once(" => Some("));
    arms.map(|(value, path)| (value.replace('"', ""), path.replace('"', ""))).collect()
}

#[test]
fn values_that_make_another_path() {
    let found = |paths: &[(&str, &str)], expected: &[(&str, &str)]| {
        let expected: Vec<_> = expected.iter().map(|(value, path)| ((*value).to_owned(), (*path).to_owned())).collect();
        assert_eq!(refused(paths), expected, "{paths:?}");
    };
    found(&[("/a/{x}", "x,"), ("/a/word", ""), ("/a/word/more", ""), ("/b/word", "")], &[("word", "/a/word")]);
    found(&[("/a/{x}/end", "x,"), ("/a/word/other", ""), ("/a/word", "")], &[]);
    found(&[("/a/{x}/end", "x,"), ("/a/word/{y}", "y,")], &[("word", "/a/word/{y}"), ("end", "/a/{x}/end")]);
    found(&[("/a/{x}/{y}", "x,y,"), ("/a/{x}/end", "x,")], &[("end", "/a/{x}/end")]);
    found(&[("/a/{x}/{y}", "x,y,"), ("/a/one/two", "")], &[("one", "/a/one/two")]);
    found(
        &[("/a/{x}/{y}", "x,y,"), ("/a/one/{z}", "z,"), ("/a/one/two", "")],
        &[("one", "/a/one/{z}"), ("two", "/a/one/two")],
    );
}

#[test]
fn error_kinds_listed_in_the_readme() {
    let readme = std::fs::read_to_string(apidoc::files::workspace_root().join("spec/README.md")).unwrap();
    let listed = readme.split_once("kinds: ").unwrap().1.split_once(" |").unwrap().0;
    let words: Vec<_> = ErrorCategory::ALL.iter().map(|category| format!("`{}`", category.word())).collect();
    assert_eq!(listed, words.join(", "));
    for category in ErrorCategory::ALL {
        let variant = heck::ToUpperCamelCase::to_upper_camel_case(category.word());
        assert_eq!(format!("{category:?}"), variant, "spec and client have one word for it");
    }
}

#[test]
fn path_parameter_of_any_scalar_type_written_as_text() {
    let id = "schema: { type: string, minLength: 1, maxLength: 64 }";
    let code = |schema: &str| generate(FILE, &spec().replacen(id, schema, 1)).unwrap();
    assert!(code(id).contains("request.path(\"group_id\", value.as_str())"));
    for schema in ["schema: { type: integer }", "schema: { $ref: '#/components/schemas/UserIdType' }"] {
        let written = "&*crate::call::query::QueryValue::query_value(value)";
        assert!(code(schema).contains(written), "{schema}");
    }
}

#[test]
fn every_mistake_listed_with_rule_and_place() {
    let text = spec()
        .replacen("maxLength: 100", "maxLenght: 100", 1)
        .replacen("    NoData:\n      type: object", "    NoData:\n      type: file", 1)
        .replacen("operationId: get_user_group\n", "operationId: getUserGroup\n", 1);
    let mistakes = generate(FILE, &text).unwrap_err().0;
    let found: Vec<_> = mistakes.iter().map(|mistake| (mistake.rule.unwrap(), mistake.pointer.as_str())).collect();
    let expected = [
        ("operation-id", "/paths/~1open-apis~1contact~1v3~1group~1{group_id}/get"),
        ("unproven-key", "/components/schemas/CreateUserGroupBody/properties/name/maxLenght"),
        ("spec-form", "/components/schemas/NoData"),
    ];
    assert_eq!(found, expected, "in the order of the file");
    assert!(mistakes.iter().all(|mistake| mistake.place.is_some() && !mistake.help.is_empty()));
    let text = text.replacen("code: 42003", "code: 42002", 1);
    assert_eq!(generate(FILE, &text).unwrap_err().0.len(), 3, "rows are compared once every part is sound");
}

#[test]
fn several_operations_each_with_its_mistake() {
    let text = spec()
        .replacen("code: 42003", "code: 42002", 1)
        .replacen("parameter: client_token", "parameter: user_id_type", 1)
        .replacen("      x-feishu-scopes: [contact:group:readonly]\n", "", 1);
    let rules = |text: &str| -> Vec<_> {
        generate(FILE, text).unwrap_err().0.iter().map(|mistake| mistake.rule.unwrap()).collect()
    };
    assert_eq!(rules(&text), ["spec-form"], "an operation that cannot be read stops the comparison");
    let text =
        text.replacen("operationId: get_user_group\n", "operationId: get_user_group\n      x-feishu-scopes: [a]\n", 1);
    assert_eq!(rules(&text), ["duplicate-error", "retry"]);
}

#[test]
fn every_rule_of_the_linter_known() {
    let source = std::fs::read_dir(apidoc::files::workspace_root().join("build/lint")).unwrap();
    let texts: Vec<_> = source.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect();
    let quoted = |rule: &str| texts.iter().map(|text| text.matches(&format!("{rule:?}")).count()).sum::<usize>();
    for rule in RULES {
        assert!(quoted(rule) > 1, "no mistake has the rule {rule}");
    }
}
