//! The gazetteer: the city's areas by their names, with or without 社区, 街道, 村, and in Latin letters (Lianhuabei).

use std::ops::Range;
use std::sync::Arc;

use aho_corasick::{AhoCorasick, Match, MatchKind};
use pinyin::ToPinyinMulti;

use crate::domain::area::{Area, AreaKind};
use crate::domain::id::AreaCode;
use crate::understanding::normalize::fold;
use crate::understanding::thesaurus::is_whole_word;

/// What people leave off.
const SUFFIXES: &[&str] = &["社区居委会", "居委会", "社区", "街道", "小区", "村", "镇", "区"];
/// Names shorter than this, in characters, are only known with their suffix.
const BARE_CHARS_MIN: usize = 2;
/// More ways than this to read a name aloud are not learned.
const READINGS_MAX: usize = 8;
/// Names shorter than this, in letters, may be any word.
const LETTERS_MIN: usize = 4;

/// The areas' names and the automaton that finds them.
#[derive(Clone, Default)]
pub struct Places {
    names: Option<Arc<AhoCorasick>>,
    /// The area of each name.
    areas: Arc<Vec<Named>>,
}

/// A name of an area in a text; it may be another word, too, or a part of a road's name.
pub(super) struct Known {
    pub(super) range: Range<usize>,
    /// Whether it says what it is: 莲花北社区.
    pub(super) full: bool,
}

/// What a name is that of.
struct Named {
    code: AreaCode,
    kind: AreaKind,
    full: bool,
}

impl Places {
    /// Learns the names of the areas.
    pub fn new(areas: &[Area]) -> Self {
        let (mut names, mut named) = (Vec::new(), Vec::new());
        for area in areas {
            let full: String = area.name.chars().map(fold).collect();
            let bare = SUFFIXES.iter().find_map(|suffix| full.strip_suffix(suffix)).map(str::to_owned);
            let bare = bare.filter(|bare| bare.chars().count() >= BARE_CHARS_MIN);
            let latin = readings(bare.as_ref().unwrap_or(&full));
            let others = bare.into_iter().chain(latin).map(|name| (name, false));
            for (name, full) in std::iter::once((full, true)).chain(others) {
                names.push(name);
                named.push(Named { code: area.code.clone(), kind: area.kind, full });
            }
        }
        let automaton = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&names).ok();
        Self { names: automaton.map(Arc::new), areas: Arc::new(named) }
    }

    /// Knows these names of areas, whatever they are.
    pub(super) fn named(names: &[String]) -> Self {
        let area = |name: &String| Area {
            code: name.as_str().into(),
            name: name.clone(),
            kind: AreaKind::Community,
            parent: None,
        };
        Self::new(&names.iter().map(area).collect::<Vec<_>>())
    }

    /// The names in a folded text, in order and apart.
    pub(super) fn known(&self, text: &str) -> Vec<Known> {
        let known = |name: Match| Known { range: name.range(), full: self.areas[name.pattern()].full };
        self.names(text).map(known).collect()
    }

    fn names(&self, text: &str) -> impl Iterator<Item = Match> {
        let names = self.names.iter().flat_map(move |names| names.find_iter(text));
        names.filter(|name| is_whole_word(text, name.range()))
    }

    /// Where a name begins without the larger areas before it: 金山 in 湖里区金山社区.
    pub(super) fn within(&self, text: &str, name: Range<usize>) -> Range<usize> {
        let around = self.names.iter().filter_map(|names| names.find(&text[name.clone()]));
        let larger =
            |around: &Match| around.start() == 0 && self.areas[around.pattern()].kind > AreaKind::Community;
        let rest = around.into_iter().filter(larger).map(|around| name.start + around.end()..name.end).next();
        let says_more =
            |rest: &Range<usize>| rest.len() >= "社区".len() && !SUFFIXES.contains(&&text[rest.clone()]);
        match rest.filter(says_more) {
            Some(rest) => self.within(text, rest),
            None => name,
        }
    }

    /// The smallest area that is named in some words.
    pub(super) fn area(&self, words: &str) -> Option<AreaCode> {
        self.smallest(words, |_| true).map(|(_, area)| area.code.clone())
    }

    /// Where the smallest area stands that is named in full.
    pub(super) fn in_full(&self, text: &str) -> Option<Range<usize>> {
        self.smallest(text, |area| area.full).map(|(range, _)| range)
    }

    fn smallest(&self, text: &str, counts: impl Fn(&Named) -> bool) -> Option<(Range<usize>, &Named)> {
        let named = self.names(text).map(|name| (name.range(), &self.areas[name.pattern()]));
        named.filter(|(_, area)| counts(area)).min_by_key(|(_, area)| rank(area.kind))
    }
}

/// A name in Latin letters, read in every way: 厦港 is Xiagang, or Shagang to who does not know. Empty where there is any other
/// character.
fn readings(name: &str) -> Vec<String> {
    let mut readings = vec![String::new()];
    for sounds in name.to_pinyin_multi() {
        let Some(sounds) = sounds else { return Vec::new() };
        let mut sounds: Vec<&str> = sounds.into_iter().map(|sound| sound.plain()).collect();
        sounds.sort_unstable();
        sounds.dedup();
        let longer =
            readings.iter().flat_map(|start| sounds.iter().map(move |sound| format!("{start}{sound}")));
        readings = longer.take(READINGS_MAX).collect();
    }
    readings.retain(|name| name.len() >= LETTERS_MIN);
    readings
}

/// A community finds a team soonest; a grid is inside one, the others around it.
fn rank(kind: AreaKind) -> u8 {
    match kind {
        AreaKind::Community => 0,
        AreaKind::Grid => 1,
        AreaKind::Street => 2,
        AreaKind::District => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_known_in_full_bare_and_in_latin_letters_but_not_within_a_word() {
        let area = |name: &str, kind| Area { code: name.into(), name: name.into(), kind, parent: None };
        let places =
            Places::new(&[area("厦港街道", AreaKind::Street), area("莲花北社区", AreaKind::Community)]);
        for (words, known) in [
            ("厦港街道", Some("厦港街道")),
            ("住莲花北", Some("莲花北社区")),
            ("near xiagang", Some("厦港街道")),
            ("lianhuabei community", Some("莲花北社区")),
            ("xiagangster", None),
            ("莲花", None),
        ] {
            assert_eq!(places.area(words), known.map(AreaCode::from), "{words}");
        }
    }
}
