//! A value as it was written in KDL.

use std::fmt;

/// A KDL value. Numbers keep their spelling, so that `1.50` stays `1.50` where text is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Literal {
    /// A string, quoted or not.
    Text(String),
    /// A whole number and how it was spelled.
    Integer {
        /// The number.
        value: i128,
        /// `1_000`, `0x1F`.
        spelling: String,
    },
    /// Any other number, as it was spelled.
    Decimal(String),
    /// `#true` or `#false`.
    Flag(bool),
    /// `#null`.
    Null,
}

impl Literal {
    /// Returns the value as text, where one spelling of it is the obvious one: a number with `_`, a base prefix or no
    /// finite value has none, and neither has `#null`.
    pub fn as_text(&self) -> Option<String> {
        let plain = |spelling: &str| {
            let digits = spelling.strip_prefix(['+', '-']).unwrap_or(spelling);
            digits.starts_with(|it: char| it.is_ascii_digit())
                && !digits.contains('_')
                && !digits.starts_with("0x")
                && !digits.starts_with("0o")
                && !digits.starts_with("0b")
        };
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Integer { spelling, .. } | Self::Decimal(spelling) => plain(spelling).then(|| spelling.clone()),
            Self::Flag(flag) => Some(flag.to_string()),
            Self::Null => None,
        }
    }

    /// Says what it is, for "expected …, found …".
    pub fn describe(&self) -> String {
        match self {
            Self::Text(text) => format!("the text {text:?}"),
            Self::Integer { spelling, .. } | Self::Decimal(spelling) => format!("the number {spelling}"),
            Self::Flag(flag) => format!("#{flag}"),
            Self::Null => "#null".to_owned(),
        }
    }
}

impl fmt::Display for Literal {
    /// Writes the value as it may stand in a spec.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "{text:?}"),
            Self::Integer { spelling, .. } | Self::Decimal(spelling) => f.write_str(spelling),
            Self::Flag(flag) => write!(f, "#{flag}"),
            Self::Null => f.write_str("#null"),
        }
    }
}
