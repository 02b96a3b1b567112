//! All objects of one environment, with the facts that the checks and the review need about it.

use super::{Capacity, GitopsFacts, KubernetesVersion, Object, ObjectId, StorageClass, Waiver};
use crate::diagnostic::Policy;
use crate::source::Span;
use std::collections::BTreeMap;

/// The objects of one environment, sorted by identity.
#[derive(Clone, Debug)]
pub struct ObjectSet {
    /// What the objects were made for.
    pub environment: Environment,
    /// The objects.
    pub objects: Vec<Object>,
}

/// What is declared about one environment.
#[derive(Clone, Debug)]
pub struct Environment {
    /// Its name, `todo-prod`.
    pub name: String,
    /// Its namespace, which is also its folder under `rendered/`.
    pub namespace: String,
    /// Whether it is held to the stricter rules.
    pub protected: bool,
    /// The cluster it runs on.
    pub cluster: Option<Cluster>,
    /// Who applies its tree; none where nobody says.
    pub gitops: Option<GitopsFacts>,
    /// Objects that exist without us: made by hand or by another tool.
    pub external: Vec<ExternalObject>,
    /// How bad the house rules are here.
    pub policy: Policy,
    /// The house rules that the app excuses objects of no component from.
    pub waivers: Vec<Waiver>,
    /// The line that declares it; none for an environment that was read from a tree.
    pub span: Option<Span>,
}

/// What is declared about a cluster.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// Its name. Environments that name the same cluster share its node ports and its capacity.
    pub name: String,
    /// The version of its API server.
    pub kubernetes: KubernetesVersion,
    /// What it can hold.
    pub capacity: Option<Capacity>,
    /// The classes of storage that it has, as far as they are declared, by name.
    pub storage_classes: Vec<StorageClass>,
    /// The line that declares it.
    pub span: Span,
}

/// An object that the spec refers to and does not make.
#[derive(Clone, Debug)]
pub struct ExternalObject {
    /// Kind, `Secret`.
    pub kind: String,
    /// Name.
    pub name: String,
    /// The keys it must have.
    pub keys: Vec<String>,
    /// The line that declares it.
    pub span: Option<Span>,
}

impl Environment {
    /// An environment of which nothing is declared: all that is known is its folder, which is its namespace.
    pub fn undeclared(folder: &str) -> Self {
        Self {
            name: folder.to_owned(),
            namespace: folder.to_owned(),
            protected: false,
            cluster: None,
            gitops: None,
            external: Vec::new(),
            policy: Policy::default(),
            waivers: Vec::new(),
            span: None,
        }
    }
}

impl ObjectSet {
    /// Finds an object by its identity.
    pub fn object(&self, id: &ObjectId) -> Option<&Object> {
        self.objects.binary_search_by(|it| it.id.cmp(id)).ok().map(|index| &self.objects[index])
    }

    /// Iterates the objects of one kind.
    pub fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Object> + 'a {
        self.objects.iter().filter(move |it| it.id.kind == kind)
    }

    /// Groups environments by the cluster that they name, each group by name. One that names none is alone on its own.
    pub fn by_cluster<'a>(sets: &[&'a Self]) -> Vec<Vec<&'a Self>> {
        let mut groups: BTreeMap<(Option<&str>, Option<&str>), Vec<&Self>> = BTreeMap::new();
        for set in sets {
            let key = match &set.environment.cluster {
                Some(cluster) => (Some(cluster.name.as_str()), None),
                None => (None, Some(set.environment.name.as_str())),
            };
            groups.entry(key).or_default().push(set);
        }
        let mut groups: Vec<Vec<&Self>> = groups.into_values().collect();
        for group in &mut groups {
            group.sort_by(|a, b| a.environment.name.cmp(&b.environment.name));
        }
        groups
    }

    /// Iterates the objects that have a pod template.
    pub fn workloads(&self) -> impl Iterator<Item = &Object> {
        self.objects.iter().filter(|it| it.pod_template_path().is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::{Environment, ObjectSet};

    #[test]
    fn environments_without_a_cluster_are_alone() {
        let set = |name| ObjectSet { environment: Environment::undeclared(name), objects: Vec::new() };
        let (dev, prod) = (set("dev"), set("prod"));
        assert_eq!(ObjectSet::by_cluster(&[&dev, &prod]).len(), 2);
    }
}
