//! Spec in, Kubernetes objects out.
