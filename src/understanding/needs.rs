//! Several needs in one message: "老人摔倒了,另外楼道灯坏了" is two. A message is only taken apart where its writer
//! says that something else comes. Sentences that merely follow each other are one story, and one need.

use std::ops::Range;
use std::sync::LazyLock;

use jiff::ZonedDateTime;
use regex::Regex;

use super::Understander;
use crate::domain::understood::{Certainty, Details, Need, Understanding};

/// More needs of one message are one too many: the rest stays with the last.
const NEEDS_MAX: usize = 3;
/// A part with fewer characters tells of no need of its own.
const PART_CHARS_MIN: usize = 4;

/// How somebody says that something else comes.
static ELSE: LazyLock<Regex> = LazyLock::new(|| {
    let marks = [
        r"另外|此外|顺便|順便|对了|對了|再就是|还有(?:就是|一件|个事)|還有(?:就是|一件|個事)",
        r"[,,。;;!!??\s](?:还有|還有|再有|其次|第二)",
        r"[,,。;;\s](?:[2-9][.、))]|[②③④])",
        r"\b(?i:also|besides|by the way|btw|another thing|one more thing|secondly|p\.?s\.?)\b",
    ];
    Regex::new(&marks.join("|")).expect("the marks are part of the program and a test compiles them")
});
/// What stands before the first word of a part.
const BEFORE_WORDS: [char; 12] = [' ', ',', ',', '。', '.', ';', ';', '!', '!', '?', '?', '\n'];

impl Understander {
    /// The needs of a message, danger first and otherwise in the writer's order; mostly one, which is the whole
    /// message. Place and phone that stand anywhere in the message belong to all of them.
    pub fn needs(&self, text: &str, now: &ZonedDateTime) -> Vec<Need> {
        let whole = self.understand(text, now);
        let mut needs = self.apart(text, now);
        if needs.len() < 2 || !explains(&needs, &whole) {
            return vec![Need { words: text.to_owned(), understanding: whole }];
        }
        for need in &mut needs {
            need.understanding.details.fill(shared(&whole.details));
        }
        needs.sort_by_key(|need| need.understanding.danger.is_none());
        needs
    }

    /// The parts between marks, each with the parts beside it that ask for nothing else.
    fn apart(&self, text: &str, now: &ZonedDateTime) -> Vec<Need> {
        let mut needs: Vec<(Range<usize>, Understanding)> = Vec::new();
        let mut context = 0;
        for part in parts(text) {
            let understanding = self.understand(&text[part.clone()], now);
            let known = needs.iter().any(|(_, earlier)| earlier.service == understanding.service);
            let own = is_need(&text[part.clone()], &understanding) && !known && needs.len() < NEEDS_MAX;
            match needs.last_mut() {
                _ if own => needs.push((context..part.end, understanding)),
                Some((range, _)) => range.end = part.end,
                None => continue,
            }
            context = part.end;
        }
        let words = |range: Range<usize>| text[range].trim_start_matches(BEFORE_WORDS).trim_end().to_owned();
        let need = |(range, understanding)| Need { words: words(range), understanding };
        needs.into_iter().map(need).collect()
    }
}

/// The pieces of a text, each from one mark to the next.
fn parts(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut starts: Vec<usize> = ELSE.find_iter(text).map(|mark| mark.start()).collect();
    starts.retain(|at| !is_somebody_else(&text[*at..]));
    let ends = starts.clone().into_iter().chain([text.len()]);
    std::iter::once(0)
        .chain(starts)
        .zip(ends)
        .filter(|(start, end)| start < end)
        .map(|(start, end)| start..end)
}

/// 另外一个人 is another person, not another thing.
fn is_somebody_else(text: &str) -> bool {
    ["另外一个人", "另外一個人", "另外一位", "另外两个人"].iter().any(|words| text.starts_with(words))
}

/// Whether a part by itself asks for something.
fn is_need(part: &str, understanding: &Understanding) -> bool {
    let worded = part.chars().filter(|c| c.is_alphabetic()).count() >= PART_CHARS_MIN;
    worded && !understanding.service.is_meta() && understanding.certainty == Certainty::Sure
}

/// Whether the parts account for the message: what it is as a whole must be one of them.
fn explains(needs: &[Need], whole: &Understanding) -> bool {
    whole.certainty != Certainty::Sure || needs.iter().any(|need| need.understanding.service == whole.service)
}

/// What belongs to every need of a message.
fn shared(details: &Details) -> Details {
    Details { when: None, when_at: None, person: None, ..details.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_only_taken_apart_where_something_else_begins() {
        let pieces = |text: &'static str| parts(text).map(|part| &text[part]).collect::<Vec<_>>();
        assert_eq!(pieces("老人摔倒了,另外楼道灯坏了"), ["老人摔倒了,", "另外楼道灯坏了"]);
        assert_eq!(pieces("1. 下水道堵了 2. 物业费涨了 3. 报托管").len(), 3);
        assert_eq!(pieces("食堂还有饭吗"), ["食堂还有饭吗"]);
        assert_eq!(pieces("派个人来,另外一个人也行").len(), 1);
        assert_eq!(pieces("The lamp is out. Also, is there a library?").len(), 2);
        assert_eq!(pieces("孩子放学没人接。老人也没饭吃。").len(), 1);
        assert!(pieces("").is_empty());
    }
}
