//! One field of every environment in, the reason why it may differ out.

use super::{Field, names};
use crate::object::ObjectSet;
use crate::parity::Reason;
use crate::source::{Origin, Sources};
use serde_json::Value;

/// Returns why a field may differ. Of several reasons, the one that says most.
pub(super) fn of(fields: &[Field<'_>], sets: &[ObjectSet], sources: &Sources) -> Reason {
    let Some(first) = fields.first() else { return Reason::Same };
    if fields.iter().all(|it| it.value == first.value) {
        return Reason::Same;
    }
    if fields.iter().any(|it| it.value.is_none()) {
        return Reason::NotEverywhere;
    }
    if is_named(fields, sets) {
        return Reason::Named;
    }
    let own = |origin: &Origin| origin.span.is_some_and(|it| sources.file(it.file).environment().is_some());
    let origins: Vec<&Origin> = fields.iter().filter_map(|it| it.origin).collect();
    // Different values from one line: a rule or a reference makes them of something else, which differs.
    let is_made = |it: &&Origin| it.span == origins[0].span && (it.span.is_some() || it.rule.is_some());
    if origins.len() == fields.len() && origins.iter().all(is_made) {
        return Reason::Derived;
    }
    let is_new = |it: &&Origin| own(it) && it.overrides.is_empty();
    if origins.len() == fields.len() && origins.iter().all(is_new) {
        return Reason::OwnValue;
    }
    if origins.iter().any(|it| own(it)) { Reason::Overridden } else { Reason::Unexplained }
}

/// True where all values are the same once each environment's own name is taken out.
fn is_named(fields: &[Field<'_>], sets: &[ObjectSet]) -> bool {
    let texts = fields
        .iter()
        .zip(sets)
        .map(|(field, set)| field.value.and_then(Value::as_str).map(|text| names::without(text, &set.environment)));
    let Some(texts) = texts.collect::<Option<Vec<_>>>() else { return false };
    (0..2).any(|way| texts.iter().all(|it| it[way] == texts[0][way]))
}

#[cfg(test)]
mod tests {
    use super::of;
    use crate::align::Field;
    use crate::object::ObjectSet;
    use crate::object::set::Environment;
    use crate::parity::Reason;
    use crate::source::{Origin, Sources, Span};
    use serde_json::Value;

    /// Checks the reason for two values, each with its file, as a path and a line that it overrides or none.
    #[track_caller]
    fn check(fields: [(Option<&str>, &str, &[&str]); 2], expected: Reason) {
        let files = ["base/a.kdl", "environments/dev.kdl", "environments/prod.kdl"];
        let sources = Sources::new(files.map(|it| (it.to_owned(), String::new())));
        let span = |name: &str| {
            let file = sources.iter().find(|(_, it)| it.name == name);
            file.map(|(id, _)| Span::new(id, 0, 0))
        };
        let values = fields.map(|(value, ..)| value.map(Value::from));
        let origins = fields.map(|(_, file, over)| Origin {
            span: span(file),
            overrides: over.iter().filter_map(|it| span(it)).collect(),
            rule: None,
        });
        let sets =
            ["dev", "prod"].map(|it| ObjectSet { environment: Environment::undeclared(it), objects: Vec::new() });
        let fields: Vec<Field<'_>> = values
            .iter()
            .zip(&origins)
            .map(|(value, origin)| Field { value: value.as_ref(), origin: origin.span.map(|_| origin) })
            .collect();
        assert_eq!(of(&fields, &sets, &sources), expected);
    }

    #[test]
    fn says_why_values_differ() {
        let (base, dev, prod) = ("base/a.kdl", "environments/dev.kdl", "environments/prod.kdl");
        check([(Some("a"), base, &[]), (Some("a"), prod, &[base])], Reason::Same);
        check([(Some("x-dev"), base, &[]), (Some("x-prod"), base, &[])], Reason::Named);
        check([(Some("a"), dev, &[]), (Some("b"), prod, &[])], Reason::OwnValue);
        check([(Some("a"), dev, &[base]), (Some("b"), prod, &[])], Reason::Overridden);
        check([(Some("a"), base, &[]), (Some("b"), prod, &[base])], Reason::Overridden);
        check([(Some("a"), base, &[]), (None, "", &[])], Reason::NotEverywhere);
        check([(Some("a"), base, &[]), (Some("b"), base, &[])], Reason::Derived);
        check([(Some("a"), "", &[]), (Some("b"), "", &[])], Reason::Unexplained);
    }
}
