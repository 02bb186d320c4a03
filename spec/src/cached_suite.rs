//! A suite with a cache. It is a fast path beside the readable one, and it gives the same answers.
//!
//! If many validators run in one process, all of them verify the same few signatures, proofs and
//! certificates. [`Cached`] wraps another suite and asks it each question once. A caller that wants
//! no cache passes the inner suite itself. The program also uses this suite outside of tests, for
//! speed, so it is not part of the test kit.

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

/// A suite `S` with a cache. An answer stays in the cache until there are too many answers of its
/// kind.
///
/// The cache contains the signatures that were made, the results of verified signatures and of
/// verified proofs of the random function, and the results of checked certificates. Threads may
/// share one value.
#[derive(Debug)]
pub struct Cached<S: Suite> {
    suite: S,
    signed: Answers<(PublicKey, Digest), Signature>,
    verified: Answers<(PublicKey, Digest, Signature), bool>,
    proven: Answers<(VrfPublicKey, Vec<u8>, VrfProof), Result<VrfOutput, Rejection>>,
    certified: Answers<Certified, Checked<S::Certificate>>,
    signatures_asked: AtomicU64,
}

/// What a certificate is for: the name of the group, the root of the roster, and the message.
type Certified = (&'static str, Digest, Digest);

/// The certificates that were checked for one such question, each with its answer.
type Checked<C> = Vec<(C, Result<(), Rejection>)>;

impl<S: Suite + Default> Default for Cached<S> {
    fn default() -> Self {
        Self::new(S::default(), usize::MAX)
    }
}

impl<S: Suite> Cached<S> {
    /// The suite with an empty cache. When the cache has `answers_max` answers of one kind, it
    /// drops all answers of this kind.
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

    /// The inner suite, which answers what is not in the cache.
    pub fn suite(&self) -> &S {
        &self.suite
    }

    /// How many signatures this suite was asked to verify. Answers from the cache count too.
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

/// The known answers, by their questions.
#[derive(Debug)]
struct Answers<Q, A> {
    known: Mutex<BTreeMap<Q, A>>,
    answers_max: usize,
}

impl<Q: Ord, A> Answers<Q, A> {
    fn new(answers_max: usize) -> Self {
        Self { known: Mutex::new(BTreeMap::new()), answers_max }
    }

    /// The known answer, or else the answer of `ask`, which becomes known.
    fn recall(&self, question: Q, ask: impl FnOnce() -> A) -> A
    where
        A: Clone,
    {
        self.with_known(|known| known.entry(question).or_insert_with(ask).clone())
    }

    /// The result of `change`, which may change the known answer. An unknown answer is empty at
    /// first.
    fn change<T>(&self, question: Q, change: impl FnOnce(&mut A) -> T) -> T
    where
        A: Default,
    {
        self.with_known(|known| change(known.entry(question).or_default()))
    }

    fn with_known<T>(&self, act: impl FnOnce(&mut BTreeMap<Q, A>) -> T) -> T {
        // If a thread panicked while it held the lock, the answers that it left are complete.
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= self.answers_max {
            known.clear();
        }
        act(&mut known)
    }
}
