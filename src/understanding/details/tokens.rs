//! A folded text in tokens, as what is learned about details reads it: Han characters, words in Latin letters, numbers,
//! marks. A number counts by how long it is and not by what it is.

use std::hash::Hasher;
use std::ops::Range;

use rustc_hash::FxHasher;

/// Characters that numbers are written with.
const NUMERALS: &str = "零〇一二三四五六七八九十百两廿幺";
/// Characters that end a road, a house, a building or a part of one.
const UNITS: &str = "号栋楼室单元座幢层弄巷路街里院梯门房";
/// Characters that end an area's name.
const AREAS: &str = "社村镇区";

/// A token and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) range: Range<usize>,
    /// The same for the same word.
    pub(super) hash: u64,
    pub(super) kind: Kind,
}

/// What a token is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Digits,
    Numeral,
    Unit,
    Area,
    Latin,
    Space,
    Han,
    Mark,
}

impl Kind {
    fn of(c: char) -> Self {
        match c {
            '0'..='9' => Self::Digits,
            'a'..='z' | '\'' => Self::Latin,
            '\u{3400}'..='\u{9FFF}' if NUMERALS.contains(c) => Self::Numeral,
            '\u{3400}'..='\u{9FFF}' if UNITS.contains(c) => Self::Unit,
            '\u{3400}'..='\u{9FFF}' if AREAS.contains(c) => Self::Area,
            '\u{3400}'..='\u{9FFF}' => Self::Han,
            '〇' => Self::Numeral,
            _ if c.is_whitespace() => Self::Space,
            _ => Self::Mark,
        }
    }

    /// Whether characters of this kind in a row are one token.
    fn goes_on(self) -> bool {
        matches!(self, Self::Digits | Self::Numeral | Self::Latin)
    }
}

/// The tokens of a folded text, in order and without gaps.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::with_capacity(text.len() / 3 + 1);
    for (at, c) in text.char_indices() {
        let kind = Kind::of(c);
        let end = at + c.len_utf8();
        match tokens.last_mut().filter(|last| last.kind == kind && kind.goes_on()) {
            Some(last) => {
                // One numeral alone is a word (一 in 一个), several are a number.
                if kind == Kind::Numeral && last.range.len() == '一'.len_utf8() {
                    last.hash = mix(0, u64::from('一'));
                }
                last.range.end = end;
                last.hash = mix(last.hash, u64::from(letter(kind, c)));
            }
            None => {
                let letter = if kind == Kind::Numeral { c } else { letter(kind, c) };
                tokens.push(Token { range: at..end, hash: mix(0, u64::from(letter)), kind });
            }
        }
    }
    tokens
}

/// The tokens that a part of the text touches.
pub(super) fn within(tokens: &[Token], part: &Range<usize>) -> Range<usize> {
    let first = tokens.partition_point(|token| token.range.end <= part.start);
    first..tokens.partition_point(|token| token.range.start < part.end).max(first)
}

/// What a character of a token counts as.
fn letter(kind: Kind, c: char) -> char {
    match kind {
        Kind::Digits => '0',
        Kind::Numeral => '一',
        Kind::Space => ' ',
        Kind::Latin | Kind::Unit | Kind::Area | Kind::Han | Kind::Mark => c,
    }
}

/// One hash of two.
pub(super) fn mix(hash: u64, more: u64) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write_u64(hash);
    hasher.write_u64(more);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_numbers_are_one_token_and_numbers_of_one_length_are_the_same() {
        let words = |text: &str| -> Vec<String> {
            tokens(text).into_iter().map(|token| text[token.range].to_owned()).collect()
        };
        assert_eq!(
            words("住莲岳路12号,room 3a"),
            ["住", "莲", "岳", "路", "12", "号", ",", "room", " ", "3", "a"]
        );
        assert_eq!(words("一百零二号"), ["一百零二", "号"]);
        let hash = |text: &str| tokens(text)[0].hash;
        assert_eq!(hash("12"), hash("34"));
        assert_ne!(hash("12"), hash("345"));
        assert_eq!(hash("二零三"), hash("五零一"));
        assert_ne!(hash("一"), hash("二"));
        assert!(tokens("").is_empty());
    }
}
