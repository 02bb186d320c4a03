//! Collective signing: what signers and leaders answer, what they refuse; signatures, with one
//! thing changed, and forged by whoever knows too little.
//!
//! Five validators, of whom one may be faulty and four are a quorum: 2f + 1 = 3 would be too few.

mod leader;
mod signatures;
mod signer;

use ioschain_spec::primitives::certificate::{Signers, name_signers};
use ioschain_spec::primitives::cosi::{
    Challenge, CollectiveSignature, Cosigners, Leader, Nonce, Open, Response, Rules, Signer,
    Specification,
};
use ioschain_spec::primitives::group::{Element as _, EncodedElement, Group, Scalar as _};
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::ristretto::Ristretto255;

use super::group::nonzero;
use crate::format::vector::VectorFile;
use crate::make::cases::support::CaseError;
use crate::make::cases::world::digest;

type Real = Ristretto255;
type Scalar = <Real as Group>::Scalar;

const VALIDATORS: u32 = 5;
/// P in most cases: all but validator 3.
const QUORUM: [usize; 4] = [0, 1, 2, 4];
const NO_ELEMENT: EncodedElement = EncodedElement([0xff; 32]);
const IDENTITY: EncodedElement = EncodedElement([0; 32]);

pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    let mut files = signer::files()?;
    files.extend(leader::files()?);
    files.extend(signatures::files()?);
    Ok(files)
}

/// Validators with their secrets, and what they sign.
struct Committee<G: Group> {
    secrets: Vec<G::Scalar>,
    keys: Vec<EncodedElement>,
    cosigners: Cosigners<G>,
    message: Digest,
}

/// What a leader receives in an attempt, by the position of the sender.
#[derive(Clone)]
struct Attempt {
    nonces: Vec<(u32, Nonce)>,
    responses: Vec<(u32, Response)>,
}

/// Randomness that a signer never used before.
fn fresh(position: usize, attempt: u32) -> Digest {
    digest(&format!("fresh {position} {attempt}"))
}

fn signers(validators: usize, positions: &[usize]) -> Result<Signers, CaseError> {
    Ok(name_signers(validators, positions.iter().copied())?)
}

fn wire(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

impl<G: Group> Committee<G> {
    fn of(validators: u32) -> Result<Self, CaseError> {
        let secrets = (0..validators).map(|number| nonzero::<G>(&format!("validator {number}")));
        Self::with(secrets.collect())
    }

    fn with(secrets: Vec<G::Scalar>) -> Result<Self, CaseError> {
        let key = |secret: &G::Scalar| G::generator().multiply(*secret).encode();
        let keys: Vec<EncodedElement> = secrets.iter().map(key).collect();
        let cosigners = Cosigners::new(&keys)?;
        Ok(Self { secrets, keys, cosigners, message: digest("message") })
    }

    fn signer(&self, position: usize) -> Result<Signer<'_, G>, CaseError> {
        let secret = self.secrets.get(position).copied().unwrap_or(G::Scalar::ONE);
        Ok(Signer::new(&self.cosigners, position, secret, self.message))
    }

    fn nonce(&self, position: usize, attempt: u32) -> Result<Nonce, CaseError> {
        let open = Open { message: self.message, attempt };
        Ok(self.signer(position)?.open(&open, &fresh(position, attempt).0)?)
    }

    /// What a leader asks these signers in an attempt.
    fn challenge(&self, positions: &[usize], attempt: u32) -> Result<Challenge, CaseError> {
        let mut leader = Leader::new(&self.cosigners, self.message);
        for _ in 0..attempt {
            leader.restart();
        }
        for position in positions {
            leader.receive_nonce(*position, &self.nonce(*position, attempt)?)?;
        }
        Ok(leader.challenge(&Specification)?)
    }

    fn response(
        &self,
        rules: &impl Rules<G>,
        position: usize,
        challenge: &Challenge,
    ) -> Result<Response, CaseError> {
        let mut signer = self.signer(position)?;
        let Challenge { message, attempt, .. } = *challenge;
        signer.open(&Open { message, attempt }, &fresh(position, attempt).0)?;
        Ok(signer.answer(rules, challenge)?)
    }

    fn attempt(&self, positions: &[usize], attempt: u32) -> Result<Attempt, CaseError> {
        let challenge = self.challenge(positions, attempt)?;
        let nonce = |position: &usize| Ok((wire(*position), self.nonce(*position, attempt)?));
        let response = |position: &usize| {
            Ok((wire(*position), self.response(&Specification, *position, &challenge)?))
        };
        Ok(Attempt {
            nonces: positions.iter().map(nonce).collect::<Result<_, CaseError>>()?,
            responses: positions.iter().map(response).collect::<Result<_, CaseError>>()?,
        })
    }

    fn collective(&self, positions: &[usize]) -> Result<CollectiveSignature, CaseError> {
        let mut leader = Leader::new(&self.cosigners, self.message);
        let Attempt { nonces, responses } = self.attempt(positions, 0)?;
        for (position, (_, nonce)) in positions.iter().zip(&nonces) {
            leader.receive_nonce(*position, nonce)?;
        }
        leader.challenge(&Specification)?;
        for (position, (_, response)) in positions.iter().zip(&responses) {
            leader.receive_response(*position, response)?;
        }
        let signature = leader.signature();
        let problem = || "not all have answered".to_owned();
        signature.ok_or_else(|| CaseError { id: "cosi".to_owned(), problem: problem() })
    }
}

fn committee() -> Result<Committee<Real>, CaseError> {
    Committee::of(VALIDATORS)
}

fn edit(signers: &mut Signers, change: impl FnOnce(&mut Vec<u8>)) -> Result<(), CaseError> {
    let mut bytes = signers.clone().into_vec();
    change(&mut bytes);
    *signers = bytes.try_into()?;
    Ok(())
}
