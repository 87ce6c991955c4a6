//! One card for many offers, where a messenger lets us write less than we would like to: which cards fold, what the
//! card says, and what it says after one of its cases changed. Danger is never folded.

use super::desk::Desk;
use super::letters::{Writer, Written};
use crate::domain::case::{Case, State};
use crate::domain::command::Action;
use crate::domain::id::MessageId;
use crate::domain::message::{Chat, ChatKind, Choice, Outbound, Priority, Purpose};
use crate::store::{Leased, OfferRow};

/// Cases on one card.
pub(super) const CASES_MAX: usize = 8;

/// Why a card that was folded is not sent by itself.
pub(super) const FOLDED: &str = "on one card with other offers";

/// Whether a message may be put on one card with others.
pub(super) fn folds(leased: &Leased) -> bool {
    let Outbound { purpose, priority, kind, replaces, .. } = &leased.message;
    let ordinary_offer = (*purpose, *priority) == (Purpose::Offer, Priority::Ordinary);
    ordinary_offer && *kind == ChatKind::Group && replaces.is_none()
}

impl Desk<'_> {
    /// Puts cards that wait for a group on one, and the card into the outbox. What is not offered any more by its
    /// card is left out.
    pub(super) fn fold(&mut self, chat: &Chat, cards: &[&Leased]) {
        let open = |card: &&Leased| {
            let offers = self.cards(card.message.case?);
            offers.into_iter().find(|offer| offer.message == card.message.id)
        };
        let offers: Vec<OfferRow> = cards.iter().filter_map(open).collect();
        if offers.is_empty() {
            return;
        }
        let id = self.message_id();
        self.fold_cards(&id, offers);
        let written = self.digest(&id);
        self.send(digest_message(id, chat.clone(), written));
    }

    /// After one of its cases changed: written anew in its place, or, where messages cannot be changed, a line.
    pub(super) fn edit_digest(&mut self, card: OfferRow, line: Written) {
        let channel = self.hotline.channels.get(&card.chat.channel);
        match channel.is_some_and(|channel| channel.abilities().edits) {
            true => self.digest_changed(card.message),
            false => self.tell_group(card.chat, line, None),
        }
    }

    /// The edits of all digests that changed, each once.
    pub(super) fn write_digests_anew(&mut self) {
        for digest in self.take_changed_digests() {
            let Some((first, _)) = self.on_digest(&digest).first() else { continue };
            let chat = first.chat.clone();
            let edit = digest_message(self.message_id(), chat, self.digest(&digest));
            self.send(Outbound { replaces: Some(digest), ..edit });
        }
    }

    fn digest(&self, digest: &MessageId) -> Written {
        let say = self.write_to_group();
        let on_it = self.on_digest(digest).iter();
        let cases: Vec<(&Case, bool)> =
            on_it.filter_map(|(offer, open)| Some((self.case(offer.case)?, *open))).collect();
        let waiting: Vec<&Case> =
            cases.iter().filter(|(case, open)| *open && is_offered(case)).map(|(case, _)| *case).collect();
        let title = match waiting.len() {
            0 => say.say("digest-title-none"),
            many => say.with("digest-title", &[("n", &many.to_string())]),
        };
        let lines = cases.iter().map(|(case, open)| say.digest_line(case, *open));
        let text = std::iter::once(title).chain(lines).collect::<Vec<_>>().join("\n");
        Written { text, choices: waiting.into_iter().map(|case| say.accept_by_number(case)).collect() }
    }
}

impl Writer<'_> {
    /// How a case stands on a card for many.
    fn digest_line(&self, case: &Case, open: bool) -> String {
        match &case.state {
            State::Offered { .. } if open => {
                self.about(case, "digest-line-waiting", &[("area", &self.community(case))])
            }
            State::Accepted { member, .. } if open => {
                self.about(case, "offer-taken", &[("member", &self.name(member))])
            }
            State::Done { by: Some((_, member)), .. } => {
                self.about(case, "offer-done", &[("member", &self.name(member))])
            }
            State::Offered { .. } | State::Accepted { .. } | State::Triage { .. } => {
                self.about(case, "offer-gone", &[])
            }
            State::Done { by: None, .. } | State::Closed { .. } => self.about(case, "offer-ended", &[]),
        }
    }

    fn accept_by_number(&self, case: &Case) -> Choice {
        Choice {
            label: self.about(case, "button-accept-number", &[]),
            data: Action::Accept(case.number).to_string(),
        }
    }
}

fn is_offered(case: &Case) -> bool {
    matches!(case.state, State::Offered { .. })
}

fn digest_message(id: MessageId, chat: Chat, written: Written) -> Outbound {
    Outbound {
        id,
        chat,
        kind: ChatKind::Group,
        text: written.text,
        choices: written.choices,
        replaces: None,
        priority: Priority::Ordinary,
        purpose: Purpose::Digest,
        case: None,
        tap: None,
        not_before: None,
    }
}
