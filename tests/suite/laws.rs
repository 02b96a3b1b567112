//! Laws of comparing, over the objects of real projects: pairs of states of the case projects, edited at random.

use crate::support::cases;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::LazyLock;
use todo_gitops::change::{Operation, apply};
use todo_gitops::object::{FieldPath, Object, ObjectId, Segment, leaves, normal_form};
use todo_gitops::{diff, pipeline};

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

/// Applies all changes to the old objects.
fn applied(before: &[Object], after: &[Object]) -> BTreeMap<ObjectId, Value> {
    let mut objects: BTreeMap<ObjectId, Value> = before.iter().map(|it| (it.id.clone(), it.body.clone())).collect();
    for change in diff::objects(before, after).changes {
        match change.operation {
            Operation::Create => {
                let new = after.iter().find(|it| it.id == change.id).unwrap();
                objects.insert(change.id, new.body.clone());
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

proptest! {
    #[test]
    fn applying_the_reported_changes_gives_the_new_tree(
        from in any::<prop::sample::Index>(),
        to in any::<prop::sample::Index>(),
        edits in prop::collection::vec(an_edit(), 0..6),
    ) {
        let before = SETS[from.index(SETS.len())].clone();
        // The other state of a project is close to it, that of another project is far away.
        let mut after = SETS[to.index(SETS.len())].clone();
        for it in &edits {
            edit(&mut after, it);
        }
        let reached = applied(&before, &after);
        prop_assert!(reached.keys().eq(after.iter().map(|it| &it.id)));
        for object in &after {
            let reached = &reached[&object.id];
            prop_assert!(normal_form::same(reached, &object.body), "{}\n{reached:#}\n{:#}", object.id, object.body);
        }
    }

    #[test]
    fn a_tree_does_not_differ_from_itself(of in any::<prop::sample::Index>()) {
        let objects = &SETS[of.index(SETS.len())];
        prop_assert!(diff::objects(objects, objects).changes.is_empty());
    }
}
