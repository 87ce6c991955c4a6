//! A database of an older version is brought up to date with everything that is in it.

use hotline::domain::case::{Stage, State};
use hotline::domain::id::CaseNumber;
use hotline::store::{Store, TimelineRow};
use sqlx::any::AnyPoolOptions;

use crate::harness::{Database, on_each_db};

/// What the version before the sixth migration kept of one case that is done, and of one that is offered.
const ROWS: [&str; 9] = [
    "insert into area (code, name, kind, parent) values ('siming', '思明区', 'district', null)",
    "insert into team (code, name, kind, hours, areas, services) values ('repair', '百事帮', 'volunteer', 'always', '[\"siming\"]', '[\"*\"]')",
    "insert into team_group (channel, chat, team) values ('webchat', 'repair', 'repair')",
    "insert into person (id, version, name, language, created_at) values ('mei', 1, '阿梅', 'zh-CN', 1)",
    "insert into contact (channel, id, person, chat) values ('webchat', 'mei', 'mei', 'mei')",
    "insert into cases (number, version, resident, service, confidence, runners_up, words, details, rung, priority, origin,
     help_wanted, reopened, opened_at, resolve_by, stage, state, wake_at, wake_attempts, wake_lease) values
     (1, 3, 'mei', 'care.repair', 1, '[]', '漏水', '{}', 'team', 1, 'message', 0, 0, 1, 9, 'done',
      '{\"state\":\"done\",\"by\":[\"repair\",\"mei\"],\"reminded\":false,\"ask_by\":\"2026-03-02T02:00:00Z\"}', 9, 0, 0),
     (2, 1, 'mei', 'care.repair', 1, '[]', '灯坏了', '{}', 'team', 1, 'message', 0, 0, 1, 9, 'offered',
      '{\"state\":\"offered\",\"team\":\"repair\",\"accept_by\":\"2026-03-02T02:00:00Z\",\"passed\":[]}', 9, 0, 0)",
    "insert into history (id, case_number, at, who, who_id, event, stage_from, stage_to, note) values
     ('h1', 1, 1, 'resident', 'mei', 'opened', 'triage', 'triage', ''), ('h2', 1, 2, 'hotline', null, 'done', 'accepted', 'done', '')",
    "insert into outbox (id, channel, chat, kind, body, replaces, purpose, priority, case_number, made_at, due_at, state,
     attempts, lease_until, sent_at, remote_id, error) values
     ('m1', 'webchat', 'mei', 'private', '{\"text\":\"您好\"}', null, 'say', 1, 1, 1, 1, 'sent', 1, 0, 2, 'r1', null),
     ('m2', 'webchat', 'repair', 'group', '{\"text\":\"谁接?\"}', null, 'offer', 1, 2, 1, 1, 'waiting', 0, 0, null, null, null),
     ('m3', 'webchat', 'mei', 'private', '{\"text\":\"没发出\"}', null, 'say', 1, 1, 1, 1, 'dead', 9, 0, null, null, 'no')",
    "insert into offer (message, case_number, team, channel, chat, offered_at, ended_at) values
     ('m2', 2, 'repair', 'webchat', 'repair', 1, null), ('m0', 1, 'repair', 'webchat', 'repair', 1, 2)",
];

async fn open_before(url: &str, version: i64) {
    sqlx::any::install_default_drivers();
    let url = if url.starts_with("sqlite:") { format!("{url}?mode=rwc") } else { url.to_owned() };
    let pool = AnyPoolOptions::new().max_connections(1).connect(&url).await.expect("the database opens");
    let mut migrator = sqlx::migrate!("./migrations");
    migrator.migrations = migrator.migrations.iter().filter(|one| one.version < version).cloned().collect();
    migrator.run(&pool).await.expect("the older tables");
    for statement in ROWS {
        sqlx::query(statement).execute(&pool).await.expect(statement);
    }
    pool.close().await;
}

on_each_db! {
    async fn nothing_is_lost_when_sending_gets_its_tables(database: Database) {
        open_before(database.url(), 6).await;
        let store = Store::open(database.url()).await.expect("brought up to date");
        let mut tx = store.read().await.expect("a reader");
        let cases = tx.cases(&[CaseNumber(1), CaseNumber(2)]).await.expect("cases");
        assert_eq!(cases.iter().map(|case| case.stage()).collect::<Vec<_>>(), [Stage::Done, Stage::Offered]);
        assert!(matches!(cases[0].state, State::Done { asked: true, .. }), "an old case was asked, as far as we know");
        let timeline = tx.timeline(CaseNumber(1)).await.expect("a timeline");
        let said = timeline.iter().filter(|row| matches!(row, TimelineRow::Said { .. })).count();
        assert_eq!((timeline.len(), said), (4, 2));
        let offers = tx.open_offers(&[CaseNumber(1), CaseNumber(2)]).await.expect("offers");
        assert_eq!(offers.len(), 1);
        assert!(!offers[0].digest && offers[0].chat.id == "repair");
        let team = tx.directory().await.expect("the city").teams["repair"].clone();
        assert_eq!((team.groups.len(), team.lost.len(), team.quiet.to_string().as_str()), (1, 0, "22:00-07:00"));
        assert_eq!(tx.dead_messages(10).await.expect("a list").len(), 1);
        assert_eq!(tx.contacts_of(&["mei".into()]).await.expect("contacts")[0].unreachable_at, None);
        drop(tx);
        let now = crate::harness::at(crate::harness::START);
        let waiting = store.write(move |tx| Box::pin(async move { tx.claim_outbox(now, 10).await })).await.expect("claimed");
        assert_eq!(waiting.len(), 1, "what waited waits");
        let broken = store.write(move |tx| Box::pin(async move {
            let mut cases = tx.cases(&[CaseNumber(2)]).await?;
            cases[0].resident = "nobody".into();
            tx.save_cases(&cases).await
        }));
        assert!(broken.await.is_err(), "what refers to something still must");
    }
}
