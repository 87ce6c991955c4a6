//! How Tencent's platforms sign and seal what they deliver (WeChat: "message encryption", WeCom: document 91144).
//!
//! A signature is the SHA-1 of the token and the other parts, sorted and joined. A sealed message is AES-256-CBC of
//! 16 random bytes, the message's length (u32, big-endian), the message, and the receiver's id, padded as PKCS #7 with
//! blocks of 32 bytes; the key's first 16 bytes are the initial vector. Nothing is decrypted before its signature was
//! compared, in constant time, and its time is near ours.

use std::time::Duration;

use aes::Aes256;
use aes::cipher::block_padding::NoPadding;
use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use base64::Engine;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use sha1::{Digest, Sha1};
use subtle::ConstantTimeEq;

use super::xml::Fields;
use crate::channels::{Delivery, Rejected};

/// How far a delivery's time may be from ours.
pub const TOLERANCE: Duration = Duration::from_secs(10 * 60);
/// The block of the padding, in bytes; AES has 16.
const PADDING_BLOCK: usize = 32;
/// Random bytes before the message.
const SALT_BYTES: usize = 16;
/// The salt, and the message's length after it.
const HEAD_BYTES: usize = SALT_BYTES + 4;
/// Characters of an EncodingAESKey.
const ENCODED_KEY_CHARS: usize = 43;

/// 43 characters carry 258 bits for a key of 256: the platforms leave bits at the end that are not zero.
const KEY_BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

/// What one account and its platform share.
pub struct Envelope {
    token: SecretString,
    key: Option<Key>,
    receiver: String,
}

struct Key([u8; 32]);

/// Why the operator's values cannot be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadEnvelope {
    /// The token is not one.
    #[error("token must have 3 to 32 letters and digits, the same as on the platform's page")]
    Token,
    /// The key is not one.
    #[error(
        "encoding_aes_key must be the 43 letters and digits of EncodingAESKey on the platform's page, without `=`"
    )]
    Key,
}

/// The parts of an address that are signed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signed {
    /// Over the token, the time and the nonce.
    pub signature: String,
    /// Over these and the sealed text.
    pub msg_signature: String,
    /// Seconds since 1970.
    pub timestamp: String,
    /// A number of theirs.
    pub nonce: String,
    /// What they want to read back.
    pub echostr: String,
}

impl Signed {
    /// Reads an address's query; of what is there twice, the first counts.
    pub fn parse(query: &str) -> Self {
        let mut signed = Self::default();
        let mut address = reqwest::Url::parse("http://localhost/").expect("an address");
        address.set_query(Some(query));
        for (name, value) in address.query_pairs() {
            let part = match &*name {
                "signature" => &mut signed.signature,
                "msg_signature" => &mut signed.msg_signature,
                "timestamp" => &mut signed.timestamp,
                "nonce" => &mut signed.nonce,
                "echostr" => &mut signed.echostr,
                _ => continue,
            };
            if part.is_empty() {
                *part = value.into_owned();
            }
        }
        signed
    }
}

impl Key {
    fn parse(encoded: &str) -> Result<Self, BadEnvelope> {
        if encoded.len() != ENCODED_KEY_CHARS {
            return Err(BadEnvelope::Key);
        }
        let bytes = KEY_BASE64.decode(format!("{encoded}=")).map_err(|_| BadEnvelope::Key)?;
        bytes.try_into().map(Self).map_err(|_| BadEnvelope::Key)
    }

    /// The message and the receiver's id; `None` for whatever was not sealed with this key.
    fn open(&self, sealed: &str) -> Option<(String, String)> {
        let mut bytes = STANDARD.decode(sealed).ok()?;
        let cipher = cbc::Decryptor::<Aes256>::new_from_slices(&self.0, &self.0[..16]).ok()?;
        let plain = cipher.decrypt_padded::<NoPadding>(&mut bytes).ok()?;
        let padding = usize::from(*plain.last()?);
        let (content, padded) = plain.split_at_checked(plain.len().checked_sub(padding)?)?;
        let right =
            (1..=PADDING_BLOCK).contains(&padding) && padded.iter().all(|&b| usize::from(b) == padding);
        let length = content.get(SALT_BYTES..HEAD_BYTES)?.try_into().ok().map(u32::from_be_bytes)?;
        let (message, receiver) =
            content.get(HEAD_BYTES..)?.split_at_checked(usize::try_from(length).ok()?)?;
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
        right.then_some((text(message)?, text(receiver)?))
    }

    fn seal(&self, message: &str, receiver: &str, salt: [u8; SALT_BYTES]) -> String {
        let length = u32::try_from(message.len()).expect("our messages are short");
        let mut bytes = salt.to_vec();
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(message.as_bytes());
        bytes.extend_from_slice(receiver.as_bytes());
        let padding = PADDING_BLOCK - bytes.len() % PADDING_BLOCK;
        bytes.resize(bytes.len() + padding, padding as u8);
        let cipher = cbc::Encryptor::<Aes256>::new_from_slices(&self.0, &self.0[..16]);
        let whole = bytes.len();
        let sealed = cipher.expect("the lengths are right").encrypt_padded::<NoPadding>(&mut bytes, whole);
        STANDARD.encode(sealed.expect("whole blocks"))
    }
}

impl Envelope {
    /// With the values of the platform's page; `receiver` is the id of the account or corporation.
    pub fn new(
        token: SecretString,
        encoding_aes_key: Option<&SecretString>,
        receiver: String,
    ) -> Result<Self, BadEnvelope> {
        let word = token.expose_secret();
        if !(3..=32).contains(&word.len()) || !word.chars().all(|c| c.is_ascii_alphanumeric()) {
            return Err(BadEnvelope::Token);
        }
        let key = encoding_aes_key.map(|key| Key::parse(key.expose_secret())).transpose()?;
        Ok(Self { token, key, receiver })
    }

    /// The signature of what is signed with the token.
    pub fn sign(&self, parts: &[&str]) -> String {
        let mut parts: Vec<&str> = parts.iter().copied().chain([self.token.expose_secret()]).collect();
        parts.sort_unstable();
        let digest = parts.iter().fold(Sha1::new(), |digest, part| digest.chain_update(part)).finalize();
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Believes a signature only if it is right and fresh. Signed parts are joined without a mark between them, so the
    /// time must be written as a time is: nobody moves digits of the nonce into it.
    fn check(&self, given: &str, signed: &Signed, sealed: &[&str], now: Timestamp) -> Result<(), Rejected> {
        let parts: Vec<&str> =
            [signed.timestamp.as_str(), signed.nonce.as_str()].iter().chain(sealed).copied().collect();
        if !bool::from(self.sign(&parts).as_bytes().ct_eq(given.as_bytes())) {
            return Err(Rejected::Unauthorized("the signature does not match"));
        }
        let at: Option<i64> = signed.timestamp.parse().ok();
        match at.filter(|at| at.to_string() == signed.timestamp) {
            Some(at) if at.abs_diff(now.as_second()) <= TOLERANCE.as_secs() => Ok(()),
            Some(_) => Err(Rejected::Unauthorized("the timestamp is more than ten minutes off")),
            None => Err(Rejected::Unauthorized("the timestamp is not a number")),
        }
    }

    /// What a platform wants to read back that sends it as it is.
    pub fn plain_greeting(&self, query: &str, now: Timestamp) -> Result<String, Rejected> {
        let signed = Signed::parse(query);
        self.check(&signed.signature, &signed, &[], now)?;
        Ok(signed.echostr)
    }

    /// What a platform wants to read back that sends it sealed.
    pub fn sealed_greeting(&self, query: &str, now: Timestamp) -> Result<String, Rejected> {
        let signed = Signed::parse(query);
        // Where the address was not encoded, a plus sign arrives as a space.
        let sealed = signed.echostr.replace(' ', "+");
        self.check(&signed.msg_signature, &signed, &[&sealed], now)?;
        self.unseal(&sealed)
    }

    /// The fields of a delivery. With a key only sealed deliveries are taken, whatever stands beside.
    pub fn open(&self, delivery: Delivery<'_>, now: Timestamp) -> Result<Fields, Rejected> {
        self.open_signed(&Signed::parse(delivery.query), delivery, now)
    }

    /// The fields of a delivery that was believed when it came.
    pub fn reopen(&self, delivery: Delivery<'_>) -> Result<Fields, Rejected> {
        let signed = Signed::parse(delivery.query);
        let then = signed.timestamp.parse().ok().and_then(|second| Timestamp::from_second(second).ok());
        self.open_signed(&signed, delivery, then.unwrap_or_default())
    }

    fn open_signed(
        &self,
        signed: &Signed,
        delivery: Delivery<'_>,
        now: Timestamp,
    ) -> Result<Fields, Rejected> {
        let body = || {
            let text = std::str::from_utf8(delivery.body);
            Fields::parse(text.map_err(|_| Rejected::Malformed("the body is not UTF-8".into()))?)
        };
        if self.key.is_none() {
            self.check(&signed.signature, signed, &[], now)?;
            let fields = body()?;
            return match fields.get("Encrypt") {
                Some(_) => Err(Rejected::Malformed("it is encrypted: set encoding_aes_key".into())),
                None => Ok(fields),
            };
        }
        let outer = body()?;
        let sealed = outer.get("Encrypt").ok_or(Rejected::Unauthorized("it is not encrypted"))?;
        self.check(&signed.msg_signature, signed, &[sealed], now)?;
        Fields::parse(&self.unseal(sealed)?)
    }

    fn unseal(&self, sealed: &str) -> Result<String, Rejected> {
        const UNOPENED: &str = "it cannot be decrypted with encoding_aes_key";
        let key = self.key.as_ref().ok_or(Rejected::Unauthorized("there is no encoding_aes_key"))?;
        match key.open(sealed).ok_or(Rejected::Unauthorized(UNOPENED))? {
            (message, receiver) if receiver == self.receiver => Ok(message),
            _ => Err(Rejected::Unauthorized("it is for another account")),
        }
    }

    /// An answer to a delivery, sealed where deliveries are; signed with the time and nonce that it came with.
    pub fn answer(&self, message: String, query: &str) -> String {
        let Some(key) = &self.key else { return message };
        let Signed { timestamp, nonce, .. } = Signed::parse(query);
        let sealed = key.seal(&message, &self.receiver, rand::random());
        let signature = self.sign(&[&timestamp, &nonce, &sealed]);
        format!(
            "<xml><Encrypt><![CDATA[{sealed}]]></Encrypt><MsgSignature><![CDATA[{signature}]]></MsgSignature>\
             <TimeStamp>{timestamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
        )
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;
    use proptest::prelude::*;

    use super::*;

    // The vectors of the platforms' own sample programs.
    const TOKEN: &str = "QDG6eK";
    const RECEIVER: &str = "wx5823bf96d3bd56c7";
    const KEY: &str = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C";
    const GREETING: &str = "msg_signature=5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3&timestamp=1409659589&nonce=263014780&\
        echostr=P9nAzCzyDtyTWESHep1vC5X9xho%2FqYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp%2B4RPcs8TgAE7OaBO%2BFZXvnaqQ%3D%3D";
    const DELIVERY: &str =
        "msg_signature=477715d11cdb4164915debcba66cb864d751f3e6&timestamp=1409659813&nonce=1372623149";
    const SEALED: &str = "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q==";

    fn envelope(receiver: &str) -> Envelope {
        Envelope::new(TOKEN.into(), Some(&KEY.into()), receiver.into()).unwrap()
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn open(envelope: &Envelope, query: &str, body: &str, now: i64) -> Result<Fields, Rejected> {
        envelope.open(Delivery { query, headers: &HeaderMap::new(), body: body.as_bytes() }, at(now))
    }

    fn body(sealed: &str) -> String {
        format!(
            "<xml><ToUserName><![CDATA[{RECEIVER}]]></ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt>\n\
             <AgentID><![CDATA[218]]></AgentID>\n</xml>"
        )
    }

    #[test]
    fn the_official_greeting_is_read_back() {
        let read = |query: &str, now| envelope(RECEIVER).sealed_greeting(query, at(now));
        assert_eq!(read(GREETING, 1_409_659_589).unwrap(), "1616140317555161061");
        let unencoded = GREETING.replace("%2B", "+").replace("%2F", "/").replace("%3D", "=");
        assert_eq!(read(&unencoded, 1_409_659_589).unwrap(), "1616140317555161061");
        assert!(read(GREETING, 1_409_659_589 + 601).is_err(), "stale");
        assert!(read(&GREETING.replace("5c45", "5c46"), 1_409_659_589).is_err(), "forged");
        assert!(read("", 1_409_659_589).is_err());
    }

    #[test]
    fn the_official_message_is_opened() {
        let fields = open(&envelope(RECEIVER), DELIVERY, &body(SEALED), 1_409_659_813).unwrap();
        let expected = [
            ("FromUserName", "mycreate"),
            ("MsgType", "text"),
            ("Content", "hello"),
            ("MsgId", "4561255354251345929"),
            ("AgentID", "218"),
        ];
        for (name, value) in expected {
            assert_eq!(fields.get(name), Some(value), "{name}");
        }
    }

    #[test]
    fn what_is_not_theirs_or_not_for_us_is_refused() {
        let now = 1_409_659_813;
        let refused = |envelope: &Envelope, query: &str, body: &str, now| {
            matches!(open(envelope, query, body, now), Err(Rejected::Unauthorized(_)))
        };
        let ours = envelope(RECEIVER);
        assert!(refused(&ours, DELIVERY, &body(SEALED), now + 601), "stale");
        assert!(refused(&ours, DELIVERY, &body(SEALED), now - 601), "from the future");
        assert!(refused(&ours, &DELIVERY.replace("1372623149", "1372623140"), &body(SEALED), now));
        assert!(refused(&ours, DELIVERY, &body(&SEALED.replacen("Ryp", "Ryq", 1)), now), "changed");
        assert!(refused(&ours, DELIVERY, &body(&SEALED[..SEALED.len() - 24]), now), "truncated");
        assert!(refused(&ours, "", &body(SEALED), now), "unsigned");
        assert!(refused(&ours, DELIVERY, "<xml><Content>hello</Content></xml>", now), "not sealed");
        assert!(
            refused(&envelope("wx0000000000000000"), DELIVERY, &body(SEALED), now),
            "for another account"
        );
        let moved =
            "msg_signature=477715d11cdb4164915debcba66cb864d751f3e6&timestamp=14096598131372623149&nonce=";
        assert!(refused(&ours, moved, &body(SEALED), now), "digits moved from the nonce");
        let other = Envelope::new(
            TOKEN.into(),
            Some(&"abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG".into()),
            RECEIVER.into(),
        );
        assert!(refused(&other.unwrap(), DELIVERY, &body(SEALED), now), "another key");
    }

    #[test]
    fn what_we_seal_is_what_the_samples_seal() {
        let Some(key) = &envelope(RECEIVER).key else { panic!("there is a key") };
        let sealed = key.seal("<xml>你好</xml>", RECEIVER, *b"0123456789abcdef");
        assert_eq!(
            sealed,
            "sKqRbbiSUnDhFHOvPjtUMTmgNAavxJKhMJkWlUciuZ8PnVO1+KzCn4P+7dnDxMMTXFT/mbm4vMmAcVKOlJE1aw=="
        );
        assert_eq!(key.open(&sealed), Some(("<xml>你好</xml>".into(), RECEIVER.into())));
    }

    #[test]
    fn an_answer_is_sealed_and_signed() {
        let ours = envelope(RECEIVER);
        let answer = ours.answer("<xml><Content>好</Content></xml>".into(), DELIVERY);
        let fields = Fields::parse(&answer).unwrap();
        assert_eq!((fields.get("TimeStamp"), fields.get("Nonce")), (Some("1409659813"), Some("1372623149")));
        let query = format!(
            "msg_signature={}&timestamp=1409659813&nonce=1372623149",
            fields.get("MsgSignature").unwrap()
        );
        let opened = open(&ours, &query, &body(fields.get("Encrypt").unwrap()), 1_409_659_813).unwrap();
        assert_eq!(opened.get("Content"), Some("好"));
        let plain = Envelope::new(TOKEN.into(), None, RECEIVER.into()).unwrap();
        assert_eq!(plain.answer("<xml/>".into(), DELIVERY), "<xml/>");
    }

    #[test]
    fn plain_deliveries_are_signed_too() {
        let plain = Envelope::new(TOKEN.into(), None, RECEIVER.into()).unwrap();
        let query = format!("signature={}&timestamp=1409659813&nonce=7", plain.sign(&["1409659813", "7"]));
        let message = "<xml><Content>你好</Content></xml>";
        assert_eq!(open(&plain, &query, message, 1_409_659_813).unwrap().get("Content"), Some("你好"));
        assert!(open(&plain, &query.replace("nonce=7", "nonce=8"), message, 1_409_659_813).is_err());
        assert!(open(&plain, "", message, 1_409_659_813).is_err());
        let greeting = format!("{query}&echostr=42");
        assert_eq!(plain.plain_greeting(&greeting, at(1_409_659_813)).unwrap(), "42");
        let sealed = open(&plain, &query, &body(SEALED), 1_409_659_813);
        assert!(matches!(sealed, Err(Rejected::Malformed(why)) if why.contains("encoding_aes_key")));
    }

    #[test]
    fn values_that_cannot_be_right_are_told() {
        let new =
            |token: &str, key: &str| Envelope::new(token.into(), Some(&key.into()), String::new()).err();
        assert_eq!(new(TOKEN, KEY), None);
        assert_eq!(new("", KEY), Some(BadEnvelope::Token));
        assert_eq!(new("not a token", KEY), Some(BadEnvelope::Token));
        for key in ["", &KEY[1..], &format!("{KEY}="), &KEY.replace('j', "!")] {
            assert_eq!(new(TOKEN, key), Some(BadEnvelope::Key), "{key}");
        }
    }

    proptest! {
        /// Whoever knows the signature may still send any bytes.
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), blocks in 0..6_usize) {
            let Some(key) = &envelope(RECEIVER).key else { panic!("there is a key") };
            key.open(&STANDARD.encode(&bytes));
            key.open(&String::from_utf8_lossy(&bytes));
            // The same bytes as what comes out of the decryption, so that every length and padding is met.
            let mut plain = bytes;
            plain.resize(blocks * 16, 7);
            let cipher = cbc::Encryptor::<Aes256>::new_from_slices(&key.0, &key.0[..16]).unwrap();
            let whole = plain.len();
            let sealed = STANDARD.encode(cipher.encrypt_padded::<NoPadding>(&mut plain, whole).unwrap());
            key.open(&sealed);
            let ours = envelope(RECEIVER);
            let signed = ours.sign(&["1409659813", "1", &sealed]);
            let query = format!("msg_signature={signed}&timestamp=1409659813&nonce=1");
            let _ = open(&ours, &query, &body(&sealed), 1_409_659_813);
        }

        #[test]
        fn what_is_sealed_is_opened(message in "\\PC{0,80}", receiver in "[a-z0-9]{0,20}", salt in any::<[u8; 16]>()) {
            let Some(key) = &envelope(RECEIVER).key else { panic!("there is a key") };
            prop_assert_eq!(key.open(&key.seal(&message, &receiver, salt)), Some((message, receiver)));
        }

        #[test]
        fn no_address_makes_it_panic(query in "\\PC{0,80}") {
            Signed::parse(&query);
        }
    }
}
