//! Pictures of the page for people to look at, written where `SCREENSHOTS` says.

use super::chromium::Browser;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// Takes one where they are asked for.
pub(super) fn take(browser: &mut Browser, name: &str) {
    if std::env::var_os("SCREENSHOTS").is_none() {
        return;
    }
    let height = browser.evaluate("Math.min(document.documentElement.scrollHeight, 6000)");
    let width = browser.evaluate("document.documentElement.clientWidth");
    let clip = json!({"x": 0, "y": 0, "width": width, "height": height, "scale": 1});
    keep(&format!("{name}.png"), &of(browser, &clip));
}

/// Returns a part of the page as PNG.
pub(super) fn of(browser: &mut Browser, clip: &Value) -> Vec<u8> {
    let answer = browser.call("Page.captureScreenshot", &json!({"captureBeyondViewport": true, "clip": clip}));
    decoded(answer["data"].as_str().unwrap())
}

/// Writes a file where they are asked for.
pub(super) fn keep(name: &str, bytes: &[u8]) {
    let Some(folder) = std::env::var_os("SCREENSHOTS") else { return };
    let folder = Path::new(&folder);
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join(name), bytes).unwrap();
}

/// Reads base 64.
fn decoded(text: &str) -> Vec<u8> {
    let value = |it: u8| match it {
        b'A'..=b'Z' => u32::from(it - b'A'),
        b'a'..=b'z' => u32::from(it - b'a') + 26,
        b'0'..=b'9' => u32::from(it - b'0') + 52,
        b'+' => 62,
        _ => 63,
    };
    let letters: Vec<u8> = text.bytes().filter(|it| *it != b'=').collect();
    let bytes = |four: &[u8]| {
        let bits = four.iter().fold(0, |sum, it| sum << 6 | value(*it)) << (6 * (4 - four.len()));
        bits.to_be_bytes()[1..four.len()].to_vec()
    };
    letters.chunks(4).flat_map(bytes).collect()
}

#[test]
fn reads_base_64() {
    assert_eq!(decoded("Zm9vYg=="), b"foob");
    assert_eq!(decoded("Zm9vYmFy"), b"foobar");
}
