//! The staff pages.

use std::sync::Arc;

use axum::Router;

use super::Web;

/// Everything below `/staff`.
pub fn routes() -> Router<Arc<Web>> {
    Router::new()
}
