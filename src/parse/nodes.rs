//! A KDL document in, nodes that the grammar knows out.

use super::{
    DUPLICATE_PROPERTY, Layer, MISPLACED_MARK, MISSING_NAME, UNEXPECTED_ARGUMENT, UNEXPECTED_CHILDREN, UNKNOWN_NODE,
    UNKNOWN_PROPERTY, WRONG_VALUE,
};
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Origin, Span, Spanned};
use crate::spec::grammar::{BASE_FILE, ENVIRONMENT_FILE, Form, Identity, Need, NodeRule, Slot, said_here};
use crate::spec::{Entry, Literal, Mark, Node};
use kdl::{KdlDocument, KdlEntry, KdlNode, KdlValue};

/// Reads the nodes of one file and collects what is wrong with them.
pub(super) struct Reader<'a> {
    pub(super) file: FileId,
    pub(super) layer: Layer,
    /// The mark of the node around, where that node is new as a whole.
    pub(super) inside_new: Option<Spanned<Mark>>,
    pub(super) diagnostics: &'a mut Vec<Diagnostic>,
}

impl Reader<'_> {
    /// Reads the nodes inside a node of this rule.
    pub(super) fn children(&mut self, parent: &'static NodeRule, document: &KdlDocument) -> Vec<Node> {
        document.nodes().iter().filter_map(|it| self.node(parent, it)).collect()
    }

    fn span(&self, offset: usize, length: usize) -> Span {
        Span::new(self.file, offset, offset + length)
    }

    fn node(&mut self, parent: &'static NodeRule, kdl: &KdlNode) -> Option<Node> {
        let name =
            Spanned::new(kdl.name().value().to_owned(), self.span(kdl.name().span().offset(), kdl.name().span().len()));
        let Some(rule) = parent.child(&name.value) else {
            self.unknown_node(parent, &name);
            return None;
        };
        let mark = self.mark(parent, kdl);
        let mut node = Node {
            rule,
            origin: Origin::line(name.span),
            name,
            mark,
            arguments: Vec::new(),
            properties: std::collections::BTreeMap::new(),
            children: Vec::new(),
            has_block: kdl.children().is_some(),
            removed: Vec::new(),
        };
        let mut position = 0;
        for entry in kdl.entries() {
            match entry.name() {
                None => {
                    self.argument(&mut node, position, entry);
                    position += 1;
                }
                Some(property) => self.property(&mut node, property.value(), entry),
            }
        }
        if rule.naming_arguments() > 0 && position == 0 {
            let message = format!("`{}` needs a {}", node.name.value, rule.arguments[0].name);
            self.diagnostics.push(Diagnostic::new(MISSING_NAME, message).at(node.span(), "").help(usage(rule)));
        }
        if let Some(children) = kdl.children() {
            if rule.children.is_empty() {
                let place = self.span(kdl.span().offset(), kdl.span().len());
                let message = format!("`{}` takes no block", node.name.value);
                self.diagnostics.push(
                    Diagnostic::new(UNEXPECTED_CHILDREN, message)
                        .at(node.span(), "")
                        .at(Span { start: node.span().end, ..place }, "this block")
                        .help(usage(rule)),
                );
            } else {
                let outer = self.inside_new.clone();
                if rule.form == Form::Patch && parent.form != Form::Patch {
                    // Marks in a patch speak of the object, whatever becomes of the patch itself.
                    self.inside_new = None;
                } else if let Some(mark @ Spanned { value: Mark::Add | Mark::Replace, .. }) = &node.mark {
                    self.inside_new.get_or_insert_with(|| mark.clone());
                }
                node.children.extend(self.children(rule, children));
                self.inside_new = outer;
            }
        }
        if let Some(mark) = in_list(&mut node) {
            let message = format!("`({})` on one item of a list, which is replaced as a whole", mark.value.name());
            let diagnostic = Diagnostic::new(MISPLACED_MARK, message).at(mark.span, "");
            self.diagnostics.push(diagnostic.help("write the whole list, or change the item with a `patch`"));
        }
        self.removal(&node);
        Some(node)
    }

    fn unknown_node(&mut self, parent: &'static NodeRule, name: &Spanned<String>) {
        let known: Vec<&str> = parent.children.iter().map(|it| it.name).collect();
        let message = format!("unknown node `{}` in {}", name.value, parent_name(parent));
        let diagnostic = Diagnostic::new(UNKNOWN_NODE, message).at(name.span, "");
        let homes = homes(&name.value);
        let near = crate::diagnostic::suggest::nearest(&name.value, known.iter().copied());
        self.diagnostics.push(match near {
            _ if !homes.is_empty() => diagnostic.help(format!("`{}` belongs in {}", name.value, one_of(&homes))),
            _ if let Some(here) = said_here(&name.value) => diagnostic.help(format!("that is written `{here}`")),
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => diagnostic.help(format!("{} takes {}", parent_name(parent), listing(&known))),
        });
    }

    fn mark(&mut self, parent: &NodeRule, kdl: &KdlNode) -> Option<Spanned<Mark>> {
        let annotation = kdl.ty()?;
        let span = self.span(annotation.span().offset(), annotation.span().len());
        let mark = match annotation.value() {
            "add" => Mark::Add,
            "remove" => Mark::Remove,
            "replace" => Mark::Replace,
            other => {
                let message = format!("unknown mark `({other})`; expected (add), (remove) or (replace)");
                let diagnostic = Diagnostic::new(MISPLACED_MARK, message).at(span, "");
                self.diagnostics.push(diagnostic.suggest(other, ["add", "remove", "replace"]));
                return None;
            }
        };
        if let Some(outer) = &self.inside_new {
            let message = format!("`({})` inside a node that is new as a whole", mark.name());
            let diagnostic = Diagnostic::new(MISPLACED_MARK, message).at(span, "");
            self.diagnostics.push(diagnostic.at(outer.span, "new because of this").help("remove the inner mark"));
            return None;
        }
        if parent.form == Form::Patch {
            return Some(Spanned::new(mark, span));
        }
        match self.layer {
            Layer::Environment if std::ptr::eq(parent, &raw const ENVIRONMENT_FILE) => {
                let what = kdl.name().value();
                let message = format!("`({})` on a whole {what}, which has nothing below it", mark.name());
                let diagnostic = Diagnostic::new(MISPLACED_MARK, message).at(span, "");
                self.diagnostics.push(diagnostic.help("remove the mark; marks belong to the nodes inside"));
                None
            }
            Layer::Environment => Some(Spanned::new(mark, span)),
            Layer::Base => {
                let message = format!("`({})` in the base, which has nothing below it", mark.name());
                let diagnostic = Diagnostic::new(MISPLACED_MARK, message).at(span, "");
                self.diagnostics.push(diagnostic.help("remove the mark; marks belong to files in environments/"));
                None
            }
        }
    }

    fn argument(&mut self, node: &mut Node, position: usize, kdl: &KdlEntry) {
        let Some(entry) = self.entry(kdl) else { return };
        if let Some(slot) = node.rule.argument(position) {
            if self.fits(node, slot, &entry) {
                node.arguments.push(entry);
            }
            return;
        }
        let takes = match node.rule.arguments.len() {
            0 => "no arguments".to_owned(),
            1 => "one argument".to_owned(),
            count => format!("{count} arguments"),
        };
        let message = format!("`{}` takes {takes}; {} is one too many", node.name.value, entry.value);
        let diagnostic = Diagnostic::new(UNEXPECTED_ARGUMENT, message).at_some(entry.span(), "");
        self.diagnostics.push(diagnostic.help(usage(node.rule)));
    }

    fn property(&mut self, node: &mut Node, name: &str, kdl: &KdlEntry) {
        let place = kdl.name().map_or(kdl.span(), kdl::KdlIdentifier::span);
        let place = self.span(place.offset(), place.len());
        if node.rule.identity == Identity::Name && node.rule.form != Form::Settings {
            self.field(node, name, place, kdl);
            return;
        }
        let Some(slot) = node.rule.property(name) else {
            let known: Vec<&str> = node.rule.properties.iter().map(|it| it.name).collect();
            let message = format!("unknown property `{name}` of `{}`", node.name.value);
            let diagnostic = Diagnostic::new(UNKNOWN_PROPERTY, message).at(place, "");
            self.diagnostics.push(match crate::diagnostic::suggest::nearest(name, known.iter().copied()) {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None => diagnostic.help(usage(node.rule)),
            });
            return;
        };
        let Some(entry) = self.entry(kdl) else { return };
        if let Some(first) = node.properties.get(slot.name) {
            let message = format!("`{name}` is set twice in one `{}`", node.name.value);
            let diagnostic = Diagnostic::new(DUPLICATE_PROPERTY, message).at(place, "set again here");
            self.diagnostics.push(diagnostic.at_some(first.span(), "first set here").help("keep one of the two"));
            return;
        }
        if self.is_unset(node, slot, &entry) || self.fits(node, slot, &entry) {
            node.properties.insert(slot.name, entry);
        }
    }

    /// Reads a property of a Kubernetes field as the field inside it that it is.
    fn field(&mut self, node: &mut Node, name: &str, place: Span, kdl: &KdlEntry) {
        let Some(entry) = self.entry(kdl) else { return };
        node.children.push(Node {
            rule: node.rule,
            origin: Origin::line(place),
            name: Spanned::new(name.to_owned(), place),
            mark: None,
            arguments: vec![entry],
            properties: std::collections::BTreeMap::new(),
            children: Vec::new(),
            has_block: false,
            removed: Vec::new(),
        });
    }

    /// True for `#null` where it takes away what a layer below says.
    fn is_unset(&self, node: &Node, slot: &Slot, entry: &Entry) -> bool {
        let is_new = self.inside_new.is_some() || node.mark.as_ref().is_some_and(|it| it.value != Mark::Remove);
        let is_overlay = self.layer == Layer::Environment && !is_new;
        is_overlay && entry.value == Literal::Null && slot.need == Need::Optional
    }

    fn entry(&mut self, kdl: &KdlEntry) -> Option<Entry> {
        let whole = self.span(kdl.span().offset(), kdl.span().len());
        if let Some(annotation) = kdl.ty() {
            let message = format!("`({})` before a value has no meaning", annotation.value());
            let place = self.span(annotation.span().offset(), annotation.span().len());
            let diagnostic = Diagnostic::new(MISPLACED_MARK, message).at(place, "");
            self.diagnostics.push(diagnostic.help("a mark stands before the node's name"));
            return None;
        }
        let spelling = kdl.format().map(|it| it.value_repr.clone()).unwrap_or_default();
        let length = u32::try_from(spelling.len()).unwrap_or(0);
        let span = if kdl.name().is_some() && length > 0 {
            Span { start: whole.end.saturating_sub(length).max(whole.start), ..whole }
        } else {
            whole
        };
        let value = match kdl.value() {
            KdlValue::String(text) if spelling.starts_with('\'') => {
                let message = format!("{text} begins with a single quote, which KDL takes as part of the text");
                let meant = text.trim_matches('\'');
                self.diagnostics.push(
                    Diagnostic::new(WRONG_VALUE, message)
                        .at(span, "")
                        .help(format!("quote text as \"{meant}\"; if the quote is meant, write \"{text}\"")),
                );
                return None;
            }
            KdlValue::String(text) if text.contains('\0') => {
                let message = "this text has a NUL character, which no program can be given";
                self.diagnostics.push(Diagnostic::new(WRONG_VALUE, message).at(span, "").help("remove it"));
                return None;
            }
            KdlValue::String(text) => Literal::Text(text.clone()),
            KdlValue::Integer(value) => Literal::Integer { value: *value, spelling },
            KdlValue::Float(value) if value.is_finite() => Literal::Decimal(spelling),
            KdlValue::Float(_) => {
                let message = format!("{spelling} is no finite number");
                self.diagnostics.push(
                    Diagnostic::new(WRONG_VALUE, message).at(span, "").help("put it in quotes if the text is meant"),
                );
                return None;
            }
            KdlValue::Bool(flag) => Literal::Flag(*flag),
            KdlValue::Null => Literal::Null,
        };
        Some(Entry { value, origin: Origin::line(span) })
    }

    /// Checks a value against its slot.
    fn fits(&mut self, node: &Node, slot: &Slot, entry: &Entry) -> bool {
        match slot.kind.check(&entry.value) {
            Ok(()) => true,
            Err(mismatch) => {
                let message = format!(
                    "`{}` of `{}` is {}; expected {}",
                    slot.name,
                    node.name.value,
                    entry.value.describe(),
                    mismatch.expected
                );
                let diagnostic = Diagnostic::new(WRONG_VALUE, message).at_some(entry.span(), "");
                self.diagnostics.push(match mismatch.help {
                    Some(help) => diagnostic.help(help),
                    None => diagnostic,
                });
                false
            }
        }
    }

    /// Checks that a removal says nothing but what to remove.
    fn removal(&mut self, node: &Node) {
        let Some(mark) = &node.mark else { return };
        // An item has no name: what it holds says which one goes.
        if node.is_item() {
            return;
        }
        let values = node.properties.keys().any(|it| !node.rule.is_naming_property(it));
        let more = node.arguments.len() > node.rule.naming_arguments() || values || !node.children.is_empty();
        if mark.value == Mark::Remove && more {
            let message = format!("`(remove){}` says more than what to remove", node.describe());
            let diagnostic =
                Diagnostic::new(MISPLACED_MARK, message).at(mark.span, "").at(node.span(), "this node goes as a whole");
            self.diagnostics
                .push(diagnostic.help("leave only its name, or write the node without the mark to change it"));
        }
    }
}

/// Takes the mark off an item of a list that merges as one value.
fn in_list(node: &mut Node) -> Option<Spanned<Mark>> {
    if node.is_item() && node.rule.form == Form::Body { node.mark.take() } else { None }
}

/// Names the place that a node was found in.
fn parent_name(parent: &NodeRule) -> String {
    match parent.name {
        "base" => "a base file".to_owned(),
        "environment file" => "an environment file".to_owned(),
        name => format!("`{name}`"),
    }
}

/// Names the places where a node of this name may stand.
fn homes(name: &str) -> Vec<String> {
    let mut homes = Vec::new();
    let mut waiting: Vec<&NodeRule> = vec![&ENVIRONMENT_FILE, &BASE_FILE];
    while let Some(rule) = waiting.pop() {
        if rule.form != Form::Settings {
            continue;
        }
        let place = parent_name(rule);
        let takes = rule.children.iter().any(|it| it.identity != Identity::Name && it.name == name);
        if takes && !homes.contains(&place) {
            homes.push(place);
        }
        waiting.extend(rule.children.iter().rev().copied());
    }
    homes
}

/// Joins names: `a`, `b` and `c`.
fn listing(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|it| format!("`{it}`")).collect();
    match quoted.split_last() {
        None => "no nodes".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// Shows how a node is written: ``write `port NAME NUMBER protocol=…` ``.
fn usage(rule: &NodeRule) -> String {
    let mut text = rule.name.to_owned();
    for slot in rule.arguments {
        text += " ";
        text += &slot.name.replace(' ', "-").to_uppercase();
        if slot.many {
            text += "…";
        }
    }
    for slot in rule.properties {
        text.extend([" ", slot.name, "=…"]);
    }
    if !rule.children.is_empty() {
        text += " { … }";
    }
    format!("it is written `{text}`")
}

/// Joins alternatives: `a`, `b` or `c`.
fn one_of(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use crate::parse;
    use crate::source::Sources;

    /// Checks the messages about one environment file, each with its help.
    fn check(text: &str, expected: &[&str]) {
        let (_, found) = parse::project(&Sources::new([("environments/dev.kdl".to_owned(), text.to_owned())]));
        let found: Vec<String> = found.iter().map(|it| format!("{}; {}", it.message, it.help.join("; "))).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn says_where_a_node_belongs() {
        check(
            "environment dev { image web }",
            &[
                "unknown node `image` in `environment`; `image` belongs in `component`, `container`, `sidecar` or `init-container`",
            ],
        );
        check("environment dev { secert a }", &["unknown node `secert` in `environment`; did you mean `secret`?"]);
        check("app a", &["unknown node `app` in an environment file; `app` belongs in a base file"]);
    }

    #[test]
    fn counts_arguments_by_their_position() {
        let name = "`name` of `port` is the number 80; expected a name; put it in quotes if this is the name: \"80\"";
        check("environment dev { component a { port 80 8080 } }", &[name]);
        check(
            "environment dev { component { replicas #true } }",
            &[
                "`component` needs a name; it is written `component NAME kind=… { … }`",
                "`count` of `replicas` is #true; expected a whole number from 0; ",
            ],
        );
    }

    #[test]
    fn refuses_text_that_cannot_be_meant() {
        check(
            "environment dev namespace='a'",
            &["'a' begins with a single quote, which KDL takes as part of the text; \
               quote text as \"a\"; if the quote is meant, write \"'a'\""],
        );
        check("environment dev namespace=\"'a'\"", &[]);
        check(
            "environment dev namespace=\"a\\u{0}\"",
            &["this text has a NUL character, which no program can be given; remove it"],
        );
    }

    #[test]
    fn refuses_marks_that_mean_nothing() {
        let whole = |mark: &str| {
            format!(
                "`({mark})` on a whole environment, which has nothing below it; \
                 remove the mark; marks belong to the nodes inside"
            )
        };
        for mark in ["add", "remove", "replace"] {
            check(&format!("({mark})environment dev"), &[&whole(mark)]);
        }
        check(
            "environment dev { (add)component a { (add)image b } }",
            &["`(add)` inside a node that is new as a whole; remove the inner mark"],
        );
    }
}
