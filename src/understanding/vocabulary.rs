//! Which features are known, and how much each says: sublinear term frequency times inverse document
//! frequency, every text scaled to length one.

use rustc_hash::FxHashMap;

use super::features::Count;

/// A feature must have been seen in this many texts: what was seen once teaches nothing about the next text.
const TEXTS_MIN: u32 = 2;

/// One text as the model reads it: pairs of feature and value.
pub(super) type Row = Vec<(u32, f32)>;

/// The known features.
pub(super) struct Vocabulary {
    index: FxHashMap<u64, u32>,
    rarity: Vec<f32>,
}

impl Vocabulary {
    /// Learns which features are worth knowing.
    pub(super) fn learn(texts: &[Vec<Count>]) -> Self {
        let mut seen: FxHashMap<u64, u32> = FxHashMap::default();
        for count in texts.iter().flatten() {
            *seen.entry(count.key).or_default() += 1;
        }
        let mut kept: Vec<(u64, u32)> = seen.into_iter().filter(|(_, n)| *n >= TEXTS_MIN).collect();
        kept.sort_unstable();
        let all = texts.len() as f32;
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

    /// The text as numbers; empty where nothing in it is known.
    pub(super) fn row(&self, counts: &[Count]) -> Row {
        let value = |count: &Count| {
            let place = self.place(count.key)?;
            Some((place, (1.0 + count.times.ln()) * self.rarity[place as usize] * count.weight))
        };
        let mut row: Row = counts.iter().filter_map(value).collect();
        let length = row.iter().map(|(_, value)| value * value).sum::<f32>().sqrt();
        if length > 0.0 {
            row.iter_mut().for_each(|(_, value)| *value /= length);
        }
        row
    }
}
