//! What every page of the staff needs at hand: who reads it in which language, the city and the taxonomy, and
//! how names, places and times are written.

use std::sync::Arc;

use axum::http::HeaderMap;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::super::Web;
use super::super::page::Texts;
use super::session::Staff;
use crate::domain::case::{Case, Outcome, Stage, State};
use crate::domain::id::{AreaCode, ServiceCode, TeamCode};
use crate::domain::message::Language;
use crate::domain::privacy::{displayable, first_chars};
use crate::domain::routing::Directory;
use crate::domain::service::{Handling, Services};
use crate::domain::team::Rung;
use crate::store::StaffRole;

/// Characters of what a messenger said when it did not know us.
const REASON_CHARS: usize = 120;
/// What is due within so many minutes is marked.
const SOON_MINUTES: i64 = 30;

/// See the module. In a template: `{{ d.say("staff-cases") }}`.
pub(super) struct Desk<'w> {
    /// The texts.
    pub(super) t: Texts<'w>,
    /// Who reads.
    pub(super) staff: Staff,
    /// Now.
    pub(super) now: Timestamp,
    /// Areas, teams, points.
    pub(super) city: Arc<Directory>,
    /// The taxonomy.
    pub(super) services: Arc<Services>,
    /// What must be mended before anything else: messengers that do not know us, groups that we have lost.
    pub(super) alarms: Vec<String>,
    /// What came of the last act, if this page follows one.
    pub(super) notice: Option<Notice>,
    zone: TimeZone,
}

/// What came of an act.
pub(super) struct Notice {
    /// For the reader.
    pub(super) text: String,
    /// Whether nothing was done.
    pub(super) refused: bool,
}

/// A deadline, as it is read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Due {
    /// For machines.
    pub(super) iso: String,
    /// On the clock.
    pub(super) exact: String,
    /// How long still, or how late.
    pub(super) text: String,
    /// `late`, `soon`, or nothing.
    pub(super) mark: &'static str,
}

/// An instant, as it is read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct When {
    /// For machines.
    pub(super) iso: String,
    /// On the clock.
    pub(super) text: String,
}

impl<'w> Desk<'w> {
    /// A desk for one request.
    pub(super) fn new(web: &'w Web, headers: &HeaderMap, staff: Staff) -> Self {
        let hotline = &web.hotline;
        let mut desk = Self {
            t: Texts::of(web, headers),
            staff,
            now: hotline.clock.now(),
            city: hotline.city(),
            services: hotline.services(),
            alarms: Vec::new(),
            notice: None,
            zone: hotline.calendar.zone.clone(),
        };
        desk.alarms = desk.alarms();
        desk
    }

    fn alarms(&self) -> Vec<String> {
        let revoked = self.staff.revoked.iter().map(|revoked| {
            let since = self.when(revoked.since).text;
            let reason = first_chars(&displayable(&revoked.reason), REASON_CHARS);
            let values = [
                ("channel", revoked.channel.as_str().into()),
                ("since", since.into()),
                ("reason", reason.into()),
            ];
            self.t.fill("staff-alarm-revoked", &values)
        });
        let lost = self.city.teams.values().flat_map(|team| team.lost.iter().map(move |lost| (team, lost)));
        let lost = lost.map(|(team, (chat, since))| {
            let values = [
                ("team", team.name.as_str().into()),
                ("channel", chat.channel.as_str().into()),
                ("since", self.when(*since).text.into()),
            ];
            self.t.fill("staff-alarm-group", &values)
        });
        revoked.chain(lost).collect()
    }

    /// A text without variables.
    pub(super) fn say(&self, id: &str) -> String {
        self.t.say(id)
    }

    /// What the reader may do, in a word.
    pub(super) fn role(&self) -> String {
        self.say(match self.staff.role {
            StaffRole::Viewer => "staff-role-viewer",
            StaffRole::Officer => "staff-role-officer",
            StaffRole::Admin => "staff-role-admin",
        })
    }

    /// What a service is called.
    pub(super) fn service(&self, code: &ServiceCode) -> String {
        let service = self.services.get(code);
        service
            .map_or_else(|| code.to_string(), |service| service.title.in_language(self.t.language).to_owned())
    }

    /// Whether the reader may see the words of a service's cases.
    pub(super) fn may_read(&self, service: &ServiceCode) -> bool {
        self.staff.is_officer() || !self.is_restricted(service)
    }

    /// Whether a service's cases are for few to read.
    pub(super) fn is_restricted(&self, service: &ServiceCode) -> bool {
        self.services.handling(service) == Handling::Restricted
    }

    /// A place and what lies around it: community and grid, or street and community.
    pub(super) fn place(&self, area: Option<&AreaCode>) -> (String, Option<String>) {
        let Some(code) = area else { return (self.say("staff-area-unknown"), None) };
        let names: Vec<&str> = self.city.around(code).take(2).map(|area| area.name.as_str()).collect();
        let community = self.city.community(code).map(|area| area.name.as_str());
        match names.as_slice() {
            [] => (code.to_string(), None),
            [own, around @ ..] if community == Some(*own) => {
                ((*own).to_owned(), around.first().map(|name| (*name).to_owned()))
            }
            [own, ..] => (community.unwrap_or(own).to_owned(), Some((*own).to_owned())),
        }
    }

    /// What a team is called.
    pub(super) fn team(&self, code: &TeamCode) -> String {
        self.city.teams.get(code).map_or_else(|| code.to_string(), |team| team.name.clone())
    }

    /// What a rung is called.
    pub(super) fn rung(&self, rung: Rung) -> String {
        self.say(match rung {
            Rung::Team => "rung-team",
            Rung::Community => "rung-community",
            Rung::Street => "rung-street",
            Rung::District => "rung-district",
        })
    }

    /// Where a case stands: the word for the page's style, and the words.
    pub(super) fn standing(&self, case: &Case) -> (&'static str, String) {
        let climbed = case.rung != Rung::Team && matches!(case.stage(), Stage::Offered | Stage::Accepted);
        let stage = match &case.state {
            State::Closed { outcome, .. } => self.say(outcome_text(*outcome)),
            State::Done { asked: false, .. } => self.say("staff-stage-not-asked"),
            State::Triage { .. } | State::Offered { .. } | State::Accepted { .. } | State::Done { .. } => {
                self.say(stage_text(case.stage()))
            }
        };
        match climbed {
            true => (
                "escalated",
                self.t.fill(
                    "staff-escalated-to",
                    &[("rung", self.rung(case.rung).into()), ("stage", stage.into())],
                ),
            ),
            false => (case.stage().word(), stage),
        }
    }

    /// When a case is due next, as staff see it: seen, accepted or resolved.
    pub(super) fn due(&self, case: &Case) -> Option<Due> {
        let at = match &case.state {
            State::Triage { look_by, .. } => *look_by,
            State::Offered { accept_by, .. } => *accept_by,
            State::Accepted { .. } => case.resolve_by,
            State::Done { .. } | State::Closed { .. } => return None,
        };
        Some(self.due_at(at))
    }

    /// A deadline.
    pub(super) fn due_at(&self, at: Timestamp) -> Due {
        let minutes = at.duration_since(self.now).as_mins();
        let When { iso, text: exact } = self.when(at);
        let late = at <= self.now;
        let id = if late { "staff-late" } else { "staff-left" };
        let mark = match late {
            true => "late",
            false if minutes < SOON_MINUTES => "soon",
            false => "",
        };
        Due { iso, exact, text: self.t.with(id, "span", &self.span(minutes.abs())), mark }
    }

    fn span(&self, minutes: i64) -> String {
        let (id, count, rest) = span(minutes);
        self.t.fill(id, &[("n", count.into()), ("minutes", rest.into())])
    }

    /// An instant in the city's zone: only the time for today, else the date before it.
    pub(super) fn when(&self, at: Timestamp) -> When {
        let there = |at: Timestamp| at.to_zoned_datetime(self.zone.clone());
        let (then, today) = (there(at), there(self.now));
        let iso = then.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
        let time = then.strftime("%H:%M").to_string();
        let text = match then.date() == today.date() {
            true => self.t.with("staff-today", "time", &time),
            false => then.strftime(date_pattern(self.t.language, then.year() == today.year())).to_string(),
        };
        When { iso, text }
    }

    /// An instant that is read below another: of the same day, only the time.
    pub(super) fn when_after(&self, at: Timestamp, before: Option<Timestamp>) -> When {
        let there = |at: Timestamp| at.to_zoned_datetime(self.zone.clone());
        let same_day = before.is_some_and(|before| there(before).date() == there(at).date());
        let when = self.when(at);
        if same_day { When { text: there(at).strftime("%H:%M").to_string(), ..when } } else { when }
    }
}

/// How a day and a time are written.
fn date_pattern(language: Language, this_year: bool) -> &'static str {
    match (language, this_year) {
        (Language::ZhCn | Language::ZhTw, true) => "%-m月%-d日 %H:%M",
        (Language::ZhCn | Language::ZhTw, false) => "%Y年%-m月%-d日 %H:%M",
        (Language::En, true) => "%-d %b %H:%M",
        (Language::En, false) => "%-d %b %Y %H:%M",
    }
}

/// The text for so many minutes, in the unit that one would say, with the minutes left over.
fn span(minutes: i64) -> (&'static str, i64, i64) {
    match minutes {
        ..60 => ("staff-span-minutes", minutes, 0),
        60..180 if minutes % 60 > 0 => ("staff-span-hours-minutes", minutes / 60, minutes % 60),
        60..2880 => ("staff-span-hours", minutes / 60, 0),
        2880.. => ("staff-span-days", minutes / 1440, 0),
    }
}

/// The id of a stage's text.
pub(super) fn stage_text(stage: Stage) -> &'static str {
    match stage {
        Stage::Triage => "staff-stage-triage",
        Stage::Offered => "staff-stage-offered",
        Stage::Accepted => "staff-stage-accepted",
        Stage::Done => "staff-stage-done",
        Stage::Closed => "staff-stage-closed",
    }
}

/// The id of an outcome's text.
pub(super) fn outcome_text(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Solved => "staff-outcome-solved",
        Outcome::Unanswered => "staff-outcome-unanswered",
        Outcome::NotAsked => "staff-outcome-not-asked",
        Outcome::Cancelled => "staff-outcome-cancelled",
        Outcome::Merged => "staff-outcome-merged",
        Outcome::Referred => "staff-outcome-referred",
        Outcome::Declined => "staff-outcome-declined",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_told_in_the_unit_that_one_would_say() {
        for (minutes, told) in [
            (0, ("staff-span-minutes", 0, 0)),
            (59, ("staff-span-minutes", 59, 0)),
            (60, ("staff-span-hours", 1, 0)),
            (65, ("staff-span-hours-minutes", 1, 5)),
            (300, ("staff-span-hours", 5, 0)),
            (2879, ("staff-span-hours", 47, 0)),
            (2880, ("staff-span-days", 2, 0)),
        ] {
            assert_eq!(span(minutes), told, "{minutes}");
        }
    }
}
