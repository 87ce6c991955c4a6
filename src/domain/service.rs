//! An entry of the taxonomy: what a resident can ask for, how it is handled and how soon.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::id::ServiceCode;
use super::message::Language;

/// How openly a case of the service may be shown, and whether it is usually answered at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Handling {
    /// The offer to a team's group may carry the gist of the message, masked.
    Public,
    /// The offer carries category and area only; words and contacts are for the assignee and permitted staff.
    Restricted,
    /// Usually answered at once from the directory; a case is opened all the same so that it is followed up.
    Answer,
}

/// A span of time of the taxonomy: `2h`, `3d` in the serving team's working hours, `15m!` around the clock.
/// A working day counts as eight working hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Within {
    /// Length in minutes; a `d` of working hours is [`WORKDAY_MINUTES`].
    pub minutes: i64,
    /// Whether nights, weekends and holidays count too.
    pub around_the_clock: bool,
}

/// Minutes that a day stands for where only working hours count.
pub const WORKDAY_MINUTES: i64 = 8 * 60;

impl FromStr for Within {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a time such as 30m, 2h, 3d or, around the clock, 15m!");
        let (rest, around_the_clock) = match text.strip_suffix('!') {
            Some(rest) => (rest, true),
            None => (text, false),
        };
        let unit = rest.chars().last().ok_or_else(wrong)?;
        let count: i64 = rest[..rest.len() - unit.len_utf8()].parse().map_err(|_| wrong())?;
        let per = match (unit, around_the_clock) {
            ('m', _) => 1,
            ('h', _) => 60,
            ('d', true) => 24 * 60,
            ('d', false) => WORKDAY_MINUTES,
            _ => return Err(wrong()),
        };
        if !(1..=10_000).contains(&count) {
            return Err(wrong());
        }
        Ok(Self { minutes: count * per, around_the_clock })
    }
}

impl<'de> Deserialize<'de> for Within {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for Within {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}m{}", self.minutes, if self.around_the_clock { "!" } else { "" })
    }
}

/// A detail that a case may need before anybody can act on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// Which community, so that the case finds its team.
    Community,
    /// Where exactly.
    Address,
    /// A number to call.
    Phone,
    /// When it is wanted.
    When,
    /// Who it is for.
    Person,
}

/// A text in the two languages that people here write.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bilingual {
    /// Simplified Chinese.
    pub zh: String,
    /// English.
    pub en: String,
    /// Traditional Chinese, derived from `zh` when the catalogue is read.
    #[serde(skip)]
    pub zh_tw: String,
}

impl Bilingual {
    /// The text for a reader; Traditional readers get the Traditional form where the catalogue has made one.
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::ZhCn => &self.zh,
            Language::ZhTw => {
                if self.zh_tw.is_empty() {
                    &self.zh
                } else {
                    &self.zh_tw
                }
            }
            Language::En => &self.en,
        }
    }
}

/// One service of the catalogue, without its examples.
#[derive(Clone, Debug)]
pub struct Service {
    /// `elder.meal`.
    pub code: ServiceCode,
    /// What it is called.
    pub title: Bilingual,
    /// What falls under it.
    pub covers: Bilingual,
    /// How openly it is handled.
    pub handling: Handling,
    /// How soon somebody must have accepted it.
    pub accept_within: Within,
    /// How soon it must be resolved.
    pub resolve_within: Within,
    /// What must be known, in the order to ask.
    pub ask: Vec<Detail>,
    /// One neutral line for the offer.
    pub gist: Bilingual,
    /// The first answer to the resident.
    pub reply: Bilingual,
    /// Numbers to call first; only `emergency.*` has them.
    pub call: Vec<String>,
    /// Who answers for it at the top of the ladder.
    pub units: Vec<String>,
}

/// The taxonomy: every service by its code.
#[derive(Clone, Debug, Default)]
pub struct Services(HashMap<ServiceCode, Service>);

impl Services {
    /// The service of a code; `None` for one that the catalogue no longer has.
    pub fn get(&self, code: &ServiceCode) -> Option<&Service> {
        self.0.get(code)
    }

    /// Every service, in no particular order.
    pub fn all(&self) -> impl Iterator<Item = &Service> {
        self.0.values()
    }

    /// Whether any service belongs to a category.
    pub fn has_category(&self, category: &str) -> bool {
        self.0.keys().any(|code| code.category() == category)
    }

    /// How soon a case must be accepted and resolved; a service that left the catalogue keeps common times.
    pub fn times(&self, code: &ServiceCode) -> (Within, Within) {
        const COMMON: (Within, Within) = (
            Within { minutes: 4 * 60, around_the_clock: false },
            Within { minutes: 3 * WORKDAY_MINUTES, around_the_clock: false },
        );
        self.get(code).map_or(COMMON, |service| (service.accept_within, service.resolve_within))
    }

    /// How openly a case is handled; a service that left the catalogue is kept private.
    pub fn handling(&self, code: &ServiceCode) -> Handling {
        self.get(code).map_or(Handling::Restricted, |service| service.handling)
    }
}

impl FromIterator<Service> for Services {
    fn from_iter<I: IntoIterator<Item = Service>>(services: I) -> Self {
        Self(services.into_iter().map(|service| (service.code.clone(), service)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_the_taxonomy_writes_them() {
        let read = |text: &str| text.parse::<Within>().map(|w| (w.minutes, w.around_the_clock));
        assert_eq!(read("2h"), Ok((120, false)));
        assert_eq!(read("1d"), Ok((480, false)));
        assert_eq!(read("15m!"), Ok((15, true)));
        assert_eq!(read("1d!"), Ok((1440, true)));
        for wrong in ["", "h", "2", "2w", "-1h", "0h", "!", "2 h", "两h"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
