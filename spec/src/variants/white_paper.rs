//! The text of the white paper as executable rules: every point at which this specification
//! differs.
//!
//! [`WhitePaper`] overrides a rule wherever the paper's own text is clear enough to be followed,
//! and the specification does something else. Each override quotes the paper in our words and names
//! the entry of `spec/gaps.toml` that says what goes wrong. Everything that is not overridden is
//! either the same in both or absent from the paper.
//!
//! | section | what the paper says | what goes wrong | gap |
//! |---|---|---|---|
//! | §4 | a signer commits to one nonce | signatures are forged | W25 |
//! | §4 | the client chooses the groups | a choice can make the number unrecoverable | W14 |
//! | §4 | servers decrypt after the collective signature | the client can try again | W12, W13 |
//! | §4 | shares go to the client | the client can keep the number to itself | W18 |
//! | §5 | a ticket is drawn over the view | tickets repeat in every epoch | W8 |
//! | §5 | only the start of a run has a deadline | a leader that stops blocks the epoch | W10 |
//! | §5 | a back-up leader runs the protocol again | two attempts bias the number | W12 |
//! | §7 | one proof of acceptance commits | a second input shard is ignored | A3 |
//! | §7 | the output shard validates again | one output is paid, another is refused | A7 |
//! | §7 | every failed check is a rejection | a stranger ends anybody's payment | A8, A52 |
//! | §7 | no vote is remembered | a rejection is replayed after an acceptance | A10 |
//! | §7 | the fund itself returns | the old output can be spent again | A53 |
//! | §7 | nobody settles for an absent client | its locks never end | A10 |
//!
//! The tests `white_paper`, `drp_variants` and `cosi` of this crate run both texts side by side.

use crate::Rejection;
use crate::atomix::attestation::Attests;
use crate::atomix::sweep::Swept;
use crate::atomix::unlock::apply_unlock_commit;
use crate::atomix::{self, Import, UnlockCommit};
use crate::drp;
use crate::drp::rules::{Audience, Seen, Stage, Step};
use crate::ledger::{
    self, Decision, OutPoint, Overlay, Settlement, ShardContext, ShardEnvironment, StateView,
    Transaction, TxId, Vote,
};
use crate::primitives::cosi::{self, BindingContext};
use crate::primitives::encoding::encode;
use crate::primitives::group::{Group, Scalar};
use crate::primitives::hash::Digest;
use crate::primitives::keys::{NodeId, ValidatorKeyPairs};
use crate::primitives::numbers::Height;
use crate::primitives::vrf::VrfOutput;
use crate::sharding::lottery::{Lottery, Ticket, Tickets};
use crate::suite::Suite;

/// The rules of the paper, wherever they differ from the specification. For tests and models only.
#[derive(Clone, Copy, Debug, Default)]
pub struct WhitePaper;

/// §3, the ledger. The paper contradicts no rule of it; it leaves most of them open.
impl<S: Suite> ledger::Rules<S> for WhitePaper {}

/// §4, collective signing.
impl<G: Group> cosi::Rules<G> for WhitePaper {
    /// §4: each server commits to one nonce, the client adds the commitments up, and each server
    /// answers the challenge. With a factor of 0 the second nonce has no effect (gap W25).
    fn derive_binding(&self, _context: &BindingContext<'_>) -> G::Scalar {
        G::Scalar::ZERO
    }
}

/// §4, the randomness protocol, and the lottery of §5 that elects its leader.
impl<G: Group, S: Suite> drp::Rules<G, S> for WhitePaper {
    /// §5, step 1: a validator evaluates the verifiable random function on the view alone. So the
    /// draw is the same in every epoch (gap W8).
    fn draw_ticket(&self, lottery: &Lottery<'_>, key_pairs: &ValidatorKeyPairs) -> Option<Ticket> {
        let proof = key_pairs.lottery.prove(&encode(&lottery.view))?;
        Some(Ticket { proof, ..lottery.draw(key_pairs)? })
    }

    /// §5, step 1: the others verify the ticket against the view alone.
    fn check_ticket(
        &self,
        suite: &S,
        lottery: &Lottery<'_>,
        counted: &Tickets,
        height: Height,
        ticket: &Ticket,
    ) -> Result<VrfOutput, Rejection> {
        let keys = lottery.check_claims(counted, height, ticket)?;
        suite.verify_vrf(&keys.lottery, &encode(&lottery.view), &ticket.proof)
    }

    /// §4, phase one: the client broadcasts a balanced grouping that it has generated at random,
    /// and nobody can tell whether it did (gap W14). Here it puts all servers into one group, in
    /// the order of their names.
    fn derive_groups(
        &self,
        _session: &Digest,
        servers: &[NodeId],
        _group_size: u16,
    ) -> Vec<Vec<NodeId>> {
        vec![servers.to_vec()]
    }

    /// §4, phase two: servers decrypt as soon as the client has the collective signature. The
    /// client need not publish that signature before it knows the number (gap W13).
    fn may_reveal(&self, stage: Stage) -> bool {
        stage >= Stage::SignedOff
    }

    /// §4, phase two: servers send their decrypted shares to the client (gap W18).
    fn audience_of_shares(&self) -> Audience {
        Audience::Leader
    }

    /// §5, step 7: validators wait Δ for the leader to start the run. No other step has a deadline
    /// (gap W10), but §5 also says that a malicious leader can fail the run, at any time.
    fn gives_up(&self, step: Step, seen: Seen) -> bool {
        match step {
            Step::Announcement => !seen.announcement,
            Step::Deals | Step::Proposal => false,
            Step::SignOff => true,
        }
    }

    /// §5, step 7: when a run has failed, a back-up leads another one in the same epoch. A leader
    /// that does not like the number fails the run and gets a second attempt (gap W12).
    fn may_run_again(&self) -> bool {
        true
    }
}

/// §7, Atomix, in four steps. (1) The transaction is created in the input shard A, whose nodes
/// validate it. (2) If they approve, the transaction is logged; the client gossips a proof of
/// acceptance, locks the fund and sends it to the output shard B. If they reject, the fund returns.
/// (3) B's nodes validate the transaction; if they reject, the fund returns. (4) If they approve,
/// the recipient gets the fund.
///
/// The paper has no expiry epochs. In this variant, an expired transaction is what B's nodes
/// reject.
impl<S: Attests> atomix::Rules<S> for WhitePaper {
    /// Steps 1 and 2 do not mention a repeated request, so the nodes validate it again (gap A10).
    fn answer_repeated_lock(&self, _stored: Option<Decision>) -> Option<Vote> {
        None
    }

    /// Step 2: if A's nodes do not approve a transaction, they reject it, for any reason (gaps A8,
    /// A52).
    fn becomes_vote(
        &self,
        _context: &ShardContext<'_, S>,
        _transaction: &Transaction,
        _reason: Rejection,
    ) -> bool {
        true
    }

    /// Step 2: the client gossips *one* proof of acceptance, since the paper's transaction has one
    /// input shard (gap A3).
    fn check_acceptances(
        &self,
        context: &ShardContext<'_, S>,
        transaction: &Transaction,
        txid: &TxId,
        proofs: &[S::Attestation],
    ) -> Result<(), Rejection> {
        let proof = proofs.first().ok_or(Rejection::AtxProofCount)?;
        let decided = context.suite.verify_attestation(&context.identity, proof)?;
        atomix::Rules::<S>::check_bound(self, &decided, txid)?;
        if !transaction.input_shards(context.shards()).contains(&decided.shard()) {
            return Err(Rejection::AtxProofWrongShard);
        }
        if decided.vote() != Vote::Accepted {
            return Err(Rejection::AtxProofNotAcceptance);
        }
        Ok(())
    }

    /// Step 3: B's nodes validate the transaction again (gap A7).
    fn check_commit_here(
        &self,
        context: &ShardContext<'_, S>,
        view: &dyn StateView,
        transaction: &Transaction,
    ) -> Result<(), Rejection> {
        let input_shards = transaction.input_shards(context.shards());
        let only_output = !input_shards.contains(&view.position().shard);
        if only_output { ledger::Rules::<S>::check_epoch(self, view, transaction) } else { Ok(()) }
    }

    /// Step 3: if B's nodes do not approve, their rejection is a vote, which A acts on (gap A7).
    fn apply_unlock_commit(
        &self,
        context: &ShardContext<'_, S>,
        overlay: &mut Overlay<'_>,
        request: &UnlockCommit<S::Attestation>,
    ) -> Result<Settlement, Rejection> {
        match apply_unlock_commit(&ShardEnvironment { rules: self, context }, overlay, request) {
            Err(reason @ (Rejection::LedEpochExpired | Rejection::LedEpochTooFar)) => {
                let transaction = &request.transaction;
                let decision = Decision {
                    vote: Vote::Rejected(reason),
                    settled: Settlement::No,
                    expiry_epoch: transaction.expiry_epoch,
                };
                let txid = transaction.id(context.suite);
                atomix::Rules::<S>::write_decision(self, overlay, txid, decision);
                Ok(Settlement::No)
            }
            answer => answer,
        }
    }

    /// Steps 2 to 4: a rejection by A or by B returns the fund (gap A7).
    fn check_rejection(
        &self,
        context: &ShardContext<'_, S>,
        transaction: &Transaction,
        txid: &TxId,
        proof: &S::Attestation,
    ) -> Result<(), Rejection> {
        let decided = context.suite.verify_attestation(&context.identity, proof)?;
        atomix::Rules::<S>::check_bound(self, &decided, txid)?;
        if !transaction.participants(context.shards()).contains(&decided.shard()) {
            return Err(Rejection::AtxProofWrongShard);
        }
        if !matches!(decided.vote(), Vote::Rejected(_)) {
            return Err(Rejection::AtxProofNotRejection);
        }
        Ok(())
    }

    /// Steps 2 and 3: the fund returns. If this is taken literally, the locked output itself exists
    /// again, and everything that was ever signed for it is valid again (gap A53).
    fn derive_refund(
        &self,
        _context: &ShardContext<'_, S>,
        _txid: &TxId,
        _index: u32,
        locked: &OutPoint,
    ) -> OutPoint {
        *locked
    }

    /// The client does all four steps. Nobody settles for a client that has disappeared (gap A10).
    fn apply_import(
        &self,
        _context: &ShardContext<'_, S>,
        overlay: &mut Overlay<'_>,
        import: &Import,
    ) -> Result<Swept, Rejection> {
        overlay.totals_mut().imported = import.epoch;
        Ok(Swept::default())
    }
}
