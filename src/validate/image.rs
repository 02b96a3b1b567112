//! Image references: `registry.example.com:5000/team/app:1.0.0@sha256:…`.

/// An image reference, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ImageReference<'a> {
    /// Registry and path.
    pub(super) name: &'a str,
    /// What stands behind the colon.
    pub(super) tag: Option<&'a str>,
    /// What stands behind the at sign.
    pub(super) digest: Option<&'a str>,
}

impl<'a> ImageReference<'a> {
    /// Reads a reference. Returns none for what is none.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        Self::read(text).ok()
    }

    /// Reads a reference by the grammar of `github.com/distribution/reference`. Returns which part is none.
    pub(super) fn read(text: &'a str) -> Result<Self, &'static str> {
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest)),
            None => (text, None),
        };
        let last = rest.rfind('/').map_or(0, |it| it + 1);
        let (name, tag) = match rest[last..].find(':') {
            Some(colon) => (&rest[..last + colon], Some(&rest[last + colon + 1..])),
            None => (rest, None),
        };
        if !is_name(name) {
            return Err("the repository must be lower-case letters and digits, with '.', '_', '-' and '/' between \
                        them, such as `registry.example.com/team/app`");
        }
        if !tag.is_none_or(is_tag) {
            return Err("the tag must be at most 128 letters, digits, '_', '.' and '-', and not start with '.' or '-'");
        }
        if !digest.is_none_or(is_digest) {
            return Err("the digest must be such as `sha256:` and 64 hexadecimal digits");
        }
        Ok(Self { name, tag, digest })
    }
}

fn is_name(name: &str) -> bool {
    let path = match name.split_once('/') {
        Some((domain, path)) if domain.contains(['.', ':']) || domain == "localhost" => {
            if !is_domain(domain) {
                return false;
            }
            path
        }
        Some(_) | None => name,
    };
    name.len() <= 255 && path.split('/').all(is_component)
}

fn is_domain(domain: &str) -> bool {
    let (host, port) = match domain.rsplit_once(':') {
        Some((host, port)) if !host.is_empty() => (host, Some(port)),
        Some(_) => return false,
        None => (domain, None),
    };
    let label = |it: &str| {
        !it.is_empty()
            && it.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-')
            && !it.starts_with('-')
            && !it.ends_with('-')
    };
    let digits = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
    host.split('.').all(label) && port.is_none_or(digits)
}

/// True for lower-case letters and digits, joined by one dot, one or two underscores, or any number of hyphens.
fn is_component(component: &str) -> bool {
    let edge = |it: Option<u8>| it.is_some_and(|it| it.is_ascii_lowercase() || it.is_ascii_digit());
    let known = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || b"._-".contains(&it);
    let separated = component
        .split(|it: char| it.is_ascii_lowercase() || it.is_ascii_digit())
        .all(|it| matches!(it, "" | "." | "_" | "__") || it.bytes().all(|it| it == b'-'));
    edge(component.bytes().next()) && edge(component.bytes().last()) && component.bytes().all(known) && separated
}

fn is_tag(tag: &str) -> bool {
    let word = |it: u8| it.is_ascii_alphanumeric() || it == b'_';
    (1..=128).contains(&tag.len())
        && tag.bytes().next().is_some_and(word)
        && tag.bytes().all(|it| word(it) || it == b'.' || it == b'-')
}

fn is_digest(digest: &str) -> bool {
    digest.split_once(':').is_some_and(|(algorithm, hex)| {
        let name = |it: u8| it.is_ascii_alphanumeric() || b"+._-".contains(&it);
        !algorithm.is_empty()
            && algorithm.bytes().all(name)
            && hex.len() >= 32
            && hex.bytes().all(|it| it.is_ascii_hexdigit())
    })
}

#[cfg(test)]
mod tests {
    use super::ImageReference;

    #[test]
    fn reads_references() {
        let check = |text, name, tag| {
            let reference = ImageReference::parse(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((reference.name, reference.tag), (name, tag), "{text}");
        };
        check("nginx", "nginx", None);
        check("nginx:1.27", "nginx", Some("1.27"));
        check("localhost:5000/a", "localhost:5000/a", None);
        check("localhost:5000/a:b", "localhost:5000/a", Some("b"));
        check("ghcr.io/team/my-app__x.y:V_1-2", "ghcr.io/team/my-app__x.y", Some("V_1-2"));
        let digest = format!("a/b@sha256:{}", "0".repeat(64));
        assert!(ImageReference::parse(&digest).unwrap().digest.is_some());
        let long = format!("a:{}", "b".repeat(129));
        for text in
            ["", "A", "a b", "a:", "a:b c", "a@sha256:12", "/a", "a/", "a//b", "a..b", "-a", "a_", "http://a/b", &long]
        {
            assert_eq!(ImageReference::parse(text), None, "{text}");
        }
    }
}
