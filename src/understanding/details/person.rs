//! Whom it is about: a kinship word, a neighbour, an old person or a child, with whose they are.
//!
//! What counts: the shortest noun phrase that names the one person (or the couple) whom the message asks something
//! for, with its possessive or its door: 我妈, 我家老爷子, 楼上的王阿姨, 隔壁那个独居的阿婆, 我朋友的孩子, the old lady next
//! door. Not: the writer, people in general (老人走路怕), who merely told, helped, called or is away, who makes the
//! trouble, and whom the message only addresses (阿姨你好).

mod chinese;
mod english;

use std::ops::Range;

use super::clause;
use super::judge::{Judge, Part};

/// Finds whom it is about. `capital` tells whether the message has a capital letter at a byte of the folded text: names
/// in English have.
pub(super) fn find(text: &str, judge: &Judge, capital: impl Fn(usize) -> bool) -> Option<Range<usize>> {
    let mut persons = candidates(text, capital);
    judge.best(text, &persons).map(|best| persons.swap_remove(best).range)
}

/// Everybody who is named in a text.
pub(super) fn candidates(text: &str, capital: impl Fn(usize) -> bool) -> Vec<Part> {
    let english = clause::has_latin(text).then(|| english::find(text, &capital)).into_iter().flatten();
    chinese::find(text).chain(english).collect()
}
