//! Why a TLS handshake failed.
//!
//! A certificate that is not trusted stays so however often the connection is tried, and
//! so does a server that speaks no TLS. Such a failure needs a person, who must learn that
//! TLS is the reason; retries would only delay that. Some alerts do pass, such as an
//! internal error of the server, and are retried as any other failed connection.
//!
//! The HTTP client hands out the failure among the sources of its own error. Those of
//! rustls are told apart by type. Other TLS libraries have no type that this crate could
//! name without depending on them, so what they say is recognised by its words: a certificate
//! that they refuse, or another failure of TLS.

use std::error::Error as StdError;
use std::io;
use std::iter::successors;

/// More sources than any error has, so that a circle of them ends.
const MAX_SOURCES: usize = 32;

/// A handshake that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HandshakeFailure {
    /// It fails in the same way until a person has changed something.
    Permanent(&'static str),
    /// It may succeed the next time.
    Passing,
}

impl HandshakeFailure {
    /// The failure among the sources of a failed connection's error, if it was the handshake that failed.
    pub(crate) fn of(error: &(dyn StdError + 'static)) -> Option<Self> {
        Self::by_type(error).or_else(|| sources(error).find_map(Self::of_other_library))
    }

    /// The same where no word of the sources may be taken for it: the connection was made. TLS 1.3 has a server judge
    /// the client's certificate only then.
    pub(crate) fn by_type(error: &(dyn StdError + 'static)) -> Option<Self> {
        sources(error).find_map(Self::of_rustls)
    }

    fn of_other_library(error: &(dyn StdError + 'static)) -> Option<Self> {
        let text = error.to_string().to_lowercase();
        match text.contains("certificate") {
            true => Some(Self::Permanent(UNTRUSTED)),
            false => ["tls", "ssl", "handshake"].iter().any(|word| text.contains(word)).then_some(Self::Passing),
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
            _ => return Some(Self::Passing),
        };
        Some(Self::Permanent(text))
    }
}

const UNTRUSTED: &str = "the server's TLS certificate is not trusted";

/// The error and what it stems from. An I/O error steps over the error that it wraps, which counts here.
pub(crate) fn sources<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    successors(Some(error), |error| next(*error)).take(MAX_SOURCES)
}

fn next<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    match error.downcast_ref().and_then(io::Error::get_ref) {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}
