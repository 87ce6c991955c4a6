//! The gazetteer: the city's areas by their names, with or without 社区, 街道, 村.
//!
//! What counts: the smallest area that the words name, as they name it. 莲花北 counts like 莲花北社区; 镇海路 and
//! 莲花医院 do not. A name that only ends in 社区 or 村 counts without an area.

mod romanised;

use std::ops::Range;
use std::sync::{Arc, LazyLock};

use aho_corasick::{AhoCorasick, MatchKind};
use regex::Regex;

use super::clause::{self, is_han};
use super::names;
use super::words::{List, Words};
use crate::domain::area::{Area, AreaKind};
use crate::domain::id::AreaCode;
use crate::understanding::normalize::fold;

/// Longest name of a community that no list knows, in characters.
const NAME_CHARS_MAX: usize = 4;
/// What people leave off.
const SUFFIXES: &[&str] = &["社区居委会", "居委会", "社区", "街道", "小区", "村", "镇", "区"];
/// Names shorter than this, in characters, are only known with their suffix.
const BARE_CHARS_MIN: usize = 2;
/// Names that are ordinary words are only known with their suffix.
static ORDINARY: Words = Words::new(|| {
    List::of(
        "希望|小学|村里|龙头|莲花|南门|北门|前进|新华|振兴|阳光|和平|人民|光明|团结|幸福|东方|山头|\
         山边|塘边|溪边|北站|海天|文明|长青|长乐|海滨|滨水|凤凰|健康|友谊|新村",
    )
});
/// What follows a name that is part of a road's, a compound's or a building's name and not the area's.
static ELSEWHERE: LazyLock<Regex> = LazyLock::new(|| {
    let road = "[东西南北中一二三四五六七八九十]?(?:路|街|巷|大道|里)";
    let building =
        "大厦|花园|医院|小学|中学|幼儿园|公园|车站|地铁|站|市场|商场|商城|酒店|广场|大学|山庄|新村";
    let longer = "[^这那家]{0,2}(?:路|街|巷|里|弄|新村|社) ?[0-9]";
    Regex::new(&format!("^(?:{road}|{building}|{longer})")).expect("a constant pattern")
});
/// Names of so many characters are hardly anything else.
const DISTINCT_CHARS: usize = 3;
/// A short name is believed after these characters, and at the beginning of a clause.
const LEADING: &str = "住在到从去来是家回区道镇";
/// A name that ends like a community's is believed after these characters too.
const NAME_LEADING: &str = "我们于市县村给向的请和跟或、厦安";
/// A short name is believed before these words.
static HERE: Words = Words::new(|| List::of("这边|这里|这片|这一|那边|那里|那片|那一|附近|一带|居委|网格"));

/// What communities are called that no list knows.
const ENDINGS: &[&str] = &["社区", "村"];
/// What stands before 社区 or 村 and is no name.
static NO_NAMES: Words = Words::new(|| {
    List::of(
        "城中|整个|其他|别的|隔壁|附近|所在|外地|自己|邻近|志愿|智慧|居住|文明|街道|学校|医院|电话|\
         关于|感谢|谢谢|希望|麻烦|一个|两个|几个|同一|冒充|联系|反映|投诉|通知|所属|属于|代表|配合|\
         支持|今天|明天|后天|昨天|咱们|元旦|国庆|春节|中秋|端午|重阳|过年|周末|部分|拜托|知道|手机|\
         统一|家乡|一下|列入|上报|认领|报名|长辈|机器|儿童|体检|时候|年纪|改成|只信|可否|村口|台风",
    )
});

/// Characters of verbs and other words that stand before 社区 and are in no community's name.
const VERBS: &str = "能参加接测觉得议提打听看讲用做办写读查送收等谢另还外几多少哪怎去来问建天点";

/// The areas' names and the automaton that finds them.
#[derive(Clone, Default)]
pub struct Places {
    names: Option<Arc<AhoCorasick>>,
    areas: Arc<Vec<Named>>,
}

/// A name under which an area is known.
struct Named {
    code: AreaCode,
    kind: AreaKind,
    bare: bool,
}

/// A place that was named.
pub(super) struct Place {
    /// The area; `None` where the name is in no list.
    pub(super) area: Option<AreaCode>,
    pub(super) range: Range<usize>,
}

impl Places {
    /// Learns the names of the areas.
    pub fn new(areas: &[Area]) -> Self {
        let (mut names, mut named) = (Vec::new(), Vec::new());
        for area in areas {
            let full: String = area.name.chars().map(fold).collect();
            let bare = SUFFIXES.iter().find_map(|suffix| full.strip_suffix(suffix)).map(str::to_owned);
            let known = bare.filter(|bare| bare.chars().count() >= BARE_CHARS_MIN && !ORDINARY.has(bare));
            for (name, bare) in std::iter::once((full, false)).chain(known.map(|bare| (bare, true))) {
                names.push(name);
                named.push(Named { code: area.code.clone(), kind: area.kind, bare });
            }
        }
        let automaton = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&names).ok();
        Self { names: automaton.map(Arc::new), areas: Arc::new(named) }
    }

    /// The area that a folded text names: the smallest, the first of equals. A community that no list knows is
    /// named all the same, and says more than a street. `capital` tells where the message has a capital letter.
    pub(super) fn find(&self, text: &str, capital: impl Fn(usize) -> bool) -> Option<Place> {
        self.find_chinese(text).or_else(|| {
            let range = clause::has_latin(text).then(|| romanised::find(text, capital))??;
            Some(Place { area: None, range })
        })
    }

    fn find_chinese(&self, text: &str) -> Option<Place> {
        let known = self.known(text).min_by_key(|(kind, _)| rank(*kind));
        match known {
            Some((AreaKind::Community | AreaKind::Grid, place)) => Some(place),
            Some((AreaKind::Street | AreaKind::District, place)) => Some(self.unknown(text).unwrap_or(place)),
            None => self.unknown(text),
        }
    }

    /// The areas of the list that are named.
    fn known<'t>(&'t self, text: &'t str) -> impl Iterator<Item = (AreaKind, Place)> + 't {
        let hits = self.names.iter().flat_map(move |names| names.find_iter(text));
        hits.filter_map(move |hit| {
            let named = &self.areas[hit.pattern()];
            let place = Place { area: Some(named.code.clone()), range: hit.range() };
            (!named.bare || is_area(text, &hit.range())).then_some((named.kind, place))
        })
    }

    /// The first name that ends like a community's.
    fn unknown(&self, text: &str) -> Option<Place> {
        let ends = ENDINGS.iter().flat_map(|ending| text.match_indices(*ending));
        let ranges = ends.filter_map(|(at, ending)| {
            let start = names::start(text, at)?.max(self.end_of_area_before(text, at));
            let after = &text[at + ending.len()..];
            let compound = text[..at].ends_with('新') && after.starts_with(|c: char| c.is_ascii_digit());
            let village = ending == "村" && (after.starts_with("社区") || compound);
            let named = is_name(&text[start..at]) && is_led(&text[..start]);
            (!village && named).then_some(start..at + ending.len())
        });
        ranges.min_by_key(|range| range.start).map(|range| Place { area: None, range })
    }

    /// Where the last area ends that is named right before: 同安 in 同安汀溪村.
    fn end_of_area_before(&self, text: &str, at: usize) -> usize {
        let from = text[..at].char_indices().rev().nth(NAME_CHARS_MAX).map_or(0, |(from, _)| from);
        let names = self.names.iter().flat_map(|names| names.find_iter(&text[from..at]));
        names.map(|hit| from + hit.end()).filter(|end| *end < at).last().unwrap_or(0)
    }
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

/// Whether a name without its suffix means the area: not 镇海 in 镇海路, nor 阳光 in 没有阳光.
fn is_area(text: &str, name: &Range<usize>) -> bool {
    let after = &text[name.end..];
    if ELSEWHERE.is_match(after) {
        return false;
    }
    let before = text[..name.start].chars().next_back();
    let led = before.is_none_or(|c| !is_han(c) || LEADING.contains(c));
    led || HERE.begin(after) || text[name.clone()].chars().count() >= DISTINCT_CHARS
}

/// Whether a name that no list knows may begin here: not in the middle of other words (有抗原试剂社区).
fn is_led(before: &str) -> bool {
    before.chars().next_back().is_none_or(|c| !is_han(c) || LEADING.contains(c) || NAME_LEADING.contains(c))
}

fn is_name(name: &str) -> bool {
    let chars = name.chars().count();
    let verb_last = name.ends_with([
        '去', '到', '来', '从', '住', '和', '跟', '向', '往', '有', '问', '回', '小', '大', '点', '半',
    ]);
    let fits = (BARE_CHARS_MIN..=NAME_CHARS_MAX).contains(&chars);
    fits && !verb_last && !NO_NAMES.begin(name) && !name.contains(|c| VERBS.contains(c))
}
