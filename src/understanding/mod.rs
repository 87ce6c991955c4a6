//! message → `Understanding { service, confidence, runners-up, danger, details }`.

pub mod catalog;
pub mod classifier;
mod concepts;
mod features;
mod linear;
pub mod normalize;
mod vocabulary;

use std::sync::Arc;

use crate::domain::{area::Area, id::ServiceCode, message::Language, understood::*};
pub use catalog::Catalog;
use classifier::{Classifier, Labelled};

/// For now.
#[derive(Clone)]
pub struct Understander {
    catalog: Arc<Catalog>,
    codes: Arc<Vec<ServiceCode>>,
    classifier: Arc<Classifier>,
    places: Vec<Area>,
}

impl Understander {
    /// For now.
    pub fn train(catalog: Arc<Catalog>) -> Self {
        let codes: Vec<ServiceCode> = catalog.services.iter().map(|s| s.code.clone()).collect();
        let labelled: Vec<Labelled<'_>> = catalog.examples.iter().filter_map(|e| Some(Labelled { text: e.text.as_str(), label: codes.iter().position(|c| *c == e.service)?, emphasis: 1.0 })).collect();
        let classifier = Classifier::train(&labelled, codes.len());
        Self { codes: Arc::new(codes), classifier: Arc::new(classifier), catalog, places: Vec::new() }
    }
    /// For now.
    pub fn catalog(&self) -> &Arc<Catalog> { &self.catalog }
    /// For now.
    pub fn with_places(&self, areas: &[Area]) -> Self { Self { places: areas.to_vec(), ..self.clone() } }
    /// For now.
    pub fn understand(&self, text: &str, _: &jiff::ZonedDateTime) -> Understanding {
        let likely = self.classifier.likely(&self.classifier.read(text));
        let mut order: Vec<usize> = (0..likely.len()).collect();
        order.sort_by(|a, b| likely[*b].total_cmp(&likely[*a]));
        let area = self.places.iter().find(|a| text.contains(a.name.trim_end_matches("社区")));
        let service = self.codes[order[0]].clone();
        let confidence = likely[order[0]];
        Understanding {
            danger: service.is_emergency().then(|| service.clone()),
            service, confidence,
            certainty: if confidence > 0.5 { Certainty::Sure } else if confidence > 0.1 { Certainty::Unsure } else { Certainty::Hopeless },
            runners_up: order[1..4].iter().map(|i| (self.codes[*i].clone(), likely[*i])).collect(),
            details: Details { area: area.map(|a| a.code.clone()), community: area.map(|a| a.name.clone()), ..Details::default() },
            language: Language::ZhCn,
        }
    }
}
