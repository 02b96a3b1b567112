//! What a component may ask of the API server.

use super::{CONFLICTING_SETTINGS, Context, MISSING_SETTING, UNKNOWN_VERB, argument, declared, list};
use crate::diagnostic::Diagnostic;
use crate::object::resource;
use crate::source::{Origin, Traced};
use crate::spec::{Entry, Node, Permission, Reach};

/// Reads a component's permissions.
pub(super) fn permissions(node: &Node, context: &mut Context<'_>) -> Vec<Permission> {
    let mut permissions: Vec<Permission> =
        node.children_named("permission").filter_map(|it| permission(it, context)).collect();
    permissions.sort_by(|a, b| a.name.value.cmp(&b.name.value));
    permissions
}

/// Returns where the first permission is declared, by name: it is why pods get a token.
pub(super) fn first_permission(node: &Node) -> Option<Origin> {
    let all = node.children_named("permission");
    all.min_by_key(|it| argument(it, 0).value).map(|it| argument(it, 0).origin)
}

fn permission(node: &Node, context: &mut Context<'_>) -> Option<Permission> {
    let cluster = node.property("cluster").is_some_and(|it| it.flag().value);
    let (verbs, resources, urls) = (list(node, "verbs"), list(node, "resources"), list(node, "urls"));
    let names = list(node, "names");
    let missing = |what: &str, help: &str| {
        let message = format!("`{}` {what}", node.describe());
        Diagnostic::new(MISSING_SETTING, message).at(node.span(), "").help(help)
    };
    if verbs.is_empty() {
        context.diagnostics.push(missing("does not say what may be done", "add `verbs get list watch`"));
    }
    match (node.child("resources"), node.child("urls")) {
        (None, None) => {
            let help = "add `resources pods`, or with `cluster=#true` `urls \"/healthz\"`";
            context.diagnostics.push(missing("does not say what it is for", help));
            return None;
        }
        (Some(resources), Some(urls)) => {
            let message = format!("`{}` has resources and urls", node.describe());
            let diagnostic = Diagnostic::new(CONFLICTING_SETTINGS, message).at(urls.span(), "");
            let diagnostic = diagnostic.at(resources.span(), "and this");
            context.diagnostics.push(diagnostic.help("write a `permission` for each"));
            return None;
        }
        (None, Some(urls)) if !cluster => {
            let message = format!("`{}` is for urls, which are in no namespace", node.describe());
            let diagnostic = Diagnostic::new(MISSING_SETTING, message).at(urls.span(), "");
            context.diagnostics.push(diagnostic.help("add `cluster=#true`"));
        }
        (None, Some(_)) | (Some(_), None) => {}
    }
    if let (None, Some(narrowed)) = (node.child("resources"), node.child("names").or_else(|| node.child("groups"))) {
        let message = format!("`{}` has {} and no resources", node.describe(), narrowed.name.value);
        let diagnostic = Diagnostic::new(MISSING_SETTING, message).at(narrowed.span(), "");
        context.diagnostics.push(diagnostic.help("add `resources …`, or remove it"));
    }
    unnamed(node, &verbs, &resources, context);
    unknown_verbs(node, &verbs, context);
    let own_group = node.child("groups").is_none();
    for resource in resources.iter().filter(|it| !cluster && own_group && resource::is_of_cluster(&it.value)) {
        let message = format!("`{}` is in no namespace, and `{}` holds in one", resource.value, node.describe());
        let diagnostic = Diagnostic::new(MISSING_SETTING, message).at_some(resource.origin.span, "");
        context.diagnostics.push(diagnostic.help("add `cluster=#true`"));
    }
    Some(Permission {
        name: argument(node, 0),
        reach: if cluster { Reach::Cluster } else { Reach::Namespace },
        groups: groups(node, &resources, context),
        verbs,
        resources,
        names,
        urls,
        origin: declared(node),
    })
}

/// What may be done with resources and with urls of Kubernetes itself
/// (<https://kubernetes.io/docs/reference/access-authn-authz/authorization/#determine-the-request-verb>).
const VERBS: [&str; 20] = [
    "*",
    "approve",
    "attest",
    "bind",
    "create",
    "delete",
    "deletecollection",
    "escalate",
    "get",
    "head",
    "impersonate",
    "list",
    "options",
    "patch",
    "post",
    "put",
    "sign",
    "update",
    "use",
    "watch",
];

/// Reports verbs that Kubernetes does not have: a role with one of them allows nothing. What an API of others may ask
/// for, `groups` says whose it is, is known to it alone.
fn unknown_verbs(node: &Node, verbs: &[Traced<String>], context: &mut Context<'_>) {
    for verb in verbs.iter().filter(|it| node.child("groups").is_none() && !VERBS.contains(&it.value.as_str())) {
        let message = format!("there is no verb `{}`, so `{}` allows nothing by it", verb.value, node.describe());
        let diagnostic = Diagnostic::new(UNKNOWN_VERB, message).at_some(verb.origin.span, "");
        context.diagnostics.push(
            diagnostic
                .suggest(&verb.value, VERBS)
                .help("for resources: get, list, watch, create, update, patch, delete, deletecollection"),
        );
    }
}

/// Reports verbs whose requests name no object, so that a bound by name would refuse all of them. A request for a part of
/// an object does name it, whatever the verb
/// (<https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources>).
fn unnamed(node: &Node, verbs: &[Traced<String>], resources: &[Traced<String>], context: &mut Context<'_>) {
    let Some(names) = node.child("names").filter(|_| resources.iter().any(|it| !it.value.contains('/'))) else {
        return;
    };
    for verb in verbs.iter().filter(|it| matches!(it.value.as_str(), "create" | "deletecollection")) {
        let message = format!("`{}` names no object, so `{}` would never allow it", verb.value, node.describe());
        let diagnostic = Diagnostic::new(CONFLICTING_SETTINGS, message).at_some(verb.origin.span, "");
        let diagnostic = diagnostic.at(names.span(), "because of this");
        context.diagnostics.push(diagnostic.help("write a `permission` without `names` for it"));
    }
}

/// Returns the API groups that are said, or those of the resources.
fn groups(node: &Node, resources: &[Traced<String>], context: &mut Context<'_>) -> Vec<Traced<String>> {
    if let Some(said) = node.child("groups") {
        return said.arguments.iter().map(Entry::text).collect();
    }
    let mut groups: Vec<Traced<String>> = Vec::new();
    for resource in resources {
        let Some(group) = resource::group(&resource.value) else {
            let message =
                format!("`{}` is no resource of Kubernetes itself, so its group must be said", resource.value);
            let diagnostic = Diagnostic::new(MISSING_SETTING, message).at_some(resource.origin.span, "");
            let known = resource::names();
            context.diagnostics.push(
                diagnostic.suggest(&resource.value, known).help("add `groups \"example.com\"`; `*` is every group"),
            );
            continue;
        };
        if groups.iter().all(|it| it.value != group) {
            let rule = "Kubernetes has this resource in this group";
            groups.push(Traced::new(group.to_owned(), resource.origin.derived(rule)));
        }
    }
    groups.sort_by(|a, b| a.value.cmp(&b.value));
    groups
}

#[cfg(test)]
mod tests {
    use crate::resolve::tests::messages;

    #[test]
    fn reports_rights_to_nothing() {
        let check = |inside: &str, expected: &[&str]| {
            assert_eq!(messages(&format!("component a {{ image i; {inside} }}"), ""), expected, "{inside}");
        };
        check("permission p { verbs get; resources pods }", &[]);
        check("permission p { verbs get; resources \"pods/log\" deployments }", &[]);
        check("permission p { verbs get; resources widgets; groups example.com }", &[]);
        check("permission p { verbs \"*\"; resources \"*\"; groups \"*\" }", &[]);
        check("permission p cluster=#true { verbs get; urls \"/healthz\" }", &[]);
        check("permission p cluster=#true { verbs get; resources nodes }", &[]);
        check("permission p { verbs get; resources nodes; groups metrics.k8s.io }", &[]);
        check("permission p { verbs get; resources namespaces }", &[]);
        check(
            "permission p { verbs get; resources nodes }",
            &["`nodes` is in no namespace, and `permission p` holds in one"],
        );
        check("permission p { verbs get delete; resources pods; names a }", &[]);
        check("permission p { verbs create; resources \"pods/exec\"; names a }", &[]);
        check(
            "permission p { verbs get create; resources pods; names a }",
            &["`create` names no object, so `permission p` would never allow it"],
        );
        check("permission p { resources pods }", &["`permission p` does not say what may be done"]);
        check("permission p { verbs get }", &["`permission p` does not say what it is for"]);
        check(
            "permission p { verbs get; urls \"/healthz\" }",
            &["`permission p` is for urls, which are in no namespace"],
        );
        check(
            "permission p cluster=#true { verbs get; urls \"/healthz\"; resources pods }",
            &["`permission p` has resources and urls"],
        );
        check(
            "permission p cluster=#true { verbs get; urls \"/healthz\"; names a }",
            &["`permission p` has names and no resources"],
        );
        check(
            "permission p { verbs get; resources widgets }",
            &["`widgets` is no resource of Kubernetes itself, so its group must be said"],
        );
        check(
            "permission p { verbs get; resources \"*\" }",
            &["`*` is no resource of Kubernetes itself, so its group must be said"],
        );
    }
}
