//! One-time codes for teams. A code is shown once, in the answer to the form that made it, and stands in no address of
//! ours; a messenger's own link may carry it.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;

use super::super::Web;
use super::super::error::Error;
use super::super::page::html;
use super::choices::{self, Choice};
use super::desk::{Desk, When};
use super::session::{Posted, Staff};
use crate::channels::Invitation;
use crate::domain::code::Code;
use crate::engine::supervise;
use crate::store::CodePurpose;

/// What a new code shall be good for.
#[derive(Deserialize)]
pub(super) struct Wanted {
    team: String,
    purpose: CodePurpose,
}

/// A code that was just made.
struct Made {
    code: String,
    line: String,
    team: String,
    purpose: String,
    until: When,
    links: Vec<String>,
}

/// A purpose to choose.
struct Purpose {
    word: &'static str,
    text: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "staff/codes.html")]
struct Codes<'w> {
    d: Desk<'w>,
    teams: Vec<Choice>,
    purposes: Vec<Purpose>,
    made: Option<Made>,
}

/// `GET /staff/codes`
pub(super) async fn page(
    State(web): State<Arc<Web>>,
    headers: HeaderMap,
    staff: Staff,
) -> Result<Response, Error> {
    staff.must_be_admin()?;
    let d = Desk::new(&web, &headers, staff);
    html(&Codes { teams: choices::teams(&d), purposes: purposes(&d, CodePurpose::Join), made: None, d })
}

/// `POST /staff/codes`
pub(super) async fn make(
    State(web): State<Arc<Web>>,
    headers: HeaderMap,
    posted: Posted<Wanted>,
) -> Result<Response, Error> {
    posted.staff.must_be_admin()?;
    let d = Desk::new(&web, &headers, posted.staff);
    let Wanted { team, purpose } = posted.form;
    let Some(known) = d.city.teams.get(team.as_str()) else {
        return Err(Error::BadRequest("there is no such team".into()));
    };
    let (code, until) = supervise::make_code(&web.hotline, &d.staff.name, purpose, &known.code).await?;
    let made = Made {
        line: line(purpose, &code.to_string()),
        code: code.to_string(),
        team: known.name.clone(),
        purpose: d.say(purpose_text(purpose)),
        until: d.when(until),
        links: links(&web, purpose, &code),
    };
    let mut teams = choices::teams(&d);
    teams.iter_mut().for_each(|choice| choice.chosen = choice.value == team);
    html(&Codes { teams, purposes: purposes(&d, purpose), made: Some(made), d })
}

/// The messengers' links that bring the code along, for whoever would rather tap than write.
fn links(web: &Web, purpose: CodePurpose, code: &Code) -> Vec<String> {
    let invitation = match purpose {
        CodePurpose::Join | CodePurpose::Lead => Invitation::Person(code),
        CodePurpose::Bind => Invitation::Group(code),
    };
    web.hotline.channels.iter().filter_map(|(_, channel)| channel.link(invitation)).collect()
}

fn purposes(d: &Desk<'_>, chosen: CodePurpose) -> Vec<Purpose> {
    let all = [(CodePurpose::Join, "join"), (CodePurpose::Lead, "lead"), (CodePurpose::Bind, "bind")];
    let choice =
        |(purpose, word)| Purpose { word, text: d.say(purpose_text(purpose)), chosen: purpose == chosen };
    all.map(choice).into()
}

fn purpose_text(purpose: CodePurpose) -> &'static str {
    match purpose {
        CodePurpose::Join => "staff-code-join",
        CodePurpose::Lead => "staff-code-lead",
        CodePurpose::Bind => "staff-code-bind",
    }
}

/// The message that uses a code.
fn line(purpose: CodePurpose, code: &str) -> String {
    match purpose {
        CodePurpose::Join | CodePurpose::Lead => format!("/join {code}"),
        CodePurpose::Bind => format!("/bind {code}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_to_send_is_what_the_hotline_reads() {
        assert_eq!(line(CodePurpose::Bind, "7KQ2-M9XD"), "/bind 7KQ2-M9XD");
        assert_eq!(line(CodePurpose::Lead, "7KQ2-M9XD"), "/join 7KQ2-M9XD");
    }
}
