//! What staff do: give a case to somebody, hand it over, answer, end it, take one in by phone, make codes, and
//! record what a resident says on the phone. Every step is in the history under their name.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::Hotline;
use super::desk::{Desk, Wanted};
use crate::domain::case::{Actor, Case, Entry, Event, EventWord, Origin, Refusal, State, Survey, Why};
use crate::domain::code::Code;
use crate::domain::id::{AreaCode, CaseNumber, PersonId, ServiceCode, TeamCode};
use crate::domain::message::Attachment;
use crate::domain::team::Rung;
use crate::domain::understood::Details;
use crate::store::{CodePurpose, CodeRow, StoreError};

/// How long a code works.
pub const CODE_LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What staff write down of a case that came by phone.
#[derive(Clone, Debug)]
pub struct PhoneCase {
    /// Who called, if they said.
    pub name: Option<String>,
    /// The number to call back.
    pub phone: Option<String>,
    /// What for.
    pub service: ServiceCode,
    /// Where.
    pub area: Option<AreaCode>,
    /// Where exactly.
    pub address: Option<String>,
    /// What was said.
    pub words: String,
}

/// Lets one of the staff do something to a case; a refusal is for them to read.
pub async fn act(
    hotline: &Arc<Hotline>,
    staff: &str,
    number: CaseNumber,
    event: Event,
) -> Result<Result<(), Refusal>, StoreError> {
    let people = match &event {
        Event::Assign { member, .. } => vec![member.clone()],
        _ => Vec::new(),
    };
    let wanted = Wanted { cases: vec![number], people, ..Wanted::default() };
    let actor = Actor::Staff(staff.to_owned());
    on_desk(hotline, wanted, move |desk| match member_is_missing(desk, &event) {
        true => Err(Refusal::NotMember),
        false => desk.step(number, event, &actor),
    })
    .await
}

/// Only a member of the team can be given its case.
fn member_is_missing(desk: &Desk<'_>, event: &Event) -> bool {
    matches!(event, Event::Assign { member, team } if desk.role(member, team).is_none())
}

/// Opens a case for somebody who called.
pub async fn take_call(
    hotline: &Arc<Hotline>,
    staff: &str,
    call: PhoneCase,
) -> Result<CaseNumber, StoreError> {
    let actor = Actor::Staff(staff.to_owned());
    let wanted = Wanted { new_cases: 1, ..Wanted::default() };
    on_desk(hotline, wanted, move |desk| {
        let person = desk.new_person(call.name.clone(), desk.hotline.language);
        if let Some(person) = desk.person_mut(&person) {
            person.phone = call.phone.clone();
            person.area = call.area.clone();
            person.address = call.address.clone();
        }
        let number = phone_case(desk, person, call);
        // Opening is never refused.
        desk.step(number, Event::Open { triage: None }, &actor).ok();
        number
    })
    .await
}

fn phone_case(desk: &mut Desk<'_>, resident: PersonId, call: PhoneCase) -> CaseNumber {
    let number = desk.new_number();
    let (_, resolve_within) = desk.services.times(&call.service);
    let team = call.area.as_ref().and_then(|area| desk.city.route(&call.service, area, Rung::Team));
    let hours = team.map_or(crate::domain::deadline::Hours::Always, |team| team.hours.clone());
    let details =
        Details { area: call.area.clone(), address: call.address, phone: call.phone, ..Details::default() };
    let resolve_by = desk.hotline.calendar.after(desk.now, resolve_within, &hours);
    desk.add_case(Case {
        number,
        version: 0,
        resident,
        priority: call.service.priority(),
        service: call.service,
        confidence: 1.0,
        runners_up: Vec::new(),
        area: call.area,
        text: call.words,
        details,
        rung: Rung::Team,
        origin: Origin::Phone,
        help_wanted: false,
        reopened: 0,
        opened_at: desk.now,
        resolve_by,
        state: State::Triage { why: Why::Asked, look_by: desk.now },
        survey: Survey::default(),
    });
    number
}

/// Writes down that one of the staff looked at the words of a restricted case.
pub async fn note_view(hotline: &Arc<Hotline>, staff: &str, number: CaseNumber) -> Result<(), StoreError> {
    note_look(hotline, staff, number, EventWord::Viewed, String::new()).await
}

async fn note_look(
    hotline: &Arc<Hotline>,
    staff: &str,
    number: CaseNumber,
    event: EventWord,
    note: String,
) -> Result<(), StoreError> {
    let actor = Actor::Staff(staff.to_owned());
    let wanted = Wanted { cases: vec![number], ..Wanted::default() };
    on_desk(hotline, wanted, move |desk| {
        let Some(stage) = desk.case(number).map(Case::stage) else { return };
        let entry = Entry { event, from: stage, to: stage, note };
        desk.note(number, actor, entry);
    })
    .await
}

/// Writes down that one of the staff opened what came with a message.
pub async fn note_attachment_view(
    hotline: &Arc<Hotline>,
    staff: &str,
    number: CaseNumber,
    attachment: &Attachment,
) -> Result<(), StoreError> {
    let note = attachment.kind.word().to_owned();
    note_look(hotline, staff, number, EventWord::AttachmentViewed, note).await
}

/// Makes a one-time code; it is shown once, and only its digest is kept.
pub async fn make_code(
    hotline: &Arc<Hotline>,
    staff: &str,
    purpose: CodePurpose,
    team: &TeamCode,
) -> Result<(Code, Timestamp), StoreError> {
    let code = Code::from_random(rand::random());
    let expires_at = hotline.clock.now() + CODE_LIFE;
    let digest = digest(code.as_str());
    let row = CodeRow { digest, purpose, team: team.clone(), made_by: staff.to_owned(), expires_at };
    hotline.store.write(move |tx| Box::pin(async move { tx.insert_code(&row).await })).await?;
    Ok((code, expires_at))
}

/// SHA-256 in hexadecimal: what is kept of codes and cookies.
pub fn digest(secret: &str) -> String {
    Sha256::digest(secret.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Loads a desk, lets something be decided on it, saves it; all in one write, which hints the workers.
async fn on_desk<T: Send + 'static>(
    hotline: &Arc<Hotline>,
    wanted: Wanted,
    decide: impl FnOnce(&mut Desk<'_>) -> T + Send + 'static,
) -> Result<T, StoreError> {
    let owned = Arc::clone(hotline);
    let outcome = hotline
        .store
        .write(move |tx| {
            Box::pin(async move {
                let mut desk = Desk::load(&owned, tx, wanted).await?;
                let outcome = decide(&mut desk);
                desk.save(tx).await?;
                Ok(outcome)
            })
        })
        .await?;
    hotline.hints.outbox.notify_one();
    hotline.hints.wakes.notify_one();
    Ok(outcome)
}
