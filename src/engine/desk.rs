//! A use case's desk: everything that was loaded for it, and everything that it will save. Decisions are made
//! here without waiting; several messages of a batch share one desk, and the later sees what the earlier did.

mod people;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::Hotline;
use super::beforehand::{Beforehand, in_order_of_number};
use crate::domain::case::{Actor, Case, Entry, Event, Refusal, Stage, World, step};
use crate::domain::id::{CaseNumber, MessageId, PersonId, TeamCode};
use crate::domain::message::{Chat, ChatEvent, ChatKind, Outbound};
use crate::domain::routing::Directory;
use crate::domain::service::Services;
use crate::domain::team::Membership;
use crate::store::{CodeUse, Contact, HistoryRow, LinkRow, OfferRow, Person, StoreError, Tx};

/// Whoever wrote so short a time ago is awake.
const AWAKE: SignedDuration = SignedDuration::from_mins(30);

/// What a use case needs to see.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Senders, by channel and id.
    pub senders: Vec<(String, String)>,
    /// People, by id.
    pub people: Vec<PersonId>,
    /// Cases, by number.
    pub cases: Vec<CaseNumber>,
    /// How many cases may be opened.
    pub new_cases: usize,
}

/// See the module.
pub struct Desk<'h> {
    /// The hotline whose desk it is.
    pub hotline: &'h Hotline,
    /// Now; the same for everything that is decided here.
    pub now: Timestamp,
    /// The city.
    pub city: Arc<Directory>,
    /// The taxonomy.
    pub services: Arc<Services>,
    /// What came of the codes that were sent, by message.
    pub codes: HashMap<MessageId, CodeUse>,
    /// What was looked up for messages that need it.
    pub beforehand: HashMap<MessageId, Beforehand>,
    /// What is said to the tap that is being answered, if one is.
    pub toast: Option<Option<String>>,
    /// What happened to chats themselves, to be written down.
    pub happened: Vec<(Chat, ChatEvent)>,
    /// What waits for teams whose members asked for it.
    pub offered: HashMap<TeamCode, Vec<Case>>,
    /// Groups that were bound to teams.
    pub bound: Vec<(TeamCode, Chat)>,
    /// Whose message is being answered, and where they wrote it.
    pub answering: Option<(Option<PersonId>, Chat)>,
    people: HashMap<PersonId, Person>,
    contacts: Vec<Contact>,
    memberships: HashMap<PersonId, Vec<Membership>>,
    cases: BTreeMap<CaseNumber, Case>,
    offers: HashMap<CaseNumber, Vec<OfferRow>>,
    digests: HashMap<MessageId, Vec<(OfferRow, bool)>>,
    next_number: CaseNumber,
    numbers_end: CaseNumber,
    out: Out,
}

/// What will be saved.
#[derive(Default)]
struct Out {
    people: BTreeSet<PersonId>,
    contacts: Vec<Contact>,
    memberships: Vec<Membership>,
    cases: BTreeSet<CaseNumber>,
    history: Vec<HistoryRow>,
    messages: Vec<Outbound>,
    links: Vec<LinkRow>,
    offers: Vec<OfferRow>,
    ended_offers: Vec<(MessageId, CaseNumber)>,
    folded: Vec<(MessageId, Vec<(MessageId, CaseNumber)>)>,
    changed_digests: BTreeSet<MessageId>,
}

impl<'h> Desk<'h> {
    /// Loads what is wanted and whatever belongs to it.
    pub async fn load(hotline: &'h Hotline, tx: &mut Tx, wanted: Wanted) -> Result<Self, StoreError> {
        let city = hotline.learn_city(tx).await?;
        let mut desk = Self {
            hotline,
            now: hotline.clock.now(),
            city,
            services: hotline.services(),
            codes: HashMap::new(),
            beforehand: HashMap::new(),
            toast: None,
            happened: Vec::new(),
            offered: HashMap::new(),
            bound: Vec::new(),
            answering: None,
            people: HashMap::new(),
            contacts: Vec::new(),
            memberships: HashMap::new(),
            cases: BTreeMap::new(),
            offers: HashMap::new(),
            digests: HashMap::new(),
            next_number: CaseNumber(0),
            numbers_end: CaseNumber(0),
            out: Out::default(),
        };
        desk.load_people(tx, &wanted).await?;
        desk.load_cases(tx, wanted.cases).await?;
        if wanted.new_cases > 0 {
            desk.next_number = tx.next_case_numbers(wanted.new_cases).await?;
            desk.numbers_end = CaseNumber(desk.next_number.0 + wanted.new_cases as i64);
        }
        Ok(desk)
    }

    async fn load_people(&mut self, tx: &mut Tx, wanted: &Wanted) -> Result<(), StoreError> {
        self.contacts = tx.contacts_by_sender(&wanted.senders).await?;
        let mut ids: BTreeSet<PersonId> =
            self.contacts.iter().map(|contact| contact.person.clone()).collect();
        ids.extend(wanted.people.iter().cloned());
        let ids: Vec<PersonId> = ids.into_iter().collect();
        self.add_people(tx.people(&ids).await?);
        for membership in tx.memberships_of(&ids).await? {
            self.memberships.entry(membership.person.clone()).or_default().push(membership);
        }
        for case in [tx.open_cases_of(&ids).await?, tx.cases_held_by(&ids).await?].concat() {
            self.cases.insert(case.number, case);
        }
        Ok(())
    }

    /// The cases that were named, those that people were asked about, and the people of all of them.
    async fn load_cases(&mut self, tx: &mut Tx, mut numbers: Vec<CaseNumber>) -> Result<(), StoreError> {
        numbers.extend(self.people.values().filter_map(|person| person.asked.as_ref()?.case()));
        self.add_cases(tx, numbers).await?;
        self.load_offers(tx).await?;
        let people = self.cases.values().flat_map(|case| [Some(&case.resident), case.member()]).flatten();
        let missing: BTreeSet<PersonId> =
            people.filter(|id| !self.people.contains_key(*id)).cloned().collect();
        let missing: Vec<PersonId> = missing.into_iter().collect();
        self.add_people(tx.people(&missing).await?);
        let all: Vec<PersonId> = self.people.keys().cloned().collect();
        for contact in tx.contacts_of(&all).await? {
            if !self.contacts.contains(&contact) {
                self.contacts.push(contact);
            }
        }
        Ok(())
    }

    async fn add_cases(&mut self, tx: &mut Tx, mut numbers: Vec<CaseNumber>) -> Result<(), StoreError> {
        numbers.retain(|number| !self.cases.contains_key(number));
        numbers.sort_unstable();
        numbers.dedup();
        for case in tx.cases(&numbers).await? {
            self.cases.insert(case.number, case);
        }
        Ok(())
    }

    /// The cards of the cases; where one is for many, the others that stand on it are needed to write it anew.
    async fn load_offers(&mut self, tx: &mut Tx) -> Result<(), StoreError> {
        let loaded: Vec<CaseNumber> = self.cases.keys().copied().collect();
        let open = tx.open_offers(&loaded).await?;
        let digests: BTreeSet<MessageId> =
            open.iter().filter(|offer| offer.digest).map(|offer| offer.message.clone()).collect();
        let digests: Vec<MessageId> = digests.into_iter().collect();
        for (offer, is_open) in tx.offers_on(&digests).await? {
            self.digests.entry(offer.message.clone()).or_default().push((offer, is_open));
        }
        for offer in open {
            self.offers.entry(offer.case).or_default().push(offer);
        }
        let others = self.digests.values().flatten().map(|(offer, _)| offer.case).collect();
        self.add_cases(tx, others).await
    }

    fn add_people(&mut self, people: Vec<Person>) {
        self.people.extend(people.into_iter().map(|person| (person.id.clone(), person)));
    }

    /// Saves everything, in the order in which rows refer to each other.
    pub async fn save(mut self, tx: &mut Tx) -> Result<(), StoreError> {
        self.write_digests_anew();
        self.let_through_to_the_awake(tx).await?;
        let Self { people, cases, out, now, next_number, numbers_end, .. } = self;
        tx.give_back_case_numbers(numbers_end.0 - next_number.0).await?;
        let people: Vec<Person> = out.people.iter().filter_map(|id| people.get(id)).cloned().collect();
        let cases: Vec<Case> = out.cases.iter().filter_map(|number| cases.get(number)).cloned().collect();
        tx.save_people(&people).await?;
        tx.save_contacts(&out.contacts).await?;
        tx.save_memberships(&out.memberships).await?;
        tx.insert_links(&out.links, now).await?;
        tx.save_cases(&cases).await?;
        tx.insert_history(&out.history).await?;
        tx.insert_outbox(&out.messages, now).await?;
        tx.insert_offers(&out.offers).await?;
        tx.end_offers(&out.ended_offers, now).await?;
        for (digest, cards) in &out.folded {
            tx.fold_offers(cards, digest).await?;
        }
        Ok(())
    }

    /// What would be held for the morning leaves at once for somebody who wrote a moment ago.
    async fn let_through_to_the_awake(&mut self, tx: &mut Tx) -> Result<(), StoreError> {
        let held =
            |message: &&mut Outbound| message.not_before.is_some() && message.kind == ChatKind::Private;
        let chats: Vec<Chat> =
            self.out.messages.iter_mut().filter(held).map(|message| message.chat.clone()).collect();
        let awake = tx.heard_since(&chats, self.now - AWAKE).await?;
        for message in self.out.messages.iter_mut().filter(held).filter(|one| awake.contains(&one.chat)) {
            message.not_before = None;
        }
        Ok(())
    }
}

/// Cases.
impl Desk<'_> {
    /// A case that was loaded.
    pub fn case(&self, number: CaseNumber) -> Option<&Case> {
        self.cases.get(&number)
    }

    /// What is open of a resident, oldest first.
    pub fn open_cases(&self, resident: &PersonId) -> Vec<&Case> {
        self.cases.values().filter(|case| &case.resident == resident && !case.is_closed()).collect()
    }

    /// What a member has accepted.
    pub fn held_cases(&self, member: &PersonId) -> Vec<&Case> {
        self.cases.values().filter(|case| is_held_by(case, member)).collect()
    }

    /// The number for a new case, from those that were set aside.
    pub fn new_number(&mut self) -> CaseNumber {
        let number = self.next_number;
        debug_assert!(number < self.numbers_end, "more cases than were wanted");
        self.next_number = CaseNumber(number.0 + 1);
        number
    }

    /// Puts a new case on the desk; its first event is `Open`.
    pub fn add_case(&mut self, case: Case) {
        self.cases.insert(case.number, case);
    }

    /// Lets something happen to a case: the new case, the history and all that follows are on the desk then.
    pub fn step(&mut self, number: CaseNumber, event: Event, actor: &Actor) -> Result<(), Refusal> {
        let case = self.cases.get(&number).ok_or(Refusal::Unknown)?.clone();
        let (city, services) = (Arc::clone(&self.city), Arc::clone(&self.services));
        let world = World {
            now: self.now,
            directory: &city,
            services: &services,
            calendar: &self.hotline.calendar,
            policy: &self.hotline.policy,
        };
        let done = step(case, event, &world)?;
        for entry in done.entries {
            self.out.history.push(HistoryRow {
                id: self.hotline.ulid(self.now),
                case: number,
                at: self.now,
                actor: actor.clone(),
                entry,
            });
        }
        self.cases.insert(number, done.case);
        self.out.cases.insert(number);
        self.follow(number, done.effects);
        Ok(())
    }

    /// Adds a line to the history that is no step.
    pub fn note(&mut self, case: CaseNumber, actor: Actor, entry: Entry) {
        let id = self.hotline.ulid(self.now);
        self.out.history.push(HistoryRow { id, case, at: self.now, actor, entry });
    }
}

/// Messages and cards.
impl Desk<'_> {
    /// Puts a message into the outbox; its id is made here.
    pub fn send(&mut self, mut message: Outbound) {
        if !self.hotline.channels.has_buttons(&message.chat.channel) {
            in_order_of_number(&mut message.choices);
        }
        self.out.messages.push(message);
    }

    /// Keeps a code that joins two chats.
    pub fn add_link(&mut self, link: LinkRow) {
        self.out.links.push(link);
    }

    /// What was looked up for a message.
    pub fn known(&self, message: &MessageId) -> &Beforehand {
        static NOTHING: Beforehand =
            Beforehand { earlier: None, picked: None, link: None, links_made: 0, links_to: 0 };
        self.beforehand.get(message).unwrap_or(&NOTHING)
    }

    /// Remembers a card that was posted.
    pub fn add_offer(&mut self, offer: OfferRow) {
        self.offers.entry(offer.case).or_default().push(offer.clone());
        self.out.offers.push(offer);
    }

    /// The cards of a case that may still be edited.
    pub fn cards(&self, case: CaseNumber) -> Vec<OfferRow> {
        self.offers.get(&case).cloned().unwrap_or_default()
    }

    /// These cards of a case will not be edited again.
    pub fn end_cards(&mut self, case: CaseNumber) {
        for offer in self.offers.remove(&case).unwrap_or_default() {
            let on_digest = self.digests.get_mut(&offer.message).into_iter().flatten();
            on_digest.filter(|(other, _)| other.case == case).for_each(|(_, open)| *open = false);
            self.out.ended_offers.push((offer.message, case));
        }
    }

    /// What a card for many offers, in order, each with whether it still does.
    pub fn on_digest(&self, digest: &MessageId) -> &[(OfferRow, bool)] {
        self.digests.get(digest).map(Vec::as_slice).unwrap_or_default()
    }

    /// A card for many must be written anew, once, however many of its cases change.
    pub fn digest_changed(&mut self, digest: MessageId) {
        self.out.changed_digests.insert(digest);
    }

    /// Those that must be written anew.
    pub fn take_changed_digests(&mut self) -> BTreeSet<MessageId> {
        std::mem::take(&mut self.out.changed_digests)
    }

    /// Puts cards of single cases together on one.
    pub fn fold_cards(&mut self, digest: &MessageId, cards: Vec<OfferRow>) {
        let onto = |card: &OfferRow| OfferRow { message: digest.clone(), digest: true, ..card.clone() };
        self.digests.insert(digest.clone(), cards.iter().map(|card| (onto(card), true)).collect());
        self.out
            .folded
            .push((digest.clone(), cards.into_iter().map(|card| (card.message, card.case)).collect()));
    }

    /// A new message id.
    pub fn message_id(&self) -> MessageId {
        self.hotline.message_id(self.now)
    }
}

fn is_held_by(case: &Case, member: &PersonId) -> bool {
    case.stage() == Stage::Accepted && case.member() == Some(member)
}
