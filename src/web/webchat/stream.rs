//! What is said, live, as Server-Sent Events: first the recent lines, then every new one. A hint only says that
//! there may be news; what it is, the tables say. A page may get a line twice (it knows them by id) and misses
//! none: after anything that goes wrong the stream ends, and the browser comes again.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::{Stream, stream};
use serde::Serialize;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, sleep_until};

use super::super::{Web, error::Error};
use super::posts::members_only;
use super::visitor::Visitor;
use crate::channels::webchat::NAME;
use crate::domain::command::Command;
use crate::domain::message::Chat;
use crate::store::{Engine, Spoken, StoreError, Tx};

/// Lines of a chat that a page gets when it opens, and at most at once later.
const LINES_MAX: usize = 100;
/// How far back is read again, in milliseconds: writes that began earlier may be seen later.
const OVERLAP_MS: i64 = 5_000;
/// How often a page looks without a hint where another process may have written.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// How often a silent stream shows that it is alive.
const ALIVE_EVERY: Duration = Duration::from_secs(15);
/// How long a stream lives; the page comes again, and is checked again.
const STREAM_MAX: Duration = Duration::from_secs(60 * 60);
/// How long a browser waits before it comes again.
const RETRY: Duration = Duration::from_secs(1);

/// A line as a page gets it.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    spoken: &'a Spoken,
    /// On a group's page: whether everybody reads it, or only this member.
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<Scope>,
    /// Whether the reader wrote it.
    mine: bool,
    /// Who else did, in a group.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
enum Scope {
    Group,
    Private,
}

/// `GET /chat/events`
pub(super) async fn of_chat(State(web): State<Arc<Web>>, headers: HeaderMap) -> Result<Response, Error> {
    let visitor = Visitor::known(&headers)?;
    open(web, &visitor, vec![(None, visitor.chat())]).await
}

/// `GET /group/{chat}/events`: the group's lines, and the member's own private ones.
pub(super) async fn of_group(
    State(web): State<Arc<Web>>,
    Path(chat): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let visitor = Visitor::known(&headers)?;
    let group = Chat::new(NAME, chat);
    members_only(&web, &visitor, &group).await?;
    let places = vec![(Some(Scope::Group), group), (Some(Scope::Private), visitor.chat())];
    open(web, &visitor, places).await
}

async fn open(
    web: Arc<Web>,
    visitor: &Visitor,
    places: Vec<(Option<Scope>, Chat)>,
) -> Result<Response, Error> {
    let mut listener = Listener::new(web, visitor.person(), places);
    listener.look().await?;
    listener.waiting.push_back(Event::default().event("ready").retry(RETRY).data("{}"));
    Ok(Sse::new(listener.into_events()).keep_alive(KeepAlive::new().interval(ALIVE_EVERY)).into_response())
}

/// One open page.
struct Listener {
    web: Arc<Web>,
    news: Receiver<Chat>,
    person: String,
    places: Vec<(Option<Scope>, Chat)>,
    /// When the latest line was said, in epoch milliseconds.
    latest: i64,
    /// Lines that were sent already and would be read again, with when they were said.
    sent: HashMap<String, i64>,
    /// Names by the sender's id on the channel.
    names: HashMap<String, Option<String>>,
    waiting: VecDeque<Event>,
    ends: Instant,
}

impl Listener {
    /// Subscribed before anything is read, so that nothing falls between.
    fn new(web: Arc<Web>, person: String, places: Vec<(Option<Scope>, Chat)>) -> Self {
        let news = web.hotline.hints.chats.subscribe();
        let ends = Instant::now() + STREAM_MAX;
        let (sent, names, waiting) = (HashMap::new(), HashMap::new(), VecDeque::new());
        Self { web, news, person, places, latest: 0, sent, names, waiting, ends }
    }

    fn into_events(self) -> impl Stream<Item = Result<Event, Infallible>> {
        stream::unfold(self, |mut listener| async move {
            let event = listener.next().await?;
            Some((Ok(event), listener))
        })
    }

    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
            }
            if !self.hinted().await {
                return None;
            }
            if let Err(error) = self.look().await {
                tracing::warn!(%error, "a stream of events could not be read; its page will come again");
                return None;
            }
        }
    }

    /// Waits until there may be something new; `false` when the stream is to end.
    async fn hinted(&mut self) -> bool {
        let alone = self.web.hotline.store.engine() == Engine::Sqlite;
        let look_at = Instant::now() + LOOK_EVERY;
        loop {
            tokio::select! {
                news = self.news.recv() => match news {
                    Ok(chat) if self.places.iter().any(|(_, place)| *place == chat) => return true,
                    Ok(_) => {}
                    Err(RecvError::Lagged(_)) => return true,
                    Err(RecvError::Closed) => return false,
                },
                () = sleep_until(look_at), if !alone => return true,
                () = sleep_until(self.ends) => return false,
            }
        }
    }

    /// Reads what is new; the first time, what was said lately.
    async fn look(&mut self) -> Result<(), StoreError> {
        let mut tx = self.web.hotline.store.read().await?;
        let since = self.latest - OVERLAP_MS;
        let mut lines = Vec::new();
        for (scope, chat) in &self.places {
            let said = said(&mut tx, chat, since).await?;
            lines.extend(said.into_iter().map(|spoken| (*scope, spoken)));
        }
        lines.retain(|(_, spoken)| !self.sent.contains_key(&spoken.id));
        lines.sort_by(|(_, a), (_, b)| (a.at, &a.id).cmp(&(b.at, &b.id)));
        self.learn_names(&mut tx, &lines).await?;
        for (scope, spoken) in lines {
            self.latest = self.latest.max(spoken.at);
            self.sent.insert(spoken.id.clone(), spoken.at);
            if !carries_code(&spoken) {
                self.say(scope, spoken);
            }
        }
        let oldest = self.latest - OVERLAP_MS;
        self.sent.retain(|_, at| *at >= oldest);
        Ok(())
    }

    async fn learn_names(
        &mut self,
        tx: &mut Tx,
        lines: &[(Option<Scope>, Spoken)],
    ) -> Result<(), StoreError> {
        let senders = lines.iter().filter_map(|(_, spoken)| spoken.sender.as_ref());
        let unknown: Vec<_> = senders.filter(|sender| !self.names.contains_key(*sender)).cloned().collect();
        let keys: Vec<_> = unknown.iter().map(|sender| (NAME.to_owned(), sender.clone())).collect();
        let contacts = tx.contacts_by_sender(&keys).await?;
        let ids: Vec<_> = contacts.iter().map(|contact| contact.person.clone()).collect();
        let people = tx.people(&ids).await?;
        let name_of = |sender: &String| {
            let contact = contacts.iter().find(|contact| contact.id == *sender)?;
            people.iter().find(|person| person.id == contact.person)?.name.clone()
        };
        let learned: Vec<_> = unknown.iter().map(|sender| (sender.clone(), name_of(sender))).collect();
        self.names.extend(learned);
        Ok(())
    }

    fn say(&mut self, scope: Option<Scope>, mut spoken: Spoken) {
        let mine = spoken.sender.as_ref() == Some(&self.person);
        if !mine {
            // A page knows only its own messages by the ids that it gave them.
            spoken.key = None;
        }
        let name =
            spoken.sender.as_ref().filter(|_| !mine).and_then(|sender| self.names.get(sender)?.as_deref());
        let event = Event::default().event("message").json_data(Line { spoken: &spoken, scope, mine, name });
        match event {
            Ok(event) => self.waiting.push_back(event),
            Err(error) => {
                tracing::error!(message = %spoken.id, %error, "a line could not be written as an event")
            }
        }
    }
}

/// Codes were typed at the door, or by mistake where others can read; they are not shown again.
fn carries_code(spoken: &Spoken) -> bool {
    let order = if spoken.ours { Ok(None) } else { Command::parse(&spoken.text) };
    matches!(order, Ok(Some(Command::Bind(_) | Command::Join(_) | Command::Start(Some(_)))))
}

/// What was said in a chat since then; its last lines if nothing is known of it yet.
async fn said(tx: &mut Tx, chat: &Chat, since: i64) -> Result<Vec<Spoken>, StoreError> {
    if since < 0 {
        return tx.transcript(chat, LINES_MAX).await;
    }
    let ours = tx.said_by_us(chat, since, LINES_MAX).await?;
    let theirs = tx.said_by_them(chat, since, LINES_MAX).await?;
    Ok([ours, theirs].concat())
}
