//! Ordered columns in, the middle of every slot out: as near to what it is joined with as the others of its column let
//! it.

use super::layers::Layers;

/// The room between two slots of a column.
const BETWEEN: i64 = 16;
/// How often the columns are gone through.
const SWEEPS: usize = 8;

/// A line between two slots, and how much it wants to be straight.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pull {
    /// The left slot.
    pub(super) left: usize,
    /// The right slot.
    pub(super) right: usize,
    /// How much.
    pub(super) weight: i64,
}

/// Returns the middle of every slot, from 0 at the upper edge of the highest, for slots of these heights.
pub(super) fn place(layers: &Layers, heights: &[i64], pulls: &[Pull]) -> Vec<i64> {
    let mut middles = vec![0; heights.len()];
    for column in &layers.columns {
        let mut top = 0;
        for slot in column {
            middles[*slot] = top + heights[*slot] / 2;
            top += heights[*slot] + BETWEEN;
        }
    }
    for sweep in 0..=SWEEPS {
        let columns = layers.columns.len();
        for step in 0..columns {
            let column = &layers.columns[if sweep % 2 == 0 { columns - 1 - step } else { step }];
            let wanted = column.iter().map(|slot| {
                let near = pulls.iter().filter_map(|it| {
                    let looks = |from, to| (from == *slot).then_some((middles[to], it.weight));
                    // At last both sides count.
                    let left = looks(it.right, it.left).filter(|_| sweep % 2 == 1 || sweep == SWEEPS);
                    left.or_else(|| looks(it.left, it.right).filter(|_| sweep % 2 == 0))
                });
                let (sum, weight) = near.fold((0, 0), |sum, it| (sum.0 + it.0 * it.1, sum.1 + it.1));
                if weight == 0 { middles[*slot] } else { sum / weight }
            });
            let wanted: Vec<i64> = wanted.collect();
            let own: Vec<i64> = column.iter().map(|it| heights[*it]).collect();
            for (slot, middle) in column.iter().zip(settle(&wanted, &own)) {
                middles[*slot] = middle;
            }
        }
    }
    let top = (0..heights.len()).map(|it| middles[it] - heights[it] / 2).min().unwrap_or(0);
    middles.iter().map(|it| it - top).collect()
}

/// Returns the middles nearest to those wanted that keep the order and the room between: where slots would overlap, they
/// move together around the mean of their wishes.
fn settle(wanted: &[i64], heights: &[i64]) -> Vec<i64> {
    // With the room that all before it take subtracted, slots that touch want the same.
    let mut offsets = vec![0; wanted.len()];
    for at in 1..wanted.len() {
        offsets[at] = offsets[at - 1] + i64::midpoint(heights[at - 1], heights[at]) + BETWEEN;
    }
    let mut blocks: Vec<(i64, i64)> = Vec::new();
    for (at, middle) in wanted.iter().enumerate() {
        let mut block = (middle - offsets[at], 1);
        while let Some(above) = blocks.pop_if(|it| it.0 * block.1 >= block.0 * it.1) {
            block = (block.0 + above.0, block.1 + above.1);
        }
        blocks.push(block);
    }
    let settled = blocks.iter().flat_map(|(sum, count)| (0..*count).map(|_| sum.div_euclid(*count)));
    settled.zip(&offsets).map(|(middle, offset)| middle + offset).collect()
}

#[cfg(test)]
mod tests {
    use super::settle;

    #[test]
    fn slots_stand_where_they_want_or_share_the_want() {
        let check = |wanted: &[i64], expected: &[i64]| assert_eq!(settle(wanted, &vec![20; wanted.len()]), expected);
        check(&[], &[]);
        check(&[0, 100], &[0, 100]);
        check(&[50, 50], &[32, 68]);
        check(&[100, 0], &[32, 68]);
        check(&[0, 10, 500], &[-13, 23, 500]);
    }
}
