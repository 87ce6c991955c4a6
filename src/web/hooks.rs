//! What platforms post. 200 means: it is on disk.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use serde_json::{Value, json};

use super::Web;
use super::error::Error;
use crate::channels::Delivery;

/// `POST /hooks/webhook/{peer}`
pub async fn receive(
    State(web): State<Arc<Web>>,
    Path(peer): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Value>, Error> {
    let name = format!("webhook:{peer}");
    let channel = web.hotline.channels.get(&name).ok_or(Error::NotFound)?;
    let body = body?;
    let received = channel.receive(Delivery { headers: &headers, body: &body }, web.hotline.clock.now());
    let message = received.inspect_err(|rejected| {
        metrics::counter!("hotline_deliveries_rejected_total", "channel" => name.clone()).increment(1);
        tracing::debug!(channel = %name, %rejected, "a delivery was rejected");
    })?;
    web.hotline.receive(message).await?;
    metrics::counter!("hotline_messages_received_total").increment(1);
    Ok(Json(json!({ "ok": true })))
}
