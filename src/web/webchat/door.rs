//! The door to the groups: whoever has a code from the staff joins a team, or opens a page for its group. The
//! code is used by the inbox's worker, like one that was sent on any messenger; the door only waits for it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::Form;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use serde::Deserialize;
use tokio::time::{Instant, sleep};

use super::super::{Web, error::Error, guard};
use super::pages::{Frame, show_door};
use super::visitor::{Member, Visitor, random_id};
use crate::channels::webchat::NAME;
use crate::domain::code::Code;
use crate::domain::message::{Body, Chat, ChatKind, Inbound};
use crate::domain::privacy::{displayable, first_chars};
use crate::domain::routing::Directory;
use crate::domain::team::Team;
use crate::engine::supervise::digest;
use crate::store::{CodePurpose, CodeState, StoreError};

/// The longest name that somebody may give themselves, in characters.
const NAME_CHARS_MAX: usize = 40;
/// The longest code as written that is looked at, in bytes.
const CODE_BYTES_MAX: usize = 64;
/// How long the door waits for the inbox's worker.
const WAIT_MAX: Duration = Duration::from_secs(3);
/// How often it looks meanwhile.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// What somebody comes to the door for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Errand {
    /// To become a member.
    #[default]
    Join,
    /// To open a page for a team's group.
    Bind,
}

/// Why the door stays shut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    NoMember,
    TooMany,
    NameMissing,
    CodeWrong,
    CodeUsed,
    CodeExpired,
    CodeForGroups,
    CodeForMembers,
    Slow,
}

impl Trouble {
    pub(super) fn status(self) -> StatusCode {
        match self {
            Self::NoMember => StatusCode::FORBIDDEN,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Slow => StatusCode::SERVICE_UNAVAILABLE,
            Self::NameMissing
            | Self::CodeWrong
            | Self::CodeUsed
            | Self::CodeExpired
            | Self::CodeForGroups
            | Self::CodeForMembers => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::NoMember => "page-door-no-member",
            Self::TooMany => "page-door-too-many",
            Self::NameMissing => "page-door-name-missing",
            Self::CodeWrong => "page-door-code-wrong",
            Self::CodeUsed => "page-door-code-used",
            Self::CodeExpired => "page-door-code-expired",
            Self::CodeForGroups => "page-door-code-for-groups",
            Self::CodeForMembers => "page-door-code-for-members",
            Self::Slow => "page-door-slow",
        }
    }

    fn is_about_name(self) -> bool {
        self == Self::NameMissing
    }

    fn is_about_code(self) -> bool {
        match self {
            Self::CodeWrong
            | Self::CodeUsed
            | Self::CodeExpired
            | Self::CodeForGroups
            | Self::CodeForMembers => true,
            Self::NoMember | Self::TooMany | Self::NameMissing | Self::Slow => false,
        }
    }
}

/// The door as it is shown.
#[derive(Default)]
pub(super) struct Door {
    /// Shown also to whoever is in a team already.
    pub(super) open: bool,
    /// A group was bound just now.
    pub(super) bound: bool,
    pub(super) trouble: Option<Trouble>,
    /// What was filled in.
    pub(super) entry: Entry,
}

/// A group in the list.
struct Entrance {
    chat: String,
    team: String,
}

#[derive(Template)]
#[template(path = "door.html")]
pub(super) struct DoorPage<'w> {
    frame: Frame<'w>,
    door: Door,
    groups: Vec<Entrance>,
}

impl Door {
    pub(super) fn page<'w>(self, frame: Frame<'w>, member: &Member, city: &Directory) -> DoorPage<'w> {
        let groups = entrances(&member.groups(city));
        DoorPage { frame, door: self, groups }
    }

    fn trouble_about_name(&self) -> Option<&'static str> {
        self.trouble.filter(|trouble| trouble.is_about_name()).map(Trouble::text)
    }

    fn trouble_about_code(&self) -> Option<&'static str> {
        self.trouble.filter(|trouble| trouble.is_about_code()).map(Trouble::text)
    }

    fn other_trouble(&self) -> Option<&'static str> {
        self.trouble.filter(|trouble| !trouble.is_about_name() && !trouble.is_about_code()).map(Trouble::text)
    }
}

/// The groups by their teams' names; further groups of the same team are numbered.
fn entrances(groups: &[(&Team, &Chat)]) -> Vec<Entrance> {
    let mut all = Vec::with_capacity(groups.len());
    for (place, (team, chat)) in groups.iter().enumerate() {
        let nth = groups[..place].iter().filter(|(before, _)| before.code == team.code).count() + 1;
        let name = if nth == 1 { team.name.clone() } else { format!("{} · {nth}", team.name) };
        all.push(Entrance { chat: chat.id.clone(), team: name });
    }
    all
}

/// The form at the door.
#[derive(Default, Deserialize)]
pub(super) struct Entry {
    #[serde(default)]
    name: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    what: Errand,
}

/// `POST /group/door`
pub(super) async fn enter(
    State(web): State<Arc<Web>>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Form(entry): Form<Entry>,
) -> Result<Response, Error> {
    guard::from_our_pages(&headers)?;
    let visitor = Visitor::known(&headers)?;
    let name = first_chars(displayable(&entry.name).trim(), NAME_CHARS_MAX);
    let opened = match web.attempts.count(from.ip()) {
        Ok(()) => open(&web, &visitor, entry.what, &name, &entry.code).await?,
        Err(_) => Err(Trouble::TooMany),
    };
    match (opened, entry.what) {
        (Ok(()), Errand::Join) => Ok(Redirect::to("/group").into_response()),
        (Ok(()), Errand::Bind) => Ok(Redirect::to("/group?bound=1").into_response()),
        (Err(trouble), errand) => {
            let code = first_chars(&displayable(&entry.code), NAME_CHARS_MAX);
            let entry = Entry { name, code, what: errand };
            let door = Door { open: true, trouble: Some(trouble), entry, ..Door::default() };
            show_door(&web, &headers, door).await
        }
    }
}

/// Uses a code as its bearer, and waits until that is done.
async fn open(
    web: &Web,
    visitor: &Visitor,
    errand: Errand,
    name: &str,
    written: &str,
) -> Result<Result<(), Trouble>, Error> {
    if errand == Errand::Join && name.is_empty() {
        return Ok(Err(Trouble::NameMissing));
    }
    let Some(code) = Some(written).filter(|written| written.len() <= CODE_BYTES_MAX).and_then(Code::parse)
    else {
        return Ok(Err(Trouble::CodeWrong));
    };
    let seal = digest(code.as_str());
    let bearer = format!("{NAME} {}", visitor.person());
    match verdict(look_up(web, &seal).await?, errand, &bearer, web.hotline.clock.now()) {
        Verdict::Good => {}
        Verdict::Done => return Ok(Ok(())),
        Verdict::Bad(trouble) => return Ok(Err(trouble)),
    }
    web.hotline.receive(&[message(visitor, errand, name, &code)]).await?;
    let until = Instant::now() + WAIT_MAX;
    while Instant::now() < until {
        sleep(LOOK_EVERY).await;
        match verdict(look_up(web, &seal).await?, errand, &bearer, web.hotline.clock.now()) {
            Verdict::Good => {}
            Verdict::Done => return Ok(Ok(())),
            Verdict::Bad(trouble) => return Ok(Err(trouble)),
        }
    }
    Ok(Err(Trouble::Slow))
}

async fn look_up(web: &Web, seal: &str) -> Result<Option<CodeState>, StoreError> {
    web.hotline.store.read().await?.code(seal).await
}

/// What a member would send on any messenger. A new group's page is a chat that nobody can guess.
fn message(visitor: &Visitor, errand: Errand, name: &str, code: &Code) -> Inbound {
    let (chat, kind, order) = match errand {
        Errand::Join => (visitor.chat(), ChatKind::Private, "join"),
        Errand::Bind => (Chat::new(NAME, random_id()), ChatKind::Group, "bind"),
    };
    let name = Some(name.to_owned()).filter(|name| !name.is_empty());
    Inbound {
        key: format!("{}:{}", visitor.person(), random_id()),
        chat,
        kind,
        sender: visitor.person(),
        body: Body { text: Some(format!("/{order} {code}")), name, ..Body::default() },
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// It works, and nobody has used it yet.
    Good,
    /// Its bearer has used it: they are in, in the same write.
    Done,
    Bad(Trouble),
}

fn verdict(code: Option<CodeState>, errand: Errand, bearer: &str, now: Timestamp) -> Verdict {
    let Some(code) = code else { return Verdict::Bad(Trouble::CodeWrong) };
    let wanted = match code.purpose {
        CodePurpose::Join | CodePurpose::Lead => Errand::Join,
        CodePurpose::Bind => Errand::Bind,
    };
    match (code.used_by.as_deref(), wanted) {
        (_, Errand::Join) if errand == Errand::Bind => Verdict::Bad(Trouble::CodeForMembers),
        (_, Errand::Bind) if errand == Errand::Join => Verdict::Bad(Trouble::CodeForGroups),
        (Some(by), _) if by == bearer => Verdict::Done,
        (Some(_), _) => Verdict::Bad(Trouble::CodeUsed),
        (None, _) if code.expires_at <= now => Verdict::Bad(Trouble::CodeExpired),
        (None, _) => Verdict::Good,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_opens_the_door_once_for_what_it_is_for() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let code = |purpose, used_by: Option<&str>| {
            Some(CodeState { purpose, expires_at: at(100), used_by: used_by.map(str::to_owned) })
        };
        let judge = |code, errand| verdict(code, errand, "webchat me", at(50));
        let mine = Some("webchat me");
        assert_eq!(judge(code(CodePurpose::Lead, None), Errand::Join), Verdict::Good);
        assert_eq!(judge(code(CodePurpose::Join, mine), Errand::Join), Verdict::Done);
        assert_eq!(judge(code(CodePurpose::Bind, mine), Errand::Bind), Verdict::Done);
        let troubles = [
            (None, Errand::Join, Trouble::CodeWrong),
            (code(CodePurpose::Join, Some("webchat you")), Errand::Join, Trouble::CodeUsed),
            (code(CodePurpose::Bind, None), Errand::Join, Trouble::CodeForGroups),
            (code(CodePurpose::Join, None), Errand::Bind, Trouble::CodeForMembers),
        ];
        for (code, errand, trouble) in troubles {
            assert_eq!(judge(code, errand), Verdict::Bad(trouble));
        }
        let late = verdict(code(CodePurpose::Join, None), Errand::Join, "webchat me", at(100));
        assert_eq!(late, Verdict::Bad(Trouble::CodeExpired));
    }
}
