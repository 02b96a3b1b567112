//! What the new tree is compared with: the commit, and the files of it that matter.

use super::{Error, Head, Repository, SkipReason, Skipped};
use crate::change::Baseline;
use crate::source::Sources;
use crate::tree::{self, ManifestTree, Scope};
use std::collections::BTreeSet;
use std::path::Path;

/// The rendered tree of the baseline, told apart from the new one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BaselineTree {
    /// The old text of every file that is not the same now, or is gone.
    pub differing: ManifestTree,
    /// The files that are the same now, byte for byte, and were therefore not read.
    pub same: BTreeSet<String>,
    /// What was left out, by path below the rendered directory.
    pub skipped: Vec<Skipped>,
}

/// The spec of the baseline.
#[derive(Clone, Debug, Default)]
pub struct BaselineSources {
    /// The files as the disk edge reads them.
    pub sources: Sources,
    /// What was left out, by path below the project.
    pub skipped: Vec<Skipped>,
}

impl Repository {
    /// Chooses the baseline: `HEAD`, or the merge base of `HEAD` and the revision that the user named.
    pub fn baseline(&self, base: Option<&str>) -> Result<Baseline, Error> {
        let head = self.head()?;
        let Some(revision) = base else {
            return Ok(match head {
                Head::Branch { name: _, commit } | Head::Detached { commit } => {
                    Baseline::Commit { id: commit, chosen: "HEAD".to_owned() }
                }
                Head::Unborn { .. } => Baseline::FirstCompile,
            });
        };
        let named = self.named_commit(revision)?;
        let head = match head {
            Head::Branch { name: _, commit } | Head::Detached { commit } => commit,
            Head::Unborn { name } => return Err(Error::UnbornHead { name, revision: revision.to_owned() }),
        };
        self.where_they_meet(&head, "HEAD", &named, revision)
    }

    /// Chooses the baseline of a commit: its first parent, or the merge base of it and the revision that the user named.
    ///
    /// A revision that has the whole of the commit has nothing to compare it with: then it is the first parent, too.
    pub fn baseline_of(&self, commit: &str, shown: &str, base: Option<&str>) -> Result<Baseline, Error> {
        let Some(revision) = base else { return self.first_parent(commit, shown) };
        let named = self.named_commit(revision)?;
        match self.where_they_meet(commit, shown, &named, revision)? {
            Baseline::Commit { id, .. } if id == commit && revision != shown => {
                self.first_parent_of_merged(commit, shown, revision)
            }
            baseline @ (Baseline::Commit { .. } | Baseline::FirstCompile) => Ok(baseline),
        }
    }

    /// Chooses the first parent of a commit that a revision has already, and says so.
    pub fn first_parent_of_merged(&self, commit: &str, shown: &str, revision: &str) -> Result<Baseline, Error> {
        Ok(match self.first_parent(commit, shown)? {
            Baseline::Commit { id, chosen } => {
                Baseline::Commit { id, chosen: format!("{chosen}, which {revision} has already") }
            }
            Baseline::FirstCompile => Baseline::FirstCompile,
        })
    }

    /// Chooses the first parent of a commit; the first commit of all has none.
    fn first_parent(&self, commit: &str, shown: &str) -> Result<Baseline, Error> {
        match self.store.commit(&format!("{commit}^"))? {
            Some(id) => Ok(Baseline::Commit { id, chosen: format!("first parent of {shown}") }),
            None if self.store.is_shallow()? => Err(Error::ParentCutOff { revision: shown.to_owned() }),
            None => Ok(Baseline::FirstCompile),
        }
    }

    fn where_they_meet(&self, head: &str, shown: &str, named: &str, revision: &str) -> Result<Baseline, Error> {
        let (head_shown, revision_shown) = (shown.to_owned(), revision.to_owned());
        match self.store.merge_base(head, named)? {
            Some(id) if id == named => Ok(Baseline::Commit { id, chosen: revision_shown }),
            Some(id) => Ok(Baseline::Commit { id, chosen: format!("merge base with {revision}") }),
            None if self.store.is_shallow()? => {
                Err(Error::HistoryTooShort { head: head_shown, revision: revision_shown })
            }
            None => Err(Error::NoMergeBase { head: head_shown, revision: revision_shown }),
        }
    }

    /// Returns the full id of the commit that a revision names.
    pub fn named_commit(&self, revision: &str) -> Result<String, Error> {
        // What looks like an option or holds a control character names no revision, and reaches no program.
        let plausible = !revision.is_empty() && !revision.starts_with('-') && !revision.contains(char::is_control);
        let commit = if plausible { self.store.commit(revision)? } else { None };
        if let Some(commit) = commit {
            return Ok(commit);
        }
        let remotes = self.store.remotes()?;
        let remote_branch = revision.split_once('/').filter(|(remote, _)| remotes.iter().any(|it| it == remote));
        Err(Error::UnknownRevision {
            revision: revision.to_owned(),
            remote_branch: remote_branch.map(|(remote, branch)| (remote.to_owned(), branch.to_owned())),
            shallow: self.store.is_shallow()?,
        })
    }

    /// Reads the rendered tree of a commit as far as it differs from the new tree.
    ///
    /// The ids of the new files are compared first, so that of a thousand files of which one changed one is read.
    pub fn baseline_tree(&self, commit: &str, after: &ManifestTree, scope: &Scope) -> Result<BaselineTree, Error> {
        let listing = self.files(commit, tree::DIRECTORY)?;
        let mut before = BaselineTree { skipped: listing.skipped, ..BaselineTree::default() };
        before.skipped.retain(|it| scope.contains(&it.path));
        for (path, id) in listing.files.into_iter().filter(|(path, _)| scope.contains(path)) {
            if let Some(text) = after.files.get(&path)
                && self.store.blob_id(text.as_bytes())? == id
            {
                before.same.insert(path);
                continue;
            }
            let shown = format!("{}/{path}", tree::DIRECTORY);
            match self.text(&shown, &id) {
                Ok(text) if tree::is_generated(text.as_bytes()) => drop(before.differing.files.insert(path, text)),
                // A pointer in the place of a manifest may stand for one of ours; nobody can tell.
                Err(error @ Error::LfsPointer { .. }) if extension(&path) == Some("yaml") => return Err(error),
                Ok(_) | Err(Error::LfsPointer { .. } | Error::NotText { .. }) => {
                    before.skipped.push(Skipped { path, reason: SkipReason::Foreign });
                }
                Err(error) => return Err(error),
            }
        }
        before.skipped.sort();
        Ok(before)
    }

    /// Reads the spec of a commit, as the disk edge reads it: `*.kdl` below `base/` and `environments/`, and what lies
    /// beside them.
    pub fn baseline_sources(&self, commit: &str) -> Result<BaselineSources, Error> {
        let (mut skipped_files, mut files, mut beside) = (Vec::new(), Vec::new(), Vec::new());
        for directory in ["base", "environments"] {
            let listing = self.files(commit, directory)?;
            let is_hidden = |path: &str| path.split('/').any(|it| it.starts_with('.'));
            let skipped = listing.skipped.into_iter().filter(|it| !is_hidden(&it.path));
            skipped_files.extend(skipped.map(|it| Skipped { path: format!("{directory}/{}", it.path), ..it }));
            for (path, id) in listing.files {
                let name = format!("{directory}/{path}");
                if is_hidden(&path) {
                    continue;
                }
                match self.text(&name, &id) {
                    Err(error) if extension(&path) == Some("kdl") => return Err(error),
                    Ok(text) if extension(&path) == Some("kdl") => files.push((name, text)),
                    content => beside.push((name, content.map_err(|_| "could not be read".to_owned()))),
                }
            }
        }
        Ok(BaselineSources { sources: Sources::new(files).with_files(beside), skipped: skipped_files })
    }
}

impl BaselineTree {
    /// Returns the whole tree of the baseline; what is the same is taken from the new tree.
    pub fn whole(&self, after: &ManifestTree) -> ManifestTree {
        let mut whole = self.differing.clone();
        let same = self.same.iter().filter_map(|it| after.files.get_key_value(it));
        whole.files.extend(same.map(|(path, text)| (path.clone(), text.clone())));
        whole
    }
}

fn extension(path: &str) -> Option<&str> {
    Path::new(path).extension()?.to_str()
}
