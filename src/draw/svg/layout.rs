//! A graph in, where everything stands out: cards, the ways of the edges, and their labels.

use super::card::{Card, LINE, Role, width};
use super::layers::{self, Layers};
use super::{order, place};
use crate::diagnostic::visible;
use crate::graph::{Edge, Graph, Lane};

/// The room left and right of a lane's cards.
const BESIDE: i64 = 14;
/// The least room between two columns, and what a line takes beside its label.
const GAP: i64 = 64;
/// What every line between two columns adds to that, and how much that may be.
const EACH: i64 = 5;
const MOST: i64 = 120;
/// The room around a picture.
pub(super) const MARGIN: i64 = 16;
/// The height of what an edge takes where it passes a column.
const PASSING: i64 = 10;
/// The most room between two lines that end at one card.
const STEP: i64 = 16;

/// The characters of the longest label that is shown whole.
const LONGEST_LABEL: usize = 32;

/// A point, from the upper left corner.
pub(super) type Point = (i64, i64);

/// A rectangle: left, upper, wide, high.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) x: i64,
    pub(super) y: i64,
    pub(super) width: i64,
    pub(super) height: i64,
}

/// An edge as it is drawn.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// Where it begins, passes and ends.
    pub(super) points: Vec<Point>,
    /// Its label, and the middle of that.
    pub(super) label: Option<(String, Point)>,
}

/// Where everything of one graph stands.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    /// The cards, in the order of the nodes.
    pub(super) cards: Vec<(Card, Area)>,
    /// The edges, in their order.
    pub(super) lines: Vec<Line>,
    /// The lanes.
    pub(super) lanes: Vec<(Lane, Area)>,
    /// How wide and how high all of it is.
    pub(super) size: Point,
}

/// Lays a graph out.
pub(super) fn layout(graph: &Graph) -> Layout {
    let mut layers = layers::layers(graph);
    order::order(&mut layers);
    let cards: Vec<Card> = graph.nodes.iter().map(Card::of).collect();
    let heights: Vec<i64> = layers.slots.iter().map(|it| it.node.map_or(PASSING, |node| cards[node].height)).collect();
    let middles = place::place(&layers, &heights, &pulls(&layers));
    let columns = columns(&layers, &cards, graph);
    // Above the cards stands what a lane is called.
    let below = LINE + BESIDE;
    let areas: Vec<Area> = layers
        .slots
        .iter()
        .enumerate()
        .map(|(slot, it)| {
            let (x, width) = columns[it.column];
            Area { x, y: below + middles[slot] - heights[slot] / 2, width, height: heights[slot] }
        })
        .collect();
    let bottom = areas.iter().map(|it| it.y + it.height).max().unwrap_or(below);
    let lane = |(lane, first, last): &(Lane, usize, usize)| {
        let (left, right) = (columns[*first].0, columns[*last].0 + columns[*last].1);
        let area = Area { x: left - BESIDE, y: 0, width: right - left + 2 * BESIDE, height: bottom + BESIDE };
        (*lane, area)
    };
    let lanes: Vec<(Lane, Area)> = layers.lanes.iter().map(lane).collect();
    let right = lanes.last().map_or(0, |(_, it)| it.x + it.width);
    Layout {
        lines: lines(&layers, &areas, graph),
        cards: cards.into_iter().zip(areas).collect(),
        lanes,
        size: (right, bottom + BESIDE),
    }
}

/// Returns how much each line wants to be straight; what passes a column, more than most.
fn pulls(layers: &Layers) -> Vec<place::Pull> {
    let passes = |slot: usize| layers.slots[slot].node.is_none();
    let pulls = layers.links.iter().flat_map(|link| {
        link.slots.windows(2).map(|pair| {
            let weight = if passes(pair[0]) && passes(pair[1]) { PASSING } else { link.strength };
            place::Pull { left: pair[0], right: pair[1], weight }
        })
    });
    pulls.collect()
}

/// Returns where each column begins and how wide it is: as wide as its widest card, and so far from the one before that
/// the labels between them have room.
fn columns(layers: &Layers, cards: &[Card], graph: &Graph) -> Vec<(i64, i64)> {
    let mut columns: Vec<(i64, i64)> = Vec::new();
    for (at, column) in layers.columns.iter().enumerate() {
        let widest = column.iter().filter_map(|it| layers.slots[*it].node).map(|it| cards[it].width).max();
        let before: Vec<&Edge> = edges_before(at, layers, graph).collect();
        let widest_label = before.iter().map(|it| width(Role::Detail, &label(it))).max().unwrap_or(0);
        let room = GAP + widest_label + i64::try_from(before.len()).map_or(MOST, |it| (it * EACH).min(MOST));
        let left = match columns.last() {
            None => BESIDE,
            Some((x, width)) => x + width + room,
        };
        let heading =
            layers.lanes.iter().find(|it| it.1 == at && it.2 == at).map_or(0, |it| width(Role::Detail, it.0.title()));
        columns.push((left, widest.unwrap_or(0).max(heading)));
    }
    columns
}

/// Iterates the edges whose labels stand in the room before a column.
fn edges_before<'a>(column: usize, layers: &'a Layers, graph: &'a Graph) -> impl Iterator<Item = &'a Edge> {
    let begins = move |slots: &[usize]| slots.first().is_some_and(|it| layers.slots[*it].column + 1 == column);
    let linked = layers.links.iter().filter(move |it| begins(&it.slots)).map(|it| it.edge);
    let beside = layers.beside.iter().copied().filter(move |it| layers.slots[graph.edges[*it].from].column == column);
    linked.chain(beside).map(|it| &graph.edges[it])
}

/// Returns the edges as lines, with labels where they do not lie upon each other.
fn lines(layers: &Layers, areas: &[Area], graph: &Graph) -> Vec<Line> {
    let mut lines: Vec<Line> = graph.edges.iter().map(|_| Line { points: Vec::new(), label: None }).collect();
    let ends = Ends::of(layers, areas, graph);
    for link in &layers.links {
        let last = link.slots.len().saturating_sub(1);
        let mut points = Vec::new();
        for (at, slot) in link.slots.iter().enumerate() {
            let area = areas[*slot];
            if at > 0 {
                points.push((area.x, ends.left(link.edge, *slot, area)));
            }
            if at < last {
                points.push((area.x + area.width, ends.right(link.edge, *slot, area)));
            }
        }
        if link.slots.first() != Some(&graph.edges[link.edge].from) {
            points.reverse();
        }
        flatten(&mut points);
        lines[link.edge].points = points;
    }
    for place in &layers.beside {
        let Edge { from, to, .. } = graph.edges[*place];
        let end = |node: usize| (areas[node].x, ends.left(*place, node, areas[node]));
        lines[*place].points = vec![end(from), end(to)];
    }
    let mut taken: Vec<Area> = areas[..graph.nodes.len()].to_vec();
    for (line, edge) in lines.iter_mut().zip(&graph.edges) {
        let text = label(edge);
        if !text.is_empty() {
            let middle = free(&line.points, width(Role::Detail, &text), &mut taken);
            line.label = Some((text, middle));
        }
    }
    lines
}

/// Returns the label of an edge, without the end of a long one: the sentence about the edge has all of it.
fn label(edge: &Edge) -> String {
    let text = visible::escape(&edge.label);
    if text.chars().count() <= LONGEST_LABEL {
        return text;
    }
    text.chars().take(LONGEST_LABEL - 1).chain(['…']).collect()
}

/// Makes a line straight that is nearly so.
fn flatten(points: &mut [Point]) {
    if let [(_, from), (_, to)] = points
        && (*from - *to).abs() < STEP
    {
        *from = i64::midpoint(*from, *to);
        *to = *from;
    }
}

/// Returns a place for a label on a line: of several, the first that lies upon nothing.
fn free(points: &[Point], width: i64, taken: &mut Vec<Area>) -> Point {
    let area = |middle| label_area(middle, width);
    let curves: Vec<[Point; 4]> = curves(points).collect();
    // What goes around has its label before it.
    let before = if matches!(points, [from, to] if from.0 == to.0) { width / 2 } else { 0 };
    let places: Vec<Point> = [8, 6, 10, 5, 11, 4, 12, 3, 13]
        .into_iter()
        .flat_map(|at| curves.iter().map(move |it| point(it, at)))
        .map(|(x, y)| (x - before, y))
        .collect();
    let is_free = |it: &&Point| !taken.iter().any(|other| overlap(area(**it), *other));
    let found = places.iter().find(is_free).or(places.first()).copied().unwrap_or_default();
    taken.push(area(found));
    found
}

/// Returns what a label takes around its middle.
pub(super) fn label_area((x, y): Point, width: i64) -> Area {
    Area { x: x - width / 2 - 3, y: y - LINE / 2 + 1, width: width + 6, height: LINE - 2 }
}

fn overlap(a: Area, b: Area) -> bool {
    a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}

/// Returns the curves of a line: between two columns each leaves and arrives level, and in a column it is straight.
pub(super) fn curves(points: &[Point]) -> impl Iterator<Item = [Point; 4]> + '_ {
    points.chunks(2).filter_map(|pair| {
        let [(x1, y1), (x2, y2)] = *pair else { return None };
        // A line within one column goes around on the left.
        let middle = if x1 == x2 { x1 - GAP / 2 } else { i64::midpoint(x1, x2) };
        Some([(x1, y1), (middle, y1), (middle, y2), (x2, y2)])
    })
}

/// Returns a point of a curve, so many sixteenths along it.
fn point(curve: &[Point; 4], sixteenths: i64) -> Point {
    let (t, u) = (sixteenths, 16 - sixteenths);
    let weights = [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t];
    let sum = |of: fn(&Point) -> i64| curve.iter().zip(weights).map(|(it, weight)| of(it) * weight).sum::<i64>() / 4096;
    (sum(|it| it.0), sum(|it| it.1))
}

/// Where the edges end at the sides of the cards.
struct Ends {
    /// Slot, height of the other end, edge; in the order from above.
    left: Vec<(usize, i64, usize)>,
    right: Vec<(usize, i64, usize)>,
}

impl Ends {
    fn of(layers: &Layers, areas: &[Area], graph: &Graph) -> Self {
        let middle = |slot: usize| areas[slot].y + areas[slot].height / 2;
        let mut ends = Self { left: Vec::new(), right: Vec::new() };
        for link in &layers.links {
            for pair in link.slots.windows(2) {
                ends.right.push((pair[0], middle(pair[1]), link.edge));
                ends.left.push((pair[1], middle(pair[0]), link.edge));
            }
        }
        for place in &layers.beside {
            let Edge { from, to, .. } = graph.edges[*place];
            ends.left.push((from, middle(to), *place));
            ends.left.push((to, middle(from), *place));
        }
        ends.left.sort_unstable();
        ends.right.sort_unstable();
        ends
    }

    fn left(&self, edge: usize, slot: usize, area: Area) -> i64 {
        spread(&self.left, edge, slot, area)
    }

    fn right(&self, edge: usize, slot: usize, area: Area) -> i64 {
        spread(&self.right, edge, slot, area)
    }
}

/// Returns the height at which an edge ends at a card: the ends share its side evenly.
fn spread(ends: &[(usize, i64, usize)], edge: usize, slot: usize, area: Area) -> i64 {
    let own: Vec<usize> = ends.iter().filter(|it| it.0 == slot).map(|it| it.2).collect();
    let count = i64::try_from(own.len()).unwrap_or(1);
    let at = own.iter().position(|it| *it == edge).and_then(|it| i64::try_from(it).ok()).unwrap_or(0);
    let step = (area.height / (count + 1)).min(STEP);
    area.y + area.height / 2 + (2 * at - (count - 1)) * step / 2
}
