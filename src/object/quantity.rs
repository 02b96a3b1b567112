//! Kubernetes quantities, `250m` or `1.5Gi`, as exact numbers.
//!
//! Grammar and canonical form are those of `k8s.io/apimachinery/pkg/api/resource`: a signed decimal, then a decimal
//! suffix (`n u m k M G T P E`), a binary one (`Ki Mi Gi Ti Pi Ei`) or a decimal exponent.

use serde_json::Value;
use std::fmt;

/// An amount in billionths of its unit, with the family of suffixes in which it was written.
#[derive(Clone, Copy, Debug)]
pub struct Quantity {
    nano: i128,
    format: Format,
}

/// The family of suffixes of a quantity's canonical form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Decimal,
    Binary,
    Exponent,
}

const NANO: i128 = 1_000_000_000;
const DECIMAL: [(&str, u32); 10] =
    [("n", 0), ("u", 3), ("m", 6), ("", 9), ("k", 12), ("M", 15), ("G", 18), ("T", 21), ("P", 24), ("E", 27)];
const BINARY: [(&str, u32); 7] = [("", 0), ("Ki", 10), ("Mi", 20), ("Gi", 30), ("Ti", 40), ("Pi", 50), ("Ei", 60)];
/// The largest amount that Kubernetes can hold: it clamps beyond.
const MAXIMUM: i128 = i64::MAX as i128 * NANO;

impl Quantity {
    /// No amount at all.
    pub const ZERO: Self = Self { nano: 0, format: Format::Decimal };

    /// Reads a quantity, as the API server does; fractions below a billionth are rounded up, as there.
    pub fn parse(text: &str) -> Option<Self> {
        let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
        let digits_end = unsigned.find(|it: char| !it.is_ascii_digit() && it != '.').unwrap_or(unsigned.len());
        let (number, suffix) = unsigned.split_at(digits_end);
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if fraction.contains('.') || number == "." || (number.is_empty() && suffix.is_empty()) {
            return None;
        }
        let (format, scale) = suffix_scale(suffix)?;
        let negative = text.starts_with('-');
        let magnitude = magnitude(whole, fraction, scale)?;
        let nano = magnitude.min(MAXIMUM);
        Some(Self { nano: if negative { -nano } else { nano }, format })
    }

    /// Reads a quantity out of an object, where it may be a text or a number.
    pub fn of_value(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Self::parse(text),
            Value::Number(number) => Self::parse(&number.to_string()),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// An amount of whole units.
    pub const fn whole(units: i64) -> Self {
        Self { nano: units as i128 * NANO, format: Format::Decimal }
    }

    /// An amount of bytes, written with binary suffixes.
    pub const fn bytes(count: i64) -> Self {
        Self { nano: count as i128 * NANO, format: Format::Binary }
    }

    /// True below zero.
    pub fn is_negative(self) -> bool {
        self.nano < 0
    }

    /// True for no amount.
    pub fn is_zero(self) -> bool {
        self.nano == 0
    }

    /// True where the amount is a whole number of units: bytes must be.
    pub fn is_whole(self) -> bool {
        self.nano % NANO == 0
    }

    /// True where the amount is so many times another, at least once.
    pub fn is_multiple_of(self, other: Self) -> bool {
        self.nano > 0 && other.nano > 0 && self.nano % other.nano == 0
    }

    /// Returns the amount in thousandths of its unit, rounded up: millicores for CPU.
    pub fn milli(self) -> i128 {
        self.nano.div_euclid(NANO / 1000) + i128::from(self.nano.rem_euclid(NANO / 1000) != 0)
    }

    /// Returns the sum. The suffixes are those of the operand that is not zero.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        let format = if self.is_zero() { other.format } else { self.format };
        Self { nano: self.nano.saturating_add(other.nano), format }
    }

    /// Returns the difference.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        let format = if self.is_zero() { other.format } else { self.format };
        Self { nano: self.nano.saturating_sub(other.nano), format }
    }

    /// Returns the amount `count` times.
    #[must_use]
    pub fn times(self, count: u64) -> Self {
        Self { nano: self.nano.saturating_mul(i128::from(count)), format: self.format }
    }

    /// Returns how many whole percent of `whole` this is, rounded down; none of nothing.
    pub fn whole_percent_of(self, whole: Self) -> Option<u64> {
        (whole.nano > 0).then(|| u64::try_from(self.nano.saturating_mul(100).div_euclid(whole.nano)).unwrap_or(0))
    }

    /// Returns how many percent of `whole` this is, rounded up; none of nothing.
    pub fn percent_of(self, whole: Self) -> Option<u64> {
        (whole.nano > 0).then(|| {
            let scaled = self.nano.saturating_mul(100);
            u64::try_from(scaled.div_euclid(whole.nano) + i128::from(scaled.rem_euclid(whole.nano) != 0)).unwrap_or(0)
        })
    }
}

/// Returns what is odd about a quantity that Kubernetes reads, but otherwise than it looks; none for a plain one.
pub fn oddity(text: &str) -> Option<&'static str> {
    let digits_end = text.find(|it: char| !it.is_ascii_digit() && !"+-.".contains(it)).unwrap_or(text.len());
    let (number, suffix) = text.split_at(digits_end);
    let unsigned = number.trim_start_matches(['+', '-']);
    let whole = unsigned.split('.').next().unwrap_or_default();
    if unsigned.is_empty() {
        Some("there is no number before the suffix, so Kubernetes reads it as 0")
    } else if number.starts_with('+') {
        Some("write it without `+`")
    } else if unsigned.ends_with('.') {
        Some("write it without the point at the end")
    } else if whole.len() > 1 && whole.starts_with('0') {
        Some("write it without the leading zero: it is decimal, though it looks octal")
    } else if matches!(suffix, "n" | "u") {
        Some("less than a thousandth is nothing that a node can give")
    } else if Quantity::parse(text).is_some_and(|it| it.nano.abs() >= MAXIMUM) {
        Some("it is more than Kubernetes can hold, which reads it as 9223372036854775807")
    } else {
        None
    }
}

/// Returns the format and the scale, in billionths of a unit, that a suffix stands for.
fn suffix_scale(suffix: &str) -> Option<(Format, Scale)> {
    if let Some((_, power)) = DECIMAL.iter().find(|(name, _)| *name == suffix) {
        return Some((Format::Decimal, Scale::Ten(i32::try_from(*power).ok()?)));
    }
    if let Some((_, power)) = BINARY.iter().find(|(name, _)| *name == suffix) {
        return Some((Format::Binary, Scale::Two(*power)));
    }
    let exponent = suffix.strip_prefix(['e', 'E'])?;
    let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    if digits.is_empty() || !digits.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    // Beyond these bounds every amount is clamped or rounds to a billionth.
    let exponent: i32 = exponent.parse().unwrap_or(if exponent.starts_with('-') { -400 } else { 400 });
    Some((Format::Exponent, Scale::Ten(exponent.clamp(-400, 400) + 9)))
}

#[derive(Clone, Copy)]
enum Scale {
    Ten(i32),
    Two(u32),
}

/// Returns `whole.fraction` at a scale, in billionths, rounded up and clamped.
fn magnitude(whole: &str, fraction: &str, scale: Scale) -> Option<i128> {
    let digits: String = format!("{whole}{fraction}").trim_start_matches('0').to_owned();
    if digits.is_empty() {
        return Some(0);
    }
    let fraction_digits = i32::try_from(fraction.len()).ok()?;
    let (mut power, factor) = match scale {
        Scale::Ten(power) => (power - fraction_digits, 1),
        Scale::Two(power) => (9 - fraction_digits, 1_i128 << power),
    };
    let mut digits = digits;
    while digits.ends_with('0') {
        digits.pop();
        power += 1;
    }
    let Some(mantissa) = (digits.len() <= 30).then(|| digits.parse::<i128>().ok()).flatten() else {
        // More digits than fit: keep the first thirty and round up.
        let dropped = i32::try_from(digits.len() - 30).ok()?;
        let kept: i128 = digits[..30].parse().ok()?;
        return Some(scaled(kept + 1, power + dropped, factor));
    };
    Some(scaled(mantissa, power, factor))
}

/// Returns `mantissa * 10^power * factor`, rounded up and clamped.
fn scaled(mantissa: i128, power: i32, factor: i128) -> i128 {
    let raised = |it: u32| 10_i128.checked_pow(it);
    if power >= 0 {
        return raised(power.unsigned_abs())
            .and_then(|it| mantissa.checked_mul(it))
            .and_then(|it| it.checked_mul(factor))
            .unwrap_or(i128::MAX);
    }
    let Some(divisor) = raised(power.unsigned_abs()) else { return 1 };
    match mantissa.checked_mul(factor) {
        Some(product) => product / divisor + i128::from(product % divisor != 0),
        None => (mantissa / divisor + i128::from(mantissa % divisor != 0)).saturating_mul(factor),
    }
}

impl PartialEq for Quantity {
    /// `1000m` equals `1`, and `1024Mi` equals `1Gi`.
    fn eq(&self, other: &Self) -> bool {
        self.nano == other.nano
    }
}

impl Eq for Quantity {}

impl PartialOrd for Quantity {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Quantity {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.nano.cmp(&other.nano)
    }
}

impl fmt::Display for Quantity {
    /// Writes the canonical form: the largest suffix with which the number is whole.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.nano < 0 { "-" } else { "" };
        let nano = self.nano.abs();
        // Kubernetes writes a binary quantity that is no whole number, or below 1024, with decimal suffixes.
        if self.format == Format::Binary && nano % NANO == 0 && nano >= 1024 * NANO {
            let units = nano / NANO;
            let (suffix, power) =
                BINARY.iter().rev().find(|(_, power)| units % (1_i128 << power) == 0).unwrap_or(&BINARY[0]);
            return write!(f, "{sign}{}{suffix}", units >> power);
        }
        if nano == 0 {
            return f.write_str("0");
        }
        let (suffix, power) =
            DECIMAL.iter().rev().find(|(_, power)| nano % 10_i128.pow(*power) == 0).unwrap_or(&DECIMAL[0]);
        let number = nano / 10_i128.pow(*power);
        match (self.format, *power) {
            (Format::Exponent, 9) | (Format::Decimal | Format::Binary, _) => write!(f, "{sign}{number}{suffix}"),
            (Format::Exponent, power) => write!(f, "{sign}{number}e{}", i64::from(power) - 9),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Quantity;

    #[test]
    fn accepts_and_canonicalises_what_kubernetes_accepts() {
        let check = |text, expected| {
            assert_eq!(Quantity::parse(text).map(|it| it.to_string()).as_deref(), Some(expected), "{text}");
        };
        check("0", "0");
        check("1", "1");
        check("+1", "1");
        check("-1", "-1");
        check(".5", "500m");
        check("5.", "5");
        check("1.5", "1500m");
        check("1.5Gi", "1536Mi");
        check("1Ki", "1Ki");
        check("0.1m", "100u");
        check("1000m", "1");
        check("1.0", "1");
        check("1E", "1E");
        check("12e6", "12e6");
        check("1e-3", "1e-3");
        check("1e400", "9223372036854775807");
        check("16Ei", "9223372036854775807");
        check("0.2", "200m");
        check("1024Mi", "1Gi");
        check("0.5", "500m");
        check("1k", "1k");
        check("1M", "1M");
        check("1m", "1m");
        check("1Mi", "1Mi");
        check("1e3", "1e3");
        check("1E3", "1e3");
        check("1n", "1n");
        check("1u", "1u");
        check("1T", "1T");
        check("1P", "1P");
        check("8Ei", "9223372036854775807");
        check("01", "1");
        check("Gi", "0");
        check("0Gi", "0");
        check("512Ki", "512Ki");
        check("0.5Ki", "512");
        check("-1.5Gi", "-1536Mi");
    }

    #[test]
    fn names_what_is_odd() {
        for text in ["Gi", "m", "5.", "5.Gi", "+1", "01", "007Mi", "1n", "1u", "1e400", "8Ei", "16Ei", "-9e18E"] {
            assert!(Quantity::parse(text).is_none() || super::oddity(text).is_some(), "{text}");
        }
        for text in ["0", "1", "0.5", ".5", "1.5Gi", "250m", "256Mi", "1e3", "12E6", "-1", "7Ei", "1E"] {
            assert_eq!(super::oddity(text), None, "{text}");
        }
    }

    #[test]
    fn refuses_what_kubernetes_refuses() {
        for text in
            ["", "1K", "1KI", "1ki", "1mi", "1g", "1d", "100Mib", "1e", "1_000", "1,5", "1 Gi", " 1", "1 ", "1Gi\n"]
        {
            assert_eq!(Quantity::parse(text), None, "{text:?}");
        }
        for text in ["1.2.3", "0x10", "inf", "NaN", "1E5Mi", "."] {
            assert_eq!(Quantity::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn compares_and_adds_exactly() {
        let quantity = |text| Quantity::parse(text).unwrap();
        assert_eq!(quantity("1000m"), quantity("1"));
        assert_eq!(quantity("1024Mi"), quantity("1Gi"));
        assert!(quantity("1G") < quantity("1Gi"));
        assert_eq!(quantity("250m").times(3).to_string(), "750m");
        assert_eq!(quantity("256Mi").plus(quantity("256Mi")).to_string(), "512Mi");
        assert!(quantity("4Mi").is_multiple_of(quantity("2Mi")) && !quantity("3Mi").is_multiple_of(quantity("2Mi")));
        assert!(!Quantity::ZERO.is_multiple_of(quantity("1")) && !quantity("1").is_multiple_of(Quantity::ZERO));
        assert_eq!(quantity("1").percent_of(quantity("3")), Some(34));
    }
}
