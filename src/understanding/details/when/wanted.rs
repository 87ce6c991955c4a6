//! Whether a time is asked for, or only told of.
//!
//! A reader weighs: does the day lie ahead (明天), may it do so (周三), or does it come every day (九点)? Does the clause
//! ask for something, or say when somebody can be met? Or does it tell what was, what others do or when a place opens?

use jiff::ZonedDateTime;

use super::pattern::Written;
use crate::understanding::details::clause::{self, ends_with_any, starts_with_any};
use crate::understanding::details::words::{List, Words};

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

/// What the words around a time weigh.
const ASKED: i32 = 4;
const AVAILABLE: i32 = 3;
const ASKED_NEARBY: i32 = 2;
const OF_OTHERS_WEIGHT: i32 = -4;
const WANTED_BY_OTHERS: i32 = -6;
const BUSY: i32 = -3;
/// A time is wanted from this on.
const WANTED: i32 = 3;

static COMING: Words = Words::new(|| {
    List::of(
        "明|后|大后|下|再下|这周|这个周|本周|这个星期|这个礼拜|这星期|这礼拜|本星期|最迟|最晚|\
         tomorrow|next|the day after|coming|any |by |before |after ",
    )
});
static IDLE: Words = Words::new(|| List::of("每|天天|平时|平日|工作日|every|这几|这两|这三"));

/// Right before a time: it has been, or a paper or a rule names it.
static TOLD_BEFORE: Words = Words::new(|| {
    List::of(
        "除了|昨天|前天|昨晚|昨日|昨|上|上个|去年|前年|都|每到|那天是|合同到|到期|截止|是从|自从|大|last |\
         since |until last |on last |past |every |还有|一到|到了|才|刚|早在|等了|又|付到|交到|租到|住到|\
         开到|说好|定于上|等到|疼到|打到|吵到|响到|闹到",
    )
});
/// Right after a time: it has been, or is no time.
static TOLD_AFTER: Words = Words::new(|| {
    List::of(
        "起未|开始打|没去|没来|课堂|那次|还有人|还是|的时候|就来过|来过|还在|还没|打烊|关门|开门|开饭|放学|上班|营业|晚了|那班|出生|起就|多|\
         场|到现在|回来过|又|就报|ago",
    )
});
/// After 3号: a house or a line.
static HOUSES: Words = Words::new(|| List::of("线|楼|栋|口|单元|院|桌|门|之|店|机|出口|座|岗|弄|车"));
/// After 早 and 晚: a meal or a shift.
static MEALS: Words = Words::new(|| List::of("会|晚|饭|餐|班|点|课|读|教|年"));
/// In the clause: it has been.
static TOLD: Words = Words::new(|| {
    List::of(
        "昨|前天|刚才|上次|上周|上个|上礼拜|上星期|去年|前年|那天是|办过|来过|摔过|过了|问过|报了|交了|\
         修了|说过|写的是|yesterday|last | ago|since| was | were | broke| fell ",
    )
});
/// In the sentence: hours of a place, or what others do at that time.
static OF_OTHERS: Words = Words::new(|| {
    List::of(
        "打烊|关门|开门|营业|开饭|值班|吵|噪音|敲|打桩|施工|装修|跳舞|广场舞|音乐|咚|剁|响|闹|狗叫|\
         天天叫|叫个|连着|跑来跑去|唱歌|睡不|还在|就开始|open|close|noise|loud|music|bark|\
         upstairs|drill|shout|bang|scream|smok|drag|vacuum",
    )
});
/// A clause that ends like this tells opening hours.
static HOURS_ENDS: Words = Words::new(|| {
    List::of("开|关|开吗|开门吗|上班吗|办公|办公吗|有人吗|开放|开始|结束|放学|下班|上班|开饭|几点开始")
});
/// Others who want something by then.
static OTHERS_WANT: Words = Words::new(|| {
    List::of(
        "房东|物业要|物业让|公司要|老板|他们要|他们让|他们叫|他们说|法院|银行|通知|promised|叫我们|到期|答应|\
         你们说|说好",
    )
});
/// A clause that ends in 了 tells what happened, but not when it ends like this.
static DONE_WELL: Words = Words::new(|| List::of("好了|行了|可以了|都在家了|来不及了"));
/// What asks for something.
static ASKING: Words = Words::new(|| {
    List::but(
        "来|能|要|想|请|帮|约|借|可以|有人|送|打|接|取|拿|看看|修|行|最好|需要|挑|盼|召集|给我|回话|陪|租|办|搬|装|派|安排|订|\
         报名|参加|希望|拜托|麻烦|必须|去|急用|用车|有义|有班|有课|有活动|有没有|before|need|can|could|\
         please|come|call|visit|book|want|would|will|send|pick|help",
        DECOYS,
    )
});
static ASKING_DAILY: Words =
    Words::new(|| List::but("请|想|要|帮|能|麻烦|希望|需要|可以|please|need|can|could|want|would", DECOYS));
/// What says that somebody is there at that time, or free.
static PRESENT: Words = Words::new(|| {
    List::of(
        "在家|方便|有空|都行|都在|我在|到家|就回来|回来了|才醒|就醒|我到|到社区|我过来|我过去|都可以|都好|在等|为好|比较好|合适|\
         没事|休息|躺着|available|free|best|works",
    )
});
/// What says that nobody shall come at that time.
static AWAY: Words = Words::new(|| List::of("上班不|不在|不能接|别打|不要打|没空|上课"));
/// After 上午 alone, which otherwise only says when something happens.
static AFTER_PART: Words = Words::new(|| {
    List::of(
        " are best| work| is | after|来|能来|可以来|想请|想要人|要人|请|能|可以|想|要|可不可以|送|陪|帮|接|有人|都在|在家|方便|打给我|打电话|再打|回电|过来|有空|都可以|都行",
    )
});
/// Words that have one of these in them and ask nothing.
const DECOYS: &str = "智能|功能|性能|能力|原来|后来|出来|不来|起来|回来|本来|从来|近来|申请|打工|打卡|打开|打石膏|\
     打伞|重要|主要|只要|要是|可能|请假|请了|来着|到来|行李|银行|行动|接下来|装修|送到医院|自行|\
     行人|修路|不想|要不是|约好了|去年|过去|打烊|打桩|打麻将|打牌|打架|大约|办公|看来|下来|进来|醒来";

/// What announces the time that is wanted.
static HEADINGS: Words = Words::new(|| List::of("时间:|时间是|时间|time: "));
/// 现在 and 马上 ask only before these.
static AT_ONCE: Words = Words::new(|| List::of("派|来|过来|能|安排|处理|就派|叫人|找人|可以"));

/// How plainly a time is wanted and how exactly it is said; `None` where it is only told of.
pub(super) fn worth(text: &str, time: &Written<'_>, now: &ZonedDateTime) -> Option<i32> {
    let (before, after) = (&text[..time.range.start], &text[time.range.end..]);
    if is_no_time(text, time)
        || is_past_year(before, now)
        || TOLD_BEFORE.end(before)
        || TOLD_AFTER.begin(after)
    {
        return None;
    }
    if time.soon {
        return AT_ONCE.begin(after.trim_start()).then_some(1);
    }
    let clause = &text[clause::clause(text, &time.range)];
    let hint = if HEADINGS.end(before) { Hint::Coming } else { hint(time, text) };
    if is_told(text, time, hint, clause) {
        return None;
    }
    let weight = weight(text, time, hint, clause);
    (weight >= WANTED).then_some(10 * weight + exactness(time))
}

/// How much speaks for a time.
fn weight(text: &str, time: &Written<'_>, hint: Hint, clause: &str) -> i32 {
    let base = match hint {
        Hint::Coming => 6,
        Hint::Open => 2 + i32::from(time.bounded),
        Hint::Idle => i32::from(time.bounded),
    };
    let sentence = &text[clause::sentence(text, &time.range)];
    let (before, after) = (clause::before(text, &time.range), clause::after(text, &time.range));
    let asked = asked(text, time, clause, sentence);
    let place = if asked < AVAILABLE { sentence } else { clause };
    let sign = |seen: bool, weight: i32| if seen { weight } else { 0 };
    base + asked
        + sign(hint != Hint::Coming && OF_OTHERS.occur_in(place), OF_OTHERS_WEIGHT)
        + sign(OTHERS_WANT.occur_in(before), WANTED_BY_OTHERS)
        + sign(hint == Hint::Idle && AWAY.begin(after), BUSY)
}

/// Whether the clause asks for something or says that somebody is there; where it is nothing but the time, the
/// sentence.
fn asked(text: &str, time: &Written<'_>, clause: &str, sentence: &str) -> i32 {
    let written = &text[time.range.clone()];
    let (before, after) = (clause::before(text, &time.range), clause::after(text, &time.range));
    let around = |words: &Words| words.occur_in(before) || words.occur_in(after);
    let alone = clause.trim().len() <= written.len();
    let question = after.starts_with('有') && after.ends_with('吗');
    if alone && text.trim() == written || question || around(asking(time)) {
        return ASKED;
    }
    if around(&PRESENT) {
        return AVAILABLE;
    }
    match ASKING.occur_in(sentence) && !is_today(written) {
        true if alone || written.is_ascii() => ASKED,
        true => ASKED_NEARBY,
        false => 0,
    }
}

/// What asks for something at such a time: of what happens every day more than 来 and 去.
fn asking(time: &Written<'_>) -> &'static Words {
    if IDLE.begin(time.day) || is_today(time.day) && time.clock.is_empty() { &ASKING_DAILY } else { &ASKING }
}

/// Of today most is told; something asks in the same clause, or it is not wanted then.
fn is_today(written: &str) -> bool {
    matches!(written, "今天" | "今日" | "今儿" | "今早" | "这个月" | "下个月" | "下月" | "today")
}

/// Whether the clause tells of the past, of opening hours, or of the day that it is.
fn is_told(text: &str, time: &Written<'_>, hint: Hint, clause: &str) -> bool {
    let (before, after) = (&text[..time.range.start], &text[time.range.end..]);
    let deadline = ends_with_any(&text[time.range.clone()], &["前"]);
    if !deadline && hint != Hint::Coming && TOLD.occur_in(clause) {
        return true;
    }
    let over = hint == Hint::Open && !deadline && clause.ends_with('了') && !DONE_WELL.end(clause);
    let named = before.ends_with('是') && !ASKING.occur_in(clause::after(text, &time.range))
        || after.starts_with('是')
        || hint == Hint::Idle && before.ends_with(['到', '从']);
    match hint {
        Hint::Coming => false,
        Hint::Open => over || named || HOURS_ENDS.end(clause),
        Hint::Idle if is_every_day(time) => true,
        Hint::Idle if time.part == &text[time.range.clone()] => !AFTER_PART.begin(after.trim_start()),
        Hint::Idle => named || HOURS_ENDS.end(clause),
    }
}

/// More parts say it more exactly.
fn exactness(time: &Written<'_>) -> i32 {
    2 * i32::from(!time.clock.is_empty())
        + i32::from(!time.part.is_empty())
        + i32::from(!time.day.is_empty())
        + i32::from(time.bounded)
}

/// 每天 alone says how often, not when.
fn is_every_day(time: &Written<'_>) -> bool {
    let daily = matches!(time.day, "每天" | "每日" | "天天" | "每月" | "每个月" | "平时")
        || time.day.starts_with("every");
    daily && time.part.is_empty() && time.clock.is_empty()
}

fn hint(time: &Written<'_>, text: &str) -> Hint {
    let written = &text[time.range.clone()];
    let month = matches!(written, "下个月" | "下月" | "next month" | "下学期");
    let vague =
        month || time.day.starts_with(['这', '本']) && ends_with_any(time.day, &["周", "星期", "礼拜"]);
    match time.day {
        "" if !time.unit.is_empty() => Hint::Open,
        "" => Hint::Idle,
        _ if IDLE.begin(time.day) => Hint::Idle,
        _ if COMING.begin(written) && !vague => Hint::Coming,
        _ => Hint::Open,
    }
}

/// 一点 is a little, 12号 without anything a house, 2:1 a score.
fn is_no_time(text: &str, time: &Written<'_>) -> bool {
    let written = &text[time.range.clone()];
    let little = matches!(written, "一点" | "两点" | "三点")
        && !text[time.range.end..].starts_with(['来', '去', '到', '接', '送', '能', '有', '在', '要']);
    let number_only = time.day.ends_with('号')
        && !time.day.contains('月')
        && time.part.is_empty()
        && time.clock.is_empty()
        && !ends_with_any(written, &["前", "后"])
        && !starts_with_any(&text[time.range.end..], &["来", "去", "要", "能", "想"]);
    let house = time.day.ends_with('号') && HOUSES.begin(&text[time.range.end..]);
    let before = &text[..time.range.start];
    let glued = before.ends_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | '第' | '-'))
        || written.starts_with('年') && before.ends_with(|c| "一二两三四五六七八九十几多半".contains(c))
        || written.starts_with('后') && before.ends_with(['课', '饭', '以', '最', '然', '之', '午']);
    let grade = matches!(written, "初一" | "初二" | "初三");
    let meal = written.ends_with(['早', '晚']) && MEALS.begin(&text[time.range.end..]);
    little || number_only || house || meal || glued || grade
}

/// 2024年11月3日.
fn is_past_year(before: &str, now: &ZonedDateTime) -> bool {
    let Some(before) = before.strip_suffix('年') else { return false };
    let digits = before.len() - before.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    before[before.len() - digits..].parse::<i16>().is_ok_and(|year| year < now.year())
}
