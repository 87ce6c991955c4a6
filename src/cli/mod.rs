//! The command line. `hotline --help` teaches; every command that gives facts has `--json`.

mod backup;
mod check;
mod classify;
mod evaluate;
mod export;
mod import;
mod serve;
mod staff;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::{Parser, Subcommand};
use rust_embed::RustEmbed;

use crate::clock::Clock;
use crate::config::Config;
use crate::engine::{Hotline, Parts};
use crate::store::Store;
use crate::understanding::catalog::Catalog;
use crate::understanding::{Understander, second_opinion};

/// Who tries a sentence model out waits for it.
const PATIENCE: Duration = Duration::from_secs(60);

/// The near-neighbor hotline 近邻热线: residents write what they need, teams accept it, nobody is forgotten.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "Try it:  hotline serve --demo     and open the address that it prints.\n\
    Run it:  copy hotline.example.toml to hotline.toml, `hotline check`, `hotline import city.toml`,\n         \
    `hotline staff add NAME --role admin`, `hotline serve`."
)]
pub struct Cli {
    /// The configuration; hotline.toml in this folder if it is there.
    #[arg(long, global = true, value_name = "FILE", env = "HOTLINE_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the hotline.
    Serve(serve::Serve),
    /// Check configuration, catalogue, database and city, and say what is wrong.
    Check(check::Check),
    /// Show what is understood of a message.
    Classify(classify::Args),
    /// Measure the understanding on labelled messages.
    Evaluate(evaluate::Args),
    /// Read the city (areas, teams, members, service points) from a TOML file.
    Import(import::Import),
    /// Write cases to a file, for a spreadsheet.
    Export(export::Export),
    /// Copy the database while it is in use.
    Backup(backup::Backup),
    /// Manage the accounts of the staff pages.
    Staff(staff::Staff),
}

impl Cli {
    /// Does what was asked.
    pub async fn run(self) -> anyhow::Result<()> {
        let config = || Config::read(self.config.as_deref());
        match self.command {
            Command::Serve(serve) => serve.run(config()?).await,
            Command::Check(check) => check.run(config()).await,
            Command::Classify(classify) => classify.run(),
            Command::Evaluate(evaluate) => evaluate.run(),
            Command::Import(import) => import.run(config()?).await,
            Command::Export(export) => export.run(config()?).await,
            Command::Backup(backup) => backup.run(config()?).await,
            Command::Staff(staff) => staff.run(config()?).await,
        }
    }
}

/// The catalogue in the program, for where there is no folder.
#[derive(RustEmbed)]
#[folder = "intents/"]
struct Intents;

/// The catalogue of the configured folder, or the one in the program.
pub(crate) fn catalog(config: &Config) -> anyhow::Result<Catalog> {
    catalog_in(&config.understanding.intents)
}

fn catalog_in(folder: &Path) -> anyhow::Result<Catalog> {
    if folder.is_dir() {
        return Ok(Catalog::from_folder(folder)?);
    }
    anyhow::ensure!(
        folder == crate::config::Understanding::default().intents,
        "intents: there is no folder {}",
        folder.display()
    );
    let files: Vec<_> =
        Intents::iter().filter_map(|name| Some((name.clone(), Intents::get(&name)?))).collect();
    let texts: Vec<_> =
        files.iter().map(|(name, file)| (name.as_ref(), String::from_utf8_lossy(&file.data))).collect();
    Ok(Catalog::from_texts(texts.iter().map(|(name, text)| (*name, text.as_ref())))?)
}

/// What is learned from a catalogue; with the second opinion of a sentence model where a folder of one is named.
fn understander(catalog: &Catalog, model: Option<&Path>) -> anyhow::Result<Understander> {
    let understander = Understander::train(catalog);
    let Some(folder) = model else { return Ok(understander) };
    let second = second_opinion::load(folder, PATIENCE)?.learn(catalog, folder, || true)?;
    Ok(understander.with_second_opinion(second))
}

/// The hotline as configured, with a catalogue that is right and has not been learned.
async fn open(config: &Config, catalog: &Catalog) -> anyhow::Result<Arc<Hotline>> {
    let store = Store::open(&config.store.url).await?;
    let parts = Parts {
        store,
        clock: Clock::System,
        calendar: config.calendar()?,
        policy: config.policy(),
        language: config.city.language,
        channels: config.channels()?,
        learns_from_corrections: config.understanding.learn_from_corrections,
        catalog: Arc::new(catalog.without_examples()),
        understander: None,
    };
    Ok(Hotline::open(parts).await?)
}
