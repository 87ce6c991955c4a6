//! What WeCom delivers, as our own messages.

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
    let key = key(fields, sender)?;
    let said = match (kind, fields.get("Event")) {
        ("event", Some("template_card_event")) => tap(fields, tagger, sender),
        ("event", Some(event)) => happened(event, fields).map(|body| (private(sender), body)),
        (kind, _) => body(kind, fields).map(|body| (private(sender), body)),
    };
    Ok(said.map(|((chat, kind), body)| Inbound { key, chat, kind, sender: sender.to_owned(), body }))
}

fn private(sender: &str) -> (Chat, ChatKind) {
    (Chat::new(super::NAME, sender), ChatKind::Private)
}

fn id<'f>(fields: &'f Fields, name: &str) -> Result<&'f str, Rejected> {
    let value = fields.get(name).filter(|id| id.len() <= ID_MAX && !id.chars().any(char::is_control));
    value.ok_or_else(|| Rejected::Malformed(format!("{name} is missing or too long")))
}

/// What tells one delivery from another. Events have no id; a tap has a code of its own.
fn key(fields: &Fields, sender: &str) -> Result<String, Rejected> {
    if let Some(id) = fields.get("MsgId") {
        return Ok(format!("{id:.64}"));
    }
    let part = |name: &str| fields.get(name).unwrap_or_default();
    let (at, event, button) = (id(fields, "CreateTime")?, part("Event"), part("EventKey"));
    Ok(format!("{sender}:{at:.20}:{event:.40}:{button:.128}:{:.64}", part("TaskId")))
}

fn text(words: &str) -> Body {
    Body { text: Some(words.to_owned()), ..Body::default() }
}

fn body(kind: &str, fields: &Fields) -> Option<Body> {
    let attached = |kind| {
        let id = fields.get("MediaId").filter(|id| id.len() <= ID_MAX)?.to_owned();
        Some(Body { attachment: Some(Attachment { kind, id, seconds: None }), ..Body::default() })
    };
    match kind {
        "text" => fields.get("Content").map(text),
        "voice" => attached(AttachmentKind::Voice),
        "image" => attached(AttachmentKind::Photo),
        "video" => attached(AttachmentKind::Video),
        "file" => attached(AttachmentKind::File),
        // X is the latitude.
        "location" => {
            let location = place::shifted(fields.get("Location_X"), fields.get("Location_Y"));
            location.map(|at| Body { location: Some(at), ..Body::default() })
        }
        _ => None,
    }
}

/// Coming, going, and the app's own menu, whose keys the operator chose: a button's data, or words.
fn happened(event: &str, fields: &Fields) -> Option<Body> {
    let happened = |event| Some(Body { event: Some(event), ..Body::default() });
    match event {
        "subscribe" => happened(ChatEvent::Opened),
        "unsubscribe" => happened(ChatEvent::Closed),
        "click" => {
            let key = fields.get("EventKey")?;
            Some(match Action::parse(key) {
                Some(_) => Body { choice: Some(key.to_owned()), ..Body::default() },
                None => text(key),
            })
        }
        _ => None,
    }
}

/// A tap on a card's button. The button knows the chat that its card was sent to, which may be a whole tag's.
fn tap(fields: &Fields, tagger: &Tagger, sender: &str) -> Option<((Chat, ChatKind), Body)> {
    let key = fields.get("EventKey")?;
    let (chat, data) = key.split_once('|').unwrap_or((sender, key));
    let action = tagger.action(chat, data)?;
    let kind = if chat == sender { ChatKind::Private } else { ChatKind::Group };
    // Who answers the tap must know whose card it was; a code has no bar in it.
    let tap = fields.get("ResponseCode").map(|code| format!("{code}|{sender}"));
    let body = Body { choice: Some(action.to_owned()), tap, ..Body::default() };
    Some(((Chat::new(super::NAME, chat), kind), body))
}
