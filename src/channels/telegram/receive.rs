//! From updates to messages. What is not for us, or in a form that nobody knows yet, is nothing, and counted: an
//! update that were refused would be repeated for a day and hold up its whole chat.

use serde_json::{Map, Value};
use teloxide_core::types::{
    CallbackQuery, Chat as TelegramChat, ChatId, ChatMember, ChatMemberKind, ChatMemberUpdated, MediaKind,
    Message, MessageCommon, MessageKind, Update, UpdateKind, User,
};

use super::{NAME, Telegram};
use crate::domain::message::{
    Attachment, AttachmentKind, Body, Chat, ChatEvent, ChatKind, Inbound, Location,
};

/// The kinds of updates that we ask Telegram for.
pub(super) const KINDS: [&str; 5] =
    ["message", "edited_message", "callback_query", "my_chat_member", "chat_member"];

/// What is kept of an update that is in a newer form than teloxide knows: the fields that we read.
const MESSAGE: &[&str] = &[
    "message_id",
    "date",
    "from",
    "sender_chat",
    "chat",
    "text",
    "caption",
    "photo",
    "voice",
    "audio",
    "video",
    "video_note",
    "document",
    "location",
    "contact",
    "migrate_to_chat_id",
];
const TAP: &[&str] = &["id", "from", "message", "chat_instance", "data"];
const PLACE: &[&str] = &["id", "type", "title", "is_bot", "first_name", "last_name", "username"];

/// Why an update is nothing to us; the label of a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ignored {
    /// Not in a form that can be read.
    Unreadable,
    /// A kind of update, message or chat that the hotline has no use for.
    Kind,
    /// Written by a program, by a channel, or by somebody who hides behind the group's name.
    NoPerson,
    /// A command for another bot of the same group.
    OtherBot,
    /// A button that we did not make for this chat.
    ForeignTap,
}

impl Ignored {
    /// Counts it.
    pub(super) fn count(self) {
        let why = match self {
            Self::Unreadable => "unreadable",
            Self::Kind => "kind",
            Self::NoPerson => "no_person",
            Self::OtherBot => "other_bot",
            Self::ForeignTap => "foreign_tap",
        };
        metrics::counter!("hotline_updates_ignored_total", "channel" => NAME, "why" => why).increment(1);
        tracing::debug!(why, "an update is nothing to us");
    }
}

/// An update, as teloxide reads it; where something in it is new to teloxide, of the fields that we need alone.
pub(super) fn read(bytes: &[u8]) -> Result<Update, Ignored> {
    if let Some(update) = parsed(bytes).filter(has_content) {
        return Ok(update);
    }
    let value: Value = serde_json::from_slice(bytes).map_err(|_| Ignored::Unreadable)?;
    value.get("update_id").ok_or(Ignored::Unreadable)?;
    let slim = without_news(&value).ok_or(Ignored::Kind)?;
    parsed(slim.to_string().as_bytes()).ok_or(Ignored::Kind)
}

/// Teloxide reads updates from bytes only; from a [`Value`] it takes every kind for unknown.
fn parsed(bytes: &[u8]) -> Option<Update> {
    let update = serde_json::from_slice::<Update>(bytes).ok()?;
    (!matches!(update.kind, UpdateKind::Error(_))).then_some(update)
}

fn has_content(update: &Update) -> bool {
    let (UpdateKind::Message(message) | UpdateKind::EditedMessage(message)) = &update.kind else {
        return true;
    };
    !matches!(message.kind, MessageKind::Empty {})
}

fn without_news(value: &Value) -> Option<Value> {
    let kind =
        ["message", "edited_message", "callback_query"].into_iter().find(|kind| value.get(kind).is_some())?;
    let wanted = if kind == "callback_query" { TAP } else { MESSAGE };
    let mut kept = only(value.get(kind)?, wanted)?;
    if kind == "callback_query" {
        kept.entry("chat_instance").or_insert_with(|| "".into());
    }
    let mut update = only(value, &["update_id"])?;
    update.insert(kind.into(), kept.into());
    Some(update.into())
}

/// An object with these fields only; of people and chats in it too.
fn only(value: &Value, wanted: &[&str]) -> Option<Map<String, Value>> {
    let slim = |(name, value): (&String, &Value)| {
        let slimmer = match name.as_str() {
            "from" | "chat" | "sender_chat" => only(value, PLACE)?.into(),
            "message" => only(value, &["message_id", "date", "chat"])?.into(),
            "voice" | "audio" | "video" => with_mime_type(value)?.into(),
            _ => value.clone(),
        };
        Some((name.clone(), slimmer))
    };
    let fields = value.as_object()?.iter().filter(|(name, _)| wanted.contains(&name.as_str()));
    Some(fields.filter_map(slim).collect())
}

/// Telegram need not say a recording's type, but teloxide wants one.
fn with_mime_type(value: &Value) -> Option<Map<String, Value>> {
    let mut recording = value.as_object()?.clone();
    recording.entry("mime_type").or_insert_with(|| "application/octet-stream".into());
    Some(recording)
}

impl Telegram {
    /// The message that an update holds.
    #[expect(clippy::wildcard_enum_match_arm, reason = "Telegram has more kinds than we have uses")]
    pub(super) fn message_of(&self, update: Update) -> Result<Inbound, Ignored> {
        // Update ids are a bot's own: another bot's must not be taken for repetitions.
        let key = format!("{}:{}", self.bot_id, update.id.0);
        let (chat, sender, body) = match update.kind {
            UpdateKind::Message(message) => self.said(message, false)?,
            UpdateKind::EditedMessage(message) => self.said(message, true)?,
            UpdateKind::CallbackQuery(tap) => self.tapped(tap)?,
            UpdateKind::MyChatMember(change) => changed(change)?,
            _ => return Err(Ignored::Kind),
        };
        let kind = kind_of(&chat).ok_or(Ignored::Kind)?;
        let title = chat.title().map(str::to_owned);
        Ok(Inbound { key, chat: chat_of(chat.id), kind, sender, body: Body { title, ..body } })
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "Telegram has more kinds than we have uses")]
    fn said(&self, message: Message, edited: bool) -> Result<(TelegramChat, String, Body), Ignored> {
        if let Some(to) = message.migrate_to_chat_id() {
            let event = Some(ChatEvent::Moved { to: to.to_string() });
            let sender =
                message.from.as_ref().map_or_else(|| message.chat.id.to_string(), |from| from.id.to_string());
            return Ok((message.chat, sender, Body { event, ..Body::default() }));
        }
        let person = message.from.as_ref().filter(|from| !from.is_bot && message.sender_chat.is_none());
        let person = person.ok_or(Ignored::NoPerson)?.clone();
        let private = message.chat.is_private();
        let said = match message.kind {
            MessageKind::Common(common) => content(common, &person),
            // Something newer than we know: who wrote it privately is to be answered.
            MessageKind::Empty {} if private => Body::default(),
            _ => return Err(Ignored::Kind),
        };
        if said.text.as_deref().is_some_and(|text| self.is_for_another_bot(text)) {
            return Err(Ignored::OtherBot);
        }
        // In a group only words count; and an edit without any is a place that moves.
        if said.text.is_none() && (!private || edited) {
            return Err(Ignored::Kind);
        }
        Ok((message.chat, person.id.to_string(), Body { name: Some(person.full_name()), edited, ..said }))
    }

    /// `/open@other_bot` is none of our business, as soon as we know our own name.
    fn is_for_another_bot(&self, text: &str) -> bool {
        let command = text.split_whitespace().next().unwrap_or_default();
        let addressed = command.strip_prefix('/').and_then(|command| command.split_once('@'));
        addressed.zip(self.me.get()).is_some_and(|((_, bot), me)| !bot.eq_ignore_ascii_case(&me.username))
    }

    fn tapped(&self, tap: CallbackQuery) -> Result<(TelegramChat, String, Body), Ignored> {
        let chat = tap.message.as_ref().ok_or(Ignored::ForeignTap)?.chat().clone();
        let action = self.tagger.action(&chat.id.to_string(), tap.data.as_deref().unwrap_or_default());
        let choice = Some(action.ok_or(Ignored::ForeignTap)?.to_owned());
        let body = Body { choice, tap: Some(tap.id.0), name: Some(tap.from.full_name()), ..Body::default() };
        Ok((chat, tap.from.id.to_string(), body))
    }
}

/// The bot itself was added, removed, silenced, blocked; a change of its rights that leaves it able to write is none.
fn changed(change: ChatMemberUpdated) -> Result<(TelegramChat, String, Body), Ignored> {
    let event = match (may_write(&change.old_chat_member), may_write(&change.new_chat_member)) {
        (false, true) => ChatEvent::Opened,
        (true, false) => ChatEvent::Closed,
        (true, true) | (false, false) => return Err(Ignored::Kind),
    };
    let body = Body { event: Some(event), name: Some(change.from.full_name()), ..Body::default() };
    Ok((change.chat, change.from.id.to_string(), body))
}

fn may_write(member: &ChatMember) -> bool {
    match &member.kind {
        ChatMemberKind::Owner(_) | ChatMemberKind::Administrator(_) | ChatMemberKind::Member(_) => true,
        ChatMemberKind::Restricted(restricted) => restricted.is_member && restricted.can_send_messages,
        ChatMemberKind::Left | ChatMemberKind::Banned(_) => false,
    }
}

/// What a message says. A shared phone number is as good as a written one; a sticker says its emoji.
fn content(common: MessageCommon, from: &User) -> Body {
    let with = |caption: Option<String>, kind, id: String, seconds| {
        let attachment = Some(Attachment { kind, id, seconds });
        Body { text: caption, attachment, ..Body::default() }
    };
    let words = |text: String| Body { text: Some(text), ..Body::default() };
    match common.media_kind {
        MediaKind::Text(media) => words(media.text),
        MediaKind::Voice(media) => {
            let voice = media.voice;
            with(media.caption, AttachmentKind::Voice, voice.file.id.0, Some(voice.duration.seconds()))
        }
        MediaKind::Audio(media) => {
            let audio = media.audio;
            with(media.caption, AttachmentKind::Voice, audio.file.id.0, Some(audio.duration.seconds()))
        }
        MediaKind::Photo(media) => {
            let largest = media.photo.into_iter().max_by_key(|size| size.width * size.height);
            largest.map_or_else(Body::default, |size| {
                with(media.caption, AttachmentKind::Photo, size.file.id.0, None)
            })
        }
        MediaKind::Video(media) => {
            let video = media.video;
            with(media.caption, AttachmentKind::Video, video.file.id.0, Some(video.duration.seconds()))
        }
        MediaKind::VideoNote(media) => {
            let note = media.video_note;
            with(None, AttachmentKind::Video, note.file.id.0, Some(note.duration.seconds()))
        }
        MediaKind::Animation(media) => {
            with(media.caption, AttachmentKind::Video, media.animation.file.id.0, None)
        }
        MediaKind::Document(media) => {
            with(media.caption, AttachmentKind::File, media.document.file.id.0, None)
        }
        MediaKind::Location(media) => place(media.location),
        MediaKind::Venue(media) => place(media.venue.location),
        MediaKind::Contact(media) if media.contact.user_id == Some(from.id) => {
            words(media.contact.phone_number)
        }
        MediaKind::Contact(media) => {
            words(format!("{} {}", media.contact.first_name, media.contact.phone_number))
        }
        MediaKind::Sticker(media) => Body { text: media.sticker.emoji, ..Body::default() },
        MediaKind::Poll(_)
        | MediaKind::Game(_)
        | MediaKind::Checklist(_)
        | MediaKind::Story(_)
        | MediaKind::PaidMedia(_)
        | MediaKind::Migration(_) => Body::default(),
    }
}

fn place(at: teloxide_core::types::Location) -> Body {
    let location = Some(Location { latitude: at.latitude, longitude: at.longitude });
    Body { location, ..Body::default() }
}

fn kind_of(chat: &TelegramChat) -> Option<ChatKind> {
    match (chat.is_private(), chat.is_channel()) {
        (true, _) => Some(ChatKind::Private),
        (false, true) => None,
        (false, false) => Some(ChatKind::Group),
    }
}

fn chat_of(id: ChatId) -> Chat {
    Chat::new(NAME, id.to_string())
}
