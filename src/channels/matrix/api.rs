//! Calls of the homeserver's client-server API, and what its refusals mean.

use std::time::Duration;

use axum::http::{HeaderValue, Method, StatusCode, header};
use reqwest::{Response, Url};
use serde_json::Value;

use crate::channels::{Fetched, SendError};

/// How long a call may take. A first visit to a room of another homeserver takes a while.
const TIMEOUT: Duration = Duration::from_secs(20);
/// The largest answer that is read, in bytes.
const ANSWER_MAX: usize = 4 * 1024 * 1024;
/// The largest recording or picture that is read, in bytes.
const MEDIA_MAX: usize = 20 * 1024 * 1024;
/// The pause where the homeserver asks for one without saying how long.
const PAUSE: Duration = Duration::from_secs(5);
/// Characters of what it says that we repeat.
const WORDS_MAX: usize = 200;

/// The way to the homeserver.
pub(super) struct Api {
    client: reqwest::Client,
    base: Url,
    bearer: HeaderValue,
}

/// Why a call did not do what it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// The homeserver says no.
    Refused(Refusal),
    /// No answer came, or none that makes sense.
    NoAnswer(String),
}

/// What the homeserver says when it says no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    /// `M_FORBIDDEN`, …; empty where it is not Matrix that answers.
    pub(super) code: String,
    pub(super) words: String,
    pub(super) pause: Option<Duration>,
}

impl Refusal {
    /// The homeserver looked at the room or user, and there is none for us.
    pub(super) fn is_about_the_place(&self) -> bool {
        matches!((self.status, &*self.code), (403, _) | (404, "M_NOT_FOUND" | "M_UNKNOWN"))
    }
}

impl Api {
    pub(super) fn new(base: Url, bearer: HeaderValue) -> Self {
        let client =
            reqwest::Client::builder().timeout(TIMEOUT).redirect(reqwest::redirect::Policy::none()).build();
        Self { client: client.expect("the TLS library is built in"), base, bearer }
    }

    /// Calls what is below `/_matrix/client/`.
    pub(super) async fn call(
        &self,
        method: Method,
        path: &[&str],
        body: Option<&Value>,
    ) -> Result<Value, Failure> {
        read(self.ask(method, path, &[], body).await?).await
    }

    /// Reads what is below `/_matrix/client/`, with conditions.
    pub(super) async fn look_up(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Value, Failure> {
        read(self.ask(Method::GET, path, query, None).await?).await
    }

    /// Fetches what is below `/_matrix/client/`.
    pub(super) async fn fetch(&self, path: &[&str]) -> Result<Fetched, Failure> {
        let answer = self.ask(Method::GET, path, &[], None).await?;
        let content_type = answer.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let content_type = content_type.unwrap_or("application/octet-stream").to_owned();
        Ok(Fetched { content_type, bytes: whole(answer, MEDIA_MAX).await? })
    }

    async fn ask(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<Response, Failure> {
        let mut address = self.base.clone();
        address
            .path_segments_mut()
            .expect("an HTTP address has a path")
            .pop_if_empty()
            .extend(["_matrix", "client"])
            .extend(path);
        if !query.is_empty() {
            address.query_pairs_mut().extend_pairs(query);
        }
        let request = self.client.request(method, address).header(header::AUTHORIZATION, &self.bearer);
        let request = match body {
            Some(body) => request.header(header::CONTENT_TYPE, "application/json").body(body.to_string()),
            None => request,
        };
        let answer = request.send().await.map_err(no_answer)?;
        if answer.status().is_success() { Ok(answer) } else { Err(refused(answer).await) }
    }
}

async fn read(answer: Response) -> Result<Value, Failure> {
    let bytes = whole(answer, ANSWER_MAX).await?;
    serde_json::from_slice(&bytes).map_err(|_| Failure::NoAnswer("the answer cannot be read".into()))
}

async fn refused(answer: Response) -> Failure {
    let (status, after) = (answer.status(), answer.headers().get(header::RETRY_AFTER).cloned());
    let after = after.and_then(|value| value.to_str().ok()?.parse().ok()).map(Duration::from_secs);
    let body: Value = match whole(answer, ANSWER_MAX).await {
        Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_default(),
        Err(failure) => return failure,
    };
    refusal(status, after, &body)
}

/// What a refusal says; a proxy's in front of the homeserver says nothing.
pub(super) fn refusal(status: StatusCode, after: Option<Duration>, body: &Value) -> Failure {
    let text =
        |name: &str| body[name].as_str().unwrap_or_default().chars().take(WORDS_MAX).collect::<String>();
    let (code, words) = (text("errcode"), text("error"));
    if code.is_empty() {
        return Failure::NoAnswer(format!("it answered {status}, and not as a homeserver"));
    }
    let ms = body["retry_after_ms"].as_u64().map(Duration::from_millis);
    Failure::Refused(Refusal { status: status.as_u16(), code, words, pause: after.or(ms) })
}

async fn whole(mut answer: Response, most: usize) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(no_answer)? {
        if bytes.len() + chunk.len() > most {
            let words = format!("longer than {most} bytes");
            return Err(Failure::Refused(Refusal {
                status: 413,
                code: "M_TOO_LARGE".into(),
                words,
                pause: None,
            }));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn no_answer(error: reqwest::Error) -> Failure {
    Failure::NoAnswer(error.without_url().to_string())
}

/// What a refusal means for a message.
impl From<Failure> for SendError {
    fn from(failure: Failure) -> Self {
        let refusal = match failure {
            Failure::NoAnswer(reason) => {
                return Self::Later { pause: None, reason: format!("Matrix: {reason}") };
            }
            Failure::Refused(refusal) => refusal,
        };
        let said = format!("Matrix: {} {}", refusal.code, refusal.words).trim_end().to_owned();
        match (refusal.status, &*refusal.code) {
            (_, "M_UNKNOWN_TOKEN" | "M_MISSING_TOKEN") => Self::Revoked(format!(
                "{said}: as_token is not the one in the registration, or the homeserver has not been restarted since"
            )),
            (_, "M_USER_DEACTIVATED" | "M_USER_SUSPENDED" | "M_USER_LOCKED") => Self::Revoked(said),
            (429, _) | (_, "M_LIMIT_EXCEEDED") => {
                Self::Later { pause: Some(refusal.pause.unwrap_or(PAUSE)), reason: said }
            }
            _ if refusal.is_about_the_place() => Self::Gone(said),
            (400..=499, code) if code != "M_UNRECOGNIZED" => Self::Never(said),
            _ => Self::Later { pause: None, reason: said },
        }
    }
}
