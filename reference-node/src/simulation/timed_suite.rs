//! The suite of a simulation: the normative suite with a memory, which measures the time of its
//! verifications.

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

/// A [`TimedSuite`] with a memory: during the life of the value, each different signature and
/// certificate is verified, counted and timed once.
pub type CachingSuite = Cached<TimedSuite>;

/// The suite [`Normative`], which also counts its verifications and measures their time. It reads a
/// clock, so it is not part of the specification.
#[derive(Debug, Default)]
pub struct TimedSuite {
    verifications: Cell<usize>,
    time: Cell<Duration>,
}

impl TimedSuite {
    /// The number of signatures that were verified, including collective ones.
    pub(super) fn verifications(&self) -> usize {
        self.verifications.get()
    }

    /// The time that all verifications took together.
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
