//! What holds data for containers: the ConfigMaps and Secrets that a component may refer to, and the keys they have.

use super::pod::Surroundings;
use super::{Context, UNKNOWN_CONFIG, UNKNOWN_CONFIG_KEY, UNKNOWN_SECRET, UNKNOWN_SECRET_KEY};
use crate::diagnostic::Diagnostic;
use crate::source::{Span, Traced};
use crate::spec::{ConfigMap, DataKind};

/// What is known about an object that holds data.
pub(super) struct Known {
    /// Its keys.
    pub(super) keys: Vec<String>,
    /// Where they are declared.
    place: Option<Span>,
}

/// Finds an object by its name, and reports one that is not declared.
pub(super) fn find(
    kind: DataKind,
    name: &Traced<String>,
    around: &Surroundings<'_>,
    context: &mut Context<'_>,
) -> Option<Known> {
    let found = known_keys(kind, &name.value, around, context);
    if found.is_none() {
        context.diagnostics.push(unknown(kind, name, &known_names(kind, around, context)));
    }
    found
}

/// Reports an object, or a key of one, that is not declared.
pub(super) fn check_key(
    kind: DataKind,
    name: &Traced<String>,
    key: &Traced<String>,
    around: &Surroundings<'_>,
    context: &mut Context<'_>,
) {
    let Some(known) = find(kind, name, around, context) else { return };
    if known.keys.contains(&key.value) {
        return;
    }
    let (code, word, help) = match kind {
        DataKind::ConfigMap => (UNKNOWN_CONFIG_KEY, "config", "add it there, with its value"),
        DataKind::Secret if context.sealed.contains(&name.value) => {
            (UNKNOWN_SECRET_KEY, "secret", "encrypt it again with this key")
        }
        DataKind::Secret => (UNKNOWN_SECRET_KEY, "secret", "add it to `keys` once it is in the cluster"),
    };
    let message = format!("{word} `{}` has no key `{}`", name.value, key.value);
    let diagnostic =
        Diagnostic::new(code, message).at_some(key.origin.span, "").at_some(known.place, "its keys are declared here");
    context.diagnostics.push(diagnostic.suggest(&key.value, known.keys.iter().map(String::as_str)).help(help));
}

/// Reports a Secret that is not declared.
pub(super) fn check_secret(name: &Traced<String>, context: &mut Context<'_>) {
    if !context.secrets.iter().any(|it| it.name.value == name.value) {
        let known: Vec<String> = context.secrets.iter().map(|it| it.name.value.clone()).collect();
        context.diagnostics.push(unknown(DataKind::Secret, name, &known));
    }
}

fn unknown(kind: DataKind, name: &Traced<String>, known: &[String]) -> Diagnostic {
    let (code, word, block) = match kind {
        DataKind::ConfigMap => (UNKNOWN_CONFIG, "config", "KEY VALUE"),
        DataKind::Secret => (UNKNOWN_SECRET, "secret", "keys …"),
    };
    let name_of = &name.value;
    Diagnostic::new(code, format!("no {word} is called `{name_of}`"))
        .at_some(name.origin.span, "")
        .suggest(name_of, known.iter().map(String::as_str))
        .help(format!("declare it in the app: `{word} {name_of} {{ {block} }}`"))
}

/// Returns what is known about an object; none where it is not declared.
pub(super) fn known_keys(
    kind: DataKind,
    name: &str,
    around: &Surroundings<'_>,
    context: &Context<'_>,
) -> Option<Known> {
    match kind {
        DataKind::Secret => context.secrets.iter().find(|it| it.name.value == name).map(|it| Known {
            keys: it.keys.iter().map(|it| it.value.clone()).collect(),
            place: it.keys.first().map_or(it.name.origin.span, |it| it.origin.span),
        }),
        DataKind::ConfigMap => {
            let ours = around.configs.iter().copied().find(|it| it.name.value == name);
            ours.map(of_config_map).or_else(|| of_cluster(name))
        }
    }
}

fn of_config_map(config: &ConfigMap) -> Known {
    Known { keys: config.values.iter().map(|it| it.key.value.clone()).collect(), place: config.origin.span }
}

/// Returns what is known about the one ConfigMap that Kubernetes puts into every namespace.
fn of_cluster(name: &str) -> Option<Known> {
    (name == "kube-root-ca.crt").then(|| Known { keys: vec!["ca.crt".to_owned()], place: None })
}

fn known_names(kind: DataKind, around: &Surroundings<'_>, context: &Context<'_>) -> Vec<String> {
    match kind {
        DataKind::Secret => context.secrets.iter().map(|it| it.name.value.clone()).collect(),
        DataKind::ConfigMap => around.configs.iter().map(|it| it.name.value.clone()).collect(),
    }
}
