//! Each table entry, with changes that it refuses and changes that it takes.

use crate::assess::tests::fixture::{deployment, expect, object, review_declared, review_one, with};
use crate::object::{GitopsFacts, StorageClass};
use serde_json::{Value, json};

/// Asserts which messages a code has where one object changes in these fields.
#[track_caller]
fn check(before: &Value, changes: &[(&str, Value)], code: &str, expected: &[&str]) {
    let after = changes.iter().fold(before.clone(), |it, (pointer, value)| with(it, pointer, value.clone()));
    expect(&review_one(std::slice::from_ref(before), &[after]), code, expected);
}

fn rejected(object: &str, fields: &str) -> String {
    format!("{object} is rejected by the API server: {fields} cannot change after the object was created")
}

fn annotated(name: &str, value: &str) -> (String, Value) {
    (format!("/metadata/annotations/{}", name.replace('/', "~1")), json!(value))
}

#[test]
fn selectors_of_workloads_are_fixed() {
    let web = deployment("web", 1, json!({"image": "web:1"}));
    let check = |pointer: &str, value: Value, expected: &[&str]| {
        check(&web, &[(pointer, value)], "immutable-workload-selector", expected);
    };
    let message = rejected("Deployment/web", "`spec.selector`");
    check("/spec/selector/matchLabels/app", json!("api"), &[&message]);
    check("/spec/selector/matchLabels/tier", json!("front"), &[&message]);
    check("/spec/template/metadata/labels/tier", json!("front"), &[]);
    check("/kind", json!("StatefulSet"), &[]);
}

#[test]
fn of_a_stateful_set_little_may_change() {
    let claim = json!({"metadata": {"name": "data"}, "spec": {"resources": {"requests": {"storage": "1Gi"}}}});
    let set = with(deployment("db", 2, json!({"image": "db:1"})), "/kind", json!("StatefulSet"));
    let set = with(set, "/spec/volumeClaimTemplates", json!([claim]));
    let check = |changes: &[(&str, Value)], expected: &[&str]| {
        check(&set, changes, "immutable-statefulset-field", expected);
    };
    let size = "/spec/volumeClaimTemplates/0/spec/resources/requests/storage";
    let claims = rejected("StatefulSet/db", "`spec.volumeClaimTemplates`");
    check(&[(size, json!("2Gi"))], &[&claims]);
    check(&[(size, json!("1024Mi"))], &[]);
    check(&[("/spec/serviceName", json!("db"))], &[&rejected("StatefulSet/db", "`spec.serviceName`")]);
    let both = rejected("StatefulSet/db", "`spec.selector` and `spec.volumeClaimTemplates`");
    check(&[(size, json!("2Gi")), ("/spec/selector/matchLabels/app", json!("d"))], &[&both]);
    check(&[("/spec/podManagementPolicy", json!("OrderedReady"))], &[]);
    check(
        &[("/spec/podManagementPolicy", json!("Parallel"))],
        &[&rejected("StatefulSet/db", "`spec.podManagementPolicy`")],
    );
    for (pointer, value) in [
        ("/spec/minReadySeconds", json!(5)),
        ("/spec/ordinals", json!({"start": 1})),
        ("/spec/persistentVolumeClaimRetentionPolicy", json!({"whenDeleted": "Delete"})),
        ("/spec/replicas", json!(3)),
        ("/spec/revisionHistoryLimit", json!(3)),
        ("/spec/template/spec/priorityClassName", json!("high")),
        ("/spec/updateStrategy", json!({"type": "OnDelete"})),
    ] {
        check(&[(pointer, value)], &[]);
    }
}

#[test]
fn a_job_is_made_anew_or_not_at_all() {
    let job = |annotations: &Value, spec: Value| {
        let template = json!({"spec": {"containers": [{"name": "a", "image": "a:1"}]}});
        let body = object("batch/v1", "Job", "migrate", &json!({"spec": with(spec, "/template", template)}));
        with(body, "/metadata/annotations", annotations.clone())
    };
    let image = [("/spec/template/spec/containers/0/image", json!("a:2"))];
    let message = rejected("Job/migrate", "`spec.template`");
    let plain = job(&json!({}), json!({}));
    check(&plain, &image, "immutable-job-field", &[&message]);
    check(&plain, &[("/spec/backoffLimit", json!(2))], "immutable-job-field", &[]);
    // What the API server fills in by itself is what it compares with.
    check(&plain, &[("/spec/template/spec/dnsPolicy", json!("ClusterFirst"))], "immutable-job-field", &[]);
    check(&plain, &[("/spec/template/spec/dnsPolicy", json!("Default"))], "immutable-job-field", &[&message]);
    check(
        &plain,
        &[("/spec/completions", json!(2))],
        "immutable-job-field",
        &[&rejected("Job/migrate", "`spec.completions`")],
    );
    check(&plain, &[("/spec/completionMode", json!("NonIndexed"))], "immutable-job-field", &[]);
    let indexed = job(&json!({}), json!({"completionMode": "Indexed", "completions": 2, "parallelism": 2}));
    let both = [("/spec/completions", json!(3)), ("/spec/parallelism", json!(3))];
    check(&indexed, &both, "immutable-job-field", &[]);
    check(&indexed, &both[..1], "immutable-job-field", &[&rejected("Job/migrate", "`spec.completions`")]);
    let unless = |condition: &str| {
        format!(
            "Job/migrate may be rejected by the API server: `spec.template` cannot change after the object was created, unless {condition}"
        )
    };
    let finished = unless("the old Job has finished and is gone");
    check(&job(&json!({}), json!({"ttlSecondsAfterFinished": 60})), &image, "immutable-job-field", &[&finished]);
    let suspended = job(&json!({}), json!({"suspend": true}));
    let never = unless("it never started");
    check(&suspended, &[("/spec/template/spec/nodeSelector", json!({"a": "b"}))], "immutable-job-field", &[&never]);
    check(&suspended, &image, "immutable-job-field", &[&message]);
    let again = |annotations: Value, by: Option<&str>| {
        let again = by.map(|it| format!("Job/migrate runs again: it is deleted and created anew, as {it} says"));
        let again: Vec<&str> = again.iter().map(String::as_str).collect();
        let refused: &[&str] = if by.is_some() { &[] } else { &[&message] };
        check(&job(&annotations, json!({})), &image, "job-runs-again", &again);
        check(&job(&annotations, json!({})), &image, "immutable-job-field", refused);
    };
    let (hook, policy) = ("argocd.argoproj.io/hook", "argocd.argoproj.io/hook-delete-policy");
    again(json!({hook: "Sync", policy: "BeforeHookCreation"}), Some("`argocd.argoproj.io/hook`"));
    again(json!({hook: "PreSync"}), Some("`argocd.argoproj.io/hook`"));
    again(json!({hook: "PreSync", policy: "HookFailed"}), None);
    again(json!({hook: "Skip"}), None);
    let options = "argocd.argoproj.io/sync-options";
    again(json!({options: "Force=true, Replace=true"}), Some("`Force=true` of Argo CD"));
    again(json!({options: "Replace=true"}), None);
    again(json!({"kustomize.toolkit.fluxcd.io/force": "enabled"}), Some("`force` of Flux"));
    again(json!({"kustomize.toolkit.fluxcd.io/force": "disabled"}), None);
}

#[test]
fn what_is_replaced_by_force_is_gone_in_between() {
    let (pointer, value) = annotated("argocd.argoproj.io/sync-options", "Force=true");
    let web = with(deployment("web", 1, json!({"image": "web:1"})), "/metadata/annotations", json!({}));
    let web = with(web, &pointer, value);
    let selector = [("/spec/selector/matchLabels/app", json!("api"))];
    let message = "Deployment/web is deleted and created anew: `spec.selector` cannot change in place, and `Force=true` of Argo CD says to replace it";
    check(&web, &selector, "replaced-by-force", &[message]);
    check(&web, &selector, "immutable-workload-selector", &[]);
    let both = [selector[0].clone(), ("/spec/template/metadata/labels/app", json!("api"))];
    check(&web, &both, "replaced-by-force", &[message]);
    check(&web, &both, "rolling-restart", &[]);
    check(&web, &[("/spec/replicas", json!(3))], "replaced-by-force", &[]);
}

#[test]
fn a_service_keeps_its_address() {
    let service = |spec: Value| object("v1", "Service", "web", &json!({"spec": spec}));
    let check = |before: Value, after: Value, code: &str, expected: &[&str]| {
        check(&service(before), &[("/spec", after)], code, expected);
    };
    let ip = |before: Value, after: Value, expected: &[&str]| check(before, after, "immutable-cluster-ip", expected);
    let refused = rejected("Service/web", "`spec.clusterIP`");
    let ports = || json!([{"port": 80}]);
    ip(json!({"ports": ports()}), json!({"ports": ports(), "clusterIP": "None"}), &[&refused]);
    ip(json!({"clusterIP": "10.0.0.1"}), json!({"clusterIP": "10.0.0.2"}), &[&refused]);
    let headless = "Service/web stays headless: `spec.clusterIP` cannot change after the object was created";
    ip(json!({"ports": ports(), "clusterIP": "None"}), json!({"ports": ports()}), &[headless]);
    ip(json!({"clusterIP": "None"}), json!({"type": "NodePort"}), &[&refused]);
    ip(json!({"clusterIP": "10.0.0.1", "type": "ClusterIP"}), json!({"type": "ClusterIP"}), &[]);
    let pinned = "Service/web may be rejected by the API server: `spec.clusterIP` cannot change after the object was created, unless it is the address that the Service has already";
    ip(json!({"ports": ports()}), json!({"ports": ports(), "clusterIP": "10.0.0.1"}), &[pinned]);
    ip(json!({"type": "ExternalName"}), json!({"clusterIP": "None"}), &[]);
    ip(
        json!({"ipFamilies": ["IPv4"]}),
        json!({"ipFamilies": ["IPv6"]}),
        &[&rejected("Service/web", "`spec.ipFamilies`")],
    );
    ip(json!({"ipFamilies": ["IPv4"]}), json!({"ipFamilies": ["IPv4", "IPv6"]}), &[]);
    let headless = |it: &str| json!({"clusterIP": "None", "ipFamilies": [it]});
    ip(headless("IPv4"), headless("IPv6"), &[]);
    let other =
        |before: Value, after: Value, expected: &[&str]| check(before, after, "immutable-service-field", expected);
    let class = |it: &str| json!({"type": "LoadBalancer", "loadBalancerClass": it});
    other(class("a"), class("b"), &[&rejected("Service/web", "`spec.loadBalancerClass`")]);
    other(json!({"type": "ClusterIP"}), class("b"), &[]);
    let local = |it: u64| json!({"type": "LoadBalancer", "externalTrafficPolicy": "Local", "healthCheckNodePort": it});
    other(local(30001), local(30002), &[&rejected("Service/web", "`spec.healthCheckNodePort`")]);
    let cluster = with(local(30002), "/externalTrafficPolicy", json!("Cluster"));
    other(local(30001), cluster, &[]);
}

#[test]
fn a_claim_only_grows() {
    let claim = |storage: &str| json!({"storageClassName": "fast", "resources": {"requests": {"storage": storage}}});
    let body = object("v1", "PersistentVolumeClaim", "data", &json!({"spec": claim("10Gi")}));
    let size = |it: &str| [("/spec/resources/requests/storage", json!(it))];
    let shrunk =
        "PersistentVolumeClaim/data is rejected by the API server: a claim cannot shrink, here from 10Gi to 5Gi";
    check(&body, &size("5Gi"), "claim-shrunk", &[shrunk]);
    check(&body, &size("10240Mi"), "claim-shrunk", &[]);
    check(&body, &size("20Gi"), "claim-shrunk", &[]);
    check(&body, &size("20Gi"), "claim-expansion-unsupported", &[]);
    check(&body, &size("5Gi"), "immutable-claim-field", &[]);
    let refused = rejected("PersistentVolumeClaim/data", "`spec.storageClassName`");
    check(&body, &[("/spec/storageClassName", json!("slow"))], "immutable-claim-field", &[&refused]);
    let named = "PersistentVolumeClaim/data may be rejected by the API server: `spec.volumeName` cannot change after the object was created, unless the claim has no other volume yet";
    check(&body, &[("/spec/volumeName", json!("v"))], "immutable-claim-field", &[named]);
    let fixed = "PersistentVolumeClaim/data is rejected by the API server: StorageClass/fast does not let claims grow, here from 10Gi to 20Gi";
    let larger = with(body.clone(), "/spec", claim("20Gi"));
    let class = object("storage.k8s.io/v1", "StorageClass", "fast", &json!({"provisioner": "example.com/a"}));
    let review = |class: Value| review_one(&[body.clone(), class.clone()], &[larger.clone(), class]);
    expect(&review(class.clone()), "claim-expansion-unsupported", &[fixed]);
    expect(&review(with(class, "/allowVolumeExpansion", json!(true))), "claim-expansion-unsupported", &[]);
    let declared = |expandable: Option<bool>, is_default: bool, body: &Value, expected: &[&str]| {
        let larger = with(body.clone(), "/spec/resources/requests/storage", json!("20Gi"));
        let review = review_declared(std::slice::from_ref(body), &[larger], |it| {
            let cluster = it.cluster.as_mut().unwrap();
            let (name, reclaim, span) = ("fast".to_owned(), None, cluster.span);
            cluster.storage_classes = vec![StorageClass { name, expandable, reclaim, is_default, span }];
        });
        expect(&review, "claim-expansion-unsupported", expected);
    };
    declared(Some(false), false, &body, &[fixed]);
    declared(Some(true), false, &body, &[]);
    declared(None, false, &body, &[]);
    let unnamed = with(body.clone(), "/spec/storageClassName", Value::Null);
    declared(Some(false), true, &unnamed, &[fixed]);
    declared(Some(false), false, &unnamed, &[]);
}

#[test]
fn the_history_of_a_stateful_set_may_change_since_1_33() {
    let set = |limit: Option<u64>| {
        let body = with(deployment("web", 1, json!({"image": "web:1"})), "/kind", json!("StatefulSet"));
        limit.map_or(body.clone(), |it| with(body, "/spec/revisionHistoryLimit", json!(it)))
    };
    let check = |version: Option<&str>, expected: &[&str]| {
        let review = review_declared(&[set(Some(3))], &[set(Some(5))], |it| match (version, it.cluster.as_mut()) {
            (Some(version), Some(cluster)) => cluster.kubernetes = version.parse().unwrap(),
            _ => it.cluster = None,
        });
        expect(&review, "immutable-revision-history", expected);
        expect(&review, "immutable-statefulset-field", &[]);
    };
    let refused = rejected("StatefulSet/web", "`spec.revisionHistoryLimit`");
    check(Some("1.32"), &[&refused]);
    check(Some("1.33"), &[]);
    check(Some("1.34"), &[]);
    let unless = "StatefulSet/web may be rejected by the API server: `spec.revisionHistoryLimit` cannot change after the object was created, unless the cluster has Kubernetes 1.33 or later";
    check(None, &[unless]);
    let of_old = |before: Option<u64>, after: Option<u64>, expected: &[&str]| {
        let review = review_declared(&[set(before)], &[set(after)], |it| {
            it.cluster.as_mut().unwrap().kubernetes = "1.32".parse().unwrap();
        });
        expect(&review, "immutable-revision-history", expected);
    };
    of_old(None, Some(3), &[&refused]);
    of_old(None, Some(10), &[]);
    of_old(Some(10), None, &[]);
}

#[test]
fn little_of_a_pod_may_change() {
    let gated = json!([{"name": "example.com/wait"}]);
    let spec = json!({
        "containers": [{"name": "a", "image": "a:1"}], "activeDeadlineSeconds": 60, "schedulingGates": gated,
        "tolerations": [{"key": "a", "operator": "Exists"}],
    });
    let pod = object("v1", "Pod", "it", &json!({"spec": spec}));
    let one = |pointer: &str, after: Value, expected: &[&str]| {
        check(&pod, &[(pointer, after)], "immutable-pod-spec", expected);
    };
    let refused = |field: &str| rejected("Pod/it", &format!("`spec.{field}`"));
    one("/spec/containers/0/image", json!("a:2"), &[]);
    one("/spec/containers/0/args", json!(["x"]), &[&refused("containers")]);
    one("/spec/activeDeadlineSeconds", json!(30), &[]);
    one("/spec/activeDeadlineSeconds", json!(90), &[&refused("activeDeadlineSeconds")]);
    one("/spec/activeDeadlineSeconds", Value::Null, &[&refused("activeDeadlineSeconds")]);
    let other = json!({"key": "b", "operator": "Exists"});
    one("/spec/tolerations", json!([{"key": "a", "operator": "Exists"}, other]), &[]);
    one("/spec/tolerations", json!([other]), &[&refused("tolerations")]);
    one("/spec/schedulingGates", Value::Null, &[]);
    one("/spec/schedulingGates", json!([gated[0], {"name": "example.com/more"}]), &[&refused("schedulingGates")]);
    one("/spec/restartPolicy", json!("Never"), &[&refused("restartPolicy")]);
    one("/spec/restartPolicy", json!("Always"), &[]);
    let narrowed = "Pod/it may be rejected by the API server: `spec.nodeSelector` cannot change after the object was created, unless the pod still waits to be scheduled, and may run on fewer nodes than before";
    one("/spec/nodeSelector", json!({"a": "b"}), &[narrowed]);
    let free = with(pod.clone(), "/spec/schedulingGates", Value::Null);
    check(&free, &[("/spec/nodeSelector", json!({"a": "b"}))], "immutable-pod-spec", &[&refused("nodeSelector")]);
}

#[test]
fn a_definition_keeps_what_is_stored() {
    let version = |name: &str, storage: bool| json!({"name": name, "served": true, "storage": storage});
    let spec = json!({
        "group": "example.com", "scope": "Namespaced", "names": {"kind": "It", "plural": "its"},
        "versions": [version("v1", true), version("v1beta1", false)],
    });
    let definition =
        object("apiextensions.k8s.io/v1", "CustomResourceDefinition", "its.example.com", &json!({"spec": spec}));
    let one = |pointer: &str, after: Value, expected: Option<&str>| {
        check(&definition, &[(pointer, after)], "immutable-crd-field", &expected.into_iter().collect::<Vec<_>>());
    };
    let unless = |field: &str, condition: &str| {
        format!(
            "CustomResourceDefinition/its.example.com may be rejected by the API server: `spec.{field}` cannot change after the object was created, unless {condition}"
        )
    };
    let never = "the definition was never established";
    one("/spec/scope", json!("Cluster"), Some(&unless("scope", never)));
    one("/spec/names/kind", json!("Other"), Some(&unless("names", never)));
    one("/spec/names/shortNames", json!(["i"]), None);
    one(
        "/spec/names/plural",
        json!("others"),
        Some(&rejected("CustomResourceDefinition/its.example.com", "`spec.names`")),
    );
    let gone = "`status.storedVersions` no longer has the version that goes";
    one("/spec/versions", json!([version("v2", true)]), Some(&unless("versions", gone)));
    one("/spec/versions", json!([version("v1", true)]), None);
    one("/spec/versions", json!([version("v2", true), version("v1", false)]), None);
}

#[test]
fn the_controller_that_is_declared_decides_about_force() {
    let web = |annotations: Value| {
        with(deployment("web", 1, json!({"image": "web:1"})), "/metadata/annotations", annotations)
    };
    let check = |annotations: Value, facts: Option<GitopsFacts>, by: Option<&str>| {
        let before = web(annotations);
        let after = with(before.clone(), "/spec/selector/matchLabels/app", json!("api"));
        let review = review_declared(&[before], &[after], |it| it.gitops = facts);
        let message = by.map(|it| {
            format!("Deployment/web is deleted and created anew: `spec.selector` cannot change in place, and {it} says to replace it")
        });
        expect(&review, "replaced-by-force", &message.as_deref().into_iter().collect::<Vec<_>>());
        let refused = review.findings.iter().any(|it| it.code.name == "immutable-workload-selector");
        assert_eq!(refused, by.is_none());
    };
    let argo = || json!({"argocd.argoproj.io/sync-options": "Force=true"});
    let flux = || json!({"kustomize.toolkit.fluxcd.io/force": "enabled"});
    let by_argo = Some(GitopsFacts::ArgoCd { prune: None, prune_last: None });
    let by_flux = |force| Some(GitopsFacts::Flux { prune: None, force });
    check(argo(), None, Some("`Force=true` of Argo CD"));
    check(argo(), by_argo, Some("`Force=true` of Argo CD"));
    check(argo(), by_flux(None), None);
    check(flux(), by_argo, None);
    check(flux(), by_flux(Some(false)), Some("`force` of Flux"));
    check(json!({}), by_flux(Some(true)), Some("`force=#true` of `gitops flux`"));
    check(json!({}), by_flux(None), None);
}

#[test]
fn other_objects_have_fields_that_cannot_change() {
    let one =
        |(api, kind): (&str, &str), fields: Value, pointer: &str, after: Value, code: &str, field: Option<&str>| {
            let expected = field.map(|it| rejected(&format!("{kind}/it"), &format!("`{it}`")));
            let since = if code == "immutable-config-data" { "`immutable` was set" } else { "the object was created" };
            let expected = expected.map(|it| it.replace("the object was created", since));
            let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
            check(&object(api, kind, "it", &fields), &[(pointer, after)], code, &expected);
        };
    let (config, secret) = (("v1", "ConfigMap"), ("v1", "Secret"));
    let fixed = json!({"data": {"a": "1"}, "immutable": true});
    one(config, fixed.clone(), "/data/a", json!("2"), "immutable-config-data", Some("data"));
    one(config, fixed.clone(), "/immutable", Value::Null, "immutable-config-data", Some("immutable"));
    one(config, json!({"data": {"a": "1"}}), "/immutable", json!(true), "immutable-config-data", None);
    one(secret, fixed, "/data/b", json!("2"), "immutable-config-data", Some("data"));
    one(secret, json!({"data": {}}), "/type", json!("kubernetes.io/tls"), "immutable-secret-type", Some("type"));
    one(secret, json!({"data": {}}), "/type", json!("Opaque"), "immutable-secret-type", None);
    let binding =
        json!({"roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "a"}, "subjects": []});
    for kind in ["RoleBinding", "ClusterRoleBinding"] {
        let kind = ("rbac.authorization.k8s.io/v1", kind);
        one(kind, binding.clone(), "/roleRef/name", json!("b"), "immutable-role-ref", Some("roleRef"));
        one(kind, binding.clone(), "/subjects", json!([{"kind": "User", "name": "a"}]), "immutable-role-ref", None);
    }
    let quota = ("v1", "ResourceQuota");
    let scopes = json!({"spec": {"scopes": ["BestEffort"], "hard": {"pods": "1"}}});
    one(quota, scopes.clone(), "/spec/scopes", json!(["NotBestEffort"]), "immutable-quota-scopes", Some("spec.scopes"));
    one(quota, scopes, "/spec/hard/pods", json!("2"), "immutable-quota-scopes", None);
    let ingress = ("networking.k8s.io/v1", "IngressClass");
    let controller = json!({"spec": {"controller": "example.com/a"}});
    one(
        ingress,
        controller,
        "/spec/controller",
        json!("example.com/b"),
        "immutable-class-field",
        Some("spec.controller"),
    );
    let runtime = ("node.k8s.io/v1", "RuntimeClass");
    one(runtime, json!({"handler": "a"}), "/handler", json!("b"), "immutable-class-field", Some("handler"));
    let slice = ("discovery.k8s.io/v1", "EndpointSlice");
    let of_ipv4 = json!({"addressType": "IPv4", "endpoints": [{"addresses": ["192.0.2.1"]}]});
    one(slice, of_ipv4.clone(), "/addressType", json!("IPv6"), "immutable-class-field", Some("addressType"));
    one(slice, of_ipv4, "/endpoints", json!([{"addresses": ["192.0.2.2"]}]), "immutable-class-field", None);
    let priority = ("scheduling.k8s.io/v1", "PriorityClass");
    one(priority, json!({"value": 1}), "/value", json!(2), "immutable-priority-class", Some("value"));
    one(
        priority,
        json!({"value": 1}),
        "/preemptionPolicy",
        json!("PreemptLowerPriority"),
        "immutable-priority-class",
        None,
    );
    let storage = ("storage.k8s.io/v1", "StorageClass");
    let provisioner = json!({"provisioner": "example.com/a"});
    one(
        storage,
        provisioner.clone(),
        "/reclaimPolicy",
        json!("Retain"),
        "immutable-storage-class",
        Some("reclaimPolicy"),
    );
    one(storage, provisioner.clone(), "/reclaimPolicy", json!("Delete"), "immutable-storage-class", None);
    one(storage, provisioner, "/allowVolumeExpansion", json!(true), "immutable-storage-class", None);
    one(
        ("serving.knative.dev/v1", "Service"),
        json!({"spec": {}}),
        "/spec/clusterIP",
        json!("None"),
        "immutable-cluster-ip",
        None,
    );
}
