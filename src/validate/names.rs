//! The syntax of names: what Kubernetes takes as a DNS label, a label's key, a port's name, and so on.
//!
//! Each checker takes a whole text (a trailing newline is part of it), counts bytes, and returns the API server's
//! words for what is wrong. Source: `k8s.io/apimachinery/pkg/util/validation` and `pkg/api/validation`.

use crate::diagnostic::Code;

/// A name has characters or a length that Kubernetes does not take.
pub const INVALID_NAME: Code = Code::error("invalid-name");
/// The key or value of a label, an annotation or a selector has characters or a length that Kubernetes does not take.
pub const INVALID_LABEL: Code = Code::error("invalid-label");
/// A port is no number from 1 to 65535, or no port name.
pub const INVALID_PORT: Code = Code::error("invalid-port");
/// The key of a `ConfigMap` or `Secret` cannot be a file name.
pub const INVALID_KEY: Code = Code::error("invalid-key");
/// A path is empty, relative where it must be absolute, absolute where it must be relative, or leads upward.
pub const INVALID_PATH: Code = Code::error("invalid-path");
/// An IP address, an address range or a host name is none.
pub const INVALID_ADDRESS: Code = Code::error("invalid-address");

/// The codes of wrong syntax.
pub const CODES: &[Code] = &[INVALID_ADDRESS, INVALID_KEY, INVALID_LABEL, INVALID_NAME, INVALID_PATH, INVALID_PORT];

/// What a checker says: nothing, or what is wrong.
pub(super) type Verdict = Result<(), &'static str>;

const TOO_LONG_63: &str = "must be no more than 63 characters";
const TOO_LONG_253: &str = "must be no more than 253 characters";
const LABEL: &str = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must \
                     start and end with an alphanumeric character";
const LABEL_1035: &str = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an \
                          alphabetic character, and end with an alphanumeric character";
const SUBDOMAIN: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or \
                         '.', and must start and end with an alphanumeric character";
const QUALIFIED: &str = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end \
                         with an alphanumeric character";
const QUALIFIED_PREFIX: &str = "prefix part must be a lowercase RFC 1123 subdomain of no more than 253 characters";
const LABEL_VALUE: &str = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or \
                           '.', and must start and end with an alphanumeric character";
const KEY: &str = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'";

/// Checks the name of a container, a volume or a namespace.
pub(super) fn dns_label(text: &str) -> Verdict {
    if text.len() > 63 {
        return Err(TOO_LONG_63);
    }
    if text.contains('.') {
        return Err("must not contain dots");
    }
    if is_label(text) { Ok(()) } else { Err(LABEL) }
}

/// Checks the name of a Service.
pub(super) fn dns_1035_label(text: &str) -> Verdict {
    if text.len() > 63 {
        return Err(TOO_LONG_63);
    }
    if is_label(text) && text.starts_with(|it: char| it.is_ascii_lowercase()) { Ok(()) } else { Err(LABEL_1035) }
}

/// Checks the name of most objects. A part between dots may be longer than 63 bytes, as in Kubernetes.
pub(super) fn dns_subdomain(text: &str) -> Verdict {
    if text.len() > 253 {
        return Err(TOO_LONG_253);
    }
    if text.split('.').all(is_label) { Ok(()) } else { Err(SUBDOMAIN) }
}

/// Checks the name of an object that may be any segment of a URL.
pub(super) fn path_segment(text: &str) -> Verdict {
    match text {
        "." => Err("may not be '.'"),
        ".." => Err("may not be '..'"),
        _ if text.contains('/') => Err("may not contain '/'"),
        _ if text.contains('%') => Err("may not contain '%'"),
        _ if text.len() > 253 => Err(TOO_LONG_253),
        _ => Ok(()),
    }
}

/// True for a name that Kubernetes takes for some kinds, and that cannot be a file name everywhere or that hides in a
/// log.
pub(super) fn is_unsafe(text: &str) -> bool {
    let safe = |it: u8| it.is_ascii_alphanumeric() || b":._-".contains(&it);
    !text.bytes().all(safe) || !text.starts_with(|it: char| it.is_ascii_alphanumeric())
}

/// Checks a domain and a path behind it: `example.com/controller` (`IsDomainPrefixedPath`).
pub(super) fn domain_prefixed_path(text: &str) -> Verdict {
    let known = |it: u8| it.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@%/".contains(&it);
    if text.len() > 63 {
        return Err(TOO_LONG_63);
    }
    match text.split_once('/') {
        Some((domain, path)) if !path.is_empty() && path.bytes().all(known) => dns_subdomain(domain),
        Some(_) | None => Err("must be a domain-prefixed path (such as \"acme.io/foo\")"),
    }
}

/// Checks the name of a CSI driver (`ValidateCSIDriverName`), which may have capital letters.
pub(super) fn csi_driver(text: &str) -> Verdict {
    if text.len() > 63 { Err(TOO_LONG_63) } else { dns_subdomain(&text.to_lowercase()) }
}

/// Checks a domain to search for names: `.`, or a domain with underscores and a dot at its end.
pub(super) fn search_domain(text: &str) -> Verdict {
    if text == "." { Ok(()) } else { dns_subdomain(&text.strip_suffix('.').unwrap_or(text).replace('_', "a")) }
}

/// Checks the key of a label, or of a finalizer: `app.kubernetes.io/name`.
pub(super) fn qualified_name(text: &str) -> Verdict {
    let (prefix, name) = match text.split_once('/') {
        Some((_, name)) if name.contains('/') => return Err(QUALIFIED),
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, text),
    };
    if prefix.is_some_and(|it| dns_subdomain(it).is_err()) {
        return Err(QUALIFIED_PREFIX);
    }
    if name.is_empty() {
        return Err("name part must be non-empty");
    }
    if name.len() > 63 {
        return Err("name part must be no more than 63 characters");
    }
    if is_qualified_part(name) { Ok(()) } else { Err(QUALIFIED) }
}

/// Checks the key of an annotation, which Kubernetes reads in lower case.
pub(super) fn annotation_key(text: &str) -> Verdict {
    qualified_name(&text.to_lowercase())
}

/// Checks the value of a label.
pub(super) fn label_value(text: &str) -> Verdict {
    if text.len() > 63 {
        return Err(TOO_LONG_63);
    }
    if text.is_empty() || is_qualified_part(text) { Ok(()) } else { Err(LABEL_VALUE) }
}

/// Checks the name of a container's port.
pub(super) fn port_name(text: &str) -> Verdict {
    if text.len() > 15 {
        return Err("must be no more than 15 characters");
    }
    let known = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-';
    if text.is_empty() || !text.bytes().all(known) {
        return Err("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
    }
    if !text.bytes().any(|it| it.is_ascii_lowercase()) {
        return Err("must contain at least one letter (a-z)");
    }
    if text.contains("--") {
        return Err("must not contain consecutive hyphens");
    }
    if text.starts_with('-') || text.ends_with('-') {
        return Err("must not begin or end with a hyphen");
    }
    Ok(())
}

/// Checks the key of a `ConfigMap` or `Secret`.
pub(super) fn config_key(text: &str) -> Verdict {
    if text.len() > 253 {
        return Err(TOO_LONG_253);
    }
    if text == "." {
        return Err("must not be '.'");
    }
    if text.starts_with("..") {
        return Err("must not start with '..'");
    }
    let known = |it: u8| it.is_ascii_alphanumeric() || b"-._".contains(&it);
    if !text.is_empty() && text.bytes().all(known) { Ok(()) } else { Err(KEY) }
}

/// Checks the name of an environment variable, by the rule before 1.32, which is that of shells and most programs.
pub(super) fn variable_name(text: &str) -> Verdict {
    let known = |it: u8| it.is_ascii_alphanumeric() || b"-._".contains(&it);
    if text == "." || text.starts_with("..") {
        return Err("must not be '.' or start with '..'");
    }
    if !text.is_empty() && text.bytes().all(known) && !text.starts_with(|it: char| it.is_ascii_digit()) {
        Ok(())
    } else {
        Err("a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and \
             must not start with a digit")
    }
}

/// Checks the name of an environment variable, by the rule since 1.32.
pub(super) fn relaxed_variable_name(text: &str) -> Verdict {
    let known = |it: u8| (b' '..=b'~').contains(&it) && it != b'=';
    if !text.is_empty() && text.bytes().all(known) {
        Ok(())
    } else {
        Err("a valid environment variable name must consist only of printable ASCII characters other than '='")
    }
}

/// Checks the name of an HTTP header.
pub(super) fn header_name(text: &str) -> Verdict {
    if !text.is_empty() && text.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-') {
        Ok(())
    } else {
        Err("a valid HTTP header must consist of alphanumeric characters or '-'")
    }
}

/// Checks a host name, which may be `*.` and a name.
pub(super) fn host(text: &str) -> Verdict {
    if text.parse::<std::net::IpAddr>().is_ok() {
        return Err("must be a DNS name, not an IP address");
    }
    if text.contains([':', '/']) {
        return Err("must be a host name alone, without scheme, port and path");
    }
    if !text.contains('*') {
        return dns_subdomain(text);
    }
    match text.strip_prefix("*.") {
        Some(rest) if text.len() <= 253 && dns_subdomain(rest).is_ok() => Ok(()),
        _ => Err("a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain"),
    }
}

/// Checks a path that must stay below where it is mounted.
pub(super) fn relative_path(text: &str) -> Verdict {
    if text.starts_with('/') {
        return Err("must be a relative path");
    }
    no_way_up(text)
}

/// Checks that no element of a path leads upward.
pub(super) fn no_way_up(text: &str) -> Verdict {
    if text.split('/').any(|it| it == "..") { Err("must not contain '..'") } else { Ok(()) }
}

/// Reads `25%`.
pub(super) fn percent(text: &str) -> Option<i64> {
    let digits = text.strip_suffix('%')?;
    let plain = !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit());
    plain.then(|| digits.parse().unwrap_or(i64::MAX))
}

/// True for `[a-z0-9]([-a-z0-9]*[a-z0-9])?`, of any length.
fn is_label(text: &str) -> bool {
    let known = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-';
    !text.is_empty() && text.bytes().all(known) && !text.starts_with('-') && !text.ends_with('-')
}

/// True for `([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]`, of any length.
fn is_qualified_part(text: &str) -> bool {
    let edge = |it: Option<&u8>| it.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = text.as_bytes();
    edge(bytes.first())
        && edge(bytes.last())
        && bytes.iter().all(|it| it.is_ascii_alphanumeric() || b"-_.".contains(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(checker: fn(&str) -> Verdict, accepted: &[&str], rejected: &[&str]) {
        for text in accepted {
            assert_eq!(checker(text), Ok(()), "{text:?}");
        }
        for text in rejected {
            assert!(checker(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn takes_what_kubernetes_takes() {
        let (at_63, over_63) = ("a".repeat(63), "a".repeat(64));
        let (at_253, over_253) = ("a".repeat(253), "a".repeat(254));
        check(dns_label, &["a", "0", "a-b", &at_63], &["", "A", "a.b", "-a", "a-", "a_b", "a\n", "ä", &over_63]);
        check(dns_1035_label, &["a", "a0", &at_63], &["", "0a", "a-", "a.b", "A", &over_63]);
        check(dns_subdomain, &["a.b", "0", &at_253], &["", "a..b", ".a", "a.", "a_b", "A", "a\n", &over_253]);
        check(path_segment, &["system:node", "A.b_c", "a b", ":a"], &[".", "..", "a/b", "a%b", &over_253]);
        check(
            qualified_name,
            &["a", "A.b_c-d", "example.com/Name", &at_63],
            &["", "/a", "a/", "a/b/c", "A/b", "-a", "a b", "a\n", &over_63],
        );
        check(annotation_key, &["Example.COM/a"], &["a b", "a/b/c"]);
        check(label_value, &["", "a", "A.b_c", "1.0.0", &at_63], &["-a", "a.", "a b", "a\n", "a/b", &over_63]);
        check(
            port_name,
            &["http", "a1", "1a", "a23456789012345"],
            &["", "Http", "80", "a--b", "-a", "a-", "a234567890123456"],
        );
        check(config_key, &["A", ".a", "a-b_c.d", &at_253], &["", ".", "..", "..a", "a b", "a/b", "a\n", &over_253]);
        check(variable_name, &["A", "_a", "a.b-c", ".a"], &["", "1A", "A B", "A=B", ".", "..a", "A\n"]);
        check(relaxed_variable_name, &["A", "1A", "A B", ".", "~"], &["", "A=B", "A\n", "Ä", "\u{7f}"]);
        for (name, expected) in
            [("a", false), ("a:b", false), ("a b", true), (":a", true), ("a\u{1b}", true), ("ä", true)]
        {
            assert_eq!(is_unsafe(name), expected, "{name:?}");
        }
        check(domain_prefixed_path, &["a.b/c", "a.b/c/d"], &["", "a", "a.b/", "A.b/c", "a.b/c d", &over_63]);
        check(csi_driver, &["Ebs.csi.aws.com", &at_63], &["", "a b", &over_63]);
        check(search_domain, &[".", "a.b", "a.b.", "_tcp.a"], &["", "..", "a..b", "a b"]);
        check(header_name, &["X-Y", "a"], &["", "X Y", "X:"]);
        check(host, &["a.b", "*.a.b"], &["*", "*a.b", "a.*.b", "10.0.0.1", "::1", "A.b", "a.b:80"]);
        check(relative_path, &["a", "a/b", "a..b"], &["/a", "..", "a/../b"]);
        assert_eq!(percent("25%"), Some(25));
        assert_eq!(percent("0%"), Some(0));
        for text in ["25", "%", "-1%", "1.5%", "25%\n", ""] {
            assert_eq!(percent(text), None, "{text}");
        }
    }
}
