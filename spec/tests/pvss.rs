//! Publicly verifiable secret sharing (CRY-PVSS): what honest dealers and recipients make is
//! accepted and recovers the secret; whatever differs in one thing is refused, with the rejection
//! of that thing.

use std::collections::{BTreeMap, BTreeSet};

use curve25519_dalek::RistrettoPoint;
use ioschain_spec::Rejection;
use ioschain_spec::primitives::dleq::{
    DleqProof, DleqStatement, ProofContext, ProofRole, derive_nonce, prove,
};
use ioschain_spec::primitives::encoding::encode;
use ioschain_spec::primitives::group::{
    Element, EncodedElement, EncodedScalar, Group, Scalar, derive_nonzero_scalar,
    tagged_hash_to_group,
};
use ioschain_spec::primitives::hash::{Digest, sha256, tagged_hash, tags};
use ioschain_spec::primitives::numbers::Position;
use ioschain_spec::primitives::pvss::{
    Deal, DecodedDeal, DecryptedShare, EncryptedShare, Sharing, deal, decode_deal, decrypt_share,
    evaluate_commitments, recover, verify_deal, verify_decryption, verify_encryptions,
};
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::primitives::shamir::Polynomial;
use ioschain_spec::primitives::toy_group::{ToyGroup, ToyScalar};
use quickcheck::quickcheck;

const SEED: [u8; 32] = [8; 32];
const NO_ELEMENT: EncodedElement = EncodedElement([0xff; 32]);
const NO_SCALAR: EncodedScalar = EncodedScalar([0xff; 32]);

// --- A group of recipients --------------------------------------------------------------------

/// A sharing, with the secret keys of its recipients.
struct Fixture<G: Group> {
    sharing: Sharing<G>,
    secret_keys: Vec<G::Scalar>,
}

fn digest(name: &str) -> Digest {
    sha256(&[name.as_bytes()])
}

fn secret_key<G: Group>(number: u32) -> G::Scalar {
    derive_nonzero_scalar::<G>(tags::KEY, &number)
}

fn keys<G: Group>(count: usize) -> (Vec<G::Scalar>, Vec<G::Element>) {
    let secret: Vec<G::Scalar> = (0..).take(count).map(secret_key::<G>).collect();
    let public = secret.iter().map(|key| G::generator().multiply(*key)).collect();
    (secret, public)
}

/// A base that is not the identity: in a toy group some hashes are.
fn base<G: Group>(session: &str) -> G::Element {
    let bases = (0u8..).map(|number| tagged_hash_to_group::<G>(tags::KEY, &(session, number)));
    bases.into_iter().find(|base| *base != G::identity()).unwrap()
}

fn fixture<G: Group>(count: usize, threshold: usize) -> Fixture<G> {
    let (secret_keys, keys) = keys::<G>(count);
    let base = base::<G>("session");
    let sharing = Sharing::new(digest("session"), digest("dealer"), base, threshold, keys).unwrap();
    Fixture { sharing, secret_keys }
}

impl<G: Group> Fixture<G> {
    /// A deal, decoded too, and the element that is shared.
    fn deal(&self) -> (Deal, DecodedDeal<G>, G::Element) {
        self.deal_polynomial(&self.sharing.derive_polynomial(&SEED))
    }

    fn deal_polynomial(
        &self,
        polynomial: &Polynomial<G::Scalar>,
    ) -> (Deal, DecodedDeal<G>, G::Element) {
        let deal = deal(&self.sharing, polynomial, &SEED).unwrap();
        let decoded = verify_deal(&self.sharing, &deal).unwrap();
        (deal, decoded, G::generator().multiply(polynomial.evaluate(Position(0))))
    }

    /// Every recipient's share.
    fn decrypt(&self, deal: &DecodedDeal<G>) -> Vec<DecryptedShare> {
        let decrypt = |(position, key): (Position, &G::Scalar)| {
            decrypt_share(&self.sharing, deal, position, *key, &SEED).unwrap()
        };
        Position::all().zip(&self.secret_keys).map(decrypt).collect()
    }

    /// The shares that are valid, by position.
    fn valid(
        &self,
        deal: &DecodedDeal<G>,
        shares: &[DecryptedShare],
    ) -> BTreeMap<Position, G::Element> {
        let valid = |share: &DecryptedShare| {
            let element = verify_decryption(&self.sharing, deal, share).ok()?;
            Some((share.position, element))
        };
        shares.iter().filter_map(valid).collect()
    }
}

/// All sub-maps of `size` entries.
fn subsets<T: Copy>(entries: &BTreeMap<Position, T>, size: usize) -> Vec<BTreeMap<Position, T>> {
    let entries: Vec<(Position, T)> = entries.iter().map(|(key, value)| (*key, *value)).collect();
    (0..1u32 << entries.len())
        .filter(|mask| mask.count_ones() as usize == size)
        .map(|mask| {
            let chosen = entries.iter().enumerate().filter(|(at, _)| mask >> at & 1 == 1);
            chosen.map(|(_, entry)| *entry).collect()
        })
        .collect()
}

// --- Honest runs ------------------------------------------------------------------------------

fn honest_run_recovers<G: Group>(fixture: &Fixture<G>, polynomial: &Polynomial<G::Scalar>) {
    let (_, decoded, secret) = fixture.deal_polynomial(polynomial);
    let shares = fixture.valid(&decoded, &fixture.decrypt(&decoded));
    assert_eq!(shares.len(), fixture.secret_keys.len(), "every decryption is valid");
    for (position, share) in &shares {
        assert_eq!(*share, G::generator().multiply(polynomial.evaluate(*position)));
    }
    for chosen in subsets(&shares, fixture.sharing.threshold()) {
        assert_eq!(recover(&fixture.sharing, &chosen), Ok(secret), "{chosen:?}");
    }
}

quickcheck! {
    fn any_t_recipients_recover_what_was_dealt(count: u8, threshold: u8, seed: [u8; 32]) -> bool {
        let count = usize::from(count % 6) + 1;
        let fixture = fixture::<Ristretto255>(count, usize::from(threshold) % count + 1);
        honest_run_recovers(&fixture, &fixture.sharing.derive_polynomial(&seed));
        true
    }
}

fn every_polynomial_is_recovered<const P: u64>(count: usize) {
    let fixture = fixture::<ToyGroup<P>>(count, 2);
    for constant in ToyGroup::<P>::scalars() {
        for linear in ToyGroup::<P>::scalars() {
            honest_run_recovers(&fixture, &Polynomial::new(vec![constant, linear]));
        }
    }
}

#[test]
fn every_polynomial_over_a_toy_group_is_recovered_by_any_t_recipients() {
    every_polynomial_is_recovered::<5>(4);
    every_polynomial_is_recovered::<7>(6);
    every_polynomial_is_recovered::<11>(4);
}

/// Refusing the identity anywhere here would make the other secrets likelier.
#[test]
fn the_identity_is_a_legal_commitment_share_and_secret() {
    let fixture = fixture::<Ristretto255>(4, 2);
    let identity = Ristretto255::identity();
    let zeros = Polynomial::new(vec![Scalar::ZERO; 2]);
    let (deal, decoded, secret) = fixture.deal_polynomial(&zeros);
    assert_eq!(secret, identity);
    assert!(deal.commitments.iter().all(|commitment| *commitment == identity.encode()));
    assert!(deal.shares.iter().all(|encrypted| encrypted.share == identity.encode()));
    let decrypted = fixture.decrypt(&decoded);
    assert!(decrypted.iter().all(|decrypted| decrypted.share == identity.encode()));
    let shares = fixture.valid(&decoded, &decrypted);
    assert_eq!(shares.len(), 4);
    assert_eq!(recover(&fixture.sharing, &shares), Ok(identity));
}

#[test]
fn commitments_evaluate_to_the_committed_shares() {
    let fixture = fixture::<Ristretto255>(5, 3);
    let polynomial = fixture.sharing.derive_polynomial(&SEED);
    let base = base::<Ristretto255>("session");
    let commitments: Vec<RistrettoPoint> =
        polynomial.coefficients().iter().map(|each| base.multiply(*each)).collect();
    for position in [0, 1, 2, 5, 1_000] {
        let expected = base.multiply(polynomial.evaluate(Position(position)));
        assert_eq!(
            evaluate_commitments::<Ristretto255>(&commitments, Position(position)),
            expected
        );
    }
}

#[test]
fn dealing_again_gives_the_same_bytes_and_another_seed_other_ones() {
    let fixture = fixture::<Ristretto255>(4, 2);
    let (first, _, _) = fixture.deal();
    assert_eq!(fixture.deal().0, first);
    let polynomial = fixture.sharing.derive_polynomial(&SEED);
    let other = deal(&fixture.sharing, &polynomial, &[9; 32]).unwrap();
    assert_eq!(other.commitments, first.commitments);
    for (one, other) in first.shares.iter().zip(&other.shares) {
        assert_eq!(one.share, other.share);
        assert_ne!(one.proof.nonce_commitments, other.proof.nonce_commitments);
    }
    let other = fixture.sharing.derive_polynomial(&[9; 32]);
    assert!(polynomial.coefficients().iter().zip(other.coefficients()).all(|(a, b)| a != b));
}

#[test]
fn every_nonce_of_a_run_is_another() {
    let fixture = fixture::<Ristretto255>(5, 3);
    let (deal, decoded, _) = fixture.deal();
    let proofs = deal.shares.iter().map(|encrypted| encrypted.proof);
    let decrypted = fixture.decrypt(&decoded);
    let proofs = proofs.chain(decrypted.iter().map(|decrypted| decrypted.proof));
    let commitments: BTreeSet<_> = proofs.flat_map(|proof| proof.nonce_commitments).collect();
    assert_eq!(commitments.len(), 20);
}

#[test]
fn sizes_are_those_of_the_fields() {
    let fixture = fixture::<Ristretto255>(4, 2);
    let (deal, decoded, _) = fixture.deal();
    assert_eq!(encode(&deal.shares[0]).len(), 32 + 96);
    assert_eq!(encode(&deal).len(), (4 + 2 * 32) + (4 + 4 * 128));
    assert_eq!(encode(&fixture.decrypt(&decoded)[0]).len(), 4 + 32 + 96);
}

// --- Sharings ---------------------------------------------------------------------------------

#[test]
fn a_threshold_fits_the_recipients() {
    fn sharing<G: Group>(count: usize, threshold: usize) -> Result<Sharing<G>, Rejection> {
        let (_, keys) = keys::<G>(count);
        Sharing::new(digest("session"), digest("dealer"), base::<G>("session"), threshold, keys)
    }
    for (count, threshold) in [(0, 0), (0, 1), (3, 0), (3, 4)] {
        let refused = sharing::<Ristretto255>(count, threshold).unwrap_err();
        assert_eq!(refused, Rejection::CryPvssLengths, "{threshold} of {count}");
    }
    for (count, threshold) in [(1, 1), (3, 1), (3, 3)] {
        assert_eq!(sharing::<Ristretto255>(count, threshold).unwrap().threshold(), threshold);
    }
    // The fifth position is 0 in GF(5): its share would be the secret.
    assert!(sharing::<ToyGroup<5>>(4, 2).is_ok());
    assert_eq!(sharing::<ToyGroup<5>>(5, 2).unwrap_err(), Rejection::CryPvssLengths);
}

#[test]
fn neither_the_base_nor_a_key_is_the_identity() {
    let (identity, base) = (Ristretto255::identity(), base::<Ristretto255>("session"));
    let sharing = |base, threshold, changed: Option<usize>| {
        let (_, mut keys) = keys::<Ristretto255>(3);
        if let Some(at) = changed {
            keys[at] = identity;
        }
        Sharing::<Ristretto255>::new(digest("session"), digest("dealer"), base, threshold, keys)
    };
    assert!(sharing(base, 2, None).is_ok());
    assert_eq!(sharing(identity, 2, None).unwrap_err(), Rejection::CryElementIdentity);
    for at in 0..3 {
        assert_eq!(sharing(base, 2, Some(at)).unwrap_err(), Rejection::CryElementIdentity);
        assert_eq!(sharing(base, 4, Some(at)).unwrap_err(), Rejection::CryPvssLengths, "first");
    }
}

// --- Deals ------------------------------------------------------------------------------------

/// The deal with its vectors changed.
fn changed(
    deal: &Deal,
    change: impl FnOnce(&mut Vec<EncodedElement>, &mut Vec<EncryptedShare>),
) -> Deal {
    let (mut commitments, mut shares) = (deal.commitments.to_vec(), deal.shares.to_vec());
    change(&mut commitments, &mut shares);
    Deal { commitments: commitments.try_into().unwrap(), shares: shares.try_into().unwrap() }
}

fn another() -> EncodedElement {
    Ristretto255::hash_to_group(b"test", b"another").encode()
}

#[test]
fn a_polynomial_of_another_length_is_not_dealt() {
    let fixture = fixture::<Ristretto255>(4, 2);
    for length in [0, 1, 3] {
        let polynomial = Polynomial::new(vec![Scalar::ONE; length]);
        let refused = deal(&fixture.sharing, &polynomial, &SEED).unwrap_err();
        assert_eq!(refused, Rejection::CryPvssLengths);
    }
}

#[test]
fn a_deal_that_is_too_short_or_too_long_is_refused() {
    let fixture = fixture::<Ristretto255>(4, 2);
    let (deal, _, _) = fixture.deal();
    let lengths = [
        changed(&deal, |commitments, _| commitments.truncate(1)),
        changed(&deal, |commitments, _| commitments.push(Ristretto255::identity().encode())),
        changed(&deal, |commitments, _| commitments.clear()),
        changed(&deal, |_, shares| shares.truncate(3)),
        changed(&deal, |_, shares| shares.push(shares[0])),
        changed(&deal, |_, shares| shares.clear()),
        // With a second fault, that comes later.
        changed(&deal, |commitments, shares| {
            commitments.push(NO_ELEMENT);
            shares[0].proof.response = NO_SCALAR;
        }),
    ];
    for deal in lengths {
        assert_eq!(verify_deal(&fixture.sharing, &deal), Err(Rejection::CryPvssLengths));
    }
}

/// A dealer that takes one coefficient too many can make every proof hold; its deal is too long.
#[test]
fn a_deal_of_too_high_a_degree_is_refused() {
    let (lower, higher) = (fixture::<Ristretto255>(4, 2), fixture::<Ristretto255>(4, 3));
    let (deal, _, _) = higher.deal();
    assert_eq!(verify_deal(&lower.sharing, &deal), Err(Rejection::CryPvssLengths));
    let shortened = changed(&deal, |commitments, _| commitments.truncate(2));
    assert_eq!(verify_deal(&lower.sharing, &shortened), Err(Rejection::CryDleqProof));
}

#[test]
fn encodings_are_checked_before_proofs_wherever_they_stand() {
    let fixture = fixture::<Ristretto255>(4, 2);
    let (honest, _, _) = fixture.deal();
    // A false proof in the first share comes later than a bad encoding in the last.
    let deal = changed(&honest, |_, shares| shares[0].share = another());
    assert_eq!(verify_deal(&fixture.sharing, &deal), Err(Rejection::CryDleqProof));
    for at in 0..2 {
        let deal = changed(&deal, |commitments, _| commitments[at] = NO_ELEMENT);
        assert_eq!(verify_deal(&fixture.sharing, &deal), Err(Rejection::CryElementEncoding));
    }
    for at in 0..4 {
        let bad_share = changed(&deal, |_, shares| shares[at].share = NO_ELEMENT);
        let bad_first =
            changed(&deal, |_, shares| shares[at].proof.nonce_commitments[0] = NO_ELEMENT);
        let bad_second =
            changed(&deal, |_, shares| shares[at].proof.nonce_commitments[1] = NO_ELEMENT);
        for deal in [bad_share, bad_first, bad_second] {
            let refused = verify_deal(&fixture.sharing, &deal);
            assert_eq!(refused, Err(Rejection::CryElementEncoding), "share {at}");
        }
        let deal = changed(&deal, |_, shares| shares[at].proof.response = NO_SCALAR);
        assert_eq!(verify_deal(&fixture.sharing, &deal), Err(Rejection::CryScalarEncoding));
    }
    // A deal that decodes is not a valid one yet.
    let decoded = decode_deal(&fixture.sharing, &deal).unwrap();
    assert_eq!(verify_encryptions(&fixture.sharing, &decoded), Err(Rejection::CryDleqProof));
}

#[test]
fn a_deal_with_any_changed_part_is_refused() {
    let fixture = fixture::<Ristretto255>(4, 2);
    let (honest, _, _) = fixture.deal();
    let mut deals = vec![changed(&honest, |commitments, _| commitments.swap(0, 1))];
    for at in 0..2 {
        deals.push(changed(&honest, |commitments, _| commitments[at] = another()));
    }
    for at in 0..4 {
        deals.push(changed(&honest, |_, shares| shares[at].share = another()));
        deals.push(changed(&honest, |_, shares| shares[at].proof.nonce_commitments[0] = another()));
        deals.push(changed(&honest, |_, shares| shares[at].proof.nonce_commitments[1] = another()));
        deals.push(changed(&honest, |_, shares| shares[at].proof.nonce_commitments.swap(0, 1)));
        deals.push(changed(&honest, |_, shares| {
            shares[at].proof.response = EncodedScalar([1; 32]);
        }));
        for other in 0..at {
            deals.push(changed(&honest, |_, shares| shares.swap(at, other)));
            deals.push(changed(&honest, |_, shares| shares[at] = shares[other]));
        }
    }
    assert_eq!(deals.len(), 35);
    for deal in deals {
        assert_eq!(verify_deal(&fixture.sharing, &deal), Err(Rejection::CryDleqProof));
    }
    let identity = Ristretto255::identity().encode();
    for at in 0..4 {
        let deal = changed(&honest, |_, shares| shares[at].proof.nonce_commitments[1] = identity);
        assert_eq!(verify_deal(&fixture.sharing, &deal), Err(Rejection::CryElementIdentity));
    }
}

#[test]
fn a_deal_is_refused_in_any_other_sharing() {
    let fixture = fixture::<Ristretto255>(4, 2);
    let (deal, _, _) = fixture.deal();
    let (_, keys) = keys::<Ristretto255>(4);
    let (session, dealer) = (digest("session"), digest("dealer"));
    let base = base::<Ristretto255>("session");
    let sharing = |session, dealer, base, keys: Vec<RistrettoPoint>| {
        Sharing::<Ristretto255>::new(session, dealer, base, 2, keys).unwrap()
    };
    let mut swapped = keys.clone();
    swapped.swap(0, 1);
    let same = sharing(session, dealer, base, keys.clone());
    assert!(verify_deal(&same, &deal).is_ok());
    let another_dealer = sharing(session, digest("another dealer"), base, keys.clone());
    assert_eq!(same.with_dealer(digest("another dealer")), another_dealer);
    let others = [
        sharing(digest("another session"), dealer, base, keys.clone()),
        // A copied deal: its dealer would know nothing of the secret, and could cancel another's.
        another_dealer,
        sharing(session, dealer, Ristretto255::generator(), keys),
        sharing(session, dealer, base, swapped),
    ];
    for other in others {
        assert_eq!(verify_deal(&other, &deal), Err(Rejection::CryDleqProof));
    }
}

/// The proof's context and statement, put together without the code that deals.
#[test]
fn a_deal_consists_of_what_the_definition_says() {
    let fixture = fixture::<Ristretto255>(3, 2);
    let polynomial = fixture.sharing.derive_polynomial(&SEED);
    let (deal, _, _) = fixture.deal();
    let (_, keys) = keys::<Ristretto255>(3);
    let base = base::<Ristretto255>("session");
    for (commitment, coefficient) in deal.commitments.iter().zip(polynomial.coefficients()) {
        assert_eq!(*commitment, base.multiply(*coefficient).encode());
    }
    for ((position, key), encrypted) in (1..).zip(keys).zip(&deal.shares) {
        let secret = polynomial.evaluate(Position(position));
        let context = ProofContext {
            session: digest("session"),
            dealer: digest("dealer"),
            base: base.encode(),
            commitments: tagged_hash(tags::PVSS_COMMITMENTS, &deal.commitments),
            recipient: Position(position),
            key: key.encode(),
            encrypted: key.multiply(secret).encode(),
            role: ProofRole::Encryption,
        };
        let nonce = derive_nonce::<Ristretto255>(&SEED, secret, &context);
        let proof: DleqProof = prove::<Ristretto255>(&context, [base, key], secret, nonce).unwrap();
        assert_eq!(*encrypted, EncryptedShare { share: context.encrypted, proof });
    }
}

// --- Decryptions ------------------------------------------------------------------------------

#[test]
fn only_the_recipient_decrypts() {
    let fixture = fixture::<Ristretto255>(3, 2);
    let (_, decoded, _) = fixture.deal();
    let decrypt = |position, key| decrypt_share(&fixture.sharing, &decoded, position, key, &SEED);
    assert!(decrypt(Position(1), fixture.secret_keys[0]).is_ok());
    assert_eq!(decrypt(Position(1), fixture.secret_keys[1]), Err(Rejection::CryDleqProof));
    assert_eq!(decrypt(Position(1), Scalar::ZERO), Err(Rejection::CryDleqProof));
    for position in [0, 4, u32::MAX] {
        let refused = decrypt(Position(position), fixture.secret_keys[0]);
        assert_eq!(refused, Err(Rejection::CrySharePositions));
    }
}

#[test]
fn a_decryption_consists_of_what_the_definition_says() {
    let fixture = fixture::<Ristretto255>(3, 2);
    let polynomial = fixture.sharing.derive_polynomial(&SEED);
    let (deal, decoded, _) = fixture.deal();
    let decrypted = fixture.decrypt(&decoded);
    for ((position, secret_key), decrypted) in (1..).zip(&fixture.secret_keys).zip(&decrypted) {
        let share = Ristretto255::generator().multiply(polynomial.evaluate(Position(position)));
        let bases = [Ristretto255::generator(), share];
        let statement = DleqStatement::<Ristretto255>::with_logarithm(bases, *secret_key);
        let [key, encrypted] = statement.values.map(Element::encode);
        assert_eq!(encrypted, deal.shares[position as usize - 1].share);
        let context = ProofContext {
            session: digest("session"),
            dealer: digest("dealer"),
            base: base::<Ristretto255>("session").encode(),
            commitments: tagged_hash(tags::PVSS_COMMITMENTS, &deal.commitments),
            recipient: Position(position),
            key,
            encrypted,
            role: ProofRole::Decryption(share.encode()),
        };
        let nonce = derive_nonce::<Ristretto255>(&SEED, *secret_key, &context);
        let proof = prove::<Ristretto255>(&context, bases, *secret_key, nonce).unwrap();
        assert_eq!(
            *decrypted,
            DecryptedShare { position: Position(position), share: share.encode(), proof }
        );
    }
}

#[test]
fn a_decryption_with_any_changed_part_is_refused() {
    let fixture = fixture::<Ristretto255>(3, 2);
    let (_, decoded, _) = fixture.deal();
    let honest = fixture.decrypt(&decoded);
    let identity = Ristretto255::identity().encode();
    let check =
        |decrypted: &DecryptedShare| verify_decryption(&fixture.sharing, &decoded, decrypted);
    let [first, second, third] = [&honest[0], &honest[1], &honest[2]];
    assert!(honest.iter().all(|decrypted| check(decrypted).is_ok()));

    let proof_with = |at: usize, commitment| {
        let mut proof = first.proof;
        proof.nonce_commitments[at] = commitment;
        proof
    };
    let false_ones = [
        DecryptedShare { share: another(), ..*first },
        DecryptedShare { share: second.share, ..*first },
        DecryptedShare { share: identity, ..*first },
        DecryptedShare { proof: second.proof, ..*first },
        DecryptedShare { position: Position(2), ..*first },
        DecryptedShare { position: Position(3), ..*second },
        DecryptedShare { position: Position(1), ..*third },
        DecryptedShare { proof: proof_with(0, another()), ..*first },
        DecryptedShare { proof: proof_with(1, another()), ..*first },
        DecryptedShare {
            proof: DleqProof { response: EncodedScalar([1; 32]), ..first.proof },
            ..*first
        },
    ];
    for decrypted in false_ones {
        assert_eq!(check(&decrypted), Err(Rejection::CryDleqProof), "{decrypted:?}");
    }
    for at in [0, 1] {
        let decrypted = DecryptedShare { proof: proof_with(at, identity), ..*first };
        assert_eq!(check(&decrypted), Err(Rejection::CryElementIdentity));
    }

    // Bad encodings, each with the faults that come later.
    let mut faulty = *first;
    faulty.proof.response = NO_SCALAR;
    assert_eq!(check(&faulty), Err(Rejection::CryScalarEncoding));
    faulty.proof.nonce_commitments[1] = NO_ELEMENT;
    assert_eq!(check(&faulty), Err(Rejection::CryElementEncoding));
    assert_eq!(
        check(&DecryptedShare { share: NO_ELEMENT, ..*first }),
        Err(Rejection::CryElementEncoding)
    );
    for position in [0, 4] {
        let refused = check(&DecryptedShare { position: Position(position), ..faulty });
        assert_eq!(refused, Err(Rejection::CrySharePositions));
    }
}

#[test]
fn a_decryption_is_refused_for_any_other_deal() {
    let fixture = fixture::<Ristretto255>(3, 2);
    let (_, decoded, _) = fixture.deal();
    let (_, other, _) = fixture.deal_polynomial(&fixture.sharing.derive_polynomial(&[9; 32]));
    for decrypted in fixture.decrypt(&decoded) {
        let refused = verify_decryption(&fixture.sharing, &other, &decrypted);
        assert_eq!(refused, Err(Rejection::CryDleqProof));
    }
}

/// The two roles of a proof are told apart even where their statements are the same.
#[test]
fn a_proof_of_encryption_is_none_of_decryption() {
    let fixture = fixture::<Ristretto255>(3, 2);
    let (deal, decoded, _) = fixture.deal();
    for (position, encrypted) in (1..).zip(&deal.shares) {
        let decrypted = DecryptedShare {
            position: Position(position),
            share: encrypted.share,
            proof: encrypted.proof,
        };
        let refused = verify_decryption(&fixture.sharing, &decoded, &decrypted);
        assert_eq!(refused, Err(Rejection::CryDleqProof));
    }
}

// --- Recovery ---------------------------------------------------------------------------------

#[test]
fn fewer_than_t_shares_recover_nothing() {
    let fixture = fixture::<Ristretto255>(4, 3);
    let (_, decoded, _) = fixture.deal();
    let shares = fixture.valid(&decoded, &fixture.decrypt(&decoded));
    for size in 0..3 {
        for chosen in subsets(&shares, size) {
            let refused = recover(&fixture.sharing, &chosen);
            assert_eq!(refused, Err(Rejection::CrySharePositions));
        }
    }
}

#[test]
fn recovery_takes_the_lowest_positions() {
    let fixture = fixture::<Ristretto255>(4, 2);
    let (_, decoded, secret) = fixture.deal();
    let mut shares = fixture.valid(&decoded, &fixture.decrypt(&decoded));
    // Invalid shares are for the caller to leave out; these show which ones are read.
    shares.insert(Position(3), Ristretto255::generator());
    shares.insert(Position(4), Ristretto255::generator());
    assert_eq!(recover(&fixture.sharing, &shares), Ok(secret));
    shares.remove(&Position(1));
    assert_ne!(recover(&fixture.sharing, &shares), Ok(secret));
}

#[test]
fn the_secret_is_not_at_a_recipients_position() {
    let fixture = fixture::<Ristretto255>(3, 2);
    let generator = Ristretto255::generator();
    let shares = BTreeMap::from([(Position(0), generator), (Position(1), generator)]);
    assert_eq!(recover(&fixture.sharing, &shares), Err(Rejection::CrySharePositions));
}

/// Sums of secrets are what the randomness protocol recovers: valid shares add up to shares of the
/// sum.
#[test]
fn shares_of_two_secrets_add_up_to_shares_of_their_sum() {
    let fixture = fixture::<ToyGroup<7>>(6, 2);
    let polynomials = [[1u8, 2], [3, 6]].map(|coefficients| {
        Polynomial::new(coefficients.map(ToyScalar::<7>::from_number).to_vec())
    });
    let [(one, one_secret), (other, other_secret)] = polynomials.map(|polynomial| {
        let (_, decoded, secret) = fixture.deal_polynomial(&polynomial);
        (fixture.valid(&decoded, &fixture.decrypt(&decoded)), secret)
    });
    let sums: BTreeMap<_, _> =
        one.iter().map(|(position, share)| (*position, share.add(other[position]))).collect();
    for chosen in subsets(&sums, 2) {
        assert_eq!(recover(&fixture.sharing, &chosen), Ok(one_secret.add(other_secret)));
    }
}
