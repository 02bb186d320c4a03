//! Rosters, quorums and quorum certificates (CRY-QUORUM-01, CRY-CERT-01 to CRY-CERT-04).

mod support;

use std::collections::BTreeSet;

use ioschain_spec::Rejection;
use ioschain_spec::primitives::certificate::{
    QuorumCertificate, Roster, Signers, ValidatorVote, verify_quorum_certificate,
};
use ioschain_spec::primitives::ed25519::{KeyPair, PublicKey, Signature};
use ioschain_spec::primitives::encoding::{decode, encode};
use ioschain_spec::primitives::group::EncodedElement;
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::keys::{NodeId, ValidatorKeyPairs, ValidatorKeys};
use ioschain_spec::primitives::merkle::list_root;
use ioschain_spec::primitives::numbers::{Epoch, Height, Shard};
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::primitives::vrf::VrfPublicKey;
use ioschain_spec::suite::{Normative, SignatureLists, Suite};
use support::sha256;

/// The validators of a roster, in its order.
struct Validators {
    roster: Roster,
    key_pairs: Vec<ValidatorKeyPairs>,
}

fn validators(count: usize) -> Validators {
    let seeds = (0..count).map(|number| sha256(&[b"validator", &number.to_le_bytes()]));
    let mut key_pairs: Vec<ValidatorKeyPairs> =
        seeds.map(|seed| ValidatorKeyPairs::from_seed(&seed)).collect();
    key_pairs.sort_by_key(|pairs| pairs.public_keys().node_id());
    let roster = Roster::new(key_pairs.iter().map(ValidatorKeyPairs::public_keys)).unwrap();
    Validators { roster, key_pairs }
}

/// Keys that nobody has.
fn made_up_keys(number: usize) -> ValidatorKeys {
    let key = |role: &[u8]| sha256(&[role, &number.to_le_bytes()]);
    ValidatorKeys {
        signing: PublicKey(key(b"signing")),
        lottery: VrfPublicKey(key(b"lottery")),
        group: EncodedElement(key(b"group")),
    }
}

/// A roster of keys that nobody has, for what concerns no signature.
fn roster_of_size(count: usize) -> Roster {
    Roster::new((0..count).map(made_up_keys)).unwrap()
}

const MESSAGE: Digest = Digest([0x17; 32]);

impl Validators {
    fn quorum(&self) -> usize {
        self.roster.quorum()
    }

    /// What these validators sign, by their places.
    fn signatures(&self, signers: impl IntoIterator<Item = usize>) -> Vec<(PublicKey, Signature)> {
        let key_pairs = signers.into_iter().map(|place| &self.key_pairs[place]);
        key_pairs
            .map(|pairs| (pairs.signing.public_key(), pairs.signing.sign(&MESSAGE.0)))
            .collect()
    }

    fn certificate(&self, signers: impl IntoIterator<Item = usize>) -> QuorumCertificate {
        QuorumCertificate::assemble(&self.roster, &self.signatures(signers)).unwrap()
    }

    fn verify(&self, certificate: &QuorumCertificate) -> Result<(), Rejection> {
        let verified = verify_quorum_certificate(&self.roster, &MESSAGE, certificate);
        let by_suite =
            SignatureLists.verify_certificate::<Ristretto255>(&self.roster, &MESSAGE, certificate);
        assert_eq!(verified, by_suite);
        verified
    }
}

fn with_signers(certificate: &QuorumCertificate, signers: Vec<u8>) -> QuorumCertificate {
    QuorumCertificate { signers: signers.try_into().unwrap(), ..certificate.clone() }
}

fn with_signatures(
    certificate: &QuorumCertificate,
    signatures: Vec<Signature>,
) -> QuorumCertificate {
    QuorumCertificate { signatures: signatures.try_into().unwrap(), ..certificate.clone() }
}

// --- Rosters and quorums ----------------------------------------------------------------------

#[test]
fn the_quorum_is_n_minus_f_and_two_of_them_share_an_honest_validator() {
    for count in 4..=100 {
        let roster = roster_of_size(count);
        let (faults, quorum) = (roster.faults_max(), roster.quorum());
        assert!(3 * faults < count && 3 * (faults + 1) >= count, "f is the most with 3f < n");
        assert_eq!(quorum, count - faults);
        let shared = 2 * quorum - count;
        assert!(shared > faults, "n = {count}");
        // Where n = 3f + 1, one signature less is too few.
        if count == 3 * faults + 1 {
            assert!(2 * (quorum - 1) - count <= faults);
        }
    }
}

#[test]
fn two_f_plus_one_would_do_only_where_n_is_3f_plus_one() {
    for count in 4..=100 {
        let faults = roster_of_size(count).faults_max();
        let shared = 2 * (2 * faults + 1) - count.min(2 * (2 * faults + 1));
        assert_eq!(shared > faults, count == 3 * faults + 1, "n = {count}");
    }
}

#[test]
fn the_root_of_a_roster_is_the_list_commitment_of_its_names_in_order() {
    for count in 0..=9 {
        let roster = roster_of_size(count);
        let names: Vec<NodeId> = roster.node_ids().collect();
        assert!(names.is_sorted());
        let names: Vec<[u8; 32]> = names.iter().map(|name| name.0.0).collect();
        assert_eq!(roster.root(), list_root(&names));
        assert_eq!(
            roster.validators().map(ValidatorKeys::node_id).collect::<Vec<_>>().len(),
            count
        );
    }
}

#[test]
fn a_roster_is_its_keys_in_the_order_of_names_whatever_order_they_came_in() {
    let keys: Vec<ValidatorKeys> = (0..5).map(made_up_keys).collect();
    let roster = roster_of_size(5);
    assert_eq!(Roster::new(keys.iter().rev().copied()), Ok(roster.clone()));
    let mut in_order = keys.clone();
    in_order.sort_by_key(ValidatorKeys::node_id);
    assert_eq!(roster.validators().copied().collect::<Vec<_>>(), in_order);
    let bytes = [&5u32.to_le_bytes()[..], &in_order.iter().flat_map(encode).collect::<Vec<u8>>()];
    assert_eq!(encode(&roster), bytes.concat());
    assert_eq!(decode::<Roster>(&bytes.concat()), Ok(roster));
}

#[test]
fn a_roster_in_any_other_order_or_with_a_validator_twice_is_refused() {
    let roster = roster_of_size(3);
    let keys: Vec<Vec<u8>> = roster.validators().map(encode).collect();
    for wrong in [[1, 0, 2], [0, 2, 1], [2, 1, 0], [0, 0, 1], [0, 1, 1]] {
        let keys = wrong.map(|place: usize| keys[place].clone()).concat();
        let bytes = [&3u32.to_le_bytes()[..], &keys].concat();
        assert_eq!(decode::<Roster>(&bytes), Err(Rejection::EncMalformed), "{wrong:?}");
    }
}

#[test]
fn a_roster_has_4096_validators_at_most() {
    assert_eq!(roster_of_size(4096).count(), 4096);
    let too_many = Roster::new((0..4097).map(made_up_keys));
    assert_eq!(too_many, Err(Rejection::EncMalformed));
}

// --- What is signed ---------------------------------------------------------------------------

#[test]
fn the_signed_message_covers_every_field_of_the_vote() {
    let vote = ValidatorVote {
        chain_id: Digest([1; 32]),
        shard: Shard(2),
        epoch: Epoch(3),
        height: Height(4),
        value: Digest([5; 32]),
    };
    let by_hand = sha256(&[b"IOSChain/v1", &[4], b"vote", &encode(&vote)]);
    assert_eq!(vote.message(), Digest(by_hand));
    let others = [
        ValidatorVote { chain_id: Digest([2; 32]), ..vote.clone() },
        ValidatorVote { shard: Shard(3), ..vote.clone() },
        ValidatorVote { epoch: Epoch(4), ..vote.clone() },
        ValidatorVote { height: Height(3), ..vote.clone() },
        ValidatorVote { value: Digest([6; 32]), ..vote.clone() },
    ];
    let messages: BTreeSet<Digest> =
        others.iter().chain([&vote]).map(ValidatorVote::message).collect();
    assert_eq!(messages.len(), 6);
}

// --- Honest certificates ----------------------------------------------------------------------

#[test]
fn any_quorum_and_nothing_less_makes_a_certificate() {
    for count in 4..=7 {
        let validators = validators(count);
        for subset in 0..1u32 << count {
            let signers: Vec<usize> = (0..count).filter(|place| subset >> place & 1 == 1).collect();
            let enough = signers.len() >= validators.quorum();
            let expected = if enough { Ok(()) } else { Err(Rejection::CryCertificateQuorum) };
            assert_eq!(validators.verify(&validators.certificate(signers)), expected);
        }
    }
}

#[test]
fn quorums_of_larger_rosters_make_certificates() {
    for count in [8, 9, 10, 15, 16, 17, 40] {
        let validators = validators(count);
        let quorum = validators.quorum();
        assert_eq!(validators.verify(&validators.certificate(0..quorum)), Ok(()));
        assert_eq!(validators.verify(&validators.certificate(count - quorum..count)), Ok(()));
        assert_eq!(validators.verify(&validators.certificate(0..count)), Ok(()));
        let fewer = validators.certificate(0..quorum - 1);
        assert_eq!(validators.verify(&fewer), Err(Rejection::CryCertificateQuorum));
    }
}

#[test]
fn bit_i_stands_for_validator_i_and_signatures_follow_in_that_order() {
    let validators = validators(10);
    let certificate = validators.certificate([9, 0, 3, 8, 5, 6, 7]);
    assert_eq!(certificate.signers[..], [0b1110_1001, 0b0000_0011]);
    let in_order: Vec<Signature> = validators
        .signatures([0, 3, 5, 6, 7, 8, 9])
        .into_iter()
        .map(|(_, signed)| signed)
        .collect();
    assert_eq!(certificate.signatures[..], in_order);
}

#[test]
fn assembling_ignores_strangers_and_counts_nobody_twice() {
    let validators = validators(4);
    let stranger = KeyPair::from_seed(&[0xee; 32]);
    let mut signatures = validators.signatures([2, 1, 2, 1, 0, 0]);
    signatures.insert(0, (stranger.public_key(), stranger.sign(&MESSAGE.0)));
    let assembled = QuorumCertificate::assemble(&validators.roster, &signatures).unwrap();
    assert_eq!(assembled, validators.certificate([0, 1, 2]));
    let doubled =
        QuorumCertificate::assemble(&validators.roster, &validators.signatures([1, 1, 2]));
    assert_eq!(validators.verify(&doubled.unwrap()), Err(Rejection::CryCertificateQuorum));
}

// --- One fault --------------------------------------------------------------------------------

#[test]
fn a_bitmap_of_the_wrong_length_is_refused() {
    for count in [4, 7, 8, 9, 16] {
        let validators = validators(count);
        let honest = validators.certificate(0..count);
        let bitmap = honest.signers.to_vec();
        let shorter = bitmap[..bitmap.len() - 1].to_vec();
        for wrong in [shorter, [&bitmap[..], &[0]].concat(), [&bitmap[..], &[1]].concat(), vec![]] {
            let refused = validators.verify(&with_signers(&honest, wrong));
            assert_eq!(refused, Err(Rejection::CryCertificateSigners));
        }
    }
}

#[test]
fn every_stray_bit_is_refused() {
    for count in 4..=17 {
        let validators = validators(count);
        let honest = validators.certificate(0..count);
        assert_eq!(validators.verify(&honest), Ok(()));
        for stray in count..honest.signers.len() * 8 {
            let mut bitmap = honest.signers.to_vec();
            bitmap[stray / 8] |= 1 << (stray % 8);
            let refused = validators.verify(&with_signers(&honest, bitmap));
            assert_eq!(refused, Err(Rejection::CryCertificateSigners), "bit {stray} of {count}");
        }
    }
}

#[test]
fn a_signature_too_many_or_too_few_is_refused() {
    let validators = validators(7);
    let honest = validators.certificate(0..6);
    let signatures = honest.signatures.to_vec();
    let more = [&signatures[..], &signatures[..1]].concat();
    for wrong in [vec![], signatures[1..].to_vec(), signatures[..5].to_vec(), more] {
        let refused = validators.verify(&with_signatures(&honest, wrong));
        assert_eq!(refused, Err(Rejection::CryCertificateCount));
    }
}

#[test]
fn a_bit_moved_to_another_validator_is_refused() {
    let validators = validators(7);
    let honest = validators.certificate(0..5);
    // Validators 0 to 3 and 6 are said to have signed, and the fifth signature is validator 4's.
    let refused = validators.verify(&with_signers(&honest, vec![0b0100_1111]));
    assert_eq!(refused, Err(Rejection::CryCertificateSignature));
}

#[test]
fn signatures_in_any_other_order_are_refused() {
    let validators = validators(5);
    let honest = validators.certificate(0..4);
    for (one, other) in [(0, 1), (0, 3), (1, 2), (2, 3)] {
        let mut signatures = honest.signatures.to_vec();
        signatures.swap(one, other);
        let refused = validators.verify(&with_signatures(&honest, signatures));
        assert_eq!(refused, Err(Rejection::CryCertificateSignature));
    }
}

#[test]
fn one_invalid_signature_is_refused_wherever_it_stands() {
    let validators = validators(5);
    let honest = validators.certificate(0..5);
    let other_message = validators.key_pairs[0].signing.sign(b"another message");
    for place in 0..5 {
        // Another message's, another validator's, nobody's.
        let anothers = honest.signatures[(place + 1) % 5];
        for wrong in [other_message, anothers, Signature([0; 64])] {
            let mut signatures = honest.signatures.to_vec();
            signatures[place] = wrong;
            let refused = validators.verify(&with_signatures(&honest, signatures));
            assert_eq!(refused, Err(Rejection::CryCertificateSignature), "place {place}");
        }
    }
}

#[test]
fn a_certificate_is_of_its_own_message_and_roster_alone() {
    let validators = validators(5);
    let honest = validators.certificate(0..4);
    let other_message = Digest([0x18; 32]);
    let verify =
        |roster: &Roster, message: &Digest| verify_quorum_certificate(roster, message, &honest);
    assert_eq!(verify(&validators.roster, &MESSAGE), Ok(()));
    let refused = Err(Rejection::CryCertificateSignature);
    assert_eq!(verify(&validators.roster, &other_message), refused);
    assert_eq!(verify(&roster_of_size(5), &MESSAGE), refused);
}

// --- Several faults ---------------------------------------------------------------------------

#[test]
fn of_several_faults_the_earliest_check_answers() {
    let checks = [
        Rejection::CryCertificateSigners,
        Rejection::CryCertificateQuorum,
        Rejection::CryCertificateCount,
        Rejection::CryCertificateSignature,
    ];
    for count in [4, 5, 7, 8, 10] {
        let validators = validators(count);
        for faults in 0..1u32 << checks.len() {
            let has = |check: usize| faults >> check & 1 == 1;
            let signers = validators.quorum() - usize::from(has(1));
            let mut certificate = validators.certificate(0..signers);
            if has(2) {
                let longer = [&certificate.signatures[..], &[Signature([1; 64])]].concat();
                certificate = with_signatures(&certificate, longer);
            }
            if has(3) {
                let mut signatures = certificate.signatures.to_vec();
                signatures[0].0[0] ^= 1;
                certificate = with_signatures(&certificate, signatures);
            }
            if has(0) {
                let longer = [&certificate.signers[..], &[0]].concat();
                certificate = with_signers(&certificate, longer);
            }
            let expected = (0..checks.len()).find(|check| has(*check)).map(|check| checks[check]);
            assert_eq!(validators.verify(&certificate).err(), expected, "n = {count}, {faults:b}");
        }
    }
}

#[test]
fn the_order_of_the_checks_is_the_order_of_their_rejections() {
    let place = |rejection: Rejection| Rejection::ALL.iter().position(|one| *one == rejection);
    assert!(place(Rejection::CryCertificateSigners) < place(Rejection::CryCertificateQuorum));
    assert!(place(Rejection::CryCertificateQuorum) < place(Rejection::CryCertificateCount));
    assert!(place(Rejection::CryCertificateCount) < place(Rejection::CryCertificateSignature));
}

#[test]
fn a_roster_below_four_certifies_nothing() {
    for size in 0..4 {
        let few = validators(size);
        let all = few.certificate(0..size);
        assert_eq!(few.verify(&all), Err(Rejection::CryCertificateQuorum), "n = {size}");
    }
}

// --- The two kinds ----------------------------------------------------------------------------

/// What two certificates by the same signers come to, the collective one and the list.
fn verify_both(
    validators: &Validators,
    signers: &[usize],
    signed: &Digest,
    shown: &Digest,
    change: impl Fn(&mut Signers),
) -> [Result<(), Rejection>; 2] {
    let key_pairs: Vec<ValidatorKeyPairs> =
        signers.iter().map(|place| validators.key_pairs[*place].clone()).collect();
    let mut list = QuorumCertificate::assemble(
        &validators.roster,
        &key_pairs
            .iter()
            .map(|pairs| (pairs.signing.public_key(), pairs.signing.sign(&signed.0)))
            .collect::<Vec<_>>(),
    )
    .unwrap();
    change(&mut list.signers);
    let of_list =
        SignatureLists.verify_certificate::<Ristretto255>(&validators.roster, shown, &list);
    let mut collective = validators.roster.certify(&key_pairs, signed).unwrap();
    change(&mut collective.signers);
    let of_signature =
        Normative.verify_certificate::<Ristretto255>(&validators.roster, shown, &collective);
    [of_signature, of_list]
}

#[test]
fn the_list_and_the_collective_signature_accept_the_same_quorums() {
    for count in 4..=7 {
        let validators = validators(count);
        for subset in 0..1u32 << count {
            let signers: Vec<usize> = (0..count).filter(|place| subset >> place & 1 == 1).collect();
            let [collective, list] = verify_both(&validators, &signers, &MESSAGE, &MESSAGE, |_| {});
            assert_eq!(collective, list, "{signers:?} of {count}");
        }
    }
}

#[test]
fn neither_is_of_another_message_or_by_others() {
    let validators = validators(7);
    let other = Digest([0x18; 32]);
    let [collective, list] = verify_both(&validators, &[0, 1, 2, 3, 4], &MESSAGE, &other, |_| {});
    assert_eq!(collective, Err(Rejection::CryCosiSignature));
    assert_eq!(list, Err(Rejection::CryCertificateSignature));
    for bits in 0..=u8::MAX {
        let change = |signers: &mut Signers| *signers = vec![bits].try_into().unwrap();
        let [collective, list] =
            verify_both(&validators, &[0, 1, 2, 3, 4], &MESSAGE, &MESSAGE, change);
        assert_eq!(collective.is_ok(), bits == 0b1_1111);
        assert_eq!(list.is_ok(), bits == 0b1_1111);
        let in_common = [Rejection::CryCertificateSigners, Rejection::CryCertificateQuorum];
        let is_in_common =
            |answer: &Result<(), Rejection>| answer.is_err_and(|it| in_common.contains(&it));
        if is_in_common(&collective) || is_in_common(&list) {
            assert_eq!(collective, list, "{bits:08b}");
        }
    }
}
