//! What a message refers to: the earlier one that it corrects, the choices that its number picks, and what came with it.

use jiff::Timestamp;

use super::sql::{Columns, RowsStatement};
use super::{Result, Tx};
use crate::domain::id::{CaseNumber, MessageId};
use crate::domain::message::{Attachment, Body, Chat, Choice};

/// An earlier message, as it was last written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// The words.
    pub text: Option<String>,
    /// The case that it opened or joined.
    pub case: Option<CaseNumber>,
    /// When it was received.
    pub received_at: Timestamp,
}

static EARLIER: RowsStatement = RowsStatement::new(
    "select inbox.channel, inbox.chat, message, body, case_number, received_at from inbox where state = 'done' and (channel, chat, message) in (",
    3,
    ") order by id",
);
static LAST_CHOICES: RowsStatement = RowsStatement::new(
    "select outbox.channel, outbox.chat, outbox.body from outbox join (
     select max(said.id) as id from outbox said join (",
    3,
    ") as asked on said.channel = asked.column1 and said.chat = asked.column2 and said.sent_at >= asked.column3
     where said.state = 'sent' and said.purpose <> 'toast' and said.body like '%\"choices\":[%' group by said.channel, said.chat)
     as newest on outbox.id = newest.id",
);

impl Tx {
    /// What stood in these messages before, each by its chat and the platform's id of it; and which case each came to.
    pub async fn earlier(&mut self, messages: &[(Chat, String)]) -> Result<Vec<((Chat, String), Earlier)>> {
        let rows = EARLIER.find(self, messages, |query, (chat, message)| {
            query.bind(chat.channel.as_str()).bind(chat.id.as_str()).bind(message.as_str())
        });
        let mut found: Vec<((Chat, String), Earlier)> = Vec::new();
        for row in rows.await? {
            let key = (row.chat()?, row.text("message")?);
            let body: Body = row.json("body")?;
            let case = row.maybe_int("case_number")?.map(CaseNumber);
            match found.iter_mut().find(|(known, _)| *known == key) {
                Some((_, earlier)) => {
                    earlier.text = body.text;
                    earlier.case = case.or(earlier.case);
                }
                None => {
                    let received_at = row.time("received_at")?;
                    found.push((key, Earlier { text: body.text, case, received_at }));
                }
            }
        }
        Ok(found)
    }

    /// The choices of the last message with choices that was sent to each of these chats since an instant.
    pub async fn last_choices(
        &mut self,
        chats: &[Chat],
        since: Timestamp,
    ) -> Result<Vec<(Chat, Vec<Choice>)>> {
        #[derive(serde::Deserialize)]
        struct Said {
            choices: Vec<Choice>,
        }
        let since = since.as_millisecond();
        let rows = LAST_CHOICES.find(self, chats, |query, chat| {
            query.bind(chat.channel.as_str()).bind(chat.id.as_str()).bind(since)
        });
        let read = |row: &sqlx::any::AnyRow| Ok((row.chat()?, row.json::<Said>("body")?.choices));
        rows.await?.iter().map(read).collect()
    }

    /// What came with a message of a case, and on which channel.
    pub async fn attachment(
        &mut self,
        id: &MessageId,
        case: CaseNumber,
    ) -> Result<Option<(String, Attachment)>> {
        const FIND: &str = "select channel, body from inbox where id = $1 and case_number = $2";
        let query = sqlx::query(FIND).bind(id.as_str()).bind(case.0);
        let Some(row) = query.fetch_optional(self.conn()).await? else { return Ok(None) };
        let (body, channel): (Body, String) = (row.json("body")?, row.text("channel")?);
        Ok(body.attachment.map(|attachment| (channel, attachment)))
    }
}
