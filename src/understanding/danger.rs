//! Whether somebody is in danger now. This stage runs before everything else and prefers a false alarm to a
//! silence: the cues that people wrote down, a model of the emergencies and the classifier of services must be
//! calm together before a message is taken for harmless. What was, what is feared, taught, filmed or only said so is taken out.

mod cues;

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::classifier::{Classifier, Corpus, Reading, Target};
use crate::domain::id::ServiceCode;
use cues::{CUES, FIGURES, GOING_ON, NOT, NOW, OVER, PAST, SUPPOSED, TOLD};

// The bars are low enough that about one in a hundred harmless messages of `tests/data` is taken for danger; of those that
// sound like it two or three in a hundred.
/// A cue that nothing takes back is believed unless the models are quite sure that it is nothing.
const WITH_CUE: f32 = 0.08;
/// Who speaks of not wanting to live is believed all the more: models hear little in what is said so quietly, and a false
/// alarm costs less than a silence.
const WITH_CUE_OF_SELFHARM: f32 = 0.005;
/// Where those cues belong.
const SELFHARM: &str = "emergency.selfharm";
/// Without a cue the models must see the danger themselves.
const WITHOUT_CUE: f32 = 0.25;
/// Where the words are of the past, of fear, of lessons or figures, they must be nearly certain.
const TAKEN_BACK: f32 = 0.7;
/// Where the words say that it is over, they must be certain.
const SAID_TO_BE_OVER: f32 = 0.97;
/// Emergencies count this much more than other examples when the model learns: recall before precision.
const EMPHASIS: f32 = 5.0;

/// How much more likely an emergency is for its cue, when it is asked which one it is.
const CUED: f32 = 0.15;

/// Letters and characters without which there are no words.
const WORDED_CHARS_MIN: usize = 2;

/// The danger stage.
pub struct Danger {
    /// The emergencies; the label after the last is "none".
    kinds: Vec<ServiceCode>,
    /// The labels that the emergencies have for the classifier of services.
    labels: Vec<usize>,
    model: Classifier,
}

/// What the stage found.
#[derive(Clone, Debug, PartialEq)]
pub struct Alarm {
    /// Which emergency.
    pub service: ServiceCode,
    /// How likely it is one.
    pub confidence: f32,
}

impl Danger {
    /// Learns from the classifier's own corpus and targets; `codes` names its labels.
    pub fn train(corpus: &Corpus, targets: &[Target], codes: &[ServiceCode]) -> Self {
        let kinds: Vec<ServiceCode> = codes.iter().filter(|code| code.is_emergency()).cloned().collect();
        let relabel = |target: &Target| match kinds.iter().position(|kind| *kind == codes[target.label]) {
            Some(kind) => Target { label: kind, emphasis: target.emphasis * EMPHASIS, ..*target },
            None => Target { label: kinds.len(), ..*target },
        };
        let relabelled: Vec<Target> = targets.iter().map(relabel).collect();
        let labels = (0..codes.len()).filter(|label| codes[*label].is_emergency()).collect();
        Self { model: Classifier::train(corpus, &relabelled, kinds.len() + 1), kinds, labels }
    }

    /// Judges a normalised text that the classifier has read; `services` is how likely it found each of its labels.
    pub fn judge(&self, text: &str, reading: &Reading, services: &[f32]) -> Option<Alarm> {
        // A number alone, a phone's or a house's, tells of nothing.
        if text.chars().filter(|c| c.is_alphabetic()).count() < WORDED_CHARS_MIN {
            return None;
        }
        let likely = self.model.likely(reading);
        let (calm, kinds) = likely.split_last()?;
        let services: f32 = self.labels.iter().map(|&label| services[label]).sum();
        let danger = (1.0 - calm + services) / 2.0;
        // Below the lowest bar no cue changes anything: most messages are never searched for one.
        if danger < WITH_CUE_OF_SELFHARM {
            return None;
        }
        let cues = Cues::of(text);
        let bar = match (&cues.standing[..], cues.doubt) {
            (_, Doubt::Over) => SAID_TO_BE_OVER,
            (kinds, Doubt::None | Doubt::TakenBack) if kinds.contains(&SELFHARM) => WITH_CUE_OF_SELFHARM,
            ([_, ..], Doubt::None | Doubt::TakenBack) => WITH_CUE,
            ([], Doubt::None) => WITHOUT_CUE,
            ([], Doubt::TakenBack) => TAKEN_BACK,
        };
        if danger < bar {
            return None;
        }
        let weight = |kind: usize| {
            let cued = cues.standing.iter().any(|code| self.kinds[kind].as_str() == *code);
            kinds[kind] + if cued { CUED } else { 0.0 }
        };
        let kind = (0..kinds.len()).max_by(|a, b| weight(*a).total_cmp(&weight(*b)))?;
        Some(Alarm { service: self.kinds[kind].clone(), confidence: danger.max(WITHOUT_CUE) })
    }
}

/// The cues in a text.
#[derive(Debug, PartialEq, Eq)]
struct Cues {
    /// The emergencies whose cues stand unopposed.
    standing: Vec<&'static str>,
    doubt: Doubt,
}

/// What in a text speaks against danger, whatever its words sound like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doubt {
    None,
    /// Of the past, of fear, of lessons, or a figure of speech.
    TakenBack,
    /// It is over, or was a mistake.
    Over,
}

/// The lists of `cues`, compiled once.
struct Lists {
    kinds: Vec<(&'static str, Regex)>,
    past: Regex,
    over: Regex,
    told: Regex,
    supposed: Regex,
    figures: Regex,
    going_on: Regex,
    now: Regex,
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| Lists {
    kinds: CUES.iter().map(|(kind, cues)| (*kind, any_of(cues))).collect(),
    past: any_of(PAST),
    over: any_of(OVER),
    told: any_of(TOLD),
    supposed: any_of(SUPPOSED),
    figures: any_of(FIGURES),
    going_on: any_of(GOING_ON),
    now: any_of(NOW),
});

fn any_of(patterns: &[&str]) -> Regex {
    Regex::new(&patterns.join("|")).expect("the lists are part of the program and a test compiles them")
}

impl Cues {
    fn of(text: &str) -> Self {
        let lists = &*LISTS;
        let going_on = lists.going_on.is_match(text);
        let past = lists.past.is_match(text) && !going_on && !lists.now.is_match(text);
        let over = lists.over.is_match(text) && !going_on;
        let told = lists.told.is_match(text) && !going_on;
        let figures: Vec<Range<usize>> = lists.figures.find_iter(text).map(|found| found.range()).collect();
        let mut standing = Vec::new();
        let mut supposed = false;
        for (kind, cue) in &lists.kinds {
            for found in cue.find_iter(text) {
                let clause = clause_around(text, found.range());
                let doubtful = lists.supposed.is_match(clause);
                let figure = figures.iter().any(|figure| overlap(figure, &found.range()));
                supposed |= doubtful || figure;
                if !doubtful && !figure && !denied(text, found.start()) {
                    standing.push(*kind);
                    break;
                }
            }
        }
        let doubt = match past || told || supposed || !figures.is_empty() {
            _ if over => Doubt::Over,
            true => Doubt::TakenBack,
            false => Doubt::None,
        };
        if past || told {
            standing.clear();
        }
        Self { standing, doubt }
    }
}

fn overlap(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
}

/// The part of the sentence, between pauses, that a cue stands in.
fn clause_around(text: &str, cue: Range<usize>) -> &str {
    let marks = [',', '.', '!', '?'];
    let start = text[..cue.start].rfind(marks).map_or(0, |at| at + 1);
    let end = text[cue.end..].find(marks).map_or(text.len(), |at| cue.end + at);
    &text[start..end]
}

fn denied(text: &str, cue: usize) -> bool {
    NOT.iter().any(|not| text[..cue].ends_with(not))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::understanding::normalize::normalize;

    fn cues(text: &str) -> Cues {
        Cues::of(&normalize(text))
    }

    #[test]
    fn danger_is_heard_in_plain_and_in_roundabout_words() {
        for (text, kind) in [
            ("我爸突然倒地,叫不醒", "emergency.medical"),
            ("廚房瓦斯味好重", "emergency.fire"),
            ("有个男的一直跟着我", "emergency.crime"),
            ("活着没什么意思,药攒够了", "emergency.selfharm"),
            ("奶奶早上出去到现在没回来", "emergency.missing"),
            ("There is smoke coming from next door", "emergency.fire"),
            ("My student just collapsed in the classroom, of course I called her name", "emergency.medical"),
        ] {
            assert!(cues(text).standing.contains(&kind), "{text}: {:?}", cues(text));
        }
    }

    #[test]
    fn what_is_past_feared_taught_or_only_said_so_is_no_danger() {
        for text in [
            "去年我爸晕倒过一次,想开点药",
            "怕老人摔倒起不来,想装扶手",
            "消防讲座讲着火了怎么跑吗",
            "笑死我了",
            "昨晚的电影里有人拿着刀追人",
            "没有着火,是邻居在烧烤",
        ] {
            assert_eq!(cues(text).standing, Vec::<&str>::new(), "{text}");
        }
    }
}
