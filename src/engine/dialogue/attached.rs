//! Recordings, pictures and files. The hotline cannot hear or see: it asks for a line of text, and a person of the staff
//! listens where none comes. Nothing that was sent is lost: it stands in the case's history.

use super::is_being_handled;
use crate::domain::case::{Actor, Case, Event, Heard, Stage, Why};
use crate::domain::dialogue::Asked;
use crate::domain::id::{CaseNumber, PersonId};
use crate::domain::message::{Attachment, AttachmentKind, Priority};
use crate::domain::service::Handling;
use crate::domain::understood::{Certainty, Details, Understanding};
use crate::engine::desk::Desk;

impl Desk<'_> {
    /// Something that came without words.
    pub(super) fn attached(&mut self, person: &PersonId, attachment: &Attachment) -> Option<CaseNumber> {
        if let Some(number) = self.surveyed_case(person) {
            return self.add_attachment(person, number, attachment);
        }
        if let Some(number) = self.wordless_case(person) {
            return self.attached_again(person, number, attachment);
        }
        let open = self.open_cases(person).into_iter().rev().find(|case| is_being_handled(case));
        if let Some(number) = open.map(|case| case.number) {
            return self.add_attachment(person, number, attachment);
        }
        match self.held_cases(person).last().map(|case| case.number) {
            Some(number) => self.attached_by_member(person, number, attachment),
            None => self.open_wordless(person, attachment),
        }
    }

    /// What came with words goes where the words went.
    pub(super) fn keep_attachment(
        &mut self,
        person: &PersonId,
        number: CaseNumber,
        attachment: &Attachment,
    ) {
        let Some(case) = self.case(number).filter(|case| !case.is_closed()) else { return };
        let resident = &case.resident == person;
        let event = attach(attachment, (!resident).then(|| person.clone()));
        // An open case refuses nothing that is sent to it.
        self.step(number, event, &actor(person, resident)).ok();
    }

    fn surveyed_case(&self, person: &PersonId) -> Option<CaseNumber> {
        let number = match self.person(person)?.asked.as_ref()? {
            Asked::Solved { case } | Asked::Satisfied { case } | Asked::Comment { case } => *case,
            Asked::Detail { .. }
            | Asked::Which { .. }
            | Asked::WantCase { .. }
            | Asked::ReleaseReason { .. } => return None,
        };
        self.case(number).filter(|case| case.stage() == Stage::Done).map(|case| case.number)
    }

    /// The case of which nothing is known but a recording.
    pub(super) fn wordless_case(&self, person: &PersonId) -> Option<CaseNumber> {
        self.open_cases(person).into_iter().rev().find(|case| case.is_wordless()).map(|case| case.number)
    }

    fn add_attachment(
        &mut self,
        person: &PersonId,
        number: CaseNumber,
        attachment: &Attachment,
    ) -> Option<CaseNumber> {
        self.keep_attachment(person, number, attachment);
        let case = self.case(number)?.clone();
        if case.priority == Priority::Danger && is_being_handled(&case) {
            self.say_first_aid(person, number);
        }
        let id = if attachment.kind == AttachmentKind::Voice { "voice-added" } else { "attachment-added" };
        self.tell(person, self.write_to(person).about(&case, id, &[]).into(), Some(&case));
        if is_being_handled(&case) {
            self.ask_next(person, number);
        }
        Some(number)
    }

    /// Who sends another recording instead of words will not write: a person listens.
    fn attached_again(
        &mut self,
        person: &PersonId,
        number: CaseNumber,
        attachment: &Attachment,
    ) -> Option<CaseNumber> {
        self.keep_attachment(person, number, attachment);
        let known = self.case(number).is_some_and(|case| listens(case));
        if known {
            let case = self.case(number)?.clone();
            self.tell(person, self.write_to(person).about(&case, "staff-listen", &[]).into(), Some(&case));
        }
        self.as_resident(person, number, Event::Listen)
    }

    fn attached_by_member(
        &mut self,
        member: &PersonId,
        number: CaseNumber,
        attachment: &Attachment,
    ) -> Option<CaseNumber> {
        self.keep_attachment(member, number, attachment);
        let case = self.case(number)?.clone();
        self.tell(member, self.write_to(member).about(&case, "member-attached", &[]).into(), Some(&case));
        Some(number)
    }

    /// A case of which nothing is known yet. After an emergency nobody waits for words.
    fn open_wordless(&mut self, person: &PersonId, attachment: &Attachment) -> Option<CaseNumber> {
        let danger = self.open_cases(person).iter().any(|case| case.priority == Priority::Danger);
        let understanding = Understanding {
            service: "meta.human".into(),
            confidence: 1.0,
            certainty: Certainty::Hopeless,
            runners_up: Vec::new(),
            danger: None,
            details: Details::default(),
            language: self.language(person),
        };
        let number = self.new_case(person, "", &understanding);
        let triage = Some(if danger { Why::Recording } else { Why::Wordless });
        self.step(number, Event::Open { triage }, &Actor::Resident(person.clone())).ok()?;
        self.keep_attachment(person, number, attachment);
        let case = self.case(number)?.clone();
        let id = match (danger, attachment.kind) {
            (true, _) => "staff-listen",
            (false, AttachmentKind::Voice) => "ask-words-voice",
            (false, AttachmentKind::Photo | AttachmentKind::Video | AttachmentKind::File) => {
                "ask-words-picture"
            }
        };
        self.tell(person, self.write_to(person).about(&case, id, &[]).into(), Some(&case));
        Some(number)
    }

    /// Words about a case of which only a recording was known: it goes on as if they had come first. `None` where they
    /// are about the dialogue itself.
    pub(super) fn words_at_last(
        &mut self,
        person: &PersonId,
        words: &str,
        understanding: &Understanding,
    ) -> Option<Option<CaseNumber>> {
        let number = self.wordless_case(person)?;
        let sure = understanding.certainty == Certainty::Sure;
        if sure && understanding.service.is_meta() {
            return None;
        }
        Some(self.understood(person, number, words, understanding))
    }

    /// Tells a case that nobody has yet in words that are understood.
    pub(super) fn understood(
        &mut self,
        person: &PersonId,
        number: CaseNumber,
        words: &str,
        understanding: &Understanding,
    ) -> Option<CaseNumber> {
        let triage = match understanding.certainty {
            _ if understanding.danger.is_some() => None,
            Certainty::Sure => None,
            Certainty::Unsure => Some(Why::Unsure),
            Certainty::Hopeless => Some(Why::NotUnderstood),
        };
        let heard = Heard {
            text: words.to_owned(),
            service: understanding.service.clone(),
            confidence: understanding.confidence,
            runners_up: understanding.runners_up.iter().map(|(service, _)| service.clone()).collect(),
            details: understanding.details.clone(),
            triage,
        };
        self.as_resident(person, number, Event::Understood(Box::new(heard)))?;
        if self.services.handling(&understanding.service) == Handling::Answer {
            self.say_first_aid(person, number);
        }
        self.first_answer(person, number, triage);
        Some(number)
    }
}

fn listens(case: &Case) -> bool {
    case.is_wordless()
        && matches!(case.state, crate::domain::case::State::Triage { why: Why::Recording, .. })
}

fn attach(attachment: &Attachment, member: Option<PersonId>) -> Event {
    Event::Attach { kind: attachment.kind, seconds: attachment.seconds, member }
}

fn actor(person: &PersonId, resident: bool) -> Actor {
    if resident { Actor::Resident(person.clone()) } else { Actor::Member(person.clone()) }
}
