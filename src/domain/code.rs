//! One-time codes that staff give out, to bind a group to a team or to let a member join: `7KQ2-M9XD`. People read
//! them from paper and over the phone, so no two signs look alike and reading is forgiving.

use std::fmt;

use super::digit::half_width;

/// Crockford's base 32: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Signs in a code; five bits each.
const SIGNS: usize = 8;

/// A one-time code. It is a secret: it is shown by `Display` to whom it is for, and hidden in debug output.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Code([u8; SIGNS]);

impl Code {
    /// Makes a code of random bytes, forty bits.
    pub fn from_random(random: [u8; 5]) -> Self {
        let bits = random.iter().fold(0_u64, |bits, &byte| bits << 8 | u64::from(byte));
        Self(std::array::from_fn(|place| ALPHABET[(bits >> (5 * (SIGNS - 1 - place)) & 31) as usize]))
    }

    /// Whether it has a letter and a digit: such a code is known for one even where it stands alone.
    pub fn is_mixed(&self) -> bool {
        self.0.iter().any(u8::is_ascii_digit) && self.0.iter().any(u8::is_ascii_alphabetic)
    }

    /// Reads a code as people write it: any case, with or without dashes and spaces, O for 0, I and l for 1.
    pub fn parse(text: &str) -> Option<Self> {
        let mut signs = text.chars().map(half_width).filter(|c| !is_joint(*c));
        let mut code = [0; SIGNS];
        for place in &mut code {
            *place = sign(signs.next()?)?;
        }
        signs.next().is_none().then_some(Self(code))
    }

    /// The eight signs without a dash, the same however the code was written: what is stored and compared.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("the alphabet is ASCII")
    }
}

/// What people put between the signs.
fn is_joint(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '_' | '.' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{30FC}')
}

fn sign(c: char) -> Option<u8> {
    let upper = u8::try_from(c).ok()?.to_ascii_uppercase();
    let meant = match upper {
        b'O' => b'0',
        b'I' | b'L' => b'1',
        other => other,
    };
    ALPHABET.contains(&meant).then_some(meant)
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, last) = self.as_str().split_at(SIGNS / 2);
        write!(f, "{first}-{last}")
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(..)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_written() {
        let code = Code::parse("1K02-M9XD").expect("a code");
        assert_eq!((code.as_str(), code.to_string()), ("1K02M9XD", "1K02-M9XD".to_owned()));
        for written in [
            "1k02m9xd",
            "IKO2-M9XD",
            "lko2 m9xd",
            " 1K02—M9XD ",
            "1 K 0 2 M 9 X D",
            "\u{FF11}Ｋ02\u{FF0D}M9XD",
        ] {
            assert_eq!(Code::parse(written), Some(code.clone()), "{written}");
        }
        for wrong in ["", "1K02-M9X", "1K02-M9XDA", "1K02-M9XU", "1K02/M9XD", "验证码验证码验证"] {
            assert_eq!(Code::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_log_does_not_give_it_away() {
        assert_eq!(format!("{:?}", Code::from_random([1, 2, 3, 4, 5])), "Code(..)");
    }

    proptest! {
        #[test]
        fn every_code_reads_back_and_none_is_made_twice(a: [u8; 5], b: [u8; 5]) {
            let (code, other) = (Code::from_random(a), Code::from_random(b));
            prop_assert_eq!(Code::parse(&code.to_string()), Some(code.clone()));
            prop_assert_eq!(a == b, code == other);
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,20}") {
            let _ = Code::parse(&text);
        }
    }
}
