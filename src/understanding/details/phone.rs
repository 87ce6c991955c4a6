//! Telephone numbers as people write and dictate them.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// Mobile numbers of the mainland and of Taiwan, landlines with their area code, local numbers after a word.
static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    let d = "[0-9零〇一二三四五六七八九幺]";
    let gap = "[ .-]?";
    let mobile = format!(r"(?:\+?(?:00)?86{gap})?[1一幺][3-9三四五六七八九](?:{gap}{d}){{9}}");
    let taiwan = format!(r"(?:\+?886{gap}9|09)(?:{gap}[0-9]){{8}}");
    let landline =
        format!(r"(?:\+?86{gap})?[(]?0(?:10|2[0-9]|[3-9][0-9]{{2}})[)]?{gap}[2-8](?:{gap}[0-9]){{6,7}}");
    Regex::new(&format!("{mobile}|{taiwan}|{landline}")).expect("a constant pattern")
});

/// A number without area code, where a word says that it is one.
static LOCAL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:电话|座机|固话|致电|打|call|phone|tel)[是为:. ]{0,4}([2-8][0-9]{2,3}[ -]?[0-9]{4})\b")
        .expect("a constant pattern")
});

/// Numbers that follow these are something else.
const OTHERS: &[&str] =
    &["单号", "订单", "身份证", "qq", "卡号", "账号", "编号", "案号", "运单", "证号", "工号", "取件码"];
/// How many bytes before a number are looked at for them.
const BEFORE_BYTES: usize = 24;

/// Finds the number to call: the first that is no part of a longer one and is not something else.
pub(super) fn find(text: &str) -> Option<Range<usize>> {
    let mut found = NUMBER.find_iter(text).map(|found| found.range());
    let full = found.find(|range| stands_alone(text, range) && !is_other(text, range));
    full.or_else(|| LOCAL.captures(text).and_then(|parts| parts.get(1)).map(|local| local.range()))
}

fn stands_alone(text: &str, range: &Range<usize>) -> bool {
    let joins = |c: char| c.is_ascii_digit() || "零〇一二三四五六七八九幺".contains(c);
    let before = text[..range.start].chars().next_back();
    let after = text[range.end..].chars().next();
    !before.is_some_and(joins) && !after.is_some_and(|c| joins(c) || c == 'x')
}

fn is_other(text: &str, range: &Range<usize>) -> bool {
    let mut from = range.start.saturating_sub(BEFORE_BYTES);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let before = text[from..range.start].rsplit([',', '。', ';']).next().unwrap_or_default();
    OTHERS.iter().any(|other| before.contains(other))
}
