//! What our buttons carry: the action, before a tag that only we can make for it and for whom it was shown to. Programs
//! can be made to say that any button was tapped; without the tag anybody could tap what they were never shown.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The tag's bytes: one guess in 2^64 is right.
const TAG_BYTES: usize = 8;

/// Makes and knows tags.
pub struct Tagger(Hmac<Sha256>);

impl Tagger {
    /// The same secret makes the same tags.
    pub fn new(secret: &[u8]) -> Self {
        Self(Hmac::new_from_slice(secret).expect("HMAC takes keys of any length"))
    }

    fn mac(&self, chat: &str, action: &str) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        for part in ["button", chat, action] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac
    }

    /// The data of a button in a chat.
    pub fn tag(&self, chat: &str, action: &str) -> String {
        let mac = self.mac(chat, action).finalize().into_bytes();
        format!("{action}.{}", URL_SAFE_NO_PAD.encode(&mac[..TAG_BYTES]))
    }

    /// The action of a button that was tapped in a chat, if the button is ours.
    pub fn action<'d>(&self, chat: &str, data: &'d str) -> Option<&'d str> {
        let (action, tag) = data.rsplit_once('.')?;
        let tag = URL_SAFE_NO_PAD.decode(tag).ok().filter(|tag| tag.len() == TAG_BYTES)?;
        // Compares in constant time.
        self.mac(chat, action).verify_truncated_left(&tag).is_ok().then_some(action)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_buttons_count_and_only_for_whom_they_were_shown_to() {
        let tagger = Tagger::new(b"secret");
        let data = tagger.tag("u1", "svc:10019:elder.meal");
        assert_eq!(tagger.action("u1", &data), Some("svc:10019:elder.meal"));
        assert_eq!(tagger.action("u2", &data), None, "copied from somebody else");
        assert_eq!(Tagger::new(b"other").action("u1", &data), None);
        for forged in ["", ".", "svc:10019:elder.meal", "svc:10019:elder.meal.", "accept:10019.AAAAAAAAAAA"] {
            assert_eq!(tagger.action("u1", forged), None, "{forged}");
        }
    }
}
