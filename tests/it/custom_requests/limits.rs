//! The rate limit of an endpoint holds for all clones of a client, and so do its pauses.

use super::{MESSAGES, USER};
use crate::support::{Reply, Server};
use feishu_user_groups::operation::RateLimit;
use feishu_user_groups::{Client, Method, RetryPolicy, Throttle};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::Instant;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn client(server: &Server, throttle: Throttle) -> Client {
    let client = Client::builder().base_url(&server.url).tenant_token("t-1").throttle(throttle);
    // Paused time jumps to the next timer while the network is slow: no timeout may be among them.
    client.timeout(DAY).attempt_timeout(DAY).connect_timeout(DAY).build().unwrap()
}

/// Gets a user; the platform allows two calls per minute.
async fn get_user(client: &Client, id: &str) {
    let request = client.request(Method::GET, USER).path("user_id", id);
    request.rate_limit(RateLimit::new(Some(2), None)).send::<Value>().await.unwrap();
}

/// The seconds that three calls take.
async fn three_calls(throttle: Throttle) -> u64 {
    let server = Server::with_handler(|_| Reply::ok(json!({}))).await;
    let (client, begun) = (client(&server, throttle), Instant::now());
    get_user(&client, "ou_1").await;
    get_user(&client.clone(), "ou_2").await;
    // Other endpoints, methods and rates have their own limits.
    client.request(Method::GET, MESSAGES).send::<Value>().await.unwrap();
    client.request(Method::DELETE, USER).path("user_id", "ou_1").send::<Value>().await.unwrap();
    client.request(Method::GET, USER).path("user_id", "ou_1").send::<Value>().await.unwrap();
    assert_eq!(begun.elapsed().as_secs(), 0);
    get_user(&client.with_timeout(2 * DAY), "ou_3").await;
    begun.elapsed().as_secs()
}

#[tokio::test(start_paused = true)]
async fn rate_shared_among_clones() {
    // The window of a minute, with the margin for different travel times.
    assert_eq!(three_calls(Throttle::documented()).await, 61);
}

#[tokio::test(start_paused = true)]
async fn throttle_scales_or_ends_rates() {
    assert_eq!(three_calls(Throttle::off()).await, 0);
    let server = Server::with_handler(|_| Reply::ok(json!({}))).await;
    let (client, begun) = (client(&server, Throttle::documented().share(0.5)), Instant::now());
    get_user(&client, "ou_1").await;
    get_user(&client, "ou_2").await;
    assert_eq!(begun.elapsed().as_secs(), 61);
}

#[tokio::test(start_paused = true)]
async fn pause_holds_for_all_clones() {
    let limited = Reply::error(400, 99991400).header("x-ogw-ratelimit-reset", "7");
    let server = Server::with_script([limited, Reply::ok(json!({})), Reply::ok(json!({}))]).await;
    let client = client(&server, Throttle::documented());
    let (once, begun) = (client.with_retry_policy(RetryPolicy::none()), Instant::now());
    let post = |client: &Client| client.request(Method::POST, MESSAGES).send::<Value>();
    let error = post(&once).await.unwrap_err();
    assert_eq!((error.is_rate_limited(), error.retry_after()), (true, Some(Duration::from_secs(7))), "{error}");
    client.request(Method::GET, MESSAGES).send::<Value>().await.unwrap();
    assert_eq!(begun.elapsed().as_secs(), 0, "another method is another endpoint");
    post(&client).await.unwrap();
    assert_eq!(begun.elapsed().as_secs(), 7);
}
