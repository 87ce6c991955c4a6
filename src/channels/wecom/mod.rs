//! WeCom (企业微信): an app of the corporation that members write to, and robots that announce in its groups.
//!
//! Robots only speak. So an offer reaches a team either by a robot, with the words that accept it, or by the app itself:
//! the chat `tag:3` or `party:12` is everybody with that tag or in that department, each of whom gets a card with buttons
//! in private. A card is changed with the code that came with it, once.

mod card;
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

use super::button::Tagger;
use super::tencent::api::{Account, Api, Call};
use super::tencent::envelope::{BadEnvelope, Envelope};
use super::{Abilities, Acknowledgement, Channel, Delivery, Fetched, Outgoing, Rejected, SendError};
use crate::domain::message::{Attachment, Inbound};
use crate::domain::pace::Pace;

/// The channel's name.
pub const NAME: &str = "wecom";
/// The platform's address.
pub const API_URL: &str = "https://qyapi.weixin.qq.com";
/// What a robot says where to accept, if the operator does not say it better.
pub const ROBOT_HINT: &str = "接单请在企业微信的近邻热线应用里回复:";

/// WeCom drops what exceeds thirty messages a minute to one member, and says nothing.
const MEMBER_PAUSE: Duration = Duration::from_secs(2);
/// A robot's messages a minute.
const ROBOT_PER_MINUTE: u32 = 20;
/// Calls a second over all; WeCom allows 10,000 a minute.
const PER_SECOND: u32 = 100;
/// From so many waiting offers on, one card holds them.
const DIGEST_FROM: u32 = 5;

/// What the operator has set.
pub struct Settings {
    /// CorpID.
    pub corp_id: String,
    /// AgentId of the app.
    pub agent_id: i64,
    /// Secret of the app.
    pub secret: SecretString,
    /// Token of its callbacks.
    pub token: SecretString,
    /// EncodingAESKey of its callbacks.
    pub encoding_aes_key: SecretString,
    /// Where the API is.
    pub api_url: Url,
    /// The keys of the groups' robots, by names of the operator's: the chat `robot:NAME`.
    pub robots: BTreeMap<String, SecretString>,
    /// What a robot says where to accept.
    pub robot_hint: String,
}

/// See the module.
pub struct WeCom {
    agent_id: i64,
    envelope: Envelope,
    api: Api,
    tagger: Tagger,
    robots: BTreeMap<String, SecretString>,
    robot_hint: String,
}

impl WeCom {
    /// An app with the operator's settings.
    pub fn new(settings: Settings) -> Result<Self, BadEnvelope> {
        let Settings { corp_id, agent_id, secret, token, encoding_aes_key, .. } = settings;
        let tagger = Tagger::new(secret.expose_secret().as_bytes());
        let envelope = Envelope::new(token, Some(&encoding_aes_key), corp_id.clone())?;
        let api = Api::new(&settings.api_url, Account::WeCom { corp_id, secret });
        let Settings { robots, robot_hint, .. } = settings;
        Ok(Self { agent_id, envelope, api, tagger, robots, robot_hint })
    }
}

impl Channel for WeCom {
    fn abilities(&self) -> Abilities {
        let pace = Pace {
            per_second: Some(PER_SECOND),
            chat_pause: Some(MEMBER_PAUSE),
            group_per_minute: Some(ROBOT_PER_MINUTE),
            digest_from: Some(DIGEST_FROM),
        };
        Abilities { edits: true, buttons: true, pace, window: None }
    }

    fn receive(&self, delivery: Delivery<'_>, now: Timestamp) -> Result<Vec<Inbound>, Rejected> {
        let fields = self.envelope.open(delivery, now)?;
        let app = fields.get("AgentID").and_then(|id| id.parse().ok());
        if app.is_some_and(|app: i64| app != self.agent_id) {
            return Err(Rejected::Malformed("it is for another app: compare agent_id".into()));
        }
        Ok(receive::message(&fields, &self.tagger)?.into_iter().collect())
    }

    fn greet(&self, query: &str, now: Timestamp) -> Result<String, Rejected> {
        self.envelope.sealed_greeting(query, now)
    }

    /// An empty answer: what we say, we send.
    fn acknowledge<'a>(&'a self, _: Delivery<'a>, _: &'a [Inbound]) -> BoxFuture<'a, Acknowledgement> {
        let empty = Acknowledgement { content_type: "text/plain; charset=utf-8", body: String::new() };
        std::future::ready(empty).boxed()
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
            let query = [("media_id", attachment.id.as_str())];
            let call = Call { path: "/cgi-bin/media/get", query: &query, body: None };
            self.api.fetch(call).await.map_err(|failure| failure.into_send_error(send::judge))
        }
        .boxed()
    }

    fn who_am_i(&self) -> BoxFuture<'_, Result<String, String>> {
        async {
            let agent = self.agent_id.to_string();
            let query = [("agentid", agent.as_str())];
            let call = Call { path: "/cgi-bin/agent/get", query: &query, body: None };
            let answer = self.api.call(call).await.map_err(|failure| failure.words(send::judge))?;
            let name = answer["name"].as_str().unwrap_or("an app without a name");
            Ok(format!("{name} (app {agent}), {} robots", self.robots.len()))
        }
        .boxed()
    }
}
