//! What a message says: from the domain's letters to words and buttons in the reader's language. Everything
//! for a group is masked here; what a member needs in order to help stands in full, in their private chat.

use jiff::Timestamp;

use super::desk::Desk;
use crate::domain::case::{CardState, Case, Letter, Refusal, Stage};
use crate::domain::command::Action;
use crate::domain::id::{AreaCode, PersonId, ServiceCode};
use crate::domain::message::{Choice, Language, Priority};
use crate::domain::privacy;
use crate::domain::service::{Detail, Handling};
use crate::domain::survey::Satisfaction;
use crate::domain::team::Rung;

/// Characters of the resident's words that a group may see, after masking.
const GIST_CHARS: usize = 80;
/// Characters of the resident's words that a member sees at once; staff see them all.
const WORDS_CHARS: usize = 1500;

/// Words and buttons.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Written {
    /// The words.
    pub(super) text: String,
    /// The buttons.
    pub(super) choices: Vec<Choice>,
}

impl From<String> for Written {
    fn from(text: String) -> Self {
        Self { text, choices: Vec::new() }
    }
}

/// Writes in one language.
#[derive(Clone, Copy)]
pub(super) struct Writer<'d> {
    desk: &'d Desk<'d>,
    language: Language,
}

impl<'h> Desk<'h> {
    /// Writes to a person, in their language.
    pub(super) fn write_to<'d>(&'d self, person: &PersonId) -> Writer<'d> {
        self.write_in(self.language(person))
    }

    /// Writes to a group, in the city's language.
    pub(super) fn write_to_group(&self) -> Writer<'_> {
        self.write_in(self.hotline.language)
    }

    fn write_in(&self, language: Language) -> Writer<'_> {
        Writer { desk: self, language }
    }
}

/// Pieces.
impl Writer<'_> {
    /// A text without variables.
    pub(super) fn say(&self, id: &str) -> String {
        self.with(id, &[])
    }

    /// A text with variables.
    pub(super) fn with(&self, id: &str, args: &[(&str, &str)]) -> String {
        let args: Vec<_> = args.iter().map(|(name, value)| (*name, (*value).into())).collect();
        self.desk.hotline.locales.text(self.language, id, &args)
    }

    /// A button.
    pub(super) fn button(&self, id: &str, action: Action) -> Choice {
        Choice { label: self.say(id), data: action.to_string() }
    }

    /// A text about a case: its number and service are variables in every one of these.
    pub(super) fn about(&self, case: &Case, id: &str, args: &[(&str, &str)]) -> String {
        let number = case.number.to_string();
        let service = self.service(&case.service);
        let mut all = vec![("number", number.as_str()), ("service", service.as_str())];
        all.extend_from_slice(args);
        self.with(id, &all)
    }

    /// What a service is called.
    pub(super) fn service(&self, code: &ServiceCode) -> String {
        self.desk
            .services
            .get(code)
            .map_or_else(|| code.to_string(), |service| self.bilingual(&service.title))
    }

    /// One of the catalogue's texts.
    pub(super) fn bilingual(&self, text: &crate::domain::service::Bilingual) -> String {
        text.in_language(self.language).to_owned()
    }

    /// Where a case is; only down to the community where a group reads it.
    pub(super) fn area(&self, area: Option<&AreaCode>) -> String {
        let area = area.and_then(|code| self.desk.city.areas.get(code));
        area.map_or_else(|| self.say("area-unknown-yet"), |area| area.name.clone())
    }

    /// The community that a case is in: all that a group is told of the place.
    pub(super) fn community(&self, case: &Case) -> String {
        let community = case.area.as_ref().and_then(|area| self.desk.city.community(area));
        self.area(community.map(|area| &area.code))
    }

    /// A time of day with its date, in the city's zone.
    pub(super) fn time(&self, at: Timestamp) -> String {
        let pattern = match self.language {
            Language::ZhCn | Language::ZhTw => "%-m月%-d日 %H:%M",
            Language::En => "%-d %b %H:%M",
        };
        at.to_zoned_datetime(self.desk.hotline.calendar.zone.clone()).strftime(pattern).to_string()
    }

    fn rung(&self, rung: Rung) -> String {
        self.say(match rung {
            Rung::Team => "rung-team",
            Rung::Community => "rung-community",
            Rung::Street => "rung-street",
            Rung::District => "rung-district",
        })
    }

    /// Where a case stands, in a few words.
    pub(super) fn stage(&self, stage: Stage) -> String {
        self.say(match stage {
            Stage::Triage => "stage-triage",
            Stage::Offered => "stage-offered",
            Stage::Accepted => "stage-accepted",
            Stage::Done => "stage-done",
            Stage::Closed => "stage-closed",
        })
    }

    /// What somebody is called.
    pub(super) fn name(&self, person: &PersonId) -> String {
        let name = self.desk.person(person).and_then(|person| person.name.clone());
        name.unwrap_or_else(|| self.say("somebody"))
    }

    /// The same, as others may read it.
    pub(super) fn masked_name(&self, person: &PersonId) -> String {
        privacy::mask_name(&self.name(person))
    }
}

/// To residents.
impl Writer<'_> {
    /// One of the domain's letters to the resident.
    pub(super) fn to_resident(&self, case: &Case, letter: &Letter) -> Written {
        let number = case.number;
        let text = |id: &str| self.about(case, id, &[]);
        match letter {
            Letter::Accepted(member) => {
                self.about(case, "resident-accepted", &[("member", &self.masked_name(member))]).into()
            }
            Letter::Released => text("resident-released").into(),
            Letter::Escalated(rung) => {
                self.about(case, "resident-escalated", &[("rung", &self.rung(*rung))]).into()
            }
            Letter::HandedOver(team) => {
                let team = self.desk.city.teams.get(team).map(|team| team.name.as_str()).unwrap_or_default();
                self.about(case, "resident-handed-over", &[("team", team)]).into()
            }
            Letter::AskSolved => Written { text: text("ask-solved"), choices: self.yes_no(case) },
            Letter::RemindSolved => Written { text: text("remind-solved"), choices: self.yes_no(case) },
            Letter::AskSatisfied => Written { text: text("ask-satisfied"), choices: self.stars(case) },
            Letter::AskComment => text("ask-comment").into(),
            Letter::Thanks => text("thanks").into(),
            Letter::Reopened => text("reopened").into(),
            Letter::ClosedUnanswered => Written {
                text: text("closed-unanswered"),
                choices: vec![self.button("button-not-solved", Action::Solved(number, false))],
            },
            Letter::Cancelled => text("cancelled").into(),
            Letter::Merged(into) => self.about(case, "merged", &[("into", &into.to_string())]).into(),
            Letter::Referred(unit, reason) => {
                self.about(case, "referred", &[("unit", unit), ("reason", reason)]).into()
            }
            Letter::Declined(reason) => self.about(case, "declined", &[("reason", reason)]).into(),
            Letter::Answer(words) => self.about(case, "staff-answer", &[("text", words)]).into(),
            Letter::YouHaveIt
            | Letter::Added(_)
            | Letter::StillOnIt
            | Letter::ClaimExpired
            | Letter::Late
            | Letter::TakenBack
            | Letter::HelpWanted(_)
            | Letter::Supervise => Written::default(),
        }
    }

    fn stars(&self, case: &Case) -> Vec<Choice> {
        let all = (1..=5).rev().filter_map(Satisfaction::new);
        let button = |stars: Satisfaction| {
            self.button(&format!("button-satisfied-{}", stars.stars()), Action::Satisfied(case.number, stars))
        };
        all.map(button).collect()
    }

    fn yes_no(&self, case: &Case) -> Vec<Choice> {
        vec![
            self.button("button-solved", Action::Solved(case.number, true)),
            self.button("button-not-solved", Action::Solved(case.number, false)),
        ]
    }

    /// The question for a detail.
    pub(super) fn question(&self, case: &Case, detail: Detail) -> Written {
        match detail {
            Detail::Community => Written { text: self.say("ask-community"), choices: self.communities(case) },
            Detail::Address => self.say("ask-address").into(),
            Detail::Phone => self.say("ask-phone").into(),
            Detail::When => self.say("ask-when").into(),
            Detail::Person => self.say("ask-person").into(),
        }
    }

    /// A button for each community, where they are few enough to choose from.
    fn communities(&self, case: &Case) -> Vec<Choice> {
        const CHOICES_MAX: usize = 8;
        let communities = self.desk.city.communities();
        if communities.len() > CHOICES_MAX {
            return Vec::new();
        }
        let choice = |area: &&crate::domain::area::Area| Choice {
            label: area.name.clone(),
            data: Action::PickArea(case.number, area.code.clone()).to_string(),
        };
        communities.iter().map(choice).collect()
    }

    /// The likely services, numbered, and "none of these".
    pub(super) fn which(&self, case: &Case, services: &[ServiceCode]) -> Written {
        let choice = |service: &ServiceCode| Choice {
            label: self.service(service),
            data: Action::PickService(case.number, service.clone()).to_string(),
        };
        let mut choices: Vec<Choice> = services.iter().map(choice).collect();
        choices.push(self.button("button-none-of-these", Action::NoneOfThese(case.number)));
        Written { text: self.about(case, "case-opened-unsure", &[]), choices }
    }

    /// How a case stands, in one line.
    pub(super) fn progress(&self, case: &Case) -> String {
        self.about(
            case,
            "progress-line",
            &[("stage", &self.stage(case.stage())), ("since", &self.time(case.opened_at))],
        )
    }
}

/// To groups: masked.
impl Writer<'_> {
    /// The card that offers a case.
    pub(super) fn card(&self, case: &Case, by: Timestamp) -> Written {
        let area = self.community(case);
        let by = self.time(by);
        let handling = self.desk.services.handling(&case.service);
        let text = match handling {
            Handling::Restricted => {
                self.about(case, "offer-card-restricted", &[("area", &area), ("by", &by)])
            }
            Handling::Public | Handling::Answer => {
                self.about(case, "offer-card", &[("area", &area), ("by", &by), ("gist", &gist(&case.text))])
            }
        };
        let text = if case.priority == Priority::Danger {
            format!("{}\n{text}", self.say("offer-danger"))
        } else {
            text
        };
        let choices = vec![
            self.button("button-accept", Action::Accept(case.number)),
            self.button("button-pass", Action::Pass(case.number)),
        ];
        Written { text, choices }
    }

    /// What an earlier card says now.
    pub(super) fn card_now(&self, case: &Case, state: &CardState) -> Written {
        match state {
            CardState::Taken(member) => {
                self.about(case, "offer-taken", &[("member", &self.name(member))]).into()
            }
            CardState::Gone => self.about(case, "offer-gone", &[]).into(),
            CardState::Done(member) => {
                self.about(case, "offer-done", &[("member", &self.name(member))]).into()
            }
            CardState::Ended => self.about(case, "offer-ended", &[]).into(),
        }
    }

    /// One of the domain's letters to a team's groups.
    pub(super) fn to_team(&self, case: &Case, letter: &Letter) -> Written {
        let holder = case.member().map(|member| self.name(member)).unwrap_or_default();
        let area = self.community(case);
        match letter {
            Letter::HelpWanted(member) => {
                self.about(case, "team-help-wanted", &[("member", &self.name(member))]).into()
            }
            Letter::Supervise => {
                self.about(case, "team-supervise", &[("member", &holder), ("area", &area)]).into()
            }
            _ => Written::default(),
        }
    }
}

/// To members, privately.
impl Writer<'_> {
    /// One of the domain's letters to a member.
    pub(super) fn to_member(&self, case: &Case, letter: &Letter) -> Written {
        let text = |id: &str| self.about(case, id, &[]);
        match letter {
            Letter::YouHaveIt => Written { text: self.details(case), choices: self.holding(case) },
            Letter::Added(words) => self.about(case, "member-added", &[("text", words)]).into(),
            Letter::StillOnIt => Written {
                text: text("member-still-on-it"),
                choices: [vec![self.button("button-keep", Action::Keep(case.number))], self.holding(case)]
                    .concat(),
            },
            Letter::ClaimExpired => text("member-claim-expired").into(),
            Letter::Late => Written { text: text("member-late"), choices: self.holding(case) },
            Letter::TakenBack => text("member-taken-back").into(),
            _ => Written::default(),
        }
    }

    /// What a member with a case can do with it.
    pub(super) fn holding(&self, case: &Case) -> Vec<Choice> {
        vec![
            self.button("button-done", Action::Done(case.number)),
            self.button("button-release", Action::Release(case.number)),
            self.button("button-help", Action::HelpWanted(case.number)),
        ]
    }

    /// Everything needed to help: where, whom to call, and the resident's words.
    pub(super) fn details(&self, case: &Case) -> String {
        let resident = self.desk.person(&case.resident);
        let phone =
            case.details.phone.clone().or_else(|| resident.and_then(|resident| resident.phone.clone()));
        let address =
            case.details.address.clone().or_else(|| resident.and_then(|resident| resident.address.clone()));
        let lines = [
            ("label-area", Some(self.area(case.area.as_ref()))),
            ("label-address", address),
            ("label-phone", phone),
            ("label-resident", resident.and_then(|resident| resident.name.clone())),
            ("label-person", case.details.person.clone()),
            ("label-when", case.details.when.clone()),
            ("label-by", Some(self.time(case.resolve_by))),
            ("label-words", Some(privacy::first_chars(&privacy::displayable(&case.text), WORDS_CHARS))),
        ];
        let known =
            lines.iter().filter_map(|(label, value)| Some(self.with(label, &[("value", value.as_ref()?)])));
        std::iter::once(self.about(case, "member-case", &[])).chain(known).collect::<Vec<_>>().join("\n")
    }

    /// Why something cannot be done.
    pub(super) fn refusal(&self, case: Option<&Case>, refusal: &Refusal) -> String {
        let id = match refusal {
            Refusal::Taken(first) => {
                let number = case.map(|case| case.number.to_string()).unwrap_or_default();
                return self.with("refused-taken", &[("number", &number), ("member", &self.name(first))]);
            }
            Refusal::NotOffered => "refused-not-offered",
            Refusal::OtherTeam => "refused-other-team",
            Refusal::NotYours => "refused-not-yours",
            Refusal::AlreadyDone => "refused-already-done",
            Refusal::Closed => "refused-closed",
            Refusal::NotDone => "refused-not-done",
            Refusal::NotResident => "refused-not-resident",
            Refusal::NotMember => "refused-not-member",
            Refusal::Unknown => "refused-unknown",
            Refusal::OutOfRange => "refused-out-of-range",
        };
        self.say(id)
    }
}

/// What a group may see of the resident's words.
fn gist(words: &str) -> String {
    privacy::first_chars(&privacy::mask_text(&privacy::displayable(words)), GIST_CHARS)
}
