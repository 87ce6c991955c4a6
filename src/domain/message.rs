//! What somebody sent to us and what we send: the same shape whatever the messenger.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::id::{CaseNumber, MessageId};

/// How many entries of an `Accept-Language` header are looked at.
const ACCEPTED_MAX: usize = 16;

/// The language a person reads, from how they write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Language {
    /// 简体中文
    #[default]
    #[serde(rename = "zh-CN")]
    ZhCn,
    /// 繁體中文
    #[serde(rename = "zh-TW")]
    ZhTw,
    /// English
    #[serde(rename = "en")]
    En,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::ZhCn, Self::ZhTw, Self::En];

    /// The language tag (BCP 47).
    pub fn tag(self) -> &'static str {
        match self {
            Self::ZhCn => "zh-CN",
            Self::ZhTw => "zh-TW",
            Self::En => "en",
        }
    }

    /// The nearest of ours to a language tag: `zh-Hant-HK` is `zh-TW`, `en-GB` is `en`; `None` for others.
    pub fn parse(tag: &str) -> Option<Self> {
        let tag = tag.trim().to_ascii_lowercase().replace('_', "-");
        let mut subtags = tag.split('-');
        match subtags.next()? {
            "en" => Some(Self::En),
            "zh" | "cmn" | "yue" | "nan" => Some(chinese(subtags)),
            _ => None,
        }
    }

    /// The best of ours for an `Accept-Language` header (RFC 9110, 12.5.4): `de, zh-TW;q=0.8, en;q=0.7`.
    pub fn negotiate(accept_language: &str) -> Self {
        let accepted = accept_language.split(',').take(ACCEPTED_MAX).filter_map(|entry| {
            let (tag, parameter) = entry.split_once(';').unwrap_or((entry, "q=1"));
            let weight: f32 = parameter.trim().strip_prefix("q=")?.parse().ok()?;
            Some((Self::parse(tag)?, weight)).filter(|_| weight > 0.0)
        });
        let heaviest = accepted.reduce(|best, next| if next.1 > best.1 { next } else { best });
        heaviest.map(|(language, _)| language).unwrap_or_default()
    }
}

/// Which Chinese: the script decides, and where there is none, the region.
fn chinese<'a>(subtags: impl Iterator<Item = &'a str>) -> Language {
    for subtag in subtags {
        match subtag {
            "hans" => return Language::ZhCn,
            "hant" | "tw" | "hk" | "mo" => return Language::ZhTw,
            _ => {}
        }
    }
    Language::ZhCn
}

/// Whether a chat is with one person or among many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChatKind {
    /// Only the person and the hotline read it.
    Private,
    /// A team's group: nothing private may be written here.
    Group,
}

/// A chat on a channel: `webchat`, `webhook:PEER`, …
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Chat {
    /// The channel's name in the configuration.
    pub channel: String,
    /// The chat's id on that channel, opaque to us.
    pub id: String,
}

impl Chat {
    /// A chat by channel and id.
    pub fn new(channel: impl Into<String>, id: impl Into<String>) -> Self {
        Self { channel: channel.into(), id: id.into() }
    }
}

/// Where somebody is: WGS-84 degrees.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Location {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
}

/// A message that a channel received, verified and parsed; not yet understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Inbound {
    /// The platform's own id of the delivery: a second one with the same key changes nothing.
    pub key: String,
    /// Where it was written.
    pub chat: Chat,
    /// Private or group.
    pub kind: ChatKind,
    /// The sender's id on the channel.
    pub sender: String,
    /// What it says.
    pub body: Body,
}

/// The contents of an inbound message; kept as JSON in the inbox.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Body {
    /// The words, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The data of a button that was tapped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub choice: Option<String>,
    /// A place that was shared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// The sender's name, where the channel tells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The group's title, where the channel tells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The platform's id of the tap, where it waits for an answer to every tap.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tap: Option<String>,
    /// The platform's id of the message, where it gives one: whoever edits it later names it again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Whether these words take the place of earlier ones of theirs.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub edited: bool,
    /// A recording, a picture, a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attachment: Option<Attachment>,
    /// What happened to the chat itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<ChatEvent>,
}

/// What came with a message and stays with its platform until somebody looks at it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// What it is.
    pub kind: AttachmentKind,
    /// The platform's id of it.
    pub id: String,
    /// How long a recording is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u32>,
}

/// What an attachment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentKind {
    /// Somebody speaks.
    Voice,
    /// A picture.
    Photo,
    /// A film.
    Video,
    /// Anything else.
    File,
}

impl AttachmentKind {
    /// The word for it in the history and in the ids of texts.
    pub fn word(self) -> &'static str {
        match self {
            Self::Voice => "voice",
            Self::Photo => "photo",
            Self::Video => "video",
            Self::File => "file",
        }
    }
}

/// What happened to a chat itself, as its platform tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum ChatEvent {
    /// We can write there: begun, followed, added, unblocked.
    Opened,
    /// We cannot write there any more: blocked, unfollowed, removed.
    Closed,
    /// Something was written there that is encrypted, and not for us: nobody here can read it.
    Sealed,
    /// It has another id now.
    Moved {
        /// The new id.
        to: String,
    },
}

/// A button under a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What the person reads.
    pub label: String,
    /// What comes back when it is tapped; at most 64 bytes.
    pub data: String,
}

/// What goes first when several messages wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// Somebody may be in danger.
    Danger = 0,
    /// Everything else.
    Ordinary = 1,
}

/// Why a message is sent; cards are edited later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// An answer or a notice.
    Say,
    /// A card that offers a case to a group.
    Offer,
    /// One card for many offers.
    Digest,
    /// A question of the survey: where a platform limits what we may send, one is kept for it.
    Survey,
    /// The short answer to a tap, shown for a moment.
    Toast,
}

/// A message of ours, to be written to the outbox.
#[derive(Clone, Debug, PartialEq)]
pub struct Outbound {
    /// Our id; platforms see it as `message_id`.
    pub id: MessageId,
    /// Where it goes.
    pub chat: Chat,
    /// Private or group.
    pub kind: ChatKind,
    /// What it says.
    pub text: String,
    /// Buttons, in order.
    pub choices: Vec<Choice>,
    /// The earlier message of ours that this one takes the place of.
    pub replaces: Option<MessageId>,
    /// What goes first.
    pub priority: Priority,
    /// Why it is sent.
    pub purpose: Purpose,
    /// The case it is about.
    pub case: Option<CaseNumber>,
    /// The tap that a toast answers.
    pub tap: Option<String>,
    /// When it may leave at the earliest; at once, if nothing holds it.
    pub not_before: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_finds_its_language() {
        for (tag, language) in [
            ("zh", Some(Language::ZhCn)),
            ("zh-Hans-TW", Some(Language::ZhCn)),
            ("zh_TW", Some(Language::ZhTw)),
            ("zh-Hant-HK", Some(Language::ZhTw)),
            ("ZH-hk", Some(Language::ZhTw)),
            ("en-GB", Some(Language::En)),
            ("de", None),
            ("", None),
            ("english", None),
        ] {
            assert_eq!(Language::parse(tag), language, "{tag}");
        }
        for language in [Language::ZhCn, Language::ZhTw, Language::En] {
            assert_eq!(Language::parse(language.tag()), Some(language));
        }
    }

    #[test]
    fn a_browser_is_answered_in_the_language_it_likes_best() {
        for (header, language) in [
            ("zh-CN,zh;q=0.9,en;q=0.8", Language::ZhCn),
            ("de, zh-TW;q=0.8, en;q=0.7", Language::ZhTw),
            ("zh;q=0.5, en", Language::En),
            ("en;q=0, zh-TW;q=0.1", Language::ZhTw),
            ("en;q=high", Language::ZhCn),
            ("*", Language::ZhCn),
            ("", Language::ZhCn),
        ] {
            assert_eq!(Language::negotiate(header), language, "{header}");
        }
    }
}
