//! Secrets: what each type must hold, and that none is written with its values.
//!
//! Source: `ValidateSecret` in `pkg/apis/core/validation`. No message repeats a value.

use super::config_map::{VALUE_BYTES, check_key, decoded_length};
use super::field::{Field, Found};
use crate::diagnostic::Code;
use crate::object::Object;
use serde_json::Value;

/// A `Secret` is written with its values.
pub const PLAINTEXT_SECRET: Code = Code::error("plaintext-secret").confidential();
/// The value of a `Secret` is not what its type says.
pub const INVALID_SECRET: Code = Code::error("invalid-secret").confidential();
/// The values of a `Secret` are larger than Kubernetes stores.
pub const SECRET_TOO_LARGE: Code = Code::error("secret-too-large").confidential();

/// The codes of this family.
pub const CODES: &[Code] = &[INVALID_SECRET, PLAINTEXT_SECRET, SECRET_TOO_LARGE];

const ACCOUNT_ANNOTATION: &str = "kubernetes.io/service-account.name";
const MAPS: [&str; 2] = ["data", "stringData"];

/// Checks one object, if it is a `Secret`.
pub(super) fn check(object: &Object) -> Found {
    let mut found = Found::new();
    if object.id.kind != "Secret" || !object.id.group.is_empty() {
        return found;
    }
    let root = Field::root(object);
    // The API server writes `stringData` over `data`.
    let bytes: usize = MAPS.iter().map(|it| map_bytes(&root, it)).sum();
    for field in MAPS.map(|it| root.get(it)) {
        for (key, value) in field.entries() {
            check_key(key, &value, &mut found);
        }
        if !field.is_empty() {
            let message = "a Secret with values would be committed in plain text; base64 hides nothing";
            let help = "make it in the cluster and declare its keys with `secret`, or encrypt it and pass it through with `sealed`";
            found.push(field.problem(PLAINTEXT_SECRET, message).help(help));
        }
    }
    if bytes > VALUE_BYTES {
        let message = format!("Too long: may not be more than {VALUE_BYTES} bytes; the values have {bytes}");
        found.push(root.get("data").problem(SECRET_TOO_LARGE, message).help("split it"));
    }
    of_type(&root, &mut found);
    found
}

/// Checks a `Secret` with values, and returns what may be said of it; none for all else.
///
/// Only what is confidential is: a line that any other message shows could hold a value.
pub(super) fn plaintext(object: &Object) -> Option<Found> {
    let is_secret = object.id.kind == "Secret" && object.id.group.is_empty() && object.sealed.is_none();
    let has_values = || MAPS.iter().any(|it| !Field::root(object).get(it).is_empty());
    (is_secret && has_values()).then(|| check(object).into_iter().filter(|it| it.code.confidential).collect())
}

fn map_bytes(root: &Field<'_>, map: &'static str) -> usize {
    let length = if map == "data" { decoded_length } else { str::len };
    let hidden = |key: &str| map == "data" && root.get("stringData").value.get(key).is_some();
    let entries = root.get(map).entries();
    entries.iter().filter(|(key, _)| !hidden(key)).filter_map(|(_, it)| it.text()).map(length).sum()
}

fn of_type(root: &Field<'_>, found: &mut Found) {
    let kind = root.get("type").text().unwrap_or_default();
    match kind {
        "kubernetes.io/tls" => {
            for key in ["tls.crt", "tls.key"] {
                required(root, kind, &[key], found);
            }
        }
        "kubernetes.io/dockerconfigjson" => registry(root, kind, ".dockerconfigjson", found),
        "kubernetes.io/dockercfg" => registry(root, kind, ".dockercfg", found),
        "kubernetes.io/basic-auth" => required(root, kind, &["username", "password"], found),
        "kubernetes.io/ssh-auth" => required(root, kind, &["ssh-privatekey"], found),
        "kubernetes.io/service-account-token" => {
            let annotation = root.at("metadata.annotations").get(ACCOUNT_ANNOTATION);
            if annotation.filled().is_none() {
                let message = annotation.required("");
                found.push(message.help("name the service account whose token it holds"));
            }
        }
        _ => {}
    }
}

/// Reports a Secret that has none of the keys of which its type needs one.
fn required(root: &Field<'_>, kind: &str, keys: &[&'static str], found: &mut Found) {
    let has = |key: &&str| MAPS.iter().any(|it| root.get(it).value.get(key).is_some());
    if keys.iter().any(has) {
        return;
    }
    for key in keys {
        let message = root.get("data").get(key).required("");
        found.push(message.help(format!("the type `{kind}` needs it: add the key, or leave `type` out")));
    }
}

/// Checks that the only key of a registry's Secret is there and holds JSON.
fn registry(root: &Field<'_>, kind: &str, key: &'static str, found: &mut Found) {
    required(root, kind, &[key], found);
    let (plain, encoded) = (root.get("stringData").get(key), root.get("data").get(key));
    let (field, text) = match (plain.text(), encoded.text()) {
        (Some(text), _) => (plain, Some(text.as_bytes().to_vec())),
        // What is no base64 has been reported.
        (None, Some(text)) => (encoded, decoded(text)),
        (None, None) => return,
    };
    let is_map = |it: &[u8]| serde_json::from_slice(it).is_ok_and(|it: Value| it.is_object() || it.is_null());
    if text.is_some_and(|it| !is_map(&it)) {
        let message = "Invalid value: <secret contents redacted>: the value is no JSON object";
        found
            .push(field.problem(INVALID_SECRET, message).help("it holds `{\"auths\": {…}}`, as `docker login` writes"));
    }
}

/// Reads standard base64, over line breaks; none for other text.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let digit = |it: u8| match it {
        b'A'..=b'Z' => Some(it - b'A'),
        b'a'..=b'z' => Some(it - b'a' + 26),
        b'0'..=b'9' => Some(it - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    for it in text.bytes().filter(|it| !matches!(it, b'\r' | b'\n' | b'=')) {
        bits = (bits << 6) | u32::from(digit(it)?);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 0xff).ok()?);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{any, expect, object};
    use super::{PLAINTEXT_SECRET, check, decoded, plaintext};
    use serde_json::{Value, json};

    #[expect(clippy::needless_pass_by_value, reason = "a table of literals reads better without borrows")]
    fn verdicts(fields: Value, expected: &[&str]) {
        expect(check(&object(any("v1", "Secret", "a", &fields))), expected);
    }

    /// Checks all but that it has values.
    fn of_values(fields: &Value, expected: &[&str]) {
        let mut found = check(&object(any("v1", "Secret", "a", fields)));
        found.retain(|it| it.code != PLAINTEXT_SECRET);
        expect(found, expected);
    }

    fn of_type(kind: &str, data: &Value, expected: &[&str]) {
        of_values(&json!({"type": kind, "data": data}), expected);
    }

    #[test]
    fn refuses_secrets_with_values() {
        verdicts(json!({"type": "Opaque"}), &[]);
        verdicts(json!({"data": {}}), &[]);
        verdicts(json!({"data": {"A": "aGk="}}), &["plaintext-secret data would be committed in plain text"]);
        verdicts(json!({"stringData": {"A": "hi"}}), &["plaintext-secret stringData committed in plain text"]);
        let forged = json!({"data": {"A": "aGk="}, "sops": {"mac": "x"}});
        verdicts(forged, &["plaintext-secret data would be committed in plain text"]);
        verdicts(json!({"data": 5}), &["plaintext-secret data would be committed in plain text"]);
    }

    #[test]
    fn nothing_else_is_said_of_values() {
        let found = plaintext(&object(any("v1", "Secret", "a", &json!({"data": {"a b": "aGk="}, "wrong": 1}))));
        expect(found.unwrap(), &["plaintext-secret data would be committed in plain text"]);
        assert!(plaintext(&object(any("v1", "Secret", "a", &json!({"data": {}})))).is_none());
        assert!(plaintext(&object(any("v1", "ConfigMap", "a", &json!({"data": {"a": "b"}})))).is_none());
    }

    #[test]
    fn checks_keys_and_sizes() {
        of_type("Opaque", &json!({"a b": ""}), &["invalid-key data a valid config key"]);
        of_type("Opaque", &json!({"..a": ""}), &["invalid-key data must not start with '..'"]);
        let sized = |bytes: usize, expected: &[&str]| {
            of_values(&json!({"stringData": {"a": "x".repeat(bytes)}, "data": {"a": "aGk="}}), expected);
        };
        sized(1_048_576, &[]);
        sized(1_048_577, &["secret-too-large data more than 1048576 bytes"]);
    }

    #[test]
    fn asks_for_what_a_type_needs() {
        let tls = "kubernetes.io/tls";
        of_type(tls, &json!({"tls.crt": "", "tls.key": ""}), &[]);
        of_type(tls, &json!({"tls.crt": ""}), &["missing-value tls.key Required value"]);
        verdicts(
            json!({"type": tls}),
            &["missing-value tls.crt Required value", "missing-value tls.key Required value"],
        );
        of_type("kubernetes.io/basic-auth", &json!({"password": ""}), &[]);
        of_type("kubernetes.io/basic-auth", &json!({}), &["missing-value username", "missing-value password"]);
        of_type("kubernetes.io/ssh-auth", &json!({"ssh-privatekey": ""}), &[]);
        of_type("kubernetes.io/ssh-auth", &json!({"key": ""}), &["missing-value ssh-privatekey Required value"]);
        let token = "kubernetes.io/service-account-token";
        verdicts(json!({"type": token}), &["missing-value service-account.name Required value"]);
        let annotations = json!({"annotations": {"kubernetes.io/service-account.name": "web"}, "name": "a"});
        verdicts(json!({"type": token, "metadata": annotations}), &[]);
        verdicts(json!({"type": "example.com/own"}), &[]);
    }

    #[test]
    fn reads_registry_secrets_and_repeats_none() {
        let json_type = "kubernetes.io/dockerconfigjson";
        let plain = |value: &str, expected: &[&str]| {
            let found = check(&object(any(
                "v1",
                "Secret",
                "a",
                &json!({"type": json_type, "stringData": {".dockerconfigjson": value}}),
            )));
            assert!(found.iter().all(|it| !it.message.contains("hunter2")));
            expect(found, expected);
        };
        plain("{\"auths\": {}}", &["plaintext-secret stringData"]);
        plain("hunter2", &["plaintext-secret stringData", "invalid-secret dockerconfigjson is no JSON object"]);
        plain("[]", &["plaintext-secret stringData", "invalid-secret dockerconfigjson is no JSON object"]);
        verdicts(
            json!({"type": json_type, "data": {".dockerconfigjson": "aGk="}}),
            &["plaintext-secret data", "invalid-secret dockerconfigjson is no JSON object"],
        );
        verdicts(json!({"type": json_type, "data": {".dockerconfigjson": "e30="}}), &["plaintext-secret data"]);
        verdicts(json!({"type": json_type}), &["missing-value dockerconfigjson Required value"]);
        verdicts(json!({"type": "kubernetes.io/dockercfg"}), &["missing-value dockercfg Required value"]);
        assert_eq!(decoded("aGk=").as_deref(), Some(b"hi".as_slice()));
        assert_eq!(decoded("aGk\n=").as_deref(), Some(b"hi".as_slice()));
        assert_eq!(decoded("a-k="), None);
    }
}
