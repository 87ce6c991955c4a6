//! Room 502, Building 3, Lianhua Road; No. 18 Siming South Road; 6F, 21 Minzu Road.

use std::sync::LazyLock;

use regex::Regex;

use super::Found;

/// Parts of an address in any order, with commas between them.
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    let word = "(?:room|rm|unit|building|bldg|block|blk|flat|apartment|apt|floor|house|door|suite|tower|\
                dorm|dormitory|wing|villa|shop|lane)";
    let inside = format!(
        r"{word}\.? ?(?:no\.? ?|number )?#?[0-9]+[a-z]?(?:-[0-9a-z]+)?|\
          (?:building|bldg|block|blk|tower|unit|flat|apt|wing) (?:[b-hj-z](?-u:\b)|a,)|\
          [0-9]{{1,2}}(?:st|nd|rd|th) floor|[0-9]{{1,2}}/?f|#[0-9]+(?:-[0-9]+)?"
    )
    .replace("\\\n          ", "");
    let road = r"(?:[a-z][a-z']* ){1,3}(?:road|rd|street|st|lane|avenue|ave|alley|lu|jie|li|gardens?|mansions?)(?-u:\b)";
    let numbered = format!(r"(?:no\.? ?)?[0-9]{{1,5}}[a-z]?,? {road}");
    let bare = format!(r"{road}(?:,? (?:no\.? ?)?[0-9]{{1,5}}(?-u:\b))?");
    let number = r"no\. ?[0-9]{1,5}";
    let part = format!("(?:{inside}|{numbered}|{number})");
    let room = "[0-9]{3,4}[a-z]?";
    let more =
        format!("(?:,? (?:on |of |at |in )?(?:{inside}|{numbered}|{bare}|{number})|, {room}(?-u:\\b))*");
    Regex::new(&format!(r"(?-u:\b)(?:{room}, {part}|{part}|#[0-9]+|{bare}){more}(?-u:\b)"))
        .expect("a constant pattern")
});

/// Words that no road is called by: what leads to its name, or has nothing to do with one.
const NO_ROADS: &[&str] = &[
    "a", "an", "am", "and", "are", "at", "by", "for", "from", "get", "go", "have", "home", "in", "is", "it",
    "live", "lives", "living", "my", "near", "of", "on", "our", "please", "s", "stay", "that", "the", "this",
    "times", "to", "we", "with", "address", "days", "people", "across", "along", "down", "off", "outside",
    "i", "reach", "come",
];

pub(super) fn find(text: &str) -> impl Iterator<Item = Found> {
    ADDRESS.find_iter(text).filter_map(|found| {
        let start = found.start() + leading(found.as_str());
        let address = &text[start..found.end()];
        let numbers =
            address.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty()).count();
        let road = address.contains(' ');
        (road && numbers > 0).then_some(Found { range: start..found.end(), worth: 2 + numbers })
    })
}

/// The length of what only leads to the address: everything up to the last word that no road is called by.
fn leading(address: &str) -> usize {
    let mut cut = 0;
    let mut at = 0;
    for word in address.split(' ') {
        at += word.len() + 1;
        if word.ends_with([',', '.']) || word.contains(|c: char| c.is_ascii_digit()) {
            break;
        }
        if NO_ROADS.contains(&word) {
            cut = at;
        }
    }
    cut.min(address.len())
}
