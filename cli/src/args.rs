//! The command line. Doc comments are its help texts.

use crate::failure::EXIT_CODES;
use crate::output::Format;
use crate::simulation::Options;
use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use feishu_groups::input::{Encoding, IdType, NameKind};
use feishu_groups::members::RetryingClient;
use feishu_groups::plan::Ceiling;
use feishu_user_groups::Secret;
use std::path::{Path, PathBuf};

/// Keeps Feishu (Lark) user groups in step with a file
///
/// Plans before it changes anything, refuses what looks like a mistake,
/// and reports on each person. Without a tenant, try:
///
///   feishu-groups --simulator group list
#[derive(Debug, Parser)]
#[command(name = "feishu-groups", version, verbatim_doc_comment, after_help = EXIT_CODES, subcommand_required = true, arg_required_else_help = true)]
pub struct Args {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// What every command takes.
#[derive(Debug, ClapArgs)]
pub struct Global {
    /// The form of the output; a table unless the command says otherwise
    #[arg(long, short, global = true, value_enum, value_name = "FORM", help_heading = "Output")]
    pub output: Option<Format>,
    /// The app's id; otherwise FEISHU_APP_ID
    #[arg(long, global = true, value_name = "ID", help_heading = "Connection")]
    pub app_id: Option<String>,
    /// A file with the app's secret; otherwise FEISHU_APP_SECRET, or a question on the terminal
    #[arg(long, global = true, value_name = "FILE", help_heading = "Connection")]
    pub app_secret_file: Option<PathBuf>,
    /// The app's secret, if it was typed on the terminal.
    #[arg(skip)]
    pub secret: Option<Secret>,
    /// The service: feishu, lark, or a URL; otherwise FEISHU_BASE_URL, or feishu
    #[arg(long, global = true, value_name = "URL", help_heading = "Connection")]
    pub base_url: Option<String>,
    /// How often a call is made that fails in a way that may pass
    #[arg(long, global = true, value_name = "N", default_value_t = RetryingClient::MAX_CALLS, value_parser = clap::value_parser!(u32).range(1..=20), help_heading = "Connection")]
    pub max_attempts: u32,
    /// Use an offline service with invented people and groups, which lives as long as the command
    #[arg(
        long, global = true, value_name = "SEED", num_args = 0..=1, require_equals = true,
        default_missing_value = "1", conflicts_with_all = ["base_url", "app_id", "app_secret_file"], help_heading = "Connection"
    )]
    pub simulator: Option<u64>,
    /// Change without asking
    #[arg(long, short, global = true, help_heading = "Changes")]
    pub yes: bool,
    /// Print the requests that would change something, and send none of them
    #[arg(long, global = true, help_heading = "Changes")]
    pub dry_run: bool,
}

impl Global {
    /// The form of the output, for commands that print a table unless they are asked for another form.
    pub fn format(&self) -> Format {
        self.output.unwrap_or(Format::Table)
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List, read, create, change and delete groups
    #[command(subcommand)]
    Group(GroupCommand),
    /// List, add and remove the members of a group
    #[command(subcommand)]
    Member(MemberCommand),
    /// Bring the members of a group in line with a file, or groups in line with a manifest
    #[command(subcommand)]
    Sync(SyncCommand),
    /// Print all groups with all members, as YAML unless another form is asked for
    Dump {
        /// The type of the users' ids
        #[arg(long, value_enum, default_value_t = IdKind::OpenId, value_name = "TYPE")]
        id_type: IdKind,
    },
    /// Write the members of a performance group, which is not a contact group
    #[command(subcommand)]
    Performance(PerformanceCommand),
    /// Check what the app may do with contact groups, and say what to grant; changes nothing
    Doctor,
    /// Run the offline service until it is interrupted
    Simulate(Options),
    /// Print the completions of a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

impl Command {
    /// Whether the command calls the service.
    pub fn connects(&self) -> bool {
        !matches!(self, Self::Simulate(_) | Self::Completions { .. })
    }

    /// What to do if the command was interrupted after it began to change something.
    pub fn after_interruption(&self) -> &'static str {
        match self {
            Self::Group(GroupCommand::Create { .. }) => {
                "The group may have been created: look for it with `group list` before you create it again."
            }
            Self::Performance(_) => "The members may have been replaced: the same command again writes them.",
            _ => "What was sent stays; the same command again does the rest.",
        }
    }

    /// The file that the report goes to.
    pub fn report(&self) -> Option<&Path> {
        let report = match self {
            Self::Member(MemberCommand::Add(change) | MemberCommand::Remove(change)) => &change.report,
            Self::Sync(SyncCommand::Apply { report, .. }) => report,
            Self::Performance(PerformanceCommand::Write { report, .. }) => report,
            _ => return None,
        };
        report.report.as_deref()
    }
}

#[derive(Debug, Subcommand)]
pub enum GroupCommand {
    /// List the groups that the app may see
    List {
        /// Only groups of this type
        #[arg(long, value_enum, value_name = "TYPE")]
        r#type: Option<GroupType>,
    },
    /// Show one group
    Get {
        /// The group's id
        group: String,
    },
    /// Create a group
    Create {
        /// The name, which no other group has
        name: String,
        /// What the group is for
        #[arg(long)]
        description: Option<String>,
        /// An id of your choice, letters and digits
        #[arg(long)]
        id: Option<String>,
    },
    /// Change the name or the description of a group
    Update {
        /// The group's id
        group: String,
        /// The new name
        #[arg(long, required_unless_present = "description")]
        name: Option<String>,
        /// The new description
        #[arg(long)]
        description: Option<String>,
    },
    /// Delete a group
    Delete {
        /// The group's id
        group: String,
        /// Remove its members first; without it, a group with members is not deleted
        #[arg(long)]
        drain: bool,
    },
    /// List the groups of a person, with their names
    Of {
        /// The person: an id, an email (--email) or a mobile number (--mobile)
        user: String,
        #[command(flatten)]
        kind: Kind,
    },
}

#[derive(Debug, Subcommand)]
pub enum MemberCommand {
    /// List the members of a group
    List {
        /// The group's id
        group: String,
        /// The type of the users' ids
        #[arg(long, value_enum, default_value_t = IdKind::OpenId, value_name = "TYPE")]
        id_type: IdKind,
    },
    /// Add people to a group
    Add(Change),
    /// Remove people from a group
    Remove(Change),
}

/// A group, and people who are named one by one or in a file.
#[derive(Debug, ClapArgs)]
pub struct Change {
    /// The group's id
    pub group: String,
    /// The people
    #[arg(required_unless_present = "file", conflicts_with = "file")]
    pub ids: Vec<String>,
    #[command(flatten)]
    pub kind: Kind,
    #[command(flatten)]
    pub input: OptionalInput,
    #[command(flatten)]
    pub report: ReportFile,
}

/// What people are named by.
#[derive(Debug, Clone, Copy, ClapArgs)]
#[group(multiple = false)]
pub struct Kind {
    /// The type of the ids, or of the lines of a list
    #[arg(long, value_enum, value_name = "TYPE")]
    pub id_type: Option<NameType>,
    /// The people are emails
    #[arg(long)]
    pub email: bool,
    /// The people are mobile numbers
    #[arg(long, visible_alias = "phone")]
    pub mobile: bool,
}

impl Kind {
    /// The kind that was named.
    pub fn named(self) -> Option<NameKind> {
        match self {
            Self { email: true, .. } => Some(NameKind::Email),
            Self { mobile: true, .. } => Some(NameKind::Mobile),
            Self { id_type, .. } => id_type.map(NameType::kind),
        }
    }
}

/// A file of people.
#[derive(Debug, ClapArgs)]
pub struct Input {
    /// People: CSV with a header (email, mobile, open_id, union_id, user_id), or one id a line; - is standard input
    #[arg(long, value_name = "FILE")]
    pub file: PathBuf,
    #[command(flatten)]
    pub reading: Reading,
}

/// A file of people, or none.
#[derive(Debug, ClapArgs)]
pub struct OptionalInput {
    /// People: CSV with a header (email, mobile, open_id, union_id, user_id), or one id a line; - is standard input
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    #[command(flatten)]
    pub reading: Reading,
}

/// How a file of people is read.
#[derive(Debug, Clone, Copy, ClapArgs)]
pub struct Reading {
    /// The encoding of the file
    #[arg(long, value_enum, default_value_t = EncodingName::Utf8, value_name = "NAME")]
    pub encoding: EncodingName,
    /// Leave out people whom nobody finds by their email or mobile number
    #[arg(long)]
    pub skip_unknown: bool,
}

/// Where the report goes besides the output.
#[derive(Debug, ClapArgs)]
pub struct ReportFile {
    /// Write the report on each person to this file, as JSON, or as CSV if the name ends in .csv
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum SyncCommand {
    /// Show who would be added and removed; changes nothing
    Plan(Sync),
    /// Add and remove people until the group has the members of the file, or all groups those of the manifest
    Apply {
        #[command(flatten)]
        sync: Sync,
        #[command(flatten)]
        report: ReportFile,
    },
}

#[derive(Debug, Subcommand)]
pub enum PerformanceCommand {
    /// REPLACE all members of a performance group with the people of a file, at most 10,000
    Write {
        /// The performance group's id
        group: String,
        #[command(flatten)]
        input: Input,
        /// The type of the lines of a list
        #[arg(long, value_enum, value_name = "TYPE")]
        id_type: Option<NameType>,
        /// Let administrators of the performance product see the members
        #[arg(long)]
        visible: bool,
        #[command(flatten)]
        report: ReportFile,
    },
}

/// A group and the file that says who is in it, or a manifest of groups.
#[derive(Debug, ClapArgs)]
pub struct Sync {
    /// The group's id, for a sync with --file
    #[arg(required_unless_present = "manifest", conflicts_with = "manifest", requires = "file")]
    pub group: Option<String>,
    #[command(flatten)]
    pub input: OptionalInput,
    /// Groups with their members, as `dump` prints them: YAML or JSON; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "file")]
    pub manifest: Option<PathBuf>,
    /// Delete groups that the manifest does not have; the ceiling counts their members, and the groups
    #[arg(long, requires = "manifest", conflicts_with = "keep_others")]
    pub delete_missing: bool,
    /// The type of the lines of a list
    #[arg(long, value_enum, value_name = "TYPE", conflicts_with = "manifest")]
    pub id_type: Option<NameType>,
    /// Keep members whom the file or the manifest does not name
    #[arg(long)]
    pub keep_others: bool,
    /// The most members to remove: a number, or a percentage of the members; of each group, and of all in a manifest
    #[arg(long, default_value = "25%", value_name = "MAX")]
    pub max_removals: Ceiling,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum GroupType {
    /// People select the members
    Normal,
    /// A rule selects the members
    Dynamic,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
#[allow(clippy::enum_variant_names, reason = "the platform's words")]
pub enum IdKind {
    OpenId,
    UnionId,
    UserId,
}

impl From<IdKind> for IdType {
    fn from(kind: IdKind) -> Self {
        match kind {
            IdKind::OpenId => Self::OpenId,
            IdKind::UnionId => Self::UnionId,
            IdKind::UserId => Self::UserId,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum NameType {
    OpenId,
    UnionId,
    UserId,
    Email,
    Mobile,
}

impl NameType {
    /// The library's word for it.
    pub fn kind(self) -> NameKind {
        match self {
            Self::OpenId => NameKind::Id(IdType::OpenId),
            Self::UnionId => NameKind::Id(IdType::UnionId),
            Self::UserId => NameKind::Id(IdType::UserId),
            Self::Email => NameKind::Email,
            Self::Mobile => NameKind::Mobile,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum EncodingName {
    Utf8,
    Gbk,
}

impl From<EncodingName> for Encoding {
    fn from(name: EncodingName) -> Self {
        match name {
            EncodingName::Utf8 => Self::Utf8,
            EncodingName::Gbk => Self::Gbk,
        }
    }
}
