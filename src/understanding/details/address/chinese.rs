//! 莲花北路12号3栋502室, 一里76号201室, 东芳山庄18栋1503, 12号楼301.
//!
//! A door is found first: numbers with 号, 栋, 室 and the like. Then the road and the compound are looked for to its
//! left, where nothing but the words before a name tells where it begins.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::Found;
use crate::understanding::details::clause::{is_han, starts_with_any};
use crate::understanding::details::names;
use crate::understanding::details::words::{List, Words};

/// A number as addresses write it.
const NUMBER: &str = "(?:[0-9]{1,5}[a-z]?|[零〇一二三四五六七八九十百]{1,6})";
/// A room without a word for it.
const ROOM: &str = "[0-9]{3,4}[a-z]?";

/// The numbers of one door in a row: 12号3栋502室, 28号之603, 2号之5,1801, 3-502, 820.
static DOOR: LazyLock<Regex> = LazyLock::new(|| {
    let units = "号楼|号院|号|弄|巷|栋|幢|座|单元|梯|楼|层|室|房|户|f(?-u:\\b)";
    let part = format!("{NUMBER}(?:-{NUMBER})?(?:{units})|[a-z](?:栋|座|区|幢|单元|室)|之{NUMBER}|后栋|前栋");
    let last = format!("[ ,、-]?{ROOM}(?-u:\\b)(?:室|房|户)?|-{NUMBER}");
    Regex::new(&format!("(?:{part})(?: ?(?:{part}))*(?:{last})?|[0-9]{{1,4}}(?:-[0-9]{{1,4}})*"))
        .expect("a constant pattern")
});
/// What ends a road's name.
const ROADS: &[&str] = &["大道", "大街", "路", "街", "里", "巷", "弄"];
/// What ends a compound's or a building's name.
const COMPOUNDS: &[&str] = &[
    "花园", "山庄", "大厦", "公寓", "新村", "小区", "豪苑", "雅苑", "苑", "新城", "城", "广场", "家园",
    "名邸", "湾", "府", "豪庭", "庭", "阁", "别墅", "宿舍", "公馆",
];
/// What these lead to is no compound of that name.
static NO_COMPOUNDS: Words = Words::new(|| List::of("小区|宿舍|公寓|别墅|广场|大厦"));
/// Of a road without a name (路2个井盖) and of a home (家里, 这里) a door is no part.
static NO_NAMES: Words = Words::new(|| List::of("家|屋|店|房|城|楼|村|心|夜|公|马|大|小|修"));

/// After a number without a unit: what makes it something else than a door.
static COUNTED: Words = Words::new(|| {
    List::of(
        "年|月|日|号|点|次|天|元|块|万|千|百|路|人|米|公里|个|条|岁|分|层|楼梯|斤|棵|辆|盏|%|/|:|周|多|\
         mm|栋楼",
    )
});
/// After 12号: a day, a line, an exit.
static NO_HOUSES: Words = Words::new(|| {
    List::of(
        "线|口|出口|文件|通知|车|之前|以前|前|上午|下午|中午|早|晚|来|能|去|桌|柜|到|开始|那天|要|我|\
         就|是",
    )
});
/// After 12号楼: what shows that the building's number was meant without the storey.
static BESIDE: Words = Words::new(|| List::of("下|上|道|梯|顶|前|后"));

pub(super) fn find(text: &str, area: &Range<usize>) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for door in DOOR.find_iter(text) {
        let range = clipped(text, door.range());
        let start = places_before(text, range.start, area.end);
        let behind = |last: &&mut Found| start < range.start && is_blank(text.get(last.range.end..start));
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
fn places_before(text: &str, door: usize, area_end: usize) -> usize {
    let floor = if area_end <= door { area_end } else { 0 };
    let mut start = door;
    while let Some(earlier) = place_before(text, start, floor) {
        start = earlier;
    }
    start
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

/// What looks like a room is the beginning of a longer number: 0933 111 222.
fn goes_on(after: &str) -> bool {
    after.strip_prefix([' ', '-', '.']).is_some_and(|after| after.starts_with(|c: char| c.is_ascii_digit()))
}

fn ends_with_numeral(text: &str) -> bool {
    text.ends_with(['一', '二', '三', '四', '五', '六', '七', '八', '九', '十'])
}

/// Without a comma and a number that is no room, and without the roof of a building (23号楼下 is below number 23).
fn clipped(text: &str, mut range: Range<usize>) -> Range<usize> {
    let part = &text[range.clone()];
    let last =
        part.rfind([',', '、', ' ']).filter(|at| part[*at + 1..].starts_with(|c: char| c.is_ascii_digit()));
    let counted = COUNTED.begin(&text[range.end..]) || goes_on(&text[range.end..]);
    if let Some(at) = last.filter(|_| counted && part.ends_with(|c: char| c.is_ascii_digit())) {
        range.end = range.start + at;
        let trimmed = text[range.clone()].trim_end_matches([',', '、', ' ']).len();
        range.end = range.start + trimmed;
    }
    let after = &text[range.end..];
    let part = &text[range.clone()];
    if part.ends_with("号楼") && BESIDE.begin(after) {
        range.end -= "楼".len();
    } else if part.ends_with("号院") && starts_with_any(after, &["子", "里", "内"]) {
        range.end -= "院".len();
    }
    range
}

/// How exactly a door with what stands before it leads somewhere; `None` where it is no door.
fn worth(text: &str, door: &Range<usize>, start: usize, area: &Range<usize>) -> Option<usize> {
    let number = &text[door.clone()];
    let after = &text[door.end..];
    let placed = start < door.start;
    let day =
        text[..door.start].trim_end_matches('的').ends_with(['月', '年', '第', '.', ':', '-', '+', '#']);
    let glued = text[..door.start].ends_with(|c: char| c.is_ascii_alphanumeric());
    if day || glued || number.ends_with(|c: char| c.is_ascii_digit()) && COUNTED.begin(after) {
        return None;
    }
    let parts = number.matches(UNITS).count();
    if placed {
        return (parts > 0 || is_bare_number(number, after)).then_some(10 + parts);
    }
    let digits = number.chars().filter(char::is_ascii_digit).count();
    let after_area = !area.is_empty() && is_blank(text.get(area.end..door.start));
    alone(number, after, parts, digits, after_area || text[..door.start].ends_with("门牌")).then_some(parts)
}

/// Nothing but what may stand between an area and a door.
fn is_blank(between: Option<&str>) -> bool {
    between.is_some_and(|between| between.trim_matches([' ', ',', '的']).is_empty())
}

const UNITS: [char; 11] = ['号', '弄', '栋', '幢', '座', '元', '梯', '室', '房', '之', '区'];

/// 厦禾路820: a number that ends where the words end.
fn is_bare_number(number: &str, after: &str) -> bool {
    let ends = after.chars().next().is_none_or(|c| !is_han(c) || "的门对旁附楼边".contains(c));
    let digits = number.starts_with(|c: char| c.is_ascii_digit()) && number.len() <= 9;
    digits && ends && !after.starts_with(|c: char| c.is_ascii_digit())
}

/// Whether numbers without a road or a compound are a door.
fn alone(number: &str, after: &str, parts: usize, digits: usize, announced: bool) -> bool {
    let house = number.ends_with('号') && parts == 1;
    match (house, parts, digits) {
        (_, 0, _) | (_, _, 0) => false,
        (true, _, _) => !NO_HOUSES.begin(after) && (announced || digits > 2 || is_beside(after)),
        (false, 1, _) => !number.ends_with("房") && !after.starts_with(|c: char| c.is_ascii_digit()),
        (false, _, _) => true,
    }
}

/// 8号楼下, cut to 8号.
fn is_beside(after: &str) -> bool {
    after.strip_prefix('楼').is_some_and(|after| BESIDE.begin(after))
}
