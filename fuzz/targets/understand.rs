//! Whatever is written is understood in bounded time, without panic, and its details are parts of it.
#![no_main]

use std::sync::LazyLock;

use hotline::understanding::Understander;
use hotline::understanding::catalog::Catalog;
use jiff::ZonedDateTime;
use libfuzzer_sys::fuzz_target;

static UNDERSTANDER: LazyLock<Understander> = LazyLock::new(|| {
    let intents = concat!(env!("CARGO_MANIFEST_DIR"), "/../intents");
    Understander::train(&Catalog::from_folder(intents.as_ref()).expect("the catalogue"))
});

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let now: ZonedDateTime = "2026-03-04T10:30:00+08:00[Asia/Shanghai]".parse().expect("a moment");
    let details = UNDERSTANDER.understand(&text, &now).details;
    for part in [details.community, details.address, details.phone, details.when, details.person].into_iter().flatten() {
        assert!(text.contains(&part), "{part} is not in {text}");
    }
    UNDERSTANDER.needs(&text, &now);
});
