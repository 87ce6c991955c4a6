//! A hotline on Matrix: residents, members and groups are there, and the homeserver is [`Fake`](super::homeserver::Fake)
//! or a real Synapse.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use hotline::channels::Channels;
use hotline::channels::matrix::{DISPLAY_NAME, Matrix, NAME, Settings};
use hotline::channels::webchat::{self, Webchat};
use hotline::clock::Clock;
use hotline::domain::case::Stage;
use hotline::domain::id::CaseNumber;
use hotline::engine::supervise;
use hotline::store::CodePurpose;
use hotline::web::{Web, router};
use serde_json::Value;
use tokio::net::TcpListener;

use super::{CITY, Database, START, TestApp, at};

pub const ID: &str = "hotline";
pub const US: &str = "@hotline:hotline.test";
pub const AS_TOKEN: &str = "0123456789abcdef0123456789abcdef";
pub const HS_TOKEN: &str = "fedcba9876543210fedcba9876543210";
/// The member 小陈, who has not written to us yet.
pub const XIAOCHEN: &str = "@xiaochen:hotline.test";
/// How long something may take that happens outside.
const PATIENCE: Duration = Duration::from_secs(60);

/// A message of ours, as people see it now.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    pub id: String,
    pub text: String,
    pub edited: bool,
}

/// What people do on a homeserver.
pub trait Homeserver {
    /// Somebody begins a private chat with us.
    async fn direct(&self, user: &str) -> String;
    /// Somebody makes a room with a name, for all of them and us.
    async fn group(&self, name: &str, users: &[&str]) -> String;
    async fn writes(&self, user: &str, room: &str, text: &str) -> String;
    /// Somebody accepts an invitation.
    async fn comes(&self, user: &str, room: &str);
    /// The room that somebody is invited to.
    async fn invited(&self, user: &str) -> Option<String>;
    /// What somebody sees of us in a room, edits applied.
    async fn shown(&self, user: &str, room: &str) -> Vec<Shown>;
    /// Brings what waits, where it does not by itself.
    async fn delivers(&self);
}

/// Our messages among events, oldest first, edits applied.
pub fn shown_of(events: &[Value]) -> Vec<Shown> {
    let mut shown: Vec<Shown> = Vec::new();
    let text = |content: &Value| content["body"].as_str().unwrap_or_default().to_owned();
    for event in events.iter().filter(|event| event["sender"] == US && event["type"] == "m.room.message") {
        let content = &event["content"];
        let old = content["m.relates_to"]["event_id"].as_str();
        match old.and_then(|old| shown.iter_mut().find(|one| one.id == old)) {
            Some(one) => (one.text, one.edited) = (text(&content["m.new_content"]), true),
            None => shown.push(Shown {
                id: event["event_id"].as_str().unwrap_or_default().to_owned(),
                text: text(content),
                edited: false,
            }),
        }
    }
    shown
}

/// See the module.
pub struct OnMatrix<H> {
    pub app: TestApp,
    pub server: H,
    pub hook: String,
}

/// An address for the hotline, on which nobody answers yet.
pub async fn door() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let hook = format!("http://{}/hooks/matrix", listener.local_addr().expect("an address"));
    (listener, hook)
}

impl<H: Homeserver> OnMatrix<H> {
    pub async fn open(
        database: Database,
        server: H,
        url: &str,
        (listener, hook): (TcpListener, String),
    ) -> Self {
        let mut channels = Channels::default();
        channels.add(webchat::NAME, Webchat);
        channels.add(NAME, channel(url, AS_TOKEN));
        let here = r#"channel = "webchat", id = "xiaochen""#;
        let city = CITY.replace(here, &format!(r#"channel = "matrix", id = "{XIAOCHEN}""#));
        let app = TestApp::in_city(database, Clock::at(at(START)), channels, &city).await;
        let web = router(Web::new(app.hotline.clone(), false, None))
            .into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, web).await });
        let hotline = Self { app, server, hook };
        let matrix = hotline.app.hotline.channels.get(NAME).expect("configured");
        matrix.open().await.expect("the homeserver knows us");
        hotline
    }

    /// A one-time code for the repair team.
    pub async fn code(&self, purpose: CodePurpose) -> String {
        let made = supervise::make_code(&self.app.hotline, "demo", purpose, &"repair".into()).await;
        made.expect("a code").0.to_string()
    }

    /// Everything goes on: what people did reaches us, we work, our words reach them.
    pub async fn goes_on(&self) {
        self.server.delivers().await;
        self.app.drain().await;
    }

    /// Waits until somebody sees a message of ours with these words; its text.
    pub async fn sees(&self, user: &str, room: &str, words: &str) -> String {
        let begin = Instant::now();
        loop {
            self.goes_on().await;
            let shown = self.server.shown(user, room).await;
            if let Some(one) = shown.iter().rev().find(|one| one.text.contains(words)) {
                return one.text.clone();
            }
            assert!(begin.elapsed() < PATIENCE, "{user} does not see `{words}`, but {shown:#?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Writes, and waits for words in the same room.
    pub async fn says(&self, user: &str, room: &str, text: &str, answer: &str) -> String {
        self.server.writes(user, room, text).await;
        self.sees(user, room, answer).await
    }

    /// Waits until a case is somewhere.
    pub async fn until_stage(&self, case: CaseNumber, stage: Stage) {
        let begin = Instant::now();
        while self.app.stage(case).await != stage {
            assert!(begin.elapsed() < PATIENCE, "the case does not become {stage:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
            self.goes_on().await;
        }
    }
}

/// The channel, with this token.
pub fn channel(url: &str, as_token: &str) -> Matrix {
    Matrix::new(Settings {
        homeserver_url: url.parse().expect("an address"),
        user: US.into(),
        as_token: as_token.into(),
        hs_token: HS_TOKEN.into(),
        id: ID.into(),
        display_name: DISPLAY_NAME.into(),
    })
    .expect("settings that can work")
}
