//! The version of a cluster's API server.

use std::fmt;
use std::str::FromStr;

/// A minor version of Kubernetes, `1.34`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KubernetesVersion {
    /// Major version: 1.
    pub major: u32,
    /// Minor version.
    pub minor: u32,
}

impl KubernetesVersion {
    /// The oldest and the newest version whose schemas are embedded.
    pub const SUPPORTED: (Self, Self) = (Self { major: 1, minor: 25 }, Self { major: 1, minor: 37 });
    /// The version that is assumed where a spec declares no cluster.
    pub const DEFAULT: Self = Self { major: 1, minor: 34 };
}

impl FromStr for KubernetesVersion {
    type Err = ();

    /// Reads `1.34`, `v1.34` or `1.34.2`; the patch version is dropped.
    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.strip_prefix('v').unwrap_or(text).split('.');
        let mut number = || parts.next().ok_or(())?.parse().map_err(|_| ());
        let version = Self { major: number()?, minor: number()? };
        match (parts.next().map(str::parse::<u32>), parts.next()) {
            (None | Some(Ok(_)), None) => Ok(version),
            _ => Err(()),
        }
    }
}

impl fmt::Display for KubernetesVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}
