//! The old and the new objects of each environment in, a picture of who newly has to do with whom out, where there is
//! something to see.

use crate::change::{EnvironmentComparison, Picture, Side};
use crate::graph::Touched;
use crate::object::ObjectSet;
use crate::{draw, relate};
use std::cmp::Reverse;

/// More nodes than that are a picture that nobody reads.
const MOST_NODES: usize = 14;

/// More changed objects than that never fit a picture, so that nothing is related for nothing.
const MOST_CHANGES: usize = 100;

/// Draws the part of one environment that a change touches: that of a protected one, and then that of the most.
///
/// An environment that comes or goes as a whole has no picture: all of it would be new.
pub(super) fn of(environments: &[EnvironmentComparison<'_>]) -> Option<Picture> {
    let mut pictures: Vec<(Picture, bool)> = Vec::new();
    for (it, mut touched) in environments.iter().filter_map(|it| Some((it, touched(it)?))) {
        // The same picture may be that of several environments, so it names none.
        touched.graph.environment = "touched by this change".to_owned();
        touched.graph.namespace = touched.graph.environment.clone();
        let (mermaid, protected) = (draw::touched(&touched), it.environment.protected);
        match pictures.iter_mut().find(|it| it.0.mermaid == mermaid) {
            Some(known) => {
                known.0.environments.push(it.name().to_owned());
                known.1 |= protected;
            }
            None => pictures.push((Picture { environments: vec![it.name().to_owned()], mermaid }, protected)),
        }
    }
    // The first of those that are worth the same.
    pictures.into_iter().min_by_key(|(it, protected)| Reverse((*protected, it.environments.len()))).map(|it| it.0)
}

fn touched(environment: &EnvironmentComparison<'_>) -> Option<Touched> {
    let changes = environment.changes.changes.len();
    if changes == 0 || changes > MOST_CHANGES || environment.before.is_none() || environment.after.is_none() {
        return None;
    }
    let graph = |side: Side| {
        let objects = environment.objects(side).to_vec();
        relate::graph(&ObjectSet { environment: environment.environment.clone(), objects })
    };
    Touched::between(&graph(Side::Before), &graph(Side::After)).filter(|it| it.graph.nodes.len() <= MOST_NODES)
}
