//! What we write, what we fetch, and how the homeserver gets to know us.

use axum::http::Method;
use serde_json::{Value, json};

use super::Matrix;
use super::api::{Failure, Refusal};
use crate::channels::parts::{self, Size};
use crate::channels::{Fetched, Outgoing, SendError, numbered};
use crate::domain::message::{Attachment, Outbound, Purpose};

/// An event has 64 KiB at most, and an edit holds its text twice, escaped.
const PART: Size = Size { units_max: 8 * 1024, units: char::len_utf8 };
/// The most events that one message of ours is sent in; what is longer is cut off.
const PARTS_MAX: usize = 8;

impl Matrix {
    /// Sends a message with its choices as a list; an edit in place. The id of the event, which later edits name.
    pub(super) async fn deliver(
        &self,
        Outgoing { message, replaces, .. }: Outgoing<'_>,
    ) -> Result<Option<String>, SendError> {
        if message.purpose == Purpose::Toast {
            // There are no taps.
            return Ok(None);
        }
        let room = message.chat.id.as_str();
        if room.starts_with('@') {
            return Err(SendError::Moved { to: self.begin_chat(room).await? });
        }
        let text = numbered(&message.text, &message.choices);
        let mut first = None;
        for (at, part) in parts::split(&text, PART, PARTS_MAX).into_iter().enumerate() {
            let content = match replaces.filter(|_| at == 0) {
                Some(old) => replacement(part, old),
                None => content(part),
            };
            let id = self.put(room, &transaction(message, at), &content).await?;
            first = first.or(Some(id));
        }
        let first = first.ok_or_else(|| SendError::Never("Matrix: the message has no words".into()))?;
        Ok(Some(replaces.map_or(first, str::to_owned)))
    }

    /// Whoever is invited and has not come yet, or was sent away and invited again, comes when there is something to say.
    async fn put(&self, room: &str, transaction: &str, content: &Value) -> Result<String, SendError> {
        let path = ["v3", "rooms", room, "send", "m.room.message", transaction];
        let put = || self.api.call(Method::PUT, &path, Some(content));
        let sent = match put().await {
            Err(failure @ Failure::Refused(Refusal { status: 403, .. })) => match self.join(room).await {
                Ok(()) => put().await,
                Err(Failure::Refused(_)) => Err(failure),
                Err(unreachable @ Failure::NoAnswer(_)) => Err(unreachable),
            },
            sent => sent,
        };
        let id = sent?["event_id"].as_str().map(str::to_owned);
        id.ok_or_else(|| SendError::Later {
            pause: None,
            reason: "Matrix: it answered without an event".into(),
        })
    }

    /// A private room with somebody who has not written yet; it is their chat from then on.
    async fn begin_chat(&self, user: &str) -> Result<String, SendError> {
        let body = json!({
            "preset": "trusted_private_chat",
            "visibility": "private",
            "is_direct": true,
            "invite": [user],
        });
        let made = self.api.call(Method::POST, &["v3", "createRoom"], Some(&body)).await;
        let room = made.map_err(|failure| match SendError::from(failure) {
            // No such user, or one who lets nobody invite them.
            SendError::Never(why) | SendError::Gone(why) => SendError::Gone(why),
            other @ (SendError::Later { .. }
            | SendError::Moved { .. }
            | SendError::Closed(_)
            | SendError::Revoked(_)) => other,
        })?["room_id"]
            .as_str()
            .map(str::to_owned);
        room.ok_or_else(|| SendError::Later {
            pause: None,
            reason: "Matrix: it answered without a room".into(),
        })
    }

    /// Fetches what came with a message.
    pub(super) async fn download(&self, attachment: &Attachment) -> Result<Fetched, SendError> {
        let place = attachment.id.strip_prefix("mxc://").and_then(|place| place.split_once('/'));
        let sound = |part: &str| !part.is_empty() && part != "." && part != ".." && !part.contains('/');
        let (server, media) = place
            .filter(|(server, media)| sound(server) && sound(media))
            .ok_or_else(|| SendError::Never("Matrix: a file's id looks like mxc://example.org/abc".into()))?;
        let fetched = self.api.fetch(&["v1", "media", "download", server, media]).await;
        fetched.map_err(|failure| match SendError::from(failure) {
            SendError::Gone(why) | SendError::Never(why) => SendError::Never(why),
            other @ (SendError::Later { .. }
            | SendError::Moved { .. }
            | SendError::Closed(_)
            | SendError::Revoked(_)) => other,
        })
    }

    /// Our user is made, where it is not there yet, and bears our name.
    pub(super) async fn introduce(&self) -> Result<(), SendError> {
        let body = json!({
            "type": "m.login.application_service",
            "username": self.localpart,
            "inhibit_login": true,
        });
        match self.api.call(Method::POST, &["v3", "register"], Some(&body)).await {
            Ok(_) => {}
            Err(Failure::Refused(refusal)) if refusal.code == "M_USER_IN_USE" => {}
            Err(Failure::Refused(refusal)) if refusal.code == "M_EXCLUSIVE" => {
                return Err(SendError::Revoked(format!("Matrix: {}: {}", refusal.words, ELSES)));
            }
            Err(failure) => return Err(failure.into()),
        }
        let name = json!({ "displayname": self.display_name });
        self.api.call(Method::PUT, &["v3", "profile", &self.user, "displayname"], Some(&name)).await?;
        tracing::info!(user = %self.user, "the homeserver knows us");
        Ok(())
    }

    /// For `hotline check --online`: who we are there, and whether the homeserver finds the way here.
    pub(super) async fn look(&self) -> Result<String, String> {
        let me = self.api.call(Method::GET, &["v3", "account", "whoami"], None).await.map_err(why_not_me)?;
        let user = me["user_id"].as_str().unwrap_or_default();
        if user != self.user {
            return Err(format!("the as_token is {user}'s, and user is {}: {ELSES}", self.user));
        }
        let body = json!({ "transaction_id": "check" });
        let ping = self.api.call(Method::POST, &["v1", "appservice", &self.id, "ping"], Some(&body)).await;
        match ping {
            Ok(_) => Ok(format!("{user}: the homeserver reaches us")),
            Err(Failure::Refused(refusal)) => way_here(user, &refusal),
            // Not every homeserver can be asked.
            Err(Failure::NoAnswer(_)) => {
                Ok(format!("{user}: whether the homeserver reaches us it does not say"))
            }
        }
    }
}

/// What to compare where we are not who we should be.
const ELSES: &str = "compare sender_localpart, namespaces and as_token in the registration";

/// One message of ours, sent twice, is there once.
fn transaction(message: &Outbound, part: usize) -> String {
    match part {
        0 => message.id.as_str().to_owned(),
        part => format!("{}.{part}", message.id),
    }
}

/// Nobody is mentioned, whatever names stand in the words.
fn content(text: &str) -> Value {
    json!({ "msgtype": "m.text", "body": text, "m.mentions": {} })
}

fn replacement(text: &str, old: &str) -> Value {
    json!({
        "msgtype": "m.text",
        "body": format!("* {text}"),
        "m.mentions": {},
        "m.new_content": content(text),
        "m.relates_to": { "rel_type": "m.replace", "event_id": old },
    })
}

fn why_not_me(failure: Failure) -> String {
    match failure {
        Failure::NoAnswer(what) => {
            format!("the homeserver cannot be reached ({what}): is homeserver_url right?")
        }
        Failure::Refused(_) => SendError::from(failure).to_string(),
    }
}

/// What became of the homeserver's knock at our door.
fn way_here(user: &str, refusal: &Refusal) -> Result<String, String> {
    let Refusal { code, words, .. } = refusal;
    match code.as_str() {
        "M_BAD_STATUS" => Err(format!(
            "{user}: what answers at the registration's url does not take the hs_token ({words}): compare hs_token, and url, which ends in /hooks/matrix"
        )),
        "M_CONNECTION_FAILED" | "M_CONNECTION_TIMEOUT" => Ok(format!(
            "{user}; ! the homeserver does not reach us ({words}): does `hotline serve` run, and does the registration's url lead to it?"
        )),
        "M_URL_NOT_SET" => Err(format!("{user}: url is missing in the registration")),
        "M_FORBIDDEN" => Err(format!("{user}: the registration has another id than `id`")),
        _ => Ok(format!("{user}: whether the homeserver reaches us it does not say ({code})")),
    }
}
