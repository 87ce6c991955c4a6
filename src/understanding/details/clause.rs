//! The words around what was found: most of what tells a wanted time from a told one, or a resident's number from
//! a shop's, stands in the same clause.

use std::ops::Range;

/// What ends a sentence.
const STOPS: &[char] = &['.', '!', '?', '。', ';', '\n'];
/// What ends a clause; people who dictate leave a space.
const PAUSES: &[char] = &['.', '!', '?', '。', ';', '\n', ',', '、', ':'];

/// How far a clause or a sentence is followed, in characters.
const CHARS_MAX: usize = 80;

/// The clause that a part of the text stands in.
pub(super) fn clause(text: &str, part: &Range<usize>) -> Range<usize> {
    around(text, part, PAUSES, true)
}

/// The sentence that a part of the text stands in.
pub(super) fn sentence(text: &str, part: &Range<usize>) -> Range<usize> {
    around(text, part, STOPS, false)
}

/// The words of the clause before a part of it.
pub(super) fn before<'t>(text: &'t str, part: &Range<usize>) -> &'t str {
    &text[clause(text, part).start..part.start]
}

/// Whether there is a word in Latin letters: most messages have none and need no English patterns.
pub(super) fn has_latin(text: &str) -> bool {
    text.as_bytes().windows(2).any(|pair| pair.iter().all(u8::is_ascii_alphabetic))
}

/// Whether a character is a Han character.
pub(super) fn is_han(c: char) -> bool {
    ('\u{3400}'..='\u{9FFF}').contains(&c)
}

fn around(text: &str, part: &Range<usize>, marks: &[char], spaces: bool) -> Range<usize> {
    let (before, after) = (&text[..part.start], &text[part.end..]);
    let start = before.char_indices().rev().take(CHARS_MAX);
    let start = start.take_while(|&(at, c)| !ends(text, at, c, marks, spaces)).last();
    let end = after.char_indices().take(CHARS_MAX);
    let end = end.take_while(|&(at, c)| !ends(text, part.end + at, c, marks, spaces)).last();
    start.map_or(part.start, |(at, _)| at)..end.map_or(part.end, |(at, c)| part.end + at + c.len_utf8())
}

/// A mark ends; a space does too beside a Han character, but a point or a colon within a number does not.
fn ends(text: &str, at: usize, c: char, marks: &[char], spaces: bool) -> bool {
    let next = text[at + c.len_utf8()..].chars().next();
    match c {
        ' ' => spaces && (next.is_some_and(is_han) || text[..at].chars().next_back().is_some_and(is_han)),
        '.' | ':' => marks.contains(&c) && !next.is_some_and(|next| next.is_ascii_digit()),
        _ => marks.contains(&c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clause_ends_at_a_pause_and_a_sentence_at_a_stop() {
        let text = "灯坏了,明天来修 谢谢。再见";
        let found = text.find("明天").expect("the word");
        let part = found..found + "明天".len();
        assert_eq!(&text[clause(text, &part)], "明天来修");
        assert_eq!(&text[sentence(text, &part)], "灯坏了,明天来修 谢谢");
        assert_eq!(before(text, &part), "");
    }
}
