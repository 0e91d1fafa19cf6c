//! TLS: rustls with ring, trusting what the operating system trusts.
//!
//! reqwest's own default builds a second cryptography library with a C compiler and
//! cmake's help, which costs every downstream a third of its build; ring does the
//! same here for a fraction. The configuration belongs to this client: no process-wide
//! provider is installed behind the caller's back.

use crate::{Error, ErrorKind};
use rustls::ClientConfig;
use rustls::crypto::ring;
use rustls_platform_verifier::BuilderVerifierExt;
use std::sync::Arc;

pub(crate) fn config() -> Result<ClientConfig, Error> {
    ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_platform_verifier())
        .map(|builder| builder.with_no_client_auth())
        .map_err(|error| Error::new(ErrorKind::Configuration, "TLS cannot be set up on this system").caused_by(error))
}
