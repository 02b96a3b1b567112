//! Reads a repository with libgit2.

#![expect(clippy::disallowed_methods, reason = "part of the git edge")]

use super::Error;
use super::store::{BlobId, Entry, EntryKind, Head, Opened, Store};
use git2::{ErrorCode, ObjectType, Oid, Repository};
use std::path::{Path, PathBuf};

/// Opens the repository around a directory; none where there is none.
pub(super) fn open(root: &Path) -> Result<Option<Opened>, Error> {
    let real = |path: &Path| path.canonicalize().map_err(|it| Error::Library { message: it.to_string() });
    let project = real(root)?;
    let repository = match Repository::discover(&project) {
        Ok(repository) => repository,
        Err(error) if error.code() == ErrorCode::NotFound => return Ok(None),
        Err(error) if error.code() == ErrorCode::Owner => {
            return Err(Error::DubiousOwnership { directory: work_tree_around(root) });
        }
        Err(error) => return Err(library(&error)),
    };
    let no_work_tree = || Error::NoWorkTree { directory: root.to_owned() };
    let work_tree = real(repository.workdir().ok_or_else(no_work_tree)?)?;
    let below = project.strip_prefix(&work_tree).map_err(|_| no_work_tree())?;
    let mut prefix = String::new();
    for name in below {
        prefix += name.to_str().ok_or_else(|| Error::PathNotText { directory: project.clone() })?;
        prefix.push('/');
    }
    Ok(Some(Opened { store: Box::new(Library { repository }), prefix }))
}

/// Returns the directory with the `.git` that was refused, which is the one to declare safe.
pub(super) fn work_tree_around(root: &Path) -> PathBuf {
    let real = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    real.ancestors().find(|it| it.join(".git").symlink_metadata().is_ok()).unwrap_or(&real).to_owned()
}

/// Returns the id that a blob of these bytes has in a repository with SHA-1 objects.
pub(super) fn sha1_blob_id(bytes: &[u8]) -> Result<BlobId, Error> {
    let id = Oid::hash_object(ObjectType::Blob, bytes).map_err(|it| library(&it))?;
    Ok(BlobId(id.to_string()))
}

struct Library {
    repository: Repository,
}

impl Store for Library {
    fn head(&self) -> Result<Head, Error> {
        let head = self.repository.find_reference("HEAD").map_err(|it| library(&it))?;
        let branch = head.symbolic_target_bytes().map(|it| {
            let full = String::from_utf8_lossy(it).into_owned();
            full.strip_prefix("refs/heads/").map(str::to_owned).unwrap_or(full)
        });
        match (self.repository.head(), branch) {
            (Ok(tip), branch) => {
                let id = tip.target().map(|it| it.to_string()).unwrap_or_default();
                Ok(match branch {
                    Some(name) => Head::Branch { name, commit: id },
                    None => Head::Detached { commit: id },
                })
            }
            (Err(error), Some(name)) if error.code() == ErrorCode::UnbornBranch => Ok(Head::Unborn { name }),
            (Err(error), _) => Err(library(&error)),
        }
    }

    fn commit(&self, revision: &str) -> Result<Option<String>, Error> {
        const NAMES_NONE: &[ErrorCode] =
            &[ErrorCode::Ambiguous, ErrorCode::InvalidSpec, ErrorCode::NotFound, ErrorCode::Peel];
        match self.repository.revparse_single(&format!("{revision}^{{commit}}")) {
            Ok(object) => Ok(Some(object.id().to_string())),
            Err(error) if NAMES_NONE.contains(&error.code()) => Ok(None),
            Err(error) => Err(library(&error)),
        }
    }

    fn merge_base(&self, one: &str, other: &str) -> Result<Option<String>, Error> {
        match self.repository.merge_base(oid(one)?, oid(other)?) {
            Ok(id) => Ok(Some(id.to_string())),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(library(&error)),
        }
    }

    fn is_shallow(&self) -> Result<bool, Error> {
        Ok(self.repository.is_shallow())
    }

    fn remotes(&self) -> Result<Vec<String>, Error> {
        let names = self.repository.remotes().map_err(|it| library(&it))?;
        Ok(names.iter_bytes().map(|it| String::from_utf8_lossy(it).into_owned()).collect())
    }

    fn entries(&self, commit: &str, directory: &str) -> Result<Vec<Entry>, Error> {
        let missing = |error: &git2::Error, id: &str| {
            if error.code() == ErrorCode::NotFound {
                Error::MissingObject { id: id.to_owned() }
            } else {
                library(error)
            }
        };
        let top = self.repository.find_commit(oid(commit)?).map_err(|it| missing(&it, commit))?;
        let top = top.tree().map_err(|it| missing(&it, commit))?;
        let top = match top.get_path(Path::new(directory)) {
            Ok(entry) => entry,
            Err(error) if error.code() == ErrorCode::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(library(&error)),
        };
        let mut entries = Vec::new();
        let mut pending = vec![(directory.as_bytes().to_vec(), top.to_owned())];
        while let Some((path, entry)) = pending.pop() {
            let id = entry.id().to_string();
            if entry.kind() != Some(ObjectType::Tree) {
                let kind = EntryKind::from_mode(entry.filemode_raw().cast_unsigned());
                entries.push(Entry { path, kind, id: BlobId(id) });
                continue;
            }
            let below = self.repository.find_tree(entry.id()).map_err(|it| missing(&it, &id))?;
            for entry in &below {
                pending.push(([&path, entry.name_bytes()].join(&b'/'), entry.to_owned()));
            }
        }
        Ok(entries)
    }

    fn blob(&self, id: &BlobId) -> Result<Option<Vec<u8>>, Error> {
        match self.repository.find_blob(oid(&id.0)?) {
            Ok(blob) => Ok(Some(blob.content().to_vec())),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(library(&error)),
        }
    }

    fn blob_id(&self, bytes: &[u8]) -> Result<BlobId, Error> {
        sha1_blob_id(bytes)
    }
}

fn oid(id: &str) -> Result<Oid, Error> {
    Oid::from_str(id).map_err(|it| library(&it))
}

fn library(error: &git2::Error) -> Error {
    Error::Library { message: error.message().to_owned() }
}
