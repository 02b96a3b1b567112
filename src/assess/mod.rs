//! Change sets in, a review out.
