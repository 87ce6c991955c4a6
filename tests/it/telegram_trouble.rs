//! Telegram on a bad day: people who never began or who block us, groups that move or throw us out, floods of requests,
//! and the process killed in the middle of them.

use std::collections::BTreeMap;

use hotline::domain::case::Stage;
use hotline::domain::id::CaseNumber;
use hotline::engine::supervise;
use hotline::store::CodePurpose;

use crate::harness::on_telegram::{LAOLIN, Mode, OnTelegram, REPAIR, STREET, XIAOCHEN};
use crate::harness::telegram::{BOT, Telegram};
use crate::harness::{Database, on_each_db};

const LEAK: &str = "我是莲花北社区的,厨房水龙头坏了一直漏水,能不能找个师傅来修";

on_each_db! {
    /// Who accepts and cannot be written to: the group is told how they begin, and the details wait for them.
    async fn a_member_who_never_pressed_start(database: Database) {
        let city = OnTelegram::start(database, Mode::Webhook).await;
        let chen = city.telegram.person(XIAOCHEN, "小陈");
        city.person(4201, "美").await.writes(LEAK);
        city.settle().await;
        let case = city.app.newest().await;
        chen.taps(REPAIR, "接单");
        city.settle().await;
        assert_eq!(city.app.stage(case).await, Stage::Accepted);
        assert!(chen.told().is_empty());
        let told = city.telegram.last(REPAIR).text;
        assert!(told.contains(&format!("https://t.me/{BOT}")), "{told}");
        assert!(!told.contains("漏水"), "nothing private in the group");
        chen.starts(None);
        city.settle().await;
        assert!(chen.told().iter().any(|shown| shown.text.contains("漏水")), "{:?}", chen.told());
    }
}

on_each_db! {
    /// A survey that reaches nobody is not an unanswered one; it is asked when they are back.
    async fn who_blocks_us_is_asked_when_they_are_back(database: Database) {
        let city = OnTelegram::start(database, Mode::Webhook).await;
        let (mei, lin) = (city.person(4201, "美").await, city.person(LAOLIN, "老林").await);
        mei.writes(LEAK);
        city.settle().await;
        let case = city.app.newest().await;
        lin.taps(REPAIR, "接单");
        city.settle().await;
        mei.blocks();
        city.settle().await;
        lin.taps(LAOLIN, "办结");
        city.settle().await;
        let history = city.app.history(case).await.join("\n");
        assert!(history.contains("not_asked"), "{history}");
        mei.unblocks();
        city.settle().await;
        mei.writes("你们还在吗");
        city.settle().await;
        assert!(mei.told().iter().any(|shown| shown.buttons.iter().flatten().any(|(label, _)| label == "已解决")), "{:?}", mei.told());
    }
}

on_each_db! {
    /// A group that becomes a supergroup stays its team's, whether or not anybody told us.
    async fn a_group_that_moves_is_followed(database: Database) {
        const OLD: i64 = -40022;
        const NEW: i64 = -1_001_700_000_088;
        let city = OnTelegram::start(database, Mode::Webhook).await;
        city.telegram.group(OLD, "百事帮小群");
        let (code, _) = supervise::make_code(&city.app.hotline, "duty", CodePurpose::Bind, &"repair".into()).await.expect("a code");
        let lin = city.person(LAOLIN, "老林").await;
        lin.writes_in(OLD, &format!("/bind {code}"));
        city.settle().await;
        city.telegram.upgrades(OLD, NEW);
        let mei = city.person(4201, "美").await;
        mei.writes(LEAK);
        city.settle().await;
        let case = city.app.newest().await;
        let card = city.telegram.last(NEW);
        assert!(card.text.contains(&case.to_string()), "{card:?}");
        lin.taps(NEW, "接单");
        city.settle().await;
        assert_eq!(city.app.stage(case).await, Stage::Accepted);
        assert_eq!(city.telegram.last(NEW).edits, 1, "edited where it is now");
        assert!(city.app.hotline.city().team_of_group(&hotline::domain::message::Chat::new("telegram", OLD.to_string())).is_none());
    }
}

on_each_db! {
    /// A group that throws us out gets nothing more; taken back in, it is its team's as before.
    async fn a_group_that_throws_us_out_and_takes_us_back(database: Database) {
        let city = OnTelegram::start(database, Mode::Webhook).await;
        city.telegram.kicks(REPAIR);
        let mei = city.person(4201, "美").await;
        mei.writes(LEAK);
        city.settle().await;
        let case = city.app.newest().await;
        assert!(city.telegram.shown(REPAIR).is_empty());
        assert_ne!(city.app.stage(case).await, Stage::Closed);
        city.telegram.adds(REPAIR);
        city.settle().await;
        let other = city.person(4202, "阿明").await;
        other.writes("莲花北社区的,家里灯坏了,找人修一下电灯");
        city.settle().await;
        let second = city.app.newest().await;
        assert_ne!(case, second);
        assert!(city.telegram.last(REPAIR).text.contains(&second.to_string()));
    }
}

on_each_db! {
    /// A revoked token stops the channel, and a new life begins when it is known again: no loop, nothing lost.
    async fn a_revoked_token_is_no_loop(database: Database) {
        let city = OnTelegram::start(database, Mode::Webhook).await;
        let mei = city.person(4201, "美").await;
        mei.writes(LEAK);
        city.telegram.delivers().await;
        city.telegram.revokes();
        let before = city.telegram.refused();
        for _ in 0..30 {
            city.waits(10).await;
        }
        let tries = city.telegram.refused() - before;
        assert!((1..=8).contains(&tries), "{tries} tries in five minutes");
        city.telegram.knows_again();
        city.waits(200).await;
        assert_eq!(city.telegram.shown(REPAIR).len(), 1);
    }
}

/// Which cases a group has been offered, and how often: on cards of their own and on cards for many.
fn offered(
    telegram: &Telegram,
    group: i64,
    cases: impl Iterator<Item = CaseNumber>,
) -> BTreeMap<String, usize> {
    let shown = telegram.shown(group);
    let times = |number: &String| shown.iter().filter(|card| card.text.contains(number.as_str())).count();
    cases.map(|case| case.to_string()).map(|number| (number.clone(), times(&number))).collect()
}

on_each_db! {
    /// Forty residents within a second, one group of twenty messages a minute: nothing is lost, nothing too fast, and
    /// the urgent ones are there within the first minute.
    async fn forty_within_a_second(database: Database) {
        let city = OnTelegram::start(database, Mode::Webhook).await;
        let mut people = Vec::new();
        for n in 0..40 {
            people.push(city.person(5000 + n, "居民").await);
        }
        city.telegram.keeps_limits();
        for (n, person) in people.iter().enumerate() {
            person.writes(match n % 13 {
                12 => "我在镇海社区,我妈突然倒在地上叫不醒了",
                _ => "我是镇海社区的,厨房水龙头坏了一直漏水,能不能找个师傅来修",
            });
        }
        let cases = || (1..=40).map(CaseNumber);
        let mut urgent = Vec::new();
        city.waits(1).await;
        for case in cases() {
            let case = city.app.case(case).await;
            urgent.extend(case.service.as_str().starts_with("emergency").then_some(case.number));
        }
        assert_eq!(urgent.len(), 3);
        let mut seen = (0, None, None);
        for second in 1..=180 {
            let offered = offered(&city.telegram, STREET, cases());
            let here = offered.values().filter(|times| **times > 0).count();
            if urgent.iter().all(|case| offered[&case.to_string()] > 0) {
                seen.1.get_or_insert(second);
            }
            if here == 40 {
                seen.2.get_or_insert(second);
            }
            seen.0 = here;
            city.waits(1).await;
        }
        println!("40 within a second: urgent ones after {:?} s, all after {:?} s, in {} messages", seen.1, seen.2, city.telegram.shown(STREET).len());
        assert_eq!(seen.0, 40);
        assert!(seen.1.expect("the urgent ones came") <= 60);
        assert!(offered(&city.telegram, STREET, cases()).values().all(|times| *times == 1), "none twice");
    }
}
