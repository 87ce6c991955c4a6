//! Road, lane, house, building, unit, room, in Chinese order or in English.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// A number as addresses write it.
const N: &str = r"(?:[0-9a-z]{0,2}[0-9]{1,5}[a-z]?|[一二三四五六七八九十百]{1,4})";

/// 莲花北路12号3栋502室, 一里76号201室, 12号楼301. Starts at a road or at a number with a unit.
static CHINESE: LazyLock<Regex> = LazyLock::new(|| {
    let road = r"(?:[\p{Han}]{1,6}?(?:路|街|大道|巷子里|巷|弄|里))+";
    let estate = r"(?:[\p{Han}]{2,6}(?:花园|山庄|大厦|公寓|新村|小区|苑|城|广场|家园|名邸))?";
    let house = format!(r"(?:{N}巷)?(?:{N}(?:-{N})?号(?:之{N})?(?:楼|院)?)?");
    let inside = format!(r"(?:{N}(?:号楼|栋|幢|座|单元|梯|楼|层|室|房|户))");
    let room = r"(?:-?[0-9]{3,4}(?:室|房|户)?)?";
    Regex::new(&format!(
        "(?:{road}{estate}{house}|{N}(?:-{N})?号(?:之{N})?(?:楼|院)?){inside}*{room}|{inside}+{room}"
    ))
    .expect("a constant pattern")
});

/// Room 502, Building 3, Lianhua Road; No. 18 Siming South Road.
static ENGLISH: LazyLock<Regex> = LazyLock::new(|| {
    let part = r"(?:(?:room|unit|building|block|flat|apartment|apt|floor|house|no)\.? ?#?[0-9]+[a-z]?|[0-9]+(?:st|nd|rd|th) floor)";
    let road = r"(?:(?:[0-9]+ )?[a-z]+(?: (?:east|west|south|north|middle|[a-z]+))? (?:road|street|lane|avenue|rd|st))\b";
    Regex::new(&format!(r"\b{part}(?:,? ?(?:{part}))*(?:,? ?(?:on )?{road})?|\b[0-9]+ [a-z]+(?: [a-z]+)? (?:road|street|lane|avenue|rd)\b"))
        .expect("a constant pattern")
});

/// What a road's name cannot begin with: the words that lead to it.
const LEADING: &[&str] = &[
    "家住在",
    "我住在",
    "住在",
    "家住",
    "我住",
    "在",
    "住",
    "是",
    "地址",
    "到",
    "从",
    "去",
    "我家",
    "就在",
    "位于",
    "厦门市",
    "厦门",
    "我们",
    "我",
    "他",
    "她",
    "那边",
    "这边",
];

/// Finds an address after the area that was named.
pub(super) fn find(text: &str, area: &Range<usize>) -> Option<Range<usize>> {
    let candidates = CHINESE.find_iter(text).chain(ENGLISH.find_iter(text));
    let trimmed = candidates.map(|found| before_stairs(text, trim(text, found.range(), area)));
    let real = trimmed.filter(|range| is_address(&text[range.clone()]) && !is_other(text, range));
    real.max_by_key(|range| (range.len(), std::cmp::Reverse(range.start)))
}

/// Cuts off what only leads to the address, and the area itself.
fn trim(text: &str, mut range: Range<usize>, area: &Range<usize>) -> Range<usize> {
    if range.start < area.end && area.end < range.end {
        range.start = area.end;
    }
    loop {
        let part = &text[range.clone()];
        let longest = LEADING.iter().filter(|lead| part.starts_with(**lead)).map(|lead| lead.len()).max();
        let inner = LEADING.iter().filter_map(|lead| part.find(lead).map(|at| at + lead.len())).max();
        match longest.or(inner.filter(|at| *at < part.len() && part.as_bytes()[0] >= 0x80)) {
            Some(cut) if cut < part.len() => range.start += cut,
            Some(_) | None => return range,
        }
    }
}

/// 23号楼下 is below number 23, not below building 23's roof.
fn before_stairs(text: &str, mut range: Range<usize>) -> Range<usize> {
    let below = ["下", "上", "道", "梯", "里", "顶"].iter().any(|word| text[range.end..].starts_with(word));
    if below && text[range.clone()].ends_with("号楼") {
        range.end -= "楼".len();
    }
    range
}

/// A road alone is no address, nor is 三楼 or 一层.
fn is_address(part: &str) -> bool {
    let numbered = part.chars().any(|c| c.is_ascii_digit());
    let precise = ["号", "栋", "幢", "座", "单元", "室", "房"].iter().any(|unit| part.contains(unit));
    let english = part.is_ascii() && part.contains(' ');
    let roaded = ["路", "街", "里", "巷"].iter().any(|road| part.contains(road));
    numbered && (precise || roaded && part.chars().filter(char::is_ascii_digit).count() > 1 || english)
}

/// Dates and vehicle or case numbers end in 号 too.
fn is_other(text: &str, range: &Range<usize>) -> bool {
    let before = &text[..range.start];
    let part = &text[range.clone()];
    let date = before.ends_with('月') || part.contains('月');
    let bus = text[range.end..].starts_with("线") || text[range.end..].starts_with("路公交");
    date || bus
}
