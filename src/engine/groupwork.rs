//! What members do: accept, pass on, release, finish, by tap or in words, in the group or privately. In the
//! group everybody reads the answer, so it says nothing that is private.

use super::desk::Desk;
use super::intake::Read;
use super::letters::{Writer, Written};
use super::reading::Reading;
use crate::domain::case::{Actor, Case, Event, Refusal, Stage};
use crate::domain::command::{Action, Command, Misread};
use crate::domain::dialogue::Asked;
use crate::domain::id::{CaseNumber, PersonId, TeamCode};
use crate::domain::message::{Chat, ChatEvent, ChatKind, Inbound};
use crate::domain::privacy::displayable;
use crate::domain::team::{Membership, Role};
use crate::store::{CodePurpose, CodeUse, StoreError, Tx, Waiting};

/// Cases that `/open` lists.
const OPEN_MAX: usize = 10;

/// Something that a member does with a case.
enum Work {
    Accept,
    Pass,
    Release(String),
    Done(String),
    WantHelp,
    Keep(String),
}

impl Desk<'_> {
    /// What a member of some of these messages' groups may see with `/open`.
    pub(super) async fn load_offered(&mut self, tx: &mut Tx, batch: &[Read]) -> Result<(), StoreError> {
        let asks = |reading: &Reading| matches!(reading, Reading::Order(Command::Open));
        for (waiting, _) in batch.iter().filter(|(_, reading)| asks(reading)) {
            for team in self.teams_asked(&waiting.message) {
                let offered = tx.cases_offered_to(&team, OPEN_MAX).await?;
                self.offered.insert(team, offered);
            }
        }
        Ok(())
    }

    /// A message in a group; the case that it belongs to.
    pub(super) fn in_group(&mut self, waiting: &Waiting, reading: &Reading) -> Option<CaseNumber> {
        let message = &waiting.message;
        let sender = self.sender(message);
        self.find_group_again(message);
        match reading {
            Reading::Order(Command::Bind(_)) => self.bind_group(waiting),
            Reading::Order(Command::Start(Some(_))) if self.code_binds(waiting) => self.bind_group(waiting),
            Reading::Order(Command::Join(_) | Command::Start(Some(_))) => self.join_team(waiting),
            Reading::Order(Command::Help | Command::Start(None)) => {
                self.answer_group(message, |say| say.say("help-group"))
            }
            Reading::Order(Command::Mine) => self.answer_group(message, |say| say.say("mine-privately")),
            Reading::Order(Command::Open) => self.list_open(message, sender.as_ref()),
            Reading::Order(command) => return self.work_in_group(message, sender, work_of_command(command)?),
            Reading::Tap(action) => return self.work_in_group(message, sender, work_of_tap(action)?),
            Reading::Mistake(mistake) => self.answer_group(message, |say| say.mistake(mistake)),
            Reading::Place(_) | Reading::Words(..) | Reading::Needs(_) | Reading::Nothing => {}
        }
        None
    }

    /// A group that was lost and speaks is its team's group as before.
    fn find_group_again(&mut self, message: &Inbound) {
        let shut = message.body.event == Some(ChatEvent::Closed);
        if !shut && self.city.is_lost(&message.chat) {
            let team = self.city.team_of_group(&message.chat).map(|team| team.code.clone());
            self.bound.extend(team.map(|team| (team, message.chat.clone())));
        }
    }

    fn work_in_group(
        &mut self,
        message: &Inbound,
        sender: Option<PersonId>,
        work: (CaseNumber, Work),
    ) -> Option<CaseNumber> {
        let (number, work) = work;
        let Some(member) = sender else {
            self.answer_group(message, |say| say.refusal(None, &Refusal::NotMember));
            return None;
        };
        if let Err(refusal) = self.work(&member, number, work) {
            let text = self.write_to_group().refusal(self.case(number), &refusal);
            // Who was late in a race is told privately where we can, and otherwise where they tapped.
            match self.private_chat(&member) {
                Some(_) => self.tell(&member, text.into(), None),
                None => self.tell_group(message.chat.clone(), text.into(), None),
            }
        }
        self.case(number).map(|case| case.number)
    }

    /// A member's order or tap in their private chat; `None` where it is none.
    pub(super) fn order(
        &mut self,
        member: &PersonId,
        reading: &Reading,
    ) -> Option<(CaseNumber, Result<(), Refusal>)> {
        let (number, work) = match reading {
            Reading::Order(command) => work_of_command(command)?,
            Reading::Tap(action) => work_of_tap(action)?,
            Reading::Mistake(_)
            | Reading::Place(_)
            | Reading::Words(..)
            | Reading::Needs(_)
            | Reading::Nothing => return None,
        };
        let (label, asks_reason) =
            (work.confirmation(), matches!(&work, Work::Release(reason) if reason.is_empty()));
        if asks_reason && self.case(number).is_some_and(|case| case.member() == Some(member)) {
            self.ask_reason(member, number);
            return Some((number, Ok(())));
        }
        let done = self.work(member, number, work);
        if done.is_ok() {
            self.confirm(member, number, label);
        }
        Some((number, done))
    }

    fn ask_reason(&mut self, member: &PersonId, number: CaseNumber) {
        if let Some(person) = self.person_mut(member) {
            person.asked = Some(Asked::ReleaseReason { case: number });
        }
        let text = self.write_to(member).with("release-reason", &[("number", &number.to_string())]);
        self.tell(member, text.into(), None);
    }

    /// Gives a case back for a reason that was just written.
    pub(super) fn release_because(&mut self, member: &PersonId, number: CaseNumber, reason: &str) {
        match self.work(member, number, Work::Release(reason.to_owned())) {
            Ok(()) => self.confirm(member, number, Some("member-released")),
            Err(refusal) => self.refuse(member, number, &refusal),
        }
    }

    fn confirm(&mut self, member: &PersonId, number: CaseNumber, label: Option<&str>) {
        let (Some(case), Some(label)) = (self.case(number).cloned(), label) else { return };
        let text = self.write_to(member).about(&case, label, &[]);
        self.tell(member, text.into(), Some(&case));
    }

    /// Tells a person why something cannot be done.
    pub(super) fn refuse(&mut self, person: &PersonId, number: CaseNumber, refusal: &Refusal) {
        let text = self.write_to(person).refusal(self.case(number), refusal);
        self.tell(person, text.into(), None);
    }

    fn work(&mut self, member: &PersonId, number: CaseNumber, work: Work) -> Result<(), Refusal> {
        let case = self.case(number).ok_or(Refusal::Unknown)?;
        let team = self.team_for(member, case)?;
        let leader = self.role(member, &team) == Some(Role::Leader);
        let member = member.clone();
        let actor = Actor::Member(member.clone());
        let event = match work {
            Work::Accept => Event::Accept { member, team },
            Work::Pass => Event::Pass { member, leader },
            Work::Release(reason) => Event::Release { member, reason },
            Work::Done(note) => Event::Finish { member: Some(member), note },
            Work::WantHelp => Event::WantHelp { member },
            Work::Keep(note) => Event::Keep { member, note },
        };
        self.step(number, event, &actor)
    }

    /// The team as whose member somebody acts on a case.
    fn team_for(&self, member: &PersonId, case: &Case) -> Result<TeamCode, Refusal> {
        let mine = self.memberships(member);
        let first = mine.first().ok_or(Refusal::NotMember)?;
        let same = case.team().filter(|team| mine.iter().any(|membership| &membership.team == *team));
        match (same, case.stage()) {
            (Some(team), _) => Ok(team.clone()),
            (None, Stage::Offered) => Err(Refusal::OtherTeam),
            (None, Stage::Triage | Stage::Accepted | Stage::Done | Stage::Closed) => Ok(first.team.clone()),
        }
    }
}

/// Codes, lists and help.
impl Desk<'_> {
    /// Whether the code of a link was one for binding a group.
    fn code_binds(&self, waiting: &Waiting) -> bool {
        matches!(self.codes.get(&waiting.id), Some(CodeUse::Good(CodePurpose::Bind, _)))
    }

    fn bind_group(&mut self, waiting: &Waiting) {
        let chat = waiting.message.chat.clone();
        let used = self.codes.get(&waiting.id).cloned().unwrap_or(CodeUse::Unknown);
        match used {
            CodeUse::Good(CodePurpose::Bind, team) => {
                self.bound.push((team.clone(), chat));
                let team = self.team_name(&team);
                self.answer_group(&waiting.message, |say| say.with("group-bound", &[("team", &team)]));
            }
            used => self.answer_group(&waiting.message, |say| say.say(why_no_code(&used))),
        }
    }

    /// Somebody joins a team, from its group or privately.
    pub(super) fn join_team(&mut self, waiting: &Waiting) {
        let message = &waiting.message;
        let used = self.codes.get(&waiting.id).cloned().unwrap_or(CodeUse::Unknown);
        let text = match used {
            CodeUse::Good(purpose @ (CodePurpose::Join | CodePurpose::Lead), team) => {
                let role = if purpose == CodePurpose::Lead { Role::Leader } else { Role::Member };
                let person = self.member_to_be(message);
                self.join(Membership { person, team: team.clone(), role });
                let team = self.team_name(&team);
                self.write_to_group().with("member-joined", &[("team", &team)])
            }
            used => self.write_to_group().say(why_no_code(&used)),
        };
        match message.kind {
            ChatKind::Group => self.tell_group(message.chat.clone(), text.into(), None),
            ChatKind::Private => self.tell_group_or_private(message, text.into()),
        }
    }

    /// Whoever joins becomes a person; where they have written only in a group, the private chat is guessed to
    /// have their own id, as it has on every messenger that we know.
    fn member_to_be(&mut self, message: &Inbound) -> PersonId {
        let private = match message.kind {
            ChatKind::Private => message.clone(),
            ChatKind::Group => {
                let chat = Chat::new(&message.chat.channel, &message.sender);
                Inbound { chat, kind: ChatKind::Private, ..message.clone() }
            }
        };
        let person = self.sender(message).unwrap_or_else(|| self.resident(&private, self.hotline.language));
        if let (Some(name), Some(person)) = (&message.body.name, self.person_mut(&person)) {
            person.name = Some(displayable(name));
        }
        person
    }

    fn tell_group_or_private(&mut self, message: &Inbound, written: Written) {
        match self.sender(message) {
            Some(person) => self.tell(&person, written, None),
            None => self.tell_group(message.chat.clone(), written, None),
        }
    }

    fn list_open(&mut self, message: &Inbound, sender: Option<&PersonId>) {
        let teams = self.teams_asked(message);
        let text = match sender {
            Some(sender) if teams.iter().any(|team| self.role(sender, team).is_some()) => {
                self.open_list(&teams)
            }
            _ => self.write_to_group().refusal(None, &Refusal::NotMember),
        };
        self.tell_group(message.chat.clone(), text.into(), None);
    }

    /// What waits for somebody to accept it, one line each.
    pub(super) fn open_list(&self, teams: &[TeamCode]) -> String {
        let say = self.write_to_group();
        let cases = teams.iter().filter_map(|team| self.offered.get(team)).flatten();
        let lines: Vec<String> = cases.map(|case| say.progress(case)).collect();
        if lines.is_empty() {
            say.say("open-none")
        } else {
            format!("{}\n{}", say.say("open-title"), lines.join("\n"))
        }
    }

    /// Whose open cases a message may ask for: the group's team, or all teams of the one who writes privately.
    pub(super) fn teams_asked(&self, message: &Inbound) -> Vec<TeamCode> {
        match message.kind {
            ChatKind::Group => {
                self.city.team_of_group(&message.chat).map(|team| team.code.clone()).into_iter().collect()
            }
            ChatKind::Private => {
                let sender = self.sender(message);
                let mine = sender.as_ref().map(|sender| self.memberships(sender)).unwrap_or_default();
                mine.iter().map(|membership| membership.team.clone()).collect()
            }
        }
    }

    fn team_name(&self, team: &TeamCode) -> String {
        self.city.teams.get(team).map_or_else(|| team.to_string(), |team| team.name.clone())
    }

    fn answer_group(&mut self, message: &Inbound, write: impl Fn(Writer<'_>) -> String) {
        let text = write(self.write_to_group());
        self.tell_group(message.chat.clone(), text.into(), None);
    }
}

impl Writer<'_> {
    /// What was wrong with an order.
    pub(super) fn mistake(&self, mistake: &Misread) -> String {
        match mistake {
            Misread::NumberMissing => self.say("mistake-no-number"),
            Misread::NumberWrong(number) => self.with("mistake-wrong-number", &[("number", number)]),
            Misread::CodeMissing => self.say("mistake-no-code"),
            Misread::CodeWrong(_) => self.say("code-unknown"),
        }
    }
}

impl Work {
    /// What the member is told when it went well; accepting tells more than a line.
    fn confirmation(&self) -> Option<&'static str> {
        match self {
            Self::Accept => None,
            Self::Pass => Some("member-passed"),
            Self::Release(_) => Some("member-released"),
            Self::Done(_) => Some("member-done"),
            Self::WantHelp => Some("member-help-noted"),
            Self::Keep(_) => Some("member-kept"),
        }
    }
}

fn work_of_command(command: &Command) -> Option<(CaseNumber, Work)> {
    match command {
        Command::Accept(number) => Some((*number, Work::Accept)),
        Command::Pass(number) => Some((*number, Work::Pass)),
        Command::Release(number, reason) => Some((*number, Work::Release(reason.clone()))),
        Command::Done(number, note) => Some((*number, Work::Done(note.clone()))),
        Command::HelpWanted(number, _) => Some((*number, Work::WantHelp)),
        Command::Keep(number, note) => Some((*number, Work::Keep(note.clone()))),
        Command::Bind(_)
        | Command::Join(_)
        | Command::Start(_)
        | Command::Mine
        | Command::Open
        | Command::Help
        | Command::Progress(_) => None,
    }
}

fn work_of_tap(action: &Action) -> Option<(CaseNumber, Work)> {
    match action {
        Action::Accept(number) => Some((*number, Work::Accept)),
        Action::Pass(number) => Some((*number, Work::Pass)),
        Action::Release(number) => Some((*number, Work::Release(String::new()))),
        Action::Done(number) => Some((*number, Work::Done(String::new()))),
        Action::HelpWanted(number) => Some((*number, Work::WantHelp)),
        Action::Keep(number) => Some((*number, Work::Keep(String::new()))),
        Action::Solved(..)
        | Action::Satisfied(..)
        | Action::PickService(..)
        | Action::NoneOfThese(_)
        | Action::PickArea(..)
        | Action::Cancel(_)
        | Action::Progress(_)
        | Action::Human
        | Action::OpenCase => None,
    }
}

fn why_no_code(used: &CodeUse) -> &'static str {
    match used {
        CodeUse::Good(purpose, _) | CodeUse::Misplaced(purpose) => match purpose {
            CodePurpose::Bind => "code-is-for-groups",
            CodePurpose::Join | CodePurpose::Lead => "code-is-for-members",
        },
        CodeUse::Used => "code-used",
        CodeUse::Expired => "code-expired",
        CodeUse::Unknown => "code-unknown",
    }
}
