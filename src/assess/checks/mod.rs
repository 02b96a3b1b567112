//! What the checks say of one state and not of the other, as findings.
//!
//! A check is told where this change breaks it, and in one note where it mends it; what was broken before and still is
//! was told when it was broken. What a rule of the review says as well is said by that rule alone.

mod table;

use super::wording::{count_of, list};
use crate::change::{Comparison, DecidedBy, Finding, ImpactCode, Severity, Turn, Verdict};
use crate::object::ObjectId;
use std::collections::BTreeMap;
use table::CHECKS;

/// A check that is told by its own name, and what an object does that breaks it, as words that follow its name.
struct Check {
    code: ImpactCode,
    words: &'static str,
}

/// Every other check: those of what the API server refuses.
const OBJECT_REFUSED: Check = Check {
    code: ImpactCode {
        name: "object-refused",
        severity: Severity::Block,
        decided_by: DecidedBy::Declared,
        documentation: "https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation",
    },
    words: "is refused by the API server",
};

const HOUSE_RULE_REPAIRED: ImpactCode = ImpactCode {
    name: "house-rule-repaired",
    severity: Severity::Note,
    decided_by: DecidedBy::Declared,
    documentation: "https://kubernetes.io/docs/concepts/configuration/overview/",
};

/// Checks that rules of the review decide by themselves, from what is declared of both states.
const SAID_ELSEWHERE: &[&str] = &["api-deprecated", "api-removed"];

/// A check, and the rules of the review that say of the same object what comes of breaking it.
const SAID_WITH: &[(&str, &[&str])] = &[
    ("config-key-missing", &["config-removed-in-use"]),
    ("deprecated-api", &["api-deprecated", "api-removed"]),
    ("ingress-backend-missing", &["route-backend-missing", "service-port-removed", "service-removed"]),
    ("missing-image-tag", &["image-change"]),
    ("missing-probe", &["probe-change"]),
    ("missing-reference", &["account-removed-in-use", "config-removed-in-use", "service-removed"]),
    ("mutable-image-tag", &["image-change"]),
    ("origin-not-allowed", &["origin-exposure"]),
    ("probe-port-missing", &["probe-change"]),
    ("route-backend-missing", &["service-removed"]),
    ("runs-as-root", &["security-loosened"]),
    ("unknown-kind", &["api-removed"]),
];

/// Of more objects than this that one change makes break one check, only the first are named.
const MOST_OBJECTS: usize = 5;
/// The most problems of one object that are told one by one.
const MOST_PROBLEMS: usize = 3;

/// Returns every code that can be raised here and is not one of the others.
pub(super) fn codes(others: &[ImpactCode]) -> Vec<ImpactCode> {
    let own = CHECKS.iter().map(|it| it.code).chain([OBJECT_REFUSED.code, HOUSE_RULE_REPAIRED]);
    own.filter(|it| others.iter().all(|other| other.name != it.name)).collect()
}

/// Returns what the checks say; `found` is what the rules of the review say, whose codes are `others`.
pub(super) fn findings(input: &Comparison<'_>, others: &[ImpactCode], found: &[Finding]) -> Vec<Finding> {
    let is_said = |it: &&Verdict| {
        SAID_ELSEWHERE.contains(&it.code)
            || others.iter().any(|other| other.name == it.code)
            || found.iter().any(|finding| says_it(finding, it))
    };
    let mut alike: BTreeMap<(Turn, &str, &[String], &ObjectId), Vec<&Verdict>> = BTreeMap::new();
    for verdict in input.verdicts.iter().filter(|it| !is_said(it)) {
        let key = (verdict.turn, verdict.code, verdict.environments.as_slice(), &verdict.object);
        alike.entry(key).or_default().push(verdict);
    }
    let mut by_code: BTreeMap<(Turn, &str, &[String]), OfObjects<'_>> = BTreeMap::new();
    for ((turn, code, environments, _), same) in alike {
        by_code.entry((turn, code, environments)).or_default().push(same);
    }
    let told = |of_objects: OfObjects<'_>| {
        if of_objects.len() > MOST_OBJECTS {
            vec![of_many(&of_objects)]
        } else {
            of_objects.iter().map(|it| of_one(it)).collect()
        }
    };
    by_code.into_values().flat_map(told).flatten().collect()
}

/// What one check says of each object.
type OfObjects<'a> = Vec<Vec<&'a Verdict>>;

/// True for a finding that says what comes of a broken check: one of the same object, or of the one that it names.
fn says_it(finding: &Finding, verdict: &Verdict) -> bool {
    let covers = SAID_WITH.iter().any(|(code, others)| *code == verdict.code && others.contains(&finding.code.name));
    let is_there = finding.environments.iter().any(|it| verdict.environments.contains(it));
    let same = (&finding.object.group, &finding.object.kind, &finding.object.name)
        == (&verdict.object.group, &verdict.object.kind, &verdict.object.name);
    covers && is_there && verdict.turn != Turn::Mended && (same || verdict.message.contains(&finding.object.name))
}

/// Finds a check by its name.
fn check(code: &str) -> &'static Check {
    CHECKS.binary_search_by(|it| it.code.name.cmp(code)).map_or(&OBJECT_REFUSED, |index| &CHECKS[index])
}

/// Tells what one check says of one object.
fn of_one(same: &[&Verdict]) -> Option<Finding> {
    let first = same.first()?;
    let check = check(first.code);
    let mut problems: Vec<&str> = same.iter().map(|it| it.message.as_str()).collect();
    problems.dedup();
    let more = problems.len().saturating_sub(MOST_PROBLEMS);
    problems.truncate(MOST_PROBLEMS);
    let rest = if more == 0 { String::new() } else { format!("; and {more} more") };
    let problems = problems.join("; ");
    // What it said is no longer so.
    let said = if first.turn == Turn::Mended { ", which said" } else { "" };
    let finding = finding(first, check, &|words| format!("{words}{said}: {problems}{rest}"));
    let path = if same.len() == 1 { first.path.as_str() } else { "" };
    let help = if first.turn == Turn::Mended { "" } else { &first.help };
    Some(finding.at(path).help(help).from_line(first.source.clone()))
}

/// Tells what one check says of more objects than can be told one by one.
fn of_many(of_objects: &[Vec<&Verdict>]) -> Option<Finding> {
    let first = of_objects.first()?.first()?;
    let objects: Vec<String> = of_objects.iter().filter_map(|it| Some(it.first()?.object.short())).collect();
    let (named, rest) = objects.split_at_checked(MOST_OBJECTS)?;
    let mut named = named.to_vec();
    named.push(format!("{} more", rest.len()));
    let objects = count_of(&objects, "object");
    let check = check(first.code);
    let mut finding = finding(first, check, &|words| format!("has {objects} of which each {words}: {}", list(&named)));
    finding.object = ObjectId::environment(first.environments.first()?);
    Some(finding.help(&first.help).from_line(first.source.clone()))
}

/// Makes the finding; `message` puts what is wrong behind the words for what the object does.
fn finding(verdict: &Verdict, check: &Check, message: &dyn Fn(&str) -> String) -> Finding {
    let environment = verdict.environments.first().map_or("", String::as_str);
    let name = verdict.code;
    let mut finding = match verdict.turn {
        Turn::Introduced if check.code == OBJECT_REFUSED.code => {
            let text = format!("{} (`{name}`)", message(check.words));
            Finding::new(check.code, environment, &verdict.object, text)
        }
        Turn::Introduced => Finding::new(check.code, environment, &verdict.object, message(check.words)),
        Turn::Unexcused => {
            let text = format!("{}, which was excused until now", message(check.words));
            Finding::new(check.code, environment, &verdict.object, text)
        }
        Turn::Mended => {
            let text = message(&format!("no longer breaks `{name}`"));
            Finding::new(HOUSE_RULE_REPAIRED, environment, &verdict.object, text)
        }
    };
    finding.environments.clone_from(&verdict.environments);
    finding
}

#[cfg(test)]
mod tests;
