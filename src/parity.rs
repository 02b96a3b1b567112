//! The fields of all environments beside each other, with the reason why each may differ.

use crate::source::Location;
use serde_json::Value;

/// The fields of a project's environments.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parity {
    /// The app's name.
    pub app: String,
    /// The environments, by name: the columns.
    pub environments: Vec<String>,
    /// The rows, by component and object; those of one object in the order of its fields.
    pub rows: Vec<Row>,
    /// How many fields there are.
    pub accounting: Accounting,
}

/// One field, in every environment.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The component whose object it is; none for an object of the app.
    pub component: Option<String>,
    /// The object.
    pub object: ComparedObject,
    /// The field; empty for an object that some environments do not have at all.
    pub path: String,
    /// What each environment has there, in the order of the environments.
    pub cells: Vec<Cell>,
    /// Why it may differ.
    pub reason: Reason,
    /// What makes the difference worth a look.
    pub flags: Vec<Flag>,
    /// Further fields that the same lines set to the same values.
    pub also: Vec<SameLines>,
}

/// An object without what an environment's name and namespace make of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ComparedObject {
    /// Group of its API; empty for the core group.
    pub group: String,
    /// Kind.
    pub kind: String,
    /// Name, with `<environment>` for the environment's name and `<namespace>` for its namespace.
    pub name: String,
}

/// A further field of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SameLines {
    /// Its object.
    pub object: ComparedObject,
    /// Its path.
    pub path: String,
}

/// What one environment has in a row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cell {
    /// The value; none where the environment has no such field. Of a whole object, `true`.
    pub value: Option<Value>,
    /// The line that set it, or that left it out.
    pub source: Option<Location>,
    /// The compiler's rule, where no line says the value itself.
    pub rule: Option<&'static str>,
}

/// Why a field may differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// It does not.
    Same,
    /// It has the environment's name or namespace in it.
    Named,
    /// Each environment says it, and the base does not.
    OwnValue,
    /// The base says it, and an environment or a layer another value.
    Overridden,
    /// Some environments do not have it.
    NotEverywhere,
    /// The compiler makes it of other fields, such as a checksum.
    Derived,
    /// No line and no rule of ours accounts for it.
    Unexplained,
}

/// What makes a difference worth a look.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flag {
    /// No line and no rule accounts for it.
    Unexplained,
    /// A setting that one environment has, and no other.
    OnlyIn(String),
    /// A setting that one environment lacks, and all others have.
    MissingIn(String),
    /// A protected environment runs a newer version than one that is not.
    NewerWhereProtected {
        /// The protected one.
        protected: String,
        /// The one that runs less.
        other: String,
    },
    /// Images that are not versions of one another.
    OtherImages,
}

/// How many fields there are, each counted once for all environments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accounting {
    /// All of them.
    pub fields: usize,
    /// Those that are the same everywhere.
    pub same: usize,
    /// Those that follow from the environment's name or namespace.
    pub named: usize,
    /// Those that the compiler makes of others that differ.
    pub derived: usize,
}

/// Which rows are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// Those that differ, but for what follows from names or from other fields.
    Differing,
    /// Every row.
    All,
}

impl Reason {
    /// Returns the name that programs read.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Named => "named",
            Self::OwnValue => "own-value",
            Self::Overridden => "overridden",
            Self::NotEverywhere => "not-everywhere",
            Self::Derived => "derived",
            Self::Unexplained => "unexplained",
        }
    }
}

impl Flag {
    /// Returns the name that programs read.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Unexplained => "unexplained",
            Self::OnlyIn(_) => "only-in-one",
            Self::MissingIn(_) => "missing-in-one",
            Self::NewerWhereProtected { .. } => "newer-where-protected",
            Self::OtherImages => "other-images",
        }
    }
}
