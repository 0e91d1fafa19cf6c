//! What a simulator has before the first request, as a value and as a file.
//!
//! Builder, YAML file and admin API fill the same value, so whatever one of them can set up, the others can too, and a
//! state that was read can be written back. Nothing is checked twice: reading finds wrong fields, and the start finds
//! what contradicts something else, such as two people with the same email. Both name the field.

mod invented;
mod read;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value;

use self::yaml::Source;
use super::app::App;
use super::department::Department;
use super::group::Group;
use super::invalid_input::InvalidInput;
use super::performance_group::PerformanceGroup;
use super::person::Person;
use super::{TENANT_KEY, USER_TOKEN};

#[allow(dead_code, reason = "the build and xtask use more of it")]
#[path = "../../../build/spec/yaml.rs"]
pub(super) mod yaml;

/// What a [`Simulator`](super::Simulator) has: apps, people, departments, groups.
///
/// A file of it is YAML or JSON. Every part is optional; a part that is absent is as in a new simulator.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use feishu_user_groups::simulator::{Seed, Simulator};
///
/// let seed = Seed::from_yaml(
///     r#"
/// apps:                               # without this part: the app `cli_simulator`
///   - id: cli_sync
///     secret: sync-secret
///     type: custom                    # a `store` app also has a `ticket`
///     withheld_scopes: [contact:group]
/// user_tokens: [u-lisi]               # without this part: `u-simulator`
/// withheld_scopes: []                 # from all apps, and from users
///
/// people:                             # without this part: somebody for every id
///   - user_id: lisi
///     open_id: ou_7dab                # `ou_lisi` and `on_lisi` unless they are given
///     union_id: on_cad4
///     email: li.si@example.com
///     mobile: "13011111111"
///   - { user_id: left, resigned: true }
///   - { user_id: boss, outside_contact_scope: true }
/// departments:                        # without this part: one for every id
///   - department_id: D096
///     open_department_id: od-4e6a
/// groups:
///   - id: g1
///     name: Design
///     custom_id: design
///     description: Draws
///     members: [lisi, on_left]        # ids of any type
///     departments: [D096]
///     department_scope: [D096]
///   - { id: g2, name: Everybody, dynamic: true, outside_contact_scope: true }
/// performance_groups:
///   - { id: P1, members: [ou_7dab], import_running: true }
///   - { id: P2, manual: true }
///
/// tenants:                            # of store apps
///   tenant-b:
///     groups: [{ id: g9, name: Sales }]
/// "#,
/// )?;
/// let simulator = Simulator::builder().seed(seed).start().await?;
/// assert_eq!(simulator.groups()[0].member_user_ids, ["ou_7dab", "ou_left"]);
/// assert_eq!(Seed::from_json(&simulator.state().to_json())?.to_json(), simulator.state().to_json());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Seed {
    /// Empty for the default app alone.
    pub(super) apps: Vec<App>,
    pub(super) user_tokens: BTreeSet<String>,
    pub(super) withheld_scopes: BTreeSet<String>,
    /// By the key of the tenant.
    pub(super) tenants: BTreeMap<String, TenantSeed>,
}

/// What one tenant has.
#[derive(Clone, Debug, Default)]
pub(super) struct TenantSeed {
    pub people: Vec<Person>,
    pub departments: Vec<Department>,
    pub groups: Vec<Group>,
    pub performance_groups: Vec<PerformanceGroup>,
}

impl Default for Seed {
    /// What a simulator without settings has: the app [`APP_ID`](super::APP_ID), the user token [`USER_TOKEN`], and no groups.
    fn default() -> Self {
        Self {
            apps: Vec::new(),
            user_tokens: BTreeSet::from([USER_TOKEN.to_owned()]),
            withheld_scopes: BTreeSet::new(),
            tenants: BTreeMap::new(),
        }
    }
}

impl Seed {
    /// Reads a YAML or JSON file.
    ///
    /// # Errors
    ///
    /// Fails with field, reason and line if the text is not YAML, or if a field is unknown, missing or of the wrong type.
    pub fn from_yaml(text: &str) -> Result<Self, InvalidInput> {
        let source = Source::parse("seed", text).map_err(|mistake| {
            let reason = format!("{}; {}", mistake.message, mistake.help);
            InvalidInput::new("", reason).at_line(mistake.place.map(|place| place.line))
        })?;
        read::seed(&source.value).map_err(|error| {
            let line = source.place(error.pointer()).map(|place| place.line);
            error.at_line(line)
        })
    }

    /// Reads the same from JSON that is parsed already.
    ///
    /// # Errors
    ///
    /// Fails with field and reason if a field is unknown, missing or of the wrong type.
    pub fn from_json(value: &Value) -> Result<Self, InvalidInput> {
        read::seed(value)
    }

    /// Writes what [`from_json`](Self::from_json) reads. It contains the secrets of the apps. Do not log it.
    pub fn to_json(&self) -> Value {
        write::seed(self)
    }

    /// An invented tenant: 64 people with email and phone number, four groups, a dynamic group and a department.
    ///
    /// The people are the same for every number, so that a file of their ids fits every one of them; the number decides
    /// who is in which group. One person, `anchen`, has resigned.
    pub fn invented(number: u64) -> Self {
        let tenants = BTreeMap::from([(TENANT_KEY.to_owned(), invented::tenant(number))]);
        Self { tenants, ..Self::default() }
    }

    /// The listed apps, or the one that a simulator has without a list.
    pub(super) fn apps(&self) -> Vec<App> {
        if self.apps.is_empty() { vec![App::default()] } else { self.apps.clone() }
    }

    /// The part of a tenant, which is added if it is missing.
    pub(super) fn tenant(&mut self, key: impl Into<String>) -> &mut TenantSeed {
        self.tenants.entry(key.into()).or_default()
    }
}

/// Omits the user tokens, which are credentials.
impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seed")
            .field("apps", &self.apps)
            .field("withheld_scopes", &self.withheld_scopes)
            .field("tenants", &self.tenants)
            .finish_non_exhaustive()
    }
}
