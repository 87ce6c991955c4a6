//! The configuration: one TOML file, every key optional. Anything unknown or wrong is refused with its line;
//! `hotline.example.toml` shows everything, and a test reads it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::Context;
use secrecy::SecretString;
use serde::Deserialize;

use crate::channels::{Channels, sms, telegram, webchat, webhook, wechat, wecom};
use crate::domain::case::Policy;
use crate::domain::deadline::{Calendar, Holidays};
use crate::domain::message::Language;
use crate::domain::service::Within;

/// The file that is read when none is named.
pub const DEFAULT_FILE: &str = "hotline.toml";

/// Days off and make-up workdays as of this version; a file of the operator's takes their place.
const HOLIDAYS: &str = include_str!("../assets/holidays.toml");

/// All settings.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where we listen.
    pub server: Server,
    /// Where everything is kept.
    pub store: Store,
    /// The city.
    pub city: City,
    /// The understanding.
    pub understanding: Understanding,
    /// How long things may take.
    pub policy: PolicyConfig,
    /// The messengers.
    pub channels: ChannelsConfig,
}

/// `[server]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// Address and port.
    pub listen: SocketAddr,
    /// How people reach us from outside.
    pub public_url: Option<String>,
}

/// `[store]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Store {
    /// `sqlite:FILE` or `postgres://…`.
    pub url: String,
}

/// `[city]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct City {
    /// An IANA zone.
    pub timezone: String,
    /// The language of groups and of whoever has not written yet.
    pub language: Language,
    /// A file in the form of `assets/holidays.toml`.
    pub holidays: Option<PathBuf>,
}

/// `[understanding]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Understanding {
    /// The folder of the catalogue; the one in the binary if there is none.
    pub intents: PathBuf,
}

/// `[policy]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PolicyConfig {
    triage: Option<Within>,
    words: Option<Within>,
    claim_idle: Option<Within>,
    claim_idle_urgent: Option<Within>,
    survey_remind: Option<Within>,
    survey_close: Option<Within>,
    passes: Option<usize>,
}

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

impl Default for Server {
    fn default() -> Self {
        Self { listen: SocketAddr::from(([127, 0, 0, 1], 8080)), public_url: None }
    }
}

impl Default for Store {
    fn default() -> Self {
        Self { url: "sqlite:hotline.db".into() }
    }
}

impl Default for City {
    fn default() -> Self {
        Self { timezone: "Asia/Shanghai".into(), language: Language::ZhCn, holidays: None }
    }
}

impl Default for Understanding {
    fn default() -> Self {
        Self { intents: "intents".into() }
    }
}

impl Default for ChannelsConfig {
    fn default() -> Self {
        Self { webchat: true, webhook: BTreeMap::new(), telegram: None, wechat: None, wecom: None, sms: None }
    }
}

impl Config {
    /// Reads the file that was named, or `hotline.toml` if there is one, or nothing at all.
    pub fn read(named: Option<&Path>) -> anyhow::Result<Self> {
        let path = match named {
            Some(path) => path,
            None if Path::new(DEFAULT_FILE).exists() => Path::new(DEFAULT_FILE),
            None => return Ok(Self::default()),
        };
        let text =
            std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&text).with_context(|| format!("{} is not right", path.display()))
    }

    /// Reads a configuration's text.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let config: Self = toml::from_str(text).map_err(|error| without_the_line(text, &error))?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> anyhow::Result<()> {
        let known = ["sqlite:", "postgres://", "postgresql://"];
        anyhow::ensure!(
            known.iter().any(|scheme| self.store.url.starts_with(scheme)),
            "[store] url must begin with sqlite: or postgres://"
        );
        if let Some(url) = &self.server.public_url {
            anyhow::ensure!(url.starts_with("http"), "[server] public_url must begin with https://");
        }
        self.calendar()?;
        self.channels()?;
        Ok(())
    }

    /// Whether people reach us by HTTPS.
    pub fn is_secure(&self) -> bool {
        self.server.public_url.as_ref().is_some_and(|url| url.starts_with("https:"))
    }

    /// Working time in the city.
    pub fn calendar(&self) -> anyhow::Result<Calendar> {
        let zone = jiff::tz::TimeZone::get(&self.city.timezone).with_context(|| {
            format!("[city] timezone: `{}` is no zone such as Asia/Shanghai", self.city.timezone)
        })?;
        let text = match &self.city.holidays {
            Some(path) => std::fs::read_to_string(path)
                .with_context(|| format!("[city] holidays: cannot read {}", path.display()))?,
            None => HOLIDAYS.to_owned(),
        };
        let holidays = Holidays::parse(&text).context("[city] holidays")?;
        Ok(Calendar { zone, holidays })
    }

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

    /// The operator's choices about time.
    pub fn policy(&self) -> Policy {
        let (set, common) = (&self.policy, Policy::default());
        Policy {
            triage: set.triage.unwrap_or(common.triage),
            words: set.words.unwrap_or(common.words),
            claim_idle: set.claim_idle.unwrap_or(common.claim_idle),
            claim_idle_urgent: set.claim_idle_urgent.unwrap_or(common.claim_idle_urgent),
            survey_remind: set.survey_remind.unwrap_or(common.survey_remind),
            survey_close: set.survey_close.unwrap_or(common.survey_close),
            passes: set.passes.unwrap_or(common.passes),
        }
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

fn api_url(url: &str) -> anyhow::Result<reqwest::Url> {
    address(url).with_context(|| format!("api_url: `{url}` is no address such as https://api.example.org"))
}

/// An HTTP address.
fn address(url: &str) -> Option<reqwest::Url> {
    let parsed: Option<reqwest::Url> = url.parse().ok();
    parsed.filter(|url| url.scheme().starts_with("http") && url.has_host())
}

/// What is wrong in a file and where; the line itself may hold a secret, and what is told may be logged.
fn without_the_line(text: &str, error: &toml::de::Error) -> anyhow::Error {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    anyhow::anyhow!("line {}: {}", before.matches('\n').count() + 1, error.message())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_shows_every_setting_and_is_right() {
        let text = include_str!("../hotline.example.toml");
        Config::parse(text).unwrap();
        let uncommented: String = text
            .lines()
            .map(|line| line.strip_prefix("# ").filter(|rest| is_setting(rest)).unwrap_or(line))
            .map(|line| format!("{line}\n"))
            .collect();
        let config = Config::parse(&uncommented).unwrap();
        assert!(config.channels.webhook.contains_key("city"), "the commented settings are settings, too");
        assert!(config.channels.telegram.is_some_and(|telegram| telegram.secret.is_some()));
        assert!(config.channels.wechat.is_some_and(|wechat| wechat.survey_notice.is_some()));
        assert!(config.channels.wecom.is_some_and(|wecom| wecom.robots.contains_key("duty")));
        assert!(config.channels.sms.is_some_and(|sms| sms.from.is_some()));
    }

    fn is_setting(line: &str) -> bool {
        line.starts_with('[') || line.split(' ').nth(1) == Some("=")
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let error = |text: &str| format!("{:#}", Config::parse(text).unwrap_err());
        assert!(error("[store]\nurl = 3").contains("line 2"));
        assert!(error("[stor]\nurl = 'x'").contains("stor"));
        assert!(error("[store]\nurl = 'mysql://x'").contains("sqlite:"));
        assert!(error("[policy]\ntriage = '2 weeks'").contains("2 weeks"));
        assert!(error("[city]\ntimezone = 'Mars/Olympus'").contains("Mars/Olympus"));
        let telegram = |rest: &str| {
            error(&format!("[channels.telegram]\ntoken = '110201543:{}'\n{rest}", "A".repeat(35)))
        };
        assert!(telegram("").contains("public_url"), "a webhook needs an address");
        assert!(telegram("[server]\npublic_url = 'http://x.example'").contains("HTTPS"));
        assert!(telegram("mode = 'polling'\nsecret = 'not allowed'").contains("secret"));
        assert!(telegram("mode = 'polling'\nproxy = '::'").contains("proxy"));
        assert!(telegram("mode = 'polling'\napi_url = 'x'").contains("api_url"));
        let wrong = error("[channels.telegram]\ntoken = 'not-a-token-at-all'\nmode = 'polling'");
        assert!(wrong.contains("BotFather") && !wrong.contains("not-a-token"), "{wrong}");
        let key = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
        let wechat =
            |rest: &str| error(&format!("[channels.wechat]\napp_id = 'wx1'\napp_secret = 's'\n{rest}"));
        assert!(wechat("token = 'no token'").contains("token"));
        assert!(wechat("token = 'abc'\nencoding_aes_key = 'short'").contains("43"));
        assert!(wechat("token = 'abc'\napi_url = 'x'").contains("api_url"));
        assert!(wechat("").contains("token"));
        let wecom = |rest: &str| error(&format!("[channels.wecom]\ncorp_id = 'ww1'\nsecret = 's'\n{rest}"));
        assert!(wecom(&format!("token = 'abc'\nencoding_aes_key = '{key}'")).contains("agent_id"));
        assert!(wecom("agent_id = 1\ntoken = 'abc'\nencoding_aes_key = 'x'").contains("43"));
        let sms =
            |rest: &str| error(&format!("[channels.sms]\nusername = 'hotline'\npassword = 'secret'\n{rest}"));
        let (url, token) = ("url = 'http://127.0.0.1:13013/cgi-bin/sendsms'", "token = '0123456789abcdef'");
        assert!(sms(&format!("{token}\nurl = 'x'")).contains("13013"));
        assert!(sms(&format!("{url}\ntoken = 'short'")).contains("openssl rand"));
        assert!(sms(&format!("{url}\n{token}\nprefix = '+CN'")).contains("prefix"));
        assert!(sms(&format!("{url}\n{token}\nsegments = 0")).contains("max-messages"));
        for line in
            ["token = 110201543:AAHdqTcv", "tokn = '110201543:AAHdqTcv'", "token = '110201543:AAHdqTcv"]
        {
            let wrong = error(&format!("[channels.telegram]\n{line}\n"));
            assert!(wrong.contains("line 2") && !wrong.contains("AAHdqTcv"), "{wrong}");
        }
        assert!(error("[channels.webhook.a]\nsecret = 'x'\ndeliver_url = 'http://x'").contains("whsec_"));
    }
}
