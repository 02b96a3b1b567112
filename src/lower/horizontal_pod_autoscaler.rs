//! A component's `HorizontalPodAutoscaler`.

use super::metadata::{self, Own};
use super::{Recorder, whole};
use crate::object::Object;
use crate::source::Traced;
use crate::spec::{Autoscale, Component, Metric, MetricGoal, MetricSource, Scaling, ScalingPolicy, Spec};
use k8s_openapi::api::autoscaling::v2::{
    ContainerResourceMetricSource, CrossVersionObjectReference, ExternalMetricSource, HPAScalingPolicy,
    HPAScalingRules, HorizontalPodAutoscaler, HorizontalPodAutoscalerBehavior, HorizontalPodAutoscalerSpec,
    MetricIdentifier, MetricSpec, MetricTarget, ObjectMetricSource, PodsMetricSource, ResourceMetricSource,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;

const SHARE: &str = "a share is the mean over all pods, of what they request";

pub(super) fn object(spec: &Spec, component: &Component) -> Option<Object> {
    let autoscale = component.autoscale.as_ref()?;
    let name = &component.object_name;
    let mut at = Recorder::new(&autoscale.origin, "autoscale is a HorizontalPodAutoscaler");
    let metadata = metadata::of_component(&mut at, spec, component, &autoscale.name, Own::default());
    let spec = at.block("spec", |at| {
        let target = "autoscale changes the number of the component's own pods";
        HorizontalPodAutoscalerSpec {
            min_replicas: Some(whole(at.take("minReplicas", &autoscale.minimum))),
            max_replicas: whole(at.take("maxReplicas", &autoscale.maximum)),
            scale_target_ref: at.block("scaleTargetRef", |at| CrossVersionObjectReference {
                api_version: Some(at.derived("apiVersion", &autoscale.origin, target, "apps/v1".to_owned())),
                kind: at.derived("kind", &autoscale.origin, target, component.workload.kind().to_owned()),
                name: at.take("name", name),
            }),
            metrics: Some(metrics(at, autoscale)),
            behavior: behavior(at, autoscale),
        }
    });
    Some(at.finish(&HorizontalPodAutoscaler { metadata, spec, ..HorizontalPodAutoscaler::default() }))
}

fn metrics(at: &mut Recorder, autoscale: &Autoscale) -> Vec<MetricSpec> {
    let mut metrics = Vec::new();
    for (resource, share) in [("cpu", &autoscale.cpu), ("memory", &autoscale.memory)] {
        let Some(share) = share else { continue };
        metrics.push(at.block(&format!("metrics[{}]", metrics.len()), |at| of_pods(at, resource, share)));
    }
    for of in &autoscale.containers {
        for (resource, share) in [("cpu", &of.cpu), ("memory", &of.memory)] {
            let Some(share) = share else { continue };
            let index = metrics.len();
            metrics.push(at.block(&format!("metrics[{index}]"), |at| of_container(at, &of.container, resource, share)));
        }
    }
    for metric in &autoscale.metrics {
        metrics.push(at.block(&format!("metrics[{}]", metrics.len()), |at| measured(at, metric)));
    }
    metrics
}

fn of_pods(at: &mut Recorder, resource: &str, share: &Traced<i64>) -> MetricSpec {
    MetricSpec {
        type_: at.derived("type", &share.origin, SHARE, "Resource".to_owned()),
        resource: Some(at.block("resource", |at| ResourceMetricSource {
            name: at.derived("name", &share.origin, SHARE, resource.to_owned()),
            target: utilization(at, share),
        })),
        ..MetricSpec::default()
    }
}

fn of_container(at: &mut Recorder, container: &Traced<String>, resource: &str, share: &Traced<i64>) -> MetricSpec {
    let rule = "a share is the mean over all pods, of what this container of them requests";
    MetricSpec {
        type_: at.derived("type", &share.origin, rule, "ContainerResource".to_owned()),
        container_resource: Some(at.block("containerResource", |at| ContainerResourceMetricSource {
            container: at.take("container", container),
            name: at.derived("name", &share.origin, rule, resource.to_owned()),
            target: utilization(at, share),
        })),
        ..MetricSpec::default()
    }
}

fn utilization(at: &mut Recorder, share: &Traced<i64>) -> MetricTarget {
    at.block("target", |at| MetricTarget {
        type_: at.derived("type", &share.origin, SHARE, "Utilization".to_owned()),
        average_utilization: Some(whole(at.take("averageUtilization", share))),
        ..MetricTarget::default()
    })
}

/// Returns a number that others measure.
fn measured(at: &mut Recorder, metric: &Metric) -> MetricSpec {
    let rule = "a metric's kind says whose number it is";
    let of_kind = |at: &mut Recorder, kind: &str| MetricSpec {
        type_: at.derived("type", &metric.kind.origin, rule, kind.to_owned()),
        ..MetricSpec::default()
    };
    match &metric.source {
        MetricSource::Pods => {
            let pods =
                at.block("pods", |at| PodsMetricSource { metric: identifier(at, metric), target: goal(at, metric) });
            MetricSpec { pods: Some(pods), ..of_kind(at, "Pods") }
        }
        MetricSource::External => {
            let external = at.block("external", |at| ExternalMetricSource {
                metric: identifier(at, metric),
                target: goal(at, metric),
            });
            MetricSpec { external: Some(external), ..of_kind(at, "External") }
        }
        MetricSource::Object(object) => {
            let described = at.block("object", |at| ObjectMetricSource {
                described_object: at.block("describedObject", |at| CrossVersionObjectReference {
                    api_version: Some(at.take("apiVersion", &object.api_version)),
                    kind: at.take("kind", &object.kind),
                    name: at.take("name", &object.name),
                }),
                metric: identifier(at, metric),
                target: goal(at, metric),
            });
            MetricSpec { object: Some(described), ..of_kind(at, "Object") }
        }
    }
}

fn identifier(at: &mut Recorder, metric: &Metric) -> MetricIdentifier {
    at.block("metric", |at| MetricIdentifier {
        name: at.take("name", &metric.metric),
        selector: metadata::user(at, "selector.matchLabels", &[&metric.selector])
            .map(|labels| LabelSelector { match_labels: Some(labels), match_expressions: None }),
    })
}

fn goal(at: &mut Recorder, metric: &Metric) -> MetricTarget {
    let rule = "`value` is kept over all pods, `average-value` for each";
    at.block("target", |at| match &metric.goal {
        MetricGoal::Value(value) => MetricTarget {
            type_: at.derived("type", &value.origin, rule, "Value".to_owned()),
            value: Some(Quantity(at.take("value", value).to_string())),
            ..MetricTarget::default()
        },
        MetricGoal::Average(value) => MetricTarget {
            type_: at.derived("type", &value.origin, rule, "AverageValue".to_owned()),
            average_value: Some(Quantity(at.take("averageValue", value).to_string())),
            ..MetricTarget::default()
        },
    })
}

fn behavior(at: &mut Recorder, autoscale: &Autoscale) -> Option<HorizontalPodAutoscalerBehavior> {
    let mut rules = |path: &str, scaling: Option<&Scaling>| {
        scaling.map(|it| at.block(&format!("behavior.{path}"), |at| scaling_rules(at, it)))
    };
    let scale_up = rules("scaleUp", autoscale.scale_up.as_ref());
    let scale_down = rules("scaleDown", autoscale.scale_down.as_ref());
    let any = scale_up.is_some() || scale_down.is_some();
    any.then_some(HorizontalPodAutoscalerBehavior { scale_up, scale_down })
}

fn scaling_rules(at: &mut Recorder, scaling: &Scaling) -> HPAScalingRules {
    let policies: Vec<HPAScalingPolicy> =
        scaling.policies.iter().enumerate().map(|(index, it)| policy(at, index, it)).collect();
    HPAScalingRules {
        stabilization_window_seconds: at
            .take_some("stabilizationWindowSeconds", scaling.stabilization.as_ref())
            .map(whole),
        select_policy: at.take_some("selectPolicy", scaling.select.as_ref()),
        policies: (!policies.is_empty()).then_some(policies),
        ..HPAScalingRules::default()
    }
}

fn policy(at: &mut Recorder, index: usize, policy: &ScalingPolicy) -> HPAScalingPolicy {
    at.block(&format!("policies[{index}]"), |at| HPAScalingPolicy {
        type_: at.take("type", &policy.unit),
        value: whole(at.take("value", &policy.value)),
        period_seconds: whole(at.take("periodSeconds", &policy.period)),
    })
}
