//! From a normalised text to numbers: character n-grams, words, concepts and what the message as a whole is
//! like. A feature is a 64-bit hash while it is counted and an index into the vocabulary afterwards.

use std::hash::Hasher;

use rustc_hash::{FxHashMap, FxHasher};

use super::concepts::concepts;

/// Longest run of Han characters that is a feature.
const GRAM_MAX: usize = 3;
/// Length of the pieces of a Latin word, so that a misspelt word still resembles itself.
const PIECE: usize = 4;

/// What kind of feature it is; part of its hash, so that kinds never meet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Gram,
    Word,
    Piece,
    Concept,
    Whole,
}

impl Kind {
    /// How much a feature counts beside others of the same rarity.
    fn weight(self) -> f32 {
        match self {
            Self::Gram | Self::Word | Self::Whole => 1.0,
            Self::Piece => 0.5,
            // Where there are many examples, what people really wrote is worth more than the thesaurus.
            Self::Concept => 0.4,
        }
    }
}

/// One feature of one text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Count {
    pub(super) key: u64,
    pub(super) times: f32,
    pub(super) weight: f32,
}

/// The features of one text.
#[derive(Default)]
pub(super) struct Bag {
    seen: Vec<(u64, f32)>,
    names: Option<FxHashMap<u64, String>>,
}

impl Bag {
    /// The features of a normalised text.
    pub(super) fn of(text: &str) -> Self {
        let mut bag = Self { seen: Vec::with_capacity(text.len() * 2), names: None };
        bag.read(text);
        bag
    }

    /// The same, and what each feature is in words.
    pub(super) fn explained(text: &str) -> Self {
        let mut bag = Self { seen: Vec::new(), names: Some(FxHashMap::default()) };
        bag.read(text);
        bag
    }

    /// Every feature once, with how often it was seen, sorted by key.
    pub(super) fn counts(mut self) -> (Vec<Count>, FxHashMap<u64, String>) {
        self.seen.sort_unstable_by_key(|(key, _)| *key);
        let mut counts: Vec<Count> = Vec::with_capacity(self.seen.len());
        for (key, weight) in self.seen {
            match counts.last_mut() {
                Some(last) if last.key == key => last.times += 1.0,
                Some(_) | None => counts.push(Count { key, times: 1.0, weight }),
            }
        }
        (counts, self.names.unwrap_or_default())
    }

    fn read(&mut self, text: &str) {
        self.read_runs(text);
        self.read_concepts(text);
        self.read_whole(text);
    }

    /// Runs of Han characters give n-grams, runs of anything else that is not a mark give words.
    fn read_runs(&mut self, text: &str) {
        let mut before: Option<&str> = None;
        for run in text.split([' ', ',', '.', '!', '?']).filter(|run| !run.is_empty()) {
            for (han, part) in split_scripts(run) {
                if han {
                    self.read_han(part);
                    before = None;
                } else {
                    self.read_word(part, before);
                    before = Some(part);
                }
            }
        }
    }

    fn read_han(&mut self, run: &str) {
        let starts: Vec<usize> = run.char_indices().map(|(at, _)| at).chain([run.len()]).collect();
        for from in 0..starts.len() - 1 {
            for to in from + 1..starts.len().min(from + GRAM_MAX + 1) {
                self.add(Kind::Gram, &[&run[starts[from]..starts[to]]]);
            }
        }
    }

    fn read_word(&mut self, word: &str, before: Option<&str>) {
        self.add(Kind::Word, &[stem(word)]);
        if let Some(before) = before {
            self.add(Kind::Word, &[stem(before), stem(word)]);
        }
        if word.is_ascii() && word.len() > PIECE && word.bytes().all(|b| b.is_ascii_alphabetic()) {
            for from in 0..=word.len() - PIECE {
                self.add(Kind::Piece, &[&word[from..from + PIECE]]);
            }
        }
    }

    fn read_concepts(&mut self, text: &str) {
        for concept in concepts(text) {
            self.add(Kind::Concept, &[concept]);
        }
    }

    fn read_whole(&mut self, text: &str) {
        let chars = text.chars().count();
        let length = match chars {
            0..=4 => "tiny",
            5..=10 => "short",
            11..=30 => "sentence",
            31..=80 => "message",
            _ => "letter",
        };
        self.add(Kind::Whole, &[length]);
        if text.contains('?') {
            self.add(Kind::Whole, &["question"]);
        }
    }

    fn add(&mut self, kind: Kind, parts: &[&str]) {
        let key = key(kind, parts);
        self.seen.push((key, kind.weight()));
        if let Some(names) = &mut self.names {
            names.entry(key).or_insert_with(|| name(kind, parts));
        }
    }
}

/// The endings of English words that change nothing for us.
fn stem(word: &str) -> &str {
    let ending = ["ing", "ed", "es", "s"].into_iter().find(|e| word.len() > e.len() + 3 && word.ends_with(e));
    ending.map_or(word, |e| &word[..word.len() - e.len()])
}

/// Splits a run where Han meets another script.
fn split_scripts(run: &str) -> impl Iterator<Item = (bool, &str)> {
    let mut rest = run;
    std::iter::from_fn(move || {
        let han = is_han(rest.chars().next()?);
        let end = rest.find(|c| is_han(c) != han).unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        rest = after;
        Some((han, part))
    })
}

pub(super) fn is_han(c: char) -> bool {
    c >= '\u{2E80}'
}

fn key(kind: Kind, parts: &[&str]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write_u8(kind as u8);
    for part in parts {
        hasher.write(part.as_bytes());
        hasher.write_u8(0xFF);
    }
    hasher.finish()
}

fn name(kind: Kind, parts: &[&str]) -> String {
    match kind {
        Kind::Gram | Kind::Word => parts.join(" "),
        Kind::Piece => format!("~{}~", parts.join(" ")),
        Kind::Concept | Kind::Whole => format!("[{}]", parts.join("+")),
    }
}
