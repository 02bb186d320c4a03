//! Collective signing (CRY-COSI, CRY-SCHNORR): honest runs, every fault of a signature, what
//! signers and leaders refuse, restarts; the forgeries that the rules prevent.

mod support;

use curve25519_dalek::{RistrettoPoint, Scalar as RistrettoScalar};
use ioschain_spec::Rejection;
use ioschain_spec::primitives::certificate::{faults_max, name_signers, quorum};
use ioschain_spec::primitives::cosi::{
    BindingContext, Challenge, CollectiveSignature, Cosigners, Leader, Nonce, Open, Response,
    Rules, Signer, Specification, combine_commitments, combine_responses,
    verify_collective_signature,
};
use ioschain_spec::primitives::encoding::{Bounded, encode};
use ioschain_spec::primitives::group::{
    Element, EncodedElement, EncodedScalar, Group, Scalar, derive_nonzero_scalar,
};
use ioschain_spec::primitives::hash::{Digest, tags};
use ioschain_spec::primitives::keys::{GroupKeyPair, verify_possession};
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::primitives::schnorr::{SchnorrSignature, derive_challenge, is_accepting};
use ioschain_spec::primitives::toy_group::ToyGroup;
use ioschain_spec::suite::{Ideal, Suite};
use ioschain_spec::variants::WhitePaper;
use quickcheck::quickcheck;
use support::sha256;

const MESSAGE: Digest = Digest([0x17; 32]);
const OTHER_MESSAGE: Digest = Digest([0x18; 32]);

/// The validators with their secrets.
struct Validators<G: Group> {
    secrets: Vec<G::Scalar>,
    cosigners: Cosigners<G>,
}

fn multiple<G: Group>(scalar: G::Scalar) -> EncodedElement {
    G::generator().multiply(scalar).encode()
}

fn with_secrets<G: Group>(secrets: Vec<G::Scalar>) -> Validators<G> {
    let keys: Vec<EncodedElement> = secrets.iter().copied().map(multiple::<G>).collect();
    Validators { secrets, cosigners: Cosigners::new(&keys).unwrap() }
}

fn validators<G: Group>(count: usize) -> Validators<G> {
    let secret = |number: usize| {
        GroupKeyPair::<G>::from_seed(&sha256(&[b"validator", &number.to_le_bytes()])).secret()
    };
    with_secrets((0..count).map(secret).collect())
}

/// Fresh for each position and attempt.
fn randomness(position: usize, attempt: u32) -> [u8; 32] {
    sha256(&[b"fresh", &position.to_le_bytes(), &attempt.to_le_bytes()])
}

impl<G: Group> Validators<G> {
    fn count(&self) -> usize {
        self.secrets.len()
    }

    fn signer(&self, position: usize, message: Digest) -> Signer<'_, G> {
        Signer::new(&self.cosigners, position, self.secrets[position], message)
    }

    fn verify(&self, collective: &CollectiveSignature) -> Result<(), Rejection> {
        verify_collective_signature(&self.cosigners, &MESSAGE, collective)
    }

    /// Takes nonces and responses in the order of `positions`.
    fn sign(&self, positions: &[usize]) -> Result<CollectiveSignature, Rejection> {
        let mut leader = Leader::new(&self.cosigners, MESSAGE);
        let mut signers = Vec::new();
        for position in positions {
            let mut signer = self.signer(*position, MESSAGE);
            let nonce = signer.open(&leader.open(), &randomness(*position, 0))?;
            leader.receive_nonce(*position, &nonce)?;
            signers.push(signer);
        }
        let challenge = leader.challenge(&Specification)?;
        for (position, signer) in positions.iter().zip(&mut signers) {
            let response = signer.answer(&Specification, &challenge)?;
            leader.receive_response(*position, &response)?;
        }
        Ok(leader.signature().unwrap())
    }
}

/// The first `quorum` of `count` validators.
fn first_quorum(count: usize) -> Vec<usize> {
    (0..quorum(count)).collect()
}

// --- Honest runs ------------------------------------------------------------------------------

/// At least a quorum of `count` validators, in an order, both picked by `choice`.
fn pick(count: usize, choice: u64) -> Vec<usize> {
    let mut positions: Vec<usize> = (0..count).collect();
    positions.sort_by_key(|position| sha256(&[&choice.to_le_bytes(), &position.to_le_bytes()]));
    let spare = usize::try_from(choice % 100).unwrap() % (faults_max(count) + 1);
    positions.truncate(count - spare);
    positions
}

quickcheck! {
    /// Recomputed with the library alone: an ordinary Schnorr signature by the sum of the keys.
    fn any_quorum_signs_and_its_signature_is_a_schnorr_signature(size: u8, choice: u64) -> bool {
        let validators = validators::<Ristretto255>(4 + usize::from(size % 10));
        let positions = pick(validators.count(), choice);
        let made = validators.sign(&positions).unwrap();
        let key: RistrettoScalar = positions.iter().map(|position| validators.secrets[*position]).sum();
        let key = RistrettoPoint::mul_base(&key);
        let SchnorrSignature { commitment, response } = made.signature;
        let hashed = [key.compress().0, MESSAGE.0, commitment.0].concat();
        let domain = b"HashToScalar-IOSChain/v1-ristretto255-SHA512-cosi/challenge";
        let challenge = Ristretto255::hash_to_scalar(domain, &hashed);
        let response = RistrettoScalar::from_canonical_bytes(response.0).unwrap();
        let expected = RistrettoPoint::mul_base(&response) - challenge * key;
        expected.compress().0 == commitment.0 && validators.verify(&made) == Ok(())
    }

    fn the_order_of_messages_does_not_change_a_byte(choice: u64, shuffle: u64) -> bool {
        let validators = validators::<Ristretto255>(10);
        let positions = pick(10, choice);
        let mut shuffled = positions.clone();
        shuffled.sort_by_key(|position| sha256(&[&shuffle.to_le_bytes(), &position.to_le_bytes()]));
        validators.sign(&positions) == validators.sign(&shuffled)
    }
}

#[test]
fn the_bitmap_names_the_signers() {
    let made = validators::<Ristretto255>(10).sign(&[9, 0, 3, 4, 5, 7, 8]).unwrap();
    assert_eq!(made.signers.to_vec(), [0b1011_1001, 0b11]);
}

#[test]
fn a_signature_of_512_validators_takes_132_bytes() {
    let signers = name_signers(512, 0..342).unwrap();
    let signature =
        SchnorrSignature { commitment: EncodedElement([0; 32]), response: EncodedScalar([0; 32]) };
    assert_eq!(encode(&CollectiveSignature { signers, signature }).len(), 132);
}

/// What the leader of a star sums up, summed up along trees: each node adds its own part to those
/// of its children, whatever the shape.
#[test]
fn a_tree_gives_the_bytes_of_a_star() {
    let count = 13;
    let validators = validators::<Ristretto255>(count);
    let positions = first_quorum(count);
    let mut leader = Leader::new(&validators.cosigners, MESSAGE);
    let mut signers: Vec<_> =
        positions.iter().map(|position| validators.signer(*position, MESSAGE)).collect();
    let mut parts = Vec::new();
    for (position, signer) in positions.iter().zip(&mut signers) {
        let nonce = signer.open(&leader.open(), &randomness(*position, 0)).unwrap();
        leader.receive_nonce(*position, &nonce).unwrap();
        parts.push(nonce.commitments.map(|element| RistrettoPoint::decode(&element).unwrap()));
    }
    let asked = leader.challenge(&Specification).unwrap();
    let mut responses = Vec::new();
    for (position, signer) in positions.iter().zip(&mut signers) {
        let response = signer.answer(&Specification, &asked).unwrap();
        leader.receive_response(*position, &response).unwrap();
        responses.push(RistrettoScalar::decode(&response.response).unwrap());
    }
    let signature = leader.signature().unwrap().signature;
    for branching in 1..=count {
        let commitments = sum_along_tree(&parts, 0, branching, &|parts| {
            combine_commitments::<Ristretto255>(parts)
        });
        assert_eq!(commitments.map(Element::encode), asked.commitments, "{branching}");
        let response = sum_along_tree(&responses, 0, branching, &|parts| combine_responses(parts));
        assert_eq!(response.encode(), signature.response, "{branching}");
    }
}

/// The sum over the subtree of node `root`; the children of node i are i · branching + 1 and those
/// after.
fn sum_along_tree<T: Copy>(
    parts: &[T],
    root: usize,
    branching: usize,
    combine: &impl Fn(Vec<T>) -> T,
) -> T {
    let first = root * branching + 1;
    let children = (first..first + branching).filter(|child| *child < parts.len());
    let below = children.map(|child| sum_along_tree(parts, child, branching, combine));
    combine(std::iter::once(parts[root]).chain(below).collect())
}

/// The domain and the bytes that the factor b comes from, by hand.
#[test]
fn the_binding_factor_covers_key_commitments_signers_and_message() {
    let signers = Bounded::try_from(vec![0b0111]).unwrap();
    let key = EncodedElement([1; 32]);
    let commitments = [EncodedElement([2; 32]), EncodedElement([3; 32])];
    let context = BindingContext { key, commitments, signers: &signers, message: MESSAGE };
    let mut hashed = vec![1; 32];
    hashed.extend([[2; 32], [3; 32]].concat());
    hashed.extend([1, 0, 0, 0, 0b0111]);
    hashed.extend(MESSAGE.0);
    let domain = b"HashToScalar-IOSChain/v1-ristretto255-SHA512-cosi/binding";
    let expected = Ristretto255::hash_to_scalar(domain, &hashed);
    let derived = Rules::<Ristretto255>::derive_binding(&Specification, &context);
    assert_eq!(derived, expected);
}

/// R = D + b·F, from what is on the wire.
#[test]
fn the_commitment_of_the_signature_is_that_of_both_nonces() {
    let validators = validators::<Ristretto255>(4);
    let (mut leader, signers) = opened(&validators, &[0, 1, 2]);
    let asked = leader.challenge(&Specification).unwrap();
    let made = finished(&mut leader, signers, &asked);
    let key: RistrettoScalar = validators.secrets[..3].iter().sum();
    let key = multiple::<Ristretto255>(key);
    let (_, _, commitment) = derive_publicly::<Ristretto255>(&Specification, &asked, key);
    assert_eq!(Element::encode(commitment), made.signature.commitment);
}

type Opened<'a, G> = (Leader<'a, G>, Vec<(usize, Signer<'a, G>)>);

/// A session in which these validators have sent their nonces.
fn opened<'a, G: Group>(validators: &'a Validators<G>, positions: &[usize]) -> Opened<'a, G> {
    let mut leader = Leader::new(&validators.cosigners, MESSAGE);
    let signers = reopened(validators, &mut leader, positions);
    (leader, signers)
}

/// The leader's current attempt, in which these validators have sent their nonces.
fn reopened<'a, G: Group>(
    validators: &'a Validators<G>,
    leader: &mut Leader<'a, G>,
    positions: &[usize],
) -> Vec<(usize, Signer<'a, G>)> {
    let open = leader.open();
    let mut signers = Vec::new();
    for position in positions {
        let mut signer = validators.signer(*position, open.message);
        let nonce = signer.open(&open, &randomness(*position, open.attempt)).unwrap();
        leader.receive_nonce(*position, &nonce).unwrap();
        signers.push((*position, signer));
    }
    signers
}

fn finished<G: Group>(
    leader: &mut Leader<'_, G>,
    signers: Vec<(usize, Signer<'_, G>)>,
    asked: &Challenge,
) -> CollectiveSignature {
    for (position, mut signer) in signers {
        assert_eq!(leader.signature(), None);
        let response = signer.answer(&Specification, asked).unwrap();
        leader.receive_response(position, &response).unwrap();
    }
    leader.signature().unwrap()
}

// --- The verifier -----------------------------------------------------------------------------

/// Of all pairs (R, z) those are accepted for which z is the one right answer, and R not the
/// identity.
fn accepted_signatures_are_counted<const P: u64>() {
    let secrets: Vec<_> = ToyGroup::<P>::scalars().skip(1).collect();
    let signers = name_signers(4, [0, 1, 3]).unwrap();
    let mut cancelled = 0;
    for number in 0..secrets.len().pow(4) {
        let digit = |place| secrets[number / secrets.len().pow(place) % secrets.len()];
        let validators = with_secrets::<ToyGroup<P>>((0..4).map(digit).collect());
        let sum = combine_responses([0, 1, 3].map(|position| validators.secrets[position]));
        let mut accepted = 0;
        for commitment in ToyGroup::<P>::elements() {
            for response in ToyGroup::<P>::scalars() {
                let signature = SchnorrSignature {
                    commitment: commitment.encode(),
                    response: response.encode(),
                };
                let collective = CollectiveSignature { signers: signers.clone(), signature };
                let is_identity = [commitment, ToyGroup::<P>::generator().multiply(sum)]
                    .contains(&ToyGroup::<P>::identity());
                match validators.verify(&collective) {
                    Ok(()) => accepted += 1,
                    Err(Rejection::CryElementIdentity) => assert!(is_identity),
                    refused => assert_eq!(refused, Err(Rejection::CryCosiSignature)),
                }
            }
        }
        if sum == Scalar::ZERO {
            assert_eq!(accepted, 0);
            cancelled += 1;
        } else {
            assert_eq!(accepted, P - 1);
        }
    }
    assert!(cancelled > 0);
}

#[test]
fn over_a_toy_group_exactly_one_response_fits_each_commitment() {
    accepted_signatures_are_counted::<5>();
    accepted_signatures_are_counted::<7>();
}

#[test]
fn every_flipped_bit_of_a_signature_is_noticed() {
    let validators = validators::<Ristretto255>(7);
    let made = validators.sign(&first_quorum(7)).unwrap();
    assert_eq!(validators.verify(&made), Ok(()));
    for bit in 0..512 {
        let mut changed = made.clone();
        let part = match bit / 256 {
            0 => &mut changed.signature.commitment.0,
            _ => &mut changed.signature.response.0,
        };
        part[bit % 256 / 8] ^= 1 << (bit % 8);
        assert!(validators.verify(&changed).is_err(), "bit {bit}");
    }
    // Another bitmap: one signer more, one for another.
    for signers in [vec![0b0011_1111], vec![0b0010_1111]] {
        let signers = Bounded::try_from(signers).unwrap();
        let changed = CollectiveSignature { signers, ..made.clone() };
        assert_eq!(validators.verify(&changed), Err(Rejection::CryCosiSignature));
    }
    let refused = verify_collective_signature(&validators.cosigners, &OTHER_MESSAGE, &made);
    assert_eq!(refused, Err(Rejection::CryCosiSignature));
}

#[test]
fn a_signature_is_by_the_keys_of_this_roster_in_this_order() {
    let validators = validators::<Ristretto255>(7);
    let made = validators.sign(&first_quorum(7)).unwrap();
    let mut secrets = validators.secrets.clone();
    secrets.swap(0, 6);
    let refused = with_secrets::<Ristretto255>(secrets).verify(&made);
    assert_eq!(refused, Err(Rejection::CryCosiSignature));
}

/// A way to break a signature, and what it gives.
type Fault = (Rejection, fn(&mut CollectiveSignature));

/// In the order of the checks. The roster has seven validators.
const FAULTS: [Fault; 9] = [
    (Rejection::CryCertificateSigners, |made| {
        made.signers = Bounded::try_from(vec![0b0001_1111, 0]).unwrap();
    }),
    (Rejection::CryCertificateSigners, |made| made.signers = Bounded::empty()),
    (Rejection::CryCertificateSigners, |made| {
        made.signers = Bounded::try_from(vec![0b1001_1111]).unwrap();
    }),
    (Rejection::CryCertificateQuorum, |made| {
        made.signers = Bounded::try_from(vec![0b0000_1111]).unwrap();
    }),
    (Rejection::CryCertificateQuorum, |made| {
        made.signers = Bounded::try_from(vec![0]).unwrap();
    }),
    (Rejection::CryElementEncoding, |made| {
        made.signature.commitment = EncodedElement([0xff; 32]);
    }),
    (Rejection::CryElementIdentity, |made| made.signature.commitment = EncodedElement([0; 32])),
    (Rejection::CryScalarEncoding, |made| made.signature.response = EncodedScalar([0xff; 32])),
    (Rejection::CryCosiSignature, |made| made.signature.response = EncodedScalar([0; 32])),
];

/// Two faults of one field leave the later one.
fn shared_field(one: usize, other: usize) -> bool {
    [0..5, 5..7, 7..9].iter().any(|field| field.contains(&one) && field.contains(&other))
}

#[test]
fn each_fault_of_a_signature_is_refused_and_of_two_the_earlier_check_answers() {
    let validators = validators::<Ristretto255>(7);
    let made = validators.sign(&first_quorum(7)).unwrap();
    for (at, (rejection, apply)) in FAULTS.iter().enumerate() {
        let mut broken = made.clone();
        apply(&mut broken);
        assert_eq!(validators.verify(&broken), Err(*rejection), "fault {at}");
        for (later, (_, apply_later)) in FAULTS.iter().enumerate().skip(at + 1) {
            if !shared_field(at, later) {
                let mut broken = broken.clone();
                apply_later(&mut broken);
                assert_eq!(validators.verify(&broken), Err(*rejection), "{at} and {later}");
            }
        }
    }
}

#[test]
fn fewer_than_four_validators_sign_nothing() {
    let validators = validators::<Ristretto255>(3);
    assert_eq!(validators.sign(&[0, 1, 2]), Err(Rejection::CryCertificateQuorum));
}

#[test]
fn bad_keys_make_no_roster() {
    let good = multiple::<Ristretto255>(RistrettoScalar::ONE);
    let roster = |bad| Cosigners::<Ristretto255>::new(&[good, bad]);
    assert_eq!(roster(EncodedElement([0xff; 32])), Err(Rejection::CryElementEncoding));
    assert_eq!(roster(EncodedElement([0; 32])), Err(Rejection::CryElementIdentity));
    assert!(roster(good).is_ok());
}

// --- The signer -------------------------------------------------------------------------------

#[test]
fn a_signer_answers_one_challenge_for_its_nonces() {
    let validators = validators::<Ristretto255>(4);
    let (mut leader, mut signers) = opened(&validators, &[0, 1, 2]);
    let open = leader.open();
    let asked = leader.challenge(&Specification).unwrap();
    let (_, signer) = &mut signers[0];
    assert!(signer.answer(&Specification, &asked).is_ok());
    // Neither again, nor another one, nor with nonces of the same attempt.
    let unexpected = Err(Rejection::CryCosiUnexpected);
    assert_eq!(signer.answer(&Specification, &asked), unexpected);
    let wider = name_signers(4, 0..4).unwrap();
    let other = Challenge { signers: wider, ..asked.clone() };
    assert_eq!(signer.answer(&Specification, &other), unexpected);
    assert_eq!(signer.open(&open, &[9; 32]), Err(Rejection::CryCosiUnexpected));
    assert_eq!(signer.answer(&Specification, &asked), unexpected);
    // The next attempt is another matter.
    let next = Open { attempt: 1, ..open };
    assert!(signer.open(&next, &[9; 32]).is_ok());
    assert!(signer.answer(&Specification, &Challenge { attempt: 1, ..asked }).is_ok());
}

#[test]
fn an_open_that_comes_again_is_answered_with_the_same_nonces() {
    let validators = validators::<Ristretto255>(4);
    let mut signer = validators.signer(0, MESSAGE);
    let open = Open { message: MESSAGE, attempt: 0 };
    let nonce = signer.open(&open, &[1; 32]);
    assert_eq!(signer.open(&open, &[2; 32]), nonce);
    let next = signer.open(&Open { attempt: 1, ..open }, &[1; 32]);
    assert_ne!(next.unwrap().commitments, nonce.unwrap().commitments);
}

quickcheck! {
    fn nonces_differ_for_each_randomness_message_and_signer(
        one: [u8; 32], other: [u8; 32], choice: u8
    ) -> bool {
        let validators = validators::<Ristretto255>(4);
        let nonce = |randomness: &[u8; 32], position, message| {
            let open = Open { message, attempt: 0 };
            validators.signer(position, message).open(&open, randomness).unwrap().commitments
        };
        let [first, second] = nonce(&one, 0, MESSAGE);
        let changed = match choice % 3 {
            0 if one == other => return true,
            0 => nonce(&other, 0, MESSAGE),
            1 => nonce(&one, 1, MESSAGE),
            _ => nonce(&one, 0, OTHER_MESSAGE),
        };
        first != second && !changed.contains(&first) && !changed.contains(&second)
    }
}

#[test]
fn a_refused_challenge_leaves_the_nonces_for_a_good_one() {
    let validators = validators::<Ristretto255>(7);
    let (mut leader, mut signers) = opened(&validators, &first_quorum(7));
    let asked = leader.challenge(&Specification).unwrap();
    let signers_of = |positions: &[usize]| name_signers(7, positions.iter().copied()).unwrap();
    let [hiding, binding] = asked.commitments;
    let refused = [
        (Rejection::CryCosiUnexpected, Challenge { message: OTHER_MESSAGE, ..asked.clone() }),
        (Rejection::CryCosiUnexpected, Challenge { attempt: 1, ..asked.clone() }),
        (
            Rejection::CryCertificateSigners,
            Challenge { signers: Bounded::try_from(vec![0b1001_1111]).unwrap(), ..asked.clone() },
        ),
        (
            Rejection::CryCertificateQuorum,
            Challenge { signers: signers_of(&[0, 1, 2, 3]), ..asked.clone() },
        ),
        (
            Rejection::CryCosiUnexpected,
            Challenge { signers: signers_of(&[1, 2, 3, 4, 5, 6]), ..asked.clone() },
        ),
        (
            Rejection::CryElementEncoding,
            Challenge { commitments: [EncodedElement([0xff; 32]), binding], ..asked.clone() },
        ),
        (
            Rejection::CryElementEncoding,
            Challenge { commitments: [hiding, EncodedElement([0xff; 32])], ..asked.clone() },
        ),
        (
            Rejection::CryElementIdentity,
            Challenge { commitments: [EncodedElement([0; 32]); 2], ..asked.clone() },
        ),
    ];
    let (_, signer) = &mut signers[0];
    for (rejection, challenge) in refused {
        assert_eq!(signer.answer(&Specification, &challenge), Err(rejection), "{challenge:?}");
    }
    let response = signer.answer(&Specification, &asked).unwrap();
    assert_eq!(leader.receive_response(0, &response), Ok(()));
}

#[test]
fn keys_that_cancel_out_sign_nothing() {
    let scalars: Vec<_> = ToyGroup::<5>::scalars().collect();
    let validators =
        with_secrets::<ToyGroup<5>>([1, 1, 3, 1].map(|number: usize| scalars[number]).to_vec());
    let (mut leader, mut signers) = opened(&validators, &[0, 1, 2]);
    assert_eq!(leader.challenge(&Specification), Err(Rejection::CryElementIdentity));
    let asked = Challenge {
        message: MESSAGE,
        attempt: 0,
        signers: name_signers(4, 0..3).unwrap(),
        commitments: [ToyGroup::<5>::generator().encode(); 2],
    };
    let (_, signer) = &mut signers[0];
    assert_eq!(signer.answer(&Specification, &asked), Err(Rejection::CryElementIdentity));
}

#[test]
fn an_open_of_another_session_or_above_the_last_attempt_is_refused() {
    let validators = validators::<Ristretto255>(7);
    let mut signer = validators.signer(0, MESSAGE);
    let refused = [(OTHER_MESSAGE, 0), (MESSAGE, 3), (MESSAGE, u32::MAX)];
    for (message, attempt) in refused {
        let answer = signer.open(&Open { message, attempt }, &[1; 32]);
        assert_eq!(answer, Err(Rejection::CryCosiUnexpected));
    }
    assert!(signer.open(&Open { message: MESSAGE, attempt: 2 }, &[1; 32]).is_ok());
}

/// A crash loses the nonces: what was asked before it stays without an answer, and what is answered
/// after it does not fit what was sent before.
#[test]
fn a_signer_that_crashed_has_no_answer_with_its_old_nonces() {
    let validators = validators::<Ristretto255>(4);
    let (mut leader, _crashed) = opened(&validators, &[0, 1, 2]);
    let asked = leader.challenge(&Specification).unwrap();
    let mut restarted = validators.signer(0, MESSAGE);
    let answer = restarted.answer(&Specification, &asked);
    assert_eq!(answer, Err(Rejection::CryCosiUnexpected));
    restarted.open(&leader.open(), &[9; 32]).unwrap();
    let response = restarted.answer(&Specification, &asked).unwrap();
    assert_eq!(leader.receive_response(0, &response), Err(Rejection::CryCosiResponse));
}

/// What CRY-COSI-04 is for. A signer that draws the same bytes again after a crash answers three
/// challenges with one pair of nonces: three equations in three unknowns, of which the secret is
/// one.
#[test]
fn randomness_that_is_used_again_gives_the_secret_away() {
    let validators = validators::<Ristretto255>(4);
    let positions = name_signers(4, 0..3).unwrap();
    let key: RistrettoScalar = validators.secrets[..3].iter().sum();
    let key = multiple::<Ristretto255>(key);
    let answers = [1u64, 2, 3].map(|number| {
        let mut signer = validators.signer(0, MESSAGE);
        signer.open(&Open { message: MESSAGE, attempt: 0 }, &[1; 32]).unwrap();
        let commitments = [number, number + 1]
            .map(|number| multiple::<Ristretto255>(RistrettoScalar::from(number)));
        let signers = positions.clone();
        let asked = Challenge { message: MESSAGE, attempt: 0, signers, commitments };
        let response = signer.answer(&Specification, &asked).unwrap().response;
        let (binding, challenge, _) = derive_publicly::<Ristretto255>(&Specification, &asked, key);
        (RistrettoScalar::decode(&response).unwrap(), binding, challenge)
    });
    // Differences do away with the first nonce: Δz = Δb·f + Δc·x, twice.
    let [(z1, b1, c1), (z2, b2, c2), (z3, b3, c3)] = answers;
    let (z, b, c) = (z1 - z2, b1 - b2, c1 - c2);
    let (z_other, b_other, c_other) = (z1 - z3, b1 - b3, c1 - c3);
    let secret = (z * b_other - z_other * b) * invert(c * b_other - c_other * b);
    assert_eq!(secret, validators.secrets[0]);
}

fn invert(scalar: RistrettoScalar) -> RistrettoScalar {
    Scalar::invert(scalar).unwrap()
}

/// b, c and R of a challenge, as anybody computes them.
fn derive_publicly<G: Group>(
    rules: &impl Rules<G>,
    asked: &Challenge,
    key: EncodedElement,
) -> (G::Scalar, G::Scalar, G::Element) {
    let binding = rules.derive_binding(&BindingContext {
        key,
        commitments: asked.commitments,
        signers: &asked.signers,
        message: asked.message,
    });
    let [hiding, bound] = asked.commitments.map(|part| G::Element::decode(&part).unwrap());
    let commitment = hiding.add(bound.multiply(binding));
    let challenge =
        derive_challenge::<G>(tags::COSI_CHALLENGE, &key, &asked.message, &commitment.encode());
    (binding, challenge, commitment)
}

#[test]
fn printing_a_signer_prints_no_secrets() {
    let validators = validators::<Ristretto255>(4);
    let mut signer = validators.signer(2, MESSAGE);
    signer.open(&Open { message: MESSAGE, attempt: 1 }, &[1; 32]).unwrap();
    let expected = format!("Signer {{ position: 2, message: {MESSAGE:?}, attempts: [1] }}");
    assert_eq!(format!("{signer:?}"), expected);
}

// --- The leader -------------------------------------------------------------------------------

#[test]
fn a_leader_takes_one_nonce_of_each_validator_before_its_challenge() {
    let validators = validators::<Ristretto255>(4);
    let (mut leader, _) = opened(&validators, &[0, 1]);
    assert_eq!(leader.challenge(&Specification), Err(Rejection::CryCertificateQuorum));
    let nonce = validators.signer(2, MESSAGE).open(&leader.open(), &[1; 32]).unwrap();
    let [hiding, binding] = nonce.commitments;
    let (malformed, identity) = (EncodedElement([0xff; 32]), EncodedElement([0; 32]));
    let refused = [
        (Rejection::CryCosiUnexpected, 2, Nonce { message: OTHER_MESSAGE, ..nonce }),
        (Rejection::CryCosiUnexpected, 2, Nonce { attempt: 1, ..nonce }),
        (Rejection::CryCosiUnexpected, 4, nonce),
        (Rejection::CryCosiUnexpected, 1, nonce),
        (Rejection::CryElementEncoding, 2, Nonce { commitments: [malformed, binding], ..nonce }),
        (Rejection::CryElementEncoding, 2, Nonce { commitments: [hiding, malformed], ..nonce }),
        (Rejection::CryElementIdentity, 2, Nonce { commitments: [identity, binding], ..nonce }),
        (Rejection::CryElementIdentity, 2, Nonce { commitments: [hiding, identity], ..nonce }),
    ];
    for (rejection, position, nonce) in refused {
        assert_eq!(leader.receive_nonce(position, &nonce), Err(rejection), "{nonce:?}");
    }
    // After a refused nonce, a good one is still accepted.
    assert_eq!(leader.receive_nonce(2, &nonce), Ok(()));
    let asked = leader.challenge(&Specification).unwrap();
    let late = validators.signer(3, MESSAGE).open(&leader.open(), &[1; 32]).unwrap();
    assert_eq!(leader.receive_nonce(3, &late), Err(Rejection::CryCosiUnexpected));
    assert_eq!(leader.challenge(&Specification), Ok(asked));
}

#[test]
fn a_leader_takes_one_valid_response_of_each_signer() {
    let validators = validators::<Ristretto255>(5);
    let (mut leader, signers) = opened(&validators, &[0, 1, 2, 4]);
    let early = Response { message: MESSAGE, attempt: 0, response: EncodedScalar([0; 32]) };
    assert_eq!(leader.receive_response(0, &early), Err(Rejection::CryCosiUnexpected));
    let asked = leader.challenge(&Specification).unwrap();
    let mut responses = signers
        .into_iter()
        .map(|(position, mut signer)| (position, signer.answer(&Specification, &asked).unwrap()));
    let (first, good) = responses.next().unwrap();
    let (second, of_second) = responses.next().unwrap();
    let malformed = EncodedScalar([0xff; 32]);
    let refused = [
        (Rejection::CryCosiUnexpected, first, Response { message: OTHER_MESSAGE, ..good }),
        (Rejection::CryCosiUnexpected, first, Response { attempt: 1, ..good }),
        (Rejection::CryCosiUnexpected, 3, good),
        (Rejection::CryCosiUnexpected, 9, good),
        (Rejection::CryScalarEncoding, first, Response { response: malformed, ..good }),
        (Rejection::CryCosiResponse, first, of_second),
    ];
    for (rejection, position, response) in refused {
        assert_eq!(leader.receive_response(position, &response), Err(rejection), "{response:?}");
    }
    assert_eq!(leader.receive_response(first, &good), Ok(()));
    assert_eq!(leader.receive_response(first, &good), Err(Rejection::CryCosiUnexpected));
    assert_eq!(leader.receive_response(second, &of_second), Ok(()));
    for (position, response) in responses {
        assert_eq!(leader.signature(), None);
        assert_eq!(leader.receive_response(position, &response), Ok(()));
    }
    assert_eq!(validators.verify(&leader.signature().unwrap()), Ok(()));
}

/// Added up they would pass; each alone is found.
#[test]
fn false_responses_that_cancel_out_are_found() {
    let validators = validators::<Ristretto255>(4);
    let (mut leader, signers) = opened(&validators, &[0, 1, 2]);
    let asked = leader.challenge(&Specification).unwrap();
    let shifts = [RistrettoScalar::ONE, -RistrettoScalar::ONE, RistrettoScalar::ZERO];
    for ((position, mut signer), shift) in signers.into_iter().zip(shifts) {
        let mut response = signer.answer(&Specification, &asked).unwrap();
        let shifted = RistrettoScalar::decode(&response.response).unwrap() + shift;
        response.response = Scalar::encode(shifted);
        let honest = shift == RistrettoScalar::ZERO;
        assert_eq!(leader.receive_response(position, &response).is_ok(), honest);
    }
    leader.restart().unwrap();
    assert!(leader.faulty().iter().eq(&[0, 1]));
}

/// A validator that fails in an attempt: silently, or with a false response.
fn run_with_one_fault_an_attempt(count: usize, is_silent: impl Fn(usize) -> bool) {
    let validators = validators::<Ristretto255>(count);
    let everybody: Vec<usize> = (0..count).collect();
    let faults = faults_max(count);
    let mut leader = Leader::new(&validators.cosigners, MESSAGE);
    for attempt in 0..faults {
        // Who was found faulty is not heard again.
        let (found, others) = everybody.split_at(attempt);
        let mut signers = reopened(&validators, &mut leader, others);
        for position in found {
            let mut signer = validators.signer(*position, MESSAGE);
            let nonce = signer.open(&leader.open(), &[1; 32]).unwrap();
            let answer = leader.receive_nonce(*position, &nonce);
            assert_eq!(answer, Err(Rejection::CryCosiUnexpected));
        }
        let asked = leader.challenge(&Specification).unwrap();
        let (faulty, _) = signers.remove(0);
        assert_eq!(faulty, attempt);
        for (position, mut signer) in signers {
            let response = signer.answer(&Specification, &asked).unwrap();
            leader.receive_response(position, &response).unwrap();
            if !is_silent(faulty) {
                let refused = leader.receive_response(faulty, &response);
                assert_eq!(refused, Err(Rejection::CryCosiResponse));
            }
        }
        assert_eq!(leader.signature(), None);
        let next = u32::try_from(attempt + 1).unwrap();
        assert_eq!(leader.restart(), Some(Open { message: MESSAGE, attempt: next }));
        assert!(leader.faulty().iter().eq(&everybody[..=attempt]));
    }
    // The last attempt: all faulty ones are known.
    let signers = reopened(&validators, &mut leader, &everybody[faults..]);
    let asked = leader.challenge(&Specification).unwrap();
    let made = finished(&mut leader, signers, &asked);
    assert_eq!(validators.verify(&made), Ok(()));
    assert_eq!(leader.restart(), None);
}

#[test]
fn the_worst_that_f_faulty_signers_do_is_to_cost_an_attempt_each() {
    for count in [4, 5, 7, 10, 13] {
        run_with_one_fault_an_attempt(count, |_| true);
        run_with_one_fault_an_attempt(count, |_| false);
        run_with_one_fault_an_attempt(count, |position| position % 2 == 0);
    }
}

#[test]
fn who_sends_no_nonce_is_left_out_and_not_faulty() {
    let validators = validators::<Ristretto255>(7);
    let (mut leader, _) = opened(&validators, &[0, 1]);
    assert_eq!(leader.challenge(&Specification), Err(Rejection::CryCertificateQuorum));
    leader.restart().unwrap();
    assert!(leader.faulty().is_empty());
    let signers = reopened(&validators, &mut leader, &[6, 5, 4, 3, 2]);
    let asked = leader.challenge(&Specification).unwrap();
    let made = finished(&mut leader, signers, &asked);
    assert_eq!(made.signers.to_vec(), [0b0111_1100]);
    assert_eq!(validators.verify(&made), Ok(()));
}

#[test]
fn messages_of_an_earlier_attempt_count_for_nothing() {
    let validators = validators::<Ristretto255>(4);
    let (mut leader, mut signers) = opened(&validators, &[0, 1, 2]);
    let asked = leader.challenge(&Specification).unwrap();
    let (position, signer) = &mut signers[0];
    let old_response = signer.answer(&Specification, &asked).unwrap();
    leader.receive_response(*position, &old_response).unwrap();
    let old_nonce = signers[1].1.open(&leader.open(), &[1; 32]).unwrap();
    leader.restart().unwrap();
    assert_eq!(leader.receive_nonce(3, &old_nonce), Err(Rejection::CryCosiUnexpected));
    assert_eq!(leader.receive_response(0, &old_response), Err(Rejection::CryCosiUnexpected));
}

// --- Forgeries --------------------------------------------------------------------------------

/// Position 3 is the leader's and malicious; the other signers of each session are honest.
const MALICIOUS: usize = 3;
const HONEST: [usize; 2] = [0, 1];

/// The sessions of an attack with one honest signer each at positions 0 and 1, all open at once.
struct Attack<'a, G: Group, R> {
    rules: &'a R,
    validators: &'a Validators<G>,
    /// X_P.
    key: EncodedElement,
}

/// One session: the honest signers, and two challenges for it whose c differ.
struct Session<'a, G: Group> {
    signers: Vec<Signer<'a, G>>,
    challenges: [(Challenge, G::Scalar); 2],
    /// What the honest nonces amount to under the first challenge.
    commitment: G::Element,
}

impl<'a, G: Group, R: Rules<G>> Attack<'a, G, R> {
    /// Opens a session and looks for two challenges; `None` if there are none.
    fn open(&self, message: Digest, seed: u64) -> Option<Session<'a, G>> {
        let open = Open { message, attempt: 0 };
        let (mut signers, mut parts) = (Vec::new(), Vec::new());
        for position in HONEST {
            let mut signer = self.validators.signer(position, message);
            let fresh = sha256(&[b"attack", &seed.to_le_bytes(), &position.to_le_bytes()]);
            let nonce = signer.open(&open, &fresh).unwrap();
            parts.push(nonce.commitments.map(|part| G::Element::decode(&part).unwrap()));
            signers.push(signer);
        }
        let [hiding, bound] = combine_commitments::<G>(parts);
        // The attacker's own nonces come last, when it has seen the others'.
        let asked = |own: u64| {
            let own = G::generator().multiply(G::Scalar::from_number(own));
            let commitments = [hiding.add(own).encode(), bound.add(G::generator()).encode()];
            let signers = name_signers(4, [0, 1, MALICIOUS]).unwrap();
            let asked = Challenge { message, attempt: 0, signers, commitments };
            let (binding, challenge, commitment) = derive_publicly(self.rules, &asked, self.key);
            (commitment != G::identity()).then_some((asked, binding, challenge))
        };
        let mut choices = (1..=16).filter_map(asked);
        let (first, binding, challenge) = choices.next()?;
        let (second, _, other) = choices.find(|(_, _, other)| *other != challenge)?;
        let challenges = [(first, challenge), (second, other)];
        Some(Session { signers, challenges, commitment: hiding.add(bound.multiply(binding)) })
    }
}

/// Benhamouda et al. 2020: a forgery of `OTHER_MESSAGE` out of `count` concurrent sessions, in
/// which the honest signers sign `count` other messages once each. `None` where a toy group is too
/// small for it.
///
/// With ρᵢ = 2ⁱ / (cᵢ¹ − cᵢ⁰) the sum Σ ρᵢ·cᵢ can be made any number of `count` bits, by choosing
/// between two challenges in each session. So the attacker fixes R* = Σ ρᵢ·Rᵢ first, and then
/// chooses such that the sum is the c* of R*: Σ ρᵢ·zᵢ is the response.
fn forge<G: Group>(
    rules: &impl Rules<G>,
    validators: &Validators<G>,
    count: u64,
    seed: u64,
) -> Option<CollectiveSignature> {
    let secret = validators.secrets[MALICIOUS];
    let sum = combine_responses([0, 1, MALICIOUS].map(|position| validators.secrets[position]));
    if sum == G::Scalar::ZERO {
        return None;
    }
    let key = multiple::<G>(sum);
    let attack = Attack { rules, validators, key };
    let message = |number: u64| Digest(sha256(&[b"wanted", &number.to_le_bytes()]));
    let sessions: Vec<Session<'_, G>> = (0..count)
        .map(|number| attack.open(message(number), seed * count + number))
        .collect::<Option<_>>()?;
    // ρᵢ, and R*.
    let mut power = G::Scalar::ONE;
    let mut weights = Vec::new();
    for Session { challenges: [(_, first), (_, second)], .. } in &sessions {
        weights.push(power.multiply(second.subtract(*first).invert()?));
        power = power.add(power);
    }
    let weighted = weights.iter().zip(&sessions);
    let terms: Vec<_> = weighted.map(|(weight, session)| (*weight, session.commitment)).collect();
    let commitment = G::sum_of_products(&terms);
    if commitment == G::identity() {
        return None;
    }
    let commitment = commitment.encode();
    let wanted = derive_challenge::<G>(tags::COSI_CHALLENGE, &key, &OTHER_MESSAGE, &commitment);
    // c* − Σ ρᵢ·cᵢ⁰, in binary, says where to take the second challenge.
    let base = weights.iter().zip(&sessions).map(|(weight, session)| {
        let [(_, first), _] = &session.challenges;
        weight.multiply(*first)
    });
    let binary = wanted.subtract(combine_responses(base)).encode().0;
    let mut response = wanted.multiply(secret);
    for (at, (weight, session)) in weights.iter().zip(sessions).enumerate() {
        let bit = usize::from(binary[at / 8] >> (at % 8) & 1);
        let (asked, _) = &session.challenges[bit];
        for mut signer in session.signers {
            let part = signer.answer(rules, asked).unwrap().response;
            response = response.add(weight.multiply(G::Scalar::decode(&part).unwrap()));
        }
    }
    let signers = name_signers(4, [0, 1, MALICIOUS]).unwrap();
    let signature = SchnorrSignature { commitment, response: response.encode() };
    Some(CollectiveSignature { signers, signature })
}

fn is_forged<G: Group>(validators: &Validators<G>, forgery: &CollectiveSignature) -> bool {
    verify_collective_signature(&validators.cosigners, &OTHER_MESSAGE, forgery).is_ok()
}

/// How many attacks come as far as a signature, and how many of these are forgeries.
fn count_forgeries<const P: u64>(rules: &impl Rules<ToyGroup<P>>, sessions: u64) -> [usize; 2] {
    let mut counts = [0, 0];
    for seed in 0..400u64 {
        let secret =
            |number: u64| derive_nonzero_scalar::<ToyGroup<P>>(tags::KEYS_SECRET, &(seed, number));
        let validators = with_secrets((0..4).map(secret).collect());
        if let Some(forgery) = forge(rules, &validators, sessions, seed) {
            counts[0] += 1;
            counts[1] += usize::from(is_forged(&validators, &forgery));
        }
    }
    counts
}

/// More sessions than log₂ P. By luck a forgery of the normative scheme succeeds too, the more
/// often the smaller the group is: where the second nonces add up to 0, two factors b are equal, or
/// c* needs no second challenge. Of 100 it succeeds less than `luck` times.
fn toy_forgeries<const P: u64>(sessions: u64, luck: usize) {
    let [classic, forged] = count_forgeries::<P>(&WhitePaper, sessions);
    assert!(classic > 100, "{classic} of 400 attacks find two challenges in every session");
    assert_eq!(forged, classic, "order {P}: the paper's scheme is forged each time");
    let [normative, forged] = count_forgeries::<P>(&Specification, sessions);
    let is_luck = forged * 100 < normative * luck;
    assert!(normative > 100 && is_luck, "order {P}: {forged} of {normative}");
}

#[test]
fn over_toy_groups_concurrent_sessions_forge_the_papers_scheme_and_not_the_normative_one() {
    toy_forgeries::<5>(3, 60);
    toy_forgeries::<7>(3, 45);
    toy_forgeries::<11>(4, 30);
}

/// Polynomial: as many sessions as the order has bits, and two hashes in each.
#[test]
fn over_the_real_group_253_concurrent_sessions_forge_the_papers_scheme_and_not_the_normative_one() {
    let validators = validators::<Ristretto255>(4);
    let forgery = forge(&WhitePaper, &validators, 253, 0).unwrap();
    assert!(is_forged(&validators, &forgery));
    let failed = forge(&Specification, &validators, 253, 0).unwrap();
    assert!(!is_forged(&validators, &failed));
    // Too few sessions: not every number is a sum.
    assert!(!is_forged(&validators, &forge(&WhitePaper, &validators, 200, 0).unwrap()));
}

#[test]
fn an_honest_run_of_the_papers_scheme_verifies() {
    let validators = validators::<Ristretto255>(4);
    let (mut leader, signers) = opened(&validators, &[0, 1, 2]);
    let asked = leader.challenge(&WhitePaper).unwrap();
    for (position, mut signer) in signers {
        let response = signer.answer(&WhitePaper, &asked).unwrap();
        leader.receive_response(position, &response).unwrap();
    }
    let made = leader.signature().unwrap();
    assert_eq!(made.signature.commitment, asked.commitments[0]);
    assert_eq!(validators.verify(&made), Ok(()));
}

/// A key that cancels two others' signs in their names, alone. It has no proof of possession.
#[test]
fn a_rogue_key_forges_where_possession_is_not_checked() {
    let honest = validators::<Ristretto255>(3);
    let secret = RistrettoScalar::from(4321u64);
    let others: RistrettoPoint = honest.secrets.iter().take(2).map(RistrettoPoint::mul_base).sum();
    let rogue = Element::encode(RistrettoPoint::mul_base(&secret) - others);
    let mut keys: Vec<EncodedElement> =
        honest.secrets.iter().copied().map(multiple::<Ristretto255>).collect();
    keys.push(rogue);
    let cosigners = Cosigners::<Ristretto255>::new(&keys).unwrap();
    // X_P = secret·G for P = {0, 1, 3}.
    let (key, nonce) = (multiple::<Ristretto255>(secret), RistrettoScalar::from(77u64));
    let commitment = multiple::<Ristretto255>(nonce);
    let sign = |tag, key: &EncodedElement| {
        let challenge = derive_challenge::<Ristretto255>(tag, key, &MESSAGE, &commitment);
        let response = EncodedScalar((nonce + challenge * secret).to_bytes());
        SchnorrSignature { commitment, response }
    };
    let signers = name_signers(4, [0, 1, 3]).unwrap();
    let forgery = CollectiveSignature { signers, signature: sign(tags::COSI_CHALLENGE, &key) };
    assert_eq!(verify_collective_signature(&cosigners, &MESSAGE, &forgery), Ok(()));
    let possession = sign(tags::POSSESSION, &rogue);
    let refused = verify_possession::<Ristretto255>(&rogue, &MESSAGE, &possession);
    assert_eq!(refused, Err(Rejection::CryPossession));
}

/// A possession is no signature and the other way round, though both are Schnorr's.
#[test]
fn a_possession_is_no_collective_signature() {
    let key_pair = GroupKeyPair::<Ristretto255>::from_seed(&[1; 32]);
    let (key, possession) = (key_pair.public_key(), key_pair.prove_possession(&MESSAGE));
    let accepts = |tag| {
        let challenge =
            derive_challenge::<Ristretto255>(tag, &key, &MESSAGE, &possession.commitment);
        let (commitment, response) = possession.decode::<Ristretto255>().unwrap();
        let key = RistrettoPoint::decode(&key).unwrap();
        is_accepting::<Ristretto255>(key, commitment, challenge, response)
    };
    assert!(accepts(tags::POSSESSION));
    assert!(!accepts(tags::COSI_CHALLENGE));
}

/// Known limit: the bitmap is not signed. Keys 5 and 6 and their sum, key 4, are in one hand.
#[test]
fn known_limit_who_holds_several_keys_can_be_named_by_either_of_two_bitmaps() {
    let mut secrets = validators::<Ristretto255>(7).secrets;
    secrets[4] = secrets[5] + secrets[6];
    let validators = with_secrets::<Ristretto255>(secrets);
    let mut made = validators.sign(&[0, 1, 2, 3, 4]).unwrap();
    made.signers = name_signers(7, [0, 1, 2, 3, 5, 6]).unwrap();
    assert_eq!(validators.verify(&made), Ok(()));
    // An honest one is neither added nor left out.
    for positions in [&[0, 1, 2, 4, 5, 6][..], &[0, 1, 2, 5, 6]] {
        made.signers = name_signers(7, positions.iter().copied()).unwrap();
        assert_eq!(validators.verify(&made), Err(Rejection::CryCosiSignature));
    }
}

// --- The model's suite ------------------------------------------------------------------------

#[test]
fn an_ideal_signature_is_of_its_message_by_its_signers_and_of_a_quorum() {
    let validators = validators::<ToyGroup<5>>(7);
    let verify = |message, collective: &CollectiveSignature| {
        Ideal.verify_collective_signature(&validators.cosigners, &message, collective)
    };
    let signers = name_signers(7, 0..5).unwrap();
    let made = Ideal.sign_together(signers, &MESSAGE);
    assert_eq!(verify(MESSAGE, &made), Ok(()));
    assert_eq!(verify(OTHER_MESSAGE, &made), Err(Rejection::CryCosiSignature));
    let few = Ideal.sign_together(name_signers(7, 0..4).unwrap(), &MESSAGE);
    assert_eq!(verify(MESSAGE, &few), Err(Rejection::CryCertificateQuorum));
    let mut answered = made.clone();
    answered.signature.response = EncodedScalar([1; 32]);
    assert_eq!(verify(MESSAGE, &answered), Err(Rejection::CryCosiSignature));
}
