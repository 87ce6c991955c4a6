//! The messengers' part of the configuration.

use std::collections::BTreeMap;

use anyhow::Context;
use secrecy::SecretString;
use serde::Deserialize;

use super::Config;
use crate::channels::{Channels, matrix, sms, telegram, webchat, webhook, wechat, wecom};

/// `[channels]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ChannelsConfig {
    /// Our own pages.
    pub webchat: bool,
    /// City platforms, by name.
    pub webhook: BTreeMap<String, Webhook>,
    /// A Telegram bot.
    pub telegram: Option<Telegram>,
    /// A WeChat Official Account.
    pub wechat: Option<WeChat>,
    /// An app on WeCom.
    pub wecom: Option<WeCom>,
    /// Text messages.
    pub sms: Option<Sms>,
    /// A user on Matrix.
    pub matrix: Option<Matrix>,
}

/// `[channels.matrix]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Matrix {
    /// Where the homeserver's client-server API is.
    pub homeserver_url: String,
    /// Our user, `@hotline:example.org`.
    pub user: String,
    /// What shows the homeserver who we are.
    pub as_token: SecretString,
    /// What shows us that it is the homeserver.
    pub hs_token: SecretString,
    /// The id in the registration.
    #[serde(default)]
    pub id: Option<String>,
    /// Our name in rooms.
    #[serde(default)]
    pub display_name: Option<String>,
}

/// `[channels.sms]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sms {
    /// The address of Kannel's `sendsms`.
    pub url: String,
    /// The user of Kannel's `sendsms-user`.
    pub username: String,
    /// Its password.
    pub password: SecretString,
    /// The password in Kannel's `post-url`.
    pub token: SecretString,
    /// The number that messages come from.
    #[serde(default)]
    pub from: Option<String>,
    /// What stands before the mainland's numbers on the way out.
    #[serde(default)]
    pub prefix: String,
    /// Segments of one message, as many as Kannel's `max-messages`.
    #[serde(default)]
    pub segments: Option<usize>,
    /// Messages a second.
    #[serde(default)]
    pub per_second: Option<u32>,
}

/// `[channels.wechat]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeChat {
    /// AppID.
    pub app_id: String,
    /// AppSecret.
    pub app_secret: SecretString,
    /// Token.
    pub token: SecretString,
    /// EncodingAESKey, for safe mode.
    #[serde(default)]
    pub encoding_aes_key: Option<SecretString>,
    /// How long a delivery waits for the hotline's answer, in milliseconds.
    #[serde(default)]
    pub answer_within_ms: Option<u64>,
    /// The API's address.
    #[serde(default)]
    pub api_url: Option<String>,
    /// What a survey is sent as when nothing else may be.
    #[serde(default)]
    pub survey_notice: Option<SurveyNotice>,
}

/// `[channels.wechat.survey_notice]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SurveyNotice {
    /// The template's id.
    pub template_id: String,
    /// The template's fields.
    pub fields: BTreeMap<String, String>,
    /// Where a tap on it leads.
    #[serde(default)]
    pub page: Option<String>,
}

/// `[channels.wecom]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeCom {
    /// CorpID.
    pub corp_id: String,
    /// AgentId.
    pub agent_id: i64,
    /// The app's Secret.
    pub secret: SecretString,
    /// Token.
    pub token: SecretString,
    /// EncodingAESKey.
    pub encoding_aes_key: SecretString,
    /// The API's address.
    #[serde(default)]
    pub api_url: Option<String>,
    /// What a robot says where to accept.
    #[serde(default)]
    pub robot_hint: Option<String>,
    /// The keys of groups' robots, by names of one's own.
    #[serde(default)]
    pub robots: BTreeMap<String, SecretString>,
}

/// `[channels.telegram]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telegram {
    /// What BotFather gave.
    pub token: SecretString,
    /// What Telegram sends with every update; made from the token if there is none.
    #[serde(default)]
    pub secret: Option<SecretString>,
    /// How updates come.
    #[serde(default)]
    pub mode: TelegramMode,
    /// The Bot API's address, for a server of one's own.
    #[serde(default)]
    pub api_url: Option<String>,
    /// A way out to it.
    #[serde(default)]
    pub proxy: Option<String>,
}

/// How updates come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TelegramMode {
    /// Telegram delivers them to our public address.
    #[default]
    Webhook,
    /// We ask for them.
    Polling,
}

/// `[channels.webhook.PEER]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    /// `whsec_…`; signs what we send and verifies what comes.
    pub secret: SecretString,
    /// Secrets that are still accepted while they are being changed.
    #[serde(default)]
    pub previous_secrets: Vec<SecretString>,
    /// Where our messages go.
    pub deliver_url: String,
    /// Where what came with messages is fetched.
    #[serde(default)]
    pub attachment_url: Option<String>,
}

impl Default for ChannelsConfig {
    fn default() -> Self {
        Self {
            webchat: true,
            webhook: BTreeMap::new(),
            telegram: None,
            wechat: None,
            wecom: None,
            sms: None,
            matrix: None,
        }
    }
}

impl Config {
    /// The configured messengers.
    pub fn channels(&self) -> anyhow::Result<Channels> {
        let mut channels = Channels::default();
        if self.channels.webchat {
            channels.add(webchat::NAME, webchat::Webchat);
        }
        for (peer, config) in &self.channels.webhook {
            let key = format!("[channels.webhook.{peer}]");
            let url: axum::http::Uri =
                config.deliver_url.parse().with_context(|| format!("{key} deliver_url"))?;
            anyhow::ensure!(
                url.scheme_str().is_some_and(|scheme| scheme.starts_with("http")) && url.host().is_some(),
                "{key} deliver_url must be an address such as https://city.example/hotline"
            );
            let secrets: Vec<_> =
                std::iter::once(&config.secret).chain(&config.previous_secrets).cloned().collect();
            let mut webhook = webhook::Webhook::new(peer, &secrets, config.deliver_url.clone())
                .with_context(|| key.clone())?;
            if let Some(address) = &config.attachment_url {
                let address = address.parse().with_context(|| format!("{key} attachment_url"))?;
                webhook = webhook.fetching_from(address);
            }
            channels.add(webhook.name().to_owned(), webhook);
        }
        if let Some(config) = &self.channels.telegram {
            channels.add(telegram::NAME, self.telegram(config).context("[channels.telegram]")?);
        }
        if let Some(config) = &self.channels.wechat {
            channels.add(wechat::NAME, config.channel().context("[channels.wechat]")?);
        }
        if let Some(config) = &self.channels.wecom {
            channels.add(wecom::NAME, config.channel().context("[channels.wecom]")?);
        }
        if let Some(config) = &self.channels.sms {
            channels.add(sms::NAME, config.channel().context("[channels.sms]")?);
        }
        if let Some(config) = &self.channels.matrix {
            channels.add(matrix::NAME, config.channel().context("[channels.matrix]")?);
        }
        Ok(channels)
    }

    fn telegram(&self, config: &Telegram) -> anyhow::Result<telegram::Telegram> {
        let api_url = config.api_url.as_deref().unwrap_or(telegram::API_URL);
        let api_url: reqwest::Url =
            api_url.parse().context("api_url is no address such as http://127.0.0.1:8081")?;
        let hook = match config.mode {
            TelegramMode::Polling => None,
            TelegramMode::Webhook => Some(self.telegram_hook(api_url.as_str())?),
        };
        Ok(telegram::Telegram::new(telegram::Settings {
            token: config.token.clone(),
            secret: config.secret.clone(),
            hook,
            api_url,
            proxy: config.proxy.clone(),
        })?)
    }

    /// Where Telegram delivers. Its own servers want HTTPS; one's own takes any address.
    fn telegram_hook(&self, api_url: &str) -> anyhow::Result<reqwest::Url> {
        const REMEDY: &str =
            "set [server] public_url = \"https://…\", or mode = \"polling\" where there is no public address";
        let public_url = self
            .server
            .public_url
            .as_ref()
            .with_context(|| format!("the webhook needs an address: {REMEDY}"))?;
        let own_server = api_url.trim_end_matches('/') != telegram::API_URL;
        anyhow::ensure!(own_server || self.is_secure(), "Telegram delivers only to HTTPS: {REMEDY}");
        let hook = format!("{}/hooks/{}", public_url.trim_end_matches('/'), telegram::NAME);
        hook.parse().with_context(|| format!("{hook} is no address: {REMEDY}"))
    }
}

impl WeChat {
    fn channel(&self) -> anyhow::Result<wechat::WeChat> {
        anyhow::ensure!(!self.app_id.is_empty(), "app_id is what the platform's page calls AppID");
        let within = self.answer_within_ms.map(std::time::Duration::from_millis);
        let notice = self.survey_notice.clone().map(|notice| wechat::SurveyNotice {
            template_id: notice.template_id,
            fields: notice.fields,
            page: notice.page,
        });
        Ok(wechat::WeChat::new(wechat::Settings {
            app_id: self.app_id.clone(),
            app_secret: self.app_secret.clone(),
            token: self.token.clone(),
            encoding_aes_key: self.encoding_aes_key.clone(),
            api_url: api_url(self.api_url.as_deref().unwrap_or(wechat::API_URL))?,
            answer_within: within.unwrap_or(wechat::ANSWER_WITHIN).min(wechat::ANSWER_WITHIN),
            survey_notice: notice,
        })?)
    }
}

impl WeCom {
    fn channel(&self) -> anyhow::Result<wecom::WeCom> {
        anyhow::ensure!(!self.corp_id.is_empty(), "corp_id is what the platform's page calls 企业ID");
        Ok(wecom::WeCom::new(wecom::Settings {
            corp_id: self.corp_id.clone(),
            agent_id: self.agent_id,
            secret: self.secret.clone(),
            token: self.token.clone(),
            encoding_aes_key: self.encoding_aes_key.clone(),
            api_url: api_url(self.api_url.as_deref().unwrap_or(wecom::API_URL))?,
            robots: self.robots.clone(),
            robot_hint: self.robot_hint.clone().unwrap_or_else(|| wecom::ROBOT_HINT.to_owned()),
        })?)
    }
}

impl Sms {
    fn channel(&self) -> anyhow::Result<sms::Sms> {
        Ok(sms::Sms::new(sms::Settings {
            url: address(&self.url).context("url is Kannel's, http://127.0.0.1:13013/cgi-bin/sendsms")?,
            username: self.username.clone(),
            password: self.password.clone(),
            token: self.token.clone(),
            from: self.from.clone(),
            prefix: self.prefix.clone(),
            segments: self.segments.unwrap_or(sms::SEGMENTS),
            per_second: self.per_second.unwrap_or(sms::PER_SECOND),
        })?)
    }
}

impl Matrix {
    fn channel(&self) -> anyhow::Result<matrix::Matrix> {
        let or = |set: &Option<String>, common: &str| set.clone().unwrap_or_else(|| common.to_owned());
        Ok(matrix::Matrix::new(matrix::Settings {
            homeserver_url: address(&self.homeserver_url)
                .context("homeserver_url is the homeserver's, http://127.0.0.1:8008")?,
            user: self.user.clone(),
            as_token: self.as_token.clone(),
            hs_token: self.hs_token.clone(),
            id: or(&self.id, matrix::ID),
            display_name: or(&self.display_name, matrix::DISPLAY_NAME),
        })?)
    }
}

fn api_url(url: &str) -> anyhow::Result<reqwest::Url> {
    address(url).with_context(|| format!("api_url: `{url}` is no address such as https://api.example.org"))
}

/// An HTTP address.
fn address(url: &str) -> Option<reqwest::Url> {
    let parsed: Option<reqwest::Url> = url.parse().ok();
    parsed.filter(|url| url.scheme().starts_with("http") && url.has_host())
}
