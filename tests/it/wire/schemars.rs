//! The JSON Schema of each generated type agrees with the spec: properties, types, limits and
//! values.

use feishu_user_groups::types::*;
use schemars::{Schema, schema_for};
use serde_json::{Map, Value, json};

/// The schema that the generated type of this name derives; `None` if there is no type of
/// this name.
fn derived(name: &str) -> Option<Schema> {
    Some(match name {
        "UserIdType" => schema_for!(UserIdType),
        "PerformanceUserIdType" => schema_for!(PerformanceUserIdType),
        "DepartmentIdType" => schema_for!(DepartmentIdType),
        "UserGroupType" => schema_for!(UserGroupType),
        "CreateUserGroupBody" => schema_for!(CreateUserGroupBody),
        "UpdateUserGroupBody" => schema_for!(UpdateUserGroupBody),
        "WritePerformanceGroupMembersBody" => schema_for!(WritePerformanceGroupMembersBody),
        "ScopeVisibleSetting" => schema_for!(ScopeVisibleSetting),
        "UserGroup" => schema_for!(UserGroup),
        "CreateUserGroupData" => schema_for!(CreateUserGroupData),
        "GetUserGroupData" => schema_for!(GetUserGroupData),
        "ListUserGroupsData" => schema_for!(ListUserGroupsData),
        "ListMemberUserGroupsData" => schema_for!(ListMemberUserGroupsData),
        "WrittenPerformanceGroupMembers" => schema_for!(WrittenPerformanceGroupMembers),
        "PerformanceWriteFailure" => schema_for!(PerformanceWriteFailure),
        "PerformanceFailCode" => schema_for!(PerformanceFailCode),
        "WritePerformanceGroupMembersData" => schema_for!(WritePerformanceGroupMembersData),
        "MemberType" => schema_for!(MemberType),
        "WritableMemberType" => schema_for!(WritableMemberType),
        "MemberIdType" => schema_for!(MemberIdType),
        "AddUserGroupMemberBody" => schema_for!(AddUserGroupMemberBody),
        "RemoveUserGroupMemberBody" => schema_for!(RemoveUserGroupMemberBody),
        "BatchAddUserGroupMembersBody" => schema_for!(BatchAddUserGroupMembersBody),
        "BatchRemoveUserGroupMembersBody" => schema_for!(BatchRemoveUserGroupMembersBody),
        "MemberReference" => schema_for!(MemberReference),
        "FindUserIdsBody" => schema_for!(FindUserIdsBody),
        "MemberResult" => schema_for!(MemberResult),
        "BatchAddUserGroupMembersData" => schema_for!(BatchAddUserGroupMembersData),
        "UserGroupMember" => schema_for!(UserGroupMember),
        "ListUserGroupMembersData" => schema_for!(ListUserGroupMembersData),
        "UserStatus" => schema_for!(UserStatus),
        "FoundUser" => schema_for!(FoundUser),
        "FindUserIdsData" => schema_for!(FindUserIdsData),
        "ErrorDetail" => schema_for!(ErrorDetail),
        "FieldViolation" => schema_for!(FieldViolation),
        "PermissionViolation" => schema_for!(PermissionViolation),
        "HelpLink" => schema_for!(HelpLink),
        "Code" | "Message" | "PageToken" | "HasMore" => return None,
        // The client decodes these itself.
        "NoData" | "ErrorResponse" => return None,
        envelope if envelope.ends_with("Response") => return None,
        other => panic!("no type for the schema {other}; add it here"),
    })
}

/// Follows references of either kind.
fn resolved<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(reference) => resolved(root, root.pointer(reference.strip_prefix('#').unwrap()).unwrap()),
        None => schema,
    }
}

/// A schema in normal form: references resolved, and `null` removed. In the spec an optional value
/// may be absent; the types accept `null` as well.
fn normalized(root: &Value, schema: &Value) -> Value {
    let schema = resolved(root, schema);
    for key in ["anyOf", "allOf"] {
        if let Some(parts) = schema[key].as_array() {
            let mut parts = parts.iter().filter(|part| part["type"] != "null");
            let only = parts.next().unwrap();
            assert!(parts.next().is_none(), "{key} of several: {schema}");
            return normalized(root, only);
        }
    }
    let mut essence_of = Map::new();
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().find(|kind| **kind != "null").unwrap(),
        kind => kind,
    };
    essence_of.insert("type".to_owned(), kind.clone());
    for limit in ["minLength", "maxLength", "pattern", "minimum", "maximum", "minItems", "maxItems", "enum"] {
        if !schema[limit].is_null() {
            essence_of.insert(limit.to_owned(), schema[limit].clone());
        }
    }
    if let Some(properties) = schema["properties"].as_object() {
        let properties = properties.iter().map(|(name, property)| (name.clone(), normalized(root, property)));
        essence_of.insert("properties".to_owned(), properties.collect::<Map<_, _>>().into());
        let mut required: Vec<_> = schema["required"].as_array().into_iter().flatten().map(Value::to_string).collect();
        required.sort();
        essence_of.insert("required".to_owned(), json!(required));
    }
    if schema["items"].is_object() {
        essence_of.insert("items".to_owned(), normalized(root, &schema["items"]));
    }
    essence_of.into()
}

#[test]
fn schemas_match_the_spec() {
    let spec = crate::facts::spec();
    let schemas = spec["components"]["schemas"].as_object().unwrap();
    assert!(schemas.len() >= 56, "{} schemas are fewer than there were", schemas.len());
    for (name, schema) in schemas {
        let Some(derived) = derived(name) else { continue };
        let derived = derived.to_value();
        assert_eq!(normalized(&derived, &derived), normalized(&spec, schema), "{name}");
    }
}

#[test]
fn descriptions_match_the_spec() {
    let spec = crate::facts::spec();
    for (name, schema) in spec["components"]["schemas"].as_object().unwrap() {
        let Some(derived) = derived(name) else { continue };
        let derived = derived.to_value();
        assert_eq!(derived["description"], schema["description"], "{name}");
        for (property, schema) in schema["properties"].as_object().into_iter().flatten() {
            let described = &derived["properties"][property]["description"];
            // `allOf` holds one reference, to put a default next to it.
            let schema = if schema["allOf"].is_null() { schema } else { &schema["allOf"][0] };
            let own = if schema["$ref"].is_null() { schema } else { resolved(&spec, schema) };
            assert_eq!(described, &own["description"], "{name}.{property}");
        }
    }
}

#[test]
fn enums_contain_only_listed_values() {
    assert_eq!(schema_for!(UserIdType).get("enum"), Some(&json!(["open_id", "union_id", "user_id"])));
    assert_eq!(schema_for!(ScopeVisibleSetting).get("enum"), Some(&json!([0, 1])));
}

#[test]
fn schemas_are_self_contained() {
    // Every reference has a definition in the same schema.
    let schema = schema_for!(GetUserGroupData).to_value();
    let group = resolved(&schema, &schema["properties"]["group"]);
    assert!(group["properties"]["member_count"].is_object(), "{schema:#}");
}
