//! Tencent's side of a delivery: signed, and sealed in safe mode. Written a second time, so that the tests do not
//! believe the code.

use aes::Aes256;
use aes::cipher::block_padding::NoPadding;
use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest, Sha1};

/// What the operator has entered on the platform's page.
pub const TOKEN: &str = "hotline7";
/// The same; 43 characters that are the base64 of 32 bytes.
pub const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFE";

fn key() -> Vec<u8> {
    STANDARD.decode(format!("{KEY}=")).expect("a key of 32 bytes")
}

/// The signature of these parts and the token.
pub fn signature(parts: &[&str]) -> String {
    let mut parts = [parts, &[TOKEN]].concat();
    parts.sort_unstable();
    Sha1::digest(parts.concat()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A message for a receiver.
pub fn seal(message: &str, receiver: &str) -> String {
    let length = u32::try_from(message.len()).expect("short").to_be_bytes();
    let mut plain =
        [b"fedcba9876543210".as_slice(), &length, message.as_bytes(), receiver.as_bytes()].concat();
    let padding = 32 - plain.len() % 32;
    plain.extend(vec![u8::try_from(padding).expect("small"); padding]);
    let (key, whole) = (key(), plain.len());
    let cipher = cbc::Encryptor::<Aes256>::new_from_slices(&key, &key[..16]).expect("a key");
    STANDARD.encode(cipher.encrypt_padded::<NoPadding>(&mut plain, whole).expect("whole blocks"))
}

/// The message and its receiver.
pub fn unseal(sealed: &str) -> (String, String) {
    let (key, mut bytes) = (key(), STANDARD.decode(sealed).expect("base64"));
    let cipher = cbc::Decryptor::<Aes256>::new_from_slices(&key, &key[..16]).expect("a key");
    let plain = cipher.decrypt_padded::<NoPadding>(&mut bytes).expect("whole blocks");
    let padding = usize::from(*plain.last().expect("not empty"));
    assert!((1..=32).contains(&padding) && plain.len().is_multiple_of(32), "padded to blocks of 32");
    let plain = &plain[16..plain.len() - padding];
    let length = u32::from_be_bytes(plain[..4].try_into().expect("a length")) as usize;
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    (text(&plain[4..4 + length]), text(&plain[4 + length..]))
}

/// What stands in an element of a document that we know.
pub fn element<'x>(xml: &'x str, name: &str) -> Option<&'x str> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let (inside, _) = rest.split_once(&format!("</{name}>"))?;
    Some(inside.strip_prefix("<![CDATA[").and_then(|text| text.strip_suffix("]]>")).unwrap_or(inside))
}

/// Elements with texts in them.
pub fn xml(fields: &[(&str, &str)]) -> String {
    let field = |(name, text): &(&str, &str)| format!("<{name}><![CDATA[{text}]]></{name}>");
    format!("<xml>{}</xml>", fields.iter().map(field).collect::<String>())
}
