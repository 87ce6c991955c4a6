//! A homeserver, as an application service sees it, over real HTTP: strict about every call, it brings its transactions
//! in order and again until they are taken, and knows a call that comes twice. People are in its rooms by being named.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::on_matrix::{AS_TOKEN, HS_TOKEN, Homeserver, ID, Shown, US, shown_of};
use super::wechat::strange;

/// The largest event, in bytes.
const EVENT_MAX: usize = 65_536;
/// Events in one transaction.
const EVENTS_MAX: usize = 100;

/// See the module.
#[derive(Clone)]
pub struct Fake {
    pub url: String,
    hook: String,
    client: reqwest::Client,
    world: Arc<Mutex<World>>,
}

#[derive(Default)]
pub struct World {
    rooms: BTreeMap<String, Room>,
    /// What was not taken yet, and the number of the transaction that it is in.
    pending: VecDeque<Value>,
    transaction: Option<(u64, usize)>,
    transactions: u64,
    sent: BTreeMap<(String, String), String>,
    registered: bool,
    pub display_name: Option<String>,
    /// It does not know our token.
    pub stranger: bool,
    /// The next calls get this instead.
    pub faults: VecDeque<(u16, Value)>,
    /// What it brings is answered so.
    pub statuses: Vec<u16>,
    /// How often something was put that had been put before.
    pub repetitions: usize,
    media: BTreeMap<String, Vec<u8>>,
    complaints: Vec<String>,
    next: u64,
}

#[derive(Default)]
struct Room {
    state: BTreeMap<String, Value>,
    /// Names and what they are in the room: `join`, `invite`, `leave`.
    members: BTreeMap<String, String>,
    events: Vec<Value>,
}

type Outcome = Result<Value, (u16, &'static str, &'static str)>;

const FORBIDDEN: (u16, &str, &str) = (403, "M_FORBIDDEN", "User not in room");
const NOT_FOUND: (u16, &str, &str) = (404, "M_NOT_FOUND", "Not found");

impl Fake {
    /// A homeserver that brings what happens to this address.
    pub async fn start(hook: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let fake = Self { url, hook: hook.into(), client: reqwest::Client::new(), world: Arc::default() };
        let app = Router::new().fallback(any(serve)).with_state(fake.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        fake
    }

    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().expect("no test panicked")
    }

    pub fn has_no_complaints(&self) {
        assert_eq!(self.world().complaints, Vec::<String>::new());
    }

    pub fn keeps(&self, media: &str, bytes: &[u8]) {
        self.world().media.insert(media.into(), bytes.into());
    }

    /// Somebody does something in a room.
    pub fn happens(&self, room: &str, sender: &str, kind: &str, content: Value) -> String {
        self.world().happens(room, sender, kind, None, content)
    }

    /// Somebody sends us away.
    pub fn sends_away(&self, room: &str, sender: &str) {
        self.world().member(room, sender, US, "leave");
    }

    pub fn members(&self, room: &str) -> BTreeMap<String, String> {
        self.world().rooms[room].members.clone()
    }

    /// Brings the same again, as after an answer that was lost.
    pub async fn brings_again(&self, events: &[Value]) -> StatusCode {
        self.put("1", HS_TOKEN, &json!({ "events": events })).await
    }

    /// The last event in a room.
    pub fn event(&self, room: &str) -> Value {
        self.world().rooms[room].events.last().cloned().expect("an event")
    }

    /// The room with these two in it.
    pub fn room_of(&self, user: &str) -> Option<String> {
        let world = self.world();
        let theirs = |room: &Room| room.members.contains_key(user) && room.members.len() == 2;
        world.rooms.iter().find(|(_, room)| theirs(room)).map(|(id, _)| id.clone())
    }

    pub async fn put(&self, transaction: &str, token: &str, body: &Value) -> StatusCode {
        let address = format!("{}/_matrix/app/v1/transactions/{transaction}", self.hook);
        let request = self.client.put(address).bearer_auth(token).body(body.to_string());
        request.send().await.expect("an answer").status()
    }
}

impl Homeserver for Fake {
    async fn direct(&self, user: &str) -> String {
        self.world().make_room(user, None)
    }

    async fn group(&self, name: &str, users: &[&str]) -> String {
        let mut world = self.world();
        let room = world.make_room(users[0], Some(name));
        for user in &users[1..] {
            world.member(&room, user, user, "join");
        }
        room
    }

    async fn writes(&self, user: &str, room: &str, text: &str) -> String {
        self.happens(room, user, "m.room.message", json!({ "msgtype": "m.text", "body": text }))
    }

    async fn comes(&self, user: &str, room: &str) {
        self.world().member(room, user, user, "join");
    }

    async fn invited(&self, user: &str) -> Option<String> {
        let world = self.world();
        let asked = |room: &Room| room.members.get(user).is_some_and(|what| what == "invite");
        world.rooms.iter().find(|(_, room)| asked(room)).map(|(id, _)| id.clone())
    }

    async fn shown(&self, _: &str, room: &str) -> Vec<Shown> {
        shown_of(&self.world().rooms[room].events)
    }

    /// One transaction after the other, until one is not taken.
    async fn delivers(&self) {
        loop {
            let (number, events) = {
                let mut world = self.world();
                if world.pending.is_empty() {
                    return;
                }
                let transactions = world.transactions;
                let waiting = world.pending.len().min(EVENTS_MAX);
                let (number, many) = *world.transaction.get_or_insert((transactions, waiting));
                (number, world.pending.iter().take(many).cloned().collect::<Vec<_>>())
            };
            let many = events.len();
            let status = self.put(&number.to_string(), HS_TOKEN, &json!({ "events": events })).await;
            let mut world = self.world();
            world.statuses.push(status.as_u16());
            if status != StatusCode::OK {
                return;
            }
            world.pending.drain(..many);
            world.transaction = None;
            world.transactions += 1;
        }
    }
}

impl World {
    fn id(&mut self, sign: char) -> String {
        self.next += 1;
        format!("{sign}{}:hotline.test", self.next)
    }

    fn make_room(&mut self, maker: &str, name: Option<&str>) -> String {
        let room = self.id('!');
        self.rooms.insert(room.clone(), Room::default());
        self.member(&room, maker, maker, "join");
        if let Some(name) = name {
            self.rooms
                .get_mut(&room)
                .expect("made")
                .state
                .insert("m.room.name".into(), json!({ "name": name }));
        }
        if maker != US {
            self.member(&room, maker, US, "invite");
        }
        room
    }

    fn member(&mut self, room: &str, sender: &str, whose: &str, membership: &str) {
        let members = &mut self.rooms.get_mut(room).expect("a room").members;
        let before = members.insert(whose.into(), membership.into());
        let content = json!({ "membership": membership, "displayname": whose[1..].split(':').next() });
        self.happens(room, sender, "m.room.member", Some((whose, before)), content);
    }

    /// We hear of what happens where we are, or are invited to, or have just been sent away from.
    fn happens(
        &mut self,
        room: &str,
        sender: &str,
        kind: &str,
        state: Option<(&str, Option<String>)>,
        content: Value,
    ) -> String {
        let id = self.id('$');
        let mut event = json!({
            "type": kind, "event_id": id, "room_id": room, "sender": sender, "content": content,
            "origin_server_ts": 1_772_416_800_000_i64, "unsigned": {},
        });
        let ours = state.as_ref().is_some_and(|(whose, _)| *whose == US);
        if let Some((whose, before)) = state {
            event["state_key"] = whose.into();
            event["unsigned"] = json!({ "prev_content": { "membership": before } });
        }
        let room = self.rooms.get_mut(room).expect("a room");
        room.events.push(event.clone());
        if ours || room.is_in(US) {
            self.pending.push_back(event);
        }
        id
    }

    fn complain(&mut self, what: String) -> Outcome {
        self.complaints.push(what);
        Err((400, "M_BAD_JSON", "see the complaint"))
    }

    fn answer(&mut self, method: &Method, path: &[String], body: &Value) -> Outcome {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        if !self.registered && path[..] != ["v3", "register"] && path[..] != ["v3", "account", "whoami"] {
            return Err((403, "M_FORBIDDEN", "Application service has not registered this user"));
        }
        match (method.as_str(), &path[..]) {
            ("POST", ["v3", "register"]) => self.register(body),
            ("GET", ["v3", "account", "whoami"]) => Ok(json!({ "user_id": US })),
            ("PUT", ["v3", "profile", US, "displayname"]) => {
                self.display_name = body["displayname"].as_str().map(str::to_owned);
                Ok(json!({}))
            }
            ("GET", ["v3", "rooms", room, "state", kind, ""]) => {
                self.inside(room)?.state.get(*kind).cloned().ok_or(NOT_FOUND)
            }
            ("GET", ["v3", "rooms", room, "joined_members"]) => {
                let name = |user: &str| json!({ "display_name": user[1..].split(':').next() });
                let joined = self.inside(room)?.members.iter().filter(|(_, what)| *what == "join");
                let joined: serde_json::Map<_, _> =
                    joined.map(|(user, _)| (user.clone(), name(user))).collect();
                Ok(json!({ "joined": joined }))
            }
            ("GET", ["v3", "rooms", room, "messages"]) => {
                let newest_first: Vec<&Value> = self.inside(room)?.events.iter().rev().take(50).collect();
                Ok(json!({ "chunk": newest_first, "start": "t2", "end": "t1" }))
            }
            ("POST", ["v3", "join", room]) => {
                let members = &self.rooms.get(*room).ok_or(NOT_FOUND)?.members;
                match members.get(US).map(String::as_str) {
                    Some("join") => {}
                    Some("invite") => self.member(room, US, US, "join"),
                    _ => return Err((403, "M_FORBIDDEN", "You are not invited to this room.")),
                }
                Ok(json!({ "room_id": room }))
            }
            ("PUT", ["v3", "rooms", room, "send", "m.room.message", transaction]) => {
                self.send(room, transaction, body)
            }
            ("POST", ["v3", "createRoom"]) => self.create(body),
            _ => self.complain(format!("there is no {method} {path:?}")),
        }
    }

    fn inside(&self, room: &str) -> Result<&Room, (u16, &'static str, &'static str)> {
        self.rooms.get(room).filter(|room| room.is_in(US)).ok_or(FORBIDDEN)
    }

    fn register(&mut self, body: &Value) -> Outcome {
        if *body
            != json!({ "type": "m.login.application_service", "username": "hotline", "inhibit_login": true })
        {
            return self.complain(format!("a registration of another form: {body}"));
        }
        if std::mem::replace(&mut self.registered, true) {
            return Err((400, "M_USER_IN_USE", "User ID already taken."));
        }
        Ok(json!({ "user_id": US }))
    }

    fn create(&mut self, body: &Value) -> Outcome {
        let known = ["preset", "visibility", "is_direct", "invite"];
        let user = body["invite"][0].as_str().unwrap_or_default().to_owned();
        if !strange(body, &known).is_empty() || !user.starts_with('@') || body["is_direct"] != true {
            return self.complain(format!("a room of another form: {body}"));
        }
        let room = self.make_room(US, None);
        self.member(&room, US, &user, "invite");
        Ok(json!({ "room_id": room }))
    }

    fn send(&mut self, room: &str, transaction: &str, body: &Value) -> Outcome {
        self.inside(room)?;
        let key = (room.to_owned(), transaction.to_owned());
        if let Some(id) = self.sent.get(&key).cloned() {
            self.repetitions += 1;
            return Ok(json!({ "event_id": id }));
        }
        let known = ["msgtype", "body", "m.mentions", "m.new_content", "m.relates_to"];
        let sound = |content: &Value| {
            content["msgtype"] == "m.text"
                && content["body"].as_str().is_some_and(|text| !text.is_empty())
                && content["m.mentions"].is_object()
        };
        let edit = &body["m.relates_to"];
        let edits = edit.is_null()
            || (edit["rel_type"] == "m.replace"
                && sound(&body["m.new_content"])
                && self.is_ours(room, &edit["event_id"]));
        if !strange(body, &known).is_empty() || !sound(body) || !edits || body.to_string().len() > EVENT_MAX {
            return self.complain(format!("a message of another form: {body}"));
        }
        let id = self.happens(room, US, "m.room.message", None, body.clone());
        self.sent.insert(key, id.clone());
        Ok(json!({ "event_id": id }))
    }

    /// Whether we wrote this, and it is no edit itself.
    fn is_ours(&self, room: &str, id: &Value) -> bool {
        let ours = |event: &&Value| event["event_id"] == *id && event["sender"] == US;
        let event = self.rooms[room].events.iter().find(ours);
        event.is_some_and(|event| event["content"]["m.relates_to"].is_null())
    }
}

impl Room {
    fn is_in(&self, user: &str) -> bool {
        self.members.get(user).is_some_and(|what| what == "join")
    }
}

async fn serve(
    State(fake): State<Fake>,
    method: Method,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let address: reqwest::Url = format!("http://x{uri}").parse().expect("an address");
    let decoded =
        |part: &str| String::from_utf8(super::kannel::decoded(&part.replace('+', "%2B"))).expect("UTF-8");
    let path: Vec<String> = address.path_segments().expect("a path").map(decoded).collect();
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if bearer != Some(&format!("Bearer {AS_TOKEN}")) || fake.world().stranger {
        return refuse(401, "M_UNKNOWN_TOKEN", "Unrecognised access token");
    }
    if let Some((status, body)) = fake.world().faults.pop_front() {
        return (StatusCode::from_u16(status).expect("a status"), body.to_string()).into_response();
    }
    let [matrix, client, path @ ..] = &path[..] else {
        return refuse(404, "M_UNRECOGNIZED", "Unrecognized request");
    };
    assert_eq!((matrix.as_str(), client.as_str()), ("_matrix", "client"));
    if let [v1, media, download, server, id] = path {
        if [v1, media, download, server] == ["v1", "media", "download", "hotline.test"] {
            return match fake.world().media.get(id) {
                Some(bytes) => ([(header::CONTENT_TYPE, "audio/ogg")], bytes.clone()).into_response(),
                None => refuse(404, "M_NOT_FOUND", "Not found"),
            };
        }
    }
    if path == ["v1", "appservice", ID, "ping"] {
        return ping(&fake).await;
    }
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let outcome = fake.world().answer(&method, path, &body);
    match outcome {
        Ok(value) => ([(header::CONTENT_TYPE, "application/json")], value.to_string()).into_response(),
        Err((status, code, words)) => refuse(status, code, words),
    }
}

async fn ping(fake: &Fake) -> Response {
    let knock = fake.client.post(format!("{}/_matrix/app/v1/ping", fake.hook)).bearer_auth(HS_TOKEN);
    match knock.body(r#"{"transaction_id":"check"}"#).send().await {
        Ok(answer) if answer.status() == StatusCode::OK => {
            (StatusCode::OK, r#"{"duration_ms":3}"#).into_response()
        }
        Ok(_) => refuse(502, "M_BAD_STATUS", "received status 401"),
        Err(_) => refuse(502, "M_CONNECTION_FAILED", "connection refused"),
    }
}

fn refuse(status: u16, code: &str, words: &str) -> Response {
    let body = json!({ "errcode": code, "error": words });
    (StatusCode::from_u16(status).expect("a status"), body.to_string()).into_response()
}
