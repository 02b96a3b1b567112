//! An overlay on a base: the rules on top of this folder, carried out.

use super::removed::REMOVED_HERE;
use super::{ALREADY_EXISTS, NOTHING_TO_OVERRIDE, OVERRIDE_WITHOUT_EFFECT};
use crate::diagnostic::{Diagnostic, suggest};
use crate::source::Span;
use crate::spec::grammar::{Form, Identity};
use crate::spec::{Entry, Literal, Mark, Node, Removal};

/// What an overlay is merged into, as messages call it.
struct Below<'a> {
    /// The place itself: the base, a layer, or a node in one of them.
    place: &'a str,
    /// Where its nodes are, said after their names; empty for the base, which needs no saying.
    of: &'a str,
}

/// Applies the nodes of an environment or a layer to what it extends: the base, where that has no name.
pub(super) fn overlay(app: &mut Node, above: &Node, extended: Option<&str>, diagnostics: &mut Vec<Diagnostic>) {
    // The one property that both have: what runs in an environment may be another version of the app.
    if let Some(version) = above.property("version") {
        property(app, "version", version, diagnostics);
    }
    let of = extended.map(|it| format!(" in {it}")).unwrap_or_default();
    children(app, above, &Below { place: extended.unwrap_or("the base"), of: &of }, diagnostics);
}

/// Properties that hold for the one node that has them: what it extends is not what those that extend it do, a
/// namespace has one owner, and a version is the app's.
const NOT_INHERITED: [&str; 3] = ["extends", "namespace", "version"];

/// Returns an environment's or a layer's node with the settings that it inherits.
pub(super) fn settings(inherited: Option<&Node>, above: &Node, diagnostics: &mut Vec<Diagnostic>) -> Node {
    let mut settings = above.clone();
    settings.properties = inherited.map(|it| it.properties.clone()).unwrap_or_default();
    settings.properties.retain(|name, _| !NOT_INHERITED.contains(name));
    for (name, entry) in above.properties.iter().filter(|(name, _)| **name != "version") {
        property(&mut settings, name, entry, diagnostics);
    }
    // Whose Namespace has the label is settled where one of the two is said.
    let level = inherited.and_then(|it| it.child("pod-security"));
    let is_said = above.property("create-namespace").is_some() || above.child("pod-security").is_some();
    settings.children.extend(level.filter(|_| !is_said).cloned());
    settings
}

/// Applies the nodes inside `above` to those inside `below`.
fn children(below: &mut Node, above: &Node, place: &Below<'_>, diagnostics: &mut Vec<Diagnostic>) {
    if above.children.iter().any(Node::is_item) {
        list_of_items(below, above, diagnostics);
        return;
    }
    for node in &above.children {
        let index = below.children.iter().position(|it| it.is_same(node));
        let mark = node.mark.as_ref().map(|it| it.value);
        match (index, mark) {
            (_, None) if node.rule.identity == Identity::Stacked => below.children.push(node.clone()),
            (Some(index), None) => values(&mut below.children[index], node, place, diagnostics),
            (Some(index), Some(Mark::Replace)) => {
                let taken = &below.children[index];
                if says_the_same(node, taken) {
                    let message = format!("`(replace){}` puts back what is there already", node.describe());
                    let diagnostic = Diagnostic::new(OVERRIDE_WITHOUT_EFFECT, message).at(node.span(), "");
                    diagnostics.push(diagnostic.at(taken.span(), "declared here").help("remove one of the two"));
                }
                below.children[index] = replacement(node, taken);
            }
            (Some(_), Some(Mark::Remove)) => {
                below.children.retain(|it| !it.is_same(node));
                below.removed.push(removal(node, node.span()));
            }
            (Some(index), Some(Mark::Add)) => {
                diagnostics.push(already_exists(&below.children[index], node, place.place));
            }
            (None, Some(Mark::Add)) => below.children.push(Node { mark: None, ..node.clone() }),
            (None, None | Some(Mark::Remove | Mark::Replace)) => {
                diagnostics.push(nothing_to_override(below, node, mark, place.place));
            }
        }
    }
}

/// Replaces a list of items as a whole, however the list below is written.
fn list_of_items(below: &mut Node, above: &Node, diagnostics: &mut Vec<Diagnostic>) {
    let mut new = replacement(above, below);
    new.origin.overrides.retain(|it| *it != below.span());
    if above.arguments.is_empty() && says_the_same(above, below) && below.arguments.is_empty() {
        let message = format!("`{}` is this list already", above.describe());
        let diagnostic = Diagnostic::new(OVERRIDE_WITHOUT_EFFECT, message).at(above.span(), "");
        diagnostics.push(diagnostic.at(below.span(), "already set here").help("remove one of the two lists"));
    }
    for child in &mut new.children {
        child.origin.overrides.push(below.span());
    }
    below.arguments = new.arguments;
    below.children = new.children;
}

/// Merges one node into the same node below.
fn values(below: &mut Node, above: &Node, place: &Below<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let named_by = above.rule.naming_arguments();
    let values = || above.properties.iter().filter(|(name, _)| !above.rule.is_naming_property(name));
    let says_nothing = above.arguments.len() <= named_by && values().count() == 0 && above.children.is_empty();
    if says_nothing {
        let message = format!("`{}` changes nothing", above.describe());
        let diagnostic = Diagnostic::new(OVERRIDE_WITHOUT_EFFECT, message).at(above.span(), "");
        diagnostics.push(diagnostic.at(below.span(), "what it could change is here").help("remove the line"));
    }
    // From the first place that takes any number of values on, they are one value.
    let single = above.rule.arguments.iter().position(|it| it.many).unwrap_or(above.arguments.len());
    if above.rule.is_list() {
        if !above.arguments.is_empty() {
            below.children.retain(|it| !it.is_item());
        }
        list(below, above, 0, diagnostics);
    } else {
        for (index, entry) in above.arguments.iter().enumerate().take(single).skip(named_by) {
            // A place before others that are given has to be filled.
            let is_last = index + 1 == above.arguments.len();
            match below.arguments.get_mut(index) {
                Some(known) if !is_last && is_equal(above.rule.form, &known.value, &entry.value) => {}
                Some(known) => replace(above.rule.form, known, entry, diagnostics),
                None => below.arguments.push(entry.clone()),
            }
        }
        if above.arguments.len() > single {
            list(below, above, single, diagnostics);
        }
    }
    for (name, entry) in values() {
        property(below, name, entry, diagnostics);
    }
    let own = format!("`{}`{}", below.describe(), place.of);
    children(below, above, &Below { place: &own, ..*place }, diagnostics);
}

/// Sets one named value, or takes it away.
fn property(below: &mut Node, name: &'static str, above: &Entry, diagnostics: &mut Vec<Diagnostic>) {
    if above.value == Literal::Null {
        if below.properties.remove(name).is_none() {
            let message = format!("nothing to take away: `{}` has no `{name}` to set to #null", below.describe());
            let diagnostic = Diagnostic::new(NOTHING_TO_OVERRIDE, message).at_some(above.span(), "");
            let known: Vec<&str> = below.properties.keys().copied().collect();
            diagnostics.push(match suggest::nearest(name, known) {
                Some(near) => diagnostic.help(format!("did you mean `{near}=#null`?")),
                None => diagnostic.help("remove it: it is not set"),
            });
        }
        return;
    }
    match below.properties.get_mut(name) {
        Some(known) => replace(Form::Settings, known, above, diagnostics),
        None => {
            below.properties.insert(name, above.clone());
        }
    }
}

/// Replaces a list of values, from its first place on, as a whole.
fn list(below: &mut Node, above: &Node, from: usize, diagnostics: &mut Vec<Diagnostic>) {
    if above.arguments.is_empty() {
        return;
    }
    let old = below.arguments.split_off(from.min(below.arguments.len()));
    let new = &above.arguments[from..];
    let same =
        old.len() == new.len() && old.iter().zip(new).all(|(a, b)| is_equal(above.rule.form, &a.value, &b.value));
    below.arguments.extend(new.iter().cloned());
    let Some(first) = old.first() else { return };
    if same {
        without_effect(&new[0], first, diagnostics);
    }
    for entry in below.arguments.iter_mut().skip(from) {
        lost(entry, first);
    }
}

/// Replaces one value.
fn replace(form: Form, below: &mut Entry, above: &Entry, diagnostics: &mut Vec<Diagnostic>) {
    if is_equal(form, &below.value, &above.value) {
        without_effect(above, below, diagnostics);
    }
    let old = std::mem::replace(below, above.clone());
    lost(below, &old);
}

/// True where two values do the same: `5` and `"5"` are one text, but in a Kubernetes object a number and a text.
fn is_equal(form: Form, a: &Literal, b: &Literal) -> bool {
    a == b || form == Form::Settings && a.as_text().is_some_and(|it| Some(it) == b.as_text())
}

/// Records that `old` lost to `entry`.
fn lost(entry: &mut Entry, old: &Entry) {
    entry.origin.overrides.extend(old.origin.span.into_iter().chain(old.origin.overrides.iter().copied()));
}

fn without_effect(above: &Entry, below: &Entry, diagnostics: &mut Vec<Diagnostic>) {
    let message = format!("this sets {} again, which it is already", above.value);
    let diagnostic = Diagnostic::new(OVERRIDE_WITHOUT_EFFECT, message).at_some(above.span(), "");
    diagnostics.push(diagnostic.at_some(below.span(), "already set here").help("remove one of the two lines"));
}

/// Returns a node that takes the place of another: its values know which lines they replaced.
fn replacement(above: &Node, below: &Node) -> Node {
    let mut node = above.clone();
    node.mark = None;
    for (index, entry) in node.arguments.iter_mut().enumerate() {
        if let Some(old) = below.arguments.get(index) {
            lost(entry, old);
        }
    }
    for (name, entry) in &mut node.properties {
        if let Some(old) = below.properties.get(name) {
            lost(entry, old);
        }
    }
    for child in &mut node.children {
        if let Some(old) = below.children.iter().find(|it| it.is_same(child)) {
            *child = replacement(child, old);
        }
    }
    let gone = below.children.iter().filter(|old| !above.children.iter().any(|it| it.is_same(old)));
    node.removed.extend(gone.map(|old| removal(old, above.span())));
    node.origin.overrides.push(below.span());
    node
}

/// True where two nodes have the same values and the same nodes inside, in any order.
fn says_the_same(above: &Node, below: &Node) -> bool {
    let equal = |(a, b): (&Entry, &Entry)| is_equal(above.rule.form, &a.value, &b.value);
    let same = |a: &Node, b: &Node| (a.is_same(b) || a.is_item() && b.is_item()) && says_the_same(a, b);
    let inside = |(at, child): (usize, &Node)| {
        let anywhere = || below.children.iter().any(|it| same(child, it));
        if child.is_item() { same(child, &below.children[at]) } else { anywhere() }
    };
    above.arguments.len() == below.arguments.len()
        && above.arguments.iter().zip(&below.arguments).all(equal)
        && above.properties.keys().eq(below.properties.keys())
        && above.properties.values().zip(below.properties.values()).all(equal)
        && above.children.len() == below.children.len()
        && above.children.iter().enumerate().all(inside)
}

/// Records that the line at `span` took a node out.
fn removal(gone: &Node, span: Span) -> Removal {
    let (name, key) = gone.identity();
    Removal { name: name.to_owned(), key, span }
}

fn already_exists(below: &Node, above: &Node, place: &str) -> Diagnostic {
    let message = format!("`{}` is in {place} already", above.describe());
    Diagnostic::new(ALREADY_EXISTS, message)
        .at(above.span(), "added here")
        .at(below.span(), "declared here")
        .help("remove `(add)` to change it, or write `(replace)` to start afresh")
}

fn nothing_to_override(below: &Node, above: &Node, mark: Option<Mark>, place: &str) -> Diagnostic {
    let what = above.describe();
    let message = match mark {
        Some(Mark::Remove) => format!("nothing to remove: {place} has no `{what}`"),
        Some(Mark::Replace) => format!("nothing to replace: {place} has no `{what}`"),
        Some(Mark::Add) | None => format!("nothing to override: {place} has no `{what}`"),
    };
    let (name, key) = above.identity();
    let diagnostic = Diagnostic::new(NOTHING_TO_OVERRIDE, message)
        .at(above.span(), "")
        .at_some(below.removal(name, key.as_deref()), REMOVED_HERE);
    let known: Vec<String> = below.children.iter().map(Node::describe).collect();
    match suggest::nearest(&what, known.iter().map(String::as_str)) {
        Some(near) => {
            let place = below.children.iter().find(|it| it.describe() == near).map(Node::span);
            diagnostic.at_some(place, "this is the nearest").help(format!("did you mean `{near}`?"))
        }
        None => diagnostic,
    }
    .help(match mark {
        None | Some(Mark::Add | Mark::Replace) => format!("write `(add){what}` if it is new here"),
        Some(Mark::Remove) => "remove the line if it is gone already".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use crate::parse;
    use crate::resolve::tests::messages;
    use crate::source::Sources;

    #[test]
    fn warns_where_a_replacement_changes_nothing() {
        let app = "component a { image i; port http 80; config { A 1; B 2 }; host-alias \"192.0.2.1\" a b; \
                   node-affinity n { match zone In a } }";
        let check = |overlay: &str, expected: &[&str]| {
            assert_eq!(messages(app, &format!("{{ component a {{ {overlay} }} }}")), expected, "{overlay}");
        };
        check("(replace)image i", &["`(replace)image` puts back what is there already"]);
        check("(replace)config { B 2; A 1 }", &["`(replace)config` puts back what is there already"]);
        check("(replace)config { B 2 }", &[]);
        check("(replace)config { A 1; B 3 }", &[]);
        check("(replace)port http 81", &[]);
        check("config { A \"1\" }", &["this sets \"1\" again, which it is already"]);
        check("config { A 1.0 }", &[]);
        check("host-alias \"192.0.2.1\" c", &[]);
        check("host-alias \"192.0.2.1\" a b", &["this sets \"a\" again, which it is already"]);
        check("node-affinity n { match zone In c }", &[]);
        check("node-affinity n { match zone NotIn }", &[]);
        check("node-affinity n { match zone In }", &["this sets \"In\" again, which it is already"]);
        check("node-affinity n { match zone In a }", &["this sets \"a\" again, which it is already"]);
    }

    #[test]
    fn a_value_knows_every_line_of_its_chain() {
        let file = |name: &str, what: &str, value: &str| {
            let text = format!("{what} {{ component b {{ config {{ A {value} }} }} }}");
            (format!("environments/{name}.kdl"), text)
        };
        let sources = Sources::new([
            ("base/a.kdl".to_owned(), "app a {\n component b {\n  image i\n  config { A base }\n }\n}".to_owned()),
            file("common", "layer common", "common"),
            file("live", "layer live extends=common", "live"),
            file("prod", "environment prod extends=live", "prod"),
        ]);
        let (parts, _) = parse::project(&sources);
        let project = crate::resolve::project(&parts, &sources);
        let value = &project.specs[0].components[0].config.as_ref().unwrap().values[0].value;
        let lost: Vec<&str> = value.origin.overrides.iter().map(|it| sources.text(*it)).collect();
        assert_eq!((value.value.as_str(), lost), ("prod", vec!["live", "common", "base"]));
    }

    #[test]
    fn settings_are_inherited_and_namespaces_are_not() {
        let sources = Sources::new([
            ("base/a.kdl".to_owned(), "app a\ncluster c".to_owned()),
            ("environments/live.kdl".to_owned(), "layer live cluster=c protected=#true".to_owned()),
            ("environments/prod.kdl".to_owned(), "environment prod extends=live namespace=shop".to_owned()),
            ("environments/next.kdl".to_owned(), "environment next extends=prod protected=#false".to_owned()),
        ]);
        let (parts, _) = parse::project(&sources);
        let project = crate::resolve::project(&parts, &sources);
        assert_eq!(project.diagnostics, []);
        let found: Vec<_> = project.specs.iter().map(|it| &it.environment).collect();
        let found: Vec<_> =
            found.iter().map(|it| (it.namespace.value.as_str(), it.protected, it.cluster.is_some())).collect();
        assert_eq!(found, [("next", false, true), ("shop", true, true)]);
    }

    #[test]
    fn values_inside_a_replacement_know_what_they_replaced() {
        let sources = Sources::new([
            ("base/a.kdl".to_owned(), "app a {\n component b {\n  image i\n  config { A old }\n }\n}".to_owned()),
            ("environments/dev.kdl".to_owned(), "environment dev { component b { (replace)config { A new } } }".into()),
        ]);
        let (parts, _) = parse::project(&sources);
        let project = crate::resolve::project(&parts, &sources);
        let value = &project.specs[0].components[0].config.as_ref().unwrap().values[0].value;
        let lost: Vec<&str> = value.origin.overrides.iter().map(|it| sources.text(*it)).collect();
        assert_eq!((value.value.as_str(), lost), ("new", vec!["old"]));
    }
}
