//! How much fits into a text message. In the telephone's own alphabet (GSM 03.38) 160 characters, in UCS-2, which
//! everything Chinese needs, 70. A longer message travels in segments, each with a head of its own, and the telephone
//! joins them.

use crate::channels::parts::Size;

/// What takes one place of seven bits.
const SINGLE: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// What takes two.
const DOUBLE: &str = "^{}\\[~]|€";

/// How the characters of a message are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    /// The telephone's own alphabet.
    Gsm,
    /// Two bytes a character.
    Ucs2,
}

impl Coding {
    /// The one in which a text can be written, the shorter if both can.
    pub(super) fn of(text: &str) -> Self {
        let gsm = |c: char| SINGLE.contains(c) || DOUBLE.contains(c);
        if text.chars().all(gsm) { Self::Gsm } else { Self::Ucs2 }
    }

    /// Kannel's number for it.
    pub(super) fn number(self) -> &'static str {
        match self {
            Self::Gsm => "0",
            Self::Ucs2 => "2",
        }
    }

    /// What fits into so many segments.
    pub(super) fn size(self, segments: usize) -> Size {
        let (alone, joined, units): (usize, usize, fn(char) -> usize) = match self {
            Self::Gsm => (160, 153, septets),
            Self::Ucs2 => (70, 67, char::len_utf16),
        };
        Size { units_max: if segments == 1 { alone } else { joined * segments }, units }
    }
}

fn septets(c: char) -> usize {
    if DOUBLE.contains(c) { 2 } else { 1 }
}
