//! The normative suite with a memory. Most of an edited transcript is as it was, and its tickets and signatures
//! need not be verified again for each input.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use ioschain_spec::atomix::attestation::Attests;
use ioschain_spec::Rejection;
use ioschain_spec::atomix::decision_proof::{Decided, DecisionProof, verify_decision_proof};
use ioschain_spec::identity::IdentityView;
use ioschain_spec::primitives::certificate::Roster;
use ioschain_spec::primitives::cosi::CollectiveSignature;
use ioschain_spec::primitives::group::Group;
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::ed25519::{PublicKey, Signature};
use ioschain_spec::suite::{Normative, Suite};
use ioschain_spec::primitives::vrf::{VrfOutput, VrfProof, VrfPublicKey};

/// A run of the fuzzer has no end, so its memory is emptied when it has this many entries.
const ENTRIES_MAX: usize = 1 << 12;

/// A key, an input and a proof.
type Proven = (VrfPublicKey, Vec<u8>, VrfProof);

/// [`Normative`], which verifies each signature and each proof of the random function once. The answers are those
/// of [`Normative`]. It counts the signatures that it is asked for.
#[derive(Debug, Default)]
pub struct Remembering {
    signatures: RefCell<BTreeMap<(PublicKey, Digest, Signature), bool>>,
    proofs: RefCell<BTreeMap<Proven, Result<VrfOutput, Rejection>>>,
    signatures_asked: Cell<u64>,
}

impl Remembering {
    /// What `verify` gives, and how many signatures it asked for, remembered or not.
    pub fn count_signatures<T>(&self, verify: impl FnOnce() -> T) -> (T, u64) {
        let before = self.signatures_asked.get();
        (verify(), self.signatures_asked.get() - before)
    }
}

fn remember<K: Ord, V: Clone>(
    memory: &RefCell<BTreeMap<K, V>>,
    key: K,
    verify: impl FnOnce() -> V,
) -> V {
    let mut memory = memory.borrow_mut();
    if memory.len() >= ENTRIES_MAX {
        memory.clear();
    }
    memory.entry(key).or_insert_with(verify).clone()
}

impl Suite for Remembering {
    type Certificate = CollectiveSignature;
    type Attestation = DecisionProof<CollectiveSignature>;

    fn verify_signature(&self, key: &PublicKey, message: &Digest, signature: &Signature) -> bool {
        self.signatures_asked.set(self.signatures_asked.get() + 1);
        let verify = || Normative.verify_signature(key, message, signature);
        remember(&self.signatures, (*key, *message, *signature), verify)
    }

    fn verify_vrf(
        &self,
        key: &VrfPublicKey,
        alpha: &[u8],
        proof: &VrfProof,
    ) -> Result<VrfOutput, Rejection> {
        let verify = || Normative.verify_vrf(key, alpha, proof);
        remember(&self.proofs, (*key, alpha.to_vec(), *proof), verify)
    }

    fn verify_certificate<G: Group>(
        &self,
        roster: &Roster,
        message: &Digest,
        certificate: &CollectiveSignature,
    ) -> Result<(), Rejection> {
        Normative.verify_certificate::<G>(roster, message, certificate)
    }

    fn verify_attestation(
        &self,
        identity: &IdentityView<'_>,
        attestation: &Self::Attestation,
    ) -> Result<Decided, Rejection> {
        verify_decision_proof(self, identity, attestation)
    }
}
