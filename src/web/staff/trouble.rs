//! Errors, as pages: staff read them in their language, with a way back.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::super::Web;
use super::super::page::{Texts, html};

#[derive(Template)]
#[template(path = "staff/trouble.html")]
struct Trouble<'w> {
    t: Texts<'w>,
    text: &'static str,
}

/// Turns what went wrong into a page; what is a page already stays.
pub(super) async fn in_words(
    State(web): State<Arc<Web>>,
    headers: HeaderMap,
    request: Request,
    next: Next,
) -> Response {
    let response = next.run(request).await;
    let (status, is_page) = (response.status(), is_page(&response));
    if is_page || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    match html(&Trouble { t: Texts::of(&web, &headers), text: text(status) }) {
        Ok(page) => (status, page).into_response(),
        Err(_) => response,
    }
}

fn is_page(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    kind.is_some_and(|kind| kind.starts_with(b"text/html"))
}

fn text(status: StatusCode) -> &'static str {
    match status {
        StatusCode::FORBIDDEN => "staff-trouble-forbidden",
        StatusCode::NOT_FOUND => "staff-trouble-not-found",
        StatusCode::TOO_MANY_REQUESTS => "staff-trouble-too-many",
        StatusCode::SERVICE_UNAVAILABLE => "staff-trouble-unavailable",
        _ => "staff-trouble-other",
    }
}
