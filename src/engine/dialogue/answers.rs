//! Answers to what was asked: a bare "镇海" or "5" means something only because of the question.

use super::{is_being_handled, is_new_need};
use crate::domain::case::{Event, Refusal};
use crate::domain::dialogue::Asked;
use crate::domain::id::{AreaCode, CaseNumber, PersonId, ServiceCode};
use crate::domain::message::Location;
use crate::domain::privacy;
use crate::domain::service::Detail;
use crate::domain::survey::{Satisfaction, Solved};
use crate::domain::understood::{Certainty, Details, Understanding};
use crate::engine::desk::Desk;

/// An answer to a question about a detail is short; longer words may be a new need.
const ANSWER_CHARS: usize = 60;

impl Desk<'_> {
    /// `Some` if the words answer the open question.
    pub(super) fn answers(
        &mut self,
        person: &PersonId,
        words: &str,
        understanding: &Understanding,
    ) -> Option<Option<CaseNumber>> {
        let asked = self.person(person)?.asked.clone()?;
        match asked {
            Asked::Detail { case, detail } => self.answers_detail(person, case, detail, words, understanding),
            Asked::Which { case, services } => {
                let service = picked_in_words(words, &services, |code| self.write_to(person).service(code))?;
                Some(self.picked(person, case, &service))
            }
            Asked::Solved { case } => {
                Some(self.as_resident(person, case, Event::Solved(Solved::read(words)? == Solved::Yes)))
            }
            Asked::Satisfied { case } => {
                Some(self.as_resident(person, case, Event::Satisfied(Satisfaction::read(words)?.stars())))
            }
            Asked::Comment { case } => {
                // Praise, blame and wishes are what a word about it is made of.
                if is_new_need(understanding) && understanding.service.category() != "engage" {
                    return None;
                }
                self.ask(person, None);
                Some(self.as_resident(person, case, Event::Comment(words.to_owned())))
            }
            Asked::WantCase { .. } => match Solved::read(words)? {
                Solved::Yes => Some(self.wanted_case(person)),
                Solved::No => {
                    self.ask(person, None);
                    Some(self.say_to(person, self.write_to(person).say("glad")))
                }
            },
            Asked::ReleaseReason { case } => {
                self.ask(person, None);
                self.release_because(person, case, words);
                Some(Some(case))
            }
        }
    }

    pub(super) fn answers_detail(
        &mut self,
        person: &PersonId,
        number: CaseNumber,
        detail: Detail,
        words: &str,
        understanding: &Understanding,
    ) -> Option<Option<CaseNumber>> {
        self.case(number).filter(|case| is_being_handled(case))?;
        let found = &understanding.details;
        let short = words.chars().count() <= ANSWER_CHARS && !is_something_else(understanding);
        match detail {
            Detail::Community => match &found.area {
                Some(area) => return Some(self.area_given(person, number, area.clone())),
                None if short => {
                    return Some(self.say_to(person, self.write_to(person).say("area-not-found")));
                }
                None => return None,
            },
            Detail::Phone if found.phone.is_none() => return None,
            Detail::Address | Detail::Phone | Detail::When | Detail::Person
                if short || found.knows(detail) => {}
            Detail::Address | Detail::Phone | Detail::When | Detail::Person => return None,
        }
        let details = answered(detail, words, found);
        if let (Detail::Address, Some(address)) = (detail, details.address.clone()) {
            self.remember(person, |person| person.address = Some(address));
        }
        if let (Detail::Phone, Some(phone)) = (detail, details.phone.clone()) {
            self.remember(person, |person| person.phone = Some(phone));
        }
        self.as_resident(person, number, Event::Tell { text: words.to_owned(), details })?;
        self.settle(person, number);
        Some(Some(number))
    }

    /// After an answer: the next question, or that everything needed is there.
    pub(super) fn settle(&mut self, person: &PersonId, number: CaseNumber) {
        if self.ask_next(person, number) {
            return;
        }
        let Some(case) = self.case(number).cloned() else { return };
        self.tell(person, self.write_to(person).about(&case, "details-complete", &[]).into(), Some(&case));
    }

    pub(super) fn area_given(
        &mut self,
        person: &PersonId,
        number: CaseNumber,
        area: AreaCode,
    ) -> Option<CaseNumber> {
        self.as_resident(person, number, Event::Locate { area: area.clone() })?;
        self.locate_others(person, &area);
        self.remember(person, |person| person.area = Some(area));
        self.settle(person, number);
        Some(number)
    }

    /// Who says where they are says it for everything that waits for a place.
    fn locate_others(&mut self, person: &PersonId, area: &AreaCode) {
        let without: Vec<CaseNumber> = self
            .open_cases(person)
            .into_iter()
            .filter(|case| case.area.is_none() && is_being_handled(case))
            .map(|case| case.number)
            .collect();
        for number in without {
            self.as_resident(person, number, Event::Locate { area: area.clone() });
        }
    }

    /// A place that turned up in words: used where the case had none.
    pub(super) fn learn(&mut self, person: &PersonId, number: CaseNumber, area: Option<AreaCode>) {
        let unknown = self.case(number).is_some_and(|case| case.area.is_none());
        if let (true, Some(area)) = (unknown, area) {
            self.as_resident(person, number, Event::Locate { area });
        }
    }

    pub(super) fn picked(
        &mut self,
        person: &PersonId,
        number: CaseNumber,
        service: &ServiceCode,
    ) -> Option<CaseNumber> {
        if self.services.get(service).is_none() {
            self.refuse(person, number, &Refusal::Unknown);
            return None;
        }
        self.ask(person, None);
        self.as_resident(person, number, Event::Classify { service: service.clone() })?;
        self.first_answer(person, number, None);
        Some(number)
    }

    pub(super) fn none_of_these(&mut self, person: &PersonId, number: CaseNumber) -> Option<CaseNumber> {
        self.ask(person, None);
        let case = self.case(number).filter(|case| &case.resident == person)?.clone();
        self.tell(person, self.write_to(person).about(&case, "case-opened-human", &[]).into(), Some(&case));
        Some(number)
    }

    pub(super) fn wanted_case(&mut self, person: &PersonId) -> Option<CaseNumber> {
        let asked = self.person(person)?.asked.clone();
        let Some(Asked::WantCase { service, text, details }) = asked else {
            return self.say_to(person, self.write_to(person).say("tell-me"));
        };
        self.ask(person, None);
        let understanding = Understanding {
            service,
            confidence: 1.0,
            certainty: Certainty::Sure,
            runners_up: Vec::new(),
            danger: None,
            details,
            language: self.language(person),
        };
        self.open(person, &text, &understanding, None)
    }

    pub(super) fn located(&mut self, person: &PersonId, location: Location) -> Option<CaseNumber> {
        let community = self.city.community_near(location).map(|area| area.code.clone());
        let asked = self.person(person)?.asked.clone();
        match (community, asked) {
            (Some(area), Some(Asked::Detail { case, detail: Detail::Community })) => {
                self.area_given(person, case, area)
            }
            (Some(area), _) => {
                let name = self.write_to(person).area(Some(&area));
                self.remember(person, |person| person.area = Some(area));
                self.say_to(person, self.write_to(person).with("area-noted", &[("area", &name)]))
            }
            (None, _) => self.say_to(person, self.write_to(person).say("area-not-found")),
        }
    }
}

/// Clearly a new need, or something that the dialogue handles by itself.
fn is_something_else(understanding: &Understanding) -> bool {
    understanding.certainty == Certainty::Sure && understanding.service.as_str() != "meta.other"
}

/// The words as the answer to a question about one detail.
fn answered(detail: Detail, words: &str, found: &Details) -> Details {
    let mut details = found.clone();
    let whole = || Some(privacy::displayable(words.trim()));
    match detail {
        Detail::Address => details.address = whole(),
        Detail::When => details.when = details.when.take().or_else(whole),
        Detail::Person => details.person = details.person.take().or_else(whole),
        Detail::Phone | Detail::Community => {}
    }
    details
}

/// The service that "2" or its title picks from those that were shown.
fn picked_in_words(
    words: &str,
    services: &[ServiceCode],
    title: impl Fn(&ServiceCode) -> String,
) -> Option<ServiceCode> {
    let words = words.trim().trim_end_matches(['。', '.', '!', ' ']);
    let number = words.parse::<usize>().ok().and_then(|number| services.get(number.checked_sub(1)?));
    number.or_else(|| services.iter().find(|service| title(service) == words)).cloned()
}
