//! How many pods of a workload there are while it goes from its old state to its new one: the numbers of the rollout
//! pictures.

use super::workload::{Pods, recreates, replicas, restarts, rollout_bounds};
use crate::change::{Comparison, EnvironmentComparison, Restart, RolloutChange, Side};
use crate::object::Object;

/// Returns what happens to the pods of each workload that restarts or gets another number of them, the same in several
/// environments once.
pub(super) fn changes(input: &Comparison<'_>) -> Vec<RolloutChange> {
    let mut changes: Vec<RolloutChange> = Vec::new();
    for environment in &input.environments {
        for next in Pods::all(environment, Side::After).filter_map(|it| of_workload(environment, it.object)) {
            let numbers = |it: &RolloutChange| (it.before, it.after, it.least, it.most, it.restarts);
            let is_same = |it: &&mut RolloutChange| it.workload == next.workload && numbers(it) == numbers(&next);
            match changes.iter_mut().find(is_same) {
                Some(same) => same.environments.extend(next.environments),
                None => changes.push(next),
            }
        }
    }
    changes.sort_by(|a, b| (&a.workload, &a.environments).cmp(&(&b.workload, &b.environments)));
    changes
}

/// Looks at one workload of the new state; none where it is new, stays as it is, or its number is not in the tree.
fn of_workload(environment: &EnvironmentComparison<'_>, workload: &Object) -> Option<RolloutChange> {
    let old = environment.object(Side::Before, &workload.id)?;
    let before = replicas(environment.objects(Side::Before), old);
    let after = replicas(environment.objects(Side::After), workload);
    let restarts = if restarts(environment, workload) { Restart::Replaced } else { Restart::RunOn };
    if before == after && (restarts == Restart::RunOn || after == 0) || workload.id.kind == "Job" {
        return None;
    }
    let (fewer, more) = (before.min(after), before.max(after));
    let (least, most) = match (restarts, workload.id.kind.as_str()) {
        (Restart::RunOn, _) => (fewer, more),
        (Restart::Replaced, "Deployment") if recreates(workload) => (0, more),
        (Restart::Replaced, "Deployment") => {
            let bounds = rollout_bounds(workload, after);
            (after.saturating_sub(bounds.unavailable).min(before), (after + bounds.surge).max(before))
        }
        // One pod at a time, and only then the next one.
        (Restart::Replaced, _) => (fewer.saturating_sub(1), more),
    };
    let environments = vec![environment.name().to_owned()];
    Some(RolloutChange { environments, workload: workload.id.short(), before, after, least, most, restarts })
}

#[cfg(test)]
mod tests {
    use crate::assess::tests::fixture::{deployment, review_one, with};
    use serde_json::{Value, json};

    #[test]
    fn numbers_are_those_of_the_controllers() {
        let web = |replicas: u64, image: &str| deployment("web", replicas, json!({"image": image}));
        let check = |before: Value, after: Value, expected: &[(u64, u64, u64, u64)]| {
            let found = review_one(&[before], &[after]).rollouts;
            let found: Vec<_> = found.iter().map(|it| (it.before, it.after, it.least, it.most)).collect();
            assert_eq!(found, expected);
        };
        check(web(3, "web:1"), web(3, "web:1"), &[]);
        check(web(3, "web:1"), web(3, "web:2"), &[(3, 3, 3, 4)]);
        check(web(3, "web:1"), web(5, "web:2"), &[(3, 5, 3, 7)]);
        check(web(8, "web:1"), web(4, "web:2"), &[(8, 4, 3, 8)]);
        check(web(3, "web:1"), web(5, "web:1"), &[(3, 5, 3, 5)]);
        let recreate = |image| with(web(2, image), "/spec/strategy", json!({"type": "Recreate"}));
        check(recreate("web:1"), recreate("web:2"), &[(2, 2, 0, 2)]);
        let set = |image| with(web(3, image), "/kind", json!("StatefulSet"));
        check(set("web:1"), set("web:2"), &[(3, 3, 2, 3)]);
        let agent = |image| with(web(1, image), "/kind", json!("DaemonSet"));
        check(agent("web:1"), agent("web:2"), &[]);
    }
}
