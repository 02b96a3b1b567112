//! The pictures of the documentation, in `docs/pictures/`: made anew by `just pictures`, from the case that the examples
//! of the documentation are from.

use super::chromium::Browser;
use super::{Pages, screenshots};
use crate::review;
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;

/// The most bytes of one: they stay in the repository for ever.
const LARGEST: u64 = 250_000;

/// A picture: its name, the window it is taken in, the colours, and the part of the page as a script that returns it.
const PICTURES: [(&str, u32, &str, &str); 4] = [
    ("review-laptop-light", 1366, "light", "new DOMRect(0, 0, 1366, 1200)"),
    ("review-laptop-dark", 1366, "dark", "new DOMRect(0, 0, 1366, 1200)"),
    ("review-phone", 390, "light", "new DOMRect(0, 0, 390, 844)"),
    ("review-diff", 1366, "light", "Array.from(document.querySelectorAll('.object')).at(-1).getBoundingClientRect()"),
];

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/pictures").join(format!("{name}.png"))
}

#[test]
fn are_taken() {
    let Some(mut browser) = Browser::start() else { return };
    // Fonts differ from machine to machine, so what is taken is kept only on request.
    let is_kept = std::env::var_os("PICTURES").is_some();
    let pages = Pages::new();
    browser.open(&pages.write("pictures", &review::of_case(review::AT_EVERY_WIDTH)), "");
    for (name, width, scheme, part) in PICTURES {
        browser.look(width, scheme);
        if name == "review-diff" {
            browser.evaluate("document.getElementById('split').click()");
        }
        let part = browser.evaluate(&format!("({part}).toJSON()"));
        let picture = screenshots::of(&mut browser, &clip(&part));
        assert!(picture.starts_with(b"\x89PNG"), "{name}");
        if is_kept {
            fs::create_dir_all(path(name).parent().unwrap()).unwrap();
            fs::write(path(name), picture).unwrap();
        }
    }
}

/// A part of the page in the terms of the browser, with a margin where there is room for one.
fn clip(part: &Value) -> Value {
    let of = |name: &str| part[name].as_f64().unwrap();
    let margin = if of("x") > 0.0 { 16.0 } else { 0.0 };
    json!({
        "x": of("x") - margin, "y": of("y"), "scale": 1,
        "width": of("width") + 2.0 * margin, "height": of("height"),
    })
}

#[test]
fn are_there_and_small() {
    for (name, ..) in PICTURES {
        let bytes = fs::metadata(path(name)).unwrap().len();
        assert!(bytes < LARGEST, "{name}: {bytes} bytes");
    }
}
