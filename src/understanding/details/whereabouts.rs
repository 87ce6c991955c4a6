//! Where it is: the community and the address, learned from messages in which people marked them.
//!
//! What counts as community: the smallest area that the words name, as they name it (莲花北 like 莲花北社区; not 镇海路 nor
//! 莲花医院). What counts as address: one stretch of text that leads to a door, from the road, the compound or the building to
//! the room: 湖滨南路88号3单元502室, 12号楼301, Room 502, Building 3, Lianhua Road. Not what lies near it (门口, 对面), a storey
//! alone, a bus line, a metro exit, a flat's size.

use std::ops::Range;

use super::chain::{Chain, FEATURES, Features, Labelled, Lessons, WIDTH};
use super::places::{Known, Places};
use super::tokens::{Kind, Token, mix, tokens};
use super::{Marked, is_capital};
use crate::understanding::normalize::Folded;

/// What the tokens of a message are labelled with.
const ELSE: u8 = 0;
const COMMUNITY: [u8; 2] = [1, 2];
const ADDRESS: [u8; 2] = [3, 4];

/// How far ahead a number or a unit is looked for, in tokens.
const AHEAD_MAX: usize = 8;
/// How far back the beginning of a clause is looked for, in tokens.
const BACK_MAX: u64 = 7;

/// What has been learned about places.
pub(super) struct Whereabouts(Chain);

/// The places that a message names.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) community: Option<Range<usize>>,
    pub(super) address: Option<Range<usize>>,
}

impl Whereabouts {
    /// Learns from messages in which the places are marked, where the city knows `places`.
    pub(super) fn train<'t>(marked: impl Iterator<Item = (&'t Marked, &'t Folded)>, places: &Places) -> Self {
        let mut lessons = Lessons::default();
        for (message, folded) in marked {
            let tokens = tokens(&folded.text);
            let mut labels = vec![ELSE; tokens.len()];
            for (part, [begins, goes_on]) in
                [(&message.details.community, COMMUNITY), (&message.details.address, ADDRESS)]
            {
                let Some(part) = part.as_ref().and_then(|part| folded.find(part)) else { continue };
                let inside = tokens.iter().zip(&mut labels);
                let inside = inside.filter(|(token, _)| part.contains(&token.range.start));
                inside.for_each(|(token, label)| {
                    *label = if token.range.start == part.start { begins } else { goes_on };
                });
            }
            let capital = |at: usize| is_capital(&message.text, folded, at);
            lessons.add(features(&tokens, &places.known(&folded.text), &capital), &labels);
        }
        Self(Chain::train(&lessons))
    }

    /// Finds the places that a folded text names, the surest of each kind. `capital` tells where the message has a capital
    /// letter.
    pub(super) fn find(&self, text: &str, places: &Places, capital: &impl Fn(usize) -> bool) -> Found {
        let (tokens, known) = (tokens(text), places.known(text));
        if known.is_empty() && !tokens.iter().any(names_places) {
            return Found::default();
        }
        let labelled = self.0.label(&features(&tokens, &known, capital));
        let surest = |labels| surest(&tokens, &labelled, labels).and_then(|range| trimmed(text, range));
        Found { community: surest(COMMUNITY), address: surest(ADDRESS) }
    }
}

/// Whether a place may be named: where no area is known, one of 200 has neither a number nor a unit nor such an end.
fn names_places(token: &Token) -> bool {
    match token.kind {
        Kind::Digits | Kind::Unit | Kind::Area | Kind::Latin => true,
        Kind::Numeral => token.range.len() > '一'.len_utf8(),
        Kind::Space | Kind::Han | Kind::Mark => false,
    }
}

/// Of the stretches with these labels the one whose tokens are the surest on average.
fn surest(tokens: &[Token], labelled: &[Labelled], [begins, goes_on]: [u8; 2]) -> Option<Range<usize>> {
    let mut best: Option<(i32, Range<usize>)> = None;
    let starts = labelled.iter().enumerate().filter(|(_, token)| token.label == begins);
    for (start, _) in starts {
        let more = labelled[start + 1..].iter().take_while(|token| token.label == goes_on).count();
        let stretch = &labelled[start..=start + more];
        let sure = stretch.iter().map(|token| token.margin).sum::<i32>() / stretch.len() as i32;
        if best.as_ref().is_none_or(|(best, _)| sure > *best) {
            best = Some((sure, tokens[start].range.start..tokens[start + more].range.end));
        }
    }
    best.map(|(_, range)| range)
}

/// What is left of a stretch without the gaps at both ends.
pub(super) fn trimmed(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let gap = [' ', ',', '、'];
    let end = range.start + text[range.clone()].trim_end_matches(gap).len();
    let start = end - text[range.start..end].trim_start_matches(gap).len();
    (start < end).then_some(start..end)
}

/// Nothing is looked at that is further away, in tokens.
const FAR: usize = 4;

/// A message with what the features of its tokens are made of. `words`, `twos`, `threes` and `kinds` have `FAR` more before
/// the first token, and as many behind the last one.
struct Reading<'t> {
    tokens: &'t [Token],
    words: Vec<u64>,
    /// Every word with the next.
    twos: Vec<u64>,
    /// Every word with the next two.
    threes: Vec<u64>,
    kinds: Vec<u64>,
    /// The known name that each token is a part of.
    names: Vec<Option<Name>>,
}

/// A known name in a message: its first token and the one behind its last.
#[derive(Clone, Copy)]
struct Name {
    first: usize,
    end: usize,
    full: bool,
}

impl<'t> Reading<'t> {
    fn new(tokens: &'t [Token], known: &[Known]) -> Self {
        let around = |of: fn(&Token) -> u64| -> Vec<u64> {
            let nothing = std::iter::repeat_n(0, FAR);
            nothing.clone().chain(tokens.iter().map(of)).chain(nothing).collect()
        };
        let words = around(|token| token.hash);
        let next = |from: usize| words[from..].iter().copied().chain(std::iter::repeat(0));
        let twos: Vec<u64> = words.iter().zip(next(1)).map(|(word, next)| mix(*word, next)).collect();
        let threes = twos.iter().zip(next(2)).map(|(two, next)| mix(*two, next)).collect();
        let mut names = vec![None; tokens.len()];
        for Known { range, full } in known {
            let first = tokens.partition_point(|token| token.range.end <= range.start);
            let end = tokens.partition_point(|token| token.range.start < range.end);
            names[first..end].fill(Some(Name { first, end, full: *full }));
        }
        let kinds = around(|token| 1 + token.kind as u64);
        Self { tokens, words, twos, threes, kinds, names }
    }

    /// 0 outside of known names, 1 at the beginning of one, 2 within.
    fn role(&self, at: Option<usize>) -> u64 {
        let name = at.and_then(|at| Some((at, (*self.names.get(at)?)?)));
        name.map_or(0, |(at, name)| if name.first == at { 1 } else { 2 })
    }

    /// For every token how far the next one of these kinds is within the clause.
    fn ahead(&self, kinds: &[Kind]) -> Vec<u64> {
        let mut ahead = vec![AHEAD_MAX as u64; self.tokens.len()];
        let mut distance = AHEAD_MAX;
        for (at, token) in self.tokens.iter().enumerate().rev() {
            distance = match token.kind {
                kind if kinds.contains(&kind) => 0,
                Kind::Mark => AHEAD_MAX,
                _ => AHEAD_MAX.min(distance + 1),
            };
            ahead[at] = distance as u64;
        }
        ahead
    }
}

/// What says something about each token.
fn features(tokens: &[Token], names: &[Known], capital: &impl Fn(usize) -> bool) -> Vec<Features> {
    let reading = Reading::new(tokens, names);
    let number = reading.ahead(&[Kind::Digits, Kind::Numeral]);
    let unit = reading.ahead(&[Kind::Unit]);
    let area = reading.ahead(&[Kind::Area]);
    let mut since = 0;
    let features = (0..tokens.len()).map(|here| {
        since = match here.checked_sub(1).map(|before| tokens[before].kind) {
            None | Some(Kind::Mark | Kind::Space) => 0,
            Some(_) => BACK_MAX.min(since + 1),
        };
        let capital = u64::from(capital(tokens[here].range.start));
        let ahead = number[here] * 16 + unit[here];
        row(&reading, here, [since, capital, ahead, area[here]])
    });
    features.collect()
}

/// The features of the token that stands at `here`, which is so far from the beginning of its clause, may have a capital
/// letter, and has a number, a unit and the end of an area's name ahead.
fn row(reading: &Reading<'_>, here: usize, [since, capital, ahead, area]: [u64; 4]) -> Features {
    let words = &reading.words[here..=here + 2 * FAR];
    let twos = &reading.twos[here..=here + 2 * FAR];
    let threes = &reading.threes[here..=here + 2 * FAR];
    let kinds = &reading.kinds[here..=here + 2 * FAR];
    let shape =
        |range: std::ops::RangeInclusive<usize>| kinds[range].iter().fold(0, |shape, kind| shape << 4 | kind);
    let (role, next) = (reading.role(Some(here)), reading.role(Some(here + 1)));
    let last = reading.role(here.checked_sub(1));
    let name = reading.names[here].unwrap_or(Name { first: here, end: here + 1, full: false });
    let part = role * 2 + u64::from(name.full);
    let before = reading.words[FAR + name.first - 1];
    let after = reading.words[FAR + name.end];
    let around = reading.kinds[FAR + name.first - 1] << 4 | reading.kinds[FAR + name.end];
    let hashes: [u64; WIDTH] = [
        words[FAR - 4],
        words[FAR - 3],
        words[FAR - 2],
        words[FAR - 1],
        words[FAR],
        words[FAR + 1],
        words[FAR + 2],
        words[FAR + 3],
        words[FAR + 4],
        twos[FAR - 3],
        twos[FAR - 2],
        twos[FAR - 1],
        twos[FAR],
        twos[FAR + 1],
        twos[FAR + 2],
        threes[FAR - 2],
        threes[FAR - 1],
        threes[FAR],
        shape(FAR - 2..=FAR + 2),
        shape(FAR - 1..=FAR + 1),
        shape(FAR..=FAR + 4),
        shape(FAR - 4..=FAR),
        last * 9 + role * 3 + next,
        since * 2 + capital,
        ahead,
        ahead ^ words[FAR],
        ahead ^ words[FAR - 1],
        (last * 3 + role) ^ twos[FAR],
        part ^ before,
        part ^ after,
        part ^ reading.twos[FAR + name.end],
        part << 8 | around,
        area,
        area ^ words[FAR - 1],
        shape(FAR..=FAR + 1) ^ words[FAR - 1],
        (kinds[FAR - 1] << 4 | kinds[FAR + 1]) ^ words[FAR],
        shape(FAR - 1..=FAR) ^ words[FAR + 1],
    ];
    let mut template = 0;
    hashes.map(|hash| {
        template += 1;
        feature(hash, template)
    })
}

/// The feature of what one template sees. Multiplied by the golden ratio the upper bits depend on all of it.
fn feature(hash: u64, template: u64) -> u32 {
    const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
    let mixed = (hash ^ template.wrapping_mul(GOLDEN)).wrapping_mul(GOLDEN);
    (mixed >> (u64::BITS - FEATURES.trailing_zeros())) as u32
}
