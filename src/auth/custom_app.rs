//! The tokens of a custom app, which belongs to one tenant: the tenant_access_token and the app_access_token.
//!
//! Both have the same credentials, and an endpoint each.

use super::TokenSource;
use super::access_token::AccessToken;
use super::token_endpoint::{TokenEndpoint, TokenKind, TokenRequest};
use crate::BoxFuture;
use crate::Error;
use crate::secret::Secret;
use serde::Serialize;

/// Fetches one kind of a custom app's tokens with its id and secret.
pub(crate) struct CustomApp {
    pub(crate) endpoint: TokenEndpoint,
    pub(crate) app_id: String,
    pub(crate) app_secret: Secret,
    pub(crate) kind: TokenKind,
}

const APP_PATH: &str = "/open-apis/auth/v3/app_access_token/internal";
const TENANT_PATH: &str = "/open-apis/auth/v3/tenant_access_token/internal";

impl CustomApp {
    fn path(&self) -> &'static str {
        match self.kind {
            TokenKind::App => APP_PATH,
            TokenKind::Tenant => TENANT_PATH,
        }
    }
}

#[derive(Serialize)]
struct Body<'a> {
    app_id: &'a str,
    app_secret: &'a str,
}

impl TokenSource for CustomApp {
    fn fetch<'a>(&'a self, _: Option<&'a AccessToken>) -> BoxFuture<'a, Result<AccessToken, Error>> {
        Box::pin(async move {
            let app_secret = self.app_secret.expose();
            let request = TokenRequest {
                path: self.path(),
                kind: self.kind,
                body: Body { app_id: &self.app_id, app_secret },
                secrets: &[app_secret],
            };
            self.endpoint.fetch(request).await
        })
    }

    fn cooldown_error(&self) -> Option<Error> {
        self.endpoint.cooldown_error(self.path())
    }
}
