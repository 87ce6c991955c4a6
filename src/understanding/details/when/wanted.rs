//! Whether a time is asked for, or only told of.

use jiff::ZonedDateTime;

use super::pattern::Written;
use crate::understanding::details::clause::{self, Words, ends_with_any, has_any, starts_with_any, words};

/// How plainly the day alone says that it is still to come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hint {
    /// 明天, next week: nobody tells of them but to ask for something.
    Coming,
    /// 周三, 12月3日, today: may be either.
    Open,
    /// 九点, 每天, 三天后: mostly something else.
    Idle,
}

const COMING: &[&str] = &["明", "后", "大后", "下周", "下下", "下个", "下星期", "下礼拜", "这周", "这个周", "本周", "tomorrow", "next", "the day after", "coming", "any "];
const IDLE: &[&str] = &["每", "天天", "平时", "工作日", "every", "这几", "这两", "这三"];

/// Right before a time: it has been, or a paper or a rule names it.
const TOLD_BEFORE: &[&str] = &[
    "昨天", "前天", "昨晚", "昨日", "上", "上个", "去年", "都", "每到", "那天是", "合同到", "到期", "截止", "是从", "自从", "大",
    "last ", "since ", "until last ", "on last ", "past ", "every ", "还有", "一到", "到了", "才", "刚", "早在", "等了", "又",
];
/// Right after a time: it has been, or is no time.
const TOLD_AFTER: &[&str] = &[
    "了", "课堂", "那次", "就来过", "来过", "还在", "还没", "打烊", "关门", "开门", "开饭", "放学", "下班", "上班", "营业", "晚了", "那班", "出生",
    "起就", "多", "场", "左右还", "到现在", "回来", "又", "就开始", "就报", "ago",
];
/// After 3号: a house or a line.
const HOUSES: &[&str] = &["线", "楼", "栋", "口", "单元", "院", "桌", "门", "之", "店", "机", "出口"];
/// In the clause: it has been.
static TOLD: Words = Words::new(|| words(&[
    "昨", "前天", "刚才", "上次", "上周", "上个", "去年", "前年", "那天是", "办过", "来过", "摔过", "过了", "问过", "报了", "交了", "修了", "说过", "写的是",
    "yesterday", "last ", " ago", "since", " was ", " were ", " broke", " fell ",
]));
/// In the sentence: hours of a place, or what others do at that time.
static OF_OTHERS: Words = Words::new(|| words(&[
    "打烊", "关门", "开门", "营业", "开饭", "值班", "吵", "噪音", "敲", "打桩", "施工", "装修", "跳舞", "广场舞", "音乐", "咚", "剁", "响", "闹", "狗叫", "天天叫",
    "叫个", "半夜", "凌晨", "连着", "跑来跑去", "唱歌", "睡不", "还在", "就开始", "open", "close", "noise", "loud", "music", "bark",
]));
/// A clause that ends like this tells opening hours.
const HOURS_ENDS: &[&str] = &["开", "关", "开吗", "开门吗", "上班吗", "开放", "开始", "结束", "放学", "下班", "上班", "开饭"];
/// Others who want something by then.
static OTHERS_WANT: Words = Words::new(|| words(&["房东", "物业要", "物业让", "公司要", "老板", "他们要", "他们让", "他们叫", "法院", "银行", "通知我", "叫我们", "到期"]));
/// What asks for something.
static ASKING: Words = Words::new(|| words(&[
    "来", "能", "要", "想", "请", "帮", "约", "借", "方便", "可以", "有空", "在家", "有人", "送", "打", "接", "取", "拿", "看看", "修", "行", "最好", "需要",
    "陪", "租", "办", "搬", "装", "派", "安排", "订", "到家", "报名", "参加", "希望", "拜托", "麻烦", "必须", "去", "都好", "急用", "用车", "有义", "有没有", "before", "need", "can", "could", "please",
    "come", "call", "visit", "available", "free", "book", "want", "would", "will", "send", "pick", "help",
]));
/// What announces the time that is wanted.
const HEADINGS: &[&str] = &["时间:", "时间是", "时间", "time: "];
/// 现在 and 马上 ask only before these.
const AT_ONCE: &[&str] = &["派", "来", "过来", "叫", "要", "能", "安排", "处理", "就来", "找", "请", "可以"];

/// How plainly a time is wanted and how exactly it is said; `None` where it is only told of.
pub(super) fn worth(text: &str, time: &Written<'_>, now: &ZonedDateTime) -> Option<u8> {
    let (before, after) = (&text[..time.range.start], &text[time.range.end..]);
    let clause_before = clause::before(text, &time.range);
    if is_no_time(text, time) || is_past_year(before, now) || ends_with_any(before, TOLD_BEFORE) || starts_with_any(after, TOLD_AFTER) {
        return None;
    }
    if time.soon {
        return starts_with_any(after.trim_start(), AT_ONCE).then_some(1);
    }
    let clause = &text[clause::clause(text, &time.range)];
    let deadline = ends_with_any(&text[time.range.clone()], &["前"]);
    if !deadline && has_any(clause, &TOLD) || has_any(clause_before, &OTHERS_WANT) {
        return None;
    }
    let hint = if ends_with_any(before, HEADINGS) { Hint::Coming } else { hint(time) };
    if hint != Hint::Coming && ends_with_any(clause, HOURS_ENDS) {
        return None;
    }
    let exact = 2 * u8::from(!time.clock.is_empty()) + u8::from(!time.part.is_empty()) + u8::from(!time.day.is_empty());
    match hint {
        Hint::Coming => Some(20 + exact),
        Hint::Open => asks(text, time, clause).then_some(10 + exact),
        Hint::Idle if is_every_day(time) => None,
        Hint::Idle => {
            let sentence = &text[clause::sentence(text, &time.range)];
            (asks(text, time, clause) && !has_any(sentence, &OF_OTHERS)).then_some(exact)
        }
    }
}

/// 每天 alone says how often, not when.
fn is_every_day(time: &Written<'_>) -> bool {
    let daily = matches!(time.day, "每天" | "每日" | "天天" | "每月" | "每个月" | "平时") || time.day.starts_with("every");
    daily && time.part.is_empty() && time.clock.is_empty()
}

fn hint(time: &Written<'_>) -> Hint {
    let month = matches!(time.day, "下个月" | "下月" | "next month");
    let vague = month || time.day.starts_with(['这', '本']) && ends_with_any(time.day, &["周", "星期", "礼拜"]);
    match time.day {
        "" => Hint::Idle,
        _ if starts_with_any(time.day, IDLE) => Hint::Idle,
        _ if starts_with_any(time.day, COMING) && !vague => Hint::Coming,
        _ => Hint::Open,
    }
}

/// Whether the clause asks for something; where it is nothing but the time, the sentence.
fn asks(text: &str, time: &Written<'_>, clause: &str) -> bool {
    let written = &text[time.range.clone()];
    if clause.trim().len() <= written.len() {
        return has_any(&text[clause::sentence(text, &time.range)], &ASKING) || text.trim() == written;
    }
    has_any(&clause.replacen(written, "", 1), &ASKING)
}

/// 一点 is a little, 12号 without anything a house, 2:1 a score.
fn is_no_time(text: &str, time: &Written<'_>) -> bool {
    let written = &text[time.range.clone()];
    let little = matches!(written, "一点" | "两点" | "三点") && !text[time.range.end..].starts_with(['来', '去', '到']);
    let number_only = time.day.ends_with('号') && !time.day.contains('月') && time.part.is_empty() && time.clock.is_empty()
        && !ends_with_any(written, &["前", "后"]) && !starts_with_any(&text[time.range.end..], &["来", "去", "要", "能", "想"]);
    let house = time.day.ends_with('号') && starts_with_any(&text[time.range.end..], HOUSES);
    let glued = text[..time.range.start].ends_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | '第' | '-'));
    little || number_only || house || glued
}

/// 2024年11月3日.
fn is_past_year(before: &str, now: &ZonedDateTime) -> bool {
    let Some(before) = before.strip_suffix('年') else { return false };
    let digits = before.len() - before.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    before[before.len() - digits..].parse::<i16>().is_ok_and(|year| year < now.year())
}
