//! What the operator reads: lines on standard error, chosen with `RUST_LOG` (`info` if it is not set), as JSON
//! with `HOTLINE_LOG=json`. Nobody's words, contacts or secrets are ever in a line.

use tracing_subscriber::EnvFilter;

/// Starts logging.
pub fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match std::env::var("HOTLINE_LOG").as_deref() {
        Ok("json") => lines.json().init(),
        _ => lines.with_target(false).init(),
    }
}
