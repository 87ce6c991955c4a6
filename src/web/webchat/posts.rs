//! What pages post. 200 means: it is on disk; the same id again changes nothing.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use serde_json::{Value, json};

use super::super::{Web, error::Error, guard};
use super::visitor::{Member, Visitor};
use crate::channels::Delivery;
use crate::channels::webchat::{NAME, Place, Webchat};
use crate::domain::message::{Body, Chat};

/// `POST /chat/messages`: to the hotline, privately.
pub(super) async fn to_hotline(
    State(web): State<Arc<Web>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Value>, Error> {
    guard::from_our_pages(&headers)?;
    let place = Place { person: Visitor::known(&headers)?.person(), group: None };
    take(&web, &place, &headers, &body?).await
}

/// `POST /group/{chat}/messages`: into a team's group, by its members.
pub(super) async fn to_group(
    State(web): State<Arc<Web>>,
    Path(chat): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Value>, Error> {
    guard::from_our_pages(&headers)?;
    let visitor = Visitor::known(&headers)?;
    let body = body?;
    members_only(&web, &visitor, &Chat::new(NAME, &chat)).await?;
    let place = Place { person: visitor.person(), group: Some(chat) };
    take(&web, &place, &headers, &body).await
}

/// Whoever is no member of the group's team is refused.
pub(super) async fn members_only(web: &Web, visitor: &Visitor, group: &Chat) -> Result<(), Error> {
    let mut tx = web.hotline.store.read().await?;
    let city = web.hotline.learn_city(&mut tx).await?;
    let member = Member::of(visitor, &mut tx).await?;
    match member.team_of(&city, group) {
        Some(_) => Ok(()),
        None => Err(Error::Forbidden("only members of its team read and write in a group")),
    }
}

async fn take(web: &Web, place: &Place, headers: &HeaderMap, body: &[u8]) -> Result<Json<Value>, Error> {
    let message = Webchat::parse(place, Delivery { query: "", headers, body })?;
    if message.body == Body::default() {
        return Err(Error::BadRequest("one of `text`, `choice` and `location` must be there".into()));
    }
    let chat = message.chat.clone();
    web.hotline.receive(&[message]).await?;
    // Other pages of the same chat show it at once; there may be none.
    web.hotline.hints.chats.send(chat).ok();
    Ok(Json(json!({ "ok": true })))
}
