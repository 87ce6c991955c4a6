//! tomorrow at 3pm, after 5pm today, Mon-Wed between 10 and noon, anytime after lunch on Thursday.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::Written;

static ENGLISH: LazyLock<Regex> = LazyLock::new(|| {
    let short = "(?:mon|tue|wed|thu|fri|sat|sun)";
    let weekday = format!(
        "(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|{short} ?- ?{short}|{short}(?: (?:morning|afternoon|evening|night)))"
    );
    let month = "(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)";
    let date = format!("{month} [0-9]{{1,2}}(?:st|nd|rd|th)?|[0-9]{{1,2}}(?:st|nd|rd|th)?(?: of)? {month}");
    let day = format!(
        "the (?:morning|afternoon|evening|night) of (?:the [0-9]{{1,2}}(?:st|nd|rd|th)|{date}|{weekday})|the day after tomorrow|today|tonight|tomorrow|(?:(?:next|this|this coming|every|coming) )?{weekday}|(?:this|next) (?:week|weekend|month)|\
         (?:any|every|this) (?:weekday|morning|afternoon|evening|day|night)|(?:weekday|weekend|{weekday}) (?:mornings?|afternoons?|evenings?|nights?)|(?:early|late) next week|the end of the (?:week|month)|the [0-9]{{1,2}}(?:st|nd|rd|th)|weekends?|weekdays|{date}|christmas|new year"
    );
    let clock =
        r"(?:[0-9]{1,2}(?::[0-9]{2})? ?(?:am|pm|a\.m\.|p\.m\.|o'clock)|noon|midnight|[0-9]{1,2}:[0-9]{2})";
    let hour = format!(
        "(?:{clock}|half past [a-z]+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|[0-9]{{1,2}})"
    );
    let part = "(?:in the )?(?:morning|afternoon|evening|night)|mornings|afternoons|evenings";
    let bound = "(?:(?:any ?time )?(?:after|before|by|until|around|about) )";
    let at = "(?:after|before|by|at|around|from|between) ";
    let to = format!("(?: ?(?:to|-|and|until) ?{hour})?");
    let meal = "(?:breakfast|lunch|dinner|work|school)";
    let to_day = format!("(?: ?(?:to|-|or|and) ?{weekday})?");
    Regex::new(&format!(
        r"(?-u:\b)(?:(?:{bound}?(?P<clock2>{clock})|(?:around|about) (?P<clock5>{hour})|{bound}{meal}){to},? (?:on )?(?P<day2>{day})(?: (?P<part2>{part}))?|\
          {bound}?(?:all )?(?P<day>{day}){to_day}(?: (?P<part>{part}))?(?:,? (?:{at})(?P<clock>{hour}){to}(?: (?P<part3>{part}))?|,? (?:[0-9]{{1,2}} ?- ?)?{clock}{to}| this week)?|\
          {bound}?(?P<clock3>{clock}){to}|(?P<clock4>between {hour} and {hour}|half past [a-z]+)|{bound}(?:{meal})|(?P<part4>mornings|afternoons|evenings)|(?P<soon>right now|right away|immediately)|\
          (?:in|within) (?P<count>half an?|an?|one|two|three|four|five|six|[0-9]{{1,2}}) (?P<unit>hour|minute|day|week)s?)(?-u:\b)"
    ).replace("\\\n          ", ""))
    .expect("a constant pattern")
});

pub(super) fn times(text: &str) -> impl Iterator<Item = Written<'_>> {
    ENGLISH.captures_iter(text).filter_map(|found| written(&found))
}

fn written<'t>(found: &Captures<'t>) -> Option<Written<'t>> {
    let group =
        |names: &[&str]| names.iter().find_map(|name| found.name(name)).map_or("", |part| part.as_str());
    let all = found.get(0)?;
    Some(Written {
        range: all.range(),
        day: group(&["day", "day2"]),
        part: group(&["part", "part2", "part3", "part4"]),
        clock: group(&["clock", "clock2", "clock3", "clock4", "clock5"]),
        count: group(&["count"]),
        unit: group(&["unit"]),
        soon: !group(&["soon"]).is_empty(),
        bounded: all.as_str().starts_with(['b', 'a', 'u']) && !all.as_str().starts_with("any "),
    })
}
