//! The page: what stands in it, that it needs nothing else, and that no text becomes markup.

use crate::example_review::{first, huge, names, quiet, rich};
use crate::payloads::PAYLOADS;
use crate::report::{each_text, each_text_of_lines};
use crate::review;
use crate::support::cases;
use crate::support::html::{Part, parse, problems, skeleton, text_of};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use todo_gitops::change::{Review, Severity};
use todo_gitops::object::FieldPath;
use todo_gitops::{pipeline, render, report};

/// Reads a page and fails where it is not what a page must be.
#[track_caller]
pub(crate) fn check(review: &Review, name: &str) -> Vec<Part> {
    let page = report::html(review);
    let parts = parse(&page).unwrap_or_else(|it| panic!("{name}: {it}"));
    assert_eq!(problems(&parts), [] as [String; 0], "{name}");
    let embedded = text_of(&parts, "script", ("id", "review")).unwrap();
    let embedded: Value = serde_json::from_str(&embedded).unwrap();
    assert_eq!(embedded, serde_json::from_str::<Value>(&report::json(review)).unwrap(), "{name}");
    parts
}

#[test]
fn every_page_stands_for_itself() {
    for (name, review) in [("rich", rich()), ("first", first()), ("quiet", quiet()), ("huge", huge())] {
        check(&review, name);
    }
}

#[test]
fn the_policy_allows_this_style_and_this_script_alone() {
    let parts = check(&rich(), "rich");
    let policy = parts.iter().find_map(|it| match it {
        Part::Open(_, attributes) if attributes.get("http-equiv").is_some_and(|it| it == "Content-Security-Policy") => {
            attributes.get("content")
        }
        Part::Open(..) | Part::Close(_) | Part::Text(_) => None,
    });
    let texts = |name: &str| -> Vec<&str> {
        let pairs = parts.windows(2).filter_map(|pair| match pair {
            [Part::Open(found, attributes), Part::Text(text)] if found == name && attributes.is_empty() => {
                Some(text.as_str())
            }
            _ => None,
        });
        pairs.collect()
    };
    let hash = |text: &str| format!("'sha256-{}'", base64(&Sha256::digest(text)));
    let (styles, scripts) = (texts("style"), texts("script"));
    let ([style], [script]) = (styles.as_slice(), scripts.as_slice()) else { panic!("one of each") };
    let expected = format!(
        "default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'",
        hash(style),
        hash(script)
    );
    assert_eq!(policy, Some(&expected));
}

/// Writes bytes in base 64, bit by bit.
fn base64(bytes: &[u8]) -> String {
    let bits: Vec<u8> = bytes.iter().flat_map(|it| (0..8).rev().map(move |bit| it >> bit & 1)).collect();
    let letter = |six: &[u8]| {
        let index = (0..6).fold(0, |sum, at| sum << 1 | usize::from(six.get(at).copied().unwrap_or(0)));
        char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[index])
    };
    let text: String = bits.chunks(6).map(letter).collect();
    format!("{text}{}", "=".repeat((4 - text.len() % 4) % 4))
}

#[test]
fn the_same_finding_and_field_have_the_same_name_on_every_run() {
    let ids = |review: &Review| -> Vec<String> {
        let parts = check(review, "ids");
        let id = |it: &Part| match it {
            Part::Open(_, attributes) => attributes.get("id").cloned(),
            Part::Close(_) | Part::Text(_) => None,
        };
        let named = parts.iter().filter_map(id);
        named.filter(|it| it.starts_with("finding-") || it.starts_with("field-")).collect()
    };
    let before = ids(&rich());
    assert_eq!(before.len(), 3 + 8);
    let mut review = rich();
    review.changes.remove(0);
    review.findings.remove(0);
    let after = ids(&review);
    assert_eq!(after.len(), before.len() - 1);
    assert!(after.iter().all(|it| before.contains(it)), "{before:?} {after:?}");
}

#[test]
fn drift_stands_before_all_other_findings() {
    let mut review = rich();
    review.findings[2].code.name = "rendered-drift";
    review.findings[2].severity = Severity::Warn;
    let page = report::html(&review);
    let at = |text: &str| page.find(&format!(">{text}</a>")).unwrap();
    assert!(at("rendered-drift") < at("service-removed"));
}

#[test]
fn hostile_text_stays_text_in_every_field() {
    // What is empty is left out as a whole, which is no matter of escaping.
    let payloads: Vec<&str> = PAYLOADS.iter().copied().filter(|it| !it.is_empty()).collect();
    let mut fields = 0;
    visit(&mut rich(), &mut |_| fields += 1);
    assert!(fields > 150, "{fields}");
    // Over all turns each field has had each payload. Two fields are equal in one page where they are in the other.
    let check_turn = |turn: usize| {
        let page = |text: &dyn Fn(usize) -> String| {
            let mut review = rich();
            let mut field = 0;
            visit(&mut review, &mut |place| {
                *place = text((field + turn) % payloads.len());
                field += 1;
            });
            skeleton(&check(&review, &format!("turn {turn}")))
        };
        let (hostile, harmless) = (page(&|it| payloads[it].to_owned()), page(&|it| format!("harmless{it}")));
        assert_eq!(hostile, harmless, "turn {turn}");
    };
    std::thread::scope(|threads| {
        for first in 0..4 {
            let (payloads, check_turn) = (&payloads, &check_turn);
            threads.spawn(move || (first..payloads.len()).step_by(4).for_each(check_turn));
        }
    });
}

#[test]
fn one_hostile_text_in_all_fields_stays_text() {
    let fill = |text: &str| {
        let mut review = rich();
        visit(&mut review, &mut |place| text.clone_into(place));
        review
    };
    let harmless = skeleton(&check(&fill("x"), "x"));
    for payload in ["<script>alert(1)</script>", "\"><svg onload=alert(1)>", "</title></style></script>", "`a` `<b>`"] {
        assert_eq!(skeleton(&check(&fill(payload), payload)), harmless, "{payload:?}");
    }
}

/// Visits every text of a review that a page shows.
fn visit(review: &mut Review, visit: &mut impl FnMut(&mut String)) {
    each_text(review, visit);
    each_text_of_lines(review, visit);
}

#[test]
fn a_secret_of_the_baseline_is_not_in_the_page() {
    let mut review = rich();
    review.changes[1].object.kind = "Secret".into();
    review.changes[1].environments = names(&["todo-dev"]);
    review.changes[1].fields[0].path = "data.password".into();
    review.changes[1].fields[0].before = Some(Value::from("correct horse"));
    let page = report::html(&review);
    assert!(!page.contains("correct horse"));
    assert!(page.contains("(not shown)"));
}

#[test]
fn what_finds_no_room_is_counted() {
    let mut review = huge();
    let manifest = review.manifests.pop().unwrap();
    review.manifests = vec![manifest; 10_000];
    let page = report::html(&review);
    assert!(page.contains("rendered lines left out for want of room"));
    assert!(page.contains("6000 field changes = 6000 shown + 0 folded + 0 omitted"));
    let mut change = review.changes[0].clone();
    change.fields = std::iter::repeat_n(change.fields[0].clone(), 11_000).collect();
    review.changes = vec![change];
    review.accounting.fields = 11_000;
    review.accounting.shown = 11_000;
    let page = report::html(&review);
    assert!(page.contains("1000 fields left out for want of room"));
    assert!(page.contains("11000 field changes = 10000 shown + 0 folded + 1000 omitted"));
}

#[test]
fn an_encrypted_secret_shows_that_it_changed_and_nothing_of_it() {
    let page = report::html(&review::of_case("encrypted-secrets-change-without-showing-a-value"));
    assert!(page.contains("TOKEN: sha256:"), "it changed");
    assert!(!page.contains("ENC[") && !page.contains("AgBCzBVep"));
}

#[test]
fn every_line_of_every_manifest_has_its_field() {
    for case in cases::all("compile") {
        let compiled = pipeline::compile(&cases::sources(&[&case.path]), &cases::settings());
        for object in compiled.sets.iter().flat_map(|it| &it.objects) {
            let lines = render::lines(&object.body);
            assert_eq!(lines.len(), render::manifest(&object.body).lines().count(), "{} in {}", object.id, case.name);
            let known = |it: &FieldPath| it.segments().is_empty() || object.at(it).is_some();
            assert!(lines.iter().all(known), "{} in {}", object.id, case.name);
        }
    }
}
