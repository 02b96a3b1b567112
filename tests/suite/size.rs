//! A change of 2,000 objects in 20 environments: every form stays one that a person can open and act on.

use crate::support::large;
use todo_gitops::report;

/// GitHub refuses a comment of more characters.
const COMMENT: usize = 65_536;

#[test]
fn a_change_of_two_thousand_objects_can_be_read() {
    let review = large::review();
    let touched: usize = review.environments.iter().map(|it| it.updated).sum();
    assert_eq!((touched, review.environments.len()), (large::OBJECTS, 20));

    let comment = report::markdown(&review, report::Forge::GitHub);
    assert!(comment.chars().count() <= COMMENT);
    let headline = &review.headline;
    assert!(headline.chars().count() <= 200, "{headline}");
    assert!(comment.contains(headline), "{comment}");

    // What has no row of its own is counted: nothing vanishes.
    let told = review.accounting;
    assert_eq!(told.fields, told.shown + told.folded);
    let [shown, folded, omitted] = ["shown", "folded", "omitted"].map(|word| number_before(&comment, word));
    assert!(omitted > 0);
    assert_eq!((shown + omitted, folded), (told.shown, told.folded));
}

/// Reads `1234` from `… 1234 shown …`.
fn number_before(text: &str, word: &str) -> usize {
    let (before, _) = text.rsplit_once(&format!(" {word}")).unwrap();
    before.rsplit(' ').next().unwrap().parse().unwrap()
}
