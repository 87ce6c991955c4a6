//! What the history of a case says, in words that are stored, shown and exported.

use super::Stage;

/// What the history says of a step.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// What happened, in the words of [`EventWord`].
    pub event: EventWord,
    /// The stage before.
    pub from: Stage,
    /// The stage after.
    pub to: Stage,
    /// Whose team, who, why: for people to read.
    pub note: String,
}

macro_rules! event_words {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// The words of the history; stored, shown and exported.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum EventWord { $($(#[$doc])* $name,)* }

        impl EventWord {
            /// Every word.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// As it is stored.
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }
        }
    };
}

event_words! {
    /// It was made.
    Opened = "opened",
    /// The resident added words.
    Added = "added",
    /// The service was set by a person.
    Classified = "classified",
    /// The area became known.
    Located = "located",
    /// Posted to a team.
    Offered = "offered",
    /// Nobody could be found for it.
    ToTriage = "to_triage",
    /// A member took it.
    Accepted = "accepted",
    /// A member would not take it.
    Passed = "passed",
    /// A member gave it back.
    Released = "released",
    /// A member is still on it.
    Kept = "kept",
    /// A member was asked whether they still are.
    Questioned = "questioned",
    /// A claim ran out.
    Expired = "expired",
    /// A member cannot do it alone.
    HelpWanted = "help_wanted",
    /// One rung up.
    Escalated = "escalated",
    /// Late, and nobody above to hand it to.
    Overdue = "overdue",
    /// Staff gave it to a member.
    Assigned = "assigned",
    /// It went to another team.
    HandedOver = "handed_over",
    /// Staff wrote to the resident.
    Answered = "answered",
    /// The need is met, says who did it.
    Done = "done",
    /// The resident says it is solved.
    Solved = "solved",
    /// The resident says it is not.
    NotSolved = "not_solved",
    /// Back one rung up.
    Reopened = "reopened",
    /// The resident said how satisfied.
    Satisfied = "satisfied",
    /// The resident said a word.
    Commented = "commented",
    /// The resident was reminded of the survey.
    Reminded = "reminded",
    /// The survey's question reached nobody.
    NotAsked = "not_asked",
    /// The survey's question went out once more, after it had reached nobody.
    AskedAgain = "asked_again",
    /// Over.
    Closed = "closed",
    /// Staff looked at the words of a restricted case.
    Viewed = "viewed",
}
