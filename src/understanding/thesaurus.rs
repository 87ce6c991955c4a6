//! Words that mean the same kind of thing, so that 晌午 teaches something about 午饭. A list is written to be read and
//! extended by people: `kind: word word …` a line.

use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};
use rustc_hash::FxHashMap;

/// The words of a list and the automaton that finds them.
pub(super) struct Thesaurus {
    words: AhoCorasick,
    /// For each word, the kinds it stands under.
    of_word: Vec<Vec<u16>>,
    kinds: Vec<&'static str>,
}

impl Thesaurus {
    /// Reads a list that is part of the program.
    pub(super) fn read(list: &'static str) -> Self {
        let (mut kinds, mut words, mut of_word) = (Vec::new(), Vec::<String>::new(), Vec::<Vec<u16>>::new());
        let mut places = FxHashMap::<String, usize>::default();
        let lines = list.lines().filter(|line| !line.starts_with('#'));
        for (kind, members) in lines.filter_map(|line| line.split_once(':')) {
            let at = kinds.iter().position(|known| *known == kind).unwrap_or(kinds.len());
            if at == kinds.len() {
                kinds.push(kind);
            }
            for member in members.split_whitespace() {
                let word = member.replace('_', " ");
                let place = *places.entry(word.clone()).or_insert(words.len());
                if place == words.len() {
                    words.push(word);
                    of_word.push(Vec::new());
                }
                of_word[place].push(at as u16);
            }
        }
        let words = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&words);
        Self { words: words.expect("the lists are far below the automaton's limits"), of_word, kinds }
    }

    /// The name of a kind.
    pub(super) fn kind(&self, kind: u16) -> &'static str {
        self.kinds[kind as usize]
    }

    /// The words in a text, in order and apart, the longest where several begin, with the kinds they stand under.
    pub(super) fn words<'t>(&'t self, text: &'t str) -> impl Iterator<Item = (Range<usize>, &'t [u16])> {
        let whole = self.words.find_iter(text).filter(|word| is_whole_word(text, word.range()));
        whole.map(|word| (word.range(), &self.of_word[word.pattern()][..]))
    }
}

/// Whether a Latin word is not merely part of another: `bus` in `business`.
pub(super) fn is_whole_word(text: &str, word: Range<usize>) -> bool {
    let bytes = text.as_bytes();
    let is_joint = |at: usize| {
        at > 0 && bytes[at - 1..].iter().take(2).filter(|byte| byte.is_ascii_alphanumeric()).count() == 2
    };
    !is_joint(word.start) && !is_joint(word.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_stands_under_its_kinds_and_is_no_part_of_another() {
        let thesaurus = Thesaurus::read(
            "# a list\nmeal: lunch rice 饭\nplace: canteen lunch_room\nmeal: 午饭\nwork: 饭\n",
        );
        let found = |text: &'static str| -> Vec<(&str, Vec<&str>)> {
            let kinds = |kinds: &[u16]| kinds.iter().map(|kind| thesaurus.kind(*kind)).collect();
            thesaurus.words(text).map(|(range, of)| (&text[range], kinds(of))).collect()
        };
        assert_eq!(found("the lunch room"), [("lunch room", vec!["place"])]);
        assert_eq!(found("吃午饭,煮饭"), [("午饭", vec!["meal"]), ("饭", vec!["meal", "work"])]);
        assert!(found("price").is_empty());
    }
}
