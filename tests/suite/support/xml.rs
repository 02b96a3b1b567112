//! The text of an XML document, or why it is none: enough of XML for what we write ourselves.

/// Returns the text of every element, decoded. Fails where the document is not well-formed.
pub(crate) fn texts(document: &str) -> Result<Vec<String>, String> {
    let mut open: Vec<&str> = Vec::new();
    let mut texts = Vec::new();
    let mut rest = document;
    let mut roots = 0;
    while let Some((text, after)) = rest.split_once('<') {
        let text = decoded(text)?;
        if open.is_empty() && !text.trim().is_empty() {
            return Err(format!("text outside of the document: {text:?}"));
        }
        texts.push(text);
        let (tag, after) = after.split_once('>').ok_or("a tag has no end")?;
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop() != Some(name) {
                return Err(format!("</{name}> ends nothing"));
            }
            continue;
        }
        let (tag, is_whole) = tag.strip_suffix('/').map_or((tag, false), |it| (it, true));
        let name = tag.split(' ').next().unwrap_or_default();
        if name.is_empty() || !name.chars().all(|it| it.is_ascii_alphanumeric()) {
            return Err(format!("<{tag}> is no element"));
        }
        attributes(&tag[name.len()..])?;
        roots += usize::from(open.is_empty());
        if !is_whole {
            open.push(name);
        }
    }
    if !open.is_empty() || roots != 1 || !rest.trim().is_empty() {
        return Err(format!("{roots} roots, open: {open:?}, after the end: {rest:?}"));
    }
    Ok(texts)
}

/// Checks `name="value"`, each name once.
fn attributes(text: &str) -> Result<(), String> {
    let mut names: Vec<&str> = Vec::new();
    let mut rest = text;
    while !rest.trim().is_empty() {
        let (name, after) = rest.split_once("=\"").ok_or_else(|| format!("no attribute: {rest}"))?;
        let (value, after) = after.split_once('"').ok_or_else(|| format!("no end: {rest}"))?;
        let name = name.strip_prefix(' ').ok_or_else(|| format!("no space before {name}"))?;
        if names.contains(&name) || !name.chars().all(|it| it.is_ascii_alphanumeric() || it == '-') {
            return Err(format!("attribute {name}"));
        }
        decoded(value)?;
        names.push(name);
        rest = after;
    }
    Ok(())
}

/// Replaces the entities that every XML document has.
fn decoded(text: &str) -> Result<String, String> {
    let allowed = |it: char| it == '\n' || !(it.is_control() || ('\u{fffe}'..='\u{ffff}').contains(&it));
    if let Some(it) = text.chars().find(|it| !allowed(*it)) {
        return Err(format!("{it:?} is not allowed"));
    }
    let mut parts = text.split('&');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (entity, after) = part.split_once(';').ok_or_else(|| format!("a bare & in {text:?}"))?;
        out += match entity {
            "amp" => "&",
            "lt" => "<",
            "gt" => ">",
            "quot" => "\"",
            other => return Err(format!("&{other}; is no entity of XML")),
        };
        out += after;
    }
    Ok(out)
}

#[test]
fn a_broken_document_is_found() {
    assert_eq!(texts("<a b=\"1\"><c/>x&lt;y</a>\n").unwrap(), ["", "", "x<y"]);
    for broken in [
        "",
        "<a>",
        "<a></b>",
        "<a b></a>",
        "<a b=\"1\" b=\"2\"/>",
        "<a>&nbsp;</a>",
        "<a>&</a>",
        "<a/><b/>",
        "<a/>x",
        "<a>\u{1}</a>",
    ] {
        assert!(texts(broken).is_err(), "{broken}");
    }
}
