//! The HTTP client that requests go through, and the base URLs it may send to.
//!
//! TLS is rustls with ring, and trusts the operating system's certificates. reqwest's own default
//! compiles a second cryptography library with a C compiler and cmake, which is a third of a
//! downstream build; ring costs a fraction of that. The configuration belongs to this client: it
//! installs no process-wide TLS provider, which would be the program's decision.

use crate::{Error, ErrorKind};
use reqwest::Url;
use reqwest::header::HeaderValue;
use std::net::IpAddr;
use std::time::Duration;

/// Returns a builder for an HTTP client of your own, with the settings that this crate needs.
///
/// It uses rustls with ring (feature `tls`), and follows no redirects: one would send the request, secrets included,
/// to another server. A bare `reqwest::Client::new()` panics in a program that has not chosen a TLS provider, as reqwest
/// documents; this builder chooses one. Without the feature `tls` it configures no TLS.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use feishu_user_groups::{Client, http_client_builder};
///
/// let http = http_client_builder()?.pool_max_idle_per_host(2).build()?;
/// let client = Client::builder().http_client(http).tenant_token("t-..").build()?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// [`ErrorKind::Configuration`] if TLS cannot be configured on this system.
pub fn http_client_builder() -> Result<reqwest::ClientBuilder, Error> {
    let builder = without_redirects();
    #[cfg(feature = "tls")]
    let builder = builder.tls_backend_preconfigured(tls_config(Trust::System)?);
    Ok(builder)
}

fn without_redirects() -> reqwest::ClientBuilder {
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none())
}

/// Which certificates are trusted.
#[cfg(feature = "tls")]
enum Trust {
    /// Those of the operating system, which are read from its files.
    System,
    /// None: for a client that never speaks TLS.
    Nothing,
}

#[cfg(feature = "tls")]
fn tls_config(trust: Trust) -> Result<rustls::ClientConfig, Error> {
    use rustls_platform_verifier::BuilderVerifierExt;

    rustls::ClientConfig::builder_with_provider(std::sync::Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| match trust {
            Trust::System => builder.with_platform_verifier(),
            Trust::Nothing => Ok(builder.with_root_certificates(rustls::RootCertStore::empty())),
        })
        .map(|builder| builder.with_no_client_auth())
        .map_err(|error| configuration_error("TLS cannot be configured on this system").caused_by(error))
}

/// A builder for plain HTTP. It follows no redirect, so that it never speaks TLS: it works, and at once, on a machine
/// whose certificates are missing. reqwest wants a configuration all the same.
fn plain_http_client_builder() -> Result<reqwest::ClientBuilder, Error> {
    // Plain HTTP is meant for this machine: a proxy from the environment would carry secrets off it unencrypted.
    let builder = without_redirects().no_proxy();
    #[cfg(feature = "tls")]
    let builder = builder.tls_backend_preconfigured(tls_config(Trust::Nothing)?);
    Ok(builder)
}

/// The HTTP client for a caller that provides none.
pub(super) fn http_client(
    base_url: &Url,
    user_agent: &str,
    connect_timeout: Duration,
) -> Result<reqwest::Client, Error> {
    let builder = if base_url.scheme() == "http" { plain_http_client_builder() } else { http_client_builder() }?;
    let user_agent = HeaderValue::from_str(user_agent)
        .map_err(|_| configuration_error("the user agent contains characters that a header cannot"))?;
    let builder = builder.connect_timeout(connect_timeout).user_agent(user_agent);
    builder.build().map_err(|error| configuration_error("the HTTP client cannot be built").caused_by(error))
}

/// Parses a base URL, and checks that tokens may be sent to it.
pub(super) fn checked_base_url(text: &str, allow_plain_http: bool) -> Result<Url, Error> {
    let hint = "give scheme, host and port, such as https://open.feishu.cn";
    let url = Url::parse(text)
        .map_err(|error| configuration_error(&format!("the base URL is not a URL; {hint}")).caused_by(error))?;
    let has_no_extras =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    if !matches!(url.scheme(), "http" | "https") || url.path() != "/" || !has_no_extras {
        return Err(configuration_error(&format!("the base URL has more than scheme, host and port; {hint}")));
    }
    if url.scheme() == "http" && !allow_plain_http && !is_loopback(&url) {
        return Err(configuration_error(
            "the base URL is plain HTTP to another machine, which would send tokens unencrypted; use https, or call `allow_plain_http`",
        ));
    }
    Ok(url)
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// An error of settings that no client can be built with.
pub(super) fn configuration_error(message: &str) -> Error {
    Error::new(ErrorKind::Configuration, message)
}
