//! What pods of a namespace may ask for at least and at most, and what they get without asking.
//!
//! Source: `ValidateLimitRange` in `pkg/apis/core/validation`.

use super::field::{DUPLICATE_NAME, Field, Found, OUT_OF_RANGE, UNSUPPORTED_VALUE, unique};
use super::names::{INVALID_NAME, qualified_name};
use super::pod::resources;
use crate::object::{Object, Quantity};
use std::collections::BTreeSet;

const LISTS: [&str; 5] = ["max", "min", "default", "defaultRequest", "maxLimitRequestRatio"];
const TYPES: [&str; 3] = ["Container", "PersistentVolumeClaim", "Pod"];

/// Pairs of lists of which the first may not be above the second, with their names in the API server's messages.
const ORDERED: [(&str, &str, &str, &str); 6] = [
    ("min", "min", "max", "max"),
    ("min", "min", "defaultRequest", "default request"),
    ("defaultRequest", "default request", "max", "max"),
    ("defaultRequest", "default request", "default", "default limit"),
    ("min", "min", "default", "default"),
    ("default", "default", "max", "max"),
];

/// Checks one object, if it is a range of limits.
pub(super) fn check(object: &Object) -> Found {
    let mut found = Found::new();
    if object.id.kind != "LimitRange" || !object.id.group.is_empty() {
        return found;
    }
    let limits = Field::root(object).at("spec.limits").items();
    for limit in &limits {
        one_limit(limit, &mut found);
    }
    let types = limits.iter().map(|it| it.get("type"));
    unique(DUPLICATE_NAME, types.filter_map(|it| Some((it.filled()?, it))), &mut found);
    found
}

fn one_limit(limit: &Field<'_>, found: &mut Found) {
    let kind = limit.get("type");
    if kind.text().is_some_and(|it| !it.contains('/') || qualified_name(it).is_err()) {
        kind.one_of(&TYPES, found);
    }
    for list in LISTS {
        for (name, amount) in limit.get(list).entries() {
            resource_name(kind.text().unwrap_or_default(), name, &amount, found);
            resources::amount_of(if list == "maxLimitRequestRatio" { "" } else { name }, &amount, found);
        }
    }
    match kind.text() {
        Some("Pod") => {
            for list in ["default", "defaultRequest"] {
                if !limit.get(list).is_empty() {
                    let message = limit.get(list).forbidden("may not be specified when `type` is 'Pod'");
                    found.push(message.help("put it under the type `Container`"));
                }
            }
        }
        Some("PersistentVolumeClaim")
            if !["min", "max"].iter().any(|it| limit.get(it).value.get("storage").is_some()) =>
        {
            let detail = "either minimum or maximum storage value is required, but neither was provided";
            let help = "say how much a claim may have: `max: {storage: 10Gi}`";
            found.push(limit.get("max").required(detail).help(help));
        }
        _ => {}
    }
    let names: BTreeSet<&str> = LISTS.iter().flat_map(|it| limit.get(it).entries()).map(|(name, _)| name).collect();
    for name in names {
        amounts(limit, name, found);
    }
}

fn amounts<'a>(limit: &Field<'a>, name: &'a str, found: &mut Found) {
    let field = |list: &'static str| limit.get(list).get(name);
    let read = |list: &'static str| resources::read(&field(list));
    for (low, low_name, high, high_name) in ORDERED {
        if let (Some(least), Some(most)) = (read(low), read(high))
            && least > most
        {
            let message = format!("{low_name} value {least} is greater than {high_name} value {most}");
            let message = field(low).invalid(OUT_OF_RANGE, message).at_some(field(high).span(), format!("`{high}`"));
            found.push(message.help(format!("lower `{low}`, or raise `{high}`")));
        }
    }
    let Some(ratio) = read("maxLimitRequestRatio") else { return };
    let place = field("maxLimitRequestRatio");
    if ratio < Quantity::whole(1) {
        found.push(
            place
                .invalid(OUT_OF_RANGE, format!("ratio {ratio} is less than 1"))
                .help("a limit is at least the request"),
        );
    }
    if let (Some(min), Some(max)) = (read("min"), read("max"))
        && !min.is_zero()
        // Exact, without a division: ratio * min > max.
        && ratio.milli().checked_mul(min.milli()).zip(max.milli().checked_mul(1000)).is_some_and(|(a, b)| a > b)
    {
        let message = format!("ratio {ratio} is greater than max/min");
        found.push(place.invalid(OUT_OF_RANGE, message).help("lower it: no container can reach it"));
    }
}

fn resource_name(kind: &str, name: &str, amount: &Field<'_>, found: &mut Found) {
    let qualified = name.contains('/') && qualified_name(name).is_ok();
    let huge = name.starts_with("hugepages-");
    let (known, what): (&[&str], _) = match kind {
        "Container" | "Pod" => (&["cpu", "ephemeral-storage", "memory"], "must be a standard resource for containers"),
        "PersistentVolumeClaim" => (&["storage"], "is nothing that a claim has"),
        _ => return,
    };
    let suits = known.contains(&name) || qualified || huge && kind != "PersistentVolumeClaim";
    if !suits {
        let code = if qualified_name(name).is_ok() { UNSUPPORTED_VALUE } else { INVALID_NAME };
        let message = amount.problem(code, format!("Invalid value: {name:?}: {what}"));
        found.push(message.suggest(name, known.iter().copied()).help(format!("it can be {}", known.join(", "))));
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{any, expect, object};
    use super::check;
    use serde_json::{Value, json};

    #[expect(clippy::needless_pass_by_value, reason = "a table of literals reads better without borrows")]
    fn verdicts(limits: Value, expected: &[&str]) {
        expect(check(&object(any("v1", "LimitRange", "a", &json!({"spec": {"limits": limits}})))), expected);
    }

    fn container(min: &str, request: &str, limit: &str, max: &str, expected: &[&str]) {
        let amount = |it: &str| json!({"cpu": it});
        verdicts(
            json!([{
                "type": "Container",
                "min": amount(min),
                "defaultRequest": amount(request),
                "default": amount(limit),
                "max": amount(max),
            }]),
            expected,
        );
    }

    #[test]
    fn compares_amounts() {
        container("100m", "200m", "500m", "1", &[]);
        container("1", "1", "1", "1", &[]);
        container("100m", "200m", "500m", "499m", &["out-of-range default.cpu default value 500m is greater than max"]);
        container(
            "100m",
            "501m",
            "500m",
            "1",
            &["out-of-range defaultRequest.cpu greater than default limit value 500m"],
        );
        container("201m", "200m", "500m", "1", &["out-of-range min.cpu greater than default request value 200m"]);
        verdicts(
            json!([{"type": "Pod", "min": {"cpu": "2"}, "max": {"cpu": "1"}}]),
            &["out-of-range min.cpu min value 2 is greater than max value 1"],
        );
    }

    #[test]
    fn checks_ratios() {
        let ratio = |ratio: &str, expected: &[&str]| {
            let range = json!({"cpu": "1"});
            verdicts(
                json!([{"type": "Container", "min": range, "max": {"cpu": "4"}, "maxLimitRequestRatio": {"cpu": ratio}}]),
                expected,
            );
        };
        ratio("1", &[]);
        ratio("4", &[]);
        ratio("4500m", &["out-of-range maxLimitRequestRatio.cpu greater than max/min"]);
        ratio("500m", &["out-of-range maxLimitRequestRatio.cpu ratio 500m is less than 1"]);
    }

    #[test]
    fn checks_types_and_resources() {
        let cpu = json!({"cpu": "1"});
        verdicts(json!([{"type": "Container", "max": cpu}, {"type": "Pod", "max": cpu}]), &[]);
        verdicts(
            json!([{"type": "Pod", "max": cpu}, {"type": "Pod", "max": cpu}]),
            &["duplicate-name type Duplicate value: \"Pod\""],
        );
        verdicts(json!([{"type": "container"}]), &["unsupported-value type Unsupported value: \"container\""]);
        verdicts(json!([{"type": "Pod", "default": cpu}]), &["forbidden-field default when `type` is 'Pod'"]);
        verdicts(
            json!([{"type": "Container", "max": {"storage": "1Gi"}}]),
            &["unsupported-value storage for containers"],
        );
        verdicts(json!([{"type": "Container", "max": {"nvidia.com/gpu": "1", "hugepages-2Mi": "2Mi"}}]), &[]);
        let claim = |list: &str| json!([{"type": "PersistentVolumeClaim", list: {"storage": "1Gi"}}]);
        verdicts(claim("max"), &[]);
        verdicts(claim("min"), &[]);
        verdicts(claim("default"), &["missing-value max either minimum or maximum storage value is required"]);
        verdicts(
            json!([{"type": "Container", "max": {"cpu": "1x"}}]),
            &["invalid-quantity cpu quantities are a number"],
        );
    }
}
