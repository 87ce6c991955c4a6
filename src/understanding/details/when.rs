//! When it is wanted: 明天上午九点, 周三下午, 今晚8点前, tomorrow at 3pm. The words and the instant they mean,
//! seen from the moment of writing and in its zone. A time that has been is not a wanted one.

use std::ops::Range;
use std::sync::LazyLock;

use jiff::civil::{Date, Time, Weekday};
use jiff::{Span, Timestamp, ZonedDateTime};
use regex::{Captures, Regex};

/// A time that was found.
pub(super) struct When {
    pub(super) range: Range<usize>,
    /// `None` where the words name no single moment (每天).
    pub(super) at: Option<Timestamp>,
}

/// The hour that is meant where a day is named without one.
const WORKDAY_STARTS: i8 = 9;

static CHINESE: LazyLock<Regex> = LazyLock::new(|| {
    let n = "(?:[0-9]{1,2}|[一二两三四五六七八九十]{1,3})";
    let day = format!(
        "今天|今日|今儿|今晚|今早|明天|明日|明儿|明晚|明早|明晨|大后天|后天|后日|\
         (?:这个?|本|下下?个?)?(?:周|星期|礼拜)[一二三四五六日天末](?:两天)?|{n}月{n}[日号]|(?:这个?月|下个?月){n}[日号]|\
         月底|月初|(?:每天|天天|每日|每晚|每周[一二三四五六日天]?)"
    );
    let part = "一大早|大清早|清晨|凌晨|早上|早晨|上午|中午|午后|下午|傍晚|晚上|夜里|半夜|早|晚";
    let clock = format!(
        "{n}点(?:半|一刻|三刻|[0-9]{{1,2}}分?|[一二三四五]?十[一二三四五六七八九]?分?)?钟?|[0-9]{{1,2}}:[0-9]{{2}}"
    );
    let until = format!("(?:[到至-](?:{part})?(?:{clock}))?");
    let bound = "(?:之前|以前|前|之后|以后|后|左右|下班后|放学后|下班前)?";
    Regex::new(&format!(
        "(?P<day>{day})的?(?:(?P<part>{part})的?)?(?P<clock>{clock})?{until}{bound}|\
         (?P<part2>{part})?的?(?P<clock2>{clock}){until}{bound}|(?:{part})(?:下班后|放学后|下班前)|\
         (?P<soon>马上|立刻|立即|尽快|现在就)|(?P<in>{n}|半)个?(?P<unit>小时|钟头|分钟|天)(?:之内|以内|之后|以后|内|后)"
    ))
    .expect("a constant pattern")
});

static ENGLISH: LazyLock<Regex> = LazyLock::new(|| {
    let clock = r"(?:[0-9]{1,2}(?::[0-9]{2})? ?(?:am|pm|o'clock)|noon|[0-9]{1,2}:[0-9]{2})";
    let weekday = "(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)";
    let day = format!(
        "today|tonight|tomorrow|the day after tomorrow|(?:(?:on|next|this) )?{weekday}|(?:this|next) (?:week|weekend)"
    );
    let part = "(?:in the )?(?:morning|afternoon|evening|night)";
    let before = "(?:after|before|by|at|around) ";
    Regex::new(&format!(
        r"\b(?:(?:{before})?(?P<clock2>{clock}) (?P<day2>{day})|(?P<day>{day})(?: (?P<part>{part}))?(?: (?:{before})?(?P<clock>{clock}))?|(?:{before})(?P<clock3>{clock}))\b"
    ))
    .expect("a constant pattern")
});

/// Times that follow these, or are followed by these, have been or are a habit of others.
const PAST_BEFORE: &[&str] =
    &["昨天", "前天", "昨晚", "上", "那天", "去年", "昨日", "每到", "last ", "since "];
/// What asks for something, in the same clause as a bare 今天 or 现在.
const WANTED: &[&str] = &[
    "来",
    "能",
    "要",
    "想",
    "请",
    "帮",
    "预约",
    "约",
    "借",
    "方便",
    "可以",
    "需要",
    "打",
    "送",
    "来得及",
    "before",
    "need",
    "can",
];

/// Finds the time that is wanted.
pub(super) fn find(text: &str, now: &ZonedDateTime) -> Option<When> {
    let chinese = CHINESE.captures_iter(text).filter(|found| wanted(text, found));
    let english = ENGLISH.captures_iter(text).filter(|found| wanted(text, found));
    let best =
        chinese.chain(english).max_by_key(|found| (found[0].len(), std::cmp::Reverse(start(found))))?;
    let range = best.get(0)?.range();
    Some(When { range, at: instant(&best, now) })
}

fn start(found: &Captures<'_>) -> usize {
    found.get(0).map_or(0, |all| all.start())
}

/// Whether a time is asked for rather than told of.
fn wanted(text: &str, found: &Captures<'_>) -> bool {
    let Some(all) = found.get(0) else { return false };
    let before = &text[..all.start()];
    if PAST_BEFORE.iter().any(|past| before.ends_with(past)) {
        return false;
    }
    if all.as_str() == "一点" {
        return false; // a little
    }
    let bare = matches!(all.as_str(), "今天" | "今日" | "今儿" | "today" | "tonight" | "今晚");
    let clause = clause_around(text, all.range());
    !bare || WANTED.iter().any(|word| clause.contains(word))
}

fn clause_around(text: &str, range: Range<usize>) -> &str {
    let marks = [',', '.', '!', '?', '。', ';', '\n'];
    let end = text[range.end..].find(marks).map_or(text.len(), |at| range.end + at);
    let start = text[..range.start].rfind(marks).map_or(0, |at| at + 1);
    text.get(start..end).unwrap_or(text)
}

fn group<'t>(found: &Captures<'t>, names: &[&str]) -> Option<&'t str> {
    names.iter().find_map(|name| found.name(name)).map(|found| found.as_str())
}

/// The moment that the words mean; `None` for habits and what no calendar has.
fn instant(found: &Captures<'_>, now: &ZonedDateTime) -> Option<Timestamp> {
    if group(found, &["soon"]).is_some() {
        return Some(now.timestamp());
    }
    if let (Some(count), Some(unit)) = (group(found, &["in"]), group(found, &["unit"])) {
        return after(count, unit, now);
    }
    let day = group(found, &["day", "day2"]).unwrap_or_default();
    let part = group(found, &["part", "part2"]).unwrap_or_default();
    let clock = group(found, &["clock", "clock2", "clock3"]).unwrap_or_default();
    let date = date(day, now)?;
    let time = time(day, part, clock)?;
    let at = date.to_datetime(time).to_zoned_datetime(now.time_zone().clone()).ok()?;
    let passed = day.is_empty() && at < *now;
    let at = if passed { at.checked_add(Span::new().days(1)).ok()? } else { at };
    Some(at.timestamp())
}

fn after(count: &str, unit: &str, now: &ZonedDateTime) -> Option<Timestamp> {
    let minutes = match unit {
        "分钟" => 1,
        "天" => 24 * 60,
        _ => 60,
    };
    let minutes = if count == "半" { minutes / 2 } else { i64::from(number(count)?) * minutes };
    now.timestamp().checked_add(Span::new().minutes(minutes)).ok()
}

/// The day that words name; today where there are none.
fn date(day: &str, now: &ZonedDateTime) -> Option<Date> {
    let today = now.date();
    let later = |days: i64| today.checked_add(Span::new().days(days)).ok();
    match day {
        "" | "今天" | "今日" | "今儿" | "今晚" | "今早" | "today" | "tonight" => Some(today),
        "明天" | "明日" | "明儿" | "明晚" | "明早" | "明晨" | "tomorrow" => later(1),
        "后天" | "后日" | "the day after tomorrow" => later(2),
        "大后天" => later(3),
        "月底" => Some(today.last_of_month()),
        "月初" => later(i64::from(today.days_in_month()) - i64::from(today.day()) + 1),
        "next week" => later(7),
        _ if day.starts_with('每') || day == "天天" => None,
        _ if day.contains('月') => month_day(day, today),
        _ => weekday(day, today),
    }
}

/// 12月3日, 下个月5号.
fn month_day(day: &str, today: Date) -> Option<Date> {
    let (month, day) = day.split_once('月')?;
    let day = number(day.trim_end_matches(['日', '号']))?;
    let (month, relative) = match month.trim_end_matches('个') {
        "这" => (today.month(), true),
        "下" => (today.month() % 12 + 1, true),
        month => (number(month)?, false),
    };
    let year = if month < today.month() { today.year() + 1 } else { today.year() };
    let date = Date::new(year, month, day).ok()?;
    if date < today && !relative { Date::new(year + 1, month, day).ok() } else { Some(date) }
}

/// 周三, 下周一, 周末, on Sunday, next Monday: the next such day, or the one in the week after.
fn weekday(day: &str, today: Date) -> Option<Date> {
    const DAYS: [(&str, &str, Weekday); 7] = [
        ("一", "monday", Weekday::Monday),
        ("二", "tuesday", Weekday::Tuesday),
        ("三", "wednesday", Weekday::Wednesday),
        ("四", "thursday", Weekday::Thursday),
        ("五", "friday", Weekday::Friday),
        ("六", "saturday", Weekday::Saturday),
        ("日", "sunday", Weekday::Sunday),
    ];
    let plain = day.trim_end_matches("两天");
    let weekend = plain.ends_with('末') || plain.ends_with("weekend");
    let wanted =
        DAYS.iter().find(|(zh, en, _)| plain.ends_with(zh) || plain.ends_with(en)).map(|(_, _, day)| *day);
    let wanted = match (wanted, weekend) {
        (Some(day), _) => day,
        (None, true) => Weekday::Saturday,
        (None, false) if plain.ends_with('天') => Weekday::Sunday,
        (None, false) => return None,
    };
    let monday =
        today.checked_sub(Span::new().days(i64::from(today.weekday().to_monday_zero_offset()))).ok()?;
    let weeks = if plain.starts_with("下下") { 2 } else { i64::from(plain.starts_with('下')) };
    let this_week = i64::from(wanted.to_monday_zero_offset());
    let date = monday.checked_add(Span::new().days(7 * weeks + this_week)).ok()?;
    if date < today || (plain.starts_with("next ") && date == today) {
        return date.checked_add(Span::new().days(7)).ok();
    }
    Some(date)
}

/// The time of day that words name.
fn time(day: &str, part: &str, clock: &str) -> Option<Time> {
    let evening = ["晚", "夜"].iter().any(|word| day.ends_with(word) || part.contains(word));
    let evening = evening || matches!(day, "tonight") || part.ends_with("evening") || part.ends_with("night");
    let afternoon =
        part.contains("午后") || part.contains("下午") || part == "傍晚" || part.ends_with("afternoon");
    if clock.is_empty() {
        let hour = match (evening, afternoon, part) {
            (_, true, _) => 15,
            (true, false, _) => 19,
            (false, false, "中午") => 12,
            (false, false, _) => WORKDAY_STARTS,
        };
        return Time::new(hour, 0, 0, 0).ok();
    }
    let (hour, minute, fixed) = clock_time(clock)?;
    let noon = part == "中午" && hour < 3;
    let small = part.is_empty() && !fixed && !day.ends_with('早') && (1..=6).contains(&hour);
    let hour = if (evening || afternoon || noon || small) && hour < 12 { hour + 12 } else { hour };
    Time::new(hour, minute, 0, 0).ok()
}

/// Hour, minute, and whether the hour needs no 上午 or 下午.
fn clock_time(clock: &str) -> Option<(i8, i8, bool)> {
    if clock == "noon" {
        return Some((12, 0, true));
    }
    if let Some((hour, rest)) = clock.split_once('点') {
        let rest = rest.trim_end_matches('钟').trim_end_matches('分');
        let minute = match rest {
            "" => 0,
            "半" => 30,
            "一刻" => 15,
            "三刻" => 45,
            minutes => number(minutes)?,
        };
        let hour = number(hour)?;
        return Some((hour, minute, hour == 0 || hour > 12));
    }
    let digits = clock.trim_end_matches("am").trim_end_matches("pm").trim_end_matches("o'clock").trim();
    let (hour, minute) = digits.split_once(':').unwrap_or((digits, "0"));
    let (hour, minute) = (number(hour)?, number(minute)?);
    let hour = match (clock.ends_with("pm"), clock.ends_with("am"), hour) {
        (true, _, 1..12) => hour + 12,
        (_, true, 12) => 0,
        _ => hour,
    };
    Some((hour, minute, true))
}

/// A number below a hundred, in digits or in words.
fn number(text: &str) -> Option<i8> {
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let digit = |c: char| "零一二三四五六七八九".chars().position(|d| d == c).or((c == '两').then_some(2));
    match text.split_once('十') {
        Some((tens, ones)) => {
            let tens = if tens.is_empty() { 1 } else { digit(tens.chars().next()?)? };
            let ones = if ones.is_empty() { 0 } else { digit(ones.chars().next()?)? };
            i8::try_from(tens * 10 + ones).ok()
        }
        None => i8::try_from(digit(text.chars().next()?)?).ok(),
    }
}
