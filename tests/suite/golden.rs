//! Text and the name of a golden file in; fails with what differs, or with `BLESS=1` accepts the text.

use std::fs;
use std::path::Path;

/// Compares text with `tests/golden/<name>`.
pub(crate) fn check(name: &str, actual: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, actual).unwrap();
        return;
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    if expected != actual {
        let diff = similar::TextDiff::from_lines(expected.as_str(), actual);
        panic!("{name} differs; `BLESS=1 cargo test` accepts it\n{}", diff.unified_diff().header("expected", "actual"));
    }
}
