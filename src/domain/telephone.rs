//! Telephone numbers as the hotline keeps them: one number, one way to write it.

use super::digit;

/// Digits of a mobile number of the mainland.
const MOBILE_DIGITS: usize = 11;
/// The mainland's own code.
const COUNTRY: &str = "86";
/// Digits of a number with its country's code (E.164 says at most 15).
const FOREIGN_DIGITS: std::ops::RangeInclusive<usize> = 8..=15;

/// A mobile number of the mainland, without the mainland's 86; any other with its country's code and a + before it.
/// `None` for what is neither: a landline without its country, the short number of a company.
pub fn canonical(text: &str) -> Option<String> {
    let joint = |c: &char| c.is_whitespace() || "-()".contains(*c);
    let plain: String = text.chars().map(digit::half_width).filter(|c| !joint(c)).collect();
    let foreign = plain.strip_prefix('+').or_else(|| plain.strip_prefix("00"));
    let digits = foreign.unwrap_or(&plain);
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mobile =
        |digits: &&str| digits.len() == MOBILE_DIGITS && digits.starts_with('1') && !digits.starts_with("10");
    let ours = digits.strip_prefix(COUNTRY).filter(mobile);
    match ours.or_else(|| foreign.is_none().then_some(digits).filter(mobile)) {
        Some(mobile) => Some(mobile.to_owned()),
        None => {
            foreign.filter(|digits| FOREIGN_DIGITS.contains(&digits.len())).map(|digits| format!("+{digits}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_written_in_one_way() {
        for (text, expected) in [
            ("13800001111", Some("13800001111")),
            ("+86 138-0000-1111", Some("13800001111")),
            ("8613800001111", Some("13800001111")),
            ("１３８００００１１１１", Some("13800001111")),
            ("+886912345678", Some("+886912345678")),
            ("+1 (555) 010-0199", Some("+15550100199")),
            ("008613800001111", Some("13800001111")),
            ("00886912345678", Some("+886912345678")),
            ("10086", None),
            ("106900001234", None),
            ("10690000123", None),
            ("886912345678", None),
            ("+1234567890123456", None),
            ("CITY BANK", None),
            ("+", None),
            ("", None),
        ] {
            assert_eq!(canonical(text).as_deref(), expected, "{text}");
        }
    }
}
