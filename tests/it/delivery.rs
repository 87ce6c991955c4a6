//! Sending, on a messenger with limits: nothing is lost and nothing is too fast, however much waits, whoever cannot be
//! reached, whatever dies in the middle.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use hotline::channels::{Abilities, PASSIVE};
use hotline::clock::Clock;
use hotline::domain::case::{Outcome, Stage, State};
use hotline::domain::id::CaseNumber;
use hotline::domain::message::{
    Body, Chat, ChatEvent, ChatKind, Choice, Inbound, Outbound, Priority, Purpose,
};
use hotline::domain::pace::{Pace, Window};
use hotline::domain::team::Rung;
use hotline::engine::{Hotline, deliver, supervise};
use hotline::store::{Contact, Gate, StoreError, TimelineRow};
use hotline::worker;
use jiff::{SignedDuration, Timestamp};

use crate::harness::messenger::{ABILITIES, BEGIN, Delivered, LIMITS, Messenger, NAME};
use crate::harness::{self, Database, TestApp, at, hours, minutes, on_each_db};

const LEAK: &str = "我是莲花北社区的,厨房水龙头坏了一直漏水,能不能找个师傅来修";
const NOISE: &str = "莲花北楼上半夜还在装修,吵死了睡不着";
const DANGER: &str = "我妈在莲花北家里突然倒在地上叫不醒了";
/// The group of the community's duty team, which gets the noise and the danger.
const DUTY: &str = "lianhuabei-duty";

/// The tests' city, with everybody on the messenger.
fn city() -> String {
    harness::CITY.replace("channel = \"webchat\"", "channel = \"messenger\"")
}

struct Town {
    app: TestApp,
    messenger: Messenger,
}

fn private(who: &str, key: String, body: Body) -> Inbound {
    Inbound { key, chat: Chat::new(NAME, who), kind: ChatKind::Private, sender: who.into(), body }
}

fn words(text: &str) -> Body {
    Body { text: Some(text.into()), ..Body::default() }
}

impl Town {
    async fn new(database: Database) -> Self {
        Self::with(database, ABILITIES).await
    }

    async fn with(database: Database, abilities: Abilities) -> Self {
        let clock = Clock::at(at(harness::START));
        let messenger = Messenger::start(clock.clone()).await;
        let app = TestApp::in_city(database, clock, messenger.channels(abilities), &city()).await;
        Self { app, messenger }
    }

    /// Somebody sends something privately; whatever may leave at once leaves.
    async fn sends(&self, who: &str, body: Body) {
        self.app.receive(private(who, self.app.next_key(), body)).await.expect("stored");
        self.app.drain().await;
    }

    async fn says(&self, who: &str, text: &str) {
        self.sends(who, words(text)).await;
    }

    /// A member sends something in a group.
    async fn sends_in(&self, group: &str, who: &str, body: Body) {
        let chat = Chat::new(NAME, group);
        let message = Inbound { chat, kind: ChatKind::Group, ..private(who, self.app.next_key(), body) };
        self.app.receive(message).await.expect("stored");
        self.app.drain().await;
    }

    async fn taps_in(&self, group: &str, who: &str, choice: String) {
        self.sends_in(group, who, Body { choice: Some(choice), ..Body::default() }).await;
    }

    /// Lets time go by in small steps, as the workers see it.
    async fn wait(&self, span: SignedDuration) {
        wait(&self.app.clock, &[&self.app.hotline], span).await;
    }

    fn sees(&self, chat: &str) -> Vec<Delivered> {
        self.messenger.in_chat(chat)
    }

    async fn tx(&self) -> hotline::store::Tx {
        self.app.hotline.store.read().await.expect("a reader")
    }

    async fn dead(&self) -> Vec<String> {
        self.tx().await.dead_messages(100).await.expect("a list").into_iter().map(|row| row.error).collect()
    }

    /// What was said about a case, with its state: `waiting`, `held`, `sent`, `dropped`, `dead`.
    async fn states(&self, case: CaseNumber) -> Vec<String> {
        let rows = self.tx().await.timeline(case).await.expect("a timeline");
        let said = rows.into_iter().filter_map(|row| match row {
            TimelineRow::Said { state, kind, .. } => Some(format!("{kind} {state}")),
            TimelineRow::Happened { .. } | TimelineRow::Heard { .. } => None,
        });
        said.collect()
    }

    async fn outbox(&self, message: Outbound) {
        let now = self.app.clock.now();
        let insert = self
            .app
            .hotline
            .store
            .write(move |tx| Box::pin(async move { tx.insert_outbox(&[message], now).await }));
        insert.await.expect("written");
        self.app.drain().await;
    }
}

async fn wait(clock: &Clock, hotlines: &[&Arc<Hotline>], span: SignedDuration) {
    let (start, end) = (clock.now(), clock.now() + span);
    while clock.now() < end {
        let step = match clock.now().duration_since(start).as_secs() {
            ..60 => SignedDuration::from_millis(250),
            60..600 => SignedDuration::from_secs(2),
            600.. => SignedDuration::from_mins(1),
        };
        clock.advance(step.min(end.duration_since(clock.now())));
        let work = hotlines.iter().map(|hotline| worker::drain(hotline));
        for done in futures::future::join_all(work).await {
            done.expect("the workers work");
        }
    }
}

fn seconds(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

fn message(id: &str, chat: &str, purpose: Purpose) -> Outbound {
    Outbound {
        id: id.into(),
        chat: Chat::new(NAME, chat),
        kind: ChatKind::Private,
        text: format!("您好 {id}"),
        choices: Vec::new(),
        replaces: None,
        priority: Priority::Ordinary,
        purpose,
        case: None,
        tap: (purpose == Purpose::Toast).then(|| "tap".into()),
        not_before: None,
    }
}

/// When each case first stands in a group, by its number in a text or on a button.
fn reached(delivered: &[Delivered], cases: i64) -> BTreeMap<CaseNumber, Timestamp> {
    let mut first = BTreeMap::new();
    for number in (1..=cases).map(CaseNumber) {
        let offers = |one: &&Delivered| {
            one.choices.iter().any(|choice: &Choice| choice.data == format!("accept:{number}"))
        };
        if let Some(found) = delivered.iter().find(offers) {
            first.insert(number, found.at);
        }
    }
    first
}

/// Forty residents within a second, four of them in danger; everything goes to one group.
async fn forty_in_a_second(pace: Pace, database: Database) -> (Town, Vec<CaseNumber>) {
    let town = Town::with(database, Abilities { pace, ..ABILITIES }).await;
    for n in 1..=40 {
        town.says(&format!("r{n}"), if n % 10 == 0 { DANGER } else { NOISE }).await;
        town.app.clock.advance(SignedDuration::from_millis(25));
    }
    let mut urgent = Vec::new();
    for number in (1..=40).map(CaseNumber) {
        if town.app.case(number).await.priority == Priority::Danger {
            urgent.push(number);
        }
    }
    assert_eq!(urgent.len(), 4);
    (town, urgent)
}

fn print_timeline(title: &str, delivered: &[Delivered], start: Timestamp) {
    println!("{title}");
    for one in delivered {
        let line = one.text.lines().next().unwrap_or_default();
        let offers = one.choices.iter().filter(|choice| choice.data.starts_with("accept:")).count();
        let after = one.at.duration_since(start).as_secs_f64();
        println!("  {after:>7.2} s  {offers} to accept  {line}");
    }
}

on_each_db! {
    async fn forty_requests_in_a_second_reach_a_group_of_twenty_a_minute(database: Database) {
        let (town, urgent) = forty_in_a_second(LIMITS, database).await;
        let start = at(harness::START);
        town.wait(seconds(60)).await;
        let group = town.sees(DUTY);
        print_timeline("40 requests in a second, one group, 20 messages a minute, folded:", &group, start);
        let reached = reached(&group, 40);
        assert_eq!(reached.len(), 40, "nobody is lost");
        assert!(reached.values().all(|at| *at <= start + seconds(15)), "{reached:?}");
        assert!(urgent.iter().all(|number| reached[number] <= start + seconds(6)), "danger first: {reached:?}");
        assert!(group.len() <= 16, "{} messages", group.len());
        let (asked, too_fast) = town.messenger.asked();
        assert_eq!(too_fast, 0, "of {asked} none was too fast");
        let folded = group.iter().filter(|one| one.choices.len() > 2);
        assert!(folded.clone().count() >= 4, "a digest has a button for each case");
        assert!(folded.clone().all(|one| one.choices.len() <= 8));
        for number in &urgent {
            let on_digest = |one: &Delivered| one.choices.len() > 2 && one.text.contains(&number.to_string());
            assert!(!group.iter().any(on_digest), "danger is never folded");
        }
        for n in 1..=40 {
            assert_eq!(town.sees(&format!("r{n}")).len(), 1, "every resident is answered once");
        }
    }
}

on_each_db! {
    /// The same without digests: everything arrives, later, in order, and danger still first.
    async fn without_digests_the_minute_is_kept_too(database: Database) {
        let pace = Pace { digest_from: None, ..LIMITS };
        let (town, urgent) = forty_in_a_second(pace, database).await;
        let start = at(harness::START);
        town.wait(seconds(200)).await;
        let group = town.sees(DUTY);
        print_timeline("The same, card by card:", &group, start);
        let reached = reached(&group, 40);
        assert_eq!((reached.len(), group.len()), (40, 40));
        assert!(urgent.iter().all(|number| reached[number] <= start + seconds(6)));
        let ordinary: Vec<_> = reached.iter().filter(|(number, _)| !urgent.contains(number)).collect();
        assert!(ordinary.is_sorted_by_key(|(_, at)| **at), "in the order in which they were asked for");
        assert_eq!(town.messenger.asked().1, 0, "never too fast");
        let first_minute = group.iter().filter(|one| one.at < start + seconds(60)).count();
        assert_eq!(first_minute, 16, "the minute is used, but for what is kept in case of more danger");
    }
}

on_each_db! {
    /// A digest follows its cases: accepted, released, handed up; many changes at once are one edit.
    async fn a_digest_follows_its_cases(database: Database) {
        let town = Town::new(database).await;
        for n in 0..7 {
            town.says(&format!("r{n}"), LEAK).await;
        }
        town.wait(seconds(10)).await;
        let digest = town.sees("repair").into_iter().find(|one| one.choices.len() == 5).expect("a digest of five");
        assert!(digest.text.contains("莲花北") && digest.text.lines().count() == 6, "{}", digest.text);
        assert!(digest.choices[0].label.contains(&CaseNumber(3).to_string()), "a button each, with its number");

        for (case, member) in [(3, "laolin"), (4, "xiaochen")] {
            let choice = format!("accept:{}", CaseNumber(case));
            let tap = Body { choice: Some(choice), ..Body::default() };
            let chat = Chat::new(NAME, "repair");
            let tap = Inbound { chat, kind: ChatKind::Group, ..private(member, town.app.next_key(), tap) };
            town.app.receive(tap).await.expect("stored");
        }
        town.wait(seconds(3)).await;
        let edits: Vec<_> = town.sees("repair").into_iter().filter(|one| one.edits.as_ref() == Some(&digest.remote)).collect();
        assert_eq!(edits.len(), 1, "both in one edit, in place");
        let edit = &edits[0];
        assert_eq!(edit.choices.len(), 3);
        assert!(edit.text.contains("老林 已接单") && edit.text.contains("小陈 已接单"), "{}", edit.text);

        town.says("laolin", &format!("退单 {} 下雨", CaseNumber(3))).await;
        town.wait(seconds(5)).await;
        let last = town.sees("repair").into_iter().rfind(|one| one.edits.is_some()).expect("an edit");
        assert!(last.text.contains("收回"), "{}", last.text);
        assert!(town.sees("repair").iter().any(|one| one.text.contains(&CaseNumber(3).to_string()) && one.edits.is_none() && one.at > edit.at), "it is offered again by itself");

        town.wait(hours(2)).await;
        town.wait(seconds(20)).await;
        let last = town.sees("repair").into_iter().rfind(|one| one.edits.as_ref() == Some(&digest.remote)).expect("an edit");
        assert!(last.choices.is_empty(), "all have climbed or been taken: {}", last.text);
    }
}

on_each_db! {
    /// A messenger whose messages cannot be changed gets a line instead.
    async fn where_nothing_can_be_edited_a_line_is_said(database: Database) {
        let town = Town::with(database, Abilities { edits: false, ..ABILITIES }).await;
        for n in 0..7 {
            town.says(&format!("r{n}"), LEAK).await;
        }
        town.wait(seconds(10)).await;
        town.taps_in("repair", "laolin", format!("accept:{}", CaseNumber(3))).await;
        town.wait(seconds(3)).await;
        let line = town.sees("repair").pop().expect("a line");
        assert!(line.edits.is_none() && line.choices.is_empty() && line.text.contains("老林 已接单"), "{line:?}");
    }
}

struct Life {
    hotline: Arc<Hotline>,
}

impl Life {
    async fn begin(database: &Database, messenger: &Messenger, clock: &Clock, writes: Option<i64>) -> Self {
        let gate = writes.map(|writes| {
            let left = AtomicI64::new(writes);
            Arc::new(move || left.fetch_sub(1, Ordering::SeqCst) > 0) as Gate
        });
        let pace = Pace { digest_from: None, ..LIMITS };
        let channels = messenger.channels(Abilities { pace, ..ABILITIES });
        Self { hotline: harness::open(database.url(), clock.clone(), channels, gate).await }
    }

    /// Works until it dies, or until `steps` quarters of a second are over.
    async fn live(&self, clock: &Clock, steps: usize) -> Result<(), StoreError> {
        for _ in 0..steps {
            worker::drain(&self.hotline).await?;
            clock.advance(SignedDuration::from_millis(250));
        }
        Ok(())
    }

    async fn end(self) {
        self.hotline.store.close().await;
        drop(self.hotline);
        // The writer's task and its lock end with the last handle.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

on_each_db! {
    /// A hundred residents, and the process dies again and again in the middle of the stream: everybody reaches the
    /// group, the pace is kept across all lives, and only what was being sent at a death may come twice.
    async fn dying_in_the_middle_of_a_paced_stream_loses_nothing(database: Database) {
        let clock = Clock::at(at(harness::START));
        let messenger = Messenger::start(clock.clone()).await;
        let first = Life::begin(&database, &messenger, &clock, None).await;
        let file = hotline::engine::import::CityFile::parse(&city()).expect("a city");
        hotline::engine::import::import(&first.hotline, &file).await.expect("imported");
        let all: Vec<Inbound> = (0..100).map(|n| private(&format!("r{n}"), format!("k{n}"), words(NOISE))).collect();
        first.hotline.receive(&all).await.expect("stored");
        first.end().await;
        let mut deaths = 0;
        for writes in (3..12).chain([25, 40, 71, 130]) {
            let life = Life::begin(&database, &messenger, &clock, Some(writes)).await;
            deaths += usize::from(life.live(&clock, 400).await.is_err());
            life.end().await;
            // Leases of the dead run out.
            clock.advance(seconds(61));
        }
        assert!(deaths >= 10, "{deaths} deaths");
        let last = Life::begin(&database, &messenger, &clock, None).await;
        last.live(&clock, 8 * 60 * 4).await.expect("nobody dies");
        let group = messenger.in_chat(DUTY);
        assert_eq!(reached(&group, 100).len(), 100, "everybody reaches the group");
        let ids: std::collections::BTreeSet<_> = messenger.delivered().into_iter().map(|one| one.id).collect();
        let repeated = messenger.delivered().len() - ids.len();
        println!("{deaths} deaths, {} messages, {repeated} of them twice, {} too fast", ids.len(), messenger.asked().1);
        assert!(repeated <= 31 * deaths, "only what was in hand: {repeated}");
        assert_eq!(messenger.asked().1, 0, "the pace survives");
        let mut tx = last.hotline.store.read().await.expect("a reader");
        assert!(tx.dead_messages(10).await.expect("a list").is_empty());
    }
}

/// Two processes on one PostgreSQL deliver side by side, and together they are not too fast.
#[test]
fn two_processes_keep_to_one_pace() {
    harness::run(async {
        let town = Town::new(Database::postgres()).await;
        let channels = town.messenger.channels(ABILITIES);
        let second = harness::open(town.app.database.url(), town.app.clock.clone(), channels, None).await;
        for n in 0..120 {
            let text = if n % 2 == 0 { LEAK } else { NOISE };
            let message = private(&format!("r{n}"), town.app.next_key(), words(text));
            town.app.receive(message).await.expect("stored");
        }
        wait(&town.app.clock, &[&town.app.hotline, &second], seconds(90)).await;
        let reached = ["repair", DUTY].map(|group| reached(&town.sees(group), 120).len());
        assert_eq!(reached.iter().sum::<usize>(), 120, "{reached:?}");
        let (asked, too_fast) = town.messenger.asked();
        assert_eq!(too_fast, 0, "of {asked}");
        let ids: std::collections::BTreeSet<_> =
            town.messenger.delivered().into_iter().map(|one| one.id).collect();
        assert_eq!(ids.len(), town.messenger.delivered().len(), "nothing came twice");
    });
}

on_each_db! {
    /// "Too Many Requests" holds the chat; a second time, the channel. Everything arrives afterwards, in order.
    async fn a_messenger_that_wants_a_pause_gets_it(database: Database) {
        let town = Town::new(database).await;
        town.messenger.floods(Some(20));
        for n in 0..6 {
            town.says(&format!("r{n}"), NOISE).await;
        }
        let (asked, _) = town.messenger.asked();
        assert!(asked <= 3, "after the second refusal nobody asks any more: {asked}");
        town.wait(seconds(15)).await;
        assert_eq!(town.messenger.asked().0, asked, "not before the pause is over");
        town.messenger.floods(None);
        town.wait(seconds(20)).await;
        assert_eq!(reached(&town.sees(DUTY), 6).len(), 6);
        assert!((0..6).all(|n| town.sees(&format!("r{n}")).len() == 1));
        assert_eq!(town.messenger.asked().1, 0);
    }
}

on_each_db! {
    /// A token that is revoked in flight: an alarm, one try every three minutes, and nothing is lost.
    async fn a_messenger_that_does_not_know_us_is_not_hammered(database: Database) {
        let town = Town::new(database).await;
        town.messenger.revokes(true);
        for n in 0..20 {
            town.says(&format!("r{n}"), LEAK).await;
        }
        let start = town.app.clock.now();
        town.wait(minutes(30)).await;
        let (asked, _) = town.messenger.asked();
        assert!((8..=30).contains(&asked), "about one try in three minutes: {asked}");
        let revoked = town.tx().await.revoked().await.expect("alarms");
        assert_eq!((revoked.len(), revoked[0].channel.as_str(), revoked[0].since <= start), (1, NAME, true));
        assert!(town.dead().await.is_empty());

        town.messenger.revokes(false);
        town.wait(minutes(5)).await;
        assert!(town.tx().await.revoked().await.expect("alarms").is_empty(), "the next success ends the alarm");
        assert_eq!(reached(&town.sees("repair"), 20).len(), 20);
        assert!((0..20).all(|n| !town.sees(&format!("r{n}")).is_empty()));
        assert_eq!(town.messenger.asked().1, 0, "also what has piled up leaves at the pace");
    }
}

on_each_db! {
    /// A member who never began a private chat is told in the group how to; when they begin, they get the details.
    async fn a_member_who_never_began_is_told_how_to(database: Database) {
        let town = Town::new(database).await;
        town.messenger.blocks("laolin", true);
        town.says("mei", LEAK).await;
        let case = town.app.newest().await;
        town.wait(seconds(2)).await;
        town.taps_in("repair", "laolin", format!("accept:{case}")).await;
        town.wait(seconds(3)).await;
        assert_eq!(town.app.stage(case).await, Stage::Accepted);
        let told = town.sees("repair").into_iter().find(|one| one.text.contains(BEGIN)).expect("a word in the group");
        assert!(told.text.contains("老*"), "the name is masked: {}", told.text);
        assert!(!town.sees("repair").iter().any(|one| one.text.contains("漏水") && one.choices.is_empty()), "no details there");
        assert!(town.dead().await.is_empty());

        town.says("mei", "师傅到了敲门就行").await;
        town.wait(seconds(3)).await;
        let words = town.sees("repair").iter().filter(|one| one.text.contains(BEGIN)).count();
        assert_eq!(words, 1, "the group is not told again and again");

        town.messenger.blocks("laolin", false);
        town.sends("laolin", Body { event: Some(ChatEvent::Opened), ..Body::default() }).await;
        town.wait(seconds(5)).await;
        let got: Vec<_> = town.sees("laolin").into_iter().map(|one| one.text).collect();
        assert!(got.iter().any(|text| text.contains("漏水")), "the details: {got:#?}");
        assert!(got.iter().any(|text| text.contains("敲门")), "and what was added: {got:#?}");
    }
}

on_each_db! {
    /// Whoever blocks us on one messenger is reached on another; a word from there brings the first one back.
    async fn somebody_who_blocks_us_is_reached_another_way(database: Database) {
        let town = Town::new(database).await;
        town.says("mei", LEAK).await;
        let case = town.app.newest().await;
        let mei = town.app.case(case).await.resident;
        let page = supervise::digest("mei's page");
        let second = Contact { channel: "webchat".into(), id: page.clone(), person: mei.clone(), chat: page.clone(), unreachable_at: None };
        town.app.hotline.store.write(move |tx| Box::pin(async move { tx.save_contacts(&[second]).await })).await.expect("linked");
        town.messenger.blocks("mei", true);
        town.wait(seconds(2)).await;
        town.taps_in("repair", "laolin", format!("accept:{case}")).await;
        town.wait(seconds(3)).await;
        let there = town.tx().await.said_by_us(&Chat::new("webchat", page.as_str()), 0, 10).await.expect("a transcript");
        assert_eq!(there.len(), 1);
        assert!(there[0].text.contains("有人接了"), "{}", there[0].text);
        assert!(town.dead().await.is_empty());
        let asked = town.messenger.asked().0;
        town.says("laolin", &format!("办结 {case}")).await;
        town.wait(seconds(3)).await;
        let there = town.tx().await.said_by_us(&Chat::new("webchat", page.as_str()), 0, 10).await.expect("a transcript");
        assert_eq!(there.len(), 2, "the next one goes there at once");
        assert_eq!(town.messenger.asked().0 - asked, 2, "the member's answer and the card's edit, nothing to the blocked chat");

        town.messenger.blocks("mei", false);
        town.says("mei", "解决了").await;
        town.wait(seconds(3)).await;
        assert!(town.sees("mei").iter().any(|one| one.text.contains("满意")), "answered where they wrote");
    }
}

on_each_db! {
    /// A resident who cannot be reached at all is for staff to see.
    async fn a_resident_who_cannot_be_reached_is_for_staff_to_see(database: Database) {
        let town = Town::new(database).await;
        town.says("mei", LEAK).await;
        let case = town.app.newest().await;
        town.messenger.blocks("mei", true);
        town.wait(seconds(2)).await;
        town.taps_in("repair", "laolin", format!("accept:{case}")).await;
        town.wait(seconds(3)).await;
        assert_eq!(town.dead().await, ["Forbidden: blocked"]);
        let asked = town.messenger.asked().0;
        town.wait(minutes(30)).await;
        assert_eq!(town.messenger.asked().0, asked, "nothing is tried in a circle");
    }
}

on_each_db! {
    /// Thrown out of a group: staff see it, the offer climbs by its own timer, and a word in the group brings it back.
    async fn a_lost_group_is_seen_and_found_again(database: Database) {
        let town = Town::new(database).await;
        town.messenger.blocks("repair", true);
        town.says("mei", LEAK).await;
        let case = town.app.newest().await;
        town.wait(seconds(3)).await;
        assert_eq!(town.app.hotline.city().teams["repair"].lost.len(), 1, "staff see it");
        assert_eq!(town.dead().await.len(), 1);
        let asked = town.messenger.asked_in("repair");
        town.says("bao", LEAK).await;
        town.wait(hours(2)).await;
        assert_eq!(town.app.case(case).await.rung, Rung::Community, "nobody could accept: it climbs in its own time");
        let to_lost = town.sees("repair").len();
        assert_eq!(to_lost, 0);
        assert_eq!(town.messenger.asked_in("repair"), asked, "nobody writes there any more");

        town.messenger.blocks("repair", false);
        town.sends_in("repair", "afang", words("待接")).await;
        town.wait(seconds(3)).await;
        let city = town.tx().await.directory().await.expect("the city");
        assert_eq!((city.teams["repair"].groups.len(), city.teams["repair"].lost.len()), (1, 0), "found again");
        town.says("chun", LEAK).await;
        town.wait(seconds(3)).await;
        assert!(town.sees("repair").iter().any(|one| !one.choices.is_empty()), "offers come again");
    }
}

on_each_db! {
    /// A group becomes a supergroup: everything that waits goes to the new id at once, and so does all that follows.
    async fn a_chat_that_moves_is_followed(database: Database) {
        let town = Town::new(database).await;
        town.says("mei", LEAK).await;
        let first = town.app.newest().await;
        town.messenger.moves("repair", "-100200");
        town.wait(seconds(2)).await;
        town.says("bao", LEAK).await;
        let second = town.app.newest().await;
        town.wait(seconds(1)).await;
        let new = town.sees("-100200");
        assert_eq!(reached(&new, 2).keys().copied().collect::<Vec<_>>(), [second], "sent again at once: {new:?}");
        assert!(town.app.hotline.city().team_of_group(&Chat::new(NAME, "-100200")).is_some());
        town.taps_in("-100200", "laolin", format!("accept:{first}")).await;
        town.wait(seconds(3)).await;
        assert!(town.sees("-100200").iter().any(|one| one.edits.is_some() && one.text.contains("老林")), "open cards moved, too");
        assert!(town.dead().await.is_empty());

        town.messenger.moves("-100200", "-100200");
        town.says("chun", LEAK).await;
        town.wait(minutes(2)).await;
        assert!(town.messenger.asked().0 < 40, "a chat that moves in a circle is not followed for ever");
    }
}

on_each_db! {
    /// A chat that takes nothing unasked: what waits is held, and when they write the newest leave.
    async fn a_shut_chat_waits_for_a_word(database: Database) {
        let town = Town::new(database).await;
        town.says("mei", LEAK).await;
        let case = town.app.newest().await;
        town.messenger.shuts("mei", true);
        for n in 0..5 {
            town.outbox(Outbound { case: Some(case), ..message(&format!("01J0000{n}"), "mei", Purpose::Say) }).await;
            town.wait(seconds(2)).await;
        }
        let mine = || async { town.states(case).await.into_iter().filter(|state| state.starts_with("private")).collect::<Vec<_>>() };
        let held = mine().await.iter().filter(|state| *state == "private held").count();
        assert_eq!(held, 5);
        for _ in 0..30 {
            town.app.advance(hours(1)).await;
        }
        let all = mine().await;
        assert_eq!(town.messenger.asked_in("mei"), all.len(), "each was tried once: {all:?}");
        assert!(all.iter().all(|state| *state == "private held" || *state == "private sent"), "and none is given up after a day");

        town.messenger.shuts("mei", false);
        town.says("mei", "怎么样了").await;
        town.wait(seconds(6)).await;
        let again = mine().await;
        let count = |states: &[String], state: &str| states.iter().filter(|one| one.ends_with(state)).count();
        assert_eq!(count(&again, "held"), 0);
        assert_eq!(count(&again, "dropped"), count(&all, "held") - 3, "the newest three leave: {again:?}");
        let texts: Vec<_> = town.sees("mei").into_iter().map(|one| one.text).collect();
        assert!(!texts.iter().any(|text| text.contains("01J00000")), "the oldest is not told any more: {texts:#?}");
    }
}

on_each_db! {
    /// So many messages after theirs, one of them kept for the survey.
    async fn the_window_keeps_one_for_the_survey(database: Database) {
        let window = Some(Window { sends: 3, lasts: Duration::from_secs(48 * 3600), kept_for_survey: 1 });
        let town = Town::with(database, Abilities { window, ..ABILITIES }).await;
        town.says("mei", LEAK).await;
        let case = town.app.newest().await;
        town.wait(seconds(2)).await;
        assert_eq!(town.sees("mei").len(), 1, "the answer");
        for (id, purpose) in [("01J00001", Purpose::Say), ("01J00002", Purpose::Say), ("01J00003", Purpose::Survey), ("01J00004", Purpose::Survey)] {
            town.outbox(Outbound { case: Some(case), ..message(id, "mei", purpose) }).await;
            town.wait(seconds(2)).await;
        }
        let said: Vec<_> = town.sees("mei").into_iter().skip(1).map(|one| one.text).collect();
        assert_eq!(said, ["您好 01J00001", "您好 01J00003"], "one more, and the survey's");
        town.says("mei", "好的").await;
        town.wait(seconds(4)).await;
        assert!(town.sees("mei").iter().any(|one| one.text == "您好 01J00002"), "what was held leaves when they write");
        let talk = town.app.hotline.store.read().await.expect("a reader").talk(&Chat::new(NAME, "mei"), PASSIVE).await.expect("a talk");
        assert!(talk.sent_since >= 1 && talk.heard_at.is_some());
    }
}

on_each_db! {
    /// A survey that reaches nobody is not asked, never unanswered; and it is asked when they are in touch again.
    async fn who_could_not_be_asked_did_not_fail_to_answer(database: Database) {
        let town = Town::new(database).await;
        town.says("mei", LEAK).await;
        town.says("bao", LEAK).await;
        let (mei, bao) = (CaseNumber(1), CaseNumber(2));
        town.wait(seconds(3)).await;
        for who in ["mei", "bao"] {
            town.messenger.shuts(who, true);
        }
        for case in [mei, bao] {
            town.says("laolin", &format!("接单 {case}")).await;
            town.says("laolin", &format!("办结 {case}")).await;
        }
        town.wait(seconds(5)).await;
        let events = |lines: Vec<String>| lines.iter().map(|line| line.split(' ').nth(1).unwrap_or_default().to_owned()).collect::<Vec<_>>();
        assert_eq!(events(town.app.history(mei).await), ["opened", "offered", "accepted", "done", "not_asked"]);

        // Mei is in touch again: she is answered, and then asked.
        town.messenger.shuts("mei", false);
        town.says("mei", "你好").await;
        town.wait(seconds(5)).await;
        let asked = town.sees("mei").pop().expect("the question");
        assert!(asked.choices.iter().any(|choice| choice.data.starts_with("solved:")), "{asked:?}");
        assert!(events(town.app.history(mei).await).ends_with(&["not_asked".into(), "asked_again".into()]));
        town.says("mei", "解决了").await;
        town.wait(seconds(3)).await;
        town.says("mei", "5").await;
        town.wait(seconds(3)).await;
        assert!(matches!(town.app.case(mei).await.state, State::Closed { outcome: Outcome::Solved, .. }));

        // Bao never is.
        for _ in 0..73 {
            town.app.advance(hours(1)).await;
        }
        assert!(matches!(town.app.case(bao).await.state, State::Closed { outcome: Outcome::NotAsked, .. }), "{:?}", town.app.case(bao).await.state);
        assert!(!events(town.app.history(bao).await).contains(&"reminded".to_owned()));
        town.messenger.shuts("bao", false);
        town.sends("bao", Body { choice: Some(format!("solved:{bao}:no")), ..Body::default() }).await;
        assert_eq!(town.app.stage(bao).await, Stage::Offered, "a late \"not solved\" is never refused");
    }
}

on_each_db! {
    /// Somebody who was asked and then could not be reminded has not answered; who called by phone has no chat at all.
    async fn asked_once_is_asked(database: Database) {
        let town = Town::new(database).await;
        town.says("mei", LEAK).await;
        let case = town.app.newest().await;
        town.wait(seconds(2)).await;
        town.says("laolin", &format!("接单 {case}")).await;
        town.says("laolin", &format!("办结 {case}")).await;
        town.wait(seconds(3)).await;
        town.messenger.blocks("mei", true);
        for _ in 0..73 {
            town.app.advance(hours(1)).await;
        }
        assert!(matches!(town.app.case(case).await.state, State::Closed { outcome: Outcome::Unanswered, .. }));

        let call = supervise::PhoneCase {
            name: Some("陈伯".into()),
            phone: None,
            service: "care.repair".into(),
            area: Some("lianhuabei".into()),
            address: None,
            words: "电话里说灯坏了".into(),
        };
        let phoned = supervise::take_call(&town.app.hotline, "duty", call).await.expect("a write");
        town.says("laolin", &format!("接单 {phoned}")).await;
        town.says("laolin", &format!("办结 {phoned}")).await;
        assert!(town.app.case(phoned).await.waits_to_be_asked(), "staff see that they must call");
        for _ in 0..73 {
            town.app.advance(hours(1)).await;
        }
        assert!(matches!(town.app.case(phoned).await.state, State::Closed { outcome: Outcome::NotAsked, .. }));
    }
}

/// 22:30 in Xiamen.
const NIGHT: &str = "2026-03-02T14:30:00Z";

async fn at_night(database: Database, city: &str) -> Town {
    let clock = Clock::at(at(NIGHT));
    let messenger = Messenger::start(clock.clone()).await;
    let app = TestApp::in_city(database, clock, messenger.channels(ABILITIES), city).await;
    Town { app, messenger }
}

on_each_db! {
    /// At night whoever writes is answered, danger is told, and everything else waits for the morning.
    async fn at_night_people_are_left_in_peace(database: Database) {
        let town = at_night(database, &city()).await;
        town.says("mei", NOISE).await;
        town.says("son", DANGER).await;
        let noise = CaseNumber(1);
        town.wait(seconds(5)).await;
        assert_eq!(town.sees("mei").len(), 1, "answered");
        let group = town.sees(DUTY);
        assert_eq!(reached(&group, 2).keys().copied().collect::<Vec<_>>(), [CaseNumber(2)], "only the danger: {group:?}");

        // A member who is awake asks what waits, and is answered in the group; the card itself stays held.
        town.sends_in(DUTY, "laohuang", words("待接")).await;
        town.wait(seconds(3)).await;
        assert!(town.sees(DUTY).last().expect("an answer").text.contains(&noise.to_string()));
        let before = town.sees(DUTY).len();
        town.app.clock.advance(hours(8));
        town.wait(minutes(29)).await;
        assert_eq!(town.app.case(noise).await.rung, Rung::Community, "its time starts in the morning");
        town.wait(minutes(2)).await;
        let morning: Vec<_> = town.sees(DUTY).into_iter().skip(before).collect();
        assert!(morning.iter().any(|one| one.choices.iter().any(|choice| choice.data == format!("accept:{noise}"))), "{morning:?}");
        let about_noise = morning.iter().filter(|one| one.text.contains(&noise.to_string()));
        assert!(about_noise.clone().all(|one| one.at >= at("2026-03-02T23:00:00Z")), "at seven: {morning:#?}");
    }
}

on_each_db! {
    /// Seven in the morning, and six hundred messages were held: thirty a second, and danger at once in between.
    async fn a_whole_city_wakes_up_at_the_pace(database: Database) {
        let town = at_night(database, &city()).await;
        let morning = at("2026-03-02T23:00:00Z");
        let all: Vec<Outbound> = (0..600)
            .map(|n| Outbound { not_before: Some(morning), ..message(&format!("01J{n:05}"), &format!("r{n}"), Purpose::Say) })
            .collect();
        let now = town.app.clock.now();
        town.app.hotline.store.write(move |tx| Box::pin(async move { tx.insert_outbox(&all, now).await })).await.expect("written");
        town.wait(seconds(2)).await;
        assert_eq!(town.messenger.asked().0, 0, "held");
        town.app.clock.advance(morning.duration_since(town.app.clock.now()));
        town.wait(seconds(5)).await;
        let urgent = Outbound { priority: Priority::Danger, ..message("01K00000", "son", Purpose::Say) };
        town.outbox(urgent).await;
        town.wait(seconds(1)).await;
        assert_eq!(town.sees("son").len(), 1, "danger goes before the hundreds that wait");
        town.wait(seconds(20)).await;
        assert_eq!(town.messenger.delivered().len(), 601);
        assert_eq!(town.messenger.asked(), (601, 0), "none too fast, none twice");
        let last = town.messenger.delivered().last().expect("a message").at;
        assert!(last.duration_since(morning) <= seconds(26), "{last}");
    }
}

on_each_db! {
    /// A card that was taken before the morning came is never shown; who has just written is still told.
    async fn what_is_over_by_the_morning_is_not_told(database: Database) {
        let town = at_night(database, &city()).await;
        town.says("mei", NOISE).await;
        let case = town.app.newest().await;
        town.wait(seconds(2)).await;
        town.says("laohuang", &format!("接单 {case}")).await;
        town.wait(seconds(3)).await;
        assert_eq!(town.app.stage(case).await, Stage::Accepted);
        assert!(town.sees("laohuang").iter().any(|one| one.text.contains("装修")), "who acts gets the details");
        assert_eq!(town.sees("mei").len(), 2, "she wrote a moment ago and is awake: somebody has it");
        town.wait(minutes(40)).await;
        town.says("laohuang", &format!("办结 {case}")).await;
        town.wait(seconds(3)).await;
        assert_eq!(town.sees("mei").len(), 2, "the survey waits for the morning");
        town.app.clock.advance(hours(7));
        town.wait(minutes(60)).await;
        assert_eq!(town.sees("mei").len(), 3, "and comes then");
        assert!(town.sees(DUTY).is_empty(), "a card and its end, which nobody saw, are not told: {:?}", town.sees(DUTY));
    }
}

on_each_db! {
    /// `quiet = "none"`: a team that is awake; and services whose clock runs at night wake everybody.
    async fn a_team_may_be_awake_at_night(database: Database) {
        let awake = city().replace("code = \"lianhuabei-duty\"\n", "code = \"lianhuabei-duty\"\nquiet = \"none\"\n");
        let town = at_night(database, &awake).await;
        town.says("mei", NOISE).await;
        town.says("奶奶", "莲花北的,我一个人住,想有人常来看看我陪我说说话").await;
        town.wait(seconds(5)).await;
        assert_eq!(reached(&town.sees(DUTY), 1).len(), 1);
        assert_eq!(reached(&town.sees("care"), 2).len(), 1, "a welfare visit has its hour at night, too");
        assert_eq!(town.app.hotline.city().teams["care"].quiet.to_string(), "22:00-07:00", "the default");
    }
}

on_each_db! {
    /// A toast is answered at once, whatever waits in its chat, and holds up nothing when it fails.
    async fn a_toast_waits_for_nobody(database: Database) {
        let town = Town::new(database).await;
        for n in 0..3 {
            town.outbox(message(&format!("01J0000{n}"), "mei", Purpose::Say)).await;
        }
        town.outbox(message("01J00009", "mei", Purpose::Toast)).await;
        let said: Vec<_> = town.sees("mei").into_iter().map(|one| one.text).collect();
        assert_eq!(said, ["您好 01J00000", "您好 01J00009"], "the others have their pause");
        town.messenger.blocks("mei", true);
        town.outbox(message("01J00010", "mei", Purpose::Toast)).await;
        town.messenger.blocks("mei", false);
        town.wait(seconds(4)).await;
        assert_eq!(town.sees("mei").len(), 4);
        assert!(town.dead().await.is_empty(), "nobody need look at a toast that failed");
    }
}

on_each_db! {
    /// Channels without limits are not asked for any of it, and one slow messenger does not slow them.
    async fn our_own_pages_are_never_held_back(database: Database) {
        let town = Town::new(database).await;
        town.messenger.floods(Some(60));
        for n in 0..70 {
            town.says(&format!("r{n}"), NOISE).await;
        }
        let page = town.app.resident("Mei");
        for n in 0..5 {
            let before = page.told().await.len();
            page.says(&format!("莲花北社区,家里灯坏了,找人修 {n}")).await;
            assert!(page.told().await.len() > before, "answered at once");
        }
        assert_eq!(deliver::deliver(&town.app.hotline).await.expect("delivered"), 0);
    }
}
