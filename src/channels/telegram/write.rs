//! How our messages look on Telegram: parts that fit, the first line of a card in bold, buttons in rows.

use teloxide_core::types::{InlineKeyboardButton, InlineKeyboardButtonKind, InlineKeyboardMarkup};

use crate::channels::button::Tagger;
use crate::channels::parts::{self, Size};
use crate::domain::message::{Choice, Outbound, Purpose};

/// Telegram's limit for a message, in UTF-16 units, after its marks are read.
const TEXT_MAX: usize = 4096;
/// What fits into one message.
const PART: Size = Size { units_max: TEXT_MAX, units: char::len_utf16 };
/// The most parts that one message of ours is sent in; what is longer is cut off.
const PARTS_MAX: usize = 16;
/// Telegram's limits for buttons.
const ROW_MAX: usize = 8;
const BUTTONS_MAX: usize = 100;
/// What a narrow phone shows in one row, in half-width characters, and what each button takes besides its label.
const ROW_WIDTH: usize = 32;
const BUTTON_MARGIN: usize = 2;
/// Telegram's limit for the answer to a tap, in UTF-16 units.
const TOAST_MAX: usize = 200;

/// The parts in which a text is sent.
pub(super) fn parts(text: &str) -> Vec<&str> {
    parts::split(text, PART, PARTS_MAX)
}

/// The answer to a tap, as long as Telegram shows.
pub(super) fn toast(text: &str) -> &str {
    parts::first(text, Size { units_max: TOAST_MAX, ..PART })
}

/// A part with its first line in bold, in Telegram's HTML; `None` where nothing is marked and it goes out as it is.
pub(super) fn marked(message: &Outbound, part: &str) -> Option<String> {
    match message.purpose {
        Purpose::Offer | Purpose::Digest => {
            let (first, rest) = part.split_at(part.find('\n').unwrap_or(part.len()));
            Some(format!("<b>{}</b>{}", escaped(first), escaped(rest)))
        }
        Purpose::Say | Purpose::Survey | Purpose::Toast => None,
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The buttons of a message; `None` where it has none.
pub(super) fn keyboard(message: &Outbound, tagger: &Tagger) -> Option<InlineKeyboardMarkup> {
    let button = |choice: &Choice| {
        let data = tagger.tag(&message.chat.id, &choice.data);
        if data.is_none() {
            tracing::error!(message = %message.id, "a button's data is too long for Telegram: it is left out");
        }
        Some(InlineKeyboardButton::new(choice.label.clone(), InlineKeyboardButtonKind::CallbackData(data?)))
    };
    let buttons: Vec<_> = message.choices.iter().filter_map(button).take(BUTTONS_MAX).collect();
    (!buttons.is_empty()).then(|| InlineKeyboardMarkup::new(rows(buttons)))
}

/// As many buttons in a row as a narrow phone shows in full: buttons of a row are equally wide.
fn rows(buttons: Vec<InlineKeyboardButton>) -> Vec<Vec<InlineKeyboardButton>> {
    let mut rows: Vec<Vec<InlineKeyboardButton>> = Vec::new();
    let mut widest = 0;
    for button in buttons {
        let mine = width(&button.text);
        match rows.last_mut().filter(|row| fits(widest.max(mine), row.len() + 1)) {
            Some(row) => {
                widest = widest.max(mine);
                row.push(button);
            }
            None => {
                widest = mine;
                rows.push(vec![button]);
            }
        }
    }
    rows
}

fn fits(widest: usize, many: usize) -> bool {
    many <= ROW_MAX && (widest + BUTTON_MARGIN) * many <= ROW_WIDTH
}

/// In half-width characters: a Chinese one takes two.
fn width(label: &str) -> usize {
    label.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::message::{Chat, ChatKind, Priority};

    fn message(purpose: Purpose, labels: &[&str]) -> Outbound {
        let choice =
            |(at, label): (usize, &&str)| Choice { label: (*label).into(), data: format!("accept:{at}") };
        Outbound {
            id: "m".into(),
            chat: Chat::new("telegram", "42"),
            kind: ChatKind::Private,
            text: String::new(),
            choices: labels.iter().enumerate().map(choice).collect(),
            replaces: None,
            priority: Priority::Ordinary,
            purpose,
            case: None,
            tap: None,
            not_before: None,
        }
    }

    fn layout(labels: &[&str]) -> Vec<usize> {
        let keyboard = keyboard(&message(Purpose::Say, labels), &Tagger::new(b"s"));
        keyboard.map(|keyboard| keyboard.inline_keyboard.iter().map(Vec::len).collect()).unwrap_or_default()
    }

    #[test]
    fn short_buttons_share_a_row_and_long_ones_do_not() {
        assert_eq!(layout(&[]), Vec::<usize>::new());
        assert_eq!(layout(&["接单", "转出"]), [2]);
        assert_eq!(layout(&["办结", "退单", "求助"]), [3]);
        assert_eq!(layout(&["非常满意", "满意", "一般", "不满意", "很不满意"]), [3, 2]);
        assert_eq!(layout(&["便民维修(水电、门锁、疏通)", "适老化改造", "都不是"]), [1, 2]);
        assert_eq!(layout(&["1"; 20]), [8, 8, 4]);
        assert_eq!(layout(&["I need someone to help"]), [1]);
    }

    #[test]
    fn a_card_begins_in_bold_and_whatever_people_wrote_is_text() {
        let card = marked(&message(Purpose::Offer, &[]), "诉求 10019\n<b>&</b>").unwrap();
        assert_eq!(card, "<b>诉求 10019</b>\n&lt;b&gt;&amp;&lt;/b&gt;");
        assert_eq!(marked(&message(Purpose::Say, &[]), "<b>"), None);
    }

    #[test]
    fn texts_are_as_long_as_telegram_takes_them() {
        let units = |text: &str| text.encode_utf16().count();
        assert!(parts(&"今天停水。".repeat(1000)).iter().all(|part| units(part) <= TEXT_MAX));
        assert_eq!(parts(&"水".repeat(100_000)).len(), PARTS_MAX, "bounded");
        assert_eq!(units(toast(&"😀".repeat(150))), 200);
    }
}
