//! Image references, taken apart: `registry.example.com:5000/team/app:1.0.0@sha256:…`.

/// An image reference. It may be none that a registry accepts; see [`ImageReference::is_valid`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageReference<'a> {
    /// Registry and path.
    pub repository: &'a str,
    /// What stands behind the colon.
    pub tag: Option<&'a str>,
    /// What stands behind the at sign, `sha256:…`.
    pub digest: Option<&'a str>,
}

impl<'a> ImageReference<'a> {
    /// Takes a reference apart.
    pub fn parse(text: &'a str) -> Self {
        let (name, digest) = match text.split_once('@') {
            Some((name, digest)) => (name, Some(digest)),
            None => (text, None),
        };
        // A colon before the last slash belongs to the registry's port.
        let path = name.rfind('/').map_or(0, |it| it + 1);
        match name[path..].find(':') {
            Some(colon) => Self { repository: &name[..path + colon], tag: Some(&name[path + colon + 1..]), digest },
            None => Self { repository: name, tag: None, digest },
        }
    }

    /// True where the same reference can mean another image tomorrow.
    pub fn is_mutable(self) -> bool {
        self.digest.is_none() && self.tag.is_none_or(|it| it == "latest")
    }

    /// True for a reference by the grammar of `github.com/distribution/reference`.
    pub fn is_valid(self) -> bool {
        self.fault().is_none()
    }

    /// Returns which part no registry accepts, and what it must be; none for a valid reference.
    pub fn fault(self) -> Option<&'static str> {
        if !is_name(self.repository) {
            Some(
                "the repository must be lower-case letters and digits, with '.', '_', '-' and '/' between them, such as \
                 `registry.example.com/team/app`",
            )
        } else if !self.tag.is_none_or(is_tag) {
            Some("the tag must be at most 128 letters, digits, '_', '.' and '-', and not start with '.' or '-'")
        } else if !self.digest.is_none_or(is_digest) {
            Some("the digest must be such as `sha256:` and 64 hexadecimal digits")
        } else {
            None
        }
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
        let check = |text, repository, tag| {
            let reference = ImageReference::parse(text);
            assert_eq!((reference.repository, reference.tag), (repository, tag), "{text}");
            assert!(reference.is_valid(), "{text}");
        };
        check("nginx", "nginx", None);
        check("nginx:1.27", "nginx", Some("1.27"));
        check("localhost:5000/a", "localhost:5000/a", None);
        check("localhost:5000/a:b", "localhost:5000/a", Some("b"));
        check("ghcr.io/team/my-app__x.y:V_1-2", "ghcr.io/team/my-app__x.y", Some("V_1-2"));
        let digest = format!("a/b@sha256:{}", "0".repeat(64));
        assert!(ImageReference::parse(&digest).digest.is_some());
        let long = format!("a:{}", "b".repeat(129));
        for text in
            ["", "A", "a b", "a:", "a:b c", "a@sha256:12", "/a", "a/", "a//b", "a..b", "-a", "a_", "http://a/b", &long]
        {
            assert!(!ImageReference::parse(text).is_valid(), "{text}");
        }
    }
}
