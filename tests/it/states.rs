//! The table of states and events, printed to docs/states.md from the state machine itself. When the machine
//! changes, `HOTLINE_PRINT=1 cargo test --test it states` prints it anew.

use hotline::domain::case::{Case, Ending, Event, Origin, Outcome, Policy, State, Survey, Why, World, step};
use hotline::domain::deadline::{Calendar, Holidays};
use hotline::domain::id::{CaseNumber, PersonId};
use hotline::domain::message::Priority;
use hotline::domain::routing::Directory;
use hotline::domain::service::Services;
use hotline::domain::team::Rung;
use hotline::domain::understood::Details;
use jiff::Timestamp;

use crate::harness::{self, Database, TestApp};

fn lin() -> PersonId {
    "lin".into()
}

fn states(now: Timestamp) -> Vec<(&'static str, State)> {
    let by = Some(("repair".into(), lin()));
    vec![
        ("Triage", State::Triage { why: Why::Unsure, look_by: now }),
        ("Offered", State::Offered { team: "repair".into(), accept_by: now, passed: Vec::new() }),
        ("Accepted", State::Accepted { team: "repair".into(), member: lin(), idle_by: now, warned: false }),
        ("Done", State::Done { by: by.clone(), asked: true, reminded: false, ask_by: now }),
        ("Done, not asked", State::Done { by, asked: false, reminded: true, ask_by: now }),
        ("Closed: solved", State::Closed { outcome: Outcome::Solved, at: now }),
        ("Closed: cancelled", State::Closed { outcome: Outcome::Cancelled, at: now }),
    ]
}

fn events() -> Vec<(&'static str, Event)> {
    let reason = String::new;
    vec![
        ("the resident adds words", Event::Tell { text: "门铃坏了".into(), details: Details::default() }),
        ("the service is set", Event::Classify { service: "care.repair".into() }),
        ("the place is told", Event::Locate { area: "lianhuabei".into() }),
        ("a member accepts", Event::Accept { member: lin(), team: "repair".into() }),
        ("somebody of another team accepts", Event::Accept { member: "ying".into(), team: "care".into() }),
        ("a leader passes it on", Event::Pass { member: lin(), leader: true }),
        ("the member releases it", Event::Release { member: lin(), reason: reason() }),
        ("the member is still on it", Event::Keep { member: lin(), note: reason() }),
        ("the member wants help", Event::WantHelp { member: lin() }),
        ("the member has done it", Event::Finish { member: Some(lin()), note: reason() }),
        ("staff have done it", Event::Finish { member: None, note: reason() }),
        ("solved", Event::Solved(true)),
        ("not solved", Event::Solved(false)),
        ("satisfied: 5", Event::Satisfied(5)),
        ("a word about it", Event::Comment("谢谢".into())),
        ("the survey reaches nobody", Event::NotAsked),
        ("the resident is in touch again", Event::AskNow),
        ("the resident takes it back", Event::Cancel),
        ("its timer is due", Event::Wake),
        ("staff give it to a member", Event::Assign { member: lin(), team: "repair".into() }),
        ("it is handed to another team", Event::HandOver { team: "care".into(), reason: reason() }),
        ("staff answer the resident", Event::Answer { text: "马上到".into() }),
        ("staff refer it", Event::End { ending: Ending::Refer("市民政局".into()), reason: reason() }),
    ]
}

fn case(state: State, now: Timestamp) -> Case {
    Case {
        number: CaseNumber(1),
        version: 1,
        resident: "mei".into(),
        service: "care.repair".into(),
        confidence: 1.0,
        runners_up: Vec::new(),
        area: Some("lianhuabei".into()),
        text: String::new(),
        details: Details::default(),
        rung: Rung::Team,
        priority: Priority::Ordinary,
        origin: Origin::Message,
        help_wanted: false,
        reopened: 0,
        opened_at: now,
        resolve_by: Timestamp::MAX,
        state,
        survey: Survey::default(),
    }
}

fn table(city: &Directory, services: &Services) -> String {
    let now = harness::at(harness::START);
    let zone = jiff::tz::TimeZone::get("Asia/Shanghai").expect("a zone");
    let calendar = Calendar { zone, holidays: Holidays::default() };
    let policy = Policy::default();
    let world = World { now, directory: city, services, calendar: &calendar, policy: &policy };
    let states = states(now);
    let mut text = String::from(
        "# What happens to a case\n\nPrinted from the state machine by `tests/it/states.rs`; do not edit. A cell is the state afterwards, with the\nrung where it changes, or why it cannot be.\n\n| event |",
    );
    states.iter().for_each(|(name, _)| text.push_str(&format!(" {name} |")));
    text.push_str(&format!("\n|---|{}\n", "---|".repeat(states.len())));
    for (name, event) in events() {
        text.push_str(&format!("| {name} |"));
        for (_, state) in &states {
            let cell = match step(case(state.clone(), now), event.clone(), &world) {
                Ok(step) => {
                    assert_eq!(
                        step.case.wake_at().is_none(),
                        step.case.is_closed(),
                        "every open case has a live timer"
                    );
                    let rung = if step.case.rung == Rung::Team {
                        String::new()
                    } else {
                        format!(", {}", step.case.rung.word())
                    };
                    format!("{:?}{rung}", step.case.stage())
                }
                Err(refusal) => format!("*{}*", format!("{refusal:?}").split('(').next().unwrap_or_default()),
            };
            text.push_str(&format!(" {cell} |"));
        }
        text.push('\n');
    }
    text
}

#[test]
fn the_table_of_states_is_as_printed() {
    harness::run(async {
        let app = TestApp::new(Database::sqlite()).await;
        let table = table(&app.hotline.city(), &app.hotline.services());
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/states.md");
        if std::env::var_os("HOTLINE_PRINT").is_some() {
            std::fs::write(path, &table).expect("printed");
        }
        let printed = std::fs::read_to_string(path).unwrap_or_default();
        assert_eq!(
            printed, table,
            "docs/states.md is old; HOTLINE_PRINT=1 cargo test --test it states prints it"
        );
    });
}
