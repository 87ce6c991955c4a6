//! Which messages wait for the morning. Whoever wrote to us is answered at any hour; danger, and services whose
//! clock runs around the clock, are told at any hour; everything else leaves when the quiet hours are over.

use jiff::Timestamp;

use super::desk::Desk;
use crate::domain::case::Case;
use crate::domain::deadline::Quiet;
use crate::domain::id::PersonId;
use crate::domain::message::Chat;
use crate::store::OfferRow;

impl Desk<'_> {
    /// Until when a message to a person waits; in the quiet hours of the team that has the case.
    pub(super) fn night_of_person(&self, person: &PersonId, case: Option<&Case>) -> Option<Timestamp> {
        let asked = self.answering.as_ref().and_then(|(person, _)| person.as_ref());
        if asked == Some(person) {
            return None;
        }
        let team = case.and_then(Case::team).and_then(|team| self.city.teams.get(team));
        self.night(team.map(|team| team.quiet).unwrap_or_default(), case, self.now)
    }

    /// Until when a word to a group waits.
    pub(super) fn night_of_group(&self, chat: &Chat, case: Option<&Case>) -> Option<Timestamp> {
        if self.answering.as_ref().is_some_and(|(_, asked)| asked == chat) {
            return None;
        }
        self.night(self.quiet_of(chat), case, self.now)
    }

    /// Until when a new card waits, whoever has just written in the group.
    pub(super) fn night_of_card(&self, chat: &Chat, case: &Case) -> Option<Timestamp> {
        self.night(self.quiet_of(chat), Some(case), self.now)
    }

    /// Until when a card waits that was made earlier; its edits follow it and do not overtake it.
    pub(super) fn night_of_edit(&self, card: &OfferRow, case: &Case) -> Option<Timestamp> {
        let card_waits = self.night(self.quiet_of(&card.chat), Some(case), card.offered_at);
        card_waits.filter(|morning| *morning > self.now && !card.digest)
    }

    fn quiet_of(&self, chat: &Chat) -> Quiet {
        self.city.team_of_group(chat).map(|team| team.quiet).unwrap_or_default()
    }

    fn night(&self, quiet: Quiet, case: Option<&Case>, at: Timestamp) -> Option<Timestamp> {
        let urgent = case.is_some_and(|case| case.is_urgent(&self.services));
        if urgent { None } else { quiet.until(at, &self.hotline.calendar.zone) }
    }
}
