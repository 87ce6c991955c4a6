//! What must be looked up for a message before anything is decided: the earlier message that it corrects, the choice
//! that its number picks, and what comes of a code that joins two chats. Most messages need none of it, and no statement.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use super::Hotline;
use super::intake::Read;
use super::reading::Reading;
use super::supervise::digest;
use crate::domain::command::{Action, Command};
use crate::domain::digit;
use crate::domain::id::{CaseNumber, MessageId};
use crate::domain::message::{Chat, ChatKind, Choice, Inbound};
use crate::store::{Earlier, LinkUse, Sender, StoreError, Tx};

/// How long a number picks one of the choices that were listed.
const NUMBERS_LAST: SignedDuration = SignedDuration::from_hours(24);
/// The longest number that picks a choice, in digits.
const NUMBER_DIGITS_MAX: usize = 2;
/// The span in which tries are counted.
pub(super) const TRIES_SPAN: SignedDuration = SignedDuration::from_hours(1);
/// Wrong codes that somebody may send within it.
const WRONG_CODES_MAX: i64 = 10;

/// What was found for one message.
#[derive(Clone, Debug, Default)]
pub struct Beforehand {
    /// What stood there before it was edited.
    pub earlier: Option<Earlier>,
    /// What its number picks.
    pub picked: Option<Action>,
    /// What came of its code, where that is one for joining chats, or nobody may try any more.
    pub link: Option<LinkUse>,
    /// How many codes its sender has asked for lately.
    pub links_made: i64,
    /// How many codes the number that is to be joined has been sent lately.
    pub links_to: i64,
}

impl Beforehand {
    /// The cases that will be needed.
    pub(super) fn cases(&self) -> impl Iterator<Item = CaseNumber> {
        let earlier = self.earlier.as_ref().and_then(|earlier| earlier.case);
        earlier.into_iter().chain(self.picked.as_ref().and_then(Action::case))
    }
}

/// Looks up what is needed for a batch; chats that a code joins are joined here, before anybody is loaded.
pub(super) async fn look_up(
    hotline: &Hotline,
    tx: &mut Tx,
    batch: &[Read],
) -> Result<HashMap<MessageId, Beforehand>, StoreError> {
    let mut known: HashMap<MessageId, Beforehand> = HashMap::new();
    look_up_earlier(tx, batch, &mut known).await?;
    look_up_choices(hotline, tx, batch, &mut known).await?;
    for (waiting, reading) in batch.iter().filter(|(waiting, _)| waiting.message.kind == ChatKind::Private) {
        let message = &waiting.message;
        let now = hotline.clock.now();
        match reading {
            Reading::Order(Command::Link | Command::LinkNumber(_)) => {
                let entry = known.entry(waiting.id.clone()).or_default();
                entry.links_made =
                    tx.links_made(&message.chat.channel, &message.sender, now - TRIES_SPAN).await?;
                if let Some(number) = number_of(hotline, reading) {
                    entry.links_to = tx.links_to(&number, now - TRIES_SPAN).await?;
                }
            }
            reading => {
                if let Some(code) = reading.code() {
                    let link = use_link(tx, message, &digest(code.as_str()), now).await?;
                    known.entry(waiting.id.clone()).or_default().link = link;
                }
            }
        }
    }
    Ok(known)
}

/// The chat with the telephone number that somebody wants to join.
pub(super) fn number_of(hotline: &Hotline, reading: &Reading) -> Option<Chat> {
    let Reading::Order(Command::LinkNumber(number)) = reading else { return None };
    hotline.channels.chat_of_number(number)
}

async fn look_up_earlier(
    tx: &mut Tx,
    batch: &[Read],
    known: &mut HashMap<MessageId, Beforehand>,
) -> Result<(), StoreError> {
    let key = |message: &Inbound| Some((message.chat.clone(), message.body.message.clone()?));
    let edits = batch.iter().filter(|(waiting, _)| waiting.message.body.edited);
    let edits: Vec<(&MessageId, (Chat, String))> =
        edits.filter_map(|(waiting, _)| Some((&waiting.id, key(&waiting.message)?))).collect();
    let keys: Vec<(Chat, String)> = edits.iter().map(|(_, key)| key.clone()).collect();
    let found = tx.earlier(&keys).await?;
    for (id, key) in edits {
        let earlier = found.iter().find(|(found, _)| *found == key).map(|(_, earlier)| earlier.clone());
        known.entry(id.clone()).or_default().earlier = earlier;
    }
    Ok(())
}

async fn look_up_choices(
    hotline: &Hotline,
    tx: &mut Tx,
    batch: &[Read],
    known: &mut HashMap<MessageId, Beforehand>,
) -> Result<(), StoreError> {
    let numbers: Vec<(&MessageId, &Chat, usize)> = batch
        .iter()
        .filter(|(waiting, _)| !hotline.channels.has_buttons(&waiting.message.chat.channel))
        .filter_map(|(waiting, _)| Some((&waiting.id, &waiting.message.chat, lone_number(&waiting.message)?)))
        .collect();
    let chats: Vec<Chat> = numbers.iter().map(|(_, chat, _)| (*chat).clone()).collect();
    let said = tx.last_choices(&chats, hotline.clock.now() - NUMBERS_LAST).await?;
    for (id, chat, number) in numbers {
        let choices = said.iter().find(|(said, _)| said == chat).map(|(_, choices)| choices.as_slice());
        known.entry(id.clone()).or_default().picked = picked(choices.unwrap_or_default(), number);
    }
    Ok(())
}

fn picked(choices: &[Choice], number: usize) -> Option<Action> {
    Action::parse(&choices.get(number.checked_sub(1)?)?.data)
}

/// Where choices are numbered, the stars stand at their own numbers.
pub(super) fn in_order_of_number(choices: &mut [Choice]) {
    choices.sort_by_key(|choice| match Action::parse(&choice.data) {
        Some(Action::Satisfied(_, stars)) => Some(stars.stars()),
        Some(_) | None => None,
    });
}

/// The number that a message is, and nothing else.
fn lone_number(message: &Inbound) -> Option<usize> {
    let text = message.body.text.as_deref()?.trim().trim_end_matches(['。', '.', '、', ')', '）', '!']);
    let digits: String = text.chars().map(digit::half_width).collect();
    let short = (1..=NUMBER_DIGITS_MAX).contains(&digits.len());
    digits.parse().ok().filter(|_| short && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// What comes of a code, if it is one that joins chats. Whoever has sent too many wrong ones is not listened to.
async fn use_link(
    tx: &mut Tx,
    message: &Inbound,
    digest: &str,
    now: Timestamp,
) -> Result<Option<LinkUse>, StoreError> {
    let (channel, sender) = (&message.chat.channel, &message.sender);
    if tx.wrong_codes(channel, sender, now - TRIES_SPAN).await? >= WRONG_CODES_MAX {
        return Ok(Some(LinkUse::TooMany));
    }
    let by = Sender { channel, id: sender, chat: &message.chat.id };
    match tx.use_link(digest, by, now).await? {
        LinkUse::Unknown => Ok(None),
        used => Ok(Some(used)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::message::Body;

    #[test]
    fn a_number_alone_picks_a_choice() {
        let number = |text: &str| {
            let body = Body { text: Some(text.into()), ..Body::default() };
            let chat = Chat::new("sms", "13800001111");
            lone_number(&Inbound { key: "k".into(), chat, kind: ChatKind::Private, sender: "s".into(), body })
        };
        for (text, expected) in [
            ("1", Some(1)),
            (" 12。", Some(12)),
            ("２", Some(2)),
            ("3)", Some(3)),
            ("0", Some(0)),
            ("", None),
            ("12号楼", None),
            ("123", None),
            ("-1", None),
            ("+1", None),
        ] {
            assert_eq!(number(text), expected, "{text}");
        }
        let choices = [Choice { label: "需要".into(), data: "open".into() }];
        assert_eq!(picked(&choices, 1), Some(Action::OpenCase));
        assert_eq!((picked(&choices, 0), picked(&choices, 2)), (None, None));
    }
}
