//! Asking the platform for a tenant_access_token.
//!
//! The one call that is not in the spec: it is made for the caller, by every client,
//! and its answer is flat (`{code, msg, tenant_access_token, expire}`), not an
//! envelope with `data`.

use crate::secret::Secret;
use crate::tokens::AccessToken;
use crate::transport::Transport;
use crate::{Error, ErrorKind};
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Method, Url};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use zeroize::Zeroizing;

/// What the endpoint answers to an app_id that it does not know.
const WRONG_ID: i64 = 10003;
/// What it answers to a secret that is not the app's.
const WRONG_SECRET: i64 = 10014;
const PATH: &str = "/open-apis/auth/v3/tenant_access_token/internal";

/// Where a custom app gets its token, and by what.
#[derive(Clone, Debug)]
pub(crate) struct TokenEndpoint {
    transport: Transport,
    url: Url,
    app_id: String,
    app_secret: Secret,
}

#[derive(Serialize)]
struct Question<'a> {
    app_id: &'a str,
    app_secret: &'a str,
}

#[derive(Deserialize)]
struct TokenAnswer {
    #[serde(deserialize_with = "crate::lenient::integer")]
    code: i64,
    #[serde(default, deserialize_with = "crate::lenient::optional_text")]
    msg: Option<String>,
    #[serde(default)]
    tenant_access_token: Option<Zeroizing<String>>,
    #[serde(default, deserialize_with = "crate::lenient::optional_integer")]
    expire: Option<i64>,
}

impl TokenEndpoint {
    pub(crate) fn new(transport: Transport, base_url: &str, app_id: String, app_secret: Secret) -> Result<Self, Error> {
        let url = Url::parse(&format!("{base_url}{PATH}"))
            .map_err(|error| Error::new(ErrorKind::Configuration, "the base URL is not a URL").caused_by(error))?;
        Ok(Self { transport, url, app_id, app_secret })
    }

    pub(crate) async fn fetch(&self) -> Result<AccessToken, Error> {
        let mut request = reqwest::Request::new(Method::POST, self.url.clone());
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
        let question = Question { app_id: &self.app_id, app_secret: self.app_secret.expose() };
        let body = serde_json::to_vec(&question)
            .map_err(|error| refused("the app's credentials cannot be written as JSON").caused_by(error))?;
        // Wiped when the request is done with.
        *request.body_mut() = Some(bytes::Bytes::from_owner(Zeroizing::new(body)).into());
        let answer = self
            .transport
            .send(request, self.transport.deadline())
            .await
            .map_err(|error| error.while_fetching_a_token())?;
        let answer = answer.without(self.app_secret.expose().as_bytes());
        let head = |error: Error| error.with_head(answer.status.as_u16(), answer.log_id.clone());
        let token: TokenAnswer = serde_json::from_slice(&answer.body)
            .map_err(|_| head(refused("the token endpoint answered something that is not a token")))?;
        let lifetime = token.expire.and_then(|seconds| u64::try_from(seconds).ok()).map(Duration::from_secs);
        match (token.code, token.tenant_access_token, lifetime) {
            (0, Some(token), Some(lifetime)) => AccessToken::lasting(&Secret::from(token.as_str()), lifetime),
            (0, ..) => Err(head(refused("the token endpoint answered success without a token"))),
            (code, ..) => {
                let message = token.msg.unwrap_or_default();
                let advice = match code {
                    WRONG_ID | WRONG_SECRET => "; check the app's id and secret, and that both are of this platform",
                    _ => "",
                };
                Err(head(refused(&format!("the platform gives this app no token: {message}{advice}")).with_code(code)))
            }
        }
    }
}

fn refused(message: &str) -> Error {
    Error::new(ErrorKind::Token, message)
}
