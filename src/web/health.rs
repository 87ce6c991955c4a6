//! Whether it runs, for whoever watches over it.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::Web;
use super::error::Error;

/// `GET /healthz`: 200 when the store answers, with how many messages wait, and whether they can be understood yet.
pub async fn healthz(State(web): State<Arc<Web>>) -> Result<Json<Value>, Error> {
    let mut tx = web.hotline.store.read().await?;
    let waiting = tx.inbox_waiting().await?;
    let understanding = if web.hotline.understander().is_some() { "ready" } else { "learning" };
    Ok(Json(
        json!({ "ok": true, "waiting": waiting, "understanding": understanding, "version": env!("CARGO_PKG_VERSION") }),
    ))
}

/// `GET /metrics`, for Prometheus.
pub async fn metrics(State(web): State<Arc<Web>>) -> Result<impl IntoResponse, Error> {
    let figures = web.metrics.as_ref().ok_or(Error::NotFound)?.render();
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], figures))
}
