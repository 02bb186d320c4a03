//! A leader, and what must hold of it whatever it is handed.

use std::collections::{BTreeMap, BTreeSet};

use ioschain_spec::Rejection;
use ioschain_spec::primitives::certificate::{faults_max, quorum};
use ioschain_spec::primitives::cosi::{
    Challenge, CollectiveSignature, Cosigners, Leader, Nonce, Open, Response, Specification,
    verify_collective_signature,
};
use ioschain_spec::primitives::group::Group;
use ioschain_spec::primitives::hash::Digest;

use super::{is_sound, names};
use crate::codes::Codes;

/// A leader, beside what is known about it from outside.
pub(super) struct WatchedLeader<'a, G: Group> {
    leader: Leader<'a, G>,
    cosigners: &'a Cosigners<G>,
    message: Digest,
    /// What it took in this attempt, by whose it is said to be.
    nonces: BTreeMap<usize, Nonce>,
    /// What it asked in this attempt.
    pub(super) challenge: Option<Challenge>,
    /// Whose responses it took in this attempt.
    responses: BTreeSet<usize>,
}

impl<'a, G: Group> WatchedLeader<'a, G> {
    pub(super) fn new(cosigners: &'a Cosigners<G>, message: Digest) -> Self {
        Self {
            leader: Leader::new(cosigners, message),
            cosigners,
            message,
            nonces: BTreeMap::new(),
            challenge: None,
            responses: BTreeSet::new(),
        }
    }

    pub(super) fn open(&self) -> Open {
        self.leader.open()
    }

    /// It takes a nonce only if it awaits one, and the signer's own one if it does.
    pub(super) fn take_nonce(
        &mut self,
        from: usize,
        nonce: &Nonce,
        own: Option<&Nonce>,
        codes: &mut Codes,
    ) {
        let is_awaited = (nonce.message, nonce.attempt) == (self.message, self.open().attempt)
            && from < self.cosigners.count()
            && self.challenge.is_none()
            && !self.leader.faulty().contains(&from)
            && !self.nonces.contains_key(&from);
        let before = self.leader.clone();
        let taken = codes.note(self.leader.receive_nonce(from, nonce));
        assert_eq!(taken == Err(Rejection::CryCosiUnexpected), !is_awaited, "{from}: {nonce:?}");
        assert!(taken.is_ok() || !is_awaited || own != Some(nonce), "its own nonce: {taken:?}");
        if taken.is_ok() {
            self.nonces.insert(from, *nonce);
        } else {
            self.check_unchanged(&before);
        }
    }

    /// It asks those whose nonces it took, if they are enough, and asks nothing else later.
    pub(super) fn ask(&mut self, codes: &mut Codes) {
        let before = self.leader.clone();
        let count = self.cosigners.count();
        match codes.note(self.leader.challenge(&Specification)) {
            Ok(challenge) => {
                let named = (0..count).filter(|position| names(&challenge.signers, *position));
                assert!(named.eq(self.nonces.keys().copied()), "asks those whose nonces it took");
                assert!(self.nonces.len() >= quorum(count), "asks too few");
                let first = self.challenge.get_or_insert_with(|| challenge.clone());
                assert_eq!(*first, challenge, "asks the same again");
            }
            Err(rejection) => {
                let is_allowed = rejection == Rejection::CryElementIdentity;
                assert!(is_allowed || self.nonces.len() < quorum(count), "{rejection:?}");
                self.check_unchanged(&before);
            }
        }
    }

    /// It takes a response only if it awaits one, and what the signer answered to its challenge if
    /// it does. `own` is what the signer sent and answered in this attempt. Gives the signature
    /// that is made then, if one is.
    pub(super) fn take_response(
        &mut self,
        from: usize,
        response: &Response,
        own: (Option<&Nonce>, Option<&(Challenge, Response)>),
        codes: &mut Codes,
    ) -> Option<CollectiveSignature> {
        let challenge = self.challenge.as_ref();
        let is_awaited = (response.message, response.attempt)
            == (self.message, self.open().attempt)
            && challenge.is_some_and(|asked| names(&asked.signers, from))
            && !self.responses.contains(&from);
        let (nonce, answered) = own;
        let is_own = answered.is_some_and(|(asked, given)| {
            Some(asked) == challenge && given == response && nonce == self.nonces.get(&from)
        });
        let before = self.leader.clone();
        let taken = codes.note(self.leader.receive_response(from, response));
        assert_eq!(taken == Err(Rejection::CryCosiUnexpected), !is_awaited, "{from}: {response:?}");
        assert!(taken.is_ok() || !is_awaited || !is_own, "its own response: {taken:?}");
        if taken.is_err() {
            self.check_unchanged(&before);
            return None;
        }
        assert!(is_own || !is_sound::<G>(), "took a response that the signer did not give");
        self.responses.insert(from);
        self.signature()
    }

    /// There is one if and only if all have answered who were asked; it names them, and it
    /// verifies.
    fn signature(&self) -> Option<CollectiveSignature> {
        let made = self.leader.signature();
        assert_eq!(made.is_some(), self.nonces.keys().eq(&self.responses), "all have answered");
        let made = made?;
        assert_eq!(Some(&made.signers), self.challenge.as_ref().map(|asked| &asked.signers));
        let verified = verify_collective_signature(self.cosigners, &self.message, &made);
        assert_eq!(verified, Ok(()), "what is made verifies");
        Some(made)
    }

    /// Whoever was asked and has not answered is faulty, and nobody else; attempts are 0 to f.
    pub(super) fn restart(&mut self) {
        let (mut faulty, attempt) = (self.leader.faulty().clone(), self.open().attempt);
        let opened = self.leader.restart();
        if attempt >= faults_max(self.cosigners.count()) as u32 {
            assert_eq!(opened, None, "attempts are 0 to f");
            assert_eq!(*self.leader.faulty(), faulty);
            return;
        }
        assert_eq!(opened, Some(Open { message: self.message, attempt: attempt + 1 }));
        if self.challenge.is_some() {
            let silent = self.nonces.keys().filter(|from| !self.responses.contains(from));
            faulty.extend(silent);
        }
        assert_eq!(*self.leader.faulty(), faulty, "asked, and did not answer");
        self.nonces.clear();
        self.challenge = None;
        self.responses.clear();
    }

    fn check_unchanged(&self, before: &Leader<'_, G>) {
        let [before, after] = [before, &self.leader].map(|leader| format!("{leader:?}"));
        assert_eq!(before, after, "a refusal leaves the leader as it was");
    }
}
