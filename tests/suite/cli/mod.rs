//! The command line: what each subcommand writes where, and how it ends. One file for each subcommand; here, what they
//! share.

mod capacity;
mod compile;
mod explain;
mod graph;
mod layers;
mod open;
mod parity;
mod review;
mod screen;

use crate::support::program::{edit, outcome, program, run, shop};
use std::process::Stdio;

#[test]
fn data_and_messages_go_to_different_streams() {
    let shop = shop();
    edit(shop.path(), "environments/staging.kdl", "cluster=east", "cluster=esat");
    let wrong = run(shop.path(), &["diff"]).ends_with(2).says(&["error[unknown-cluster]", "did you mean `east`?"]);
    assert_eq!(wrong.data, "");
    edit(shop.path(), "environments/staging.kdl", "cluster=esat", "cluster=east");
    let right = run(shop.path(), &["diff"]).ends_with(0).prints(&["no changes; working tree compared with"]);
    assert_eq!(right.messages, "");
}

#[test]
fn help_and_version_are_data_and_a_wrong_command_line_is_a_message() {
    let shop = shop();
    for code in ["0  done", "1  differences", "2  the command line", "3  the disk", "4  refused"] {
        run(shop.path(), &["--help"]).ends_with(0).prints(&[code]);
    }
    run(shop.path(), &["--version"]).ends_with(0).prints(&[concat!("todo-gitops ", env!("CARGO_PKG_VERSION"))]);
    for wrong in [&["plan"][..], &["compile", "production"], &["compile", "--env", "staging"], &["explain"]] {
        let run = run(shop.path(), wrong).ends_with(2).says(&["error: "]);
        assert_eq!(run.data, "", "{wrong:?}");
    }
}

#[test]
fn colour_is_for_terminals_and_for_who_asks() {
    let shop = shop();
    edit(shop.path(), "environments/production.kdl", "replicas 3", "replicas 3\nimage tag=\"1.0.0\"");
    let coloured = |variables: &[(&str, &str)]| {
        let run = outcome(program(shop.path(), &["diff"]).envs(variables.iter().copied())).ends_with(0);
        assert!(run.messages.contains("warning"), "{run:#?}");
        run.messages.contains('\u{1b}') || run.data.contains('\u{1b}')
    };
    assert!(!coloured(&[]));
    assert!(coloured(&[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]));
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let shop = shop();
    for arguments in [&["diff"][..], &["review", "--format", "json"], &["explain", "deployment/shop-web"], &["--help"]]
    {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let run = outcome(program(shop.path(), arguments).stdout(writer).stderr(Stdio::piped())).ends_with(0);
        assert_eq!(run.messages, "", "{arguments:?}");
    }
}

#[test]
fn a_project_is_found_from_below_and_by_name() {
    let shop = shop();
    let below = shop.path().join("environments");
    run(&below, &["compile", "--check"]).ends_with(0);
    run(shop.path().parent().unwrap(), &["-C", "repository", "compile", "--check"]).ends_with(0);
    run(shop.path().parent().unwrap(), &["compile"]).ends_with(2).says(&["no project in", "`-C DIR`"]);
    run(shop.path(), &["-C", "nowhere", "compile"]).ends_with(2).says(&["cannot read `nowhere`"]);
}

#[test]
fn an_unknown_environment_suggests_the_nearest() {
    let shop = shop();
    for arguments in [&["compile"][..], &["diff"], &["review"], &["explain", "deployment/shop-web"]] {
        let arguments = [arguments, &["--environment", "stagign"]].concat();
        run(shop.path(), &arguments)
            .ends_with(2)
            .says(&["no environment is called `stagign`", "did you mean `staging`?"]);
    }
}
