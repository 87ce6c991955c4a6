//! What every page needs: the reader's language, and its texts.

use axum::http::{HeaderMap, header};
use axum::response::{Html, IntoResponse, Response};
use axum_extra::extract::CookieJar;

use super::Web;
use super::error::Error;
use crate::domain::message::Language;
use crate::locale::Args;

/// The cookie that remembers a language chosen by hand.
pub const LANGUAGE_COOKIE: &str = "language";

/// A page's texts, in its reader's language. In a template: `{{ t.say("page-title") }}`.
pub struct Texts<'w> {
    web: &'w Web,
    /// The reader's language.
    pub language: Language,
}

impl<'w> Texts<'w> {
    /// The language chosen by hand, or else the first that the browser names and we speak.
    pub fn of(web: &'w Web, headers: &HeaderMap) -> Self {
        let chosen = CookieJar::from_headers(headers);
        let chosen = chosen.get(LANGUAGE_COOKIE).map(|cookie| cookie.value().to_owned());
        let accepted =
            headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let language = chosen
            .and_then(|chosen| Language::parse(&chosen))
            .unwrap_or_else(|| Language::negotiate(accepted));
        Self { web, language }
    }

    /// A text without variables.
    pub fn say(&self, id: &str) -> String {
        self.web.hotline.locales.text(self.language, id, &[])
    }

    /// A text with one variable.
    pub fn with(&self, id: &str, name: &str, value: &str) -> String {
        self.web.hotline.locales.text(self.language, id, &[(name, value.into())])
    }

    /// A text with any variables.
    pub fn fill(&self, id: &str, args: &Args<'_>) -> String {
        self.web.hotline.locales.text(self.language, id, args)
    }

    /// The language's tag, for `<html lang>`.
    pub fn tag(&self) -> &'static str {
        self.language.tag()
    }
}

/// A template as a page.
pub fn html(template: &impl askama::Template) -> Result<Response, Error> {
    let page = template.render().map_err(|error| Error::Internal(error.to_string()))?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Html(page)).into_response())
}
