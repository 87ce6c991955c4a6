//! What we write: as the answer to a delivery while one waits, else by a customer service message (客服消息), and a
//! survey that may not be asked any other way by a notice that they subscribed to.

use std::time::Duration;

use serde_json::{Value, json};

use super::{SurveyNotice, WeChat};
use crate::channels::tencent::api::{Call, Refusal};
use crate::channels::tencent::{TEXT_BYTES_MAX, split};
use crate::channels::{Outgoing, PASSIVE, SendError, numbered};
use crate::domain::message::{Choice, Outbound, Purpose};

/// The longest text above a menu's options, in bytes.
const HEAD_BYTES_MAX: usize = 1024;
/// Options of a menu; more are written as a list.
const OPTIONS_MAX: usize = 10;
/// Characters that a notice's field takes when its name begins with `thing`.
const THING_CHARS: usize = 20;
/// The pause after the limit of a minute.
const MINUTE: Duration = Duration::from_secs(60);
/// The pause after the limit of a day.
const HOUR: Duration = Duration::from_secs(3600);

impl WeChat {
    pub(super) async fn deliver(&self, outgoing: Outgoing<'_>) -> Result<Option<String>, SendError> {
        let message = outgoing.message;
        let list = numbered(&message.text, &message.choices);
        if list.len() <= TEXT_BYTES_MAX && self.places.fill(&message.chat.id, &list) {
            return Ok(Some(PASSIVE.into()));
        }
        if message.purpose == Purpose::Toast {
            // Nothing of WeChat's waits for the answer to a tap.
            return Ok(None);
        }
        let sent = match outgoing.window_open {
            true => self.by_customer_service(message, &list).await,
            false => Err(SendError::Closed("WeChat lets us write only after they have written".into())),
        };
        match (sent, &self.survey_notice) {
            (Err(SendError::Closed(_)), Some(notice)) if message.purpose == Purpose::Survey => {
                self.by_notice(message, notice).await
            }
            (sent, _) => sent,
        }
    }

    async fn by_customer_service(&self, message: &Outbound, list: &str) -> Result<Option<String>, SendError> {
        if let Some(menu) = self.menu(message) {
            return self.send_custom("msgmenu", menu, message).await;
        }
        for piece in split(list, TEXT_BYTES_MAX) {
            self.send_custom("text", json!({ "content": piece }), message).await?;
        }
        Ok(None)
    }

    async fn send_custom(
        &self,
        kind: &str,
        content: Value,
        message: &Outbound,
    ) -> Result<Option<String>, SendError> {
        let body = json!({ "touser": message.chat.id, "msgtype": kind, kind: content });
        let call = Call { path: "/cgi-bin/message/custom/send", query: &[], body: Some(&body) };
        let sent = self.api.call(call).await;
        sent.map(|_| None).map_err(|failure| failure.into_send_error(judge))
    }

    /// Options that can be tapped, with their numbers, so that "2" is an answer, too; `None` where a list is better.
    fn menu(&self, message: &Outbound) -> Option<Value> {
        let fits = (1..=OPTIONS_MAX).contains(&message.choices.len()) && message.text.len() <= HEAD_BYTES_MAX;
        let option = |(at, choice): (usize, &Choice)| {
            let id = self.tagger.tag(&message.chat.id, &choice.data)?;
            Some(json!({ "id": id, "content": format!("{} {}", at + 1, choice.label) }))
        };
        let list: Option<Vec<Value>> = message.choices.iter().enumerate().map(option).collect();
        let list = list.filter(|_| fits)?;
        Some(json!({ "head_content": message.text, "list": list }))
    }

    async fn by_notice(
        &self,
        message: &Outbound,
        notice: &SurveyNotice,
    ) -> Result<Option<String>, SendError> {
        let body = notice_body(message, notice);
        let call = Call { path: "/cgi-bin/message/subscribe/bizsend", query: &[], body: Some(&body) };
        let sent = self.api.call(call).await;
        sent.map(|_| None).map_err(|failure| failure.into_send_error(judge))
    }
}

fn notice_body(message: &Outbound, notice: &SurveyNotice) -> Value {
    let case = message.case.map(|number| number.to_string()).unwrap_or_default();
    let filled = |(name, pattern): (&String, &String)| {
        let whole = pattern.replace("{case}", &case).replace("{text}", &message.text.replace('\n', " "));
        let value = match name.starts_with("thing") {
            true => whole.chars().take(THING_CHARS).collect(),
            false => whole,
        };
        (name.clone(), json!({ "value": value }))
    };
    let data: serde_json::Map<String, Value> = notice.fields.iter().map(filled).collect();
    let mut body = json!({ "touser": message.chat.id, "template_id": notice.template_id, "data": data });
    if let Some(page) = &notice.page {
        body["page"] = page.replace("{case}", &case).into();
    }
    body
}

/// What a number of WeChat's means for the message.
pub(super) fn judge(refusal: &Refusal) -> SendError {
    let words = &refusal.words;
    let later = |pause| SendError::Later { pause, reason: words.clone() };
    let remedy = |remedy: &str| SendError::Revoked(format!("{words}: {remedy}"));
    match refusal.code {
        -1 => later(None),
        45009 => later(Some(HOUR)),
        45011 => later(Some(MINUTE)),
        40001 | 40014 | 42001 => {
            remedy("WeChat refuses even a new access token; compare app_id and app_secret")
        }
        40013 => remedy("app_id is not right"),
        40125 | 41004 => remedy("app_secret is not right"),
        40243 => remedy("the AppSecret is frozen; unfreeze it on the platform's page"),
        40164 | 61004 => remedy("add this machine's address to the IP allow-list (IP 白名单)"),
        48004 | 50002 => {
            remedy("WeChat has blocked this account's API; see its notices on the platform's page")
        }
        // They must write to us before we may write again; an account without the right may only answer.
        45015 | 45047 | 48001 | 43101 => SendError::Closed(words.clone()),
        40003 | 43004 | 50005 | 48002 => SendError::Gone(words.clone()),
        code if (40_000..50_000).contains(&code) => SendError::Never(words.clone()),
        _ => later(None),
    }
}
