//! The pages themselves: the chat, a team's group, and the door to the groups.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use serde::Deserialize;

use super::super::page::{LANGUAGE_COOKIE, Texts, html};
use super::super::{Web, error::Error};
use super::door::{Door, Trouble};
use super::visitor::{Member, Visitor, cookie};
use crate::channels::webchat::NAME;
use crate::domain::message::{Chat, Language};

/// The cookie in which a page remembers the size of its text.
const TEXT_COOKIE: &str = "text";
/// The sizes beside the usual one.
const TEXT_SIZES: [&str; 3] = ["small", "large", "huge"];

/// What every page's frame needs.
pub(super) struct Frame<'w> {
    /// The reader's texts.
    pub(super) t: Texts<'w>,
    /// One of [`TEXT_SIZES`], or nothing.
    pub(super) text_size: &'static str,
}

impl<'w> Frame<'w> {
    pub(super) fn of(web: &'w Web, headers: &HeaderMap) -> Self {
        let jar = CookieJar::from_headers(headers);
        let chosen = jar.get(TEXT_COOKIE).map(|cookie| cookie.value().to_owned());
        let text_size =
            TEXT_SIZES.into_iter().find(|size| Some(*size) == chosen.as_deref()).unwrap_or_default();
        Self { t: Texts::of(web, headers), text_size }
    }
}

#[derive(Template)]
#[template(path = "chat.html")]
struct ChatPage<'w> {
    frame: Frame<'w>,
}

#[derive(Template)]
#[template(path = "group.html")]
struct GroupPage<'w> {
    frame: Frame<'w>,
    team: String,
    member: String,
    chat: String,
}

/// `GET /`: the resident's chat; whoever is here for the first time is known from now on.
pub(super) async fn chat(State(web): State<Arc<Web>>, headers: HeaderMap) -> Result<Response, Error> {
    let visitor = Visitor::of(&headers).unwrap_or_else(Visitor::new);
    let page = html(&ChatPage { frame: Frame::of(&web, &headers) })?;
    remembering(&web, &visitor, page)
}

/// What came before a visit to the groups.
#[derive(Deserialize)]
pub(super) struct Before {
    /// A group was bound just now.
    bound: Option<String>,
}

/// `GET /group`: the visitor's groups; the door for whoever has none.
pub(super) async fn groups(
    State(web): State<Arc<Web>>,
    Query(before): Query<Before>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let door = Door { bound: before.bound.is_some(), ..Door::default() };
    show_door(&web, &headers, door).await
}

/// `GET /group/door`: the door, also for whoever is in a team already.
pub(super) async fn door(State(web): State<Arc<Web>>, headers: HeaderMap) -> Result<Response, Error> {
    show_door(&web, &headers, Door { open: true, ..Door::default() }).await
}

/// `GET /group/{chat}`: a team's group, for its members.
pub(super) async fn group(
    State(web): State<Arc<Web>>,
    Path(chat): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let visitor = Visitor::of(&headers).unwrap_or_else(Visitor::new);
    let mut tx = web.hotline.store.read().await?;
    let city = web.hotline.learn_city(&mut tx).await?;
    let member = Member::of(&visitor, &mut tx).await?;
    drop(tx);
    let Some(team) = member.team_of(&city, &Chat::new(NAME, &chat)) else {
        return show_door(
            &web,
            &headers,
            Door { open: true, trouble: Some(Trouble::NoMember), ..Door::default() },
        )
        .await;
    };
    let frame = Frame::of(&web, &headers);
    let member = member.name.unwrap_or_else(|| frame.t.say("page-group-you"));
    let page = html(&GroupPage { frame, team: team.name.clone(), member, chat })?;
    remembering(&web, &visitor, page)
}

/// The door, with what the visitor's groups are.
pub(super) async fn show_door(web: &Web, headers: &HeaderMap, door: Door) -> Result<Response, Error> {
    let visitor = Visitor::of(headers).unwrap_or_else(Visitor::new);
    let mut tx = web.hotline.store.read().await?;
    let city = web.hotline.learn_city(&mut tx).await?;
    let member = Member::of(&visitor, &mut tx).await?;
    drop(tx);
    let status = door.trouble.map_or(StatusCode::OK, Trouble::status);
    let page = html(&door.page(Frame::of(web, headers), &member, &city))?;
    Ok((status, remembering(web, &visitor, page)?).into_response())
}

fn remembering(web: &Web, visitor: &Visitor, page: Response) -> Result<Response, Error> {
    Ok(([(header::SET_COOKIE, visitor.cookie(web.secure)?)], page).into_response())
}

/// `GET /language/{tag}`: remembers a language chosen by hand, and back to where it was chosen.
pub(super) async fn language(
    State(web): State<Arc<Web>>,
    Path(tag): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let language = Language::of_tag(&tag).ok_or(Error::NotFound)?;
    let cookie = cookie(LANGUAGE_COOKIE, language.tag(), web.secure, "")?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(&back(&headers))).into_response())
}

/// The path on our own host that a request came from; the front page if it came from elsewhere.
fn back(headers: &HeaderMap) -> String {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let own = || {
        let (_, address) = text(header::REFERER)?.split_once("://")?;
        let path = address.strip_prefix(text(header::HOST)?)?;
        let ours = path.starts_with('/') && !path.starts_with("//") && !path.contains('\\');
        ours.then(|| path.to_owned())
    };
    own().unwrap_or_else(|| "/".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_leads_back_to_our_own_pages_only() {
        let from = |referer: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("host", "hotline.example:8080".parse().unwrap());
            headers.insert("referer", referer.parse().unwrap());
            back(&headers)
        };
        assert_eq!(from("http://hotline.example:8080/group/abc?x=1"), "/group/abc?x=1");
        for elsewhere in [
            "https://evil.example/",
            "http://hotline.example:8080//evil.example",
            "http://hotline.example:8080/\\evil.example",
            "http://hotline.example:8080.evil.example/",
            "http://hotline.example:80801/",
            "nonsense",
        ] {
            assert_eq!(from(elsewhere), "/", "{elsewhere}");
        }
        assert_eq!(back(&HeaderMap::new()), "/");
    }
}
