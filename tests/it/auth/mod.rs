//! Tokens: fetched, refreshed, refused, shared.

mod app_access_tokens;
mod app_tokens;
mod bad_tokens;
mod no_runtime;
mod refused_tokens;
mod renewals;
mod store_app;
mod token_fetches;
mod token_limits;
mod user_tokens;
