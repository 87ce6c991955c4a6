//! What WeChat delivers, as our own messages.

use crate::channels::Rejected;
use crate::channels::button::Tagger;
use crate::channels::tencent::place;
use crate::channels::tencent::xml::Fields;
use crate::domain::command::Action;
use crate::domain::message::{Attachment, AttachmentKind, Body, Chat, ChatEvent, ChatKind, Inbound};

/// The longest ids that we keep, in bytes.
const ID_MAX: usize = 256;

/// The message of a delivery; `None` for what says nothing to us.
pub(super) fn message(fields: &Fields, tagger: &Tagger) -> Result<Option<Inbound>, Rejected> {
    let sender = id(fields, "FromUserName")?;
    let kind = fields.get("MsgType").ok_or_else(|| Rejected::Malformed("MsgType is missing".into()))?;
    let Some(body) = body(kind, fields, tagger, sender) else { return Ok(None) };
    Ok(Some(Inbound {
        key: key(fields, sender)?,
        chat: Chat::new(super::NAME, sender),
        kind: ChatKind::Private,
        sender: sender.to_owned(),
        body,
    }))
}

/// Whether somebody waits for words of ours.
pub(super) fn may_be_answered(message: &Inbound) -> bool {
    message.body.event != Some(ChatEvent::Closed)
}

fn id<'f>(fields: &'f Fields, name: &str) -> Result<&'f str, Rejected> {
    let value = fields.get(name).filter(|id| id.len() <= ID_MAX && !id.chars().any(char::is_control));
    value.ok_or_else(|| Rejected::Malformed(format!("{name} is missing or too long")))
}

/// What tells one delivery from another, so that a repetition is known. Events have no id; two of them from one person
/// may come within a second.
fn key(fields: &Fields, sender: &str) -> Result<String, Rejected> {
    if let Some(id) = fields.get("MsgId") {
        return Ok(format!("{id:.64}"));
    }
    let part = |name: &str| fields.get(name).unwrap_or_default();
    let (at, event, button) = (id(fields, "CreateTime")?, part("Event"), part("EventKey"));
    Ok(format!("{sender}:{at:.20}:{event:.40}:{button:.128}"))
}

fn body(kind: &str, fields: &Fields, tagger: &Tagger, sender: &str) -> Option<Body> {
    let attached = |kind| Some(Body { attachment: attachment(kind, fields), ..Body::default() });
    match kind {
        "text" => Some(words(fields, tagger, sender)),
        "voice" => match fields.get("Recognition") {
            Some(heard) => Some(text(heard)),
            None => attached(AttachmentKind::Voice),
        },
        "image" => attached(AttachmentKind::Photo),
        "video" | "shortvideo" => attached(AttachmentKind::Video),
        // X is the latitude.
        "location" => {
            let location = place::shifted(fields.get("Location_X"), fields.get("Location_Y"));
            location.map(|at| Body { location: Some(at), ..Body::default() })
        }
        "link" => {
            let lines: Vec<&str> =
                ["Title", "Description", "Url"].iter().filter_map(|name| fields.get(name)).collect();
            Some(text(&lines.join("\n")))
        }
        "event" => event(fields),
        _ => None,
    }
    .filter(|body| *body != Body::default())
}

fn text(words: &str) -> Body {
    Body { text: Some(words.to_owned()), ..Body::default() }
}

/// A tap on a menu's option comes as its words, with its id beside; an id that we did not make is not believed.
fn words(fields: &Fields, tagger: &Tagger, sender: &str) -> Body {
    let tapped = fields.get("bizmsgmenuid").and_then(|id| tagger.action(sender, id));
    let said = fields.get("Content").map(str::to_owned);
    match tapped {
        Some(action) => Body { choice: Some(action.to_owned()), ..Body::default() },
        None => Body { text: said, ..Body::default() },
    }
}

fn attachment(kind: AttachmentKind, fields: &Fields) -> Option<Attachment> {
    let id = fields.get("MediaId").filter(|id| id.len() <= ID_MAX)?;
    Some(Attachment { kind, id: id.to_owned(), seconds: None })
}

/// Following, leaving, and the account's own menu, whose keys the operator chose: a button's data, or words.
fn event(fields: &Fields) -> Option<Body> {
    let happened = |event| Some(Body { event: Some(event), ..Body::default() });
    match fields.get("Event")? {
        "subscribe" | "SCAN" => happened(ChatEvent::Opened),
        "unsubscribe" => happened(ChatEvent::Closed),
        "CLICK" => {
            let key = fields.get("EventKey")?;
            Some(match Action::parse(key) {
                Some(_) => Body { choice: Some(key.to_owned()), ..Body::default() },
                None => text(key),
            })
        }
        _ => None,
    }
}
