//! 我妈, 隔壁陈奶奶, 13岁的闺女, 独居老人陈阿婆, 工友老谭: whose they are or behind which door they live, what they are, and
//! what they are called.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::Named;
use crate::understanding::details::clause::{self, ends_with_any, is_han, starts_with_any};
use crate::understanding::details::words::{List, Words};

/// Kin that is named by one word.
const KIN: &str = "(?:老|干|继|养)?(?:妈妈|母亲|爸爸|父亲|女儿|儿子)|妈咪|老[妈爸娘爹母父爷]子?|干[妈爸爹娘]|[继养后][妈爸母父女子]|爸妈|爹妈|父母|爹娘|\
     (?:太|外|老)?(?:爷爷|奶奶)|太?外[公婆]|外祖[父母]|祖[父母]|[舅姑姨叔]?姥[姥爷]|[舅姑姨][奶爷]爷?|太[公婆]|太[爷奶]|阿[公嬷妈爸母爹婆爷奶姆祖]|公公|婆婆|公婆|公爹|岳父母?|岳母|丈母娘|老?丈人|亲家[公母]?|\
     老公|老婆|丈夫|妻子|媳妇儿?|老伴儿?|爱人|内人|[大小二](?:儿子|女儿)|闺女|囡囡|囝仔?|查某囝|[小大重曾]?外?孙[子女仔]儿?|小?外孙|[小重曾]孙|老幺|\
     哥哥|弟弟|姐姐|妹妹|[堂表][哥弟姐妹嫂]|弟媳妇?|弟妹|大?嫂子|[大二三]嫂|[堂表大二三]?[姐妹]夫|妹婿|女婿|[儿孙]媳妇?|叔叔|伯伯|[叔伯舅姑姨婶][公婆父母妈丈爹娘]|\
     [大二三四五小老][叔伯舅姑姨婶](?:子|妈|父|丈|夫|母|爹|娘)?|[堂表][叔舅姑姨伯侄]|婶婶|婶子|舅舅|姑姑|侄[子女儿孙]|外甥女?|连襟|妯娌|\
     (?:孩子|娃儿?)[他她]?(?:爸爸|妈妈|奶奶|爷爷|外婆|外公|爸|妈|爹|娘)|家[父母慈]|令[堂尊]|双胞胎|老[大二三]|小弟弟|小妹妹|姐妹|姐弟|兄弟|兄妹|大哥|二哥|大姐|二姐|小妹|小弟|大弟";
/// Words for kin that need to be said whose they are.
const OWNED: &str = "妈|爸|爹|娘|爷|奶|哥|姐|弟|妹|嫂|叔|伯|婶|舅|姑|姨|娃儿?|崽|先生|太太|对象|男人|女人|那口子|那位|老头子?|老太婆|老太太|老太|老爷子|老人家?|翁|某|\
     小孩子?|孩子|娃娃|宝宝|宝贝|婴儿|小宝|大宝|二宝|小子|丫头|男朋友|女朋友|室友|舍友|同学|同事|工友|朋友|老乡|小的|老的|邻居|师傅|师父|师母|徒弟|学生|房客|租客|战友|闺蜜|哥们|姐们|保姆|长辈|家人|家里人|\
     阿姨|大爷|大妈|老师|姐姐|老姐姐?|老哥哥?|老弟|老妹";
/// People who are named by what they are, one of them.
const ONE: &str = "老先生|老奶奶|老爷爷|老大爷|老太太|老大娘|老婆婆|老阿姨|老阿婆|老阿公|老太婆|老头儿?子?|老伯|阿伯|大爷|大妈|大娘|阿姨|阿叔|小男孩|小女孩|小姑娘|老太太?|老头子|老爷子|产妇|夫妻|小夫妻|老夫妻|老两口|小两口|(?:独居|孤寡|空巢)阿[公婆嬷]|流浪汉|流浪者|乞丐|伤者";
/// People in general, unless something leads to one of them.
const OTHER: &str = "老人家?|(?:独居|孤寡|空巢)老人|残疾人|聋哑人|盲人|孕妇|病人|老兵|保姆|新生儿|租户|太太|孤老|小朋友|男孩子?|女孩子?|姑娘|小伙子?|小孩子?|孩子|娃娃|娃|宝宝|婴儿|邻居|租客|朋友|同事|同学|室友|舍友|工友|爸|妈|爹|娘|哥|姐|弟|妹";
const SURNAMES: &str = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜谢邹苏潘葛范彭鲁马方俞任袁柳唐罗薛雷贺倪汤滕殷毕郝安常于时傅卞齐康伍余顾孟黄萧尹姚邵汪祁毛戴宋庞熊纪舒屈项祝董梁杜阮蓝闵席季贾江童颜郭梅盛林钟徐邱骆高夏蔡田樊胡凌霍万柯卢莫房解应丁邓洪包石崔龚程邢裴陆荣翁段侯曾叶黎白蒲赖卓池谭游庄欧刘施詹简温尤涂丘佘饶连巫易廖覃武聂焦阳苗甘";
/// Whose: 我, 我家, 他.
const WHOSE: &str =
    "(?:我们|咱们?|我|俺|他|她)家里?的?|我们的?|[他她]的?|咱们?|家里的?|我的|我|俺|阮兜?|阮厝|厝内|您";
/// What is known of somebody and stands before what they are.
const QUALITY: &str = "(?:(?:[0-9]{1,3}|[一二两三四五六七八九十百]{1,3})多?(?:岁|个月)半?大?的|(?:独居|瘫痪|坐轮椅|卧床|残疾|失明|失智|怀孕|生病|中风|失聪|孤寡|年迈|年老|瘫痪在床|住院|做完手术|刚出院|刚满月|听障|视障|智障|自闭|留守|早产|脑瘫|偏瘫|耳背|耳聋|高龄|刚生完孩子)的)";

/// People in Chinese, with whose they are.
static CHINESE: LazyLock<Regex> = LazyLock::new(|| {
    let [kin, owned, one, other] = [KIN, OWNED, ONE, OTHER].map(longest_first);
    let title = "(?:阿姨|奶奶|爷爷|大爷|大妈|大娘|伯伯|叔叔|阿婆|阿公|婆婆|老师|先生|女士|太太|大姐|大哥|师傅|伯|叔|姨|婶|姐|哥|某)";
    let named = format!("(?:[老小阿]?[{SURNAMES}](?:{title})|[老小][{SURNAMES}](?:家|两口子)?)");
    let given = format!("(?:[老小][{SURNAMES}]|阿\\p{{Han}})");
    let place = "(?:隔壁|对门|对面楼?|楼上|楼下|邻居家?|厝边|门口|同楼|同栋|同村|楼道里?|后面楼?|前面楼?)";
    let number = "(?:[0-9]{1,4}|[一二两三四五六七八九十]{1,3})(?:号门|号楼|楼|栋|幢|单元|室|号)";
    let that = "(?:那个|那位|那户|那对|这位|的|一位|一个|有个|有位|住的|家的?)";
    let door = format!(
        "(?:{place}{that}?|{number}(?:那个|那位|那户|的)?|[0-9]{{3,4}}(?:的|那个|那位|那户))(?:\\p{{Han}}{{1,6}}的)?(?:独居)?"
    );
    let whose = longest_first(WHOSE);
    let one_of = format!("(?:{kin}|{owned})");
    let child = "(?:家?的?(?:小孩子?|孩子|儿子|女儿|娃娃?|老人|妈妈?|爸爸?|奶奶|外公|外婆|老公|老婆|爷爷|老母亲|双胞胎))?";
    let attribute = "[\\p{Han}0-9&&[^我你您他她请帮给想要说问能让叫带替在是把被和跟去到来用找买住有妈爸娘爹姐弟妹奶爷做的]]{1,8}";
    let relation = "(?:同事|同学|朋友|室友|舍友|工友|邻居|老乡|战友)";
    let category = "(?:(?:独居|孤寡|空巢)?老人|盲人|聋哑人|低保户|残疾人|孤老|五保户|特困户|困难户)";
    Regex::new(&format!(
        "(?P<door>{door}(?:{named}|{one}|{other}|{kin}){child})|\
         (?P<whose>(?:{whose})(?:{attribute}的|[两俩三][个位]?)?(?:{one_of}|[大小二三老亲堂表]{one_of})(?:[和跟与、]?(?:{kin}|我{one_of}))?(?:{given}|{named})?{child})|\
         (?P<called>{category}(?:{named}|{given})|{relation}{given}|{QUALITY}(?:{named}|{kin}|{one}))|\
         (?P<named>{named}{child})|\
         (?P<one>(?:[那这一两][个位对])?{QUALITY}?(?:{one})|[那这一两三][个位对]{QUALITY}?小?(?:{other}|{kin}))|\
         (?P<kin>{relation}(?:的|家的?)(?:{kin}|孩子|小孩)|(?:{kin})(?:[和跟与]?(?:{kin}))?)|(?P<other>{other})"
    ))
    .expect("a constant pattern")
});

const KINDS: [&str; 7] = ["whose", "door", "called", "named", "kin", "one", "other"];

/// Words that merely contain one for a person.
static NOT_PERSONS: Words = Words::new(|| {
    List::of(
        "小孩子气|孩子气|孩子们|老人机|老人卡|老人证|老人食堂|老人餐|老人活动|老人大学|老人房|老人家园|\
         朋友圈|老人院|老人中心|老公房|孕妇课|孕妇班|宝宝椅|邻居们|同学们|朋友们|阿姨们|老人们|老大不|\
         老二楼|先生们|老人优待|孩子王|奶奶粉|先生路|妈祖|老人协会|小朋友们|女儿墙|娃娃机|儿子们|妹仔|\
         老人会|娘家|婆家|哥哥姐姐|老师们|姨妈巾|奶粉|爷们|弟子|哥们|姐们|姑娘们|娘们",
    )
});
/// Right before: they are thanked, called, or only looked for to help.
static BEFORE_HELPERS: Words = Words::new(|| {
    List::of(
        "谢谢|感谢|多谢|转|打给|联系|请个|请一个|请一位|找个|找一个|找一位|我是|我叫|叫我|我就是|姓|等|\
         听|一名|菜的|做饭的|表扬|问问|认识的|找|别让|不要让|不让|卖菜的|志愿者|人家|环卫|环卫工|\
         借给一个|撞了|我是他|我是她|添了|生了|怀了",
    )
});
/// Whole groups, unless something leads to one of them.
static PEOPLE: Words = Words::new(|| List::of("老人|老人家|残疾人|聋哑人|盲人|孕妇|病人|老兵"));
/// Before people whom the writer wants to do good.
static VOLUNTEERS: Words = Words::new(|| List::of("愿意|志愿|义务|可以教|想教|免费"));
/// Right before those whom nobody calls theirs: they are asked, or there is a quarrel with them.
static BEFORE_OTHERS: Words = Words::new(|| List::of("问|跟|前|和"));
/// Right after: they tell, help, are called, or are away.
static AFTER_HELPERS: Words = Words::new(|| {
    List::of(
        "你好|您好|请问|好,|们|电话|手机|的电话|的手机|的号码|也可以|也行|推荐|帮我|给我|替我|教我|介绍|\
         告诉我|不同意|让我来问|叫我来|不让|食堂|说你们|说可以|说社区|说找你们|建议|可以帮|能帮|会帮|\
         称|都来|管不了|分居|吵架|离婚了我",
    )
});
/// In the clause: they cannot come themselves, and something else is asked for.
static AWAY: Words = Words::new(|| {
    List::but(
        "跑船|出差|在外地|在国外|在外面|在外打工|都在外|都在国外|在部队|当兵|出海|走不开|没空|回不来|加班|\
         上夜班|上班去|不在家|在外省|都在|都不在",
        "都在家|都在医院|都在床|都在发|都在咳|都在吃药",
    )
});
/// In the clause after somebody behind a door: they make the trouble.
static TROUBLE: Words = Words::new(|| {
    List::of(
        "吵|跑跳|跑来跑去|跳来跳去|蹦|敲|砸|音乐|噪|装修|骂|抽烟|唱歌|扔|占|堆|漏水|偷|骗|咚|狗|麻将|油烟|滴水|浇|违建|练琴|弹琴|电钻|拖椅|大声",
    )
});
/// What people need who are named by nothing but what they are.
static NEEDS: Words = Words::new(|| {
    List::of(
        "没回|没人|要|想|需要|发烧|生病|独居|一个人|不便|放学|上学|报名|岁|走失|不见|丢|迷路|摔|跌|晕|送|吃|\
         病|割|抖|疼|痛|血|叫不醒|住院|瘫|失智|几天|两天|三天|咳|哭|可怜|找不到|转学|读|在家|开门|过敏|\
         自闭|住|腿|眼|耳|不动|睡在|不醒|的药|的证|不好|还没|走不|倒|化疗|透析|手术|复查|打针|换药|发作|\
         怀孕|月子|骨折|中风|昏|吐|烧|轮椅|不会|不懂|听不见|看不见|找不着|被|不肯|没",
    )
});
/// What leads to somebody whom something is wanted for.
static FOR: Words = Words::new(|| {
    List::of(
        "给|帮|让|为|带|接|照顾|陪|替|看看|家里|家有|我有个|有个|有位|社区的|村的|看护|送|业主|住户|居民|租客",
    )
});

pub(super) fn find(text: &str) -> impl Iterator<Item = Named> {
    CHINESE.captures_iter(text).filter_map(|found| {
        let kind = KINDS.into_iter().find(|kind| found.name(kind).is_some())?;
        let range = found.get(0)?.range();
        Some(Named { worth: worth(text, &range, kind)?, range })
    })
}

/// How likely the message is about them; `None` where it is not.
fn worth(text: &str, range: &Range<usize>, kind: &str) -> Option<u8> {
    let (before, after) = (clause::before(text, range), clause::after(text, range));
    let person = &text[range.clone()];
    let owned = matches!(kind, "whose" | "door" | "called");
    let helping = BEFORE_HELPERS.end(before) || !owned && BEFORE_OTHERS.end(before);
    if is_inside_a_word(before, person) || is_other_word(text, range) || helping || is_away(text, range) {
        return None;
    }
    let leading = before.trim().is_empty() || is_for(before);
    match kind {
        "whose" if is_everybody(person) || ends_with_any(before, &["我和", "我跟"]) => None,
        "whose" if person.starts_with(['他', '她']) => Some(1),
        "door" if TROUBLE.occur_in(after) || person.ends_with(['生', '士']) => None,
        "whose" | "door" | "called" => Some(4),
        "kin" => Some(3),
        "named" => (leading && !is_writer(text, range)).then_some(2),
        "one" => (leading && !TROUBLE.occur_in(after)).then_some(2),
        _ if VOLUNTEERS.occur_in(before) => None,
        _ if PEOPLE.end(person) => FOR.end(before).then_some(1),
        _ => (NEEDS.occur_in(after) && leading || FOR.end(before)).then_some(1),
    }
}

/// 我们姐妹, 我们邻居: the writers.
fn is_everybody(person: &str) -> bool {
    let several = ["姐妹", "兄弟", "兄妹", "姐弟", "邻居", "同学", "同事", "工友", "老乡", "朋友"];
    person.starts_with("我们") && !person.starts_with("我们家") && ends_with_any(person, &several)
}

/// 林先生 and 小陈 are how writers call themselves, and whoever is named before a telephone number.
fn is_writer(text: &str, range: &Range<usize>) -> bool {
    let (before, person, after) = (clause::before(text, range), &text[range.clone()], &text[range.end..]);
    let polite = person.ends_with(['生', '士', '某']) && !FOR.end(before);
    let short = person.chars().count() < 3 && person.starts_with(['老', '小']);
    let number = after.trim_start().starts_with(|c: char| c.is_ascii_digit() || c == '+');
    let presented = ["我是", "我叫", "我姓", "这里是"].iter().any(|word| before.contains(word));
    polite || short || number || presented
}

/// The words before lead to somebody whom something is wanted for, or only say where they are.
fn is_for(before: &str) -> bool {
    FOR.end(before) || ends_with_any(before, &["的", "我", "有"])
}

/// 以后爸, 租金老大: the beginning belongs to the word before.
fn is_inside_a_word(before: &str, person: &str) -> bool {
    person.starts_with("老大")
        && before.chars().next_back().is_some_and(is_han)
        && !before.ends_with(['我', '家'])
        || person.starts_with("小妹") && before.ends_with('叫')
        || person.starts_with('后') && before.ends_with(['以', '然', '之', '最', '今'])
}

/// They told, helped or are away. Somebody who tells of their own need is not merely telling.
fn is_away(text: &str, range: &Range<usize>) -> bool {
    let after = clause::after(text, range).trim_start();
    let sentence = &text[range.end..clause::sentence(text, range).end];
    let own = sentence.contains(['她', '他']);
    let told = starts_with_any(after, &["说", "叫我", "让我"]) && !own;
    told && !after.starts_with("说不") || AFTER_HELPERS.begin(after) || AWAY.occur_in(after)
}

fn is_other_word(text: &str, range: &Range<usize>) -> bool {
    let starts = text[range.clone()].char_indices().map(|(at, _)| range.start + at);
    starts.into_iter().any(|at| NOT_PERSONS.begin(&text[at..]))
}

/// Alternatives with the longer one before the one it begins with, as a pattern must have them.
fn longest_first(words: &str) -> String {
    let mut words: Vec<&str> = split_outside_brackets(words);
    words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
    words.join("|")
}

/// The alternatives of a pattern, without those inside a group.
fn split_outside_brackets(pattern: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut from) = (Vec::new(), 0, 0);
    for (at, c) in pattern.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            '|' if depth == 0 => {
                parts.push(&pattern[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&pattern[from..]);
    parts
}
