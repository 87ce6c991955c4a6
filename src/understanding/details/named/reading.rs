//! What says something about each token of a message: the words around it, what kinds of tokens they are, whether they
//! are a part of a known name, of a word for people or of a written time, and what comes ahead in the clause.

use std::ops::Range;

use crate::understanding::details::chain::{FEATURES, Features, WIDTH};
use crate::understanding::details::people::Word;
use crate::understanding::details::places::Known;
use crate::understanding::details::tokens::{Kind, Token, mix, within};
use crate::understanding::details::when::Time;

/// Nothing is looked at that is further away, in tokens.
const FAR: usize = 4;
/// How far ahead numbers, units, areas, people and times are looked for, in tokens.
const AHEAD_MAX: u64 = 8;
/// How far back the beginning of a clause is looked for, in tokens.
const BACK_MAX: u64 = 7;
/// How many people and times of a message are counted.
const COUNT_MAX: u64 = 4;

/// The tokens of a message, with `FAR` that are nothing before the first and behind the last one.
pub(super) struct Reading {
    tokens: Vec<Seen>,
    /// How many people are named, and how many times are written.
    people: u64,
    times: u64,
}

/// What is seen of one token.
#[derive(Clone, Copy, Default)]
struct Seen {
    word: u64,
    /// The word with the next, and with the next two.
    two: u64,
    three: u64,
    kind: u64,
    /// Whether it begins with a capital letter.
    capital: u64,
    /// How far it is from the beginning of its clause.
    since: u64,
    /// How far the next number is within the clause, the next unit, end of an area's name, person and time.
    ahead: Ahead,
    /// The known name of an area that it is a part of.
    name: Option<Name>,
    /// The kinds of the word for people that it is a part of, and whether it is its first token.
    people: u64,
    /// How many people have been named up to here.
    nth_person: u64,
    /// 1 at the beginning of a written time, 2 within; which of them, and how it is written.
    time: u64,
    nth_time: u64,
    written: u64,
}

/// Distances to what comes next, in tokens.
#[derive(Clone, Copy)]
struct Ahead {
    number: u64,
    unit: u64,
    area: u64,
    person: u64,
    time: u64,
}

/// A known name in a message: its first token, the one behind its last, and whether it says what it is.
#[derive(Clone, Copy)]
struct Name {
    first: usize,
    end: usize,
    full: bool,
}

impl Default for Ahead {
    fn default() -> Self {
        Self { number: AHEAD_MAX, unit: AHEAD_MAX, area: AHEAD_MAX, person: AHEAD_MAX, time: AHEAD_MAX }
    }
}

impl Reading {
    /// Reads the tokens of a message with the names of areas, the words for people and the times in it. `capital` tells
    /// where the message has a capital letter.
    pub(super) fn new(
        tokens: &[Token],
        names: &[Known],
        people: impl Iterator<Item = Word>,
        times: &[Time],
        capital: &impl Fn(usize) -> bool,
    ) -> Self {
        let mut seen = vec![Seen::default(); tokens.len() + 2 * FAR];
        for (token, seen) in tokens.iter().zip(&mut seen[FAR..]) {
            seen.word = token.hash;
            seen.kind = 1 + token.kind as u64;
            seen.capital = u64::from(capital(token.range.start));
        }
        let inside = |part: &Range<usize>| {
            let Range { start, end } = within(tokens, part);
            FAR + start..FAR + end
        };
        for Known { range, full } in names {
            let Range { start: first, end } = inside(range);
            seen[first..end].iter_mut().for_each(|seen| seen.name = Some(Name { first, end, full: *full }));
        }
        for Word { range, kinds, somebody } in people {
            let word = inside(&range);
            seen[word.clone()].iter_mut().for_each(|seen| seen.people = kinds << 1);
            seen[word.start].people |= 1;
            seen[word.start].nth_person = u64::from(somebody);
        }
        for (nth, Time { range, written }) in (0..).zip(times) {
            let time = inside(range);
            for seen in &mut seen[time.clone()] {
                (seen.time, seen.nth_time, seen.written) = (2, COUNT_MAX.min(nth), u64::from(*written));
            }
            seen[time.start].time = 1;
        }
        let mut reading = Self { tokens: seen, people: 0, times: COUNT_MAX.min(times.len() as u64) };
        reading.look_ahead();
        reading.look_back();
        reading
    }

    /// What depends on the tokens behind.
    fn look_ahead(&mut self) {
        let mut next = Seen::default();
        for seen in self.tokens.iter_mut().rev() {
            seen.two = mix(seen.word, next.word);
            seen.three = mix(seen.two, next.two);
            let kind = |kinds: &[Kind]| kinds.iter().any(|kind| seen.kind == 1 + *kind as u64);
            let pause = kind(&[Kind::Mark]);
            let distance = |here: bool, next: u64| match here {
                true => 0,
                false if pause => AHEAD_MAX,
                false => AHEAD_MAX.min(next + 1),
            };
            seen.ahead = Ahead {
                number: distance(kind(&[Kind::Digits, Kind::Numeral]), next.ahead.number),
                unit: distance(kind(&[Kind::Unit]), next.ahead.unit),
                area: distance(kind(&[Kind::Area]), next.ahead.area),
                person: distance(seen.nth_person > 0, next.ahead.person),
                time: distance(seen.time == 1, next.ahead.time),
            };
            next = *seen;
        }
    }

    /// What depends on the tokens before.
    fn look_back(&mut self) {
        let paused = [0, 1 + Kind::Mark as u64, 1 + Kind::Space as u64];
        let mut last = Seen::default();
        for seen in &mut self.tokens {
            seen.since = if paused.contains(&last.kind) { 0 } else { BACK_MAX.min(last.since + 1) };
            seen.nth_person = COUNT_MAX.min(last.nth_person + seen.nth_person);
            last = *seen;
        }
        self.people = last.nth_person;
    }

    /// The features of every token.
    pub(super) fn features(&self) -> Vec<Features> {
        (FAR..self.tokens.len() - FAR).map(|here| self.row(here)).collect()
    }

    fn row(&self, here: usize) -> Features {
        let window: &[Seen; 2 * FAR + 1] =
            (&self.tokens[here - FAR..=here + FAR]).try_into().expect("its length");
        let [w4, w3, w2, w1, at, n1, n2, n3, n4] = window;
        let Ahead { number, unit, area, person, time } = at.ahead;
        let near = number << 4 | unit;
        let role = |seen: &Seen, at: usize| seen.name.map_or(0, |name| if name.first == at { 1 } else { 2 });
        let roles = role(w1, here - 1) * 3 + role(at, here);
        let name = at.name.unwrap_or(Name { first: here, end: here + 1, full: false });
        let part = role(at, here) * 2 + u64::from(name.full);
        let (before, behind) = (&self.tokens[name.first - 1], &self.tokens[name.end]);
        let people = |seen: &[&Seen]| seen.iter().fold(0, |all, seen| all << 12 | seen.people);
        let nth = at.nth_person << 4;
        let told = at.time << 8 | at.written;
        let hashes: [u64; WIDTH] = [
            w4.word,
            w3.word,
            w2.word,
            w1.word,
            at.word,
            n1.word,
            n2.word,
            n3.word,
            n4.word,
            w2.two,
            w1.two,
            at.two,
            n1.two,
            w1.three,
            w2.kind << 16 | w1.kind << 12 | at.kind << 8 | n1.kind << 4 | n2.kind,
            w1.kind << 8 | at.kind << 4 | n1.kind,
            (w1.kind << 4 | at.kind) ^ n1.word,
            (at.kind << 4 | n1.kind) ^ w1.word,
            (w1.kind << 4 | n1.kind) ^ at.word,
            at.since << 1 | at.capital,
            near,
            near ^ at.word,
            near ^ w1.word,
            area,
            area ^ w1.word,
            roles * 3 + role(n1, here + 1),
            roles ^ at.two,
            part ^ before.word,
            part ^ behind.word,
            part ^ behind.two,
            part << 8 | before.kind << 4 | behind.kind,
            people(&[w1, at, n1]),
            people(&[w2, w1, at, n1]),
            people(&[w1, at, n1, n2]),
            at.people ^ w1.word,
            at.people ^ n1.word,
            at.people ^ w2.word,
            (nth | self.people) << 12 | at.people,
            (nth | person) << 12 | at.people,
            (nth | self.people) ^ at.word,
            (nth | person) ^ at.word,
            person ^ w1.word,
            told << 4 | w1.time << 2 | n1.time,
            told ^ w1.word,
            told << 8 | at.nth_time << 4 | self.times,
            (at.time << 2 | n1.time) ^ n1.word,
            (at.time << 4 | time) ^ at.word,
            (w1.time << 2 | at.time) ^ at.word,
        ];
        let mut template = 0;
        hashes.map(|hash| {
            template += 1;
            feature(hash, template)
        })
    }
}

/// The feature of what one template sees. Multiplied by the golden ratio the upper bits depend on all of it.
fn feature(hash: u64, template: u64) -> u32 {
    const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
    let mixed = (hash ^ template.wrapping_mul(GOLDEN)).wrapping_mul(GOLDEN);
    (mixed >> (u64::BITS - FEATURES.trailing_zeros())) as u32
}
