//! What a message is, before anything is decided: a tap, an order, a place, or words that were understood.
//! Takes the processor's time and no lock.

use jiff::ZonedDateTime;

use crate::domain::code::Code;
use crate::domain::command::{Action, Command, Misread};
use crate::domain::id::CaseNumber;
use crate::domain::message::{ChatKind, Inbound, Language, Location};
use crate::domain::understood::{Need, Understanding};
use crate::understanding::Understander;

/// The longest words that are kept, in characters; more is cut off, and the platform has the rest.
const WORDS_MAX: usize = 10_000;

/// A message, read.
#[derive(Clone, Debug)]
pub(super) enum Reading {
    /// A button.
    Tap(Action),
    /// An order in words: 接单 10243.
    Order(Command),
    /// Almost an order.
    Mistake(Misread),
    /// A place that was shared.
    Place(Location),
    /// What somebody wants to tell us.
    Words(String, Box<Understanding>),
    /// Several things at once, the most urgent first.
    Needs(Vec<Need>),
    /// Nothing that we can read.
    Nothing,
}

impl Reading {
    /// Reads a message; in groups only orders and taps are for us.
    pub(super) fn of(message: &Inbound, understander: &Understander, now: &ZonedDateTime) -> Self {
        if let Some(choice) = &message.body.choice {
            return Action::parse(choice).map_or(Self::Nothing, Self::Tap);
        }
        let words = message.body.text.as_deref().unwrap_or_default().chars();
        // PostgreSQL keeps every character but this one, and nobody writes it.
        let words: String = words.filter(|c| *c != '\0').take(WORDS_MAX).collect();
        match (Command::parse(&words), message.kind) {
            (Ok(Some(command)), _) => Self::Order(command),
            (Err(mistake), _) => Self::Mistake(mistake),
            (Ok(None), ChatKind::Group) => Self::Nothing,
            (Ok(None), ChatKind::Private) => Self::of_words(words, message, understander, now),
        }
    }

    fn of_words(words: String, message: &Inbound, understander: &Understander, now: &ZonedDateTime) -> Self {
        match message.body.location {
            Some(location) => Self::Place(location),
            None if words.trim().is_empty() => Self::Nothing,
            None => {
                let mut needs = understander.needs(&words, now);
                match needs.pop() {
                    Some(only) if needs.is_empty() => Self::Words(words, Box::new(only.understanding)),
                    last => Self::Needs(needs.into_iter().chain(last).collect()),
                }
            }
        }
    }

    /// The case that is named, so that it can be loaded.
    pub(super) fn case(&self) -> Option<CaseNumber> {
        match self {
            Self::Tap(action) => action.case(),
            Self::Order(command) => command.case(),
            Self::Mistake(_) | Self::Place(_) | Self::Words(..) | Self::Needs(_) | Self::Nothing => None,
        }
    }

    /// How many cases it may open.
    pub(super) fn new_cases(&self) -> usize {
        match self {
            Self::Needs(needs) => needs.len(),
            Self::Tap(_)
            | Self::Order(_)
            | Self::Mistake(_)
            | Self::Place(_)
            | Self::Words(..)
            | Self::Nothing => 1,
        }
    }

    /// The one-time code that is sent, so that it can be used up in the same write.
    pub(super) fn code(&self) -> Option<&Code> {
        match self {
            Self::Order(Command::Bind(code) | Command::Join(code) | Command::Start(Some(code))) => Some(code),
            Self::Order(_)
            | Self::Tap(_)
            | Self::Mistake(_)
            | Self::Place(_)
            | Self::Words(..)
            | Self::Needs(_)
            | Self::Nothing => None,
        }
    }

    /// Whether the code is meant to bind a group.
    pub(super) fn binds(&self) -> bool {
        matches!(self, Self::Order(Command::Bind(_)))
    }

    /// Whether the code came with a link.
    pub(super) fn starts(&self) -> bool {
        matches!(self, Self::Order(Command::Start(Some(_))))
    }

    /// The language that the words are in.
    pub(super) fn language(&self) -> Option<Language> {
        match self {
            Self::Words(_, understanding) => Some(understanding.language),
            Self::Needs(needs) => needs.first().map(|need| need.understanding.language),
            Self::Tap(_) | Self::Order(_) | Self::Mistake(_) | Self::Place(_) | Self::Nothing => None,
        }
    }
}
