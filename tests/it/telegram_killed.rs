//! A hundred residents write, and the program is killed (SIGKILL) in the middle of it: the real program, on the real
//! clock, against a strict Telegram that keeps to its limits.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use hotline::clock::Clock;
use hotline::domain::id::CaseNumber;
use jiff::SignedDuration;

use crate::harness::on_telegram::{STREET, add_groups, city};
use crate::harness::process::Process;
use crate::harness::telegram::{Person, TOKEN, Telegram};
use crate::harness::{Database, on_each_db};

const RESIDENTS: i64 = 100;
const LEAK: &str = "我是镇海社区的,厨房水龙头坏了一直漏水,能不能找个师傅来修";
/// How long everything may take; what a dead process had in hand is taken up again after a minute.
const PATIENCE: Duration = Duration::from_secs(240);

/// What the program is started with: a port that is free, the tests' city.
fn prepare(folder: &Path, database: &Database, telegram: &Telegram) -> std::path::PathBuf {
    let port =
        std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
    let config = folder.join("hotline.toml");
    let text = format!(
        "[server]\nlisten = \"127.0.0.1:{port}\"\npublic_url = \"http://127.0.0.1:{port}\"\n[store]\nurl = \"{}\"\n\
         [city]\ntimezone = \"{}\"\n[understanding]\nintents = \"{}/intents\"\n[channels]\nwebchat = false\n[channels.telegram]\ntoken = \"{TOKEN}\"\napi_url = \"{}\"\n",
        database.url(),
        where_it_is_noon(),
        env!("CARGO_MANIFEST_DIR"),
        telegram.url,
    );
    std::fs::write(&config, text).expect("written");
    std::fs::write(folder.join("city.toml"), city()).expect("written");
    let mut import = Command::new(env!("CARGO_BIN_EXE_hotline"));
    let import = import
        .arg("import")
        .arg(folder.join("city.toml"))
        .arg("--config")
        .arg(&config)
        .output()
        .expect("it runs");
    assert!(import.status.success(), "{}", String::from_utf8_lossy(&import.stderr));
    config
}

/// Looks again and again, while Telegram delivers, until something is so.
async fn until(telegram: &Telegram, what: &str, is_so: impl Fn() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < PATIENCE, "{what}: not within {PATIENCE:?}");
        telegram.delivers().await;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn write(people: &[Person]) {
    for person in people {
        person.writes(LEAK);
    }
}

/// A zone in which it is about noon, so that no quiet hours hold anything back.
fn where_it_is_noon() -> String {
    let hour = Clock::System.now().to_zoned_datetime(jiff::tz::TimeZone::UTC).hour();
    // The names of these zones say minus for what is east of Greenwich.
    format!("Etc/GMT{:+}", hour - 12)
}

/// How often each case is on the group's cards.
fn offered(telegram: &Telegram) -> Vec<usize> {
    let shown = telegram.shown(STREET);
    let numbers = (1..=RESIDENTS).map(|n| CaseNumber(n).to_string());
    numbers.map(|number| shown.iter().filter(|card| card.text.contains(&number)).count()).collect()
}

fn there(telegram: &Telegram) -> usize {
    offered(telegram).into_iter().filter(|times| *times > 0).count()
}

/// Whether the group's last card is old enough to be written down, and the next one is not yet due.
fn is_between_cards(telegram: &Telegram) -> bool {
    let last = telegram.wrote_at(STREET).map(|at| Clock::System.now().duration_since(at));
    last.is_some_and(|ago| ago > SignedDuration::from_millis(300) && ago < SignedDuration::from_millis(800))
}

on_each_db! {
    /// A hundred of a hundred reach the group, none twice.
    async fn a_hundred_residents_and_a_sudden_death(database: Database) {
        let telegram = Telegram::start(Clock::System).await;
        add_groups(&telegram);
        telegram.keeps_limits();
        let people: Vec<_> = (0..RESIDENTS).map(|n| telegram.person(6000 + n, "居民")).collect();
        people.iter().for_each(|person| person.has_started());
        let folder = tempfile::TempDir::new().expect("a folder");
        let config = prepare(folder.path(), &database, &telegram);

        let first = Process::serve(&config);
        until(&telegram, "the webhook is set", || telegram.called().contains(&"setWebhook".to_owned())).await;
        let (before, after) = people.split_at(50);
        write(before);
        until(&telegram, "the first are being served", || there(&telegram) > 3).await;
        write(after);
        until(&telegram, "a moment between two cards", || is_between_cards(&telegram)).await;
        first.kill();
        let at_death = (there(&telegram), telegram.pending());
        telegram.delivers().await;

        let begin = Instant::now();
        let _second = Process::serve(&config);
        until(&telegram, "all are there", || there(&telegram) == RESIDENTS as usize).await;
        println!("at its death {} of 100 had reached the group and {} updates waited at Telegram; all {} s after the restart, in {} messages",
            at_death.0, at_death.1, begin.elapsed().as_secs(), telegram.shown(STREET).len());
        until(&telegram, "everybody is answered", || people.iter().all(|person| !person.told().is_empty())).await;
        assert!(at_death.0 < RESIDENTS as usize, "it died too late");
        assert!(offered(&telegram).iter().all(|times| *times == 1), "none twice: {:?}", offered(&telegram));
        assert_eq!(telegram.complaints(), Vec::<String>::new());
    }
}
