//! Which of the messages that are due may leave now. Channels without limits pass untouched; the others are reckoned
//! from what the outbox says has left, so that a restart forgets nothing and several processes keep to one pace.
//! What may not leave yet is due later, what nobody needs any more is dropped, and offers that queue up are folded.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

use super::Hotline;
use super::desk::{Desk, Wanted};
use super::digest::{CASES_MAX, FOLDED, folds};
use crate::channels::{Abilities, PASSIVE};
use crate::domain::id::{CaseNumber, MessageId};
use crate::domain::message::{Chat, ChatKind, Purpose};
use crate::domain::pace::{Hold, PROBE_EVERY, Reckoning, Talk};
use crate::store::{Leased, StoreError, Tx};

/// Messages that are claimed at once.
const BATCH_MAX: usize = 64;
/// How often messages that were held for the morning are looked for, in milliseconds.
const LOOK_EVERY_MS: i64 = 1000;

/// What was claimed, and what of it leaves now.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// How many were claimed.
    pub(super) claimed: usize,
    /// Those that leave, in order.
    pub(super) leave: Vec<Leased>,
    /// What has been said in the private chats of channels with a window.
    pub(super) talks: HashMap<Chat, Talk>,
    /// The channels that are held, or hold a chat: something that gets through ends it.
    pub(super) held: Vec<String>,
    /// When the first of those that were put off is due.
    pub(super) next: Option<Timestamp>,
}

/// When the held messages were last looked at: no more often than once a second.
#[derive(Debug)]
pub(super) struct Mornings(AtomicI64);

impl Mornings {
    pub(super) const fn new() -> Self {
        Self(AtomicI64::new(i64::MIN))
    }

    fn is_time(&self, now: Timestamp) -> bool {
        let (now, last) = (now.as_millisecond(), self.0.load(Ordering::Relaxed));
        let is_time = last.saturating_add(LOOK_EVERY_MS) <= now;
        if is_time {
            self.0.store(now, Ordering::Relaxed);
        }
        is_time
    }
}

/// Claims what is due, at most a batch, and decides what of it leaves now.
pub(super) async fn claim(hotline: &Hotline, tx: &mut Tx, now: Timestamp) -> Result<Batch, StoreError> {
    if hotline.mornings.is_time(now) {
        tx.wake_held(now).await?;
    }
    let leased = tx.claim_outbox(now, BATCH_MAX).await?;
    let mut batch = Batch { claimed: leased.len(), ..Batch::default() };
    let mut paced: Vec<(String, Abilities, Vec<Leased>)> = Vec::new();
    for message in leased {
        let channel = &message.message.chat.channel;
        let abilities = hotline.channels.get(channel).map(|channel| channel.abilities());
        match abilities.filter(|abilities| !abilities.pace.is_unlimited()) {
            None => batch.leave.push(message),
            Some(abilities) => match paced.iter_mut().find(|(name, ..)| name == channel) {
                Some((_, _, messages)) => messages.push(message),
                None => paced.push((channel.clone(), abilities, vec![message])),
            },
        }
    }
    for (channel, abilities, messages) in paced {
        Arranging { hotline, tx, channel, abilities, now }.arrange(messages, &mut batch).await?;
    }
    batch.leave.sort_by(|a, b| (a.message.priority, &a.message.id).cmp(&(b.message.priority, &b.message.id)));
    Ok(batch)
}

/// The messages of one channel with limits.
struct Arranging<'a> {
    hotline: &'a Hotline,
    tx: &'a mut Tx,
    channel: String,
    abilities: Abilities,
    now: Timestamp,
}

impl Arranging<'_> {
    async fn arrange(&mut self, messages: Vec<Leased>, batch: &mut Batch) -> Result<(), StoreError> {
        let messages = self.leave_out_what_nobody_needs(messages).await?;
        let (leave, put_off) = self.reckon(messages, batch).await?;
        let folded = self.fold(&put_off).await?;
        let off: Vec<(MessageId, Timestamp)> = put_off
            .into_iter()
            .map(|(leased, at)| (leased.message.id, at))
            .filter(|(id, _)| !folded.contains(id))
            .collect();
        self.tx.put_off(&off).await?;
        batch.next = off.iter().map(|(_, at)| *at).chain(batch.next).min();
        let counted = leave.iter().filter(|leased| leased.message.purpose != Purpose::Toast);
        let counted: Vec<MessageId> = counted.map(|leased| leased.message.id.clone()).collect();
        self.tx.let_go(&counted, self.now).await?;
        if self.abilities.window.is_some() {
            self.look_at_windows(&leave, batch).await?;
        }
        batch.leave.extend(leave);
        Ok(())
    }

    async fn leave_out_what_nobody_needs(
        &mut self,
        messages: Vec<Leased>,
    ) -> Result<Vec<Leased>, StoreError> {
        let Needed { messages, reworded, dropped } = needed(messages);
        let dropped: Vec<_> = dropped.into_iter().map(|(id, why)| (id, why.to_owned())).collect();
        self.tx.drop_messages(&dropped).await?;
        let reworded = messages.iter().filter(|leased| reworded.contains(&leased.message.id));
        let reworded: Vec<_> = reworded.map(|leased| leased.message.clone()).collect();
        self.tx.reword(&reworded).await?;
        Ok(messages)
    }

    /// Those that leave now, and those that are put off until when.
    async fn reckon(
        &mut self,
        messages: Vec<Leased>,
        batch: &mut Batch,
    ) -> Result<(Vec<Leased>, Vec<(Leased, Timestamp)>), StoreError> {
        let (now, pace) = (self.now, self.abilities.pace);
        let holds = self.tx.holds(&self.channel).await?;
        let left = self.tx.left_since(&self.channel, now - pace.memory()).await?;
        let on_its_way = |lease: Timestamp, id: &MessageId| {
            lease > now && !messages.iter().any(|leased| &leased.message.id == id)
        };
        let left: Vec<(String, Timestamp)> = left
            .into_iter()
            .map(|left| (left.chat, if on_its_way(left.lease_until, &left.id) { now } else { left.at }))
            .collect();
        let mut reckoning = Reckoning::new(pace, now, &left, &holds);
        let times: Vec<Timestamp> = messages
            .iter()
            .map(|leased| match leased.message.purpose {
                Purpose::Toast => now,
                Purpose::Say | Purpose::Offer | Purpose::Digest | Purpose::Survey => {
                    let message = &leased.message;
                    reckoning.leave(&message.chat.id, message.kind, message.priority)
                }
            })
            .collect();
        let (probes, full_until) = (reckoning.probes(), reckoning.full_until());
        if probes {
            self.probe(&holds).await?;
        }
        if let Some(until) = full_until {
            self.tx.channel_is_full(&self.channel, until).await?;
            batch.next = Some(batch.next.map_or(until, |next| next.min(until)));
        }
        if !holds.is_empty() {
            batch.held.push(self.channel.clone());
        }
        let (leave, put_off): (Vec<_>, Vec<_>) =
            messages.into_iter().zip(times).partition(|(_, at)| *at <= now);
        Ok((leave.into_iter().map(|(leased, _)| leased).collect(), put_off))
    }

    /// One message leaves to see whether the messenger knows us again; until then no other does, in any process.
    async fn probe(&mut self, holds: &[Hold]) -> Result<(), StoreError> {
        let until = self.now + PROBE_EVERY;
        let everywhere = holds.iter().filter(|hold| hold.chat.is_none());
        let longer: Vec<Hold> = everywhere.map(|hold| Hold { until, ..hold.clone() }).collect();
        self.tx.hold(&self.channel, &longer).await
    }

    /// Puts offers that wait for one group on one card; which cards that were.
    async fn fold(&mut self, put_off: &[(Leased, Timestamp)]) -> Result<Vec<MessageId>, StoreError> {
        let Some(enough) = self.abilities.pace.digest_from else { return Ok(Vec::new()) };
        let mut groups: Vec<(&Chat, Vec<&Leased>)> = Vec::new();
        for (leased, _) in put_off.iter().filter(|(leased, _)| folds(leased)) {
            match groups.iter_mut().find(|(chat, _)| **chat == leased.message.chat) {
                Some((_, offers)) => offers.push(leased),
                None => groups.push((&leased.message.chat, vec![leased])),
            }
        }
        groups.retain(|(_, offers)| offers.len() >= enough.max(2) as usize);
        if groups.is_empty() {
            return Ok(Vec::new());
        }
        let offers = || groups.iter().flat_map(|(_, offers)| offers);
        let cases: Vec<CaseNumber> = offers().filter_map(|leased| leased.message.case).collect();
        let folded: Vec<MessageId> = offers().map(|leased| leased.message.id.clone()).collect();
        let mut desk = Desk::load(self.hotline, self.tx, Wanted { cases, ..Wanted::default() }).await?;
        for (chat, offers) in &groups {
            offers.chunks(CASES_MAX).for_each(|offers| desk.fold(chat, offers));
        }
        desk.save(self.tx).await?;
        let dropped: Vec<_> = folded.iter().map(|id| (id.clone(), FOLDED.to_owned())).collect();
        self.tx.drop_messages(&dropped).await?;
        Ok(folded)
    }

    async fn look_at_windows(&mut self, leave: &[Leased], batch: &mut Batch) -> Result<(), StoreError> {
        let private = leave.iter().filter(|leased| leased.message.kind == ChatKind::Private);
        for chat in private.map(|leased| &leased.message.chat) {
            if !batch.talks.contains_key(chat) {
                let talk = self.tx.talk(chat, PASSIVE).await?;
                batch.talks.insert(chat.clone(), talk);
            }
        }
        Ok(())
    }
}

/// What is left of a batch, which of it says something else now, and what was dropped and why.
struct Needed {
    messages: Vec<Leased>,
    reworded: Vec<MessageId>,
    dropped: Vec<(MessageId, &'static str)>,
}

/// Leaves out what nobody needs to see: an edit that a later one overtakes, and a card that offers nothing any more
/// before anybody saw it. A card that was edited before it left says at once what it was edited to.
fn needed(mut messages: Vec<Leased>) -> Needed {
    const OVERTAKEN: &str = "a later edit took its place";
    const UNSEEN: &str = "it was over before it was sent";
    const AT_ONCE: &str = "the card itself says so";
    let mut needed = Needed { messages: Vec::new(), reworded: Vec::new(), dropped: Vec::new() };
    let mut edits: Vec<(MessageId, MessageId)> = Vec::new();
    for leased in &messages {
        let Some(card) = leased.message.replaces.clone() else { continue };
        match edits.iter_mut().find(|(edited, _)| *edited == card) {
            Some((_, last)) => {
                let overtaken = std::mem::replace(last, leased.message.id.clone());
                needed.dropped.push((overtaken, OVERTAKEN));
            }
            None => edits.push((card, leased.message.id.clone())),
        }
    }
    for (card, edit) in edits {
        let place = |id: &MessageId| messages.iter().position(|leased| &leased.message.id == id);
        let (Some(card), Some(edit)) = (place(&card), place(&edit)) else { continue };
        let edited = messages[edit].message.clone();
        if edited.choices.is_empty() {
            needed.dropped.extend([(messages[card].message.id.clone(), UNSEEN), (edited.id, UNSEEN)]);
        } else {
            let card = &mut messages[card].message;
            (card.text, card.choices) = (edited.text, edited.choices);
            needed.reworded.push(card.id.clone());
            needed.dropped.push((edited.id, AT_ONCE));
        }
    }
    let dropped = &needed.dropped;
    messages.retain(|leased| !dropped.iter().any(|(id, _)| *id == leased.message.id));
    needed.messages = messages;
    needed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::message::{Choice, Outbound, Priority};

    fn leased(id: &str, replaces: Option<&str>, text: &str, choices: usize) -> Leased {
        let choice = |n| Choice { label: format!("接单 {n}"), data: format!("accept:{n}") };
        let message = Outbound {
            id: id.into(),
            chat: Chat::new("telegram", "-100"),
            kind: ChatKind::Group,
            text: text.into(),
            choices: (0..choices).map(choice).collect(),
            replaces: replaces.map(Into::into),
            priority: Priority::Ordinary,
            purpose: Purpose::Offer,
            case: None,
            tap: None,
            not_before: None,
        };
        Leased { message, replaces: None, made_at: Timestamp::UNIX_EPOCH, attempts: 1 }
    }

    fn left(messages: Vec<Leased>) -> Vec<String> {
        let needed = needed(messages);
        needed
            .messages
            .iter()
            .map(|leased| format!("{} {}", leased.message.id, leased.message.text))
            .collect()
    }

    #[test]
    fn what_nobody_needs_to_see_is_left_out() {
        let card = || leased("card", None, "谁接?", 2);
        for (story, messages, expected) in [
            ("a card", vec![card()], vec!["card 谁接?"]),
            ("taken before anybody saw it", vec![card(), leased("e", Some("card"), "老林已接", 0)], vec![]),
            ("an edit of what was seen", vec![leased("e", Some("seen"), "老林已接", 0)], vec!["e 老林已接"]),
            (
                "two edits of what was seen",
                vec![leased("e", Some("seen"), "老林已接", 0), leased("f", Some("seen"), "老林已办结", 0)],
                vec!["f 老林已办结"],
            ),
            (
                "a digest that changed before it left",
                vec![card(), leased("e", Some("card"), "还有一件", 1), leased("x", None, "别的", 0)],
                vec!["card 还有一件", "x 别的"],
            ),
        ] {
            assert_eq!(left(messages), expected, "{story}");
        }
    }

    #[test]
    fn held_messages_are_looked_for_once_a_second() {
        let mornings = Mornings::new();
        let at = |ms: i64| Timestamp::from_millisecond(1_770_000_000_000 + ms).expect("a time");
        let looked: Vec<bool> = [0, 1, 999, 1000, 1500, 90_000].map(|ms| mornings.is_time(at(ms))).into();
        assert_eq!(looked, [true, false, false, true, false, true]);
    }
}
