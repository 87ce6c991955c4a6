//! The dialogue with a resident: danger first, then the answer to what was asked, then what the dialogue
//! handles by itself, then a word more on an open case, and otherwise a new one. Nothing that somebody
//! writes is lost: what is not understood goes to a person.

mod answers;
mod meta;
mod opening;

use super::desk::Desk;
use super::letters::Written;
use super::reading::Reading;
use crate::domain::case::{Actor, Case, Event, Refusal, Stage, Why};
use crate::domain::command::{Action, Command};
use crate::domain::dialogue::Asked;
use crate::domain::id::{CaseNumber, PersonId};
use crate::domain::service::Handling;
use crate::domain::understood::{Certainty, Need, Understanding};
use crate::store::Waiting;

/// While a case is being handled, only what is this certain is taken for a new one.
const CLEARLY_NEW: f32 = 0.95;
/// Service points that an answer names.
const POINTS_MAX: usize = 3;

impl Desk<'_> {
    /// A private message; the case that it belongs to.
    pub(super) fn in_private(
        &mut self,
        person: &PersonId,
        waiting: &Waiting,
        reading: &Reading,
    ) -> Option<CaseNumber> {
        if let Some((number, done)) = self.order(person, reading) {
            if let Err(refusal) = done {
                self.refuse(person, number, &refusal);
            }
            return self.case(number).map(|case| case.number);
        }
        match reading {
            Reading::Order(command) => self.private_order(person, waiting, command),
            Reading::Tap(action) => self.tapped(person, action),
            Reading::Mistake(mistake) => self.say_to(person, self.write_to(person).mistake(mistake)),
            Reading::Place(location) => self.located(person, *location),
            Reading::Words(words, understanding) => self.words(person, words, understanding),
            Reading::Needs(needs) => self.several(person, needs),
            Reading::Nothing => self.greet(person),
        }
    }

    fn private_order(
        &mut self,
        person: &PersonId,
        waiting: &Waiting,
        command: &Command,
    ) -> Option<CaseNumber> {
        match command {
            Command::Join(_) | Command::Start(Some(_)) => {
                self.join_team(waiting);
                None
            }
            Command::Bind(_) => self.say_to(person, self.write_to(person).say("bind-in-group")),
            Command::Mine => self.list_mine(person),
            Command::Open => self.list_open_privately(person, &waiting.message),
            Command::Progress(number) => self.progress_of(person, *number),
            Command::Help | Command::Start(None) => self.greet(person),
            Command::Accept(_)
            | Command::Release(..)
            | Command::Done(..)
            | Command::HelpWanted(..)
            | Command::Pass(_)
            | Command::Keep(..) => None,
        }
    }

    fn tapped(&mut self, person: &PersonId, action: &Action) -> Option<CaseNumber> {
        let (number, event) = match action {
            Action::Solved(number, solved) => (*number, Event::Solved(*solved)),
            Action::Satisfied(number, satisfied) => (*number, Event::Satisfied(satisfied.stars())),
            Action::PickService(number, service) => return self.picked(person, *number, service),
            Action::NoneOfThese(number) => return self.none_of_these(person, *number),
            Action::PickArea(number, area) => return self.area_given(person, *number, area.clone()),
            Action::Cancel(number) => (*number, Event::Cancel),
            Action::Progress(number) => return self.progress_of(person, *number),
            Action::Human => return self.human(person, ""),
            Action::OpenCase => return self.wanted_case(person),
            Action::Accept(_)
            | Action::Pass(_)
            | Action::Release(_)
            | Action::Done(_)
            | Action::HelpWanted(_)
            | Action::Keep(_) => return None,
        };
        self.as_resident(person, number, event)
    }

    /// Lets something happen to the resident's own case, or says why it cannot.
    fn as_resident(&mut self, person: &PersonId, number: CaseNumber, event: Event) -> Option<CaseNumber> {
        let own = self.case(number).is_some_and(|case| &case.resident == person);
        let done = match own {
            true => self.step(number, event, &Actor::Resident(person.clone())),
            false => Err(Refusal::Unknown),
        };
        if let Err(refusal) = done {
            self.refuse(person, number, &refusal);
        }
        own.then_some(number)
    }
}

/// Words.
impl Desk<'_> {
    fn words(&mut self, person: &PersonId, words: &str, understanding: &Understanding) -> Option<CaseNumber> {
        if understanding.danger.is_some() {
            return self.in_danger(person, words, understanding);
        }
        if let Some(answered) = self.answers(person, words, understanding) {
            return answered;
        }
        if understanding.service.is_meta() && understanding.certainty == Certainty::Sure {
            return self.about_dialogue(person, words, understanding);
        }
        if let Some(number) = self.continues(person, understanding) {
            return self.add_to(person, number, words, understanding);
        }
        if let Some(number) = self.reports_on(person, understanding) {
            return self.note_from_member(person, number, words);
        }
        self.new_need(person, words, understanding)
    }

    /// Several needs: the first is talked about; each other joins the open case of its service or becomes a case,
    /// of which the resident is told.
    fn several(&mut self, person: &PersonId, needs: &[Need]) -> Option<CaseNumber> {
        let (first, others) = needs.split_first()?;
        let number = self.words(person, &first.words, &first.understanding);
        for need in others {
            self.beside(person, need);
        }
        number
    }

    fn beside(&mut self, person: &PersonId, Need { words, understanding }: &Need) {
        let same = |case: &&Case| case.service == understanding.service && is_being_handled(case);
        match self.open_cases(person).into_iter().find(same).map(|case| case.number) {
            Some(number) => {
                let details = understanding.details.clone();
                self.as_resident(person, number, Event::Tell { text: words.clone(), details });
            }
            None => self.open_beside(person, words, understanding),
        }
    }

    /// Danger: the number to call stands first; the same emergency twice is one case.
    fn in_danger(
        &mut self,
        person: &PersonId,
        words: &str,
        understanding: &Understanding,
    ) -> Option<CaseNumber> {
        let same = |case: &&Case| case.service == understanding.service && is_being_handled(case);
        let same = self.open_cases(person).into_iter().rev().find(same).map(|case| case.number);
        match same {
            Some(number) => {
                self.say_first_aid(person, number);
                self.add_to(person, number, words, understanding)
            }
            None => self.open(person, words, understanding, None),
        }
    }

    fn say_first_aid(&mut self, person: &PersonId, number: CaseNumber) {
        let Some(case) = self.case(number).cloned() else { return };
        if let Some(service) = self.services.get(&case.service) {
            let text = self.write_to(person).bilingual(&service.reply);
            self.tell(person, text.into(), Some(&case));
        }
    }

    /// The open case that these words continue, unless they are clearly a new need.
    fn continues(&self, person: &PersonId, understanding: &Understanding) -> Option<CaseNumber> {
        let open = self.open_cases(person);
        let latest = open.iter().rev().find(|case| is_being_handled(case))?;
        let clear = is_new_need(understanding) && understanding.confidence >= CLEARLY_NEW;
        match clear {
            false => Some(latest.number),
            true => open
                .iter()
                .rev()
                .find(|case| case.service == understanding.service && is_being_handled(case))
                .map(|case| case.number),
        }
    }

    fn add_to(
        &mut self,
        person: &PersonId,
        number: CaseNumber,
        words: &str,
        understanding: &Understanding,
    ) -> Option<CaseNumber> {
        let details = understanding.details.clone();
        let area = details.area.clone();
        self.as_resident(person, number, Event::Tell { text: words.to_owned(), details })?;
        self.learn(person, number, area);
        let case = self.case(number)?.clone();
        self.tell(person, self.write_to(person).about(&case, "added", &[]).into(), Some(&case));
        self.ask_next(person, number);
        Some(number)
    }

    /// A member with a case in hand writes how it goes.
    fn reports_on(&self, person: &PersonId, understanding: &Understanding) -> Option<CaseNumber> {
        let unclear = understanding.certainty != Certainty::Sure;
        self.held_cases(person).last().filter(|_| unclear).map(|case| case.number)
    }

    fn note_from_member(&mut self, member: &PersonId, number: CaseNumber, words: &str) -> Option<CaseNumber> {
        let event = Event::Keep { member: member.clone(), note: words.to_owned() };
        match self.step(number, event, &Actor::Member(member.clone())) {
            Ok(()) => {
                let case = self.case(number)?.clone();
                self.tell(
                    member,
                    self.write_to(member).about(&case, "member-noted", &[]).into(),
                    Some(&case),
                );
            }
            Err(refusal) => self.refuse(member, number, &refusal),
        }
        Some(number)
    }

    fn new_need(
        &mut self,
        person: &PersonId,
        words: &str,
        understanding: &Understanding,
    ) -> Option<CaseNumber> {
        match understanding.certainty {
            Certainty::Sure if self.services.handling(&understanding.service) == Handling::Answer => {
                self.answer_at_once(person, words, understanding)
            }
            Certainty::Sure => self.open(person, words, understanding, None),
            Certainty::Unsure => self.open(person, words, understanding, Some(Why::Unsure)),
            Certainty::Hopeless => self.open(person, words, understanding, Some(Why::NotUnderstood)),
        }
    }

    /// The points that answer the question; a case only if it is wanted.
    fn answer_at_once(
        &mut self,
        person: &PersonId,
        words: &str,
        understanding: &Understanding,
    ) -> Option<CaseNumber> {
        let home = self.person(person).and_then(|person| person.area.clone());
        let area = understanding.details.area.clone().or(home);
        let say = self.write_to(person);
        let reply = self.services.get(&understanding.service).map(|service| say.bilingual(&service.reply));
        let points = self.city.points_for(&understanding.service, area.as_ref(), POINTS_MAX);
        let line = |point: &&crate::domain::routing::Point| {
            let values = [
                ("name", &point.name),
                ("address", &point.address),
                ("hours", &point.hours),
                ("phone", &point.phone),
            ];
            say.with("point-line", &values.map(|(name, value)| (name, value.as_str())))
        };
        let lines = reply.into_iter().chain(points.iter().map(line)).chain([say.say("want-case")]);
        let text = lines.collect::<Vec<_>>().join("\n");
        let choices = vec![say.button("button-open-case", Action::OpenCase)];
        self.tell(person, Written { text, choices }, None);
        let (service, details) = (understanding.service.clone(), understanding.details.clone());
        self.ask(person, Some(Asked::WantCase { service, text: words.to_owned(), details }));
        None
    }
}

/// Not yet done, so that more words about it help.
fn is_being_handled(case: &Case) -> bool {
    match case.stage() {
        Stage::Triage | Stage::Offered | Stage::Accepted => true,
        Stage::Done | Stage::Closed => false,
    }
}

fn is_new_need(understanding: &Understanding) -> bool {
    understanding.certainty == Certainty::Sure && !understanding.service.is_meta()
}
