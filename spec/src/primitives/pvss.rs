//! Publicly verifiable secret sharing: a dealer shares a random group element among recipients, and
//! anyone can check that it did. Origin: Schoenmakers 1999.
//!
//! ```text
//!  dealer                          recipient j, key pair xⱼ, Yⱼ = xⱼ·G          anyone
//!    polynomial s, t coefficients
//!    Aₖ = aₖ·H        commitments
//!    Eⱼ = s(j)·Yⱼ     encrypted shares  ─────────────────────────────▶  verify_deal
//!    proofs: log_H Vⱼ = log_Yⱼ Eⱼ
//!                                    Sⱼ = xⱼ⁻¹·Eⱼ = s(j)·G   share  ──▶  verify_decryption
//!                                    proof: log_G Yⱼ = log_Sⱼ Eⱼ
//!                                                                       recover: s(0)·G = Σ λⱼ·Sⱼ
//! ```
//!
//! The commitments determine `Vⱼ = Σₖ jᵏ·Aₖ = s(j)·H`, to which share j is compared. The secret is
//! the *element* s(0)·G, never the scalar. Each session has its own base H, whose logarithm nobody
//! knows. If H were G, the commitment A₀ would publish the secret.
//!
//! If the decisional Diffie-Hellman problem is hard, t − 1 shares reveal nothing about the secret.
//! Soundness depends only on the hash function: a dealer cannot give different secrets to two sets
//! of t recipients.

use std::collections::BTreeMap;

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};

use super::certificate::ROSTER_MAX;
use super::dleq::{
    DecodedProof, DleqProof, DleqStatement, ProofContext, ProofRole, derive_nonce, prove, verify,
};
use super::encoding::Bounded;
use super::group::{
    Element, EncodedElement, Group, Scalar, refuse_identity, tagged_hash_to_scalar,
};
use super::hash::{Digest, tagged_hash, tags};
use super::shamir::{Polynomial, lagrange_coefficients};
use crate::Rejection;
use crate::primitives::numbers::Position;

/// What is fixed and known to all before a dealer deals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sharing<G: Group> {
    session: Digest,
    dealer: Digest,
    pub(super) base: (G::Element, EncodedElement),
    threshold: usize,
    /// The recipients' keys, each with its encoding, which every proof hashes.
    pub(super) keys: Vec<(G::Element, EncodedElement)>,
}

/// A deal as it is sent in a message.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Deal {
    /// The commitments A₀, A₁, …, one for each coefficient.
    pub commitments: Bounded<EncodedElement, ROSTER_MAX>,
    /// The encrypted shares, one for each recipient, in the order of the recipients.
    pub shares: Bounded<EncryptedShare, ROSTER_MAX>,
}

/// A share that is encrypted for one recipient, with the proof that it is the committed one: 128
/// bytes.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize, BorshSchema,
)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct EncryptedShare {
    /// The encrypted share Eⱼ.
    pub share: EncodedElement,
    /// The proof that log_H Vⱼ = log_Yⱼ Eⱼ.
    pub proof: DleqProof,
}

/// A share that its recipient has decrypted, with the proof that it did so correctly: 132 bytes.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize, BorshSchema,
)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct DecryptedShare {
    /// The position j of the recipient, counted from 1.
    pub position: Position,
    /// The decrypted share Sⱼ.
    pub share: EncodedElement,
    /// The proof that log_G Yⱼ = log_Sⱼ Eⱼ.
    pub proof: DleqProof,
}

/// A deal of the right lengths whose parts have been decoded as elements and scalars. Its proofs
/// may still be false.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodedDeal<G: Group> {
    pub(super) commitments: Vec<G::Element>,
    /// The hash that binds every proof of this deal and of its decryptions.
    commitments_hash: Digest,
    /// The encrypted shares, in the order of the recipients.
    pub(super) shares: Vec<DecodedShare<G>>,
}

impl<G: Group> DecodedDeal<G> {
    /// The hash `H("pvss/commitments", commitments)`, which names the secret that is dealt.
    pub fn commitments_hash(&self) -> Digest {
        self.commitments_hash
    }
}

/// The encrypted share Eⱼ, decoded and as it was received, with its proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DecodedShare<G: Group> {
    pub(super) share: G::Element,
    encoded: EncodedElement,
    pub(super) proof: DecodedProof<G>,
}

/// A decrypted share whose parts have been decoded as elements and scalars. Its proof may still be
/// false.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecodedDecryption<G: Group> {
    /// The position j of the recipient.
    pub position: Position,
    /// The decrypted share Sⱼ.
    pub share: G::Element,
    /// The encoding of Sⱼ, as it was received.
    pub encoded: EncodedElement,
    /// The proof that log_G Yⱼ = log_Sⱼ Eⱼ.
    pub proof: DecodedProof<G>,
}

/// What is known of one recipient of a deal, and the context of its proofs.
pub(super) struct Recipient<G: Group> {
    pub(super) key: G::Element,
    encrypted: G::Element,
    pub(super) context: ProofContext,
}

impl<G: Group> Sharing<G> {
    /// The sharing of the secret of `dealer` in `session` among the owners of `keys`. Any
    /// `threshold` of them recover the secret. The commitments are multiples of `base`.
    ///
    /// **CRY-PVSS-01** (MUST) [Schoenmakers 1999] The threshold is from 1 to the number of
    /// recipients, who have the positions 1, 2, … in the order of their keys; positions are
    /// distinct scalars and none is 0. A recipient at position 0 would get the secret itself as its
    /// share.
    ///
    /// # Errors
    /// In this order: [`Rejection::CryPvssLengths`], [`Rejection::CryElementIdentity`] for the base
    /// or a key.
    pub fn new(
        session: Digest,
        dealer: Digest,
        base: G::Element,
        threshold: usize,
        keys: Vec<G::Element>,
    ) -> Result<Self, Rejection> {
        let keys = keys.into_iter().map(|key| (key, key.encode())).collect();
        Self::with_encoded_keys(session, dealer, base, threshold, keys)
    }

    /// The same as [`Sharing::new`], for a caller that also knows the encodings of the keys. Each
    /// key precedes its encoding.
    ///
    /// # Errors
    /// Those of [`Sharing::new`].
    pub(crate) fn with_encoded_keys(
        session: Digest,
        dealer: Digest,
        base: G::Element,
        threshold: usize,
        keys: Vec<(G::Element, EncodedElement)>,
    ) -> Result<Self, Rejection> {
        // CRY-PVSS-01: the threshold fits the recipients, and they have a position each.
        let positions_suffice = u32::try_from(keys.len()).is_ok_and(|n| n <= G::POSITIONS_MAX);
        if !(1..=keys.len()).contains(&threshold) || !positions_suffice {
            return Err(Rejection::CryPvssLengths);
        }
        refuse_identity::<G>(base)?;
        for (key, _) in &keys {
            refuse_identity::<G>(*key)?;
        }
        Ok(Self { session, dealer, base: (base, base.encode()), threshold, keys })
    }

    /// The sharing of another dealer's secret. Everything else is the same.
    pub fn with_dealer(&self, dealer: Digest) -> Self {
        Self { dealer, ..self.clone() }
    }

    /// Returns whether another sharing is for the same recipients and over the same base.
    pub(super) fn has_same_recipients(&self, other: &Self) -> bool {
        let (keys, others) = (self.keys.iter(), other.keys.iter());
        self.base.1 == other.base.1 && keys.map(|(_, key)| key).eq(others.map(|(_, key)| key))
    }

    /// The same sharing with another threshold.
    ///
    /// # Errors
    /// [`Rejection::CryPvssLengths`] for a threshold that does not fit the recipients.
    pub fn with_threshold(&self, threshold: usize) -> Result<Self, Rejection> {
        // CRY-PVSS-01: the threshold fits the recipients.
        if !(1..=self.keys.len()).contains(&threshold) {
            return Err(Rejection::CryPvssLengths);
        }
        Ok(Self { threshold, ..self.clone() })
    }

    /// The threshold t: the number of coefficients of the polynomial, and of the shares that
    /// recover the secret.
    pub fn threshold(&self) -> usize {
        self.threshold
    }

    /// The context of the dealer's proof for the recipient at position j.
    fn context(
        &self,
        commitments: Digest,
        recipient: Position,
        key: EncodedElement,
        encrypted: EncodedElement,
    ) -> ProofContext {
        let (session, dealer, (_, base)) = (self.session, self.dealer, self.base);
        let role = ProofRole::Encryption;
        ProofContext { session, dealer, base, commitments, recipient, key, encrypted, role }
    }

    /// Derives the dealer's polynomial from a secret seed.
    ///
    /// **CRY-PVSS-07** (SHOULD) \[own] Coefficient k is
    /// `HashToScalar("pvss/coefficient", (seed, session, dealer, k))`, k from 0 as a u32, so that a
    /// deal in one session reveals nothing about a deal in another.
    pub fn derive_polynomial(&self, seed: &[u8; 32]) -> Polynomial<G::Scalar> {
        let coefficient = |k: u32| {
            let input = (seed, self.session, self.dealer, k);
            tagged_hash_to_scalar::<G>(tags::PVSS_COEFFICIENT, &input)
        };
        Polynomial::new((0u32..).take(self.threshold).map(coefficient).collect())
    }
}

/// Deals the secret s(0)·G of a polynomial s. The nonces of the proofs are derived from a secret
/// seed.
///
/// **CRY-PVSS-02** (MUST) [Schoenmakers 1999] The commitments are `Aₖ = aₖ·H` for exactly t
/// coefficients, and the share of the recipient at position j is `Eⱼ = s(j)·Yⱼ`.
///
/// # Errors
/// [`Rejection::CryPvssLengths`] for a polynomial that does not have t coefficients.
///
/// # Examples
/// ```
/// use ioschain_spec::Rejection;
/// use ioschain_spec::primitives::group::{Element, Group, tagged_hash_to_group};
/// use ioschain_spec::primitives::hash::{Digest, tags};
/// use ioschain_spec::primitives::keys::GroupKeyPair;
/// use ioschain_spec::primitives::pvss::{Sharing, deal};
/// use ioschain_spec::primitives::ristretto::Ristretto255;
///
/// let [session, dealer] = [Digest([1; 32]), Digest([2; 32])];
/// let base = tagged_hash_to_group::<Ristretto255>(tags::DRP_BASE, &session);
/// let key_of = |seed: u8| {
///     let key_pair = GroupKeyPair::<Ristretto255>::from_seed(&[seed; 32]);
///     <Ristretto255 as Group>::Element::decode(&key_pair.public_key())
/// };
/// let keys = vec![key_of(1)?, key_of(2)?, key_of(3)?];
/// let sharing = Sharing::<Ristretto255>::new(session, dealer, base, 2, keys)?;
/// let deal = deal(&sharing, &sharing.derive_polynomial(&[9; 32]), &[9; 32])?;
/// assert_eq!(deal.commitments.len(), 2, "as many as the threshold");
/// assert_eq!(deal.shares.len(), 3, "one for each recipient");
/// # Ok::<(), Rejection>(())
/// ```
pub fn deal<G: Group>(
    sharing: &Sharing<G>,
    polynomial: &Polynomial<G::Scalar>,
    seed: &[u8; 32],
) -> Result<Deal, Rejection> {
    // CRY-PVSS-02: exactly t coefficients.
    if polynomial.coefficients().len() != sharing.threshold {
        return Err(Rejection::CryPvssLengths);
    }
    let (base, _) = sharing.base;
    let commitments: Vec<EncodedElement> = polynomial
        .coefficients()
        .iter()
        .map(|coefficient| base.multiply(*coefficient).encode())
        .collect();
    let commitments = Bounded::try_from(commitments)?;
    let commitments_hash = tagged_hash(tags::PVSS_COMMITMENTS, &commitments);
    let encrypt = |(position, (key, encoded_key)): (Position, &(G::Element, EncodedElement))| {
        let secret = polynomial.evaluate(position);
        let share = key.multiply(secret).encode();
        let context = sharing.context(commitments_hash, position, *encoded_key, share);
        let nonce = derive_nonce::<G>(seed, secret, &context);
        let proof = prove::<G>(&context, [base, *key], secret, nonce)?;
        Ok(EncryptedShare { share, proof })
    };
    let shares =
        Position::all().zip(&sharing.keys).map(encrypt).collect::<Result<Vec<_>, Rejection>>()?;
    Ok(Deal { commitments, shares: shares.try_into()? })
}

/// Decodes the parts of a deal, after a check of its lengths.
///
/// **CRY-PVSS-03** (MUST) \[own] A deal has exactly t commitments, else a dealer could take a
/// polynomial that t shares do not determine, and exactly one share for each recipient.
///
/// # Errors
/// In this order: [`Rejection::CryPvssLengths`]; for each commitment, then for each share and its
/// proof, [`Rejection::CryElementEncoding`], [`Rejection::CryScalarEncoding`].
pub fn decode_deal<G: Group>(
    sharing: &Sharing<G>,
    deal: &Deal,
) -> Result<DecodedDeal<G>, Rejection> {
    // CRY-PVSS-03: exact lengths.
    let recipients = sharing.keys.len();
    if deal.commitments.len() != sharing.threshold || deal.shares.len() != recipients {
        return Err(Rejection::CryPvssLengths);
    }
    let decode_share = |encrypted: &EncryptedShare| {
        Ok(DecodedShare {
            share: G::Element::decode(&encrypted.share)?,
            encoded: encrypted.share,
            proof: encrypted.proof.decode()?,
        })
    };
    Ok(DecodedDeal {
        commitments: deal.commitments.iter().map(G::Element::decode).collect::<Result<_, _>>()?,
        commitments_hash: tagged_hash(tags::PVSS_COMMITMENTS, &deal.commitments),
        shares: deal.shares.iter().map(decode_share).collect::<Result<_, Rejection>>()?,
    })
}

/// Checks that every encrypted share of a deal is the committed one. Otherwise a malicious dealer
/// could give some recipients shares of another secret, and the secret would depend on which shares
/// are used.
///
/// **CRY-PVSS-04** (MUST) [Schoenmakers 1999] For each position j the proof shows log_H Vⱼ = log_Yⱼ
/// Eⱼ.
///
/// # Errors
/// For each share: [`Rejection::CryElementIdentity`], [`Rejection::CryDleqProof`].
pub fn verify_encryptions<G: Group>(
    sharing: &Sharing<G>,
    deal: &DecodedDeal<G>,
) -> Result<(), Rejection> {
    let (base, _) = sharing.base;
    for (position, decoded) in Position::all().zip(&deal.shares) {
        let Recipient { key, encrypted, context } = recipient(sharing, deal, position)?;
        let committed = evaluate_commitments::<G>(&deal.commitments, position);
        let statement = DleqStatement { bases: [base, key], values: [committed, encrypted] };
        verify(&context, &statement, &decoded.proof)?;
    }
    Ok(())
}

/// Checks everything about a deal. Returns the decoded deal, against which decrypted shares are
/// checked.
///
/// # Errors
/// Those of [`decode_deal`], then those of [`verify_encryptions`].
///
/// # Examples
/// ```
/// use ioschain_spec::Rejection;
/// use ioschain_spec::primitives::group::{Element, Group, tagged_hash_to_group};
/// use ioschain_spec::primitives::hash::{Digest, tags};
/// use ioschain_spec::primitives::pvss::{Sharing, deal, verify_deal};
/// use ioschain_spec::primitives::ristretto::Ristretto255;
///
/// let [session, dealer] = [Digest([1; 32]), Digest([2; 32])];
/// let base = tagged_hash_to_group::<Ristretto255>(tags::DRP_BASE, &session);
/// let keys = vec![Ristretto255::generator(), base];
/// let sharing = Sharing::<Ristretto255>::new(session, dealer, base, 2, keys)?;
/// let mut deal = deal(&sharing, &sharing.derive_polynomial(&[9; 32]), &[9; 32])?;
/// assert!(verify_deal(&sharing, &deal).is_ok());
///
/// // A dealer that gives the first recipient the second one's share is found out.
/// let swapped = vec![deal.shares[1], deal.shares[1]];
/// deal.shares = swapped.try_into()?;
/// assert_eq!(verify_deal(&sharing, &deal), Err(Rejection::CryDleqProof));
/// # Ok::<(), Rejection>(())
/// ```
pub fn verify_deal<G: Group>(
    sharing: &Sharing<G>,
    deal: &Deal,
) -> Result<DecodedDeal<G>, Rejection> {
    let decoded = decode_deal(sharing, deal)?;
    verify_encryptions(sharing, &decoded)?;
    Ok(decoded)
}

/// The commitments' value for the share at `position`: Vⱼ = Σₖ jᵏ·Aₖ, which is the share times H.
pub fn evaluate_commitments<G: Group>(
    commitments: &[G::Element],
    position: Position,
) -> G::Element {
    let position = G::Scalar::from_number(position);
    let mut power = G::Scalar::ONE;
    let weigh = |commitment: &G::Element| {
        let term = (power, *commitment);
        power = power.multiply(position);
        term
    };
    let terms: Vec<_> = commitments.iter().map(weigh).collect();
    G::sum_of_products(&terms)
}

/// Decrypts the share of the recipient at `position` with its secret key. The nonce of the proof is
/// derived from a secret seed.
///
/// # Errors
/// In this order: [`Rejection::CrySharePositions`] for a position that no recipient has,
/// [`Rejection::CryDleqProof`] for a secret key that is not the recipient's.
pub fn decrypt_share<G: Group>(
    sharing: &Sharing<G>,
    deal: &DecodedDeal<G>,
    position: Position,
    secret_key: G::Scalar,
    seed: &[u8; 32],
) -> Result<DecryptedShare, Rejection> {
    let recipient = recipient(sharing, deal, position)?;
    // CRY-DLEQ-02: a proof with another key would be false.
    if G::generator().multiply(secret_key) != recipient.key {
        return Err(Rejection::CryDleqProof);
    }
    let inverse = secret_key.invert().ok_or(Rejection::CryDleqProof)?; // no key is 0
    let share = recipient.encrypted.multiply(inverse);
    let encoded = share.encode();
    let (context, statement) = decryption(&recipient, share, encoded);
    let nonce = derive_nonce::<G>(seed, secret_key, &context);
    let proof = prove::<G>(&context, statement.bases, secret_key, nonce)?;
    Ok(DecryptedShare { position, share: encoded, proof })
}

/// Checks a decrypted share and returns it. Otherwise a malicious recipient could change the
/// recovered secret with a false share.
///
/// **CRY-PVSS-05** (MUST) [Schoenmakers 1999] The proof shows log_G Yⱼ = log_Sⱼ Eⱼ, so that
/// `Sⱼ = xⱼ⁻¹·Eⱼ`.
///
/// # Errors
/// In this order: [`Rejection::CrySharePositions`] for a position that no recipient has,
/// [`Rejection::CryElementEncoding`], [`Rejection::CryScalarEncoding`],
/// [`Rejection::CryElementIdentity`], [`Rejection::CryDleqProof`].
pub fn verify_decryption<G: Group>(
    sharing: &Sharing<G>,
    deal: &DecodedDeal<G>,
    decrypted: &DecryptedShare,
) -> Result<G::Element, Rejection> {
    let DecodedDecryption { position, share, encoded, proof } =
        decode_decryption(sharing, deal, decrypted)?;
    let recipient = recipient(sharing, deal, position)?;
    let (context, statement) = decryption(&recipient, share, encoded);
    verify(&context, &statement, &proof)?;
    Ok(share)
}

/// Decodes the parts of a decrypted share, after a check that some recipient has its position.
///
/// # Errors
/// In this order: [`Rejection::CrySharePositions`], [`Rejection::CryElementEncoding`],
/// [`Rejection::CryScalarEncoding`].
pub fn decode_decryption<G: Group>(
    sharing: &Sharing<G>,
    deal: &DecodedDeal<G>,
    decrypted: &DecryptedShare,
) -> Result<DecodedDecryption<G>, Rejection> {
    let DecryptedShare { position, share: encoded, proof } = *decrypted;
    recipient(sharing, deal, position)?;
    let share = G::Element::decode(&encoded)?;
    Ok(DecodedDecryption { position, share, encoded, proof: proof.decode()? })
}

/// The recipient at `position`.
pub(super) fn recipient<G: Group>(
    sharing: &Sharing<G>,
    deal: &DecodedDeal<G>,
    position: Position,
) -> Result<Recipient<G>, Rejection> {
    // CRY-PVSS-06: a position of the sharing.
    let found = position.index().and_then(|at| Some((sharing.keys.get(at)?, deal.shares.get(at)?)));
    let ((key, encoded_key), share) = found.ok_or(Rejection::CrySharePositions)?;
    let context = sharing.context(deal.commitments_hash, position, *encoded_key, share.encoded);
    Ok(Recipient { key: *key, encrypted: share.share, context })
}

/// The claim that a recipient proves about its decrypted share, and the context of the proof.
pub(super) fn decryption<G: Group>(
    recipient: &Recipient<G>,
    share: G::Element,
    encoded: EncodedElement,
) -> (ProofContext, DleqStatement<G>) {
    let context = ProofContext { role: ProofRole::Decryption(encoded), ..recipient.context };
    let bases = [G::generator(), share];
    (context, DleqStatement { bases, values: [recipient.key, recipient.encrypted] })
}

/// Recovers the secret from valid shares, which are given by position.
///
/// # Errors
/// [`Rejection::CrySharePositions`] for fewer than t shares, or a position that is 0 as a scalar.
///
/// # Examples
/// The whole of a sharing: three recipients, of whom the first and the third recover the secret.
/// ```
/// use std::collections::BTreeMap;
///
/// use ioschain_spec::Rejection;
/// use ioschain_spec::primitives::group::{Element, Group, tagged_hash_to_group};
/// use ioschain_spec::primitives::hash::{Digest, tags};
/// use ioschain_spec::primitives::keys::GroupKeyPair;
/// use ioschain_spec::primitives::numbers::Position;
/// use ioschain_spec::primitives::pvss::{
///     Sharing, deal, decrypt_share, recover, verify_deal, verify_decryption,
/// };
/// use ioschain_spec::primitives::ristretto::Ristretto255;
///
/// let [session, dealer] = [Digest([1; 32]), Digest([2; 32])];
/// let base = tagged_hash_to_group::<Ristretto255>(tags::DRP_BASE, &session);
/// let key_pairs = [1, 2, 3].map(|seed| GroupKeyPair::<Ristretto255>::from_seed(&[seed; 32]));
/// let encoded = key_pairs.each_ref().map(GroupKeyPair::public_key);
/// let keys = encoded.iter().map(<Ristretto255 as Group>::Element::decode);
/// let keys = keys.collect::<Result<Vec<_>, Rejection>>()?;
/// let sharing = Sharing::<Ristretto255>::new(session, dealer, base, 2, keys)?;
///
/// // The dealer.
/// let polynomial = sharing.derive_polynomial(&[9; 32]);
/// let deal = deal(&sharing, &polynomial, &[9; 32])?;
///
/// // Anyone.
/// let checked = verify_deal(&sharing, &deal)?;
///
/// // Two recipients, and anyone who checks what they reveal.
/// let mut shares = BTreeMap::new();
/// for (position, key_pair) in [(Position(1), &key_pairs[0]), (Position(3), &key_pairs[2])] {
///     let decrypted = decrypt_share(&sharing, &checked, position, key_pair.secret(), &[8; 32])?;
///     shares.insert(position, verify_decryption(&sharing, &checked, &decrypted)?);
/// }
/// let secret = recover(&sharing, &shares)?;
/// assert_eq!(secret, Ristretto255::generator().multiply(polynomial.evaluate(Position(0))));
/// # Ok::<(), Rejection>(())
/// ```
pub fn recover<G: Group>(
    sharing: &Sharing<G>,
    shares: &BTreeMap<Position, G::Element>,
) -> Result<G::Element, Rejection> {
    let (positions, chosen) = choose_shares(sharing, shares)?;
    interpolate::<G>(&positions, &chosen)
}

/// The positions and the shares from which the secret is recovered, out of valid shares by
/// position.
///
/// **CRY-PVSS-06** (MUST) \[own] The secret is `Σ λⱼ·Sⱼ` over the t lowest positions of the valid
/// shares; every choice of t gives the same secret, and one rule makes the bytes of transcripts
/// equal too.
///
/// # Errors
/// [`Rejection::CrySharePositions`] for fewer than t shares.
pub(crate) fn choose_shares<G: Group>(
    sharing: &Sharing<G>,
    shares: &BTreeMap<Position, G::Element>,
) -> Result<(Vec<Position>, Vec<G::Element>), Rejection> {
    // CRY-PVSS-06: the t lowest positions.
    if shares.len() < sharing.threshold {
        return Err(Rejection::CrySharePositions);
    }
    Ok(shares.iter().take(sharing.threshold).unzip())
}

/// The secret `Σ λⱼ·Sⱼ` of the shares at these positions. The shares of a sum of secrets are the
/// sums of their shares, so this function also recovers such a sum.
///
/// # Errors
/// [`Rejection::CrySharePositions`] for positions that are 0 or equal as scalars.
pub(crate) fn interpolate<G: Group>(
    positions: &[Position],
    shares: &[G::Element],
) -> Result<G::Element, Rejection> {
    let weights = lagrange_coefficients::<G::Scalar>(positions)?;
    let terms: Vec<_> = weights.into_iter().zip(shares.iter().copied()).collect();
    Ok(G::sum_of_products(&terms))
}
