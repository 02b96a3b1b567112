//! An application compiler for GitOps: one KDL spec in, plain Kubernetes YAML and a review of what merging will do out.
//!
//! ```text
//!  base/*.kdl ─┐
//!              ├─ parse ─▶ Part ─ resolve ─▶ Spec ─ lower ─ patch ─▶ ObjectSet ─ validate ─ render ─▶ ManifestTree ─ write ─▶ rendered/
//!  environments/*.kdl                                                  ├─ relate ─▶ Graph ─ draw ─▶ text
//!                                                                      ├─ diff ─▶ ChangeSet ─ assess ─▶ Review ─ report ─▶ text
//!  rendered/ of the baseline commit ─ snapshot ─▶ ObjectSet ───────────┘
//! ```
//!
//! Modules below are in reading order: first the nouns, which flow; then the verbs, each of which turns one noun into
//! the next and knows no other verb; then the edges, which alone touch the world.

// Nouns.
pub mod change;
pub mod diagnostic;
pub mod graph;
pub mod object;
pub mod parity;
pub mod source;
pub mod spec;
pub mod tree;

// Verbs, in the order in which they run.
pub mod parse;
pub mod resolve;
pub mod lower;
pub mod patch;
pub mod validate;
pub mod render;
pub mod write;
pub mod snapshot;
pub mod diff;
pub mod assess;
pub mod align;
pub mod report;
pub mod relate;
pub mod draw;
pub mod pipeline;

// Edges.
pub mod cli;
pub mod disk;
pub mod git;
