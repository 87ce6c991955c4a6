//! One case: what was asked, how it stands, what happened, and what can be done.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;

use super::super::Web;
use super::super::error::Error;
use super::super::page::html;
use super::act;
use super::attachment::{self, Opened};
use super::choices::{self, Group};
use super::desk::{Desk, Due, Notice, When};
use super::session::Staff;
use super::timeline::{self, Line, Teller, why_id};
use crate::domain::case::{Case, Origin, Outcome, Stage, State as Standing};
use crate::domain::id::CaseNumber;
use crate::domain::message::Priority;
use crate::domain::privacy::{displayable, mask_name, mask_phone, mask_text};
use crate::engine::supervise;
use crate::store::{Person, TimelineRow, Tx};

/// Words that are shown as the reason for a verdict.
const REASONS_MAX: usize = 6;
/// Features that are looked at for them.
const REASONS_WEIGHED: usize = 18;

/// What came of the last act.
#[derive(Deserialize)]
pub(super) struct Came {
    #[serde(default)]
    notice: Option<String>,
}

/// What can be done with a case as it stands.
struct Can {
    assign: bool,
    change: bool,
    survey: bool,
}

/// A fact about the case.
struct Fact {
    title: String,
    text: String,
    call: Option<String>,
}

/// What was understood: the service, how sure that was, and what else it could have been.
struct Verdict {
    service: String,
    percent: i64,
    /// Whether a person chose the service.
    by_hand: bool,
    /// What in the words spoke for it, strongest first.
    because: Vec<String>,
    others: Vec<String>,
}

/// What the resident said of the result.
struct Survey {
    solved: Option<String>,
    stars: Option<String>,
    comment: Option<String>,
}

#[derive(Template)]
#[template(path = "staff/case.html")]
struct Page<'w> {
    number: CaseNumber,
    title: String,
    danger: bool,
    restricted: bool,
    help: bool,
    state: &'static str,
    standing: String,
    why: Option<String>,
    due: Option<Due>,
    reads: bool,
    words: String,
    opened: When,
    by_phone: bool,
    added: Vec<(String, When)>,
    attachments: Vec<Opened>,
    facts: Vec<Fact>,
    verdict: Verdict,
    survey: Option<Survey>,
    lines: Vec<Line>,
    can: Can,
    reachable: bool,
    members: Vec<Group>,
    teams: Vec<Group>,
    services: Vec<Group>,
    areas: Vec<Group>,
    units: Vec<String>,
    d: Desk<'w>,
}

/// Everything that is read about a case.
struct Known {
    case: Case,
    rows: Vec<TimelineRow>,
    people: Vec<Person>,
    reachable: bool,
}

/// `GET /staff/cases/{number}`
pub(super) async fn page(
    State(web): State<Arc<Web>>,
    headers: HeaderMap,
    staff: Staff,
    Path(number): Path<String>,
    Query(came): Query<Came>,
) -> Result<Response, Error> {
    let mut d = Desk::new(&web, &headers, staff);
    d.notice = came.notice.and_then(|word| notice(&web, &d, &word));
    let number = CaseNumber::parse(&number).ok_or(Error::NotFound)?;
    let mut tx = web.hotline.store.read().await?;
    let case = tx.case(number).await?.ok_or(Error::NotFound)?;
    if d.is_restricted(&case.service) && d.may_read(&case.service) {
        supervise::note_view(&web.hotline, &d.staff.name, number).await?;
    }
    let known = Known::load(&mut tx, case).await?;
    let members = match d.staff.is_officer() {
        true => choices::members_for(&d, &mut tx, &known.case).await?,
        false => Vec::new(),
    };
    drop(tx);
    html(&compose(&web, d, known, members))
}

/// A notice's text; a word that is none of ours says nothing.
fn notice(web: &Web, d: &Desk<'_>, word: &str) -> Option<Notice> {
    let id = format!("staff-notice-{word}");
    let known = web.hotline.locales.has(d.t.language, &id);
    known.then(|| Notice { text: d.say(&id), refused: act::WHYS.contains(&word) })
}

impl Known {
    async fn load(tx: &mut Tx, case: Case) -> Result<Self, Error> {
        let rows = tx.timeline(case.number).await?;
        let mut ids = timeline::people(&rows);
        ids.push(case.resident.clone());
        ids.extend(case.member().cloned());
        ids.sort();
        ids.dedup();
        let people = tx.people(&ids).await?;
        let reachable = !tx.contacts_of(std::slice::from_ref(&case.resident)).await?.is_empty();
        Ok(Self { case, rows, people, reachable })
    }

    fn resident(&self) -> Option<&Person> {
        self.people.iter().find(|person| person.id == self.case.resident)
    }

    fn member(&self) -> Option<&Person> {
        self.people.iter().find(|person| Some(&person.id) == self.case.member())
    }
}

fn compose<'w>(web: &Web, d: Desk<'w>, known: Known, members: Vec<Group>) -> Page<'w> {
    let case = &known.case;
    let (state, standing) = d.standing(case);
    let reads = d.may_read(&case.service);
    let chosen_area = case.area.as_ref().map(ToString::to_string).unwrap_or_default();
    Page {
        number: case.number,
        title: d.service(&case.service),
        danger: case.priority == Priority::Danger && !case.is_closed(),
        restricted: d.is_restricted(&case.service),
        help: case.help_wanted,
        state,
        standing,
        why: why(&d, case),
        due: d.due(case),
        reads,
        words: shown(&d, &case.text),
        opened: d.when(case.opened_at),
        by_phone: case.origin == Origin::Phone,
        added: timeline::added(&d, &known.rows)
            .into_iter()
            .map(|(text, when)| (shown(&d, &text), when))
            .collect(),
        attachments: match d.staff.is_officer() {
            true => attachment::all(&d, case.number, &known.rows),
            false => Vec::new(),
        },
        facts: facts(&d, &known, reads),
        verdict: verdict(web, &d, case),
        survey: survey(&d, case, reads),
        lines: Teller::new(&d, case, &known.people).tell(&known.rows),
        can: can(case),
        reachable: known.reachable,
        members,
        teams: choices::teams_for(&d, case),
        services: choices::services(web, &d, case.service.as_str()),
        areas: choices::areas(&d, &chosen_area),
        units: d.services.get(&case.service).map(|service| service.units.clone()).unwrap_or_default(),
        d,
    }
}

/// Words, in full only for those who act.
fn shown(d: &Desk<'_>, text: &str) -> String {
    if d.staff.is_officer() { displayable(text) } else { mask_text(text) }
}

fn can(case: &Case) -> Can {
    let stage = case.stage();
    Can {
        assign: matches!(stage, Stage::Triage | Stage::Offered | Stage::Accepted),
        change: stage != Stage::Closed,
        survey: match &case.state {
            Standing::Done { .. } => true,
            Standing::Closed { outcome, .. } => {
                matches!(outcome, Outcome::Solved | Outcome::Unanswered | Outcome::NotAsked)
            }
            Standing::Triage { .. } | Standing::Offered { .. } | Standing::Accepted { .. } => false,
        },
    }
}

fn why(d: &Desk<'_>, case: &Case) -> Option<String> {
    match &case.state {
        Standing::Triage { why, .. } => Some(d.say(why_id(*why))),
        Standing::Offered { .. }
        | Standing::Accepted { .. }
        | Standing::Done { .. }
        | Standing::Closed { .. } => None,
    }
}

fn facts(d: &Desk<'_>, known: &Known, reads: bool) -> Vec<Fact> {
    let case = &known.case;
    let fact = |id: &str, text: Option<String>| Some(Fact { title: d.say(id), text: text?, call: None });
    let (place, around) = d.place(case.area.as_ref());
    let place = around.map_or(place.clone(), |around| format!("{place} · {around}"));
    let with = known.member().and_then(|member| member.name.clone());
    let team = case.team().map(|team| d.team(team));
    let holder = [team, with].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let holder = if holder.is_empty() { d.say("staff-nobody") } else { holder };
    let resolve = (!case.is_closed()).then(|| {
        let due = d.due_at(case.resolve_by);
        format!("{} · {}", due.exact, due.text)
    });
    let mut facts = vec![fact("staff-fact-area", Some(place))];
    if reads {
        facts.extend(private_facts(d, known));
    }
    facts.push(fact("staff-fact-holder", (!case.is_closed()).then_some(holder)));
    facts.push(fact("staff-fact-resolve", resolve));
    facts.push(fact("staff-fact-reopened", (case.reopened > 0).then(|| case.reopened.to_string())));
    facts.into_iter().flatten().collect()
}

/// What tells who and where exactly somebody is; masked for those who only look.
fn private_facts(d: &Desk<'_>, known: &Known) -> Vec<Option<Fact>> {
    let (details, resident) = (&known.case.details, known.resident());
    let full = d.staff.is_officer();
    let phone = details.phone.clone().or_else(|| resident?.phone.clone());
    let address = details.address.clone().or_else(|| resident?.address.clone()).map(|text| shown(d, &text));
    let name = resident.and_then(|person| person.name.clone());
    let fact = |id: &str, text: Option<String>| Some(Fact { title: d.say(id), text: text?, call: None });
    let call = |phone: String| match full {
        true => {
            Fact { title: d.say("staff-fact-phone"), call: Some(dialled(&phone)), text: displayable(&phone) }
        }
        false => Fact { title: d.say("staff-fact-phone"), call: None, text: mask_phone(&phone) },
    };
    vec![
        fact(
            "staff-fact-resident",
            name.map(|name| if full { displayable(&name) } else { mask_name(&name) }),
        ),
        phone.map(call),
        fact("staff-fact-address", address),
        fact("staff-fact-when", details.when.as_deref().map(|text| shown(d, text))),
        fact("staff-fact-person", details.person.as_deref().map(|text| shown(d, text))),
    ]
}

/// A number as a telephone dials it: before an extension it waits.
fn dialled(phone: &str) -> String {
    let dial = |c: char| match c {
        '转' | '轉' | 'x' | 'X' => Some(','),
        _ => (c.is_ascii_digit() || c == '+').then_some(c),
    };
    phone.chars().filter_map(dial).collect()
}

fn verdict(web: &Web, d: &Desk<'_>, case: &Case) -> Verdict {
    let others = case.runners_up.iter().filter(|code| **code != case.service);
    Verdict {
        service: d.service(&case.service),
        percent: (f64::from(case.confidence) * 100.0).round() as i64,
        by_hand: case.confidence >= 1.0,
        because: if d.staff.is_officer() && d.may_read(&case.service) {
            because(web, case)
        } else {
            Vec::new()
        },
        others: others.map(|code| d.service(code)).collect(),
    }
}

/// What speaks for the case's service in its words, as the hotline understands them now.
fn because(web: &Web, case: &Case) -> Vec<String> {
    let Some(understander) = web.hotline.understander() else { return Vec::new() };
    let reasons = understander.reasons(&case.text, &case.service).into_iter();
    let strongest = reasons.filter(|reason| reason.weight > 0.0).take(REASONS_WEIGHED);
    telling(strongest.map(|reason| displayable(reason.feature.trim())).collect())
}

/// Of words that are parts of one another the longer says more; names of concepts say little to people.
fn telling(words: Vec<String>) -> Vec<String> {
    let is_part = |word: &str| words.iter().any(|other| other.len() > word.len() && other.contains(word));
    let is_concept = |word: &str| word.starts_with('[');
    let telling = words.iter().filter(|word| !word.is_empty() && !is_concept(word) && !is_part(word));
    telling.take(REASONS_MAX).cloned().collect()
}

fn survey(d: &Desk<'_>, case: &Case, reads: bool) -> Option<Survey> {
    let said = &case.survey;
    let any = said.solved.is_some() || said.satisfied.is_some() || said.comment.is_some();
    any.then(|| Survey {
        solved: said.solved.map(|solved| d.say(if solved { "staff-solved-yes" } else { "staff-solved-no" })),
        stars: said.satisfied.map(|stars| d.t.with("staff-stars", "n", &stars.to_string())),
        comment: said.comment.as_deref().filter(|_| reads).map(|text| shown(d, text)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_word_says_more() {
        let words = ["水", "修", "[mend]", "水龙头", "师傅", "龙头"].map(String::from);
        assert_eq!(telling(words.into()), ["修", "水龙头", "师傅"]);
    }

    #[test]
    fn a_number_is_dialled_without_its_dashes() {
        assert_eq!(dialled("+86 138-0000 5555(家)"), "+8613800005555");
        assert_eq!(dialled("0592-5550188转803"), "05925550188,803");
    }
}
