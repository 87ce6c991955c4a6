//! What the README says about understanding: µs a message, ms to learn, MB in memory.
//! `cargo bench --bench understanding`

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use hotline::understanding::Understander;
use hotline::understanding::catalog::Catalog;
use hotline::understanding::evaluation::read_rows;
use jiff::ZonedDateTime;

/// How often every message is understood.
const ROUNDS: usize = 20;

fn main() -> anyhow::Result<()> {
    let before = status_kb("VmRSS:");
    let started = Instant::now();
    let catalog = Catalog::from_folder(Path::new("intents"))?;
    let read = started.elapsed();
    let understander = Understander::train(&catalog);
    let trained = started.elapsed();
    println!(
        "catalogue        {} examples, {} marked messages in {} ms",
        catalog.examples.len() + catalog.harmless.len(),
        catalog.marked.messages.len(),
        read.as_millis()
    );
    drop(catalog);
    hotline::memory::give_back();
    println!("ready            after {} ms, {} features", trained.as_millis(), understander.features());
    let [resident, peak] = ["VmRSS:", "VmHWM:"].map(|name| status_kb(name) / 1024);
    println!("memory           {resident} MB resident, {peak} MB at the peak, {} MB before", before / 1024);

    let rows = read_rows(Path::new("tests/data/messages.tsv"))?;
    let now = ZonedDateTime::now();
    let mut micros: Vec<f64> = Vec::new();
    for _ in 0..ROUNDS {
        for row in &rows {
            micros.push(timed(|| drop(black_box(understander.understand(&row.text, &now)))));
        }
    }
    micros.sort_by(f64::total_cmp);
    println!("a message        {:.0} µs median, {:.0} µs p99", at(&micros, 0.5), at(&micros, 0.99));
    let letter = rows.iter().map(|row| row.text.as_str()).cycle().flat_map(str::chars).take(10_000);
    let letter: String = letter.collect();
    let mut micros: Vec<f64> =
        (0..ROUNDS).map(|_| timed(|| drop(black_box(understander.understand(&letter, &now))))).collect();
    micros.sort_by(f64::total_cmp);
    println!("10,000 characters {:.0} µs median", at(&micros, 0.5));
    Ok(())
}

fn timed(work: impl FnOnce()) -> f64 {
    let started = Instant::now();
    work();
    started.elapsed().as_secs_f64() * 1e6
}

fn at(sorted: &[f64], share: f64) -> f64 {
    sorted[((sorted.len() - 1) as f64 * share) as usize]
}

/// A figure of Linux's about this process, in kB; 0 elsewhere.
fn status_kb(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(name));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok()).unwrap_or(0)
}
