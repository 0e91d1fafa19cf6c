//! A call outside of a Tokio runtime is an error, whatever the client's token.

use crate::support::provider::Provider;
use feishu_user_groups::{AppTicket, Client, Error, ErrorKind, UserToken};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// Polls once; nothing here has anything to wait for.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => panic!("it waits, and nobody could wake it"),
    }
}

fn check(error: Error) {
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Configuration, 0));
    assert!(!error.may_have_been_applied() && !error.is_retryable());
    assert!(error.to_string().contains("no Tokio runtime"), "{error}");
}

#[test]
fn calls_without_a_runtime_fail() {
    let provider = Provider::new(|_| async { Ok(UserToken::new("u-1")) });
    let builder = || Client::builder().base_url("http://127.0.0.1:9");
    let app = builder().app("cli_a", "secret").build().unwrap();
    let store_app = builder().store_app("cli_a", "secret", AppTicket::new("ticket")).build().unwrap();
    for client in [
        builder().tenant_token("t-1").build().unwrap(),
        app.with_user_token("u-1"),
        app.with_user_token_provider(provider),
        store_app.for_tenant("one").unwrap(),
        app,
    ] {
        let get = || client.get_user_group().group_id("g1");
        check(now(get().send()).unwrap_err());
        check(now(get().send_raw()).unwrap_err());
        check(now(client.list_member_user_groups().member_id("ou_1").stream().try_next()).unwrap_err());
        check(now(client.list_member_user_groups().member_id("ou_1").pages().try_next()).unwrap_err());
    }
}
