//! A mistake in the spec stops the generator with its file and line, what is wrong and how to fix it.
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
        assert!(code(schema).contains("request.path(\"group_id\", value.to_string().as_str())"), "{schema}");
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

#[test]
fn what_is_not_plain_yaml() {
    let scopes = "x-feishu-scopes: [contact:group]\n";
    let help = "fix the syntax here or on the line above";
    stops(
        "operationId: create_user_group\n      tags:",
        "operationId: »create_user_group\n    \ttags:",
        &format!("this is not YAML: while scanning a plain scalar, found a tab; {help}"),
    );
    stops(
        scopes,
        "x-feishu-scopes: »*scopes\n",
        &format!("this is not YAML: while parsing node, found unknown anchor; {help}"),
    );
    stops(
        "    NoData:\n      type: object",
        "    NoData:\n      type: »'object",
        &format!("this is not YAML: invalid indentation in quoted scalar; {help}"),
    );
    stops(
        "    NoData:\n      type: object",
        "    NoData:\n      type: object\n      »type: string",
        "duplicate key `type`; keep one of them",
    );
    let plain = "anchors (`&name`) and tags (`!name`) are not supported; write the plain value";
    stops(scopes, "x-feishu-scopes: »&scopes [contact:group]\n", plain);
    stops("maxLength: 100", "maxLength: »!!str 100", plain);
    stops(
        "openapi: 3.0.3\n",
        "openapi: 3.0.3\n»---\nopenapi: 3.0.3\n",
        "a second document begins; keep one document in the file",
    );
}

#[test]
fn keys_that_mean_nothing() {
    stops(
        "        - name: page_size\n          in: query",
        "        - name: page_size\n          »inn: query",
        "unknown key `inn`; use one of: name, in, required, deprecated, description, schema, $ref",
    );
    stops(
        "      responses:\n        '200':\n          description: The group was created",
        "      responses:\n        '200':\n          »descripton: The group was created",
        "unknown key `descripton`; use one of: description, content, $ref",
    );
    let text = spec().replacen("maxLength: 100", "maxLenght: 100", 1);
    let mistake = generate(FILE, &text).unwrap_err().to_string();
    assert!(mistake.contains("unknown key `maxLenght`; use one of: type, format, "), "{mistake}");
    let text = spec().replacen("      x-feishu-retry:", "      x-feishu-retries:", 1);
    let mistake = generate(FILE, &text).unwrap_err().to_string();
    assert!(mistake.contains("unknown key `x-feishu-retries`; use one of: operationId, "), "{mistake}");
}

#[test]
fn references() {
    stops(
        "            schema: { $ref: '#/components/schemas/CreateUserGroupBody' }",
        "            schema: { »$ref: '#/components/schemas/CreateUserGroup' }",
        r##""#/components/schemas/CreateUserGroup" is not defined; correct the reference, or define its target"##,
    );
    stops(
        "        4XX: { $ref: '#/components/responses/Refused' }",
        "        4XX: { »$ref: '#/components/responses/Refuse' }",
        r##""#/components/responses/Refuse" is not defined; correct the reference, or define its target"##,
    );
    stops(
        "        type: { $ref: '#/components/schemas/UserGroupType' }",
        "        »type: { $ref: '#/components/schemas/UserGroupType', minimum: 1 }",
        "keys next to a `$ref` are ignored; write `allOf: [{ $ref: ... }]` instead",
    );
}

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
        "the envelope `CreateUserGroupResponse` has no object at `/payload`; give the envelope a `data` property, \
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
        "the error name `1nternal-error` is not snake_case, or is not a valid variant name in Rust; rename it here and where it is used",
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
fn operations() {
    let get = "    get:\n      operationId: get_user_group\n";
    let named = |place: &str, id: &str| {
        get.replace("get:", &format!("{place}get:")).replace("get_user_group", id).replace("»»", "»")
    };
    stops(get, &named("»", "create_user_group"), "operationId `create_user_group` is used twice; rename one of them");
    let snake = "the operation has no operationId in snake_case; add `operationId: verb_noun`";
    stops(get, &named("»", "getUserGroup"), snake);
    for taken in ["builder", "with_user_token", "move"] {
        let what = format!("`{taken}` is a keyword or already a method of the client; rename it");
        stops(get, &format!("    get:\n      »operationId: {taken}\n"), &what);
    }
    stops(
        "        '200':\n          description: The group was created",
        "        »'201':\n          description: The group was created",
        "the status `201` is not supported; document success as '200' and failures as 4XX and 5XX",
    );
    stops(
        "        application/json:\n          schema: { $ref: '#/components/schemas/ErrorResponse' }",
        "        »text/html:\n          schema: { $ref: '#/components/schemas/ErrorResponse' }",
        "the media type `text/html` is not supported; use application/json",
    );
    for path in ["open-apis/contact/v3/group/{group_id}", "/open-apis/contact/v3/group/{group_id"] {
        let what = format!("the path `{path}` is malformed; begin with `/`, and write a parameter as `{{name}}`");
        stops("  /open-apis/contact/v3/group/{group_id}:", &format!("  »{path}:"), &what);
    }
}

#[test]
fn bodies() {
    let body = "          application/json:\n            schema: { $ref: '#/components/schemas/CreateUserGroupBody' }";
    let head = "      requestBody:\n        required: true\n        content:\n";
    stops(
        body,
        "          application/json:\n            »schema: { type: object, properties: { name: { type: string } } }",
        "an `object` must be a named schema; move it to components/schemas and refer to it",
    );
    stops(
        &format!("{head}{body}"),
        "      »requestBody:\n        required: true\n",
        "the request body has no named schema; give it application/json and a `$ref` to a schema of components/schemas",
    );
    stops(
        &format!("{head}{body}"),
        &format!("{}{}", head.replace("request", "»request"), body.replace("CreateUserGroupBody", "Message")),
        "the request body is no object; refer to a schema of `type: object`",
    );
}

#[test]
fn envelopes() {
    let code = "      description: The envelope that get answers.\n      required: [code]\n";
    let get = "    get:\n      operationId: get_user_group\n";
    let text = spec();
    let between = text.split_once(get).unwrap().1.split_once(code).unwrap().0;
    stops(
        &format!("{get}{between}{code}"),
        &format!("    »{}{between}{}", get.trim_start(), code.replace("      required: [code]\n", "")),
        "the envelope `GetUserGroupResponse` has no `code` that is a required integer; give the envelope one",
    );
}

#[test]
fn parameters() {
    let member = "        - name: member_id\n          in: query\n          required: true\n";
    stops(
        member,
        &member.replace("- name", "- »name").replace("query", "cookie"),
        "a parameter needs a `name`, and `in` must be path, query or header; add or correct them",
    );
    stops(
        "        - name: member_id_type\n          in: query\n",
        "        - »name: Content-Type\n          in: header\n",
        "`Content-Type` is not the name of a header, or the client writes that header itself; leave the parameter out",
    );
    stops(
        "        - name: member_id_type\n",
        "        - »name: 1st\n",
        "the parameter `1st` is not a valid field name in Rust; leave the parameter out",
    );
    stops(
        "        - name: member_id_type\n",
        "        - »name: member_id\n",
        "duplicate parameter `member_id`; keep one of them",
    );
    stops(
        "          schema: { type: string }\n        - name: member_id_type",
        "          »schema: { type: array, items: { type: array, items: { type: string } } }\n        - name: member_id_type",
        "a parameter cannot be a list of lists or of objects; give it a string, number or boolean, or a list of them \
         `in: query`",
    );
    stops(
        "          schema: { type: string }\n        - name: member_id_type",
        "          »schema: { type: array, nullable: true, items: { type: string } }\n        - name: member_id_type",
        "a parameter cannot be `nullable`; remove `nullable`: a list that is not set is not sent",
    );
    stops(
        "  /open-apis/contact/v3/group/simplelist:\n    get:",
        "  /open-apis/contact/v3/group/{simplelist}:\n    »get:",
        "the path and its parameters do not agree on `simplelist`; \
         write `{simplelist}` in the path and a parameter `in: path`, required",
    );
    stops(
        "      parameters:\n        - name: page_size\n          in: query\n",
        "      »parameters:\n        - { name: send, in: query, schema: { type: string } }\n        - name: page_size\n          in: query\n",
        "every builder has a method `send`, so no parameter can have that name; \
         leave the parameter out, or rename the method in build/passes/operations.rs",
    );
    stops(
        "      x-feishu-retry: { rule: idempotency-key, parameter: client_token,",
        "      »x-feishu-retry: { rule: idempotency-key, parameter: user_id_type,",
        "an idempotency key without its query parameter; \
         name a query parameter of this operation, a string of any value, as `parameter`",
    );
}

#[test]
fn schemas() {
    stops(
        "    NoData:\n      type: object",
        "    »NoData:\n      type: file",
        "a schema needs a known `type`, a `$ref` or an `allOf` of one; \
         write one of: object, array, string, integer, number, boolean",
    );
    stops(
        "    NoData:\n      type: object",
        "    »userIDs: { type: string }\n    NoData:\n      type: object",
        "the generator would rename the schema `userIDs`; \
         write `UserIDs`, here and where it is referred to",
    );
    for (before, name) in [("group_list: { type: string }, ", "groupList"), ("", "1st")] {
        stops(
            "    NoData:\n      type: object\n",
            &format!("    NoData:\n      type: object\n      properties: {{ {before}»{name}: {{ type: string }} }}\n"),
            &format!("`{name}` is not a valid and unique field name in Rust; leave the property out"),
        );
    }
    stops(
        "      required: [name]",
        "      »required: [nmae]",
        "`nmae` is required but is not a property; correct the name or add the property",
    );
    stops(
        "        grouplist:\n          type: array\n          nullable: true\n",
        "        »grouplist:\n          type: array\n",
        "the list `grouplist` must be either required or `nullable: true`; \
         an optional list may be `null` in a response and can be sent empty",
    );
}

#[test]
fn limits() {
    for (limit, value, what) in [
        ("maxLength: 100", "a hundred", "`maxLength: \"a hundred\"` is not a whole number from 0"),
        ("maxLength: 100", "\"100\"", "`maxLength: \"100\"` is not a whole number from 0"),
        ("minLength: 1", "-1", "`minLength: -1` is not a whole number from 0"),
        ("minimum: 1", "0.5", "`minimum: 0.5` is not a whole number"),
        ("maxItems: 10000", "10_000", "`maxItems: \"10_000\"` is not a whole number from 0"),
        ("pattern: '^[0-9A-Za-z]*$'", "'^(a|b)$'", "`pattern: \"^(a|b)$\"` is not `^[characters and ranges]*$`"),
        ("format: int64", "int32", "`format: \"int32\"` is not `int64`"),
    ] {
        let keyword = limit.split(':').next().unwrap();
        stops(limit, &format!("»{keyword}: {value}"), &format!("{what}; correct it"));
    }
    stops(
        "          minLength: 1\n",
        "          »minimum: 1\n",
        "`minimum` does not apply to the type `string`; remove it, or correct the type",
    );
}

#[test]
fn enums() {
    let name = "is not a valid and unique variant name in Rust; \
                name each value by `x-enum-varnames`, in UpperCamelCase, and none `Unknown`";
    for (names, wrong) in
        [("[Normal, Normal]", "Normal"), ("[Normal, so so]", "so so"), ("[Normal, Unknown]", "Unknown")]
    {
        let new = format!("      »x-enum-varnames: {names}");
        stops("      x-enum-varnames: [Normal, Dynamic]", &new, &format!("`{wrong}` {name}"));
    }
    let departments = "      enum: [open_department_id, department_id]";
    stops(departments, "      »enum: [open_department_id, unknown]", &format!("`Unknown` {name}"));
    let what = "a value of the `enum` is not of its type; correct the value or the type";
    stops(departments, "      »enum: [open_department_id, 7]", what);
    stops(
        "    PerformanceFailCode:\n      type: integer\n      format: int64\n      description: Why a person could not be written.\n      enum: [1]\n      x-enum-varnames: [EmployeeNotFound]\n",
        "    »PerformanceFailCode:\n      type: integer\n      format: int64\n      description: Why a person could not be written.\n      enum: [1]\n",
        "`x-enum-varnames` and `enum` have different lengths; give each value one entry",
    );
    stops(
        "          schema: { type: string }\n        - name: member_id_type",
        "          »schema: { type: string, enum: [a, b] }\n        - name: member_id_type",
        "an `enum` must be a named schema; move it to components/schemas and refer to it",
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
