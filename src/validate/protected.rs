//! A protected environment beside those that are not: what it lacks of what they have, and where it is weaker.
//!
//! Objects are compared by component and kind, because their names may hold that of the environment.

use super::field::Field;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::house_rule::{MISSING_IN_PROTECTED, WEAKER_IN_PROTECTED, or_waive};
use crate::object::demand::Replicas;
use crate::object::{Object, ObjectSet, demand};
use std::collections::BTreeMap;

/// Compares every protected environment with all that are not.
pub(super) fn check(sets: &[&ObjectSet]) -> Vec<Diagnostic> {
    let (protected, mut others): (Vec<&ObjectSet>, Vec<&ObjectSet>) =
        sets.iter().partition(|it| it.environment.protected);
    others.sort_by(|a, b| a.environment.name.cmp(&b.environment.name));
    let mut found = Vec::new();
    if protected.is_empty() {
        return found;
    }
    let mut theirs: Roles<'_> = BTreeMap::new();
    for other in others {
        for (role, holders) in roles(other) {
            theirs.entry(role).or_default().extend(holders);
        }
    }
    for set in protected {
        let own = roles(set);
        missing(set, &own, &theirs, &mut found);
        fewer(set, &own, &theirs, &mut found);
    }
    found
}

/// What an object is, whatever its environment calls it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Role<'a> {
    component: Option<&'a str>,
    group: &'a str,
    kind: &'a str,
    name: String,
}

/// The objects of a role, each with its environment.
type Roles<'a> = BTreeMap<Role<'a>, Vec<(&'a ObjectSet, &'a Object)>>;

fn roles(set: &ObjectSet) -> Roles<'_> {
    let mut roles: Roles<'_> = BTreeMap::new();
    let own = [&set.environment.namespace, &set.environment.name];
    for object in set.objects.iter().filter(|it| it.id.kind != "Namespace") {
        let name = own.iter().fold(object.id.name.clone(), |name, it| name.replace(it.as_str(), "*"));
        let id = &object.id;
        let role = Role { component: object.component.as_deref(), group: &id.group, kind: &id.kind, name };
        roles.entry(role).or_default().push((set, object));
    }
    roles
}

/// Counts objects by what is left of their role without the name, and by environment.
fn counts<'a>(roles: &Roles<'a>) -> BTreeMap<(&'a str, Role<'a>), usize> {
    let mut counts = BTreeMap::new();
    for (role, holders) in roles {
        for (set, _) in holders {
            let nameless = Role { name: String::new(), ..role.clone() };
            *counts.entry((set.environment.name.as_str(), nameless)).or_default() += 1;
        }
    }
    counts
}

fn missing<'a>(set: &'a ObjectSet, own: &Roles<'a>, theirs: &Roles<'a>, found: &mut Vec<Diagnostic>) {
    let mut components: BTreeMap<&str, &Object> = BTreeMap::new();
    for object in &set.objects {
        components.entry(object.component.as_deref().unwrap_or_default()).or_insert(object);
    }
    let has_component = |name: &str| components.get(name).copied();
    let (own_counts, their_counts) = (counts(own), counts(theirs));
    let mut lacking: BTreeMap<Role<'a>, (&'a Object, Vec<&str>)> = BTreeMap::new();
    for (role, holders) in theirs.iter().filter(|(role, _)| !own.contains_key(*role)) {
        let nameless = Role { name: String::new(), ..role.clone() };
        let count = own_counts.get(&(set.environment.name.as_str(), nameless.clone())).copied().unwrap_or(0);
        // A component that is not there at all is said once.
        let said = match role.component {
            Some(name) if has_component(name).is_none() => Role { group: "", kind: "", ..nameless.clone() },
            _ => role.clone(),
        };
        for (other, object) in holders {
            let name = other.environment.name.as_str();
            // As many under other names are the same by the names of that environment.
            if their_counts.get(&(name, nameless.clone())).is_some_and(|it| *it > count) {
                let (_, names) = lacking.entry(said.clone()).or_insert((object, Vec::new()));
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
    }
    for (role, (object, names)) in lacking {
        let (code, what, help) = match (role.component, role.kind) {
            (Some(name), "") => (MISSING_IN_PROTECTED, format!("no component `{name}`"), "declare it in the base"),
            (Some(name), kind @ "PodDisruptionBudget") => {
                (WEAKER_IN_PROTECTED, format!("no {kind} for `{name}`"), "declare `disruption-budget` in the base")
            }
            (Some(name), kind) => (MISSING_IN_PROTECTED, format!("no {kind} for `{name}`"), "declare it in the base"),
            (None, _) => (MISSING_IN_PROTECTED, format!("no {}", object.id.short()), "declare it in the base"),
        };
        let environment = &set.environment.name;
        let have =
            if let [one] = names.as_slice() { format!("`{one}` has") } else { format!("{} have", joined(&names)) };
        let message = Diagnostic::new(code, format!("protected `{environment}` has {what}, which {have}"));
        // What an object says has the line that asks for it; its name often has that of the component.
        let told = if role.kind.is_empty() { "metadata.name" } else { "spec.type" };
        let place = Field::root(object).at(told).span();
        // The component of the protected environment is excused, where there is one.
        let object = role.component.and_then(has_component).unwrap_or(object);
        let message = message.at_some(place, "").about(&object.id).in_environment(environment);
        let message = message.help(help).help(or_waive(code));
        found.push(message);
    }
}

/// Reports the workloads of which an environment that is not protected has more pods.
fn fewer<'a>(set: &'a ObjectSet, own: &Roles<'a>, theirs: &Roles<'a>, found: &mut Vec<Diagnostic>) {
    let workloads = own.iter().filter(|(role, _)| matches!(role.kind, "Deployment" | "StatefulSet"));
    for (role, object) in workloads.filter_map(|(role, holders)| Some((role, holders.first()?.1))) {
        let replicas = demand::replicas(object, set);
        let others = theirs.get(role).into_iter().flatten();
        let mut most: Option<((u64, u64), &ObjectSet)> = None;
        for (other, it) in others {
            let counts = more(replicas, demand::replicas(it, other));
            // Of several with as many, the first.
            if let Some(counts) = counts.filter(|(_, theirs)| most.is_none_or(|((_, best), _)| *theirs > best)) {
                most = Some((counts, other));
            }
        }
        let Some(((own, count), other)) = most else { continue };
        let (environment, name) = (&set.environment.name, &other.environment.name);
        let pods = if own == 1 { "1 pod".to_owned() } else { format!("{own} pods") };
        let text = format!("runs {pods} in protected `{environment}`, fewer than the {count} of `{name}`");
        let message = Field::root(object).at("spec.replicas").problem(WEAKER_IN_PROTECTED, text);
        let message = message.in_environment(environment).help("raise `replicas`, or the bounds of `autoscale`");
        let message = message.help(or_waive(WEAKER_IN_PROTECTED));
        found.push(message);
    }
}

/// Returns our number and theirs where they have more pods. A fixed number and the least of an autoscaler are not
/// compared: that follows the load.
fn more(own: Replicas, theirs: Replicas) -> Option<(u64, u64)> {
    let is_fixed = |it: Replicas| it.minimum == it.maximum;
    if is_fixed(own) == is_fixed(theirs) && own.minimum < theirs.minimum {
        Some((own.minimum, theirs.minimum))
    } else {
        (own.maximum < theirs.maximum && (is_fixed(own) == is_fixed(theirs) || own.maximum < theirs.minimum))
            .then_some((own.maximum, theirs.maximum))
    }
}

fn joined(names: &[&str]) -> String {
    names.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(" and ")
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{any, deployment, expect, service, set, with};
    use super::check;
    use crate::object::ObjectSet;
    use serde_json::{Value, json};

    /// An environment in which every object is of the component that it is named after.
    fn environment(name: &str, bodies: &[Value]) -> ObjectSet {
        let mut set = set(bodies.iter().map(|it| with(it.clone(), "/metadata/namespace", json!(name))));
        set.environment.name = name.to_owned();
        set.environment.namespace = name.to_owned();
        set.environment.protected = name == "prod";
        for object in &mut set.objects {
            object.component = (object.id.name != "shared").then(|| object.id.name.clone());
        }
        set
    }

    fn verdicts(prod: &[Value], others: &[(&str, &[Value])], expected: &[&str]) {
        let mut sets = vec![environment("prod", prod)];
        sets.extend(others.iter().map(|(name, bodies)| environment(name, bodies)));
        let found = check(&sets.iter().collect::<Vec<_>>());
        expect(found, expected);
    }

    fn budget() -> Value {
        any("policy/v1", "PodDisruptionBudget", "web", &json!({}))
    }

    fn replicas(count: u64) -> Value {
        with(deployment(), "/spec/replicas", json!(count))
    }

    #[test]
    fn finds_what_a_protected_environment_lacks() {
        let all = [deployment(), service(), budget()];
        verdicts(&all, &[("dev", &all)], &[]);
        // More is no weakness.
        verdicts(&all, &[("dev", &all[..1])], &[]);
        verdicts(
            &[deployment(), budget()],
            &[("dev", &all), ("test", &all)],
            &["missing-in-protected protected `prod` has no Service for `web`, which `dev` and `test` have"],
        );
        verdicts(
            &[deployment(), service()],
            &[("test", &all)],
            &["weaker-in-protected protected `prod` has no PodDisruptionBudget for `web`, which `test` has"],
        );
        // A component that is not there is one message, however many objects it has.
        verdicts(
            &[],
            &[("dev", &all)],
            &["missing-in-protected protected `prod` has no component `web`, which `dev` has"],
        );
        let shared = [any("v1", "ConfigMap", "shared", &json!({}))];
        verdicts(&[], &[("dev", &shared)], &["missing-in-protected protected `prod` has no ConfigMap/shared, which"]);
    }

    #[test]
    fn compares_objects_whatever_their_environment_calls_them() {
        let named = |name: &str| [any("v1", "Namespace", name, &json!({}))];
        verdicts(&named("prod"), &[("dev", &named("dev"))], &[]);
        let mut sets = [
            environment("prod", &[any("v1", "ConfigMap", "shop-prod-x", &json!({}))]),
            environment("dev", &[any("v1", "ConfigMap", "shop-dev-x", &json!({}))]),
        ];
        for set in &mut sets {
            set.objects[0].component = None;
        }
        assert!(check(&sets.iter().collect::<Vec<_>>()).is_empty());
    }

    #[test]
    fn compares_pods() {
        verdicts(&[replicas(2)], &[("dev", &[replicas(2)])], &[]);
        verdicts(&[replicas(3)], &[("dev", &[replicas(2)])], &[]);
        verdicts(
            &[replicas(1)],
            &[("dev", &[replicas(2)]), ("test", &[replicas(3)])],
            &["weaker-in-protected spec.replicas runs 1 pod in protected `prod`, fewer than the 3 of `test`"],
        );
    }

    #[test]
    fn compares_autoscalers() {
        let scaled = |minimum: u64, maximum: u64| {
            let target = json!({"kind": "Deployment", "name": "web"});
            let spec = json!({"scaleTargetRef": target, "minReplicas": minimum, "maxReplicas": maximum});
            [deployment(), any("autoscaling/v2", "HorizontalPodAutoscaler", "web", &json!({"spec": spec}))]
        };
        let fixed = [replicas(2)];
        verdicts(&scaled(1, 3), &[("dev", &fixed)], &[]);
        verdicts(&scaled(1, 3), &[("dev", &scaled(1, 3))], &[]);
        verdicts(&scaled(1, 3), &[("dev", &scaled(2, 3))], &["weaker-in-protected runs 1 pod in protected `prod`"]);
        verdicts(
            &scaled(1, 3),
            &[("dev", &scaled(1, 4))],
            &["weaker-in-protected runs 3 pods in protected `prod`, fewer than the 4"],
        );
        let lacks = "missing-in-protected protected `prod` has no HorizontalPodAutoscaler for `web`";
        verdicts(&fixed, &[("dev", &scaled(1, 4))], &[lacks]);
    }

    #[test]
    fn compares_only_with_what_is_not_protected() {
        let mut sets = [environment("prod", &[]), environment("dev", &[deployment()])];
        sets[1].environment.protected = true;
        assert!(check(&sets.iter().collect::<Vec<_>>()).is_empty());
        sets[0].environment.protected = false;
        assert!(check(&sets.iter().collect::<Vec<_>>()).is_empty());
    }
}
