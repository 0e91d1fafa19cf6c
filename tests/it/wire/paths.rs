//! A parameter that turns the path of one operation into the path of another is rejected:
//! the service would run the other operation.

use super::requests::{Sample, call, service_samples};
use crate::facts::spec;
use crate::support::{Reply, Server, client};
use feishu_user_groups::ErrorKind;
use serde_json::json;

/// A call whose path, with this value, is the path of another operation.
struct Collision {
    sample: Sample,
    parameter: String,
    literal: String,
}

/// Every such call of the spec: each literal segment of each path is tried as the value of each parameter.
fn collisions() -> Vec<Collision> {
    let spec = spec();
    let paths: Vec<_> = spec["paths"].as_object().unwrap().keys().cloned().collect();
    let mut literals: Vec<_> = paths.iter().flat_map(|path| path.split('/')).filter(|s| !s.contains('{')).collect();
    literals.sort_unstable();
    literals.dedup();
    let mut found = Vec::new();
    for (index, sample) in service_samples().iter().enumerate() {
        for parameter in sample.path_parameters.keys() {
            for literal in &literals {
                let filled = sample.path.replace(&format!("{{{parameter}}}"), literal);
                if paths.contains(&filled) {
                    let sample = service_samples().swap_remove(index);
                    found.push(Collision { sample, parameter: parameter.clone(), literal: (*literal).to_owned() });
                }
            }
        }
    }
    found
}

#[tokio::test]
async fn id_that_makes_another_path_refused() {
    let collisions = collisions();
    assert!(!collisions.is_empty(), "the spec has a path with a parameter where another has a word");
    for Collision { mut sample, parameter, literal } in collisions {
        let other = sample.path.replace(&format!("{{{parameter}}}"), &literal);
        sample.path_parameters.insert(parameter.clone(), literal.clone());
        let server = Server::with_script([]).await;
        let error = call(&client(&server), &sample).await.expect_err(&format!("{}: {other}", sample.operation));
        assert!(server.received().is_empty(), "{}: nothing is sent", sample.operation);
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::InvalidRequest, 0));
        let [violation] = error.violations() else { panic!("{error}: one violation") };
        assert_eq!((violation.field.as_str(), violation.value.as_str()), (parameter.as_str(), literal.as_str()));
        assert_eq!(violation.description, format!("must not be {literal:?}: {other} is the path of another operation"));
        assert!(error.to_string().contains(&other), "{error}");
    }
}

#[tokio::test]
async fn new_id_that_makes_another_path_refused() {
    let server = Server::with_script([Reply::ok(json!({ "group_id": "simplelist2" }))]).await;
    let client = client(&server);
    let create = |id: &str| client.create_user_group().body_map(|body| body.name("R&D").group_id(id.to_owned())).send();
    let error = create("simplelist").await.unwrap_err();
    let [violation] = error.violations() else { panic!("{error}: one violation") };
    assert_eq!((error.kind(), violation.field.as_str()), (ErrorKind::InvalidRequest, "group_id"));
    let path = "/open-apis/contact/v3/group/simplelist";
    assert_eq!(violation.description, format!("must not be \"simplelist\": {path} is the path of another operation"));
    assert!(server.received().is_empty(), "nothing is sent");
    create("simplelist2").await.unwrap();
}

#[tokio::test]
async fn ids_that_resemble_another_path_sent() {
    for Collision { mut sample, parameter, literal } in collisions() {
        let neighbours = [
            literal.to_uppercase(),
            format!("{literal}2"),
            format!("x{literal}"),
            format!("{literal}%"),
            format!(" {literal}"),
            literal[1..].to_owned(),
        ];
        for value in neighbours {
            sample.path_parameters.insert(parameter.clone(), value.clone());
            let server = Server::with_script([Reply::json(200, &json!({ "code": 0 }))]).await;
            let _ = call(&client(&server), &sample).await;
            assert_eq!(server.received().len(), 1, "{}: {value:?} is sent", sample.operation);
        }
    }
}
