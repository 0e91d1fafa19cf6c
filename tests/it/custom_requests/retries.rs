//! A request is repeated as HTTP defines its method, unless the caller says otherwise.

use super::MESSAGES;
use crate::support::{Reply, Server, builder};
use feishu_user_groups::operation::RetryRule;
use feishu_user_groups::{Client, ErrorKind, Method, RetryPolicy};
use serde_json::{Value, json};
use std::time::Duration;

const KEYED: RetryRule = RetryRule::IdempotencyKey { parameter: "uuid" };

fn client(server: &Server) -> Client {
    let quick = RetryPolicy::new().initial_backoff(Duration::from_millis(1));
    builder(server).tenant_token("t-tests").retry_policy(quick).build().unwrap()
}

/// The first response is lost.
async fn losing_a_response() -> Server {
    Server::with_script([Reply::hang_up(), Reply::ok(json!({}))]).await
}

/// Whether a request is repeated whose first response was lost.
async fn is_repeated(method: Method, rule: Option<RetryRule>) -> bool {
    let server = losing_a_response().await;
    let request = client(&server).request(method, MESSAGES);
    let request = if let Some(rule) = rule { request.retry(rule) } else { request };
    match request.send::<Value>().await {
        Ok(response) => response.attempts() == 2,
        Err(error) => {
            assert!(error.may_have_been_applied(), "{error}");
            server.received().len() > 1
        }
    }
}

#[tokio::test]
async fn rule_follows_method_by_default() {
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        assert!(is_repeated(method.clone(), None).await, "{method}");
        assert!(!is_repeated(method.clone(), Some(RetryRule::NeverSent)).await, "{method}");
    }
    for method in [Method::POST, Method::PATCH] {
        assert!(!is_repeated(method.clone(), None).await, "{method}");
        assert!(is_repeated(method.clone(), Some(RetryRule::Safe)).await, "{method}");
        assert!(is_repeated(method.clone(), Some(KEYED)).await, "{method}");
    }
}

#[tokio::test]
async fn unsent_request_repeated_whatever_the_rule() {
    let server = Server::with_script([]).await;
    let gone = client(&server);
    drop(server);
    let error = gone.request(Method::POST, MESSAGES).send::<Value>().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connection, 4), "{error}");
}

#[tokio::test]
async fn repeat_keeps_idempotency_key() {
    for given in [None, Some(""), Some("key-1")] {
        let server = losing_a_response().await;
        let request = client(&server).request(Method::POST, MESSAGES).query("uuid", given).retry(KEYED);
        request.send::<Value>().await.unwrap();
        let received = server.received();
        let [first, second] = &received[..] else { panic!("{received:?}") };
        assert_eq!(first.target, second.target);
        let [(name, key)] = &first.query()[..] else { panic!("{first:?}") };
        assert_eq!(name, "uuid");
        match given {
            Some("key-1") => assert_eq!(key, "key-1"),
            _ => assert_eq!(key.len(), 32, "{key}"),
        }
    }
}

#[tokio::test]
async fn error_returns_idempotency_key() {
    let server = Server::with_script([Reply::error(400, 7)]).await;
    let error = client(&server).request(Method::POST, MESSAGES).retry(KEYED).send::<Value>().await.unwrap_err();
    assert_eq!(error.idempotency_key(), Some(&*server.received()[0].query()[0].1));
}

/// A key that is left out or empty is none, wherever it stands.
#[tokio::test]
async fn only_one_idempotency_key_sent() {
    for keys in [vec![Some("key-1"), None], vec![Some(""), Some("key-1")], vec![Some("key-1"), Some("key-2")]] {
        let server = Server::with_script([Reply::ok(json!({}))]).await;
        let request = client(&server).request(Method::POST, MESSAGES).retry(KEYED);
        let request = keys.iter().fold(request, |request, key| request.query("uuid", key));
        let result = request.send::<Value>().await;
        if keys.contains(&Some("key-2")) {
            let error = result.unwrap_err().to_string();
            assert!(error.contains("uuid") && error.contains("more than one value"), "{error}");
            assert!(server.received().is_empty());
        } else {
            result.unwrap();
            assert_eq!(server.received()[0].query(), [("uuid".to_owned(), "key-1".to_owned())]);
        }
    }
}
