//! Hosts that a text names: in URLs, with a port, as a whole value, or somewhere among words.

/// A name in a text that may be a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Host<'a> {
    /// As it is written, without the dot at its end.
    pub(super) name: &'a str,
    /// The port behind it.
    pub(super) port: Option<u64>,
    /// How it stands there.
    pub(super) form: Form,
}

/// How a name stands in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// In a URL, or behind the `@` of one.
    Url,
    /// Before a port, which no URL has.
    Port,
    /// It is the whole text.
    Whole,
    /// A word among others.
    Word,
}

/// Returns the names in a text that may be hosts, in order.
pub(super) fn hosts(text: &str) -> Vec<Host<'_>> {
    let is_name = |it: char| it.is_ascii_alphanumeric() || it == '-' || it == '.';
    let mut found = Vec::new();
    let mut rest = 0;
    while let Some(start) = text[rest..].find(is_name).map(|it| rest + it) {
        let end = text[start..].find(|it: char| !is_name(it)).map_or(text.len(), |it| start + it);
        rest = end;
        let port = text[end..].strip_prefix(':').and_then(port);
        let form = if is_authority(&text[..start], &text[end..]) {
            Form::Url
        } else if port.is_some() {
            Form::Port
        } else if start == 0 && end == text.len() {
            Form::Whole
        } else {
            Form::Word
        };
        found.push(Host { name: text[start..end].trim_end_matches('.'), port, form });
    }
    found
}

fn port(behind: &str) -> Option<u64> {
    let end = behind.find(|it: char| !it.is_ascii_digit()).unwrap_or(behind.len());
    behind[..end].parse().ok()
}

/// True between `scheme://`, a user where there is one, and what follows a host: a user before an `@` is none.
fn is_authority(before: &str, behind: &str) -> bool {
    let is_end = |it: char| it == '/' || it.is_whitespace() || matches!(it, '"' | '\'');
    let is_user = || behind.split(is_end).next().is_some_and(|it| it.contains('@'));
    match before.rsplit_once("//") {
        Some((_, "")) => !is_user(),
        Some((_, user)) => user.ends_with('@') && !user.contains(is_end),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{Form, hosts};

    #[test]
    fn a_name_is_seen_with_its_form_and_port() {
        let check = |text: &str, expected: &[(&str, Option<u64>, Form)]| {
            let found: Vec<_> = hosts(text).iter().map(|it| (it.name, it.port, it.form)).collect();
            assert_eq!(found, expected, "{text}");
        };
        check("api", &[("api", None, Form::Whole)]);
        check("api:80", &[("api", Some(80), Form::Port), ("80", None, Form::Word)]);
        check("http://api/v1", &[("http", None, Form::Word), ("api", None, Form::Url), ("v1", None, Form::Word)]);
        check("api.dev.svc.", &[("api.dev.svc", None, Form::Whole)]);
        check("", &[]);
        let url = hosts("redis://user:secret@db:6379");
        assert_eq!((url[1].name, url[1].form), ("user", Form::Word));
        assert_eq!((url[3].name, url[3].form, url[3].port), ("db", Form::Url, Some(6379)));
        assert_eq!(hosts("ask jane@db")[2].form, Form::Word);
    }
}
