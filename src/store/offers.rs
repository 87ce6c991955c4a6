//! The cards by which cases were offered to groups: where they hang, and whether they still say "accept". A digest is
//! one message that is the card of several cases.

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
    /// When.
    pub offered_at: Timestamp,
    /// Whether the card is one for many.
    pub digest: bool,
}

static INSERT: RowsStatement = RowsStatement::new(
    "insert into offer (message, case_number, team, channel, chat, digest, offered_at)",
    7,
    "",
);
static OPEN_OF: RowsStatement = RowsStatement::new(
    "select message, case_number, team, channel, chat, digest, offered_at, ended_at from offer
     where ended_at is null and case_number in (",
    1,
    ") order by message",
);
static ON_CARDS: RowsStatement = RowsStatement::new(
    "select message, case_number, team, channel, chat, digest, offered_at, ended_at from offer where message in (",
    1,
    ") order by message, case_number",
);
static END: RowsStatement = RowsStatement::new(
    "update offer set ended_at = ended.column3 from (",
    3,
    ") as ended where offer.message = ended.column1 and offer.case_number = ended.column2 and offer.ended_at is null",
);
static FOLD: RowsStatement = RowsStatement::new(
    "update offer set message = folded.column3, digest = 1 from (",
    3,
    ") as folded where offer.message = folded.column1 and offer.case_number = folded.column2 and offer.ended_at is null",
);

impl Tx {
    /// Adds cards.
    pub async fn insert_offers(&mut self, offers: &[OfferRow]) -> Result<()> {
        INSERT
            .write(self, offers, |query, offer| {
                query
                    .bind(offer.message.as_str())
                    .bind(offer.case.0)
                    .bind(offer.team.as_str())
                    .bind(offer.chat.channel.as_str())
                    .bind(offer.chat.id.as_str())
                    .bind(i64::from(offer.digest))
                    .bind(offer.offered_at.as_millisecond())
            })
            .await?;
        Ok(())
    }

    /// The cards of these cases that are not ended.
    pub async fn open_offers(&mut self, cases: &[CaseNumber]) -> Result<Vec<OfferRow>> {
        let rows = OPEN_OF.find(self, cases, |query, number| query.bind(number.0)).await?;
        rows.iter().map(read_offer).collect()
    }

    /// Everything that these messages ever offered, with whether it is still open there.
    pub async fn offers_on(&mut self, cards: &[MessageId]) -> Result<Vec<(OfferRow, bool)>> {
        let rows = ON_CARDS.find(self, cards, |query, id| query.bind(id.as_str())).await?;
        let read = |row| Ok((read_offer(row)?, row.maybe_int("ended_at")?.is_none()));
        rows.iter().map(read).collect()
    }

    /// These cases are no longer offered by these messages.
    pub async fn end_offers(&mut self, cards: &[(MessageId, CaseNumber)], now: Timestamp) -> Result<()> {
        let now = now.as_millisecond();
        END.write(self, cards, |query, (id, case)| query.bind(id.as_str()).bind(case.0).bind(now)).await?;
        Ok(())
    }

    /// These offers now stand on one card for many.
    pub async fn fold_offers(&mut self, cards: &[(MessageId, CaseNumber)], into: &MessageId) -> Result<()> {
        let fold = FOLD
            .write(self, cards, |query, (id, case)| query.bind(id.as_str()).bind(case.0).bind(into.as_str()));
        fold.await?;
        Ok(())
    }
}

fn read_offer(row: &sqlx::any::AnyRow) -> Result<OfferRow> {
    Ok(OfferRow {
        message: row.text("message")?.as_str().into(),
        case: CaseNumber(row.int("case_number")?),
        team: row.text("team")?.as_str().into(),
        chat: row.chat()?,
        offered_at: row.time("offered_at")?,
        digest: row.int("digest")? != 0,
    })
}
