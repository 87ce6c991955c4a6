//! The thesaurus: words that mean the same kind of thing to a hotline, so that 晌午 teaches something about 午饭.
//! `concepts.txt` beside this file is the list, to be read and extended by people.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

/// The list as it is written.
const LIST: &str = include_str!("concepts.txt");
/// How many concepts of one message are looked at; more say nothing that fewer did not.
pub(super) const CONCEPTS_MAX: usize = 12;

/// The concepts and the automaton that finds their words.
pub(super) struct Concepts {
    words: AhoCorasick,
    /// For each word, the concepts it stands under.
    of_word: Vec<Vec<u16>>,
    names: Vec<&'static str>,
}

static CONCEPTS: LazyLock<Concepts> = LazyLock::new(|| Concepts::read(LIST));

impl Concepts {
    /// The hotline's own list.
    pub(super) fn get() -> &'static Self {
        &CONCEPTS
    }

    fn read(list: &'static str) -> Self {
        let mut names = Vec::new();
        let mut of_word = rustc_hash::FxHashMap::<String, Vec<u16>>::default();
        let mut words = Vec::new();
        for (name, members) in list.lines().filter(|l| !l.starts_with('#')).filter_map(|l| l.split_once(':'))
        {
            for member in members.split_whitespace() {
                let word = member.replace('_', " ");
                of_word
                    .entry(word.clone())
                    .or_insert_with(|| {
                        words.push(word);
                        Vec::new()
                    })
                    .push(names.len() as u16);
            }
            names.push(name);
        }
        let of_word = words.iter().map(|word| of_word.remove(word).unwrap_or_default()).collect();
        let words = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&words);
        Self { words: words.expect("the list is far below the automaton's limits"), of_word, names }
    }

    /// The concepts of a normalised text, each once, in the order of their first word.
    pub(super) fn of(&self, text: &str) -> Vec<&'static str> {
        let mut found: Vec<u16> = Vec::new();
        for hit in self.words.find_iter(text).filter(|hit| is_whole(text, hit.start(), hit.end())) {
            for &concept in &self.of_word[hit.pattern()] {
                if found.len() < CONCEPTS_MAX && !found.contains(&concept) {
                    found.push(concept);
                }
            }
        }
        found.iter().map(|&concept| self.names[concept as usize]).collect()
    }
}

/// Whether a Latin word is not merely part of another: `bus` in `business`.
fn is_whole(text: &str, start: usize, end: usize) -> bool {
    let bytes = text.as_bytes();
    let joins = |a: Option<&u8>, b: Option<&u8>| {
        a.is_some_and(u8::is_ascii_alphanumeric) && b.is_some_and(u8::is_ascii_alphanumeric)
    };
    !joins(start.checked_sub(1).and_then(|at| bytes.get(at)), bytes.get(start))
        && !joins(bytes.get(end - 1), bytes.get(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_one_kind_share_a_concept() {
        let concepts = Concepts::get();
        assert!(concepts.of("阿嬷的午饭").contains(&"meal") && concepts.of("阿嬷的午饭").contains(&"elder"));
        assert!(concepts.of("is lunch free").contains(&"meal"));
        assert!(!concepts.of("business").contains(&"traffic"));
    }
}
