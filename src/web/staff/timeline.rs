//! A case's timeline in words: events with people's names, and what was said with whether it arrived.

use std::collections::HashMap;

use super::desk::{Desk, When, outcome_text};
use crate::domain::case::{Case, EventWord, Outcome, Why};
use crate::domain::id::PersonId;
use crate::domain::privacy::{displayable, mask_name, mask_text};
use crate::store::{Person, TimelineRow};

/// A line of the timeline.
pub(super) struct Line {
    /// When.
    pub(super) when: When,
    /// What happened.
    pub(super) text: String,
    /// Why, to whom, how: a line below.
    pub(super) note: Option<String>,
    /// What was said, to be unfolded.
    pub(super) said: Option<String>,
    /// `warn` for what went wrong, `quiet` for messages of ours.
    pub(super) mark: &'static str,
}

/// Everyone whom a timeline names.
pub(super) fn people(rows: &[TimelineRow]) -> Vec<PersonId> {
    let id = |row: &TimelineRow| match row {
        TimelineRow::Happened { who, who_id: Some(id), .. } if who != "staff" => {
            Some(PersonId::from(id.as_str()))
        }
        TimelineRow::Happened { .. } | TimelineRow::Heard { .. } | TimelineRow::Said { .. } => None,
    };
    let mut ids: Vec<PersonId> = rows.iter().filter_map(id).collect();
    ids.sort();
    ids.dedup();
    ids
}

/// What the resident added after the first message, with when.
pub(super) fn added(d: &Desk<'_>, rows: &[TimelineRow]) -> Vec<(String, When)> {
    let added = |row: &TimelineRow| match row {
        TimelineRow::Happened { at, event, note, .. } if event == EventWord::Added.word() => {
            Some((displayable(note), d.when(*at)))
        }
        TimelineRow::Happened { .. } | TimelineRow::Heard { .. } | TimelineRow::Said { .. } => None,
    };
    rows.iter().filter_map(added).collect()
}

/// Tells the timeline of one case to one reader.
pub(super) struct Teller<'d> {
    d: &'d Desk<'d>,
    names: HashMap<PersonId, String>,
    /// Whether words may be shown at all.
    reads: bool,
}

impl<'d> Teller<'d> {
    pub(super) fn new(d: &'d Desk<'d>, case: &Case, people: &[Person]) -> Self {
        let name = |person: &Person| Some((person.id.clone(), person.name.clone()?));
        Self { d, names: people.iter().filter_map(name).collect(), reads: d.may_read(&case.service) }
    }

    /// The lines in order; repeated looks of one person are told once.
    pub(super) fn tell(&self, rows: &[TimelineRow]) -> Vec<Line> {
        let next = rows.iter().skip(1).map(Some).chain([None]);
        let told =
            rows.iter().zip(next).filter(|(row, next)| !next.is_some_and(|next| is_same_look(row, next)));
        let mut before = None;
        let line = |(row, _): (&TimelineRow, Option<&TimelineRow>)| {
            let when = self.d.when_after(row.at(), before.replace(row.at()));
            self.line(row, when)
        };
        told.map(line).collect()
    }

    fn line(&self, row: &TimelineRow, when: When) -> Line {
        let say = |id: &str| self.d.say(id);
        match row {
            TimelineRow::Happened { who, who_id, event, note, .. } => {
                self.happened(when, who, who_id.as_deref(), event, note)
            }
            TimelineRow::Heard { channel, text, .. } => {
                let said = self.words(text);
                Line { when, text: say("staff-heard"), note: Some(self.channel(channel)), said, mark: "" }
            }
            TimelineRow::Said { channel, kind, text, state, .. } => {
                let to = if kind == "group" { "staff-said-group" } else { "staff-said-private" };
                let (delivery, mark) = match state.as_str() {
                    "sent" => ("staff-sent", "quiet"),
                    "dead" => ("staff-dead", "warn"),
                    "held" => ("staff-held", "quiet"),
                    "dropped" => ("staff-dropped", "quiet"),
                    _ => ("staff-waiting", "quiet"),
                };
                let note = format!("{} · {}", self.channel(channel), say(delivery));
                Line { when, text: say(to), note: Some(note), said: self.words(text), mark }
            }
        }
    }

    fn happened(&self, when: When, who: &str, who_id: Option<&str>, event: &str, note: &str) -> Line {
        let who = self.who(who, who_id);
        let Some(word) = EventWord::ALL.iter().copied().find(|word| word.word() == event) else {
            return Line {
                when,
                text: format!("{who} {event}"),
                note: self.words(note),
                said: None,
                mark: "",
            };
        };
        let text = self.d.t.with(&format!("staff-event-{}", event.replace('_', "-")), "who", &who);
        let note = (!note.is_empty()).then(|| self.note(word, note)).flatten();
        Line { when, text, note, said: None, mark: mark(word) }
    }

    fn who(&self, who: &str, id: Option<&str>) -> String {
        let name = id.and_then(|id| self.names.get(id));
        match (who, name) {
            ("staff", _) => self.d.t.with("staff-who-staff", "name", id.unwrap_or_default()),
            ("hotline", _) => self.d.say("staff-who-hotline"),
            ("resident", Some(name)) if self.d.staff.is_officer() => {
                self.d.t.with("staff-who-resident-named", "name", name)
            }
            ("resident", Some(name)) if self.reads => {
                self.d.t.with("staff-who-resident-named", "name", &mask_name(name))
            }
            ("resident", _) => self.d.say("staff-who-resident"),
            (_, Some(name)) => name.clone(),
            (_, None) => self.d.say("somebody"),
        }
    }

    fn channel(&self, channel: &str) -> String {
        if channel == crate::channels::webchat::NAME {
            self.d.say("staff-channel-webchat")
        } else {
            channel.to_owned()
        }
    }

    /// Words, as far as the reader may see them.
    fn words(&self, text: &str) -> Option<String> {
        let shown = match self.d.staff.is_officer() {
            true => displayable(text),
            false => mask_text(text),
        };
        (self.reads && !shown.is_empty()).then_some(shown)
    }

    /// What an event's note says, in words: codes become names, people's words are people's words.
    fn note(&self, event: EventWord, note: &str) -> Option<String> {
        let d = self.d;
        match event {
            EventWord::Opened => Some(d.service(&note.into())),
            EventWord::Classified => {
                let (from, to) = note.split_once(" → ")?;
                Some(format!("{} → {}", d.service(&from.into()), d.service(&to.into())))
            }
            EventWord::Accepted | EventWord::Assigned => Some(d.team(&note.into())),
            EventWord::ToTriage => Some(d.say(why_text(note)?)),
            EventWord::Closed => {
                let (outcome, reason) = note.split_once(':').unwrap_or((note, ""));
                let outcome = d.say(outcome_text(outcome_of(outcome)?));
                Some(self.words(reason).map_or(outcome.clone(), |reason| format!("{outcome} · {reason}")))
            }
            EventWord::HandedOver => {
                let (team, reason) = note.split_once(':').unwrap_or((note, ""));
                Some(self.words(reason).map_or(team.to_owned(), |reason| format!("{team} · {reason}")))
            }
            EventWord::Satisfied => Some(d.t.with("staff-stars", "n", note)),
            EventWord::Offered | EventWord::Escalated | EventWord::Located => Some(note.to_owned()),
            // The words are shown where the resident's words stand, and as the message that they came in.
            EventWord::Added => None,
            EventWord::Passed
            | EventWord::Released
            | EventWord::Kept
            | EventWord::Questioned
            | EventWord::Expired
            | EventWord::HelpWanted
            | EventWord::Overdue
            | EventWord::Answered
            | EventWord::Done
            | EventWord::Solved
            | EventWord::NotSolved
            | EventWord::Reopened
            | EventWord::Commented
            | EventWord::Reminded
            | EventWord::NotAsked
            | EventWord::AskedAgain
            | EventWord::Viewed => self.words(note),
        }
    }
}

fn is_same_look(row: &TimelineRow, next: &TimelineRow) -> bool {
    let look = |row: &TimelineRow| match row {
        TimelineRow::Happened { event, who_id, .. } if event == EventWord::Viewed.word() => who_id.clone(),
        TimelineRow::Happened { .. } | TimelineRow::Heard { .. } | TimelineRow::Said { .. } => None,
    };
    look(row).is_some_and(|who| look(next).as_ref() == Some(&who))
}

fn mark(event: EventWord) -> &'static str {
    match event {
        EventWord::ToTriage
        | EventWord::Released
        | EventWord::Expired
        | EventWord::HelpWanted
        | EventWord::Escalated
        | EventWord::Overdue
        | EventWord::NotSolved
        | EventWord::NotAsked
        | EventWord::Reopened => "warn",
        EventWord::Viewed
        | EventWord::Kept
        | EventWord::Questioned
        | EventWord::Reminded
        | EventWord::AskedAgain => "quiet",
        EventWord::Opened
        | EventWord::Added
        | EventWord::Classified
        | EventWord::Located
        | EventWord::Offered
        | EventWord::Accepted
        | EventWord::Passed
        | EventWord::Assigned
        | EventWord::HandedOver
        | EventWord::Answered
        | EventWord::Done
        | EventWord::Solved
        | EventWord::Satisfied
        | EventWord::Commented
        | EventWord::Closed => "",
    }
}

/// The id of the text for what stopped a case.
fn why_text(word: &str) -> Option<&'static str> {
    let all = [Why::NoArea, Why::NoTeam, Why::Unsure, Why::NotUnderstood, Why::Asked];
    all.into_iter().find(|why| why.word() == word).map(why_id)
}

/// The id of the text for what stopped a case.
pub(super) fn why_id(why: Why) -> &'static str {
    match why {
        Why::NoArea => "staff-why-no-area",
        Why::NoTeam => "staff-why-no-team",
        Why::Unsure => "staff-why-unsure",
        Why::NotUnderstood => "staff-why-not-understood",
        Why::Asked => "staff-why-asked",
    }
}

fn outcome_of(word: &str) -> Option<Outcome> {
    Outcome::ALL.into_iter().find(|outcome| outcome.word() == word)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::domain::message::Language;
    use crate::locale::Locales;

    fn look(who: &str) -> TimelineRow {
        TimelineRow::Happened {
            at: Timestamp::UNIX_EPOCH,
            who: "staff".into(),
            who_id: Some(who.into()),
            event: "viewed".into(),
            stages: ("done".into(), "done".into()),
            note: String::new(),
        }
    }

    #[test]
    fn looks_of_one_person_in_a_row_are_one_line() {
        assert!(is_same_look(&look("lin"), &look("lin")));
        assert!(!is_same_look(&look("lin"), &look("chen")));
        let mut accepted = look("lin");
        if let TimelineRow::Happened { event, .. } = &mut accepted {
            *event = "accepted".into();
        }
        assert!(!is_same_look(&accepted, &accepted));
    }

    #[test]
    fn every_event_has_words_in_every_language() {
        let locales = Locales::load();
        for language in Language::ALL {
            for event in EventWord::ALL {
                let id = format!("staff-event-{}", event.word().replace('_', "-"));
                assert!(locales.has(language, &id), "{id} in {language:?}");
            }
        }
    }
}
