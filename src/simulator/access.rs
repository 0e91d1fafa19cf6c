//! Who may use what is no part of the service: the admin API and the page under `/docs`.
//!
//! They show and change everything, so they serve programs of the same machine, unless the person who starts the simulator
//! allows more. A web page could still reach them through the browser of the person who runs the simulator. It gives
//! itself away by the `Origin` of another site, or, where it has its own name lead to this machine, by a `Host` with
//! that name.

use std::net::IpAddr;

use url::{Host, Url};

use super::builder::AdminApi;
use super::request::RecordedRequest;

/// Whether the program at this address runs on the same machine.
pub(super) fn is_local(peer: IpAddr) -> bool {
    // Of a server at `[::]`, callers by IPv4 have addresses like `::ffff:127.0.0.1`.
    peer.to_canonical().is_loopback()
}

/// Fails with the reason if a request is not allowed. `is_local` is about the program that sent it.
pub(super) fn check(allowed: AdminApi, request: &RecordedRequest, is_local: bool) -> Result<(), &'static str> {
    let host = request.header("host");
    if allowed != AdminApi::Everywhere {
        if !is_local {
            return Err("this path serves programs on the same machine only");
        }
        if host.is_some_and(|host| !is_loopback(&format!("http://{host}"))) {
            return Err("this path serves requests to localhost or 127.0.0.1 only");
        }
    }
    match request.header("origin") {
        Some(origin) if !is_own_origin(origin, host) => Err("this path serves no pages of other sites"),
        _ => Ok(()),
    }
}

/// Whether a page of this origin comes from this server.
pub(super) fn is_own_origin(origin: &str, host: Option<&str>) -> bool {
    host.is_some() && origin.strip_prefix("http://") == host
}

/// Whether the host of a URL is this machine, whatever any server of names says.
pub(super) fn is_loopback(url: &str) -> bool {
    let url = Url::parse(url).ok();
    match url.as_ref().and_then(Url::host) {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => is_local(address.into()),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peer_address_decides() {
        for (address, expected) in [
            ("127.0.0.1", true),
            ("127.8.9.10", true),
            ("::1", true),
            ("::ffff:127.0.0.1", true),
            ("192.0.2.7", false),
            ("::ffff:192.0.2.7", false),
            ("fe80::1", false),
            ("0.0.0.0", false),
        ] {
            assert_eq!(address.parse().map(is_local), Ok(expected), "{address}");
        }
    }

    #[test]
    fn only_this_machine_is_loopback() {
        for own in ["http://localhost:4000", "http://a.localhost", "https://127.0.0.1", "http://[::1]:1/x"] {
            assert!(is_loopback(own), "{own}");
        }
        for other in ["http://localhost.example.com", "http://notlocalhost", "http://192.0.2.7", "null", "http://", ""]
        {
            assert!(!is_loopback(other), "{other}");
        }
    }
}
