//! What the generators take and rustc would not, or would warn about: a mistake, never an error of the compiler.
//!
//! What they can write in spite of its looks is in `tests/downstream/obstacles`, which is compiled.

use super::{FILE, spec, stops};
use specproof::codegen::generate;

const NO_DATA: &str = "    NoData:\n      type: object\n";

/// A schema before `NoData`.
#[track_caller]
fn schema_stops(schema: &str, what: &str) {
    stops(NO_DATA, &format!("    {schema}\n{NO_DATA}"), what);
}

#[test]
fn names_that_become_one() {
    let get = "    get:\n      operationId: get_user_group\n";
    let text = spec().replacen("operationId: create_user_group\n", "operationId: call_a1\n", 1);
    let mistakes = generate(FILE, &text.replacen(get, &get.replace("get_user_group", "call_a_1"), 1)).unwrap_err();
    let what = "the operationIds `call_a1` and `call_a_1` have the same name in Rust; rename one of them";
    assert!(mistakes.to_string().contains(what), "{mistakes}");
    stops(
        "  internal_error: {",
        "  a1: { kind: internal, advice: Wait. }\n  »a_1: { kind: internal, advice: Wait. }\n  internal_error: {",
        "the error name `a_1` is not snake_case, or is not a valid and unique variant name in Rust; rename it here and \
         where it is used",
    );
    stops(
        NO_DATA,
        &format!("{NO_DATA}      properties: {{ users: {{ type: string }}, »\"user's\": {{ type: string }} }}\n"),
        "`user's` is not a valid and unique field name in Rust; leave the property out",
    );
    let names = "is not a valid and unique variant name in Rust; \
                 name each value by `x-enum-varnames`, in UpperCamelCase, and none `Unknown`";
    for (values, name) in [("[a_b, aB]", "AB"), ("['=', '>=']", ""), ("['>=', '≥']", "")] {
        schema_stops(&format!("Sign: {{ type: string, »enum: {values} }}"), &format!("`{name}` {names}"));
    }
    for name in ["open", "Half_open", "Self"] {
        let schema = format!("Sign: {{ type: string, enum: [a], »x-enum-varnames: [{name}] }}");
        schema_stops(&schema, &format!("`{name}` {names}"));
    }
}

#[test]
fn names_that_are_taken() {
    for name in ["Option", "Result", "String", "Vec", "Some"] {
        let what = format!("a type `{name}` would hide Rust's own; rename it, here and where it is referred to");
        schema_stops(&format!("»{name}: {{ type: object }}"), &what);
    }
    let keyword = "        - name: member_id_type\n";
    stops(
        keyword,
        "        - »name: '='\n",
        "the parameter `=` is not a valid field name in Rust; leave the parameter out",
    );
    let first_of = "x-feishu-first-of:\n        id:";
    for name in ["new", "Id", "self"] {
        stops(
            first_of,
            &format!("x-feishu-first-of:\n        »{name}:"),
            &format!(
                "`{name}` is not snake_case, or every type has a method of that name; write it as spec/README.md describes"
            ),
        );
    }
}

#[test]
fn enums_without_a_place_for_each_value() {
    schema_stops(
        "Sign: { type: string, »enum: [a, b, a], x-enum-varnames: [A, B, C] }",
        "the `enum` lists \"a\" twice; keep one of them",
    );
    schema_stops("Sign: { type: string, »enum: [] }", "the `enum` has no values; list the values, or remove `enum`");
    stops(
        "      x-feishu-first-of:\n        id: { properties: [id, group_id]",
        "      x-feishu-first-of:\n        »id: { properties: [kind]",
        "`kind` is not an optional string property; write it as spec/README.md describes",
    );
}

#[test]
fn schemas_without_an_end() {
    for schema in [
        "»Loop: { $ref: '#/components/schemas/Loop' }",
        "»Loop: { allOf: [{ $ref: '#/components/schemas/Loop' }] }",
        "»Loop: { type: array, items: { type: array, items: { $ref: '#/components/schemas/Loop' } } }",
    ] {
        schema_stops(schema, "the schema `Loop` is defined by itself; give it a `type` of its own");
    }
    let requires =
        "Loop: { type: object, required: [next], properties: { next: { $ref: '#/components/schemas/Loop' } } }";
    schema_stops(
        &format!("»{requires}"),
        "the schema `Loop` requires an object that requires it: there is no such value; \
         take one of the properties out of `required`",
    );
    generate(FILE, &spec().replacen(NO_DATA, &format!("    {}\n{NO_DATA}", requires.replace("[next]", "[]")), 1))
        .unwrap();
}

#[test]
fn bodies_without_a_schema_or_properties() {
    let refused = "        application/json:\n          schema: { $ref: '#/components/schemas/ErrorResponse' }\n";
    stops(
        refused,
        "        »application/json:\n",
        "`application/json` has no schema; add `schema: { $ref: ... }`, or remove `content` from a failure that has no body",
    );
    let (body, head) =
        ("            schema: { $ref: '#/components/schemas/CreateUserGroupBody' }", "      requestBody:\n");
    let rest = "        required: true\n        content:\n          application/json:\n";
    stops(
        &format!("{head}{rest}{body}"),
        &format!("      »{}{rest}{}", head.trim_start(), body.replace("CreateUserGroupBody", "NoData")),
        "the request body has no properties; give its schema properties, or remove the request body",
    );
    let text = spec().replacen("      in: path\n      required: true\n", "      in: path\n", 1);
    let mistake = generate(FILE, &text).unwrap_err().to_string();
    let what =
        "the parameter `group_id` is in the path and not required; add `required: true`: no path goes without it";
    assert!(mistake.contains(what), "{mistake}");
}

#[test]
fn schemas_shared_by_operations_that_differ() {
    let list = "schema: { $ref: '#/components/schemas/ListMemberUserGroupsResponse' }";
    let mistake = |text: &str| generate(FILE, text).unwrap_err().to_string();
    let shared = spec().replacen(list, "schema: { $ref: '#/components/schemas/ListUserGroupsResponse' }", 1);
    let found = mistake(&shared);
    assert!(found.contains("page"), "{found}");
    let batch = "schema: { $ref: '#/components/schemas/BatchRemoveUserGroupMembersBody' }";
    let shared = spec().replacen(batch, "schema: { $ref: '#/components/schemas/BatchAddUserGroupMembersBody' }", 1);
    generate(FILE, &shared).unwrap();
}
