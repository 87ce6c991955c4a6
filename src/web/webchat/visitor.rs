//! Who looks at a page: a browser is known by a random token in its cookie, and the hotline by that token's
//! digest only. Whoever has joined a team is a member on the very same cookie.

use axum::http::header::{HeaderMap, HeaderValue};
use axum_extra::extract::CookieJar;

use super::super::error::Error;
use crate::channels::webchat::NAME;
use crate::domain::id::TeamCode;
use crate::domain::message::Chat;
use crate::domain::routing::Directory;
use crate::domain::team::Team;
use crate::engine::supervise::digest;
use crate::store::{StoreError, Tx};

/// The cookie that holds the token.
const COOKIE: &str = "chat";
/// How long a browser keeps it: 400 days is the most that browsers allow. Every visit begins them anew.
const COOKIE_SECONDS: u32 = 400 * 24 * 60 * 60;
/// The longest token that is looked at, in bytes; ours have 32.
const TOKEN_MAX: usize = 128;

/// A browser with its token. Neither it nor the token is ever logged.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Visitor {
    token: String,
}

impl Visitor {
    /// Somebody who has never been here.
    pub(super) fn new() -> Self {
        Self { token: random_id() }
    }

    /// Whom the cookie names, if there is one.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let jar = CookieJar::from_headers(headers);
        let token = jar.get(COOKIE)?.value();
        let plausible = (1..=TOKEN_MAX).contains(&token.len()) && token.bytes().all(is_plain);
        plausible.then(|| Self { token: token.to_owned() })
    }

    /// The same, for requests that only a page makes that has set the cookie before.
    pub(super) fn known(headers: &HeaderMap) -> Result<Self, Error> {
        Self::of(headers).ok_or(Error::Forbidden("the cookie of our pages is missing; load the page again"))
    }

    /// What the hotline knows them by: sender and private chat in one.
    pub(super) fn person(&self) -> String {
        digest(&self.token)
    }

    /// Their private chat.
    pub(super) fn chat(&self) -> Chat {
        Chat::new(NAME, self.person())
    }

    /// The header that makes the browser remember them.
    pub(super) fn cookie(&self, secure: bool) -> Result<HeaderValue, Error> {
        cookie(COOKIE, &self.token, secure, " HttpOnly;")
    }
}

/// A cookie for all our pages that lasts as long as browsers allow.
pub(super) fn cookie(name: &str, value: &str, secure: bool, more: &str) -> Result<HeaderValue, Error> {
    let secure = if secure { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; Max-Age={COOKIE_SECONDS};{more} SameSite=Lax{secure}");
    HeaderValue::from_str(&text).map_err(|error| Error::Internal(error.to_string()))
}

/// What may stand in a cookie as it is.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)
}

/// 128 random bits: a token, or the id of a chat.
pub(super) fn random_id() -> String {
    format!("{:032x}", rand::random::<u128>())
}

/// What a visitor is in their teams.
#[derive(Clone, Debug, Default)]
pub(super) struct Member {
    /// What the others call them.
    pub(super) name: Option<String>,
    teams: Vec<TeamCode>,
}

impl Member {
    /// Looks up who a visitor is; nobody's member if we do not know them.
    pub(super) async fn of(visitor: &Visitor, tx: &mut Tx) -> Result<Self, StoreError> {
        let contacts = tx.contacts_by_sender(&[(NAME.to_owned(), visitor.person())]).await?;
        let people: Vec<_> = contacts.into_iter().map(|contact| contact.person).collect();
        let name = tx.people(&people).await?.into_iter().next().and_then(|person| person.name);
        let memberships = tx.memberships_of(&people).await?;
        Ok(Self { name, teams: memberships.into_iter().map(|membership| membership.team).collect() })
    }

    /// The groups on our own pages that they may read, with their teams.
    pub(super) fn groups<'c>(&self, city: &'c Directory) -> Vec<(&'c Team, &'c Chat)> {
        let teams = self.teams.iter().filter_map(|code| city.teams.get(code));
        let groups = teams.flat_map(|team| team.groups.iter().map(move |chat| (team, chat)));
        groups.filter(|(_, chat)| chat.channel == NAME).collect()
    }

    /// The team of a group, if they are in it.
    pub(super) fn team_of<'c>(&self, city: &'c Directory, chat: &Chat) -> Option<&'c Team> {
        city.team_of_group(chat).filter(|team| self.teams.contains(&team.code))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking_with(cookie: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("cookie", HeaderValue::from_str(cookie).unwrap());
        headers
    }

    #[test]
    fn a_browser_is_known_again_by_its_cookie_and_stays_unreadable_to_scripts() {
        let first = Visitor::new();
        let cookie = first.cookie(true).ok().unwrap();
        let cookie = cookie.to_str().unwrap();
        for part in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/", "Max-Age=34560000"] {
            assert!(cookie.contains(part), "{part} in {cookie}");
        }
        let sent_back = cookie.split(';').next().unwrap();
        assert!(Visitor::of(&asking_with(sent_back)) == Some(first.clone()));
        assert!(first.person() != Visitor::new().person());
    }

    #[test]
    fn what_we_never_gave_out_is_nobody() {
        for cookie in ["chat=", "other=1", "chat=a\"b", &format!("chat={}", "a".repeat(129))] {
            assert!(Visitor::of(&asking_with(cookie)).is_none(), "{cookie}");
        }
    }
}
