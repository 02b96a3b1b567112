//! Values in, YAML out, the same values back: for our own reader, for two others, and for kubectl where there is one.
//!
//! The random part is the same in every run, and as long as `PROPTEST_CASES` says:
//! `PROPTEST_CASES=4000 cargo test --release --test suite yaml` reads 128,000 random strings back.

mod strings;

use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::select;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Stdio};
use strings::{LINES, PIECES, STRINGS};
use todo_gitops::object::{Environment, Object, ObjectSet, field_order};
use todo_gitops::tree::{GENERATED, ManifestTree};
use todo_gitops::{render, snapshot};

/// Random strings in one batch: one file, because starting a reader costs more than a string.
const BATCH: usize = 32;

fn runner() -> TestRunner {
    runner_of(1)
}

/// Returns a runner of some times as many cases as others have.
fn runner_of(times: u32) -> TestRunner {
    let mut config = Config { failure_persistence: None, ..Config::default() };
    config.cases *= times;
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

fn hostile_string() -> impl Strategy<Value = String> {
    let pieces = proptest::collection::vec(select(PIECES), 0..12).prop_map(|it| it.concat());
    let long = (select(PIECES), 200_usize..1500).prop_map(|(piece, count)| piece.repeat(count));
    prop_oneof![
        600 => pieces,
        100 => any::<String>(),
        100 => select(STRINGS).prop_map(str::to_owned),
        1 => long,
    ]
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-1000_i64..1000).prop_map(Value::from),
        any::<f64>().prop_filter("YAML's other floats are not JSON", |it| it.is_finite()).prop_map(Value::from),
        hostile_string().prop_map(Value::from),
        hostile_string().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        let list = proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from);
        let map = proptest::collection::vec((hostile_string(), inner), 0..5)
            .prop_map(|it| Value::Object(it.into_iter().collect()));
        prop_oneof![list, map]
    })
}

/// Puts every string everywhere a string can be: as a value, as a key, in a list, and in a list in a list.
fn config_map(strings: &[String]) -> Value {
    let entries = |entry: fn((usize, &String)) -> (String, Value)| -> Value {
        Value::Object(strings.iter().enumerate().map(entry).collect())
    };
    json!({
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "strings"},
        "data": entries(|(index, it)| (format!("v{index}"), json!(it))),
        "keys": entries(|(index, it)| (it.clone(), json!(index))),
        "blocks": entries(|(index, it)| (format!("{it}."), json!({it.as_str(): [index, {it.as_str(): {}}]}))),
        "list": strings,
        "lists": [[strings], {"a": [{"b": strings}]}],
    })
}

/// Reads with serde-saphyr, whose limits are meant for configuration files.
fn read_saphyr(text: &str) -> Result<Value, String> {
    let limits =
        serde_saphyr::budget! { max_nodes: usize::MAX, max_events: usize::MAX, max_total_scalar_bytes: usize::MAX };
    let options = serde_saphyr::options! { budget: limits };
    serde_saphyr::from_str_with_options(text, options).map_err(|it| it.to_string())
}

fn read_serde_yaml(text: &str) -> Result<Value, String> {
    serde_yaml::from_str(text).map_err(|it| it.to_string())
}

/// Reads with the reader of files that are not as we write them: a document marker is enough to get there.
fn read_as_edited(text: &str) -> Result<Value, String> {
    let rest = text.strip_prefix(GENERATED).expect("we wrote it");
    read_snapshot(&format!("{GENERATED}---\n{rest}"))
}

fn read_snapshot(text: &str) -> Result<Value, String> {
    let object = snapshot::object("x/y.yaml", text).map_err(|it| it.reason)?;
    object.map(|it| it.body).ok_or_else(|| "skipped".to_owned())
}

/// Writes a body, and reads it back with every reader that is a library.
fn check_round_trip(body: &Value) {
    let text = render::manifest(body);
    check_form(&text);
    for (reader, read) in [
        ("snapshot", read_snapshot(&text)),
        ("snapshot, as edited", read_as_edited(&text)),
        ("serde-saphyr", read_saphyr(&text)),
        ("serde_yaml", read_serde_yaml(&text)),
    ] {
        check_same(reader, body, &read.unwrap_or_else(|error| panic!("{reader}: {error}\n{text}")));
    }
}

/// Fails with the first leaf that differs.
fn check_same(reader: &str, written: &Value, read: &Value) {
    if written == read {
        // Equality does not look at the order of fields.
        if reader != "kubectl" {
            assert_eq!(written.to_string(), read.to_string(), "{reader}: order");
        }
        return;
    }
    match (written, read) {
        (Value::Array(written), Value::Array(read)) if written.len() == read.len() => {
            written.iter().zip(read).for_each(|(written, read)| check_same(reader, written, read));
        }
        (Value::Object(written), Value::Object(read)) if written.keys().all(|it| read.contains_key(it)) => {
            written.iter().for_each(|(key, value)| check_same(reader, value, &read[key]));
        }
        _ => {}
    }
    panic!("{reader}: wrote {written:?}, read {read:?}");
}

/// Checks what git and a person expect of a text file.
fn check_form(text: &str) {
    assert!(text.starts_with(GENERATED));
    assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{text:?}");
    for line in text.split('\n') {
        assert!(!line.ends_with(char::is_whitespace), "{line:?}");
        assert!(line.chars().all(|it| it == '\t' || !it.is_control()), "{line:?}");
    }
}

fn batches(strings: &[&str]) -> Vec<Vec<String>> {
    strings.chunks(BATCH).map(|it| it.iter().map(|it| (*it).to_owned()).collect()).collect()
}

#[test]
fn strings_that_readers_mistake_survive() {
    for strings in batches(STRINGS) {
        check_round_trip(&config_map(&strings));
    }
}

#[test]
fn every_string_survives_as_the_last_one_of_a_file() {
    for text in STRINGS {
        check_round_trip(&json!({"apiVersion": "v1", "kind": "x", "metadata": {"name": "x"}, "last": text}));
        check_round_trip(&json!({"apiVersion": "v1", "kind": "x", "metadata": {"name": "x"}, "last": [[text]]}));
    }
}

#[test]
fn keys_around_the_limit_of_readers_survive() {
    for length in [900, 996, 999, 1000, 1001, 1018, 1022, 1023, 1024, 1025, 5000] {
        let strings: Vec<String> = ["k", "é", "\u{202e}", "y "].iter().map(|it| it.repeat(length / it.len())).collect();
        check_round_trip(&config_map(&strings));
    }
}

#[test]
fn random_strings_survive() {
    let strings = proptest::collection::vec(hostile_string(), BATCH);
    let check = |strings: Vec<String>| {
        check_round_trip(&config_map(&strings));
        Ok(())
    };
    runner().run(&strings, check).unwrap();
}

#[test]
fn random_values_survive() {
    let check = |value| {
        check_round_trip(&json!({"apiVersion": "v1", "kind": "x", "metadata": {"name": "x"}, "value": value}));
        Ok(())
    };
    runner().run(&any_json(), check).unwrap();
}

#[test]
fn reading_a_tree_undoes_rendering_it() {
    let object =
        ("[a-z]{1,8}", select(&["v1", "apps/v1", "x.example/v1"][..]), select(&["Secret", "Foo"][..]), any_json());
    let objects = proptest::collection::vec(object, 0..6).prop_map(|it| {
        let mut objects: Vec<Object> = it
            .into_iter()
            .enumerate()
            .map(|(index, (name, version, kind, spec))| {
                let mut metadata = json!({"name": name});
                if index % 3 > 0 {
                    metadata["namespace"] = json!("todo-prod");
                }
                let body = json!({"spec": spec, "kind": kind, "apiVersion": version, "metadata": metadata});
                Object::from_body(field_order::canonical(body)).unwrap()
            })
            .collect();
        objects.sort_by(|a, b| a.id.cmp(&b.id));
        objects.dedup_by(|a, b| a.id == b.id);
        ObjectSet { environment: Environment::undeclared("todo-prod"), objects }
    });
    let check = |set: ObjectSet| {
        assert!(render::collisions(&set).is_empty());
        let tree = render::tree(&set);
        let (read, unreadable) = snapshot::objects(&tree);
        assert_eq!((read.as_slice(), unreadable.as_slice()), (set.objects.as_slice(), &[][..]));
        assert_eq!(render::tree(&ObjectSet { objects: read, ..set }), tree);
        Ok(())
    };
    runner().run(&objects, check).unwrap();
}

#[test]
fn both_readers_agree_on_any_text() {
    let identity = "apiVersion: v1\nkind: x\nmetadata:\n  name: x\n";
    let line = (select(&["", "  ", "    ", "- ", "  - ", "- - ", " "][..]), select(&LINES[..]))
        .prop_map(|(indent, it)| format!("{indent}{it}\n"));
    let text = proptest::collection::vec(line, 0..6).prop_map(|it| format!("{GENERATED}{identity}{}", it.concat()));
    let check = |text: String| {
        match (read_snapshot(&text), read_as_edited(&text)) {
            (Ok(as_written), Ok(as_edited)) => assert_eq!(as_written, as_edited, "{text}"),
            (Err(_), Err(_)) => {}
            (as_written, as_edited) => panic!("{as_written:?}, but {as_edited:?}\n{text}"),
        }
        Ok(())
    };
    runner_of(40).run(&text, check).unwrap();
}

#[test]
fn a_tree_of_ours_with_foreign_files_holds_our_objects_only() {
    let body = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}});
    let set = ObjectSet { environment: Environment::undeclared("x"), objects: vec![Object::from_body(body).unwrap()] };
    let ManifestTree { mut files } = render::tree(&set);
    files.insert("x/kustomization.yaml".to_owned(), "resources: []\n".to_owned());
    files.insert("README.md".to_owned(), "# Hello\n".to_owned());
    assert_eq!(snapshot::objects(&ManifestTree { files }), (set.objects, Vec::new()));
}

#[test]
fn git_finds_nothing_wrong_with_the_text() {
    let directory = tempfile::tempdir().unwrap();
    let strings: Vec<String> = STRINGS.iter().map(|it| (*it).to_owned()).collect();
    let mut bodies = vec![config_map(&strings)];
    bodies.extend(STRINGS.iter().map(|it| json!({"a": it})));
    for (index, body) in bodies.iter().enumerate() {
        std::fs::write(directory.path().join(format!("{index}.yaml")), render::manifest(body)).unwrap();
    }
    let empty = tempfile::tempdir().unwrap();
    let output = Command::new("git")
        .args(["-c", "core.whitespace=blank-at-eol,blank-at-eof,space-before-tab", "diff", "--no-index", "--check"])
        .args([empty.path(), directory.path()])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn kubectl_reads_what_we_write() {
    let is_installed =
        Command::new("kubectl").args(["version", "--client"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !is_installed.is_ok_and(|it| it.success()) {
        println!("skipped: kubectl is not installed");
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("strings.yaml");
    let fixed: Vec<String> = STRINGS.iter().map(|it| (*it).to_owned()).collect();
    check_with_kubectl(&file, &fixed);
    let mut runner = runner();
    let mut left = usize::try_from(runner.config().cases).unwrap() * 8;
    while left > 0 {
        let batch = left.min(2000);
        let strings: Vec<String> =
            (0..batch).map(|_| hostile_string().new_tree(&mut runner).unwrap().current()).collect();
        check_with_kubectl(&file, &strings);
        left -= batch;
    }
}

fn check_with_kubectl(file: &Path, strings: &[String]) {
    let body = config_map(strings);
    std::fs::write(file, render::manifest(&body)).expect("a temporary directory is writable");
    let output = Command::new("kubectl")
        .args(["patch", "--local", "--type", "merge", "-p", "{}", "-o", "json", "-f"])
        .arg(file)
        .output()
        .expect("kubectl runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    check_same("kubectl", &body, &serde_json::from_slice(&output.stdout).expect("kubectl writes JSON"));
}
