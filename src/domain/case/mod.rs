//! A case: one need, from the first message to closure. Data is held only in the state where it exists;
//! `step` in [`step`] is the only way from one state to another.

mod effect;
mod event;
mod history;
mod step;
mod turn;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use effect::{CardState, Effect, Letter};
pub use event::{Actor, Ending, Event};
pub use history::{Entry, EventWord};
pub use step::step;

use super::deadline::Calendar;
use super::id::{AreaCode, CaseNumber, PersonId, ServiceCode, TeamCode};
use super::message::Priority;
use super::routing::Directory;
use super::service::{Services, Within};
use super::team::Rung;
use super::understood::Details;

/// One need of one resident.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// What people call it by.
    pub number: CaseNumber,
    /// Grows by one with every save; 0 before the first.
    pub version: i64,
    /// Who asks.
    pub resident: PersonId,
    /// What for.
    pub service: ServiceCode,
    /// How sure the understanding was, 0 to 1; 1 where a person chose the service.
    pub confidence: f32,
    /// What else it could have been, best first.
    pub runners_up: Vec<ServiceCode>,
    /// Where; `None` until it is known.
    pub area: Option<AreaCode>,
    /// The resident's words.
    pub text: String,
    /// What was found in them.
    pub details: Details,
    /// How high it has climbed.
    pub rung: Rung,
    /// Whether somebody may be in danger.
    pub priority: Priority,
    /// How it came in.
    pub origin: Origin,
    /// Whether the member who has it asked for help.
    pub help_wanted: bool,
    /// How often "not solved" brought it back.
    pub reopened: i64,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it must be resolved; moves on when it climbs for that reason.
    pub resolve_by: Timestamp,
    /// Where it stands.
    pub state: State,
    /// What the resident said of the result.
    pub survey: Survey,
}

/// How a case came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Written to the bot.
    Message,
    /// Told to staff on the phone.
    Phone,
}

/// Where a case stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// A person of the staff must look at it.
    Triage {
        /// What stopped it from going on by itself.
        why: Why,
        /// When staff are reminded.
        look_by: Timestamp,
    },
    /// Posted to a team's groups for someone to accept.
    Offered {
        /// Which team.
        team: TeamCode,
        /// When it climbs.
        accept_by: Timestamp,
        /// Who has already passed it on.
        passed: Vec<PersonId>,
    },
    /// Exactly one member has it.
    Accepted {
        /// Their team.
        team: TeamCode,
        /// Who.
        member: PersonId,
        /// When the claim is questioned, and then expires, if nothing happens.
        idle_by: Timestamp,
        /// Whether it has been questioned already.
        warned: bool,
    },
    /// The resident is being asked.
    Done {
        /// Who did it; nobody where staff did.
        by: Option<(TeamCode, PersonId)>,
        /// Whether the resident has been asked, as far as we know; `false` once a question reached nobody.
        #[serde(default = "as_far_as_we_know")]
        asked: bool,
        /// Whether the one reminder has been sent.
        reminded: bool,
        /// When the resident is reminded, and then the case closed.
        ask_by: Timestamp,
    },
    /// Over.
    Closed {
        /// How it ended.
        outcome: Outcome,
        /// When.
        at: Timestamp,
    },
}

/// Of a case that was done before this was written down.
fn as_far_as_we_know() -> bool {
    true
}

/// What stopped a case from going on by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Nobody knows yet where it is.
    NoArea,
    /// No team on any rung serves it there.
    NoTeam,
    /// The understanding was not sure; the resident is choosing.
    Unsure,
    /// Not understood at all.
    NotUnderstood,
    /// The resident asked for a person.
    Asked,
}

/// How a case ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The resident says so.
    Solved,
    /// Done, but the resident did not answer the survey.
    Unanswered,
    /// Done, but the survey's question reached nobody.
    NotAsked,
    /// The resident took it back.
    Cancelled,
    /// It is part of another case.
    Merged,
    /// Given to a unit outside the hotline.
    Referred,
    /// Not something the hotline can do.
    Declined,
}

/// What the resident said of the result.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// Is it solved?
    pub solved: Option<bool>,
    /// How satisfied, 1 to 5.
    pub satisfied: Option<u8>,
    /// A word.
    pub comment: Option<String>,
}

/// The name of a state, without its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// [`State::Triage`]
    Triage,
    /// [`State::Offered`]
    Offered,
    /// [`State::Accepted`]
    Accepted,
    /// [`State::Done`]
    Done,
    /// [`State::Closed`]
    Closed,
}

impl Stage {
    /// The word for it in the database and in exports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Triage => "triage",
            Self::Offered => "offered",
            Self::Accepted => "accepted",
            Self::Done => "done",
            Self::Closed => "closed",
        }
    }
}

impl Why {
    /// The word for it in the database and in the history.
    pub fn word(self) -> &'static str {
        match self {
            Self::NoArea => "no_area",
            Self::NoTeam => "no_team",
            Self::Unsure => "unsure",
            Self::NotUnderstood => "not_understood",
            Self::Asked => "asked",
        }
    }
}

impl Outcome {
    /// Every way to end.
    pub const ALL: [Self; 7] = [
        Self::Solved,
        Self::Unanswered,
        Self::NotAsked,
        Self::Cancelled,
        Self::Merged,
        Self::Referred,
        Self::Declined,
    ];

    /// The word for it in the database and in exports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Solved => "solved",
            Self::Unanswered => "unanswered",
            Self::NotAsked => "not_asked",
            Self::Cancelled => "cancelled",
            Self::Merged => "merged",
            Self::Referred => "referred",
            Self::Declined => "declined",
        }
    }
}

impl Case {
    /// The name of its state.
    pub fn stage(&self) -> Stage {
        match self.state {
            State::Triage { .. } => Stage::Triage,
            State::Offered { .. } => Stage::Offered,
            State::Accepted { .. } => Stage::Accepted,
            State::Done { .. } => Stage::Done,
            State::Closed { .. } => Stage::Closed,
        }
    }

    /// The instant at which something happens by itself. Every open case has one: the database checks it.
    pub fn wake_at(&self) -> Option<Timestamp> {
        match &self.state {
            State::Triage { look_by, .. } => Some(*look_by),
            State::Offered { accept_by, .. } => Some((*accept_by).min(self.resolve_by)),
            State::Accepted { idle_by, .. } => Some((*idle_by).min(self.resolve_by)),
            State::Done { ask_by, .. } => Some(*ask_by),
            State::Closed { .. } => None,
        }
    }

    /// The team that has it now.
    pub fn team(&self) -> Option<&TeamCode> {
        match &self.state {
            State::Offered { team, .. } | State::Accepted { team, .. } => Some(team),
            State::Done { by, .. } => by.as_ref().map(|(team, _)| team),
            State::Triage { .. } | State::Closed { .. } => None,
        }
    }

    /// The member who has it or has done it.
    pub fn member(&self) -> Option<&PersonId> {
        match &self.state {
            State::Accepted { member, .. } => Some(member),
            State::Done { by, .. } => by.as_ref().map(|(_, member)| member),
            State::Triage { .. } | State::Offered { .. } | State::Closed { .. } => None,
        }
    }

    /// Whether it is for the night, too: danger, and services whose clock runs around the clock.
    pub fn is_urgent(&self, services: &Services) -> bool {
        let (accept, _) = services.times(&self.service);
        self.priority == Priority::Danger || accept.around_the_clock
    }

    /// Whether it is done, and the survey's question reached nobody so far.
    pub fn waits_to_be_asked(&self) -> bool {
        matches!(self.state, State::Done { asked: false, .. })
    }

    /// Whether it is over.
    pub fn is_closed(&self) -> bool {
        self.stage() == Stage::Closed
    }
}

/// Why something cannot be done; a person is told, kindly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Somebody was first.
    Taken(PersonId),
    /// It is not being offered (now).
    NotOffered,
    /// Another team has it.
    OtherTeam,
    /// Somebody else has it.
    NotYours,
    /// It is already done.
    AlreadyDone,
    /// It is over.
    Closed,
    /// It is not done yet, so there is nothing to say of it.
    NotDone,
    /// It is somebody else's.
    NotResident,
    /// Only a member of the team may.
    NotMember,
    /// There is no such case, team, area or service.
    Unknown,
    /// The answer must be 1 to 5.
    OutOfRange,
}

/// The operator's choices about time.
#[derive(Clone, Debug)]
pub struct Policy {
    /// How long staff may leave a case in Triage before they are reminded.
    pub triage: Within,
    /// How long a member may have a case without a sign of life.
    pub claim_idle: Within,
    /// The same where the service's clock runs around the clock.
    pub claim_idle_urgent: Within,
    /// After how long the resident is reminded of the survey.
    pub survey_remind: Within,
    /// How long after the reminder the case is closed as unanswered.
    pub survey_close: Within,
    /// How many members must pass before the case climbs.
    pub passes: usize,
}

impl Default for Policy {
    fn default() -> Self {
        let hours = |hours: i64, around_the_clock| Within { minutes: hours * 60, around_the_clock };
        Self {
            triage: Within { minutes: 30, around_the_clock: true },
            claim_idle: hours(8, false),
            claim_idle_urgent: hours(1, true),
            survey_remind: hours(24, true),
            survey_close: hours(48, true),
            passes: 2,
        }
    }
}

/// What a step may know of the world; all of it is given, none of it is asked for.
#[derive(Clone, Copy, Debug)]
pub struct World<'a> {
    /// Now.
    pub now: Timestamp,
    /// Areas, teams, points.
    pub directory: &'a Directory,
    /// The taxonomy.
    pub services: &'a Services,
    /// Working time.
    pub calendar: &'a Calendar,
    /// The operator's choices.
    pub policy: &'a Policy,
}

/// What came of a step.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The case as it stands now.
    pub case: Case,
    /// What must follow.
    pub effects: Vec<Effect>,
    /// What the history says.
    pub entries: Vec<Entry>,
}
