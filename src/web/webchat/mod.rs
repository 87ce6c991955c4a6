//! The resident's chat and a team's group, as pages. Who somebody is, only their cookie says; which group they
//! may read and write in, only their memberships say.

mod door;
mod pages;
mod posts;
mod stream;
mod visitor;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use super::Web;

/// Pages and posts.
pub fn routes() -> Router<Arc<Web>> {
    Router::new()
        .route("/", get(pages::chat))
        .route("/language/{tag}", get(pages::language))
        .route("/chat/messages", post(posts::to_hotline))
        .route("/group", get(pages::groups))
        .route("/group/door", get(pages::door).post(door::enter))
        .route("/group/{chat}", get(pages::group))
        .route("/group/{chat}/messages", post(posts::to_group))
}

/// Streams of events, which stay open.
pub fn streams() -> Router<Arc<Web>> {
    Router::new()
        .route("/chat/events", get(stream::of_chat))
        .route("/group/{chat}/events", get(stream::of_group))
}
