//! How times are written: a day, a part of it, a clock, and what bounds them.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::understanding::details::clause::has_latin;

/// A time as it is written, wanted or not. Parts that are not written are empty.
pub(super) struct Written<'t> {
    pub(super) range: Range<usize>,
    /// 明天, 下周一, 12月3日, 国庆, next tuesday.
    pub(super) day: &'t str,
    /// 上午, 傍晚, evening.
    pub(super) part: &'t str,
    /// 九点半, 15:30, 3pm.
    pub(super) clock: &'t str,
    /// How many of `unit` from now.
    pub(super) count: &'t str,
    /// 小时, 天, minutes.
    pub(super) unit: &'t str,
    /// 马上, now.
    pub(super) soon: bool,
}

const N: &str = "(?:[0-9]{1,2}|[一二两三四五六七八九十]{1,3})";
const WEEK: &str = "(?:周|星期|礼拜)";

fn chinese_day() -> String {
    let weekdays = "(?:[一二三四五六日]{1,4}|天|末)";
    let to_weekday = format!("(?:[到至~-]|或者?|和|、)?{WEEK}{weekdays}|[到至-]{weekdays}");
    let lunar_day = "(?:初[一二三四五六七八九十]|廿[一二三四五六七八九]|二?十[一二三四五六七八九]?|三十)";
    let lunar = format!(
        "(?:农历|阴历|旧历)?(?:正|腊|冬)月{lunar_day}?|(?:农历|阴历|旧历){N}月{lunar_day}|大?年?初[一二三四五六七八九十]|大年三十|除夕"
    );
    let festival = "(?:国庆|春节|中秋|端午|清明|重阳|元旦|元宵|五一|圣诞|劳动节|儿童节)节?(?:长假|放?假期?期?间?)?|过年|寒假|暑假";
    let month = "(?:这个?月|本月|下个?月)";
    format!(
        "大后天|后天|后日|今天|今日|今儿个?|今晚|今早|今夜|明天|明日|明儿个?|明晚|明早|明晨|后晚|(?:今明|明后|今|明)[两二]?天|这[几两三]天|\
         (?:这个?|本|下下?个?)?{WEEK}{weekdays}(?:{to_weekday}|两天)?|(?:下下?个?|这个?|本){WEEK}|周末|\
         {N}月{N}[日号]?|{month}(?:{N}[日号]|{lunar_day}|底|初|中旬)?|月底|月初|年底|年前|年后|{lunar}|{festival}|\
         每(?:天|日|晚)|天天|每个?{WEEK}{weekdays}|每个?月(?:{N}[日号])?|平时|工作日|{N}号"
    )
}

fn chinese_clock() -> String {
    format!(
        "{N}点(?:半|一刻|三刻|[0-9]{{1,2}}分?|[一二三四五]?十[一二三四五六七八九]?分?)?钟?|[0-9]{{1,2}}:[0-9]{{2}}"
    )
}

static CHINESE: LazyLock<Regex> = LazyLock::new(|| {
    let (day, clock) = (chinese_day(), chinese_clock());
    let part = "一大早|大清早|一早|清早|清晨|凌晨|早上|早晨|上午|中午|午后|下午|傍晚|晚上|夜里|半夜|白天|暗时|透早|下晡|早|晚";
    let until = format!("(?:[到至~—-](?:{part})?(?:{clock}))?");
    let bound = "(?:之前|以前|前后|前|之后|以后|后|左右|下班后|放学后|下班前)?";
    let birthday = "(?:生日)?(?:那天|当天)?";
    let hours = format!("(?:{N}[到至-])?(?:{clock})");
    Regex::new(&format!(
        "(?P<day>{day}){birthday}的?(?:(?P<part>{part})的?)?(?P<clock>{hours})?{until}{bound}|\
         (?:(?P<part2>{part})的?)?(?P<clock2>{hours}){until}{bound}|(?P<part3>{part})(?:下班后|放学后|下班前|以后|之后|之前)|\
         (?P<part4>上午|中午|下午|傍晚|晚上)|(?P<soon>马上|立刻|立即|现在就?)|\
         (?P<count>{N}|半)个?(?P<unit>小时|钟头|分钟|天|星期|礼拜|周|月)(?:之内|以内|之后|以后|内|后)"
    ))
    .expect("a constant pattern")
});

static ENGLISH: LazyLock<Regex> = LazyLock::new(|| {
    let clock =
        r"(?:[0-9]{1,2}(?::[0-9]{2})? ?(?:am|pm|a\.m\.|p\.m\.|o'clock)|noon|midnight|[0-9]{1,2}:[0-9]{2})";
    let weekday = "(?:mon|tues|wednes|thurs|fri|satur|sun)days?";
    let month = "(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)";
    let date = format!("{month} [0-9]{{1,2}}(?:st|nd|rd|th)?|[0-9]{{1,2}}(?:st|nd|rd|th)?(?: of)? {month}");
    let day = format!(
        "the day after tomorrow|today|tonight|tomorrow|(?:(?:next|this|every|coming) )?{weekday}|(?:this|next) (?:week|weekend|month)|\
         (?:any|every|this) (?:morning|afternoon|evening|day|night)|weekends?|{date}|christmas|new year"
    );
    let part = "(?:in the )?(?:morning|afternoon|evening|night)";
    let before = "(?:after|before|by|until) ";
    let at = "(?:after|before|by|at|around|from|between) ";
    let to = format!("(?: ?(?:to|-|and|until) ?{clock})?");
    Regex::new(&format!(
        r"(?-u:\b)(?:(?:{before})?(?P<clock2>{clock}){to} (?:on )?(?P<day2>{day})(?: (?P<part2>{part}))?|(?:{before})?(?P<day>{day})(?: (?P<part>{part}))?(?:,? (?:{at})?(?P<clock>{clock}){to})?|(?:{before})?(?P<clock3>{clock}){to}|(?P<soon>right now|right away|immediately)|(?:in|within) (?P<count>half an?|an?|one|two|three|four|five|six|[0-9]{{1,2}}) (?P<unit>hour|minute|day|week)s?)(?-u:\b)"
    ))
    .expect("a constant pattern")
});

/// Every time that is written, in order, first the Chinese ones.
pub(super) fn times(text: &str) -> impl Iterator<Item = Written<'_>> {
    let english = has_latin(text).then(|| ENGLISH.captures_iter(text));
    CHINESE.captures_iter(text).chain(english.into_iter().flatten()).filter_map(|found| written(&found))
}

fn written<'t>(found: &Captures<'t>) -> Option<Written<'t>> {
    let group =
        |names: &[&str]| names.iter().find_map(|name| found.name(name)).map_or("", |part| part.as_str());
    let all = found.get(0)?;
    let end = all.start() + all.as_str().trim_end_matches('的').len();
    Some(Written {
        range: all.start()..end,
        day: group(&["day", "day2"]),
        part: group(&["part", "part2", "part3", "part4"]),
        clock: group(&["clock", "clock2", "clock3"]),
        count: group(&["count"]),
        unit: group(&["unit"]),
        soon: !group(&["soon"]).is_empty(),
    })
}
