//! A sentence model beside the built-in understanding: real weights where the program was built for them
//! (`tests/run --bert`), and a clear word where it was not.

use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

/// `hotline check` of an otherwise good configuration that names a sentence model.
fn check(model: &Path) -> (String, Output) {
    let folder = TempDir::new().expect("a folder");
    let config = folder.path().join("hotline.toml");
    let text = format!(
        "[store]\nurl = \"sqlite:{}\"\n[understanding]\nengine = \"bert\"\nmodel = \"{}\"\n",
        folder.path().join("hotline.db").display(),
        model.display()
    );
    std::fs::write(&config, text).expect("a configuration");
    let mut command = Command::new(env!("CARGO_BIN_EXE_hotline"));
    let output = command.arg("check").arg("--config").arg(&config).output().expect("it runs");
    (String::from_utf8_lossy(&output.stdout).into_owned(), output)
}

#[cfg(not(feature = "bert"))]
#[test]
fn a_program_without_sentence_models_says_how_to_get_them() {
    let (said, output) = check(Path::new("models/none"));
    assert!(!output.status.success());
    assert!(said.contains("sentence model: this program was built without"), "{said}");
    assert!(said.contains("docs/bert.md"), "{said}");
}

#[cfg(feature = "bert")]
mod with_a_model {
    use std::path::PathBuf;
    use std::time::Duration;

    use hotline::understanding::Understander;
    use hotline::understanding::catalog::Catalog;
    use hotline::understanding::evaluation::{Report, Row, evaluate, read_rows};
    use hotline::understanding::second_opinion;
    use jiff::ZonedDateTime;

    use super::*;

    /// The folder of the model, an English one.
    fn model() -> PathBuf {
        std::env::var("HOTLINE_SENTENCE_MODEL").expect("tests/run --bert sets it").into()
    }

    fn is_english(text: &str) -> bool {
        text.is_ascii()
    }

    #[test]
    fn english_messages_are_opened_without_asking_more_often_and_hardly_less_rightly() {
        let mut catalog = Catalog::from_folder(Path::new("intents")).expect("the catalogue");
        catalog.examples.retain(|example| is_english(&example.text));
        let alone = Understander::train(&catalog);
        let patient = second_opinion::load(&model(), Duration::from_secs(60)).expect("the model");
        let second = patient.learn(&catalog, &model(), || true).expect("learned");
        let both = alone.with_second_opinion(second);

        let rows: Vec<Row> = ["messages", "strangers", "danger"]
            .iter()
            .flat_map(|name| read_rows(Path::new(&format!("tests/data/{name}.tsv"))).expect("rows"))
            .filter(|row| is_english(&row.text))
            .collect();
        let now = ZonedDateTime::now();
        let [alone, both]: [Report; 2] = [&alone, &both].map(|mind| evaluate(mind, &rows, &now));
        assert!(rows.len() > 80, "{}", rows.len());
        assert!(both.top1 > alone.top1 - 0.02, "{} instead of {}", both.top1, alone.top1);
        assert!(both.top3 >= alone.top3, "{} instead of {}", both.top3, alone.top3);
        assert!(both.sure_share > alone.sure_share, "{} instead of {}", both.sure_share, alone.sure_share);
        assert!(both.sure_right > 0.9, "{}", both.sure_right);
    }

    #[test]
    fn without_patience_the_built_in_understanding_stands_alone() {
        let mut catalog = Catalog::from_folder(Path::new("intents")).expect("the catalogue");
        catalog.examples.retain(|example| is_english(&example.text));
        let alone = Understander::train(&catalog);
        let hasty = second_opinion::load(&model(), Duration::ZERO).expect("the model");
        let both = alone.with_second_opinion(hasty.learn(&catalog, &model(), || true).expect("learned"));
        let now = ZonedDateTime::now();
        let verdict = |mind: &Understander, text: &str| {
            let understood = mind.understand(text, &now);
            (understood.service, understood.confidence)
        };
        for text in ["my sink is leaking", "lonely since my wife died", ""] {
            assert_eq!(verdict(&both, text), verdict(&alone, text), "{text}");
        }
    }

    #[test]
    fn the_check_tries_the_model_and_names_the_file_that_is_missing() {
        let (said, output) = check(&model());
        assert!(said.contains("384 numbers a message"), "{said}");
        assert!(output.status.success(), "{said}");
        let empty = TempDir::new().expect("a folder");
        let (said, output) = check(empty.path());
        assert!(!output.status.success());
        assert!(said.contains("config.json"), "{said}");
    }
}
