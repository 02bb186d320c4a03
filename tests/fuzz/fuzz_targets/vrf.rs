//! See `src/vrf.rs`.
#![no_main]

use ioschain_fuzz::codes::Codes;
use ioschain_fuzz::vrf;

libfuzzer_sys::fuzz_target!(|data: &[u8]| vrf::run(data, &mut Codes::default()));
