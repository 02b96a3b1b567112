//! Numbers and names as the findings write them.

use crate::object::Quantity;

/// Writes `1 pod`, `3 pods`.
pub(super) fn count(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// Writes the length of a list, `3 objects`.
pub(super) fn count_of<T>(items: &[T], noun: &str) -> String {
    count(u64::try_from(items.len()).unwrap_or(u64::MAX), noun)
}

/// Writes `a`, `a and b`, `a, b and c`.
pub(super) fn list<T: AsRef<str>>(items: &[T]) -> String {
    match items {
        [] => String::new(),
        [only] => only.as_ref().to_owned(),
        [rest @ .., last] => {
            let rest: Vec<&str> = rest.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", rest.join(", "), last.as_ref())
        }
    }
}

/// Writes each item in backticks, as a list.
pub(super) fn quoted<T: AsRef<str>>(items: &[T]) -> String {
    list(&items.iter().map(|it| format!("`{}`", it.as_ref())).collect::<Vec<_>>())
}

/// Writes thousandths of a core as Kubernetes does: `250m`, `2`.
pub(super) fn cores(milli: i128) -> String {
    if milli % 1000 == 0 { (milli / 1000).to_string() } else { format!("{milli}m") }
}

/// Writes bytes as Kubernetes does: `768Mi`.
pub(super) fn bytes(count: i128) -> String {
    Quantity::bytes(i64::try_from(count).unwrap_or(i64::MAX)).to_string()
}

/// Writes `250m CPU and 256Mi memory`, or only what is not zero of it.
pub(super) fn amount(cpu_milli: i128, memory_bytes: i128) -> String {
    let cpu = (cpu_milli != 0).then(|| format!("{} CPU", cores(cpu_milli)));
    let memory = (memory_bytes != 0).then(|| format!("{} memory", bytes(memory_bytes)));
    list(&cpu.into_iter().chain(memory).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::{bytes, cores, count, list, quoted};

    #[test]
    fn writes_numbers_and_lists() {
        assert_eq!([count(0, "pod"), count(1, "pod"), count(2, "pod")], ["0 pods", "1 pod", "2 pods"]);
        assert_eq!(list(&["a"]), "a");
        assert_eq!(quoted(&["a", "b", "c"]), "`a`, `b` and `c`");
        assert_eq!([cores(250), cores(2000), cores(1250)], ["250m", "2", "1250m"]);
        assert_eq!([bytes(768 << 20), bytes(1 << 30)], ["768Mi", "1Gi"]);
    }
}
