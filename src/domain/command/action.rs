//! What a tap on a button says.

use std::fmt;

use crate::domain::id::{AreaCode, CaseNumber, ServiceCode};
use crate::domain::survey::Satisfaction;

/// The longest text that a button may carry; Telegram's limit for `callback_data`.
pub const ACTION_BYTES_MAX: usize = 64;

/// The longest code of a service or an area that fits into an action beside any case number.
pub const CODE_BYTES_MAX: usize = 36;

/// A tap on a button. Its text is at most [`ACTION_BYTES_MAX`] bytes as long as codes are at most
/// [`CODE_BYTES_MAX`] bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// A member takes the case.
    Accept(CaseNumber),
    /// A member does not want the offer.
    Pass(CaseNumber),
    /// The member gives the case back.
    Release(CaseNumber),
    /// The member has done it.
    Done(CaseNumber),
    /// The member needs help with it.
    HelpWanted(CaseNumber),
    /// The member is still on it.
    Keep(CaseNumber),
    /// The resident says whether it is solved.
    Solved(CaseNumber, bool),
    /// The resident says how satisfied they are.
    Satisfied(CaseNumber, Satisfaction),
    /// The resident says which service it is.
    PickService(CaseNumber, ServiceCode),
    /// The resident says that it is none of the services offered.
    NoneOfThese(CaseNumber),
    /// The resident says where it is.
    PickArea(CaseNumber, AreaCode),
    /// The resident does not need it any more.
    Cancel(CaseNumber),
    /// The resident asks how far it is.
    Progress(CaseNumber),
    /// The resident wants a person.
    Human,
    /// The resident was answered, and wants a case all the same.
    OpenCase,
}

impl Action {
    /// Reads what [`Action`]'s `Display` writes; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > ACTION_BYTES_MAX {
            return None;
        }
        let mut parts = text.splitn(3, ':');
        let word = parts.next()?;
        match (word, parts.next(), parts.next()) {
            ("human", None, None) => Some(Self::Human),
            ("open", None, None) => Some(Self::OpenCase),
            (word, Some(case), None) => of_case(word, number(case)?),
            (word, Some(case), Some(value)) => with_value(word, number(case)?, value),
            (_, None, _) => None,
        }
    }

    /// The case that it is about.
    pub fn case(&self) -> Option<CaseNumber> {
        match self {
            Self::Accept(case)
            | Self::Pass(case)
            | Self::Release(case)
            | Self::Done(case)
            | Self::HelpWanted(case)
            | Self::Keep(case)
            | Self::Solved(case, _)
            | Self::Satisfied(case, _)
            | Self::PickService(case, _)
            | Self::NoneOfThese(case)
            | Self::PickArea(case, _)
            | Self::Cancel(case)
            | Self::Progress(case) => Some(*case),
            Self::Human | Self::OpenCase => None,
        }
    }
}

/// A number exactly as it is written.
fn number(text: &str) -> Option<CaseNumber> {
    CaseNumber::parse(text).filter(|case| case.to_string() == text)
}

fn of_case(word: &str, case: CaseNumber) -> Option<Action> {
    match word {
        "accept" => Some(Action::Accept(case)),
        "pass" => Some(Action::Pass(case)),
        "release" => Some(Action::Release(case)),
        "done" => Some(Action::Done(case)),
        "help" => Some(Action::HelpWanted(case)),
        "keep" => Some(Action::Keep(case)),
        "none" => Some(Action::NoneOfThese(case)),
        "cancel" => Some(Action::Cancel(case)),
        "progress" => Some(Action::Progress(case)),
        _ => None,
    }
}

fn with_value(word: &str, case: CaseNumber, value: &str) -> Option<Action> {
    let sound = (1..=CODE_BYTES_MAX).contains(&value.len());
    match (word, value) {
        ("solved", "yes") => Some(Action::Solved(case, true)),
        ("solved", "no") => Some(Action::Solved(case, false)),
        ("stars", "1" | "2" | "3" | "4" | "5") => {
            Satisfaction::new(value.as_bytes()[0] - b'0').map(|stars| Action::Satisfied(case, stars))
        }
        ("svc", code) if sound => Some(Action::PickService(case, code.into())),
        ("area", code) if sound => Some(Action::PickArea(case, code.into())),
        _ => None,
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accept(case) => write!(f, "accept:{case}"),
            Self::Pass(case) => write!(f, "pass:{case}"),
            Self::Release(case) => write!(f, "release:{case}"),
            Self::Done(case) => write!(f, "done:{case}"),
            Self::HelpWanted(case) => write!(f, "help:{case}"),
            Self::Solved(case, true) => write!(f, "solved:{case}:yes"),
            Self::Solved(case, false) => write!(f, "solved:{case}:no"),
            Self::Satisfied(case, stars) => write!(f, "stars:{case}:{}", stars.stars()),
            Self::PickService(case, code) => write!(f, "svc:{case}:{code}"),
            Self::NoneOfThese(case) => write!(f, "none:{case}"),
            Self::PickArea(case, code) => write!(f, "area:{case}:{code}"),
            Self::Cancel(case) => write!(f, "cancel:{case}"),
            Self::Progress(case) => write!(f, "progress:{case}"),
            Self::Keep(case) => write!(f, "keep:{case}"),
            Self::Human => f.write_str("human"),
            Self::OpenCase => f.write_str("open"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_action() -> impl Strategy<Value = Action> {
        let code = "[a-z][a-z0-9.:_-]{0,35}";
        (0..15_u8, 1..90_000_000_000_000_000_i64, code, 1..=5_u8, any::<bool>()).prop_map(
            |(kind, case, code, stars, solved)| {
                let case = CaseNumber(case);
                match kind {
                    0 => Action::Accept(case),
                    1 => Action::Pass(case),
                    2 => Action::Release(case),
                    3 => Action::Done(case),
                    4 => Action::HelpWanted(case),
                    5 => Action::Solved(case, solved),
                    6 => Action::Satisfied(case, Satisfaction::new(stars).expect("1 to 5")),
                    7 => Action::PickService(case, code.as_str().into()),
                    8 => Action::NoneOfThese(case),
                    9 => Action::PickArea(case, code.as_str().into()),
                    10 => Action::Cancel(case),
                    11 => Action::Progress(case),
                    12 => Action::Keep(case),
                    13 => Action::OpenCase,
                    _ => Action::Human,
                }
            },
        )
    }

    #[test]
    fn what_no_button_says_is_no_action() {
        for text in [
            "",
            "accept",
            "accept:",
            "accept:1",
            "accept:10019:x",
            "human:1",
            "stars:10019:6",
            "svc:10019:",
            "dance:10019",
        ] {
            assert_eq!(Action::parse(text), None, "{text}");
        }
        assert_eq!(Action::parse(&format!("svc:{}:{}", CaseNumber(1), "x".repeat(60))), None);
    }

    proptest! {
        #[test]
        fn every_action_fits_a_button_and_reads_back(action in any_action()) {
            let text = action.to_string();
            prop_assert!(text.len() <= ACTION_BYTES_MAX);
            prop_assert_eq!(Action::parse(&text), Some(action));
        }

        #[test]
        fn no_text_panics(text in "[a-z]{0,6}:?\\PC{0,20}:?\\PC{0,20}") {
            if let Some(action) = Action::parse(&text) {
                prop_assert_eq!(action.to_string(), text);
            }
        }
    }
}
