//! Text for people that is longer than their screen in, a pager that shows it out, as git does it.
//!
//! The pager is `TODO_GITOPS_PAGER`, or else `PAGER`, or else `less`; one that is empty or `cat` is none. Only a person
//! at a terminal gets one: none in a pipe, none where `CI` is set, none on a terminal that is `dumb`.

#![expect(clippy::disallowed_methods, reason = "a pager is a process of its own; no other file of `cli` starts one")]

use super::surroundings::Surroundings;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// The variables that may name the pager, the first one first.
const NAMED_BY: [&str; 2] = ["TODO_GITOPS_PAGER", "PAGER"];
/// What a pager finds in its environment where the user has said nothing: `less` shows colours, ends where the text fits
/// the screen, leaves it there, and ends together with us when it is interrupted; `lv` shows colours.
const UNLESS_SET: [(&str, &str); 2] = [("LESS", "FRXK"), ("LV", "-c")];
/// What a shell ends with that cannot start a program, or cannot find it.
const NOT_STARTED: [i32; 2] = [126, 127];
/// What only a shell understands in a command, as git has it.
const FOR_A_SHELL: &str = "|&;<>()$`\\\"' \t\n*?[#~=%";

/// A pager to be started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pager {
    command: String,
    variables: Vec<(&'static str, &'static str)>,
    rows: usize,
}

/// The pager could not be started, so that nothing was shown.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NotStarted;

impl Pager {
    /// Chooses the pager for a screen; none where text is printed as it is.
    pub fn chosen(surroundings: &Surroundings<'_>) -> Option<Self> {
        let rows = surroundings.rows?;
        let variable = |name: &str| (surroundings.variable)(name);
        let is_for_nobody = variable("CI").is_some_and(|it| !matches!(it.as_str(), "" | "false" | "0"));
        if is_for_nobody || variable("TERM").is_some_and(|it| it == "dumb") {
            return None;
        }
        let named = NAMED_BY.iter().find_map(|it| variable(it));
        let command = named.map_or_else(|| "less".to_owned(), |it| it.trim().to_owned());
        if command.is_empty() || command == "cat" {
            return None;
        }
        let mut variables: Vec<_> = UNLESS_SET.into_iter().filter(|(name, _)| variable(name).is_none()).collect();
        // Without a locale `less` takes what is not ASCII for bytes, and shows their numbers.
        if surroundings.locale().is_none() && variable("LESSCHARSET").is_none() {
            variables.push(("LESSCHARSET", "utf-8"));
        }
        Some(Self { command, variables, rows })
    }

    /// True where a text leaves no row for the prompt that follows it.
    pub(super) fn is_wanted_for(&self, text: &str) -> bool {
        text.lines().count() >= self.rows
    }

    /// Shows a text, and returns when the user has seen enough of it.
    pub(super) fn show(&self, text: &str) -> Result<(), NotStarted> {
        let (program, arguments) = program(&self.command);
        let mut command = Command::new(program);
        command.args(arguments).envs(self.variables.iter().copied()).stdin(Stdio::piped());
        let mut child = command.spawn().map_err(|_| NotStarted)?;
        if let Some(mut input) = child.stdin.take() {
            // A user who has seen enough closes it early.
            let _ = input.write_all(text.as_bytes());
        }
        match child.wait().ok().and_then(|it| it.code()) {
            Some(code) if NOT_STARTED.contains(&code) => Err(NotStarted),
            Some(_) | None => Ok(()),
        }
    }
}

/// Returns the program of a command and its arguments: a shell's where only a shell understands it, and there is one.
fn program(command: &str) -> (&str, Vec<&str>) {
    let words: Vec<&str> = command.split_whitespace().collect();
    match words.as_slice() {
        [_] if !command.contains(|it| FOR_A_SHELL.contains(it)) => (command, Vec::new()),
        [program, arguments @ ..] if cfg!(windows) => (program, arguments.to_vec()),
        _ => ("sh", vec!["-c", command]),
    }
}

#[cfg(test)]
mod tests {
    use super::{NotStarted, Pager, program};
    use crate::cli::surroundings::Surroundings;
    use std::fmt::Write as _;

    fn chosen(rows: Option<usize>, variables: &[(&str, &str)]) -> Option<Pager> {
        let variable = |name: &str| variables.iter().find(|it| it.0 == name).map(|it| it.1.to_owned());
        Pager::chosen(&Surroundings { rows, variable: &variable })
    }

    #[test]
    fn the_pager_is_the_one_that_the_user_named() {
        let check = |rows, variables: &[(&str, &str)], expected: Option<&str>| {
            assert_eq!(chosen(rows, variables).map(|it| it.command).as_deref(), expected, "{variables:?}");
        };
        check(Some(24), &[], Some("less"));
        check(None, &[], None);
        check(None, &[("PAGER", "less")], None);
        check(Some(24), &[("PAGER", "more")], Some("more"));
        check(Some(24), &[("TODO_GITOPS_PAGER", "less -S"), ("PAGER", "more")], Some("less -S"));
        check(Some(24), &[("TODO_GITOPS_PAGER", ""), ("PAGER", "more")], None);
        check(Some(24), &[("TODO_GITOPS_PAGER", "cat"), ("PAGER", "more")], None);
        check(Some(24), &[("PAGER", " ")], None);
        check(Some(24), &[("PAGER", "cat")], None);
        check(Some(24), &[("CI", "true")], None);
        check(Some(24), &[("CI", "false")], Some("less"));
        check(Some(24), &[("TERM", "dumb")], None);
        check(Some(24), &[("TERM", "xterm")], Some("less"));
    }

    #[test]
    fn less_is_told_only_what_the_user_did_not_tell_it() {
        let check = |variables: &[(&str, &str)], expected: &[(&'static str, &'static str)]| {
            assert_eq!(chosen(Some(24), variables).unwrap().variables, expected, "{variables:?}");
        };
        check(&[("LANG", "C.UTF-8")], &[("LESS", "FRXK"), ("LV", "-c")]);
        check(&[("LANG", "C.UTF-8"), ("LESS", "")], &[("LV", "-c")]);
        check(&[("LESS", "R"), ("LV", "-c")], &[("LESSCHARSET", "utf-8")]);
        check(&[("LESS", "R"), ("LV", "-c"), ("LESSCHARSET", "latin1")], &[]);
    }

    #[test]
    fn only_what_needs_a_shell_gets_one() {
        assert_eq!(program("less"), ("less", vec![]));
        assert_eq!(program("/usr/bin/less"), ("/usr/bin/less", vec![]));
        if cfg!(unix) {
            assert_eq!(program("less -S"), ("sh", vec!["-c", "less -S"]));
            assert_eq!(program("less>x"), ("sh", vec!["-c", "less>x"]));
        }
    }

    #[test]
    fn a_text_is_paged_once_the_prompt_would_push_it_off_the_screen() {
        let pager = chosen(Some(3), &[]).unwrap();
        assert!(!pager.is_wanted_for("a\nb\n"));
        assert!(pager.is_wanted_for("a\nb\nc\n"));
    }

    fn show(command: &str, text: &str) -> Result<(), NotStarted> {
        Pager { command: command.to_owned(), variables: vec![("LESS", "FRXK")], rows: 1 }.show(text)
    }

    #[test]
    #[cfg(unix)]
    fn the_pager_gets_the_text_and_its_environment() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("shown");
        let command = format!("(cat; echo $LESS) > '{}'", file.display());
        assert_eq!(show(&command, "text\n"), Ok(()));
        let shown = std::process::Command::new("cat").arg(&file).output().unwrap().stdout;
        assert_eq!(String::from_utf8(shown).unwrap(), "text\nFRXK\n");
    }

    #[test]
    #[cfg(unix)]
    fn how_a_pager_ends_is_of_no_interest_unless_it_never_began() {
        let mut long = String::new();
        for line in 0..100_000 {
            writeln!(long, "line {line}").unwrap();
        }
        assert_eq!(show("head -n 1 >/dev/null", &long), Ok(()));
        assert_eq!(show("true", &long), Ok(()));
        assert_eq!(show("exit 3", "text\n"), Ok(()));
        assert_eq!(show("no-such-pager", "text\n"), Err(NotStarted));
        assert_eq!(show("no-such-pager -x 2>/dev/null", "text\n"), Err(NotStarted));
    }
}
