//! Two commits in, the review of what leads from the one to the other out: nothing is compiled to be reviewed.
//!
//! Objects are those of the trees. The specs, as far as they compile, say where a line is, what is declared, and what is
//! excused.

use super::drift::{compiled_at, drift};
use super::review::{Detail, Label, compared, sets_of};
use super::{Compiled, Previous, Settings, compile};
use crate::change::{Baseline, Review, Side};
use crate::object::ObjectSet;
use crate::snapshot::Unreadable;
use crate::source::Sources;
use crate::tree::{ManifestTree, Scope};
use crate::validate;

/// What a project is in one commit.
#[derive(Clone, Debug)]
pub struct Committed {
    /// The commit for people, `abc1234 (feature)`.
    pub label: String,
    /// The tree in it.
    pub tree: ManifestTree,
    /// The spec in it, where it can be read.
    pub sources: Option<Sources>,
    /// What the tree holds and is not compared, one phrase each.
    pub skipped: Vec<String>,
}

/// Compares the tree of a commit with that of its baseline. An error says whose tree cannot be read.
pub fn review_committed(
    head: &Committed,
    previous: &Previous,
    scope: &Scope,
    detail: Detail,
) -> Result<Review, (Side, Vec<Unreadable>)> {
    let sources = head.sources.clone().unwrap_or_default();
    let mut not_checked = Vec::new();
    let told = match &head.sources {
        None => Err(format!("the spec of {}, which cannot be read", head.label)),
        Some(sources) => compiled_at(sources, &head.label),
    };
    let mut drifts = Vec::new();
    match told {
        Ok(compiled) => drifts = drift(Side::After, &head.tree, &compiled, scope),
        Err(phrase) => not_checked.push(phrase),
    }
    let specs = compile(&sources, &Settings::default());
    let sets = sets_of(&head.tree, &specs.sets, &Compiled::default(), &ManifestTree::default());
    let sets = sets.map_err(|it| (Side::After, it))?;
    let undeclared = sets.iter().map(|it| &it.environment).filter(|it| it.span.is_none());
    let undeclared: Vec<&str> = undeclared.map(|it| it.name.as_str()).collect();
    if !undeclared.is_empty() {
        not_checked.push(format!("house rules in {}, of which nothing is declared", undeclared.join(" and ")));
    }
    let app = if specs.app.is_empty() { previous.app() } else { specs.app };
    let waived = sets.iter().flat_map(|it| validate::environment(it).waived);
    let waived = waived.chain(validate::project(&sets.iter().collect::<Vec<&ObjectSet>>()).waived).collect();
    let compiled = Compiled { app, sets, diagnostics: Vec::new(), waived, lineage: specs.lineage };
    let label = Label { head: &head.label, drifts, detail };
    let review = compared(&compiled, &head.tree, &sources, previous, label);
    let mut review = review.map_err(|it| (Side::Before, it))?;
    review.not_checked.extend(head.skipped.iter().cloned());
    review.not_checked.extend(not_checked);
    Ok(review)
}

/// Names the environments of a spec and their folders.
pub fn folders(sources: &Sources) -> Vec<(String, String)> {
    let sets = compile(sources, &Settings::default()).sets;
    sets.into_iter().map(|it| (it.environment.name, it.environment.namespace)).collect()
}

impl Committed {
    /// True where the commit holds nothing of a project.
    pub fn is_empty(&self) -> bool {
        holds_nothing(&self.tree, self.sources.as_ref())
    }
}

fn holds_nothing(tree: &ManifestTree, sources: Option<&Sources>) -> bool {
    tree.files.is_empty() && sources.is_some_and(|it| it.iter().next().is_none())
}

impl Previous {
    /// True where the baseline holds nothing of a project, as where there is none.
    pub fn is_empty(&self) -> bool {
        self.baseline == Baseline::FirstCompile || holds_nothing(&self.tree, self.sources.as_ref())
    }

    /// Returns the name of the app; empty where the spec does not say it.
    fn app(&self) -> String {
        self.sources.as_ref().map(|it| compile(it, &Settings::default()).app).unwrap_or_default()
    }
}
