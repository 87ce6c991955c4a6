//! Precision and recall of each detail.

use jiff::ZonedDateTime;
use serde::Serialize;

use crate::domain::understood::Details;
use crate::understanding::Understander;
use crate::understanding::details::Marked;

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

/// A detail that was missed, invented or cut wrongly.
#[derive(Clone, Debug)]
pub struct DetailMistake {
    /// `address`, `when`, …
    pub field: &'static str,
    /// The message.
    pub text: String,
    /// What should have been found.
    pub right: Option<String>,
    /// What was found.
    pub found: Option<String>,
}

type Field = (&'static str, fn(&Details) -> &Option<String>);

const FIELDS: [Field; 5] = [
    ("community", |details| &details.community),
    ("address", |details| &details.address),
    ("phone", |details| &details.phone),
    ("when", |details| &details.when),
    ("person", |details| &details.person),
];

/// Finds the details of every row and compares them, word for word.
pub fn score_details(
    understander: &Understander,
    rows: &[Marked],
    now: &ZonedDateTime,
) -> (DetailScores, Vec<DetailMistake>) {
    let found: Vec<Details> =
        rows.iter().map(|row| understander.understand(&row.text, now).details).collect();
    let mut mistakes = Vec::new();
    let scores = FIELDS.map(|(field, of)| {
        let mut tally = Tally::default();
        for (row, found) in rows.iter().zip(&found) {
            let (right, found) = (of(&row.details), of(found));
            tally.count(found.as_deref(), right.as_deref());
            if found != right {
                let (right, found) = (right.clone(), found.clone());
                mistakes.push(DetailMistake { field, text: row.text.clone(), right, found });
            }
        }
        tally.score()
    });
    let [community, address, phone, when, person] = scores;
    (DetailScores { community, address, phone, when, person }, mistakes)
}

/// Counts of one field.
#[derive(Default)]
struct Tally {
    found: f64,
    there: f64,
    right: f64,
}

impl Tally {
    fn count(&mut self, found: Option<&str>, right: Option<&str>) {
        self.found += f64::from(u8::from(found.is_some()));
        self.there += f64::from(u8::from(right.is_some()));
        self.right += f64::from(u8::from(found.is_some() && found == right));
    }

    /// What was neither there nor found is perfect.
    fn score(&self) -> FieldScore {
        let share = |of: f64| if of > 0.0 { self.right / of } else { 1.0 };
        let both = self.found + self.there;
        let f1 = if both > 0.0 { 2.0 * self.right / both } else { 1.0 };
        FieldScore { precision: share(self.found), recall: share(self.there), f1 }
    }
}
