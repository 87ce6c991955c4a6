//! Our own pages: a chat for residents, and a page for each team's group. There is no platform between us and
//! the browser, so a message is "sent" when it is in the outbox; the open pages are told to look.
//!
//! A person is known by a random token in a cookie. The hotline keeps only its digest, which is also the id
//! of the chat: who reads the database cannot take the person's place.

use axum::http::header::CONTENT_TYPE;
use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::Timestamp;
use serde::Deserialize;

use super::{Abilities, Channel, Delivery, Outgoing, Rejected, SendError};
use crate::domain::message::{Body, Chat, ChatKind, Inbound, Location};
use crate::domain::pace::Pace;

/// The channel's name.
pub const NAME: &str = "webchat";

/// The longest id that a page may give its message.
const KEY_MAX: usize = 64;

/// The channel of our own pages.
#[derive(Clone, Copy, Debug, Default)]
pub struct Webchat;

/// What a page posts. The cookie says who; the address says where.
#[derive(Debug, Deserialize)]
struct Posted {
    id: String,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    choice: Option<String>,
    #[serde(default)]
    location: Option<Location>,
}

/// Where a page's message belongs: decided by its cookie and its address, never by its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The digest of the cookie's token.
    pub person: String,
    /// The group's chat id, or `None` for the private chat.
    pub group: Option<String>,
}

impl Webchat {
    /// The message that a page posted. The same id from the same person is the same message, however often
    /// a page on a bad line repeats it.
    pub fn parse(place: &Place, delivery: Delivery<'_>) -> Result<Inbound, Rejected> {
        let json = delivery.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if !json.starts_with("application/json") {
            return Err(Rejected::Malformed("the content type must be application/json".into()));
        }
        let posted: Posted =
            serde_json::from_slice(delivery.body).map_err(|error| Rejected::Malformed(error.to_string()))?;
        if posted.id.is_empty() || posted.id.len() > KEY_MAX || posted.id.chars().any(char::is_control) {
            return Err(Rejected::Malformed(format!("`id` must have 1 to {KEY_MAX} characters")));
        }
        let kind = if place.group.is_some() { ChatKind::Group } else { ChatKind::Private };
        Ok(Inbound {
            key: format!("{}:{}", place.person, posted.id),
            chat: Chat::new(NAME, place.group.as_ref().unwrap_or(&place.person)),
            kind,
            sender: place.person.clone(),
            body: Body {
                text: posted.text,
                choice: posted.choice,
                location: posted.location,
                ..Body::default()
            },
        })
    }
}

impl Channel for Webchat {
    fn abilities(&self) -> Abilities {
        Abilities { edits: true, buttons: true, pace: Pace::UNLIMITED, window: None }
    }

    fn receive(&self, _: Delivery<'_>, _: Timestamp) -> Result<Vec<Inbound>, Rejected> {
        Err(Rejected::Unauthorized("web chat messages are posted by our own pages"))
    }

    fn send<'a>(&'a self, _: Outgoing<'a>, _: Timestamp) -> BoxFuture<'a, Result<Option<String>, SendError>> {
        async { Ok(None) }.boxed()
    }
}
