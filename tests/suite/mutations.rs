//! Every value of every example, spoilt in turn: nothing panics, and what is neither refused nor warned of is accounted
//! for in `mutations.txt`, with the reason why it may pass.
//!
//! A value is spoilt in up to three ways: by one of another type, by a name that there is not, and by a number that is
//! out of any range. Every name of a node and of a property is misspelt. `BLESS=1` adds what is new to the end of the
//! file, for a person to give it a reason.

use crate::examples::{self, Example};
use crate::support::cases;
use crate::support::golden::is_blessing;
use kdl::{KdlDocument, KdlEntry, KdlNode, KdlValue};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::Range;
use todo_gitops::pipeline::{self, Settings};
use todo_gitops::source::Sources;
use todo_gitops::spec::grammar::{BASE_FILE, ENVIRONMENT_FILE, NodeRule};
use todo_gitops::tree::ManifestTree;

/// The account: a reason, and below it what passes because of it.
const ACCOUNT: &str = "tests/suite/mutations.txt";

/// What `BLESS=1` puts in place of a reason.
const NO_REASON: &str = "# Without a reason yet";

/// One way to spoil a file.
struct Mutation {
    /// What is spoilt and how: `component/image tag: another name`.
    what: String,
    /// The file's name.
    file: String,
    /// The text that is replaced.
    place: Range<usize>,
    /// The text in its place.
    text: String,
}

#[test]
fn a_spoilt_value_is_refused_or_accounted_for() {
    let projects: Vec<Project> = examples::all().iter().map(Project::of).collect();
    let work: Vec<(&Project, Mutation)> =
        projects.iter().flat_map(|it| it.mutations().into_iter().map(move |mutation| (it, mutation))).collect();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let passed: BTreeSet<String> = std::thread::scope(|scope| {
        let share = work.len().div_ceil(threads);
        let run = |share: &[(&Project, Mutation)]| -> Vec<String> {
            share.iter().filter_map(|(project, mutation)| project.passing(mutation)).collect()
        };
        let runs: Vec<_> = work.chunks(share).map(|it| scope.spawn(move || run(it))).collect();
        runs.into_iter().flat_map(|it| it.join().expect("no mutation panics")).collect()
    });
    let path = cases::project_path(ACCOUNT);
    let account = fs::read_to_string(&path).unwrap_or_default();
    let known = reasons(&account);
    let unknown: Vec<&String> = passed.iter().filter(|it| !known.contains_key(it.as_str())).collect();
    let stale: Vec<&str> = known.keys().copied().filter(|it| !passed.contains(*it)).collect();
    if is_blessing() && !(unknown.is_empty() && stale.is_empty()) {
        let kept = account.lines().filter(|it| !stale.contains(it)).map(str::to_owned);
        let new = unknown.iter().map(|it| (*it).clone());
        let lines: Vec<String> = kept.chain([String::new(), NO_REASON.to_owned()]).chain(new).collect();
        fs::write(&path, lines.join("\n") + "\n").unwrap();
        return;
    }
    assert!(unknown.is_empty(), "these pass, and {ACCOUNT} has no reason for it (BLESS=1 adds them):\n{unknown:#?}");
    assert!(stale.is_empty(), "these are in {ACCOUNT} and do not pass any more:\n{stale:#?}");
    assert!(!account.contains(NO_REASON), "{ACCOUNT} has lines without a reason");
}

/// Reads the account: each line with its reason.
fn reasons(account: &str) -> BTreeMap<&str, &str> {
    let mut reason = "";
    let mut known = BTreeMap::new();
    for line in account.lines().filter(|it| !it.is_empty()) {
        if line.starts_with('#') {
            reason = line;
        } else {
            known.insert(line, reason);
        }
    }
    known
}

/// An example, and what it compiles to.
struct Project {
    /// All its files: the spec, and what lies beside it.
    sources: Sources,
    tree: ManifestTree,
}

impl Project {
    fn of(example: &Example) -> Self {
        let sources = cases::sources(&[&example.path]);
        let tree = pipeline::compile(&sources, &Settings::default()).tree();
        Self { sources, tree }
    }

    /// Returns every way to spoil it.
    fn mutations(&self) -> Vec<Mutation> {
        let mut mutations = Vec::new();
        for (_, file) in self.sources.iter() {
            let Ok(document) = file.text.parse::<KdlDocument>() else { continue };
            let rule = if file.name.starts_with("base/") { &BASE_FILE } else { &ENVIRONMENT_FILE };
            let from = mutations.len();
            collect(&document, rule, "", &file.text, &mut mutations);
            mutations[from..].iter_mut().for_each(|it| it.file.clone_from(&file.name));
        }
        mutations
    }

    /// Spoils it, and returns what the compiler lets pass.
    fn passing(&self, mutation: &Mutation) -> Option<String> {
        let spoilt = |name: &str, text: &str| {
            let mut text = text.to_owned();
            if name == mutation.file {
                text.replace_range(mutation.place.clone(), &mutation.text);
            }
            (name.to_owned(), text)
        };
        let spec: Vec<_> = self.sources.iter().map(|(_, it)| spoilt(&it.name, &it.text)).collect();
        let beside: Vec<_> = self.sources.files().map(|(_, it)| (it.name.clone(), Ok(it.text.clone()))).collect();
        let sources = Sources::new(spec).with_files(beside);
        let compiled = pipeline::compile(&sources, &Settings::default());
        let changed = if compiled.tree() == self.tree { "changes nothing" } else { "is rendered" };
        compiled.diagnostics.is_empty().then(|| format!("{}: {changed}", mutation.what))
    }
}

fn collect(document: &KdlDocument, parent: &NodeRule, path: &str, text: &str, mutations: &mut Vec<Mutation>) {
    for node in document.nodes() {
        let Some(rule) = parent.child(node.name().value()) else { continue };
        let path = if path.is_empty() { rule.name.to_owned() } else { format!("{path}/{}", rule.name) };
        let span = node.name().span();
        let end = span.offset() + span.len();
        // Before a closing quote, if there is one.
        let end = if text[..end].ends_with('"') { end - 1 } else { end };
        mutations.push(Mutation {
            what: format!("{path}: misspelt"),
            file: String::new(),
            place: end..end,
            text: "x".to_owned(),
        });
        entries(node, rule, &path, text, mutations);
        if let Some(children) = node.children() {
            collect(children, rule, &path, text, mutations);
        }
    }
}

fn entries(node: &KdlNode, rule: &NodeRule, path: &str, text: &str, mutations: &mut Vec<Mutation>) {
    let mut index = 0;
    for entry in node.entries() {
        let place = value_place(entry, text);
        let slot = if let Some(name) = entry.name() {
            let end = place.start - 1;
            let what = format!("{path} {}=: misspelt", name.value());
            mutations.push(Mutation { what, file: String::new(), place: end..end, text: "x".to_owned() });
            format!("{}=", name.value())
        } else {
            index += 1;
            rule.argument(index - 1).map_or("argument", |it| it.name).to_owned()
        };
        for (how, text) in spoilt(entry.value()) {
            mutations.push(Mutation {
                what: format!("{path} {slot}: {how}"),
                file: String::new(),
                place: place.clone(),
                text,
            });
        }
    }
}

/// Returns where an entry's value stands, without the property's name.
fn value_place(entry: &KdlEntry, text: &str) -> Range<usize> {
    let span = entry.span();
    let (start, end) = (span.offset(), span.offset() + span.len());
    let start = if entry.name().is_some() { start + text[start..end].find('=').unwrap() + 1 } else { start };
    start..end
}

/// Returns other values: of another type, of another name, out of range.
fn spoilt(value: &KdlValue) -> Vec<(&'static str, String)> {
    match value {
        KdlValue::String(text) => {
            let mut ways = vec![("a flag", "#true".to_owned()), ("another name", format!("{:?}", format!("{text}zz")))];
            if text.starts_with(|it: char| it.is_ascii_digit()) {
                ways.push(("below zero", format!("{:?}", format!("-{text}"))));
            }
            ways
        }
        KdlValue::Integer(_) | KdlValue::Float(_) => vec![
            ("a text", "\"many\"".to_owned()),
            ("below zero", "-1".to_owned()),
            ("beyond all", "99999999999999999999".to_owned()),
        ],
        KdlValue::Bool(flag) => vec![("a text", "\"yes\"".to_owned()), ("the opposite", format!("#{}", !flag))],
        KdlValue::Null => Vec::new(),
    }
}
