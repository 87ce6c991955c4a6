//! Receiving, as messengers deliver it: taps that wait for an answer, recordings without words, edited messages, chats
//! that open and move, numbers in place of buttons, shared places, and one person in several chats.

use hotline::channels::webhook::Webhook;
use hotline::channels::{Abilities, webchat};
use hotline::clock::Clock;
use hotline::domain::case::{Stage, State, Why};
use hotline::domain::id::CaseNumber;
use hotline::domain::message::{
    Attachment, AttachmentKind, Body, Chat, ChatEvent, ChatKind, Inbound, Location,
};
use hotline::domain::pace::Pace;
use hotline::engine::{staff, supervise};
use hotline::store::{StaffRole, TimelineRow};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::harness::messenger::{ABILITIES, Delivered, Messenger, NAME};
use crate::harness::on_staff::open_doors;
use crate::harness::platform::{Platform, RECORDING, SECRET, signature};
use crate::harness::{self, Database, TestApp, at, code_in, hours, minutes, on_each_db};

const LEAK: &str = "我是莲花北社区的,厨房水龙头坏了一直漏水,能不能找个师傅来修";
const DANGER: &str = "我妈在莲花北家里突然倒在地上叫不醒了";
/// The messenger that is the telephone.
const SMS: &str = "sms";
const NUMBER: &str = "13800001111";

/// The tests' city on a messenger, with a telephone beside it.
struct Town {
    app: TestApp,
    messenger: Messenger,
    telephone: Messenger,
}

fn words(text: &str) -> Body {
    Body { text: Some(text.into()), ..Body::default() }
}

fn voice() -> Body {
    let attachment = Attachment { kind: AttachmentKind::Voice, id: "rec-1".into(), seconds: Some(12) };
    Body { attachment: Some(attachment), ..Body::default() }
}

fn photo(caption: Option<&str>) -> Body {
    let attachment = Attachment { kind: AttachmentKind::Photo, id: "pic-1".into(), seconds: None };
    Body { attachment: Some(attachment), text: caption.map(Into::into), ..Body::default() }
}

fn event(event: ChatEvent) -> Body {
    Body { event: Some(event), ..Body::default() }
}

fn place(latitude: f64, longitude: f64) -> Body {
    Body { location: Some(Location { latitude, longitude }), ..Body::default() }
}

impl Town {
    async fn new(database: Database) -> Self {
        Self::with(database, true).await
    }

    async fn with(database: Database, buttons: bool) -> Self {
        let clock = Clock::at(at(harness::START));
        let messenger = Messenger::start(clock.clone()).await;
        let telephone = Messenger::start(clock.clone()).await;
        let mut channels = messenger.channels(Abilities { buttons, pace: Pace::UNLIMITED, ..ABILITIES });
        telephone.add_as_telephone(&mut channels, SMS);
        let city = harness::CITY.replace("channel = \"webchat\"", "channel = \"messenger\"");
        let app = TestApp::in_city(database, clock, channels, &city).await;
        Self { app, messenger, telephone }
    }

    async fn receive(&self, channel: &str, chat: &str, kind: ChatKind, who: &str, body: Body) {
        let key = self.app.next_key();
        let message = Inbound { key, chat: Chat::new(channel, chat), kind, sender: who.into(), body };
        self.app.receive(message).await.expect("stored");
        // The messenger's law: a second between two messages of a chat.
        for _ in 0..6 {
            self.app.advance(jiff::SignedDuration::from_secs(2)).await;
        }
    }

    async fn sends(&self, who: &str, body: Body) {
        self.receive(NAME, who, ChatKind::Private, who, body).await;
    }

    async fn says(&self, who: &str, text: &str) {
        self.sends(who, words(text)).await;
    }

    async fn sends_in(&self, group: &str, who: &str, body: Body) {
        self.receive(NAME, group, ChatKind::Group, who, body).await;
    }

    /// Says something from a page of ours.
    async fn says_on_page(&self, who: &str, text: &str) {
        self.receive(webchat::NAME, who, ChatKind::Private, who, words(text)).await;
    }

    async fn page(&self, who: &str) -> Vec<String> {
        let chat = Chat::new(webchat::NAME, who);
        let mut tx = self.app.hotline.store.read().await.expect("a reader");
        let said = tx.said_by_us(&chat, 0, 1000).await.expect("a transcript");
        said.into_iter().map(|spoken| spoken.text).collect()
    }

    fn sees(&self, chat: &str) -> Vec<Delivered> {
        self.messenger.in_chat(chat)
    }

    fn last(&self, chat: &str) -> String {
        self.sees(chat).pop().expect("something was said").text
    }

    async fn why(&self, number: CaseNumber) -> Option<Why> {
        match self.app.case(number).await.state {
            State::Triage { why, .. } => Some(why),
            State::Offered { .. } | State::Accepted { .. } | State::Done { .. } | State::Closed { .. } => {
                None
            }
        }
    }

    async fn history(&self, number: CaseNumber) -> String {
        self.app.history(number).await.join("\n")
    }
}

/// The code in a text.
fn tap(id: &str, choice: String) -> Body {
    Body { tap: Some(id.into()), choice: Some(choice), ..Body::default() }
}

on_each_db! {
    /// Of two who tap at once each is answered once: who has it, and who was first.
    async fn every_tap_is_answered_once(database: Database) {
        let town = Town::new(database).await;
        town.says("mei", LEAK).await;
        let case = town.app.newest().await;
        for (id, who) in [("t1", "laolin"), ("t2", "xiaochen"), ("t3", "stranger")] {
            town.sends_in("repair", who, tap(id, format!("accept:{case}"))).await;
        }
        town.sends_in("repair", "laolin", tap("t4", "dance:1".into())).await;
        let toasts: Vec<String> =
            town.sees("repair").into_iter().filter(|one| one.toast).map(|one| one.text).collect();
        assert_eq!(toasts.len(), 4, "{toasts:?}");
        assert_eq!(toasts[0], "已接单，详情见私聊");
        assert!(toasts[1].contains("老林"), "{toasts:?}");
        assert!(toasts[2].contains("队员"), "{toasts:?}");
        assert_eq!(toasts[3], "这个按钮已经不能用了");
        assert!(town.sees("xiaochen").is_empty(), "who was late is told once");
        assert!(town.sees("laolin").iter().any(|one| one.text.contains("水龙头")), "the details are private");

        town.sends("laolin", tap("t5", format!("done:{case}"))).await;
        town.sends("mei", tap("t6", format!("solved:{case}:yes"))).await;
        town.sends("mei", tap("t6", format!("solved:{case}:yes"))).await;
        let toasts = |who: &str| town.sees(who).into_iter().filter(|one| one.toast).map(|one| one.text).collect::<Vec<_>>();
        assert_eq!((toasts("laolin"), toasts("mei")), (vec!["✓".to_owned()], vec!["✓".to_owned(); 2]));
    }
}

on_each_db! {
    /// A recording is a case at once, and a line of text says what it is about.
    async fn a_recording_waits_for_words(database: Database) {
        let town = Town::new(database).await;
        town.sends("mei", voice()).await;
        let case = town.app.newest().await;
        assert_eq!(town.why(case).await, Some(Why::Wordless));
        assert!(town.last("mei").contains("请写一句话"), "{}", town.last("mei"));
        assert!(town.sees("repair").is_empty());
        town.says("mei", LEAK).await;
        assert_eq!(town.app.newest().await, case, "it is the same case");
        let now = town.app.case(case).await;
        assert_eq!((now.stage(), now.service.as_str(), now.text.as_str()), (Stage::Offered, "care.repair", LEAK));
        assert!(town.last("repair").contains("水龙头"));
        let history = town.history(case).await;
        assert!(history.contains("resident attached triage→triage voice:12"), "{history}");
    }
}

on_each_db! {
    /// Whoever sends no words, or only another recording, is heard by a person.
    async fn a_recording_without_words_goes_to_staff(database: Database) {
        let town = Town::new(database).await;
        town.sends("mei", voice()).await;
        let mei = town.app.newest().await;
        town.app.advance(minutes(11)).await;
        assert_eq!(town.why(mei).await, Some(Why::Recording));
        assert!(town.last("mei").contains("工作人员会亲自听"));

        town.sends("bo", voice()).await;
        town.sends("bo", voice()).await;
        let bo = town.app.newest().await;
        assert_eq!(town.why(bo).await, Some(Why::Recording), "at once");
        assert_eq!(town.history(bo).await.matches("attached").count(), 2);

        town.says("an", DANGER).await;
        let danger = town.app.newest().await;
        town.sends("an", voice()).await;
        assert_eq!(town.app.newest().await, danger, "it joins the emergency");
        let said = town.sees("an");
        assert_eq!(said.iter().filter(|one| one.text.contains("120")).count(), 2, "first aid again");
    }
}

on_each_db! {
    /// Words beside a picture are words; a picture on an accepted case is in its history, and its member knows.
    async fn pictures_stay_with_their_case(database: Database) {
        let town = Town::new(database).await;
        town.sends("mei", photo(Some(LEAK))).await;
        let case = town.app.newest().await;
        assert_eq!(town.app.stage(case).await, Stage::Offered);
        assert!(town.history(case).await.contains("resident attached offered→offered photo"));
        town.sends_in("repair", "laolin", words(&format!("接单 {case}"))).await;
        town.sends("mei", photo(None)).await;
        assert!(town.sees("laolin").iter().any(|one| one.text.contains("照片")));
        town.sends("laolin", photo(None)).await;
        let history = town.history(case).await;
        assert!(history.contains("member attached accepted→accepted photo"), "{history}");
        assert_eq!(town.app.newest().await, case);
    }
}

on_each_db! {
    /// An edit corrects the case that the words opened; of a closed one it is refused kindly.
    async fn an_edit_is_a_correction(database: Database) {
        let town = Town::new(database).await;
        let original = |text: &str| Body { message: Some("m1".into()), ..words(text) };
        let edit = |text: &str| Body { edited: true, ..original(text) };
        town.sends("mei", original(LEAK)).await;
        let case = town.app.newest().await;
        town.sends("mei", Body { message: Some("m2".into()), ..words("莲花北路7号") }).await;
        town.sends_in("repair", "laolin", words(&format!("接单 {case}"))).await;
        let before = town.sees("mei").len();
        town.sends("mei", edit(LEAK)).await;
        assert_eq!(town.sees("mei").len(), before, "nothing has changed");
        let corrected = "我是莲花北社区的,厨房水龙头坏了一直漏水,能不能找个师傅来修,电话 13900002222";
        town.sends("mei", edit(corrected)).await;
        assert_eq!(town.app.newest().await, case, "no second case");
        assert!(town.last("laolin").contains("更正："), "{}", town.last("laolin"));
        assert_eq!(town.app.case(case).await.details.phone.as_deref(), Some("13900002222"));
        assert!(town.history(case).await.contains("更正："));
        town.says("mei", "不用了,撤销吧").await;
        assert_eq!(town.app.stage(case).await, Stage::Closed);
        town.sends("mei", edit("我是莲花北社区的,卧室窗户坏了")).await;
        assert_eq!(town.app.newest().await, case);
        assert!(town.last("mei").contains("已经结束"), "{}", town.last("mei"));
    }
}

on_each_db! {
    /// Groups that send us away are for staff to see; one that moves takes its cards along; a new one is told how.
    async fn chats_close_open_and_move(database: Database) {
        let town = Town::new(database).await;
        town.sends_in("elsewhere", "ying", event(ChatEvent::Opened)).await;
        assert!(town.last("elsewhere").contains("/bind"));
        town.says("mei", LEAK).await;
        let case = town.app.newest().await;
        town.sends_in("repair", "laolin", event(ChatEvent::Moved { to: "repair-2".into() })).await;
        town.sends_in("repair-2", "laolin", words(&format!("接单 {case}"))).await;
        assert_eq!(town.app.stage(case).await, Stage::Accepted);
        assert!(town.last("repair-2").contains("老林"), "the card is edited where it is now");
        town.sends_in("repair-2", "laolin", event(ChatEvent::Closed)).await;
        town.says("bo", "莲花北3号楼下水道堵了,请人来通一下").await;
        assert_eq!(town.app.hotline.city().teams["repair"].lost.len(), 1, "staff see it");
        town.sends_in("repair-2", "laolin", event(ChatEvent::Opened)).await;
        town.says("mei", "谢谢").await;
        assert_eq!(town.app.hotline.city().teams["repair"].groups.len(), 1, "and it is back");

        town.sends("gone", event(ChatEvent::Closed)).await;
        assert!(town.sees("gone").is_empty());
        town.sends("new", event(ChatEvent::Opened)).await;
        assert!(town.last("new").contains("近邻热线"));
    }
}

on_each_db! {
    /// Where there are no buttons, a number picks from the last list; five stars are number five.
    async fn a_number_picks_a_choice(database: Database) {
        let town = Town::with(database, false).await;
        town.says("mei", LEAK).await;
        let case = town.app.newest().await;
        town.says("mei", "莲花北路7号302").await;
        town.sends_in("repair", "laolin", words("1")).await;
        assert_eq!(town.app.stage(case).await, Stage::Accepted, "the card's first choice");
        town.says("laolin", "1").await;
        assert_eq!(town.app.stage(case).await, Stage::Done, "the first choice of who has it");
        town.says("mei", "1").await;
        assert_eq!(town.app.case(case).await.survey.solved, Some(true));
        town.says("mei", "5").await;
        assert_eq!(town.app.case(case).await.survey.satisfied, Some(5));
        town.says("mei", "2").await;
        let survey = town.app.case(case).await.survey;
        assert_eq!((survey.satisfied, survey.comment.as_deref()), (Some(5), Some("2")), "a word is a word");

        town.says("bo", "莲花北3号楼下水道堵了,请人来通一下").await;
        let other = town.app.newest().await;
        town.app.advance(hours(25)).await;
        let before = town.app.stage(other).await;
        town.sends_in("repair", "laolin", words("1")).await;
        assert_eq!(town.app.stage(other).await, before, "a day later a number is a number");
    }
}

on_each_db! {
    /// A shared place says where, when it is asked and before; far from everything it is for staff to see.
    async fn a_place_says_where(database: Database) {
        let town = Town::new(database).await;
        town.says("mei", "家里水龙头坏了一直漏水,能不能找个师傅来修").await;
        let case = town.app.newest().await;
        assert_eq!(town.why(case).await, Some(Why::NoArea));
        town.sends("mei", place(31.2, 121.4)).await;
        assert_eq!(town.why(case).await, Some(Why::NoArea));
        assert!(town.history(case).await.contains("31.2"), "staff see the spot");
        town.sends("mei", place(24.4890, 118.1295)).await;
        assert_eq!(town.app.stage(case).await, Stage::Offered);
        assert_eq!(town.app.case(case).await.area.as_ref().map(|area| area.as_str()), Some("lianhuabei"));

        town.sends("bo", place(24.4890, 118.1295)).await;
        assert!(town.last("bo").contains("莲花北社区"));
        town.says("bo", "家里水龙头坏了一直漏水,能不能找个师傅来修").await;
        assert_eq!(town.app.stage(town.app.newest().await).await, Stage::Offered);
    }
}

on_each_db! {
    /// Two chats become one person's: both keep their cases, and answers go to the newer chat.
    async fn two_chats_are_one_person(database: Database) {
        let town = Town::new(database).await;
        let page = supervise::digest("mei");
        town.says("mei", LEAK).await;
        let first = town.app.newest().await;
        town.says_on_page(&page, "莲花北3号楼楼道灯坏了,请修一下").await;
        let second = town.app.newest().await;
        assert_ne!(town.app.case(first).await.resident, town.app.case(second).await.resident);

        town.says("mei", "绑定").await;
        let code = code_in(&town.last("mei"));
        town.says("mei", &code).await;
        assert!(town.last("mei").contains("另一个聊天"), "{}", town.last("mei"));
        town.says_on_page(&page, &code).await;
        let person = town.app.case(first).await.resident;
        assert_eq!(town.app.case(second).await.resident, person);
        assert!(town.page(&page).await.last().is_some_and(|text| text.contains("连上")));
        assert!(town.last("mei").contains("连上"), "the first chat is told, too");
        town.says_on_page("other", &code).await;
        assert!(town.page("other").await.last().is_some_and(|text| text.contains("用过")));

        town.sends_in("repair", "laolin", words(&format!("接单 {first}"))).await;
        assert!(town.page(&page).await.last().is_some_and(|text| text.contains("有人接了")));
        town.says("mei", &format!("进度 {second}")).await;
        assert!(town.last("mei").contains(&second.to_string()));
        town.sends("laolin", words(&format!("办结 {first}"))).await;
        assert!(town.last("mei").contains("解决了吗"), "answers go where they wrote last");
        let history = town.history(second).await;
        assert!(history.contains("resident opened"), "{history}");

        // A member who links a second chat is the same member there.
        town.says("xiaochen", "/link").await;
        let code = code_in(&town.last("xiaochen"));
        town.says_on_page("chen", &format!("绑定 {code}")).await;
        town.says_on_page("chen", &format!("接单 {second}")).await;
        town.app.advance(minutes(31)).await;
        town.says("bo", "/link").await;
        let code = code_in(&town.last("bo"));
        town.app.advance(minutes(31)).await;
        town.says_on_page("late", &code).await;
        assert!(town.page("late").await.last().is_some_and(|text| text.contains("过期")));
    }
}

on_each_db! {
    /// A telephone number is joined by the code that it was sent; nobody may guess or flood.
    async fn a_number_is_linked_by_its_code(database: Database) {
        let town = Town::new(database).await;
        town.receive(SMS, NUMBER, ChatKind::Private, NUMBER, words(LEAK)).await;
        let case = town.app.newest().await;
        town.says("mei", &format!("绑定 {NUMBER}")).await;
        let code = code_in(&town.telephone.in_chat(NUMBER).pop().expect("a text message").text);
        town.says("thief", &code).await;
        assert!(town.last("thief").contains("不对"), "{}", town.last("thief"));
        town.says("mei", &code).await;
        assert!(town.last("mei").contains("号码已经"), "{}", town.last("mei"));
        town.says("mei", "我的").await;
        assert!(town.last("mei").contains(&case.to_string()), "{}", town.last("mei"));

        for _ in 0..2 {
            town.says("pest", &format!("绑定 {NUMBER}")).await;
        }
        let before = town.telephone.in_chat(NUMBER).len();
        town.says("pest", &format!("绑定 {NUMBER}")).await;
        assert!(town.last("pest").contains("一小时"), "{}", town.last("pest"));
        assert_eq!(town.telephone.in_chat(NUMBER).len(), before);
        for n in 0..11 {
            town.says("guesser", &format!("/link 7KQ2-M9X{n:x}")).await;
        }
        assert!(town.last("guesser").contains("一小时"), "{}", town.last("guesser"));
        town.app.advance(hours(2)).await;
        town.says("guesser", "/link 7KQ2-M9XD").await;
        assert!(town.last("guesser").contains("不对"), "{}", town.last("guesser"));
    }
}

on_each_db! {
    /// A city platform's recording, from its post to the player on the staff page.
    async fn staff_listen_to_a_recording(database: Database) {
        let platform = Platform::start().await;
        let attachments = platform.url.replace("/deliver", "/attachments");
        let webhook = Webhook::new("city", &[SECRET.into()], platform.url.clone()).expect("a secret");
        let mut channels = harness::webchat_only();
        channels.add("webhook:city", webhook.fetching_from(attachments.parse().expect("an address")));
        let app = TestApp::with_channels(database, channels).await;
        let home = open_doors(&app).await;
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");

        let post = async |id: &str, data: Value| {
            let body = json!({ "type": "message.received", "data": data }).to_string();
            let timestamp = app.clock.now().as_second().to_string();
            let request = client.post(format!("{home}/hooks/webhook/city")).header("webhook-id", id);
            let request = request.header("webhook-signature", signature(id, &timestamp, body.as_bytes()));
            let answer = request.header("webhook-timestamp", timestamp).body(body).send().await.expect("an answer");
            app.drain().await;
            answer.status()
        };
        let data = |attachment: Value| {
            json!({ "chat": { "id": "r1", "kind": "private" }, "sender": { "id": "r1" }, "attachment": attachment })
        };
        let recording = json!({ "kind": "voice", "id": "rec 1", "seconds": 12 });
        assert_eq!(post("m1", data(recording)).await, StatusCode::OK);
        assert_eq!(post("m2", data(json!({ "kind": "file", "id": "page" }))).await, StatusCode::OK);
        assert_eq!(post("m3", data(json!({ "kind": "file", "id": ".." }))).await, StatusCode::BAD_REQUEST);
        let case = app.newest().await;
        assert_eq!(app.stage(case).await, Stage::Triage);

        let cookie = async |name: &str, role: StaffRole| {
            staff::add(&app.hotline, name, role, "near-neighbor-12").await.expect("an account");
            let token = staff::log_in(&app.hotline, name, "near-neighbor-12").await.expect("a login");
            format!("staff={}", token.expect("a session"))
        };
        let (officer, viewer) = (cookie("lin", StaffRole::Officer).await, cookie("guest", StaffRole::Viewer).await);
        let get = async |cookie: &str, path: &str| {
            let address = if path.starts_with("http") { path.to_owned() } else { format!("{home}{path}") };
            client.get(address).header("cookie", cookie).send().await.expect("an answer")
        };
        let page = get(&officer, &format!("/staff/cases/{case}")).await.text().await.expect("a page");
        let player = page.split("<audio controls preload=\"none\" src=\"").nth(1).expect("a player");
        let address = player.split('"').next().expect("its address").to_owned();
        let answer = get(&officer, &address).await;
        assert_eq!(answer.headers()["content-type"], "audio/ogg");
        assert!(answer.headers()["content-security-policy"].to_str().is_ok_and(|policy| policy.contains("sandbox")));
        assert_eq!(answer.bytes().await.expect("a recording"), RECORDING);
        assert!(app.history(case).await.join("\n").contains("staff attachment_viewed triage→triage voice"));

        assert_eq!(get(&viewer, &address).await.status(), StatusCode::FORBIDDEN);
        assert_eq!(get("", &address).await.status(), StatusCode::SEE_OTHER, "who is nobody logs in");
        let page = get(&viewer, &format!("/staff/cases/{case}")).await.text().await.expect("a page");
        assert!(!page.contains("/attachment/"));
        let mut tx = app.hotline.store.read().await.expect("a reader");
        let rows = tx.timeline(case).await.expect("a timeline");
        let file = rows.iter().find_map(|row| match row {
            TimelineRow::Heard { attachment: Some((id, attachment)), .. } => {
                (attachment.kind == AttachmentKind::File).then(|| id.clone())
            }
            TimelineRow::Heard { .. } | TimelineRow::Happened { .. } | TimelineRow::Said { .. } => None,
        });
        let file = get(&officer, &format!("/staff/cases/{case}/attachment/{}", file.expect("a file"))).await;
        assert_eq!(file.headers()["content-type"], "application/octet-stream", "nothing of it runs");
        assert_eq!(file.headers()["content-disposition"], "attachment");
        assert_eq!(get(&officer, &format!("/staff/cases/{case}/attachment/none")).await.status(), StatusCode::NOT_FOUND);
    }
}

on_each_db! {
    /// Where the messenger takes no question any more, the telephone tells that there is one, once.
    async fn who_cannot_be_asked_is_told_by_text_message(database: Database) {
        let town = Town::new(database).await;
        town.says("mei", &format!("{LEAK},电话{NUMBER}")).await;
        let case = town.app.newest().await;
        town.messenger.shuts("mei", true);
        town.says("laolin", &format!("接单 {case}")).await;
        town.says("laolin", &format!("办结 {case}")).await;
        for _ in 0..30 {
            town.app.advance(hours(1)).await;
        }
        let texts = town.telephone.in_chat(NUMBER);
        assert_eq!(texts.len(), 1, "{texts:?}");
        assert!(texts[0].text.contains(&case.to_string()) && !texts[0].text.contains("水龙头"), "{texts:?}");
        town.messenger.shuts("mei", false);
        town.says("mei", "你好").await;
        assert!(town.last("mei").contains("解决"), "{}", town.last("mei"));
    }
}
