//! The picture of what a change touches, for a forge that draws it.

use super::comment::Comment;
use super::ladder::Detail;
use super::markup::plain;
use super::rendered::fence;
use crate::diagnostic::visible::escape;
use crate::report::wording;

impl Comment<'_> {
    /// Writes the picture, where there is one and fields have room too.
    pub(super) fn picture(&mut self) {
        let has_room = match self.rung.detail {
            Detail::Fields | Detail::FieldsOfProtected => true,
            Detail::Objects | Detail::Kinds => false,
        };
        let Some(picture) = self.review.picture.as_ref().filter(|_| has_room && self.forge.has_html()) else { return };
        let places = plain(&wording::environments(&picture.environments, self.review));
        let lines: Vec<String> = picture.mermaid.lines().map(escape).collect();
        let fence = fence(&lines);
        self.line(&format!("\nWho newly has to do with whom, and who no longer has, in {places}:"));
        self.line(&format!("\n{fence}mermaid\n{}\n{fence}", lines.join("\n")));
    }
}
