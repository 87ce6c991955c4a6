//! Where things happen: district ⊃ street ⊃ community ⊃ grid.

use serde::{Deserialize, Serialize};

use super::id::AreaCode;

/// What an area is, smallest first, so that kinds compare by size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AreaKind {
    /// 网格, 小区
    Grid,
    /// 社区, 村
    Community,
    /// 街道, 镇
    Street,
    /// 区
    District,
}

/// One area of the city.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Area {
    /// The operator's code.
    pub code: AreaCode,
    /// As people write it: 莲花北社区.
    pub name: String,
    /// How large it is.
    pub kind: AreaKind,
    /// The area around it; `None` for a district.
    pub parent: Option<AreaCode>,
}
