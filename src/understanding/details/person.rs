//! Whom it is about: a kinship word, a neighbour, an old person or a child, with whose they are.
//!
//! What counts: the shortest noun phrase that names the one person (or the couple) whom the message asks something
//! for, with its possessive or its door: 我妈, 我家老爷子, 楼上的王阿姨, 隔壁那个独居的阿婆, 我朋友的孩子, the old lady next
//! door. Not: the writer, people in general (老人走路怕), who merely told, helped, called or is away, and whom the
//! message only addresses (阿姨你好).

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::clause::{self, ends_with_any, is_han, starts_with_any};
use super::words::{List, Words};

/// Kin that is named by one word.
const KIN: &str = "妈妈|母亲|老母亲|爸爸|父亲|老父亲|老妈子?|老爸|老娘|老爹|老母|老父|爸妈|父母|爹妈|爷爷|奶奶|外公|外婆|姥姥|姥爷|阿公|阿嬷|阿嬤|阿妈|阿爸|阿母|阿爹|\
     阿婆|阿爷|阿奶|公公|婆婆|公婆|岳父母?|岳母|丈母娘|丈人|老丈人|老公|老婆|丈夫|妻子|媳妇|老伴儿?|儿子|女儿|闺女|囡囡|囝仔?|孙子|孙女儿?|外孙女?|孙仔|查某囝|哥哥|弟弟|姐姐|妹妹|\
     表姐|表哥|表弟|表妹|堂哥|堂弟|堂姐|堂妹|弟媳妇?|弟妹|嫂子|大嫂|姐夫|妹夫|女婿|儿媳妇?|小舅子|大舅子|小姨子|小姑子|叔叔|伯伯|伯父|伯母|婶婶|舅舅|舅妈|舅公|姑姑|\
     姑妈|姑父|姑丈|姑婆|姨妈|姨父|姨婆|叔公|婶婆|伯公|太公|太婆|大伯|大叔|二叔|三叔|大姑|二姑|小姑|大姨|二姨|小姨|大舅|二舅|小舅|姨丈|侄子|侄女|侄儿|外甥女|外甥|干妈|干爸|\
     继父|继母|后妈|养父|养母|养女|养子|孩子[他她][爸妈]|娃[他她][爸妈爹娘]|家父|家母|家慈|令堂|内人|双胞胎|老大|老二|小弟弟|小妹妹|姐妹|姐弟|兄弟|兄妹|大哥|二哥|大姐|二姐|小妹|小弟|大弟";
/// Words for kin that need to be said whose they are.
const OWNED: &str = "妈|爸|爹|娘|哥|姐|弟|妹|嫂|叔|婶|舅|姑|姨|娃|崽|先生|太太|爱人|对象|男人|女人|那口子|老头子?|老太婆|老太太|老太|老爷子|老人家?|老妇|\
     小孩子?|孩子|娃娃|宝宝|宝贝|婴儿|小宝|大宝|小子|丫头|男朋友|女朋友|室友|舍友|同学|同事|工友|朋友|老乡|小的|老的|邻居|师傅|徒弟|战友|闺蜜|保姆|长辈|家人|家里人|阿姨|大爷|大妈|太爷爷|太奶奶";
/// Old people, children and neighbours who are named by what they are.
const OTHER: &str = "老先生|老奶奶|老爷爷|老大爷|老太太|老大娘|老婆婆|老阿姨|老阿婆|老阿公|老人家|老人|老头|老伯|阿伯|大爷|大妈|大娘|阿姨|阿叔|孤老|小朋友|小男孩|小女孩|男孩子?|女孩子?|小姑娘|姑娘|小伙子?|孕妇|\
     小孩子?|孩子|娃娃|娃|宝宝|婴儿|邻居|租客|夫妻|小夫妻|老夫妻|老两口|朋友|同事|同学|室友|舍友|工友|爸|妈|爹|娘|哥|姐|弟|妹";
const SURNAMES: &str = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜谢邹苏潘葛范彭鲁马方俞任袁柳唐罗薛雷贺倪汤滕殷毕郝安常于时傅卞齐康伍余顾孟黄萧尹姚邵汪祁毛戴宋庞熊纪舒屈项祝董梁杜阮蓝闵席季贾江童颜郭梅盛林钟徐邱骆高夏蔡田樊胡凌霍万柯卢莫房解应丁邓洪包石崔龚程邢裴陆荣翁段侯曾叶黎白蒲赖卓池谭游庄欧刘施詹简温尤涂丘佘饶连巫易廖覃武聂焦阳";
/// Whose: 我, 我家, 他.
const WHOSE: &str = "我们家里?的?|咱们家的?|我们的?|咱们?家?|我家里?的?|家里的?|我的|我|俺家?|阮兜?|阮厝|厝内|他家?的?|她家?的?|您";
/// Which door: 隔壁, 楼上那户.
const DOOR: &str = "(?:隔壁|对门|对面楼?|楼上|楼下|邻居家?|厝边|门口|同楼|同栋|同村|楼道里?|后面楼?|前面楼?)";

/// People in Chinese, with whose they are.
static CHINESE: LazyLock<Regex> = LazyLock::new(|| {
    let (kin, owned, other) = (longest_first(KIN), longest_first(OWNED), longest_first(OTHER));
    let title = "(?:阿姨|奶奶|爷爷|大爷|大妈|伯伯|叔叔|阿婆|阿公|婆婆|老师|先生|女士|太太|大姐|大哥|师傅|伯|叔|姨|婶|姐|哥)";
    let named = format!("(?:[老小阿]?[{SURNAMES}](?:{title})|[老小][{SURNAMES}](?:家|两口子)?)");
    let given = format!("(?:[老小][{SURNAMES}]|阿[\\x{{4E00}}-\\x{{9FFF}}])");
    let door = format!(
        "{DOOR}(?:那个|那位|那户|这位|的|一位|一个|有个|有位|住的|家的?)?(?:[\\x{{4E00}}-\\x{{9FFF}}]{{1,6}}的)?"
    );
    let whose = longest_first(WHOSE);
    let one = format!("(?:{kin}|{owned})");
    let child = "(?:家?的?(?:小孩子?|孩子|儿子|女儿|娃娃?|老人|妈妈?|爸爸?|奶奶|老公|老婆|爷爷|老母亲))?";
    Regex::new(&format!(
        "(?P<door>{door}(?:{named}|{other}|{kin}){child})|(?P<whose>(?:{whose})(?:{one}|[大小二老亲堂表]{one})(?:[和跟与]?(?:{kin}))?(?:{given})?{child})|(?P<named>{named}{child})|(?P<kin>(?:同事|同学|朋友|室友|工友|邻居|老乡){given}|(?:{kin})(?:[和跟与]?(?:{kin}))?)|(?P<other>{other})"
    ))
    .expect("a constant pattern")
});

/// People in English.
static ENGLISH: LazyLock<Regex> = LazyLock::new(|| {
    let kin = "mother-in-law|father-in-law|mother|father|mom|mum|mommy|dad|daddy|parents|grandmother|grandfather|grandparents|grandma|grandpa|granny|husband|wife|son|daughter|kids|kid|child|children|baby|toddler|brother|sister|uncle|aunt|auntie|nephew|niece|neighbou?rs?|roommate|flatmate|friend|cousin|boyfriend|girlfriend|colleague|coworker|boss|tenant";
    let other = "lady|woman|man|gentleman|couple|boy|girl|granny|guy|person|student";
    let adjective = "elderly|old|older|oldest|little|small|disabled|younger|young|upstairs|downstairs|blind|deaf|sick|late|pregnant|late|dear";
    let where_ = "(?: (?:next door|upstairs|downstairs|across the (?:hall|street)))?";
    let name = r"(?: (?:mrs|mr|ms|miss|auntie|uncle)\.? [a-z]+)?";
    Regex::new(&format!(
        r"(?-u:\b)(?:(?P<whose>(?:my|our|his|her|their)(?: (?:{adjective}|[0-9]+[ -]years?[ -]old|[a-z]+-year-old))* (?:{kin})(?-u:\b)(?:'s (?:(?:{adjective}) )*(?:{kin}))?{name}{where_})|(?P<door>(?:the|an|a)(?: (?:{adjective}))* (?:{other}|{kin}) (?:next door|upstairs|downstairs|across the (?:hall|street)))|(?P<other>(?:the|an|a)(?: (?:elderly|old|blind|deaf|disabled|little))+ (?:{other}))(?-u:\b))"
    ))
    .expect("a constant pattern")
});

/// Words that merely contain one for a person.
static NOT_PERSONS: Words = Words::new(|| {
    List::of(
        "小孩子气|孩子气|孩子们|老人机|老人卡|老人证|老人食堂|老人餐|老人活动|老人大学|老人房|老人家园|\
         朋友圈|老人院|老人中心|老公房|孕妇课|孕妇班|宝宝椅|邻居们|同学们|朋友们|阿姨们|老人们|老大不|\
         老二楼|先生们|老师|老人优待|孩子王|奶奶粉|先生路|妈祖|老人协会|小朋友们|女儿墙|娃娃机|儿子们|\
         妹仔|老人会|娘家|婆家",
    )
});
/// Right before: they are thanked, called, or only looked for to help.
static BEFORE_HELPERS: Words = Words::new(|| {
    List::of(
        "谢谢|感谢|多谢|转|打给|联系|请个|请一个|请一位|找个|找一个|找一位|我是|我叫|叫我|我就是|姓|等|\
         问|听|跟|一名|菜的|做饭的|表扬|问问|认识的|找|别让|不要让|不让|卖菜的|志愿者",
    )
});
/// Right after: they tell, help, are called, or are away.
static AFTER_HELPERS: Words = Words::new(|| {
    List::of(
        "你好|您好|请问|好,|们|电话|手机|的电话|的手机|的号码|也可以|也行|跑船|出差|不在|在外地|在国外|\
         在外面|在外打工|都在外|都在国外|上夜班|上班去|加班|没空|回不来|推荐|帮我|给我|替我|教我|介绍|\
         告诉我|不同意|让我来问|叫我来|不让|食堂|说你们|说可以|在部队|当兵|出海|说社区|说找你们|以前|\
         建议|可以帮|能帮|会帮",
    )
});
/// What people need who are named by nothing but what they are.
static NEEDS: Words = Words::new(|| {
    List::of(
        "没回|没人|要|想|需要|发烧|生病|独居|一个人|不便|放学|上学|报名|岁|走失|不见|丢|迷路|摔|跌|晕|送|吃|\
         病|割|抖|疼|痛|血|叫不醒|住院|瘫|失智|几天|两天|三天|咳|哭|可怜|找不到|转学|读|在家|开门|过敏|\
         自闭|住|腿|眼|耳",
    )
});
/// What leads to somebody whom something is wanted for.
static FOR: Words = Words::new(|| List::of("给|帮|让|为|带|接|照顾|陪|替|看看|家里|家有|我有个|有个|有位"));

/// Finds whom it is about: whose they are says most, the first of equals.
pub(super) fn find(text: &str) -> Option<Range<usize>> {
    let english = clause::has_latin(text).then_some(&*ENGLISH);
    let all = std::iter::once(&*CHINESE).chain(english).flat_map(|pattern| {
        pattern.captures_iter(text).filter_map(|found| {
            let kind = ["whose", "door", "named", "kin", "other"]
                .into_iter()
                .find(|kind| found.name(kind).is_some())?;
            Some((worth(text, &found.get(0)?.range(), kind)?, found.get(0)?.range()))
        })
    });
    let best = all.reduce(|best, next| if next.0 > best.0 { next } else { best });
    best.map(|(_, range)| range)
}

/// How likely the message is about them; `None` where it is not.
fn worth(text: &str, range: &Range<usize>, kind: &str) -> Option<u8> {
    let (before, after) = (clause::before(text, range), clause::after(text, range));
    let person = &text[range.clone()];
    let glued = before.chars().next_back().is_some_and(is_han) && is_inside_a_word(before, person);
    if glued || is_other_word(text, range) || BEFORE_HELPERS.end(before) || is_away(after) {
        return None;
    }
    match kind {
        "whose" if person.starts_with("我们") && ends_with_any(person, &["姐妹", "兄弟", "兄妹", "姐弟"]) => {
            None
        }
        "whose" if person.starts_with(['他', '她']) => Some(1),
        "whose" | "door" => Some(4),
        "kin" => Some(3),
        "named" => (before.is_empty() || FOR.end(before)).then_some(2).filter(|_| !is_writer(person)),
        _ if person.is_ascii() => Some(2),
        _ => (NEEDS.occur_in(after) && (before.trim().is_empty() || is_for(before)) || FOR.end(before))
            .then_some(1),
    }
}

/// 林先生 and 小陈 are how writers call themselves.
fn is_writer(person: &str) -> bool {
    person.ends_with(['生', '士']) || person.chars().count() < 3 && person.starts_with(['老', '小'])
}

/// The words before lead to somebody whom something is wanted for, or only say where they are.
fn is_for(before: &str) -> bool {
    FOR.end(before) || ends_with_any(before, &["的", "我", "有"])
}

/// 电弟, 大学生: one character of another word.
fn is_inside_a_word(before: &str, person: &str) -> bool {
    person.starts_with("老大") && !before.ends_with(['我', '家'])
        || person.starts_with("小妹") && before.ends_with('叫')
}

/// They told, helped or are away. Somebody who tells of their own need is not merely telling.
fn is_away(after: &str) -> bool {
    let after = after.trim_start();
    let own = after.contains(['她', '他']) && after.starts_with(['说', '让', '叫']);
    let told = starts_with_any(after, &["说", "叫我", "让我"]) && !own;
    told && !after.starts_with("说不")
        || AFTER_HELPERS.begin(after)
        || starts_with_any(after, &[" is away", " works", " is at work", " is abroad", " said", " told"])
}

fn is_other_word(text: &str, range: &Range<usize>) -> bool {
    let starts = text[range.clone()].char_indices().map(|(at, _)| range.start + at);
    starts.into_iter().any(|at| NOT_PERSONS.begin(&text[at..]))
}

/// Alternatives with the longer one before the one it begins with, as a pattern must have them.
fn longest_first(words: &str) -> String {
    let mut words: Vec<&str> = words.split('|').map(str::trim).filter(|word| !word.is_empty()).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
    words.join("|")
}
