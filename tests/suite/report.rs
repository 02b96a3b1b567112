//! The reports of reviews made by hand, and of reviews with hostile text in every field.

use crate::example_review::{first, huge, quiet, rich};
use crate::golden;
use todo_gitops::diagnostic::excerpt::Style;
use todo_gitops::report;

#[test]
fn the_terminal_report_is_worth_reading_at_every_width() {
    for width in [40, 80, 120] {
        golden::check(&format!("report/rich-{width}.txt"), &report::terminal(&rich(), width, Style::Plain));
    }
    golden::check("report/first.txt", &report::terminal(&first(), 80, Style::Plain));
    golden::check("report/quiet.txt", &report::terminal(&quiet(), 120, Style::Plain));
}
