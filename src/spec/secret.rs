//! What exists without us, complete: Secrets, made by hand or filled from a store, and other objects.

use crate::source::{Origin, Traced};

/// A Secret, of which the spec knows the names of its keys and no value.
#[derive(Clone, Debug)]
pub struct Secret {
    /// Its name.
    pub name: Traced<String>,
    /// The keys it has.
    pub keys: Vec<Traced<String>>,
    /// Where its values come from; none for one that is made by hand or by another tool.
    pub source: Option<SecretSource>,
}

/// Where the values of a Secret come from.
#[derive(Clone, Debug)]
pub struct SecretSource {
    /// The store.
    pub store: Traced<String>,
    /// `SecretStore` or `ClusterSecretStore`.
    pub store_kind: Traced<String>,
    /// How often the values are read again.
    pub refresh: Option<Traced<String>>,
    /// The type of the Secret.
    pub secret_type: Option<Traced<String>>,
    /// Where each key's value is, by key.
    pub entries: Vec<SecretEntry>,
    /// The lines that declare it.
    pub origin: Origin,
}

/// Where one key's value is.
#[derive(Clone, Debug)]
pub struct SecretEntry {
    /// The key.
    pub key: Traced<String>,
    /// The entry of the store.
    pub path: Traced<String>,
    /// The field of that entry; the whole of it where none.
    pub property: Option<Traced<String>>,
    /// The version of that entry; the newest where none.
    pub version: Option<Traced<String>>,
}

/// An object that exists without us.
#[derive(Clone, Debug)]
pub struct External {
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The keys it has.
    pub keys: Vec<Traced<String>>,
    /// The lines that declare it.
    pub origin: Origin,
}
