//! Objects in, canonical YAML out.
