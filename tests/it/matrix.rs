//! The hotline on Matrix, over real HTTP: against a strict homeserver, and, with `tests/run --matrix`, a real Synapse.

use hotline::channels::{Channel, Outgoing, SendError};
use hotline::domain::case::{Outcome, Stage, State};
use hotline::domain::message::{Attachment, AttachmentKind, Chat, ChatKind, Outbound, Priority, Purpose};
use hotline::store::CodePurpose;
use reqwest::StatusCode;
use serde_json::json;

use crate::harness::homeserver::Fake;
use crate::harness::on_matrix::{AS_TOKEN, HS_TOKEN, Homeserver, OnMatrix, US, XIAOCHEN, channel, door};
use crate::harness::synapse::Synapse;
use crate::harness::{Database, on_each_db};

const LEAK: &str = "我是莲花北社区的,厨房水龙头坏了一直漏水,能不能找个师傅来修";
const MEI: &str = "@mei:hotline.test";
const LIN: &str = "@lin:hotline.test";
const FANG: &str = "@fang:hotline.test";

async fn city(database: Database) -> OnMatrix<Fake> {
    let door = door().await;
    let fake = Fake::start(&door.1).await;
    let url = fake.url.clone();
    OnMatrix::open(database, fake, &url, door).await
}

/// From the first message to the survey's last word: a resident, a member and a team's group, all in rooms.
async fn the_whole_way<H: Homeserver>(city: &OnMatrix<H>) {
    let group = city.server.group("莲花北维修群", &[LIN, FANG]).await;
    city.sees(LIN, &group, "/bind").await;
    let code = city.code(CodePurpose::Bind).await;
    city.says(LIN, &group, &format!("/bind {code}"), "百事帮维修队").await;
    let lin = city.server.direct(LIN).await;
    let code = city.code(CodePurpose::Join).await;
    city.says(LIN, &lin, &format!("/join {code}"), "百事帮维修队").await;

    let mei = city.server.direct(MEI).await;
    city.says(MEI, &mei, LEAK, "诉求").await;
    let case = city.app.newest().await;
    assert_eq!(city.app.case(case).await.service.as_str(), "care.repair");
    let card = city.sees(LIN, &group, &case.to_string()).await;
    assert!(card.contains("1 接单"), "{card}");

    city.server.writes(LIN, &group, &format!("接单 {case}")).await;
    city.until_stage(case, Stage::Accepted).await;
    let details = city.sees(LIN, &lin, "漏水").await;
    assert!(details.contains("1 办结"), "{details}");
    city.sees(MEI, &mei, "有人接了").await;
    city.goes_on().await;
    let cards = city.server.shown(LIN, &group).await;
    let card = cards.iter().find(|one| one.text.contains(&case.to_string())).expect("the card");
    assert!(card.edited && !card.text.contains("1 接单"), "changed in place: {card:?}");

    city.server.writes(LIN, &lin, "1").await;
    city.until_stage(case, Stage::Done).await;
    city.sees(MEI, &mei, "1 已解决").await;
    city.says(MEI, &mei, "1", "5 非常满意").await;
    city.server.writes(MEI, &mei, "5").await;
    city.until_stage(case, Stage::Closed).await;
    city.server.writes(MEI, &mei, "师傅很有耐心").await;
    while city.app.case(case).await.survey.comment.is_none() {
        city.goes_on().await;
    }
    let closed = city.app.case(case).await;
    assert_eq!((closed.survey.solved, closed.survey.satisfied), (Some(true), Some(5)));
    assert_eq!(closed.survey.comment.as_deref(), Some("师傅很有耐心"));
    assert!(matches!(closed.state, State::Closed { outcome: Outcome::Solved, .. }));
}

on_each_db! {
    async fn a_leak_is_repaired(database: Database) {
        let city = city(database).await;
        the_whole_way(&city).await;
        assert_eq!(city.server.world().display_name.as_deref(), Some("近邻热线"));
        city.server.has_no_complaints();
    }
}

/// The same against a real homeserver.
#[test]
#[ignore = "needs Synapse: tests/run --matrix"]
fn a_leak_is_repaired_on_synapse() {
    crate::harness::run(async {
        let door = door().await;
        let synapse = Synapse::start(&door.1, &["mei", "lin", "fang", "xiaochen"]).await;
        let url = synapse.url.clone();
        let city = OnMatrix::open(Database::sqlite(), synapse, &url, door).await;
        let matrix = city.app.hotline.channels.get("matrix").expect("configured");
        assert_eq!(matrix.who_am_i().await, Ok(format!("{US}: the homeserver reaches us")));
        the_whole_way(&city).await;
        a_stranger_is_invited(&city).await;
        what_is_said_twice_is_there_once(&city).await;
        let stranger = channel(&url, "another-token-of-nobody").who_am_i().await.expect_err("not known");
        assert!(stranger.contains("as_token"), "{stranger}");
    });
}

/// A member of the city's file, who has never written: the chat begins with us.
async fn a_stranger_is_invited<H: Homeserver>(city: &OnMatrix<H>) {
    let matrix = city.app.hotline.channels.get("matrix").expect("configured");
    let now = city.app.clock.now();
    let hello = message(XIAOCHEN, "您好");
    let sent = matrix.send(Outgoing { message: &hello, replaces: None, window_open: true }, now).await;
    let Err(SendError::Moved { to }) = sent else { panic!("{sent:?}") };
    assert_eq!(city.server.invited(XIAOCHEN).await.as_ref(), Some(&to));
    let hello = message(&to, "您好");
    let sent = matrix.send(Outgoing { message: &hello, replaces: None, window_open: true }, now).await;
    assert!(matches!(sent, Ok(Some(_))), "{sent:?}");
    city.server.comes(XIAOCHEN, &to).await;
    city.says(XIAOCHEN, &to, "/mine", "没有").await;
}

async fn what_is_said_twice_is_there_once<H: Homeserver>(city: &OnMatrix<H>) {
    let room = city.server.direct(FANG).await;
    city.sees(FANG, &room, "近邻热线").await;
    let matrix = city.app.hotline.channels.get("matrix").expect("configured");
    let now = city.app.clock.now();
    let twice = Outbound { id: "01M8516RFS43JMC7TW9CAMKBQ9".into(), ..message(&room, "只此一次") };
    let first = matrix.send(Outgoing { message: &twice, replaces: None, window_open: true }, now).await;
    let second = matrix.send(Outgoing { message: &twice, replaces: None, window_open: true }, now).await;
    assert_eq!(first, second);
    let shown = city.server.shown(FANG, &room).await;
    assert_eq!(shown.iter().filter(|one| one.text == "只此一次").count(), 1);
}

fn message(to: &str, text: &str) -> Outbound {
    Outbound {
        id: "01M8516RFS43JMC7TW9CAMKBQ8".into(),
        chat: Chat::new("matrix", to),
        kind: ChatKind::Private,
        text: text.into(),
        choices: Vec::new(),
        replaces: None,
        priority: Priority::Ordinary,
        purpose: Purpose::Say,
        case: None,
        tap: None,
        not_before: None,
    }
}

#[test]
fn who_never_wrote_is_invited_and_what_is_said_twice_is_there_once() {
    crate::harness::run(async {
        let city = city(Database::sqlite()).await;
        a_stranger_is_invited(&city).await;
        what_is_said_twice_is_there_once(&city).await;
        assert_eq!(city.server.world().repetitions, 1);
        city.server.has_no_complaints();
    });
}

on_each_db! {
    /// The member's details go to a chat that begins with them; from then on it is theirs.
    async fn a_member_of_the_citys_file_is_reached(database: Database) {
        let city = city(database).await;
        let group = city.server.group("莲花北维修群", &[XIAOCHEN, LIN]).await;
        city.sees(LIN, &group, "/bind").await;
        let code = city.code(CodePurpose::Bind).await;
        city.says(LIN, &group, &format!("/bind {code}"), "百事帮维修队").await;
        city.app.resident("mei").says(LEAK).await;
        let case = city.app.newest().await;
        city.sees(XIAOCHEN, &group, &case.to_string()).await;
        city.server.writes(XIAOCHEN, &group, "1").await;
        city.until_stage(case, Stage::Accepted).await;
        city.goes_on().await;
        let room = city.server.invited(XIAOCHEN).await.expect("an invitation");
        city.server.comes(XIAOCHEN, &room).await;
        let details = city.sees(XIAOCHEN, &room, "漏水").await;
        assert!(details.contains(&case.to_string()), "{details}");
        city.server.writes(XIAOCHEN, &room, "1").await;
        city.until_stage(case, Stage::Done).await;
        city.server.has_no_complaints();
    }
}

#[test]
fn a_transaction_comes_again_until_it_is_taken_and_changes_nothing_then() {
    crate::harness::run(async {
        let city = city(Database::sqlite()).await;
        let mei = city.server.direct(MEI).await;
        city.server
            .world()
            .faults
            .push_back((500, json!({ "errcode": "M_UNKNOWN", "error": "Internal server error" })));
        city.server.delivers().await;
        assert_eq!(city.server.world().statuses, [503], "we could not look at the room");
        city.sees(MEI, &mei, "近邻热线").await;
        city.says(MEI, &mei, LEAK, "诉求").await;
        let events = {
            city.server.writes(MEI, &mei, "我的事怎么样了").await;
            vec![city.server.event(&mei)]
        };
        city.goes_on().await;
        let shown = city.server.shown(MEI, &mei).await.len();
        for status in futures::future::join_all((0..20).map(|_| city.server.brings_again(&events))).await {
            assert_eq!(status, StatusCode::OK);
        }
        city.goes_on().await;
        assert_eq!(city.server.shown(MEI, &mei).await.len(), shown);
        for forged in ["", "guess", AS_TOKEN] {
            let status = city.server.put("9", forged, &json!({ "events": events })).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED);
        }
        let many: Vec<_> =
            (0..100).map(|n| json!({ "type": "x", "body": "水".repeat(10_000), "n": n })).collect();
        let status = city.server.put("10", HS_TOKEN, &json!({ "events": many })).await;
        assert_eq!(status, StatusCode::OK, "a transaction may be large");
        city.server.has_no_complaints();
    });
}

#[test]
fn what_is_encrypted_is_said_to_be_unreadable() {
    crate::harness::run(async {
        let city = city(Database::sqlite()).await;
        let mei = city.server.direct(MEI).await;
        let sealed = json!({ "algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "AwgAEnACgAkLmt6qF84IK" });
        city.server.happens(&mei, MEI, "m.room.encrypted", sealed.clone());
        let told = city.sees(MEI, &mei, "加密").await;
        assert!(told.contains("120"), "somebody may be in danger: {told}");
        let group = city.server.group("维修群", &[LIN, FANG]).await;
        city.sees(LIN, &group, "/bind").await;
        city.server.happens(&group, LIN, "m.room.encryption", json!({ "algorithm": "m.megolm.v1.aes-sha2" }));
        city.sees(LIN, &group, "加密").await;
        let before = city.server.shown(LIN, &group).await.len();
        city.server.happens(&group, LIN, "m.room.encrypted", sealed);
        city.goes_on().await;
        assert_eq!(city.server.shown(LIN, &group).await.len(), before, "once");
        city.server.has_no_complaints();
    });
}

#[test]
fn whatever_the_homeserver_answers_has_its_consequence_and_tells_no_secret() {
    crate::harness::run(async {
        let city = city(Database::sqlite()).await;
        let mei = city.server.direct(MEI).await;
        city.sees(MEI, &mei, "近邻热线").await;
        let matrix = channel(&city.server.url, AS_TOKEN);
        let send = async |to: &str| {
            let hello = message(to, "好");
            matrix
                .send(Outgoing { message: &hello, replaces: None, window_open: true }, city.app.clock.now())
                .await
        };
        let limited =
            json!({ "errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests", "retry_after_ms": 1500 });
        city.server.world().faults.push_back((429, limited));
        let outcome = send(&mei).await;
        assert!(
            matches!(outcome, Err(SendError::Later { pause: Some(pause), .. }) if pause.as_millis() == 1500)
        );
        city.server.world().faults.push_back((502, json!("<html>")));
        assert!(matches!(send(&mei).await, Err(SendError::Later { pause: None, .. })));
        assert!(matches!(send("!nowhere:hotline.test").await, Err(SendError::Gone(_))));

        let voice = |media: &str| Attachment {
            kind: AttachmentKind::Voice,
            id: format!("mxc://hotline.test/{media}"),
            seconds: None,
        };
        city.server.keeps("abc", b"OggS");
        let fetched = matrix.fetch(&voice("abc")).await.expect("fetched");
        assert_eq!(
            (fetched.content_type.as_str(), fetched.bytes.as_slice()),
            ("audio/ogg", b"OggS".as_slice())
        );
        assert!(matches!(matrix.fetch(&voice("gone")).await, Err(SendError::Never(_))));
        assert!(matches!(matrix.fetch(&voice("../../x")).await, Err(SendError::Never(_))));

        city.server.sends_away(&mei, MEI);
        city.goes_on().await;
        assert!(matches!(send(&mei).await, Err(SendError::Gone(_))), "sent away");

        assert_eq!(matrix.who_am_i().await, Ok(format!("{US}: the homeserver reaches us")));
        let stranger =
            channel(&city.server.url, "another-token-of-nobody").who_am_i().await.expect_err("not known");
        assert!(stranger.contains("as_token") && !stranger.contains("another-token"), "{stranger}");
        city.server.world().stranger = true;
        assert!(matches!(send(&mei).await, Err(SendError::Revoked(_))));
        let down = channel("http://127.0.0.1:1", AS_TOKEN).who_am_i().await.expect_err("nobody there");
        assert!(down.contains("homeserver_url") && !down.contains(AS_TOKEN), "{down}");
        city.server.has_no_complaints();
    });
}

#[test]
fn what_is_written_before_we_come_is_not_lost() {
    crate::harness::run(async {
        let city = city(Database::sqlite()).await;
        let mei = city.server.direct(MEI).await;
        city.server.writes(MEI, &mei, LEAK).await;
        city.sees(MEI, &mei, "诉求").await;
        assert_eq!(city.app.case(city.app.newest().await).await.service.as_str(), "care.repair");
        let group = city.server.group("维修群", &[LIN, FANG]).await;
        city.server.writes(LIN, &group, "什么时候吃饭").await;
        city.sees(LIN, &group, "/bind").await;
        city.server.has_no_complaints();
    });
}
