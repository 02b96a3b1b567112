//! One shape for every message about the spec: a code, what is wrong, where, and what to do.

pub mod code;
pub mod excerpt;
pub mod house_rule;
pub mod policy;
pub mod suggest;
pub mod visible;

use crate::object::ObjectId;
use crate::source::Span;
pub use code::{Code, Severity};
pub use policy::{Level, Policy};

/// One message. The first label is the place a reader should look at first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind of problem.
    pub code: Code,
    /// How bad; the code's own severity unless a stage says otherwise.
    pub severity: Severity,
    /// What is wrong, and what was expected: lower case, names in backticks, no full stop.
    pub message: String,
    /// The places, the most useful first.
    pub labels: Vec<Label>,
    /// What to do, one sentence each.
    pub help: Vec<String>,
    /// The environments in which it was found; empty where it does not depend on one.
    pub environments: Vec<String>,
    /// The object that it is about; none for the spec as such, and for several objects together.
    pub object: Option<ObjectId>,
}

/// A place in the source and what is to be seen there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is there; may be empty for the first label.
    pub text: String,
}

impl Diagnostic {
    /// A message of this code, with the code's severity and no place yet.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity,
            message: message.into(),
            labels: Vec::new(),
            help: Vec::new(),
            environments: Vec::new(),
            object: None,
        }
    }

    /// Says which object it is about.
    #[must_use]
    pub fn about(mut self, object: &ObjectId) -> Self {
        self.object = Some(object.clone());
        self
    }

    /// Adds a place.
    #[must_use]
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Adds a place where one is known.
    #[must_use]
    pub fn at_some(self, span: Option<Span>, text: impl Into<String>) -> Self {
        match span {
            Some(span) => self.at(span, text),
            None => self,
        }
    }

    /// Swaps the first two places where the second stands later: of two that clash, the later one is looked at first.
    #[must_use]
    pub fn later_first(mut self) -> Self {
        if let [first, second, ..] = self.labels.as_mut_slice()
            && first.span < second.span
        {
            std::mem::swap(&mut first.span, &mut second.span);
        }
        self
    }

    /// Adds a sentence that says what to do.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help.push(text.into());
        self
    }

    /// Adds "did you mean" where a known name is near enough to what was written.
    #[must_use]
    pub fn suggest<'a>(self, written: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        match suggest::nearest(written, known) {
            Some(name) => self.help(format!("did you mean `{name}`?")),
            None => self,
        }
    }

    /// Says in which environment it was found.
    #[must_use]
    pub fn in_environment(mut self, name: &str) -> Self {
        self.environments.push(name.to_owned());
        self
    }

    /// True for a message that stops the compile.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Sorts by file and position, and joins messages that differ only in their environment. What is an error in one and a
/// warning in another stays two.
pub fn sorted(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let key = |it: &Diagnostic| {
        let place = it.labels.first().map(|label| label.span);
        (place, it.code.name, it.message.clone(), it.labels.clone(), it.severity)
    };
    diagnostics.sort_by(|a, b| key(a).cmp(&key(b)).then_with(|| a.environments.cmp(&b.environments)));
    let mut joined: Vec<Diagnostic> = Vec::new();
    for next in diagnostics {
        match joined.last_mut() {
            Some(last) if key(last) == key(&next) && last.help == next.help => {
                for name in next.environments {
                    if !last.environments.contains(&name) {
                        last.environments.push(name);
                    }
                }
            }
            _ => joined.push(next),
        }
    }
    joined
}

/// Forgets the environments of messages that were found in every one of them: the place says enough.
pub fn generalised(mut diagnostics: Vec<Diagnostic>, all: &[&str]) -> Vec<Diagnostic> {
    for diagnostic in diagnostics.iter_mut().filter(|it| !it.code.in_each_environment) {
        if all.iter().all(|name| diagnostic.environments.iter().any(|it| it == name)) {
            diagnostic.environments.clear();
        }
    }
    diagnostics
}

#[cfg(test)]
mod tests {
    use super::{Code, Diagnostic, Severity, generalised, sorted};

    #[test]
    fn joins_what_is_as_bad_everywhere() {
        let message = |severity, environment| {
            let message = Diagnostic::new(Code::error("x"), "").in_environment(environment);
            Diagnostic { severity, ..message }
        };
        let (error, warning) = (Severity::Error, Severity::Warning);
        let found = sorted(vec![message(warning, "dev"), message(error, "test"), message(error, "prod")]);
        let shown: Vec<_> = found.iter().map(|it| (it.severity, it.environments.join(","))).collect();
        assert_eq!(shown, [(error, "prod,test".to_owned()), (warning, "dev".to_owned())]);
    }

    #[test]
    fn a_message_of_every_environment_names_none() {
        let check = |found: &[&str], expected: &[&str]| {
            let mut message = Diagnostic::new(Code::error("x"), "");
            message.environments = found.iter().map(|it| (*it).to_owned()).collect();
            assert_eq!(generalised(vec![message], &["dev", "prod"])[0].environments, expected);
        };
        check(&["dev", "prod"], &[]);
        check(&["prod"], &["prod"]);
        check(&[], &[]);
    }
}
