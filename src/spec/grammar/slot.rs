//! One value that a node takes, and what it may be.

use crate::object::{Date, KubernetesVersion, Quantity};
use crate::spec::Literal;

/// A place for one value.
#[derive(Debug)]
pub struct Slot {
    /// The property's name, or what the argument is called in messages.
    pub name: &'static str,
    /// What it may hold.
    pub kind: Kind,
    /// Whether it must be set once all layers are merged.
    pub need: Need,
    /// Whether it takes all arguments from here on.
    pub many: bool,
}

/// Whether a value must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// It may be left out.
    Optional,
    /// Some layer must set it.
    Required,
}

/// What a value may be.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// The value of a setting or a label: text; a number or a flag is taken as it is spelled.
    Value,
    /// Text; a number is taken as it is spelled.
    Text,
    /// Text that starts with `/`.
    Path,
    /// Text that is not a number or a flag.
    Name,
    /// Text that a person reads.
    Sentence,
    /// A whole number within bounds.
    Integer(i64, i64),
    /// A file's mode, `0o644`.
    Mode,
    /// `#true` or `#false`.
    Flag,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A Kubernetes quantity, `250m`.
    Quantity,
    /// A share, `70%`.
    Percent,
    /// A whole number or a share.
    Count,
    /// A minor version of Kubernetes.
    Version,
    /// A range of addresses, `10.244.0.0/16`.
    Range,
    /// A span of time, `1h30m`.
    Duration,
    /// A kind and a name, `ConfigMap/ca-bundle`.
    Object,
    /// A day, `2026-12-31`.
    Date,
    /// Whatever Kubernetes takes there.
    Any,
}

impl Slot {
    /// A value that may be left out.
    pub const fn optional(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, need: Need::Optional, many: false }
    }

    /// A value that some layer must set.
    pub const fn required(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, need: Need::Required, many: false }
    }

    /// Any number of values, and perhaps none.
    pub const fn rest(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, need: Need::Optional, many: true }
    }

    /// Any values, or none.
    pub const fn any(name: &'static str) -> Self {
        Self { name, kind: Kind::Any, need: Need::Optional, many: true }
    }

    /// One or more values.
    pub const fn list(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, need: Need::Required, many: true }
    }
}

impl Kind {
    /// A port number.
    pub const PORT: Self = Self::Integer(1, 65535);
    /// A number of seconds, pods or tries.
    pub const WHOLE: Self = Self::Integer(0, 2_147_483_647);

    /// Checks a value. Returns what was expected where it does not fit, and what to do where that is not obvious.
    pub fn check(self, literal: &Literal) -> Result<(), Mismatch> {
        let text = literal.as_text();
        let fits = match self {
            Self::Value | Self::Text => match (literal, &text) {
                (Literal::Integer { .. } | Literal::Decimal(_), None) => {
                    return Err(Mismatch {
                        expected: "text".to_owned(),
                        help: Some(
                            "this number has more than one obvious spelling as text; quote the one that is meant"
                                .to_owned(),
                        ),
                    });
                }
                (Literal::Flag(_), _) => matches!(self, Self::Value),
                (_, text) => text.is_some(),
            },
            Self::Path => matches!(literal, Literal::Text(text) if text.starts_with('/')),
            Self::Name | Self::Sentence => matches!(literal, Literal::Text(text) if !text.is_empty()),
            Self::Integer(minimum, maximum) => {
                let range = i128::from(minimum)..=i128::from(maximum);
                matches!(literal, Literal::Integer { value, .. } if range.contains(value))
            }
            Self::Mode => match literal {
                Literal::Integer { value, spelling } => spelling.starts_with("0o") && (0..=0o777).contains(value),
                Literal::Text(_) | Literal::Decimal(_) | Literal::Flag(_) | Literal::Null => false,
            },
            Self::Flag => matches!(literal, Literal::Flag(_)),
            Self::Choice(words) => matches!(literal, Literal::Text(text) if words.contains(&text.as_str())),
            Self::Quantity => text.is_some_and(|it| Quantity::parse(&it).is_some_and(|it| !it.is_negative())),
            Self::Percent => matches!(literal, Literal::Text(text) if percent(text).is_some_and(|it| it > 0)),
            Self::Count => match literal {
                Literal::Integer { value, .. } => (0..=i128::from(i32::MAX)).contains(value),
                Literal::Text(text) => percent(text).is_some(),
                Literal::Decimal(_) | Literal::Flag(_) | Literal::Null => false,
            },
            Self::Version => text.is_some_and(|it| it.parse::<KubernetesVersion>().is_ok()),
            Self::Range => matches!(literal, Literal::Text(text) if is_range(text)),
            Self::Duration => matches!(literal, Literal::Text(text) if duration(text).is_some()),
            Self::Object => matches!(literal, Literal::Text(text) if is_object(text)),
            Self::Date => matches!(literal, Literal::Text(text) if Date::parse(text).is_ok()),
            Self::Any => true,
        };
        if fits { Ok(()) } else { Err(Mismatch { expected: self.describe(), help: self.help(literal) }) }
    }

    /// Says what fits, for "expected …" and for the reference.
    pub fn describe(self) -> String {
        match self {
            Self::Value | Self::Text => "text".to_owned(),
            Self::Path => "a path that starts with `/`".to_owned(),
            Self::Name => "a name".to_owned(),
            Self::Sentence => "a sentence".to_owned(),
            Self::Integer(minimum, 2_147_483_647) => format!("a whole number from {minimum}"),
            Self::Integer(minimum, maximum) => format!("a whole number from {minimum} to {maximum}"),
            Self::Mode => "the mode of a file such as 0o644".to_owned(),
            Self::Flag => "#true or #false".to_owned(),
            Self::Choice(words) => {
                let words: Vec<String> = words.iter().map(|it| format!("`{it}`")).collect();
                format!("one of {}", words.join(", "))
            }
            Self::Quantity => "a quantity such as \"250m\" or \"256Mi\"".to_owned(),
            Self::Percent => "a share of at least \"1%\", such as \"70%\"".to_owned(),
            Self::Count => "a whole number, or a share such as \"25%\"".to_owned(),
            Self::Version => "a version of Kubernetes such as \"1.34\"".to_owned(),
            Self::Range => "a range of addresses such as \"10.244.0.0/16\"".to_owned(),
            Self::Duration => "a span of time such as \"1h\" or \"30s\"".to_owned(),
            Self::Object => "a kind and a name such as \"ConfigMap/ca-bundle\"".to_owned(),
            Self::Date => "a date such as \"2026-12-31\"".to_owned(),
            Self::Any => "a value".to_owned(),
        }
    }

    /// Says what to do about a value that does not fit, where that is not obvious from what was expected.
    fn help(self, literal: &Literal) -> Option<String> {
        match (self, literal) {
            (Self::Choice(words), Literal::Text(text)) => {
                crate::diagnostic::suggest::nearest(text, words.iter().copied())
                    .map(|word| format!("did you mean `{word}`?"))
            }
            (Self::Flag, Literal::Text(text)) if text == "true" || text == "false" => {
                Some(format!("KDL writes this value `#{text}`"))
            }
            (Self::Name | Self::Sentence, Literal::Text(_)) => Some("it must not be empty".to_owned()),
            (Self::Name, Literal::Integer { spelling, .. } | Literal::Decimal(spelling)) => {
                Some(format!("put it in quotes if this is the name: \"{spelling}\""))
            }
            (Self::Text, Literal::Flag(flag)) => Some(format!("put it in quotes if this is the text: \"{flag}\"")),
            (Self::Path, Literal::Text(text)) => Some(format!("write \"/{text}\"")),
            (Self::Mode, Literal::Integer { spelling: text, .. } | Literal::Text(text)) => octal(text),
            (Self::Percent, Literal::Integer { spelling, .. }) => Some(format!("write \"{spelling}%\"")),
            (Self::Count, Literal::Text(text)) if percent(&format!("{text}%")).is_some() => {
                Some(format!("write {text} for a number, or \"{text}%\" for a share"))
            }
            (Self::Quantity, Literal::Text(text)) => quantity_help(text),
            (Self::Date, Literal::Text(text)) => Date::parse(text).err(),
            (Self::Integer(..), Literal::Text(text)) if text.parse::<i64>().is_ok() => {
                Some(format!("write the number without quotes: {text}"))
            }
            // Only this greatest number is left out of what was expected.
            (Self::Integer(_, 2_147_483_647), Literal::Integer { value, .. }) if *value > 2_147_483_647 => {
                Some("the greatest is 2147483647".to_owned())
            }
            _ => None,
        }
    }
}

/// What a value should have been.
#[derive(Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// What was expected.
    pub expected: String,
    /// What to do.
    pub help: Option<String>,
}

/// Reads a share of 0 to 1,000 percent.
fn percent(text: &str) -> Option<u32> {
    let digits = text.strip_suffix('%')?;
    let plain = !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten().filter(|it| *it <= 1000)
}

/// Guesses the mode that was meant: `644`, `"0644"`.
fn octal(text: &str) -> Option<String> {
    let digits = text.trim_start_matches('0');
    let fits = digits.len() == 3 && digits.bytes().all(|it| (b'0'..=b'7').contains(&it));
    fits.then(|| format!("write it in base 8: 0o{digits}"))
}

/// True for an address and a prefix length: `10.0.0.0/8`.
pub fn is_range(text: &str) -> bool {
    text.split_once('/').is_some_and(|(address, length)| {
        let most = match address.parse::<std::net::IpAddr>() {
            Ok(std::net::IpAddr::V4(_)) => 32,
            Ok(std::net::IpAddr::V6(_)) => 128,
            Err(_) => return false,
        };
        length.parse::<u8>().is_ok_and(|it| it <= most)
    })
}

/// Reads whole hours, minutes and seconds, in this order: `1h30m`, `90s`. Returns the seconds.
pub fn duration(text: &str) -> Option<u64> {
    let (mut rest, mut seconds) = (text, 0);
    for (unit, length) in [('h', 3600), ('m', 60), ('s', 1)] {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if let (1..=5, Some(after)) = (digits, rest[digits..].strip_prefix(unit)) {
            seconds += rest[..digits].parse::<u64>().ok()? * length;
            rest = after;
        }
    }
    (!text.is_empty() && rest.is_empty()).then_some(seconds)
}

/// True for `Kind/name`.
fn is_object(text: &str) -> bool {
    text.split_once('/').is_some_and(|(kind, name)| {
        kind.starts_with(|it: char| it.is_ascii_uppercase())
            && kind.bytes().all(|it| it.is_ascii_alphanumeric())
            && !name.is_empty()
            && !name.contains('/')
    })
}

/// Guesses the quantity that was meant: `256MB`, `256mi`, `1 Gi`.
fn quantity_help(text: &str) -> Option<String> {
    let digits: String = text.chars().take_while(|it| it.is_ascii_digit() || *it == '.').collect();
    let rest = text[digits.len()..].trim().to_lowercase();
    let suffix = match rest.as_str() {
        "k" | "ki" | "kb" | "kib" => "Ki",
        "mi" | "mb" | "mib" => "Mi",
        "g" | "gi" | "gb" | "gib" => "Gi",
        "t" | "ti" | "tb" | "tib" => "Ti",
        _ => return None,
    };
    (!digits.is_empty()).then(|| format!("did you mean \"{digits}{suffix}\"?"))
}

#[cfg(test)]
mod tests {
    use super::{duration, is_object};

    #[test]
    fn reads_spans_of_time() {
        let check = |text: &str, expected: Option<u64>| assert_eq!(duration(text), expected, "{text}");
        check("1h", Some(3600));
        check("90s", Some(90));
        check("1h30m", Some(5400));
        check("1h1s", Some(3601));
        check("0s", Some(0));
        check("99999s", Some(99_999));
        for text in ["", "1", "h", "1d", "1.5h", "-1s", "30m1h", "1h ", "100000s", "1mm", "5ms"] {
            check(text, None);
        }
    }

    #[test]
    fn reads_objects() {
        for (text, expected) in [
            ("ConfigMap/ca-bundle", true),
            ("Secret/a.b", true),
            ("ca-bundle", false),
            ("configmap/x", false),
            ("ConfigMap/", false),
            ("/x", false),
            ("a/B/c", false),
            ("Config Map/x", false),
        ] {
            assert_eq!(is_object(text), expected, "{text}");
        }
    }
}
