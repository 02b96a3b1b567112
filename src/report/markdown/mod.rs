//! A review in, a comment for a pull request out, for the forge that shows it: Markdown that is updated in place.
//!
//! What is important stands first and is never folded: the sentence, the only alert, how many findings and removals there
//! are, then the environments. A forge has a limit, so there is a ladder (see `ladder`); the first rung that fits is taken.
//! Only whole rows are left out, each list says how many, and the accounting line counts them.
//!
//! To add a forge: its variant, budget and spellings in `forge`, and its name in `--forge` of `src/cli`.

mod changes;
mod comment;
mod environments;
mod findings;
mod forge;
mod images;
mod ladder;
mod lists;
mod markup;
mod picture;
mod rendered;

pub use forge::Forge;

use crate::change::Review;
use comment::{Comment, Written};
use ladder::{Detail, LADDER};

/// What the headings of a table of changes take.
const HEADINGS: usize = 300;

/// Writes a review as a comment that fits the forge, whatever the review holds.
pub fn markdown(review: &Review, forge: Forge) -> String {
    let budget = forge.budget();
    let mut written = Written::default();
    for rung in LADDER {
        written = Comment::new(review, forge, rung, 0).write();
        let Some(left) = budget.checked_sub(written.len()) else { continue };
        if rung.detail == Detail::Kinds {
            let filled = Comment::new(review, forge, rung, left.saturating_sub(HEADINGS)).write();
            if filled.len() <= budget {
                written = filled;
            }
        } else {
            written.body += &rendered::diffs(review, forge, left);
        }
        break;
    }
    written.body + &written.footer
}
