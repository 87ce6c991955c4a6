//! The people on a desk: who they are, how they are reached, which teams they belong to.

use std::cmp::Reverse;

use jiff::Timestamp;

use super::Desk;
use crate::domain::id::{PersonId, TeamCode};
use crate::domain::message::{Chat, ChatEvent, Inbound, Language};
use crate::domain::privacy::displayable;
use crate::domain::team::{Membership, Role};
use crate::locale::Args;
use crate::store::{Contact, Person};

impl Desk<'_> {
    /// A person that was loaded.
    pub fn person(&self, id: &PersonId) -> Option<&Person> {
        self.people.get(id)
    }

    /// A person, to be changed and saved.
    pub fn person_mut(&mut self, id: &PersonId) -> Option<&mut Person> {
        self.out.people.insert(id.clone());
        self.people.get_mut(id)
    }

    /// Who wrote a message, if we know them.
    pub fn sender(&self, message: &Inbound) -> Option<PersonId> {
        let contact = self.contact_of(&message.chat.channel, &message.sender)?;
        Some(contact.person.clone())
    }

    fn contact_of(&self, channel: &str, id: &str) -> Option<&Contact> {
        self.contacts.iter().find(|contact| contact.channel == channel && contact.id == id)
    }

    /// Who wrote a private message; a stranger becomes a person.
    pub fn resident(&mut self, message: &Inbound, language: Language) -> PersonId {
        let known = self.contact_of(&message.chat.channel, &message.sender).cloned();
        let person = match &known {
            Some(contact) => contact.person.clone(),
            None => self.new_resident(message, language),
        };
        let contact = Contact {
            channel: message.chat.channel.clone(),
            id: message.sender.clone(),
            person: person.clone(),
            chat: message.chat.id.clone(),
            // A word from there is a sign of life; being blocked is the opposite.
            unreachable_at: (message.body.event == Some(ChatEvent::Closed)).then_some(self.now),
            chosen_at: known.as_ref().and_then(|known| self.chosen_at(known)),
        };
        if known.as_ref() != Some(&contact) {
            self.put_contact(contact);
        }
        person
    }

    /// Who writes by telephone is not asked for its number.
    fn new_resident(&mut self, message: &Inbound, language: Language) -> PersonId {
        let person = self.new_person(message.body.name.as_deref().map(displayable), language);
        let channel = self.hotline.channels.get(&message.chat.channel);
        let number = channel.and_then(|channel| channel.number_of_chat(&message.chat.id));
        if let (Some(number), Some(person)) = (number, self.person_mut(&person)) {
            person.phone = Some(number);
        }
        person
    }

    /// Answers go where somebody wrote last; that must be written down only where they have several chats.
    fn chosen_at(&self, contact: &Contact) -> Option<Timestamp> {
        let chosen = self.private_chat(&contact.person) == Some(contact.chat());
        if chosen { contact.chosen_at } else { Some(self.now) }
    }

    /// Whether somebody has only just become known.
    pub fn is_new(&self, person: &PersonId) -> bool {
        self.person(person).is_some_and(|person| person.version == 0)
    }

    /// Remembers how somebody is reached now.
    pub fn put_contact(&mut self, contact: Contact) {
        let same = |old: &Contact| old.channel == contact.channel && old.id == contact.id;
        self.contacts.retain(|old| !same(old));
        self.out.contacts.retain(|old| !same(old));
        self.contacts.insert(0, contact.clone());
        self.out.contacts.push(contact);
    }

    /// Makes a person.
    pub fn new_person(&mut self, name: Option<String>, language: Language) -> PersonId {
        let id = PersonId::new(self.hotline.ulid(self.now));
        let person = Person {
            id: id.clone(),
            version: 0,
            name,
            language,
            area: None,
            address: None,
            phone: None,
            asked: None,
            created_at: self.now,
        };
        self.people.insert(id.clone(), person);
        self.out.people.insert(id.clone());
        id
    }

    /// The private chat with a person; `None` where they have no messenger. One where nobody was found lately is
    /// tried only if there is no other.
    pub fn private_chat(&self, person: &PersonId) -> Option<Chat> {
        let theirs = self.contacts.iter().filter(|contact| &contact.person == person);
        theirs
            .min_by_key(|contact| (contact.unreachable_at.is_some(), Reverse(contact.chosen_at)))
            .map(Contact::chat)
    }

    /// Whose private chat it is.
    pub fn contact_in(&self, chat: &Chat) -> Option<&Contact> {
        self.contacts.iter().find(|contact| contact.channel == chat.channel && contact.chat == chat.id)
    }

    /// The teams that somebody is in.
    pub fn memberships(&self, person: &PersonId) -> &[Membership] {
        self.memberships.get(person).map(Vec::as_slice).unwrap_or_default()
    }

    /// What somebody is in a team.
    pub fn role(&self, person: &PersonId, team: &TeamCode) -> Option<Role> {
        self.memberships(person)
            .iter()
            .find(|membership| &membership.team == team)
            .map(|membership| membership.role)
    }

    /// Puts somebody into a team.
    pub fn join(&mut self, membership: Membership) {
        self.memberships.entry(membership.person.clone()).or_default().push(membership.clone());
        self.out.memberships.push(membership);
    }

    /// What a person reads.
    pub fn language(&self, person: &PersonId) -> Language {
        self.people.get(person).map_or(Language::default(), |person| person.language)
    }

    /// A text in a person's language.
    pub fn text(&self, person: &PersonId, id: &str, args: &Args<'_>) -> String {
        self.hotline.locales.text(self.language(person), id, args)
    }
}
