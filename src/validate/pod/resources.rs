//! Requests and limits of a container, and of a pod as a whole.
//!
//! Source: `ValidateContainerResourceRequirements` and `validatePodResources` in `pkg/apis/core/validation`. Amounts are
//! compared exactly.

use crate::diagnostic::Code;
use crate::diagnostic::house_rule::ODD_QUANTITY;
use crate::object::{Quantity, quantity};
use crate::validate::field::{Field, Found, OUT_OF_RANGE, UNSUPPORTED_VALUE};
use crate::validate::names::{INVALID_NAME, dns_subdomain, qualified_name};

/// A quantity is none that Kubernetes reads.
pub const INVALID_QUANTITY: Code = Code::error("invalid-quantity");
/// A container requests more than its limit.
pub const REQUEST_ABOVE_LIMIT: Code = Code::error("request-above-limit");

/// The codes of this family.
pub const CODES: &[Code] = &[INVALID_QUANTITY, REQUEST_ABOVE_LIMIT];

const RAISE: &str = "lower it in `requests`, or raise it in `limits`";

/// Checks the `resources` of a container.
pub(super) fn check(resources: &Field<'_>, found: &mut Found) {
    for list in ["requests", "limits"] {
        for (name, amount) in resources.get(list).entries() {
            resource_name(name, &amount, found);
        }
    }
    amounts(resources, found);
}

/// Checks the `resources` of a pod as a whole, which bound those of its containers.
pub(super) fn of_pod(spec: &Field<'_>, found: &mut Found) {
    let resources = spec.get("resources");
    for list in ["requests", "limits"] {
        for (name, amount) in resources.get(list).entries() {
            if !matches!(name, "cpu" | "memory") && !name.starts_with("hugepages-") {
                let message =
                    format!("Unsupported value: {name:?}: a pod as a whole has only cpu, memory and hugepages");
                found.push(amount.problem(UNSUPPORTED_VALUE, message).help("say it in the containers"));
            }
        }
    }
    amounts(&resources, found);
    let plain = |name: &str, it: &Field<'_>| read(it).filter(|_| is_plain(name, it));
    for (name, request) in resources.get("requests").entries() {
        let asked = super::running_containers(spec)
            .into_iter()
            .filter_map(|it| plain(name, &it.at("resources.requests").get(name)));
        let sum = asked.fold(Quantity::ZERO, Quantity::plus);
        if plain(name, &request).is_some_and(|it| it < sum) {
            let detail = format!("must be greater than or equal to aggregate container requests of {sum}");
            found.push(request.invalid(REQUEST_ABOVE_LIMIT, detail).help("raise it, or lower those of the containers"));
        }
    }
    for (name, limit) in resources.get("limits").entries() {
        let Some(allowed) = plain(name, &limit) else { continue };
        for container in spec.get("containers").items() {
            let own = container.at("resources.limits").get(name);
            if plain(name, &own).is_some_and(|it| it > allowed) {
                let detail = format!("must be less than or equal to pod limits of {allowed}");
                let message = own.invalid(REQUEST_ABOVE_LIMIT, detail).at_some(limit.span(), "the pod's limit");
                found.push(message.help("lower it, or raise the pod's"));
            }
        }
    }
}

/// Checks what running a pod takes besides its containers.
pub(super) fn of_overhead(overhead: &Field<'_>, found: &mut Found) {
    for (name, amount) in overhead.entries() {
        resource_name(name, &amount, found);
        amount_of(name, &amount, found);
    }
}

fn amounts(resources: &Field<'_>, found: &mut Found) {
    let (requests, limits) = (resources.get("requests"), resources.get("limits"));
    for amounts in [&requests, &limits] {
        for (name, amount) in amounts.entries() {
            amount_of(name, &amount, found);
            whole_pages(name, &amount, found);
        }
    }
    huge_pages(resources, found);
    for (name, request) in requests.entries() {
        let limit = limits.get(name);
        // What is odd has been reported, and compares otherwise than it was meant.
        let Some(asked) = read(&request).filter(|_| is_plain(name, &request) && is_plain(name, &limit)) else {
            continue;
        };
        match read(&limit) {
            Some(allowed) if is_overcommitted(name) && asked > allowed => {
                let detail = format!("must be less than or equal to {name} limit of {allowed}");
                let message = request.invalid(REQUEST_ABOVE_LIMIT, detail).at_some(limit.span(), "the limit");
                let bytes = limit.text().filter(|it| is_bytes(name) && it.bytes().all(|it| it.is_ascii_digit()));
                found.push(match bytes {
                    Some(text) => message.help(format!("{text} is a number of bytes: did you mean `{text}Mi`?")),
                    None => message.help(RAISE),
                });
            }
            Some(allowed) if !is_overcommitted(name) && asked != allowed => {
                let detail = format!("must be equal to {name} limit of {allowed}");
                found.push(request.invalid(REQUEST_ABOVE_LIMIT, detail).at_some(limit.span(), "the limit"));
            }
            None if !is_overcommitted(name) && !limit.is_set() => {
                found.push(limit.required("Limit must be set for non overcommitable resources"));
            }
            Some(_) | None => {}
        }
    }
}

/// Reads a quantity, which YAML may hold as a number.
pub(in crate::validate) fn read(amount: &Field<'_>) -> Option<Quantity> {
    Quantity::of_value(amount.value)
}

/// Checks one amount of one resource.
pub(in crate::validate) fn amount_of(resource: &str, amount: &Field<'_>, found: &mut Found) {
    let text = match amount.text() {
        Some(text) => text.to_owned(),
        None if amount.value.is_number() => amount.value.to_string(),
        None => return,
    };
    let Some(quantity) = Quantity::parse(&text) else {
        let detail =
            "quantities are a number and one of the suffixes n, u, m, k, M, G, T, P, E, Ki, Mi, Gi, Ti, Pi, Ei";
        found.push(amount.invalid(INVALID_QUANTITY, detail));
        return;
    };
    if quantity.is_negative() {
        found.push(amount.invalid(OUT_OF_RANGE, "must be greater than or equal to 0"));
    } else if let Some(oddity) = quantity::oddity(&text) {
        let message =
            amount.invalid(ODD_QUANTITY, oddity).help("write what is meant: `250m` of cpu, `256Mi` of memory");
        found.push(message);
    } else if is_bytes(resource) && !quantity.is_whole() {
        let message = amount.invalid(ODD_QUANTITY, "fractional byte value, must be an integer");
        let message = message.help("`m` is a thousandth of a byte: write `M` or `Mi`");
        found.push(message);
    } else if resource == "cpu" && !quantity.times(1000).is_whole() {
        let message = amount.invalid(ODD_QUANTITY, "less than a thousandth is nothing that a node can give");
        found.push(message.help("round it to `m`"));
    } else if resource.contains('/') && !quantity.is_whole() {
        found.push(amount.invalid(INVALID_QUANTITY, "must be an integer"));
    }
}

/// True for an amount about which there is nothing to say, and for an absent one.
fn is_plain(resource: &str, amount: &Field<'_>) -> bool {
    let mut found = Found::new();
    amount_of(resource, amount, &mut found);
    found.is_empty()
}

fn resource_name(name: &str, amount: &Field<'_>, found: &mut Found) {
    let standard = matches!(name, "cpu" | "memory" | "ephemeral-storage");
    let huge = name.strip_prefix("hugepages-").is_some_and(|it| Quantity::parse(it).is_some());
    let domain = name.split_once('/').is_some_and(|(domain, _)| dns_subdomain(domain).is_ok());
    if !(standard || huge || domain && qualified_name(name).is_ok()) {
        let message = format!("Invalid value: {name:?}: must be a standard resource type or fully qualified");
        let known = ["cpu", "memory", "ephemeral-storage"];
        found.push(amount.problem(INVALID_NAME, message).suggest(name, known));
    } else if name.starts_with("requests.") && !name.contains("kubernetes.io/") {
        // A quota counts what is requested under that prefix.
        let message = format!("Invalid value: {name:?}: doesn't follow extended resource name standard");
        found.push(amount.problem(INVALID_NAME, message).help("leave `requests.` out"));
    }
}

/// Checks that huge pages come with something that is scheduled, once for requests and limits together.
fn huge_pages(resources: &Field<'_>, found: &mut Found) {
    let lists = [resources.get("requests"), resources.get("limits")];
    let has = |is: fn(&str) -> bool| lists.iter().flat_map(Field::entries).any(|(name, _)| is(name));
    if has(|it| it.starts_with("hugepages-")) && !has(|it| matches!(it, "cpu" | "memory")) {
        found.push(resources.forbidden("HugePages require cpu or memory").help("request `memory` too"));
    }
}

/// Checks that an amount of huge pages is a whole number of them.
fn whole_pages(resource: &str, amount: &Field<'_>, found: &mut Found) {
    let Some(size) = resource.strip_prefix("hugepages-").and_then(Quantity::parse) else { return };
    if read(amount).is_some_and(|it| !it.is_multiple_of(size)) {
        let shown = amount.text().unwrap_or_default();
        found.push(amount.invalid(INVALID_QUANTITY, format!("{shown} is not positive integer multiple of {resource}")));
    }
}

/// True for a resource of which a node may promise more than it has.
fn is_overcommitted(name: &str) -> bool {
    !name.starts_with("hugepages-") && !name.contains('/')
}

fn is_bytes(name: &str) -> bool {
    matches!(name, "memory" | "ephemeral-storage" | "storage") || name.starts_with("hugepages-")
}

#[cfg(test)]
mod tests {
    use crate::validate::fixture::{expect, object, with_container, with_pod};
    use crate::validate::pod::check;
    use serde_json::{Value, json};

    #[expect(clippy::needless_pass_by_value, reason = "a table of literals reads better without borrows")]
    fn resources(requests: Value, limits: Value, expected: &[&str]) {
        let value = json!({"requests": requests, "limits": limits});
        expect(check(&object(with_container("/resources", value))), expected);
    }

    #[test]
    fn compares_requests_with_limits() {
        resources(json!({"cpu": "1000m"}), json!({"cpu": "1"}), &[]);
        resources(json!({"cpu": 1}), json!({"cpu": 1}), &[]);
        resources(
            json!({"cpu": "1001m"}),
            json!({"cpu": 1}),
            &["request-above-limit requests.cpu must be less than or equal to cpu limit of 1"],
        );
        resources(
            json!({"memory": "1Gi"}),
            json!({"memory": "1G"}),
            &["request-above-limit requests.memory limit of 1G"],
        );
        resources(json!({"a.b/gpu": 1}), json!({"a.b/gpu": 1}), &[]);
        resources(
            json!({"a.b/gpu": 1}),
            json!({"a.b/gpu": 2}),
            &["request-above-limit gpu must be equal to a.b/gpu limit of 2"],
        );
        resources(json!({"a.b/gpu": 1}), json!({}), &["missing-value limits non overcommitable"]);
    }

    #[test]
    fn refuses_wrong_and_odd_amounts() {
        let check = |amount: &str, expected: &[&str]| resources(json!({"memory": amount}), json!({}), expected);
        check("256Mi", &[]);
        check("1K", &["invalid-quantity memory Invalid value: \"1K\": quantities are"]);
        check("-1", &["out-of-range memory must be greater than or equal to 0"]);
        check("-01", &["out-of-range memory must be greater than or equal to 0"]);
        check("100m", &["odd-quantity memory fractional byte value"]);
        for odd in ["Gi", "5.", "+1", "01", "1e400", "1n", "16Ei"] {
            check(odd, &["odd-quantity requests.memory"]);
        }
        resources(json!({"cpu": "100m"}), json!({}), &[]);
        resources(
            json!({"a.b/gpu": "1500m"}),
            json!({"a.b/gpu": "1500m"}),
            &["invalid-quantity requests must be an integer", "invalid-quantity limits must be an integer"],
        );
        resources(json!({"cpus": 1}), json!({}), &["invalid-name requests.cpus must be a standard resource type"]);
        resources(
            json!({"hugepages-2Mi": "2Mi"}),
            json!({"hugepages-2Mi": "2Mi"}),
            &["forbidden-field resources HugePages require cpu or memory"],
        );
        let pages = |amount: &str| json!({"memory": "1Gi", "hugepages-2Mi": amount});
        resources(pages("4Mi"), pages("4Mi"), &[]);
        let message = "invalid-quantity hugepages-2Mi 3Mi is not positive integer multiple of hugepages-2Mi";
        resources(pages("3Mi"), pages("3Mi"), &[message, message]);
        resources(json!({"cpu": "0.1m"}), json!({}), &["odd-quantity cpu less than a thousandth"]);
        resources(json!({"cpu": "0.5"}), json!({}), &[]);
        resources(json!({"kubernetes.io/x": 1}), json!({"kubernetes.io/x": 1}), &[]);
        resources(
            json!({"requests.a.b/x": 1}),
            json!({"requests.a.b/x": 1}),
            &["invalid-name x doesn't follow extended resource name standard", "invalid-name x extended resource name"],
        );
    }

    #[test]
    fn compares_containers_with_their_pod() {
        let pod = |whole: Value, expected: &[&str]| expect(check(&object(with_pod("/resources", whole))), expected);
        pod(json!({"requests": {"cpu": "250m", "memory": "256Mi"}, "limits": {"cpu": "500m"}}), &[]);
        pod(
            json!({"requests": {"cpu": "249m"}, "limits": {"memory": "511Mi"}}),
            &[
                "request-above-limit requests.cpu greater than or equal to aggregate container requests of 250m",
                "request-above-limit limits.memory less than or equal to pod limits of 511Mi",
            ],
        );
        pod(json!({"limits": {"a.b/gpu": 1}}), &["unsupported-value gpu only cpu, memory and hugepages"]);
    }
}
