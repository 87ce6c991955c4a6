//! Names of people, mail addresses and messenger ids.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::{MASK, mask_name};

/// Family names of two characters.
pub(super) const COMPOUND_SURNAMES: [&str; 12] =
    ["欧阳", "歐陽", "司马", "司馬", "上官", "诸葛", "諸葛", "夏侯", "皇甫", "尉迟", "令狐", "慕容"];

/// Family names that a name without an announcement is recognised by.
const SURNAMES: &str = "王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何林罗羅郑鄭梁谢謝宋唐许許韩韓冯馮邓鄧曹彭曾肖萧蕭田董袁潘蔡蒋蔣余于杜叶葉程苏蘇魏吕呂丁任沈姚卢盧姜崔钟鍾谭譚陆陸汪范范石廖贾賈夏韦韋付方白邹鄒孟熊秦邱江尹薛闫阎段雷侯龙龍史陶黎贺賀顾顧毛郝龚龔邵万萬钱錢严嚴武戴莫孔向汤湯庄莊洪柯连連纪紀翁施";

/// What is written where a third character of a name could stand, but begins the next word.
const AFTER_A_NAME: &str = "住在今是的家电電想有要需我和来來们們,,。.;;!!??、了也就跟说說正已很不";

/// What follows 我叫 or 姓名 where no name does: 我叫了师傅, 把我叫到一边, 不愿透露姓名的.
const NOT_A_NAME: &str = "了他她它你您我不人过過来來车車救醒到成外的也都没沒和与與楼樓在有就什";

/// What stands between a family name and a title where both are something else: 照顾的先生, 孙子讲老师, 白班阿姨.
const NOT_A_GIVEN_NAME: &str = "的老头頭点點班子缺讲講是和有家個个这這那位医醫心园園谢謝";

/// `我叫陈小芳`, `联系人:欧阳小林`, `姓名 陈芳`.
static ANNOUNCED: LazyLock<Regex> = LazyLock::new(|| {
    let compound = COMPOUND_SURNAMES.join("|");
    let said = "(?:是|叫|为|為)";
    let word =
        format!("我叫|名叫|(?:名字|姓名){said}|(?:姓名|名字)\\s?[:：]|姓名|(?:联系人|聯絡人|聯繫人){said}?");
    let next = format!("[^{AFTER_A_NAME}\\s\\P{{Han}}]");
    compiled(&format!(
        r"(?P<word>{word})(?P<sign>[\s:：]{{0,3}})(?P<name>(?:{compound})\p{{Han}}{next}?|[^{NOT_A_NAME}\P{{Han}}]{next}{{1,2}}|[A-Za-z][A-Za-z .'-]*[A-Za-z])"
    ))
});

/// `陈小芳女士`, `我是林大明。`
static KNOWN_BY_TITLE: LazyLock<Regex> = LazyLock::new(|| {
    let title =
        "女士|先生|小姐|太太|阿姨|大爷|大爺|大妈|大媽|奶奶|爷爷|爺爺|师傅|師傅|老师|老師|医生|醫生|同志";
    let given = format!("[^{NOT_A_GIVEN_NAME}\\P{{Han}}]");
    compiled(&format!(
        r"(?P<name>[{SURNAMES}]{given}{{1,2}}?)(?P<title>{title})|(?P<me>我是|本人)(?P<own>[{SURNAMES}]{given}{{1,2}})(?P<end>[,，。.;；!！\s]|$)"
    ))
});

/// `Mr. Lin`, `my name is Anna Lin`, `I'm Anna`.
static ENGLISH: LazyLock<Regex> = LazyLock::new(|| {
    let named = r"[A-Z][\w'-]*(?:\s+[A-Z][\w'-]*){0,2}";
    compiled(&format!(
        r"\b(?P<word>(?i:mr|mrs|ms|miss|dr|mx)\b\.?\s+|(?i:i am|i'm|i’m|this is|contact|ask for|name)(?:\s*:)?\s+)(?:{named})|(?P<name_is>(?i:my name is|my name's|name is)\s+)(?:{named}|[a-z'-]+)"
    ))
});

/// Mail addresses, also with a full-width or spelled sign.
static MAIL: LazyLock<Regex> = LazyLock::new(|| {
    compiled(r"(?i)[a-z0-9._%+-]+\s?(?:[@＠]|[\[(]at[\])])\s?[a-z0-9-]+(?:\s?[.．。]\s?[a-z0-9-]+)+")
});

/// `微信号 linlin_88`, `wx:abc123456`, `QQ 55550123`, `LINE ID: lin88`, `@anna_lin`.
static ACCOUNT: LazyLock<Regex> = LazyLock::new(|| {
    let messenger = r"(?:微信|薇信|威信|v信|wechat|weixin|vx|wx|qq|扣扣|telegram|whatsapp|line\s?(?:id|:|：))(?:\s?(?:id|号码|号|號))?";
    compiled(&format!(
        r"(?i)(?P<word>{messenger}(?:\s?(?:是|为|為|is))?[\s:：]{{0,3}})(?P<id>[a-z0-9][-_.a-z0-9]{{4,24}})|(?P<at>[@＠])[a-z][a-z0-9_]{{4,31}}"
    ))
});

fn compiled(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is fixed")
}

/// Hides mail addresses and messenger ids.
pub(super) fn mask_accounts(text: &str) -> Cow<'_, str> {
    match MAIL.replace_all(text, MASK) {
        Cow::Borrowed(text) => accounts(text),
        Cow::Owned(text) => Cow::Owned(accounts(&text).into_owned()),
    }
}

fn accounts(text: &str) -> Cow<'_, str> {
    ACCOUNT.replace_all(text, |found: &Captures<'_>| format!("{}{MASK}", part(found, "word", "at")))
}

/// Hides names that are announced as such or carry a title.
pub(super) fn mask_names(text: &str) -> Cow<'_, str> {
    let announced = ANNOUNCED.replace_all(text, |found: &Captures<'_>| {
        format!("{}{}{}", &found["word"], &found["sign"], mask_name(&found["name"]))
    });
    let titled = KNOWN_BY_TITLE.replace_all(&announced, |found: &Captures<'_>| {
        let name = mask_name(part(found, "name", "own"));
        format!("{}{name}{}", part(found, "me", "me"), part(found, "title", "end"))
    });
    let english = ENGLISH
        .replace_all(&titled, |found: &Captures<'_>| format!("{}{MASK}", part(found, "word", "name_is")));
    Cow::Owned(english.into_owned())
}

/// The one of two groups that matched; nothing where neither did.
fn part<'a>(found: &Captures<'a>, one: &str, other: &str) -> &'a str {
    found.name(one).or_else(|| found.name(other)).map_or("", |group| group.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_hidden_where_people_say_them() {
        for (text, masked) in [
            ("我叫陈小芳，水管坏了", "我叫陈**，水管坏了"),
            ("我叫陈芳住在莲花北", "我叫陈**住在莲花北"),
            ("姓名：欧阳小林 电话", "姓名：欧阳** 电话"),
            ("联系人是林大明。", "联系人是林**。"),
            ("聯絡人 陳小芳", "聯絡人 陳**"),
            ("找陈小芳女士", "找陈**女士"),
            ("我是林大明，想问低保", "我是林**，想问低保"),
            ("Mr. Lin and Mrs Chen Fang are in", "Mr. ** and Mrs ** are in"),
            ("my name is anna", "my name is **"),
            ("I'm Anna Lin from the second floor", "I'm ** from the second floor"),
        ] {
            assert_eq!(mask_names(text), masked);
        }
    }

    #[test]
    fn people_without_names_stay() {
        for text in [
            "我叫了师傅没人来",
            "我叫不动我儿子",
            "王师傅昨天来过",
            "我是这里的居民",
            "我是高中生家长,想问托管",
            "the name of the road",
            "I am looking for help",
            "老师傅修鞋",
            "不愿透露姓名的居民",
            "把我叫到床边",
            "我照顾的先生",
            "请白班阿姨",
            "谢谢阿姨",
        ] {
            assert_eq!(mask_names(text), text);
        }
    }

    #[test]
    fn accounts_are_hidden() {
        for (text, masked) in [
            ("a.lin@example.org", "**"),
            ("写到 lin88 @ example.org 谢谢", "写到 ** 谢谢"),
            ("lin(at)example.org", "**"),
            ("lin＠example．org", "**"),
            ("微信号：linlin_88", "微信号：**"),
            ("加我wx abc-123456", "加我wx **"),
            ("QQ550123", "QQ**"),
            ("LINE ID: lin88", "LINE ID: **"),
            ("找 @anna_lin", "找 @**"),
            ("微信群里问过", "微信群里问过"),
            ("the line outside is long", "the line outside is long"),
        ] {
            assert_eq!(mask_accounts(text), masked);
        }
    }
}
