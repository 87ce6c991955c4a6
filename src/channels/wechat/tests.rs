//! Table tests on payloads as WeChat delivers them.

use axum::http::HeaderMap;

use super::*;
use crate::channels::tencent::api::Refusal;
use crate::domain::message::{Body, ChatEvent, Location};

const TOKEN: &str = "hotline7";
const MEI: &str = "oMEI_6_bMEI_6_bMEI_6_bMEI_6b";
const NOW: i64 = 1_772_416_800;

fn wechat() -> WeChat {
    WeChat::new(Settings {
        app_id: "wx0123456789abcdef".into(),
        app_secret: "0123456789abcdef0123456789abcdef".into(),
        token: TOKEN.into(),
        encoding_aes_key: None,
        api_url: "http://127.0.0.1:1".parse().unwrap(),
        answer_within: Duration::ZERO,
        survey_notice: None,
    })
    .unwrap()
}

fn receive(fields: &str) -> Result<Vec<Inbound>, Rejected> {
    let wechat = wechat();
    let query =
        format!("signature={}&timestamp={NOW}&nonce=7", wechat.envelope.sign(&[&NOW.to_string(), "7"]));
    let body = format!(
        "<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><FromUserName><![CDATA[{MEI}]]></FromUserName>\
         <CreateTime>{NOW}</CreateTime>{fields}</xml>"
    );
    let delivery = Delivery { query: &query, headers: &HeaderMap::new(), body: body.as_bytes() };
    wechat.receive(delivery, Timestamp::from_second(NOW).unwrap())
}

fn one(fields: &str) -> Inbound {
    let mut messages = receive(fields).unwrap();
    assert_eq!(messages.len(), 1, "{fields}");
    messages.remove(0)
}

#[test]
fn messages_are_read() {
    let text = |words: &str| Body { text: Some(words.into()), ..Body::default() };
    let attached = |kind, id: &str| Body {
        attachment: Some(Attachment { kind, id: id.into(), seconds: None }),
        ..Body::default()
    };
    for (fields, expected) in [
        (
            "<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[灯坏了]]></Content><MsgId>1</MsgId>",
            text("灯坏了"),
        ),
        (
            "<MsgType><![CDATA[voice]]></MsgType><MediaId><![CDATA[m1]]></MediaId><Format><![CDATA[amr]]></Format>\
             <Recognition><![CDATA[灯坏了。]]></Recognition><MsgId>2</MsgId>",
            text("灯坏了。"),
        ),
        (
            "<MsgType><![CDATA[voice]]></MsgType><MediaId><![CDATA[m1]]></MediaId><Format><![CDATA[amr]]></Format>\
             <Recognition><![CDATA[]]></Recognition><MsgId>3</MsgId>",
            attached(AttachmentKind::Voice, "m1"),
        ),
        (
            "<MsgType><![CDATA[image]]></MsgType><PicUrl><![CDATA[http://mmbiz.qpic.cn/x]]></PicUrl>\
             <MediaId><![CDATA[m2]]></MediaId><MsgId>4</MsgId>",
            attached(AttachmentKind::Photo, "m2"),
        ),
        (
            "<MsgType><![CDATA[link]]></MsgType><Title><![CDATA[通知]]></Title><Url><![CDATA[http://a.example]]></Url>\
             <MsgId>5</MsgId>",
            text("通知\nhttp://a.example"),
        ),
    ] {
        let message = one(fields);
        assert_eq!(message.body, expected, "{fields}");
        assert_eq!((message.sender.as_str(), message.chat.id.as_str()), (MEI, MEI));
    }
}

#[test]
fn a_shared_place_is_straightened() {
    let message = one(
        "<MsgType><![CDATA[location]]></MsgType><Location_X>24.486710</Location_X><Location_Y>118.103530</Location_Y>\
         <Scale>16</Scale><Label><![CDATA[厦门市思明区]]></Label><MsgId>6</MsgId>",
    );
    let Some(Location { latitude, longitude }) = message.body.location else { panic!("there is a place") };
    // A Chinese map shows Xiamen some 500 metres south-east of where it is.
    assert!((latitude - 24.489_4).abs() < 1e-3, "{latitude}");
    assert!((longitude - 118.098_5).abs() < 1e-3, "{longitude}");
}

#[test]
fn events_are_read() {
    let event = |rest: &str| receive(&format!("<MsgType><![CDATA[event]]></MsgType>{rest}")).unwrap();
    let body = |rest: &str| event(rest).remove(0).body;
    assert_eq!(
        body("<Event><![CDATA[subscribe]]></Event><EventKey></EventKey>").event,
        Some(ChatEvent::Opened)
    );
    let scanned =
        "<Event><![CDATA[SCAN]]></Event><EventKey><![CDATA[12]]></EventKey><Ticket><![CDATA[t]]></Ticket>";
    assert_eq!(body(scanned).event, Some(ChatEvent::Opened));
    assert_eq!(body("<Event><![CDATA[unsubscribe]]></Event>").event, Some(ChatEvent::Closed));
    let menu =
        |key: &str| body(&format!("<Event><![CDATA[CLICK]]></Event><EventKey><![CDATA[{key}]]></EventKey>"));
    assert_eq!(menu("human").choice.as_deref(), Some("human"));
    assert_eq!(menu("我的事怎么样了").text.as_deref(), Some("我的事怎么样了"));
    for silent in ["VIEW", "LOCATION", "TEMPLATESENDJOBFINISH", "unheard_of"] {
        assert_eq!(event(&format!("<Event><![CDATA[{silent}]]></Event>")), [], "{silent}");
    }
}

#[test]
fn deliveries_are_told_apart() {
    let key = |fields: &str| one(fields).key;
    assert_eq!(
        key("<MsgType>text</MsgType><Content>a</Content><MsgId>1234567890123456</MsgId>"),
        "1234567890123456"
    );
    let menu =
        |name: &str| key(&format!("<MsgType>event</MsgType><Event>CLICK</Event><EventKey>{name}</EventKey>"));
    assert_eq!(menu("a"), menu("a"), "a repetition");
    assert_ne!(menu("a"), menu("b"), "two taps within a second");
}

#[test]
fn a_tap_on_an_option_is_believed_if_we_made_it_for_them() {
    let tapped = |id: &str| {
        one(&format!(
            "<MsgType>text</MsgType><Content><![CDATA[1 是]]></Content><bizmsgmenuid><![CDATA[{id}]]></bizmsgmenuid>\
             <MsgId>7</MsgId>"
        ))
        .body
    };
    let tagger = wechat().tagger;
    assert_eq!(
        tapped(&tagger.tag(MEI, "solved:10019:yes").unwrap()).choice.as_deref(),
        Some("solved:10019:yes")
    );
    for forged in ["solved:10019:yes", "101", &tagger.tag("somebody", "solved:10019:yes").unwrap()] {
        assert_eq!(tapped(forged), Body { text: Some("1 是".into()), ..Body::default() }, "{forged}");
    }
}

#[test]
fn what_makes_no_sense_is_refused_or_passed_over() {
    for fields in ["", "<MsgType>text</MsgType><FromUserName></FromUserName>", "<MsgType>"] {
        let outcome = receive(fields);
        assert!(matches!(&outcome, Err(Rejected::Malformed(_)) | Ok(_)), "{outcome:?}");
    }
    assert_eq!(
        receive("<MsgType>hologram</MsgType><MsgId>1</MsgId>"),
        Ok(vec![]),
        "a kind that we do not know"
    );
    assert_eq!(receive("<MsgType>text</MsgType><MsgId>1</MsgId>"), Ok(vec![]), "a text without words");
    let nowhere =
        "<MsgType>location</MsgType><Location_X>x</Location_X><Location_Y>1</Location_Y><MsgId>1</MsgId>";
    assert_eq!(receive(nowhere), Ok(vec![]));
    assert!(receive("<MsgId>1</MsgId>").is_err());
}

#[test]
fn every_number_of_wechats_has_its_consequence() {
    let judged = |code: i64| send::judge(&Refusal { code, words: code.to_string() });
    let pause = |code| match judged(code) {
        SendError::Later { pause, .. } => pause,
        other => panic!("{code}: {other:?}"),
    };
    assert_eq!(pause(-1), None);
    assert_eq!(pause(45009), Some(Duration::from_secs(3600)));
    assert_eq!(pause(45011), Some(Duration::from_secs(60)));
    for code in [45015, 45047, 48001, 43101] {
        assert!(matches!(judged(code), SendError::Closed(_)), "{code}");
    }
    for code in [40003, 43004, 50005, 48002] {
        assert!(matches!(judged(code), SendError::Gone(_)), "{code}");
    }
    for code in [40001, 40014, 42001, 40013, 40125, 40164, 48004, 50002] {
        assert!(matches!(judged(code), SendError::Revoked(_)), "{code}");
    }
    for code in [45002, 40008, 47001] {
        assert!(matches!(judged(code), SendError::Never(_)), "{code}");
    }
    assert!(matches!(judged(40164), SendError::Revoked(words) if words.contains("allow-list")));
}
