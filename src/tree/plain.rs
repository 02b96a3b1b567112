//! Which text may stand in a file without quotes, and what it means there.
//!
//! Text in; the one value that every YAML 1.1 and 1.2 reader takes it for out, or none where they might differ. It is
//! part of the format itself: what writes the tree and what reads it back both follow it.
//!
//! A string stands plain only if it is on an allow-list: it begins with a letter, a `/`, `--` and a letter, or a digit;
//! goes on with letters, digits and a few signs; and is no word that a reader knows. One that begins with a digit must
//! have a character that no number, date or time has: `250m`, `256Mi` and `10.244.0.0/16`, but not `1.0`, `1e3` or
//! `2026-11-20`.

use serde_json::{Number, Value};

/// The words that some reader takes for something else than a string, in any case.
const WORDS: [&str; 12] = ["false", "inf", "infinity", "n", "nan", "no", "null", "off", "on", "true", "y", "yes"];

/// Returns what `text` means without quotes, where every reader agrees.
pub fn read(text: &str) -> Option<Value> {
    match text {
        "null" => Some(Value::Null),
        "true" => Some(Value::Bool(true)),
        "false" => Some(Value::Bool(false)),
        _ if is_string(text) => Some(Value::String(text.to_owned())),
        _ => number(text).map(Value::Number),
    }
}

/// Returns what `text` means without quotes where someone else wrote it: more than we write so ourselves, but only what
/// readers agree on.
pub fn agreed(text: &str) -> Option<Value> {
    match text {
        // A parser says `~` where there is nothing at all; readers agree on both.
        "" | "~" => Some(Value::Null),
        _ => read(text).or_else(|| is_clearly_text(text).then(|| Value::String(text.to_owned()))),
    }
}

/// Returns the flag for which some readers take a word.
pub fn meant(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "y" | "yes" | "on" | "true" => Some(true),
        "n" | "no" | "off" | "false" => Some(false),
        _ => None,
    }
}

/// True where a dash is neither that of an exponent nor that of a date.
fn has_dash(text: &str) -> bool {
    let is_date =
        text.split_once('-').is_some_and(|(year, _)| year.len() == 4 && year.bytes().all(|it| it.is_ascii_digit()));
    let bytes = text.as_bytes();
    !is_date && bytes.windows(2).any(|it| it[1] == b'-' && !it[0].eq_ignore_ascii_case(&b'e'))
}

/// True for an address or a version, `192.0.2.7` and `1.2.3`: no reader takes more than one point for a number, whatever
/// the specification of YAML 1.1 would let it.
fn is_dotted(text: &str) -> bool {
    text.matches('.').count() > 1 && text.bytes().all(|it| it == b'.' || it.is_ascii_digit())
}

fn is_clearly_text(text: &str) -> bool {
    let rest = text.trim_start_matches(['+', '-', '.']);
    match text.chars().next() {
        Some('0'..='9') => text.bytes().any(is_in_no_number) || has_dash(text) || is_dotted(text),
        // An option, a path, or a field; not the start of a number.
        Some('+' | '-' | '.') => rest.starts_with(|it: char| it.is_alphabetic() || it == '/') && !is_word(rest),
        Some(_) => !is_word(text) && !matches!(text, "=" | "<<"),
        None => false,
    }
}

/// True for text that without quotes is a string for every reader.
pub fn is_string(text: &str) -> bool {
    let bytes = text.as_bytes();
    let starts_well = match bytes {
        [first, ..] if first.is_ascii_digit() => bytes.iter().any(|it| is_in_no_number(*it)),
        [b'-', b'-', third, ..] => third.is_ascii_alphabetic(),
        [first, ..] => first.is_ascii_alphabetic() || *first == b'/',
        [] => false,
    };
    let goes_on_well = || {
        bytes.iter().enumerate().all(|(at, it)| match it {
            b'.' | b'_' | b'/' | b'-' | b'@' | b'+' | b'=' | b',' | b'%' => true,
            // Before a blank or the end of the line a colon would make a key.
            b':' => bytes.get(at + 1).is_some_and(|next| next.is_ascii_alphanumeric() || *next == b'/'),
            _ => it.is_ascii_alphanumeric(),
        })
    };
    starts_well && goes_on_well() && !is_word(text)
}

/// True for a word that some reader takes for a boolean, a null or a number.
pub fn is_word(text: &str) -> bool {
    text.len() <= 8 && WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// Letters of digits, radixes, exponents and timestamps are `a-f`, `l`, `n`, `o`, `p`, `t`, `x` and `z`.
fn is_in_no_number(byte: u8) -> bool {
    matches!(byte.to_ascii_lowercase(), b'g'..=b'k' | b'm' | b'q'..=b's' | b'u'..=b'w' | b'y' | b'/' | b'%')
}

/// Reads a decimal number: without a sign `+`, leading zeros or underscores, and with a point before an exponent.
fn number(text: &str) -> Option<Number> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let digits = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
    let whole = |it: &str| digits(it) && (it == "0" || !it.starts_with('0'));
    let Some((before_point, after_point)) = unsigned.split_once('.') else {
        return (whole(unsigned) && text != "-0").then(|| integer(text)).flatten();
    };
    let (fraction, exponent) = after_point.split_once('e').unwrap_or((after_point, "+0"));
    let exponent_is_signed = exponent.strip_prefix(['+', '-']).is_some_and(digits);
    if !(whole(before_point) && digits(fraction) && exponent_is_signed) {
        return None;
    }
    text.parse().ok().and_then(Number::from_f64)
}

fn integer(text: &str) -> Option<Number> {
    text.parse::<i64>().map(Number::from).or_else(|_| text.parse::<u64>().map(Number::from)).ok()
}

#[cfg(test)]
mod tests {
    use super::{agreed, is_string, read};
    use serde_json::json;

    #[test]
    fn text_of_others_that_nobody_takes_for_a_number() {
        for text in ["192.0.2.7", "1.2.3", "1.2.3-rc.1", "v1", "8-bit"] {
            assert_eq!(agreed(text), Some(json!(text)), "{text}");
        }
        for text in ["1.", "1_0", "010", "1:30", "0x1f", "2026-11-20", "yes"] {
            assert_eq!(agreed(text), None, "{text}");
        }
    }

    #[test]
    fn strings_that_stand_plain() {
        for text in [
            "todo-backend:1.0.0",
            "app.kubernetes.io/name",
            "http://x:8000/api",
            "https://a.example,https://b.example",
            "10.244.0.0/16",
            "250m",
            "256Mi",
            "25%",
            "30s",
            "/health",
            "/",
            "--port=8000",
            "BACKEND_ENV",
            "apps/v1",
            "nope",
            "yesterday",
            "None",
        ] {
            assert!(is_string(text), "{text}");
        }
    }

    #[test]
    fn strings_that_need_quotes() {
        for text in [
            "",
            " ",
            "y",
            "Yes",
            "NO",
            "oN",
            "off",
            "True",
            "FALSE",
            "null",
            "Null",
            "~",
            "<<",
            "=",
            ".inf",
            "-.Inf",
            ".nan",
            "NaN",
            "inf",
            "0",
            "01",
            "0o17",
            "0x1F",
            "0b11",
            "1_000",
            "1__0",
            "+1",
            "-1",
            "1.",
            ".5",
            "1.0",
            "1.0.0",
            "1e3",
            "1E+3",
            "12:30:45",
            "190:20:30",
            "2026-11-20",
            "2026-11-20T10:00:00Z",
            "685_230.15",
            "0x_0A",
            "1T",
            "0x1p3",
            "- a",
            "-",
            "--",
            "---",
            "--1",
            "a:",
            "a: b",
            "a #b",
            "#a",
            "@a",
            "`a",
            "%a",
            "*a",
            "&a",
            "!a",
            "|",
            ">",
            "{",
            "[",
            "'a",
            "\"",
            "\\",
            "a b",
            "a\tb",
            "a\n",
            "é",
            "a::b",
            "?",
            ":",
            ",",
        ] {
            assert!(!is_string(text), "{text:?}");
        }
    }

    #[test]
    fn reads_one_value_or_none() {
        let check = |text, expected: serde_json::Value| assert_eq!(read(text), Some(expected), "{text}");
        check("null", json!(null));
        check("true", json!(true));
        check("-9223372036854775808", json!(i64::MIN));
        check("18446744073709551615", json!(u64::MAX));
        check("1.0", json!(1.0));
        check("1.5e+300", json!(1.5e300));
        check("a", json!("a"));
        for text in
            ["yes", "True", "010", "-0", "+1", "1e3", "1.", ".5", "1.0e3", "1.0e+999", "~", "99999999999999999999"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
