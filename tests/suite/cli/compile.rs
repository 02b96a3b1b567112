//! `compile`: what it writes, what it leaves alone, and what it refuses.

use crate::support::cases::project_path;
use crate::support::program::{committed, copy_spec, edit, rendered, run, shop};
use crate::support::repository::{Format, TestRepository};
use crate::support::{listing, write_files};
use std::fs;

#[test]
fn a_second_compile_writes_nothing() {
    let shop = shop();
    run(shop.path(), &["compile"])
        .ends_with(0)
        .says(&["compiled 10 objects in 2 environments; rendered/ was up to date"]);
    assert_eq!(shop.git(&["status", "--porcelain"]), "");
}

#[test]
fn check_lists_what_differs_is_missing_and_is_stale_and_writes_nothing() {
    let shop = shop();
    run(shop.path(), &["compile", "--check"]).ends_with(0).says(&["rendered/ is up to date"]);
    let path = |file: &str| shop.path().join("rendered/production").join(file);
    fs::rename(path("service-shop-web.yaml"), path("service-old.yaml")).unwrap();
    edit(shop.path(), "rendered/production/deployment-shop-web.yaml", "replicas: 3", "replicas: 9");
    let before = listing(shop.path());
    run(shop.path(), &["compile", "--check"])
        .ends_with(1)
        .prints(&[
            "differs    rendered/production/deployment-shop-web.yaml\n",
            "missing    rendered/production/service-shop-web.yaml\n",
            "stale      rendered/production/service-old.yaml\n",
            "-  replicas: 9\n+  replicas: 3\n",
        ])
        .says(&["rendered/ is not what the sources compile to: 3 files", "run `todo-gitops compile`"]);
    assert_eq!(listing(shop.path()), before);
    run(shop.path(), &["compile"]).ends_with(0).says(&["wrote 2 files, deleted 1"]);
    run(shop.path(), &["compile", "--check"]).ends_with(0);
}

#[test]
fn a_file_that_is_not_ours_is_never_overwritten() {
    let check = |path: &str, text: &str, expected: &str| {
        let shop = shop();
        let target = shop.path().join(path);
        if target.is_dir() {
            fs::remove_dir_all(&target).unwrap();
        }
        fs::write(&target, text).unwrap();
        edit(shop.path(), "environments/staging.kdl", "cluster=east", "cluster=east protected=#true");
        edit(shop.path(), "base/app.kdl", "LOG_LEVEL info", "LOG_LEVEL warning");
        let before = rendered(shop.path());
        let run = run(shop.path(), &["compile"]).ends_with(4).says(&[expected, "help: move it "]);
        assert_eq!(run.messages.matches("error: ").count(), 1, "{run:#?}");
        assert_eq!(rendered(shop.path()), before);
        assert_eq!(fs::read_to_string(target).unwrap(), text);
    };
    check("rendered/production/service-shop-web.yaml", "kind: Service\n", "and compiling would overwrite it");
    check("rendered/production", "a file", "`rendered/production/_namespace-production.yaml` and 4 more files must be");
    check("rendered", "a file", "rendered` is not a directory");
}

#[test]
fn files_beside_ours_stay() {
    let shop = shop();
    write_files(shop.path(), &[("rendered/production/README.md", "ours\n"), ("rendered/other/x.yaml", "kind: X\n")]);
    fs::remove_file(shop.path().join("environments/production.kdl")).unwrap();
    run(shop.path(), &["compile"]).ends_with(0).says(&["deleted 5 files"]).prints(&["namespace-removed"]);
    let left: Vec<String> = rendered(shop.path()).into_iter().filter(|it| !it.starts_with("staging/")).collect();
    assert_eq!(left, ["other/x.yaml: kind: X\n", "production/README.md: ours\n"]);
}

#[test]
fn an_error_in_one_environment_writes_nothing_for_any() {
    let shop = shop();
    edit(shop.path(), "base/app.kdl", "LOG_LEVEL info", "LOG_LEVEL warning");
    edit(shop.path(), "environments/production.kdl", "replicas 3", "replicas 9");
    let before = rendered(shop.path());
    run(shop.path(), &["compile"]).ends_with(2).says(&[
        "error[out-of-bounds]",
        "in production",
        "1 error; nothing was written",
    ]);
    assert_eq!(rendered(shop.path()), before);
}

#[test]
fn a_selected_environment_is_written_alone() {
    let shop = shop();
    edit(shop.path(), "base/app.kdl", "LOG_LEVEL info", "LOG_LEVEL warning");
    run(shop.path(), &["compile", "--environment", "staging"]).ends_with(0).says(&["wrote 2 files"]);
    let changed = shop.git(&["diff", "--name-only", "--", "rendered"]);
    assert_eq!(changed, "rendered/staging/configmap-shop-web-config.yaml\nrendered/staging/deployment-shop-web.yaml");
    run(shop.path(), &["compile", "--check"]).ends_with(1);
    run(shop.path(), &["compile", "--check", "-e", "staging"]).ends_with(0);
}

#[test]
fn a_selected_environment_is_not_held_up_by_another() {
    for (right, wrong) in [("replicas 3", "replicas 9"), ("replicas 3", "replica 3"), ("replicas 3", "replicas {")] {
        let shop = shop();
        edit(shop.path(), "environments/production.kdl", right, wrong);
        run(shop.path(), &["compile", "--environment", "staging"]).ends_with(0).says(&["rendered/ was up to date"]);
        run(shop.path(), &["compile", "--environment", "production"])
            .ends_with(2)
            .says(&["environments/production.kdl:"]);
        run(shop.path(), &["compile"]).ends_with(2).says(&["1 error; nothing was written"]);
    }
}

#[test]
fn errors_of_several_environments_are_said_together() {
    let shop = shop();
    edit(shop.path(), "environments/production.kdl", "replicas 3", "replica 3");
    edit(shop.path(), "environments/staging.kdl", "cluster=east", "cluster=west");
    run(shop.path(), &["compile"]).ends_with(2).says(&[
        "unknown-node",
        "unknown-cluster",
        "2 errors; nothing was written",
    ]);
}

#[test]
fn without_a_commit_everything_is_new() {
    let repository = TestRepository::new(Format::Sha1);
    copy_spec(&project_path("tests/cases/project"), repository.path());
    run(repository.path(), &["compile"])
        .ends_with(0)
        .says(&["wrote 10 files"])
        .prints(&["first compile of 2 environments with 10 objects", "there is no commit to compare with"]);
}

#[test]
fn without_a_repository_there_is_nothing_to_compare_with() {
    let directory = tempfile::tempdir().unwrap();
    copy_spec(&project_path("tests/cases/project"), directory.path());
    let run_here = |arguments: &[&str]| run(directory.path(), arguments);
    let compiled =
        run_here(&["compile"]).ends_with(0).says(&["wrote 10 files", "not compared: the project is in no git"]);
    assert_eq!(compiled.data, "");
    run_here(&["compile", "--check"]).ends_with(0);
    run_here(&["diff"]).ends_with(3).says(&["is in no git repository", "run `git init`"]);
    run_here(&["review"]).ends_with(3);
}

#[test]
fn an_unknown_baseline_leaves_the_tree_as_it_is() {
    let shop = shop();
    edit(shop.path(), "environments/production.kdl", "replicas 3", "replicas 4");
    let before = rendered(shop.path());
    for command in ["compile", "diff", "review"] {
        run(shop.path(), &[command, "--base", "mian"])
            .ends_with(3)
            .says(&["`mian` names no commit of this clone", "help: "]);
    }
    assert_eq!(rendered(shop.path()), before);
}

#[test]
fn one_replica_count_of_our_own_project_is_one_changed_line() {
    let own = committed(&project_path(""));
    let staging = "environments/todo-staging.kdl";
    let line = fs::read_to_string(own.path().join(staging)).unwrap();
    let line = line.lines().position(|it| it.trim() == "replicas 2").unwrap() + 1;
    edit(
        own.path(),
        staging,
        "component backend {\n        image tag=\"1.1.0-rc.1\"\n        replicas 2",
        "component backend {\n        image tag=\"1.1.0-rc.1\"\n        replicas 3",
    );
    run(own.path(), &["compile"]).ends_with(0).says(&["wrote 1 file\n"]).prints(&[
        "1 field change = 1 shown",
        "spec.replicas  2 → 3",
        &format!("{staging}:{line}"),
    ]);
    let diff = own.git(&["diff", "--unified=0", "--", "rendered"]);
    let changed: Vec<&str> = diff.lines().filter(|it| it.starts_with(['+', '-'])).collect();
    assert_eq!(
        changed,
        [
            "--- a/rendered/todo-staging/deployment-todo-backend.yaml",
            "+++ b/rendered/todo-staging/deployment-todo-backend.yaml",
            "-  replicas: 2",
            "+  replicas: 3",
        ]
    );
}

#[test]
fn the_day_is_told_and_changes_no_byte() {
    let shop = shop();
    let waive = "probe readiness http=\"/health\"\n        service ClusterIP";
    let ends = "waive missing-probe reason=\"soon\" until=\"2026-06-30\"\n        service ClusterIP";
    edit(shop.path(), "base/app.kdl", waive, ends);
    run(shop.path(), &["compile", "--today", "2026-01-01"]).ends_with(0);
    let before = listing(shop.path());
    run(shop.path(), &["--today", "2026-06-30", "compile"]).ends_with(0).says(&["note[expiring-waiver]", "ends today"]);
    assert_eq!(listing(shop.path()), before);
    run(shop.path(), &["compile", "--today", "2026-07-01"])
        .ends_with(2)
        .says(&["error[expired-waiver]: the waiver of `missing-probe` ended on 2026-06-30", "nothing was written"]);
    run(shop.path(), &["compile", "--today", "2026-02-30"]).ends_with(2).says(&["February 2026 has 28 days"]);
}
