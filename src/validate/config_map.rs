//! Configuration maps, and Secrets without values.
//!
//! Source: `ValidateConfigMap` and `ValidateSecret` in `pkg/apis/core/validation`.

use super::field::{Field, Found};
use super::names::{INVALID_KEY, config_key};
use crate::diagnostic::Code;
use crate::object::Object;

/// A key is both in `data` and in `binaryData`.
pub const DUPLICATE_KEY: Code = Code::error("duplicate-key");
/// The values of a `ConfigMap` are larger than Kubernetes stores.
pub const CONFIG_TOO_LARGE: Code = Code::error("config-too-large");
/// A `Secret` is written with its values.
pub const PLAINTEXT_SECRET: Code = Code::error("plaintext-secret").confidential();

/// The codes of this family.
pub const CODES: &[Code] = &[CONFIG_TOO_LARGE, DUPLICATE_KEY, PLAINTEXT_SECRET];

const VALUE_BYTES: usize = 1_048_576;

/// Checks one object, if it is a `ConfigMap` or a `Secret`.
pub(super) fn check(object: &Object) -> Found {
    let mut found = Found::new();
    match (object.id.group.as_str(), object.id.kind.as_str()) {
        ("", "ConfigMap") => config_map(&Field::root(object), &mut found),
        ("", "Secret") => secret(&Field::root(object), &mut found),
        _ => {}
    }
    found
}

/// True for a `Secret` with values, of which no other rule may say anything: its message could show one.
pub(super) fn is_plaintext(object: &Object) -> bool {
    let is_secret = object.id.group.is_empty() && object.id.kind == "Secret" && object.sealed.is_none();
    is_secret && ["data", "stringData"].iter().any(|it| !Field::root(object).get(it).is_empty())
}

fn config_map(root: &Field<'_>, found: &mut Found) {
    let (data, binary) = (root.get("data"), root.get("binaryData"));
    let mut bytes = 0;
    for (key, value) in data.entries() {
        bytes += value.text().map_or(0, str::len);
        check_key(key, &value, found);
        if binary.get(key).is_set() {
            found.push(value.problem(DUPLICATE_KEY, "Invalid value: duplicate of key present in binaryData"));
        }
    }
    for (key, value) in binary.entries() {
        bytes += value.text().map_or(0, decoded_length);
        check_key(key, &value, found);
    }
    if bytes > VALUE_BYTES {
        let message = format!("Too long: may not be more than {VALUE_BYTES} bytes; the values have {bytes}");
        found.push(data.problem(CONFIG_TOO_LARGE, message).help("split it, or put large files into the image"));
    }
}

fn check_key(key: &str, value: &Field<'_>, found: &mut Found) {
    if let Err(detail) = config_key(key) {
        found.push(value.problem(INVALID_KEY, format!("Invalid value: {key:?}: {detail}")));
    }
}

fn secret(root: &Field<'_>, found: &mut Found) {
    for field in [root.get("data"), root.get("stringData")] {
        if !field.is_empty() {
            let message = "a Secret with values would be committed in plain text; base64 hides nothing";
            let help = "make it in the cluster and declare its keys with `secret`, or encrypt it and pass it through with `sealed`";
            found.push(field.problem(PLAINTEXT_SECRET, message).help(help));
        }
    }
}

/// Returns how many bytes a base64 text stands for.
fn decoded_length(text: &str) -> usize {
    let padding = text.bytes().rev().take_while(|it| *it == b'=').count();
    (text.len() / 4 * 3).saturating_sub(padding)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{expect, object};
    use super::check;
    use serde_json::{Value, json};

    #[expect(clippy::needless_pass_by_value, reason = "a table of literals reads better without borrows")]
    fn verdicts(kind: &str, fields: Value, expected: &[&str]) {
        let mut body = json!({"apiVersion": "v1", "kind": kind, "metadata": {"name": "a", "namespace": "prod"}});
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        expect(check(&object(body)), expected);
    }

    #[test]
    fn checks_keys_and_sizes() {
        verdicts("ConfigMap", json!({"data": {"A.b_c-d": ""}}), &[]);
        verdicts("ConfigMap", json!({"data": {"a b": ""}}), &["invalid-key data a valid config key"]);
        verdicts("ConfigMap", json!({"binaryData": {"..a": ""}}), &["invalid-key binaryData must not start with '..'"]);
        verdicts(
            "ConfigMap",
            json!({"data": {"a": "x"}, "binaryData": {"a": ""}}),
            &["duplicate-key data.a duplicate of key present in binaryData"],
        );
        verdicts("ConfigMap", json!({"data": {"a": "x".repeat(1_048_576)}}), &[]);
        verdicts(
            "ConfigMap",
            json!({"data": {"a": "x".repeat(1_048_577)}}),
            &["config-too-large data more than 1048576 bytes"],
        );
        verdicts("ConfigMap", json!({"data": 5}), &[]);
    }

    #[test]
    fn refuses_secrets_with_values() {
        verdicts("Secret", json!({"type": "Opaque"}), &[]);
        verdicts("Secret", json!({"data": {}}), &[]);
        verdicts("Secret", json!({"data": {"A": "aGk="}}), &["plaintext-secret data would be committed in plain text"]);
        verdicts(
            "Secret",
            json!({"stringData": {"A": "hi"}}),
            &["plaintext-secret stringData committed in plain text"],
        );
    }
}
