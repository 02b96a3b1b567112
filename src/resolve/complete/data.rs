//! What holds data for containers: the ConfigMaps and Secrets that a component may refer to, and the keys they have.

use super::pod::Surroundings;
use super::{Context, UNKNOWN_CONFIG, UNKNOWN_CONFIG_KEY, UNKNOWN_SECRET, UNKNOWN_SECRET_KEY};
use crate::diagnostic::Diagnostic;
use crate::source::{Origin, Span, Traced};
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
    check_keys(kind, name, std::iter::once(key), around, context);
}

/// Reports an object, or keys of one, that are not declared.
pub(super) fn check_keys<'a>(
    kind: DataKind,
    name: &Traced<String>,
    keys: impl Iterator<Item = &'a Traced<String>>,
    around: &Surroundings<'_>,
    context: &mut Context<'_>,
) {
    let mut keys = keys.peekable();
    if keys.peek().is_none() {
        return;
    }
    let Some(known) = find(kind, name, around, context) else { return };
    for key in keys.filter(|it| !known.keys.contains(&it.value)) {
        let diagnostic = unknown_key(kind, name, key, &known, context);
        context.diagnostics.push(diagnostic);
    }
}

fn unknown_key(
    kind: DataKind,
    name: &Traced<String>,
    key: &Traced<String>,
    known: &Known,
    context: &Context<'_>,
) -> Diagnostic {
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
    diagnostic.suggest(&key.value, known.keys.iter().map(String::as_str)).help(help)
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
    let wanted = &name.value;
    let diagnostic = Diagnostic::new(code, format!("no {word} is called `{wanted}`"))
        .at_some(name.origin.span, "")
        .suggest(wanted, known.iter().map(String::as_str))
        .help(format!("declare it in the app: `{word} {wanted} {{ {block} }}`"));
    match kind {
        DataKind::ConfigMap => {
            diagnostic.help(format!("or, where it exists without us, `external \"ConfigMap/{wanted}\" {{ keys … }}`"))
        }
        DataKind::Secret => diagnostic,
    }
}

/// Returns what is known about an object; none where it is not declared.
pub(super) fn known_keys(
    kind: DataKind,
    name: &str,
    around: &Surroundings<'_>,
    context: &Context<'_>,
) -> Option<Known> {
    let known = |keys: &[Traced<String>], place: &Origin| Known {
        keys: keys.iter().map(|it| it.value.clone()).collect(),
        place: keys.first().map_or(place.span, |it| it.origin.span),
    };
    let ours = match kind {
        DataKind::Secret => {
            context.secrets.iter().find(|it| it.name.value == name).map(|it| known(&it.keys, &it.name.origin))
        }
        DataKind::ConfigMap => around.configs.iter().copied().find(|it| it.name.value == name).map(of_config_map),
    };
    let external = || {
        let declared = context.others().find(|it| it.kind == kind.name() && it.name == name);
        declared.map(|it| known(&it.keys, &it.origin))
    };
    ours.or_else(external).or_else(|| of_cluster(kind, name))
}

fn of_config_map(config: &ConfigMap) -> Known {
    Known { keys: config.values.iter().map(|it| it.key.value.clone()).collect(), place: config.origin.span }
}

/// Returns what is known about the one ConfigMap that Kubernetes puts into every namespace.
fn of_cluster(kind: DataKind, name: &str) -> Option<Known> {
    let is_certificate = kind == DataKind::ConfigMap && name == "kube-root-ca.crt";
    is_certificate.then(|| Known { keys: vec!["ca.crt".to_owned()], place: None })
}

fn known_names(kind: DataKind, around: &Surroundings<'_>, context: &Context<'_>) -> Vec<String> {
    let mut names: Vec<String> = match kind {
        DataKind::Secret => context.secrets.iter().map(|it| it.name.value.clone()).collect(),
        DataKind::ConfigMap => around.configs.iter().map(|it| it.name.value.clone()).collect(),
    };
    names.extend(context.others().filter(|it| it.kind == kind.name()).map(|it| it.name.clone()));
    names
}
