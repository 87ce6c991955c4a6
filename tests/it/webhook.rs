//! A city platform over real HTTP: what it may send, what it gets, and how long we try.

use std::net::SocketAddr;

use hotline::channels::Channels;
use hotline::channels::webhook::Webhook;
use hotline::domain::message::{Chat, ChatKind, Inbound};
use hotline::web::{Web, router};
use jiff::SignedDuration;
use reqwest::StatusCode;
use serde_json::json;

use crate::harness::platform::{Platform, SECRET, signature};
use crate::harness::{Database, TestApp, hours};

struct Peer {
    app: TestApp,
    platform: Platform,
    hook: String,
    client: reqwest::Client,
}

impl Peer {
    async fn new() -> Self {
        let platform = Platform::start().await;
        let mut channels = Channels::default();
        channels.add("webchat", hotline::channels::webchat::Webchat);
        channels.add(
            "webhook:city",
            Webhook::new("city", &[SECRET.into()], platform.url.clone()).expect("a secret"),
        );
        let app = TestApp::with_channels(Database::sqlite(), channels).await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let hook = format!("http://{}/hooks/webhook/city", listener.local_addr().expect("an address"));
        let web = router(Web::new(app.hotline.clone(), false, None))
            .into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, web).await });
        Self { app, platform, hook, client: reqwest::Client::new() }
    }

    async fn post(&self, id: &str, body: Vec<u8>) -> StatusCode {
        let timestamp = self.app.clock.now().as_second().to_string();
        let signed = signature(id, &timestamp, &body);
        self.post_as(id, &timestamp, &signed, body).await
    }

    async fn post_as(&self, id: &str, timestamp: &str, signed: &str, body: Vec<u8>) -> StatusCode {
        let request =
            self.client.post(&self.hook).header("webhook-id", id).header("webhook-timestamp", timestamp);
        request.header("webhook-signature", signed).body(body).send().await.expect("an answer").status()
    }

    async fn stored(&self) -> i64 {
        self.app.hotline.store.read().await.expect("a reader").inbox_waiting().await.expect("a count")
    }
}

fn words(text: &str) -> Vec<u8> {
    let data = json!({ "chat": { "id": "r1", "kind": "private" }, "sender": { "id": "r1", "name": "阿梅" }, "text": text, "unknown": [1] });
    json!({ "type": "message.received", "timestamp": "2026-03-02T02:00:00Z", "data": data })
        .to_string()
        .into_bytes()
}

#[test]
fn a_platform_is_served_and_answered() {
    crate::harness::run(async {
        let peer = Peer::new().await;
        assert_eq!(peer.post("m1", words("莲花北社区,家里灯坏了,找人修")).await, StatusCode::OK);
        assert_eq!(
            peer.post("m1", words("莲花北社区,家里灯坏了,找人修")).await,
            StatusCode::OK,
            "a redelivery"
        );
        peer.app.drain().await;
        let kept = peer.platform.kept();
        assert_eq!(kept.len(), 1);
        assert_eq!(kept[0]["type"], "message.send");
        assert_eq!(kept[0]["data"]["chat"], json!({ "id": "r1", "kind": "private" }));
        assert!(kept[0]["data"]["text"].as_str().is_some_and(|text| text.contains("诉求")));
    });
}

#[test]
fn bad_deliveries_are_refused_and_nothing_is_stored() {
    crate::harness::run(async {
        let peer = Peer::new().await;
        let now = peer.app.clock.now().as_second();
        let body = words("灯坏了");
        let signed = |at: i64, body: &[u8]| signature("m", &at.to_string(), body);
        let refused = [
            (
                peer.post_as("m", &now.to_string(), "", body.clone()).await,
                StatusCode::UNAUTHORIZED,
                "unsigned",
            ),
            (
                peer.post_as("m", &now.to_string(), "v1,AAAA", body.clone()).await,
                StatusCode::UNAUTHORIZED,
                "wrongly signed",
            ),
            (
                peer.post_as("m", &(now - 301).to_string(), &signed(now - 301, &body), body.clone()).await,
                StatusCode::UNAUTHORIZED,
                "stale",
            ),
            (
                peer.post_as("n", &now.to_string(), &signed(now, &body), body.clone()).await,
                StatusCode::UNAUTHORIZED,
                "another id",
            ),
            (peer.post("m", b"{".to_vec()).await, StatusCode::BAD_REQUEST, "not JSON"),
            (peer.post("m", vec![0xff, 0xfe]).await, StatusCode::BAD_REQUEST, "not UTF-8"),
            (
                peer.post("m", b"{\"type\":\"message.received\"}".to_vec()).await,
                StatusCode::BAD_REQUEST,
                "no data",
            ),
            (peer.post("m", vec![b' '; 64 * 1024 + 1]).await, StatusCode::PAYLOAD_TOO_LARGE, "too large"),
        ];
        for (got, expected, what) in refused {
            assert_eq!(got, expected, "{what}");
        }
        assert_eq!(peer.stored().await, 0);
        let elsewhere =
            peer.client.post(peer.hook.replace("city", "nobody")).send().await.expect("an answer");
        assert_eq!(elsewhere.status(), StatusCode::NOT_FOUND);
    });
}

/// Growing pauses for 24 hours, then dead, for staff to see; order is kept meanwhile.
#[test]
fn a_platform_that_is_down_is_tried_for_a_day() {
    crate::harness::run(async {
        let peer = Peer::new().await;
        peer.platform.answers(503);
        let message = Inbound {
            key: "k".into(),
            chat: Chat::new("webhook:city", "r1"),
            kind: ChatKind::Private,
            sender: "r1".into(),
            body: hotline::domain::message::Body { text: Some("你好".into()), ..Default::default() },
        };
        peer.app.receive(message.clone()).await.expect("stored");
        peer.app.drain().await;
        peer.app.advance(SignedDuration::from_secs(4)).await;
        assert!(peer.platform.kept().is_empty());
        peer.platform.answers(200);
        peer.app.advance(SignedDuration::from_secs(2)).await;
        assert_eq!(peer.platform.kept().len(), 1, "after the first pause");

        peer.platform.answers(500);
        peer.app.receive(Inbound { key: "k2".into(), ..message }).await.expect("stored");
        for _ in 0..30 {
            peer.app.advance(hours(1)).await;
        }
        let dead =
            peer.app.hotline.store.read().await.expect("a reader").dead_messages(10).await.expect("a list");
        assert_eq!(dead.len(), 1, "staff see what could not be sent");
    });
}
