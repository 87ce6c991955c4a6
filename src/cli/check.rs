//! `hotline check`: everything that `serve` needs, looked at without changing anything that people see.

use std::time::Instant;

use jiff::Timestamp;
use serde::Serialize;

use crate::config::Config;
use crate::store::Store;
use crate::understanding::second_opinion;

/// What a sentence model is tried with.
const A_MESSAGE: &str = "我妈一个人在家,水管漏水了,能找人来修吗";

/// Check configuration, catalogue, database and city, and say what is wrong.
#[derive(Debug, clap::Args)]
pub struct Check {
    /// For machines.
    #[arg(long)]
    json: bool,
    /// Also list every service with its code.
    #[arg(long)]
    services: bool,
    /// Also ask each messenger who we are there, and whether all is well.
    #[arg(long)]
    online: bool,
}

#[derive(Debug, Default, Serialize)]
struct Report {
    ok: bool,
    problems: Vec<String>,
    warnings: Vec<String>,
    facts: Vec<String>,
}

impl Check {
    /// Exits with 1 where something is wrong.
    pub async fn run(self, config: anyhow::Result<Config>) -> anyhow::Result<()> {
        let mut report = Report::default();
        match config {
            Ok(config) => self.check(&config, &mut report).await,
            Err(error) => report.problems.push(format!("{error:#}")),
        }
        report.ok = report.problems.is_empty();
        self.show(&report)?;
        if report.ok { Ok(()) } else { std::process::exit(1) }
    }

    async fn check(&self, config: &Config, report: &mut Report) {
        report.facts.push("configuration: as it should be".into());
        self.check_catalog(config, report);
        if let Err(error) = check_sentence_model(config, report) {
            report.problems.push(format!("sentence model: {error:#}"));
        }
        check_holidays(config, report);
        if let Err(error) = check_store(config, report).await {
            report.problems.push(format!("database: {error:#}"));
        }
        if self.online {
            check_channels(config, report).await;
        }
    }

    fn check_catalog(&self, config: &Config, report: &mut Report) {
        match super::catalog(config) {
            Ok(catalog) => {
                let services = catalog.services();
                report.facts.push(format!("catalogue: {} services", services.all().count()));
                if self.services {
                    let mut lines: Vec<_> = services
                        .all()
                        .map(|s| format!("{:24} {} · {}", s.code, s.title.zh, s.title.en))
                        .collect();
                    lines.sort();
                    report.facts.extend(lines);
                }
            }
            Err(error) => report.problems.push(format!("catalogue:\n{error:#}")),
        }
    }

    fn show(&self, report: &Report) -> anyhow::Result<()> {
        if self.json {
            println!("{}", serde_json::to_string_pretty(report)?);
            return Ok(());
        }
        report.facts.iter().for_each(|fact| println!("  {fact}"));
        report.warnings.iter().for_each(|warning| println!("! {warning}"));
        report.problems.iter().for_each(|problem| println!("✗ {problem}"));
        println!("{}", if report.ok { "✓ ready to serve" } else { "✗ not ready: mend what is marked ✗" });
        Ok(())
    }
}

fn check_sentence_model(config: &Config, report: &mut Report) -> anyhow::Result<()> {
    let Some(folder) = config.sentence_model()? else { return Ok(()) };
    let reader = second_opinion::load(folder, config.patience())?;
    let started = Instant::now();
    let length = reader.read(A_MESSAGE)?.len();
    report.facts.push(format!(
        "sentence model: {}, {length} numbers a message, {} ms",
        folder.display(),
        started.elapsed().as_millis()
    ));
    Ok(())
}

fn check_holidays(config: &Config, report: &mut Report) {
    let Ok(calendar) = config.calendar() else { return };
    let year = Timestamp::now().to_zoned_datetime(calendar.zone.clone()).year();
    for year in [year, year + 1].into_iter().filter(|year| !calendar.holidays.knows(*year)) {
        report.warnings.push(format!(
            "holidays: {year} is not known, only weekends are days off then; see [city] holidays"
        ));
    }
}

/// Asks all messengers at once, and tells their answers in order.
async fn check_channels(config: &Config, report: &mut Report) {
    let Ok(channels) = config.channels() else { return };
    let asked = channels.iter().map(|(name, channel)| async move { (name, channel.who_am_i().await) });
    for (name, answer) in futures::future::join_all(asked).await {
        match answer {
            Ok(words) => report.facts.push(format!("{name}: {words}")),
            Err(words) => report.problems.push(format!("{name}: {words}")),
        }
    }
}

async fn check_store(config: &Config, report: &mut Report) -> anyhow::Result<()> {
    let file = config.store.url.strip_prefix("sqlite:");
    if let Some(file) = file.filter(|file| !std::path::Path::new(file).exists()) {
        report.facts.push(format!("database: {file} will be made by the first `hotline serve` or `import`"));
        return Ok(());
    }
    let store = Store::open_to_read(&config.store.url).await?;
    let mut tx = store.read().await?;
    let city = tx.directory().await?;
    report.facts.push(format!(
        "city: {} areas, {} teams, {} points; {} staff",
        city.areas.len(),
        city.teams.len(),
        city.points.len(),
        tx.staff_count().await?
    ));
    let without = tx.cases_without_timer().await?;
    anyhow::ensure!(without == 0, "{without} open cases have no timer");
    for revoked in tx.revoked().await? {
        report.warnings.push(format!(
            "{} has not accepted our key since {}: {}; enter a new one in hotline.toml",
            revoked.channel, revoked.since, revoked.reason
        ));
    }
    let channels = config.channels()?;
    for team in city.teams.values() {
        for (chat, since) in &team.lost {
            report.warnings.push(format!(
                "team {}: its group on {} cannot be reached since {since}; let the hotline into it again, or bind another",
                team.code, chat.channel
            ));
        }
        if team.groups.is_empty() {
            report.warnings.push(format!(
                "team {}: no group yet, its offers reach nobody; make a bind code on the staff pages",
                team.code
            ));
        }
        for chat in team.groups.iter().filter(|chat| channels.get(&chat.channel).is_none()) {
            report.problems.push(format!(
                "team {}: its group is on {}, which is not configured",
                team.code, chat.channel
            ));
        }
    }
    Ok(())
}
