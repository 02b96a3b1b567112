//! `--color`: the words of the command line in, whether text carries colour out.

use clap::ValueEnum;
use std::ffi::OsString;

/// When text carries colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal that takes it, as `NO_COLOR`, `CLICOLOR_FORCE` and `TERM` say
    #[default]
    Auto,
    /// Everywhere, in pipes and files too
    Always,
    /// Nowhere
    Never,
}

impl Colour {
    /// Returns what a command line asks for. It is read before it is parsed, since what is wrong with it, or its help, is
    /// said in colour too; what is no choice is left to the parser.
    pub fn asked(words: &[OsString]) -> Self {
        let mut asked = Self::Auto;
        let mut words = words.iter().skip(1).map(|it| it.to_string_lossy());
        while let Some(word) = words.next() {
            let value = match word.strip_prefix("--color") {
                _ if word == "--" => break,
                Some("") => words.next(),
                Some(rest) => rest.strip_prefix('=').map(|it| it.to_owned().into()),
                None => None,
            };
            if let Some(choice) = value.and_then(|it| Self::from_str(&it, false).ok()) {
                asked = choice;
            }
        }
        asked
    }

    /// Returns the choice as a stream takes it.
    pub fn choice(self) -> anstream::ColorChoice {
        match self {
            Self::Auto => anstream::ColorChoice::Auto,
            Self::Always => anstream::ColorChoice::Always,
            Self::Never => anstream::ColorChoice::Never,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Colour;
    use std::ffi::OsString;

    #[test]
    fn colour_is_asked_for_anywhere_in_a_command_line() {
        let check = |line: &str, expected| {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            assert_eq!(Colour::asked(&words), expected, "{line}");
        };
        check("todo-gitops diff", Colour::Auto);
        check("todo-gitops --color always diff", Colour::Always);
        check("todo-gitops diff --color=always", Colour::Always);
        check("todo-gitops diff --color=always --color never", Colour::Never);
        check("todo-gitops diff --color", Colour::Auto);
        check("todo-gitops diff --color=blue", Colour::Auto);
        check("todo-gitops diff --colors=always", Colour::Auto);
        check("todo-gitops explain -- --color=always", Colour::Auto);
        check("--color=always diff", Colour::Auto);
    }
}
