//! The road that every call takes: throttle, token, try, verdict, and around again.
//!
//! Time spent waiting for the throttle, or for a pause that the service asked for, is
//! this client's own doing and does not count against the call's timeout; everything
//! else does. Nothing here runs in the background: dropping the call's future ends it.

use crate::client::Client;
use crate::envelope::{Envelope, Reading};
use crate::operation::Operation;
use crate::request::Request;
use crate::retry::{Outcome, Verdict, random};
use crate::tokens::AccessToken;
use crate::{Error, ErrorKind};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::SemaphorePermit;
use tokio::time::{Instant, sleep, timeout_at};

/// Where the service says that there were too many calls, and not how long to wait.
const SHORTEST_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause that is waited out; a longer one is the caller's to know.
const LONGEST_PAUSE: Duration = Duration::from_secs(5 * 60);

/// Sends until there is an answer to stay with.
pub(crate) async fn travel<E: Envelope>(client: &Client, request: &Request) -> Outcome<E> {
    client.shared().budget.earn();
    let mut journey = Journey::new(client, request);
    loop {
        journey.tries += 1;
        let token = match journey.token().await {
            Ok(token) => token,
            Err(error) if error.is_failed_token_fetch() && journey.waits(Verdict::NeverSent, None).await => continue,
            Err(error) => return Err(journey.stamped(error)),
        };
        journey.sent += 1;
        let answer = client.try_once(request, &token, journey.deadline).await;
        let outcome = answer.map(|answer| {
            let reading = Reading::of(&answer);
            (answer, reading)
        });
        let verdict = Verdict::on(request.operation, &outcome);
        let asked = outcome.as_ref().ok().and_then(|(answer, _)| answer.retry_after);
        if !journey.goes_on(verdict, asked, &token).await {
            return match outcome {
                // On success nothing of it is kept but the payload.
                Ok((answer, reading)) if verdict == Verdict::Final && reading.code() == Some(0) => {
                    Ok((answer.of_try(journey.sent, journey.uncertain), reading))
                }
                Ok((answer, reading)) => {
                    Ok((answer.of_try(journey.sent, journey.uncertain).without(token.secret()), reading))
                }
                Err(error) => Err(journey.stamped(error)),
            };
        }
    }
}

/// A call under way.
struct Journey<'a> {
    client: &'a Client,
    operation: &'static Operation,
    deadline: Instant,
    /// Tries begun, those included that ended for want of a token.
    tries: u32,
    /// Requests that were sent, or that were on their way.
    sent: u32,
    tokens_refused: u32,
    /// Whether a try may have been acted upon although no answer says so.
    uncertain: bool,
    /// Held while a try is under way, and given back while waiting.
    in_flight: Option<SemaphorePermit<'a>>,
}

impl<'a> Journey<'a> {
    fn new(client: &'a Client, request: &Request) -> Self {
        Self {
            client,
            operation: request.operation,
            deadline: client.deadline(),
            tries: 0,
            sent: 0,
            tokens_refused: 0,
            uncertain: false,
            in_flight: None,
        }
    }

    /// The token for the next try, once that may be made.
    ///
    /// It is there before the turn comes: calls that waited for their turns and then together for the
    /// first token would leave together, whatever their turns were.
    async fn token(&mut self) -> Result<Arc<AccessToken>, Error> {
        let token = self.fetched_token().await?;
        let begun = Instant::now();
        let shared = self.client.shared();
        self.in_flight = None;
        shared.limits.pass(self.operation).await;
        self.in_flight = shared.in_flight.acquire().await.ok();
        let waited = begun.elapsed();
        self.deadline += waited;
        // A turn may take long to come, and a token to end.
        if waited < Duration::from_secs(1) { Ok(token) } else { self.fetched_token().await }
    }

    async fn fetched_token(&self) -> Result<Arc<AccessToken>, Error> {
        let late = |_| Err(Error::new(ErrorKind::Timeout, "not sent: no access token came in time"));
        timeout_at(self.deadline, self.client.credentials().token(self.operation)).await.unwrap_or_else(late)
    }

    /// Whether to try again, after the wait that this takes: the one that the service asked for, if it did.
    async fn goes_on(&mut self, verdict: Verdict, asked: Option<Duration>, token: &Arc<AccessToken>) -> bool {
        match verdict {
            Verdict::Final => false,
            // Repaired once, whatever the policy: the call never happened.
            Verdict::TokenRefused => {
                self.tokens_refused += 1;
                self.tokens_refused == 1 && self.client.credentials().drop_refused(token)
            }
            Verdict::RateLimited => self.pauses(asked),
            Verdict::NeverSent | Verdict::Uncertain | Verdict::Busy => self.waits(verdict, asked).await,
        }
    }

    /// Pauses the operation for every task of the client, whether or not this call goes on.
    fn pauses(&self, asked: Option<Duration>) -> bool {
        let policy = self.client.retry_policy();
        let pause = asked.unwrap_or_else(|| policy.wait(self.tries, 1.0).max(SHORTEST_PAUSE));
        if pause > LONGEST_PAUSE {
            return false;
        }
        self.client.shared().limits.pause(self.operation, pause);
        self.tries < policy.tries
    }

    /// Waits before the next try, if there may be one.
    async fn waits(&mut self, verdict: Verdict, asked: Option<Duration>) -> bool {
        let policy = self.client.retry_policy();
        let wait = asked.unwrap_or_else(|| policy.wait(self.tries, random()));
        let in_time = self.deadline.saturating_duration_since(Instant::now()) > wait;
        if self.tries >= policy.tries || !in_time || !self.client.shared().budget.spend() {
            return false;
        }
        self.uncertain |= verdict == Verdict::Uncertain;
        // Whoever waits is not under way.
        self.in_flight = None;
        sleep(wait).await;
        true
    }

    /// An error that knows which call it is of.
    fn stamped(&self, error: Error) -> Error {
        error.of(self.operation).after(self.sent)
    }
}
