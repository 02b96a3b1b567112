//! What a container sees of its pod's volumes: directories and block devices.
//!
//! Source: `ValidateVolumeMounts` and `ValidateVolumeDevices` in `pkg/apis/core/validation`.

use crate::diagnostic::Code;
use crate::diagnostic::house_rule::MISLEADING_SETTING;
use crate::validate::field::{DUPLICATE_ENTRY, FORBIDDEN_FIELD, Field, Found, unique};
use crate::validate::names::{self, INVALID_PATH};

/// A container mounts a volume that the pod does not have.
pub const UNKNOWN_VOLUME: Code = Code::error("unknown-volume");

/// The codes of this family.
pub const CODES: &[Code] = &[UNKNOWN_VOLUME];

/// Checks the mounts and devices of one container.
pub(super) fn check(container: &Field<'_>, spec: &Field<'_>, found: &mut Found) {
    let mounts = container.get("volumeMounts").items();
    let devices = container.get("volumeDevices").items();
    for item in mounts.iter().chain(&devices) {
        known(&item.get("name"), spec, found);
    }
    for mount in &mounts {
        path(&mount.get("mountPath"), found);
        mount.at_most_one(&["subPath", "subPathExpr"], found);
        mount.get("subPath").syntax(INVALID_PATH, names::relative_path, found);
        mount.get("subPathExpr").syntax(INVALID_PATH, names::relative_path, found);
        propagation(mount, container, found);
    }
    for device in &devices {
        block(device, spec, found);
    }
    // A volume is mounted or a device, at a place of its own.
    let places = each(&mounts, "mountPath").into_iter().chain(each(&devices, "devicePath"));
    unique(DUPLICATE_ENTRY, places, found);
    unique(DUPLICATE_ENTRY, each(&devices, "name"), found);
    for (name, device) in each(&devices, "name") {
        if each(&mounts, "name").iter().any(|(it, _)| *it == name) {
            found.push(device.invalid(FORBIDDEN_FIELD, "must not already exist in volumeMounts"));
        }
    }
}

/// Returns the texts of one field of all items, each with its place.
fn each<'a>(items: &[Field<'a>], name: &'static str) -> Vec<(&'a str, Field<'a>)> {
    items.iter().filter_map(|it| Some((it.get(name).filled()?, it.get(name)))).collect()
}

/// Returns the names of a pod's volumes, with those that a `StatefulSet` makes for each pod.
fn volumes<'a>(spec: &Field<'a>) -> Vec<&'a str> {
    let mut volumes: Vec<&str> = spec.get("volumes").items().iter().filter_map(|it| it.get("name").text()).collect();
    let claims = Field::root(spec.object).at("spec.volumeClaimTemplates").items();
    volumes.extend(claims.iter().filter_map(|it| it.at("metadata.name").text()));
    volumes
}

fn known(name: &Field<'_>, spec: &Field<'_>, found: &mut Found) {
    let volumes = volumes(spec);
    if name.text().is_some_and(|it| !volumes.contains(&it)) {
        let known = volumes.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ");
        let help = if known.is_empty() { "the pod has no volumes".into() } else { format!("volumes: {known}") };
        let message = name.not_found(UNKNOWN_VOLUME).suggest(name.text().unwrap_or_default(), volumes.iter().copied());
        found.push(message.help(help));
    }
}

/// Checks where a volume is mounted. Of a path, the API server asks only that there is one; a kubelet puts a relative one
/// below the root, and some runtimes cut one at a colon.
fn path(path: &Field<'_>, found: &mut Found) {
    let misleading = match path.text() {
        Some("") => return found.push(path.required("")),
        Some(text) if !text.starts_with('/') => "must be absolute",
        Some(text) if text.contains(':') => "must not contain ':'",
        Some(_) | None => return,
    };
    let text = format!("Invalid value: {:?}: {misleading}", path.text().unwrap_or_default());
    found.push(path.house_rule(MISLEADING_SETTING, text, "write the whole path, from `/` on"));
}

fn propagation(mount: &Field<'_>, container: &Field<'_>, found: &mut Found) {
    let propagation = mount.get("mountPropagation");
    propagation.one_of(&["None", "HostToContainer", "Bidirectional"], found);
    if propagation.text() == Some("Bidirectional") && !container.at("securityContext.privileged").is_true() {
        found.push(propagation.forbidden("Bidirectional mount propagation is available only to privileged containers"));
    }
    let recursive = mount.get("recursiveReadOnly");
    recursive.one_of(&["Disabled", "IfPossible", "Enabled"], found);
    if matches!(recursive.text(), None | Some("Disabled")) {
        return;
    }
    if !mount.get("readOnly").is_true() {
        found.push(recursive.forbidden("may only be specified when readOnly is true"));
    }
    if propagation.text().is_some_and(|it| it != "None") {
        found.push(recursive.forbidden("may only be specified when mountPropagation is None or not specified"));
    }
}

fn block(device: &Field<'_>, spec: &Field<'_>, found: &mut Found) {
    let path = device.get("devicePath");
    if path.text() == Some("") {
        found.push(path.required(""));
    }
    path.syntax(INVALID_PATH, names::no_way_up, found);
    let name = device.get("name");
    let items = spec.get("volumes").items();
    let volume = items.iter().find(|it| name.is_set() && it.get("name").text() == name.text());
    let is_claim = |it: &Field<'_>| it.get("persistentVolumeClaim").is_set() || it.get("ephemeral").is_set();
    if volume.is_some_and(|it| !is_claim(it)) {
        let what = "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode";
        found.push(name.invalid(FORBIDDEN_FIELD, what).help("mount it under `volumeMounts`"));
    }
}

#[cfg(test)]
mod tests {
    use crate::validate::fixture::{expect, object, with_pod};
    use crate::validate::pod::check;
    use serde_json::{Value, json};

    const VOLUMES: &str =
        r#"[{"name": "tmp", "emptyDir": {}}, {"name": "data", "persistentVolumeClaim": {"claimName": "d"}}]"#;

    #[test]
    fn checks_mounts() {
        let mounted = |mounts: Value| {
            let mut body = with_pod("/volumes", serde_json::from_str(VOLUMES).unwrap());
            body["spec"]["template"]["spec"]["containers"][0]["volumeMounts"] = mounts;
            check(&object(body))
        };
        expect(mounted(json!([{"name": "tmp", "mountPath": "/tmp"}])), &[]);
        expect(mounted(json!([{"name": "tpm", "mountPath": "/tmp"}])), &["unknown-volume name Not found: \"tpm\""]);
        expect(
            mounted(json!([{"name": "tmp", "mountPath": "tmp"}])),
            &["misleading-setting mountPath must be absolute"],
        );
        expect(
            mounted(json!([{"name": "tmp", "mountPath": "/a:b"}])),
            &["misleading-setting mountPath must not contain ':'"],
        );
        expect(
            mounted(json!([{"name": "tmp", "mountPath": "/a"}, {"name": "tmp", "mountPath": "/a"}])),
            &["duplicate-entry mountPath Duplicate value: \"/a\""],
        );
        expect(
            mounted(json!([{"name": "tmp", "mountPath": "/a", "subPath": "../b"}])),
            &["invalid-path subPath must not contain '..'"],
        );
        expect(
            mounted(json!([{"name": "tmp", "mountPath": "/a", "subPath": "a", "subPathExpr": "b"}])),
            &["not-exactly-one volumeMounts may not specify more than one of: `subPath`, `subPathExpr`"],
        );
        expect(
            mounted(json!([{"name": "tmp", "mountPath": "/a", "mountPropagation": "Bidirectional"}])),
            &["forbidden-field mountPropagation only to privileged containers"],
        );
        expect(
            mounted(json!([{"name": "tmp", "mountPath": "/a", "recursiveReadOnly": "Enabled"}])),
            &["forbidden-field recursiveReadOnly when readOnly is true"],
        );
        let recursive = |propagation: &str| {
            mounted(json!([{"name": "tmp", "mountPath": "/a", "recursiveReadOnly": "Enabled", "readOnly": true,
                "mountPropagation": propagation}]))
        };
        expect(recursive("None"), &[]);
        expect(
            recursive("HostToContainer"),
            &["forbidden-field recursiveReadOnly when mountPropagation is None or not specified"],
        );
    }

    #[test]
    fn checks_devices() {
        let check = |mounts: Value, devices: Value, expected: &[&str]| {
            let mut body = with_pod("/volumes", serde_json::from_str(VOLUMES).unwrap());
            body["spec"]["template"]["spec"]["containers"][0]["volumeMounts"] = mounts;
            body["spec"]["template"]["spec"]["containers"][0]["volumeDevices"] = devices;
            expect(check(&object(body)), expected);
        };
        let device = |name: &str, path: &str| json!({"name": name, "devicePath": path});
        check(json!([]), json!([device("data", "/dev/a")]), &[]);
        check(
            json!([]),
            json!([device("tmp", "/dev/a")]),
            &["forbidden-field name PersistentVolumeClaim or Ephemeral"],
        );
        check(json!([]), json!([device("gone", "/dev/a")]), &["unknown-volume name Not found: \"gone\""]);
        check(json!([]), json!([device("data", "/dev/../a")]), &["invalid-path devicePath must not contain '..'"]);
        check(json!([]), json!([device("data", "")]), &["missing-value devicePath Required value"]);
        check(
            json!([]),
            json!([device("data", "/a"), device("data", "/b")]),
            &["duplicate-entry name Duplicate value: \"data\""],
        );
        check(
            json!([{"name": "data", "mountPath": "/a"}]),
            json!([device("data", "/a")]),
            &["duplicate-entry devicePath Duplicate value: \"/a\"", "forbidden-field name must not already exist"],
        );
    }
}
