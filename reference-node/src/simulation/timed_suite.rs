//! The suite of a simulation: the normative one with a memory, which says how long its
//! verifications took.

use std::cell::Cell;
use std::time::{Duration, Instant};

use ioschain_spec::Rejection;
use ioschain_spec::cached_suite::Cached;
use ioschain_spec::primitives::certificate::Roster;
use ioschain_spec::primitives::cosi::CollectiveSignature;
use ioschain_spec::primitives::ed25519::{PublicKey, Signature};
use ioschain_spec::primitives::group::Group;
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::suite::{Normative, Suite};

/// [`TimedSuite`] with a memory: each distinct signature and certificate is verified once in the
/// life of the value, and counted and timed once.
pub type CachingSuite = Cached<TimedSuite>;

/// [`Normative`], with the number of verifications and the time that they took. It has a clock, so
/// it is not part of the specification.
#[derive(Debug, Default)]
pub struct TimedSuite {
    verifications: Cell<usize>,
    time: Cell<Duration>,
}

impl TimedSuite {
    /// How many signatures were verified, collective ones included.
    pub(super) fn verifications(&self) -> usize {
        self.verifications.get()
    }

    /// How long they took in all: their number times the mean of one.
    pub(super) fn time_verifying(&self) -> Duration {
        self.time.get()
    }

    fn time<T>(&self, verify: impl FnOnce() -> T) -> T {
        let started = Instant::now();
        let verified = verify();
        self.time.set(self.time.get() + started.elapsed());
        self.verifications.set(self.verifications.get() + 1);
        verified
    }
}

impl Suite for TimedSuite {
    type Certificate = CollectiveSignature;

    fn verify_signature(&self, key: &PublicKey, message: &Digest, signature: &Signature) -> bool {
        self.time(|| Normative.verify_signature(key, message, signature))
    }

    fn verify_certificate<G: Group>(
        &self,
        roster: &Roster,
        message: &Digest,
        certificate: &CollectiveSignature,
    ) -> Result<(), Rejection> {
        self.time(|| Normative.verify_certificate::<G>(roster, message, certificate))
    }
}
