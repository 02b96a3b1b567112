//! Sets of numbers as intervals: what ports and addresses are counted with.

/// A set of numbers. The intervals are sorted, apart from each other, and hold both of their ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Intervals(Vec<(u128, u128)>);

impl Intervals {
    /// Collects intervals in any order. One that ends before it begins is empty.
    pub(super) fn of(intervals: impl IntoIterator<Item = (u128, u128)>) -> Self {
        let mut all: Vec<_> = intervals.into_iter().filter(|(first, last)| first <= last).collect();
        all.sort_unstable();
        let mut joined: Vec<(u128, u128)> = Vec::new();
        for (first, last) in all {
            match joined.last_mut().filter(|it| it.1.checked_add(1).is_none_or(|next| first <= next)) {
                Some(before) => before.1 = before.1.max(last),
                None => joined.push((first, last)),
            }
        }
        Self(joined)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u128, u128)> + '_ {
        self.0.iter().copied()
    }

    pub(super) fn union(&self, other: &Self) -> Self {
        Self::of(self.iter().chain(other.iter()))
    }

    /// Returns what is in this set and not in the other.
    pub(super) fn minus(&self, other: &Self) -> Self {
        let mut left = Vec::new();
        for (first, last) in self.iter() {
            let mut next = Some(first);
            for (start, end) in other.iter().filter(|(start, end)| *end >= first && *start <= last) {
                if let Some(from) = next.filter(|it| *it < start) {
                    left.push((from, start - 1));
                }
                next = end.checked_add(1);
            }
            left.extend(next.filter(|it| *it <= last).map(|it| (it, last)));
        }
        Self(left)
    }

    pub(super) fn intersection(&self, other: &Self) -> Self {
        self.minus(&self.minus(other))
    }
}

#[cfg(test)]
mod tests {
    use super::Intervals;

    #[test]
    fn counts_as_sets_do() {
        let of = |list: &[(u128, u128)]| Intervals::of(list.iter().copied());
        let check = |found: Intervals, expected: &[(u128, u128)]| assert_eq!(found.0, expected);
        check(of(&[(5, 7), (1, 3), (4, 4), (9, 8)]), &[(1, 7)]);
        check(of(&[(0, u128::MAX), (3, 4)]), &[(0, u128::MAX)]);
        check(of(&[(1, 9)]).minus(&of(&[(3, 4), (9, 12)])), &[(1, 2), (5, 8)]);
        check(of(&[(1, 9)]).minus(&of(&[])), &[(1, 9)]);
        check(of(&[(1, 9)]).minus(&of(&[(0, u128::MAX)])), &[]);
        check(of(&[(1, 4), (8, 9)]).minus(&of(&[(4, 8)])), &[(1, 3), (9, 9)]);
        check(of(&[(1, 4), (8, 9)]).intersection(&of(&[(4, 8)])), &[(4, 4), (8, 8)]);
        check(of(&[(1, 2)]).union(&of(&[(3, 4)])), &[(1, 4)]);
        assert!(of(&[(1, 2)]).intersection(&of(&[(3, 4)])).is_empty());
    }
}
