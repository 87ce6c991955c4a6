//! Telegram, as far as a bot sees it, over real HTTP: strict about every call, true to its law of webhooks (at once, then
//! after 2, 4, 8 … 60 seconds, `Retry-After` honoured, 24 hours, one refused update blocks its chat) on the tests' clock.
//! What the hotline calls wrongly, and what a test wrongly says in Telegram's name, fails the test.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use hotline::clock::Clock;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;

use super::bot_api::{description, visible};

/// The bot's token.
pub const TOKEN: &str = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";
/// Its name.
pub const BOT: &str = "linli_hotline_bot";

const BOT_ID: i64 = 110_201_543;
/// How long a tap may be answered.
const TAP_LIFE: SignedDuration = SignedDuration::from_mins(10);
/// How long an update is tried.
const UPDATE_LIFE: SignedDuration = SignedDuration::from_hours(24);

/// See the module.
#[derive(Clone)]
pub struct Telegram {
    pub url: String,
    clock: Clock,
    client: reqwest::Client,
    state: Arc<Mutex<World>>,
}

/// What is known of one chat.
struct Room {
    kind: &'static str,
    title: String,
    reach: Reach,
    messages: Vec<Shown>,
    sent_at: Vec<Timestamp>,
}

/// Whether the bot may write.
#[derive(Clone, Copy, PartialEq)]
enum Reach {
    Open,
    NeverStarted,
    Blocked,
    Kicked,
    Moved(i64),
}

/// A message of the bot's, as people see it now.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    pub id: i64,
    pub text: String,
    /// Rows of labels and data.
    pub buttons: Vec<Vec<(String, String)>>,
    pub edits: usize,
    pub html: bool,
}

struct Tap {
    at: Timestamp,
    answer: Option<String>,
}

struct Pending {
    id: i64,
    room: i64,
    update: Value,
    made_at: Timestamp,
    next_at: Timestamp,
    tries: u32,
}

/// An answer that a test wants.
struct Fault {
    method: String,
    after: usize,
    status: u16,
    body: String,
}

#[derive(Default)]
struct World {
    revoked: bool,
    refused: usize,
    reads_all: bool,
    limits: bool,
    hook: Option<Map<String, Value>>,
    last_error: Option<String>,
    rooms: BTreeMap<i64, Room>,
    pending: Vec<Pending>,
    taps: BTreeMap<String, Tap>,
    files: BTreeMap<String, Vec<u8>>,
    calls: Vec<(String, Map<String, Value>)>,
    faults: VecDeque<Fault>,
    sent_at: Vec<Timestamp>,
    complaints: Vec<String>,
    tries: Vec<(i64, Timestamp)>,
    next: i64,
}

/// A refusal, as the Bot API words it.
struct No(u16, String, Value);

fn no(code: u16, words: &str) -> No {
    No(code, words.to_owned(), Value::Null)
}

fn too_fast(seconds: i64) -> No {
    No(429, format!("Too Many Requests: retry after {seconds}"), json!({ "retry_after": seconds }))
}

impl Telegram {
    pub async fn start(clock: Clock) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let state = Arc::new(Mutex::new(World { next: 1000, ..World::default() }));
        let telegram = Self { url, clock, client: reqwest::Client::new(), state };
        let app = Router::new()
            .route("/{bot}/{method}", post(call))
            .route("/file/{bot}/{*path}", get(file))
            .with_state(telegram.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        telegram
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.state.lock().expect("no test panicked")
    }

    /// Somebody who has not begun to talk with the bot.
    pub fn person(&self, id: i64, name: &str) -> Person {
        let room = Room {
            kind: "private",
            title: name.into(),
            reach: Reach::NeverStarted,
            messages: Vec::new(),
            sent_at: Vec::new(),
        };
        self.world().rooms.entry(id).or_insert(room);
        Person { telegram: self.clone(), id, name: name.into() }
    }

    /// A group with the bot in it.
    pub fn group(&self, id: i64, title: &str) {
        let kind = if id < -1_000_000_000_000 { "supergroup" } else { "group" };
        let room =
            Room { kind, title: title.into(), reach: Reach::Open, messages: Vec::new(), sent_at: Vec::new() };
        self.world().rooms.insert(id, room);
    }

    /// The bot's messages in a chat, as they are now.
    pub fn shown(&self, chat: i64) -> Vec<Shown> {
        self.world().rooms.get(&chat).map(|room| room.messages.clone()).unwrap_or_default()
    }

    /// The last of them.
    pub fn last(&self, chat: i64) -> Shown {
        self.shown(chat).pop().unwrap_or_else(|| panic!("the bot has said nothing in {chat}"))
    }

    /// What the bot has called, in order: the methods.
    pub fn called(&self) -> Vec<String> {
        self.world().calls.iter().map(|(method, _)| method.clone()).collect()
    }

    /// The last call of a method.
    pub fn last_call(&self, method: &str) -> Map<String, Value> {
        let world = self.world();
        let found = world.calls.iter().rev().find(|(called, _)| called == method);
        found.map(|(_, body)| body.clone()).unwrap_or_else(|| panic!("{method} was not called"))
    }

    /// What the taps were answered; `None` for those that still turn their clock.
    pub fn answers(&self) -> Vec<Option<String>> {
        self.world().taps.values().map(|tap| tap.answer.clone()).collect()
    }

    /// The next call of a method gets this answer, word for word.
    pub fn answers_next(&self, method: &str, status: u16, body: &str) {
        self.answers_after(method, 0, status, body);
    }

    /// The same, after so many calls of the method that are answered as usual.
    pub fn answers_after(&self, method: &str, after: usize, status: u16, body: &str) {
        self.world().faults.push_back(Fault { method: method.into(), after, status, body: body.into() });
    }

    /// From now on the limits are kept: 30 a second, one a second in a chat, 20 a minute in a group.
    pub fn keeps_limits(&self) {
        self.world().limits = true;
    }

    /// From now on the bot hears everything in groups.
    pub fn lets_read_all(&self) {
        self.world().reads_all = true;
    }

    /// The token is worth nothing any more.
    pub fn revokes(&self) {
        self.world().revoked = true;
    }

    /// It counts again.
    pub fn knows_again(&self) {
        self.world().revoked = false;
    }

    /// How often the bot was told that its token is worth nothing.
    pub fn refused(&self) -> usize {
        self.world().refused
    }

    /// When the bot last wrote in a chat.
    pub fn wrote_at(&self, chat: i64) -> Option<Timestamp> {
        self.world().rooms.get(&chat)?.sent_at.last().copied()
    }

    /// When deliveries were tried, by update, oldest first.
    pub fn tries(&self) -> Vec<(i64, Timestamp)> {
        self.world().tries.clone()
    }

    /// Updates that the bot has not taken.
    pub fn pending(&self) -> usize {
        self.world().pending.len()
    }

    /// What the hotline called wrongly.
    pub fn complaints(&self) -> Vec<String> {
        self.world().complaints.clone()
    }

    /// Somebody sets another webhook for the bot.
    pub fn hook_is(&self, url: &str, last_error: Option<&str>) {
        let mut world = self.world();
        let kinds = ["message", "edited_message", "callback_query", "my_chat_member", "chat_member"];
        let hook = json!({ "url": url, "allowed_updates": kinds });
        world.hook = Some(hook.as_object().expect("an object").clone());
        world.last_error = last_error.map(str::to_owned);
    }

    /// Somebody removes the bot from a group.
    pub fn kicks(&self, group: i64) {
        self.membership(group, Reach::Kicked, json!({ "id": 777, "is_bot": false, "first_name": "群主" }));
    }

    /// Somebody adds it again.
    pub fn adds(&self, group: i64) {
        self.membership(group, Reach::Open, json!({ "id": 777, "is_bot": false, "first_name": "群主" }));
    }

    fn membership(&self, chat: i64, now: Reach, by: Value) {
        let bot = json!({ "id": BOT_ID, "is_bot": true, "first_name": "近邻热线", "username": BOT });
        let status = |reach: Reach| match reach {
            Reach::Open => json!({ "user": bot, "status": "member" }),
            Reach::Blocked | Reach::Kicked => json!({ "user": bot, "status": "kicked", "until_date": 0 }),
            Reach::NeverStarted | Reach::Moved(_) => json!({ "user": bot, "status": "left" }),
        };
        let mut world = self.world();
        let room = world.rooms.get_mut(&chat).expect("the chat is there");
        let change = json!({ "chat": room.chat(chat), "from": by, "date": self.clock.now().as_second(),
            "old_chat_member": status(room.reach), "new_chat_member": status(now) });
        room.reach = now;
        world.add(self.clock.now(), chat, "my_chat_member", change);
    }

    /// A group becomes a supergroup, with another id.
    pub fn upgrades(&self, old: i64, new: i64) {
        let mut world = self.world();
        let room = world.rooms.get_mut(&old).expect("the group is there");
        room.reach = Reach::Moved(new);
        let title = room.title.clone();
        let from = json!({ "id": 777, "is_bot": false, "first_name": "群主" });
        let now = self.clock.now();
        let away = json!({ "message_id": world.id(), "date": now.as_second(), "from": from, "chat": { "id": old, "type": "group", "title": title }, "migrate_to_chat_id": new });
        world.add(now, old, "message", away);
        world.rooms.insert(
            new,
            Room { kind: "supergroup", title, reach: Reach::Open, messages: Vec::new(), sent_at: Vec::new() },
        );
        let here = json!({ "message_id": world.id(), "date": now.as_second(), "from": from, "chat": world.rooms[&new].chat(new), "migrate_from_chat_id": old });
        world.add(now, new, "message", here);
    }

    /// An update in Telegram's own words, whatever they are.
    pub fn sends_raw(&self, chat: i64, mut update: Value) {
        let mut world = self.world();
        let id = world.id();
        update["update_id"] = id.into();
        let now = self.clock.now();
        world.pending.push(Pending { id, room: chat, update, made_at: now, next_at: now, tries: 0 });
    }

    /// Delivers what is due to the webhook, chats side by side and each in order; how many updates were taken.
    pub async fn delivers(&self) -> usize {
        let mut taken = 0;
        loop {
            let due = self.due();
            if due.is_empty() {
                return taken;
            }
            let each = due
                .into_iter()
                .map(|(id, url, secret, body)| async move { (id, self.post(&url, &secret, body).await) });
            for (id, outcome) in futures::future::join_all(each).await {
                taken += usize::from(outcome.is_ok());
                self.delivered(id, outcome);
            }
        }
    }

    /// The oldest update of each chat, where it is due.
    fn due(&self) -> Vec<(i64, String, String, String)> {
        let (mut world, now) = (self.world(), self.clock.now());
        world.pending.retain(|pending| now.duration_since(pending.made_at) < UPDATE_LIFE);
        let Some(hook) = world.hook.clone() else { return Vec::new() };
        let text = |name: &str| hook.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut rooms = BTreeSet::new();
        let heads: Vec<&Pending> =
            world.pending.iter().filter(|pending| rooms.insert(pending.room)).collect();
        let due = heads.into_iter().filter(|pending| pending.next_at <= now);
        let due: Vec<_> =
            due.map(|one| (one.id, text("url"), text("secret_token"), one.update.to_string())).collect();
        world.tries.extend(due.iter().map(|(id, ..)| (*id, now)));
        due
    }

    async fn post(&self, url: &str, secret: &str, body: String) -> Result<(), Option<Duration>> {
        let request = self.client.post(url).header("content-type", "application/json");
        let request = request.header("X-Telegram-Bot-Api-Secret-Token", secret).body(body);
        let answer = request.send().await.map_err(|_| None)?;
        let wait = answer.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
        if !answer.status().is_success() {
            self.world().last_error = Some(format!("Wrong response from the webhook: {}", answer.status()));
            return Err(wait.map(Duration::from_secs));
        }
        // A method in the answer is carried out, and what comes of it is lost.
        let called = answer.json::<Map<String, Value>>().await.unwrap_or_default();
        if let Some(method) = called.get("method").and_then(Value::as_str).map(str::to_owned) {
            let body = called.into_iter().filter(|(name, _)| name != "method").collect();
            let _ = self.world().call(&method, body, self.clock.now());
        }
        Ok(())
    }

    fn delivered(&self, id: i64, outcome: Result<(), Option<Duration>>) {
        let (mut world, now) = (self.world(), self.clock.now());
        match outcome {
            Ok(()) => world.pending.retain(|pending| pending.id != id),
            Err(wait) => {
                let Some(pending) = world.pending.iter_mut().find(|pending| pending.id == id) else { return };
                let law = if pending.tries == 0 { 0 } else { 1_u64 << pending.tries.min(6) };
                let law = Duration::from_secs(law.min(60));
                pending.tries += 1;
                pending.next_at = now + wait.unwrap_or_default().max(law);
            }
        }
    }
}

/// Somebody on Telegram.
#[derive(Clone)]
pub struct Person {
    telegram: Telegram,
    pub id: i64,
    name: String,
}

impl Person {
    fn user(&self) -> Value {
        json!({ "id": self.id, "is_bot": false, "first_name": self.name, "language_code": "zh-hans" })
    }

    /// Presses Start, perhaps by a link with a code.
    pub fn starts(&self, code: Option<&str>) {
        self.telegram.world().rooms.get_mut(&self.id).expect("registered").reach = Reach::Open;
        self.writes(&code.map_or("/start".to_owned(), |code| format!("/start {code}")));
    }

    /// Pressed Start long ago.
    pub fn has_started(&self) {
        self.telegram.world().rooms.get_mut(&self.id).expect("registered").reach = Reach::Open;
    }

    /// Writes privately.
    pub fn writes(&self, text: &str) -> i64 {
        self.sends(self.id, json!({ "text": text }))
    }

    /// Writes in a group.
    pub fn writes_in(&self, group: i64, text: &str) -> i64 {
        self.sends(group, json!({ "text": text }))
    }

    /// Sends anything: fields of a message.
    pub fn sends(&self, chat: i64, fields: Value) -> i64 {
        self.says("message", chat, fields)
    }

    /// Changes what they wrote.
    pub fn edits(&self, chat: i64, message: i64, text: &str) {
        self.says("edited_message", chat, json!({ "message_id": message, "text": text, "edit_date": self.telegram.clock.now().as_second() }));
    }

    fn says(&self, kind: &str, chat: i64, fields: Value) -> i64 {
        let (mut world, now) = (self.telegram.world(), self.telegram.clock.now());
        let id = world.id();
        let mut message = json!({ "message_id": id, "date": now.as_second(), "from": self.user(), "chat": world.rooms[&chat].chat(chat) });
        message.as_object_mut().expect("an object").extend(fields.as_object().expect("fields").clone());
        let heard = world.rooms[&chat].kind == "private" || world.reads_all || is_for_bots(&message);
        if heard {
            world.add(now, chat, kind, message);
        }
        id
    }

    /// Taps a button of the last message that has one with this label.
    pub fn taps(&self, chat: i64, label: &str) {
        let found = self.telegram.shown(chat).into_iter().rev().find_map(|shown| {
            let data = shown.buttons.iter().flatten().find(|(text, _)| text == label)?.1.clone();
            Some((shown.id, data))
        });
        let (message, data) = found.unwrap_or_else(|| {
            panic!("there is no button {label} in {chat}: {:#?}", self.telegram.shown(chat))
        });
        self.taps_data(chat, message, &data);
    }

    /// Taps with a program of their own, which says what it likes.
    pub fn taps_data(&self, chat: i64, message: i64, data: &str) {
        let (mut world, now) = (self.telegram.world(), self.telegram.clock.now());
        let id = format!("tap{}", world.id());
        let bot = json!({ "id": BOT_ID, "is_bot": true, "first_name": "近邻热线", "username": BOT });
        let card = json!({ "message_id": message, "date": now.as_second(), "from": bot, "chat": world.rooms[&chat].chat(chat), "text": "…" });
        let tap =
            json!({ "id": id, "from": self.user(), "chat_instance": "-77", "message": card, "data": data });
        world.taps.insert(id, Tap { at: now, answer: None });
        world.add(now, chat, "callback_query", tap);
    }

    /// Records something.
    pub fn speaks(&self, seconds: u32, bytes: &[u8]) {
        let id = format!("voice{}", self.telegram.world().files.len());
        self.telegram.world().files.insert(id.clone(), bytes.to_vec());
        self.sends(self.id, json!({ "voice": { "file_id": id, "file_unique_id": id, "duration": seconds, "mime_type": "audio/ogg", "file_size": bytes.len() } }));
    }

    /// Blocks the bot.
    pub fn blocks(&self) {
        self.telegram.membership(self.id, Reach::Blocked, self.user());
    }

    /// Takes it back.
    pub fn unblocks(&self) {
        self.telegram.membership(self.id, Reach::Open, self.user());
    }

    /// What the bot told them, as it is now.
    pub fn told(&self) -> Vec<Shown> {
        self.telegram.shown(self.id)
    }

    /// The last of it.
    pub fn last(&self) -> Shown {
        self.telegram.last(self.id)
    }
}

/// What a bot with group privacy gets of a group: commands, service messages, its name.
fn is_for_bots(message: &Value) -> bool {
    let text = message["text"].as_str();
    text.is_none_or(|text| text.starts_with('/') || text.contains(&format!("@{BOT}")))
}

impl Room {
    fn chat(&self, id: i64) -> Value {
        match self.kind {
            "private" => json!({ "id": id, "type": "private", "first_name": self.title }),
            kind => json!({ "id": id, "type": kind, "title": self.title }),
        }
    }
}

impl World {
    fn id(&mut self) -> i64 {
        self.next += 1;
        self.next
    }

    /// The answer that a test wants for this call.
    fn fault(&mut self, method: &str) -> Option<Fault> {
        let at = self.faults.iter().position(|fault| fault.method == method)?;
        match self.faults[at].after {
            0 => self.faults.remove(at),
            after => {
                self.faults[at].after = after - 1;
                None
            }
        }
    }

    /// Keeps an update for the bot, if it wants its kind.
    fn add(&mut self, now: Timestamp, room: i64, kind: &str, what: Value) {
        let name = match kind {
            "callback_query" => "CallbackQuery",
            "my_chat_member" => "ChatMemberUpdated",
            _ => "Message",
        };
        description().check_object(name, &what).expect("Telegram's own updates are right");
        let wanted = self
            .hook
            .as_ref()
            .and_then(|hook| hook.get("allowed_updates"))
            .is_none_or(|kinds| kinds.as_array().is_some_and(|kinds| kinds.contains(&kind.into())));
        if wanted {
            let id = self.id();
            self.pending.push(Pending {
                id,
                room,
                update: json!({ "update_id": id, kind: what }),
                made_at: now,
                next_at: now,
                tries: 0,
            });
        }
    }

    fn call(&mut self, called: &str, body: Map<String, Value>, now: Timestamp) -> Result<Value, No> {
        let Some(method) = description().method(called) else {
            return Err(no(404, "Not Found: method not found"));
        };
        self.calls.push((method.to_owned(), body.clone()));
        if let Err(complaint) = description().check_call(method, &body) {
            self.complaints.push(complaint.clone());
            return Err(no(400, &format!("Bad Request: {complaint}")));
        }
        match method {
            "getMe" => Ok(
                json!({ "id": BOT_ID, "is_bot": true, "first_name": "近邻热线", "username": BOT, "can_join_groups": true, "can_read_all_group_messages": self.reads_all, "supports_inline_queries": false }),
            ),
            "setWebhook" => self.set_webhook(body),
            "deleteWebhook" => {
                self.hook = None;
                Ok(true.into())
            }
            "getWebhookInfo" => Ok(self.webhook_info(now)),
            "getUpdates" => self.get_updates(&body),
            "sendMessage" => self.send(&body, now),
            "editMessageText" => self.edit(&body, now),
            "answerCallbackQuery" => self.answer(&body, now),
            "getFile" => self.get_file(&body),
            other => Err(no(404, &format!("Not Found: {other}"))),
        }
    }

    fn set_webhook(&mut self, body: Map<String, Value>) -> Result<Value, No> {
        let secret = body.get("secret_token").and_then(Value::as_str).unwrap_or_default();
        if !secret.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') {
            return Err(no(400, "Bad Request: secret token contains unallowed characters"));
        }
        self.last_error = None;
        self.hook = Some(body);
        Ok(true.into())
    }

    fn webhook_info(&self, now: Timestamp) -> Value {
        let hook = self.hook.clone().unwrap_or_default();
        let mut info = json!({ "url": hook.get("url").cloned().unwrap_or_else(|| "".into()), "has_custom_certificate": false, "pending_update_count": self.pending.len() });
        for field in ["max_connections", "allowed_updates"] {
            if let Some(value) = hook.get(field) {
                info[field] = value.clone();
            }
        }
        if let Some(error) = &self.last_error {
            info["last_error_date"] = now.as_second().into();
            info["last_error_message"] = error.clone().into();
        }
        description().check_object("WebhookInfo", &info).expect("Telegram's own answers are right");
        info
    }

    fn get_updates(&mut self, body: &Map<String, Value>) -> Result<Value, No> {
        if self.hook.is_some() {
            return Err(no(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
            ));
        }
        let offset = body.get("offset").and_then(Value::as_i64).unwrap_or(0);
        let limit = body.get("limit").and_then(Value::as_u64).unwrap_or(100) as usize;
        self.pending.retain(|pending| pending.id >= offset);
        Ok(self.pending.iter().take(limit).map(|pending| pending.update.clone()).collect::<Vec<_>>().into())
    }

    /// The room of a call, if the bot may write there.
    fn room(&mut self, body: &Map<String, Value>) -> Result<(i64, &mut Room), No> {
        let id = body["chat_id"].as_i64().ok_or_else(|| no(400, "Bad Request: chat not found"))?;
        let room = self.rooms.get_mut(&id).ok_or_else(|| no(400, "Bad Request: chat not found"))?;
        match room.reach {
            Reach::Open => Ok((id, room)),
            Reach::NeverStarted => Err(no(400, "Bad Request: chat not found")),
            Reach::Blocked => Err(no(403, "Forbidden: bot was blocked by the user")),
            Reach::Kicked => Err(no(403, &format!("Forbidden: bot was kicked from the {} chat", room.kind))),
            Reach::Moved(to) => Err(No(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat".into(),
                json!({ "migrate_to_chat_id": to }),
            )),
        }
    }

    fn limited(&mut self, chat: i64, now: Timestamp) -> Result<(), No> {
        if !self.limits {
            return Ok(());
        }
        let within = |all: &[Timestamp], seconds: i64| {
            all.iter().filter(|at| now.duration_since(**at) < SignedDuration::from_secs(seconds)).count()
        };
        let room = &self.rooms[&chat];
        let limit = if within(&self.sent_at, 1) >= 30 || within(&room.sent_at, 1) >= 1 {
            Some(1)
        } else if room.kind != "private" && within(&room.sent_at, 60) >= 20 {
            let oldest = room.sent_at[room.sent_at.len() - 20];
            Some((60 - now.duration_since(oldest).as_secs()).max(1))
        } else {
            None
        };
        limit.map_or(Ok(()), |seconds| {
            self.complaints.push(format!("too fast in {chat}"));
            Err(too_fast(seconds))
        })
    }

    fn send(&mut self, body: &Map<String, Value>, now: Timestamp) -> Result<Value, No> {
        let shown = read_message(body).inspect_err(|No(_, words, _)| self.complaints.push(words.clone()))?;
        let (chat, _) = self.room(body)?;
        self.limited(chat, now)?;
        let id = self.id();
        self.sent_at.push(now);
        let room = self.rooms.get_mut(&chat).expect("looked up");
        room.sent_at.push(now);
        room.messages.push(Shown { id, ..shown });
        Ok(
            json!({ "message_id": id, "date": now.as_second(), "chat": room.chat(chat), "text": room.messages.last().map(|shown| shown.text.clone()) }),
        )
    }

    fn edit(&mut self, body: &Map<String, Value>, now: Timestamp) -> Result<Value, No> {
        let shown = read_message(body).inspect_err(|No(_, words, _)| self.complaints.push(words.clone()))?;
        let (chat, _) = self.room(body)?;
        self.limited(chat, now)?;
        self.sent_at.push(now);
        let room = self.rooms.get_mut(&chat).expect("looked up");
        room.sent_at.push(now);
        let id = body.get("message_id").and_then(Value::as_i64);
        let old = room
            .messages
            .iter_mut()
            .find(|old| Some(old.id) == id)
            .ok_or_else(|| no(400, "Bad Request: message to edit not found"))?;
        if (&old.text, &old.buttons) == (&shown.text, &shown.buttons) {
            return Err(no(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
            ));
        }
        *old = Shown { id: old.id, edits: old.edits + 1, ..shown };
        Ok(
            json!({ "message_id": old.id, "date": now.as_second(), "edit_date": now.as_second(), "chat": room.chat(chat) }),
        )
    }

    fn answer(&mut self, body: &Map<String, Value>, now: Timestamp) -> Result<Value, No> {
        let id = body["callback_query_id"].as_str().unwrap_or_default();
        let tap =
            self.taps.get_mut(id).filter(|tap| tap.answer.is_none() && now.duration_since(tap.at) < TAP_LIFE);
        let tap = tap.ok_or_else(|| {
            no(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        })?;
        tap.answer = Some(body.get("text").and_then(Value::as_str).unwrap_or_default().to_owned());
        Ok(true.into())
    }

    fn get_file(&self, body: &Map<String, Value>) -> Result<Value, No> {
        let id = body["file_id"].as_str().unwrap_or_default();
        let bytes = self.files.get(id).ok_or_else(|| no(400, "Bad Request: invalid file_id"))?;
        Ok(
            json!({ "file_id": id, "file_unique_id": id, "file_size": bytes.len(), "file_path": format!("voice/{id}.oga") }),
        )
    }
}

/// What people would see of a message; the limits that hold for what they see, and for its buttons.
fn read_message(body: &Map<String, Value>) -> Result<Shown, No> {
    let text = body["text"].as_str().unwrap_or_default();
    let html = body.get("parse_mode").and_then(Value::as_str);
    let text = match html {
        Some("HTML") => {
            visible(text).map_err(|why| no(400, &format!("Bad Request: can't parse entities: {why}")))?
        }
        Some(other) => return Err(no(400, &format!("Bad Request: unsupported parse_mode {other}"))),
        None => text.to_owned(),
    };
    if text.trim().is_empty() {
        return Err(no(400, "Bad Request: message text is empty"));
    }
    if text.encode_utf16().count() > 4096 {
        return Err(no(400, "Bad Request: message is too long"));
    }
    let buttons = body.get("reply_markup").map_or(Ok(Vec::new()), read_buttons)?;
    Ok(Shown { id: 0, text: text.trim().to_owned(), buttons, edits: 0, html: html.is_some() })
}

fn read_buttons(markup: &Value) -> Result<Vec<Vec<(String, String)>>, No> {
    let rows = markup["inline_keyboard"]
        .as_array()
        .ok_or_else(|| no(400, "Bad Request: object expected as reply markup"))?;
    let button = |button: &Value| {
        let kinds = button.as_object().map(|button| button.len()).unwrap_or_default();
        let (text, data) = (
            button["text"].as_str().unwrap_or_default(),
            button["callback_data"].as_str().unwrap_or_default(),
        );
        let right = kinds == 2 && !text.is_empty() && (1..=64).contains(&data.len());
        right
            .then(|| (text.to_owned(), data.to_owned()))
            .ok_or_else(|| no(400, "Bad Request: BUTTON_DATA_INVALID"))
    };
    let rows: Vec<Vec<_>> = rows
        .iter()
        .map(|row| row.as_array().into_iter().flatten().map(button).collect())
        .collect::<Result<_, _>>()?;
    let many: usize = rows.iter().map(Vec::len).sum();
    if many > 100 || rows.iter().any(|row| row.is_empty() || row.len() > 8) {
        return Err(no(400, "Bad Request: the keyboard is too large"));
    }
    Ok(rows)
}

async fn call(
    State(telegram): State<Telegram>,
    Path((bot, method)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut world = telegram.world();
    if bot != format!("bot{TOKEN}") || world.revoked {
        world.refused += 1;
        return refuse(no(401, "Unauthorized"));
    }
    let documented = description().method(&method).unwrap_or_default().to_owned();
    if let Some(Fault { status, body, .. }) = world.fault(&documented) {
        return (StatusCode::from_u16(status).expect("a status"), body).into_response();
    }
    let json = headers.get("content-type").is_some_and(|kind| kind == "application/json");
    let Some(body) = json.then(|| serde_json::from_slice(&body).ok()).flatten() else {
        world.complaints.push(format!("{method}: the body is no JSON object"));
        return refuse(no(400, "Bad Request: can't parse the body"));
    };
    match world.call(&method, body, telegram.clock.now()) {
        Ok(result) => axum::Json(json!({ "ok": true, "result": result })).into_response(),
        Err(refused) => refuse(refused),
    }
}

fn refuse(No(code, description, parameters): No) -> Response {
    let mut body = json!({ "ok": false, "error_code": code, "description": description });
    if !parameters.is_null() {
        body["parameters"] = parameters;
    }
    (StatusCode::from_u16(code).expect("a status"), axum::Json(body)).into_response()
}

async fn file(State(telegram): State<Telegram>, Path((bot, path)): Path<(String, String)>) -> Response {
    let name = path.trim_start_matches("voice/").trim_end_matches(".oga");
    let found = telegram.world().files.get(name).cloned().filter(|_| bot == format!("bot{TOKEN}"));
    match found {
        Some(bytes) => ([("content-type", "application/octet-stream")], bytes).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
