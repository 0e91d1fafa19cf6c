//! An observer that panics changes nothing.

use super::quick;
use crate::support::token_server::{get_group, group_found, token_server, until_sent_with};
use crate::support::{Reply, Server, builder};
use feishu_user_groups::Client;
use feishu_user_groups::telemetry::{AttemptEvent, CallEvent, Observer, TokenFetchEvent};
use std::sync::Arc;

/// Panics at whatever it sees.
struct Panics;

impl Observer for Panics {
    fn on_attempt(&self, _: &AttemptEvent<'_>) {
        panic!("as the test wants it")
    }

    fn on_call(&self, _: &CallEvent<'_>) {
        panic!("as the test wants it")
    }

    fn on_token_fetch(&self, _: &TokenFetchEvent<'_>) {
        // Not even the payload can be dropped.
        struct Bomb;
        impl Drop for Bomb {
            fn drop(&mut self) {
                panic!("as the test wants it")
            }
        }
        std::panic::panic_any(Bomb)
    }
}

fn panicking(server: &Server) -> Client {
    builder(server).app("cli_a", "secret").retry_policy(quick()).observer(Arc::new(Panics)).build().unwrap()
}

#[tokio::test]
async fn panicking_observer_changes_no_call() {
    let responses =
        [Reply::token("t-1", 7200), Reply::hang_up(), group_found(), group_found(), Reply::error(400, 42002)];
    let server = Server::with_script(responses).await;
    let client = panicking(&server);
    assert_eq!(get_group(&client).await.unwrap(), 2);
    assert_eq!(client.list_user_groups().send_raw().await.unwrap()["code"], 0);
    assert_eq!(get_group(&client).await.unwrap_err().code(), Some(42002));
    // The token was fetched once, and kept.
    assert_eq!(server.token_fetches(), 1);
}

#[tokio::test]
async fn panicking_observer_keeps_renewed_tokens() {
    let token = |number| Reply::token(&format!("t-{number}"), if number == 1 { 60 } else { 7200 });
    let server = token_server(token, |_| group_found()).await;
    let client = panicking(&server);
    until_sent_with("t-2", &server, &client).await;
    assert_eq!(server.token_fetches(), 2);
}

#[tokio::test]
async fn panicking_observer_survives_dropped_calls() {
    let server = Server::with_script([Reply::token("t-1", 7200), Reply::stall(), Reply::stall()]).await;
    let client = panicking(&server);
    let call = |client: Client| tokio::spawn(async move { get_group(&client).await });
    let dropped = call(client.clone());
    server.wait_until(|received| received.len() == 2).await;
    dropped.abort();
    assert!(dropped.await.unwrap_err().is_cancelled());
    // Dropped by a panic of the caller's: a second one out of a destructor would abort the process.
    let unwound = tokio::spawn({
        let client = client.clone();
        let sent = server.received().len() + 1;
        let (mut call, seen) = (Box::pin(async move { get_group(&client).await }), server.subscribe());
        async move {
            tokio::select! {
                result = &mut call => panic!("{result:?}"),
                () = async { seen.clone().wait_for(|received| received.len() == sent).await.map(drop).unwrap() } => {}
            }
            let _dropped_while_unwinding = call;
            panic!("as the test wants it")
        }
    });
    assert!(unwound.await.unwrap_err().is_panic());
}
