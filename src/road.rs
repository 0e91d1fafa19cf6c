//! The road that every call takes: throttle, token, try, verdict, and around again.
//!
//! Time spent waiting for the throttle, or for a pause that the service asked for, is
//! this client's own doing and does not count against the call's timeout; everything
//! else does. Nothing here runs in the background: dropping the call's future ends it.

use crate::Error;
use crate::client::Client;
use crate::envelope::{Envelope, Reading};
use crate::observe::{CallStory, Ending};
use crate::operation::{Operation, RetryRule};
use crate::request::Request;
use crate::retry::{Outcome, Verdict, random};
use crate::tokens::AccessToken;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::SemaphorePermit;
use tokio::time::{Instant, sleep, timeout_at};
use tracing::Instrument;

/// Where the service says that there were too many calls, and not how long to wait.
const SHORTEST_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause that is waited out; a longer one is the caller's to know.
const LONGEST_PAUSE: Duration = Duration::from_secs(5 * 60);

/// Sends until there is an answer to stay with.
pub(crate) async fn travel<E: Envelope>(client: &Client, request: &Request, story: &mut CallStory) -> Outcome<E::Data> {
    client.shared().budget.earn();
    let mut journey = Journey::new(client, request, story);
    loop {
        journey.tries += 1;
        let token = match journey.token().await {
            Ok(token) => token,
            Err(error) => {
                let fetch_again = error.is_failed_token_fetch().then(|| journey.wait(Verdict::NeverSent, None));
                if journey.take(fetch_again.unwrap_or(Step::Stop), None).await {
                    continue;
                }
                return Err(journey.stamped(error));
            }
        };
        if journey.deadline <= Instant::now() {
            return Err(journey.stamped(Error::out_of_time()));
        }
        journey.sent += 1;
        let (span, begun) = (journey.story.next_try(), Instant::now());
        let answer = client.try_once(request, &token, journey.deadline).instrument(span.clone()).await;
        let elapsed = begun.elapsed();
        let outcome = answer.map(|answer| Reading::of::<E>(answer, token.bytes()));
        let verdict = Verdict::on(request.operation, &outcome);
        let is_rate_limited = matches!(verdict, Verdict::RateLimited | Verdict::Throttled);
        let asked = outcome.as_ref().ok().and_then(|(answer, _)| answer.asked_wait(is_rate_limited));
        let step = journey.decide(verdict, asked);
        journey.story.tried(&span, &ending(&outcome), elapsed, step.goes_on());
        drop(span);
        if !journey.take(step, Some(&token)).await {
            return match outcome {
                Ok((answer, reading)) => Ok((answer.of_try(journey.sent, journey.uncertain), reading)),
                Err(error) => Err(journey.stamped(error)),
            };
        }
    }
}

/// What a try came to, for those who watch.
fn ending<D>(outcome: &Outcome<D>) -> Ending<'_> {
    match outcome {
        Ok((answer, reading)) => Ending {
            status: Some(answer.status.as_u16()),
            code: reading.code(),
            log_id: answer.log_id.as_deref(),
            error: None,
        },
        Err(error) => Ending { status: error.status(), code: error.code(), log_id: error.log_id(), error: Some(error) },
    }
}

/// What follows a try.
enum Step {
    /// Nothing: the caller gets what came.
    Stop,
    /// Another try with a new token.
    NewToken,
    /// A pause for every task of the client; another try if this call has one left.
    Pause { time: Duration, goes_on: bool },
    /// Another try after this time.
    Wait(Duration),
}

impl Step {
    fn goes_on(&self) -> bool {
        !matches!(self, Self::Stop | Self::Pause { goes_on: false, .. })
    }
}

/// A call under way.
struct Journey<'a> {
    client: &'a Client,
    story: &'a mut CallStory,
    operation: &'static Operation,
    deadline: Instant,
    /// Tries begun, those included that ended for want of a token.
    tries: u32,
    /// Requests that were sent, or that were on their way.
    sent: u32,
    tokens_refused: u32,
    /// How often something else had to be waited for.
    waited_out: u32,
    /// Whether a try may have been acted upon although no answer says so.
    uncertain: bool,
    /// Held while a try is under way, and given back while waiting.
    in_flight: Option<SemaphorePermit<'a>>,
}

impl<'a> Journey<'a> {
    fn new(client: &'a Client, request: &Request, story: &'a mut CallStory) -> Self {
        Self {
            client,
            story,
            operation: request.operation,
            deadline: client.deadline(),
            tries: 0,
            sent: 0,
            tokens_refused: 0,
            waited_out: 0,
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
        self.client.identity().limits.pass(self.operation).await;
        self.in_flight = shared.in_flight.acquire().await.ok();
        let waited = begun.elapsed();
        self.deadline += waited;
        self.story.waited(waited);
        // A turn may take long to come, and a token to end.
        if waited < Duration::from_secs(1) { Ok(token) } else { self.fetched_token().await }
    }

    async fn fetched_token(&self) -> Result<Arc<AccessToken>, Error> {
        let late = |_| Err(Error::no_token_in_time());
        timeout_at(self.deadline, self.client.identity().credentials.token(self.operation)).await.unwrap_or_else(late)
    }

    /// What follows a try with this verdict, where the service asks to wait for so long.
    fn decide(&mut self, verdict: Verdict, asked: Option<Duration>) -> Step {
        match verdict {
            Verdict::Final => Step::Stop,
            // Repaired once, whatever the policy: the call never happened.
            Verdict::TokenRefused => {
                self.tokens_refused += 1;
                let repaired = self.tokens_refused == 1 && self.client.identity().credentials.are_renewed();
                if repaired { Step::NewToken } else { Step::Stop }
            }
            Verdict::RateLimited => self.pause(asked),
            Verdict::Throttled => self.pause_in_doubt(asked),
            Verdict::Busy => self.wait_out(asked),
            Verdict::NeverSent | Verdict::Uncertain => self.wait(verdict, asked),
        }
    }

    /// A pause, whether or not this call goes on; what is too long to be waited out is the caller's to know.
    fn pause(&self, asked: Option<Duration>) -> Step {
        let policy = self.client.retry_policy();
        let time = asked.unwrap_or_else(|| policy.wait(self.tries, 1.0).max(SHORTEST_PAUSE));
        match time > LONGEST_PAUSE {
            true => Step::Stop,
            false => Step::Pause { time, goes_on: self.tries < policy.tries },
        }
    }

    /// The same where it is not said that the request was not acted upon.
    fn pause_in_doubt(&mut self, asked: Option<Duration>) -> Step {
        let may_repeat = self.operation.retry.rule != RetryRule::NeverSent;
        match self.pause(asked) {
            Step::Pause { time, goes_on } if goes_on && may_repeat => {
                self.uncertain = true;
                Step::Pause { time, goes_on }
            }
            Step::Pause { time, .. } => Step::Pause { time, goes_on: false },
            other => other,
        }
    }

    /// A wait for whatever is running, which no try and no retry of the budget is spent on: it is not the service
    /// that fails. Only the call's time bounds it.
    fn wait_out(&mut self, asked: Option<Duration>) -> Step {
        let policy = self.client.retry_policy();
        let wait = policy.wait_for_others(self.waited_out).max(asked.unwrap_or_default());
        if policy.tries == 1 || self.time_left() <= wait {
            return Step::Stop;
        }
        (self.tries, self.waited_out) = (self.tries - 1, self.waited_out + 1);
        Step::Wait(wait)
    }

    fn time_left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// A wait before the next try, if there may be one.
    fn wait(&mut self, verdict: Verdict, asked: Option<Duration>) -> Step {
        let policy = self.client.retry_policy();
        let wait = asked.unwrap_or_else(|| policy.wait(self.tries, random()));
        if self.tries >= policy.tries || self.time_left() <= wait || !self.client.shared().budget.spend() {
            return Step::Stop;
        }
        self.uncertain |= verdict == Verdict::Uncertain;
        Step::Wait(wait)
    }

    /// Does what has been decided; answers whether there is another try.
    async fn take(&mut self, step: Step, token: Option<&Arc<AccessToken>>) -> bool {
        // Whoever waits is not under way.
        self.in_flight = None;
        let goes_on = step.goes_on();
        match step {
            Step::Stop => {}
            Step::NewToken => {
                if let Some(token) = token {
                    self.client.identity().credentials.drop_refused(token).await;
                }
            }
            Step::Pause { time, .. } => self.client.identity().limits.pause(self.operation, time).await,
            Step::Wait(time) => {
                self.story.waited(time);
                sleep(time).await;
            }
        }
        goes_on
    }

    /// An error that knows which call it is of, and what became of the tries before.
    fn stamped(&self, error: Error) -> Error {
        error.of(self.operation).after(self.sent).after_open_tries(self.uncertain)
    }
}
