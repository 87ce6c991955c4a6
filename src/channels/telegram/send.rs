//! Sending: what goes out as one message of ours, as one or several of Telegram's; and fetching what people sent.

use serde::Deserialize;
use teloxide_core::payloads::{
    AnswerCallbackQuery, AnswerCallbackQuerySetters, EditMessageText, EditMessageTextSetters, GetFile,
    SendMessage, SendMessageSetters,
};
use teloxide_core::types::{
    CallbackQueryId, ChatId, FileId, InlineKeyboardMarkup, LinkPreviewOptions, MessageId, ParseMode,
    Recipient,
};

use super::api::Failure;
use super::{Telegram, write};
use crate::channels::{Fetched, Outgoing, SendError};
use crate::domain::message::{Attachment, AttachmentKind, Outbound, Purpose};

/// What Telegram lets a bot fetch, in bytes.
const FETCH_MAX: usize = 20 * 1024 * 1024;

#[derive(Deserialize)]
struct SentMessage {
    message_id: i64,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    file_path: Option<String>,
    #[serde(default)]
    file_size: Option<u64>,
}

impl Telegram {
    /// Sends a message, perhaps in parts; the id of the last.
    pub(super) async fn deliver(
        &self,
        Outgoing { message, replaces, .. }: Outgoing<'_>,
    ) -> Result<Option<String>, SendError> {
        if message.purpose == Purpose::Toast {
            return self.answer_tap(message).await;
        }
        let chat = recipient(&message.chat.id)?;
        let replaces = replaces.and_then(|id| id.parse().ok()).map(MessageId);
        let parts = write::parts(&message.text);
        let (done, mut last) = self.progress.of(message);
        for (at, part) in parts.iter().enumerate().skip(done) {
            let keyboard = (at + 1 == parts.len()).then(|| write::keyboard(message, &self.tagger)).flatten();
            let part = Part { chat: chat.clone(), message, text: part, keyboard };
            let id = match replaces.filter(|_| at == 0) {
                Some(old) => self.edit(old, &part).await?,
                None => self.post(&part).await?,
            };
            self.progress.remember(message, at + 1, parts.len(), &id);
            last = Some(id);
        }
        last.map(Some).ok_or_else(|| SendError::Never("Telegram: the message has no words".into()))
    }

    /// Shows the answer to a tap. Who waited too long for it does not wait any more.
    async fn answer_tap(&self, message: &Outbound) -> Result<Option<String>, SendError> {
        let Some(tap) = &message.tap else { return Ok(None) };
        let answer = AnswerCallbackQuery::new(CallbackQueryId(tap.clone())).text(write::toast(&message.text));
        match self.api.call::<_, bool>(&answer).await {
            Ok(_) => Ok(None),
            Err(Failure::Refused(refusal)) if refusal.is_too_old() => Ok(None),
            Err(failure) => Err(failure.into()),
        }
    }

    /// Changes a message; where it cannot be changed any more, it is sent as a new one.
    async fn edit(&self, old: MessageId, part: &Part<'_>) -> Result<String, SendError> {
        match self.edit_as(old, part, true).await {
            Ok(sent) => Ok(sent.message_id.to_string()),
            Err(Failure::Refused(refusal)) if refusal.is_not_modified() => Ok(old.to_string()),
            Err(Failure::Refused(refusal)) if refusal.has_nothing_to_edit() => self.post(part).await,
            Err(Failure::Refused(refusal)) if refusal.is_about_entities() => {
                let sent = self.edit_as(old, part, false).await?;
                Ok(sent.message_id.to_string())
            }
            Err(failure) => Err(failure.into()),
        }
    }

    async fn edit_as(&self, old: MessageId, part: &Part<'_>, marks: bool) -> Result<SentMessage, Failure> {
        let (text, mode) = part.written(marks);
        let mut edit =
            EditMessageText::new(part.chat.clone(), old, text).link_preview_options(without_preview());
        edit.parse_mode = mode;
        edit.reply_markup = part.keyboard.clone();
        self.api.call(&edit).await
    }

    async fn post(&self, part: &Part<'_>) -> Result<String, SendError> {
        let sent = match self.post_as(part, true).await {
            Err(Failure::Refused(refusal)) if refusal.is_about_entities() => self.post_as(part, false).await,
            sent => sent,
        };
        Ok(sent?.message_id.to_string())
    }

    async fn post_as(&self, part: &Part<'_>, marks: bool) -> Result<SentMessage, Failure> {
        let (text, mode) = part.written(marks);
        let mut send = SendMessage::new(part.chat.clone(), text).link_preview_options(without_preview());
        send.parse_mode = mode;
        send.reply_markup = part.keyboard.clone().map(Into::into);
        self.api.call(&send).await
    }

    /// Fetches what came with a message.
    pub(super) async fn download(&self, attachment: &Attachment) -> Result<Fetched, SendError> {
        let file: File = self.api.call(&GetFile::new(FileId(attachment.id.clone()))).await?;
        if file.file_size.is_some_and(|size| size > FETCH_MAX as u64) {
            return Err(SendError::Never("Telegram: the file is larger than 20 MB".into()));
        }
        let path = file.file_path.filter(|path| !path.starts_with('/'));
        let path = path.ok_or_else(|| SendError::Never("Telegram: the file cannot be fetched".into()))?;
        let bytes = self.api.download(&path, FETCH_MAX).await?;
        Ok(Fetched { content_type: content_type(&path, attachment.kind), bytes })
    }
}

/// One of the messages in which a message of ours goes out.
struct Part<'m> {
    chat: Recipient,
    message: &'m Outbound,
    text: &'m str,
    keyboard: Option<InlineKeyboardMarkup>,
}

impl Part<'_> {
    fn written(&self, marks: bool) -> (String, Option<ParseMode>) {
        match write::marked(self.message, self.text).filter(|_| marks) {
            Some(html) => (html, Some(ParseMode::Html)),
            None => (self.text.to_owned(), None),
        }
    }
}

/// A chat by its number, or a public group by its @name.
fn recipient(chat: &str) -> Result<Recipient, SendError> {
    match chat.parse() {
        Ok(id) => Ok(Recipient::Id(ChatId(id))),
        Err(_) if chat.starts_with('@') => Ok(Recipient::ChannelUsername(chat.to_owned())),
        Err(_) => Err(SendError::Never("Telegram: a chat's id is a number".into())),
    }
}

/// Addresses in what people write are not looked up for everybody in the group.
fn without_preview() -> LinkPreviewOptions {
    LinkPreviewOptions {
        is_disabled: true,
        url: None,
        prefer_small_media: false,
        prefer_large_media: false,
        show_above_text: false,
    }
}

/// Telegram's file server does not say what a file is; its name does.
fn content_type(path: &str, kind: AttachmentKind) -> String {
    let common = match kind {
        AttachmentKind::Voice => "audio/ogg",
        AttachmentKind::Photo => "image/jpeg",
        AttachmentKind::Video => "video/mp4",
        AttachmentKind::File => "application/octet-stream",
    };
    mime_guess::from_path(path).first_raw().unwrap_or(common).to_owned()
}
