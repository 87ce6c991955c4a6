//! A step in the making: how each change of a case is made, and the questions that the steps ask.

use jiff::Timestamp;

use super::{CardState, Case, Effect, Entry, EventWord, Letter, Outcome, Refusal, Stage, State, Why, World};
use crate::domain::deadline::Hours;
use crate::domain::id::{PersonId, TeamCode};
use crate::domain::service::Within;
use crate::domain::team::{Rung, Team};

/// A step in the making.
pub(super) struct Turn<'a> {
    pub(super) case: Case,
    pub(super) world: &'a World<'a>,
    pub(super) effects: Vec<Effect>,
    pub(super) entries: Vec<Entry>,
}

/// How each change is made.
impl<'a> Turn<'a> {
    /// Offers the case to the nearest team from this rung up, or lets staff see it.
    pub(super) fn find_team(&mut self, from: Rung) {
        if self.case.area.is_none() {
            return self.to_triage(Why::NoArea);
        }
        match self.route(from) {
            Some(team) => self.offer(team),
            None => self.to_triage(Why::NoTeam),
        }
    }

    /// A case that waits for its service or its place, or is only offered, goes to whom it now belongs.
    pub(super) fn route_if_waiting(&mut self) {
        match &self.case.state {
            State::Triage { .. } => self.find_team(self.case.rung),
            State::Offered { .. } => {
                self.effects.push(Effect::Cards(CardState::Gone));
                self.find_team(self.case.rung);
            }
            State::Accepted { .. } | State::Done { .. } | State::Closed { .. } => {}
        }
    }

    pub(super) fn route(&self, from: Rung) -> Option<&'a Team> {
        self.world.directory.route(&self.case.service, self.case.area.as_ref()?, from)
    }

    pub(super) fn offer(&mut self, team: &Team) {
        let (accept, _) = self.world.services.times(&self.case.service);
        let accept_by = self.world.calendar.after(self.readable_from(team), accept, &team.hours);
        self.note(EventWord::Offered, Stage::Offered, team.name.clone());
        self.case.rung = team.rung();
        self.case.help_wanted = false;
        self.case.state = State::Offered { team: team.code.clone(), accept_by, passed: Vec::new() };
        self.effects.push(Effect::Offer(team.code.clone()));
    }

    /// The same team gets it again; a team that was dissolved meanwhile leaves it to the others.
    pub(super) fn offer_again(&mut self, team: &TeamCode) {
        self.effects.push(Effect::Cards(CardState::Gone));
        match self.world.directory.teams.get(team) {
            Some(team) => self.offer(team),
            None => self.find_team(self.case.rung),
        }
    }

    pub(super) fn give(&mut self, member: PersonId, team: TeamCode) {
        if let Some(team) = self.world.directory.teams.get(&team) {
            self.case.rung = self.case.rung.max(team.rung());
        }
        self.effects.push(Effect::Cards(CardState::Taken(member.clone())));
        self.effects.push(Effect::TellMember(member.clone(), Letter::YouHaveIt));
        self.effects.push(Effect::TellResident(Letter::Accepted(member.clone())));
        self.case.help_wanted = false;
        self.case.state = State::Accepted { team, member, idle_by: Timestamp::MAX, warned: false };
        let until = self.idle_deadline();
        if let State::Accepted { idle_by, .. } = &mut self.case.state {
            *idle_by = until;
        }
    }

    pub(super) fn to_triage(&mut self, why: Why) {
        let look_by = self.deadline(self.world.policy.triage, Hours::Always);
        self.note(EventWord::ToTriage, Stage::Triage, why.word().to_owned());
        self.case.state = State::Triage { why, look_by };
    }

    /// "Not solved" brings the case back one rung up; from the top it is offered there again.
    pub(super) fn reopen(&mut self) {
        self.case.reopened += 1;
        let (_, resolve) = self.world.services.times(&self.case.service);
        self.effects.push(Effect::TellResident(Letter::Reopened));
        self.note(EventWord::Reopened, Stage::Offered, String::new());
        let above = self.case.rung.next().unwrap_or(self.case.rung);
        let team = self.route(above).or_else(|| self.route(self.case.rung));
        let hours = team.map_or_else(|| Hours::Always, |team| team.hours.clone());
        self.case.resolve_by = self.deadline(resolve, hours);
        match team {
            Some(team) => self.offer(team),
            None => self.to_triage(Why::NoTeam),
        }
    }

    /// Whoever has it is told, and the cards in the groups say that it is no longer there.
    pub(super) fn take_back(&mut self) {
        self.tell_member(Letter::TakenBack);
        match &self.case.state {
            State::Offered { .. } | State::Accepted { .. } => {
                self.effects.push(Effect::Cards(CardState::Ended))
            }
            State::Triage { .. } | State::Done { .. } | State::Closed { .. } => {}
        }
    }

    pub(super) fn close(&mut self, outcome: Outcome) {
        self.close_because(outcome, String::new());
    }

    pub(super) fn close_because(&mut self, outcome: Outcome, reason: String) {
        let note = if reason.is_empty() {
            outcome.word().to_owned()
        } else {
            format!("{}:{reason}", outcome.word())
        };
        if !self.case.is_closed() {
            self.note(EventWord::Closed, Stage::Closed, note);
        }
        self.case.state = State::Closed { outcome, at: self.world.now };
    }

    /// A team that just got a late case has its whole time for it.
    pub(super) fn extend_resolution(&mut self, team: &Team) {
        if self.case.resolve_by <= self.world.now {
            let (_, resolve) = self.world.services.times(&self.case.service);
            self.case.resolve_by = self.deadline(resolve, team.hours.clone());
        }
    }

    pub(super) fn tell_member(&mut self, letter: Letter) {
        if let State::Accepted { member, .. } = &self.case.state {
            self.effects.push(Effect::TellMember(member.clone(), letter));
        }
    }

    pub(super) fn note(&mut self, event: EventWord, to: Stage, note: String) {
        self.entries.push(Entry { event, from: self.case.stage(), to, note });
    }
}

/// Questions that the steps ask.
impl<'a> Turn<'a> {
    pub(super) fn deadline(&self, within: Within, hours: Hours) -> Timestamp {
        self.world.calendar.after(self.world.now, within, &hours)
    }

    /// When a team's group reads an offer that is made now: one that waits for the morning has its time from then on.
    fn readable_from(&self, team: &Team) -> Timestamp {
        let World { now, services, calendar, .. } = self.world;
        let morning = team.quiet.until(*now, &calendar.zone).filter(|_| !self.case.is_urgent(services));
        morning.unwrap_or(*now)
    }

    pub(super) fn idle_deadline(&self) -> Timestamp {
        let (accept, _) = self.world.services.times(&self.case.service);
        let policy = self.world.policy;
        let within = if accept.around_the_clock { policy.claim_idle_urgent } else { policy.claim_idle };
        self.deadline(within, self.team_hours())
    }

    pub(super) fn team_hours(&self) -> Hours {
        let team = self.case.team().and_then(|team| self.world.directory.teams.get(team));
        team.map_or_else(|| Hours::Always, |team| team.hours.clone())
    }

    pub(super) fn team(&self, code: &TeamCode) -> Result<&'a Team, Refusal> {
        self.world.directory.teams.get(code).ok_or(Refusal::Unknown)
    }

    /// The team in which this member has the case.
    pub(super) fn held_by(&self, member: &PersonId) -> Result<TeamCode, Refusal> {
        match &self.case.state {
            State::Accepted { member: holder, team, .. } if holder == member => Ok(team.clone()),
            State::Accepted { .. } | State::Offered { .. } | State::Triage { .. } => Err(Refusal::NotYours),
            State::Done { .. } => Err(Refusal::AlreadyDone),
            State::Closed { .. } => Err(Refusal::Closed),
        }
    }

    pub(super) fn not_offered(&self) -> Refusal {
        match &self.case.state {
            State::Accepted { member, .. } => Refusal::Taken(member.clone()),
            State::Triage { .. } | State::Offered { .. } => Refusal::NotOffered,
            State::Done { .. } => Refusal::AlreadyDone,
            State::Closed { .. } => Refusal::Closed,
        }
    }

    pub(super) fn must_be_open(&self) -> Result<(), Refusal> {
        if self.case.is_closed() { Err(Refusal::Closed) } else { Ok(()) }
    }

    pub(super) fn must_be_undone(&self) -> Result<(), Refusal> {
        match self.case.stage() {
            Stage::Triage | Stage::Offered | Stage::Accepted => Ok(()),
            Stage::Done => Err(Refusal::AlreadyDone),
            Stage::Closed => Err(Refusal::Closed),
        }
    }

    /// The survey may be answered while it runs, and also late: a word, or "not solved", is never refused for that.
    pub(super) fn must_be_surveyed(&self) -> Result<(), Refusal> {
        match &self.case.state {
            State::Done { .. } => Ok(()),
            State::Closed { outcome: Outcome::Solved | Outcome::Unanswered | Outcome::NotAsked, .. } => {
                Ok(())
            }
            State::Closed { .. } => Err(Refusal::Closed),
            State::Triage { .. } | State::Offered { .. } | State::Accepted { .. } => Err(Refusal::NotDone),
        }
    }
}
