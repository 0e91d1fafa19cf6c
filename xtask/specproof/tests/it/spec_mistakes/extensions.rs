//! Mistakes in the `x-feishu-*` extensions.

use super::{FILE, spec, stops};
use specproof::codegen::generate;

#[test]
fn extensions() {
    stops(
        "      x-feishu-errors:\n        - { http: 500,",
        "      »x-feishu-errors:\n        - { htttp: 500,",
        "`x-feishu-errors` is malformed: unknown field `htttp`, expected one of `http`, `code`, `name`, `message`; \
         write it as spec/README.md describes",
    );
    stops(
        "      x-feishu-retry: { rule: never-sent }",
        "      »x-feishu-retry: { rule: never }",
        "`x-feishu-retry` is malformed: unknown variant `never`, expected one of `safe`, `idempotency-key`, \
         `never-sent`; write it as spec/README.md describes",
    );
    stops(
        "      x-feishu-scopes: [contact:group]",
        "      »x-feishu-scopes: contact:group",
        "`x-feishu-scopes` is malformed: invalid type: string \"contact:group\", expected a sequence; \
         write it as spec/README.md describes",
    );
    stops(
        "    post:\n      operationId: create_user_group\n",
        "    »post:\n      operationId: create_user_group\n      x-feishu-data: /payload\n",
        "the payload stands at `/payload`, and the client reads the envelope's `data` alone; point `x-feishu-data` at \
         `/data` or an object in it",
    );
    stops(
        "    post:\n      operationId: create_user_group\n",
        "    »post:\n      operationId: create_user_group\n      x-feishu-data: /data/payload\n",
        "the envelope `CreateUserGroupResponse` has no object at `/data/payload`; give the envelope a `data` property, \
         or point `x-feishu-data` at the payload",
    );
    let source = "      x-feishu-source: { document: contact-user-group.md, operation: CreateUserGroupAsync }\n";
    let head = "    post:\n      operationId: create_user_group";
    let text = spec();
    let between = text.split_once(head).unwrap().1.split_once(source).unwrap().0;
    stops(
        &format!("{head}{between}{source}"),
        &format!("    »{}{between}", head.trim_start()),
        "`x-feishu-source` is missing here; add it; spec/README.md describes it",
    );
}

#[test]
fn errors() {
    stops(
        "        - { http: 400, code: 42003, name: invalid_group_type,",
        "        - »{ http: 400, code: 42003, name: wrong_group_type,",
        "the error name `wrong_group_type` is not defined; add it to x-feishu-error-names, or correct it",
    );
    stops(
        "        - { http: 400, code: 42003, name: invalid_group_type,",
        "        - »{ http: 400, code: 42002, name: invalid_group_type,",
        "duplicate code 42002; keep one of them",
    );
    stops(
        "  internal_error: {",
        "  »1nternal-error: { kind: internal, advice: Wait. }\n  internal_error: {",
        "the error name `1nternal-error` is not snake_case, or is not a valid and unique variant name in Rust; rename it here and where it is used",
    );
}

#[test]
fn results() {
    let not_sent = "name the property of the body that lists the items, and their id as `id`";
    let is_sent = "is not a list of objects in the request body that require a string `member_id`";
    stops("        sent: members\n", "        »sent: member\n", &format!("`member` {is_sent}; {not_sent}"));
    stops("        sent: members\n", "        »sent: member_id\n", &format!("`member_id` {is_sent}; {not_sent}"));
    let item = "        item: MemberResult\n";
    let has_none = |item: &str, code: &str| {
        let help = "name the schema of a result; `id` and `code` name two of its properties";
        format!("the schema `{item}` does not have a string `member_id` and an integer `{code}`; {help}")
    };
    stops(item, "        »item: UserGroupMember\n", &has_none("UserGroupMember", "code"));
    stops(item, "        »item: Member\n", &has_none("Member", "code"));
    stops(
        "        item: MemberResult\n        id: member_id\n        code: code\n",
        "        »item: MemberResult\n        id: member_id\n        code: member_id\n",
        &has_none("MemberResult", "member_id"),
    );
    let items = "        items: /data/results\n";
    let in_payload = "is not a property of the payload at `/data`; point at the list of results in the payload";
    stops(items, "        »items: /data\n", &format!("`/data` {in_payload}"));
    stops(items, "        »items: /data/results/code\n", &format!("`/data/results/code` {in_payload}"));
    stops(
        items,
        "        »items: /data/result\n",
        "`/data/result` is not a list of `MemberResult` in the response; point at the list of results, or name as \
         `partial_code` the failure that has it",
    );
    let already = "        already: [42005]\n";
    stops(
        already,
        "        »already: [42004]\n",
        "42004 is not an error of this operation; list it in x-feishu-errors, or correct it",
    );
    stops(
        already,
        "        »partial_code: 40003\n",
        "the results are in the response, and in the data of a failure; remove it, or remove the list from the response",
    );
    let (code, other) = ("        partial_code: 40022\n", "        »partial_code: 40021\n");
    stops(code, other, "40021 is not an error of this operation; list it in x-feishu-errors, or correct it");
    let required = spec().replacen("    MemberResult:\n", "    MemberResult:\n      required: [code]\n", 1);
    let mistakes = generate(FILE, &required).unwrap_err().0;
    assert!(mistakes.iter().all(|mistake| mistake.message == "the result `MemberResult` has a required property"));
    assert_eq!(mistakes.len(), 2, "one for each operation");
}

#[test]
fn pages() {
    let items = "      x-feishu-page:\n        items: [/data/grouplist, /data/groups]";
    let page = |items: &str| format!("      »x-feishu-page:\n        items: {items}");
    stops(
        items,
        &page("[/data/group_list, /data/groups]"),
        "`/data/group_list` is not a property of type array of the payload at `/data`; \
         point at such a property of the payload",
    );
    let lists = "the lists do not hold `UserGroup`, or strings that become one; point `items` at lists of the schema \
                 `item`, or name the property that a string becomes as `item_key`";
    stops(items, &page("[]"), lists);
    stops(
        "      x-feishu-page:\n        items: [/data/group_list, /data/groups]\n        item: UserGroup\n        item_key: id\n",
        "      »x-feishu-page:\n        items: [/data/group_list, /data/groups]\n        item: UserGroup\n",
        lists,
    );
    let rest = "\n        item: UserGroup\n        token: /data/page_token\n        has_more: /data/has_more\n";
    stops(
        &format!("{items}{rest}"),
        &format!("{}{}", page("[/data/grouplist]"), rest.replace("UserGroup", "Group")),
        "there is no schema `Group` with such a key; name a schema of components/schemas and one of its properties, \
         a string",
    );
    stops(
        &format!("{items}{rest}"),
        &format!("{}{}", page("[/data/grouplist]"), rest.replace("/data/has_more", "/data/page_token")),
        "`/data/page_token` is not a property of type boolean of the payload at `/data`; \
         point at such a property of the payload",
    );
    let asked = "        request_token: page_token\n        request_size: page_size\n";
    stops(
        &format!("{items}{rest}{asked}"),
        &format!("{}{rest}{}", page("[/data/grouplist]"), asked.replace("page_size", "type")),
        "there is no query parameter `type` of type integer; name a query parameter of this operation",
    );
}

#[test]
fn methods_that_choose_a_property() {
    let rule = "        id: { properties: [id, group_id],";
    let help = "write it as spec/README.md describes";
    stops(
        rule,
        "        »id: { properties: [id, type],",
        &format!("`type` is not an optional string property; {help}"),
    );
    stops(
        rule,
        "        »id: { propertis: [id, group_id],",
        &format!("`id` is malformed: unknown field `propertis`, expected `properties` or `description`; {help}"),
    );
}
