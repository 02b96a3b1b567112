//! Fields beside each other in, text out: for a person at a terminal, and for programs.

mod json;
mod text;

pub use json::json;
pub use text::text;

use super::wording::count;
use crate::parity::{ComparedObject, Flag, Parity, Reason, Row};

/// `Deployment/todo-backend`.
fn object(object: &ComparedObject) -> String {
    format!("{}/{}", object.kind, object.name)
}

/// Says why a row may differ.
fn because(row: &Row, parity: &Parity) -> String {
    match row.reason {
        Reason::Same => "the same everywhere".to_owned(),
        Reason::Named => "follows from the environment's name or namespace".to_owned(),
        Reason::OwnValue => "the base leaves it to each environment".to_owned(),
        Reason::Overridden => "set by an environment or a layer".to_owned(),
        Reason::NotEverywhere => not_everywhere(row, parity),
        Reason::Derived => match row.cells.iter().find_map(|it| it.rule) {
            Some(rule) => format!("by rule: {rule}"),
            None => "made of other fields".to_owned(),
        },
        Reason::Unexplained => "no line accounts for it".to_owned(),
    }
}

fn not_everywhere(row: &Row, parity: &Parity) -> String {
    let columns = || row.cells.iter().zip(&parity.environments);
    let with = columns().filter(|(it, _)| it.value.is_some()).count();
    let only: Vec<&str> = columns().filter(|(it, _)| it.value.is_some()).map(|(_, name)| name.as_str()).collect();
    let not: Vec<&str> = columns().filter(|(it, _)| it.value.is_none()).map(|(_, name)| name.as_str()).collect();
    let rule = row.cells.iter().filter(|it| it.value.is_none()).find_map(|it| it.rule);
    match (only.as_slice(), not.as_slice()) {
        (_, [name]) if rule.is_some() => format!("not in {name}: {}", rule.unwrap_or_default()),
        ([name], _) => format!("only in {name}"),
        (_, [name]) => format!("not in {name}"),
        _ => format!("in {with} of {}", count(parity.environments.len() as u64, "environment")),
    }
}

/// Says what is odd about a row.
fn warning(flag: &Flag) -> String {
    match flag {
        Flag::Unexplained => "nothing in the spec says why this differs".to_owned(),
        Flag::OnlyIn(name) => format!("a setting of {name} alone: is it tried anywhere else?"),
        Flag::MissingIn(name) => format!("a setting that only {name} lacks"),
        Flag::NewerWhereProtected { protected, other } => {
            format!("{protected} is protected and runs a newer image than {other}")
        }
        Flag::OtherImages => "these are different images, not versions of one".to_owned(),
    }
}

/// Says how many fields were looked at.
fn accounting(parity: &Parity) -> String {
    let it = parity.accounting;
    let differ = it.fields.saturating_sub(it.same + it.named + it.derived);
    let environments = count(parity.environments.len() as u64, "environment");
    format!(
        "{} in {environments}: {differ} different, {} by the environment's name or namespace, {} made of others, {} \
         the same",
        count(it.fields as u64, "field"),
        it.named,
        it.derived,
        it.same,
    )
}
