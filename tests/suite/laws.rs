//! Laws of comparing, over the objects of real projects: pairs of states of the case projects, edited at random.

use crate::support::cases;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::LazyLock;
use todo_gitops::change::{
    Baseline, Comparison, EnvironmentComparison, FieldChange, ObjectChange, Operation, Rename, Review, apply,
    leaf_count,
};
use todo_gitops::object::{Environment, FieldPath, Object, ObjectId, Origins, Segment, leaves, normal_form};
use todo_gitops::source::Sources;
use todo_gitops::{assess, diff, pipeline};

/// The objects of every environment of every state of every case, and of this repository.
static SETS: LazyLock<Vec<Vec<Object>>> = LazyLock::new(|| {
    let template = cases::project_path("tests/cases/project");
    let mut sets = Vec::new();
    let mut add = |folders: &[&std::path::Path]| {
        let compiled = pipeline::compile(&cases::sources(folders), &pipeline::Settings::default());
        sets.extend(compiled.sets.into_iter().map(|it| it.objects));
    };
    add(&[&cases::project_path("")]);
    for case in cases::all("review") {
        let before = case.path.join("before");
        add(&[&before, &template]);
        add(&[&case.path.join("after"), &before, &template]);
    }
    sets
});

/// A random edit: which object, which of its leaves, and its new value; none takes it away.
type Edit = (prop::sample::Index, prop::sample::Index, Option<Value>);

fn an_edit() -> impl Strategy<Value = Edit> {
    let value =
        prop_oneof![any::<u8>().prop_map(|it| json!(it)), "[a-z]{0,3}".prop_map(|it| json!(it)), Just(json!({}))];
    (any::<prop::sample::Index>(), any::<prop::sample::Index>(), prop::option::of(value))
}

/// Edits a leaf that does not name the object.
fn edit(objects: &mut [Object], (object, leaf, value): &Edit) {
    let object = &mut objects[object.index(objects.len())];
    let mut paths = Vec::new();
    leaves(&object.body, &mut |path, _| paths.push(path.clone()));
    paths
        .retain(|it| !["apiVersion", "kind", "metadata.name", "metadata.namespace"].contains(&it.to_string().as_str()));
    if !paths.is_empty() {
        set(&mut object.body, &paths[leaf.index(paths.len())], value.as_ref());
    }
}

fn set(body: &mut Value, path: &FieldPath, value: Option<&Value>) {
    let (last, parent) = path.segments().split_last().unwrap();
    let parent = parent.iter().fold(body, |it, segment| match segment {
        Segment::Field(name) => &mut it[name],
        Segment::Index(index) => &mut it[*index],
    });
    match (last, value) {
        (Segment::Field(name), Some(value)) => parent[name] = value.clone(),
        (Segment::Index(index), Some(value)) => parent[*index] = value.clone(),
        (Segment::Field(name), None) => drop(parent.as_object_mut().unwrap().shift_remove(name)),
        (Segment::Index(index), None) => drop(parent.as_array_mut().unwrap().remove(*index)),
    }
}

/// Applies all changes to the old objects. What takes the place of another is made from that by the fields in which they
/// differ, and by nothing else.
fn applied(before: &[Object], after: &[Object]) -> BTreeMap<ObjectId, Value> {
    let old: BTreeMap<&ObjectId, &Value> = before.iter().map(|it| (&it.id, &it.body)).collect();
    let mut objects: BTreeMap<ObjectId, Value> = before.iter().map(|it| (it.id.clone(), it.body.clone())).collect();
    let changes = diff::objects(before, after);
    for change in changes.changes {
        match change.operation {
            Operation::Create => {
                let body = match changes.renames.iter().find(|it| it.after == change.id) {
                    Some(rename) => apply(old[&rename.before], &rename.fields),
                    None => after.iter().find(|it| it.id == change.id).unwrap().body.clone(),
                };
                objects.insert(change.id, body);
            }
            Operation::Delete => drop(objects.remove(&change.id)),
            Operation::Update => {
                let body = objects.get_mut(&change.id).unwrap();
                *body = apply(body, &change.fields);
            }
        }
    }
    objects
}

/// Gives an object another name, kind or namespace, as people do.
fn rename(objects: &mut Vec<Object>, (object, how, word): &(prop::sample::Index, u8, u8)) {
    let place = object.index(objects.len());
    let object = &mut objects[place];
    let word = ["site", "web", "a", "7f9c4d5b8k"][usize::from(word % 4)];
    let name = object.id.name.clone();
    let stem = name.rsplit_once('-').map_or(name.as_str(), |it| it.0);
    match how % 4 {
        0 => object.body["metadata"]["name"] = json!(format!("{stem}-{word}")),
        1 => object.body["metadata"]["name"] = json!(format!("{name}-{word}")),
        2 => object.body["metadata"]["namespace"] = json!(word),
        _ if object.id.kind == "Deployment" => object.body["kind"] = json!("StatefulSet"),
        _ => {}
    }
    object.id = ObjectId::of(&object.body).unwrap();
    objects.sort_by(|a, b| a.id.cmp(&b.id));
    objects.dedup_by(|a, b| a.id == b.id);
}

/// Two states that differ in any of the ways in which trees do.
fn two_states() -> impl Strategy<Value = (Vec<Object>, Vec<Object>)> {
    let index = any::<prop::sample::Index>;
    let edits = prop::collection::vec(an_edit(), 0..6);
    let names = prop::collection::vec((index(), any::<u8>(), any::<u8>()), 0..6);
    (index(), index(), any::<bool>(), edits, names).prop_map(|(from, to, is_near, edits, names)| {
        let mut before = SETS[from.index(SETS.len())].clone();
        // The other state of a project is close to it, that of another project is far away.
        let mut after = if is_near { before.clone() } else { SETS[to.index(SETS.len())].clone() };
        // Lines of several projects are in several sources.
        after.iter_mut().chain(&mut before).for_each(|it| it.origins = Origins::default());
        for it in &edits {
            edit(&mut after, it);
        }
        for it in &names {
            rename(&mut after, it);
        }
        (before, after)
    })
}

/// Reviews two states of one environment.
fn review(before: &[Object], after: &[Object]) -> Review {
    let environment = Environment::undeclared("production");
    let comparison = EnvironmentComparison {
        environment_before: None,
        environment: &environment,
        before: Some(before),
        after: Some(after),
        changes: diff::objects(before, after),
    };
    let sources = Sources::default();
    assess::review(&Comparison {
        drifts: Vec::new(),
        hidden: todo_gitops::change::Hidden::default(),
        app: "shop",
        baseline: Baseline::Commit { id: "0123".to_owned(), chosen: "HEAD".to_owned() },
        head: "working tree",
        environments: vec![comparison],
        verdicts: Vec::new(),
        waived: Vec::new(),
        sources: &sources,
        baseline_sources: None,
    })
}

proptest! {
    #[test]
    fn applying_the_reported_changes_gives_the_new_tree((before, after) in two_states()) {
        let reached = applied(&before, &after);
        prop_assert!(reached.keys().eq(after.iter().map(|it| &it.id)));
        for object in &after {
            let reached = &reached[&object.id];
            prop_assert!(normal_form::same(reached, &object.body), "{}\n{reached:#}\n{:#}", object.id, object.body);
        }
    }

    #[test]
    fn the_way_back_pairs_the_same_objects((before, after) in two_states()) {
        let pairs = |before: &[Object], after: &[Object]| diff::objects(before, after).renames;
        let mut there: Vec<_> = pairs(&before, &after).into_iter().map(|it| (it.before, it.after, it.fields.len())).collect();
        let mut back: Vec<_> = pairs(&after, &before).into_iter().map(|it| (it.after, it.before, it.fields.len())).collect();
        there.sort();
        back.sort();
        prop_assert_eq!(there, back);
    }

    #[test]
    fn the_accounts_of_a_review_add_up((before, after) in two_states()) {
        let told = review(&before, &after).accounting;
        prop_assert_eq!(told.fields, told.shown + told.folded + told.omitted, "{:?}", told);
        let changes = diff::objects(&before, &after);
        let leaves = |it: &[FieldChange]| it.iter().map(leaf_count).sum::<usize>();
        let of_change = |it: &ObjectChange| if it.operation == Operation::Update { leaves(&it.fields) } else { 1 };
        let of_changes = changes.changes.iter().map(of_change);
        let of_renames = changes.renames.iter().flat_map(Rename::content).map(leaf_count);
        prop_assert_eq!(told.fields, of_changes.chain(of_renames).sum::<usize>());
    }

    #[test]
    fn a_tree_does_not_differ_from_itself(of in any::<prop::sample::Index>()) {
        let objects = &SETS[of.index(SETS.len())];
        let changes = diff::objects(objects, objects);
        prop_assert!(changes.changes.is_empty() && changes.renames.is_empty());
    }
}
