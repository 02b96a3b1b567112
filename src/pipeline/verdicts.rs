//! The objects of both states in, what the checks say of one of them and not of the other out.
//!
//! What is said of both is nobody's news: neither is a number in its text that moved, nor an excuse that came or went
//! with what it excused. Both states are held to the levels of the new spec, so that a rule that is switched on or off
//! is not a change of any object.

use crate::change::{EnvironmentComparison, SourceLine, Turn, Verdict};
use crate::diagnostic::house_rule::{
    HOUSE_RULES, MISSING_IN_PROTECTED, UNCHECKED_CUSTOM_RESOURCE, WEAKER_IN_PROTECTED,
};
use crate::diagnostic::{Code, Diagnostic};
use crate::object::{ObjectId, ObjectSet, Waived};
use crate::source::Sources;
use crate::validate::{self, Outcome};
use std::collections::{BTreeMap, BTreeSet};

/// The objects of one state, and the spec that their lines are in.
pub(super) struct State<'a> {
    pub(super) sets: Vec<&'a ObjectSet>,
    pub(super) sources: Option<&'a Sources>,
}

/// What changed in what the checks say.
pub(super) struct Verdicts {
    pub(super) changed: Vec<Verdict>,
    /// What was excused in the old state.
    pub(super) excused: BTreeSet<Excuse>,
}

/// A rule, the environment, and the object that may break it, without its namespace.
pub(super) type Excuse = (&'static str, String, Name);

/// Group, kind and name.
pub(super) type Name = (String, String, String);

/// The objects that take the place of others: what is said of the old one is said of the new one.
#[derive(Default)]
pub(super) struct Renamed {
    /// The new object, by environment and old name.
    objects: BTreeMap<(String, Name), ObjectId>,
    /// The new one as messages call it, by the old one.
    words: BTreeMap<String, String>,
}

impl Renamed {
    pub(super) fn of(environments: &[EnvironmentComparison<'_>]) -> Self {
        let mut renamed = Self::default();
        for environment in environments {
            for it in &environment.changes.renames {
                let place = (environment.name().to_owned(), name(&it.before));
                renamed.objects.insert(place, it.after.clone());
                renamed.words.insert(it.before.short(), it.after.short());
            }
        }
        renamed
    }

    fn heir(&self, environment: &str, id: &ObjectId) -> Option<&ObjectId> {
        self.objects.get(&(environment.to_owned(), name(id)))
    }

    /// Says of the new objects what is said of the old ones.
    fn follow(&self, outcome: &mut Outcome) {
        if self.objects.is_empty() {
            return;
        }
        for it in &mut outcome.diagnostics {
            self.follow_in(it);
        }
        for it in &mut outcome.waived {
            if let Some(heir) = self.heir(&it.environment, &it.object) {
                it.object = heir.clone();
            }
            self.follow_in(&mut it.message);
        }
    }

    fn follow_in(&self, message: &mut Diagnostic) {
        let environment = message.environments.first().map_or("", String::as_str);
        let heir = message.object.as_ref().and_then(|it| self.heir(environment, it)).cloned();
        if heir.is_some() || is_of_environments(message) {
            let word = |it: &str| {
                let bare = it.trim_end_matches([':', ',']);
                let new = self.words.get(bare)?;
                Some(format!("{new}{}", &it[bare.len()..]))
            };
            let words = message.message.split(' ').map(|it| word(it).unwrap_or_else(|| it.to_owned()));
            message.message = words.collect::<Vec<_>>().join(" ");
        }
        message.object = heir.or(message.object.take());
    }
}

pub(super) fn excuse(it: &Waived) -> Excuse {
    (it.code.name, it.environment.clone(), name(&it.object))
}

/// Compares what the checks say of two states.
pub(super) fn between(before: &State<'_>, after: &State<'_>, renamed: &Renamed) -> Verdicts {
    let (mut old, new) = (checked(&before.sets), checked(&after.sets));
    renamed.follow(&mut old);
    let excused: BTreeSet<Excuse> = old.waived.iter().map(excuse).collect();
    let still_excused: BTreeSet<Excuse> = new.waived.iter().map(excuse).collect();
    let is_excused = |known: &BTreeSet<Excuse>, it: &Diagnostic| {
        let name = name(&about(it));
        it.environments.iter().any(|environment| known.contains(&(it.code.name, environment.clone(), name.clone())))
    };
    let (gone, came) = unmatched(old.diagnostics, new.diagnostics);
    let mut changed = Vec::new();
    for (turn, said) in by_turn(came, |it| if is_excused(&excused, it) { Turn::Unexcused } else { Turn::Introduced }) {
        let said = validate::without_echoes(said);
        changed.extend(said.into_iter().map(|it| verdict(it, turn, after.sources, Line::Kept)));
    }
    let waived = old.waived.into_iter().filter(|it| !still_excused.contains(&excuse(it))).map(|it| it.message);
    let broken_still: BTreeSet<_> = changed.iter().map(|it| (it.code, name(&it.object))).collect();
    let is_there = |it: &Diagnostic| {
        // What a protected environment lacked is mended where it has it now, not where nobody has it any more.
        let name = it.object.as_ref().map_or_else(|| name(&about(it)), name);
        let is_meant = |set: &&&ObjectSet| it.environments.contains(&set.environment.name);
        let sets = || after.sets.iter().filter(is_meant);
        let is_kept = |set: &ObjectSet| set.objects.iter().any(|it| self::name(&it.id) == name);
        // What is about an environment is mended where the environment is still there.
        if it.object.is_none() { sets().next().is_some() } else { sets().any(|it| is_kept(it)) }
    };
    let mended = gone.into_iter().filter(|it| !is_excused(&still_excused, it)).chain(waived);
    let mended = mended.filter(|it| is_there(it) && !broken_still.contains(&(it.code.name, name(&about(it)))));
    let mended = validate::without_echoes(mended.collect());
    changed.extend(mended.into_iter().map(|it| verdict(it, Turn::Mended, before.sources, Line::Gone)));
    Verdicts { changed, excused }
}

/// Checks all environments of a state, each by itself and with the others.
fn checked(sets: &[&ObjectSet]) -> Outcome {
    let mut outcome = validate::project(sets);
    for set in sets {
        let of_set = validate::with_echoes(set);
        outcome.diagnostics.extend(of_set.diagnostics);
        outcome.waived.extend(of_set.waived);
    }
    // Whether a house rule is broken depends on what is declared; what the API server refuses does not.
    let is_undeclared = |set: &&&ObjectSet| set.environment.span.is_none();
    let undeclared: BTreeSet<&str> = sets.iter().filter(is_undeclared).map(|it| it.environment.name.as_str()).collect();
    let is_known = |it: &Diagnostic| it.environments.iter().all(|name| !undeclared.contains(name.as_str()));
    outcome.diagnostics.retain(|it| !HOUSE_RULES.contains(&it.code) || is_known(it));
    outcome
}

fn name(id: &ObjectId) -> Name {
    (id.group.clone(), id.kind.clone(), id.name.clone())
}

/// True for a message about environments beside each other; its object is only the place of its line.
fn is_of_environments(message: &Diagnostic) -> bool {
    [MISSING_IN_PROTECTED, WEAKER_IN_PROTECTED].contains(&message.code) && message.message.starts_with("protected `")
}

/// The object that a message is about, or else the first of its environments.
fn about(message: &Diagnostic) -> ObjectId {
    let environment = || ObjectId::environment(message.environments.first().map_or("", String::as_str));
    message.object.clone().filter(|_| !is_of_environments(message)).unwrap_or_else(environment)
}

/// What makes two messages the same news: all but the words after the place that they name.
type Key = (Vec<String>, Code, Name, String);

fn key(message: &Diagnostic) -> Key {
    let (group, kind, object) = name(&about(message));
    // It is said of the first object of a kind, and means them all.
    let object = if message.code == UNCHECKED_CUSTOM_RESOURCE { String::new() } else { object };
    let text = message.message.as_str();
    let place = if is_of_environments(message) {
        let what = text.split_once(", which").map_or(text, |(what, _)| what);
        what.to_owned()
    } else {
        text.split('`').nth(1).unwrap_or_default().to_owned()
    };
    (message.environments.clone(), message.code, (group, kind, object), place)
}

/// Takes away what both sides say: first what they say in the same words, then what they say of the same place.
fn unmatched(before: Vec<Diagnostic>, after: Vec<Diagnostic>) -> (Vec<Diagnostic>, Vec<Diagnostic>) {
    let mut known: BTreeMap<Key, Vec<Diagnostic>> = BTreeMap::new();
    for message in before {
        known.entry(key(&message)).or_default().push(message);
    }
    let mut came = Vec::new();
    for message in after {
        let said = known.entry(key(&message)).or_default();
        match said.iter().position(|it| it.message == message.message) {
            Some(index) => drop(said.remove(index)),
            None => came.push(message),
        }
    }
    came.retain(|it| known.get_mut(&key(it)).is_none_or(|said| said.pop().is_none()));
    (known.into_values().flatten().collect(), came)
}

/// Parts messages by what became of them; each part is said by itself.
fn by_turn(messages: Vec<Diagnostic>, turn: impl Fn(&Diagnostic) -> Turn) -> BTreeMap<Turn, Vec<Diagnostic>> {
    let mut parts: BTreeMap<Turn, Vec<Diagnostic>> = BTreeMap::new();
    for message in messages {
        parts.entry(turn(&message)).or_default().push(message);
    }
    parts
}

/// Whether a line is still in the spec.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Line {
    Kept,
    Gone,
}

fn verdict(message: Diagnostic, turn: Turn, sources: Option<&Sources>, line: Line) -> Verdict {
    let object = about(&message);
    let (path, text) = parts(&message.message, &object.short());
    let source = sources.zip(message.labels.first()).map(|(sources, label)| {
        let location = sources.location(label.span);
        SourceLine { file: location.file, line: location.line, removed: line == Line::Gone }
    });
    // How to be excused is said by the page of the code.
    let help = message.help.iter().filter(|it| !it.starts_with("or say why it may")).cloned();
    Verdict {
        code: message.code.name,
        turn,
        path: path.to_owned(),
        message: text.to_owned(),
        help: help.collect::<Vec<_>>().join("; "),
        source,
        environments: message.environments,
        object,
    }
}

/// Takes the object's name off a message, and the field that may follow it: ``Service/a `spec.type`: text``.
fn parts<'a>(message: &'a str, object: &str) -> (&'a str, &'a str) {
    let Some(rest) = message.strip_prefix(object) else { return ("", message) };
    let field = rest.strip_prefix(" `").and_then(|it| it.split_once("`: "));
    field.unwrap_or_else(|| ("", rest.strip_prefix(": ").unwrap_or(rest.trim_start())))
}

#[cfg(test)]
mod tests {
    use super::{Renamed, name, parts, unmatched};
    use crate::diagnostic::house_rule::MISSING_IN_PROTECTED;
    use crate::diagnostic::{Code, Diagnostic};
    use crate::object::ObjectId;
    use std::collections::BTreeMap;

    #[test]
    fn a_message_names_its_place() {
        let check = |message, path, text| assert_eq!(parts(message, "Service/a"), (path, text));
        check("Service/a `spec.ports[http].port`: a: b", "spec.ports[http].port", "a: b");
        check("Service/a: container `web` has none", "", "container `web` has none");
        check("Service/a is made by `b`", "", "is made by `b`");
        check("`dev` asks for 3 cpu", "", "`dev` asks for 3 cpu");
    }

    #[test]
    fn what_was_said_of_an_object_is_said_of_the_one_in_its_place() {
        let id =
            |name: &str| ObjectId { kind: "ConfigMap".to_owned(), name: name.to_owned(), ..ObjectId::environment("") };
        let renamed = Renamed {
            objects: BTreeMap::from([(("dev".to_owned(), name(&id("a-1"))), id("a-2"))]),
            words: BTreeMap::from([("ConfigMap/a-1".to_owned(), "ConfigMap/a-2".to_owned())]),
        };
        let check = |code, environment, object: &str, message: &str, expected: (&str, &str)| {
            let mut it = Diagnostic::new(code, message).in_environment(environment);
            it.object = Some(id(object));
            renamed.follow_in(&mut it);
            assert_eq!((it.object.unwrap().name.as_str(), it.message.as_str()), expected);
        };
        let plain = Code::error("x");
        check(plain, "dev", "a-1", "ConfigMap/a-1 `data.K`: no", ("a-2", "ConfigMap/a-2 `data.K`: no"));
        check(plain, "dev", "a-1", "ConfigMap/a-1: no", ("a-2", "ConfigMap/a-2: no"));
        check(plain, "dev", "a-12", "ConfigMap/a-12: no", ("a-12", "ConfigMap/a-12: no"));
        check(plain, "test", "a-1", "ConfigMap/a-1: no", ("a-1", "ConfigMap/a-1: no"));
        let lacks = |it| format!("protected `prod` has no {it}, which `dev` has");
        let (old, new) = (lacks("ConfigMap/a-1"), lacks("ConfigMap/a-2"));
        check(MISSING_IN_PROTECTED, "prod", "b", &old, ("b", &new));
    }

    #[test]
    fn what_both_say_is_no_news() {
        let check = |before: &[&str], after: &[&str], gone: &[&str], came: &[&str]| {
            let said = |words: &[&str]| -> Vec<Diagnostic> {
                words.iter().map(|it| Diagnostic::new(Code::error("x"), *it).in_environment("dev")).collect()
            };
            let (old, new) = unmatched(said(before), said(after));
            let words = |it: &[Diagnostic]| it.iter().map(|it| it.message.clone()).collect::<Vec<_>>();
            assert_eq!((words(&old), words(&new)), (words(&said(gone)), words(&said(came))));
        };
        check(&["`a` is 1"], &["`a` is 1"], &[], &[]);
        check(&["`a` is 1"], &["`a` is 2"], &[], &[]);
        check(&["`a` is 1"], &["`b` is 1"], &["`a` is 1"], &["`b` is 1"]);
        check(&[], &["`a` is 1"], &[], &["`a` is 1"]);
        check(&["`a` is 1", "`a` is 2"], &["`a` is 2"], &["`a` is 1"], &[]);
        check(&["`a` is 1"], &["`a` is 1", "`a` is 2"], &[], &["`a` is 2"]);
    }
}
