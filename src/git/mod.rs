//! The only code that reads the repository.
