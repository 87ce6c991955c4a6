//! What staff do to a case: from a form to the domain's events, and how it went in a word.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::super::Web;
use super::super::error::Error;
use super::session::Posted;
use crate::domain::case::{Ending, Event, Refusal};
use crate::domain::id::CaseNumber;
use crate::domain::routing::Directory;
use crate::domain::service::Services;
use crate::engine::supervise;

/// The longest reason, note or comment, in characters.
const REASON_CHARS_MAX: usize = 500;
/// The longest answer to a resident, in characters.
const ANSWER_CHARS_MAX: usize = 2000;

/// What can be done; in addresses and in notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Act {
    /// Give it to a member.
    Assign,
    /// Give it to another team.
    HandOver,
    /// Write to the resident.
    Answer,
    /// Say which service it is.
    Classify,
    /// Say where it is.
    Locate,
    /// It is done.
    Finish,
    /// What the resident said of the result.
    Survey,
    /// It is part of another case.
    Merge,
    /// A unit outside the hotline does it.
    Refer,
    /// Nobody can.
    Decline,
    /// The resident takes it back.
    Cancel,
}

impl Act {
    /// The word in addresses and in the ids of notices.
    fn word(self) -> &'static str {
        match self {
            Self::Assign => "assign",
            Self::HandOver => "hand-over",
            Self::Answer => "answer",
            Self::Classify => "classify",
            Self::Locate => "locate",
            Self::Finish => "finish",
            Self::Survey => "survey",
            Self::Merge => "merge",
            Self::Refer => "refer",
            Self::Decline => "decline",
            Self::Cancel => "cancel",
        }
    }
}

/// Every field of every form; each act reads its own.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    member: String,
    team: String,
    service: String,
    area: String,
    number: String,
    unit: String,
    text: String,
    solved: String,
    satisfied: String,
}

/// Why nothing is done: the last part of a notice's id, one of [`WHYS`].
type Why = &'static str;

/// Every reason for which nothing is done.
pub(super) const WHYS: [Why; 9] = [
    "incomplete",
    "too-long",
    "no-case",
    "refused",
    "already-done",
    "closed",
    "not-done",
    "not-member",
    "unknown",
];

/// `POST /staff/cases/{number}/{act}`
pub(super) async fn carry_out(
    State(web): State<Arc<Web>>,
    Path((number, act)): Path<(String, Act)>,
    posted: Posted<Fields>,
) -> Result<Response, Error> {
    posted.staff.must_be_officer()?;
    let number = CaseNumber::parse(&number).ok_or(Error::NotFound)?;
    let notice = match intend(act, &posted.form, &web.hotline.city(), &web.hotline.services()) {
        Ok(events) => do_all(&web, &posted.staff.name, number, events).await?.err().unwrap_or(act.word()),
        Err(why) => why,
    };
    Ok(Redirect::to(&format!("/staff/cases/{number}?notice={notice}")).into_response())
}

async fn do_all(
    web: &Web,
    staff: &str,
    number: CaseNumber,
    events: Vec<Event>,
) -> Result<Result<(), Why>, Error> {
    for event in events {
        if let Event::End { ending: Ending::Merge(into), .. } = &event {
            if web.hotline.store.read().await?.case(*into).await?.is_none() {
                return Ok(Err("no-case"));
            }
        }
        if let Err(refusal) = supervise::act(&web.hotline, staff, number, event).await? {
            return Ok(Err(refused(&refusal)));
        }
    }
    Ok(Ok(()))
}

/// What a form means, in the order in which it must happen.
fn intend(act: Act, fields: &Fields, city: &Directory, services: &Services) -> Result<Vec<Event>, Why> {
    let event = match act {
        Act::Assign => {
            let (team, member) = fields.member.split_once('|').ok_or("incomplete")?;
            Event::Assign { member: member.into(), team: team.into() }
        }
        Act::HandOver => {
            let team = fields.team.as_str();
            city.teams.get(team).ok_or("incomplete")?;
            Event::HandOver { team: team.into(), reason: reason(fields)? }
        }
        Act::Answer => Event::Answer { text: text(&fields.text, ANSWER_CHARS_MAX)?.ok_or("incomplete")? },
        Act::Classify => {
            let service = fields.service.as_str().into();
            services.get(&service).ok_or("incomplete")?;
            Event::Classify { service }
        }
        Act::Locate => {
            city.areas.get(fields.area.as_str()).ok_or("incomplete")?;
            Event::Locate { area: fields.area.as_str().into() }
        }
        Act::Finish => Event::Finish { member: None, note: reason(fields)? },
        Act::Survey => return survey(fields),
        Act::Merge => {
            let into = CaseNumber::parse(&fields.number).ok_or("no-case")?;
            Event::End { ending: Ending::Merge(into), reason: into.to_string() }
        }
        Act::Refer => {
            let unit = text(&fields.unit, REASON_CHARS_MAX)?.ok_or("incomplete")?;
            Event::End { ending: Ending::Refer(unit), reason: reason(fields)? }
        }
        Act::Decline => Event::End { ending: Ending::Decline, reason: reason(fields)? },
        Act::Cancel => Event::Cancel,
    };
    Ok(vec![event])
}

/// "Not solved" opens the case again, so a word about it comes before; stars close it and say that it is solved.
fn survey(fields: &Fields) -> Result<Vec<Event>, Why> {
    let comment = text(&fields.text, REASON_CHARS_MAX)?.map(Event::Comment);
    let stars = match fields.satisfied.as_str() {
        "" => None,
        figure => Some(figure.parse().ok().filter(|stars| (1..=5).contains(stars)).ok_or("incomplete")?),
    };
    let events = match (fields.solved.as_str(), stars) {
        ("no", _) => [comment, Some(Event::Solved(false))],
        ("yes", None) => [Some(Event::Solved(true)), comment],
        ("yes", Some(stars)) => [Some(Event::Satisfied(stars)), comment],
        (_, _) => return Err("incomplete"),
    };
    Ok(events.into_iter().flatten().collect())
}

fn reason(fields: &Fields) -> Result<String, Why> {
    text(&fields.text, REASON_CHARS_MAX)?.ok_or("incomplete")
}

/// A text that was typed; nothing where it is empty.
fn text(typed: &str, chars_max: usize) -> Result<Option<String>, Why> {
    let typed = typed.trim().replace("\r\n", "\n");
    match typed.chars().count() {
        0 => Ok(None),
        long if long > chars_max => Err("too-long"),
        _ => Ok(Some(typed)),
    }
}

/// The last part of a refusal's notice.
fn refused(refusal: &Refusal) -> Why {
    match refusal {
        Refusal::Taken(_)
        | Refusal::NotOffered
        | Refusal::OtherTeam
        | Refusal::NotYours
        | Refusal::NotResident => "refused",
        Refusal::AlreadyDone => "already-done",
        Refusal::Closed => "closed",
        Refusal::NotDone => "not-done",
        Refusal::NotMember => "not-member",
        Refusal::Unknown => "unknown",
        Refusal::OutOfRange => "incomplete",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::message::Language;
    use crate::locale::Locales;

    fn meant(act: Act, fields: Fields) -> Result<Vec<Event>, Why> {
        intend(act, &fields, &Directory::default(), &Services::default())
    }

    #[test]
    fn a_form_means_what_it_says() {
        let member = Fields { member: "repair|01ABC".into(), ..Fields::default() };
        let assign = Event::Assign { member: "01ABC".into(), team: "repair".into() };
        assert_eq!(meant(Act::Assign, member), Ok(vec![assign]));
        let answer = Fields { text: "  马上来\r\n请稍等 ".into(), ..Fields::default() };
        assert_eq!(meant(Act::Answer, answer), Ok(vec![Event::Answer { text: "马上来\n请稍等".into() }]));
        assert_eq!(meant(Act::Cancel, Fields::default()), Ok(vec![Event::Cancel]));
    }

    #[test]
    fn what_is_missing_or_unknown_is_not_acted_upon() {
        for act in [
            Act::Assign,
            Act::HandOver,
            Act::Answer,
            Act::Classify,
            Act::Locate,
            Act::Finish,
            Act::Survey,
            Act::Refer,
            Act::Decline,
        ] {
            assert_eq!(meant(act, Fields::default()), Err("incomplete"), "{act:?}");
        }
        assert_eq!(meant(Act::Merge, Fields { number: "1".into(), ..Fields::default() }), Err("no-case"));
        let long = Fields { text: "长".repeat(REASON_CHARS_MAX + 1), ..Fields::default() };
        assert_eq!(meant(Act::Decline, long), Err("too-long"));
    }

    #[test]
    fn a_survey_by_phone_happens_in_an_order_that_nothing_refuses() {
        let told = |solved: &str, satisfied: &str, text: &str| {
            let fields = Fields {
                solved: solved.into(),
                satisfied: satisfied.into(),
                text: text.into(),
                ..Fields::default()
            };
            meant(Act::Survey, fields)
        };
        let word = || Event::Comment("好".into());
        assert_eq!(told("yes", "5", "好"), Ok(vec![Event::Satisfied(5), word()]));
        assert_eq!(told("yes", "", ""), Ok(vec![Event::Solved(true)]));
        assert_eq!(told("no", "1", "好"), Ok(vec![word(), Event::Solved(false)]));
        assert_eq!(told("yes", "6", ""), Err("incomplete"));
        assert_eq!(told("", "5", ""), Err("incomplete"));
    }

    #[test]
    fn every_notice_has_words_in_every_language() {
        let acts = [
            Act::Assign,
            Act::HandOver,
            Act::Answer,
            Act::Classify,
            Act::Locate,
            Act::Finish,
            Act::Survey,
            Act::Merge,
            Act::Refer,
            Act::Decline,
            Act::Cancel,
        ];
        let locales = Locales::load();
        for language in Language::ALL {
            for word in acts.map(Act::word).iter().chain(&WHYS) {
                assert!(locales.has(language, &format!("staff-notice-{word}")), "{word} in {language:?}");
            }
        }
    }
}
