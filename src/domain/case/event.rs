//! What can happen to a case, and who does it.

use serde::{Deserialize, Serialize};

use super::Why;
use crate::domain::id::{AreaCode, CaseNumber, PersonId, ServiceCode, TeamCode};
use crate::domain::understood::Details;

/// Who does something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "who", content = "id", rename_all = "snake_case")]
pub enum Actor {
    /// The one who asks.
    Resident(PersonId),
    /// One who helps.
    Member(PersonId),
    /// One who supervises, by login name.
    Staff(String),
    /// The clock, or the hotline itself.
    Hotline,
}

/// What can happen to a case.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// It was just made: find its team, or a person to look at it.
    Open {
        /// Why a person must look first, if so.
        triage: Option<Why>,
    },
    /// The resident adds words, or a detail was learned.
    Tell {
        /// As written.
        text: String,
        /// What was found in them.
        details: Details,
    },
    /// Somebody says which service it is.
    Classify {
        /// Which.
        service: ServiceCode,
    },
    /// Somebody says where it is.
    Locate {
        /// Where.
        area: AreaCode,
    },
    /// A member takes it from the group.
    Accept {
        /// Who.
        member: PersonId,
        /// In which team.
        team: TeamCode,
    },
    /// A member says it is not for their team.
    Pass {
        /// Who.
        member: PersonId,
        /// A leader's word stands for the team.
        leader: bool,
    },
    /// The member gives it back to the group.
    Release {
        /// Who.
        member: PersonId,
        /// Why; shown to staff.
        reason: String,
    },
    /// The member says they are still on it, perhaps with a word about how it goes.
    Keep {
        /// Who.
        member: PersonId,
        /// The word; shown to staff.
        note: String,
    },
    /// The member cannot do it alone.
    WantHelp {
        /// Who.
        member: PersonId,
    },
    /// The need is met, says the member or staff.
    Finish {
        /// The member; nobody where staff did it.
        member: Option<PersonId>,
        /// What was done; shown to staff.
        note: String,
    },
    /// The resident says whether it is solved.
    Solved(bool),
    /// The resident says how satisfied they are, 1 to 5.
    Satisfied(u8),
    /// The resident says a word about it.
    Comment(String),
    /// A question of the survey reached nobody.
    NotAsked,
    /// The resident is in touch again: what could not be asked is asked now.
    AskNow,
    /// The resident takes it back.
    Cancel,
    /// Its timer is due.
    Wake,
    /// Staff give it to a member.
    Assign {
        /// Who.
        member: PersonId,
        /// In which team.
        team: TeamCode,
    },
    /// It goes to another team.
    HandOver {
        /// Which.
        team: TeamCode,
        /// Why.
        reason: String,
    },
    /// Staff answer the resident.
    Answer {
        /// The words.
        text: String,
    },
    /// Staff end it: merged, referred or declined.
    End {
        /// How.
        ending: Ending,
        /// Why, told to the resident.
        reason: String,
    },
}

/// The ways in which staff end a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It is part of another case.
    Merge(CaseNumber),
    /// A unit outside the hotline does it.
    Refer(String),
    /// Nobody can.
    Decline,
}
