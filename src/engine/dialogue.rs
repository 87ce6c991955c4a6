//! The dialogue with a resident: danger first, then the answer to what was asked, then what the dialogue
//! handles by itself, then a word more on an open case, and otherwise a new one. Nothing that somebody
//! writes is lost: what is not understood goes to a person.

use super::desk::Desk;
use super::letters::Written;
use super::reading::Reading;
use crate::domain::case::{Actor, Case, Event, Origin, Refusal, Stage, State, Survey, Why};
use crate::domain::command::{Action, Command};
use crate::domain::dialogue::Asked;
use crate::domain::id::{AreaCode, CaseNumber, PersonId, ServiceCode};
use crate::domain::message::{Inbound, Location};
use crate::domain::privacy;
use crate::domain::service::{Detail, Handling};
use crate::domain::survey::{Satisfaction, Solved};
use crate::domain::team::Rung;
use crate::domain::understood::{Certainty, Details, Understanding};
use crate::store::Waiting;

/// An answer to a question about a detail is short; longer words may be a new need.
const ANSWER_CHARS: usize = 60;
/// Service points that an answer names.
const POINTS_MAX: usize = 3;
/// Cases that a progress answer lists.
const PROGRESS_MAX: usize = 5;

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
        let clear = understanding.certainty == Certainty::Sure && !understanding.service.is_meta();
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

/// Opening a case.
impl Desk<'_> {
    /// Opens a case and answers: what was understood, what happens next, and the one thing that is missing.
    fn open(
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

    fn new_case(&mut self, person: &PersonId, words: &str, understanding: &Understanding) -> CaseNumber {
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

    fn first_answer(&mut self, person: &PersonId, number: CaseNumber, triage: Option<Why>) {
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
    fn likely(&self, case: &Case) -> Vec<ServiceCode> {
        const CHOICES: usize = 3;
        let all = std::iter::once(&case.service).chain(&case.runners_up);
        all.filter(|service| !service.is_meta()).take(CHOICES).cloned().collect()
    }

    /// The first thing that is needed and not known, neither from the words nor from earlier.
    fn next_question(&self, person: &PersonId, case: &Case) -> Option<Detail> {
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

    fn answer_with_question(
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
    fn ask_next(&mut self, person: &PersonId, number: CaseNumber) -> bool {
        let Some(case) = self.case(number).cloned().filter(is_being_handled) else { return false };
        let question = self.next_question(person, &case);
        if question.is_some() {
            self.answer_with_question(person, &case, String::new(), question);
        } else {
            self.ask(person, None);
        }
        question.is_some()
    }

    fn team_hours(&self, service: &ServiceCode, area: Option<&AreaCode>) -> crate::domain::deadline::Hours {
        let team = area.and_then(|area| self.city.route(service, area, Rung::Team));
        team.map_or(crate::domain::deadline::Hours::Always, |team| team.hours.clone())
    }
}

/// Answers to what was asked.
impl Desk<'_> {
    /// `Some` if the words answer the open question.
    fn answers(
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
                if is_new_need(understanding) {
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

    fn answers_detail(
        &mut self,
        person: &PersonId,
        number: CaseNumber,
        detail: Detail,
        words: &str,
        understanding: &Understanding,
    ) -> Option<Option<CaseNumber>> {
        self.case(number).filter(|case| is_being_handled(case))?;
        let found = &understanding.details;
        let short = words.chars().count() <= ANSWER_CHARS && !is_new_need(understanding);
        match detail {
            Detail::Community => match &found.area {
                Some(area) => return Some(self.area_given(person, number, area.clone())),
                None if short => {
                    return Some(self.say_to(person, self.write_to(person).say("area-not-found")));
                }
                None => return None,
            },
            Detail::Phone if found.phone.is_none() => return None,
            Detail::Address | Detail::Phone | Detail::When | Detail::Person if short => {}
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
    fn settle(&mut self, person: &PersonId, number: CaseNumber) {
        if self.ask_next(person, number) {
            return;
        }
        let Some(case) = self.case(number).cloned() else { return };
        self.tell(person, self.write_to(person).about(&case, "details-complete", &[]).into(), Some(&case));
    }

    fn area_given(&mut self, person: &PersonId, number: CaseNumber, area: AreaCode) -> Option<CaseNumber> {
        self.as_resident(person, number, Event::Locate { area: area.clone() })?;
        self.remember(person, |person| person.area = Some(area));
        self.settle(person, number);
        Some(number)
    }

    /// A place that turned up in words: used where the case had none.
    fn learn(&mut self, person: &PersonId, number: CaseNumber, area: Option<AreaCode>) {
        let unknown = self.case(number).is_some_and(|case| case.area.is_none());
        if let (true, Some(area)) = (unknown, area) {
            self.as_resident(person, number, Event::Locate { area });
        }
    }

    fn picked(&mut self, person: &PersonId, number: CaseNumber, service: &ServiceCode) -> Option<CaseNumber> {
        if self.services.get(service).is_none() {
            self.refuse(person, number, &Refusal::Unknown);
            return None;
        }
        self.ask(person, None);
        self.as_resident(person, number, Event::Classify { service: service.clone() })?;
        self.first_answer(person, number, None);
        Some(number)
    }

    fn none_of_these(&mut self, person: &PersonId, number: CaseNumber) -> Option<CaseNumber> {
        self.ask(person, None);
        let case = self.case(number).filter(|case| &case.resident == person)?.clone();
        self.tell(person, self.write_to(person).about(&case, "case-opened-human", &[]).into(), Some(&case));
        Some(number)
    }

    fn wanted_case(&mut self, person: &PersonId) -> Option<CaseNumber> {
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

    fn located(&mut self, person: &PersonId, location: Location) -> Option<CaseNumber> {
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

/// What the dialogue handles by itself.
impl Desk<'_> {
    fn about_dialogue(
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

    fn greet(&mut self, person: &PersonId) -> Option<CaseNumber> {
        let id = if self.memberships(person).is_empty() { "greeting" } else { "help-member" };
        self.say_to(person, self.write_to(person).say(id))
    }

    fn progress(&mut self, person: &PersonId) -> Option<CaseNumber> {
        let say = self.write_to(person);
        let open = self.open_cases(person);
        let lines: Vec<String> =
            open.iter().rev().take(PROGRESS_MAX).map(|case| say.progress(case)).collect();
        let latest = open.last().map(|case| case.number);
        let text = if lines.is_empty() { say.say("progress-none") } else { lines.join("\n") };
        self.say_to(person, text);
        latest
    }

    fn progress_of(&mut self, person: &PersonId, number: CaseNumber) -> Option<CaseNumber> {
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
    fn cancel(&mut self, person: &PersonId) -> Option<CaseNumber> {
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

    fn human(&mut self, person: &PersonId, words: &str) -> Option<CaseNumber> {
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
            self.tell(
                person,
                self.write_to(person).about(&case, "case-opened-human", &[]).into(),
                Some(&case),
            );
            return Some(case.number);
        }
        self.open(person, words, &understanding, Some(Why::Asked))
    }

    fn list_mine(&mut self, person: &PersonId) -> Option<CaseNumber> {
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

    fn list_open_privately(&mut self, person: &PersonId, message: &Inbound) -> Option<CaseNumber> {
        let teams = self.teams_asked(message);
        let text = match teams.is_empty() {
            true => self.write_to(person).refusal(None, &Refusal::NotMember),
            false => self.open_list(&teams),
        };
        self.say_to(person, text)
    }

    /// Says something that belongs to no case.
    fn say_to(&mut self, person: &PersonId, text: String) -> Option<CaseNumber> {
        self.tell(person, text.into(), None);
        None
    }

    fn ask(&mut self, person: &PersonId, asked: Option<Asked>) {
        if self.person(person).is_some_and(|person| person.asked != asked) {
            self.remember(person, |person| person.asked = asked);
        }
    }

    fn remember(&mut self, person: &PersonId, change: impl FnOnce(&mut crate::store::Person)) {
        if let Some(person) = self.person_mut(person) {
            change(person);
        }
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
