//! A whole hotline in a test: its own database on either engine, a clock that stands still until it is moved,
//! and workers that run when they are told to.

#![allow(dead_code)]

pub mod bot_api;
pub mod database;
pub mod homeserver;
pub mod kannel;
pub mod messenger;
pub mod on_matrix;
pub mod on_staff;
pub mod on_telegram;
pub mod platform;
pub mod process;
pub mod sealed;
pub mod synapse;
pub mod telegram;
pub mod wechat;
pub mod wecom;

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use hotline::channels::{Channels, webchat};
use hotline::clock::Clock;
use hotline::domain::case::{Case, Policy, Stage};
use hotline::domain::deadline::{Calendar, Holidays};
use hotline::domain::id::CaseNumber;
use hotline::domain::message::{Body, Chat, ChatKind, Inbound, Language};
use hotline::engine::import::{CityFile, import};
use hotline::engine::{Hotline, Parts, supervise};
use hotline::store::{Gate, Spoken, Store, StoreError, TimelineRow};
use hotline::understanding::Understander;
use hotline::understanding::catalog::Catalog;
use hotline::worker;
use jiff::{SignedDuration, Timestamp};

pub use database::Database;

/// A Monday, 10:00 in Xiamen.
pub const START: &str = "2026-03-02T02:00:00Z";

/// The city of the tests: small, with every rung.
pub const CITY: &str = include_str!("../../data/city.toml");

/// A hotline under test.
pub struct TestApp {
    pub hotline: Arc<Hotline>,
    pub clock: Clock,
    pub database: Database,
    keys: std::sync::atomic::AtomicU64,
}

/// Somebody who writes on our own pages.
#[derive(Clone)]
pub struct Someone<'a> {
    app: &'a TestApp,
    id: String,
}

/// Trained once for all tests.
pub fn understanding() -> (Arc<Catalog>, Understander) {
    static TRAINED: OnceLock<(Arc<Catalog>, Understander)> = OnceLock::new();
    let train = || {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/intents");
        let catalog = Arc::new(Catalog::from_folder(folder.as_ref()).expect("the catalogue is right"));
        let understander = Understander::train(&catalog);
        (catalog, understander)
    };
    TRAINED.get_or_init(train).clone()
}

/// A hotline on a database, with these channels.
pub async fn open(url: &str, clock: Clock, channels: Channels, gate: Option<Gate>) -> Arc<Hotline> {
    let (catalog, understander) = understanding();
    let holidays =
        Holidays::parse(include_str!("../../../assets/holidays.toml")).expect("the holidays are right");
    let parts = Parts {
        store: Store::open_gated(url, gate).await.expect("the database opens"),
        clock,
        calendar: Calendar { zone: jiff::tz::TimeZone::get("Asia/Shanghai").expect("a zone"), holidays },
        policy: Policy::default(),
        language: Language::ZhCn,
        channels,
        learns_from_corrections: false,
        catalog,
        understander: Some(understander),
    };
    Hotline::open(parts).await.expect("the city can be read")
}

/// Only our own pages.
pub fn webchat_only() -> Channels {
    let mut channels = Channels::default();
    channels.add(webchat::NAME, webchat::Webchat);
    channels
}

impl TestApp {
    /// A hotline with the tests' city.
    pub async fn new(database: Database) -> Self {
        Self::with_channels(database, webchat_only()).await
    }

    /// The same with other channels.
    pub async fn with_channels(database: Database, channels: Channels) -> Self {
        Self::in_city(database, Clock::at(at(START)), channels, CITY).await
    }

    /// The same with another clock, which others may look at, too, and another city.
    pub async fn in_city(database: Database, clock: Clock, channels: Channels, city: &str) -> Self {
        let hotline = open(database.url(), clock.clone(), channels, None).await;
        let city = CityFile::parse(city).expect("the city is right");
        import(&hotline, &city).await.expect("the city is imported");
        Self { hotline, clock, database, keys: 0.into() }
    }

    /// A resident by a name that nobody else in the test has.
    pub fn resident(&self, name: &str) -> Someone<'_> {
        Someone { app: self, id: supervise::digest(name) }
    }

    /// A member of a team, by the id in the city's file.
    pub fn member(&self, id: &str) -> Someone<'_> {
        Someone { app: self, id: supervise::digest(id) }
    }

    /// Does everything that waits.
    pub async fn drain(&self) {
        worker::drain(&self.hotline).await.expect("the workers work");
    }

    /// Moves the clock, and does what is due then.
    pub async fn advance(&self, by: SignedDuration) {
        self.clock.advance(by);
        self.drain().await;
    }

    /// What the hotline has said in a group, oldest first, edits as they came.
    pub async fn group(&self, chat: &str) -> Vec<Spoken> {
        self.said(&Chat::new(webchat::NAME, chat)).await
    }

    async fn said(&self, chat: &Chat) -> Vec<Spoken> {
        let mut tx = self.hotline.store.read().await.expect("a reader");
        tx.said_by_us(chat, 0, 1000).await.expect("a transcript")
    }

    /// A case as it is stored.
    pub async fn case(&self, number: CaseNumber) -> Case {
        let mut tx = self.hotline.store.read().await.expect("a reader");
        tx.case(number).await.expect("a case").expect("the case is there")
    }

    /// The number of the only case, or the newest.
    pub async fn newest(&self) -> CaseNumber {
        let mut number = CaseNumber(0);
        loop {
            let next = CaseNumber(number.0 + 1);
            let mut tx = self.hotline.store.read().await.expect("a reader");
            match tx.case(next).await.expect("a case") {
                Some(_) => number = next,
                None => return number,
            }
        }
    }

    pub async fn stage(&self, number: CaseNumber) -> Stage {
        self.case(number).await.stage()
    }

    /// The history as lines: `resident opened triage→triage elder.meal`.
    pub async fn history(&self, number: CaseNumber) -> Vec<String> {
        let mut tx = self.hotline.store.read().await.expect("a reader");
        let rows = tx.happened(number).await.expect("a history");
        let line = |row: TimelineRow| match row {
            TimelineRow::Happened { who, event, stages, note, .. } => {
                format!("{who} {event} {}→{} {note}", stages.0, stages.1)
            }
            TimelineRow::Heard { .. } | TimelineRow::Said { .. } => String::new(),
        };
        rows.into_iter().map(line).map(|line| line.trim_end().to_owned()).collect()
    }

    /// Puts a message into the inbox, as a platform would.
    pub async fn receive(&self, message: Inbound) -> Result<(), StoreError> {
        self.hotline.receive(&[message]).await
    }

    pub fn next_key(&self) -> String {
        format!("k{}", self.keys.fetch_add(1, std::sync::atomic::Ordering::SeqCst))
    }
}

impl Someone<'_> {
    /// The private chat's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    pub fn message(&self, group: Option<&str>, body: Body) -> Inbound {
        Inbound {
            key: format!("{}:{}", self.id, self.app.next_key()),
            chat: Chat::new(webchat::NAME, group.unwrap_or(&self.id)),
            kind: if group.is_some() { ChatKind::Group } else { ChatKind::Private },
            sender: self.id.clone(),
            body,
        }
    }

    /// Writes privately; the hotline answers.
    pub async fn says(&self, text: &str) -> &Self {
        self.sends(None, Body { text: Some(text.into()), ..Body::default() }).await
    }

    /// Taps a button in the private chat.
    pub async fn taps(&self, choice: &str) -> &Self {
        self.sends(None, Body { choice: Some(choice.into()), ..Body::default() }).await
    }

    /// Writes in a group.
    pub async fn says_in(&self, group: &str, text: &str) -> &Self {
        self.sends(Some(group), Body { text: Some(text.into()), ..Body::default() }).await
    }

    /// Taps a button in a group.
    pub async fn taps_in(&self, group: &str, choice: &str) -> &Self {
        self.sends(Some(group), Body { choice: Some(choice.into()), ..Body::default() }).await
    }

    async fn sends(&self, group: Option<&str>, body: Body) -> &Self {
        self.app.receive(self.message(group, body)).await.expect("the message is stored");
        self.app.drain().await;
        self
    }

    /// Everything that the hotline told them privately, oldest first.
    pub async fn told(&self) -> Vec<Spoken> {
        self.app.said(&Chat::new(webchat::NAME, &self.id)).await
    }

    /// The last thing that the hotline told them.
    pub async fn last(&self) -> Spoken {
        self.told().await.pop().expect("the hotline said something")
    }
}

/// The data of a button by its label's beginning.
pub fn button(spoken: &Spoken, data: &str) -> String {
    let labels: Vec<_> = spoken.choices.iter().map(|choice| choice.data.clone()).collect();
    spoken
        .choices
        .iter()
        .find(|choice| choice.data.starts_with(data))
        .map(|choice| choice.data.clone())
        .unwrap_or_else(|| panic!("there is no button {data} among {labels:?}"))
}

/// The one-time code in a text.
pub fn code_in(text: &str) -> String {
    let is_code = |word: &&str| word.len() == 9 && word.as_bytes()[4] == b'-';
    let mut parts = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').filter(is_code);
    parts.next().unwrap_or_else(|| panic!("no code in {text}")).to_owned()
}

/// What a test is: it gets a database of its own.
pub type Story = fn(Database) -> Pin<Box<dyn Future<Output = ()>>>;

/// Makes two tests of one story: on SQLite and on PostgreSQL.
macro_rules! on_each_db {
    ($(#[$doc:meta])* async fn $name:ident($database:ident: Database) $body:block) => {
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn story($database: Database) $body

            #[test]
            fn sqlite() {
                crate::harness::run(story(Database::sqlite()));
            }

            #[test]
            fn postgres() {
                crate::harness::run(story(Database::postgres()));
            }
        }
    };
}
pub(crate) use on_each_db;

/// Runs a story to its end, on threads of its own.
pub fn run(story: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(story);
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
}

/// Hours and minutes, for [`TestApp::advance`].
pub fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

/// See [`hours`].
pub fn minutes(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

/// A time, as written.
pub fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}
