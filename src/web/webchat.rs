//! The resident's chat and a team's group, as pages.

use std::sync::Arc;

use axum::Router;

use super::Web;

/// Pages and posts.
pub fn routes() -> Router<Arc<Web>> {
    Router::new()
}

/// Streams of events, which stay open.
pub fn streams() -> Router<Arc<Web>> {
    Router::new()
}
