//! The normative suite with a memory: a signature that was verified once is not verified again.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::time::{Duration, Instant};

use ioschain_spec::Rejection;
use ioschain_spec::atomix::decision_proof::{Decided, DecisionProof, verify_decision_proof};
use ioschain_spec::identity::IdentityView;
use ioschain_spec::primitives::certificate::{
    QuorumCertificate, Roster, verify_quorum_certificate,
};
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::signature::{PublicKey, Signature, verify_strict};
use ioschain_spec::primitives::suite::Suite;

/// [`Normative`](ioschain_spec::primitives::suite::Normative), with each distinct
/// (key, message, signature) verified once in the life of the value.
#[derive(Debug, Default)]
pub struct CachingSuite {
    /// Looked up and never iterated, so the order of a hash map shows nowhere.
    verified: RefCell<HashMap<(PublicKey, Digest, Signature), bool>>,
    time_verifying: Cell<Duration>,
}

impl CachingSuite {
    /// How many signatures were really verified.
    pub(super) fn distinct_checks(&self) -> usize {
        self.verified.borrow().len()
    }

    /// How long they took in all: their number times the mean of one.
    pub(super) fn time_verifying(&self) -> Duration {
        self.time_verifying.get()
    }

    fn verify_and_time(&self, key: &PublicKey, message: &Digest, signature: &Signature) -> bool {
        let started = Instant::now();
        let valid = verify_strict(key, &message.0, signature);
        self.time_verifying.set(self.time_verifying.get() + started.elapsed());
        valid
    }
}

impl Suite for CachingSuite {
    type Certificate = QuorumCertificate;
    type Attestation = DecisionProof<QuorumCertificate>;

    fn verify_signature(&self, key: &PublicKey, message: &Digest, signature: &Signature) -> bool {
        let mut verified = self.verified.borrow_mut();
        *verified
            .entry((*key, *message, *signature))
            .or_insert_with(|| self.verify_and_time(key, message, signature))
    }

    fn verify_certificate(
        &self,
        roster: &Roster,
        message: &Digest,
        certificate: &QuorumCertificate,
    ) -> Result<(), Rejection> {
        verify_quorum_certificate(self, roster, message, certificate)
    }

    fn verify_attestation(
        &self,
        identity: &IdentityView<'_>,
        attestation: &Self::Attestation,
    ) -> Result<Decided, Rejection> {
        verify_decision_proof(self, identity, attestation)
    }
}
