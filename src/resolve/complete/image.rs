//! What a container runs.

use super::{CONFLICTING_SETTINGS, Context, MISSING_SETTING, MISSING_VALUE, argument, property_text};
use crate::diagnostic::Diagnostic;
use crate::source::Traced;
use crate::spec::{Image, Node};

/// Reads a container's image.
pub(super) fn read(node: &Node, context: &mut Context<'_>) -> Image {
    let Some(image) = node.child("image") else {
        let message = format!("{} `{}` has no image", node.rule.name, argument(node, 0).value);
        let diagnostic = Diagnostic::new(MISSING_SETTING, message).at(node.span(), "");
        context.diagnostics.push(diagnostic.help("add `image REPOSITORY tag=\"…\"`"));
        return Image { reference: Traced::new(String::new(), node.origin.clone()), pull: None };
    };
    let repository = argument(image, 0);
    let (tag, digest) = (property_text(image, "tag"), property_text(image, "digest"));
    // The origin of the whole is that of the part which most layers change; of several, the one that says most.
    let parts = [Some(&repository), tag.as_ref(), digest.as_ref()].into_iter().flatten().map(|it| &it.origin);
    let origin = parts.max_by_key(|it| it.overrides.len()).cloned().unwrap_or_default();
    check_image(&repository, tag.as_ref(), digest.as_ref(), context);
    let mut reference = repository.value;
    if let Some(tag) = tag {
        reference = format!("{reference}:{}", tag.value);
    }
    if let Some(digest) = digest {
        reference = format!("{reference}@{}", digest.value);
    }
    Image { reference: Traced::new(reference, origin), pull: property_text(image, "pull") }
}

/// Reports a tag or a digest that is empty, or that the repository has already.
fn check_image(
    repository: &Traced<String>,
    tag: Option<&Traced<String>>,
    digest: Option<&Traced<String>>,
    context: &mut Context<'_>,
) {
    // A colon before the last slash is that of a registry's port.
    let last = repository.value.rsplit('/').next().unwrap_or_default();
    let in_digest = last.contains('@').then_some("digest");
    let in_either = in_digest.or(last.contains(':').then_some("tag"));
    for (what, value, has) in [("tag", tag, in_either), ("digest", digest, in_digest)] {
        let Some(value) = value else { continue };
        if value.value.is_empty() {
            let diagnostic = Diagnostic::new(MISSING_VALUE, format!("`{what}` of `image` is empty"));
            context.diagnostics.push(diagnostic.at_some(value.origin.span, "").help("say which image to run"));
        }
        if let Some(has) = has {
            let message = format!("`{}` has a {has} already", repository.value);
            let diagnostic = Diagnostic::new(CONFLICTING_SETTINGS, message).at_some(value.origin.span, "");
            let diagnostic = diagnostic.at_some(repository.origin.span, "and this");
            context.diagnostics.push(diagnostic.help(format!("leave the {has} out of the repository")));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::resolve::tests::messages;

    #[test]
    fn a_tag_or_digest_is_said_once() {
        let check = |inside: &str, expected: &[&str]| {
            assert_eq!(messages(&format!("component a {{ {inside} }}"), ""), expected, "{inside}");
        };
        check("image \"host:5000/i\" tag=1", &[]);
        check("image \"i:1\" tag=2", &["`i:1` has a tag already"]);
        check("image \"i@sha256:a\" digest=\"sha256:b\"", &["`i@sha256:a` has a digest already"]);
        check("image \"i@sha256:a\" tag=1", &["`i@sha256:a` has a digest already"]);
        check("image \"i:1\" digest=\"sha256:b\"", &[]);
        check("image i tag=\"\"", &["`tag` of `image` is empty"]);
    }
}
