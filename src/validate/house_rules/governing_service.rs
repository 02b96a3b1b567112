//! The Service that gives the pods of a `StatefulSet` their names in the network. The API server does not look for it.

use crate::diagnostic::house_rule::GOVERNING_SERVICE_MISSING;
use crate::object::{Object, ObjectSet, Selector};
use crate::validate::field::{Field, Found};
use crate::validate::pod;

const HELP: &str = "make a headless one that selects the pods: `service headless=#true`";

/// Checks one object, if it is a `StatefulSet`.
pub(super) fn check(object: &Object, set: &ObjectSet, found: &mut Found) {
    if object.id.group != "apps" || object.id.kind != "StatefulSet" {
        return;
    }
    let name = Field::root(object).at("spec.serviceName");
    let Some(text) = name.filled() else { return };
    if set.environment.external.iter().any(|it| it.kind == "Service" && it.name == text) {
        return;
    }
    let mut services = set.of_kind("Service").filter(|it| it.id.group.is_empty());
    let Some(service) = services.find(|it| it.id.namespace == object.id.namespace && it.id.name == text) else {
        let what = format!("there is no Service {text:?}, so the pods have no names in the network");
        found.push(name.house_rule(GOVERNING_SERVICE_MISSING, what, HELP));
        return;
    };
    let address = Field::root(service).at("spec.clusterIP");
    let selector = Field::root(service).at("spec.selector");
    let labels = pod::template(object).map(|it| it.at("metadata.labels"));
    let selects = Selector::of_labels(selector.value);
    let (place, what) = if address.text() != Some("None") {
        (address, "is not headless, so the pods")
    } else if selects.is_empty() || labels.is_none_or(|it| !selects.matches(it.value)) {
        (selector, "does not select the pods, so they")
    } else {
        return;
    };
    let message = format!("the Service {text:?} {what} have no names in the network");
    let span = place.span().filter(|it| Some(*it) != name.span());
    found.push(name.house_rule(GOVERNING_SERVICE_MISSING, message, HELP).at_some(span, "the Service"));
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::object::ExternalObject;
    use crate::validate::fixture::{deployment, expect, service, set, with};
    use serde_json::{Value, json};

    #[test]
    fn a_headless_service_is_there() {
        let stateful = || with(with(deployment(), "/kind", json!("StatefulSet")), "/spec/serviceName", json!("web"));
        let headless = || with(service(), "/spec/clusterIP", json!("None"));
        let verdicts = |bodies: Vec<Value>, external: &[&str], expected: &[&str]| {
            let mut set = set(bodies);
            let external = external.iter().map(|it| ExternalObject {
                kind: "Service".to_owned(),
                name: (*it).to_owned(),
                keys: Vec::new(),
                span: None,
            });
            set.environment.external = external.collect();
            let mut found = Vec::new();
            for object in &set.objects {
                check(object, &set, &mut found);
            }
            expect(found, expected);
        };
        verdicts(vec![stateful(), headless()], &[], &[]);
        verdicts(vec![stateful()], &["web"], &[]);
        verdicts(vec![with(stateful(), "/spec/serviceName", json!(null))], &[], &[]);
        verdicts(vec![stateful()], &[], &["governing-service-missing serviceName there is no Service \"web\""]);
        verdicts(
            vec![stateful(), service()],
            &[],
            &["governing-service-missing serviceName the Service \"web\" is not headless"],
        );
        verdicts(
            vec![stateful(), with(headless(), "/spec/selector", json!({"app": "api"}))],
            &[],
            &["governing-service-missing serviceName does not select the pods"],
        );
    }
}
