//! Accounts of the staff: passwords are argon2id hashes, made and checked off the async threads.

use std::sync::Arc;

use anyhow::Context;
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};

use super::Hotline;
use crate::store::StaffRole;

/// The shortest password, in characters.
pub const PASSWORD_MIN: usize = 10;
/// The longest password, in characters: hashing must stay cheap for us.
pub const PASSWORD_MAX: usize = 200;
/// The longest login name, in characters.
const NAME_MAX: usize = 64;

/// Adds one of the staff, or gives them a new password and role; `true` if they are new.
pub async fn add(
    hotline: &Arc<Hotline>,
    name: &str,
    role: StaffRole,
    password: &str,
) -> anyhow::Result<bool> {
    let name = name.trim().to_owned();
    anyhow::ensure!((1..=NAME_MAX).contains(&name.chars().count()), "a name has 1 to {NAME_MAX} characters");
    anyhow::ensure!(
        (PASSWORD_MIN..=PASSWORD_MAX).contains(&password.chars().count()),
        "a password has {PASSWORD_MIN} to {PASSWORD_MAX} characters"
    );
    let hash = hash_password(password.to_owned()).await?;
    let now = hotline.clock.now();
    let added =
        hotline.store.write(move |tx| Box::pin(async move { tx.save_staff(&name, role, &hash, now).await }));
    Ok(added.await?)
}

/// An argon2id hash in PHC form.
pub async fn hash_password(password: String) -> anyhow::Result<String> {
    let hash = move || Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string());
    tokio::task::spawn_blocking(hash)
        .await?
        .map_err(|error| anyhow::anyhow!("{error}"))
        .context("hashing a password")
}

/// Whether a password belongs to a hash.
pub async fn verify_password(password: String, hash: String) -> bool {
    let verify = move || {
        let hash = PasswordHash::new(&hash).ok()?;
        Argon2::default().verify_password(password.as_bytes(), &hash).ok()
    };
    tokio::task::spawn_blocking(verify).await.ok().flatten().is_some()
}
