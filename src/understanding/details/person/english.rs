//! my mother, my elderly neighbour Auntie Huang, the old lady next door, Mrs Lin next door.

use std::sync::LazyLock;

use regex::Regex;

use crate::understanding::details::judge::Part;
use crate::understanding::details::words::{List, Words};

static ENGLISH: LazyLock<Regex> = LazyLock::new(|| {
    let kin = "mother-in-law|father-in-law|mother|father|mom|mum|mummy|mommy|dad|daddy|parents|grandmother|grandfather|grandparents|grandma|grandpa|granny|husband|wife|son|daughter|kids|kid|child|children|baby|toddler|twins|brother|sister|uncle|aunt|auntie|aunty|nephew|niece|neighbou?rs?|roommate|flatmate|housemate|friend|cousin|boyfriend|girlfriend|partner|colleague|coworker|tenant|landlady|nanny|teacher";
    let other = "lady|woman|man|gentleman|couple|boy|girl|granny|guy|person|student";
    let adjective = "elderly|old|older|oldest|little|small|disabled|younger|young|upstairs|downstairs|blind|deaf|sick|late|pregnant|dear|poor|[0-9]+[ -]years?[ -]old|[a-z]+-year-old|[0-9]+-year-old";
    let where_ = "(?: (?:next door|upstairs|downstairs|across the (?:hall|street)))";
    let title = r"(?:mrs|mr|ms|miss|auntie|aunty|uncle|grandma|grandpa|granny|mom|mum|dad)(?-u:\b)\.?";
    Regex::new(&format!(
        r"(?-u:\b)(?:(?:(?:my|our|his|her|their)(?: [a-z]+)??(?: (?:{adjective}))* (?:{kin})(?-u:\b)(?:'s (?:(?:{adjective}) )*(?:{kin})(?-u:\b))?(?: (?:old )?{title})?{where_}?)|\
          (?:(?:the|an|a)(?: (?:{adjective}))* (?:{other}|{kin}){where_})|(?P<title>{title})|\
          (?:(?:the|an|a)(?: (?:elderly|old|blind|deaf|disabled|little|pregnant))+ (?:{other}))(?-u:\b))"
    ).replace("\\\n          ", ""))
    .expect("a constant pattern")
});

/// Kin that is called by these words alone, with a capital.
static KIN: Words = Words::new(|| List::of("grandma|grandpa|granny|mom|mum|dad"));

/// No Chinese person is written like this.
const ENGLISH_SHAPE: u8 = 100;

pub(super) fn find(text: &str, capital: &impl Fn(usize) -> bool) -> impl Iterator<Item = Part> {
    ENGLISH.captures_iter(text).filter_map(move |found| {
        let mut range = found.get(0)?.range();
        let name = given_name(&text[range.end..], |at| capital(range.end + at));
        let called = name > 0 || KIN.has(&text[range.clone()]) && capital(range.start);
        range.end += name;
        (found.name("title").is_none() || called).then_some(Part { range, shape: ENGLISH_SHAPE })
    })
}

/// The length of a name with its space: my roommate Yusuf.
fn given_name(after: &str, capital: impl Fn(usize) -> bool) -> usize {
    let Some(rest) = after.strip_prefix(' ') else { return 0 };
    let name = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
    if name > 1 && capital(1) { 1 + name } else { 0 }
}
