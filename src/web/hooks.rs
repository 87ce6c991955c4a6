//! What platforms post. The answer means: it is on disk.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};

use super::Web;
use super::error::Error;
use crate::channels::{Channel, Delivery, Rejected, matrix};

/// `POST /hooks/webhook/{peer}`
pub async fn receive_from_peer(
    State(web): State<Arc<Web>>,
    Path(peer): Path<String>,
    query: RawQuery,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Error> {
    receive(&web, &format!("webhook:{peer}"), query, &headers, body).await
}

/// `POST /hooks/{channel}`
pub async fn receive_from_messenger(
    State(web): State<Arc<Web>>,
    Path(channel): Path<String>,
    query: RawQuery,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Error> {
    receive(&web, &channel, query, &headers, body).await
}

/// `PUT` and `POST /hooks/matrix/_matrix/app/v1/…`: Matrix has paths of its own below the address that it is given.
pub async fn receive_from_homeserver(
    State(web): State<Arc<Web>>,
    query: RawQuery,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Error> {
    receive(&web, matrix::NAME, query, &headers, body).await
}

/// `GET /hooks/{channel}`: a platform asks whether this is the address that its operator entered.
pub async fn greet(
    State(web): State<Arc<Web>>,
    Path(channel): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<String, Error> {
    let messenger = web.hotline.channels.get(&channel).ok_or(Error::NotFound)?;
    let greeting = messenger.greet(query.as_deref().unwrap_or_default(), web.hotline.clock.now());
    Ok(greeting.inspect_err(|rejected| count_rejected(&channel, rejected))?)
}

async fn receive(
    web: &Web,
    name: &str,
    RawQuery(query): RawQuery,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Error> {
    let channel: &Arc<dyn Channel> = web.hotline.channels.get(name).ok_or(Error::NotFound)?;
    let body = body?;
    let delivery = Delivery { query: query.as_deref().unwrap_or_default(), headers, body: &body };
    if let Some(preparing) = channel.prepare(delivery) {
        preparing.await.map_err(|error| {
            tracing::warn!(channel = name, %error, "what a delivery needs could not be learned");
            Error::Unavailable
        })?;
    }
    let received = channel.receive(delivery, web.hotline.clock.now());
    let messages = received.inspect_err(|rejected| count_rejected(name, rejected))?;
    let answer = channel.acknowledge(delivery, &messages);
    web.hotline.receive(&messages).await?;
    let answer = answer.await;
    Ok(([(header::CONTENT_TYPE, answer.content_type)], answer.body).into_response())
}

fn count_rejected(channel: &str, rejected: &Rejected) {
    metrics::counter!("hotline_deliveries_rejected_total", "channel" => channel.to_owned()).increment(1);
    tracing::debug!(%channel, %rejected, "a delivery was rejected");
}
