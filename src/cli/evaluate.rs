//! `hotline evaluate FILE.tsv`: how well messages are understood.

use std::path::{Path, PathBuf};
use std::time::Instant;

use jiff::ZonedDateTime;

use crate::domain::area::{Area, AreaKind};
use crate::domain::id::ServiceCode;
use crate::understanding::Understander;
use crate::understanding::catalog::Example;
use crate::understanding::evaluation::{
    DetailMistake, DetailScores, Report, Row, cross_validate, evaluate, read_details, read_rows,
    score_details,
};

/// Compares what is understood with what is right.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Messages with a header and the columns text, code and, optionally, also; separated by tabs.
    file: Option<PathBuf>,
    /// The folder of the catalogue.
    #[arg(long, value_name = "DIR", default_value = "intents")]
    intents: PathBuf,
    /// Also ask the sentence model in this folder (in a program built with the feature `bert`).
    #[arg(long, value_name = "FOLDER", conflicts_with = "examples")]
    model: Option<PathBuf>,
    /// Learn from this file (columns text, code) instead of the catalogue, whatever its codes are.
    #[arg(long, value_name = "FILE.tsv")]
    examples: Option<PathBuf>,
    /// Rows with the details that should be found.
    #[arg(long, value_name = "FILE.jsonl")]
    details: Option<PathBuf>,
    /// Names of communities and other areas, one a line, for --details.
    #[arg(long, value_name = "FILE")]
    places: Option<PathBuf>,
    /// Leave one voice of the catalogue out, learn from the others, and evaluate on it; for every voice.
    #[arg(long)]
    cross_validate: bool,
    /// Figures for machines.
    #[arg(long)]
    json: bool,
    /// List every message that was taken for something else.
    #[arg(long)]
    mistakes: bool,
}

impl Args {
    /// Runs the command.
    pub fn run(self) -> anyhow::Result<()> {
        anyhow::ensure!(
            self.file.is_some() || self.details.is_some() || self.cross_validate,
            "name a file of messages, --details FILE.jsonl or --cross-validate"
        );
        let now = ZonedDateTime::now();
        if self.cross_validate {
            for (voice, report) in cross_validate(&super::catalog_in(&self.intents)?, &now) {
                self.print(&voice, &report)?;
            }
        }
        if self.file.is_none() && self.details.is_none() {
            return Ok(());
        }
        let (understander, train_ms) = self.train()?;
        if let Some(file) = &self.file {
            let rows = read_rows(file)?;
            let report = Report { train_ms, ..evaluate(&understander, &rows, &now) };
            self.print("messages", &report)?;
        }
        match &self.details {
            Some(details) => {
                let (scores, mistakes) = score_details(&understander, &read_details(details)?, &now);
                self.print_details(&scores, &mistakes)
            }
            None => Ok(()),
        }
    }

    fn train(&self) -> anyhow::Result<(Understander, f64)> {
        let started = Instant::now();
        let understander = match &self.examples {
            Some(file) => train_on(file)?,
            None => super::understander(&super::catalog_in(&self.intents)?, self.model.as_deref())?,
        };
        let train_ms = started.elapsed().as_secs_f64() * 1e3;
        let places = self.places.as_deref().map(read_places).transpose()?.unwrap_or_default();
        Ok((understander.with_places(&places), train_ms))
    }

    fn print(&self, name: &str, report: &Report) -> anyhow::Result<()> {
        if self.json {
            println!("{}", serde_json::to_string(report)?);
            return Ok(());
        }
        println!(
            "{name:12} n {:5}  top1 {:.3}  top3 {:.3}  macro F1 {:.3}  danger recall {:.3}  false alarms {:.3}  \
             sure {:.3}, right {:.3}  {:.0} µs  train {:.0} ms",
            report.n,
            report.top1,
            report.top3,
            report.macro_f1,
            report.danger_recall,
            report.danger_false_alarm,
            report.sure_share,
            report.sure_right,
            report.micros_per_message,
            report.train_ms
        );
        if self.mistakes {
            for mistake in &report.mistakes {
                println!(
                    "  {}\t{}\t{:.2}\t{}",
                    mistake.right, mistake.given, mistake.confidence, mistake.text
                );
            }
        }
        Ok(())
    }

    fn print_details(&self, scores: &DetailScores, mistakes: &[DetailMistake]) -> anyhow::Result<()> {
        if self.json {
            println!("{}", serde_json::to_string(scores)?);
            return Ok(());
        }
        for (name, score) in [
            ("community", scores.community),
            ("address", scores.address),
            ("phone", scores.phone),
            ("when", scores.when),
            ("person", scores.person),
        ] {
            println!(
                "{name:12} precision {:.3}  recall {:.3}  F1 {:.3}",
                score.precision, score.recall, score.f1
            );
        }
        for DetailMistake { field, text, right, found } in mistakes.iter().filter(|_| self.mistakes) {
            println!("  {field}\t{right:?}\t{found:?}\t{text}");
        }
        Ok(())
    }
}

/// Learns from a file of examples; its codes are the labels, in the order of their first row.
fn train_on(file: &Path) -> anyhow::Result<Understander> {
    let rows = read_rows(file)?;
    let mut codes: Vec<ServiceCode> = Vec::new();
    for row in &rows {
        if !codes.contains(&row.code) {
            codes.push(row.code.clone());
        }
    }
    let example = |row: Row| Example { text: row.text, service: row.code, voice: "file".into() };
    let examples: Vec<Example> = rows.into_iter().map(example).collect();
    Ok(Understander::train_on(examples.iter(), codes))
}

fn read_places(file: &Path) -> anyhow::Result<Vec<Area>> {
    let names = std::fs::read_to_string(file)?;
    let area = |name: &str| {
        let kind = match name.chars().last() {
            Some('道' | '镇') => AreaKind::Street,
            Some('区') if !name.ends_with("社区") => AreaKind::District,
            Some(_) | None => AreaKind::Community,
        };
        Area { code: name.into(), name: name.into(), kind, parent: None }
    };
    Ok(names.lines().map(str::trim).filter(|name| !name.is_empty()).map(area).collect())
}
