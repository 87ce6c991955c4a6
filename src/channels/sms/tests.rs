//! Table tests on what Kannel posts and answers.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::alphabet::Coding;
use super::*;
use crate::channels::parts;
use crate::domain::message::{Body, Chat, ChatKind};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
/// `kannel:` and the token, in base64.
const LOGIN: &str = "Basic a2FubmVsOjAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVm";
const ID: &str = "id=5f6ac1a2-8f0f-4a9d-9d5e-1f1f2b1c0d0e";
const UTF_16: &str = "text/plain; charset=\"UTF-16BE\"";

fn settings() -> Settings {
    Settings {
        url: "http://127.0.0.1:1/cgi-bin/sendsms".parse().unwrap(),
        username: "hotline".into(),
        password: "p-4-Kannel".into(),
        token: TOKEN.into(),
        from: Some("10690000".into()),
        prefix: "+86".into(),
        segments: 10,
        per_second: 10,
    }
}

fn receive_with(
    query: &str,
    headers: &[(&'static str, &str)],
    body: &[u8],
) -> Result<Vec<Inbound>, Rejected> {
    let pair = |(name, value): &(&'static str, &str)| {
        (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
    };
    let headers: HeaderMap = headers.iter().map(pair).collect();
    let delivery = Delivery { query, headers: &headers, body };
    Sms::new(settings()).unwrap().receive(delivery, Timestamp::UNIX_EPOCH)
}

fn receive(from: &str, kind: &str, body: &[u8]) -> Vec<Inbound> {
    let headers = [
        ("authorization", LOGIN),
        ("content-type", kind),
        ("x-kannel-from", from),
        ("x-kannel-to", "10690000"),
        ("x-kannel-time", "2026-03-02 02:00:00"),
        ("x-kannel-coding", "2"),
        ("x-kannel-service", "hotline"),
    ];
    receive_with(ID, &headers, body).unwrap()
}

fn big_endian(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

#[test]
fn a_message_is_read_in_every_coding() {
    let chinese = "家里水龙头漏水😀";
    for (kind, body, expected) in [
        (UTF_16, big_endian(chinese), chinese),
        ("text/plain; charset=\"UTF-8\"", chinese.as_bytes().to_vec(), chinese),
        ("text/plain", b"the lamp is broken\r\n".to_vec(), "the lamp is broken"),
        ("text/plain; charset=\"ISO-8859-1\"", b"caf\xe9".to_vec(), "café"),
        ("text/plain; charset=\"WINDOWS-1258\"", b"help \xff".to_vec(), "help \u{FFFD}"),
    ] {
        let message = receive("+8613800001111", kind, &body).pop().expect("a message");
        assert_eq!(message.body, Body { text: Some(expected.into()), ..Body::default() }, "{kind}");
        assert_eq!(message.chat, Chat::new("sms", "13800001111"));
        assert_eq!((message.sender.as_str(), message.kind), ("13800001111", ChatKind::Private));
        assert_eq!(message.key, ID.trim_start_matches("id="));
    }
}

#[test]
fn one_telephone_is_one_chat() {
    let chat = |from: &str| receive(from, UTF_16, &big_endian("灯坏了")).pop().map(|message| message.chat.id);
    for from in ["13800001111", "+8613800001111", "8613800001111", "008613800001111"] {
        assert_eq!(chat(from).as_deref(), Some("13800001111"), "{from}");
    }
    assert_eq!(chat("+886912345678").as_deref(), Some("+886912345678"));
    assert_eq!(
        Sms::new(settings()).unwrap().chat_of_number("+86 138 0000 1111").as_deref(),
        Some("13800001111")
    );
}

#[test]
fn programs_are_not_answered_and_bytes_are_no_words() {
    for from in ["10086", "1069012345678", "95588", "CITYBANK", ""] {
        assert_eq!(receive(from, UTF_16, &big_endian("您的余额为")), [], "{from}");
    }
    assert_eq!(receive("13800001111", "application/octet-stream", b"\x06\x05\x04"), [], "a ring tone");
    assert_eq!(receive("13800001111", UTF_16, b""), []);
    assert_eq!(receive("13800001111", UTF_16, &big_endian(" \n\0")), []);
    let half = receive("13800001111", UTF_16, b"\x70\x6f\xd8");
    assert_eq!(half[0].body.text.as_deref(), Some("灯"), "a byte that is missing takes nothing else away");
}

#[test]
fn only_our_kannel_is_believed() {
    let headers = |login: &'static str| {
        vec![("authorization", login), ("content-type", UTF_16), ("x-kannel-from", "13800001111")]
    };
    let body = big_endian("灯坏了");
    assert_eq!(receive_with(ID, &headers(LOGIN), &body).map(|messages| messages.len()), Ok(1));
    for forged in [
        "Basic a2FubmVsOnNlY3JldA==",
        "Basic a2FubmVsOg==",
        "Basic a2FubmVs",
        "Basic MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
        "Basic !",
        "Bearer 0123456789abcdef0123456789abcdef",
        "",
    ] {
        let outcome = receive_with(ID, &headers(forged), &body);
        assert!(matches!(outcome, Err(Rejected::Unauthorized(_))), "{forged}");
    }
    assert!(matches!(receive_with(ID, &headers(LOGIN)[1..], &body), Err(Rejected::Unauthorized(_))));
}

#[test]
fn what_kannel_leaves_out_is_named() {
    let headers = [("authorization", LOGIN), ("content-type", UTF_16), ("x-kannel-from", "13800001111")];
    let told = |query: &str, many: usize| match receive_with(query, &headers[..many], b"") {
        Err(Rejected::Malformed(told)) => told,
        other => panic!("{other:?}"),
    };
    assert!(told(ID, 2).contains("send-sender"));
    for query in ["", "id=", "id=%25I", "id=%I", "ID=5f6a", "id=../../etc"] {
        assert!(told(query, 3).contains("?id=%I"), "{query}");
    }
}

#[test]
fn settings_that_cannot_work_are_refused() {
    let with = |change: fn(&mut Settings)| {
        let mut settings = settings();
        change(&mut settings);
        Sms::new(settings).err()
    };
    assert_eq!(with(|_| {}), None);
    assert_eq!(with(|all| all.token = "short".into()), Some(BadSetting::Token));
    assert_eq!(with(|all| all.token = "with@colon:and/slash".into()), Some(BadSetting::Token));
    assert_eq!(with(|all| all.password = "".into()), Some(BadSetting::Login));
    assert_eq!(with(|all| all.password = "with\nline".into()), Some(BadSetting::Login));
    assert_eq!(with(|all| all.username = "热线".into()), Some(BadSetting::Login));
    assert_eq!(with(|all| all.prefix = "+86 ".into()), Some(BadSetting::Prefix));
    assert_eq!(with(|all| all.segments = 21), Some(BadSetting::Segments));
    assert_eq!(with(|all| all.per_second = 0), Some(BadSetting::PerSecond));
}

#[test]
fn a_text_is_written_in_the_shortest_coding_that_can() {
    assert_eq!(Coding::of("case 10019: [done] {5 €}"), Coding::Gsm);
    assert_eq!(Coding::of("诉求 10019"), Coding::Ucs2);
    assert_eq!(Coding::of("it’s"), Coding::Ucs2, "a curly apostrophe");
    let parts = |text: &str, segments: usize| {
        parts::split(text, Coding::of(text).size(segments), 4)
            .iter()
            .map(|part| part.chars().count())
            .collect::<Vec<_>>()
    };
    assert_eq!(parts(&"水".repeat(70), 1), [70]);
    assert_eq!(parts(&"水".repeat(71), 1), [70, 1]);
    assert_eq!(parts(&"水".repeat(134), 2), [134]);
    assert_eq!(parts(&"水".repeat(135), 2), [134, 1]);
    assert_eq!(parts(&"a".repeat(161), 1), [160, 1]);
    assert_eq!(parts(&"[".repeat(81), 1), [80, 1], "a bracket takes two places");
    assert_eq!(parts(&"a".repeat(306), 2), [306]);
}

#[test]
fn every_answer_of_kannels_has_its_consequence() {
    let judged = |status: u16, words: &str| {
        send::judge(send::Answer { status: StatusCode::from_u16(status).unwrap(), words: words.into() })
    };
    assert_eq!(judged(202, "0: Accepted for delivery"), Ok(()));
    assert_eq!(judged(202, "3: Queued for later delivery"), Ok(()));
    for (status, words) in [
        (403, "Authorization failed for sendsms"),
        (400, "Sender missing and no global set, rejected"),
        (404, "Unknown request."),
    ] {
        assert!(matches!(judged(status, words), Err(SendError::Revoked(_))), "{words}");
    }
    for (status, words) in [
        (403, "Not routable. Do not try again."),
        (400, "Number(s) has/have been denied by white- and/or black-lists."),
    ] {
        assert!(matches!(judged(status, words), Err(SendError::Gone(_))), "{words}");
    }
    assert!(matches!(judged(400, "Charset or body misformed, rejected"), Err(SendError::Never(_))));
    for (status, words) in [
        (503, "Temporal failure, try again later."),
        (500, "Sending failed."),
        (403, "<html>a proxy</html>"),
        (502, ""),
        (302, ""),
    ] {
        assert!(
            matches!(judged(status, words), Err(SendError::Later { pause: None, .. })),
            "{status} {words}"
        );
    }
}
