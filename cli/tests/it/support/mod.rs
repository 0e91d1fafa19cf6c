//! The command, run against an offline service in this process, so that a test sees what the service saw.

pub mod proxy;

use feishu_user_groups::simulator::{
    APP_ID, APP_SECRET, Builder, Fault, FaultKind, Group, Person, RecordedRequest, Simulator,
};
use serde_json::Value;
use std::collections::BTreeSet;
use std::future;
use std::io::Read;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use tokio::runtime;

/// An offline service, and the address that commands call.
pub struct Service {
    pub simulator: Simulator,
    pub url: String,
}

impl Service {
    pub fn start(builder: Builder) -> Self {
        let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let simulator = runtime.block_on(builder.start()).unwrap();
        let url = simulator.url().to_owned();
        thread::spawn(move || runtime.block_on(future::pending::<()>()));
        Self { simulator, url }
    }

    /// A service whose group `g1` has the people with these numbers; of the tenant's people, 99 has resigned.
    pub fn with_members(members: impl IntoIterator<Item = u32>) -> Self {
        Self::start(tenant().with_group(Group::new("g1", "R&D").members(ids(members))))
    }

    /// The command with credentials, in a clean environment.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = bare(args);
        command.env("FEISHU_BASE_URL", &self.url).env("FEISHU_APP_ID", APP_ID).env("FEISHU_APP_SECRET", APP_SECRET);
        command
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        Ran::of(self.command(args).output().unwrap())
    }

    /// The members of `g1`.
    pub fn members(&self) -> BTreeSet<String> {
        let groups = self.simulator.groups();
        groups.into_iter().find(|group| group.id == "g1").unwrap().member_user_ids.into_iter().collect()
    }

    /// The paths of all requests that change something.
    pub fn changes(&self) -> Vec<String> {
        let changes = ["/member/add", "/member/remove", "/member/batch_add", "/member/batch_remove"];
        let is_change = |method: &str, path: &str| {
            ["PATCH", "DELETE"].contains(&method)
                || method == "POST"
                    && (path.ends_with("/v3/group") || changes.iter().any(|change| path.ends_with(change)))
        };
        let requests = self.simulator.requests().into_iter();
        requests.filter(|request| is_change(&request.method, &request.path)).map(|request| request.path).collect()
    }
}

/// People 0 to 149, of whom 99 has resigned; each has an email and a mobile number.
pub fn tenant() -> Builder {
    (0..150).fold(Simulator::builder(), |builder, number| {
        let person = Person::new(format!("p{number}"))
            .email(format!("p{number}@example.com"))
            .mobile(format!("1300000{number:04}"));
        builder.with_person(if number == 99 { person.resigned() } else { person })
    })
}

/// A service that never responds to one of its requests, and calls a function when it has come so far. Which one is a number,
/// counted from 1 among the requests that `counts` selects. Before that, the service acts on the request or not.
pub fn holding(
    builder: Builder,
    counts: fn(&RecordedRequest) -> bool,
    number: u64,
    acted: bool,
    then: impl Fn() + Send + Sync + 'static,
) -> Builder {
    let requests = Arc::new(AtomicU64::new(0));
    let fault = || {
        let requests = Arc::clone(&requests);
        Fault::new(FaultKind::Stall { acted })
            .when(move |request| counts(request) && requests.fetch_add(1, Ordering::Relaxed) + 1 == number)
    };
    // Requests for tokens meet only faults that name them.
    let builder = builder.with_fault(fault()).with_fault(fault().operation("tenant_access_token_internal"));
    builder.on_request(move |request| {
        if request.fault.is_some() {
            then();
        }
    })
}

/// The command without credentials; `FEISHU_GROUPS_BINARY` names another build of it.
pub fn bare(args: &[&str]) -> Command {
    let built = std::env::var_os("FEISHU_GROUPS_BINARY").unwrap_or_else(|| env!("CARGO_BIN_EXE_feishu-groups").into());
    let mut command = Command::new(built);
    for name in ["FEISHU_APP_ID", "FEISHU_APP_SECRET", "FEISHU_BASE_URL"] {
        command.env_remove(name);
    }
    command.args(args).stdin(Stdio::null());
    command
}

/// A command line of the shell on a terminal of its own. A run that hangs is ended after a minute, with exit code 124.
pub fn on_a_terminal(service: &Service, line: &str) -> Command {
    let mut command = Command::new("timeout");
    let line = format!("{} {line}", env!("CARGO_BIN_EXE_feishu-groups"));
    command.args(["60", "script", "-qec", &line, "/dev/null"]).stdin(Stdio::null());
    command.env("FEISHU_BASE_URL", &service.url).env("FEISHU_APP_ID", APP_ID).env("FEISHU_APP_SECRET", APP_SECRET);
    command
}

/// What a run of the command printed, and its exit code.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    pub fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The exit code must be this.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.out, self.err);
        self
    }

    /// Standard error must contain this.
    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        assert!(self.err.contains(text), "{text:?} is not in:\n{}", self.err);
        self
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }
}

/// Open ids of the people with these numbers.
pub fn ids(numbers: impl IntoIterator<Item = u32>) -> Vec<String> {
    numbers.into_iter().map(|number| format!("ou_p{number}")).collect()
}

/// A file with this content.
pub fn file(name: &str, content: &str) -> String {
    let path = scratch(name);
    std::fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

/// A path of this process: two runs of the tests at once do not write each other's files.
pub fn scratch(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("cli-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder.join(name)
}

/// The service after two runs of a command, and whether the first was killed: it is, while it waits for the response to the
/// request of this number, before or after the service acted on it. It is not if it makes fewer requests.
pub fn killed_at(number: u64, is_served: bool, builder: Builder, command: &[&str]) -> (Service, bool) {
    let (service, is_held) = killed_during(|_| true, number, is_served, builder, command);
    service.run(command).exits(0);
    (service, is_held)
}

/// The service after the first of these runs; its requests are counted among those that `counts` selects.
pub fn killed_during(
    counts: fn(&RecordedRequest) -> bool,
    number: u64,
    is_served: bool,
    builder: Builder,
    command: &[&str],
) -> (Service, bool) {
    let (held, events) = mpsc::channel();
    let ended = held.clone();
    let service = Service::start(holding(builder, counts, number, is_served, move || {
        let _ = held.send(true);
    }));
    let mut child = service.command(command).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut output = child.stdout.take().unwrap();
    thread::spawn(move || {
        output.read_to_end(&mut Vec::new()).unwrap();
        let _ = ended.send(false);
    });
    let is_held = events.recv().unwrap();
    if is_held {
        child.kill().unwrap();
    }
    child.wait().unwrap();
    service.simulator.clear_faults();
    (service, is_held)
}

/// A file that names the people with these numbers by open id.
pub fn list(name: &str, numbers: impl IntoIterator<Item = u32>) -> String {
    file(name, &ids(numbers).join("\n"))
}
