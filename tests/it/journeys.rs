//! The whole way of a case, told in the users' words.

use hotline::domain::case::{Event, Outcome, Stage, State};
use hotline::domain::team::Rung;
use hotline::engine::supervise;
use hotline::store::{CaseFilter, CodePurpose};

use crate::harness::{Database, TestApp, button, hours, minutes, on_each_db};

const LEAK: &str = "我是莲花北社区的,厨房水龙头坏了一直漏水,能不能找个师傅来修";

on_each_db! {
    /// Asked, offered, accepted, done, solved, satisfied, closed.
    async fn a_leak_is_repaired(database: Database) {
        let app = TestApp::new(database).await;
        let mei = app.resident("Mei");
        mei.says(LEAK).await;
        let case = app.newest().await;
        assert_eq!(app.case(case).await.service.as_str(), "care.repair");
        assert!(mei.last().await.text.contains(&case.to_string()), "the resident is told the number");
        let card = app.group("repair").await.pop().expect("an offer");
        assert!(card.card && card.text.contains("莲花北"), "{}", card.text);

        let lin = app.member("laolin");
        lin.taps_in("repair", &button(&card, "accept")).await;
        assert_eq!(app.stage(case).await, Stage::Accepted);
        let edited = app.group("repair").await.pop().expect("the card is edited");
        assert_eq!(edited.replaces.as_deref(), Some(card.id.as_str()));
        assert!(edited.text.contains("老林") && edited.choices.is_empty());
        assert!(lin.last().await.text.contains("漏水"), "the member gets the words");
        assert!(!mei.last().await.text.contains("老林"), "the resident sees a masked name");

        lin.taps(&button(&lin.last().await, "done")).await;
        mei.taps(&button(&mei.last().await, "solved")).await;
        mei.says("非常满意").await;
        assert_eq!(app.stage(case).await, Stage::Closed);
        mei.says("师傅很有耐心").await;
        let closed = app.case(case).await;
        assert_eq!((closed.survey.solved, closed.survey.satisfied), (Some(true), Some(5)));
        assert_eq!(closed.survey.comment.as_deref(), Some("师傅很有耐心"));
        assert!(matches!(closed.state, State::Closed { outcome: Outcome::Solved, .. }));
        let history = app.history(case).await;
        let events: Vec<_> = history.iter().filter_map(|line| line.split(' ').nth(1)).collect();
        assert_eq!(events, ["opened", "offered", "accepted", "done", "solved", "satisfied", "closed", "commented"]);
    }
}

on_each_db! {
    /// What is not known is asked for, one thing at a time.
    async fn a_community_is_asked_for_and_routes_the_case(database: Database) {
        let app = TestApp::new(database).await;
        let mei = app.resident("Mei");
        mei.says("家里马桶堵了,想找人来通一下").await;
        let case = app.newest().await;
        assert_eq!(app.stage(case).await, Stage::Triage, "staff see it at once");
        let choices = mei.last().await;
        mei.taps(&button(&choices, "area:")).await;
        assert_eq!(app.stage(case).await, Stage::Offered);
        mei.says("莲花北路12号3栋502").await;
        mei.says("13800005555").await;
        let details = app.case(case).await.details;
        assert_eq!(details.phone.as_deref(), Some("13800005555"));
        assert!(details.address.expect("an address").contains("502"));
    }
}

on_each_db! {
    /// Danger first: the number to call in the first answer, and no text in the group.
    async fn danger_is_answered_first(database: Database) {
        let app = TestApp::new(database).await;
        let son = app.resident("son");
        son.says("我妈在莲花北家里突然倒在地上叫不醒了").await;
        let case = app.newest().await;
        assert_eq!(app.case(case).await.service.as_str(), "emergency.medical");
        let first = &son.told().await[0];
        assert!(first.text.contains("120") && first.danger, "{}", first.text);
        let card = app.group("lianhuabei-duty").await.pop().expect("the duty team is asked");
        assert!(!card.text.contains("叫不醒"), "restricted words never reach a group: {}", card.text);
        app.advance(minutes(5)).await;
        assert_eq!(app.case(case).await.rung, Rung::Street, "nobody accepted within five minutes");
    }
}

on_each_db! {
    /// Late cases climb: team, community, street, district; and stay there, overdue, with a live timer.
    async fn an_unaccepted_leak_climbs_the_ladder(database: Database) {
        let app = TestApp::new(database).await;
        app.resident("Mei").says(LEAK).await;
        let case = app.newest().await;
        for rung in [Rung::Team, Rung::Community, Rung::Street, Rung::District, Rung::District] {
            assert_eq!(app.case(case).await.rung, rung);
            app.advance(hours(2)).await;
        }
        assert!(app.case(case).await.wake_at().is_some());
        let mut tx = app.hotline.store.read().await.expect("a reader");
        let urgent = tx.list_cases(CaseFilter::Attention, app.clock.now(), 0).await.expect("a list");
        assert_eq!(urgent.len(), 1, "staff see it");
        let history = app.history(case).await.join("\n");
        assert!(history.contains("hotline escalated") && history.contains("overdue"), "{history}");
    }
}

on_each_db! {
    /// A team's clock stands still at night and on holidays.
    async fn working_hours_are_the_teams(database: Database) {
        let app = TestApp::new(database).await;
        app.advance(hours(7)).await;
        app.resident("Mei").says(LEAK).await;
        let case = app.newest().await;
        app.advance(hours(14)).await;
        assert_eq!(app.case(case).await.rung, Rung::Team, "17:00 plus one hour, and then the night");
        app.advance(hours(2)).await;
        assert_eq!(app.case(case).await.rung, Rung::Community);
    }
}

on_each_db! {
    /// "Not solved" reopens the case one rung up.
    async fn not_solved_comes_back_one_rung_up(database: Database) {
        let app = TestApp::new(database).await;
        let mei = app.resident("Mei");
        mei.says(LEAK).await;
        let case = app.newest().await;
        let lin = app.member("laolin");
        lin.says_in("repair", &format!("接单{case}")).await;
        lin.says(&format!("办结 {case} 换了阀芯")).await;
        mei.says("没有解决,还在漏").await;
        let reopened = app.case(case).await;
        assert_eq!((reopened.stage(), reopened.rung, reopened.reopened), (Stage::Offered, Rung::Community, 1));
        assert!(app.group("lianhuabei-duty").await.pop().expect("an offer").card);
    }
}

on_each_db! {
    /// One reminder, then closed as unanswered; a late "not solved" still reopens it.
    async fn an_unanswered_survey_closes_the_case(database: Database) {
        let app = TestApp::new(database).await;
        let mei = app.resident("Mei");
        mei.says(LEAK).await;
        let case = app.newest().await;
        app.member("laolin").says(&format!("接单 {case}")).await.says(&format!("办结 {case}")).await;
        let before = mei.told().await.len();
        app.advance(hours(24)).await;
        assert_eq!(mei.told().await.len(), before + 1, "one reminder");
        app.advance(hours(48)).await;
        assert!(matches!(app.case(case).await.state, State::Closed { outcome: Outcome::Unanswered, .. }));
        mei.taps(&format!("solved:{case}:no")).await;
        assert_eq!(app.stage(case).await, Stage::Offered);
    }
}

on_each_db! {
    /// A claim is questioned when nothing happens, and then expires; a word from the member keeps it.
    async fn a_claim_expires_when_nothing_happens(database: Database) {
        let app = TestApp::new(database).await;
        app.resident("奶奶").says("莲花北的,我一个人住,想有人常来看看我陪我说说话").await;
        let case = app.newest().await;
        assert_eq!(app.case(case).await.service.as_str(), "elder.visit");
        let ying = app.member("aying");
        ying.says(&format!("接单 {case}")).await;
        app.advance(hours(1)).await;
        assert!(ying.last().await.choices.iter().any(|choice| choice.data.starts_with("keep")), "still on it?");
        ying.says("下午去过了,老人挺好").await;
        app.advance(hours(1)).await;
        app.advance(hours(1)).await;
        assert_eq!(app.stage(case).await, Stage::Offered, "questioned again, then expired");
        assert!(app.history(case).await.iter().any(|line| line.contains("expired")));
    }
}

on_each_db! {
    /// Released with a reason, and offered again to the same team.
    async fn a_release_needs_a_reason_and_offers_again(database: Database) {
        let app = TestApp::new(database).await;
        app.resident("Mei").says(LEAK).await;
        let case = app.newest().await;
        let lin = app.member("laolin");
        lin.says(&format!("接单 {case}")).await;
        lin.taps(&format!("release:{case}")).await;
        assert_eq!(app.stage(case).await, Stage::Accepted, "why?");
        lin.says("下雨,梯子带不过去").await;
        assert_eq!(app.stage(case).await, Stage::Offered);
        assert!(app.history(case).await.iter().any(|line| line.contains("released") && line.contains("梯子")));
    }
}

on_each_db! {
    /// A leader's "not for us" hands the case up at once; two members' as well.
    async fn passing_on_climbs(database: Database) {
        let app = TestApp::new(database).await;
        app.resident("Mei").says(LEAK).await;
        let case = app.newest().await;
        app.member("laolin").taps_in("repair", &format!("pass:{case}")).await;
        assert_eq!(app.case(case).await.rung, Rung::Team);
        app.member("xiaochen").taps_in("repair", &format!("pass:{case}")).await;
        assert_eq!(app.case(case).await.rung, Rung::Community);
    }
}

on_each_db! {
    /// More words go to the open case, and to the member who has it; a clearly new need is a new case.
    async fn a_follow_up_is_not_a_new_case(database: Database) {
        let app = TestApp::new(database).await;
        let mei = app.resident("Mei");
        mei.says(LEAK).await;
        let first = app.newest().await;
        let lin = app.member("laolin");
        lin.says(&format!("接单 {first}")).await;
        mei.says("对了门铃坏了到了敲门").await;
        assert_eq!(app.newest().await, first);
        assert!(lin.last().await.text.contains("敲门"));
        mei.says("另外我们楼下晚上十二点还在装修电钻吵得睡不着").await;
        let second = app.newest().await;
        assert_ne!(second, first);
        assert_eq!(app.case(second).await.service.as_str(), "governance.noise");
    }
}

on_each_db! {
    /// What the dialogue handles by itself.
    async fn progress_cancel_human_greeting(database: Database) {
        let app = TestApp::new(database).await;
        let mei = app.resident("Mei");
        mei.says("你好,在吗").await;
        assert_eq!(app.newest().await.0, 0, "a greeting opens nothing");
        mei.says(LEAK).await;
        let case = app.newest().await;
        mei.says("我那个事情现在进度怎么样了").await;
        assert!(mei.last().await.text.contains(&case.to_string()));
        mei.says("不用来了,撤销吧").await;
        assert!(matches!(app.case(case).await.state, State::Closed { outcome: Outcome::Cancelled, .. }));
        mei.says("转人工").await;
        let human = app.newest().await;
        assert_eq!(app.stage(human).await, Stage::Triage);
    }
}

on_each_db! {
    /// A question is answered at once from the directory; a case is opened only if it is wanted.
    async fn an_answer_first_and_a_case_on_demand(database: Database) {
        let app = TestApp::new(database).await;
        let mei = app.resident("Mei");
        mei.says("莲花北的社区医院周六门诊开到几点").await;
        let answer = mei.last().await;
        assert!(answer.text.contains("莲花北卫生服务站"), "{}", answer.text);
        assert_eq!(app.newest().await.0, 0);
        mei.taps(&button(&answer, "open")).await;
        assert_eq!(app.case(app.newest().await).await.service.as_str(), "medical.clinic");
    }
}

on_each_db! {
    /// Codes work once, and expire.
    async fn groups_are_bound_and_members_join_by_code(database: Database) {
        let app = TestApp::new(database).await;
        let team = "repair".into();
        let make = |purpose| supervise::make_code(&app.hotline, "duty", purpose, &team);
        let (bind, _) = make(CodePurpose::Bind).await.expect("a code");
        app.member("afang").says_in("new-group", &format!("/bind {bind}")).await;
        assert!(app.group("new-group").await.pop().expect("an answer").text.contains("百事帮"));
        app.member("afang").says_in("other-group", &format!("/bind {bind}")).await;
        app.resident("Mei").says(LEAK).await;
        let case = app.newest().await;
        assert!(app.group("new-group").await.pop().expect("an offer").card, "the new group gets offers");
        assert!(!app.group("other-group").await.pop().expect("an answer").card, "a code works once");

        let stranger = app.resident("stranger");
        stranger.says_in("new-group", &format!("接单 {case}")).await;
        assert_eq!(app.stage(case).await, Stage::Offered, "a stranger accepts nothing");
        let (join, _) = make(CodePurpose::Join).await.expect("a code");
        stranger.says(&format!("/join {join}")).await.says_in("new-group", &format!("接单 {case}")).await;
        assert_eq!(app.stage(case).await, Stage::Accepted);
        let (old, _) = make(CodePurpose::Join).await.expect("a code");
        app.clock.advance(hours(24 * 8));
        let late = app.resident("late");
        late.says(&format!("/join {old}")).await;
        late.says("/open").await;
        assert!(!late.last().await.text.contains(&case.to_string()));
    }
}

on_each_db! {
    /// What staff can do, each step in the history under their name.
    async fn staff_step_in(database: Database) {
        let app = TestApp::new(database).await;
        let mei = app.resident("Mei");
        mei.says(LEAK).await;
        let case = app.newest().await;
        let act = |event| supervise::act(&app.hotline, "duty", case, event);
        act(Event::Answer { text: "师傅下午到".into() }).await.expect("a write").expect("allowed");
        app.drain().await;
        assert!(mei.last().await.text.contains("师傅下午到"));
        act(Event::HandOver { team: "lianhuabei-duty".into(), reason: "维修队今天休息".into() }).await.expect("a write").expect("allowed");
        app.drain().await;
        assert_eq!(app.case(case).await.rung, Rung::Community);
        act(Event::Finish { member: None, note: "值班组已处理".into() }).await.expect("a write").expect("allowed");
        assert!(act(Event::Finish { member: None, note: String::new() }).await.expect("a write").is_err(), "once is enough");
        let history = app.history(case).await.join("\n");
        assert!(history.contains("staff answered") && history.contains("staff handed_over") && history.contains("staff done"));

        let call = supervise::PhoneCase {
            name: Some("陈伯".into()),
            phone: Some("0592-5550009".into()),
            service: "elder.meal".into(),
            area: Some("lianhuabei".into()),
            address: None,
            words: "电话里说想订午餐".into(),
        };
        let phoned = supervise::take_call(&app.hotline, "duty", call).await.expect("a write");
        app.drain().await;
        assert_eq!(app.stage(phoned).await, Stage::Offered);
        assert!(app.group("care").await.pop().expect("an offer").card);
    }
}

on_each_db! {
    /// The same delivery twice, also at the same time, is one message.
    async fn a_duplicate_changes_nothing(database: Database) {
        let app = TestApp::new(database).await;
        let mei = app.resident("Mei");
        let body = hotline::domain::message::Body { text: Some(LEAK.into()), ..Default::default() };
        let message = mei.message(None, body);
        let twice = (0..20).map(|_| app.receive(message.clone()));
        for received in futures::future::join_all(twice).await {
            received.expect("a duplicate is acknowledged");
        }
        app.drain().await;
        app.receive(message).await.expect("acknowledged");
        app.drain().await;
        assert_eq!(app.newest().await.0, 1);
        assert_eq!(mei.told().await.len(), 1);
    }
}

on_each_db! {
    /// Whatever somebody writes is stored and shown as it is, and harms nothing.
    async fn strange_words_harm_nothing(database: Database) {
        let app = TestApp::new(database).await;
        let long = "水".repeat(10_000);
        for (index, words) in ["😀😀😀", "\u{0}\u{7}\u{202E}abc", "<script>alert(1)</script>", "'; drop table cases; --", "=1+1", "", " ", &long].iter().enumerate() {
            let somebody = app.resident(&format!("p{index}"));
            somebody.says(words).await;
            assert!(!somebody.told().await.is_empty(), "everybody is answered: {words:.20}");
        }
    }
}
