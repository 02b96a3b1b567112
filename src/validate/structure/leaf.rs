//! A value and what it must look like in; why the API server could not decode it out. Looks at the outermost level only.

use crate::object::Quantity;
use crate::object::schema::Shape;
use serde_json::{Number, Value};

/// Why a value does not fit.
pub(super) struct Refusal {
    /// What it should have been: `an integer`.
    pub(super) expected: &'static str,
    /// What it is: `a string`.
    pub(super) found: String,
    /// What to write instead, where the value tells.
    pub(super) advice: Option<String>,
}

/// Returns why a value does not fit, or nothing where it does.
pub(super) fn refusal(shape: &Shape, value: &Value) -> Option<Refusal> {
    let expected = expectation(shape, value)?;
    Some(Refusal { expected, found: found(shape, value), advice: advice(shape, value) })
}

/// Returns what a value should have been, or nothing where it is that.
fn expectation(shape: &Shape, value: &Value) -> Option<&'static str> {
    let (fits, expected) = match (shape, value) {
        (Shape::Anything | Shape::Reference(_), _) => (true, "anything"),
        (Shape::Boolean, it) => (it.is_boolean(), "a boolean"),
        // `IntOrString` holds 32 bits too.
        (Shape::Integer32 | Shape::IntegerOrText, Value::Number(it)) if is_whole(it) => {
            (fits_32_bits(it), "an integer of 32 bits")
        }
        (Shape::Integer64, Value::Number(it)) if is_whole(it) => (it.as_i64().is_some(), "an integer of 64 bits"),
        (Shape::Integer32 | Shape::Integer64, _) => (false, "an integer"),
        (Shape::Number, it) => (it.is_number(), "a number"),
        (Shape::Text, it) => (it.is_string(), "a string"),
        (Shape::Base64, Value::String(text)) => (is_base64(text), "base64"),
        (Shape::Base64, _) => (false, "a string"),
        (Shape::Quantity, Value::String(text)) => (Quantity::parse(text).is_some(), "a quantity"),
        (Shape::Quantity, it) => (it.is_number(), "a quantity"),
        (Shape::IntegerOrText, it) => (it.is_string(), "an integer or a string"),
        (Shape::List(_), it) => (it.is_array(), "a list"),
        (Shape::Map(_) | Shape::Fields(_), it) => (it.is_object(), "a map"),
    };
    (!fits).then_some(expected)
}

/// Says what was found: the type, and the value itself where the type alone is right.
fn found(shape: &Shape, value: &Value) -> String {
    match (shape, value) {
        (Shape::Quantity, Value::String(text)) if text.len() <= 40 => format!("`{}`", text.escape_debug()),
        // Never the value: this is how the text of a Secret looks that someone forgot to encode.
        (Shape::Base64, Value::String(_)) => "other text".to_owned(),
        (Shape::Integer32 | Shape::Integer64 | Shape::IntegerOrText, Value::Number(it)) => format!("`{it}`"),
        (_, Value::Null) => "null".to_owned(),
        (_, Value::Bool(_)) => "a boolean".to_owned(),
        (_, Value::Number(it)) if is_whole(it) => "an integer".to_owned(),
        (_, Value::Number(_)) => "a number".to_owned(),
        (_, Value::String(_)) => "a string".to_owned(),
        (_, Value::Array(_)) => "a list".to_owned(),
        (_, Value::Object(_)) => "a map".to_owned(),
    }
}

/// Returns what to write instead, where the value tells.
fn advice(shape: &Shape, value: &Value) -> Option<String> {
    match (shape, value) {
        (_, Value::Null) => Some("leave the field out to leave it unset".to_owned()),
        (Shape::Text, Value::Number(_) | Value::Bool(_)) => Some(format!("in quotes it is a string: `\"{value}\"`")),
        (Shape::Boolean | Shape::Integer32 | Shape::Integer64 | Shape::Number, Value::String(text)) => {
            let unquoted = serde_json::from_str(text).ok().filter(|it| expectation(shape, it).is_none());
            unquoted.map(|it: Value| format!("write it without quotes: `{it}`"))
        }
        (Shape::List(_), Value::String(_) | Value::Number(_) | Value::Bool(_)) => {
            Some("a list of one is written `{ - … }` in KDL, and `[…]` in YAML".to_owned())
        }
        (Shape::Quantity, _) => Some("a quantity is a number with a suffix, such as `250m` or `1Gi`".to_owned()),
        _ => None,
    }
}

/// True for a number without fraction and exponent, which is all that Go decodes into an integer.
fn is_whole(number: &Number) -> bool {
    number.is_i64() || number.is_u64()
}

fn fits_32_bits(number: &Number) -> bool {
    number.as_i64().is_some_and(|it| i32::try_from(it).is_ok())
}

/// True for padded standard base64; line breaks are skipped, as Go's decoder of `[]byte` does.
fn is_base64(text: &str) -> bool {
    let mut digits: Vec<u8> = text.bytes().filter(|it| !matches!(it, b'\r' | b'\n')).collect();
    let length = digits.len();
    while digits.last() == Some(&b'=') {
        digits.pop();
    }
    let is_digit = |it: &u8| it.is_ascii_alphanumeric() || matches!(it, b'+' | b'/');
    length.is_multiple_of(4) && length - digits.len() <= 2 && digits.iter().all(is_digit)
}
