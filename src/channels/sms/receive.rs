//! What Kannel posts, as our own messages.

use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

use super::NAME;
use crate::channels::{Delivery, Rejected};
use crate::domain::message::{Body, Chat, ChatKind, Inbound};
use crate::domain::telephone;

/// The longest id that we keep, in bytes; Kannel's are UUIDs.
const ID_MAX: usize = 64;

/// Whether it is our Kannel, by the password; its user's name may be any. Compared in constant time.
pub(super) fn authorize(headers: &HeaderMap, token: &SecretString) -> Result<(), Rejected> {
    let given =
        headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Basic "));
    let given = given.and_then(|login| STANDARD.decode(login.trim()).ok());
    let given = given.ok_or(Rejected::Unauthorized("there is no login in Kannel's post-url"))?;
    let colon = given.iter().position(|byte| *byte == b':');
    let password = colon.map(|at| &given[at + 1..]).unwrap_or_default();
    match bool::from(password.ct_eq(token.expose_secret().as_bytes())) {
        true => Ok(()),
        false => Err(Rejected::Unauthorized("the password in Kannel's post-url is not the token")),
    }
}

/// The message of a delivery; `None` for what no person wrote, or not in words.
pub(super) fn message(delivery: Delivery<'_>) -> Result<Option<Inbound>, Rejected> {
    let key = id(delivery.query)?;
    let from = delivery.headers.get("x-kannel-from").and_then(|value| value.to_str().ok());
    let from = from.ok_or_else(|| {
        Rejected::Malformed("X-Kannel-From is missing: `send-sender = true` in the sms-service".into())
    })?;
    let Some(number) = telephone::canonical(from) else { return Ok(ignored("no_person")) };
    let Some(text) = text(delivery) else { return Ok(ignored("kind")) };
    let text = text.trim_matches(|c: char| c == '\0' || c.is_whitespace());
    if text.is_empty() {
        return Ok(ignored("kind"));
    }
    Ok(Some(Inbound {
        key,
        chat: Chat::new(NAME, number.as_str()),
        kind: ChatKind::Private,
        sender: number,
        body: Body { text: Some(text.to_owned()), ..Body::default() },
    }))
}

/// Counts what is nothing to us.
fn ignored(why: &'static str) -> Option<Inbound> {
    metrics::counter!("hotline_updates_ignored_total", "channel" => NAME, "why" => why).increment(1);
    None
}

/// Kannel's id of the message.
fn id(query: &str) -> Result<String, Rejected> {
    let mut address = reqwest::Url::parse("http://localhost/").expect("an address");
    address.set_query(Some(query));
    let id = address.query_pairs().find(|(name, _)| name == "id").map(|(_, id)| id.into_owned());
    let sound = |id: &String| {
        (1..=ID_MAX).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
    };
    id.filter(sound).ok_or_else(|| Rejected::Malformed("`id` is missing: the post-url ends in ?id=%I".into()))
}

/// The words; `None` for bytes that are none: pictures, settings, ring tones.
fn text(delivery: Delivery<'_>) -> Option<String> {
    let kind = delivery.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = kind.unwrap_or_default().to_ascii_lowercase();
    let (kind, rest) = kind.split_once(';').unwrap_or((&kind, ""));
    if kind.trim() != "text/plain" {
        return None;
    }
    let charset =
        rest.split_once("charset=").map(|(_, name)| name.trim_matches(|c: char| c == '"' || c == ' '));
    Some(match charset.unwrap_or_default() {
        "utf-16be" | "ucs-2" | "ucs-2be" | "iso-10646-ucs-2" => utf_16(delivery.body),
        "iso-8859-1" | "latin1" => delivery.body.iter().copied().map(char::from).collect(),
        _ => String::from_utf8_lossy(delivery.body).into_owned(),
    })
}

fn utf_16(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}
