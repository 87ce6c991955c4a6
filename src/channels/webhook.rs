//! Any city platform, signed as in Standard Webhooks 1.0 (<https://www.standardwebhooks.com>):
//! `webhook-id`, `webhook-timestamp`, `webhook-signature: v1,…`, secrets `whsec_…`, five minutes' tolerance.
//! During a rotation several secrets are accepted and the first one signs.
//!
//! In: `{"type":"message.received","timestamp":RFC 3339,"data":{"chat":{"id","kind":"private"|"group","title"?},
//! "sender":{"id","name"?},"text"?,"choice"?,"location"?:{"latitude","longitude"}}}`.
//! Out: `{"type":"message.send","timestamp",…,"data":{"message_id","chat":{"id","kind"},"text",
//! "choices":[{"label","data"}],"replaces"?}}`.

use std::time::Duration;

use axum::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures::FutureExt;
use futures::future::BoxFuture;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::{Abilities, Channel, Delivery, Outgoing, Rejected, SendError};
use crate::domain::message::{Body, Chat, ChatKind, Choice, Inbound, Location};
use crate::domain::pace::Pace;

/// How far a delivery's timestamp may be from our clock.
pub const TOLERANCE: Duration = Duration::from_secs(5 * 60);
/// How long a peer may take for one delivery.
const TIMEOUT: Duration = Duration::from_secs(15);
/// Signatures that are looked at in one header; a rotation needs two.
const SIGNATURES_MAX: usize = 8;
/// The longest ids that we keep, in bytes.
const ID_MAX: usize = 256;

/// One peer platform.
pub struct Webhook {
    name: String,
    keys: Vec<Key>,
    deliver_url: String,
    client: reqwest::Client,
}

/// A secret, decoded.
#[derive(Clone)]
struct Key(Vec<u8>);

/// Why a secret of the configuration cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "a webhook secret is `whsec_` and then 24 to 64 bytes in base64; make one with `openssl rand -base64 32`"
)]
pub struct BadSecret;

impl Key {
    fn parse(secret: &str) -> Result<Self, BadSecret> {
        let encoded = secret.strip_prefix("whsec_").ok_or(BadSecret)?;
        let bytes = STANDARD.decode(encoded).map_err(|_| BadSecret)?;
        if (24..=64).contains(&bytes.len()) { Ok(Self(bytes)) } else { Err(BadSecret) }
    }

    fn mac(&self, id: &str, timestamp: i64, body: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(id.as_bytes());
        mac.update(format!(".{timestamp}.").as_bytes());
        mac.update(body);
        mac
    }

    fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        format!("v1,{}", STANDARD.encode(self.mac(id, timestamp, body).finalize().into_bytes()))
    }
}

#[derive(Deserialize)]
struct Received {
    r#type: String,
    data: ReceivedData,
}

#[derive(Deserialize)]
struct ReceivedData {
    chat: ReceivedChat,
    sender: ReceivedSender,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    choice: Option<String>,
    #[serde(default)]
    location: Option<Location>,
}

#[derive(Deserialize)]
struct ReceivedChat {
    id: String,
    kind: ChatKind,
    #[serde(default)]
    title: Option<String>,
}

#[derive(Deserialize)]
struct ReceivedSender {
    id: String,
    #[serde(default)]
    name: Option<String>,
}

#[derive(Serialize)]
struct Send<'a> {
    r#type: &'static str,
    timestamp: String,
    data: SendData<'a>,
}

#[derive(Serialize)]
struct SendData<'a> {
    message_id: &'a str,
    chat: SendChat<'a>,
    text: &'a str,
    choices: &'a [Choice],
    #[serde(skip_serializing_if = "Option::is_none")]
    replaces: Option<&'a str>,
}

#[derive(Serialize)]
struct SendChat<'a> {
    id: &'a str,
    kind: ChatKind,
}

impl Webhook {
    /// A peer by its name in the configuration; the first secret signs, all of them verify.
    pub fn new(peer: &str, secrets: &[SecretString], deliver_url: String) -> Result<Self, BadSecret> {
        let keys =
            secrets.iter().map(|secret| Key::parse(secret.expose_secret())).collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() {
            return Err(BadSecret);
        }
        let client =
            reqwest::Client::builder().timeout(TIMEOUT).redirect(reqwest::redirect::Policy::none()).build();
        let client = client.expect("the TLS library is built in");
        Ok(Self { name: format!("webhook:{peer}"), keys, deliver_url, client })
    }

    /// The channel's name: `webhook:PEER`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The three headers with which a body is signed.
    pub fn sign(&self, id: &str, now: Timestamp, body: &[u8]) -> [(&'static str, String); 3] {
        let timestamp = now.as_second();
        let signature = self.keys[0].sign(id, timestamp, body);
        [
            ("webhook-id", id.to_owned()),
            ("webhook-timestamp", timestamp.to_string()),
            ("webhook-signature", signature),
        ]
    }

    /// The delivery's id, if it is signed by the peer and fresh.
    fn verify<'a>(&self, delivery: Delivery<'a>, now: Timestamp) -> Result<&'a str, Rejected> {
        let id = header(delivery.headers, "webhook-id")?;
        let timestamp = header(delivery.headers, "webhook-timestamp")?;
        let timestamp: i64 =
            timestamp.parse().map_err(|_| Rejected::Unauthorized("webhook-timestamp is not a number"))?;
        let signatures = header(delivery.headers, "webhook-signature")?;
        if timestamp.abs_diff(now.as_second()) > TOLERANCE.as_secs() {
            return Err(Rejected::Unauthorized("webhook-timestamp is more than five minutes off"));
        }
        let given = signatures.split(' ').filter_map(|one| one.strip_prefix("v1,")).take(SIGNATURES_MAX);
        let given: Vec<Vec<u8>> = given.filter_map(|one| STANDARD.decode(one).ok()).collect();
        // `verify_slice` compares in constant time.
        let signed = |key: &Key| {
            given.iter().any(|mac| key.mac(id, timestamp, delivery.body).verify_slice(mac).is_ok())
        };
        if self.keys.iter().any(signed) {
            Ok(id)
        } else {
            Err(Rejected::Unauthorized("webhook-signature does not match"))
        }
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<&'a str, Rejected> {
    let missing = match name {
        "webhook-id" => "webhook-id is missing",
        "webhook-timestamp" => "webhook-timestamp is missing",
        _ => "webhook-signature is missing",
    };
    let value = headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if value.is_empty() || value.len() > 2048 { Err(Rejected::Unauthorized(missing)) } else { Ok(value) }
}

fn checked(id: String, field: &str) -> Result<String, Rejected> {
    if id.is_empty() || id.len() > ID_MAX || id.chars().any(char::is_control) {
        return Err(Rejected::Malformed(format!(
            "`{field}` must have 1 to {ID_MAX} bytes and no control characters"
        )));
    }
    Ok(id)
}

impl Channel for Webhook {
    fn abilities(&self) -> Abilities {
        Abilities { edits: true, buttons: true, pace: Pace::UNLIMITED, window: None }
    }

    fn receive(&self, delivery: Delivery<'_>, now: Timestamp) -> Result<Vec<Inbound>, Rejected> {
        let key = checked(self.verify(delivery, now)?.to_owned(), "webhook-id")?;
        let received: Received =
            serde_json::from_slice(delivery.body).map_err(|error| Rejected::Malformed(error.to_string()))?;
        if received.r#type != "message.received" {
            return Err(Rejected::Malformed(format!(
                "`type` is `{}`; only message.received is known",
                received.r#type
            )));
        }
        let ReceivedData { chat, sender, text, choice, location } = received.data;
        let location = location.filter(|at| at.latitude.abs() <= 90.0 && at.longitude.abs() <= 180.0);
        let message = Inbound {
            key,
            chat: Chat::new(&self.name, checked(chat.id, "chat.id")?),
            kind: chat.kind,
            sender: checked(sender.id, "sender.id")?,
            body: Body { text, choice, location, name: sender.name, title: chat.title, ..Body::default() },
        };
        Ok(vec![message])
    }

    fn send<'a>(
        &'a self,
        Outgoing { message, .. }: Outgoing<'a>,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Option<String>, SendError>> {
        let data = SendData {
            message_id: message.id.as_str(),
            chat: SendChat { id: &message.chat.id, kind: message.kind },
            text: &message.text,
            choices: &message.choices,
            replaces: message.replaces.as_ref().map(|id| id.as_str()),
        };
        let body = Send { r#type: "message.send", timestamp: now.to_string(), data };
        let body = serde_json::to_vec(&body).expect("our own types are always JSON");
        let mut request = self.client.post(&self.deliver_url).header("content-type", "application/json");
        for (name, value) in self.sign(message.id.as_str(), now, &body) {
            request = request.header(name, value);
        }
        async move { outcome(request.body(body).send().await) }.boxed()
    }
}

/// 2xx is delivered; 410 Gone means that the peer wants no more (as the standard says); anything else is
/// tried again. The address never appears in an error.
fn outcome(answer: reqwest::Result<reqwest::Response>) -> Result<Option<String>, SendError> {
    let later = |pause, reason| Err(SendError::Later { pause, reason });
    match answer {
        Ok(answer) if answer.status().is_success() => Ok(None),
        Ok(answer) if answer.status() == reqwest::StatusCode::GONE => {
            Err(SendError::Never("the peer answered 410 Gone".into()))
        }
        Ok(answer) => {
            let pause =
                answer.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
            later(pause.map(Duration::from_secs), format!("the peer answered {}", answer.status()))
        }
        Err(error) => later(None, error.without_url().to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector of the standard's reference libraries.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn peer(secrets: &[&str]) -> Webhook {
        let secrets: Vec<_> = secrets.iter().map(|secret| SecretString::from(*secret)).collect();
        Webhook::new("city", &secrets, "http://127.0.0.1:1/".into()).unwrap()
    }

    #[test]
    fn signatures_are_those_of_the_standard() {
        let now = Timestamp::from_second(1_614_265_330).unwrap();
        let [_, _, (_, signature)] =
            peer(&[SECRET]).sign("msg_p5jXN8AQM9LWM0D4loKWxJek", now, br#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    fn delivery(peer: &Webhook, at: i64, body: &str) -> HeaderMap {
        let signed = peer.sign("m1", Timestamp::from_second(at).unwrap(), body.as_bytes());
        signed
            .into_iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect::<Vec<(axum::http::HeaderName, axum::http::HeaderValue)>>()
            .into_iter()
            .collect()
    }

    #[test]
    fn only_the_peer_is_believed_and_only_when_fresh() {
        let body = r#"{"type":"message.received","timestamp":"2026-01-01T00:00:00Z","data":{"chat":{"id":"c","kind":"private"},"sender":{"id":"s"},"text":"你好","new":1}}"#;
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let peer = peer(&[SECRET]);
        let receive = |headers: &HeaderMap, body: &str| {
            peer.receive(Delivery { query: "", headers, body: body.as_bytes() }, now)
        };
        assert_eq!(
            receive(&delivery(&peer, 1_800_000_000, body), body).unwrap()[0].body.text.as_deref(),
            Some("你好")
        );
        let unauthorized = |outcome| matches!(outcome, Err(Rejected::Unauthorized(_)));
        assert!(unauthorized(receive(&delivery(&peer, 1_800_000_000 - 301, body), body)), "stale");
        assert!(unauthorized(receive(&delivery(&peer, 1_800_000_000 + 301, body), body)), "from the future");
        assert!(unauthorized(receive(&HeaderMap::new(), body)), "unsigned");
        assert!(
            unauthorized(receive(&delivery(&peer, 1_800_000_000, body), &body.replace("你好", "不好"))),
            "changed"
        );
    }

    #[test]
    fn a_rotation_accepts_both_secrets() {
        let old = peer(&[SECRET]);
        let both = peer(&["whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", SECRET]);
        let body = r#"{"type":"message.received","timestamp":"","data":{"chat":{"id":"c","kind":"group"},"sender":{"id":"s"}}}"#;
        let headers = delivery(&old, 1_800_000_000, body);
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        assert!(both.receive(Delivery { query: "", headers: &headers, body: body.as_bytes() }, now).is_ok());
    }

    #[test]
    fn a_body_in_another_form_is_told_why() {
        let peer = peer(&[SECRET]);
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        for body in [
            "",
            "[]",
            "{}",
            r#"{"type":"x","data":{"chat":{"id":"c","kind":"private"},"sender":{"id":"s"}}}"#,
            r#"{"type":"message.received","data":{"chat":{"id":7,"kind":"private"},"sender":{"id":"s"}}}"#,
            r#"{"type":"message.received","data":{"chat":{"id":"","kind":"private"},"sender":{"id":"s"}}}"#,
        ] {
            let headers = delivery(&peer, 1_800_000_000, body);
            let outcome = peer.receive(Delivery { query: "", headers: &headers, body: body.as_bytes() }, now);
            assert!(matches!(outcome, Err(Rejected::Malformed(_))), "{body}");
        }
    }
}
