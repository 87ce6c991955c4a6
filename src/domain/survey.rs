//! Reading the answers to the survey after `done`: is it solved, and how satisfied is the resident?
//!
//! What is not clearly an answer is none: a new need that contains 好 or 不行 must not close a case.

use super::digit;

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

const NOT_SOLVED: &[&str] = &[
    "没",
    "沒",
    "未",
    "不是",
    "不行",
    "不对",
    "不對",
    "不了",
    "不好",
    "还是老样子",
    "还在",
    "還在",
    "否",
    "not",
    "no",
    "nope",
    "n't",
    "👎",
    "❌",
];

const SOLVED: &[&str] = &[
    "解决了",
    "解決了",
    "已解决",
    "已解決",
    "解决",
    "解決",
    "好了",
    "修好",
    "搞定",
    "处理好",
    "處理好",
    "是",
    "是的",
    "对",
    "對",
    "嗯",
    "有",
    "可以了",
    "弄好",
    "yes",
    "yep",
    "yeah",
    "solved",
    "fixed",
    "done",
    "ok",
    "👍",
    "✅",
    "👌",
    "🙏",
];

/// Words for a degree, strongest first: the first that occurs counts.
const DEGREES: &[(u8, &[&str])] = &[
    (
        1,
        &[
            "非常不满",
            "非常不滿",
            "很不满",
            "很不滿",
            "极不满",
            "太差",
            "很差",
            "very dissatisfied",
            "very unsatisfied",
            "very bad",
            "terrible",
        ],
    ),
    (
        2,
        &[
            "不太满",
            "不太滿",
            "不满",
            "不滿",
            "不怎么样",
            "不好",
            "差",
            "dissatisfied",
            "unsatisfied",
            "unhappy",
            "not satisfied",
            "not good",
            "bad",
        ],
    ),
    (
        3,
        &[
            "一般",
            "还行",
            "還行",
            "还可以",
            "還可以",
            "凑合",
            "马马虎虎",
            "普通",
            "so so",
            "so-so",
            "average",
            "okay",
        ],
    ),
    (
        5,
        &[
            "非常满",
            "非常滿",
            "很满",
            "很滿",
            "十分满",
            "特别满",
            "满分",
            "滿分",
            "太好",
            "非常好",
            "很好",
            "very satisfied",
            "very good",
            "very happy",
            "great",
            "excellent",
            "perfect",
        ],
    ),
    (4, &["比较满", "比較滿", "满意", "滿意", "不错", "不錯", "挺好", "好", "satisfied", "happy", "good"]),
];

impl Solved {
    /// Reads an answer; `None` where it is unclear or something else.
    pub fn read(text: &str) -> Option<Self> {
        let answer = answer(text)?;
        let says = |words: &[&str]| words.iter().any(|word| contains(&answer, word));
        let question = answer.ends_with(['吗', '嗎', '?']) || answer.contains('么');
        match (says(NOT_SOLVED), says(SOLVED)) {
            _ if question => None,
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

/// The text in a plain form; `None` where it is too long for an answer.
fn answer(text: &str) -> Option<String> {
    let plain: String =
        text.trim().chars().map(digit::half_width).collect::<String>().to_lowercase().replace('’', "'");
    let short =
        plain.chars().count() <= ANSWER_CHARS_MAX || plain.is_ascii() && plain.len() <= 2 * ANSWER_CHARS_MAX;
    short.then_some(plain)
}

/// Whether a word occurs: an English one as a word of its own, `n't` at a word's end, a single character of
/// Chinese only as the whole answer, longer ones anywhere.
fn contains(answer: &str, word: &str) -> bool {
    let bare = answer.trim_matches(|c: char| {
        !c.is_alphanumeric() && c.is_ascii() || matches!(c, '。' | '了' | '的' | '啊' | '哦')
    });
    match word {
        "n't" => answer.split_whitespace().any(|said| said.trim_end_matches(['.', '!']).ends_with(word)),
        "没" | "沒" | "未" => {
            answer.contains(word) && !answer.contains("没问题") && !answer.contains("沒問題")
        }
        _ if word.is_ascii() => is_phrase_of(answer, word),
        _ if word.chars().count() == 1 && word.chars().all(char::is_alphanumeric) => bare == word,
        _ => answer.contains(word),
    }
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
    DEGREES.iter().find(|(_, words)| said(words)).map(|(degree, _)| *degree)
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
