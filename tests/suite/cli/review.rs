//! `diff` and `review`: against what they compare, in which form, and when they fail.

use crate::support::cases::project_path;
use crate::support::program::{copy_spec, edit, rendered, run, shop};
use crate::support::repository::{Format, TestRepository};
use serde_json::Value;
use std::fs;

#[test]
fn a_branch_is_compared_with_its_merge_base() {
    let shop = shop();
    shop.git(&["checkout", "--quiet", "-b", "feature"]);
    edit(shop.path(), "environments/production.kdl", "replicas 3", "replicas 4");
    run(shop.path(), &["compile"]).ends_with(0);
    shop.commit(&[]);
    shop.git(&["checkout", "--quiet", "main"]);
    edit(shop.path(), "base/app.kdl", "LOG_LEVEL info", "LOG_LEVEL warning");
    run(shop.path(), &["compile"]).ends_with(0);
    shop.commit(&[]);
    shop.git(&["checkout", "--quiet", "feature"]);
    run(shop.path(), &["diff"]).ends_with(0).prints(&["no changes"]);
    let run = run(shop.path(), &["diff", "--base", "main"])
        .ends_with(0)
        .prints(&["spec.replicas  3 → 4", "(merge base with main)"]);
    assert!(!run.data.contains("LOG_LEVEL"), "{run:#?}");
}

#[test]
fn diff_and_review_write_nothing_into_the_tree() {
    let shop = shop();
    edit(shop.path(), "environments/production.kdl", "replicas 3", "replicas 4");
    let before = rendered(shop.path());
    for command in ["diff", "review"] {
        run(shop.path(), &[command]).ends_with(0).prints(&["spec.replicas  3 → 4", "environments/production.kdl:3"]);
    }
    assert_eq!(rendered(shop.path()), before);
}

#[test]
fn diff_fails_on_changes_where_it_is_asked_to() {
    let shop = shop();
    run(shop.path(), &["diff", "--exit-code"]).ends_with(0);
    edit(shop.path(), "environments/production.kdl", "replicas 3", "replicas 4");
    run(shop.path(), &["diff"]).ends_with(0);
    run(shop.path(), &["diff", "--exit-code"]).ends_with(1);
    run(shop.path(), &["diff", "--exit-code", "-e", "staging"]).ends_with(0);
}

#[test]
fn review_fails_on_findings_where_it_is_asked_to() {
    let shop = shop();
    run(shop.path(), &["review", "--fail-on", "note"]).ends_with(0);
    edit(shop.path(), "base/app.kdl", "service ClusterIP", "service NodePort");
    run(shop.path(), &["review"]).ends_with(0).prints(&["! warn"]);
    run(shop.path(), &["review", "--fail-on", "note"]).ends_with(1);
    let outage = run(shop.path(), &["review", "--fail-on", "outage"]).ends_with(0);
    assert_eq!(outage.messages, "no finding is `outage` or worse, which `--fail-on` asked about\n");
    for format in ["terminal", "plain", "markdown", "json", "sarif"] {
        let without = run(shop.path(), &["review", "--format", format]).ends_with(0);
        let failed = run(shop.path(), &["review", "--format", format, "--fail-on", "warn"]).ends_with(1);
        assert_eq!(failed.data, without.data, "{format}");
        let expected = "error: 1 finding is `warn` or worse, which `--fail-on` asked about\n  \
                        warn    service-type-change: Service/shop-web in production, staging\n";
        assert_eq!(failed.messages, expected, "{format}");
    }
    run(shop.path(), &["review", "--fail-on", "fatal"]).ends_with(2).says(&["block, loss, outage, warn, note"]);
}

#[test]
fn review_fails_only_on_findings_of_the_chosen_environments() {
    let shop = shop();
    edit(shop.path(), "environments/production.kdl", "replicas 3", "replicas 1");
    run(shop.path(), &["review", "--fail-on", "warn"]).ends_with(1).says(&["availability-reduced", "in production"]);
    run(shop.path(), &["review", "--fail-on", "warn", "-e", "production"]).ends_with(1);
    run(shop.path(), &["review", "--fail-on", "note", "-e", "staging"]).ends_with(0);
}

#[test]
fn diff_and_compile_print_what_review_prints() {
    let shop = shop();
    edit(shop.path(), "base/app.kdl", "service ClusterIP", "service NodePort");
    let review = run(shop.path(), &["review"]).ends_with(0).data;
    assert_eq!(run(shop.path(), &["diff"]).ends_with(0).data, review);
    assert_eq!(run(shop.path(), &["compile"]).ends_with(0).data, review);
}

#[test]
fn sarif_names_files_from_the_root_of_the_repository() {
    let repository = TestRepository::new(Format::Sha1);
    let project = repository.path().join("apps/my shop");
    copy_spec(&project_path("tests/cases/project"), &project);
    run(&project, &["compile"]).ends_with(0);
    repository.commit(&[]);
    edit(&project, "environments/production.kdl", "replicas 3", "replicas 1");
    let log: Value = serde_json::from_str(&run(&project, &["review", "--format", "sarif"]).ends_with(0).data).unwrap();
    let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "apps/my%20shop/environments/production.kdl");
    assert_eq!(place["region"]["startLine"], 3);
}

#[test]
fn a_review_goes_to_a_file_where_one_is_named() {
    let shop = shop();
    edit(shop.path(), "environments/production.kdl", "replicas 3", "replicas 4");
    for format in ["terminal", "plain", "markdown", "job-summary", "json", "sarif", "html"] {
        let file = shop.beside(format);
        let written =
            run(shop.path(), &["review", "--format", format, "--output", file.to_str().unwrap()]).ends_with(0);
        assert_eq!((written.data.as_str(), written.messages.as_str()), ("", ""));
        let printed = run(shop.path(), &["review", "--format", format]).ends_with(0);
        assert_eq!(fs::read_to_string(&file).unwrap(), printed.data, "{format}");
    }
    let json: Value = serde_json::from_str(&fs::read_to_string(shop.beside("json")).unwrap()).unwrap();
    assert_eq!(json["version"], 1);
    let nowhere = shop.beside("no/such/directory/review.md");
    run(shop.path(), &["review", "--output", nowhere.to_str().unwrap()])
        .ends_with(3)
        .says(&["error: cannot ", "help: "]);
}

#[test]
fn a_comment_is_written_for_the_forge_that_is_named() {
    let shop = shop();
    edit(shop.path(), "base/app.kdl", "service ClusterIP", "service NodePort");
    let written =
        |forge: &str| run(shop.path(), &["review", "--format", "markdown", "--forge", forge]).ends_with(0).data;
    assert_eq!(written("github"), run(shop.path(), &["review", "--format", "markdown"]).ends_with(0).data);
    assert_eq!(written("forgejo"), written("gitea"));
    assert!(written("gitlab").contains("> [!WARNING]"));
    assert!(written("plain").contains("**Warning:**"));
    run(shop.path(), &["review", "--forge", "gitlab"]).ends_with(2).says(&["--format markdown"]);
    run(shop.path(), &["review", "--format", "markdown", "--forge", "sourcehut"]).ends_with(2).says(&["gitea"]);
}
