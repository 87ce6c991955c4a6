//! The use cases. Each one loads, decides and saves in one write; deciding is the domain's, and waits for
//! nothing. A hint only wakes a worker: the tables say what to do.

pub mod beforehand;
pub mod deliver;
pub mod desk;
pub mod import;
pub mod intake;
pub mod lessons;
pub mod listen;
pub mod staff;
pub mod supervise;
pub mod timers;

mod dialogue;
mod digest;
mod effects;
mod events;
mod groupwork;
mod letters;
mod night;
mod pacing;
mod reading;
mod toast;
mod undelivered;

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use jiff::Timestamp;
use tokio::sync::{Notify, broadcast};

use crate::channels::Channels;
use crate::clock::Clock;
use crate::domain::case::Policy;
use crate::domain::deadline::Calendar;
use crate::domain::id::MessageId;
use crate::domain::message::{Chat, Inbound, Language};
use crate::domain::routing::Directory;
use crate::domain::service::Services;
use crate::locale::Locales;
use crate::store::{Store, StoreError, Tx};
use crate::understanding::Understander;
use crate::understanding::catalog::Catalog;
use crate::understanding::second_opinion::SecondOpinion;

/// Chats that have news for open pages; a page that falls behind looks everything up again.
const NEWS_MAX: usize = 4096;

/// The hotline, put together: what every use case needs.
pub struct Hotline {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// The texts.
    pub locales: Locales,
    /// Working time.
    pub calendar: Calendar,
    /// The operator's choices about time.
    pub policy: Policy,
    /// The language of groups, and of residents who have not written yet.
    pub language: Language,
    /// The messengers.
    pub channels: Channels,
    /// Whether what staff correct is learned.
    pub learns_from_corrections: bool,
    /// Wake-ups for workers and pages.
    pub hints: Hints,
    mornings: pacing::Mornings,
    mind: RwLock<Mind>,
    ids: Mutex<ulid::Generator>,
}

/// What the hotline knows by heart: the taxonomy with its understanding, and the city. Replaced whole.
#[derive(Clone)]
struct Mind {
    catalog: Arc<Catalog>,
    understander: Option<Arc<Understander>>,
    services: Arc<Services>,
    city: Arc<Directory>,
    city_version: i64,
}

/// Wake-ups. Losing one costs time, never a message.
pub struct Hints {
    /// Something was received.
    pub inbox: Notify,
    /// Something is to be sent.
    pub outbox: Notify,
    /// A timer may have changed.
    pub wakes: Notify,
    /// Something was said in a chat of our own pages.
    pub chats: broadcast::Sender<Chat>,
}

/// What a hotline is put together from.
pub struct Parts {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Working time.
    pub calendar: Calendar,
    /// The operator's choices about time.
    pub policy: Policy,
    /// The language of groups, and of residents who have not written yet.
    pub language: Language,
    /// The messengers.
    pub channels: Channels,
    /// Whether what staff correct is learned.
    pub learns_from_corrections: bool,
    /// The catalogue.
    pub catalog: Arc<Catalog>,
    /// The understanding, trained on it; `None` where it is still learning. What comes in waits for it in the inbox.
    pub understander: Option<Understander>,
}

impl Hotline {
    /// Puts a hotline together and reads the city from the store.
    pub async fn open(parts: Parts) -> Result<Arc<Self>, StoreError> {
        let services = Arc::new(parts.catalog.services());
        let mind = Mind {
            catalog: parts.catalog,
            understander: parts.understander.map(Arc::new),
            services,
            city: Arc::default(),
            city_version: -1,
        };
        let hotline = Self {
            store: parts.store,
            clock: parts.clock,
            locales: Locales::load(),
            calendar: parts.calendar,
            policy: parts.policy,
            language: parts.language,
            channels: parts.channels,
            learns_from_corrections: parts.learns_from_corrections,
            hints: Hints {
                inbox: Notify::new(),
                outbox: Notify::new(),
                wakes: Notify::new(),
                chats: broadcast::channel(NEWS_MAX).0,
            },
            mornings: pacing::Mornings::new(),
            mind: RwLock::new(mind),
            ids: Mutex::new(ulid::Generator::new()),
        };
        let mut tx = hotline.store.read().await?;
        hotline.learn_city(&mut tx).await?;
        drop(tx);
        Ok(Arc::new(hotline))
    }

    /// The understanding that is in use; `None` in the first moments, while it learns.
    pub fn understander(&self) -> Option<Arc<Understander>> {
        self.mind().understander
    }

    /// The catalogue that is in use.
    pub fn catalog(&self) -> Arc<Catalog> {
        self.mind().catalog
    }

    /// The city as it was last read.
    pub fn city(&self) -> Arc<Directory> {
        self.mind().city
    }

    /// The taxonomy in use.
    pub fn services(&self) -> Arc<Services> {
        self.mind().services
    }

    /// Takes another understanding into use, trained on edited intents.
    pub fn rethink(&self, catalog: &Catalog, understander: &Understander) {
        let catalog = Arc::new(catalog.without_examples());
        let mut mind = self.mind.write().unwrap_or_else(PoisonError::into_inner);
        mind.services = Arc::new(catalog.services());
        mind.catalog = catalog;
        let areas: Vec<_> = mind.city.areas.values().cloned().collect();
        mind.understander = Some(Arc::new(understander.with_places(&areas)));
        drop(mind);
        self.hints.inbox.notify_one();
    }

    /// Lets a sentence model have a say in the understanding that is in use.
    pub fn hear_second_opinion(&self, second: &SecondOpinion) {
        let mut mind = self.mind.write().unwrap_or_else(PoisonError::into_inner);
        let both = mind.understander.as_ref().map(|first| first.with_second_opinion(second.clone()));
        mind.understander = both.map(Arc::new);
    }

    /// Reads the city again if it has changed since it was last read.
    pub async fn learn_city(&self, tx: &mut Tx) -> Result<Arc<Directory>, StoreError> {
        let version = tx.directory_version().await?;
        let known = self.mind();
        if known.city_version == version {
            return Ok(known.city);
        }
        let city = Arc::new(tx.directory().await?);
        let areas: Vec<_> = city.areas.values().cloned().collect();
        let understander = known.understander.map(|known| Arc::new(known.with_places(&areas)));
        let mut mind = self.mind.write().unwrap_or_else(PoisonError::into_inner);
        if mind.city_version < version {
            (mind.city, mind.city_version, mind.understander) = (Arc::clone(&city), version, understander);
        }
        Ok(city)
    }

    /// Takes messages in: they are on disk when this returns. Where it fails, some may be; they are known again
    /// by their keys when the platform delivers them once more.
    pub async fn receive(&self, messages: &[Inbound]) -> Result<(), StoreError> {
        let now = self.clock.now();
        let receiver = self.store.receiver();
        let each =
            messages.iter().map(|message| receiver.receive(self.message_id(now), now, message.clone()));
        futures::future::try_join_all(each).await?;
        metrics::counter!("hotline_messages_received_total").increment(messages.len() as u64);
        self.hints.inbox.notify_one();
        Ok(())
    }

    /// A new id, later than all before it.
    pub fn message_id(&self, now: Timestamp) -> MessageId {
        self.ulid(now).as_str().into()
    }

    /// A new ULID; within a millisecond they grow, too.
    pub fn ulid(&self, now: Timestamp) -> String {
        let mut ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        let now = now.try_into().unwrap_or(std::time::SystemTime::UNIX_EPOCH);
        let made = ids.generate_from_datetime(now);
        made.unwrap_or_else(|full| full.commit_overflow_increment()).to_string()
    }

    fn mind(&self) -> Mind {
        self.mind.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
