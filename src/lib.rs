#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![warn(clippy::missing_errors_doc)]

#[cfg(doctest)]
#[doc = include_str!("../README.zh-CN.md")]
mod chinese_readme {}

mod caught;
mod client;
mod credentials;
mod decode;
mod echo;
mod envelope;
mod error;
mod generated;
mod handshake;
mod lenient;
mod limits;
pub mod observe;
mod open_enum;
pub mod operation;
mod paging;
mod random;
mod request;
mod response_future;
mod retry;
mod road;
mod rules;
mod secret;
#[cfg(feature = "simulator")]
pub mod simulator;
pub mod store;
mod tenants;
#[cfg(feature = "tls")]
mod tls;
mod tokens;
mod transport;
mod violation;

#[cfg(feature = "redis")]
pub use redis;
pub use reqwest;

pub use client::{Client, ClientBuilder, FEISHU, LARK, http_client_builder};
pub use envelope::Response;
pub use error::{Error, ErrorKind};
pub use generated::{ErrorCode, builder, operations, types};
pub use limits::Throttle;
pub use operation::Operation;
pub use paging::{Items, Page, Pages};
pub use response_future::ResponseFuture;
pub use retry::RetryPolicy;
pub use secret::Secret;
pub use tokens::{AppTicket, AppTicketProvider, UserToken, UserTokenProvider};
pub use violation::Violation;
