//! Images that change, and which of the steps want a second look.

use super::image_step::{self, Step};
use super::workload::{Pods, text};
use super::{Rule, wording};
use crate::change::{Comparison, DecidedBy, EnvironmentComparison, Finding, ImageChange, ImpactCode, Severity, Side};
use crate::object::ImageReference;
use crate::object::{FieldPath, ObjectId};
use std::collections::{BTreeMap, BTreeSet};

pub(super) const RULES: &[Rule] = &[Rule { codes: &[IMAGE_CHANGE], find }];

const IMAGE_CHANGE: ImpactCode = ImpactCode {
    name: "image-change",
    severity: Severity::Warn,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/concepts/containers/images/#updating-images",
};

/// The images of one state: by workload and container, with the path to the image.
type Images<'a> = BTreeMap<(&'a ObjectId, &'a str), (&'a str, FieldPath)>;

fn images<'a>(environment: &EnvironmentComparison<'a>, side: Side) -> Images<'a> {
    let mut images = Images::new();
    for pods in Pods::all(environment, side) {
        for (path, container) in pods.containers() {
            images.insert((&pods.object.id, text(container, "name")), (text(container, "image"), path.field("image")));
        }
    }
    images
}

/// Returns the images before, those of a workload that takes another name or place under the new one.
fn images_before<'a>(environment: &'a EnvironmentComparison<'a>, after: &Images<'a>) -> Images<'a> {
    let mut images = images(environment, Side::Before);
    for rename in &environment.changes.renames {
        let of =
            |images: &Images<'a>, id: &ObjectId| images.keys().filter(|it| it.0 == id).copied().collect::<Vec<_>>();
        let (old, new) = (of(&images, &rename.before), of(after, &rename.after));
        for key in &old {
            let same = new.iter().find(|it| it.1 == key.1);
            // The only container often has the name of its workload.
            let only = new.first().filter(|_| old.len() == 1 && new.len() == 1);
            if let (Some(to), Some(image)) = (same.or(only), images.get(key).cloned()) {
                images.remove(key);
                images.insert(*to, image);
            }
        }
    }
    images
}

fn find(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        let after = images(environment, Side::After);
        let before = images_before(environment, &after);
        for (key @ (id, _), (new, path)) in &after {
            let Some((old, _)) = before.get(key).filter(|(old, _)| old != new) else { continue };
            let Some(object) = environment.object(Side::After, id) else { continue };
            let Some((reasons, help)) = doubts(ImageReference::parse(old), ImageReference::parse(new)) else {
                continue;
            };
            let message = format!("changes its image: `{old}` → `{new}`, {}", wording::list(&reasons));
            let finding = Finding::new(IMAGE_CHANGE, environment.name(), id, message);
            let line = input.line_of(Side::After, object, path);
            findings.push(finding.at(path.display_in(&object.body)).help(help).from_line(line));
        }
    }
    findings
}

/// Returns what is doubtful about a step, and what to do about the worst of it; none for the usual new version.
fn doubts(old: ImageReference<'_>, new: ImageReference<'_>) -> Option<(Vec<&'static str>, &'static str)> {
    let of_step = match image_step::between(old, new) {
        Step::Registry => Some(("another registry", "make sure that the new registry is one you trust")),
        Step::Repository => Some(("another repository", "make sure that the new repository is the one you trust")),
        Step::Downgrade => {
            Some(("an older version", "make sure that data and clients of the newer version work with the older one"))
        }
        Step::Major => Some(("a new major version", "read its release notes for what no longer works")),
        Step::Same if old.tag != new.tag && new.digest.is_some() => {
            Some(("another tag of the same digest: the image stays", "change the digest together with the tag"))
        }
        Step::Minor | Step::Patch | Step::Tag | Step::Digest | Step::Same => None,
    };
    let unpinned = (old.digest.is_some() && new.digest.is_none())
        .then_some(("no longer pinned by digest", "pin the image by its digest again"));
    let mutable = (moves(new) && !moves(old)).then_some((
        "a tag that can mean another image tomorrow",
        "name a version: while the tag stays, a new image behind it rolls nothing out, and each node may run another one",
    ));
    let found: Vec<_> = [of_step, unpinned, mutable].into_iter().flatten().collect();
    let (_, help) = found.last()?;
    Some((found.iter().map(|(reason, _)| *reason).collect(), help))
}

/// True for a reference whose tag is made to move.
fn moves(image: ImageReference<'_>) -> bool {
    let names = ["canary", "dev", "develop", "edge", "latest", "main", "master", "nightly", "rolling", "stable"];
    image.digest.is_none() && image.tag.is_none_or(|it| names.contains(&it))
}

/// Returns the images that change, identical ones joined over environments, by workload.
pub(super) fn changes(input: &Comparison<'_>) -> Vec<ImageChange> {
    type Key = (String, Option<String>, Option<String>);
    let mut joined: BTreeMap<Key, BTreeSet<String>> = BTreeMap::new();
    for environment in &input.environments {
        let after = images(environment, Side::After);
        let before = images_before(environment, &after);
        let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
        for key in keys {
            let side = |it: &Images<'_>| it.get(key).map(|(image, _)| (*image).to_owned());
            let (old, new) = (side(&before), side(&after));
            if old != new {
                let (id, container) = key;
                let is_only = *container == id.name || id.name.ends_with(&format!("-{container}"));
                let workload = if is_only { id.name.clone() } else { format!("{}/{container}", id.name) };
                joined.entry((workload, old, new)).or_default().insert(environment.name().to_owned());
            }
        }
    }
    let change = |((workload, before, after), environments): (Key, BTreeSet<String>)| {
        let step = match (&before, &after) {
            (Some(old), Some(new)) => {
                image_step::between(ImageReference::parse(old), ImageReference::parse(new)).name()
            }
            (None, _) => "new",
            (Some(_), None) => "removed",
        };
        ImageChange { environments: environments.into_iter().collect(), workload, before, after, step: step.to_owned() }
    };
    joined.into_iter().map(change).collect()
}

#[cfg(test)]
mod tests {
    use crate::assess::tests::fixture::{deployment, review_of, review_one, with};
    use serde_json::{Value, json};

    fn web(image: &str) -> Value {
        deployment("web", 1, json!({"image": image}))
    }

    #[test]
    fn some_steps_want_a_second_look() {
        let check = |before: &str, after: &str, reason: Option<&str>| {
            let review = review_one(&[web(before)], &[web(after)]);
            let found: Vec<_> = review.findings.iter().filter(|it| it.code.name == "image-change").collect();
            let messages: Vec<&str> = found.iter().map(|it| it.message.as_str()).collect();
            let expected = reason.map(|it| format!("changes its image: `{before}` → `{after}`, {it}"));
            assert_eq!(messages, expected.as_slice());
            assert!(
                found.iter().all(|it| it.path == "spec.template.spec.containers[web].image" && !it.help.is_empty())
            );
        };
        check("web:1.4.2", "web:1.5.0", None);
        check("web:1.4.2", "web:1.4.3", None);
        check("web:abc", "web:def", None);
        check("web:1.4.2", "web:2.0.0", Some("a new major version"));
        check("web:1.4.2", "web:1.4.1", Some("an older version"));
        check("web:1.4.2", "ghcr.io/library/web:1.4.2", Some("another registry"));
        check("web:1.4.2", "ghcr.io/web:1.4.2", Some("another repository"));
        check("web:1.4.2", "docker.io/web:1.4.2", None);
        check("web:1@sha256:a", "web:2@sha256:a", Some("another tag of the same digest: the image stays"));
        check("web:1.4.2", "web:main", Some("a tag that can mean another image tomorrow"));
        check("web:main", "web:latest", None);
        check("web:2024.12.1", "web:2025.1.0", None);
        check("web:1.5.0", "web:1.5.0-rc.1", Some("an older version"));
        check("web:1@sha256:a", "web:1", Some("no longer pinned by digest"));
        check("web:1@sha256:a", "web:1@sha256:b", None);
        check("web:1.4.2", "web:latest", Some("a tag that can mean another image tomorrow"));
        check(
            "web:1@sha256:a",
            "site:latest",
            Some("another repository, no longer pinned by digest and a tag that can mean another image tomorrow"),
        );
        check("web:latest", "web:1.4.2", None);
        check("web:latest", "web:latest", None);
    }

    #[test]
    fn images_are_listed_once_for_all_environments() {
        let states = |before: &str, after: &str| (Some(vec![web(before)]), Some(vec![web(after)]));
        let (dev, prod) = (states("web:1.4.2", "web:1.5.0"), states("web:1.4.2", "web:1.5.0"));
        let images = review_of(&[("prod", prod.0, prod.1), ("dev", dev.0, dev.1)]).images;
        assert_eq!(images.len(), 1);
        assert_eq!(images[0].environments, ["dev", "prod"]);
        assert_eq!((images[0].workload.as_str(), images[0].step.as_str()), ("web", "minor"));
        let images = review_one(&[], &[web("web:1")]).images;
        assert_eq!((&images[0].before, images[0].step.as_str()), (&None, "new"));
    }

    #[test]
    fn another_name_for_a_workload_is_no_new_image() {
        let check = |after: &str, container: &str, expected: &[(&str, &str)]| {
            let renamed = with(web(after), "/metadata/name", json!("shop"));
            let renamed = with(renamed, "/spec/template/spec/containers/0/name", json!(container));
            let images = review_one(&[web("web:1.4.2")], &[renamed]).images;
            let found: Vec<(&str, &str)> = images.iter().map(|it| (it.workload.as_str(), it.step.as_str())).collect();
            assert_eq!(found, expected);
        };
        check("web:1.4.2", "web", &[]);
        check("web:1.4.2", "shop", &[]);
        check("web:1.5.0", "web", &[("shop/web", "minor")]);
    }
}
