//! A merged tree in, the same tree with every `${…}` replaced by what is really rendered.
//!
//! | reference | value |
//! |---|---|
//! | `${app.name}`, `${app.version}` | the app's own |
//! | `${environment.name}`, `${environment.namespace}` | this environment's |
//! | `${COMPONENT.host}` | the name of the component's Service, its short DNS name |
//! | `${COMPONENT.port.NAME}` | the port of that Service |
//! | `${SERVICE.host}`, `${SERVICE.port.NAME}` | the same of an `additional-service` |
//! | `${SERVICE.host}` | the name of an `external-service` |
//!
//! `$${` stands for a literal `${`. References to components may stand anywhere but in names, since they are made of
//! names; and none may stand in what references themselves are made of: the app's and the environment's own values, and
//! the names of components and ports.

use super::removed::{REMOVED_HERE, Removals};
use super::{MALFORMED_REFERENCE, UNKNOWN_REFERENCE};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::spec::{Entry, Literal, Node};
use std::collections::BTreeMap;

/// What can be referred to, and its value; an error where it exists and has no value.
type Values = BTreeMap<String, Result<String, Absent>>;

/// Why a reference that could have a value has none, and what to do.
#[derive(Clone)]
struct Absent {
    why: String,
    help: String,
}

/// Replaces the references of a merged app.
pub(super) fn resolve(app: &mut Node, environment: &Node, diagnostics: &mut Vec<Diagnostic>) {
    refuse(app, diagnostics);
    refuse(environment, diagnostics);
    let removals = Removals::of_references(app);
    let mut values = fixed(app, environment);
    let too_early = Absent {
        why: "a name cannot be made of another component's".to_owned(),
        help: "write the name itself, or make it of `${app.name}` and `${environment.name}`".to_owned(),
    };
    values.extend(of_services(app).into_keys().map(|it| (it, Err(too_early.clone()))));
    // Names first: they may use the app and the environment, and the components' own values are made of them.
    each(app, Wanted::Names, &mut |entry| replace(entry, &values, &removals, diagnostics));
    values.extend(of_services(app));
    each(app, Wanted::Others, &mut |entry| replace(entry, &values, &removals, diagnostics));
}

/// Reports references in values that references are made of.
fn refuse(node: &Node, diagnostics: &mut Vec<Diagnostic>) {
    let own = match node.rule.name {
        "app" | "environment" => node.arguments.iter().chain(node.properties.values()).collect(),
        "component" | "port" | "expose" | "additional-service" | "external-service" => {
            node.arguments.first().into_iter().collect()
        }
        _ => Vec::new(),
    };
    for entry in own {
        if matches!(&entry.value, Literal::Text(text) if text.contains("${")) {
            let message =
                format!("no reference can stand here: references are made of what `{}` says", node.name.value);
            diagnostics.push(malformed(entry.origin.span, &message).help("write the value itself"));
        }
    }
    // An environment's nodes have been merged into the app.
    if node.rule.name != "environment" {
        node.children.iter().for_each(|it| refuse(it, diagnostics));
    }
}

/// The values that do not depend on components.
fn fixed(app: &Node, environment: &Node) -> Values {
    let text = |entry: Option<&Entry>| entry.map(|it| it.text().value);
    let app_name = text(app.argument(0)).unwrap_or_default();
    let name = text(environment.argument(0)).unwrap_or_default();
    let namespace = text(environment.property("namespace")).unwrap_or_else(|| name.clone());
    let version = text(app.property("version")).ok_or_else(|| Absent {
        why: "the app has no `version=`".to_owned(),
        help: format!("add it in the base: `app {app_name} version=\"…\"`"),
    });
    BTreeMap::from([
        ("app.name".to_owned(), Ok(app_name)),
        ("app.version".to_owned(), version),
        ("environment.name".to_owned(), Ok(name)),
        ("environment.namespace".to_owned(), Ok(namespace)),
    ])
}

/// The values of all Services.
fn of_services(app: &Node) -> Values {
    let app_name = app.argument(0).map(|it| it.text().value).unwrap_or_default();
    let mut values = Values::new();
    for component in app.children_named("component") {
        let Some(name) = component.argument(0).map(|it| it.text().value) else { continue };
        let service = component.child("service");
        let host = super::complete::service_name(&app_name, component).value;
        values.insert(format!("{name}.host"), service.map(|_| host).ok_or_else(|| without_service(&name)));
        ports(component, service, &name, &mut values);
    }
    // After the components, so that a name that both have is known as such.
    for component in app.children_named("component") {
        for service in component.children_named("additional-service") {
            let Some(name) = service.argument(0).map(|it| it.text().value) else { continue };
            let mut own = Values::from([(format!("{name}.host"), Ok(name.clone()))]);
            ports(component, Some(service), &name, &mut own);
            add(own, &name, &mut values);
        }
    }
    for service in app.children_named("external-service") {
        let Some(name) = service.argument(0).map(|it| it.text().value) else { continue };
        add(Values::from([(format!("{name}.host"), Ok(name.clone()))]), &name, &mut values);
    }
    values
}

/// Adds the values of a Service that stands by itself; those that are known already could mean either.
fn add(own: Values, name: &str, values: &mut Values) {
    for (reference, value) in own {
        let both = || Absent {
            why: format!("both a component and a service of its own, or two services, are called `{name}`"),
            help: "give the service another name, or write the host itself".to_owned(),
        };
        let value = if values.contains_key(&reference) { Err(both()) } else { value };
        values.insert(reference, value);
    }
}

/// Adds the values of a Service's ports.
fn ports(component: &Node, service: Option<&Node>, name: &str, values: &mut Values) {
    for port in super::complete::ports_of_service(component) {
        let port_name = port.name.value;
        let number = match service {
            None => Err(without_service(name)),
            Some(service) => super::complete::service_port(service, &port_name, &port.number)
                .map(|it| it.value.to_string())
                .ok_or_else(|| Absent {
                    why: format!("the service of `{name}` does not expose port `{port_name}`"),
                    help: format!("add `expose {port_name}` to its `service`"),
                }),
        };
        values.insert(format!("{name}.port.{port_name}"), number);
    }
}

fn without_service(component: &str) -> Absent {
    Absent {
        why: format!("component `{component}` has no `service`"),
        help: format!("add `service` to `component {component}`"),
    }
}

/// Which values to visit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// Those that become names of objects.
    Names,
    /// All others.
    Others,
}

/// Visits the values of a tree.
fn each(node: &mut Node, wanted: Wanted, visit: &mut impl FnMut(&mut Entry)) {
    let of = |is_name: bool| if is_name { Wanted::Names } else { Wanted::Others };
    if of(node.rule.name == "name") == wanted {
        node.arguments.iter_mut().for_each(&mut *visit);
    }
    node.properties.iter_mut().filter(|(name, _)| of(**name == "name") == wanted).for_each(|(_, it)| visit(it));
    for child in &mut node.children {
        each(child, wanted, visit);
    }
}

/// Replaces the references in one value.
fn replace(entry: &mut Entry, values: &Values, removals: &Removals, diagnostics: &mut Vec<Diagnostic>) {
    let Literal::Text(text) = &entry.value else { return };
    if !text.contains("${") {
        return;
    }
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find("${") {
        if rest[..at].ends_with('$') {
            replaced += &rest[..at];
            replaced += "{";
            rest = &rest[at + 2..];
            continue;
        }
        replaced += &rest[..at];
        let Some(end) = rest[at..].find('}') else {
            diagnostics.push(
                malformed(entry.origin.span, "this reference is not closed")
                    .help("add `}`, or write `$${` for the text `${`"),
            );
            return;
        };
        let name = &rest[at + 2..at + end];
        match values.get(name) {
            Some(Ok(value)) => replaced += value,
            Some(Err(Absent { why, help })) => {
                let message = format!("`${{{name}}}` has no value here: {why}");
                let message = Diagnostic::new(UNKNOWN_REFERENCE, message).at_some(entry.origin.span, "");
                diagnostics.push(message.at_some(removals.of(name), REMOVED_HERE).help(help.as_str()));
            }
            None => diagnostics.push(unknown(name, entry.origin.span, removals.of(name), values)),
        }
        rest = &rest[at + end + 1..];
    }
    replaced += rest;
    entry.value = Literal::Text(replaced);
}

fn malformed(span: Option<Span>, message: &str) -> Diagnostic {
    Diagnostic::new(MALFORMED_REFERENCE, message).at_some(span, "")
}

fn unknown(name: &str, span: Option<Span>, removal: Option<Span>, values: &Values) -> Diagnostic {
    let message = format!("`${{{name}}}` refers to nothing");
    let diagnostic = Diagnostic::new(UNKNOWN_REFERENCE, message).at_some(span, "").at_some(removal, REMOVED_HERE);
    let known: Vec<&str> = values.keys().map(String::as_str).collect();
    match crate::diagnostic::suggest::nearest(name, known.iter().copied()) {
        Some(near) => diagnostic.help(format!("did you mean `${{{near}}}`?")),
        None => diagnostic.help(format!(
            "there are {}",
            known.iter().map(|it| format!("`${{{it}}}`")).collect::<Vec<_>>().join(", ")
        )),
    }
    .help("write `$${` for the text `${`")
}

#[cfg(test)]
mod tests {
    use crate::parse;
    use crate::resolve::tests::messages;
    use crate::source::Sources;

    #[test]
    fn replaces_what_is_rendered() {
        let check = |text: &str, expected: &str| {
            let app = format!(
                "app shop version=1.2 {{ component web {{ image i; port http 80; service name=front {{ \
                 expose http port=8080 }}; additional-service peers; config {{ A {text:?} }} }}; external-service db host=d.example }}"
            );
            let sources = Sources::new([
                ("base/app.kdl".to_owned(), app),
                ("environments/dev.kdl".to_owned(), "environment dev namespace=space".to_owned()),
            ]);
            let (parts, _) = parse::project(&sources);
            let project = crate::resolve::project(&parts, &sources);
            let config = project.specs[0].components[0].config.as_ref().unwrap();
            assert_eq!(config.values[0].value.value, expected, "{text}");
        };
        check("http://${web.host}:${web.port.http}/", "http://front:8080/");
        check("${app.name}${app.version}", "shop1.2");
        check("${environment.name}.${environment.namespace}", "dev.space");
        check("$${web.host} $x $$", "${web.host} $x $$");
        check("a $${ b ${app.name}", "a ${ b shop");
        check("${peers.host}:${peers.port.http}", "peers:80");
        check("${db.host}", "db");
    }

    #[test]
    fn refuses_references_where_they_go_round() {
        let component = |name: &str, inside: &str| format!("component {name} {{ image i; {inside} }}");
        let check = |app: String, environment: &str, expected: &[&str]| {
            assert_eq!(messages(&app, environment), expected, "{app} {environment}");
        };
        let here = |what: &str| format!("no reference can stand here: references are made of what `{what}` says");
        check(component("a", ""), "namespace=\"${app.name}\"", &[&here("environment")]);
        check(component("\"${app.name}\"", ""), "", &[&here("component")]);
        check(component("a", "port \"${app.name}\" 80"), "", &[&here("port")]);
        check(component("a", "name \"${environment.name}-a\""), "", &[]);
        check(
            component("a", "name \"${a.host}\"; port http 80; service"),
            "",
            &["`${a.host}` has no value here: a name cannot be made of another component's"],
        );
        check(component("a", "config { A \"${\" }"), "", &["this reference is not closed"]);
        check(component("a", "config { A \"${b.host}\" }"), "", &["`${b.host}` refers to nothing"]);
        let peers = |name: &str| format!("port http 80; additional-service {name}; config {{ A \"${{b.host}}\" }}");
        check(component("a", &peers("b")), "", &[]);
        check(
            component("a", &peers("\"${app.name}\"")),
            "",
            &[&here("additional-service"), "`${b.host}` refers to nothing"],
        );
        let both = "both a component and a service of its own, or two services, are called `b`";
        let refused = format!("`${{b.host}}` has no value here: {both}");
        check(component("a", &peers("b")) + "; external-service b host=x", "", &[&refused]);
        check(component("a", &peers("b")) + "; component b { image i }", "", &[&refused]);
    }
}
