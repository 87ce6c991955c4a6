//! The hotline as a telephone number, through a real Kannel.

use hotline::channels::{Channel, Outgoing, SendError};
use hotline::domain::case::{Outcome, Stage, State};
use hotline::domain::message::{Chat, ChatKind, Choice, Outbound, Priority, Purpose};
use reqwest::StatusCode;

use crate::harness::kannel::{HOTLINE, NOWHERE, OnSms, PASSWORD, TOKEN, XIAOCHEN, channel};
use crate::harness::{Database, button, code_in, on_each_db};

const LEAK: &str = "我是莲花北社区的,厨房水龙头坏了一直漏水,能不能找个师傅来修";
const MEI: &str = "13800001111";

on_each_db! {
    /// From the first message to the survey's last word, with a telephone that has buttons for digits only.
    async fn a_leak_is_repaired_by_telephone(database: Database) {
        let city = OnSms::start(database).await;
        let answer = city.says(MEI, LEAK).await;
        let case = city.app.newest().await;
        assert_eq!(city.app.case(case).await.service.as_str(), "care.repair");
        assert!(answer.contains(&case.to_string()) && answer.contains("在哪里"), "{answer}");
        assert!(city.kannel.shown(MEI).iter().all(|shown| shown.from == HOTLINE));
        let answer = city.says(MEI, "莲花北路12号楼3单元501").await;
        assert!(!answer.contains("电话"), "who writes by telephone is not asked for its number: {answer}");

        let lin = city.app.member("laolin");
        let card = city.app.group("repair").await.pop().expect("an offer");
        lin.taps_in("repair", &button(&card, "accept")).await;
        assert_eq!(city.app.stage(case).await, Stage::Accepted);
        let details = lin.last().await;
        assert!(details.text.contains(MEI), "the member can call: {}", details.text);
        let told = |words: &'static str| city.kannel.shown(MEI).iter().any(|shown| shown.text.contains(words));
        city.until("somebody has it", || told("有人接了")).await;
        assert!(!told("老林"), "the resident sees a masked name");

        lin.taps(&button(&details, "done")).await;
        city.until("the survey", || told("1 已解决")).await;
        let before = city.kannel.shown(MEI).len();
        city.kannel.writes(MEI, "1").await;
        city.until("the next question", || city.kannel.shown(MEI).len() > before).await;
        city.kannel.writes(MEI, "5").await;
        city.until_stage(case, Stage::Closed).await;
        let before = city.kannel.shown(MEI).len();
        city.kannel.writes(MEI, "师傅很有耐心").await;
        city.until("a word of thanks", || city.kannel.shown(MEI).len() > before).await;
        let closed = city.app.case(case).await;
        assert_eq!((closed.survey.solved, closed.survey.satisfied), (Some(true), Some(5)));
        assert_eq!(closed.survey.comment.as_deref(), Some("师傅很有耐心"));
        assert!(matches!(closed.state, State::Closed { outcome: Outcome::Solved, .. }));
        let long = city.kannel.shown(MEI).into_iter().filter(|shown| shown.text.chars().count() > 70);
        assert!(long.clone().count() > 0 && long.clone().all(|shown| shown.segments > 1), "joined again");
    }
}

on_each_db! {
    /// A resident on our pages links the telephone in their pocket, and then writes from there.
    async fn a_telephone_is_linked_by_the_code_that_it_was_sent(database: Database) {
        let city = OnSms::start(database).await;
        let mei = city.app.resident("mei");
        mei.says(LEAK).await;
        let case = city.app.newest().await;
        mei.says("绑定 138 0000 1111").await;
        city.until("a code", || !city.kannel.shown(MEI).is_empty()).await;
        mei.says(&code_in(&city.last(MEI))).await;
        assert!(mei.last().await.text.contains("号码已经"), "{:?}", mei.last().await);
        let answer = city.says(MEI, "我的事怎么样了").await;
        assert!(answer.contains(&case.to_string()), "one person, one history: {answer}");
    }
}

#[test]
fn a_member_with_a_plain_phone_accepts_and_finishes() {
    crate::harness::run(async {
        let city = OnSms::start(Database::sqlite()).await;
        city.app.resident("mei").says(LEAK).await;
        let case = city.app.newest().await;
        let answer = city.says(XIAOCHEN, &format!("接单 {case}")).await;
        assert_eq!(city.app.stage(case).await, Stage::Accepted);
        assert!(answer.contains("漏水"), "the member gets the words: {answer}");
        city.says(XIAOCHEN, &format!("办结 {case} 换了阀芯")).await;
        assert_eq!(city.app.stage(case).await, Stage::Done);
    });
}

#[test]
fn what_comes_while_the_hotline_is_down_comes_later() {
    crate::harness::run(async {
        let begun = OnSms::begin().await;
        begun.kannel.writes(MEI, LEAK).await;
        begun.kannel.writes_plainly("13800003333", "hello").await;
        let city = begun.open(Database::sqlite()).await;
        let answered = |number: &str| !city.kannel.shown(number).is_empty();
        city.until("both are answered", || answered(MEI) && answered("13800003333")).await;
        assert_eq!(city.app.case(city.app.newest().await).await.service.as_str(), "care.repair");
        city.says(MEI, "我的事怎么样了").await;
        let all: String = city.kannel.shown(MEI).into_iter().map(|shown| shown.text).collect();
        assert!(
            !all.contains("Could not fetch") && !all.contains("<Empty"),
            "Kannel says nothing itself: {all}"
        );
    });
}

#[test]
fn a_repeated_delivery_changes_nothing_even_at_once() {
    crate::harness::run(async {
        let city = OnSms::start(Database::sqlite()).await;
        let client = reqwest::Client::new();
        let post = |token: &str, id: &str| {
            client
                .post(format!("{}?id={id}", city.hook))
                .basic_auth("kannel", Some(token))
                .header("content-type", "text/plain; charset=\"UTF-8\"")
                .header("x-kannel-from", MEI)
                .body(LEAK)
                .send()
        };
        let posts = (0..20).map(|_| post(TOKEN, "5f6ac1a2-8f0f-4a9d-9d5e-1f1f2b1c0d0e"));
        for answer in futures::future::join_all(posts).await {
            let answer = answer.expect("an answer");
            assert_eq!(answer.status(), StatusCode::OK);
            assert_eq!(answer.text().await.expect("a text"), "", "Kannel would send it to the telephone");
        }
        assert_eq!(city.waiting().await, 1);
        for forged in ["", "guess", &TOKEN[1..]] {
            let answer = post(forged, "5f6ac1a2-0000-4a9d-9d5e-1f1f2b1c0d0e").await.expect("an answer");
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        }
        assert_eq!(city.waiting().await, 1);
    });
}

fn message(to: &str, text: &str) -> Outbound {
    Outbound {
        id: "01M8516RFS43JMC7TW9CAMKBQ8".into(),
        chat: Chat::new("sms", to),
        kind: ChatKind::Private,
        text: text.into(),
        choices: vec![Choice { label: "需要".into(), data: "open".into() }],
        replaces: None,
        priority: Priority::Ordinary,
        purpose: Purpose::Say,
        case: None,
        tap: None,
        not_before: None,
    }
}

async fn send(channel: &impl Channel, message: &Outbound) -> Result<Option<String>, SendError> {
    let outgoing = Outgoing { message, replaces: None, window_open: true };
    channel.send(outgoing, hotline::clock::Clock::System.now()).await
}

#[test]
fn texts_of_every_length_arrive_whole() {
    crate::harness::run(async {
        let city = OnSms::start(Database::sqlite()).await;
        let sms = channel(&city.kannel.sendsms, PASSWORD);
        for (number, text, messages) in [
            ("13800004001", "好".into(), vec![1]),
            ("13800004002", "水".repeat(65), vec![1]),
            ("13800004003", "水".repeat(66), vec![2]),
            ("13800004004", "电。".repeat(330), vec![10]),
            ("13800004005", "今天停水。".repeat(200), vec![10, 5]),
            ("13800004006", "😀".repeat(100), vec![4]),
        ] {
            assert_eq!(send(&sms, &message(number, &text)).await, Ok(None));
            city.until("all arrive", || city.kannel.shown(number).len() == messages.len()).await;
            let shown = city.kannel.shown(number);
            let whole: String = shown.iter().map(|shown| shown.text.as_str()).collect();
            assert_eq!(whole, format!("{text}\n1 需要"), "{number}");
            assert_eq!(shown.iter().map(|shown| shown.segments).collect::<Vec<_>>(), messages, "{number}");
        }
        let english =
            Outbound { choices: Vec::new(), ..message("13800004007", "[case 10019] it's done, 5 €") };
        assert_eq!(send(&sms, &english).await, Ok(None));
        city.until("it arrives", || !city.kannel.shown("13800004007").is_empty()).await;
        assert_eq!(city.last("13800004007"), "[case 10019] it's done, 5 €");
    });
}

#[test]
fn whatever_kannel_answers_has_its_consequence_and_tells_no_secret() {
    crate::harness::run(async {
        let city = OnSms::start(Database::sqlite()).await;
        let sms = channel(&city.kannel.sendsms, PASSWORD);
        let nowhere = send(&sms, &message(&format!("{NOWHERE}12345678"), "好")).await;
        assert!(matches!(nowhere, Err(SendError::Gone(_))), "{nowhere:?}");
        let stranger = channel(&city.kannel.sendsms, "another-password");
        let refused = send(&stranger, &message(MEI, "好")).await;
        assert!(matches!(refused, Err(SendError::Revoked(_))), "{refused:?}");
        assert!(!format!("{refused:?}").contains("another-password"));
        let elsewhere = channel(&city.kannel.sendsms.replace("sendsms", "sendmms"), PASSWORD);
        assert!(matches!(send(&elsewhere, &message(MEI, "好")).await, Err(SendError::Revoked(_))));
        let down = send(&channel("http://127.0.0.1:1/", PASSWORD), &message(MEI, "好")).await;
        assert!(matches!(down, Err(SendError::Later { pause: None, .. })), "{down:?}");

        assert!(sms.who_am_i().await.expect("known").contains("hotline"));
        let told = stranger.who_am_i().await.expect_err("not known");
        assert!(told.contains("sendsms-user") && !told.contains("another-password"), "{told}");
        assert!(elsewhere.who_am_i().await.expect_err("nothing there").contains("/cgi-bin/sendsms"));
        let told = channel("http://127.0.0.1:1/", PASSWORD).who_am_i().await.expect_err("nobody there");
        assert!(told.contains("smsbox"), "{told}");
    });
}
