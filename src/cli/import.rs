//! `hotline import FILE.toml`

use std::path::PathBuf;

use anyhow::Context;

use crate::config::Config;
use crate::engine::import::{CityFile, import};

/// Read the city (areas, teams, members, service points) from a TOML file.
///
/// Importing the same file again changes nothing; what a file does not mention stays. demo/city.toml is an
/// example with everything in it.
#[derive(Debug, clap::Args)]
pub struct Import {
    /// The city, as in demo/city.toml.
    file: PathBuf,
    /// Only check the file.
    #[arg(long)]
    dry_run: bool,
    /// For machines.
    #[arg(long)]
    json: bool,
}

impl Import {
    /// Nothing is written unless the whole file is right.
    pub async fn run(self, config: Config) -> anyhow::Result<()> {
        let name = self.file.display();
        let text = std::fs::read_to_string(&self.file).with_context(|| format!("cannot read {name}"))?;
        let city = CityFile::parse(&text).with_context(|| format!("{name} is not right"))?;
        let hotline = super::open(&config, &super::catalog(&config)?).await?;
        city.check(&hotline.city(), &hotline.services(), &hotline.channels)
            .with_context(|| format!("{name} is not right"))?;
        if self.dry_run {
            println!("{name} is right; nothing was written");
            return Ok(());
        }
        let done = import(&hotline, &city).await?;
        if self.json {
            println!("{}", serde_json::to_string(&done)?);
        } else {
            println!(
                "{} areas, {} teams, {} members, {} points: {} rows new or different",
                done.areas, done.teams, done.members, done.points, done.changed
            );
        }
        Ok(())
    }
}
