//! x

/// x
pub fn markdown(_: &crate::change::Review) -> String {
    String::new()
}
