//! A disk that is full, and a file that somebody else holds: the platform is told 503 within a bounded time, nothing
//! is half-written, and the hotline goes on when it can. The real program, on a real limit and a real lock.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use hotline::domain::id::CaseNumber;
use hotline::store::Store;
use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::Connection;
use tempfile::TempDir;

use crate::harness::CITY;
use crate::harness::platform::{Platform, SECRET, signature};
use crate::harness::process::Process;

/// Enough for the tables and some messages.
const SMALL_DISK: u64 = 700_000;
/// How often the platform is refused before there is room again.
const REFUSALS: usize = 5;
/// How long the program may take to answer, or to do what waits.
const PATIENCE: Duration = Duration::from_secs(60);

/// The program's folder, its address, and a platform that writes to it.
struct Place {
    folder: TempDir,
    config: PathBuf,
    address: String,
    platform: Platform,
    client: reqwest::Client,
}

impl Place {
    async fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        let platform = Platform::start().await;
        let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr();
        let address = format!("127.0.0.1:{}", port.expect("an address").port());
        let config = folder.path().join("hotline.toml");
        let text = format!(
            "[server]\nlisten = \"{address}\"\n[store]\nurl = \"sqlite:{}\"\n[understanding]\nintents = \"{}/intents\"\n\
             [channels.webhook.city]\nsecret = \"{SECRET}\"\ndeliver_url = \"{}\"\n",
            folder.path().join("hotline.db").display(),
            env!("CARGO_MANIFEST_DIR"),
            platform.url,
        );
        std::fs::write(&config, text).expect("written");
        let city = folder.path().join("city.toml");
        std::fs::write(&city, CITY).expect("written");
        let import = hotline(&config, &["import", &city.to_string_lossy()]);
        assert!(import.status.success(), "{}", String::from_utf8_lossy(&import.stderr));
        Self { folder, config, address, platform, client: reqwest::Client::new() }
    }

    fn database(&self) -> String {
        format!("sqlite:{}", self.folder.path().join("hotline.db").display())
    }

    /// What `/healthz` says, once it says anything.
    async fn health(&self) -> Value {
        let begin = Instant::now();
        loop {
            if let Ok(answer) = self.client.get(format!("http://{}/healthz", self.address)).send().await {
                if let Ok(health) = answer.json().await {
                    return health;
                }
            }
            assert!(begin.elapsed() < PATIENCE, "the program does not answer");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Somebody's message, as the platform posts it.
    async fn post(&self, n: usize) -> StatusCode {
        let id = format!("m{n}");
        let data = json!({ "chat": { "id": format!("r{n}"), "kind": "private" }, "sender": { "id": format!("r{n}") },
            "text": format!("莲花北社区{n}号,厨房水龙头漏水,{}", "找人来修一下,".repeat(40)) });
        let body = json!({ "type": "message.received", "timestamp": "2026-03-02T02:00:00Z", "data": data });
        let (body, now) = (body.to_string().into_bytes(), jiff::Timestamp::now().as_second().to_string());
        let request = self.client.post(format!("http://{}/hooks/webhook/city", self.address));
        let request = request.header("webhook-id", &id).header("webhook-timestamp", &now);
        let request = request.header("webhook-signature", signature(&id, &now, &body)).timeout(PATIENCE);
        request.body(body).send().await.expect("an answer").status()
    }

    /// Until everything that was acknowledged is understood.
    async fn is_idle(&self) {
        let begin = Instant::now();
        loop {
            let health = self.health().await;
            if health["understanding"] == "ready" && health["waiting"] == 0 {
                return;
            }
            assert!(begin.elapsed() < PATIENCE, "{health}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// How many cases each of the first residents has.
    async fn cases(&self, residents: usize) -> Vec<usize> {
        let database = Store::open_to_read(&self.database()).await.expect("a database");
        let mut tx = database.read().await.expect("a reader");
        let all = tx.cases_opened(jiff::Timestamp::UNIX_EPOCH, jiff::Timestamp::MAX, CaseNumber(0), 10_000);
        let all = all.await.expect("cases");
        let of =
            |n: usize| all.iter().filter(|row| row.case.text.contains(&format!("莲花北社区{n}号"))).count();
        (0..residents).map(of).collect()
    }
}

fn hotline(config: &Path, words: &[&str]) -> std::process::Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hotline"));
    command.args(words).arg("--config").arg(config).output().expect("it runs")
}

#[test]
fn a_full_disk_is_told_and_nothing_is_half_written() {
    crate::harness::run(async {
        let place = Place::new().await;
        let program = Process::serve_on_a_small_disk(&place.config, SMALL_DISK);
        place.is_idle().await;
        let (mut n, mut refused) = (0, Vec::new());
        while refused.len() < REFUSALS {
            match place.post(n).await {
                StatusCode::OK => {}
                StatusCode::SERVICE_UNAVAILABLE => refused.push(n),
                other => panic!("{other}"),
            }
            n += 1;
            assert!(n < 3_000, "a disk of {SMALL_DISK} bytes is full before that");
        }
        assert!(refused[0] > 0, "there was room for some");

        program.has_room();
        for again in refused {
            assert_eq!(place.post(again).await, StatusCode::OK, "the platform delivers again");
        }
        place.is_idle().await;
        assert_eq!(place.cases(n).await, vec![1; n], "everybody has one case, nobody two");
        drop(program);
        assert!(!place.platform.kept().is_empty());
    });
}

#[test]
fn a_file_that_somebody_else_holds_is_told_in_bounded_time() {
    crate::harness::run(async {
        let place = Place::new().await;
        let _program = Process::serve(&place.config);
        place.is_idle().await;
        sqlx::any::install_default_drivers();
        let mut other = sqlx::AnyConnection::connect(&place.database()).await.expect("a connection");
        sqlx::query("begin immediate").execute(&mut other).await.expect("the lock");
        let begin = Instant::now();
        assert_eq!(place.post(0).await, StatusCode::SERVICE_UNAVAILABLE);
        assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());

        sqlx::query("rollback").execute(&mut other).await.expect("the lock is given back");
        assert_eq!(place.post(0).await, StatusCode::OK);
        place.is_idle().await;
        assert_eq!(place.cases(1).await, [1]);
    });
}

#[test]
fn a_second_program_on_the_same_file_is_refused() {
    crate::harness::run(async {
        let place = Place::new().await;
        let _program = Process::serve(&place.config);
        place.is_idle().await;
        let second = hotline(&place.config, &["serve", "--listen", "127.0.0.1:0"]);
        assert!(!second.status.success());
        let told = String::from_utf8_lossy(&second.stderr).into_owned();
        assert!(told.contains("in use by another hotline process"), "{told}");
    });
}
