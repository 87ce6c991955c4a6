//! One messenger a file. A channel verifies and parses what comes in (pure, no waiting), and sends what the
//! outbox holds. Only a channel's own file knows its protocol.

mod button;
pub mod matrix;
mod parts;
pub mod sms;
pub mod telegram;
pub mod tencent;
pub mod webchat;
pub mod webhook;
pub mod wechat;
pub mod wecom;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderMap;
use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::Timestamp;

use crate::domain::code::Code;
use crate::domain::message::{Attachment, Chat, Choice, Inbound, Outbound};
use crate::domain::pace::{Pace, Window};

/// What a platform delivered, not yet believed.
#[derive(Clone, Copy, Debug)]
pub struct Delivery<'a> {
    /// The address's query, as it came: some platforms sign there.
    pub query: &'a str,
    /// The request's headers.
    pub headers: &'a HeaderMap,
    /// The request's body, as it came.
    pub body: &'a [u8],
}

/// Why a delivery is not taken: nothing of it is stored, it is counted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    /// Not from whom it says, or too old: 401.
    #[error("{0}")]
    Unauthorized(&'static str),
    /// From them, but not in the form that was agreed: 400.
    #[error("{0}")]
    Malformed(String),
}

/// Why a message was not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Try again, not before this pause if there is one.
    #[error("{reason}")]
    Later {
        /// The pause that the platform asked for.
        pause: Option<Duration>,
        /// What it said.
        reason: String,
    },
    /// Trying again cannot help.
    #[error("{0}")]
    Never(String),
    /// Nobody can be reached at this address any more, or not yet: blocked, left, never begun.
    #[error("{0}")]
    Gone(String),
    /// The chat has another id now; what waits for the old one goes there.
    #[error("the chat has moved")]
    Moved {
        /// The new id.
        to: String,
    },
    /// The platform lets us write again only after they have written to us.
    #[error("{0}")]
    Closed(String),
    /// The platform does not know us any more: the operator must act, and the whole channel waits.
    #[error("{0}")]
    Revoked(String),
}

/// A message of ours on its way.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing<'a> {
    /// What to send.
    pub message: &'a Outbound,
    /// The platform's id of the message that this one takes the place of, where it gave one.
    pub replaces: Option<&'a str>,
    /// Whether the platform lets us write to them now as an answer (see [`Abilities::window`]); where it does not, a
    /// channel may know another way, or says [`SendError::Closed`].
    pub window_open: bool,
}

/// What a channel's messages can do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Abilities {
    /// Whether a message can be changed after it was sent; if not, what replaces it is sent as a new one.
    pub edits: bool,
    /// Whether choices are buttons. If not, they are written as a numbered list, and a number is the answer.
    pub buttons: bool,
    /// How fast we may write. A channel without limits is never held back, not even after [`SendError::Revoked`].
    pub pace: Pace,
    /// How much we may write after somebody has written to us; `None` where we always may.
    pub window: Option<Window>,
}

/// The remote id of what was sent as the platform's answer to a delivery: it does not count in a [`Window`].
pub const PASSIVE: &str = "passive";

/// What a platform is answered when its messages are on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledgement {
    /// `application/json`, …
    pub content_type: &'static str,
    /// The body.
    pub body: String,
}

/// What a platform had for us when it was asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Polled {
    /// The messages, in order.
    pub messages: Vec<Inbound>,
    /// The platform's mark of the last thing that it gave; what is up to it is not wanted again.
    pub after: Option<i64>,
}

/// What a link may bring into a chat with us.
#[derive(Clone, Copy, Debug)]
pub enum Invitation<'a> {
    /// Somebody, into a private chat, with nothing.
    Begin,
    /// A one-time code, into a private chat.
    Person(&'a Code),
    /// A one-time code, into a group, which whoever follows the link chooses.
    Group(&'a Code),
}

/// A recording or picture, fetched from its platform.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// Its MIME type.
    pub content_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A messenger.
pub trait Channel: Send + Sync {
    /// What its messages can do.
    fn abilities(&self) -> Abilities;

    /// Learns what a delivery does not say itself and [`Self::receive`] needs; `None` where there is no such thing. Where
    /// it fails, the platform is asked to deliver again.
    fn prepare<'a>(&'a self, _delivery: Delivery<'a>) -> Option<BoxFuture<'a, Result<(), SendError>>> {
        None
    }

    /// Verifies and parses a delivery into the messages that it holds, perhaps none; no I/O, no clock of its own.
    fn receive(&self, delivery: Delivery<'_>, now: Timestamp) -> Result<Vec<Inbound>, Rejected>;

    /// Answers the platform's handshake, a GET: what it wants to read back.
    fn greet(&self, _query: &str, _now: Timestamp) -> Result<String, Rejected> {
        Err(Rejected::Malformed("this channel has no handshake".into()))
    }

    /// What the platform is answered when the messages of a delivery are on disk. May wait for a moment where a
    /// platform takes the hotline's words as the answer; called before the messages are stored, so that the place for
    /// these words is there in time, and awaited after.
    fn acknowledge<'a>(
        &'a self,
        _delivery: Delivery<'a>,
        _messages: &'a [Inbound],
    ) -> BoxFuture<'a, Acknowledgement> {
        let ok = Acknowledgement { content_type: "application/json", body: r#"{"ok":true}"#.into() };
        std::future::ready(ok).boxed()
    }

    /// Sends one message; the platform's id of it, if it gives one.
    fn send<'a>(
        &'a self,
        outgoing: Outgoing<'a>,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Option<String>, SendError>>;

    /// Fetches what came with a message.
    fn fetch<'a>(&'a self, _attachment: &'a Attachment) -> BoxFuture<'a, Result<Fetched, SendError>> {
        std::future::ready(Err(SendError::Never("this channel has no attachments".into()))).boxed()
    }

    /// Tells the platform where we are, where it must be told. At the hotline's start; again, after a pause, until it
    /// succeeds.
    fn open(&self) -> BoxFuture<'_, Result<(), SendError>> {
        std::future::ready(Ok(())).boxed()
    }

    /// Waits for what the platform has for us after a mark, where it does not deliver by itself; `None` where it does.
    /// The mark moves only when the messages are on disk.
    fn poll(&self, _after: Option<i64>) -> Option<BoxFuture<'_, Result<Polled, SendError>>> {
        None
    }

    /// An address that brings whoever follows it into a chat with us, and a code with them.
    fn link(&self, _invitation: Invitation<'_>) -> Option<String> {
        None
    }

    /// The chat with a telephone number, where the messenger is the telephone.
    fn chat_of_number(&self, _number: &str) -> Option<String> {
        None
    }

    /// The telephone number that a private chat is with, where the messenger is the telephone.
    fn number_of_chat(&self, _chat: &str) -> Option<String> {
        None
    }

    /// Asks the platform who we are: its answer in words, or what is wrong and the remedy.
    fn who_am_i(&self) -> BoxFuture<'_, Result<String, String>> {
        std::future::ready(Ok("nothing to ask".into())).boxed()
    }
}

/// A text with its choices as a numbered list, for messengers without buttons: the answer is a number.
pub fn numbered(text: &str, choices: &[Choice]) -> String {
    let lines = choices.iter().enumerate().map(|(at, choice)| format!("\n{} {}", at + 1, choice.label));
    std::iter::once(text.to_owned()).chain(lines).collect()
}

/// The configured channels by name: `webchat`, `webhook:PEER`.
#[derive(Clone, Default)]
pub struct Channels(BTreeMap<String, Arc<dyn Channel>>);

impl Channels {
    /// The channel of a name.
    pub fn get(&self, name: &str) -> Option<&Arc<dyn Channel>> {
        self.0.get(name)
    }

    /// What one can do, where it has limits to keep; `None` where it is never held back.
    pub fn limited(&self, name: &str) -> Option<Abilities> {
        let abilities = self.get(name).map(|channel| channel.abilities());
        abilities.filter(|abilities| !abilities.pace.is_unlimited())
    }

    /// All of them, with their names.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Arc<dyn Channel>)> {
        self.0.iter()
    }

    /// Where a telephone number is written to, if anywhere.
    pub fn chat_of_number(&self, number: &str) -> Option<Chat> {
        let mut chats =
            self.0.iter().filter_map(|(name, channel)| Some((name, channel.chat_of_number(number)?)));
        chats.next().map(|(name, id)| Chat::new(name, id))
    }

    /// Whether choices are buttons there; where a channel is not configured any more, nothing else is known.
    pub fn has_buttons(&self, name: &str) -> bool {
        self.0.get(name).is_none_or(|channel| channel.abilities().buttons)
    }

    /// Adds a channel under its name.
    pub fn add(&mut self, name: impl Into<String>, channel: impl Channel + 'static) {
        self.0.insert(name.into(), Arc::new(channel));
    }
}
