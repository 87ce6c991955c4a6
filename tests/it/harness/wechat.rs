//! WeChat, as far as an Official Account sees it, over real HTTP: strict about every call, with its tokens and its
//! quotas, on the tests' clock. What the hotline calls wrongly fails the test.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{OriginalUri, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use futures::FutureExt;
use futures::future::BoxFuture;
use hotline::channels::Channels;
use hotline::channels::webchat::{self, Webchat};
use hotline::channels::wechat::{NAME, Settings, SurveyNotice, WeChat};
use hotline::clock::Clock;
use hotline::web::{Web, router};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::sealed::{KEY, TOKEN, element, seal, signature, unseal, xml};
use super::{CITY, Database, START, TestApp, at};

pub const APP_ID: &str = "wx0123456789abcdef";
pub const APP_SECRET: &str = "0123456789abcdef0123456789abcdef";
const ACCOUNT: &str = "gh_0123456789ab";
pub const TEMPLATE: &str = "template-1";

/// How deliveries come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mode {
    Plain,
    Safe,
}

/// A hotline whose residents are on WeChat; the teams' groups are on our own pages.
pub struct OnWeChat {
    pub app: TestApp,
    pub wechat: Platform,
    pub hook: String,
    pub client: reqwest::Client,
    mode: Mode,
}

/// See the module.
#[derive(Clone)]
pub struct Platform {
    pub url: String,
    clock: Clock,
    state: Arc<Mutex<World>>,
}

/// What somebody has on their phone.
#[derive(Clone, Debug, PartialEq)]
pub enum Shown {
    /// The answer to what they wrote.
    Answer(String),
    /// A customer service message.
    Text(String),
    /// A menu: the words, and the options with their ids.
    Menu(String, Vec<(String, String)>),
    /// A notice.
    Notice(Value),
}

#[derive(Default)]
struct Follower {
    heard_at: Option<Timestamp>,
    sends: u32,
    left: bool,
    consents: u32,
    shown: Vec<Shown>,
}

#[derive(Default)]
pub struct World {
    tokens: u32,
    valid: Option<String>,
    forced: u32,
    asked_for_token: u32,
    /// It may not write by itself.
    pub unverified: bool,
    /// Our address is not on its list.
    pub stranger: bool,
    followers: BTreeMap<String, Follower>,
    media: BTreeMap<String, Vec<u8>>,
    faults: VecDeque<(u16, String)>,
    complaints: Vec<String>,
    next: u64,
}

impl Platform {
    async fn start(clock: Clock) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let platform = Self { url, clock, state: Arc::default() };
        let app = Router::new().fallback(any(serve)).with_state(platform.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        platform
    }

    pub fn world(&self) -> MutexGuard<'_, World> {
        self.state.lock().expect("no test panicked")
    }

    /// Everything that somebody has on their phone.
    pub fn shown(&self, openid: &str) -> Vec<Shown> {
        self.world().followers.get(openid).map(|follower| follower.shown.clone()).unwrap_or_default()
    }

    /// The words of the last thing.
    pub fn last(&self, openid: &str) -> String {
        match self.shown(openid).pop().expect("something is shown") {
            Shown::Answer(text) | Shown::Text(text) | Shown::Menu(text, _) => text,
            Shown::Notice(data) => data.to_string(),
        }
    }

    /// The next calls that are not about tokens get this instead.
    pub fn answers(&self, status: u16, body: &str) {
        self.world().faults.push_back((status, body.to_owned()));
    }

    /// The token that was given is not taken any more.
    pub fn forgets_the_token(&self) {
        self.world().valid = None;
    }

    /// Somebody agrees to one notice.
    pub fn consents(&self, openid: &str) {
        self.world().followers.entry(openid.to_owned()).or_default().consents += 1;
    }

    /// How many customer service messages they got since they last wrote.
    pub fn sends(&self, openid: &str) -> u32 {
        self.world().followers.get(openid).map_or(0, |follower| follower.sends)
    }

    /// They got as many as WeChat allows.
    pub fn exhaust(&self, openid: &str) {
        self.world().followers.entry(openid.to_owned()).or_default().sends = 5;
    }

    pub fn keeps(&self, media_id: &str, bytes: &[u8]) {
        self.world().media.insert(media_id.to_owned(), bytes.to_vec());
    }

    /// How often a token was asked for, and how often by force.
    pub fn asked_for_tokens(&self) -> (u32, u32) {
        let world = self.world();
        (world.asked_for_token, world.forced)
    }

    pub fn has_no_complaints(&self) {
        assert_eq!(self.world().complaints, Vec::<String>::new());
    }
}

async fn serve(State(platform): State<Platform>, OriginalUri(uri): OriginalUri, body: Bytes) -> Response {
    let query: BTreeMap<String, String> = query(&uri);
    let posted: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let now = platform.clock.now();
    let mut world = platform.world();
    if uri.path() == "/cgi-bin/stable_token" {
        return world.token(&posted).into_response();
    }
    if let Some((status, body)) = world.faults.pop_front() {
        return (StatusCode::from_u16(status).expect("a status"), body).into_response();
    }
    let token = query.get("access_token").cloned().unwrap_or_default();
    if world.valid.as_deref() != Some(token.as_str()) {
        // WeChat repeats what was wrong in its words.
        return error(40001, &format!("invalid credential, access_token {token} is invalid"));
    }
    match uri.path() {
        "/cgi-bin/message/custom/send" => world.custom(&posted, now),
        "/cgi-bin/message/subscribe/bizsend" => world.notice(&posted),
        "/cgi-bin/openapi/quota/get" => json_answer(
            &json!({ "errcode": 0, "errmsg": "ok", "quota": { "daily_limit": 500_000, "used": 3, "remain": 499_997 } }),
        ),
        "/cgi-bin/media/get" => match world.media.get(query.get("media_id").map_or("", String::as_str)) {
            Some(bytes) => ([(header::CONTENT_TYPE, "audio/amr")], bytes.clone()).into_response(),
            None => error(40007, "invalid media_id"),
        },
        path => {
            world.complaints.push(format!("there is no {path}"));
            error(404, "not found")
        }
    }
}

pub fn query(uri: &axum::http::Uri) -> BTreeMap<String, String> {
    let address: reqwest::Url = format!("http://x{uri}").parse().expect("an address");
    address.query_pairs().into_owned().collect()
}

pub fn error(code: i64, words: &str) -> Response {
    json_answer(&json!({ "errcode": code, "errmsg": words }))
}

pub fn json_answer(value: &Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json; charset=UTF-8")], value.to_string()).into_response()
}

/// Names of fields that are there and should not be.
pub fn strange(value: &Value, known: &[&str]) -> Vec<String> {
    let names = value.as_object().expect("an object").keys();
    names.filter(|name| !known.contains(&name.as_str())).cloned().collect()
}

impl World {
    fn token(&mut self, posted: &Value) -> Response {
        self.asked_for_token += 1;
        if self.stranger {
            return error(40164, "invalid ip 192.0.2.1, not in whitelist");
        }
        if posted["appid"] != APP_ID || posted["grant_type"] != "client_credential" {
            return error(40013, "invalid appid");
        }
        if posted["secret"] != APP_SECRET {
            return error(40125, &format!("invalid appsecret {}", posted["secret"]));
        }
        let force = posted["force_refresh"].as_bool().expect("force_refresh is said");
        self.forced += u32::from(force);
        if force || self.valid.is_none() {
            self.tokens += 1;
            self.valid = Some(format!("TOKEN-{}-{}", self.tokens, "x".repeat(500)));
        }
        json_answer(&json!({ "access_token": self.valid, "expires_in": 7200 }))
    }

    fn complain(&mut self, what: impl Into<String>) -> Response {
        let what = what.into();
        self.complaints.push(what.clone());
        error(40035, &what)
    }

    fn custom(&mut self, posted: &Value, now: Timestamp) -> Response {
        let kind = posted["msgtype"].as_str().unwrap_or_default().to_owned();
        let openid = posted["touser"].as_str().unwrap_or_default().to_owned();
        if !strange(posted, &["touser", "msgtype", &kind]).is_empty() || openid.is_empty() {
            return self.complain(format!("a message of another form: {posted}"));
        }
        let shown = match kind.as_str() {
            "text" => text(&posted["text"]),
            "msgmenu" => menu(&posted["msgmenu"]),
            _ => Err(format!("an unknown msgtype: {posted}")),
        };
        let shown = match shown {
            Ok(shown) => shown,
            Err(what) => return self.complain(what),
        };
        if self.unverified {
            return error(48001, "api unauthorized");
        }
        let Some(follower) = self.followers.get_mut(&openid) else { return error(40003, "invalid openid") };
        match follower.heard_at {
            _ if follower.left => return error(43004, "require subscribe"),
            Some(at) if now.duration_since(at) < SignedDuration::from_hours(48) => {}
            _ => return error(45015, "response out of time limit or subscription is canceled"),
        }
        if follower.sends == 5 {
            return error(45047, "out of response count limit");
        }
        follower.sends += 1;
        follower.shown.push(shown);
        error(0, "ok")
    }

    fn notice(&mut self, posted: &Value) -> Response {
        if !strange(posted, &["touser", "template_id", "page", "data"]).is_empty()
            || posted["template_id"] != TEMPLATE
        {
            return self.complain(format!("a notice of another form: {posted}"));
        }
        let things = posted["data"].as_object().expect("fields").iter();
        for (name, field) in things {
            let value = field["value"].as_str().unwrap_or_default();
            if value.is_empty() || (name.starts_with("thing") && value.chars().count() > 20) {
                return error(47003, "argument invalid!");
            }
        }
        let openid = posted["touser"].as_str().unwrap_or_default();
        match self.followers.get_mut(openid) {
            Some(follower) if follower.consents > 0 => {
                follower.consents -= 1;
                follower.shown.push(Shown::Notice(posted["data"].clone()));
                error(0, "ok")
            }
            _ => error(43101, "user refuse to accept the msg"),
        }
    }
}

fn text(content: &Value) -> Result<Shown, String> {
    let words = content["content"].as_str().unwrap_or_default();
    let fits = (1..=2048).contains(&words.len()) && strange(content, &["content"]).is_empty();
    if fits { Ok(Shown::Text(words.to_owned())) } else { Err(format!("a text of {} bytes", words.len())) }
}

fn menu(content: &Value) -> Result<Shown, String> {
    let head = content["head_content"].as_str().unwrap_or_default();
    let options: Vec<(String, String)> = content["list"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|option| {
            let part = |name: &str| option[name].as_str().unwrap_or_default().to_owned();
            (part("content"), part("id"))
        })
        .collect();
    let sound = |(label, id): &(String, String)| !label.is_empty() && (1..=64).contains(&id.len());
    let fits = !head.is_empty() && head.len() <= 2048 && !options.is_empty() && options.iter().all(sound);
    if fits && strange(content, &["head_content", "list", "tail_content"]).is_empty() {
        Ok(Shown::Menu(head.to_owned(), options))
    } else {
        Err(format!("a menu of another form: {content}"))
    }
}

impl OnWeChat {
    pub async fn start(database: Database, mode: Mode) -> Self {
        Self::start_with(database, mode, Duration::from_secs(4)).await
    }

    /// With how long a delivery waits for the hotline's answer.
    pub async fn start_with(database: Database, mode: Mode, answer_within: Duration) -> Self {
        let clock = Clock::at(at(START));
        let wechat = Platform::start(clock.clone()).await;
        let mut channels = Channels::default();
        channels.add(webchat::NAME, Webchat);
        channels.add(NAME, channel(&wechat.url, mode, APP_SECRET, answer_within));
        let app = TestApp::in_city(database, clock, channels, CITY).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let hook = format!("http://{}/hooks/wechat", listener.local_addr().expect("an address"));
        let web = router(Web::new(app.hotline.clone(), false, None))
            .into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, web).await });
        Self { app, wechat, hook, client: reqwest::Client::new(), mode }
    }

    /// Somebody writes; the hotline works while WeChat waits. What they are shown is kept.
    pub async fn says(&self, openid: &str, words: &str) {
        self.writes(openid, &[("MsgType", "text"), ("Content", words)]).await;
    }

    /// Somebody taps the option whose label has these words, in the last menu.
    pub async fn taps(&self, openid: &str, label: &str) {
        let shown = self.wechat.shown(openid);
        let options = shown.iter().rev().find_map(|shown| match shown {
            Shown::Menu(_, options) => Some(options.clone()),
            Shown::Answer(_) | Shown::Text(_) | Shown::Notice(_) => None,
        });
        let options = options.expect("a menu");
        let (text, id) = options.iter().find(|(text, _)| text.contains(label)).expect("an option").clone();
        self.writes(openid, &[("MsgType", "text"), ("Content", &text), ("bizmsgmenuid", &id)]).await;
    }

    /// Any fields that somebody causes.
    pub async fn writes(&self, openid: &str, fields: &[(&str, &str)]) {
        let (query, body) = self.delivery(openid, fields);
        let now = self.app.clock.now();
        {
            let mut world = self.wechat.world();
            let follower = world.followers.entry(openid.to_owned()).or_default();
            (follower.heard_at, follower.sends, follower.left) = (Some(now), 0, false);
        }
        let posting = tokio::spawn(self.post(&query, body));
        while !posting.is_finished() {
            self.app.drain().await;
            tokio::task::yield_now().await;
        }
        let (status, answer) = posting.await.expect("no panic");
        assert_eq!(status, StatusCode::OK, "{answer}");
        if let Some(words) = self.passive(openid, &answer) {
            let mut world = self.wechat.world();
            world.followers.entry(openid.to_owned()).or_default().shown.push(Shown::Answer(words));
        }
        self.app.drain().await;
    }

    /// The account's own follower goes.
    pub async fn leaves(&self, openid: &str) {
        self.writes(openid, &[("MsgType", "event"), ("Event", "unsubscribe"), ("EventKey", "")]).await;
        self.wechat.world().followers.entry(openid.to_owned()).or_default().left = true;
    }

    /// The query and body of a delivery, as WeChat makes them now.
    pub fn delivery(&self, openid: &str, fields: &[(&str, &str)]) -> (String, String) {
        let now = self.app.clock.now().as_second().to_string();
        let id = {
            let mut world = self.wechat.world();
            world.next += 1;
            (7_000_000_000_000_000 + world.next).to_string()
        };
        let mut all = vec![("ToUserName", ACCOUNT), ("FromUserName", openid), ("CreateTime", now.as_str())];
        all.extend_from_slice(fields);
        if !fields.contains(&("MsgType", "event")) {
            all.push(("MsgId", &id));
        }
        self.sign(&xml(&all), APP_ID)
    }

    /// Signs a message, and seals it for an account in safe mode.
    pub fn sign(&self, message: &str, app_id: &str) -> (String, String) {
        let (now, nonce) = (self.app.clock.now().as_second().to_string(), "1320562132");
        let signed = signature(&[&now, nonce]);
        let query = format!("signature={signed}&timestamp={now}&nonce={nonce}&openid=x");
        match self.mode {
            Mode::Plain => (query, message.to_owned()),
            Mode::Safe => {
                let sealed = seal(message, app_id);
                let signed = signature(&[&now, nonce, &sealed]);
                let body = xml(&[("ToUserName", ACCOUNT), ("Encrypt", &sealed)]);
                (format!("{query}&encrypt_type=aes&msg_signature={signed}"), body)
            }
        }
    }

    /// Posts to the hotline.
    pub fn post(
        &self,
        query: &str,
        body: impl Into<reqwest::Body>,
    ) -> BoxFuture<'static, (StatusCode, String)> {
        let request = self.client.post(format!("{}?{query}", self.hook)).body(body);
        async move {
            let answer = request.send().await.expect("an answer");
            (answer.status(), answer.text().await.expect("a text"))
        }
        .boxed()
    }

    /// The words of an answer, if it is one; anything that WeChat would not take fails the test.
    fn passive(&self, openid: &str, answer: &str) -> Option<String> {
        if answer == "success" || answer.is_empty() {
            return None;
        }
        let message = match self.mode {
            Mode::Plain => answer.to_owned(),
            Mode::Safe => {
                let of = |name: &str| element(answer, name).expect("an element");
                let signed = signature(&[of("TimeStamp"), of("Nonce"), of("Encrypt")]);
                assert_eq!(of("MsgSignature"), signed, "the answer is signed");
                let (message, receiver) = unseal(of("Encrypt"));
                assert_eq!(receiver, APP_ID);
                message
            }
        };
        let of = |name: &str| element(&message, name).expect("an element").to_owned();
        assert_eq!((of("ToUserName").as_str(), of("FromUserName").as_str()), (openid, ACCOUNT));
        assert_eq!(of("MsgType"), "text");
        assert!(of("CreateTime").parse::<i64>().is_ok() && of("Content").len() <= 2048);
        Some(of("Content"))
    }

    /// What waits to be understood.
    pub async fn waiting(&self) -> i64 {
        self.app.hotline.store.read().await.expect("a reader").inbox_waiting().await.expect("a count")
    }
}

/// The channel, with this secret.
pub fn channel(url: &str, mode: Mode, secret: &str, answer_within: Duration) -> WeChat {
    WeChat::new(Settings {
        app_id: APP_ID.into(),
        app_secret: secret.into(),
        token: TOKEN.into(),
        encoding_aes_key: (mode == Mode::Safe).then(|| KEY.into()),
        api_url: url.parse().expect("an address"),
        answer_within,
        survey_notice: Some(SurveyNotice {
            template_id: TEMPLATE.into(),
            fields: [("character_string1", "{case}"), ("thing2", "{text}")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            page: None,
        }),
    })
    .expect("the settings are right")
}
