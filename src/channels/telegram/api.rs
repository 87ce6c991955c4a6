//! Calls of the Bot API, and what its refusals mean. Teloxide gives the forms of the calls; posting them is our
//! own, since teloxide's client sleeps ten seconds in place after every 5xx, which would hold up whatever else is
//! being sent, danger too, and it drops the error's code.
//!
//! The token is a part of every address: no address, and so no `reqwest` error as it is, leaves this file.

use std::time::Duration;

use reqwest::{Response, StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use teloxide_core::requests::Payload;

use crate::channels::SendError;

/// How long a call may take.
const TIMEOUT: Duration = Duration::from_secs(15);
/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The longest answer that is read, in bytes; a hundred long updates fit.
const ANSWER_MAX: usize = 8 * 1024 * 1024;
/// The pause where Telegram asks for one without saying how long.
const PAUSE: Duration = Duration::from_secs(30);

/// The way to Telegram.
pub(super) struct Api {
    base: Url,
    token: SecretString,
    client: reqwest::Client,
}

/// Why a call did not do what it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// Telegram says no.
    Refused(Refusal),
    /// No answer came, or none that can be read.
    NoAnswer(String),
}

/// What Telegram says when it says no.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) code: u16,
    pub(super) description: String,
    pub(super) parameters: Parameters,
}

/// What may come with a refusal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Parameters {
    /// Seconds.
    pub(super) retry_after: Option<u64>,
    pub(super) migrate_to_chat_id: Option<i64>,
}

#[derive(Deserialize)]
struct Answer<R> {
    ok: bool,
    result: Option<R>,
    #[serde(default)]
    error_code: u16,
    #[serde(default)]
    description: String,
    #[serde(default)]
    parameters: Parameters,
}

impl Api {
    /// A way to the server at `base`, perhaps through a proxy.
    pub(super) fn new(base: Url, token: SecretString, proxy: Option<&str>) -> Result<Self, reqwest::Error> {
        let mut client = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none());
        if let Some(proxy) = proxy {
            client = client.proxy(reqwest::Proxy::all(proxy)?);
        }
        Ok(Self { base, token, client: client.build()? })
    }

    /// Calls a method and reads of its result what `R` wants.
    pub(super) async fn call<P, R>(&self, payload: &P) -> Result<R, Failure>
    where
        P: Payload + Serialize,
        R: DeserializeOwned,
    {
        self.call_within(payload, TIMEOUT).await
    }

    /// The same, for a call that may take longer.
    pub(super) async fn call_within<P, R>(&self, payload: &P, timeout: Duration) -> Result<R, Failure>
    where
        P: Payload + Serialize,
        R: DeserializeOwned,
    {
        let body = serde_json::to_vec(payload).expect("teloxide's payloads are always JSON");
        let address = self.address(&format!("bot{}/{}", self.token.expose_secret(), P::NAME));
        let request = self.client.post(address).header("content-type", "application/json").timeout(timeout);
        let answer = request.body(body).send().await.map_err(no_answer)?;
        let status = answer.status();
        read(status, &whole(answer, ANSWER_MAX).await?)
    }

    /// The bytes of a file by the path that `getFile` gave.
    pub(super) async fn download(&self, path: &str, most: usize) -> Result<Vec<u8>, Failure> {
        let address = self.address(&format!("file/bot{}/{path}", self.token.expose_secret()));
        let answer = self.client.get(address).send().await.map_err(no_answer)?;
        let status = answer.status();
        if status.is_success() {
            return whole(answer, most).await;
        }
        // Here 404 is about the file, and not, as elsewhere, about the token.
        let code = if status.is_client_error() { 400 } else { status.as_u16() };
        let refusal = Refusal { code, description: format!("the file: {status}"), ..Refusal::default() };
        Err(Failure::Refused(refusal))
    }

    fn address(&self, path: &str) -> Url {
        let mut address = self.base.clone();
        address.set_path(&format!("{}/{path}", self.base.path().trim_end_matches('/')));
        address
    }
}

fn read<R: DeserializeOwned>(status: StatusCode, body: &[u8]) -> Result<R, Failure> {
    match serde_json::from_slice::<Answer<R>>(body) {
        Ok(Answer { ok: true, result: Some(result), .. }) => Ok(result),
        Ok(Answer { ok: false, error_code, description, parameters, .. }) => {
            let code = if error_code == 0 { status.as_u16() } else { error_code };
            Err(Failure::Refused(Refusal { code, description, parameters }))
        }
        Ok(Answer { ok: true, result: None, .. }) | Err(_) => {
            Err(Failure::NoAnswer(format!("the answer ({status}) cannot be read")))
        }
    }
}

async fn whole(mut answer: Response, most: usize) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(no_answer)? {
        if bytes.len() + chunk.len() > most {
            let description = format!("longer than {most} bytes");
            return Err(Failure::Refused(Refusal { code: 413, description, ..Refusal::default() }));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// What happened on the line, without the address.
#[expect(clippy::needless_pass_by_value, reason = "so that it can stand in map_err")]
fn no_answer(error: reqwest::Error) -> Failure {
    let what = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    };
    Failure::NoAnswer(what.to_owned())
}

impl Refusal {
    /// Whether the description has these words; Telegram writes them now large, now small.
    pub(super) fn says(&self, words: &str) -> bool {
        self.description.to_lowercase().contains(words)
    }

    fn says_any(&self, all: &[&str]) -> bool {
        all.iter().any(|words| self.says(words))
    }

    /// An edit that would change nothing.
    pub(super) fn is_not_modified(&self) -> bool {
        self.code == 400 && self.says("message is not modified")
    }

    /// The message that was to be edited cannot be any more.
    pub(super) fn has_nothing_to_edit(&self) -> bool {
        self.code == 400
            && self.says_any(&["message to edit not found", "message can't be edited", "message_id_invalid"])
    }

    /// The tap that was to be answered is too old, or was answered.
    pub(super) fn is_too_old(&self) -> bool {
        self.code == 400 && self.says_any(&["query is too old", "query id is invalid", "query_id_invalid"])
    }

    /// Our marks in the text were not understood.
    pub(super) fn is_about_entities(&self) -> bool {
        self.code == 400 && self.says("can't parse entities")
    }

    /// Nobody reads what we write there: they left, blocked, never began, or took our right to write.
    fn is_gone(&self) -> bool {
        const NOBODY: &[&str] = &[
            "chat not found",
            "user not found",
            "peer_id_invalid",
            "group is deactivated",
            "group chat was deactivated",
            "group chat was deleted",
            "chat_write_forbidden",
            "not enough rights",
            "have no rights to send",
            "need administrator rights",
            "bot is not a member",
        ];
        self.code == 403 || (self.code == 400 && self.says_any(NOBODY))
    }
}

/// What a failure means for the message: the table of docs/channels/telegram.md, line by line.
impl From<Failure> for SendError {
    fn from(failure: Failure) -> Self {
        let refusal = match failure {
            Failure::NoAnswer(reason) => {
                return Self::Later { pause: None, reason: format!("Telegram: {reason}") };
            }
            Failure::Refused(refusal) => refusal,
        };
        let reason = format!("Telegram: {} {}", refusal.code, refusal.description);
        let pause = refusal.parameters.retry_after.map(Duration::from_secs);
        match (refusal.code, refusal.parameters.migrate_to_chat_id) {
            (_, Some(to)) => Self::Moved { to: to.to_string() },
            (429, None) => Self::Later { pause: Some(pause.unwrap_or(PAUSE)), reason },
            // A token that cannot be one is answered with 404.
            (401 | 404, None) => Self::Revoked(reason),
            (409 | 500.., None) => Self::Later { pause, reason },
            (_, None) if refusal.is_gone() => Self::Gone(reason),
            (_, None) => Self::Never(reason),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn later(seconds: impl Into<Option<u64>>) -> impl Fn(&SendError) -> bool {
        let wanted = seconds.into().map(Duration::from_secs);
        move |error| matches!(error, SendError::Later { pause, .. } if *pause == wanted)
    }

    fn meaning(status: u16, body: &str) -> SendError {
        let status = StatusCode::from_u16(status).unwrap();
        read::<serde_json::Value>(status, body.as_bytes()).unwrap_err().into()
    }

    fn refused(code: u16, description: &str) -> SendError {
        let body = serde_json::json!({ "ok": false, "error_code": code, "description": description });
        meaning(code, &body.to_string())
    }

    #[test]
    fn nobody_is_there() {
        for (code, description) in [
            (403, "Forbidden: bot was blocked by the user"),
            (403, "Forbidden: user is deactivated"),
            (403, "Forbidden: bot was kicked from the group chat"),
            (403, "Forbidden: bot was kicked from the supergroup chat"),
            (403, "Forbidden: bot is not a member of the supergroup chat"),
            (403, "Forbidden: the group chat was deleted"),
            (403, "Forbidden: bot can't initiate conversation with a user"),
            (403, "Forbidden: bot can't send messages to bots"),
            (400, "Bad Request: chat not found"),
            (400, "Bad Request: private chat not found"),
            (400, "Bad Request: user not found"),
            (400, "Bad Request: PEER_ID_INVALID"),
            (400, "Bad Request: group is deactivated"),
            (400, "Bad Request: not enough rights to send text messages to the chat"),
            (400, "Bad Request: have no rights to send a message"),
            (400, "Bad Request: CHAT_WRITE_FORBIDDEN"),
            (400, "Bad Request: need administrator rights in the channel chat"),
        ] {
            assert!(matches!(refused(code, description), SendError::Gone(_)), "{description}");
        }
    }

    #[test]
    fn trying_again_cannot_help() {
        for (code, description) in [
            (400, "Bad Request: message text is empty"),
            (400, "Bad Request: message is too long"),
            (400, "Bad Request: BUTTON_DATA_INVALID"),
            (400, "Bad Request: TOPIC_CLOSED"),
            (400, "Bad Request: wrong file_id or the file is temporarily unavailable"),
            (413, "Request Entity Too Large"),
        ] {
            assert!(matches!(refused(code, description), SendError::Never(_)), "{description}");
        }
    }

    #[test]
    fn the_operator_must_act() {
        for (code, description) in [(401, "Unauthorized"), (404, "Not Found")] {
            assert!(matches!(refused(code, description), SendError::Revoked(_)), "{description}");
        }
    }

    #[test]
    fn trying_later_helps() {
        let pause = r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 37","parameters":{"retry_after":37}}"#;
        assert!(later(37)(&meaning(429, pause)));
        assert!(later(30)(&refused(429, "Too Many Requests")));
        assert!(later(None)(&refused(409, "Conflict: terminated by other getUpdates request")));
        assert!(later(None)(&refused(502, "Bad Gateway")));
        assert!(later(None)(&meaning(502, "<html><h1>502 Bad Gateway</h1></html>")));
        assert!(later(None)(&meaning(200, "")));
        assert!(later(None)(&meaning(200, r#"{"ok":true}"#)));
        assert!(later(None)(&meaning(404, "<html>nginx</html>")), "not Telegram's own 404");
    }

    #[test]
    fn a_group_that_became_a_supergroup_has_moved() {
        let moved = r#"{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded to a supergroup chat","parameters":{"migrate_to_chat_id":-1001234567890}}"#;
        assert_eq!(meaning(400, moved), SendError::Moved { to: "-1001234567890".into() });
    }

    #[test]
    fn nothing_tells_the_token() {
        let token = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";
        let api = Api::new("http://127.0.0.1:1/".parse().unwrap(), token.into(), None).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let failed =
            runtime.block_on(api.call::<_, bool>(&teloxide_core::payloads::GetMe::new())).unwrap_err();
        assert_eq!(failed, Failure::NoAnswer("no connection".into()));
        assert!(!format!("{failed:?} {}", SendError::from(failed.clone())).contains("AAHdq"));
        assert!(!format!("{:?}", api.token).contains("AAHdq"));
    }
}
