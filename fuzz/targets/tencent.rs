//! Whatever Tencent's platforms deliver, or somebody who knows our token: the envelope, what is sealed in it, the XML.
//! The first byte says which door is tried.
#![no_main]

#[path = "../../tests/it/harness/sealed.rs"]
#[allow(dead_code)]
mod sealed;

use std::sync::LazyLock;

use axum::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hotline::channels::{Channels, Delivery};
use hotline::config::Config;
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use sealed::{KEY, TOKEN, seal, signature, xml};

const APP: &str = "wx0123456789abcdef";
const TIME: i64 = 1_772_600_000;

static CHANNELS: LazyLock<Channels> = LazyLock::new(|| {
    let settings = format!(
        "[channels.wechat]\napp_id = \"{APP}\"\napp_secret = \"secret-of-the-app\"\ntoken = \"{TOKEN}\"\nencoding_aes_key = \"{KEY}\"\n"
    );
    Config::parse(&settings).and_then(|config| config.channels()).expect("settings")
});

fuzz_target!(|bytes: &[u8]| {
    let Some((door, rest)) = bytes.split_first() else { return };
    let stamp = TIME.to_string();
    let body = match door % 4 {
        // As it came.
        0 => rest.to_vec(),
        // A sealed text of somebody who does not know the key.
        1 => return deliver(&stamp, &STANDARD.encode(rest)),
        // A message that is sealed well, and is anything.
        2 => return deliver(&stamp, &seal(&String::from_utf8_lossy(rest), APP)),
        // Fields of anything.
        _ => {
            let text = String::from_utf8_lossy(rest);
            let fields = [("MsgType", "text"), ("FromUserName", "openid"), ("MsgId", "7"), ("Content", &*text)];
            return deliver(&stamp, &seal(&xml(&fields), APP));
        }
    };
    receive(&format!("signature={}&timestamp={stamp}&nonce=13", signature(&[&stamp, "13"])), &body);
});

fn deliver(stamp: &str, sealed: &str) {
    let signed = signature(&[stamp, "13", sealed]);
    let query = format!("msg_signature={signed}&timestamp={stamp}&nonce=13&encrypt_type=aes");
    receive(&query, xml(&[("Encrypt", sealed)]).as_bytes());
}

fn receive(query: &str, body: &[u8]) {
    let now = Timestamp::from_second(TIME).expect("a time");
    let channel = CHANNELS.get("wechat").expect("a channel");
    // What is refused is refused with a reason; it only must not panic.
    drop(channel.receive(Delivery { query, headers: &HeaderMap::new(), body }, now));
}
