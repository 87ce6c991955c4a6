//! The house rules, kept by a test.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use hotline::domain::message::Language;
use hotline::locale::Locales;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).expect("a source");
                found.push((path.strip_prefix(root()).expect("inside").to_owned(), text));
            }
        }
    }
    found
}

/// What each part may import; ARCHITECTURE.md draws it.
#[test]
fn imports_point_one_way() {
    let allowed: [(&str, &[&str]); 4] = [
        ("src/domain", &["domain"]),
        ("src/understanding", &["domain", "understanding"]),
        ("src/channels", &["domain", "channels"]),
        ("src/store", &["domain", "store"]),
    ];
    for (folder, allowed) in allowed {
        for (path, text) in sources(folder) {
            for (number, line) in text.lines().enumerate() {
                let Some((_, rest)) = line.split_once("crate::") else { continue };
                let module = rest.split(|c: char| !c.is_ascii_lowercase()).next().unwrap_or_default();
                assert!(
                    allowed.contains(&module),
                    "{}:{}: {folder} may not import {module}",
                    path.display(),
                    number + 1
                );
            }
        }
    }
}

#[test]
fn only_the_store_speaks_sql() {
    for (path, text) in sources("src") {
        let sql = text.contains("sqlx");
        let allowed = path.starts_with("src/store") || path == Path::new("src/telemetry.rs");
        assert!(!sql || allowed, "{} speaks SQL", path.display());
    }
}

#[test]
fn the_domain_never_waits() {
    for (path, text) in sources("src/domain") {
        for word in ["async ", ".await", "Timestamp::now", "rand::", "std::fs", "std::net"] {
            let code: String = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .collect::<Vec<_>>()
                .join("\n");
            assert!(!code.contains(word), "{} has `{word}`", path.display());
        }
    }
}

#[test]
fn files_are_short_enough_to_read() {
    for (path, text) in sources("src") {
        let code = text.split("#[cfg(test)]").next().unwrap_or_default().lines().count();
        assert!(code <= 500, "{} has {code} lines: is there a seam?", path.display());
    }
}

/// Every language has every message, with no variable that Chinese does not have.
#[test]
fn every_text_is_there_in_every_language() {
    for file in ["messages.ftl", "pages.ftl"] {
        let read = |language: Language| {
            let path = root().join("assets/locales").join(language.tag()).join(file);
            ids(&std::fs::read_to_string(path).expect("a file of texts"))
        };
        let chinese = read(Language::ZhCn);
        for language in [Language::ZhTw, Language::En] {
            let differ: Vec<_> = chinese.symmetric_difference(&read(language)).cloned().collect();
            assert!(differ.is_empty(), "{file}: {language:?} differs in {differ:?}");
        }
    }
}

/// Every text that the code names is there.
#[test]
fn every_text_that_is_named_is_there() {
    let locales = Locales::load();
    let mut missing = BTreeSet::new();
    let calls = [".say(\"", ".with(\"", ".about(case, \"", ".about(&case, \"", ".button(\""];
    for (path, text) in sources("src")
        .into_iter()
        .filter(|(path, _)| path.starts_with("src/engine") || path.starts_with("src/web"))
    {
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let text: String = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        for call in calls {
            for rest in text.split(call).skip(1) {
                let id = rest.split('"').next().unwrap_or_default();
                if !locales.has(Language::ZhCn, id) {
                    missing.insert(format!("{}: {id}", path.display()));
                }
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

fn ids(text: &str) -> BTreeSet<String> {
    let id = |line: &str| {
        let (id, _) = line.split_once(" =")?;
        let plain = !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        (plain && !line.starts_with(' ')).then(|| id.to_owned())
    };
    text.lines().filter_map(id).collect()
}

/// The sample city is right, and every service finds a team in each of its communities.
#[test]
fn the_sample_city_serves_everything() {
    use hotline::domain::team::Rung;
    use hotline::engine::import::{CityFile, import};
    crate::harness::run(async {
        let database = crate::harness::Database::sqlite();
        let clock = hotline::clock::Clock::at(crate::harness::at(crate::harness::START));
        let app = crate::harness::open(database.url(), clock, crate::harness::webchat_only(), None).await;
        let text = std::fs::read_to_string(root().join("demo/city.toml")).expect("the sample city");
        let city = CityFile::parse(&text).expect("a city");
        city.check(&app.city(), &app.services(), &app.channels).expect("the sample city is right");
        assert!(import(&app, &city).await.expect("imported").changed > 0);
        assert_eq!(
            import(&app, &city).await.expect("imported").changed,
            0,
            "a second import changes nothing"
        );
        let (city, services) = (app.city(), app.services());
        for community in city.communities() {
            for service in services.all().filter(|service| !service.code.is_meta()) {
                let team = city.route(&service.code, &community.code, Rung::Team);
                assert!(
                    team.is_some_and(|team| team.rung() <= Rung::Community),
                    "{} in {}",
                    service.code,
                    community.name
                );
            }
        }
    });
}
