//! Masking: what a team's group may see of a resident's words. Phones, identity cards, bank cards, house and
//! room numbers, personal names, mail addresses and messenger ids are hidden; roads and communities stay, so
//! that a member can tell whether the case is near.
//!
//! Promises: an eleven-digit mobile number never survives, whatever stands between its digits; hiding too much
//! is a nuisance, hiding too little is a breach. Time is linear in the text's length.

mod numbers;
mod places;
mod words;

use numbers::mask_numbers;
use places::mask_places;
use words::{mask_accounts, mask_names};

/// What stands in place of what is hidden. Its length tells nothing.
pub const MASK: &str = "**";

/// Hides what would tell strangers who or where exactly somebody is. Mask first, cut afterwards: half a phone
/// number is no longer recognised as one.
pub fn mask_text(text: &str) -> String {
    let clean = displayable(text);
    let clean = mask_accounts(&clean);
    let clean = mask_numbers(&clean);
    let clean = mask_places(&clean);
    mask_names(&clean).into_owned()
}

/// A person's name with only the family name left: `陈**`, `欧阳**`, `A**`.
pub fn mask_name(name: &str) -> String {
    let clean = displayable(name);
    let clean = clean.trim();
    let family = words::COMPOUND_SURNAMES.iter().find(|surname| clean.starts_with(*surname));
    let kept = match family {
        Some(surname) => (*surname).to_owned(),
        None => clean.chars().take(1).collect(),
    };
    kept + MASK
}

/// A phone number as it is shown to those who may know that there is one: `138****5555`, a shorter one with its
/// last two digits.
pub fn mask_phone(phone: &str) -> String {
    let digits: String =
        phone.chars().filter_map(super::digit::value).map(|d| char::from(b'0' + d)).collect();
    match digits.len() {
        11.. => {
            let mobile = &digits[digits.len() - 11..];
            format!("{}****{}", &mobile[..3], &mobile[7..])
        }
        7..=10 => format!("****{}", &digits[digits.len() - 2..]),
        _ => "****".to_owned(),
    }
}

/// At most `chars_max` characters of a text; where something is left out, the last of them is `…`.
pub fn first_chars(text: &str, chars_max: usize) -> String {
    if text.char_indices().nth(chars_max).is_none() {
        return text.to_owned();
    }
    let kept: String = text.chars().take(chars_max.saturating_sub(1)).collect();
    let ellipsis = if chars_max == 0 { "" } else { "…" };
    format!("{}{ellipsis}", kept.trim_end())
}

/// A text without what must not reach a screen: control characters, overrides of the writing direction and
/// invisible signs. Lines stay; a tab becomes a space; the joiners that emoji are made with stay.
pub fn displayable(text: &str) -> String {
    text.chars().filter_map(shown).collect()
}

fn shown(c: char) -> Option<char> {
    match c {
        '\n' | '\u{200C}' | '\u{200D}' => Some(c),
        '\t' => Some(' '),
        '\u{2028}' | '\u{2029}' => Some('\n'),
        '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{FEFF}' => None,
        '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' => None,
        '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}' => None,
        other => (!other.is_control()).then_some(other),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_gist_tells_the_need_but_not_the_person() {
        for (text, masked) in [
            (
                "我叫陈小芳，电话13800005555，住莲花北路12号3栋502室，水管爆了",
                "我叫陈**，电话**，住莲花北路**号**栋**室，水管爆了",
            ),
            ("联系人:欧阳小林 138-0000-5555 微信号 linlin_88", "联系人:欧阳** ** 微信号 **"),
            ("身份证35020319800101123X,低保怎么办", "身份证**,低保怎么办"),
            ("我妈一个人住在深田社区,想要送餐", "我妈一个人住在深田社区,想要送餐"),
            (
                "Hi, my name is Anna Lin, Room 1203, call +86 138 0000 5555 or a.lin@example.org",
                "Hi, my name is **, Room **, call +86 ** or **",
            ),
            ("3月5号下午2点,2个人,预算200元", "3月5号下午2点,2个人,预算200元"),
        ] {
            assert_eq!(mask_text(text), masked);
        }
    }

    #[test]
    fn names_and_phones_keep_only_what_is_usual() {
        for (name, masked) in
            [("陈小芳", "陈**"), (" 陈芳 ", "陈**"), ("欧阳小芳", "欧阳**"), ("Anna Lin", "A**"), ("", "**")]
        {
            assert_eq!(mask_name(name), masked);
        }
        for (phone, masked) in [
            ("13800005555", "138****5555"),
            ("+86 138-0000-5555", "138****5555"),
            ("一三八零零零零五五五五", "138****5555"),
            ("0592-5550123", "059****0123"),
            ("5550123", "****23"),
            ("110", "****"),
            ("", "****"),
        ] {
            assert_eq!(mask_phone(phone), masked);
        }
    }

    #[test]
    fn a_cut_is_shown() {
        for (chars_max, cut) in [(0, ""), (1, "…"), (3, "水管…"), (4, "水管爆…"), (5, "水管 爆了")]
        {
            let text = if chars_max == 4 { "水管爆了了" } else { "水管 爆了" };
            assert_eq!(first_chars(text, chars_max), cut);
        }
    }

    #[test]
    fn nothing_invisible_reaches_a_screen() {
        assert_eq!(displayable("a\u{202E}b\u{0}c\u{200B}\td\r\ne\u{1B}[31m"), "abc d\ne[31m");
        assert_eq!(displayable("👨\u{200D}👩\u{200D}👧"), "👨\u{200D}👩\u{200D}👧");
    }

    #[test]
    fn a_letter_of_ten_thousand_characters_is_no_burden() {
        let letter = "我叫陈小芳住莲花北路12号电话13800005555。".repeat(400);
        let started = std::time::Instant::now();
        assert!(!mask_text(&letter).contains("5555"));
        assert!(started.elapsed() < std::time::Duration::from_secs(2));
    }

    /// Every digit that is left, in plain writing.
    fn digits(text: &str) -> String {
        text.chars().filter_map(crate::domain::digit::value).map(|d| d.to_string()).collect()
    }

    fn dressed(digit: u8, dress: usize) -> char {
        let plain = char::from(b'0' + digit);
        let chinese = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
        match dress {
            0 => chinese[usize::from(digit)],
            1 => char::from_u32(0xFF10 + u32::from(digit)).expect("a full-width digit"),
            _ => plain,
        }
    }

    proptest! {
        #[test]
        fn no_mobile_number_survives(
            before in "[a-z，。我住在 0-9]{0,12}", after in "[a-z，。号室 0-9]{0,12}", number in "1[3-9][0-9]{9}",
            dress in 0..4_usize,
            gaps in proptest::collection::vec("[ \\-.,/()·、，。…\n\u{200B}\u{202E}😀*_~]{0,3}", 11),
        ) {
            let written: String = number
                .bytes()
                .zip(&gaps)
                .flat_map(|(digit, gap)| std::iter::once(dressed(digit - b'0', dress)).chain(gap.chars()))
                .collect();
            let masked = mask_text(&format!("{before}{written}{after}"));
            prop_assert!(!digits(&masked).contains(&number), "{written:?} → {masked:?}");
        }

        #[test]
        fn no_text_panics_and_masking_settles(text in "\\PC{0,60}") {
            let masked = mask_text(&text);
            prop_assert_eq!(displayable(&masked), masked);
        }
    }
}
