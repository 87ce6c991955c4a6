//! `hotline export cases`: one row a case. Contacts and words are only in it when asked for.

use std::path::PathBuf;

use anyhow::Context;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_xlsxwriter::{Format, Workbook};

use crate::config::Config;
use crate::domain::case::{Case, State};
use crate::domain::id::CaseNumber;
use crate::domain::privacy::mask_text;
use crate::domain::service::Services;
use crate::store::{CaseRow, Store};

/// Cases that are read at a time.
const PAGE: usize = 500;

/// Which cases, and where to.
#[derive(Debug, clap::Args)]
pub struct Cases {
    /// The first day (of opening), YYYY-MM-DD.
    #[arg(long)]
    from: Option<Date>,
    /// The last day, YYYY-MM-DD.
    #[arg(long)]
    to: Option<Date>,
    /// csv or xlsx.
    #[arg(long, value_enum, default_value_t = Kind::Csv)]
    format: Kind,
    /// Where to; csv goes to standard output without.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Also the resident's words in full; without, masked, and not at all for restricted services.
    #[arg(long)]
    words: bool,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Kind {
    Csv,
    Xlsx,
}

const COLUMNS: [&str; 19] = [
    "case",
    "opened_at",
    "service_code",
    "service",
    "area",
    "stage",
    "outcome",
    "rung",
    "team",
    "member",
    "origin",
    "reopened",
    "resolve_by",
    "closed_at",
    "solved",
    "satisfied",
    "comment",
    "confidence",
    "words",
];

impl Cases {
    /// Text cells never begin like a formula.
    pub async fn run(self, config: Config) -> anyhow::Result<()> {
        let zone = config.calendar()?.zone;
        let services = crate::cli::catalog(&config)?.services();
        let store = Store::open_to_read(&config.store.url).await?;
        let (from, to) = (self.start(&zone)?, self.end(&zone)?);
        let mut rows = Vec::new();
        let mut after = CaseNumber(0);
        loop {
            let page = store.read().await?.cases_opened(from, to, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.case.number;
            rows.extend(page.iter().map(|row| self.cells(row, &services, &zone)));
        }
        self.write(&rows)
    }

    fn start(&self, zone: &TimeZone) -> anyhow::Result<Timestamp> {
        let Some(day) = self.from else { return Ok(Timestamp::UNIX_EPOCH) };
        Ok(zone.to_timestamp(day.at(0, 0, 0, 0))?)
    }

    fn end(&self, zone: &TimeZone) -> anyhow::Result<Timestamp> {
        let Some(day) = self.to else { return Ok(Timestamp::from_second(4_102_444_800)?) };
        Ok(zone.to_timestamp(day.tomorrow()?.at(0, 0, 0, 0))?)
    }

    fn cells(&self, row: &CaseRow, services: &Services, zone: &TimeZone) -> [String; COLUMNS.len()] {
        let case = &row.case;
        let time =
            |at: Timestamp| at.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string();
        let (outcome, closed) = ending(case);
        let title = services.get(&case.service).map(|service| service.title.zh.clone());
        [
            case.number.to_string(),
            time(case.opened_at),
            case.service.to_string(),
            title.unwrap_or_default(),
            case.area.as_ref().map(ToString::to_string).unwrap_or_default(),
            case.stage().word().to_owned(),
            outcome.unwrap_or_default().to_owned(),
            case.rung.word().to_owned(),
            case.team().map(ToString::to_string).unwrap_or_default(),
            row.member.clone().unwrap_or_default(),
            format!("{:?}", case.origin).to_lowercase(),
            case.reopened.to_string(),
            time(case.resolve_by),
            closed.map(time).unwrap_or_default(),
            case.survey.solved.map(|solved| if solved { "yes" } else { "no" }).unwrap_or_default().to_owned(),
            case.survey.satisfied.map(|satisfied| satisfied.to_string()).unwrap_or_default(),
            case.survey.comment.clone().unwrap_or_default(),
            format!("{:.2}", case.confidence),
            self.words_of(case, services),
        ]
        .map(|cell| harmless(&cell))
    }

    fn words_of(&self, case: &Case, services: &Services) -> String {
        use crate::domain::service::Handling;
        match services.handling(&case.service) {
            _ if self.words => case.text.clone(),
            Handling::Restricted => String::new(),
            Handling::Public | Handling::Answer => mask_text(&case.text),
        }
    }

    fn write(&self, rows: &[[String; COLUMNS.len()]]) -> anyhow::Result<()> {
        match (self.format, &self.output) {
            (Kind::Csv, None) => write_csv(std::io::stdout().lock(), rows),
            (Kind::Csv, Some(path)) => write_csv(
                std::fs::File::create(path).with_context(|| format!("cannot write {}", path.display()))?,
                rows,
            ),
            (Kind::Xlsx, Some(path)) => write_xlsx(path, rows),
            (Kind::Xlsx, None) => anyhow::bail!("an xlsx needs a file: --output cases.xlsx"),
        }
    }
}

fn ending(case: &Case) -> (Option<&'static str>, Option<Timestamp>) {
    match &case.state {
        State::Closed { outcome, at } => (Some(outcome.word()), Some(*at)),
        State::Triage { .. } | State::Offered { .. } | State::Accepted { .. } | State::Done { .. } => {
            (None, None)
        }
    }
}

/// A spreadsheet runs what begins with one of these; an apostrophe makes it a text (OWASP, "CSV injection").
fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\u{FF1D}', '\u{FF0B}', '\u{FF0D}', '\u{FF20}']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

fn write_csv(mut out: impl std::io::Write, rows: &[[String; COLUMNS.len()]]) -> anyhow::Result<()> {
    // Excel takes UTF-8 for what it is only with this mark.
    out.write_all("\u{FEFF}".as_bytes())?;
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(COLUMNS)?;
    rows.iter().try_for_each(|row| csv.write_record(row))?;
    Ok(csv.flush()?)
}

fn write_xlsx(path: &std::path::Path, rows: &[[String; COLUMNS.len()]]) -> anyhow::Result<()> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_row_with_format(0, 0, COLUMNS, &Format::new().set_bold())?;
    for (index, row) in rows.iter().enumerate() {
        sheet.write_row(u32::try_from(index + 1)?, 0, row)?;
    }
    sheet.set_freeze_panes(1, 1)?;
    book.save(path).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        assert_eq!(harmless("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
        assert_eq!(harmless("+86 138"), "'+86 138");
        assert_eq!(harmless("水管 = 漏"), "水管 = 漏");
    }
}
