//! A path that a spec names in, the file beside the spec out.

use super::{Context, UNKNOWN_FILE, UNREADABLE_FILE};
use crate::diagnostic::{Diagnostic, suggest};
use crate::source::{FileId, NoFile, Source, Sources, Span, Traced};

/// Finds the file that a value names, from the folder of the spec file in which the value stands. Reports a path that
/// leads nowhere, or to a file that cannot be read.
pub(super) fn find(path: &Traced<String>, context: &mut Context<'_>) -> Option<FileId> {
    let span = path.origin.span?;
    let message = match context.sources.beside(span.file, &path.value) {
        Ok(file) => {
            context.files.insert(file);
            let source = context.sources.file(file);
            let why = source.unreadable.as_ref();
            let Some(why) = why else { return Some(file) };
            let message = Diagnostic::new(UNREADABLE_FILE, format!("`{}` {why}", source.name)).at(span, "");
            message.help("files that a spec names are text of at most 1 MiB, in UTF-8")
        }
        Err(why) => refusal(&path.value, span, &why, context.sources),
    };
    context.diagnostics.push(message);
    None
}

fn refusal(path: &str, span: Span, why: &NoFile, sources: &Sources) -> Diagnostic {
    let new = |message: String| Diagnostic::new(UNKNOWN_FILE, message).at(span, "");
    let below = "name a file below `base/` or `environments/`, from the folder of this spec file";
    match why {
        NoFile::Absolute => new(format!("`{path}` is a path of this machine, not of the project")).help(below),
        NoFile::Folder => new(format!("`{path}` is a folder")).help(below),
        NoFile::Outside => new(format!("`{path}` leads out of the folders of the spec")).help(below),
        NoFile::Spec => new(format!("`{path}` is a file of the spec")).help("it is read anyway"),
        NoFile::Missing(name) => {
            let known: Vec<&str> = sources.files().map(|(_, it)| it.name.as_str()).collect();
            let message = new(format!("there is no file `{name}`"));
            match suggest::nearest(name, known.iter().copied()) {
                Some(near) => message.help(format!("did you mean `{}`?", relative(near, sources.file(span.file)))),
                None => {
                    message.help("the path starts at the folder of this spec file; links and hidden files are not read")
                }
            }
        }
    }
}

/// Writes the name of a file as a path from the folder of another.
fn relative(name: &str, from: &Source) -> String {
    let own: Vec<&str> = from.name.split('/').collect();
    let steps: Vec<&str> = name.split('/').collect();
    let shared = own.iter().zip(&steps).take_while(|(a, b)| a == b).count().min(own.len() - 1).min(steps.len() - 1);
    let up = own.len() - 1 - shared;
    vec![".."; up].into_iter().chain(steps[shared..].iter().copied()).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::relative;
    use crate::source::Sources;

    #[test]
    fn writes_the_path_that_was_meant() {
        let sources = Sources::new([("base/web/app.kdl".to_owned(), String::new())]);
        let from = sources.iter().next().unwrap().1;
        for (name, expected) in [
            ("base/web/a.yaml", "a.yaml"),
            ("base/web/in/a.yaml", "in/a.yaml"),
            ("base/a.yaml", "../a.yaml"),
            ("environments/prod/a.yaml", "../../environments/prod/a.yaml"),
        ] {
            assert_eq!(relative(name, from), expected);
        }
    }
}
