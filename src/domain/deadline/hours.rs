//! A team's working hours, as its operator writes them: `mon-fri 08:00-18:00`, `always`.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Weekday;
use serde::{Deserialize, Serialize};

/// The minutes of a day; the latest closing time, written `24:00`.
pub(super) const DAY_MINUTES: u16 = 24 * 60;

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// When a team works.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Hours {
    /// Day and night, holidays too.
    Always,
    /// The same every week, except on days off.
    Weekly(Week),
}

/// The openings of each weekday, Monday first, in order and apart from each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Week([Vec<Opening>; 7]);

/// One stretch of work within a day, in minutes since midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Opening {
    /// The first minute of work.
    pub opens: u16,
    /// The minute at which work has ended, at most 1440.
    pub closes: u16,
}

/// Working hours that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "working hours `{part}`: {wrong}; write `always` or, for example, `mon-fri 08:00-18:00; sat 08:30-12:00,14:00-17:30`"
)]
pub struct HoursError {
    part: String,
    wrong: String,
}

impl Week {
    /// What is worked on a weekday.
    pub fn openings(&self, day: Weekday) -> &[Opening] {
        &self.0[usize::from(day.to_monday_zero_offset().unsigned_abs())]
    }
}

impl FromStr for Hours {
    type Err = HoursError;

    fn from_str(text: &str) -> Result<Self, HoursError> {
        if text.trim().eq_ignore_ascii_case("always") {
            return Ok(Self::Always);
        }
        let mut week = Week::default();
        for part in text.split([';', '\u{FF1B}']).map(str::trim) {
            read_part(part, &mut week).map_err(|wrong| HoursError { part: part.to_owned(), wrong })?;
        }
        Ok(Self::Weekly(week))
    }
}

/// Reads `mon-fri 08:30-12:00,14:00-17:30` into the week.
fn read_part(part: &str, week: &mut Week) -> Result<(), String> {
    let (days, times) = part.split_once(char::is_whitespace).ok_or("days and times are parted by a space")?;
    let openings = times.split(',').map(|t| read_opening(t.trim())).collect::<Result<Vec<_>, _>>()?;
    for days in days.split(',') {
        for day in read_days(days)? {
            add(&mut week.0[day], &openings, DAYS[day])?;
        }
    }
    Ok(())
}

fn add(day: &mut Vec<Opening>, openings: &[Opening], name: &str) -> Result<(), String> {
    day.extend(openings);
    day.sort_unstable();
    match day.windows(2).any(|pair| pair[1].opens < pair[0].closes) {
        true => Err(format!("the times on {name} overlap")),
        false => Ok(()),
    }
}

/// Reads `mon` or `fri-mon` into places in the week.
fn read_days(text: &str) -> Result<impl Iterator<Item = usize> + use<>, String> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (read_day(first)?, read_day(last)?);
    Ok((0..=(last + 7 - first) % 7).map(move |step| (first + step) % 7))
}

fn read_day(text: &str) -> Result<usize, String> {
    DAYS.iter()
        .position(|day| day.eq_ignore_ascii_case(text))
        .ok_or_else(|| format!("`{text}` is not one of {}", DAYS.join(", ")))
}

fn read_opening(text: &str) -> Result<Opening, String> {
    let (opens, closes) = text
        .split_once('-')
        .ok_or_else(|| format!("`{text}` is not a stretch of time such as 08:00-18:00"))?;
    let opening = Opening { opens: read_minute(opens)?, closes: read_minute(closes)? };
    if opening.opens >= opening.closes {
        return Err(format!(
            "{text} ends before it starts; part a night as `mon 22:00-24:00; tue 00:00-06:00`"
        ));
    }
    Ok(opening)
}

pub(super) fn read_minute(text: &str) -> Result<u16, String> {
    let wrong = || format!("`{text}` is not a time of day such as 08:30");
    let (hour, minute) = text.trim().split_once(':').ok_or_else(wrong)?;
    let two_digits = |part: &str, lengths: &[usize]| {
        let sound = lengths.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        part.parse::<u16>().ok().filter(|_| sound).ok_or_else(wrong)
    };
    let (hour, minute) = (two_digits(hour, &[1, 2])?, two_digits(minute, &[2])?);
    let of_day = hour * 60 + minute;
    (minute < 60 && of_day <= DAY_MINUTES).then_some(of_day).ok_or_else(wrong)
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Always => f.write_str("always"),
            Self::Weekly(week) => week.fmt(f),
        }
    }
}

impl fmt::Display for Week {
    /// Neighbouring days with the same times share a part.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut first = 0;
        let mut parted = false;
        for alike in self.0.chunk_by(|a, b| a == b) {
            let last = first + alike.len() - 1;
            if !alike[0].is_empty() {
                f.write_str(if parted { "; " } else { "" })?;
                write_part(f, first, last, &alike[0])?;
                parted = true;
            }
            first = last + 1;
        }
        Ok(())
    }
}

fn write_part(f: &mut fmt::Formatter<'_>, first: usize, last: usize, openings: &[Opening]) -> fmt::Result {
    f.write_str(DAYS[first])?;
    if last > first {
        write!(f, "-{}", DAYS[last])?;
    }
    for (place, opening) in openings.iter().enumerate() {
        write!(f, "{}{opening}", if place == 0 { ' ' } else { ',' })?;
    }
    Ok(())
}

impl fmt::Display for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { opens, closes } = self;
        write!(f, "{:02}:{:02}-{:02}:{:02}", opens / 60, opens % 60, closes / 60, closes % 60)
    }
}

impl TryFrom<String> for Hours {
    type Error = HoursError;

    fn try_from(text: String) -> Result<Self, HoursError> {
        text.parse()
    }
}

impl From<Hours> for String {
    fn from(hours: Hours) -> Self {
        hours.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hours_read_as_operators_write_them() {
        for (text, shown) in [
            ("always", "always"),
            (" Always ", "always"),
            ("mon-fri 08:00-18:00", "mon-fri 08:00-18:00"),
            ("mon-sat 08:30-12:00,14:00-17:30", "mon-sat 08:30-12:00,14:00-17:30"),
            ("Mon-Fri 8:00-18:00;sat 09:00-12:00", "mon-fri 08:00-18:00; sat 09:00-12:00"),
            ("mon,wed 14:00-17:30, 08:30-12:00", "mon 08:30-12:00,14:00-17:30; wed 08:30-12:00,14:00-17:30"),
            ("sat-mon 00:00-24:00", "mon 00:00-24:00; sat-sun 00:00-24:00"),
        ] {
            assert_eq!(text.parse::<Hours>().map(|hours| hours.to_string()), Ok(shown.to_owned()), "{text}");
        }
    }

    #[test]
    fn a_mistake_is_explained() {
        for (text, lesson) in [
            ("", "parted by a space"),
            ("workdays", "parted by a space"),
            ("mon-fri 8-18", "`8` is not a time of day"),
            ("mon-fri 08:00", "not a stretch of time"),
            ("mon-fir 08:00-18:00", "`fir` is not one of mon, tue"),
            ("mon 18:00-08:00", "part a night"),
            ("mon 08:00-24:01", "`24:01` is not a time of day"),
            ("mon 08:60-12:00", "not a time of day"),
            ("mon +8:00-12:00", "not a time of day"),
            ("mon-tue 08:00-12:00; tue 11:00-13:00", "the times on tue overlap"),
            ("mon 08:00-12:00;", "parted by a space"),
        ] {
            let error = text.parse::<Hours>().expect_err(text).to_string();
            assert!(error.contains(lesson) && error.contains("mon-fri 08:00-18:00"), "{text}: {error}");
        }
    }

    #[test]
    fn a_file_may_contain_them() {
        #[derive(Deserialize)]
        struct Team {
            hours: Hours,
        }
        let team: Team = toml::from_str("hours = \"mon-fri 08:00-18:00\"").expect("sound hours");
        assert_eq!(team.hours.to_string(), "mon-fri 08:00-18:00");
        assert!(toml::from_str::<Team>("hours = \"daily\"").is_err());
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back(days in proptest::collection::vec((0..7_usize, 0..12_u16, 1..=12_u16), 1..8)) {
            let parts: Vec<_> = days
                .into_iter()
                .map(|(day, opens, length)| format!("{} {opens:02}:30-{:02}:00", DAYS[day], opens + length))
                .collect();
            if let Ok(hours) = parts.join(";").parse::<Hours>() {
                prop_assert_eq!(hours.to_string().parse(), Ok(hours));
            }
        }

        #[test]
        fn no_text_panics(text in ".{0,40}") {
            let _ = text.parse::<Hours>();
        }
    }
}
