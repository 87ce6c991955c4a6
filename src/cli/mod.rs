//! The commands, one a file.

pub mod classify;
pub mod evaluate;
