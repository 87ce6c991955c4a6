//! What follows from a step, as rows: cards for groups, letters for people. The only place where effects
//! become messages.

use super::desk::Desk;
use super::letters::Written;
use crate::domain::case::{CardState, Case, Effect, Letter, State};
use crate::domain::dialogue::Asked;
use crate::domain::id::{CaseNumber, MessageId, PersonId, TeamCode};
use crate::domain::message::{Chat, ChatKind, Outbound, Priority, Purpose};
use crate::store::OfferRow;

impl Desk<'_> {
    /// Puts on the desk all that follows from a step of a case.
    pub(super) fn follow(&mut self, number: CaseNumber, effects: Vec<Effect>) {
        for effect in effects {
            let Some(case) = self.case(number).cloned() else { continue };
            match effect {
                Effect::Offer(team) => self.post_cards(&case, &team),
                Effect::Cards(state) => self.edit_cards(&case, &state),
                Effect::TellResident(letter) => self.tell_resident(&case, &letter),
                Effect::TellMember(member, letter) => {
                    let written = self.write_to(&member).to_member(&case, &letter);
                    self.tell(&member, written, Some(&case));
                }
                Effect::TellTeam(team, letter) => self.tell_team(&case, &team, &letter),
            }
        }
    }

    /// A message to a person, in their private chat; whoever has none is called by staff.
    pub(super) fn tell(&mut self, person: &PersonId, written: Written, case: Option<&Case>) {
        let Some(chat) = self.private_chat(person) else { return };
        let not_before = self.night_of_person(person, case);
        let message = self.outbound(chat, ChatKind::Private, written, case);
        self.send(Outbound { not_before, ..message });
    }

    /// A message to a group.
    pub(super) fn tell_group(&mut self, chat: Chat, written: Written, case: Option<&Case>) {
        let not_before = self.night_of_group(&chat, case);
        let message = self.outbound(chat, ChatKind::Group, written, case);
        self.send(Outbound { not_before, ..message });
    }

    fn tell_resident(&mut self, case: &Case, letter: &Letter) {
        let written = self.write_to(&case.resident).to_resident(case, letter);
        match question(case.number, letter) {
            Some(Some(asked)) => return self.survey(case, written, asked),
            Some(None) => self.has_asked(&case.resident, None),
            None => {}
        }
        self.tell(&case.resident, written, Some(case));
    }

    fn has_asked(&mut self, resident: &PersonId, asked: Option<Asked>) {
        if let Some(resident) = self.person_mut(resident) {
            resident.asked = asked;
        }
    }

    /// A question of the survey; whoever has no messenger was not asked.
    fn survey(&mut self, case: &Case, written: Written, asked: Asked) {
        let Some(chat) = self.private_chat(&case.resident) else {
            return self.not_asked(case.number);
        };
        let not_before = self.night_of_person(&case.resident, Some(case));
        let message = self.outbound(chat, ChatKind::Private, written, Some(case));
        self.send(Outbound { purpose: Purpose::Survey, not_before, ..message });
        self.has_asked(&case.resident, Some(asked));
    }

    fn tell_team(&mut self, case: &Case, team: &TeamCode, letter: &Letter) {
        for chat in self.groups(team) {
            let written = self.write_to_group().to_team(case, letter);
            self.tell_group(chat, written, Some(case));
        }
    }

    fn post_cards(&mut self, case: &Case, team: &TeamCode) {
        let State::Offered { accept_by, .. } = case.state else { return };
        for chat in self.groups(team) {
            let written = self.write_to_group().card(case, accept_by);
            let card = Outbound {
                purpose: Purpose::Offer,
                not_before: self.night_of_card(&chat, case),
                ..self.outbound(chat.clone(), ChatKind::Group, written, Some(case))
            };
            self.add_offer(OfferRow {
                message: card.id.clone(),
                case: case.number,
                team: team.clone(),
                chat,
                offered_at: self.now,
                digest: false,
            });
            self.send(card);
        }
    }

    /// A card that somebody took is edited again when it is done; any other edit is its last.
    fn edit_cards(&mut self, case: &Case, state: &CardState) {
        for card in self.cards(case.number) {
            let written = self.write_to_group().card_now(case, state);
            if card.digest {
                self.edit_digest(card, written);
                continue;
            }
            let not_before = self.night_of_edit(&card, case);
            let edit = self.outbound(card.chat, ChatKind::Group, written, Some(case));
            let replaces = Some(card.message);
            self.send(Outbound { replaces, purpose: Purpose::Offer, not_before, ..edit });
        }
        match state {
            CardState::Taken(_) => {}
            CardState::Gone | CardState::Done(_) | CardState::Ended => self.end_cards(case.number),
        }
    }

    fn groups(&self, team: &TeamCode) -> Vec<Chat> {
        self.city.teams.get(team).map(|team| team.groups.clone()).unwrap_or_default()
    }

    /// A message, without a time and for nothing special.
    pub(super) fn outbound(
        &self,
        chat: Chat,
        kind: ChatKind,
        written: Written,
        case: Option<&Case>,
    ) -> Outbound {
        Outbound {
            id: self.message_id(),
            chat,
            kind,
            text: written.text,
            choices: written.choices,
            replaces: None::<MessageId>,
            priority: case.map_or(Priority::Ordinary, |case| case.priority),
            purpose: Purpose::Say,
            case: case.map(|case| case.number),
            tap: None,
            not_before: None,
        }
    }
}

/// What a letter leaves open with the resident; `Some(None)` closes what was open.
fn question(case: CaseNumber, letter: &Letter) -> Option<Option<Asked>> {
    match letter {
        Letter::AskSolved | Letter::RemindSolved => Some(Some(Asked::Solved { case })),
        Letter::AskSatisfied => Some(Some(Asked::Satisfied { case })),
        Letter::AskComment => Some(Some(Asked::Comment { case })),
        Letter::Thanks | Letter::Reopened | Letter::Cancelled | Letter::ClosedUnanswered => Some(None),
        _ => None,
    }
}
