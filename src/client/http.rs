//! The HTTP client underneath, and where it may send to.

use crate::{Error, ErrorKind};
use reqwest::Url;
use reqwest::header::HeaderValue;
use std::net::IpAddr;
use std::time::Duration;

/// What every client's HTTP client starts from: TLS by ring (feature `tls`), and no redirects, since one
/// would carry the request, secrets included, to where nobody asked it to go.
///
/// Begin here for an HTTP client of your own. A bare `reqwest::Client::new()` panics in a program where
/// nobody has chosen a TLS provider, as reqwest documents; this chooses one.
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
/// [`ErrorKind::Configuration`] if TLS cannot be set up on this system.
pub fn http_client_builder() -> Result<reqwest::ClientBuilder, Error> {
    let builder = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    #[cfg(feature = "tls")]
    let builder = builder.tls_backend_preconfigured(super::tls::config()?);
    Ok(builder)
}

/// The HTTP client of a caller who has none.
pub(super) fn http_client(
    base_url: &Url,
    user_agent: &str,
    connect_timeout: Duration,
) -> Result<reqwest::Client, Error> {
    let mut builder = http_client_builder()?.connect_timeout(connect_timeout);
    let user_agent = HeaderValue::from_str(user_agent);
    builder = builder
        .user_agent(user_agent.map_err(|_| configuration_error("the user agent holds characters that no header can"))?);
    // Plain HTTP is for this machine: through a proxy of the environment, secrets would leave it in the open.
    if base_url.scheme() == "http" {
        builder = builder.no_proxy();
    }
    builder.build().map_err(|error| configuration_error("the HTTP client cannot be made").caused_by(error))
}

/// A base URL that tokens may be sent to.
pub(super) fn checked_base_url(text: &str, insecure: bool) -> Result<Url, Error> {
    let hint = "give scheme, host and port, such as https://open.feishu.cn";
    let url = Url::parse(text)
        .map_err(|error| configuration_error(&format!("the base URL is not a URL; {hint}")).caused_by(error))?;
    let plain =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    if !matches!(url.scheme(), "http" | "https") || url.path() != "/" || !plain {
        return Err(configuration_error(&format!("the base URL is not just scheme, host and port; {hint}")));
    }
    if url.scheme() == "http" && !insecure && !is_loopback(&url) {
        return Err(configuration_error(
            "the base URL is plain HTTP to another machine, where tokens would execute in the open; use https, or say `allow_plain_http`",
        ));
    }
    Ok(url)
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// A client cannot be built or derived with these settings.
pub(super) fn configuration_error(message: &str) -> Error {
    Error::new(ErrorKind::Configuration, message)
}
