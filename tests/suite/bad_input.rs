//! Input that no one means: each a clear error that names the place, nothing written, and never a crash.

use crate::support::cases::{self, project_path, sources};
use crate::support::program::{edit, rendered, run, shop};
use crate::support::repository::TestRepository;
use proptest::prelude::*;
use std::fs;
use std::path::Path;
use todo_gitops::diagnostic::excerpt::{self, Style};
use todo_gitops::object::Object;
use todo_gitops::source::{FileId, Source, Sources};
use todo_gitops::{pipeline, snapshot};

/// Breaks a compiled shop whose tree is out of date, and expects these messages and an untouched tree.
#[track_caller]
fn check(spoil: impl Fn(&Path), expected: &[&str]) {
    let commands: [&[&str]; 4] = [&["compile", "--check"], &["diff"], &["review"], &["explain", "service/shop-web"]];
    let shop = spoilt(spoil, expected);
    for command in commands {
        let run = run(shop.path(), command).ends_with(2).says(expected).says(&["help: "]);
        assert_eq!(run.data, "", "{command:?}");
    }
}

/// As [`check`], with `compile` alone.
#[track_caller]
fn spoilt(spoil: impl Fn(&Path), expected: &[&str]) -> TestRepository {
    let shop = shop();
    edit(shop.path(), "base/app.kdl", "LOG_LEVEL info", "LOG_LEVEL warning");
    spoil(shop.path());
    let before = rendered(shop.path());
    let run = run(shop.path(), &["compile"]).ends_with(2).says(expected).says(&["help: "]);
    assert_eq!(run.data, "");
    assert!(run.messages.len() < 50_000, "{} bytes of messages", run.messages.len());
    assert_eq!(rendered(shop.path()), before);
    shop
}

/// Writes one more file of the base.
fn base(text: impl AsRef<[u8]>) -> impl Fn(&Path) {
    move |root| fs::write(root.join("base/more.kdl"), &text).unwrap()
}

#[test]
fn files_without_a_node() {
    for text in ["", "\n\n", "\u{feff}", "// nothing\n", "/- app shop\n"] {
        check(base(text), &["error[empty-file]: `base/more.kdl` has no nodes", "base/more.kdl:1:1"]);
    }
    let expected = ["error[empty-file]: `environments/staging.kdl` has no nodes; expected `environment NAME { … }`"];
    check(|root| fs::write(root.join("environments/staging.kdl"), "").unwrap(), &expected);
}

#[test]
fn bytes_that_are_no_text() {
    check(base(b"app shop {\n    labels {\n        a caf\xe9\n"), &["error: `base/more.kdl` is not UTF-8 in line 3"]);
    check(base(b"\xff\xfea\0p\0p\0"), &["error: `base/more.kdl` is not UTF-8 in line 1"]);
    check(base("app shop\0"), &["this text has the invisible character U+0000", "base/more.kdl:1:9"]);
}

#[test]
fn nesting_without_end() {
    let deep = "error[nested-too-deeply]: nested more than 64 levels deep";
    check(base("{".repeat(1_000_000)), &[deep, "base/more.kdl:1:65"]);
    check(base("a {".repeat(300_000)), &[deep, "base/more.kdl:1:195"]);
    check(base("a {\n".repeat(200_000)), &[deep, "base/more.kdl:65:3"]);
    check(base(format!("{}{}", "a {".repeat(200_000), "}".repeat(200_000))), &[deep]);
    check(base("/-".repeat(500_000) + "a"), &[deep, "base/more.kdl:1:129"]);
    check(base("/- ".repeat(300_000) + "a"), &[deep]);
    check(base("a /-{".repeat(200_000)), &[deep]);
    check(base("/*".repeat(500_000)), &[deep]);
    check(base("(".repeat(1_000_000)), &[deep]);
}

#[test]
fn a_great_deal_of_one_character() {
    for (character, expected) in [
        ("}", "error[unbalanced]: this `}` closes nothing"),
        (")", "error[invalid-syntax]"),
        ("\"", "error[unbalanced]: this text is not closed"),
        ("#", "error[invalid-syntax]"),
        ("=", "error[invalid-syntax]"),
        ("\\", "error[invalid-syntax]"),
        (";", "error[invalid-syntax]: something is missing before `;`"),
        ("-", "error[unknown-node]"),
        ("a", "error[unknown-node]"),
        ("0", "error[invalid-syntax]"),
        ("a=", "error[invalid-syntax]"),
        ("a=true ", "error[invalid-syntax]"),
        ("a=true\n", "error[invalid-syntax]"),
        ("a;", "error[unknown-node]"),
        ("/", "error"),
        ("\u{301}", "error"),
    ] {
        spoilt(base(character.repeat(70_000)), &[expected]);
    }
}

#[test]
fn files_beside_the_spec_that_are_no_text_or_too_large() {
    let named = |content: Vec<u8>| {
        move |root: &Path| {
            edit(root, "base/app.kdl", "component web {", "manifest a from=\"a.yaml\"\n    component web {");
            fs::write(root.join("base/a.yaml"), &content).unwrap();
        }
    };
    let place = "base/app.kdl:";
    check(named(b"a: caf\xe9\n".to_vec()), &["error[unreadable-file]: `base/a.yaml` is not UTF-8 in line 1", place]);
    check(named(vec![b'#'; 1024 * 1024 + 1]), &["error[unreadable-file]: `base/a.yaml` is larger than 1 MiB", place]);
    check(named("- ".repeat(100_000).into()), &["error[invalid-yaml]: ", "base/a.yaml:1:"]);
}

#[test]
fn a_file_beyond_all_measure() {
    check(base("// x\n".repeat(1024 * 1024)), &["error: `base/more.kdl` is larger than 1 MiB"]);
}

#[test]
fn the_same_node_many_times() {
    let twice = ["error[duplicate-node]: `component other` is declared twice", "first declared here"];
    check(base("app shop {\n    component other { image x tag=\"1\"; }\n    component other\n}\n"), &twice);
    let often = "    component other\n".repeat(10_000);
    check(base(format!("app shop {{\n{often}}}\n")), &[twice[0], " more: "]);
}

#[test]
fn layers_that_are_not_there() {
    check(|root| fs::remove_file(root.join("base/app.kdl")).unwrap(), &["error: `base/` has no `.kdl` file"]);
    check(|root| fs::remove_dir_all(root.join("environments")).unwrap(), &["error[no-environments]: no environment"]);
    check(|root| fs::remove_dir_all(root.join("base")).unwrap(), &["error: no project in `", "`base/app.kdl`"]);
    let file = |name: &'static str| {
        move |root: &Path| {
            fs::remove_dir_all(root.join(name)).unwrap();
            fs::write(root.join(name), "app shop\n").unwrap();
        }
    };
    check(file("base"), &["error: no project in `"]);
    check(file("environments"), &["error: `environments` is not a directory"]);
}

#[cfg(unix)]
#[test]
fn what_is_no_regular_file() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::symlink;
    let link = |name: &'static str, target: &'static str| {
        move |root: &Path| {
            fs::create_dir(root.with_file_name("outside")).unwrap();
            fs::write(root.with_file_name("outside").join("app.kdl"), "app secret\n").unwrap();
            symlink(root.with_file_name("outside").join(target), root.join(name)).unwrap();
        }
    };
    check(link("base/out.kdl", "app.kdl"), &["error: `base/out.kdl` is a symbolic link", "links are never followed"]);
    check(link("base/out", ""), &["error: `base/out` is a symbolic link"]);
    check(link("environments/out.kdl", "nowhere"), &["error: `environments/out.kdl` is a symbolic link"]);
    let name = OsStr::from_bytes(b"caf\xe9.kdl");
    check(|root| fs::write(root.join("base").join(name), "").unwrap(), &["error: the name of `base/caf\u{fffd}.kdl`"]);
    // An empty directory is as good as none, whatever it is called.
    let shop = shop();
    fs::create_dir(shop.path().join("base/directory.kdl")).unwrap();
    run(shop.path(), &["compile", "--check"]).ends_with(0);
}

#[cfg(unix)]
#[test]
fn files_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let probe = tempfile::NamedTempFile::new().unwrap();
    let nobody = fs::Permissions::from_mode(0o0);
    fs::set_permissions(probe.path(), nobody.clone()).unwrap();
    if fs::read(probe.path()).is_ok() {
        return; // Whoever runs the test may read everything.
    }
    let spoil = |root: &Path| {
        let path = root.join("base/more.kdl");
        fs::write(&path, "").unwrap();
        fs::set_permissions(path, nobody.clone()).unwrap();
    };
    check(spoil, &["error: cannot read `base/more.kdl`: ", "give yourself permission to read it"]);
}

/// What is put into a spec: pieces of the language, and what is none of it.
const PIECES: &[&str] = &[
    "",
    " ",
    "\n",
    "\r\n",
    "\t",
    "\\\n",
    ";",
    "{",
    "}",
    "{}",
    "(",
    ")",
    "=",
    "\"",
    "\"\"\"",
    "#",
    "#\"",
    "\"#",
    "/",
    "/-",
    "//",
    "/*",
    "*/",
    "\\",
    "\\u{0}",
    "-",
    "$",
    "${",
    "$${",
    "}",
    "*",
    "%",
    "0",
    "-1",
    "+1",
    "1_0",
    "0x1F",
    "1.5",
    "1e400",
    "2147483648",
    "99999999999999999999999999999999999999999",
    "#true",
    "#false",
    "#null",
    "#inf",
    "#nan",
    "true",
    "null",
    "\0",
    "\u{1}",
    "\u{7f}",
    "\u{85}",
    "\u{a0}",
    "\u{feff}",
    "\u{202e}",
    "\u{2028}",
    "\u{e000}",
    "\u{301}",
    "é",
    "日",
    "😀",
    "(add)",
    "(remove)",
    "(replace)",
    "(x)",
    "/-(add)",
    "app",
    "component",
    "component x",
    "environment",
    "secret",
    "cluster",
    "port",
    "config",
    "env",
    "probe",
    "allow",
    "service",
    "ingress",
    "host",
    "replicas",
    "autoscale min=1 max=2 cpu=\"70%\"",
    "name \"x\"",
    "name \"\"",
    "selector",
    "labels",
    "expose http",
    "expose http node-port=1",
    "from=",
    "to=outside",
    "to=\"*\"",
    "to=frontend",
    "port=http",
    "port=1",
    "tag=\"\"",
    "min=5",
    "max=0",
    "type=origin",
    "type=integer",
    "tls=x",
    "\"${backend.host}\"",
    "\"${frontend.port.http}\"",
    "\"${app.version}\"",
    "\"${environment.namespace}\"",
    "\"${\"",
    "\"/\"",
    "\"../x\"",
    "\"10.0.0.0/8\"",
    "\"::/0\"",
    "\"1Gi\"",
    "\"1e3\"",
    "\"-1\"",
    "\"999999999999999999999E\"",
    "\"100%\"",
    "\"1001%\"",
];

/// One change of one file.
#[derive(Clone, Debug)]
enum Edit {
    /// Some characters go.
    Delete(usize),
    /// Some characters come twice.
    Duplicate(usize),
    /// Something comes in.
    Insert(&'static str),
    /// Something takes the place of a word.
    Replace(&'static str),
    /// A word goes.
    DeleteWord,
    /// A line goes.
    DeleteLine,
    /// A line comes twice.
    DuplicateLine,
    /// Two neighbouring lines change places.
    SwapLines,
}

fn edits() -> impl Strategy<Value = Vec<(usize, usize, Edit)>> {
    let piece = || proptest::sample::select(PIECES);
    let edit = prop_oneof![
        (1_usize..20).prop_map(Edit::Delete),
        (1_usize..80).prop_map(Edit::Duplicate),
        piece().prop_map(Edit::Insert),
        piece().prop_map(Edit::Replace),
        Just(Edit::DeleteWord),
        Just(Edit::DeleteLine),
        Just(Edit::DuplicateLine),
        Just(Edit::SwapLines),
    ];
    proptest::collection::vec((0_usize..1_000, any::<usize>(), edit), 1..6)
}

/// Changes a text at a place.
fn apply(text: &mut String, at: usize, edit: &Edit) {
    let at = text.floor_char_boundary(at % (text.len() + 1));
    let end = |length: usize| text.ceil_char_boundary((at + length).min(text.len()));
    let line_start = text[..at].rfind('\n').map_or(0, |it| it + 1);
    let line_end = text[at..].find('\n').map_or(text.len(), |it| at + it + 1);
    let border = |it: char| it.is_whitespace() || "{}();=".contains(it);
    let word_start = text[..at].char_indices().rev().find(|(_, it)| border(*it)).map_or(0, |(it, c)| it + c.len_utf8());
    let word_end = text[at..].find(border).map_or(text.len(), |it| at + it);
    match edit {
        Edit::Delete(length) => text.replace_range(at..end(*length), ""),
        Edit::Duplicate(length) => {
            let copy = text[at..end(*length)].to_owned();
            text.insert_str(at, &copy);
        }
        Edit::Insert(piece) => text.insert_str(at, piece),
        Edit::Replace(piece) => text.replace_range(word_start..word_end, piece),
        Edit::DeleteWord => text.replace_range(word_start..word_end, ""),
        Edit::DeleteLine => text.replace_range(line_start..line_end, ""),
        Edit::DuplicateLine => {
            let copy = text[line_start..line_end].to_owned();
            text.insert_str(line_start, &copy);
        }
        Edit::SwapLines => {
            let next_end = text[line_end..].find('\n').map_or(text.len(), |it| line_end + it + 1);
            let swapped = format!("{}{}", &text[line_end..next_end], &text[line_start..line_end]);
            text.replace_range(line_start..next_end, &swapped);
        }
    }
}

/// Cases whose manifests, patches and files beside the spec are spoilt.
const WITH_OBJECTS: [&str; 5] = [
    "a-custom-resource-is-checked-by-its-definition",
    "a-manifest-in-kdl-of-every-form",
    "a-manifest-of-several-documents",
    "an-encrypted-secret-is-passed-through",
    "patches-of-base-and-environment-stack",
];

/// Spoils a project, and checks that whatever comes of it is told well, and that what compiles can be read back.
fn spoil(own: &Sources, edits: &[(usize, usize, Edit)]) {
    let text = |(_, it): (FileId, &Source)| (it.name.clone(), it.text.clone());
    let mut files: Vec<(String, String)> = own.iter().map(text).chain(own.files().map(text)).collect();
    let (specs, count) = (own.iter().count(), files.len());
    for (file, at, edit) in edits {
        apply(&mut files[file % count].1, *at, edit);
    }
    let beside = files.split_off(specs);
    let sources = Sources::new(files).with_files(beside.into_iter().map(|(name, text)| (name, Ok(text))));
    let compiled = pipeline::compile(&sources, &cases::settings());
    let printed = excerpt::print(&compiled.diagnostics, &sources, Style::Plain);
    assert_eq!(printed.is_empty(), compiled.diagnostics.is_empty());
    assert!(compiled.diagnostics.iter().all(|it| !it.labels.is_empty()), "{printed}");
    assert_eq!(
        excerpt::print(&pipeline::compile(&sources, &cases::settings()).diagnostics, &sources, Style::Plain),
        printed
    );
    if compiled.is_valid() {
        let objects: Vec<&Object> = compiled.sets.iter().flat_map(|it| &it.objects).collect();
        assert!(!objects.is_empty());
        for (path, text) in &compiled.tree().files {
            let read = snapshot::object(path, text).unwrap().unwrap();
            assert!(objects.iter().any(|it| it.id == read.id && **it == read), "{path}\n{text}");
        }
    }
}

proptest! {
    #[test]
    fn a_spoilt_project_is_an_error_and_no_crash(edits in edits()) {
        spoil(&sources(&[&project_path("")]), &edits);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn spoilt_manifests_and_patches_are_an_error_and_no_crash(case in 0..WITH_OBJECTS.len(), edits in edits()) {
        let path = project_path("tests/cases/compile").join(WITH_OBJECTS[case]);
        spoil(&sources(&[&path]), &edits);
    }
}
