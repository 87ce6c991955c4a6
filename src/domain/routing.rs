//! Service × area → team: the nearest rung that has a team, and on that rung the nearest and most exact one.

use std::collections::{BTreeMap, HashMap};

use super::area::{Area, AreaKind};
use super::id::{AreaCode, ServiceCode, TeamCode};
use super::message::{Chat, Location};
use super::team::{Rung, Team};

/// Areas inside areas are followed at most this far up; the four kinds make more than enough.
const DEPTH_MAX: usize = 8;

/// The city as the operator described it: its areas, teams and service points.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    /// By code.
    pub areas: HashMap<AreaCode, Area>,
    /// By code, so that ties are always broken the same way.
    pub teams: BTreeMap<TeamCode, Team>,
    /// Canteens, clinics, caring stations.
    pub points: Vec<Point>,
}

/// A service point: canteen, clinic, caring station…
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// As people know it.
    pub name: String,
    /// The operator's word for what it is.
    pub kind: String,
    /// Where it is.
    pub area: AreaCode,
    /// Street and number.
    pub address: String,
    /// Opening hours, as written.
    pub hours: String,
    /// Its telephone.
    pub phone: String,
    /// Where exactly, if known.
    pub location: Option<Location>,
    /// Which services' questions it answers.
    pub services: Vec<ServiceCode>,
}

impl Directory {
    /// The area and everything around it, smallest first.
    pub fn around<'a>(&'a self, area: &AreaCode) -> impl Iterator<Item = &'a Area> {
        let first = self.areas.get(area);
        let parent = |area: &&'a Area| self.areas.get(area.parent.as_ref()?);
        std::iter::successors(first, parent).take(DEPTH_MAX)
    }

    /// The best team for a service in an area on `from` or the nearest rung above it.
    pub fn route(&self, service: &ServiceCode, area: &AreaCode, from: Rung) -> Option<&Team> {
        let around: Vec<&AreaCode> = self.around(area).map(|area| &area.code).collect();
        Rung::ALL
            .into_iter()
            .filter(|rung| *rung >= from)
            .find_map(|rung| self.best_on(rung, service, &around))
    }

    /// The nearest team on one rung; of equally near ones the most exact; of those the first by code.
    fn best_on(&self, rung: Rung, service: &ServiceCode, around: &[&AreaCode]) -> Option<&Team> {
        let rank = |team: &Team| {
            let distance = around.iter().position(|area| team.areas.contains(area))?;
            Some((distance, team.looseness(service)?))
        };
        let ranked = self
            .teams
            .values()
            .filter(|team| team.rung() == rung)
            .filter_map(|team| Some((rank(team)?, team)));
        ranked.min_by_key(|(rank, _)| *rank).map(|(_, team)| team)
    }

    /// Every team that serves a service in an area, the lowest rung first, then by code; wherever it is while that is not known.
    pub fn serving(&self, service: &ServiceCode, area: Option<&AreaCode>) -> Vec<&Team> {
        let around: Option<Vec<&AreaCode>> =
            area.map(|area| self.around(area).map(|area| &area.code).collect());
        let near = |team: &Team| {
            around.as_ref().is_none_or(|codes| codes.iter().any(|code| team.areas.contains(code)))
        };
        let mut teams: Vec<&Team> =
            self.teams.values().filter(|team| team.looseness(service).is_some() && near(team)).collect();
        teams.sort_by_key(|team| team.rung());
        teams
    }

    /// The team that a group chat is bound to, also where we have lost it.
    pub fn team_of_group(&self, chat: &Chat) -> Option<&Team> {
        let lost = |team: &Team| team.lost.iter().any(|(lost, _)| lost == chat);
        self.teams.values().find(|team| team.groups.contains(chat) || lost(team))
    }

    /// Whether a group chat is one that we could not write to any more.
    pub fn is_lost(&self, chat: &Chat) -> bool {
        self.teams.values().any(|team| team.lost.iter().any(|(lost, _)| lost == chat))
    }

    /// The points that answer a service's questions, nearest area first, at most `most`.
    pub fn points_for(&self, service: &ServiceCode, area: Option<&AreaCode>, most: usize) -> Vec<&Point> {
        let around: Vec<&AreaCode> =
            area.map(|area| self.around(area).map(|a| &a.code).collect()).unwrap_or_default();
        let distance = |point: &Point| self.shared(&around, &point.area);
        let mut points: Vec<&Point> =
            self.points.iter().filter(|point| point.services.contains(service)).collect();
        points.sort_by_key(|point| distance(point));
        points.truncate(most);
        points
    }

    /// How many steps up until the surroundings of both places meet.
    fn shared(&self, around: &[&AreaCode], place: &AreaCode) -> usize {
        let meets = |code: &&&AreaCode| self.around(place).any(|area| &area.code == **code);
        around.iter().position(|code| meets(&code)).unwrap_or(usize::MAX)
    }

    /// The community around a place (or the place itself where there is none).
    pub fn community<'a>(&'a self, area: &'a AreaCode) -> Option<&'a Area> {
        self.around(area).find(|area| area.kind == AreaKind::Community).or_else(|| self.areas.get(area))
    }

    /// All communities, by name.
    pub fn communities(&self) -> Vec<&Area> {
        let mut all: Vec<&Area> =
            self.areas.values().filter(|area| area.kind == AreaKind::Community).collect();
        all.sort_by(|a, b| a.code.cmp(&b.code));
        all
    }

    /// The community whose service points lie nearest to a location, within [`NEAR_METRES`].
    pub fn community_near(&self, location: Location) -> Option<&Area> {
        let points = self.points.iter().filter_map(|point| Some((metres(location, point.location?), point)));
        let (distance, point) = points.min_by(|a, b| a.0.total_cmp(&b.0))?;
        if distance > NEAR_METRES {
            return None;
        }
        self.community(&point.area)
    }
}

/// A shared location farther than this from every known point says nothing about its community.
pub const NEAR_METRES: f64 = 1500.0;

/// Distance on the ground, in metres; the earth is flat within a city.
fn metres(a: Location, b: Location) -> f64 {
    const METRES_PER_DEGREE: f64 = 111_320.0;
    let north = (a.latitude - b.latitude) * METRES_PER_DEGREE;
    let east = (a.longitude - b.longitude) * METRES_PER_DEGREE * a.latitude.to_radians().cos();
    north.hypot(east)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::team::Pattern;

    fn area(code: &str, kind: AreaKind, parent: Option<&str>) -> (AreaCode, Area) {
        let area = Area { code: code.into(), name: code.into(), kind, parent: parent.map(Into::into) };
        (code.into(), area)
    }

    fn team(code: &str, kind: &str, areas: &[&str], services: &[&str]) -> (TeamCode, Team) {
        let team = Team {
            code: code.into(),
            name: code.into(),
            kind: kind.into(),
            areas: areas.iter().map(|code| (*code).into()).collect(),
            services: services.iter().map(|text| Pattern::parse(text)).collect(),
            hours: "always".parse().expect("known hours"),
            quiet: crate::domain::deadline::Quiet::default(),
            groups: Vec::new(),
            lost: Vec::new(),
        };
        (code.into(), team)
    }

    fn city() -> Directory {
        use AreaKind::{Community, District, Grid, Street};
        Directory {
            areas: HashMap::from([
                area("siming", District, None),
                area("kaiyuan", Street, Some("siming")),
                area("lotus", Community, Some("kaiyuan")),
                area("lotus-1", Grid, Some("lotus")),
            ]),
            teams: BTreeMap::from([
                team("a-all", "volunteer", &["lotus"], &["*"]),
                team("b-repair", "volunteer", &["lotus"], &["care.repair"]),
                team("c-elder", "social_work", &["kaiyuan"], &["elder.*"]),
                team("d-duty", "street", &["kaiyuan"], &["*"]),
            ]),
            points: Vec::new(),
        }
    }

    #[test]
    fn the_nearest_and_then_the_most_exact_team_serves() {
        let city = city();
        let to = |service: &str, area: &str, from| {
            city.route(&service.into(), &area.into(), from).map(|team| team.code.to_string())
        };
        assert_eq!(to("care.repair", "lotus-1", Rung::Team).as_deref(), Some("b-repair"));
        assert_eq!(to("elder.meal", "lotus", Rung::Team).as_deref(), Some("a-all"));
        assert_eq!(to("elder.meal", "kaiyuan", Rung::Team).as_deref(), Some("c-elder"));
        assert_eq!(
            to("elder.meal", "lotus", Rung::Community).as_deref(),
            Some("d-duty"),
            "no community duty team"
        );
        assert_eq!(to("elder.meal", "lotus", Rung::District), None);
        assert_eq!(to("elder.meal", "nowhere", Rung::Team), None);
    }

    #[test]
    fn whoever_serves_here_can_be_given_a_case() {
        let city = city();
        let serving = |area: Option<&str>| {
            let area = area.map(AreaCode::from);
            city.serving(&"elder.meal".into(), area.as_ref())
                .iter()
                .map(|team| team.code.to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(serving(Some("lotus")), ["a-all", "c-elder", "d-duty"]);
        assert_eq!(serving(Some("kaiyuan")), ["c-elder", "d-duty"]);
        assert_eq!(serving(None), ["a-all", "c-elder", "d-duty"], "the place is not known yet");
    }
}
