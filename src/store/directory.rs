//! The city as the operator described it: read whole (it is small), written by `import`.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use super::sql::{Columns, RowsStatement, json, of_word, time, word};
use super::{Result, StoreError, Tx};
use crate::domain::area::Area;
use crate::domain::id::TeamCode;
use crate::domain::message::{Chat, Location};
use crate::domain::routing::{Directory, Point};
use crate::domain::team::{Pattern, Team};

/// What an import writes; people of the teams are written by their own functions.
#[derive(Clone, Debug, Default)]
pub struct Import {
    /// Parents before children.
    pub areas: Vec<Area>,
    /// With their groups.
    pub teams: Vec<Team>,
    /// Service points.
    pub points: Vec<Point>,
}

static SAVE_AREAS: RowsStatement = RowsStatement::new(
    "insert into area (code, name, kind, parent)",
    4,
    "on conflict (code) do update set name = excluded.name, kind = excluded.kind, parent = excluded.parent
     where (area.name, area.kind, coalesce(area.parent, '')) <> (excluded.name, excluded.kind, coalesce(excluded.parent, ''))",
);
static SAVE_TEAMS: RowsStatement = RowsStatement::new(
    "insert into team (code, name, kind, hours, quiet, areas, services)",
    7,
    "on conflict (code) do update set name = excluded.name, kind = excluded.kind, hours = excluded.hours,
     quiet = excluded.quiet, areas = excluded.areas, services = excluded.services
     where (team.name, team.kind, team.hours, team.quiet, team.areas, team.services)
        <> (excluded.name, excluded.kind, excluded.hours, excluded.quiet, excluded.areas, excluded.services)",
);
static SAVE_GROUPS: RowsStatement = RowsStatement::new(
    "insert into team_group (channel, chat, team)",
    3,
    "on conflict (channel, chat) do update set team = excluded.team, lost_at = null
     where team_group.team <> excluded.team or team_group.lost_at is not null",
);
static SAVE_POINTS: RowsStatement = RowsStatement::new(
    "insert into point (name, area, kind, address, hours, phone, latitude, longitude, services)",
    9,
    "on conflict (area, name) do update set kind = excluded.kind, address = excluded.address, hours = excluded.hours,
     phone = excluded.phone, latitude = excluded.latitude, longitude = excluded.longitude, services = excluded.services
     where (point.kind, point.address, point.hours, point.phone, coalesce(point.latitude, 0),
            coalesce(point.longitude, 0), point.services)
        <> (excluded.kind, excluded.address, excluded.hours, excluded.phone, coalesce(excluded.latitude, 0),
            coalesce(excluded.longitude, 0), excluded.services)",
);

impl Tx {
    /// Grows with every change of the city, in whatever process it is made.
    pub async fn directory_version(&mut self) -> Result<i64> {
        sqlx::query("select value from counter where name = 'directory'")
            .fetch_one(self.conn())
            .await?
            .int("value")
    }

    /// The whole city.
    pub async fn directory(&mut self) -> Result<Directory> {
        let areas = sqlx::query("select code, name, kind, parent from area").fetch_all(self.conn()).await?;
        let teams = sqlx::query("select code, name, kind, hours, quiet, areas, services from team")
            .fetch_all(self.conn())
            .await?;
        let groups =
            sqlx::query("select channel, chat, team, lost_at from team_group order by channel, chat")
                .fetch_all(self.conn());
        let groups = groups.await?;
        let points = sqlx::query("select * from point order by area, name").fetch_all(self.conn()).await?;
        let areas: HashMap<_, _> = areas.iter().map(read_area).collect::<Result<_>>()?;
        let mut teams: BTreeMap<_, _> = teams.iter().map(read_team).collect::<Result<_>>()?;
        for row in &groups {
            let team: TeamCode = row.text("team")?.as_str().into();
            let Some(team) = teams.get_mut(&team) else { continue };
            match row.maybe_int("lost_at")? {
                None => team.groups.push(row.chat()?),
                Some(at) => team.lost.push((row.chat()?, time(at)?)),
            }
        }
        Ok(Directory { areas, teams, points: points.iter().map(read_point).collect::<Result<_>>()? })
    }

    /// Writes what is new or different; how many rows that were.
    pub async fn import(&mut self, import: &Import) -> Result<u64> {
        let areas = SAVE_AREAS.write(self, &import.areas, |query, area| {
            let parent = area.parent.as_ref().map(|parent| parent.as_str().to_owned());
            query.bind(area.code.as_str()).bind(area.name.as_str()).bind(word(&area.kind)).bind(parent)
        });
        let mut changed = areas.await?;
        changed += SAVE_TEAMS
            .write(self, &import.teams, |query, team| {
                let services: Vec<String> = team.services.iter().map(Pattern::to_string).collect();
                let query = query.bind(team.code.as_str()).bind(team.name.as_str()).bind(team.kind.as_str());
                let query = query.bind(team.hours.to_string()).bind(team.quiet.to_string());
                query.bind(json(&team.areas)).bind(json(&services))
            })
            .await?;
        for team in &import.teams {
            changed += self.bind_groups(&team.code, &team.groups).await?;
        }
        changed += SAVE_POINTS.write(self, &import.points, bind_point).await?;
        if changed > 0 {
            self.directory_changed().await?;
        }
        Ok(changed)
    }

    /// Binds groups to a team; a group that was another team's is now this one's.
    pub async fn bind_groups(&mut self, team: &TeamCode, groups: &[Chat]) -> Result<u64> {
        let changed = SAVE_GROUPS.write(self, groups, |query, chat| {
            query.bind(chat.channel.as_str()).bind(chat.id.as_str()).bind(team.as_str())
        });
        let changed = changed.await?;
        if changed > 0 {
            self.directory_changed().await?;
        }
        Ok(changed)
    }

    /// A group that we cannot write to any more: no offers go there until it is bound anew or speaks; `false` where it
    /// was lost already, or is no team's.
    pub async fn lose_group(&mut self, chat: &Chat, now: Timestamp) -> Result<bool> {
        const LOSE: &str =
            "update team_group set lost_at = $1 where channel = $2 and chat = $3 and lost_at is null";
        let query = sqlx::query(LOSE).bind(now.as_millisecond()).bind(&chat.channel).bind(&chat.id);
        let lost = query.execute(self.conn()).await?.rows_affected() > 0;
        if lost {
            self.directory_changed().await?;
        }
        Ok(lost)
    }

    /// A chat has another id now: groups, contacts, open cards and whatever waits for it go there.
    pub async fn move_chat(&mut self, chat: &Chat, to: &str) -> Result<()> {
        const DOUBLE: &str = "delete from team_group where channel = $2 and chat = $1 and exists (
            select 1 from team_group old where old.channel = $2 and old.chat = $3)";
        const MOVES: [&str; 5] = [
            DOUBLE,
            "update team_group set chat = $1, lost_at = null where channel = $2 and chat = $3",
            "update contact set chat = $1 where channel = $2 and chat = $3",
            "update offer set chat = $1 where ended_at is null and message in (
                select id from outbox where channel = $2 and chat = $3)",
            "update outbox set chat = $1 where channel = $2 and chat = $3 and state in ('waiting', 'held')",
        ];
        for statement in MOVES {
            sqlx::query(statement).bind(to).bind(&chat.channel).bind(&chat.id).execute(self.conn()).await?;
        }
        self.directory_changed().await
    }

    async fn directory_changed(&mut self) -> Result<()> {
        self.run("update counter set value = value + 1 where name = 'directory'").await
    }
}

fn bind_point<'q>(query: super::sql::Bound<'q>, point: &Point) -> super::sql::Bound<'q> {
    query
        .bind(point.name.clone())
        .bind(point.area.as_str().to_owned())
        .bind(point.kind.clone())
        .bind(point.address.clone())
        .bind(point.hours.clone())
        .bind(point.phone.clone())
        .bind(point.location.map(|at| at.latitude))
        .bind(point.location.map(|at| at.longitude))
        .bind(json(&point.services))
}

fn read_area(row: &sqlx::any::AnyRow) -> Result<(crate::domain::id::AreaCode, Area)> {
    let area = Area {
        code: row.text("code")?.as_str().into(),
        name: row.text("name")?,
        kind: of_word(&row.text("kind")?)?,
        parent: row.maybe_text("parent")?.map(|parent| parent.as_str().into()),
    };
    Ok((area.code.clone(), area))
}

fn read_team(row: &sqlx::any::AnyRow) -> Result<(TeamCode, Team)> {
    let services: Vec<String> = row.json("services")?;
    let (hours, quiet) = (row.text("hours")?, row.text("quiet")?);
    let team = Team {
        code: row.text("code")?.as_str().into(),
        name: row.text("name")?,
        kind: row.text("kind")?,
        areas: row.json("areas")?,
        services: services.iter().map(|pattern| Pattern::parse(pattern)).collect(),
        hours: hours.parse().map_err(|_| StoreError::Corrupt(format!("hours `{hours}`")))?,
        quiet: quiet.parse().map_err(|_| StoreError::Corrupt(format!("quiet hours `{quiet}`")))?,
        groups: Vec::new(),
        lost: Vec::new(),
    };
    Ok((team.code.clone(), team))
}

fn read_point(row: &sqlx::any::AnyRow) -> Result<Point> {
    let place = row.maybe_float("latitude")?.zip(row.maybe_float("longitude")?);
    Ok(Point {
        name: row.text("name")?,
        kind: row.text("kind")?,
        area: row.text("area")?.as_str().into(),
        address: row.text("address")?,
        hours: row.text("hours")?,
        phone: row.text("phone")?,
        location: place.map(|(latitude, longitude)| Location { latitude, longitude }),
        services: row.json("services")?,
    })
}
