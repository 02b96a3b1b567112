//! Configuration maps: keys, and how much they hold.
//!
//! Source: `ValidateConfigMap` in `pkg/apis/core/validation`.

use super::field::{Field, Found};
use super::names::{INVALID_KEY, config_key};
use crate::diagnostic::Code;
use crate::object::Object;

/// A key is both in `data` and in `binaryData`.
pub const DUPLICATE_KEY: Code = Code::error("duplicate-key");
/// The values of a `ConfigMap` are larger than Kubernetes stores.
pub const CONFIG_TOO_LARGE: Code = Code::error("config-too-large");

/// The codes of this family.
pub const CODES: &[Code] = &[CONFIG_TOO_LARGE, DUPLICATE_KEY];

/// How many bytes of values Kubernetes stores in one object.
pub(super) const VALUE_BYTES: usize = 1_048_576;

/// Checks one object, if it is a `ConfigMap`.
pub(super) fn check(object: &Object) -> Found {
    let mut found = Found::new();
    if object.id.group.is_empty() && object.id.kind == "ConfigMap" {
        config_map(&Field::root(object), &mut found);
    }
    found
}

fn config_map(root: &Field<'_>, found: &mut Found) {
    let (data, binary) = (root.get("data"), root.get("binaryData"));
    let mut bytes = 0;
    for (key, value) in data.entries() {
        bytes += value.text().map_or(0, str::len);
        check_key(key, &value, found);
        if binary.get(key).is_set() {
            found.push(
                value
                    .problem(DUPLICATE_KEY, "Invalid value: duplicate of key present in binaryData")
                    .help("keep one of them"),
            );
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

/// Checks the key of a `ConfigMap` or `Secret`.
pub(super) fn check_key(key: &str, value: &Field<'_>, found: &mut Found) {
    if let Err(detail) = config_key(key) {
        found.push(value.problem(INVALID_KEY, format!("Invalid value: {key:?}: {detail}")));
    }
}

/// Returns how many bytes a base64 text stands for.
pub(super) fn decoded_length(text: &str) -> usize {
    let padding = text.bytes().rev().take_while(|it| *it == b'=').count();
    (text.len() / 4 * 3).saturating_sub(padding)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{expect, object};
    use super::check;
    use serde_json::{Value, json};

    #[expect(clippy::needless_pass_by_value, reason = "a table of literals reads better without borrows")]
    fn verdicts(fields: Value, expected: &[&str]) {
        let mut body = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "prod"}});
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        expect(check(&object(body)), expected);
    }

    #[test]
    fn checks_keys_and_sizes() {
        verdicts(json!({"data": {"A.b_c-d": ""}}), &[]);
        verdicts(json!({"data": {"a b": ""}}), &["invalid-key data a valid config key"]);
        verdicts(json!({"binaryData": {"..a": ""}}), &["invalid-key binaryData must not start with '..'"]);
        verdicts(
            json!({"data": {"a": "x"}, "binaryData": {"a": ""}}),
            &["duplicate-key data.a duplicate of key present in binaryData"],
        );
        verdicts(json!({"data": {"a": "x".repeat(1_048_576)}}), &[]);
        verdicts(json!({"data": {"a": "x".repeat(1_048_577)}}), &["config-too-large data more than 1048576 bytes"]);
        verdicts(json!({"data": 5}), &[]);
    }
}
