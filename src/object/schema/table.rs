//! The embedded table of `schemas/generate.py`: unpacked and indexed once, each definition read when first asked for.

use super::Shape;
use ruzstd::decoding::FrameDecoder;
use serde_json::Value;
use std::ops::RangeInclusive;
use std::sync::OnceLock;

const PACKED: &[u8] = include_bytes!("../../../schemas/kubernetes.json.zst");

/// A kind that some version serves.
pub(super) struct Kind {
    /// `apps/v1`.
    pub(super) api_version: &'static str,
    /// `Deployment`.
    pub(super) name: &'static str,
    /// The minor versions that serve it.
    pub(super) minors: RangeInclusive<u32>,
    /// The name of its definition.
    pub(super) definition: &'static str,
}

/// Names the definitions of one upstream type in all versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DefinitionId(usize);

struct Definition {
    name: &'static str,
    minors: RangeInclusive<u32>,
    schema: &'static str,
    shape: OnceLock<Shape>,
}

struct Table {
    /// By API version and kind.
    kinds: Vec<Kind>,
    /// By name and first minor version.
    definitions: Vec<Definition>,
}

/// Returns every kind that some version serves, by API version and kind.
pub(super) fn kinds() -> &'static [Kind] {
    &table().kinds
}

/// Finds a kind, whatever versions serve it.
pub(super) fn kind(api_version: &str, name: &str) -> Option<&'static Kind> {
    let kinds = kinds();
    let found = kinds.binary_search_by(|it| (it.api_version, it.name).cmp(&(api_version, name)));
    found.ok().map(|index| &kinds[index])
}

/// Finds the definitions of a name.
pub(super) fn definition(name: &str) -> Option<DefinitionId> {
    let definitions = &table().definitions;
    let first = definitions.partition_point(|it| it.name < name);
    definitions.get(first).filter(|it| it.name == name).map(|_| DefinitionId(first))
}

impl DefinitionId {
    /// Returns what the definition says in a minor version.
    pub(super) fn shape(self, minor: u32) -> Option<&'static Shape> {
        let (first, others) = table().definitions.get(self.0..)?.split_first()?;
        let others = others.iter().take_while(|it| it.name == first.name);
        let found = std::iter::once(first).chain(others).find(|it| it.minors.contains(&minor))?;
        // The table is ours and a test reads all of it, so what cannot be read here does not exist.
        let read = || Shape::from_json_schema(&serde_json::from_str(found.schema).unwrap_or(Value::Null));
        Some(found.shape.get_or_init(read))
    }
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| Table::from_lines(text()))
}

fn text() -> &'static str {
    static TEXT: OnceLock<String> = OnceLock::new();
    TEXT.get_or_init(|| unpacked().unwrap_or_else(|| panic!("internal error: the embedded schemas are damaged")))
}

fn unpacked() -> Option<String> {
    let mut decoder = FrameDecoder::new();
    decoder.init(PACKED).ok()?;
    let mut text = Vec::with_capacity(usize::try_from(decoder.content_size()).ok()?);
    decoder.decode_all_to_vec(PACKED, &mut text).ok()?;
    String::from_utf8(text).ok()
}

impl Table {
    fn from_lines(text: &'static str) -> Self {
        let mut table = Self { kinds: Vec::new(), definitions: Vec::new() };
        for line in text.lines() {
            let mut columns = line.splitn(6, '\t');
            let mut next = || columns.next().unwrap_or("");
            match next() {
                "kind" => table.kinds.push(Kind {
                    api_version: next(),
                    name: next(),
                    minors: minor(next())..=minor(next()),
                    definition: next(),
                }),
                _ => table.definitions.push(Definition {
                    name: next(),
                    minors: minor(next())..=minor(next()),
                    schema: next(),
                    shape: OnceLock::new(),
                }),
            }
        }
        table
    }
}

fn minor(column: &str) -> u32 {
    column.parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{Shape, definition, table, text};
    use crate::object::KubernetesVersion;
    use serde_json::Value;

    #[test]
    fn every_line_is_read_as_it_was_written() {
        let table = table();
        assert_eq!(table.kinds.len() + table.definitions.len(), text().lines().count());
        assert!(table.kinds.is_sorted_by_key(|it| (it.api_version, it.name)));
        assert!(table.definitions.is_sorted_by_key(|it| (it.name, *it.minors.start())));
        let (oldest, newest) = KubernetesVersion::SUPPORTED;
        let supported = |minor: &u32| (oldest.minor..=newest.minor).contains(minor);
        for it in &table.kinds {
            assert!(supported(it.minors.start()) && supported(it.minors.end()), "{} {}", it.api_version, it.name);
        }
        for it in &table.definitions {
            assert!(supported(it.minors.start()) && supported(it.minors.end()), "{}", it.name);
            assert!(serde_json::from_str::<Value>(it.schema).is_ok_and(|it| it.is_object()), "{}", it.name);
        }
        assert_eq!(table.kinds.iter().map(|it| *it.minors.start()).min(), Some(oldest.minor));
        assert_eq!(table.kinds.iter().map(|it| *it.minors.end()).max(), Some(newest.minor));
    }

    #[test]
    fn every_reference_leads_to_a_definition_of_the_same_version() {
        fn check(schema: &Value, minor: u32) {
            if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
                let shape = definition(name).and_then(|it| it.shape(minor));
                assert!(shape.is_some_and(|it| !matches!(it, Shape::Reference(_))), "1.{minor} {name}");
            }
            for key in ["items", "additionalProperties"] {
                schema.get(key).into_iter().for_each(|it| check(it, minor));
            }
            let properties = schema.get("properties").and_then(Value::as_object);
            properties.into_iter().flatten().for_each(|(_, it)| check(it, minor));
        }
        for definition in &table().definitions {
            let schema = serde_json::from_str(definition.schema).unwrap();
            definition.minors.clone().for_each(|minor| check(&schema, minor));
        }
        for kind in &table().kinds {
            for minor in kind.minors.clone() {
                let shape = definition(kind.definition).and_then(|it| it.shape(minor));
                assert!(matches!(shape, Some(Shape::Fields(_))), "1.{minor} {}", kind.definition);
            }
        }
    }
}
