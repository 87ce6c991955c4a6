//! What a member, or now and then a resident, tells the bot in words: `接单 10243`, `/accept 10243`, `/bind CODE`.
//!
//! Reading is total and forgiving about how it is written, and strict about what counts: a text that merely
//! contains such a word is a message to be understood, not a command.

mod action;

pub use action::{ACTION_BYTES_MAX, Action, CODE_BYTES_MAX};

use super::code::Code;
use super::digit;
use super::id::CaseNumber;
use super::privacy::{displayable, first_chars};
use super::telephone;

/// How much of a reason or a note is kept.
pub const NOTE_CHARS_MAX: usize = 500;

/// How many digits a short word such as 接 or 求助 needs behind it to be a command; more are a phone's.
const NUMBER_DIGITS_MIN: usize = 5;
const NUMBER_DIGITS_MAX: usize = 10;

/// How much of a wrong number or code is repeated to its sender.
const SHOWN_CHARS_MAX: usize = 20;

/// A command in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Binds this group to a team.
    Bind(Code),
    /// Makes the sender a member.
    Join(Code),
    /// The sender has another chat with us, and wants a code that joins the two.
    Link,
    /// The sender has a telephone number that is to be joined to this chat.
    LinkNumber(String),
    /// The first thing a messenger sends, perhaps with the code of a link.
    Start(Option<Code>),
    /// Which cases the sender has.
    Mine,
    /// Which cases wait for somebody.
    Open,
    /// What can be said.
    Help,
    /// The sender takes the case.
    Accept(CaseNumber),
    /// The sender, or their team, does not take the offer.
    Pass(CaseNumber),
    /// The sender gives the case back, and why; the reason may be empty.
    Release(CaseNumber, String),
    /// The sender has done it; the note may be empty.
    Done(CaseNumber, String),
    /// The sender needs help with it; the words may be empty.
    HelpWanted(CaseNumber, String),
    /// The sender is still on it; how it goes may be said.
    Keep(CaseNumber, String),
    /// How far the case is.
    Progress(CaseNumber),
}

/// A command that was meant but cannot be carried out. The sender is told what to correct.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misread {
    /// There is no case number.
    #[error("the case number is missing")]
    NumberMissing,
    /// The number is not a case's: its check digit is wrong.
    #[error("{0} is not a case number")]
    NumberWrong(String),
    /// There is no code.
    #[error("the code is missing")]
    CodeMissing,
    /// The code cannot be one.
    #[error("{0} is not a code")]
    CodeWrong(String),
}

/// What a word asks for, by what belongs behind it.
#[derive(Clone, Copy)]
enum Verb {
    /// Nothing.
    Alone(fn() -> Command),
    /// A code.
    Coded(fn(Code) -> Command),
    /// Perhaps a code.
    Start,
    /// A code, a telephone number, or nothing.
    Link,
    /// A case number.
    Numbered(fn(CaseNumber) -> Command),
    /// A case number and a few words.
    Noted(fn(CaseNumber, String) -> Command),
}

/// How clearly a word means a command.
#[derive(Clone, Copy, PartialEq)]
enum Weight {
    /// Only with a slash before it: people use the word otherwise.
    Slash,
    /// With a slash, or with a plausible case number or code behind it.
    Weak,
    /// By itself.
    Strong,
}

/// The words, longer ones before those that they begin with.
const WORDS: &[(&str, Verb, Weight)] = &[
    ("bind", Verb::Coded(Command::Bind), Weight::Weak),
    ("link", Verb::Link, Weight::Slash),
    ("绑定", Verb::Link, Weight::Weak),
    ("綁定", Verb::Link, Weight::Weak),
    ("join", Verb::Coded(Command::Join), Weight::Weak),
    ("加入", Verb::Coded(Command::Join), Weight::Weak),
    ("start", Verb::Start, Weight::Slash),
    ("mine", Verb::Alone(|| Command::Mine), Weight::Slash),
    ("我的接单", Verb::Alone(|| Command::Mine), Weight::Strong),
    ("我的诉求", Verb::Alone(|| Command::Mine), Weight::Strong),
    ("我的訴求", Verb::Alone(|| Command::Mine), Weight::Strong),
    ("我的", Verb::Alone(|| Command::Mine), Weight::Strong),
    ("open", Verb::Alone(|| Command::Open), Weight::Slash),
    ("待接单", Verb::Alone(|| Command::Open), Weight::Strong),
    ("待接單", Verb::Alone(|| Command::Open), Weight::Strong),
    ("待接", Verb::Alone(|| Command::Open), Weight::Strong),
    ("帮助", Verb::Alone(|| Command::Help), Weight::Strong),
    ("幫助", Verb::Alone(|| Command::Help), Weight::Strong),
    ("accept", Verb::Numbered(Command::Accept), Weight::Weak),
    ("接单", Verb::Numbered(Command::Accept), Weight::Strong),
    ("接單", Verb::Numbered(Command::Accept), Weight::Strong),
    ("我接", Verb::Numbered(Command::Accept), Weight::Weak),
    ("接", Verb::Numbered(Command::Accept), Weight::Weak),
    ("pass", Verb::Numbered(Command::Pass), Weight::Weak),
    ("转出", Verb::Numbered(Command::Pass), Weight::Strong),
    ("轉出", Verb::Numbered(Command::Pass), Weight::Strong),
    ("不接单", Verb::Numbered(Command::Pass), Weight::Strong),
    ("不接單", Verb::Numbered(Command::Pass), Weight::Strong),
    ("不接", Verb::Numbered(Command::Pass), Weight::Weak),
    ("release", Verb::Noted(Command::Release), Weight::Weak),
    ("退单", Verb::Noted(Command::Release), Weight::Strong),
    ("退單", Verb::Noted(Command::Release), Weight::Strong),
    ("done", Verb::Noted(Command::Done), Weight::Weak),
    ("办结", Verb::Noted(Command::Done), Weight::Strong),
    ("辦結", Verb::Noted(Command::Done), Weight::Strong),
    ("完成", Verb::Noted(Command::Done), Weight::Weak),
    ("求助", Verb::Noted(Command::HelpWanted), Weight::Weak),
    ("need help", Verb::Noted(Command::HelpWanted), Weight::Weak),
    ("wanthelp", Verb::Noted(Command::HelpWanted), Weight::Weak),
    ("keep", Verb::Noted(Command::Keep), Weight::Weak),
    ("跟进", Verb::Noted(Command::Keep), Weight::Weak),
    ("跟進", Verb::Noted(Command::Keep), Weight::Weak),
    ("progress", Verb::Numbered(Command::Progress), Weight::Weak),
    ("status", Verb::Numbered(Command::Progress), Weight::Weak),
    ("进度", Verb::Numbered(Command::Progress), Weight::Weak),
    ("進度", Verb::Numbered(Command::Progress), Weight::Weak),
    ("查询", Verb::Numbered(Command::Progress), Weight::Weak),
    ("查詢", Verb::Numbered(Command::Progress), Weight::Weak),
    ("查", Verb::Numbered(Command::Progress), Weight::Weak),
];

impl Command {
    /// The case that it is about.
    pub fn case(&self) -> Option<CaseNumber> {
        match self {
            Self::Accept(case)
            | Self::Pass(case)
            | Self::Release(case, _)
            | Self::Done(case, _)
            | Self::HelpWanted(case, _)
            | Self::Keep(case, _)
            | Self::Progress(case) => Some(*case),
            Self::Bind(_)
            | Self::Join(_)
            | Self::Link
            | Self::LinkNumber(_)
            | Self::Start(_)
            | Self::Mine
            | Self::Open
            | Self::Help => None,
        }
    }

    /// Reads a text. `Ok(None)`: it is no command. `Err`: it is one, but something in it is wrong.
    pub fn parse(text: &str) -> Result<Option<Self>, Misread> {
        let Some(head) = Head::read(text) else { return Ok(lone_code(text)) };
        match head.verb {
            Verb::Alone(command) => Ok(head.stands_alone().then(command)),
            Verb::Coded(command) => Ok(head.code()?.map(command)),
            Verb::Start => Ok(Some(Self::Start(Code::parse(head.rest.trim_matches(is_joint))))),
            Verb::Link => head.link(),
            Verb::Numbered(command) => Ok(head.number(false)?.map(|(case, _)| command(case))),
            Verb::Noted(command) => Ok(head.number(true)?.map(|(case, note)| command(case, note))),
        }
    }
}

/// A text that begins like a command.
struct Head<'a> {
    verb: Verb,
    weight: Weight,
    /// What stands behind the word, as it was written.
    rest: &'a str,
}

impl<'a> Head<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let text = without_mention(text.trim_start_matches(is_wrapping).trim_end_matches(is_wrapping));
        let (slash, text) = match text.strip_prefix(['/', '\u{FF0F}']) {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        if slash && let Some(rest) = after_word(text, "help") {
            let rest = without_bot(rest);
            let alone = rest.chars().all(is_wrapping);
            let verb = if alone { Verb::Alone(|| Command::Help) } else { Verb::Noted(Command::HelpWanted) };
            return Some(Self { verb, weight: Weight::Strong, rest });
        }
        let (verb, weight, rest) =
            WORDS.iter().find_map(|(word, verb, weight)| Some((*verb, *weight, after_word(text, word)?)))?;
        let weight = if slash { Weight::Strong } else { weight };
        (weight != Weight::Slash).then(|| Self { verb, weight, rest: without_bot(rest) })
    }

    fn stands_alone(&self) -> bool {
        self.rest.chars().all(is_wrapping)
    }

    fn code(&self) -> Result<Option<Code>, Misread> {
        let written = self.rest.trim_matches(is_joint);
        match Code::parse(written) {
            Some(code) => Ok(Some(code)),
            None if self.weight != Weight::Strong => Ok(None),
            None if written.is_empty() => Err(Misread::CodeMissing),
            None => Err(Misread::CodeWrong(first_chars(&displayable(written), SHOWN_CHARS_MAX))),
        }
    }

    fn link(&self) -> Result<Option<Command>, Misread> {
        if self.stands_alone() {
            return Ok(Some(Command::Link));
        }
        let before = |c: char| is_joint(c) && digit::half_width(c) != '+';
        match telephone::canonical(self.rest.trim_start_matches(before).trim_end_matches(is_joint)) {
            Some(number) => Ok(Some(Command::LinkNumber(number))),
            None => Ok(self.code()?.map(Command::Bind)),
        }
    }

    /// The case, and the words behind its number where they belong there.
    fn number(&self, noted: bool) -> Result<Option<(CaseNumber, String)>, Misread> {
        let (number, rest) = number(self.rest.trim_start_matches(is_joint));
        let strong = self.weight == Weight::Strong;
        if strong && self.stands_alone() {
            return Err(Misread::NumberMissing);
        }
        let lengths = if strong { 1..=usize::MAX } else { NUMBER_DIGITS_MIN..=NUMBER_DIGITS_MAX };
        if !lengths.contains(&number.len()) || !(noted || is_aside(rest, strong)) {
            return Ok(None);
        }
        let note = first_chars(displayable(rest.trim_matches(is_joint)).trim(), NOTE_CHARS_MAX);
        match CaseNumber::parse(&number) {
            Some(case) => Ok(Some((case, note))),
            None if strong || note.is_empty() => {
                Err(Misread::NumberWrong(first_chars(&number, SHOWN_CHARS_MAX)))
            }
            None => Ok(None),
        }
    }
}

/// A code by itself, with its dash, says what it is for.
fn lone_code(text: &str) -> Option<Command> {
    let text = text.trim_matches(is_wrapping);
    let (first, second) = text.split_once('-')?;
    let half = |half: &str| half.len() == 4 && half.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let mixed = |kind: fn(&u8) -> bool| text.bytes().any(|byte| kind(&byte));
    let looks = half(first) && half(second) && mixed(u8::is_ascii_digit) && mixed(u8::is_ascii_alphabetic);
    let code = Code::parse(text).filter(|_| looks);
    code.map(|code| Command::Start(Some(code)))
}

/// What people put around a command.
fn is_wrapping(c: char) -> bool {
    let sign = digit::half_width(c);
    sign.is_whitespace() || ".,!?:;\"'()[]~。、“”‘’「」『』【】《》…".contains(sign)
}

/// What people put between the parts of a command.
fn is_joint(c: char) -> bool {
    is_wrapping(c) || "#-=<>+—–号號".contains(digit::half_width(c))
}

/// Without `@hotline_bot` at either end.
fn without_mention(text: &str) -> &str {
    let text =
        match text.strip_prefix(['@', '\u{FF20}']).and_then(|rest| rest.split_once(char::is_whitespace)) {
            Some((_, rest)) => rest.trim_start(),
            None => text,
        };
    match text.rsplit_once(char::is_whitespace) {
        Some((rest, last)) if last.starts_with('@') => rest.trim_end(),
        Some(_) | None => text,
    }
}

/// Without the `@hotline_bot` that messengers append to a command in a group.
fn without_bot(rest: &str) -> &str {
    match rest.strip_prefix('@') {
        Some(bot) => bot.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_'),
        None => rest,
    }
}

/// What follows a word at the beginning of a text; `None` where the text does not begin with it, or an English
/// word goes on.
fn after_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let mut chars = text.chars();
    for expected in word.chars() {
        let found = digit::half_width(chars.next()?).to_ascii_lowercase();
        if found != expected {
            return None;
        }
    }
    let goes_on =
        |c: char| word.is_ascii() && matches!(digit::half_width(c), 'a'..='z' | 'A'..='Z' | '_' | '\'' | '-');
    let rest = chars.as_str();
    (!rest.starts_with(goes_on)).then_some(rest)
}

/// The digits at the beginning of a text, all in figures or all in words, and what follows.
fn number(text: &str) -> (String, &str) {
    let figure = |c: char| digit::half_width(c).is_ascii_digit();
    let in_figures = text.starts_with(figure);
    let belongs = |c: &char| digit::value(*c).is_some() && figure(*c) == in_figures;
    let digits: String = text
        .chars()
        .take_while(belongs)
        .filter_map(digit::value)
        .map(|value| char::from(b'0' + value))
        .collect();
    let end = text.char_indices().find(|(_, c)| !belongs(c)).map_or(text.len(), |(at, _)| at);
    (digits, &text[end..])
}

/// Whether what follows the number is a remark beside the command, and not a sentence of which the number is a
/// part: nothing, or something set apart that asks nothing.
fn is_aside(rest: &str, strong: bool) -> bool {
    let asks = ["?", "\u{FF1F}", "吗", "嗎", "什么", "什麼", "怎", "哪", "谁", "誰", "为何", "為何"];
    let set_apart = strong && rest.starts_with(is_joint);
    let polite = ["吧", "了", "啦", "谢谢", "謝謝"]
        .iter()
        .any(|word| rest.strip_prefix(word).is_some_and(|rest| rest.chars().all(is_wrapping)));
    rest.chars().all(is_wrapping) || polite || (set_apart && !asks.iter().any(|word| rest.contains(word)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn case() -> CaseNumber {
        CaseNumber(24)
    }

    /// Reads a text in which N stands for the number of the case.
    fn read(text: &str) -> Result<Option<Command>, Misread> {
        Command::parse(&text.replace('N', &case().to_string()))
    }

    #[test]
    fn members_speak_in_their_own_way() {
        for accept in [
            "接单 N",
            "接单N",
            "接單 N",
            "接 N",
            "我接N",
            "/accept N",
            "accept N",
            "Accept N!",
            "/accept@hotline_bot N",
            "\u{FF0F}接单 N",
            "「接单 N」",
            "接单:#N",
            "@hotline_bot 接单 N",
            "接单 N @hotline_bot",
            "接单N号",
            "接单 N 我下午去",
            "接N吧",
        ] {
            assert_eq!(read(accept), Ok(Some(Command::Accept(case()))), "{accept}");
        }
        for (text, command) in [
            ("退单 N 人在外地", Command::Release(case(), "人在外地".into())),
            ("退单N,没有工具", Command::Release(case(), "没有工具".into())),
            ("release N I am ill", Command::Release(case(), "I am ill".into())),
            ("办结 N", Command::Done(case(), String::new())),
            ("辦結N 一楼的灯换好了", Command::Done(case(), "一楼的灯换好了".into())),
            ("done N changed the lamp", Command::Done(case(), "changed the lamp".into())),
            ("求助 N 梯子不够高", Command::HelpWanted(case(), "梯子不够高".into())),
            ("/help N", Command::HelpWanted(case(), String::new())),
            ("转出 N", Command::Pass(case())),
            ("不接N", Command::Pass(case())),
            ("进度 N", Command::Progress(case())),
            ("status N?", Command::Progress(case())),
            ("查N", Command::Progress(case())),
            ("查詢 N", Command::Progress(case())),
            ("/wanthelp N", Command::HelpWanted(case(), String::new())),
            ("need help N", Command::HelpWanted(case(), String::new())),
            ("跟进 N", Command::Keep(case(), String::new())),
            ("/mine", Command::Mine),
            ("我的诉求", Command::Mine),
            ("我的訴求", Command::Mine),
            ("我的", Command::Mine),
            ("待接。", Command::Open),
            ("/open@hotline_bot", Command::Open),
            ("帮助", Command::Help),
            ("/help", Command::Help),
            ("/start", Command::Start(None)),
        ] {
            assert_eq!(read(text), Ok(Some(command)), "{text}");
        }
    }

    #[test]
    fn numbers_may_be_full_width_or_spoken() {
        let digits = case().to_string();
        let full_width: String =
            digits.chars().map(|c| char::from_u32(c as u32 + 0xFEE0).expect("a digit")).collect();
        let spoken: String = digits
            .bytes()
            .map(|b| ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"][usize::from(b - b'0')])
            .collect();
        for written in [full_width, spoken] {
            assert_eq!(Command::parse(&format!("接单{written}")), Ok(Some(Command::Accept(case()))));
        }
    }

    #[test]
    fn codes_bind_and_join() {
        let code = Code::parse("7KQ2-M9XD").expect("a code");
        for (text, command) in [
            ("/bind 7KQ2-M9XD", Command::Bind(code.clone())),
            ("/bind@hotline_bot 7kq2m9xd", Command::Bind(code.clone())),
            ("绑定 7KQ2 M9XD", Command::Bind(code.clone())),
            ("/join 7KQ2-M9XD", Command::Join(code.clone())),
            ("加入7KQ2-M9XD", Command::Join(code.clone())),
            ("/start 7KQ2M9XD", Command::Start(Some(code.clone()))),
            ("/start hello", Command::Start(None)),
            ("7kq2-m9xd", Command::Start(Some(code.clone()))),
            ("/link 7KQ2-M9XD", Command::Bind(code.clone())),
            ("绑定", Command::Link),
            ("/綁定", Command::Link),
            ("/link", Command::Link),
            ("绑定 138 0000 1111", Command::LinkNumber("13800001111".into())),
            ("绑定+86-13800001111", Command::LinkNumber("13800001111".into())),
            ("/link +886 912 345 678", Command::LinkNumber("+886912345678".into())),
        ] {
            assert_eq!(Command::parse(text), Ok(Some(command)), "{text}");
        }
        assert_eq!(Command::parse("/bind"), Err(Misread::CodeMissing));
        assert_eq!(Command::parse("/join abc"), Err(Misread::CodeWrong("abc".into())));
    }

    #[test]
    fn a_mistake_is_named() {
        let wrong = format!("{}", case().to_string().parse::<i64>().expect("a number") + 1);
        assert_eq!(Command::parse("接单"), Err(Misread::NumberMissing));
        assert_eq!(Command::parse("/done"), Err(Misread::NumberMissing));
        assert_eq!(Command::parse("接单 12"), Err(Misread::NumberWrong("12".into())));
        assert_eq!(Command::parse(&format!("接{wrong}")), Err(Misread::NumberWrong(wrong)));
    }

    #[test]
    fn a_message_that_contains_the_word_is_no_command() {
        for text in [
            "",
            "/",
            "@",
            "我想问接单的事",
            "接单 N 是什么意思?",
            "接孩子放学",
            "接10路公交",
            "接5个人",
            "求助",
            "进度",
            "我的水管爆了",
            "帮助老人送餐",
            "open the door",
            "mine",
            "help",
            "done",
            "join us tomorrow",
            "加入志愿者",
            "accepted N",
            "accept",
            "不接电话",
            "完成了",
            "退单的人多吗",
            "求助 13800005555 老人摔倒了",
            "求助 5550123 老人摔倒了",
            "/weather",
            "pass me the salt",
            "status",
            "接单员态度差",
            "完成不了怎么办",
            "接我妈回家",
            "帮助老人洗澡",
            "help my grandma",
            "need help with my grandma",
            "need help 13800005555",
            "查一下社保",
            "查 12345 热线电话",
            "我的诉求没人管",
            "绑定手机号怎么弄",
            "link",
            "well-done",
            "0592-5550001",
        ] {
            assert_eq!(read(text), Ok(None), "{text}");
        }
    }

    #[test]
    fn a_reason_is_bounded_and_safe_to_show() {
        let Ok(Some(Command::Release(_, reason))) = read(&format!("退单 N \u{202E}{}", "忙".repeat(9_000)))
        else {
            panic!("a release")
        };
        assert_eq!(reason.chars().count(), NOTE_CHARS_MAX);
        assert!(!reason.contains('\u{202E}'));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[/@]?(接单|退单|bind|/help|求助|进度)?\\PC{0,30}") {
            let _ = Command::parse(&text);
        }
    }
}
