//! Images whose version is not said, or can change under the same name.

use super::about;
use crate::diagnostic::Code;
use crate::diagnostic::house_rule::{MISSING_IMAGE_TAG, MUTABLE_IMAGE_TAG, or_waive};
use crate::object::Environment;
use crate::object::ImageReference;
use crate::validate::field::{Field, Found};

/// Checks the image of one container.
pub(super) fn check(container: &Field<'_>, environment: &Environment, found: &mut Found) {
    let image = container.get("image");
    let Some(reference) = image.text().map(ImageReference::parse).filter(|it| it.is_valid()) else { return };
    if reference.digest.is_some() {
        return;
    }
    let mut report = |code: Code, what: &str| {
        let message = about(container, &image, code, what);
        let help = "say which version: `image … tag=\"1.0.0\"`, or `digest=\"sha256:…\"`";
        found.push(message.help(help).help(or_waive(code)));
    };
    let name = reference.repository;
    match reference.tag {
        None if environment.protected => report(
            MUTABLE_IMAGE_TAG,
            &format!("runs `{name}` without a tag, which means `latest`, in a protected environment"),
        ),
        None => report(MISSING_IMAGE_TAG, &format!("runs `{name}`, which has neither tag nor digest")),
        Some("latest") if environment.protected => report(
            MUTABLE_IMAGE_TAG,
            &format!("runs `{name}:latest`, which can change at any time, in a protected environment"),
        ),
        Some(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::validate::fixture::{expect, object, set, with_container};
    use crate::validate::house_rules::check;
    use serde_json::json;

    #[test]
    fn asks_for_a_version() {
        let mut set = set([]);
        let image = |text: &str| object(with_container("/image", json!(text)));
        let digest = format!("web@sha256:{}", "0".repeat(64));
        expect(
            check(&image("web"), &set),
            &["missing-image-tag container `web` runs `web`, which has neither tag nor digest"],
        );
        expect(
            check(&image("localhost:5000/web"), &set),
            &["missing-image-tag `localhost:5000/web`, which has neither tag nor digest"],
        );
        expect(check(&image("web:latest"), &set), &[]);
        expect(check(&image(&digest), &set), &[]);
        set.environment.protected = true;
        expect(check(&image("web:1"), &set), &[]);
        expect(check(&image(&digest), &set), &[]);
        expect(
            check(&image("web:latest"), &set),
            &["mutable-image-tag container `web` runs `web:latest`, which can change at any time"],
        );
        expect(
            check(&image("web"), &set),
            &["mutable-image-tag container `web` runs `web` without a tag, which means `latest`"],
        );
    }
}
