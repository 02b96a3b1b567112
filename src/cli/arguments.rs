//! The command line.

use super::{Colour, ExitCode};
use crate::change::Severity;
use crate::object::Date;
use clap::builder::PossibleValue;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// What `--help` puts above the options of every command.
const EVERYWHERE: &str = "Options of every command";

/// Compile one KDL spec into plain Kubernetes YAML for every environment, and say what merging the change will do
#[derive(Debug, Parser)]
#[command(name = "todo-gitops", version, after_help = exit_codes(), disable_help_subcommand = true, args_override_self = true)]
pub struct Arguments {
    /// Run as if started in DIR; a project is the nearest directory upward that holds base/
    #[arg(short = 'C', value_name = "DIR", global = true, help_heading = EVERYWHERE)]
    pub directory: Option<PathBuf>,
    /// The day on which waivers are asked whether they have ended, 2026-12-31; default the day it is, in UTC
    #[arg(long, value_name = "DATE", global = true, value_parser = Date::parse, help_heading = EVERYWHERE)]
    pub today: Option<Date>,
    /// When text carries colour
    #[arg(long, value_name = "WHEN", global = true, value_enum, default_value_t, hide_possible_values = true)]
    #[arg(help = "When text carries colour: auto, always or never", help_heading = EVERYWHERE)]
    pub color: Colour,
    /// Print what is longer than the screen, instead of showing it through a pager
    #[arg(long, global = true, help_heading = EVERYWHERE)]
    pub no_pager: bool,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check everything, write the tree, and summarise what changed against the baseline
    Compile(Compile),
    /// Summarise what changed against the baseline, and write nothing
    Diff(Diff),
    /// Write the full review of what merging will do
    Review(Review),
    /// Show the line that set a field, and the lines that it overrode
    Explain(Explain),
    /// Draw who talks to whom and what depends on what, for each environment
    Graph(Graph),
    /// Add up requests and limits, and hold them against the clusters' capacity
    Capacity(Capacity),
    /// Show what differs between environments, and why it may
    Parity(Parity),
}

/// Which environments, and against what.
#[derive(Debug, Args)]
pub struct Selection {
    /// Only this environment; may be given several times
    #[arg(short, long = "environment", value_name = "NAME")]
    pub environments: Vec<String>,
    /// Compare with the commit in which the branch left REV, their merge base; default HEAD
    #[arg(long, value_name = "REV")]
    pub base: Option<String>,
}

/// Arguments of `compile`.
#[derive(Debug, Args)]
pub struct Compile {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would print it")]
    pub selection: Selection,
    /// Write nothing; fail if the tree is not what the sources compile to
    #[arg(long, conflicts_with = "base")]
    pub check: bool,
}

/// Arguments of `diff`.
#[derive(Debug, Args)]
pub struct Diff {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would print it")]
    pub selection: Selection,
    /// Look at what REV has committed instead of what the sources on disk compile to; without --base, it is compared with its first parent
    #[arg(long, value_name = "REV")]
    pub head: Option<String>,
    /// Exit with 1 if anything changed
    #[arg(long)]
    pub exit_code: bool,
}

/// Arguments of `review`.
#[derive(Debug, Args)]
pub struct Review {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would print it")]
    pub selection: Selection,
    /// Look at what REV has committed instead of what the sources on disk compile to; without --base, it is compared with its first parent
    #[arg(long, value_name = "REV")]
    pub head: Option<String>,
    /// In which form it is written
    #[arg(long, value_enum, default_value_t = Format::Terminal, default_value_if("open", "true", "html"))]
    pub format: Format,
    /// Whose comments `--format markdown` is for; default github
    #[arg(long, value_enum)]
    pub forge: Option<Forge>,
    /// Write it to FILE instead of standard output, which is `-`
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Write it as a page, to FILE or to a temporary file, and open that in the browser
    #[arg(long)]
    pub open: bool,
    /// Exit with 1 if a finding is this severe, or worse
    #[arg(long, value_name = "SEVERITY")]
    pub fail_on: Option<Severity>,
}

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub struct Explain {
    /// The object: deployment/todo-backend
    pub object: String,
    /// The field; its list items may go by their name.
    #[arg(help = "The field: spec.replicas, or spec.template.spec.containers[backend].image")]
    pub field: Option<String>,
    /// Only this environment; may be given several times
    #[arg(short, long = "environment", value_name = "NAME")]
    pub environments: Vec<String>,
}

/// Arguments of `graph`.
#[derive(Debug, Args)]
pub struct Graph {
    /// Only this environment; may be given several times
    #[arg(short, long = "environment", value_name = "NAME")]
    pub environments: Vec<String>,
    /// How to draw it; without this, as the name of FILE ends, and otherwise mermaid
    #[arg(long, value_enum)]
    pub format: Option<Picture>,
    /// Write it to FILE instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// A form of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Picture {
    /// For a Markdown page; several environments are such a page
    Mermaid,
    /// For Graphviz
    Dot,
    /// For a browser, or as an image on a page
    Svg,
}

/// Arguments of `capacity`.
#[derive(Debug, Args)]
pub struct Capacity {
    /// Only this environment; may be given several times
    #[arg(short, long = "environment", value_name = "NAME")]
    pub environments: Vec<String>,
    /// How to write it
    #[arg(long, value_enum, default_value_t = Table::Text)]
    pub format: Table,
}

/// A form of the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Table {
    /// For a person at a terminal
    Text,
    /// For programs; the contract is docs/capacity.md
    Json,
}

/// Arguments of `parity`.
#[derive(Debug, Args)]
pub struct Parity {
    /// Only this environment; may be given several times
    #[arg(short, long = "environment", value_name = "NAME")]
    pub environments: Vec<String>,
    /// Show every field, also those that are the same everywhere
    #[arg(long)]
    pub all: bool,
    /// How to write it
    #[arg(long, value_enum, default_value_t = ParityFormat::Text)]
    pub format: ParityFormat,
}

/// A form of the comparison of environments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ParityFormat {
    /// For a person at a terminal
    Text,
    /// For programs; the contract is in docs/parity.md
    Json,
}

/// A form of the review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For a person at a terminal
    Terminal,
    /// The same in ASCII and without colour
    Plain,
    /// For a comment on a pull request
    Markdown,
    /// For the summary of a job of GitHub Actions
    JobSummary,
    /// For programs; the contract is docs/review-json.md
    Json,
    /// For a code host, which shows each finding at its line; see docs/sarif.md
    Sarif,
    /// For a browser: one file with everything in it
    Html,
}

/// Whose comments a Markdown review is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Forge {
    /// For GitHub
    #[value(name = "github")]
    GitHub,
    /// For GitLab
    #[value(name = "gitlab")]
    GitLab,
    /// For Gitea and Forgejo
    #[value(alias = "forgejo")]
    Gitea,
    /// For any other: only what every Markdown has, and short
    Plain,
}

impl ValueEnum for Severity {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()))
    }
}

/// Lists the exit codes for `--help`.
fn exit_codes() -> String {
    let lines = ExitCode::ALL.map(|it| format!("  {}  {}", it.number(), it.sentence()));
    format!("Exit codes:\n{}", lines.join("\n"))
}
