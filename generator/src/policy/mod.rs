//! The language of the files.

pub mod table;
