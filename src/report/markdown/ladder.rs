//! What is left out, and in which order, where a comment has no room for everything.
//!
//! 1. Rendered diffs, those of unprotected environments first: they repeat what is said above them.
//! 2. The fields of unprotected environments, then of all: a row for each object.
//! 3. The picture; then findings below an outage become one for each code.
//! 4. Objects become a line of kinds, except for as many of protected environments as there is room for.
//! 5. Rows of every list, the last ones first; each list says how many it lost and what they were.
//!
//! The marker, the headline, the alert, the counts of findings and removals, and the accounting line stay on every rung.

/// How much is written of each change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    /// Each field.
    Fields,
    /// Each field of protected environments, each object of the others.
    FieldsOfProtected,
    /// Each object.
    Objects,
    /// The fields of as many objects as there is room for, and the kinds of the rest.
    Kinds,
}

/// How findings are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Findings {
    /// One by one.
    Each,
    /// Those below an outage as one for each code.
    ByCode,
}

/// One rung of the ladder.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rung {
    /// How much is written of each change.
    pub(super) detail: Detail,
    /// How findings are listed.
    pub(super) findings: Findings,
    /// The most rows of a list.
    pub(super) rows: usize,
}

/// The rungs, from the most that can be said to the least.
pub(super) const LADDER: [Rung; 11] = [
    Rung { detail: Detail::Fields, findings: Findings::Each, rows: usize::MAX },
    Rung { detail: Detail::FieldsOfProtected, findings: Findings::Each, rows: usize::MAX },
    Rung { detail: Detail::Objects, findings: Findings::Each, rows: usize::MAX },
    Rung { detail: Detail::Objects, findings: Findings::ByCode, rows: usize::MAX },
    Rung { detail: Detail::Kinds, findings: Findings::ByCode, rows: usize::MAX },
    Rung { detail: Detail::Kinds, findings: Findings::ByCode, rows: 100 },
    Rung { detail: Detail::Kinds, findings: Findings::ByCode, rows: 25 },
    Rung { detail: Detail::Kinds, findings: Findings::ByCode, rows: 8 },
    Rung { detail: Detail::Kinds, findings: Findings::ByCode, rows: 3 },
    Rung { detail: Detail::Kinds, findings: Findings::ByCode, rows: 1 },
    Rung { detail: Detail::Kinds, findings: Findings::ByCode, rows: 0 },
];
