//! What must follow from a step: cards for groups and letters to people, not yet in words.

use crate::domain::id::{CaseNumber, PersonId, TeamCode};
use crate::domain::message::AttachmentKind;
use crate::domain::team::Rung;

/// What must follow from a step; `engine::effects` turns each into rows.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Post the case to the team's groups.
    Offer(TeamCode),
    /// Earlier cards of the case show how it stands now.
    Cards(CardState),
    /// Write to the resident.
    TellResident(Letter),
    /// Write to a member privately.
    TellMember(PersonId, Letter),
    /// Write to a team's groups; never anything private.
    TellTeam(TeamCode, Letter),
}

/// How an offer's card looks after something happened.
#[derive(Clone, Debug, PartialEq)]
pub enum CardState {
    /// Somebody has it.
    Taken(PersonId),
    /// It went to another team or rung.
    Gone,
    /// It is done.
    Done(PersonId),
    /// The resident took it back, or staff ended it.
    Ended,
}

/// What a message says; the words are in `assets/locales`.
#[derive(Clone, Debug, PartialEq)]
pub enum Letter {
    /// To the resident: a member will call.
    Accepted(PersonId),
    /// To the resident: another member is looked for.
    Released,
    /// To the resident: it is handed one rung up.
    Escalated(Rung),
    /// To the resident: it goes to another team.
    HandedOver(TeamCode),
    /// To the resident: is it solved?
    AskSolved,
    /// To the resident: the same, once more.
    RemindSolved,
    /// To the resident: how satisfied?
    AskSatisfied,
    /// To the resident: a word?
    AskComment,
    /// To the resident: thanks for the word.
    Thanks,
    /// To the resident: taken up again, one rung up.
    Reopened,
    /// To the resident: closed without an answer.
    ClosedUnanswered,
    /// To the resident: taken back as asked.
    Cancelled,
    /// To the resident: part of another case.
    Merged(CaseNumber),
    /// To the resident: a unit has it.
    Referred(String, String),
    /// To the resident: it cannot be done, and why.
    Declined(String),
    /// To the resident: a person will listen or look.
    StaffListen,
    /// To the resident: what staff write.
    Answer(String),
    /// To the member: everything needed to help.
    YouHaveIt,
    /// To the member: the resident's words, added later.
    Added(String),
    /// To the member: the resident has sent something, which staff can open.
    Attached(AttachmentKind),
    /// To the member: still on it?
    StillOnIt,
    /// To the member: given back because nothing happened.
    ClaimExpired,
    /// To the member: it is late; the rung above has been told.
    Late,
    /// To the member: no longer yours, or no longer needed.
    TakenBack,
    /// To the group: somebody needs help with it.
    HelpWanted(PersonId),
    /// To the upper rung's group: late below; please see to it.
    Supervise,
}
