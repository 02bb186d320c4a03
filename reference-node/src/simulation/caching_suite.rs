//! The normative suite with a memory: a signature or certificate that was verified once is not verified
//! again.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::time::{Duration, Instant};

use ioschain_spec::Rejection;
use ioschain_spec::atomix::attestation::Attests;
use ioschain_spec::atomix::decision_proof::{Decided, DecisionProof, verify_decision_proof};
use ioschain_spec::identity::IdentityView;
use ioschain_spec::primitives::certificate::Roster;
use ioschain_spec::primitives::cosi::CollectiveSignature;
use ioschain_spec::primitives::ed25519::{PublicKey, Signature, verify_strict};
use ioschain_spec::primitives::group::Group;
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::suite::{Normative, Suite};

/// The root of a roster, a message and its certificate.
type Certified = (Digest, Digest, CollectiveSignature);

/// [`Normative`], with each distinct (key, message, signature) and (roster, message, certificate) verified
/// once in the life of the value.
#[derive(Debug, Default)]
pub struct CachingSuite {
    /// Looked up and never iterated, so the order of a hash map shows nowhere.
    verified: RefCell<HashMap<(PublicKey, Digest, Signature), bool>>,
    /// All of a run's certificates are in one group.
    certified: RefCell<HashMap<Certified, Result<(), Rejection>>>,
    time_verifying: Cell<Duration>,
}

impl CachingSuite {
    /// How many signatures, collective ones too, were really verified.
    pub(super) fn distinct_checks(&self) -> usize {
        self.verified.borrow().len() + self.certified.borrow().len()
    }

    /// How long they took in all: their number times the mean of one.
    pub(super) fn time_verifying(&self) -> Duration {
        self.time_verifying.get()
    }

    fn time<T>(&self, verify: impl FnOnce() -> T) -> T {
        let started = Instant::now();
        let verified = verify();
        self.time_verifying.set(self.time_verifying.get() + started.elapsed());
        verified
    }
}

impl Suite for CachingSuite {
    type Certificate = CollectiveSignature;

    fn verify_signature(&self, key: &PublicKey, message: &Digest, signature: &Signature) -> bool {
        let mut verified = self.verified.borrow_mut();
        *verified
            .entry((*key, *message, *signature))
            .or_insert_with(|| self.time(|| verify_strict(key, &message.0, signature)))
    }

    fn verify_certificate<G: Group>(
        &self,
        roster: &Roster,
        message: &Digest,
        certificate: &CollectiveSignature,
    ) -> Result<(), Rejection> {
        let verify =
            || self.time(|| Normative.verify_certificate::<G>(roster, message, certificate));
        let key = (roster.root(), *message, certificate.clone());
        *self.certified.borrow_mut().entry(key).or_insert_with(verify)
    }
}

impl Attests for CachingSuite {
    type Attestation = DecisionProof<CollectiveSignature>;

    fn verify_attestation(
        &self,
        identity: &IdentityView<'_>,
        attestation: &Self::Attestation,
    ) -> Result<Decided, Rejection> {
        verify_decision_proof(self, identity, attestation)
    }
}
