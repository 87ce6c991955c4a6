//! The cards by which cases were offered to groups: where they hang, and whether they still say "accept".

use jiff::Timestamp;

use super::sql::{Columns, RowsStatement};
use super::{Result, Tx};
use crate::domain::id::{CaseNumber, MessageId, TeamCode};
use crate::domain::message::Chat;

/// A card in a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferRow {
    /// The outbox row of the card.
    pub message: MessageId,
    /// The case it offers.
    pub case: CaseNumber,
    /// To which team.
    pub team: TeamCode,
    /// In which group.
    pub chat: Chat,
}

static INSERT: RowsStatement =
    RowsStatement::new("insert into offer (message, case_number, team, channel, chat, offered_at)", 6, "");
static OPEN_OF: RowsStatement = RowsStatement::new(
    "select message, case_number, team, channel, chat from offer where ended_at is null and case_number in (",
    1,
    ") order by message",
);
static END: RowsStatement = RowsStatement::new(
    "update offer set ended_at = ended.column2 from (",
    2,
    ") as ended where offer.message = ended.column1 and offer.ended_at is null",
);

impl Tx {
    /// Adds cards.
    pub async fn insert_offers(&mut self, offers: &[OfferRow], now: Timestamp) -> Result<()> {
        INSERT
            .write(self, offers, |query, offer| {
                query
                    .bind(offer.message.as_str())
                    .bind(offer.case.0)
                    .bind(offer.team.as_str())
                    .bind(offer.chat.channel.as_str())
                    .bind(offer.chat.id.as_str())
                    .bind(now.as_millisecond())
            })
            .await?;
        Ok(())
    }

    /// The cards of these cases that are not ended.
    pub async fn open_offers(&mut self, cases: &[CaseNumber]) -> Result<Vec<OfferRow>> {
        let rows = OPEN_OF.find(self, cases, |query, number| query.bind(number.0)).await?;
        let read = |row: &sqlx::any::AnyRow| {
            Ok(OfferRow {
                message: row.text("message")?.as_str().into(),
                case: CaseNumber(row.int("case_number")?),
                team: row.text("team")?.as_str().into(),
                chat: row.chat()?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// These cards will not be edited again.
    pub async fn end_offers(&mut self, cards: &[MessageId], now: Timestamp) -> Result<()> {
        let now = now.as_millisecond();
        END.write(self, cards, |query, id| query.bind(id.as_str()).bind(now)).await?;
        Ok(())
    }
}
