//! The moment that words mean, seen from the moment of writing and in its zone.

use jiff::civil::{Date, Time, Weekday};
use jiff::{Span, Timestamp, ZonedDateTime};

use super::pattern::Written;

/// The hour that is meant where a day is named without one.
const WORKDAY_STARTS: i8 = 9;

/// Festivals of the solar calendar and the days they begin on. Those of the lunar calendar are not computed.
const FESTIVALS: &[(&str, i8, i8)] = &[
    ("元旦", 1, 1),
    ("new year", 1, 1),
    ("五一", 5, 1),
    ("劳动", 5, 1),
    ("儿童", 6, 1),
    ("国庆", 10, 1),
    ("圣诞", 12, 25),
    ("christmas", 12, 25),
];

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// The moment that the words mean; `None` for habits, the lunar calendar and what no calendar has.
pub(super) fn instant(time: &Written<'_>, now: &ZonedDateTime) -> Option<Timestamp> {
    if time.soon {
        return Some(now.timestamp());
    }
    if !time.unit.is_empty() {
        return later(time.count, time.unit, now);
    }
    if time.day.is_empty() && time.part.is_empty() && time.clock.is_empty() {
        // 下班后: only the writer knows when that is.
        return None;
    }
    let date = date(time.day.strip_prefix("今年").unwrap_or(time.day), now.date())?;
    let clock = time_of_day(time.day, time.part, time.clock)?;
    let at = date.to_datetime(clock).to_zoned_datetime(now.time_zone().clone()).ok()?;
    let passed = time.day.is_empty() && at < *now;
    let at = if passed { at.checked_add(Span::new().days(1)).ok()? } else { at };
    Some(at.timestamp())
}

/// 两小时后, in half an hour.
fn later(count: &str, unit: &str, now: &ZonedDateTime) -> Option<Timestamp> {
    let one = match unit {
        "分钟" | "minute" => 1,
        "小时" | "钟头" | "hour" => 60,
        "天" | "day" => 24 * 60,
        "周" | "星期" | "礼拜" | "week" => 7 * 24 * 60,
        _ => 30 * 24 * 60,
    };
    let half = count == "半" || count.starts_with("half");
    let minutes = if half { one / 2 } else { i64::from(number(count)?) * one };
    now.timestamp().checked_add(Span::new().minutes(minutes)).ok()
}

/// The day that words name; today where there are none.
fn date(day: &str, today: Date) -> Option<Date> {
    let later = |days: i64| today.checked_add(Span::new().days(days)).ok();
    let next_month = || today.last_of_month().tomorrow().ok();
    match day {
        "" | "today" | "tonight" => Some(today),
        "大后天" => later(3),
        "the day after tomorrow" => later(2),
        "tomorrow" => later(1),
        "next week" => later(7),
        "next month" | "月初" | "下个月" | "下月" | "下个月初" | "下月初" => next_month(),
        "月底" | "这个月底" | "本月底" => Some(today.last_of_month()),
        "下个月底" | "下月底" => Some(next_month()?.last_of_month()),
        _ if day.starts_with(['每', '农', '阴', '旧', '正', '腊', '冬', '这'])
            && !day.contains(['周', '星', '礼', '月']) =>
        {
            None
        }
        _ if day.starts_with('每')
            || day.starts_with("every")
            || day.starts_with("any")
            || day.contains("初") =>
        {
            None
        }
        _ if day.starts_with(['正', '腊', '冬', '农', '阴', '旧']) => None,
        _ if day.starts_with("明年") => None,
        _ if day.starts_with('今') || day == "当日" => Some(today),
        _ if day.starts_with('明') => later(1),
        _ if day.starts_with('后') => later(2),
        _ => festival(day, today).or_else(|| month_day(day, today)).or_else(|| weekday(day, today)),
    }
}

/// The first day of a festival, this year or the next.
fn festival(day: &str, today: Date) -> Option<Date> {
    let (_, month, first) = FESTIVALS.iter().find(|(name, _, _)| day.starts_with(name))?;
    coming(*month, *first, today)
}

/// This year's such day, or the next year's where it is over.
fn coming(month: i8, day: i8, today: Date) -> Option<Date> {
    let date = Date::new(today.year(), month, day).ok();
    match date.filter(|date| *date >= today) {
        Some(date) => Some(date),
        None => Date::new(today.year() + 1, month, day).ok(),
    }
}

/// 12月3日, 下个月5号, 15号, march 5th, 5 march.
fn month_day(day: &str, today: Date) -> Option<Date> {
    if let Some(month) = MONTHS.iter().position(|month| day.split(' ').any(|word| word.starts_with(month))) {
        let digits: String = day.chars().filter(char::is_ascii_digit).collect();
        return coming(i8::try_from(month + 1).ok()?, digits.parse().ok()?, today);
    }
    let plain = day.trim_end_matches(['日', '号']);
    let Some((month, day_of_month)) = plain.split_once('月') else {
        return day
            .ends_with('号')
            .then(|| number(plain))
            .flatten()
            .and_then(|day| next_such_day(day, today));
    };
    let day_of_month = number(day_of_month)?;
    match month {
        "这" | "这个" | "本" => Date::new(today.year(), today.month(), day_of_month).ok(),
        "下" | "下个" => {
            let first = today.last_of_month().tomorrow().ok()?;
            Date::new(first.year(), first.month(), day_of_month).ok()
        }
        _ => coming(number(month)?, day_of_month, today),
    }
}

/// The next fifteenth.
fn next_such_day(day: i8, today: Date) -> Option<Date> {
    let this_month = Date::new(today.year(), today.month(), day).ok().filter(|date| *date >= today);
    let first = today.last_of_month().tomorrow().ok()?;
    this_month.or_else(|| Date::new(first.year(), first.month(), day).ok())
}

/// 周三, 下周一, 周末, sunday, next monday: the next such day, or the one in the week after. Of several, the first.
fn weekday(day: &str, today: Date) -> Option<Date> {
    const DAYS: [(char, &str, Weekday); 8] = [
        ('一', "mon", Weekday::Monday),
        ('二', "tue", Weekday::Tuesday),
        ('三', "wed", Weekday::Wednesday),
        ('四', "thu", Weekday::Thursday),
        ('五', "fri", Weekday::Friday),
        ('六', "sat", Weekday::Saturday),
        ('日', "sun", Weekday::Sunday),
        ('天', "sun", Weekday::Sunday),
    ];
    let name = day.trim_start_matches("next ").trim_start_matches("this ").trim_start_matches("coming ");
    let weekend = day.contains('末') || day.contains("weekend");
    let first = day.trim_start_matches(['这', '个', '本', '下', '周', '星', '期', '礼', '拜']);
    let first =
        first.trim_start_matches("一个").trim_start_matches(['周', '星', '期', '礼', '拜']).chars().next();
    let named = DAYS.iter().find(|(zh, en, _)| first == Some(*zh) || name.starts_with(en));
    let wanted = match (weekend, named) {
        (true, _) => Weekday::Saturday,
        (false, Some((_, _, day))) => *day,
        (false, None) if day.starts_with('下') => Weekday::Monday,
        (false, None) => return None,
    };
    let since_monday = i64::from(today.weekday().to_monday_zero_offset());
    let weeks = if day.starts_with("下下") { 2 } else { i64::from(day.starts_with('下')) };
    let days = 7 * weeks + i64::from(wanted.to_monday_zero_offset()) - since_monday;
    let passed = days < 0 || (days == 0 && day.starts_with("next "));
    today.checked_add(Span::new().days(if passed { days + 7 } else { days })).ok()
}

/// The time of day that words name.
fn time_of_day(day: &str, part: &str, clock: &str) -> Option<Time> {
    let evening = day.ends_with(['晚', '夜']) || part.contains(['晚', '夜', '暗']) && !part.ends_with("半夜");
    let evening = evening || matches!(day, "tonight") || part.ends_with("evening") || part.ends_with("night");
    let evening = evening || day.ends_with("evening") || day.ends_with("night");
    let afternoon = part.contains("午后")
        || part.contains("下午")
        || matches!(part, "下晡" | "傍晚" | "下晌" | "后晌" | "下半天");
    let afternoon = afternoon || part.ends_with("afternoon") || day.ends_with("afternoon");
    if clock.is_empty() {
        let hour = match (evening, afternoon, part) {
            (_, _, "傍晚") => 18,
            (_, true, _) => 15,
            (true, false, _) => 19,
            (false, false, "中午" | "中昼" | "晌午" | "午间") => 12,
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
    match clock {
        "noon" => return Some((12, 0, true)),
        "midnight" => return Some((0, 0, true)),
        _ => {}
    }
    if clock.contains(['点', '时']) {
        return spoken_clock(clock);
    }
    let plain: String = clock.chars().filter(|c| *c != '.').collect();
    let digits = plain.trim_end_matches("am").trim_end_matches("pm").trim_end_matches("o'clock").trim();
    let (hour, minute) = digits.split_once(':').unwrap_or((digits, "0"));
    let (hour, minute) = (number(hour)?, number(minute)?);
    let hour = match (plain.ends_with("pm"), plain.ends_with("am"), hour) {
        (true, _, 1..12) => hour + 12,
        (_, true, 12) => 0,
        _ => hour,
    };
    Some((hour, minute, plain.contains(['m', ':'])))
}

/// 九点半, 七到九点 (the first of them).
fn spoken_clock(clock: &str) -> Option<(i8, i8, bool)> {
    let (hours, rest) = clock.split_once(['点', '时'])?;
    let (hour, range) = match hours.split_once(['到', '至', '-', '~', '—', '–']) {
        Some((first, _)) => (first, true),
        None => (hours, false),
    };
    let minute = match rest.trim_end_matches(['钟', '分', '多', '整']) {
        _ if range => 0,
        "" => 0,
        "半" => 30,
        "一刻" => 15,
        "三刻" => 45,
        minutes => number(minutes)?,
    };
    let hour = number(hour)?;
    Some((hour, minute, hour == 0 || hour > 12))
}

/// A number below a hundred, in digits or in words.
fn number(text: &str) -> Option<i8> {
    const ENGLISH: [&str; 7] = ["zero", "one", "two", "three", "four", "five", "six"];
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    if let Some(number) = ENGLISH.iter().position(|word| *word == text) {
        return i8::try_from(number).ok();
    }
    let digit = |c: char| "零一二三四五六七八九".chars().position(|d| d == c).or((c == '两').then_some(2));
    let value = match text.split_once('十') {
        Some((tens, ones)) => {
            let tens = if tens.is_empty() { 1 } else { digit(tens.chars().next()?)? };
            let ones = if ones.is_empty() { 0 } else { digit(ones.chars().next()?)? };
            tens * 10 + ones
        }
        None if matches!(text, "a" | "an") => 1,
        None => digit(text.chars().next()?)?,
    };
    i8::try_from(value).ok()
}
