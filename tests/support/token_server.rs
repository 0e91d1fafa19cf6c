//! A service that gives out tokens, and calls that need them.

use super::{Received, Reply, Server, eventually};
use feishu_user_groups::{Client, Error};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::task::JoinSet;

/// Responds with the n-th question for a token, from 1, by `token`, and calls by `call`.
pub async fn token_server(
    token: impl Fn(usize) -> Reply + Send + Sync + 'static,
    call: impl Fn(&Received) -> Reply + Send + Sync + 'static,
) -> Server {
    let fetches = AtomicUsize::new(0);
    Server::with_handler(move |request| match request.is_token_fetch() {
        true => token(fetches.fetch_add(1, Ordering::SeqCst) + 1),
        false => call(request),
    })
    .await
}

/// The tokens `t-1`, `t-2`, ... with so many seconds to live.
pub fn tokens_valid_for(seconds: u64) -> impl Fn(usize) -> Reply {
    move |number| Reply::token(&format!("t-{number}"), seconds)
}

/// What a call of [`get_group`] is responded.
pub fn group_found() -> Reply {
    Reply::ok(json!({ "group": { "id": "g1" } }))
}

/// One call; responses how many tries it took.
pub async fn get_group(client: &Client) -> Result<u32, Error> {
    client.get_user_group().group_id("g1").send().await.map(|response| response.attempts())
}

/// So many calls at once, all of them begun before `meanwhile`; responses what became of each.
pub async fn get_concurrently(client: &Client, count: usize, meanwhile: impl AsyncFnOnce()) -> Vec<Result<u32, Error>> {
    let begun = Arc::new(AtomicUsize::new(0));
    let mut calls = JoinSet::new();
    for _ in 0..count {
        let (client, begun) = (client.clone(), Arc::clone(&begun));
        calls.spawn(async move {
            begun.fetch_add(1, Ordering::SeqCst);
            get_group(&client).await
        });
    }
    eventually("all calls have begun", async || begun.load(Ordering::SeqCst) == count).await;
    meanwhile().await;
    calls.join_all().await
}

/// The tokens that requests came with, in their order, `"fetch"` where one asked for a token.
pub fn tokens_sent(server: &Server) -> Vec<String> {
    let token = |request: &Received| if request.is_token_fetch() { "fetch" } else { request.token() }.to_owned();
    server.received().iter().map(token).collect()
}

/// Makes calls until one is sent with this token.
pub async fn until_sent_with(token: &str, server: &Server, client: &Client) {
    let sent = async || {
        get_group(client).await.unwrap();
        tokens_sent(server).last().is_some_and(|last| last == token)
    };
    eventually(&format!("a call is sent with {token}"), sent).await;
}
