//! One person, several chats: a code from the one, sent from the other, joins them. A telephone number is joined by the
//! code that it was sent.

use jiff::SignedDuration;

use crate::channels::Invitation;
use crate::domain::code::Code;
use crate::domain::id::{CaseNumber, PersonId};
use crate::domain::message::{Chat, ChatKind};
use crate::engine::desk::Desk;
use crate::engine::supervise::digest;
use crate::store::{LinkRow, LinkUse, Waiting};

/// How long a code works.
const CODE_LIFE: SignedDuration = SignedDuration::from_mins(30);
/// Codes that somebody may ask for within an hour.
const CODES_MAX: i64 = 5;
/// Codes that may be sent to one number within an hour, whoever asks.
const CODES_TO_NUMBER_MAX: i64 = 3;

impl Desk<'_> {
    /// A code for another chat of theirs.
    pub(super) fn link(&mut self, person: &PersonId, waiting: &Waiting) -> Option<CaseNumber> {
        if self.known(&waiting.id).links_made >= CODES_MAX {
            return self.say_to(person, self.write_to(person).say("code-too-many"));
        }
        let code = self.new_link(person, waiting, None);
        let mut text = self.write_to(person).with("link-code", &[("code", &code.to_string())]);
        for link in self.links_elsewhere(&waiting.message.chat.channel, &code) {
            text.push('\n');
            text.push_str(&link);
        }
        self.say_to(person, text)
    }

    /// Addresses that bring the code into a chat by themselves, where a messenger has such.
    fn links_elsewhere(&self, here: &str, code: &Code) -> Vec<String> {
        let others = self.hotline.channels.iter().filter(|(name, _)| *name != here);
        others.filter_map(|(_, channel)| channel.link(Invitation::Person(code))).collect()
    }

    /// A code that is sent to a telephone number, to be typed here.
    pub(super) fn link_number(
        &mut self,
        person: &PersonId,
        waiting: &Waiting,
        number: &str,
    ) -> Option<CaseNumber> {
        let Some(chat) = self.hotline.channels.chat_of_number(number) else {
            return self.say_to(person, self.write_to(person).say("link-no-sms"));
        };
        let known = self.known(&waiting.id);
        if known.links_made >= CODES_MAX || known.links_to >= CODES_TO_NUMBER_MAX {
            return self.say_to(person, self.write_to(person).say("code-too-many"));
        }
        let code = self.new_link(person, waiting, Some(chat.clone())).to_string();
        let text = self.write_to(person).with("link-code-for-number", &[("code", &code)]);
        let message = self.outbound(chat, ChatKind::Private, text.into(), None);
        self.send(message);
        self.say_to(person, self.write_to(person).with("link-number-sent", &[("number", number)]))
    }

    fn new_link(&mut self, person: &PersonId, waiting: &Waiting, number: Option<Chat>) -> Code {
        let code = Code::from_random(rand::random());
        self.add_link(LinkRow {
            digest: digest(code.as_str()),
            person: person.clone(),
            chat: waiting.message.chat.clone(),
            contact: waiting.message.sender.clone(),
            number,
            expires_at: self.now + CODE_LIFE,
        });
        code
    }

    /// What came of a code that joins chats: told in both.
    pub(super) fn linked(&mut self, person: &PersonId, waiting: &Waiting, used: &LinkUse) {
        let here = &waiting.message.chat;
        let id = match used {
            LinkUse::Joined { first, number } => {
                if first != here {
                    let told = self.write_to(person).say("linked-elsewhere");
                    let told = self.outbound(first.clone(), ChatKind::Private, told.into(), None);
                    self.send(told);
                }
                match number {
                    Some(number) => {
                        self.remember(person, |person| person.phone = Some(number.id.clone()));
                        "linked-number"
                    }
                    None => "linked",
                }
            }
            LinkUse::SameChat => "link-same-chat",
            LinkUse::Used => "code-used",
            LinkUse::Expired => "code-expired",
            LinkUse::TooMany => "code-too-many",
            LinkUse::Unknown => "code-unknown",
        };
        self.say_to(person, self.write_to(person).say(id));
    }
}
