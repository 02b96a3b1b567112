//! No comment is ever longer than its forge takes, and none is cut within anything: whatever the review holds.

use crate::example_review::{change, finding, huge, rich};
use crate::support::large;
use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use todo_gitops::change::{Operation, Review, Severity};
use todo_gitops::report::{self, Forge};

/// What a forge refuses more than: in which unit it counts does not matter, as bytes are the most there can be.
fn limit(forge: Forge) -> usize {
    match forge {
        Forge::GitHub | Forge::Gitea => 65_536 - 1,
        Forge::GitLab => 1_000_000,
        Forge::Plain => 32_768,
        Forge::JobSummary => 1 << 20,
    }
}

/// Writes a review for every forge, and reads it back.
fn check(review: &Review) {
    for forge in Forge::ALL {
        check_for(review, forge);
    }
}

fn check_for(review: &Review, forge: Forge) {
    let markdown = report::markdown(review, forge);
    assert!(markdown.len() <= limit(forge), "{forge:?}: {} bytes", markdown.len());
    assert!(markdown.len() <= forge.budget(), "{forge:?}: {} bytes", markdown.len());
    check_whole(&markdown, forge);
    check_numbers(&markdown, review);
}

/// Everything that is opened is closed, every row has all cells, and the last line is there.
fn check_whole(markdown: &str, forge: Forge) {
    let end = if forge == Forge::Plain { "\n" } else { "</sub>\n" };
    assert!(markdown.ends_with(end), "{forge:?}: {}", tail(markdown));
    let fences = markdown.lines().filter(|it| it.starts_with("```"));
    assert!(fences.count().is_multiple_of(2), "{forge:?}: {}", tail(markdown));
    assert_eq!(markdown.matches("<details>").count(), markdown.matches("</details>").count());
    let alerts = markdown.lines().filter(|it| it.starts_with("> [!")).count();
    assert!(alerts <= 1 && (forge != Forge::Plain || !markdown.contains("<sub>")));
    let (mut columns, mut cells) = (0, 0);
    #[expect(clippy::wildcard_enum_match_arm, reason = "only tables are counted")]
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_GFM) {
        match event {
            Event::Start(Tag::Table(alignments)) => columns = alignments.len(),
            Event::Start(Tag::TableRow | Tag::TableHead) => cells = 0,
            Event::Start(Tag::TableCell) => cells += 1,
            Event::End(TagEnd::TableRow | TagEnd::TableHead) => assert_eq!(cells, columns, "{forge:?}"),
            _ => {}
        }
    }
    for row in markdown.lines().filter(|it| it.starts_with("| ")) {
        assert!(row.ends_with(" |"), "{forge:?}: {row}");
    }
}

/// The counts that stand at the top are those of the review, and the last line adds up.
fn check_numbers(markdown: &str, review: &Review) {
    let count = |severity: Severity| review.findings.iter().filter(|it| it.severity == severity).count();
    let worst = review.findings.iter().map(|it| it.severity).max();
    if worst > Some(Severity::Note) {
        let counts = markdown.lines().find(|it| it.starts_with("Findings: ")).unwrap();
        for severity in Severity::ALL.into_iter().filter(|it| count(*it) > 0) {
            assert!(counts.contains(&format!("{} {}", count(severity), severity.name())), "{counts}");
        }
    }
    let removed: usize = review.environments.iter().map(|it| it.deleted).sum();
    if removed > 0 {
        assert!(markdown.contains(&format!("Objects removed: {removed}, from ")));
    }
    let last = markdown.lines().last().unwrap();
    let number = |word: &str| -> Option<usize> {
        let (before, _) = last.split_once(&format!(" {word}"))?;
        before.rsplit(' ').next()?.parse().ok()
    };
    if let (Some(shown), Some(folded), Some(omitted)) = (number("shown"), number("folded"), number("omitted")) {
        let told = review.accounting;
        assert_eq!(shown + folded + omitted, told.shown + told.folded + told.omitted, "{last}");
    }
}

fn tail(text: &str) -> &str {
    let mut start = text.len().saturating_sub(400);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    &text[start..]
}

#[test]
fn ten_thousand_of_anything_fit() {
    let mut environments = rich();
    let example = environments.environments[0].clone();
    environments.environments = (0..10_000)
        .map(|it| {
            let mut environment = example.clone();
            environment.name = format!("fleet-{it:05}");
            environment.restarts[0].1 = it;
            environment
        })
        .collect();
    check(&environments);

    let mut findings = rich();
    findings.findings = (0..10_000)
        .map(|it| finding(Severity::ALL[it % 5], &format!("web-{it}"), &format!("is removed: part {it} of it goes")))
        .collect();
    check(&findings);
    let markdown = report::markdown(&findings, Forge::GitHub);
    assert!(markdown.contains("Findings: 2000 block, 2000 loss, 2000 outage, 2000 warn, 2000 note."), "{markdown}");

    for operation in [Operation::Create, Operation::Update, Operation::Delete] {
        let mut changes = rich();
        changes.changes = (0..10_000).map(|it| change(operation, &format!("web-{it}"), 3)).collect();
        check(&changes);
    }
}

#[test]
fn huge_names_fit() {
    for payload in ["|", "`", "\u{10ffff}", "<", "日", "a` ", "$_", "deadbeef", "🌈"] {
        let mut review = rich();
        for _ in 0..4 {
            review.findings.extend_from_within(..);
            review.images.extend_from_within(..);
            review.waived.extend_from_within(..);
            review.required.extend_from_within(..);
            review.environments.extend_from_within(..);
            review.changes.extend_from_within(..);
            review.not_checked.extend_from_within(..);
        }
        crate::report::each_text(&mut review, &mut |text| *text = payload.repeat(2_000));
        review.headline = payload.repeat(100_000);
        check(&review);
    }
}

#[test]
fn what_is_important_is_left_out_last() {
    let review = large::review();
    check(&review);
    let review = huge();
    check(&review);
    let markdown = report::markdown(&review, Forge::GitHub);
    let rows = markdown.lines().filter(|it| it.contains("`data.KEY_")).count();
    let omitted = 6_000 - rows;
    assert!(omitted > 0 && markdown.len() > Forge::GitHub.budget() - 1_000, "the room is used");
    assert!(markdown.lines().find(|it| it.contains("`data.KEY_")).unwrap().contains("fleet-07"), "protected first");
    let line = format!("6000 field changes = {rows} shown + 0 folded + {omitted} omitted");
    assert!(markdown.contains(&line), "{line}\n{}", tail(&markdown));

    // Diffs go before anything else does, and those of protected environments last.
    let mut review = rich();
    for change in &mut review.changes {
        for field in &mut change.fields {
            field.after = Some(format!("{}\nend\n", "line\n".repeat(4_000)).into());
        }
    }
    check(&review);
    let markdown = report::markdown(&review, Forge::GitHub);
    assert!(markdown.contains("| todo-staging | `ConfigMap/todo-backend-config`<br>"), "{markdown}");
    assert!(markdown.contains("Rendered diff: todo-dev, todo-prod, todo-staging"), "{markdown}");
    assert!(!markdown.contains("Rendered diff: todo-staging"), "{markdown}");
    assert!(markdown.contains("more are left out for want of room"), "{markdown}");
}

/// A text of any characters, short or very long.
fn text() -> impl Strategy<Value = String> {
    ("([\\PC]|[`|\\\\<>*_#@:~\\[\\]!&$ -]|[\\n\\r\\t\u{1b}\u{202e}\u{301}日🌈]){1,12}", 1..400_usize)
        .prop_map(|(text, times)| text.repeat(times))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn any_review_fits(
        texts in prop::collection::vec(text(), 1..6),
        doublings in prop::collection::vec(0..6_usize, 7),
        protected in any::<bool>(),
        forge in 0..Forge::ALL.len(),
    ) {
        let mut review = rich();
        let [environments, changes, findings, images, waived, required, fields] = doublings[..] else { unreachable!() };
        (0..environments).for_each(|_| review.environments.extend_from_within(..));
        (0..changes).for_each(|_| review.changes.extend_from_within(..));
        (0..findings).for_each(|_| review.findings.extend_from_within(..));
        (0..images).for_each(|_| review.images.extend_from_within(..));
        (0..waived).for_each(|_| review.waived.extend_from_within(..));
        (0..required).for_each(|_| review.required.extend_from_within(..));
        for change in &mut review.changes {
            (0..fields.min(3)).for_each(|_| change.fields.extend_from_within(..));
        }
        let mut index = 0;
        crate::report::each_text(&mut review, &mut |place| {
            // Some stay as they are, so that some rows are joined.
            if let Some(text) = texts.get(index % (texts.len() + 1)) {
                text.clone_into(place);
            }
            index += 1;
        });
        review.environments.iter_mut().for_each(|it| it.protected ^= protected);
        check_for(&review, Forge::ALL[forge]);
    }
}
