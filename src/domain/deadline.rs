//! Working-time arithmetic: when is a case late? A span of the taxonomy counts in the serving team's working
//! hours, with public holidays and make-up workdays, or around the clock where it is marked so.
//!
//! Promises: never a panic, whatever the dates; a later start or a longer span never ends earlier; no instant
//! of work is counted twice when clocks are put back.

mod holidays;
mod hours;
mod quiet;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

pub use holidays::{Holidays, HolidaysError};
pub use hours::{Hours, HoursError, Opening, Week};
pub use quiet::{Quiet, QuietError};

use super::service::Within;

/// How many days ahead a deadline is looked for. A team that does not work long enough in ten years gets
/// the end of that time.
const HORIZON_DAYS: usize = 3660;

/// The longest span that is counted; ten thousand days, as long as the taxonomy can write.
const SPAN_MINUTES_MAX: i64 = 10_000 * 24 * 60;

/// The city's calendar: its time zone and its holidays.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// The zone in which working hours are meant.
    pub zone: TimeZone,
    /// Days off and make-up workdays.
    pub holidays: Holidays,
}

impl Calendar {
    /// The instant at which a span of the team's working time has passed since `start`. Outside working hours
    /// the clock stands still until the next opening.
    pub fn after(&self, start: Timestamp, within: Within, hours: &Hours) -> Timestamp {
        let span = SignedDuration::from_mins(within.minutes.clamp(0, SPAN_MINUTES_MAX));
        match hours {
            Hours::Weekly(week) if !within.around_the_clock => self.after_work(start, span, week),
            Hours::Weekly(_) | Hours::Always => start.checked_add(span).unwrap_or(Timestamp::MAX),
        }
    }

    /// Whether the team works at this instant.
    pub fn is_open(&self, at: Timestamp, hours: &Hours) -> bool {
        match hours {
            Hours::Always => true,
            Hours::Weekly(week) => {
                self.stretches(self.date(at), week).any(|(opens, closes)| opens <= at && at < closes)
            }
        }
    }

    fn after_work(&self, start: Timestamp, span: SignedDuration, week: &Week) -> Timestamp {
        let (mut counted_to, mut left, mut date) = (start, span, self.date(start));
        for _ in 0..HORIZON_DAYS {
            for (opens, closes) in self.stretches(date, week) {
                let from = opens.max(counted_to);
                if closes <= from {
                    continue;
                }
                let worked = closes.duration_since(from);
                if left <= worked {
                    return from.checked_add(left).unwrap_or(Timestamp::MAX);
                }
                left -= worked;
                counted_to = closes;
            }
            let Ok(tomorrow) = date.tomorrow() else { return Timestamp::MAX };
            date = tomorrow;
        }
        self.instant(date, 0).unwrap_or(Timestamp::MAX).max(start)
    }

    /// The stretches of work on a date, in order.
    fn stretches(&self, date: Date, week: &Week) -> impl Iterator<Item = (Timestamp, Timestamp)> {
        let openings = self.holidays.works_like(date).map_or(&[][..], |weekday| week.openings(weekday));
        openings.iter().filter_map(move |opening| {
            Some((self.instant(date, opening.opens)?, self.instant(date, opening.closes)?))
        })
    }

    fn date(&self, at: Timestamp) -> Date {
        self.zone.to_datetime(at).date()
    }

    /// The instant that a minute of a date names. One that the clocks skip comes an hour later, one that they
    /// repeat is the first.
    fn instant(&self, date: Date, minute: u16) -> Option<Timestamp> {
        let (date, minute) = match minute {
            hours::DAY_MINUTES => (date.tomorrow().ok()?, 0),
            within_day => (date, within_day),
        };
        let time = date.at((minute / 60) as i8, (minute % 60) as i8, 0, 0);
        self.zone.to_timestamp(time).ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A calendar in a POSIX zone, so that the tests need no time zone database.
    fn calendar(zone: &str) -> Calendar {
        let holidays = Holidays::parse(include_str!("../../assets/holidays.toml")).expect("sound");
        Calendar { zone: TimeZone::posix(zone).expect("a zone"), holidays }
    }

    fn xiamen() -> Calendar {
        calendar("CST-8")
    }

    fn at(calendar: &Calendar, local: &str) -> Timestamp {
        calendar.zone.to_timestamp(local.parse().expect(local)).expect(local)
    }

    fn deadline(calendar: &Calendar, start: &str, within: &str, hours: &str) -> String {
        let due =
            calendar.after(at(calendar, start), within.parse().expect(within), &hours.parse().expect(hours));
        calendar.zone.to_datetime(due).strftime("%Y-%m-%d %H:%M").to_string()
    }

    const OFFICE: &str = "mon-fri 08:00-18:00";
    const WITH_LUNCH: &str = "mon-sat 08:30-12:00,14:00-17:30";

    #[test]
    fn a_deadline_counts_working_hours() {
        for (story, start, within, hours, due) in [
            ("within one morning", "2026-03-04 09:00", "2h", OFFICE, "2026-03-04 11:00"),
            ("to the very end of the day", "2026-03-04 16:00", "2h", OFFICE, "2026-03-04 18:00"),
            ("over night", "2026-03-04 17:00", "2h", OFFICE, "2026-03-05 09:00"),
            ("over the weekend", "2026-03-06 17:00", "2h", OFFICE, "2026-03-09 09:00"),
            ("asked at night", "2026-03-04 02:00", "30m", OFFICE, "2026-03-04 08:30"),
            ("asked when the office closes", "2026-03-04 18:00", "1h", OFFICE, "2026-03-05 09:00"),
            ("over lunch", "2026-03-04 11:30", "1h", WITH_LUNCH, "2026-03-04 14:30"),
            ("asked at lunch", "2026-03-04 13:00", "1h", WITH_LUNCH, "2026-03-04 15:00"),
            ("a day is eight hours", "2026-03-04 08:00", "1d", OFFICE, "2026-03-04 16:00"),
            ("a day of seven hours of work", "2026-03-04 08:30", "1d", WITH_LUNCH, "2026-03-05 09:30"),
            ("round the clock at night", "2026-03-06 23:50", "15m!", OFFICE, "2026-03-07 00:05"),
            ("a team that never sleeps", "2026-02-17 23:00", "2h", "always", "2026-02-18 01:00"),
            ("night shift", "2026-03-04 23:00", "2h", "wed 22:00-24:00; thu 00:00-06:00", "2026-03-05 01:00"),
            (
                "once a week, but for Qingming",
                "2026-03-04 12:00",
                "2d",
                "sat 09:00-12:00",
                "2026-04-18 10:00",
            ),
        ] {
            assert_eq!(deadline(&xiamen(), start, within, hours), due, "{story}");
        }
    }

    #[test]
    fn holidays_are_free_and_make_up_days_are_worked() {
        for (story, start, within, hours, due) in [
            ("over Spring Festival", "2026-02-14 17:00", "2h", OFFICE, "2026-02-24 09:00"),
            ("on the make-up Saturday", "2026-02-28 09:00", "2h", OFFICE, "2026-02-28 11:00"),
            (
                "a make-up Saturday has Friday's hours",
                "2026-02-28 09:00",
                "2h",
                "fri-sat 10:00-12:00",
                "2026-02-28 12:00",
            ),
            (
                "a make-up Sunday has Monday's hours",
                "2026-01-04 07:00",
                "1h",
                "mon 09:00-12:00",
                "2026-01-04 10:00",
            ),
            (
                "a Saturday team is free on a holiday",
                "2026-05-02 09:00",
                "1h",
                "sat 08:00-12:00",
                "2026-05-16 09:00",
            ),
            ("2027 is not known", "2026-12-31 17:30", "1h", OFFICE, "2027-01-01 08:30"),
        ] {
            assert_eq!(deadline(&xiamen(), start, within, hours), due, "{story}");
        }
    }

    #[test]
    fn clocks_that_are_changed_lose_and_add_no_work() {
        let berlin = calendar("CET-1CEST,M3.5.0,M10.5.0/3");
        for (story, start, within, hours, due) in [
            (
                "spring, the night is short",
                "2026-03-28 23:00",
                "4h",
                "sat-sun 00:00-24:00",
                "2026-03-29 04:00",
            ),
            (
                "autumn, the night is long",
                "2026-10-24 23:00",
                "4h",
                "sat-sun 00:00-24:00",
                "2026-10-25 02:00",
            ),
            ("opening in the gap", "2026-03-29 01:00", "1h", "sun 02:00-06:00", "2026-03-29 04:00"),
        ] {
            assert_eq!(deadline(&berlin, start, within, hours), due, "{story}");
        }
    }

    #[test]
    fn open_means_between_opening_and_closing() {
        let (xiamen, hours) = (xiamen(), WITH_LUNCH.parse().expect("hours"));
        for (time, open) in [
            ("2026-03-04 08:29", false),
            ("2026-03-04 08:30", true),
            ("2026-03-04 12:00", false),
            ("2026-03-07 14:00", true),
            ("2026-03-08 14:00", false),
            ("2026-10-01 10:00", false),
            ("2026-09-20 10:00", true),
        ] {
            assert_eq!(xiamen.is_open(at(&xiamen, time), &hours), open, "{time}");
            assert!(xiamen.is_open(at(&xiamen, time), &Hours::Always));
        }
    }

    #[test]
    fn the_edges_of_time_are_no_trap() {
        let (xiamen, office) = (xiamen(), OFFICE.parse().expect("hours"));
        for minutes in [i64::MIN, -1, 0, 1, i64::MAX] {
            for start in [Timestamp::MIN, Timestamp::UNIX_EPOCH, Timestamp::MAX] {
                for around_the_clock in [false, true] {
                    let due = xiamen.after(start, Within { minutes, around_the_clock }, &office);
                    assert!(due >= start);
                }
            }
        }
        let hardly = "mon 00:00-00:01".parse().expect("hours");
        let due = xiamen.after(Timestamp::UNIX_EPOCH, "10000d".parse().expect("a span"), &hardly);
        assert_eq!(xiamen.date(due), jiff::civil::date(1980, 1, 9));
    }

    fn any_hours() -> impl Strategy<Value = Hours> {
        let hours =
            ["always", OFFICE, WITH_LUNCH, "sun 02:00-03:00", "mon-sun 00:00-24:00", "tue 23:59-24:00"];
        proptest::sample::select(hours.to_vec()).prop_map(|text| text.parse().expect(text))
    }

    fn any_zone() -> impl Strategy<Value = Calendar> {
        proptest::sample::select(vec!["CST-8", "CET-1CEST,M3.5.0,M10.5.0/3", "EST5EDT,M3.2.0,M11.1.0"])
            .prop_map(calendar)
    }

    proptest! {
        #[test]
        fn later_or_longer_never_ends_earlier(
            calendar in any_zone(), hours in any_hours(), around_the_clock: bool,
            start in 1_760_000_000_i64..1_830_000_000, later in 0_i64..400_000, minutes in 0_i64..6_000, longer in 0_i64..3_000,
        ) {
            let instant = |second| Timestamp::from_second(second).expect("in range");
            let due = |second, minutes| calendar.after(instant(second), Within { minutes, around_the_clock }, &hours);
            prop_assert!(due(start, minutes) >= instant(start) + SignedDuration::from_mins(minutes));
            prop_assert!(due(start, minutes) <= due(start + later, minutes));
            prop_assert!(due(start, minutes) <= due(start, minutes + longer));
        }
    }
}
