//! Words by which people name somebody: kin, neighbours, titles, whose they are. `people.txt` beside this file is the list; which
//! of them name the person concerned is learned.

use std::ops::Range;
use std::sync::LazyLock;

use crate::understanding::thesaurus::Thesaurus;

static PEOPLE: LazyLock<Thesaurus> = LazyLock::new(|| Thesaurus::read(include_str!("people.txt")));

/// The kinds whose words name somebody by themselves.
const SOMEBODY: &[&str] = &["kin", "own", "one"];

/// A word that names somebody or says something about them.
pub(super) struct Word {
    pub(super) range: Range<usize>,
    /// The kinds it stands under, a bit for each.
    pub(super) kinds: u64,
    /// Whether it names somebody by itself.
    pub(super) somebody: bool,
}

/// The words for people in a folded text, in order and apart.
pub(super) fn words(text: &str) -> impl Iterator<Item = Word> {
    PEOPLE.words(text).map(|(range, kinds)| Word {
        range,
        kinds: kinds.iter().fold(0, |bits, kind| bits | 1 << kind),
        somebody: kinds.iter().any(|kind| SOMEBODY.contains(&PEOPLE.kind(*kind))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_have_a_door_and_a_name() {
        let text = "隔壁陈阿姨的孩子";
        let found: Vec<(&str, bool)> =
            words(text).map(|word| (&text[word.range.clone()], word.somebody)).collect();
        assert_eq!(found, [("隔壁", false), ("陈", false), ("阿姨", true), ("孩子", true)]);
    }
}
