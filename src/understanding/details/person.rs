//! The person concerned: the first kinship word or stand-in, with whose it is.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

static PERSON: LazyLock<Regex> = LazyLock::new(|| {
    let whose = "(?:我们家|我们|我家|我|俺|阮|咱|他|她|隔壁的?|对门的?|楼上的?|楼下的?|邻居家?的?)?";
    let kin = "妈妈|母亲|妈|爸爸|父亲|爸|老妈|老爸|老娘|老爹|爸妈|父母|爷爷|奶奶|外公|外婆|姥姥|姥爷|阿公|阿嬷|阿嬤|阿妈|阿爸|阿婆|\
        公公|婆婆|岳父|岳母|丈母娘|丈人|老公|老婆|丈夫|妻子|媳妇|老伴|儿子|女儿|闺女|孩子|小孩|娃娃|娃|宝宝|孙子|孙女|外孙女|外孙|\
        哥哥|弟弟|姐姐|妹妹|弟|姐|哥|妹|表姐|表哥|表弟|表妹|堂哥|堂弟|叔叔|伯伯|舅舅|姑姑|姑妈|姨妈|大伯|大姨|小姨|侄子|侄女|外甥|嫂子|\
        室友|同学|同事|工友|朋友";
    let other =
        "老奶奶|老爷爷|老大爷|老太太|老人家|老人|老头|老伯|阿伯|大爷|大妈|小朋友|男孩|女孩|小男孩|小女孩";
    let named = r"[赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜谢邹苏潘葛范彭鲁马方俞任袁柳唐罗薛雷贺倪汤滕殷毕郝安常乐于时傅卞齐康伍余元顾孟黄萧尹姚邵汪祁毛米戴宋庞熊纪舒屈项祝董梁杜阮蓝闵席季贾江童颜郭梅盛林钟徐邱骆高夏蔡田樊胡凌霍万柯卢莫房解应丁邓洪包石崔龚程邢裴陆荣翁段侯曾叶黎白蒲赖卓池谭游庄欧](?:阿姨|奶奶|爷爷|大爷|大妈|伯伯|叔叔|叔|伯|姐|先生|女士|老师|婆婆|阿婆)";
    let english = r"(?:my|our|the|his|her) (?:(?:elderly|old|little|disabled|younger|older|upstairs|downstairs) )?(?:mother-in-law|father-in-law|mother|father|mom|mum|dad|parents|grandmother|grandfather|grandma|grandpa|husband|wife|son|daughter|kids|kid|child|children|baby|brother|sister|uncle|aunt|neighbou?rs?|roommate|friend|cousin)\b";
    Regex::new(&format!("{whose}(?:{named}|{other}|{kin})|{english}")).expect("a constant pattern")
});

/// Words that merely contain a kinship word, and people who are somewhere else in the story.
const NOT_PERSONS: &[&str] =
    &["小孩子气", "老人机", "老人卡", "老人食堂", "老人活动", "老人大学", "老人房", "孩子气", "朋友圈"];

/// Finds who it is for.
pub(super) fn find(text: &str) -> Option<Range<usize>> {
    let real = |range: &Range<usize>| !NOT_PERSONS.iter().any(|word| part_of(text, range, word));
    PERSON.find_iter(text).map(|found| found.range()).find(real)
}

fn part_of(text: &str, range: &Range<usize>, word: &str) -> bool {
    let core = text[range.clone()].char_indices().rev().map(|(at, _)| range.start + at);
    core.into_iter().any(|at| text[at..].starts_with(word))
}
