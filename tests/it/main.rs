//! One binary of all integration tests. They tell stories in the users' words, on a clock that jumps, on both
//! database engines; an unexpected error fails them.

mod harness;

mod browser;
mod corrections;
mod delivery;
mod dialogue;
mod disk;
mod journeys;
mod matrix;
mod migration;
mod race;
mod restart;
mod second_opinion;
mod sms;
mod states;
mod store;
mod telegram;
mod telegram_killed;
mod telegram_talk;
mod telegram_trouble;
mod tidy;
mod understanding;
mod webhook;
mod wechat;
mod wecom;
