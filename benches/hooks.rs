//! How soon a delivery of each messenger is acknowledged: 200 a second each, over real HTTP on loopback, signed and sealed as the
//! platform does it, written to SQLite with fsync, while the workers understand and answer what came. Matrix is not here: the first
//! message of a room costs a question to the homeserver, whose time is not ours.
//! `cargo bench --bench hooks [telegram] [wechat] [wecom] [sms] [webhook]`

#[path = "../tests/it/harness/sealed.rs"]
#[allow(dead_code, reason = "what the tests open again is only sealed here")]
mod sealed;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use hotline::clock::Clock;
use hotline::config::Config;
use hotline::domain::id::CaseNumber;
use hotline::engine::import::{CityFile, import};
use hotline::engine::{Hotline, Parts};
use hotline::store::Store;
use hotline::understanding::Understander;
use hotline::understanding::catalog::Catalog;
use hotline::web::{Web, router};
use hotline::worker;
use jiff::Timestamp;
use reqwest::{Client, RequestBuilder};
use sealed::{KEY, TOKEN, seal, signature, xml};
use serde_json::json;
use sha2::Sha256;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

const PER_SECOND: u64 = 200;
const SECONDS: u64 = 10;
const CHANNELS: [&str; 5] = ["telegram", "wechat", "wecom", "sms", "webhook"];
const WORDS: &str = "我是莲花北社区的,厨房水龙头坏了一直漏水,能不能找个师傅来修";
const CITY: &str = include_str!("../tests/data/city.toml");
const SECRET: &str = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const CORP: &str = "ww0123456789abcdef";
/// Where nobody answers: what is sent waits in the outbox.
const NOBODY: &str = "http://127.0.0.1:9";

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let only: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    for channel in CHANNELS.into_iter().filter(|name| only.is_empty() || only.iter().any(|word| word == name))
    {
        let mut times = acknowledge(channel).await;
        times.sort_unstable();
        let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0;
        println!(
            "{channel:<9} {PER_SECOND} deliveries/s for {SECONDS} s: acknowledged p50 {:>5.1} ms, p99 {:>5.1} ms, most {:>5.1} ms",
            at(0.5),
            at(0.99),
            at(1.0)
        );
    }
}

/// How long each delivery waited for its answer.
async fn acknowledge(channel: &'static str) -> Vec<Duration> {
    let folder = TempDir::new().expect("a folder");
    let (hotline, address) = open(channel, &folder).await;
    let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
    worker::start(&hotline, &stop, &tasks);
    let client = Client::new();
    let start = Instant::now() + Duration::from_millis(100);
    let one = |index: u64| {
        let client = client.clone();
        tokio::spawn(async move {
            let due = start + Duration::from_micros(index * 1_000_000 / PER_SECOND);
            tokio::time::sleep_until(due.into()).await;
            let request = delivery(channel, &client, address, index);
            let sent = Instant::now();
            let answer = request.send().await.expect("an answer");
            let took = sent.elapsed();
            assert!(answer.status().is_success(), "{channel}: {}", answer.text().await.unwrap_or_default());
            took
        })
    };
    let all: Vec<_> = (0..PER_SECOND * SECONDS).map(one).collect();
    let times = futures::future::join_all(all).await;
    every_one_is_a_case(&hotline).await;
    stop.cancel();
    tasks.close();
    tasks.wait().await;
    times.into_iter().map(|took| took.expect("a delivery")).collect()
}

async fn every_one_is_a_case(hotline: &Hotline) {
    let last = CaseNumber((PER_SECOND * SECONDS) as i64);
    while hotline.store.read().await.expect("a reader").inbox_waiting().await.expect("a count") > 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let last = hotline.store.read().await.expect("a reader").case(last).await.expect("read");
    assert!(last.is_some(), "every delivery opened a case");
}

async fn open(channel: &str, folder: &TempDir) -> (Arc<Hotline>, SocketAddr) {
    let config = Config::parse(&settings(channel, folder)).expect("the settings are right");
    let intents = concat!(env!("CARGO_MANIFEST_DIR"), "/intents");
    let catalog = Catalog::from_folder(intents.as_ref()).expect("the catalogue");
    let understander = Understander::train(&catalog);
    let parts = Parts {
        store: Store::open(&config.store.url).await.expect("a store"),
        clock: Clock::System,
        calendar: config.calendar().expect("a calendar"),
        policy: config.policy(),
        language: config.city.language,
        channels: config.channels().expect("channels"),
        learns_from_corrections: false,
        catalog: Arc::new(catalog),
        understander: Some(understander),
    };
    let hotline = Hotline::open(parts).await.expect("a hotline");
    import(&hotline, &CityFile::parse(CITY).expect("a city")).await.expect("imported");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let app = router(Web::new(Arc::clone(&hotline), false, None))
        .into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, app).await });
    (hotline, address)
}

fn settings(channel: &str, folder: &TempDir) -> String {
    let table = match channel {
        "telegram" => format!(
            "[channels.telegram]\ntoken = \"110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw\"\nsecret = \"{SECRET}\"\napi_url = \"{NOBODY}\""
        ),
        // 0: how long WeChat is kept waiting for the hotline's first words is a choice of the operator's.
        "wechat" => format!(
            "[channels.wechat]\napp_id = \"wx0123456789abcdef\"\napp_secret = \"secret-of-the-app\"\ntoken = \"{TOKEN}\"\nencoding_aes_key = \"{KEY}\"\nanswer_within_ms = 0\napi_url = \"{NOBODY}\""
        ),
        "wecom" => format!(
            "[channels.wecom]\ncorp_id = \"{CORP}\"\nagent_id = 1000002\nsecret = \"secret-of-the-app\"\ntoken = \"{TOKEN}\"\nencoding_aes_key = \"{KEY}\"\napi_url = \"{NOBODY}\""
        ),
        "sms" => format!(
            "[channels.sms]\nurl = \"{NOBODY}/cgi-bin/sendsms\"\nusername = \"hotline\"\npassword = \"secret\"\ntoken = \"{SECRET}\""
        ),
        _ => format!("[channels.webhook.city]\nsecret = \"whsec_{SECRET}\"\ndeliver_url = \"{NOBODY}/\""),
    };
    let url = folder.path().join("bench.db");
    format!(
        "[server]\npublic_url = \"https://hotline.example.org\"\n[store]\nurl = \"sqlite:{}\"\n{table}\n",
        url.display()
    )
}

/// A delivery as the platform makes it; every one from somebody else.
fn delivery(channel: &str, client: &Client, address: SocketAddr, n: u64) -> RequestBuilder {
    let hook = |path: &str| format!("http://{address}/hooks/{path}");
    let now = Timestamp::now().as_second();
    match channel {
        "telegram" => {
            let who = json!({ "id": 10_000 + n, "is_bot": false, "first_name": "居民" });
            let chat = json!({ "id": 10_000 + n, "type": "private", "first_name": "居民" });
            let message =
                json!({ "message_id": n + 1, "from": who, "chat": chat, "date": now, "text": WORDS });
            let update = json!({ "update_id": 873_450_001 + n, "message": message });
            client.post(hook("telegram")).header("X-Telegram-Bot-Api-Secret-Token", SECRET).json(&update)
        }
        "wechat" => {
            let (stamp, id, who) = (now.to_string(), (7_000_000_000 + n).to_string(), format!("openid-{n}"));
            let fields = [
                ("ToUserName", "gh_7f083739789a"),
                ("FromUserName", who.as_str()),
                ("CreateTime", stamp.as_str()),
                ("MsgType", "text"),
                ("Content", WORDS),
                ("MsgId", id.as_str()),
            ];
            let sealed = seal(&xml(&fields), "wx0123456789abcdef");
            let query = format!(
                "signature={}&timestamp={stamp}&nonce=13&openid={who}&encrypt_type=aes&msg_signature={}",
                signature(&[&stamp, "13"]),
                signature(&[&stamp, "13", &sealed])
            );
            let body = xml(&[("ToUserName", "gh_7f083739789a"), ("Encrypt", &sealed)]);
            client.post(hook(&format!("wechat?{query}"))).body(body)
        }
        "wecom" => {
            let (stamp, id, who) = (now.to_string(), n.to_string(), format!("member-{n}"));
            let fields = [
                ("ToUserName", CORP),
                ("FromUserName", who.as_str()),
                ("CreateTime", stamp.as_str()),
                ("MsgType", "text"),
                ("Content", WORDS),
                ("MsgId", id.as_str()),
                ("AgentID", "1000002"),
            ];
            let sealed = seal(&xml(&fields), CORP);
            let signed = signature(&[&stamp, "13", &sealed]);
            let body = xml(&[("ToUserName", CORP), ("AgentID", "1000002"), ("Encrypt", &sealed)]);
            let query = format!("msg_signature={signed}&timestamp={stamp}&nonce=13");
            client.post(hook(&format!("wecom?{query}"))).body(body)
        }
        "sms" => client
            .post(hook(&format!("sms?id=5a1b{n}")))
            .basic_auth("kannel", Some(SECRET))
            .header("X-Kannel-From", format!("+86138{n:08}"))
            .header("X-Kannel-Coding", "2")
            .header("Content-Type", "text/plain; charset=\"UTF-16BE\"")
            .body(WORDS.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>()),
        _ => {
            let data = json!({ "chat": { "id": format!("r{n}"), "kind": "private" }, "sender": { "id": format!("r{n}") }, "text": WORDS });
            let body = json!({ "type": "message.received", "data": data }).to_string();
            let mut mac =
                Hmac::<Sha256>::new_from_slice(&STANDARD.decode(SECRET).expect("base64")).expect("a key");
            mac.update(format!("m{n}.{now}.{body}").as_bytes());
            let signed = STANDARD.encode(mac.finalize().into_bytes());
            let request = client.post(hook("webhook/city")).header("webhook-id", format!("m{n}"));
            request
                .header("webhook-timestamp", now)
                .header("webhook-signature", format!("v1,{signed}"))
                .body(body)
        }
    }
}
