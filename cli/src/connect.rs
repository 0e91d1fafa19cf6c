//! From arguments and environment to a client.
//!
//! The secret is never an argument, since every user of a machine can list those. It comes from the environment, a file,
//! or a prompt without echo, and goes into the client, which shows it in no output.

use crate::args::Global;
use crate::failure::Failure;
use feishu_groups::members::RetryingClient;
use feishu_user_groups::simulator::{APP_ID, APP_SECRET, Seed, Simulator};
use feishu_user_groups::{Client, FEISHU, LARK, RetryPolicy, Secret};
use std::env;
use std::io::{self, IsTerminal, Write};

/// A client, and the offline service if it talks to one.
pub struct Connection {
    pub client: RetryingClient,
    _simulator: Option<Simulator>,
}

/// Builds the client; nothing is sent yet.
pub async fn connect(global: &Global) -> Result<Connection, Failure> {
    let builder = Client::builder().retry_policy(RetryPolicy::new().max_attempts(global.max_attempts));
    let builder = builder.user_agent(concat!("feishu-groups/", env!("CARGO_PKG_VERSION")));
    if let Some(seed) = global.simulator {
        let simulator = Simulator::builder().seed(Seed::invented(seed)).start().await;
        let simulator =
            simulator.map_err(|error| Failure::service(format!("the offline service did not start: {error}")))?;
        let client = builder.base_url(simulator.url()).app(APP_ID, APP_SECRET).build()?;
        let client = RetryingClient::new(client, global.max_attempts);
        return Ok(Connection { client, _simulator: Some(simulator) });
    }
    let base_url = global.base_url.clone().or_else(|| variable("FEISHU_BASE_URL"));
    let base_url = match base_url.as_deref() {
        None | Some("feishu") => FEISHU.to_owned(),
        Some("lark") => LARK.to_owned(),
        Some(url) => url.to_owned(),
    };
    let app_id = app_id(global).ok_or_else(|| {
        Failure::credentials(
            "there is no app id: set FEISHU_APP_ID or give --app-id. Without a tenant, try --simulator",
        )
    })?;
    let client = builder.base_url(base_url).app(app_id, secret(global)?).build()?;
    Ok(Connection { client: RetryingClient::new(client, global.max_attempts), _simulator: None })
}

fn secret(global: &Global) -> Result<Secret, Failure> {
    if let Some(path) = &global.app_secret_file {
        let text = std::fs::read_to_string(path);
        let text =
            text.map_err(|error| Failure::credentials(format!("{}: cannot be read: {error}", path.display())))?;
        let secret = text.trim();
        if secret.is_empty() {
            return Err(Failure::credentials(format!("{}: is empty; it should have the app's secret", path.display())));
        }
        return Ok(secret.into());
    }
    if let Some(secret) = variable("FEISHU_APP_SECRET") {
        return Ok(secret.into());
    }
    let missing = || Failure::credentials("there is no app secret: set FEISHU_APP_SECRET or give --app-secret-file");
    global.secret.clone().ok_or_else(missing)
}

/// Asks for the secret if it comes from nowhere else and there is a terminal.
///
/// This is done before anything handles Ctrl-C: a process that ends by the signal itself makes the shell show what is typed
/// again, and one that ends with an exit code does not.
pub fn ask_for_secret(global: &mut Global) -> Result<(), Failure> {
    let is_given = global.simulator.is_some()
        || global.app_secret_file.is_some()
        || variable("FEISHU_APP_SECRET").is_some()
        || app_id(global).is_none();
    if !is_given && io::stdin().is_terminal() && io::stderr().is_terminal() {
        let secret = read_secret();
        let secret = secret.map_err(|error| Failure::credentials(format!("no secret was read: {error}")))?;
        global.secret = Some(secret.into());
    }
    Ok(())
}

/// Shows the prompt once echo is off: a secret that is pasted at once would be shown otherwise.
#[cfg(unix)]
fn read_secret() -> io::Result<String> {
    use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
    let terminal = std::fs::OpenOptions::new().read(true).write(true).open("/dev/tty")?;
    let before = tcgetattr(&terminal)?;
    let mut without_echo = before.clone();
    without_echo.local_modes.remove(LocalModes::ECHO);
    tcsetattr(&terminal, OptionalActions::Now, &without_echo)?;
    let secret = write!(io::stderr(), "App secret: ").and_then(|()| rpassword::read_password());
    tcsetattr(&terminal, OptionalActions::Now, &before)?;
    secret
}

#[cfg(not(unix))]
fn read_secret() -> io::Result<String> {
    rpassword::prompt_password("App secret: ")
}

fn app_id(global: &Global) -> Option<String> {
    global.app_id.clone().or_else(|| variable("FEISHU_APP_ID"))
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.trim().is_empty())
}
