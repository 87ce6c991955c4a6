//! How well residents were understood: week by week, and what was most often taken for what.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::super::Web;
use super::super::error::Error;
use super::super::page::html;
use super::desk::Desk;
use super::session::Staff;
use crate::domain::id::ServiceCode;
use crate::store::Correction;

/// Weeks that are shown, this one included.
const WEEKS: i64 = 12;
/// Pairs that are shown.
const PAIRS_MAX: usize = 15;

/// One week.
#[derive(Debug, Default, PartialEq, Eq)]
struct Week {
    /// Cases that residents opened by writing.
    opened: i64,
    /// Of these, those that the resident, being asked, gave another service.
    by_resident: i64,
    /// Those that staff gave another service.
    by_staff: i64,
}

impl Week {
    fn percent(&self) -> Option<i64> {
        let right = self.opened - self.by_resident - self.by_staff;
        (self.opened > 0).then(|| (100 * right.max(0) + self.opened / 2) / self.opened)
    }
}

/// What was taken for what.
struct Pair {
    right: String,
    guess: String,
    times: usize,
}

struct Row {
    monday: Date,
    week: Week,
}

#[derive(Template)]
#[template(path = "staff/accuracy.html")]
struct Page<'w> {
    rows: Vec<Row>,
    pairs: Vec<Pair>,
    learns: bool,
    d: Desk<'w>,
}

/// `GET /staff/accuracy`
pub(super) async fn page(
    State(web): State<Arc<Web>>,
    headers: HeaderMap,
    staff: Staff,
) -> Result<Response, Error> {
    let d = Desk::new(&web, &headers, staff);
    let zone = &web.hotline.calendar.zone;
    let (monday, first) = first_monday(d.now, zone).ok_or(Error::NotFound)?;
    let mut tx = web.hotline.store.read().await?;
    let (opened, corrections) = (tx.opened_by_week(first).await?, tx.corrections(first).await?);
    drop(tx);
    let weeks = weeks(&opened, &corrections, first);
    let row = |(index, week)| Some(Row { monday: monday.checked_add((index as i64).weeks()).ok()?, week });
    let before_the_first = |(_, week): &(usize, Week)| week.opened == 0;
    let rows = weeks.into_iter().enumerate().skip_while(before_the_first).filter_map(row);
    let mut rows: Vec<Row> = rows.collect();
    rows.reverse();
    let pairs = pairs(&corrections).into_iter();
    let named = |(guess, right, times): (ServiceCode, ServiceCode, usize)| Pair {
        right: d.service(&right),
        guess: d.service(&guess),
        times,
    };
    html(&Page { rows, pairs: pairs.map(named).collect(), learns: web.hotline.learns_from_corrections, d })
}

/// The Monday with which the first of the weeks begins.
fn first_monday(now: Timestamp, zone: &TimeZone) -> Option<(Date, Timestamp)> {
    let today = now.to_zoned_datetime(zone.clone()).date();
    let days = i64::from(today.weekday().since(Weekday::Monday));
    let monday = today.checked_sub((days + 7 * (WEEKS - 1)).days()).ok()?;
    Some((monday, zone.to_timestamp(monday.at(0, 0, 0, 0)).ok()?))
}

fn weeks(opened: &[(i64, i64)], corrections: &[Correction], first: Timestamp) -> Vec<Week> {
    let mut weeks: Vec<Week> = (0..WEEKS).map(|_| Week::default()).collect();
    for (index, count) in opened {
        if let Some(week) = usize::try_from(*index).ok().and_then(|index| weeks.get_mut(index)) {
            week.opened = *count;
        }
    }
    for correction in corrections.iter().filter(|correction| correction.guess != correction.right) {
        let since = correction.opened_at.duration_since(first).as_hours().div_euclid(7 * 24);
        let Some(week) = usize::try_from(since).ok().and_then(|index| weeks.get_mut(index)) else { continue };
        match correction.by_staff {
            true => week.by_staff += 1,
            false => week.by_resident += 1,
        }
    }
    weeks
}

/// Most frequent first.
fn pairs(corrections: &[Correction]) -> Vec<(ServiceCode, ServiceCode, usize)> {
    let mut counts: BTreeMap<(&ServiceCode, &ServiceCode), usize> = BTreeMap::new();
    for correction in corrections.iter().filter(|correction| correction.guess != correction.right) {
        *counts.entry((&correction.guess, &correction.right)).or_default() += 1;
    }
    let mut pairs: Vec<_> =
        counts.into_iter().map(|((guess, right), times)| (guess.clone(), right.clone(), times)).collect();
    pairs.sort_by_key(|(.., times)| std::cmp::Reverse(*times));
    pairs.truncate(PAIRS_MAX);
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::CaseNumber;

    fn correction(number: i64, opened_at: &str, guess: &str, right: &str, by_staff: bool) -> Correction {
        Correction {
            case: CaseNumber(number),
            opened_at: opened_at.parse().expect("a time"),
            words: "水龙头".into(),
            guess: guess.into(),
            right: right.into(),
            by_staff,
        }
    }

    #[test]
    fn weeks_begin_on_monday_in_the_citys_zone() {
        let zone = TimeZone::get("Asia/Shanghai").expect("a zone");
        // Already Monday in Shanghai.
        let now: Timestamp = "2026-03-01T17:00:00Z".parse().expect("a time");
        let (monday, first) = first_monday(now, &zone).expect("a Monday");
        assert_eq!((monday.to_string().as_str(), monday.weekday()), ("2025-12-15", Weekday::Monday));
        assert_eq!(first.to_string(), "2025-12-14T16:00:00Z");
    }

    #[test]
    fn only_another_service_is_a_mistake() {
        let first: Timestamp = "2025-12-14T16:00:00Z".parse().expect("a time");
        let corrections = [
            correction(1, "2025-12-15T01:00:00Z", "care.repair", "governance.facility", true),
            correction(2, "2025-12-22T01:00:00Z", "care.repair", "care.repair", false),
            correction(3, "2025-12-22T02:00:00Z", "care.repair", "governance.facility", false),
            correction(4, "2025-12-22T02:00:00Z", "elder.meal", "care.canteen", false),
        ];
        let weeks = weeks(&[(0, 2), (1, 8)], &corrections, first);
        assert_eq!(weeks[0], Week { opened: 2, by_resident: 0, by_staff: 1 });
        assert_eq!(weeks[1], Week { opened: 8, by_resident: 2, by_staff: 0 });
        assert_eq!((weeks[0].percent(), weeks[1].percent(), weeks[2].percent()), (Some(50), Some(75), None));
        let pairs = pairs(&corrections);
        assert_eq!(pairs[0], ("care.repair".into(), "governance.facility".into(), 2));
        assert_eq!(pairs.len(), 2);
    }
}
