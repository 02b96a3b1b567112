//! Secrets that are filled from a store.
//!
//! Source: the definition of `ExternalSecret` in `external-secrets.io/v1` (`externalsecret_types.go`).

use super::field::{DUPLICATE_NAME, Field, Found, unique};
use super::names::{self, INVALID_KEY, INVALID_NAME};
use crate::object::Object;

const GROUP: &str = "external-secrets.io";

/// Checks one object, if it is an `ExternalSecret`.
pub(super) fn check(object: &Object) -> Found {
    let mut found = Found::new();
    if object.id.kind != "ExternalSecret" || object.id.group != GROUP {
        return found;
    }
    let spec = Field::root(object).get("spec");
    let store = spec.get("secretStoreRef");
    store.get("name").syntax(INVALID_NAME, names::dns_subdomain, &mut found);
    store.get("kind").one_of(&["SecretStore", "ClusterSecretStore"], &mut found);
    let data = spec.get("data").items();
    for item in &data {
        item.get("secretKey").syntax(INVALID_KEY, names::config_key, &mut found);
        let entry = item.at("remoteRef.key");
        if entry.is_empty() {
            found.push(entry.required("the entry of the store"));
        }
    }
    let keys = data.iter().map(|it| it.get("secretKey")).filter_map(|it| Some((it.filled()?, it)));
    unique(DUPLICATE_NAME, keys, &mut found);
    found
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{any, expect, object, with};
    use super::check;
    use serde_json::{Value, json};

    #[test]
    fn checks_stores_and_keys() {
        let valid = any(
            "external-secrets.io/v1",
            "ExternalSecret",
            "a",
            &json!({"spec": {
                "secretStoreRef": {"kind": "SecretStore", "name": "vault"},
                "data": [{"secretKey": "A", "remoteRef": {"key": "x/y"}}],
            }}),
        );
        let verdicts = |pointer: &str, value: Value, expected: &[&str]| {
            expect(check(&object(with(valid.clone(), pointer, value))), expected);
        };
        verdicts("/spec/secretStoreRef/kind", json!("ClusterSecretStore"), &[]);
        verdicts("/spec/secretStoreRef/kind", json!("Store"), &["unsupported-value secretStoreRef.kind SecretStore"]);
        verdicts("/spec/secretStoreRef/name", json!("Vault"), &["invalid-name secretStoreRef.name RFC 1123"]);
        verdicts("/spec/data/0/secretKey", json!("tls.crt"), &[]);
        verdicts("/spec/data/0/secretKey", json!("a b"), &["invalid-key secretKey a b"]);
        verdicts("/spec/data/0/remoteRef/key", json!(""), &["missing-value remoteRef.key Required value"]);
        let twice = json!({"secretKey": "A", "remoteRef": {"key": "z"}});
        verdicts("/spec/data/1", twice, &["duplicate-name secretKey"]);
    }
}
