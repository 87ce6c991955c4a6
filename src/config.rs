//! The configuration: one TOML file, every key optional. Anything unknown or wrong is refused with its line;
//! `hotline.example.toml` shows everything, and a test reads it.

mod channels;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use serde::Deserialize;

pub use self::channels::*;
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
    /// Whether what staff say that a message is about is learned, too, whenever the catalogue is.
    pub learn_from_corrections: bool,
    /// Who understands.
    pub engine: Engine,
    /// The folder of a sentence model, for `Engine::Bert`.
    pub model: Option<PathBuf>,
    /// How long a message waits for the sentence model, in milliseconds.
    pub patience_ms: u64,
}

/// Who understands messages.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Engine {
    /// The model that is learned from the catalogue.
    #[default]
    BuiltIn,
    /// The same, with a second opinion by a sentence model.
    Bert,
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
        Self {
            intents: "intents".into(),
            learn_from_corrections: false,
            engine: Engine::BuiltIn,
            model: None,
            patience_ms: 200,
        }
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
        self.sentence_model()?;
        self.calendar()?;
        self.channels()?;
        Ok(())
    }

    /// How long a message waits for the sentence model.
    pub fn patience(&self) -> Duration {
        Duration::from_millis(self.understanding.patience_ms)
    }

    /// The folder of the sentence model that is asked for a second opinion, if any is.
    pub fn sentence_model(&self) -> anyhow::Result<Option<&Path>> {
        match (self.understanding.engine, &self.understanding.model) {
            (Engine::BuiltIn, _) => Ok(None),
            (Engine::Bert, Some(folder)) => Ok(Some(folder)),
            (Engine::Bert, None) => {
                anyhow::bail!(
                    "[understanding] engine = \"bert\" needs model, the folder of a sentence model (docs/bert.md)"
                )
            }
        }
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
        assert!(config.channels.matrix.is_some_and(|matrix| matrix.display_name.is_some()));
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
        assert!(error("[understanding]\nengine = 'bert'").contains("needs model"));
        assert!(error("[understanding]\nengine = 'gpt'").contains("line 2"));
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
        let matrix = |rest: &str| error(&format!("[channels.matrix]\n{rest}"));
        let (url, user) = ("homeserver_url = 'http://127.0.0.1:8008'", "user = '@hotline:example.org'");
        let tokens = "as_token = '0123456789abcdef'\nhs_token = 'fedcba9876543210'";
        assert!(matrix(&format!("homeserver_url = 'x'\n{user}\n{tokens}")).contains("8008"));
        assert!(matrix(&format!("{url}\nuser = 'hotline'\n{tokens}")).contains("@hotline:example.org"));
        let same = tokens.replace("fedcba9876543210", "0123456789abcdef");
        assert!(matrix(&format!("{url}\n{user}\n{same}")).contains("not the same"));
        for line in
            ["token = 110201543:AAHdqTcv", "tokn = '110201543:AAHdqTcv'", "token = '110201543:AAHdqTcv"]
        {
            let wrong = error(&format!("[channels.telegram]\n{line}\n"));
            assert!(wrong.contains("line 2") && !wrong.contains("AAHdqTcv"), "{wrong}");
        }
        assert!(error("[channels.webhook.a]\nsecret = 'x'\ndeliver_url = 'http://x'").contains("whsec_"));
    }
}
