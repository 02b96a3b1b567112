//! One thing that merging will do.

use super::review::SourceLine;
use crate::object::ObjectId;

/// How bad a consequence is, the worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// An expected effect that is worth stating.
    Note,
    /// Look before merging.
    Warn,
    /// A gap in traffic or availability is likely.
    Outage,
    /// Data, or a whole set of resources, can go.
    Loss,
    /// The API server will reject it, so the sync fails.
    Block,
}

impl Severity {
    /// Every severity, the worst first.
    pub const ALL: [Self; 5] = [Self::Block, Self::Loss, Self::Outage, Self::Warn, Self::Note];

    /// Its name in every report.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warn => "warn",
            Self::Outage => "outage",
            Self::Loss => "loss",
            Self::Block => "block",
        }
    }
}

/// What a finding is decided from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DecidedBy {
    /// The two trees alone.
    Trees,
    /// The trees and what the spec declares about the cluster and the GitOps controller.
    Declared,
    /// Only the cluster knows; what is said is what may happen.
    Live,
}

impl DecidedBy {
    /// Its name in every report.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Trees => "trees",
            Self::Declared => "declared",
            Self::Live => "live",
        }
    }
}

/// A kind of consequence; one heading in `docs/diagnostics.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ImpactCode {
    /// Kebab-case name, `rolling-restart`.
    pub name: &'static str,
    /// The severity it usually has.
    pub severity: Severity,
    /// What it is decided from.
    pub decided_by: DecidedBy,
    /// Where Kubernetes says that this happens.
    pub documentation: &'static str,
}

pub use crate::object::id::ENVIRONMENT;

/// One consequence of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What kind.
    pub code: ImpactCode,
    /// How bad, here.
    pub severity: Severity,
    /// The environments it happens in, in order.
    pub environments: Vec<String>,
    /// The object it happens to, or the environment ([`ENVIRONMENT`]); the namespace is left out where environments
    /// differ in it.
    pub object: ObjectId,
    /// The field that causes it, as shown to people; empty for the whole object.
    pub path: String,
    /// What happens, one sentence.
    pub message: String,
    /// What to do instead, or how to make sure; empty where nothing is to be done.
    pub help: String,
    /// The line that causes it.
    pub source: Option<SourceLine>,
}

/// The code of findings about trees that are not what their sources compile to; they stand before all others.
pub const RENDERED_DRIFT: &str = "rendered-drift";

impl Finding {
    /// A finding of this code in one environment, with the code's severity and no line yet.
    pub fn new(code: ImpactCode, environment: &str, object: &ObjectId, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity,
            environments: vec![environment.to_owned()],
            object: object.clone(),
            path: String::new(),
            message: message.into(),
            help: String::new(),
            source: None,
        }
    }

    /// True where it is about what is committed and not what the sources compile to.
    pub fn is_drift(&self) -> bool {
        self.code.name == RENDERED_DRIFT
    }

    /// True where it is about an environment as a whole.
    pub fn is_of_environment(&self) -> bool {
        self.object.group.is_empty() && self.object.kind == ENVIRONMENT
    }

    /// Names the field that causes it.
    #[must_use]
    pub fn at(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// Says what to do instead.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = text.into();
        self
    }

    /// Gives it another severity than its code usually has.
    #[must_use]
    pub fn with_severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Names the line that causes it.
    #[must_use]
    pub fn from_line(mut self, source: Option<SourceLine>) -> Self {
        self.source = source;
        self
    }
}
