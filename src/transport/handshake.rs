//! Why a TLS handshake failed.
//!
//! An untrusted certificate stays untrusted and a server without TLS stays without it, however often a client connects.
//! A person must fix such a failure and must learn that TLS is the reason; retries only delay that. Other failures are
//! transient, such as an internal error of the server, and are retried like any failed connection.
//!
//! The failure is among the sources of the HTTP client's error. Those of rustls are classified by type. This crate
//! cannot name the types of other TLS libraries without depending on them, so their failures are classified by text.

use std::error::Error as StdError;
use std::io;
use std::iter::successors;

/// More sources than any error has; it ends a cycle of sources.
const MAX_SOURCES: usize = 32;

/// A handshake that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HandshakeFailure {
    /// It recurs until a person changes something.
    Permanent(&'static str),
    /// The next handshake may succeed.
    Transient,
}

impl HandshakeFailure {
    /// Why a connection failed, if the handshake was the reason.
    pub(crate) fn of(error: &(dyn StdError + 'static)) -> Option<Self> {
        sources(error).find_map(Self::of_rustls).or_else(|| sources(error).find_map(Self::of_other_library))
    }

    /// The same for an established connection, if the server sent an alert: in TLS 1.3 it checks the client's
    /// certificate after the handshake. Nothing else counts: the request may have been processed by then.
    pub(crate) fn of_alert(error: &(dyn StdError + 'static)) -> Option<Self> {
        sources(error).filter(|error| is_alert(*error)).find_map(Self::of_rustls)
    }

    fn of_other_library(error: &(dyn StdError + 'static)) -> Option<Self> {
        let text = error.to_string().to_lowercase();
        match text.contains("certificate") {
            true => Some(Self::Permanent(UNTRUSTED)),
            false => ["tls", "ssl", "handshake"].iter().any(|word| text.contains(word)).then_some(Self::Transient),
        }
    }

    #[cfg(not(feature = "tls"))]
    fn of_rustls(_: &(dyn StdError + 'static)) -> Option<Self> {
        None
    }

    #[cfg(feature = "tls")]
    fn of_rustls(error: &(dyn StdError + 'static)) -> Option<Self> {
        use rustls::{AlertDescription as Alert, CertificateError as Certificate, Error, InvalidMessage};
        let text = match error.downcast_ref::<Error>()? {
            Error::InvalidCertificate(certificate) => match certificate {
                Certificate::UnknownIssuer => "the server's TLS certificate is not trusted: its issuer is not trusted",
                Certificate::NotValidForName | Certificate::NotValidForNameContext { .. } => {
                    "the server's TLS certificate is not trusted: it is for another host"
                }
                Certificate::Expired | Certificate::ExpiredContext { .. } => {
                    "the server's TLS certificate is not trusted: it has expired"
                }
                Certificate::NotValidYet | Certificate::NotValidYetContext { .. } => {
                    "the server's TLS certificate is not trusted: it is not valid yet"
                }
                Certificate::Revoked => "the server's TLS certificate is not trusted: it was revoked",
                _ => UNTRUSTED,
            },
            Error::NoCertificatesPresented => UNTRUSTED,
            Error::PeerIncompatible(_) => "the server has no TLS version or algorithm in common with this client",
            Error::InvalidMessage(InvalidMessage::InvalidContentType) => "the server does not speak TLS on this port",
            Error::AlertReceived(
                Alert::HandshakeFailure
                | Alert::ProtocolVersion
                | Alert::InsufficientSecurity
                | Alert::UnrecognisedName
                | Alert::CertificateRequired
                | Alert::BadCertificate
                | Alert::UnsupportedCertificate
                | Alert::CertificateRevoked
                | Alert::CertificateExpired
                | Alert::CertificateUnknown
                | Alert::UnknownCA
                | Alert::AccessDenied,
            ) => "the server refused the TLS handshake",
            _ => return Some(Self::Transient),
        };
        Some(Self::Permanent(text))
    }
}

#[cfg(feature = "tls")]
fn is_alert(error: &(dyn StdError + 'static)) -> bool {
    matches!(error.downcast_ref(), Some(rustls::Error::AlertReceived(_)))
}

#[cfg(not(feature = "tls"))]
fn is_alert(_: &(dyn StdError + 'static)) -> bool {
    false
}

const UNTRUSTED: &str = "the server's TLS certificate is not trusted";

/// The error and its sources. `io::Error::source` skips the error that it wraps; this returns that one too.
pub(crate) fn sources<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    successors(Some(error), |error| next(*error)).take(MAX_SOURCES)
}

fn next<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    match error.downcast_ref().and_then(io::Error::get_ref) {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}
