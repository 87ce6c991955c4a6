//! What we write: texts and cards from the app, words from a robot.

use std::time::Duration;

use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::WeCom;
use super::card::{self, Cards};
use crate::channels::tencent::api::{Call, Refusal};
use crate::channels::tencent::{TEXT_BYTES_MAX, split};
use crate::channels::{Outgoing, SendError, numbered};
use crate::domain::message::{ChatKind, Outbound, Purpose};

/// WeCom itself drops the same words that it got twice within so long, in seconds. Longer than the lease of a message
/// that is sent again after a crash, and not so long that an answer is missed which is rightly given twice.
const TWICE_WITHIN_S: u32 = 120;
/// The pause after too many calls.
const PAUSE: Duration = Duration::from_secs(60);
/// Characters of the answer to a tap, on the card's button.
const TOAST_CHARS: usize = 20;

/// Who gets a message.
enum To<'m> {
    Member(&'m str),
    Tag(&'m str),
    Party(&'m str),
    Robot(&'m str),
}

impl<'m> To<'m> {
    /// Ids of members have no colon.
    fn of(message: &'m Outbound) -> Self {
        match message.chat.id.split_once(':') {
            Some(("tag", id)) => Self::Tag(id),
            Some(("party", id)) => Self::Party(id),
            Some(("robot", name)) => Self::Robot(name),
            _ => Self::Member(&message.chat.id),
        }
    }

    fn address(&self, body: &mut Value) {
        let (name, id) = match self {
            Self::Member(id) => ("touser", id),
            Self::Tag(id) => ("totag", id),
            Self::Party(id) => ("toparty", id),
            Self::Robot(_) => return,
        };
        body[name] = (*id).into();
    }
}

impl WeCom {
    pub(super) async fn deliver(&self, outgoing: Outgoing<'_>) -> Result<Option<String>, SendError> {
        let message = outgoing.message;
        let to = To::of(message);
        if let To::Robot(name) = to {
            return self.announce(name, message).await;
        }
        if message.purpose == Purpose::Toast {
            return self.toast(message, &to).await;
        }
        let changed = match outgoing.replaces {
            Some(code) => self.change(code, message).await?,
            None => false,
        };
        if changed {
            return Ok(None);
        }
        match card::cards(message, &self.tagger).filter(|cards| !cards.cards.is_empty()) {
            Some(cards) => self.send_cards(&to, cards).await,
            None => self.send_text(&to, &numbered(&message.text, &message.choices)).await.map(|()| None),
        }
    }

    /// What follows from the first card's code counts: later messages take its place.
    async fn send_cards(
        &self,
        to: &To<'_>,
        Cards { text, cards }: Cards,
    ) -> Result<Option<String>, SendError> {
        if let Some(text) = text {
            self.send_text(to, &text).await?;
        }
        let mut code = None;
        for card in cards {
            let answer = self.send_one(to, "template_card", card).await?;
            code = code.or_else(|| answer["response_code"].as_str().map(str::to_owned));
        }
        Ok(code)
    }

    async fn send_text(&self, to: &To<'_>, text: &str) -> Result<(), SendError> {
        for piece in split(text, TEXT_BYTES_MAX) {
            self.send_one(to, "text", json!({ "content": piece })).await?;
        }
        Ok(())
    }

    async fn send_one(&self, to: &To<'_>, kind: &str, content: Value) -> Result<Value, SendError> {
        let mut body = json!({
            "agentid": self.agent_id,
            "msgtype": kind,
            kind: content,
            "enable_duplicate_check": 1,
            "duplicate_check_interval": TWICE_WITHIN_S,
        });
        to.address(&mut body);
        let answer = self.call("/cgi-bin/message/send", &body).await?;
        match to {
            To::Member(id) => reached(id, &answer).map(|()| answer),
            To::Tag(_) | To::Party(_) | To::Robot(_) => Ok(answer),
        }
    }

    async fn call(&self, path: &str, body: &Value) -> Result<Value, SendError> {
        let call = Call { path, query: &[], body: Some(body) };
        self.api.call(call).await.map_err(|failure| failure.into_send_error(judge))
    }

    /// Changes an earlier card; `false` where its code was used before or is too old, so that the words go anew.
    async fn change(&self, code: &str, message: &Outbound) -> Result<bool, SendError> {
        let Some(card) = card::replacement(message, &self.tagger) else { return Ok(false) };
        let mut body = json!({ "agentid": self.agent_id, "response_code": code, "template_card": card });
        match message.kind {
            ChatKind::Private => body["userids"] = json!([message.chat.id]),
            ChatKind::Group => body["atall"] = 1.into(),
        }
        match self.call("/cgi-bin/message/update_template_card", &body).await {
            Ok(_) => Ok(true),
            Err(wait @ (SendError::Later { .. } | SendError::Revoked(_))) => Err(wait),
            Err(
                SendError::Never(_) | SendError::Gone(_) | SendError::Moved { .. } | SendError::Closed(_),
            ) => Ok(false),
        }
    }

    /// The answer to a tap. On a card that a whole team has, it takes the place of the buttons of who tapped; in a
    /// private chat, where the same buttons may be wanted again, it is a message.
    async fn toast(&self, message: &Outbound, to: &To<'_>) -> Result<Option<String>, SendError> {
        if message.kind == ChatKind::Private {
            return self.send_text(to, &message.text).await.map(|()| None);
        }
        let Some((code, member)) = message.tap.as_deref().and_then(|tap| tap.split_once('|')) else {
            return Ok(None);
        };
        let words: String = message.text.chars().take(TOAST_CHARS).collect();
        let body = json!({
            "userids": [member],
            "agentid": self.agent_id,
            "response_code": code,
            "button": { "replace_name": words },
        });
        self.call("/cgi-bin/message/update_template_card", &body).await.map(|_| None)
    }

    /// A robot's words, with what a member writes to the app instead of tapping.
    async fn announce(&self, name: &str, message: &Outbound) -> Result<Option<String>, SendError> {
        if message.purpose == Purpose::Toast {
            return Ok(None);
        }
        let Some(key) = self.robots.get(name) else {
            return Err(SendError::Gone(format!("no robot `{name}` is set in [channels.wecom.robots]")));
        };
        for piece in split(&self.with_hint(message), TEXT_BYTES_MAX) {
            let body = json!({ "msgtype": "text", "text": { "content": piece } });
            let query = [("key", key.expose_secret())];
            let call = Call { path: "/cgi-bin/webhook/send", query: &query, body: Some(&body) };
            let sent = self.api.call_openly(call).await;
            sent.map_err(|failure| failure.into_send_error(judge))?;
        }
        Ok(None)
    }

    pub(super) fn with_hint(&self, message: &Outbound) -> String {
        let Some(number) = message.case.filter(|_| !message.choices.is_empty()) else {
            return message.text.clone();
        };
        let words: Vec<String> =
            message.choices.iter().map(|choice| format!("{} {number}", choice.label)).collect();
        format!("{}\n{} {}", message.text, self.robot_hint, words.join(" / "))
    }
}

/// WeCom answers 0 even where the one member does not get it.
fn reached(member: &str, answer: &Value) -> Result<(), SendError> {
    let names = |field: &str| {
        let list = answer[field].as_str().unwrap_or_default();
        list.split('|').any(|one| one.eq_ignore_ascii_case(member))
    };
    if names("invaliduser") {
        return Err(SendError::Gone("the member is not in the app's visible range (可见范围)".into()));
    }
    if names("unlicenseduser") {
        return Err(SendError::Gone("the member has no interface licence (接口许可)".into()));
    }
    Ok(())
}

/// What a number of WeCom's means for the message.
pub(super) fn judge(refusal: &Refusal) -> SendError {
    let words = &refusal.words;
    let later = |pause| SendError::Later { pause, reason: words.clone() };
    let remedy = |remedy: &str| SendError::Revoked(format!("{words}: {remedy}"));
    match refusal.code {
        -1 => later(None),
        45009 | 45033 | 45011 => later(Some(PAUSE)),
        40001 | 40014 | 42001 => remedy("WeCom refuses the app's secret; compare corp_id and secret"),
        40013 => remedy("corp_id is not right"),
        40056 | 301_002 => remedy("agent_id is not right, or the secret is another app's"),
        48002 | 48004 => remedy("the app may not use this interface; see its permissions"),
        60020 => remedy("add this machine's address to the app's trusted IPs (企业可信IP)"),
        40003 | 60011 | 60111 | 81013 | 93000 | 93008 => SendError::Gone(words.clone()),
        code if (40_000..100_000).contains(&code) => SendError::Never(words.clone()),
        _ => later(None),
    }
}
