//! A linear chain (a conditional random field; Lafferty, McCallum and Pereira, 2001) that labels the tokens of a text, each
//! in the light of its neighbours' labels. It is learned by AdaGrad (Duchi, Hazan and Singer, 2011) with a pull of every weight
//! towards nothing; the same lessons give the same weights every time.

use crate::understanding::linear::shuffle;

/// How many labels there may be: what a pair of registers holds.
pub(super) const LABELS: usize = 8;
/// How many features are told apart; two that fall together disturb each other little.
pub(super) const FEATURES: u64 = 1 << 17;
/// Features of one token.
pub(super) const WIDTH: usize = 48;

/// Passes over the lessons, each in an order of its own.
const PASSES: u64 = 3;
/// So many times a pass, from the second on, the weights are looked at. Their average is kept: at any one moment the last lessons
/// weigh too much.
const LOOKS: usize = 8;
/// Length of a step where a weight has moved by one so far.
const STEP: f32 = 0.03;
/// How much, squared, every weight is taken to have moved before it has.
const MOVED: f32 = 0.1;
/// How strongly weights are pulled towards nothing.
const RESTRAINT: f32 = 0.001;
/// A token that is known so well teaches nothing more.
const KNOWN: f32 = 0.01;

/// The features of a token.
pub(super) type Features = [u32; WIDTH];
/// Something of every label.
type Labels = [f32; LABELS];

/// The largest weight: the sum of a token's is a number of sixteen bits, too.
const WEIGHT_MAX: i16 = i16::MAX / WIDTH as i16;
/// How well a label follows another that it never does.
const NEVER: i32 = i32::MIN / 4;

/// Texts whose tokens are labelled, one behind the other.
#[derive(Default)]
pub(super) struct Lessons {
    features: Vec<Features>,
    labels: Vec<u8>,
    ends: Vec<usize>,
}

impl Lessons {
    /// Adds a text.
    pub(super) fn add(&mut self, features: Vec<Features>, labels: &[u8]) {
        self.features.extend(features);
        self.labels.extend(labels);
        self.ends.push(self.labels.len());
    }

    fn count(&self) -> usize {
        self.ends.len()
    }

    fn lesson(&self, at: usize) -> (&[Features], &[u8]) {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        (&self.features[start..self.ends[at]], &self.labels[start..self.ends[at]])
    }
}

/// A learned chain, in whole numbers: what is larger than `WEIGHT_MAX` is no more certain than that.
pub(super) struct Chain {
    weights: Vec<[i16; LABELS]>,
    /// How well a label follows another.
    follows: [[i32; LABELS]; LABELS],
}

/// The label of a token, and how much more it scores than label 0.
#[derive(Clone, Copy, Debug)]
pub(super) struct Labelled {
    pub(super) label: u8,
    pub(super) margin: i32,
}

impl Chain {
    /// Learns from labelled texts; a label may only follow another as some lesson has it. `eagerness` says for
    /// labels how much more than was learned they are preferred where a stretch of them begins, as the logarithm of odds.
    pub(super) fn train(lessons: &Lessons, eagerness: &[(u8, f32)]) -> Self {
        let mut learner = Learner::new(lessons);
        let mut order: Vec<usize> = (0..lessons.count()).collect();
        for pass in 0..PASSES {
            shuffle(&mut order, pass);
            for part in order.chunks(lessons.count().div_ceil(LOOKS).max(1)) {
                part.iter().for_each(|at| learner.learn(lessons.lesson(*at)));
                if pass > 0 {
                    learner.look();
                }
            }
        }
        learner.finish(eagerness)
    }

    /// The likeliest labels of a text's tokens together (Viterbi).
    pub(super) fn label(&self, features: &[Features]) -> Vec<Labelled> {
        let scores: Vec<[i16; LABELS]> = features.iter().map(|features| self.scores(features)).collect();
        let mut best = [NEVER; LABELS];
        best[0] = 0;
        let reached = scores.iter().map(|scores| {
            let mut from = [0; LABELS];
            let mut next = [i32::MIN / 2; LABELS];
            for (before, total) in (0..).zip(best) {
                for label in 0..LABELS {
                    let reached = total.max(NEVER) + self.follows[before as usize][label];
                    let better = reached > next[label];
                    next[label] = if better { reached } else { next[label] };
                    from[label] = if better { before } else { from[label] };
                }
            }
            best = std::array::from_fn(|label| next[label] + i32::from(scores[label]));
            from
        });
        let came_from: Vec<[i32; LABELS]> = reached.collect();
        let mut label = (0..LABELS).reduce(|a, b| if best[b] > best[a] { b } else { a }).unwrap_or(0);
        let mut labelled: Vec<Labelled> = came_from
            .iter()
            .zip(&scores)
            .rev()
            .map(|(from, scores)| {
                let margin = i32::from(scores[label]) - i32::from(scores[0]);
                let here = Labelled { label: label as u8, margin };
                label = from[label] as usize;
                here
            })
            .collect();
        labelled.reverse();
        labelled
    }

    fn scores(&self, features: &Features) -> [i16; LABELS] {
        let mut sums = [0; LABELS];
        for feature in features {
            let weights = &self.weights[*feature as usize];
            sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += weight);
        }
        sums
    }
}

/// A chain that is learning.
struct Learner {
    weights: Vec<Labels>,
    /// What every weight has moved so far, squared: the more, the smaller its next step.
    moved: Vec<Labels>,
    follows: [Labels; LABELS],
    follows_moved: [Labels; LABELS],
    may_follow: [[bool; LABELS]; LABELS],
    /// The sums of what was seen at each of the looks.
    kept: Vec<Labels>,
    kept_follows: [Labels; LABELS],
    looks: f32,
}

impl Learner {
    fn new(lessons: &Lessons) -> Self {
        let mut may_follow = [[false; LABELS]; LABELS];
        for (_, labels) in (0..lessons.count()).map(|at| lessons.lesson(at)) {
            let before = std::iter::once(&0).chain(labels);
            for (before, label) in before.zip(labels) {
                may_follow[usize::from(*before)][usize::from(*label)] = true;
            }
        }
        let features = FEATURES as usize;
        Self {
            weights: vec![[0.0; LABELS]; features],
            moved: vec![[MOVED; LABELS]; features],
            follows: [[0.0; LABELS]; LABELS],
            follows_moved: [[MOVED; LABELS]; LABELS],
            may_follow,
            kept: vec![[0.0; LABELS]; features],
            kept_follows: [[0.0; LABELS]; LABELS],
            looks: 0.0,
        }
    }

    /// Adds the weights as they are now to those that are kept.
    fn look(&mut self) {
        let pairs = self.kept.iter_mut().zip(&self.weights);
        let pairs = pairs.chain(self.kept_follows.iter_mut().zip(&self.follows));
        pairs.for_each(|(kept, now)| kept.iter_mut().zip(now).for_each(|(kept, now)| *kept += now));
        self.looks += 1.0;
    }

    /// Makes the labels of one lesson a little less surprising.
    fn learn(&mut self, (features, labels): (&[Features], &[u8])) {
        let likely: Vec<Labels> = features.iter().map(|features| bets(&self.scores(features))).collect();
        let follows = self.follow_bets();
        let (before, scales) = forwards(&likely, &follows);
        let after = backwards(&likely, &follows, &scales);
        let mut surprise = [[0.0; LABELS]; LABELS];
        let mut last = 0;
        let mut seen: Labels = [0.0; LABELS];
        seen[0] = 1.0;
        for (at, label) in labels.iter().map(|label| usize::from(*label)).enumerate() {
            for (from, seen) in seen.iter().enumerate() {
                for to in 0..LABELS {
                    surprise[from][to] +=
                        seen * follows[from][to] * likely[at][to] * after[at][to] / scales[at];
                }
            }
            surprise[last][label] -= 1.0;
            let mut gradient: Labels = std::array::from_fn(|to| before[at][to] * after[at][to]);
            gradient[label] -= 1.0;
            if gradient.iter().any(|gradient| gradient.abs() > KNOWN) {
                for feature in &features[at] {
                    let (weights, moved) =
                        (&mut self.weights[*feature as usize], &mut self.moved[*feature as usize]);
                    step(weights, moved, &gradient, RESTRAINT);
                }
            }
            (last, seen) = (label, before[at]);
        }
        for (from, surprise) in surprise.iter().enumerate() {
            step(&mut self.follows[from], &mut self.follows_moved[from], surprise, 0.0);
        }
    }

    fn scores(&self, features: &Features) -> Labels {
        let mut sums = [0.0; LABELS];
        for feature in features {
            let weights = &self.weights[*feature as usize];
            sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += weight);
        }
        sums
    }

    fn follow_bets(&self) -> [Labels; LABELS] {
        std::array::from_fn(|from| {
            std::array::from_fn(
                |to| {
                    if self.may_follow[from][to] { self.follows[from][to].exp() } else { 0.0 }
                },
            )
        })
    }

    /// The same in whole numbers, with its eagerness.
    fn finish(mut self, eagerness: &[(u8, f32)]) -> Chain {
        for (label, eager) in eagerness.iter().map(|(label, eager)| (usize::from(*label), eager * self.looks))
        {
            let others = (0..LABELS).filter(|from| *from != label);
            others.for_each(|from| self.kept_follows[from][label] += eager);
        }
        let all = self.kept.iter().flatten();
        let largest = all.fold(f32::MIN_POSITIVE, |most, weight| most.max(weight.abs()));
        let unit = largest / f32::from(WEIGHT_MAX);
        // `as` stops at the ends, so that nothing can overflow.
        let whole = |weight: f32| (weight / unit).round() as i32;
        let weights = self.kept.iter().map(|of| of.map(|weight| whole(weight) as i16)).collect();
        let follow = |from: usize, to: usize| {
            if self.may_follow[from][to] { whole(self.kept_follows[from][to]) } else { NEVER }
        };
        let follows = std::array::from_fn(|from| std::array::from_fn(|to| follow(from, to)));
        Chain { weights, follows }
    }
}

/// How likely the labels are up to each token, and what they were scaled with to be one together.
fn forwards(likely: &[Labels], follows: &[Labels; LABELS]) -> (Vec<Labels>, Vec<f32>) {
    let mut last: Labels = [0.0; LABELS];
    last[0] = 1.0;
    let reached = likely.iter().map(|likely| {
        let mut next = [0.0; LABELS];
        for (from, last) in last.iter().enumerate() {
            (0..LABELS).for_each(|to| next[to] += last * follows[from][to] * likely[to]);
        }
        let scale: f32 = next.iter().sum::<f32>().max(f32::MIN_POSITIVE);
        last = next.map(|next| next / scale);
        (last, scale)
    });
    reached.unzip()
}

/// The same for what follows each token.
fn backwards(likely: &[Labels], follows: &[Labels; LABELS], scales: &[f32]) -> Vec<Labels> {
    let mut after = vec![[1.0; LABELS]; likely.len()];
    for at in (1..likely.len()).rev() {
        let next: Labels = std::array::from_fn(|to| likely[at][to] * after[at][to] / scales[at]);
        after[at - 1] = std::array::from_fn(|from| (0..LABELS).map(|to| follows[from][to] * next[to]).sum());
    }
    after
}

/// Scores as bets, the best of which is one.
fn bets(scores: &Labels) -> Labels {
    let best = scores.iter().copied().fold(f32::MIN, f32::max);
    scores.map(|score| (score - best).exp())
}

/// One step against a gradient, and a little towards nothing.
fn step(weights: &mut Labels, moved: &mut Labels, gradient: &Labels, restraint: f32) {
    for label in 0..LABELS {
        moved[label] += gradient[label] * gradient[label];
        let length = STEP / moved[label].sqrt();
        let weight = weights[label] - length * gradient[label];
        weights[label] = weight.signum() * (weight.abs() - length * restraint).max(0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A token that is known by its word and by the word before it.
    fn features(words: &[u32]) -> Vec<Features> {
        let before = std::iter::once(&0).chain(words);
        let features = |(before, word): (&u32, &u32)| {
            std::array::from_fn(|n| 100 * n as u32 + if n % 2 == 0 { 10 + before } else { *word })
        };
        before.zip(words).map(features).collect()
    }

    fn lessons<const N: usize>(of: [(&[u32], &[u8]); N]) -> Lessons {
        let mut lessons = Lessons::default();
        of.into_iter().for_each(|(words, labels)| lessons.add(features(words), labels));
        lessons
    }

    fn labels(chain: &Chain, words: &[u32]) -> Vec<u8> {
        chain.label(&features(words)).into_iter().map(|labelled| labelled.label).collect()
    }

    #[test]
    fn what_was_taught_is_known_and_twice_the_same() {
        let lessons =
            lessons([(&[1, 2, 3, 4], &[0, 1, 2, 0]), (&[3, 4, 2, 1], &[0, 0, 0, 0]), (&[4, 2], &[0, 0])]);
        let (one, other) = (Chain::train(&lessons, &[]), Chain::train(&lessons, &[]));
        assert_eq!(labels(&one, &[1, 2, 3, 4]), [0, 1, 2, 0]);
        assert_eq!(labels(&one, &[3, 4, 2, 1]), [0, 0, 0, 0]);
        assert_eq!(one.weights, other.weights);
        assert!(one.label(&[]).is_empty());
    }

    #[test]
    fn a_label_only_follows_what_it_has_been_seen_after() {
        let chain = Chain::train(&lessons([(&[1, 2, 3], &[0, 1, 2]), (&[3, 1, 3], &[0, 0, 0])]), &[]);
        for words in [[2, 3, 3], [3, 3, 2], [1, 3, 3]] {
            let labels = labels(&chain, &words);
            let before = std::iter::once(&0).chain(&labels);
            assert!(before.zip(&labels).all(|(before, label)| *label != 2 || *before > 0), "{labels:?}");
        }
    }
}
