//! What we write: a POST to Kannel's `sendsms` for each message. A text that is longer than a message may be goes as
//! several.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};

use super::Sms;
use super::alphabet::Coding;
use crate::channels::{SendError, numbered, parts};
use crate::domain::message::{Outbound, Purpose};

const USERNAME: HeaderName = HeaderName::from_static("x-kannel-username");
const PASSWORD: HeaderName = HeaderName::from_static("x-kannel-password");
const FROM: HeaderName = HeaderName::from_static("x-kannel-from");
const TO: HeaderName = HeaderName::from_static("x-kannel-to");
const CODING: HeaderName = HeaderName::from_static("x-kannel-coding");

/// The most messages that one of ours is sent in; what is longer is cut off.
const PARTS_MAX: usize = 4;
/// The longest answer of Kannel's that is read, in bytes; its answers are a line.
const ANSWER_MAX: usize = 4096;
/// Characters of it that we repeat.
const WORDS_MAX: usize = 200;

/// What Kannel said.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) words: String,
}

impl Sms {
    /// Sends a message with its choices as a list. No telephone waits for the answer to a tap.
    pub(super) async fn deliver(&self, message: &Outbound) -> Result<Option<String>, SendError> {
        if message.purpose == Purpose::Toast {
            return Ok(None);
        }
        let to = self.number(&message.chat.id)?;
        let text = numbered(&message.text, &message.choices);
        let coding = Coding::of(&text);
        let all = parts::split(&text, coding.size(self.segments), PARTS_MAX);
        let (done, _) = self.progress.of(message);
        for (at, part) in all.iter().enumerate().skip(done) {
            judge(self.post(Some(&to), part, coding).await?)?;
            self.progress.remember(message, at + 1, all.len(), "");
        }
        Ok(None)
    }

    /// A number as Kannel shall dial it.
    fn number(&self, chat: &str) -> Result<HeaderValue, SendError> {
        let abroad = chat.starts_with('+');
        let digits = chat.bytes().skip(usize::from(abroad)).all(|byte| byte.is_ascii_digit());
        let dialled = if abroad { chat.to_owned() } else { format!("{}{chat}", self.prefix) };
        let value = HeaderValue::from_str(&dialled).ok().filter(|_| digits && !chat.is_empty());
        value.ok_or_else(|| SendError::Never("SMS: a chat is a telephone number".into()))
    }

    async fn post(&self, to: Option<&HeaderValue>, text: &str, coding: Coding) -> Result<Answer, SendError> {
        let request = self
            .client
            .post(self.url.clone())
            .header(header::CONTENT_TYPE, "text/plain; charset=UTF-8")
            .header(USERNAME, &self.login.username)
            .header(PASSWORD, &self.login.password)
            .header(CODING, coding.number());
        let request = self.from.iter().fold(request, |request, from| request.header(FROM, from));
        let request = to.into_iter().fold(request, |request, to| request.header(TO, to));
        let mut answer = request.body(text.to_owned()).send().await.map_err(unreachable)?;
        let status = answer.status();
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(unreachable)? {
            bytes.extend_from_slice(&chunk[..chunk.len().min(ANSWER_MAX - bytes.len())]);
            if bytes.len() == ANSWER_MAX {
                break;
            }
        }
        let words = String::from_utf8_lossy(&bytes).trim().chars().take(WORDS_MAX).collect();
        Ok(Answer { status, words })
    }

    /// For `hotline check --online`: a message to nobody, which Kannel refuses only after it has looked at our login.
    pub(super) async fn probe(&self) -> Result<String, String> {
        let answer = self
            .post(None, "?", Coding::Gsm)
            .await
            .map_err(|error| format!("{error}: does smsbox run, and is url its sendsms-port?"))?;
        let username = self.login.username.to_str().unwrap_or_default();
        if answer.status == StatusCode::BAD_REQUEST && answer.words.starts_with("Missing receiver") {
            return Ok(format!("Kannel lets `{username}` send"));
        }
        match judge(answer) {
            Ok(()) => Err("something took a message that was for nobody: url is not Kannel's sendsms".into()),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// What an answer of Kannel's means for the message.
pub(super) fn judge(Answer { status, words }: Answer) -> Result<(), SendError> {
    let said = format!("Kannel: {status} {words}").trim_end().to_owned();
    let revoked = |remedy: &str| Err(SendError::Revoked(format!("{said}: {remedy}")));
    match status {
        StatusCode::OK | StatusCode::ACCEPTED => Ok(()),
        StatusCode::FORBIDDEN if words.starts_with("Authorization failed") => revoked(
            "compare username and password with Kannel's sendsms-user, and its user-allow-ip with our address",
        ),
        // No SMSC takes this number, or a list forbids it.
        StatusCode::FORBIDDEN if words.starts_with("Not routable") => Err(SendError::Gone(said)),
        StatusCode::BAD_REQUEST if words.contains("denied by") => Err(SendError::Gone(said)),
        StatusCode::BAD_REQUEST if words.starts_with("Sender missing") => {
            revoked("set `from`, or Kannel's default-sender or global-sender")
        }
        StatusCode::BAD_REQUEST => Err(SendError::Never(said)),
        StatusCode::NOT_FOUND => {
            revoked("url is not Kannel's sendsms; by default it ends in /cgi-bin/sendsms")
        }
        _ => Err(SendError::Later { pause: None, reason: said }),
    }
}

/// The address says nothing that the operator does not know.
fn unreachable(error: reqwest::Error) -> SendError {
    SendError::Later { pause: None, reason: format!("Kannel: {}", error.without_url()) }
}
