//! For now.
use crate::config::Config;
/// For now.
#[derive(Debug, clap::Args)]
pub struct Classify { text: String }
impl Classify { /// x
pub fn run(self, c: &Config) -> anyhow::Result<()> { println!("{:?}", super::understander(c)?.understand(&self.text, &jiff::ZonedDateTime::now())); Ok(()) } }
