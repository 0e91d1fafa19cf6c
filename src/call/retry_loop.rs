//! The road that every call takes: throttle, token, try, verdict, and around again.
//!
//! Time spent waiting for a turn under a rate limit, or for a pause that the service asked
//! for, has a bound of its own (`max_wait`) and does not count against the call's timeout;
//! everything else does. No try runs in the background: dropping the call's future ends it.

use super::context::Context;
use crate::auth::AccessToken;
use crate::call::envelope::{Decoded, Envelope};
use crate::call::request::Request;
use crate::call::retry_policy::{Outcome, RetryDecision};
use crate::operation::{Operation, RetryRule};
use crate::rate_limit::{LONGEST_PAUSE, PermitRequest};
use crate::telemetry::{AttemptOutcome, CallSpan, in_span};
use crate::transport::{HttpResponse, TimeBound};
use crate::{Error, ErrorKind, random};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
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
pub(crate) async fn execute<E: Envelope>(
    context: &Context,
    request: &Request,
    call_span: &mut CallSpan<'_>,
) -> Outcome<E::Data> {
    context.shared.budget.earn();
    let mut call = CallState::new(context, request, call_span);
    loop {
        call.attempts += 1;
        let (token, begun) = match call.next_permit().await {
            Ok(next_permit) => next_permit,
            Err(error) => {
                call.permit.leave_queue();
                let step = call.without_token(&error);
                if call.take(step, None).await.0 {
                    continue;
                }
                return Err(call.with_context(error));
            }
        };
        if call.deadline <= begun {
            return Err(call.with_context(Error::out_of_time(TIME_IS_UP)));
        }
        call.sent += 1;
        let span = call.call_span.next_attempt();
        let answer = in_span(&span, pin!(send_attempt(context, request, &token, begun, call.deadline))).await;
        let elapsed = begun.elapsed();
        let outcome = answer.map(|answer| Decoded::from_response::<E>(answer, token.bytes()));
        let verdict = RetryDecision::on(request.operation, &outcome);
        let is_rate_limited = matches!(verdict, RetryDecision::RateLimited | RetryDecision::Throttled);
        let asked = outcome.as_ref().ok().and_then(|(answer, _)| answer.requested_wait(is_rate_limited));
        if outcome.is_ok() && !is_rate_limited {
            call.permit.response_received();
        }
        let step = call.decide(verdict, asked);
        call.call_span.attempt_finished(&span, &attempt_outcome(&outcome), elapsed, step.goes_on());
        drop(span);
        let (goes_on, wait) = call.take(step, Some(&token)).await;
        if !goes_on {
            return match outcome {
                Ok((answer, reading)) => {
                    Ok((answer.replacing_excessive_waits(wait).after_attempts(call.sent, call.uncertain), reading))
                }
                Err(error) => Err(call.with_context(error)),
            };
        }
    }
}

/// What a try came to, for those who watch.
fn attempt_outcome<D>(outcome: &Outcome<D>) -> AttemptOutcome<'_> {
    match outcome {
        Ok((answer, reading)) => AttemptOutcome {
            status: Some(answer.status.as_u16()),
            code: reading.code(),
            log_id: answer.log_id.as_deref(),
            error: None,
        },
        Err(error) => {
            AttemptOutcome { status: error.status(), code: error.code(), log_id: error.log_id(), error: Some(error) }
        }
    }
}

/// What follows a try.
enum NextAction {
    /// Nothing: the caller gets what came.
    Stop,
    /// The token is dropped; another try with a new one if this call has one left.
    NewToken { goes_on: bool },
    /// A pause for every task of the client; another try if this call has one left.
    Pause { time: Duration, goes_on: bool },
    /// Another try after this time.
    Wait(Duration),
}

impl NextAction {
    fn goes_on(&self) -> bool {
        !matches!(self, Self::Stop | Self::NewToken { goes_on: false } | Self::Pause { goes_on: false, .. })
    }
}

/// A call under way.
struct CallState<'a, 'c> {
    context: &'a Context,
    call_span: &'a mut CallSpan<'c>,
    operation: &'static Operation,
    deadline: Instant,
    /// For how long it may still wait for turns.
    wait_left: Duration,
    /// Tries begun, those included that ended for want of a token.
    attempts: u32,
    /// Requests that were sent, or that were on their way.
    sent: u32,
    tokens_refused: u32,
    /// How often something else had to be waited for.
    waited_out: u32,
    /// Whether a try may have been acted upon although no answer says so.
    uncertain: bool,
    /// Held while a try is under way, and given back while waiting.
    in_flight: Option<SemaphorePermit<'a>>,
    /// One for all attempts: a repeat goes before the calls that came later.
    permit: PermitRequest<'a>,
}

impl<'a, 'c> CallState<'a, 'c> {
    fn new(context: &'a Context, request: &Request, call_span: &'a mut CallSpan<'c>) -> Self {
        Self {
            context,
            deadline: context.deadline(call_span.started()),
            call_span,
            operation: request.operation,
            wait_left: context.bounds.max_wait,
            attempts: 0,
            sent: 0,
            tokens_refused: 0,
            waited_out: 0,
            uncertain: false,
            in_flight: None,
            permit: context.identity.limits.request_permit(request.operation),
        }
    }

    /// The token for the next try, once that may be made, and the moment at which its turn came.
    ///
    /// Whatever is waited for, the rest may have changed meanwhile: a token has ended, a pause has begun, calls
    /// that had to wait for a place under way would leave together. So all is looked at again after each wait,
    /// and the turn is taken last.
    async fn next_permit(&mut self) -> Result<(Arc<AccessToken>, Instant), Error> {
        loop {
            let now = Instant::now();
            let token = self.fetched_token(now).await?;
            match self.permit.must_wait(self.wait_left) {
                Ok(false) => {
                    if self.acquire_in_flight(now).await?
                        && let Some(begun) = self.permit.try_acquire().await
                    {
                        return Ok((token, begun));
                    }
                }
                Ok(true) => self.wait_for_permit().await,
                Err(wait) => return Err(Error::throttled(wait)),
            }
        }
    }

    async fn wait_for_permit(&mut self) {
        // Whoever waits is not under way.
        self.in_flight = None;
        let begun = Instant::now();
        self.permit.wait(self.wait_left).await;
        let waited = begun.elapsed();
        self.call_span.add_wait(waited);
        self.wait_left = self.wait_left.saturating_sub(waited);
        self.deadline = self.deadline.checked_add(waited).unwrap_or(self.deadline);
    }

    /// Whether the call is among those under way; else it keeps its place in the line, and waits for that.
    async fn acquire_in_flight(&mut self, now: Instant) -> Result<bool, Error> {
        let in_flight = &self.context.shared.in_flight;
        if self.in_flight.is_none() {
            self.in_flight = in_flight.try_acquire().ok();
        }
        if self.in_flight.is_some() {
            return if now < self.deadline { Ok(true) } else { Err(Error::out_of_time(TIME_IS_UP)) };
        }
        if self.permit.join_queue() {
            return Ok(false);
        }
        let begun = Instant::now();
        let permit = timeout_at(self.deadline, in_flight.acquire()).await;
        self.call_span.add_wait(begun.elapsed());
        let busy =
            |_| Error::out_of_time("as many calls as may be under way together were so all the time (`max_in_flight`)");
        self.in_flight = permit.map_err(busy)?.ok();
        Ok(false)
    }

    async fn fetched_token(&self, now: Instant) -> Result<Arc<AccessToken>, Error> {
        let mut token = pin!(self.context.identity.credentials.token(self.operation, now));
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
    fn decide(&mut self, verdict: RetryDecision, asked: Option<Duration>) -> NextAction {
        match verdict {
            RetryDecision::Final => NextAction::Stop,
            // Repaired once, whatever the policy: the call never happened.
            RetryDecision::TokenRefused => {
                self.tokens_refused += 1;
                let goes_on = self.tokens_refused == 1 && self.context.identity.credentials.are_renewed();
                // Dropped in any case, so that no other call sends it.
                NextAction::NewToken { goes_on }
            }
            RetryDecision::RateLimited => self.pause(asked),
            RetryDecision::Throttled => self.pause_in_doubt(asked),
            RetryDecision::Busy => self.wait_out(asked),
            RetryDecision::NeverSent | RetryDecision::Uncertain => self.wait(verdict, asked),
        }
    }

    /// What follows a token that could not be had.
    fn without_token(&mut self, error: &Error) -> NextAction {
        match error.retry_after() {
            _ if !error.is_failed_token_fetch() => NextAction::Stop,
            asked => {
                let policy = self.context.retry_policy;
                let wait = asked.unwrap_or_else(|| policy.wait(self.attempts, random::fraction()));
                // However many wait, one of them asks for all: it costs the budget nothing.
                match self.attempts < policy.max_attempts && self.time_left() > wait {
                    true => NextAction::Wait(wait),
                    false => NextAction::Stop,
                }
            }
        }
    }

    /// A pause, for every task, and whether this call goes on after it: what is too long to be waited out is the
    /// caller's to know.
    ///
    /// A service that says how long to wait is taken at its word, as far as its windows reach, and is spared the
    /// calls meanwhile. Where it does not, or says that it is no time, a repeat is a guess, and counts as any other.
    fn pause(&self, asked: Option<Duration>) -> NextAction {
        let policy = self.context.retry_policy;
        let time = self.pause_time(asked);
        let goes_on = self.attempts < policy.max_attempts
            && time <= LONGEST_PAUSE.min(self.wait_left)
            && !self.time_left().is_zero()
            && (asked.is_some_and(|asked| !asked.is_zero()) || self.context.shared.budget.spend());
        NextAction::Pause { time, goes_on }
    }

    /// The same where it is not said that the request was not acted upon.
    fn pause_in_doubt(&mut self, asked: Option<Duration>) -> NextAction {
        if self.operation.retry.rule == RetryRule::NeverSent {
            return NextAction::Pause { time: self.pause_time(asked), goes_on: false };
        }
        let step = self.pause(asked);
        self.uncertain |= step.goes_on();
        step
    }

    /// It holds for all tasks, so a call's own policy has no more say in it than a moment.
    fn pause_time(&self, asked: Option<Duration>) -> Duration {
        let backoff = self.context.retry_policy.wait(self.attempts, 0.5 + random::fraction() / 2.0).min(SHORTEST_PAUSE);
        match asked {
            Some(asked) if !asked.is_zero() => asked,
            Some(_) => backoff,
            None => SHORTEST_PAUSE + backoff,
        }
    }

    /// A wait for whatever is running, which no try and no retry of the budget is spent on: it is not the service
    /// that fails. Only the call's time bounds it.
    fn wait_out(&mut self, asked: Option<Duration>) -> NextAction {
        let policy = self.context.retry_policy;
        let wait = policy.wait_for_others(self.waited_out).max(asked.unwrap_or_default());
        if policy.max_attempts == 1 || self.time_left() <= wait {
            return NextAction::Stop;
        }
        (self.attempts, self.waited_out) = (self.attempts - 1, self.waited_out + 1);
        NextAction::Wait(wait)
    }

    fn time_left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// A wait before the next try, if there may be one.
    fn wait(&mut self, verdict: RetryDecision, asked: Option<Duration>) -> NextAction {
        let policy = self.context.retry_policy;
        // Never sooner than without being asked: those who were asked together would come back together.
        let wait = asked.unwrap_or_default().max(policy.wait(self.attempts, random::fraction()));
        if self.attempts >= policy.max_attempts || self.time_left() <= wait || !self.context.shared.budget.spend() {
            return NextAction::Stop;
        }
        self.uncertain |= verdict == RetryDecision::Uncertain;
        NextAction::Wait(wait)
    }

    /// Does what has been decided; returns whether there is another try, and how long a wait to tell the caller
    /// instead of one that is not believed.
    async fn take(&mut self, step: NextAction, token: Option<&Arc<AccessToken>>) -> (bool, Duration) {
        // Whoever waits is not under way.
        self.in_flight = None;
        let goes_on = step.goes_on();
        match step {
            NextAction::Stop => {}
            NextAction::NewToken { .. } => {
                if let Some(token) = token {
                    self.context.identity.credentials.drop_refused(token).await;
                }
            }
            NextAction::Pause { time, .. } => return (goes_on, self.permit.pause(time).await),
            NextAction::Wait(time) => {
                self.call_span.add_wait(time);
                sleep(time).await;
            }
        }
        (goes_on, LONGEST_PAUSE)
    }

    /// An error that knows which call it is of, and what became of the attempts before.
    fn with_context(&self, error: Error) -> Error {
        error.of(self.operation).after(self.sent).after_open_tries(self.uncertain)
    }
}

/// One attempt, which begins at `begun`.
async fn send_attempt(
    context: &Context,
    request: &Request,
    token: &AccessToken,
    begun: Instant,
    deadline: Instant,
) -> Result<HttpResponse, Error> {
    let url = context.shared.base_url.join(request.target());
    let url =
        url.map_err(|error| Error::new(ErrorKind::InvalidRequest, "the call has no valid URL").caused_by(error))?;
    let mut wire = reqwest::Request::new(request.operation.method.clone(), url);
    let headers = wire.headers_mut();
    headers.insert(AUTHORIZATION, token.header.clone());
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    if let Some(body) = &request.body {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
        *wire.body_mut() = Some(body.clone().into());
    }
    let time = TimeBound { begun, deadline, timeout: context.bounds.timeout };
    context.shared.transport.send_showing_body(token.bytes(), wire, time).await
}
