//! Configuration whose name ends in a hash of its content: other content is another name, which every reader follows.

use super::reference::config_uses;
use super::workload::{Pods, restarts};
use super::{Rule, wording};
use crate::change::{Comparison, DecidedBy, EnvironmentComparison, Finding, ImpactCode, Rename, Severity, Side};
use crate::object::hashed_name::without_hash;
use crate::object::{FieldPath, ObjectId, Segment};

pub(super) const RULES: &[Rule] = &[Rule { codes: &[CONFIG_HASH_RENAMED], find }];

const CONFIG_HASH_RENAMED: ImpactCode = ImpactCode {
    name: "config-hash-renamed",
    severity: Severity::Note,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/tasks/manage-kubernetes-objects/kustomization/#configmapgenerator",
};

fn find(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        for rename in environment.changes.renames.iter().filter(|it| is_rehashed(it)) {
            let (content, effect) = (content(rename), effect(environment, rename));
            let message =
                format!("has other content and so another name: {content} since {}, {effect}", rename.before.name);
            let first = rename.fields.iter().find(|it| key(&it.path).is_some());
            let line = first.and_then(|it| {
                let (side, id) =
                    if it.after.is_some() { (Side::After, &rename.after) } else { (Side::Before, &rename.before) };
                input.line_of(side, environment.object(side, id)?, &it.path)
            });
            let path = first.map(|it| it.shown.clone()).unwrap_or_default();
            let finding = Finding::new(CONFIG_HASH_RENAMED, environment.name(), &rename.after, message);
            findings.push(finding.at(path).from_line(line));
        }
    }
    findings
}

/// True where a ConfigMap or Secret got another hash and kept the rest of its name.
fn is_rehashed(rename: &Rename) -> bool {
    let Rename { before, after, fields: _ } = rename;
    let stem = |id: &ObjectId| without_hash(&id.name).map(|it| it.0.to_owned());
    before.group.is_empty()
        && matches!(before.kind.as_str(), "ConfigMap" | "Secret")
        && before.name != after.name
        && stem(before).is_some()
        && stem(before) == stem(after)
}

/// Returns the key whose value a field is.
fn key(path: &FieldPath) -> Option<&str> {
    match path.segments() {
        [Segment::Field(block), Segment::Field(key)]
            if matches!(block.as_str(), "data" | "stringData" | "binaryData") =>
        {
            Some(key)
        }
        _ => None,
    }
}

/// Says which keys differ.
fn content(rename: &Rename) -> String {
    let keys: Vec<&str> = rename.fields.iter().filter_map(|it| key(&it.path)).collect();
    match keys.len() {
        0 => "no key changed".to_owned(),
        1..=3 => format!("{} changed", wording::quoted(&keys)),
        _ => format!("{} changed", wording::count_of(&keys, "key")),
    }
}

/// Says which workloads read it by its new name, and which of them restart.
fn effect(environment: &EnvironmentComparison<'_>, rename: &Rename) -> String {
    let id = &rename.after;
    let reads = |it: &Pods<'_>| {
        it.object.id.namespace == id.namespace
            && config_uses(*it).iter().any(|it| it.kind == id.kind && it.name == id.name)
    };
    let readers: Vec<Pods<'_>> = Pods::all(environment, Side::After).filter(reads).collect();
    let rolled: Vec<String> =
        readers.iter().filter(|it| restarts(environment, it.object)).map(|it| it.object.id.short()).collect();
    let verb = if rolled.len() == 1 { "restarts" } else { "restart" };
    match (readers.len(), rolled.len()) {
        (0, _) => "and no rendered workload reads it".to_owned(),
        (_, 0) => {
            let names: Vec<String> = readers.iter().map(|it| it.object.id.short()).collect();
            format!("and {} will read it with the next pods", wording::list(&names))
        }
        (_, 1..=3) => format!("so {} {verb} to read it", wording::list(&rolled)),
        (_, more) => {
            format!("so {} restart to read it", wording::count(u64::try_from(more).unwrap_or(u64::MAX), "workload"))
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::assess::tests::fixture::{deployment, expect, object, review_one, with};
    use serde_json::{Value, json};

    fn config(kind: &str, name: &str, data: &Value) -> Value {
        object("v1", kind, name, &json!({"data": data}))
    }

    fn reader(name: &str, config: &str) -> Value {
        deployment(name, 1, json!({"image": "web:1", "envFrom": [{"configMapRef": {"name": config}}]}))
    }

    #[test]
    fn another_hash_is_another_content() {
        let check = |before: &[Value], after: &[Value], expected: &[&str]| {
            expect(&review_one(before, after), "config-hash-renamed", expected);
        };
        let (old, new) = ("web-config-7f9c4d5b8k", "web-config-2bdk84hm5t");
        let data = |value: &str| json!({"A": value, "B": "1"});
        let start = "ConfigMap/web-config-2bdk84hm5t has other content and so another name:";
        let since = "since web-config-7f9c4d5b8k,";
        check(
            &[config("ConfigMap", old, &data("1")), reader("web", old)],
            &[config("ConfigMap", new, &data("2")), reader("web", new)],
            &[&format!("{start} `A` changed {since} so Deployment/web restarts to read it")],
        );
        check(
            &[config("ConfigMap", old, &data("1")), reader("a", old), reader("b", old)],
            &[config("ConfigMap", new, &json!({"C": "1"})), reader("a", new), reader("b", new)],
            &[&format!("{start} `C`, `A` and `B` changed {since} so Deployment/a and Deployment/b restart to read it")],
        );
        check(
            &[config("ConfigMap", old, &data("1"))],
            &[config("ConfigMap", new, &data("2"))],
            &[&format!("{start} `A` changed {since} and no rendered workload reads it")],
        );
        let paused = |config: &str| with(reader("web", config), "/spec/paused", json!(true));
        check(
            &[config("ConfigMap", old, &data("1")), paused(old)],
            &[config("ConfigMap", new, &data("2")), paused(new)],
            &[&format!("{start} `A` changed {since} and Deployment/web will read it with the next pods")],
        );
        check(
            &[config("Secret", old, &data("MQ=="))],
            &[config("Secret", new, &data("Mg=="))],
            &[
                "Secret/web-config-2bdk84hm5t has other content and so another name: `A` changed since web-config-7f9c4d5b8k, and no rendered workload reads it",
            ],
        );
        // Another name altogether, no hash, and a hash that stayed.
        check(
            &[config("ConfigMap", old, &data("1"))],
            &[config("ConfigMap", "api-config-2bdk84hm5t", &data("1"))],
            &[],
        );
        check(
            &[config("ConfigMap", "web-config", &data("1"))],
            &[config("ConfigMap", "web-settings", &data("1"))],
            &[],
        );
        check(&[config("ConfigMap", old, &data("1"))], &[config("ConfigMap", old, &data("2"))], &[]);
        check(&[config("ConfigMap", old, &data("1"))], &[], &[]);
    }
}
