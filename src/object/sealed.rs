//! The text of an encrypted Secret in; an object of which only the identity and the names of its keys are known, out.
//!
//! Two forms are known: a `SealedSecret` of <https://github.com/bitnami/sealed-secrets>, and a Secret that
//! <https://getsops.io> has encrypted. The text goes into the tree byte for byte below our first line, which is a comment:
//! the message authentication code of SOPS leaves comments out (`Tree.Encrypt` and `Tree.Decrypt` of getsops/sops), and
//! Flux drops them before it decrypts (`Decryptor.DecryptResource`). No encrypted value is kept or shown: the body that
//! other code sees has a digest in the place of each.

use super::document::{self, MistakeKind};
use super::located::{Content, Located};
use super::{Object, Origins};
use crate::source::{FileId, Origin, Span};
use crate::tree::GENERATED;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// The field of the body that stands for what is encrypted.
pub const FIELD: &str = "sealed";

/// The bytes that the shortest key of the controller makes of any value, before base64.
const SHORTEST: usize = 256;

/// What is written before a value that SOPS has encrypted.
const ENCRYPTED: &str = "ENC[";

/// Why a file is not passed through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong; it repeats no value.
    pub message: String,
    /// What to do.
    pub help: &'static str,
}

const HOW: &str = "encrypt it with kubeseal, or with `sops encrypt --encrypted-regex '^(data|stringData)$'`";

fn refused<T>(message: impl Into<String>, help: &'static str) -> Result<T, Refusal> {
    Err(Refusal { message: message.into(), help })
}

/// Reads a file that must be an encrypted Secret.
pub fn read(text: &str, file: Option<FileId>) -> Result<Object, Refusal> {
    if text.starts_with('\u{feff}') {
        return refused("it begins with a byte order mark", "save it without one");
    }
    let found = document::read(text, file);
    // What readers disagree on is not ours to read, as long as it is not the object's name.
    if let Some(mistake) = found.mistakes.iter().find(|it| it.kind == MistakeKind::Invalid) {
        let line = text[..mistake.place.0].matches('\n').count() + 1;
        return refused(format!("line {line} is no YAML that every reader understands"), HOW);
    }
    let [document] = found.documents.as_slice() else {
        return refused("it does not hold exactly one object", "put each object into a file of its own");
    };
    let (api_version, kind) = (document.text("apiVersion"), document.text("kind"));
    let keys = match (api_version, kind) {
        (Some("bitnami.com/v1alpha1"), Some("SealedSecret")) => keys_of_sealed_secret(document)?,
        (Some("v1"), Some("Secret")) => keys_of_sops(document)?,
        _ => return refused("it is neither a `SealedSecret` nor a Secret that SOPS has encrypted", HOW),
    };
    let metadata = document.get("metadata").filter(|it| is_plain(it));
    let Some(metadata) = metadata.filter(|it| it.text("name").is_some()) else {
        let message = "its metadata has no name that can be read";
        return refused(message, "leave `metadata` unencrypted; encrypt only data and stringData");
    };
    Ok(object(document, metadata, &keys, text, file))
}

/// The name of the Secret that comes out, and its keys with their encrypted values.
struct Keys<'a> {
    secret: &'a str,
    values: Vec<(&'a str, &'a str)>,
}

fn keys_of_sealed_secret(document: &Located) -> Result<Keys<'_>, Refusal> {
    let spec = document.get("spec");
    let values = values(spec.and_then(|it| it.get("encryptedData")));
    let Some(values) = values.filter(|it| !it.is_empty()) else {
        return refused("it has no `spec.encryptedData` with texts", HOW);
    };
    for (key, value) in &values {
        let is_base64 = value.bytes().all(|it| it.is_ascii_alphanumeric() || b"+/=\n ".contains(&it));
        if !is_base64 || value.len() / 4 * 3 < SHORTEST {
            return refused(format!("the value of `{}` is not encrypted", key.escape_debug()), HOW);
        }
    }
    let template = spec.and_then(|it| it.get("template")).and_then(|it| it.get("metadata"));
    let own = document.get("metadata").and_then(|it| it.text("name")).unwrap_or_default();
    Ok(Keys { secret: template.and_then(|it| it.text("name")).unwrap_or(own), values })
}

fn keys_of_sops(document: &Located) -> Result<Keys<'_>, Refusal> {
    let mac = document.get("sops").and_then(|it| it.text("mac"));
    if !mac.is_some_and(|it| it.starts_with(ENCRYPTED)) {
        return refused("it is a Secret without the `sops` block of an encrypted file", HOW);
    }
    let mut all = Vec::new();
    for field in ["data", "stringData"] {
        let Some(map) = document.get(field) else { continue };
        let Some(values) = values(Some(map)) else {
            return refused(format!("its `{field}` is no map of texts"), HOW);
        };
        all.extend(values);
    }
    if let Some((key, _)) = all.iter().find(|(_, it)| !it.is_empty() && !it.starts_with(ENCRYPTED)) {
        return refused(format!("the value of `{}` is not encrypted", key.escape_debug()), HOW);
    }
    if all.is_empty() {
        return refused("it holds no encrypted value", HOW);
    }
    let name = document.get("metadata").and_then(|it| it.text("name")).unwrap_or_default();
    Ok(Keys { secret: name, values: all })
}

/// Returns the texts of a map; none where it is no map, or has something else in it.
fn values(map: Option<&Located>) -> Option<Vec<(&str, &str)>> {
    let Content::Map(fields) = &map?.content else { return None };
    let mut values = Vec::new();
    for (key, it) in fields {
        let Content::Scalar(Value::String(text)) = &it.content else { return None };
        values.push((key.as_str(), text.as_str()));
    }
    Some(values)
}

/// True where nothing in it is encrypted.
fn is_plain(located: &Located) -> bool {
    match &located.content {
        Content::Scalar(value) => !value.as_str().is_some_and(|it| it.starts_with(ENCRYPTED)),
        Content::List(items) => items.iter().all(is_plain),
        Content::Map(fields) => fields.iter().all(|(_, it)| is_plain(it)),
    }
}

fn object(document: &Located, metadata: &Located, keys: &Keys<'_>, text: &str, file: Option<FileId>) -> Object {
    let hidden = Origin {
        span: file.map(|it| Span::new(it, 0, 0)),
        overrides: Vec::new(),
        rule: Some("what is encrypted is passed through unread"),
    };
    let digests: Map<String, Value> = keys.values.iter().map(|(key, it)| ((*key).to_owned(), digest(it))).collect();
    let sealed = json!({"secret": keys.secret, "keys": digests, "file": digest(text)});
    let fields = ["apiVersion", "kind"].into_iter().filter_map(|it| Some((it.to_owned(), document.get(it)?.clone())));
    let content = Content::Map(fields.chain([("metadata".to_owned(), metadata.clone())]).collect());
    let (mut body, mut origins): (Value, Origins) = Located { content, origin: None }.into_parts();
    origins.record(super::FieldPath::default().field(FIELD), hidden);
    if let Value::Object(fields) = &mut body {
        fields.insert(FIELD.to_owned(), sealed);
    }
    let body = super::field_order::canonical(body);
    let id = super::ObjectId {
        group: document.text("apiVersion").and_then(|it| it.split_once('/')).map_or("", |(it, _)| it).to_owned(),
        kind: document.text("kind").unwrap_or_default().to_owned(),
        namespace: metadata.text("namespace").map(str::to_owned),
        name: metadata.text("name").unwrap_or_default().to_owned(),
    };
    Object { id, body, origins, component: None, waivers: Vec::new(), sealed: Some(text.to_owned()) }
}

/// Returns 16 hexadecimal digits that change when a text does, whatever a checkout does to its line ends.
fn digest(text: &str) -> Value {
    let mut digits = String::from("sha256:");
    for byte in Sha256::digest(text.replace("\r\n", "\n")).iter().take(8) {
        let _ = write!(digits, "{byte:02x}");
    }
    Value::String(digits)
}

/// Reads a rendered file that holds an encrypted Secret; none where it holds something else.
pub fn of_rendered(text: &str) -> Option<Object> {
    if !text.contains("sops") && !text.contains("SealedSecret") {
        return None;
    }
    let rest = text.strip_prefix(GENERATED.trim_end())?;
    let rest = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n'))?;
    read(rest, None).ok()
}

/// Returns the name of the Secret that a sealed object becomes, and its keys.
pub fn secret(object: &Object) -> Option<(String, Vec<String>)> {
    object.sealed.as_ref()?;
    let sealed = object.body.get(FIELD)?;
    let keys = sealed.get("keys")?.as_object()?.keys().cloned().collect();
    Some((sealed.get("secret")?.as_str()?.to_owned(), keys))
}

/// True for a body that must be passed through as it is.
pub fn is_encrypted(document: &Located) -> bool {
    let is_sealed = document.text("kind") == Some("SealedSecret")
        && document.text("apiVersion").is_some_and(|it| it.starts_with("bitnami.com/"));
    is_sealed || document.get("sops").is_some_and(|it| it.get("mac").is_some())
}

#[cfg(test)]
mod tests {
    use super::{of_rendered, read, secret};
    use crate::tree::GENERATED;

    const SOPS: &str = "apiVersion: v1\nkind: Secret\nmetadata:\n    name: a\n    namespace: n\n    # why\ndata:\n    \
                        KEY: ENC[AES256_GCM,data:x,type:str]\nsops:\n    version: 3.9.1\n    mac: ENC[AES256_GCM,data:y]\n";

    fn sealed(value: &str) -> String {
        format!(
            "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: a\n  namespace: n\nspec:\n  \
             encryptedData:\n    KEY: {value}\n  template:\n    metadata:\n      name: b\n"
        )
    }

    #[test]
    fn names_and_keys_are_known_and_values_are_not() {
        let cipher = "AgBy".repeat(100);
        for (text, name) in [(SOPS.to_owned(), "a"), (sealed(&cipher), "b")] {
            let object = read(&text, None).unwrap();
            assert_eq!(secret(&object).unwrap(), (name.to_owned(), vec!["KEY".to_owned()]));
            assert_eq!((object.id.name.as_str(), object.id.namespace.as_deref()), ("a", Some("n")));
            let body = object.body.to_string();
            assert!(!body.contains("ENC[") && !body.contains("AgBy"), "{body}");
            assert_eq!(of_rendered(&format!("{GENERATED}{text}")), Some(object.clone()));
            let windows = format!("{GENERATED}{text}").replace('\n', "\r\n");
            assert_eq!(of_rendered(&windows).unwrap().body["sealed"]["file"], object.body["sealed"]["file"]);
        }
    }

    #[test]
    fn what_is_not_encrypted_is_refused_without_a_value() {
        let check = |text: String, expected: &str| {
            let refusal = read(&text, None).unwrap_err();
            assert_eq!(refusal.message, expected, "{text}");
            assert!(!refusal.message.contains("hunter2"));
        };
        check(SOPS.replace("ENC[AES256_GCM,data:x,type:str]", "hunter2"), "the value of `KEY` is not encrypted");
        check(SOPS.replace("ENC[AES256_GCM,data:x,type:str]", "[hunter2]"), "its `data` is no map of texts");
        check(SOPS.replace("    KEY: ENC[AES256_GCM,data:x,type:str]\n", ""), "its `data` is no map of texts");
        check(SOPS.replace("sops:", "soap:"), "it is a Secret without the `sops` block of an encrypted file");
        check(SOPS.replace("mac: ENC[", "mac: "), "it is a Secret without the `sops` block of an encrypted file");
        check(SOPS.replace("name: a", "name: ENC[x]"), "its metadata has no name that can be read");
        check(format!("{SOPS}---\n{SOPS}"), "it does not hold exactly one object");
        check(format!("{SOPS}kind: Secret\n"), "line 12 is no YAML that every reader understands");
        check(
            SOPS.replace("kind: Secret", "kind: ConfigMap"),
            "it is neither a `SealedSecret` nor a Secret that SOPS has encrypted",
        );
        check(sealed("hunter2"), "the value of `KEY` is not encrypted");
        check(sealed("[hunter2]"), "it has no `spec.encryptedData` with texts");
    }
}
