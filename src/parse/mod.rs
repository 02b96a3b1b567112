//! KDL text in, parts out: nodes that the grammar knows, every value with its place.
//!
//! Three steps for each file: [`nesting`] looks at the raw text and refuses what would exhaust the parser's stack,
//! [`syntax`] runs the KDL parser and rewrites its messages, [`nodes`] checks the result against the grammar. All
//! messages of all files are reported together.

mod nesting;
mod nodes;
mod syntax;

use crate::diagnostic::{Code, Diagnostic};
use crate::source::{FileId, Source, Sources};
use crate::spec::Part;
use crate::spec::grammar::{BASE_FILE, ENVIRONMENT_FILE};

/// The text is no KDL.
pub const INVALID_SYNTAX: Code = Code::error("invalid-syntax");
/// Blocks, comments or slashdashes are nested deeper than any spec needs.
pub const NESTED_TOO_DEEPLY: Code = Code::error("nested-too-deeply");
/// A brace, string or comment is opened and not closed, or closed and not opened.
pub const UNBALANCED: Code = Code::error("unbalanced");
/// A file without a single node.
pub const EMPTY_FILE: Code = Code::error("empty-file");
/// A node that the grammar does not have there.
pub const UNKNOWN_NODE: Code = Code::error("unknown-node");
/// A property that the node does not have.
pub const UNKNOWN_PROPERTY: Code = Code::error("unknown-property");
/// More arguments than the node takes.
pub const UNEXPECTED_ARGUMENT: Code = Code::error("unexpected-argument");
/// A block on a node that takes none.
pub const UNEXPECTED_CHILDREN: Code = Code::error("unexpected-children");
/// The first argument, which names the node, is missing.
pub const MISSING_NAME: Code = Code::error("missing-name");
/// A value that is not what the slot takes.
pub const WRONG_VALUE: Code = Code::error("wrong-value");
/// A property that is set twice in one node.
pub const DUPLICATE_PROPERTY: Code = Code::error("duplicate-property");
/// A type annotation that is no mark, or a mark where it has no meaning.
pub const MISPLACED_MARK: Code = Code::error("misplaced-mark");

/// Every code of this stage.
pub const CODES: &[Code] = &[
    DUPLICATE_PROPERTY,
    EMPTY_FILE,
    INVALID_SYNTAX,
    MISPLACED_MARK,
    MISSING_NAME,
    NESTED_TOO_DEEPLY,
    UNBALANCED,
    UNEXPECTED_ARGUMENT,
    UNEXPECTED_CHILDREN,
    UNKNOWN_NODE,
    UNKNOWN_PROPERTY,
    WRONG_VALUE,
];

/// Which of the two folders a file lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// `base/`: what the app is everywhere.
    Base,
    /// `environments/`: what differs.
    Environment,
}

impl Layer {
    /// Returns the layer of a file by its name.
    pub fn of(name: &str) -> Self {
        if name.starts_with("environments/") { Self::Environment } else { Self::Base }
    }
}

/// Stack of the thread that parses: the KDL parser takes some 6 KiB a level in release and 33 KiB in debug.
const STACK: usize = 16 * 1024 * 1024;

/// Stack for each byte of the largest file: the KDL parser calls itself for every mistake that it goes on after, which
/// takes some 300 bytes, and every byte can be one. A system gives a thread only as much memory as it uses.
const STACK_FOR_MISTAKES: usize = 512;

/// Parses every file of a project.
///
/// Returns a part for each file that is right, and the messages for those that are not.
pub fn project(sources: &Sources) -> (Vec<Part>, Vec<Diagnostic>) {
    std::thread::scope(|scope| {
        let parse = || {
            let mut parts = Vec::new();
            let mut diagnostics = Vec::new();
            for (id, source) in sources.iter() {
                let found = diagnostics.len();
                let nodes = file(id, source, &mut diagnostics);
                if diagnostics[found..].iter().all(|it| !it.is_error()) {
                    parts.push(Part { file: id, nodes });
                }
            }
            (parts, diagnostics)
        };
        let largest = sources.iter().map(|(_, it)| it.text.len()).max().unwrap_or(0);
        let stack = STACK + STACK_FOR_MISTAKES * largest;
        let thread = std::thread::Builder::new().stack_size(stack).spawn_scoped(scope, parse);
        match thread.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(result)) => result,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(_) => parse(),
        }
    })
}

/// Parses one file.
fn file(id: FileId, source: &Source, diagnostics: &mut Vec<Diagnostic>) -> Vec<crate::spec::Node> {
    let layer = Layer::of(&source.name);
    if let Err(refused) = nesting::check(id, &source.text) {
        diagnostics.push(refused);
        return Vec::new();
    }
    let document = match syntax::document(id, &source.text) {
        Ok(document) => document,
        Err(found) => {
            diagnostics.extend(found);
            return Vec::new();
        }
    };
    let rule = match layer {
        Layer::Base => &BASE_FILE,
        Layer::Environment => &ENVIRONMENT_FILE,
    };
    let nodes = nodes::Reader { file: id, layer, inside_new: None, diagnostics }.children(rule, &document);
    if document.nodes().is_empty() {
        let expected = match layer {
            Layer::Base => "expected `app NAME { … }` or `cluster NAME { … }`",
            Layer::Environment => "expected `environment NAME { … }` or `layer NAME { … }`",
        };
        let place = crate::source::Span::new(id, 0, 0);
        let message = format!("`{}` has no nodes; {expected}", source.name);
        diagnostics
            .push(Diagnostic::new(EMPTY_FILE, message).at(place, "").help("delete the file if it is not needed"));
    }
    nodes
}

#[cfg(test)]
mod tests {
    use crate::source::Sources;
    use proptest::prelude::*;

    /// What a text is made of: words of the language, what KDL gives a meaning, and characters of several bytes.
    const PIECES: &str = "app a component image i tag 1.0 512Mi 70% env KEY é 😀 \u{202e} \u{2028} \u{feff} \0 \\ \" \
                          \"\"\" #\" \"# r#\" ' { } ( ) (add) [ = ; , / /- /* */ // # #true true #nan 0x 1_ - $ ${";

    proptest! {
        #[test]
        fn any_text_gives_messages_that_point_into_it(indices in prop::collection::vec(0_usize..90, 0..40)) {
            let pieces: Vec<&str> = PIECES.split(' ').collect();
            let text: String = indices.iter().map(|it| pieces.get(*it).copied().unwrap_or([" ", "\n"][it % 2])).collect();
            let sources = Sources::new([("base/app.kdl".to_owned(), text)]);
            let (parts, diagnostics) = super::project(&sources);
            prop_assert_eq!(parts.is_empty(), diagnostics.iter().any(crate::diagnostic::Diagnostic::is_error));
            for label in diagnostics.iter().flat_map(|it| &it.labels) {
                let text = &sources.file(label.span.file).text;
                prop_assert!(text.get(label.span.range()).is_some(), "{:?} in {:?}", label, text);
            }
        }
    }
}
