//! Which features are known, and how much each says: sublinear term frequency times inverse document
//! frequency, every text scaled to length one.

use rustc_hash::FxHashMap;

use super::features::Count;

/// A feature must have been seen in this many texts: what was seen once teaches nothing about the next text.
const TEXTS_MIN: u32 = 2;

/// One text as the model reads it: pairs of feature and value.
pub(super) type Row = [(u32, f32)];

/// In how many texts each feature was seen.
#[derive(Default)]
pub(super) struct Seen {
    texts: usize,
    times: FxHashMap<u64, u32>,
}

impl Seen {
    /// Counts one more text.
    pub(super) fn add(&mut self, counts: &[Count]) {
        self.texts += 1;
        for count in counts {
            *self.times.entry(count.key).or_default() += 1;
        }
    }

    /// Counts what somebody else has counted.
    pub(super) fn join(&mut self, other: Self) {
        self.texts += other.texts;
        for (key, times) in other.times {
            *self.times.entry(key).or_default() += times;
        }
    }
}

/// The known features.
pub(super) struct Vocabulary {
    index: FxHashMap<u64, u32>,
    rarity: Vec<f32>,
}

impl Vocabulary {
    /// Learns which features are worth knowing.
    pub(super) fn learn(seen: Seen) -> Self {
        let mut kept: Vec<(u64, u32)> = seen.times.into_iter().filter(|(_, n)| *n >= TEXTS_MIN).collect();
        kept.sort_unstable();
        let all = seen.texts as f32;
        Self {
            rarity: kept.iter().map(|(_, n)| ((1.0 + all) / (1.0 + *n as f32)).ln() + 1.0).collect(),
            index: kept.iter().enumerate().map(|(at, (key, _))| (*key, at as u32)).collect(),
        }
    }

    /// How many features are known.
    pub(super) fn len(&self) -> usize {
        self.rarity.len()
    }

    /// A feature's place, if it is known.
    pub(super) fn place(&self, key: u64) -> Option<u32> {
        self.index.get(&key).copied()
    }

    /// Adds a text as numbers to `rows`; nothing where nothing in it is known.
    pub(super) fn read(&self, counts: &[Count], rows: &mut Vec<(u32, f32)>) {
        let value = |count: &Count| {
            let place = self.place(count.key)?;
            Some((place, (1.0 + count.times.ln()) * self.rarity[place as usize] * count.weight))
        };
        let start = rows.len();
        rows.extend(counts.iter().filter_map(value));
        let row = &mut rows[start..];
        let length = row.iter().map(|(_, value)| value * value).sum::<f32>().sqrt();
        if length > 0.0 {
            row.iter_mut().for_each(|(_, value)| *value /= length);
        }
    }
}
