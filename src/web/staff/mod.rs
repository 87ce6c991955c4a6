//! The staff pages. Who somebody is and what they may do is their session's to say, at every request; whatever
//! changes something carries the session's token and comes from our own pages.

mod accuracy;
mod act;
mod attachment;
mod case;
mod cases;
mod choices;
mod codes;
mod desk;
mod login;
mod messages;
mod phone;
mod session;
mod timeline;
mod trouble;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use super::Web;

/// Everything below `/staff`.
pub fn routes(web: &Arc<Web>) -> Router<Arc<Web>> {
    Router::new()
        .route("/", get(cases::list))
        .route("/login", get(login::page).post(login::log_in))
        .route("/logout", post(login::log_out))
        .route("/cases", get(cases::find))
        .route("/cases/{number}", get(case::page))
        .route("/cases/{number}/attachment/{id}", get(attachment::open))
        .route("/cases/{number}/{act}", post(act::carry_out))
        .route("/messages", get(messages::list))
        .route("/messages/{id}/again", post(messages::again))
        .route("/accuracy", get(accuracy::page))
        .route("/phone", get(phone::page).post(phone::take))
        .route("/codes", get(codes::page).post(codes::make))
        .layer(from_fn_with_state(Arc::clone(web), trouble::in_words))
}
