//! The program; everything is in the library.

use std::process::ExitCode;

use clap::Parser;
use hotline::cli::Cli;

fn main() -> ExitCode {
    hotline::telemetry::start();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let outcome = runtime.map_err(Into::into).and_then(|runtime| runtime.block_on(Cli::parse().run()));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("hotline: {error:#}");
            ExitCode::FAILURE
        }
    }
}
