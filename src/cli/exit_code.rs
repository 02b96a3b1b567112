//! The exit codes, a sentence each.

/// What a run ended with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitCode {
    /// Everything was done, and nothing that was asked about was found.
    Done,
    /// There are differences or findings, where `--check` or `--fail-on` asked about them.
    Found,
    /// The command line or the spec is wrong; nothing was written.
    Wrong,
    /// The disk, git or the baseline failed; the tree is as it was.
    Failed,
    /// Refused, because a file that is not ours is in the way; nothing was written.
    Refused,
}

impl ExitCode {
    /// Every code, in the order of their numbers.
    pub const ALL: [Self; 5] = [Self::Done, Self::Found, Self::Wrong, Self::Failed, Self::Refused];

    /// The number the process ends with.
    pub const fn number(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Found => 1,
            Self::Wrong => 2,
            Self::Failed => 3,
            Self::Refused => 4,
        }
    }

    /// The sentence for `--help`.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Found => "differences or findings, where --check or --fail-on asked about them",
            Self::Wrong => "the command line or the spec is wrong; nothing was written",
            Self::Failed => "the disk, git or the baseline failed; the tree is as it was",
            Self::Refused => "refused, because a file that is not ours is in the way; nothing was written",
        }
    }
}
