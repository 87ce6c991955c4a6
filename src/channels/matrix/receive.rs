//! From events to messages. What is not for us is nothing, and counted: a transaction that were refused would come again
//! for ever, and hold up all that is behind it.

use serde::Deserialize;
use serde_json::Value;

use super::rooms::Room;
use super::{ID_MAX, Matrix, NAME};
use crate::channels::Rejected;
use crate::domain::message::{
    Attachment, AttachmentKind, Body, Chat, ChatEvent, ChatKind, Inbound, Location,
};

const MESSAGE: &str = "m.room.message";
const SEALED_MESSAGE: &str = "m.room.encrypted";
const MEMBER: &str = "m.room.member";
const ENCRYPTION: &str = "m.room.encryption";

/// What we read of an event.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Event {
    #[serde(rename = "type")]
    kind: String,
    pub(super) event_id: String,
    pub(super) room_id: String,
    pub(super) sender: String,
    #[serde(default)]
    state_key: Option<String>,
    #[serde(default)]
    content: Value,
    #[serde(default)]
    unsigned: Value,
}

#[derive(Deserialize)]
struct Transaction {
    #[serde(default)]
    events: Vec<Value>,
}

/// Why an event is nothing to us; the label of a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ignored {
    /// A kind of event or message that the hotline has no use for.
    Kind,
    /// Written by ourselves, or by a program.
    NoPerson,
    /// In a room that we may not look at.
    UnknownRoom,
}

impl Ignored {
    /// Counts it; our own words come back each time and are no news.
    pub(super) fn count(self) {
        let why = match self {
            Self::Kind => "kind",
            Self::NoPerson => return,
            Self::UnknownRoom => "unknown_room",
        };
        metrics::counter!("hotline_updates_ignored_total", "channel" => NAME, "why" => why).increment(1);
    }
}

/// The events of a transaction that have the form of events; a ping has none.
pub(super) fn events(body: &[u8]) -> Result<Vec<Event>, Rejected> {
    let transaction: Transaction =
        serde_json::from_slice(body).map_err(|error| Rejected::Malformed(error.to_string()))?;
    Ok(sound(transaction.events.into_iter()).collect())
}

/// Those that have the form of events.
pub(super) fn sound(events: impl Iterator<Item = Value>) -> impl Iterator<Item = Event> {
    let sound = |event: &Event| {
        [&event.event_id, &event.room_id, &event.sender]
            .iter()
            .all(|id| (1..=ID_MAX).contains(&id.len()) && !id.chars().any(char::is_control))
    };
    let read = |event| serde_json::from_value(event).ok();
    events.filter_map(read).filter(sound)
}

impl Event {
    fn membership_of(&self, user: &str) -> Option<&str> {
        let theirs = self.kind == MEMBER && self.state_key.as_deref() == Some(user);
        theirs.then(|| self.content["membership"].as_str()).flatten()
    }

    /// Whether it asks somebody into the room.
    pub(super) fn invites(&self, user: &str) -> bool {
        self.membership_of(user) == Some("invite")
    }

    /// Whether the room may be another kind of room from now on. Once we are out we see no more of it.
    pub(super) fn changes_the_room(&self, us: &str) -> bool {
        let out = matches!(self.membership_of(us), Some("leave" | "ban"));
        matches!(&*self.kind, MEMBER | "m.room.name" | "m.room.canonical_alias") && !out
    }

    /// Whether somebody says something, readable or not.
    pub(super) fn is_said(&self) -> bool {
        matches!(&*self.kind, MESSAGE | SEALED_MESSAGE)
    }

    /// Whether something may follow from it, so that we must know its room.
    pub(super) fn may_be_ours(&self) -> bool {
        matches!(&*self.kind, MESSAGE | SEALED_MESSAGE | MEMBER | ENCRYPTION)
    }
}

impl Matrix {
    /// The message that an event is.
    pub(super) fn message_of(&self, event: &Event) -> Result<Inbound, Ignored> {
        if event.sender == self.user {
            return Err(Ignored::NoPerson);
        }
        if !event.may_be_ours() {
            return Err(Ignored::Kind);
        }
        let room = self.rooms.get(&event.room_id).ok_or(Ignored::UnknownRoom)?;
        let (sender, body) = match &*event.kind {
            MESSAGE => (&event.sender, self.said(event, room.kind)?),
            MEMBER => self.came_or_went(event, room.kind)?,
            _ => (&event.sender, sealed(event, room.kind)?),
        };
        let name = room.names.get(sender).cloned();
        Ok(Inbound {
            key: event.event_id.clone(),
            chat: Chat::new(NAME, event.room_id.as_str()),
            kind: room.kind,
            sender: sender.clone(),
            body: Body { name, title: title(&room), ..body },
        })
    }

    fn said(&self, event: &Event, kind: ChatKind) -> Result<Body, Ignored> {
        let relation = &event.content["m.relates_to"];
        let corrected = relation["event_id"].as_str().filter(|_| relation["rel_type"] == "m.replace");
        let content = if corrected.is_some() { &event.content["m.new_content"] } else { &event.content };
        let is_reply = relation["m.in_reply_to"].is_object();
        let body = self.content(content, is_reply)?;
        // In a group only words count, and whoever corrects something corrects words.
        if body.text.is_none() && (kind == ChatKind::Group || corrected.is_some()) {
            return Err(Ignored::Kind);
        }
        let message = corrected.unwrap_or(&event.event_id);
        Ok(Body { message: Some(message.to_owned()), edited: corrected.is_some(), ..body })
    }

    fn content(&self, content: &Value, is_reply: bool) -> Result<Body, Ignored> {
        let text = |words: &str| {
            let words = if is_reply { without_the_quotation(words) } else { words };
            Some(self.without_our_name(words).trim()).filter(|words| !words.is_empty()).map(str::to_owned)
        };
        let words = content["body"].as_str().ok_or(Ignored::Kind)?;
        let with = |kind| {
            let attachment = Some(attachment(content, kind).ok_or(Ignored::Kind)?);
            // The words beside a file are words only where its name stands elsewhere.
            let caption =
                content["filename"].as_str().filter(|name| *name != words).and_then(|_| text(words));
            Ok(Body { text: caption, attachment, ..Body::default() })
        };
        match content["msgtype"].as_str().unwrap_or_default() {
            "m.text" | "m.emote" => Ok(Body { text: text(words), ..Body::default() }),
            "m.audio" => with(AttachmentKind::Voice),
            "m.image" => with(AttachmentKind::Photo),
            "m.video" => with(AttachmentKind::Video),
            "m.file" => with(AttachmentKind::File),
            "m.location" => {
                let location = content["geo_uri"].as_str().and_then(place);
                Ok(Body { location: Some(location.ok_or(Ignored::Kind)?), ..Body::default() })
            }
            // Programs write notices, and answer none.
            "m.notice" => Err(Ignored::NoPerson),
            _ => Err(Ignored::Kind),
        }
    }

    /// `近邻热线: 接单 10019`, as programs write it when somebody picks us out of a list.
    fn without_our_name<'t>(&self, text: &'t str) -> &'t str {
        let text = text.trim();
        let bare = text.strip_prefix('@').unwrap_or(text);
        let names = [&self.user[1..], &self.display_name, &self.localpart];
        let named = names.into_iter().find_map(|name| {
            let rest = bare.strip_prefix(name)?;
            let rest = rest.strip_prefix([':', '：', ',', '，']).or(rest.starts_with(' ').then_some(rest))?;
            Some(rest.trim_start())
        });
        named.unwrap_or(text)
    }

    /// We or somebody else came into the room or left it. Whose it was is who the message is from.
    fn came_or_went<'e>(&self, event: &'e Event, kind: ChatKind) -> Result<(&'e String, Body), Ignored> {
        let happened = |event| Body { event: Some(event), ..Body::default() };
        match event.membership_of(&self.user) {
            Some("invite") => return Ok((&event.sender, happened(ChatEvent::Opened))),
            Some("leave" | "ban") => return Ok((&event.sender, happened(ChatEvent::Closed))),
            Some(_) => return Err(Ignored::Kind),
            None => {}
        }
        let them = event.state_key.as_ref().filter(|_| kind == ChatKind::Private).ok_or(Ignored::Kind)?;
        let before = event.unsigned["prev_content"]["membership"].as_str();
        match event.membership_of(them) {
            Some("join") if before != Some("join") => Ok((them, happened(ChatEvent::Opened))),
            Some("leave" | "ban") => Ok((them, happened(ChatEvent::Closed))),
            _ => Err(Ignored::Kind),
        }
    }
}

/// Words that we cannot read. A group is told once, when its encryption begins; a person each time, since each time
/// they wait for an answer.
fn sealed(event: &Event, kind: ChatKind) -> Result<Body, Ignored> {
    match (kind, event.kind == ENCRYPTION) {
        (ChatKind::Private, false) | (ChatKind::Group, true) => {
            Ok(Body { event: Some(ChatEvent::Sealed), ..Body::default() })
        }
        (ChatKind::Private, true) | (ChatKind::Group, false) => Err(Ignored::Kind),
    }
}

fn title(room: &Room) -> Option<String> {
    room.title.clone().filter(|_| room.kind == ChatKind::Group)
}

/// Where older programs quote what is answered, each line begins with `>`, and an empty one ends it.
fn without_the_quotation(text: &str) -> &str {
    if !text.starts_with("> ") {
        return text;
    }
    text.split_once("\n\n").map_or(text, |(_, answer)| answer)
}

fn attachment(content: &Value, kind: AttachmentKind) -> Option<Attachment> {
    let id = content["url"].as_str().filter(|url| url.starts_with("mxc://") && url.len() <= ID_MAX)?;
    let ms = content["info"]["duration"].as_u64();
    let seconds = ms.and_then(|ms| u32::try_from(ms.div_ceil(1000)).ok());
    Some(Attachment { kind, id: id.to_owned(), seconds })
}

/// `geo:24.4891,118.1234;u=35` (RFC 5870)
fn place(uri: &str) -> Option<Location> {
    let (latitude, longitude) = uri.strip_prefix("geo:")?.split(';').next()?.split_once(',')?;
    let longitude = longitude.split(',').next()?;
    let at = Location { latitude: latitude.parse().ok()?, longitude: longitude.parse().ok()? };
    (at.latitude.abs() <= 90.0 && at.longitude.abs() <= 180.0).then_some(at)
}
