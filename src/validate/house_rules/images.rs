//! Images whose version is not said, or can change under the same name.

use crate::diagnostic::house_rule::{MISSING_IMAGE_TAG, MUTABLE_IMAGE_TAG};
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
    let help = "say which version: `image … tag=\"1.0.0\"`, or a digest";
    match reference.tag {
        None if environment.protected => {
            let message =
                format!("`{}` has no tag, which means `latest`, in a protected environment", reference.repository);
            found.push(image.problem(MUTABLE_IMAGE_TAG, message).help(help));
        }
        None => {
            let message = format!("`{}` has neither tag nor digest", reference.repository);
            found.push(image.problem(MISSING_IMAGE_TAG, message).help(help));
        }
        Some("latest") if environment.protected => {
            let message =
                format!("`{}:latest` can change at any time, in a protected environment", reference.repository);
            found.push(image.problem(MUTABLE_IMAGE_TAG, message).help(help));
        }
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
        let mut environment = set([]).environment;
        let image = |text: &str| object(with_container("/image", json!(text)));
        let digest = format!("web@sha256:{}", "0".repeat(64));
        expect(check(&image("web"), &environment), &["missing-image-tag image `web` has neither tag nor digest"]);
        expect(check(&image("localhost:5000/web"), &environment), &["missing-image-tag image neither tag nor digest"]);
        expect(check(&image("web:latest"), &environment), &[]);
        expect(check(&image(&digest), &environment), &[]);
        environment.protected = true;
        expect(check(&image("web:1"), &environment), &[]);
        expect(check(&image(&digest), &environment), &[]);
        expect(
            check(&image("web:latest"), &environment),
            &["mutable-image-tag image `web:latest` can change at any time"],
        );
        expect(check(&image("web"), &environment), &["mutable-image-tag image `web` has no tag, which means `latest`"]);
    }
}
