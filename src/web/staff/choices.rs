//! What can be chosen in forms: services by category, areas by street, teams and their members.

use std::collections::HashMap;

use super::super::Web;
use super::desk::Desk;
use crate::domain::area::{Area, AreaKind};
use crate::domain::case::Case;
use crate::domain::id::PersonId;
use crate::domain::team::Team;
use crate::store::{StoreError, Tx};

/// Options under one heading.
pub(super) struct Group {
    pub(super) title: String,
    pub(super) options: Vec<Choice>,
}

/// One option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) chosen: bool,
}

/// Every service that a case can be for, by category; `meta.*` is the dialogue's alone.
pub(super) fn services(web: &Web, d: &Desk<'_>, chosen: &str) -> Vec<Group> {
    let understander = web.hotline.understander();
    let catalog = understander.catalog();
    let of = |category: &str| {
        let services = catalog.services.iter().filter(|service| service.code.category() == category);
        let choice = |code: String, label: &str| Choice {
            chosen: code == chosen,
            value: code,
            label: label.to_owned(),
        };
        services
            .map(|service| choice(service.code.to_string(), service.title.in_language(d.t.language)))
            .collect()
    };
    let categories = catalog.categories.iter().filter(|category| category.code != "meta");
    let group = |title: &str, options| Group { title: title.to_owned(), options };
    categories.map(|category| group(category.title.in_language(d.t.language), of(&category.code))).collect()
}

/// Every area below a street, by street; a community stands before its grids.
pub(super) fn areas(d: &Desk<'_>, chosen: &str) -> Vec<Group> {
    let mut streets: Vec<&Area> =
        d.city.areas.values().filter(|area| area.kind == AreaKind::Street).collect();
    streets.sort_by(|a, b| a.code.cmp(&b.code));
    let group = |street: &&Area| Group { title: street.name.clone(), options: inside(d, street, chosen, "") };
    streets.iter().map(group).filter(|group| !group.options.is_empty()).collect()
}

fn inside(d: &Desk<'_>, around: &Area, chosen: &str, indent: &str) -> Vec<Choice> {
    let mut areas: Vec<&Area> =
        d.city.areas.values().filter(|area| area.parent.as_ref() == Some(&around.code)).collect();
    areas.sort_by(|a, b| a.code.cmp(&b.code));
    // Only smaller areas are followed, so that areas that name each other as parents end, too.
    let smaller = areas.into_iter().filter(|area| area.kind < around.kind);
    let choices = smaller.flat_map(|area| {
        let value = area.code.to_string();
        let own = Choice { chosen: value == chosen, value, label: format!("{indent}{}", area.name) };
        [vec![own], inside(d, area, chosen, &format!("{indent}\u{3000}"))].concat()
    });
    choices.collect()
}

/// Every team: those that serve the case where it is before all others.
pub(super) fn teams_for(d: &Desk<'_>, case: &Case) -> Vec<Group> {
    let serving = d.city.serving(&case.service, case.area.as_ref());
    let others = d.city.teams.values().filter(|team| !serving.iter().any(|one| one.code == team.code));
    let group = |id, teams: Vec<&Team>| Group {
        title: d.say(id),
        options: teams
            .into_iter()
            .filter(|team| case.team() != Some(&team.code))
            .map(|team| of_team(d, team))
            .collect(),
    };
    let groups = [group("staff-teams-here", serving.clone()), group("staff-teams-other", others.collect())];
    groups.into_iter().filter(|group| !group.options.is_empty()).collect()
}

/// Every team.
pub(super) fn teams(d: &Desk<'_>) -> Vec<Choice> {
    d.city.teams.values().map(|team| of_team(d, team)).collect()
}

fn of_team(d: &Desk<'_>, team: &Team) -> Choice {
    Choice {
        value: team.code.to_string(),
        label: format!("{} · {}", team.name, d.rung(team.rung())),
        chosen: false,
    }
}

/// The members of the teams that serve a case where it is, with how much each has in hand.
pub(super) async fn members_for(d: &Desk<'_>, tx: &mut Tx, case: &Case) -> Result<Vec<Group>, StoreError> {
    let mut teams = Vec::new();
    for team in d.city.serving(&case.service, case.area.as_ref()) {
        teams.push((team, tx.members_of(&team.code).await?));
    }
    let people: Vec<PersonId> =
        teams.iter().flat_map(|(_, members)| members.iter().map(|(person, _)| person.id.clone())).collect();
    let mut held: HashMap<PersonId, i64> = HashMap::new();
    for holder in tx.cases_held_by(&people).await?.iter().filter_map(Case::member) {
        *held.entry(holder.clone()).or_default() += 1;
    }
    let groups = teams.into_iter().map(|(team, members)| {
        let choice = |person: crate::store::Person| {
            let name = person.name.clone().unwrap_or_else(|| d.say("somebody"));
            let count = held.get(&person.id).copied().unwrap_or_default();
            let label = d.t.fill("staff-member-holds", &[("name", name.into()), ("n", count.into())]);
            Choice { value: format!("{}|{}", team.code, person.id), label, chosen: false }
        };
        let holds = |person: &crate::store::Person| case.member() == Some(&person.id);
        let options = members
            .into_iter()
            .filter(|(person, _)| !holds(person))
            .map(|(person, _)| choice(person))
            .collect();
        Group { title: team.name.clone(), options }
    });
    Ok(groups.filter(|group: &Group| !group.options.is_empty()).collect())
}
