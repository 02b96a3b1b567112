//! `review --open`: which file is opened, with what, and what is said where it cannot be.

use crate::support::program::{edit, outcome, program, run, shop};
use std::fs;
use std::path::Path;

#[test]
#[cfg(unix)]
fn the_page_is_written_and_opened() {
    let shop = shop();
    edit(shop.path(), "environments/production.kdl", "replicas 3", "replicas 4");
    let shown = shop.beside("shown.html");
    let browser = format!("no-such-browser:cp %s {}", shown.display());
    let opened = |arguments: &[&str]| {
        let arguments = [&["review", "--open"], arguments].concat();
        let run = outcome(program(shop.path(), &arguments).env("BROWSER", &browser)).ends_with(0);
        let path = run.data.strip_suffix('\n').unwrap().to_owned();
        assert_eq!(fs::read(&path).unwrap(), fs::read(&shown).unwrap());
        path
    };
    let path = opened(&[]);
    let page = fs::read_to_string(&path).unwrap();
    assert!(page.starts_with("<!doctype html>") && page.contains("<code class=\"quote\">replicas 4</code>"));
    assert!(Path::new(&path).extension().is_some_and(|it| it == "html"));
    fs::remove_file(path).unwrap();
    let file = shop.beside("review.html");
    assert_eq!(opened(&["--output", file.to_str().unwrap()]), file.to_str().unwrap());
    assert_eq!(fs::read_to_string(&file).unwrap(), page);
    assert_eq!(run(shop.path(), &["review", "--format", "html"]).ends_with(0).data, page);
}

#[test]
#[cfg(unix)]
fn a_page_that_cannot_be_opened_is_there_all_the_same() {
    let shop = shop();
    let run = outcome(program(shop.path(), &["review", "--open"]).env("BROWSER", "false")).ends_with(3);
    let run = run.says(&["error: the page is written but could not be opened with `false`", "help: open the file"]);
    let path = run.data.trim_end();
    assert!(fs::read_to_string(path).unwrap().contains("</html>"));
    fs::remove_file(path).unwrap();
}

#[test]
fn only_the_page_can_be_opened() {
    let shop = shop();
    for format in ["terminal", "markdown", "json"] {
        run(shop.path(), &["review", "--open", "--format", format]).ends_with(2).says(&["help: leave `--format` out"]);
    }
}
