//! Where, when, for whom and how to call back: found by patterns in the folded text and cut out of the message
//! as it was written. Better silent than wrong: what is not found is asked for.

mod address;
mod clause;
mod names;
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
        area: place.as_ref().and_then(|place| place.area.clone()),
        community: place.map(|place| cut(place.range)),
        address: address.map(cut),
        phone: phone.map(cut),
        when_at: when.as_ref().and_then(|when| when.at),
        when: when.map(|when| cut(when.range)),
        person: person::find(&folded.text).map(cut),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::area::{Area, AreaKind};

    fn places() -> Places {
        let area = |name: &str, kind| Area { code: name.into(), name: name.into(), kind, parent: None };
        Places::new(&[
            area("思明区", AreaKind::District),
            area("莲前街道", AreaKind::Street),
            area("莲花北社区", AreaKind::Community),
            area("深田社区", AreaKind::Community),
        ])
    }

    /// A Wednesday, half past ten in the morning.
    fn now() -> ZonedDateTime {
        "2026-03-04T10:30:00+08:00[Asia/Shanghai]".parse().expect("a moment")
    }

    fn found(text: &str) -> Details {
        find(text, &places(), &now())
    }

    #[test]
    fn a_community_is_known_with_and_without_its_suffix_but_not_in_a_roads_name() {
        for (text, community) in [
            ("我住莲花北社区", Some("莲花北社区")),
            ("我住莲花北", Some("莲花北")),
            ("蓮花北社區的路燈", Some("蓮花北社區")),
            ("思明区莲前街道深田那边", Some("深田")),
            ("莲花北路堵车", None),
            ("深田路口的红绿灯", None),
            ("哪里有食堂", None),
        ] {
            assert_eq!(found(text).community.as_deref(), community, "{text}");
        }
    }

    #[test]
    fn phones_are_read_as_people_write_them() {
        for (text, phone) in [
            ("打13800005555", Some("13800005555")),
            ("138 0000 5555", Some("138 0000 5555")),
            ("138-0000-5555谢谢", Some("138-0000-5555")),
            ("+86 13800005555", Some("+86 13800005555")),
            ("138", None),
            ("一三八零零零零五五五五", Some("一三八零零零零五五五五")),
            ("家里0592-2200000", Some("0592-2200000")),
            ("电话2200000", Some("2200000")),
            ("0912-345-678", Some("0912-345-678")),
            ("身份证350203194901012345", None),
            ("订单号13800005555", None),
            ("一共13800元", None),
            ("单号10457", None),
        ] {
            assert_eq!(found(text).phone.as_deref(), phone, "{text}");
        }
    }

    #[test]
    fn addresses_begin_at_the_road_and_end_at_the_room() {
        for (text, address) in [
            ("住在湖滨南路88号3单元502室,灯坏了", Some("湖滨南路88号3单元502室")),
            ("莲花北社区12号楼301", Some("12号楼301")),
            ("石亭路6号之二201室", Some("石亭路6号之二201室")),
            ("8号楼下停满了车", Some("8号")),
            ("Room 502, Building 3, Lianhua Road please", Some("Room 502, Building 3, Lianhua Road")),
            ("坐8路公交到火车站", None),
            ("12月3号来", None),
            ("湖滨南路堵车", None),
        ] {
            assert_eq!(found(text).address.as_deref(), address, "{text}");
        }
    }

    #[test]
    fn a_wanted_time_is_cut_out_and_understood() {
        for (text, when, at) in [
            ("明天上午九点来", "明天上午九点", "2026-03-05T09:00"),
            ("明早七点要复查", "明早七点", "2026-03-05T07:00"),
            ("今晚8点前能来吗", "今晚8点前", "2026-03-04T20:00"),
            ("周三下午方便", "周三下午", "2026-03-04T15:00"),
            ("下周一上午十点半", "下周一上午十点半", "2026-03-09T10:30"),
            ("这周六想借场地", "这周六", "2026-03-07T09:00"),
            ("下午三点半来修", "下午三点半", "2026-03-04T15:30"),
            ("早上八点送来", "早上八点", "2026-03-05T08:00"),
            ("12月3日上午", "12月3日上午", "2026-12-03T09:00"),
            ("大后天搬家", "大后天", "2026-03-07T09:00"),
            ("两个小时内要到", "两个小时内", "2026-03-04T12:30"),
            ("come tomorrow at 3pm", "tomorrow at 3pm", "2026-03-05T15:00"),
            ("call after 6pm today", "after 6pm today", "2026-03-04T18:00"),
            ("from next Monday", "next Monday", "2026-03-09T09:00"),
        ] {
            let details = found(text);
            assert_eq!(details.when.as_deref(), Some(when), "{text}");
            let at: ZonedDateTime = format!("{at}+08:00[Asia/Shanghai]").parse().expect("a moment");
            assert_eq!(details.when_at, Some(at.timestamp()), "{text}");
        }
    }

    #[test]
    fn what_has_been_is_no_wanted_time() {
        for text in ["昨天下午三点就报了", "上周三来过", "去年冬天", "等了三天两夜", "一点也不好"]
        {
            assert_eq!(found(text).when, None, "{text}");
        }
    }

    #[test]
    fn the_person_is_who_it_is_for() {
        for (text, person) in [
            ("我妈一个人住", Some("我妈")),
            ("隔壁王阿姨摔了", Some("隔壁王阿姨")),
            ("my mother is 80", Some("my mother")),
            ("老人食堂在哪", None),
            ("路灯坏了", None),
        ] {
            assert_eq!(found(text).person.as_deref(), person, "{text}");
        }
    }
}
