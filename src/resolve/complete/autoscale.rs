//! Who changes the number of pods, by what, and how fast.

use super::{
    CONFLICTING_SETTINGS, Context, MISSING_SETTING, argument, component, declared, labels, number, property_number,
    property_percent, property_quantity, property_text, workload,
};
use crate::diagnostic::Diagnostic;
use crate::object::{KubernetesVersion, schema};
use crate::source::Traced;
use crate::spec::{
    Autoscale, ContainerMetric, Metric, MetricGoal, MetricObject, MetricSource, Node, Scaling, ScalingPolicy,
};

/// Reads a component's autoscaler.
pub(super) fn read(node: &Node, object_name: &Traced<String>, context: &mut Context<'_>) -> Option<Autoscale> {
    let block = node.child("autoscale")?;
    let bound = |name: &str| property_number(block, name).unwrap_or_else(|| Traced::new(1, block.origin.clone()));
    let (minimum, maximum) = (property_number(block, "min"), property_number(block, "max"));
    workload::empty_range("autoscale", minimum.as_ref(), maximum.as_ref(), context);
    let (cpu, memory) = (property_percent(block, "cpu"), property_percent(block, "memory"));
    let measured = ["metric", "container-metric"].iter().any(|it| block.child(it).is_some());
    if cpu.is_none() && memory.is_none() && !measured {
        let message = format!("`autoscale` of `{}` has no measure", argument(node, 0).value);
        let diagnostic = Diagnostic::new(MISSING_SETTING, message).at(block.span(), "");
        context.diagnostics.push(diagnostic.help("add `cpu=\"70%\"`, `memory=\"80%\"` or a `metric`"));
    }
    let mut containers: Vec<ContainerMetric> =
        block.children_named("container-metric").filter_map(|it| container(it, context)).collect();
    containers.sort_by(|a, b| a.container.value.cmp(&b.container.value));
    let mut metrics: Vec<Metric> = block.children_named("metric").filter_map(|it| metric(it, context)).collect();
    metrics.sort_by(|a, b| a.name.value.cmp(&b.name.value));
    Some(Autoscale {
        name: component::name_or(block, object_name, "an autoscaler is called as the component's objects"),
        minimum: bound("min"),
        maximum: bound("max"),
        cpu,
        memory,
        containers,
        metrics,
        scale_up: scaling(block, "scale-up", context),
        scale_down: scaling(block, "scale-down", context),
        origin: declared(block),
    })
}

fn container(node: &Node, context: &mut Context<'_>) -> Option<ContainerMetric> {
    let (cpu, memory) = (property_percent(node, "cpu"), property_percent(node, "memory"));
    if cpu.is_none() && memory.is_none() {
        let message = format!("`{}` has no measure", node.describe());
        let diagnostic = Diagnostic::new(MISSING_SETTING, message).at(node.span(), "");
        context.diagnostics.push(diagnostic.help("add `cpu=\"70%\"` or `memory=\"80%\"`"));
        return None;
    }
    Some(ContainerMetric { container: argument(node, 0), cpu, memory })
}

fn metric(node: &Node, context: &mut Context<'_>) -> Option<Metric> {
    // Without its kind, which is reported as missing, nothing else can be judged.
    let said = property_text(node, "kind")?;
    let goal = goal(node, &said, context)?;
    let source = match said.value.as_str() {
        "object" => MetricSource::Object(Box::new(object(node, context)?)),
        kind => {
            if let Some(target) = node.property("target").or_else(|| node.property("api-version")) {
                let message = format!("`{}` is no object's, and so has no target", node.describe());
                let diagnostic = Diagnostic::new(CONFLICTING_SETTINGS, message).at_some(target.span(), "");
                let diagnostic = diagnostic.at_some(said.origin.span, "its kind");
                context.diagnostics.push(diagnostic.help("say `kind=object`, or remove it"));
            }
            if kind == "pods" { MetricSource::Pods } else { MetricSource::External }
        }
    };
    let name = argument(node, 0);
    let metric = property_text(node, "metric").unwrap_or_else(|| {
        Traced::new(name.value.clone(), name.origin.derived("a metric is called as its node unless told otherwise"))
    });
    Some(Metric { name, metric, selector: labels(node, "selector"), kind: said, source, goal, origin: declared(node) })
}

/// Returns where to keep a metric: one of two ways to say it, of which `pods` knows one.
fn goal(node: &Node, kind: &Traced<String>, context: &mut Context<'_>) -> Option<MetricGoal> {
    let (value, average) = (property_quantity(node, "value"), property_quantity(node, "average-value"));
    let of_pods = kind.value == "pods";
    match (value, average) {
        (Some(value), None) if of_pods => {
            let message =
                format!("`{}` is a number of each pod, of which only the average can be kept", node.describe());
            let diagnostic = Diagnostic::new(CONFLICTING_SETTINGS, message).at_some(value.origin.span, "");
            let diagnostic = diagnostic.at_some(kind.origin.span, "its kind");
            context.diagnostics.push(diagnostic.help("write `average-value=`"));
            None
        }
        (Some(value), None) => Some(MetricGoal::Value(value)),
        (None, Some(average)) => Some(MetricGoal::Average(average)),
        (Some(value), Some(average)) => {
            let message = format!("`{}` has `value` and `average-value`", node.describe());
            let diagnostic = Diagnostic::new(CONFLICTING_SETTINGS, message).at_some(average.origin.span, "");
            let diagnostic = diagnostic.at_some(value.origin.span, "and this");
            context
                .diagnostics
                .push(diagnostic.help("keep one of them; an overlay that changes which says `(replace)metric`"));
            None
        }
        (None, None) => {
            let message = format!("`{}` does not say where to keep it", node.describe());
            let diagnostic = Diagnostic::new(MISSING_SETTING, message).at(node.span(), "");
            let either = "add `average-value=`, for each pod, or `value=`, for all of them";
            context.diagnostics.push(diagnostic.help(if of_pods { "add `average-value=`" } else { either }));
            None
        }
    }
}

/// Reads the object whose number it is.
fn object(node: &Node, context: &mut Context<'_>) -> Option<MetricObject> {
    let Some(target) = property_text(node, "target") else {
        let message = format!("`{}` does not say which object's number it is", node.describe());
        let diagnostic = Diagnostic::new(MISSING_SETTING, message).at(node.span(), "");
        context.diagnostics.push(diagnostic.help("add `target=\"Ingress/NAME\"`"));
        return None;
    };
    let (kind, name) = target.value.split_once('/').unwrap_or((&target.value, ""));
    let version = context.environment.cluster.as_ref().map_or(KubernetesVersion::DEFAULT, |it| it.kubernetes);
    let stable = |it: &&str| !it.contains("alpha") && !it.contains("beta");
    let known = schema::api_versions(version, kind).into_iter().find(stable).map(|it| {
        Traced::new(it.to_owned(), target.origin.derived("Kubernetes has this kind in this version of its API"))
    });
    let Some(api_version) = property_text(node, "api-version").or(known) else {
        let message = format!("`{kind}` is no kind of Kubernetes itself, so the version of its API must be said");
        let diagnostic = Diagnostic::new(MISSING_SETTING, message).at_some(target.origin.span, "");
        context.diagnostics.push(diagnostic.help("add `api-version=\"example.com/v1\"`"));
        return None;
    };
    Some(MetricObject {
        api_version,
        kind: Traced::new(kind.to_owned(), target.origin.clone()),
        name: Traced::new(name.to_owned(), target.origin.clone()),
    })
}

fn scaling(block: &Node, name: &str, context: &mut Context<'_>) -> Option<Scaling> {
    let node = block.child(name)?;
    let mut policies: Vec<ScalingPolicy> = node.children_named("policy").map(policy).collect();
    policies.sort_by(|a, b| b.unit.value.cmp(&a.unit.value));
    let scaling = Scaling {
        stabilization: property_number(node, "stabilization"),
        select: property_text(node, "select"),
        policies,
        origin: declared(node),
    };
    if scaling.stabilization.is_none() && scaling.select.is_none() && scaling.policies.is_empty() {
        let message = format!("`{name}` says nothing");
        let diagnostic = Diagnostic::new(MISSING_SETTING, message).at(node.span(), "");
        context.diagnostics.push(diagnostic.help("add `stabilization=`, `select=` or a `policy`, or remove it"));
        return None;
    }
    Some(scaling)
}

fn policy(node: &Node) -> ScalingPolicy {
    let number_of = |name: &str| property_number(node, name).unwrap_or_else(|| number(node, 1));
    ScalingPolicy { unit: argument(node, 0), value: number_of("value"), period: number_of("period") }
}

#[cfg(test)]
mod tests {
    use crate::resolve::tests::messages;

    #[test]
    fn reports_measures_that_cannot_be_taken() {
        let check = |inside: &str, expected: &[&str]| {
            let app = format!("component a {{ image i; autoscale min=1 max=2 {{ {inside} }} }}");
            assert_eq!(messages(&app, ""), expected, "{inside}");
        };
        check("metric m kind=pods average-value=100", &[]);
        check("metric m kind=external value=100 { selector { queue a } }", &[]);
        check("metric m kind=external average-value=\"1500m\"", &[]);
        check("metric m kind=object target=\"Ingress/a\" value=\"2k\"", &[]);
        check("metric m kind=object target=\"Route/a\" value=1 api-version=\"example.com/v1\"", &[]);
        check("container-metric app cpu=\"60%\"", &[]);
        check("container-metric app", &["`container-metric app` has no measure"]);
        check("metric m kind=pods", &["`metric m` does not say where to keep it"]);
        check(
            "metric m kind=pods value=1",
            &["`metric m` is a number of each pod, of which only the average can be kept"],
        );
        check("metric m kind=external value=1 average-value=1", &["`metric m` has `value` and `average-value`"]);
        check("metric m kind=object value=1", &["`metric m` does not say which object's number it is"]);
        check(
            "metric m kind=object target=\"Route/a\" value=1",
            &["`Route` is no kind of Kubernetes itself, so the version of its API must be said"],
        );
        check(
            "metric m kind=external target=\"Ingress/a\" value=1",
            &["`metric m` is no object's, and so has no target"],
        );
        check("metric m average-value=1", &["`metric m` has no kind"]);
        check("scale-up stabilization=0", &["`autoscale` of `a` has no measure"]);
        check("container-metric app cpu=\"60%\"; scale-up select=Disabled", &[]);
        check("container-metric app cpu=\"60%\"; scale-down", &["`scale-down` says nothing"]);
        check("container-metric app cpu=\"60%\"; scale-up { policy Pods value=4 period=15 }", &[]);
        check("container-metric app cpu=\"60%\"; scale-up { policy Pods value=4 }", &["`policy Pods` has no period"]);
    }
}
