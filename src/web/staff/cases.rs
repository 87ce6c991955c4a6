//! The list of cases: what needs a person first.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::super::Web;
use super::super::error::Error;
use super::super::page::html;
use super::desk::{Desk, Due};
use super::session::Staff;
use crate::domain::id::CaseNumber;
use crate::domain::message::Priority;
use crate::domain::privacy::{displayable, first_chars, mask_text};
use crate::store::{CaseFilter, CaseRow, Counts, PAGE};

/// Characters of a resident's words in the list.
const GIST_CHARS: usize = 80;
/// The last page that is looked for.
const PAGE_MAX: usize = 10_000;

/// Which part of which list.
#[derive(Deserialize)]
pub(super) struct Place {
    #[serde(default)]
    show: Option<CaseFilter>,
    #[serde(default)]
    page: usize,
    /// A number that there is no case of.
    #[serde(default)]
    missing: Option<String>,
}

/// A number to look for.
#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    number: String,
}

/// A tab above the list.
struct Tab {
    word: &'static str,
    title: String,
    count: Option<i64>,
    here: bool,
}

/// A line of the list.
struct Row {
    number: CaseNumber,
    danger: bool,
    help: bool,
    service: String,
    gist: Option<String>,
    place: String,
    around: Option<String>,
    state: &'static str,
    standing: String,
    due: Option<Due>,
    team: String,
    who: Option<String>,
}

#[derive(Template)]
#[template(path = "staff/cases.html")]
struct Cases<'w> {
    d: Desk<'w>,
    counts: Counts,
    tabs: Vec<Tab>,
    show: &'static str,
    title: String,
    rows: Vec<Row>,
    page: usize,
    more: bool,
    range: String,
    dead: Option<String>,
    missing: Option<String>,
}

/// `GET /staff`
pub(super) async fn list(
    State(web): State<Arc<Web>>,
    headers: HeaderMap,
    staff: Staff,
    Query(place): Query<Place>,
) -> Result<Response, Error> {
    let d = Desk::new(&web, &headers, staff);
    let filter = place.show.unwrap_or(CaseFilter::Attention);
    let page = place.page.min(PAGE_MAX);
    let mut tx = web.hotline.store.read().await?;
    let counts = tx.count_cases(d.now).await?;
    let cases = tx.list_cases(filter, d.now, page).await?;
    let (show, title) = words(filter);
    let from = page * PAGE + 1;
    html(&Cases {
        tabs: tabs(&d, &counts, filter),
        rows: cases.iter().map(|case| row(&d, case)).collect(),
        title: d.say(title),
        missing: place.missing.map(|number| first_chars(&displayable(&number), 20)),
        more: cases.len() == PAGE,
        range: d.t.fill(
            "staff-page-range",
            &[("from", from.into()), ("to", (from + cases.len()).saturating_sub(1).into())],
        ),
        dead: (counts.dead > 0).then(|| d.t.fill("staff-dead-count", &[("n", counts.dead.into())])),
        d,
        counts,
        show,
        page,
    })
}

/// `GET /staff/cases?number=…`: the case, or the list again.
pub(super) async fn find(
    State(web): State<Arc<Web>>,
    _: Staff,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Error> {
    let known = match CaseNumber::parse(&wanted.number) {
        Some(number) => web.hotline.store.read().await?.case(number).await?.map(|case| case.number),
        None => None,
    };
    let to = match known {
        Some(number) => format!("/staff/cases/{number}"),
        None => format!("/staff?missing={}", digits(&wanted.number)),
    };
    Ok(Redirect::to(&to).into_response())
}

/// What of a number mistyped can stand in an address; `-` for nothing.
fn digits(text: &str) -> String {
    let kept: String = text.chars().filter(char::is_ascii_alphanumeric).take(20).collect();
    if kept.is_empty() { "-".to_owned() } else { kept }
}

fn tabs(d: &Desk<'_>, counts: &Counts, shown: CaseFilter) -> Vec<Tab> {
    let tab = |filter| {
        let (word, title) = words(filter);
        let count = match filter {
            CaseFilter::Attention => Some(counts.attention),
            CaseFilter::Triage => Some(counts.triage),
            CaseFilter::Escalated => Some(counts.escalated),
            CaseFilter::Late => Some(counts.late),
            CaseFilter::Open => Some(counts.open),
            CaseFilter::Closed => None,
        };
        Tab { word, title: d.say(title), count, here: filter == shown }
    };
    CaseFilter::ALL.into_iter().map(tab).collect()
}

/// A list's word in addresses, and the id of its title.
fn words(filter: CaseFilter) -> (&'static str, &'static str) {
    match filter {
        CaseFilter::Attention => ("attention", "staff-tab-attention"),
        CaseFilter::Triage => ("triage", "staff-tab-triage"),
        CaseFilter::Escalated => ("escalated", "staff-tab-escalated"),
        CaseFilter::Late => ("late", "staff-tab-late"),
        CaseFilter::Open => ("open", "staff-tab-open"),
        CaseFilter::Closed => ("closed", "staff-tab-closed"),
    }
}

fn row(d: &Desk<'_>, row: &CaseRow) -> Row {
    let case = &row.case;
    let (place, around) = d.place(case.area.as_ref());
    let (state, standing) = d.standing(case);
    let words = match d.staff.is_officer() {
        true => displayable(&case.text),
        false => mask_text(&case.text),
    };
    Row {
        number: case.number,
        danger: case.priority == Priority::Danger && !case.is_closed(),
        help: case.help_wanted,
        service: d.service(&case.service),
        gist: d.may_read(&case.service).then(|| first_chars(&words, GIST_CHARS)),
        place,
        around,
        state,
        standing,
        due: d.due(case),
        team: case.team().map_or_else(|| d.say("staff-nobody"), |team| d.team(team)),
        who: row.member.clone().or_else(|| case.team().map(|_| d.rung(case.rung))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_mistyped_goes_into_an_address_without_harm() {
        assert_eq!(digits("10 24x"), "1024x");
        assert_eq!(digits("/../<a>"), "a");
        assert_eq!(digits("&?#"), "-");
    }
}
