//! Two texts as lists of lines in, out which lines went, came and stayed, in hunks.

use similar::{Algorithm, ChangeTag, capture_diff_slices, group_diff_ops};

/// How many lines that stayed are shown around those that differ.
const CONTEXT: usize = 2;

/// One line: its place in the old text, in the new text, or in both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It is in both.
    Kept(usize, usize),
    /// It is only in the old text.
    Removed(usize),
    /// It is only in the new text.
    Added(usize),
}

/// Compares two texts line by line.
pub fn hunks(before: &[&str], after: &[&str]) -> Vec<Vec<Step>> {
    let operations = capture_diff_slices(Algorithm::Myers, before, after);
    let step = |tag, old: Option<usize>, new: Option<usize>| match (tag, old, new) {
        (ChangeTag::Equal, Some(old), Some(new)) => Some(Step::Kept(old, new)),
        (ChangeTag::Delete, Some(old), _) => Some(Step::Removed(old)),
        (ChangeTag::Insert, _, Some(new)) => Some(Step::Added(new)),
        (ChangeTag::Equal | ChangeTag::Delete | ChangeTag::Insert, _, _) => None,
    };
    let hunk = |operations: Vec<similar::DiffOp>| {
        let changes = operations.iter().flat_map(|it| it.iter_changes(before, after));
        changes.filter_map(|it| step(it.tag(), it.old_index(), it.new_index())).collect()
    };
    group_diff_ops(operations, CONTEXT).into_iter().map(hunk).collect()
}

#[cfg(test)]
mod tests {
    use super::hunks;

    /// Writes each hunk as the lines of a diff.
    fn check(before: &str, after: &str, expected: &[&str]) {
        let (old, new): (Vec<&str>, Vec<&str>) = (before.split(' ').collect(), after.split(' ').collect());
        let line = |step: &super::Step| match *step {
            super::Step::Kept(at, _) => format!(" {}", old[at]),
            super::Step::Removed(at) => format!("-{}", old[at]),
            super::Step::Added(at) => format!("+{}", new[at]),
        };
        let found: Vec<String> =
            hunks(&old, &new).iter().map(|it| it.iter().map(line).collect::<Vec<_>>().join("|")).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn lines_that_differ_stand_among_a_few_that_do_not() {
        check("a b", "a b", &[]);
        check("a b c d e", "a b x d e", &[" a| b|-c|+x| d| e"]);
        check("a b c d e f g h i", "A b c d e f g h I", &["-a|+A| b| c", " g| h|-i|+I"]);
        check("a", "a b", &[" a|+b"]);
    }
}
