//! message → `Understanding { service, confidence, runners-up, danger, details }`. Pure and synchronous: the same
//! message and moment always give the same verdict, on any machine, in microseconds.

#[cfg(feature = "bert")]
mod bert;
pub mod catalog;
pub mod classifier;
mod concepts;
pub mod danger;
pub mod details;
pub mod evaluation;
mod features;
mod linear;
mod needs;
pub mod normalize;
pub mod second_opinion;
mod thesaurus;
mod vocabulary;

use std::sync::Arc;
use std::thread;

use jiff::ZonedDateTime;

use crate::domain::area::Area;
use crate::domain::id::ServiceCode;
use crate::domain::message::Language;
use crate::domain::understood::{Certainty, Understanding};
use catalog::{ALARMING, Catalog, Example, WORDS};
use classifier::{Classifier, Corpus, Reason, Target};
use danger::Danger;
use details::{Finder, Markings, Places};
use normalize::{fold, normalize};
use second_opinion::SecondOpinion;

/// A service's words count for less than a message: they lack everything that surrounds them.
const WORDS_EMPHASIS: f32 = 0.5;
/// What sounds like an alarm and is none is rare, and must be learned all the better.
const ALARMING_EMPHASIS: f32 = 3.0;
/// Where less than this is left for services that are no emergency, the classifier believed in danger.
const OVERRULED: f32 = 0.5;
/// How many runners-up a verdict names.
const RUNNERS_UP_MAX: usize = 3;

/// How confident a verdict must be for what the hotline does with it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gates {
    /// From here on a case is opened without asking back.
    pub sure: f32,
    /// Below this a human reads the message.
    pub hopeless: f32,
}

impl Default for Gates {
    /// From `sure` on, 96 of 100 messages of strangers are right, and 89 of 100 in a voice that was never heard;
    /// below `hopeless` four of five are wrong, so that a choice of three would mostly offer three mistakes.
    fn default() -> Self {
        Self { sure: 0.85, hopeless: 0.15 }
    }
}

/// Understands messages. Cheap to clone: the model is shared.
#[derive(Clone)]
pub struct Understander {
    model: Arc<Model>,
    second: Option<SecondOpinion>,
    places: Places,
    gates: Gates,
}

/// What is learned from the catalogue.
struct Model {
    codes: Vec<ServiceCode>,
    classifier: Classifier,
    danger: Danger,
    details: Finder,
}

/// Why a message was understood as it was.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The text as the classifier read it.
    pub read_as: String,
    /// What speaks for and against each of the best services, strongest first.
    pub reasons: Vec<(ServiceCode, Vec<Reason>)>,
}

impl Understander {
    /// Learns from the catalogue; well below a second.
    pub fn train(catalog: &Catalog) -> Self {
        let (examples, codes) = taught(catalog);
        Self::learn(examples, codes, &catalog.marked)
    }

    /// Learns from any examples; `codes` are the labels, and an example of another is left out. Of times and persons
    /// nothing is learned, and none is found.
    pub fn train_on<'a>(examples: impl Iterator<Item = &'a Example>, codes: Vec<ServiceCode>) -> Self {
        Self::learn(examples, codes, &Markings::default())
    }

    fn learn<'a>(
        examples: impl Iterator<Item = &'a Example>,
        codes: Vec<ServiceCode>,
        marked: &Markings,
    ) -> Self {
        let (texts, targets) = texts_and_targets(examples, &codes);
        let (classifier, danger, details) = thread::scope(|scope| {
            let details = scope.spawn(|| Finder::train(marked));
            let corpus = Corpus::read(&texts);
            let learn_danger = || Danger::train(&corpus, &targets, &codes);
            let (classifier, danger) = thread::scope(|scope| {
                let danger = scope.spawn(learn_danger);
                let classifier = Classifier::train(&corpus, &targets, codes.len());
                (classifier, danger.join().unwrap_or_else(|_| learn_danger()))
            });
            (classifier, danger, details.join().unwrap_or_else(|_| Finder::train(&Markings::default())))
        });
        let model = Arc::new(Model { codes, classifier, danger, details });
        Self { model, second: None, places: Places::default(), gates: Gates::default() }
    }

    /// The same understanding, with these areas known by name.
    pub fn with_places(&self, areas: &[Area]) -> Self {
        Self { places: Places::new(areas), ..self.clone() }
    }

    /// The same understanding with a second opinion; without it where that one has learned other services.
    pub fn with_second_opinion(&self, second: SecondOpinion) -> Self {
        let second = Some(second).filter(|second| second.is_of(&self.model.codes));
        Self { second, ..self.clone() }
    }

    /// The same understanding with other gates.
    pub fn with_gates(&self, gates: Gates) -> Self {
        Self { gates, ..self.clone() }
    }

    /// Understands a message that was written at `now`, in the city's zone.
    pub fn understand(&self, text: &str, now: &ZonedDateTime) -> Understanding {
        let plain = normalize(text);
        let ranked = self.rank(&plain);
        let (service, confidence) = ranked.best;
        Understanding {
            certainty: self.certainty(&plain, confidence, ranked.danger.is_some()),
            service,
            confidence,
            runners_up: ranked.others,
            danger: ranked.danger,
            details: self.model.details.find(text, &self.places, now),
            language: language(text),
        }
    }

    /// Why a message is understood as it is.
    pub fn explain(&self, text: &str) -> Explanation {
        let read_as = normalize(text);
        let ranked = self.rank(&read_as);
        let codes = std::iter::once(ranked.best.0).chain(ranked.others.into_iter().map(|(code, _)| code));
        let reasons = codes.filter_map(|code| {
            let label = self.model.codes.iter().position(|known| *known == code)?;
            Some((code, self.model.classifier.reasons(&read_as, label)))
        });
        Explanation { reasons: reasons.collect(), read_as }
    }

    /// What in a message speaks for and against a service, strongest first.
    pub fn reasons(&self, text: &str, service: &ServiceCode) -> Vec<Reason> {
        let label = self.model.codes.iter().position(|known| known == service);
        label.map_or_else(Vec::new, |label| self.model.classifier.reasons(&normalize(text), label))
    }

    /// How many features the model knows, for the curious.
    pub fn features(&self) -> usize {
        self.model.classifier.features()
    }

    fn rank(&self, plain: &str) -> Ranked {
        let model = &*self.model;
        let reading = model.classifier.read(plain);
        let first = model.classifier.likely(&reading);
        let likely = match &self.second {
            Some(second) => second.with(plain, first),
            None => first,
        };
        let alarm = model.danger.judge(plain, &reading, &likely);
        let mut order: Vec<usize> = (0..likely.len()).collect();
        order.sort_by(|a, b| likely[*b].total_cmp(&likely[*a]));
        let best = match &alarm {
            Some(alarm) => (alarm.service.clone(), alarm.confidence),
            None => model.calmest(&order, &likely),
        };
        let others = order.iter().map(|&at| (model.codes[at].clone(), likely[at]));
        let others = others.filter(|(code, _)| *code != best.0).take(RUNNERS_UP_MAX).collect();
        Ranked { best, others, danger: alarm.map(|alarm| alarm.service) }
    }

    fn certainty(&self, plain: &str, confidence: f32, danger: bool) -> Certainty {
        if danger || confidence >= self.gates.sure {
            Certainty::Sure
        } else if confidence < self.gates.hopeless || plain.trim().is_empty() {
            Certainty::Hopeless
        } else {
            Certainty::Unsure
        }
    }
}

/// What a catalogue teaches, and the services in their order.
fn taught(catalog: &Catalog) -> (impl Iterator<Item = &Example>, Vec<ServiceCode>) {
    let codes = catalog.services.iter().map(|service| service.code.clone()).collect();
    (catalog.examples.iter().chain(&catalog.harmless), codes)
}

/// The examples of these services, normalised, and what each teaches.
fn texts_and_targets<'a>(
    examples: impl Iterator<Item = &'a Example>,
    codes: &[ServiceCode],
) -> (Vec<String>, Vec<Target>) {
    let (mut texts, mut targets, mut voices) = (Vec::new(), Vec::new(), Vec::<&str>::new());
    for example in examples {
        let Some(label) = codes.iter().position(|code| *code == example.service) else { continue };
        texts.push(normalize(&example.text));
        let emphasis = match example.voice.as_str() {
            WORDS => WORDS_EMPHASIS,
            ALARMING => ALARMING_EMPHASIS,
            _ => 1.0,
        };
        let voice = voices.iter().position(|voice| *voice == example.voice).unwrap_or(voices.len());
        if voice == voices.len() {
            voices.push(&example.voice);
        }
        targets.push(Target { label, emphasis, voice });
    }
    (texts, targets)
}

impl Model {
    /// The best service that is no emergency. Where the danger stage has overruled the classifier, the service's
    /// confidence is its share of what is left.
    fn calmest(&self, order: &[usize], likely: &[f32]) -> (ServiceCode, f32) {
        let Some(&best) = order.iter().find(|label| !self.codes[**label].is_emergency()) else {
            return (ServiceCode::from("meta.other"), 0.0);
        };
        let calm = likely.iter().zip(&self.codes).filter(|(_, code)| !code.is_emergency());
        let left: f32 = calm.map(|(likely, _)| likely).sum();
        let confidence =
            if left < OVERRULED { likely[best] / left.max(f32::MIN_POSITIVE) } else { likely[best] };
        (self.codes[best].clone(), confidence)
    }
}

/// The services of a message, best first.
struct Ranked {
    best: (ServiceCode, f32),
    others: Vec<(ServiceCode, f32)>,
    danger: Option<ServiceCode>,
}

/// The language a text is written in: Traditional where it has characters that Simplified writes otherwise.
pub fn language(text: &str) -> Language {
    let mut han = 0;
    let mut traditional = 0;
    let mut latin = 0;
    for c in text.chars().take(normalize::CHARS_MAX) {
        han += usize::from(('\u{3400}'..='\u{9FFF}').contains(&c));
        traditional += usize::from(('\u{3400}'..='\u{9FFF}').contains(&c) && fold(c) != c);
        latin += usize::from(c.is_ascii_alphabetic());
    }
    if han * 4 < latin {
        Language::En
    } else if traditional * 10 > han {
        Language::ZhTw
    } else {
        Language::ZhCn
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;

    fn example(text: &str, service: &str) -> Example {
        Example { text: text.into(), service: service.into(), voice: "elder".into() }
    }

    /// A hotline that knows three things.
    static SMALL: LazyLock<Understander> = LazyLock::new(|| {
        let taught = [
            ("水龙头漏水了,帮忙修", "care.repair"),
            ("灯坏了找人修一下", "care.repair"),
            ("马桶堵了谁能修", "care.repair"),
            ("老人食堂几点开饭", "elder.meal"),
            ("给我妈订午饭", "elder.meal"),
            ("送饭上门多少钱", "elder.meal"),
            ("着火了,快来救火", "emergency.fire"),
            ("楼下冒烟了,起火了", "emergency.fire"),
            ("厨房着火了", "emergency.fire"),
        ];
        let examples: Vec<Example> = taught.map(|(text, service)| example(text, service)).into();
        let codes = ["care.repair", "elder.meal", "emergency.fire"].map(ServiceCode::from).into();
        Understander::train_on(examples.iter(), codes)
    });

    fn now() -> ZonedDateTime {
        "2026-03-04T10:30:00+08:00[Asia/Shanghai]".parse().expect("a moment")
    }

    #[test]
    fn a_message_in_other_words_finds_its_service() {
        let understood = SMALL.understand("我家水管漏水,能修吗", &now());
        assert_eq!(understood.service.as_str(), "care.repair");
        assert_eq!(understood.runners_up.len(), 2);
        assert_eq!(understood.danger, None);
        assert_eq!(SMALL.understand("家裡著火了", &now()).danger, Some("emergency.fire".into()));
    }

    #[test]
    fn an_explanation_names_the_words_that_decided() {
        let explanation = SMALL.explain("谁能修水管");
        let (service, reasons) = &explanation.reasons[0];
        assert_eq!(service.as_str(), "care.repair");
        assert!(reasons.iter().any(|reason| reason.feature.contains('修') && reason.weight > 0.0));
    }

    #[test]
    fn a_hotline_that_was_taught_nothing_still_answers() {
        let empty = Understander::train_on([].iter(), Vec::new());
        let understood = empty.understand("你好", &now());
        assert_eq!((understood.service.as_str(), understood.certainty), ("meta.other", Certainty::Hopeless));
    }

    #[test]
    fn the_language_is_how_it_is_written() {
        assert_eq!(language("請問里長在嗎"), Language::ZhTw);
        assert_eq!(language("请问社区在吗"), Language::ZhCn);
        assert_eq!(language("where is the clinic?"), Language::En);
    }

    proptest! {
        #[test]
        fn no_text_panics_and_details_are_parts_of_it(text in "\\PC{0,80}|[\u{0}-\u{10FFFF}]{0,40}|[0-9一二三十点半号楼路月周明天下午 ,:+-]{0,40}") {
            let understood = SMALL.understand(&text, &now());
            let details = understood.details;
            for part in [details.community, details.address, details.phone, details.when, details.person].into_iter().flatten() {
                prop_assert!(text.contains(&part), "{part}");
            }
            prop_assert!((0.0..=1.0).contains(&understood.confidence));
            SMALL.explain(&text);
        }
    }
}
