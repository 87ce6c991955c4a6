//! What kinds of things a message speaks of. `concepts.txt` beside this file is the list.

use std::sync::LazyLock;

use super::thesaurus::Thesaurus;

/// How many concepts of one message are looked at; more say nothing that fewer did not.
const CONCEPTS_MAX: usize = 12;

static CONCEPTS: LazyLock<Thesaurus> = LazyLock::new(|| Thesaurus::read(include_str!("concepts.txt")));

/// The concepts of a normalised text, each once, in the order of their first word.
pub(super) fn concepts(text: &str) -> Vec<&'static str> {
    let mut found: Vec<u16> = Vec::new();
    for concept in CONCEPTS.words(text).flat_map(|(_, concepts)| concepts) {
        if found.len() < CONCEPTS_MAX && !found.contains(concept) {
            found.push(*concept);
        }
    }
    found.into_iter().map(|concept| CONCEPTS.kind(concept)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_one_kind_share_a_concept() {
        assert!(concepts("阿嬷的午饭").contains(&"meal") && concepts("阿嬷的午饭").contains(&"elder"));
        assert!(concepts("is lunch free").contains(&"meal"));
        assert!(!concepts("business").contains(&"traffic"));
    }
}
