//! Requests of endpoints that the spec does not have: written by the caller, and made like any other call.

mod calls;
mod limits;
mod paths;
mod retries;
#[cfg(feature = "simulator")]
mod simulator;

const MESSAGES: &str = "/open-apis/im/v1/messages";
const USER: &str = "/open-apis/contact/v3/users/{user_id}";
