//! A signer, and what must hold of it whatever it is handed.

use std::collections::BTreeMap;

use ioschain_spec::Rejection;
use ioschain_spec::primitives::certificate::faults_max;
use ioschain_spec::primitives::cosi::{
    Challenge, Cosigners, Nonce, Open, Response, Signer, Specification,
};
use ioschain_spec::primitives::group::Group;
use ioschain_spec::primitives::hash::Digest;

use super::names;
use crate::codes::Codes;

/// A signer, beside what is known about it from outside.
pub(super) struct WatchedSigner<'a, G: Group> {
    signer: Signer<'a, G>,
    position: usize,
    message: Digest,
    attempt_max: u32,
    /// What it committed to, by attempt.
    pub(super) sent: BTreeMap<u32, Nonce>,
    /// What it answered, by attempt.
    pub(super) answered: BTreeMap<u32, (Challenge, Response)>,
}

impl<'a, G: Group> WatchedSigner<'a, G> {
    pub(super) fn new(
        cosigners: &'a Cosigners<G>,
        position: usize,
        secret: G::Scalar,
        message: Digest,
    ) -> Self {
        Self {
            signer: Signer::new(cosigners, position, secret, message),
            position,
            message,
            attempt_max: faults_max(cosigners.count()) as u32,
            sent: BTreeMap::new(),
            answered: BTreeMap::new(),
        }
    }

    /// It gives nonces exactly for its message, for attempts up to f that it has not answered,
    /// always the same.
    pub(super) fn open(
        &mut self,
        open: &Open,
        randomness: &[u8; 32],
        codes: &mut Codes,
    ) -> Option<Nonce> {
        let may = open.message == self.message
            && open.attempt <= self.attempt_max
            && !self.answered.contains_key(&open.attempt);
        let given = codes.note(self.signer.open(open, randomness));
        assert_eq!(given.as_ref().err(), (!may).then_some(&Rejection::CryCosiUnexpected));
        if let Ok(nonce) = &given {
            assert_eq!((nonce.message, nonce.attempt), (open.message, open.attempt));
            let first = self.sent.entry(open.attempt).or_insert(*nonce);
            assert_eq!(first, nonce, "the same nonces until they are used");
        } else {
            self.check_nonces();
        }
        given.ok()
    }

    /// Whether it has nonces for a challenge, and is asked.
    pub(super) fn may_answer(&self, challenge: &Challenge) -> bool {
        challenge.message == self.message
            && self.sent.contains_key(&challenge.attempt)
            && !self.answered.contains_key(&challenge.attempt)
            && names(&challenge.signers, self.position)
    }

    /// It answers only what it may, and once.
    pub(super) fn answer(&mut self, challenge: &Challenge, codes: &mut Codes) -> Option<Response> {
        let (may, attempt) = (self.may_answer(challenge), challenge.attempt);
        let answer = codes.note(self.signer.answer(&Specification, challenge));
        if let Ok(response) = &answer {
            assert!(may, "answered what it must not");
            assert_eq!((response.message, response.attempt), (self.message, attempt));
            self.answered.insert(attempt, (challenge.clone(), *response));
            let again = self.signer.answer(&Specification, challenge);
            assert_eq!(again, Err(Rejection::CryCosiUnexpected), "answered twice");
        }
        self.check_nonces();
        answer.ok()
    }

    /// Nonces that were sent and not used are still there; those that were used are not.
    fn check_nonces(&mut self) {
        for (attempt, nonce) in &self.sent {
            let open = Open { message: self.message, attempt: *attempt };
            let again = self.signer.open(&open, &[0xee; 32]);
            let is_used = self.answered.contains_key(attempt);
            assert_eq!(again.ok(), (!is_used).then_some(*nonce), "other nonces than before");
        }
    }
}
