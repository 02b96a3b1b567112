//! The git edge over real repositories, each case once through libgit2 and once through the `git` program.

use crate::support::repository::{Format, TestRepository, git};
use crate::support::write_files;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use todo_gitops::change::Baseline;
use todo_gitops::git::{BaselineTree, Error, Head, Repository, SkipReason, Skipped};
use todo_gitops::tree::{GENERATED, ManifestTree, Scope};

fn open(path: &Path) -> Repository {
    Repository::open(path).unwrap().expect("a repository")
}

fn chosen(path: &Path, base: Option<&str>) -> Result<(String, String), Error> {
    match open(path).baseline(base)? {
        Baseline::Commit { id, chosen } => Ok((id, chosen)),
        Baseline::FirstCompile => Ok((String::new(), "first compile".to_owned())),
    }
}

fn ours(body: &str) -> String {
    format!("{GENERATED}{body}\n")
}

fn tree(files: &[(&str, &str)]) -> ManifestTree {
    ManifestTree { files: files.iter().map(|(path, body)| ((*path).to_owned(), ours(body))).collect() }
}

fn skipped(path: &str, reason: SkipReason) -> Skipped {
    Skipped { path: path.to_owned(), reason }
}

#[test]
fn a_directory_outside_any_repository_is_its_own_outcome() {
    let directory = tempfile::tempdir().unwrap();
    assert!(Repository::open(directory.path()).unwrap().is_none());
}

#[test]
fn a_branch_without_a_commit_is_the_first_compile() {
    for format in Format::ALL {
        let repository = TestRepository::new(format);
        assert_eq!(open(repository.path()).baseline(None), Ok(Baseline::FirstCompile), "{format:?}");
        assert_eq!(open(repository.path()).head(), Ok(Head::Unborn { name: "main".to_owned() }));
        let error = chosen(repository.path(), Some("main")).unwrap_err();
        assert!(matches!(error, Error::UnknownRevision { .. }), "{error:?}");
    }
}

#[test]
fn head_is_the_baseline_on_a_branch_and_without_one() {
    for format in Format::ALL {
        let repository = TestRepository::new(format);
        let commit = repository.commit(&[("base/app.kdl", "app todo\n")]);
        assert_eq!(chosen(repository.path(), None), Ok((commit.clone(), "HEAD".to_owned())), "{format:?}");
        let branch = Head::Branch { name: "main".to_owned(), commit: commit.clone() };
        assert_eq!(open(repository.path()).head(), Ok(branch));
        repository.git(&["checkout", "--quiet", "--detach"]);
        assert_eq!(chosen(repository.path(), None), Ok((commit.clone(), "HEAD".to_owned())));
        assert_eq!(open(repository.path()).head(), Ok(Head::Detached { commit }));
    }
}

#[test]
fn a_branch_is_compared_with_where_it_left_the_other() {
    for format in Format::ALL {
        let repository = TestRepository::new(format);
        let first = repository.commit(&[("a", "1")]);
        repository.git(&["tag", "v1"]);
        let fork = repository.commit(&[("a", "2")]);
        repository.git(&["checkout", "--quiet", "-b", "feature"]);
        let tip = repository.commit(&[("a", "3")]);
        repository.git(&["checkout", "--quiet", "main"]);
        repository.commit(&[("b", "1")]);
        repository.git(&["checkout", "--quiet", "feature"]);
        for (base, commit, phrase) in [
            ("main", &fork, "merge base with main"),
            ("v1", &first, "v1"),
            (&fork[..12], &fork, &fork[..12]),
            ("HEAD~2", &first, "HEAD~2"),
            ("feature", &tip, "feature"),
        ] {
            let expected = Ok((commit.clone(), phrase.to_owned()));
            assert_eq!(chosen(repository.path(), Some(base)), expected, "{format:?} {base}");
        }
        repository.git(&["checkout", "--quiet", "--orphan", "other"]);
        repository.commit(&[("c", "1")]);
        let error = chosen(repository.path(), Some("main")).unwrap_err();
        assert_eq!(error, Error::NoMergeBase { head: "HEAD".to_owned(), revision: "main".to_owned() });
        repository.git(&["checkout", "--quiet", "--orphan", "empty"]);
        let error = chosen(repository.path(), Some("main")).unwrap_err();
        assert_eq!(error, Error::UnbornHead { name: "empty".to_owned(), revision: "main".to_owned() });
    }
}

#[test]
fn an_unknown_revision_says_what_to_fetch() {
    for format in Format::ALL {
        let repository = TestRepository::new(format);
        repository.commit(&[("a", "1")]);
        repository.git(&["remote", "add", "origin", "https://example.invalid/todo.git"]);
        for (base, help) in [
            ("origin/main", "run `git fetch origin +main:refs/remotes/origin/main`"),
            ("feature/x", "if `feature/x` is a branch of a remote, write `origin/feature/x` and fetch it"),
            ("main..HEAD", "name one commit with `--base`, and another with `--head`"),
            ("--all", "name a branch, a tag or a commit; `git log --oneline` shows the commits"),
            ("", "name a branch, a tag or a commit; `git log --oneline` shows the commits"),
            ("HEAD:a", "`git log --oneline` shows the commits that there are"),
        ] {
            let error = chosen(repository.path(), Some(base)).unwrap_err();
            assert_eq!(error.to_string(), format!("`{base}` names no commit of this clone"), "{format:?}");
            assert_eq!(error.help(), [help], "{format:?}");
        }
        for base in ["\n", "a\0b", "HEAD~7"] {
            let error = chosen(repository.path(), Some(base)).unwrap_err();
            assert!(matches!(error, Error::UnknownRevision { .. }), "{format:?} {base:?}: {error:?}");
        }
    }
}

#[test]
fn a_shallow_clone_has_its_head_and_says_what_it_lacks() {
    for format in Format::ALL {
        let repository = TestRepository::new(format);
        repository.commit(&[("base/app.kdl", "1")]);
        repository.commit(&[("base/app.kdl", "2")]);
        repository.git(&["checkout", "--quiet", "-b", "feature"]);
        let tip = repository.commit(&[("base/app.kdl", "3")]);
        let clone = repository.beside("clone");
        let url = format!("file://{}", repository.path().display());
        repository.git(&["clone", "--quiet", "--depth=1", &url, clone.to_str().unwrap()]);

        assert_eq!(chosen(&clone, None), Ok((tip.clone(), "HEAD".to_owned())), "{format:?}");
        let sources = open(&clone).baseline_sources(&tip).unwrap().sources;
        let files: Vec<_> = sources.iter().map(|(_, it)| (it.name.as_str(), it.text.as_str())).collect();
        assert_eq!(files, [("base/app.kdl", "3")]);
        for base in ["HEAD~1", "origin/main"] {
            let error = chosen(&clone, Some(base)).unwrap_err();
            assert!(matches!(error, Error::UnknownRevision { .. }), "{format:?} {error:?}");
            assert!(error.help()[1].contains("git fetch --unshallow"), "{:?}", error.help());
        }
        git(&clone, &["fetch", "--quiet", "--depth=1", "origin", "+main:refs/remotes/origin/main"]);
        let error = chosen(&clone, Some("origin/main")).unwrap_err();
        assert_eq!(
            error,
            Error::HistoryTooShort { head: "HEAD".to_owned(), revision: "origin/main".to_owned() },
            "{format:?}"
        );
        let error = open(&clone).baseline_of(&tip, "HEAD", None).unwrap_err();
        assert_eq!(error, Error::ParentCutOff { revision: "HEAD".to_owned() }, "{format:?}");
        assert!(error.help()[0].contains("git fetch --unshallow"), "{:?}", error.help());
        git(&clone, &["fetch", "--quiet", "--unshallow"]);
        assert_eq!(chosen(&clone, Some("origin/main")).unwrap().1, "origin/main");
    }
}

#[test]
fn a_project_in_a_subdirectory_and_in_a_linked_work_tree() {
    for format in Format::ALL {
        let repository = TestRepository::new(format);
        let commit = repository.commit(&[
            ("apps/todo/base/app.kdl", "app todo\n"),
            ("apps/todo/base/.hidden.kdl", "app hidden\n"),
            ("apps/todo/base/notes.md", "notes\n"),
            ("apps/todo/environments/prod.kdl", "environment prod\n"),
            ("apps/todo/rendered/prod/a.yaml", &ours("1")),
            ("apps/todo-two/rendered/prod/b.yaml", &ours("1")),
            ("base/app.kdl", "app other\n"),
        ]);
        let linked = repository.beside("linked");
        repository.git(&["worktree", "add", "--quiet", "--detach", linked.to_str().unwrap()]);
        for top in [repository.path(), &linked] {
            let project = top.join("apps/todo");
            assert_eq!(chosen(&project, None).unwrap().0, commit, "{format:?}");
            let project = open(&project);
            let sources = project.baseline_sources(&commit).unwrap().sources;
            let names: Vec<_> = sources.iter().map(|(_, it)| it.name.as_str()).collect();
            assert_eq!(names, ["base/app.kdl", "environments/prod.kdl"], "{format:?}");
            assert_eq!(sources.iter().next().unwrap().1.text, "app todo\n");
            assert_eq!(sources.files().map(|(_, it)| it.name.as_str()).collect::<Vec<_>>(), ["base/notes.md"]);
            let files = project.files(&commit, "rendered").unwrap().files;
            assert_eq!(files.keys().collect::<Vec<_>>(), ["prod/a.yaml"], "{format:?}");
            assert!(project.files(&commit, "nowhere").unwrap().files.is_empty());
        }
    }
}

#[test]
fn only_what_differs_is_read_and_the_rest_is_known_by_its_id() {
    for format in Format::ALL {
        let repository = TestRepository::new(format);
        let commit = repository.commit(&[
            ("rendered/dev/a.yaml", &ours("dev")),
            ("rendered/prod/changed.yaml", &ours("old")),
            ("rendered/prod/gone.yaml", &ours("gone")),
            ("rendered/prod/same.yaml", &ours("same")),
            ("rendered/prod/README", "by hand\n"),
        ]);
        let after = tree(&[("prod/changed.yaml", "new"), ("prod/same.yaml", "same"), ("prod/new.yaml", "new")]);
        let scope = Scope::Folders(BTreeSet::from(["prod".to_owned()]));
        let before = open(repository.path()).baseline_tree(&commit, &after, &scope).unwrap();
        let expected = BaselineTree {
            differing: tree(&[("prod/changed.yaml", "old"), ("prod/gone.yaml", "gone")]),
            same: BTreeSet::from(["prod/same.yaml".to_owned()]),
            skipped: vec![skipped("prod/README", SkipReason::Foreign)],
        };
        assert_eq!(before, expected, "{format:?}");
        let whole = tree(&[("prod/changed.yaml", "old"), ("prod/gone.yaml", "gone"), ("prod/same.yaml", "same")]);
        assert_eq!(before.whole(&after), whole);
        let all = open(repository.path()).baseline_tree(&commit, &after, &Scope::Everything).unwrap();
        assert!(all.differing.files.contains_key("dev/a.yaml"));
    }
}

#[test]
fn many_blobs_of_any_size_come_back_as_they_were() {
    for format in Format::ALL {
        let repository = TestRepository::new(format);
        let bodies = ["", "\n", "no line break at the end", "a\r\nb\0c\n", &"long line\n".repeat(300_000)];
        let names: Vec<String> = (0..bodies.len()).map(|it| format!("rendered/prod/{it}.yaml")).collect();
        let files: Vec<_> = names.iter().map(String::as_str).zip(bodies).collect();
        let commit = repository.commit(&files);
        let repository = open(repository.path());
        let listed = repository.files(&commit, "rendered/prod").unwrap().files;
        let read: BTreeMap<_, _> = listed.iter().map(|(path, id)| (path, repository.text(path, id).unwrap())).collect();
        assert!(read.values().eq(bodies), "{format:?}");
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_text_file_is_named_and_never_guessed() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    for format in Format::ALL {
        let repository = TestRepository::new(format);
        let prod = repository.path().join("rendered/prod");
        write_files(repository.path(), &[("rendered/prod/a.yaml", &ours("1")), ("outside", "secret\n")]);
        fs::write(prod.join(OsStr::from_bytes(b"caf\xe9.yaml")), ours("1")).unwrap();
        fs::write(prod.join("tab\tand\nbreak.yaml"), ours("1")).unwrap();
        fs::write(prod.join("binary.yaml"), b"\xff\xfe").unwrap();
        std::os::unix::fs::symlink("../../outside", prod.join("link.yaml")).unwrap();
        let first = repository.commit(&[]);
        repository.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{first},rendered/prod/module")]);
        let commit = repository.commit_staged();

        let opened = open(repository.path());
        let listing = opened.files(&commit, "rendered").unwrap();
        let names: Vec<_> = listing.files.keys().map(String::as_str).collect();
        assert_eq!(names, ["prod/a.yaml", "prod/binary.yaml", "prod/tab\tand\nbreak.yaml"], "{format:?}");
        let expected = [
            skipped("prod/caf\u{fffd}.yaml", SkipReason::NameNotText),
            skipped("prod/link.yaml", SkipReason::Symlink),
            skipped("prod/module", SkipReason::Submodule),
        ];
        assert_eq!(listing.skipped, expected, "{format:?}");
        let error = opened.text("binary.yaml", &listing.files["prod/binary.yaml"]).unwrap_err();
        assert_eq!(error, Error::NotText { path: "binary.yaml".to_owned() });

        let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n";
        let commit = repository.commit(&[("rendered/prod/a.yaml", pointer), ("rendered/prod/logo.png", pointer)]);
        let error = opened.baseline_tree(&commit, &tree(&[]), &Scope::Everything).unwrap_err();
        assert_eq!(error, Error::LfsPointer { path: "rendered/prod/a.yaml".to_owned() }, "{format:?}");

        fs::remove_dir_all(repository.path().join("rendered")).unwrap();
        std::os::unix::fs::symlink("/etc", repository.path().join("rendered")).unwrap();
        let commit = repository.commit(&[]);
        let error = opened.files(&commit, "rendered").unwrap_err();
        assert_eq!(error, Error::NotADirectory { path: "rendered".to_owned() }, "{format:?}");
    }
}

#[test]
fn an_object_that_the_clone_lacks_is_an_error() {
    for format in Format::ALL {
        let repository = TestRepository::new(format);
        let commit = repository.commit(&[("rendered/prod/a.yaml", &ours("1"))]);
        let id = repository.git(&["rev-parse", "HEAD:rendered/prod/a.yaml"]);
        fs::remove_file(repository.path().join(format!(".git/objects/{}/{}", &id[..2], &id[2..]))).unwrap();
        let error = open(repository.path()).baseline_tree(&commit, &tree(&[]), &Scope::Everything).unwrap_err();
        assert_eq!(error, Error::MissingObject { id }, "{format:?}");
        let absent = commit.replace(|_| true, "1");
        let error = open(repository.path()).files(&absent, "rendered").unwrap_err();
        assert_eq!(error, Error::MissingObject { id: absent }, "{format:?}");
    }
}

#[test]
fn a_bare_repository_has_no_project() {
    let repository = TestRepository::new(Format::Sha1);
    let bare = repository.beside("bare");
    repository.git(&["clone", "--quiet", "--bare", ".", bare.to_str().unwrap()]);
    let error = Repository::open(&bare).unwrap_err();
    assert_eq!(error, Error::NoWorkTree { directory: bare });
}

#[cfg(unix)]
#[test]
fn a_repository_of_another_user_says_what_to_run() {
    for format in Format::ALL {
        let repository = TestRepository::new(format);
        repository.commit(&[("apps/todo/base/app.kdl", "app todo\n")]);
        // Only root can give a directory away.
        for path in ["", ".git"] {
            if std::os::unix::fs::chown(repository.path().join(path), Some(12345), None).is_err() {
                return;
            }
        }
        let error = Repository::open(&repository.path().join("apps/todo")).unwrap_err();
        assert_eq!(error, Error::DubiousOwnership { directory: repository.path().to_owned() }, "{format:?}");
        let command = format!("git config --global --add safe.directory {}", repository.path().display());
        assert!(error.help()[0].contains(&command));
    }
}

#[cfg(unix)]
#[test]
fn nothing_that_the_repository_configures_is_run() {
    for format in Format::ALL {
        let repository = TestRepository::new(format);
        let commit = repository.commit(&[("rendered/prod/a.yaml", &ours("1")), (".gitattributes", "* filter=trap\n")]);
        let trace = repository.beside("ran");
        let trap = format!("touch {}; cat", trace.display());
        for key in ["core.fsmonitor", "core.pager", "filter.trap.smudge", "diff.external", "core.sshCommand"] {
            repository.git(&["config", key, &trap]);
        }
        let opened = open(repository.path());
        opened.baseline(Some("HEAD")).unwrap();
        opened.baseline_tree(&commit, &tree(&[]), &Scope::Everything).unwrap();
        assert!(!trace.exists(), "{format:?}");
    }
}

#[test]
fn a_commit_is_compared_with_its_first_parent_or_where_it_left_a_branch() {
    for format in Format::ALL {
        let repository = TestRepository::new(format);
        let first = repository.commit(&[("a", "1")]);
        let fork = repository.commit(&[("a", "2")]);
        repository.git(&["tag", "v1"]);
        repository.git(&["checkout", "--quiet", "-b", "feature"]);
        let tip = repository.commit(&[("a", "3")]);
        repository.git(&["checkout", "--quiet", "main"]);
        let main = repository.commit(&[("b", "1")]);
        let opened = open(repository.path());
        let check = |head: &str, base: Option<&str>, commit: &str, phrase: &str| {
            let id = opened.named_commit(head).unwrap();
            let chosen = opened.baseline_of(&id, head, base).unwrap();
            let expected = Baseline::Commit { id: commit.to_owned(), chosen: phrase.to_owned() };
            assert_eq!(chosen, expected, "{format:?} {head} {base:?}");
        };
        check("feature", None, &fork, "first parent of feature");
        check(&tip, None, &fork, &format!("first parent of {tip}"));
        check("HEAD", None, &fork, "first parent of HEAD");
        check("HEAD~1", None, &first, "first parent of HEAD~1");
        check("v1", None, &first, "first parent of v1");
        check("feature", Some("main"), &fork, "merge base with main");
        check("feature", Some("v1"), &fork, "v1");
        check("feature", Some("HEAD~2"), &first, "HEAD~2");
        // What main has already is compared with what was before it.
        check("v1", Some("main"), &first, "first parent of v1, which main has already");
        check("main", Some(&main), &fork, &format!("first parent of main, which {main} has already"));
        check("main", Some("main"), &main, "main");
        assert_eq!(opened.baseline_of(&first, "v0", None), Ok(Baseline::FirstCompile), "{format:?}");
        let error = opened.named_commit("nowhere").unwrap_err();
        assert!(matches!(error, Error::UnknownRevision { .. }), "{error:?}");
        repository.git(&["checkout", "--quiet", "--orphan", "other"]);
        let other = repository.commit(&[("c", "1")]);
        let error = opened.baseline_of(&other, "other", Some("main")).unwrap_err();
        assert_eq!(error, Error::NoMergeBase { head: "other".to_owned(), revision: "main".to_owned() });
    }
}
