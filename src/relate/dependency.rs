//! What workloads and routes need: config, secrets and volumes.
//!
//! Needs of one kind that have the same users are one node. Scratch volumes are none: they end with their pod.

use super::draft::{self, Draft, Key};
use super::field::{self, items, text};
use super::route;
use super::workload::Workload;
use crate::graph::{EdgeKind, Family, Node, Presence};
use crate::object::{Object, ObjectSet, sealed};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// One thing that is needed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Need {
    family: Family,
    kind: &'static str,
    presence: Presence,
    details: Vec<String>,
    name: String,
}

/// What is needed, and by whom.
type Needs = BTreeMap<Need, BTreeSet<Key>>;

/// Adds what is needed, and who needs it.
pub(super) fn add(set: &ObjectSet, workloads: &[Workload<'_>], draft: &mut Draft) {
    let mut needs = Needs::new();
    for object in &set.objects {
        let need = match object.id.kind.as_str() {
            "ConfigMap" => config(&field::name(object, set), set),
            "Secret" | "SealedSecret" => Some(secret(&secret_name(object, set), set)),
            "PersistentVolumeClaim" => Some(claim(&field::name(object, set), set)),
            _ => None,
        };
        needs.extend(need.map(|it| (it, BTreeSet::new())));
    }
    for workload in workloads {
        of_workload(workload, set, &mut needs);
    }
    for ingress in set.of_kind("Ingress") {
        for name in items(&ingress.body, "/spec/tls").filter_map(|it| text(it, "/secretName")) {
            let need = secret(&field::name_beside(ingress, name, set), set);
            needs.entry(need).or_default().insert(route::key(ingress, set));
        }
    }
    let mut alike: BTreeMap<(Need, BTreeSet<Key>), Vec<String>> = BTreeMap::new();
    for (need, users) in needs {
        let name = need.name.clone();
        alike.entry((Need { name: String::new(), ..need }, users)).or_default().push(name);
    }
    for ((need, users), names) in alike {
        let plural = if names.len() > 1 { "s" } else { "" };
        let node = draft::node(need.family, &format!("{}{plural}", need.kind), "", need.presence);
        let key = draft.node(Node { names, details: need.details, ..node });
        for user in &users {
            draft.edge(user, &key, EdgeKind::Uses, None);
        }
    }
}

fn of_workload(workload: &Workload<'_>, set: &ObjectSet, needs: &mut Needs) {
    let beside = |name: &str| field::name_beside(workload.object, name, set);
    let mut found: Vec<Need> = Vec::new();
    for container in workload.containers() {
        let variables = items(container, "/env").filter_map(|it| it.get("valueFrom"));
        for (source, at) in variables
            .map(|it| (it, ["/configMapKeyRef", "/secretKeyRef"]))
            .chain(items(container, "/envFrom").map(|it| (it, ["/configMapRef", "/secretRef"])))
        {
            found.extend(text(source, &format!("{}/name", at[0])).and_then(|it| config(&beside(it), set)));
            found.extend(text(source, &format!("{}/name", at[1])).map(|it| secret(&beside(it), set)));
        }
    }
    for volume in items(workload.template, "/spec/volumes") {
        of_volume(volume, beside, set, &mut found);
    }
    let pull = items(workload.template, "/spec/imagePullSecrets").filter_map(|it| text(it, "/name"));
    found.extend(pull.map(|it| secret(&beside(it), set)));
    for template in items(&workload.object.body, "/spec/volumeClaimTemplates") {
        let Some(name) = text(template, "/metadata/name") else { continue };
        let name = format!("{name}-{}-*", workload.name);
        let size = size(template).map(|it| format!("{it} for each pod"));
        found.push(need(Family::Volume, "PersistentVolumeClaim", &name, Presence::Made, size));
    }
    let key = workload.key();
    for need in found {
        needs.entry(need).or_default().insert(key.clone());
    }
}

fn of_volume(volume: &Value, beside: impl Fn(&str) -> String, set: &ObjectSet, found: &mut Vec<Need>) {
    found.extend(text(volume, "/configMap/name").and_then(|it| config(&beside(it), set)));
    found.extend(text(volume, "/secret/secretName").map(|it| secret(&beside(it), set)));
    for source in items(volume, "/projected/sources") {
        found.extend(text(source, "/configMap/name").and_then(|it| config(&beside(it), set)));
        found.extend(text(source, "/secret/name").map(|it| secret(&beside(it), set)));
    }
    found.extend(text(volume, "/persistentVolumeClaim/claimName").map(|it| claim(&beside(it), set)));
    let other = |kind, name: &str| need(Family::Volume, kind, name, Presence::External, None);
    found.extend(text(volume, "/hostPath/path").map(|it| other("path of the node", it)));
    found.extend(text(volume, "/csi/driver").map(|it| other("CSI volume", it)));
    if let (Some(server), Some(path)) = (text(volume, "/nfs/server"), text(volume, "/nfs/path")) {
        found.push(other("NFS volume", &format!("{server}:{path}")));
    }
}

fn need(family: Family, kind: &'static str, name: &str, presence: Presence, detail: Option<String>) -> Need {
    Need { family, kind, presence, details: detail.into_iter().collect(), name: name.to_owned() }
}

/// Returns the need of a `ConfigMap`; none for the one that Kubernetes puts into every namespace.
fn config(name: &str, set: &ObjectSet) -> Option<Need> {
    let presence = presence("ConfigMap", name, set);
    (name != "kube-root-ca.crt").then(|| need(Family::Config, "ConfigMap", name, presence, None))
}

fn claim(name: &str, set: &ObjectSet) -> Need {
    let object = set.of_kind("PersistentVolumeClaim").find(|it| field::is_called(it, name, set));
    let size = object.and_then(|it| size(&it.body)).map(str::to_owned);
    need(Family::Volume, "PersistentVolumeClaim", name, presence("PersistentVolumeClaim", name, set), size)
}

/// The kinds from which a controller makes a Secret.
const MAKERS: [&str; 3] = ["Certificate", "ExternalSecret", "SealedSecret"];

/// Returns the need of a Secret, with what makes it where an object of ours has a controller make it.
fn secret(name: &str, set: &ObjectSet) -> Need {
    let of = |presence, detail| need(Family::Secret, "Secret", name, presence, detail);
    if presence("Secret", name, set) == Presence::Made {
        return of(Presence::Made, None);
    }
    let maker = MAKERS.iter().flat_map(|it| set.of_kind(it)).find(|it| secret_name(it, set) == name);
    match maker.map(|it| (it.id.kind.as_str(), it)) {
        Some(("SealedSecret", _)) => of(Presence::Made, Some("sealed".to_owned())),
        Some(("ExternalSecret", it)) => {
            let store = text(&it.body, "/spec/secretStoreRef/name").unwrap_or("a store");
            of(Presence::External, Some(format!("from {store}")))
        }
        Some((kind, it)) => of(Presence::External, Some(format!("from {kind} {}", it.id.name))),
        None => of(Presence::External, None),
    }
}

/// Returns the name of the Secret that an object is, or that a controller makes from it; empty for any other object.
fn secret_name(object: &Object, set: &ObjectSet) -> String {
    if let Some((name, _)) = sealed::secret(object) {
        return field::name_beside(object, &name, set);
    }
    let own = object.id.name.as_str();
    let name = match object.id.kind.as_str() {
        "Secret" => own,
        "SealedSecret" => text(&object.body, "/spec/template/metadata/name").unwrap_or(own),
        "ExternalSecret" => text(&object.body, "/spec/target/name").unwrap_or(own),
        "Certificate" => text(&object.body, "/spec/secretName").unwrap_or_default(),
        _ => return String::new(),
    };
    field::name_beside(object, name, set)
}

fn presence(kind: &str, name: &str, set: &ObjectSet) -> Presence {
    if set.of_kind(kind).any(|it| field::is_called(it, name, set)) { Presence::Made } else { Presence::External }
}

fn size(claim: &Value) -> Option<&str> {
    text(claim, "/spec/resources/requests/storage")
}
