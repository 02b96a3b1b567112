//! What the terminal and the process environment say about how text is to be shown, as values: `main` asks them.

use crate::diagnostic::excerpt::Style;
use anstream::ColorChoice;

/// The variables that name the locale of text, the strongest first.
const LOCALE: [&str; 3] = ["LC_ALL", "LC_CTYPE", "LANG"];

/// Where the program runs.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// The rows of the terminal that standard output is; none where it is none.
    pub rows: Option<usize>,
    /// Looks a variable up; none where it is not set.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
}

impl Surroundings<'_> {
    /// Returns how text is drawn on standard output, whose stream carries colour or does not.
    ///
    /// Symbols are ASCII where the terminal's locale says that it shows nothing else. In a pipe nobody knows who reads,
    /// so that the same text comes out on every machine.
    pub fn style(&self, colour: ColorChoice) -> Style {
        let is_utf_8 = |it: &str| it.contains("utf-8") || it.contains("utf8");
        let is_told_otherwise = self.locale().is_some_and(|it| !is_utf_8(&it.to_ascii_lowercase()));
        match colour {
            _ if self.rows.is_some() && is_told_otherwise && !cfg!(windows) => Style::Ascii,
            ColorChoice::Never => Style::Plain,
            ColorChoice::Auto | ColorChoice::AlwaysAnsi | ColorChoice::Always => Style::Colour,
        }
    }

    /// Returns the locale of text; none where nobody has set one.
    pub(super) fn locale(&self) -> Option<String> {
        LOCALE.iter().filter_map(|it| (self.variable)(it)).find(|it| !it.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::Surroundings;
    use crate::diagnostic::excerpt::Style;
    use anstream::ColorChoice;

    #[test]
    #[cfg(unix)]
    fn symbols_are_ascii_where_the_terminal_says_so() {
        let check = |rows, variables: &[(&str, &str)], colour, expected| {
            let variable = |name: &str| variables.iter().find(|it| it.0 == name).map(|it| it.1.to_owned());
            assert_eq!(Surroundings { rows, variable: &variable }.style(colour), expected, "{variables:?}");
        };
        check(Some(24), &[], ColorChoice::Always, Style::Colour);
        check(Some(24), &[], ColorChoice::Never, Style::Plain);
        check(Some(24), &[("LANG", "de_DE.UTF-8")], ColorChoice::Always, Style::Colour);
        check(Some(24), &[("LANG", "C.utf8")], ColorChoice::Always, Style::Colour);
        check(Some(24), &[("LANG", "de_DE.ISO-8859-1")], ColorChoice::Always, Style::Ascii);
        check(Some(24), &[("LC_ALL", "C"), ("LANG", "de_DE.UTF-8")], ColorChoice::Never, Style::Ascii);
        check(Some(24), &[("LC_ALL", ""), ("LANG", "de_DE.UTF-8")], ColorChoice::Always, Style::Colour);
        check(None, &[("LC_ALL", "C")], ColorChoice::Never, Style::Plain);
    }
}
