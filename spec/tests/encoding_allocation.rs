//! What decoders allocate follows the bytes they are given, and not the lengths that these announce
//! (ENC-CAP-01). A binary of its own, because it counts allocations.

#[path = "support/wire_types.rs"]
mod wire_types;

use arbitrary::Unstructured;
use ioschain_spec::atomix::decision_proof::DecisionProof;
use ioschain_spec::chain::block::Block;
use ioschain_spec::chain::entry::Entry;
use ioschain_spec::ledger::SignedTransaction;
use ioschain_spec::primitives::certificate::QuorumCertificate;
use ioschain_spec::primitives::encoding::{decode, encode};
use wire_types::{Sample, for_every_wire_type};

/// Whatever the input: borsh gives a map at most 4 KiB in advance, and an error takes a little.
const BYTES_FIXED: usize = 8 << 10;
/// For each byte of input. The smallest entry of a block takes 13 bytes and becomes a value of some
/// 540, in a vector that holds at most three times what it needs while it grows.
const BYTES_FOR_EACH_BYTE: usize = 160;

/// How many bytes a decoder holds at most at one time.
fn bytes_held_decoding<T: Sample>(bytes: &[u8]) -> usize {
    let measured = allocation_counter::measure(|| drop(decode::<T>(bytes)));
    usize::try_from(measured.bytes_max).expect("an amount of memory")
}

fn assert_bounded<T: Sample>(name: &str, bytes: &[u8]) {
    let held = bytes_held_decoding::<T>(bytes);
    let allowed = BYTES_FIXED + BYTES_FOR_EACH_BYTE * bytes.len();
    assert!(held <= allowed, "{name}: {held} bytes for an input of {}", bytes.len());
}

/// A value of `T` whose lists are as long as `count` bytes last.
fn sample<T: Sample>(count: usize) -> T {
    T::arbitrary(&mut Unstructured::new(&vec![1; count])).expect("every type has a value")
}

#[test]
fn an_announced_length_allocates_nothing() {
    fn check<T: Sample>(name: &str) {
        let lengths = [16, 256, 1 << 10, 1 << 12, 1 << 16, 1 << 24, u32::MAX];
        for value in [sample::<T>(0), sample::<T>(300)] {
            let encoded = encode(&value);
            // Every place is tried, so that every length of the type is among them.
            for place in 0..encoded.len().min(600) {
                for length in lengths {
                    let (mut bytes, length) = (encoded.clone(), u32::to_le_bytes(length));
                    bytes.iter_mut().skip(place).zip(length).for_each(|(byte, new)| *byte = new);
                    assert_bounded::<T>(name, &bytes);
                    // The same, where the input ends with what it announces.
                    bytes.truncate(place + 4);
                    assert_bounded::<T>(name, &bytes);
                }
            }
        }
    }
    for_every_wire_type!(check);
}

#[test]
fn the_smallest_elements_allocate_in_proportion_to_their_bytes() {
    fn check<T: Sample>(name: &str, empty: &T, element: &[u8], place: usize) {
        // A vector of 513 has just grown from room for 512 to room for 1,024.
        for count in [1u32, 3, 513] {
            let mut bytes = encode(empty);
            let elements = element.repeat(usize::try_from(count).unwrap());
            bytes[place..place + 4].copy_from_slice(&count.to_le_bytes());
            bytes.splice(place + 4..place + 4, elements);
            assert!(decode::<T>(&bytes).is_ok(), "{name} with {count} elements is meant to decode");
            assert_bounded::<T>(name, &bytes);
        }
    }
    type Proof = DecisionProof<QuorumCertificate>;
    let block = sample::<Block<Proof>>(0);
    let import = encode(&Entry::<Proof>::Import(sample(0)));
    check("Block", &block, &import, encode(&block.header).len());
    let request = sample::<SignedTransaction>(0);
    check("SignedTransaction", &request, &[0; 5], encode(&request.transaction).len());
}

#[test]
fn the_measure_sees_what_a_decoder_holds() {
    let bytes = encode(&vec![7u64; 10_000]);
    let held = bytes_held_decoding::<Vec<u64>>(&bytes);
    assert!((80_000..500_000).contains(&held), "{held}");
}
