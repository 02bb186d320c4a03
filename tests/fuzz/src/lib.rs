//! Fuzz targets: what anybody may send, and what must hold whatever it is.
//!
//! An input is bytes that the fuzzer makes up. Its first byte says what the rest is: the encoding
//! of a value, or a choice among the conformance vectors and a list of edits of it. A finding is a
//! panic: of the specification, which has none, or of a target that finds a property broken.
//!
//! | module | what it is |
//! |---|---|
//! | [`drp_transcript`] | a third party is handed a transcript |
//! | [`cosi`] | signers and a leader are handed each other's messages, changed, misplaced, again |
//! | [`vrf`] | a proof of the verifiable random function is checked |
//! | [`edit`] | the edits, which know the shape of what they change |
//! | [`vectors`] | the values that are edited |
//! | [`codes`] | which rejections inputs reach |
//! | [`targets`] | the targets by name, and the seeds that they begin with |

#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod codes;
pub mod cosi;
pub mod drp_transcript;
pub mod edit;
pub mod targets;
pub mod vectors;
pub mod vrf;
