//! Durations as Go writes them, `1h30m`, and the fields that hold one.
//!
//! The grammar is that of `time.ParseDuration`. Kubernetes' own kinds count in seconds; these are the fields of kinds
//! that users define.

use super::FieldPath;

const UNITS: [(&str, u64); 7] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// Reads a duration in billionths of a second; none for what is no duration, or has a fraction.
pub fn parse(text: &str) -> Option<u64> {
    if text == "0" {
        return Some(0);
    }
    let (mut rest, mut sum) = (text, 0_u64);
    while !rest.is_empty() {
        let digits = rest.find(|it: char| !it.is_ascii_digit())?;
        let (number, tail) = rest.split_at(digits);
        let end = tail.find(|it: char| it.is_ascii_digit()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(end);
        let (_, factor) = UNITS.iter().find(|(name, _)| *name == unit)?;
        sum = sum.checked_add(number.parse::<u64>().ok()?.checked_mul(*factor)?)?;
        rest = tail;
    }
    (!text.is_empty()).then_some(sum)
}

/// True for a field that holds a duration: intervals of External Secrets and Flux, times of cert-manager, timeouts of the
/// Gateway API.
pub fn is_field(group: &str, path: &FieldPath) -> bool {
    let name = path.last_field().unwrap_or_default();
    let block = path.parent();
    let block = block.as_ref().and_then(FieldPath::last_field);
    match group {
        "external-secrets.io" => name == "refreshInterval",
        "cert-manager.io" => matches!(name, "duration" | "renewBefore") && block == Some("spec"),
        "gateway.networking.k8s.io" => matches!(name, "request" | "backendRequest") && block == Some("timeouts"),
        group if group.ends_with(".toolkit.fluxcd.io") => {
            matches!(name, "interval" | "retryInterval" | "timeout") && block == Some("spec")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{is_field, parse};
    use crate::object::FieldPath;

    #[test]
    fn reads_what_go_reads() {
        let check = |text, expected| assert_eq!(parse(text), expected, "{text}");
        check("1h", Some(3_600_000_000_000));
        check("60m", parse("1h"));
        check("3600s", parse("1h"));
        check("1h30m", parse("90m"));
        check("1000ms", parse("1s"));
        check("0", Some(0));
        check("0s", Some(0));
        check("", None);
        check("1", None);
        check("1d", None);
        check("1.5h", None);
        check("-1h", None);
        check("1h ", None);
        check("99999999999999999999h", None);
        check("9999999999h", None);
    }

    #[test]
    fn knows_the_fields() {
        let check = |group, path, expected| assert_eq!(is_field(group, &FieldPath::parse(path).unwrap()), expected);
        check("external-secrets.io", "spec.refreshInterval", true);
        check("cert-manager.io", "spec.renewBefore", true);
        check("cert-manager.io", "spec.privateKey.duration", false);
        check("gateway.networking.k8s.io", "spec.rules[0].timeouts.request", true);
        check("kustomize.toolkit.fluxcd.io", "spec.interval", true);
        check("example.com", "spec.interval", false);
        check("", "data.interval", false);
    }
}
