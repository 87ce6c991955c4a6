//! The near-neighbor hotline (近邻热线): a resident's message in, understood, routed, offered to a
//! team, accepted by exactly one member, done, surveyed, closed. `ARCHITECTURE.md` is the map.

pub mod cli;
pub mod domain;
pub mod understanding;
