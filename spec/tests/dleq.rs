//! Proofs of equal logarithms (CRY-DLEQ): complete, sound and zero-knowledge, counted over all of
//! a toy group; bound to everything they are about. The RFC's proofs are in `rfc9497.rs`.

use std::collections::{BTreeMap, BTreeSet};

use curve25519_dalek::{RistrettoPoint, Scalar as RistrettoScalar};
use ioschain_spec::Rejection;
use ioschain_spec::primitives::dleq::{
    DleqProof, DleqStatement, ProofContext, ProofRole, commit, derive_challenge, derive_nonce,
    is_accepting, prove, respond, verify,
};
use ioschain_spec::primitives::encoding::encode;
use ioschain_spec::primitives::group::{Element, EncodedElement, EncodedScalar, Group, Scalar};
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::numbers::Position;
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::primitives::toy_group::{ToyElement, ToyGroup};
use quickcheck::quickcheck;

const CONTEXT: ProofContext = ProofContext {
    session: Digest([1; 32]),
    dealer: Digest([2; 32]),
    base: EncodedElement([3; 32]),
    commitments: Digest([4; 32]),
    recipient: Position(5),
    key: EncodedElement([6; 32]),
    encrypted: EncodedElement([7; 32]),
    role: ProofRole::Encryption,
};

fn scalar(bytes: &[u8]) -> RistrettoScalar {
    Ristretto255::hash_to_scalar(b"test", bytes)
}

fn element(bytes: &[u8]) -> RistrettoPoint {
    Ristretto255::hash_to_group(b"test", bytes)
}

/// Decodes and verifies, as everybody does with what is on the wire.
fn check<G: Group>(
    context: &ProofContext,
    statement: &DleqStatement<G>,
    proof: &DleqProof,
) -> Result<(), Rejection> {
    verify(context, statement, &proof.decode()?)
}

/// A true statement, its logarithm and its proof.
fn example() -> (DleqStatement<Ristretto255>, RistrettoScalar, DleqProof) {
    let secret = scalar(b"secret");
    let bases = [element(b"first base"), element(b"second base")];
    let statement = DleqStatement::with_logarithm(bases, secret);
    let proof = prove::<Ristretto255>(&CONTEXT, statement.bases, secret, scalar(b"nonce")).unwrap();
    (statement, secret, proof)
}

// --- Completeness -----------------------------------------------------------------------------

quickcheck! {
    fn an_honest_proof_is_accepted(bases: [u8; 32], secret: [u8; 32], seed: [u8; 32]) -> bool {
        let secret = scalar(&secret);
        let bases = [element(&bases[..16]), element(&bases[16..])];
        let statement = DleqStatement::<Ristretto255>::with_logarithm(bases, secret);
        let nonce = derive_nonce::<Ristretto255>(&seed, secret, &CONTEXT);
        let proof = prove::<Ristretto255>(&CONTEXT, statement.bases, secret, nonce).unwrap();
        check(&CONTEXT, &statement, &proof) == Ok(())
    }
}

fn every_honest_proof_is_accepted<const P: u64>() {
    let nonzero = || ToyGroup::<P>::elements().skip(1);
    for first in nonzero() {
        for second in ToyGroup::<P>::elements() {
            for secret in ToyGroup::<P>::scalars() {
                let statement =
                    DleqStatement::<ToyGroup<P>>::with_logarithm([first, second], secret);
                for nonce in ToyGroup::<P>::scalars().skip(1) {
                    let proof =
                        prove::<ToyGroup<P>>(&CONTEXT, statement.bases, secret, nonce).unwrap();
                    assert_eq!(check(&CONTEXT, &statement, &proof), Ok(()));
                }
            }
        }
    }
}

/// The second base, the values and the secret may be zero.
#[test]
fn every_honest_proof_over_a_toy_group_is_accepted() {
    every_honest_proof_is_accepted::<5>();
    every_honest_proof_is_accepted::<7>();
    every_honest_proof_is_accepted::<11>();
}

#[test]
fn a_proof_takes_96_bytes() {
    assert_eq!(encode(&example().2).len(), 96);
}

// --- Soundness, counted -----------------------------------------------------------------------

/// All of a toy group's pairs.
fn pairs<const P: u64>() -> impl Iterator<Item = [ToyElement<P>; 2]> + Clone {
    let elements = ToyGroup::<P>::elements;
    elements().flat_map(move |first| elements().map(move |second| [first, second]))
}

fn is_true<const P: u64>(statement: &DleqStatement<ToyGroup<P>>) -> bool {
    let with_logarithm = |secret| DleqStatement::with_logarithm(statement.bases, secret);
    ToyGroup::<P>::scalars().any(|secret| with_logarithm(secret) == *statement)
}

/// Every statement whose first base is not the identity.
fn statements<const P: u64>() -> impl Iterator<Item = DleqStatement<ToyGroup<P>>> {
    let bases = pairs::<P>().filter(|[first, _]| *first != ToyGroup::<P>::identity());
    bases.flat_map(|bases| pairs::<P>().map(move |values| DleqStatement { bases, values }))
}

/// The challenges that can be answered after these commitments, each with the number of its
/// answers.
fn answerable<const P: u64>(
    statement: &DleqStatement<ToyGroup<P>>,
    commitments: &[ToyElement<P>; 2],
) -> Vec<usize> {
    let answers = |challenge| {
        let responses = ToyGroup::<P>::scalars();
        responses.filter(|z| is_accepting(statement, commitments, challenge, *z)).count()
    };
    ToyGroup::<P>::scalars().map(answers).filter(|answers| *answers > 0).collect()
}

fn soundness_is_exact<const P: u64>() {
    let order = usize::try_from(P).unwrap();
    let (mut true_statements, mut false_statements) = (0, 0);
    for statement in statements::<P>() {
        if is_true(&statement) {
            // After an honest commitment every challenge has one answer; after any other none has.
            let nonces =
                ToyGroup::<P>::scalars().map(|nonce| commit::<ToyGroup<P>>(statement.bases, nonce));
            let honest: BTreeSet<_> = nonces.collect();
            for commitments in pairs::<P>() {
                let expected = if honest.contains(&commitments) { vec![1; order] } else { vec![] };
                assert_eq!(answerable(&statement, &commitments), expected);
            }
            true_statements += 1;
        } else {
            // Whatever the commitments are, one challenge of P has an answer: luck is all there is.
            for commitments in pairs::<P>() {
                assert_eq!(answerable(&statement, &commitments), [1]);
            }
            false_statements += 1;
        }
    }
    assert_eq!(true_statements, (order - 1) * order * order, "(P − 1)·P bases, P secrets");
    assert_eq!(true_statements + false_statements, (order - 1) * order.pow(3));
}

#[test]
fn of_a_false_statement_exactly_one_challenge_can_be_answered() {
    soundness_is_exact::<5>();
    soundness_is_exact::<7>();
}

/// With the challenge from the hash, one in P commitments of a false statement hits the one it can
/// answer.
#[test]
fn forgeries_over_a_toy_group_are_as_rare_as_its_order_says() {
    let (mut forged, mut tried) = (0, 0);
    for statement in statements::<11>().step_by(31).filter(|statement| !is_true(statement)) {
        for commitments in pairs::<11>() {
            let nonce_commitments = commitments.map(|element| element.encode());
            let accepted = ToyGroup::<11>::scalars().filter(|response| {
                let proof = DleqProof { nonce_commitments, response: response.encode() };
                check(&CONTEXT, &statement, &proof).is_ok()
            });
            forged += accepted.count();
            tried += 1;
        }
    }
    // Commitments to the identity are refused, so a little less than one in eleven.
    assert!(tried > 40_000 && (tried / 14..tried / 11).contains(&forged), "{forged} of {tried}");
}

/// The verifier that takes the challenge from the proof accepts any statement; ours computes it.
#[test]
fn a_proof_fitted_to_a_chosen_challenge_is_refused() {
    let (mut statement, _, _) = example();
    statement.values[1] = element(b"another value");
    let (challenge, response) = (scalar(b"chosen challenge"), scalar(b"chosen response"));
    let fitted = [0, 1].map(|at| {
        let [base, value] = [statement.bases[at], statement.values[at]];
        Element::subtract(base.multiply(response), value.multiply(challenge))
    });
    assert!(is_accepting(&statement, &fitted, challenge, response), "the equations hold");
    let nonce_commitments = fitted.map(|element| element.encode());
    let proof = DleqProof { nonce_commitments, response: response.encode() };
    assert_eq!(check(&CONTEXT, &statement, &proof), Err(Rejection::CryDleqProof));
}

#[test]
fn a_false_statement_is_refused() {
    let (mut statement, secret, _) = example();
    statement.values[1] = Element::add(statement.values[1], Ristretto255::generator());
    let proof = prove::<Ristretto255>(&CONTEXT, statement.bases, secret, scalar(b"nonce")).unwrap();
    assert_eq!(check(&CONTEXT, &statement, &proof), Err(Rejection::CryDleqProof));
}

// --- What a proof tells -----------------------------------------------------------------------

/// For each challenge, honest transcripts are those that anyone makes who picks the response first.
#[test]
fn transcripts_are_distributed_as_simulated_ones() {
    type Toy = ToyGroup<5>;
    for statement in statements::<5>().filter(is_true) {
        let secret = Toy::scalars()
            .find(|secret| DleqStatement::with_logarithm(statement.bases, *secret) == statement)
            .unwrap();
        for challenge in Toy::scalars() {
            let mut counts: BTreeMap<_, i32> = BTreeMap::new();
            for chosen in Toy::scalars() {
                let response = respond(secret, chosen, challenge);
                *counts.entry((commit::<Toy>(statement.bases, chosen), response)).or_default() += 1;
                let simulated = [0, 1].map(|at| {
                    let value = statement.values[at].multiply(challenge);
                    statement.bases[at].multiply(chosen).subtract(value)
                });
                *counts.entry((simulated, chosen)).or_default() -= 1;
            }
            assert!(counts.values().all(|count| *count == 0), "{statement:?} {challenge:?}");
        }
    }
}

quickcheck! {
    fn two_answers_with_one_nonce_give_the_secret_away(
        secret: [u8; 32], nonce: [u8; 32], one: [u8; 32], other: [u8; 32]
    ) -> bool {
        let [secret, nonce, one, other] = [secret, nonce, one, other].map(|bytes| scalar(&bytes));
        let responses =
            Scalar::subtract(respond(secret, nonce, one), respond(secret, nonce, other));
        let challenges = Scalar::subtract(one, other);
        Scalar::invert(challenges).is_none_or(|inverse| Scalar::multiply(responses, inverse) == secret)
    }
}

#[test]
fn nonces_differ_with_everything_that_is_proved() {
    let mut nonces = BTreeSet::new();
    let mut add = |seed, secret: &[u8], context: &ProofContext| {
        nonces.insert(derive_nonce::<Ristretto255>(seed, scalar(secret), context).encode())
    };
    assert!(add(&[0; 32], b"secret", &CONTEXT));
    assert!(!add(&[0; 32], b"secret", &CONTEXT), "derived, not random");
    assert!(add(&[1; 32], b"secret", &CONTEXT));
    assert!(add(&[0; 32], b"another", &CONTEXT));
    for context in other_contexts() {
        assert!(add(&[0; 32], b"secret", &context));
    }
}

// --- What a proof is bound to -----------------------------------------------------------------

/// The context with each of its fields changed.
fn other_contexts() -> [ProofContext; 9] {
    let (other, element) = (Digest([9; 32]), EncodedElement([9; 32]));
    [
        ProofContext { session: other, ..CONTEXT },
        ProofContext { dealer: other, ..CONTEXT },
        ProofContext { base: element, ..CONTEXT },
        ProofContext { commitments: other, ..CONTEXT },
        ProofContext { recipient: Position(6), ..CONTEXT },
        ProofContext { key: element, ..CONTEXT },
        ProofContext { encrypted: element, ..CONTEXT },
        ProofContext { role: ProofRole::Decryption(CONTEXT.encrypted), ..CONTEXT },
        ProofContext { role: ProofRole::Decryption(element), ..CONTEXT },
    ]
}

/// The statement with each of its elements changed.
fn other_statements(statement: &DleqStatement<Ristretto255>) -> [DleqStatement<Ristretto255>; 4] {
    let mut others = [*statement; 4];
    for at in [0, 1] {
        others[at].bases[at] = element(b"another base");
        others[2 + at].values[at] = element(b"another value");
    }
    others
}

#[test]
fn a_proof_is_refused_in_any_other_context() {
    let (statement, _, proof) = example();
    assert_eq!(check(&CONTEXT, &statement, &proof), Ok(()));
    for context in other_contexts() {
        assert_eq!(
            check(&context, &statement, &proof),
            Err(Rejection::CryDleqProof),
            "{context:?}"
        );
    }
}

#[test]
fn a_proof_is_refused_for_any_other_statement() {
    let (statement, secret, proof) = example();
    for other in other_statements(&statement) {
        assert_eq!(check(&CONTEXT, &other, &proof), Err(Rejection::CryDleqProof), "{other:?}");
    }
    // True ones too: with the bases in the other order, and with another logarithm.
    let [first, second] = statement.bases;
    let swapped = DleqStatement::<Ristretto255>::with_logarithm([second, first], secret);
    assert_eq!(check(&CONTEXT, &swapped, &proof), Err(Rejection::CryDleqProof));
    let other =
        DleqStatement::<Ristretto255>::with_logarithm([first, second], scalar(b"another secret"));
    assert_eq!(check(&CONTEXT, &other, &proof), Err(Rejection::CryDleqProof));
}

#[test]
fn a_proof_with_any_changed_part_is_refused() {
    let (statement, _, proof) = example();
    let another = element(b"another commitment").encode();
    for at in [0, 1] {
        let mut changed = proof;
        changed.nonce_commitments[at] = another;
        assert_eq!(check(&CONTEXT, &statement, &changed), Err(Rejection::CryDleqProof));
    }
    let [first, second] = proof.nonce_commitments;
    let changed = DleqProof { nonce_commitments: [second, first], ..proof };
    assert_eq!(check(&CONTEXT, &statement, &changed), Err(Rejection::CryDleqProof));
    let changed = DleqProof { response: scalar(b"another response").encode(), ..proof };
    assert_eq!(check(&CONTEXT, &statement, &changed), Err(Rejection::CryDleqProof));
}

#[test]
fn a_proof_with_any_flipped_bit_is_refused() {
    let (statement, _, proof) = example();
    let mut counts = BTreeMap::new();
    for bit in 0..96 * 8 {
        let mut bytes = encode(&proof);
        bytes[bit / 8] ^= 1 << (bit % 8);
        let changed = ioschain_spec::primitives::encoding::decode(&bytes).unwrap();
        let rejection = check(&CONTEXT, &statement, &changed).unwrap_err();
        *counts.entry(rejection.code()).or_insert(0) += 1;
    }
    let codes: Vec<&str> = counts.keys().copied().collect();
    assert_eq!(codes, ["CRY_DLEQ_PROOF", "CRY_ELEMENT_ENCODING", "CRY_SCALAR_ENCODING"]);
}

/// The challenge's transcript, byte by byte.
#[test]
fn the_challenge_hashes_the_context_and_then_the_commitments() {
    let (_, _, proof) = example();
    let [first, second] = proof.nonce_commitments;
    let context = [&[1; 32][..], &[2; 32], &[3; 32], &[4; 32], &[5, 0, 0, 0], &[6; 32], &[7; 32]];
    let domain = b"HashToScalar-IOSChain/v1-ristretto255-SHA512-dleq/challenge";
    let expected = |role: &[u8]| {
        let message = [&context.concat()[..], role, &first.0, &second.0].concat();
        Ristretto255::hash_to_scalar(domain, &message)
    };
    let challenge = |role| {
        let context = ProofContext { role, ..CONTEXT };
        derive_challenge::<Ristretto255>(&context, &proof.nonce_commitments)
    };
    assert_eq!(challenge(ProofRole::Encryption), expected(&[0]));
    let share = ProofRole::Decryption(EncodedElement([8; 32]));
    assert_eq!(challenge(share), expected(&[&[1][..], &[8; 32]].concat()));
}

// --- Encodings and identities -----------------------------------------------------------------

const NO_ELEMENT: EncodedElement = EncodedElement([0xff; 32]);
const NO_SCALAR: EncodedScalar = EncodedScalar([0xff; 32]);

#[test]
fn elements_are_decoded_before_the_response() {
    let (statement, _, proof) = example();
    let response_only = DleqProof { response: NO_SCALAR, ..proof };
    assert_eq!(check(&CONTEXT, &statement, &response_only), Err(Rejection::CryScalarEncoding));
    for at in [0, 1] {
        let mut both = response_only;
        both.nonce_commitments[at] = NO_ELEMENT;
        assert_eq!(check(&CONTEXT, &statement, &both), Err(Rejection::CryElementEncoding));
    }
}

#[test]
fn nonce_commitments_to_the_identity_are_refused() {
    let (statement, secret, proof) = example();
    let identity = Ristretto255::identity().encode();
    for at in [0, 1] {
        let mut changed = proof;
        changed.nonce_commitments[at] = identity;
        let checked = check(&CONTEXT, &statement, &changed);
        assert_eq!(checked, Err(Rejection::CryElementIdentity), "before the equations");
    }
    // Even where the equations would hold.
    let nonce = RistrettoScalar::ZERO;
    assert_eq!(
        prove::<Ristretto255>(&CONTEXT, statement.bases, secret, nonce),
        Err(Rejection::CryElementIdentity)
    );
    let nonce_commitments = [identity; 2];
    let challenge = derive_challenge::<Ristretto255>(&CONTEXT, &nonce_commitments);
    let response = respond(secret, nonce, challenge);
    assert!(is_accepting(&statement, &[Ristretto255::identity(); 2], challenge, response));
    let proof = DleqProof { nonce_commitments, response: response.encode() };
    assert_eq!(check(&CONTEXT, &statement, &proof), Err(Rejection::CryElementIdentity));
}

#[test]
fn the_first_base_is_not_the_identity_and_the_second_may_be() {
    let (secret, identity) = (scalar(b"secret"), Ristretto255::identity());
    let nonce = scalar(b"nonce");
    let first = DleqStatement::<Ristretto255>::with_logarithm([identity, element(b"base")], secret);
    assert_eq!(
        prove::<Ristretto255>(&CONTEXT, first.bases, secret, nonce),
        Err(Rejection::CryElementIdentity)
    );
    let second =
        DleqStatement::<Ristretto255>::with_logarithm([element(b"base"), identity], secret);
    let proof = prove::<Ristretto255>(&CONTEXT, second.bases, secret, nonce).unwrap();
    assert_eq!(check(&CONTEXT, &second, &proof), Ok(()));
    assert_eq!(check(&CONTEXT, &first, &proof), Err(Rejection::CryElementIdentity));
}
