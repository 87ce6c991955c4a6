//! Telegram, by its Bot API (<https://core.telegram.org/bots/api>): a bot that residents write to, and that sits in
//! the teams' groups. `docs/channels/telegram.md` is for who runs it.
//!
//! In: a webhook, known by `X-Telegram-Bot-Api-Secret-Token`, or long polling where there is no public address; both
//! equally durable, and the same update by both ways is one message. Out: `sendMessage`, `editMessageText`,
//! `answerCallbackQuery`. The webhook is set at each start and never taken away: while we are down, Telegram keeps
//! what comes for a day.

mod api;
mod open;
mod receive;
mod send;
mod write;

use std::sync::OnceLock;

use axum::http::HeaderMap;
use futures::FutureExt;
use futures::future::BoxFuture;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::button::Tagger;
use super::parts::Progress;
use super::{
    Abilities, Acknowledgement, Channel, Delivery, Fetched, Invitation, Outgoing, Polled, Rejected, SendError,
};
use crate::domain::message::{Attachment, Inbound};
use crate::domain::pace::Pace;
use api::Api;
use receive::Ignored;

/// The channel's name.
pub const NAME: &str = "telegram";

/// Where the Bot API is.
pub const API_URL: &str = "https://api.telegram.org";

/// How a bot is set up.
pub struct Settings {
    /// What BotFather gave.
    pub token: SecretString,
    /// What Telegram shall send with every update; made from the token where there is none.
    pub secret: Option<SecretString>,
    /// Where Telegram delivers: our public address, with `/hooks/telegram`. Without one, we ask it.
    pub hook: Option<Url>,
    /// The Bot API's address.
    pub api_url: Url,
    /// `http://…`, `socks5h://…`
    pub proxy: Option<String>,
}

/// Why a setting cannot be used. Secrets are not repeated.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum BadSetting {
    /// A token's form.
    #[error("token: it looks like 110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw; BotFather shows it")]
    Token,
    /// What may be in a header.
    #[error(
        "secret: 1 to 256 letters, digits, _ and -; make one with `openssl rand -hex 32`, or leave it out"
    )]
    Secret,
    /// A proxy's form.
    #[error("proxy: it looks like http://proxy.example:3128 or socks5h://127.0.0.1:1080")]
    Proxy,
}

/// See the module.
pub struct Telegram {
    api: Api,
    secret: SecretString,
    hook: Option<Url>,
    bot_id: String,
    tagger: Tagger,
    me: OnceLock<Me>,
    progress: Progress,
}

/// What a bot knows of itself.
#[derive(Clone, Debug, Deserialize)]
struct Me {
    username: String,
    #[serde(default)]
    can_join_groups: bool,
    #[serde(default)]
    can_read_all_group_messages: bool,
}

impl Telegram {
    /// A bot; nothing is asked of Telegram yet.
    pub fn new(settings: Settings) -> Result<Self, BadSetting> {
        let Settings { token, secret, hook, api_url, proxy } = settings;
        let bot_id = bot_id(token.expose_secret()).ok_or(BadSetting::Token)?.to_owned();
        let secret = secret.unwrap_or_else(|| derived(token.expose_secret()));
        if !is_secret(secret.expose_secret()) {
            return Err(BadSetting::Secret);
        }
        let tagger = Tagger::new(secret.expose_secret().as_bytes());
        let api = Api::new(api_url, token, proxy.as_deref()).map_err(|_| BadSetting::Proxy)?;
        Ok(Self { api, secret, hook, bot_id, tagger, me: OnceLock::new(), progress: Progress::default() })
    }

    /// Whether the header holds our secret; compared in constant time.
    fn is_from_telegram(&self, headers: &HeaderMap) -> bool {
        let given = headers.get("x-telegram-bot-api-secret-token");
        given.is_some_and(|given| given.as_bytes().ct_eq(self.secret.expose_secret().as_bytes()).into())
    }

    fn secret(&self) -> String {
        self.secret.expose_secret().to_owned()
    }

    /// The message that an update holds, if it holds one for us.
    fn message_in(&self, update: &[u8]) -> Result<Inbound, Ignored> {
        self.message_of(receive::read(update)?)
    }
}

/// The digits of a token in front of its colon.
fn bot_id(token: &str) -> Option<&str> {
    let (id, key) = token.split_once(':')?;
    let plain = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    let right = !id.is_empty() && id.chars().all(|c| c.is_ascii_digit()) && key.len() >= 30 && plain(key);
    right.then_some(id)
}

fn is_secret(secret: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    (1..=256).contains(&secret.len()) && secret.chars().all(plain)
}

/// A secret that whoever has the token can make, and nobody else: an operator has one thing less to keep.
fn derived(token: &str) -> SecretString {
    let mut mac = Hmac::<Sha256>::new_from_slice(token.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(b"near-neighbor hotline: the webhook's secret");
    let bytes = mac.finalize().into_bytes();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into()
}

impl Channel for Telegram {
    fn abilities(&self) -> Abilities {
        let pace = Pace {
            per_second: Some(30),
            chat_pause: Some(std::time::Duration::from_secs(1)),
            group_per_minute: Some(20),
            digest_from: Some(8),
        };
        Abilities { edits: true, buttons: true, pace, window: None }
    }

    fn receive(&self, delivery: Delivery<'_>, _: Timestamp) -> Result<Vec<Inbound>, Rejected> {
        if !self.is_from_telegram(delivery.headers) {
            return Err(Rejected::Unauthorized("x-telegram-bot-api-secret-token is missing or wrong"));
        }
        let message = self.message_in(delivery.body);
        Ok(message.inspect_err(|ignored| ignored.count()).into_iter().collect())
    }

    /// A tap on a button that is not ours is answered at once, with nothing, so that its clock stops turning.
    fn acknowledge<'a>(
        &'a self,
        delivery: Delivery<'a>,
        messages: &'a [Inbound],
    ) -> BoxFuture<'a, Acknowledgement> {
        let foreign = messages.is_empty().then(|| tap_in(delivery.body)).flatten();
        let body = foreign.map_or_else(
            || r#"{"ok":true}"#.to_owned(),
            |id| serde_json::json!({ "method": "answerCallbackQuery", "callback_query_id": id }).to_string(),
        );
        std::future::ready(Acknowledgement { content_type: "application/json", body }).boxed()
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

    fn poll(&self, after: Option<i64>) -> Option<BoxFuture<'_, Result<Polled, SendError>>> {
        self.hook.is_none().then(|| self.ask(after).boxed())
    }

    fn who_am_i(&self) -> BoxFuture<'_, Result<String, String>> {
        self.look().boxed()
    }

    fn link(&self, invitation: Invitation<'_>) -> Option<String> {
        let me = self.me.get()?;
        Some(match invitation {
            Invitation::Begin => format!("https://t.me/{}", me.username),
            Invitation::Person(code) => format!("https://t.me/{}?start={code}", me.username),
            Invitation::Group(code) => format!("https://t.me/{}?startgroup={code}", me.username),
        })
    }
}

/// The id of the tap in an update.
fn tap_in(update: &[u8]) -> Option<String> {
    let update: Value = serde_json::from_slice(update).ok()?;
    update.get("callback_query")?.get("id")?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests;
