//! A file that no `mod` names is never compiled, its rules never run and its tests never fail.

use super::{Files, Problem, rust_code, rust_files};

/// Every Rust file of the program and of the tests is declared by the module around it.
pub(crate) fn are_declared(files: &Files) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, _) in rust_files(files, &["src/", "tests/suite/"]) {
        let Some((folder, name)) = path.trim_end_matches(".rs").trim_end_matches("/mod").rsplit_once('/') else {
            continue;
        };
        let is_root = matches!(path, "src/lib.rs" | "src/main.rs" | "tests/suite/main.rs");
        if is_root {
            continue;
        }
        let parents = match folder {
            "src" => vec!["src/lib.rs".to_owned()],
            "tests/suite" => vec!["tests/suite/main.rs".to_owned()],
            _ => vec![format!("{folder}/mod.rs"), format!("{folder}.rs")],
        };
        let text = parents.iter().find_map(|it| files.get(it)).map_or("", String::as_str);
        let declares = rust_code::of(text).test_modules.iter().any(|it| it == name)
            || rust_code::of(text).program.lines().any(|it| is_declaration(it, name));
        if !declares {
            problems.push(Problem::new(path, None, format!("`{}` has no `mod {name};`", parents[0])));
        }
    }
    problems
}

/// True for `mod name;`, whatever its visibility.
fn is_declaration(line: &str, name: &str) -> bool {
    let Some(before) = line.trim().strip_suffix(';') else { return false };
    before.rsplit_once("mod ").is_some_and(|(_, it)| it.trim() == name)
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::are_declared;

    #[test]
    fn a_forgotten_file_is_named() {
        let registry = "mod names;\npub(super) mod pod;\n#[cfg(test)]\nmod tests;\n// mod traffic;";
        let files = [
            ("src/lib.rs", "pub mod tree;\npub mod validate;"),
            ("src/tree.rs", ""),
            ("src/validate/mod.rs", registry),
            ("src/validate/names.rs", ""),
            ("src/validate/pod/mod.rs", ""),
            ("src/validate/pod/probe.rs", ""),
            ("src/validate/tests.rs", ""),
            ("src/validate/traffic.rs", ""),
            ("tests/suite/extra.rs", ""),
            ("tests/suite/main.rs", ""),
        ];
        let expected = [
            "src/validate/pod/probe.rs: `src/validate/pod/mod.rs` has no `mod probe;`",
            "src/validate/traffic.rs: `src/validate/mod.rs` has no `mod traffic;`",
            "tests/suite/extra.rs: `tests/suite/main.rs` has no `mod extra;`",
        ];
        check(are_declared, &files, &expected);
    }
}
