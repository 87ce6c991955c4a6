//! Matrix, as an application service (<https://spec.matrix.org/v1.15/application-service-api/>): a homeserver of the
//! city's own brings what is written in the rooms that our user is in, and takes what we write.
//!
//! In: `PUT /hooks/matrix/_matrix/app/v1/transactions/{id}`, known by the `hs_token`. A delivery is told apart by its
//! events' ids, so a transaction that comes again changes nothing. Events do not say what room they are in, private or a
//! group: [`rooms`] asks before they are read. Out: the client-server API, with our message's id as the transaction's,
//! so that what is sent twice is there once.
//!
//! We have no device, so nobody can encrypt for us: what is written in an encrypted room cannot be read, and we say so.

mod api;
mod receive;
mod rooms;
mod send;
#[cfg(test)]
mod tests;

use axum::http::{HeaderMap, HeaderValue, header};
use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::Timestamp;
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

use self::api::Api;
use self::receive::Event;
use self::rooms::Rooms;
use super::{
    Abilities, Acknowledgement, Channel, Delivery, Fetched, Invitation, Outgoing, Rejected, SendError,
};
use crate::domain::message::{Attachment, Inbound};
use crate::domain::pace::Pace;

/// The channel's name.
pub const NAME: &str = "matrix";
/// The id in the registration, where the operator has set nothing.
pub const ID: &str = "hotline";
/// Our name in rooms, where the operator has set nothing.
pub const DISPLAY_NAME: &str = "近邻热线";
/// Calls a second; a homeserver on one machine takes more, and is there for others, too.
const PER_SECOND: u32 = 20;
/// Characters of a token: enough that nobody guesses it.
const TOKEN_CHARS_MIN: usize = 16;
/// The longest ids in Matrix, in bytes.
const ID_MAX: usize = 255;

/// What the operator has set.
pub struct Settings {
    /// Where the homeserver's client-server API is.
    pub homeserver_url: Url,
    /// Our user, `@hotline:example.org`: `sender_localpart` in the registration, and the homeserver's name.
    pub user: String,
    /// `as_token` in the registration: shows the homeserver who we are.
    pub as_token: SecretString,
    /// `hs_token` in the registration: shows us that it is the homeserver.
    pub hs_token: SecretString,
    /// `id` in the registration.
    pub id: String,
    /// Our name in rooms.
    pub display_name: String,
}

/// Why a setting cannot be used. Secrets are not repeated.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum BadSetting {
    /// A user's form.
    #[error("user: it looks like @hotline:example.org, with the homeserver's name behind the colon")]
    User,
    /// A token's form.
    #[error(
        "as_token and hs_token: at least 16 letters, digits, _ and -, and not the same; make each with `openssl rand -hex 32`"
    )]
    Token,
}

/// See the module.
pub struct Matrix {
    api: Api,
    rooms: Rooms,
    user: String,
    localpart: String,
    hs_token: SecretString,
    id: String,
    display_name: String,
}

impl Matrix {
    /// A user with the operator's settings; nothing is asked of the homeserver yet.
    pub fn new(settings: Settings) -> Result<Self, BadSetting> {
        let Settings { homeserver_url, user, as_token, hs_token, id, display_name } = settings;
        let localpart = localpart(&user).ok_or(BadSetting::User)?.to_owned();
        let differ = as_token.expose_secret() != hs_token.expose_secret();
        if !(is_token(as_token.expose_secret()) && is_token(hs_token.expose_secret()) && differ) {
            return Err(BadSetting::Token);
        }
        let mut bearer = HeaderValue::from_str(&format!("Bearer {}", as_token.expose_secret()))
            .map_err(|_| BadSetting::Token)?;
        bearer.set_sensitive(true);
        let (api, rooms) = (Api::new(homeserver_url, bearer), Rooms::default());
        Ok(Self { api, rooms, user, localpart, hs_token, id, display_name })
    }

    /// Whether the header holds our secret; compared in constant time.
    fn authorize(&self, headers: &HeaderMap) -> Result<(), Rejected> {
        let given =
            headers.get(header::AUTHORIZATION).and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
        let token = self.hs_token.expose_secret().as_bytes();
        match given.is_some_and(|given| given.ct_eq(token).into()) {
            true => Ok(()),
            false => Err(Rejected::Unauthorized("the hs_token is missing or wrong")),
        }
    }
}

/// What stands between `@` and the colon.
fn localpart(user: &str) -> Option<&str> {
    let (localpart, server) = user.strip_prefix('@')?.split_once(':')?;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._=-/+".contains(c);
    let sound = !localpart.is_empty() && localpart.chars().all(plain) && !server.is_empty();
    (sound && user.len() <= ID_MAX && !user.contains(char::is_whitespace)).then_some(localpart)
}

fn is_token(token: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    (TOKEN_CHARS_MIN..=256).contains(&token.len()) && token.chars().all(plain)
}

impl Channel for Matrix {
    fn abilities(&self) -> Abilities {
        let pace = Pace { per_second: Some(PER_SECOND), ..Pace::UNLIMITED };
        Abilities { edits: true, buttons: false, pace, window: None }
    }

    fn prepare<'a>(&'a self, delivery: Delivery<'a>) -> Option<BoxFuture<'a, Result<(), SendError>>> {
        // What is not the homeserver's makes us ask nothing.
        self.authorize(delivery.headers).ok()?;
        let events = receive::events(delivery.body).ok()?;
        Some(async move { self.learn_rooms(&events).await }.boxed())
    }

    fn receive(&self, delivery: Delivery<'_>, _: Timestamp) -> Result<Vec<Inbound>, Rejected> {
        self.authorize(delivery.headers)?;
        let events = receive::events(delivery.body)?;
        let with_missed = |event: Event| {
            let missed =
                if event.invites(&self.user) { self.rooms.take_missed(&event.event_id) } else { Vec::new() };
            std::iter::once(event).chain(missed)
        };
        let read = |event| self.message_of(&event).inspect_err(|ignored| ignored.count()).ok();
        Ok(events.into_iter().flat_map(with_missed).filter_map(read).collect())
    }

    fn acknowledge<'a>(&'a self, _: Delivery<'a>, _: &'a [Inbound]) -> BoxFuture<'a, Acknowledgement> {
        let empty = Acknowledgement { content_type: "application/json", body: "{}".into() };
        std::future::ready(empty).boxed()
    }

    fn send<'a>(
        &'a self,
        outgoing: Outgoing<'a>,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<Option<String>, SendError>> {
        self.deliver(outgoing).boxed()
    }

    fn fetch<'a>(&'a self, attachment: &'a Attachment) -> BoxFuture<'a, Result<Fetched, SendError>> {
        self.download(attachment).boxed()
    }

    fn open(&self) -> BoxFuture<'_, Result<(), SendError>> {
        self.introduce().boxed()
    }

    fn link(&self, invitation: Invitation<'_>) -> Option<String> {
        match invitation {
            Invitation::Begin => Some(format!("https://matrix.to/#/{}", self.user)),
            Invitation::Person(_) | Invitation::Group(_) => None,
        }
    }

    fn who_am_i(&self) -> BoxFuture<'_, Result<String, String>> {
        self.look().boxed()
    }
}
