//! The state machine. `step` decides what an event means in the state where the case stands; the `Turn`
//! beside it knows how each change is made. Nothing here may ask for the time, wait, or write.
//! `docs/states.md` is printed from this file by a test.

use super::turn::Turn;
use super::{
    CardState, Case, Effect, Ending, Event, EventWord, Letter, Outcome, Refusal, Stage, State, Step, Why,
    World,
};
use crate::domain::deadline::Hours;
use crate::domain::id::{AreaCode, PersonId, ServiceCode, TeamCode};
use crate::domain::team::Rung;
use crate::domain::understood::Details;

/// What becomes of a case when something happens to it; or why that cannot be.
pub fn step(case: Case, event: Event, world: &World<'_>) -> Result<Step, Refusal> {
    let mut turn = Turn { case, world, effects: Vec::new(), entries: Vec::new() };
    match event {
        Event::Open { triage } => turn.open(triage),
        Event::Tell { text, details } => turn.tell(text, details)?,
        Event::Classify { service } => turn.classify(service)?,
        Event::Locate { area } => turn.locate(area)?,
        Event::Accept { member, team } => turn.accept(member, &team)?,
        Event::Pass { member, leader } => turn.pass(member, leader)?,
        Event::Release { member, reason } => turn.release(&member, reason)?,
        Event::Keep { member, note } => turn.keep(&member, note)?,
        Event::WantHelp { member } => turn.want_help(member)?,
        Event::Finish { member, note } => turn.finish(member, note)?,
        Event::Solved(solved) => turn.solved(solved)?,
        Event::Satisfied(satisfied) => turn.satisfied(satisfied)?,
        Event::Comment(comment) => turn.comment(comment)?,
        Event::NotAsked => turn.not_asked(),
        Event::AskNow => turn.ask_now(),
        Event::Cancel => turn.cancel()?,
        Event::Wake => turn.wake(),
        Event::Assign { member, team } => turn.assign(member, team)?,
        Event::HandOver { team, reason } => turn.hand_over(team, reason)?,
        Event::Answer { text } => turn.answer(text),
        Event::End { ending, reason } => turn.end(ending, reason)?,
    }
    Ok(Step { case: turn.case, effects: turn.effects, entries: turn.entries })
}

/// What residents and staff do.
impl Turn<'_> {
    fn open(&mut self, triage: Option<Why>) {
        self.note(EventWord::Opened, self.case.stage(), self.case.service.to_string());
        match triage {
            Some(why) => self.to_triage(why),
            None => self.find_team(Rung::Team),
        }
    }

    fn tell(&mut self, text: String, details: Details) -> Result<(), Refusal> {
        self.must_be_open()?;
        self.case.details.fill(details);
        if !text.is_empty() {
            self.note(EventWord::Added, self.case.stage(), text.clone());
            self.tell_member(Letter::Added(text));
        }
        Ok(())
    }

    fn classify(&mut self, service: ServiceCode) -> Result<(), Refusal> {
        self.must_be_open()?;
        let (_, resolve) = self.world.services.times(&service);
        self.case.priority = self.case.priority.min(service.priority());
        self.note(EventWord::Classified, self.case.stage(), format!("{} → {service}", self.case.service));
        self.case.service = service;
        self.case.confidence = 1.0;
        self.case.resolve_by = self.deadline(resolve, self.team_hours());
        self.route_if_waiting();
        Ok(())
    }

    fn locate(&mut self, area: AreaCode) -> Result<(), Refusal> {
        self.must_be_open()?;
        let name = self.world.directory.areas.get(&area).ok_or(Refusal::Unknown)?.name.clone();
        self.note(EventWord::Located, self.case.stage(), name);
        self.case.area = Some(area);
        if matches!(self.case.state, State::Triage { why: Why::NoArea, .. }) {
            self.route_if_waiting();
        }
        Ok(())
    }

    fn solved(&mut self, solved: bool) -> Result<(), Refusal> {
        self.must_be_surveyed()?;
        self.case.survey.solved = Some(solved);
        if solved {
            self.note(EventWord::Solved, self.case.stage(), String::new());
            self.effects.push(Effect::TellResident(Letter::AskSatisfied));
        } else {
            self.note(EventWord::NotSolved, self.case.stage(), String::new());
            self.reopen();
        }
        Ok(())
    }

    fn satisfied(&mut self, satisfied: u8) -> Result<(), Refusal> {
        self.must_be_surveyed()?;
        if !(1..=5).contains(&satisfied) {
            return Err(Refusal::OutOfRange);
        }
        self.case.survey.satisfied = Some(satisfied);
        self.case.survey.solved.get_or_insert(true);
        self.note(EventWord::Satisfied, self.case.stage(), satisfied.to_string());
        self.effects.push(Effect::TellResident(Letter::AskComment));
        self.close(Outcome::Solved);
        Ok(())
    }

    fn comment(&mut self, comment: String) -> Result<(), Refusal> {
        self.must_be_surveyed()?;
        self.note(EventWord::Commented, self.case.stage(), comment.clone());
        self.case.survey.comment = Some(comment);
        self.effects.push(Effect::TellResident(Letter::Thanks));
        Ok(())
    }

    fn cancel(&mut self) -> Result<(), Refusal> {
        self.must_be_open()?;
        self.take_back();
        self.effects.push(Effect::TellResident(Letter::Cancelled));
        self.close(Outcome::Cancelled);
        Ok(())
    }

    fn assign(&mut self, member: PersonId, team: TeamCode) -> Result<(), Refusal> {
        self.must_be_undone()?;
        self.team(&team)?;
        if self.case.member() != Some(&member) {
            self.tell_member(Letter::TakenBack);
        }
        self.note(EventWord::Assigned, Stage::Accepted, team.to_string());
        self.give(member, team);
        Ok(())
    }

    fn hand_over(&mut self, team: TeamCode, reason: String) -> Result<(), Refusal> {
        self.must_be_undone()?;
        let to = self.team(&team)?;
        self.take_back();
        self.note(EventWord::HandedOver, Stage::Offered, format!("{}:{reason}", to.name));
        self.effects.push(Effect::TellResident(Letter::HandedOver(team)));
        self.offer(to);
        Ok(())
    }

    fn answer(&mut self, text: String) {
        self.note(EventWord::Answered, self.case.stage(), text.clone());
        self.effects.push(Effect::TellResident(Letter::Answer(text)));
    }

    fn end(&mut self, ending: Ending, reason: String) -> Result<(), Refusal> {
        self.must_be_open()?;
        let (letter, outcome) = match ending {
            Ending::Merge(into) if into == self.case.number => return Err(Refusal::Unknown),
            Ending::Merge(into) => (Letter::Merged(into), Outcome::Merged),
            Ending::Refer(unit) => (Letter::Referred(unit, reason.clone()), Outcome::Referred),
            Ending::Decline => (Letter::Declined(reason.clone()), Outcome::Declined),
        };
        self.take_back();
        self.effects.push(Effect::TellResident(letter));
        self.close_because(outcome, reason);
        Ok(())
    }
}

/// What members do.
impl Turn<'_> {
    fn accept(&mut self, member: PersonId, team: &TeamCode) -> Result<(), Refusal> {
        match &self.case.state {
            State::Offered { team: offered, .. } if offered == team => {}
            State::Offered { .. } => return Err(Refusal::OtherTeam),
            State::Accepted { member: first, .. } => return Err(Refusal::Taken(first.clone())),
            State::Triage { .. } => return Err(Refusal::NotOffered),
            State::Done { .. } => return Err(Refusal::AlreadyDone),
            State::Closed { .. } => return Err(Refusal::Closed),
        }
        self.note(EventWord::Accepted, Stage::Accepted, team.to_string());
        self.give(member, team.clone());
        Ok(())
    }

    fn pass(&mut self, member: PersonId, leader: bool) -> Result<(), Refusal> {
        let State::Offered { passed, .. } = &mut self.case.state else {
            return Err(self.not_offered());
        };
        if !passed.contains(&member) {
            passed.push(member);
        }
        let enough = leader || passed.len() >= self.world.policy.passes;
        self.note(EventWord::Passed, Stage::Offered, String::new());
        if enough {
            self.escalate();
        }
        Ok(())
    }

    fn release(&mut self, member: &PersonId, reason: String) -> Result<(), Refusal> {
        let team = self.held_by(member)?;
        self.note(EventWord::Released, Stage::Offered, reason);
        self.effects.push(Effect::TellResident(Letter::Released));
        self.offer_again(&team);
        Ok(())
    }

    fn keep(&mut self, holder: &PersonId, note: String) -> Result<(), Refusal> {
        self.held_by(holder)?;
        let until = self.idle_deadline();
        if let State::Accepted { idle_by, warned, .. } = &mut self.case.state {
            (*idle_by, *warned) = (until, false);
        }
        self.note(EventWord::Kept, Stage::Accepted, note);
        Ok(())
    }

    fn want_help(&mut self, member: PersonId) -> Result<(), Refusal> {
        let team = self.held_by(&member)?;
        self.case.help_wanted = true;
        self.note(EventWord::HelpWanted, Stage::Accepted, String::new());
        self.effects.push(Effect::TellTeam(team, Letter::HelpWanted(member)));
        Ok(())
    }

    fn finish(&mut self, member: Option<PersonId>, note: String) -> Result<(), Refusal> {
        self.must_be_undone()?;
        let by = match (&member, &self.case.state) {
            (Some(member), _) => Some((self.held_by(member)?, member.clone())),
            (None, State::Accepted { team, member, .. }) => Some((team.clone(), member.clone())),
            (
                None,
                State::Triage { .. } | State::Offered { .. } | State::Done { .. } | State::Closed { .. },
            ) => None,
        };
        let card = by.as_ref().map_or(CardState::Ended, |(_, member)| CardState::Done(member.clone()));
        self.note(EventWord::Done, Stage::Done, note);
        self.effects.push(Effect::Cards(card));
        self.effects.push(Effect::TellResident(Letter::AskSolved));
        self.case.help_wanted = false;
        let ask_by = self.deadline(self.world.policy.survey_remind, Hours::Always);
        self.case.state = State::Done { by, asked: true, reminded: false, ask_by };
        Ok(())
    }
}

/// What the clock does.
impl Turn<'_> {
    /// Does what is due, one thing at a time; whatever it does, the next thing is due later than now.
    fn wake(&mut self) {
        let now = self.world.now;
        let late = self.case.resolve_by <= now;
        match &self.case.state {
            State::Triage { look_by, .. } if *look_by <= now => self.remind_staff(),
            State::Offered { accept_by, .. } if *accept_by <= now || late => self.escalate(),
            State::Accepted { .. } if late => self.supervise(),
            State::Accepted { idle_by, warned: false, .. } if *idle_by <= now => self.question_claim(),
            State::Accepted { idle_by, .. } if *idle_by <= now => self.expire_claim(),
            State::Done { ask_by, reminded: false, .. } if *ask_by <= now => self.remind_resident(),
            State::Done { ask_by, .. } if *ask_by <= now => self.close_unanswered(),
            State::Triage { .. }
            | State::Offered { .. }
            | State::Accepted { .. }
            | State::Done { .. }
            | State::Closed { .. } => {}
        }
    }

    fn remind_staff(&mut self) {
        let again = self.deadline(self.world.policy.triage, Hours::Always);
        if let State::Triage { look_by, .. } = &mut self.case.state {
            *look_by = again;
        }
        self.note(EventWord::Overdue, Stage::Triage, String::new());
    }

    /// Hands an offer one rung up; at the top it is offered there again, and staff see that it is late.
    fn escalate(&mut self) {
        let above = self.case.rung.next().and_then(|rung| self.route(rung));
        let Some(team) = above else {
            return self.offer_late();
        };
        self.effects.push(Effect::Cards(CardState::Gone));
        self.effects.push(Effect::TellResident(Letter::Escalated(team.rung())));
        self.note(EventWord::Escalated, Stage::Offered, team.name.clone());
        self.extend_resolution(team);
        self.offer(team);
    }

    fn offer_late(&mut self) {
        self.note(EventWord::Overdue, Stage::Offered, String::new());
        let team = self.case.team().and_then(|team| self.world.directory.teams.get(team));
        let Some(team) = team else {
            self.effects.push(Effect::Cards(CardState::Gone));
            return self.to_triage(Why::NoTeam);
        };
        self.effects.push(Effect::Cards(CardState::Gone));
        self.extend_resolution(team);
        self.offer(team);
    }

    /// Accepted but not resolved in time: the rung above is told while the member goes on.
    fn supervise(&mut self) {
        let above = self.case.rung.next().and_then(|rung| self.route(rung));
        self.tell_member(Letter::Late);
        match above {
            Some(team) => {
                self.case.rung = team.rung();
                self.note(EventWord::Escalated, Stage::Accepted, team.name.clone());
                self.effects.push(Effect::TellTeam(team.code.clone(), Letter::Supervise));
                self.effects.push(Effect::TellResident(Letter::Escalated(team.rung())));
                self.extend_resolution(team);
            }
            None => {
                self.note(EventWord::Overdue, Stage::Accepted, String::new());
                let (_, resolve) = self.world.services.times(&self.case.service);
                self.case.resolve_by = self.deadline(resolve, self.team_hours());
            }
        }
    }

    fn question_claim(&mut self) {
        let again = self.idle_deadline();
        if let State::Accepted { idle_by, warned, .. } = &mut self.case.state {
            (*idle_by, *warned) = (again, true);
        }
        self.note(EventWord::Questioned, Stage::Accepted, String::new());
        self.tell_member(Letter::StillOnIt);
    }

    fn expire_claim(&mut self) {
        self.note(EventWord::Expired, Stage::Offered, String::new());
        self.tell_member(Letter::ClaimExpired);
        self.effects.push(Effect::TellResident(Letter::Released));
        if let Some(team) = self.case.team().cloned() {
            self.offer_again(&team);
        }
    }

    fn remind_resident(&mut self) {
        let again = self.deadline(self.world.policy.survey_close, Hours::Always);
        let unasked = self.case.waits_to_be_asked();
        if let State::Done { reminded, ask_by, .. } = &mut self.case.state {
            (*reminded, *ask_by) = (true, again);
        }
        if unasked {
            return self.ask_now();
        }
        self.note(EventWord::Reminded, Stage::Done, String::new());
        let solved = self.case.survey.solved.is_some();
        let letter = if solved { Letter::AskSatisfied } else { Letter::RemindSolved };
        self.effects.push(Effect::TellResident(letter));
    }

    /// Whoever could not be asked did not fail to answer.
    fn close_unanswered(&mut self) {
        if self.case.survey.solved == Some(true) {
            return self.close(Outcome::Solved);
        }
        if self.case.waits_to_be_asked() {
            return self.close(Outcome::NotAsked);
        }
        self.effects.push(Effect::TellResident(Letter::ClosedUnanswered));
        self.close(Outcome::Unanswered);
    }
}

/// What becomes of the survey's questions on their way.
impl Turn<'_> {
    fn not_asked(&mut self) {
        let answered = self.case.survey.solved.is_some();
        if let State::Done { asked, .. } = &mut self.case.state {
            let known = std::mem::replace(asked, answered);
            if known && !answered {
                self.note(EventWord::NotAsked, Stage::Done, String::new());
            }
        }
    }

    fn ask_now(&mut self) {
        if let State::Done { asked: asked @ false, .. } = &mut self.case.state {
            *asked = true;
            self.note(EventWord::AskedAgain, Stage::Done, String::new());
            self.effects.push(Effect::TellResident(Letter::AskSolved));
        }
    }
}
