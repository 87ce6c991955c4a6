//! Precision and recall of each detail.

use jiff::ZonedDateTime;
use serde::Serialize;

use super::DetailRow;
use crate::domain::understood::Details;
use crate::understanding::Understander;

/// How well one kind of detail is found.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct FieldScore {
    /// Of what was found, the share that is right.
    pub precision: f64,
    /// Of what is there, the share that was found.
    pub recall: f64,
    /// Their harmonic mean.
    pub f1: f64,
}

/// How well each kind of detail is found.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct DetailScores {
    /// The words that name the community.
    pub community: FieldScore,
    /// The address.
    pub address: FieldScore,
    /// The telephone number.
    pub phone: FieldScore,
    /// The wanted time.
    pub when: FieldScore,
    /// The person concerned.
    pub person: FieldScore,
}

/// Finds the details of every row and compares them, word for word.
pub fn score_details(understander: &Understander, rows: &[DetailRow], now: &ZonedDateTime) -> DetailScores {
    let found: Vec<(Details, &Details)> =
        rows.iter().map(|row| (understander.understand(&row.text, now).details, &row.details)).collect();
    let field = |of: fn(&Details) -> &Option<String>| {
        score(found.iter().map(|(found, right)| (of(found).as_deref(), of(right).as_deref())))
    };
    DetailScores {
        community: field(|details| &details.community),
        address: field(|details| &details.address),
        phone: field(|details| &details.phone),
        when: field(|details| &details.when),
        person: field(|details| &details.person),
    }
}

fn score<'a>(pairs: impl Iterator<Item = (Option<&'a str>, Option<&'a str>)>) -> FieldScore {
    let (mut found, mut there, mut right) = (0.0, 0.0, 0.0);
    for (given, truth) in pairs {
        found += f64::from(u8::from(given.is_some()));
        there += f64::from(u8::from(truth.is_some()));
        right += f64::from(u8::from(given.is_some() && given == truth));
    }
    let share = |of: f64| if of > 0.0 { right / of } else { 1.0 };
    let f1 = if found + there > 0.0 { 2.0 * right / (found + there) } else { 1.0 };
    FieldScore { precision: share(found), recall: share(there), f1 }
}
