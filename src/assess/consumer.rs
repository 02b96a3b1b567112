//! Changed configuration in, what becomes of each workload that reads it out: every one has exactly one fate.

use super::reference::{ConfigUse, Way, config_uses};
use super::rejected;
use super::workload::{Pods, replaced_ordinals, replicas, restarts};
use crate::change::{EnvironmentComparison, Side};
use crate::object::{FieldPath, Object};
use serde_json::Value;
use std::collections::BTreeSet;

/// A workload of the new state and what it reads.
pub(super) struct Reader<'a> {
    pub(super) object: &'a Object,
    uses: Vec<ConfigUse<'a>>,
}

/// How a workload comes by changed configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fate {
    /// Its pods are new, and start with it.
    Starts,
    /// This change replaces all of its pods.
    Restarts,
    /// This change replaces some of its pods.
    RestartsInPart,
    /// The pods of its next run start with it.
    NextRun,
    /// The kubelet updates its files while it runs.
    Updates,
    /// Its pods keep files that are never updated, until they are replaced.
    KeepsFiles,
    /// Its pods keep what they read when they started, until they are replaced.
    Keeps,
    /// It goes without it from its next start on.
    GoesWithout,
}

/// A ConfigMap or Secret whose data changes, with the keys that do and the path of each.
pub(super) struct ChangedConfig<'a> {
    pub(super) before: &'a Object,
    /// None where it is removed.
    pub(super) after: Option<&'a Object>,
    pub(super) keys: Vec<(&'a str, FieldPath)>,
}

/// A workload, the changed keys that it reads and what becomes of it.
pub(super) struct Consumer<'a> {
    pub(super) workload: &'a Object,
    pub(super) keys: Vec<&'a str>,
    pub(super) fate: Fate,
}

impl<'a> Reader<'a> {
    /// Returns every workload of an environment's new state with what it reads.
    pub(super) fn all(environment: &EnvironmentComparison<'a>) -> Vec<Self> {
        Pods::all(environment, Side::After).map(|it| Self { object: it.object, uses: config_uses(it) }).collect()
    }

    /// Returns the places in which it reads this ConfigMap or Secret.
    pub(super) fn uses_of(&self, config: &Object) -> impl Iterator<Item = &ConfigUse<'a>> {
        let is_neighbour = self.object.id.namespace == config.id.namespace;
        self.uses.iter().filter(move |it| is_neighbour && it.kind == config.id.kind && it.name == config.id.name)
    }
}

impl<'a> ChangedConfig<'a> {
    /// Returns the configuration of an environment whose data this change changes in place, where the API server takes it.
    pub(super) fn all(environment: &EnvironmentComparison<'a>) -> Vec<Self> {
        let changed = |before: &'a Object| {
            let after = environment.object(Side::After, &before.id);
            // What goes with all else is said of the environment.
            environment.after?;
            if rejected::is_refused(environment, &before.id) && !rejected::is_replaced(environment, &before.id) {
                return None;
            }
            let keys = changed_keys(before, after);
            (!keys.is_empty()).then_some(Self { before, after, keys })
        };
        environment.objects(Side::Before).iter().filter(|it| is_config(it)).filter_map(changed).collect()
    }

    /// Returns the workloads that read a changed key, each once, in the order of the objects.
    pub(super) fn consumers(
        &self,
        environment: &EnvironmentComparison<'a>,
        readers: &[Reader<'a>],
    ) -> Vec<Consumer<'a>> {
        readers.iter().filter_map(|it| self.consumer(environment, it)).collect()
    }

    fn consumer(&self, environment: &EnvironmentComparison<'a>, reader: &Reader<'a>) -> Option<Consumer<'a>> {
        let is_read = |key: &str, it: &ConfigUse<'_>| it.key.is_none_or(|it| it == key);
        let read = self.keys.iter().filter(|(key, _)| reader.uses_of(self.before).any(|it| is_read(key, it)));
        let read: Vec<&(&str, FieldPath)> = read.collect();
        let ways = reader.uses_of(self.before).filter(|it| read.iter().any(|(key, _)| is_read(key, it)));
        let is_optional = reader.uses_of(self.before).all(|it| it.optional);
        let workload = reader.object;
        let fate = self.fate(environment, workload, ways.map(|it| it.way).min()?);
        let is_gone = self.after.is_none() && is_optional;
        let is_kept = matches!(fate, Fate::Keeps | Fate::KeepsFiles | Fate::Updates);
        let fate = if is_gone && is_kept { Fate::GoesWithout } else { fate };
        Some(Consumer { workload, keys: read.iter().map(|it| it.0).collect(), fate })
    }

    /// Returns the fate of a workload that reads it in this way, the least flexible of its ways.
    fn fate(&self, environment: &EnvironmentComparison<'_>, workload: &Object, way: Way) -> Fate {
        let Some(before) = environment.object(Side::Before, &workload.id) else { return Fate::Starts };
        if matches!(workload.id.kind.as_str(), "CronJob" | "Job") {
            return Fate::NextRun;
        }
        let had_pods = workload.id.kind == "DaemonSet" || replicas(environment.objects(Side::Before), before) > 0;
        if !had_pods {
            return Fate::Starts;
        }
        if restarts(environment, workload) {
            let kept = replicas(environment.objects(Side::Before), before)
                .min(replicas(environment.objects(Side::After), workload));
            let replaced = replaced_ordinals(environment, workload).map(|it| it.end.saturating_sub(it.start));
            return if replaced.is_none_or(|it| it == kept) { Fate::Restarts } else { Fate::RestartsInPart };
        }
        // The kubelet does not watch what was immutable: only an object that is replaced can differ then.
        let is_watched = self.before.field("immutable") != Some(&Value::Bool(true));
        match way {
            Way::Variable => Fate::Keeps,
            Way::File if is_watched => Fate::Updates,
            Way::File | Way::PinnedFile => Fate::KeepsFiles,
        }
    }
}

/// True for a ConfigMap or a Secret.
pub(super) fn is_config(object: &Object) -> bool {
    object.id.group.is_empty() && matches!(object.id.kind.as_str(), "ConfigMap" | "Secret")
}

/// Returns the keys of a ConfigMap or Secret that differ, each with its path.
pub(super) fn changed_keys<'a>(before: &'a Object, after: Option<&'a Object>) -> Vec<(&'a str, FieldPath)> {
    let mut changed = Vec::new();
    for field in ["data", "binaryData", "stringData"] {
        let data = |it: &'a Object| it.field(field).and_then(Value::as_object);
        let (old, new) = (data(before), after.and_then(data));
        let names: BTreeSet<&str> = [old, new].into_iter().flatten().flatten().map(|it| it.0.as_str()).collect();
        let differing =
            names.into_iter().filter(|name| old.and_then(|it| it.get(*name)) != new.and_then(|it| it.get(*name)));
        changed.extend(differing.map(|name| (name, FieldPath::default().field(field).field(name))));
    }
    changed
}

/// True where a ConfigMap or Secret has a key.
pub(super) fn has_key(config: &Object, key: &str) -> bool {
    ["data", "binaryData", "stringData"].iter().any(|it| config.field(it).is_some_and(|it| it.get(key).is_some()))
}
