//! The near-neighbor hotline (近邻热线): a resident's message in, understood, routed, offered to a
//! team, accepted by exactly one member, done, surveyed, closed. `ARCHITECTURE.md` is the map.

pub mod channels;
pub mod cli;
pub mod clock;
pub mod config;
pub mod domain;
pub mod engine;
pub mod locale;
pub mod memory;
pub mod store;
pub mod telemetry;
pub mod understanding;
pub mod web;
pub mod worker;
