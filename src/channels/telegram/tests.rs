//! Recorded payloads, with invented people, and what becomes of them.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::domain::code::Code;
use crate::domain::message::{AttachmentKind, Body, Chat, ChatEvent, ChatKind, Location};

const TOKEN: &str = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";

fn bot() -> Telegram {
    let settings = Settings {
        token: TOKEN.into(),
        secret: Some("shared-with-Telegram_1".into()),
        hook: Some("https://hotline.example/hooks/telegram".parse().unwrap()),
        api_url: API_URL.parse().unwrap(),
        proxy: None,
    };
    let bot = Telegram::new(settings).unwrap();
    bot.me
        .set(serde_json::from_value(json!({ "id": 110201543, "username": "Hotline_bot" })).unwrap())
        .unwrap();
    bot
}

fn headers(secret: &str) -> HeaderMap {
    let name: axum::http::HeaderName = "x-telegram-bot-api-secret-token".parse().unwrap();
    [(name, secret.parse().unwrap())].into_iter().collect()
}

fn receive(body: &[u8]) -> Vec<Inbound> {
    let headers = headers("shared-with-Telegram_1");
    bot().receive(Delivery { query: "", headers: &headers, body }, Timestamp::UNIX_EPOCH).unwrap()
}

fn mei() -> Value {
    json!({ "id": 4201, "is_bot": false, "first_name": "美", "last_name": "陈", "username": "mei_chen", "language_code": "zh-hans" })
}

fn privately() -> Value {
    json!({ "id": 4201, "first_name": "美", "last_name": "陈", "username": "mei_chen", "type": "private" })
}

fn group() -> Value {
    json!({ "id": -1001700000001_i64, "title": "莲花北百事帮", "type": "supergroup" })
}

/// A private message with these fields.
fn private(fields: Value) -> Value {
    message("message", privately(), fields)
}

fn message(kind: &str, chat: Value, fields: Value) -> Value {
    let mut message = json!({ "message_id": 7, "from": mei(), "chat": chat, "date": 1772416800 });
    message.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    json!({ "update_id": 873450001, kind: message })
}

fn one(update: &Value) -> Option<Inbound> {
    let mut messages = receive(update.to_string().as_bytes());
    assert!(messages.len() <= 1);
    messages.pop()
}

fn body(update: &Value) -> Body {
    one(update).unwrap_or_else(|| panic!("{update} is for us")).body
}

#[test]
fn only_telegram_is_believed() {
    let bot = bot();
    let update = private(json!({ "text": "你好" })).to_string();
    for secret in ["", "shared-with-Telegram_2", "shared-with-Telegram_", "shared-with-Telegram_11"] {
        let headers = headers(secret);
        let delivery = Delivery { query: "", headers: &headers, body: update.as_bytes() };
        assert!(
            matches!(bot.receive(delivery, Timestamp::UNIX_EPOCH), Err(Rejected::Unauthorized(_))),
            "{secret}"
        );
    }
    let delivery = Delivery { query: "", headers: &HeaderMap::new(), body: update.as_bytes() };
    assert!(matches!(bot.receive(delivery, Timestamp::UNIX_EPOCH), Err(Rejected::Unauthorized(_))));
}

#[test]
fn a_private_message() {
    let message = one(&private(json!({ "text": "家里水龙头漏水" }))).unwrap();
    assert_eq!(message.key, "110201543:873450001");
    assert_eq!((message.chat, message.kind), (Chat::new("telegram", "4201"), ChatKind::Private));
    assert_eq!(message.sender, "4201");
    assert_eq!(
        message.body,
        Body { text: Some("家里水龙头漏水".into()), name: Some("美 陈".into()), ..Body::default() }
    );
}

#[test]
fn a_group_message_has_the_groups_title() {
    let message = one(&message("message", group(), json!({ "text": "接单 10019" }))).unwrap();
    assert_eq!((message.chat.id.as_str(), message.kind), ("-1001700000001", ChatKind::Group));
    assert_eq!(message.sender, "4201", "who wrote it, and not the group");
    assert_eq!(message.body.title.as_deref(), Some("莲花北百事帮"));
}

#[test]
fn what_people_send_besides_words() {
    let attached = |fields: Value| {
        let body = body(&private(fields));
        let attachment = body.attachment.unwrap();
        (attachment.kind, attachment.id, attachment.seconds, body.text)
    };
    let voice = json!({ "voice": { "duration": 9, "mime_type": "audio/ogg", "file_id": "AwACAg", "file_unique_id": "AgADbw", "file_size": 40213 } });
    assert_eq!(attached(voice), (AttachmentKind::Voice, "AwACAg".into(), Some(9), None));
    let size = |id: &str, side: u32| json!({ "file_id": id, "file_unique_id": id, "width": side, "height": side, "file_size": side });
    let photo = json!({ "photo": [size("small", 90), size("large", 1280), size("middle", 320)], "caption": "就是这里漏" });
    assert_eq!(attached(photo), (AttachmentKind::Photo, "large".into(), None, Some("就是这里漏".into())));
    let video = json!({ "video": { "duration": 4, "width": 640, "height": 360, "file_id": "BAAC", "file_unique_id": "v" } });
    assert_eq!(attached(video), (AttachmentKind::Video, "BAAC".into(), Some(4), None));
    let round =
        json!({ "video_note": { "duration": 5, "length": 240, "file_id": "DQAC", "file_unique_id": "n" } });
    assert_eq!(attached(round), (AttachmentKind::Video, "DQAC".into(), Some(5), None));
    let file = json!({ "document": { "file_name": "申请表.pdf", "mime_type": "application/pdf", "file_id": "BQAC", "file_unique_id": "d", "file_size": 1 } });
    assert_eq!(attached(file), (AttachmentKind::File, "BQAC".into(), None, None));

    let sticker = json!({ "sticker": { "file_id": "s", "file_unique_id": "s", "type": "regular", "width": 512, "height": 512, "is_animated": false, "is_video": false, "emoji": "👍" } });
    assert_eq!(body(&private(sticker)).text.as_deref(), Some("👍"));
    let mine =
        json!({ "contact": { "phone_number": "+8613800005555", "first_name": "美", "user_id": 4201 } });
    assert_eq!(body(&private(mine)).text.as_deref(), Some("+8613800005555"));
    let hers = json!({ "contact": { "phone_number": "+8613800006666", "first_name": "奶奶" } });
    assert_eq!(body(&private(hers)).text.as_deref(), Some("奶奶 +8613800006666"));
}

#[test]
fn places_are_taken_once_and_do_not_follow_people_about() {
    let at =
        json!({ "location": { "latitude": 24.4897, "longitude": 118.129, "horizontal_accuracy": 12.0 } });
    let here = Some(Location { latitude: 24.4897, longitude: 118.129 });
    assert_eq!(body(&private(at)).location, here);
    let live = json!({ "location": { "latitude": 24.4897, "longitude": 118.129, "live_period": 900, "heading": 90 } });
    assert_eq!(body(&private(live.clone())).location, here);
    assert_eq!(one(&message("edited_message", privately(), live)), None, "a live place moves by edits");
    let venue = json!({ "location": { "latitude": 24.4897, "longitude": 118.129 }, "venue": { "location": { "latitude": 24.4897, "longitude": 118.129 }, "title": "卫生站", "address": "莲花北路1号" } });
    assert_eq!(body(&private(venue)).location, here);
}

#[test]
fn edited_words_say_that_they_are() {
    let edited = json!({ "text": "水管漏水,不是水龙头", "edit_date": 1772416860 });
    let body = body(&message("edited_message", privately(), edited));
    assert!(body.edited && body.text.is_some());
}

#[test]
fn commands_for_other_bots_are_not_ours() {
    let text = |text: &str| one(&message("message", group(), json!({ "text": text })));
    assert_eq!(text("/open@weather_bot"), None);
    assert!(text("/open@hotline_BOT").is_some(), "names are the same in large and small letters");
    assert!(text("/open").is_some());
    assert!(text("@hotline_bot 接单 10019").is_some());
    assert!(text("写信给 a@b.example").is_some());
}

#[test]
fn a_deep_link_brings_its_code() {
    let start = json!({ "text": "/start 7KQ2-M9XD", "entities": [{ "offset": 0, "length": 6, "type": "bot_command" }] });
    assert_eq!(body(&private(start)).text.as_deref(), Some("/start 7KQ2-M9XD"));
}

fn tap(data: &str, chat: Value) -> Value {
    let card = json!({ "message_id": 12, "date": 1772416800, "chat": chat, "from": { "id": 110201543, "is_bot": true, "first_name": "热线" }, "text": "诉求 10019" });
    json!({ "update_id": 873450002, "callback_query": { "id": "4382bfdwdsb323b2d9", "from": mei(), "chat_instance": "-77", "message": card, "data": data } })
}

#[test]
fn a_tap_on_our_button() {
    let data = bot().tagger.tag("-1001700000001", "accept:10019").unwrap();
    let message = one(&tap(&data, group())).unwrap();
    assert_eq!((message.kind, message.sender.as_str()), (ChatKind::Group, "4201"));
    assert_eq!(message.body.choice.as_deref(), Some("accept:10019"));
    assert_eq!(message.body.tap.as_deref(), Some("4382bfdwdsb323b2d9"));
    let mut old = tap(&data, group());
    old["callback_query"]["message"] = json!({ "message_id": 12, "date": 0, "chat": group() });
    assert!(one(&old).is_some(), "the card is too old for Telegram to show");
    old["callback_query"].as_object_mut().unwrap().remove("chat_instance");
    assert!(one(&old).is_some());
}

#[test]
fn a_tap_that_is_not_ours_is_answered_and_does_nothing() {
    let ours = bot().tagger.tag("-1001700000001", "accept:10019").unwrap();
    for update in [
        tap("accept:10019", group()),
        tap("AAAAAAAAaccept:10019", group()),
        tap(&ours, privately()),
        tap("", group()),
    ] {
        let body = update.to_string();
        assert_eq!(receive(body.as_bytes()), []);
        let headers = headers("shared-with-Telegram_1");
        let bot = bot();
        let delivery = Delivery { query: "", headers: &headers, body: body.as_bytes() };
        let answer = bot.acknowledge(delivery, &[]).now_or_never().unwrap();
        let answer: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(
            answer,
            json!({ "method": "answerCallbackQuery", "callback_query_id": "4382bfdwdsb323b2d9" })
        );
    }
}

fn membership(chat: Value, old: &str, new: &str) -> Value {
    let bot = json!({ "id": 110201543, "is_bot": true, "first_name": "热线", "username": "Hotline_bot" });
    let status = |status: &str| match status {
        "kicked" => json!({ "user": bot, "status": status, "until_date": 0 }),
        "silenced" | "restricted" => {
            json!({ "user": bot, "status": "restricted", "is_member": true, "until_date": 0, "can_send_messages": status != "silenced",
            "can_send_audios": true, "can_send_documents": true, "can_send_photos": true, "can_send_videos": true, "can_send_video_notes": true,
            "can_send_voice_notes": true, "can_send_polls": true, "can_send_other_messages": true, "can_add_web_page_previews": true,
            "can_change_info": false, "can_invite_users": false, "can_pin_messages": false, "can_manage_topics": false })
        }
        "administrator" => {
            json!({ "user": bot, "status": status, "can_be_edited": false, "is_anonymous": false, "can_manage_chat": true,
            "can_delete_messages": true, "can_manage_video_chats": true, "can_restrict_members": true, "can_promote_members": false,
            "can_change_info": true, "can_invite_users": true, "can_pin_messages": true })
        }
        _ => json!({ "user": bot, "status": status }),
    };
    json!({ "update_id": 873450003, "my_chat_member": { "chat": chat, "from": mei(), "date": 1772416800,
        "old_chat_member": status(old), "new_chat_member": status(new) } })
}

#[test]
fn what_happens_to_a_chat() {
    let event = |update: Value| one(&update).and_then(|message| message.body.event);
    let (opened, closed) = (Some(ChatEvent::Opened), Some(ChatEvent::Closed));
    assert_eq!(event(membership(privately(), "member", "kicked")), closed, "blocked");
    assert_eq!(event(membership(privately(), "kicked", "member")), opened);
    assert_eq!(event(membership(group(), "left", "member")), opened, "added");
    assert_eq!(event(membership(group(), "member", "left")), closed);
    assert_eq!(event(membership(group(), "administrator", "kicked")), closed);
    assert_eq!(event(membership(group(), "member", "silenced")), closed);
    assert_eq!(event(membership(group(), "silenced", "restricted")), opened);
    assert_eq!(
        event(membership(group(), "member", "administrator")),
        None,
        "it could write before, and can now"
    );
    let moved = message(
        "message",
        json!({ "id": -40022, "title": "百事帮", "type": "group" }),
        json!({ "migrate_to_chat_id": -1001700000009_i64 }),
    );
    assert_eq!(event(moved), Some(ChatEvent::Moved { to: "-1001700000009".into() }));
}

/// All of these are answered 200, so that Telegram does not repeat them.
#[test]
fn what_is_nothing_to_us() {
    let bot = json!({ "id": 5, "is_bot": true, "first_name": "Weather" });
    let channel = json!({ "id": -1001700000002_i64, "title": "通知", "type": "channel" });
    let post =
        json!({ "message_id": 1, "date": 1, "chat": channel, "sender_chat": channel, "text": "停水通知" });
    for (what, update) in [
        ("a channel's post", json!({ "update_id": 1, "channel_post": post })),
        ("a kind from the future", json!({ "update_id": 1, "thought_read": { "text": "?" } })),
        ("another bot's words", message("message", group(), json!({ "text": "接单 10019", "from": bot }))),
        (
            "an anonymous administrator's",
            message("message", group(), json!({ "text": "接单 10019", "sender_chat": group() })),
        ),
        ("a picture in a group", message("message", group(), json!({ "photo": [] }))),
        ("somebody came", message("message", group(), json!({ "new_chat_members": [mei()] }))),
        (
            "a pinned card",
            message(
                "message",
                group(),
                json!({ "pinned_message": { "message_id": 1, "date": 1, "chat": group(), "text": "x" } }),
            ),
        ),
        ("a member changed", {
            let mut one = membership(group(), "left", "member");
            let it = one["my_chat_member"].take();
            json!({ "update_id": 1, "chat_member": it })
        }),
        ("no update", json!({ "hello": 1 })),
        ("no object", json!([1, 2])),
    ] {
        assert_eq!(one(&update), None, "{what}");
    }
    for bytes in
        [&b""[..], b"{", b"\xff\xfe", b"null", b"{\"update_id\":1,\"message\":{\"text\":\"half a mess"]
    {
        assert_eq!(receive(bytes), []);
    }
}

/// Telegram grows; what people write is read all the same.
#[test]
fn news_in_a_message_do_not_hide_its_words() {
    let mut update = private(
        json!({ "text": "漏水了", "forward_origin": { "type": "telepathy", "from": 1 }, "gift": { "new": true } }),
    );
    update["message"]["from"]["is_premium"] = json!("gold");
    update["message"]["chat"]["first_name"] = json!("美");
    assert_eq!(body(&update).text.as_deref(), Some("漏水了"));
    assert_eq!(
        body(&private(json!({ "hologram": {} }))).text,
        None,
        "and who sends something unknown is answered"
    );
    let data = bot().tagger.tag("4201", "human").unwrap();
    let mut update = tap(&data, privately());
    update["callback_query"]["message"]["from"] = json!({ "new": "form" });
    assert_eq!(body(&update).choice.as_deref(), Some("human"));
}

#[test]
fn settings_are_checked_and_the_secret_can_be_made() {
    let settings = |token: &str, secret: Option<&str>| Settings {
        token: token.into(),
        secret: secret.map(Into::into),
        hook: None,
        api_url: API_URL.parse().unwrap(),
        proxy: None,
    };
    for token in [
        "",
        "1234",
        "bot110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
        "110201543:short",
        "x:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
    ] {
        assert_eq!(Telegram::new(settings(token, None)).err(), Some(BadSetting::Token), "{token}");
    }
    for secret in ["", "with space", &"x".repeat(257), "密"] {
        assert_eq!(Telegram::new(settings(TOKEN, Some(secret))).err(), Some(BadSetting::Secret), "{secret}");
    }
    let made = |token: &str| Telegram::new(settings(token, None)).unwrap().secret();
    assert_eq!(made(TOKEN), made(TOKEN), "every process makes the same");
    assert_ne!(made(TOKEN), made("110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsax"));
    assert!(is_secret(&made(TOKEN)) && !made(TOKEN).contains("AAHdq"));
}

#[test]
fn a_link_carries_the_code() {
    let code = Code::parse("7KQ2-M9XD").unwrap();
    assert_eq!(
        bot().link(Invitation::Person(&code)).as_deref(),
        Some("https://t.me/Hotline_bot?start=7KQ2-M9XD")
    );
    assert_eq!(
        bot().link(Invitation::Group(&code)).as_deref(),
        Some("https://t.me/Hotline_bot?startgroup=7KQ2-M9XD")
    );
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
    ];
    let key = prop_oneof![
        Just("message"),
        Just("edited_message"),
        Just("callback_query"),
        Just("my_chat_member"),
        Just("update_id"),
        Just("from"),
        Just("chat"),
        Just("id"),
        Just("type"),
        Just("text"),
        Just("data"),
        Just("date"),
        Just("message_id"),
        Just("photo"),
        Just("voice"),
        Just("location"),
        Just("contact"),
        Just("new_chat_member"),
        Just("status"),
    ];
    leaf.prop_recursive(5, 64, 8, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((key.clone(), inner), 0..8)
                .prop_map(|fields| fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()),
        ]
    })
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert_eq!(receive(&bytes), []);
    }

    #[test]
    fn no_json_panics(update in any_json()) {
        receive(update.to_string().as_bytes());
    }

    /// Any field of a real update may be anything, or cut off.
    #[test]
    fn no_changed_update_panics(field in 0..6_usize, value in any_json(), cut in 0..400_usize) {
        let fields = ["from", "chat", "date", "text", "photo", "message_id"];
        let mut update = private(json!({ "text": "漏水" }));
        update["message"][fields[field]] = value;
        let bytes = update.to_string().into_bytes();
        receive(&bytes);
        receive(&bytes[..bytes.len().min(cut)]);
    }
}
