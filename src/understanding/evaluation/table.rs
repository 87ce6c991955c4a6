//! Reads what people wrote down: tab-separated messages with a header, details as JSON lines. A quote is an
//! ordinary character; a mistake is named with its line.

use std::path::Path;

use csv::{ReaderBuilder, StringRecord};

use super::Row;
use crate::domain::id::ServiceCode;
use crate::domain::understood::Details;
use crate::understanding::details::Marked;

/// What is wrong with a file of rows.
#[derive(Debug, thiserror::Error)]
pub enum RowError {
    /// The file itself cannot be read.
    #[error("{file}: cannot be read: {why}; name a readable file in UTF-8")]
    File {
        /// Its name.
        file: String,
        /// What the system says.
        why: String,
    },
    /// A line is not as it should be.
    #[error("{file}:{line}: {what}; {remedy}")]
    Line {
        /// Its name.
        file: String,
        /// Counted from 1, the header included.
        line: u64,
        /// What is wrong.
        what: String,
        /// What to do.
        remedy: &'static str,
    },
}

/// Reads `text`, `code` and, where it is there, `also` (codes separated by commas).
pub fn read_rows(path: &Path) -> Result<Vec<Row>, RowError> {
    let bytes = read(path)?;
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
    let mut reader = ReaderBuilder::new()
        .delimiter(b'\t')
        .quoting(false)
        .flexible(true)
        .has_headers(true)
        .from_reader(bytes);
    let header =
        reader.headers().map_err(|error| at(path, 1, error.to_string(), "write the file in UTF-8"))?;
    let columns = Columns::of(path, header)?;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| {
            let line = error.position().map_or(0, csv::Position::line);
            at(path, line, error.to_string(), "write the line in UTF-8, its columns separated by tabs")
        })?;
        rows.push(columns.row(path, &record)?);
    }
    Ok(rows)
}

/// Where the columns are.
struct Columns {
    text: usize,
    code: usize,
    also: Option<usize>,
}

impl Columns {
    fn of(path: &Path, header: &StringRecord) -> Result<Self, RowError> {
        let find = |name: &str| header.iter().position(|column| column.trim() == name);
        let need = |name: &str| {
            let missing = || format!("the header has no column `{name}`");
            find(name).ok_or_else(|| {
                at(path, 1, missing(), "begin with a line `text<TAB>code`, optionally `<TAB>also`")
            })
        };
        Ok(Self { text: need("text")?, code: need("code")?, also: find("also") })
    }

    fn row(&self, path: &Path, record: &StringRecord) -> Result<Row, RowError> {
        let line = record.position().map_or(0, csv::Position::line);
        let (text, code) =
            (record.get(self.text).unwrap_or_default(), record.get(self.code).unwrap_or_default());
        let code = code.trim();
        if code.is_empty() {
            return Err(at(
                path,
                line,
                "the row has no code".into(),
                "put a tab and the code after the text",
            ));
        }
        let also = self.also.and_then(|column| record.get(column)).unwrap_or_default();
        let also = also.split(',').map(str::trim).filter(|code| !code.is_empty()).map(ServiceCode::from);
        Ok(Row { text: text.to_owned(), code: code.into(), also: also.collect() })
    }
}

/// Reads JSON lines `{"text", "community", "address", "phone", "when", "person"}`; each value is part of the
/// text, or null.
pub fn read_details(path: &Path) -> Result<Vec<Marked>, RowError> {
    let bytes = read(path)?;
    let text = String::from_utf8(bytes)
        .map_err(|error| RowError::File { file: path.display().to_string(), why: error.to_string() })?;
    let lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
    lines.map(|(line, number)| detail_row(path, line, number)).collect()
}

fn detail_row(path: &Path, line: &str, number: u64) -> Result<Marked, RowError> {
    #[derive(serde::Deserialize)]
    struct Line {
        text: String,
        #[serde(flatten)]
        details: Details,
    }
    let wrong = |what: String| at(path, number, what, "write {\"text\": \"…\", \"phone\": \"…\" or null, …}");
    let Line { text, details } = serde_json::from_str(line).map_err(|error| wrong(error.to_string()))?;
    let values = [&details.community, &details.address, &details.phone, &details.when, &details.person];
    if let Some(value) = values.into_iter().flatten().find(|value| !text.contains(value.as_str())) {
        return Err(wrong(format!("`{value}` is not part of the text")));
    }
    Ok(Marked { text, details })
}

fn read(path: &Path) -> Result<Vec<u8>, RowError> {
    std::fs::read(path)
        .map_err(|error| RowError::File { file: path.display().to_string(), why: error.to_string() })
}

fn at(path: &Path, line: u64, what: String, remedy: &'static str) -> RowError {
    RowError::Line { file: path.display().to_string(), line, what, remedy }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Result<Vec<Row>, String> {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), text).expect("written");
        read_rows(file.path()).map_err(|error| error.to_string())
    }

    #[test]
    fn quotes_are_ordinary_and_also_may_be_missing() {
        let read = rows("code\ttext\ncare.repair\t他说\"漏了\na.b\t\"\n").expect("good rows");
        assert_eq!(read[0].text, "他说\"漏了");
        assert_eq!(read[1], Row { text: "\"".into(), code: "a.b".into(), also: Vec::new() });
        let read = rows("text\tcode\talso\n好\ta.b\tc.d, e.f\n").expect("good rows");
        assert_eq!(read[0].also, [ServiceCode::from("c.d"), ServiceCode::from("e.f")]);
    }

    #[test]
    fn a_mistake_is_named_with_its_line() {
        assert!(
            rows("text,code\n好,a.b\n").is_err_and(|error| error.contains(":1: the header has no column"))
        );
        assert!(
            rows("text\tcode\n好\ta.b\n坏\n").is_err_and(|error| error.contains(":3: the row has no code"))
        );
        assert!(read_rows(Path::new("no/such.tsv")).is_err_and(|e| e.to_string().contains("no/such.tsv")));
    }
}
