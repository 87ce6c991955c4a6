//! WeCom, as far as an app sees it, over real HTTP: strict about every call, with its tokens, its codes that count once
//! and its limits, on the tests' clock. What the hotline calls wrongly fails the test.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

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
use hotline::channels::wecom::{NAME, ROBOT_HINT, Settings, WeCom};
use hotline::clock::Clock;
use hotline::web::{Web, router};
use hotline::worker;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::sealed::{KEY, TOKEN, seal, signature, xml};
use super::wechat::{error, json_answer, query, strange};
use super::{CITY, Database, START, TestApp, at};

pub const CORP_ID: &str = "ww0123456789abcdef";
pub const SECRET: &str = "the-secret-of-the-app";
pub const AGENT: i64 = 1_000_002;
/// The key of the robot `repair`.
pub const ROBOT: &str = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa";
/// The tag of the repair team.
pub const TAG: &str = "1";
/// How many messages a minute reach a member.
const MEMBER_PER_MINUTE: usize = 30;
/// How many messages a minute a robot says.
const ROBOT_PER_MINUTE: usize = 20;

/// A hotline whose repair team is on WeCom; the other groups are on our own pages.
pub struct OnWeCom {
    pub app: TestApp,
    pub wecom: Platform,
    pub hook: String,
    pub client: reqwest::Client,
}

/// See the module.
#[derive(Clone)]
pub struct Platform {
    pub url: String,
    clock: Clock,
    state: Arc<Mutex<World>>,
}

/// What a member has on their phone.
#[derive(Clone, Debug, PartialEq)]
pub enum Shown {
    Text(String),
    Card(Card),
}

/// A card, as one member sees it now.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    pub task: String,
    pub text: String,
    /// Labels and keys; none once they are replaced.
    pub buttons: Vec<(String, String)>,
    pub replaced_by: Option<String>,
}

struct Code {
    task: String,
    member: Option<String>,
    at: Timestamp,
}

#[derive(Default)]
pub struct World {
    tokens: u32,
    valid: Option<String>,
    pub asked_for_token: u32,
    /// Our address is not on its list.
    pub stranger: bool,
    members: BTreeMap<String, BTreeSet<String>>,
    shown: BTreeMap<String, Vec<Shown>>,
    got_at: BTreeMap<String, Vec<Timestamp>>,
    robot: Vec<(Timestamp, String)>,
    codes: BTreeMap<String, Code>,
    tasks: BTreeSet<String>,
    sent: BTreeMap<String, Timestamp>,
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

    /// A member within the app's range, perhaps with tags.
    pub fn member(&self, id: &str, tags: &[&str]) {
        let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
        self.world().members.insert(id.to_owned(), tags);
    }

    pub fn shown(&self, member: &str) -> Vec<Shown> {
        self.world().shown.get(member).cloned().unwrap_or_default()
    }

    /// The last card with buttons or what replaced them.
    pub fn card(&self, member: &str) -> Card {
        let cards = self.shown(member).into_iter().rev().find_map(|shown| match shown {
            Shown::Card(card) => Some(card),
            Shown::Text(_) => None,
        });
        cards.expect("a card")
    }

    /// Everything that a member reads, as one text.
    pub fn words(&self, member: &str) -> String {
        let words = |shown: Shown| match shown {
            Shown::Text(text) => text,
            Shown::Card(card) => card.text,
        };
        self.shown(member).into_iter().map(words).collect::<Vec<_>>().join("\n")
    }

    /// What the robot has said.
    pub fn announced(&self) -> Vec<String> {
        self.world().robot.iter().map(|(_, text)| text.clone()).collect()
    }

    /// The next calls that are not about tokens get this instead.
    pub fn answers(&self, status: u16, body: &str) {
        self.world().faults.push_back((status, body.to_owned()));
    }

    pub fn forgets_the_token(&self) {
        self.world().valid = None;
    }

    pub fn has_no_complaints(&self) {
        assert_eq!(self.world().complaints, Vec::<String>::new());
    }
}

async fn serve(State(platform): State<Platform>, OriginalUri(uri): OriginalUri, body: Bytes) -> Response {
    let query = query(&uri);
    let of = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
    let posted: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let now = platform.clock.now();
    let mut world = platform.world();
    if uri.path() == "/cgi-bin/gettoken" {
        return world.token(of("corpid"), of("corpsecret"));
    }
    if let Some((status, body)) = world.faults.pop_front() {
        return (StatusCode::from_u16(status).expect("a status"), body).into_response();
    }
    if uri.path() == "/cgi-bin/webhook/send" {
        return world.announce(of("key"), &posted, now);
    }
    if world.valid.as_deref() != Some(of("access_token")) {
        return error(40014, &format!("invalid access_token {}", of("access_token")));
    }
    match uri.path() {
        "/cgi-bin/message/send" => world.send(&posted, now),
        "/cgi-bin/message/update_template_card" => world.update(&posted, now),
        "/cgi-bin/agent/get" if of("agentid") == AGENT.to_string() => {
            json_answer(&json!({ "errcode": 0, "errmsg": "ok", "agentid": AGENT, "name": "近邻热线" }))
        }
        "/cgi-bin/media/get" => ([(header::CONTENT_TYPE, "image/jpeg")], "a picture").into_response(),
        path => world.complain(format!("there is no {path}")),
    }
}

impl World {
    fn complain(&mut self, what: impl Into<String>) -> Response {
        let what = what.into();
        self.complaints.push(what.clone());
        error(40058, &what)
    }

    fn token(&mut self, corp: &str, secret: &str) -> Response {
        self.asked_for_token += 1;
        if self.stranger {
            return error(60020, "not allow to access from your ip, from ip: 192.0.2.1");
        }
        if corp != CORP_ID {
            return error(40013, "invalid corpid");
        }
        if secret != SECRET {
            return error(40001, &format!("invalid credential {secret}"));
        }
        if self.valid.is_none() {
            self.tokens += 1;
            self.valid = Some(format!("TOKEN-{}", self.tokens));
        }
        json_answer(&json!({ "errcode": 0, "errmsg": "ok", "access_token": self.valid, "expires_in": 7200 }))
    }

    fn send(&mut self, posted: &Value, now: Timestamp) -> Response {
        let kind = posted["msgtype"].as_str().unwrap_or_default().to_owned();
        let to = ["touser", "totag", "toparty"].map(|name| (name, posted[name].as_str().unwrap_or_default()));
        let mut known =
            vec!["agentid", "msgtype", kind.as_str(), "enable_duplicate_check", "duplicate_check_interval"];
        known.extend(to.iter().map(|(name, _)| name));
        let addressed: Vec<_> = to.iter().filter(|(_, id)| !id.is_empty()).collect();
        let interval = posted["duplicate_check_interval"].as_u64().unwrap_or_default();
        if !strange(posted, &known).is_empty()
            || posted["agentid"] != AGENT
            || addressed.len() != 1
            || posted["enable_duplicate_check"] != 1
            || !(1..=14400).contains(&interval)
        {
            return self.complain(format!("a message of another form: {posted}"));
        }
        let (how, id) = *addressed[0];
        let members: Vec<String> = self
            .members
            .iter()
            .filter(|(member, tags)| if how == "touser" { *member == id } else { tags.contains(id) })
            .map(|(member, _)| member.clone())
            .collect();
        if members.is_empty() {
            return error(81013, "user & party & tag all invalid");
        }
        let before = self.sent.get(&posted.to_string()).copied();
        let within = SignedDuration::from_secs(i64::try_from(interval).expect("hours"));
        if before.is_some_and(|at| now.duration_since(at) < within) {
            return json_answer(&json!({ "errcode": 0, "errmsg": "ok", "msgid": "again" }));
        }
        let shown = match kind.as_str() {
            "text" => text(&posted["text"]),
            "template_card" => card(&posted["template_card"]).map(Shown::Card),
            _ => Err(format!("an unknown msgtype: {posted}")),
        };
        let shown = match shown {
            Ok(shown) => shown,
            Err(what) => return self.complain(what),
        };
        self.sent.insert(posted.to_string(), now);
        let mut answer = json!({ "errcode": 0, "errmsg": "ok", "invaliduser": "", "msgid": "m" });
        if let Shown::Card(card) = &shown {
            if !self.tasks.insert(card.task.clone()) {
                return self.complain(format!("the task {} once more", card.task));
            }
            answer["response_code"] = self.code(&card.task, None, now).into();
        }
        for member in members {
            self.reach(&member, shown.clone(), now);
        }
        json_answer(&answer)
    }

    /// What exceeds the limit is dropped, and nobody is told; a hotline that keeps the pace never comes here.
    fn reach(&mut self, member: &str, shown: Shown, now: Timestamp) {
        let got = self.got_at.entry(member.to_owned()).or_default();
        got.retain(|at| now.duration_since(*at) < SignedDuration::from_secs(60));
        if got.len() == MEMBER_PER_MINUTE {
            self.complaints.push(format!("{member} gets more than {MEMBER_PER_MINUTE} messages a minute"));
            return;
        }
        got.push(now);
        self.shown.entry(member.to_owned()).or_default().push(shown);
    }

    fn code(&mut self, task: &str, member: Option<&str>, at: Timestamp) -> String {
        self.next += 1;
        let code = format!("code-{}", self.next);
        self.codes
            .insert(code.clone(), Code { task: task.to_owned(), member: member.map(str::to_owned), at });
        code
    }

    /// A code counts once, and for three days. (The number of the error is this fake's own.)
    fn update(&mut self, posted: &Value, now: Timestamp) -> Response {
        let known = ["userids", "atall", "agentid", "response_code", "button", "template_card"];
        let one = posted["button"].is_object() != posted["template_card"].is_object();
        if !strange(posted, &known).is_empty() || posted["agentid"] != AGENT || !one {
            return self.complain(format!("a change of another form: {posted}"));
        }
        let code = self.codes.remove(posted["response_code"].as_str().unwrap_or_default());
        let fresh = |code: &Code| now.duration_since(code.at) < SignedDuration::from_hours(72);
        let Some(code) = code.filter(fresh) else { return error(42045, "response_code expired or used") };
        let users: Vec<String> = posted["userids"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|id| id.as_str().map(str::to_owned))
            .collect();
        let change: Box<dyn Fn(&mut Card)> = if let Some(name) = posted["button"]["replace_name"].as_str() {
            let name = name.to_owned();
            Box::new(move |card| (card.buttons, card.replaced_by) = (Vec::new(), Some(name.clone())))
        } else {
            let replaced_by = posted["template_card"]["replace_text"].as_str().map(str::to_owned);
            let new = match card(&posted["template_card"]) {
                Ok(new) => new,
                Err(what) => return self.complain(what),
            };
            Box::new(move |card| {
                card.text.clone_from(&new.text);
                card.buttons = if replaced_by.is_some() { Vec::new() } else { new.buttons.clone() };
                card.replaced_by.clone_from(&replaced_by);
            })
        };
        for (member, shown) in &mut self.shown {
            let meant = users.contains(member) || posted["atall"] == 1;
            if !meant || code.member.as_ref().is_some_and(|only| only != member) {
                continue;
            }
            for shown in shown {
                match shown {
                    Shown::Card(card) if card.task == code.task => change(card),
                    Shown::Card(_) | Shown::Text(_) => {}
                }
            }
        }
        error(0, "ok")
    }

    fn announce(&mut self, key: &str, posted: &Value, now: Timestamp) -> Response {
        if key != ROBOT {
            return error(93000, &format!("invalid webhook url, key {key}"));
        }
        let words = posted["text"]["content"].as_str().unwrap_or_default().to_owned();
        if posted["msgtype"] != "text" || words.is_empty() || words.len() > 2048 {
            return self.complain(format!("an announcement of another form: {posted}"));
        }
        let minute =
            self.robot.iter().filter(|(at, _)| now.duration_since(*at) < SignedDuration::from_secs(60));
        if minute.count() == ROBOT_PER_MINUTE {
            return error(45009, "api freq out of limit");
        }
        self.robot.push((now, words));
        error(0, "ok")
    }
}

fn text(content: &Value) -> Result<Shown, String> {
    let words = content["content"].as_str().unwrap_or_default();
    let fits = (1..=2048).contains(&words.len()) && strange(content, &["content"]).is_empty();
    if fits { Ok(Shown::Text(words.to_owned())) } else { Err(format!("a text of {} bytes", words.len())) }
}

fn card(content: &Value) -> Result<Card, String> {
    let of = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let known = ["card_type", "main_title", "sub_title_text", "task_id", "button_list", "replace_text"];
    let (title, rest) = (of(&content["main_title"]["title"]), of(&content["sub_title_text"]));
    let buttons: Vec<(String, String)> = content["button_list"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|button| (of(&button["text"]), of(&button["key"])))
        .collect();
    let task = of(&content["task_id"]);
    let named = task.len() <= 128 && task.chars().all(|c| c.is_ascii_alphanumeric() || "_-@".contains(c));
    let sound = |(label, key): &(String, String)| !label.is_empty() && (1..=1024).contains(&key.len());
    let fits = content["card_type"] == "button_interaction"
        && strange(content, &known).is_empty()
        && named
        && !task.is_empty()
        && !title.is_empty()
        && (1..=6).contains(&buttons.len())
        && buttons.iter().all(sound);
    let text = format!("{title}\n{rest}").trim_end().to_owned();
    if fits {
        Ok(Card { task, text, buttons, replaced_by: None })
    } else {
        Err(format!("a card of another form: {content}"))
    }
}

impl OnWeCom {
    pub async fn start(database: Database) -> Self {
        let clock = Clock::at(at(START));
        let wecom = Platform::start(clock.clone()).await;
        for (id, tags) in
            [("afang", [TAG].as_slice()), ("laolin", &[TAG]), ("xiaochen", &[TAG]), ("mei", &[])]
        {
            wecom.member(id, tags);
        }
        let mut channels = Channels::default();
        channels.add(webchat::NAME, Webchat);
        channels.add(NAME, channel(&wecom.url, SECRET));
        let app = TestApp::in_city(database, clock, channels, &city()).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let hook = format!("http://{}/hooks/wecom", listener.local_addr().expect("an address"));
        let web = router(Web::new(app.hotline.clone(), false, None))
            .into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, web).await });
        Self { app, wecom, hook, client: reqwest::Client::new() }
    }

    /// Somebody writes to the app.
    pub async fn says(&self, member: &str, words: &str) {
        self.delivers(member, &[("MsgType", "text"), ("Content", words)]).await;
    }

    /// Somebody taps the newest button with this label that they see.
    pub async fn taps(&self, member: &str, label: &str) {
        let (task, key) = self.button(member, label);
        self.taps_key(member, &task, &key).await;
    }

    pub fn button(&self, member: &str, label: &str) -> (String, String) {
        let found = self.wecom.shown(member).into_iter().rev().find_map(|shown| match shown {
            Shown::Card(card) => {
                let button = card.buttons.iter().find(|(text, _)| text == label)?;
                Some((card.task.clone(), button.1.clone()))
            }
            Shown::Text(_) => None,
        });
        found.unwrap_or_else(|| panic!("{member} sees no {label}: {:?}", self.wecom.shown(member)))
    }

    pub async fn taps_key(&self, member: &str, task: &str, key: &str) {
        let now = self.app.clock.now();
        let code = self.wecom.world().code(task, Some(member), now);
        self.delivers(
            member,
            &[
                ("MsgType", "event"),
                ("Event", "template_card_event"),
                ("EventKey", key),
                ("TaskId", task),
                ("CardType", "button_interaction"),
                ("ResponseCode", &code),
            ],
        )
        .await;
    }

    /// Delivers, and lets the hotline do everything that waits, with the seconds that pass meanwhile.
    pub async fn delivers(&self, member: &str, fields: &[(&str, &str)]) {
        let (query, body) = self.delivery(member, fields);
        let (status, answer) = self.post(&query, body).await;
        assert_eq!((status, answer.as_str()), (StatusCode::OK, ""));
        self.settle().await;
    }

    /// Lets the hotline do everything that waits, with the seconds that pass meanwhile.
    pub async fn settle(&self) {
        const QUIET_SECONDS: u32 = 4;
        let mut quiet = 0;
        while quiet < QUIET_SECONDS {
            if worker::drain(&self.app.hotline).await.expect("the workers work") > 0 {
                quiet = 0;
            } else {
                quiet += 1;
                self.app.clock.advance(SignedDuration::from_secs(1));
            }
        }
    }

    pub fn delivery(&self, member: &str, fields: &[(&str, &str)]) -> (String, String) {
        let now = self.app.clock.now().as_second().to_string();
        let id = {
            let mut world = self.wecom.world();
            world.next += 1;
            world.next.to_string()
        };
        let agent = AGENT.to_string();
        let mut all = vec![("ToUserName", CORP_ID), ("FromUserName", member), ("CreateTime", now.as_str())];
        all.extend_from_slice(fields);
        if !fields.contains(&("MsgType", "event")) {
            all.push(("MsgId", &id));
        }
        all.push(("AgentID", &agent));
        self.sign(&xml(&all), CORP_ID)
    }

    /// Seals a message for a corporation, and signs it.
    pub fn sign(&self, message: &str, corp: &str) -> (String, String) {
        let (now, nonce) = (self.app.clock.now().as_second().to_string(), "1372623149");
        let sealed = seal(message, corp);
        let signed = signature(&[&now, nonce, &sealed]);
        let body = xml(&[("ToUserName", CORP_ID), ("AgentID", "1000002"), ("Encrypt", &sealed)]);
        (format!("msg_signature={signed}&timestamp={now}&nonce={nonce}"), body)
    }

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

    /// What waits to be understood.
    pub async fn waiting(&self) -> i64 {
        self.app.hotline.store.read().await.expect("a reader").inbox_waiting().await.expect("a count")
    }
}

/// The channel, with this secret.
pub fn channel(url: &str, secret: &str) -> WeCom {
    WeCom::new(Settings {
        corp_id: CORP_ID.into(),
        agent_id: AGENT,
        secret: secret.into(),
        token: TOKEN.into(),
        encoding_aes_key: KEY.into(),
        api_url: url.parse().expect("an address"),
        robots: [("repair".to_owned(), ROBOT.into()), ("gone".to_owned(), "another".into())].into(),
        robot_hint: ROBOT_HINT.into(),
    })
    .expect("the settings are right")
}

/// The tests' city, whose repair team has a tag and a robot on WeCom.
fn city() -> String {
    let groups = r#"[{ channel = "wecom", chat = "tag:1" }, { channel = "wecom", chat = "robot:repair" }]"#;
    let members = ["afang", "laolin", "xiaochen"];
    let city = CITY.replace(r#"[{ channel = "webchat", chat = "repair" }]"#, groups);
    members.iter().fold(city, |city, id| {
        city.replace(
            &format!(r#"channel = "webchat", id = "{id}""#),
            &format!(r#"channel = "wecom", id = "{id}""#),
        )
    })
}
