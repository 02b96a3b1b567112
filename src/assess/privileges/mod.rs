//! Rights that a change gives to accounts, and those that it takes.

mod rights;

use super::{Rule, rejected, wording};
use crate::change::{Comparison, DecidedBy, EnvironmentComparison, Finding, ImpactCode, Severity, Side, SourceLine};
use crate::object::{FieldPath, Object};
use rights::{Right, Subject, What, rights};
use std::collections::{BTreeMap, BTreeSet};

pub(super) const RULES: &[Rule] = &[Rule { codes: &[PRIVILEGE_WIDENED], find }];

const PRIVILEGE_WIDENED: ImpactCode = ImpactCode {
    name: "privilege-widened",
    severity: Severity::Warn,
    decided_by: DecidedBy::Trees,
    documentation: "https://kubernetes.io/docs/concepts/security/rbac-good-practices/",
};

fn find(input: &Comparison<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    // What the accounts of a new environment may do is not more than before.
    for environment in input.environments.iter().filter(|it| it.before.is_some() && it.after.is_some()) {
        let (old, new) = (environment.objects(Side::Before), environment.objects(Side::After));
        let (before, after) = (rights(old, new), rights(new, old));
        let none = BTreeMap::new();
        let subjects: BTreeSet<&Subject> = before.keys().chain(after.keys()).collect();
        for subject in subjects {
            let (old, new) = (before.get(subject).unwrap_or(&none), after.get(subject).unwrap_or(&none));
            // What is refused changes nobody's rights.
            let is_taken =
                |it: &Object| !rejected::is_refused(environment, &it.id) || rejected::is_replaced(environment, &it.id);
            let gained = by_binding(not_covered(new, old));
            for (binding, rights) in gained.into_iter().filter(|it| is_taken(it.0)) {
                findings.push(widened(input, environment, subject, binding, &rights));
            }
            // Who is gone has lost nothing.
            let is_there = subject.kind != "ServiceAccount" || is_kept(environment, subject);
            let is_told = |it: &Object| is_there && is_taken(it) && !has_lost_role(environment, it);
            for (binding, rights) in by_binding(not_covered(old, new)).into_iter().filter(|it| is_told(it.0)) {
                let message =
                    format!("lets {} do less: no longer {}", who(subject, environment), told(&rights, environment));
                let finding = Finding::new(PRIVILEGE_WIDENED, environment.name(), &binding.id, message);
                let line = match environment.object(Side::After, &binding.id) {
                    Some(after) => cause(input, environment, after),
                    None => input.declaration(Side::Before, binding),
                };
                findings.push(finding.with_severity(Severity::Note).from_line(line));
            }
        }
    }
    findings
}

/// True where an account was there before and is now, or is none of ours.
fn is_kept(environment: &EnvironmentComparison<'_>, subject: &Subject) -> bool {
    let is_in = |side| {
        environment
            .of_kind(side, "ServiceAccount")
            .any(|it| it.id.name == subject.name && it.id.namespace.as_deref() == Some(subject.namespace.as_str()))
    };
    is_in(Side::After) || !is_in(Side::Before)
}

/// True for a binding that stays and whose role goes: that is said of the role.
fn has_lost_role(environment: &EnvironmentComparison<'_>, binding: &Object) -> bool {
    let has_role = |side| environment.object(side, &binding.id).map(|it| role(environment, side, it).is_some());
    (has_role(Side::Before), has_role(Side::After)) == (Some(true), Some(false))
}

/// Returns the role that a binding gives, where we render it.
fn role<'a>(environment: &EnvironmentComparison<'a>, side: Side, binding: &Object) -> Option<&'a Object> {
    let name = binding.field("roleRef.name")?.as_str()?;
    let kind = binding.field("roleRef.kind")?.as_str()?;
    let is_near = |it: &Object| kind == "ClusterRole" || it.id.namespace == binding.id.namespace;
    environment.of_kind(side, kind).find(|it| it.id.name == name && is_near(it))
}

/// Returns the rights of one list that those of the other do not include.
fn not_covered<'a, 'b>(
    list: &'b BTreeMap<Right, &'a Object>,
    other: &BTreeMap<Right, &Object>,
) -> Vec<(&'b Right, &'a Object)> {
    let is_new = |right: &Right| !other.contains_key(right) && !other.keys().any(|it| it.covers(right));
    list.iter().filter(|(right, _)| is_new(right)).map(|(right, binding)| (right, *binding)).collect()
}

fn by_binding<'a, 'b>(list: Vec<(&'b Right, &'a Object)>) -> Vec<(&'a Object, Vec<&'b Right>)> {
    let mut found: Vec<(&Object, Vec<&Right>)> = Vec::new();
    for (right, binding) in list {
        match found.iter_mut().find(|it| it.0.id == binding.id) {
            Some(same) => same.1.push(right),
            None => found.push((binding, vec![right])),
        }
    }
    found
}

fn widened(
    input: &Comparison<'_>,
    environment: &EnvironmentComparison<'_>,
    subject: &Subject,
    binding: &Object,
    rights: &[&Right],
) -> Finding {
    let risks: BTreeSet<&str> = rights.iter().filter_map(|it| it.what.risk()).collect();
    let is_everywhere = rights.iter().any(|it| it.namespace.is_none());
    let unknown = rights.iter().any(|it| matches!(it.what, What::Role(_)));
    // Rights that reach no further than their words are an expected effect of a new role.
    let severity =
        if risks.is_empty() && !is_everywhere && !unknown { Severity::Note } else { PRIVILEGE_WIDENED.severity };
    let mut message = format!("lets {} do more: {}", who(subject, environment), told(rights, environment));
    for risk in risks {
        message.push_str("; ");
        message.push_str(risk);
    }
    let help = "give only the verbs, resources and names that are needed, in one namespace where that is enough";
    let finding = Finding::new(PRIVILEGE_WIDENED, environment.name(), &binding.id, message).with_severity(severity);
    finding.help(help).from_line(cause(input, environment, binding))
}

/// Names a subject, with its namespace where that is another one.
fn who(subject: &Subject, environment: &EnvironmentComparison<'_>) -> String {
    let Subject { kind, namespace, name } = subject;
    let is_here = namespace.is_empty() || *namespace == environment.environment.namespace;
    if is_here { format!("{kind}/{name}") } else { format!("{kind}/{name} of {namespace}") }
}

/// Returns the line of the role that changes, or else of the binding.
fn cause(input: &Comparison<'_>, environment: &EnvironmentComparison<'_>, binding: &Object) -> Option<SourceLine> {
    let changed = role(environment, Side::After, binding).filter(|it| environment.change(&it.id).is_some());
    let (object, path) = changed.map_or((binding, "subjects"), |it| (it, "rules"));
    input.line_of(Side::After, object, &FieldPath::parse(path)?)
}

/// Writes rights, the verbs of each resource together: `get and list secrets`.
fn told(rights: &[&Right], environment: &EnvironmentComparison<'_>) -> String {
    let mut grouped: BTreeMap<(Option<&str>, String), Vec<&str>> = BTreeMap::new();
    for right in rights {
        let (object, verb) = match &right.what {
            What::Resource { group, resource, names, verb } => {
                let resource = match (group.as_str(), resource.as_str()) {
                    ("*", "*") => "everything".to_owned(),
                    ("", resource) => resource.to_owned(),
                    (group, resource) => format!("{resource}.{group}"),
                };
                let only = if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
                (format!("{resource}{only}"), verb.as_str())
            }
            What::Path { path, verb } => (path.clone(), verb.as_str()),
            What::Role(role) => (format!("what {role} allows"), ""),
        };
        grouped.entry((right.namespace.as_deref(), object)).or_default().push(verb);
    }
    let one = |((namespace, object), verbs): ((Option<&str>, String), Vec<&str>)| {
        let verbs = if verbs.contains(&"*") { "do anything with".to_owned() } else { wording::list(&verbs) };
        let place = match namespace {
            None => " in the whole cluster".to_owned(),
            Some(it) if it != environment.environment.namespace => format!(" in {it}"),
            Some(_) => String::new(),
        };
        format!("{verbs} {object}{place}").trim_start().to_owned()
    };
    wording::list(&grouped.into_iter().map(one).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use crate::assess::tests::fixture::{expect, object, review_of, review_one};
    use crate::change::Severity;
    use serde_json::{Value, json};

    const API: &str = "rbac.authorization.k8s.io/v1";

    fn rule(group: &str, resource: &str, verbs: &[&str]) -> Value {
        json!({"apiGroups": [group], "resources": [resource], "verbs": verbs})
    }

    fn role(rules: &[Value]) -> Value {
        object(API, "Role", "web", &json!({"rules": rules}))
    }

    fn binding(kind: &str, role: &str, account: &str) -> Value {
        let subjects = json!([{"kind": "ServiceAccount", "name": account, "namespace": "dev"}]);
        object(
            API,
            kind,
            "web",
            &json!({"roleRef": {"kind": role.split('/').next(), "name": role.split('/').nth(1)}, "subjects": subjects}),
        )
    }

    /// Reviews a change of the rules that `web` has.
    #[track_caller]
    fn check(before: &[Value], after: &[Value], severity: Severity, expected: &str) {
        let all = |rules: &[Value]| vec![role(rules), binding("RoleBinding", "Role/web", "web")];
        let review = review_one(&all(before), &all(after));
        let message = format!("RoleBinding/web lets ServiceAccount/web do {expected}");
        expect(&review, "privilege-widened", &if expected.is_empty() { vec![] } else { vec![message.as_str()] });
        for it in review.findings.iter().filter(|it| it.code.name == "privilege-widened") {
            assert_eq!(it.severity, severity);
        }
    }

    #[test]
    fn rights_are_compared_as_sets() {
        let pods = |verbs: &[&str]| rule("", "pods", verbs);
        check(&[pods(&["get"])], &[pods(&["get", "list"])], Severity::Note, "more: list pods");
        check(&[pods(&["get", "list"])], &[pods(&["get"])], Severity::Note, "less: no longer list pods");
        check(&[pods(&["get", "list"])], &[pods(&["list"]), pods(&["get"])], Severity::Note, "");
        check(&[rule("*", "*", &["*"])], &[rule("*", "*", &["*"]), pods(&["create"])], Severity::Note, "");
        let named = json!({"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"], "resourceNames": ["a"]});
        check(
            &[rule("", "configmaps", &["get"])],
            &[rule("", "configmaps", &["get"]), named.clone()],
            Severity::Note,
            "",
        );
        check(&[named], &[rule("", "configmaps", &["get"])], Severity::Note, "more: get configmaps");
        check(&[], &[rule("apps", "deployments", &["get"])], Severity::Note, "more: get deployments.apps");
    }

    #[test]
    fn a_role_that_comes_or_goes_is_known_on_both_sides() {
        let bound = || binding("RoleBinding", "Role/web", "web");
        let with_role = || vec![role(&[rule("", "pods", &["get"])]), bound()];
        let check = |before: &[Value], after: &[Value], expected: &[&str]| {
            expect(&review_one(before, after), "privilege-widened", expected);
        };
        check(&with_role(), &[bound()], &[]);
        check(&[bound()], &with_role(), &["RoleBinding/web lets ServiceAccount/web do more: get pods"]);
    }

    #[test]
    fn what_reaches_further_says_so() {
        let more = |rule: Value, expected: &str| check(&[], &[rule], Severity::Warn, &format!("more: {expected}"));
        more(rule("", "secrets", &["get", "list"]), "get and list secrets; it can read Secrets by that");
        more(rule("", "pods/exec", &["create"]), "create pods/exec; it can run commands in pods by that");
        more(rule("", "nodes/proxy", &["get"]), "get nodes/proxy; it can run commands in every pod of a node by that");
        more(
            rule(API.split('/').next().unwrap(), "roles", &["bind"]),
            "bind roles.rbac.authorization.k8s.io; it can give itself any right by that",
        );
        more(
            rule("", "serviceaccounts", &["impersonate"]),
            "impersonate serviceaccounts; it can act as somebody else by that",
        );
        more(rule("*", "*", &["*"]), "do anything with everything; it covers everything, also what is added later");
        more(
            rule("", "pods", &["create"]),
            "create pods; it can run pods under any service account there, with any Secret of the namespace",
        );
        check(&[], &[rule("", "secrets", &["create"])], Severity::Note, "more: create secrets");
        check(&[], &[rule("example.com", "secrets", &["get"])], Severity::Note, "more: get secrets.example.com");
    }

    #[test]
    fn bindings_give_and_take() {
        let account = || object("v1", "ServiceAccount", "web", &json!({}));
        let check = |before: &[Value], after: &[Value], expected: &[&str]| {
            expect(&review_one(before, after), "privilege-widened", expected);
        };
        let admin = binding("ClusterRoleBinding", "ClusterRole/cluster-admin", "web");
        let everything = "ClusterRoleBinding/web lets ServiceAccount/web do more: do anything with everything in the whole cluster; it covers everything, also what is added later";
        check(&[account()], &[account(), admin.clone()], &[everything]);
        let viewer = binding("RoleBinding", "ClusterRole/view", "web");
        check(
            &[account()],
            &[account(), viewer.clone()],
            &["RoleBinding/web lets ServiceAccount/web do more: what ClusterRole/view allows"],
        );
        check(&[account(), admin.clone()], &[account(), admin.clone(), viewer.clone()], &[]);
        check(
            &[account(), viewer.clone()],
            &[account()],
            &["RoleBinding/web lets ServiceAccount/web do less: no longer what ClusterRole/view allows"],
        );
        check(&[account(), viewer.clone()], &[], &[]);
        let get = role(&[rule("", "pods", &["get"])]);
        let second = binding("RoleBinding", "Role/web", "job");
        check(
            &[get.clone(), binding("RoleBinding", "Role/web", "web")],
            &[get.clone(), second],
            &[
                "RoleBinding/web lets ServiceAccount/job do more: get pods",
                "RoleBinding/web lets ServiceAccount/web do less: no longer get pods",
            ],
        );
        check(&[], &[get], &[]);
        expect(&review_of(&[("dev", None, Some(vec![admin]))]), "privilege-widened", &[]);
    }
}
