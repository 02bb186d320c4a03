//! How the vectors are put to an implementation: the adapter protocol, the runner that judges each
//! answer, and the reports.

pub mod adapter;
pub mod report;
pub mod runner;
