//! The name of a kind of message. Every stage lists its own codes in a `CODES` table beside its rules.

/// A kind of message: a kebab-case name that also is its heading in `docs/diagnostics.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Code {
    /// The name, `unknown-node`.
    pub name: &'static str,
    /// The severity it has unless a stage says otherwise.
    pub severity: Severity,
    /// Whether the place that its messages point at may hold a secret, so that it is never printed.
    pub confidential: bool,
    /// Whether its messages name every environment, even where that is all of them.
    pub in_each_environment: bool,
}

/// How bad a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The compile stops and nothing is written.
    Error,
    /// Worth a look; the compile goes on.
    Warning,
    /// Good to know; the compile goes on.
    Note,
}

impl Code {
    /// A code whose messages stop the compile.
    pub const fn error(name: &'static str) -> Self {
        Self { name, severity: Severity::Error, confidential: false, in_each_environment: false }
    }

    /// A code whose messages let the compile go on.
    pub const fn warning(name: &'static str) -> Self {
        Self { name, severity: Severity::Warning, confidential: false, in_each_environment: false }
    }

    /// A code whose messages only tell something.
    pub const fn note(name: &'static str) -> Self {
        Self { name, severity: Severity::Note, confidential: false, in_each_environment: false }
    }

    /// The same code, whose messages never show what they point at.
    #[must_use]
    pub const fn confidential(self) -> Self {
        Self { confidential: true, ..self }
    }

    /// The same code, whose messages always name the environments.
    #[must_use]
    pub const fn in_each_environment(self) -> Self {
        Self { in_each_environment: true, ..self }
    }
}
