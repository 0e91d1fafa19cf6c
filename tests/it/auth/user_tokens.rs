//! A user's tokens are renewed by the caller: the client says when, and keeps what it is given.

use crate::support::token_server::{get_concurrently, get_group, group_found, tokens_sent, until_sent_with};
use crate::support::{Gate, Received, Reply, Server, client};
use feishu_user_groups::BoxFuture;
use feishu_user_groups::store::BoxError;
use feishu_user_groups::{ErrorKind, Secret, UserToken, UserTokenProvider};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Gives out its tokens in their order, and keeps what it was asked.
#[derive(Clone, Default)]
struct Session {
    tokens: Arc<Mutex<VecDeque<Result<UserToken, String>>>>,
    refused: Arc<Mutex<Vec<Option<String>>>>,
    gate: Option<Gate>,
}

impl Session {
    fn of(tokens: impl IntoIterator<Item = Result<UserToken, String>>) -> Self {
        Self { tokens: Arc::new(Mutex::new(tokens.into_iter().collect())), ..Self::default() }
    }

    /// What it was asked: `None` for a token, else which one was refused.
    fn requests(&self) -> Vec<Option<String>> {
        self.refused.lock().unwrap().clone()
    }
}

impl UserTokenProvider for Session {
    fn user_token<'a>(&'a self, refused: Option<&'a Secret>) -> BoxFuture<'a, Result<UserToken, BoxError>> {
        Box::pin(async move {
            self.refused.lock().unwrap().push(refused.map(|token| token.expose().to_owned()));
            if let Some(gate) = &self.gate {
                gate.wait().await;
            }
            let next = self.tokens.lock().unwrap().pop_front();
            next.unwrap_or_else(|| Err("there are no more tokens".to_owned())).map_err(Into::into)
        })
    }
}

async fn taking(taken: &'static str) -> Server {
    Server::with_handler(move |request: &Received| match request.token() == taken {
        true => group_found(),
        false => Reply::error(401, 99991668),
    })
    .await
}

#[tokio::test]
async fn token_requested_once_and_cached() {
    let server = taking("u-1").await;
    let session = Session::of([Ok(UserToken::new("u-1"))]);
    let client = client(&server).with_user_token_provider(session.clone());
    for _ in 0..3 {
        get_group(&client.clone()).await.unwrap();
    }
    assert_eq!((session.requests(), tokens_sent(&server)), (vec![None], vec!["u-1".to_owned(); 3]));
}

#[tokio::test]
async fn concurrent_calls_request_one_token() {
    let server = taking("u-1").await;
    let gate = Gate::closed();
    let session = Session { gate: Some(gate.clone()), ..Session::of([Ok(UserToken::new("u-1"))]) };
    let client = client(&server).with_user_token_provider(session.clone());
    let results = get_concurrently(&client, 50, async || gate.open()).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert_eq!(session.requests().len(), 1);
}

#[tokio::test]
async fn refused_token_passed_to_provider() {
    let server = taking("u-2").await;
    let session = Session::of([Ok(UserToken::new("u-1")), Ok(UserToken::new("u-2"))]);
    let client = client(&server).with_user_token_provider(session.clone());
    assert_eq!(get_group(&client).await.unwrap(), 2);
    assert_eq!(session.requests(), [None, Some("u-1".to_owned())]);
    assert_eq!(tokens_sent(&server), ["u-1", "u-2"]);
}

#[tokio::test]
async fn second_refusal_is_error() {
    let server = taking("u-3").await;
    let session = Session::of(["u-1", "u-2", "u-3"].map(|token| Ok(UserToken::new(token))));
    let error = get_group(&client(&server).with_user_token_provider(session)).await.unwrap_err();
    assert_eq!((error.code(), error.attempts(), error.is_auth()), (Some(99991668), 2, true));
    assert_eq!(tokens_sent(&server), ["u-1", "u-2"]);
}

#[tokio::test]
async fn token_refreshed_shortly_before_expiry() {
    let server = Server::with_handler(|_| group_found()).await;
    let lasting = |token: &str| Ok(UserToken::new(token).expires_in(Duration::from_secs(7200)));
    let session = Session::of([lasting("u-1"), lasting("u-2")]);
    let client = client(&server).with_user_token_provider(session.clone());
    get_group(&client).await.unwrap();
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(7200 - 600)).await;
    tokio::time::resume();
    get_group(&client).await.unwrap();
    assert_eq!(session.requests().len(), 1, "a refresh_token is not used up long before it must be");
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(560)).await;
    tokio::time::resume();
    until_sent_with("u-2", &server, &client).await;
    assert_eq!(session.requests(), [None, None]);
}

#[tokio::test]
async fn provider_lifetime_is_not_capped() {
    let server = Server::with_handler(|_| group_found()).await;
    let session = Session::of([Ok(UserToken::new("u-1").expires_in(Duration::from_secs(30 * 86_400)))]);
    let client = client(&server).with_user_token_provider(session.clone());
    get_group(&client).await.unwrap();
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(29 * 86_400)).await;
    tokio::time::resume();
    get_group(&client).await.unwrap();
    assert_eq!(session.requests().len(), 1, "the service's limit for tokens of its own is none for these");
}

#[tokio::test]
async fn provider_error_returned_not_cached() {
    let server = taking("u-1").await;
    let session = Session::of([Err("the user has signed out".to_owned()), Ok(UserToken::new("u-1"))]);
    let client = client(&server).with_user_token_provider(session);
    let error = get_group(&client).await.unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Auth, Some("get_user_group")));
    assert!(error.to_string().contains("the user has signed out"), "{error}");
    assert!(server.received().is_empty());
    get_group(&client).await.unwrap();
}

#[tokio::test]
async fn tenant_only_operation_requests_no_token() {
    let server = taking("u-1").await;
    let session = Session::of([Ok(UserToken::new("u-1"))]);
    let client = client(&server).with_user_token_provider(session.clone());
    let call = client.write_performance_group_members();
    let call = call.body_map(|body| body.group_id("ABCDEFG").scope_visible_setting(1).user_ids(["ou_1"]));
    let error = call.send().await.unwrap_err();
    assert!(error.to_string().contains("takes a tenant_access_token"), "{error}");
    assert!(session.requests().is_empty() && server.received().is_empty());
}
