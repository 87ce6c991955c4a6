//! Reading the answers to the survey after `done`: is it solved, and how satisfied is the resident?
//!
//! What is not clearly an answer is none: a new need that contains 好 or 不行 must not close a case.

mod words;

use super::digit;
use words::{COURTESIES, DEGREES, NO_PRAISE, NOT_SOLVED, PENDING, SOLVED, UNSURE};

/// The longest text that is read as an answer; a longer one is a message of its own.
const ANSWER_CHARS_MAX: usize = 16;

/// The answer to "is it solved?".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Solved {
    /// The need is met.
    Yes,
    /// It is not, or not wholly.
    No,
}

/// How satisfied the resident is: 1, not at all, to 5, very.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Satisfaction(u8);

impl Solved {
    /// Reads an answer; `None` where it is unclear or something else.
    pub fn read(text: &str) -> Option<Self> {
        let answer = answer(text)?;
        let says = |words: &[&str]| words.iter().any(|word| contains(&answer, word));
        match (says(NOT_SOLVED), says(SOLVED)) {
            _ if says(PENDING) => None,
            (true, _) => Some(Self::No),
            (false, true) => Some(Self::Yes),
            (false, false) => None,
        }
    }
}

impl Satisfaction {
    /// From a number of stars; `None` outside 1 to 5.
    pub fn new(stars: u8) -> Option<Self> {
        (1..=5).contains(&stars).then_some(Self(stars))
    }

    /// The number of stars.
    pub fn stars(self) -> u8 {
        self.0
    }

    /// Reads stars, points, marks and words; `None` where it is unclear or something else.
    pub fn read(text: &str) -> Option<Self> {
        let answer = answer(text)?;
        in_stars(&answer).or_else(|| in_figures(&answer)).or_else(|| in_words(&answer)).and_then(Self::new)
    }
}

/// The text in a plain form, [`COURTESIES`] aside; `None` where it is too long for an answer.
fn answer(text: &str) -> Option<String> {
    let plain: String =
        text.trim().chars().map(digit::half_width).collect::<String>().to_lowercase().replace('’', "'");
    let short =
        plain.chars().count() <= ANSWER_CHARS_MAX || plain.is_ascii() && plain.len() <= 2 * ANSWER_CHARS_MAX;
    short.then(|| COURTESIES.iter().fold(plain, |plain, (said, meant)| plain.replace(said, meant)))
}

/// Whether a word occurs: an English one as a word of its own, `n't` at a word's end; 解决 and a single sign only
/// as the whole answer, longer words and the signs that cannot mean anything else anywhere.
fn contains(answer: &str, word: &str) -> bool {
    match word {
        "n't" => answer.split_whitespace().any(|said| said.trim_end_matches(['.', '!']).ends_with(word)),
        "没" | "沒" | "未" | "吗" | "嗎" | "么" | "麼" | "请" | "請" | "?" => answer.contains(word),
        "解决" | "解決" => bare(answer) == word,
        _ if word.chars().count() == 1 && word.chars().all(char::is_alphanumeric) => bare(answer) == word,
        _ if word.is_ascii() => is_phrase_of(answer, word),
        _ => answer.contains(word),
    }
}

/// The answer without signs and particles around it.
fn bare(answer: &str) -> &str {
    answer.trim_matches(|c: char| {
        !c.is_alphanumeric() && c.is_ascii() || matches!(c, '。' | '了' | '的' | '啊' | '哦')
    })
}

/// Whether an English phrase occurs between the borders of words.
fn is_phrase_of(answer: &str, phrase: &str) -> bool {
    let border = |c: Option<char>| !c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '\'');
    answer.match_indices(phrase).any(|(at, _)| {
        border(answer[..at].chars().next_back()) && border(answer[at + phrase.len()..].chars().next())
    })
}

fn in_stars(answer: &str) -> Option<u8> {
    let stars = answer.chars().filter(|c| matches!(c, '⭐' | '★' | '🌟')).count();
    u8::try_from(stars).ok().filter(|&count| count > 0)
}

/// `5`, `5分`, `四星`, `给五分!`, `4 stars`, `five`.
fn in_figures(answer: &str) -> Option<u8> {
    let rest =
        answer.trim_start_matches(['给', '給', '打', '我']).trim_matches([' ', '!', '.', '。', '了', '吧']);
    let unit = ["颗星", "顆星", "星", "分", "stars", "star", "points", "/5"]
        .iter()
        .find_map(|unit| rest.strip_suffix(unit));
    let figure = unit.unwrap_or(rest).trim();
    let word = ["one", "two", "three", "four", "five"].iter().position(|word| *word == figure);
    let mut signs = figure.chars();
    match (word, signs.next().and_then(digit::value), signs.next()) {
        (Some(place), _, _) => u8::try_from(place + 1).ok(),
        (None, Some(value), None) => Some(value),
        (None, _, _) => None,
    }
}

fn in_words(answer: &str) -> Option<u8> {
    let said = |words: &[&str]| words.iter().any(|word| contains(answer, word));
    let degree = DEGREES.iter().find(|(_, words)| said(words)).map(|(degree, _)| *degree)?;
    match degree {
        _ if said(UNSURE) => None,
        4.. if said(NO_PRAISE) => Some(2),
        degree => Some(degree),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn solved_or_not() {
        for yes in [
            "解决了",
            "已经解决了,谢谢",
            "好了",
            "修好了",
            "搞定",
            "是的",
            "嗯",
            "有",
            "没问题,都好了",
            "yes",
            "Yes, thanks!",
            "Solved",
            "👍",
        ] {
            assert_eq!(Solved::read(yes), Some(Solved::Yes), "{yes}");
        }
        for no in [
            "没有",
            "还没",
            "没解决",
            "还没有解决",
            "解决不了",
            "没好",
            "未解决",
            "還沒",
            "不行",
            "no",
            "No!",
            "not yet",
            "it isn't",
            "not solved",
            "👎",
        ] {
            assert_eq!(Solved::read(no), Some(Solved::No), "{no}");
        }
        for neither in [
            "",
            "什么时候来",
            "解决了吗?",
            "nobody knows",
            "我家水管又漏了,这次是厨房那边漏得很厉害",
            "谢谢",
            "好",
        ] {
            assert_eq!(Solved::read(neither), None, "{neither}");
        }
    }

    #[test]
    fn a_wish_or_half_a_job_does_not_close_a_case() {
        for no in [
            "无法解决",
            "無法解決",
            "不能解决",
            "修不好",
            "只解决了一半",
            "部分解决了",
            "2号楼还没好",
            "cannot be fixed",
            "unresolved",
            "partly solved",
        ] {
            assert_eq!(Solved::read(no), Some(Solved::No), "{no}");
        }
        for wish in [
            "请尽快解决",
            "请帮我修好",
            "希望能解决",
            "赶紧解决",
            "什麼時候修好",
            "马上就好了",
            "能解决",
            "能不能修好",
            "please get it done",
            "when will it be fixed",
            "我家1号楼",
            "解决个屁",
        ] {
            assert_eq!(Solved::read(wish), None, "{wish}");
        }
        for yes in [
            "1",
            "\u{FF11}",
            "解决",
            "解決了",
            "已经弄好",
            "很快就解决了",
            "没事了,修好了",
            "没有问题了,好了",
            "不好意思,解决了",
            "No problem, all fixed",
            "resolved",
            "👍🏽",
        ] {
            assert_eq!(Solved::read(yes), Some(Solved::Yes), "{yes}");
        }
    }

    #[test]
    fn faint_praise_is_not_praise() {
        for (text, stars) in [
            ("不是很满意", 2),
            ("不是很好", 2),
            ("不怎么满意", 2),
            ("没有很满意", 2),
            ("谈不上满意", 2),
            ("不算满意", 2),
            ("不夠滿意", 2),
            ("不太好", 2),
            ("not very satisfied", 2),
            ("not happy", 2),
            ("not great", 2),
            ("一点都不满意", 1),
            ("太不满意了", 1),
            ("非常不滿意", 1),
            ("not at all satisfied", 1),
            ("not bad", 4),
            ("还不错", 4),
            ("还好", 3),
            ("OK", 3),
            ("ok, thanks", 3),
            ("没问题,很满意", 5),
            ("不好意思,非常满意", 5),
            ("超级满意", 5),
            ("十分滿意", 5),
            ("五颗星", 5),
            ("five stars", 5),
        ] {
            assert_eq!(Satisfaction::read(text).map(Satisfaction::stars), Some(stars), "{text}");
        }
        for unclear in ["满意吗?", "怎么才算满意", "I don't know if good", "ok?"] {
            assert_eq!(Satisfaction::read(unclear), None, "{unclear}");
        }
    }

    #[test]
    fn satisfaction_in_figures_and_words() {
        for (text, stars) in [
            ("非常满意", 5),
            ("很满意!", 5),
            ("满意", 4),
            ("比较满意", 4),
            ("挺好的", 4),
            ("一般", 3),
            ("还行吧", 3),
            ("不满意", 2),
            ("不太满意", 2),
            ("非常不满意", 1),
            ("很差", 1),
            ("5分", 5),
            ("\u{FF14}", 4),
            ("四星", 4),
            ("给五分", 5),
            ("five", 5),
            ("3 stars", 3),
            ("⭐⭐⭐⭐", 4),
            ("very satisfied", 5),
            ("not satisfied", 2),
            ("dissatisfied", 2),
            ("good", 4),
            ("滿意", 4),
        ] {
            assert_eq!(Satisfaction::read(text).map(Satisfaction::stars), Some(stars), "{text}");
        }
        for none in [
            "",
            "0",
            "6",
            "6分",
            "15",
            "谢谢",
            "goodbye",
            "⭐⭐⭐⭐⭐⭐",
            "5个人",
            "我想要五个人来帮忙搬一下家里的旧沙发",
        ] {
            assert_eq!(Satisfaction::read(none), None, "{none}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,24}") {
            let _ = (Solved::read(&text), Satisfaction::read(&text));
        }
    }
}
