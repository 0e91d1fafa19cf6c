//! Files as people have them: from spreadsheets, with mistakes, or not lists at all.

use crate::support::scratch;
use feishu_groups::input::{Encoding, IdType, InputError, MAX_BYTES, Name, NameKind, People, arguments, parse, read};
use std::path::PathBuf;

fn people(text: &str) -> People {
    parse("f", text, None).unwrap()
}

fn problems(text: &str) -> Vec<String> {
    lines(&parse("f", text, None).unwrap_err())
}

fn lines(error: &InputError) -> Vec<String> {
    error.to_string().lines().map(str::to_owned).collect()
}

fn ids(people: &People) -> Vec<String> {
    people.rows.iter().map(|row| row.name.to_string()).collect()
}

fn file(name: &str, content: &[u8]) -> PathBuf {
    let path = scratch(name);
    std::fs::write(&path, content).unwrap();
    path
}

fn read_error(path: PathBuf) -> String {
    read(&path, Encoding::Utf8, None).unwrap_err().to_string()
}

#[test]
fn csv_columns_in_any_case_and_order() {
    let people = people("Name,Mobile,EMAIL\nLi Si,+1 (555) 010-0000,li.si@example.com\nWang,13011111111,\n");
    assert_eq!(people.id_type, None);
    assert_eq!(people.other_columns, ["Name"]);
    assert_eq!(people.rows[0].name, Name::contact("li.si@example.com", "+15550100000"));
    assert_eq!(people.rows[1].name, Name::contact("", "13011111111"));
    assert_eq!((people.rows[1].line, &*people.rows[1].other_cells[0]), (3, "Wang"));
}

#[test]
fn id_decides_over_email() {
    let people = people("email,open_id\na@b,ou_1\nc@d,\n");
    assert_eq!(people.id_type, Some(IdType::OpenId));
    assert_eq!(people.rows[0].name, Name::Id("ou_1".to_owned()));
    assert_eq!(people.rows[1].name, Name::contact("c@d", ""));
}

#[test]
fn lists_show_their_kind() {
    let people = people("\u{feff}ou_1\r\n\r\n  ou_2  \r\n");
    assert_eq!(people.id_type, Some(IdType::OpenId));
    assert_eq!((ids(&people), people.rows[1].line), (vec!["ou_1".to_owned(), "ou_2".to_owned()], 3));
    assert!(problems("7\n")[0].starts_with("f:1: \"7\" may be a user_id, a mobile number or a header"));
    let named = parse("f", "7\n", Some(NameKind::Id(IdType::UserId))).unwrap();
    assert_eq!(named.id_type, Some(IdType::UserId));
}

#[test]
fn spreadsheet_separators() {
    for separator in [";", "\t"] {
        assert_eq!(
            ids(&people(
                &"email,n\na@b,\"x, y\"\n"
                    .replace(",n", &format!("{separator}n"))
                    .replace("b,", &format!("b{separator}"))
            )),
            ["a@b"]
        );
    }
}

#[test]
fn quotes_and_blank_lines() {
    let people = people("\n\nname,email\n\"Li, \"\"Si\"\"\",a@b\n\n,\n\"W\",c@d\n");
    assert_eq!(people.rows[0].other_cells, ["Li, \"Si\""]);
    assert_eq!(people.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [4, 7]);
}

#[test]
fn unclosed_quote_loses_nobody_silently() {
    assert_eq!(
        problems("name,email\n\"Li,a@b\nWang,c@d\n\nZhao,e@f\n"),
        ["f:2: a quote opens here and does not close on this line, so everything up to line 5 is one cell"]
    );
}

#[test]
fn every_problem_in_one_go() {
    let found = problems("email,open_id,n\nli.si,,\n,,\na@b\n,on_1,\nc@d,,\nC@D,,\n,ou_1,\n,ou_1,x\n");
    let expected = [
        "f:2: \"li.si\" is no email address",
        "f:3: names nobody",
        "f:4: has 1 cell where the header has 3",
        "f:5: \"on_1\" is no open_id; by its form it is of the kind union_id",
        "f:7: email \"c@d\" is on line 6 already",
        "f:9: open_id \"ou_1\" is on line 8 already",
    ];
    // A line of commas alone is blank.
    let expected: Vec<_> = expected.into_iter().filter(|line| !line.starts_with("f:3")).collect();
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.starts_with(expected), "{found} is not {expected}");
    }
}

#[test]
fn rows_that_name_nobody() {
    assert!(problems("email,n\n,Li Si\n")[0].starts_with("f:2: names nobody"));
}

#[test]
fn ids_of_two_types_rejected() {
    assert!(problems("open_id,user_id\nou_1,\nou_2,\n,7\n")[0].starts_with("f:4: has only a user_id, but most ids"));
    assert!(problems("ou_1\nou_2\non_3\n")[0].starts_with("f:3: has only a union_id"));
    assert!(problems("user_id\nou_1\n")[0].starts_with("f:2: \"ou_1\" is no user_id"));
}

/// A line that is read as one person although it names two would cost the second one their membership.
#[test]
fn several_people_on_a_line_rejected() {
    let kinds = [None, Some(NameKind::Id(IdType::OpenId)), Some(NameKind::Email)];
    for (kind, first, second) in [(0, "ou_p0", "ou_p1"), (1, "ou_p0", "ou_p1"), (2, "a@b.c", "d@b.c")] {
        for separator in [",", ";", "\t", "，", "；", "、"] {
            for line in [format!("{first}{separator}{second}"), format!("{second}{separator}{first}{separator}")] {
                let error = parse("f", &format!("{first}\n{line}\n"), kinds[kind]).unwrap_err();
                assert!(lines(&error)[0].starts_with("f:2: "), "{line}: {error}");
            }
        }
        for line in [format!("{second},"), format!("{second};"), format!(";{second}")] {
            let error = parse("f", &format!("{first}\n{line}\n"), kinds[kind]).unwrap_err();
            assert!(lines(&error)[0].contains("write one person on each line"), "{line}: {error}");
        }
    }
}

#[test]
fn ids_and_emails_with_foreign_characters_rejected() {
    let user_ids = Some(NameKind::Id(IdType::UserId));
    for value in ["7,8", "\"7\"", "'7'", "<7>", "7|8", "7/8", "(7)", "7\u{200b}"] {
        assert!(parse("f", &format!("1\n{value}\n"), user_ids).is_err(), "{value}");
        assert!(arguments(&[value.to_owned()], NameKind::Id(IdType::UserId)).is_err(), "{value}");
    }
    for value in ["ou_1;", "\"\"\"ou_1\"\"\"", "ou_1'", "<ou_1>", "ou_1.", "ou_", "ou_1|ou_2"] {
        assert!(parse("f", &format!("open_id\n{value}\n"), None).is_err(), "{value}");
    }
    for value in ["a@b;", "<a@b>", "'a@b'", "a@b|c", "a@b.", "a@b\u{200b}", "mailto:a@b", "a@b，"] {
        assert!(parse("f", &format!("email\n{value}\n"), None).is_err(), "{value}");
    }
    assert_eq!(ids(&people("email\no'brien+x@b-1.example.com\n李@例.中国\n")).len(), 2);
    assert_eq!(ids(&parse("f", "a.b_c-1\n", user_ids).unwrap()), ["a.b_c-1"]);
}

#[test]
fn wrong_header_named() {
    assert_eq!(
        problems("mail,name\na@b,x\n"),
        ["f:1: no column is named email, mobile, open_id, union_id or user_id; the columns are \"mail, name\""]
    );
    assert!(problems("mail\na@b\n")[0].starts_with("f:1: \"mail\" may be a user_id, a mobile number or a header"));
    assert_eq!(problems("email,Email\na@b,c@d\n"), ["f:1: two columns are named email; rename one"]);
}

#[test]
fn shortened_mobile_number_rejected() {
    assert!(problems("mobile\n1.30E+10\n")[0].starts_with("f:2: \"1.30E+10\" is no mobile number"));
}

#[test]
fn empty_files_name_nobody() {
    for text in ["", "\n\n", "email,name\n"] {
        assert_eq!(people(text).rows, [], "{text:?}");
    }
}

#[test]
fn what_is_no_file_of_people() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    assert!(read_error(folder.clone()).ends_with(": is a directory; name the file in it"));
    assert!(read_error(folder.join("absent")).contains("cannot be read: No such file"));
    assert!(
        read_error(file("binary", b"a\nb\0c"))
            .ends_with("binary:2: contains a zero byte: this is a binary file, not CSV or a list")
    );
    assert!(read_error(file("zip", b"PK\x03\x04\0\0")).contains("is a spreadsheet or an archive"));
    assert!(read_error(file("utf16", b"\xFF\xFEa\0")).contains("is UTF-16"));
    let huge = folder.join("huge");
    std::fs::File::create(&huge).unwrap().set_len(MAX_BYTES + 1).unwrap();
    assert!(read_error(huge).contains("is larger than 64 MiB"));
}

#[test]
fn gbk_only_by_name() {
    let gbk = file("gbk.csv", b"\xD0\xD5\xC3\xFB,email\n\xC0\xEE\xCB\xC4,a@b\n");
    assert!(
        read_error(gbk.clone())
            .contains(":1: is not UTF-8; if a spreadsheet saved it in Chinese encoding, add `--encoding gbk`")
    );
    let people = read(&gbk, Encoding::Gbk, None).unwrap();
    assert_eq!((&*people.other_columns[0], &*people.rows[0].other_cells[0]), ("姓名", "李四"));
    let no_gbk = file("no_gbk.csv", b"email\n\xFFa@b\n");
    assert!(read(&no_gbk, Encoding::Gbk, None).unwrap_err().to_string().contains("is not GBK"));
}

#[test]
fn arguments_checked_like_rows() {
    let values = ["ou_1", "on_2", "ou_1"].map(str::to_owned);
    let error = arguments(&values, NameKind::Id(IdType::OpenId)).unwrap_err();
    assert_eq!(error.problems().iter().map(|problem| problem.line).collect::<Vec<_>>(), [Some(2), Some(3)]);
}
