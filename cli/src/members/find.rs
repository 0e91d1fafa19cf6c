//! From the people of a file to ids.
//!
//! Emails and mobile numbers are looked up fifty of each in a call. Nobody may be found twice: two rows that turn out to
//! be one person are as likely a wrong number as a harmless repetition, and the same goes for a row whose email and mobile
//! number belong to two people.

use super::{Progress, RetryingClient, Step};
use crate::input::{IdType, Name, People, Problem};
use feishu_user_groups::Error;
use std::collections::HashMap;

/// Emails, and mobile numbers, that one call takes.
const BATCH: usize = 50;

/// Who was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The id of each row of the file, in its order; `None` if nobody has that email or mobile number.
    pub ids: Vec<Option<String>>,
    /// What the look-up showed to be wrong with the file.
    pub problems: Vec<Problem>,
}

/// Finds the ids of this type of everybody in a file.
///
/// # Errors
///
/// Fails if a call fails. People who are not found are no error.
pub async fn find(
    client: &RetryingClient,
    people: &People,
    id_type: IdType,
    progress: Progress<'_>,
) -> Result<Found, Error> {
    let contacts = people.rows.iter().filter_map(|row| match &row.name {
        Name::Contact { email, mobile } => Some((email.as_deref(), mobile.as_deref())),
        Name::Id(_) => None,
    });
    let (emails, mobiles): (Vec<_>, Vec<_>) = contacts.unzip();
    let emails: Vec<&str> = emails.into_iter().flatten().collect();
    let mobiles: Vec<&str> = mobiles.into_iter().flatten().collect();
    let mut directory = HashMap::new();
    for start in (0..emails.len().max(mobiles.len())).step_by(BATCH) {
        let (emails, mobiles) = (batch(&emails, start), batch(&mobiles, start));
        directory.extend(client.repeat(|| look_up(client, emails, mobiles, id_type)).await?);
        progress(Step::Done(emails.len().max(mobiles.len())));
    }
    Ok(matched(people, &directory))
}

fn batch<'a>(values: &'a [&'a str], start: usize) -> &'a [&'a str] {
    values.get(start..).map(|rest| rest.get(..BATCH).unwrap_or(rest)).unwrap_or_default()
}

/// Emails and mobile numbers with the ids of those who have them.
async fn look_up(
    client: &RetryingClient,
    emails: &[&str],
    mobiles: &[&str],
    id_type: IdType,
) -> Result<Vec<(String, String)>, Error> {
    let strings = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
    let found = client
        .find_user_ids()
        .user_id_type(id_type.as_str())
        .body_map(|body| body.emails(strings(emails)).mobiles(strings(mobiles)))
        .send()
        .await?
        .into_inner();
    let mut pairs = Vec::new();
    for user in found.user_list.into_iter().flatten() {
        let Some(id) = user.user_id.filter(|id| !id.is_empty()) else { continue };
        for key in [user.email.as_deref().map(email_key), user.mobile.as_deref().map(mobile_key)].into_iter().flatten()
        {
            pairs.push((key, id.clone()));
        }
    }
    Ok(pairs)
}

fn matched(people: &People, directory: &HashMap<String, String>) -> Found {
    if people.rows.iter().all(|row| matches!(row.name, Name::Id(_))) {
        // The ids of a file differ.
        let ids = people.rows.iter().map(|row| match &row.name {
            Name::Id(id) => Some(id.clone()),
            Name::Contact { .. } => None,
        });
        return Found { ids: ids.collect(), problems: Vec::new() };
    }
    let mut found = Found::default();
    let mut lines: HashMap<&str, u64> = HashMap::with_capacity(people.rows.len());
    for row in &people.rows {
        let id = match &row.name {
            Name::Id(id) => Some(id),
            Name::Contact { email, mobile } => {
                let by_email = email.as_ref().and_then(|email| directory.get(&email_key(email)));
                let by_mobile = mobile.as_ref().and_then(|mobile| directory.get(&mobile_key(mobile)));
                if let (Some(one), Some(other)) = (by_email, by_mobile)
                    && one != other
                {
                    let text = format!("the email is that of {one} and the mobile number that of {other}");
                    found.problems.push(Problem::at(row.line, text));
                }
                by_email.or(by_mobile)
            }
        };
        if let Some(id) = id
            && let Some(earlier) = lines.insert(id, row.line)
        {
            let text = format!("{} and line {earlier} are the same person, {id}", row.name);
            found.problems.push(Problem::at(row.line, text));
        }
        found.ids.push(id.cloned());
    }
    found
}

fn email_key(email: &str) -> String {
    email.to_lowercase()
}

/// A number of mainland China has no country code, or +86.
fn mobile_key(mobile: &str) -> String {
    mobile.strip_prefix("+86").unwrap_or(mobile).to_owned()
}
