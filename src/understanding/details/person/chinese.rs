//! 我妈, 隔壁陈奶奶, 13岁的闺女, 独居老人陈阿婆, 工友老谭: whose they are or behind which door they live, what they are, and
//! what they are called.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Regex, RegexBuilder};

use crate::understanding::details::clause::{self, is_han};
use crate::understanding::details::judge::Part;
use crate::understanding::details::words::{List, Words};

/// Kin that is named by one word.
const KIN: &str = "小女|犬子|小犬|(?:老|干|继|养)?(?:妈妈|母亲|爸爸|父亲|女儿|儿子)|妈咪|老[妈爸娘爹母父爷]子?|干[妈爸爹娘]|[继养后][妈爸母父女子]|爸妈|爹妈|父母|爹娘|\
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
const ONE: &str = "老先生|老奶奶|老爷爷|老大爷|老太太|老大娘|老婆婆|老阿姨|老阿婆|老阿公|老太婆|老头儿?子?|老伯|阿伯|大爷|大妈|大娘|阿姨|阿叔|小男孩|小女孩|小姑娘|老太太?|老头子|老爷子|产妇|夫妻|小夫妻|老夫妻|老两口|小两口|(?:独居|孤寡|空巢)阿[公婆嬷]|流浪汉|流浪者|乞丐|伤者|[两俩]个小的";
/// People in general, unless something leads to one of them.
const OTHER: &str = "老人家?|(?:独居|孤寡|空巢)老人|残疾人|聋哑人|盲人|孕妇|病人|老兵|保姆|新生儿|租户|太太|孤老|小朋友|男孩子?|女孩子?|姑娘|小伙子?|小孩子?|孩子|娃娃|娃|宝宝|婴儿|邻居|租客|朋友|同事|同学|室友|舍友|工友|爸|妈|爹|娘|哥|姐|弟|妹";
const SURNAMES: &str = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜谢邹苏潘葛范彭鲁马方俞任袁柳唐罗薛雷贺倪汤滕殷毕郝安常于时傅卞齐康伍余顾孟黄萧尹姚邵汪祁毛戴宋庞熊纪舒屈项祝董梁杜阮蓝闵席季贾江童颜郭梅盛林钟徐邱骆高夏蔡田樊胡凌霍万柯卢莫房解应丁邓洪包石崔龚程邢裴陆荣翁段侯曾叶黎白蒲赖卓池谭游庄欧刘施詹简温尤涂丘佘饶连巫易廖覃武聂焦阳苗甘";
/// Whose: 我, 我家, 他.
const WHOSE: &str =
    "(?:我们|咱们?|我|俺|他|她)家里?的?|我们的?|[他她]的?|咱们?|家里的?|我的|我|俺|阮兜?|阮厝|厝内|您";
/// What is known of somebody and stands before what they are.
const QUALITY: &str = "(?:(?:[0-9]{1,3}|[一二两三四五六七八九十百]{1,3})多?(?:岁|个月)半?大?的|(?:独居|瘫痪|坐轮椅|卧床|残疾|失明|失智|怀孕|生病|中风|失聪|孤寡|年迈|年老|瘫痪在床|住院|做完手术|刚出院|刚满月|听障|视障|智障|自闭|留守|早产|脑瘫|偏瘫|耳背|耳聋|高龄|刚生完孩子)的)";

/// What the pattern's states may take. With the usual 2 MiB they were thrown away and made again for every few messages, which
/// took as long as everything else that is understood.
const DFA_BYTES_MAX: usize = 8 << 20;

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
        "(?:{place}{that}?|{number}(?:那个|那位|那户|的)?|[0-9]{{3,4}}(?:的|那个|那位|那户))(?:\\p{{Han}}{{1,6}}的)?(?:独居|孤寡|聋哑|残疾|失明|年轻|大学生)?"
    );
    let whose = longest_first(WHOSE);
    let one_of = format!("(?:{kin}|{owned})");
    let child = "(?:家?的?(?:小孩子?|孩子|儿子|女儿|娃娃?|老人|妈妈?|爸爸?|奶奶|外公|外婆|老公|老婆|爷爷|老母亲|双胞胎|一家(?:[三四五]口)?|夫妻俩|两口子))?";
    let attribute = "[\\p{Han}0-9&&[^我你您他她请帮给想要说问能让叫带替在是把被和跟去到来用找买住有妈爸娘爹姐弟妹奶爷做的]]{1,8}";
    let relation = "(?:同屋|老同学|老邻居|居民|住户|同事|同学|朋友|室友|舍友|工友|邻居|老乡|战友)";
    let category = "(?:(?:独居|孤寡|空巢)?老人|盲人|聋哑人|低保户|残疾人|孤老|五保户|特困户|困难户)";
    let persons = format!(
        "(?P<door>(?:{whose})?{door}(?:{named}|{given}|{one}|{other}|{kin}){child})|\
         (?P<whose>(?:{whose})(?:{attribute}的|[两俩三][个位]?)?(?:{one_of}|[大小二三老亲堂表]{one_of})(?:[和跟与、]?(?:{kin}|我{one_of}))?(?:{given}|{named})?{child})|\
         (?P<called>{category}(?:{named}|{given})|(?:{whose}){relation}的?(?:{given}|{named})|{relation}(?:{given}|{named})|{QUALITY}(?:{named}|{kin}|{one}))|\
         (?P<named>{named}{child})|\
         (?P<one>(?:[那这一两][个位对])?{QUALITY}?(?:{one})|[那这一两三][个位对]{QUALITY}?小?(?:{other}|{kin}))|\
         (?P<kin>{relation}(?:的|家的?)(?:{kin}|孩子|小孩)|(?:{kin})(?:[和跟与]?(?:{kin}))?)|(?P<other>{other})"
    );
    RegexBuilder::new(&persons).dfa_size_limit(DFA_BYTES_MAX).build().expect("a constant pattern")
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
pub(super) fn find(text: &str) -> impl Iterator<Item = Part> {
    CHINESE.captures_iter(text).filter_map(|found| {
        let range = found.get(0)?.range();
        let before = clause::before(text, &range);
        let other = is_inside_a_word(before, &text[range.clone()]) || is_other_word(text, &range);
        let shape = (0..).zip(KINDS).find(|(_, kind)| found.name(kind).is_some())?.0;
        (!other).then_some(Part { range, shape })
    })
}

/// 以后爸, 租金老大: the beginning belongs to the word before.
fn is_inside_a_word(before: &str, person: &str) -> bool {
    person.starts_with("老大")
        && before.chars().next_back().is_some_and(is_han)
        && !before.ends_with(['我', '家'])
        || person.starts_with("小妹") && before.ends_with('叫')
        || person.starts_with('后') && before.ends_with(['以', '然', '之', '最', '今'])
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
