//! message → `Understanding { service, confidence, runners-up, danger, details }`.

pub mod catalog;
pub mod classifier;
mod concepts;
mod features;
mod linear;
pub mod normalize;
mod vocabulary;
