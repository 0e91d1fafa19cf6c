//! The loop around a try.
//!
//! For now one thing is repaired: a token that the service refuses is dropped, fetched
//! anew, and the call is sent once more. That is safe for every operation, since a
//! request with a refused token was certainly not acted upon. A second refusal is the
//! caller's to know.

use crate::client::Client;
use crate::envelope::{Envelope, Reading};
use crate::operation::Meaning;
use crate::request::Request;
use crate::transport::Answer;
use crate::{Error, ErrorKind};
use tokio::time::timeout_at;

/// Sends until there is an answer to stay with.
pub(crate) async fn run<E: Envelope>(client: &Client, request: &Request) -> Result<(Answer, Reading<E>), Error> {
    let operation = request.operation;
    let deadline = client.deadline();
    let mut attempts = 0;
    loop {
        attempts += 1;
        let token = timeout_at(deadline, client.credentials().token(operation)).await.unwrap_or_else(|_| {
            Err(Error::new(ErrorKind::Timeout, "not sent: no access token came in time").of(operation))
        })?;
        let answer = client.try_once(request, &token, deadline).await;
        let mut answer = answer.map_err(|error| error.of(operation).after(attempts))?;
        answer.attempts = attempts;
        let reading = Reading::<E>::of(&answer);
        let refused = reading
            .code()
            .and_then(|code| operation.known_code(code))
            .is_some_and(|code| code.meaning() == Meaning::Token);
        if refused && attempts == 1 && client.credentials().drop_refused(&token) {
            continue;
        }
        return Ok((answer, reading));
    }
}
