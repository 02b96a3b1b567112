//! `--color` and the pager: what a terminal gets, a pipe, and a file.

use crate::support::program::{edit, outcome, program, run, shop};
use std::fs;

#[test]
fn colour_that_is_asked_for_wins_over_the_environment() {
    let shop = shop();
    edit(shop.path(), "environments/production.kdl", "replicas 3", "replicas 3\nimage tag=\"1.0.0\"");
    let check = |arguments: &[&str], variables: &[(&str, &str)], expected: bool| {
        let run = outcome(program(shop.path(), arguments).envs(variables.iter().copied()));
        let coloured = format!("{}{}", run.data, run.messages).contains('\u{1b}');
        assert_eq!(coloured, expected, "{arguments:?} {variables:?}: {run:#?}");
    };
    check(&["diff", "--color=always"], &[], true);
    check(&["--color", "always", "diff"], &[("NO_COLOR", "1"), ("TERM", "dumb")], true);
    check(&["diff", "--color", "never"], &[("CLICOLOR_FORCE", "1")], false);
    check(&["diff", "--color=auto"], &[("CLICOLOR_FORCE", "1")], true);
    check(&["diff", "--color=always", "--color=never"], &[], false);
    check(&["--help", "--color=always"], &[], true);
    check(&["--color=always", "plan"], &[], true);
    check(&["--color=never", "plan"], &[("CLICOLOR_FORCE", "1")], false);
    check(&["review", "--format", "json", "--color=always"], &[], true); // the warning, on standard error
    run(shop.path(), &["diff", "--color=blue"]).ends_with(2).says(&["auto, always, never"]);
}

#[test]
fn a_file_has_colour_only_where_it_is_asked_for() {
    let shop = shop();
    edit(shop.path(), "environments/production.kdl", "replicas 3", "replicas 4");
    let file = shop.beside("review.txt");
    let written = |variables: &[(&str, &str)], more: &[&str]| {
        let arguments = [&["review", "--output", file.to_str().unwrap()], more].concat();
        outcome(program(shop.path(), &arguments).envs(variables.iter().copied())).ends_with(0);
        fs::read_to_string(&file).unwrap().contains('\u{1b}')
    };
    assert!(!written(&[], &[]));
    assert!(!written(&[("CLICOLOR_FORCE", "1")], &[]));
    assert!(!written(&[], &["--color=auto"]));
    assert!(written(&[], &["--color=always"]));
    assert!(!written(&[], &["--color=always", "--format", "json"]));
}

#[test]
fn a_pipe_has_no_pager_and_the_plain_form_no_symbols() {
    let shop = shop();
    edit(shop.path(), "base/app.kdl", "service ClusterIP", "service NodePort");
    let printed = run(shop.path(), &["diff"]).ends_with(0);
    let piped = outcome(program(shop.path(), &["diff"]).env("TODO_GITOPS_PAGER", "false")).ends_with(0);
    assert_eq!(piped.data, printed.data);
    assert_eq!(run(shop.path(), &["diff", "--no-pager"]).ends_with(0).data, printed.data);
    // In a pipe the locale says nothing about who reads.
    let elsewhere = outcome(program(shop.path(), &["diff"]).env("LC_ALL", "C")).ends_with(0);
    assert_eq!(elsewhere.data, printed.data);
    let plain = run(shop.path(), &["review", "--format", "plain"]).ends_with(0);
    assert!(plain.data.is_ascii() && plain.data.contains("-- "), "{plain:#?}");
}
