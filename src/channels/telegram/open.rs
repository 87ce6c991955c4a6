//! How the bot and Telegram find each other: who we are, where updates go, and whether all is well there.

use std::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;
use teloxide_core::payloads::{
    AnswerCallbackQuery, DeleteWebhook, GetMe, GetUpdates, GetUpdatesSetters, GetWebhookInfo, SetWebhook,
    SetWebhookSetters,
};
use teloxide_core::types::{AllowedUpdate, CallbackQueryId};

use super::api::{Failure, Refusal};
use super::receive::{Ignored, KINDS};
use super::{Me, Polled, Telegram, tap_in};
use crate::channels::SendError;
use crate::domain::message::Inbound;

/// Updates that Telegram may deliver at the same time.
const CONNECTIONS_MAX: u8 = 40;
/// How long Telegram keeps a question for updates open when there are none.
const POLL: Duration = Duration::from_secs(50);
/// What a question may take beyond that.
const POLL_MARGIN: Duration = Duration::from_secs(15);
/// Updates in one answer.
const POLL_MAX: u8 = 100;

/// What Telegram knows of our webhook.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Webhook {
    url: String,
    pending_update_count: u64,
    last_error_message: Option<String>,
    allowed_updates: Vec<String>,
}

#[derive(Deserialize)]
struct Mark {
    update_id: i64,
}

const KINDS_WANTED: [AllowedUpdate; KINDS.len()] = [
    AllowedUpdate::Message,
    AllowedUpdate::EditedMessage,
    AllowedUpdate::CallbackQuery,
    AllowedUpdate::MyChatMember,
    AllowedUpdate::ChatMember,
];

impl Telegram {
    /// Learns our name, and has updates delivered or kept for our questions. What Telegram last had to complain about is
    /// logged.
    pub(super) async fn introduce(&self) -> Result<(), SendError> {
        let me: Me = self.api.call(&GetMe::new()).await?;
        let before: Webhook = self.api.call(&GetWebhookInfo::new()).await?;
        if let Some(error) = &before.last_error_message {
            tracing::warn!(%error, waiting = before.pending_update_count, "what Telegram last said of the webhook");
        }
        self.set_webhook().await?;
        tracing::info!(bot = %me.username, polls = self.hook.is_none(), "Telegram knows where we are");
        // Another process's answer, or an earlier one, is as good.
        self.me.set(me).ok();
        Ok(())
    }

    async fn set_webhook(&self) -> Result<(), Failure> {
        let Some(hook) = &self.hook else {
            return self.api.call::<_, bool>(&DeleteWebhook::new()).await.map(drop);
        };
        let set = SetWebhook::new(hook.clone())
            .secret_token(self.secret())
            .max_connections(CONNECTIONS_MAX)
            .allowed_updates(KINDS_WANTED)
            .drop_pending_updates(false);
        self.api.call::<_, bool>(&set).await.map(drop)
    }

    /// Waits for updates after the one that was last taken in; Telegram forgets those up to it. A tap that is not
    /// ours is answered here.
    pub(super) async fn ask(&self, after: Option<i64>) -> Result<Polled, SendError> {
        let mut ask =
            GetUpdates::new().limit(POLL_MAX).timeout(POLL.as_secs() as u32).allowed_updates(KINDS_WANTED);
        ask.offset = after.and_then(|last| i32::try_from(last + 1).ok());
        let updates: Vec<Box<RawValue>> =
            self.api.call_within(&ask, POLL + POLL_MARGIN).await.map_err(told)?;
        Ok(self.polled(updates, after).await)
    }

    async fn polled(&self, updates: Vec<Box<RawValue>>, after: Option<i64>) -> Polled {
        let mut polled = Polled { messages: Vec::with_capacity(updates.len()), after };
        for update in &updates {
            let update = update.get().as_bytes();
            polled.messages.extend(self.message_or_answer(update).await);
            let mark = serde_json::from_slice::<Mark>(update).ok();
            polled.after = polled.after.max(mark.map(|mark| mark.update_id));
        }
        polled
    }

    async fn message_or_answer(&self, update: &[u8]) -> Option<Inbound> {
        let ignored = match self.message_in(update) {
            Ok(message) => return Some(message),
            Err(ignored) => ignored,
        };
        ignored.count();
        if let Some(tap) = tap_in(update).filter(|_| ignored == Ignored::ForeignTap) {
            // Whether its clock turns on is all that depends on it.
            self.api.call::<_, bool>(&AnswerCallbackQuery::new(CallbackQueryId(tap))).await.ok();
        }
        None
    }

    /// For `hotline check --online`: what is right, or the first thing that is wrong and its remedy.
    pub(super) async fn look(&self) -> Result<String, String> {
        let me: Me = self.api.call(&GetMe::new()).await.map_err(why_not_me)?;
        let webhook: Webhook =
            self.api.call(&GetWebhookInfo::new()).await.map_err(|failure| in_words(&failure))?;
        let way = self.way(&webhook)?;
        Ok(format!("@{}: {way}; {}", me.username, groups(&me)))
    }

    /// How updates come, if they do.
    fn way(&self, webhook: &Webhook) -> Result<String, String> {
        let Webhook { url, pending_update_count: pending, .. } = webhook;
        let Some(hook) = &self.hook else {
            return if url.is_empty() {
                Ok(format!("polling, {pending} updates wait"))
            } else {
                Err(format!(
                    "a webhook is set ({url}), so polling gets nothing; `hotline serve` takes it away at its start, if nothing else uses this bot"
                ))
            };
        };
        if url.is_empty() {
            return Ok(format!(
                "no webhook yet, {pending} updates wait; `hotline serve` sets {hook} at its start"
            ));
        }
        if url.trim_end_matches('/') != hook.as_str().trim_end_matches('/') {
            return Err(format!(
                "the webhook is set to {url}, and not to {hook}: another program uses this bot, or public_url has changed. `hotline serve` sets it at its start; make another bot for the other program"
            ));
        }
        if let Some(error) = &webhook.last_error_message {
            return Err(format!(
                "Telegram reaches {url} badly, {pending} updates wait; it last said: {error}. {}",
                remedy(error)
            ));
        }
        let missing: Vec<&str> = KINDS
            .into_iter()
            .filter(|kind| !webhook.allowed_updates.iter().any(|allowed| allowed == kind))
            .collect();
        if !missing.is_empty() {
            return Err(format!(
                "the webhook does not get {}; start `hotline serve` again, and let no other program set it",
                missing.join(", ")
            ));
        }
        Ok(format!("webhook {url}, {pending} updates wait"))
    }
}

/// What Telegram's complaint about a webhook asks of the operator.
fn remedy(error: &str) -> &'static str {
    let error = error.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| error.contains(word));
    if has(&["401", "unauthorized"]) {
        "The secret differs: another program set the webhook; start `hotline serve` again"
    } else if has(&["404", "not found"]) {
        "The proxy does not pass /hooks/telegram on to the hotline"
    } else if has(&["ssl", "certificate"]) {
        "The certificate must be valid for the host, with the whole chain"
    } else if has(&["timed out", "timeout", "refused", "connect", "resolve"]) {
        "The host must be reachable from the internet on port 443, 80, 88 or 8443; otherwise use mode = \"polling\""
    } else {
        "Look at the hotline's and the proxy's logs; an old complaint goes away with the next delivery"
    }
}

/// What the bot hears in groups.
fn groups(me: &Me) -> &'static str {
    match (me.can_join_groups, me.can_read_all_group_messages) {
        (false, _) => {
            "! it may not be added to groups, so no team can have one: BotFather, /setjoingroups, Enable"
        }
        (true, false) => {
            "group privacy is on: in groups it hears taps, /commands and replies to it, and not words such as 接单 10019 \
             (BotFather, /setprivacy, Disable, then remove it from the group and add it again; or make it an administrator there)"
        }
        (true, true) => "group privacy is off: it hears everything in its groups, and reads only commands",
    }
}

fn why_not_me(failure: Failure) -> String {
    match &failure {
        Failure::Refused(Refusal { code: 401 | 404, .. }) => {
            "Telegram does not know the token: copy it again from BotFather (/mybots, API Token); if it was revoked, the new one".into()
        }
        Failure::Refused(_) => in_words(&failure),
        Failure::NoAnswer(what) => format!(
            "Telegram cannot be reached ({what}): does this machine reach api_url? On the Chinese mainland it needs `proxy`"
        ),
    }
}

fn in_words(failure: &Failure) -> String {
    SendError::from(failure.clone()).to_string()
}

/// Why polling fails, where Telegram says 409: something else takes our updates.
fn told(failure: Failure) -> SendError {
    let conflict = match &failure {
        Failure::Refused(refusal) if refusal.code == 409 && refusal.says("webhook") => {
            "something else has set a webhook for this bot: only one program may use it"
        }
        Failure::Refused(refusal) if refusal.code == 409 => {
            "another process asks for this bot's updates: only one may, so run one `hotline serve`, or use the webhook"
        }
        Failure::Refused(_) | Failure::NoAnswer(_) => return failure.into(),
    };
    SendError::Later { pause: Some(POLL), reason: format!("Telegram: {conflict}") }
}
