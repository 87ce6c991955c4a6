//! Table tests on payloads as WeCom delivers them, and on the cards that we make.

use axum::http::HeaderMap;

use super::*;
use crate::channels::tencent::xml::Fields;
use crate::domain::id::CaseNumber;
use crate::domain::message::{
    AttachmentKind, Body, Chat, ChatEvent, ChatKind, Choice, Outbound, Priority, Purpose,
};

const NOW: i64 = 1_772_416_800;
const AGENT: i64 = 1_000_002;

fn wecom() -> WeCom {
    WeCom::new(Settings {
        corp_id: "ww0123456789abcdef".into(),
        agent_id: AGENT,
        secret: "a-secret".into(),
        token: "hotline7".into(),
        encoding_aes_key: "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG".into(),
        api_url: "http://127.0.0.1:1".parse().unwrap(),
        robots: BTreeMap::from([("duty".into(), "key".into())]),
        robot_hint: ROBOT_HINT.into(),
    })
    .unwrap()
}

/// Sealed and signed with the same envelope: what the other side would do is in the integration tests.
fn receive(fields: &str) -> Result<Vec<Inbound>, Rejected> {
    let wecom = wecom();
    let inner = format!(
        "<xml><ToUserName><![CDATA[ww0123456789abcdef]]></ToUserName><FromUserName><![CDATA[huang]]></FromUserName>\
         <CreateTime>{NOW}</CreateTime>{fields}<AgentID>{AGENT}</AgentID></xml>"
    );
    let sealed = wecom.envelope.answer(inner, &format!("timestamp={NOW}&nonce=7"));
    let outer = Fields::parse(&sealed).unwrap();
    let query = format!("msg_signature={}&timestamp={NOW}&nonce=7", outer.get("MsgSignature").unwrap());
    let delivery = Delivery { query: &query, headers: &HeaderMap::new(), body: sealed.as_bytes() };
    wecom.receive(delivery, Timestamp::from_second(NOW).unwrap())
}

fn one(fields: &str) -> Inbound {
    let mut messages = receive(fields).unwrap();
    assert_eq!(messages.len(), 1, "{fields}");
    messages.remove(0)
}

#[test]
fn messages_are_read() {
    let said =
        one("<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[接单 10019]]></Content><MsgId>1</MsgId>");
    assert_eq!((said.sender.as_str(), said.key.as_str(), said.kind), ("huang", "1", ChatKind::Private));
    assert_eq!(said.body.text.as_deref(), Some("接单 10019"));
    for (kind, expected) in [
        ("voice", AttachmentKind::Voice),
        ("image", AttachmentKind::Photo),
        ("video", AttachmentKind::Video),
        ("file", AttachmentKind::File),
    ] {
        let body = one(&format!("<MsgType>{kind}</MsgType><MediaId>m</MediaId><MsgId>2</MsgId>")).body;
        assert_eq!(body.attachment.map(|attachment| attachment.kind), Some(expected));
    }
    let place =
        one("<MsgType>location</MsgType><Location_X>24.48671</Location_X><Location_Y>118.10353</Location_Y>\
                     <Scale>16</Scale><MsgId>3</MsgId>");
    assert!(place.body.location.is_some_and(|at| at.latitude < 90.0 && at.longitude > 118.0));
}

#[test]
fn events_are_read() {
    let event = |rest: &str| receive(&format!("<MsgType>event</MsgType>{rest}")).unwrap();
    assert_eq!(event("<Event>subscribe</Event>")[0].body.event, Some(ChatEvent::Opened));
    assert_eq!(event("<Event>unsubscribe</Event>")[0].body.event, Some(ChatEvent::Closed));
    let menu = event("<Event>click</Event><EventKey>待接</EventKey>");
    assert_eq!(menu[0].body.text.as_deref(), Some("待接"));
    for silent in ["enter_agent", "LOCATION", "view", "batch_job_result", "unheard_of"] {
        assert_eq!(event(&format!("<Event>{silent}</Event><Latitude>1</Latitude>")), [], "{silent}");
    }
    assert_eq!(receive("<MsgType>hologram</MsgType><MsgId>1</MsgId>"), Ok(vec![]));
    assert!(receive("<MsgId>1</MsgId>").is_err());
}

fn tapped(key: &str) -> Vec<Inbound> {
    receive(&format!(
        "<MsgType>event</MsgType><Event>template_card_event</Event><EventKey><![CDATA[{key}]]></EventKey>\
         <TaskId>01M8-0</TaskId><CardType>button_interaction</CardType><ResponseCode>code1</ResponseCode>"
    ))
    .unwrap()
}

#[test]
fn a_tap_is_believed_if_the_button_is_ours() {
    let tagger = wecom().tagger;
    let team = tapped(&format!("tag:3|{}", tagger.tag("tag:3", "accept:10019").unwrap())).remove(0);
    assert_eq!((team.chat.id.as_str(), team.kind, team.sender.as_str()), ("tag:3", ChatKind::Group, "huang"));
    let expected =
        Body { choice: Some("accept:10019".into()), tap: Some("code1|huang".into()), ..Body::default() };
    assert_eq!(team.body, expected);
    let own = tapped(&format!("huang|{}", tagger.tag("huang", "done:10019").unwrap())).remove(0);
    assert_eq!((own.chat.id.as_str(), own.kind), ("huang", ChatKind::Private));
    let elses = format!("tag:3|{}", tagger.tag("tag:4", "accept:10019").unwrap());
    for forged in ["accept:10019", "tag:3|accept:10019", "none", &elses] {
        assert_eq!(tapped(forged), [], "{forged}");
    }
}

fn message(text: &str, choices: usize) -> Outbound {
    let choice = |n| Choice { label: format!("选择{n}"), data: format!("done:{n}") };
    Outbound {
        id: "01M8516RFS43JMC7TW9CAMKBQ8".into(),
        chat: Chat::new(NAME, "tag:3"),
        kind: ChatKind::Group,
        text: text.into(),
        choices: (0..choices).map(choice).collect(),
        replaces: None,
        priority: Priority::Ordinary,
        purpose: Purpose::Offer,
        case: Some(CaseNumber(1)),
        tap: None,
        not_before: None,
    }
}

#[test]
fn a_card_holds_six_buttons_and_a_short_text() {
    let cards = |text: &str, choices| card::cards(&message(text, choices), &wecom().tagger).unwrap();
    let short = cards("诉求 10019\n地点:莲花北", 2);
    assert_eq!(short.text, None);
    assert_eq!(short.cards[0]["main_title"]["title"], "诉求 10019");
    assert_eq!(short.cards[0]["sub_title_text"], "地点:莲花北");
    assert_eq!(short.cards[0]["button_list"][0]["text"], "选择0");
    let many = cards("哪个社区?", 8);
    let counts: Vec<_> =
        many.cards.iter().map(|card| card["button_list"].as_array().map_or(0, Vec::len)).collect();
    assert_eq!(counts, [6, 2]);
    assert_ne!(many.cards[0]["task_id"], many.cards[1]["task_id"], "a task's id is used once");
    let long = cards(&"长".repeat(300), 1);
    assert!(long.text.is_some_and(|text| text.chars().count() == 300), "long words go before");
    assert!(cards("没有按钮", 0).cards.is_empty());
}

#[test]
fn a_robot_says_how_to_accept() {
    let words = wecom().with_hint(&message("诉求 10019", 2));
    let number = CaseNumber(1);
    assert_eq!(words, format!("诉求 10019\n{ROBOT_HINT} 选择0 {number} / 选择1 {number}"));
    assert_eq!(wecom().with_hint(&message("已被接单", 0)), "已被接单");
}

#[test]
fn every_number_of_wecoms_has_its_consequence() {
    use crate::channels::tencent::api::Refusal;
    let judged = |code: i64| send::judge(&Refusal { code, words: code.to_string() });
    for code in [-1, 45009, 45033, 701_001] {
        assert!(matches!(judged(code), SendError::Later { .. }), "{code}");
    }
    for code in [40003, 60011, 60111, 81013, 93000] {
        assert!(matches!(judged(code), SendError::Gone(_)), "{code}");
    }
    for code in [40001, 40014, 42001, 40013, 40056, 48002, 60020, 301_002] {
        assert!(matches!(judged(code), SendError::Revoked(_)), "{code}");
    }
    assert!(matches!(judged(60020), SendError::Revoked(words) if words.contains("可信IP")));
    assert!(matches!(judged(44004), SendError::Never(_)));
}
