//! People: who asks and who helps, and how each is reached on which channel.

use jiff::Timestamp;

use super::sql::{Columns, RowsStatement, json, of_word, time, word};
use super::{Result, StoreError, Tx};
use crate::domain::dialogue::Asked;
use crate::domain::id::{AreaCode, PersonId, TeamCode};
use crate::domain::message::{Chat, Language};
use crate::domain::team::Membership;

/// A person that the hotline knows.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    /// Who.
    pub id: PersonId,
    /// Grows by one with every save; 0 before the first.
    pub version: i64,
    /// As the channel or the person tells it.
    pub name: Option<String>,
    /// What they read.
    pub language: Language,
    /// Where they live, once known.
    pub area: Option<AreaCode>,
    /// The same, exactly.
    pub address: Option<String>,
    /// Their number.
    pub phone: Option<String>,
    /// What they were last asked.
    pub asked: Option<Asked>,
    /// Since when we know them.
    pub created_at: Timestamp,
}

/// A way to reach a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// The channel.
    pub channel: String,
    /// Their id there.
    pub id: String,
    /// Who.
    pub person: PersonId,
    /// The private chat with them there.
    pub chat: String,
    /// When a message last found nobody there; a word from there makes it nothing.
    pub unreachable_at: Option<Timestamp>,
}

impl Contact {
    /// The private chat.
    pub fn chat(&self) -> Chat {
        Chat::new(&self.channel, &self.chat)
    }
}

static BY_CONTACT: RowsStatement = RowsStatement::new(
    "select channel, id, person, chat, unreachable_at from contact where (channel, id) in (",
    2,
    ")",
);
static CONTACTS_OF: RowsStatement = RowsStatement::new(
    "select channel, id, person, chat, unreachable_at from contact where person in (",
    1,
    ") order by person, channel, id",
);
static IN_CHATS_OF_THEIR_ID: RowsStatement = RowsStatement::new(
    "select channel, id, person, chat, unreachable_at from contact where chat = id and (channel, id) in (",
    2,
    ")",
);
static IN_OTHER_CHATS: RowsStatement = RowsStatement::new(
    "select channel, id, person, chat, unreachable_at from contact where chat <> id and (channel, chat) in (",
    2,
    ")",
);
static BY_ID: RowsStatement = RowsStatement::new(
    "select id, version, name, language, area, address, phone, asked, created_at from person where id in (",
    1,
    ")",
);
static MEMBERSHIPS_OF: RowsStatement = RowsStatement::new(
    "select person, team, role from membership where person in (",
    1,
    ") order by person, team",
);

static SAVE: RowsStatement = RowsStatement::new(
    "insert into person (id, version, name, language, area, address, phone, asked, created_at)",
    9,
    "on conflict (id) do update set version = excluded.version, name = excluded.name, language = excluded.language,
     area = excluded.area, address = excluded.address, phone = excluded.phone, asked = excluded.asked
     where person.version = excluded.version - 1",
);
static SAVE_CONTACTS: RowsStatement = RowsStatement::new(
    "insert into contact (channel, id, person, chat, unreachable_at)",
    5,
    "on conflict (channel, id) do update set chat = excluded.chat, unreachable_at = excluded.unreachable_at
     where contact.person = excluded.person",
);
static SAVE_MEMBERSHIPS: RowsStatement = RowsStatement::new(
    "insert into membership (person, team, role)",
    3,
    "on conflict (person, team) do update set role = excluded.role",
);

impl Tx {
    /// The contacts of senders, by channel and id.
    pub async fn contacts_by_sender(&mut self, senders: &[(String, String)]) -> Result<Vec<Contact>> {
        let rows = BY_CONTACT
            .find(self, senders, |query, (channel, id)| query.bind(channel.as_str()).bind(id.as_str()));
        rows.await?.iter().map(read_contact).collect()
    }

    /// Every contact of these people.
    pub async fn contacts_of(&mut self, people: &[PersonId]) -> Result<Vec<Contact>> {
        let rows = CONTACTS_OF.find(self, people, |query, id| query.bind(id.as_str())).await?;
        rows.iter().map(read_contact).collect()
    }

    /// Whose private chats these are.
    pub async fn contacts_in(&mut self, chats: &[Chat]) -> Result<Vec<Contact>> {
        let mut contacts = Vec::new();
        for statement in [&IN_CHATS_OF_THEIR_ID, &IN_OTHER_CHATS] {
            let rows = statement
                .find(self, chats, |query, chat| query.bind(chat.channel.as_str()).bind(chat.id.as_str()));
            contacts.extend(rows.await?.iter().map(read_contact).collect::<Result<Vec<_>>>()?);
        }
        Ok(contacts)
    }

    /// People by id.
    pub async fn people(&mut self, ids: &[PersonId]) -> Result<Vec<Person>> {
        let rows = BY_ID.find(self, ids, |query, id| query.bind(id.as_str())).await?;
        rows.iter().map(read_person).collect()
    }

    /// Every team that these people are in.
    pub async fn memberships_of(&mut self, people: &[PersonId]) -> Result<Vec<Membership>> {
        let rows = MEMBERSHIPS_OF.find(self, people, |query, id| query.bind(id.as_str())).await?;
        rows.iter().map(read_membership).collect()
    }

    /// The members of a team, by name.
    pub async fn members_of(&mut self, team: &TeamCode) -> Result<Vec<(Person, Membership)>> {
        const MEMBERS: &str =
            "select person.id, version, name, language, area, address, phone, asked, created_at,
            person, team, role from membership join person on person.id = membership.person
            where team = $1 order by name nulls last, person.id limit 500";
        let rows = sqlx::query(MEMBERS).bind(team.as_str()).fetch_all(self.conn()).await?;
        rows.iter().map(|row| Ok((read_person(row)?, read_membership(row)?))).collect()
    }

    /// Saves people, each one version on from what was loaded.
    pub async fn save_people(&mut self, people: &[Person]) -> Result<()> {
        let saved = SAVE.write(self, people, |query, person| {
            query
                .bind(person.id.as_str())
                .bind(person.version + 1)
                .bind(person.name.clone())
                .bind(word(&person.language))
                .bind(person.area.as_ref().map(|area| area.as_str().to_owned()))
                .bind(person.address.clone())
                .bind(person.phone.clone())
                .bind(person.asked.as_ref().map(json))
                .bind(person.created_at.as_millisecond())
        });
        if saved.await? == people.len() as u64 { Ok(()) } else { Err(StoreError::Conflict) }
    }

    /// Saves how people are reached. A contact that meanwhile belongs to somebody else is a conflict.
    pub async fn save_contacts(&mut self, contacts: &[Contact]) -> Result<()> {
        let saved = SAVE_CONTACTS.write(self, contacts, |query, contact| {
            query
                .bind(contact.channel.as_str())
                .bind(contact.id.as_str())
                .bind(contact.person.as_str())
                .bind(contact.chat.as_str())
                .bind(contact.unreachable_at.map(Timestamp::as_millisecond))
        });
        if saved.await? == contacts.len() as u64 { Ok(()) } else { Err(StoreError::Conflict) }
    }

    /// Puts people into teams, or changes what they are there.
    pub async fn save_memberships(&mut self, memberships: &[Membership]) -> Result<()> {
        let saved = SAVE_MEMBERSHIPS.write(self, memberships, |query, membership| {
            query.bind(membership.person.as_str()).bind(membership.team.as_str()).bind(word(&membership.role))
        });
        saved.await?;
        Ok(())
    }
}

fn read_contact(row: &sqlx::any::AnyRow) -> Result<Contact> {
    Ok(Contact {
        channel: row.text("channel")?,
        id: row.text("id")?,
        person: row.text("person")?.as_str().into(),
        chat: row.text("chat")?,
        unreachable_at: row.maybe_int("unreachable_at")?.map(time).transpose()?,
    })
}

fn read_membership(row: &sqlx::any::AnyRow) -> Result<Membership> {
    Ok(Membership {
        person: row.text("person")?.as_str().into(),
        team: row.text("team")?.as_str().into(),
        role: of_word(&row.text("role")?)?,
    })
}

pub(super) fn read_person(row: &sqlx::any::AnyRow) -> Result<Person> {
    let asked = row.maybe_text("asked")?;
    Ok(Person {
        id: row.text("id")?.as_str().into(),
        version: row.int("version")?,
        name: row.maybe_text("name")?,
        language: of_word(&row.text("language")?)?,
        area: row.maybe_text("area")?.map(|area| area.as_str().into()),
        address: row.maybe_text("address")?,
        phone: row.maybe_text("phone")?,
        // A question of an older version is forgotten rather than in the way.
        asked: asked.and_then(|asked| serde_json::from_str(&asked).ok()),
        created_at: row.time("created_at")?,
    })
}
