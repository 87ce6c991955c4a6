//! What was understood of one message: the verdict that `understanding` gives and a case keeps.

use serde::{Deserialize, Serialize};

use super::id::{AreaCode, ServiceCode};
use super::message::Language;
use super::service::Detail;

/// The verdict on one message.
#[derive(Clone, Debug, PartialEq)]
pub struct Understanding {
    /// The most likely service. Where there is danger, the emergency it is.
    pub service: ServiceCode,
    /// How likely it is that `service` is right, 0 to 1, calibrated.
    pub confidence: f32,
    /// What the hotline may do with it.
    pub certainty: Certainty,
    /// The next best services with their confidence, at most three, best first.
    pub runners_up: Vec<(ServiceCode, f32)>,
    /// The emergency that the danger stage found, whatever the classifier thought.
    pub danger: Option<ServiceCode>,
    /// Place, phone, time and person found in the words.
    pub details: Details,
    /// The language it was written in.
    pub language: Language,
}

/// One of the things that a message asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Need {
    /// The words that tell of it.
    pub words: String,
    /// What was understood of them.
    pub understanding: Understanding,
}

/// What the hotline may do with a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// Open the case at once.
    Sure,
    /// Open it, and let the resident choose among the most likely services.
    Unsure,
    /// A human must read it.
    Hopeless,
}

/// What the words say about where, when, for whom and how to reach them. Texts are exact substrings of the
/// message as it was written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Details {
    /// The community (or other area) that was named: its code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area: Option<AreaCode>,
    /// The words that named it. They may name a community that no list of areas knows; `area` is then `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub community: Option<String>,
    /// Road, lane, house, building, unit, room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// A number to call, as it was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// When it is wanted, as it was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// The instant that `when` means, seen from the moment of writing in the city's zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when_at: Option<jiff::Timestamp>,
    /// Who it is for, as it was written: 我妈, the neighbour's boy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
}

impl Details {
    /// Takes over what is not yet known.
    pub fn fill(&mut self, more: Self) {
        if self.area.is_none() && more.area.is_some() {
            (self.area, self.community) = (more.area, more.community); // words without an area must not name another
        } else {
            self.community = self.community.take().or(more.community);
        }
        self.address = self.address.take().or(more.address);
        self.phone = self.phone.take().or(more.phone);
        if self.when.is_none() {
            (self.when, self.when_at) = (more.when, more.when_at);
        }
        self.person = self.person.take().or(more.person);
    }

    /// Whether a detail is known.
    pub fn knows(&self, detail: Detail) -> bool {
        match detail {
            Detail::Community => self.area.is_some(),
            Detail::Address => self.address.is_some(),
            Detail::Phone => self.phone.is_some(),
            Detail::When => self.when.is_some(),
            Detail::Person => self.person.is_some(),
        }
    }
}
