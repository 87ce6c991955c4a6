//! What staff correct: kept, counted week by week, written out as examples, learned from where the operator wants it.

use std::process::Command;

use hotline::domain::case::Event;
use hotline::engine::{lessons, supervise};
use hotline::store::Correction;
use hotline::understanding::Understander;
use jiff::Timestamp;

use crate::harness::on_staff::{Staff, open_doors};
use crate::harness::{Database, TestApp, on_each_db, understanding};

/// Words of a trade that no example knows.
const WORDS: &str = "我是莲花北社区的,家里的箜篌走音了,13800005555";

async fn corrections(app: &TestApp) -> Vec<Correction> {
    let mut tx = app.hotline.store.read().await.expect("a reader");
    tx.corrections(Timestamp::UNIX_EPOCH).await.expect("corrections")
}

on_each_db! {
    /// Twice corrected is one correction: from what the hotline thought to what was said last.
    async fn a_correction_is_kept_and_shown(database: Database) {
        let app = TestApp::new(database).await;
        app.resident("mei").says(WORDS).await;
        let number = app.newest().await;
        let guess = app.case(number).await.service;
        for service in ["civic.learning", "civic.activity"] {
            let event = Event::Classify { service: service.into() };
            supervise::act(&app.hotline, "lin", number, event).await.expect("written").expect("done");
        }
        let kept = corrections(&app).await;
        let [correction] = &kept[..] else { panic!("one correction: {kept:?}") };
        assert_eq!((&correction.guess, correction.right.as_str()), (&guess, "civic.activity"));
        assert!(correction.by_staff && correction.words == WORDS);
        let site = open_doors(&app).await;
        let staff = Staff::log_in(&app, &site).await;
        let (_, page) = staff.opens("/staff/accuracy").await;
        let page = String::from_utf8(page).expect("text");
        assert!(page.contains("<td>邻里活动与场地</td><td class=\"number\">1</td>"), "{page}");
        assert!(page.contains(" 0%"), "one case, and it was wrong: {page}");
    }
}

/// What was said once is understood the next time.
#[test]
fn what_was_corrected_is_learned() {
    crate::harness::run(async {
        let app = TestApp::new(Database::sqlite()).await;
        let (catalog, before) = understanding();
        let now = app.clock.now().to_zoned_datetime(jiff::tz::TimeZone::UTC);
        let again = "我们楼的箜篌走音了";
        assert_ne!(before.understand(again, &now).service.as_str(), "civic.activity");
        for (index, words) in [WORDS, "谁会调箜篌", "箜篌坏了找谁"].into_iter().enumerate() {
            app.resident(&format!("r{index}")).says(words).await;
            let event = Event::Classify { service: "civic.activity".into() };
            let number = app.newest().await;
            supervise::act(&app.hotline, "lin", number, event).await.expect("written").expect("done");
        }
        let lessons = lessons::lessons(&app.hotline).await.expect("read");
        assert_eq!(lessons.len(), 3);
        let after = Understander::train(&catalog.as_ref().clone().with_examples(lessons));
        assert_eq!(after.understand(again, &now).service.as_str(), "civic.activity");
    });
}

/// The command line writes what `hotline evaluate` reads; numbers of telephones stay out of it.
#[test]
fn corrections_are_written_out_as_examples() {
    crate::harness::run(async {
        let folder = tempfile::tempdir().expect("a folder");
        let database = Database::sqlite();
        let url = database.url().to_owned();
        let app = TestApp::new(database).await;
        app.resident("mei").says(WORDS).await;
        let event = Event::Classify { service: "civic.activity".into() };
        let number = app.newest().await;
        supervise::act(&app.hotline, "lin", number, event).await.expect("written").expect("done");
        let config = folder.path().join("hotline.toml");
        std::fs::write(&config, format!("[store]\nurl = \"{url}\"\n")).expect("written");
        let file = folder.path().join("corrections.tsv");
        let export = Command::new(env!("CARGO_BIN_EXE_hotline"))
            .args(["export", "corrections", "--config"])
            .args([&config, std::path::Path::new("-o"), &file])
            .output()
            .expect("it runs");
        assert!(export.status.success(), "{}", String::from_utf8_lossy(&export.stderr));
        let written = std::fs::read_to_string(&file).expect("a file");
        assert!(written.contains("箜篌走音了") && !written.contains("13800005555"), "{written}");
        let evaluate =
            Command::new(env!("CARGO_BIN_EXE_hotline")).args(["evaluate", "--json"]).arg(&file).output();
        let report: serde_json::Value =
            serde_json::from_slice(&evaluate.expect("it runs").stdout).expect("a report");
        assert_eq!(report["n"], 1);
    });
}
