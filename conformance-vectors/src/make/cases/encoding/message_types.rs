//! The codecs of blocks and of §7: entries, answers, unlocks, imports, proofs.

use ioschain_spec::Rejection;
use ioschain_spec::atomix::{Answer, ExpiryList, Import, UnlockAbort, UnlockCommit};
use ioschain_spec::chain::block::Block;
use ioschain_spec::chain::entry::{Entry, Receipt};
use ioschain_spec::identity::{CertifiedEpoch, EpochClosed};
use ioschain_spec::ledger::{Settlement, Transaction, Vote};
use ioschain_spec::primitives::cosi::CollectiveSignature;
use ioschain_spec::primitives::encoding::encode;
use ioschain_spec::primitives::numbers::{Epoch, Height, Shard};

use super::codec::codecs;
use super::values::{
    collective, decision_proof, epoch_closed, header, signed_transaction, transaction,
};
use crate::format::repeat::Repeat;
use crate::format::vector::VectorFile;
use crate::make::cases::support::CaseError;
use crate::make::cases::world::Proof;

const REJECTED: Vote = Vote::Rejected(Rejection::LedClaimWrong);

fn lists(counts: &[u32]) -> Result<Vec<ExpiryList>, CaseError> {
    let list = |count: &u32| -> Result<ExpiryList, CaseError> {
        let transactions = (0..*count).map(|_| transaction(1, 1));
        Ok(transactions.collect::<Result<Vec<Transaction>, _>>()?.try_into()?)
    };
    counts.iter().map(list).collect()
}

/// An import with lists of so many transactions.
fn import(epoch: u64, counts: &[u32]) -> Result<Import, CaseError> {
    Ok(Import { epoch: Epoch(epoch), lists: lists(counts)?.try_into()? })
}

fn certified_epoch(
    roots: u32,
    signers: &[u8],
) -> Result<CertifiedEpoch<CollectiveSignature>, CaseError> {
    Ok(CertifiedEpoch { closed: epoch_closed(roots)?, certificate: collective(signers)? })
}

fn unlock_commit(proofs: Vec<Proof>) -> Result<UnlockCommit<Proof>, CaseError> {
    Ok(UnlockCommit { transaction: transaction(0, 0)?, proofs: proofs.try_into()? })
}

fn unlock_abort() -> Result<UnlockAbort<Proof>, CaseError> {
    Ok(UnlockAbort { transaction: transaction(0, 0)?, proof: decision_proof(REJECTED, 0, &[0b1])? })
}

fn block(body: Vec<Entry<Proof>>) -> Result<Block<Proof>, CaseError> {
    Ok(Block { header: header(), body: body.try_into()? })
}

/// A block commits to its entries and receipts as they are encoded: a codec with other tags or
/// lengths computes other roots, and leaves the chain.
pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    let epoch = 0x0102_0304_0506_0708;
    let acceptance = |siblings, signers| decision_proof(Vote::Accepted, siblings, signers);
    codecs! {
        "encoding.answer" => {
            "applied" "the answer that a transaction was applied" => Answer::Applied;
            "voted-none" "the answer that there is no vote" => Answer::Voted(Vote::None);
            "voted-accepted" "the answer that the inputs are locked" =>
                Answer::Voted(Vote::Accepted);
            "voted-rejected" broken "the answer that an input could not be locked" =>
                Answer::Voted(REJECTED);
            "settled-no" "the answer that a transaction is not settled" =>
                Answer::Settled(Settlement::No);
            "settled-committed" broken "the answer that a transaction is committed" =>
                Answer::Settled(Settlement::Committed);
            "settled-aborted" "the answer that a transaction is aborted" =>
                Answer::Settled(Settlement::Aborted);
            "swept-nothing" "the answer that nothing was swept" =>
                Answer::Swept { committed: 0, aborted: 0 };
            "swept" broken "the answer that a sweep settled some transactions" =>
                Answer::Swept { committed: 0x0102_0304, aborted: 0x1112_1314 };
            "swept-most" "the answer of a sweep with the largest integers" =>
                Answer::Swept { committed: u32::MAX, aborted: u32::MAX };
        }
        "encoding.receipt" => {
            "first" "the receipt of the first entry" =>
                Receipt { index: 0, answer: Answer::Applied };
            "last" "a receipt with the largest index" =>
                Receipt { index: u32::MAX, answer: Answer::Voted(Vote::Accepted) };
            "rejected" broken "the receipt of a rejected lock" =>
                Receipt { index: 0x0102_0304, answer: Answer::Voted(REJECTED) };
            "swept" "the receipt of a sweep" =>
                Receipt { index: 0, answer: Answer::Swept { committed: 3, aborted: 1 } };
        }
        "encoding.import" => {
            let prefix = [encode(&epoch), encode(&1024u32)].concat();
            "no-lists" "an import without lists" => import(0, &[])?;
            "one-list" broken "an import with one list of one transaction" => import(epoch, &[1])?;
            "three-lists" "an import with lists of none, two and one transactions" =>
                import(u64::MAX, &[0, 2, 1])?;
            "empty-lists" broken "an import with two empty lists" => import(epoch, &[0, 0])?;
            full "full-lists" "an import with 1,024 empty lists, the most" =>
                Repeat::new(&prefix, &encode(&ExpiryList::empty()), 1024, &[]);
        }
        "encoding.epoch_closed" => {
            let most = u64::MAX;
            "no-roots" "a closing entry without expiry roots" => epoch_closed(0)?;
            "two-roots" broken "a closing entry with two expiry roots" => epoch_closed(2)?;
            "most" "a closing entry with the largest integers" =>
                EpochClosed { shard: Shard(u16::MAX), epoch: Epoch(most), height: Height(most), ..epoch_closed(1)? };
        }
        "encoding.certified_epoch" => {
            "bare" "a closing entry with a certificate without signers" => certified_epoch(0, &[])?;
            "one-root" broken "a closing entry of one shard, certified by two validators" =>
                certified_epoch(1, &[0b1001])?;
            "three-roots" "a closing entry of three shards, certified by three validators" =>
                certified_epoch(3, &[0b1110])?;
        }
        "encoding.decision_proof" => {
            "bare" "a decision proof without siblings and signers" => decision_proof(Vote::None, 0, &[])?;
            "accepted" broken "a decision proof of an acceptance with two siblings and one signer" =>
                acceptance(2, &[0b1])?;
            "rejected" "a decision proof of a rejection with three signers" =>
                decision_proof(REJECTED, 1, &[0b111])?;
        }
        "encoding.unlock_commit" => {
            "no-proofs" "an unlock-to-commit without proofs" => unlock_commit(vec![])?;
            "one-proof" broken "an unlock-to-commit with one proof" =>
                unlock_commit(vec![acceptance(0, &[0b1])?])?;
            "two-proofs" "an unlock-to-commit with two proofs" =>
                unlock_commit(vec![acceptance(0, &[0b1])?, acceptance(1, &[0b111])?])?;
        }
        "encoding.unlock_abort" => {
            let proof = decision_proof(REJECTED, 2, &[0b111])?;
            "one-signature" broken "an unlock-to-abort with a proof that has one signature" =>
                unlock_abort()?;
            "three-signatures" "an unlock-to-abort with a proof that has three signatures" =>
                UnlockAbort { transaction: transaction(2, 3)?, proof };
        }
        "encoding.entry" => {
            "single" broken "an entry with a transaction of one shard" =>
                Entry::Single(signed_transaction()?);
            "lock" "an entry with a lock request" => Entry::Lock(signed_transaction()?);
            "unlock-commit" "an entry with an unlock-to-commit" =>
                Entry::UnlockCommit(unlock_commit(vec![acceptance(0, &[0b1])?])?);
            "unlock-abort" "an entry with an unlock-to-abort" => Entry::UnlockAbort(unlock_abort()?);
            "import" broken "an entry with a sweep of one list" => Entry::Import(import(9, &[1])?);
        }
        "encoding.block" => {
            let every_kind = vec![
                Entry::Import(import(9, &[0])?),
                Entry::Single(signed_transaction()?),
                Entry::Lock(signed_transaction()?),
                Entry::UnlockCommit(unlock_commit(vec![])?),
                Entry::UnlockAbort(unlock_abort()?),
            ];
            "empty" "a block without entries" => block(vec![])?;
            "every-kind" "a block with an entry of every kind" => block(every_kind)?;
            "small" broken "a block with an empty import" =>
                block(vec![Entry::Import(import(9, &[])?)])?;
        }
    }
}
