//! The language of the files.
