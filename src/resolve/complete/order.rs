//! The order in which the GitOps controller changes the components: `after`, and Jobs that run before a rollout.
//!
//! Argo CD applies a folder in waves, and waits for each to be healthy before the next
//! (<https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/>); a component's turn is one more than the last of
//! those it comes after. Flux applies a folder at once
//! (<https://fluxcd.io/flux/components/kustomize/kustomizations/#dependencies>), so it keeps no order within one.

use super::{Context, DEPENDENCY_CYCLE, MISSING_SETTING, ORDER_NOT_KEPT, UNKNOWN_COMPONENT};
use crate::diagnostic::Diagnostic;
use crate::object::GitopsFacts;
use crate::source::{Origin, Traced};
use crate::spec::{Component, Node, Workload};
use std::collections::{BTreeMap, BTreeSet};

/// Which components each comes after, and the lines that say so.
type Edges = BTreeMap<String, BTreeMap<String, Origin>>;

/// Gives every component its turn.
pub(super) fn assign(
    app: &Node,
    components: &mut [Component],
    gitops: Option<&Traced<GitopsFacts>>,
    context: &mut Context<'_>,
) {
    let mut edges = declared(app, context);
    let jobs: Vec<(String, Origin)> = components.iter().filter_map(before_rollout).collect();
    let first = edges.values().flat_map(BTreeMap::values).chain(jobs.iter().map(|(_, origin)| origin)).next();
    let Some(first) = first.cloned() else { return };
    match gitops.map(|it| it.value) {
        None => {
            let message = "an order needs a GitOps controller that keeps it, and the spec names none";
            let diagnostic = Diagnostic::new(MISSING_SETTING, message).at_some(first.span, "the order");
            context.diagnostics.push(diagnostic.help("add `gitops argo-cd` to the app or to the environment"));
            return;
        }
        Some(GitopsFacts::Flux { .. }) => {
            let message = "Flux applies all objects of a folder at once, so it does not keep this order";
            let diagnostic = Diagnostic::new(ORDER_NOT_KEPT, message).at_some(first.span, "the order");
            let place = gitops.and_then(|it| it.origin.span);
            context.diagnostics.push(
                diagnostic
                    .at_some(place, "the controller is named here")
                    .help("make the components wait for each other, or render them to two folders with `dependsOn`"),
            );
            return;
        }
        Some(GitopsFacts::ArgoCd { .. }) => {}
    }
    if report_cycle(&edges, context) {
        return;
    }
    let before: BTreeSet<String> =
        jobs.iter().flat_map(|(name, _)| ancestors(name, &edges).into_iter().chain([name.clone()])).collect();
    for component in components.iter().filter(|it| !before.contains(&it.name.value)) {
        let of_component = edges.entry(component.name.value.clone()).or_default();
        for (job, origin) in &jobs {
            of_component.entry(job.clone()).or_insert_with(|| origin.clone());
        }
    }
    let mut waves = BTreeMap::new();
    for component in components {
        let wave = wave(&component.name.value, &edges, &mut waves);
        component.wave = wave.filter(|it| it.value > 0);
    }
}

/// Returns the name of a Job that runs before a rollout, and the line that says so.
fn before_rollout(component: &Component) -> Option<(String, Origin)> {
    let Workload::Job(job) = &component.workload else { return None };
    let run = job.before_rollout.as_ref()?;
    Some((component.name.value.clone(), run.origin.clone()))
}

/// Reads every `after`, and reports those that name no component.
fn declared(app: &Node, context: &mut Context<'_>) -> Edges {
    let known: Vec<String> = app.children_named("component").filter_map(|it| it.identity().1).collect();
    let mut edges = Edges::new();
    for component in app.children_named("component") {
        let of_component = edges.entry(component.identity().1.unwrap_or_default()).or_default();
        for entry in component.child("after").map(|it| it.arguments.as_slice()).unwrap_or_default() {
            let name = entry.text().value;
            if known.contains(&name) {
                of_component.insert(name, entry.origin.clone());
                continue;
            }
            let message = format!("there is no component `{name}` to come after");
            let diagnostic = Diagnostic::new(UNKNOWN_COMPONENT, message).at_some(entry.span(), "");
            context.diagnostics.push(
                diagnostic
                    .suggest(&name, known.iter().map(String::as_str))
                    .help(format!("the components are {}", known.join(", "))),
            );
        }
    }
    edges
}

/// Returns everything that a component comes after, near and far.
fn ancestors(name: &str, edges: &Edges) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut waiting = vec![name.to_owned()];
    while let Some(next) = waiting.pop() {
        for before in edges.get(&next).into_iter().flat_map(BTreeMap::keys) {
            if found.insert(before.clone()) {
                waiting.push(before.clone());
            }
        }
    }
    found
}

/// Reports components that come after themselves, once for each circle, and returns whether there are any.
fn report_cycle(edges: &Edges, context: &mut Context<'_>) -> bool {
    let circular: Vec<&String> = edges.keys().filter(|it| ancestors(it, edges).contains(*it)).collect();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for name in &circular {
        if seen.contains(*name) {
            continue;
        }
        let circle: Vec<&String> = circular
            .iter()
            .copied()
            .filter(|it| ancestors(it, edges).contains(*name) && ancestors(name, edges).contains(*it))
            .collect();
        seen.extend(circle.iter().map(|it| (*it).clone()));
        let message = match circle.as_slice() {
            [only] => format!("component `{only}` comes after itself"),
            several => {
                let names: Vec<String> = several.iter().map(|it| format!("`{it}`")).collect();
                format!("components {} come after each other", names.join(", "))
            }
        };
        let mut diagnostic = Diagnostic::new(DEPENDENCY_CYCLE, message);
        for member in &circle {
            let lines = edges.get(*member).into_iter().flatten().filter(|(before, _)| circle.contains(before));
            for (before, origin) in lines {
                diagnostic = diagnostic.at_some(origin.span, format!("`{member}` comes after `{before}`"));
            }
        }
        context.diagnostics.push(diagnostic.help("take one of the names out of its `after`"));
    }
    !circular.is_empty()
}

/// Returns the turn of a component, from 0, and the line it follows from; none for the first. There are no circles.
fn wave(name: &str, edges: &Edges, known: &mut BTreeMap<String, i64>) -> Option<Traced<i64>> {
    let mut last: Option<Traced<i64>> = None;
    for (before, origin) in edges.get(name).into_iter().flatten() {
        let of_before = match known.get(before) {
            Some(wave) => *wave,
            None => wave(before, edges, known).map_or(0, |it| it.value),
        };
        if last.as_ref().is_none_or(|it| it.value <= of_before) {
            last = Some(Traced::new(of_before + 1, origin.clone()));
        }
    }
    known.insert(name.to_owned(), last.as_ref().map_or(0, |it| it.value));
    last
}
