//! A component: its image, its pods, its resources, and the parts that have files of their own.

use super::origins::{self, Refused};
use super::{
    CONFLICTING_SETTINGS, Context, EMPTY_BOUNDS, MISSING_SETTING, OUT_OF_BOUNDS, UNKNOWN_RULE, UNKNOWN_SECRET,
    UNKNOWN_SECRET_KEY, argument, config, declared, image, labels, manifest, network, number, probe, property_number,
    property_percent, property_text, routing, security,
};
use crate::diagnostic::Diagnostic;
use crate::diagnostic::house_rule::{HOUSE_RULES, ORIGIN_NOT_ALLOWED};
use crate::object::{Quantity, Waiver};
use crate::resolve::OVERRIDE_WITHOUT_EFFECT;
use crate::source::{Span, Traced};
use crate::spec::{
    Autoscale, Component, DisruptionBudget, Entry, EnvironmentVariable, Node, Port, Replicas, ResourceList, Rollout,
    ServiceAccount, VariableSource,
};

/// Reads a component.
pub(super) fn read(node: &Node, context: &mut Context<'_>) -> Component {
    let name = argument(node, 0);
    let object_name = object_name(&context.app_name, node);
    let waivers = waivers(node, context);
    let mut refused = Vec::new();
    let config = config::read(node, &object_name, &mut refused, context);
    let variables = variables(node, &object_name, &mut refused, context);
    origins::report(refused, &waivers, context);
    let mut ports: Vec<Port> = node.children_named("port").map(port).collect();
    ports.sort_by(|a, b| a.name.value.cmp(&b.name.value));
    let service = routing::service(node, &ports, context);
    Component {
        image: image::read(node, context),
        command: words(node, "command"),
        args: words(node, "args"),
        replicas: Replicas { count: replicas(node, context) },
        config,
        variables,
        requests: resources(node, "requests"),
        limits: resources(node, "limits"),
        probes: probe::read(node, &ports, context),
        security: security::read(node),
        rollout: rollout(node, context),
        autoscale: autoscale(node, &object_name, context),
        disruption_budget: disruption_budget(node, &object_name, context),
        ingress: routing::ingress(node, &object_name, service.as_ref(), context),
        service,
        allowances: network::allowances(node, &ports, context),
        service_account: service_account(node, &object_name),
        labels: labels(node, "labels"),
        annotations: labels(node, "annotations"),
        selector: labels(node, "selector"),
        manifests: manifest::manifests(node, Some((&name.value, &waivers)), context),
        waivers: waivers.into_iter().filter(|it| it.code != ORIGIN_NOT_ALLOWED.name).collect(),
        ports,
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
    component.child("name").map_or_else(
        || {
            let name = argument(component, 0);
            Traced::new(
                format!("{app_name}-{}", name.value),
                component.origin.derived("objects are called after the app and the component"),
            )
        },
        |it| argument(it, 0),
    )
}

fn words(node: &Node, name: &str) -> Vec<Traced<String>> {
    node.child(name).map(|it| it.arguments.iter().map(Entry::text).collect()).unwrap_or_default()
}

pub(super) fn port(node: &Node) -> Port {
    let protocol = property_text(node, "protocol");
    Port {
        name: argument(node, 0),
        number: number(node, 1),
        protocol: protocol.unwrap_or_else(|| Traced::rule("TCP".to_owned(), "ports are TCP unless told otherwise")),
    }
}

/// Reads the number of pods, and holds it and the autoscaler's range against the declared bounds.
fn replicas(node: &Node, context: &mut Context<'_>) -> Traced<i64> {
    let Some(replicas) = node.child("replicas") else {
        return Traced::rule(1, "one replica unless told otherwise");
    };
    let count = number(replicas, 0);
    let (minimum, maximum) = (property_number(replicas, "min"), property_number(replicas, "max"));
    if empty_range("replicas", minimum.as_ref(), maximum.as_ref(), context) {
        return count;
    }
    let autoscale = node.child("autoscale");
    if let Some((autoscale, said)) = autoscale.zip(replicas.argument(0)) {
        // A number of the base is for the environments that have no autoscaler.
        let file = |span: Option<Span>| span.map(|it| it.file);
        if file(said.span()) == file(context.environment.name.origin.span) {
            let message = "`replicas` has no effect beside `autoscale`, which owns the number of pods";
            let diagnostic = Diagnostic::new(OVERRIDE_WITHOUT_EFFECT, message).at_some(said.span(), "");
            let diagnostic = diagnostic.at(autoscale.span(), "the autoscaler is declared here");
            context
                .diagnostics
                .push(diagnostic.help("remove the number; `min` and `max` stay bounds of the autoscaler"));
        }
    }
    let values = [
        ("replicas", replicas.argument(0).map(|_| count.clone())),
        ("autoscale min", autoscale.and_then(|it| property_number(it, "min"))),
        ("autoscale max", autoscale.and_then(|it| property_number(it, "max"))),
    ];
    let component = argument(node, 0).value;
    for (what, value) in values {
        let Some(value) = value else { continue };
        let below = minimum.as_ref().filter(|bound| value.value < bound.value).map(|it| ("below the minimum", it));
        let above = maximum.as_ref().filter(|bound| value.value > bound.value).map(|it| ("above the maximum", it));
        if let Some((how, bound)) = below.or(above) {
            let message = format!("`{what}` of `{component}` is {}, {how} of {}", value.value, bound.value);
            let diagnostic = Diagnostic::new(OUT_OF_BOUNDS, message).at_some(value.origin.span, "");
            context.diagnostics.push(
                diagnostic.at_some(bound.origin.span, "the bound is set here").help("change the number, or the bound"),
            );
        }
    }
    count
}

/// Reports a range without a number in it, and returns whether it is one.
fn empty_range(
    what: &str,
    minimum: Option<&Traced<i64>>,
    maximum: Option<&Traced<i64>>,
    context: &mut Context<'_>,
) -> bool {
    let (Some(minimum), Some(maximum)) = (minimum, maximum) else { return false };
    let empty = minimum.value > maximum.value;
    if empty {
        let message = format!("`{what}` has a minimum of {} and a maximum of {}", minimum.value, maximum.value);
        let diagnostic = Diagnostic::new(EMPTY_BOUNDS, message).at_some(minimum.origin.span, "the minimum");
        context
            .diagnostics
            .push(diagnostic.at_some(maximum.origin.span, "the maximum").help("set `max=` to no less than `min=`"));
    }
    empty
}

fn variables(
    node: &Node,
    object_name: &Traced<String>,
    refused: &mut Vec<Refused>,
    context: &mut Context<'_>,
) -> Vec<EnvironmentVariable> {
    let children = node.child("env").map(|it| it.children.as_slice()).unwrap_or_default();
    let variables: Vec<EnvironmentVariable> = children.iter().filter_map(|it| variable(it, context)).collect();
    for variable in variables.iter().filter(|it| origins::names_origins(&it.name.value)) {
        let VariableSource::Literal(value) = &variable.source else { continue };
        let refusal = |text| origins::refusal(&variable.name.value, text, value.origin.span, context);
        if let Some(diagnostic) = value.value.split(',').map(str::trim).find_map(refusal) {
            refused.push(Refused { diagnostic, object: context.object("apps", "Deployment", &object_name.value) });
        }
    }
    variables
}

fn variable(node: &Node, context: &mut Context<'_>) -> Option<EnvironmentVariable> {
    let name = Traced::new(node.name.value.clone(), node.origin.clone());
    let literal = node.argument(0).map(|it| ("a value", it));
    let secret = node.property("secret").map(|it| ("secret=", it));
    let field = node.property("field").map(|it| ("field=", it));
    let given: Vec<(&str, &Entry)> = [literal, secret, field].into_iter().flatten().collect();
    match given.as_slice() {
        [] => {
            let message = format!("variable `{}` has no value", name.value);
            let diagnostic = Diagnostic::new(super::MISSING_VALUE, message).at(node.span(), "");
            context.diagnostics.push(diagnostic.help(format!("write `{0} VALUE` or `{0} secret=NAME`", name.value)));
            return None;
        }
        [_] => {}
        [(first, first_entry), (second, second_entry), ..] => {
            let message = format!("variable `{}` has {first} and {second}", name.value);
            let diagnostic = Diagnostic::new(CONFLICTING_SETTINGS, message).at_some(second_entry.span(), "");
            context.diagnostics.push(
                diagnostic
                    .at_some(first_entry.span(), "and this")
                    .help("keep one of them; an overlay that changes the kind of a variable says `(replace)`"),
            );
            return None;
        }
    }
    let source = match (secret, field) {
        (Some((_, secret)), _) => {
            let key = property_text(node, "key").unwrap_or_else(|| {
                Traced::new(name.value.clone(), node.origin.derived("the secret's key is called as the variable"))
            });
            check_secret_key(&secret.text(), &key, context);
            VariableSource::Secret { name: secret.text(), key }
        }
        (None, Some((_, field))) => VariableSource::Field(field.text()),
        (None, None) => VariableSource::Literal(argument(node, 0)),
    };
    if let (None, Some(key)) = (secret, node.property("key")) {
        let message = format!("variable `{}` has `key=` without `secret=`", name.value);
        context
            .diagnostics
            .push(Diagnostic::new(MISSING_SETTING, message).at_some(key.span(), "").help("add `secret=NAME`"));
    }
    Some(EnvironmentVariable { name, source })
}

/// Reports a Secret, or a key of one, that is not declared.
fn check_secret_key(secret: &Traced<String>, key: &Traced<String>, context: &mut Context<'_>) {
    let Some(declared) = find_secret(secret, context) else { return };
    if declared.keys.iter().any(|it| it.value == key.value) {
        return;
    }
    let known: Vec<String> = declared.keys.iter().map(|it| it.value.clone()).collect();
    let is_sealed = context.sealed.contains(&secret.value);
    let help = if is_sealed { "encrypt it again with this key" } else { "add it to `keys` once it is in the cluster" };
    let message = format!("secret `{}` has no key `{}`", secret.value, key.value);
    let place = declared.keys.first().map_or(declared.name.origin.span, |it| it.origin.span);
    let diagnostic = Diagnostic::new(UNKNOWN_SECRET_KEY, message)
        .at_some(key.origin.span, "")
        .at_some(place, "its keys are declared here");
    context.diagnostics.push(diagnostic.suggest(&key.value, known.iter().map(String::as_str)).help(help));
}

/// Finds a declared Secret, and reports one that is not.
pub(super) fn find_secret(name: &Traced<String>, context: &mut Context<'_>) -> Option<crate::spec::Secret> {
    let found = context.secrets.iter().find(|it| it.name.value == name.value).cloned();
    if found.is_none() {
        let known: Vec<String> = context.secrets.iter().map(|it| it.name.value.clone()).collect();
        let message = format!("no secret is called `{}`", name.value);
        let diagnostic = Diagnostic::new(UNKNOWN_SECRET, message).at_some(name.origin.span, "");
        context.diagnostics.push(
            diagnostic
                .suggest(&name.value, known.iter().map(String::as_str))
                .help(format!("declare it in the app: `secret {} {{ keys … }}`", name.value)),
        );
    }
    found
}

fn resources(node: &Node, block: &str) -> Vec<ResourceList> {
    let Some(block) = node.child("resources").and_then(|it| it.child(block)) else { return Vec::new() };
    ["cpu", "memory", "ephemeral-storage"]
        .into_iter()
        .filter_map(|resource| {
            let text = property_text(block, resource)?;
            let amount = Traced::new(Quantity::parse(&text.value)?, text.origin);
            Some(ResourceList { resource, amount })
        })
        .collect()
}

fn rollout(node: &Node, context: &mut Context<'_>) -> Rollout {
    let block = node.child("rollout");
    let text = |name: &str| block.and_then(|it| property_text(it, name));
    let whole = |name: &str| block.and_then(|it| property_number(it, name));
    let rollout = Rollout {
        strategy: block.and_then(|it| it.argument(0)).map_or_else(
            || Traced::rule("RollingUpdate".to_owned(), "pods are replaced one after the other unless told otherwise"),
            Entry::text,
        ),
        max_unavailable: text("max-unavailable"),
        max_surge: text("max-surge"),
        min_ready: whole("min-ready"),
        deadline: whole("deadline"),
    };
    let bound = rollout.max_unavailable.as_ref().or(rollout.max_surge.as_ref());
    if let Some(bound) = bound.filter(|_| rollout.strategy.value == "Recreate") {
        let message = "`rollout Recreate` replaces all pods at once, so it has no `max-unavailable` or `max-surge`";
        let diagnostic = Diagnostic::new(CONFLICTING_SETTINGS, message).at_some(bound.origin.span, "");
        context.diagnostics.push(
            diagnostic
                .at_some(rollout.strategy.origin.span, "the strategy is set here")
                .help("write `(replace)rollout Recreate` in an overlay, or remove the bounds"),
        );
    }
    rollout
}

fn autoscale(node: &Node, object_name: &Traced<String>, context: &mut Context<'_>) -> Option<Autoscale> {
    let block = node.child("autoscale")?;
    let bound = |name: &str| property_number(block, name).unwrap_or_else(|| Traced::new(1, block.origin.clone()));
    let (minimum, maximum) = (property_number(block, "min"), property_number(block, "max"));
    empty_range("autoscale", minimum.as_ref(), maximum.as_ref(), context);
    let (cpu, memory) = (property_percent(block, "cpu"), property_percent(block, "memory"));
    if cpu.is_none() && memory.is_none() {
        let message = format!("`autoscale` of `{}` has no measure", argument(node, 0).value);
        let diagnostic = Diagnostic::new(MISSING_SETTING, message).at(block.span(), "");
        context.diagnostics.push(diagnostic.help("add `cpu=\"70%\"` or `memory=\"80%\"`"));
    }
    Some(Autoscale {
        name: name_or(block, object_name, "an autoscaler is called as the component's objects"),
        minimum: bound("min"),
        maximum: bound("max"),
        cpu,
        memory,
        origin: declared(block),
    })
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
        mount_token: flag("mount-token")
            .unwrap_or_else(|| Traced::rule(false, "pods get no service account token unless told otherwise")),
    }
}

/// Reads the waivers, and reports those for rules that do not exist.
fn waivers(node: &Node, context: &mut Context<'_>) -> Vec<Waiver> {
    let mut waivers = Vec::new();
    for waiver in node.children_named("waive") {
        let code = argument(waiver, 0);
        if !HOUSE_RULES.iter().any(|it| it.name == code.value) {
            let known: Vec<&str> = HOUSE_RULES.iter().map(|it| it.name).collect();
            let message = format!("there is no rule `{}` that can be waived", code.value);
            let diagnostic = Diagnostic::new(UNKNOWN_RULE, message).at_some(code.origin.span, "");
            context.diagnostics.push(
                diagnostic
                    .suggest(&code.value, known.iter().copied())
                    .help(format!("rules that can be waived are {}", known.join(", "))),
            );
            continue;
        }
        let reason = property_text(waiver, "reason").map(|it| it.value).unwrap_or_default();
        waivers.push(Waiver { code: code.value, reason, span: waiver.span() });
    }
    waivers
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
            specs[0].components[0].ports.iter().map(|it| it.name.value.clone()).collect::<Vec<_>>()
        };
        assert_eq!(of("port a 1; port b 2"), of("port b 2; port a 1"));
    }
}
