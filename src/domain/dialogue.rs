//! What the hotline last asked somebody, so that a bare "镇海" or "5" is understood as the answer.

use serde::{Deserialize, Serialize};

use super::id::{CaseNumber, ServiceCode};
use super::service::Detail;
use super::understood::Details;

/// The question that is open with a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum Asked {
    /// Something that a case still needs.
    Detail {
        /// Which case.
        case: CaseNumber,
        /// What.
        detail: Detail,
    },
    /// Which of these services is meant?
    Which {
        /// Which case.
        case: CaseNumber,
        /// In the order in which they were shown.
        services: Vec<ServiceCode>,
    },
    /// Is it solved?
    Solved {
        /// Which case.
        case: CaseNumber,
    },
    /// How satisfied, 1 to 5?
    Satisfied {
        /// Which case.
        case: CaseNumber,
    },
    /// A word?
    Comment {
        /// Which case.
        case: CaseNumber,
    },
    /// Was the answer enough, or is a case wanted?
    WantCase {
        /// What it would be.
        service: ServiceCode,
        /// The words.
        text: String,
        /// What was found in them.
        details: Details,
    },
    /// Why is it given back?
    ReleaseReason {
        /// Which case.
        case: CaseNumber,
    },
}

impl Asked {
    /// Whether the answer is whatever they write, and none of several choices.
    pub fn is_answered_freely(&self) -> bool {
        match self {
            Self::Detail { detail, .. } => *detail != Detail::Community,
            Self::Comment { .. } | Self::ReleaseReason { .. } => true,
            Self::Which { .. } | Self::Solved { .. } | Self::Satisfied { .. } | Self::WantCase { .. } => false,
        }
    }

    /// The case that the question is about.
    pub fn case(&self) -> Option<CaseNumber> {
        match self {
            Self::Detail { case, .. }
            | Self::Which { case, .. }
            | Self::Solved { case }
            | Self::Satisfied { case }
            | Self::Comment { case }
            | Self::ReleaseReason { case } => Some(*case),
            Self::WantCase { .. } => None,
        }
    }
}
