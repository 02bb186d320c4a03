//! The model's suite, with an eye on what rules look at.
//!
//! [`Watched`] is [`Ideal`], and notices whether a rule verified a certain attestation. A rule knows
//! nothing of an attestation but what verification says; so if it comes to its answer without a look at
//! some of a message's proofs, it comes to the same answer whatever they are, and they need not be
//! tried one after the other.

use std::cell::Cell;

use ioschain_spec::Rejection;
use ioschain_spec::atomix::attestation::{Attests, IdealAttestation};
use ioschain_spec::atomix::decision_proof::Decided;
use ioschain_spec::identity::IdentityView;
use ioschain_spec::ledger::{Decision, Settlement, TxId, Vote};
use ioschain_spec::primitives::certificate::Roster;
use ioschain_spec::primitives::ed25519::{PublicKey, Signature};
use ioschain_spec::primitives::group::Group;
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::suite::{Ideal, IdealCertificate, Suite};

/// [`Ideal`], watched.
#[derive(Clone, Debug, Default)]
pub struct Watched {
    looked_at_blank: Cell<bool>,
}

impl Watched {
    /// Stands for any attestation; no shard has the number 0.
    pub fn blank() -> IdealAttestation {
        let row = Decision { vote: Vote::Accepted, settled: Settlement::No, expiry_epoch: 0 };
        let blank = Ideal.attest(0, TxId(Digest::ZERO), &row);
        blank.expect("a row with a vote is attested")
    }

    /// Whether a rule verified the blank attestation.
    pub fn has_looked_at_blank(&self) -> bool {
        self.looked_at_blank.get()
    }
}

impl Suite for Watched {
    type Certificate = IdealCertificate;

    fn verify_signature(&self, key: &PublicKey, message: &Digest, signature: &Signature) -> bool {
        Ideal.verify_signature(key, message, signature)
    }

    fn verify_certificate<G: Group>(
        &self,
        roster: &Roster,
        message: &Digest,
        certificate: &IdealCertificate,
    ) -> Result<(), Rejection> {
        Ideal.verify_certificate::<G>(roster, message, certificate)
    }
}

impl Attests for Watched {
    type Attestation = IdealAttestation;

    fn verify_attestation(
        &self,
        identity: &IdentityView<'_>,
        attestation: &IdealAttestation,
    ) -> Result<Decided, Rejection> {
        if *attestation == Self::blank() {
            self.looked_at_blank.set(true);
        }
        Ideal.verify_attestation(identity, attestation)
    }
}
