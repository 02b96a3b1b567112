//! Where a run's text goes: data to one stream, messages to the other.

use super::Pager;
use super::browser::{Browser, NotOpened};
use crate::diagnostic::excerpt::Style;
use crate::diagnostic::visible;
use std::io::{self, Write};
use std::path::Path;

/// The two streams of a run.
pub struct Console<'a> {
    data: &'a mut dyn Write,
    messages: &'a mut dyn Write,
    /// Columns that a line of text may take.
    pub width: usize,
    /// How text for people is drawn.
    pub style: Style,
    pager: Option<Pager>,
    browser: Option<Browser>,
    failed: Option<io::Error>,
}

impl<'a> Console<'a> {
    /// Writes data to one stream and messages to the other. Both get colour; a stream that wants none strips it.
    pub fn new(data: &'a mut dyn Write, messages: &'a mut dyn Write, width: usize, style: Style) -> Self {
        Self { data, messages, width, style, pager: None, browser: None, failed: None }
    }

    /// Shows text for people through a pager where it is longer than the screen.
    #[must_use]
    pub fn paged_by(mut self, pager: Option<Pager>) -> Self {
        self.pager = pager;
        self
    }

    /// Opens pages in a browser.
    #[must_use]
    pub fn opened_by(mut self, browser: Browser) -> Self {
        self.browser = Some(browser);
        self
    }

    /// Opens a page.
    pub(super) fn open(&self, page: &Path) -> Result<(), NotOpened> {
        self.browser.as_ref().map_or_else(|| Err(NotOpened(Vec::new())), |it| it.show(page))
    }

    /// Shows nothing through a pager.
    pub fn without_pager(&mut self) {
        self.pager = None;
    }

    /// Writes text for people, drawn in this console's style.
    pub fn page(&mut self, text: &str) {
        let pager = self.pager.as_ref().filter(|it| it.is_wanted_for(text));
        if pager.is_none_or(|it| it.show(text).is_err()) {
            self.data(text);
        }
    }

    /// Writes what was asked for.
    pub fn data(&mut self, text: &str) {
        if let Err(error) = self.data.write_all(text.as_bytes()).and_then(|()| self.data.flush()) {
            self.failed.get_or_insert(error);
        }
    }

    /// Writes what is to be said about it.
    pub fn message(&mut self, text: &str) {
        // A closed stream of messages is no reason to fail.
        let _ = self.messages.write_all(text.as_bytes()).and_then(|()| self.messages.flush());
    }

    /// Writes an error, and what to do about it. Names of files and revisions are anybody's, so that nothing in them
    /// reaches the terminal as more than text.
    pub fn error(&mut self, message: &str, help: &[String]) {
        self.message(&format!("error: {}\n", visible::escape(message)));
        for sentence in help {
            self.message(&format!("help: {}\n", visible::escape(sentence)));
        }
    }

    /// Returns why data could not be written; a reader that has seen enough is no failure.
    pub fn failure(&self) -> Option<&io::Error> {
        self.failed.as_ref().filter(|it| it.kind() != io::ErrorKind::BrokenPipe)
    }
}
