//! A node in, the lines of its card and its size out.
//!
//! Everything is set in a font of one width, so that what a line takes is known without asking a browser.

use crate::diagnostic::visible;
use crate::graph::Node;

/// The height of a line.
pub(super) const LINE: i64 = 17;
/// The room between the edge of a card and its text.
pub(super) const PADDING: i64 = 10;
/// The columns after which a name goes on in the next line.
const LONGEST: usize = 28;

/// What a line of a card says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// What the node is.
    Kind,
    /// What it is called.
    Name,
    /// What else there is to know.
    Detail,
}

/// The text of a node, line by line.
#[derive(Clone, Debug)]
pub(super) struct Card {
    /// The lines from above.
    pub(super) lines: Vec<(Role, String)>,
    /// As wide as its longest line.
    pub(super) width: i64,
    /// As high as its lines.
    pub(super) height: i64,
}

impl Card {
    /// Returns the card of a node.
    pub(super) fn of(node: &Node) -> Self {
        let mut lines = vec![(Role::Kind, visible::escape(&node.kind))];
        lines.extend(node.names.iter().flat_map(|it| wrapped(it)).map(|it| (Role::Name, it)));
        lines.extend(node.details.iter().flat_map(|it| wrapped(it)).map(|it| (Role::Detail, it)));
        let width = lines.iter().map(|(role, text)| width(*role, text)).max().unwrap_or(0);
        let count = i64::try_from(lines.len()).unwrap_or(0);
        Self { width: width + 2 * PADDING, height: count * LINE + PADDING, lines }
    }
}

/// Returns how wide text of this role is: a column is 0.6 of the size of the font, which is 13 for a name and 11 for
/// anything else.
pub(super) fn width(role: Role, text: &str) -> i64 {
    let tenths = match role {
        Role::Name => 79,
        Role::Kind | Role::Detail => 67,
    };
    i64::try_from(visible::width(text)).unwrap_or(0).saturating_mul(tenths) / 10
}

/// Breaks a long name where it has a joint; where it has none, it is cut.
fn wrapped(name: &str) -> Vec<String> {
    let name = visible::escape(name);
    let mut lines = Vec::new();
    let mut line = String::new();
    for part in name.split_inclusive(['-', '.', '/', ' ', ',']) {
        if !line.is_empty() && visible::width(&line) + visible::width(part.trim_end()) > LONGEST {
            lines.push(std::mem::take(&mut line));
        }
        for character in part.chars() {
            if visible::width(&line) >= LONGEST && character != ' ' {
                lines.push(std::mem::take(&mut line));
            }
            line.push(character);
        }
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::wrapped;

    #[test]
    fn long_names_break_at_their_joints() {
        let check = |name: &str, expected: &[&str]| assert_eq!(wrapped(name), expected);
        check("todo-backend", &["todo-backend"]);
        check("", &[""]);
        check("a-very-long-name-of-a-service-of-ours", &["a-very-long-name-of-a-", "service-of-ours"]);
        check("0123456789012345678901234567890", &["0123456789012345678901234567", "890"]);
        check("1–3 pods, autoscaled", &["1–3 pods, autoscaled"]);
    }
}
