//! Chinese writes times as words in a row, from the large to the small: 下周二 + 上午 + 十点 + 以后. The words are found
//! one by one and joined where nothing but 的, 到, 或 and the like lies between.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::Written;
use crate::understanding::details::clause::{self, is_han};

/// What a word in a time says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Day,
    Part,
    Clock,
    /// 下班后: by something that happens.
    Event,
    /// 两小时内: so long from now.
    Later,
    /// 以后, 左右, 那天: no time of its own.
    Bound,
    Soon,
}

/// The groups of the pattern and what they say.
const KINDS: [(&str, Kind); 7] = [
    ("day", Kind::Day),
    ("part", Kind::Part),
    ("clock", Kind::Clock),
    ("event", Kind::Event),
    ("later", Kind::Later),
    ("bound", Kind::Bound),
    ("soon", Kind::Soon),
];

const N: &str = "(?:[0-9]{1,2}|[一二两三四五六七八九十廿]{1,3})";
const WEEK: &str = "(?:周|星期|礼拜)";

/// Days by their distance, their weekday, their date or their name.
fn day() -> String {
    let weekdays = "(?:[一二三四五六日天](?:[、和跟到至]?[一二三四五六日天]){0,4}|末(?:两天)?)";
    let lunar_day = "(?:初[一二三四五六七八九十]|廿[一二三四五六七八九]|二?十[一二三四五六七八九]?|三十)";
    let distance = "大后天|后天|后日|今天|今日|今儿个?|今仔日?|明天|明日|明儿个?|明仔日?载?|[今明后][早晚晨夜暗]上?|当晚|当日|(?:今明|明后|今|明)[两二]?[天日]|这[几两三]天|过[几两]天";
    let week = format!(
        "(?:再?下{{1,2}}一?个?|这一?个?|本){WEEK}{weekdays}?|(?:(?:{N}月的?)?每个?|逢|隔周的?|(?:随便)?哪个|(?:(?:{N}|每个?)月的?)?第{N}个)?{WEEK}{weekdays}|周内|月内|年内|节前|节后|双休日|节假日|工作日|平时|平日|每天|每日|天天|每晚|隔天"
    );
    let lunar = format!(
        "(?:农历|阴历|旧历)(?:{N}月)?{lunar_day}|(?:正|腊|冬)月{lunar_day}?|大?年?初[一二三四五六七八九十]|大?年三十|除夕|腊八|小年夜?"
    );
    let month = "(?:再?下{1,2}一?个?|这个?|本)(?:月|学期)";
    let date = format!(
        "{month}(?:{N}[日号]|{lunar_day}|底|初|中旬?|[上下]旬|第一天|开学)?|(?:今年|明年)?{N}月(?:{N}(?:[到至-]{N})?[日号]?|{lunar_day}|底|初|中旬?)|\
         明年{N}月|{N}月份|月底|月初|月中|年底|{N}(?:[到至-]{N})?[日号]|十五|[0-9]{{1,2}}/[0-9]{{1,2}}"
    );
    let festival = "(?:今年|明年)?(?:国庆|春节|中秋|端午|清明|重阳|元旦|元宵|五一|十一(?:期|假|长)|圣诞|平安夜|劳动节|儿童节|教师节|立[春夏秋冬]|[春秋]分|[夏冬]至|[大小]寒|寒假|暑假|过年)节?(?:长假|放?假期?)?[期里]?间?";
    format!("{distance}|{week}|{lunar}|{festival}|年前|年后|每个?月|{date}")
}

/// After these the name of what happens begins.
const LEADING: &str = "请在想要于等我他她你们赶能让帮的是到得必须不没了";

/// What may happen before or after the wanted time.
const EVENTS: &str = "下了?夜?班|上班|交班|收工|睡|放学|上学|下课|开学|放暑?寒?假|吃?[早午晚]饭|吃[过完了]?[早午晚]?饭|饭|午睡|午休|睡醒|出院|手术|\
     [中高]考|期末|考试|天[亮黑冷凉]|擦黑|太阳下山|日落|入[冬秋夏伏]|开春|[春夏秋冬]天|天热|过冬|雨季|台风[天季]|退烧|雨停|大雨|台风|寒潮|(?:大雨|台风|寒潮)(?:来临|来|到|过)|\
     [接送]完?孩子|生日|婚礼|结婚|满月|搬家|退[房租]|交房|过完年|开会|\\p{Han}{2}结束";

static WORD: LazyLock<Regex> = LazyLock::new(|| {
    let day = day();
    let clock = format!(
        "(?:{N}[到至~—–-])?{N}点(?:半|整|一刻|三刻|[0-9]{{1,2}}分?|[一二三四五]?十[一二三四五六七八九]?分?|零[一二三四五六七八九]分?)?钟?多?|[0-9]{{1,2}}:[0-9]{{2}}(?: ?[到至~—–-] ?[0-9]{{1,2}}:[0-9]{{2}})?|{N}时(?:{N}分|半|整)?"
    );
    let part = "一大早|大清早|一早|清早|清晨|凌晨|早上|早晨|早起|上午|上半天|晌午|[头前后]晌|中午|中昼|午间|午后|下午|下半天|下晌|傍晚|黄昏|晚上|晚间|夜晚|[后前]?半夜|夜里|夜间|深夜|白天|一?整天|全天|一天|天亮|暗时|暗头|透早|顶晡|下晡|饭点|早|晚";
    let edge = "之前|以前|前|之后|以后|后";
    let bound = "前后|左右|往后|任意?一天|任何一天|那[两二三四五几]天|那一?天|当天|前一天|第二天|那几天|过完|过后|随便哪天|任意一天|随时|哪天|期间|之间|之内|以内|内|上班时间|这个时候|那阵子|那会儿|[前后头][一两二三几]天|开学";
    Regex::new(&format!(
        "(?P<later>这?(?:{N}|24|48|半|几)个?半?(?:小时|钟头|分钟|天|星期|礼拜|周|月)(?:之内|以内|内|之后|以后|后))|\
         (?P<clock>{clock})|(?P<event>(?:{EVENTS})(?:{edge}|那天|当天|时间|那阵子|那会儿|那段时间))|(?P<day>{day})|\
         (?P<part>{part})|(?P<bound>{bound}|{edge})|(?P<soon>马上|立刻|立即|现在就?)"
    ))
    .expect("a constant pattern")
});

/// A word in a time.
struct Word {
    range: Range<usize>,
    kind: Kind,
}

pub(super) fn times(text: &str) -> Vec<Written<'_>> {
    let mut times: Vec<Written<'_>> = Vec::new();
    let mut last: Option<Word> = None;
    for found in WORD.captures_iter(text) {
        let Some(word) = word(&found) else { continue };
        let joined =
            last.as_ref().is_some_and(|last| joins(last, &word, &text[last.range.end..word.range.start]));
        let idle = word.kind == Kind::Bound && (!joined || !is_edge(text, &word));
        match times.last_mut().filter(|_| joined && !idle) {
            Some(time) => add(time, text, &word),
            None if idle => times.extend(deadline(text, &word)),
            None => {
                let mut time = Written { range: word.range.clone(), ..Written::default() };
                add(&mut time, text, &word);
                time.range.start -= latest(&text[..time.range.start]);
                times.push(time);
            }
        }
        last = (!idle).then_some(word);
    }
    let bare = ["早", "晚", "十五", "饭点", "一天", "随时", "天亮"];
    for time in &mut times {
        // 12月3号(周三): the bracket that was opened is closed.
        let opened = text[time.range.clone()].contains('(') && !text[time.range.clone()].contains(')');
        time.range.end += usize::from(opened && text[time.range.end..].starts_with(')'));
    }
    times.retain(|time| {
        !(time.clock.ends_with('时') && text[time.range.end..].starts_with(['候', '间', '段', '常', '而']))
    });
    times.retain(|time| !bare.contains(&&text[time.range.clone()]));
    times
}

fn word(found: &Captures<'_>) -> Option<Word> {
    let range = found.get(0)?.range();
    let kind = KINDS.into_iter().find(|(group, _)| found.name(group).is_some())?.1;
    Some(Word { range, kind })
}

/// Writes a word into the time that it belongs to. The first day and the first hour are those that begin it.
fn add<'t>(time: &mut Written<'t>, text: &'t str, word: &Word) {
    let written = &text[word.range.clone()];
    match word.kind {
        Kind::Day if time.day.is_empty() => time.day = written,
        Kind::Day if time.day.ends_with('月') => time.day = &text[time.range.start..word.range.end],
        Kind::Day => {}
        Kind::Part if time.part.is_empty() => time.part = written,
        Kind::Clock if time.clock.is_empty() => time.clock = written,
        Kind::Part | Kind::Clock => {}
        Kind::Event | Kind::Bound => time.bounded = true,
        Kind::Soon => time.soon = true,
        Kind::Later => {
            (time.count, time.unit) = later(written);
            time.bounded = true;
        }
    }
    time.range.end = word.range.end;
}

/// 两 and 小时 of 两小时内.
fn later(written: &str) -> (&str, &str) {
    let written = written.trim_start_matches('这');
    let units = ["小时", "钟头", "分钟", "天", "星期", "礼拜", "周", "月"];
    let unit = units.iter().filter_map(|unit| Some((written.find(unit)?, unit.len()))).min();
    let Some((at, len)) = unit else { return ("", "") };
    let count = written[..at].trim_end_matches('个');
    (if count == "半" { count } else { count.trim_end_matches(['个', '半']) }, &written[at..at + len])
}

/// Whether a word goes on with the time that the last one belongs to, given what lies between.
fn joins(last: &Word, word: &Word, between: &str) -> bool {
    let (from, to) = (last.kind, word.kind);
    match between {
        "" => match to {
            Kind::Day => from == Kind::Day,
            Kind::Part => matches!(from, Kind::Day | Kind::Bound | Kind::Event),
            Kind::Clock => matches!(from, Kind::Day | Kind::Part | Kind::Bound | Kind::Event),
            Kind::Event => matches!(from, Kind::Day | Kind::Part | Kind::Clock),
            Kind::Bound => !matches!(from, Kind::Later | Kind::Event | Kind::Soon),
            Kind::Later | Kind::Soon => false,
        },
        "大概" | "大约" | "差不多" | "约" => {
            matches!(from, Kind::Day | Kind::Part) && matches!(to, Kind::Part | Kind::Clock)
        }
        "(" => from == Kind::Day && to == Kind::Day,
        ")" | ") " => from == Kind::Day && matches!(to, Kind::Part | Kind::Clock | Kind::Bound),
        "的" | " " => from == Kind::Day && matches!(to, Kind::Day | Kind::Part | Kind::Clock | Kind::Event),
        "到" | "至" | "-" | "~" | "—" | "–" | "或" | "或者" | "和" | "跟" | "、" => {
            matches!(to, Kind::Day | Kind::Part | Kind::Clock)
                && matches!(from, Kind::Day | Kind::Part | Kind::Clock)
        }
        _ => false,
    }
}

/// Longest name of what happens, in characters.
const EVENT_CHARS_MAX: usize = 5;

/// The time before something that no list knows: 拆线之前. It begins where the clause does, or after the words that
/// ask for something.
fn deadline<'t>(text: &'t str, word: &Word) -> Option<Written<'t>> {
    matches!(&text[word.range.clone()], "之前" | "以前" | "过后").then_some(())?;
    let before = clause::before(text, &word.range);
    let from = before.rfind(|c| !is_han(c) || LEADING.contains(c));
    let from = from.map_or(0, |at| at + before[at..].chars().next().map_or(0, char::len_utf8));
    let chars = before[from..].chars().count();
    let range = word.range.start - (before.len() - from)..word.range.end;
    (2..=EVENT_CHARS_MAX).contains(&chars).then(|| Written { range, bounded: true, ..Written::default() })
}

/// Whether 前 and 后 bound a time: not in 前埔, 前台, 后门, 后来.
fn is_edge(text: &str, word: &Word) -> bool {
    let others =
        ['面', '台', '门', '座', '埔', '夫', '妻', '院', '坑', '江', '厝', '滨', '溪', '栋', '排', '楼'];
    let single = matches!(&text[word.range.clone()], "前" | "后");
    !single || !text[word.range.end..].starts_with(others)
}

/// The length of a word before a time that belongs to it: 最迟这个星期四, 大约五点.
fn latest(before: &str) -> usize {
    ["最迟", "最晚", "大约", "大概", "差不多"]
        .iter()
        .find(|word| before.ends_with(**word))
        .map_or(0, |word| word.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> Vec<&str> {
        times(text).into_iter().map(|time| &text[time.range]).collect()
    }

    #[test]
    fn words_for_one_time_are_joined_and_two_times_are_not() {
        for (text, found) in [
            ("换到再下一个礼拜的周二上午", &["再下一个礼拜的周二上午"][..]),
            ("放在初八或者初九夜里", &["初八或者初九夜里"]),
            ("周一到周五晚上八点以后", &["周一到周五晚上八点以后"]),
            ("下周随便哪天来拿", &["下周随便哪天"]),
            ("最迟这个星期四要换", &["最迟这个星期四"]),
            ("他白天下午三四点才醒", &["白天", "下午三四点"]),
            ("今天坏了,明儿来", &["今天", "明儿"]),
            ("今日17时前到场", &["今日17时前"]),
            ("周二周四放学以后", &["周二周四放学以后"]),
            ("请在拆线之前来", &["拆线之前"]),
            ("周六上午大概10点来", &["周六上午大概10点"]),
            ("12月3号(周三)上午来", &["12月3号(周三)上午"]),
            ("12月3号(周三)来", &["12月3号(周三)"]),
            ("三月十二生日那天下午拍照", &["三月十二生日那天下午"]),
            ("周三前埔停水", &["周三"]),
            ("十二月第二个周六", &["十二月第二个周六"]),
        ] {
            assert_eq!(written(text), found, "{text}");
        }
    }

    #[test]
    fn a_span_from_now_has_a_count_and_a_unit() {
        for (text, count, unit) in
            [("半小时后", "半", "小时"), ("这两个钟头内", "两", "钟头"), ("3天之内", "3", "天")]
        {
            let time = times(text).pop().expect("a time");
            assert_eq!((time.count, time.unit), (count, unit), "{text}");
        }
    }
}
