//! What is about a component's pods as a whole: their end, their network, their names for hosts.

use super::{Context, argument, data, property_number, property_text};
use crate::spec::{Dns, DnsOption, Entry, HostAlias, Node, PodSettings};

/// Reads the settings of a component's pods.
pub(super) fn read(component: &Node, context: &mut Context<'_>) -> PodSettings {
    let block = component.child("pod");
    let text = |name: &str| block.and_then(|it| property_text(it, name));
    let whole = |name: &str| block.and_then(|it| property_number(it, name));
    let flag = |name: &str| block.and_then(|it| it.property(name)).map(Entry::flag);
    let mut pull_secrets: Vec<_> = component.children_named("image-pull-secret").map(|it| argument(it, 0)).collect();
    pull_secrets.sort_by(|a, b| a.value.cmp(&b.value));
    for secret in &pull_secrets {
        data::check_secret(secret, context);
    }
    let mut host_aliases: Vec<HostAlias> = component
        .children_named("host-alias")
        .map(|it| HostAlias { address: argument(it, 0), names: it.arguments.iter().skip(1).map(Entry::text).collect() })
        .collect();
    host_aliases.sort_by(|a, b| a.address.value.cmp(&b.address.value));
    PodSettings {
        grace_period: whole("grace-period"),
        active_deadline: whole("active-deadline"),
        priority_class: text("priority-class"),
        runtime_class: text("runtime-class"),
        scheduler: text("scheduler"),
        host_network: flag("host-network"),
        host_pid: flag("host-pid"),
        host_ipc: flag("host-ipc"),
        share_process_namespace: flag("share-process-namespace"),
        service_links: flag("service-links"),
        dns_policy: text("dns-policy"),
        hostname: text("hostname"),
        subdomain: text("subdomain"),
        host_aliases,
        dns: component.child("dns").map(dns).unwrap_or_default(),
        pull_secrets,
    }
}

fn dns(node: &Node) -> Dns {
    let list = |name: &str| {
        node.child(name).map(|it| it.arguments.iter().map(Entry::text).collect::<Vec<_>>()).unwrap_or_default()
    };
    let mut options: Vec<DnsOption> = node
        .children_named("option")
        .map(|it| DnsOption { name: argument(it, 0), value: property_text(it, "value") })
        .collect();
    options.sort_by(|a, b| a.name.value.cmp(&b.name.value));
    Dns { nameservers: list("nameserver"), searches: list("search"), options }
}
