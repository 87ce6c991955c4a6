//! Multinomial logistic regression over sparse rows, trained by dual coordinate ascent (after Shalev-Shwartz
//! and Zhang, 2013): no learning rate to tune, and the same lessons give the same weights every time.

use super::vocabulary::Row;

/// Weights of one feature lie side by side, padded so that they are added a register at a time.
const LANES: usize = 8;
/// Rows have length one; the bias is one more feature of value one.
const ROW_SQUARED: f32 = 2.0;
/// Newton steps of the line search; more do not make training shorter.
const SEARCH_STEPS: usize = 3;
/// A lesson whose dual would move less than this, squared, has been learned and is left in peace.
const LEARNED: f32 = 2e-3;
/// When fewer than one in so many lessons are still open, all are looked at once more, and that is all.
const SETTLED_PARTS: usize = 50;

/// How a model is trained.
#[derive(Clone, Copy, Debug)]
pub(super) struct Training {
    /// Strength of the regulariser: how many lessons' evidence a weight of one must have.
    pub(super) restraint: f32,
    /// Passes over the lessons.
    pub(super) passes: usize,
}

/// One text that a model learns from.
#[derive(Clone, Copy)]
pub(super) struct Lesson<'a> {
    pub(super) row: &'a Row,
    pub(super) label: usize,
    /// How many ordinary lessons it counts for.
    pub(super) emphasis: f32,
}

/// A trained model: a score for every label. A weight is kept in a byte, each feature's on a scale of their own:
/// a quarter of the memory, and what it says changes less than from one day's lessons to the next.
pub(super) struct Linear {
    labels: usize,
    stride: usize,
    weights: Vec<i8>,
    scales: Vec<f32>,
    bias: Vec<f32>,
}

/// A model that is learning lessons, a part of them first if need be: what was learned is kept when more is learned.
pub(super) struct Course<'a> {
    lessons: &'a [Lesson<'a>],
    passes: usize,
    learner: Learner,
    duals: Vec<f32>,
    step: Step,
}

/// The weights of a model that is learning.
struct Learner {
    stride: usize,
    weights: Vec<f32>,
    bias: Vec<f32>,
}

impl<'a> Course<'a> {
    /// Begins with a model for rows of `features` features that knows nothing.
    pub(super) fn new(lessons: &'a [Lesson<'a>], features: usize, labels: usize, how: Training) -> Self {
        let stride = labels.div_ceil(LANES).max(1) * LANES;
        let learner = Learner { stride, weights: vec![0.0; features * stride], bias: vec![0.0; stride] };
        let duals = vec![0.0; lessons.len() * stride];
        Self { lessons, passes: how.passes, learner, duals, step: Step::new(labels, stride, how.restraint) }
    }

    /// Learns some of the lessons.
    pub(super) fn learn(&mut self, some: &[usize]) {
        let mut open = some.to_vec();
        let mut checked = false;
        for pass in 0..self.passes {
            shuffle(&mut open, pass as u64);
            open.retain(|&at| self.improve(at) > LEARNED);
            if open.len() * SETTLED_PARTS < some.len() {
                if checked {
                    break;
                }
                checked = true;
                open = some.to_vec();
            }
        }
    }

    /// Learns one lesson a little better; returns how far it was from learned, squared.
    fn improve(&mut self, at: usize) -> f32 {
        let Self { lessons, learner, duals, step, .. } = self;
        let dual = &mut duals[at * learner.stride..(at + 1) * learner.stride];
        learner.scores_into(lessons[at].row, &mut step.scores);
        let moved = step.towards(&lessons[at], dual);
        if moved > 0.0 {
            learner.add(lessons[at].row, &step.change);
        }
        moved
    }

    /// The score of every label as it is now.
    pub(super) fn scores(&self, row: &Row) -> Vec<f32> {
        let mut scores = self.learner.bias.clone();
        self.learner.scores_into(row, &mut scores);
        scores.truncate(self.step.labels);
        scores
    }

    /// The model as it is now.
    pub(super) fn finish(self) -> Linear {
        self.learner.finish(self.step.labels)
    }
}

impl Linear {
    /// How many labels there are.
    pub(super) fn labels(&self) -> usize {
        self.labels
    }

    /// The score of every label.
    pub(super) fn scores(&self, row: &Row) -> Vec<f32> {
        let mut scores = self.bias.clone();
        for &(feature, value) in row {
            let at = feature as usize * self.stride;
            let by = value * self.scales[feature as usize];
            add_bytes(&mut scores, &self.weights[at..at + self.stride], by);
        }
        scores.truncate(self.labels);
        scores
    }

    /// What a feature says for every label.
    pub(super) fn weights_of(&self, feature: u32) -> Vec<f32> {
        let bytes = &self.weights[feature as usize * self.stride..][..self.labels];
        bytes.iter().map(|byte| f32::from(*byte) * self.scales[feature as usize]).collect()
    }
}

impl Learner {
    /// The same in bytes.
    fn finish(self, labels: usize) -> Linear {
        let Self { stride, weights, bias } = self;
        let largest = |of: &[f32]| of.iter().fold(f32::MIN_POSITIVE, |most, weight| most.max(weight.abs()));
        let scales: Vec<f32> = weights.chunks(stride).map(|of| largest(of) / f32::from(i8::MAX)).collect();
        let bytes = weights.chunks(stride).zip(&scales);
        // `as` rounds towards zero and stops at the ends, so that nothing can overflow.
        let bytes = bytes.flat_map(|(of, scale)| of.iter().map(move |weight| (weight / scale).round() as i8));
        Linear { labels, stride, weights: bytes.collect(), scales, bias }
    }

    fn scores_into(&self, row: &Row, scores: &mut [f32]) {
        scores.copy_from_slice(&self.bias);
        for &(feature, value) in row {
            let at = feature as usize * self.stride;
            add_scaled(scores, &self.weights[at..at + self.stride], value);
        }
    }

    fn add(&mut self, row: &Row, change: &[f32]) {
        for &(feature, value) in row {
            let at = feature as usize * self.stride;
            add_scaled(&mut self.weights[at..at + self.stride], change, value);
        }
        add_scaled(&mut self.bias, change, 1.0);
    }
}

fn add_bytes(sum: &mut [f32], more: &[i8], by: f32) {
    for (sum, more) in sum.chunks_exact_mut(LANES).zip(more.chunks_exact(LANES)) {
        for lane in 0..LANES {
            sum[lane] += by * f32::from(more[lane]);
        }
    }
}

fn add_scaled(sum: &mut [f32], more: &[f32], by: f32) {
    for (sum, more) in sum.chunks_exact_mut(LANES).zip(more.chunks_exact(LANES)) {
        for lane in 0..LANES {
            sum[lane] += by * more[lane];
        }
    }
}

/// The scratch space of one dual step.
struct Step {
    labels: usize,
    restraint: f32,
    scores: Vec<f32>,
    likely: Vec<f32>,
    change: Vec<f32>,
}

impl Step {
    fn new(labels: usize, stride: usize, restraint: f32) -> Self {
        let zeros = vec![0.0; stride];
        Self { labels, restraint, scores: zeros.clone(), likely: zeros.clone(), change: zeros }
    }

    /// Moves a lesson's dual as far towards `truth - likely` as raises the objective most. Leaves what the
    /// weights must follow in `change`; returns how far the lesson was from learned, squared.
    fn towards(&mut self, lesson: &Lesson<'_>, dual: &mut [f32]) -> f32 {
        self.likely_after(0.0);
        for (label, dual) in dual[..self.labels].iter().enumerate() {
            self.change[label] = self.pull(lesson, label) - dual;
        }
        let square: f32 = self.change[..self.labels].iter().map(|c| c * c).sum();
        if square == 0.0 {
            return 0.0;
        }
        let size = self.line_search(lesson, dual, square);
        for (dual, change) in dual.iter_mut().zip(&mut self.change) {
            *dual += size * *change;
            *change *= size / self.restraint;
        }
        square
    }

    /// How far to go along `change`: Newton's steps, kept between a size that is known to be too small and one
    /// that is known to be too large. The small one is taken, so that no step ever makes things worse.
    fn line_search(&mut self, lesson: &Lesson<'_>, dual: &[f32], square: f32) -> f32 {
        let reach = ROW_SQUARED / self.restraint;
        let (mut small, mut large) = (0.0, 1.0);
        let mut size = 1.0 / (1.0 + 0.5 * lesson.emphasis * reach);
        for _ in 0..SEARCH_STEPS {
            self.likely_after(size * reach);
            let (mut rise, mut mean, mut spread) = (-size * square, 0.0, 0.0);
            for (label, dual) in dual[..self.labels].iter().enumerate() {
                let change = self.change[label];
                rise += change * (self.pull(lesson, label) - dual);
                mean += self.likely[label] * change;
                spread += self.likely[label] * change * change;
            }
            if rise >= 0.0 {
                small = size
            } else {
                large = size
            }
            let curve = lesson.emphasis * reach * (spread - mean * mean) + square;
            let margin = 0.1 * (large - small);
            size = (size + rise / curve).clamp(small + margin, large - margin);
        }
        small
    }

    /// How strongly a lesson pulls at a label, given what is likely now.
    fn pull(&self, lesson: &Lesson<'_>, label: usize) -> f32 {
        let truth = if label == lesson.label { 1.0 } else { 0.0 };
        lesson.emphasis * (truth - self.likely[label])
    }

    /// What would be likely after a step of this size along `change`.
    fn likely_after(&mut self, size: f32) {
        for label in 0..self.labels {
            self.likely[label] =
                self.scores[label] + if size > 0.0 { size * self.change[label] } else { 0.0 };
        }
        softmax(&mut self.likely[..self.labels]);
    }
}

/// Scores to probabilities, in place.
pub(super) fn softmax(scores: &mut [f32]) {
    let top = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    scores.iter_mut().for_each(|score| *score = (*score - top).exp());
    let sum: f32 = scores.iter().sum();
    scores.iter_mut().for_each(|score| *score /= sum);
}

/// Fisher and Yates, with splitmix64 seeded by the pass.
pub(super) fn shuffle(order: &mut [usize], seed: u64) {
    let mut state = seed.wrapping_mul(0xA076_1D64_78BD_642F);
    for at in (1..order.len()).rev() {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        order.swap(at, ((mixed ^ (mixed >> 31)) % (at as u64 + 1)) as usize);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_taught_is_known_and_twice_the_same() {
        let rows: Vec<Vec<(u32, f32)>> = (0..30).map(|n| vec![(n % 3, 0.8), (3 + n % 7, 0.6)]).collect();
        let lesson = |n: usize| Lesson { row: &rows[n], label: n % 3, emphasis: 1.0 };
        let lessons: Vec<_> = (0..30).map(lesson).collect();
        let all: Vec<usize> = (0..30).collect();
        let train = || {
            let mut course = Course::new(&lessons, 10, 3, Training { restraint: 0.1, passes: 10 });
            course.learn(&all[..20]);
            course.learn(&all);
            course.finish()
        };
        let (one, other) = (train(), train());
        for lesson in &lessons {
            let scores = one.scores(lesson.row);
            let best = (0..3).max_by(|a, b| scores[*a].total_cmp(&scores[*b]));
            assert_eq!(best, Some(lesson.label));
            assert_eq!(scores, other.scores(lesson.row));
        }
    }
}
