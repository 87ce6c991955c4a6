//! A second opinion on the service of a message: a sentence model knows words that no example has. It turns a message into
//! a vector; which service that is, a linear model of our own learns from the catalogue, as the built-in classifier does.
//!
//! How far each of the two is trusted is measured on voices held back, apart for messages in Han characters and for others:
//! many sentence models know one language. Where the model is slow, busy or broken, the built-in opinion stands alone.
//! Danger is heard before, by its own stage.

mod reader;
mod remembered;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

pub use reader::{Encoder, Reader};

use super::catalog::Catalog;
use super::classifier::{Classifier, Corpus, Target, held_back};
use super::features::is_han;
use super::linear::{Course, Lesson, Linear, Training, softmax};
use crate::domain::id::ServiceCode;
use remembered::Remembered;

/// The file in a model's folder that holds its weights; the vectors of the catalogue are kept beside it.
pub(super) const WEIGHTS: &str = "model.safetensors";
/// How the model on top of the vectors is trained.
const TRAINING: Training = Training { restraint: 0.003, passes: 12 };
/// Shares of the second opinion that are tried.
const SHARES: usize = 20;
/// A script with fewer messages held back has not been measured.
const MEASURED_MIN: usize = 30;
/// How much less surprising the held-back messages must be for the second opinion to be asked at all.
const GAIN_MIN: f32 = 0.02;
/// After so many texts that were not known progress is told.
const TOLD_EVERY: usize = 1000;

/// A sentence model that has learned the catalogue. Cheap to clone.
#[derive(Clone)]
pub struct SecondOpinion(Arc<Learned>);

struct Learned {
    reader: Reader,
    linear: Linear,
    codes: Vec<ServiceCode>,
    han: Trust,
    other: Trust,
}

/// How two opinions become one.
#[derive(Clone, Copy, Debug)]
struct Trust {
    /// What the second one's scores are multiplied with.
    sharpness: f32,
    /// The weight of the second one, from 0 to 1; the first one has the rest.
    share: f32,
    /// What the weighted sum is multiplied with, so that a probability of 0.8 is right in 8 of 10 cases.
    joint: f32,
}

/// Loads the sentence model in a folder. Nobody who asks it waits longer than `patience`.
#[cfg(feature = "bert")]
pub fn load(folder: &Path, patience: Duration) -> anyhow::Result<Reader> {
    let folder = folder.to_owned();
    Reader::start(move || super::bert::Bert::load(&folder), patience)
}

/// Without the feature there are no sentence models.
#[cfg(not(feature = "bert"))]
pub fn load(_: &Path, _: Duration) -> anyhow::Result<Reader> {
    anyhow::bail!(
        "this program was built without sentence models; build it with `cargo build --release --features bert` \
         (docs/bert.md), or leave [understanding] engine as it is"
    )
}

impl Reader {
    /// Learns a catalogue with the model in `folder`, as long as `go_on` says so; minutes at first, seconds when its
    /// vectors are known.
    pub fn learn(
        &self,
        catalog: &Catalog,
        folder: &Path,
        go_on: impl Fn() -> bool,
    ) -> anyhow::Result<SecondOpinion> {
        let (examples, codes) = super::taught(catalog);
        let (texts, targets) = super::texts_and_targets(examples, &codes);
        let length = self.read("")?.len();
        let mut known = Remembered::of(&folder.join(WEIGHTS), length);
        let mut vectors = Vec::with_capacity(texts.len());
        let mut read = 0;
        for (at, text) in texts.iter().enumerate() {
            anyhow::ensure!(go_on(), "the sentence model was stopped while it learned");
            let first_time = |text: &str| {
                read += 1;
                if read % TOLD_EVERY == 0 {
                    tracing::info!(at, of = texts.len(), "the sentence model reads the catalogue");
                }
                self.read(text)
            };
            vectors.push(known.vector(text, first_time)?);
        }
        drop(known);
        Ok(self.learn_vectors(&texts, &vectors, &targets, codes))
    }

    fn learn_vectors(
        &self,
        texts: &[String],
        vectors: &[Vec<f32>],
        targets: &[Target],
        codes: Vec<ServiceCode>,
    ) -> SecondOpinion {
        let rows: Vec<Vec<(u32, f32)>> = vectors.iter().map(|vector| row(vector)).collect();
        let lesson =
            |at: usize| Lesson { row: &rows[at], label: targets[at].label, emphasis: targets[at].emphasis };
        let lessons: Vec<Lesson<'_>> = (0..texts.len()).map(lesson).collect();
        let mut course = Course::new(&lessons, vectors.first().map_or(0, Vec::len), codes.len(), TRAINING);
        let is_held = held_back(targets);
        let (held, taught): (Vec<usize>, Vec<usize>) = (0..texts.len()).partition(|at| is_held(*at));
        let first = {
            let texts: Vec<String> = taught.iter().map(|at| texts[*at].clone()).collect();
            let targets: Vec<Target> = taught.iter().map(|at| targets[*at]).collect();
            Classifier::train(&Corpus::read(&texts), &targets, codes.len())
        };
        course.learn(&taught);
        let opinions = |han: bool| -> Vec<Opinions> {
            let of_script = held.iter().filter(|at| has_han(&texts[**at]) == han);
            let opinions = |at: &usize| Opinions {
                first: first.likely(&first.read(&texts[*at])),
                second: course.scores(&rows[*at]),
                right: targets[*at].label,
            };
            of_script.map(opinions).collect()
        };
        let (han, other) = (Trust::measured(&opinions(true)), Trust::measured(&opinions(false)));
        tracing::info!(han = han.share, other = other.share, "the sentence model's share of what is decided");
        course.learn(&(0..texts.len()).collect::<Vec<_>>());
        let linear = course.finish();
        SecondOpinion(Arc::new(Learned { reader: self.clone(), linear, codes, han, other }))
    }
}

impl SecondOpinion {
    /// Whether it speaks of the same services in the same order.
    pub(super) fn is_of(&self, codes: &[ServiceCode]) -> bool {
        self.0.codes == codes
    }

    /// How likely each service is, to both together; what the first one said where the second has nothing to say.
    pub(super) fn with(&self, text: &str, first: Vec<f32>) -> Vec<f32> {
        let trust = if has_han(text) { self.0.han } else { self.0.other };
        if trust.share == 0.0 {
            return first;
        }
        match self.0.reader.ask(text) {
            Some(vector) => trust.join(&first, &self.0.linear.scores(&row(&vector))),
            None => first,
        }
    }
}

/// What both say of a message that neither has seen.
struct Opinions {
    first: Vec<f32>,
    second: Vec<f32>,
    right: usize,
}

impl Trust {
    /// The trust under which the messages are least surprising; none where they are too few or hardly any less so.
    fn measured(held: &[Opinions]) -> Self {
        let none = Self { sharpness: 1.0, share: 0.0, joint: 1.0 };
        if held.len() < MEASURED_MIN {
            return none;
        }
        let least = |trusts: &mut dyn Iterator<Item = Self>| {
            let surprise = |trust: &Self| -> f32 { held.iter().map(|one| trust.surprise(one)).sum() };
            let rated = trusts.map(|trust| (surprise(&trust), trust));
            rated.min_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or((f32::INFINITY, none))
        };
        let (_, alone) = least(&mut (0..60).map(|step| Self {
            sharpness: 0.2 * 1.08_f32.powi(step),
            share: 1.0,
            joint: 1.0,
        }));
        let shares = (0..SHARES).map(|step| Self { share: step as f32 / SHARES as f32, ..alone });
        let joint = |trust: Self| (0..12).map(move |step| Self { joint: 0.7 + 0.1 * step as f32, ..trust });
        let (surprise, both) = least(&mut shares.flat_map(joint));
        let (before, _) = least(&mut joint(none));
        if surprise < before * (1.0 - GAIN_MIN) { both } else { none }
    }

    /// A weighted mean of what both would bet.
    fn join(self, first: &[f32], second: &[f32]) -> Vec<f32> {
        let mut second: Vec<f32> = second.iter().map(|score| score * self.sharpness).collect();
        softmax(&mut second);
        let bet = |likely: f32| likely.max(1e-9).ln();
        let both = first.iter().zip(&second);
        let mut joined: Vec<f32> = both
            .map(|(first, second)| {
                self.joint * ((1.0 - self.share) * bet(*first) + self.share * bet(*second))
            })
            .collect();
        softmax(&mut joined);
        joined
    }

    fn surprise(self, of: &Opinions) -> f32 {
        -self.join(&of.first, &of.second)[of.right].max(1e-9).ln()
    }
}

fn has_han(text: &str) -> bool {
    text.chars().any(is_han)
}

fn row(vector: &[f32]) -> Vec<(u32, f32)> {
    vector.iter().zip(0..).map(|(value, at)| (at, *value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opinions(first: [f32; 2], second: [f32; 2], right: usize) -> Opinions {
        Opinions { first: first.into(), second: second.into(), right }
    }

    #[test]
    fn who_is_right_more_often_is_trusted_more() {
        let held: Vec<Opinions> = (0..100)
            .map(|n| match n % 10 {
                0 => opinions([0.2, 0.8], [3.0, 0.0], 0),
                _ => opinions([0.5, 0.5], [3.0, 0.0], 0),
            })
            .collect();
        assert!(Trust::measured(&held).share > 0.5);
        let useless: Vec<Opinions> =
            (0..100).map(|n| opinions([0.9, 0.1], [(n % 2) as f32, 0.5], 0)).collect();
        assert_eq!(Trust::measured(&useless).share, 0.0);
        assert_eq!(Trust::measured(&held[..10]).share, 0.0, "ten messages measure nothing");
    }

    #[test]
    fn two_opinions_are_likelihoods_again() {
        let trust = Trust { sharpness: 1.0, share: 0.5, joint: 1.0 };
        let joined = trust.join(&[0.9, 0.1], &[0.0, 0.0]);
        assert!((joined.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        assert!(joined[0] > joined[1] && joined[0] < 0.9);
    }
}
