//! The page in a real browser: it says nothing on the console, works with and without its script, fits every width in both
//! colour schemes, and a large one opens at once.
//!
//! With `SCREENSHOTS=DIR` in the environment, the pages and every look of them are written to that folder.

mod chromium;
mod pictures;
mod screenshots;

use crate::example_review::{huge, quiet, rich};
use crate::review;
use crate::support::large;
use chromium::Browser;
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use todo_gitops::change::{Finding, ManifestChange, Review};
use todo_gitops::report;

/// Cases whose pages have something that the others have not.
const CASES: [&str; 5] = [
    review::AT_EVERY_WIDTH,
    "broken-rules-are-findings-of-their-own",
    "component-renamed-replaces-its-workload",
    "first-compile",
    "trees-edited-by-hand-are-told-first",
];

/// What is asked of every page that is looked at: whether it is wider than the window, and texts whose contrast is less than
/// level AA of the Web Content Accessibility Guidelines (success criterion 1.4.3) asks for.
const LOOK: &str = include_str!("look.js");

const WIDTHS: [u32; 3] = [390, 1366, 2560];

/// A folder with pages.
struct Pages {
    folder: tempfile::TempDir,
}

impl Pages {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn write(&self, name: &str, review: &Review) -> PathBuf {
        let path = self.folder.path().join(format!("{name}.html"));
        let page = report::html(review);
        fs::write(&path, &page).unwrap();
        screenshots::keep(&format!("{name}.html"), page.as_bytes());
        path
    }
}

/// The reviews whose pages are looked at: one with everything, one with nothing to tell, one with long names, and real
/// ones.
fn reviews() -> Vec<(&'static str, Review)> {
    let mut long = rich();
    for text in [&mut long.changes[2].object.name, &mut long.findings[0].object.name, &mut long.environments[1].name] {
        "a-name-that-is-as-long-as-kubernetes-allows-it-to-be-and-no-longer".clone_into(text);
    }
    long.changes[2].fields[0].path = format!("spec.template.spec.{}", "deeper.".repeat(30));
    long.headline = format!("{} `{}`", long.headline, "unbroken".repeat(20));
    let made = [("rich", rich()), ("quiet", quiet()), ("long", long)];
    made.into_iter().chain(CASES.map(|name| (name, review::of_case(name)))).collect()
}

/// 2,000 objects in 20 environments, each in two variants with lines of its files.
fn large() -> Review {
    let mut review = huge();
    let names: Vec<String> = review.environments.iter().map(|it| it.name.clone()).collect();
    let (finding, manifest) = (review.findings[0].clone(), review.manifests[1].clone());
    for (index, change) in review.changes.iter_mut().enumerate() {
        change.environments = names[..10].to_vec();
        let mut manifest = manifest.clone();
        manifest.object = change.object.clone();
        for half in [&names[..10], &names[10..]] {
            review.manifests.push(ManifestChange { environments: half.to_vec(), ..manifest.clone() });
        }
        if index % 10 == 0 {
            review.findings.push(Finding { object: change.object.clone(), ..finding.clone() });
        }
    }
    let second = review.changes.clone();
    review.changes.extend(second.into_iter().map(|mut it| {
        it.environments = names[10..].to_vec();
        it
    }));
    review.accounting.fields = 120_000;
    review.accounting.shown = 120_000;
    review
}

#[test]
fn a_page_fits_every_window_and_can_be_read_in_both_schemes() {
    let Some(mut browser) = Browser::start() else { return };
    let pages = Pages::new();
    for (name, review) in reviews() {
        browser.open(&pages.write(name, &review), "");
        for scheme in ["light", "dark"] {
            for width in WIDTHS {
                browser.look(width, scheme);
                for view in ["unified", "split"] {
                    browser.evaluate(&format!("document.getElementById('{view}')?.click()"));
                    let problems = browser.evaluate(LOOK);
                    assert_eq!(problems, json!([]), "{name}, {width}, {scheme}, {view}");
                    screenshots::take(&mut browser, &format!("{name}-{width}-{scheme}-{view}"));
                }
            }
        }
        assert_eq!(browser.said(), [] as [String; 0], "{name}");
    }
}

#[test]
fn the_policy_is_obeyed() {
    let Some(mut browser) = Browser::start() else { return };
    let pages = Pages::new();
    browser.open(&pages.write("rich", &rich()), "");
    assert_eq!(browser.said(), [] as [String; 0]);
    for markup in [
        "<img src=https://example.invalid/x.png>",
        "<p style=color:red>",
        "<img src=x onerror=window.reached=1>",
        "<iframe src=https://example.invalid/></iframe>",
    ] {
        let before = browser.said().len();
        browser.evaluate(&format!("document.body.insertAdjacentHTML('beforeend', '{markup}')"));
        assert!(browser.said().len() > before, "{markup} is let through");
    }
    assert_eq!(browser.evaluate("window.reached ?? null"), Value::Null);
}

#[test]
fn keys_and_filter_lead_through_the_findings() {
    let Some(mut browser) = Browser::start() else { return };
    let pages = Pages::new();
    let page = pages.write("rich", &rich());
    browser.open(&page, "");
    let focused = "document.activeElement.id";
    let findings = browser.evaluate("Array.from(document.querySelectorAll('.finding'), (it) => it.id)");
    for (key, expected) in [("j", 0), ("j", 1), ("j", 2), ("j", 2), ("k", 1), ("k", 0), ("k", 0)] {
        browser.press(key);
        assert_eq!(browser.evaluate(focused), findings[expected], "{key}");
        let is_seen = "(() => { const it = document.activeElement.getBoundingClientRect(); return it.top >= 0 && it.bottom <= innerHeight })()";
        assert_eq!(browser.evaluate(is_seen), true);
    }
    let shown = "document.querySelectorAll('.finding:not([hidden])').length";
    browser.press("/");
    assert_eq!(browser.evaluate(focused), "words");
    browser.write("capacity-change");
    assert_eq!(browser.evaluate(shown), 1);
    assert_eq!(browser.evaluate("document.getElementById('matches').textContent"), "1 of 3 findings, 0 of 5 objects");
    // In the field, letters are letters.
    browser.press("j");
    assert_eq!(browser.evaluate(focused), "words");
    browser.press("Escape");
    assert_eq!((browser.evaluate(shown), browser.evaluate(focused)), (json!(3), json!("")));
    browser.evaluate("document.querySelector('#filter input[value=\"0\"]').click()");
    assert_eq!(browser.evaluate(shown), 2);
    browser.evaluate("document.querySelector('#filter input[value=\"0\"]').click()");
    let least = "(() => { const it = document.getElementById('least'); it.value = '1'; it.dispatchEvent(new Event('input', {bubbles: true})) })()";
    browser.evaluate(least);
    assert_eq!(browser.evaluate(shown), 1);
    assert_eq!(browser.said(), [] as [String; 0]);
}

#[test]
fn every_link_leads_to_where_it_can_be_seen() {
    let Some(mut browser) = Browser::start() else { return };
    let pages = Pages::new();
    let mut folded = huge();
    folded.changes.truncate(100);
    for (name, review) in [("rich", rich()), ("folded", folded)] {
        let page = pages.write(name, &review);
        browser.open(&page, "");
        let lost = browser.evaluate(include_str!("links.js"));
        assert_eq!(lost, json!([]), "{name}");
        // Without scripts the browser alone opens what a link leads into.
        browser.call("Emulation.setScriptExecutionDisabled", &json!({"value": true}));
        let field = browser.evaluate("Array.from(document.querySelectorAll('.fields tr')).at(-1).id");
        browser.open(&page, &format!("#{}", field.as_str().unwrap()));
        let seen = "document.querySelector(':target').checkVisibility() && document.querySelector(':target').getBoundingClientRect().height > 0";
        assert_eq!(browser.evaluate(seen), true, "{name}");
        assert_eq!(browser.evaluate("document.getElementById('filter').hidden"), true, "{name}");
        assert_eq!(browser.said(), [] as [String; 0], "{name}");
        browser.call("Emulation.setScriptExecutionDisabled", &json!({"value": false}));
    }
}

#[test]
fn paper_has_everything_and_nothing_to_press() {
    let Some(mut browser) = Browser::start() else { return };
    let pages = Pages::new();
    let page = pages.write("rich", &rich());
    browser.open(&page, "");
    browser.evaluate("document.querySelectorAll('details').forEach((it) => { it.open = false })");
    browser.call("Emulation.setEmulatedMedia", &json!({"media": "print"}));
    let is_shown =
        |it: &str| format!("document.querySelector('{it}').checkVisibility({{contentVisibilityAuto: true}})");
    assert_eq!(browser.evaluate(&is_shown("aside")), false);
    assert_eq!(browser.evaluate(&is_shown("#unified")), false);
    assert_eq!(browser.evaluate(&is_shown(".lines .both .text.new")), true);
    assert!(browser.call("Page.printToPDF", &json!({}))["data"].as_str().unwrap().len() > 10_000);
}

#[test]
fn a_review_of_two_thousand_objects_opens_in_less_than_two_seconds() {
    let Some(mut browser) = Browser::start() else { return };
    let pages = Pages::new();
    // The work of the page's own thread in seconds: how long it takes where nothing else runs, as other tests do here.
    browser.call("Performance.enable", &json!({}));
    for (name, review) in [("large", large()), ("compiled", large::review())] {
        assert!(review.findings.len() > 100, "{name}");
        let page = pages.write(name, &review);
        let mut times = Vec::new();
        for _ in 0..3 {
            browser.open(&page, "");
            let metrics = browser.call("Performance.getMetrics", &json!({}));
            let time = metrics["metrics"].as_array().unwrap().iter().find(|it| it["name"] == "ThreadTime");
            times.push(time.unwrap()["value"].as_f64().unwrap());
        }
        let fastest = times.iter().copied().fold(f64::INFINITY, f64::min);
        assert!(fastest < 2.0, "{name}: {times:?} s, {} bytes", fs::metadata(&page).unwrap().len());
        assert_eq!(browser.evaluate(LOOK), json!([]), "{name}");
        assert_eq!(browser.said(), [] as [String; 0], "{name}");
        browser.look(1366, "light");
        screenshots::take(&mut browser, name);
    }
}
