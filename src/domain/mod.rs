//! The rules of the hotline, pure: no I/O, no clock, no randomness, no async. Time, ids and the city's
//! directory come in as arguments; what is to happen comes out as values.

pub mod area;
pub mod case;
pub mod code;
pub mod command;
pub mod deadline;
pub mod dialogue;
pub mod digit;
pub mod id;
pub mod message;
pub mod pace;
pub mod privacy;
pub mod routing;
pub mod service;
pub mod survey;
pub mod team;
pub mod telephone;
pub mod understood;
