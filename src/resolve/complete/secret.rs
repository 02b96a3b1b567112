//! What exists without us: Secrets, made by hand or filled from a store, and other objects.

use super::{CONFLICTING_SETTINGS, MISSING_SETTING, argument, declared, list, property_text};
use crate::diagnostic::Diagnostic;
use crate::source::Traced;
use crate::spec::grammar::duration;
use crate::spec::{External, Node, Secret, SecretEntry, SecretSource};

/// Reads the declared Secrets, by name.
pub(super) fn secrets(app: &Node, diagnostics: &mut Vec<Diagnostic>) -> Vec<Secret> {
    let mut secrets: Vec<Secret> = app.children_named("secret").map(|it| secret(it, diagnostics)).collect();
    secrets.sort_by(|a, b| a.name.value.cmp(&b.name.value));
    secrets
}

fn secret(node: &Node, diagnostics: &mut Vec<Diagnostic>) -> Secret {
    let mut keys = list(node, "keys");
    for key in node.children_named("key").map(|it| argument(it, 0)) {
        if keys.iter().all(|it| it.value != key.value) {
            keys.push(key);
        }
    }
    let source = property_text(node, "store").map(|store| {
        if keys.is_empty() {
            let message = format!("`{}` takes nothing from its store", node.describe());
            let diagnostic = Diagnostic::new(MISSING_SETTING, message).at(node.span(), "");
            diagnostics.push(diagnostic.help("add `keys …`, or a `key NAME path=…`"));
        }
        let mut entries: Vec<SecretEntry> = keys.iter().map(|it| entry(node, it)).collect();
        entries.sort_by(|a, b| a.key.value.cmp(&b.key.value));
        SecretSource {
            store_kind: property_text(node, "store-kind").unwrap_or_else(|| {
                Traced::new(
                    "SecretStore".to_owned(),
                    store.origin.derived("a store is one of the namespace unless told otherwise"),
                )
            }),
            store,
            refresh: property_text(node, "refresh").map(|it| it.map(|it| canonical(&it))),
            secret_type: property_text(node, "type"),
            entries,
            origin: declared(node),
        }
    });
    Secret { name: argument(node, 0), keys, source }
}

/// Writes a span of time as the store's controller writes it, which may store it again: `1h0m0s`.
fn canonical(text: &str) -> String {
    let seconds = duration(text).unwrap_or(0);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes) {
        (0, 0) => format!("{seconds}s"),
        (0, _) => format!("{minutes}m{seconds}s"),
        _ => format!("{hours}h{minutes}m{seconds}s"),
    }
}

/// Returns where a key's value is: at its own path, at its name in the Secret's path, or at its name.
fn entry(node: &Node, key: &Traced<String>) -> SecretEntry {
    let own = node.children_named("key").find(|it| argument(it, 0).value == key.value);
    let said = |name: &str| own.and_then(|it| property_text(it, name));
    let common = property_text(node, "path");
    let by_name = |rule| Traced::new(key.value.clone(), key.origin.derived(rule));
    let property = said("property").or_else(|| {
        let is_field = said("path").is_none() && common.is_some();
        is_field.then(|| by_name("a key is the field of its name in the Secret's path unless told otherwise"))
    });
    SecretEntry {
        key: key.clone(),
        path: said("path")
            .or(common)
            .unwrap_or_else(|| by_name("a key is the entry of its name in the store unless told otherwise")),
        property,
        version: said("version"),
    }
}

/// Reads the other objects that exist without us, by kind and name.
pub(super) fn external(app: &Node, diagnostics: &mut Vec<Diagnostic>) -> Vec<External> {
    let mut external = Vec::new();
    for node in app.children_named("external") {
        let said = argument(node, 0);
        let (kind, name) = said.value.split_once('/').unwrap_or((&said.value, ""));
        if kind == "Secret" {
            let message = format!("`{}` is a Secret, and those have a node of their own", node.describe());
            let diagnostic = Diagnostic::new(CONFLICTING_SETTINGS, message).at(node.span(), "");
            diagnostics.push(diagnostic.help(format!("write `secret {name} {{ keys … }}`")));
        }
        let keys = list(node, "keys");
        external.push(External { kind: kind.to_owned(), name: name.to_owned(), keys, origin: said.origin });
    }
    external.sort_by(|a, b| (&a.kind, &a.name).cmp(&(&b.kind, &b.name)));
    external
}

#[cfg(test)]
mod tests {
    use crate::parse;
    use crate::resolve::tests::messages;
    use crate::source::Sources;

    #[test]
    fn finds_each_value_in_the_store() {
        let check = |inside: &str, expected: &[&str]| {
            let sources = Sources::new([
                ("base/app.kdl".to_owned(), format!("app a {{ secret s store=vault {inside} }}")),
                ("environments/dev.kdl".to_owned(), "environment dev".to_owned()),
            ]);
            let (parts, _) = parse::project(&sources);
            let project = crate::resolve::project(&parts, &sources);
            assert_eq!(project.diagnostics, [], "{inside}");
            let entries = &project.specs[0].secrets[0].source.as_ref().unwrap().entries;
            let text = |it: &Option<crate::source::Traced<String>>| it.as_ref().map_or("-", |it| &it.value).to_owned();
            let shown: Vec<String> = entries
                .iter()
                .map(|it| format!("{} {} {} {}", it.key.value, it.path.value, text(&it.property), text(&it.version)))
                .collect();
            assert_eq!(shown, expected, "{inside}");
        };
        check("{ keys B A }", &["A A - -", "B B - -"]);
        check("path=\"shop/dev\" { keys A }", &["A shop/dev A -"]);
        check("path=\"shop/dev\" { keys A; key A property=password }", &["A shop/dev password -"]);
        check("path=\"shop/dev\" { keys A; key B path=other version=3 }", &["A shop/dev A -", "B other - 3"]);
        check("{ key B path=other property=x }", &["B other x -"]);
    }

    #[test]
    fn writes_spans_of_time_as_go_does() {
        let check = |text: &str, expected: &str| assert_eq!(super::canonical(text), expected, "{text}");
        check("1h", "1h0m0s");
        check("90m", "1h30m0s");
        check("90s", "1m30s");
        check("30s", "30s");
        check("0s", "0s");
    }

    #[test]
    fn reports_what_is_taken_from_nowhere() {
        assert_eq!(messages("secret s store=vault", ""), ["`secret s` takes nothing from its store"]);
        assert_eq!(messages("secret s", ""), Vec::<String>::new());
        assert_eq!(messages("secret s path=\"x\" { keys A }", "{ secret s store=vault }"), Vec::<String>::new());
        assert_eq!(
            messages("external \"Secret/s\"", ""),
            ["`external Secret/s` is a Secret, and those have a node of their own"]
        );
        assert_eq!(messages("external \"ConfigMap/s\" { keys A }", ""), Vec::<String>::new());
    }
}
