//! Names that say whose they are: every id of a task begins with `t`, its number and `n`.
//!
//! So anybody who sees a request knows the task that sent it.

use crate::support::Received;

/// Each task has pages of a size of its own, from this one on.
const SMALLEST_PAGE: usize = 36;

/// A group of this task, by a word that only it has.
pub fn group(task: usize, word: impl std::fmt::Display) -> String {
    format!("t{task}n{word}")
}

/// The person who is in groups of this task.
pub fn member(task: usize) -> String {
    format!("ou_{}", group(task, ""))
}

/// The size of the pages in which this task lists all groups.
pub fn page_size(task: usize) -> i64 {
    (SMALLEST_PAGE + task) as i64
}

/// The task that sent this.
pub fn task_of(request: &Received) -> usize {
    let query = request.query();
    let parameter = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    if request.path().ends_with("/simplelist") {
        return parameter("page_size").unwrap().parse::<usize>().unwrap() - SMALLEST_PAGE;
    }
    let in_body = request.json()["group_id"].as_str().map(str::to_owned);
    let in_path = request.path().rsplit('/').next().map(str::to_owned);
    let name = in_body.or(parameter("member_id")).or(in_path).unwrap();
    let digits = name.trim_start_matches("ou_").trim_start_matches('t').split('n').next();
    digits.unwrap().parse().unwrap()
}
