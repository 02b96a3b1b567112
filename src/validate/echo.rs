//! Messages of one environment in; out come the same without echoes.
//!
//! One text of a spec is in many fields of many objects: a component's name is that of five objects, and a label of
//! each of them. What is wrong with the text would be said once for each. So of the messages about what a text says or
//! how it is written that point at the same place, one stays: that of the reason which explains the others, at the
//! object that asks for most.

use super::names::{INVALID_ADDRESS, INVALID_KEY, INVALID_LABEL, INVALID_NAME, INVALID_PORT};
use super::pod::containers::DUPLICATE_PORT;
use super::pod_security::POD_SECURITY_VIOLATION;
use super::references::DUPLICATE_OBJECT;
use crate::diagnostic::house_rule::{
    CREDENTIAL_IN_CONFIG, INVALID_VARIABLE_NAME, INVISIBLE_CHARACTER, ROOT_NEVER_STARTS, RUNS_AS_ROOT,
};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use std::collections::BTreeMap;

/// The codes that echo, in groups of one cause each; of a group, the first that occurs at a place explains the others.
const GROUPS: &[&[Code]] = &[
    &[
        INVISIBLE_CHARACTER,
        INVALID_NAME,
        INVALID_LABEL,
        INVALID_PORT,
        INVALID_KEY,
        INVALID_VARIABLE_NAME,
        INVALID_ADDRESS,
    ],
    &[DUPLICATE_OBJECT],
    &[DUPLICATE_PORT],
    &[CREDENTIAL_IN_CONFIG],
    // Whoever takes the setting out has mended both; whoever waives the first sees the second.
    &[RUNS_AS_ROOT, ROOT_NEVER_STARTS, POD_SECURITY_VIOLATION],
];

/// The kinds whose names must keep to most rules, so that what suits them suits all others.
const STRICT: [&str; 2] = ["Namespace/", "Service/"];

/// Leaves one message of those that are about one text.
pub(super) fn removed(messages: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut best: BTreeMap<(usize, Span), (usize, usize, usize)> = BTreeMap::new();
    let keyed: Vec<_> =
        messages.iter().enumerate().map(|(index, it)| key(it).map(|(at, rank)| (at, rank, index))).collect();
    for (at, (code, kind), index) in keyed.iter().copied().flatten() {
        let candidate = (code, kind, index);
        let known = best.entry(at).or_insert(candidate);
        *known = candidate.min(*known);
    }
    let stays = |index: usize| match keyed[index] {
        Some((at, _, _)) => best.get(&at).is_some_and(|(_, _, winner)| *winner == index),
        None => true,
    };
    messages.into_iter().enumerate().filter(|(index, _)| stays(*index)).map(|(_, it)| it).collect()
}

/// Returns the cause and place of a message that may be an echo, and how well it explains them: less is better.
fn key(message: &Diagnostic) -> Option<((usize, Span), (usize, usize))> {
    let span = message.labels.first()?.span;
    let (group, code) = GROUPS
        .iter()
        .enumerate()
        .find_map(|(group, codes)| Some((group, codes.iter().position(|it| *it == message.code)?)))?;
    let is_name = message.message.contains(" `metadata.name`: ");
    let kind = STRICT.iter().position(|it| is_name && message.message.starts_with(it)).unwrap_or(STRICT.len());
    Some(((group, span), (code, kind)))
}

#[cfg(test)]
mod tests {
    use super::super::field::OUT_OF_RANGE;
    use super::{INVALID_LABEL, INVALID_NAME, INVISIBLE_CHARACTER, removed};
    use crate::diagnostic::{Code, Diagnostic};
    use crate::source::{Sources, Span};

    #[test]
    fn keeps_one_message_for_one_text() {
        let sources = Sources::new([("a".to_owned(), "abc".to_owned())]);
        let file = sources.iter().next().unwrap().0;
        let check = |found: &[(Code, &str, usize)], expected: &[&str]| {
            let message = |it: &(Code, &str, usize)| Diagnostic::new(it.0, it.1).at(Span::new(file, it.2, it.2), "");
            let left = removed(found.iter().map(message).collect());
            assert_eq!(left.iter().map(|it| it.message.as_str()).collect::<Vec<_>>(), expected);
        };
        let name = |object| (INVALID_NAME, object, 0);
        let strict = "Service/a `metadata.name`: b";
        check(&[name("ConfigMap/a"), name(strict), name("ServiceAccount/a")], &[strict]);
        check(&[(INVALID_LABEL, "Service/a", 0), name("Deployment/a")], &["Deployment/a"]);
        check(&[name("Deployment/a"), (INVISIBLE_CHARACTER, "a", 0)], &["a"]);
        check(&[name("a"), (INVALID_NAME, "b", 1)], &["a", "b"]);
        check(&[(OUT_OF_RANGE, "a", 0), (OUT_OF_RANGE, "b", 0)], &["a", "b"]);
        let placeless = vec![Diagnostic::new(INVALID_NAME, "a"), Diagnostic::new(INVALID_NAME, "b")];
        assert_eq!(removed(placeless).len(), 2);
    }
}
