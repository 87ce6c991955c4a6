//! What people do on Telegram besides writing: tapping, speaking, correcting, sharing a place, asking for lists.

use hotline::domain::case::Stage;

use crate::harness::on_staff::{Staff, between};
use crate::harness::on_telegram::{LAOLIN, Mode, OnTelegram, REPAIR, XIAOCHEN};
use crate::harness::{Database, on_each_db};

const LEAK: &str = "我是莲花北社区的,厨房水龙头坏了一直漏水,能不能找个师傅来修";

on_each_db! {
    /// Two tap at once: one has it, the other reads who, and no clock turns on.
    async fn every_tap_is_answered(database: Database) {
        let city = OnTelegram::start(database, Mode::Webhook).await;
        let (lin, chen) = (city.person(LAOLIN, "老林").await, city.person(XIAOCHEN, "小陈").await);
        city.person(4201, "美").await.writes(LEAK);
        city.settle().await;
        lin.taps(REPAIR, "接单");
        chen.taps(REPAIR, "接单");
        city.settle().await;
        let answers: Vec<String> = city.telegram.answers().into_iter().map(Option::unwrap_or_default).collect();
        assert_eq!(answers.len(), 2);
        assert!(answers[0].contains("已接单") && answers[1].contains("老林"), "{answers:?}");
        assert_eq!(city.app.stage(city.app.newest().await).await, Stage::Accepted);
    }
}

on_each_db! {
    /// A recording is kept, a line of text is asked for, and one of the staff can listen.
    async fn a_recording_is_heard_by_a_person(database: Database) {
        let city = OnTelegram::start(database, Mode::Webhook).await;
        let mei = city.person(4201, "美").await;
        mei.speaks(9, b"OggS and what she said");
        city.settle().await;
        let case = city.app.newest().await;
        assert!(mei.last().text.contains("写一句话"), "{}", mei.last().text);
        let staff = Staff::log_in(&city.app, city.site()).await;
        let (_, page) = staff.opens(&format!("/staff/cases/{case}")).await;
        let page = String::from_utf8(page).expect("text");
        let path = format!("/staff/cases/{case}/attachment/{}", between(&page, "/attachment/", "\""));
        let (kind, bytes) = staff.opens(&path).await;
        assert_eq!((kind.as_str(), bytes.as_slice()), ("audio/ogg", &b"OggS and what she said"[..]));
        mei.writes(LEAK);
        city.settle().await;
        assert_eq!((city.app.newest().await, city.app.stage(case).await), (case, Stage::Offered), "the same case");
        assert!(city.telegram.last(REPAIR).text.contains(&case.to_string()));
    }
}

on_each_db! {
    /// Changed words correct the case that they opened; they open no other.
    async fn changed_words_correct_the_case(database: Database) {
        let city = OnTelegram::start(database, Mode::Webhook).await;
        let mei = city.person(4201, "美").await;
        let first = mei.writes(LEAK);
        city.settle().await;
        let case = city.app.newest().await;
        mei.edits(4201, first, "我是莲花北社区的,厨房水龙头坏了一直漏水,能不能找个师傅来修,电话13800005555");
        city.settle().await;
        assert_eq!(city.app.newest().await, case);
        assert_eq!(city.app.case(case).await.details.phone.as_deref(), Some("13800005555"));
        assert!(mei.last().text.contains("更正"), "{}", mei.last().text);
    }
}

on_each_db! {
    /// A shared place says which community it is; a contact shared is a number written; a moving place is not followed.
    async fn places_and_contacts_are_answers(database: Database) {
        let city = OnTelegram::start(database, Mode::Webhook).await;
        let mei = city.person(4201, "美").await;
        mei.writes("家里马桶堵了,想找人来通一下");
        city.settle().await;
        let case = city.app.newest().await;
        assert_eq!(city.app.stage(case).await, Stage::Triage);
        mei.sends(4201, serde_json::json!({ "location": { "latitude": 24.4897, "longitude": 118.129, "live_period": 900 } }));
        city.settle().await;
        assert_eq!(city.app.case(case).await.area.map(|area| area.to_string()).as_deref(), Some("lianhuabei"));
        mei.writes("莲花北路12号3栋502");
        mei.sends(4201, serde_json::json!({ "contact": { "phone_number": "13800005555", "first_name": "美", "user_id": 4201 } }));
        city.settle().await;
        assert_eq!(city.app.case(case).await.details.phone.as_deref(), Some("13800005555"));
    }
}

on_each_db! {
    /// Lists, with and without the bot's name; another bot's commands are none of ours.
    async fn lists_are_given_to_who_asks(database: Database) {
        let city = OnTelegram::start(database, Mode::Webhook).await;
        let (mei, lin) = (city.person(4201, "美").await, city.person(LAOLIN, "老林").await);
        mei.writes(LEAK);
        city.settle().await;
        let case = city.app.newest().await;
        let before = city.telegram.shown(REPAIR).len();
        lin.writes_in(REPAIR, "/open@weather_bot");
        city.settle().await;
        assert_eq!(city.telegram.shown(REPAIR).len(), before);
        lin.writes_in(REPAIR, "/open@LINLI_hotline_bot");
        city.settle().await;
        assert!(city.telegram.last(REPAIR).text.contains(&case.to_string()));
        lin.writes_in(REPAIR, &format!("/accept {case}"));
        city.settle().await;
        lin.writes("/mine");
        mei.writes("/mine");
        city.settle().await;
        assert!(lin.last().text.contains(&case.to_string()) && mei.last().text.contains(&case.to_string()));
        lin.writes_in(REPAIR, "今天天气不错");
        city.settle().await;
        assert_eq!(city.app.newest().await, case, "what people chat about in a group is not for us");
    }
}
