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
