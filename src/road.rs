//! The road that every call takes: throttle, token, try, verdict, and around again.
//!
//! Time spent waiting for a turn under a rate limit, or for a pause that the service asked
//! for, has a bound of its own (`max_wait`) and does not count against the call's timeout;
//! everything else does. No try runs in the background: dropping the call's future ends it.

use crate::client::Client;
use crate::envelope::{Envelope, Reading};
use crate::limits::{LONGEST_PAUSE, Turn};
use crate::observe::{CallStory, Ending, within};
use crate::operation::{Operation, RetryRule};
use crate::request::Request;
use crate::retry::{Outcome, Verdict};
use crate::tokens::AccessToken;
use crate::{Error, random};
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::sync::SemaphorePermit;
use tokio::time::{Instant, sleep, timeout_at};

const TIME_IS_UP: &str = "the call's time was over before this try of it began";
/// Where the service says that there were too many calls, and not how long to wait.
const SHORTEST_PAUSE: Duration = Duration::from_secs(1);

/// Sends until there is an answer to stay with.
pub(crate) async fn travel<E: Envelope>(
    client: &Client,
    request: &Request,
    story: &mut CallStory<'_>,
) -> Outcome<E::Data> {
    client.shared().budget.earn();
    let mut journey = Journey::new(client, request, story);
    loop {
        journey.tries += 1;
        let (token, begun) = match journey.departure().await {
            Ok(departure) => departure,
            Err(error) => {
                journey.turn.give_up();
                let step = journey.without_token(&error);
                if journey.take(step, None).await.0 {
                    continue;
                }
                return Err(journey.stamped(error));
            }
        };
        if journey.deadline <= begun {
            return Err(journey.stamped(Error::out_of_time(TIME_IS_UP)));
        }
        journey.sent += 1;
        let span = journey.story.next_try();
        let answer = within(&span, pin!(client.try_once(request, &token, begun, journey.deadline))).await;
        let elapsed = begun.elapsed();
        let outcome = answer.map(|answer| Reading::of::<E>(answer, token.bytes()));
        let verdict = Verdict::on(request.operation, &outcome);
        let is_rate_limited = matches!(verdict, Verdict::RateLimited | Verdict::Throttled);
        let asked = outcome.as_ref().ok().and_then(|(answer, _)| answer.asked_wait(is_rate_limited));
        if outcome.is_ok() && !is_rate_limited {
            journey.turn.responded();
        }
        let step = journey.decide(verdict, asked);
        journey.story.tried(&span, &ending(&outcome), elapsed, step.goes_on());
        drop(span);
        let (goes_on, wait) = journey.take(step, Some(&token)).await;
        if !goes_on {
            return match outcome {
                Ok((answer, reading)) => Ok((answer.believing(wait).of_try(journey.sent, journey.uncertain), reading)),
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
    /// The token is dropped; another try with a new one if this call has one left.
    NewToken { goes_on: bool },
    /// A pause for every task of the client; another try if this call has one left.
    Pause { time: Duration, goes_on: bool },
    /// Another try after this time.
    Wait(Duration),
}

impl Step {
    fn goes_on(&self) -> bool {
        !matches!(self, Self::Stop | Self::NewToken { goes_on: false } | Self::Pause { goes_on: false, .. })
    }
}

/// A call under way.
struct Journey<'a, 'c> {
    client: &'a Client,
    story: &'a mut CallStory<'c>,
    operation: &'static Operation,
    deadline: Instant,
    /// For how long it may still wait for turns.
    patience: Duration,
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
    /// One for all tries: a repeat goes before the calls that came later.
    turn: Turn<'a>,
}

impl<'a, 'c> Journey<'a, 'c> {
    fn new(client: &'a Client, request: &Request, story: &'a mut CallStory<'c>) -> Self {
        Self {
            client,
            deadline: client.deadline(story.begun()),
            story,
            operation: request.operation,
            patience: client.max_wait(),
            tries: 0,
            sent: 0,
            tokens_refused: 0,
            waited_out: 0,
            uncertain: false,
            in_flight: None,
            turn: client.identity().limits.turn(request.operation),
        }
    }

    /// The token for the next try, once that may be made, and the moment at which its turn came.
    ///
    /// Whatever is waited for, the rest may have changed meanwhile: a token has ended, a pause has begun, calls
    /// that had to wait for a place under way would leave together. So all is looked at again after each wait,
    /// and the turn is taken last.
    async fn departure(&mut self) -> Result<(Arc<AccessToken>, Instant), Error> {
        loop {
            let now = Instant::now();
            let token = self.fetched_token(now).await?;
            match self.turn.is_to_come(self.patience) {
                Ok(false) => {
                    if self.gets_under_way(now).await?
                        && let Some(begun) = self.turn.take().await
                    {
                        return Ok((token, begun));
                    }
                }
                Ok(true) => self.wait_for_turn().await,
                Err(wait) => return Err(Error::throttled(wait)),
            }
        }
    }

    async fn wait_for_turn(&mut self) {
        // Whoever waits is not under way.
        self.in_flight = None;
        let begun = Instant::now();
        self.turn.sleep(self.patience).await;
        let waited = begun.elapsed();
        self.story.waited(waited);
        self.patience = self.patience.saturating_sub(waited);
        self.deadline = self.deadline.checked_add(waited).unwrap_or(self.deadline);
    }

    /// Whether the call is among those under way; else it keeps its place in the line, and waits for that.
    async fn gets_under_way(&mut self, now: Instant) -> Result<bool, Error> {
        let in_flight = &self.client.shared().in_flight;
        if self.in_flight.is_none() {
            self.in_flight = in_flight.try_acquire().ok();
        }
        if self.in_flight.is_some() {
            return if now < self.deadline { Ok(true) } else { Err(Error::out_of_time(TIME_IS_UP)) };
        }
        if self.turn.hold() {
            return Ok(false);
        }
        let begun = Instant::now();
        let permit = timeout_at(self.deadline, in_flight.acquire()).await;
        self.story.waited(begun.elapsed());
        let busy =
            |_| Error::out_of_time("as many calls as may be under way together were so all the time (`max_in_flight`)");
        self.in_flight = permit.map_err(busy)?.ok();
        Ok(false)
    }

    async fn fetched_token(&self, now: Instant) -> Result<Arc<AccessToken>, Error> {
        let mut token = pin!(self.client.identity().credentials.token(self.operation, now));
        // Nearly always it is there, and needs no timer.
        if let Poll::Ready(token) = poll_fn(|context| Poll::Ready(token.as_mut().poll(context))).await {
            return token;
        }
        match timeout_at(self.deadline, token).await {
            // What came together with the end of the time is not sent, and must take no turn.
            Ok(token) if Instant::now() < self.deadline => token,
            _ => Err(Error::no_token_in_time()),
        }
    }

    /// What follows a try with this verdict, where the service asks to wait for so long.
    fn decide(&mut self, verdict: Verdict, asked: Option<Duration>) -> Step {
        match verdict {
            Verdict::Final => Step::Stop,
            // Repaired once, whatever the policy: the call never happened.
            Verdict::TokenRefused => {
                self.tokens_refused += 1;
                let goes_on = self.tokens_refused == 1 && self.client.identity().credentials.are_renewed();
                // Dropped in any case, so that no other call sends it.
                Step::NewToken { goes_on }
            }
            Verdict::RateLimited => self.pause(asked),
            Verdict::Throttled => self.pause_in_doubt(asked),
            Verdict::Busy => self.wait_out(asked),
            Verdict::NeverSent | Verdict::Uncertain => self.wait(verdict, asked),
        }
    }

    /// What follows a token that could not be had.
    fn without_token(&mut self, error: &Error) -> Step {
        match error.retry_after() {
            _ if !error.is_failed_token_fetch() => Step::Stop,
            asked => {
                let policy = self.client.retry_policy();
                let wait = asked.unwrap_or_else(|| policy.wait(self.tries, random::fraction()));
                // However many wait, one of them asks for all: it costs the budget nothing.
                match self.tries < policy.tries && self.time_left() > wait {
                    true => Step::Wait(wait),
                    false => Step::Stop,
                }
            }
        }
    }

    /// A pause, for every task, and whether this call goes on after it: what is too long to be waited out is the
    /// caller's to know.
    ///
    /// A service that says how long to wait is taken at its word, as far as its windows reach, and is spared the
    /// calls meanwhile. Where it does not, or says that it is no time, a repeat is a guess, and counts as any other.
    fn pause(&self, asked: Option<Duration>) -> Step {
        let policy = self.client.retry_policy();
        let time = self.pause_time(asked);
        let goes_on = self.tries < policy.tries
            && time <= LONGEST_PAUSE.min(self.patience)
            && !self.time_left().is_zero()
            && (asked.is_some_and(|asked| !asked.is_zero()) || self.client.shared().budget.spend());
        Step::Pause { time, goes_on }
    }

    /// The same where it is not said that the request was not acted upon.
    fn pause_in_doubt(&mut self, asked: Option<Duration>) -> Step {
        if self.operation.retry.rule == RetryRule::NeverSent {
            return Step::Pause { time: self.pause_time(asked), goes_on: false };
        }
        let step = self.pause(asked);
        self.uncertain |= step.goes_on();
        step
    }

    /// It holds for all tasks, so a call's own policy has no more say in it than a moment.
    fn pause_time(&self, asked: Option<Duration>) -> Duration {
        let backoff = self.client.retry_policy().wait(self.tries, 0.5 + random::fraction() / 2.0).min(SHORTEST_PAUSE);
        match asked {
            Some(asked) if !asked.is_zero() => asked,
            Some(_) => backoff,
            None => SHORTEST_PAUSE + backoff,
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
        // Never sooner than without being asked: those who were asked together would come back together.
        let wait = asked.unwrap_or_default().max(policy.wait(self.tries, random::fraction()));
        if self.tries >= policy.tries || self.time_left() <= wait || !self.client.shared().budget.spend() {
            return Step::Stop;
        }
        self.uncertain |= verdict == Verdict::Uncertain;
        Step::Wait(wait)
    }

    /// Does what has been decided; returns whether there is another try, and how long a wait to tell the caller
    /// instead of one that is not believed.
    async fn take(&mut self, step: Step, token: Option<&Arc<AccessToken>>) -> (bool, Duration) {
        // Whoever waits is not under way.
        self.in_flight = None;
        let goes_on = step.goes_on();
        match step {
            Step::Stop => {}
            Step::NewToken { .. } => {
                if let Some(token) = token {
                    self.client.identity().credentials.drop_refused(token).await;
                }
            }
            Step::Pause { time, .. } => return (goes_on, self.turn.pause(time).await),
            Step::Wait(time) => {
                self.story.waited(time);
                sleep(time).await;
            }
        }
        (goes_on, LONGEST_PAUSE)
    }

    /// An error that knows which call it is of, and what became of the tries before.
    fn stamped(&self, error: Error) -> Error {
        error.of(self.operation).after(self.sent).after_open_tries(self.uncertain)
    }
}
