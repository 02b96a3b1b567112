//! The objects of two states in, the values of them that no report may show out.

use crate::change::{Hidden, Setting, Side, SourceLine};
use crate::object::Object;
use crate::source::{Location, Sources};
use crate::validate;

/// One state: its objects, and the spec that their lines are in.
pub(super) struct State<'a> {
    pub(super) side: Side,
    pub(super) objects: Vec<&'a Object>,
    pub(super) sources: Option<&'a Sources>,
}

/// Judges the configuration of all objects, whatever the policy says of it: an excuse is for the cluster, and not for
/// those who read a review.
pub(super) fn of(states: &[State<'_>]) -> Hidden {
    let mut settings = Vec::new();
    for State { side, objects, sources: _ } in states {
        for object in objects {
            let of_object = validate::house_rules::credentials::settings(object).into_iter();
            settings.extend(of_object.map(|(path, text, is_credential)| Setting {
                side: *side,
                object,
                path,
                text,
                is_credential,
            }));
        }
    }
    Hidden::of(&settings, |it| {
        let sources = states.iter().find(|state| state.side == it.side)?.sources?;
        let Location { file, line, .. } = sources.location(it.object.origins.nearest_span(&it.path)?);
        Some(SourceLine { file, line, removed: it.side == Side::Before })
    })
}
