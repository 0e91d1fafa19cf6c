//! The tenant_access_token of a custom app, which belongs to one tenant.

use super::TokenSource;
use super::access_token::AccessToken;
use super::token_endpoint::{TokenEndpoint, TokenKind, TokenRequest};
use crate::BoxFuture;
use crate::Error;
use crate::secret::Secret;
use serde::Serialize;

/// Fetches a custom app's token with its id and secret.
pub(crate) struct CustomApp {
    pub(crate) endpoint: TokenEndpoint,
    pub(crate) app_id: String,
    pub(crate) app_secret: Secret,
}

const PATH: &str = "/open-apis/auth/v3/tenant_access_token/internal";

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
                path: PATH,
                kind: TokenKind::Tenant,
                body: Body { app_id: &self.app_id, app_secret },
                secrets: &[app_secret],
            };
            self.endpoint.fetch(request).await
        })
    }

    fn cooldown_error(&self) -> Option<Error> {
        self.endpoint.cooldown_error(PATH)
    }
}
