//! What happens to chats themselves: begun, ended, moved.

use super::desk::Desk;
use super::{Hotline, StoreError};
use crate::domain::id::PersonId;
use crate::domain::message::{Chat, ChatEvent, Inbound};
use crate::store::Tx;

impl Desk<'_> {
    /// Of a private chat. Whoever begins is greeted; how they are reached is remembered already, and what waited for
    /// them leaves.
    pub(super) fn happened_privately(&mut self, person: &PersonId, message: &Inbound, event: &ChatEvent) {
        match event {
            ChatEvent::Opened if self.is_new(person) => {
                self.greet(person);
            }
            ChatEvent::Sealed => {
                self.say_to(person, self.write_to(person).say("chat-sealed"));
            }
            ChatEvent::Opened | ChatEvent::Closed => {}
            ChatEvent::Moved { .. } => self.happened.push((message.chat.clone(), event.clone())),
        }
    }

    /// Of a group. One that is no team's is told how it becomes one's.
    pub(super) fn happened_in_group(&mut self, message: &Inbound, event: &ChatEvent) {
        match event {
            ChatEvent::Opened if self.city.team_of_group(&message.chat).is_none() => {
                let text = self.write_to_group().say("group-hello");
                self.tell_group(message.chat.clone(), text.into(), None);
            }
            ChatEvent::Sealed => {
                let text = self.write_to_group().say("chat-sealed");
                self.tell_group(message.chat.clone(), text.into(), None);
            }
            ChatEvent::Opened => {}
            ChatEvent::Closed | ChatEvent::Moved { .. } => {
                self.happened.push((message.chat.clone(), event.clone()));
            }
        }
    }
}

/// Writes down, in the same write as all else, that groups are lost and chats have moved.
pub(super) async fn follow(
    hotline: &Hotline,
    tx: &mut Tx,
    happened: Vec<(Chat, ChatEvent)>,
) -> Result<(), StoreError> {
    for (chat, event) in happened {
        match event {
            ChatEvent::Opened | ChatEvent::Sealed => {}
            ChatEvent::Closed => {
                let now = hotline.clock.now();
                if tx.lose_group(&chat, now).await? {
                    tracing::warn!(channel = %chat.channel, "a team's group has sent us away");
                }
                tx.give_up_chat(&chat, now).await?;
            }
            ChatEvent::Moved { to } if to == chat.id => {}
            ChatEvent::Moved { to } => tx.move_chat(&chat, &to).await?,
        }
    }
    Ok(())
}
