//! What looks like a door and is none: a day, a storey, a bus line, a count, a card's number.

use std::ops::Range;

use crate::understanding::details::clause::{is_han, starts_with_any};
use crate::understanding::details::words::{List, Words};

/// After a number without a unit: what makes it something else than a door.
static COUNTED: Words = Words::new(|| {
    List::of(
        "年|月|日|号|点|次|天|元|块|万|千|百|路|人|米|公里|个|条|岁|分|层|楼梯|斤|棵|辆|盏|%|/|:|周|多|\
         mm|栋楼|位|名|户人|台|张|只|度|份|袋|箱|平|毛|角",
    )
});
/// After 12号: a day, a line, an exit.
static NO_HOUSES: Words = Words::new(|| {
    List::of(
        "线|口|出口|文件|通知|车|之前|以前|前|上午|下午|中午|早|晚|来|能|去|桌|柜|到|开始|那天|要|我|\
         就|是|岗|窗|床|机|店|门|馆|公告|台|球|电池",
    )
});
/// After 12号楼: what shows that the building's number was meant without the storey.
static BESIDE: Words = Words::new(|| List::of("下|上|道|梯|顶|前|后"));
/// What a number behind is the number of and no house.
static NUMBERED: Words = Words::new(|| {
    List::of(
        "工号|单号|编号|账号|卡号|户号|案号|证号|座位|房间|门牌|地铁|公交|电梯|车位|摊位|窗口|出口|\
         东门|西门|南门|北门|正门|大门|字第|病房|床位|时间|日期|电话|手机|尾号|微信",
    )
});

/// What stands between two doors that have nothing to do with each other.
static BETWEEN: Words = Words::new(|| {
    List::of(
        "我|你|他|她|的|和|跟|到|在|对面|旁边|隔壁|附近|后面|前面|门口|还有|以及|或|住|楼下|楼上|至|是|漏|坏|来",
    )
});
/// What a place is not called that a building's number stands behind.
static NO_PLACES: Words = Words::new(|| {
    List::of(
        "社区|小区|村|街道|镇|区|边|里头|附近|楼下|楼上|隔壁|对面|门口|我家|家里|自己|宿舍|单位|公司|这里|那里|门|就|租|了|着|住|不|也|都",
    )
});

/// Whether a name may be a compound's of which a building's number follows.
pub(super) fn is_compound(name: &str) -> bool {
    !NO_PLACES.end(name) && !numbers_something(name)
}

/// Whether a name is no place's: what a number behind it counts.
pub(super) fn numbers_something(name: &str) -> bool {
    NUMBERED.end(name)
}

/// Without a comma and a number that is no room, and without the roof of a building (23号楼下 is below number 23).
pub(super) fn clipped(text: &str, mut range: Range<usize>) -> Range<usize> {
    let part = &text[range.clone()];
    let last = part.rfind([',', '、', ' ']).filter(|at| part[*at + 1..].starts_with(is_digit));
    let counted = is_counted(text[range.end..].trim_start()) || goes_on(&text[range.end..]);
    if let Some(at) = last.filter(|_| counted && part.ends_with(is_digit)) {
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
    } else if part.ends_with("号店") && after.starts_with('面') {
        range.end -= "店".len();
    }
    range
}

/// 3个, 2天; not 301天花板.
fn is_counted(after: &str) -> bool {
    COUNTED.begin(after) && !starts_with_any(after, &["天花", "天台", "天井", "个人住"])
}

/// Whether what lies between two doors is the name of a compound or a building: 422号厦大西村12号楼.
pub(super) fn is_building(between: &str) -> bool {
    let chars = between.chars().count();
    (2..=6).contains(&chars) && between.chars().all(is_han) && !BETWEEN.occur_in(between)
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

/// What looks like a room is the beginning of a longer number: 0933 111 222.
fn goes_on(after: &str) -> bool {
    after.strip_prefix([' ', '-', '.']).is_some_and(|after| after.starts_with(is_digit))
}

/// Whether a number belongs to a date, a longer number or what is counted.
pub(super) fn is_date_or_count(text: &str, door: &Range<usize>) -> bool {
    let (before, after) = (&text[..door.start], &text[door.end..]);
    let dated = before.trim_end_matches('的').ends_with(['月', '年', '第', '.', ':', '-', '+', '#']);
    let glued = before.ends_with(|c: char| c.is_ascii_alphanumeric());
    dated || glued || text[door.clone()].ends_with(is_digit) && is_counted(after)
}

/// Whether numbers without a road or a compound are a door.
pub(super) fn stands_alone(number: &str, after: &str, parts: usize, digits: usize, announced: bool) -> bool {
    let house = number.ends_with('号') && parts == 1;
    let written = number.starts_with(|c: char| c.is_ascii_alphanumeric());
    match (house, parts, digits) {
        (_, 0, _) | (_, _, 0) => false,
        (true, _, _) => written && !NO_HOUSES.begin(after) && (announced || digits > 2 || is_beside(after)),
        (false, 1, _) if written => !number.ends_with("房") && !after.starts_with(is_digit),
        (false, 1, _) => number.ends_with("号楼") || number.ends_with(is_digit),
        (false, _, _) => true,
    }
}

/// 8号楼下, cut to 8号.
fn is_beside(after: &str) -> bool {
    after.strip_prefix('楼').is_some_and(|after| BESIDE.begin(after))
}
