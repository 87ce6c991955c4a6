//! The program: see `hotline --help`.

use clap::Parser;
use hotline::cli::{classify, evaluate};

#[derive(Parser)]
#[command(version, about)]
enum Command {
    /// What the hotline understands of a message.
    Classify(classify::Args),
    /// How well messages are understood.
    Evaluate(evaluate::Args),
}

fn main() -> anyhow::Result<()> {
    match Command::parse() {
        Command::Classify(args) => args.run(),
        Command::Evaluate(args) => args.run(),
    }
}
