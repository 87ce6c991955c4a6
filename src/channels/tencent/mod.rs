//! What WeChat and WeCom share: how deliveries are signed and sealed, their XML, the way to their API, and where
//! people are on a Chinese map.

pub mod api;
pub mod envelope;
pub mod place;
pub mod xml;

/// The longest text that both carry in one message, in bytes; what is longer is refused, or cut silently.
pub const TEXT_BYTES_MAX: usize = 2048;
/// Into so many messages a text is split at most; the rest is cut.
const PIECES_MAX: usize = 8;

/// A text in pieces of at most so many bytes, cut between lines where there are any.
pub(super) fn split(text: &str, bytes_max: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text.trim_end();
    while rest.len() > bytes_max && pieces.len() + 1 < PIECES_MAX {
        let end = rest.floor_char_boundary(bytes_max);
        let cut = rest[..end].rfind('\n').filter(|at| *at > 0).unwrap_or(end);
        pieces.push(&rest[..cut]);
        rest = rest[cut..].trim_start_matches('\n');
    }
    pieces.push(&rest[..rest.floor_char_boundary(bytes_max)]);
    pieces
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_long_text_is_split_between_lines() {
        assert_eq!(split("好\n的", 2048), ["好\n的"]);
        assert_eq!(split("一二\n三四", 12), ["一二", "三四"]);
        assert_eq!(split("一二三四", 7), ["一二", "三四"]);
        assert_eq!(split("", 7), [""]);
    }

    proptest! {
        #[test]
        fn no_piece_is_too_long(text in "\\PC{0,80}(\n\\PC{0,60}){0,4}", most in 4..64_usize) {
            let pieces = split(&text, most);
            prop_assert!(pieces.iter().all(|piece| piece.len() <= most));
            prop_assert!(pieces.len() <= PIECES_MAX);
            if pieces.len() < PIECES_MAX {
                let whole = |text: &str| text.chars().filter(|c| *c != '\n').collect::<String>();
                prop_assert_eq!(whole(&pieces.concat()), whole(text.trim_end()));
            }
        }
    }
}
