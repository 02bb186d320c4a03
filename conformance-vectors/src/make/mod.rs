//! How the vectors are made: the cases, the generator that writes the tree of files, and the proof
//! that the tree can fail an implementation.

pub mod cases;
pub mod faulty;
pub mod generate;
pub mod self_test;
