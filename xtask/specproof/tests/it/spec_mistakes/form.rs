//! Mistakes in the form of the document: YAML, references, operations, parameters and schemas.

use super::{FILE, spec, stops};
use specproof::codegen::generate;

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
        "        4XX: { $ref: '#/components/responses/CreateUserGroupRejected' }",
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
fn operations() {
    let get = "    get:\n      operationId: get_user_group\n";
    let named = |place: &str, id: &str| {
        get.replace("get:", &format!("{place}get:")).replace("get_user_group", id).replace("»»", "»")
    };
    stops(get, &named("»", "create_user_group"), "operationId `create_user_group` is used twice; rename one of them");
    let snake = "the operation has no operationId in snake_case; add `operationId: verb_noun`";
    stops(get, &named("»", "getUserGroup"), snake);
    for taken in ["builder", "with_user_token", "move", "gen", "all", "platform_errors", "option"] {
        let what = format!("`{taken}` is a keyword or a name that the client uses already; rename it");
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
    let examples = "\n            examples:\n              service: { $ref: '#/components/examples/create_user_group_request_service' }\n              \
                    document: { $ref: '#/components/examples/create_user_group_request_document' }";
    stops(
        body,
        "          application/json:\n            »schema: { type: object, properties: { name: { type: string } } }",
        "an `object` must be a named schema; move it to components/schemas and refer to it",
    );
    stops(
        &format!("{head}{body}{examples}"),
        "      »requestBody:\n        required: true\n",
        "the request body has no named schema; give it application/json or multipart/form-data, and a `$ref` to a schema of components/schemas",
    );
    stops(
        &format!("{head}{body}"),
        &format!("{}{}", head.replace("request", "»request"), body.replace("CreateUserGroupBody", "Message")),
        "the request body is no object; refer to a schema of `type: object`",
    );
}

#[test]
fn envelopes() {
    let code = "      description: The envelope that get returns.\n      required: [code]\n";
    let get = "    get:\n      operationId: get_user_group\n";
    let text = spec();
    let between = text.split_once(get).unwrap().1.split_once(code).unwrap().0;
    stops(
        &format!("{get}{between}{code}"),
        &format!("    »{}{between}{}", get.trim_start(), code.replace("      required: [code]\n", "")),
        "the envelope `GetUserGroupResponse` has no `code` that is a required integer; give the envelope one",
    );
    stops(
        &format!("{get}{between}{code}"),
        &format!("    »{}{between}{}", get.trim_start(), code.replace("[code]", "[code, msg]")),
        "the envelope `GetUserGroupResponse` requires `msg`, so a success without it would be an error; take it out of `required`",
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
        ("format: int64", "int32", "`format: \"int32\"` is not `int64` or `binary`"),
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
fn files() {
    let json =
        "            application/json:\n              schema: { $ref: '#/components/schemas/GetUserGroupResponse' }";
    let spec = super::spec();
    let begin = spec.find(json).unwrap();
    let end = begin + spec[begin..].find("\n        4XX").unwrap();
    let old = &spec[begin..end];
    let bytes = "schema: { type: string, format: binary }";
    let stops = |new: &str, what: &str| stops(old, new, what);
    stops(
        "            »image/png:\n              schema: { type: string }",
        "`image/png` is no file; write `schema: { type: string, format: binary }`, or the media type application/json",
    );
    stops(
        &format!("            »PNG; v=1:\n              {bytes}"),
        "`PNG; v=1` is no media type; write one in lower case, without parameters",
    );
    let more = "a file has more than one media type; keep one of them: the client takes what the service sends, whatever \
                its media type";
    let head = &spec[begin - 200..begin];
    let status = head.rfind("'200'").map(|at| &head[at..]).unwrap();
    super::stops(
        &format!("{status}{old}"),
        &format!(
            "»{status}            image/png:\n              {bytes}\n            image/gif:\n              {bytes}"
        ),
        more,
    );
}

#[test]
fn forms() {
    let json = "          application/json:\n            schema: { $ref: '#/components/schemas/CreateUserGroupBody' }";
    let form = json.replace("application/json", "multipart/form-data");
    let examples = "\n            examples:\n              service: { $ref: '#/components/examples/create_user_group_request_service' }\n              \
                    document: { $ref: '#/components/examples/create_user_group_request_document' }";
    let name = "    CreateUserGroupBody:\n";
    let text = spec();
    let begin = text.find(name).unwrap() + name.len();
    let old = &text[begin..begin + text[begin..].find("      properties:\n").unwrap()];
    let with_properties = |properties: &str, what: &str| {
        let text = text.replacen(&format!("{json}{examples}"), &form, 1);
        let text = text.replacen(
            &format!("{name}{old}      properties:\n"),
            &format!("{name}{old}      properties:\n{properties}"),
            1,
        );
        let said = generate(FILE, &text).map(drop).unwrap_err().to_string();
        assert!(said.contains(what), "{said}");
    };
    let file = |more: &str| format!("        logo: {{ type: string, format: binary, description: A logo.{more} }}\n");
    with_properties(&file(", maxLength: 3"), "`maxLength` does not apply to a file; remove it");
    with_properties(
        "        part: { $ref: '#/components/schemas/NoData' }\n",
        "`part` cannot be a part of a form; a part is a text, a number, a boolean, an enum, a list of these or a file",
    );
    with_properties(
        "        logos: { type: array, nullable: true, items: { type: string, format: binary } }\n",
        "`logos` cannot be a part of a form",
    );
    stops(
        &format!("{name}{old}      properties:\n"),
        &format!("{name}{old}      properties:\n{}", file("").replace("logo:", "»logo:")),
        "only a form has files; move it into a body of multipart/form-data, or remove `format`",
    );
    stops(
        "          application/json:\n            schema: { $ref: '#/components/schemas/CreateUserGroupBody' }",
        "          »text/plain:\n            schema: { $ref: '#/components/schemas/CreateUserGroupBody' }",
        "the media type `text/plain` is not supported; use application/json or multipart/form-data",
    );
    stops(
        json,
        &format!("{}\n{json}", form.replace("multipart", "»multipart")),
        "a body has more than one media type; keep one of them",
    );
    let said = |text: &str| generate(FILE, text).map(drop).unwrap_err().to_string();
    let words = "        words: { type: array, description: Words., items: { type: string } }\n";
    let required = text.replacen(&format!("{json}{examples}"), &form, 1);
    let required =
        required.replacen(&format!("{name}{old}"), &format!("{name}{}", old.replace("[name]", "[name, words]")), 1);
    let at = required.find(name).unwrap();
    let (before, body) = required.split_at(at);
    let required =
        format!("{before}{}", body.replacen("      properties:\n", &format!("      properties:\n{words}"), 1));
    let found = said(&required);
    assert!(
        found.contains(
            "the list `words` is required, and a form cannot say that a list is empty; give it `minItems: 1`"
        ),
        "{found}"
    );
    // Files outside of forms, however they are written.
    let query = "        - name: type\n          in: query\n";
    let logo = "        - { name: logo, in: query, description: A logo., schema: { type: string, format: binary } }\n";
    let found = said(&text.replacen(query, &format!("{logo}{query}"), 1));
    assert!(found.contains("only a form has files"), "{found}");
    let body = format!("{name}{old}      properties:\n");
    let logo = "        logo: { description: A logo., allOf: [{ type: string, format: binary }] }\n";
    let found = said(&text.replacen(&body, &format!("{body}{logo}"), 1));
    assert!(found.contains("only a form has files"), "{found}");
    // A form that is JSON elsewhere.
    let shared =
        text.replacen("'#/components/schemas/UpdateUserGroupBody'", "'#/components/schemas/CreateUserGroupBody'", 1);
    let shared = shared.replacen(&format!("{json}{examples}"), &form, 1);
    let said = generate(FILE, &shared).map(drop).unwrap_err().to_string();
    assert!(
        said.contains(
            "`CreateUserGroupBody` is a form, and is JSON elsewhere in the spec; give one of them a schema of its own"
        ),
        "{found}"
    );
}
