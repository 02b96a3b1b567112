//! How bad the house rules of one environment are, where its spec says so.

use super::{Code, Diagnostic, Severity};
use std::collections::BTreeMap;

/// What a broken house rule comes to, from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Nothing is said; the review names the rule as not checked.
    Off,
    /// It is said.
    Note,
    /// It is said as a warning.
    Warn,
    /// The compile stops.
    Error,
}

/// The levels that an environment sets. A rule that it does not name has the severity of its code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    levels: BTreeMap<&'static str, Level>,
}

impl Level {
    /// The words for the levels, as they are written in a spec.
    pub const WORDS: &[&str] = &["off", "note", "warn", "error"];

    /// Returns the level that a word stands for.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "off" => Some(Self::Off),
            "note" => Some(Self::Note),
            "warn" => Some(Self::Warn),
            "error" => Some(Self::Error),
            _ => None,
        }
    }

    /// Returns the severity of a message at this level; none where it is not said.
    pub fn severity(self) -> Option<Severity> {
        match self {
            Self::Off => None,
            Self::Note => Some(Severity::Note),
            Self::Warn => Some(Severity::Warning),
            Self::Error => Some(Severity::Error),
        }
    }
}

impl From<Severity> for Level {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Note => Self::Note,
            Severity::Warning => Self::Warn,
            Severity::Error => Self::Error,
        }
    }
}

impl Policy {
    /// Sets the level of a rule.
    pub fn set(&mut self, rule: Code, level: Level) {
        self.levels.insert(rule.name, level);
    }

    /// Returns the names of the rules that are off.
    pub fn off(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.levels.iter().filter(|(_, level)| **level == Level::Off).map(|(name, _)| *name)
    }

    /// Gives a message the severity that its rule has here; none where the rule is off.
    pub fn applied(&self, message: Diagnostic) -> Option<Diagnostic> {
        Self::strictest(&[self], message)
    }

    /// Gives a message about several environments the severity of the one that is strictest.
    pub fn strictest(policies: &[&Self], message: Diagnostic) -> Option<Diagnostic> {
        let own = Level::from(message.severity);
        let level = policies.iter().map(|it| it.levels.get(message.code.name).copied().unwrap_or(own)).max();
        let severity = level.unwrap_or(own).severity()?;
        Some(Diagnostic { severity, ..message })
    }
}

#[cfg(test)]
mod tests {
    use super::{Code, Diagnostic, Level, Policy, Severity};

    const RULE: Code = Code::error("rule");

    #[test]
    fn the_strictest_environment_counts() {
        let policy = |level: Option<Level>| {
            let mut policy = Policy::default();
            if let Some(level) = level {
                policy.set(RULE, level);
            }
            policy
        };
        let check = |levels: &[Option<Level>], expected: Option<Severity>| {
            let policies: Vec<Policy> = levels.iter().copied().map(policy).collect();
            let policies: Vec<&Policy> = policies.iter().collect();
            let found = Policy::strictest(&policies, Diagnostic::new(RULE, ""));
            assert_eq!(found.map(|it| it.severity), expected, "{levels:?}");
        };
        check(&[], Some(Severity::Error));
        check(&[None], Some(Severity::Error));
        check(&[Some(Level::Warn)], Some(Severity::Warning));
        check(&[Some(Level::Off)], None);
        check(&[Some(Level::Off), Some(Level::Note)], Some(Severity::Note));
        check(&[Some(Level::Off), None], Some(Severity::Error));
    }

    #[test]
    fn every_word_is_a_level() {
        let levels: Vec<Level> = Level::WORDS.iter().filter_map(|it| Level::from_word(it)).collect();
        assert_eq!(levels, [Level::Off, Level::Note, Level::Warn, Level::Error]);
    }
}
