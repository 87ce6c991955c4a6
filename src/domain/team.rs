//! Who helps: teams, the rung of the ladder they stand on, what they serve, and their groups.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::deadline::{Hours, Quiet};
use super::id::{AreaCode, PersonId, ServiceCode, TeamCode};
use super::message::Chat;

/// A rung of the escalation ladder: team → community → street → district unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rung {
    /// Volunteers, social workers, a clinic, a property office: whoever serves at first hand.
    #[default]
    Team,
    /// The community's own duty team.
    Community,
    /// The street's.
    Street,
    /// The district's responsible unit.
    District,
}

impl Rung {
    /// All rungs, from the ground up.
    pub const ALL: [Self; 4] = [Self::Team, Self::Community, Self::Street, Self::District];

    /// The rung above; `None` at the top.
    pub fn next(self) -> Option<Self> {
        match self {
            Self::Team => Some(Self::Community),
            Self::Community => Some(Self::Street),
            Self::Street => Some(Self::District),
            Self::District => None,
        }
    }

    /// The rung that a team of this kind stands on: the three duty kinds have their own, all others serve.
    pub fn of_kind(kind: &str) -> Self {
        match kind {
            "community" => Self::Community,
            "street" => Self::Street,
            "district" => Self::District,
            _ => Self::Team,
        }
    }

    /// The word for it in the database and in exports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Team => "team",
            Self::Community => "community",
            Self::Street => "street",
            Self::District => "district",
        }
    }

    /// The rung of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rung| rung.word() == word)
    }
}

/// Which services a team serves: `elder.meal`, `elder.*` or `*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// Every service.
    All,
    /// Every service of a category.
    Category(String),
    /// One service.
    One(ServiceCode),
}

impl Pattern {
    /// Reads a pattern; anything without a star is one service's code.
    pub fn parse(text: &str) -> Self {
        match text.strip_suffix(".*") {
            Some(category) => Self::Category(category.to_owned()),
            None if text == "*" => Self::All,
            None => Self::One(text.into()),
        }
    }

    /// How exactly the pattern names the service, 0 being the most exact; `None` where it does not.
    pub fn looseness(&self, service: &ServiceCode) -> Option<u8> {
        match self {
            Self::One(code) => (code == service).then_some(0),
            Self::Category(category) => (category == service.category()).then_some(1),
            Self::All => Some(2),
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("*"),
            Self::Category(category) => write!(f, "{category}.*"),
            Self::One(code) => code.fmt(f),
        }
    }
}

/// A team: members who serve some services in some areas.
#[derive(Clone, Debug)]
pub struct Team {
    /// The operator's code.
    pub code: TeamCode,
    /// As people know it: 百事帮维修队.
    pub name: String,
    /// The operator's word for what it is; decides the rung.
    pub kind: String,
    /// Where it serves; everything inside these areas too.
    pub areas: Vec<AreaCode>,
    /// What it serves.
    pub services: Vec<Pattern>,
    /// When it works.
    pub hours: Hours,
    /// When its group and members are left in peace.
    pub quiet: Quiet,
    /// Its group chats.
    pub groups: Vec<Chat>,
    /// Those of its group chats that we cannot write to any more, and since when.
    pub lost: Vec<(Chat, Timestamp)>,
}

impl Team {
    /// The rung it stands on.
    pub fn rung(&self) -> Rung {
        Rung::of_kind(&self.kind)
    }

    /// How exactly it serves the service (0 best); `None` where it does not.
    pub fn looseness(&self, service: &ServiceCode) -> Option<u8> {
        self.services.iter().filter_map(|pattern| pattern.looseness(service)).min()
    }
}

/// What somebody is in a team.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// May accept, release, finish.
    Member,
    /// May also pass a case on for the whole team and hand it over.
    Leader,
}

/// A person's place in a team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// Who.
    pub person: PersonId,
    /// In which team.
    pub team: TeamCode,
    /// As what.
    pub role: Role,
}
