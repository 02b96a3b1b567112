//! An object of a built-in kind in; out come all its fields that the API server of a Kubernetes version does not know,
//! cannot decode or misses.
//!
//! As strict as the API server with `fieldValidation=Strict`, and in one thing stricter: `null` is an error where the
//! server drops it, because it looks like a value and sets nothing. Which values make sense is the business of the
//! other rules. Of a custom resource that the project does not define, only the metadata is looked at.

mod kind;
mod leaf;

use crate::diagnostic::house_rule::UNKNOWN_FIELD;
use crate::diagnostic::{Code, Diagnostic};
use crate::object::schema::custom::CustomKinds;
use crate::object::schema::{self, Fields, Shape};
use crate::object::{FieldPath, KubernetesVersion, Object, Segment};
use leaf::Refusal;
use serde_json::{Map, Value};

/// The API server no longer serves this API version.
const API_REMOVED: Code = Code::error("api-removed");
/// The API server does not serve this kind.
const UNKNOWN_KIND: Code = Code::error("unknown-kind");
/// The field holds a value of another type.
const WRONG_TYPE: Code = Code::error("wrong-type");
/// A field that the kind requires is not there.
const MISSING_FIELD: Code = Code::error("missing-field");

/// Every code of this family.
pub const CODES: &[Code] = &[API_REMOVED, MISSING_FIELD, UNKNOWN_FIELD, UNKNOWN_KIND, WRONG_TYPE];

/// Returns everything in which an object differs from what a version of Kubernetes knows of its kind, in the order of
/// its fields.
///
/// A custom resource is held against the definition that the project has of it.
pub fn check(object: &Object, version: KubernetesVersion, custom: &CustomKinds) -> Vec<Diagnostic> {
    let api_version = object.body.get("apiVersion").and_then(Value::as_str).unwrap_or("");
    let mut walk = Walk { object, api_version, version, path: Vec::new(), found: Vec::new() };
    match schema::of_kind(version, api_version, &object.id.kind) {
        Some(shape) => walk.value(shape, &object.body),
        None if schema::is_custom_group(schema::group_of(api_version)) => {
            let not_served = kind::not_served(object, api_version, custom);
            let schema = custom.schema(api_version, &object.id.kind).filter(|_| not_served.is_none());
            walk.found.extend(not_served);
            match schema {
                Some(schema) => walk.value(&schema.shape, &object.body),
                None => walk.metadata(),
            }
        }
        None => walk.found.push(kind::unknown(object, api_version, version)),
    }
    walk.found
}

/// One object, how deep we are in it, and what was found so far.
struct Walk<'a> {
    object: &'a Object,
    api_version: &'a str,
    version: KubernetesVersion,
    path: Vec<Step<'a>>,
    found: Vec<Diagnostic>,
}

/// A step of the path; borrowed, because almost every path is walked without a word.
#[derive(Clone, Copy)]
enum Step<'a> {
    Field(&'a str),
    Index(usize),
}

impl<'a> Walk<'a> {
    fn value(&mut self, shape: &'a Shape, value: &'a Value) {
        match (shape.resolved(self.version), value) {
            (Shape::Fields(fields), Value::Object(map)) => self.fields(fields, map),
            (Shape::Map(values), Value::Object(map)) => {
                for (name, value) in map {
                    self.inside(Step::Field(name), |walk| walk.value(values, value));
                }
            }
            (Shape::List(list), Value::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    self.inside(Step::Index(index), |walk| walk.value(&list.items, item));
                }
            }
            (shape, value) => self.leaf(shape, value),
        }
    }

    /// Looks at what the API server decodes of every object, whatever its kind.
    fn metadata(&mut self) {
        let path = FieldPath::default().field("metadata");
        let shape = schema::of_field(self.version, "v1", "ConfigMap", &path);
        if let (Some(shape), Some(metadata)) = (shape, self.object.body.get("metadata")) {
            self.inside(Step::Field("metadata"), |walk| walk.value(shape, metadata));
        }
    }

    fn fields(&mut self, fields: &'a Fields, map: &'a Map<String, Value>) {
        for (name, value) in map {
            self.inside(Step::Field(name), |walk| match fields.of(name) {
                Some(shape) => walk.value(shape, value),
                None => walk.unknown_field(name, fields),
            });
        }
        for name in fields.required.iter().filter(|name| !map.contains_key(*name)) {
            self.inside(Step::Field(name), |walk| {
                walk.found.push(walk.diagnostic(MISSING_FIELD, "required value is missing"));
            });
        }
    }

    fn leaf(&mut self, shape: &Shape, value: &Value) {
        let Some(Refusal { expected, found, advice }) = leaf::refusal(shape, value) else { return };
        let diagnostic = self.diagnostic(WRONG_TYPE, &format!("expected {expected}, found {found}"));
        self.found.push(match advice {
            Some(advice) => diagnostic.help(advice),
            None => diagnostic,
        });
    }

    fn unknown_field(&mut self, name: &str, fields: &Fields) {
        let diagnostic = self.diagnostic(UNKNOWN_FIELD, "unknown field");
        let known_in = schema::versions_of_field(self.api_version, &self.object.id.kind, &self.path());
        self.found.push(match (known_in.first(), known_in.last()) {
            (Some(first), Some(last)) => diagnostic.help(known_elsewhere(*first, *last)),
            _ => diagnostic.suggest(name, fields.known.keys().map(String::as_str)),
        });
    }

    fn inside(&mut self, step: Step<'a>, visit: impl FnOnce(&mut Self)) {
        self.path.push(step);
        visit(self);
        self.path.pop();
    }

    fn path(&self) -> FieldPath {
        let segment = |step: &Step| match step {
            Step::Field(name) => Segment::Field((*name).to_owned()),
            Step::Index(index) => Segment::Index(*index),
        };
        self.path.iter().map(segment).collect::<Vec<_>>().into()
    }

    fn diagnostic(&self, code: Code, message: &str) -> Diagnostic {
        self.object.diagnostic(code, &self.path(), message)
    }
}

/// Says which versions of Kubernetes have a field, as far as the embedded schemas tell.
fn known_elsewhere(first: KubernetesVersion, last: KubernetesVersion) -> String {
    let (oldest, newest) = KubernetesVersion::SUPPORTED;
    match (first > oldest, last < newest) {
        (true, true) if first == last => format!("Kubernetes has this field in {first} only"),
        (true, true) => format!("Kubernetes has this field from {first} to {last} only"),
        (true, false) => format!("Kubernetes has this field from {first} on"),
        (false, _) => format!("Kubernetes has this field up to {last} only"),
    }
}

#[cfg(test)]
mod tests {
    use super::{CustomKinds, check};
    use crate::object::{KubernetesVersion, Object};
    use serde_json::{Value, json};

    /// A Deployment that every version accepts.
    fn deployment() -> Value {
        json!({
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "web", "namespace": "shop", "labels": {"app.kubernetes.io/name": "web"}},
            "spec": {
                "replicas": 2,
                "selector": {"matchLabels": {"app.kubernetes.io/name": "web"}},
                "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": "25%"}},
                "template": {
                    "metadata": {"labels": {"app.kubernetes.io/name": "web"}},
                    "spec": {
                        "containers": [{
                            "name": "web",
                            "image": "web:1.0.0",
                            "args": ["serve"],
                            "ports": [{"name": "http", "containerPort": 8000}],
                            "resources": {"requests": {"cpu": "250m", "memory": "256Mi"}},
                            "livenessProbe": {"httpGet": {"path": "/health", "port": "http"}, "periodSeconds": 30},
                            "securityContext": {"runAsUser": 1000, "runAsNonRoot": true},
                        }],
                        "volumes": [{"name": "tmp", "emptyDir": {}}],
                    },
                },
            },
        })
    }

    /// A Deployment with one value, at a JSON pointer, set or, with none, taken out.
    fn deployment_with(pointer: &str, value: Option<Value>) -> Value {
        let mut body = deployment();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let parent = body.pointer_mut(parent).unwrap();
        match value {
            Some(value) => drop(parent.as_object_mut().unwrap().insert(name.to_owned(), value)),
            None => drop(parent.as_object_mut().unwrap().shift_remove(name).unwrap()),
        }
        body
    }

    /// Returns `code: message (help)` for each problem that a version has with an object.
    fn problems(version: &str, body: Value) -> Vec<String> {
        let object = Object::from_body(body).unwrap();
        let text = |it: &String| format!(" ({it})");
        check(&object, version.parse().unwrap(), &CustomKinds::default())
            .iter()
            .map(|it| format!("{}: {}{}", it.code.name, it.message, it.help.iter().map(text).collect::<String>()))
            .collect()
    }

    fn every_version() -> impl Iterator<Item = KubernetesVersion> {
        let (oldest, newest) = KubernetesVersion::SUPPORTED;
        (oldest.minor..=newest.minor).map(|minor| KubernetesVersion { major: 1, minor })
    }

    #[test]
    fn accepts_what_every_version_accepts() {
        for version in every_version() {
            assert_eq!(problems(&version.to_string(), deployment()), [""; 0], "{version}");
        }
    }

    #[test]
    fn accepts_every_form_of_a_value() {
        let check = |pointer: &str, value: Value| {
            let found = problems("1.34", deployment_with(pointer, Some(value.clone())));
            assert_eq!(found, [""; 0], "{pointer} {value}");
        };
        check("/spec/strategy/rollingUpdate/maxSurge", json!(1));
        check("/spec/strategy/rollingUpdate/maxSurge", json!("1"));
        check("/spec/replicas", json!(i32::MAX));
        check("/spec/replicas", json!(i32::MIN));
        check("/metadata/annotations", json!({}));
        check("/metadata/annotations", json!({"any/name": "value"}));
        check("/metadata/generation", json!(i64::MAX));
        check("/metadata/managedFields", json!([{"fieldsV1": {"f:any": {"thing": [1, null, {}]}}}]));
        check("/spec/template/spec/overhead", json!({"cpu": 0.5, "memory": 1, "example.com/gpu": "1"}));
        check("/spec/template/spec/containers/0/livenessProbe/httpGet/port", json!(8000));
        check("/spec/template/spec/containers/0/args", json!([]));
    }

    #[test]
    fn refuses_unknown_fields_and_says_what_was_meant() {
        let check = |pointer: &str, value: Value, path: &str, help: &str| {
            let body = deployment_with(pointer, Some(value));
            let expected = format!("unknown-field: Deployment/web `{path}`: unknown field{help}");
            assert_eq!(problems("1.34", body), [expected], "{pointer}");
        };
        check("/spec/replica", json!(1), "spec.replica", " (did you mean `replicas`?)");
        check("/zzz", json!({"inside": {"it": "is not looked at"}}), "zzz", "");
        check(
            "/spec/template/spec/containers/0/imagee",
            json!("web"),
            "spec.template.spec.containers[web].imagee",
            " (did you mean `image`?)",
        );
        // Fields of another version of Kubernetes.
        check(
            "/spec/template/spec/evictionResponders",
            json!([]),
            "spec.template.spec.evictionResponders",
            " (Kubernetes has this field from 1.37 on)",
        );
        check(
            "/spec/template/spec/workloadRef",
            json!({"name": "x"}),
            "spec.template.spec.workloadRef",
            " (Kubernetes has this field in 1.35 only)",
        );
    }

    #[test]
    fn refuses_values_of_another_type() {
        let check = |pointer: &str, value: Value, path: &str, text: &str| {
            let body = deployment_with(pointer, Some(value.clone()));
            let expected = format!("wrong-type: Deployment/web `{path}`: expected {text}");
            assert_eq!(problems("1.34", body), [expected], "{pointer} {value}");
        };
        let replicas = |value, text: &str| check("/spec/replicas", value, "spec.replicas", text);
        replicas(json!("3"), "an integer, found a string (write it without quotes: `3`)");
        replicas(json!("three"), "an integer, found a string");
        replicas(json!("3000000000"), "an integer, found a string");
        replicas(json!(1.5), "an integer, found `1.5`");
        replicas(json!(1.0), "an integer, found `1.0`");
        replicas(json!(2_147_483_648_i64), "an integer of 32 bits, found `2147483648`");
        replicas(json!(-2_147_483_649_i64), "an integer of 32 bits, found `-2147483649`");
        replicas(json!([]), "an integer, found a list");
        replicas(json!(null), "an integer, found null (leave the field out to leave it unset)");

        let paused = |value, text: &str| check("/spec/paused", value, "spec.paused", text);
        paused(json!("true"), "a boolean, found a string (write it without quotes: `true`)");
        paused(json!("yes"), "a boolean, found a string");
        paused(json!(1), "a boolean, found an integer");

        let surge = "spec.strategy.rollingUpdate.maxSurge";
        let surge = |value, text: &str| check("/spec/strategy/rollingUpdate/maxSurge", value, surge, text);
        surge(json!(true), "an integer or a string, found a boolean");
        surge(json!(0.5), "an integer or a string, found `0.5`");
        surge(json!(3_000_000_000_i64), "an integer of 32 bits, found `3000000000`");

        let cpu = "spec.template.spec.overhead.cpu";
        let cpu = |value: Value, text: &str| check("/spec/template/spec/overhead", json!({"cpu": value}), cpu, text);
        let suffix = " (a quantity is a number with a suffix, such as `250m` or `1Gi`)";
        cpu(json!("250mm"), &format!("a quantity, found `250mm`{suffix}"));
        cpu(json!(true), &format!("a quantity, found a boolean{suffix}"));

        let args = |value, at, text: &str| {
            let path = format!("spec.template.spec.containers[web].args{at}");
            check("/spec/template/spec/containers/0/args", value, &path, text);
        };
        let of_one = " (a list of one is written `{ - … }` in KDL, and `[…]` in YAML)";
        args(json!("serve"), "", &format!("a list, found a string{of_one}"));
        args(json!(["serve", 80]), "[1]", "a string, found an integer (in quotes it is a string: `\"80\"`)");
        args(json!([{}]), "[0]", "a string, found a map");

        check("/spec/strategy", json!("Recreate"), "spec.strategy", "a map, found a string");
        check(
            "/metadata/labels",
            json!({"a.b/c": false}),
            "metadata.labels[\"a.b/c\"]",
            "a string, found a boolean (in quotes it is a string: `\"false\"`)",
        );
        check(
            "/metadata/generation",
            json!(u64::MAX),
            "metadata.generation",
            "an integer of 64 bits, found `18446744073709551615`",
        );
    }

    #[test]
    fn refuses_bytes_that_are_no_base64_and_does_not_repeat_them() {
        let check = |text: &str, accepted: bool| {
            let body = json!({
                "apiVersion": "v1", "kind": "Secret", "metadata": {"name": "keys"}, "data": {"key": text},
            });
            let refused = "wrong-type: Secret/keys `data.key`: expected base64, found other text";
            assert_eq!(problems("1.34", body), if accepted { vec![] } else { vec![refused] }, "{text:?}");
        };
        for text in ["", "aGVsbG8=", "aGVs\nbG8=\n", "+/=="] {
            check(text, true);
        }
        for text in ["hello", "aGVsbG8", "a===", "aG=s", "a-_b", "aGVs bG8="] {
            check(text, false);
        }
    }

    #[test]
    fn misses_what_is_required() {
        let check = |pointer: &str, path: &str| {
            let expected = format!("missing-field: Deployment/web `{path}`: required value is missing");
            assert_eq!(problems("1.34", deployment_with(pointer, None)), [expected], "{pointer}");
        };
        let container = "spec.template.spec.containers";
        check("/spec/selector", "spec.selector");
        check("/spec/template", "spec.template");
        check("/spec/template/spec/containers", container);
        check("/spec/template/spec/containers/0/name", &format!("{container}[0].name"));
        check(
            "/spec/template/spec/containers/0/ports/0/containerPort",
            &format!("{container}[web].ports[0].containerPort"),
        );
        check(
            "/spec/template/spec/containers/0/livenessProbe/httpGet/port",
            &format!("{container}[web].livenessProbe.httpGet.port"),
        );
    }

    #[test]
    fn what_is_required_depends_on_the_version() {
        let body = deployment_with("/spec", None);
        assert_eq!(problems("1.36", body.clone()), [""; 0]);
        assert_eq!(problems("1.37", body), ["missing-field: Deployment/web `spec`: required value is missing"]);
    }

    #[test]
    fn reports_every_problem_of_an_object_in_the_order_of_its_fields() {
        let mut body = deployment_with("/spec/selector", None);
        body["metadata"]["label"] = json!({});
        body["spec"]["replicas"] = json!("2");
        body["spec"]["template"]["spec"]["containers"][0]["ports"][0]["containerPort"] = json!("8000");
        body["spec"]["template"]["spec"]["volumes"][0]["emptydir"] = json!({});
        let found = problems("1.34", body);
        let codes: Vec<_> = found.iter().map(|it| it.split_once(':').unwrap().0).collect();
        assert_eq!(
            codes,
            ["unknown-field", "wrong-type", "wrong-type", "unknown-field", "missing-field"],
            "{found:#?}"
        );
    }

    #[test]
    fn knows_which_version_serves_which_kind() {
        let check = |version: &str, api_version: &str, kind: &str, expected: &[&str]| {
            let body = json!({"apiVersion": api_version, "kind": kind, "metadata": {"name": "x"}});
            let of_kind = problems(version, body)
                .into_iter()
                .filter(|it| it.starts_with("unknown-kind") || it.starts_with("api-removed"));
            let code = |message: &str| if message.contains("was removed") { "api-removed" } else { "unknown-kind" };
            let expected: Vec<_> = expected.iter().map(|it| format!("{}: {kind}/x {it}", code(it))).collect();
            assert_eq!(of_kind.collect::<Vec<_>>(), expected, "{version} {api_version} {kind}");
        };
        check("1.34", "policy/v1", "PodDisruptionBudget", &[]);
        check(
            "1.25",
            "policy/v1beta1",
            "PodDisruptionBudget",
            &[
                "`apiVersion`: PodDisruptionBudget of `policy/v1beta1` was removed in Kubernetes 1.25 (Kubernetes 1.25 serves it as `policy/v1`)",
            ],
        );
        check("1.25", "autoscaling/v2beta2", "HorizontalPodAutoscaler", &[]);
        check(
            "1.26",
            "autoscaling/v2beta2",
            "HorizontalPodAutoscaler",
            &[
                "`apiVersion`: HorizontalPodAutoscaler of `autoscaling/v2beta2` was removed in Kubernetes 1.26 (Kubernetes 1.26 serves it as `autoscaling/v1` or `autoscaling/v2`)",
            ],
        );
        check(
            "1.34",
            "extensions/v1beta1",
            "Ingress",
            &[
                "`apiVersion`: Ingress of `extensions/v1beta1` was removed in Kubernetes 1.22 (Kubernetes 1.34 serves it as `networking.k8s.io/v1`)",
            ],
        );
        let flow_schema = "flowcontrol.apiserver.k8s.io/v1beta3";
        check("1.31", flow_schema, "FlowSchema", &[]);
        check(
            "1.32",
            flow_schema,
            "FlowSchema",
            &[
                "`apiVersion`: FlowSchema of `flowcontrol.apiserver.k8s.io/v1beta3` was removed in Kubernetes 1.32 (Kubernetes 1.32 serves it as `flowcontrol.apiserver.k8s.io/v1`)",
            ],
        );
        check(
            "1.25",
            flow_schema,
            "FlowSchema",
            &[
                "`apiVersion`: FlowSchema of `flowcontrol.apiserver.k8s.io/v1beta3` is not served by Kubernetes 1.25, but from 1.26 on (Kubernetes 1.25 serves it as `flowcontrol.apiserver.k8s.io/v1beta1` or `flowcontrol.apiserver.k8s.io/v1beta2`)",
            ],
        );
        check(
            "1.34",
            "app/v1",
            "Deployment",
            &[
                "`apiVersion`: no matches for kind `Deployment` in version `app/v1` (Kubernetes 1.34 serves it as `apps/v1`)",
            ],
        );
        check(
            "1.34",
            "apps/v1",
            "Deploymnet",
            &["`kind`: no matches for kind `Deploymnet` in version `apps/v1` (did you mean `Deployment`?)"],
        );
        check(
            "1.34",
            "netwroking.k8s.io/v1",
            "NetworkPolicy",
            &[
                "`apiVersion`: no matches for kind `NetworkPolicy` in version `netwroking.k8s.io/v1` (Kubernetes 1.34 serves it as `networking.k8s.io/v1`)",
            ],
        );
        check("1.34", "x/v1", "Qqq", &["`kind`: no matches for kind `Qqq` in version `x/v1`"]);
        check(
            "1.34",
            "policy/v1beta1",
            "PodSecurityPolicy",
            &["`apiVersion`: PodSecurityPolicy of `policy/v1beta1` was removed in Kubernetes 1.25"],
        );
        // Lists have no name and no namespace: they are no objects.
        check(
            "1.34",
            "apps/v1",
            "DeploymentList",
            &["`kind`: no matches for kind `DeploymentList` in version `apps/v1` (did you mean `Deployment`?)"],
        );
    }

    #[test]
    fn custom_resources_pass() {
        for (api_version, kind) in [
            ("monitoring.coreos.com/v1", "ServiceMonitor"),
            ("gateway.networking.k8s.io/v1", "HTTPRoute"),
            ("example.com/v1", "Deployment"),
        ] {
            let body = json!({
                "apiVersion": api_version, "kind": kind, "metadata": {"name": "x"}, "spec": {"any": [null, 1, "2"]},
            });
            assert_eq!(problems("1.34", body), [""; 0], "{api_version} {kind}");
        }
    }

    #[test]
    fn custom_resources_have_metadata_as_all_objects() {
        let check = |metadata: Value, expected: &[&str]| {
            let body = json!({"apiVersion": "example.com/v1", "kind": "Thing", "metadata": metadata});
            assert_eq!(problems("1.34", body), expected);
        };
        check(json!({"name": "x", "labels": {"a": "true"}, "annotations": {}}), &[]);
        check(
            json!({"name": "x", "labels": {"a": true}, "label": {}}),
            &[
                "wrong-type: Thing/x `metadata.labels.a`: expected a string, found a boolean (in quotes it is a string: \
                 `\"true\"`)",
                "unknown-field: Thing/x `metadata.label`: unknown field (did you mean `labels`?)",
            ],
        );
    }
}
