//! What a team declares.
