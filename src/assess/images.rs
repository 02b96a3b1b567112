//! Images that change, and which of the steps want a second look.

use super::image_reference::{ImageReference, Step};
use super::workload::{Pods, text};
use super::{Rule, wording};
use crate::change::{Comparison, EnvironmentComparison, Finding, ImageChange, ImpactCode, Severity, Side};
use crate::object::{FieldPath, ObjectId};
use std::collections::{BTreeMap, BTreeSet};

pub(super) const RULES: &[Rule] = &[Rule { codes: &[IMAGE_CHANGE], find }];

const IMAGE_CHANGE: ImpactCode = ImpactCode {
    name: "image-change",
    severity: Severity::Warn,
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

fn find(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for environment in &input.environments {
        let (before, after) = (images(environment, Side::Before), images(environment, Side::After));
        for (key @ (id, _), (new, path)) in &after {
            let Some((old, _)) = before.get(key).filter(|(old, _)| old != new) else { continue };
            let Some(object) = environment.object(Side::After, id) else { continue };
            let (severity, reasons, help) = judge(ImageReference::parse(old), ImageReference::parse(new));
            let message = format!("changes its image: `{old}` → `{new}`, {}", wording::list(&reasons));
            let finding = Finding::new(IMAGE_CHANGE, environment.name(), id, message).with_severity(severity);
            let line = input.line_of(Side::After, object, path);
            findings.push(finding.at(path.display_in(&object.body)).help(help).from_line(line));
        }
    }
    findings
}

fn judge(old: ImageReference<'_>, new: ImageReference<'_>) -> (Severity, Vec<&'static str>, &'static str) {
    let step = old.step_to(new);
    let (mut severity, mut help) = (Severity::Note, "");
    let mut reasons = vec![match step {
        Step::Repository => "another repository",
        Step::Downgrade => "an older version",
        Step::Major => "a new major version",
        Step::Minor => "a minor version",
        Step::Patch => "a patch version",
        Step::Tag => "another tag",
        Step::Digest => "the same tag with another digest",
    }];
    let mut warn = |reason: Option<&'static str>, advice: &'static str| {
        if let Some(reason) = reason {
            if step == Step::Digest {
                reasons.clear();
            }
            reasons.push(reason);
        }
        (severity, help) = (Severity::Warn, advice);
    };
    match step {
        Step::Repository => warn(None, "make sure that the new repository is the one you trust"),
        Step::Downgrade => warn(None, "make sure that data and clients of the newer version work with the older one"),
        Step::Major => warn(None, "read its release notes for what no longer works"),
        Step::Minor | Step::Patch | Step::Tag | Step::Digest => {}
    }
    if old.digest.is_some() && new.digest.is_none() {
        warn(Some("no longer pinned by digest"), "pin the image by its digest again");
    }
    if new.is_mutable() && !old.is_mutable() {
        warn(
            Some("a tag that can mean another image tomorrow"),
            "name a version, so that a change of the image is a change here",
        );
    }
    (severity, reasons, help)
}

/// Returns the images that change, identical ones joined over environments, by workload.
pub(super) fn changes(input: &Comparison<'_>) -> Vec<ImageChange> {
    type Key = (String, Option<String>, Option<String>);
    let mut joined: BTreeMap<Key, BTreeSet<String>> = BTreeMap::new();
    for environment in &input.environments {
        let (before, after) = (images(environment, Side::Before), images(environment, Side::After));
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
            (Some(old), Some(new)) => ImageReference::parse(old).step_to(ImageReference::parse(new)).name(),
            (None, _) => "new",
            (Some(_), None) => "removed",
        };
        ImageChange { environments: environments.into_iter().collect(), workload, before, after, step: step.to_owned() }
    };
    joined.into_iter().map(change).collect()
}

#[cfg(test)]
mod tests {
    use crate::assess::tests::fixture::{deployment, review_of, review_one};
    use crate::change::Severity;
    use serde_json::{Value, json};

    fn web(image: &str) -> Value {
        deployment("web", 1, json!({"image": image}))
    }

    #[test]
    fn some_steps_want_a_second_look() {
        let check = |before: &str, after: &str, severity: Severity, reason: &str| {
            let review = review_one(&[web(before)], &[web(after)]);
            let found: Vec<_> = review.findings.iter().filter(|it| it.code.name == "image-change").collect();
            let message = format!("changes its image: `{before}` → `{after}`, {reason}");
            assert_eq!(
                found.iter().map(|it| (it.severity, it.message.as_str())).collect::<Vec<_>>(),
                [(severity, message.as_str())]
            );
            assert_eq!(found[0].path, "spec.template.spec.containers[web].image");
            assert_eq!(found[0].help.is_empty(), severity == Severity::Note);
        };
        check("web:1.4.2", "web:1.5.0", Severity::Note, "a minor version");
        check("web:1.4.2", "web:1.4.3", Severity::Note, "a patch version");
        check("web:abc", "web:def", Severity::Note, "another tag");
        check("web:1.4.2", "web:2.0.0", Severity::Warn, "a new major version");
        check("web:1.4.2", "web:1.4.1", Severity::Warn, "an older version");
        check("web:1.4.2", "ghcr.io/web:1.4.2", Severity::Warn, "another repository");
        check("web:1@sha256:a", "web:1", Severity::Warn, "no longer pinned by digest");
        check("web:1@sha256:a", "web:1@sha256:b", Severity::Note, "the same tag with another digest");
        check("web:1.4.2", "web:latest", Severity::Warn, "another tag and a tag that can mean another image tomorrow");
        check("web:latest", "web:1.4.2", Severity::Note, "another tag");
        assert!(review_one(&[web("web:latest")], &[web("web:latest")]).findings.is_empty());
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
}
