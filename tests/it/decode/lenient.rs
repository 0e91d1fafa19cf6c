//! Responses decode leniently: an optional field may be absent or null, an unknown field is ignored, an unlisted enum
//! value is kept, numbers, booleans and strings may replace each other, and a null in a list is skipped.

use feishu_user_groups::types::*;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// Decodes a response into the type of the schema, and encodes it again.
fn through(schema: &str, value: &Value) -> Result<Value, String> {
    fn pass<T: DeserializeOwned + Serialize>(value: &Value) -> Result<Value, String> {
        let typed: T = serde_json::from_value(value.clone()).map_err(|error| error.to_string())?;
        Ok(serde_json::to_value(typed).unwrap())
    }
    match schema {
        "CreateUserGroupData" => pass::<CreateUserGroupData>(value),
        "GetUserGroupData" => pass::<GetUserGroupData>(value),
        "ListUserGroupsData" => pass::<ListUserGroupsData>(value),
        "ListMemberUserGroupsData" => pass::<ListMemberUserGroupsData>(value),
        "WritePerformanceGroupMembersData" => pass::<WritePerformanceGroupMembersData>(value),
        "BatchAddUserGroupMembersData" => pass::<BatchAddUserGroupMembersData>(value),
        "ListUserGroupMembersData" => pass::<ListUserGroupMembersData>(value),
        "FindUserIdsData" => pass::<FindUserIdsData>(value),
        "ErrorDetail" => pass::<ErrorDetail>(value),
        other => panic!("no type for the payload {other}; add it here"),
    }
}

/// Follows references.
fn resolved<'a>(spec: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(reference) => resolved(spec, spec.pointer(reference.strip_prefix('#').unwrap()).unwrap()),
        None => schema,
    }
}

/// Values of a schema with every deviation that must still decode.
fn bent(spec: &Value, schema: &Value) -> BoxedStrategy<Value> {
    let schema = resolved(spec, schema);
    match schema["type"].as_str().unwrap() {
        "string" => prop_oneof![
            4 => ".{0,8}".prop_map(Value::from),
            1 => any::<i64>().prop_map(Value::from),
            1 => any::<u64>().prop_map(Value::from),
            1 => any::<bool>().prop_map(Value::from),
        ]
        .boxed(),
        "integer" => {
            let listed = schema["enum"].as_array().map(|list| list.iter().filter_map(Value::as_i64).collect());
            let number = prop_oneof![prop::sample::select(listed.unwrap_or_else(|| vec![0])), any::<i64>()];
            // Integers that a float represents exactly.
            let whole = number.clone().prop_map(|n| json!((n >> 11) as f64));
            prop_oneof![
                2 => number.clone().prop_map(Value::from),
                1 => number.prop_map(|n| json!(format!(" {n}"))),
                1 => whole,
            ]
            .boxed()
        }
        "boolean" => {
            let yes = [json!(true), json!(1), json!("true"), json!("True"), json!("1")];
            let no = [json!(false), json!(0), json!("false"), json!("FALSE"), json!(" 0 ")];
            prop::sample::select([yes, no].concat()).boxed()
        }
        "array" => {
            let item = prop_oneof![3 => bent(spec, &schema["items"]), 1 => Just(Value::Null)];
            vec(item, 0..4).prop_map(Value::from).boxed()
        }
        "object" => bent_object(spec, schema),
        other => panic!("no values of type {other}"),
    }
}

fn bent_object(spec: &Value, schema: &Value) -> BoxedStrategy<Value> {
    let is_required = |name: &String| schema["required"].as_array().is_some_and(|list| list.contains(&json!(name)));
    let properties = schema["properties"].as_object().into_iter().flatten();
    let properties = properties.map(|(name, schema)| {
        let value = bent(spec, schema).prop_map(Some);
        let value = match is_required(name) {
            // An empty string is none.
            true => {
                value.prop_filter("nothing that is required", |value| !value.as_ref().is_some_and(is_blank)).boxed()
            }
            false => {
                // An empty string says nothing where a number or a boolean belongs.
                let nothing = match resolved(spec, schema)["type"].as_str() {
                    Some("integer" | "boolean") => json!(""),
                    _ => Value::Null,
                };
                prop_oneof![1 => Just(None), 1 => Just(Some(Value::Null)), 1 => Just(Some(nothing)), 3 => value].boxed()
            }
        };
        let name = name.clone();
        value.prop_map(move |value| value.map(|value| (name.clone(), value)))
    });
    let novel = btree_map("novel_[a-c]", anything(), 0..3);
    (properties.collect::<Vec<_>>(), novel)
        .prop_map(|(known, novel)| known.into_iter().flatten().chain(novel).collect::<Map<_, _>>().into())
        .boxed()
}

/// Any JSON, for fields that the schema does not have.
fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,4}".prop_map(Value::from)
    ];
    leaf.prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::from),
            btree_map("[a-c]", inner, 0..3).prop_map(|map| map.into_iter().collect::<Map<_, _>>().into())
        ]
    })
}

/// Every field of the response that the schema has is in the decoded value.
fn assert_kept(spec: &Value, schema: &Value, response: &Value, read: &Value) {
    let schema = resolved(spec, schema);
    match (response, schema["type"].as_str().unwrap()) {
        (Value::Object(fields), _) => {
            for (name, field) in fields.iter().filter(|(_, field)| !field.is_null()) {
                if let Some(schema) = schema["properties"].get(name) {
                    assert_kept(spec, schema, field, &read[name]);
                }
            }
        }
        (Value::Array(items), _) => {
            let is_nothing = |item: &Value| item.is_null() || is_blank(item);
            // A result that says nothing fails its item, so it must not be skipped.
            let keeps_all = is_result(spec, &schema["items"]);
            let items: Vec<_> = items.iter().filter(|item| keeps_all || !is_nothing(item)).collect();
            assert_eq!(read.as_array().map(Vec::len), Some(items.len()));
            let items = items.into_iter().zip(read.as_array().unwrap());
            for (item, read) in items.filter(|(item, _)| !is_nothing(item)) {
                assert_kept(spec, &schema["items"], item, read);
            }
        }
        (_, "string") => assert_eq!(read.as_str(), Some(&*text(response))),
        (_, "integer") => assert_eq!(read.as_i64(), text(response).trim().trim_end_matches(".0").parse().ok()),
        (_, "boolean") => {
            let word = text(response).trim().to_lowercase();
            let said = (!word.is_empty()).then(|| word == "1" || word == "true");
            assert_eq!(read.as_bool(), said);
        }
        (_, other) => panic!("a value of type {other}: {response}"),
    }
}

/// Whether the schema is the result of an item of a batch.
fn is_result(spec: &Value, schema: &Value) -> bool {
    let operations = spec["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap().values());
    let name = schema["$ref"].as_str().and_then(|reference| reference.strip_prefix("#/components/schemas/"));
    let mut batches = operations.filter_map(|operation| operation["x-feishu-results"]["item"].as_str());
    name.is_some_and(|name| batches.any(|item| item == name))
}

/// Whether the value is an empty string, which is no valid id.
fn is_blank(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.trim().is_empty())
}

/// A value as text, without quotes.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Every schema that occurs in an envelope, and has properties.
fn payloads(spec: &Value) -> Vec<String> {
    let operations = spec["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap().values());
    let payload = |operation: &Value| {
        let envelope = resolved(spec, &operation["responses"]["200"]["content"]["application/json"]["schema"]);
        let data = envelope["properties"].get("data")?;
        resolved(spec, data)["properties"].as_object()?;
        Some(data["$ref"].as_str()?.strip_prefix("#/components/schemas/")?.to_owned())
    };
    operations.filter_map(payload).chain(["ErrorDetail".to_owned()]).collect()
}

#[test]
fn irregular_responses_keep_known_fields() {
    let spec = crate::facts::spec();
    let payloads = payloads(&spec);
    assert_eq!(payloads.len(), 9);
    for name in payloads {
        let schema = &spec["components"]["schemas"][&name];
        // A regression becomes a named test, not a line in a file of seeds.
        let mut runner = TestRunner::new(crate::property::config(400));
        let result = runner.run(&bent(&spec, schema), |response| {
            let read = through(&name, &response).map_err(TestCaseError::fail)?;
            assert_kept(&spec, schema, &response, &read);
            Ok(())
        });
        result.unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

fn read<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

#[test]
fn unlisted_value_is_kept() {
    let group: UserGroup = read(json!({ "id": "g1", "type": 7 }));
    assert_eq!(group.type_, Some(UserGroupType::Unknown(7)));
    assert_eq!((group.type_.unwrap().value(), group.type_.unwrap().to_string().as_str()), (7, "7"));
    assert_eq!(format!("{:>4}", group.type_.unwrap()), "   7");
    let failure: PerformanceWriteFailure = read(json!({ "user_id": "ou_1", "fail_code": 99 }));
    assert_eq!(failure.fail_code.map(PerformanceFailCode::value), Some(99));
    assert_eq!(UserIdType::from("email").as_str(), "email");
    assert_eq!("lark_id".parse::<PerformanceUserIdType>().unwrap().to_string(), "lark_id");
}

#[test]
fn listed_value_decodes_from_either_type() {
    for value in [json!(2), json!("2"), json!(2.0)] {
        assert_eq!(read::<UserGroup>(json!({ "type": value })).type_, Some(UserGroupType::Dynamic));
    }
    assert_eq!(read::<UserIdType>(json!("union_id")), UserIdType::UnionId);
}

#[test]
fn integer_enum_displays_name() {
    assert_eq!(PerformanceFailCode::EmployeeNotFound.to_string(), "employee_not_found");
    assert_eq!(format!("{:>9}|{:<9}|", UserGroupType::Normal, UserGroupType::Dynamic), "   normal|dynamic  |");
    assert_eq!(ScopeVisibleSetting::HiddenFromAdministrators.to_string(), "hidden_from_administrators");
    let failure: PerformanceWriteFailure = read(json!({ "user_id": "ou_1", "fail_code": 1 }));
    assert_eq!(failure.fail_code.map(|code| code.to_string()).as_deref(), Some("employee_not_found"));
    // The wire keeps the number.
    assert_eq!(serde_json::to_value(PerformanceFailCode::EmployeeNotFound).unwrap(), json!(1));
}

#[test]
fn empty_string_is_no_id() {
    for id in [json!(""), json!(" "), json!(null)] {
        serde_json::from_value::<CreateUserGroupData>(json!({ "group_id": id })).unwrap_err();
        let group: UserGroup = read(json!({ "id": id, "group_id": "g1" }));
        assert_eq!(group.id(), Some("g1"), "{id}");
        let page: ListMemberUserGroupsData = read(json!({ "group_list": [id, "g1", id] }));
        assert_eq!(page.group_list.unwrap(), ["g1"], "{id}");
    }
    let nameless: UserGroup = read(json!({ "id": "", "group_id": "", "name": "" }));
    assert_eq!((nameless.id(), nameless.name.as_deref()), (None, Some("")));
}

#[test]
fn numbers_and_strings_are_interchangeable() {
    let group: UserGroup = read(json!({ "id": 7, "name": 8, "member_user_count": "9", "member_count": 10.0 }));
    assert_eq!((group.id(), group.name.as_deref()), (Some("7"), Some("8")));
    assert_eq!((group.member_user_count, group.member_count), (Some(9), Some(10)));
    let page: ListMemberUserGroupsData = read(json!({ "group_list": [7, "8"], "page_token": 9 }));
    assert_eq!(page.page_token.as_deref(), Some("9"));
    let ids: Vec<_> = page.into_items().into_iter().map(|group| group.id().map(str::to_owned)).collect();
    assert_eq!(ids, [Some("7".to_owned()), Some("8".to_owned())]);
}

#[test]
fn empty_number_or_boolean_is_none() {
    let group: UserGroup = read(json!({ "member_count": "", "type": " ", "name": "" }));
    assert_eq!((group.member_count, group.type_, group.name.as_deref()), (None, None, Some("")));
    assert_eq!(read::<ListUserGroupsData>(json!({ "has_more": "" })).has_more, None);
}

#[test]
fn null_items_are_skipped() {
    let page: ListUserGroupsData = read(json!({ "grouplist": [null, { "id": "g1" }, null, { "id": "g2" }] }));
    assert_eq!(page.into_items().iter().map(UserGroup::id).collect::<Vec<_>>(), [Some("g1"), Some("g2")]);
    let page: ListMemberUserGroupsData = read(json!({ "group_list": ["g1", null, 7] }));
    assert_eq!(page.group_list.unwrap(), ["g1", "7"]);
    let detail: ErrorDetail = read(json!({ "field_violations": [null, { "field": "name" }], "helps": [null] }));
    assert_eq!((detail.field_violations.unwrap().len(), detail.helps.unwrap().len()), (1, 0));
}

#[test]
fn null_fields_decode_as_absent() {
    let page: ListUserGroupsData =
        read(json!({ "grouplist": null, "groups": null, "has_more": null, "page_token": null }));
    assert!(page.into_items().is_empty());
    let group: UserGroup = read(json!({ "department_scope_list": null, "type": null, "member_count": null }));
    assert!(group.department_scope_list.is_none() && group.type_.is_none() && group.id().is_none());
    let written: WrittenPerformanceGroupMembers = read(json!({ "success_user_ids": null, "fail_user_datas": null }));
    assert!(written.success_user_ids.is_none() && written.fail_user_datas.is_none());
}

#[test]
fn meaningless_values_fail_to_decode() {
    for group in [
        json!({ "member_count": "many" }),
        json!({ "member_count": 1.5 }),
        json!({ "member_count": true }),
        json!({ "name": [] }),
        // Digits are lost, and this might be the id of another group.
        json!({ "id": 1e20 }),
    ] {
        serde_json::from_value::<UserGroup>(group).unwrap_err();
    }
    for no_object in [json!([]), json!(["g1"]), json!(""), json!(7)] {
        serde_json::from_value::<GetUserGroupData>(json!({ "group": no_object })).unwrap_err();
        serde_json::from_value::<ListUserGroupsData>(json!({ "grouplist": [no_object] })).unwrap_err();
    }
    for page in [json!({ "has_more": 2 }), json!({ "has_more": -1 }), json!({ "has_more": "yes" })] {
        serde_json::from_value::<ListUserGroupsData>(page).unwrap_err();
    }
}
