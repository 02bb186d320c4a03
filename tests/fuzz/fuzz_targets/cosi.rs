//! See `src/cosi.rs`.
#![no_main]

use ioschain_fuzz::codes::Codes;
use ioschain_fuzz::cosi;

libfuzzer_sys::fuzz_target!(|data: &[u8]| cosi::run(data, &mut Codes::default()));
