//! x

use serde_json::Value;

/// Puts fields in order.
pub fn canonical(body: Value) -> Value {
    body
}
