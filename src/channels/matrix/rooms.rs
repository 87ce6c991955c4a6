//! What rooms are: private, or a group. Events do not say, and Matrix has no such word: a room with a name or an address
//! is a group, and so is one of more than two. Rooms of the city's programs for writing to somebody have neither, and
//! those for groups always a name.
//!
//! What was learned is kept for some minutes, and asked anew when a room's name or members change. Nothing depends on its
//! being kept: every process asks for itself.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::http::Method;
use serde_json::{Value, json};

use super::Matrix;
use super::api::Failure;
use super::receive::{self, Event};
use crate::channels::SendError;
use crate::domain::message::ChatKind;

/// How long what was learned of a room counts.
const LIFE: Duration = Duration::from_secs(300);
/// How many rooms are kept in mind.
const ROOMS_MAX: usize = 4096;
/// How many events are read that we missed.
const MISSED_MAX: &str = "50";

/// A room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Room {
    pub(super) kind: ChatKind,
    /// Its name, where it has one.
    pub(super) title: Option<String>,
    /// What its people are called, in a private one.
    pub(super) names: HashMap<String, String>,
}

/// Those that we know.
#[derive(Default)]
pub(super) struct Rooms {
    known: Mutex<HashMap<String, (Arc<Room>, Instant)>>,
    missed: Mutex<HashMap<String, Vec<Event>>>,
}

impl Rooms {
    fn known(&self) -> MutexGuard<'_, HashMap<String, (Arc<Room>, Instant)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn get(&self, id: &str) -> Option<Arc<Room>> {
        self.known().get(id).filter(|(_, at)| at.elapsed() < LIFE).map(|(room, _)| Arc::clone(room))
    }

    pub(super) fn learn(&self, id: &str, room: Room) {
        let mut known = self.known();
        if known.len() >= ROOMS_MAX {
            known.clear();
        }
        known.insert(id.to_owned(), (Arc::new(room), Instant::now()));
    }

    fn forget(&self, id: &str) {
        self.known().remove(id);
    }

    fn missed(&self) -> MutexGuard<'_, HashMap<String, Vec<Event>>> {
        self.missed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep_missed(&self, invitation: &str, events: Vec<Event>) {
        let mut missed = self.missed();
        if missed.len() >= ROOMS_MAX {
            missed.clear();
        }
        missed.insert(invitation.to_owned(), events);
    }

    /// What was written in a private room after an invitation and before we came; given once.
    pub(super) fn take_missed(&self, invitation: &str) -> Vec<Event> {
        self.missed().remove(invitation).unwrap_or_default()
    }
}

impl Matrix {
    /// Goes into rooms that we are invited to, and learns what the rooms of these events are. A room that we may not
    /// look at stays unknown; where the homeserver gives no answer, it delivers again.
    pub(super) async fn learn_rooms(&self, events: &[Event]) -> Result<(), SendError> {
        let mut wanted = BTreeSet::new();
        for event in events.iter().filter(|event| event.sender != self.user) {
            if event.invites(&self.user) {
                unless_refused(self.come(event).await)?;
                continue;
            }
            if event.changes_the_room(&self.user) {
                self.rooms.forget(&event.room_id);
            }
            if event.may_be_ours() {
                wanted.insert(event.room_id.as_str());
            }
        }
        for room in wanted.into_iter().filter(|room| self.rooms.get(room).is_none()) {
            if let Some(learned) = unless_refused(self.look_at(room).await)? {
                self.rooms.learn(room, learned);
            }
        }
        Ok(())
    }

    /// Accepts an invitation. A homeserver brings only what is written after that, and people do not wait for it: their
    /// programs make a room when the first words are sent. So what was written meanwhile is read.
    async fn come(&self, invitation: &Event) -> Result<(), Failure> {
        let room = invitation.room_id.as_str();
        self.join(room).await?;
        let learned = self.look_at(room).await?;
        if learned.kind == ChatKind::Private {
            self.rooms.keep_missed(&invitation.event_id, self.since(invitation).await?);
        }
        self.rooms.learn(room, learned);
        Ok(())
    }

    async fn since(&self, invitation: &Event) -> Result<Vec<Event>, Failure> {
        let path = ["v3", "rooms", &invitation.room_id, "messages"];
        let page = self.api.look_up(&path, &[("dir", "b"), ("limit", MISSED_MAX)]).await?;
        let newest_first = page["chunk"].as_array().into_iter().flatten().cloned();
        let later = receive::sound(newest_first).take_while(|event| event.event_id != invitation.event_id);
        let mut missed: Vec<Event> = later.filter(Event::is_said).collect();
        missed.reverse();
        Ok(missed)
    }

    /// Goes into a room. Whoever is in it already stays.
    pub(super) async fn join(&self, room: &str) -> Result<(), Failure> {
        self.api.call(Method::POST, &["v3", "join", room], Some(&json!({}))).await.map(drop)
    }

    async fn look_at(&self, room: &str) -> Result<Room, Failure> {
        let name = self.state(room, "m.room.name", "name").await?;
        let title = match name {
            Some(name) => Some(name),
            None => self.state(room, "m.room.canonical_alias", "alias").await?,
        };
        if title.is_some() {
            return Ok(Room { kind: ChatKind::Group, title, names: HashMap::new() });
        }
        let members = self.api.call(Method::GET, &["v3", "rooms", room, "joined_members"], None).await?;
        let joined = members["joined"].as_object();
        let name =
            |(id, member): (&String, &Value)| Some((id.clone(), member["display_name"].as_str()?.to_owned()));
        Ok(match joined.map_or(0, serde_json::Map::len) {
            0..=2 => Room {
                kind: ChatKind::Private,
                title: None,
                names: joined.into_iter().flatten().filter_map(name).collect(),
            },
            _ => Room { kind: ChatKind::Group, title: None, names: HashMap::new() },
        })
    }

    /// A word of the room's state, if it has one.
    async fn state(&self, room: &str, kind: &str, field: &str) -> Result<Option<String>, Failure> {
        // The state's key is empty, so the address ends in a slash.
        let path = ["v3", "rooms", room, "state", kind, ""];
        match self.api.call(Method::GET, &path, None).await {
            Ok(state) => Ok(state[field].as_str().filter(|word| !word.is_empty()).map(str::to_owned)),
            Err(Failure::Refused(refusal)) if refusal.status == 404 => Ok(None),
            Err(failure) => Err(failure),
        }
    }
}

/// What the homeserver will never do is left.
fn unless_refused<T>(outcome: Result<T, Failure>) -> Result<Option<T>, SendError> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(failure) => match SendError::from(failure) {
            wait @ (SendError::Later { .. } | SendError::Revoked(_)) => Err(wait),
            SendError::Never(_) | SendError::Gone(_) | SendError::Moved { .. } | SendError::Closed(_) => {
                Ok(None)
            }
        },
    }
}
