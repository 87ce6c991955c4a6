//! HTTP: what platforms post, what people see. A handler extracts, checks, makes one call and responds; what a
//! request may do is decided by its signature, cookie or session, never by what it says of itself.

mod assets;
mod error;
mod guard;
mod health;
mod hooks;
mod page;
mod staff;
mod webchat;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::routing::{get, post, put};
use metrics_exporter_prometheus::PrometheusHandle;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

use crate::engine::Hotline;

/// The largest body that is read, in bytes.
pub const BODY_MAX: usize = 64 * 1024;
/// The largest delivery of a messenger that is read, in bytes. Telegram writes six bytes for a Chinese character, adds
/// the message that is answered, and repeats for a day what is too large for us.
pub const DELIVERY_MAX: usize = 512 * 1024;
/// The largest delivery of a homeserver, in bytes: a hundred events of 64 KiB, and what it tells us besides. One that were
/// refused would come again for ever.
pub const TRANSACTION_MAX: usize = 8 * 1024 * 1024;
/// How long a request may take; streams of events are not meant by it.
const REQUEST_MAX: Duration = Duration::from_secs(30);

/// What handlers share.
pub struct Web {
    /// The hotline.
    pub hotline: Arc<Hotline>,
    /// Whether people reach us by HTTPS, so that cookies are sent only so.
    pub secure: bool,
    /// The figures for `/metrics`; nothing is shown without.
    pub metrics: Option<PrometheusHandle>,
    /// How often one address may try to log in or to enter a code.
    pub attempts: guard::Attempts,
}

impl Web {
    /// Handlers' share of a hotline.
    pub fn new(hotline: Arc<Hotline>, secure: bool, metrics: Option<PrometheusHandle>) -> Arc<Self> {
        Arc::new(Self { hotline, secure, metrics, attempts: guard::Attempts::new() })
    }
}

/// Every address.
pub fn router(web: Arc<Web>) -> Router {
    let bounded = Router::new()
        .route("/hooks/webhook/{peer}", post(hooks::receive_from_peer))
        .route(
            "/hooks/{channel}",
            get(hooks::greet).post(hooks::receive_from_messenger).layer(DefaultBodyLimit::max(DELIVERY_MAX)),
        )
        .route(
            "/hooks/matrix/_matrix/app/v1/{*call}",
            put(hooks::receive_from_homeserver)
                .post(hooks::receive_from_homeserver)
                .get(error::not_found)
                .layer(DefaultBodyLimit::max(TRANSACTION_MAX)),
        )
        .route("/healthz", get(health::healthz))
        .route("/metrics", get(health::metrics))
        .route("/static/{*path}", get(assets::serve))
        .merge(webchat::routes())
        .nest("/staff", staff::routes(&web))
        .fallback(error::not_found)
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, REQUEST_MAX));
    bounded
        .merge(webchat::streams())
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(POLICY),
        ))
        .layer(SetResponseHeaderLayer::overriding(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
        .layer(SetResponseHeaderLayer::overriding(
            header::REFERRER_POLICY,
            HeaderValue::from_static("same-origin"),
        ))
        .layer(SetResponseHeaderLayer::overriding(
            HeaderName::from_static("permissions-policy"),
            HeaderValue::from_static("geolocation=(self), camera=(), microphone=()"),
        ))
        .layer(CatchPanicLayer::custom(error::panicked))
        .with_state(web)
}

/// Only our own files, nothing inline, nobody may frame us.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; connect-src 'self'; \
                      form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'";
