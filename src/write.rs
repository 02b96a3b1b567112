//! The tree as it lies on disk and the tree that was compiled in, a plan of file operations out.
//!
//! The plan is a value, so that `--check` and a dry run cost nothing and the disk edge decides nothing. Its rules:
//!
//! - A file is ours if it begins with [`tree::GENERATED`](crate::tree::GENERATED). Only such a file is replaced or
//!   deleted; an empty file may be replaced too, because it holds nothing that could be lost.
//! - A file of ours that was not compiled is stale, where the run answers for its folder ([`Scope`]).
//! - Anything else at a path that we need is in the way: the plan lists it, and a plan that lists one is refused whole.
//! - Anything else anywhere else stays and is not mentioned.
//! - What is as it should be does not appear.

use crate::tree::{Create, Delete, Existing, Foreign, InTheWay, ManifestTree, OnDisk, Scope, Update, WritePlan};

/// Plans what turns the tree on disk into the wanted one.
pub fn plan(on_disk: &OnDisk, wanted: &ManifestTree, scope: &Scope) -> WritePlan {
    let mut plan = WritePlan::default();
    for (path, text) in &wanted.files {
        if let Some((obstacle, what)) = on_disk.obstacle_above(path) {
            let in_the_way = InTheWay { path: obstacle.to_owned(), what, wanted: path.clone() };
            plan.foreign_in_the_way.push(in_the_way);
            continue;
        }
        match on_disk.entries.get(path) {
            None => plan.create.push(Create { path: path.clone(), text: text.clone() }),
            Some(Existing::Ours(bytes)) if bytes == text.as_bytes() => plan.unchanged += 1,
            Some(Existing::Ours(bytes)) => {
                plan.update.push(Update { path: path.clone(), before: bytes.clone(), after: text.clone() });
            }
            Some(Existing::Foreign(Foreign::Empty)) => {
                plan.update.push(Update { path: path.clone(), before: Vec::new(), after: text.clone() });
            }
            Some(Existing::Foreign(what)) => {
                let in_the_way = InTheWay { path: path.clone(), what: *what, wanted: path.clone() };
                plan.foreign_in_the_way.push(in_the_way);
            }
        }
    }
    for (path, existing) in &on_disk.entries {
        match existing {
            Existing::Ours(bytes) if scope.contains(path) && !wanted.files.contains_key(path) => {
                plan.delete.push(Delete { path: path.clone(), before: bytes.clone() });
            }
            Existing::Ours(_) | Existing::Foreign(_) => {}
        }
    }
    plan
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::{Counts, GENERATED, State};
    use std::collections::BTreeSet;

    fn ours(body: &str) -> Existing {
        Existing::Ours(format!("{GENERATED}{body}\n").into_bytes())
    }

    fn planned(on_disk: &[(&str, Existing)], wanted: &[(&str, &str)], scope: &Scope) -> WritePlan {
        let entries = on_disk.iter().map(|(path, it)| ((*path).to_owned(), it.clone())).collect();
        let files = wanted.iter().map(|(path, body)| ((*path).to_owned(), format!("{GENERATED}{body}\n"))).collect();
        plan(&OnDisk { entries }, &ManifestTree { files }, scope)
    }

    /// Writes a plan in one line: `+create ~update -delete !in-the-way`.
    fn check(on_disk: &[(&str, Existing)], wanted: &[(&str, &str)], scope: &Scope, expected: &str) {
        let plan = planned(on_disk, wanted, scope);
        let words: Vec<String> = plan
            .create
            .iter()
            .map(|it| format!("+{}", it.path))
            .chain(plan.update.iter().map(|it| format!("~{}", it.path)))
            .chain(plan.delete.iter().map(|it| format!("-{}", it.path)))
            .chain(plan.foreign_in_the_way.iter().map(|it| format!("!{}", it.path)))
            .collect();
        assert_eq!(words.join(" "), expected);
        assert_eq!(plan.is_empty(), expected.is_empty());
    }

    #[test]
    fn everything_that_differs_is_planned_and_nothing_else() {
        let all = Scope::Everything;
        let foreign = Existing::Foreign(Foreign::File);
        check(&[], &[], &all, "");
        check(&[("a/x.yaml", ours("1"))], &[("a/x.yaml", "1")], &all, "");
        check(&[("a/x.yaml", ours("1"))], &[("a/x.yaml", "2"), ("a/y.yaml", "1")], &all, "+a/y.yaml ~a/x.yaml");
        check(&[("a/x.yaml", ours("1")), ("a/y.yaml", ours("1"))], &[("a/x.yaml", "1")], &all, "-a/y.yaml");
        check(&[("a/readme", foreign.clone())], &[("a/x.yaml", "1")], &all, "+a/x.yaml");
        check(&[("a/x.yaml", foreign.clone())], &[("a/x.yaml", "1")], &all, "!a/x.yaml");
        check(&[("a", foreign)], &[("a/x.yaml", "1")], &all, "!a");
        check(&[("a/x.yaml", Existing::Foreign(Foreign::Empty))], &[("a/x.yaml", "1")], &all, "~a/x.yaml");
        check(&[("a/x.yaml", Existing::Foreign(Foreign::Empty))], &[], &all, "");
        check(&[("a", Existing::Foreign(Foreign::Directory))], &[("a/x.yaml", "1")], &all, "+a/x.yaml");
        check(&[("a/x.yaml", Existing::Foreign(Foreign::Directory))], &[("a/x.yaml", "1")], &all, "!a/x.yaml");
        check(&[("a", Existing::Foreign(Foreign::Symlink))], &[("a/x.yaml", "1")], &all, "!a");
        check(&[("a", ours("1"))], &[("a/x.yaml", "1")], &all, "-a !a");
    }

    #[test]
    fn a_run_for_one_environment_leaves_the_others_alone() {
        let disk = [("dev/x.yaml", ours("1")), ("gone/x.yaml", ours("1")), ("prod/x.yaml", ours("1"))];
        let one = Scope::Folders(BTreeSet::from(["prod".to_owned()]));
        check(&disk, &[("prod/y.yaml", "1")], &one, "+prod/y.yaml -prod/x.yaml");
        check(&disk, &[], &Scope::Folders(BTreeSet::new()), "");
        check(&disk, &[("prod/x.yaml", "1"), ("dev/x.yaml", "1")], &Scope::Everything, "-gone/x.yaml");
    }

    #[test]
    fn differences_go_both_ways_and_by_path() {
        let disk = [("a/1", ours("1")), ("a/2", ours("1")), ("a/4", Existing::Foreign(Foreign::File))];
        let plan = planned(&disk, &[("a/2", "2"), ("a/3", "1"), ("a/4", "1")], &Scope::Everything);
        let differences = plan.differences();
        let states: Vec<_> = differences.iter().map(|it| (it.path, it.state)).collect();
        let expected =
            [("a/1", State::Stale), ("a/2", State::Differs), ("a/3", State::Missing), ("a/4", State::InTheWay)];
        assert_eq!(states, expected);
        assert_eq!(
            differences[1].unified(),
            format!("--- rendered/a/2 (on disk)\n+++ rendered/a/2 (compiled)\n@@ -1,2 +1,2 @@\n {GENERATED}-1\n+2\n")
        );
        assert!(differences[0].unified().starts_with("--- rendered/a/1 (on disk)\n+++ /dev/null\n"));
        assert!(differences[2].unified().starts_with("--- /dev/null\n+++ rendered/a/3 (compiled)\n"));
        assert_eq!(differences[3].unified(), "");
        assert_eq!(plan.counts(), Counts { create: 1, update: 1, delete: 1, unchanged: 0, in_the_way: 1 });
    }
}
