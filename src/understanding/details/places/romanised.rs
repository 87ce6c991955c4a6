//! Communities in Latin letters, as people write them who have no Chinese keyboard: in Binbei, Zhenhai community.
//!
//! What counts: a word of Chinese syllables with a capital, after in or at or before community, with a direction.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

static NAME: LazyLock<Regex> = LazyLock::new(|| {
    let syllable = "(?:(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|\
                    ai|ei|ui|ao|ou|iu|ie|ue|er|an|en|in|un|ia|ua|uo|a|o|e|i|u))";
    let name = format!("{syllable}{{2,4}}(?: (?:north|south|east|west|middle)(?-u:\\b))?");
    Regex::new(&format!(
        r"(?-u:\b)(?:(?:in|at|near) (?:the )?(?P<in>{name})|(?P<of>{name}) (?:community|village))(?-u:\b)"
    ))
    .expect("a constant pattern")
});
/// What such a word is named before when it is no community: 33 Hubin Road.
const ROADS: &[&str] =
    &[" road", " rd", " street", " st", " lane", " avenue", " lu", " district", " park", " hospital"];
/// Larger than a community, or no place of this city.
const OTHERS: &[&str] = &[
    "xiamen",
    "fujian",
    "china",
    "beijing",
    "shanghai",
    "taiwan",
    "canada",
    "penang",
    "siming",
    "huli",
    "chinese",
    "june",
    "german",
    "chile",
    "manila",
    "quanzhou",
    "zhangzhou",
    "guangzhou",
    "shenzhen",
    "fuzhou",
    "japan",
    "india",
    "iran",
    "kenya",
    "milan",
    "lima",
    "panama",
    "hanoi",
    "ghana",
    "hainan",
    "yunnan",
    "hunan",
];

/// Finds the first community that is named so; `capital` tells where the message has a capital letter.
pub(super) fn find(text: &str, capital: impl Fn(usize) -> bool) -> Option<Range<usize>> {
    NAME.captures_iter(text).find_map(|found| {
        let name = found.name("in").or_else(|| found.name("of"))?;
        let after = &text[name.end()..];
        let road = ROADS.iter().any(|road| after.starts_with(road));
        (capital(name.start()) && !road && !OTHERS.contains(&name.as_str())).then(|| name.range())
    })
}
