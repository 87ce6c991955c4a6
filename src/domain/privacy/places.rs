//! House, building and room numbers. Roads, compounds and communities stay.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::MASK;

/// Numbers that only look like a house's: days, transport lines, flats' sizes.
const HARMLESS: &str = concat!(
    r"月的?[0-9\x{FF10}-\x{FF19}一二三四五六七八九十]+[号號]|[0-9\x{FF10}-\x{FF19}一二三四五六七八九十]+[号號]",
    r"(?:线|線|出口|文件|早上|上午|中午|下午|晚上|以前|之前)|[一两兩几幾][栋棟幢]|[一二两兩三四五\d][室房][一二两兩三四\d][厅廳]",
);

/// A number of a door, in figures or in words: `12`, `十二`, `5A`.
const NUMBER: &str = r"(?:[0-9\x{FF10}-\x{FF19}]{1,5}|[一二三四五六七八九十百零〇]{1,6})[A-Za-z]?";

/// `12号`, `3栋`, `A座`, `502室`; the number is hidden, the word stays.
static NUMBERED: LazyLock<Regex> = LazyLock::new(|| {
    let words = "号楼|號樓|号院|号|號|栋|棟|幢|单元|單元|室|弄";
    let lettered = r"(?:[0-9\x{FF10}-\x{FF19}]{1,4}[A-Za-z]?|[A-Za-z])(?P<b>座|房|栋|棟|幢)";
    compiled(&format!(r"(?P<keep>{HARMLESS})|{lettered}|{NUMBER}(?P<a>{words})(?:(?:之|-){NUMBER})?"))
});

/// What follows a road, a house or a compound without a word of its own: `嘉福花园3-502`, `厦禾路820`.
static TRAILING: LazyLock<Regex> = LazyLock::new(|| {
    let figure = r"[0-9\x{FF10}-\x{FF19}]";
    let road = format!(r"(?P<road>[路街道巷弄])\s?{figure}{{1,5}}(?:[-－之~]{figure}{{1,5}})*");
    let house = format!(
        r"(?P<house>[区區里村园園苑城庭湾灣府邨]|\*\*(?:号|號|号楼|號樓|栋|棟|幢|楼|樓|座|单元|單元))\s?(?:{figure}{{1,4}}(?:[-－—之]{figure}{{1,5}})+|{figure}{{3,4}})"
    );
    compiled(&format!(r"(?:{road}|{house})(?P<then>[年月日号號元块塊人个個点點户戶平米岁歲路公度\d:：])?"))
});

/// `Room 502`, `Apt. 3B`, `No. 12`, `#12-03`.
static ENGLISH: LazyLock<Regex> = LazyLock::new(|| {
    let figure = r"\d{1,5}[a-z]?(?:-\d{1,5}[a-z]?)*";
    compiled(&format!(
        r"(?i)\b(?P<word>(?:room|rm|apt|apartment|flat|unit|building|bldg|block|blk|house|door)\b\.?\s*(?:no\.?|number)?\s*#?\s*|no\.\s*|#){figure}\b|\b(?P<block>(?:building|bldg|block|blk|unit|flat)\s)(?-i:[B-HJ-Z])\b"
    ))
});

/// `12 Zhongshan Road`.
static BEFORE_ROAD: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"\b\d{1,5}[A-Za-z]?,?(?P<road>\s+(?:[A-Z][\w'-]*\s+){1,3}(?i:road|rd|street|st|lane|ln|avenue|ave|alley)\b)",
    )
});

fn compiled(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is fixed")
}

/// Hides house, building and room numbers.
pub(super) fn mask_places(text: &str) -> String {
    let text = NUMBERED.replace_all(text, |found: &Captures<'_>| match found.name("keep") {
        Some(kept) => kept.as_str().to_owned(),
        None => format!("{MASK}{}", group(found, "a", "b")),
    });
    let text = TRAILING.replace_all(&text, |found: &Captures<'_>| match found.name("then") {
        Some(_) => found[0].to_owned(),
        None => format!("{}{MASK}", group(found, "road", "house")),
    });
    let text =
        ENGLISH.replace_all(&text, |found: &Captures<'_>| format!("{}{MASK}", group(found, "word", "block")));
    match BEFORE_ROAD.replace_all(&text, |found: &Captures<'_>| format!("{MASK}{}", &found["road"])) {
        Cow::Borrowed(_) => text.into_owned(),
        Cow::Owned(masked) => masked,
    }
}

/// The one of two groups that matched.
fn group<'a>(found: &Captures<'a>, one: &str, other: &str) -> &'a str {
    found.name(one).or_else(|| found.name(other)).map_or("", |group| group.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doors_are_hidden_roads_stay() {
        for (text, masked) in [
            ("莲花北路12号3栋502室", "莲花北路**号**栋**室"),
            ("镇海路十二号楼三单元五零二室", "镇海路**号楼**单元**室"),
            ("厦禾路820", "厦禾路**"),
            ("嘉福花园3-502漏水", "嘉福花园**漏水"),
            ("深田里12号之3", "深田里**号"),
            ("A座1203", "**座**"),
            ("3号楼502", "**号楼**"),
            ("Room 502, Building 3, 12 Zhongshan Road", "Room **, Building **, ** Zhongshan Road"),
            ("Building C", "Building **"),
            ("Apt. 3B, No. 12, unit 4-502", "Apt. **, No. **, unit **"),
        ] {
            assert_eq!(mask_places(text), masked);
        }
    }

    #[test]
    fn other_numbers_stay() {
        for text in [
            "11月5号上午",
            "地铁1号线2号出口",
            "两室一厅要保洁",
            "公交35路",
            "单号10394",
            "下个月六号",
            "15号上午",
            "租在一栋自建房",
            "new in this building. A woman",
            "路2个井盖坏了",
            "住6楼没电梯",
            "小区2026年修的",
            "there are no 24 hour shops, room for improvement",
            "莲花北社区",
        ] {
            assert_eq!(mask_places(text), text);
        }
    }
}
