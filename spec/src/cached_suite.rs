//! A suite that remembers what it was asked: a fast path beside the readable one, with the same
//! answers.
//!
//! Where many validators run in one process, all of them verify the same few signatures, proofs and
//! certificates. [`Cached`] wraps another suite and asks it each question once. A suite is a value,
//! so whoever wants nothing remembered passes the other suite itself. The program uses it for speed
//! outside of tests too, so it is not part of the test kit.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::Rejection;
use crate::primitives::certificate::Roster;
use crate::primitives::ed25519::{KeyPair, PublicKey, Signature};
use crate::primitives::group::Group;
use crate::primitives::hash::Digest;
use crate::primitives::vrf::{VrfOutput, VrfProof, VrfPublicKey};
use crate::suite::Suite;

/// A suite `S` whose answers are remembered for the life of the value, or until there are too many.
///
/// Remembered are signatures that are made, signatures and proofs of the random function that are
/// verified, and quorums' certificates that are checked. Threads may share one value.
#[derive(Debug)]
pub struct Cached<S: Suite> {
    suite: S,
    signed: Answers<(PublicKey, Digest), Signature>,
    verified: Answers<(PublicKey, Digest, Signature), bool>,
    proven: Answers<(VrfPublicKey, Vec<u8>, VrfProof), Result<VrfOutput, Rejection>>,
    certified: Answers<Certified, Vec<(S::Certificate, Result<(), Rejection>)>>,
    signatures_asked: AtomicU64,
}

/// The name of the group, the root of the roster and the message that a certificate is for.
type Certified = (&'static str, Digest, Digest);

impl<S: Suite + Default> Default for Cached<S> {
    fn default() -> Self {
        Self::new(S::default(), usize::MAX)
    }
}

impl<S: Suite> Cached<S> {
    /// The suite with an empty memory. Each kind of answers is forgotten when there are
    /// `answers_max` of that kind.
    pub fn new(suite: S, answers_max: usize) -> Self {
        Self {
            suite,
            signed: Answers::new(answers_max),
            verified: Answers::new(answers_max),
            proven: Answers::new(answers_max),
            certified: Answers::new(answers_max),
            signatures_asked: AtomicU64::new(0),
        }
    }

    /// The suite that is asked what is not remembered.
    pub fn suite(&self) -> &S {
        &self.suite
    }

    /// How many signatures it was asked to verify, remembered or not.
    pub fn signatures_asked(&self) -> u64 {
        self.signatures_asked.load(Ordering::Relaxed)
    }
}

impl<S: Suite> Suite for Cached<S> {
    type Certificate = S::Certificate;

    fn sign_with(&self, key_pair: &KeyPair, message: &Digest) -> Signature {
        let question = (key_pair.public_key(), *message);
        self.signed.recall(question, || self.suite.sign_with(key_pair, message))
    }

    fn verify_signature(&self, key: &PublicKey, message: &Digest, signature: &Signature) -> bool {
        self.signatures_asked.fetch_add(1, Ordering::Relaxed);
        let question = (*key, *message, *signature);
        self.verified.recall(question, || self.suite.verify_signature(key, message, signature))
    }

    fn verify_vrf(
        &self,
        key: &VrfPublicKey,
        alpha: &[u8],
        proof: &VrfProof,
    ) -> Result<VrfOutput, Rejection> {
        let question = (*key, alpha.to_vec(), *proof);
        self.proven.recall(question, || self.suite.verify_vrf(key, alpha, proof))
    }

    fn verify_certificate<G: Group>(
        &self,
        roster: &Roster,
        message: &Digest,
        certificate: &S::Certificate,
    ) -> Result<(), Rejection> {
        let question = (G::NAME, roster.root(), *message);
        self.certified.change(question, |known: &mut Vec<(S::Certificate, Result<_, _>)>| {
            if let Some((_, answer)) = known.iter().find(|(it, _)| it == certificate) {
                return *answer;
            }
            let answer = self.suite.verify_certificate::<G>(roster, message, certificate);
            known.push((certificate.clone(), answer));
            answer
        })
    }
}

/// Answers by questions.
#[derive(Debug)]
struct Answers<Q, A> {
    known: Mutex<BTreeMap<Q, A>>,
    answers_max: usize,
}

impl<Q: Ord, A> Answers<Q, A> {
    fn new(answers_max: usize) -> Self {
        Self { known: Mutex::new(BTreeMap::new()), answers_max }
    }

    /// The remembered answer, or that of `ask`.
    fn recall(&self, question: Q, ask: impl FnOnce() -> A) -> A
    where
        A: Clone,
    {
        self.with_known(|known| known.entry(question).or_insert_with(ask).clone())
    }

    /// What `change` makes of the remembered answer, which is empty at first.
    fn change<T>(&self, question: Q, change: impl FnOnce(&mut A) -> T) -> T
    where
        A: Default,
    {
        self.with_known(|known| change(known.entry(question).or_default()))
    }

    fn with_known<T>(&self, act: impl FnOnce(&mut BTreeMap<Q, A>) -> T) -> T {
        // A thread that panicked while it held the lock has left whole answers behind.
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= self.answers_max {
            known.clear();
        }
        act(&mut known)
    }
}
