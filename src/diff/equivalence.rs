//! Two versions of a field in, the reason out why both mean the same.
//!
//! How the controllers compare pod templates decides what is without effect: a Deployment by meaning
//! (`EqualIgnoreHash`), a `StatefulSet` and a `DaemonSet` by the bytes of their revision (`EqualRevision`), in which an amount
//! has its canonical form.

use crate::change::{Equivalence, embedded};
use crate::object::defaults::is_default;
use crate::object::list_key::Schema;
use crate::object::{FieldPath, KubernetesVersion, Object, Quantity, duration, normal_form, schema};
use serde_json::Value;

/// One field of two versions of an object; where it is in each, and what it is there.
pub(super) struct Field<'a> {
    pub(super) objects: (&'a Object, &'a Object),
    pub(super) paths: (&'a FieldPath, &'a FieldPath),
    pub(super) values: (Option<&'a Value>, Option<&'a Value>),
}

impl Field<'_> {
    /// Returns why the two values mean the same; none where they do not.
    pub(super) fn equivalence(&self) -> Option<Equivalence> {
        match self.values {
            (Some(before), Some(after)) => self.of_values(before, after),
            (Some(value), None) | (None, Some(value)) => self.of_presence(value),
            (None, None) => None,
        }
    }

    fn of_values(&self, before: &Value, after: &Value) -> Option<Equivalence> {
        if self.is_one_amount(before, after) {
            return Some(Equivalence::Quantity);
        }
        match (before, after) {
            (Value::String(before), Value::String(after)) => {
                let duration = duration::parse(before);
                let is_duration = duration::is_field(&self.objects.1.id.group, self.paths.1);
                if is_duration && duration.is_some() && duration == duration::parse(after) {
                    return Some(Equivalence::Duration);
                }
                let is_same_content = embedded::parts(before, after).is_some_and(|it| it.is_empty());
                is_same_content.then_some(Equivalence::Text)
            }
            (Value::Array(before), Value::Array(after)) => {
                let sorted = |items: &[Value]| {
                    let schema = Schema::of(&self.objects.1.body);
                    let path = self.paths.1.index(0);
                    let mut items: Vec<String> =
                        items.iter().map(|it| normal_form::normal_text(schema, &path, it)).collect();
                    items.sort();
                    items
                };
                (sorted(before) == sorted(after)).then_some(Equivalence::Order)
            }
            (before, after) => {
                // A default stands in place of nothing: `null`.
                let given = if before.is_null() { after } else { before };
                let is_nothing = before.is_null() != after.is_null();
                (is_nothing && self.of_presence(given).is_some()).then_some(Equivalence::Default)
            }
        }
    }

    fn of_presence(&self, value: &Value) -> Option<Equivalence> {
        let is_default =
            is_default(self.objects.0, self.paths.0, value) && is_default(self.objects.1, self.paths.1, value);
        is_default.then_some(Equivalence::Default)
    }

    fn is_one_amount(&self, before: &Value, after: &Value) -> bool {
        let (Some(old), Some(new)) = (Quantity::of_value(before), Quantity::of_value(after)) else { return false };
        let object = self.objects.1;
        let version = object.body.get("apiVersion").and_then(Value::as_str).unwrap_or_default();
        let shape = schema::of_field(KubernetesVersion::DEFAULT, version, &object.id.kind, self.paths.1);
        let is_compared_as_text = matches!(object.id.kind.as_str(), "StatefulSet" | "DaemonSet")
            && object.pod_template_path().is_some_and(|it| self.paths.1.starts_with(&it));
        shape == Some(&schema::Shape::Quantity)
            && old == new
            && (!is_compared_as_text || old.to_string() == new.to_string())
    }
}

#[cfg(test)]
mod tests {
    use crate::change::Equivalence::{self, Default, Duration, Order, Quantity, Text};
    use crate::diff::objects;
    use crate::object::Object;
    use serde_json::{Value, json};

    /// Asserts what the changes of one field of an object mean.
    #[track_caller]
    fn check(version: &str, kind: &str, before: &Value, after: &Value, expected: &[Option<Equivalence>]) {
        let object = |fields: &Value| {
            let mut body = json!({"apiVersion": version, "kind": kind, "metadata": {"name": "it"}});
            for (name, value) in fields.as_object().unwrap() {
                body[name] = value.clone();
            }
            Object::from_body(body).unwrap()
        };
        let meaning = |before: &Value, after: &Value| -> Vec<Option<Equivalence>> {
            let changes = objects(&[object(before)], &[object(after)]).changes;
            changes.iter().flat_map(|it| &it.fields).map(|it| it.equivalent).collect()
        };
        assert_eq!(meaning(before, after), expected, "{before} {after}");
        assert_eq!(meaning(after, before), expected, "{after} {before}");
    }

    fn in_template(pod: &Value) -> Value {
        json!({"spec": {"template": {"spec": pod}}})
    }

    fn memory(amount: &Value) -> Value {
        in_template(&json!({"containers": [{"name": "a", "resources": {"limits": {"memory": amount}}}]}))
    }

    #[test]
    fn amounts_are_compared_as_controllers_compare_them() {
        let amounts = |kind: &str, before: Value, after: Value, expected: Option<Equivalence>| {
            check("apps/v1", kind, &memory(&before), &memory(&after), &[expected]);
        };
        for kind in ["Deployment", "StatefulSet", "DaemonSet"] {
            amounts(kind, json!("1024Mi"), json!("1Gi"), Some(Quantity));
            amounts(kind, json!("1000m"), json!("1"), Some(Quantity));
            amounts(kind, json!("1000m"), json!(1), Some(Quantity));
            amounts(kind, json!("1Gi"), json!("1G"), None);
            amounts(kind, json!("1Gi"), json!("one"), None);
        }
        amounts("Deployment", json!("1Gi"), json!("1073741824"), Some(Quantity));
        amounts("StatefulSet", json!("1Gi"), json!("1073741824"), None);
        amounts("DaemonSet", json!("1k"), json!("1e3"), None);
        let storage = |amount: &str| json!({"spec": {"resources": {"requests": {"storage": amount}}}});
        check("v1", "PersistentVolumeClaim", &storage("1Gi"), &storage("1024Mi"), &[Some(Quantity)]);
        let hard = |amount: &str| json!({"spec": {"hard": {"limits.cpu": amount}}});
        check("v1", "ResourceQuota", &hard("2"), &hard("2000m"), &[Some(Quantity)]);
        let data = |amount: &str| json!({"data": {"cpu": amount}});
        check("v1", "ConfigMap", &data("1000m"), &data("1"), &[None]);
        let custom = |amount: &str| json!({"spec": {"cpu": amount}});
        check("example.com/v1", "Thing", &custom("1000m"), &custom("1"), &[None]);
    }

    #[test]
    fn defaults_and_durations_and_texts_and_orders() {
        let policy =
            |it: Value| in_template(&json!({"containers": [{"name": "a", "image": "a:1", "imagePullPolicy": it}]}));
        let none = in_template(&json!({"containers": [{"name": "a", "image": "a:1"}]}));
        check("apps/v1", "Deployment", &none, &policy(json!("IfNotPresent")), &[Some(Default)]);
        check("apps/v1", "Deployment", &none, &policy(json!("Always")), &[None]);
        check("apps/v1", "Deployment", &policy(json!(null)), &policy(json!("IfNotPresent")), &[Some(Default)]);
        // What is the default of the one image is none of the other.
        let other =
            in_template(&json!({"containers": [{"name": "a", "image": "a", "imagePullPolicy": "IfNotPresent"}]}));
        check("apps/v1", "Deployment", &none, &other, &[None, None]);
        let secret = |time: &str| json!({"spec": {"refreshInterval": time}});
        check("external-secrets.io/v1", "ExternalSecret", &secret("60m"), &secret("1h"), &[Some(Duration)]);
        check("external-secrets.io/v1", "ExternalSecret", &secret("60m"), &secret("2h"), &[None]);
        let data = |text: &str| json!({"data": {"a": text}});
        check("v1", "ConfigMap", &data("60m"), &data("1h"), &[None]);
        check("v1", "ConfigMap", &data("{\"a\":1}"), &data("a: 1\n"), &[Some(Text)]);
        check("v1", "ConfigMap", &data("{\"a\":1}"), &data("a: 2\n"), &[None]);
        let volumes = |names: &[&str]| {
            let volume = |it: &&str| json!({"name": it});
            in_template(&json!({"volumes": names.iter().map(volume).collect::<Vec<_>>()}))
        };
        check("apps/v1", "Deployment", &volumes(&["a", "b"]), &volumes(&["b", "a"]), &[Some(Order)]);
        check("apps/v1", "Deployment", &volumes(&["a", "b", "c"]), &volumes(&["c", "b"]), &[None]);
        check("batch/v1", "Job", &volumes(&["a", "b"]), &volumes(&["b", "a"]), &[]);
    }
}
