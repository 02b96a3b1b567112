//! The reports of reviews made by hand, and of reviews with hostile text in every field.

use crate::example_review::{first, huge, names, quiet, rich};
use crate::payloads::PAYLOADS;
use crate::support::golden;
use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser};
use serde_json::Value;
use todo_gitops::change::{Baseline, Review, SourceLine};
use todo_gitops::diagnostic::excerpt::Style;
use todo_gitops::diagnostic::visible;
use todo_gitops::object::ObjectId;
use todo_gitops::report::{self, Forge};

#[test]
fn the_terminal_report_is_worth_reading_at_every_width() {
    for width in [40, 80, 120] {
        golden::check(&format!("report/rich-{width}.txt"), &report::terminal(&rich(), width, Style::Plain));
    }
    golden::check("report/first.txt", &report::terminal(&first(), 80, Style::Plain));
    golden::check("report/quiet.txt", &report::terminal(&quiet(), 120, Style::Plain));
}

#[test]
fn the_markdown_report_is_a_comment_worth_reading() {
    for (forge, name) in [
        (Forge::GitHub, "rich.md"),
        (Forge::GitLab, "rich-gitlab.md"),
        (Forge::Gitea, "rich-gitea.md"),
        (Forge::Plain, "rich-plain.md"),
        (Forge::JobSummary, "rich-job-summary.md"),
    ] {
        golden::check(&format!("report/{name}"), &report::markdown(&rich(), forge));
    }
    golden::check("report/first.md", &report::markdown(&first(), Forge::GitHub));
    golden::check("report/quiet.md", &report::markdown(&quiet(), Forge::GitHub));
}

#[test]
fn the_json_report_is_the_documented_contract() {
    golden::check("report/rich.json", &report::json(&rich()));
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for review in [rich(), first(), quiet(), huge()] {
        for width in [40, 80, 120, 200] {
            check_terminal(&review, width);
        }
    }
}

#[test]
fn colour_only_adds_to_the_terminal_report() {
    let coloured = report::terminal(&rich(), 80, Style::Colour);
    let plain = report::terminal(&rich(), 80, Style::Plain);
    assert!(coloured.contains('\u{1b}'));
    assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), plain);
}

#[test]
fn hostile_text_stays_text_in_every_field_of_every_report() {
    let mut fields = 0;
    each_text(&mut rich(), &mut |_| fields += 1);
    assert!(fields > 100, "{fields}");
    let check = |index: usize| {
        // The forges share their sink, and these two differ in all that it does not decide.
        let forges = [Forge::GitHub, Forge::Plain];
        let harmless = forges.map(|it| skeleton(&report::markdown(&with(index, "x"), it)));
        for (number, payload) in PAYLOADS.iter().enumerate() {
            let forge = usize::from((index + number).is_multiple_of(4));
            let markdown = report::markdown(&with(index, payload), forges[forge]);
            assert_eq!(skeleton(&markdown), harmless[forge], "{payload:?} in text {index}\n{markdown}");
            assert!(markdown.lines().all(|it| it.chars().all(is_shown_in_markdown)));
        }
    };
    std::thread::scope(|threads| {
        for first in 0..4 {
            threads.spawn(move || (first..fields).step_by(4).for_each(check));
        }
    });
}

#[test]
fn hostile_text_in_all_fields_at_once_stays_text_at_every_width() {
    for payload in PAYLOADS {
        // The terminal report has one sink for all fields, so it is enough to fill them all at once.
        let mut review = rich();
        let mut texts = 0;
        each_text(&mut review, &mut |text| {
            text.replace_range(.., payload);
            texts += 1;
        });
        // What is empty anyway would be counted too.
        if !payload.is_empty() {
            check_json(&review, payload, texts);
        }
        for width in [40, 80, 120, 200] {
            check_terminal(&review, width);
        }
        let markdown = report::markdown(&review, Forge::GitHub);
        assert!(markdown.lines().all(|it| it.chars().all(is_shown_in_markdown)), "{payload:?}");
    }
}

#[test]
fn a_picture_stays_within_its_fence() {
    let with = |text: &str| {
        let mut review = rich();
        let picture = review.picture.as_mut().unwrap();
        picture.environments = names(&[text]);
        picture.mermaid = format!("flowchart LR\n{text}\n");
        report::markdown(&review, Forge::GitHub)
    };
    for payload in PAYLOADS {
        let markdown = with(payload);
        assert_eq!(skeleton(&markdown), skeleton(&with("x")), "{payload:?}\n{markdown}");
    }
}

#[test]
fn sentences_mention_nobody_and_link_to_nothing() {
    let mut review = rich();
    review.headline = "@everyone fixes #1 and GH-2, see https://example.com and www.example.com :tada:".into();
    let markdown = report::markdown(&review, Forge::GitHub);
    let heading = markdown.lines().nth(1).unwrap();
    for trap in ["@everyone", "#1", "GH-2", "https://", "www.", ":tada:"] {
        assert!(!heading.contains(trap), "{trap}");
    }
}

/// A rich review with another text at one place.
fn with(index: usize, text: &str) -> Review {
    let mut review = rich();
    let mut at = 0;
    each_text(&mut review, &mut |place| {
        if at == index {
            text.clone_into(place);
        }
        at += 1;
    });
    review
}

/// The elements of Markdown, without their text. Code and line breaks in a table cell are text too: a value of several
/// lines has several.
fn skeleton(markdown: &str) -> Vec<String> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_MATH
        | Options::ENABLE_GFM;
    let mut elements = Vec::new();
    #[expect(clippy::wildcard_enum_match_arm, reason = "everything but text belongs to the skeleton")]
    for event in Parser::new_ext(markdown, options) {
        match event {
            Event::Text(_) | Event::Code(_) => {}
            Event::InlineHtml(html) if &*html == "<br>" => {}
            Event::Html(html) if html.starts_with("<!-- todo-gitops:review app=") => elements.push("marker".to_owned()),
            Event::Html(html) if html.starts_with("<details><summary>") => {
                elements.push(format!("details of {} tags", html.matches(['<', '>']).count() / 2));
            }
            other => elements.push(format!("{other:?}")),
        }
    }
    elements
}

fn is_shown_in_markdown(character: char) -> bool {
    character == '\u{200b}' || !visible::is_deceptive(character)
}

/// True for a line that fits, and for a link: one that is broken can be neither clicked nor copied.
fn fits(line: &str, width: usize) -> bool {
    visible::width(line) <= width || line.trim_start().trim_start_matches("see:  ").starts_with("https://")
}

fn check_terminal(review: &Review, width: usize) {
    let text = report::terminal(review, width, Style::Plain);
    for line in text.lines() {
        assert!(!line.contains(visible::is_deceptive), "{line:?}");
        assert!(fits(line, width), "{width}: {line:?}");
    }
    let coloured = report::terminal(review, width, Style::Colour);
    for after in coloured.split('\u{1b}').skip(1) {
        let parameters = after.strip_prefix('[').and_then(|it| it.split_once('m')).expect("our own colour").0;
        assert!(parameters.chars().all(|it| it.is_ascii_digit() || it == ';'), "{parameters:?}");
    }
}

/// Every text must be in the document exactly as it was.
fn check_json(review: &Review, payload: &str, texts: usize) {
    let text = report::json(review);
    assert!(text.chars().all(|it| it == '\n' || !visible::is_deceptive(it)));
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(occurrences(&document, payload), texts, "{payload:?}");
}

fn occurrences(value: &Value, payload: &str) -> usize {
    match value {
        Value::String(text) => usize::from(text == payload),
        Value::Array(items) => items.iter().map(|it| occurrences(it, payload)).sum(),
        Value::Object(map) => map.values().map(|it| occurrences(it, payload)).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    }
}

/// Visits every text of a review.
pub(crate) fn each_text(review: &mut Review, visit: &mut impl FnMut(&mut String)) {
    fn object(id: &mut ObjectId, visit: &mut impl FnMut(&mut String)) {
        [&mut id.group, &mut id.kind, &mut id.name].into_iter().for_each(&mut *visit);
        id.namespace.iter_mut().for_each(visit);
    }
    fn source<'a>(lines: impl IntoIterator<Item = &'a mut SourceLine>, visit: &mut impl FnMut(&mut String)) {
        lines.into_iter().for_each(|it| visit(&mut it.file));
    }
    [&mut review.app, &mut review.head, &mut review.headline].into_iter().for_each(&mut *visit);
    if let Baseline::Commit { id, chosen } = &mut review.baseline {
        [id, chosen].into_iter().for_each(&mut *visit);
    }
    for it in &mut review.environments {
        [&mut it.name, &mut it.namespace].into_iter().for_each(&mut *visit);
        it.restarts.iter_mut().for_each(|(name, _)| visit(name));
    }
    for it in &mut review.changes {
        it.environments.iter_mut().for_each(&mut *visit);
        object(&mut it.object, visit);
        it.renamed_from.iter_mut().for_each(|it| object(it, visit));
        source(&mut it.source, visit);
        visit(&mut it.summary);
        for field in &mut it.fields {
            visit(&mut field.path);
            source(&mut field.source, visit);
            for part in &mut field.parts {
                visit(&mut part.path);
                for value in [&mut part.before, &mut part.after].into_iter().flatten() {
                    if let Value::String(text) = value {
                        visit(text);
                    }
                }
            }
            for value in [&mut field.before, &mut field.after].into_iter().flatten() {
                if let Value::String(text) = value {
                    visit(text);
                }
            }
        }
    }
    for it in &mut review.findings {
        it.environments.iter_mut().for_each(&mut *visit);
        object(&mut it.object, visit);
        source(&mut it.source, visit);
        [&mut it.path, &mut it.message, &mut it.help].into_iter().for_each(&mut *visit);
    }
    review.capacity.iter_mut().for_each(|it| visit(&mut it.environment));
    for it in &mut review.images {
        it.environments.iter_mut().for_each(&mut *visit);
        visit(&mut it.workload);
        it.before.iter_mut().chain(&mut it.after).for_each(&mut *visit);
        visit(&mut it.step);
    }
    for it in &mut review.waived {
        it.environments.iter_mut().for_each(&mut *visit);
        object(&mut it.object, visit);
        source([&mut it.source], visit);
        [&mut it.code, &mut it.reason].into_iter().for_each(&mut *visit);
    }
    for it in &mut review.required {
        it.environments.iter_mut().for_each(&mut *visit);
        it.keys.iter_mut().for_each(&mut *visit);
        [&mut it.kind, &mut it.name].into_iter().for_each(&mut *visit);
    }
    review.not_checked.iter_mut().for_each(&mut *visit);
}

/// Visits the texts that only a page shows.
pub(crate) fn each_text_of_lines(review: &mut Review, visit: &mut impl FnMut(&mut String)) {
    for it in &mut review.rollouts {
        it.environments.iter_mut().for_each(&mut *visit);
        visit(&mut it.workload);
    }
    for it in &mut review.manifests {
        it.environments.iter_mut().for_each(&mut *visit);
        [&mut it.object.kind, &mut it.object.name, &mut it.file].into_iter().for_each(&mut *visit);
        for line in it.hunks.iter_mut().flatten() {
            [&mut line.text, &mut line.path].into_iter().for_each(&mut *visit);
            if let Some(quoted) = &mut line.source {
                [&mut quoted.text, &mut quoted.line.file].into_iter().for_each(&mut *visit);
            }
        }
    }
}

#[test]
fn a_secret_of_the_baseline_is_shown_nowhere() {
    let mut review = rich();
    review.changes[1].object.kind = "Secret".into();
    review.changes[1].environments = names(&["todo-dev"]);
    review.changes[1].fields[0].path = "data.password".into();
    review.changes[1].fields[0].before = Some(Value::from("correct horse"));
    for report in
        [report::markdown(&review, Forge::GitHub), report::json(&review), report::terminal(&review, 80, Style::Plain)]
    {
        assert!(!report.contains("correct horse"));
        assert!(report.contains("(not shown)"));
    }
}

/// Texts of a review's fields as they come: names, sentences, paths and values, short and very long.
fn any_words() -> impl Strategy<Value = Vec<String>> {
    let text = prop_oneof!["[a-z]{1,12}", "([a-z]{1,9} ){1,20}", "[a-z.\\[\\]/]{1,200}", "[日é→x ]{0,60}"];
    prop::collection::vec(text, 1..20)
}

proptest! {
    #[test]
    fn a_terminal_report_of_any_width_holds_every_finding_and_every_object(
        words in any_words(),
        width in 1_usize..=200,
        repeated in 0_usize..3,
        numbers in prop::collection::vec(0_usize..2_000_000, 8),
    ) {
        let mut review = rich();
        let mut next = words.iter().cycle();
        each_text(&mut review, &mut |place| place.clone_from(next.next().unwrap()));
        // What must be found again, at no width broken.
        for (index, change) in review.changes.iter_mut().enumerate() {
            change.object.kind = "K".into();
            change.object.name = format!("object{index}");
            change.fields.iter_mut().for_each(|it| it.derived = false);
        }
        for _ in 0..repeated {
            review.findings.extend_from_within(..);
            review.environments.extend_from_within(..);
        }
        for (environment, number) in review.environments.iter_mut().zip(numbers.iter().cycle()) {
            (environment.created, environment.updated) = (*number, number / 3);
            environment.restarts.push(("x".repeat(number % 50), *number as u64));
        }
        check_terminal(&review, width.max(40));
        for style in [Style::Plain, Style::Ascii] {
            let text = report::terminal(&review, width, style);
            prop_assert!(text.lines().all(|it| fits(it, width.max(40))), "{}", text);
            prop_assert!(style == Style::Plain || text.is_ascii(), "{}", text);
            for change in &review.changes {
                prop_assert!(text.contains(&format!("K/{}", change.object.name)), "{}", text);
            }
            for code in ["service-removed", "rolling-restart", "capacity-change"] {
                let findings = review.findings.iter().filter(|it| it.code.name == code).count();
                prop_assert!(text.matches(code).count() >= findings, "{}", text);
            }
        }
    }

    #[test]
    fn any_text_in_any_field_stays_text(
        text in "([\\PC]|[`|\\\\<>*_#@:~\\[\\]!&$ -]|[\\n\\r\\t\u{1b}\u{202e}\u{301}日]){0,30}",
        index in 0_usize..100,
        width in 40_usize..200,
        forge in 0_usize..Forge::ALL.len(),
    ) {
        let forge = Forge::ALL[forge];
        let harmless = skeleton(&report::markdown(&with(index, "x"), forge));
        let markdown = report::markdown(&with(index, &text), forge);
        prop_assert_eq!(skeleton(&markdown), harmless, "{}", markdown);
        let mut review = rich();
        each_text(&mut review, &mut |place| place.replace_range(.., &text));
        check_terminal(&review, width);
    }
}
