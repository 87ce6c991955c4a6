//! Public holidays and make-up workdays, from a file that the operator edits once a year.

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::civil::{Date, Weekday};
use serde::Deserialize;
use serde_spanned::Spanned;

/// The longest range of days off that is believed; a longer one is a slip of the pen.
const RANGE_DAYS_MAX: usize = 31;

/// Which days differ from the usual week. Outside the years it knows, none does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holidays {
    sources: BTreeMap<i16, String>,
    days: BTreeMap<Date, Kind>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Off,
    Work,
}

/// A holiday file that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {wrong}; {remedy}")]
pub struct HolidaysError {
    /// The line in the file, counted from 1.
    pub line: usize,
    /// What is wrong there.
    pub wrong: String,
    /// What to write instead.
    pub remedy: &'static str,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    year: Vec<Year>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Year {
    year: Spanned<i16>,
    #[serde(default)]
    off: Vec<Spanned<String>>,
    #[serde(default)]
    work: Vec<Spanned<String>>,
    source: String,
}

/// A complaint with its place in the text, until the line is known.
type Complaint = (Range<usize>, String, &'static str);

impl Holidays {
    /// Reads the file's text.
    pub fn parse(text: &str) -> Result<Self, HolidaysError> {
        read(text).map_err(|(place, wrong, remedy)| {
            let line = text.bytes().take(place.start).filter(|&b| b == b'\n').count() + 1;
            HolidaysError { line, wrong, remedy }
        })
    }

    /// Whether the holidays of the year are known. Where they are not, only weekends are free, and staff
    /// should be warned.
    pub fn knows(&self, year: i16) -> bool {
        self.sources.contains_key(&year)
    }

    /// Who announced the holidays of the year.
    pub fn source(&self, year: i16) -> Option<&str> {
        self.sources.get(&year).map(String::as_str)
    }

    /// The weekday whose hours are worked on a date; `None` on a day off. The State Council does not name the
    /// weekday that a make-up day stands for, so it is the nearest one of an ordinary working week: a Saturday
    /// is worked like a Friday, a Sunday like a Monday.
    pub fn works_like(&self, date: Date) -> Option<Weekday> {
        match (self.days.get(&date), date.weekday()) {
            (Some(Kind::Off), _) => None,
            (Some(Kind::Work), Weekday::Saturday) => Some(Weekday::Friday),
            (Some(Kind::Work), Weekday::Sunday) => Some(Weekday::Monday),
            (Some(Kind::Work) | None, weekday) => Some(weekday),
        }
    }
}

fn read(text: &str) -> Result<Holidays, Complaint> {
    let file: File = toml::from_str(text).map_err(|error| {
        let remedy = "a year reads [[year]] year = 2026, off = [\"2026-01-01..2026-01-03\"], work = [\"2026-01-04\"], source = \"…\"";
        (error.span().unwrap_or_default(), error.message().to_owned(), remedy)
    })?;
    let mut holidays = Holidays::default();
    for year in file.year {
        holidays.add(year)?;
    }
    Ok(holidays)
}

impl Holidays {
    fn add(&mut self, year: Year) -> Result<(), Complaint> {
        let number = *year.year.get_ref();
        if self.sources.insert(number, year.source).is_some() {
            return Err((
                year.year.span(),
                format!("{number} is there twice"),
                "keep one [[year]] of the two",
            ));
        }
        for (entries, kind) in [(year.off, Kind::Off), (year.work, Kind::Work)] {
            for entry in entries {
                self.mark(&entry, number, kind)?;
            }
        }
        Ok(())
    }

    fn mark(&mut self, entry: &Spanned<String>, year: i16, kind: Kind) -> Result<(), Complaint> {
        for date in read_days(entry)? {
            if !belongs(date, year) {
                let remedy = "write it under its own year, or correct it";
                return Err((entry.span(), format!("{date} does not belong to {year}"), remedy));
            }
            if self.days.insert(date, kind).is_some() {
                return Err((entry.span(), format!("{date} is there twice"), "keep one of the two"));
            }
        }
        Ok(())
    }
}

/// A year's list may begin in the December before, where New Year's holiday does.
fn belongs(date: Date, year: i16) -> bool {
    date.year() == year || (i32::from(date.year()) == i32::from(year) - 1 && date.month() == 12)
}

/// Reads `2026-01-04` or `2026-01-01..2026-01-03`.
fn read_days(entry: &Spanned<String>) -> Result<Vec<Date>, Complaint> {
    let wrong = |wrong: &str, remedy| (entry.span(), format!("`{}` {wrong}", entry.get_ref()), remedy);
    let (first, last) = entry.get_ref().split_once("..").unwrap_or((entry.get_ref(), entry.get_ref()));
    let read = |text: &str| {
        let form = "write a day as 2026-01-04, a range as 2026-01-01..2026-01-03";
        text.trim().parse::<Date>().map_err(|_| wrong("is not a date", form))
    };
    let (first, last) = (read(first)?, read(last)?);
    if last < first {
        return Err(wrong("ends before it starts", "write the earlier day first"));
    }
    let days = first.series(jiff::ToSpan::days(1)).take_while(|&date| date <= last);
    let days: Vec<Date> = days.take(RANGE_DAYS_MAX + 1).collect();
    if days.len() > RANGE_DAYS_MAX {
        return Err(wrong("is longer than a month", "correct the last day"));
    }
    Ok(days)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn shipped() -> Holidays {
        Holidays::parse(include_str!("../../../assets/holidays.toml")).expect("the shipped file is sound")
    }

    #[test]
    fn the_shipped_file_has_2026_as_announced() {
        let holidays = shipped();
        assert!(holidays.knows(2026) && !holidays.knows(2027));
        assert!(holidays.source(2026).is_some_and(|source| source.contains("国务院办公厅")));
        let count = |kind| holidays.days.values().filter(|&&k| k == kind).count();
        assert_eq!((count(Kind::Off), count(Kind::Work)), (33, 6));
        for (day, kind) in &holidays.days {
            let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
            assert!(*kind == Kind::Off || weekend, "{day} is a workday anyway");
        }
    }

    #[test]
    fn a_make_up_day_is_worked_like_the_nearest_weekday() {
        let holidays = shipped();
        assert_eq!(holidays.works_like(date(2026, 1, 1)), None);
        assert_eq!(holidays.works_like(date(2026, 1, 4)), Some(Weekday::Monday));
        assert_eq!(holidays.works_like(date(2026, 2, 14)), Some(Weekday::Friday));
        assert_eq!(holidays.works_like(date(2026, 1, 10)), Some(Weekday::Saturday));
        assert_eq!(holidays.works_like(date(2027, 1, 1)), Some(Weekday::Friday));
    }

    #[test]
    fn a_new_year_holiday_may_begin_in_december() {
        let text =
            "[[year]]\nyear = 2030\noff = [\"2029-12-31..2030-01-02\"]\nsource = \"an invented notice\"";
        assert_eq!(Holidays::parse(text).map(|h| h.works_like(date(2029, 12, 31))), Ok(None));
    }

    #[test]
    fn a_mistake_names_its_line_and_the_remedy() {
        let year = |lines: &str| format!("[[year]]\nyear = 2030\nsource = \"invented\"\n{lines}");
        for (text, line, wrong, remedy) in [
            (year("off = [\n  \"2030-01-01\",\n  \"2030-13-01\",\n]"), 6, "is not a date", "write a day as"),
            (year("off = [\"2030-02-03..2030-02-01\"]"), 4, "ends before it starts", "earlier day first"),
            (year("off = [\"2030-01-01..2031-01-01\"]"), 4, "longer than a month", "correct the last day"),
            (year("off = [\"2029-05-01\"]"), 4, "does not belong to 2030", "its own year"),
            (year("off = [\"2030-01-01\"]\nwork = [\"2030-01-01\"]"), 5, "is there twice", "keep one"),
            (year("holidays = []"), 4, "unknown field", "a year reads"),
            (format!("{}\n{}", year(""), year("")), 6, "2030 is there twice", "keep one"),
            ("[[year]]\nyear = \"2030\"".to_owned(), 2, "invalid type", "a year reads"),
        ] {
            let error = Holidays::parse(&text).expect_err(&text);
            assert_eq!(error.line, line, "{text}\n{error}");
            assert!(error.wrong.contains(wrong) && error.remedy.contains(remedy), "{text}\n{error}");
        }
    }

    #[test]
    fn without_a_year_only_weekends_are_free() {
        assert_eq!(Holidays::parse(""), Ok(Holidays::default()));
    }
}
