//! How many messages a second, and how soon each is acknowledged and answered: over real HTTP on loopback, with
//! fsync, on SQLite in a folder of its own. `cargo bench --bench throughput [flood] [pace] [alone]`

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use hotline::channels::webhook::Webhook;
use hotline::channels::{Channels, webchat};
use hotline::clock::Clock;
use hotline::domain::case::{Actor, Case, Entry, EventWord, Origin, Policy, Stage, State, Survey};
use hotline::domain::deadline::{Calendar, Holidays};
use hotline::domain::id::{CaseNumber, MessageId, PersonId};
use hotline::domain::message::{Body, Chat, ChatKind, Inbound, Language, Outbound, Priority, Purpose};
use hotline::domain::team::Rung;
use hotline::engine::import::{CityFile, import};
use hotline::engine::{Hotline, Parts, intake, supervise};
use hotline::store::{Contact, HistoryRow, OfferRow, Person, Store};
use hotline::understanding::Understander;
use hotline::understanding::catalog::Catalog;
use hotline::web::{Web, router};
use hotline::worker;
use jiff::Timestamp;
use sha2::Sha256;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

const CLIENTS: usize = 64;
const MESSAGES: usize = 20_000;
const BATCH: usize = 64;
const PACED_PER_SECOND: u64 = 1_000;
const PACED_SECONDS: u64 = 10;
const SECRET: &str = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const CITY: &str = include_str!("../tests/data/city.toml");
/// What residents write; all of it is offered to a team of the city.
const WORDS: [&str; 6] = [
    "我是莲花北社区的,厨房水龙头坏了一直漏水,能不能找个师傅来修",
    "莲花北这边路灯坏了三天了晚上黑漆漆的",
    "我妈一个人住莲花北,我在外地,想请人去看看她",
    "莲花北社区12号楼电梯又停了,老人下不来",
    "莲花北有没有老人食堂可以送饭上门的",
    "莲花北楼上半夜还在装修,吵死了睡不着",
];

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let only: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let wanted = |part: &str| only.is_empty() || only.iter().any(|word| word == part);
    if wanted("flood") {
        let whole = Place::new().await.flood().await;
        println!(
            "webhook → case, history, timer, offer on disk   {whole:>8.0} messages/s  ({CLIENTS} clients)"
        );
        let bare = bare_writer().await;
        let share = whole / bare * 100.0;
        println!(
            "bare batched writer of the same rows            {bare:>8.0} messages/s  ({share:.0} % reached)"
        );
    }
    if wanted("pace") {
        Place::new().await.pace().await;
    }
    if wanted("alone") {
        Place::new().await.alone().await;
    }
}

struct Place {
    hotline: Arc<Hotline>,
    address: SocketAddr,
    folder: TempDir,
}

impl Place {
    async fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("bench.db").display());
        let mut channels = Channels::default();
        channels.add(webchat::NAME, webchat::Webchat);
        let secret = format!("whsec_{SECRET}").into();
        channels.add(
            "webhook:city",
            Webhook::new("city", &[secret], "http://127.0.0.1:9/".into()).expect("a secret"),
        );
        let intents = concat!(env!("CARGO_MANIFEST_DIR"), "/intents");
        let catalog = Arc::new(Catalog::from_folder(intents.as_ref()).expect("the catalogue"));
        let understander = Understander::train(&catalog);
        let holidays = Holidays::parse(include_str!("../assets/holidays.toml")).expect("the holidays");
        let hotline = Hotline::open(Parts {
            store: Store::open(&url).await.expect("a store"),
            clock: Clock::System,
            calendar: Calendar { zone: jiff::tz::TimeZone::get("Asia/Shanghai").expect("a zone"), holidays },
            policy: Policy::default(),
            language: Language::ZhCn,
            channels,
            learns_from_corrections: false,
            catalog,
            understander: Some(understander),
        });
        let hotline = hotline.await.expect("a hotline");
        import(&hotline, &CityFile::parse(CITY).expect("a city")).await.expect("imported");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let app = router(Web::new(Arc::clone(&hotline), false, None))
            .into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { hotline, address, folder }
    }

    /// All clients post as fast as they are answered; the time is taken when the last case is on disk.
    async fn flood(&self) -> f64 {
        let stop = CancellationToken::new();
        let intake = tokio::spawn(take_in(Arc::clone(&self.hotline), stop.clone()));
        let next = Arc::new(AtomicUsize::new(0));
        let start = Instant::now();
        let clients = (0..CLIENTS).map(|_| {
            let (next, address) = (Arc::clone(&next), self.address);
            tokio::spawn(async move {
                let mut client = Client::connect(address).await;
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= MESSAGES {
                        return;
                    }
                    client.post(index).await;
                }
            })
        });
        futures::future::join_all(clients.collect::<Vec<_>>()).await;
        let acknowledged = start.elapsed();
        while self.hotline.store.read().await.expect("a reader").inbox_waiting().await.expect("a count") > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let taken_in = start.elapsed();
        stop.cancel();
        intake.await.expect("the intake ends");
        println!(
            "acknowledged                                    {:>8.0} messages/s",
            MESSAGES as f64 / acknowledged.as_secs_f64()
        );
        let size = std::fs::metadata(self.folder.path().join("bench.db")).map_or(0, |file| file.len());
        println!(
            "database                                        {:>8.0} bytes a message",
            size as f64 / MESSAGES as f64
        );
        MESSAGES as f64 / taken_in.as_secs_f64()
    }

    /// A steady stream; how long each acknowledgement takes.
    async fn pace(&self) {
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        worker::start(&self.hotline, &stop, &tasks);
        let start = Instant::now();
        let clients = (0..CLIENTS as u64).map(|client| {
            let address = self.address;
            tokio::spawn(async move {
                let mut connection = Client::connect(address).await;
                let mut times = Vec::new();
                let mut index = client;
                while index < PACED_PER_SECOND * PACED_SECONDS {
                    let due = start + Duration::from_micros(index * 1_000_000 / PACED_PER_SECOND);
                    tokio::time::sleep_until(due.into()).await;
                    connection.post(index as usize).await;
                    times.push(due.elapsed());
                    index += CLIENTS as u64;
                }
                times
            })
        });
        let times = futures::future::join_all(clients.collect::<Vec<_>>()).await;
        let mut times: Vec<Duration> = times.into_iter().flat_map(|times| times.expect("a client")).collect();
        times.sort_unstable();
        let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0;
        println!(
            "acknowledgement at {PACED_PER_SECOND} messages/s              p50 {:.1} ms, p99 {:.1} ms",
            at(0.5),
            at(0.99)
        );
        stop.cancel();
    }

    /// One message at a time on our own pages: from the post until the answer is there.
    async fn alone(&self) {
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        worker::start(&self.hotline, &stop, &tasks);
        let mut times = Vec::new();
        for index in 0..200 {
            tokio::time::sleep(Duration::from_millis(10)).await;
            let person = supervise::digest(&format!("lone{index}"));
            let chat = Chat::new(webchat::NAME, &person);
            let mut news = self.hotline.hints.chats.subscribe();
            let body = Body { text: Some(WORDS[index % WORDS.len()].into()), ..Body::default() };
            let start = Instant::now();
            let message = Inbound {
                key: format!("l{index}"),
                chat: chat.clone(),
                kind: ChatKind::Private,
                sender: person,
                body,
            };
            self.hotline.receive(&[message]).await.expect("stored");
            while news.recv().await.expect("news") != chat {}
            times.push(start.elapsed());
        }
        times.sort_unstable();
        let ms = |time: Duration| time.as_secs_f64() * 1000.0;
        println!(
            "a lone message answered                         median {:.1} ms, p99 {:.1} ms",
            ms(times[100]),
            ms(times[197])
        );
        stop.cancel();
    }
}

async fn take_in(hotline: Arc<Hotline>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let hinted = hotline.hints.inbox.notified();
        if intake::take_in(&hotline).await.expect("taken in") == 0 {
            tokio::select! { () = hinted => {}, () = stop.cancelled() => {} }
        }
    }
}

/// HTTP/1.1 with as little as it takes, so that the clients leave the machine to the hotline.
struct Client {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Client {
    async fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.expect("a connection");
        stream.set_nodelay(true).expect("a socket");
        Self { stream, read: vec![0; 4096] }
    }

    async fn post(&mut self, index: usize) {
        let words = WORDS[index % WORDS.len()];
        let body = format!(
            r#"{{"type":"message.received","timestamp":"2026-03-02T02:00:00Z","data":{{"chat":{{"id":"r{index}","kind":"private"}},"sender":{{"id":"r{index}","name":"居民"}},"text":"{words}"}}}}"#
        );
        let (id, timestamp) = (format!("m{index}"), Timestamp::now().as_second());
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&STANDARD.decode(SECRET).expect("base64")).expect("a key");
        mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
        let signature = STANDARD.encode(mac.finalize().into_bytes());
        let request = format!(
            "POST /hooks/webhook/city HTTP/1.1\r\nhost: bench\r\nwebhook-id: {id}\r\nwebhook-timestamp: {timestamp}\r\nwebhook-signature: v1,{signature}\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        self.stream.write_all(request.as_bytes()).await.expect("written");
        let mut filled = 0;
        while !self.read[..filled].ends_with(b"{\"ok\":true}") {
            let read = self.stream.read(&mut self.read[filled..]).await.expect("an answer");
            assert!(read > 0, "{}", String::from_utf8_lossy(&self.read[..filled]));
            filled += read;
        }
        assert!(self.read.starts_with(b"HTTP/1.1 200"));
    }
}

/// The same rows, made up beforehand, through the same statements: what the disk and the driver allow.
async fn bare_writer() -> f64 {
    let folder = TempDir::new().expect("a folder");
    let store =
        Store::open(&format!("sqlite:{}", folder.path().join("bare.db").display())).await.expect("a store");
    let now = Clock::System.now();
    let firsts = (0..MESSAGES).step_by(BATCH);
    let batches: Vec<_> =
        firsts.map(|first| Rows::made(first, now)).map(|rows| (rows.received.clone(), rows)).collect();
    let start = Instant::now();
    for (received, rows) in batches {
        store
            .write(move |tx| Box::pin(async move { tx.insert_received(&received).await }))
            .await
            .expect("written");
        store.write(move |tx| Box::pin(async move { rows.write(tx, now).await })).await.expect("written");
    }
    MESSAGES as f64 / start.elapsed().as_secs_f64()
}

struct Rows {
    received: Vec<(MessageId, Timestamp, Inbound)>,
    people: Vec<Person>,
    contacts: Vec<Contact>,
    cases: Vec<Case>,
    history: Vec<HistoryRow>,
    messages: Vec<Outbound>,
    offers: Vec<OfferRow>,
}

impl Rows {
    fn made(first: usize, now: Timestamp) -> Self {
        let all = first..(first + BATCH).min(MESSAGES);
        let person = |n: usize| PersonId::new(format!("P{n:025}"));
        let message = |n: usize, of: char| MessageId::new(format!("{of}{n:025}"));
        let words = |n: usize| WORDS[n % WORDS.len()].to_owned();
        let received = |n: usize| {
            let body = Body { text: Some(words(n)), name: Some("居民".into()), ..Body::default() };
            let chat = Chat::new("webhook:city", format!("r{n}"));
            (
                message(n, 'I'),
                now,
                Inbound {
                    key: format!("m{n}"),
                    chat,
                    kind: ChatKind::Private,
                    sender: format!("r{n}"),
                    body,
                },
            )
        };
        let outbound = |n: usize, of: char, chat: Chat, kind, purpose| Outbound {
            id: message(n, of),
            chat,
            kind,
            text: words(n).repeat(2),
            choices: Vec::new(),
            replaces: None,
            priority: Priority::Ordinary,
            purpose,
            case: Some(CaseNumber(n as i64 + 1)),
            tap: None,
            not_before: None,
        };
        let group = || Chat::new("webchat", "repair");
        let entry = |event, to| Entry { event, from: Stage::Triage, to, note: "care.repair".into() };
        let line = |n: usize, of: char, entry| HistoryRow {
            id: message(n, of).to_string(),
            case: CaseNumber(n as i64 + 1),
            at: now,
            actor: Actor::Resident(person(n)),
            entry,
        };
        Self {
            received: all.clone().map(received).collect(),
            people: all.clone().map(|n| made_person(person(n), now)).collect(),
            contacts: all
                .clone()
                .map(|n| Contact {
                    channel: "webhook:city".into(),
                    id: format!("r{n}"),
                    person: person(n),
                    chat: format!("r{n}"),
                    unreachable_at: None,
                    chosen_at: None,
                })
                .collect(),
            cases: all.clone().map(|n| made_case(n, person(n), words(n), now)).collect(),
            history: all
                .clone()
                .flat_map(|n| {
                    [
                        line(n, 'O', entry(EventWord::Opened, Stage::Triage)),
                        line(n, 'F', entry(EventWord::Offered, Stage::Offered)),
                    ]
                })
                .collect(),
            messages: all
                .clone()
                .flat_map(|n| {
                    [
                        outbound(
                            n,
                            'A',
                            Chat::new("webhook:city", format!("r{n}")),
                            ChatKind::Private,
                            Purpose::Say,
                        ),
                        outbound(n, 'C', group(), ChatKind::Group, Purpose::Offer),
                    ]
                })
                .collect(),
            offers: all
                .map(|n| OfferRow {
                    message: message(n, 'C'),
                    case: CaseNumber(n as i64 + 1),
                    team: "repair".into(),
                    chat: group(),
                    offered_at: now,
                    digest: false,
                })
                .collect(),
        }
    }

    async fn write(self, tx: &mut hotline::store::Tx, now: Timestamp) -> hotline::store::Result<()> {
        tx.save_people(&self.people).await?;
        tx.save_contacts(&self.contacts).await?;
        tx.save_cases(&self.cases).await?;
        tx.insert_history(&self.history).await?;
        tx.insert_outbox(&self.messages, now).await?;
        tx.insert_offers(&self.offers).await?;
        let done: Vec<_> = self
            .received
            .iter()
            .zip(&self.cases)
            .map(|((id, ..), case)| (id.clone(), Some(case.number)))
            .collect();
        tx.finish_inbox(&done).await
    }
}

fn made_person(id: PersonId, now: Timestamp) -> Person {
    let language = Language::ZhCn;
    Person {
        id,
        version: 0,
        name: Some("居民".into()),
        language,
        area: Some("lianhuabei".into()),
        address: None,
        phone: None,
        asked: None,
        created_at: now,
    }
}

fn made_case(n: usize, resident: PersonId, text: String, now: Timestamp) -> Case {
    Case {
        number: CaseNumber(n as i64 + 1),
        version: 0,
        resident,
        service: "care.repair".into(),
        confidence: 0.9,
        runners_up: vec!["governance.facility".into()],
        area: Some("lianhuabei".into()),
        text,
        details: Default::default(),
        rung: Rung::Team,
        priority: Priority::Ordinary,
        origin: Origin::Message,
        help_wanted: false,
        reopened: 0,
        opened_at: now,
        resolve_by: now,
        state: State::Offered { team: "repair".into(), accept_by: now, passed: Vec::new() },
        survey: Survey::default(),
    }
}
