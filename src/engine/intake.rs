//! From the inbox to cases. A batch of messages, at most one of each sender, is read without any lock and
//! decided in one write: cases, history, timers, messages and "done" are on disk together or not at all.

use std::collections::{BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::beforehand::{self, Beforehand, TRIES_SPAN};
use super::desk::{Desk, Wanted};
use super::reading::Reading;
use super::{Hotline, events};
use crate::domain::code::Code;
use crate::domain::command::Action;
use crate::domain::id::{CaseNumber, MessageId};
use crate::domain::message::{Chat, ChatEvent, ChatKind, Inbound, Language};
use crate::store::{CodePurpose, CodeUse, StoreError, Tx, Waiting};
use crate::understanding::Understander;

/// Messages that share a write.
pub const BATCH_MAX: usize = 64;
/// How often a message is tried before staff must look at it.
const ATTEMPTS_MAX: i64 = 5;
/// The pause before a failed message is tried again.
const RETRY: Duration = Duration::from_secs(5);

/// How often it is tried to write that a message failed, and the first pause between the tries, which doubles: a disk that is full
/// for a moment must not keep a message until its claim ends by itself.
const GIVE_BACK_TRIES: u32 = 8;
const GIVE_BACK_PAUSE: Duration = Duration::from_millis(50);

/// Of the messages that were held for a word from somebody, the newest that leave then.
const RELEASED_MAX: usize = 3;

/// A message with what it is.
pub(super) type Read = (Waiting, Reading);

/// Takes in what waits, at most a batch; how many messages that were.
pub async fn take_in(hotline: &Arc<Hotline>) -> Result<usize, StoreError> {
    let Some(understander) = hotline.understander() else { return Ok(0) };
    let now = hotline.clock.now();
    let waiting =
        hotline.store.write(move |tx| Box::pin(async move { tx.claim_inbox(now, BATCH_MAX).await })).await?;
    let many = waiting.len();
    if many == 0 {
        return Ok(0);
    }
    let batch = Arc::new(read_all(hotline, understander, waiting, now).await);
    if let Err(error) = decide(hotline, Arc::clone(&batch)).await {
        tracing::warn!(%error, messages = many, "a batch could not be taken in; its messages are tried one by one");
        for one in batch.iter() {
            take_in_alone(hotline, one).await?;
        }
    }
    hotline.hints.outbox.notify_one();
    hotline.hints.wakes.notify_one();
    Ok(many)
}

/// One message that could not be taken in with others; if it cannot alone either, it waits or is dead.
async fn take_in_alone(hotline: &Arc<Hotline>, (waiting, reading): &Read) -> Result<(), StoreError> {
    let alone = Arc::new(vec![(waiting.clone(), reading.clone())]);
    let Err(error) = decide(hotline, alone).await else { return Ok(()) };
    tracing::error!(message = %waiting.id, %error, attempts = waiting.attempts, "a message could not be taken in");
    let mut pause = GIVE_BACK_PAUSE;
    for _ in 1..GIVE_BACK_TRIES {
        if give_back(hotline, waiting, &error).await.is_ok() {
            return Ok(());
        }
        tokio::time::sleep(pause).await;
        pause *= 2;
    }
    give_back(hotline, waiting, &error).await
}

/// Writes that a message could not be taken in: it waits for its next try, or is dead after the last.
async fn give_back(hotline: &Hotline, waiting: &Waiting, error: &StoreError) -> Result<(), StoreError> {
    let retry_at = (waiting.attempts < ATTEMPTS_MAX).then(|| hotline.clock.now() + RETRY);
    let (id, error) = (waiting.id.clone(), error.to_string());
    hotline.store.write(move |tx| Box::pin(async move { tx.fail_inbox(&id, &error, retry_at).await })).await
}

async fn read_all(
    hotline: &Hotline,
    understander: Arc<Understander>,
    waiting: Vec<Waiting>,
    now: Timestamp,
) -> Vec<Read> {
    let zone = hotline.calendar.zone.clone();
    let read = move || -> Vec<Read> {
        let now = now.to_zoned_datetime(zone);
        let one = |waiting: Waiting| {
            let reading =
                catch_unwind(AssertUnwindSafe(|| Reading::of(&waiting.message, &understander, &now)));
            (waiting, reading.unwrap_or(Reading::Nothing))
        };
        waiting.into_iter().map(one).collect()
    };
    tokio::task::spawn_blocking(read).await.expect("reading does not panic")
}

async fn decide(hotline: &Arc<Hotline>, batch: Arc<Vec<Read>>) -> Result<(), StoreError> {
    let hotline = Arc::clone(hotline);
    let store = hotline.store.clone();
    store.write(move |tx| Box::pin(async move { decide_in(&hotline, tx, &batch).await })).await
}

async fn decide_in(hotline: &Hotline, tx: &mut Tx, batch: &[Read]) -> Result<(), StoreError> {
    release_held(hotline, tx, batch).await?;
    let known = beforehand::look_up(hotline, tx, batch).await?;
    let mut desk = Desk::load(hotline, tx, wanted(batch, &known)).await?;
    desk.beforehand = known;
    for (waiting, reading) in batch {
        let other = desk.known(&waiting.id).link.is_some();
        if let Some(code) = reading.code().filter(|_| !other) {
            let used = use_code(tx, code, (waiting, reading), desk.now).await?;
            desk.codes.insert(waiting.id.clone(), used);
        }
    }
    desk.load_offered(tx, batch).await?;
    let done: Vec<_> = batch.iter().map(|read| decide_one(&mut desk, read)).collect();
    let (bound, happened) = (std::mem::take(&mut desk.bound), std::mem::take(&mut desk.happened));
    desk.save(tx).await?;
    for (team, chat) in bound {
        tx.bind_groups(&team, &[chat]).await?;
    }
    events::follow(hotline, tx, happened).await?;
    tx.finish_inbox(&done).await
}

/// Whoever writes can be written to again; only messengers with limits ever shut a chat.
async fn release_held(hotline: &Hotline, tx: &mut Tx, batch: &[Read]) -> Result<(), StoreError> {
    let limited = |chat: &Chat| hotline.channels.limited(&chat.channel).is_some();
    let open = batch.iter().filter(|(waiting, _)| waiting.message.body.event != Some(ChatEvent::Closed));
    let chats: BTreeSet<Chat> =
        open.map(|(waiting, _)| waiting.message.chat.clone()).filter(limited).collect();
    let chats: Vec<Chat> = chats.into_iter().collect();
    tx.release_held(&chats, RELEASED_MAX, hotline.clock.now()).await
}

fn wanted(batch: &[Read], known: &HashMap<MessageId, Beforehand>) -> Wanted {
    let private = batch.iter().filter(|(waiting, _)| waiting.message.kind == ChatKind::Private);
    Wanted {
        senders: batch
            .iter()
            .map(|(one, _)| (one.message.chat.channel.clone(), one.message.sender.clone()))
            .collect(),
        people: Vec::new(),
        cases: batch
            .iter()
            .filter_map(|(_, reading)| reading.case())
            .chain(known.values().flat_map(Beforehand::cases))
            .collect(),
        new_cases: private.map(|(_, reading)| reading.new_cases()).sum(),
    }
}

/// Decides one message: which case it belongs to in the end.
fn decide_one(desk: &mut Desk<'_>, (waiting, reading): &Read) -> (MessageId, Option<CaseNumber>) {
    let chat = waiting.message.chat.clone();
    let picked = desk.picked_by_number(waiting).map(Reading::Tap);
    let reading = picked.as_ref().unwrap_or(reading);
    desk.begin_tap(&waiting.message);
    desk.answering = Some((desk.sender(&waiting.message), chat));
    let case = match waiting.message.kind {
        ChatKind::Group => desk.in_group(waiting, reading),
        // Somebody of whom we know nothing has gone again.
        ChatKind::Private if is_farewell(&waiting.message) && desk.sender(&waiting.message).is_none() => None,
        ChatKind::Private => {
            let language = reading.language().unwrap_or(desk.hotline.language);
            let person = desk.resident(&waiting.message, language);
            desk.follow_language(&person, reading);
            desk.answering = Some((Some(person.clone()), waiting.message.chat.clone()));
            let case = desk.in_private(&person, waiting, reading);
            desk.ask_what_was_not_asked(&person);
            case
        }
    };
    desk.end_tap(&waiting.message, reading);
    (waiting.id.clone(), case)
}

fn is_farewell(message: &Inbound) -> bool {
    message.body.event == Some(ChatEvent::Closed)
}

async fn use_code(
    tx: &mut Tx,
    code: &Code,
    (waiting, reading): (&Waiting, &Reading),
    now: Timestamp,
) -> Result<CodeUse, StoreError> {
    let by = format!("{} {}", waiting.message.chat.channel, waiting.message.sender);
    let digest = super::supervise::digest(code.as_str());
    let in_group = waiting.message.kind == ChatKind::Group;
    let used = tx.use_code(&digest, in_group && reading.binds(), &by, now).await?;
    // A link brings no more than the code into a group: what it is for is the code's own.
    if used == CodeUse::Misplaced(CodePurpose::Bind) && in_group && reading.starts() {
        return tx.use_code(&digest, true, &by, now).await;
    }
    if used == CodeUse::Unknown {
        let (channel, sender) = (&waiting.message.chat.channel, &waiting.message.sender);
        tx.note_wrong_code(channel, sender, now - TRIES_SPAN, now).await?;
    }
    Ok(used)
}

impl Desk<'_> {
    /// What a message's number picks, unless something was asked since that a number may answer by itself.
    fn picked_by_number(&self, waiting: &Waiting) -> Option<Action> {
        let action = self.known(&waiting.id).picked.clone()?;
        let sender = self.sender(&waiting.message);
        let asked = sender.and_then(|sender| self.person(&sender)?.asked.clone());
        let open = asked.is_some_and(|asked| asked.is_answered_freely());
        (!open || waiting.message.kind == ChatKind::Group).then_some(action)
    }

    /// A person reads what they write; a word or two in another language changes nothing.
    fn follow_language(&mut self, person: &crate::domain::id::PersonId, reading: &Reading) {
        const CHARS_THAT_TELL: usize = 12;
        let (words, language) = match reading {
            Reading::Words(words, understanding) => (words, understanding.language),
            Reading::Needs(needs) => match needs.first() {
                Some(need) => (&need.words, need.understanding.language),
                None => return,
            },
            Reading::Tap(_)
            | Reading::Order(_)
            | Reading::Mistake(_)
            | Reading::Place(_)
            | Reading::Attached(_)
            | Reading::Event(_)
            | Reading::Nothing => return,
        };
        let changed = self.language(person) != language;
        if changed && words.chars().count() >= CHARS_THAT_TELL && language != Language::ZhCn {
            if let Some(person) = self.person_mut(person) {
                person.language = language;
            }
        }
    }
}
