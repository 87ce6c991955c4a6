//! One spelling for everything that people write: full-width and half-width, Traditional and Simplified,
//! emoji and words, dictated stammering and plain sentences come out the same.
//!
//! Promises: no text is too long ([`CHARS_MAX`] characters are read, from both ends) and none panics.

use std::ops::Range;
use std::sync::LazyLock;

use ferrous_opencc::{OpenCC, config::BuiltinConfig};
use unicode_normalization::UnicodeNormalization;

/// How many characters of a message are read. What matters in a long letter is at its beginning and its end.
pub const CHARS_MAX: usize = 2_000;
/// How many of them are taken from the end of a message that is longer.
const CHARS_TAIL: usize = 500;

/// The first and last code point that the table of simple forms covers: the common Han blocks.
const HAN: (char, char) = ('\u{3400}', '\u{9FFF}');

/// Simplified forms of single characters. OpenCC's phrases are left out: the classifier learns Taiwan's words
/// from examples, and a character table costs one look-up a character and keeps positions.
static SIMPLIFIED: LazyLock<Vec<char>> = LazyLock::new(|| {
    let opencc = OpenCC::from_config(BuiltinConfig::T2s).ok();
    let simplify =
        |c: char| opencc.as_ref().and_then(|o| o.convert(c.encode_utf8(&mut [0; 4])).chars().next());
    (HAN.0..=HAN.1).map(|c| simplify(c).unwrap_or(c)).collect()
});

/// Words for the emoji that carry a need or an alarm.
const EMOJI: &[(char, &str)] = &[
    ('🔥', "着火"),
    ('🚒', "消防车"),
    ('🚑', "救护车"),
    ('🆘', "救命"),
    ('🚓', "警察"),
    ('🚨', "紧急"),
    ('💊', "药"),
    ('💉', "打针"),
    ('🏥', "医院"),
    ('🩸', "流血"),
    ('🔪', "刀"),
    ('💧', "水"),
    ('🚿', "洗澡"),
    ('🚽', "马桶"),
    ('💡', "灯"),
    ('🔑', "钥匙"),
    ('🚗', "车"),
    ('🅿', "停车"),
    ('🗑', "垃圾"),
    ('🐭', "老鼠"),
    ('🐀', "老鼠"),
    ('🦟', "蚊子"),
    ('💩', "屎"),
    ('🐶', "狗"),
    ('🐕', "狗"),
    ('🐱', "猫"),
    ('👴', "爷爷"),
    ('👵', "奶奶"),
    ('👶', "宝宝"),
    ('🍚', "饭"),
    ('🍱', "盒饭"),
    ('🎂', "蛋糕"),
    ('🙏', "谢谢"),
    ('👍', "赞"),
    ('🌹', "谢谢"),
    ('❤', "感谢"),
    ('💔', "伤心"),
    ('😭', "哭"),
    ('😢', "哭"),
    ('😡', "生气"),
    ('🤬', "生气"),
    ('📞', "电话"),
    ('🦽', "轮椅"),
    ('♿', "轮椅"),
];

/// What people say while they think. Longest first where one begins like another.
const FILLERS: &[&str] = &[
    "怎么说呢",
    "那个那个",
    "就是说",
    "这个这个",
    "喂喂",
    "嗯嗯",
    "嗯",
    "呃",
    "喔",
    "欸",
    "诶",
    "那个,",
    "那个 ",
];

/// A text folded character by character: half-width, lower case, Simplified. Every character of it stands for
/// exactly one of the original, so that what is found in it can be cut out of the original.
#[derive(Debug)]
pub struct Folded {
    /// The folded text.
    pub text: String,
    /// For each byte of `text` where a character starts, and for its end: the byte in the original.
    starts: Vec<u32>,
}

impl Folded {
    /// Folds the beginning of a text, up to [`CHARS_MAX`] characters.
    pub fn new(original: &str) -> Self {
        let mut text = String::with_capacity(original.len().min(CHARS_MAX * 3));
        let mut starts = Vec::with_capacity(text.capacity() + 1);
        let mut end = 0;
        for (at, c) in original.char_indices().take(CHARS_MAX) {
            text.push(fold(c));
            starts.resize(text.len(), at as u32);
            end = at + c.len_utf8();
        }
        starts.push(end as u32);
        Self { text, starts }
    }

    /// Where some words of the original stand in the folded text.
    pub fn find(&self, words: &str) -> Option<Range<usize>> {
        let words: String = words.chars().map(fold).collect();
        self.text.find(&words).map(|start| start..start + words.len())
    }

    /// Where in the original a part of the folded text comes from. `range` must lie on characters.
    pub fn original(&self, range: Range<usize>) -> Range<usize> {
        self.starts[range.start] as usize..self.starts[range.end] as usize
    }
}

/// The one character that stands for a character: NFKC where that is one character, lower case, Simplified.
pub fn fold(c: char) -> char {
    match c {
        'A'..='Z' => c.to_ascii_lowercase(),
        '\0'..='\x7F' => c,
        '。' | '、' => c,
        '\u{3000}' => ' ',
        '\u{FF01}'..='\u{FF5E}' => {
            char::from_u32(c as u32 - 0xFEE0).map_or(c, |half| half.to_ascii_lowercase())
        }
        _ if (HAN.0..=HAN.1).contains(&c) => SIMPLIFIED[c as usize - HAN.0 as usize],
        _ => fold_rare(c),
    }
}

fn fold_rare(c: char) -> char {
    let mut composed = std::iter::once(c).nfkc();
    let one = match (composed.next(), composed.next()) {
        (Some(one), None) => one,
        (None, _) | (Some(_), Some(_)) => c,
    };
    let mut lower = one.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(small), None) => small,
        (None, _) | (Some(_), Some(_)) => one,
    }
}

/// The text as the classifier and the danger stage read it: folded, emoji in words, without stammering, with
/// `,` for every pause, `.` for every stop and single spaces.
pub fn normalize(text: &str) -> String {
    let bounded = bounded(text);
    let mut plain = String::with_capacity(bounded.len());
    for c in bounded.nfkc() {
        push_plain(&mut plain, c);
    }
    let mut said = without_repeats(&without_fillers(&plain));
    said.truncate(said.trim_end_matches([' ', ',', '.']).len());
    said
}

/// The head of a long text and its tail.
fn bounded(text: &str) -> std::borrow::Cow<'_, str> {
    if text.len() <= CHARS_MAX {
        return text.into();
    }
    let Some((head, _)) = text.char_indices().nth(CHARS_MAX - CHARS_TAIL) else { return text.into() };
    let Some((tail, _)) = text.char_indices().nth_back(CHARS_TAIL - 1) else { return text.into() };
    if tail <= head { text.into() } else { format!("{} {}", &text[..head], &text[tail..]).into() }
}

fn push_plain(plain: &mut String, c: char) {
    match fold(c) {
        '。' | ';' | '\n' | '.' | '…' | '~' | '—' => push_once(plain, '.'),
        ',' | '、' | ':' | '"' | '(' | ')' | '“' | '”' | '「' | '」' | '《' | '》' | '【' | '】' =>
        {
            push_once(plain, ',');
        }
        '!' => push_once(plain, '!'),
        '?' => push_once(plain, '?'),
        c if c.is_whitespace() => push_once(plain, ' '),
        c => match EMOJI.iter().find(|(emoji, _)| *emoji == c) {
            Some((_, word)) if !plain.ends_with(word) => plain.push_str(word),
            Some(_) => {}
            None if c.is_alphanumeric() || matches!(c, '#' | '+' | '-' | '\'' | '%') => plain.push(c),
            None => push_once(plain, ' '),
        },
    }
}

/// Adds a mark unless one stands there already.
fn push_once(plain: &mut String, mark: char) {
    match plain.chars().last() {
        None | Some(',' | '.' | '!' | '?') => {}
        Some(' ') if mark == ' ' => {}
        Some(' ') => {
            plain.pop();
            push_once(plain, mark);
        }
        Some(_) => plain.push(mark),
    }
}

fn without_fillers(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let filler = if c.is_ascii() { None } else { FILLERS.iter().find(|f| rest.starts_with(**f)) };
        if let Some(filler) = filler {
            rest = &rest[filler.len()..];
            continue;
        }
        kept.push(c);
        rest = &rest[c.len_utf8()..];
    }
    kept
}

/// Longest stretch, in characters, whose repetition is taken for stammering.
const STAMMER_MAX: usize = 4;

/// Says once what was said twice in a row (我妈我妈 → 我妈) and twice what was said more often (哈哈哈哈 → 哈哈).
/// A character said twice stays: 看看, 奶奶.
fn without_repeats(text: &str) -> String {
    let mut kept: Vec<char> = Vec::with_capacity(text.len() / 2);
    for c in text.chars() {
        kept.push(c);
        let n = kept.len();
        if n >= 3 && !c.is_ascii() && kept[n - 2] == c && kept[n - 3] == c {
            kept.pop();
            continue;
        }
        let stammer = (2..=STAMMER_MAX).rev().find(|&k| n >= 2 * k && said_twice(&kept[n - 2 * k..], k));
        if let Some(k) = stammer {
            kept.truncate(n - k);
        }
    }
    kept.iter().collect()
}

fn said_twice(end: &[char], k: usize) -> bool {
    end[..k] == end[k..] && end[0] != end[1] && !end[0].is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_need_written_many_ways_reads_the_same() {
        for (written, read) in [
            ("12345", "12345"),
            ("我妈住在蓮花北社區,電燈壞了。", "我妈住在莲花北社区,电灯坏了"),
            ("厨房🔥🔥🔥!!!", "厨房着火!"),
            ("嗯 我想想 我妈我妈要助餐", "我想想 我妈要助餐"),
            ("哈哈哈哈哈哈", "哈哈"),
            ("奶奶在看看", "奶奶在看看"),
            ("WiFi Is  Down。。。", "wifi is down"),
            ("", ""),
        ] {
            assert_eq!(normalize(written).trim(), read, "{written}");
        }
    }

    #[test]
    fn what_is_found_in_the_folded_text_is_cut_out_of_the_original() {
        let original = "電話:138啊";
        let folded = Folded::new(original);
        let at = folded.text.find("138").expect("folded digits");
        assert_eq!(&original[folded.original(at..at + 3)], "138");
        let all = folded.original(0..folded.text.len());
        assert_eq!(&original[all], original);
    }

    #[test]
    fn a_very_long_letter_is_read_at_both_ends() {
        let letter = format!("开头{}结尾", "水".repeat(100_000));
        let read = normalize(&letter);
        assert!(read.starts_with("开头") && read.ends_with("结尾") && read.chars().count() <= CHARS_MAX + 1);
    }
}
