//! Where a proper name begins that ends in 路, 花园 or 社区: Chinese writes no spaces, so that the words which lead
//! to a name mark its beginning.

use super::clause::is_han;
use super::words::{List, Words};

/// Longest name that is believed, in characters, without its ending.
const CHARS_MAX: usize = 6;
/// Shortest name, in characters, that a word may be cut off from.
const CHARS_MIN: usize = 2;
/// Characters in the longest of the words that lead to a name.
const WORD_CHARS_MAX: usize = 3;
/// Characters that no name of a place has.
const NEVER: &str =
    "我你您他她它们的是在这那哪个请找问给让了着没不吗呢吧啊把被就都也很想要说帮号您该各每约午晚住到从去";
/// Characters that lead to a name, or end the name before it, and that a name may have itself at its beginning.
const SELDOM: &str = "来和跟与往向里边店区县市镇道村家人过有租于址放送寄叫走至路街巷弄旁报修见厦";
/// Words that lead to a name and whose characters may be in one.
static WORDS: Words = Words::new(|| {
    List::of(
        "投诉|举报|反映|本人|租户|业主|麻烦|快来|路过|经过|门口|楼下|楼上|隔壁|对面|家庭|现居|居住|\
         房子|宿舍|公司|单位|漏水|停电|停水|堵塞|送货|上门|一下|一趟|送达|出租屋|租屋|厂房|仓库|店面|摊位|老家|旧宅|老宅|新家|娘家|婆家|收件|寄件|目前|现在|位于|坐落|靠近|地点|具体|就在|搬来|搬家",
    )
});

/// Where the name begins that ends at `end`; `None` where no name stands there.
pub(super) fn start(text: &str, end: usize) -> Option<usize> {
    let mut name = end;
    for (count, (at, c)) in text[..end].char_indices().rev().enumerate() {
        if !is_han(c) || NEVER.contains(c) || count >= CHARS_MIN && SELDOM.contains(c) {
            break;
        }
        if count == CHARS_MAX {
            return Some(shortest(text, end));
        }
        name = at;
    }
    // A word may begin before the name that it leads to: 送达 in 送达碧山路.
    let from = text[..name].char_indices().rev().nth(WORD_CHARS_MAX - 2).map_or(0, |(at, _)| at);
    let words = WORDS.iter().filter_map(|word| Some(from + text[from..end].rfind(word)? + word.len()));
    let name = words.filter(|start| *start < end).fold(name, usize::max);
    (name < end).then_some(name)
}

/// The last two characters, or three where the last is a direction: what most names are, where nothing leads to them.
fn shortest(text: &str, end: usize) -> usize {
    let directed = text[..end].ends_with(['东', '南', '西', '北', '中', '一', '二', '三']);
    let chars = CHARS_MIN + usize::from(directed);
    text[..end].char_indices().rev().nth(chars - 1).map_or(end, |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_begins_after_the_words_that_lead_to_it() {
        for (text, name) in [
            ("我住在湖滨南", "湖滨南"),
            ("思明区镇海", "镇海"),
            ("镇海", "镇海"),
            ("灯坏了和平", "和平"),
            ("西柯镇官浔", "官浔"),
            ("通风井盖损坏莲岳", "莲岳"),
            ("家", "家"),
            ("投诉湖滨西", "湖滨西"),
        ] {
            assert_eq!(start(text, text.len()).map(|at| &text[at..]), Some(name), "{text}");
        }
        assert_eq!(start("我们", "我们".len()), None);
    }
}
