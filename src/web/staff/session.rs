//! Who asks: one of the staff, by the session of their cookie.

use std::sync::Arc;

use axum::Form;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use subtle::ConstantTimeEq;

use super::super::error::Error;
use super::super::{Web, guard};
use crate::engine::staff::{self, SESSION_LIFE};
use crate::store::{Revoked, StaffRole, StoreError};

/// The cookie that holds the session's token.
const COOKIE: &str = "staff";
/// The only addresses that the cookie is sent to.
const PATH: &str = "/staff";
/// The longest token that is looked at, in bytes; ours have 64.
const TOKEN_BYTES_MAX: usize = 128;

/// One of the staff, logged in.
pub(super) struct Staff {
    /// The login name.
    pub(super) name: String,
    /// What they may do.
    pub(super) role: StaffRole,
    /// What every form of theirs carries.
    pub(super) csrf: String,
    /// The messengers that do not know us any more: whatever page it is, its reader must know.
    pub(super) revoked: Vec<Revoked>,
}

impl Staff {
    /// Whether they may act.
    pub(super) fn is_officer(&self) -> bool {
        self.role >= StaffRole::Officer
    }

    /// Whether they may make codes.
    pub(super) fn is_admin(&self) -> bool {
        self.role >= StaffRole::Admin
    }

    /// Lets only those pass who may act.
    pub(super) fn must_be_officer(&self) -> Result<(), Error> {
        if self.is_officer() { Ok(()) } else { Err(Error::Forbidden("only officers may do this")) }
    }

    /// Lets only those pass who may make codes.
    pub(super) fn must_be_admin(&self) -> Result<(), Error> {
        if self.is_admin() { Ok(()) } else { Err(Error::Forbidden("only admins may do this")) }
    }
}

/// Why a request goes no further.
pub(super) enum Refused {
    /// Nobody is logged in.
    LogIn,
    /// Anything else.
    Error(Error),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Error(error.into())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Self::LogIn => Redirect::to("/staff/login").into_response(),
            Self::Error(error) => error.into_response(),
        }
    }
}

impl FromRequestParts<Arc<Web>> for Staff {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, web: &Arc<Web>) -> Result<Self, Refused> {
        let token = token(&parts.headers).ok_or(Refused::LogIn)?;
        let session = staff::session(&web.hotline, &token).await?.ok_or(Refused::LogIn)?;
        let revoked = web.hotline.store.read().await?.revoked().await?;
        Ok(Self { name: session.staff, role: session.role, csrf: session.csrf, revoked })
    }
}

/// A form that one of the staff has sent from a page of their session. All of its fields are texts.
pub(super) struct Posted<T> {
    /// Who.
    pub(super) staff: Staff,
    /// What.
    pub(super) form: T,
}

#[derive(Deserialize)]
struct Signed<T> {
    csrf: String,
    #[serde(flatten)]
    form: T,
}

impl<T: DeserializeOwned> FromRequest<Arc<Web>> for Posted<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, web: &Arc<Web>) -> Result<Self, Refused> {
        let (mut parts, body) = request.into_parts();
        guard::from_our_pages(&parts.headers)?;
        let staff = Staff::from_request_parts(&mut parts, web).await?;
        let form = Form::<Signed<T>>::from_request(Request::from_parts(parts, body), web).await;
        let Form(signed) = form.map_err(|rejection| Error::BadRequest(rejection.body_text()))?;
        if !bool::from(signed.csrf.as_bytes().ct_eq(staff.csrf.as_bytes())) {
            return Err(Error::Forbidden("the form is of another session; load the page again").into());
        }
        Ok(Self { staff, form: signed.form })
    }
}

/// The token of a request's cookie.
pub(super) fn token(headers: &HeaderMap) -> Option<String> {
    let jar = CookieJar::from_headers(headers);
    let token = jar.get(COOKIE)?.value();
    let plausible =
        (1..=TOKEN_BYTES_MAX).contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_hexdigit());
    plausible.then(|| token.to_owned())
}

/// The header that makes a browser keep a token as long as the session lasts.
pub(super) fn keep(token: &str, secure: bool) -> Result<HeaderValue, Error> {
    set(token, SESSION_LIFE.as_secs(), secure)
}

/// The header that makes a browser forget its token.
pub(super) fn forget(secure: bool) -> Result<HeaderValue, Error> {
    set("", 0, secure)
}

fn set(token: &str, seconds: i64, secure: bool) -> Result<HeaderValue, Error> {
    let secure = if secure { "; Secure" } else { "" };
    let text = format!("{COOKIE}={token}; Path={PATH}; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::from_str(&text).map_err(|error| Error::Internal(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_for_the_staff_pages_only_and_out_of_reach_of_scripts() {
        let kept = keep("c0ffee", true).expect("a header");
        assert_eq!(kept, "staff=c0ffee; Path=/staff; Max-Age=43200; HttpOnly; SameSite=Lax; Secure");
        assert_eq!(
            forget(false).expect("a header"),
            "staff=; Path=/staff; Max-Age=0; HttpOnly; SameSite=Lax"
        );
    }

    #[test]
    fn only_what_can_be_a_token_is_looked_at() {
        let of = |cookie: &str| {
            let value = HeaderValue::from_str(cookie).expect("a header");
            token(&HeaderMap::from_iter([(axum::http::header::COOKIE, value)]))
        };
        assert_eq!(of("language=en; staff=c0ffee").as_deref(), Some("c0ffee"));
        for none in ["", "language=en", "staff=", "staff=nothex", &format!("staff={}", "0".repeat(129))] {
            assert_eq!(of(none), None, "{none}");
        }
    }
}
