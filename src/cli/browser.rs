//! A page that was written in, the user's browser that shows it out.
//!
//! The browser is what `BROWSER` names: commands with a colon between them, of which the first that succeeds is taken,
//! `%s` standing for the page. Without it, it is what the system opens pages with.

#![expect(
    clippy::disallowed_methods,
    reason = "a browser is a process of its own; only the pager is started beside it"
)]

use super::surroundings::Surroundings;
use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};

/// What opens pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Browser {
    /// Programs with their arguments, the first one first.
    commands: Vec<Vec<String>>,
}

/// No command could open the page; what was tried.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NotOpened(pub(super) Vec<String>);

impl Browser {
    /// Chooses the browser.
    pub fn chosen(surroundings: &Surroundings<'_>) -> Self {
        let named = (surroundings.variable)("BROWSER").unwrap_or_default();
        // On Windows a colon belongs to a path.
        let named: Vec<&str> = if cfg!(windows) { vec![&named] } else { named.split(':').collect() };
        let words = |it: &str| it.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let mut commands: Vec<Vec<String>> = named.into_iter().map(words).filter(|it| !it.is_empty()).collect();
        if commands.is_empty() {
            commands.push(words(if cfg!(windows) {
                "rundll32 url.dll,FileProtocolHandler"
            } else if cfg!(target_os = "macos") {
                "open"
            } else {
                "xdg-open"
            }));
        }
        Self { commands }
    }

    /// Shows a page, and returns when the command that was to do it ends.
    pub(super) fn show(&self, page: &Path) -> Result<(), NotOpened> {
        for words in &self.commands {
            let Some((program, arguments)) = words.split_first() else { continue };
            let mut command = Command::new(program);
            command.args(with_page(arguments, page)).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            if command.status().is_ok_and(|it| it.success()) {
                return Ok(());
            }
        }
        Err(NotOpened(self.commands.iter().map(|it| it.join(" ")).collect()))
    }
}

/// Puts the page where it is asked for, or at the end.
fn with_page(arguments: &[String], page: &Path) -> Vec<OsString> {
    let mut is_there = false;
    let mut words: Vec<OsString> = Vec::new();
    for argument in arguments {
        let mut parts = argument.split("%s");
        let mut word = OsString::from(parts.next().unwrap_or_default());
        for part in parts {
            is_there = true;
            word.push(page);
            word.push(part);
        }
        words.push(word);
    }
    if !is_there {
        words.push(page.into());
    }
    words
}

#[cfg(test)]
mod tests {
    use super::{Browser, NotOpened, with_page};
    use crate::cli::surroundings::Surroundings;
    use std::path::Path;

    fn chosen(named: Option<&str>) -> Browser {
        let variable = |name: &str| named.filter(|_| name == "BROWSER").map(str::to_owned);
        Browser::chosen(&Surroundings { rows: None, variable: &variable })
    }

    #[test]
    #[cfg(all(unix, not(target_os = "macos")))]
    fn the_browser_is_the_one_that_the_user_named() {
        let check =
            |named: Option<&str>, expected: &[&[&str]]| assert_eq!(chosen(named).commands, expected, "{named:?}");
        check(None, &[&["xdg-open"]]);
        check(Some(""), &[&["xdg-open"]]);
        check(Some("firefox"), &[&["firefox"]]);
        check(Some("firefox -P work:w3m"), &[&["firefox", "-P", "work"], &["w3m"]]);
    }

    #[test]
    fn the_page_stands_where_it_is_asked_for() {
        let check = |arguments: &[&str], expected: &[&str]| {
            let arguments: Vec<String> = arguments.iter().map(|it| (*it).to_owned()).collect();
            assert_eq!(with_page(&arguments, Path::new("/a b.html")), expected);
        };
        check(&[], &["/a b.html"]);
        check(&["-x"], &["-x", "/a b.html"]);
        check(&["--app=file://%s", "-x"], &["--app=file:///a b.html", "-x"]);
    }

    #[test]
    #[cfg(unix)]
    fn the_first_browser_that_succeeds_is_taken() {
        assert_eq!(chosen(Some("no-such-browser:false:true")).show(Path::new("/page")), Ok(()));
        let tried = vec!["no-such-browser".to_owned(), "false".to_owned()];
        assert_eq!(chosen(Some("no-such-browser:false")).show(Path::new("/page")), Err(NotOpened(tried)));
    }
}
