//! "Did you mean": the nearest known name to what was written.

/// Returns the known name nearest to `written`, or none that is near enough to be meant.
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = written.to_lowercase();
    known
        .into_iter()
        .filter(|name| *name != written)
        .map(|name| (strsim::jaro_winkler(&folded, &name.to_lowercase()), name))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_the_name_that_was_meant() {
        let known = ["replicas", "resources", "service", "port"];
        let check = |written, expected| assert_eq!(nearest(written, known), expected, "{written}");
        check("replica", Some("replicas"));
        check("Service", Some("service"));
        check("recources", Some("resources"));
        check("banana", None);
        check("", None);
    }
}
