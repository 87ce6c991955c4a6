//! From the outbox to the messengers. Chats are served side by side, the messages of one chat in order, as fast as
//! each messenger allows. What cannot be sent now waits, with growing pauses, for 24 hours; then it is dead, and staff
//! see it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use futures::stream;
use jiff::Timestamp;

use super::Hotline;
use super::pacing::{self, Batch};
use super::undelivered::{Came, Tried, settle};
use crate::channels::{Outgoing, PASSIVE, SendError, webchat};
use crate::domain::message::{Chat, Purpose};
use crate::domain::pace::Talk;
use crate::store::{Leased, StoreError};

/// Chats that are served side by side.
const CHATS_MAX: usize = 16;
/// The longest that a worker is woken in advance for what was put off; what is due later is found anyway.
const WAKE_AHEAD_MAX: Duration = Duration::from_secs(5);

/// Sends what is due, at most a batch; how many messages were claimed.
pub async fn deliver(hotline: &Arc<Hotline>) -> Result<usize, StoreError> {
    let Batch { claimed, leave, talks, held, next } = claim(hotline).await?;
    wake_for(hotline, next);
    if leave.is_empty() {
        return Ok(claimed);
    }
    let chats = by_chat(leave);
    let told: Vec<Chat> = chats.iter().map(|(chat, _)| chat.clone()).collect();
    let sending = stream::iter(chats)
        .map(|(chat, messages)| send_in_order(hotline, messages, talks.get(&chat).copied()))
        .buffer_unordered(CHATS_MAX);
    let tried: Vec<Tried> = sending.concat().await;
    settle(hotline, tried, held).await?;
    for chat in told.into_iter().filter(|chat| chat.channel == webchat::NAME) {
        // No page is open if nobody listens.
        hotline.hints.chats.send(chat).ok();
    }
    Ok(claimed)
}

async fn claim(hotline: &Arc<Hotline>) -> Result<Batch, StoreError> {
    let (owned, now) = (Arc::clone(hotline), hotline.clock.now());
    hotline.store.write(move |tx| Box::pin(async move { pacing::claim(&owned, tx, now).await })).await
}

/// A hint for the moment at which something that was put off is due, so that the pace is kept to the moment.
fn wake_for(hotline: &Arc<Hotline>, next: Option<Timestamp>) {
    let Some(next) = next else { return };
    let pause = next.duration_since(hotline.clock.now()).unsigned_abs();
    if pause <= WAKE_AHEAD_MAX {
        let hotline = Arc::downgrade(hotline);
        tokio::spawn(async move {
            tokio::time::sleep(pause).await;
            if let Some(hotline) = hotline.upgrade() {
                hotline.hints.outbox.notify_one();
            }
        });
    }
}

/// The messages of each chat, in the order in which they were claimed; toasts by themselves, as they wait for nobody.
fn by_chat(leased: Vec<Leased>) -> Vec<(Chat, Vec<Leased>)> {
    let mut chats: Vec<(Chat, Vec<Leased>)> = Vec::new();
    let mut places: HashMap<Chat, usize> = HashMap::new();
    for message in leased {
        let chat = message.message.chat.clone();
        let toast = message.message.purpose == Purpose::Toast;
        match places.get(&chat).filter(|_| !toast) {
            Some(place) => chats[*place].1.push(message),
            None => {
                if !toast {
                    places.insert(chat.clone(), chats.len());
                }
                chats.push((chat, vec![message]));
            }
        }
    }
    chats
}

/// Sends until one must wait; those behind it are put back untried. Where nobody can be reached, the others are
/// not tried either.
async fn send_in_order(hotline: &Hotline, messages: Vec<Leased>, mut talk: Option<Talk>) -> Vec<Tried> {
    let mut tried = Vec::with_capacity(messages.len());
    let mut stopped: Option<Came> = None;
    for leased in messages {
        let came = match &stopped {
            Some(came) => came.clone(),
            None => send(hotline, &leased, talk.as_mut()).await,
        };
        stopped = stopped.or_else(|| stops(&came));
        tried.push(Tried { leased, came });
    }
    tried
}

/// What came of one message, for those behind it in the same chat; nothing where they may be tried.
fn stops(came: &Came) -> Option<Came> {
    match came {
        // Where one may not be written any more, the survey and danger still may: something is kept for them.
        Came::Arrived(_) | Came::Refused(SendError::Never(_) | SendError::Closed(_)) => None,
        Came::Refused(SendError::Gone(_)) => Some(came.clone()),
        Came::Refused(SendError::Later { .. } | SendError::Moved { .. } | SendError::Revoked(_))
        | Came::Untried => Some(Came::Untried),
    }
}

async fn send(hotline: &Hotline, leased: &Leased, talk: Option<&mut Talk>) -> Came {
    let now = hotline.clock.now();
    let message = &leased.message;
    let Some(channel) = hotline.channels.get(&message.chat.channel) else {
        let reason = format!("the channel {} is not configured", message.chat.channel);
        return Came::Refused(SendError::Never(reason));
    };
    let window = channel.abilities().window.zip(talk.as_deref().copied());
    let window_open =
        window.is_none_or(|(window, talk)| window.is_open(talk, message.purpose, message.priority, now));
    let outgoing = Outgoing { message, replaces: leased.replaces.as_deref(), window_open };
    match channel.send(outgoing, now).await {
        Ok(remote) => {
            metrics::counter!("hotline_messages_sent_total").increment(1);
            let counts = message.purpose != Purpose::Toast && remote.as_deref() != Some(PASSIVE);
            if let Some(talk) = talk.filter(|_| counts) {
                talk.sent_since += 1;
            }
            Came::Arrived(remote)
        }
        Err(error) => Came::Refused(error),
    }
}
