//! Lists of words, looked for all at once.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

/// A list that is made when it is first needed.
pub(super) type Words = LazyLock<List>;

/// Words that say something about what stands near them.
pub(super) struct List {
    words: Vec<&'static str>,
    /// Finds the decoys, then the words; the longest where several begin.
    finder: Option<AhoCorasick>,
    decoys: usize,
}

impl List {
    /// The words of a text with `|` between them.
    pub(super) fn of(words: &'static str) -> Self {
        Self::but(words, "")
    }

    /// The same, not counting them where they are part of a decoy (来 in 原来).
    pub(super) fn but(words: &'static str, decoys: &'static str) -> Self {
        let words: Vec<&str> = words.split('|').collect();
        let decoys: Vec<&str> = decoys.split('|').filter(|decoy| !decoy.is_empty()).collect();
        let all = decoys.iter().chain(&words);
        let finder = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(all).ok();
        Self { decoys: decoys.len(), words, finder }
    }

    /// Whether any of the words occurs in a text.
    pub(super) fn occur_in(&self, text: &str) -> bool {
        let found = self.finder.iter().flat_map(|finder| finder.find_iter(text));
        found.into_iter().any(|word| word.pattern().as_usize() >= self.decoys)
    }

    /// Whether a text begins with any of the words.
    pub(super) fn begin(&self, text: &str) -> bool {
        self.words.iter().any(|word| text.starts_with(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_counts_unless_it_is_part_of_a_decoy() {
        let asking = List::but("来|能", "原来|智能");
        assert!(asking.occur_in("明天来修"));
        assert!(!asking.occur_in("原来是智能手环"));
        assert!(asking.begin("来修") && !asking.begin("修"));
    }
}
