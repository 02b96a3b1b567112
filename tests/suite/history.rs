//! The history of this repository's own tree, from its first commit on: what merging each step did.
//!
//! The first steps are held in `tests/golden/history`. Later ones are reviewed too, and must be accounted for. In a copy
//! without history, such as a shallow clone, there is nothing to look at, and the test says so.

use crate::support::cases::project_path;
use crate::support::golden::Failures;
use crate::support::program::run;
use std::path::Path;
use std::process::Command;

/// How many steps are held.
const HELD: usize = 2;

#[test]
fn every_step_of_our_own_tree_is_reviewed() {
    let root = project_path("");
    let Some(steps) = steps(&root) else {
        println!("not a clone with its whole history: nothing was reviewed");
        return;
    };
    assert!(steps.len() >= HELD, "{steps:?}");
    let mut failures = Failures::default();
    for (index, step) in steps.iter().enumerate() {
        let told = run(&root, &["review", "--head", step, "--format", "plain"]).ends_with(0).data;
        if index < HELD {
            let path = project_path("tests/golden/history").join(format!("{}.txt", index + 1));
            failures.text(&path, &without_ids(&told));
        }
        let accounting = told.lines().find(|it| it.contains(" shown + ")).unwrap_or_default();
        if !accounting.ends_with(" 0 omitted") && !told.starts_with("no changes") {
            failures.push(format!("{step}: {accounting}"));
        }
    }
    failures.finish();
}

/// Returns the commits that changed the tree, the oldest first.
fn steps(root: &Path) -> Option<Vec<String>> {
    let git = |words: &[&str]| {
        let output = Command::new("git").arg("-C").arg(root).args(words).output().ok()?;
        output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
    };
    if git(&["rev-parse", "--is-shallow-repository"])?.trim() != "false" {
        return None;
    }
    let commits = git(&["log", "--reverse", "--topo-order", "--format=%H", "--", "rendered"])?;
    Some(commits.lines().map(str::to_owned).collect())
}

/// Writes a review without the ids of commits, which another copy of the history may have otherwise.
fn without_ids(told: &str) -> String {
    let is_id = |it: &str| it.len() >= 7 && it.bytes().all(|it| it.is_ascii_hexdigit());
    let word = |it: &str| {
        let id = it.trim_matches(|it: char| !it.is_ascii_alphanumeric());
        if is_id(id) { it.replace(id, "COMMIT") } else { it.to_owned() }
    };
    let line = |it: &str| it.split(' ').map(word).collect::<Vec<_>>().join(" ");
    told.lines().map(line).collect::<Vec<_>>().join("\n") + "\n"
}
