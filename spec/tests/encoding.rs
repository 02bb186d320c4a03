//! The restricted encoding, for every wire type: one byte string for each value, and decoders that
//! accept nothing else (ENC-ENCODE-01, ENC-DECODE-01, ENC-CAP-01, ENC-SET-01).

#[path = "support/wire_types.rs"]
mod wire_types;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use arbitrary::Unstructured;
use borsh::schema::{BorshSchemaContainer, Definition};
use ioschain_spec::Rejection;
use ioschain_spec::atomix::{Answer, Import, UnlockCommit};
use ioschain_spec::chain::entry::{Body, Entry};
use ioschain_spec::identity::EpochClosed;
use ioschain_spec::ledger::genesis::{Genesis, Holder};
use ioschain_spec::ledger::{
    AccountId, Decision, Output, Payload, Policy, Settlement, ShardState, SignedTransaction,
    Transaction, TxId, Vote, Witness,
};
use ioschain_spec::primitives::certificate::{QuorumCertificate, Roster};
use ioschain_spec::primitives::ed25519::{PublicKey, Signature};
use ioschain_spec::primitives::encoding::{Bounded, BoundedMap, Wire, decode, encode};
use ioschain_spec::primitives::group::{EncodedElement, EncodedScalar};
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::keys::ValidatorKeys;
use ioschain_spec::primitives::map_commitment::{MapLeaf, MapProof};
use ioschain_spec::primitives::merkle::InclusionProof;
use ioschain_spec::primitives::numbers::Epoch;
use ioschain_spec::primitives::schnorr::SchnorrSignature;
use ioschain_spec::primitives::vrf::{VrfOutput, VrfProof, VrfPublicKey};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestCaseResult, TestRunner};
use wire_types::{Sample, for_every_wire_type};

// --- Properties of every wire type ------------------------------------------------------------

/// The bytes that [`sample`] draws a value from. Odd bytes make every list as long as they last.
fn entropy() -> impl Strategy<Value = Vec<u8>> {
    (vec(any::<u8>(), 0..600), any::<bool>()).prop_map(|(bytes, long_lists)| {
        bytes.into_iter().map(|byte| if long_lists { byte | 1 } else { byte }).collect()
    })
}

/// A value of `T`. Without bytes it is zeros and empty lists.
fn sample<T: Sample>(entropy: &[u8]) -> T {
    T::arbitrary(&mut Unstructured::new(entropy))
        .expect("every wire type has a value for any bytes")
}

/// Runs `property` on drawn values; a failure names the wire type and the smallest counterexample.
fn for_all<S: Strategy>(name: &str, strategy: S, property: impl Fn(S::Value) -> TestCaseResult) {
    let defaults = Config::default();
    let config = Config { cases: 4 * defaults.cases, failure_persistence: None, ..defaults };
    if let Err(failure) = TestRunner::new(config).run(&strategy, property) {
        panic!("{name}: {failure}");
    }
}

/// How often a decoder accepted and refused. A property of either is empty without the other.
#[derive(Clone, Copy, Default)]
struct Tally {
    accepted: u32,
    refused: u32,
}

/// Decodes `bytes`; what is accepted must encode to the same bytes.
fn decode_canonically<T: Sample>(bytes: &[u8], tally: &std::cell::Cell<Tally>) -> TestCaseResult {
    let mut counted = tally.get();
    match decode::<T>(bytes) {
        Ok(value) => {
            prop_assert_eq!(encode(&value), bytes);
            counted.accepted += 1;
        }
        Err(rejection) => {
            prop_assert_eq!(rejection, Rejection::EncMalformed);
            counted.refused += 1;
        }
    }
    tally.set(counted);
    Ok(())
}

fn assert_both_occurred(tallies: &[Tally]) {
    assert!(tallies.iter().map(|tally| tally.accepted).sum::<u32>() > 1000);
    assert!(tallies.iter().map(|tally| tally.refused).sum::<u32>() > 1000);
}

#[test]
fn every_value_decodes_from_its_encoding() {
    fn check<T: Sample>(name: &str) {
        for_all(name, entropy(), |entropy| {
            let value: T = sample(&entropy);
            prop_assert_eq!(decode::<T>(&encode(&value)), Ok(value));
            Ok(())
        });
    }
    for_every_wire_type!(check);
}

#[test]
fn distinct_values_have_distinct_encodings() {
    fn check<T: Sample>(name: &str) {
        for_all(name, (entropy(), entropy()), |(one, other)| {
            let (one, other): (T, T) = (sample(&one), sample(&other));
            prop_assert_eq!(encode(&one) == encode(&other), one == other);
            Ok(())
        });
    }
    for_every_wire_type!(check);
}

#[test]
fn decoders_accept_only_encodings_among_arbitrary_bytes() {
    fn check<T: Sample>(name: &str) -> Tally {
        let tally = std::cell::Cell::default();
        // Small bytes are tags and lengths that a decoder follows further.
        let bytes = prop_oneof![vec(any::<u8>(), 0..200), vec(0..4u8, 0..200)];
        for_all(name, bytes, |bytes| decode_canonically::<T>(&bytes, &tally));
        // The length that fits is rare among arbitrary ones.
        let length = encode(&sample::<T>(&[])).len();
        for_all(name, vec(0..2u8, length), |bytes| decode_canonically::<T>(&bytes, &tally));
        tally.get()
    }
    assert_both_occurred(&for_every_wire_type!(check));
}

/// What is done to an encoding.
#[derive(Clone, Debug)]
enum Mutation {
    Flip { place: Index, mask: u8 },
    Overwrite { place: Index, length: u32 },
    Remove { place: Index },
    Insert { place: Index, byte: u8 },
}

impl Mutation {
    fn any() -> impl Strategy<Value = Self> {
        let length = prop_oneof![0..20u32, Just(u32::MAX), any::<u32>()];
        prop_oneof![
            (any::<Index>(), 1u8..).prop_map(|(place, mask)| Self::Flip { place, mask }),
            (any::<Index>(), length).prop_map(|(place, length)| Self::Overwrite { place, length }),
            any::<Index>().prop_map(|place| Self::Remove { place }),
            (any::<Index>(), any::<u8>()).prop_map(|(place, byte)| Self::Insert { place, byte }),
        ]
    }

    fn apply(&self, bytes: &mut Vec<u8>) {
        let place = |place: &Index| place.index(bytes.len() + 1);
        match self {
            Self::Flip { place: at, mask } => {
                let at = place(at);
                bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= mask);
            }
            Self::Overwrite { place: at, length } => {
                let at = place(at);
                bytes
                    .iter_mut()
                    .skip(at)
                    .zip(length.to_le_bytes())
                    .for_each(|(byte, new)| *byte = new);
            }
            Self::Remove { place: at } => {
                let at = place(at);
                bytes.drain(at..bytes.len().min(at + 1));
            }
            Self::Insert { place: at, byte } => bytes.insert(place(at), *byte),
        }
    }
}

#[test]
fn decoders_accept_only_encodings_among_mutated_encodings() {
    fn check<T: Sample>(name: &str) -> Tally {
        let tally = std::cell::Cell::default();
        let mutated = (entropy(), vec(Mutation::any(), 1..4));
        for_all(name, mutated, |(entropy, mutations)| {
            let mut bytes = encode(&sample::<T>(&entropy));
            mutations.iter().for_each(|mutation| mutation.apply(&mut bytes));
            decode_canonically::<T>(&bytes, &tally)
        });
        tally.get()
    }
    assert_both_occurred(&for_every_wire_type!(check));
}

#[test]
fn every_truncated_encoding_is_refused() {
    fn check<T: Sample>(name: &str) {
        for_all(name, (entropy(), any::<Index>()), |(entropy, place)| {
            let bytes = encode(&sample::<T>(&entropy));
            let kept = place.index(bytes.len());
            prop_assert_eq!(decode::<T>(&bytes[..kept]), Err(Rejection::EncMalformed));
            Ok(())
        });
    }
    for_every_wire_type!(check);
}

#[test]
fn trailing_bytes_are_refused() {
    fn check<T: Sample>(name: &str) {
        for_all(name, (entropy(), vec(any::<u8>(), 1..40)), |(entropy, trailing)| {
            let mut bytes = encode(&sample::<T>(&entropy));
            bytes.extend(trailing);
            prop_assert_eq!(decode::<T>(&bytes), Err(Rejection::EncMalformed));
            Ok(())
        });
    }
    for_every_wire_type!(check);
}

#[test]
fn wire_types_are_made_of_the_allowed_kinds() {
    fn check<T: Sample>(name: &str) -> usize {
        let schema = BorshSchemaContainer::for_type::<T>();
        for (declaration, definition) in schema.definitions() {
            let allowed = match definition {
                Definition::Primitive(_) => {
                    ["u8", "u16", "u32", "u64", "()"].contains(&declaration.as_str())
                }
                Definition::Sequence { length_width: 0, .. } => declaration.starts_with('['),
                Definition::Sequence { length_width, length_range, .. } => {
                    // A shard's state is no message: its maps have no cap.
                    let capped = *length_range.end() < u64::from(u32::MAX);
                    *length_width == 4 && (capped || name == "ShardState")
                }
                Definition::Enum { tag_width, variants } => {
                    *tag_width == 1 && variants.iter().all(|(tag, ..)| (0..256).contains(tag))
                }
                Definition::Tuple { .. } | Definition::Struct { .. } => true,
            };
            assert!(allowed, "{name} contains {declaration}: {definition:?}");
        }
        schema.definitions().count()
    }
    assert!(for_every_wire_type!(check).iter().all(|definitions| *definitions > 0));
}

// --- The list is complete ---------------------------------------------------------------------

/// The names that derive or implement `BorshDeserialize` in a source file, and the numbers that the
/// macro `number!` defines.
fn decodable_names(source: &str) -> Vec<String> {
    let source = source.split_whitespace().collect::<Vec<_>>().join(" ");
    let name_at_start = |text: &str| -> String {
        text.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
    };
    let derived = source.split("#[derive(").skip(1).filter_map(|text| {
        let (derives, item) = text.split_once(")]")?;
        let keyword = ["struct ", "enum "]
            .iter()
            .filter_map(|keyword| item.find(keyword).map(|start| start + keyword.len()));
        let start = keyword.min()?;
        derives.contains("BorshDeserialize").then(|| name_at_start(&item[start..]))
    });
    let implemented = source.split("BorshDeserialize for ").skip(1).map(name_at_start);
    let numbers = source.split("number! { ").skip(1).filter_map(|text| {
        let (definition, _) = text.split_once('}')?;
        let (before, _) = definition.rsplit_once('(')?;
        before.rsplit(' ').next().map(str::to_owned)
    });
    let names = derived.chain(implemented).chain(numbers);
    names.filter(|name| !name.is_empty()).collect()
}

fn rust_sources(folder: &Path, sources: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("the folder of the sources is readable") {
        let path = entry.expect("its entries are readable").path();
        if path.is_dir() {
            rust_sources(&path, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            sources.push(std::fs::read_to_string(path).expect("sources are text"));
        }
    }
}

#[test]
fn no_decodable_type_is_missing_from_the_list() {
    let mut sources = Vec::new();
    rust_sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut sources);
    let decodable: BTreeSet<String> =
        sources.iter().flat_map(|source| decodable_names(source)).collect();

    fn name<T: Sample>(name: &str) -> String {
        name.split('<').next().unwrap_or(name).trim().to_owned()
    }
    let aliases = ["BoundedSet", "Body", "ExpiryList"].map(str::to_owned);
    let mut listed = BTreeSet::from(for_every_wire_type!(name));
    for alias in &aliases {
        assert!(listed.remove(alias), "{alias} is an alias worth testing");
    }
    assert_eq!(decodable, listed, "left: in the sources; right: in support/wire_types.rs");
}

#[test]
fn the_scan_of_the_sources_sees_every_way_to_be_decodable() {
    let source = "
        #[derive(Clone, BorshDeserialize)]
        #[cfg_attr(feature = \"arbitrary\", derive(arbitrary::Arbitrary))]
        pub struct Plain(u8);
        #[derive(
            BorshSerialize,
            BorshDeserialize,
        )]
        #[repr(u8)]
        pub(crate) enum Spread<A> { One(A) = 0 }
        #[derive(BorshSerialize)] struct OnlyWritten;
        impl<T: BorshDeserialize, const CAP: usize> BorshDeserialize
            for ByHand<T, CAP> {}
    ";
    assert_eq!(decodable_names(source), ["Plain", "Spread", "ByHand"]);
}

// --- Known bytes ------------------------------------------------------------------------------

#[test]
fn values_have_the_bytes_that_the_definition_gives() {
    assert_eq!(encode(&0x0102_0304_0506_0708u64), [8, 7, 6, 5, 4, 3, 2, 1]);
    assert_eq!(encode(&0x0102u16), [2, 1]);
    assert_eq!(encode(&Bounded::<u16, 5>::try_from(vec![7, 8]).unwrap()), [2, 0, 0, 0, 7, 0, 8, 0]);
    let map = BTreeMap::from([(9u8, 1u16), (3, 2)]);
    let map = BoundedMap::<u8, u16, 5>::try_from(map).unwrap();
    assert_eq!(encode(&map), [2, 0, 0, 0, 3, 2, 0, 9, 1, 0]);
    let output = Output { owner: AccountId(Digest([7; 32])), amount: 258, data_hash: None };
    assert_eq!(encode(&output), [&[7; 32][..], &[2, 1, 0, 0, 0, 0, 0, 0], &[0]].concat());
    let output = Output { data_hash: Some(Digest([9; 32])), ..output };
    assert_eq!(encode(&output), [&[7; 32][..], &[2, 1, 0, 0, 0, 0, 0, 0], &[1], &[9; 32]].concat());
    assert_eq!(encode(&Answer::Swept { committed: 1, aborted: 2 }), [3, 1, 0, 0, 0, 2, 0, 0, 0]);
    let vote = Vote::Rejected(Rejection::LedOutpointLocked);
    let decision = Decision { vote, settled: Settlement::No, expiry_epoch: Epoch(5) };
    assert_eq!(encode(&decision), [2, 51, 0, 5, 0, 0, 0, 0, 0, 0, 0]);
}

// --- Caps -------------------------------------------------------------------------------------

/// `before`, then a sequence of `count` elements, then `after`.
fn with_sequence(
    before: &[u8],
    count: u32,
    element: &dyn Fn(u32) -> Vec<u8>,
    after: &[u8],
) -> Vec<u8> {
    let elements = (0..count).flat_map(element);
    before
        .iter()
        .copied()
        .chain(count.to_le_bytes())
        .chain(elements)
        .chain(after.iter().copied())
        .collect()
}

/// `T` takes `cap` elements there, and not one more.
fn assert_cap<T: Sample>(cap: u32, before: &[u8], element: &dyn Fn(u32) -> Vec<u8>, after: &[u8]) {
    let full = decode::<T>(&with_sequence(before, cap, element, after));
    assert!(full.is_ok(), "{} elements are allowed", cap);
    let over = decode::<T>(&with_sequence(before, cap + 1, element, after));
    assert_eq!(over, Err(Rejection::EncMalformed), "{} elements are too many", cap + 1);
}

/// The n-th of some increasing keys.
fn key(number: u32) -> Vec<u8> {
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    bytes.to_vec()
}

/// The keys of so many validators, each of them encoded, in the order of names.
fn validators_in_order(count: u32) -> Vec<Vec<u8>> {
    let keys = (0..count).map(|number| decode(&[key(number), vec![1; 64]].concat()).unwrap());
    let mut keys: Vec<ValidatorKeys> = keys.collect();
    keys.sort_by_key(ValidatorKeys::node_id);
    keys.iter().map(encode).collect()
}

#[test]
fn policies_witnesses_and_proofs_take_their_cap_and_not_one_more() {
    assert_cap::<Policy>(16, &[1, 0, 0, 0], &|number| [key(number), vec![1, 0]].concat(), &[]);
    assert_cap::<Witness>(16, &[0], &|number| [key(number), vec![0; 64]].concat(), &[]);
    assert_cap::<InclusionProof>(32, &[0; 8], &key, &[]);
    assert_cap::<MapProof>(256, &[], &key, &[0]);
}

#[test]
fn rosters_and_certificates_take_their_cap_and_not_one_more() {
    let validators = validators_in_order(4097);
    assert_cap::<Roster>(4096, &[], &|number| validators[number as usize].clone(), &[]);
    assert_cap::<QuorumCertificate>(512, &[], &|_| vec![0xff], &[0; 4]);
    assert_cap::<QuorumCertificate>(4096, &[0; 4], &|_| vec![0; 64], &[]);
    let before = [0; 2 + 8 + 4];
    let holders = [Holder::CommunityPools; 5];
    assert_cap::<Genesis>(1025, &before, &|_| vec![0; 4], &encode(&(0u32, holders, 0u32)));
}

#[test]
fn transactions_take_their_cap_and_not_one_more() {
    let after_outputs = [0; 8 + 8 + 8 + 1];
    let before_inputs = [0; 1 + 32];
    let after_inputs = [&[0; 4][..], &after_outputs].concat();
    assert_cap::<Transaction>(1024, &before_inputs, &|_| vec![0; 36 + 32 + 8], &after_inputs);
    let before_outputs = [&before_inputs[..], &[0; 4]].concat();
    assert_cap::<Transaction>(1024, &before_outputs, &|_| vec![0; 32 + 8 + 1], &after_outputs);
    let transaction = encode(&sample::<Transaction>(&[]));
    assert_cap::<SignedTransaction>(1024, &transaction, &|_| vec![0; 1 + 4], &[]);
    assert_cap::<UnlockCommit<Digest>>(1024, &transaction, &key, &[]);
}

#[test]
fn blocks_and_epochs_take_their_cap_and_not_one_more() {
    assert_cap::<EpochClosed>(1024, &[0; 32 + 2 + 8 + 8 + 32], &key, &[]);
    assert_cap::<Import>(1024, &[0; 8], &|_| vec![0; 4], &[]);
    let empty_import = encode(&Entry::<Digest>::Import(sample(&[])));
    assert_cap::<Body<Digest>>(65_536, &[], &|_| empty_import.clone(), &[]);
}

#[test]
fn values_over_the_cap_cannot_be_built() {
    assert!(Bounded::<u8, 3>::try_from(vec![1; 3]).is_ok());
    assert_eq!(Bounded::<u8, 3>::try_from(vec![1; 4]), Err(Rejection::EncMalformed));
    let entries = |count: u8| (0..count).map(|number| (number, ())).collect::<BTreeMap<_, _>>();
    assert!(BoundedMap::<u8, (), 3>::try_from(entries(3)).is_ok());
    assert_eq!(BoundedMap::<u8, (), 3>::try_from(entries(4)), Err(Rejection::EncMalformed));
}

// --- Sets and maps ----------------------------------------------------------------------------

/// `bytes` contains two entries of `width` bytes each, the second at the end. In this order they
/// are accepted; exchanged, or with one of them twice, they are refused.
fn assert_strictly_increasing<T: Sample>(bytes: &[u8], start: usize, width: usize) {
    let (before, rest) = bytes.split_at(start);
    let (first, rest) = rest.split_at(width);
    let (second, after) = rest.split_at(width);
    let with = |one: &[u8], other: &[u8]| decode::<T>(&[before, one, other, after].concat());
    assert!(with(first, second).is_ok());
    assert_eq!(with(second, first), Err(Rejection::EncMalformed), "unsorted");
    assert_eq!(with(first, first), Err(Rejection::EncMalformed), "repeated");
    assert_eq!(with(second, second), Err(Rejection::EncMalformed), "repeated");
}

#[test]
fn unsorted_and_repeated_keys_are_refused() {
    let policy = with_sequence(&[1, 0, 0, 0], 2, &|number| [key(number), vec![1, 0]].concat(), &[]);
    assert_strictly_increasing::<Policy>(&policy, 8, 34);
    let witness = with_sequence(&[0], 2, &|number| [key(number), vec![0; 64]].concat(), &[]);
    assert_strictly_increasing::<Witness>(&witness, 5, 96);
    let validators = validators_in_order(2);
    let roster = with_sequence(&[], 2, &|number| validators[number as usize].clone(), &[]);
    assert_strictly_increasing::<Roster>(&roster, 4, 96);
}

#[test]
fn keys_repeated_with_another_value_are_refused() {
    let element = |number: u32| [key(0), encode(&(1 + number as u16))].concat();
    let policy = with_sequence(&[1, 0, 0, 0], 2, &element, &[]);
    assert_eq!(decode::<Policy>(&policy), Err(Rejection::EncMalformed));
}

#[test]
fn unsorted_and_repeated_rows_of_a_state_are_refused() {
    fn two_rows<K: Ord + Sample, V: Sample + Clone>() -> BTreeMap<K, V> {
        [[0; 200], [2; 200]].map(|entropy| (sample(&entropy), sample(&[]))).into()
    }
    let empty: ShardState = sample(&[]);
    let states = [
        ShardState { unspent: two_rows(), ..empty.clone() },
        ShardState { locks: two_rows(), ..empty.clone() },
        ShardState { decisions: two_rows(), ..empty.clone() },
        ShardState { accounts: two_rows(), ..empty.clone() },
        ShardState { pending: two_rows(), ..empty.clone() },
    ];
    for (place, state) in states.iter().enumerate() {
        let bytes = encode(state);
        let width = (bytes.len() - encode(&empty).len()) / 2;
        // The position, the lengths of the maps before, and of this one.
        let start = encode(&empty.position).len() + 4 * (place + 1);
        assert_strictly_increasing::<ShardState>(&bytes, start, width);
    }
}

// --- Tags -------------------------------------------------------------------------------------

/// The samples have these tags, and no byte string with another first byte is accepted.
fn assert_tags<T: Wire>(samples: &[T], tags: &[u8]) {
    let sampled: Vec<u8> = samples.iter().map(|sample| encode(sample)[0]).collect();
    assert_eq!(sampled, tags);
    let contents: Vec<Vec<u8>> =
        samples.iter().map(|sample| encode(sample)[1..].to_vec()).collect();
    for unknown in (0..=255).filter(|tag| !tags.contains(tag)) {
        for content in &contents {
            let bytes = [&[unknown][..], content].concat();
            assert!(decode::<T>(&bytes).is_err(), "tag {unknown} is unknown");
        }
    }
}

#[test]
fn unknown_enum_tags_are_refused() {
    let rejected = Vote::Rejected(Rejection::LedOutpointUnknown);
    assert_tags(&[Vote::None, Vote::Accepted, rejected], &[0, 1, 2]);
    assert_tags(&[Settlement::No, Settlement::Committed, Settlement::Aborted], &[0, 1, 2]);
    assert_tags(&[Payload::Transfer], &[0]);
    assert_tags(&[Holder::Account(AccountId::default()), Holder::CommunityPools], &[0, 1]);
    let swept = Answer::Swept { committed: 1, aborted: 1 };
    let answers =
        [Answer::Applied, Answer::Voted(rejected), Answer::Settled(Settlement::No), swept];
    assert_tags(&answers, &[0, 1, 2, 3]);
    let entries: [Entry<Digest>; 5] = [
        Entry::Single(sample(&[])),
        Entry::Lock(sample(&[])),
        Entry::UnlockCommit(sample(&[])),
        Entry::UnlockAbort(sample(&[])),
        Entry::Import(sample(&[])),
    ];
    assert_tags(&entries, &[0, 1, 2, 3, 4]);
}

#[test]
fn rejections_are_encoded_as_their_tags_and_unknown_ones_are_refused() {
    let tags: Vec<u8> = Rejection::ALL.iter().map(|rejection| *rejection as u8).collect();
    assert_tags(Rejection::ALL, &tags);
    assert!(tags.is_sorted_by(|one, next| one < next), "the table is in the order of its tags");
}

#[test]
fn an_option_has_the_tag_0_or_1() {
    /// `none` and `some` differ in the option at `place` alone.
    fn check<T: Sample>(none: &T, some: &T, place: usize) {
        for (value, tag) in [(none, 0), (some, 1)] {
            let mut bytes = encode(value);
            assert_eq!(bytes[place], tag);
            for other in 2..=255 {
                bytes[place] = other;
                assert_eq!(decode::<T>(&bytes), Err(Rejection::EncMalformed), "tag {other}");
            }
        }
    }
    let output = Output { owner: AccountId::default(), amount: 1, data_hash: None };
    check(&output, &Output { data_hash: Some(Digest::ZERO), ..output.clone() }, 40);
    let witness: Witness = sample(&[]);
    check(&witness, &Witness { policy: Some(sample(&[])), ..witness.clone() }, 0);
    let leaf = MapLeaf { key_hash: Digest::ZERO, value_hash: Digest::ZERO };
    let proof = MapProof { siblings: Bounded::empty(), other: None };
    check(&proof, &MapProof { other: Some(leaf), ..proof.clone() }, 4);
}

#[test]
fn keys_and_signatures_are_any_bytes_of_their_length() {
    fn check<T: Sample>(length: usize) {
        for fill in [0, 1, 0x7f, 0xff] {
            assert!(decode::<T>(&vec![fill; length]).is_ok());
            assert!(decode::<T>(&vec![fill; length - 1]).is_err());
            assert!(decode::<T>(&vec![fill; length + 1]).is_err());
        }
    }
    check::<PublicKey>(32);
    check::<Signature>(64);
    check::<VrfPublicKey>(32);
    check::<VrfProof>(80);
    check::<VrfOutput>(64);
    check::<EncodedElement>(32);
    check::<EncodedScalar>(32);
    check::<SchnorrSignature>(64);
    check::<ValidatorKeys>(96);
    check::<Digest>(32);
    check::<TxId>(32);
}
