//! Messages that could not be understood or sent.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::super::Web;
use super::super::error::Error;
use super::super::page::html;
use super::desk::{Desk, Notice, When};
use super::login::Nothing;
use super::session::{Posted, Staff};
use crate::domain::id::{CaseNumber, MessageId};
use crate::domain::privacy::{displayable, first_chars};
use crate::store::DeadRow;

/// The most that are shown.
const ROWS_MAX: usize = 200;
/// Characters of what went wrong.
const ERROR_CHARS: usize = 300;

/// A line of the list.
struct Row {
    id: MessageId,
    outgoing: bool,
    channel: String,
    case: Option<CaseNumber>,
    when: When,
    error: String,
}

#[derive(Template)]
#[template(path = "staff/messages.html")]
struct Messages<'w> {
    d: Desk<'w>,
    rows: Vec<Row>,
}

/// What came of trying again.
#[derive(Deserialize)]
pub(super) struct Came {
    #[serde(default)]
    again: Option<String>,
}

/// `GET /staff/messages`
pub(super) async fn list(
    State(web): State<Arc<Web>>,
    headers: HeaderMap,
    staff: Staff,
    Query(came): Query<Came>,
) -> Result<Response, Error> {
    let mut d = Desk::new(&web, &headers, staff);
    d.notice = came.again.map(|came| match came.as_str() {
        "yes" => Notice { text: d.say("staff-notice-again"), refused: false },
        _ => Notice { text: d.say("staff-notice-not-dead"), refused: true },
    });
    let dead = web.hotline.store.read().await?.dead_messages(ROWS_MAX).await?;
    let rows = dead.into_iter().map(|message| row(&d, message)).collect();
    html(&Messages { d, rows })
}

fn row(d: &Desk<'_>, message: DeadRow) -> Row {
    Row {
        when: d.when(message.at),
        error: first_chars(&displayable(&message.error), ERROR_CHARS),
        id: message.id,
        outgoing: message.outgoing,
        channel: message.channel,
        case: message.case,
    }
}

/// `POST /staff/messages/{id}/again`
pub(super) async fn again(
    State(web): State<Arc<Web>>,
    Path(id): Path<String>,
    posted: Posted<Nothing>,
) -> Result<Response, Error> {
    posted.staff.must_be_officer()?;
    let (id, now) = (MessageId::from(id.as_str()), web.hotline.clock.now());
    let revived =
        web.hotline.store.write(move |tx| Box::pin(async move { tx.revive_outbox(&id, now).await })).await?;
    web.hotline.hints.outbox.notify_one();
    let came = if revived { "yes" } else { "no" };
    Ok(Redirect::to(&format!("/staff/messages?again={came}")).into_response())
}
