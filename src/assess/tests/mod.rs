//! The review as a whole.

pub(super) mod fixture;

use super::codes;

#[test]
fn codes_are_sorted_and_unique() {
    let codes = codes();
    assert!(codes.is_sorted_by(|a, b| a.name < b.name));
    assert!(codes.iter().all(|it| it.documentation.starts_with("https://")));
}
