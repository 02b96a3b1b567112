//! What kind of workload a component is, how many pods it has, and how they come and go.

use super::{
    CONFLICTING_SETTINGS, Context, EMPTY_BOUNDS, MISSING_SETTING, OUT_OF_BOUNDS, argument, declared, number,
    property_number, property_text,
};
use crate::diagnostic::Diagnostic;
use crate::object::Quantity;
use crate::resolve::OVERRIDE_WITHOUT_EFFECT;
use crate::source::{Span, Traced};
use crate::spec::{ClaimTemplate, Cron, Entry, Job, Node, Rollout, Service, Stateful, Workload};

/// The nodes of a component that only some kinds have a meaning for.
const NODES: &[(&str, &[&str])] = &[
    ("replicas", &["Deployment", "StatefulSet"]),
    ("autoscale", &["Deployment", "StatefulSet"]),
    ("disruption-budget", &["Deployment", "StatefulSet"]),
    ("rollout", &["Deployment", "StatefulSet", "DaemonSet"]),
    ("stateful", &["StatefulSet"]),
    ("claim-template", &["StatefulSet"]),
    ("job", &["Job", "CronJob"]),
    ("cron", &["CronJob"]),
];

/// The settings of `rollout` that only some kinds have.
const ROLLOUT: &[(&str, &[&str])] =
    &[("max-surge", &["Deployment", "DaemonSet"]), ("partition", &["StatefulSet"]), ("deadline", &["Deployment"])];

/// The strategies of each kind.
const STRATEGIES: &[(&str, &[&str])] = &[
    ("Deployment", &["RollingUpdate", "Recreate"]),
    ("StatefulSet", &["RollingUpdate", "OnDelete"]),
    ("DaemonSet", &["RollingUpdate", "OnDelete"]),
];

/// Reads what a component is, and reports what has no meaning for that.
pub(super) fn read<'a>(
    node: &Node,
    services: impl Iterator<Item = &'a Service>,
    context: &mut Context<'_>,
) -> Workload {
    let kind = kind(node);
    misplaced(node, &kind, context);
    match kind.value.as_str() {
        "StatefulSet" => Workload::StatefulSet {
            replicas: replicas(node, context),
            rollout: rollout(node, &kind, context),
            stateful: stateful(node, services),
        },
        "DaemonSet" => Workload::DaemonSet { rollout: rollout(node, &kind, context) },
        "Job" => Workload::Job(job(node)),
        "CronJob" => cron_job(node, &kind, context),
        _ => Workload::Deployment { replicas: replicas(node, context), rollout: rollout(node, &kind, context) },
    }
}

/// Returns the kind of a component's workload.
pub(super) fn kind(node: &Node) -> Traced<String> {
    property_text(node, "kind").unwrap_or_else(|| Traced::new("Deployment".to_owned(), argument(node, 0).origin))
}

/// Reports nodes that this kind has no use for.
fn misplaced(node: &Node, kind: &Traced<String>, context: &mut Context<'_>) {
    let found = NODES.iter().filter(|(_, kinds)| !kinds.contains(&kind.value.as_str()));
    let found = found.filter_map(|(name, kinds)| Some((name, kinds, node.child(name)?.span())));
    let rollout = node.child("rollout");
    let settings = ROLLOUT.iter().filter(|(_, kinds)| rollout.is_some() && !kinds.contains(&kind.value.as_str()));
    let settings = settings.filter_map(|(name, kinds)| Some((name, kinds, rollout?.property(name)?.span()?)));
    let about: Vec<(&&str, &&[&str], Span)> = found.chain(settings).collect();
    // Without a meaning for the whole node, its settings need no message of their own.
    let whole = about.iter().any(|(name, ..)| **name == "rollout");
    for (name, kinds, span) in about {
        if whole && ROLLOUT.iter().any(|(setting, _)| setting == name) {
            continue;
        }
        let message = format!("`{name}` has no meaning for a {}", kind.value);
        let diagnostic = Diagnostic::new(CONFLICTING_SETTINGS, message).at(span, "");
        let place = node.property("kind").and_then(Entry::span).or_else(|| Some(node.span()));
        let said = if node.property("kind").is_some() { "the kind is set here" } else { "which this component is" };
        let ways: Vec<String> = kinds.iter().map(|it| format!("`kind={it}`")).collect();
        let help = format!("remove it, or set {}", ways.join(" or "));
        context.diagnostics.push(diagnostic.at_some(place, said).help(help));
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
pub(super) fn empty_range(
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

fn rollout(node: &Node, kind: &Traced<String>, context: &mut Context<'_>) -> Rollout {
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
        partition: whole("partition"),
        min_ready: whole("min-ready"),
        deadline: whole("deadline"),
        history: whole("history"),
    };
    let strategy = &rollout.strategy;
    let known = STRATEGIES.iter().find(|(name, _)| *name == kind.value).map_or(&[][..], |(_, known)| known);
    if !known.contains(&strategy.value.as_str()) {
        let message = format!("a {} has no rollout `{}`", kind.value, strategy.value);
        let diagnostic = Diagnostic::new(CONFLICTING_SETTINGS, message).at_some(strategy.origin.span, "");
        context.diagnostics.push(
            diagnostic.at_some(kind.origin.span, "the component").help(format!("expected {}", known.join(" or "))),
        );
    }
    let bound = rollout.max_unavailable.as_ref().or(rollout.max_surge.as_ref());
    let bound = bound.map(|it| it.origin.span).or_else(|| rollout.partition.as_ref().map(|it| it.origin.span));
    if let Some(bound) = bound.filter(|_| strategy.value != "RollingUpdate") {
        let message = if strategy.value == "Recreate" {
            "`rollout Recreate` replaces all pods at once, so it has no `max-unavailable` or `max-surge`".to_owned()
        } else {
            "`rollout OnDelete` replaces a pod when somebody deletes it, so it has no bounds".to_owned()
        };
        let help = format!("write `(replace)rollout {}` in an overlay, or remove the bounds", strategy.value);
        let diagnostic = Diagnostic::new(CONFLICTING_SETTINGS, message).at_some(bound, "");
        context.diagnostics.push(diagnostic.at_some(strategy.origin.span, "the strategy is set here").help(help));
    }
    rollout
}

fn stateful<'a>(node: &Node, services: impl Iterator<Item = &'a Service>) -> Stateful {
    let block = node.child("stateful");
    let text = |name: &str| block.and_then(|it| property_text(it, name));
    let services: Vec<&Service> = services.collect();
    // A headless one has the address of each pod.
    let service = services.iter().find(|it| it.is_headless()).or_else(|| services.first());
    let by_service = || {
        let name = &service?.name;
        let rule = "a StatefulSet's pods are named by the component's Service";
        Some(Traced::new(name.value.clone(), name.origin.derived(rule)))
    };
    let mut claims: Vec<ClaimTemplate> = node.children_named("claim-template").filter_map(claim).collect();
    claims.sort_by(|a, b| a.name.value.cmp(&b.name.value));
    Stateful {
        service: text("service").or_else(by_service),
        pod_management: text("pod-management"),
        when_deleted: text("when-deleted"),
        when_scaled: text("when-scaled"),
        start: block.and_then(|it| property_number(it, "start")),
        claims,
    }
}

fn claim(node: &Node) -> Option<ClaimTemplate> {
    let size = property_text(node, "size")?;
    Some(ClaimTemplate {
        name: argument(node, 0),
        size: Traced::new(Quantity::parse(&size.value)?, size.origin),
        access: property_text(node, "access").unwrap_or_else(|| {
            Traced::rule("ReadWriteOnce".to_owned(), "one node mounts a volume unless told otherwise")
        }),
        class: property_text(node, "class"),
        volume_mode: property_text(node, "volume-mode"),
        origin: declared(node),
    })
}

fn job(node: &Node) -> Job {
    let block = node.child("job");
    let text = |name: &str| block.and_then(|it| property_text(it, name));
    let whole = |name: &str| block.and_then(|it| property_number(it, name));
    Job {
        completions: whole("completions"),
        parallelism: whole("parallelism"),
        mode: text("mode"),
        backoff_limit: whole("backoff-limit"),
        deadline: whole("deadline"),
        ttl: whole("ttl"),
        restart: text("restart").unwrap_or_else(|| {
            Traced::rule("Never".to_owned(), "a failed pod of a Job stays for its logs unless told otherwise")
        }),
        suspend: block.and_then(|it| it.property("suspend")).map(Entry::flag),
        before_rollout: text("run"),
    }
}

fn cron_job(node: &Node, kind: &Traced<String>, context: &mut Context<'_>) -> Workload {
    let job = job(node);
    if let Some(run) = &job.before_rollout {
        let message = "a CronJob runs at its times, and not before a rollout";
        let diagnostic = Diagnostic::new(CONFLICTING_SETTINGS, message).at_some(run.origin.span, "");
        let diagnostic = diagnostic.at_some(kind.origin.span, "the kind is set here");
        context.diagnostics.push(diagnostic.help("remove `run=`, or make the component a Job"));
    }
    let block = node.child("cron");
    if block.is_none() {
        let message = format!("CronJob `{}` does not say when it runs", argument(node, 0).value);
        let diagnostic = Diagnostic::new(MISSING_SETTING, message).at_some(kind.origin.span, "");
        context.diagnostics.push(diagnostic.help("add `cron \"0 3 * * *\"`: minute, hour, day, month, weekday"));
    }
    let text = |name: &str| block.and_then(|it| property_text(it, name));
    let whole = |name: &str| block.and_then(|it| property_number(it, name));
    let cron = Cron {
        schedule: argument(block.unwrap_or(node), 0),
        time_zone: text("time-zone"),
        concurrency: text("concurrency"),
        starting_deadline: whole("starting-deadline"),
        keep_successful: whole("keep-successful"),
        keep_failed: whole("keep-failed"),
        suspend: block.and_then(|it| it.property("suspend")).map(Entry::flag),
    };
    Workload::CronJob { cron, job }
}
