//! From the outbox to the messengers. Chats are served side by side, the messages of one chat in order. What
//! cannot be sent now waits, with growing pauses, for 24 hours; then it is dead, and staff see it.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use futures::stream;
use jiff::{SignedDuration, Timestamp};

use super::Hotline;
use crate::channels::{Outgoing, SendError, webchat};
use crate::domain::id::MessageId;
use crate::domain::message::Chat;
use crate::store::{Leased, Sent, StoreError};

/// Messages that are claimed at once.
const BATCH_MAX: usize = 64;
/// Chats that are served side by side.
const CHATS_MAX: usize = 16;
/// The first pause after a failure; each next one is twice as long.
const PAUSE: Duration = Duration::from_secs(5);
/// The longest pause.
const PAUSE_MAX: Duration = Duration::from_secs(3600);
/// How long a message is tried.
const GIVE_UP: SignedDuration = SignedDuration::from_hours(24);

/// Sends what is due, at most a batch; how many messages that were.
pub async fn deliver(hotline: &Arc<Hotline>) -> Result<usize, StoreError> {
    let now = hotline.clock.now();
    let leased =
        hotline.store.write(move |tx| Box::pin(async move { tx.claim_outbox(now, BATCH_MAX).await })).await?;
    let many = leased.len();
    if many == 0 {
        return Ok(0);
    }
    let chats = by_chat(leased);
    let told: Vec<Chat> = chats.iter().map(|(chat, _)| chat.clone()).collect();
    let sending =
        stream::iter(chats).map(|(_, messages)| send_in_order(hotline, messages)).buffer_unordered(CHATS_MAX);
    let outcomes: Vec<(MessageId, Sent)> = sending.concat().await;
    let now = hotline.clock.now();
    hotline.store.write(move |tx| Box::pin(async move { tx.mark_sent(&outcomes, now).await })).await?;
    for chat in told.into_iter().filter(|chat| chat.channel == webchat::NAME) {
        // No page is open if nobody listens.
        hotline.hints.chats.send(chat).ok();
    }
    Ok(many)
}

/// The messages of each chat, in the order in which they were claimed.
fn by_chat(leased: Vec<Leased>) -> Vec<(Chat, Vec<Leased>)> {
    let mut chats: Vec<(Chat, Vec<Leased>)> = Vec::new();
    for message in leased {
        match chats.iter_mut().find(|(chat, _)| *chat == message.message.chat) {
            Some((_, messages)) => messages.push(message),
            None => chats.push((message.message.chat.clone(), vec![message])),
        }
    }
    chats
}

/// Sends until one must wait; those behind it are put back untried.
async fn send_in_order(hotline: &Hotline, messages: Vec<Leased>) -> Vec<(MessageId, Sent)> {
    let mut outcomes = Vec::with_capacity(messages.len());
    let mut waits = false;
    for leased in messages {
        let sent = if waits { Sent::Untried } else { send(hotline, &leased).await };
        waits = waits || matches!(sent, Sent::Later(..));
        outcomes.push((leased.message.id, sent));
    }
    outcomes
}

async fn send(hotline: &Hotline, leased: &Leased) -> Sent {
    let now = hotline.clock.now();
    let channel = &leased.message.chat.channel;
    let Some(channel) = hotline.channels.get(channel) else {
        return Sent::Never(format!("the channel {channel} is not configured"));
    };
    let outgoing = Outgoing { message: &leased.message, replaces: leased.replaces.as_deref() };
    match channel.send(outgoing, now).await {
        Ok(remote) => {
            metrics::counter!("hotline_messages_sent_total").increment(1);
            Sent::Done(remote)
        }
        Err(SendError::Never(reason) | SendError::Gone(reason) | SendError::Closed(reason)) => {
            dead(leased, reason)
        }
        Err(SendError::Moved { to }) => dead(leased, format!("the chat is now {to}")),
        Err(SendError::Revoked(reason)) => later(leased, Some(PAUSE_MAX), reason, now),
        Err(SendError::Later { pause, reason }) => later(leased, pause, reason, now),
    }
}

fn later(leased: &Leased, pause: Option<Duration>, reason: String, now: Timestamp) -> Sent {
    let doublings = u32::try_from(leased.attempts.clamp(1, 20) - 1).unwrap_or(0);
    let growing = PAUSE.saturating_mul(1 << doublings).min(PAUSE_MAX);
    let again = now + pause.unwrap_or(growing).min(PAUSE_MAX);
    if again > leased.made_at + GIVE_UP { dead(leased, reason) } else { Sent::Later(again, reason) }
}

fn dead(leased: &Leased, reason: String) -> Sent {
    tracing::error!(message = %leased.message.id, channel = %leased.message.chat.channel, %reason, "a message is given up");
    metrics::counter!("hotline_messages_dead_total").increment(1);
    Sent::Never(reason)
}
