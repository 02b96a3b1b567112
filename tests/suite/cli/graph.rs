//! `graph`: where a picture goes, and in which form.

use crate::support::program::{run, shop};
use std::fs;

#[test]
fn the_form_is_asked_for_or_follows_from_the_file() {
    let shop = shop();
    let check = |arguments: &[&str], file: Option<&str>, start: &str| {
        let run = run(shop.path(), &[&["graph", "-e", "staging"], arguments].concat()).ends_with(0);
        let text = file.map_or(run.data, |it| fs::read_to_string(shop.path().join(it)).unwrap());
        assert!(text.starts_with(start), "{arguments:?}: {text}");
        assert_eq!(run.messages, "");
    };
    check(&[], None, "flowchart LR\n");
    check(&["--format", "mermaid"], None, "flowchart LR\n");
    check(&["--format", "dot"], None, "digraph ");
    check(&["--format", "svg"], None, "<svg ");
    check(&["-o", "a.mmd"], Some("a.mmd"), "flowchart LR\n");
    check(&["-o", "a.md"], Some("a.md"), "## staging\n\n```mermaid\nflowchart LR\n");
    check(&["-o", "a.gv"], Some("a.gv"), "digraph ");
    check(&["--output", "a.SVG"], Some("a.SVG"), "<svg ");
    check(&["-o", "picture", "--format", "svg"], Some("picture"), "<svg ");
}

#[test]
fn several_environments_are_one_text() {
    let shop = shop();
    run(shop.path(), &["graph"]).ends_with(0).prints(&["## production\n\n```mermaid\n", "## staging\n\n```mermaid\n"]);
    run(shop.path(), &["graph", "--format", "dot"]).ends_with(0).prints(&["cluster_production", "cluster_staging"]);
    let svg = run(shop.path(), &["graph", "--format", "svg"]).ends_with(0).prints(&[">production<", ">staging<"]);
    assert_eq!(svg.data.matches("<svg").count(), 1);
    let two = ["graph", "-e", "staging", "-e", "production", "-o", "a.mmd"];
    run(shop.path(), &two).ends_with(2).says(&["a file of Mermaid holds one environment", "`.md`"]);
    assert!(!shop.path().join("a.mmd").exists());
}

#[test]
fn what_cannot_be_drawn_is_said() {
    let shop = shop();
    run(shop.path(), &["graph", "-o", "a.png"]).ends_with(2).says(&["`.png` is no form of a picture", "`.svg`"]);
    run(shop.path(), &["graph", "-o", "picture"]).ends_with(2).says(&["`picture` is no form of a picture"]);
    run(shop.path(), &["graph", "-e", "stagin"]).ends_with(2).says(&["did you mean `staging`?"]);
    run(shop.path(), &["graph", "-o", "none/a.svg"]).ends_with(3).says(&["none"]);
}
