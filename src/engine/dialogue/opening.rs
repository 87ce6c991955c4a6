//! Opening a case, and the first answer: what was understood, what happens next, and what is missing.

use super::is_being_handled;
use crate::domain::case::{Actor, Case, Event, Origin, State, Survey, Why};
use crate::domain::dialogue::Asked;
use crate::domain::id::{AreaCode, CaseNumber, PersonId, ServiceCode};
use crate::domain::service::Detail;
use crate::domain::team::Rung;
use crate::domain::understood::Understanding;
use crate::engine::desk::Desk;
use crate::engine::letters::Written;

impl Desk<'_> {
    /// Opens a case and answers: what was understood, what happens next, and the one thing that is missing.
    pub(super) fn open(
        &mut self,
        person: &PersonId,
        words: &str,
        understanding: &Understanding,
        triage: Option<Why>,
    ) -> Option<CaseNumber> {
        let number = self.new_case(person, words, understanding);
        self.step(number, Event::Open { triage }, &Actor::Resident(person.clone())).ok()?;
        self.first_answer(person, number, triage);
        Some(number)
    }

    /// Opens a case beside the one that is talked about: told, but nothing is asked yet.
    pub(super) fn open_beside(&mut self, person: &PersonId, words: &str, understanding: &Understanding) {
        let number = self.new_case(person, words, understanding);
        let opened = self.step(number, Event::Open { triage: None }, &Actor::Resident(person.clone()));
        if let (Ok(()), Some(case)) = (opened, self.case(number).cloned()) {
            let text = self.write_to(person).about(&case, "case-opened-beside", &[]);
            self.tell(person, text.into(), Some(&case));
        }
    }

    pub(super) fn new_case(
        &mut self,
        person: &PersonId,
        words: &str,
        understanding: &Understanding,
    ) -> CaseNumber {
        let number = self.new_number();
        let known = self.person(person);
        let (home, phone) =
            known.map(|person| (person.area.clone(), person.phone.clone())).unwrap_or_default();
        let details = understanding.details.clone();
        if let (None, Some(area)) = (&home, &details.area) {
            self.remember(person, |person| person.area = Some(area.clone()));
        }
        if let (None, Some(phone)) = (phone, &details.phone) {
            self.remember(person, |person| person.phone = Some(phone.clone()));
        }
        let (_, resolve_within) = self.services.times(&understanding.service);
        let area = details.area.clone().or(home);
        let hours = self.team_hours(&understanding.service, area.as_ref());
        self.add_case(Case {
            number,
            version: 0,
            resident: person.clone(),
            service: understanding.service.clone(),
            confidence: understanding.confidence,
            runners_up: understanding.runners_up.iter().map(|(service, _)| service.clone()).collect(),
            area,
            text: words.to_owned(),
            details,
            rung: Rung::Team,
            priority: understanding.service.priority(),
            origin: Origin::Message,
            help_wanted: false,
            reopened: 0,
            opened_at: self.now,
            resolve_by: self.hotline.calendar.after(self.now, resolve_within, &hours),
            state: State::Triage { why: Why::NotUnderstood, look_by: self.now },
            survey: Survey::default(),
        });
        number
    }

    pub(super) fn first_answer(&mut self, person: &PersonId, number: CaseNumber, triage: Option<Why>) {
        let Some(case) = self.case(number).cloned() else { return };
        match triage {
            Some(Why::Unsure) => {
                let services = self.likely(&case);
                let written = self.write_to(person).which(&case, &services);
                self.tell(person, written, Some(&case));
                self.ask(person, Some(Asked::Which { case: number, services }));
            }
            Some(Why::NotUnderstood | Why::Asked | Why::NoArea | Why::NoTeam) => {
                let text = self.write_to(person).about(&case, "case-opened-human", &[]);
                self.tell(person, text.into(), Some(&case));
            }
            None => {
                let say = self.write_to(person);
                let reply = self
                    .services
                    .get(&case.service)
                    .map(|service| say.bilingual(&service.reply))
                    .unwrap_or_default();
                let opened = say.about(&case, "case-opened", &[("reply", &reply)]);
                let question = self.next_question(person, &case);
                self.answer_with_question(person, &case, opened, question);
            }
        }
    }

    /// The most likely services, the verdict first.
    pub(super) fn likely(&self, case: &Case) -> Vec<ServiceCode> {
        const CHOICES: usize = 3;
        let all = std::iter::once(&case.service).chain(&case.runners_up);
        all.filter(|service| !service.is_meta()).take(CHOICES).cloned().collect()
    }

    /// The first thing that is needed and not known, neither from the words nor from earlier.
    pub(super) fn next_question(&self, person: &PersonId, case: &Case) -> Option<Detail> {
        let known = self.person(person);
        let remembered = |detail: Detail| match detail {
            Detail::Community => case.area.is_some(),
            Detail::Address => known.is_some_and(|person| person.address.is_some()),
            Detail::Phone => known.is_some_and(|person| person.phone.is_some()),
            Detail::When | Detail::Person => false,
        };
        let asked = self.services.get(&case.service).map(|service| service.ask.clone()).unwrap_or_default();
        let needed = case.area.is_none().then_some(Detail::Community).into_iter().chain(asked);
        let mut missing = needed.filter(|detail| !case.details.knows(*detail) && !remembered(*detail));
        missing.next()
    }

    pub(super) fn answer_with_question(
        &mut self,
        person: &PersonId,
        case: &Case,
        opened: String,
        question: Option<Detail>,
    ) {
        let Some(detail) = question else {
            return self.tell(person, opened.into(), Some(case));
        };
        let asked = self.write_to(person).question(case, detail);
        let text = if opened.is_empty() { asked.text } else { format!("{opened}\n{}", asked.text) };
        self.tell(person, Written { text, choices: asked.choices }, Some(case));
        self.ask(person, Some(Asked::Detail { case: case.number, detail }));
    }

    /// Asks for the next thing that is missing; `false` if nothing is.
    pub(super) fn ask_next(&mut self, person: &PersonId, number: CaseNumber) -> bool {
        let Some(case) = self.case(number).cloned().filter(is_being_handled) else { return false };
        let question = self.next_question(person, &case);
        if question.is_some() {
            self.answer_with_question(person, &case, String::new(), question);
        } else {
            self.ask(person, None);
        }
        question.is_some()
    }

    pub(super) fn team_hours(
        &self,
        service: &ServiceCode,
        area: Option<&AreaCode>,
    ) -> crate::domain::deadline::Hours {
        let team = area.and_then(|area| self.city.route(service, area, Rung::Team));
        team.map_or(crate::domain::deadline::Hours::Always, |team| team.hours.clone())
    }
}
