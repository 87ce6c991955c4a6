//! Which label a text belongs to, and how likely that is. Works for any set of labels: the catalogue's services,
//! or whatever a file of examples names. Learns in-process; knows nothing of services and danger.

use std::sync::Arc;
use std::thread;

use super::features::Bag;
use super::linear::{Course, Lesson, Linear, Training, softmax};
use super::vocabulary::{Row, Seen, Vocabulary};

/// How the model is trained. Restraint and passes were chosen by leaving one voice of the catalogue out.
const TRAINING: Training = Training { restraint: 0.05, passes: 30 };
/// Every so many texts are held back to learn how far the scores can be trusted.
const HELD_BACK: usize = 5;
/// A set smaller than this is too small to hold anything back.
const HELD_BACK_TEXTS_MIN: usize = 200;

/// Texts made ready to be learned from, by any number of classifiers.
pub struct Corpus {
    vocabulary: Arc<Vocabulary>,
    rows: Rows,
}

/// The texts as numbers, one behind the other.
#[derive(Default)]
struct Rows {
    values: Vec<(u32, f32)>,
    ends: Vec<usize>,
}

/// What a text of a corpus teaches.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// The number of its label.
    pub label: usize,
    /// 1 for an ordinary example.
    pub emphasis: f32,
    /// The number of the voice it was written in; texts of one voice resemble each other.
    pub voice: usize,
}

impl Corpus {
    /// Reads normalised texts.
    pub fn read(texts: &[String]) -> Self {
        let (mut seen, more) = on_two_threads(texts, |texts| {
            let mut seen = Seen::default();
            texts.iter().for_each(|text| seen.add(&Bag::of(text).counts().0));
            seen
        });
        seen.join(more);
        let vocabulary = Vocabulary::learn(seen);
        let (mut rows, more) = on_two_threads(texts, |texts| {
            let mut rows = Rows::default();
            texts.iter().for_each(|text| rows.add(&vocabulary, text));
            rows
        });
        rows.join(more);
        Self { vocabulary: Arc::new(vocabulary), rows }
    }
}

impl Rows {
    fn add(&mut self, vocabulary: &Vocabulary, text: &str) {
        vocabulary.read(&Bag::of(text).counts().0, &mut self.values);
        self.ends.push(self.values.len());
    }

    fn join(&mut self, other: Self) {
        let before = self.values.len();
        self.values.extend(other.values);
        self.ends.extend(other.ends.into_iter().map(|end| before + end));
    }

    fn iter(&self) -> impl Iterator<Item = &Row> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| &self.values[start..*end])
    }
}

/// A trained classifier.
pub struct Classifier {
    vocabulary: Arc<Vocabulary>,
    linear: Linear,
    /// What scores are multiplied with so that a probability of 0.8 is right in 8 of 10 cases.
    sharpness: f32,
}

/// A feature of a text and what it says for a label.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    /// The n-gram, word or `[concept]`.
    pub feature: String,
    /// Positive where it speaks for the label.
    pub weight: f32,
}

/// A text prepared for any number of classifiers that share a vocabulary.
pub struct Reading(Vec<(u32, f32)>);

impl Classifier {
    /// Learns a corpus: one target for each of its texts, `labels` labels in all.
    pub fn train(corpus: &Corpus, targets: &[Target], labels: usize) -> Self {
        let pairs = corpus.rows.iter().zip(targets);
        let lesson =
            |(row, target): (_, &Target)| Lesson { row, label: target.label, emphasis: target.emphasis };
        let lessons: Vec<Lesson<'_>> = pairs.map(lesson).collect();
        let mut course = Course::new(&lessons, corpus.vocabulary.len(), labels, TRAINING);
        let sharpness = calibrate(&mut course, &lessons, targets);
        course.learn(&(0..lessons.len()).collect::<Vec<_>>());
        Self { vocabulary: corpus.vocabulary.clone(), linear: course.finish(), sharpness }
    }

    /// Prepares a normalised text.
    pub fn read(&self, text: &str) -> Reading {
        let mut row = Vec::new();
        self.vocabulary.read(&Bag::of(text).counts().0, &mut row);
        Reading(row)
    }

    /// How likely each label is; sums to one.
    pub fn likely(&self, reading: &Reading) -> Vec<f32> {
        let mut scores = self.linear.scores(&reading.0);
        scores.iter_mut().for_each(|score| *score *= self.sharpness);
        softmax(&mut scores);
        scores
    }

    /// What in a normalised text speaks for and against a label, strongest first.
    pub fn reasons(&self, text: &str, label: usize) -> Vec<Reason> {
        let (counts, names) = Bag::explained(text).counts();
        let mut row = Vec::new();
        self.vocabulary.read(&counts, &mut row);
        let mean = |feature: u32| {
            self.linear.weights_of(feature).iter().sum::<f32>() / self.linear.labels().max(1) as f32
        };
        let reason = |(feature, value): (u32, f32)| {
            let key = counts.iter().find(|count| self.vocabulary.place(count.key) == Some(feature))?.key;
            let weight = value * (self.linear.weights_of(feature)[label] - mean(feature));
            Some(Reason { feature: names.get(&key)?.clone(), weight })
        };
        let mut reasons: Vec<Reason> = row.into_iter().filter_map(reason).collect();
        reasons.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()));
        reasons
    }

    /// How many features the model knows.
    pub fn features(&self) -> usize {
        self.vocabulary.len()
    }
}

/// What comes of the first half of the texts and of the second.
fn on_two_threads<T: Send>(texts: &[String], work: impl Fn(&[String]) -> T + Sync) -> (T, T) {
    let (first, second) = texts.split_at(texts.len() / 2);
    thread::scope(|scope| {
        let other = scope.spawn(|| work(second));
        let one = work(first);
        (one, other.join().unwrap_or_else(|_| work(second)))
    })
}

/// Which of the texts are held back to learn how far an opinion can be trusted: whole voices where there are several,
/// for tomorrow's messages come from people who were not asked.
pub(super) fn held_back(targets: &[Target]) -> impl Fn(usize) -> bool {
    let voices = targets.iter().map(|target| target.voice).max().unwrap_or(0) + 1;
    move |at| (if voices < HELD_BACK { at } else { targets[at].voice }) % HELD_BACK == 0
}

/// Learns most lessons and finds the sharpness at which the others are least surprising.
fn calibrate(course: &mut Course<'_>, lessons: &[Lesson<'_>], targets: &[Target]) -> f32 {
    if lessons.len() < HELD_BACK_TEXTS_MIN {
        return 1.0;
    }
    let is_held = held_back(targets);
    let (held, most): (Vec<usize>, Vec<usize>) = (0..lessons.len()).partition(|at| is_held(*at));
    course.learn(&most);
    let held: Vec<(Vec<f32>, usize)> =
        held.into_iter().map(|at| (course.scores(lessons[at].row), lessons[at].label)).collect();
    let candidates = (0..60).map(|step| 0.2 * 1.05_f32.powi(step));
    candidates.min_by(|a, b| surprise(&held, *a).total_cmp(&surprise(&held, *b))).unwrap_or(1.0)
}

fn surprise(held: &[(Vec<f32>, usize)], sharpness: f32) -> f32 {
    let of = |(scores, label): &(Vec<f32>, usize)| {
        let mut likely: Vec<f32> = scores.iter().map(|score| score * sharpness).collect();
        softmax(&mut likely);
        -likely[*label].max(1e-9).ln()
    };
    held.iter().map(of).sum()
}
