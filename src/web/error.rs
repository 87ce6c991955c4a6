//! What a client is told when something goes wrong; logged once, here.

use std::any::Any;

use axum::Json;
use axum::extract::rejection::BytesRejection;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::channels::Rejected;
use crate::store::StoreError;

/// An error of a request.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is nothing at this address.
    #[error("not found")]
    NotFound,
    /// Not for whoever asks.
    #[error("{0}")]
    Forbidden(&'static str),
    /// A delivery that is not taken.
    #[error(transparent)]
    Rejected(#[from] Rejected),
    /// A form or an address that cannot be right.
    #[error("{0}")]
    BadRequest(String),
    /// More than [`super::BODY_MAX`].
    #[error("the body is larger than 64 KiB")]
    TooLarge,
    /// Too often.
    #[error("too many attempts; wait a minute")]
    TooMany,
    /// Another program does not give what was asked for.
    #[error("{0}")]
    Elsewhere(&'static str),
    /// Not now.
    #[error("the hotline cannot store anything just now; deliver it again later")]
    Unavailable,
    /// Our own fault.
    #[error("something went wrong here")]
    Internal(String),
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            // A full disk and a locked file are the database's errors too: the platform comes again.
            StoreError::Busy | StoreError::Conflict | StoreError::Db(_) => {
                tracing::error!(%error, "the store could not answer");
                Self::Unavailable
            }
            StoreError::Corrupt(what) => Self::Internal(what),
        }
    }
}

impl From<BytesRejection> for Error {
    fn from(rejection: BytesRejection) -> Self {
        match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            _ => Self::BadRequest("the body could not be read".into()),
        }
    }
}

impl Error {
    /// The status that says whose turn it is.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::Rejected(Rejected::Unauthorized(_)) => StatusCode::UNAUTHORIZED,
            Self::Rejected(Rejected::Malformed(_)) | Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Elsewhere(_) => StatusCode::BAD_GATEWAY,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let status = self.status();
        if let Self::Internal(what) = &self {
            tracing::error!(%what, "a request failed");
        }
        metrics::counter!("hotline_http_errors_total", "status" => status.as_str().to_owned()).increment(1);
        let body = Json(json!({ "error": { "status": status.as_u16(), "message": self.to_string() } }));
        match status {
            StatusCode::SERVICE_UNAVAILABLE => (status, [(header::RETRY_AFTER, "5")], body).into_response(),
            _ => (status, body).into_response(),
        }
    }
}

/// For every address that is none.
pub async fn not_found() -> Error {
    Error::NotFound
}

/// A handler that panicked.
pub fn panicked(_: Box<dyn Any + Send>) -> Response {
    Error::Internal("a handler panicked".into()).into_response()
}
