//! The answer to a delivery ("passive reply"): a place is kept open for it while WeChat waits, and what the hotline
//! sends to that chat meanwhile is put there. Such an answer is free, and accounts that are not verified have no other.
//!
//! WeChat repeats a delivery that it got no answer to; it is given the same answer again, whether or not the first one
//! got through.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::WeChat;
use crate::channels::tencent::xml::{Fields, cdata};
use crate::channels::{Acknowledgement, Delivery};

/// For so long WeChat may repeat a delivery.
const REPEATS_WITHIN: Duration = Duration::from_secs(30);
/// How many answers are remembered.
const ANSWERS_MAX: usize = 1024;

/// Where answers go.
#[derive(Default)]
pub(super) struct Places(Mutex<State>);

#[derive(Default)]
struct State {
    waiting: HashMap<String, VecDeque<Waiting>>,
    given: VecDeque<Given>,
    next: u64,
}

struct Waiting {
    id: u64,
    key: String,
    answer: oneshot::Sender<String>,
}

struct Given {
    key: String,
    text: String,
    at: Instant,
}

/// A place for one answer; it closes when it goes.
pub(super) struct Place<'p> {
    places: &'p Places,
    chat: String,
    id: u64,
    answer: oneshot::Receiver<String>,
}

impl Places {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a place open for the answer to a delivery.
    pub(super) fn open(&self, chat: &str, key: &str) -> Place<'_> {
        let (sender, answer) = oneshot::channel();
        let mut state = self.state();
        let id = state.next;
        state.next += 1;
        let given = state.given.iter().find(|given| given.key == key && given.at.elapsed() < REPEATS_WITHIN);
        match given.map(|given| given.text.clone()) {
            Some(text) => drop(sender.send(text)),
            None => {
                let waiting = Waiting { id, key: key.to_owned(), answer: sender };
                state.waiting.entry(chat.to_owned()).or_default().push_back(waiting);
            }
        }
        Place { places: self, chat: chat.to_owned(), id, answer }
    }

    /// Puts an answer where the oldest delivery of a chat waits for one; `false` if none does.
    pub(super) fn fill(&self, chat: &str, text: &str) -> bool {
        let mut state = self.state();
        let State { waiting, given, .. } = &mut *state;
        let Some(queue) = waiting.get_mut(chat) else { return false };
        while let Some(first) = queue.pop_front() {
            if first.answer.send(text.to_owned()).is_err() {
                continue;
            }
            let (twins, others) =
                std::mem::take(queue).into_iter().partition(|waiting| waiting.key == first.key);
            *queue = others;
            let twins: VecDeque<Waiting> = twins;
            for twin in twins {
                // A repetition of the same delivery; where it has gone, it needs no answer.
                twin.answer.send(text.to_owned()).ok();
            }
            given.truncate(ANSWERS_MAX - 1);
            given.push_front(Given { key: first.key, text: text.to_owned(), at: Instant::now() });
            return true;
        }
        false
    }

    fn close(&self, chat: &str, id: u64) {
        let mut state = self.state();
        if let Some(queue) = state.waiting.get_mut(chat) {
            queue.retain(|waiting| waiting.id != id);
            if queue.is_empty() {
                state.waiting.remove(chat);
            }
        }
    }
}

impl Place<'_> {
    /// Waits for the answer. What was put here at the last moment counts.
    pub(super) async fn answer(mut self, within: Duration) -> Option<String> {
        if let Ok(answer) = tokio::time::timeout(within, &mut self.answer).await {
            return answer.ok();
        }
        self.places.close(&self.chat, self.id);
        self.answer.try_recv().ok()
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.places.close(&self.chat, self.id);
    }
}

impl WeChat {
    /// A text as the answer to a delivery, sealed in safe mode.
    pub(super) fn passively(&self, text: &str, delivery: Delivery<'_>) -> Acknowledgement {
        let fields = self.envelope.reopen(delivery).unwrap_or_default();
        let message = answer(&fields, text);
        Acknowledgement {
            content_type: "application/xml; charset=utf-8",
            body: self.envelope.answer(message, delivery.query),
        }
    }
}

fn answer(fields: &Fields, text: &str) -> String {
    let of = |name: &str| fields.get(name).unwrap_or_default();
    format!(
        "<xml><ToUserName>{}</ToUserName><FromUserName>{}</FromUserName><CreateTime>{}</CreateTime>\
         <MsgType><![CDATA[text]]></MsgType><Content>{}</Content></xml>",
        cdata(of("FromUserName")),
        cdata(of("ToUserName")),
        of("CreateTime").parse::<i64>().unwrap_or_default(),
        cdata(text)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_millis(1);
    const LONG: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn an_answer_goes_to_the_oldest_delivery_of_its_chat() {
        let places = Places::default();
        assert!(!places.fill("mei", "好"), "nobody waits");
        let (first, second, other) =
            (places.open("mei", "1"), places.open("mei", "2"), places.open("lin", "3"));
        assert!(places.fill("mei", "一"));
        assert!(places.fill("mei", "二"));
        assert!(!places.fill("mei", "三"));
        assert_eq!(first.answer(LONG).await.as_deref(), Some("一"));
        assert_eq!(second.answer(LONG).await.as_deref(), Some("二"));
        assert_eq!(other.answer(SOON).await, None, "too late");
        assert!(!places.fill("lin", "好"), "its place is closed");
        assert!(places.state().waiting.values().all(VecDeque::is_empty));
    }

    #[tokio::test]
    async fn what_comes_at_the_last_moment_is_not_lost() {
        let places = Places::default();
        let place = places.open("mei", "1");
        assert!(places.fill("mei", "好"));
        assert_eq!(place.answer(Duration::ZERO).await.as_deref(), Some("好"));
    }

    #[tokio::test]
    async fn a_repeated_delivery_gets_the_same_answer() {
        let places = Places::default();
        let (first, twin) = (places.open("mei", "1"), places.open("mei", "1"));
        assert!(places.fill("mei", "好"));
        assert!(!places.fill("mei", "还有"), "the twin is no place for another answer");
        drop(first);
        assert_eq!(twin.answer(SOON).await.as_deref(), Some("好"));
        assert_eq!(places.open("mei", "1").answer(SOON).await.as_deref(), Some("好"), "and once more");
        assert_eq!(places.open("mei", "2").answer(SOON).await, None);
    }

    #[tokio::test]
    async fn a_delivery_that_was_given_up_is_passed_over() {
        let places = Places::default();
        drop(places.open("mei", "1"));
        assert!(!places.fill("mei", "好"));
        for n in 0..3000 {
            let place = places.open("mei", &format!("k{n}"));
            assert!(places.fill("mei", "好"));
            drop(place);
        }
        assert!(places.state().given.len() <= ANSWERS_MAX, "memory is bounded");
    }
}
