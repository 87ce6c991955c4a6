//! How well messages are understood: figures over messages whose right answers people wrote down.

mod details;
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use jiff::ZonedDateTime;
use serde::Serialize;

pub use details::{DetailMistake, DetailScores, FieldScore, score_details};
pub use table::{RowError, read_details, read_rows};

use super::Understander;
use super::catalog::{ALARMING, Catalog, Example, WORDS};
use crate::domain::id::ServiceCode;
use crate::domain::understood::Certainty;

/// How many confusions are listed.
const CONFUSIONS_MAX: usize = 20;

/// A message and its right answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// As it was written.
    pub text: String,
    /// The right service.
    pub code: ServiceCode,
    /// Services that are right too.
    pub also: Vec<ServiceCode>,
}

/// The figures. Shares are from 0 to 1.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// Messages.
    pub n: usize,
    /// Where the first answer is right.
    pub top1: f64,
    /// Where one of the first three is right.
    pub top3: f64,
    /// F1 of every code that occurs, averaged.
    pub macro_f1: f64,
    /// Emergencies that were noticed.
    pub danger_recall: f64,
    /// Other messages that were taken for emergencies.
    pub danger_false_alarm: f64,
    /// Messages of which the hotline is sure.
    pub sure_share: f64,
    /// Of these, the right ones.
    pub sure_right: f64,
    /// Mean time to understand one message, µs.
    pub micros_per_message: f64,
    /// Time to learn, ms; 0 where somebody else measured it.
    pub train_ms: f64,
    /// What was taken for what and how often, most frequent first.
    pub confusions: Vec<Confusion>,
    /// Every message that was taken for something else.
    #[serde(skip)]
    pub mistakes: Vec<Mistake>,
}

/// A message that was taken for something else.
#[derive(Clone, Debug)]
pub struct Mistake {
    /// As it was written.
    pub text: String,
    /// The right code.
    pub right: ServiceCode,
    /// What it was taken for.
    pub given: ServiceCode,
    /// How confidently.
    pub confidence: f32,
}

/// One mistake that was made, and how often.
#[derive(Clone, Debug, Serialize)]
pub struct Confusion {
    /// The right code.
    pub right: String,
    /// What it was taken for.
    pub taken_for: String,
    /// How often.
    pub times: usize,
}

/// What was made of one row.
struct Verdict {
    text: String,
    confidence: f32,
    right: ServiceCode,
    given: ServiceCode,
    top1: bool,
    top3: bool,
    danger: bool,
    is_danger: bool,
    sure: bool,
}

/// Understands every row and compares.
pub fn evaluate(understander: &Understander, rows: &[Row], now: &ZonedDateTime) -> Report {
    let started = Instant::now();
    let verdicts: Vec<Verdict> = rows.iter().map(|row| judge(understander, row, now)).collect();
    let micros = started.elapsed().as_secs_f64() * 1e6;
    Report { micros_per_message: micros / rows.len().max(1) as f64, ..figures(&verdicts) }
}

/// Trains on all voices but one and evaluates on that one, for every voice in turn.
pub fn cross_validate(catalog: &Catalog, now: &ZonedDateTime) -> Vec<(String, Report)> {
    let real = |voice: &&str| *voice != WORDS && *voice != ALARMING;
    let voices: BTreeSet<&str> = catalog.examples.iter().map(|e| e.voice.as_str()).filter(real).collect();
    let codes: Vec<ServiceCode> = catalog.services.iter().map(|service| service.code.clone()).collect();
    let mut reports = Vec::new();
    let mut everything = Vec::new();
    for voice in voices.into_iter().chain([ALARMING]) {
        let all = || catalog.examples.iter().chain(&catalog.harmless);
        let understander = Understander::train_on(all().filter(|e| e.voice != voice), codes.clone());
        let held = all().filter(|e| e.voice == voice).map(row_of);
        let verdicts: Vec<Verdict> = held.map(|row| judge(&understander, &row, now)).collect();
        reports.push((voice.to_owned(), figures(&verdicts)));
        everything.extend(verdicts);
    }
    reports.push(("all".to_owned(), figures(&everything)));
    reports
}

fn row_of(example: &Example) -> Row {
    Row { text: example.text.clone(), code: example.service.clone(), also: Vec::new() }
}

fn judge(understander: &Understander, row: &Row, now: &ZonedDateTime) -> Verdict {
    let understood = understander.understand(&row.text, now);
    let right = |code: &ServiceCode| *code == row.code || row.also.contains(code);
    let top1 = right(&understood.service);
    let top3 = top1 || understood.runners_up.iter().take(2).any(|(code, _)| right(code));
    Verdict {
        text: row.text.clone(),
        confidence: understood.confidence,
        right: if top1 { understood.service.clone() } else { row.code.clone() },
        given: understood.service,
        top1,
        top3,
        danger: understood.danger.is_some(),
        is_danger: row.code.is_emergency(),
        sure: understood.certainty == Certainty::Sure,
    }
}

fn figures(verdicts: &[Verdict]) -> Report {
    let share = |all: &dyn Fn(&Verdict) -> bool, of: &dyn Fn(&Verdict) -> bool| {
        let base: Vec<&Verdict> = verdicts.iter().filter(|v| all(v)).collect();
        base.iter().filter(|v| of(v)).count() as f64 / base.len().max(1) as f64
    };
    Report {
        n: verdicts.len(),
        top1: share(&|_| true, &|v| v.top1),
        top3: share(&|_| true, &|v| v.top3),
        macro_f1: macro_f1(verdicts),
        danger_recall: share(&|v| v.is_danger, &|v| v.danger),
        danger_false_alarm: share(&|v| !v.is_danger, &|v| v.danger),
        sure_share: share(&|_| true, &|v| v.sure),
        sure_right: share(&|v| v.sure, &|v| v.top1),
        confusions: confusions(verdicts),
        mistakes: verdicts.iter().filter(|verdict| !verdict.top1).map(mistake).collect(),
        ..Report::default()
    }
}

fn macro_f1(verdicts: &[Verdict]) -> f64 {
    let mut counts: BTreeMap<&ServiceCode, (f64, f64, f64)> = BTreeMap::new();
    for verdict in verdicts {
        counts.entry(&verdict.right).or_default().0 += 1.0;
        counts.entry(&verdict.given).or_default().1 += 1.0;
        if verdict.top1 {
            counts.entry(&verdict.right).or_default().2 += 1.0;
        }
    }
    let occurring: Vec<f64> = counts
        .values()
        .filter(|(right, _, _)| *right > 0.0)
        .map(|(right, given, hits)| 2.0 * hits / (right + given))
        .collect();
    occurring.iter().sum::<f64>() / occurring.len().max(1) as f64
}

fn mistake(verdict: &Verdict) -> Mistake {
    Mistake {
        text: verdict.text.clone(),
        right: verdict.right.clone(),
        given: verdict.given.clone(),
        confidence: verdict.confidence,
    }
}

fn confusions(verdicts: &[Verdict]) -> Vec<Confusion> {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for verdict in verdicts.iter().filter(|verdict| !verdict.top1) {
        *counts.entry((verdict.right.as_str(), verdict.given.as_str())).or_default() += 1;
    }
    let confusion = |((right, taken_for), times): ((&str, &str), usize)| Confusion {
        right: right.to_owned(),
        taken_for: taken_for.to_owned(),
        times,
    };
    let mut all: Vec<Confusion> = counts.into_iter().map(confusion).collect();
    all.sort_by_key(|confusion| std::cmp::Reverse(confusion.times));
    all.truncate(CONFUSIONS_MAX);
    all
}
