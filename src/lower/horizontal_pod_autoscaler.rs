//! A component's HorizontalPodAutoscaler.

use super::metadata::{self, Own};
use super::{Recorder, whole};
use crate::object::Object;
use crate::source::Traced;
use crate::spec::{Component, Spec};
use k8s_openapi::api::autoscaling::v2::{
    CrossVersionObjectReference, HorizontalPodAutoscaler, HorizontalPodAutoscalerSpec, MetricSpec, MetricTarget,
    ResourceMetricSource,
};

pub(super) fn object(spec: &Spec, component: &Component) -> Option<Object> {
    let autoscale = component.autoscale.as_ref()?;
    let name = &component.object_name;
    let mut at = Recorder::new(&autoscale.origin, "autoscale is a HorizontalPodAutoscaler");
    let metadata = metadata::of_component(&mut at, spec, component, &autoscale.name, Own::default());
    let measures = [("cpu", &autoscale.cpu), ("memory", &autoscale.memory)];
    let measures = measures.into_iter().filter_map(|(resource, share)| Some((resource, share.as_ref()?)));
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
            metrics: Some(
                measures.enumerate().map(|(index, (resource, share))| metric(at, index, resource, share)).collect(),
            ),
            behavior: None,
        }
    });
    Some(at.finish(&HorizontalPodAutoscaler { metadata, spec, ..HorizontalPodAutoscaler::default() }))
}

fn metric(at: &mut Recorder, index: usize, resource: &str, share: &Traced<i64>) -> MetricSpec {
    let rule = "a share is the mean over all pods, of what they request";
    at.block(&format!("metrics[{index}]"), |at| MetricSpec {
        type_: at.derived("type", &share.origin, rule, "Resource".to_owned()),
        resource: Some(at.block("resource", |at| ResourceMetricSource {
            name: at.derived("name", &share.origin, rule, resource.to_owned()),
            target: at.block("target", |at| MetricTarget {
                type_: at.derived("type", &share.origin, rule, "Utilization".to_owned()),
                average_utilization: Some(whole(at.take("averageUtilization", share))),
                ..MetricTarget::default()
            }),
        })),
        ..MetricSpec::default()
    })
}
