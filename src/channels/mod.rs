//! One messenger a file. A channel verifies and parses what comes in (pure, no waiting), and sends what the
//! outbox holds. Only a channel's own file knows its protocol.

pub mod webchat;
pub mod webhook;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderMap;
use futures::future::BoxFuture;
use jiff::Timestamp;

use crate::domain::message::{Inbound, Outbound};

/// What a platform delivered, not yet believed.
#[derive(Clone, Copy, Debug)]
pub struct Delivery<'a> {
    /// The request's headers.
    pub headers: &'a HeaderMap,
    /// The request's body, as it came.
    pub body: &'a [u8],
}

/// Why a delivery is not taken: nothing of it is stored, it is counted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    /// Not from whom it says, or too old: 401.
    #[error("{0}")]
    Unauthorized(&'static str),
    /// From them, but not in the form that was agreed: 400.
    #[error("{0}")]
    Malformed(String),
}

/// Why a message was not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Try again, not before this pause if there is one.
    #[error("{reason}")]
    Later {
        /// The pause that the platform asked for.
        pause: Option<Duration>,
        /// What it said.
        reason: String,
    },
    /// Trying again cannot help.
    #[error("{0}")]
    Never(String),
}

/// A messenger.
pub trait Channel: Send + Sync {
    /// Verifies and parses a delivery; no I/O, no clock of its own.
    fn receive(&self, delivery: Delivery<'_>, now: Timestamp) -> Result<Inbound, Rejected>;

    /// Sends one message; the platform's id of it, if it gives one.
    fn send<'a>(
        &'a self,
        message: &'a Outbound,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Option<String>, SendError>>;
}

/// The configured channels by name: `webchat`, `webhook:PEER`.
#[derive(Clone, Default)]
pub struct Channels(BTreeMap<String, Arc<dyn Channel>>);

impl Channels {
    /// The channel of a name.
    pub fn get(&self, name: &str) -> Option<&Arc<dyn Channel>> {
        self.0.get(name)
    }

    /// Adds a channel under its name.
    pub fn add(&mut self, name: impl Into<String>, channel: impl Channel + 'static) {
        self.0.insert(name.into(), Arc::new(channel));
    }
}
