//! See `src/drp_transcript.rs`.
#![no_main]

use ioschain_fuzz::codes::Codes;
use ioschain_fuzz::drp_transcript;

libfuzzer_sys::fuzz_target!(|data: &[u8]| drp_transcript::run(data, &mut Codes::default()));
