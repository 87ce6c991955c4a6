//! `hotline import FILE.toml`: the city as its operator describes it. Importing the same file again changes
//! nothing; what a file does not mention stays as it is.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Hotline;
use super::desk::{Desk, Wanted};
use crate::channels::{Channels, webchat};
use crate::domain::area::{Area, AreaKind};
use crate::domain::deadline::{Hours, Quiet};
use crate::domain::id::{AreaCode, ServiceCode, TeamCode};
use crate::domain::message::{Body, Chat, ChatKind, Inbound, Location};
use crate::domain::routing::{Directory, Point};
use crate::domain::service::Services;
use crate::domain::team::{Membership, Pattern, Role, Team};
use crate::store::{Import, StoreError};

/// Members that share a write.
const MEMBERS_MAX: usize = 64;

/// The file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CityFile {
    #[serde(default)]
    area: Vec<AreaEntry>,
    #[serde(default)]
    team: Vec<TeamEntry>,
    #[serde(default)]
    point: Vec<PointEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AreaEntry {
    code: AreaCode,
    name: String,
    kind: AreaKind,
    #[serde(default)]
    parent: Option<AreaCode>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TeamEntry {
    code: TeamCode,
    name: String,
    kind: String,
    areas: Vec<AreaCode>,
    services: Vec<String>,
    hours: Hours,
    #[serde(default)]
    quiet: Quiet,
    #[serde(default)]
    group: Vec<GroupEntry>,
    #[serde(default)]
    member: Vec<MemberEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupEntry {
    channel: String,
    chat: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MemberEntry {
    name: String,
    channel: String,
    id: String,
    role: Role,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PointEntry {
    name: String,
    kind: String,
    area: AreaCode,
    #[serde(default)]
    address: String,
    #[serde(default)]
    hours: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    latitude: Option<f64>,
    #[serde(default)]
    longitude: Option<f64>,
    #[serde(default)]
    services: Vec<ServiceCode>,
}

/// What an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// Areas in the file.
    pub areas: usize,
    /// Teams in the file.
    pub teams: usize,
    /// Members in the file.
    pub members: usize,
    /// Service points in the file.
    pub points: usize,
    /// Rows that were new or different.
    pub changed: u64,
}

/// What is wrong with a file, each with what to do about it.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct BadCity(pub Vec<String>);

impl CityFile {
    /// Reads a file's text; an error names line, key and what was expected.
    pub fn parse(text: &str) -> Result<Self, BadCity> {
        toml::from_str(text).map_err(|error| BadCity(vec![error.to_string()]))
    }

    /// Everything that the file refers to must be there, in the file or in the city already.
    pub fn check(&self, city: &Directory, services: &Services, channels: &Channels) -> Result<(), BadCity> {
        let mut wrong = Vec::new();
        let areas: HashSet<&AreaCode> =
            self.area.iter().map(|area| &area.code).chain(city.areas.keys()).collect();
        self.check_areas(&areas, &mut wrong);
        for team in &self.team {
            check_team(team, &areas, services, channels, &mut wrong);
        }
        for point in self.point.iter().filter(|point| !areas.contains(&point.area)) {
            wrong.push(format!(
                "point `{}`: there is no area `{}`; add an [[area]] with that code",
                point.name, point.area
            ));
        }
        if wrong.is_empty() { Ok(()) } else { Err(BadCity(wrong)) }
    }

    fn check_areas(&self, areas: &HashSet<&AreaCode>, wrong: &mut Vec<String>) {
        let mut seen = BTreeSet::new();
        for area in &self.area {
            if !seen.insert(&area.code) {
                wrong.push(format!("area `{}` stands twice in the file; codes must differ", area.code));
            }
            match &area.parent {
                None if area.kind != AreaKind::District => {
                    wrong.push(format!("area `{}`: only a district has no `parent`", area.code));
                }
                Some(parent) if !areas.contains(parent) => {
                    wrong.push(format!("area `{}`: there is no area `{parent}` to be its parent", area.code));
                }
                None | Some(_) => {}
            }
        }
    }

    /// Parents before children, so that the rows may refer to each other.
    fn areas(&self) -> Vec<Area> {
        let mut areas: Vec<Area> = self.area.iter().map(AreaEntry::area).collect();
        areas.sort_by(|a, b| b.kind.cmp(&a.kind).then_with(|| a.code.cmp(&b.code)));
        areas
    }

    fn rows(&self) -> Import {
        Import {
            areas: self.areas(),
            teams: self.team.iter().map(TeamEntry::team).collect(),
            points: self.point.iter().map(PointEntry::point).collect(),
        }
    }

    fn members(&self) -> Vec<(TeamCode, MemberEntry)> {
        let of = |team: &TeamEntry| -> Vec<_> {
            team.member.iter().map(|member| (team.code.clone(), member.clone())).collect()
        };
        self.team.iter().flat_map(of).collect()
    }
}

fn check_team(
    team: &TeamEntry,
    areas: &HashSet<&AreaCode>,
    services: &Services,
    channels: &Channels,
    wrong: &mut Vec<String>,
) {
    for area in team.areas.iter().filter(|area| !areas.contains(area)) {
        wrong
            .push(format!("team `{}`: there is no area `{area}`; add an [[area]] with that code", team.code));
    }
    for pattern in &team.services {
        let known = match Pattern::parse(pattern) {
            Pattern::All => true,
            Pattern::Category(category) => services.has_category(&category),
            Pattern::One(code) => services.get(&code).is_some(),
        };
        if !known {
            wrong.push(format!(
                "team `{}`: there is no service `{pattern}`; see `hotline check --services`",
                team.code
            ));
        }
    }
    let named =
        team.group.iter().map(|group| &group.channel).chain(team.member.iter().map(|member| &member.channel));
    for channel in named.filter(|channel| channels.get(channel).is_none()).collect::<BTreeSet<_>>() {
        wrong.push(format!(
            "team `{}`: the channel `{channel}` is not configured; add it to hotline.toml",
            team.code
        ));
    }
}

impl AreaEntry {
    fn area(&self) -> Area {
        Area {
            code: self.code.clone(),
            name: self.name.clone(),
            kind: self.kind,
            parent: self.parent.clone(),
        }
    }
}

impl TeamEntry {
    fn team(&self) -> Team {
        Team {
            code: self.code.clone(),
            name: self.name.clone(),
            kind: self.kind.clone(),
            areas: self.areas.clone(),
            services: self.services.iter().map(|pattern| Pattern::parse(pattern)).collect(),
            hours: self.hours.clone(),
            quiet: self.quiet,
            lost: Vec::new(),
            groups: self.group.iter().map(|group| Chat::new(&group.channel, &group.chat)).collect(),
        }
    }
}

impl PointEntry {
    fn point(&self) -> Point {
        let place = self.latitude.zip(self.longitude);
        Point {
            name: self.name.clone(),
            kind: self.kind.clone(),
            area: self.area.clone(),
            address: self.address.clone(),
            hours: self.hours.clone(),
            phone: self.phone.clone(),
            location: place.map(|(latitude, longitude)| Location { latitude, longitude }),
            services: self.services.clone(),
        }
    }
}

/// Writes the file's city into the store.
pub async fn import(hotline: &Arc<Hotline>, file: &CityFile) -> Result<Imported, StoreError> {
    let rows = file.rows();
    let members = file.members();
    let mut imported = Imported {
        areas: rows.areas.len(),
        teams: rows.teams.len(),
        members: members.len(),
        points: rows.points.len(),
        changed: 0,
    };
    imported.changed = hotline.store.write(move |tx| Box::pin(async move { tx.import(&rows).await })).await?;
    for chunk in members.chunks(MEMBERS_MAX) {
        imported.changed += import_members(hotline, chunk.to_vec()).await?;
    }
    let mut tx = hotline.store.read().await?;
    hotline.learn_city(&mut tx).await?;
    Ok(imported)
}

async fn import_members(
    hotline: &Arc<Hotline>,
    members: Vec<(TeamCode, MemberEntry)>,
) -> Result<u64, StoreError> {
    let hotline = Arc::clone(hotline);
    let store = hotline.store.clone();
    store
        .write(move |tx| {
            Box::pin(async move {
                let senders =
                    members.iter().map(|(_, member)| (member.channel.clone(), member.contact())).collect();
                let mut desk = Desk::load(&hotline, tx, Wanted { senders, ..Wanted::default() }).await?;
                let changed = members.iter().filter(|(team, member)| enlist(&mut desk, team, member)).count();
                desk.save(tx).await?;
                Ok(changed as u64)
            })
        })
        .await
}

/// Puts a member into a team; `false` if they were there already, the same.
fn enlist(desk: &mut Desk<'_>, team: &TeamCode, member: &MemberEntry) -> bool {
    let contact = member.contact();
    let message = Inbound {
        key: String::new(),
        chat: Chat::new(&member.channel, &contact),
        kind: ChatKind::Private,
        sender: contact,
        body: Body { name: Some(member.name.clone()), ..Body::default() },
    };
    let known = desk.sender(&message);
    let person = match known {
        Some(person) => person,
        None => desk.resident(&message, desk.hotline.language),
    };
    let renamed = desk.person(&person).is_some_and(|person| person.name.as_deref() != Some(&member.name));
    if renamed {
        if let Some(person) = desk.person_mut(&person) {
            person.name = Some(member.name.clone());
        }
    }
    let same = desk.role(&person, team) == Some(member.role);
    if !same {
        desk.join(Membership { person, team: team.clone(), role: member.role });
    }
    renamed || !same
}

impl MemberEntry {
    /// The sender's id on the channel. On our own pages a person is known by the digest of a token, so there
    /// the id in the file is the token that `hotline` gives out (in the demo) or that staff hand over.
    fn contact(&self) -> String {
        if self.channel == webchat::NAME { super::supervise::digest(&self.id) } else { self.id.clone() }
    }
}
