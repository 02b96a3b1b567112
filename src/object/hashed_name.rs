//! Names with a hash of their object's content at the end, so that another content is another object.

/// Returns the name before its content hash, and the hash: ten letters and digits of kustomize's alphabet, or hexadecimal
/// digits, at least six and not all of them letters or all of them digits.
///
/// kustomize: `encode` in `api/hasher/hasher.go` leaves out the letters and digits that could spell a word.
pub fn without_hash(name: &str) -> Option<(&str, &str)> {
    let (stem, hash) = name.rsplit_once('-').filter(|it| !it.0.is_empty())?;
    let is_kustomize = hash.len() == 10 && hash.chars().all(|it| "2456789bcdfghkmt".contains(it));
    let is_hexadecimal = hash.len() >= 6 && hash.chars().all(|it| it.is_ascii_digit() || ('a'..='f').contains(&it));
    let is_mixed = hash.contains(|it: char| it.is_ascii_digit()) && hash.contains(|it: char| it.is_ascii_lowercase());
    (is_mixed && (is_kustomize || is_hexadecimal)).then_some((stem, hash))
}

#[cfg(test)]
mod tests {
    use super::without_hash;

    #[test]
    fn finds_the_hash_at_the_end_of_a_name() {
        let check = |name: &str, stem: Option<&str>| assert_eq!(without_hash(name).map(|it| it.0), stem, "{name}");
        check("web-config-7f9c4d5b8k", Some("web-config"));
        check("web-config-2bdk84hm5t", Some("web-config"));
        check("web-config-3f2a91", Some("web-config"));
        check("web-config-3f2a91bc0d4e5f60", Some("web-config"));
        check("web-config", None);
        check("web-config-v2", None);
        check("web-20240101", None);
        check("web-feedbacked", None);
        check("web-deadbeef", None);
        check("web-3f2a9", None);
        check("web-7f9c4d5b8a1", Some("web"));
        check("web-7f9c4d5b8z", None);
        check("-7f9c4d5b8k", None);
        check("7f9c4d5b8k", None);
    }
}
