//! Examples of what a change looks like, and the laws of comparing, over random objects.

use super::objects;
use crate::change::{FieldChange, Operation, apply, leaf_count};
use crate::object::list_key::{self, Schema};
use crate::object::{FieldPath, Object, Segment, normal_form};
use crate::source::{Origin, Sources, Span};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn object(fields: &Value) -> Object {
    let mut body = json!({"apiVersion": "v1", "kind": "Thing", "metadata": {"name": "it"}});
    body["spec"] = fields.clone();
    Object::from_body(body).unwrap()
}

fn changes(before: &Value, after: &Value) -> Vec<FieldChange> {
    let set = objects(&[object(before)], &[object(after)]);
    set.changes.into_iter().flat_map(|it| it.fields).collect()
}

/// Writes changes as `path: before > after`, one a line.
fn text(changes: &[FieldChange]) -> Vec<String> {
    let side = |value: &Option<Value>| value.as_ref().map_or("-".to_owned(), Value::to_string);
    changes.iter().map(|it| format!("{}: {} > {}", it.shown, side(&it.before), side(&it.after))).collect()
}

#[test]
fn names_what_changed_by_its_key() {
    let check = |before: Value, after: Value, expected: &[&str]| assert_eq!(text(&changes(&before, &after)), expected);
    check(json!({"replicas": 3}), json!({"replicas": 5}), &["spec.replicas: 3 > 5"]);
    check(
        json!({"containers": [{"name": "a", "image": "x:1"}, {"name": "b", "image": "y:1"}]}),
        json!({"containers": [{"name": "b", "image": "y:2"}, {"name": "a", "image": "x:1"}]}),
        &[r#"spec.containers[b].image: "y:1" > "y:2""#],
    );
    check(
        json!({"containers": [{"name": "a", "env": [{"name": "A", "value": "1"}]}]}),
        json!({"containers": [{"name": "a", "env": [{"name": "B"}, {"name": "A", "value": "1"}]}]}),
        &[r#"spec.containers[a].env[B]: - > {"name":"B"}"#],
    );
    check(
        json!({"ports": [{"port": 53, "protocol": "UDP"}, {"port": 53}]}),
        json!({"ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "nodePort": 30053}]}),
        &["spec.ports[53/TCP].nodePort: - > 30053"],
    );
    check(
        json!({"containers": [{"name": "a", "image": "x:1"}]}),
        json!({"containers": [{"name": "b", "image": "x:1"}]}),
        &[
            r#"spec.containers[b]: - > {"name":"b","image":"x:1"}"#,
            r#"spec.containers[a]: {"name":"a","image":"x:1"} > -"#,
        ],
    );
    check(json!({"args": ["a", "b", "c"]}), json!({"args": ["a", "x", "b", "c"]}), &[r#"spec.args[1]: - > "x""#]);
    check(json!({"args": ["a", "b"]}), json!({"args": ["a", "c"]}), &[r#"spec.args[1]: "b" > "c""#]);
    check(
        json!({"policyTypes": ["A", "B"]}),
        json!({"policyTypes": ["C", "B", "A"]}),
        &[r#"spec.policyTypes[C]: - > "C""#],
    );
    check(
        json!({"tolerations": [{"key": "a"}, {"key": "b"}]}),
        json!({"tolerations": [{"key": "b"}, {"key": "a", "effect": "NoSchedule"}]}),
        &[r#"spec.tolerations[1].effect: - > "NoSchedule""#],
    );
    check(json!({"limits": {}}), json!({}), &["spec.limits: {} > -"]);
    check(json!({"value": null}), json!({}), &["spec.value: null > -"]);
    check(json!({"value": "1"}), json!({"value": 1}), &[r#"spec.value: "1" > 1"#]);
    check(json!({"value": [1]}), json!({"value": {"a": 1}}), &[r#"spec.value: [1] > {"a":1}"#]);
    check(
        json!({"env": [{"name": "A"}, {"name": "B"}]}),
        json!({"env": [{"name": "B"}, {"name": "A"}]}),
        &[r#"spec.env: [{"name":"A"},{"name":"B"}] > [{"name":"B"},{"name":"A"}]"#],
    );
}

#[test]
fn pairs_objects_by_identity() {
    let body = |version: &str, name: &str| json!({"apiVersion": version, "kind": "Role", "metadata": {"name": name}});
    let list = |bodies: &[Value]| bodies.iter().cloned().filter_map(Object::from_body).collect::<Vec<_>>();
    let check = |before: &[Value], after: &[Value], expected: &[(Operation, &str)]| {
        let found = objects(&list(before), &list(after)).changes;
        let found: Vec<_> = found.iter().map(|it| (it.operation, it.id.name.as_str())).collect();
        assert_eq!(found, expected);
    };
    check(
        &[body("v1", "a"), body("v1", "b")],
        &[body("v1", "b"), body("v1", "c")],
        &[(Operation::Delete, "a"), (Operation::Create, "c")],
    );
    check(&[body("g/v1beta1", "a")], &[body("g/v1", "a")], &[(Operation::Update, "a")]);
    check(&[body("g/v1", "a")], &[body("h/v1", "a")], &[(Operation::Delete, "a"), (Operation::Create, "a")]);
    check(&[], &[], &[]);
}

#[test]
fn counts_leaves() {
    let check = |before: Value, after: Value, expected: usize| {
        assert_eq!(changes(&before, &after).iter().map(leaf_count).sum::<usize>(), expected);
    };
    check(json!({"a": 1}), json!({"a": 2}), 1);
    check(json!({}), json!({"a": {"b": 1, "c": [1, 2]}}), 3);
    check(json!({"a": {"b": 1, "c": 2}}), json!({"a": 1}), 2);
    check(json!({}), json!({"a": {}}), 1);
}

#[test]
fn every_change_knows_its_line() {
    let sources = Sources::new([("base/app.kdl".to_owned(), "one\ntwo\nthree\n".to_owned())]);
    let file = sources.iter().next().unwrap().0;
    let line = |number: usize| Origin::line(Span::new(file, [0, 4, 8][number - 1], [3, 7, 13][number - 1]));
    let of = |fields: Value, lines: &[(&str, usize)]| {
        let mut it = object(&fields);
        for (path, number) in lines {
            it.origins.record(FieldPath::parse(path).unwrap(), line(*number));
        }
        it
    };
    let check = |before: Object, after: Object, expected: &[Option<usize>]| {
        let fields = objects(&[before], &[after]).changes.remove(0).fields;
        let found: Vec<_> = fields.iter().map(|it| it.origin.clone()).collect();
        assert_eq!(found, expected.iter().map(|it| it.map(line)).collect::<Vec<_>>());
    };
    // Of a changed and of an added field, the line of the new one; of a removed field, the line of the old one.
    check(of(json!({"a": 1}), &[("spec.a", 1)]), of(json!({"a": 2}), &[("spec.a", 2)]), &[Some(2)]);
    check(of(json!({}), &[("spec", 1)]), of(json!({"a": 2}), &[("spec.a", 2)]), &[Some(2)]);
    check(of(json!({"a": 1}), &[("spec.a", 1)]), of(json!({}), &[("spec", 3)]), &[Some(1)]);
    check(of(json!({"a": 1}), &[]), of(json!({}), &[("spec", 3)]), &[None]);
    // Of a block without a record of its own, the line of its first leaf.
    check(of(json!({}), &[]), of(json!({"a": {"b": 1, "c": 2}}), &[("spec.a.b", 2), ("spec.a.c", 3)]), &[Some(2)]);
    // Of an item that stands elsewhere than before, the line at its new place.
    let item = |name: &str, image: &str| json!({"name": name, "image": image});
    check(
        of(json!({"containers": [item("a", "1"), item("b", "1")]}), &[("spec.containers[1]", 1)]),
        of(
            json!({"containers": [item("b", "2"), item("a", "1")]}),
            &[("spec.containers[0]", 2), ("spec.containers[1]", 3)],
        ),
        &[Some(2)],
    );
}

/// Field names with every way of telling list items apart, so that random trees meet them all.
fn field_name() -> impl Strategy<Value = String> {
    let names = vec!["containers", "env", "args", "ports", "policyTypes", "tolerations", "rules", "name", "a", "value"];
    prop::sample::select(names).prop_map(str::to_owned)
}

fn scalar() -> impl Strategy<Value = Value> {
    prop::sample::select(vec![
        json!(null),
        json!(true),
        json!(0),
        json!(1),
        json!(1.0),
        json!(""),
        json!("a"),
        json!("b"),
        json!({}),
        json!([]),
    ])
}

fn item() -> impl Strategy<Value = Value> {
    let name = prop::sample::select(vec!["A", "B", "C"]);
    let protocol = prop::sample::select(vec![json!("TCP"), json!("UDP"), json!(null)]);
    (name, 1..3_u32, protocol, scalar()).prop_map(|(name, port, protocol, value)| {
        let mut item = json!({"name": name, "port": port, "containerPort": port, "value": value});
        if !protocol.is_null() {
            item["protocol"] = protocol;
        }
        item
    })
}

fn tree() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![3 => scalar(), 2 => item()];
    leaf.prop_recursive(4, 48, 5, |inner| {
        prop_oneof![
            2 => prop::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            1 => prop::collection::vec(item(), 0..5).prop_map(Value::Array),
            3 => prop::collection::vec((field_name(), inner), 0..5)
                .prop_map(|fields| Value::Object(fields.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn any_object() -> impl Strategy<Value = Value> {
    let kinds = [("v1", "Thing"), ("apps/v1", "Thing"), ("apps/v1", "Deployment"), ("example.com/v1", "Thing")];
    let kind = prop::sample::select(kinds.to_vec());
    (kind, prop::collection::vec((field_name(), tree()), 0..6)).prop_map(|((version, kind), fields)| {
        let content = Value::Object(fields.into_iter().collect::<Map<_, _>>());
        // A pod template has an order of its own.
        let spec = if kind == "Thing" { content } else { json!({"template": {"spec": content}}) };
        json!({"apiVersion": version, "kind": kind, "metadata": {"name": "it"}, "spec": spec})
    })
}

/// An object and another that was made from it by moving, dropping and changing parts: near misses find more than
/// strangers do.
fn two_objects() -> impl Strategy<Value = (Value, Value)> {
    let near = (any_object(), any::<u64>()).prop_map(|(before, seed)| {
        let mut after = before.clone();
        disturb(&mut after["spec"], &mut Dice(seed));
        (before, after)
    });
    let strangers = (any_object(), any_object()).prop_map(|(before, mut after)| {
        for field in ["apiVersion", "kind"] {
            after[field] = before[field].clone();
        }
        (before, after)
    });
    prop_oneof![near, strangers]
}

/// A small generator, so that a seed says everything.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for index in (1..items.len()).rev() {
            let other = self.below(index + 1);
            items.swap(index, other);
        }
    }
}

fn disturb(value: &mut Value, dice: &mut Dice) {
    if dice.below(12) == 0 {
        *value = [json!(null), json!("changed"), json!({}), json!([])][dice.below(4)].clone();
        return;
    }
    match value {
        Value::Object(map) => {
            map.retain(|_, _| dice.below(10) != 0);
            map.values_mut().for_each(|it| disturb(it, dice));
        }
        Value::Array(items) => {
            items.retain(|_| dice.below(8) != 0);
            if dice.below(4) == 0 {
                dice.shuffle(items);
            }
            for item in items.iter_mut() {
                disturb(item, dice);
            }
            if dice.below(4) == 0 {
                items.insert(dice.below(items.len() + 1), json!({"name": "D", "value": "new"}));
            }
            if !items.is_empty() && dice.below(6) == 0 {
                items.push(items[0].clone());
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Moves what may be moved without a change of meaning.
fn shuffled(schema: Schema, path: &mut FieldPath, value: &Value, dice: &mut Dice) -> Value {
    match value {
        Value::Object(map) => {
            let mut fields: Vec<_> = map.iter().collect();
            dice.shuffle(&mut fields);
            let mut result = Map::new();
            for (name, value) in fields {
                path.push(Segment::Field(name.clone()));
                result.insert(name.clone(), shuffled(schema, path, value, dice));
                path.pop();
            }
            Value::Object(result)
        }
        Value::Array(items) => {
            let free = !list_key::has_order(schema, path);
            path.push(Segment::Index(0));
            let mut items: Vec<Value> = items.iter().map(|it| shuffled(schema, path, it, dice)).collect();
            path.pop();
            if free {
                dice.shuffle(&mut items);
            }
            Value::Array(items)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

fn differ(before: &Value, after: &Value) -> Vec<FieldChange> {
    let object = |body: &Value| Object::from_body(body.clone()).unwrap();
    objects(&[object(before)], &[object(after)]).changes.into_iter().flat_map(|it| it.fields).collect()
}

proptest! {
    #[test]
    fn nothing_differs_from_itself(it in any_object()) {
        prop_assert!(differ(&it, &it).is_empty());
    }

    #[test]
    fn applying_the_changes_gives_the_new_object((before, after) in two_objects()) {
        let changes = differ(&before, &after);
        let applied = apply(&before, &changes);
        prop_assert!(normal_form::same(&applied, &after), "{applied}\n{after}\n{:#?}", text(&changes));
        prop_assert_eq!(changes.is_empty(), normal_form::same(&before, &after));
    }

    #[test]
    fn every_change_is_needed((before, after) in two_objects()) {
        let changes = differ(&before, &after);
        for left_out in 0..changes.len() {
            let mut fewer = changes.clone();
            fewer.remove(left_out);
            prop_assert!(!normal_form::same(&apply(&before, &fewer), &after), "{}", text(&changes)[left_out]);
        }
    }

    #[test]
    fn the_way_back_mirrors_the_way_there((before, after) in two_objects()) {
        let key = |value: &Option<Value>| value.as_ref().map(Value::to_string);
        let mut there: Vec<_> = differ(&before, &after).iter().map(|it| (key(&it.before), key(&it.after))).collect();
        let mut back: Vec<_> = differ(&after, &before).iter().map(|it| (key(&it.after), key(&it.before))).collect();
        there.sort();
        back.sort();
        prop_assert_eq!(there, back);
    }

    #[test]
    fn order_without_a_meaning_is_no_change(it in any_object(), seed in any::<u64>()) {
        let moved = shuffled(Schema::of(&it), &mut FieldPath::default(), &it, &mut Dice(seed));
        prop_assert!(differ(&it, &moved).is_empty(), "{:#?}", text(&differ(&it, &moved)));
    }

    #[test]
    fn order_with_a_meaning_is_a_change(
        list in prop::sample::select(vec!["args", "command", "env", "envFrom", "initContainers"]),
        count in 2..6_usize,
        seed in any::<u64>(),
    ) {
        let items: Vec<Value> = (0..count).map(|it| json!({"name": format!("item-{it}")})).collect();
        let mut moved = items.clone();
        Dice(seed).shuffle(&mut moved);
        prop_assert_eq!(changes(&json!({list: items}), &json!({list: moved})).is_empty(), items == moved);
    }

    #[test]
    fn removed_and_added_objects_swap(names in prop::collection::btree_set("[a-d]", 0..4), others in prop::collection::btree_set("[a-d]", 0..4)) {
        let list = |names: &std::collections::BTreeSet<String>| -> Vec<Object> {
            let body = |name| json!({"apiVersion": "v1", "kind": "Thing", "metadata": {"name": name}});
            names.iter().filter_map(|it| Object::from_body(body(it))).collect()
        };
        let (before, after) = (list(&names), list(&others));
        let there = objects(&before, &after).changes;
        let back = objects(&after, &before).changes;
        prop_assert_eq!(there.len(), back.len());
        for (there, back) in there.iter().zip(&back) {
            let mirrored = match back.operation {
                Operation::Create => Operation::Delete,
                Operation::Update => Operation::Update,
                Operation::Delete => Operation::Create,
            };
            prop_assert_eq!((&there.id, there.operation), (&back.id, mirrored));
        }
    }
}
