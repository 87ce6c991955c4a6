//! What is wrong with a catalogue, said so that whoever edits it can put it right.

use std::fmt;

/// One thing to put right in one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file's name.
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// The key it is about, `service.words`.
    pub key: String,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub remedy: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}: {}; {}", self.file, self.line, self.key, self.what, self.remedy)
    }
}

/// Everything that is wrong with a catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogError {
    /// In the order of files and lines.
    pub problems: Vec<Problem>,
}

impl std::error::Error for CatalogError {}

impl fmt::Display for CatalogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the catalogue has {} problem(s):", self.problems.len())?;
        self.problems.iter().try_for_each(|problem| writeln!(f, "  {problem}"))
    }
}
