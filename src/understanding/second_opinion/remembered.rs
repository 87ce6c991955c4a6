//! Vectors of texts that a model has read before, in a file beside it: reading the whole catalogue takes minutes, and hardly
//! anything of it has changed since the last start.
//!
//! The file begins with the model's fingerprint. Records follow, one a text: sixteen bytes of its digest, then the vector, all
//! little-endian. They are only ever added; what was cut off by a crash is read anew.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

use anyhow::Context;
use sha2::{Digest as _, Sha256};

/// The file's name.
const FILE: &str = "hotline-vectors";
/// What the form of the file is called.
const FORM: &[u8; 16] = b"hotline vectors1";

type Digest = [u8; 16];

/// The vectors that are known.
pub(super) struct Remembered {
    vectors: HashMap<Digest, Vec<f32>>,
    /// Where new ones are written; nowhere where the folder cannot be written to.
    file: Option<BufWriter<File>>,
}

impl Remembered {
    /// Nothing is known, and nothing kept.
    pub(super) fn nothing() -> Self {
        Self { vectors: HashMap::new(), file: None }
    }

    /// What the model with these weights has read before; `length` is that of its vectors.
    pub(super) fn of(weights: &Path, length: usize) -> Self {
        let path = weights.with_file_name(FILE);
        Self::open(&path, weights, length).unwrap_or_else(|error| {
            tracing::warn!(
                file = %path.display(),
                error = format!("{error:#}"),
                "what the sentence model reads cannot be kept; every start reads the whole catalogue"
            );
            Self::nothing()
        })
    }

    fn open(path: &Path, weights: &Path, length: usize) -> anyhow::Result<Self> {
        let mut head = FORM.to_vec();
        head.extend(fingerprint(weights)?);
        head.extend((length as u64).to_le_bytes());
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        file.try_lock().context("another hotline keeps it")?;
        let mut found = vec![0; head.len()];
        let known = file.read_exact(&mut found).is_ok() && found == head;
        let mut vectors = HashMap::new();
        if known {
            vectors = records(&file, length);
        } else {
            file.set_len(0)?;
            file.rewind()?;
            file.write_all(&head)?;
        }
        let end = head.len() + vectors.len() * record_bytes(length);
        file.set_len(end as u64)?;
        file.seek(SeekFrom::Start(end as u64))?;
        Ok(Self { vectors, file: Some(BufWriter::new(file)) })
    }

    /// The vector of a text, as it is known or as it is `read` now.
    pub(super) fn vector(
        &mut self,
        text: &str,
        read: impl FnOnce(&str) -> anyhow::Result<Vec<f32>>,
    ) -> anyhow::Result<Vec<f32>> {
        let digest = digest(Sha256::digest(text.as_bytes()).as_slice());
        if let Some(known) = self.vectors.get(&digest) {
            return Ok(known.clone());
        }
        let vector = read(text)?;
        if let Some(file) = &mut self.file {
            file.write_all(&digest)?;
            vector.iter().try_for_each(|value| file.write_all(&value.to_le_bytes()))?;
        }
        self.vectors.insert(digest, vector.clone());
        Ok(vector)
    }
}

fn record_bytes(length: usize) -> usize {
    size_of::<Digest>() + length * size_of::<f32>()
}

/// The whole records of a file from where it stands; of two of one text there is only one.
fn records(file: &File, length: usize) -> HashMap<Digest, Vec<f32>> {
    let mut reader = BufReader::new(file);
    let mut record = vec![0; record_bytes(length)];
    let mut vectors = HashMap::new();
    while reader.read_exact(&mut record).is_ok() {
        let (text, vector) = record.split_at(size_of::<Digest>());
        let values = vector.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes));
        vectors.insert(digest(text), values.collect());
    }
    vectors
}

fn fingerprint(weights: &Path) -> anyhow::Result<Digest> {
    let mut hasher = Sha256::new();
    let mut file = File::open(weights).with_context(|| format!("cannot read {}", weights.display()))?;
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(digest(hasher.finalize().as_slice())),
            some => hasher.update(&buffer[..some]),
        }
    }
}

fn digest(bytes: &[u8]) -> Digest {
    let mut digest = Digest::default();
    let length = digest.len();
    digest.copy_from_slice(&bytes[..length]);
    digest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_once_is_known_after_a_crash_and_forgotten_with_another_model() {
        let folder = tempfile::tempdir().expect("a folder");
        let weights = folder.path().join("model.safetensors");
        std::fs::write(&weights, "one model").expect("a file");
        let vector = |known: &mut Remembered, text: &str, value: f32| {
            known.vector(text, |_| Ok(vec![value, 1.0])).expect("it can be read")[0]
        };
        let mut first = Remembered::of(&weights, 2);
        assert_eq!(vector(&mut first, "a", 1.0), 1.0);
        assert_eq!(vector(&mut first, "b", 2.0), 2.0);
        assert_eq!(vector(&mut first, "a", 3.0), 1.0);
        drop(first);

        let file = folder.path().join(FILE);
        let whole = std::fs::metadata(&file).expect("the file").len();
        let cut = OpenOptions::new().write(true).open(&file).expect("the file");
        cut.set_len(whole - 3).expect("a crash in the middle of writing");
        let mut second = Remembered::of(&weights, 2);
        assert_eq!(vector(&mut second, "a", 4.0), 1.0);
        assert_eq!(vector(&mut second, "b", 5.0), 5.0, "the cut record is read anew");
        drop(second);
        assert_eq!(std::fs::metadata(&file).expect("the file").len(), whole);

        std::fs::write(&weights, "another model").expect("a file");
        assert_eq!(vector(&mut Remembered::of(&weights, 2), "a", 6.0), 6.0);
    }
}
