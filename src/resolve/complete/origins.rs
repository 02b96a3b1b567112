//! Web origins: which settings hold them, what one is, and which a protected environment refuses.

use super::Context;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::house_rule::{ORIGIN_EXPOSURE, or_waive};
use crate::object::{ObjectId, Waived, Waiver};
use crate::source::Span;

/// A setting that breaks the rule, and the object it ends up in.
pub(super) struct Refused {
    pub(super) diagnostic: Diagnostic,
    pub(super) object: ObjectId,
}

/// True for a setting that holds origins by its name: `CORS_ORIGINS`, `allowed-origins`, `CORS_ALLOW_ORIGIN`.
pub(super) fn names_origins(key: &str) -> bool {
    let key = key.to_ascii_uppercase();
    let has = |word: &str| key.split(|it: char| !it.is_ascii_alphanumeric()).any(|it| it == word);
    has("ORIGINS") || (has("ORIGIN") && (has("CORS") || has("ALLOW") || has("ALLOWED")))
}

/// Refuses an origin that a protected environment must not allow: every one, or an unencrypted one.
pub(super) fn refusal(key: &str, text: &str, span: Option<Span>, context: &Context<'_>) -> Option<Diagnostic> {
    let what = match text {
        "*" => "every origin",
        _ if text.get(..7).is_some_and(|it| it.eq_ignore_ascii_case("http://")) => "an unencrypted origin",
        _ => return None,
    };
    let environment = &context.environment;
    environment.protected.then(|| {
        let name = &environment.name.value;
        let message = format!("`{key}` allows {what}, {text:?}, in the protected environment `{name}`");
        Diagnostic::new(ORIGIN_EXPOSURE, message)
            .at_some(span, "")
            .help("name the https:// origins that may call")
            .help(or_waive(ORIGIN_EXPOSURE))
    })
}

/// Reports what is refused, unless the rule is off or the component is excused from it.
pub(super) fn report(refused: Vec<Refused>, waivers: &[Waiver], context: &mut Context<'_>) {
    let waiver = waivers.iter().find(|it| it.code == ORIGIN_EXPOSURE.name);
    let mut excused: Vec<ObjectId> = Vec::new();
    for Refused { diagnostic, object } in refused {
        let Some(message) = context.policy.applied(diagnostic.about(&object)) else { continue };
        match waiver {
            None => context.diagnostics.push(message),
            Some(_) if excused.contains(&object) => {}
            Some(waiver) => {
                let environment = &context.environment.name.value;
                context.waived.push(Waived::new(message.in_environment(environment), waiver, environment));
                excused.push(object);
            }
        }
    }
}

/// True for `scheme://host`, with anything after that.
pub(super) fn is_url(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, rest)| {
        is_scheme(scheme) && is_authority(rest.split(['/', '?', '#']).next().unwrap_or_default())
    })
}

/// True for `scheme://host` or `scheme://host:port`, and nothing after that (RFC 6454, section 6.2).
pub(super) fn is_origin(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, rest)| {
        is_scheme(scheme) && is_authority(rest) && !rest.contains('@')
            // A browser sends it in lower case, and it is compared letter by letter.
            && !text.bytes().any(|it| it.is_ascii_uppercase())
    })
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
    use super::{is_origin, is_url, names_origins};

    #[test]
    fn knows_settings_that_hold_origins() {
        for key in ["CORS_ORIGINS", "ALLOWED_ORIGINS", "cors_allowed_origins", "CORS_ORIGIN", "cors.allow-origin"] {
            assert!(names_origins(key), "{key}");
        }
        for key in ["ORIGIN", "ORIGINAL_NAME", "ORIGIN_ID", "CORS_ENABLED", "ALLOW_ORIGINATOR"] {
            assert!(!names_origins(key), "{key}");
        }
    }

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
            "https://A",
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
