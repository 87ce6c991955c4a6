//! Taking in a case by phone. Where the service is left open the hotline proposes one, and a person confirms it.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::super::Web;
use super::super::error::Error;
use super::super::page::html;
use super::choices::{self, Group};
use super::desk::Desk;
use super::session::{Posted, Staff};
use crate::domain::digit;
use crate::domain::id::ServiceCode;
use crate::domain::routing::Directory;
use crate::domain::service::Services;
use crate::engine::supervise::{self, PhoneCase};

/// The longest words of a call, in characters; as long as a message may be.
const WORDS_CHARS_MAX: usize = 10_000;
/// The longest name, in characters.
const NAME_CHARS_MAX: usize = 40;
/// The longest address, in characters.
const ADDRESS_CHARS_MAX: usize = 200;
/// The longest number as written, in characters.
const PHONE_CHARS_MAX: usize = 30;

/// What is said of a service that was left open.
const CONFIRM: &str = "staff-phone-service-confirm";

/// The form, as it was filled in.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Call {
    words: String,
    name: String,
    phone: String,
    area: String,
    address: String,
    service: String,
}

/// What is wrong with a form: for each field the id of a text.
#[derive(Debug, Default, PartialEq, Eq)]
struct Wrong {
    words: Option<&'static str>,
    name: Option<&'static str>,
    phone: Option<&'static str>,
    area: Option<&'static str>,
    address: Option<&'static str>,
    service: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "staff/phone.html")]
struct Phone<'w> {
    d: Desk<'w>,
    call: Call,
    wrong: Wrong,
    /// Whether the service is the hotline's proposal, to be confirmed.
    proposed: bool,
    services: Vec<Group>,
    areas: Vec<Group>,
}

/// `GET /staff/phone`
pub(super) async fn page(
    State(web): State<Arc<Web>>,
    headers: HeaderMap,
    staff: Staff,
) -> Result<Response, Error> {
    staff.must_be_officer()?;
    show(&web, Desk::new(&web, &headers, staff), Call::default(), Wrong::default())
}

/// `POST /staff/phone`
pub(super) async fn take(
    State(web): State<Arc<Web>>,
    headers: HeaderMap,
    posted: Posted<Call>,
) -> Result<Response, Error> {
    posted.staff.must_be_officer()?;
    let d = Desk::new(&web, &headers, posted.staff);
    let mut call = posted.form;
    match read(&call, &d.city, &d.services) {
        Ok(case) => {
            let number = supervise::take_call(&web.hotline, &d.staff.name, case).await?;
            Ok(Redirect::to(&format!("/staff/cases/{number}?notice=taken-in")).into_response())
        }
        Err(wrong) => {
            if wrong.service == Some(CONFIRM) {
                let proposal = propose(&web, &d, call.words.clone()).await;
                call.service = proposal.map(|code| code.to_string()).unwrap_or_default();
            }
            let page = show(&web, d, call, wrong)?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

fn show(web: &Web, d: Desk<'_>, call: Call, wrong: Wrong) -> Result<Response, Error> {
    let services = choices::services(web, &d, &call.service);
    let areas = choices::areas(&d, &call.area);
    let proposed = wrong.service == Some(CONFIRM) && !call.service.is_empty();
    html(&Phone { d, call, wrong, proposed, services, areas })
}

/// The service that the words seem to ask for.
async fn propose(web: &Web, d: &Desk<'_>, words: String) -> Option<ServiceCode> {
    let now = d.now.to_zoned_datetime(web.hotline.calendar.zone.clone());
    let understander = web.hotline.understander()?;
    let understanding = tokio::task::spawn_blocking(move || understander.understand(&words, &now));
    let understood = understanding.await.ok()?;
    (!understood.service.is_meta()).then_some(understood.service)
}

/// Reads a form, or says of every field what is wrong with it.
fn read(call: &Call, city: &Directory, services: &Services) -> Result<PhoneCase, Wrong> {
    let service = ServiceCode::from(call.service.as_str());
    let area_known = call.area.is_empty() || city.areas.contains_key(call.area.as_str());
    let wrong = Wrong {
        words: if call.words.trim().is_empty() {
            Some("staff-phone-words-missing")
        } else {
            too_long(&call.words, WORDS_CHARS_MAX)
        },
        name: too_long(&call.name, NAME_CHARS_MAX),
        phone: (!is_phone(call.phone.trim())).then_some("staff-phone-number-wrong"),
        area: (!area_known).then_some("staff-phone-area-unknown"),
        address: too_long(&call.address, ADDRESS_CHARS_MAX),
        service: match services.get(&service) {
            Some(_) => None,
            None if call.service.is_empty() && !call.words.trim().is_empty() => Some(CONFIRM),
            None => Some("staff-phone-service-missing"),
        },
    };
    if wrong != Wrong::default() {
        return Err(wrong);
    }
    let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    Ok(PhoneCase {
        name: given(&call.name),
        phone: given(&call.phone),
        service,
        area: given(&call.area).map(|code| code.as_str().into()),
        address: given(&call.address),
        words: call.words.trim().replace("\r\n", "\n"),
    })
}

fn too_long(text: &str, chars_max: usize) -> Option<&'static str> {
    (text.chars().count() > chars_max).then_some("staff-phone-too-long")
}

/// Whether a number can be called: nothing for somebody who gave none, or seven to fifteen digits with what
/// people put between them.
fn is_phone(text: &str) -> bool {
    let digits = text.chars().filter(|c| digit::value(*c).is_some()).count();
    let plain = text.chars().all(|c| {
        digit::value(c).is_some() || matches!(c, '+' | '-' | ' ' | '(' | ')' | '\u{FF08}' | '\u{FF09}')
    });
    text.is_empty() || plain && (7..=15).contains(&digits) && text.chars().count() <= PHONE_CHARS_MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_enough_digits_or_is_not_given() {
        for right in ["", "13800005555", "+86 138-0000-5555", "(0592) 2037000", "2037000", "138 0000 5555"] {
            assert!(is_phone(right), "{right}");
        }
        for wrong in ["1380000a555", "138000", "1234567890123456", "无", "<b>13800005555"] {
            assert!(!is_phone(wrong), "{wrong}");
        }
    }

    #[test]
    fn every_field_is_told_what_is_wrong_with_it() {
        let call =
            Call { phone: "12".into(), area: "mars".into(), name: "长".repeat(41), ..Call::default() };
        let wrong = read(&call, &Directory::default(), &Services::default()).expect_err("nothing is right");
        assert_eq!(
            wrong,
            Wrong {
                words: Some("staff-phone-words-missing"),
                name: Some("staff-phone-too-long"),
                phone: Some("staff-phone-number-wrong"),
                area: Some("staff-phone-area-unknown"),
                address: None,
                service: Some("staff-phone-service-missing"),
            }
        );
    }

    #[test]
    fn a_service_left_open_is_proposed() {
        let call = Call { words: "水管爆了".into(), ..Call::default() };
        let wrong = read(&call, &Directory::default(), &Services::default()).expect_err("no service");
        assert_eq!(wrong, Wrong { service: Some("staff-phone-service-confirm"), ..Wrong::default() });
    }
}
