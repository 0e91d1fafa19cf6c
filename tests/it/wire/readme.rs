//! The tables of operations in the READMEs state the facts of the spec, in both languages and in the same order.

use feishu_user_groups::operation::{self, AccessTokenKind, AppType, Operation};

/// How a language writes the facts of a row.
struct Words {
    tenant: &'static str,
    user: &'static str,
    custom: &'static str,
    store: &'static str,
    or: &'static str,
    minute: &'static str,
    second: &'static str,
    comma: &'static str,
}

const ENGLISH: Words = Words {
    tenant: "tenant",
    user: "user",
    custom: "custom",
    store: "store",
    or: " or ",
    minute: "min",
    second: "s",
    comma: ", ",
};

const CHINESE: Words = Words {
    tenant: "租户",
    user: "用户",
    custom: "自建",
    store: "商店",
    or: "或",
    minute: "分钟",
    second: "秒",
    comma: "、",
};

/// The cells behind what the operation does.
fn facts(operation: &Operation, words: &Words) -> Vec<String> {
    let tokens = operation.access_tokens.iter().map(|kind| match kind {
        AccessTokenKind::Tenant => words.tenant,
        AccessTokenKind::User => words.user,
        _ => panic!("no word for {kind:?}"),
    });
    let apps = operation.app_types.iter().map(|app| match app {
        AppType::Custom => words.custom,
        AppType::Isv => words.store,
        _ => panic!("no word for {app:?}"),
    });
    let limit = operation.rate_limit.unwrap();
    let minute = limit.per_minute.map(|calls| format!("{calls}/{}", words.minute));
    let second = limit.per_second.map(|calls| format!("{calls}/{}", words.second));
    vec![
        tokens.collect::<Vec<_>>().join(words.or),
        apps.collect::<Vec<_>>().join(words.or),
        minute.into_iter().chain(second).collect::<Vec<_>>().join(words.comma),
        operation.scopes.iter().map(|scope| format!("`{scope}`")).collect::<Vec<_>>().join(words.comma),
    ]
}

/// The names and facts of the table of operations.
fn rows(readme: &str) -> Vec<(String, Vec<String>)> {
    let lines = readme
        .lines()
        .filter(|line| line.starts_with("| `") && line.matches(" | ").count() == 5 && !line.contains("`Client`"));
    let cells = lines.map(|line| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect());
    cells.map(|cells: Vec<String>| (cells[0].trim_matches('`').to_owned(), cells[2..].to_vec())).collect()
}

#[test]
fn readme_tables_match_the_spec() {
    let english = rows(include_str!("../../../README.md"));
    let chinese = rows(include_str!("../../../README.zh-CN.md"));
    let names = |rows: &[(String, Vec<String>)]| rows.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&english), names(&chinese));
    assert_eq!(english.len(), operation::ALL.len());
    for (rows, words) in [(english, ENGLISH), (chinese, CHINESE)] {
        for operation in operation::ALL {
            let row = rows.iter().find(|(name, _)| name == operation.id);
            let (_, cells) = row.unwrap_or_else(|| panic!("the table lacks {}", operation.id));
            assert_eq!(*cells, facts(operation, &words), "{}", operation.id);
        }
    }
}
