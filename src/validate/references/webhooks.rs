//! The Services of our own namespace that the API server is told to call.

use super::MISSING_REFERENCE;
use super::known::exists;
use crate::object::{Object, ObjectSet};
use crate::validate::field::{Field, Found};

/// Checks one object, if it makes the API server call a Service.
pub(super) fn check(object: &Object, set: &ObjectSet, found: &mut Found) {
    let root = Field::root(object);
    let called: Vec<Field<'_>> = match (object.id.group.as_str(), object.id.kind.as_str()) {
        ("admissionregistration.k8s.io", "MutatingWebhookConfiguration" | "ValidatingWebhookConfiguration") => {
            root.get("webhooks").items().iter().map(|it| it.at("clientConfig.service")).collect()
        }
        ("apiregistration.k8s.io", "APIService") => vec![root.at("spec.service")],
        ("apiextensions.k8s.io", "CustomResourceDefinition") => {
            vec![root.at("spec.conversion.webhook.clientConfig.service")]
        }
        _ => return,
    };
    for service in called {
        let here = service.get("namespace").text() == Some(set.environment.namespace.as_str());
        let name = service.get("name");
        if let Some(text) = name.filled().filter(|it| here && !exists("Service", it, set)) {
            let known = set.of_kind("Service").map(|it| it.id.name.as_str());
            let message = format!("references Service {text:?} which is not in this environment");
            let message = name.problem(MISSING_REFERENCE, message).suggest(text, known);
            found.push(message.help("make it here, or declare that it exists without us"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::validate::fixture::{any, expect, service, set};
    use serde_json::json;

    #[test]
    fn follows_services_of_our_own_namespace() {
        let webhook = |namespace: &str, name: &str, expected: &[&str]| {
            let fields = json!({"webhooks": [{"clientConfig": {"service": {"namespace": namespace, "name": name}}}]});
            let kind = "ValidatingWebhookConfiguration";
            let set = set([any("admissionregistration.k8s.io/v1", kind, "a", &fields), service()]);
            let mut found = Vec::new();
            check(set.objects.iter().find(|it| it.id.kind == kind).unwrap(), &set, &mut found);
            expect(found, expected);
        };
        webhook("prod", "web", &[]);
        webhook("prod", "wep", &["missing-reference service.name references Service \"wep\""]);
        webhook("elsewhere", "wep", &[]);
    }
}
