//! Who may: how often an address may try, and whether a request comes from our own pages.

use std::net::IpAddr;
use std::num::NonZeroU32;

use axum::http::{HeaderMap, header};
use governor::{DefaultKeyedRateLimiter, Quota};

use super::error::Error;

/// Tries that one address has at once; one more comes back every few seconds.
const BURST: u32 = 20;
/// Tries that come back in a minute.
const PER_MINUTE: u32 = 20;

/// Counts the tries of each address at logins and codes.
pub struct Attempts(DefaultKeyedRateLimiter<IpAddr>);

impl Attempts {
    /// Nobody has tried yet.
    pub fn new() -> Self {
        let per_minute = NonZeroU32::new(PER_MINUTE).unwrap_or(NonZeroU32::MIN);
        let burst = NonZeroU32::new(BURST).unwrap_or(NonZeroU32::MIN);
        Self(DefaultKeyedRateLimiter::keyed(Quota::per_minute(per_minute).allow_burst(burst)))
    }

    /// Counts a try; refused when there were too many.
    pub fn count(&self, from: IpAddr) -> Result<(), Error> {
        self.0.retain_recent();
        self.0.check_key(&from).map_err(|_| Error::TooMany)
    }
}

impl Default for Attempts {
    fn default() -> Self {
        Self::new()
    }
}

/// A request that changes something must come from our own pages: browsers say so in `Sec-Fetch-Site`, and
/// older ones in `Origin`, which must then be the host that was asked.
pub fn from_our_pages(headers: &HeaderMap) -> Result<(), Error> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let ours = match (text(header::HeaderName::from_static("sec-fetch-site")), text(header::ORIGIN)) {
        (Some(site), _) => site == "same-origin" || site == "none",
        (None, Some(origin)) => {
            let host = origin.split_once("://").map(|(_, host)| host);
            host.is_some() && host == text(header::HOST)
        }
        (None, None) => true,
    };
    if ours { Ok(()) } else { Err(Error::Forbidden("this was not sent from our own pages")) }
}
