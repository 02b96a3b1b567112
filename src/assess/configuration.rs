//! Whether changed configuration reaches the pods that read it.
//!
//! The note on the ConfigMap or Secret accounts for every workload that reads what changed; a workload that needs
//! something done about it has a finding of its own, with what to do. Where those say it all, there is no note.

use super::consumer::{ChangedConfig, Consumer, Fate, Reader, has_key};
use super::reference::ConfigUse;
use super::{Rule, wording};
use crate::change::{
    Comparison, DecidedBy, EnvironmentComparison, Equivalence, Finding, ImpactCode, Severity, Side, SourceLine,
};
use crate::object::FieldPath;

pub(super) const RULES: &[Rule] = &[
    Rule { codes: &[CONFIG_CHANGE], find: changed },
    Rule { codes: &[CONFIG_FILE_UPDATES, CONFIG_NOT_PICKED_UP, SUBPATH_NEVER_UPDATES], find: unrestarted },
];

const CONFIG_CHANGE: ImpactCode = ImpactCode {
    name: "config-change",
    severity: Severity::Note,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/concepts/configuration/configmap/#using-configmaps",
};
const CONFIG_FILE_UPDATES: ImpactCode = ImpactCode {
    name: "config-file-updates",
    severity: Severity::Note,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/tasks/configure-pod-container/configure-pod-configmap/#mounted-configmaps-are-updated-automatically",
};
const CONFIG_NOT_PICKED_UP: ImpactCode = ImpactCode {
    name: "config-not-picked-up",
    severity: Severity::Warn,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/concepts/configuration/configmap/#mounted-configmaps-are-updated-automatically",
};
const SUBPATH_NEVER_UPDATES: ImpactCode = ImpactCode {
    name: "subpath-never-updates",
    severity: Severity::Warn,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/concepts/storage/volumes/#using-subpath",
};

/// The fates in the order in which the note tells them, those that take the change up first.
const TOLD: [Fate; 8] = [
    Fate::Restarts,
    Fate::Starts,
    Fate::RestartsInPart,
    Fate::NextRun,
    Fate::Updates,
    Fate::KeepsFiles,
    Fate::Keeps,
    Fate::GoesWithout,
];

fn changed(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        let readers = Reader::all(environment);
        for config in ChangedConfig::all(environment) {
            let consumers = config.consumers(environment, &readers);
            let is_told = |it: &Consumer<'_>| match it.fate {
                Fate::Updates | Fate::KeepsFiles | Fate::Keeps => {
                    config.after.is_none() || is_untouched(environment, it)
                }
                Fate::Starts | Fate::Restarts | Fate::RestartsInPart | Fate::NextRun | Fate::GoesWithout => false,
            };
            let keys: Vec<&str> = config.keys.iter().map(|it| it.0).collect();
            let message = match (consumers.as_slice(), config.after) {
                // A Secret may also be read by what makes no pods, such as an Ingress.
                ([], Some(after)) if after.id.kind == "ConfigMap" => {
                    format!("changes {}, which no pod of this environment reads", what(&keys))
                }
                ([], _) => continue,
                (all, _) if all.iter().all(is_told) => continue,
                (all, Some(_)) => format!("changes {}: {}", what(&keys), told(all)),
                (all, None) => format!("is removed: {}", told(all)),
            };
            let (_, path) = &config.keys[0];
            let path = if keys.len() == 1 && config.after.is_some() { path.to_string() } else { String::new() };
            let finding = Finding::new(CONFIG_CHANGE, environment.name(), &config.before.id, message).at(path);
            findings.push(finding.from_line(line(input, &config, &config.keys[0].1)));
        }
    }
    findings
}

/// Names keys as long as they are few and short.
fn what(keys: &[&str]) -> String {
    let named = wording::quoted(keys);
    if keys.len() > 3 || named.chars().count() > 30 { wording::count_of(keys, "key") } else { named }
}

/// Says what becomes of each workload, those of one fate together.
fn told(consumers: &[Consumer<'_>]) -> String {
    let parts = TOLD.iter().filter_map(|fate| {
        let alike = consumers.iter().filter(|it| it.fate == *fate);
        let names: Vec<String> = alike.map(|it| it.workload.id.short()).collect();
        (!names.is_empty()).then(|| format!("{} {}", wording::list(&names), verb(*fate, names.len())))
    });
    parts.collect::<Vec<_>>().join("; ")
}

fn verb(fate: Fate, number: usize) -> &'static str {
    let (one, more) = match fate {
        Fate::Restarts => ("restarts in this change and takes it up", "restart in this change and take it up"),
        Fate::Starts => ("starts with it", "start with it"),
        Fate::RestartsInPart => {
            ("takes it up in part, as its rollout is held", "take it up in part, as their rollouts are held")
        }
        Fate::NextRun => ("reads it at its next run", "read it at their next runs"),
        Fate::Updates => ("gets new files without a restart", "get new files without a restart"),
        Fate::KeepsFiles => ("keeps the old files until it restarts", "keep the old files until they restart"),
        Fate::Keeps => ("keeps the old values until it restarts", "keep the old values until they restart"),
        Fate::GoesWithout => ("goes without it from its next start on", "go without it from their next start on"),
    };
    if number == 1 { one } else { more }
}

/// True where a workload's template stays: one whose rollout is held back has a finding that says so.
fn is_untouched(environment: &EnvironmentComparison<'_>, consumer: &Consumer<'_>) -> bool {
    !environment.change(&consumer.workload.id).is_some_and(|it| it.touches("spec.template"))
}

fn line(input: &Comparison<'_>, config: &ChangedConfig<'_>, path: &FieldPath) -> Option<SourceLine> {
    match config.after.filter(|it| it.at(path).is_some()) {
        Some(after) => input.line_of(Side::After, after, path),
        None => input.line_of(Side::Before, config.before, path),
    }
}

/// Workloads that this change does not restart and that read what it changes.
fn unrestarted(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        let readers = Reader::all(environment);
        for config in ChangedConfig::all(environment).into_iter().filter(|it| it.after.is_some()) {
            for mut consumer in config.consumers(environment, &readers) {
                consumer.keys.retain(|it| !is_reworded(environment, &config, it));
                let Some(first) = config.keys.iter().find(|it| consumer.keys.first() == Some(&it.0)) else { continue };
                // A restart would not bring it back up, which is said of what loses the key.
                if is_stranded(&config, &readers, &consumer) {
                    continue;
                }
                let Some((code, message)) = stale(&config, &consumer).filter(|_| is_untouched(environment, &consumer))
                else {
                    continue;
                };
                let id = &consumer.workload.id;
                let restart = format!("`kubectl rollout restart {}/{}`", id.kind.to_lowercase(), id.name);
                let help = match consumer.fate {
                    Fate::Updates => {
                        format!("make sure that it reloads its files, or restart it after the sync with {restart}")
                    }
                    Fate::Starts
                    | Fate::Restarts
                    | Fate::RestartsInPart
                    | Fate::NextRun
                    | Fate::KeepsFiles
                    | Fate::Keeps
                    | Fate::GoesWithout => format!(
                        "restart it after the sync with {restart}, or let its pod template carry a checksum of the data"
                    ),
                };
                let finding = Finding::new(code, environment.name(), id, message).help(help);
                findings.push(finding.from_line(line(input, &config, &first.1)));
            }
        }
    }
    findings
}

/// True where a key says the same as before in other words.
fn is_reworded(environment: &EnvironmentComparison<'_>, config: &ChangedConfig<'_>, key: &str) -> bool {
    let path = config.keys.iter().find(|it| it.0 == key).map(|it| &it.1);
    let fields = environment.change(&config.before.id).map(|it| it.fields.as_slice()).unwrap_or_default();
    fields.iter().any(|it| Some(&it.path) == path && it.equivalent == Some(Equivalence::Text))
}

/// True where a workload cannot start again, because a key that it needs is gone.
fn is_stranded(config: &ChangedConfig<'_>, readers: &[Reader<'_>], consumer: &Consumer<'_>) -> bool {
    let is_gone = |key: &str| config.after.is_some_and(|it| !has_key(it, key));
    let mut uses = readers.iter().filter(|it| it.object.id == consumer.workload.id);
    uses.any(|it| it.uses_of(config.before).filter_map(ConfigUse::needed_key).any(is_gone))
}

fn stale(config: &ChangedConfig<'_>, consumer: &Consumer<'_>) -> Option<(ImpactCode, String)> {
    let changed = format!("{} of {} changed", wording::quoted(&consumer.keys), config.before.id.short());
    match consumer.fate {
        Fate::Updates => {
            let sync = "the kubelet updates mounted files at its next sync, every minute by default";
            Some((CONFIG_FILE_UPDATES, format!("gets new files without a restart: {changed}, and {sync}")))
        }
        Fate::KeepsFiles if config.before.field("immutable") == Some(&serde_json::Value::Bool(true)) => {
            let message = format!(
                "keeps running with the old configuration: {changed}, and what was `immutable` is not read again"
            );
            Some((CONFIG_NOT_PICKED_UP, message))
        }
        Fate::KeepsFiles => {
            let message = format!(
                "keeps running with the old file: {changed}, and what is mounted by `subPath` is never updated"
            );
            Some((SUBPATH_NEVER_UPDATES, message))
        }
        Fate::Keeps => {
            let message = format!(
                "keeps running with the old configuration: {changed}, and its pods read it only when they start"
            );
            Some((CONFIG_NOT_PICKED_UP, message))
        }
        Fate::Starts | Fate::Restarts | Fate::RestartsInPart | Fate::NextRun | Fate::GoesWithout => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::assess::tests::fixture::{config, expect, from_all, from_key, object, reader, review_one, with};
    use serde_json::{Value, json};
    use std::slice::from_ref;

    /// A reader of a volume, by its source and by how it is mounted.
    fn from_files(source: Value, mount: Value) -> Value {
        let mut volume = source;
        volume["name"] = json!("c");
        let mut mounted = mount;
        mounted["name"] = json!("c");
        let body = reader(json!({"image": "web:1", "volumeMounts": [mounted]}));
        with(body, "/spec/template/spec/volumes", json!([volume]))
    }

    fn whole() -> Value {
        json!({"mountPath": "/etc/web"})
    }

    fn pinned(path: &str) -> Value {
        json!({"mountPath": "/etc/web/a", "subPath": path})
    }

    fn rolled(body: Value) -> Value {
        with(body, "/spec/template/metadata/annotations", json!({"checksum/config": "b"}))
    }

    #[track_caller]
    fn check(before: Value, after: Value, code: &str, expected: &[&str]) {
        let (old, new) = (config(&json!({"A": "1", "B": "1"})), config(&json!({"A": "2", "B": "1"})));
        expect(&review_one(&[before, old], &[after, new]), code, expected);
    }

    #[test]
    fn variables_are_read_at_the_start() {
        let check =
            |before: Value, after: Value, expected: &[&str]| check(before, after, "config-not-picked-up", expected);
        let stale = "Deployment/web keeps running with the old configuration: `A` of ConfigMap/web-config changed, and its pods read it only when they start";
        check(reader(from_all()), reader(from_all()), &[stale]);
        check(reader(from_key("A", false)), reader(from_key("A", false)), &[stale]);
        check(reader(from_key("B", false)), reader(from_key("B", false)), &[]);
        let replicas = with(reader(from_all()), "/spec/replicas", json!(2));
        check(reader(from_all()), replicas, &[stale]);
        check(reader(from_all()), rolled(reader(from_all())), &[]);
        let other = |name: &str| reader(json!({"image": name, "envFrom": [{"secretRef": {"name": "web-config"}}]}));
        check(other("a"), other("a"), &[]);
        let job = |it: Value| with(it, "/kind", json!("CronJob"));
        check(job(reader(from_all())), job(reader(from_all())), &[]);
        let none = |it: Value| with(it, "/spec/replicas", json!(0));
        check(none(reader(from_all())), none(reader(from_all())), &[]);
    }

    #[test]
    fn mounted_files_are_updated() {
        let updates = |source: Value, mount: Value, expected: &[&str]| {
            let body = from_files(source, mount);
            check(body.clone(), body, "config-file-updates", expected);
        };
        let message = "Deployment/web gets new files without a restart: `A` of ConfigMap/web-config changed, and the kubelet updates mounted files at its next sync, every minute by default";
        let map = || json!({"configMap": {"name": "web-config"}});
        updates(map(), whole(), &[message]);
        let items = |key: &str| json!({"configMap": {"name": "web-config", "items": [{"key": key, "path": "a"}]}});
        updates(items("A"), whole(), &[message]);
        updates(items("B"), whole(), &[]);
        updates(json!({"projected": {"sources": [map()]}}), whole(), &[message]);
        updates(json!({"projected": {"sources": [items("B")]}}), whole(), &[]);
        updates(json!({"secret": {"secretName": "web-config"}}), whole(), &[]);
        updates(map(), pinned("A"), &[]);
        let body = from_files(map(), whole());
        check(body.clone(), rolled(body), "config-file-updates", &[]);
    }

    #[test]
    fn a_file_by_sub_path_is_never_updated() {
        let stays = |source: Value, mount: Value, expected: &[&str]| {
            let body = from_files(source, mount);
            check(body.clone(), body, "subpath-never-updates", expected);
        };
        let message = "Deployment/web keeps running with the old file: `A` of ConfigMap/web-config changed, and what is mounted by `subPath` is never updated";
        let map = || json!({"configMap": {"name": "web-config"}});
        stays(map(), pinned("A"), &[message]);
        stays(map(), pinned("B"), &[]);
        stays(map(), json!({"mountPath": "/a", "subPathExpr": "$(A)"}), &[message]);
        let items = json!({"configMap": {"name": "web-config", "items": [{"key": "A", "path": "conf/a"}, {"key": "B", "path": "b"}]}});
        stays(items.clone(), pinned("conf"), &[message]);
        stays(items.clone(), pinned("conf/a"), &[message]);
        stays(items, pinned("b"), &[]);
        stays(json!({"projected": {"sources": [map()]}}), pinned("A"), &[message]);
        stays(map(), whole(), &[]);
        let body = from_files(map(), pinned("A"));
        check(body.clone(), rolled(body), "subpath-never-updates", &[]);
    }

    #[test]
    fn every_reader_is_accounted_for_once() {
        let note = |before: &[Value], after: &[Value], expected: &[&str]| {
            let (old, new) = (config(&json!({"A": "1", "B": "1"})), config(&json!({"A": "2", "B": "1"})));
            let state = |it: &[Value], config: Value| [it, &[config]].concat();
            let review = review_one(&state(before, old), &state(after, new));
            expect(&review, "config-change", expected);
        };
        let named = |name: &str, body: Value| with(body, "/metadata/name", json!(name));
        let (web, api) = (reader(from_all()), named("api", reader(from_all())));
        let restarts = "ConfigMap/web-config changes `A`: Deployment/web restarts in this change and takes it up";
        note(from_ref(&web), &[rolled(web.clone())], &[restarts]);
        note(from_ref(&web), from_ref(&web), &[]);
        let mixed = format!("{restarts}; Deployment/api keeps the old values until it restarts");
        note(&[web.clone(), api.clone()], &[rolled(web.clone()), api.clone()], &[&mixed]);
        let files = named("files", from_files(json!({"configMap": {"name": "web-config"}}), whole()));
        let sub = named("sub", from_files(json!({"configMap": {"name": "web-config"}}), pinned("A")));
        let other = named("other", reader(from_key("B", false)));
        let run = |name: &str| {
            let template = json!({"spec": {"containers": [from_all()]}});
            object("batch/v1", "CronJob", name, &json!({"spec": {"jobTemplate": {"spec": {"template": template}}}}))
        };
        let all = [web.clone(), api.clone(), files.clone(), sub.clone(), other.clone(), run("nightly"), run("weekly")];
        let message = "ConfigMap/web-config changes `A`: CronJob/nightly and CronJob/weekly read it at their next runs; Deployment/files gets new files without a restart; Deployment/sub keeps the old files until it restarts; Deployment/api and Deployment/web keep the old values until they restart";
        note(&all, &all, &[message]);
        note(&[files.clone(), sub], &[files], &[]);
        let new = "ConfigMap/web-config changes `A`: Deployment/web starts with it";
        note(&[], from_ref(&web), &[new]);
        let unread = "ConfigMap/web-config changes `A`, which no pod of this environment reads";
        note(from_ref(&other), from_ref(&other), &[unread]);
        let paused = |it: Value| with(it, "/spec/paused", json!(true));
        let held = "ConfigMap/web-config changes `A`: Deployment/web keeps the old values until it restarts";
        note(&[paused(web.clone())], &[paused(rolled(web.clone()))], &[held]);
        let set = |partition: u64| {
            let update = json!({"rollingUpdate": {"partition": partition}});
            with(
                with(with(web.clone(), "/kind", json!("StatefulSet")), "/spec/replicas", json!(3)),
                "/spec/updateStrategy",
                update,
            )
        };
        let part = "ConfigMap/web-config changes `A`: StatefulSet/web takes it up in part, as its rollout is held";
        note(&[set(1)], &[rolled(set(1))], &[part]);
        let all = "ConfigMap/web-config changes `A`: StatefulSet/web restarts in this change and takes it up";
        note(&[set(0)], &[rolled(set(0))], &[all]);
    }

    #[test]
    fn nobody_is_sent_to_restart_for_nothing() {
        let check = |body: &Value, before: &Value, after: &Value, expected: &[&str]| {
            let review = review_one(&[body.clone(), config(before)], &[body.clone(), config(after)]);
            expect(&review, "config-not-picked-up", expected);
        };
        let stale = |keys: &str| {
            format!(
                "Deployment/web keeps running with the old configuration: {keys} of ConfigMap/web-config changed, and its pods read it only when they start"
            )
        };
        let (one, two) = (json!({"A": "1", "B": "1"}), json!({"B": "2"}));
        // It could not start again.
        check(&reader(from_key("A", false)), &one, &two, &[]);
        check(&reader(from_key("A", true)), &one, &two, &[&stale("`A`")]);
        check(&reader(from_all()), &one, &two, &[&stale("`A` and `B`")]);
        let (compact, spaced) = (json!({"a.json": "{\"a\":1}", "B": "1"}), json!({"a.json": "{ \"a\": 1 }", "B": "1"}));
        check(&reader(from_all()), &compact, &spaced, &[]);
        check(&reader(from_all()), &compact, &json!({"a.json": "{ \"a\": 1 }", "B": "2"}), &[&stale("`B`")]);
    }

    #[test]
    fn what_was_immutable_is_not_read_again() {
        let immutable = |data: &str, options: Value| {
            let body = with(config(&json!({"A": data})), "/immutable", json!(true));
            with(body, "/metadata/annotations", options)
        };
        let files = from_files(json!({"configMap": {"name": "web-config"}}), whole());
        let check = |options: Value, code: &str, expected: &[&str]| {
            let (before, after) = (immutable("1", options.clone()), immutable("2", options));
            expect(&review_one(&[files.clone(), before], &[files.clone(), after]), code, expected);
        };
        check(Value::Null, "config-file-updates", &[]);
        check(Value::Null, "config-not-picked-up", &[]);
        let force = || json!({"argocd.argoproj.io/sync-options": "Force=true"});
        let stale = "Deployment/web keeps running with the old configuration: `A` of ConfigMap/web-config changed, and what was `immutable` is not read again";
        check(force(), "config-file-updates", &[]);
        check(force(), "config-not-picked-up", &[stale]);
    }

    #[test]
    fn who_can_do_without_goes_without() {
        let check = |optional: bool, expected: &[&str]| {
            let body = reader(from_key("A", optional));
            let review = review_one(&[body.clone(), config(&json!({"A": "1"}))], &[body]);
            expect(&review, "config-change", expected);
        };
        check(true, &["ConfigMap/web-config is removed: Deployment/web goes without it from its next start on"]);
        check(false, &[]);
    }
}
