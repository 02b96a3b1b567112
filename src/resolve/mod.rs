//! Base and overlays in, one complete spec per environment out.
