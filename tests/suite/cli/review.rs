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
    let message = format!("error: cannot write `{}`: ", nowhere.display());
    let missing = run(shop.path(), &["review", "--output", nowhere.to_str().unwrap()])
        .ends_with(3)
        .says(&[&message, "help: check the path; its folder is not there"]);
    assert!(!missing.messages.contains(".todo-gitops-"), "{missing:#?}");
    let printed = run(shop.path(), &["review"]).ends_with(0).data;
    assert_eq!(run(shop.path(), &["review", "--output", "-"]).ends_with(0).data, printed);
    assert!(!shop.path().join("-").exists());
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

#[test]
fn two_commits_are_compared_without_the_work_tree() {
    let shop = shop();
    shop.git(&["checkout", "--quiet", "-b", "feature"]);
    edit(shop.path(), "environments/production.kdl", "replicas 3", "replicas 4");
    run(shop.path(), &["compile"]).ends_with(0);
    let tip = shop.commit(&[]);
    shop.git(&["checkout", "--quiet", "main"]);
    // Nothing on disk has a say.
    edit(shop.path(), "base/app.kdl", "app shop", "app {{{");
    run(shop.path(), &["review"]).ends_with(2);
    let changed = ["spec.replicas  3 → 4", "environments/production.kdl:3"];
    run(shop.path(), &["review", "--head", "feature"])
        .ends_with(0)
        .prints(&changed)
        .prints(&[&format!("{tip:.8} (feature) compared with"), "(first parent of feature)"]);
    for base in ["main", "feature~1"] {
        run(shop.path(), &["diff", "--base", base, "--head", "feature"]).ends_with(0).prints(&changed);
    }
    run(shop.path(), &["diff", "--head", "feature", "--exit-code"]).ends_with(1);
    run(shop.path(), &["diff", "--head", "feature", "--environment", "staging"]).ends_with(0).prints(&["no changes"]);
    run(shop.path(), &["diff", "--head", "feature", "--environment", "stagign"])
        .ends_with(2)
        .says(&["no environment is called `stagign`", "did you mean `staging`?"]);
    run(shop.path(), &["diff", "--head", "main"]).ends_with(0).prints(&["first compile"]);
    run(shop.path(), &["diff", "--head", "main", "--base", "feature"]).ends_with(0).prints(&["first compile"]);
    run(shop.path(), &["review", "--head", "nowhere"]).ends_with(3).says(&["`nowhere` names no commit of this clone"]);
    run(shop.path(), &["review", "--head", "feature", "--base", "nowhere"]).ends_with(3);
    std::fs::remove_dir_all(shop.path().join("base")).unwrap();
    run(shop.path(), &["review", "--head", &tip]).ends_with(0).prints(&changed);
    run(shop.path(), &["compile", "--head", "feature"]).ends_with(2);
}

#[test]
fn a_commit_that_does_not_compile_is_reviewed_by_its_tree() {
    let shop = shop();
    edit(shop.path(), "environments/production.kdl", "replicas 3", "replicas 4");
    run(shop.path(), &["compile"]).ends_with(0);
    edit(shop.path(), "base/app.kdl", "app shop", "app {{{");
    shop.commit(&[]);
    run(shop.path(), &["review", "--head", "HEAD"])
        .ends_with(0)
        .prints(&["spec.replicas  3 → 4", "they do not compile", "house rules in production and staging"])
        .prints(&["production grows from 3 to 4 pods.\n"]);
    // Where nothing else is to be told, what could not be looked at is.
    edit(shop.path(), "base/app.kdl", "app {{{", "app {{{{");
    shop.commit(&[]);
    for format in ["terminal", "plain", "markdown", "job-summary", "json", "sarif", "html"] {
        run(shop.path(), &["review", "--head", "HEAD", "--format", format])
            .ends_with(0)
            .prints(&["they do not compile", "house rules in production and staging"]);
    }
    edit(shop.path(), "base/app.kdl", "app {{{{", "app {{{");
    // The old spec is broken, and the tree is not what the new one says.
    edit(shop.path(), "base/app.kdl", "app {{{", "app shop");
    edit(shop.path(), "environments/production.kdl", "replicas 4", "replicas 5");
    shop.commit(&[]);
    run(shop.path(), &["review", "--head", "HEAD"]).ends_with(0).prints(&[
        "rendered-drift",
        "`spec.replicas` is 4 in the tree and 5",
        "they do not compile",
    ]);
}

#[test]
fn what_a_base_has_already_is_compared_with_what_was_before() {
    let shop = shop();
    edit(shop.path(), "environments/production.kdl", "replicas 3", "replicas 4");
    run(shop.path(), &["compile"]).ends_with(0);
    shop.commit(&[]);
    shop.git(&["branch", "merged"]);
    run(shop.path(), &["diff"]).ends_with(0).prints(&["no changes"]);
    run(shop.path(), &["diff", "--base", "HEAD"]).ends_with(0).prints(&["no changes"]);
    run(shop.path(), &["diff", "--base", "merged"])
        .ends_with(0)
        .prints(&["spec.replicas  3 → 4", "(first parent of HEAD, which merged has already)"]);
    edit(shop.path(), "environments/production.kdl", "replicas 4", "replicas 5");
    run(shop.path(), &["diff", "--base", "merged"]).ends_with(0).prints(&["spec.replicas  4 → 5"]);
}

#[test]
fn a_tree_that_is_not_compiled_is_told_before_anything_else() {
    let shop = shop();
    edit(shop.path(), "rendered/production/deployment-shop-web.yaml", "replicas: 3", "replicas: 7");
    shop.commit(&[]);
    let told = "`spec.replicas` was 7 and not 3, which this change";
    let heading = "committed, and not what the sources compile to";
    run(shop.path(), &["diff"]).ends_with(0).prints(&[heading, told]);
    let still = run(shop.path(), &["review"]).ends_with(0).prints(&[heading, "`spec.replicas` is 7 in the tree and 3"]);
    assert_eq!(still.data.matches("rendered-drift").count(), 1, "{still:#?}");
    run(shop.path(), &["compile"]).ends_with(0);
    run(shop.path(), &["review"]).ends_with(0).prints(&[heading, told]);
    run(shop.path(), &["review", "--environment", "staging"]).ends_with(0).prints(&["no changes"]);
    run(shop.path(), &["review", "--head", "HEAD"])
        .ends_with(0)
        .prints(&[heading, "`spec.replicas` is 7 in the tree and 3"]);
}

#[test]
fn two_commits_without_a_project_are_no_review() {
    let repository = TestRepository::new(Format::Sha1);
    run(repository.path(), &["review", "--head", "HEAD"]).ends_with(3).says(&["help: commit first"]);
    repository.commit(&[("README.md", "1")]);
    let help = "name the directory that holds `base/` and `rendered/` with `-C DIR`";
    run(repository.path(), &["-C", "nowhere", "review", "--head", "HEAD"])
        .ends_with(2)
        .says(&["cannot read `nowhere`"]);
    let first = run(repository.path(), &["review", "--head", "HEAD"]).ends_with(2);
    first.says(&["error: no project in `.` at ", help]);
    repository.commit(&[("README.md", "2")]);
    run(repository.path(), &["review", "--head", "HEAD"]).ends_with(2).says(&["nor at what it is compared with", help]);
    copy_spec(&project_path("tests/cases/project"), &repository.path().join("apps/shop"));
    run(&repository.path().join("apps/shop"), &["compile"]).ends_with(0);
    repository.commit(&[]);
    run(repository.path(), &["review", "--head", "HEAD"]).ends_with(2).says(&[help]);
    run(repository.path(), &["-C", "apps/shop", "review", "--head", "HEAD"])
        .ends_with(0)
        .prints(&["production and staging are new"]);
}

#[test]
fn what_a_message_repeats_cannot_move_the_cursor() {
    let shop = shop();
    let run = run(shop.path(), &["review", "--head", "\u{1b}[2Jmain\nerror: all is well"]).ends_with(3);
    assert!(!run.messages.contains('\u{1b}'), "{run:#?}");
    assert!(!run.messages.contains("\nerror: all is well"), "{run:#?}");
}

#[test]
fn a_commit_that_is_named_by_its_id_is_called_by_its_first_characters() {
    let shop = shop();
    edit(shop.path(), "environments/production.kdl", "replicas 3", "replicas 4");
    run(shop.path(), &["compile"]).ends_with(0);
    let tip = shop.commit(&[]);
    for id in [tip.as_str(), &tip[..7], &tip[..12]] {
        let expected = [format!("{tip:.8} compared with"), format!("(first parent of {tip:.8})")];
        run(shop.path(), &["review", "--head", id]).ends_with(0).prints(&[&expected[0], &expected[1]]);
    }
}

#[test]
fn an_object_that_two_files_held_is_not_removed_with_one_of_them() {
    let shop = shop();
    let folder = shop.path().join("rendered/production");
    fs::copy(folder.join("service-shop-web.yaml"), folder.join("service-copy.yaml")).unwrap();
    shop.commit(&[]);
    let review = run(shop.path(), &["review"]).ends_with(0).prints(&["rendered-drift"]);
    assert!(!review.data.contains("is removed"), "{review:#?}");
}
