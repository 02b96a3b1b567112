//! A plan, read as the differences that `--check` reports.

use super::WritePlan;
use crate::tree;
use similar::TextDiff;
use std::fmt;

/// A file that is not what the spec compiles to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference<'a> {
    /// Its path below the rendered directory.
    pub path: &'a str,
    /// In which way it differs.
    pub state: State,
    before: Option<&'a [u8]>,
    after: Option<&'a str>,
}

/// In which way a file differs from what the spec compiles to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Its bytes are others.
    Differs,
    /// Something that is not ours lies there.
    InTheWay,
    /// It is not there.
    Missing,
    /// It is there, and nothing makes it.
    Stale,
}

impl Difference<'_> {
    /// Returns the difference as unified text, from what is on disk to what was compiled; empty for what is in the way,
    /// whose content is nobody's business.
    pub fn unified(&self) -> String {
        let side = |side: Option<()>, which: &str| match side {
            Some(()) => format!("{}/{} ({which})", tree::DIRECTORY, self.path),
            None => "/dev/null".to_owned(),
        };
        let before = String::from_utf8_lossy(self.before.unwrap_or_default());
        let after = self.after.unwrap_or_default();
        TextDiff::from_lines(before.as_ref(), after)
            .unified_diff()
            .context_radius(3)
            .header(&side(self.before.map(drop), "on disk"), &side(self.after.map(drop), "compiled"))
            .to_string()
    }
}

impl fmt::Display for State {
    /// Writes `differs`, `in the way`, `missing` or `stale`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Differs => "differs",
            Self::InTheWay => "in the way",
            Self::Missing => "missing",
            Self::Stale => "stale",
        })
    }
}

/// Lists what a plan would change, by path.
pub(super) fn of(plan: &WritePlan) -> Vec<Difference<'_>> {
    let missing = plan.create.iter().map(|it| Difference {
        path: &it.path,
        state: State::Missing,
        before: None,
        after: Some(&it.text),
    });
    let differs = plan.update.iter().map(|it| Difference {
        path: &it.path,
        state: State::Differs,
        before: Some(&it.before),
        after: Some(&it.after),
    });
    let stale = plan.delete.iter().map(|it| Difference {
        path: &it.path,
        state: State::Stale,
        before: Some(&it.before),
        after: None,
    });
    let in_the_way = plan.foreign_in_the_way.iter().map(|it| Difference {
        path: &it.path,
        state: State::InTheWay,
        before: None,
        after: None,
    });
    let mut all: Vec<_> = missing.chain(differs).chain(stale).chain(in_the_way).collect();
    all.sort_by_key(|it| it.path);
    all.dedup_by_key(|it| (it.path, it.state));
    all
}
