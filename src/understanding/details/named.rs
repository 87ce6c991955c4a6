//! Where it is, whom it is about and when it is wanted: the community, the address, the person and the time that a message
//! names, learned from messages in which people marked them.
//!
//! What counts as community: the smallest area that the words name, as they name it (莲花北 like 莲花北社区; not 镇海路 nor
//! 莲花医院).
//!
//! What counts as address: one stretch of text that leads to a door, from the road, the compound or the building to the room:
//! 湖滨南路88号3单元502室, 12号楼301, Room 502, Building 3, Lianhua Road. Not what lies near it (门口, 对面), a storey alone, a bus line,
//! a metro exit, a flat's size.
//!
//! What counts as person: the shortest noun phrase that names the one person (or the couple) whom the message asks something
//! for, with its possessive or its door: 我妈, 楼上的王阿姨, 隔壁那个独居的阿婆, 我朋友的孩子, the old lady next door. Not the writer, people
//! in general (老人走路怕), who merely told, helped, called or is away, who makes the trouble, and whom the message only addresses
//! (阿姨你好).
//!
//! What counts as time: when somebody shall come, call or be received, by when something shall be done, or when the resident is
//! there, with the words that bound it (之前, 以后, after, before). Not what has been, opening hours, how long something takes,
//! habits of other people, dates of papers, what a landlord wants by when, and mere haste (马上).

mod reading;

use std::ops::Range;

use super::chain::{Chain, Labelled, Lessons};
use super::places::Places;
use super::tokens::{Token, tokens};
use super::{Marked, is_capital, people, when};
use crate::understanding::normalize::Folded;
use reading::Reading;

/// What the tokens of a message are labelled with: nothing, or the first token of a stretch and those after it. Two times
/// hardly ever stand side by side, so that theirs are labelled alike.
const ELSE: u8 = 0;
const COMMUNITY: [u8; 2] = [1, 2];
const ADDRESS: [u8; 2] = [3, 4];
const PERSON: [u8; 2] = [5, 6];
const WHEN: [u8; 2] = [7, 7];

/// How much more each of them is preferred than was learned, as the logarithm of odds: who is unsure says nothing, and misses
/// more than is found wrongly. One is about best where a quarter of the marked messages is left out; communities would take
/// more, but then parts of other names are taken for them.
const EAGERNESS: [(u8, f32); 4] = [(COMMUNITY[0], 1.2), (ADDRESS[0], 1.0), (PERSON[0], 1.0), (WHEN[0], 1.0)];

/// What has been learned about all of them.
pub(super) struct Names(Chain);

/// What a message names.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) community: Option<Range<usize>>,
    pub(super) address: Option<Range<usize>>,
    pub(super) person: Option<Range<usize>>,
    pub(super) when: Option<Range<usize>>,
}

impl Names {
    /// Learns from marked messages, where the city knows `places`.
    pub(super) fn train<'t>(marked: impl Iterator<Item = (&'t Marked, &'t Folded)>, places: &Places) -> Self {
        let mut lessons = Lessons::default();
        for (message, folded) in marked {
            let tokens = tokens(&folded.text);
            let mut labels = vec![ELSE; tokens.len()];
            let details = &message.details;
            for (part, [first, more]) in [
                (&details.community, COMMUNITY),
                (&details.address, ADDRESS),
                (&details.person, PERSON),
                (&details.when, WHEN),
            ] {
                let Some(part) = part.as_ref().and_then(|part| folded.find(part)) else { continue };
                let inside = tokens.iter().zip(&mut labels);
                let inside = inside.filter(|(token, _)| part.contains(&token.range.start));
                inside.for_each(|(token, label)| {
                    *label = if token.range.start == part.start { first } else { more };
                });
            }
            let capital = |at: usize| is_capital(&message.text, folded, at);
            lessons.add(read(&folded.text, &tokens, places, &capital).features(), &labels);
        }
        Self(Chain::train(&lessons, &EAGERNESS))
    }

    /// Finds what a folded text names, the surest of each kind. `capital` tells where the message has a capital letter.
    pub(super) fn find(&self, text: &str, places: &Places, capital: &impl Fn(usize) -> bool) -> Named {
        let tokens = tokens(text);
        let labelled = self.0.label(&read(text, &tokens, places, capital).features());
        let surest = |labels| surest(&tokens, &labelled, labels).and_then(|range| trimmed(text, range));
        Named {
            community: surest(COMMUNITY),
            address: surest(ADDRESS),
            person: surest(PERSON),
            when: surest(WHEN),
        }
    }
}

fn read(text: &str, tokens: &[Token], places: &Places, capital: &impl Fn(usize) -> bool) -> Reading {
    Reading::new(tokens, &places.known(text), people::words(text), &when::written(text), capital)
}

/// Of the stretches with these labels the one whose tokens are the surest on average.
fn surest(tokens: &[Token], labelled: &[Labelled], [first, more]: [u8; 2]) -> Option<Range<usize>> {
    let mut best: Option<(i32, Range<usize>)> = None;
    let mut end = 0;
    while let Some(start) = labelled[end..].iter().position(|token| token.label == first) {
        let start = end + start;
        let length = 1 + labelled[start + 1..].iter().take_while(|token| token.label == more).count();
        end = start + length;
        let sure = labelled[start..end].iter().map(|token| token.margin).sum::<i32>() / length as i32;
        if best.as_ref().is_none_or(|(best, _)| sure > *best) {
            best = Some((sure, tokens[start].range.start..tokens[end - 1].range.end));
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
