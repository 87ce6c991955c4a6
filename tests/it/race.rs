//! Two hundred members accept the same offer at the same time: one has it, and the others are told who.

use hotline::domain::case::{Stage, State};
use hotline::domain::message::{Body, Chat, ChatKind, Inbound};
use hotline::engine::import::{CityFile, import};
use hotline::engine::{intake, supervise};

use crate::harness::{Database, TestApp, on_each_db};

const MEMBERS: usize = 200;

on_each_db! {
    async fn one_of_two_hundred_wins(database: Database) {
        let app = TestApp::new(database).await;
        let members: String = (0..MEMBERS).map(|n| format!("  {{ name = \"队员{n}号\", channel = \"webchat\", id = \"m{n}\", role = \"member\" }},\n")).collect();
        let city = format!("[[team]]\ncode = \"repair\"\nname = \"百事帮维修队\"\nkind = \"volunteer\"\nareas = [\"lianhuabei\"]\nservices = [\"care.repair\"]\nhours = \"always\"\ngroup = [{{ channel = \"webchat\", chat = \"repair\" }}]\nmember = [\n{members}]\n");
        import(&app.hotline, &CityFile::parse(&city).expect("a city")).await.expect("imported");
        app.resident("Mei").says("莲花北社区,家里灯坏了,找人修").await;
        let case = app.newest().await;
        assert_eq!(app.stage(case).await, Stage::Offered);

        let taps = (0..MEMBERS).map(|n| {
            let id = supervise::digest(&format!("m{n}"));
            app.receive(Inbound {
                key: format!("tap{n}"),
                chat: Chat::new("webchat", "repair"),
                kind: ChatKind::Group,
                sender: id,
                body: Body { choice: Some(format!("accept:{case}")), ..Body::default() },
            })
        });
        for received in futures::future::join_all(taps).await {
            received.expect("stored");
        }
        // Three workers at once, as three processes on PostgreSQL would be.
        let workers = (0..3).map(|_| async {
            while intake::take_in(&app.hotline).await.expect("taken in") > 0 {}
        });
        futures::future::join_all(workers).await;
        app.drain().await;

        let State::Accepted { member: winner, .. } = app.case(case).await.state else { panic!("somebody has it") };
        let mut tx = app.hotline.store.read().await.expect("a reader");
        let name = tx.people(&[winner]).await.expect("people").pop().and_then(|person| person.name).expect("a name");
        let mut told = 0;
        let mut winners = 0;
        for n in 0..MEMBERS {
            let said = app.member(&format!("m{n}")).told().await;
            assert_eq!(said.len(), 1, "everybody is told one thing");
            match said[0].choices.is_empty() {
                true => told += usize::from(said[0].text.contains(&name)),
                false => winners += 1,
            }
        }
        assert_eq!((winners, told), (1, MEMBERS - 1));
        let accepted = app.history(case).await.iter().filter(|line| line.contains(" accepted ")).count();
        assert_eq!(accepted, 1);
    }
}
