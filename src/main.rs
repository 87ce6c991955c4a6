//! The program; everything is in the library.

use clap::Parser;
use hotline::cli::Cli;

fn main() -> anyhow::Result<()> {
    hotline::telemetry::start();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(Cli::parse().run())
}
