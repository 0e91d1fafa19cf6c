//! The options of the offline service, for `feishu-groups simulate` and `cargo xtask simulate`.

use feishu_user_groups::simulator::{AdminApi, Builder, Dialect, Fault, RecordedRequest, Seed, Simulator};
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

/// What the offline service has and does.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Where to listen; port 0 lets the system choose
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    pub listen: SocketAddr,
    /// A YAML file of apps, people and groups, or a number for invented ones
    #[arg(long, value_name = "FILE|NUMBER")]
    pub seed: Option<String>,
    /// Reject calls beyond the documented rate limits
    #[arg(long)]
    pub enforce_rate_limits: bool,
    /// How long tokens are valid
    #[arg(long, value_name = "SECONDS", default_value_t = 7200)]
    pub token_ttl: u64,
    /// A fault on purpose, as `get_user_group:bad-gateway:2`; `*` is every operation; may be repeated
    #[arg(long, value_name = "OPERATION:KIND[:COUNT]")]
    pub fault: Vec<Fault>,
    /// Whose shapes responses have
    #[arg(long, value_enum, default_value_t = Shapes::Service, value_name = "NAME")]
    pub dialect: Shapes,
    /// Print a line for each request on standard error
    #[arg(long)]
    pub log: bool,
    /// Let other machines use the admin API under /_simulator/, which shows secrets and changes everything
    #[arg(long)]
    pub remote_admin: bool,
}

/// Whose shapes responses have.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum Shapes {
    /// The running service's
    Service,
    /// The API documents'
    Documents,
}

impl Options {
    /// The service with these options; `default_seed` is for the option that was left out.
    ///
    /// # Errors
    ///
    /// Fails with file, line, field and reason if the seed cannot be read.
    pub fn builder(&self, default_seed: Seed) -> Result<Builder, String> {
        let seed = match &self.seed {
            None => default_seed,
            Some(seed) => read_seed(seed)?,
        };
        let mut builder = Simulator::builder()
            .address(self.listen)
            .seed(seed)
            .enforce_rate_limits(self.enforce_rate_limits)
            .token_lifetime(Duration::from_secs(self.token_ttl))
            .dialect(match self.dialect {
                Shapes::Service => Dialect::Service,
                Shapes::Documents => Dialect::Documents,
            })
            .admin_api(if self.remote_admin { AdminApi::Everywhere } else { AdminApi::LoopbackOnly });
        for fault in &self.fault {
            builder = builder.with_fault(fault.clone());
        }
        Ok(if self.log { builder.on_request(log) } else { builder })
    }
}

fn read_seed(seed: &str) -> Result<Seed, String> {
    if let Ok(number) = seed.parse() {
        return Ok(Seed::invented(number));
    }
    let text = std::fs::read_to_string(Path::new(seed)).map_err(|error| format!("{seed} cannot be read: {error}"))?;
    Seed::from_yaml(&text).map_err(|error| format!("{seed}: {error}"))
}

/// One line: method, path, operation, status, code and fault.
fn log(request: &RecordedRequest) {
    let mut line = format!("{} {}", request.method, request.path);
    if let Some(operation) = request.operation {
        line += &format!(" {operation}");
    }
    match &request.response {
        None => line += " no response",
        Some(response) => {
            line += &format!(" {}", response.status);
            if let Some(code) = response.code() {
                line += &format!(" code {code}");
            }
        }
    }
    if let Some(fault) = request.fault {
        line += &format!(" fault {fault}");
    }
    // Nothing is left to do if standard error is closed.
    let _ = writeln!(std::io::stderr(), "{line}");
}
