//! A city platform over real HTTP: it signs what it posts, and it verifies and keeps what it is sent. It can be
//! told to fail.

use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use tokio::net::TcpListener;

/// What the platform and the hotline share.
pub const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// What the platform keeps of a recording.
pub const RECORDING: &[u8] = b"OggS and what was said";

/// See the module.
#[derive(Clone)]
pub struct Platform {
    pub url: String,
    kept: Arc<Mutex<Vec<Value>>>,
    answer: Arc<AtomicU16>,
}

impl Platform {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/deliver", listener.local_addr().expect("an address"));
        let platform = Self { url, kept: Arc::default(), answer: Arc::new(AtomicU16::new(200)) };
        let app = Router::new()
            .route("/deliver", post(keep))
            .route("/attachments/{id}", get(give))
            .with_state(platform.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        platform
    }

    /// From now on every delivery gets this status, and nothing is kept unless it is 200.
    pub fn answers(&self, status: u16) {
        self.answer.store(status, Ordering::SeqCst);
    }

    /// Everything that was delivered, in order.
    pub fn kept(&self) -> Vec<Value> {
        self.kept.lock().expect("no test panicked").clone()
    }
}

async fn keep(State(platform): State<Platform>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let text =
        |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let signed = signature(&text("webhook-id"), &text("webhook-timestamp"), &body);
    assert_eq!(text("webhook-signature"), signed, "what the hotline sends is signed");
    let status = StatusCode::from_u16(platform.answer.load(Ordering::SeqCst)).expect("a status");
    if status.is_success() {
        let value: Value = serde_json::from_slice(&body).expect("what the hotline sends is JSON");
        assert_eq!(value["data"]["message_id"], text("webhook-id").as_str());
        platform.kept.lock().expect("no test panicked").push(value);
    }
    status
}

/// What residents sent: only to whoever signs the request.
async fn give(
    Path(id): Path<String>,
    headers: HeaderMap,
) -> (StatusCode, [(&'static str, &'static str); 1], &'static [u8]) {
    let text =
        |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    assert_eq!(text("webhook-id"), id);
    assert_eq!(text("webhook-signature"), signature(&id, &text("webhook-timestamp"), b""), "it is signed");
    match id.as_str() {
        "rec 1" => (StatusCode::OK, [("content-type", "audio/ogg")], RECORDING),
        "page" => (StatusCode::OK, [("content-type", "text/html")], b"<script>alert(1)</script>"),
        _ => (StatusCode::GONE, [("content-type", "text/plain")], b""),
    }
}

/// The signature of the standard, written a second time so that the tests do not believe the code.
pub fn signature(id: &str, timestamp: &str, body: &[u8]) -> String {
    let key = STANDARD.decode(SECRET.trim_start_matches("whsec_")).expect("base64");
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("a key");
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}
