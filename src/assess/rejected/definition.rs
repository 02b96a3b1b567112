//! What cannot change in a `CustomResourceDefinition`.

use super::Answer::{self, RefusedUnless, Taken};
use super::Update;
use super::fixed::is_in;
use crate::assess::workload::{items, text};
use crate::change::FieldChange;
use crate::object::Object;
use serde_json::Value;

/// Kubernetes: `validateCustomResourceDefinitionSpecUpdate`. Scope and kind are fixed once the definition is established;
/// group and plural are its name; a version must stay while objects may be stored in it.
pub(super) fn field(update: &Update<'_>, field: &FieldChange) -> Answer {
    if ["spec.group", "spec.names.plural"].iter().any(|it| is_in(field, it)) {
        Answer::Refused
    } else if ["spec.scope", "spec.names.kind"].iter().any(|it| is_in(field, it)) {
        RefusedUnless("the definition was never established")
    } else if is_in(field, "spec.versions") && drops_stored(update) {
        RefusedUnless("`status.storedVersions` no longer has the version that goes")
    } else {
        Taken
    }
}

/// True where the version that objects were stored in is not in the new definition.
fn drops_stored(update: &Update<'_>) -> bool {
    let versions = |it: &Object| it.field("spec").map_or_else(Vec::new, |it| items(it, "versions").to_vec());
    let stored = versions(update.before).into_iter().find(|it| it.get("storage") == Some(&Value::Bool(true)));
    stored.is_some_and(|it| !versions(update.after).iter().any(|new| text(new, "name") == text(&it, "name")))
}
