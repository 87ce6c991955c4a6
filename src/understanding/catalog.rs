//! The catalogue of services: a folder of TOML files that people edit. It is at once what residents can ask for
//! and what the classifier learns from. Reading never stops at the first mistake: all are listed.

mod parts;
mod problem;
mod reader;

use std::collections::HashMap;
use std::path::Path;

use ferrous_opencc::{OpenCC, config::BuiltinConfig};

pub use problem::{CatalogError, Problem};

use super::details::Markings;
use super::normalize::normalize;
use crate::domain::id::ServiceCode;
use crate::domain::service::{Bilingual, Service, Services};
use reader::File;

/// A service with fewer examples cannot be told from its neighbours.
pub const MIN_EXAMPLES: usize = 10;
/// Files larger than this, in bytes, are no catalogue.
const FILE_BYTES_MAX: u64 = 4 << 20;
/// The file of alarming messages that mean no harm.
const HARMLESS: &str = "harmless.toml";
/// The file of messages whose details are marked.
const DETAILS: &str = "details.toml";

/// Services under one heading of the city's plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Category {
    /// `elder`.
    pub code: String,
    /// What it is called.
    pub title: Bilingual,
    /// The clauses of the plan that it comes from.
    pub clauses: Vec<i64>,
    /// The units that answer for it.
    pub units: Vec<String>,
}

/// A message and the service that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// As somebody would write it.
    pub text: String,
    /// Where it belongs.
    pub service: ServiceCode,
    /// Whose way of writing it is: `elder`, `english`, …; [`WORDS`] for the service's words.
    pub voice: String,
}

/// The voice of a service's `words`, which count as short examples.
pub const WORDS: &str = "words";
/// The voice of messages that staff gave a service.
pub const CORRECTED: &str = "corrected";
/// The voice of `harmless.toml`.
pub const ALARMING: &str = "harmless";

/// What residents can ask for, and how they say it.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    /// In the order of the plan's clauses.
    pub categories: Vec<Category>,
    /// In the order of the taxonomy: by category, then as in the file.
    pub services: Vec<Service>,
    /// Messages and words, each with its service.
    pub examples: Vec<Example>,
    /// Alarming messages that mean no harm, with the service they belong to.
    pub harmless: Vec<Example>,
    /// What details are learned from.
    pub marked: Markings,
    place: HashMap<ServiceCode, usize>,
}

/// One category's file, read.
struct Part {
    category: Category,
    services: Vec<Service>,
    examples: Vec<Written>,
}

/// An example and where it was written.
struct Written {
    example: Example,
    file: String,
    line: usize,
}

impl Catalog {
    /// Reads every `.toml` file of a folder.
    pub fn from_folder(folder: &Path) -> Result<Self, CatalogError> {
        let files = read_folder(folder)?;
        Self::from_texts(files.iter().map(|(name, text)| (name.as_str(), text.as_str())))
    }

    /// Reads files given as pairs of name and text, so that a copy in the program serves as well.
    pub fn from_texts<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, CatalogError> {
        let mut files: Vec<_> = files.into_iter().collect();
        files.sort_unstable();
        let (mut parts, mut harmless, mut problems) = (Vec::new(), Vec::new(), Vec::new());
        let mut marked = Markings::default();
        for (name, text) in files {
            let mut file = File::new(name, text);
            match name {
                HARMLESS => harmless = parts::harmless(&mut file),
                DETAILS => marked = parts::marked(&mut file),
                _ => parts.extend(parts::category(&mut file)),
            }
            problems.append(&mut file.problems);
        }
        parts.sort_by(|a: &Part, b| by_clause(&a.category).cmp(&by_clause(&b.category)));
        check_codes(&parts, &harmless, &mut problems);
        check_duplicates(parts.iter().flat_map(|part| &part.examples).chain(&harmless), &mut problems);
        problems.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        if problems.is_empty() {
            Ok(Self { marked, ..Self::assemble(parts, harmless) })
        } else {
            Err(CatalogError { problems })
        }
    }

    /// The same services without what they are learned from, for where that has been done.
    pub fn without_examples(&self) -> Self {
        Self {
            categories: self.categories.clone(),
            services: self.services.clone(),
            examples: Vec::new(),
            harmless: Vec::new(),
            marked: Markings::default(),
            place: self.place.clone(),
        }
    }

    /// The same catalogue with more examples; what no service is the right one for is not learned.
    pub fn with_examples(mut self, more: Vec<Example>) -> Self {
        self.examples.extend(more);
        self
    }

    /// A service by its code.
    pub fn service(&self, code: &ServiceCode) -> Option<&Service> {
        self.services.get(*self.place.get(code)?)
    }

    /// The taxonomy by itself.
    pub fn services(&self) -> Services {
        self.services.iter().cloned().collect()
    }

    fn assemble(parts: Vec<Part>, harmless: Vec<Written>) -> Self {
        let mut catalog =
            Self { harmless: harmless.into_iter().map(|w| w.example).collect(), ..Self::default() };
        for part in parts {
            catalog.categories.push(part.category);
            catalog.services.extend(part.services);
            catalog.examples.extend(part.examples.into_iter().map(|w| w.example));
        }
        catalog.fill_traditional();
        let codes = catalog.services.iter().map(|service| service.code.clone());
        catalog.place = codes.zip(0..).collect();
        catalog
    }

    /// Taiwan's characters, but not Taiwan's words: the phrase table turns 社区 into 社群.
    fn fill_traditional(&mut self) {
        let Ok(opencc) = OpenCC::from_config(BuiltinConfig::S2tw) else { return };
        let services = self.services.iter_mut();
        let texts = services.flat_map(|s| [&mut s.title, &mut s.covers, &mut s.gist, &mut s.reply]);
        for text in texts.chain(self.categories.iter_mut().map(|category| &mut category.title)) {
            text.zh_tw = opencc.convert(&text.zh);
        }
    }
}

/// Clauses give the order; what has none (`meta`, `emergency`) comes last.
fn by_clause(category: &Category) -> (bool, &[i64], &str) {
    (category.clauses.is_empty(), &category.clauses, &category.code)
}

fn read_folder(folder: &Path) -> Result<Vec<(String, String)>, CatalogError> {
    let entries = std::fs::read_dir(folder).map_err(|error| unreadable(folder, &error.to_string()))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| unreadable(folder, &error.to_string()))?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            files.push((name, read_file(&path)?));
        }
    }
    if files.is_empty() { Err(unreadable(folder, "it holds no .toml file")) } else { Ok(files) }
}

fn read_file(path: &Path) -> Result<String, CatalogError> {
    let size = std::fs::metadata(path).map_err(|error| unreadable(path, &error.to_string()))?.len();
    if size > FILE_BYTES_MAX {
        return Err(unreadable(path, "it is larger than 4 MiB"));
    }
    std::fs::read_to_string(path).map_err(|error| unreadable(path, &error.to_string()))
}

fn unreadable(path: &Path, why: &str) -> CatalogError {
    let problem = Problem {
        file: path.display().to_string(),
        line: 1,
        key: "file".into(),
        what: format!("cannot be read: {why}"),
        remedy: "name a folder of readable catalogue files in UTF-8".into(),
    };
    CatalogError { problems: vec![problem] }
}

/// Codes must be there once, and what is harmless must belong to a service that exists.
fn check_codes(parts: &[Part], harmless: &[Written], problems: &mut Vec<Problem>) {
    let mut known: HashMap<&ServiceCode, &str> = HashMap::new();
    for part in parts {
        for service in &part.services {
            if let Some(other) = known.insert(&service.code, &part.category.code) {
                problems.push(Problem {
                    file: format!("{}.toml", part.category.code),
                    line: 1,
                    key: "service.code".into(),
                    what: format!("`{}` is also a service of {other}", service.code),
                    remedy: "give one of them another code".into(),
                });
            }
        }
    }
    for written in harmless.iter().filter(|written| !known.contains_key(&written.example.service)) {
        problems.push(Problem {
            file: written.file.clone(),
            line: written.line,
            key: "examples.service".into(),
            what: format!("`{}` is no service of the catalogue", written.example.service),
            remedy: "use the code of an existing service".into(),
        });
    }
}

/// The same message twice teaches nothing, and under two services it teaches the wrong thing. A service's word
/// may well be the whole of one of its examples.
fn check_duplicates<'a>(written: impl Iterator<Item = &'a Written>, problems: &mut Vec<Problem>) {
    let mut seen: HashMap<String, &Written> = HashMap::new();
    for one in written {
        let Some(other) = seen.insert(normalize(&one.example.text), one) else { continue };
        let word = [one, other].iter().any(|written| written.example.voice == WORDS);
        if word && one.example.service == other.example.service {
            continue;
        }
        problems.push(Problem {
            file: one.file.clone(),
            line: one.line,
            key: format!("examples.{}", one.example.voice),
            what: format!(
                "「{}」 stands already under {} ({}:{})",
                one.example.text, other.example.service, other.file, other.line
            ),
            remedy: "remove one of the two".into(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(code: &str, more: &str, examples: &str) -> String {
        format!(
            r#"
[[service]]
code = "{code}"
title = {{ zh = "头", en = "title" }}
covers = {{ zh = "一", en = "a" }}
handling = "public"
accept_within = "2h"
resolve_within = "1d"
words = ["词{code}"]
ask = ["community", "phone"]
gist = {{ zh = "一", en = "a" }}
reply = {{ zh = "马上联系社区", en = "a" }}
{more}
[service.examples]
elder = [{examples}]
"#
        )
    }

    fn file(category: &str, clauses: &str, services: &str) -> String {
        let title = "title = { zh = \"一\", en = \"a\" }";
        format!(
            "[category]\ncode = \"{category}\"\n{title}\nclauses = {clauses}\nunits = [\"各区\"]\n{services}"
        )
    }

    fn ten(of: &str) -> String {
        let words = ["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸"];
        words.map(|word| format!("\"{of}{word}\"")).join(", ")
    }

    fn problems(files: &[(&str, &str)]) -> Vec<String> {
        let error = Catalog::from_texts(files.iter().copied()).expect_err("a catalogue with faults");
        error.problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn services_stand_in_the_order_of_the_plan() {
        let late = file("care", "[7]", &service("care.repair", "", &ten("修")));
        let early = file("elder", "[1]", &service("elder.meal", "", &ten("饭")));
        let other = file("meta", "[]", &service("meta.other", "", &ten("聊")));
        let files = [("care.toml", late.as_str()), ("elder.toml", &early), ("meta.toml", &other)];
        let catalog = Catalog::from_texts(files).expect("a good catalogue");
        let codes: Vec<&str> = catalog.services.iter().map(|service| service.code.as_str()).collect();
        assert_eq!(codes, ["elder.meal", "care.repair", "meta.other"]);
        assert_eq!(catalog.examples.len(), 33);
        let meal = catalog.service(&"elder.meal".into()).expect("the service");
        assert_eq!(meal.reply.zh_tw, "馬上聯繫社區");
    }

    #[test]
    fn every_mistake_is_listed_with_its_line_and_remedy() {
        let wrong = service("care.repair", "colour = \"red\"", "\"一\", \"二\", \"一。\", \"\"")
            .replace("\"2h\"", "\"2w\"")
            .replace("handling = \"public\"", "handling = \"open\"")
            .replace("\"phone\"", "\"fax\"");
        let text = file("elder", "[1]", &wrong);
        let found = problems(&[("elder.toml", &text)]);
        for expected in [
            "elder.toml:18: service.colour: this key is not known",
            "elder.toml:8: service.code: `care.repair` is not a code of the category `elder`",
            "elder.toml:11: service.handling: `open` is not known; use one of: public, restricted, answer",
            "elder.toml:12: service.accept_within: `2w` is not a time",
            "elder.toml:15: service.ask: `fax` is not known",
            "elder.toml:20: service.examples.elder: this text is empty",
            "has 3 examples; write at least 10",
            "「一。」 stands already under care.repair",
        ] {
            assert!(found.iter().any(|problem| problem.contains(expected)), "{expected}\n{found:#?}");
        }
    }

    #[test]
    fn an_emergency_says_whom_to_call() {
        let text = file("emergency", "[]", &service("emergency.fire", "", &ten("火")));
        assert!(problems(&[("emergency.toml", &text)])[0].contains("add `call = [\"120\"]`"));
    }

    #[test]
    fn broken_toml_and_unknown_services_are_named() {
        let good = file("elder", "[1]", &service("elder.meal", "", &ten("饭")));
        let harmless = "examples = [{ text = \"笑死\", service = \"meta.none\" }]";
        let found =
            problems(&[("care.toml", "[category\n"), ("elder.toml", &good), ("harmless.toml", harmless)]);
        assert!(found[0].starts_with("care.toml:1: TOML:"), "{found:#?}");
        assert!(found[1].starts_with("harmless.toml:1: examples.service: `meta.none`"), "{found:#?}");
    }

    #[test]
    fn a_mark_is_a_part_of_its_message() {
        let good = file("elder", "[1]", &service("elder.meal", "", &ten("饭")));
        let details = "messages = [\n{ text = \"明天来\", when = \"明天\" },\n{ text = \"今天来\", when = \"明天\", who = \"我\" }]";
        let found = problems(&[("details.toml", details), ("elder.toml", &good)]);
        assert_eq!(found.len(), 2, "{found:#?}");
        assert!(found.iter().all(|problem| problem.starts_with("details.toml:3: messages.")), "{found:#?}");
        let details = "messages = [{ text = \"明天来\", when = \"明天\" }]";
        let catalog = Catalog::from_texts([("details.toml", details), ("elder.toml", good.as_str())]);
        let marked = catalog.expect("a good catalogue").marked.messages;
        assert_eq!(marked[0].details.when.as_deref(), Some("明天"));
    }

    #[test]
    fn a_missing_folder_is_a_problem_like_any_other() {
        let error = Catalog::from_folder(Path::new("no/such/folder")).expect_err("nothing there");
        assert!(error.to_string().contains("no/such/folder:1: file: cannot be read"));
    }
}
