//! Reads a repository with the `git` program, where libgit2 cannot open it.
//!
//! Only plumbing is run, by argument list and never through a shell, with no hook, pager, file-system monitor, lock,
//! replacement or transport, and with every `GIT_*` variable taken away. Lists are read with `-z`.

#![expect(clippy::disallowed_methods, reason = "part of the git edge")]

use super::Error;
use super::libgit2::{sha1_blob_id, work_tree_around};
use super::store::{BlobId, Entry, EntryKind, Head, Opened, Store};
use sha2::{Digest as _, Sha256};
use std::cell::RefCell;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Opens the repository around a directory; none where there is none. `refusal` is why libgit2 did not.
pub(super) fn open(root: &Path, refusal: &str) -> Result<Option<Opened>, Error> {
    let questions = ["--is-inside-work-tree", "--is-shallow-repository", "--show-object-format", "--show-prefix"];
    let answer = match run(root, &[&["rev-parse"], &questions[..]].concat()) {
        Err(Failure::Spawn(_)) => return Err(Error::ProgramMissing { message: refusal.to_owned() }),
        Err(Failure::Exit { message, .. }) if message.contains("not a git repository") => return Ok(None),
        Err(Failure::Exit { message, .. }) if message.contains("dubious ownership") => {
            return Err(Error::DubiousOwnership { directory: work_tree_around(root) });
        }
        other => other?,
    };
    let not_text = |_| Error::PathNotText { directory: root.to_owned() };
    let answer = String::from_utf8(answer).map_err(not_text)?;
    let mut lines = answer.splitn(questions.len(), '\n');
    let mut next = || lines.next().unwrap_or_default();
    if next() != "true" {
        return Err(Error::NoWorkTree { directory: root.to_owned() });
    }
    let shallow = next() == "true";
    let format = if next() == "sha256" { ObjectFormat::Sha256 } else { ObjectFormat::Sha1 };
    let prefix = next().trim_end_matches('\n').to_owned();
    let store = Program { root: root.to_owned(), shallow, format, reader: RefCell::default() };
    Ok(Some(Opened { store: Box::new(store), prefix }))
}

struct Program {
    root: PathBuf,
    shallow: bool,
    format: ObjectFormat,
    reader: RefCell<Option<BlobReader>>,
}

#[derive(Clone, Copy)]
enum ObjectFormat {
    Sha1,
    Sha256,
}

impl Program {
    /// Runs git and returns its first line; none where it says by its exit code that there is no answer.
    fn line(&self, arguments: &[&str]) -> Result<Option<String>, Error> {
        match run(&self.root, arguments) {
            Ok(output) => Ok(String::from_utf8_lossy(&output).lines().next().map(str::to_owned)),
            Err(Failure::Exit { code: Some(1), .. }) => Ok(None),
            Err(failure) => Err(failure.into()),
        }
    }
}

impl Store for Program {
    fn head(&self) -> Result<Head, Error> {
        let branch = self.line(&["symbolic-ref", "--quiet", "HEAD"])?;
        let branch = branch.map(|it| it.strip_prefix("refs/heads/").unwrap_or(&it).to_owned());
        let commit = self.line(&["rev-parse", "--verify", "--quiet", "HEAD"])?;
        match (branch, commit) {
            (Some(name), Some(commit)) => Ok(Head::Branch { name, commit }),
            (None, Some(commit)) => Ok(Head::Detached { commit }),
            (Some(name), None) => Ok(Head::Unborn { name }),
            (None, None) => Err(Error::Program {
                command: "rev-parse --verify --quiet HEAD".to_owned(),
                message: "`HEAD` names nothing".to_owned(),
            }),
        }
    }

    fn commit(&self, revision: &str) -> Result<Option<String>, Error> {
        let peeled = format!("{revision}^{{commit}}");
        match run(&self.root, &["rev-parse", "--verify", "--quiet", "--end-of-options", &peeled]) {
            Ok(output) => Ok(String::from_utf8_lossy(&output).lines().next().map(str::to_owned)),
            // 128 is for what is no revision at all, such as `a..b`.
            Err(Failure::Exit { code: Some(1 | 128), .. }) => Ok(None),
            Err(failure) => Err(failure.into()),
        }
    }

    fn merge_base(&self, one: &str, other: &str) -> Result<Option<String>, Error> {
        self.line(&["merge-base", one, other])
    }

    fn is_shallow(&self) -> Result<bool, Error> {
        Ok(self.shallow)
    }

    fn remotes(&self) -> Result<Vec<String>, Error> {
        let output = run(&self.root, &["remote"])?;
        Ok(String::from_utf8_lossy(&output).lines().map(str::to_owned).collect())
    }

    fn entries(&self, commit: &str, directory: &str) -> Result<Vec<Entry>, Error> {
        if self.line(&["rev-parse", "--verify", "--quiet", &format!("{commit}^{{tree}}")])?.is_none() {
            return Err(Error::MissingObject { id: commit.to_owned() });
        }
        let output = run(&self.root, &["ls-tree", "-r", "-z", "--full-tree", commit, "--", directory])?;
        let lines = output.split(|it| *it == 0).filter(|it| !it.is_empty());
        lines.map(|it| entry(it).ok_or_else(|| unexpected("ls-tree", it))).collect()
    }

    fn blob(&self, id: &BlobId) -> Result<Option<Vec<u8>>, Error> {
        let mut reader = self.reader.borrow_mut();
        let failed =
            |error: io::Error| Error::Program { command: "cat-file --batch".to_owned(), message: error.to_string() };
        let mut started = match reader.take() {
            Some(started) => started,
            None => BlobReader::start(&self.root).map_err(failed)?,
        };
        // Kept only after a good answer: after a bad one nobody knows what the next line would belong to.
        let answer = started.read(id).map_err(failed)?;
        *reader = Some(started);
        Ok(answer)
    }

    fn blob_id(&self, bytes: &[u8]) -> Result<BlobId, Error> {
        match self.format {
            ObjectFormat::Sha1 => sha1_blob_id(bytes),
            ObjectFormat::Sha256 => {
                let hash = Sha256::new().chain_update(format!("blob {}\0", bytes.len())).chain_update(bytes).finalize();
                Ok(BlobId(hash.iter().flat_map(|it| [it >> 4, it & 15]).map(hexadecimal).collect()))
            }
        }
    }
}

fn hexadecimal(digit: u8) -> char {
    char::from_digit(u32::from(digit), 16).unwrap_or('0')
}

/// Reads `<mode> <type> <id>\t<path>`.
fn entry(line: &[u8]) -> Option<Entry> {
    let tab = line.iter().position(|it| *it == b'\t')?;
    let mut words = std::str::from_utf8(&line[..tab]).ok()?.split(' ');
    let kind = EntryKind::from_mode(u32::from_str_radix(words.next()?, 8).ok()?);
    let id = BlobId(words.nth(1)?.to_owned());
    Some(Entry { path: line[tab + 1..].to_vec(), kind, id })
}

/// A running `git cat-file --batch`: an id in, a blob out, as often as wanted.
struct BlobReader {
    child: Child,
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl BlobReader {
    fn start(root: &Path) -> io::Result<Self> {
        let mut command = command(root, &["cat-file", "--batch"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let answers = child.stdout.take().map(BufReader::new).ok_or(io::ErrorKind::BrokenPipe)?;
        Ok(Self { questions: child.stdin.take(), answers, child })
    }

    fn read(&mut self, id: &BlobId) -> io::Result<Option<Vec<u8>>> {
        let questions = self.questions.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        writeln!(questions, "{}", id.0)?;
        questions.flush()?;
        let mut header = String::new();
        self.answers.read_line(&mut header)?;
        let words: Vec<&str> = header.split_whitespace().collect();
        match words[..] {
            [_, "missing"] => Ok(None),
            [_, "blob", size] => {
                let size: usize = size.parse().map_err(|_| io::ErrorKind::InvalidData)?;
                let mut content = Vec::new();
                (&mut self.answers).take(size as u64 + 1).read_to_end(&mut content)?;
                match content.pop() {
                    Some(b'\n') if content.len() == size => Ok(Some(content)),
                    _ => Err(io::ErrorKind::UnexpectedEof.into()),
                }
            }
            _ => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}

impl Drop for BlobReader {
    /// Ends the program by closing its input, and waits for it.
    fn drop(&mut self) {
        self.questions = None;
        let _ = self.child.wait();
    }
}

/// How a run of git failed.
enum Failure {
    Exit { code: Option<i32>, command: String, message: String },
    Spawn(io::Error),
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Exit { code: _, command, message } => Self::Program { command, message },
            Failure::Spawn(error) => Self::Program { command: String::new(), message: error.to_string() },
        }
    }
}

fn run(root: &Path, arguments: &[&str]) -> Result<Vec<u8>, Failure> {
    let output = command(root, arguments).stdin(Stdio::null()).output().map_err(Failure::Spawn)?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let message = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(Failure::Exit { code: output.status.code(), command: arguments.join(" "), message })
}

fn command(root: &Path, arguments: &[&str]) -> Command {
    const QUIET: &[&str] = &[
        "--no-pager",
        "--no-replace-objects",
        "--no-optional-locks",
        "--literal-pathspecs",
        "-c",
        "core.fsmonitor=false",
        "-c",
        "core.hooksPath=/dev/null",
        "-c",
        "safe.bareRepository=explicit",
    ];
    let mut command = Command::new("git");
    // Looked at only to take names away: no value reaches us.
    for (name, _) in std::env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"GIT_") {
            command.env_remove(name);
        }
    }
    // The messages that are recognised are the untranslated ones. No transport is allowed, so that an object that a
    // partial clone lacks is missing instead of fetched.
    command.env("LC_ALL", "C").env("GIT_ALLOW_PROTOCOL", "none").env("GIT_NO_LAZY_FETCH", "1");
    command.current_dir(root).args(QUIET).args(arguments);
    command
}

fn unexpected(command: &str, line: &[u8]) -> Error {
    let message = format!("unexpected line `{}`", String::from_utf8_lossy(line).escape_debug());
    Error::Program { command: command.to_owned(), message }
}
