//! Markdown in; its fenced blocks and its sections out.

/// A fenced block of code.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fence {
    /// What stands behind the opening fence: `kdl base`.
    pub(crate) info: String,
    /// The lines between the fences.
    pub(crate) text: String,
    /// The line of the opening fence, from 1.
    pub(crate) line: usize,
    /// How many headings come before it: equal for two blocks of one section.
    pub(crate) section: usize,
}

/// A heading and what follows it, up to the next heading of any level.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Section {
    /// The heading with its number signs: `### Title`.
    pub(crate) heading: String,
    /// The text below it, code included.
    pub(crate) body: String,
    /// The heading's line, from 1.
    pub(crate) line: usize,
}

/// Returns the fenced blocks of a page, in order.
pub(crate) fn fences(markdown: &str) -> Vec<Fence> {
    let mut found = Vec::new();
    let mut open: Option<Fence> = None;
    let mut section = 0;
    for (index, line) in markdown.lines().enumerate() {
        match (line.trim_start().strip_prefix("```"), &mut open) {
            (Some(info), None) => {
                open = Some(Fence { info: info.trim().to_owned(), text: String::new(), line: index + 1, section });
            }
            (Some(_), Some(_)) => found.extend(open.take()),
            (None, Some(fence)) => fence.text.extend([line, "\n"]),
            (None, None) => section += usize::from(line.starts_with('#')),
        }
    }
    assert_eq!(open, None, "a fence that is not closed");
    found
}

/// Returns the sections of a page, in order.
pub(crate) fn sections(markdown: &str) -> Vec<Section> {
    let mut found: Vec<Section> = Vec::new();
    let mut in_fence = false;
    for (index, line) in markdown.lines().enumerate() {
        in_fence ^= line.trim_start().starts_with("```");
        if line.starts_with('#') && !in_fence {
            found.push(Section { heading: line.to_owned(), body: String::new(), line: index + 1 });
        } else if let Some(section) = found.last_mut() {
            section.body.extend([line, "\n"]);
        }
    }
    found
}

#[test]
fn finds_fences_and_sections() {
    let page = "# A\n```kdl base\napp x\n# no heading\n```\n## B\ntext\n```\nplain\n```\n";
    let fence =
        |info: &str, text: &str, line, section| Fence { info: info.to_owned(), text: text.to_owned(), line, section };
    assert_eq!(fences(page), [fence("kdl base", "app x\n# no heading\n", 2, 1), fence("", "plain\n", 8, 2)]);
    let found: Vec<(String, usize)> = sections(page).into_iter().map(|it| (it.heading, it.line)).collect();
    assert_eq!(found, [("# A".to_owned(), 1), ("## B".to_owned(), 6)]);
    assert_eq!(sections(page)[1].body, "text\n```\nplain\n```\n");
}
