//! The shapes of catalogue files: a category with its services, the list of harmless alarms, and the messages whose details
//! are marked.

use std::ops::Range;
use std::str::FromStr;

use toml::de::DeTable;

use super::reader::{At, File, Table};
use super::{ALARMING, Category, Example, MIN_EXAMPLES, Part, WORDS, Written};
use crate::domain::id::ServiceCode;
use crate::domain::service::{Bilingual, Detail, Handling, Service, Within};
use crate::domain::understood::Details;
use crate::understanding::details::{Marked, Markings};

const SERVICE_KEYS: &[&str] = &[
    "code",
    "title",
    "covers",
    "handling",
    "accept_within",
    "resolve_within",
    "words",
    "ask",
    "gist",
    "reply",
    "call",
    "examples",
];

/// Reads a category's file; what is wrong with it is noted in `file`.
pub(super) fn category(file: &mut File<'_>) -> Option<Part> {
    let root = file.parse()?;
    let root = Table::new("", root.span(), root.get_ref());
    root.only(file, &["category", "service"]);
    let (table, span) = root.table(file, "category")?;
    let category = heading(file, &Table::new("category", span, table))?;
    let mut part = Part { category, services: Vec::new(), examples: Vec::new() };
    let (services, span) = root.need(file, "service")?;
    for entry in services.as_array().into_iter().flatten() {
        let Some(table) = entry.get_ref().as_table() else {
            file.note(
                &span,
                "service",
                "this is not a list of tables",
                "begin every service with [[service]]",
            );
            continue;
        };
        service(file, &mut part, &Table::new("service", entry.span(), table));
    }
    Some(part)
}

fn heading(file: &mut File<'_>, table: &Table<'_, '_>) -> Option<Category> {
    table.only(file, &["code", "title", "clauses", "units"]);
    let code = table.text(file, "code");
    let title = bilingual(file, table, "title");
    let clauses = clauses(file, table);
    let units = table.texts(file, "units").into_iter().map(|(unit, _)| unit.to_owned()).collect();
    Some(Category { code: code?.0.to_owned(), title: title?, clauses, units })
}

fn clauses(file: &mut File<'_>, table: &Table<'_, '_>) -> Vec<i64> {
    let Some((value, span)) = table.need(file, "clauses") else { return Vec::new() };
    let list = value.as_array().map(|list| {
        let number = |value: &toml::Spanned<toml::de::DeValue<'_>>| {
            let number = value.get_ref().as_integer()?;
            i64::from_str_radix(number.as_str(), number.radix()).ok()
        };
        list.iter().map(number).collect::<Option<Vec<i64>>>()
    });
    list.flatten().unwrap_or_else(|| {
        file.note(&span, "category.clauses", "these are not clause numbers", "write [1] or [5, 8], or []");
        Vec::new()
    })
}

/// Reads one service and its examples into the part; a service with a fault is left out of it.
fn service(file: &mut File<'_>, part: &mut Part, table: &Table<'_, '_>) {
    table.only(file, SERVICE_KEYS);
    let title = bilingual(file, table, "title");
    let covers = bilingual(file, table, "covers");
    let gist = bilingual(file, table, "gist");
    let reply = bilingual(file, table, "reply");
    let handling = choice(file, table, "handling", HANDLINGS);
    let accept_within = within(file, table, "accept_within");
    let resolve_within = within(file, table, "resolve_within");
    let ask = asks(file, table);
    let words = table.texts(file, "words");
    let Some(code) = code(file, table, &part.category.code) else { return };
    let call = calls(file, table, &code);
    examples(file, part, table, &code, words);
    let read = || {
        Some(Service {
            code,
            title: title?,
            covers: covers?,
            handling: handling?,
            accept_within: accept_within?,
            resolve_within: resolve_within?,
            ask,
            gist: gist?,
            reply: reply?,
            call,
            units: part.category.units.clone(),
        })
    };
    part.services.extend(read());
}

fn code(file: &mut File<'_>, table: &Table<'_, '_>, category: &str) -> Option<ServiceCode> {
    let (text, span) = table.text(file, "code")?;
    let code = ServiceCode::from(text);
    if code.category() != category || text.len() <= category.len() + 1 {
        let what = format!("`{text}` is not a code of the category `{category}`");
        file.note(&span, "service.code", what, format!("call it `{category}.…` or move it to its own file"));
    }
    Some(code)
}

fn calls(file: &mut File<'_>, table: &Table<'_, '_>, code: &ServiceCode) -> Vec<String> {
    let calls = match table.find("call") {
        Some((value, span)) => table.as_texts(file, "call", value, &span),
        None => Vec::new(),
    };
    match (code.is_emergency(), calls.is_empty()) {
        (true, true) => {
            file.note(
                &table.span,
                "service.call",
                "an emergency has no number to call",
                "add `call = [\"120\"]`",
            );
        }
        (false, false) => {
            file.note(&calls[0].1, "service.call", "only emergencies have numbers to call", "remove it");
        }
        (true, false) | (false, true) => {}
    }
    calls.into_iter().map(|(call, _)| call.to_owned()).collect()
}

const HANDLINGS: &[(&str, Handling)] =
    &[("public", Handling::Public), ("restricted", Handling::Restricted), ("answer", Handling::Answer)];

const DETAILS: &[(&str, Detail)] = &[
    ("community", Detail::Community),
    ("address", Detail::Address),
    ("phone", Detail::Phone),
    ("when", Detail::When),
    ("person", Detail::Person),
];

fn choice<T: Copy>(file: &mut File<'_>, table: &Table<'_, '_>, key: &str, known: &[(&str, T)]) -> Option<T> {
    let text = table.text(file, key)?;
    choose(file, &table.name(key), text, known)
}

fn choose<T: Copy>(file: &mut File<'_>, key: &str, (text, span): At<&str>, known: &[(&str, T)]) -> Option<T> {
    let found = known.iter().find(|(name, _)| *name == text);
    if found.is_none() {
        let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
        file.note(&span, key, format!("`{text}` is not known"), format!("use one of: {}", names.join(", ")));
    }
    found.map(|(_, value)| *value)
}

fn asks(file: &mut File<'_>, table: &Table<'_, '_>) -> Vec<Detail> {
    let texts = table.texts(file, "ask");
    texts.into_iter().filter_map(|text| choose(file, "service.ask", text, DETAILS)).collect()
}

fn within(file: &mut File<'_>, table: &Table<'_, '_>, key: &str) -> Option<Within> {
    let (text, span) = table.text(file, key)?;
    match Within::from_str(text) {
        Ok(within) => Some(within),
        Err(what) => {
            file.note(&span, &table.name(key), what, "write 30m, 2h, 1d or, around the clock, 15m!");
            None
        }
    }
}

fn bilingual(file: &mut File<'_>, table: &Table<'_, '_>, key: &str) -> Option<Bilingual> {
    let (texts, span) = table.table(file, key)?;
    let path = table.name(key);
    let texts = Table::new(&path, span, texts);
    texts.only(file, &["zh", "en"]);
    let (zh, en) = (texts.text(file, "zh"), texts.text(file, "en"));
    Some(Bilingual { zh: zh?.0.into(), en: en?.0.into(), ..Bilingual::default() })
}

fn examples(
    file: &mut File<'_>,
    part: &mut Part,
    table: &Table<'_, '_>,
    code: &ServiceCode,
    words: Vec<At<&str>>,
) {
    let Some((voices, span)) = table.table(file, "examples") else { return };
    let count = part.examples.len();
    let voices = Table::new("service.examples", span, voices);
    for (voice, value, span) in voices.entries() {
        for text in voices.as_texts(file, voice, value, &span) {
            part.examples.push(written(file, code, voice, text));
        }
    }
    let count = part.examples.len() - count;
    if count < MIN_EXAMPLES {
        let what = format!("{code} has {count} examples");
        file.note(&table.span, "service.examples", what, format!("write at least {MIN_EXAMPLES}"));
    }
    part.examples.extend(words.into_iter().map(|text| written(file, code, WORDS, text)));
}

fn written(file: &File<'_>, code: &ServiceCode, voice: &str, (text, span): At<&str>) -> Written {
    let example = Example { text: text.to_owned(), service: code.clone(), voice: voice.to_owned() };
    Written { example, file: file.name().to_owned(), line: file.line(&span) }
}

/// Reads `harmless.toml`: `examples = [{ text = "…", service = "…" }]`.
pub(super) fn harmless(file: &mut File<'_>) -> Vec<Written> {
    let Some(root) = file.parse() else { return Vec::new() };
    let root = Table::new("", root.span(), root.get_ref());
    root.only(file, &["examples"]);
    tables(file, &root, "examples", "write { text = \"…\", service = \"…\" }", harmless_one)
}

/// Reads `details.toml`: `places = ["…"]` and `messages = [{ text = "…", when = "…", person = "…" }]`.
pub(super) fn marked(file: &mut File<'_>) -> Markings {
    let Some(root) = file.parse() else { return Markings::default() };
    let root = Table::new("", root.span(), root.get_ref());
    root.only(file, &["places", "messages"]);
    let places = root.find("places").map(|(value, span)| root.as_texts(file, "places", value, &span));
    let places = places.unwrap_or_default();
    Markings {
        places: places.into_iter().map(|(name, _)| name.to_owned()).collect(),
        messages: tables(file, &root, "messages", "write { text = \"…\", when = \"…\" }", marked_one),
    }
}

/// Reads a list of tables.
fn tables<T>(
    file: &mut File<'_>,
    root: &Table<'_, '_>,
    key: &str,
    remedy: &str,
    one: fn(&mut File<'_>, &DeTable<'_>, Range<usize>) -> Option<T>,
) -> Vec<T> {
    let Some((entries, span)) = root.need(file, key) else { return Vec::new() };
    let Some(entries) = entries.as_array() else {
        file.note(&span, key, "this is not a list", format!("{remedy} between [ and ]"));
        return Vec::new();
    };
    let read = |entry: &toml::Spanned<toml::de::DeValue<'_>>| match entry.get_ref().as_table() {
        Some(table) => one(file, table, entry.span()),
        None => {
            file.note(&entry.span(), key, "this is not a table", remedy);
            None
        }
    };
    entries.iter().filter_map(read).collect()
}

fn marked_one(file: &mut File<'_>, table: &DeTable<'_>, span: Range<usize>) -> Option<Marked> {
    let table = Table::new("messages", span, table);
    table.only(file, &["text", "community", "address", "phone", "when", "person"]);
    let text = table.text(file, "text")?.0;
    let mut mark = |key: &str| {
        table.find(key)?;
        let (part, span) = table.text(file, key)?;
        if !text.contains(part) {
            let what = format!("`{part}` is not in the text");
            file.note(&span, &table.name(key), what, "copy it out of the text as it stands there");
        }
        Some(part.to_owned())
    };
    let details = Details {
        community: mark("community"),
        address: mark("address"),
        phone: mark("phone"),
        when: mark("when"),
        person: mark("person"),
        ..Details::default()
    };
    Some(Marked { text: text.to_owned(), details })
}

fn harmless_one(file: &mut File<'_>, table: &DeTable<'_>, span: Range<usize>) -> Option<Written> {
    let table = Table::new("examples", span, table);
    table.only(file, &["text", "service"]);
    let (text, service) = (table.text(file, "text"), table.text(file, "service"));
    let (text, service) = (text?, service?);
    if ServiceCode::from(service.0).is_emergency() {
        file.note(
            &service.1,
            "examples.service",
            "an emergency is not harmless",
            "move it to emergency.toml",
        );
    }
    Some(written(file, &service.0.into(), ALARMING, text))
}
