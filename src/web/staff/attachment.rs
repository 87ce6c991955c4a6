//! What came with a resident's message: a recording, a picture, a file. It stays with its messenger and is fetched when
//! one of the officers opens it; that they did is in the case's history. No words can be masked in it, so it is for
//! officers only, and nothing in it may run.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::super::Web;
use super::super::error::Error;
use super::desk::{Desk, When};
use super::session::Staff;
use super::timeline::attachment_text;
use crate::channels::{Fetched, SendError};
use crate::domain::id::{CaseNumber, MessageId};
use crate::domain::message::AttachmentKind;
use crate::engine::supervise;
use crate::store::TimelineRow;

/// The largest that is shown, in bytes.
const BYTES_MAX: usize = 20 * 1024 * 1024;
/// What a browser may show by itself; everything else is only saved.
const SHOWN: [&str; 12] = [
    "audio/ogg",
    "audio/mpeg",
    "audio/mp4",
    "audio/amr",
    "audio/wav",
    "audio/webm",
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/webp",
    "video/mp4",
    "video/webm",
];
/// Nothing in it may run, or load anything.
const POLICY: &str = "default-src 'none'; media-src 'self'; img-src 'self'; sandbox; frame-ancestors 'none'";

/// Something to open, on the case's page.
pub(super) struct Opened {
    /// Where.
    pub(super) address: String,
    /// What it is.
    pub(super) title: String,
    /// `audio`, `video`, or nothing where it is only a link.
    pub(super) player: &'static str,
    /// When it came.
    pub(super) when: When,
}

/// All that came with a case's messages.
pub(super) fn all(d: &Desk<'_>, number: CaseNumber, rows: &[TimelineRow]) -> Vec<Opened> {
    let one = |row: &TimelineRow| match row {
        TimelineRow::Heard { at, attachment: Some((id, attachment)), .. } => Some(Opened {
            address: format!("/staff/cases/{number}/attachment/{id}"),
            title: attachment_text(d, attachment.kind.word(), attachment.seconds),
            player: match attachment.kind {
                AttachmentKind::Voice => "audio",
                AttachmentKind::Video => "video",
                AttachmentKind::Photo | AttachmentKind::File => "",
            },
            when: d.when(*at),
        }),
        TimelineRow::Heard { .. } | TimelineRow::Happened { .. } | TimelineRow::Said { .. } => None,
    };
    rows.iter().filter_map(one).collect()
}

/// `GET /staff/cases/{number}/attachment/{id}`
pub(super) async fn open(
    State(web): State<Arc<Web>>,
    staff: Staff,
    Path((number, id)): Path<(String, String)>,
) -> Result<Response, Error> {
    staff.must_be_officer()?;
    let number = CaseNumber::parse(&number).ok_or(Error::NotFound)?;
    let id = MessageId::from(id.as_str());
    let found = web.hotline.store.read().await?.attachment(&id, number).await?;
    let (channel, attachment) = found.ok_or(Error::NotFound)?;
    let channel = web.hotline.channels.get(&channel).ok_or(Error::Elsewhere("its messenger is not configured"))?;
    supervise::note_attachment_view(&web.hotline, &staff.name, number, &attachment).await?;
    let fetched = channel.fetch(&attachment).await.map_err(|error| why_not(&error))?;
    if fetched.bytes.len() > BYTES_MAX {
        return Err(Error::Elsewhere("it is larger than 20 MiB"));
    }
    Ok(shown(fetched))
}

fn why_not(error: &SendError) -> Error {
    tracing::warn!(%error, "what came with a message cannot be fetched");
    Error::Elsewhere(match error {
        SendError::Later { .. } => "its messenger does not answer just now; try again later",
        SendError::Never(_)
        | SendError::Gone(_)
        | SendError::Moved { .. }
        | SendError::Closed(_)
        | SendError::Revoked(_) => "its messenger does not have it any more",
    })
}

fn shown(fetched: Fetched) -> Response {
    let kind = fetched.content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let known = SHOWN.into_iter().find(|shown| *shown == kind);
    let headers = [
        (header::CONTENT_TYPE, known.unwrap_or("application/octet-stream")),
        (header::CONTENT_DISPOSITION, if known.is_some() { "inline" } else { "attachment" }),
        (header::CACHE_CONTROL, "private, no-store"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
    ];
    let headers: HeaderMap =
        headers.into_iter().map(|(name, value)| (name, HeaderValue::from_static(value))).collect();
    (headers, fetched.bytes).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_harmless_is_shown() {
        for (sent, kind, disposition) in [
            ("audio/ogg", "audio/ogg", "inline"),
            ("Image/JPEG; q=1", "image/jpeg", "inline"),
            ("text/html", "application/octet-stream", "attachment"),
            ("image/svg+xml", "application/octet-stream", "attachment"),
            ("", "application/octet-stream", "attachment"),
        ] {
            let response = shown(Fetched { content_type: sent.into(), bytes: vec![1] });
            assert_eq!(response.headers()[header::CONTENT_TYPE], kind, "{sent}");
            assert_eq!(response.headers()[header::CONTENT_DISPOSITION], disposition, "{sent}");
        }
    }
}
