//! Where a Markdown review is shown, and what can be said there: how long it may be, and what besides text there is.

use super::markup::comment;

/// Where a Markdown review is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forge {
    /// A comment of GitHub.
    GitHub,
    /// A comment of GitLab.
    GitLab,
    /// A comment of Gitea or Forgejo.
    Gitea,
    /// A comment where only the Markdown of every forge is sure to work: no HTML, no alerts, no pictures.
    Plain,
    /// The summary of a job of GitHub Actions.
    JobSummary,
}

impl Forge {
    /// Every one.
    pub const ALL: [Self; 5] = [Self::GitHub, Self::GitLab, Self::Gitea, Self::Plain, Self::JobSummary];

    /// The most bytes that are written, somewhat below the limit, because a workflow adds words of its own.
    ///
    /// Forges count characters, UTF-16 units or bytes, and do not always say which; what fits in bytes fits in all of
    /// them.
    ///
    /// - GitHub refuses a body of more than 65,536 characters, though a comment is stored up to 262,144 bytes.
    /// - GitLab refuses a note of more than 1,048,576 characters (`Notes::ActiveRecord`), and before 12.5 of 1,000,000.
    /// - Gitea has no limit of its own, but with `MySQL` and before 1.16 its column held 65,535 bytes.
    /// - Bitbucket Server, the strictest that a plain text may go to, refuses more than 32,768 characters.
    /// - GitHub drops a whole job summary of more than 1,048,576 bytes.
    pub const fn budget(self) -> usize {
        match self {
            Self::GitHub | Self::Gitea => 60_000,
            Self::GitLab => 950_000,
            Self::Plain => 30_000,
            Self::JobSummary => 1_000_000,
        }
    }

    /// True where more than text may be written: HTML (a folded part, small text, a line break in a table) and pictures.
    pub(super) const fn has_html(self) -> bool {
        match self {
            Self::GitHub | Self::GitLab | Self::Gitea | Self::JobSummary => true,
            Self::Plain => false,
        }
    }

    /// Writes the line by which the comment of an app is found again, to be updated in place; empty where there is
    /// nothing to find.
    pub(super) fn marker(self, app: &str) -> String {
        let app = comment(app);
        match self {
            Self::GitHub | Self::GitLab | Self::Gitea => format!("<!-- todo-gitops:review app={app} v=1 -->\n"),
            // The definition of a link that nobody uses is shown nowhere.
            Self::Plain => format!("[//]: # (todo-gitops:review app={app} v=1)\n\n"),
            Self::JobSummary => String::new(),
        }
    }

    /// Writes the only alert.
    pub(super) fn alert(self, kind: Alert, lines: &[String]) -> String {
        if self.has_html() {
            format!("> [!{}]\n> {}", kind.name().to_uppercase(), lines.join(self.line_break()))
        } else {
            format!("**{}:** {}", kind.name(), lines.join(" "))
        }
    }

    /// What separates two lines of one table cell or list item.
    pub(super) const fn line_break(self) -> &'static str {
        if self.has_html() { "<br>" } else { " " }
    }

    /// Writes what is read last.
    pub(super) fn small(self, text: &str) -> String {
        if self.has_html() { format!("<sub>{text}</sub>") } else { text.to_owned() }
    }
}

/// How loud the alert is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Alert {
    /// Look before merging.
    Warning,
    /// Something breaks or is lost.
    Caution,
}

impl Alert {
    const fn name(self) -> &'static str {
        match self {
            Self::Warning => "Warning",
            Self::Caution => "Caution",
        }
    }
}
