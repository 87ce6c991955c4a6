//! Identifiers. A case is known everywhere by its number, which people read aloud over the phone, so it
//! carries a check digit; everything else has a ULID or the code that the operator gave it.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::message::Priority;

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Wraps a text that is known to be such an id.
            pub fn new(text: impl Into<Arc<str>>) -> Self {
                Self(text.into())
            }

            /// The id as it is written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

text_id! {
    /// A person: resident, member or both. A ULID.
    PersonId
}
text_id! {
    /// A message in the inbox or the outbox. A ULID, so ids sort by time of making.
    MessageId
}
text_id! {
    /// A team's code, given by the operator: `lianhua-helpers`.
    TeamCode
}
text_id! {
    /// An area's code, given by the operator: `lianhuabei`.
    AreaCode
}
text_id! {
    /// A service's code from the taxonomy: `elder.meal`.
    ServiceCode
}

impl ServiceCode {
    /// The part before the dot: `elder` of `elder.meal`.
    pub fn category(&self) -> &str {
        self.0.split('.').next().unwrap_or_default()
    }

    /// Whether this is one of `emergency.*`, which is answered before anything else.
    pub fn is_emergency(&self) -> bool {
        self.category() == "emergency"
    }

    /// Whether somebody may be in danger.
    pub fn priority(&self) -> Priority {
        if self.is_emergency() { Priority::Danger } else { Priority::Ordinary }
    }

    /// Whether the dialogue handles it by itself (`meta.*`).
    pub fn is_meta(&self) -> bool {
        self.category() == "meta"
    }
}

/// The number of a case. Counted from 1; people see it with a check digit at the end (Damm's, which
/// catches every wrong digit and every swap of neighbours), at least five digits in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CaseNumber(pub i64);

/// What is added to the counter so that the first case is already five digits long.
const NUMBER_BASE: i64 = 1000;

impl CaseNumber {
    /// Reads the number as people write it; `None` where the check digit says it was mistyped.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: Vec<u8> =
            text.trim().trim_start_matches(['#', '\u{FF03}']).chars().map(digit).collect::<Option<_>>()?;
        if !(5..=18).contains(&digits.len()) {
            return None;
        }
        let (&check, rest) = digits.split_last()?;
        let plausible = rest.first() != Some(&0) && damm(rest) == check;
        let value = rest.iter().fold(0, |sum, &d| sum * 10 + i64::from(d));
        (plausible && value > NUMBER_BASE).then_some(Self(value - NUMBER_BASE))
    }
}

impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = (self.0 + NUMBER_BASE).to_string();
        let digits: Vec<u8> = value.bytes().map(|b| b - b'0').collect();
        write!(f, "{value}{}", damm(&digits))
    }
}

/// A decimal digit, ASCII or full-width.
fn digit(c: char) -> Option<u8> {
    match c {
        '0'..='9' => Some(c as u8 - b'0'),
        '\u{FF10}'..='\u{FF19}' => Some((c as u32 - 0xFF10) as u8),
        _ => None,
    }
}

/// Damm's check digit (H. M. Damm, 2004), over the usual quasigroup of order ten.
fn damm(digits: &[u8]) -> u8 {
    const TABLE: [[u8; 10]; 10] = [
        [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
        [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
        [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
        [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
        [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
        [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
        [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
        [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
        [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
        [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
    ];
    digits.iter().fold(0, |interim, &d| TABLE[interim as usize][d as usize])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_number_reads_back() {
        for n in [1, 9, 42, 9_000, 123_456_789] {
            assert_eq!(CaseNumber::parse(&CaseNumber(n).to_string()), Some(CaseNumber(n)));
        }
        assert_eq!(CaseNumber(1).to_string().len(), 5);
        assert_eq!(CaseNumber::parse("#10019"), CaseNumber::parse("10019"));
    }

    #[test]
    fn a_mistyped_number_is_noticed() {
        let right = CaseNumber(7).to_string();
        for wrong in ["", "x", "1", "00000", "99999999999999999999"] {
            assert_eq!(CaseNumber::parse(wrong), None, "{wrong}");
        }
        let last = right.as_bytes()[4] - b'0';
        let wrong = format!("{}{}", &right[..4], (last + 1) % 10);
        assert_eq!(CaseNumber::parse(&wrong), None);
    }
}
