//! What comes of sending, and what follows where a message did not arrive: the next way to the same person, a word in
//! their team's group, a chat that has moved, a messenger that wants a pause or does not know us any more, a survey
//! that reached nobody. All of it is one write with the marks, and nothing of it is tried again in a circle.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::Hotline;
use super::desk::{Desk, Wanted};
use crate::channels::{Invitation, SendError};
use crate::domain::case::{Actor, Event, Stage, State};
use crate::domain::id::{CaseNumber, MessageId, PersonId};
use crate::domain::message::{Chat, ChatKind, Outbound, Priority, Purpose};
use crate::domain::pace::{Hold, PROBE_EVERY};
use crate::store::{Contact, Leased, Sent, StoreError, Tx};

/// The first pause after a failure; each next one is twice as long.
const PAUSE: Duration = Duration::from_secs(5);
/// The longest pause.
const PAUSE_MAX: Duration = Duration::from_secs(3600);
/// How long a message is tried.
const GIVE_UP: SignedDuration = SignedDuration::from_hours(24);
/// How often a message follows a chat that moves.
const MOVES_MAX: i64 = 3;
/// How often a write is decided anew because somebody else changed one of its cases meanwhile.
const DECISIONS_MAX: usize = 5;
/// How long a group is not told again that one of its members cannot be reached.
const TOLD: SignedDuration = SignedDuration::from_hours(1);

/// A message, and what came of it.
#[derive(Debug)]
pub(super) struct Tried {
    /// Which.
    pub(super) leased: Leased,
    /// What.
    pub(super) came: Came,
}

/// What came of trying to send a message.
#[derive(Clone, Debug)]
pub(super) enum Came {
    /// It is there; with the platform's own id of it.
    Arrived(Option<String>),
    /// It is not.
    Refused(SendError),
    /// It was not tried: one before it in the same chat must wait.
    Untried,
}

/// Writes down what came of sending, and all that follows from it.
pub(super) async fn settle(
    hotline: &Arc<Hotline>,
    tried: Vec<Tried>,
    held: Vec<String>,
) -> Result<(), StoreError> {
    let settling = Arc::new(Settling { hotline: Arc::clone(hotline), tried, held, now: hotline.clock.now() });
    settling.count();
    let mut decisions = 0;
    loop {
        let settling = Arc::clone(&settling);
        let settled = hotline.store.write(move |tx| Box::pin(async move { settling.settle(tx).await })).await;
        decisions += 1;
        match settled {
            // Nothing may be sent twice only because a case was changed meanwhile.
            Err(StoreError::Conflict) if decisions < DECISIONS_MAX => {}
            Ok(city_changed) if city_changed => {
                let mut tx = hotline.store.read().await?;
                return hotline.learn_city(&mut tx).await.map(drop);
            }
            settled => return settled.map(drop),
        }
    }
}

struct Settling {
    hotline: Arc<Hotline>,
    tried: Vec<Tried>,
    held: Vec<String>,
    now: Timestamp,
}

impl Settling {
    /// Whether the city has changed by it.
    async fn settle(&self, tx: &mut Tx) -> Result<bool, StoreError> {
        let mut marks: Vec<(MessageId, Sent)> =
            self.tried.iter().map(|tried| (tried.leased.message.id.clone(), self.mark(tried))).collect();
        let all_arrived = self.tried.iter().all(|tried| matches!(tried.came, Came::Arrived(_)));
        if !all_arrived {
            self.look_for_other_ways(tx, &mut marks).await?;
        }
        tx.mark_sent(&marks, self.now).await?;
        let city_changed = !all_arrived && (self.follow_moves(tx).await? | self.lose_groups(tx).await?);
        for channel in self.channels_to_hold() {
            self.keep_holds(tx, &channel).await?;
        }
        Ok(city_changed)
    }

    fn refused(&self) -> impl Iterator<Item = (&Leased, &SendError)> {
        self.tried.iter().filter_map(|Tried { leased, came }| match came {
            Came::Refused(error) => Some((leased, error)),
            Came::Arrived(_) | Came::Untried => None,
        })
    }

    /// What becomes of one message by itself. A toast's moment is over.
    fn mark(&self, Tried { leased, came }: &Tried) -> Sent {
        let toast = leased.message.purpose == Purpose::Toast;
        match came {
            Came::Arrived(remote) => Sent::Done(remote.clone()),
            Came::Untried => Sent::Untried,
            Came::Refused(error) if toast => Sent::Dropped(error.to_string()),
            Came::Refused(SendError::Later { pause, reason }) => self.later(leased, *pause, reason),
            Came::Refused(SendError::Never(reason) | SendError::Gone(reason)) => Sent::Never(reason.clone()),
            Came::Refused(SendError::Moved { to }) => self.again_at(leased, to),
            Came::Refused(SendError::Closed(reason)) if leased.message.purpose == Purpose::Survey => {
                Sent::Dropped(reason.clone())
            }
            Came::Refused(SendError::Closed(reason)) => Sent::Held(reason.clone()),
            Came::Refused(SendError::Revoked(reason)) => {
                let limited = self.hotline.channels.limited(&leased.message.chat.channel).is_some();
                let pause = if limited { PROBE_EVERY } else { PAUSE_MAX };
                Sent::Later(self.now + pause, reason.clone())
            }
        }
    }

    fn later(&self, leased: &Leased, pause: Option<Duration>, reason: &str) -> Sent {
        let doublings = u32::try_from(leased.attempts.clamp(1, 20) - 1).unwrap_or(0);
        let growing = PAUSE.saturating_mul(1 << doublings).min(PAUSE_MAX);
        let again = self.now + pause.unwrap_or(growing).min(PAUSE_MAX);
        let over = again > leased.made_at + GIVE_UP;
        if over { Sent::Never(reason.to_owned()) } else { Sent::Later(again, reason.to_owned()) }
    }

    /// At once in the new place; a chat that moves in a circle is not followed for ever.
    fn again_at(&self, leased: &Leased, to: &str) -> Sent {
        match leased.message.chat.id == to || leased.attempts > MOVES_MAX {
            true => self.later(leased, None, "the chat moves in a circle"),
            false => Sent::Again,
        }
    }

    /// For the operator's figures and the log, once, whatever the database says.
    fn count(&self) {
        for (leased, error) in self.refused() {
            let (message, channel) = (&leased.message.id, &leased.message.chat.channel);
            if let SendError::Revoked(reason) = error {
                tracing::error!(%channel, %reason, "the messenger does not know us any more");
                metrics::counter!("hotline_channel_revoked_total", "channel" => channel.clone()).increment(1);
            }
            tracing::debug!(%message, %channel, reason = %error, "a message did not arrive");
        }
    }
}

/// Somebody who is not where we wrote.
struct Missed {
    person: PersonId,
    /// Whether their team was told so a short time ago.
    told: bool,
}

/// The other ways to a person, and the survey that reached nobody.
impl Settling {
    async fn look_for_other_ways(
        &self,
        tx: &mut Tx,
        marks: &mut [(MessageId, Sent)],
    ) -> Result<(), StoreError> {
        let gone: Vec<(&Leased, &str)> = self.refused().filter_map(gone_privately).collect();
        let surveys = self.surveys(marks);
        let mut wanted = Wanted { cases: surveys.clone(), ..Wanted::default() };
        if gone.is_empty() && surveys.is_empty() {
            return Ok(count_dead(marks));
        }
        let chats: Vec<Chat> = gone.iter().map(|(leased, _)| leased.message.chat.clone()).collect();
        wanted.people = tx.contacts_in(&chats).await?.into_iter().map(|contact| contact.person).collect();
        wanted.cases.extend(gone.iter().filter_map(|(leased, _)| leased.message.case));
        let asked: BTreeSet<CaseNumber> = tx.surveyed(&surveys).await?.into_iter().collect();
        let mut desk = Desk::load(&self.hotline, tx, wanted).await?;
        let mut on_their_way = BTreeSet::new();
        for (leased, reason) in gone {
            let missed = desk.miss(&leased.message.chat);
            let sent = match missed.as_ref().and_then(|missed| desk.another_way(leased, missed, reason)) {
                Some(sent) => {
                    on_their_way.extend(leased.message.case);
                    sent
                }
                None => desk.no_way(leased, missed, reason),
            };
            let mine = marks.iter_mut().filter(|(id, _)| *id == leased.message.id);
            mine.for_each(|(_, mark)| *mark = sent.clone());
        }
        let reached_nobody = |case: &CaseNumber| !asked.contains(case) && !on_their_way.contains(case);
        surveys.into_iter().filter(reached_nobody).for_each(|case| desk.not_asked(case));
        count_dead(marks);
        desk.save(tx).await
    }

    /// The cases whose survey did not arrive and is not tried again here.
    fn surveys(&self, marks: &[(MessageId, Sent)]) -> Vec<CaseNumber> {
        let failed = |sent: &Sent| match sent {
            Sent::Never(_) | Sent::Held(_) | Sent::Dropped(_) => true,
            Sent::Done(_) | Sent::Later(..) | Sent::Untried | Sent::Again => false,
        };
        let surveys = self
            .tried
            .iter()
            .zip(marks)
            .filter(|(tried, (_, sent))| tried.leased.message.purpose == Purpose::Survey && failed(sent));
        surveys.filter_map(|(tried, _)| tried.leased.message.case).collect()
    }
}

fn gone_privately<'t>((leased, error): (&'t Leased, &'t SendError)) -> Option<(&'t Leased, &'t str)> {
    let SendError::Gone(reason) = error else { return None };
    let message = &leased.message;
    let somebody = message.kind == ChatKind::Private && message.purpose != Purpose::Toast;
    somebody.then_some((leased, reason.as_str()))
}

fn count_dead(marks: &[(MessageId, Sent)]) {
    for (message, sent) in marks {
        if let Sent::Never(reason) = sent {
            tracing::error!(%message, %reason, "a message is given up");
            metrics::counter!("hotline_messages_dead_total").increment(1);
        }
    }
}

impl Desk<'_> {
    /// Nobody is there: whose chat it is, and from now on the last of their chats to be tried.
    fn miss(&mut self, chat: &Chat) -> Option<Missed> {
        let contact = self.contact_in(chat)?.clone();
        let told = contact.unreachable_at.is_some_and(|at| at > self.now - TOLD);
        if !told {
            self.put_contact(Contact { unreachable_at: Some(self.now), ..contact.clone() });
        }
        Some(Missed { person: contact.person, told })
    }

    /// The message takes the next way to the same person, if there is one.
    fn another_way(&mut self, leased: &Leased, missed: &Missed, reason: &str) -> Option<Sent> {
        let other = self.reachable_chat(&missed.person)?;
        let why = format!("by {} instead: {reason}", other.channel);
        let again = Outbound { id: self.message_id(), chat: other, replaces: None, ..leased.message.clone() };
        self.send(again);
        Some(Sent::Dropped(why))
    }

    /// Where there is no other way, a member's team is told how they begin, and the message waits for them; what a
    /// resident cannot be told, staff see.
    fn no_way(&mut self, leased: &Leased, missed: Option<Missed>, reason: &str) -> Sent {
        let message = &leased.message;
        let Some(Missed { person, told }) = missed else { return Sent::Never(reason.to_owned()) };
        let case = message.case.and_then(|number| self.case(number));
        let resident = case.is_some_and(|case| case.resident == person);
        match self.memberships(&person).is_empty() || resident {
            true if message.purpose == Purpose::Survey => Sent::Dropped(reason.to_owned()),
            true => Sent::Never(reason.to_owned()),
            false => {
                if !told {
                    self.tell_team_how_to_begin(&person, message);
                }
                Sent::Held(reason.to_owned())
            }
        }
    }

    /// A private chat with a person in which nobody was missed lately.
    fn reachable_chat(&self, person: &PersonId) -> Option<Chat> {
        self.private_chat(person)
            .filter(|chat| self.contact_in(chat).is_some_and(|contact| contact.unreachable_at.is_none()))
    }

    /// In the groups of the team that has the case, on the messenger where the member is missed if there is one.
    fn tell_team_how_to_begin(&mut self, member: &PersonId, missed: &Outbound) {
        let of_case = missed.case.and_then(|number| self.case(number)?.team().cloned());
        let of_case = of_case.filter(|team| self.role(member, team).is_some());
        let first = || self.memberships(member).first().map(|membership| membership.team.clone());
        let Some(team) = of_case.or_else(first) else { return };
        let mut groups = self.city.teams.get(&team).map(|team| team.groups.clone()).unwrap_or_default();
        if groups.iter().any(|group| group.channel == missed.chat.channel) {
            groups.retain(|group| group.channel == missed.chat.channel);
        }
        let name = self.write_to_group().masked_name(member);
        let begin = self
            .hotline
            .channels
            .get(&missed.chat.channel)
            .and_then(|channel| channel.link(Invitation::Begin));
        let text = match &begin {
            Some(link) => {
                self.write_to_group().with("team-unreachable-link", &[("member", &name), ("link", link)])
            }
            None => self.write_to_group().with("team-unreachable", &[("member", &name)]),
        };
        for group in groups {
            let case = missed.case.and_then(|number| self.case(number)).cloned();
            let told = self.outbound(group, ChatKind::Group, text.clone().into(), case.as_ref());
            self.send(told);
        }
    }

    /// Somebody is in touch again: a survey that reached nobody is sent now, unless something else is being asked, or
    /// somebody may be in danger.
    pub(super) fn ask_what_was_not_asked(&mut self, resident: &PersonId) {
        let open = self.open_cases(resident);
        let danger = open.iter().any(|case| case.priority == Priority::Danger && case.stage() != Stage::Done);
        let busy = self.person(resident).is_none_or(|person| person.asked.is_some());
        let unasked = open.iter().find(|case| case.waits_to_be_asked()).map(|case| case.number);
        if let (Some(number), false, false) = (unasked, danger, busy) {
            // It waits to be asked, so it is not refused.
            self.step(number, Event::AskNow, &Actor::Hotline).ok();
        }
    }

    /// A question of the survey reached nobody: that is not the same as no answer.
    pub(super) fn not_asked(&mut self, number: CaseNumber) {
        let done = self.case(number).filter(|case| case.stage() == Stage::Done);
        let Some(resident) = done.map(|case| case.resident.clone()) else { return };
        let first = done.is_some_and(|case| {
            let first = matches!(case.state, State::Done { asked: true, reminded: false, .. });
            first && case.survey.solved.is_none()
        });
        // It is done, so it is not refused.
        self.step(number, Event::NotAsked, &Actor::Hotline).ok();
        let asked = self.person(&resident).and_then(|person| person.asked.as_ref()?.case());
        if asked == Some(number) {
            if let Some(resident) = self.person_mut(&resident) {
                resident.asked = None;
            }
        }
        if first {
            self.ask_to_write(number, &resident);
        }
    }

    /// By text message, once, where there is a gateway and a number: that there is a question, and where to answer it. The
    /// number is not theirs for certain, so nothing is asked or told there.
    fn ask_to_write(&mut self, number: CaseNumber, resident: &PersonId) {
        let Some(case) = self.case(number).cloned() else { return };
        let theirs = self.person(resident).and_then(|person| person.phone.clone());
        let phone = theirs.or_else(|| case.details.phone.clone());
        let here = self.private_chat(resident);
        let telephone = phone.and_then(|phone| self.hotline.channels.chat_of_number(&phone));
        let elsewhere = |chat: &Chat| here.as_ref().is_none_or(|here| here.channel != chat.channel);
        let Some(telephone) = telephone.filter(elsewhere) else { return };
        let mut text =
            self.write_to(resident).with("text-message-please-write", &[("number", &number.to_string())]);
        let begin = here.and_then(|here| self.hotline.channels.get(&here.channel)?.link(Invitation::Begin));
        if let Some(link) = begin {
            text.push('\n');
            text.push_str(&link);
        }
        let told = self.outbound(telephone, ChatKind::Private, text.into(), Some(&case));
        self.send(told);
    }
}

/// Chats that moved, groups that are lost, channels that are held.
impl Settling {
    async fn follow_moves(&self, tx: &mut Tx) -> Result<bool, StoreError> {
        let moves: BTreeSet<(&Chat, &str)> = self
            .refused()
            .filter_map(|(leased, error)| match error {
                SendError::Moved { to } if *to != leased.message.chat.id => {
                    Some((&leased.message.chat, to.as_str()))
                }
                _ => None,
            })
            .collect();
        for (chat, to) in &moves {
            tx.move_chat(chat, to).await?;
        }
        Ok(!moves.is_empty())
    }

    /// A group that we cannot write to is no way to reach its team: what waits for it is not delivered.
    async fn lose_groups(&self, tx: &mut Tx) -> Result<bool, StoreError> {
        let gone = self.refused().filter(|(_, error)| matches!(error, SendError::Gone(_)));
        let groups: BTreeSet<&Chat> = gone
            .filter(|(leased, _)| leased.message.kind == ChatKind::Group)
            .map(|(leased, _)| &leased.message.chat)
            .collect();
        for group in &groups {
            if tx.lose_group(group, self.now).await? {
                tracing::warn!(channel = %group.channel, "a team's group cannot be reached any more");
            }
            tx.give_up_chat(group, self.now).await?;
        }
        Ok(!groups.is_empty())
    }

    /// Those with limits that refused something for all messages, or that are held and let something through.
    fn channels_to_hold(&self) -> BTreeSet<String> {
        let holds = |error: &SendError| {
            matches!(error, SendError::Later { pause: Some(_), .. } | SendError::Revoked(_))
        };
        let refusing = self.refused().filter(|(_, error)| holds(error));
        let refusing = refusing.map(|(leased, _)| leased.message.chat.channel.clone());
        let limited = refusing.filter(|channel| self.hotline.channels.limited(channel).is_some());
        limited.chain(self.held.iter().cloned()).collect()
    }

    async fn keep_holds(&self, tx: &mut Tx, channel: &str) -> Result<(), StoreError> {
        let mut known = tx.holds(channel).await?;
        let here = |leased: &Leased| leased.message.chat.channel == channel;
        let arrived = self.tried.iter().filter(|tried| matches!(tried.came, Came::Arrived(_)));
        let arrived = arrived.map(|tried| &tried.leased).filter(|leased| here(leased));
        let arrived: Vec<&str> = arrived.map(|leased| &*leased.message.chat.id).collect();
        let was_revoked = known.iter().any(|hold| hold.revoked_since.is_some());
        let known_again =
            was_revoked && self.refused().any(|(leased, error)| here(leased) && knows_us(error));
        if known_again || !(arrived.is_empty() || known.is_empty()) {
            tx.end_holds(channel, &arrived, was_revoked, self.now).await?;
            known = tx.holds(channel).await?;
        }
        for (leased, error) in self.refused().filter(|(leased, _)| here(leased)) {
            let holds = match error {
                SendError::Later { pause: Some(pause), reason } => {
                    let until = self.now + (*pause).min(PAUSE_MAX);
                    Hold::after_pause(&known, &leased.message.chat.id, until, reason, self.now)
                }
                SendError::Revoked(reason) => vec![Hold::after_revocation(&known, reason, self.now)],
                SendError::Later { pause: None, .. }
                | SendError::Never(_)
                | SendError::Gone(_)
                | SendError::Moved { .. }
                | SendError::Closed(_) => Vec::new(),
            };
            tx.hold(channel, &holds).await?;
            known.retain(|old| !holds.iter().any(|new| new.chat == old.chat));
            known.extend(holds);
        }
        Ok(())
    }
}

/// Whether a messenger that refuses a message for this reason knows who we are: it looked at the chat.
fn knows_us(error: &SendError) -> bool {
    match error {
        SendError::Gone(_) | SendError::Moved { .. } | SendError::Closed(_) => true,
        SendError::Later { .. } | SendError::Never(_) | SendError::Revoked(_) => false,
    }
}
