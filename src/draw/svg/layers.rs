//! A graph in, its nodes in columns out, with a slot in every column that an edge only passes.
//!
//! Each lane is as many columns as the longest way through it: a Service stands in the last of the routing lane, next to
//! its workloads, and whatever leads to it before that.

use crate::graph::{Edge, EdgeKind, Family, Graph, Lane};

/// A place in a column: that of a node, or one where an edge passes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Slot {
    /// The node's place in the graph; none where an edge passes.
    pub(super) node: Option<usize>,
    /// The column.
    pub(super) column: usize,
}

/// The way of an edge through the columns.
#[derive(Clone, Debug)]
pub(super) struct Link {
    /// The edge's place in the graph.
    pub(super) edge: usize,
    /// Its slots from left to right, whichever way it leads.
    pub(super) slots: Vec<usize>,
    /// How much it wants to be straight, and uncrossed.
    pub(super) strength: i64,
}

/// Nodes and passing edges in columns.
#[derive(Clone, Debug)]
pub(super) struct Layers {
    /// Every slot; first those of the nodes, in the order of the graph.
    pub(super) slots: Vec<Slot>,
    /// The edges between different columns.
    pub(super) links: Vec<Link>,
    /// The edges within one column.
    pub(super) beside: Vec<usize>,
    /// The slots of each column, from above.
    pub(super) columns: Vec<Vec<usize>>,
    /// The lanes that have columns, with the first and the last of them.
    pub(super) lanes: Vec<(Lane, usize, usize)>,
}

/// The longest way through a lane: from a gateway over a route to a Service.
const LONGEST: usize = 4;

/// Puts the nodes of a graph into columns.
pub(super) fn layers(graph: &Graph) -> Layers {
    let lane: Vec<Lane> = (0..graph.nodes.len()).map(|it| lane_of(it, graph)).collect();
    let depth = depths(graph, &lane);
    let mut lanes = Vec::new();
    let mut column = vec![0; graph.nodes.len()];
    let mut next = 0;
    for it in Lane::ALL {
        let members = || (0..graph.nodes.len()).filter(|node| lane[*node] == it);
        let Some(deepest) = members().map(|node| depth[node]).max() else { continue };
        members().for_each(|node| column[node] = next + deepest - depth[node]);
        lanes.push((it, next, next + deepest));
        next += deepest + 1;
    }
    let mut layers = Layers {
        slots: column.iter().enumerate().map(|(node, column)| Slot { node: Some(node), column: *column }).collect(),
        links: Vec::new(),
        beside: Vec::new(),
        columns: vec![Vec::new(); next],
        lanes,
    };
    for (place, edge) in graph.edges.iter().enumerate() {
        layers.link(place, edge, strength(edge, graph));
    }
    for slot in read(&layers) {
        layers.columns[layers.slots[slot].column].push(slot);
    }
    layers
}

/// Returns the slots in the order in which one reads: from who calls along the edges, each way to its end.
fn read(layers: &Layers) -> Vec<usize> {
    let mut next = vec![Vec::new(); layers.slots.len()];
    for pair in layers.links.iter().flat_map(|it| it.slots.windows(2)) {
        let [left, right] = pair else { continue };
        next[*left].push(*right);
    }
    let mut order = Vec::new();
    let mut seen = vec![false; layers.slots.len()];
    for start in 0..layers.slots.len() {
        let mut pending = vec![start];
        while let Some(slot) = pending.pop() {
            if !std::mem::replace(&mut seen[slot], true) {
                order.push(slot);
                pending.extend(next[slot].iter().rev());
            }
        }
    }
    order
}

impl Layers {
    fn link(&mut self, place: usize, edge: &Edge, strength: i64) {
        let (left, right) = if self.slots[edge.from].column <= self.slots[edge.to].column {
            (edge.from, edge.to)
        } else {
            (edge.to, edge.from)
        };
        let (first, last) = (self.slots[left].column, self.slots[right].column);
        if first == last {
            self.beside.push(place);
            return;
        }
        let mut slots = vec![left];
        for column in first + 1..last {
            slots.push(self.slots.len());
            self.slots.push(Slot { node: None, column });
        }
        slots.push(right);
        self.links.push(Link { edge: place, slots, strength });
    }
}

/// Returns how much an edge wants to be straight: most of all that between a Service and its workload, which then stand
/// beside each other.
fn strength(edge: &Edge, graph: &Graph) -> i64 {
    match edge.kind {
        EdgeKind::Routes if graph.nodes[edge.to].family == Family::Workload => 24,
        EdgeKind::Routes => 3,
        EdgeKind::Uses => 2,
        EdgeKind::Calls | EdgeKind::Allows => 1,
    }
}

/// Returns the lane of a node: that of its family, but what only routes need stands beside what they lead to.
fn lane_of(node: usize, graph: &Graph) -> Lane {
    let lane = graph.nodes[node].family.lane();
    let users = || graph.edges.iter().filter(|it| it.to == node).map(|it| graph.nodes[it.from].family);
    let only_routes = lane == Lane::Needs && users().next().is_some() && users().all(|it| it == Family::Route);
    if only_routes { Lane::Routing } else { lane }
}

/// Returns how many columns of its lane lie right of each node.
fn depths(graph: &Graph, lane: &[Lane]) -> Vec<usize> {
    let least = |family: Family| usize::from(family == Family::Route);
    let mut depth: Vec<usize> = graph.nodes.iter().map(|it| least(it.family)).collect();
    let is_way = |it: &&Edge| matches!(it.kind, EdgeKind::Routes | EdgeKind::Uses) && lane[it.from] == lane[it.to];
    for _ in 0..LONGEST {
        for edge in graph.edges.iter().filter(is_way) {
            depth[edge.from] = depth[edge.from].max(depth[edge.to] + 1).min(LONGEST);
        }
    }
    depth
}
