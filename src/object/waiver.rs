//! House rules that are excused: what a spec says about it, and what that excuses.

use super::{Date, ObjectId, ObjectSet};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Span, Spanned};

/// A house rule that an object is excused from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiver {
    /// The rule's code.
    pub code: String,
    /// Why.
    pub reason: String,
    /// The last day on which it excuses; none where it has no end.
    pub until: Option<Spanned<Date>>,
    /// For a waiver of the app, the only object that it excuses: `ConfigMap/settings`.
    pub object: Option<String>,
    /// The line that says so.
    pub span: Span,
}

/// A house rule that is broken and excused.
#[derive(Clone, Debug)]
pub struct Waived {
    /// The rule.
    pub code: Code,
    /// The object that breaks it; the environment itself where several do together.
    pub object: ObjectId,
    /// The environment it is in.
    pub environment: String,
    /// Why it may.
    pub waiver: Waiver,
    /// What would have been said.
    pub message: Diagnostic,
}

impl Waived {
    /// A message about an environment that a waiver excuses.
    pub fn new(message: Diagnostic, waiver: &Waiver, environment: &str) -> Self {
        let object = message.object.clone().unwrap_or_else(|| ObjectId::environment(environment));
        let environment = environment.to_owned();
        Self { code: message.code, object, environment, waiver: waiver.clone(), message }
    }
}

impl ObjectSet {
    /// Returns the waiver that excuses from a message about this environment.
    ///
    /// That of the component comes first. A waiver of the app is about the object that it names, or else about all that
    /// belongs to no component.
    pub fn waiver(&self, message: &Diagnostic) -> Option<&Waiver> {
        let rule = |it: &&Waiver| it.code == message.code.name;
        let object = message.object.as_ref().and_then(|id| self.object(id));
        let own = object.and_then(|it| it.waivers.iter().find(rule));
        // An object of another environment is none of this one's affair.
        let belongs_to_none = match &message.object {
            None => true,
            Some(_) => object.is_some_and(|it| it.component.is_none()),
        };
        let name = message.object.as_ref().map(ObjectId::short);
        let names = |it: &&Waiver| if it.object.is_some() { it.object == name } else { belongs_to_none };
        own.or_else(|| self.environment.waivers.iter().filter(rule).find(names))
    }
}
