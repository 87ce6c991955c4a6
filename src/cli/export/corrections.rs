//! `hotline export corrections`: messages with the service that staff gave them, as `hotline evaluate` reads them.

use std::path::PathBuf;

use anyhow::Context;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::config::Config;
use crate::domain::privacy::{displayable, mask_text};
use crate::store::{Correction, Store};

/// Which corrections, and where to.
#[derive(Debug, clap::Args)]
pub struct Corrections {
    /// The first day on which something was corrected, YYYY-MM-DD.
    #[arg(long)]
    from: Option<Date>,
    /// Where to; standard output without.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The words in full; without, telephone numbers are masked.
    #[arg(long)]
    words: bool,
}

impl Corrections {
    /// Tab-separated: the words, the service that staff gave, what the hotline took it for, the case.
    pub async fn run(self, config: Config) -> anyhow::Result<()> {
        let zone = config.calendar()?.zone;
        let since = match self.from {
            Some(day) => zone.to_timestamp(day.at(0, 0, 0, 0))?,
            None => Timestamp::UNIX_EPOCH,
        };
        let store = Store::open_to_read(&config.store.url).await?;
        let corrections = store.read().await?.corrections(since).await?;
        let by_staff = corrections.iter().filter(|correction| correction.by_staff);
        let lines = by_staff.map(|correction| self.line(correction));
        let text: String = std::iter::once("text\tcode\tguess\tcase\n".to_owned()).chain(lines).collect();
        match &self.output {
            None => print!("{text}"),
            Some(path) => {
                std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
            }
        }
        Ok(())
    }

    fn line(&self, correction: &Correction) -> String {
        let words = if self.words { correction.words.clone() } else { mask_text(&correction.words) };
        let words = displayable(&words).replace(['\t', '\n', '\r'], " ");
        format!("{words}\t{}\t{}\t{}\n", correction.right, correction.guess, correction.case)
    }
}
