//! message → `Understanding { service, confidence, runners-up, danger, details }`.
