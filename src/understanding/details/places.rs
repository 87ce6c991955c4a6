//! The gazetteer: the city's areas by their names, with or without 社区, 街道, 村.

use std::ops::Range;
use std::sync::Arc;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::domain::area::{Area, AreaKind};
use crate::domain::id::AreaCode;
use crate::understanding::normalize::fold;

/// What people leave off.
const SUFFIXES: &[&str] = &["社区居委会", "居委会", "社区", "街道", "小区", "村", "镇", "区"];
/// Names shorter than this, in characters, are only known with their suffix.
const BARE_CHARS_MIN: usize = 2;
/// What follows a name that is part of a road's name and not the area's.
const ROAD: &[&str] =
    &["路", "街", "巷", "大道", "里", "东路", "西路", "南路", "北路", "中路", "一路", "二路", "花园", "大厦"];

/// The areas' names and the automaton that finds them.
#[derive(Clone, Default)]
pub struct Places {
    names: Option<Arc<AhoCorasick>>,
    areas: Arc<Vec<Named>>,
}

/// A name under which an area is known.
struct Named {
    code: AreaCode,
    kind: AreaKind,
    bare: bool,
}

/// An area that was named.
pub(super) struct Place {
    pub(super) area: AreaCode,
    pub(super) range: Range<usize>,
}

impl Places {
    /// Learns the names of the areas.
    pub fn new(areas: &[Area]) -> Self {
        let (mut names, mut named) = (Vec::new(), Vec::new());
        for area in areas {
            let full: String = area.name.chars().map(fold).collect();
            let bare = SUFFIXES.iter().find_map(|suffix| full.strip_suffix(suffix)).map(str::to_owned);
            let known = bare.filter(|bare| bare.chars().count() >= BARE_CHARS_MIN);
            for (name, bare) in std::iter::once((full, false)).chain(known.map(|bare| (bare, true))) {
                names.push(name);
                named.push(Named { code: area.code.clone(), kind: area.kind, bare });
            }
        }
        let automaton = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&names).ok();
        Self { names: automaton.map(Arc::new), areas: Arc::new(named) }
    }

    /// The area that a folded text names: the smallest that is no mere grid, the first of equals.
    pub(super) fn find(&self, text: &str) -> Option<Place> {
        let hits = self.names.as_ref()?.find_iter(text).filter(|hit| {
            let named = &self.areas[hit.pattern()];
            !named.bare || !continues_as_road(&text[hit.end()..])
        });
        let best = hits.min_by_key(|hit| rank(self.areas[hit.pattern()].kind))?;
        Some(Place { area: self.areas[best.pattern()].code.clone(), range: best.range() })
    }
}

/// A community finds a team soonest; a grid is inside one, the others around it.
fn rank(kind: AreaKind) -> u8 {
    match kind {
        AreaKind::Community => 0,
        AreaKind::Grid => 1,
        AreaKind::Street => 2,
        AreaKind::District => 3,
    }
}

fn continues_as_road(after: &str) -> bool {
    ROAD.iter().any(|road| after.starts_with(road))
}
