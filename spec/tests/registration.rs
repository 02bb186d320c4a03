//! The keys of a validator (CRY-KEYS-…), the proof of possession (CRY-POSSESS-…) and registration
//! (EDS-REGISTER-…).

mod support;

use std::collections::{BTreeMap, BTreeSet};

use curve25519_dalek::ristretto::CompressedRistretto;
use curve25519_dalek::traits::Identity;
use curve25519_dalek::{RistrettoPoint, Scalar};
use ioschain_spec::Rejection;
use ioschain_spec::ledger::AccountId;
use ioschain_spec::ledger::owner::derive_shard_of_owner;
use ioschain_spec::primitives::ed25519::{KeyPair, PublicKey, Signature};
use ioschain_spec::primitives::encoding::encode;
use ioschain_spec::primitives::group::{EncodedElement, EncodedScalar, Group};
use ioschain_spec::primitives::hash::{Digest, tagged_hash, tags};
use ioschain_spec::primitives::keys::{
    self, NodeId, ValidatorKeyPairs, ValidatorKeys, verify_possession,
};
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::primitives::schnorr::SchnorrSignature;
use ioschain_spec::primitives::vrf::{VrfKeyPair, VrfProof, VrfPublicKey};
use ioschain_spec::sharding::registration::{Registration, SignedRegistration, check_registration};
use ioschain_spec::suite::Normative;
use quickcheck::quickcheck;
use support::sha256;

type GroupKeyPair = keys::GroupKeyPair<Ristretto255>;

// --- Keys -------------------------------------------------------------------------------------

/// `"IOSChain/v1" ‖ len8(tag) ‖ tag ‖ encoded`, by hand.
fn preimage(tag: &str, encoded: &[u8]) -> Vec<u8> {
    [b"IOSChain/v1", &[tag.len() as u8][..], tag.as_bytes(), encoded].concat()
}

fn scalar_by_hand(tag: &str, encoded: &[u8]) -> Scalar {
    let domain = format!("HashToScalar-IOSChain/v1-ristretto255-SHA512-{tag}");
    Ristretto255::hash_to_scalar(domain.as_bytes(), encoded)
}

/// As scalars are derived that must not be 0: the first attempt of them gives one.
fn nonzero_by_hand(tag: &str, encoded: &[u8]) -> Scalar {
    scalar_by_hand(tag, &[encoded, &0u64.to_le_bytes()].concat())
}

fn encode_multiple(scalar: &Scalar) -> EncodedElement {
    EncodedElement(RistrettoPoint::mul_base(scalar).compress().0)
}

quickcheck! {
    fn the_three_keys_come_from_the_seed_by_their_roles(seed: [u8; 32]) -> bool {
        let keys = ValidatorKeyPairs::from_seed(&seed).public_keys();
        let role = |tag| sha256(&[&preimage(tag, &seed)]);
        let secret = nonzero_by_hand("keys/secret", &role("keys/group"));
        keys.signing == KeyPair::from_seed(&role("keys/signing")).public_key()
            && keys.lottery == VrfKeyPair::from_seed(&role("keys/lottery")).public_key()
            && keys.group == encode_multiple(&secret)
    }

    fn a_validator_is_named_by_its_three_keys(seed: [u8; 32]) -> bool {
        let keys = ValidatorKeyPairs::from_seed(&seed).public_keys();
        let together = [keys.signing.0, keys.lottery.0, keys.group.0].concat();
        keys.node_id().0.0 == sha256(&[&preimage("node", &together)])
    }

    fn distinct_seeds_give_distinct_keys(one: [u8; 32], other: [u8; 32]) -> bool {
        let all = [one, other].map(|seed| ValidatorKeyPairs::from_seed(&seed).public_keys());
        let bytes: BTreeSet<[u8; 32]> =
            all.iter().flat_map(|keys| [keys.signing.0, keys.lottery.0, keys.group.0]).collect();
        bytes.len() == if one == other { 3 } else { 6 }
    }
}

#[test]
fn printing_key_pairs_prints_public_keys_alone() {
    let key_pairs = ValidatorKeyPairs::from_seed(&[0xab; 32]);
    let keys = key_pairs.public_keys();
    let expected = format!(
        "ValidatorKeyPairs {{ signing: KeyPair({:?}), lottery: VrfKeyPair({:?}), group: GroupKeyPair({:?}) }}",
        keys.signing, keys.lottery, keys.group
    );
    assert_eq!(format!("{key_pairs:?}"), expected);
}

// --- Possession -------------------------------------------------------------------------------

const MESSAGE: Digest = Digest([9; 32]);

/// A proof made with any secret and nonce.
fn prove_with(
    key: &EncodedElement,
    secret: &Scalar,
    nonce: &Scalar,
    message: &Digest,
) -> SchnorrSignature {
    let commitment = encode_multiple(nonce);
    let challenge = scalar_by_hand("possession", &[key.0, message.0, commitment.0].concat());
    let response = EncodedScalar((nonce + challenge * secret).to_bytes());
    SchnorrSignature { commitment, response }
}

fn verify(
    key: &EncodedElement,
    message: &Digest,
    possession: &SchnorrSignature,
) -> Result<(), Rejection> {
    verify_possession::<Ristretto255>(key, message, possession)
}

quickcheck! {
    fn a_possession_verifies_for_its_key_and_message_alone(
        seed: [u8; 32], other_seed: [u8; 32], message: [u8; 32], other_message: [u8; 32]
    ) -> bool {
        let (key_pair, other) = (GroupKeyPair::from_seed(&seed), GroupKeyPair::from_seed(&other_seed));
        let (message, other_message) = (Digest(message), Digest(other_message));
        let possession = key_pair.prove_possession(&message);
        let verifies = |key_pair: &GroupKeyPair, message: &Digest| {
            verify(&key_pair.public_key(), message, &possession).is_ok()
        };
        possession == key_pair.prove_possession(&message)
            && verifies(&key_pair, &message)
            && verifies(&other, &message) == (seed == other_seed)
            && verifies(&key_pair, &other_message) == (message == other_message)
    }

    /// Two messages under one nonce would give the secret away.
    fn no_two_messages_share_a_commitment(seed: [u8; 32], one: [u8; 32], other: [u8; 32]) -> bool {
        let key_pair = GroupKeyPair::from_seed(&seed);
        let commitment = |message| key_pair.prove_possession(&Digest(message)).commitment;
        (commitment(one) == commitment(other)) == (one == other)
    }

    fn a_possession_is_the_schnorr_signature_of_the_definition(secret: u64, nonce: u64) -> bool {
        let (secret, nonce) = (Scalar::from(secret) + Scalar::ONE, Scalar::from(nonce) + Scalar::ONE);
        let key = encode_multiple(&secret);
        let possession = prove_with(&key, &secret, &nonce, &MESSAGE);
        verify(&key, &MESSAGE, &possession) == Ok(())
    }
}

#[test]
fn every_flipped_bit_of_key_message_or_possession_is_noticed() {
    let key_pair = GroupKeyPair::from_seed(&[1; 32]);
    let possession = key_pair.prove_possession(&MESSAGE);
    let honest =
        [key_pair.public_key().0, MESSAGE.0, possession.commitment.0, possession.response.0]
            .concat();
    for bit in 0..8 * honest.len() {
        let mut bytes = honest.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let (parts, _) = bytes.as_chunks::<32>();
        let [key, message, commitment, response] = parts.try_into().unwrap();
        let possession = SchnorrSignature {
            commitment: EncodedElement(commitment),
            response: EncodedScalar(response),
        };
        assert!(verify(&EncodedElement(key), &Digest(message), &possession).is_err(), "{bit}");
    }
}

/// Encodings of no element: negative, not below p, not on the curve.
fn bad_encodings() -> Vec<[u8; 32]> {
    let negative = [1; 32];
    let above = [0xff; 32];
    let mut not_square = [2; 32];
    while CompressedRistretto(not_square).decompress().is_some() {
        not_square[0] += 2;
    }
    vec![negative, above, not_square]
}

#[test]
fn a_group_key_that_is_no_element_or_the_identity_is_refused() {
    let possession = GroupKeyPair::from_seed(&[1; 32]).prove_possession(&MESSAGE);
    for encoding in bad_encodings() {
        let answer = verify(&EncodedElement(encoding), &MESSAGE, &possession);
        assert_eq!(answer, Err(Rejection::CryElementEncoding));
    }
    // Everybody knows the identity's logarithm.
    let identity = EncodedElement(RistrettoPoint::identity().compress().0);
    let possession = prove_with(&identity, &Scalar::ZERO, &Scalar::from(5u64), &MESSAGE);
    assert_eq!(verify(&identity, &MESSAGE, &possession), Err(Rejection::CryElementIdentity));
}

#[test]
fn a_possession_with_a_bad_commitment_or_response_is_refused() {
    let secret = Scalar::from(77u64);
    let key = encode_multiple(&secret);
    let honest = prove_with(&key, &secret, &Scalar::from(88u64), &MESSAGE);
    assert_eq!(verify(&key, &MESSAGE, &honest), Ok(()));
    let refused = |possession: &SchnorrSignature, rejection| {
        assert_eq!(verify(&key, &MESSAGE, possession), Err(rejection), "{possession:?}");
    };
    for commitment in bad_encodings() {
        let commitment = EncodedElement(commitment);
        refused(&SchnorrSignature { commitment, ..honest }, Rejection::CryElementEncoding);
    }
    // The nonce 0: the equation holds.
    let without_nonce = prove_with(&key, &secret, &Scalar::ZERO, &MESSAGE);
    refused(&without_nonce, Rejection::CryElementIdentity);
    // z + L: the order is 1 more than −1.
    let minus_one = (Scalar::ZERO - Scalar::ONE).to_bytes();
    let mut raised = honest.response.0;
    let mut carry = 1u16;
    for (byte, order) in raised.iter_mut().zip(minus_one) {
        let digit = u16::from(*byte) + u16::from(order) + carry;
        *byte = digit as u8;
        carry = digit >> 8;
    }
    assert_eq!(Scalar::from_bytes_mod_order(raised).to_bytes(), honest.response.0);
    let response = EncodedScalar(raised);
    refused(&SchnorrSignature { response, ..honest }, Rejection::CryScalarEncoding);
}

/// A key that cancels another's: X′ = x·G − Y. Nobody knows its logarithm, so nobody proves it.
#[test]
fn a_rogue_key_has_no_possession_by_the_secret_of_the_sum() {
    let victim = GroupKeyPair::from_seed(&[1; 32]).public_key();
    let secret = Scalar::from(4321u64);
    let victim_element = CompressedRistretto(victim.0).decompress().unwrap();
    let sum = RistrettoPoint::mul_base(&secret);
    let rogue = EncodedElement((sum - victim_element).compress().0);
    let possession = prove_with(&rogue, &secret, &Scalar::from(7u64), &MESSAGE);
    assert_eq!(verify(&rogue, &MESSAGE, &possession), Err(Rejection::CryPossession));
    // It would sign for both.
    let of_sum = encode_multiple(&secret);
    let possession = prove_with(&of_sum, &secret, &Scalar::from(7u64), &MESSAGE);
    assert_eq!(verify(&of_sum, &MESSAGE, &possession), Ok(()));
}

// --- Registration -----------------------------------------------------------------------------

const CHAIN: Digest = Digest([7; 32]);

fn key_pairs(number: u8) -> ValidatorKeyPairs {
    ValidatorKeyPairs::from_seed(&[number; 32])
}

fn registration(key_pairs: &ValidatorKeyPairs) -> Registration {
    let owner = AccountId(Digest([3; 32]));
    Registration { chain_id: CHAIN, keys: key_pairs.public_keys(), owner }
}

fn signed(number: u8) -> SignedRegistration {
    registration(&key_pairs(number)).sign(&key_pairs(number)).unwrap()
}

fn check(signed: &SignedRegistration) -> Result<(), Rejection> {
    check_registration(&Normative, &CHAIN, &BTreeMap::new(), signed)
}

fn registered(numbers: &[u8]) -> BTreeMap<NodeId, Registration> {
    let of = |number: &u8| registration(&key_pairs(*number));
    numbers.iter().map(of).map(|made| (made.keys.node_id(), made)).collect()
}

#[test]
fn a_registration_is_accepted_with_the_proofs_of_its_three_keys() {
    assert_eq!(check(&signed(1)), Ok(()));
    let others = registered(&[2, 3, 4]);
    assert_eq!(check_registration(&Normative, &CHAIN, &others, &signed(1)), Ok(()));
}

#[test]
fn the_message_of_a_registration_covers_chain_keys_and_owner() {
    let made = registration(&key_pairs(1));
    assert_eq!(made.message(), tagged_hash(tags::REGISTRATION, &made));
    let keys = made.keys;
    let parts = [CHAIN.0, keys.signing.0, keys.lottery.0, keys.group.0, made.owner.0.0];
    assert_eq!(encode(&made), parts.concat());
}

#[test]
fn a_validator_is_at_home_in_its_owners_shard() {
    let made = registration(&key_pairs(1));
    for shards in [1, 2, 7, 1024] {
        assert_eq!(made.home(shards), derive_shard_of_owner(&made.owner, shards));
    }
}

#[test]
fn a_registration_for_another_chain_is_refused() {
    let other_chain = Digest([8; 32]);
    let answer = check_registration(&Normative, &other_chain, &BTreeMap::new(), &signed(1));
    assert_eq!(answer, Err(Rejection::EdsRegistrationChain));
}

/// One key in common is enough, whichever it is.
#[test]
fn a_key_that_is_registered_already_is_refused() {
    let others = registered(&[2, 3, 4]);
    let refused = Err(Rejection::EdsRegistrationRepeated);
    assert_eq!(check_registration(&Normative, &CHAIN, &others, &signed(3)), refused);
    let (mine, old) = (key_pairs(1), key_pairs(3));
    let mixed = [
        ValidatorKeyPairs { signing: old.signing.clone(), ..mine.clone() },
        ValidatorKeyPairs { lottery: old.lottery.clone(), ..mine.clone() },
        ValidatorKeyPairs { group: old.group.clone(), ..mine.clone() },
    ];
    for key_pairs in mixed {
        let signed = registration(&key_pairs).sign(&key_pairs).unwrap();
        assert_eq!(check(&signed), Ok(()));
        assert_eq!(check_registration(&Normative, &CHAIN, &others, &signed), refused);
    }
}

/// Whoever copies a key of somebody else's cannot prove it for a registration of its own, even with
/// the proof that the other's registration carries.
#[test]
fn somebody_elses_key_cannot_be_registered() {
    let (mine, theirs, of_theirs) = (key_pairs(1), key_pairs(2).public_keys(), signed(2));
    let keys = mine.public_keys();
    let copy = |keys| {
        let made = Registration { keys, ..registration(&mine) };
        made.sign(&mine).unwrap()
    };

    let signing = copy(ValidatorKeys { signing: theirs.signing, ..keys });
    assert_eq!(check(&signing), Err(Rejection::EdsRegistrationSignature));
    let with_theirs = SignedRegistration { signature: of_theirs.signature, ..signing };
    assert_eq!(check(&with_theirs), Err(Rejection::EdsRegistrationSignature));

    let lottery = copy(ValidatorKeys { lottery: theirs.lottery, ..keys });
    assert_eq!(check(&lottery), Err(Rejection::CryVrfProofFalse));
    let with_theirs = SignedRegistration { lottery_proof: of_theirs.lottery_proof, ..lottery };
    assert_eq!(check(&with_theirs), Err(Rejection::CryVrfProofFalse));

    let group = copy(ValidatorKeys { group: theirs.group, ..keys });
    assert_eq!(check(&group), Err(Rejection::CryPossession));
    let with_theirs = SignedRegistration { possession: of_theirs.possession, ..group };
    assert_eq!(check(&with_theirs), Err(Rejection::CryPossession));
}

#[test]
fn a_registration_that_was_changed_after_signing_is_refused() {
    let mut changed = signed(1);
    changed.registration.owner = AccountId(Digest([4; 32]));
    assert_eq!(check(&changed), Err(Rejection::EdsRegistrationSignature));
    // Signed again, by the signing key alone.
    changed.signature = key_pairs(1).signing.sign(&changed.registration.message().0);
    assert_eq!(check(&changed), Err(Rejection::CryVrfProofFalse));
    let message = changed.registration.message();
    changed.lottery_proof = key_pairs(1).lottery.prove(&message.0).unwrap();
    assert_eq!(check(&changed), Err(Rejection::CryPossession));
    changed.possession = key_pairs(1).group.prove_possession(&message);
    assert_eq!(check(&changed), Ok(()));
}

/// A way to break a registration, and what it gives.
type Fault = (Rejection, fn(&mut SignedRegistration));

/// The faults in the order of the checks; each is applied before the three proofs are.
const FAULTS: [Fault; 8] = [
    (Rejection::EdsRegistrationChain, |signed| signed.registration.chain_id = Digest::ZERO),
    (Rejection::EdsRegistrationRepeated, |signed| {
        signed.registration.keys.group = key_pairs(2).public_keys().group;
    }),
    (Rejection::EdsRegistrationSignature, |signed| {
        signed.registration.keys.signing = PublicKey([0; 32]);
    }),
    (Rejection::CryVrfKey, |signed| {
        // y = 1: the identity.
        let mut identity = [0; 32];
        identity[0] = 1;
        signed.registration.keys.lottery = VrfPublicKey(identity);
    }),
    (Rejection::CryVrfProofMalformed, |signed| signed.lottery_proof.response = [0xff; 32]),
    (Rejection::CryVrfProofFalse, |signed| signed.lottery_proof.challenge[0] ^= 1),
    (Rejection::CryElementIdentity, |signed| {
        signed.registration.keys.group = EncodedElement([0; 32]);
    }),
    (Rejection::CryPossession, |signed| signed.possession.response.0[0] ^= 1),
];

/// The registration with those faults, and as many good proofs as they leave.
fn broken(faults: &[Fault]) -> SignedRegistration {
    let mut signed = signed(1);
    for (_, apply) in faults {
        apply(&mut signed);
    }
    let message = signed.registration.message();
    let good = signed.registration.clone().sign(&key_pairs(1)).unwrap();
    let untouched: SignedRegistration = self::signed(1);
    if signed.lottery_proof == untouched.lottery_proof {
        signed.lottery_proof = good.lottery_proof;
    } else {
        let VrfProof { gamma, .. } = good.lottery_proof;
        signed.lottery_proof.gamma = gamma;
    }
    signed.signature = good.signature;
    if signed.possession == untouched.possession {
        signed.possession = key_pairs(1).group.prove_possession(&message);
    }
    signed
}

#[test]
fn each_fault_of_a_registration_is_refused_and_of_two_the_earlier_check_answers() {
    let others = registered(&[2]);
    let check =
        |signed: &SignedRegistration| check_registration(&Normative, &CHAIN, &others, signed);
    assert_eq!(check(&broken(&[])), Ok(()));
    for (at, fault) in FAULTS.iter().enumerate() {
        assert_eq!(check(&broken(&[*fault])), Err(fault.0));
        // The copied group key and the bad one are two values of one field.
        let later = FAULTS[at + 1..].iter().filter(|later| {
            (fault.0, later.0)
                != (Rejection::EdsRegistrationRepeated, Rejection::CryElementIdentity)
        });
        for later in later {
            assert_eq!(check(&broken(&[*fault, *later])), Err(fault.0), "and {}", later.0);
        }
    }
}

#[test]
fn a_signature_of_zeros_registers_nothing() {
    let unsigned = SignedRegistration { signature: Signature([0; 64]), ..signed(1) };
    assert_eq!(check(&unsigned), Err(Rejection::EdsRegistrationSignature));
}
