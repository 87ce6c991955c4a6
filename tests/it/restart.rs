//! The process dies between every two writes of a journey, is started again, and the journey ends in the same
//! timeline: nothing lost, and nothing sent twice except at the send itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use hotline::channels::Channels;
use hotline::channels::webhook::Webhook;
use hotline::clock::Clock;
use hotline::domain::id::CaseNumber;
use hotline::domain::message::{Body, Chat, ChatKind, Inbound};
use hotline::engine::Hotline;
use hotline::engine::import::{CityFile, import};
use hotline::store::{Gate, StoreError, TimelineRow};
use hotline::worker;

use crate::harness::platform::{Platform, SECRET};
use crate::harness::{self, Database, on_each_db};

/// The journey: who says what, by tap or in words. Deliveries have keys, so that a platform may repeat them.
const JOURNEY: [(&str, ChatKind, &str); 6] = [
    ("mei", ChatKind::Private, "我是莲花北社区的,厨房水龙头坏了一直漏水,能不能找个师傅来修"),
    ("lin", ChatKind::Group, "接单 CASE"),
    ("lin", ChatKind::Private, "办结 CASE 换了阀芯"),
    ("mei", ChatKind::Private, "解决了"),
    ("mei", ChatKind::Private, "非常满意"),
    ("mei", ChatKind::Private, "师傅很有耐心"),
];

struct Life {
    hotline: Arc<Hotline>,
}

fn channels(platform: &Platform) -> Channels {
    let mut channels = Channels::default();
    let webhook = Webhook::new("city", &[SECRET.into()], platform.url.clone()).expect("a secret");
    channels.add("webhook:city", webhook);
    channels
}

fn message(step: usize) -> Inbound {
    let (who, kind, words) = JOURNEY[step];
    let chat = if kind == ChatKind::Group { "repair-group" } else { who };
    Inbound {
        key: format!("step{step}"),
        chat: Chat::new("webhook:city", chat),
        kind,
        sender: who.into(),
        body: Body { text: Some(words.replace("CASE", &CaseNumber(1).to_string())), ..Body::default() },
    }
}

impl Life {
    async fn begin(database: &Database, platform: &Platform, clock: &Clock, writes: Option<i64>) -> Self {
        let gate = writes.map(|writes| {
            let left = AtomicI64::new(writes);
            Arc::new(move || left.fetch_sub(1, Ordering::SeqCst) > 0) as Gate
        });
        let hotline = harness::open(database.url(), clock.clone(), channels(platform), gate).await;
        Self { hotline }
    }

    /// Goes through the journey from the start, as platforms that were not answered would repeat it.
    async fn live(&self) -> Result<(), StoreError> {
        for step in 0..JOURNEY.len() {
            self.hotline.receive(&[message(step)]).await?;
            worker::drain(&self.hotline).await?;
        }
        Ok(())
    }

    async fn timeline(&self) -> Vec<String> {
        let mut tx = self.hotline.store.read().await.expect("a reader");
        let rows = tx.happened(CaseNumber(1)).await.expect("a history");
        let line = |row: &TimelineRow| match row {
            TimelineRow::Happened { who, event, stages, note, .. } => {
                format!("{who} {event} {}→{} {note}", stages.0, stages.1)
            }
            TimelineRow::Heard { .. } | TimelineRow::Said { .. } => String::new(),
        };
        rows.iter().map(line).collect()
    }

    async fn end(self) {
        self.hotline.store.close().await;
        drop(self.hotline);
        // The writer's task and its lock end with the last handle.
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

async fn prepare(database: &Database, platform: &Platform, clock: &Clock) {
    let life = Life::begin(database, platform, clock, None).await;
    let city = harness::CITY
        .replace(
            "channel = \"webchat\", chat = \"repair\"",
            "channel = \"webhook:city\", chat = \"repair-group\"",
        )
        .replace("channel = \"webchat\", id = \"laolin\"", "channel = \"webhook:city\", id = \"lin\"");
    import(&life.hotline, &CityFile::parse(&city).expect("a city")).await.expect("imported");
    life.end().await;
}

/// What the platform got, by message id: the texts in the order of their first delivery.
fn said(platform: &Platform) -> (Vec<String>, usize) {
    let mut ids = Vec::new();
    let mut texts = Vec::new();
    for delivery in platform.kept() {
        let id = delivery["data"]["message_id"].clone();
        if !ids.contains(&id) {
            ids.push(id);
            texts.push(format!("{}: {}", delivery["data"]["chat"]["id"], delivery["data"]["text"]));
        }
    }
    let repeated = platform.kept().len() - ids.len();
    (texts, repeated)
}

on_each_db! {
    async fn a_journey_survives_death_between_any_two_writes(database: Database) {
        drop(database);
        let sqlite = std::thread::current().name().is_some_and(|name| name.contains("sqlite"));
        let fresh = || if sqlite { Database::sqlite() } else { Database::postgres() };
        let (expected, texts) = {
            let (database, platform, clock) = (fresh(), Platform::start().await, Clock::at(harness::at(harness::START)));
            prepare(&database, &platform, &clock).await;
            let life = Life::begin(&database, &platform, &clock, None).await;
            life.live().await.expect("nobody dies");
            let timeline = life.timeline().await;
            assert!(timeline.last().expect("a history").contains("commented"), "{timeline:#?}");
            let (texts, repeated) = said(&platform);
            assert_eq!(repeated, 0);
            life.end().await;
            (timeline, texts)
        };
        let mut deaths = 0;
        for writes in 0.. {
            let (database, platform, clock) = (fresh(), Platform::start().await, Clock::at(harness::at(harness::START)));
            prepare(&database, &platform, &clock).await;
            let first = Life::begin(&database, &platform, &clock, Some(writes)).await;
            let died = first.live().await.is_err();
            first.end().await;
            // Leases of the dead run out.
            clock.advance(jiff::SignedDuration::from_secs(61));
            let second = Life::begin(&database, &platform, &clock, None).await;
            worker::drain(&second.hotline).await.expect("the rest is done");
            second.live().await.expect("platforms repeat what was not acknowledged");
            assert_eq!(second.timeline().await, expected, "after {writes} writes");
            let (mut again, repeated) = said(&platform);
            let mut all = texts.clone();
            (again.sort(), all.sort());
            // A deadline in a text is a minute later after the restart; everything else is the same.
            assert_eq!(again.len(), all.len(), "after {writes} writes: {again:#?}");
            // What was sent together is marked together: those few, and only with the same ids, go out again.
            assert!(repeated <= 4, "only the send itself may happen twice: {repeated} after {writes} writes");
            second.end().await;
            if !died {
                break;
            }
            deaths += 1;
        }
        assert!(deaths > 20, "the journey has more writes than {deaths}");
    }
}
