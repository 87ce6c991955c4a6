//! The thread that owns a sentence model, and the bounded queue before it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender, TrySendError};
use std::thread;
use std::time::Duration;

use anyhow::Context;

/// Messages that may wait for the model. Whoever asks waits for the answer, so that only questions which were given up
/// stand here longer: when it is full, the model is far too slow.
const QUEUE_MAX: usize = 8;

/// Turns a text into a vector.
pub trait Encoder {
    /// The vector of a text; of the same length for every text.
    fn encode(&mut self, text: &str) -> anyhow::Result<Vec<f32>>;
}

/// A sentence model on its own thread. Cheap to clone; the thread ends with the last clone.
#[derive(Clone)]
pub struct Reader {
    questions: SyncSender<Question>,
    patience: Duration,
}

struct Question {
    text: String,
    answer: SyncSender<anyhow::Result<Vec<f32>>>,
}

impl Reader {
    /// Loads a model on a thread of its own, and returns when it is ready. Nobody who asks waits longer than `patience`.
    pub fn start<E: Encoder>(
        load: impl FnOnce() -> anyhow::Result<E> + Send + 'static,
        patience: Duration,
    ) -> anyhow::Result<Self> {
        let (questions, asked) = mpsc::sync_channel(QUEUE_MAX);
        let (loaded, ready) = mpsc::sync_channel(1);
        let work = move || match load() {
            Ok(encoder) => {
                let _ = loaded.send(Ok(()));
                answer_all(encoder, &asked);
            }
            Err(error) => {
                let _ = loaded.send(Err(error));
            }
        };
        thread::Builder::new().name("sentences".into()).spawn(work)?;
        ready.recv().context("the sentence model ended while it was loaded")??;
        Ok(Self { questions, patience })
    }

    /// The vector of a text, of length one; nothing where the model is busy, too slow, or broken.
    pub(super) fn ask(&self, text: &str) -> Option<Vec<f32>> {
        let (question, answer) = question(text);
        let outcome = match self.questions.try_send(question) {
            Ok(()) => match answer.recv_timeout(self.patience) {
                Ok(Ok(vector)) => Ok(vector),
                Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => Err("failed"),
                Err(RecvTimeoutError::Timeout) => Err("late"),
            },
            Err(TrySendError::Full(_)) => Err("busy"),
            Err(TrySendError::Disconnected(_)) => Err("failed"),
        };
        let told = outcome.as_ref().err().copied().unwrap_or("given");
        metrics::counter!("hotline_second_opinions_total", "outcome" => told).increment(1);
        outcome.ok()
    }

    /// The same for whoever can wait, and wants to know what is wrong.
    pub fn read(&self, text: &str) -> anyhow::Result<Vec<f32>> {
        let (question, answer) = question(text);
        self.questions.send(question).ok().context("the sentence model has ended")?;
        answer.recv().context("the sentence model has ended")?
    }
}

fn question(text: &str) -> (Question, Receiver<anyhow::Result<Vec<f32>>>) {
    let (answer, answered) = mpsc::sync_channel(1);
    (Question { text: text.to_owned(), answer }, answered)
}

/// Answers until nobody can ask any more. A text on which the model panics is one that it cannot read.
fn answer_all(mut encoder: impl Encoder, asked: &Receiver<Question>) {
    while let Ok(Question { text, answer }) = asked.recv() {
        let encoded = catch_unwind(AssertUnwindSafe(|| encoder.encode(&text)));
        let vector = encoded.unwrap_or_else(|_| Err(anyhow::anyhow!("the sentence model panicked")));
        if let Err(error) = &vector {
            tracing::error!(%error, "the sentence model could not read a message; the built-in understanding stands alone");
        }
        // Whoever has lost patience does not listen any more.
        let _ = answer.send(vector.map(scaled));
    }
}

/// To length one.
fn scaled(mut vector: Vec<f32>) -> Vec<f32> {
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
    vector.iter_mut().for_each(|value| *value /= length);
    vector
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Scripted;

    impl Encoder for Scripted {
        fn encode(&mut self, text: &str) -> anyhow::Result<Vec<f32>> {
            match text {
                "slow" => thread::sleep(Duration::from_millis(300)),
                "panic" => panic!("a text that the model does not bear"),
                "wrong" => anyhow::bail!("no"),
                _ => {}
            }
            Ok(vec![3.0, 4.0])
        }
    }

    fn reader(patience: u64) -> Reader {
        Reader::start(|| Ok(Scripted), Duration::from_millis(patience)).expect("nothing is loaded")
    }

    #[test]
    fn what_was_read_has_length_one_and_failures_are_survived() {
        let reader = reader(10_000);
        assert_eq!(reader.ask("a text"), Some(vec![0.6, 0.8]));
        assert_eq!(reader.ask("wrong"), None);
        assert_eq!(reader.ask("panic"), None);
        assert!(reader.read("panic").is_err());
        assert_eq!(reader.ask("a text"), Some(vec![0.6, 0.8]));
    }

    #[test]
    fn nobody_waits_longer_than_their_patience_nor_behind_a_full_queue() {
        let reader = reader(1);
        let started = std::time::Instant::now();
        for _ in 0..QUEUE_MAX + 4 {
            assert_eq!(reader.ask("slow"), None);
        }
        assert!(started.elapsed() < Duration::from_millis(QUEUE_MAX as u64 * 300));
    }

    #[test]
    fn a_model_that_cannot_be_loaded_says_why() {
        let load = || -> anyhow::Result<Scripted> { anyhow::bail!("no vocab.txt") };
        let error = Reader::start(load, Duration::ZERO).err().expect("it cannot be loaded");
        assert!(error.to_string().contains("vocab.txt"));
    }
}
