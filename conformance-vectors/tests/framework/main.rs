//! The framework of the vectors, tested on a small protocol of its own.

mod generating;
mod loading;
mod patterns;
mod processes;
mod reporting;
mod running;
mod self_testing;
mod serving;
mod skipping;
mod toy;
mod toy_suite;
