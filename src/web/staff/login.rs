//! In and out. What is wrong at a login is not told apart: whoever guesses learns nothing.

use std::net::SocketAddr;
use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::super::error::Error;
use super::super::page::{Texts, html};
use super::super::{Web, guard};
use super::session::{self, Posted};
use crate::engine::staff;

#[derive(Template)]
#[template(path = "staff/login.html")]
struct Login<'w> {
    t: Texts<'w>,
    name: String,
    wrong: bool,
}

/// A login form.
#[derive(Deserialize)]
pub(super) struct Entry {
    name: String,
    password: String,
}

/// What a form says that only carries the session's token.
#[derive(Deserialize)]
pub(super) struct Nothing {}

/// `GET /staff/login`
pub(super) async fn page(State(web): State<Arc<Web>>, headers: HeaderMap) -> Result<Response, Error> {
    html(&Login { t: Texts::of(&web, &headers), name: String::new(), wrong: false })
}

/// `POST /staff/login`
pub(super) async fn log_in(
    State(web): State<Arc<Web>>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Form(entry): Form<Entry>,
) -> Result<Response, Error> {
    guard::from_our_pages(&headers)?;
    web.attempts.count(from.ip())?;
    match staff::log_in(&web.hotline, &entry.name, &entry.password).await? {
        Some(token) => {
            let cookie = session::keep(&token, web.secure)?;
            Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/staff")).into_response())
        }
        None => {
            metrics::counter!("hotline_logins_refused_total").increment(1);
            let page = html(&Login { t: Texts::of(&web, &headers), name: entry.name, wrong: true })?;
            Ok((StatusCode::UNAUTHORIZED, page).into_response())
        }
    }
}

/// `POST /staff/logout`
pub(super) async fn log_out(
    State(web): State<Arc<Web>>,
    headers: HeaderMap,
    posted: Posted<Nothing>,
) -> Result<Response, Error> {
    tracing::debug!(staff = %posted.staff.name, "logged out");
    if let Some(token) = session::token(&headers) {
        staff::log_out(&web.hotline, &token).await?;
    }
    let cookie = session::forget(web.secure)?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/staff/login")).into_response())
}
