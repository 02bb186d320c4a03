//! Algebraic laws of the hash, of digests and of the two suites.

mod support;

use std::collections::{BTreeMap, BTreeSet};

use ioschain_spec::Rejection;
use ioschain_spec::atomix::attestation::Attests;
use ioschain_spec::identity::IdentityLog;
use ioschain_spec::ledger::{Decision, Settlement, TxId, Vote};
use ioschain_spec::parameters::Parameters;
use ioschain_spec::primitives::certificate::Roster;
use ioschain_spec::primitives::ed25519::{KeyPair, PublicKey, verify_strict};
use ioschain_spec::primitives::encoding::{BoundedMap, encode};
use ioschain_spec::primitives::hash::{
    Digest, Tag, sha256, tagged_hash, tagged_hash_of_bytes, tags,
};
use ioschain_spec::primitives::numbers::{Epoch, Shard};
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::suite::{Ideal, IdealCertificate, Normative, Suite};
use quickcheck::{TestResult, quickcheck};

// --- Tagged hash ------------------------------------------------------------------------------

/// `SHA-256("IOSChain/v1" ‖ len8(tag) ‖ tag ‖ encoded)`, by hand.
fn hash_by_hand(tag: Tag, encoded: &[u8]) -> Digest {
    let name = tag.name().as_bytes();
    let length = u8::try_from(name.len()).expect("the names of tags are short");
    Digest(support::sha256(&[b"IOSChain/v1", &[length], name, encoded]))
}

#[test]
fn tags_are_distinct_and_not_empty() {
    let names: BTreeSet<&str> = tags::ALL.iter().map(|tag| tag.name()).collect();
    assert_eq!(names.len(), tags::ALL.len());
    assert!(names.len() >= 14 && !names.contains(""));
    assert!(names.iter().all(|name| name.is_ascii()));
}

/// A renamed tag makes another chain of the same genesis.
#[test]
fn tags_have_their_permanent_names() {
    let names: Vec<&str> = tags::ALL.iter().map(|tag| tag.name()).collect();
    let permanent = [
        "key",
        "value",
        "account",
        "shard",
        "tx",
        "sig",
        "genesis",
        "refund",
        "block",
        "vote",
        "chain",
        "genesis/shard",
        "identity",
        "epoch-closed",
        "dleq/challenge",
        "dleq/nonce",
        "pvss/coefficient",
        "pvss/commitments",
        "cosi/binding",
        "cosi/challenge",
        "cosi/nonce",
        "node",
        "keys/signing",
        "keys/lottery",
        "keys/group",
        "keys/secret",
        "possession",
        "possession/nonce",
        "registration",
        "seed/assign",
        "seed/swap-out",
        "seed/swap-in",
        "seed/league",
        "seed/leader",
    ];
    assert_eq!(names[..permanent.len()], permanent, "later sections append theirs");
}

/// `H("tx", 1 as u64)`, computed once with another implementation of SHA-256.
#[test]
fn a_tagged_hash_is_known() {
    let known = "1fcc878c054a11dcff0bdc27097450b4af29d64df9583407b33a09a35b24b26c";
    assert_eq!(format!("{:?}", tagged_hash(tags::TRANSACTION, &1u64)), known);
}

fn tag(choice: usize) -> Tag {
    tags::ALL[choice % tags::ALL.len()]
}

quickcheck! {
    fn a_tagged_hash_is_that_of_the_formula(choice: usize, value: (u64, Vec<u8>)) -> bool {
        let (tag, encoded) = (tag(choice), encode(&value));
        tagged_hash(tag, &value) == hash_by_hand(tag, &encoded)
            && tagged_hash_of_bytes(tag, &encoded) == hash_by_hand(tag, &encoded)
    }

    fn distinct_tags_give_distinct_hashes(value: Vec<u8>) -> bool {
        let hashes: BTreeSet<Digest> =
            tags::ALL.iter().map(|tag| tagged_hash(*tag, &value)).collect();
        hashes.len() == tags::ALL.len()
    }

    fn distinct_values_give_distinct_hashes(choice: usize, one: Vec<u8>, other: Vec<u8>) -> bool {
        let hash = |value: &Vec<u8>| tagged_hash(tag(choice), value);
        (hash(&one) == hash(&other)) == (one == other)
    }

    /// "genesis" begins "genesis/shard": the length before the tag keeps the two apart.
    fn what_follows_a_tag_cannot_complete_another(encoded: Vec<u8>) -> bool {
        let completed = [b"/shard", &encoded[..]].concat();
        tagged_hash_of_bytes(tags::GENESIS_OUTPUT, &completed)
            != tagged_hash_of_bytes(tags::FIRST_BLOCK, &encoded)
    }

    fn plain_hashes_are_of_the_parts_together(parts: Vec<Vec<u8>>) -> bool {
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        sha256(&parts) == sha256(&[&parts.concat()])
            && sha256(&parts) == Digest(support::sha256(&parts))
    }

    fn both_suites_hash_alike(choice: usize, value: (u32, Vec<u8>)) -> bool {
        let hash = tagged_hash(tag(choice), &value);
        Normative.hash(tag(choice), &value) == hash && Ideal.hash(tag(choice), &value) == hash
    }
}

// --- Encoding and digests ---------------------------------------------------------------------

quickcheck! {
    fn a_struct_is_the_encodings_of_its_fields_in_order(
        first: u64, second: Vec<u8>, third: u16
    ) -> bool {
        encode(&(first, &second, third)) == [encode(&first), encode(&second), encode(&third)].concat()
    }

    fn integers_are_little_endian(one: u16, two: u32, three: u64) -> bool {
        encode(&one) == one.to_le_bytes()
            && encode(&two) == two.to_le_bytes()
            && encode(&three) == three.to_le_bytes()
    }

    fn keys_are_encoded_in_their_order(entries: BTreeMap<u8, u16>) -> bool {
        let length = u32::try_from(entries.len()).unwrap().to_le_bytes().to_vec();
        let pairs = entries.iter().map(|(key, value)| [&[*key][..], &value.to_le_bytes()].concat());
        let expected: Vec<u8> = [length].into_iter().chain(pairs).flatten().collect();
        encode(&BoundedMap::<u8, u16, 256>::try_from(entries).unwrap()) == expected
    }

    fn bits_are_read_from_the_most_significant_on(bytes: [u8; 32]) -> bool {
        let digest = Digest(bytes);
        let byte = |place: u16| {
            (0..8).fold(0u8, |byte, bit| byte << 1 | u8::from(digest.bit(place * 8 + bit)))
        };
        (0..32).map(byte).collect::<Vec<u8>>() == bytes
    }

    fn there_are_no_bits_past_the_end(bytes: [u8; 32], depth: u16) -> bool {
        !Digest(bytes).bit(depth.max(256)) && !Digest([0xff; 32]).bit(depth.max(256))
    }

    fn digests_are_ordered_by_their_first_differing_bit(one: [u8; 32], other: [u8; 32]) -> bool {
        let (one, other) = (Digest(one), Digest(other));
        let differing = (0..256).find(|depth| one.bit(*depth) != other.bit(*depth));
        (one < other) == differing.is_some_and(|depth| other.bit(depth))
    }

    fn digests_print_as_hexadecimal(bytes: [u8; 32]) -> bool {
        format!("{:?}", Digest(bytes)) == hex::encode(bytes)
    }
}

// --- The ideal suite --------------------------------------------------------------------------

quickcheck! {
    fn an_ideal_signature_verifies_for_its_key_and_message_alone(
        key: [u8; 32], other_key: [u8; 32], message: [u8; 32], other_message: [u8; 32]
    ) -> bool {
        let (key, other_key) = (PublicKey(key), PublicKey(other_key));
        let (message, other_message) = (Digest(message), Digest(other_message));
        let signature = Ideal.sign(&key, &message);
        let verifies = |key, message| Ideal.verify_signature(key, message, &signature);
        verifies(&key, &message)
            && verifies(&other_key, &message) == (key == other_key)
            && verifies(&key, &other_message) == (message == other_message)
    }

    fn a_changed_ideal_signature_does_not_verify(
        key: [u8; 32], message: [u8; 32], place: usize, mask: u8
    ) -> TestResult {
        let (key, message) = (PublicKey(key), Digest(message));
        let mut signature = Ideal.sign(&key, &message);
        signature.0[place % 64] ^= mask;
        let verifies = Ideal.verify_signature(&key, &message, &signature);
        TestResult::from_bool(verifies == (mask == 0))
    }

    fn ideal_signatures_are_as_distinct_as_what_they_sign(
        one: ([u8; 32], [u8; 32]), other: ([u8; 32], [u8; 32])
    ) -> bool {
        let sign = |(key, message)| Ideal.sign(&PublicKey(key), &Digest(message));
        (sign(one) == sign(other)) == (one == other)
    }

    fn the_normative_suite_verifies_what_strict_ed25519_does(
        seed: [u8; 32], message: [u8; 32], flipped: Option<usize>
    ) -> bool {
        let (key_pair, message) = (KeyPair::from_seed(&seed), Digest(message));
        let mut signature = key_pair.sign(&message.0);
        if let Some(bit) = flipped {
            signature.0[bit / 8 % 64] ^= 1 << (bit % 8);
        }
        let key = key_pair.public_key();
        let verified = Normative.verify_signature(&key, &message, &signature);
        verified == verify_strict(&key, &message.0, &signature) && verified == flipped.is_none()
    }

    fn no_suite_takes_the_other_s_signatures(seed: [u8; 32], message: [u8; 32]) -> bool {
        let (key_pair, message) = (KeyPair::from_seed(&seed), Digest(message));
        let key = key_pair.public_key();
        !Ideal.verify_signature(&key, &message, &key_pair.sign(&message.0))
            && !Normative.verify_signature(&key, &message, &Ideal.sign(&key, &message))
    }
}

fn decision(vote: Vote, settled: Settlement) -> Decision {
    Decision { vote, settled, expiry_epoch: Epoch(1) }
}

const TXID: TxId = TxId(Digest([7; 32]));

#[test]
fn an_ideal_attestation_says_what_the_row_says() {
    let chain_id = Digest([1; 32]);
    let parameters = Parameters { chain_id, shards: 3, fee_minimum: 1, rejections_max: 1 };
    let log = IdentityLog::new(parameters, Vec::new());
    let rejected = Vote::Rejected(Rejection::LedOutpointLocked);
    let rows = [
        decision(Vote::Accepted, Settlement::No),
        decision(Vote::Accepted, Settlement::Committed),
        decision(Vote::Accepted, Settlement::Aborted),
        decision(rejected, Settlement::No),
    ];
    for row in rows {
        for number in 1..=3 {
            let attestation = Ideal.attest(Shard(number), TXID, &row).unwrap();
            let decided = Ideal.verify_attestation(&log.view(), &attestation).unwrap();
            assert_eq!(decided.shard(), Shard(number));
            assert_eq!(decided.txid(), TXID);
            assert_eq!(decided.vote(), row.vote);
        }
    }
}

#[test]
fn a_row_without_a_vote_attests_nothing() {
    // An output shard settles without having voted.
    let settled = decision(Vote::None, Settlement::Committed);
    assert_eq!(Ideal.attest(Shard(1), TXID, &settled), None);
}

#[test]
fn ideal_certificates_are_taken_for_granted() {
    let roster = Roster::new([]).expect("nobody is few enough");
    let certificate = &IdealCertificate;
    let verified = Ideal.verify_certificate::<Ristretto255>(&roster, &Digest::ZERO, certificate);
    assert_eq!(verified, Ok(()));
}
