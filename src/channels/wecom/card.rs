//! Template cards (模板卡片) with buttons.

use serde_json::{Value, json};

use crate::channels::button::Tagger;
use crate::domain::message::{Choice, Outbound};

/// Buttons of a card; more go on further cards.
pub(super) const BUTTONS_MAX: usize = 6;
/// Characters of a card's title that are shown.
const TITLE_CHARS: usize = 26;
/// Characters of the text under the title that are shown; longer texts go before the card.
const TEXT_CHARS: usize = 160;
/// Characters of a button.
const LABEL_CHARS: usize = 10;

/// A message as cards, and the text that goes before them because it does not fit.
pub(super) struct Cards {
    /// Before the first card.
    pub(super) text: Option<String>,
    /// At least one.
    pub(super) cards: Vec<Value>,
}

/// `None` where the buttons cannot be carried.
pub(super) fn cards(message: &Outbound, tagger: &Tagger) -> Option<Cards> {
    let (title, rest) = title(&message.text);
    let fits = rest.chars().count() <= TEXT_CHARS && !title.ends_with('…');
    let mut cards = Vec::new();
    for (at, choices) in message.choices.chunks(BUTTONS_MAX).enumerate() {
        let buttons: Option<Vec<Value>> =
            choices.iter().map(|choice| button(message, choice, tagger)).collect();
        let mut card = json!({
            "card_type": "button_interaction",
            "main_title": { "title": title },
            "task_id": format!("{}-{at}", message.id.as_str()),
            "button_list": buttons?,
        });
        if fits && at == 0 && !rest.is_empty() {
            card["sub_title_text"] = rest.into();
        }
        cards.push(card);
    }
    Some(Cards { text: (!fits).then(|| message.text.clone()), cards })
}

/// What an earlier card shows from now on: the new words, and in place of its buttons one that nobody can tap.
pub(super) fn replacement(message: &Outbound, tagger: &Tagger) -> Option<Value> {
    let (title, rest) = title(&message.text);
    if title.ends_with('…') || rest.chars().count() > TEXT_CHARS || message.choices.len() > BUTTONS_MAX {
        return None;
    }
    let mut card = json!({
        "card_type": "button_interaction",
        "main_title": { "title": title },
        "sub_title_text": rest,
        "task_id": format!("{}-0", message.id.as_str()),
    });
    if message.choices.is_empty() {
        card["replace_text"] = "—".into();
        card["button_list"] = json!([{ "text": "—", "style": 2, "key": "none" }]);
    } else {
        let buttons: Option<Vec<Value>> =
            message.choices.iter().map(|choice| button(message, choice, tagger)).collect();
        card["button_list"] = buttons?.into();
    }
    Some(card)
}

fn button(message: &Outbound, choice: &Choice, tagger: &Tagger) -> Option<Value> {
    let chat = &message.chat.id;
    let data = tagger.tag(chat, &choice.data)?;
    let label: String = choice.label.chars().take(LABEL_CHARS).collect();
    Some(json!({ "text": label, "style": 1, "key": format!("{chat}|{data}") }))
}

/// The first line as it fits a title, and the other lines.
fn title(text: &str) -> (String, &str) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    if first.chars().count() <= TITLE_CHARS {
        return (first.to_owned(), rest);
    }
    let cut: String = first.chars().take(TITLE_CHARS - 1).collect();
    (format!("{cut}…"), rest)
}
