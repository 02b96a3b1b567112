//! A review in, text out.
