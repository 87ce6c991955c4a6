//! Where, when, for whom and how to call back: found by patterns in the folded text and cut out of the message
//! as it was written. Better silent than wrong: what is not found is asked for.

mod address;
mod person;
mod phone;
mod places;
mod when;

use jiff::ZonedDateTime;

pub use places::Places;

use super::normalize::Folded;
use crate::domain::understood::Details;

/// Finds the details of a message, seen from the moment it was written.
pub fn find(text: &str, places: &Places, now: &ZonedDateTime) -> Details {
    let folded = Folded::new(text);
    let cut = |range: std::ops::Range<usize>| text[folded.original(range)].to_owned();
    let place = places.find(&folded.text);
    let phone = phone::find(&folded.text);
    let skip = place.as_ref().map_or(0..0, |place| place.range.clone());
    let address = address::find(&folded.text, &skip);
    let when = when::find(&folded.text, now);
    Details {
        area: place.as_ref().map(|place| place.area.clone()),
        community: place.map(|place| cut(place.range)),
        address: address.map(cut),
        phone: phone.map(cut),
        when_at: when.as_ref().and_then(|when| when.at),
        when: when.map(|when| cut(when.range)),
        person: person::find(&folded.text).map(cut),
    }
}
