//! The environments of a review in, a row for each out: what changes there, and what its workloads ask for.

use super::{paint, plain, severity};
use crate::change::{CapacityChange, Demand, EnvironmentSummary, Review};
use crate::report::page::{Page, Paint, Part};
use crate::report::table::{Align, Table};
use crate::report::wording;

/// The columns of the table of environments.
const COLUMNS: [&str; 7] = ["environment", "created", "changed", "removed", "restarts", "requests", "worst"];

/// One row of the table of environments.
type Row = [String; COLUMNS.len()];

/// Prints one row for each environment: a table where it fits, with shorter cells if it must be, otherwise sentences.
pub(super) fn environments(page: &mut Page, review: &Review) {
    page.blank();
    let row = |it: &EnvironmentSummary| -> Row {
        let number = |number: usize| if number == 0 { String::new() } else { number.to_string() };
        let worst = it.worst.map_or(String::new(), |it| severity(it).1);
        let requests = wording::requests(&it.name, &review.capacity);
        let counts = (number(it.created), number(it.updated), number(it.deleted));
        let name = if it.protected { format!("{} (protected)", it.name) } else { it.name.clone() };
        [name, counts.0, counts.1, counts.2, wording::restarts(it), requests, worst]
    };
    let mut rows: Vec<Row> = review.environments.iter().map(row).collect();
    // The requests have a table of their own further down.
    let cuts: [fn(&mut Row, &EnvironmentSummary); 3] = [
        |row, summary| row[4] = wording::restarts_counted(summary),
        |row, _| row[5].clear(),
        |row, summary| row[0].clone_from(&summary.name),
    ];
    let mut cuts = cuts.into_iter();
    while !table(page, &rows, review) {
        let Some(shorten) = cuts.next() else { return sentences(page, review) };
        rows.iter_mut().zip(&review.environments).for_each(|(row, summary)| shorten(row, summary));
    }
}

/// Prints a table if there is room for it, and says whether there was. A column without content is left out.
fn table(page: &mut Page, rows: &[Row], review: &Review) -> bool {
    let widths: Vec<usize> = (0..COLUMNS.len())
        .map(|column| {
            let widest = rows.iter().map(|row| page.width_of(&row[column])).max().unwrap_or(0);
            if widest == 0 { 0 } else { widest.max(COLUMNS[column].len()) }
        })
        .collect();
    let used: Vec<usize> = (0..COLUMNS.len()).filter(|column| widths[*column] > 0).collect();
    let total: usize = used.iter().map(|column| widths[*column] + 2).sum();
    if total > page.width() {
        return false;
    }
    let cell = |page: &Page, column: usize, text: &str| match column {
        1..=3 => format!("  {text:>width$}", width = widths[column]),
        _ => format!("  {}", page.padded(text, widths[column])),
    };
    let heads: Vec<Part> = used.iter().map(|column| (Paint::Dim, cell(page, *column, COLUMNS[*column]))).collect();
    page.row(0, 0, &heads, &[], "");
    for (row, summary) in rows.iter().zip(&review.environments) {
        let cells = used.iter().map(|column| {
            let dash = if row[*column].is_empty() { "-" } else { &row[*column] };
            match (*column, summary.worst) {
                (6, Some(worst)) => (paint(worst), cell(page, *column, dash)),
                _ => plain(cell(page, *column, dash)),
            }
        });
        let cells: Vec<Part> = cells.collect();
        page.row(0, 0, &cells, &[], "");
    }
    true
}

fn sentences(page: &mut Page, review: &Review) {
    let widest = review.environments.iter().map(|it| page.width_of(&it.name)).max().unwrap_or(0);
    let hanging = if widest + 4 <= page.width() / 2 { widest + 4 } else { 4 };
    for summary in &review.environments {
        let name = page.padded(&summary.name, hanging.saturating_sub(4));
        let mut parts = vec![(Paint::Bold, format!("{name}  "))];
        if summary.protected {
            parts.push(plain("protected; "));
        }
        if let Some(worst) = summary.worst {
            let (paint, text) = severity(worst);
            parts.push((paint, format!("{text}; ")));
        }
        let told = [
            ("restarts", wording::restarts(summary)),
            ("requests", wording::requests(&summary.name, &review.capacity)),
        ];
        let told = told.iter().filter(|(_, text)| !text.is_empty()).map(|(word, text)| format!("; {word} {text}"));
        parts.push(plain(std::iter::once(wording::operations(summary)).chain(told).collect::<String>()));
        page.sentence(2, hanging, &parts);
    }
}

/// Prints what the workloads of each environment ask for, before and after, and while they roll.
pub(super) fn requests(page: &mut Page, review: &Review) {
    let titles = ["environment", "pods", "CPU", "memory", "at most while rolling"];
    let rows: Vec<[String; 5]> = review.capacity.iter().filter_map(row).collect();
    if rows.is_empty() {
        return;
    }
    page.heading("requests");
    // Where nothing rolls, nothing is said about it.
    let columns = if rows.iter().all(|it| it[4].is_empty()) { 4 } else { 5 };
    let mut table = Table::new(&titles.map(|it| (Align::Left, it))[..columns]);
    for row in rows {
        table.row(Paint::Plain, row[..columns].to_vec());
    }
    table.write(2, page);
}

/// Returns what changes or is exceeded for a time; none where that is only storage.
fn row(change: &CapacityChange) -> Option<[String; 5]> {
    let (before, after, peak) = (&change.before, &change.after, &change.peak);
    let parts = |it: &Demand| [i128::from(it.pods), it.cpu_milli, it.memory_bytes];
    let (old, new) = (parts(before), parts(after));
    let is_exceeded = parts(peak).iter().zip(old.iter().zip(&new)).any(|(peak, (old, new))| peak > old.max(new));
    let step = |write: &dyn Fn(&Demand) -> String| match (write(before), write(after)) {
        (before, after) if before == after => after,
        (before, after) => format!("{before} → {after}"),
    };
    let rolling = if is_exceeded {
        format!("{}, {}, {}", wording::count(peak.pods, "pod"), wording::cpu_of(peak), wording::memory_of(peak))
    } else {
        String::new()
    };
    let row = [
        change.environment.clone(),
        step(&|it| it.pods.to_string()),
        step(&wording::cpu_of),
        step(&wording::memory_of),
        rolling,
    ];
    (old != new || is_exceeded).then_some(row)
}
