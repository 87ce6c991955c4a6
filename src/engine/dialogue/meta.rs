//! What the dialogue handles by itself: progress, taking back, a person, a greeting, and lists.

use crate::domain::case::{Case, Event, Refusal, Stage, Why};
use crate::domain::command::Action;
use crate::domain::dialogue::Asked;
use crate::domain::id::{CaseNumber, PersonId};
use crate::domain::message::Inbound;
use crate::domain::understood::{Certainty, Details, Understanding};
use crate::engine::desk::Desk;
use crate::engine::letters::Written;

/// Cases that a progress answer lists.
const PROGRESS_MAX: usize = 5;

impl Desk<'_> {
    pub(super) fn about_dialogue(
        &mut self,
        person: &PersonId,
        words: &str,
        understanding: &Understanding,
    ) -> Option<CaseNumber> {
        match understanding.service.as_str() {
            "meta.progress" => self.progress(person),
            "meta.cancel" => self.cancel(person),
            "meta.human" => self.human(person, words),
            "meta.greeting" => self.greet(person),
            _ => {
                let say = self.write_to(person);
                let written = Written {
                    text: say.say("out-of-scope"),
                    choices: vec![say.button("button-human", Action::Human)],
                };
                self.tell(person, written, None);
                None
            }
        }
    }

    pub(in crate::engine) fn greet(&mut self, person: &PersonId) -> Option<CaseNumber> {
        let id = if self.memberships(person).is_empty() { "greeting" } else { "help-member" };
        self.say_to(person, self.write_to(person).say(id))
    }

    pub(super) fn progress(&mut self, person: &PersonId) -> Option<CaseNumber> {
        let say = self.write_to(person);
        let open = self.open_cases(person);
        let lines: Vec<String> =
            open.iter().rev().take(PROGRESS_MAX).map(|case| say.progress(case)).collect();
        let latest = open.last().map(|case| case.number);
        let text = if lines.is_empty() { say.say("progress-none") } else { lines.join("\n") };
        self.say_to(person, text);
        latest
    }

    pub(super) fn progress_of(&mut self, person: &PersonId, number: CaseNumber) -> Option<CaseNumber> {
        let case = self
            .case(number)
            .filter(|case| &case.resident == person || case.member() == Some(person))
            .cloned();
        let text = match &case {
            Some(case) => self.write_to(person).progress(case),
            None => self.write_to(person).refusal(None, &Refusal::Unknown),
        };
        self.say_to(person, text);
        case.map(|case| case.number)
    }

    /// One open case is taken back; of several the resident says which.
    pub(super) fn cancel(&mut self, person: &PersonId) -> Option<CaseNumber> {
        let open: Vec<Case> = self.open_cases(person).into_iter().cloned().collect();
        match open.as_slice() {
            [] => self.say_to(person, self.write_to(person).say("cancel-none")),
            [one] => self.as_resident(person, one.number, Event::Cancel),
            several => {
                let say = self.write_to(person);
                let choice = |case: &Case| crate::domain::message::Choice {
                    label: say.about(case, "cancel-choice", &[]),
                    data: Action::Cancel(case.number).to_string(),
                };
                let choices = several.iter().rev().take(PROGRESS_MAX).map(choice).collect();
                let written = Written { text: say.say("cancel-which"), choices };
                self.tell(person, written, None);
                None
            }
        }
    }

    pub(super) fn human(&mut self, person: &PersonId, words: &str) -> Option<CaseNumber> {
        let understanding = Understanding {
            service: "meta.human".into(),
            confidence: 1.0,
            certainty: Certainty::Sure,
            runners_up: Vec::new(),
            danger: None,
            details: Details::default(),
            language: self.language(person),
        };
        let waits = |case: &&Case| case.service == understanding.service && case.stage() == Stage::Triage;
        if let Some(case) = self.open_cases(person).into_iter().find(waits).cloned() {
            if case.is_wordless() {
                return self.as_resident(person, case.number, Event::Listen);
            }
            self.tell(
                person,
                self.write_to(person).about(&case, "case-opened-human", &[]).into(),
                Some(&case),
            );
            return Some(case.number);
        }
        self.open(person, words, &understanding, Some(Why::Asked))
    }

    pub(super) fn list_mine(&mut self, person: &PersonId) -> Option<CaseNumber> {
        let held: Vec<Case> = self.held_cases(person).into_iter().cloned().collect();
        if held.is_empty() {
            let id = if self.memberships(person).is_empty() { "progress-none" } else { "mine-none" };
            return match self.open_cases(person).is_empty() {
                true => self.say_to(person, self.write_to(person).say(id)),
                false => self.progress(person),
            };
        }
        for case in &held {
            let say = self.write_to(person);
            let written = Written { text: say.details(case), choices: say.holding(case) };
            self.tell(person, written, Some(case));
        }
        held.last().map(|case| case.number)
    }

    pub(super) fn list_open_privately(&mut self, person: &PersonId, message: &Inbound) -> Option<CaseNumber> {
        let teams = self.teams_asked(message);
        let text = match teams.is_empty() {
            true => self.write_to(person).refusal(None, &Refusal::NotMember),
            false => self.open_list(&teams),
        };
        self.say_to(person, text)
    }

    /// Says something that belongs to no case.
    pub(in crate::engine) fn say_to(&mut self, person: &PersonId, text: String) -> Option<CaseNumber> {
        self.tell(person, text.into(), None);
        None
    }

    pub(super) fn ask(&mut self, person: &PersonId, asked: Option<Asked>) {
        if self.person(person).is_some_and(|person| person.asked != asked) {
            self.remember(person, |person| person.asked = asked);
        }
    }

    pub(super) fn remember(&mut self, person: &PersonId, change: impl FnOnce(&mut crate::store::Person)) {
        if let Some(person) = self.person_mut(person) {
            change(person);
        }
    }
}
