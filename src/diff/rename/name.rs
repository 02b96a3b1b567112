//! Names inside other text.

/// Replaces a name where it stands as a word of its own: not as a part of a longer one.
pub(super) fn replaced(text: &str, from: &str, to: &str) -> String {
    if from.is_empty() || !text.contains(from) {
        return text.to_owned();
    }
    let is_word = |it: char| it.is_ascii_alphanumeric();
    let (mut out, mut rest) = (String::with_capacity(text.len()), 0);
    while let Some(start) = text[rest..].find(from).map(|it| rest + it) {
        let end = start + from.len();
        let is_whole = !text[..start].ends_with(is_word) && !text[end..].starts_with(is_word);
        out.push_str(&text[rest..start]);
        out.push_str(if is_whole { to } else { from });
        rest = end;
    }
    out.push_str(&text[rest..]);
    out
}

/// Returns the parts of a name that could be a name: those that begin and end at its separators.
pub(super) fn parts(name: &str) -> Vec<&str> {
    let is_end = |at: &usize| {
        let is_word = |it: Option<char>| it.is_some_and(|it| it.is_ascii_alphanumeric());
        is_word(name[..*at].chars().next_back()) != is_word(name[*at..].chars().next())
    };
    let ends: Vec<usize> = (0..=name.len()).filter(|it| name.is_char_boundary(*it)).filter(is_end).collect();
    let from = |index: usize| ends[index + 1..].iter().map(move |end| (index, *end));
    (0..ends.len()).flat_map(from).map(|(start, end)| &name[ends[start]..end]).collect()
}

/// True where a text names it as a word of its own.
pub(super) fn mentions(text: &str, name: &str) -> bool {
    replaced(text, name, "\u{0}").contains('\u{0}')
}

#[cfg(test)]
mod tests {
    use super::{mentions, parts, replaced};

    #[test]
    fn replaces_whole_names() {
        let check = |text: &str, expected: &str| assert_eq!(replaced(text, "web", "site"), expected);
        check("web", "site");
        check("web-config", "site-config");
        check("http://web:80/webs", "http://site:80/webs");
        check("cobweb", "cobweb");
        check("webweb web", "webweb site");
        assert_eq!(replaced("a", "", "b"), "a");
        assert!(mentions("my-web", "web") && !mentions("webs", "web"));
    }

    #[test]
    fn takes_a_name_apart() {
        assert_eq!(parts("a-b"), ["a", "a-", "a-b", "-", "-b", "b"]);
        assert_eq!(parts("web"), ["web"]);
        assert_eq!(parts(""), [""; 0]);
    }
}
