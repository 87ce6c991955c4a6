//! Where it is: the community and the address, learned from messages in which people marked them.
//!
//! What counts as community: the smallest area that the words name, as they name it (莲花北 like 莲花北社区; not 镇海路 nor
//! 莲花医院). What counts as address: one stretch of text that leads to a door, from the road, the compound or the building to
//! the room: 湖滨南路88号3单元502室, 12号楼301, Room 502, Building 3, Lianhua Road. Not what lies near it (门口, 对面), a storey
//! alone, a bus line, a metro exit, a flat's size.

use std::ops::Range;

use super::chain::{Chain, FEATURES, Features, Labelled, Lesson, WIDTH};
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
        let lesson = |(message, folded): (&Marked, &Folded)| {
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
            Lesson { features: features(&tokens, &places.known(&folded.text), &capital), labels }
        };
        Self(Chain::train(&marked.map(lesson).collect::<Vec<_>>()))
    }

    /// Finds the places that a folded text names, the surest of each kind. `capital` tells where the message has a capital
    /// letter.
    pub(super) fn find(&self, text: &str, places: &Places, capital: &impl Fn(usize) -> bool) -> Found {
        let tokens = tokens(text);
        let labelled = self.0.label(&features(&tokens, &places.known(text), capital));
        let surest = |labels| surest(&tokens, &labelled, labels).map(|range| trimmed(text, range));
        Found { community: surest(COMMUNITY), address: surest(ADDRESS) }
    }
}

/// Of the stretches with these labels the one whose tokens are the surest on average.
fn surest(tokens: &[Token], labelled: &[Labelled], [begins, goes_on]: [u8; 2]) -> Option<Range<usize>> {
    let mut best: Option<(f32, Range<usize>)> = None;
    let starts = labelled.iter().enumerate().filter(|(_, token)| token.label == begins);
    for (start, _) in starts {
        let more = labelled[start + 1..].iter().take_while(|token| token.label == goes_on).count();
        let stretch = &labelled[start..=start + more];
        let sure = stretch.iter().map(|token| token.margin).sum::<f32>() / stretch.len() as f32;
        if best.as_ref().is_none_or(|(best, _)| sure > *best) {
            best = Some((sure, tokens[start].range.start..tokens[start + more].range.end));
        }
    }
    best.map(|(_, range)| range)
}

/// Without the gaps at both ends.
fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let gap = [' ', ',', '、'];
    let end = range.start + text[range.clone()].trim_end_matches(gap).len();
    end - text[range.start..end].trim_start_matches(gap).len()..end
}

/// A message with what the features of its tokens are made of.
struct Reading<'t> {
    tokens: &'t [Token],
    /// The known name that each token is a part of.
    names: Vec<Option<Name>>,
}

/// A known name in a message.
#[derive(Clone, Copy)]
struct Name {
    first: isize,
    last: isize,
    full: bool,
}

impl<'t> Reading<'t> {
    fn new(tokens: &'t [Token], known: &[Known]) -> Self {
        let mut names = vec![None; tokens.len()];
        for Known { range, full } in known {
            let first = tokens.partition_point(|token| token.range.end <= range.start);
            let end = tokens.partition_point(|token| token.range.start < range.end);
            names[first..end].fill(Some(Name { first: first as isize, last: end as isize - 1, full: *full }));
        }
        Self { tokens, names }
    }

    fn token(&self, at: isize) -> Option<&Token> {
        usize::try_from(at).ok().and_then(|at| self.tokens.get(at))
    }

    fn word(&self, at: isize) -> u64 {
        self.token(at).map_or(1, |token| token.hash)
    }

    fn kind(&self, at: isize) -> u64 {
        self.token(at).map_or(0, |token| 1 + token.kind as u64)
    }

    fn name(&self, at: isize) -> Option<Name> {
        usize::try_from(at).ok().and_then(|at| self.names.get(at).copied()).flatten()
    }

    /// 0 outside of known names, 1 at the beginning of one, 2 within.
    fn role(&self, at: isize) -> u64 {
        self.name(at).map_or(0, |name| if name.first == at { 1 } else { 2 })
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
        row(&reading, here as isize, [since, capital, ahead, area[here]])
    });
    features.collect()
}

/// The features of the token that stands at `here`, which is so far from the beginning of its clause, may have a capital
/// letter, and has a number and a unit ahead.
fn row(reading: &Reading<'_>, here: isize, [since, capital, ahead, area]: [u64; 4]) -> Features {
    let word = |by: isize| reading.word(here + by);
    let kind = |by: isize| reading.kind(here + by);
    let role = |by: isize| reading.role(here + by);
    let name = reading.name(here).unwrap_or(Name { first: here, last: here, full: false });
    let part = role(0) * 2 + u64::from(name.full);
    let before = reading.word(name.first - 1);
    let after = reading.word(name.last + 1);
    let around = reading.kind(name.first - 1) << 4 | reading.kind(name.last + 1);
    let two = |by: isize| mix(word(by), word(by + 1));
    let three = |by: isize| mix(two(by), word(by + 2));
    let kinds = |from: isize, to: isize| (from..=to).fold(0, |kinds, by| kinds << 4 | kind(by));
    let hashes: [u64; WIDTH] = [
        word(-4),
        word(-3),
        word(-2),
        word(-1),
        word(0),
        word(1),
        word(2),
        word(3),
        word(4),
        two(-3),
        two(-2),
        two(-1),
        two(0),
        two(1),
        two(2),
        three(-2),
        three(-1),
        three(0),
        kinds(-2, 2),
        kinds(-1, 1),
        kinds(0, 4),
        kinds(-4, 0),
        role(-1) * 9 + role(0) * 3 + role(1),
        since * 2 + capital,
        ahead,
        mix(ahead, word(0)),
        mix(ahead, word(-1)),
        mix(role(-1) * 3 + role(0), two(0)),
        mix(part, before),
        mix(part, after),
        mix(part, mix(after, reading.word(name.last + 2))),
        mix(part, around),
        area,
        mix(area, word(-1)),
        mix(word(-1), kind(0) << 4 | kind(1)),
        mix(word(0), kind(-1) << 4 | kind(1)),
        mix(word(1), kind(-1) << 4 | kind(0)),
    ];
    let mut template = 0;
    hashes.map(|hash| {
        template += 1;
        (mix(hash, template) % FEATURES) as u32
    })
}
