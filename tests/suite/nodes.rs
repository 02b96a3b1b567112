//! Every node of the language, and every value of it, stands in `examples/every-node`, is rendered and is explained.
//!
//! What there is to show comes from the grammar's table, so that nothing new can be forgotten. A node or a value is
//! rendered where the tree is another one without it, or with another value. It is explained where some field of an
//! object has it as its origin, so that `explain` shows the line. What has no such effect stands in [`OTHERWISE`]
//! with the reason.

use crate::support::cases::{project_path, sources};
use crate::support::grammar::{every_node, key};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use todo_gitops::object::leaves;
use todo_gitops::source::{FileId, Sources, Span};
use todo_gitops::spec::grammar::{BASE_FILE, ENVIRONMENT_FILE, Kind, Need, NodeRule, Slot};
use todo_gitops::spec::{Literal, Node, Part};
use todo_gitops::{lower, parse, patch, resolve};

const EXAMPLE: &str = "examples/every-node";

/// What cannot be shown in the ordinary way: how it is instead, and why.
const OTHERWISE: &[(&[&str], Instead, &str)] = &[
    (
        &[
            "files/KEY from=",
            "manifest from=",
            "sealed from=",
            "volume empty-dir=",
            "volume/projected",
            "probe grpc=",
            "probe tcp=",
        ],
        Instead::Refused,
        "says where the content is; there is none without it",
    ),
    (
        &[
            "environment <name>",
            "layer <name>",
            "layer extends=",
            "environment file/environment",
            "environment file/layer",
        ],
        Instead::Refused,
        "is also the name of a file",
    ),
    (&["environment create-namespace="], Instead::Refused, "`pod-security` is for a namespace that we make"),
    (
        &["component/waive <rule>", "environment/waive <rule>"],
        Instead::Refused,
        "is the name of a house rule, and no other is broken there",
    ),
    (
        &[
            "app/policy",
            "policy/KEY",
            "policy/KEY <level>",
            "app/waive",
            "component/waive",
            "component/waive reason=",
            "component/waive until=",
            "environment/waive object=",
            "environment/waive reason=",
            "environment/waive until=",
            "environment protected=",
            "layer protected=",
        ],
        Instead::Silent,
        "decides what is said, not what is rendered",
    ),
    (&["config/KEY type=", "replicas max=", "replicas min="], Instead::Silent, "bounds what may be said elsewhere"),
    (&["app/external", "external <object>", "external/keys"], Instead::Silent, "is about what exists without us"),
    (
        &[
            "capacity cpu=",
            "capacity memory=",
            "capacity/reserve",
            "cluster kubernetes=",
            "cluster/capacity",
            "reserve cpu=",
            "reserve memory=",
            "storage-class default=",
            "storage-class expandable=",
        ],
        Instead::Silent,
        "is about the cluster, and objects and changes are held against it",
    ),
    (
        &["gitops force=", "gitops prune-last=", "gitops prune="],
        Instead::Silent,
        "decides what the review of a change says",
    ),
    (
        &[
            "manifest <name>",
            "node-affinity <name>",
            "pod-affinity <name>",
            "pod-anti-affinity <name>",
            "sealed <name>",
        ],
        Instead::Silent,
        "is what overlays call it",
    ),
    (&["volume reason="], Instead::Silent, "is for the reader"),
    (&["app/sealed"], Instead::Unexplained, "its fields have the lines of the file"),
    (
        &["app/manifest", "manifest scope="],
        Instead::Unexplained,
        "the fields have the lines of the YAML file, or of what names the cluster",
    ),
    (
        &["base/cluster", "cluster <name>", "cluster/pod-network", "pod-network <range>", "capacity target="],
        Instead::Unexplained,
        "the fields have the line of the `allow` that says `outside`",
    ),
    (
        &["cluster/storage-class", "storage-class <name>", "storage-class reclaim="],
        Instead::Unexplained,
        "what names the class, and what says the same word, has a line of its own",
    ),
    (&["gitops <controller>"], Instead::Refused, "the other controller has not the settings beside it"),
    (&["patch <object>"], Instead::Refused, "another object has not what is patched"),
];

/// How something is where it is not both rendered and explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Instead {
    /// Without it, and with any other value, the project is refused.
    Refused,
    /// It is rendered to nothing.
    Silent,
    /// It is rendered, and no field has its line as the origin.
    Unexplained,
}

/// Something that the language has: a node in another, or a value of a node.
#[derive(Clone, Copy)]
enum Place {
    Node { parent: &'static NodeRule, rule: &'static NodeRule },
    Argument { rule: &'static NodeRule, slot: &'static str },
    Property { rule: &'static NodeRule, slot: &'static str },
}

/// What the example shows of one place.
#[derive(Clone, Copy, Default)]
struct Shown {
    used: bool,
    effect: Effect,
    explained: bool,
}

/// What comes of taking a place out, or of another value there.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Effect {
    /// The same objects.
    #[default]
    None,
    /// An environment that does not compile, whatever stands there instead.
    Refusal,
    /// Other objects.
    OtherObjects,
}

#[test]
fn every_node_is_used_rendered_and_explained() {
    let project = Project::read();
    let language = language();
    let names: Vec<&String> = language.keys().collect();
    let share = names.len().div_ceil(8);
    let shown: BTreeMap<&String, Shown> = std::thread::scope(|scope| {
        let show = |part: &[&String]| part.iter().map(|it| project.show(&language[*it])).collect::<Vec<_>>();
        let runs: Vec<_> = names.chunks(share).map(|it| (it, scope.spawn(move || show(it)))).collect();
        runs.into_iter().flat_map(|(names, run)| names.iter().copied().zip(run.join().unwrap())).collect()
    });
    let mut wrong = String::new();
    for (name, shown) in &shown {
        let found = match shown {
            Shown { used: false, .. } => {
                writeln!(wrong, "{name}: is not used").unwrap();
                continue;
            }
            Shown { effect: Effect::OtherObjects, explained: true, .. } => None,
            Shown { effect: Effect::OtherObjects, .. } => Some(Instead::Unexplained),
            Shown { effect: Effect::Refusal, .. } => Some(Instead::Refused),
            Shown { effect: Effect::None, .. } => Some(Instead::Silent),
        };
        let listed = OTHERWISE.iter().find(|it| it.0.contains(&name.as_str())).map(|it| it.1);
        if found != listed {
            writeln!(wrong, "{name}: is {found:?}, and listed as {listed:?}").unwrap();
        }
    }
    for name in OTHERWISE.iter().flat_map(|it| it.0).filter(|it| !language.contains_key(**it)) {
        writeln!(wrong, "{name}: is listed, and not in the language").unwrap();
    }
    assert!(wrong.is_empty(), "in {EXAMPLE}:\n{wrong}");
}

/// Returns all there is to show, each place with its name; several places of one name count as one where the same rule
/// stands in each.
fn language() -> BTreeMap<String, Vec<Place>> {
    let mut places: BTreeMap<String, Vec<Place>> = BTreeMap::new();
    let known = every_node();
    for (parent, rule) in parents() {
        let name = format!("{}/{}", group(parent), rule.name);
        places.entry(name).or_default().push(Place::Node { parent, rule });
    }
    for node in known {
        let several = every_node().iter().filter(|it| it.rule.name == node.rule.name).count() > 1;
        let first = node.parents.first().copied().unwrap_or_default();
        let name = if several { format!("{first}/{}", node.rule.name) } else { node.rule.name.to_owned() };
        let rule = node.rule;
        for slot in node.rule.arguments {
            places.insert(format!("{name} <{}>", slot.name), vec![Place::Argument { rule, slot: slot.name }]);
        }
        for slot in node.rule.properties {
            places.insert(format!("{name} {}=", slot.name), vec![Place::Property { rule, slot: slot.name }]);
        }
    }
    places
}

/// Returns each rule with each that it stands in.
fn parents() -> Vec<(&'static NodeRule, &'static NodeRule)> {
    let nodes: Vec<&'static NodeRule> = every_node().iter().map(|it| it.rule).collect();
    let parents = [&BASE_FILE, &ENVIRONMENT_FILE].into_iter().chain(nodes);
    parents.flat_map(|parent| parent.children.iter().map(move |child| (parent, *child))).collect()
}

/// An environment and a layer hold what the app holds.
fn group(parent: &NodeRule) -> &'static str {
    if ["environment", "layer"].contains(&parent.name) { "app" } else { parent.name }
}

/// The example as it was read, and what it compiles to.
struct Project {
    sources: Sources,
    parts: Vec<Part>,
    /// The objects of each environment, by its name.
    whole: Vec<(String, Vec<String>)>,
    /// The lines from which the values of all fields come.
    origins: BTreeSet<(FileId, u32)>,
}

/// The way to a node: the part, and which child at each step.
type Path = Vec<usize>;

impl Project {
    fn read() -> Self {
        let sources = sources(&[&project_path(EXAMPLE)]);
        let (parts, diagnostics) = parse::project(&sources);
        assert!(diagnostics.is_empty(), "{diagnostics:#?}");
        let mut origins = BTreeSet::new();
        for spec in &resolve::project(&parts, &sources).specs {
            for object in patch::objects(lower::objects(spec), &spec.patches).0.objects {
                leaves(&object.body, &mut |path, _| {
                    let origin = object.origin(path);
                    let spans = origin.iter().flat_map(|it| it.span.iter().chain(&it.overrides));
                    origins.extend(spans.map(|it| line(&sources, *it)));
                });
            }
        }
        let environments = parts.iter().flat_map(|it| &it.nodes).filter(|it| it.rule.name == "environment");
        let names = environments.map(|it| it.arguments[0].text().value);
        let whole =
            names.map(|it| (it.clone(), bodies(&parts, &sources, &it).expect("the example compiles"))).collect();
        Self { sources, parts, whole, origins }
    }

    /// Looks what the example shows of a place, at each node that stands there.
    fn show(&self, places: &[Place]) -> Shown {
        let mut shown = Shown::default();
        for (path, place) in self.occurrences(places) {
            shown.used = true;
            shown.explained = shown.explained || self.is_explained(&path, place);
            for (environment, whole) in self.whole.iter().filter(|it| self.is_for(&path, &it.0)) {
                if shown.effect == Effect::OtherObjects {
                    break;
                }
                let mut compiled =
                    self.edits(&path, place).filter_map(|it| bodies(&it, &self.sources, environment)).peekable();
                if compiled.peek().is_none() {
                    shown.effect = Effect::Refusal;
                } else if compiled.any(|it| it != *whole) {
                    shown.effect = Effect::OtherObjects;
                }
            }
            if shown.effect == Effect::OtherObjects && shown.explained {
                break;
            }
        }
        shown
    }

    fn occurrences(&self, places: &[Place]) -> Vec<(Path, Place)> {
        let mut found = Vec::new();
        for (index, part) in self.parts.iter().enumerate() {
            for (child, node) in part.nodes.iter().enumerate() {
                let is_base = BASE_FILE.children.iter().any(|it| key(it) == key(node.rule));
                let parent = if is_base { &BASE_FILE } else { &ENVIRONMENT_FILE };
                occurrences(node, parent, &mut vec![index, child], places, &mut found);
            }
        }
        found
    }

    fn node(&self, path: &[usize]) -> &Node {
        let first = &self.parts[path[0]].nodes[path[1]];
        path[2..].iter().fold(first, |node, index| &node.children[*index])
    }

    /// True for a node that an environment is made of: it is not in the file of another one.
    fn is_for(&self, path: &[usize], environment: &str) -> bool {
        let own = self.sources.file(self.parts[path[0]].file).environment();
        own.is_none_or(|own| own == environment || !self.whole.iter().any(|(name, _)| name == own))
    }

    /// True where a field has the place as its origin; for a node, anything that it holds.
    fn is_explained(&self, path: &[usize], place: Place) -> bool {
        fn spans(node: &Node) -> Vec<Span> {
            let entries = node.arguments.iter().chain(node.properties.values()).filter_map(|it| it.origin.span);
            let own = entries.chain(std::iter::once(node.name.span));
            own.chain(node.children.iter().flat_map(spans)).collect()
        }
        let node = self.node(path);
        let spans = match place {
            Place::Node { .. } => spans(node),
            Place::Argument { slot, .. } => {
                let at = |index: &usize| node.rule.argument(*index).is_some_and(|it| it.name == slot);
                let indexes = (0..node.arguments.len()).filter(at);
                indexes.filter_map(|it| node.arguments[it].origin.span).collect()
            }
            Place::Property { slot, .. } => node.properties[slot].origin.span.into_iter().collect(),
        };
        spans.iter().any(|it| self.origins.contains(&line(&self.sources, *it)))
    }

    /// Returns the example without a place, and then with other values there.
    fn edits<'a>(&'a self, path: &'a [usize], place: Place) -> Box<dyn Iterator<Item = Vec<Part>> + 'a> {
        let node = self.node(path);
        match place {
            Place::Node { .. } => {
                let (last, above) = path.split_last().unwrap();
                let mut parts = self.parts.clone();
                siblings(&mut parts, above).remove(*last);
                let renamed = (0..node.arguments.len().min(1)).flat_map(move |index| self.argument(path, index));
                Box::new(std::iter::once(parts).chain(renamed))
            }
            Place::Argument { slot, .. } => {
                let at = move |index: &usize| node.rule.argument(*index).is_some_and(|it| it.name == slot);
                Box::new((0..node.arguments.len()).filter(at).flat_map(move |index| self.argument(path, index)))
            }
            Place::Property { slot, .. } => {
                let rule = node.rule.property(slot).unwrap();
                let without = (rule.need == Need::Optional).then(|| {
                    let mut parts = self.parts.clone();
                    at(&mut parts, path).properties.remove(slot);
                    parts
                });
                let others = Self::others(rule, &node.properties[slot].value);
                Box::new(
                    without
                        .into_iter()
                        .chain(others.into_iter().map(move |other| {
                            let mut parts = self.parts.clone();
                            at(&mut parts, path).properties.get_mut(slot).unwrap().value = other;
                            parts
                        }))
                        .chain(self.everywhere(&node.properties[slot].value)),
                )
            }
        }
    }

    /// Returns the example with other values in place of an argument.
    fn argument<'a>(&'a self, path: &'a [usize], index: usize) -> impl Iterator<Item = Vec<Part>> + 'a {
        let node = self.node(path);
        let rule = node.rule.argument(index).unwrap();
        Self::others(rule, &node.arguments[index].value)
            .into_iter()
            .map(move |other| {
                let mut parts = self.parts.clone();
                at(&mut parts, path).arguments[index].value = other;
                parts
            })
            .chain(self.everywhere(&node.arguments[index].value))
    }

    /// Returns the example with another name for what a text names, there and wherever else it stands.
    fn everywhere(&self, value: &Literal) -> Option<Vec<Part>> {
        let Literal::Text(text) = value else { return None };
        let new = Literal::Text(format!("{text}x"));
        let mut parts = self.parts.clone();
        parts.iter_mut().flat_map(|it| &mut it.nodes).for_each(|it| rename(it, value, &new));
        Some(parts)
    }

    /// Returns values that a slot may have instead of its own.
    fn others(slot: &Slot, value: &Literal) -> Vec<Literal> {
        let text = |it: &str| Literal::Text(it.to_owned());
        let mut others: Vec<Literal> = match slot.kind {
            Kind::Choice(words) => words.iter().map(|it| text(it)).collect(),
            Kind::Flag => vec![Literal::Flag(*value != Literal::Flag(true))],
            Kind::Value | Kind::Text | Kind::Path | Kind::Name | Kind::Sentence | Kind::Any => {
                value.as_text().map(|it| Literal::Text(it + "x")).into_iter().collect()
            }
            Kind::Integer(..) | Kind::Count | Kind::Mode => {
                ["0o404", "1", "2", "3", "8081", "700"].map(number).to_vec()
            }
            Kind::Quantity => ["3", "150Mi", "15Gi"].map(text).to_vec(),
            Kind::Percent => vec![text("42%")],
            Kind::Version => vec![text("1.35")],
            Kind::Range => vec![text("198.51.100.0/25")],
            Kind::Duration => vec![text("7m")],
            Kind::Object => vec![text("ConfigMap/other")],
            Kind::Date => vec![text("2098-12-31")],
        };
        others.retain(|it| it != value && slot.kind.check(it).is_ok());
        others
    }
}

/// Compiles parts to the objects of one environment; none where something is wrong.
fn bodies(parts: &[Part], sources: &Sources, environment: &str) -> Option<Vec<String>> {
    let is_kept = |it: &&Part| {
        let is_environment = it.nodes.iter().any(|node| node.rule.name == "environment");
        !is_environment || sources.file(it.file).environment() == Some(environment)
    };
    let parts: Vec<Part> = parts.iter().filter(is_kept).cloned().collect();
    let project = resolve::project(&parts, sources);
    if project.diagnostics.iter().any(todo_gitops::diagnostic::Diagnostic::is_error) {
        return None;
    }
    let mut bodies = Vec::new();
    for spec in &project.specs {
        let (set, found) = patch::objects(lower::objects(spec), &spec.patches);
        if found.iter().any(todo_gitops::diagnostic::Diagnostic::is_error) {
            return None;
        }
        bodies.extend(set.objects.iter().map(|it| it.body.to_string()));
    }
    Some(bodies)
}

fn occurrences(node: &Node, parent: &NodeRule, path: &mut Path, places: &[Place], found: &mut Vec<(Path, Place)>) {
    for place in places {
        let stands = match place {
            Place::Node { parent: above, rule } => std::ptr::eq(parent, *above) && std::ptr::eq(node.rule, *rule),
            Place::Argument { rule, slot } => {
                let at = |index| node.rule.argument(index).is_some_and(|it| it.name == *slot);
                std::ptr::eq(node.rule, *rule) && (0..node.arguments.len()).any(at)
            }
            Place::Property { rule, slot } => std::ptr::eq(node.rule, *rule) && node.properties.contains_key(slot),
        };
        if stands {
            found.push((path.clone(), *place));
        }
    }
    for (index, child) in node.children.iter().enumerate() {
        path.push(index);
        occurrences(child, node.rule, path, places, found);
        path.pop();
    }
}

fn siblings<'a>(parts: &'a mut [Part], above: &[usize]) -> &'a mut Vec<Node> {
    let first = &mut parts[above[0]].nodes;
    above[1..].iter().fold(first, |nodes, index| &mut nodes[*index].children)
}

fn at<'a>(parts: &'a mut [Part], path: &[usize]) -> &'a mut Node {
    let (last, above) = path.split_last().unwrap();
    &mut siblings(parts, above)[*last]
}

/// Renames something wherever its name stands.
fn rename(node: &mut Node, old: &Literal, new: &Literal) {
    for entry in node.arguments.iter_mut().chain(node.properties.values_mut()).filter(|it| it.value == *old) {
        entry.value = new.clone();
    }
    node.children.iter_mut().for_each(|it| rename(it, old, new));
}

fn line(sources: &Sources, span: Span) -> (FileId, u32) {
    (span.file, sources.location(span).line)
}

fn number(spelling: &str) -> Literal {
    let digits = spelling.strip_prefix("0o");
    let value = digits.map_or_else(|| spelling.parse(), |it| i128::from_str_radix(it, 8)).unwrap();
    Literal::Integer { value, spelling: spelling.to_owned() }
}
