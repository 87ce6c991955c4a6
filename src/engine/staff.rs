//! Accounts of the staff and their sessions. Passwords are argon2id hashes, made and checked off the async threads;
//! of a session's token only the digest is kept. Whether a name exists is told neither by an answer nor by its time.

use std::sync::Arc;

use anyhow::Context;
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Semaphore;

use super::Hotline;
use super::supervise::digest;
use crate::store::{SessionRow, StaffRole, StaffRow, StoreError};

/// The shortest password, in characters.
pub const PASSWORD_MIN: usize = 10;
/// The longest password, in characters: hashing must stay cheap for us.
pub const PASSWORD_MAX: usize = 200;
/// How long a session lasts.
pub const SESSION_LIFE: SignedDuration = SignedDuration::from_hours(12);
/// The longest login name, in characters.
const NAME_MAX: usize = 64;
/// Wrong passwords before an account is locked.
const FAILURES_MAX: i64 = 5;
/// How long it is locked then; twice as long after each further one.
const LOCK_SECONDS: i64 = 30;
/// The longest that it is locked.
const LOCK_SECONDS_MAX: i64 = 15 * 60;
/// Passwords hashed at the same time: each takes 19 MiB.
static HASHING: Semaphore = Semaphore::const_new(4);
/// A hash of nobody's: a name that is unknown or locked takes the same time as any other.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bmVhci1uZWlnaGJvdXItaA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Adds one of the staff, or gives them a new password and role; `true` if they are new.
pub async fn add(
    hotline: &Arc<Hotline>,
    name: &str,
    role: StaffRole,
    password: &str,
) -> anyhow::Result<bool> {
    let name = name.trim().to_owned();
    anyhow::ensure!((1..=NAME_MAX).contains(&name.chars().count()), "a name has 1 to {NAME_MAX} characters");
    anyhow::ensure!(is_password(password), "a password has {PASSWORD_MIN} to {PASSWORD_MAX} characters");
    let hash = hash_password(password.to_owned()).await?;
    let now = hotline.clock.now();
    let added =
        hotline.store.write(move |tx| Box::pin(async move { tx.save_staff(&name, role, &hash, now).await }));
    Ok(added.await?)
}

/// Opens a session: its token, or nothing where the name, the password or the moment (after too many wrong
/// passwords) is not right.
pub async fn log_in(
    hotline: &Arc<Hotline>,
    name: &str,
    password: &str,
) -> Result<Option<String>, StoreError> {
    let known = begin(hotline, name.trim()).await?;
    let hash = known.as_ref().map_or_else(|| NOBODY.to_owned(), |staff| staff.password.clone());
    let right = is_password(password) && verify_password(password.to_owned(), hash).await;
    match known {
        Some(staff) if right => open_session(hotline, staff.name).await.map(Some),
        Some(_) | None => Ok(None),
    }
}

/// Counts the try before the password is looked at, so that many tries at once gain nothing.
async fn begin(hotline: &Arc<Hotline>, name: &str) -> Result<Option<StaffRow>, StoreError> {
    let (now, name) = (hotline.clock.now(), name.to_owned());
    let begin = hotline.store.write(move |tx| {
        Box::pin(async move {
            let staff = tx.begin_login(&name, now).await?;
            if let Some(StaffRow { failures, .. }) = staff {
                tx.note_login(&name, failures, locked_until(failures, now)).await?;
            }
            Ok(staff)
        })
    });
    begin.await
}

/// Until when no password is looked at after so many wrong ones.
fn locked_until(failures: i64, now: Timestamp) -> Timestamp {
    let beyond = failures - FAILURES_MAX;
    if beyond < 0 {
        return now;
    }
    let seconds = LOCK_SECONDS.checked_shl(u32::try_from(beyond).unwrap_or(u32::MAX).min(16));
    now + SignedDuration::from_secs(seconds.unwrap_or(LOCK_SECONDS_MAX).min(LOCK_SECONDS_MAX))
}

async fn open_session(hotline: &Arc<Hotline>, name: String) -> Result<String, StoreError> {
    let (token, csrf, now) = (secret(), secret(), hotline.clock.now());
    let digest = digest(&token);
    let open = hotline.store.write(move |tx| {
        Box::pin(async move {
            tx.note_login(&name, 0, now).await?;
            tx.open_session(&digest, &name, &csrf, now, now + SESSION_LIFE).await
        })
    });
    open.await?;
    Ok(token)
}

/// 256 random bits in hexadecimal.
fn secret() -> String {
    rand::random::<[u8; 32]>().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whose session a token opens, if it is not over.
pub async fn session(hotline: &Arc<Hotline>, token: &str) -> Result<Option<SessionRow>, StoreError> {
    hotline.store.read().await?.session(&digest(token), hotline.clock.now()).await
}

/// Ends a session.
pub async fn log_out(hotline: &Arc<Hotline>, token: &str) -> Result<(), StoreError> {
    let digest = digest(token);
    hotline.store.write(move |tx| Box::pin(async move { tx.close_session(&digest).await })).await
}

fn is_password(password: &str) -> bool {
    (PASSWORD_MIN..=PASSWORD_MAX).contains(&password.chars().count())
}

/// An argon2id hash in PHC form.
pub async fn hash_password(password: String) -> anyhow::Result<String> {
    let _permit = HASHING.acquire().await?;
    let hash = move || Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string());
    tokio::task::spawn_blocking(hash)
        .await?
        .map_err(|error| anyhow::anyhow!("{error}"))
        .context("hashing a password")
}

/// Whether a password belongs to a hash.
pub async fn verify_password(password: String, hash: String) -> bool {
    let Ok(_permit) = HASHING.acquire().await else { return false };
    let verify = move || {
        let hash = PasswordHash::new(&hash).ok()?;
        Argon2::default().verify_password(password.as_bytes(), &hash).ok()
    };
    tokio::task::spawn_blocking(verify).await.ok().flatten().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_five_wrong_passwords_an_account_is_locked_longer_each_time() {
        let now = Timestamp::UNIX_EPOCH;
        for (failures, seconds) in
            [(0, 0), (4, 0), (5, 30), (6, 60), (9, 480), (10, 900), (11, 900), (i64::MAX, 900)]
        {
            assert_eq!(locked_until(failures, now).as_second(), seconds, "{failures}");
        }
    }

    #[tokio::test]
    async fn a_password_is_known_by_its_hash_only() {
        let hash = hash_password("near-neighbor".into()).await.expect("a hash");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify_password("near-neighbor".into(), hash.clone()).await);
        assert!(!verify_password("near-neighbour".into(), hash).await);
        assert!(!verify_password("near-neighbor".into(), NOBODY.into()).await);
    }

    #[test]
    fn nobody_costs_as_much_as_anybody() {
        let hash = PasswordHash::new(NOBODY).expect("a hash in PHC form");
        assert_eq!((hash.salt.is_some(), hash.hash.is_some()), (true, true));
    }
}
