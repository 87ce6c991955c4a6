//! `hotline export`: what the database holds, for other programs and for people.

mod cases;
mod corrections;

use crate::config::Config;

/// Write what the database holds to a file.
#[derive(Debug, clap::Args)]
pub struct Export {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Cases, one a row, for a spreadsheet.
    Cases(cases::Cases),
    /// What staff said that messages are about, as examples: to evaluate with, or to learn from.
    Corrections(corrections::Corrections),
}

impl Export {
    /// Reads only; the hotline may be running.
    pub async fn run(self, config: Config) -> anyhow::Result<()> {
        match self.what {
            What::Cases(cases) => cases.run(config).await,
            What::Corrections(corrections) => corrections.run(config).await,
        }
    }
}
