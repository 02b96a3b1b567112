//! The `ExternalSecret` of a Secret whose values come from a store.
//!
//! Where the API server would fill in a default inside a list, it is written: a GitOps controller that compares such a
//! list sees it as one value, and would find the default to be a change for ever.

use super::Recorder;
use super::metadata::{self, Own};
use crate::object::Object;
use crate::spec::{Secret, SecretEntry, SecretSource, Spec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Serialize;

const AS_IS: &str = "a value is taken as it is in the store";

/// `ExternalSecret` of `external-secrets.io/v1`, of which `k8s-openapi` has no type.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExternalSecret {
    api_version: &'static str,
    kind: &'static str,
    metadata: ObjectMeta,
    spec: ExternalSecretSpec,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExternalSecretSpec {
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_interval: Option<String>,
    secret_store_ref: SecretStoreReference,
    target: Target,
    data: Vec<Data>,
}

#[derive(Serialize)]
struct SecretStoreReference {
    kind: String,
    name: String,
}

#[derive(Serialize)]
struct Target {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    template: Option<Template>,
}

#[derive(Serialize)]
struct Template {
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    secret_key: String,
    remote_ref: RemoteReference,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RemoteReference {
    key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    property: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    conversion_strategy: &'static str,
    decoding_strategy: &'static str,
    metadata_policy: &'static str,
}

pub(super) fn object(spec: &Spec, secret: &Secret) -> Option<Object> {
    let source = secret.source.as_ref()?;
    let mut at = Recorder::new(&source.origin, "a secret that has a store is an ExternalSecret");
    let metadata = metadata::of_app(&mut at, spec, &secret.name, Own::default());
    let metadata = metadata::before_all(&mut at, spec, metadata);
    let spec = at.block("spec", |at| ExternalSecretSpec {
        refresh_interval: at.take_some("refreshInterval", source.refresh.as_ref()),
        secret_store_ref: at.block("secretStoreRef", |at| SecretStoreReference {
            kind: at.take("kind", &source.store_kind),
            name: at.take("name", &source.store),
        }),
        target: at.block("target", |at| target(at, secret, source)),
        data: source.entries.iter().enumerate().map(|(index, it)| data(at, index, it)).collect(),
    });
    Some(at.finish(&ExternalSecret { api_version: "external-secrets.io/v1", kind: "ExternalSecret", metadata, spec }))
}

fn target(at: &mut Recorder, secret: &Secret, source: &SecretSource) -> Target {
    Target {
        name: at.take("name", &secret.name),
        template: at.take_some("template.type", source.secret_type.as_ref()).map(|kind| Template { kind }),
    }
}

fn data(at: &mut Recorder, index: usize, entry: &SecretEntry) -> Data {
    at.block(&format!("data[{index}]"), |at| Data {
        secret_key: at.take("secretKey", &entry.key),
        remote_ref: at.block("remoteRef", |at| RemoteReference {
            key: at.take("key", &entry.path),
            property: at.take_some("property", entry.property.as_ref()),
            version: at.take_some("version", entry.version.as_ref()),
            conversion_strategy: at.rule("conversionStrategy", AS_IS, "Default"),
            decoding_strategy: at.rule("decodingStrategy", AS_IS, "None"),
            metadata_policy: at.rule("metadataPolicy", AS_IS, "None"),
        }),
    })
}
