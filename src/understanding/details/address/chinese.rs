//! 莲花北路12号3栋502室, 一里76号201室, 东芳山庄18栋1503, 12号楼301.
//!
//! A door is found first: numbers with 号, 栋, 室 and the like. Then the road and the compound are looked for to its
//! left, where nothing but the words before a name tells where it begins.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::Found;
use super::doubts;
use crate::understanding::details::clause::is_han;
use crate::understanding::details::names;
use crate::understanding::details::words::{List, Words};

/// The numbers of one door in a row: 12号3栋502室, 28号之603, 2号之5,1801, 3-502, 820.
static DOOR: LazyLock<Regex> = LazyLock::new(|| {
    let number = "(?:[a-z]?[0-9]{1,5}[a-z]?|[零〇一二两三四五六七八九十百廿]{1,7})";
    let units = "(?:号楼|号院|号|弄|巷|栋|幢|座|单元|梯|楼|层|室|房|户|排|组|院|店|#|f(?-u:\\b))";
    let counted = format!("[甲乙丙丁]?{number}(?: ?[-之] ?{number})* ?{units}(?:-{number})?");
    let lettered = "[a-z甲乙丙丁]字?(?:栋|座|区|幢|单元|梯|室|院)";
    let plain = format!(
        "之{number}|负{number}(?:楼|层)|地下(?:{number}层|室)|[东西南北前后左右](?:栋|座|幢|梯|单元)|[底顶]楼|顶加"
    );
    let part = format!("(?:{counted}|{lettered}|{plain}|[前后侧]门{counted})");
    let building = "(?:[\\p{Han}&&[^的门对旁后前下面边是在有我你他她家隔租]]{2,4}(?:大厦|公寓|花园|广场|山庄|新村|豪庭|大楼|商城|家园))";
    let room = "(?:[a-z]?[0-9]{1,4}(?:-[0-9]{1,4})+[a-z]?|[a-z]?[0-9]{3,4}[a-z]?|[0-9]{1,2}[a-z])(?-u:\\b)";
    let spoken_room = "[零一二三四五六七八九]{3,4}";
    let bare = "[a-z]?[0-9]{1,4}(?:[-之][0-9]{1,4})*[a-z]?";
    Regex::new(&format!(
        "{part}(?: ?{part})*(?:{building}(?: ?{part})*)?(?:[ ,、-]?{room}|{spoken_room}|-{number})?|{bare}"
    ))
    .expect("a constant pattern")
});
/// What ends a road's name.
const ROADS: &[&str] = &["大道", "大街", "路", "街", "里", "巷", "社", "巷内"];
/// What ends a compound's or a building's name.
const COMPOUNDS: &[&str] = &[
    "花园", "山庄", "大厦", "公寓", "新村", "小区", "豪苑", "雅苑", "苑", "新城", "城", "广场", "家园",
    "名邸", "湾", "府", "豪庭", "庭", "阁", "别墅", "宿舍", "公馆",
];
/// What these lead to is no compound of that name.
static NO_COMPOUNDS: Words = Words::new(|| List::of("小区|宿舍|公寓|别墅|广场|大厦"));
/// Of a road without a name (路2个井盖) and of a home (家里, 这里) a door is no part.
static NO_NAMES: Words = Words::new(|| List::of("家|屋|店|房|城|楼|村|心|夜|公|马|大|小|修"));
/// What leads to a place that has no such ending: 租在古地石311号.
const LEADING: &str = "住在到址是于去";
/// Names without an ending have so many characters.
const PLAIN_NAME_CHARS: std::ops::RangeInclusive<usize> = 2..=6;

pub(super) fn find(text: &str, area: &Range<usize>) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for door in DOOR.find_iter(text) {
        let range = doubts::clipped(text, door.range());
        let start = places_before(text, &range, area);
        let behind = |last: &&mut Found| {
            let between = text.get(last.range.end..start).unwrap_or_default();
            start < range.start && last.range.end <= start && is_blank(Some(between))
                || last.range.end < start
                    && doubts::is_building(between)
                    && text[range.clone()].contains('楼')
        };
        if let Some(last) = found.last_mut().filter(behind) {
            // 滨北中路8号海景花园3号楼: a second door behind the first.
            last.range.end = range.end;
            last.worth += 1;
        } else if let Some(worth) = worth(text, &range, start, area) {
            found.push(Found { range: start..range.end, worth });
        }
    }
    found
}

/// Where the road and the compound begin that stand before a door.
fn places_before(text: &str, door: &Range<usize>, area: &Range<usize>) -> usize {
    let floor = if area.end <= door.start { area.end } else { 0 };
    let mut start = door.start;
    while let Some(earlier) = place_before(text, start, floor) {
        start = earlier;
    }
    if start == door.start { plain_name(text, door, floor).unwrap_or(start) } else { start }
}

/// Where one road or compound begins that ends at `end`, not before `floor`.
fn place_before(text: &str, end: usize, floor: usize) -> Option<usize> {
    let before = &text[floor..end];
    let before = before.strip_suffix(' ').unwrap_or(before);
    let ending = ROADS.iter().chain(COMPOUNDS).find(|ending| before.ends_with(**ending))?;
    let stem = floor + before.len() - ending.len();
    let start = names::start(text, stem)?.max(floor);
    let name = &text[start..stem];
    let chars = name.chars().count();
    let numeral = chars == 1 && ends_with_numeral(name);
    let plain = COMPOUNDS.contains(ending) && chars < 2 || NO_COMPOUNDS.has(ending) && name.starts_with('小');
    ((chars > 1 || numeral || chars == 1 && !NO_NAMES.has(name)) && !plain).then_some(start)
}

/// Where a name begins that has no such ending and is only known by the number behind it and the words before it:
/// 徐厝后埔23号601, 住源昌宝墅5栋101.
fn plain_name(text: &str, door: &Range<usize>, floor: usize) -> Option<usize> {
    let number = &text[door.clone()];
    let start = names::start(text, door.start)?.max(floor);
    let name = &text[start..door.start];
    let led = text[..start].ends_with(|c: char| LEADING.contains(c)) || floor > 0 && start == floor;
    let begins = text[..start].chars().next_back().is_none_or(|c| !is_han(c));
    let sure = match number.split_once('号') {
        Some((_, behind)) if !behind.starts_with('楼') => led || begins && !behind.is_empty(),
        Some(_) | None => led && floor != start && number.contains(UNITS) && doubts::is_compound(name),
    };
    let fits = PLAIN_NAME_CHARS.contains(&name.chars().count()) && !doubts::numbers_something(name);
    (sure && fits).then_some(start)
}

fn ends_with_numeral(text: &str) -> bool {
    text.ends_with(['一', '二', '三', '四', '五', '六', '七', '八', '九', '十'])
}

/// How exactly a door with what stands before it leads somewhere; `None` where it is no door.
fn worth(text: &str, door: &Range<usize>, start: usize, area: &Range<usize>) -> Option<usize> {
    let number = &text[door.clone()];
    let after = &text[door.end..];
    if doubts::is_date_or_count(text, door) {
        return None;
    }
    let parts = number.matches(UNITS).count();
    if start < door.start {
        return (parts > 0 || is_bare_number(number, after)).then_some(10 + parts);
    }
    let digits =
        number.chars().filter(|c| c.is_ascii_digit() || ends_with_numeral(c.encode_utf8(&mut [0; 4])));
    let digits = digits.count();
    let after_area = !area.is_empty() && is_blank(text.get(area.end..door.start));
    let announced = after_area || text[..door.start].ends_with("门牌");
    doubts::stands_alone(number, after, parts, digits, announced)
        .then_some(parts + 3 * usize::from(after_area))
}

/// Nothing but what may stand between an area and a door.
fn is_blank(between: Option<&str>) -> bool {
    between.is_some_and(|between| between.trim_matches([' ', ',', '的']).is_empty())
}

const UNITS: [char; 13] = ['组', '号', '弄', '栋', '幢', '座', '元', '梯', '室', '房', '之', '区', '院'];

/// 厦禾路820: a number that ends where the words end.
fn is_bare_number(number: &str, after: &str) -> bool {
    let ends = after.chars().next().is_none_or(|c| !is_han(c) || "的门对旁附楼边".contains(c));
    let digits = number.starts_with(|c: char| c.is_ascii_alphanumeric()) && number.len() <= 9;
    digits && ends && !after.starts_with(|c: char| c.is_ascii_digit())
}
