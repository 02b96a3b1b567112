//! Text of spec files in, and of files beside them; what the stages from `parse` to `patch` make of it out.

use std::path::{Path, PathBuf};
use todo_gitops::diagnostic::Diagnostic;
use todo_gitops::object::ObjectSet;
use todo_gitops::source::Sources;
use todo_gitops::spec::Part;
use todo_gitops::{lower, parse, patch, resolve};

/// A compiled project.
pub(crate) struct Compiled {
    /// What each file said.
    pub(crate) parts: Vec<Part>,
    /// The objects, one set per environment.
    pub(crate) objects: Vec<ObjectSet>,
    /// All messages of `parse`, or, where there is none, of `resolve` and `patch`.
    pub(crate) diagnostics: Vec<Diagnostic>,
    sources: Sources,
}

/// Compiles files given as name and text.
pub(crate) fn compile(files: Vec<(String, String)>) -> Compiled {
    let is_spec = |name: &str| Path::new(name).extension().is_some_and(|it| it == "kdl");
    let (specs, beside): (Vec<_>, Vec<_>) = files.into_iter().partition(|(name, _)| is_spec(name));
    let sources = Sources::new(specs).with_files(beside.into_iter().map(|(name, text)| (name, Ok(text))));
    let (parts, mut diagnostics) = parse::project(&sources);
    let mut objects = Vec::new();
    if diagnostics.is_empty() {
        let project = resolve::project(&parts, &sources);
        diagnostics = project.diagnostics;
        for spec in &project.specs {
            let (set, found) = patch::objects(lower::objects(spec), &spec.patches);
            objects.push(set);
            diagnostics.extend(found);
        }
    }
    Compiled { parts, objects, diagnostics, sources }
}

impl Compiled {
    /// Returns the text of a part's file.
    pub(crate) fn text(&self, part: &Part) -> &str {
        &self.sources.file(part.file).text
    }

    /// Writes the messages, one a line.
    pub(crate) fn messages(&self) -> String {
        let line = |it: &Diagnostic| {
            let place = it.labels.first().map(|label| self.sources.location(label.span).to_string());
            format!("{} [{}] {}\n", place.unwrap_or_default(), it.code.name, it.message)
        };
        self.diagnostics.iter().map(line).collect()
    }

    /// Returns each object of each environment as text, without where its values come from.
    pub(crate) fn bodies(&self) -> Vec<String> {
        let of = |set: &ObjectSet| {
            let name = set.environment.name.clone();
            let facts = set.environment.external.iter().map(|it| format!("{} {} {:?}", it.kind, it.name, it.keys));
            let bodies = set.objects.iter().map(|it| it.body.to_string());
            facts.chain(bodies).map(move |it| format!("{name}: {it}")).collect::<Vec<_>>()
        };
        self.objects.iter().flat_map(of).collect()
    }
}

/// Returns the files of a folder of this repository whose names end in `ending`, by their paths from its root.
pub(crate) fn repository_files(folder: &str, ending: &str) -> Vec<(String, String)> {
    fn walk(path: &Path, found: &mut Vec<PathBuf>) {
        match std::fs::read_dir(path) {
            Ok(entries) => entries.filter_map(Result::ok).for_each(|it| walk(&it.path(), found)),
            Err(_) => found.push(path.to_owned()),
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    walk(&root.join(folder), &mut paths);
    paths.sort();
    paths
        .into_iter()
        .filter(|it| it.to_string_lossy().ends_with(ending))
        .filter_map(|it| {
            let name = it.strip_prefix(root).ok()?.to_string_lossy().replace('\\', "/");
            Some((name, std::fs::read_to_string(&it).ok()?))
        })
        .collect()
}
