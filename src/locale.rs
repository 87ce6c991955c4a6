//! What people read, in their language: the Fluent files of `assets/locales`, in the binary.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::{LanguageIdentifier, langid};

use crate::domain::message::Language;

/// A message's variables.
pub type Args<'a> = [(&'a str, FluentValue<'a>)];

/// The files of a language: what is said in messages, and what stands on pages.
macro_rules! files {
    ($folder:literal) => {
        [
            include_str!(concat!("../assets/locales/", $folder, "/messages.ftl")),
            include_str!(concat!("../assets/locales/", $folder, "/pages.ftl")),
        ]
    };
}

const SOURCES: [(Language, LanguageIdentifier, [&str; 2]); 3] = [
    (Language::ZhCn, langid!("zh-CN"), files!("zh-CN")),
    (Language::ZhTw, langid!("zh-TW"), files!("zh-TW")),
    (Language::En, langid!("en"), files!("en")),
];

/// Every message in every language.
pub struct Locales {
    bundles: Vec<(Language, FluentBundle<FluentResource>)>,
}

impl Locales {
    /// Reads the files that are in the binary.
    pub fn load() -> Self {
        let bundles = SOURCES.iter().map(|(language, id, files)| (*language, bundle(id, files))).collect();
        Self { bundles }
    }

    /// A message in a language. What a language lacks is said in simplified Chinese, and what that lacks by
    /// its id; a test keeps both from happening.
    pub fn text(&self, language: Language, id: &str, args: &Args<'_>) -> String {
        self.find(language, id, args)
            .or_else(|| self.find(Language::ZhCn, id, args))
            .unwrap_or_else(|| id.to_owned())
    }

    fn find(&self, language: Language, id: &str, args: &Args<'_>) -> Option<String> {
        let (_, bundle) = self.bundles.iter().find(|(of, _)| *of == language)?;
        let pattern = bundle.get_message(id)?.value()?;
        let args: FluentArgs<'_> = args.iter().cloned().collect();
        let mut errors = Vec::new();
        Some(bundle.format_pattern(pattern, Some(&args), &mut errors).into_owned())
    }

    /// Whether a language has a message.
    pub fn has(&self, language: Language, id: &str) -> bool {
        self.bundles.iter().any(|(of, bundle)| *of == language && bundle.has_message(id))
    }
}

fn bundle(id: &LanguageIdentifier, files: &[&str]) -> FluentBundle<FluentResource> {
    let mut bundle = FluentBundle::new_concurrent(vec![id.clone()]);
    // The texts are plain and read by old people; invisible marks would only end up in their messengers.
    bundle.set_use_isolating(false);
    for file in files {
        // What cannot be read is left out; a test reads every file.
        bundle.add_resource_overriding(
            FluentResource::try_new((*file).to_owned()).unwrap_or_else(|(read, _)| read),
        );
    }
    bundle
}
