//! What is known of an object that another refers to: whether it exists, and which keys it has.

use crate::object::{Object, ObjectSet, sealed};
use crate::validate::field::Field;

/// What is known about the keys of an object that exists.
pub(super) enum Keys {
    /// It has these.
    Only(Vec<String>),
    /// Another tool fills it.
    Any,
}

/// Returns the keys of an object of the core group; none where there is no such object.
pub(super) fn known_keys(kind: &str, name: &str, namespace: Option<&str>, set: &ObjectSet) -> Option<Keys> {
    let inside = |it: &&Object| it.id.namespace.as_deref() == namespace;
    let named = |it: &&Object| it.id.name == name && it.id.group.is_empty() && it.sealed.is_none();
    if let Some(object) = set.of_kind(kind).filter(inside).find(named) {
        return Some(own_keys(object));
    }
    if let Some(external) = set.environment.external.iter().find(|it| it.kind == kind && it.name == name) {
        return Some(Keys::Only(external.keys.clone()));
    }
    match kind {
        // Kubernetes puts it into every namespace.
        "ConfigMap" if name == "kube-root-ca.crt" => Some(Keys::Any),
        "PersistentVolumeClaim" => {
            set.of_kind("StatefulSet").filter(inside).any(|it| makes_claim(it, name)).then_some(Keys::Any)
        }
        "Secret" => set.objects.iter().filter(inside).find_map(|it| made_secret(it, name)),
        _ => None,
    }
}

/// True where an object of this kind is in the set, in any namespace, or is declared to exist without us.
pub(super) fn exists(kind: &str, name: &str, set: &ObjectSet) -> bool {
    let external = set.environment.external.iter().any(|it| it.kind == kind && it.name == name);
    external || set.of_kind(kind).any(|it| it.id.name == name)
}

/// True where a `StatefulSet` makes a claim of this name: `data-db-0`, of a template, the set and a number.
fn makes_claim(object: &Object, name: &str) -> bool {
    let templates = Field::root(object).at("spec.volumeClaimTemplates").items();
    templates.iter().filter_map(|it| it.at("metadata.name").filled()).any(|template| {
        let number = name.strip_prefix(&format!("{template}-{}-", object.id.name));
        number.is_some_and(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit()))
    })
}

fn own_keys(object: &Object) -> Keys {
    let root = Field::root(object);
    // A controller puts the token into it.
    if root.get("type").text() == Some("kubernetes.io/service-account-token") {
        return Keys::Any;
    }
    let maps = [root.get("data"), root.get("binaryData"), root.get("stringData")];
    Keys::Only(keys(&maps))
}

fn keys(maps: &[Field<'_>]) -> Vec<String> {
    maps.iter().flat_map(Field::entries).map(|(key, _)| key.to_owned()).collect()
}

/// Returns the keys of the Secret of this name that a controller makes from an object; none where it makes no such.
fn made_secret(object: &Object, name: &str) -> Option<Keys> {
    if object.sealed.is_some() {
        return sealed::secret(object).filter(|it| it.0 == name).map(|it| Keys::Only(it.1));
    }
    let root = Field::root(object);
    let own = Some(object.id.name.as_str());
    let (made, keys) = match (object.id.group.as_str(), object.id.kind.as_str()) {
        ("bitnami.com", "SealedSecret") => {
            let maps = [root.at("spec.encryptedData"), root.at("spec.template.data")];
            (root.at("spec.template.metadata.name").filled().or(own), Keys::Only(keys(&maps)))
        }
        ("external-secrets.io", "ExternalSecret") => {
            (root.at("spec.target.name").filled().or(own), external_keys(&root))
        }
        ("cert-manager.io", "Certificate") => (root.at("spec.secretName").filled(), Keys::Any),
        _ => return None,
    };
    (made == Some(name)).then_some(keys)
}

/// Returns the keys that an `ExternalSecret` names, unless it takes or makes others too.
fn external_keys(root: &Field<'_>) -> Keys {
    if !root.at("spec.dataFrom").is_empty() || root.at("spec.target.template").is_set() {
        return Keys::Any;
    }
    let items = root.at("spec.data").items();
    Keys::Only(items.iter().filter_map(|it| it.get("secretKey").text()).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::{Keys, known_keys};
    use crate::validate::fixture::{any, set};
    use serde_json::{Value, json};

    /// Checks which keys are known of a Secret: `none` where it is not made, `any` where they are not known.
    fn check(maker: Value, name: &str, expected: &str) {
        let found = match known_keys("Secret", name, Some("prod"), &set([maker])) {
            None => "none".to_owned(),
            Some(Keys::Any) => "any".to_owned(),
            Some(Keys::Only(keys)) => format!("only {}", keys.join(" ")),
        };
        assert_eq!(found, expected, "{name}");
    }

    #[test]
    fn knows_the_claims_of_stateful_sets() {
        let templates = json!({"spec": {"volumeClaimTemplates": [{"metadata": {"name": "data"}}]}});
        let set = set([any("apps/v1", "StatefulSet", "db", &templates)]);
        for (name, expected) in [("data-db-0", true), ("data-db-12", true), ("data-db-", false), ("data-db", false)] {
            assert_eq!(known_keys("PersistentVolumeClaim", name, Some("prod"), &set).is_some(), expected, "{name}");
        }
    }

    #[test]
    fn knows_what_controllers_make() {
        let sealed = |spec: Value| any("bitnami.com/v1alpha1", "SealedSecret", "a", &json!({"spec": spec}));
        check(sealed(json!({"encryptedData": {"A": "x"}})), "a", "only A");
        check(sealed(json!({"encryptedData": {}})), "b", "none");
        check(sealed(json!({"template": {"metadata": {"name": "b"}}})), "b", "only ");
        let external = |spec: Value| any("external-secrets.io/v1", "ExternalSecret", "a", &json!({"spec": spec}));
        check(external(json!({"data": [{"secretKey": "A"}]})), "a", "only A");
        check(external(json!({"target": {"name": "b"}, "data": [{"secretKey": "A"}]})), "b", "only A");
        check(external(json!({"target": {"name": "b"}})), "a", "none");
        check(external(json!({"data": [{"secretKey": "A"}], "dataFrom": [{}]})), "a", "any");
        check(external(json!({"target": {"template": {"data": {"B": "x"}}}})), "a", "any");
        check(any("example.com/v1", "SealedSecret", "a", &json!({})), "a", "none");
        let certificate = any("cert-manager.io/v1", "Certificate", "a", &json!({"spec": {"secretName": "tls"}}));
        check(certificate, "tls", "any");
        check(any("v1", "Secret", "a", &json!({"data": {"A": ""}})), "a", "only A");
        let token = any("v1", "Secret", "a", &json!({"type": "kubernetes.io/service-account-token"}));
        check(token, "a", "any");
        check(any("example.com/v1", "Secret", "a", &json!({})), "a", "none");
    }
}
