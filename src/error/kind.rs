//! What an error says about a call: where it failed (`ErrorKind`), and how far its request got (`Delivery`).
//!
//! The two are independent: a timeout may hit a call that is still in the queue as well as one that waits for its
//! response. A caller that must not act twice decides by the second.

/// Where a call failed.
///
/// The kind says which step failed. What the service objected to is its code: [`Error::code`](crate::Error::code).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client's configuration is invalid, or the call was made outside a Tokio runtime.
    Configuration,
    /// The request breaks a documented rule, or the operation does not support this app type. Nothing was sent.
    ///
    /// [`Error::violations`](crate::Error::violations) lists the invalid parameters.
    InvalidRequest,
    /// There is no access token that this operation accepts, or none could be fetched. Nothing was sent.
    Auth,
    /// The next permit of the rate limit is further away than the call may wait, or the service asked for a wait of more
    /// than five minutes and the next probe is not due. Nothing was sent.
    ///
    /// [`Error::retry_after`](crate::Error::retry_after) returns the time until then;
    /// [`ClientBuilder::max_wait`](crate::ClientBuilder::max_wait) sets how long a call may wait.
    Throttled,
    /// The connection could not be made. Nothing was sent.
    Connection,
    /// The TLS handshake failed in a way that a retry does not change, such as a certificate that is not trusted. The
    /// service did not process the request.
    Tls,
    /// The time was over before the response, a permit or an access token arrived.
    ///
    /// [`Error::delivery`](crate::Error::delivery) tells the cases apart.
    Timeout,
    /// The connection broke after the request was sent. The service may have applied it.
    Transport,
    /// The service responded with an error code: [`Error::code`](crate::Error::code).
    Service,
    /// The response is not one of this API: the page of a gateway, a redirect, or a malformed body. The service may have
    /// applied the request.
    InvalidResponse,
    /// The response is larger than [`ClientBuilder::max_response_bytes`](crate::ClientBuilder::max_response_bytes). The
    /// service may have applied the request.
    ResponseTooLarge,
    /// A listing cannot continue: `has_more` is true but the response has no new page token, or `has_more` is missing.
    Pagination,
    /// The retry was rejected because an earlier attempt had already been applied.
    ///
    /// The call's effect is most likely there; its response is lost. To a call that removes something, an object that
    /// never existed looks the same.
    AlreadyApplied,
    /// Some items of a batch failed, or have no result; the others are done.
    ///
    /// [`Error::succeeded`](crate::Error::succeeded), [`already`](crate::Error::already),
    /// [`failed`](crate::Error::failed) and [`unreported`](crate::Error::unreported) list the items. Send only those of
    /// the last two again.
    PartialFailure,
}

/// How far the request of a failed call got, over all of its attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Delivery {
    /// Nothing was sent. Making the call again is safe.
    NotSent,
    /// Every attempt that was sent was rejected. The service applied nothing; making the call again is safe.
    Rejected,
    /// The service may have applied the request. Check before you repeat a call that is not idempotent.
    Unknown,
}

impl Delivery {
    /// The delivery of two attempts together: the one of which less can be excluded.
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::Rejected, _) | (_, Self::Rejected) => Self::Rejected,
            (Self::NotSent, Self::NotSent) => Self::NotSent,
        }
    }

    /// What is known of a request from the kind of its failure alone.
    pub(super) fn of(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Timeout
            | ErrorKind::Transport
            | ErrorKind::InvalidResponse
            | ErrorKind::ResponseTooLarge
            | ErrorKind::AlreadyApplied
            | ErrorKind::PartialFailure => Self::Unknown,
            // A listing changes nothing.
            ErrorKind::Service | ErrorKind::Pagination => Self::Rejected,
            ErrorKind::Configuration
            | ErrorKind::InvalidRequest
            | ErrorKind::Auth
            | ErrorKind::Throttled
            | ErrorKind::Connection
            | ErrorKind::Tls => Self::NotSent,
        }
    }
}
