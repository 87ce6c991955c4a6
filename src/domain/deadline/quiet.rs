//! A team's quiet hours, as its operator writes them: `22:00-07:00`, `none`. Only danger, and what runs around the
//! clock, is told then; everything else waits for the morning.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::hours::{DAY_MINUTES, read_minute};

/// When people are left in peace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Quiet(Option<Night>);

/// From one minute of the day to another, often over midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Night {
    begins: u16,
    ends: u16,
}

/// Quiet hours that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("quiet hours `{text}`: {wrong}; write for example `22:00-07:00`, or `none`")]
pub struct QuietError {
    text: String,
    wrong: String,
}

impl Default for Quiet {
    /// From ten at night to seven in the morning.
    fn default() -> Self {
        Self(Some(Night { begins: 22 * 60, ends: 7 * 60 }))
    }
}

impl Quiet {
    /// Never quiet.
    pub const NONE: Self = Self(None);

    /// When the quiet ends, if it is quiet now.
    pub fn until(self, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let Night { begins, ends } = self.0?;
        let there = zone.to_datetime(now);
        let minute = there.hour() as u16 * 60 + there.minute() as u16;
        let over_midnight = ends < begins;
        let date = match (minute >= begins, minute < ends) {
            (true, true) => there.date(),
            (true, false) if over_midnight => there.date().tomorrow().ok()?,
            (false, true) if over_midnight => there.date(),
            (true, false) | (false, true) | (false, false) => return None,
        };
        zone.to_timestamp(date.at((ends / 60) as i8, (ends % 60) as i8, 0, 0)).ok().filter(|end| *end > now)
    }
}

impl FromStr for Quiet {
    type Err = QuietError;

    fn from_str(text: &str) -> Result<Self, QuietError> {
        if text.trim().eq_ignore_ascii_case("none") {
            return Ok(Self::NONE);
        }
        read_night(text)
            .map(|night| Self(Some(night)))
            .map_err(|wrong| QuietError { text: text.to_owned(), wrong })
    }
}

fn read_night(text: &str) -> Result<Night, String> {
    let (begins, ends) = text.split_once('-').ok_or("it is no stretch of time")?;
    let night = Night { begins: read_minute(begins)?, ends: read_minute(ends)? };
    match night {
        Night { begins, ends } if begins == ends => Err("it ends when it begins".into()),
        Night { begins: DAY_MINUTES, .. } | Night { ends: DAY_MINUTES, .. } => {
            Err("midnight is written 00:00".into())
        }
        Night { .. } => Ok(night),
    }
}

impl fmt::Display for Quiet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        match self.0 {
            None => f.write_str("none"),
            Some(Night { begins, ends }) => write!(f, "{}-{}", clock(begins), clock(ends)),
        }
    }
}

impl TryFrom<String> for Quiet {
    type Error = QuietError;

    fn try_from(text: String) -> Result<Self, QuietError> {
        text.parse()
    }
}

impl From<Quiet> for String {
    fn from(quiet: Quiet) -> Self {
        quiet.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn xiamen() -> TimeZone {
        TimeZone::posix("CST-8").expect("a zone")
    }

    fn until(quiet: &str, local: &str) -> Option<String> {
        let zone = xiamen();
        let now = zone.to_timestamp(local.parse().expect(local)).expect(local);
        let end = quiet.parse::<Quiet>().expect(quiet).until(now, &zone)?;
        Some(zone.to_datetime(end).strftime("%m-%d %H:%M").to_string())
    }

    #[test]
    fn the_night_ends_in_the_morning() {
        for (quiet, now, end) in [
            ("22:00-07:00", "2026-03-04 21:59", None),
            ("22:00-07:00", "2026-03-04 22:00", Some("03-05 07:00")),
            ("22:00-07:00", "2026-03-05 00:00", Some("03-05 07:00")),
            ("22:00-07:00", "2026-03-05 06:59", Some("03-05 07:00")),
            ("22:00-07:00", "2026-03-05 07:00", None),
            ("12:30-14:00", "2026-03-05 13:00", Some("03-05 14:00")),
            ("12:30-14:00", "2026-03-05 14:00", None),
            ("12:30-14:00", "2026-03-05 12:29", None),
            ("00:00-06:00", "2026-03-05 00:00", Some("03-05 06:00")),
            ("none", "2026-03-05 03:00", None),
        ] {
            assert_eq!(until(quiet, now).as_deref(), end, "{quiet} at {now}");
        }
    }

    #[test]
    fn a_mistake_is_explained() {
        for (text, lesson) in [
            ("", "no stretch of time"),
            ("22:00", "no stretch of time"),
            ("22-7", "`22` is not a time of day"),
            ("22:00-22:00", "ends when it begins"),
            ("22:00-24:00", "written 00:00"),
            ("25:00-07:00", "not a time of day"),
        ] {
            let error = text.parse::<Quiet>().expect_err(text).to_string();
            assert!(error.contains(lesson) && error.contains("`none`"), "{text}: {error}");
        }
        assert_eq!("None".parse::<Quiet>(), Ok(Quiet::NONE));
    }

    proptest! {
        /// Whenever it is quiet, it ends within a day, and then it is not quiet.
        #[test]
        fn every_quiet_ends(begins in 0..1440_u16, ends in 0..1440_u16, minute in 0..10_000_i64) {
            prop_assume!(begins != ends);
            let quiet = Quiet(Some(Night { begins, ends }));
            let zone = xiamen();
            let now = Timestamp::from_second(1_770_000_000 + minute * 60).expect("a time");
            if let Some(end) = quiet.until(now, &zone) {
                prop_assert!(end > now && end.duration_since(now).as_hours() <= 24);
                prop_assert_eq!(quiet.until(end, &zone), None);
            }
            prop_assert_eq!(quiet.to_string().parse(), Ok(quiet));
        }
    }
}
