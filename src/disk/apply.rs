//! A plan in, the rendered tree on disk out: all of it, or what was there before.
//!
//! Every new file is staged beside the tree, so that a full disk is met before anything is touched; then each is
//! renamed to its place, and what is stale is deleted. No file is ever truncated or written where it lies. A failure on
//! the way is undone with the bytes that the plan has kept.
//!
//! Two syncs, however many files: the staging directory before the first rename, the rendered directory after the last.
//! On a journalling file system they order and keep the names, not every byte: after a power cut a new file may be empty.
//! That is no loss, because the tree follows from the sources: `--check` sees it, and the next compile replaces it.

#![expect(clippy::disallowed_methods, reason = "part of the disk edge")]

use super::staging::{Staging, place, sync_directory};
use super::{Action, Error};
use crate::tree;
use crate::tree::WritePlan;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

/// Carries out a plan. After an error the tree is what it was, except where undoing failed too.
pub fn apply(root: &Path, plan: &WritePlan) -> Result<(), Error> {
    if plan.is_refused() {
        return Err(Error::Refused { paths: plan.foreign_in_the_way.iter().map(|it| it.path.clone()).collect() });
    }
    if plan.is_empty() {
        return Ok(());
    }
    let top = root.join(tree::DIRECTORY);
    for path in paths(plan) {
        check_path(path)?;
        check_directories(root, &top.join(path))?;
    }
    let mut staging = Staging::beside(root)?;
    let steps = stage(&top, plan, &mut staging)?;
    staging.sync()?;

    let mut undo = Vec::new();
    let done = steps.iter().try_for_each(|step| step.run(root, &mut undo)).and_then(|()| sync_directory(&top));
    if let Err(error) = done {
        for undo in undo.iter().rev() {
            undo.run(&mut staging);
        }
        return Err(error);
    }
    remove_empty_directories(&top, plan);
    Ok(())
}

/// One change of one file.
struct Step<'a> {
    target: PathBuf,
    before: Option<&'a [u8]>,
    /// The new content, already on disk; none where the file goes.
    staged: Option<PathBuf>,
}

/// What takes back one change.
enum Undo<'a> {
    RemoveDirectory(PathBuf),
    RemoveFile(PathBuf),
    Restore(PathBuf, &'a [u8]),
}

impl<'a> Step<'a> {
    /// Makes the change, if the file still is what the plan saw.
    fn run(&self, root: &Path, undo: &mut Vec<Undo<'a>>) -> Result<(), Error> {
        let target = &self.target;
        check_directories(root, target)?;
        if !self.is_as_planned()? {
            return Err(Error::Changed { path: target.clone() });
        }
        let take_back = match self.before {
            Some(bytes) => Undo::Restore(target.clone(), bytes),
            None => Undo::RemoveFile(target.clone()),
        };
        match &self.staged {
            Some(staged) => {
                create_directories(root, target, undo)?;
                place(staged, target)?;
            }
            None => fs::remove_file(target).map_err(Error::io(Action::Remove, target))?,
        }
        undo.push(take_back);
        Ok(())
    }

    fn is_as_planned(&self) -> Result<bool, Error> {
        let metadata = match self.target.symlink_metadata() {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(self.before.is_none()),
            Err(error) => return Err(Error::io(Action::Read, &self.target)(error)),
        };
        let Some(before) = self.before else { return Ok(false) };
        if !metadata.is_file() || metadata.len() != before.len() as u64 {
            return Ok(false);
        }
        Ok(fs::read(&self.target).map_err(Error::io(Action::Read, &self.target))? == before)
    }
}

impl Undo<'_> {
    /// Takes one change back; a failure leaves the rest of the undoing its chance.
    fn run(&self, staging: &mut Staging) {
        match self {
            Self::RemoveDirectory(path) => drop(fs::remove_dir(path)),
            Self::RemoveFile(path) => drop(fs::remove_file(path)),
            Self::Restore(path, bytes) => drop(staging.add(bytes).and_then(|staged| place(&staged, path))),
        }
    }
}

fn paths(plan: &WritePlan) -> impl Iterator<Item = &str> {
    let create = plan.create.iter().map(|it| it.path.as_str());
    let update = plan.update.iter().map(|it| it.path.as_str());
    create.chain(update).chain(plan.delete.iter().map(|it| it.path.as_str()))
}

/// Writes every new file beside the tree, and returns the changes in the order in which they are made.
fn stage<'a>(top: &Path, plan: &'a WritePlan, staging: &mut Staging) -> Result<Vec<Step<'a>>, Error> {
    let mut steps = Vec::new();
    for it in &plan.create {
        let staged = Some(staging.add(it.text.as_bytes())?);
        steps.push(Step { target: top.join(&it.path), before: None, staged });
    }
    for it in &plan.update {
        let staged = Some(staging.add(it.after.as_bytes())?);
        steps.push(Step { target: top.join(&it.path), before: Some(&it.before), staged });
    }
    for it in &plan.delete {
        steps.push(Step { target: top.join(&it.path), before: Some(&it.before), staged: None });
    }
    Ok(steps)
}

/// Refuses a path that is more than plain names joined with `/`.
fn check_path(path: &str) -> Result<(), Error> {
    let plain = Path::new(path).components().all(|it| matches!(it, Component::Normal(_)));
    let unchanged = path.split('/').all(|it| !it.is_empty() && it != ".");
    let portable = !path.contains(['\\', '\0']);
    if plain && unchanged && portable { Ok(()) } else { Err(Error::UnsafePath { path: path.to_owned() }) }
}

/// Lists the directories between the project and a file, the outermost first.
fn directories<'a>(root: &Path, file: &'a Path) -> Vec<&'a Path> {
    let mut all: Vec<_> = file.ancestors().skip(1).take_while(|it| *it != root).collect();
    all.reverse();
    all
}

/// Refuses a file whose directories are not all real ones; those that are not there yet are no objection.
fn check_directories(root: &Path, file: &Path) -> Result<(), Error> {
    for directory in directories(root, file) {
        match directory.symlink_metadata() {
            Ok(it) if it.is_symlink() => return Err(Error::Symlink { path: directory.to_owned() }),
            Ok(it) if it.is_dir() => {}
            Ok(_) => return Err(Error::NotADirectory { path: directory.to_owned() }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(Error::io(Action::Read, directory)(error)),
        }
    }
    Ok(())
}

/// Makes the directories that a file needs, one by one, so that each can be taken back.
fn create_directories(root: &Path, file: &Path, undo: &mut Vec<Undo<'_>>) -> Result<(), Error> {
    for directory in directories(root, file) {
        match fs::create_dir(directory) {
            Ok(()) => undo.push(Undo::RemoveDirectory(directory.to_owned())),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(Error::io(Action::Create, directory)(error)),
        }
    }
    check_directories(root, file)
}

/// Removes the directories that held nothing but what was deleted; one that stays, for whatever reason, does no harm.
fn remove_empty_directories(top: &Path, plan: &WritePlan) {
    for it in &plan.delete {
        let file = top.join(&it.path);
        let _ = file.ancestors().skip(1).take_while(|it| *it != top).try_for_each(fs::remove_dir);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_make_a_path() {
        for (path, plain) in [
            ("todo-prod/service-a.yaml", true),
            ("todo-prod/..a.yaml", true),
            ("", false),
            ("/etc/passwd", false),
            ("../a.yaml", false),
            ("a/../../b.yaml", false),
            ("a/./b.yaml", false),
            ("a//b.yaml", false),
            ("a/", false),
            ("a\\..\\b.yaml", false),
            ("a\0b", false),
        ] {
            assert_eq!(check_path(path).is_ok(), plain, "{path:?}");
        }
    }
}
