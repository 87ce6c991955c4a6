//! Reads TOML tables key by key, noting every problem with its line instead of stopping at the first.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::Problem;

/// One file being read, and what was found wrong with it.
pub(super) struct File<'a> {
    name: &'a str,
    text: &'a str,
    /// Where each line ends.
    line_ends: Vec<usize>,
    pub(super) problems: Vec<Problem>,
}

impl<'a> File<'a> {
    pub(super) fn new(name: &'a str, text: &'a str) -> Self {
        let bytes = text.bytes().enumerate();
        let line_ends = bytes.filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect();
        Self { name, text, line_ends, problems: Vec::new() }
    }

    pub(super) fn name(&self) -> &'a str {
        self.name
    }

    /// The file's tables; syntax errors are noted.
    pub(super) fn parse(&mut self) -> Option<Spanned<DeTable<'a>>> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in &errors {
            let span = error.span().unwrap_or_default();
            self.note(&span, "TOML", error.message(), "correct the syntax");
        }
        errors.is_empty().then_some(table)
    }

    /// Notes a problem.
    pub(super) fn note(
        &mut self,
        span: &Range<usize>,
        key: &str,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.problems.push(Problem {
            file: self.name.into(),
            line: self.line(span),
            key: key.into(),
            what: what.into(),
            remedy: remedy.into(),
        });
    }

    /// The line on which a span starts.
    pub(super) fn line(&self, span: &Range<usize>) -> usize {
        self.line_ends.partition_point(|end| *end < span.start) + 1
    }
}

/// One table of a file, with its place for messages.
pub(super) struct Table<'t, 'a> {
    pub(super) path: &'t str,
    pub(super) span: Range<usize>,
    table: &'t DeTable<'a>,
}

/// A value and where it stands.
pub(super) type At<T> = (T, Range<usize>);

impl<'t, 'a> Table<'t, 'a> {
    pub(super) fn new(path: &'t str, span: Range<usize>, table: &'t DeTable<'a>) -> Self {
        Self { path, span, table }
    }

    /// Notes keys that mean nothing here.
    pub(super) fn only(&self, file: &mut File<'_>, known: &[&str]) {
        for key in self.table.keys().filter(|key| !known.contains(&key.get_ref().as_ref())) {
            let remedy = format!("remove it or use one of: {}", known.join(", "));
            file.note(&key.span(), &self.name(key.get_ref()), "this key is not known", remedy);
        }
    }

    /// The value of a key, if it is there.
    pub(super) fn find(&self, key: &str) -> Option<(&'t DeValue<'a>, Range<usize>)> {
        let (_, value) = self.table.iter().find(|(name, _)| name.get_ref().as_ref() == key)?;
        Some((value.get_ref(), value.span()))
    }

    /// The keys and values in the order of the file.
    pub(super) fn entries(&self) -> Vec<(&'t str, &'t DeValue<'a>, Range<usize>)> {
        let mut all: Vec<_> =
            self.table.iter().map(|(k, v)| (k.get_ref().as_ref(), v.get_ref(), k.span())).collect();
        all.sort_by_key(|(_, _, span)| span.start);
        all
    }

    /// The value of a key that must be there.
    pub(super) fn need(&self, file: &mut File<'_>, key: &str) -> Option<(&'t DeValue<'a>, Range<usize>)> {
        let found = self.find(key);
        if found.is_none() {
            file.note(&self.span, &self.name(key), "this key is missing", format!("add `{key} = …`"));
        }
        found
    }

    /// A text that must be there and must not be empty.
    pub(super) fn text(&self, file: &mut File<'_>, key: &str) -> Option<At<&'t str>> {
        let (value, span) = self.need(file, key)?;
        self.as_text(file, key, value, &span).map(|text| (text, span))
    }

    /// A list of texts that must be there.
    pub(super) fn texts(&self, file: &mut File<'_>, key: &str) -> Vec<At<&'t str>> {
        let Some((value, span)) = self.need(file, key) else { return Vec::new() };
        self.as_texts(file, key, value, &span)
    }

    /// A list of texts.
    pub(super) fn as_texts(
        &self,
        file: &mut File<'_>,
        key: &str,
        value: &'t DeValue<'a>,
        span: &Range<usize>,
    ) -> Vec<At<&'t str>> {
        let Some(list) = value.as_array() else {
            file.note(span, &self.name(key), "this is not a list", "write [\"…\", \"…\"]");
            return Vec::new();
        };
        let text = |value: &'t Spanned<DeValue<'a>>| {
            let text = self.as_text(file, key, value.get_ref(), &value.span())?;
            Some((text, value.span()))
        };
        list.iter().filter_map(text).collect()
    }

    /// A table that must be there.
    pub(super) fn table(&self, file: &mut File<'_>, key: &str) -> Option<At<&'t DeTable<'a>>> {
        let (value, span) = self.need(file, key)?;
        let table = value.as_table();
        if table.is_none() {
            file.note(&span, &self.name(key), "this is not a table", "write `{ zh = \"…\", en = \"…\" }`");
        }
        table.map(|table| (table, span))
    }

    /// The key with the path to it.
    pub(super) fn name(&self, key: &str) -> String {
        if self.path.is_empty() { key.into() } else { format!("{}.{key}", self.path) }
    }

    fn as_text(
        &self,
        file: &mut File<'_>,
        key: &str,
        value: &'t DeValue<'a>,
        span: &Range<usize>,
    ) -> Option<&'t str> {
        let text = value.as_str();
        if text.is_none() {
            file.note(span, &self.name(key), "this is not a text", "put it in double quotes");
        } else if text.is_some_and(|text| text.trim().is_empty()) {
            file.note(span, &self.name(key), "this text is empty", "write it or remove it");
            return None;
        }
        text
    }
}
