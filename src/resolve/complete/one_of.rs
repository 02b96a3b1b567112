//! Settings of a node of which exactly one says what it does.

use super::{CONFLICTING_SETTINGS, Context, MISSING_SETTING};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::spec::Node;

/// Returns the one of the settings that is given; reports none, with `what` is then unknown and the `ways` to say it, and
/// several.
pub(super) fn choose<'a>(
    node: &Node,
    settings: impl IntoIterator<Item = Option<(&'a str, Option<Span>)>>,
    what: &str,
    ways: &str,
    context: &mut Context<'_>,
) -> Option<&'a str> {
    let given: Vec<_> = settings.into_iter().flatten().collect();
    match given.as_slice() {
        [(only, _)] => Some(only),
        [] => {
            let message = format!("`{}` does not say {what}", node.describe());
            let diagnostic = Diagnostic::new(MISSING_SETTING, message).at(node.span(), "");
            context.diagnostics.push(diagnostic.help(format!("add {ways}")));
            None
        }
        [(first, first_span), (second, second_span), ..] => {
            let message = format!("`{}` has `{first}` and `{second}`", node.describe());
            let diagnostic = Diagnostic::new(CONFLICTING_SETTINGS, message).at_some(*second_span, "");
            let help = format!("keep one of them; an overlay that changes {what} says `(replace){}`", node.name.value);
            context.diagnostics.push(diagnostic.at_some(*first_span, "and this").help(help));
            None
        }
    }
}
