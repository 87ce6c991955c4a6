//! Telephone numbers as people write and dictate them.
//!
//! What counts: a number under which the resident can be called, from its first digit (or `+`, or bracket) to its
//! last, with the gaps that were written and its extension. Of several, the one that is said to be
//! their own. Not: identity cards, bank cards, orders, sums; a shop's, a landlord's or a swindler's number.

use std::ops::Range;

use super::clause;
use super::words::{List, Words};

/// A piece of a number: digits without anything between them.
struct Piece {
    range: Range<usize>,
    digits: String,
    /// Whether only a gap that numbers have lies between this piece and the one before it.
    joined: bool,
    /// Whether that gap is a pause, as between two numbers.
    paused: bool,
}

/// A number that can be called.
struct Number {
    range: Range<usize>,
    kind: Kind,
}

/// How sure the digits alone are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A mobile, a number with its area code or its country's.
    Full,
    /// Only after a word that announces a number.
    Local,
}

/// Digits in most pieces of one number: one a piece, and a country's code.
const PIECES_MAX: usize = 14;
/// Characters in the longest gap within a number.
const GAP_CHARS_MAX: usize = 3;

/// Numbers after these words are something else.
static OTHERS: Words = Words::new(|| {
    List::of(
        "单号|订单|身份证|qq|卡号|账号|编号|案号|运单|证号|工号|取件码|保单|流水号|户号|表号|order|\
         account|passport|id number|card number|case number",
    )
});
/// What announces a number without area code.
static ANNOUNCING: Words =
    Words::new(|| List::of("电话|座机|固话|致电|打|号码|手机|联系|call|phone|tel|number"));
/// What says that a number is the writer's own.
static OWN: Words = Words::new(|| {
    List::of(
        "我的|我本人|本人|打我|找我|联系我|我手机|我电话|我是|我留|我这个号|给我|我帮|my |call me|\
         reach me|text me",
    )
});
/// Whose number it is when it is somebody else's, said before it.
static STRANGERS: Words = Words::new(|| {
    List::of(
        "房东|店|物业|公司|中介|客服|对方|骗|小票|诈|推销|陌生|来电|开头|热线|有人用|自称|不信|老板|\
         landlord|the shop|scam|company|hotline|me from",
    )
});
/// Who is told of in the sentence before a number that nobody shall call.
static SWINDLERS: Words = Words::new(|| List::of("自称|骗|诈|冒充|推销|偷|scam|fraud|claim"));
/// The same, said after it.
static STRANGERS_AFTER: Words = Words::new(|| {
    List::of(
        "claiming|是店|是房东|是他|是物业|是公司|打不通|没人接|打来|自称|是空号|空号|停机|是假的|打给我|冒充|骗|发来|发短信|这个号码|\
         一直骚扰|keeps calling|called me",
    )
});

/// What leads to an extension.
const EXTENSIONS: &[&str] = &["转", "分机", "extension", "ext"];

/// Finds the number to call.
pub(super) fn find(text: &str) -> Option<Range<usize>> {
    let numbers = numbers(&pieces(text)).into_iter();
    let scored = numbers.filter_map(|number| Some((worth(text, &number)?, number.range)));
    // Of equals the first: max_by_key would take the last.
    scored.rev().max_by_key(|(worth, _)| *worth).map(|(_, range)| with_sign(text, range))
}

/// The digits of a text, in pieces.
fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let (mut gap, mut paused) = (usize::MAX, false);
    for (at, c) in text.char_indices() {
        let Some(digit) = digit(c) else {
            gap = if is_gap(c) { gap.saturating_add(1) } else { usize::MAX };
            paused |= matches!(c, ',' | '、');
            continue;
        };
        let end = at + c.len_utf8();
        match pieces.last_mut().filter(|last| last.range.end == at) {
            Some(last) => {
                last.range.end = end;
                last.digits.push(digit);
            }
            None => pieces.push(Piece {
                range: at..end,
                digits: digit.into(),
                joined: gap <= GAP_CHARS_MAX,
                paused,
            }),
        }
        (gap, paused) = (0, false);
    }
    pieces
}

fn digit(c: char) -> Option<char> {
    if c.is_ascii_digit() {
        return Some(c);
    }
    if c.is_ascii() {
        return None;
    }
    crate::domain::digit::value(c).map(|value| char::from(b'0' + value))
}

fn is_gap(c: char) -> bool {
    matches!(c, ' ' | '-' | '.' | ',' | '、' | '(' | ')' | '—' | '–' | '杠' | '_')
}

/// The longest numbers that some pieces in a row make, in order and apart.
fn numbers(pieces: &[Piece]) -> Vec<Number> {
    let mut numbers = Vec::new();
    let mut from = 0;
    while from < pieces.len() {
        match longest(&pieces[from..]) {
            Some((count, number))
                if number.kind == Kind::Full || !hides_full(&pieces[from..from + count]) =>
            {
                numbers.push(number);
                from += count;
            }
            Some(_) | None => from += 1,
        }
    }
    numbers
}

/// Whether a number with its area code begins within digits that might be a local one: 5、18000001234.
fn hides_full(pieces: &[Piece]) -> bool {
    let within = (1..pieces.len()).filter_map(|from| longest(&pieces[from..]));
    within.into_iter().any(|(_, number)| number.kind == Kind::Full)
}

fn longest(pieces: &[Piece]) -> Option<(usize, Number)> {
    let mut digits = String::new();
    let (mut best, mut paused) = (None, false);
    for (at, piece) in pieces.iter().take(PIECES_MAX).enumerate() {
        if at > 0 && !piece.joined {
            break;
        }
        digits.push_str(&piece.digits);
        paused |= at > 0 && piece.paused;
        if let Some(kind) = kind(&digits).filter(|kind| *kind == Kind::Full || !paused) {
            best = Some((at + 1, Number { range: pieces[0].range.start..piece.range.end, kind }));
        }
    }
    best
}

/// What kind of number the digits are.
fn kind(digits: &str) -> Option<Kind> {
    let national = digits.strip_prefix("0086").or_else(|| digits.strip_prefix("86"));
    let national = national.filter(|rest| is_full(rest) || is_full(&format!("0{rest}"))).unwrap_or(digits);
    let abroad = ["886", "852", "853"].iter().any(|code| digits.starts_with(code));
    if national != digits || is_full(digits) || (abroad && (11..=12).contains(&digits.len())) {
        return Some(Kind::Full);
    }
    let local =
        digits.starts_with(['2', '3', '4', '5', '6', '7', '8', '9']) && matches!(digits.len(), 7 | 8 | 10);
    (local || (10..=13).contains(&digits.len())).then_some(Kind::Local)
}

/// A mobile, or a number with its area code, of the mainland or of Taiwan.
fn is_full(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    match bytes {
        [b'1', b'3'..=b'9', ..] => bytes.len() == 11,
        [b'0', b'9', ..] if bytes.len() == 10 => true,
        [b'0', b'1' | b'2', ..] => (10..=11).contains(&bytes.len()),
        [b'0', b'3'..=b'9', ..] => (11..=12).contains(&bytes.len()),
        _ => false,
    }
}

/// How likely the resident is called there; `None` where it is no number of theirs.
fn worth(text: &str, number: &Number) -> Option<i32> {
    let range = &number.range;
    let international = text[..range.start].ends_with('+');
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
    if letter(text[..range.start].chars().next_back()) || text[range.end..].starts_with(['x', '元', '块']) {
        return None;
    }
    let (before, after) = (announcement(text, range), &text[range.end..]);
    let swindler = SWINDLERS.occur_in(&text[clause::sentence(text, range).start..range.start]);
    let foreign = swindler || STRANGERS.occur_in(before) || STRANGERS_AFTER.begin(after.trim_start());
    let own = OWN.occur_in(before);
    if OTHERS.occur_in(before) || (foreign && !own) {
        return None;
    }
    let announced = international || ANNOUNCING.occur_in(before);
    (number.kind == Kind::Full || announced).then_some(2 * i32::from(own) + i32::from(announced))
}

/// Characters before a number that tell what it is.
const ANNOUNCEMENT_CHARS: usize = 16;

/// What is said right before a number: the clause, over a colon or a space.
fn announcement<'t>(text: &'t str, range: &Range<usize>) -> &'t str {
    let before = &text[..range.start];
    let from = before.char_indices().rev().take(ANNOUNCEMENT_CHARS).last().map_or(before.len(), |(at, _)| at);
    before[from..].rsplit([',', '。', ';', '!', '?', '、', '\n']).next().unwrap_or_default()
}

/// With the sign or the bracket that a number begins with.
fn with_sign(text: &str, range: Range<usize>) -> Range<usize> {
    let before = &text[..range.start];
    let bracketed = before.ends_with('(') && text[range.clone()].contains(')');
    let signed = bracketed || before.ends_with('+');
    range.start - usize::from(signed)..range.end + extension(&text[range.end..])
}

/// The length of an extension behind a number: 转 802, 分机 11, ext. 803.
fn extension(after: &str) -> usize {
    let Some(rest) =
        EXTENSIONS.iter().find_map(|word| after.trim_start_matches([' ', ',']).strip_prefix(*word))
    else {
        return 0;
    };
    let digits = rest.trim_start_matches([' ', '.', ':']);
    let count = digits.len() - digits.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    if count == 0 { 0 } else { after.len() - digits.len() + count }
}
