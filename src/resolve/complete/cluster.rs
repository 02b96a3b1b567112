//! A cluster and what it can hold.

use super::{
    CONFLICTING_SETTINGS, OUT_OF_BOUNDS, UNKNOWN_CLUSTER, UNSUPPORTED_KUBERNETES_VERSION, argument, property_text,
    required,
};
use crate::diagnostic::Diagnostic;
use crate::object::{Capacity, Cluster, KubernetesVersion, Quantity, ReclaimPolicy, StorageClass};
use crate::source::Traced;
use crate::spec::{Entry, Node};

/// Finds the cluster that an environment names.
pub(super) fn find<'a>(wanted: &Entry, clusters: &'a [Node], diagnostics: &mut Vec<Diagnostic>) -> Option<&'a Node> {
    let name = wanted.text().value;
    let found = clusters.iter().find(|it| argument(it, 0).value == name);
    if found.is_none() {
        let known: Vec<String> = clusters.iter().map(|it| argument(it, 0).value).collect();
        let message = format!("no cluster is called `{name}`");
        let diagnostic = Diagnostic::new(UNKNOWN_CLUSTER, message).at_some(wanted.span(), "");
        diagnostics.push(
            diagnostic
                .suggest(&name, known.iter().map(String::as_str))
                .help("declare it in base/: `cluster NAME kubernetes=\"1.34\"`"),
        );
    }
    found
}

/// Reads a cluster.
pub(super) fn read(node: &Node, diagnostics: &mut Vec<Diagnostic>) -> Cluster {
    required::check(node, diagnostics);
    let version = node.property("kubernetes").and_then(|it| Some((it, it.text().value.parse().ok()?)));
    let kubernetes = version.as_ref().map_or(KubernetesVersion::DEFAULT, |(_, version)| *version);
    let (oldest, newest) = KubernetesVersion::SUPPORTED;
    if let Some((entry, version)) = version.filter(|(_, it)| !(oldest..=newest).contains(it)) {
        let message = format!("Kubernetes {version} is not known here");
        let diagnostic = Diagnostic::new(UNSUPPORTED_KUBERNETES_VERSION, message).at_some(entry.span(), "");
        diagnostics.push(diagnostic.help(format!("versions {oldest} to {newest} are")));
    }
    Cluster {
        name: argument(node, 0).value,
        kubernetes,
        capacity: node.child("capacity").map(|it| capacity(it, diagnostics)),
        storage_classes: storage_classes(node, diagnostics),
        span: node.span(),
    }
}

fn storage_classes(node: &Node, diagnostics: &mut Vec<Diagnostic>) -> Vec<StorageClass> {
    let flag = |it: &Node, name: &str| it.property(name).map(|it| it.flag().value);
    let class = |it: &Node| StorageClass {
        name: argument(it, 0).value,
        expandable: flag(it, "expandable"),
        reclaim: property_text(it, "reclaim").map(|it| match it.value.as_str() {
            "Retain" => ReclaimPolicy::Retain,
            _ => ReclaimPolicy::Delete,
        }),
        is_default: flag(it, "default") == Some(true),
        span: it.span(),
    };
    let mut classes: Vec<StorageClass> = node.children_named("storage-class").map(class).collect();
    let mut defaults = classes.iter().filter(|it| it.is_default);
    if let (Some(first), Some(second)) = (defaults.next(), defaults.next()) {
        let message = format!("`{}` and `{}` are both the default storage class", first.name, second.name);
        let diagnostic = Diagnostic::new(CONFLICTING_SETTINGS, message).at(second.span, "");
        diagnostics.push(diagnostic.at(first.span, "and this").help("keep `default=#true` at one of them"));
    }
    classes.sort_by(|a, b| a.name.cmp(&b.name));
    classes
}

fn capacity(node: &Node, diagnostics: &mut Vec<Diagnostic>) -> Capacity {
    let amount = |node: &Node, name: &str| {
        let text = property_text(node, name)?;
        Some(Traced::new(Quantity::parse(&text.value)?, text.origin))
    };
    let nothing = || Traced::new(Quantity::ZERO, node.origin.clone());
    let reserve =
        |name: &str| node.child("reserve").and_then(|it| amount(it, name)).map_or(Quantity::ZERO, |it| it.value);
    let target = super::property_percent(node, "target");
    if let Some(target) = target.as_ref().filter(|it| it.value > 100) {
        let message = format!("`target` is {}% of what there is", target.value);
        let diagnostic = Diagnostic::new(OUT_OF_BOUNDS, message).at_some(target.origin.span, "");
        diagnostics.push(diagnostic.help("set the share of the capacity that is meant to be used: at most \"100%\""));
    }
    let capacity = Capacity {
        cpu: amount(node, "cpu").unwrap_or_else(nothing),
        memory: amount(node, "memory").unwrap_or_else(nothing),
        reserve_cpu: reserve("cpu"),
        reserve_memory: reserve("memory"),
        target_percent: target.and_then(|it| u32::try_from(it.value).ok()).unwrap_or(100),
    };
    let amounts = [("cpu", &capacity.cpu, capacity.reserve_cpu), ("memory", &capacity.memory, capacity.reserve_memory)];
    for (name, total, reserve) in amounts.into_iter().filter(|(_, total, reserve)| *reserve > total.value) {
        let message = format!("`reserve` takes {reserve} {name} of a cluster that has {}", total.value);
        let place = node.child("reserve").and_then(|it| it.property(name)).and_then(Entry::span);
        let diagnostic = Diagnostic::new(OUT_OF_BOUNDS, message).at_some(place, "");
        diagnostics.push(diagnostic.at_some(total.origin.span, "all that there is").help("reserve less"));
    }
    capacity
}
