//! The real cryptography with a memory: the machines of a model hear the same few messages in thousands of
//! states, and most of the time would go into checking the same signatures.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{LazyLock, Mutex, PoisonError};

use ioschain_spec::Rejection;
use ioschain_spec::primitives::certificate::Roster;
use ioschain_spec::primitives::cosi::CollectiveSignature;
use ioschain_spec::primitives::ed25519::{KeyPair, PublicKey, Signature, verify_strict};
use ioschain_spec::primitives::group::Group;
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::vrf::{self, VrfOutput, VrfProof, VrfPublicKey};
use ioschain_spec::suite::{Normative, Suite};

/// Answers by questions. Looked up and never iterated, so the order of a hash map shows nowhere.
type Answers<Q, A> = Mutex<HashMap<Q, A>>;

/// [`Normative`], with each distinct signature made once, and each
/// distinct signature and proof of the random function verified once.
#[derive(Debug, Default)]
pub struct Remembering {
    signed: Answers<(PublicKey, Digest), Signature>,
    verified: Answers<(PublicKey, Digest, Signature), bool>,
    drawn: Answers<(VrfPublicKey, Vec<u8>, VrfProof), Result<VrfOutput, Rejection>>,
}

/// The suite of all models: what it answers depends on nothing but the question.
pub static SUITE: LazyLock<Remembering> = LazyLock::new(Remembering::default);

fn recall<Q: Hash + Eq, A: Clone>(
    answers: &Answers<Q, A>,
    question: Q,
    ask: impl FnOnce() -> A,
) -> A {
    let mut answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
    answers.entry(question).or_insert_with(ask).clone()
}

impl Suite for Remembering {
    type Certificate = CollectiveSignature;

    fn sign_with(&self, key_pair: &KeyPair, message: &Digest) -> Signature {
        recall(&self.signed, (key_pair.public_key(), *message), || key_pair.sign(&message.0))
    }

    fn verify_signature(&self, key: &PublicKey, message: &Digest, signature: &Signature) -> bool {
        let question = (*key, *message, *signature);
        recall(&self.verified, question, || verify_strict(key, &message.0, signature))
    }

    fn verify_vrf(
        &self,
        key: &VrfPublicKey,
        alpha: &[u8],
        proof: &VrfProof,
    ) -> Result<VrfOutput, Rejection> {
        let question = (*key, alpha.to_vec(), *proof);
        recall(&self.drawn, question, || vrf::verify(key, alpha, proof))
    }

    fn verify_certificate<G: Group>(
        &self,
        roster: &Roster,
        message: &Digest,
        certificate: &CollectiveSignature,
    ) -> Result<(), Rejection> {
        Normative.verify_certificate::<G>(roster, message, certificate)
    }
}
