//! The hotline on Telegram, over real HTTP, against a strict Telegram.

use hotline::channels::{Outgoing, SendError};
use hotline::domain::case::{Outcome, Stage, State};
use hotline::domain::message::{
    Attachment, AttachmentKind, Chat, ChatKind, Choice, Outbound, Priority, Purpose,
};
use jiff::SignedDuration;
use reqwest::StatusCode;
use serde_json::json;

use crate::harness::on_staff::Staff;
use crate::harness::on_telegram::{CARE, LAOLIN, Mode, OnTelegram, REPAIR, XIAOCHEN};
use crate::harness::telegram::{BOT, TOKEN};
use crate::harness::{Database, on_each_db};

const LEAK: &str = "我是莲花北社区的,厨房水龙头坏了一直漏水,能不能找个师傅来修";

/// From the first message to the survey's last word.
async fn the_whole_way(database: Database, mode: Mode) {
    let city = OnTelegram::start(database, mode).await;
    let (mei, lin) = (city.person(4201, "美").await, city.person(LAOLIN, "老林").await);
    mei.writes(LEAK);
    city.settle().await;
    let case = city.app.newest().await;
    assert_eq!(city.app.case(case).await.service.as_str(), "care.repair");
    assert!(mei.last().text.contains(&case.to_string()), "the resident is told the number");
    let card = city.telegram.last(REPAIR);
    assert!(card.html && card.text.contains("莲花北"), "{}", card.text);

    lin.taps(REPAIR, "接单");
    city.settle().await;
    assert_eq!(city.app.stage(case).await, Stage::Accepted);
    let edited =
        city.telegram.shown(REPAIR).into_iter().find(|shown| shown.id == card.id).expect("the same message");
    assert!(edited.text.contains("老林") && edited.buttons.is_empty() && edited.edits == 1, "{edited:?}");
    assert!(lin.last().text.contains("漏水"), "the member gets the words");
    assert!(!mei.last().text.contains("老林"), "the resident sees a masked name");

    lin.taps(LAOLIN, "办结");
    city.settle().await;
    mei.taps(4201, "已解决");
    city.settle().await;
    mei.taps(4201, "非常满意");
    city.settle().await;
    assert_eq!(city.app.stage(case).await, Stage::Closed);
    mei.writes("师傅很有耐心");
    city.settle().await;
    let closed = city.app.case(case).await;
    assert_eq!((closed.survey.solved, closed.survey.satisfied), (Some(true), Some(5)));
    assert_eq!(closed.survey.comment.as_deref(), Some("师傅很有耐心"));
    assert!(matches!(closed.state, State::Closed { outcome: Outcome::Solved, .. }));
    assert_eq!(city.telegram.pending(), 0, "Telegram keeps nothing back");
}

on_each_db! {
    async fn a_leak_is_repaired_by_webhook(database: Database) {
        the_whole_way(database, Mode::Webhook).await;
    }
}

on_each_db! {
    async fn a_leak_is_repaired_by_polling(database: Database) {
        the_whole_way(database, Mode::Polling).await;
    }
}

#[test]
fn the_webhook_is_set_with_everything_that_is_said_about_it() {
    crate::harness::run(async {
        let city = OnTelegram::start(Database::sqlite(), Mode::Webhook).await;
        let set = city.telegram.last_call("setWebhook");
        assert_eq!(set["url"], city.hook.as_str());
        let kinds = json!(["message", "edited_message", "callback_query", "my_chat_member", "chat_member"]);
        assert_eq!(set["allowed_updates"], kinds, "named, for what is left out stays as it was");
        assert_eq!(set["max_connections"], 40);
        assert!(set["secret_token"].as_str().is_some_and(|secret| secret.len() == 64));
        assert_eq!(set["drop_pending_updates"], false);
        city.opens().await;
        assert!(
            !city.telegram.called().contains(&"deleteWebhook".into()),
            "nothing is lost while we are down"
        );
    });
}

#[test]
fn a_stranger_is_not_believed() {
    crate::harness::run(async {
        let city = OnTelegram::start(Database::sqlite(), Mode::Webhook).await;
        let client = reqwest::Client::new();
        let update = json!({ "update_id": 1, "message": { "message_id": 1, "date": 1, "text": LEAK,
            "from": { "id": 9, "is_bot": false, "first_name": "x" }, "chat": { "id": 9, "type": "private", "first_name": "x" } } });
        let post = |secret: Option<String>, body: String| {
            let request = client.post(&city.hook).body(body);
            let request = match secret {
                Some(secret) => request.header("X-Telegram-Bot-Api-Secret-Token", secret),
                None => request,
            };
            async move { request.send().await.expect("an answer").status() }
        };
        assert_eq!(post(None, update.to_string()).await, StatusCode::UNAUTHORIZED);
        assert_eq!(post(Some("guess".into()), update.to_string()).await, StatusCode::UNAUTHORIZED);
        let set = city.telegram.last_call("setWebhook");
        let secret = set["secret_token"].as_str().map(str::to_owned);
        let long = "水".repeat(40_000);
        for (what, body) in [
            ("unknown", json!({ "update_id": 2, "poll": {} }).to_string()),
            ("no JSON", "{".into()),
            ("long", json!({ "update_id": 3, "message": long }).to_string()),
        ] {
            assert_eq!(
                post(secret.clone(), body).await,
                StatusCode::OK,
                "{what}: Telegram is not to repeat it"
            );
        }
        city.app.drain().await;
        assert_eq!(city.app.newest().await.0, 0, "nothing of it became a message");
    });
}

on_each_db! {
    /// The same update twice, also at the same time, also by both ways, is one message.
    async fn duplicates_change_nothing(database: Database) {
        let city = OnTelegram::start(database, Mode::Webhook).await;
        let secret = city.telegram.last_call("setWebhook")["secret_token"].as_str().expect("a secret").to_owned();
        let body = json!({ "update_id": 77, "message": { "message_id": 1, "date": 1, "text": LEAK,
            "from": { "id": 4201, "is_bot": false, "first_name": "美" }, "chat": { "id": 4201, "type": "private", "first_name": "美" } } }).to_string();
        city.telegram.person(4201, "美");
        let client = reqwest::Client::new();
        let twice = (0..20).map(|_| client.post(&city.hook).header("X-Telegram-Bot-Api-Secret-Token", &secret).body(body.clone()).send());
        for answer in futures::future::join_all(twice).await {
            assert_eq!(answer.expect("an answer").status(), StatusCode::OK);
        }
        city.settle().await;
        assert_eq!(city.app.newest().await.0, 1);
        assert_eq!(city.telegram.shown(REPAIR).len(), 1);
    }
}

on_each_db! {
    /// What the hotline cannot take just now comes again, and in its order: Telegram's law.
    async fn telegram_repeats_what_was_not_taken(database: Database) {
        let city = OnTelegram::start(database, Mode::Webhook).await;
        let mei = city.person(4201, "美").await;
        city.telegram.hook_is("http://127.0.0.1:1/gone", None);
        mei.writes("你好");
        mei.writes(LEAK);
        let start = city.telegram.tries().len();
        for _ in 0..40 {
            city.telegram.delivers().await;
            city.app.clock.advance(SignedDuration::from_secs(1));
        }
        let tries = city.telegram.tries().split_off(start);
        let (first, began) = tries[0];
        assert!(tries.iter().all(|(update, _)| *update == first), "the second waits for the first");
        let seconds: Vec<i64> = tries.iter().map(|(_, at)| at.duration_since(began).as_secs()).collect();
        assert_eq!(seconds, [0, 0, 2, 6, 14, 30]);
        city.opens().await;
        city.advance(SignedDuration::from_mins(2)).await;
        assert_eq!((city.telegram.pending(), city.app.newest().await.0), (0, 1));
    }
}

on_each_db! {
    /// The mark moves only after the commit: an update that could not be stored is asked for again.
    async fn polling_forgets_nothing(database: Database) {
        let city = OnTelegram::start(database, Mode::Polling).await;
        let mei = city.person(4201, "美").await;
        mei.writes(LEAK);
        let channel = city.app.hotline.channels.get("telegram").expect("configured").clone();
        // Asked, and then the process died before the commit.
        let lost = channel.poll(None).expect("it polls").await.expect("an answer");
        assert!(lost.messages.iter().any(|message| message.body.text.as_deref() == Some(LEAK)));
        city.settle().await;
        assert_eq!(city.app.newest().await.0, 1);
        city.settle().await;
        assert_eq!(city.telegram.shown(REPAIR).len(), 1, "and taken once");
        assert_eq!(city.telegram.last_call("getUpdates")["timeout"], 50);
    }
}

#[test]
fn who_else_uses_the_bot_is_told() {
    crate::harness::run(async {
        let city = OnTelegram::start(Database::sqlite(), Mode::Polling).await;
        let channel = city.app.hotline.channels.get("telegram").expect("configured").clone();
        city.telegram.hook_is("https://elsewhere.example/bot", None);
        let told = channel.poll(None).expect("it polls").await.expect_err("a conflict").to_string();
        assert!(told.contains("webhook for this bot"), "{told}");
        let conflict = r#"{"ok":false,"error_code":409,"description":"Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"}"#;
        city.telegram.answers_next("getUpdates", 409, conflict);
        let told = channel.poll(None).expect("it polls").await.expect_err("a conflict").to_string();
        assert!(told.contains("another process"), "{told}");
    });
}

on_each_db! {
    /// A person's program says what it likes; only our own buttons, in their own chat, do something.
    async fn forged_taps_do_nothing_and_are_answered(database: Database) {
        for (mode, database) in [(Mode::Webhook, database), (Mode::Polling, Database::sqlite())] {
            let city = OnTelegram::start(database, mode).await;
            let (mei, chen) = (city.person(4201, "美").await, city.person(XIAOCHEN, "小陈").await);
            mei.writes(LEAK);
            city.settle().await;
            let case = city.app.newest().await;
            let card = city.telegram.last(REPAIR);
            chen.taps_data(REPAIR, card.id, &format!("accept:{case}"));
            chen.taps_data(REPAIR, card.id, "");
            chen.taps_data(CARE, card.id, &card.buttons[0][0].1);
            city.settle().await;
            assert_eq!(city.app.stage(case).await, Stage::Offered);
            assert!(city.telegram.answers().iter().all(Option::is_some), "no clock turns on: {:?}", city.telegram.answers());
            chen.taps(REPAIR, "接单");
            city.settle().await;
            assert_eq!(city.app.stage(case).await, Stage::Accepted);
        }
    }
}

on_each_db! {
    /// An administrator makes a code; whoever follows its link is in the team, and a group that the bot is added to by its
    /// link is the team's.
    async fn links_bring_members_and_groups(database: Database) {
        let city = OnTelegram::start(database, Mode::Webhook).await;
        let staff = Staff::log_in(&city.app, city.site()).await;
        let link = staff.makes_code("join").await;
        let code = link.strip_prefix(&format!("https://t.me/{BOT}?start=")).expect("a link");
        let qiang = city.telegram.person(600, "阿强");
        qiang.starts(Some(code));
        city.settle().await;
        assert!(qiang.last().text.contains("百事帮"), "{}", qiang.last().text);

        let link = staff.makes_code("bind").await;
        let code = link.strip_prefix(&format!("https://t.me/{BOT}?startgroup=")).expect("a link");
        const NEW: i64 = -1_001_700_000_077;
        city.telegram.group(NEW, "百事帮二群");
        city.telegram.person(777, "群主").writes_in(NEW, &format!("/start@{BOT} {code}"));
        city.settle().await;
        assert!(city.telegram.last(NEW).text.contains("百事帮"), "{}", city.telegram.last(NEW).text);

        city.person(4201, "美").await.writes(LEAK);
        city.settle().await;
        let case = city.app.newest().await;
        qiang.taps(NEW, "接单");
        city.settle().await;
        assert_eq!(city.app.stage(case).await, Stage::Accepted);
        assert!(qiang.last().text.contains("漏水"), "the new member gets the words");
    }
}

/// `hotline check --online`, as an operator runs it.
#[test]
fn check_asks_the_messengers() {
    crate::harness::run(async {
        let city = OnTelegram::start(Database::sqlite(), Mode::Webhook).await;
        let folder = tempfile::TempDir::new().expect("a folder");
        let file = folder.path().join("hotline.toml");
        let site = city.hook.trim_end_matches("/hooks/telegram");
        let text = format!(
            "[server]\npublic_url = \"{site}\"\n[store]\nurl = \"sqlite:{}\"\n[understanding]\nintents = \"{}/intents\"\n[channels.telegram]\ntoken = \"{TOKEN}\"\napi_url = \"{}\"\n",
            folder.path().join("none.db").display(),
            env!("CARGO_MANIFEST_DIR"),
            city.telegram.url
        );
        std::fs::write(&file, text).expect("written");
        let check = || async {
            let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_hotline"));
            command.args(["check", "--online", "--config"]).arg(&file);
            let output =
                tokio::task::spawn_blocking(move || command.output()).await.expect("ended").expect("it runs");
            (
                output.status.success(),
                format!(
                    "{}{}",
                    String::from_utf8_lossy(&output.stdout),
                    String::from_utf8_lossy(&output.stderr)
                ),
            )
        };
        let (right, said) = check().await;
        assert!(right && said.contains(&format!("telegram: @{BOT}")), "{said}");
        city.telegram.revokes();
        let (right, said) = check().await;
        assert!(!right && said.contains("✗ telegram") && said.contains("BotFather"), "{said}");
        assert!(!said.contains("AAHdq"), "the token is told to nobody");
    });
}

/// Sends one message, past the engine.
async fn send(
    city: &OnTelegram,
    message: &Outbound,
    replaces: Option<&str>,
) -> Result<Option<String>, SendError> {
    let channel = city.app.hotline.channels.get("telegram").expect("configured");
    channel.send(Outgoing { message, replaces, window_open: true }, city.app.clock.now()).await
}

fn words(chat: i64, text: &str) -> Outbound {
    Outbound {
        id: text.chars().take(20).collect::<String>().as_str().into(),
        chat: Chat::new("telegram", chat.to_string()),
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
fn long_words_go_out_in_parts_and_no_part_twice() {
    crate::harness::run(async {
        let city = OnTelegram::start(Database::sqlite(), Mode::Webhook).await;
        let mei = city.person(4201, "美").await;
        let long = Outbound {
            choices: vec![Choice { label: "找人工".into(), data: "human".into() }],
            ..words(4201, &"水管又漏了 😀。".repeat(1000))
        };
        let slow = r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 7","parameters":{"retry_after":7}}"#;
        let shown = mei.told().len();
        city.telegram.answers_next("sendMessage", 429, slow);
        let failed = send(&city, &long, None).await;
        assert!(
            matches!(failed, Err(SendError::Later { pause: Some(pause), .. }) if pause.as_secs() == 7),
            "{failed:?}"
        );
        let last = send(&city, &long, None).await.expect("sent").expect("an id");
        let parts = mei.told().split_off(shown);
        assert_eq!(parts.len(), 3);
        assert_eq!(last, parts[2].id.to_string(), "the last part's");
        assert!(parts[..2].iter().all(|part| part.buttons.is_empty()) && !parts[2].buttons.is_empty());
        assert_eq!(parts.iter().map(|part| part.text.as_str()).collect::<String>(), long.text);

        // The second part is refused once: the first is not sent again.
        let other = Outbound { id: "other".into(), text: "电。".repeat(5000), ..long.clone() };
        let shown = mei.told().len();
        city.telegram.answers_after("sendMessage", 1, 429, slow);
        assert!(send(&city, &other, None).await.is_err());
        send(&city, &other, None).await.expect("the rest");
        assert_eq!(
            mei.told().split_off(shown).iter().map(|part| part.text.as_str()).collect::<String>(),
            other.text
        );
    });
}

#[test]
fn edits_end_well_whatever_telegram_says() {
    crate::harness::run(async {
        let city = OnTelegram::start(Database::sqlite(), Mode::Webhook).await;
        let card = Outbound { purpose: Purpose::Offer, ..words(REPAIR, "诉求 10019\n<漏水> & 停电") };
        let id = send(&city, &card, None).await.expect("sent").expect("an id");
        assert_eq!(city.telegram.last(REPAIR).text, card.text, "people see what was written");
        let same = send(&city, &card, Some(&id)).await;
        assert_eq!(same, Ok(Some(id.clone())), "not modified is as good as modified");
        let taken = Outbound { text: "诉求 10019 已由老林接单".into(), ..card.clone() };
        assert_eq!(send(&city, &taken, Some(&id)).await, Ok(Some(id.clone())));
        assert_eq!((city.telegram.shown(REPAIR).len(), city.telegram.last(REPAIR).edits), (1, 1));
        let anew = send(&city, &card, Some("99999")).await.expect("sent").expect("an id");
        assert_ne!(anew, id, "what cannot be found is sent as a new one");
        assert_eq!(city.telegram.shown(REPAIR).len(), 2);
        let marks = r#"{"ok":false,"error_code":400,"description":"Bad Request: can't parse entities: Unsupported start tag"}"#;
        city.telegram.answers_next("sendMessage", 400, marks);
        send(&city, &card, None).await.expect("sent as plain text");
        assert!(!city.telegram.last(REPAIR).html);
    });
}

#[test]
fn every_refusal_is_understood() {
    crate::harness::run(async {
        let city = OnTelegram::start(Database::sqlite(), Mode::Webhook).await;
        let hello = words(4201, "你好");
        assert!(matches!(send(&city, &hello, None).await, Err(SendError::Gone(_))), "unknown to Telegram");
        let mei = city.telegram.person(4201, "美");
        assert!(matches!(send(&city, &hello, None).await, Err(SendError::Gone(_))), "never pressed Start");
        mei.starts(None);
        assert!(send(&city, &hello, None).await.is_ok());
        mei.blocks();
        assert!(matches!(send(&city, &hello, None).await, Err(SendError::Gone(_))), "blocked");
        mei.unblocks();
        city.telegram.kicks(REPAIR);
        assert!(matches!(send(&city, &words(REPAIR, "x"), None).await, Err(SendError::Gone(_))), "removed");
        city.telegram.group(-40022, "百事帮");
        city.telegram.upgrades(-40022, -1_001_700_000_009);
        let moved = send(&city, &words(-40022, "x"), None).await;
        assert_eq!(moved, Err(SendError::Moved { to: "-1001700000009".into() }));
        city.telegram.answers_next("sendMessage", 502, "<html>Bad Gateway</html>");
        assert!(matches!(send(&city, &hello, None).await, Err(SendError::Later { pause: None, .. })));
        city.telegram.answers_next("sendMessage", 200, "");
        assert!(matches!(send(&city, &hello, None).await, Err(SendError::Later { pause: None, .. })));
        let late = Outbound { purpose: Purpose::Toast, tap: Some("tap1".into()), ..hello.clone() };
        assert_eq!(send(&city, &late, None).await, Ok(None), "who tapped does not wait any more");
        city.telegram.revokes();
        let revoked = send(&city, &hello, None).await.expect_err("revoked");
        assert!(matches!(revoked, SendError::Revoked(_)) && !format!("{revoked:?}").contains("AAHdq"));
        // What was posted is not delivered in this story.
        assert!(city.telegram.pending() > 0);
    });
}

#[test]
fn recordings_are_fetched() {
    crate::harness::run(async {
        let city = OnTelegram::start(Database::sqlite(), Mode::Webhook).await;
        let mei = city.person(4201, "美").await;
        mei.speaks(4, b"OggS-and-so-on");
        let channel = city.app.hotline.channels.get("telegram").expect("configured");
        let voice = |id: &str| Attachment { kind: AttachmentKind::Voice, id: id.into(), seconds: Some(4) };
        let fetched = channel.fetch(&voice("voice0")).await.expect("fetched");
        assert_eq!(
            (fetched.bytes.as_slice(), fetched.content_type.as_str()),
            (&b"OggS-and-so-on"[..], "audio/ogg")
        );
        assert!(matches!(channel.fetch(&voice("none")).await, Err(SendError::Never(_))));
        let huge = r#"{"ok":true,"result":{"file_id":"x","file_unique_id":"x","file_size":20971521,"file_path":"x"}}"#;
        city.telegram.answers_next("getFile", 200, huge);
        assert!(matches!(channel.fetch(&voice("x")).await, Err(SendError::Never(_))), "too large");
        let local =
            r#"{"ok":true,"result":{"file_id":"x","file_unique_id":"x","file_path":"/var/lib/bot/x.oga"}}"#;
        city.telegram.answers_next("getFile", 200, local);
        assert!(
            matches!(channel.fetch(&voice("x")).await, Err(SendError::Never(_))),
            "another machine's file"
        );
    });
}

#[test]
fn the_operator_is_told_what_is_wrong() {
    crate::harness::run(async {
        let city = OnTelegram::start(Database::sqlite(), Mode::Webhook).await;
        let channel = city.app.hotline.channels.get("telegram").expect("configured").clone();
        let right = channel.who_am_i().await.expect("all is well");
        assert!(right.contains(&format!("@{BOT}")) && right.contains("group privacy is on"), "{right}");
        city.telegram.lets_read_all();
        assert!(channel.who_am_i().await.expect("all is well").contains("privacy is off"));
        city.telegram.hook_is(&city.hook, Some("Wrong response from the webhook: 401 Unauthorized"));
        assert!(channel.who_am_i().await.is_ok(), "an old complaint, with nothing waiting");
        city.telegram.person(4201, "美").starts(None);
        let wrong = channel.who_am_i().await.expect_err("a complaint");
        assert!(wrong.contains("401") && wrong.contains("secret"), "{wrong}");
        city.telegram.hook_is("https://elsewhere.example/bot", None);
        let wrong = channel.who_am_i().await.expect_err("another webhook");
        assert!(wrong.contains("elsewhere") && wrong.contains("public_url"), "{wrong}");
        city.telegram.answers_next(
            "getMe",
            404,
            r#"{"ok":false,"error_code":404,"description":"Not Found"}"#,
        );
        assert!(channel.who_am_i().await.expect_err("no such bot").contains("BotFather"));
        city.telegram.revokes();
        let wrong = channel.who_am_i().await.expect_err("revoked");
        assert!(wrong.contains("BotFather") && !wrong.contains("AAHdq"), "{wrong}");
    });
}
