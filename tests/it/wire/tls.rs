//! A failed TLS handshake has its own error, and is retried only if the cause may be temporary.

use crate::support::{APP_ID, APP_SECRET, TOKEN};
use crate::tls_server::{EXPIRED, LOOPBACK, OTHER_NAME, TlsServer, trusting_client};
use feishu_user_groups::{Client, ClientBuilder, Error, ErrorKind, RetryPolicy};
use reqwest::dns::{Name, Resolve, Resolving};
use rustls::{AlertDescription, CertificateError, InvalidMessage, PeerIncompatible};
use std::error::Error as StdError;
use std::io;
#[cfg(target_os = "linux")]
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

const GROUP: &str = r#"{"code":0,"data":{"group":{"id":"g1"}}}"#;

/// Retries without backoff.
fn builder(url: &str) -> ClientBuilder {
    let policy = RetryPolicy::new().initial_backoff(Duration::ZERO);
    Client::builder().base_url(url).tenant_token(TOKEN).retry_policy(policy)
}

async fn failure(client: Client) -> Error {
    client.get_user_group().group_id("g1").send().await.unwrap_err()
}

fn assert_not_retried(error: &Error, reason: &str) {
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Tls, 1), "{error}");
    assert!(!error.is_retryable() && !error.may_have_been_applied(), "{error}");
    assert!(error.to_string().contains("TLS") && error.to_string().contains(reason), "{error}");
}

#[tokio::test]
async fn trusted_certificate_connects() {
    let server = TlsServer::presenting(LOOPBACK, GROUP);
    let client = builder(&server.url).http_client(trusting_client()).build().unwrap();
    let response = client.get_user_group().group_id("g1").send().await.unwrap();
    assert_eq!(response.into_inner().group.id.as_deref(), Some("g1"));
}

#[tokio::test]
async fn untrusted_certificate_is_not_retried() {
    for (certificate, http, reason) in [
        (LOOPBACK, None, "its issuer is not trusted"),
        (OTHER_NAME, Some(trusting_client()), "it is for another host"),
        (EXPIRED, Some(trusting_client()), "it has expired"),
    ] {
        let server = TlsServer::presenting(certificate, GROUP);
        let builder = builder(&server.url);
        let client = match http {
            Some(http) => builder.http_client(http),
            None => builder,
        };
        let error = failure(client.build().unwrap()).await;
        assert_not_retried(&error, reason);
        assert_eq!(server.connections(), 1, "{error}");
        assert!(error.source().is_some(), "{error}");
    }
}

/// A container without certificates is a usual place for tests against the offline service. Other systems keep theirs in
/// no file that a variable could name.
#[cfg(target_os = "linux")]
#[test]
fn plain_http_needs_no_certificates() {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "--ignored", "wire::tls::builds_without_certificates"]);
    let output = child.env("SSL_CERT_FILE", "/dev/null").env_remove("SSL_CERT_DIR").output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

#[cfg(target_os = "linux")]
#[test]
#[ignore = "run by `plain_http_needs_no_certificates`, in a process of its own"]
fn builds_without_certificates() {
    builder("http://127.0.0.1:1").build().unwrap();
    let error = builder("https://127.0.0.1:1").build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
}

#[tokio::test]
async fn missing_client_certificate_is_not_retried() {
    let server = TlsServer::requiring_client_certificate();
    let client = builder(&server.url).http_client(trusting_client()).build().unwrap();
    let error = failure(client).await;
    assert_not_retried(&error, "the server refused the TLS handshake");
    assert_eq!(server.connections(), 1, "{error}");
}

#[tokio::test]
async fn plain_http_on_tls_port_is_not_retried() {
    let server = TlsServer::sending(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n");
    let error = failure(builder(&server.url).build().unwrap()).await;
    assert_not_retried(&error, "does not speak TLS");
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn plaintext_after_the_request_is_uncertain() {
    let server = TlsServer::breaking_off_with(b"HTTP/1.1 504 Gateway Timeout\r\ncontent-length: 0\r\n\r\n");
    let client = builder(&server.url).http_client(trusting_client()).build().unwrap();
    let error = client.create_user_group().body_map(|body| body.name("R&D")).send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Transport, 1), "{error}");
    assert!(error.may_have_been_applied(), "{error}");
}

#[tokio::test]
async fn untrusted_certificate_fails_token_fetch_once() {
    let server = TlsServer::presenting(LOOPBACK, r#"{"code":0,"tenant_access_token":"t-1","expire":7200}"#);
    let policy = RetryPolicy::new().initial_backoff(Duration::ZERO);
    let client = Client::builder().base_url(&server.url).app(APP_ID, APP_SECRET).retry_policy(policy);
    let error = failure(client.build().unwrap()).await;
    assert_eq!((error.kind(), error.is_retryable(), server.connections()), (ErrorKind::Auth, false, 1), "{error}");
    assert!(error.to_string().contains("the server's TLS certificate is not trusted"), "{error}");
}

/// A resolver that fails with an error of the test's choice.
struct Failing<F> {
    error: F,
    times: Arc<AtomicUsize>,
}

impl<F: Fn() -> Box<dyn StdError + Send + Sync> + Send + Sync> Resolve for Failing<F> {
    fn resolve(&self, _: Name) -> Resolving {
        self.times.fetch_add(1, SeqCst);
        let error = (self.error)();
        Box::pin(async move { Err(error) })
    }
}

/// The error of a call whose connection fails with this error, and the number of attempts.
async fn connection_failure(
    error: impl Fn() -> Box<dyn StdError + Send + Sync> + Send + Sync + 'static,
) -> (Error, usize) {
    let times = Arc::new(AtomicUsize::new(0));
    let resolver = Arc::new(Failing { error, times: Arc::clone(&times) });
    let http = feishu_user_groups::http_client_builder().unwrap().no_proxy().dns_resolver(resolver).build().unwrap();
    let error = failure(builder("https://open.invalid").http_client(http).build().unwrap()).await;
    (error, times.load(SeqCst))
}

#[tokio::test]
async fn permanent_tls_failures_are_not_retried() {
    use rustls::Error as Tls;
    for (reason, text) in [
        (Tls::InvalidCertificate(CertificateError::UnknownIssuer), "its issuer is not trusted"),
        (Tls::InvalidCertificate(CertificateError::NotValidForName), "it is for another host"),
        (Tls::InvalidCertificate(CertificateError::Expired), "it has expired"),
        (Tls::InvalidCertificate(CertificateError::NotValidYet), "it is not valid yet"),
        (Tls::InvalidCertificate(CertificateError::Revoked), "it was revoked"),
        (Tls::InvalidCertificate(CertificateError::BadSignature), "is not trusted"),
        (Tls::NoCertificatesPresented, "certificate is not trusted"),
        (Tls::PeerIncompatible(PeerIncompatible::NoCipherSuitesInCommon), "no TLS version or algorithm in common"),
        (Tls::InvalidMessage(InvalidMessage::InvalidContentType), "does not speak TLS"),
        (Tls::AlertReceived(AlertDescription::HandshakeFailure), "refused the TLS handshake"),
        (Tls::AlertReceived(AlertDescription::CertificateRequired), "refused the TLS handshake"),
    ] {
        // Wrapped as tokio-rustls does it, and bare.
        let wrapped = reason.clone();
        let (error, times) =
            connection_failure(move || io::Error::new(io::ErrorKind::InvalidData, wrapped.clone()).into()).await;
        assert_not_retried(&error, text);
        assert_eq!(times, 1);
        let (error, _) = connection_failure(move || reason.clone().into()).await;
        assert_not_retried(&error, text);
    }
}

#[tokio::test]
async fn certificate_failure_of_native_tls_is_recognised() {
    for text in [
        "error:0A000086:SSL routines:tls_post_process_server_certificate:certificate verify failed: (self-signed certificate)",
        "The certificate chain was issued by an authority that is not trusted. (os error -2146762487)",
        "The certificate was not trusted.",
    ] {
        let (error, times) = connection_failure(move || io::Error::other(text).into()).await;
        assert_not_retried(&error, "certificate is not trusted");
        assert_eq!(times, 1);
    }
}

#[tokio::test]
async fn passing_tls_failure_is_retried() {
    for reason in [rustls::Error::AlertReceived(AlertDescription::InternalError), rustls::Error::DecryptError] {
        let (error, times) = connection_failure(move || io::Error::other(reason.clone()).into()).await;
        assert_eq!((error.kind(), error.is_retryable(), times), (ErrorKind::Connection, true, 4), "{error}");
        assert!(error.to_string().contains("TLS handshake failed"), "{error}");
    }
    let (error, _) =
        connection_failure(|| "error:1408F10B:SSL routines:ssl3_get_record:wrong version number".into()).await;
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Connection, true), "{error}");
    assert!(error.to_string().contains("TLS handshake failed"), "{error}");
    let (error, times) = connection_failure(|| "failed to lookup address information".into()).await;
    assert_eq!((error.kind(), error.is_retryable(), times), (ErrorKind::Connection, true, 4), "{error}");
    assert!(!error.to_string().contains("TLS"), "{error}");
}
