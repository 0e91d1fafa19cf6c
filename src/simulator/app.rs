//! An app that gets tokens, as a test creates one.

use super::{APP_ID, APP_SECRET, APP_TICKET};
use crate::Secret;
use crate::operation::AppType;

/// An app in a [`Simulator`](super::Simulator).
///
/// A simulator without listed apps has one, [`APP_ID`](super::APP_ID), which is a custom app or a store app as it is
/// used. With the first listed app it has only those that are listed.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use feishu_user_groups::Client;
/// use feishu_user_groups::simulator::{App, Simulator};
///
/// let reader = App::custom("cli_reader", "reader-secret").without_scope("contact:group");
/// let simulator = Simulator::builder().with_app(reader).start().await?;
/// let client = Client::builder().base_url(simulator.url()).app("cli_reader", "reader-secret").build()?;
/// let error = client.create_user_group().body_map(|body| body.name("R&D")).send().await.unwrap_err();
/// assert!(error.is_permission_denied());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct App {
    /// The id.
    pub id: String,
    /// The secret.
    pub secret: Secret,
    /// The type; `None` for an app that can be used as either.
    pub app_type: Option<AppType>,
    /// The `app_ticket`, which a store app sends for its token.
    pub ticket: Option<Secret>,
    /// The scopes that the app lacks.
    pub withheld_scopes: Vec<String>,
}

impl Default for App {
    /// The app of a simulator without listed apps: [`APP_ID`], which can be used as either type.
    fn default() -> Self {
        Self { app_type: None, ..Self::store(APP_ID, APP_SECRET, APP_TICKET) }
    }
}

impl App {
    /// Creates a custom app of the home tenant.
    pub fn custom(id: impl Into<String>, secret: impl Into<Secret>) -> Self {
        Self {
            id: id.into(),
            secret: secret.into(),
            app_type: Some(AppType::Custom),
            ticket: None,
            withheld_scopes: Vec::new(),
        }
    }

    /// Creates a store app, which can be used in every tenant.
    pub fn store(id: impl Into<String>, secret: impl Into<Secret>, ticket: impl Into<Secret>) -> Self {
        Self { app_type: Some(AppType::Isv), ticket: Some(ticket.into()), ..Self::custom(id, secret) }
    }

    /// Withholds a scope from this app.
    ///
    /// Operations that need the scope fail with code 99991672.
    #[must_use]
    pub fn without_scope(mut self, scope: impl Into<String>) -> Self {
        self.withheld_scopes.push(scope.into());
        self
    }

    /// Whether it can be used as an app of this type.
    pub(super) fn is_of_type(&self, app_type: AppType) -> bool {
        self.app_type.is_none_or(|own| own == app_type)
    }
}
