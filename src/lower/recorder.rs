//! Takes down where the values of one object come from while the object is built.

use crate::object::{FieldPath, Object, Origins, field_order};
use crate::source::{Origin, Traced};
use serde::Serialize;

/// The origins of one object so far, and the block that is being built.
#[derive(Default)]
pub(super) struct Recorder {
    origins: Origins,
    block: FieldPath,
}

impl Recorder {
    /// Starts an object of which `origin` says that it exists.
    pub(super) fn new(origin: &Origin, rule: &'static str) -> Self {
        let mut recorder = Self::default();
        recorder.derived("apiVersion", origin, rule, ());
        recorder.derived("kind", origin, rule, ());
        recorder
    }

    /// Takes a value of the spec into the field at `path`.
    pub(super) fn take<T: Clone>(&mut self, path: &str, value: &Traced<T>) -> T {
        self.origins.record(self.block.join(path), value.origin.clone());
        value.value.clone()
    }

    /// Takes an optional value of the spec.
    pub(super) fn take_some<T: Clone>(&mut self, path: &str, value: Option<&Traced<T>>) -> Option<T> {
        value.map(|it| self.take(path, it))
    }

    /// Takes a value of the spec into one key of the map at `path`.
    pub(super) fn take_key(&mut self, path: &str, key: &str, value: &Traced<String>) -> (String, String) {
        self.origins.record(self.block.join(path).field(key), value.origin.clone());
        (key.to_owned(), value.value.clone())
    }

    /// Takes a value that the compiler makes by itself.
    pub(super) fn rule<T>(&mut self, path: &str, rule: &'static str, value: T) -> T {
        self.origins.record(self.block.join(path), Origin::rule(rule));
        value
    }

    /// Takes a value that the compiler makes of what a line says.
    pub(super) fn derived<T>(&mut self, path: &str, origin: &Origin, rule: &'static str, value: T) -> T {
        self.origins.record(self.block.join(path), origin.derived(rule));
        value
    }

    /// Takes a key of a map that the compiler makes of what a line says.
    pub(super) fn derived_key(
        &mut self,
        path: &str,
        key: &str,
        origin: &Origin,
        rule: &'static str,
        value: &str,
    ) -> (String, String) {
        self.origins.record(self.block.join(path).field(key), origin.derived(rule));
        (key.to_owned(), value.to_owned())
    }

    /// Notes that a field is left out because of what a line says.
    pub(super) fn leave_out(&mut self, path: &str, origin: &Origin, rule: &'static str) {
        self.origins.record_absent(self.block.join(path), origin.derived(rule));
    }

    /// Builds a block: inside `build`, paths start at `path`.
    pub(super) fn block<T>(&mut self, path: &str, build: impl FnOnce(&mut Self) -> T) -> T {
        let inner = self.block.join(path);
        let outer = std::mem::replace(&mut self.block, inner);
        let value = build(self);
        self.block = outer;
        value
    }

    /// Builds the items of a list, each a block; none where there are none.
    pub(super) fn list<T, U>(
        &mut self,
        path: &str,
        items: &[T],
        mut build: impl FnMut(&mut Self, &T) -> U,
    ) -> Option<Vec<U>> {
        let all: Vec<U> = items
            .iter()
            .enumerate()
            .map(|(index, it)| self.block(&format!("{path}[{index}]"), |at| build(at, it)))
            .collect();
        (!all.is_empty()).then_some(all)
    }

    /// Returns the finished object.
    ///
    /// # Panics
    /// In debug builds, where a leaf has no origin or an origin has no leaf: the fault is ours and not the spec's.
    pub(super) fn finish(self, value: &impl Serialize) -> Object {
        let body = serde_json::to_value(value).expect("internal error: Kubernetes types are JSON");
        let body = field_order::canonical(body);
        debug_assert_eq!(self.origins.missing(&body), [], "leaves without an origin in {body:#}");
        debug_assert_eq!(self.origins.dangling(&body), [], "origins without a leaf in {body:#}");
        let object = Object::from_body(body).expect("internal error: every kind has a name");
        Object { origins: self.origins, ..object }
    }
}
