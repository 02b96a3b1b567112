//! Planning and the disk edge together, over real directories.

use crate::support::{listing, write_files};
use std::fs;
use std::path::Path;
use tempfile::TempDir;
use todo_gitops::disk::{self, Error, Reason};
use todo_gitops::tree::{Foreign, WritePlan};
use todo_gitops::tree::{GENERATED, ManifestTree, Scope};
use todo_gitops::write;

fn project(files: &[(&str, &str)]) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    write_files(directory.path(), files);
    directory
}

fn ours(body: &str) -> String {
    format!("{GENERATED}{body}\n")
}

fn plan(root: &Path, wanted: &[(&str, &str)]) -> WritePlan {
    let files = wanted.iter().map(|(path, body)| ((*path).to_owned(), ours(body))).collect();
    write::plan(&disk::read_tree(root).unwrap(), &ManifestTree { files }, &Scope::Everything)
}

/// Reads the spec and writes every problem in one line.
fn problems(root: &Path) -> Vec<String> {
    match disk::read_sources(root) {
        Ok(sources) => sources.iter().map(|(_, it)| format!("read {}", it.name)).collect(),
        Err(problems) => problems.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn a_project_is_found_from_below_and_not_above_its_repository() {
    let directory = project(&[("base/app.kdl", ""), ("inner/.git/HEAD", ""), ("inner/deep/x", ""), ("other/x", "")]);
    let root = directory.path().canonicalize().unwrap();
    for start in ["", "base", "other"] {
        assert_eq!(disk::find_project(&root.join(start)).unwrap(), root, "{start}");
    }
    let error = disk::find_project(&root.join("inner/deep")).unwrap_err();
    assert!(matches!(&error, Error::NoProject { start } if *start == root.join("inner/deep")), "{error}");
    assert!(matches!(disk::find_project(&root.join("nowhere")), Err(Error::Io { .. })));
    assert!(matches!(disk::find_project(&root.join("other/x")), Err(Error::NotADirectory { .. })));
}

#[test]
fn sources_are_read_by_name_and_other_files_beside_them() {
    let directory = project(&[
        ("base/web/b.kdl", ""),
        ("base/a.kdl", "app todo\n"),
        ("base/a.yaml", "kind: Service\n"),
        ("base/.hidden.kdl", ""),
        ("base/.git/x.kdl", ""),
        ("environments/prod/b.kdl", ""),
        ("environments/prod.kdl", ""),
        ("rendered/x.kdl", ""),
        ("x.kdl", ""),
    ]);
    let expected =
        ["read base/a.kdl", "read base/web/b.kdl", "read environments/prod.kdl", "read environments/prod/b.kdl"];
    assert_eq!(problems(directory.path()), expected);
    let sources = disk::read_sources(directory.path()).unwrap();
    assert_eq!(sources.iter().next().unwrap().1.text, "app todo\n");
    let beside: Vec<(&str, &str)> = sources.files().map(|(_, it)| (it.name.as_str(), it.text.as_str())).collect();
    assert_eq!(beside, [("base/a.yaml", "kind: Service\n")]);
}

#[test]
fn files_beside_the_spec_are_measured_and_need_not_be_text() {
    let megabyte = "x".repeat(1024 * 1024);
    let names: Vec<String> = (10..26).map(|it| format!("base/{it}.txt")).collect();
    let files = names.iter().map(|it| (it.as_str(), megabyte.as_str()));
    let directory =
        project(&files.chain([("base/app.kdl", ""), ("base/huge.bin", &"x".repeat(1024 * 1025))]).collect::<Vec<_>>());
    fs::write(directory.path().join("base/1.txt"), b"one\ncaf\xe9\n").unwrap();
    let sources = disk::read_sources(directory.path()).unwrap();
    let wrong: Vec<String> =
        sources.files().filter_map(|(_, it)| Some(format!("{} {}", it.name, it.unreadable.as_deref()?))).collect();
    assert_eq!(
        wrong,
        [
            "base/1.txt is not UTF-8 in line 2",
            "base/25.txt is beyond the 16 MiB that are read of the files beside the spec",
            "base/huge.bin is larger than 1 MiB",
        ]
    );
}

#[test]
fn a_missing_and_an_empty_base_are_told_apart() {
    assert_eq!(problems(project(&[]).path()), ["there is no `base/`"]);
    assert_eq!(problems(project(&[("base/a.yaml", "")]).path()), ["`base/` has no `.kdl` file"]);
    assert_eq!(problems(project(&[("base", "")]).path()), ["`base` is not a directory"]);
}

#[test]
fn every_problem_of_the_sources_is_reported_at_once() {
    let directory = project(&[("base/fine.kdl", ""), ("base/huge.kdl", &"x".repeat(5 * 1024 * 1024))]);
    let root = directory.path();
    fs::write(root.join("base/latin.kdl"), b"one\ntwo\ncaf\xe9\n").unwrap();
    let mut expected =
        vec!["`base/huge.kdl` is larger than 1 MiB".to_owned(), "`base/latin.kdl` is not UTF-8 in line 3".to_owned()];
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt as _;
        std::os::unix::fs::symlink("/etc/hostname", root.join("base/out.kdl")).unwrap();
        std::os::unix::fs::symlink(root, root.join("base/loop")).unwrap();
        std::os::unix::fs::symlink("nowhere", root.join("environments")).unwrap();
        fs::write(root.join("base").join(std::ffi::OsStr::from_bytes(b"caf\xe9.kdl")), "").unwrap();
        fs::write(root.join("base").join(std::ffi::OsStr::from_bytes(b"caf\xe9.md")), "").unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(root.join("base/socket.kdl")).unwrap();
        expected.extend([
            "`base/loop` is a symbolic link".to_owned(),
            "`base/out.kdl` is a symbolic link".to_owned(),
            "`base/socket.kdl` is not a regular file".to_owned(),
            "`environments` is a symbolic link".to_owned(),
            "the name of `base/caf\u{fffd}.kdl` is not UTF-8".to_owned(),
        ]);
    }
    let mut found = problems(root);
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    assert!(disk::read_sources(root).unwrap_err().iter().all(|it| !it.help().is_empty()));
}

#[test]
fn a_spec_beyond_all_measure_is_refused_once() {
    let megabyte = "x".repeat(1024 * 1024);
    let names: Vec<String> = (10..30).map(|it| format!("base/{it}.kdl")).collect();
    let files: Vec<_> = names.iter().map(|it| (it.as_str(), megabyte.as_str())).collect();
    let found = disk::read_sources(project(&files).path()).unwrap_err();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].path.as_str(), &found[0].reason), ("base/26.kdl", &Reason::TotalTooLarge));
    assert_eq!(problems(project(&files[..16]).path()).len(), 16);
}

#[test]
fn a_tree_is_written_into_an_empty_project_and_nothing_is_left_beside_it() {
    let directory = project(&[]);
    let plan = plan(directory.path(), &[("prod/a.yaml", "1"), ("prod/b.yaml", "2"), ("dev/a.yaml", "3")]);
    disk::apply(directory.path(), &plan).unwrap();
    let line = |path: &str, body: &str| format!("rendered/{path}: {}", ours(body));
    let expected = [line("dev/a.yaml", "3"), line("prod/a.yaml", "1"), line("prod/b.yaml", "2")];
    assert_eq!(listing(directory.path()), expected);
}

#[test]
fn a_second_run_writes_nothing() {
    let directory = project(&[]);
    let root = directory.path();
    let wanted = [("prod/a.yaml", "1"), ("prod/b.yaml", "1")];
    disk::apply(root, &plan(root, &wanted)).unwrap();
    let modified = |path: &str| fs::metadata(root.join(path)).unwrap().modified().unwrap();
    let all = || ["", "rendered", "rendered/prod", "rendered/prod/a.yaml", "rendered/prod/b.yaml"].map(modified);
    let before = all();
    let again = plan(root, &wanted);
    assert!(again.is_empty());
    assert_eq!(again.unchanged, 2);
    disk::apply(root, &again).unwrap();
    assert_eq!(all(), before);
    let unchanged = modified("rendered/prod/a.yaml");
    disk::apply(root, &plan(root, &[("prod/a.yaml", "1"), ("prod/b.yaml", "2")])).unwrap();
    assert_eq!(modified("rendered/prod/a.yaml"), unchanged);
}

#[test]
fn stale_files_of_ours_go_and_what_others_wrote_stays() {
    let directory = project(&[
        ("rendered/gone/deeper/a.yaml", &ours("1")),
        ("rendered/gone/b.yaml", &ours("1")),
        ("rendered/prod/a.yaml", &ours("1")),
        ("rendered/prod/windows.yaml", &ours("1").replace('\n', "\r\n")),
        ("rendered/prod/foreign.yaml", "kind: Service\n"),
        ("rendered/prod/.keep", ""),
        ("rendered/kept/README", "by hand\n"),
        ("rendered/kept/stale.yaml", &ours("1")),
    ]);
    let plan = plan(directory.path(), &[("prod/a.yaml", "2")]);
    disk::apply(directory.path(), &plan).unwrap();
    let expected = [
        "rendered/kept/README: by hand\n".to_owned(),
        "rendered/prod/.keep: ".to_owned(),
        format!("rendered/prod/a.yaml: {}", ours("2")),
        "rendered/prod/foreign.yaml: kind: Service\n".to_owned(),
    ];
    assert_eq!(listing(directory.path()), expected);
}

#[test]
fn a_foreign_file_in_the_way_refuses_the_whole_plan() {
    let directory = project(&[("rendered/prod/a.yaml", "kind: Service\n"), ("rendered/prod/b.yaml", &ours("1"))]);
    let before = listing(directory.path());
    let plan = plan(directory.path(), &[("prod/a.yaml", "1"), ("prod/b.yaml", "2"), ("prod/c.yaml", "1")]);
    assert!(plan.is_refused());
    let error = disk::apply(directory.path(), &plan).unwrap_err();
    assert_eq!(error.to_string(), "files that todo-gitops did not write are in the way: `prod/a.yaml`");
    assert_eq!(listing(directory.path()), before);
}

#[test]
fn an_empty_file_is_replaced() {
    let directory = project(&[("rendered/prod/a.yaml", "")]);
    disk::apply(directory.path(), &plan(directory.path(), &[("prod/a.yaml", "1")])).unwrap();
    assert_eq!(listing(directory.path()), [format!("rendered/prod/a.yaml: {}", ours("1"))]);
}

#[test]
fn a_failure_on_the_way_is_undone() {
    let old = [("rendered/prod/a.yaml", ours("old")), ("rendered/prod/stale.yaml", ours("stale"))];
    let old: Vec<_> = old.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let wanted = [("new/a.yaml", "1"), ("prod/a.yaml", "new"), ("prod/z.yaml", "1")];
    // Each file appears, or changes, between planning and writing.
    for (name, path) in [
        ("a file where the plan saw none", "rendered/prod/z.yaml"),
        ("an edit by hand", "rendered/prod/stale.yaml"),
        ("a file where a directory is needed", "rendered/new"),
    ] {
        let directory = project(&old);
        let root = directory.path();
        let plan = plan(root, &wanted);
        write_files(root, &[(path, "mine\n")]);
        let before = listing(root);
        let error = disk::apply(root, &plan).unwrap_err();
        assert!(matches!(error, Error::Changed { .. } | Error::NotADirectory { .. }), "{name}: {error}");
        assert_eq!(listing(root), before, "{name}");
    }
}

#[test]
fn a_file_in_the_place_of_the_rendered_directory_is_refused() {
    let directory = project(&[("rendered", "mine\n")]);
    assert!(matches!(disk::read_tree(directory.path()), Err(Error::NotADirectory { .. })));
}

#[cfg(unix)]
#[test]
fn links_in_the_tree_are_never_followed() {
    let outside = project(&[("canary.yaml", "canary\n"), ("ours.yaml", &ours("1"))]);
    let link = |root: &Path, at: &str| std::os::unix::fs::symlink(outside.path(), root.join(at)).unwrap();

    // The rendered directory itself.
    let directory = project(&[]);
    link(directory.path(), "rendered");
    assert!(matches!(disk::read_tree(directory.path()), Err(Error::Symlink { .. })));

    // A folder and a file that we need, and a link that concerns nobody.
    let directory = project(&[("rendered/dev/x", "")]);
    link(directory.path(), "rendered/prod");
    link(directory.path(), "rendered/dev/a.yaml");
    link(directory.path(), "rendered/other");
    let refused = plan(directory.path(), &[("prod/ours.yaml", "2"), ("dev/a.yaml", "1")]);
    let found: Vec<_> = refused.foreign_in_the_way.iter().map(|it| (it.path.as_str(), it.what)).collect();
    assert_eq!(found, [("dev/a.yaml", Foreign::Symlink), ("prod", Foreign::Symlink)]);
    assert!(refused.delete.is_empty());

    // One that appears after planning.
    for (at, wanted) in [("rendered", "prod/new.yaml"), ("rendered/prod", "prod/new.yaml")] {
        let directory = project(&[]);
        let plan = plan(directory.path(), &[(wanted, "1")]);
        if at.contains('/') {
            fs::create_dir(directory.path().join("rendered")).unwrap();
        }
        link(directory.path(), at);
        assert!(matches!(disk::apply(directory.path(), &plan), Err(Error::Symlink { .. })), "{at}");
    }
    assert_eq!(listing(outside.path()), ["canary.yaml: canary\n".to_owned(), format!("ours.yaml: {}", ours("1"))]);
}

#[cfg(unix)]
#[test]
fn files_can_be_read_by_everybody_whom_the_umask_lets() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = project(&[("rendered/prod/a.yaml", &ours("1"))]);
    let path = directory.path().join("rendered/prod/a.yaml");
    // What the system gives a plain new file shows the umask.
    fs::write(directory.path().join("plain"), "").unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let expected = mode(&directory.path().join("plain")) & 0o644;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
    let plan = plan(directory.path(), &[("prod/a.yaml", "2"), ("prod/b.yaml", "1")]);
    disk::apply(directory.path(), &plan).unwrap();
    assert_eq!(mode(&path), expected);
    assert_eq!(mode(&directory.path().join("rendered/prod/b.yaml")), expected);
}

#[test]
fn a_report_is_replaced_whole() {
    let directory = project(&[("review.md", "old and longer\n")]);
    let path = directory.path().join("review.md");
    disk::write_report(&path, "new\n").unwrap();
    assert_eq!(listing(directory.path()), ["review.md: new\n"]);
    let error = disk::write_report(&directory.path().join("nowhere/review.md"), "").unwrap_err();
    assert!(
        error.to_string().starts_with("cannot write `") && error.to_string().contains("nowhere/review.md"),
        "{error}"
    );
    #[cfg(unix)]
    disk::write_report(Path::new("/dev/null"), "new\n").unwrap();
}
