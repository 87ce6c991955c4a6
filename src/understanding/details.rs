//! Where, when, for whom and how to call back: found in the folded text and cut out of the message as it was written.
//! What a message names is learned token by token (`named`); telephone numbers are read by rule (`phone`). Better silent than wrong: what is not found is asked for.

mod chain;
mod clause;
mod named;
mod people;
mod phone;
mod places;
mod tokens;
mod when;
mod words;

use std::ops::Range;

use jiff::ZonedDateTime;

pub use places::Places;

use named::{Named, Names, trimmed};

use super::normalize::Folded;
use crate::domain::understood::Details;

/// A message in which people marked the details.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marked {
    /// As it was written.
    pub text: String,
    /// What was marked; `area` and `when_at` are not.
    pub details: Details,
}

/// What details are learned from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Markings {
    /// Names of areas that the city knew where the messages were written.
    pub places: Vec<String>,
    /// The messages.
    pub messages: Vec<Marked>,
}

/// Finds details, and has learned what they look like and which of several are meant.
pub struct Finder(Names);

impl Finder {
    /// Learns from marked messages.
    pub fn train(markings: &Markings) -> Self {
        let marked = &markings.messages;
        let folded: Vec<Folded> = marked.iter().map(|message| Folded::new(&message.text)).collect();
        let places = Places::named(&markings.places);
        Self(Names::train(marked.iter().zip(&folded), &places))
    }

    /// Finds the details of a message, seen from the moment it was written.
    pub fn find(&self, text: &str, places: &Places, now: &ZonedDateTime) -> Details {
        let folded = Folded::new(text);
        let cut = |range: Range<usize>| text[folded.original(range)].to_owned();
        let capital = |at: usize| is_capital(text, &folded, at);
        let Named { community, address, person, when } = self.0.find(&folded.text, places, &capital);
        let community = community.map(|named| places.within(&folded.text, named));
        let community = community.or_else(|| places.in_full(&folded.text));
        let phone = phone::find(&folded.text);
        let address = address.and_then(|address| before(&folded.text, address, &phone));
        Details {
            area: community.clone().and_then(|range| places.area(&folded.text[range])),
            community: community.map(cut),
            address: address.map(cut),
            phone: phone.map(cut),
            when_at: when.clone().and_then(|when| when::instant(&folded.text[when], now)),
            when: when.map(cut),
            person: person.map(cut),
        }
    }
}

/// An address without the telephone number that it runs into: 镇海路12号之3,0933 111 222.
fn before(text: &str, address: Range<usize>, phone: &Option<Range<usize>>) -> Option<Range<usize>> {
    match phone {
        Some(phone) if address.contains(&phone.start) => trimmed(text, address.start..phone.start),
        Some(_) | None => Some(address),
    }
}

/// Whether the message has a capital letter where the folded text has a small one.
fn is_capital(text: &str, folded: &Folded, at: usize) -> bool {
    folded.text.as_bytes()[at].is_ascii_alphabetic()
        && text[folded.original(at..at + 1)].starts_with(|c: char| c.is_uppercase())
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::LazyLock;

    use super::*;
    use crate::domain::area::{Area, AreaKind};
    use crate::understanding::catalog::Catalog;

    fn places() -> Places {
        let area = |name: &str, kind| Area { code: name.into(), name: name.into(), kind, parent: None };
        Places::new(&[
            area("思明区", AreaKind::District),
            area("莲前街道", AreaKind::Street),
            area("莲花北社区", AreaKind::Community),
            area("深田社区", AreaKind::Community),
            area("滨北社区", AreaKind::Community),
            area("镇海社区", AreaKind::Community),
        ])
    }

    /// A Wednesday, half past ten in the morning.
    fn now() -> ZonedDateTime {
        "2026-03-04T10:30:00+08:00[Asia/Shanghai]".parse().expect("a moment")
    }

    /// What the catalogue's marked messages teach.
    static FINDER: LazyLock<Finder> = LazyLock::new(|| {
        let catalog = Catalog::from_folder(Path::new("intents")).expect("the catalogue");
        Finder::train(&catalog.marked)
    });

    fn found(text: &str) -> Details {
        FINDER.find(text, &places(), &now())
    }

    /// What is learned is not always right: of the sentences of a test nine in ten must be.
    #[derive(Default)]
    struct Judged {
        all: usize,
        wrong: Vec<String>,
    }

    impl Judged {
        fn count(&mut self, text: &str, found: Option<&str>, right: Option<&str>) {
            self.all += 1;
            if found != right {
                self.wrong.push(format!("{text}: {found:?} instead of {right:?}"));
            }
        }

        fn check(&self) {
            assert!(self.wrong.len() * 10 <= self.all, "of {}: {:#?}", self.all, self.wrong);
        }
    }

    #[test]
    fn a_community_is_known_with_and_without_its_suffix_but_not_in_a_roads_name() {
        let mut judged = Judged::default();
        for (text, community) in [
            ("我住莲花北社区", Some("莲花北社区")),
            ("我住莲花北", Some("莲花北")),
            ("蓮花北社區的路燈", Some("蓮花北社區")),
            ("思明区莲前街道深田那边", Some("深田")),
            ("深田的路灯坏了", Some("深田")),
            ("思明区新店社区大学路115号", Some("新店社区")),
            ("帮忙问下我们社区", None),
            ("深田埭路40号", None),
            ("有抗原试剂社区发吗", None),
            ("We live in Binbei.", Some("Binbei")),
            ("the Zhenhai community canteen", Some("Zhenhai")),
            ("my lesson in Chinese", None),
            ("莲花北医院门口", None),
            ("莲花北路堵车", None),
            ("深田路口的红绿灯", None),
            ("哪里有食堂", None),
        ] {
            judged.count(text, found(text).community.as_deref(), community);
        }
        judged.check();
    }

    #[test]
    fn the_area_goes_along_where_it_is_known() {
        assert_eq!(found("我住莲花北").area, Some("莲花北社区".into()));
        assert_eq!(found("思明区的").area, Some("思明区".into()));
        assert_eq!(found("We live in Binbei.").area, Some("滨北社区".into()));
        assert_eq!(found("我在江头东社区").area, None);
    }

    #[test]
    fn of_several_numbers_the_residents_own_is_called() {
        for (text, phone) in [
            ("房东电话13900001111,我的是13800005555", Some("13800005555")),
            ("不信打0592-5550123问隔壁店,我本人138 0000 5555", Some("138 0000 5555")),
            ("小票上电话0592-5550123是店里的", None),
            ("有人用13800005555冒充社区骗钱", None),
            ("5、13800005555", Some("13800005555")),
            ("物业电话13900001111打不通", None),
        ] {
            assert_eq!(found(text).phone.as_deref(), phone, "{text}");
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
            ("幺三八,零零零零,五五五五", Some("幺三八,零零零零,五五五五")),
            ("1 3 8 0 0 0 0 5 5 5 5", Some("1 3 8 0 0 0 0 5 5 5 5")),
            ("打零五九二五五五零一二三", Some("零五九二五五五零一二三")),
            ("(0592)5550123", Some("(0592)5550123")),
            ("+1 415 555 0123", Some("+1 415 555 0123")),
            ("+852 5555 0123", Some("+852 5555 0123")),
            ("电话0592-5550123转803", Some("0592-5550123转803")),
            ("0592 5 550 123 分机 11", Some("0592 5 550 123 分机 11")),
            ("0 9 1 2 - 3 4 5 - 6 7 8", Some("0 9 1 2 - 3 4 5 - 6 7 8")),
            ("和平里102号501,0592-5550123", Some("0592-5550123")),
            ("0592-5550123是空号", None),
            ("Someone keeps calling me from 0592-5550123", None),
            ("卡号6222 0000 1111 2222", None),
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
        let mut judged = Judged::default();
        for (text, address) in [
            ("住在湖滨南路88号3单元502室,灯坏了", Some("湖滨南路88号3单元502室")),
            ("莲花北社区12号楼301", Some("12号楼301")),
            ("石亭路6号之二201室", Some("石亭路6号之二201室")),
            ("8号楼下停满了车", Some("8号楼")),
            ("在江头东社区台湾街293号楼顶", Some("台湾街293号")),
            ("禾祥西路2号之5,1801", Some("禾祥西路2号之5,1801")),
            ("镇海路12号之3,0933 111 222", Some("镇海路12号之3")),
            ("厦禾路八百二十号三楼", Some("厦禾路八百二十号三楼")),
            ("滨北中路8号海景花园3号楼1201", Some("滨北中路8号海景花园3号楼1201")),
            ("枋湖东路717号A栋1902,跳闸", Some("枋湖东路717号A栋1902")),
            ("厦禾路820", Some("厦禾路820")),
            ("租的是古地石311号二楼靠里", Some("古地石311号二楼")),
            ("桥亭街 甲6号 402", Some("桥亭街 甲6号 402")),
            ("小学路一百零一号二零三", Some("小学路一百零一号二零三")),
            ("幸福路丁字院3排6号", Some("幸福路丁字院3排6号")),
            ("送达碧山路57号3A室", Some("碧山路57号3A室")),
            ("火炬东路11号创业大厦", Some("火炬东路11号创业大厦")),
            ("住源昌宝墅5栋101", Some("源昌宝墅5栋101")),
            ("环岛东路1690号11F-2", Some("环岛东路1690号11F-2")),
            ("二单元301天花板渗水", Some("二单元301")),
            ("文园路那边的树", Some("文园路")),
            ("Tower C, 1406. Anytime", Some("Tower C, 1406")),
            ("dorm 4, room 317-B", Some("dorm 4, room 317-B")),
            ("最后一排坐满了", None),
            ("在水泥路上", None),
            ("6F, 21 Minzu Road, phone", Some("6F, 21 Minzu Road")),
            ("we live at 12 Hubin South Road, Building 3", Some("12 Hubin South Road, Building 3")),
            ("镇海路地铁站2号口的电梯", None),
            ("三室一厅,在十五楼", None),
            ("路2个井盖坏了", None),
            ("Room 502, Building 3, Lianhua Road please", Some("Room 502, Building 3, Lianhua Road")),
            ("坐8路公交到火车站", None),
            ("12月3号来", None),
            ("湖滨南路堵车", None),
        ] {
            judged.count(text, found(text).address.as_deref(), address);
        }
        judged.check();
    }

    #[test]
    fn a_wanted_time_is_cut_out_and_understood() {
        let mut judged = Judged::default();
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
            ("下午三点到五点家里有人", "下午三点到五点", "2026-03-04T15:00"),
            ("后天下午来", "后天下午", "2026-03-06T15:00"),
            ("这个周末来", "这个周末", "2026-03-07T09:00"),
            ("明后两天要有人煮饭", "明后两天", "2026-03-05T09:00"),
            ("周五晚上七到九点想租", "周五晚上七到九点", "2026-03-06T19:00"),
            ("国庆节前把坡道修好,麻烦", "国庆节前", "2026-10-01T09:00"),
            ("下个月5号要人帮忙", "下个月5号", "2026-04-05T09:00"),
            ("半小时后来接我", "半小时后", "2026-03-04T11:00"),
            ("next Tuesday at 3pm please", "next Tuesday at 3pm", "2026-03-10T15:00"),
            ("come tomorrow morning", "tomorrow morning", "2026-03-05T09:00"),
            ("send a plumber in half an hour", "in half an hour", "2026-03-04T11:00"),
            ("before Friday please", "before Friday", "2026-03-06T09:00"),
            ("请今日17时前到场", "今日17时前", "2026-03-04T17:00"),
            ("下一个礼拜三来", "下一个礼拜三", "2026-03-11T09:00"),
            ("两个小时内要到", "两个小时内", "2026-03-04T12:30"),
            ("come tomorrow at 3pm", "tomorrow at 3pm", "2026-03-05T15:00"),
            ("call after 6pm today", "after 6pm today", "2026-03-04T18:00"),
            ("from next Monday", "next Monday", "2026-03-09T09:00"),
        ] {
            let at: ZonedDateTime = format!("{at}+08:00[Asia/Shanghai]").parse().expect("a moment");
            let details = found(text);
            judged.count(text, details.when.as_deref(), Some(when));
            if details.when.as_deref() == Some(when) {
                assert_eq!(details.when_at, Some(at.timestamp()), "{text}");
            }
        }
        judged.check();
    }

    #[test]
    fn what_has_been_is_no_wanted_time() {
        let mut judged = Judged::default();
        for text in [
            "昨天下午三点就报了",
            "上周三来过",
            "去年冬天",
            "等了三天两夜",
            "一点也不好",
            "我们晚上十点打烊,早上九点开",
            "楼上每天凌晨四点剁馅",
            "房东要我月底搬",
            "2024年11月3日的收费单",
            "今天都周五了",
            "四点半课堂",
            "女儿读初二",
            "一年前报的",
            "垃圾车每天凌晨四点二十准时来",
            "今天摔了一跤",
            "the lamp broke last Friday",
        ] {
            judged.count(text, found(text).when.as_deref(), None);
        }
        judged.check();
    }

    #[test]
    fn a_lunar_day_or_a_habit_is_cut_out_without_a_moment() {
        let mut judged = Judged::default();
        for (text, when) in [
            ("除夕前去看她一次", "除夕前"),
            ("腊月二十三之前想请人大扫除", "腊月二十三之前"),
            ("下个月初八之前要换", "下个月初八之前"),
            ("中秋想借活动室", "中秋"),
            ("每周四晚上有空", "每周四晚上"),
            ("请每天早上八点左右来", "每天早上八点左右"),
            ("any afternoon please", "any afternoon"),
            ("请明年三月来装", "明年三月"),
            ("下班后能不能来", "下班后"),
            ("今年冬至想给老人煮汤圆", "今年冬至"),
        ] {
            let details = found(text);
            judged.count(text, details.when.as_deref(), Some(when));
            assert_eq!(details.when_at, None, "{text}");
        }
        judged.check();
    }

    #[test]
    fn the_person_is_who_it_is_for() {
        let mut judged = Judged::default();
        for (text, person) in [
            ("我妈一个人住", Some("我妈")),
            ("隔壁王阿姨摔了", Some("隔壁王阿姨")),
            ("my mother is 80", Some("my mother")),
            ("我家老爷子中风了", Some("我家老爷子")),
            ("隔壁那个独居的阿婆两天没开灯", Some("隔壁那个独居的阿婆")),
            ("我朋友的孩子被打", Some("我朋友的孩子")),
            ("阿公阿嬷都九十了", Some("阿公阿嬷")),
            ("老师说孩子要接种,我女儿六岁", Some("我女儿")),
            ("my neighbour Mrs. Lin is 90", Some("my neighbour Mrs. Lin")),
            ("the old lady next door is not answering", Some("the old lady next door")),
            ("打13800005555转我女儿也可以", None),
            ("我老公跑船,水管爆了", None),
            ("晚上老人走路怕", None),
            ("电弟坏了", None),
            ("找林先生", None),
            ("老人食堂在哪", None),
            ("13岁的闺女不跟我说话", Some("13岁的闺女")),
            ("我九十岁的外婆要打针", Some("我九十岁的外婆")),
            ("我邻居李阿姨摔了", Some("我邻居李阿姨")),
            ("请看看独居老人陈阿婆", Some("独居老人陈阿婆")),
            ("舅姥爷耳背", Some("舅姥爷")),
            ("My roommate Yusuf has a fever", Some("My roommate Yusuf")),
            ("Grandpa has COPD", Some("Grandpa")),
            ("我前夫来砸门", None),
            ("我和老公都加班", None),
            ("我是深田社区的吴姐", None),
            ("愿意给孤寡老人换灯泡", None),
            ("妈走了以后爸天天不出门", None),
            ("路灯坏了", None),
        ] {
            judged.count(text, found(text).person.as_deref(), person);
        }
        judged.check();
    }
}
