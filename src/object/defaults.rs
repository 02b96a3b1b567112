//! What the API server fills in where an object does not say it.
//!
//! Only what leaves no trace is here: with the field or without it, the stored object is the same, so that a controller
//! which compares pod templates sees no change. From the functions `SetDefaults_*` of Kubernetes' `pkg/apis/*/v*/defaults.go`
//! and the zero values of fields that are no pointers.
//!
//! Not here, because writing them down changes the stored object: `enableServiceLinks` and requests that equal their
//! limits (`SetDefaults_Pod` fills them into pods and not into templates), and every pointer that stays empty
//! (`automountServiceAccountToken`, `optional`, an empty `securityContext` of a container). Nor is `replicas`: without it,
//! the number is that of whoever scaled last.

use super::{FieldPath, ImageReference, Object, Segment, kind};
use serde_json::{Value, json};

/// True where the API server takes an object with this value at this path and one without it for the same.
pub fn is_default(object: &Object, path: &FieldPath, value: &Value) -> bool {
    if !kind::is_built_in_group(&object.id.group) {
        return false;
    }
    match value {
        Value::Object(map) if !map.is_empty() => {
            is_always_there(&names(path)) && map.iter().all(|(name, it)| is_default(object, &path.field(name), it))
        }
        Value::Object(_) | Value::Array(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            is_filled_in(object, path, value)
        }
    }
}

fn is_filled_in(object: &Object, path: &FieldPath, value: &Value) -> bool {
    let names = names(path);
    if names.ends_with("metadata.creationTimestamp") {
        return value.is_null();
    }
    let own = of_kind(&object.id.kind, &names).map_or_else(|| computed(object, path, &names), Some);
    if own.as_ref() == Some(value) {
        return true;
    }
    let template = if object.id.kind == "Pod" { Some("") } else { kind::pod_template(&object.id.kind) };
    let inside = template.and_then(|it| names.strip_prefix(it)).map(|it| it.trim_start_matches('.'));
    inside.is_some_and(|it| in_pod(it).or_else(|| pull_policy(object, path, it)).as_ref() == Some(value))
}

/// True for a block that the API server has whether an object says it or not. Any other block, a probe for one, is
/// something new even where all that is in it are defaults.
fn is_always_there(names: &str) -> bool {
    matches!(
        names,
        "spec.strategy"
            | "spec.strategy.rollingUpdate"
            | "spec.updateStrategy"
            | "spec.updateStrategy.rollingUpdate"
            | "spec.persistentVolumeClaimRetentionPolicy"
            | "spec.behavior"
            | "spec.behavior.scaleUp"
            | "spec.behavior.scaleDown"
    ) || names.ends_with(".resources")
}

/// Writes a path without positions and keys: `spec.template.spec.containers.ports`.
fn names(path: &FieldPath) -> String {
    let names = path.segments().iter().filter_map(|it| match it {
        Segment::Field(name) => Some(name.as_str()),
        Segment::Index(_) => None,
    });
    names.collect::<Vec<_>>().join(".")
}

/// `SetDefaults_PodSpec`, `SetDefaults_Container`, `SetDefaults_Probe`, `SetDefaults_HTTPGetAction`,
/// `SetDefaults_ObjectFieldSelector` and those of the volume sources in `pkg/apis/core/v1/defaults.go`.
fn in_pod(names: &str) -> Option<Value> {
    let value = match names {
        "spec.dnsPolicy" => json!("ClusterFirst"),
        "spec.restartPolicy" => json!("Always"),
        "spec.schedulerName" => json!("default-scheduler"),
        "spec.terminationGracePeriodSeconds" => json!(30),
        "spec.securityContext" | "spec.nodeSelector" | "metadata.labels" | "metadata.annotations" => json!({}),
        "spec.hostNetwork" | "spec.hostPID" | "spec.hostIPC" => json!(false),
        "spec.hostAliases"
        | "spec.imagePullSecrets"
        | "spec.initContainers"
        | "spec.tolerations"
        | "spec.topologySpreadConstraints"
        | "spec.volumes" => json!([]),
        _ => return in_container(names).or_else(|| in_volume(names)),
    };
    Some(value)
}

fn in_container(names: &str) -> Option<Value> {
    let inside = ["spec.containers.", "spec.initContainers."].iter().find_map(|it| names.strip_prefix(it))?;
    let probe = ["livenessProbe.", "readinessProbe.", "startupProbe."].iter().find_map(|it| inside.strip_prefix(it));
    let hook = ["lifecycle.postStart.", "lifecycle.preStop."].iter().find_map(|it| inside.strip_prefix(it));
    let value = match probe.or(hook).unwrap_or(inside) {
        "httpGet.path" => json!("/"),
        "httpGet.scheme" => json!("HTTP"),
        "timeoutSeconds" | "successThreshold" if probe.is_some() => json!(1),
        "failureThreshold" if probe.is_some() => json!(3),
        "initialDelaySeconds" if probe.is_some() => json!(0),
        "periodSeconds" if probe.is_some() => json!(10),
        "terminationMessagePath" => json!("/dev/termination-log"),
        "terminationMessagePolicy" => json!("File"),
        "ports.protocol" => json!("TCP"),
        "env.valueFrom.fieldRef.apiVersion" => json!("v1"),
        "resources" | "resources.limits" | "resources.requests" => json!({}),
        "args" | "command" | "env" | "envFrom" | "ports" | "volumeMounts" => json!([]),
        "volumeMounts.readOnly" | "stdin" | "stdinOnce" | "tty" => json!(false),
        _ => return None,
    };
    Some(value)
}

fn in_volume(names: &str) -> Option<Value> {
    let value = match names.strip_prefix("spec.volumes.")? {
        "configMap.defaultMode" | "downwardAPI.defaultMode" | "projected.defaultMode" | "secret.defaultMode" => {
            json!(420)
        }
        "downwardAPI.items.fieldRef.apiVersion" | "projected.sources.downwardAPI.items.fieldRef.apiVersion" => {
            json!("v1")
        }
        "ephemeral.volumeClaimTemplate.spec.volumeMode" => json!("Filesystem"),
        "hostPath.type" => json!(""),
        "projected.sources.serviceAccountToken.expirationSeconds" => json!(3600),
        _ => return None,
    };
    Some(value)
}

/// `SetDefaults_Container`: with the tag `latest`, or with none, an image is always pulled.
fn pull_policy(object: &Object, path: &FieldPath, names: &str) -> Option<Value> {
    let is_policy = matches!(names, "spec.containers.imagePullPolicy" | "spec.initContainers.imagePullPolicy");
    let image = path.parent().filter(|_| is_policy)?.field("image");
    let image = ImageReference::parse(object.at(&image)?.as_str()?);
    let is_latest = image.tag.map_or(image.digest.is_none(), |it| it == "latest");
    Some(json!(if is_latest { "Always" } else { "IfNotPresent" }))
}

/// The functions `SetDefaults_KIND` in the `defaults.go` of each API group.
fn of_kind(kind: &str, names: &str) -> Option<Value> {
    let value = match (kind, names) {
        ("Deployment", "spec.strategy.type") | ("StatefulSet" | "DaemonSet", "spec.updateStrategy.type") => {
            json!("RollingUpdate")
        }
        ("Deployment", "spec.progressDeadlineSeconds") => json!(600),
        ("Deployment", "spec.paused")
        | ("Job" | "CronJob", "spec.suspend")
        | ("Service", "spec.publishNotReadyAddresses")
        | ("Secret" | "ConfigMap", "immutable") => json!(false),
        ("Deployment" | "StatefulSet" | "DaemonSet", "spec.revisionHistoryLimit") => json!(10),
        ("Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet", "spec.minReadySeconds")
        | ("HorizontalPodAutoscaler", "spec.behavior.scaleUp.stabilizationWindowSeconds") => json!(0),
        ("StatefulSet", "spec.podManagementPolicy") => json!("OrderedReady"),
        (
            "StatefulSet",
            "spec.persistentVolumeClaimRetentionPolicy.whenDeleted"
            | "spec.persistentVolumeClaimRetentionPolicy.whenScaled",
        ) => json!("Retain"),
        ("StatefulSet", "spec.volumeClaimTemplates.spec.volumeMode")
        | ("PersistentVolumeClaim" | "PersistentVolume", "spec.volumeMode") => json!("Filesystem"),
        ("Job", "spec.backoffLimit") | ("CronJob", "spec.jobTemplate.spec.backoffLimit") => json!(6),
        ("Job", "spec.completionMode") | ("CronJob", "spec.jobTemplate.spec.completionMode") => json!("NonIndexed"),
        ("CronJob", "spec.concurrencyPolicy") => json!("Allow"),
        ("CronJob", "spec.successfulJobsHistoryLimit") => json!(3),
        ("CronJob", "spec.failedJobsHistoryLimit") | ("HorizontalPodAutoscaler", "spec.minReplicas") => json!(1),
        ("HorizontalPodAutoscaler", "spec.behavior.scaleUp.selectPolicy" | "spec.behavior.scaleDown.selectPolicy") => {
            json!("Max")
        }
        ("NetworkPolicy", "spec.ingress.ports.protocol" | "spec.egress.ports.protocol")
        | ("Service", "spec.ports.protocol") => json!("TCP"),
        ("Service", "spec.sessionAffinity") => json!("None"),
        ("Service", "spec.type") => json!("ClusterIP"),
        ("Secret", "type") => json!("Opaque"),
        ("ConfigMap", "data") => json!({}),
        ("IngressClass", "spec.parameters.scope") => json!("Cluster"),
        ("StorageClass", "reclaimPolicy") => json!("Delete"),
        ("StorageClass", "volumeBindingMode") => json!("Immediate"),
        ("RoleBinding" | "ClusterRoleBinding", "roleRef.apiGroup") => json!("rbac.authorization.k8s.io"),
        _ => return None,
    };
    Some(value)
}

/// Defaults that depend on other fields of the object.
fn computed(object: &Object, path: &FieldPath, names: &str) -> Option<Value> {
    let text = |path: &str| object.field(path).and_then(Value::as_str);
    let beside = |name: &str| path.parent().and_then(|it| object.at(&it.field(name)));
    let rolls = |field: &str| text(field).is_none_or(|it| it == "RollingUpdate");
    match (object.id.kind.as_str(), names) {
        ("Deployment", "spec.strategy.rollingUpdate.maxSurge" | "spec.strategy.rollingUpdate.maxUnavailable")
            if rolls("spec.strategy.type") =>
        {
            Some(json!("25%"))
        }
        ("DaemonSet", "spec.updateStrategy.rollingUpdate.maxUnavailable") if rolls("spec.updateStrategy.type") => {
            Some(json!(1))
        }
        ("DaemonSet", "spec.updateStrategy.rollingUpdate.maxSurge")
        | ("StatefulSet", "spec.updateStrategy.rollingUpdate.partition")
            if rolls("spec.updateStrategy.type") =>
        {
            Some(json!(0))
        }
        ("Service", "spec.ports.targetPort") => beside("port").cloned(),
        ("Service", "spec.internalTrafficPolicy") if text("spec.type") != Some("ExternalName") => {
            Some(json!("Cluster"))
        }
        ("Service", "spec.externalTrafficPolicy") if matches!(text("spec.type"), Some("NodePort" | "LoadBalancer")) => {
            Some(json!("Cluster"))
        }
        ("Service", "spec.allocateLoadBalancerNodePorts") if text("spec.type") == Some("LoadBalancer") => {
            Some(json!(true))
        }
        ("NetworkPolicy", "spec.policyTypes") => {
            let has_egress = object.field("spec.egress").and_then(Value::as_array).is_some_and(|it| !it.is_empty());
            Some(if has_egress { json!(["Ingress", "Egress"]) } else { json!(["Ingress"]) })
        }
        ("Namespace", _) if path.last_field() == Some("kubernetes.io/metadata.name") => Some(json!(object.id.name)),
        ("RoleBinding" | "ClusterRoleBinding", "subjects.apiGroup") => {
            let is_account = beside("kind").and_then(Value::as_str) == Some("ServiceAccount");
            Some(json!(if is_account { "" } else { "rbac.authorization.k8s.io" }))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::is_default;
    use crate::object::{FieldPath, Object};
    use serde_json::{Value, json};

    /// Asks about a value that an object of this kind does not have.
    #[track_caller]
    fn check(api: &str, kind: &str, fields: &Value, path: &str, value: &Value, expected: bool) {
        let mut body = json!({"apiVersion": api, "kind": kind, "metadata": {"name": "web"}});
        for (name, it) in fields.as_object().unwrap() {
            body[name] = it.clone();
        }
        let object = Object::from_body(body).unwrap();
        assert_eq!(is_default(&object, &FieldPath::parse(path).unwrap(), value), expected, "{kind} {path} {value}");
    }

    #[test]
    fn knows_what_pods_get() {
        let pod = |image: &str| json!({"spec": {"template": {"spec": {"containers": [{"image": image}]}}}});
        let of = |image: &str, path: &str, value: Value, expected: bool| {
            for kind in ["Deployment", "StatefulSet", "DaemonSet"] {
                check("apps/v1", kind, &pod(image), &format!("spec.template.{path}"), &value, expected);
            }
        };
        let in_pod = |path: &str, value: Value, expected: bool| of("web:1", path, value, expected);
        in_pod("spec.dnsPolicy", json!("ClusterFirst"), true);
        in_pod("spec.dnsPolicy", json!("Default"), false);
        in_pod("spec.terminationGracePeriodSeconds", json!(30), true);
        in_pod("spec.terminationGracePeriodSeconds", json!(31), false);
        in_pod("spec.terminationGracePeriodSeconds", json!("30"), false);
        in_pod("spec.securityContext", json!({}), true);
        in_pod("spec.securityContext", json!({"runAsNonRoot": true}), false);
        in_pod("spec.containers[0].securityContext", json!({}), false);
        in_pod("spec.containers[0].livenessProbe.periodSeconds", json!(10), true);
        in_pod("spec.containers[0].livenessProbe.periodSeconds", json!(11), false);
        in_pod("spec.containers[0].livenessProbe.httpGet.scheme", json!("HTTP"), true);
        in_pod("spec.containers[0].lifecycle.preStop.httpGet.path", json!("/"), true);
        in_pod("spec.containers[0].lifecycle.preStop.periodSeconds", json!(10), false);
        in_pod("spec.containers[0].livenessProbe", json!({"periodSeconds": 10}), false);
        in_pod("spec.containers[0].resources", json!({"limits": {}}), true);
        in_pod("spec.containers[0].ports[0].protocol", json!("TCP"), true);
        in_pod("spec.containers[0].ports[0].protocol", json!("UDP"), false);
        in_pod("spec.containers[0].resources", json!({}), true);
        in_pod("spec.containers[0].args", json!([]), true);
        in_pod("spec.volumes[0].configMap.defaultMode", json!(420), true);
        in_pod("metadata.creationTimestamp", json!(null), true);
        in_pod("spec.containers[0].imagePullPolicy", json!("IfNotPresent"), true);
        in_pod("spec.containers[0].imagePullPolicy", json!("Always"), false);
        of("web", "spec.containers[0].imagePullPolicy", json!("Always"), true);
        of("web:latest", "spec.containers[0].imagePullPolicy", json!("Always"), true);
        of("web@sha256:00", "spec.containers[0].imagePullPolicy", json!("IfNotPresent"), true);
        // The template differs with these.
        in_pod("spec.enableServiceLinks", json!(true), false);
        in_pod("spec.automountServiceAccountToken", json!(true), false);
        in_pod("spec.containers[0].resources.requests.cpu", json!("1"), false);
    }

    #[test]
    fn knows_what_each_kind_gets() {
        let deployment = |spec: Value, path: &str, value: Value, expected: bool| {
            check("apps/v1", "Deployment", &json!({"spec": spec}), path, &value, expected);
        };
        deployment(json!({}), "spec.replicas", json!(1), false);
        deployment(json!({}), "spec.revisionHistoryLimit", json!(10), true);
        deployment(json!({}), "spec.revisionHistoryLimit", json!(9), false);
        let rolling = json!({"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}});
        deployment(json!({}), "spec.strategy", rolling, true);
        deployment(json!({}), "spec.strategy", json!({"rollingUpdate": {"maxSurge": 1}}), false);
        let recreate = json!({"strategy": {"type": "Recreate"}});
        deployment(recreate, "spec.strategy.rollingUpdate.maxSurge", json!("25%"), false);
        let service = |spec: Value, path: &str, value: Value, expected: bool| {
            check("v1", "Service", &json!({"spec": spec}), path, &value, expected);
        };
        service(json!({}), "spec.type", json!("ClusterIP"), true);
        service(json!({}), "spec.type", json!("NodePort"), false);
        service(json!({"ports": [{"port": 80}]}), "spec.ports[0].targetPort", json!(80), true);
        service(json!({"ports": [{"port": 80}]}), "spec.ports[0].targetPort", json!(8080), false);
        service(json!({"type": "NodePort"}), "spec.externalTrafficPolicy", json!("Cluster"), true);
        service(json!({}), "spec.externalTrafficPolicy", json!("Cluster"), false);
        service(json!({"type": "ExternalName"}), "spec.internalTrafficPolicy", json!("Cluster"), false);
        let policy = |spec: Value, value: Value, expected: bool| {
            check(
                "networking.k8s.io/v1",
                "NetworkPolicy",
                &json!({"spec": spec}),
                "spec.policyTypes",
                &value,
                expected,
            );
        };
        policy(json!({}), json!(["Ingress"]), true);
        policy(json!({"egress": [{}]}), json!(["Ingress"]), false);
        policy(json!({"egress": [{}]}), json!(["Ingress", "Egress"]), true);
        policy(json!({"egress": []}), json!(["Ingress"]), true);
        check("v1", "Secret", &json!({}), "type", &json!("Opaque"), true);
        check("batch/v1", "CronJob", &json!({}), "spec.concurrencyPolicy", &json!("Allow"), true);
        // With a number of pods at once, the number of successes is no longer filled in.
        check("batch/v1", "Job", &json!({}), "spec.parallelism", &json!(1), false);
        check("example.com/v1", "Deployment", &json!({}), "spec.revisionHistoryLimit", &json!(10), false);
    }
}
