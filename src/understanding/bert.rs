//! Sentence models of the BERT family from a local folder, as the sentence-transformers library saves them: `config.json`,
//! `vocab.txt`, `model.safetensors` and, where it is not the mean of all words, `1_Pooling/config.json`. Nothing is downloaded.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context;
use rust_bert::bert::{BertConfig, BertEmbeddings, BertModel};
use rust_tokenizers::tokenizer::{BertTokenizer, Tokenizer, TruncationStrategy};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tch::{Device, Kind, Tensor, nn};

use super::second_opinion::{Encoder, WEIGHTS};

/// Words of a message that are read, with the two marks around them; more is cut off.
const TOKENS_MAX: usize = 256;
/// What the weights are called where they were saved with something on top.
const INSIDE: &str = "bert";

/// A sentence model. One thread owns it.
pub struct Bert {
    tokenizer: BertTokenizer,
    model: BertModel<BertEmbeddings>,
    pooling: Pooling,
    tokens_max: usize,
    /// Keeps the weights.
    _weights: nn::VarStore,
}

/// How the words' vectors become the sentence's.
#[derive(Deserialize)]
#[serde(default)]
struct Pooling {
    pooling_mode_cls_token: bool,
    pooling_mode_mean_tokens: bool,
}

/// How the tokenizer was made.
#[derive(Deserialize)]
#[serde(default)]
struct TokenizerConfig {
    do_lower_case: bool,
}

impl Default for Pooling {
    fn default() -> Self {
        Self { pooling_mode_cls_token: false, pooling_mode_mean_tokens: true }
    }
}

impl Default for TokenizerConfig {
    fn default() -> Self {
        Self { do_lower_case: true }
    }
}

/// The file of a model's weights.
pub fn weights_of(folder: &Path) -> PathBuf {
    folder.join(WEIGHTS)
}

impl Bert {
    /// Loads a model.
    pub fn load(folder: &Path) -> anyhow::Result<Self> {
        // More threads make a message a little faster and a busy server's worst ones ten times slower.
        tch::set_num_threads(1);
        let config: BertConfig = read(&folder.join("config.json"))?;
        let pooling: Pooling = read_if_there(&folder.join("1_Pooling/config.json"))?;
        anyhow::ensure!(
            pooling.pooling_mode_cls_token != pooling.pooling_mode_mean_tokens,
            "{}: only the mean of the words or the first one can be taken",
            folder.join("1_Pooling/config.json").display()
        );
        let lower: TokenizerConfig = read_if_there(&folder.join("tokenizer_config.json"))?;
        let words = folder.join("vocab.txt");
        let tokenizer = BertTokenizer::from_file(&words, lower.do_lower_case, lower.do_lower_case)
            .with_context(|| format!("{} is not a list of BERT's words", words.display()))?;
        let (weights, model) = load_weights(&weights_of(folder), &config)?;
        let tokens_max = TOKENS_MAX.min(usize::try_from(config.max_position_embeddings)?);
        Ok(Self { tokenizer, model, pooling, tokens_max, _weights: weights })
    }
}

impl Encoder for Bert {
    fn encode(&mut self, text: &str) -> anyhow::Result<Vec<f32>> {
        let cut = TruncationStrategy::LongestFirst;
        let tokens = self.tokenizer.encode(text, None, self.tokens_max, &cut, 0).token_ids;
        let input = Tensor::from_slice(&tokens).unsqueeze(0);
        tch::no_grad(|| {
            let output = self.model.forward_t(Some(&input), None, None, None, None, None, None, false)?;
            let words = output.hidden_state.f_get(0)?;
            let sentence = match self.pooling.pooling_mode_cls_token {
                true => words.f_get(0)?,
                false => words.f_mean_dim(0, false, Kind::Float)?,
            };
            Ok(Vec::try_from(&sentence)?)
        })
    }
}

/// Every weight must be there, as it is or one level down.
fn load_weights(
    file: &Path,
    config: &BertConfig,
) -> anyhow::Result<(nn::VarStore, BertModel<BertEmbeddings>)> {
    let mut missing = Vec::new();
    for top in [None, Some(INSIDE)] {
        let mut weights = nn::VarStore::new(Device::Cpu);
        let root = weights.root();
        let path = top.map_or_else(|| weights.root(), |top| root / top);
        let model = BertModel::new_with_optional_pooler(path, config, false);
        missing = weights.load_partial(file).with_context(|| format!("cannot read {}", file.display()))?;
        if missing.is_empty() {
            return Ok((weights, model));
        }
    }
    missing.sort();
    anyhow::bail!("{}: {} weights of BERT are not there, {} first", file.display(), missing.len(), missing[0])
}

fn read<T: DeserializeOwned>(file: &Path) -> anyhow::Result<T> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not as expected", file.display()))
}

fn read_if_there<T: DeserializeOwned>(file: &Path) -> anyhow::Result<T> {
    match file.exists() {
        true => read(file),
        false => Ok(serde_json::from_value(serde_json::to_value(BTreeMap::<String, bool>::new())?)?),
    }
}
