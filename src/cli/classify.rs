//! `hotline classify TEXT`: what the hotline understands of a message.

use std::io::{BufRead, Write};
use std::path::PathBuf;

use anyhow::Context;
use jiff::ZonedDateTime;
use serde_json::{Value, json};

use crate::domain::understood::{Details, Understanding};
use crate::understanding::Understander;
use crate::understanding::catalog::Catalog;

/// How many reasons are shown for a service.
const REASONS_MAX: usize = 12;

/// Shows what is understood of a message; without TEXT, of every line of the standard input.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The message.
    text: Option<String>,
    /// The folder of the catalogue.
    #[arg(long, value_name = "DIR", default_value = "intents")]
    intents: PathBuf,
    /// Also ask the sentence model in this folder (in a program built with the feature `bert`).
    #[arg(long, value_name = "FOLDER")]
    model: Option<PathBuf>,
    /// One JSON object a message.
    #[arg(long)]
    json: bool,
    /// Also say what speaks for and against the best services.
    #[arg(long)]
    explain: bool,
}

impl Args {
    /// Runs the command.
    pub fn run(self) -> anyhow::Result<()> {
        let catalog = super::catalog_in(&self.intents)?;
        let understander = super::understander(&catalog, self.model.as_deref())?;
        if let Some(text) = &self.text {
            return self.show(text, &catalog, &understander);
        }
        for line in std::io::stdin().lock().lines() {
            self.show(&line.context("the input is not text in UTF-8")?, &catalog, &understander)?;
        }
        Ok(())
    }

    fn show(&self, text: &str, catalog: &Catalog, understander: &Understander) -> anyhow::Result<()> {
        let understood = understander.understand(text, &ZonedDateTime::now());
        let mut out = std::io::stdout().lock();
        if self.json {
            let mut value = as_json(&understood);
            if self.explain {
                value["reasons"] = reasons_as_json(text, understander);
            }
            writeln!(out, "{value}")?;
            return Ok(());
        }
        writeln!(out, "{}", as_words(&understood, catalog))?;
        if self.explain {
            writeln!(out, "{}", reasons_as_words(text, understander))?;
        }
        Ok(())
    }
}

fn as_json(understood: &Understanding) -> Value {
    let runners_up = understood.runners_up.iter();
    let runners_up: Vec<Value> =
        runners_up.map(|(code, p)| json!({"service": code, "confidence": p})).collect();
    json!({
        "service": understood.service,
        "confidence": understood.confidence,
        "certainty": understood.certainty,
        "danger": understood.danger,
        "runners_up": runners_up,
        "details": understood.details,
        "language": understood.language,
    })
}

fn as_words(understood: &Understanding, catalog: &Catalog) -> String {
    let title = |code| catalog.service(code).map_or("", |service| service.title.zh.as_str());
    let mut lines = vec![format!(
        "{} {}  {:.0} %  {:?}{}",
        understood.service,
        title(&understood.service),
        understood.confidence * 100.0,
        understood.certainty,
        if understood.danger.is_some() { "  DANGER" } else { "" },
    )];
    for (code, confidence) in &understood.runners_up {
        lines.push(format!("  or {code} {}  {:.0} %", title(code), confidence * 100.0));
    }
    lines.extend(details_as_words(&understood.details));
    lines.join("\n")
}

fn details_as_words(details: &Details) -> Vec<String> {
    let found = [
        ("community", &details.community),
        ("address", &details.address),
        ("phone", &details.phone),
        ("when", &details.when),
        ("person", &details.person),
    ];
    found.iter().filter_map(|(name, value)| Some(format!("  {name}: {}", value.as_ref()?))).collect()
}

fn reasons_as_json(text: &str, understander: &Understander) -> Value {
    let services = understander.explain(text).reasons.into_iter().map(|(code, reasons)| {
        let strongest = reasons.into_iter().take(REASONS_MAX);
        let features = strongest.map(|reason| json!([reason.feature, reason.weight])).collect::<Vec<_>>();
        (code.to_string(), Value::from(features))
    });
    Value::Object(services.collect())
}

fn reasons_as_words(text: &str, understander: &Understander) -> String {
    let explanation = understander.explain(text);
    let mut lines = vec![format!("  read as: {}", explanation.read_as)];
    for (code, reasons) in explanation.reasons {
        let strongest = reasons.iter().take(REASONS_MAX);
        let words: Vec<String> = strongest.map(|r| format!("{} {:+.2}", r.feature, r.weight)).collect();
        lines.push(format!("  {code}: {}", words.join(", ")));
    }
    lines.join("\n")
}
