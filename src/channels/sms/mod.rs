//! Text messages (SMS) through Kannel (<https://www.kannel.org>), for residents who have only a plain phone.
//!
//! In: Kannel's smsbox posts each message to `/hooks/sms?id=%I`, where `%I` is Kannel's own id of the message, so that
//! a repetition is known. It proves who it is by the password in its `post-url`, which it sends as `Authorization:
//! Basic`, so that no logged address holds it. Out: a POST to `sendsms`, where the password is a header too.
//!
//! A chat is a telephone number in the form of [`telephone::canonical`]. Whoever writes from anything else is a
//! program: an advertisement, a bank. They are not answered, since two programs would answer each other for ever.

mod alphabet;
mod receive;
mod send;
#[cfg(test)]
mod tests;

use std::time::Duration;

use axum::http::HeaderValue;
use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::Timestamp;
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

use super::parts::Progress;
use super::{Abilities, Acknowledgement, Channel, Delivery, Outgoing, Rejected, SendError};
use crate::domain::message::Inbound;
use crate::domain::pace::Pace;
use crate::domain::telephone;

/// The channel's name.
pub const NAME: &str = "sms";
/// Segments of one message, where the operator has set nothing.
pub const SEGMENTS: usize = 10;
/// The most segments that one message can have.
const SEGMENTS_MAX: usize = 20;
/// Messages a second, where the operator has set nothing.
pub const PER_SECOND: u32 = 10;
/// How long Kannel may take for one message.
const TIMEOUT: Duration = Duration::from_secs(15);
/// Characters of a token: enough that nobody guesses it.
const TOKEN_CHARS_MIN: usize = 16;

/// What the operator has set.
pub struct Settings {
    /// The address of Kannel's `sendsms`.
    pub url: Url,
    /// The user of `group = sendsms-user`.
    pub username: String,
    /// Its password.
    pub password: SecretString,
    /// The password with which Kannel posts to us.
    pub token: SecretString,
    /// The number that messages come from; Kannel's own choice if there is none.
    pub from: Option<String>,
    /// What stands before the mainland's numbers on the way out.
    pub prefix: String,
    /// Segments of one message.
    pub segments: usize,
    /// Messages a second.
    pub per_second: u32,
}

/// Why a setting cannot be used. Secrets are not repeated.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum BadSetting {
    /// What may be in a header.
    #[error("username, password and from are plain ASCII, and username and password not empty")]
    Login,
    /// What may be in an address.
    #[error(
        "token: at least 16 letters, digits, _ and -, since it stands in Kannel's post-url; make one with `openssl rand -hex 32`"
    )]
    Token,
    /// What stands before a number.
    #[error("prefix: digits, perhaps after a +, such as +86")]
    Prefix,
    /// How long a message may be.
    #[error("segments: 1 to 20, and not more than Kannel's max-messages")]
    Segments,
    /// How fast.
    #[error("per_second: at least 1")]
    PerSecond,
}

/// See the module.
pub struct Sms {
    client: reqwest::Client,
    url: Url,
    login: Login,
    token: SecretString,
    from: Option<HeaderValue>,
    prefix: String,
    segments: usize,
    per_second: u32,
    progress: Progress,
}

/// Who we are at Kannel, as headers.
struct Login {
    username: HeaderValue,
    password: HeaderValue,
}

impl Sms {
    /// A gateway with the operator's settings; nothing is asked of it yet.
    pub fn new(settings: Settings) -> Result<Self, BadSetting> {
        let Settings { url, username, password, token, from, prefix, segments, per_second } = settings;
        let is_prefix = |prefix: &str| prefix.bytes().all(|byte| byte.is_ascii_digit());
        let from = from.as_deref().map(header).transpose()?;
        match () {
            () if !is_token(token.expose_secret()) => return Err(BadSetting::Token),
            () if !is_prefix(prefix.strip_prefix('+').unwrap_or(&prefix)) => return Err(BadSetting::Prefix),
            () if !(1..=SEGMENTS_MAX).contains(&segments) => return Err(BadSetting::Segments),
            () if per_second == 0 => return Err(BadSetting::PerSecond),
            () => {}
        }
        let login = Login { username: header(&username)?, password: secret_header(&password)? };
        let client =
            reqwest::Client::builder().timeout(TIMEOUT).redirect(reqwest::redirect::Policy::none()).build();
        let client = client.expect("the TLS library is built in");
        Ok(Self {
            client,
            url,
            login,
            token,
            from,
            prefix,
            segments,
            per_second,
            progress: Progress::default(),
        })
    }
}

fn header(text: &str) -> Result<HeaderValue, BadSetting> {
    // Kannel cuts blanks off a header's ends.
    let plain = !text.is_empty() && text.trim() == text && text.is_ascii();
    HeaderValue::from_str(text).ok().filter(|_| plain).ok_or(BadSetting::Login)
}

fn secret_header(secret: &SecretString) -> Result<HeaderValue, BadSetting> {
    let mut value = header(secret.expose_secret())?;
    value.set_sensitive(true);
    Ok(value)
}

fn is_token(token: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    (TOKEN_CHARS_MIN..=256).contains(&token.len()) && token.chars().all(plain)
}

impl Channel for Sms {
    fn abilities(&self) -> Abilities {
        let pace = Pace { per_second: Some(self.per_second), ..Pace::UNLIMITED };
        Abilities { edits: false, buttons: false, pace, window: None }
    }

    fn receive(&self, delivery: Delivery<'_>, _: Timestamp) -> Result<Vec<Inbound>, Rejected> {
        receive::authorize(delivery.headers, &self.token)?;
        Ok(receive::message(delivery)?.into_iter().collect())
    }

    /// Nothing: Kannel would send whatever we answer to the telephone.
    fn acknowledge<'a>(&'a self, _: Delivery<'a>, _: &'a [Inbound]) -> BoxFuture<'a, Acknowledgement> {
        let empty = Acknowledgement { content_type: "text/plain; charset=utf-8", body: String::new() };
        std::future::ready(empty).boxed()
    }

    fn send<'a>(
        &'a self,
        outgoing: Outgoing<'a>,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<Option<String>, SendError>> {
        self.deliver(outgoing.message).boxed()
    }

    fn chat_of_number(&self, number: &str) -> Option<String> {
        telephone::canonical(number)
    }

    fn number_of_chat(&self, chat: &str) -> Option<String> {
        Some(chat.to_owned())
    }

    fn who_am_i(&self) -> BoxFuture<'_, Result<String, String>> {
        self.probe().boxed()
    }
}
