//! A component's ConfigMap: its values, each of the type that its key declares.

use super::{Context, WRONG_CONFIG_TYPE, declared, property_text};
use crate::diagnostic::Diagnostic;
use crate::diagnostic::house_rule::{ORIGIN_NOT_ALLOWED, UNUSED_WAIVER};
use crate::object::{ObjectId, Waived, Waiver};
use crate::source::Traced;
use crate::spec::{ConfigMap, ConfigValue, Entry, Node};

/// Reads a component's config.
pub(super) fn read(
    component: &Node,
    object_name: &Traced<String>,
    waivers: &[Waiver],
    context: &mut Context<'_>,
) -> Option<ConfigMap> {
    let waiver = waivers.iter().find(|it| it.code == ORIGIN_NOT_ALLOWED.name);
    let block = component.child("config");
    let name = block.and_then(|it| property_text(it, "name")).unwrap_or_else(|| {
        Traced::new(
            format!("{}-config", object_name.value),
            object_name.origin.derived("a ConfigMap is called after the component's objects, with -config"),
        )
    });
    let mut refused = Vec::new();
    let mut values: Vec<ConfigValue> = Vec::new();
    for node in block.map(|it| it.children.as_slice()).unwrap_or_default() {
        let kind = property_text(node, "type").map_or_else(|| "string".to_owned(), |it| it.value);
        for entry in &node.arguments {
            check(&kind, node, entry, context, &mut refused);
        }
        values.push(value(node));
    }
    values.sort_by(|a, b| a.key.value.cmp(&b.key.value));
    match waiver {
        None => context.diagnostics.append(&mut refused),
        Some(waiver) if refused.is_empty() => {
            let message = format!("nothing breaks the rule `{}` that is waived", waiver.code);
            let diagnostic = Diagnostic::new(UNUSED_WAIVER, message).at(waiver.span, "");
            context.diagnostics.push(diagnostic.help("remove it, or move it to the environments that need it"));
        }
        Some(waiver) => context.waived.push(Waived {
            code: ORIGIN_NOT_ALLOWED,
            object: ObjectId {
                group: String::new(),
                kind: "ConfigMap".to_owned(),
                namespace: Some(context.environment.namespace.value.clone()),
                name: name.value.clone(),
            },
            environment: context.environment.name.value.clone(),
            waiver: waiver.clone(),
        }),
    }
    let block = block?;
    (!values.is_empty()).then(|| ConfigMap { name, values, origin: declared(block) })
}

fn value(node: &Node) -> ConfigValue {
    let key = Traced::new(node.name.value.clone(), node.origin.clone());
    let texts: Vec<String> = node.arguments.iter().map(|it| it.text().value).collect();
    let origin = node.arguments.first().map_or(&node.origin, |it| &it.origin).clone();
    ConfigValue { key, value: Traced::new(texts.join(","), origin) }
}

/// Checks one value against its declared type; what a protected environment refuses goes to `refused`.
fn check(kind: &str, node: &Node, entry: &Entry, context: &mut Context<'_>, refused: &mut Vec<Diagnostic>) {
    let text = entry.text().value;
    let problem = match kind {
        "integer" => text.parse::<i64>().err().map(|_| "a whole number"),
        "number" => (!text.parse::<f64>().is_ok_and(f64::is_finite)).then_some("a number"),
        "boolean" => (!matches!(text.as_str(), "true" | "false")).then_some("true or false"),
        "url" => (!is_url(&text)).then_some("a URL with a scheme and a host"),
        "origin" => (text != "*" && !is_origin(&text))
            .then_some("an origin: scheme, host and perhaps a port, without a path; or `*`"),
        _ => None,
    };
    let key = &node.name.value;
    if let Some(expected) = problem {
        let message = format!("`{key}` is {text:?}; expected {expected}");
        let mut diagnostic = Diagnostic::new(WRONG_CONFIG_TYPE, message).at_some(entry.span(), "");
        let declared = node.property("type").and_then(Entry::span);
        diagnostic = diagnostic.at_some(declared, "its type is declared here");
        if kind == "origin" && text.contains(',') {
            diagnostic = diagnostic.help("write several origins as several values: `\"https://a\" \"https://b\"`");
        } else if kind == "origin" && is_url(&text) {
            diagnostic = diagnostic.help("an origin has no path, not even `/`");
        }
        context.diagnostics.push(diagnostic);
        return;
    }
    if kind == "origin" && context.environment.protected && (text == "*" || !text.starts_with("https://")) {
        let what = if text == "*" { "every origin" } else { "an unencrypted origin" };
        let message = format!(
            "`{key}` allows {what}, {text:?}, in the protected environment `{}`",
            context.environment.name.value
        );
        refused.push(
            Diagnostic::new(ORIGIN_NOT_ALLOWED, message)
                .at_some(entry.span(), "")
                .help("name the https:// origins that may call")
                .help(format!("or say why it may: `waive {} reason=\"…\"` in the component", ORIGIN_NOT_ALLOWED.name)),
        );
    }
}

/// True for `scheme://host`, with anything after that.
fn is_url(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, rest)| {
        is_scheme(scheme) && is_authority(rest.split(['/', '?', '#']).next().unwrap_or_default())
    })
}

/// True for `scheme://host` or `scheme://host:port`, and nothing after that (RFC 6454, section 6.2).
fn is_origin(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, rest)| is_scheme(scheme) && is_authority(rest) && !rest.contains('@'))
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|it: char| it.is_ascii_alphabetic())
        && text.bytes().all(|it| it.is_ascii_alphanumeric() || b"+-.".contains(&it))
}

/// True for a host with an optional port, and an optional user before it.
fn is_authority(text: &str) -> bool {
    let host_port = text.rsplit_once('@').map_or(text, |(_, it)| it);
    let (host, port) = if let Some((address, rest)) = host_port.strip_prefix('[').and_then(|it| it.split_once(']')) {
        let port = if rest.is_empty() { Some("80") } else { rest.strip_prefix(':') };
        (address.parse::<std::net::Ipv6Addr>().is_ok(), port)
    } else {
        let (host, port) = host_port.split_once(':').unwrap_or((host_port, "80"));
        let plain = |it: u8| it.is_ascii_alphanumeric() || b"-._".contains(&it);
        (!host.is_empty() && host.bytes().all(plain), Some(port))
    };
    host && port.is_some_and(|it| it.parse::<u16>().is_ok_and(|it| it > 0))
}

#[cfg(test)]
mod tests {
    use super::{is_origin, is_url};

    #[test]
    fn tells_origins_from_urls() {
        for text in ["https://a.example.com", "http://localhost:3000", "https://[::1]:8443", "capacitor://localhost"] {
            assert!(is_origin(text), "{text}");
        }
        for text in [
            "",
            "*",
            "example.com",
            "https://",
            "https://a/",
            "https://a:0",
            "https://a:99999",
            "https://a b",
            "https://u@a",
            "https://a,https://b",
        ] {
            assert!(!is_origin(text), "{text}");
        }
        for text in ["https://a/b?c#d", "postgres://user:pw@db:5432/x", "http://a"] {
            assert!(is_url(text), "{text}");
        }
        for text in ["a/b", "https:///x", "://a"] {
            assert!(!is_url(text), "{text}");
        }
    }
}
