//! What our buttons carry: the action, after a tag that only we can make for it and for the chat that it stands in.
//! Messengers hand back whatever a person's program says, so without the tag anybody could tap buttons that they
//! were never shown.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Telegram's limit for `callback_data`, in bytes; the narrowest that we know.
const DATA_MAX: usize = 64;
/// The tag's bytes: one guess in 2^48 is right.
const TAG_BYTES: usize = 6;
/// The same as it is written.
const TAG_CHARS: usize = 8;

/// Makes and knows tags.
pub(super) struct Tagger(Hmac<Sha256>);

impl Tagger {
    /// The same secret makes the same tags.
    pub(super) fn new(secret: &[u8]) -> Self {
        Self(Hmac::new_from_slice(secret).expect("HMAC takes keys of any length"))
    }

    fn mac(&self, chat: &str, action: &str) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        mac.update(b"button\0");
        mac.update(chat.as_bytes());
        mac.update(b"\0");
        mac.update(action.as_bytes());
        mac
    }

    /// The data of a button in a chat; `None` where a messenger might not carry it.
    pub(super) fn tag(&self, chat: &str, action: &str) -> Option<String> {
        let mac = self.mac(chat, action).finalize().into_bytes();
        let data = format!("{}{action}", URL_SAFE_NO_PAD.encode(&mac[..TAG_BYTES]));
        (data.len() <= DATA_MAX).then_some(data)
    }

    /// The action of a button that was tapped in a chat, if the button is ours.
    pub(super) fn action<'d>(&self, chat: &str, data: &'d str) -> Option<&'d str> {
        let (tag, action) = data.split_at_checked(TAG_CHARS)?;
        let tag = URL_SAFE_NO_PAD.decode(tag).ok()?;
        // Compares in constant time.
        self.mac(chat, action).verify_truncated_left(&tag).is_ok().then_some(action)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::command::{Action, CODE_BYTES_MAX};
    use crate::domain::id::CaseNumber;

    #[test]
    fn only_our_own_buttons_of_the_same_chat_count() {
        let tagger = Tagger::new(b"secret");
        let data = tagger.tag("-100123", "accept:10019").unwrap();
        assert_eq!(tagger.action("-100123", &data), Some("accept:10019"));
        assert_eq!(tagger.action("-100124", &data), None, "copied from another group");
        assert_eq!(Tagger::new(b"other").action("-100123", &data), None);
        assert_eq!(tagger.action("-100123", &data.replace("10019", "10027")), None);
        for forged in [
            "",
            "accept:10019",
            "AAAAAAAAaccept:10019",
            "AAAAAAAA",
            "接单接单",
            "=======================accept",
        ] {
            assert_eq!(tagger.action("-100123", forged), None, "{forged}");
        }
    }

    #[test]
    fn the_longest_action_of_a_thousand_million_cases_fits() {
        let action = Action::PickArea(CaseNumber(999_999_999), "a".repeat(CODE_BYTES_MAX).as_str().into());
        assert!(Tagger::new(b"secret").tag("-1001234567890", &action.to_string()).is_some());
        assert_eq!(Tagger::new(b"secret").tag("1", &"x".repeat(57)), None);
    }

    proptest! {
        #[test]
        fn no_data_panics(data in "\\PC{0,64}") {
            prop_assert_eq!(Tagger::new(b"secret").action("1", &data), None);
        }

        #[test]
        fn every_tag_reads_back(action in "[a-z0-9:.-]{1,56}", chat in "-?[0-9]{1,13}") {
            let tagger = Tagger::new(b"secret");
            let data = tagger.tag(&chat, &action).unwrap();
            prop_assert!(data.len() <= DATA_MAX);
            prop_assert_eq!(tagger.action(&chat, &data), Some(action.as_str()));
        }
    }
}
