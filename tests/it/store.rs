//! The store's promises, on both engines.

use hotline::domain::message::{Body, Chat, ChatKind, Inbound, Outbound, Priority, Purpose};
use hotline::store::{Sent, Store, StoreError};
use jiff::SignedDuration;

use crate::harness::{Database, TestApp, at, on_each_db};

fn outbound(id: &str, chat: &str, priority: Priority) -> Outbound {
    Outbound {
        id: id.into(),
        chat: Chat::new("test", chat),
        kind: ChatKind::Private,
        text: "您好".into(),
        choices: Vec::new(),
        replaces: None,
        priority,
        purpose: Purpose::Say,
        case: None,
        tap: None,
        not_before: None,
    }
}

fn inbound(key: &str, sender: &str) -> Inbound {
    let body = Body { text: Some("水管漏".into()), ..Body::default() };
    Inbound {
        key: key.into(),
        chat: Chat::new("test", sender),
        kind: ChatKind::Private,
        sender: sender.into(),
        body,
    }
}

on_each_db! {
    /// Rows are handed out once, however many workers ask.
    async fn eight_workers_claim_every_row_once(database: Database) {
        let store = Store::open(database.url()).await.expect("a store");
        let now = at("2026-03-02T02:00:00Z");
        let many: Vec<_> = (0..1000).map(|n| outbound(&format!("{n:05}"), &format!("chat{}", n % 50), Priority::Ordinary)).collect();
        store.write(move |tx| Box::pin(async move { tx.insert_outbox(&many, now).await })).await.expect("written");
        let worker = || async {
            let mut mine = Vec::new();
            loop {
                let claimed = store.write(move |tx| Box::pin(async move { tx.claim_outbox(now, 64).await })).await.expect("claimed");
                if claimed.is_empty() {
                    return mine;
                }
                let outcomes: Vec<_> = claimed.iter().map(|leased| (leased.message.id.clone(), Sent::Done(None))).collect();
                mine.extend(outcomes.iter().map(|(id, _)| id.clone()));
                store.write(move |tx| Box::pin(async move { tx.mark_sent(&outcomes, now).await })).await.expect("marked");
            }
        };
        let all = futures::future::join_all((0..8).map(|_| worker())).await.concat();
        let once: std::collections::BTreeSet<_> = all.iter().collect();
        // A worker that finds nothing while others hold leases stops early; what it left, the others took.
        assert_eq!((all.len(), once.len()), (1000, 1000));
    }
}

/// What a dead process had in hand waits for nobody where only one process can be: nobody in danger waits a minute for it.
#[test]
fn a_new_life_takes_up_what_the_dead_had_in_hand() {
    crate::harness::run(async {
        let database = Database::sqlite();
        let now = at("2026-03-02T02:00:00Z");
        let store = Store::open(database.url()).await.expect("a store");
        let claim = |store: Store| async move {
            store.write(move |tx| Box::pin(async move { tx.claim_inbox(now, 64).await })).await
        };
        store.receiver().receive("1".into(), now, inbound("k", "mei")).await.expect("stored");
        assert_eq!(claim(store.clone()).await.expect("claimed").len(), 1);
        assert_eq!(claim(store.clone()).await.expect("claimed").len(), 0, "it is in somebody's hands");
        store.close().await;
        drop(store);
        let store = reopened(&database).await;
        assert_eq!(claim(store).await.expect("claimed").len(), 1);
    });
}

/// Opens a database again, as soon as the last one to use it has let go of it.
async fn reopened(database: &Database) -> Store {
    loop {
        match Store::open(database.url()).await {
            Ok(store) => return store,
            Err(_) => tokio::task::yield_now().await,
        }
    }
}

on_each_db! {
    /// Danger leaves first; a message that must wait holds back those behind it in its chat, and nobody else.
    async fn messages_leave_in_order(database: Database) {
        let store = Store::open(database.url()).await.expect("a store");
        let now = at("2026-03-02T02:00:00Z");
        let rows = vec![
            outbound("1", "a", Priority::Ordinary),
            outbound("2", "a", Priority::Ordinary),
            outbound("3", "b", Priority::Ordinary),
            outbound("4", "a", Priority::Danger),
        ];
        store.write(move |tx| Box::pin(async move { tx.insert_outbox(&rows, now).await })).await.expect("written");
        let claim = |at| store.write(move |tx| Box::pin(async move { tx.claim_outbox(at, 64).await }));
        let ids = |leased: Vec<hotline::store::Leased>| leased.into_iter().map(|one| one.message.id.to_string()).collect::<Vec<_>>();
        assert_eq!(ids(claim(now).await.expect("claimed")), ["4", "1", "2", "3"]);
        let later = now + SignedDuration::from_secs(30);
        let outcomes = vec![
            ("4".into(), Sent::Done(None)),
            ("1".into(), Sent::Later(later, "busy".into())),
            ("2".into(), Sent::Untried),
            ("3".into(), Sent::Done(None)),
        ];
        store.write(move |tx| Box::pin(async move { tx.mark_sent(&outcomes, now).await })).await.expect("marked");
        assert!(claim(now).await.expect("claimed").is_empty(), "2 waits behind 1");
        assert_eq!(ids(claim(later).await.expect("claimed")), ["1", "2"]);
    }
}

on_each_db! {
    /// At most one message of each sender is in hand.
    async fn what_somebody_says_is_taken_in_order(database: Database) {
        let app = TestApp::new(database).await;
        for (key, sender) in [("1", "a"), ("2", "a"), ("3", "b")] {
            app.receive(inbound(key, sender)).await.expect("stored");
        }
        let now = app.clock.now();
        let claim = || app.hotline.store.write(move |tx| Box::pin(async move { tx.claim_inbox(now, 64).await }));
        let keys: Vec<_> = claim().await.expect("claimed").into_iter().map(|one| one.message.key).collect();
        assert_eq!(keys, ["1", "3"]);
        assert!(claim().await.expect("claimed").is_empty());
    }
}

on_each_db! {
    /// Who saves what somebody else has changed meanwhile is told so, and nothing of it is saved.
    async fn a_stale_save_is_a_conflict(database: Database) {
        let app = TestApp::new(database).await;
        app.resident("Mei").says("莲花北社区,家里灯坏了,找人修").await;
        let stale = app.case(app.newest().await).await;
        let save = |case: hotline::domain::case::Case| app.hotline.store.write(move |tx| Box::pin(async move { tx.save_cases(&[case]).await }));
        save(stale.clone()).await.expect("the first is in time");
        assert!(matches!(save(stale).await, Err(StoreError::Conflict)));
    }
}

on_each_db! {
    /// A write that fails or panics leaves nothing behind, and the next one works.
    async fn a_failed_write_changes_nothing(database: Database) {
        let store = Store::open(database.url()).await.expect("a store");
        let now = at("2026-03-02T02:00:00Z");
        let failed = store.write(move |tx| Box::pin(async move {
            tx.insert_outbox(&[outbound("1", "a", Priority::Ordinary)], now).await?;
            Err::<(), _>(StoreError::Conflict)
        }));
        assert!(failed.await.is_err());
        let left = store.write(move |tx| Box::pin(async move { tx.claim_outbox(now, 64).await })).await.expect("claimed");
        assert!(left.is_empty());
    }
}

/// SQLite means one process.
#[test]
fn a_second_process_on_the_same_file_is_refused() {
    crate::harness::run(async {
        let database = Database::sqlite();
        let _first = Store::open(database.url()).await.expect("the first opens");
        let error = Store::open(database.url()).await.err().expect("the second does not");
        assert!(error.to_string().contains("in use by another hotline process"), "{error}");
    });
}

/// A backup is a database by itself.
#[test]
fn a_backup_can_be_opened() {
    crate::harness::run(async {
        let app = TestApp::new(Database::sqlite()).await;
        app.resident("Mei").says("莲花北社区,家里灯坏了,找人修").await;
        let folder = tempfile::TempDir::new().expect("a folder");
        let copy = folder.path().join("copy.db");
        Store::backup(app.database.url(), &copy).await.expect("copied while in use");
        assert!(Store::backup(app.database.url(), &copy).await.is_err(), "nothing is overwritten");
        let store = Store::open(&format!("sqlite:{}", copy.display())).await.expect("the copy opens");
        let cases = store
            .read()
            .await
            .expect("a reader")
            .cases(&[hotline::domain::id::CaseNumber(1)])
            .await
            .expect("cases");
        assert_eq!(cases.len(), 1);
    });
}
