//! Table tests on events as a homeserver delivers them, and on its refusals.

use std::collections::HashMap;
use std::time::Duration;

use axum::http::StatusCode;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::rooms::Room;
use super::*;
use crate::domain::message::{AttachmentKind, Body, ChatEvent, ChatKind, Location};

const HS_TOKEN: &str = "fedcba9876543210fedcba9876543210";
const MEI: &str = "@mei:example.org";
const US: &str = "@hotline:example.org";
const DIRECT: &str = "!direct:example.org";
const GROUP: &str = "!group:example.org";

fn settings() -> Settings {
    Settings {
        homeserver_url: "http://127.0.0.1:1".parse().unwrap(),
        user: US.into(),
        as_token: "0123456789abcdef0123456789abcdef".into(),
        hs_token: HS_TOKEN.into(),
        id: ID.into(),
        display_name: DISPLAY_NAME.into(),
    }
}

fn matrix() -> Matrix {
    let matrix = Matrix::new(settings()).unwrap();
    let names = HashMap::from([(MEI.to_owned(), "梅".to_owned())]);
    matrix.rooms.learn(DIRECT, Room { kind: ChatKind::Private, title: None, names });
    let title = Some("维修队".to_owned());
    matrix.rooms.learn(GROUP, Room { kind: ChatKind::Group, title, names: HashMap::new() });
    matrix
}

fn receive_with(authorization: &str, body: &str) -> Result<Vec<Inbound>, Rejected> {
    let headers =
        [(header::AUTHORIZATION, HeaderValue::from_str(authorization).unwrap())].into_iter().collect();
    let delivery = Delivery { query: "", headers: &headers, body: body.as_bytes() };
    matrix().receive(delivery, Timestamp::UNIX_EPOCH)
}

fn receive(events: &Value) -> Vec<Inbound> {
    receive_with(&format!("Bearer {HS_TOKEN}"), &json!({ "events": events }).to_string()).unwrap()
}

fn event(kind: &str, room: &str, sender: &str, content: &Value) -> Value {
    json!({
        "type": kind, "event_id": "$e1", "room_id": room, "sender": sender, "content": content,
        "origin_server_ts": 1_772_416_800_000_i64, "unsigned": { "age": 12 },
    })
}

fn said(room: &str, content: &Value) -> Option<Body> {
    receive(&json!([event("m.room.message", room, MEI, content)])).pop().map(|message| message.body)
}

fn words(room: &str, text: &str) -> Option<String> {
    said(room, &json!({ "msgtype": "m.text", "body": text }))?.text
}

#[test]
fn a_message_says_who_and_where() {
    let content = json!({ "msgtype": "m.text", "body": "灯坏了" });
    let private = receive(&json!([event("m.room.message", DIRECT, MEI, &content)])).remove(0);
    assert_eq!((private.key.as_str(), private.kind), ("$e1", ChatKind::Private));
    assert_eq!((private.chat.id.as_str(), private.sender.as_str()), (DIRECT, MEI));
    assert_eq!((private.body.name.as_deref(), private.body.title.as_deref()), (Some("梅"), None));
    let group = receive(&json!([event("m.room.message", GROUP, MEI, &content)])).remove(0);
    assert_eq!((group.kind, group.body.title.as_deref()), (ChatKind::Group, Some("维修队")));
}

#[test]
fn messages_are_read() {
    let attached = |kind, seconds| Some(Attachment { kind, id: "mxc://example.org/abc".into(), seconds });
    let file = |kind: &str, more: Value| {
        let mut content = json!({ "msgtype": kind, "body": "x.bin", "url": "mxc://example.org/abc" });
        content.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        said(DIRECT, &content).unwrap()
    };
    let voice = file("m.audio", json!({ "info": { "duration": 4200, "mimetype": "audio/ogg" } }));
    assert_eq!((voice.text, voice.attachment), (None, attached(AttachmentKind::Voice, Some(5))));
    let photo = file("m.image", json!({ "body": "漏水的地方", "filename": "x.jpg" }));
    assert_eq!(photo.text.as_deref(), Some("漏水的地方"), "a caption");
    assert_eq!(photo.attachment, attached(AttachmentKind::Photo, None));
    assert_eq!(file("m.image", json!({ "filename": "x.bin" })).text, None, "a file's name is no word");
    assert_eq!(file("m.file", json!({})).attachment, attached(AttachmentKind::File, None));
    let place = said(
        DIRECT,
        &json!({ "msgtype": "m.location", "body": "here", "geo_uri": "geo:24.4891,118.1234;u=35" }),
    );
    let there = Location { latitude: 24.4891, longitude: 118.1234 };
    assert_eq!(place.and_then(|body| body.location), Some(there));
    for nothing in [
        json!({ "msgtype": "m.notice", "body": "a program speaks" }),
        json!({ "msgtype": "m.image", "body": "x", "url": "https://example.org/x" }),
        json!({ "msgtype": "m.image", "body": "x", "file": { "url": "mxc://example.org/sealed" } }),
        json!({ "msgtype": "m.location", "body": "x", "geo_uri": "geo:91,0" }),
        json!({ "msgtype": "org.example.new", "body": "x" }),
        json!({ "msgtype": "m.text" }),
        json!({}),
    ] {
        assert_eq!(said(DIRECT, &nothing), None, "{nothing}");
    }
    let picture = json!({ "msgtype": "m.image", "body": "x.jpg", "url": "mxc://example.org/abc" });
    assert_eq!(said(GROUP, &picture), None, "in a group only words count");
}

#[test]
fn words_are_what_was_meant() {
    for (text, expected) in [
        ("接单 10019", "接单 10019"),
        ("近邻热线: 接单 10019", "接单 10019"),
        ("@hotline:example.org: 接单 10019", "接单 10019"),
        ("@hotline:example.org 接单 10019", "接单 10019"),
        ("hotline, /open", "/open"),
        ("hotlines are good", "hotlines are good"),
        ("近邻热线真好", "近邻热线真好"),
    ] {
        assert_eq!(words(GROUP, text).as_deref(), Some(expected), "{text}");
    }
    let answer = json!({
        "msgtype": "m.text",
        "body": "> <@hotline:example.org> 诉求 10019\n> 地点\n\n接单 10019",
        "m.relates_to": { "m.in_reply_to": { "event_id": "$card" } },
    });
    assert_eq!(said(GROUP, &answer).unwrap().text.as_deref(), Some("接单 10019"));
    assert_eq!(
        words(GROUP, "> a quotation\n\nof their own").as_deref(),
        Some("> a quotation\n\nof their own")
    );
}

#[test]
fn edited_words_take_the_place_of_earlier_ones() {
    let edited = said(
        DIRECT,
        &json!({
            "msgtype": "m.text", "body": "* 灯坏了",
            "m.new_content": { "msgtype": "m.text", "body": "灯坏了" },
            "m.relates_to": { "rel_type": "m.replace", "event_id": "$first" },
        }),
    );
    let edited = edited.unwrap();
    assert_eq!((edited.text.as_deref(), edited.edited), (Some("灯坏了"), true));
    assert_eq!(edited.message.as_deref(), Some("$first"));
    let broken = json!({
        "msgtype": "m.text", "body": "* x", "m.relates_to": { "rel_type": "m.replace", "event_id": "$first" },
    });
    assert_eq!(said(DIRECT, &broken), None, "without new content there is nothing new");
}

#[test]
fn what_happens_to_a_room() {
    let member = |room: &str, sender: &str, whose: &str, membership: &str, before: &str| {
        let mut event = event("m.room.member", room, sender, &json!({ "membership": membership }));
        event["state_key"] = whose.into();
        event["unsigned"]["prev_content"] = json!({ "membership": before });
        receive(&json!([event])).pop().map(|message| (message.sender, message.body.event.unwrap()))
    };
    let mei = |event| Some((MEI.to_owned(), event));
    assert_eq!(member(DIRECT, MEI, US, "invite", "leave"), mei(ChatEvent::Opened));
    assert_eq!(member(GROUP, MEI, US, "invite", "leave"), mei(ChatEvent::Opened));
    assert_eq!(member(GROUP, MEI, US, "leave", "join"), mei(ChatEvent::Closed), "sent away");
    assert_eq!(member(DIRECT, MEI, MEI, "join", "invite"), mei(ChatEvent::Opened), "came");
    assert_eq!(member(DIRECT, MEI, MEI, "leave", "join"), mei(ChatEvent::Closed));
    assert_eq!(member(DIRECT, MEI, MEI, "join", "join"), None, "a new picture of themselves");
    assert_eq!(member(GROUP, MEI, MEI, "leave", "join"), None, "one of many");
    assert_eq!(member(DIRECT, US, MEI, "invite", "leave"), None, "our own doing");
}

#[test]
fn what_is_sealed_is_said_to_be() {
    let sealed = json!({ "algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "AwgAEnACgAkLmt6qF84IK" });
    let event_in = |kind: &str, room: &str| {
        receive(&json!([event(kind, room, MEI, &sealed)])).pop().and_then(|message| message.body.event)
    };
    assert_eq!(event_in("m.room.encrypted", DIRECT), Some(ChatEvent::Sealed));
    assert_eq!(event_in("m.room.encrypted", GROUP), None, "a group is told once");
    assert_eq!(event_in("m.room.encryption", GROUP), Some(ChatEvent::Sealed));
    assert_eq!(event_in("m.room.encryption", DIRECT), None, "a person is told when they wait for an answer");
}

#[test]
fn one_strange_event_does_not_hide_the_others() {
    let text = json!({ "msgtype": "m.text", "body": "灯坏了" });
    let messages = receive(&json!([
        7,
        { "type": "m.room.message" },
        event("m.reaction", DIRECT, MEI, &json!({ "m.relates_to": { "rel_type": "m.annotation", "key": "👍" } })),
        event("m.room.redaction", DIRECT, MEI, &json!({ "redacts": "$x" })),
        event("m.room.message", "!unknown:example.org", MEI, &text),
        event("m.room.message", DIRECT, US, &text),
        event("m.room.message", DIRECT, &"@".repeat(300), &text),
        event("m.room.message", DIRECT, MEI, &text),
    ]));
    assert_eq!(messages.len(), 1);
    let authorization = format!("Bearer {HS_TOKEN}");
    assert_eq!(receive_with(&authorization, r#"{"transaction_id":"check"}"#), Ok(vec![]), "a ping");
    for body in ["", "7", r#"{"events":7}"#] {
        assert!(matches!(receive_with(&authorization, body), Err(Rejected::Malformed(_))), "{body}");
    }
}

#[test]
fn only_the_homeserver_is_believed() {
    for forged in
        ["", "Bearer ", "Bearer 0123456789abcdef0123456789abcdef", "Basic fedcba9876543210", HS_TOKEN]
    {
        assert!(
            matches!(receive_with(forged, r#"{"events":[]}"#), Err(Rejected::Unauthorized(_))),
            "{forged}"
        );
    }
    let headers = HeaderMap::new();
    let delivery = Delivery { query: "", headers: &headers, body: br#"{"events":[]}"# };
    assert!(matrix().prepare(delivery).is_none(), "nobody makes us ask");
}

#[test]
fn settings_that_cannot_work_are_refused() {
    let with = |change: fn(&mut Settings)| {
        let mut settings = settings();
        change(&mut settings);
        Matrix::new(settings).err()
    };
    assert_eq!(with(|_| {}), None);
    for user in
        ["hotline", "@hotline", "@:example.org", "@Hotline:example.org", "@hot line:example.org", "@hotline:"]
    {
        let settings = Settings { user: user.into(), ..settings() };
        assert_eq!(Matrix::new(settings).err(), Some(BadSetting::User), "{user}");
    }
    assert_eq!(with(|all| all.hs_token = "short".into()), Some(BadSetting::Token));
    assert_eq!(with(|all| all.as_token = all.hs_token.clone()), Some(BadSetting::Token));
}

#[test]
fn every_refusal_has_its_consequence() {
    let refused = |status: u16, body: Value| -> SendError {
        api::refusal(StatusCode::from_u16(status).unwrap(), None, &body).into()
    };
    let code = |status, code: &str| refused(status, json!({ "errcode": code, "error": "why" }));
    assert!(matches!(code(401, "M_UNKNOWN_TOKEN"), SendError::Revoked(words) if words.contains("as_token")));
    assert!(matches!(code(403, "M_USER_SUSPENDED"), SendError::Revoked(_)));
    assert!(matches!(code(403, "M_FORBIDDEN"), SendError::Gone(_)));
    assert!(matches!(code(404, "M_NOT_FOUND"), SendError::Gone(_)));
    assert!(matches!(code(413, "M_TOO_LARGE"), SendError::Never(_)));
    assert!(matches!(code(400, "M_BAD_JSON"), SendError::Never(_)));
    let later = |error, wanted: Option<u64>| {
        let SendError::Later { pause, .. } = error else { panic!("{error:?}") };
        assert_eq!(pause, wanted.map(Duration::from_millis));
    };
    let limited =
        json!({ "errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests", "retry_after_ms": 2500 });
    later(refused(429, limited.clone()), Some(2500));
    let after = Some(Duration::from_secs(7));
    later(api::refusal(StatusCode::TOO_MANY_REQUESTS, after, &limited).into(), Some(7000));
    later(code(429, "M_LIMIT_EXCEEDED"), Some(5000));
    later(code(500, "M_UNKNOWN"), None);
    later(code(404, "M_UNRECOGNIZED"), None);
    later(refused(404, json!(null)), None);
    later(refused(502, json!("<html>")), None);
}

proptest! {
    #[test]
    fn no_bytes_panic(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = receive::events(&body);
    }

    #[test]
    fn no_content_panics(body in "\\PC{0,40}", reply in any::<bool>(), uri in "(geo:)?[0-9.,;-]{0,20}") {
        let relation = if reply { json!({ "m.in_reply_to": {} }) } else { json!(body.clone()) };
        for kind in ["m.text", "m.location", "m.audio"] {
            said(DIRECT, &json!({ "msgtype": kind, "body": body, "geo_uri": uri, "url": body, "m.relates_to": relation }));
        }
    }
}
