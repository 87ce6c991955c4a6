//! How fast a messenger lets us write, and how much it lets us write unasked. What was sent is in the outbox, so
//! that the pace survives a restart and holds across processes; here it is only reckoned.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;

use super::message::{ChatKind, Priority, Purpose};

/// The limits of one channel; `None` where there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    /// Messages a second over all chats.
    pub per_second: Option<u32>,
    /// The shortest pause between two messages of one chat.
    pub chat_pause: Option<Duration>,
    /// Messages a minute to one group.
    pub group_per_minute: Option<u32>,
    /// So many offers waiting for one group fold into one card.
    pub digest_from: Option<u32>,
}

/// How much a messenger lets us write to somebody after they have written to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// So many messages,
    pub sends: u32,
    /// for so long.
    pub lasts: Duration,
    /// Of these so many are kept for the survey, and for danger.
    pub kept_for_survey: u32,
}

/// What has been said in a private chat since they last wrote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Talk {
    /// When they last wrote; `None` if never.
    pub heard_at: Option<Timestamp>,
    /// What we have sent since, answers apart that the messenger does not count.
    pub sent_since: u32,
}

/// What a messenger asked us to wait for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// In which chat; everywhere, if in none.
    pub chat: Option<String>,
    /// Until when.
    pub until: Timestamp,
    /// How often in a row.
    pub strikes: i64,
    /// Since when the messenger does not know us any more, where that is why.
    pub revoked_since: Option<Timestamp>,
    /// What it said.
    pub reason: String,
}

/// The span in which a group's messages are counted.
const MINUTE: Duration = Duration::from_secs(60);
/// The span in which a channel's messages are counted.
const SECOND: Duration = Duration::from_secs(1);
/// One part in so many of a group's messages is kept for danger.
const KEPT_FOR_DANGER: u32 = 5;
/// How often a messenger that does not know us is asked again, with one message.
pub const PROBE_EVERY: Duration = Duration::from_secs(180);

impl Pace {
    /// As fast as we can.
    pub const UNLIMITED: Self =
        Self { per_second: None, chat_pause: None, group_per_minute: None, digest_from: None };

    /// Whether there is nothing to reckon: such a channel is never held back.
    pub fn is_unlimited(&self) -> bool {
        *self == Self::UNLIMITED
    }

    /// How far back the reckoning looks.
    pub fn memory(&self) -> Duration {
        self.chat_pause.unwrap_or_default().max(MINUTE)
    }
}

impl Window {
    /// Whether one more message may be written.
    pub fn is_open(&self, talk: Talk, purpose: Purpose, priority: Priority, now: Timestamp) -> bool {
        let kept = match (purpose, priority) {
            (Purpose::Survey, _) | (_, Priority::Danger) => 0,
            (Purpose::Say | Purpose::Offer | Purpose::Digest | Purpose::Toast, Priority::Ordinary) => {
                self.kept_for_survey
            }
        };
        let fresh = talk.heard_at.is_some_and(|heard| now < heard + self.lasts);
        fresh && talk.sent_since < self.sends.saturating_sub(kept)
    }
}

impl Hold {
    /// What follows when a messenger asks for a pause in a chat: that chat is held, and the whole channel if it asks
    /// again before anything got through, or asks in another chat, too.
    pub fn after_pause(
        known: &[Self],
        chat: &str,
        until: Timestamp,
        reason: &str,
        now: Timestamp,
    ) -> Vec<Self> {
        let of_chat = known.iter().find(|hold| hold.chat.as_deref() == Some(chat));
        let strikes = of_chat.map_or(0, |hold| hold.strikes) + 1;
        let lately = |hold: &&Self| hold.until + MINUTE > now && hold.revoked_since.is_none();
        let elsewhere = known.iter().filter(lately).any(|hold| hold.chat.as_deref() != Some(chat));
        let hold = |chat: Option<&str>| Self {
            chat: chat.map(str::to_owned),
            until,
            strikes,
            revoked_since: None,
            reason: reason.to_owned(),
        };
        let everywhere = (strikes > 1 || elsewhere).then(|| hold(None));
        std::iter::once(hold(Some(chat))).chain(everywhere).collect()
    }

    /// What follows when a messenger does not know us any more.
    pub fn after_revocation(known: &[Self], reason: &str, now: Timestamp) -> Self {
        let before = known.iter().find(|hold| hold.chat.is_none() && hold.revoked_since.is_some());
        Self {
            chat: None,
            until: now + PROBE_EVERY,
            strikes: before.map_or(0, |hold| hold.strikes) + 1,
            revoked_since: before.and_then(|hold| hold.revoked_since).or(Some(now)),
            reason: reason.to_owned(),
        }
    }
}

/// Reckons when the messages of one channel may leave, in the order in which they should.
#[derive(Debug)]
pub struct Reckoning<'a> {
    pace: Pace,
    now: Timestamp,
    everywhere: Vec<Timestamp>,
    chats: HashMap<&'a str, Vec<Timestamp>>,
    holds: HashMap<&'a str, Timestamp>,
    held: Timestamp,
    revoked: bool,
    probing: bool,
}

impl<'a> Reckoning<'a> {
    /// From what left lately, chat by chat, and from what the messenger asked us to wait for.
    pub fn new(pace: Pace, now: Timestamp, left: &'a [(String, Timestamp)], holds: &'a [Hold]) -> Self {
        let everywhere = holds.iter().filter(|hold| hold.chat.is_none());
        let mut reckoning = Self {
            pace,
            now,
            everywhere: Vec::new(),
            chats: HashMap::new(),
            holds: holds.iter().filter_map(|hold| Some((hold.chat.as_deref()?, hold.until))).collect(),
            held: everywhere.clone().map(|hold| hold.until).max().unwrap_or(now),
            revoked: everywhere.clone().any(|hold| hold.revoked_since.is_some()),
            probing: false,
        };
        left.iter().for_each(|(chat, at)| reckoning.note(chat, *at));
        reckoning
    }

    /// Whether a message has just been let go only to see whether the messenger knows us again.
    pub fn probes(&self) -> bool {
        self.probing
    }

    /// When the next message to a chat may leave, now or later; it is taken to leave then.
    pub fn leave(&mut self, chat: &'a str, kind: ChatKind, priority: Priority) -> Timestamp {
        let at = self.after_holds(chat).max(self.after_chat(chat, kind, priority));
        let at = self.after_everything(at);
        self.probing = self.probing || (self.revoked && at <= self.now);
        self.note(chat, at);
        at
    }

    /// Until when nothing more may leave at all, if the second that ends now is full.
    pub fn full_until(&self) -> Option<Timestamp> {
        let most = self.pace.per_second?.max(1) as usize;
        let left = self.everywhere.partition_point(|left| *left <= self.now);
        Some(self.everywhere[left.checked_sub(most)?] + SECOND).filter(|free| *free > self.now)
    }

    fn note(&mut self, chat: &'a str, at: Timestamp) {
        insert(&mut self.everywhere, at);
        insert(self.chats.entry(chat).or_default(), at);
    }

    /// A messenger that does not know us is asked with one message at a time.
    fn after_holds(&self, chat: &str) -> Timestamp {
        let held = if self.probing { self.now + PROBE_EVERY } else { self.held };
        held.max(self.holds.get(chat).copied().unwrap_or(self.now)).max(self.now)
    }

    fn after_chat(&self, chat: &str, kind: ChatKind, priority: Priority) -> Timestamp {
        let Some(left) = self.chats.get(chat) else { return self.now };
        let last = left.last().copied().unwrap_or(self.now);
        let after_pause = last + self.pace.chat_pause.unwrap_or_default();
        let most = self.pace.group_per_minute.filter(|_| kind == ChatKind::Group);
        let most = most.map(|most| match priority {
            Priority::Danger => most,
            Priority::Ordinary => most - most / KEPT_FOR_DANGER,
        });
        let full = most.and_then(|most| left.get(left.len().checked_sub(most.max(1) as usize)?));
        full.map_or(after_pause, |first| after_pause.max(*first + MINUTE)).max(self.now)
    }

    /// The first instant from `at` on before which fewer have left within a second than may.
    fn after_everything(&self, mut at: Timestamp) -> Timestamp {
        let Some(most) = self.pace.per_second.map(|most| most.max(1) as usize) else { return at };
        loop {
            let until = self.everywhere.partition_point(|left| *left <= at);
            let within = &self.everywhere[..until];
            match until.checked_sub(most).map(|first| within[first] + SECOND) {
                Some(free) if free > at => at = free,
                Some(_) | None => return at,
            }
        }
    }
}

/// Keeps them in order.
fn insert(all: &mut Vec<Timestamp>, at: Timestamp) {
    let place = all.partition_point(|other| *other <= at);
    all.insert(place, at);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TELEGRAM: Pace = Pace {
        per_second: Some(30),
        chat_pause: Some(SECOND),
        group_per_minute: Some(20),
        digest_from: Some(5),
    };

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(1_770_000_000_000 + ms).expect("a time")
    }

    fn ms(at: Timestamp) -> i64 {
        at.as_millisecond() - 1_770_000_000_000
    }

    /// When messages leave that all wait at the instant 100,000, in milliseconds after it.
    fn leave(pace: Pace, left: &[(&str, i64)], holds: &[Hold], waiting: &[(&str, Priority)]) -> Vec<i64> {
        let left: Vec<_> = left.iter().map(|(chat, ms)| ((*chat).to_owned(), at(100_000 + ms))).collect();
        let mut reckoning = Reckoning::new(pace, at(100_000), &left, holds);
        let kind = |chat: &str| if chat.starts_with('g') { ChatKind::Group } else { ChatKind::Private };
        let one = |(chat, priority): &(&'static str, Priority)| {
            ms(reckoning.leave(chat, kind(chat), *priority)) - 100_000
        };
        let waiting: Vec<(&'static str, Priority)> =
            waiting.iter().map(|(chat, priority)| (&*chat.to_string().leak(), *priority)).collect();
        waiting.iter().map(one).collect()
    }

    use Priority::{Danger, Ordinary};

    fn hold(chat: Option<&str>, ms: i64, strikes: i64) -> Hold {
        Hold {
            chat: chat.map(str::to_owned),
            until: at(100_000 + ms),
            strikes,
            revoked_since: None,
            reason: "Too Many Requests".into(),
        }
    }

    #[test]
    fn messages_leave_as_fast_as_the_messenger_lets_them() {
        let full: Vec<(&str, i64)> = (0..16).map(|n| ("g", -50_000 + n * 1000)).collect();
        let second: Vec<(&str, i64)> = (0..30).map(|n| (["a", "b", "c"][n % 3], -400)).collect();
        let d = |chat| (chat, Danger);
        let o = |chat| (chat, Ordinary);
        for (story, left, waiting, expected) in [
            ("nothing has been sent", vec![], vec![o("a"), o("b")], vec![0, 0]),
            ("one chat, one a second", vec![], vec![o("a"), o("a"), o("a")], vec![0, 1000, 2000]),
            ("the pause after the last", vec![("a", -300)], vec![o("a"), o("b")], vec![700, 0]),
            (
                "a group whose minute is used up",
                full.clone(),
                vec![o("g"), o("g"), o("h")],
                vec![10_000, 11_000, 0],
            ),
            (
                "danger uses what is kept for it",
                full.clone(),
                vec![d("g"), d("g"), o("g")],
                vec![0, 1000, 12_000],
            ),
            ("a second that is used up", second.clone(), vec![d("x"), o("y")], vec![600, 600]),
        ] {
            assert_eq!(leave(TELEGRAM, &left, &[], &waiting), expected, "{story}");
        }
    }

    #[test]
    fn forty_requests_fill_the_seconds_and_not_one_more() {
        let chats: Vec<String> = (0..70).map(|n| format!("p{n}")).collect();
        let waiting: Vec<(&str, Priority)> = chats.iter().map(|chat| (chat.as_str(), Ordinary)).collect();
        let times = leave(TELEGRAM, &[], &[], &waiting);
        assert_eq!((times[29], times[30], times[59], times[60]), (0, 1000, 1000, 2000));
        let full = |many: usize| {
            let left: Vec<_> = chats[..many].iter().map(|chat| (chat.clone(), at(99_600))).collect();
            Reckoning::new(TELEGRAM, at(100_000), &left, &[]).full_until().map(ms)
        };
        assert_eq!((full(29), full(30), full(31)), (None, Some(100_600), Some(100_600)));
    }

    #[test]
    fn a_slow_group_does_not_slow_the_others() {
        let mut waiting = vec![("g", Ordinary); 40];
        waiting.extend([("a", Ordinary), ("b", Ordinary)]);
        let times = leave(TELEGRAM, &[], &[], &waiting);
        assert_eq!(&times[40..], [0, 0]);
        assert_eq!(
            (times[15], times[16]),
            (15_000, 60_000),
            "sixteen in the first minute, four kept for danger"
        );
    }

    #[test]
    fn what_the_messenger_asks_for_is_kept() {
        let waiting = [("a", Danger), ("b", Ordinary)];
        assert_eq!(leave(TELEGRAM, &[], &[hold(Some("a"), 7000, 1)], &waiting), [7000, 0]);
        assert_eq!(leave(TELEGRAM, &[], &[hold(None, 7000, 2)], &waiting), [7000, 7000]);
        assert_eq!(leave(TELEGRAM, &[], &[hold(None, -1, 2)], &waiting), [0, 0], "over");
    }

    #[test]
    fn a_messenger_that_does_not_know_us_is_asked_once_in_a_while() {
        let revoked = |ms| Hold { revoked_since: Some(at(0)), ..hold(None, ms, 1) };
        let waiting = [("a", Danger), ("b", Ordinary), ("c", Ordinary)];
        assert_eq!(leave(TELEGRAM, &[], &[revoked(5000)], &waiting), [5000, 5000, 5000]);
        assert_eq!(leave(TELEGRAM, &[], &[revoked(0)], &waiting), [0, 180_000, 180_000], "one probes");
    }

    #[test]
    fn a_second_request_for_a_pause_holds_the_whole_channel() {
        let after = |known: &[Hold], chat| {
            let holds = Hold::after_pause(known, chat, at(110_000), "Too Many Requests", at(100_000));
            holds.into_iter().map(|hold| (hold.chat, hold.strikes)).collect::<Vec<_>>()
        };
        let a = Some("a".to_owned());
        assert_eq!(after(&[], "a"), [(a.clone(), 1)]);
        assert_eq!(
            after(&[hold(Some("a"), -5, 1)], "a"),
            [(a.clone(), 2), (None, 2)],
            "again in the same chat"
        );
        assert_eq!(after(&[hold(Some("b"), 5, 1)], "a"), [(a.clone(), 1), (None, 1)], "and in another");
        assert_eq!(after(&[hold(Some("b"), -60_000, 1)], "a"), [(a, 1)], "that was long ago");
        let first = Hold::after_revocation(&[], "Unauthorized", at(0));
        let second = Hold::after_revocation(std::slice::from_ref(&first), "Unauthorized", at(180_000));
        assert_eq!((second.revoked_since, second.strikes, second.until), (Some(at(0)), 2, at(360_000)));
    }

    #[test]
    fn a_window_keeps_one_for_the_survey() {
        let window = Window { sends: 5, lasts: Duration::from_secs(48 * 3600), kept_for_survey: 1 };
        let open = |heard: Option<i64>, sent_since, purpose, priority| {
            window.is_open(Talk { heard_at: heard.map(at), sent_since }, purpose, priority, at(0))
        };
        let hour = -3_600_000;
        for (heard, sent, purpose, priority, expected) in [
            (None, 0, Purpose::Say, Ordinary, false),
            (Some(hour), 0, Purpose::Say, Ordinary, true),
            (Some(hour), 3, Purpose::Say, Ordinary, true),
            (Some(hour), 4, Purpose::Say, Ordinary, false),
            (Some(hour), 4, Purpose::Survey, Ordinary, true),
            (Some(hour), 4, Purpose::Say, Danger, true),
            (Some(hour), 5, Purpose::Survey, Ordinary, false),
            (Some(48 * hour), 0, Purpose::Survey, Ordinary, false),
            (Some(48 * hour + 1), 0, Purpose::Survey, Ordinary, true),
        ] {
            assert_eq!(
                open(heard, sent, purpose, priority),
                expected,
                "{heard:?} {sent} {purpose:?} {priority:?}"
            );
        }
    }

    proptest! {
        /// Whatever waits and whatever has left: no limit is ever exceeded, and each chat keeps its order.
        #[test]
        fn no_limit_is_exceeded(
            left in proptest::collection::vec((0..4_usize, -90_000..0_i64), 0..60),
            waiting in proptest::collection::vec((0..4_usize, proptest::bool::ANY), 1..80),
        ) {
            const CHATS: [&str; 4] = ["g1", "g2", "a", "b"];
            let pace = Pace { per_second: Some(3), chat_pause: Some(SECOND), group_per_minute: Some(5), digest_from: None };
            // What has left is what the reckoning itself once let go, one at a time as time went by.
            let mut times: Vec<_> = left;
            times.sort_by_key(|(_, ms)| *ms);
            let mut past: Vec<(String, Timestamp)> = Vec::new();
            for (chat, ms) in times {
                let now = at(100_000 + ms);
                let kind = if CHATS[chat].starts_with('g') { ChatKind::Group } else { ChatKind::Private };
                let known = past.clone();
                if Reckoning::new(pace, now, &known, &[]).leave(CHATS[chat], kind, Ordinary) == now {
                    past.push((CHATS[chat].to_owned(), now));
                }
            }
            let mut reckoning = Reckoning::new(pace, at(100_000), &past, &[]);
            let mut waiting = waiting;
            waiting.sort_by_key(|(_, danger)| !danger);
            let mut all: Vec<(&str, Timestamp)> = past.iter().map(|(chat, at)| (chat.as_str(), *at)).collect();
            for (chat, danger) in waiting {
                let kind = if CHATS[chat].starts_with('g') { ChatKind::Group } else { ChatKind::Private };
                let leaves = reckoning.leave(CHATS[chat], kind, if danger { Danger } else { Ordinary });
                let last = all.iter().filter(|(other, _)| *other == CHATS[chat]).map(|(_, at)| *at).max();
                prop_assert!(last.is_none_or(|last| leaves >= last + SECOND));
                all.push((CHATS[chat], leaves));
            }
            for (_, until) in &all {
                let within = |span: Duration| move |(_, at): &&(&str, Timestamp)| *at <= *until && *at > *until - span;
                for group in ["g1", "g2"] {
                    let minute = all.iter().filter(within(MINUTE)).filter(|(chat, _)| *chat == group).count();
                    prop_assert!(minute <= 5, "{minute} in a minute");
                }
            }
            let now = at(100_000);
            let second = all.iter().filter(|(_, at)| *at <= now && *at > now - SECOND).count();
            prop_assert!(second <= 3, "{second} within the second that ends now");
        }
    }
}
