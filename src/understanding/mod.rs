//! stub
use std::sync::Arc;
use crate::domain::{area::Area, service::Services, understood::Understanding};
pub struct Understander; pub struct Catalog;
impl Catalog { pub fn services(&self) -> Services { Services::default() } }
impl Understander { pub fn catalog(&self) -> Arc<Catalog> { Arc::new(Catalog) } pub fn with_places(&self, _: &[Area]) -> Understander { Understander }
 pub fn understand(&self, _: &str, _: &jiff::ZonedDateTime) -> Understanding { unreachable!() } }
