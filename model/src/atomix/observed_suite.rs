//! The suite that models run with.
//!
//! [`ObservedSuite`] is [`Ideal`], and it also records whether a rule verified the placeholder
//! attestation. The only thing that a rule learns about an attestation is the result of its
//! verification. If a rule answers without verifying some of a message's proofs, the answer is the
//! same for any other proofs in their place. So the memoised engine does not try those other proofs
//! one by one.

use std::cell::Cell;

use ioschain_spec::Rejection;
use ioschain_spec::atomix::Rules;
use ioschain_spec::atomix::attestation::{Attests, IdealAttestation};
use ioschain_spec::atomix::decision_proof::Decided;
use ioschain_spec::identity::IdentityView;
use ioschain_spec::ledger::{Decision, Settlement, TxId, Vote};
use ioschain_spec::primitives::certificate::Roster;
use ioschain_spec::primitives::ed25519::{PublicKey, Signature};
use ioschain_spec::primitives::group::Group;
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::numbers::{Epoch, Shard};
use ioschain_spec::suite::{Ideal, IdealCertificate, Suite};

/// The rules with which a model can be run.
pub type ModelRules = dyn Rules<ObservedSuite> + Send + Sync;

/// [`Ideal`], with a record of whether the placeholder was verified.
#[derive(Clone, Debug, Default)]
pub struct ObservedSuite {
    verified_placeholder: Cell<bool>,
}

/// The attestation of a shard's vote; `None` if the shard has no vote.
pub fn attestation(shard: Shard, txid: TxId, vote: Vote) -> Option<IdealAttestation> {
    Ideal.attest(shard, txid, &Decision { vote, settled: Settlement::No, expiry_epoch: Epoch(0) })
}

impl ObservedSuite {
    /// The placeholder: an attestation that represents any other. Its shard is 0, which never
    /// votes.
    pub fn placeholder() -> IdealAttestation {
        let placeholder = attestation(Shard(0), TxId(Digest::ZERO), Vote::Accepted);
        placeholder.expect("an acceptance is a vote")
    }

    /// Whether a rule verified the placeholder.
    pub fn has_verified_placeholder(&self) -> bool {
        self.verified_placeholder.get()
    }
}

impl Suite for ObservedSuite {
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

impl Attests for ObservedSuite {
    type Attestation = IdealAttestation;

    fn verify_attestation(
        &self,
        identity: &IdentityView<'_>,
        attestation: &IdealAttestation,
    ) -> Result<Decided, Rejection> {
        if *attestation == Self::placeholder() {
            self.verified_placeholder.set(true);
        }
        Ideal.verify_attestation(identity, attestation)
    }
}
