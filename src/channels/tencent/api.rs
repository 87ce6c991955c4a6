//! The way to the platforms' API. A call carries an access token, which is asked for once and kept until it is about to
//! expire; where the platform does not take it any more, it is asked for once again and the call repeated, once.
//!
//! Every process keeps its own token. No table shares it, because both platforms give the same token to whoever
//! asks while it is valid: WeChat by `stable_token` without `force_refresh`, WeCom by `gettoken`.
//!
//! Tokens and secrets stand in addresses here, as the platforms want it: no error and no log names an address.

use std::time::{Duration, Instant};

use reqwest::Url;
use reqwest::header::CONTENT_TYPE;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::channels::{Fetched, SendError};

/// How long the platform may take for one call.
const TIMEOUT: Duration = Duration::from_secs(15);
/// How long before its end a token is not used any more; WeChat gives the next one during the last five minutes.
const TOKEN_MARGIN_S: u64 = 240;
/// How long a token is used at least, however short its life.
const TOKEN_S_MIN: u64 = 10;
/// How often a token may be asked for by force; WeChat allows it 20 times a day.
const FORCE_EVERY: Duration = Duration::from_secs(2 * 3600);
/// The largest answer that is read, in bytes.
const ANSWER_MAX: usize = 1024 * 1024;
/// The largest recording or picture that is read, in bytes.
const MEDIA_MAX: usize = 20 * 1024 * 1024;
/// Characters of what the platform says that we repeat.
const WORDS_MAX: usize = 200;

/// Codes with which both platforms refuse an access token.
const STALE_TOKEN: [i64; 3] = [40001, 40014, 42001];

/// Whose token is asked for.
pub enum Account {
    /// A WeChat Official Account.
    WeChat {
        /// Its AppID.
        app_id: String,
        /// Its AppSecret.
        secret: SecretString,
    },
    /// An app of a corporation on WeCom.
    WeCom {
        /// The CorpID.
        corp_id: String,
        /// The app's Secret.
        secret: SecretString,
    },
}

/// One platform's API.
pub struct Api {
    client: reqwest::Client,
    base: String,
    account: Account,
    token: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    token: Option<(SecretString, Instant)>,
    forced_at: Option<Instant>,
}

/// What is asked of the API: with a body it is posted.
#[derive(Clone, Copy, Debug)]
pub struct Call<'c> {
    /// `/cgi-bin/…`
    pub path: &'c str,
    /// What stands in the address, apart from the token.
    pub query: &'c [(&'c str, &'c str)],
    /// What is posted.
    pub body: Option<&'c Value>,
}

/// What the platform said instead of doing it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Its number.
    pub code: i64,
    /// Its number and words.
    pub words: String,
}

/// Why a call came to nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No answer, or none that makes sense.
    Unreachable(String),
    /// It will not.
    Refused(Refusal),
    /// It gives us no token.
    NoToken(Refusal),
}

impl Failure {
    /// As the outcome of sending; the channel judges what its platform refuses.
    pub fn into_send_error(self, judge: impl Fn(&Refusal) -> SendError) -> SendError {
        match self {
            Self::Unreachable(reason) => SendError::Later { pause: None, reason },
            Self::Refused(refusal) => judge(&refusal),
            Self::NoToken(refusal) => match judge(&refusal) {
                later @ SendError::Later { .. } => later,
                SendError::Revoked(words) => SendError::Revoked(words),
                SendError::Never(_) | SendError::Gone(_) | SendError::Moved { .. } | SendError::Closed(_) => {
                    SendError::Revoked(format!("no access token is given to us: {}", refusal.words))
                }
            },
        }
    }

    /// In words, for the operator.
    pub fn words(self, judge: impl Fn(&Refusal) -> SendError) -> String {
        match self.into_send_error(judge) {
            SendError::Later { reason, .. } => reason,
            other => other.to_string(),
        }
    }
}

/// What came back.
struct Answer {
    content_type: String,
    bytes: Vec<u8>,
}

impl Api {
    /// The API at an address such as `https://api.weixin.qq.com`.
    pub fn new(base: &Url, account: Account) -> Self {
        let client = reqwest::Client::builder().timeout(TIMEOUT).redirect(reqwest::redirect::Policy::none());
        let client = client.build().expect("the TLS library is built in");
        let base = base.as_str().trim_end_matches('/').to_owned();
        Self { client, base, account, token: Mutex::default() }
    }

    /// Does a call; what it answers, if it did it.
    pub async fn call(&self, call: Call<'_>) -> Result<Value, Failure> {
        let answer = self.call_with_token(call, ANSWER_MAX).await?;
        serde_json::from_slice(&answer.bytes).map_err(|_| not_json(&answer))
    }

    /// Fetches a file.
    pub async fn fetch(&self, call: Call<'_>) -> Result<Fetched, Failure> {
        let Answer { content_type, bytes } = self.call_with_token(call, MEDIA_MAX).await?;
        Ok(Fetched { content_type, bytes })
    }

    /// Posts to an address that needs no token: a robot's, whose key is in the query.
    pub async fn call_openly(&self, call: Call<'_>) -> Result<Value, Failure> {
        let answer = self.ask(call, None, ANSWER_MAX).await?;
        let value = serde_json::from_slice(&answer.bytes).map_err(|_| not_json(&answer))?;
        refused(&value, &[]).map_or(Ok(value), |refusal| Err(Failure::Refused(refusal)))
    }

    async fn call_with_token(&self, call: Call<'_>, most: usize) -> Result<Answer, Failure> {
        let token = self.token(None).await?;
        let first = self.call_once(call, &token, most).await;
        match first {
            Err(Failure::Refused(refusal)) if STALE_TOKEN.contains(&refusal.code) => {
                let token = self.token(Some(&token)).await?;
                self.call_once(call, &token, most).await
            }
            first => first,
        }
    }

    async fn call_once(&self, call: Call<'_>, token: &SecretString, most: usize) -> Result<Answer, Failure> {
        let answer = self.ask(call, Some(token), most).await?;
        let value: Option<Value> = serde_json::from_slice(&answer.bytes).ok();
        match value.and_then(|value| refused(&value, &[token])) {
            Some(refusal) => Err(Failure::Refused(refusal)),
            None => Ok(answer),
        }
    }

    /// A token that is not the one that was refused, if there is another. Whoever asks at the same time waits for it.
    async fn token(&self, stale: Option<&SecretString>) -> Result<SecretString, Failure> {
        let mut kept = self.token.lock().await;
        let is_stale =
            |token: &SecretString| stale.is_some_and(|stale| stale.expose_secret() == token.expose_secret());
        let fresh = kept.token.as_ref().filter(|(token, until)| *until > Instant::now() && !is_stale(token));
        if let Some((token, _)) = fresh {
            return Ok(token.clone());
        }
        let mut given = self.ask_for_token(false).await?;
        let may_force = kept.forced_at.is_none_or(|at| at.elapsed() >= FORCE_EVERY);
        if is_stale(&given.0) && may_force && matches!(self.account, Account::WeChat { .. }) {
            kept.forced_at = Some(Instant::now());
            given = self.ask_for_token(true).await?;
        }
        kept.token = Some(given.clone());
        Ok(given.0)
    }

    async fn ask_for_token(&self, force: bool) -> Result<(SecretString, Instant), Failure> {
        let (answer, secret) = match &self.account {
            Account::WeChat { app_id, secret } => {
                let body = json!({
                    "grant_type": "client_credential",
                    "appid": app_id,
                    "secret": secret.expose_secret(),
                    "force_refresh": force,
                });
                let call = Call { path: "/cgi-bin/stable_token", query: &[], body: Some(&body) };
                (self.ask(call, None, ANSWER_MAX).await?, secret)
            }
            Account::WeCom { corp_id, secret } => {
                let query = [("corpid", corp_id.as_str()), ("corpsecret", secret.expose_secret())];
                let call = Call { path: "/cgi-bin/gettoken", query: &query, body: None };
                (self.ask(call, None, ANSWER_MAX).await?, secret)
            }
        };
        let value: Value = serde_json::from_slice(&answer.bytes).map_err(|_| not_json(&answer))?;
        if let Some(refusal) = refused(&value, &[secret]) {
            return Err(Failure::NoToken(refusal));
        }
        let token = value["access_token"].as_str().filter(|token| !token.is_empty());
        let token =
            token.ok_or_else(|| Failure::Unreachable("it answered without an access token".into()))?;
        let lives = value["expires_in"].as_u64().unwrap_or(0).saturating_sub(TOKEN_MARGIN_S);
        Ok((token.into(), Instant::now() + Duration::from_secs(lives.clamp(TOKEN_S_MIN, 7200))))
    }

    async fn ask(
        &self,
        call: Call<'_>,
        token: Option<&SecretString>,
        most: usize,
    ) -> Result<Answer, Failure> {
        let mut url: Url = format!("{}{}", self.base, call.path).parse().expect("an address and a path");
        url.query_pairs_mut().extend_pairs(call.query);
        if let Some(token) = token {
            url.query_pairs_mut().append_pair("access_token", token.expose_secret());
        }
        let request = match call.body {
            Some(body) => {
                self.client.post(url).header(CONTENT_TYPE, "application/json").body(body.to_string())
            }
            None => self.client.get(url),
        };
        read(request.send().await.map_err(unreachable)?, most).await
    }
}

async fn read(mut response: reqwest::Response, most: usize) -> Result<Answer, Failure> {
    if !response.status().is_success() {
        return Err(Failure::Unreachable(format!("it answered {}", response.status())));
    }
    let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let content_type = content_type.unwrap_or("application/octet-stream").to_owned();
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        if bytes.len() + chunk.len() > most {
            return Err(Failure::Unreachable(format!("it answered more than {most} bytes")));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Answer { content_type, bytes })
}

/// What an answer refuses; its words without our secrets.
fn refused(answer: &Value, secrets: &[&SecretString]) -> Option<Refusal> {
    let code = answer["errcode"].as_i64().filter(|code| *code != 0)?;
    let words: String = answer["errmsg"].as_str().unwrap_or_default().chars().take(WORDS_MAX).collect();
    let hide = |words: String, secret: &&SecretString| words.replace(secret.expose_secret(), "…");
    let words = secrets.iter().fold(words, hide);
    Some(Refusal { code, words: format!("{code} {words}").trim_end().to_owned() })
}

fn not_json(answer: &Answer) -> Failure {
    Failure::Unreachable(format!("it answered {} instead of JSON", answer.content_type))
}

fn unreachable(error: reqwest::Error) -> Failure {
    Failure::Unreachable(error.without_url().to_string())
}
