//! For now.
use crate::config::Config;
/// For now.
#[derive(Debug, clap::Args)]
pub struct Evaluate { text: String }
impl Evaluate { /// x
pub fn run(self, _: &Config) -> anyhow::Result<()> { Ok(()) } }
