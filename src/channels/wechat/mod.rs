//! A WeChat Official Account (微信公众号): residents write to it, one by one; it has no groups.
//!
//! What we may write is counted: somebody who writes to us opens five messages within 48 hours. The answer to a delivery
//! is not counted, so whatever is ready within five seconds leaves that way. Beyond the window only a notice may be sent
//! that they subscribed to.

mod passive;
mod receive;
mod send;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::Timestamp;
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use self::passive::Places;
use super::button::Tagger;
use super::tencent::api::{Account, Api, Call};
use super::tencent::envelope::{BadEnvelope, Envelope};
use super::{Abilities, Acknowledgement, Channel, Delivery, Fetched, Outgoing, Rejected, SendError};
use crate::domain::message::{Attachment, AttachmentKind, Inbound};
use crate::domain::pace::{Pace, Window};

/// The channel's name.
pub const NAME: &str = "wechat";
/// The platform's address.
pub const API_URL: &str = "https://api.weixin.qq.com";
/// How long a delivery waits for the hotline's answer; WeChat itself waits five seconds.
pub const ANSWER_WITHIN: Duration = Duration::from_secs(4);
/// What somebody opens who writes to us. One is kept for the survey.
const WINDOW: Window = Window { sends: 5, lasts: Duration::from_secs(48 * 3600), kept_for_survey: 1 };

/// What the operator has set.
pub struct Settings {
    /// AppID.
    pub app_id: String,
    /// AppSecret.
    pub app_secret: SecretString,
    /// Token.
    pub token: SecretString,
    /// EncodingAESKey: safe mode. Without it deliveries come as they are.
    pub encoding_aes_key: Option<SecretString>,
    /// Where the API is.
    pub api_url: Url,
    /// How long a delivery waits for the hotline's answer.
    pub answer_within: Duration,
    /// What a survey is sent as when nothing else may be.
    pub survey_notice: Option<SurveyNotice>,
}

/// A subscription notice (订阅通知).
#[derive(Clone, Debug)]
pub struct SurveyNotice {
    /// The template's id.
    pub template_id: String,
    /// The template's fields and what stands in them; `{case}` and `{text}` are the case's number and the question.
    pub fields: BTreeMap<String, String>,
    /// Where a tap on it leads.
    pub page: Option<String>,
}

/// See the module.
pub struct WeChat {
    app_id: String,
    envelope: Envelope,
    api: Api,
    tagger: Tagger,
    places: Places,
    answer_within: Duration,
    survey_notice: Option<SurveyNotice>,
}

impl WeChat {
    /// An account with the operator's settings.
    pub fn new(settings: Settings) -> Result<Self, BadEnvelope> {
        let Settings { app_id, app_secret, token, encoding_aes_key, .. } = settings;
        let tagger = Tagger::new(app_secret.expose_secret().as_bytes());
        let envelope = Envelope::new(token, encoding_aes_key.as_ref(), app_id.clone())?;
        let account = Account::WeChat { app_id: app_id.clone(), secret: app_secret };
        Ok(Self {
            app_id,
            envelope,
            api: Api::new(&settings.api_url, account),
            tagger,
            places: Places::default(),
            answer_within: settings.answer_within,
            survey_notice: settings.survey_notice,
        })
    }
}

impl Channel for WeChat {
    /// Numbers answer everywhere, as a menu's options can be tapped but an answer to a delivery has no menu.
    fn abilities(&self) -> Abilities {
        let pace = Pace { per_second: Some(50), ..Pace::UNLIMITED };
        Abilities { edits: false, buttons: false, pace, window: Some(WINDOW) }
    }

    fn receive(&self, delivery: Delivery<'_>, now: Timestamp) -> Result<Vec<Inbound>, Rejected> {
        let fields = self.envelope.open(delivery, now)?;
        Ok(receive::message(&fields, &self.tagger)?.into_iter().collect())
    }

    fn greet(&self, query: &str, now: Timestamp) -> Result<String, Rejected> {
        self.envelope.plain_greeting(query, now)
    }

    fn acknowledge<'a>(
        &'a self,
        delivery: Delivery<'a>,
        messages: &'a [Inbound],
    ) -> BoxFuture<'a, Acknowledgement> {
        let answerable = messages.iter().find(|message| receive::may_be_answered(message));
        let place = answerable.map(|message| self.places.open(&message.chat.id, &message.key));
        async move {
            let Some(place) = place else { return nothing() };
            match place.answer(self.answer_within).await {
                Some(text) => self.passively(&text, delivery),
                None => nothing(),
            }
        }
        .boxed()
    }

    fn send<'a>(
        &'a self,
        outgoing: Outgoing<'a>,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<Option<String>, SendError>> {
        self.deliver(outgoing).boxed()
    }

    fn fetch<'a>(&'a self, attachment: &'a Attachment) -> BoxFuture<'a, Result<Fetched, SendError>> {
        async move {
            match attachment.kind {
                AttachmentKind::Voice | AttachmentKind::Photo => {}
                AttachmentKind::Video | AttachmentKind::File => {
                    return Err(SendError::Never("WeChat gives only voices and pictures".into()));
                }
            }
            let query = [("media_id", attachment.id.as_str())];
            let call = Call { path: "/cgi-bin/media/get", query: &query, body: None };
            self.api.fetch(call).await.map_err(|failure| failure.into_send_error(send::judge))
        }
        .boxed()
    }

    fn who_am_i(&self) -> BoxFuture<'_, Result<String, String>> {
        async {
            let body = json!({ "cgi_path": "/cgi-bin/message/custom/send" });
            let call = Call { path: "/cgi-bin/openapi/quota/get", query: &[], body: Some(&body) };
            let answer = self.api.call(call).await.map_err(|failure| failure.words(send::judge))?;
            let quota = &answer["quota"];
            Ok(match (quota["remain"].as_i64(), quota["daily_limit"].as_i64()) {
                (Some(remain), Some(limit)) => {
                    format!("{}: {remain} of {limit} customer service messages are left today", self.app_id)
                }
                _ => format!("{}: WeChat knows us", self.app_id),
            })
        }
        .boxed()
    }
}

/// To WeChat: it is here, and there is nothing to show.
fn nothing() -> Acknowledgement {
    Acknowledgement { content_type: "text/plain; charset=utf-8", body: "success".into() }
}
