//! The short answer to a tap: whoever taps a button where the platform waits for an answer gets exactly one, in the
//! same write as what came of it, before everything else. What a toast has said is not said again in a message.

use super::desk::Desk;
use super::letters::Written;
use super::reading::Reading;
use crate::domain::message::{Inbound, Outbound, Priority, Purpose};

/// Done, in every language.
const DONE: &str = "✓";

impl Desk<'_> {
    /// What follows answers this message; if it is a tap, it is to be answered, too.
    pub(super) fn begin_tap(&mut self, message: &Inbound) {
        self.toast = message.body.tap.as_ref().map(|_| None);
    }

    /// Says something in the toast, if there is one; `false` where it must be said otherwise.
    pub(super) fn say_in_toast(&mut self, text: impl FnOnce(&Self) -> String) -> bool {
        if self.toast.is_none() {
            return false;
        }
        let text = text(self);
        if let Some(toast) = &mut self.toast {
            toast.get_or_insert(text);
        }
        true
    }

    /// Answers the tap, whatever came of it.
    pub(super) fn end_tap(&mut self, message: &Inbound, reading: &Reading) {
        let (Some(said), Some(tap)) = (self.toast.take(), message.body.tap.clone()) else { return };
        let text = said.unwrap_or_else(|| match reading {
            Reading::Nothing => self.write_to_group().say("toast-stale"),
            _ => DONE.to_owned(),
        });
        let toast = self.outbound(message.chat.clone(), message.kind, Written::from(text), None);
        self.send(Outbound { purpose: Purpose::Toast, priority: Priority::Danger, tap: Some(tap), ..toast });
    }
}
