//! Words that somebody has changed after sending them: a correction of the case that the earlier words opened or
//! joined, never a second case.

use jiff::SignedDuration;

use super::is_being_handled;
use crate::domain::case::{Case, Event, State, Why};
use crate::domain::id::{CaseNumber, PersonId};
use crate::domain::understood::{Certainty, Understanding};
use crate::engine::desk::Desk;
use crate::engine::reading::Reading;
use crate::store::Waiting;

/// An edit of words that came to no case is read anew only while it can still be meant so.
const READ_ANEW: SignedDuration = SignedDuration::from_hours(24);

impl Desk<'_> {
    /// `Some` if the message corrects an earlier one; otherwise it is read as any other.
    pub(super) fn corrected(
        &mut self,
        person: &PersonId,
        waiting: &Waiting,
        reading: &Reading,
    ) -> Option<Option<CaseNumber>> {
        let Reading::Words(words, understanding) = reading else { return None };
        let earlier = self.known(&waiting.id).earlier.clone();
        if let Some(earlier) = &earlier {
            let same = earlier.text.as_deref().is_some_and(|text| text.trim() == words.trim());
            let forgotten = earlier.case.is_none() && earlier.received_at + READ_ANEW < self.now;
            if same || (forgotten && understanding.danger.is_none()) {
                return Some(earlier.case);
            }
        }
        let latest = || self.open_cases(person).into_iter().rev().find(|case| is_being_handled(case));
        let case = match &earlier {
            Some(earlier) => self.case(earlier.case?).cloned()?,
            None => latest()?.clone(),
        };
        self.correct(person, &case, words, understanding)
    }

    fn correct(
        &mut self,
        person: &PersonId,
        case: &Case,
        words: &str,
        understanding: &Understanding,
    ) -> Option<Option<CaseNumber>> {
        let number = case.number;
        let own = &case.resident == person;
        match (understanding.danger.is_some(), is_being_handled(case)) {
            // Danger is answered first, whatever it corrects.
            (true, true) if case.service == understanding.service => self.say_first_aid(person, number),
            (true, _) if case.is_closed() || !waits_for_words(case) => return None,
            (true | false, _) => {}
        }
        let text = self.write_to_group().with("correction", &[("text", words)]);
        match (own, case.is_closed()) {
            (_, true) => {
                let late = self.write_to(person).about(case, "edit-too-late", &[]);
                self.tell(person, late.into(), None);
                Some(Some(number))
            }
            (false, false) => Some(self.note_from_member(person, number, &text)),
            (true, false) if waits_for_words(case) && is_telling(understanding) => {
                Some(self.understood(person, number, words, understanding))
            }
            (true, false) => Some(self.correct_own(person, case, text, understanding)),
        }
    }

    fn correct_own(
        &mut self,
        person: &PersonId,
        case: &Case,
        text: String,
        understanding: &Understanding,
    ) -> Option<CaseNumber> {
        let number = case.number;
        let details = understanding.details.clone();
        let area = details.area.clone().filter(|area| case.area.as_ref() != Some(area));
        self.as_resident(person, number, Event::Correct { text, details })?;
        if let Some(area) = area {
            self.as_resident(person, number, Event::Locate { area })?;
        }
        let case = self.case(number)?.clone();
        self.tell(person, self.write_to(person).about(&case, "corrected", &[]).into(), Some(&case));
        Some(number)
    }
}

/// Whether nobody knows yet what the case is about.
fn waits_for_words(case: &Case) -> bool {
    let State::Triage { why, .. } = case.state else { return false };
    match why {
        Why::NotUnderstood | Why::Unsure | Why::Wordless | Why::Recording => true,
        Why::NoArea | Why::NoTeam | Why::Asked => false,
    }
}

/// Whether words say what it is about.
fn is_telling(understanding: &Understanding) -> bool {
    understanding.danger.is_some()
        || (understanding.certainty == Certainty::Sure && !understanding.service.is_meta())
}
