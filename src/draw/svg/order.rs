//! Columns in, the same with fewer crossings out: every slot moves to the middle of those that it is joined with, column
//! by column and back, and then neighbours are swapped while that helps. The best order that was seen stays.

use super::layers::Layers;

/// How often the columns are gone through.
const SWEEPS: usize = 24;
/// So that the middle of some positions is a whole number.
const SCALE: i64 = 840;

/// Where a slot looks for what it is joined with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

/// What becomes of two neighbours that cross as much either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tie {
    Keep,
    Turn,
}

/// Orders the slots of every column.
pub(super) fn order(layers: &mut Layers) {
    let neighbours = [Side::Left, Side::Right].map(|it| joined(layers, it));
    let mut best = (crossings(layers, &neighbours[1]), layers.columns.clone());
    for sweep in 0..SWEEPS {
        let rightward = sweep % 2 == 0;
        let towards = if rightward { &neighbours[0] } else { &neighbours[1] };
        let columns = layers.columns.len();
        for step in 0..columns {
            let column = if rightward { step } else { columns - 1 - step };
            let positions = positions(layers);
            let middle = |slot: &usize| {
                let near = towards[*slot].iter();
                let sum = near.fold((0, 0), |sum, it| (sum.0 + positions[it.0] * it.1, sum.1 + it.1));
                if sum.1 == 0 { positions[*slot] * SCALE } else { sum.0 * SCALE / sum.1 }
            };
            layers.columns[column].sort_by_cached_key(middle);
        }
        // Now and then what makes no difference is turned too, so that the next sweep starts from elsewhere.
        swap(layers, &neighbours, if sweep % 4 == 1 { Tie::Turn } else { Tie::Keep });
        let found = crossings(layers, &neighbours[1]);
        if found < best.0 {
            best = (found, layers.columns.clone());
        }
    }
    layers.columns = best.1;
    for column in &mut layers.columns {
        // What is joined with the same stands in the order of the graph.
        for alike in column.chunk_by_mut(|a, b| neighbours.iter().all(|it| slots(&it[*a]).eq(slots(&it[*b])))) {
            alike.sort_unstable();
        }
    }
}

fn slots(joined: &[(usize, i64)]) -> impl Iterator<Item = usize> + '_ {
    joined.iter().map(|it| it.0)
}

/// Swaps neighbours in a column where that saves crossings on both sides together.
fn swap(layers: &mut Layers, neighbours: &[Joined; 2], tie: Tie) {
    let mut positions = positions(layers);
    for column in &mut layers.columns {
        for at in 1..column.len() {
            let (upper, lower) = (column[at - 1], column[at]);
            let crossed = |upper: usize, lower: usize| -> i64 {
                let pairs = neighbours
                    .iter()
                    .flat_map(|it| it[upper].iter().flat_map(|up| it[lower].iter().map(move |low| (up, low))));
                pairs.filter(|(up, low)| positions[up.0] > positions[low.0]).map(|(up, low)| up.1 * low.1).sum()
            };
            let (turned, kept) = (crossed(lower, upper), crossed(upper, lower));
            if turned < kept || (turned == kept && tie == Tie::Turn) {
                column.swap(at - 1, at);
                (positions[upper], positions[lower]) = (positions[lower], positions[upper]);
            }
        }
    }
}

/// The slots that each slot is joined with on one side, and how strongly.
type Joined = Vec<Vec<(usize, i64)>>;

fn joined(layers: &Layers, side: Side) -> Joined {
    let mut joined = vec![Vec::new(); layers.slots.len()];
    for link in &layers.links {
        for pair in link.slots.windows(2) {
            let [left, right] = pair else { continue };
            match side {
                Side::Left => joined[*right].push((*left, link.strength)),
                Side::Right => joined[*left].push((*right, link.strength)),
            }
        }
    }
    joined
}

/// Returns the position of each slot in its column.
fn positions(layers: &Layers) -> Vec<i64> {
    let mut positions = vec![0; layers.slots.len()];
    for column in &layers.columns {
        for (position, slot) in (0..).zip(column) {
            positions[*slot] = position;
        }
    }
    positions
}

/// Returns how many pairs of lines cross, the strong ones counted more than once.
fn crossings(layers: &Layers, right: &Joined) -> i64 {
    let positions = positions(layers);
    let in_gap = |column: &Vec<usize>| {
        let ends: Vec<(i64, i64)> = column
            .iter()
            .flat_map(|slot| {
                let mut ends: Vec<_> = right[*slot].iter().map(|it| (positions[it.0], it.1)).collect();
                ends.sort_unstable();
                ends
            })
            .collect();
        let above = |at: usize| {
            let (own, strength) = ends[at];
            ends[..at].iter().filter(|it| it.0 > own).map(|it| it.1 * strength).sum::<i64>()
        };
        (0..ends.len()).map(above).sum::<i64>()
    };
    layers.columns.iter().map(in_gap).sum()
}

#[cfg(test)]
mod tests {
    use super::super::layers::{Layers, Link, Slot};
    use super::{Side, crossings, joined, order};

    #[test]
    fn lines_that_need_not_cross_do_not() {
        let check = |left: usize, right: usize, edges: &[(usize, usize)], expected: i64| {
            let slot = |column| move |node| Slot { node: Some(node), column };
            let slots = (0..left).map(slot(0)).chain((left..left + right).map(slot(1))).collect();
            let links = edges
                .iter()
                .enumerate()
                .map(|(edge, (a, b))| Link { edge, slots: vec![*a, left + b], strength: 1 })
                .collect();
            let columns = vec![(0..left).collect(), (left..left + right).collect()];
            let mut layers = Layers { slots, links, beside: Vec::new(), columns, lanes: Vec::new() };
            order(&mut layers);
            assert_eq!(crossings(&layers, &joined(&layers, Side::Right)), expected, "{edges:?}");
        };
        check(2, 2, &[(0, 1), (1, 0)], 0);
        check(3, 3, &[(0, 2), (1, 1), (2, 0)], 0);
        check(2, 2, &[(0, 0), (0, 1), (1, 0), (1, 1)], 1);
        check(1, 3, &[(0, 2)], 0);
        check(0, 0, &[], 0);
    }
}
