//! A component: its image, its pods, its resources, and the parts that have files of their own.

use super::origins;
use super::pod::{self, Surroundings};
use super::{
    CONFLICTING_SETTINGS, Context, MISSING_SETTING, access, argument, autoscale, config, container, declared, ingress,
    labels, manifest, network, policy, property_text, routing, volume, workload,
};
use crate::diagnostic::Diagnostic;
use crate::object::Waiver;
use crate::source::Traced;
use crate::spec::{Component, ConfigMap, DisruptionBudget, Entry, Manifest, Node, ServiceAccount};

/// What of a component is read before all components: its waivers, and the objects that it writes itself.
pub(super) struct Own {
    waivers: Vec<Waiver>,
    /// Its manifests.
    pub(super) manifests: Vec<Manifest>,
}

impl Own {
    /// Reads them.
    pub(super) fn read(node: &Node, context: &mut Context<'_>) -> Self {
        let waivers = policy::waivers(node, context.diagnostics);
        let manifests = manifest::manifests(node, Some((&argument(node, 0).value, &waivers)), context);
        Self { waivers, manifests }
    }
}

/// Reads a component.
pub(super) fn read(node: &Node, own: Own, shared: &[ConfigMap], context: &mut Context<'_>) -> Component {
    let Own { waivers, manifests } = own;
    let name = argument(node, 0);
    let object_name = object_name(&context.app_name, node);
    let mut refused = Vec::new();
    let config = config::read(node, &object_name, &mut refused, context);
    let files = volume::files(node, &object_name, context);
    let configs = config.iter().chain(&files).chain(shared).collect();
    let around = Surroundings::of(node, &object_name, configs, context);
    let pod = pod::read(node, config.as_ref(), &around, &mut refused, context);
    origins::report(refused, &waivers, context);
    let service = routing::service(node, context);
    let additional_services = routing::additional_services(node, context);
    Component {
        workload: workload::read(node, service.iter().chain(&additional_services), context),
        kind: workload::kind(node).origin,
        wave: None,
        config,
        files,
        autoscale: autoscale::read(node, &object_name, context),
        disruption_budget: disruption_budget(node, &object_name, context),
        ingress: ingress::ingress(node, &object_name, service.as_ref(), context),
        http_route: ingress::http_route(node, &object_name, service.as_ref(), context),
        service,
        additional_services,
        allowances: network::allowances(node, &container::ports_of_pod(node), context),
        service_account: service_account(node, &object_name),
        permissions: access::permissions(node, context),
        labels: labels(node, "labels"),
        annotations: labels(node, "annotations"),
        selector: labels(node, "selector"),
        manifests,
        waivers,
        pod,
        name,
        object_name,
    }
}

/// Returns the name that a node sets for its object; that of the component's objects where it sets none.
pub(super) fn name_or(node: &Node, object_name: &Traced<String>, rule: &'static str) -> Traced<String> {
    property_text(node, "name")
        .unwrap_or_else(|| Traced::new(object_name.value.clone(), object_name.origin.derived(rule)))
}

/// Returns the name of a component's objects.
pub(super) fn object_name(app_name: &str, component: &Node) -> Traced<String> {
    component.child("name").and_then(|it| it.argument(0)).map_or_else(
        || {
            let name = argument(component, 0);
            Traced::new(
                format!("{app_name}-{}", name.value),
                component.origin.derived("objects are called after the app and the component"),
            )
        },
        Entry::text,
    )
}

fn disruption_budget(node: &Node, object_name: &Traced<String>, context: &mut Context<'_>) -> Option<DisruptionBudget> {
    let block = node.child("disruption-budget")?;
    let (stay, go) = (property_text(block, "min-available"), property_text(block, "max-unavailable"));
    match (&stay, &go) {
        (Some(stay), Some(go)) => {
            let message = "`disruption-budget` has `min-available` and `max-unavailable`";
            let diagnostic = Diagnostic::new(CONFLICTING_SETTINGS, message).at_some(go.origin.span, "");
            context.diagnostics.push(
                diagnostic
                    .at_some(stay.origin.span, "and this")
                    .help("keep one; an overlay that changes which says `(replace)disruption-budget`"),
            );
        }
        (None, None) => {
            let message = "`disruption-budget` says neither how many pods stay nor how many may go";
            let diagnostic = Diagnostic::new(MISSING_SETTING, message).at(block.span(), "");
            context.diagnostics.push(diagnostic.help("add `max-unavailable=1` or `min-available=1`"));
        }
        (Some(_), None) | (None, Some(_)) => {}
    }
    Some(DisruptionBudget {
        name: name_or(block, object_name, "a disruption budget is called as the component's objects"),
        min_available: stay,
        max_unavailable: go,
        origin: declared(block),
    })
}

fn service_account(node: &Node, object_name: &Traced<String>) -> ServiceAccount {
    let block = node.child("service-account");
    let flag = |name: &str| block.and_then(|it| it.property(name)).map(Entry::flag);
    ServiceAccount {
        name: block.and_then(|it| it.argument(0)).map_or_else(
            || {
                Traced::new(
                    object_name.value.clone(),
                    object_name.origin.derived("the account is called as the component's objects"),
                )
            },
            Entry::text,
        ),
        create: flag("create").is_none_or(|it| it.value),
        mount_token: flag("mount-token").unwrap_or_else(|| match access::first_permission(node) {
            Some(origin) => Traced::new(true, origin.derived("pods get the account's token where it has a permission")),
            None => Traced::rule(false, "pods get no service account token unless told otherwise"),
        }),
    }
}

#[cfg(test)]
mod tests {
    use crate::resolve::tests::messages;

    #[test]
    fn reports_settings_that_do_not_go_together() {
        let check = |inside: &str, expected: &[&str]| {
            assert_eq!(messages(&format!("component a {{ {inside} }}"), ""), expected, "{inside}");
        };
        check("image i; replicas 4 min=5 max=3", &["`replicas` has a minimum of 5 and a maximum of 3"]);
        check("image i; replicas 4 max=3", &["`replicas` of `a` is 4, above the maximum of 3"]);
        check(
            "image i; port http 80; probe liveness port=http { exec true-ish }",
            &["`probe liveness` runs a program, which asks no port"],
        );
        check("image i; allow x to=\"*\" protocol=UDP", &["`allow x` has a protocol and no port"]);
        check("image i; port http 80; allow x to=a port=80; allow y to=a port=http", &[]);
        check("image i; port http 80; allow x to=a port=81", &["the component has no port `81`"]);
        check("image i; allow x to=\"namespace/\"", &["`namespace/` is no component of this app, and no other peer"]);
    }

    #[test]
    fn ports_are_in_the_order_of_their_names() {
        // Their order has no meaning, so that of the lines must not show.
        let of = |ports: &str| {
            let sources = crate::source::Sources::new([
                ("base/app.kdl".to_owned(), format!("app a {{ component b {{ image i; {ports} }} }}")),
                ("environments/dev.kdl".to_owned(), "environment dev".to_owned()),
            ]);
            let (parts, _) = crate::parse::project(&sources);
            let specs = crate::resolve::project(&parts, &sources).specs;
            specs[0].components[0].pod.main.ports.iter().map(|it| it.name.value.clone()).collect::<Vec<_>>()
        };
        assert_eq!(of("port a 1; port b 2"), of("port b 2; port a 1"));
    }
}
