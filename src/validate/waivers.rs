//! What was found in, and what is left of it under the policies and waivers of its environments out; and what is to be
//! said about the waivers themselves.

use super::Outcome;
use crate::diagnostic::house_rule::{
    EXPIRED_WAIVER, EXPIRING_WAIVER, HOUSE_RULES, UNUSED_WAIVER, or_waive, or_waive_in_app,
};
use crate::diagnostic::{Code, Diagnostic, Policy};
use crate::object::{Date, ObjectSet, Waived, Waiver};

/// The codes of this family.
pub const CODES: &[Code] = &[EXPIRED_WAIVER, EXPIRING_WAIVER, UNUSED_WAIVER];

/// For how many days before its last one a waiver is said to end.
const NOTICE: u32 = 14;

/// Gives each message the severity that its rule has, and takes those away that a waiver excuses. A message about
/// several environments keeps to the strictest, and the waiver of one is enough.
pub(super) fn settle(found: Vec<Diagnostic>, sets: &[&ObjectSet]) -> Outcome {
    let mut outcome = Outcome::default();
    for message in found {
        let is_meant = |it: &&ObjectSet| message.environments.contains(&it.environment.name);
        let sets: Vec<&ObjectSet> = sets.iter().copied().filter(is_meant).collect();
        let policies: Vec<&Policy> = sets.iter().map(|it| &it.environment.policy).collect();
        let Some(message) = Policy::strictest(&policies, message) else { continue };
        let excuses: Vec<Waived> = sets
            .iter()
            .filter_map(|it| Some(Waived::new(message.clone(), it.waiver(&message)?, &it.environment.name)))
            .collect();
        if excuses.is_empty() {
            outcome.diagnostics.push(with_excuse(message, &sets));
        }
        for excuse in excuses {
            let is_same = |it: &Waived| {
                (it.code, &it.object, &it.environment) == (excuse.code, &excuse.object, &excuse.environment)
            };
            // Two containers that break a rule are one excuse.
            if !outcome.waived.iter().any(is_same) {
                outcome.waived.push(excuse);
            }
        }
    }
    outcome
}

/// Says how one may be excused, where a message about a house rule does not say so yet.
fn with_excuse(message: Diagnostic, sets: &[&ObjectSet]) -> Diagnostic {
    let says_so = format!("`waive {} ", message.code.name);
    if !HOUSE_RULES.contains(&message.code) || message.help.iter().any(|it| it.contains(&says_so)) {
        return message;
    }
    let object = message.object.as_ref().and_then(|id| sets.iter().find_map(|it| it.object(id)));
    let has_component = object.is_some_and(|it| it.component.is_some());
    let code = message.code;
    message.help(if has_component { or_waive(code) } else { or_waive_in_app(code) })
}

/// Reports the waivers of an environment that excused nothing, once each, though every object of a component carries
/// them.
pub fn unused(set: &ObjectSet, waived: &[Waived]) -> Vec<Diagnostic> {
    let mut waivers: Vec<&Waiver> = set.objects.iter().flat_map(|it| &it.waivers).collect();
    waivers.extend(&set.environment.waivers);
    waivers.sort_by_key(|it| it.span);
    waivers.dedup_by_key(|it| it.span);
    let name = &set.environment.name;
    let is_used = |waiver: &Waiver| waived.iter().any(|it| it.waiver.span == waiver.span && it.environment == *name);
    waivers.retain(|it| !is_used(it));
    let message = |waiver: &Waiver| {
        let text = format!("nothing breaks the rule `{}` that is waived", waiver.code);
        let message = Diagnostic::new(UNUSED_WAIVER, text).at(waiver.span, "").in_environment(name);
        message.help("remove it, or move it to the environments that need it")
    };
    waivers.into_iter().map(message).collect()
}

/// Reports the waivers that have ended by a day, each with what it excused, and those that are about to.
///
/// What comes back is as bad as it would be without the waiver.
pub fn ends(waived: &[Waived], today: Date) -> Vec<Diagnostic> {
    waived.iter().filter_map(|it| end(it, today)).collect()
}

fn end(excused: &Waived, today: Date) -> Option<Diagnostic> {
    let (waiver, code) = (&excused.waiver, excused.code.name);
    let until = waiver.until.as_ref()?;
    let Some(days) = today.days_until(until.value) else {
        let text = format!("the waiver of `{code}` ended on {}: {}", until.value, excused.message.message);
        let mut message = Diagnostic::new(EXPIRED_WAIVER, text).at(until.span, "excused until here");
        message.severity = excused.message.severity;
        // What a confidential message points at is not shown by another one.
        if !excused.code.confidential {
            let place = excused.message.labels.first().map(|it| it.span);
            message = message.at_some(place, "what it excused");
        }
        let mend = excused.message.help.first().cloned();
        message.help.extend(mend);
        message.environments.clone_from(&excused.message.environments);
        return Some(message.help("or say why it may for longer: a later `until=` with a reason that still holds"));
    };
    (days <= NOTICE).then(|| {
        let left = match days {
            0 => "today".to_owned(),
            1 => "tomorrow".to_owned(),
            days => format!("in {days} days, on {}", until.value),
        };
        let text = format!("the waiver of `{code}` ends {left}");
        Diagnostic::new(EXPIRING_WAIVER, text)
            .at(until.span, "")
            .in_environment(&excused.environment)
            .help("mend what it excuses, or say why it may for longer")
    })
}

#[cfg(test)]
mod tests {
    use super::super::environment;
    use super::super::fixture::{service, set, with, with_container};
    use super::{ends, settle, unused};
    use crate::diagnostic::house_rule::{CAPACITY_EXCEEDED, MISSING_PROBE, MISSING_RESOURCES};
    use crate::diagnostic::{Diagnostic, Level, Severity};
    use crate::object::{Date, ObjectSet, Waived, Waiver};
    use crate::source::{FileId, Sources, Span, Spanned};
    use serde_json::json;

    fn file() -> FileId {
        Sources::new([("a".to_owned(), String::new())]).iter().next().unwrap().0
    }

    /// A waiver of this rule, at a line of its own.
    fn waiver(code: &str, object: Option<&str>) -> Waiver {
        let span = Span::new(file(), code.len(), code.len());
        Waiver {
            code: code.to_owned(),
            reason: "because".to_owned(),
            until: None,
            object: object.map(str::to_owned),
            span,
        }
    }

    /// An environment with a Deployment that has no liveness probe and no limit for its CPU.
    fn broken() -> ObjectSet {
        let body = with_container("/livenessProbe", json!(null));
        let limits = "/spec/template/spec/containers/0/resources/limits/cpu";
        set([with(body, limits, json!(null)), service()])
    }

    fn said(set: &ObjectSet) -> Vec<(&'static str, Severity)> {
        environment(set).diagnostics.iter().map(|it| (it.code.name, it.severity)).collect()
    }

    #[test]
    fn a_policy_sets_how_bad_it_is() {
        let (probe, resources) = ("missing-probe", "missing-resources");
        let mut set = broken();
        assert_eq!(said(&set), [(resources, Severity::Error), (probe, Severity::Error)]);
        set.environment.policy.set(MISSING_PROBE, Level::Note);
        set.environment.policy.set(MISSING_RESOURCES, Level::Warn);
        assert_eq!(said(&set), [(resources, Severity::Warning), (probe, Severity::Note)]);
        set.environment.policy.set(MISSING_RESOURCES, Level::Off);
        assert_eq!(said(&set), [(probe, Severity::Note)]);
    }

    #[test]
    fn waivers_excuse_and_are_used() {
        let mut set = broken();
        for object in &mut set.objects {
            object.waivers = vec![waiver("missing-probe", None), waiver("runs-as-root", None)];
        }
        let outcome = environment(&set);
        assert_eq!(outcome.diagnostics.iter().map(|it| it.code).collect::<Vec<_>>(), [MISSING_RESOURCES]);
        let waived: Vec<_> =
            outcome.waived.iter().map(|it| (it.code.name, it.object.short(), it.environment.as_str())).collect();
        assert_eq!(waived, [("missing-probe", "Deployment/web".to_owned(), "prod")]);
        let found = unused(&set, &outcome.waived);
        let shown: Vec<_> = found.iter().map(|it| (it.message.as_str(), it.environments.join(","))).collect();
        assert_eq!(shown, [("nothing breaks the rule `runs-as-root` that is waived", "prod".to_owned())]);
        set.environment.policy.set(MISSING_PROBE, Level::Off);
        assert_eq!(unused(&set, &environment(&set).waived).len(), 2);
    }

    #[test]
    fn a_waiver_of_the_app_is_for_what_belongs_to_no_component() {
        let check = |component: Option<&str>, object: Option<&str>, excused: bool| {
            let mut set = broken();
            for it in &mut set.objects {
                it.component = component.map(str::to_owned);
            }
            set.environment.waivers = vec![waiver("missing-probe", object)];
            let outcome = environment(&set);
            assert_eq!(outcome.waived.len(), usize::from(excused), "{component:?} {object:?}");
            assert_eq!(unused(&set, &outcome.waived).is_empty(), excused);
        };
        check(None, None, true);
        check(None, Some("Deployment/web"), true);
        check(None, Some("Deployment/api"), false);
        check(Some("web"), None, false);
        check(Some("web"), Some("Deployment/web"), true);
    }

    #[test]
    fn each_environment_of_a_cluster_may_excuse_what_they_do_together() {
        let message = || {
            let message = Diagnostic::new(CAPACITY_EXCEEDED, "");
            vec![message.in_environment("dev").in_environment("prod")]
        };
        let check = |waivers: [&[Waiver]; 2], expected: &[&str]| {
            let mut sets = [broken(), broken()];
            for ((set, waivers), name) in sets.iter_mut().zip(waivers).zip(["dev", "prod"]) {
                set.environment.name = name.to_owned();
                set.environment.waivers = waivers.to_vec();
            }
            let outcome = settle(message(), &sets.iter().collect::<Vec<_>>());
            let names: Vec<&str> = outcome.waived.iter().map(|it| it.environment.as_str()).collect();
            assert_eq!(names, expected);
            assert_eq!(outcome.diagnostics.is_empty(), !expected.is_empty());
        };
        let waiver = [waiver("capacity-exceeded", None)];
        check([&[], &[]], &[]);
        check([&waiver, &[]], &["dev"]);
        check([&waiver, &waiver], &["dev", "prod"]);
    }

    #[test]
    fn waivers_end() {
        let check = |today: &str, level: Level, expected: &[(Severity, &str)]| {
            let mut set = set([with_container("/livenessProbe", json!(null))]);
            set.environment.policy.set(MISSING_PROBE, level);
            let until = Spanned { value: Date::parse("2026-06-30").unwrap(), span: Span::new(file(), 0, 0) };
            for object in &mut set.objects {
                object.waivers = vec![Waiver { until: Some(until.clone()), ..waiver("missing-probe", None) }];
            }
            let waived: Vec<Waived> = environment(&set).waived;
            let found = ends(&waived, Date::parse(today).unwrap());
            let shown: Vec<_> = found.iter().map(|it| (it.severity, it.message.as_str())).collect();
            assert_eq!(shown, expected, "{today}");
            assert!(found.iter().all(|it| it.environments == ["prod"]));
        };
        let ended =
            "the waiver of `missing-probe` ended on 2026-06-30: Deployment/web: container `web` has no liveness probe";
        let note = |text| [(Severity::Note, text)];
        check("2026-06-15", Level::Error, &[]);
        check("2026-06-16", Level::Error, &note("the waiver of `missing-probe` ends in 14 days, on 2026-06-30"));
        check("2026-06-29", Level::Error, &note("the waiver of `missing-probe` ends tomorrow"));
        check("2026-06-30", Level::Error, &note("the waiver of `missing-probe` ends today"));
        check("2026-07-01", Level::Error, &[(Severity::Error, ended)]);
        check("2026-07-01", Level::Warn, &[(Severity::Warning, ended)]);
        check("2026-07-01", Level::Off, &[]);
    }
}
