//! How bad the house rules are, and what is excused from them.

use super::{UNKNOWN_RULE, argument, property_text};
use crate::diagnostic::house_rule::HOUSE_RULES;
use crate::diagnostic::{Code, Diagnostic, Level, Policy};
use crate::object::{Date, Waiver};
use crate::source::{Span, Spanned};
use crate::spec::{Entry, Node};

/// Reads the levels that an environment sets.
pub(super) fn read(app: &Node, diagnostics: &mut Vec<Diagnostic>) -> Policy {
    let mut policy = Policy::default();
    for node in app.child("policy").into_iter().flat_map(|it| &it.children) {
        let Some(rule) = rule(&node.name.value, Some(node.span()), diagnostics) else { continue };
        if let Some(level) = Level::from_word(&argument(node, 0).value) {
            policy.set(rule, level);
        }
    }
    policy
}

/// Reads the waivers of the app or of a component.
pub(super) fn waivers(node: &Node, diagnostics: &mut Vec<Diagnostic>) -> Vec<Waiver> {
    let mut waivers = Vec::new();
    for waiver in node.children_named("waive") {
        let code = argument(waiver, 0);
        let Some(rule) = rule(&code.value, code.origin.span, diagnostics) else { continue };
        waivers.push(Waiver {
            code: rule.name.to_owned(),
            reason: property_text(waiver, "reason").map(|it| it.value).unwrap_or_default(),
            until: waiver.property("until").and_then(|it| until(it, waiver.span())),
            object: property_text(waiver, "object").map(|it| it.value),
            span: waiver.span(),
        });
    }
    waivers
}

fn until(entry: &Entry, place: Span) -> Option<Spanned<Date>> {
    let value = Date::parse(&entry.text().value).ok()?;
    Some(Spanned { value, span: entry.span().unwrap_or(place) })
}

/// Finds a house rule, and reports a name that is none.
fn rule(name: &str, span: Option<Span>, diagnostics: &mut Vec<Diagnostic>) -> Option<Code> {
    let found = HOUSE_RULES.iter().find(|it| it.name == name);
    if found.is_none() {
        let message = format!("`{name}` is no house rule, so it can be neither set nor waived");
        let diagnostic = Diagnostic::new(UNKNOWN_RULE, message).at_some(span, "");
        diagnostics.push(diagnostic.suggest(name, HOUSE_RULES.iter().map(|it| it.name)).help(NOT_OURS));
    }
    found.copied()
}

const NOT_OURS: &str = "what the API server refuses stays an error: no policy makes it accept that; \
                        docs/diagnostics.md lists the house rules";

#[cfg(test)]
mod tests {
    use crate::resolve::tests::messages;

    #[test]
    fn only_house_rules_have_a_level() {
        let check = |app: &str, environment: &str, expected: &[&str]| {
            assert_eq!(messages(&format!("component a {{ image i }}; {app}"), environment), expected, "{app}");
        };
        check("policy { missing-probe warn }", "", &[]);
        check(
            "policy { missing-prob warn }",
            "",
            &["`missing-prob` is no house rule, so it can be neither set nor waived"],
        );
        check(
            "policy { selector-template-mismatch off }",
            "",
            &["`selector-template-mismatch` is no house rule, so it can be neither set nor waived"],
        );
        check("", "{ policy { missing-probe warn } }", &["nothing to override: the base has no `policy`"]);
        check("", "{ (add)policy { missing-probe warn } }", &[]);
        check("policy { missing-probe warn }", "{ policy { (add)missing-resources off } }", &[]);
        check(
            "policy { missing-probe warn }",
            "{ policy { missing-probe warn } }",
            &["this sets \"warn\" again, which it is already"],
        );
        check("policy { missing-probe warn }", "{ (remove)policy }", &[]);
    }

    #[test]
    fn a_waiver_of_the_app_is_named_by_its_object_too() {
        let check = |app: &str, environment: &str, expected: &[&str]| {
            assert_eq!(messages(&format!("component a {{ image i }}; {app}"), environment), expected, "{app}");
        };
        let both = "waive config-key-missing reason=a; waive config-key-missing object=\"Secret/b\" reason=b";
        check(both, "", &[]);
        check(both, "{ waive config-key-missing object=\"Secret/b\" reason=c }", &[]);
        check(both, "{ (remove)waive config-key-missing object=\"Secret/b\" }", &[]);
        check(
            both,
            "{ waive config-key-missing object=\"Secret/c\" reason=c }",
            &["nothing to override: the base has no `waive config-key-missing object=\"Secret/c\"`"],
        );
        check(
            both,
            "{ waive config-key-missing object=\"Secret/b\" }",
            &["`waive config-key-missing object=\"Secret/b\"` changes nothing"],
        );
    }
}
