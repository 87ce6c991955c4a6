//! The hotline on WeCom, over real HTTP, against a strict WeCom.

use hotline::channels::{Channel, Outgoing, SendError};
use hotline::domain::case::{Outcome, Stage, State};
use hotline::domain::id::CaseNumber;
use hotline::domain::message::{
    Attachment, AttachmentKind, Chat, ChatKind, Choice, Outbound, Priority, Purpose,
};
use jiff::SignedDuration;
use reqwest::StatusCode;

use crate::harness::sealed::{seal, signature, xml};
use crate::harness::wecom::{CORP_ID, OnWeCom, ROBOT, SECRET, Shown, channel};
use crate::harness::{Database, hours, on_each_db};

const LEAK: &str = "我是莲花北社区的,厨房水龙头坏了一直漏水,能不能找个师傅来修";

on_each_db! {
    /// A resident within the corporation, a team whose members get cards, a robot in its group.
    async fn a_leak_is_repaired(database: Database) {
        let city = OnWeCom::start(database).await;
        city.says("mei", LEAK).await;
        let case = city.app.newest().await;
        assert_eq!(city.app.case(case).await.service.as_str(), "care.repair");
        assert!(city.wecom.words("mei").contains(&case.to_string()), "the resident is told the number");
        for member in ["afang", "laolin", "xiaochen"] {
            assert!(city.wecom.card(member).text.contains("莲花北"), "each member gets the card");
        }
        let announced = city.wecom.announced().join("\n");
        assert!(announced.contains(&format!("接单 {case}")), "the robot says how to accept: {announced}");

        city.taps("laolin", "接单").await;
        assert_eq!(city.app.stage(case).await, Stage::Accepted);
        let others = city.wecom.card("afang");
        assert!(others.buttons.is_empty() && others.text.contains("老林"), "the others' cards say who: {others:?}");
        assert!(city.wecom.words("laolin").contains("漏水"), "the member gets the words");
        assert!(!city.wecom.words("mei").contains("老林"), "the resident sees a masked name");

        city.taps("laolin", "办结").await;
        city.taps("mei", "已解决").await;
        city.taps("mei", "非常满意").await;
        assert_eq!(city.app.stage(case).await, Stage::Closed);
        city.says("mei", "师傅很有耐心").await;
        let closed = city.app.case(case).await;
        assert_eq!((closed.survey.solved, closed.survey.satisfied), (Some(true), Some(5)));
        assert_eq!(closed.survey.comment.as_deref(), Some("师傅很有耐心"));
        assert!(matches!(closed.state, State::Closed { outcome: Outcome::Solved, .. }));
        assert_eq!(city.wecom.world().asked_for_token, 1, "one token is enough");
        city.wecom.has_no_complaints();
    }
}

#[test]
fn a_member_accepts_by_words_as_the_robot_says() {
    crate::harness::run(async {
        let city = OnWeCom::start(Database::sqlite()).await;
        city.says("mei", LEAK).await;
        let case = city.app.newest().await;
        city.says("xiaochen", &format!("接单 {case}")).await;
        assert_eq!(city.app.stage(case).await, Stage::Accepted);
        city.wecom.has_no_complaints();
    });
}

#[test]
fn the_address_is_greeted_with_the_bare_text() {
    crate::harness::run(async {
        let city = OnWeCom::start(Database::sqlite()).await;
        let now = city.app.clock.now().as_second().to_string();
        let greet = async |sealed: String, signed: String| {
            let mut address: reqwest::Url = city.hook.parse().expect("an address");
            address.query_pairs_mut().extend_pairs([
                ("msg_signature", signed.as_str()),
                ("timestamp", &now),
                ("nonce", "7"),
                ("echostr", &sealed),
            ]);
            let answer = city.client.get(address).send().await.expect("an answer");
            (answer.status(), answer.text().await.expect("a text"))
        };
        let sealed = seal("1616140317555161061", CORP_ID);
        let signed = signature(&[&now, "7", &sealed]);
        let began = std::time::Instant::now();
        assert_eq!(greet(sealed.clone(), signed).await, (StatusCode::OK, "1616140317555161061".into()));
        assert!(began.elapsed().as_secs() < 1, "within a second");
        assert_eq!(greet(sealed.clone(), "guess".into()).await.0, StatusCode::UNAUTHORIZED);
        let elses = seal("1616140317555161061", "ww9999999999999999");
        let signed = signature(&[&now, "7", &elses]);
        assert_eq!(greet(elses, signed).await.0, StatusCode::UNAUTHORIZED, "for another corporation");
    });
}

#[test]
fn what_is_forged_stale_or_broken_is_refused_and_nothing_is_stored() {
    crate::harness::run(async {
        let city = OnWeCom::start(Database::sqlite()).await;
        let words = [("MsgType", "text"), ("Content", LEAK)];
        let (query, body) = city.delivery("mei", &words);
        let unauthorized = StatusCode::UNAUTHORIZED;
        assert_eq!(city.post("", body.clone()).await.0, unauthorized, "unsigned");
        let forged = query.replace("signature=", "signature=0");
        assert_eq!(city.post(&forged, body.clone()).await.0, unauthorized, "forged");
        assert_eq!(city.post(&query, xml(&words)).await.0, unauthorized, "not sealed");
        let elses = city.sign(&xml(&words), "ww9999999999999999");
        assert_eq!(city.post(&elses.0, elses.1).await.0, unauthorized, "for another corporation");
        let fields = [("FromUserName", "mei"), ("MsgType", "text"), ("MsgId", "1"), ("AgentID", "7")];
        let other_app = city.sign(&xml(&fields), CORP_ID);
        assert_eq!(city.post(&other_app.0, other_app.1).await.0, StatusCode::BAD_REQUEST, "for another app");
        city.app.clock.advance(SignedDuration::from_secs(601));
        assert_eq!(city.post(&query, body).await.0, unauthorized, "replayed later");
        assert_eq!(city.waiting().await, 0);
    });
}

#[test]
fn duplicates_change_nothing_even_at_once() {
    crate::harness::run(async {
        let city = OnWeCom::start(Database::sqlite()).await;
        let (query, body) = city.delivery("mei", &[("MsgType", "text"), ("Content", LEAK)]);
        let posts = (0..20).map(|_| city.post(&query, body.clone()));
        for (status, _) in futures::future::join_all(posts).await {
            assert_eq!(status, StatusCode::OK);
        }
        assert_eq!(city.waiting().await, 1);
    });
}

#[test]
fn a_forged_or_late_tap_accepts_nothing() {
    crate::harness::run(async {
        let city = OnWeCom::start(Database::sqlite()).await;
        city.says("mei", LEAK).await;
        let case = city.app.newest().await;
        let (task, key) = city.button("afang", "接单");
        city.taps_key("laolin", &task, &format!("tag:1|accept:{case}")).await;
        city.taps_key("laolin", &task, &key.replace("tag:1", "laolin")).await;
        assert_eq!(city.app.stage(case).await, Stage::Offered, "forged");
        city.taps_key("mei", &task, &key).await;
        assert_eq!(city.app.stage(case).await, Stage::Offered, "not of the team");
        city.taps("laolin", "接单").await;
        city.taps_key("afang", &task, &key).await;
        let has_it = city.app.case(case).await;
        assert!(matches!(has_it.state, State::Accepted { .. }), "the first one keeps it");
        city.wecom.has_no_complaints();
    });
}

fn message(to: &str, text: &str, labels: &[&str], purpose: Purpose) -> Outbound {
    let choice = |label: &&str| Choice { label: (*label).into(), data: format!("done:{}", CaseNumber(1)) };
    Outbound {
        id: "01M8516RFS43JMC7TW9CAMKBQ8".into(),
        chat: Chat::new("wecom", to),
        kind: if to.contains(':') { ChatKind::Group } else { ChatKind::Private },
        text: text.into(),
        choices: labels.iter().map(choice).collect(),
        replaces: None,
        priority: Priority::Ordinary,
        purpose,
        case: Some(CaseNumber(1)),
        tap: None,
        not_before: None,
    }
}

async fn send(
    city: &OnWeCom,
    message: &Outbound,
    replaces: Option<&str>,
) -> Result<Option<String>, SendError> {
    let channel = city.app.hotline.channels.get("wecom").expect("configured");
    channel.send(Outgoing { message, replaces, window_open: true }, city.app.clock.now()).await
}

#[test]
fn a_card_is_changed_once_and_then_said_anew() {
    crate::harness::run(async {
        let city = OnWeCom::start(Database::sqlite()).await;
        let offer = message("tag:1", "诉求\n地点", &["接单"], Purpose::Offer);
        let code = send(&city, &offer, None).await.expect("sent").expect("a code");
        let taken = Outbound {
            id: "01M8516RFS43JMC7TW9CAMKBQ9".into(),
            ..message("tag:1", "诉求\n已接单", &[], Purpose::Offer)
        };
        assert_eq!(send(&city, &taken, Some(&code)).await, Ok(None));
        let card = city.wecom.card("afang");
        assert!(card.text.contains("已接单") && card.buttons.is_empty() && card.replaced_by.is_some());
        assert_eq!(city.wecom.shown("afang").len(), 1, "in place");
        let again = message("tag:1", "诉求\n已办结", &[], Purpose::Offer);
        assert_eq!(send(&city, &again, Some(&code)).await, Ok(None));
        assert!(
            matches!(city.wecom.shown("afang").pop(), Some(Shown::Text(text)) if text.contains("已办结"))
        );
        let old = Outbound { id: "01M8516RFS43JMC7TW9CAMKBQA".into(), ..offer.clone() };
        let code = send(&city, &old, None).await.expect("sent").expect("a code");
        city.app.clock.advance(hours(73));
        assert_eq!(send(&city, &taken, Some(&code)).await, Ok(None), "too old: said anew");
        city.wecom.has_no_complaints();
    });
}

#[test]
fn the_same_message_twice_arrives_once() {
    crate::harness::run(async {
        let city = OnWeCom::start(Database::sqlite()).await;
        let hello = message("mei", "好", &[], Purpose::Say);
        assert_eq!(send(&city, &hello, None).await, Ok(None));
        assert_eq!(send(&city, &hello, None).await, Ok(None), "as after a crash");
        assert_eq!(city.wecom.shown("mei").len(), 1);
        city.app.clock.advance(SignedDuration::from_secs(121));
        assert_eq!(send(&city, &hello, None).await, Ok(None));
        assert_eq!(city.wecom.shown("mei").len(), 2, "the same words later are another message");
    });
}

#[test]
fn whatever_wecom_answers_has_its_consequence_and_tells_no_secret() {
    crate::harness::run(async {
        let city = OnWeCom::start(Database::sqlite()).await;
        let hello = message("mei", "好", &[], Purpose::Say);
        let later =
            |outcome: &Result<Option<String>, SendError>| matches!(outcome, Err(SendError::Later { .. }));
        for (status, body) in
            [(500, "oops"), (200, "<html></html>"), (200, ""), (200, r#"{"errcode":45009}"#)]
        {
            city.wecom.answers(status, body);
            let outcome = send(&city, &hello, None).await;
            assert!(later(&outcome) && !format!("{outcome:?}").contains("TOKEN-"), "{outcome:?}");
        }
        city.wecom.forgets_the_token();
        assert_eq!(send(&city, &hello, None).await, Ok(None), "asked for anew");
        assert_eq!(city.wecom.world().asked_for_token, 2);
        let nobody = message("nobody", "好", &[], Purpose::Say);
        assert!(matches!(send(&city, &nobody, None).await, Err(SendError::Gone(_))), "81013");
        city.wecom.answers(200, r#"{"errcode":0,"errmsg":"ok","invaliduser":"MEI"}"#);
        let invalid = send(&city, &message("mei", "在", &[], Purpose::Say), None).await;
        assert!(matches!(invalid, Err(SendError::Gone(why)) if why.contains("可见范围")));
        let robot = send(&city, &message("robot:gone", "好", &[], Purpose::Say), None).await;
        assert!(matches!(&robot, Err(SendError::Gone(_))), "93000: {robot:?}");
        let unnamed = send(&city, &message("robot:unnamed", "好", &[], Purpose::Say), None).await;
        assert!(matches!(unnamed, Err(SendError::Gone(why)) if why.contains("unnamed")));
        let nowhere = channel("http://127.0.0.1:1", SECRET);
        for to in ["mei", "robot:repair"] {
            let message = message(to, "好", &[], Purpose::Say);
            let sent = nowhere.send(
                Outgoing { message: &message, replaces: None, window_open: true },
                city.app.clock.now(),
            );
            let sent = sent.await;
            let told = format!("{sent:?}");
            assert!(later(&sent) && !told.contains(SECRET) && !told.contains(ROBOT), "{told}");
        }
        city.wecom.has_no_complaints();
    });
}

#[test]
fn we_are_known_or_told_why_not() {
    crate::harness::run(async {
        let city = OnWeCom::start(Database::sqlite()).await;
        let known = city.app.hotline.channels.get("wecom").expect("configured").who_am_i().await;
        assert!(known.expect("known").contains("近邻热线"));
        let picture = Attachment { kind: AttachmentKind::Photo, id: "m".into(), seconds: None };
        let fetched = city.app.hotline.channels.get("wecom").expect("configured").fetch(&picture).await;
        assert_eq!(fetched.expect("fetched").content_type, "image/jpeg");
        let why = channel(&city.wecom.url, "wrong-secret").who_am_i().await.expect_err("not known");
        assert!(why.contains("secret") && !why.contains("wrong-secret"), "{why}");
        city.wecom.world().stranger = true;
        let why = channel(&city.wecom.url, SECRET).who_am_i().await.expect_err("not allowed");
        assert!(why.contains("可信IP"), "{why}");
    });
}
