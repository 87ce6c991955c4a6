//! The hotline on WeChat, over real HTTP, against a strict WeChat.

use std::time::Duration;

use hotline::channels::wechat::ANSWER_WITHIN;
use hotline::channels::{Channel, Outgoing, SendError};
use hotline::domain::case::{Outcome, Stage, State};
use hotline::domain::id::CaseNumber;
use hotline::domain::message::{
    Attachment, AttachmentKind, Chat, ChatKind, Choice, Outbound, Priority, Purpose,
};
use jiff::SignedDuration;
use reqwest::StatusCode;

use crate::harness::sealed::{seal, signature, xml};
use crate::harness::wechat::{APP_ID, APP_SECRET, Mode, OnWeChat, Shown, channel};
use crate::harness::{Database, button, minutes, on_each_db};

const LEAK: &str = "我是莲花北社区的,厨房水龙头坏了一直漏水,能不能找个师傅来修";
const MEI: &str = "oMEI_6_bMEI_6_bMEI_6_bMEI_6b";
const LIU: &str = "oLIU_6_bLIU_6_bLIU_6_bLIU_6b";

/// From the first message to the survey's last word; the team is on our own pages.
async fn the_whole_way(database: Database, mode: Mode) {
    let city = OnWeChat::start(database, mode).await;
    city.writes(MEI, &[("MsgType", "event"), ("Event", "subscribe"), ("EventKey", "")]).await;
    city.says(MEI, LEAK).await;
    let case = city.app.newest().await;
    assert_eq!(city.app.case(case).await.service.as_str(), "care.repair");
    let shown = city.wechat.shown(MEI);
    let told = |shown: &Shown| matches!(shown, Shown::Answer(text) if text.contains(&case.to_string()));
    assert!(shown.iter().any(told), "the number is in the answer to the delivery: {shown:?}");

    let lin = city.app.member("laolin");
    let card = city.app.group("repair").await.pop().expect("an offer");
    lin.taps_in("repair", &button(&card, "accept")).await;
    assert_eq!(city.app.stage(case).await, Stage::Accepted);
    assert!(!city.wechat.last(MEI).contains("老林"), "the resident sees a masked name");
    lin.taps(&button(&lin.last().await, "done")).await;
    let asked = city.wechat.shown(MEI).pop();
    assert!(matches!(asked, Some(Shown::Menu(..))), "the survey can be tapped: {asked:?}");
    city.taps(MEI, "已解决").await;
    city.says(MEI, "非常满意").await;
    assert_eq!(city.app.stage(case).await, Stage::Closed);
    city.says(MEI, "师傅很有耐心").await;
    let closed = city.app.case(case).await;
    assert_eq!((closed.survey.solved, closed.survey.satisfied), (Some(true), Some(5)));
    assert_eq!(closed.survey.comment.as_deref(), Some("师傅很有耐心"));
    assert!(matches!(closed.state, State::Closed { outcome: Outcome::Solved, .. }));
    assert_eq!(city.wechat.asked_for_tokens(), (1, 0), "one token is enough");
    city.wechat.has_no_complaints();
}

on_each_db! {
    async fn a_leak_is_repaired_in_plain_mode(database: Database) {
        the_whole_way(database, Mode::Plain).await;
    }
}

on_each_db! {
    async fn a_leak_is_repaired_in_safe_mode(database: Database) {
        the_whole_way(database, Mode::Safe).await;
    }
}

#[test]
fn the_address_is_greeted() {
    crate::harness::run(async {
        let city = OnWeChat::start(Database::sqlite(), Mode::Safe).await;
        let now = city.app.clock.now().as_second().to_string();
        let greet = |signed: String, at: String| {
            let address = format!(
                "{}?signature={signed}&timestamp={at}&nonce=7&echostr=5837397576500011341",
                city.hook
            );
            let request = city.client.get(address);
            async move {
                let answer = request.send().await.expect("an answer");
                (answer.status(), answer.text().await.expect("a text"))
            }
        };
        let echoed = greet(signature(&[&now, "7"]), now.clone()).await;
        assert_eq!(echoed, (StatusCode::OK, "5837397576500011341".into()));
        assert_eq!(greet("guess".into(), now.clone()).await.0, StatusCode::UNAUTHORIZED);
        let old = (city.app.clock.now().as_second() - 601).to_string();
        assert_eq!(greet(signature(&[&old, "7"]), old).await.0, StatusCode::UNAUTHORIZED);
    });
}

#[test]
fn what_is_forged_stale_or_broken_is_refused_and_nothing_is_stored() {
    crate::harness::run(async {
        for mode in [Mode::Plain, Mode::Safe] {
            let city = OnWeChat::start_with(Database::sqlite(), mode, Duration::ZERO).await;
            let words = [("MsgType", "text"), ("Content", LEAK)];
            let (query, body) = city.delivery(MEI, &words);
            let (_, other) = city.delivery(LIU, &words);
            let unauthorized = StatusCode::UNAUTHORIZED;
            assert_eq!(city.post("", body.clone()).await.0, unauthorized, "unsigned");
            let forged = query.replace("signature=", "signature=0");
            assert_eq!(city.post(&forged, body.clone()).await.0, unauthorized, "forged");
            if mode == Mode::Safe {
                assert_eq!(city.post(&query, other).await.0, unauthorized, "another message's signature");
                assert_eq!(city.post(&query, xml(&words)).await.0, unauthorized, "not sealed");
                let (query, body) = city.sign(&xml(&words), "wx0000000000000000");
                assert_eq!(city.post(&query, body).await.0, unauthorized, "for another account");
                assert_eq!(truncated(&city).await, unauthorized, "truncated, and signed so");
            }
            let bomb =
                "<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]><xml><Content>&b;</Content></xml>";
            let (signed, sealed) = city.sign(bomb, APP_ID);
            assert_eq!(city.post(&signed, sealed).await.0, StatusCode::BAD_REQUEST, "a bomb");
            let (signed, sealed) = city.sign("{\"MsgType\":\"text\"}", APP_ID);
            assert_eq!(city.post(&signed, sealed).await.0, StatusCode::BAD_REQUEST, "not XML");
            assert_eq!(city.post(&query, vec![0xff, 0xfe]).await.0, StatusCode::BAD_REQUEST, "not UTF-8");
            city.app.clock.advance(SignedDuration::from_secs(601));
            assert_eq!(city.post(&query, body).await.0, unauthorized, "replayed later");
            assert_eq!(city.waiting().await, 0, "{mode:?}");
        }
    });
}

async fn truncated(city: &OnWeChat) -> StatusCode {
    let now = city.app.clock.now().as_second().to_string();
    let sealed = seal(&xml(&[("MsgType", "text"), ("Content", LEAK)]), APP_ID);
    let sealed = &sealed[..sealed.len() / 8 * 4];
    let signed = signature(&[&now, "7", sealed]);
    let query = format!("msg_signature={signed}&timestamp={now}&nonce=7");
    city.post(&query, xml(&[("Encrypt", sealed)])).await.0
}

#[test]
fn duplicates_change_nothing_even_at_once() {
    crate::harness::run(async {
        let city = OnWeChat::start_with(Database::sqlite(), Mode::Safe, Duration::ZERO).await;
        let (query, body) = city.delivery(MEI, &[("MsgType", "text"), ("Content", LEAK)]);
        let posts = (0..20).map(|_| city.post(&query, body.clone()));
        for (status, _) in futures::future::join_all(posts).await {
            assert_eq!(status, StatusCode::OK);
        }
        assert_eq!(city.waiting().await, 1);
        let unknown = city.delivery(MEI, &[("MsgType", "hologram")]);
        assert_eq!(city.post(&unknown.0, unknown.1).await, (StatusCode::OK, "success".into()));
        assert_eq!(city.waiting().await, 1, "an unknown kind is passed over");
    });
}

#[test]
fn a_repeated_delivery_gets_the_same_answer() {
    crate::harness::run(async {
        let city = OnWeChat::start(Database::sqlite(), Mode::Plain).await;
        let (query, body) = city.delivery(MEI, &[("MsgType", "text"), ("Content", LEAK)]);
        let mut answers = Vec::new();
        for _ in 0..2 {
            let posting = tokio::spawn(city.post(&query, body.clone()));
            while !posting.is_finished() {
                city.app.drain().await;
                tokio::task::yield_now().await;
            }
            answers.push(posting.await.expect("no panic").1);
        }
        assert!(answers[0].contains(&city.app.newest().await.to_string()));
        assert_eq!(answers[0], answers[1]);
        assert_eq!(city.app.newest().await, CaseNumber(1), "one case");
    });
}

#[test]
fn an_account_that_is_not_verified_answers_and_holds_the_rest() {
    crate::harness::run(async {
        let city = OnWeChat::start(Database::sqlite(), Mode::Safe).await;
        city.wechat.world().unverified = true;
        city.says(MEI, LEAK).await;
        let case = city.app.newest().await;
        assert!(matches!(city.wechat.shown(MEI).pop(), Some(Shown::Answer(_))));
        let card = city.app.group("repair").await.pop().expect("an offer");
        city.app.member("laolin").taps_in("repair", &button(&card, "accept")).await;
        let before = city.wechat.shown(MEI).len();
        assert!(city.wechat.shown(MEI).iter().all(|shown| matches!(shown, Shown::Answer(_))));
        city.says(MEI, "我的事怎么样了").await;
        let shown = city.wechat.shown(MEI);
        assert!(shown.len() > before, "what was held comes as the next answer: {shown:?}");
        assert_eq!(city.app.stage(case).await, Stage::Accepted);
        city.wechat.has_no_complaints();
    });
}

/// Five messages in 48 hours; the last one is the survey's, whatever waits before it.
#[test]
fn the_window_keeps_one_for_the_survey() {
    crate::harness::run(async {
        let city = OnWeChat::start(Database::sqlite(), Mode::Safe).await;
        city.says(MEI, "你好").await;
        let (answered, sends) = (city.wechat.shown(MEI).len(), city.wechat.sends(MEI));
        let mut waiting: Vec<Outbound> = (0..7)
            .map(|n| numbered_message(n, Purpose::Say))
            .chain([numbered_message(9, Purpose::Survey)])
            .collect();
        waiting.iter_mut().for_each(|message| message.case = None);
        let now = city.app.clock.now();
        let store = &city.app.hotline.store;
        store
            .write(move |tx| Box::pin(async move { tx.insert_outbox(&waiting, now).await }))
            .await
            .expect("written");
        city.app.drain().await;
        assert_eq!(city.wechat.sends(MEI), 5, "all of the window is used, {sends} before");
        let shown = city.wechat.shown(MEI).split_off(answered);
        assert!(matches!(shown.last(), Some(Shown::Menu(head, _)) if head == "消息 9"), "{shown:?}");
        city.app.advance(minutes(1)).await;
        city.says(MEI, "在吗").await;
        let shown = city.wechat.shown(MEI);
        let is_there = |n: usize| {
            let words = format!("消息 {n}");
            shown
                .iter()
                .any(|shown| matches!(shown, Shown::Answer(text) | Shown::Text(text) if *text == words))
        };
        assert!(is_there(5), "what was held comes when they write: {shown:?}");
        city.wechat.has_no_complaints();
    });
}

fn numbered_message(n: usize, purpose: Purpose) -> Outbound {
    let labels: &[&str] = if purpose == Purpose::Survey { &["满意"] } else { &[] };
    let id = format!("01M8516RFS43JMC7TW9CAMKB0{n}").as_str().into();
    Outbound { id, ..message(MEI, &format!("消息 {n}"), labels, purpose) }
}

/// Where WeChat says that nothing more may be sent, the survey is a notice, if they agreed to one.
#[test]
fn a_survey_beyond_the_window_is_a_notice_once_agreed_to() {
    crate::harness::run(async {
        let city = OnWeChat::start_with(Database::sqlite(), Mode::Plain, Duration::ZERO).await;
        city.says(MEI, "你好").await;
        city.wechat.consents(MEI);
        let question = "便民维修的事解决了吗?请告诉我们,谢谢您的回复";
        let survey = message(MEI, question, &["已解决", "未解决"], Purpose::Survey);
        assert_eq!(send(&city, &survey, false).await, Ok(None));
        let Some(Shown::Notice(data)) = city.wechat.shown(MEI).pop() else { panic!("a notice") };
        assert_eq!(data["character_string1"]["value"], CaseNumber(1).to_string());
        assert_eq!(data["thing2"]["value"].as_str().map(|text| text.chars().count()), Some(20));
        let again = send(&city, &survey, false).await;
        assert!(matches!(again, Err(SendError::Closed(_))), "one consent is one notice: {again:?}");
        let news = message(MEI, "有人接单了", &[], Purpose::Say);
        assert!(matches!(send(&city, &news, false).await, Err(SendError::Closed(_))), "only surveys");
        city.wechat.exhaust(MEI);
        city.wechat.consents(MEI);
        assert_eq!(send(&city, &survey, true).await, Ok(None), "45047 leads to the notice, too");
        city.wechat.has_no_complaints();
    });
}

fn message(to: &str, text: &str, labels: &[&str], purpose: Purpose) -> Outbound {
    let choice = |label: &&str| Choice { label: (*label).into(), data: format!("stars:{}:1", CaseNumber(1)) };
    Outbound {
        id: "01M8516RFS43JMC7TW9CAMKBQ8".into(),
        chat: Chat::new("wechat", to),
        kind: ChatKind::Private,
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

async fn send(city: &OnWeChat, message: &Outbound, window_open: bool) -> Result<Option<String>, SendError> {
    let channel = city.app.hotline.channels.get("wechat").expect("configured");
    channel.send(Outgoing { message, replaces: None, window_open }, city.app.clock.now()).await
}

#[test]
fn a_token_that_is_refused_is_asked_for_once_more() {
    crate::harness::run(async {
        let city = OnWeChat::start_with(Database::sqlite(), Mode::Plain, Duration::ZERO).await;
        city.says(MEI, "你好").await;
        let hello = message(MEI, "好", &[], Purpose::Say);
        assert_eq!(send(&city, &hello, true).await, Ok(None));
        city.wechat.forgets_the_token();
        assert_eq!(send(&city, &hello, true).await, Ok(None), "asked for anew, and sent");
        assert_eq!(city.wechat.asked_for_tokens(), (2, 0));
        for _ in 0..2 {
            city.wechat.answers(200, r#"{"errcode":40001,"errmsg":"invalid credential"}"#);
        }
        let refused = send(&city, &hello, true).await;
        assert!(
            matches!(&refused, Err(SendError::Revoked(why)) if why.contains("app_secret")),
            "{refused:?}"
        );
        assert_eq!(city.wechat.asked_for_tokens(), (4, 1), "by force, as the same one came again");
        for _ in 0..2 {
            city.wechat.answers(200, r#"{"errcode":42001,"errmsg":"access_token expired"}"#);
        }
        assert!(matches!(send(&city, &hello, true).await, Err(SendError::Revoked(_))));
        assert_eq!(city.wechat.asked_for_tokens().1, 1, "never by force twice within two hours");
    });
}

#[test]
fn whatever_wechat_answers_has_its_consequence_and_tells_no_secret() {
    crate::harness::run(async {
        let city = OnWeChat::start_with(Database::sqlite(), Mode::Plain, Duration::ZERO).await;
        city.says(MEI, "你好").await;
        let hello = message(MEI, "好", &[], Purpose::Say);
        let later =
            |outcome: &Result<Option<String>, SendError>| matches!(outcome, Err(SendError::Later { .. }));
        for (status, body) in
            [(500, "oops"), (502, "<html>bad gateway</html>"), (200, "<html></html>"), (200, "")]
        {
            city.wechat.answers(status, body);
            let outcome = send(&city, &hello, true).await;
            assert!(later(&outcome), "{status} {body}: {outcome:?}");
            assert!(!format!("{outcome:?}").contains("TOKEN-"), "{outcome:?}");
        }
        city.wechat.answers(200, r#"{"errcode":45009,"errmsg":"reach max api daily quota limit"}"#);
        assert!(later(&send(&city, &hello, true).await));
        let stranger = message(LIU, "好", &[], Purpose::Say);
        assert!(matches!(send(&city, &stranger, true).await, Err(SendError::Gone(_))), "40003");
        assert!(
            matches!(send(&city, &hello, false).await, Err(SendError::Closed(_))),
            "the window is closed"
        );
        let nowhere = channel("http://127.0.0.1:1", Mode::Plain, APP_SECRET, ANSWER_WITHIN);
        let unreachable = nowhere
            .send(Outgoing { message: &hello, replaces: None, window_open: true }, city.app.clock.now());
        let unreachable = unreachable.await;
        assert!(later(&unreachable) && !format!("{unreachable:?}").contains(APP_SECRET), "{unreachable:?}");
        city.wechat.has_no_complaints();
    });
}

#[test]
fn long_texts_are_split_and_long_menus_become_lists() {
    crate::harness::run(async {
        let city = OnWeChat::start_with(Database::sqlite(), Mode::Plain, Duration::ZERO).await;
        city.says(MEI, "你好").await;
        let before = city.wechat.shown(MEI).len();
        send(&city, &message(MEI, &"水".repeat(1200), &[], Purpose::Say), true).await.expect("sent");
        let shown = city.wechat.shown(MEI).split_off(before);
        assert_eq!(shown.len(), 2, "3,600 bytes");
        send(&city, &message(MEI, "满意吗?", &["满意", "不满意"], Purpose::Survey), true)
            .await
            .expect("sent");
        let Some(Shown::Menu(head, options)) = city.wechat.shown(MEI).pop() else { panic!("a menu") };
        assert_eq!((head.as_str(), options[1].0.as_str()), ("满意吗?", "2 不满意"));
        let many: Vec<&str> = vec!["一"; 12];
        city.says(MEI, "在吗").await;
        send(&city, &message(MEI, "哪个?", &many, Purpose::Say), true).await.expect("sent");
        assert!(matches!(city.wechat.shown(MEI).pop(), Some(Shown::Text(text)) if text.contains("\n12 一")));
        city.wechat.has_no_complaints();
    });
}

#[test]
fn a_recording_is_fetched_and_we_are_known() {
    crate::harness::run(async {
        let city = OnWeChat::start_with(Database::sqlite(), Mode::Plain, Duration::ZERO).await;
        let channel = city.app.hotline.channels.get("wechat").expect("configured");
        city.wechat.keeps("m1", b"#!AMR");
        let voice = |id: &str| Attachment { kind: AttachmentKind::Voice, id: id.into(), seconds: None };
        let fetched = channel.fetch(&voice("m1")).await.expect("fetched");
        assert_eq!(
            (fetched.content_type.as_str(), fetched.bytes.as_slice()),
            ("audio/amr", b"#!AMR".as_slice())
        );
        assert!(
            matches!(channel.fetch(&voice("old")).await, Err(SendError::Never(_))),
            "kept for three days"
        );
        let known = channel.who_am_i().await.expect("known");
        assert!(known.contains(APP_ID) && known.contains("499997"), "{known}");
        let wrong =
            crate::harness::wechat::channel(&city.wechat.url, Mode::Plain, "wrong-secret", ANSWER_WITHIN);
        let why = wrong.who_am_i().await.expect_err("not known");
        assert!(why.contains("app_secret") && !why.contains("wrong-secret"), "{why}");
        city.wechat.world().stranger = true;
        let fresh = crate::harness::wechat::channel(&city.wechat.url, Mode::Plain, APP_SECRET, ANSWER_WITHIN);
        assert!(fresh.who_am_i().await.expect_err("not allowed").contains("allow-list"));
    });
}

#[test]
fn a_follower_who_leaves_is_not_written_to() {
    crate::harness::run(async {
        let city = OnWeChat::start_with(Database::sqlite(), Mode::Safe, Duration::ZERO).await;
        city.says(MEI, LEAK).await;
        city.leaves(MEI).await;
        let hello = message(MEI, "好", &[], Purpose::Say);
        assert!(matches!(send(&city, &hello, true).await, Err(SendError::Gone(_))), "43004");
    });
}
