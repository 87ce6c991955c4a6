//! A messenger with limits, over real HTTP. It keeps its law on the tests' clock: so many messages a second, a pause in
//! each chat, so many a minute in a group; who is faster is told to wait, and the test can see it. It can block us,
//! move a chat, shut it, and forget who we are.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use futures::FutureExt;
use futures::future::BoxFuture;
use hotline::channels::{
    Abilities, Channel, Channels, Delivery, Invitation, Outgoing, Rejected, SendError, webchat,
};
use hotline::clock::Clock;
use hotline::domain::message::{ChatKind, Choice, Inbound, Purpose};
use hotline::domain::pace::Pace;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// The channel's name.
pub const NAME: &str = "messenger";
/// Where somebody begins a chat.
pub const BEGIN: &str = "https://messenger.example/hotline";

/// What the strict messenger allows, as the best known one does.
pub const LIMITS: Pace = Pace {
    per_second: Some(30),
    chat_pause: Some(Duration::from_secs(1)),
    group_per_minute: Some(20),
    digest_from: Some(5),
};

/// What it can do, with these limits.
pub const ABILITIES: Abilities = Abilities { edits: true, buttons: true, pace: LIMITS, window: None };

/// The messenger's side.
#[derive(Clone)]
pub struct Messenger {
    url: String,
    clock: Clock,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    delivered: Vec<Delivered>,
    asked: Vec<String>,
    too_fast: usize,
    blocked: BTreeSet<String>,
    shut: BTreeSet<String>,
    moved: BTreeMap<String, String>,
    revoked: bool,
    flood: Option<u64>,
}

/// A message that arrived.
#[derive(Clone, Debug)]
pub struct Delivered {
    /// When.
    pub at: Timestamp,
    /// The hotline's id of it.
    pub id: String,
    /// Where.
    pub chat: String,
    /// The words.
    pub text: String,
    /// The buttons.
    pub choices: Vec<Choice>,
    /// The messenger's id of the message that it changes.
    pub edits: Option<String>,
    /// Whether it is the short answer to a tap.
    pub toast: bool,
    /// Whether the hotline thought that it may write.
    pub open: bool,
    /// The messenger's own id.
    pub remote: String,
}

/// What the channel sends.
#[derive(Serialize, Deserialize)]
struct Sending {
    id: String,
    chat: String,
    group: bool,
    text: String,
    choices: Vec<Choice>,
    edits: Option<String>,
    toast: bool,
    open: bool,
}

impl Messenger {
    /// A messenger whose law runs on this clock.
    pub async fn start(clock: Clock) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/send", listener.local_addr().expect("an address"));
        let messenger = Self { url, clock, inner: Arc::default() };
        let app = Router::new().route("/send", post(take)).with_state(messenger.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        messenger
    }

    /// The channels of a hotline: this one, and our own pages.
    pub fn channels(&self, abilities: Abilities) -> Channels {
        let mut channels = Channels::default();
        channels.add(webchat::NAME, webchat::Webchat);
        let client = reqwest::Client::new();
        channels.add(NAME, MessengerChannel { url: self.url.clone(), client, abilities });
        channels
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("no test panicked")
    }

    /// Everything that arrived, in order.
    pub fn delivered(&self) -> Vec<Delivered> {
        self.inner().delivered.clone()
    }

    /// What arrived in one chat.
    pub fn in_chat(&self, chat: &str) -> Vec<Delivered> {
        self.delivered().into_iter().filter(|one| one.chat == chat).collect()
    }

    /// How often it was asked, and how often it had to say "too fast".
    pub fn asked(&self) -> (usize, usize) {
        let inner = self.inner();
        (inner.asked.len(), inner.too_fast)
    }

    /// How often it was asked to write in one chat.
    pub fn asked_in(&self, chat: &str) -> usize {
        self.inner().asked.iter().filter(|asked| *asked == chat).count()
    }

    /// This chat cannot be written to, until it can.
    pub fn blocks(&self, chat: &str, blocked: bool) {
        let mut inner = self.inner();
        if blocked {
            inner.blocked.insert(chat.into())
        } else {
            inner.blocked.remove(chat)
        };
    }

    /// This chat takes nothing unasked, until it does.
    pub fn shuts(&self, chat: &str, shut: bool) {
        let mut inner = self.inner();
        if shut {
            inner.shut.insert(chat.into())
        } else {
            inner.shut.remove(chat)
        };
    }

    /// This chat has another id now.
    pub fn moves(&self, chat: &str, to: &str) {
        self.inner().moved.insert(chat.into(), to.into());
    }

    /// It does not know us, until it does.
    pub fn revokes(&self, revoked: bool) {
        self.inner().revoked = revoked;
    }

    /// Everybody is told to wait so many seconds, whatever they do; until they are not.
    pub fn floods(&self, seconds: Option<u64>) {
        self.inner().flood = seconds;
    }
}

async fn take(State(messenger): State<Messenger>, Json(sending): Json<Sending>) -> Response {
    let now = messenger.clock.now();
    let mut inner = messenger.inner();
    inner.asked.push(sending.chat.clone());
    let refuse = |status: StatusCode, body: Value| (status, Json(body)).into_response();
    if inner.revoked {
        return refuse(StatusCode::UNAUTHORIZED, json!({ "error": "Unauthorized" }));
    }
    if let Some(seconds) = inner.flood {
        return refuse(
            StatusCode::TOO_MANY_REQUESTS,
            json!({ "error": "Too Many Requests", "after": seconds }),
        );
    }
    if inner.blocked.contains(&sending.chat) {
        return refuse(StatusCode::FORBIDDEN, json!({ "error": "Forbidden: blocked" }));
    }
    if inner.shut.contains(&sending.chat) && !sending.toast {
        return refuse(StatusCode::CONFLICT, json!({ "error": "out of response count limit" }));
    }
    if let Some(to) = inner.moved.get(&sending.chat) {
        return refuse(StatusCode::BAD_REQUEST, json!({ "error": "upgraded", "to": to }));
    }
    if let Some(after) = inner.too_fast(&sending, now) {
        inner.too_fast += 1;
        return refuse(
            StatusCode::TOO_MANY_REQUESTS,
            json!({ "error": "Too Many Requests", "after": after }),
        );
    }
    let remote = format!("m{}", inner.delivered.len() + 1);
    let Sending { id, chat, text, choices, edits, toast, open, .. } = sending;
    let remote_id = edits.clone().unwrap_or(remote.clone());
    inner.delivered.push(Delivered { at: now, id, chat, text, choices, edits, toast, open, remote });
    Json(json!({ "id": remote_id })).into_response()
}

impl Inner {
    /// The seconds to wait, for who is faster than allowed. Counted anew, in a way that the hotline does not use.
    fn too_fast(&self, sending: &Sending, now: Timestamp) -> Option<u64> {
        if sending.toast {
            return None;
        }
        let counted = |span: i64, chat: Option<&str>| {
            let since = now - SignedDuration::from_secs(span);
            let in_span = self.delivered.iter().filter(|one| one.at > since && !one.toast);
            in_span.filter(|one| chat.is_none_or(|chat| one.chat == chat)).count()
        };
        let chat = Some(sending.chat.as_str());
        match () {
            () if counted(1, None) >= 30 => Some(1),
            () if counted(1, chat) >= 1 => Some(1),
            () if sending.group && counted(60, chat) >= 20 => Some(60),
            () => None,
        }
    }
}

/// The hotline's side.
struct MessengerChannel {
    url: String,
    client: reqwest::Client,
    abilities: Abilities,
}

impl Channel for MessengerChannel {
    fn abilities(&self) -> Abilities {
        self.abilities
    }

    fn receive(&self, _: Delivery<'_>, _: Timestamp) -> Result<Vec<Inbound>, Rejected> {
        Err(Rejected::Unauthorized("the tests put its messages into the inbox"))
    }

    fn send<'a>(
        &'a self,
        Outgoing { message, replaces, window_open }: Outgoing<'a>,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<Option<String>, SendError>> {
        let sending = Sending {
            id: message.id.as_str().to_owned(),
            chat: message.chat.id.clone(),
            group: message.kind == ChatKind::Group,
            text: message.text.clone(),
            choices: message.choices.clone(),
            edits: replaces.map(str::to_owned),
            toast: message.purpose == Purpose::Toast,
            open: window_open,
        };
        let request = self.client.post(&self.url).header("content-type", "application/json");
        let request = request.body(serde_json::to_vec(&sending).expect("our own type"));
        async move {
            if self.abilities.window.is_some() && !window_open {
                return Err(SendError::Closed("the window is shut".into()));
            }
            let answer = request
                .send()
                .await
                .map_err(|error| SendError::Later { pause: None, reason: error.without_url().to_string() })?;
            let status = answer.status();
            let body = answer.bytes().await.unwrap_or_default();
            let body: Value = serde_json::from_slice(&body).unwrap_or_default();
            outcome(status, &body)
        }
        .boxed()
    }

    fn link(&self, invitation: Invitation<'_>) -> Option<String> {
        matches!(invitation, Invitation::Begin).then(|| BEGIN.into())
    }
}

fn outcome(status: StatusCode, body: &Value) -> Result<Option<String>, SendError> {
    let text = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
    let reason = text("error");
    match status {
        StatusCode::OK => Ok(Some(text("id"))),
        StatusCode::TOO_MANY_REQUESTS => {
            let pause = body["after"].as_u64().map(Duration::from_secs);
            Err(SendError::Later { pause, reason })
        }
        StatusCode::FORBIDDEN => Err(SendError::Gone(reason)),
        StatusCode::CONFLICT => Err(SendError::Closed(reason)),
        StatusCode::UNAUTHORIZED => Err(SendError::Revoked(reason)),
        StatusCode::BAD_REQUEST => Err(SendError::Moved { to: text("to") }),
        _ => Err(SendError::Later { pause: None, reason }),
    }
}
