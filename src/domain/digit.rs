//! Digits as people write them: 1, １, 一, 壹, ①, ١.

use unicode_normalization::UnicodeNormalization;

/// The value of one written digit; `None` for anything else, also for 十 and ⑩, which are more than one.
pub fn value(c: char) -> Option<u8> {
    match c {
        '0'..='9' => Some(c as u8 - b'0'),
        '\u{0}'..='\u{7F}' => None,
        '〇' | '零' => Some(0),
        '一' | '壹' | '幺' => Some(1),
        '二' | '贰' | '貳' | '两' | '兩' => Some(2),
        '三' | '叁' | '參' => Some(3),
        '四' | '肆' => Some(4),
        '五' | '伍' => Some(5),
        '六' | '陆' | '陸' => Some(6),
        '七' | '柒' => Some(7),
        '八' | '捌' => Some(8),
        '九' | '玖' => Some(9),
        '\u{0660}'..='\u{0669}' => Some((c as u32 - 0x0660) as u8),
        '\u{06F0}'..='\u{06F9}' => Some((c as u32 - 0x06F0) as u8),
        '\u{0966}'..='\u{096F}' => Some((c as u32 - 0x0966) as u8),
        '\u{4E00}'..='\u{9FFF}' => None,
        other => compatible(other),
    }
}

/// Full-width, circled, raised and mathematical digits, which Unicode maps to plain ones.
fn compatible(c: char) -> Option<u8> {
    let mut plain = std::iter::once(c).nfkc();
    let digit = plain.next().filter(char::is_ascii_digit)?;
    let alone = plain.next().is_none_or(|next| !next.is_ascii_digit());
    alone.then_some(digit as u8 - b'0')
}

/// A full-width letter, digit or sign as its ASCII twin, the ideographic space as a space; others stay.
pub fn half_width(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digit_is_known_in_every_dress() {
        for sevens in ["7", "\u{FF17}", "七", "柒", "⑦", "⁷", "𝟕", "⒎", "٧", "۷", "७"] {
            assert_eq!(sevens.chars().map(value).collect::<Vec<_>>(), [Some(7)], "{sevens}");
        }
        for other in ['a', '十', '⑩', '楼', ' ', '\u{0}'] {
            assert_eq!(value(other), None, "{other}");
        }
    }

    #[test]
    fn full_width_signs_become_half_width() {
        let folded: String = "\u{FF0F}\u{FF41}\u{FF11}\u{3000}路".chars().map(half_width).collect();
        assert_eq!(folded, "/a1 路");
    }
}
