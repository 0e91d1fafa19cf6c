//! The retry loop: waits for a permit and a token, makes an attempt, decides whether to make another.
//!
//! Waiting for a permit, whether the rate limit or a pause that the service requested withholds it, has a limit of its
//! own (`max_wait`) and does not count against the call's timeout; everything else does. No attempt runs in the
//! background: dropping the call's future ends it.

use super::context::Context;
use crate::auth::AccessToken;
use crate::call::decoder::{Decoder, decode};
use crate::call::multipart::FormBody;
use crate::call::request::{Request, RequestBody};
use crate::call::retry_policy::{Outcome, RetryDecision};
use crate::operation::{Operation, RetryRule};
use crate::rate_limit::{LONGEST_PAUSE, PermitRequest};
use crate::telemetry::{AttemptOutcome, CallSpan, in_span};
use crate::transport::{Expected, HttpResponse, TimeBound};
use crate::{Delivery, Error, ErrorKind, random};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::sync::SemaphorePermit;
use tokio::time::{Instant, sleep, timeout_at};

const DEADLINE_PASSED: &str = "the call's timeout ended before this attempt began";
const NOT_ADMITTED: &str = "timed out waiting for a concurrency permit (`max_in_flight`)";
/// The least pause after a rejection over the rate limit that states no wait.
const MIN_PAUSE: Duration = Duration::from_secs(1);

/// Makes attempts until one is final.
pub(crate) async fn execute(
    context: &Context,
    request: &Request,
    call_span: &mut CallSpan<'_>,
    decoder: &mut dyn Decoder,
) -> Outcome {
    context.shared.budget.earn();
    let mut call = CallState::new(context, request, call_span);
    loop {
        call.attempts += 1;
        let (token, begun) = match call.prepare_attempt().await {
            Ok(prepared) => prepared,
            Err(error) => {
                call.permit.leave_queue();
                let action = call.after_failed_token_fetch(&error);
                if call.perform(action, None).await.0 {
                    continue;
                }
                return Err(call.with_context(error));
            }
        };
        if call.deadline <= begun {
            return Err(call.with_context(Error::deadline_exceeded(DEADLINE_PASSED)));
        }
        call.sent += 1;
        let span = call.call_span.next_attempt();
        let response =
            in_span(&span, pin!(send_attempt(context, request, decoder.expected(), &token, begun, call.deadline)))
                .await;
        let elapsed = begun.elapsed();
        let outcome = response.map(|response| decode(decoder, response, token.bytes()));
        let decision = RetryDecision::new(request.operation, &outcome);
        let is_rate_limited = matches!(decision, RetryDecision::RateLimited | RetryDecision::Throttled);
        let requested_wait = outcome.as_ref().ok().and_then(|(response, _)| response.requested_wait(is_rate_limited));
        if outcome.is_ok() && !is_rate_limited {
            call.permit.response_received();
        }
        let action = call.next_action(decision, requested_wait);
        call.call_span.attempt_finished(&span, &attempt_outcome(&outcome), elapsed, action.retries());
        drop(span);
        let (retries, accepted_wait) = call.perform(action, Some(&token)).await;
        if !retries {
            return match outcome {
                Ok((response, decoded)) => {
                    let response = response.replacing_excessive_waits(accepted_wait);
                    Ok((response.after_attempts(call.sent, call.earlier_attempts), decoded))
                }
                Err(error) => Err(call.with_context(error)),
            };
        }
    }
}

/// The outcome of an attempt, for telemetry.
fn attempt_outcome(outcome: &Outcome) -> AttemptOutcome<'_> {
    match outcome {
        Ok((response, decoded)) => AttemptOutcome {
            status: Some(response.status.as_u16()),
            code: decoded.code(),
            log_id: response.log_id.as_deref(),
            error: None,
        },
        Err(error) => {
            AttemptOutcome { status: error.status(), code: error.code(), log_id: error.log_id(), error: Some(error) }
        }
    }
}

/// What to do after an attempt.
enum NextAction {
    /// Return its outcome to the caller.
    Stop,
    /// Drop the token; retry with a new one, unless this call has done so before.
    RefreshToken { retries: bool },
    /// Pause the operation for all tasks of the client; retry after it, if this call may.
    Pause { time: Duration, retries: bool },
    /// Retry after this time.
    Wait(Duration),
}

impl NextAction {
    fn retries(&self) -> bool {
        !matches!(self, Self::Stop | Self::RefreshToken { retries: false } | Self::Pause { retries: false, .. })
    }
}

/// The state of a call.
struct CallState<'a, 'c> {
    context: &'a Context,
    call_span: &'a mut CallSpan<'c>,
    operation: &'static Operation,
    deadline: Instant,
    /// How long the call may still wait for permits.
    wait_left: Duration,
    /// Attempts begun, including those that ended because no token could be fetched.
    attempts: u32,
    /// Attempts whose request was passed to the transport.
    sent: u32,
    /// How often the service rejected the token.
    token_rejections: u32,
    /// How often the call waited because the service was busy with another job.
    busy_waits: u32,
    /// How far the request got in the attempts that were followed by another one.
    earlier_attempts: Delivery,
    /// The concurrency permit, held during an attempt and released while waiting.
    in_flight: Option<SemaphorePermit<'a>>,
    /// One for all attempts: a retry goes before the calls that came later.
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
            token_rejections: 0,
            busy_waits: 0,
            earlier_attempts: Delivery::NotSent,
            in_flight: None,
            permit: context.identity.limits.request_permit(request.operation),
        }
    }

    /// Waits until the next attempt may be made; returns its token and the moment at which its permit was acquired.
    ///
    /// During each wait the other conditions may change: a token expires, a pause begins, calls that waited for a
    /// concurrency permit would all be sent at once. So all conditions are checked again after each wait, and the
    /// rate-limit permit is acquired last.
    async fn prepare_attempt(&mut self) -> Result<(Arc<AccessToken>, Instant), Error> {
        loop {
            let now = Instant::now();
            let token = self.fetch_token(now).await?;
            match self.permit.must_wait(self.wait_left) {
                Ok(false) => {
                    if self.acquire_in_flight(now).await?
                        && let Some(begun) = self.permit.try_acquire().await
                    {
                        return Ok((token, begun));
                    }
                }
                Ok(true) => self.wait_for_permit().await,
                Err(error) => return Err(error),
            }
        }
    }

    async fn wait_for_permit(&mut self) {
        // A waiting call is not in flight.
        self.in_flight = None;
        let begun = Instant::now();
        self.permit.wait(self.wait_left).await;
        let waited = begun.elapsed();
        self.call_span.add_wait(waited);
        self.wait_left = self.wait_left.saturating_sub(waited);
        self.deadline = self.deadline.checked_add(waited).unwrap_or(self.deadline);
    }

    /// Returns whether the call has a concurrency permit. Otherwise it joins the rate limit's queue, to keep its order,
    /// and waits for one; the caller then checks all conditions again.
    async fn acquire_in_flight(&mut self, now: Instant) -> Result<bool, Error> {
        let in_flight = &self.context.shared.in_flight;
        if self.in_flight.is_none() {
            self.in_flight = in_flight.try_acquire().ok();
        }
        if self.in_flight.is_some() {
            return if now < self.deadline { Ok(true) } else { Err(Error::deadline_exceeded(DEADLINE_PASSED)) };
        }
        if self.permit.join_queue() {
            return Ok(false);
        }
        let begun = Instant::now();
        let permit = timeout_at(self.deadline, in_flight.acquire()).await;
        self.call_span.add_wait(begun.elapsed());
        self.in_flight = permit.map_err(|_| Error::deadline_exceeded(NOT_ADMITTED))?.ok();
        Ok(false)
    }

    async fn fetch_token(&self, now: Instant) -> Result<Arc<AccessToken>, Error> {
        let mut token = pin!(self.context.identity.credentials.token(self.operation, now));
        // A cached token is ready at once and needs no timer.
        if let Poll::Ready(token) = poll_fn(|context| Poll::Ready(token.as_mut().poll(context))).await {
            return token;
        }
        match timeout_at(self.deadline, token).await {
            // A token that arrives exactly at the deadline is not used: the call must acquire no permit for it.
            Ok(token) if Instant::now() < self.deadline => token,
            _ => Err(Error::token_deadline_exceeded()),
        }
    }

    /// What to do after an attempt with this decision, if the service asks to wait for `requested_wait`.
    fn next_action(&mut self, decision: RetryDecision, requested_wait: Option<Duration>) -> NextAction {
        let action = match decision {
            RetryDecision::Final => NextAction::Stop,
            // Retried once whatever the policy: the request was not processed.
            RetryDecision::TokenRejected => {
                self.token_rejections += 1;
                let retries = self.token_rejections == 1 && self.context.identity.credentials.can_refresh();
                // The token is dropped in any case, so that no other call sends it.
                NextAction::RefreshToken { retries }
            }
            RetryDecision::RateLimited => self.pause(requested_wait),
            RetryDecision::Throttled => self.pause_if_safe(requested_wait),
            RetryDecision::Busy => self.wait_while_busy(requested_wait),
            RetryDecision::NotSent | RetryDecision::Uncertain => self.back_off(requested_wait),
        };
        if action.retries() {
            self.earlier_attempts = self.earlier_attempts.and(decision.delivery());
        }
        action
    }

    /// What to do after an attempt for which no token could be fetched.
    fn after_failed_token_fetch(&self, error: &Error) -> NextAction {
        if !error.is_retryable_token_fetch() {
            return NextAction::Stop;
        }
        let policy = self.context.retry_policy;
        let wait = error.retry_after().unwrap_or_else(|| policy.backoff(self.attempts, random::fraction()));
        // This costs no retry budget: one fetch serves all waiting calls.
        match self.attempts < policy.max_attempts && self.time_left() > wait {
            true => NextAction::Wait(wait),
            false => NextAction::Stop,
        }
    }

    /// Pauses the operation. The call retries after the pause unless that is too long to wait for; then the error tells
    /// the caller how long it is.
    ///
    /// A wait that the service states costs no retry budget, since the calls stop meanwhile. If it states none, or
    /// zero, a retry is a guess and costs as much as any other.
    fn pause(&self, requested_wait: Option<Duration>) -> NextAction {
        let policy = self.context.retry_policy;
        let time = self.pause_time(requested_wait);
        let retries = self.attempts < policy.max_attempts
            && time <= LONGEST_PAUSE.min(self.wait_left)
            && !self.time_left().is_zero()
            && (requested_wait.is_some_and(|wait| !wait.is_zero()) || self.context.shared.budget.spend());
        NextAction::Pause { time, retries }
    }

    /// The same for a rejection that does not prove that the request was not processed.
    fn pause_if_safe(&self, requested_wait: Option<Duration>) -> NextAction {
        if self.operation.retry.rule == RetryRule::NeverSent {
            return NextAction::Pause { time: self.pause_time(requested_wait), retries: false };
        }
        self.pause(requested_wait)
    }

    /// How long to pause. A pause holds for all tasks, so this call's policy adds a second at most.
    fn pause_time(&self, requested_wait: Option<Duration>) -> Duration {
        let backoff = self.context.retry_policy.backoff(self.attempts, 0.5 + random::fraction() / 2.0).min(MIN_PAUSE);
        match requested_wait {
            Some(wait) if !wait.is_zero() => wait,
            Some(_) => backoff,
            None => MIN_PAUSE + backoff,
        }
    }

    /// Waits while the service is busy with another job. This costs no attempt and no retry budget, since the service
    /// does not fail; only the call's timeout limits it.
    fn wait_while_busy(&mut self, requested_wait: Option<Duration>) -> NextAction {
        let policy = self.context.retry_policy;
        let wait = policy.poll_interval(self.busy_waits).max(requested_wait.unwrap_or_default());
        if policy.max_attempts == 1 || self.time_left() <= wait {
            return NextAction::Stop;
        }
        (self.attempts, self.busy_waits) = (self.attempts - 1, self.busy_waits + 1);
        NextAction::Wait(wait)
    }

    fn time_left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// Retries after a backoff, if attempts, time and budget allow.
    fn back_off(&self, requested_wait: Option<Duration>) -> NextAction {
        let policy = self.context.retry_policy;
        // At least the backoff: calls that were told the same wait would otherwise return together.
        let wait = requested_wait.unwrap_or_default().max(policy.backoff(self.attempts, random::fraction()));
        if self.attempts >= policy.max_attempts || self.time_left() <= wait || !self.context.shared.budget.spend() {
            return NextAction::Stop;
        }
        NextAction::Wait(wait)
    }

    /// Performs the action. Returns whether to retry, and the wait that the error reports if the service requested an
    /// excessive one.
    async fn perform(&mut self, action: NextAction, token: Option<&Arc<AccessToken>>) -> (bool, Duration) {
        // A waiting call is not in flight.
        self.in_flight = None;
        let retries = action.retries();
        match action {
            NextAction::Stop => {}
            NextAction::RefreshToken { .. } => {
                if let Some(token) = token {
                    self.context.identity.credentials.drop_rejected(self.operation, token).await;
                }
            }
            NextAction::Pause { time, .. } => return (retries, self.permit.pause(time).await),
            NextAction::Wait(time) => {
                self.call_span.add_wait(time);
                sleep(time).await;
            }
        }
        (retries, LONGEST_PAUSE)
    }

    /// Adds the operation, the number of attempts, and how far the request got in the earlier ones.
    fn with_context(&self, error: Error) -> Error {
        error.of(self.operation).with_attempts(self.sent).with_earlier_attempts(self.earlier_attempts)
    }
}

/// Sends one attempt.
async fn send_attempt(
    context: &Context,
    request: &Request,
    expected: Expected,
    token: &AccessToken,
    begun: Instant,
    deadline: Instant,
) -> Result<HttpResponse, Error> {
    let url = context.shared.base_url.join(request.target()).map_err(|error| {
        Error::new(ErrorKind::InvalidRequest, "not sent: the base URL and the path make no valid URL").caused_by(error)
    })?;
    let mut wire = reqwest::Request::new(request.operation.method.clone(), url);
    let headers = wire.headers_mut();
    headers.extend(request.headers.iter().cloned());
    headers.insert(AUTHORIZATION, token.header.clone());
    let accepted = if expected == Expected::Envelope { "application/json" } else { "*/*" };
    headers.insert(ACCEPT, HeaderValue::from_static(accepted));
    match &request.body {
        Some(RequestBody::Json(body)) => {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
            *wire.body_mut() = Some(body.clone().into());
        }
        Some(RequestBody::Form(form)) => {
            let boundary = random::key();
            let content_type = HeaderValue::try_from(format!("multipart/form-data; boundary={boundary}"));
            headers.extend(content_type.map(|content_type| (CONTENT_TYPE, content_type)));
            *wire.body_mut() = Some(reqwest::Body::wrap(FormBody::new(form, &boundary)));
        }
        None => {}
    }
    let is_upload = matches!(&request.body, Some(RequestBody::Form(form)) if form.has_file());
    let time = TimeBound { begun, deadline, timeout: context.bounds.timeout, is_upload };
    context.shared.transport.send_showing_body(token.bytes(), expected, wire, time).await
}
