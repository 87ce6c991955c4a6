//! `hotline backup FILE`

use std::path::PathBuf;

use crate::config::Config;
use crate::store::Store;

/// Copy the database while it is in use.
///
/// The copy is whole and consistent, and a database by itself: to go back, stop the hotline and put the copy in
/// its place. On PostgreSQL use pg_dump.
#[derive(Debug, clap::Args)]
pub struct Backup {
    /// A file that does not exist yet.
    file: PathBuf,
}

impl Backup {
    /// Says how large the copy is.
    pub async fn run(self, config: Config) -> anyhow::Result<()> {
        Store::backup(&config.store.url, &self.file).await?;
        println!("{}: {} bytes", self.file.display(), std::fs::metadata(&self.file)?.len());
        Ok(())
    }
}
