//! `hotline staff add NAME --role ROLE`

use std::io::{BufRead, IsTerminal, Write};

use clap::Subcommand;

use crate::config::Config;
use crate::engine::staff;
use crate::store::StaffRole;

/// Manage the accounts of the staff pages.
#[derive(Debug, clap::Args)]
pub struct Staff {
    #[command(subcommand)]
    command: StaffCommand,
}

#[derive(Debug, Subcommand)]
enum StaffCommand {
    /// Add somebody, or give them a new password and role. The password is read from standard input.
    Add {
        /// The login name.
        name: String,
        /// What they may do: look (viewer), act (officer), also make codes for groups and members (admin).
        #[arg(long, value_enum)]
        role: Role,
    },
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Role {
    Viewer,
    Officer,
    Admin,
}

impl From<Role> for StaffRole {
    fn from(role: Role) -> Self {
        match role {
            Role::Viewer => Self::Viewer,
            Role::Officer => Self::Officer,
            Role::Admin => Self::Admin,
        }
    }
}

impl Staff {
    /// Ends whatever sessions the account had.
    pub async fn run(self, config: Config) -> anyhow::Result<()> {
        let StaffCommand::Add { name, role } = self.command;
        let password = read_password()?;
        let hotline = super::open(&config, &super::catalog(&config)?).await?;
        let new = staff::add(&hotline, &name, role.into(), &password).await?;
        println!("{name}: {}", if new { "added" } else { "has the new password and role now" });
        Ok(())
    }
}

fn read_password() -> anyhow::Result<String> {
    if std::io::stdin().is_terminal() {
        print!("Password (10 characters or more, shown as you type): ");
        std::io::stdout().flush()?;
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    let password = line.trim_end_matches(['\r', '\n']).to_owned();
    anyhow::ensure!(
        !password.is_empty(),
        "no password was given; type it, or pipe it: echo … | hotline staff add NAME --role ROLE"
    );
    Ok(password)
}
