//! Files and storage of a pod, complete: its volumes, and where a container sees them.

use super::{ClaimTemplate, DataKind, Label};
use crate::object::Quantity;
use crate::source::{Origin, Traced};

/// Storage of the app, which outlives its pods.
#[derive(Clone, Debug)]
pub struct Claim {
    /// What is asked for.
    pub storage: ClaimTemplate,
    /// Labels of its own.
    pub labels: Vec<Label>,
    /// Annotations of its own.
    pub annotations: Vec<Label>,
}

/// A volume of a pod.
#[derive(Clone, Debug)]
pub struct Volume {
    /// Its name.
    pub name: Traced<String>,
    /// What is in it.
    pub source: VolumeSource,
    /// The lines that declare it.
    pub origin: Origin,
}

/// What is in a volume.
#[derive(Clone, Debug)]
pub enum VolumeSource {
    /// Storage that outlives the pod.
    Claim {
        /// The PersistentVolumeClaim.
        name: Traced<String>,
        /// Whether no container may write to it.
        read_only: Option<Traced<bool>>,
    },
    /// A folder that is empty when the pod starts and goes with it.
    EmptyDir {
        /// What it is made of, where that is not the node's disk.
        medium: Option<Traced<String>>,
        /// How large it may become.
        size: Option<Traced<Quantity>>,
    },
    /// The keys of a ConfigMap or a Secret, each a file.
    Data {
        /// The object and its keys.
        data: VolumeData,
        /// The mode of the files.
        mode: Option<Traced<i64>>,
    },
    /// A path of the node.
    HostPath {
        /// The path.
        path: Traced<String>,
        /// What must be there.
        kind: Option<Traced<String>>,
    },
    /// Files of several sources in one folder.
    Projected {
        /// The ConfigMaps and Secrets.
        data: Vec<VolumeData>,
        /// What is known of the pod itself.
        fields: Vec<PodFile>,
        /// Tokens of its account.
        tokens: Vec<Token>,
        /// The mode of the files.
        mode: Option<Traced<i64>>,
    },
}

/// A ConfigMap or a Secret whose keys are files.
#[derive(Clone, Debug)]
pub struct VolumeData {
    /// Which of the two.
    pub kind: DataKind,
    /// The object.
    pub name: Traced<String>,
    /// Whether the pod starts without it.
    pub optional: Option<Traced<bool>>,
    /// The keys that become files; all of them where none is named.
    pub items: Vec<Item>,
}

/// A key that becomes a file.
#[derive(Clone, Debug)]
pub struct Item {
    /// The key.
    pub key: Traced<String>,
    /// Where the file is in the volume.
    pub path: Traced<String>,
    /// Its mode.
    pub mode: Option<Traced<i64>>,
}

/// A file with what is known of the pod itself.
#[derive(Clone, Debug)]
pub struct PodFile {
    /// Where the file is in the volume.
    pub path: Traced<String>,
    /// What is in it.
    pub content: PodFact,
    /// Its mode.
    pub mode: Option<Traced<i64>>,
}

/// What is known of a pod itself.
#[derive(Clone, Debug)]
pub enum PodFact {
    /// One of its fields.
    Field(Traced<String>),
    /// What one of its containers asks for or may not exceed.
    Resource {
        /// `limits.cpu`.
        resource: Traced<String>,
        /// The container.
        container: Traced<String>,
        /// The unit it is given in.
        divisor: Option<Traced<Quantity>>,
    },
}

/// A token of the pod's account.
#[derive(Clone, Debug)]
pub struct Token {
    /// Where the file is in the volume.
    pub path: Traced<String>,
    /// For whom it is.
    pub audience: Option<Traced<String>>,
    /// Seconds after which it is renewed.
    pub expires: Option<Traced<i64>>,
}

/// Where a container sees a volume.
#[derive(Clone, Debug)]
pub struct Mount {
    /// The path in the container.
    pub path: Traced<String>,
    /// The volume.
    pub volume: Traced<String>,
    /// The part of the volume that is seen.
    pub sub_path: Option<Traced<String>>,
    /// Whether the container may not write to it.
    pub read_only: Option<Traced<bool>>,
    /// Whether mounts of the node are seen, and the other way round.
    pub propagation: Option<Traced<String>>,
}
