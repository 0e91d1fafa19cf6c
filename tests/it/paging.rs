//! A listing fetches one page after another, on demand. Only `has_more: false` ends it; a
//! response that would end it early or never is an error.

use crate::support::{Gate, Reply, Server, client};
use feishu_user_groups::types::UserGroup;
use feishu_user_groups::{Error, ErrorKind, Items, RetryPolicy};
use futures_core::Stream;
use serde_json::{Value, json};
use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

/// A page of groups, in the service's shape.
fn page(ids: &[&str], rest: Value) -> Reply {
    let groups: Vec<_> = ids.iter().map(|id| json!({ "id": id, "name": format!("group {id}") })).collect();
    let mut data = json!({ "grouplist": groups });
    data.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    Reply::ok(data)
}

fn middle_page(ids: &[&str], token: &str) -> Reply {
    page(ids, json!({ "has_more": true, "page_token": token }))
}

fn last_page(ids: &[&str]) -> Reply {
    page(ids, json!({ "has_more": false }))
}

/// The remaining ids, and the result at the end.
async fn drain(items: &mut Items<UserGroup>) -> (Vec<String>, Result<(), Error>) {
    let mut ids = Vec::new();
    loop {
        match items.try_next().await {
            Ok(Some(group)) => ids.push(group.id().unwrap().to_owned()),
            Ok(None) => return (ids, Ok(())),
            Err(error) => return (ids, Err(error)),
        }
    }
}

/// The ids of a listing of these pages, its result, and the queries that were sent.
async fn list_all(pages: impl IntoIterator<Item = Reply>) -> (Vec<String>, Result<(), Error>, Vec<String>) {
    let server = Server::with_script(pages).await;
    let (ids, end) = drain(&mut client(&server).list_user_groups().stream()).await;
    (ids, end, queries(&server))
}

fn queries(server: &Server) -> Vec<String> {
    server.received().iter().map(|request| request.target.split_once('?').unwrap().1.to_owned()).collect()
}

#[tokio::test]
async fn all_items_arrive_in_order() {
    let (ids, end, queries) =
        list_all([middle_page(&["a", "b"], "2"), middle_page(&[], "3"), middle_page(&["c"], "4"), last_page(&["d"])])
            .await;
    end.unwrap();
    assert_eq!(ids, ["a", "b", "c", "d"]);
    let expected =
        ["page_size=100", "page_size=100&page_token=2", "page_size=100&page_token=3", "page_size=100&page_token=4"];
    assert_eq!(queries, expected);
}

#[tokio::test]
async fn pages_report_token_and_log_id() {
    let server = Server::with_script([middle_page(&["a"], "2").header("x-tt-logid", "log-1"), last_page(&["b"])]).await;
    let mut pages = client(&server).list_user_groups().pages();
    let first = pages.try_next().await.unwrap().unwrap();
    assert_eq!(
        (first.items.len(), first.next_token.as_deref(), first.log_id.as_deref()),
        (1, Some("2"), Some("log-1"))
    );
    let second = pages.try_next().await.unwrap().unwrap();
    assert_eq!((second.items[0].id(), second.next_token, second.log_id), (Some("b"), None, None));
    assert!(pages.try_next().await.unwrap().is_none());
    assert!(pages.try_next().await.unwrap().is_none(), "an ended listing stays ended");
    assert_eq!(server.received().len(), 2);
}

#[tokio::test]
async fn pages_are_fetched_on_demand() {
    let server = Server::with_script([middle_page(&["a", "b"], "2"), last_page(&["c"])]).await;
    let mut items = client(&server).list_user_groups().stream();
    tokio::task::yield_now().await;
    let mut fetched = Vec::new();
    for _ in 0..3 {
        fetched.push(server.received().len());
        items.try_next().await.unwrap().unwrap();
    }
    assert_eq!((fetched, server.received().len()), (vec![0, 1, 1], 2));
}

#[tokio::test]
async fn page_size_defaults_to_maximum() {
    let server = Server::with_handler(|_| Reply::ok(json!({ "has_more": false }))).await;
    let client = client(&server);
    let member = || client.list_member_user_groups().member_id("m");
    assert!(client.list_user_groups().stream().try_next().await.unwrap().is_none());
    assert!(client.list_user_groups().page_size(7).stream().try_next().await.unwrap().is_none());
    assert!(client.list_user_groups().type_(2).pages().try_next().await.unwrap().is_some());
    assert!(member().stream().try_next().await.unwrap().is_none());
    assert!(member().page_size(7).pages().try_next().await.unwrap().is_some());
    let expected = [
        "page_size=100",
        "page_size=7",
        "page_size=100&type=2",
        "member_id=m&page_size=1000",
        "member_id=m&page_size=7",
    ];
    assert_eq!(queries(&server), expected);
}

#[tokio::test]
async fn has_more_alone_ends_listing() {
    for token in
        [json!({}), json!({ "page_token": "" }), json!({ "page_token": null }), json!({ "page_token": "stale" })]
    {
        let mut end = token.clone();
        end["has_more"] = json!(false);
        let (ids, result, queries) = list_all([middle_page(&["a"], "2"), page(&["b"], end)]).await;
        result.unwrap();
        assert_eq!((ids.len(), queries.len()), (2, 2), "{token}");
    }
}

#[tokio::test]
async fn has_more_without_token_is_error() {
    for token in [json!({}), json!({ "page_token": "" }), json!({ "page_token": null }), json!({ "page_token": "2" })] {
        let mut lost = token.clone();
        lost["has_more"] = json!(true);
        let server = Server::with_script([middle_page(&["a"], "2"), page(&["b"], lost)]).await;
        let mut items = client(&server).list_user_groups().stream();
        let (ids, result) = drain(&mut items).await;
        let error = result.unwrap_err();
        assert_eq!((error.kind(), error.operation()), (ErrorKind::Pagination, Some("list_user_groups")), "{token}");
        assert_eq!(ids, ["a", "b"], "what came is given before the error");
        assert!(error.status() == Some(200) && error.attempts() == 1);
        assert!(items.try_next().await.unwrap().is_none(), "the error ends the listing");
        assert_eq!(server.received().len(), 2);
    }
}

#[tokio::test]
async fn resumed_page_token_repeat_is_error() {
    let server = Server::with_script([middle_page(&["a"], "resumed")]).await;
    let (ids, end) = drain(&mut client(&server).list_user_groups().page_token("resumed").stream()).await;
    assert_eq!((ids.len(), end.unwrap_err().kind()), (1, ErrorKind::Pagination));
}

#[tokio::test]
async fn page_token_cycle_is_error() {
    for circle in 1..=7_u32 {
        let next = move |request: &crate::support::Received| {
            let at = request.target.split_once("page_token=").map_or(0, |(_, token)| token.parse::<u32>().unwrap());
            middle_page(&["a"], &(if at < 2 { at + 1 } else { 3 + (at + 1) % circle }).to_string())
        };
        let server = Server::with_handler(next).await;
        let (_, end) = drain(&mut client(&server).list_user_groups().stream()).await;
        assert_eq!(end.unwrap_err().kind(), ErrorKind::Pagination);
        assert!(server.received().len() < 30, "a circle of {circle}: {}", server.received().len());
    }
}

#[tokio::test]
async fn page_token_repeat_is_error() {
    for stuck in [1, 2, 5, 17] {
        let next = move |request: &crate::support::Received| {
            let at = request.target.split_once("page_token=").map_or(1, |(_, token)| token.parse::<u32>().unwrap());
            middle_page(&["a"], &stuck.min(at + 1).to_string())
        };
        let server = Server::with_handler(next).await;
        // The first page has no token, so the second is the first that can repeat its own.
        let requests = stuck.max(2) as usize;
        let (ids, end) = drain(&mut client(&server).list_user_groups().stream()).await;
        assert_eq!(
            (end.unwrap_err().kind(), ids.len(), server.received().len()),
            (ErrorKind::Pagination, requests, requests)
        );
    }
}

#[tokio::test]
async fn each_page_is_retried() {
    let faults = || [Reply::hang_up(), Reply::new(502, "<html>"), Reply::error(500, 40003)];
    let pages = [middle_page(&["a"], "2"), middle_page(&["b"], "3"), last_page(&["c"])];
    let server = Server::with_script(pages.into_iter().flat_map(|page| faults().into_iter().chain([page]))).await;
    let quick = RetryPolicy::new().initial_backoff(Duration::from_millis(1));
    let mut items = client(&server).with_retry_policy(quick).list_user_groups().stream();
    let (ids, end) = drain(&mut items).await;
    end.unwrap();
    assert_eq!(ids, ["a", "b", "c"]);
    let tries = |query: &str| queries(&server).iter().filter(|sent| *sent == query).count();
    let each = ["page_size=100", "page_size=100&page_token=2", "page_size=100&page_token=3"].map(tries);
    assert_eq!((each, server.received().len()), ([4, 4, 4], 12));
}

#[tokio::test]
async fn missing_has_more_is_error() {
    for rest in [json!({}), json!({ "page_token": "" }), json!({ "has_more": null }), json!({ "page_token": "2" })] {
        let (ids, result, _) = list_all([page(&["a"], rest.clone())]).await;
        assert_eq!((ids.len(), result.unwrap_err().kind()), (1, ErrorKind::Pagination), "{rest}");
    }
}

#[tokio::test]
async fn resume_token_is_sent_once() {
    let server = Server::with_script([middle_page(&["c"], "4"), last_page(&["d"])]).await;
    let (ids, end) = drain(&mut client(&server).list_user_groups().type_(1).page_token("3 &").stream()).await;
    end.unwrap();
    assert_eq!(ids, ["c", "d"]);
    assert_eq!(queries(&server), ["page_size=100&type=1&page_token=3+%26", "page_size=100&type=1&page_token=4"]);
}

#[tokio::test]
async fn empty_token_starts_at_beginning() {
    let server = Server::with_script([last_page(&["a"])]).await;
    drain(&mut client(&server).list_user_groups().page_token("").stream()).await.1.unwrap();
    assert_eq!(queries(&server), ["page_size=100"]);
}

#[tokio::test]
async fn failed_page_ends_listing() {
    for failure in [Reply::error(400, 40012), Reply::new(502, "<html>"), Reply::hang_up()] {
        let server = Server::with_script([middle_page(&["a", "b"], "2"), failure, last_page(&["c"])]).await;
        let mut items = client(&server).list_user_groups().stream();
        let (ids, result) = drain(&mut items).await;
        assert_eq!(ids, ["a", "b"]);
        assert_eq!(result.unwrap_err().operation(), Some("list_user_groups"));
        assert!(items.try_next().await.unwrap().is_none());
        assert_eq!(server.received().len(), 2);
    }
}

#[tokio::test]
async fn listing_resumes_after_failed_page() {
    let server = Server::with_script([middle_page(&["a"], "2"), Reply::error(500, 40003), last_page(&["b"])]).await;
    let client = client(&server);
    let mut pages = client.list_user_groups().pages();
    let token = pages.try_next().await.unwrap().unwrap().next_token.unwrap();
    pages.try_next().await.unwrap_err();
    let (ids, end) = drain(&mut client.list_user_groups().page_token(token).stream()).await;
    end.unwrap();
    assert_eq!(ids, ["b"]);
}

#[tokio::test]
async fn both_listing_shapes_are_read() {
    let group = json!([{ "group_id": "a", "name": "R&D" }]);
    let shapes = [json!({ "groups": group }), json!({ "groups": group, "grouplist": null })];
    for data in shapes {
        let server = Server::with_script([Reply::ok(data)]).await;
        let group = client(&server).list_user_groups().stream().try_next().await.unwrap().unwrap();
        assert_eq!((group.id(), group.name.as_deref()), (Some("a"), Some("R&D")));
    }
    for data in
        [json!({ "group_list": ["a"] }), json!({ "groups": group }), json!({ "groups": group, "group_list": null })]
    {
        let server = Server::with_script([Reply::ok(data)]).await;
        let mut items = client(&server).list_member_user_groups().member_id("m").stream();
        assert_eq!(drain(&mut items).await.0, ["a"]);
    }
}

#[tokio::test]
async fn missing_list_is_empty_page() {
    let lists = [json!({}), json!({ "grouplist": null }), json!({ "grouplist": [], "groups": null })];
    for mut data in lists {
        data["has_more"] = json!(false);
        let server = Server::with_script([Reply::ok(data)]).await;
        assert!(client(&server).list_user_groups().stream().try_next().await.unwrap().is_none());
    }
}

#[tokio::test]
async fn invalid_argument_fails_before_sending() {
    let server = Server::with_script([]).await;
    let client = client(&server);
    let mut pages = client.list_user_groups().page_size(0).pages();
    assert_eq!(pages.try_next().await.unwrap_err().violations()[0].field, "page_size");
    assert!(pages.try_next().await.unwrap().is_none());
    let mut items = client.list_member_user_groups().stream();
    assert_eq!(items.try_next().await.unwrap_err().violations()[0].field, "member_id");
    assert!(items.try_next().await.unwrap().is_none());
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn dropped_page_wait_can_resume() {
    let gate = Gate::closed();
    let server = Server::with_script([last_page(&["a"]).after_gate(&gate)]).await;
    let mut items = client(&server).list_user_groups().stream();
    let waiting = tokio::select! {
        biased;
        item = items.try_next() => Some(item),
        () = server.wait_until(|received| received.len() == 1) => None,
    };
    assert!(waiting.is_none(), "the page is still behind the gate");
    gate.open();
    assert_eq!(drain(&mut items).await.0, ["a"]);
    assert_eq!(server.received().len(), 1, "the page is not asked for again");
}

/// Polls the listing as any library for `Stream` does.
async fn next<S: Stream + Unpin>(stream: &mut S) -> Option<S::Item> {
    let mut stream = Pin::new(stream);
    poll_fn(|context| stream.as_mut().poll_next(context)).await
}

#[tokio::test]
async fn items_and_pages_implement_stream() {
    let server = Server::with_script([
        middle_page(&["a"], "2"),
        last_page(&["b"]),
        middle_page(&["c"], "2"),
        Reply::error(500, 40003),
    ])
    .await;
    let client = client(&server);
    let mut items = client.list_user_groups().stream();
    assert_eq!(next(&mut items).await.unwrap().unwrap().id(), Some("a"));
    assert_eq!(next(&mut items).await.unwrap().unwrap().id(), Some("b"));
    assert!(next(&mut items).await.is_none());
    assert!(next(&mut items).await.is_none(), "an ended stream may be polled");
    let mut pages = client.list_user_groups().pages();
    assert_eq!(next(&mut pages).await.unwrap().unwrap().items.len(), 1);
    assert_eq!(next(&mut pages).await.unwrap().unwrap_err().code(), Some(40003));
    assert!(next(&mut pages).await.is_none());
}

#[tokio::test]
async fn into_items_yields_remaining_pages() {
    let server = Server::with_script([middle_page(&["a"], "2"), last_page(&["b", "c"])]).await;
    let mut pages = client(&server).list_user_groups().pages();
    pages.try_next().await.unwrap().unwrap();
    assert_eq!(drain(&mut pages.into_items()).await.0, ["b", "c"]);
}

fn movable<T: Send + Unpin + 'static>(value: T) -> T {
    value
}

#[tokio::test]
async fn listing_moves_and_outlives_client() {
    let server = Server::with_script([middle_page(&["a"], "2"), last_page(&["b"])]).await;
    let mut items = {
        let client = client(&server);
        drop(movable(client.list_user_groups().pages()));
        movable(client.list_user_groups().stream())
    };
    let ids = tokio::spawn(async move { drain(&mut items).await.0 }).await.unwrap();
    assert_eq!(ids, ["a", "b"]);
}
