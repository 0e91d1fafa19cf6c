//! Plans: they end in the wanted set, and never remove more than allowed.

use feishu_groups::input::parse_manifest;
use feishu_groups::plan::tenant::Matches;
use feishu_groups::plan::{Ceiling, Drift, Options, Plan, Present, Refusal};
use feishu_user_groups::types::UserGroup;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRng, TestRunner};
use std::collections::BTreeSet;

fn ids(numbers: impl IntoIterator<Item = u32>) -> Vec<String> {
    numbers.into_iter().map(|number| format!("ou_{number:032}")).collect()
}

fn present(numbers: impl IntoIterator<Item = u32>) -> Present {
    Present { users: ids(numbers), ..Present::default() }
}

fn any_removals() -> Options {
    Options { max_removals: Ceiling::Percent(100.0), ..Options::default() }
}

fn applied(plan: &Plan) -> BTreeSet<String> {
    plan.unchanged.iter().chain(&plan.add).cloned().collect()
}

#[test]
fn plan_ends_in_the_wanted_set() {
    let mut runner = TestRunner::new_with_rng(
        Config { cases: 500, failure_persistence: None, ..Config::default() },
        TestRng::from_seed(proptest::test_runner::RngAlgorithm::ChaCha, &[7; 32]),
    );
    let inputs = (vec(0u32..40, 0..40), vec(0u32..40, 0..40), 0.0..=100.0, any::<bool>(), any::<bool>());
    runner
        .run(&inputs, |(now, wanted, share, keep_others, has_gap)| {
            let mut present = present(now.iter().copied().collect::<BTreeSet<_>>());
            present.gap = has_gap.then(|| "a page is missing".to_owned());
            let before: BTreeSet<_> = present.users.iter().cloned().collect();
            let target: BTreeSet<_> = ids(wanted.iter().copied()).into_iter().collect();
            let ceiling = Ceiling::Percent(share);
            let options = Options { keep_others, max_removals: ceiling };
            match Plan::new(present, ids(wanted), options) {
                Ok(plan) => {
                    prop_assert!(plan.remove.len() <= ceiling.of(before.len()));
                    prop_assert!(plan.remove.is_empty() || !has_gap && !keep_others && !target.is_empty());
                    let end = if keep_others { before.union(&target).cloned().collect() } else { target };
                    prop_assert_eq!(applied(&plan), end);
                    let all: BTreeSet<_> = plan.unchanged.iter().chain(&plan.remove).cloned().collect();
                    prop_assert_eq!(all, before);
                }
                Err(refusal) => {
                    let (members, removals) = (before.len(), before.difference(&target).count());
                    prop_assert!(!keep_others && removals > 0);
                    let is_right = match refusal {
                        Refusal::EmptyInput { members: of } => target.is_empty() && of == members,
                        Refusal::IncompleteRead { removals: of, .. } => has_gap && of == removals,
                        Refusal::TooManyRemovals { removals: of, allowed, .. } => {
                            of == removals && allowed == ceiling.of(members) && removals > allowed
                        }
                        // The others are about a tenant.
                        _ => false,
                    };
                    prop_assert!(is_right);
                }
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn ceiling_refuses_with_figures() {
    let refusal = Plan::new(present(0..8), ids(0..5), Options::default()).unwrap_err();
    assert_eq!(
        refusal,
        Refusal::TooManyRemovals { removals: 3, members: 8, allowed: 2, ceiling: Ceiling::Percent(25.0) }
    );
    assert!(refusal.to_string().starts_with("3 of 8 members would be removed, and the ceiling of 25% allows 2."));
    assert_eq!(Plan::new(present(0..8), ids(0..6), Options::default()).unwrap().remove.len(), 2);
}

#[test]
fn one_removal_always_allowed_by_default() {
    assert_eq!(Plan::new(present(0..2), ids(0..1), Options::default()).unwrap().remove, ids([1]));
    let none = Options { max_removals: Ceiling::Percent(0.0), ..Options::default() };
    assert!(Plan::new(present(0..2), ids(0..1), none).is_err());
}

#[test]
fn empty_file_never_empties_a_group() {
    let refusal = Plan::new(present(0..1), Vec::new(), any_removals()).unwrap_err();
    assert_eq!(refusal, Refusal::EmptyInput { members: 1 });
    assert!(Plan::new(present([]), Vec::new(), any_removals()).unwrap().is_empty());
}

#[test]
fn incomplete_read_only_adds() {
    let gap = Some("40 of 50 members were listed".to_owned());
    let incomplete = Present { gap, ..present(0..4) };
    let refusal = Plan::new(incomplete.clone(), ids(1..6), any_removals()).unwrap_err();
    assert!(matches!(refusal, Refusal::IncompleteRead { removals: 1, .. }));
    assert_eq!(Plan::new(incomplete, ids(0..6), any_removals()).unwrap().add, ids(4..6));
}

#[test]
fn dynamic_groups_do_not_change() {
    let dynamic = Present { is_dynamic: true, ..present(0..2) };
    assert_eq!(Plan::new(dynamic.clone(), ids(0..3), any_removals()), Err(Refusal::DynamicGroup));
    assert!(Plan::new(dynamic, ids(0..2), any_removals()).unwrap().is_empty());
}

#[test]
fn drift_ignores_the_plans_own_changes() {
    let plan = Plan::new(present(0..4), ids(1..6), any_removals()).unwrap();
    assert!(plan.drift(&present(0..6)).is_none());
    assert!(plan.drift(&present(1..4)).is_none());
    assert_eq!(plan.drift(&present([0, 2, 3, 9])), Drift { gone: 1, new: 1 });
}

#[test]
fn ceilings_in_words() {
    for text in ["101%", "-1%", "NaN%", "x", "-1", "", "1.5"] {
        assert!(text.parse::<Ceiling>().is_err(), "{text}");
    }
    assert_eq!("12.5 %".parse::<Ceiling>().unwrap().of(100), 12);
}

/// Groups of a tenant, by id and name.
fn groups(groups: &[(Option<&str>, &str)]) -> Vec<UserGroup> {
    let group = |(id, name): &(Option<&str>, &str)| serde_json::json!({ "id": id, "name": name });
    groups.iter().map(|named| serde_json::from_value(group(named)).unwrap()).collect()
}

#[test]
fn twins_are_told_apart_by_id() {
    let tenant = groups(&[(Some("t1"), "Twin"), (Some("t2"), "Twin"), (Some("t1"), "Twin")]);
    let manifest = parse_manifest("m", "groups: [{ name: Twin }]").unwrap();
    let problems = Matches::new(&manifest, tenant.clone()).problems;
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].text, "several groups have the name \"Twin\": t1, t2; add the id");
    let manifest = parse_manifest("m", "groups: [{ id: t2 }]").unwrap();
    let matches = Matches::new(&manifest, tenant);
    assert_eq!((matches.wanted[0].group.as_ref().unwrap().id(), matches.extra.len()), (Some("t2"), 1));
    assert_eq!(matches.problems, []);
}

#[test]
fn group_without_id_is_a_gap() {
    let manifest = parse_manifest("m", "groups: [{ name: A }]").unwrap();
    let matches = Matches::new(&manifest, groups(&[(Some("a"), "A"), (None, "B")]));
    assert_eq!(matches.gap.as_deref(), Some("1 group was listed without an id"));
    assert!(matches.extra.is_empty());
}
