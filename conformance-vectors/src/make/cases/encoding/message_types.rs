//! The codecs of blocks and of §7: entries, answers, unlocks, imports, proofs.

use ioschain_spec::Rejection;
use ioschain_spec::atomix::{Answer, ExpiryList, Import, UnlockAbort, UnlockCommit};
use ioschain_spec::chain::block::Block;
use ioschain_spec::chain::entry::{Entry, Receipt};
use ioschain_spec::identity::{CertifiedEpoch, EpochClosed};
use ioschain_spec::ledger::{Settlement, Transaction, Vote};
use ioschain_spec::primitives::encoding::encode;
use ioschain_spec::primitives::numbers::{Epoch, Height, Shard};

use super::codec::values;
use super::values::{
    collective, decision_proof, epoch_closed, header, signed_transaction, transaction,
};
use crate::format::repeat::Repeat;
use crate::format::vector::VectorFile;
use crate::make::cases::support::CaseError;
use crate::make::cases::world::Proof;

const REJECTED: Vote = Vote::Rejected(Rejection::LedClaimWrong);

pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    let suites = [
        answers()?,
        receipts()?,
        imports()?,
        closed_epochs()?,
        certified_epochs()?,
        decision_proofs()?,
        unlocks_to_commit()?,
        unlocks_to_abort()?,
        entries()?,
        blocks()?,
    ];
    Ok(suites.into_iter().flatten().collect())
}

fn answers() -> Result<[VectorFile; 2], CaseError> {
    values! { "encoding.answer":
        "applied" "the answer that a transaction was applied" => Answer::Applied;
        "voted-none" "the answer of a shard without a vote" => Answer::Voted(Vote::None);
        "voted-accepted" "the answer that the inputs are locked" => Answer::Voted(Vote::Accepted);
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
        "swept-most" "the answer with the largest integers" =>
            Answer::Swept { committed: u32::MAX, aborted: u32::MAX };
    }
}

fn receipts() -> Result<[VectorFile; 2], CaseError> {
    let last = Receipt { index: u32::MAX, answer: Answer::Voted(Vote::Accepted) };
    let swept = Answer::Swept { committed: 3, aborted: 1 };
    values! { "encoding.receipt":
        "first" "the receipt of the first entry" => Receipt { index: 0, answer: Answer::Applied };
        "last" "a receipt with the largest index" => last;
        "rejected" broken "the receipt of a rejected lock" =>
            Receipt { index: 0x0102_0304, answer: Answer::Voted(REJECTED) };
        "swept" "the receipt of a sweep" => Receipt { index: 0, answer: swept };
    }
}

fn imports() -> Result<[VectorFile; 2], CaseError> {
    let list = |count: u32| -> Result<ExpiryList, CaseError> {
        let transactions: Vec<Transaction> =
            (0..count).map(|_| transaction(1, 1)).collect::<Result<_, _>>()?;
        Ok(transactions.try_into()?)
    };
    let epoch = 0x0102_0304_0506_0708;
    let prefix = [encode(&epoch), encode(&1024u32)].concat();
    let full = &[(
        "full-lists",
        "an import with 1,024 empty lists, the most",
        Repeat::new(&prefix, &encode(&list(0)?), 1024, &[]),
    )];
    values! { "encoding.import", full:
        "no-lists" "an import without lists" =>
            Import { epoch: Epoch(0), lists: Vec::<ExpiryList>::new().try_into()? };
        "one-list" broken "an import with one list of one transaction" =>
            Import { epoch: Epoch(epoch), lists: vec![list(1)?].try_into()? };
        "three-lists" "an import with lists of none, two and one transactions" =>
            Import { epoch: Epoch(u64::MAX), lists: vec![list(0)?, list(2)?, list(1)?].try_into()? };
        "empty-lists" broken "an import with two empty lists" =>
            Import { epoch: Epoch(epoch), lists: vec![list(0)?, list(0)?].try_into()? };
    }
}

fn closed_epochs() -> Result<[VectorFile; 2], CaseError> {
    let most = EpochClosed {
        shard: Shard(u16::MAX),
        epoch: Epoch(u64::MAX),
        height: Height(u64::MAX),
        ..epoch_closed(1)?
    };
    values! { "encoding.epoch_closed":
        "no-roots" "a closing entry without expiry roots" => epoch_closed(0)?;
        "two-roots" broken "a closing entry with two expiry roots" => epoch_closed(2)?;
        "most" "a closing entry with the largest integers" => most;
    }
}

fn certified_epochs() -> Result<[VectorFile; 2], CaseError> {
    let certified = |roots, signers: &[u8]| -> Result<_, CaseError> {
        let certificate = collective(signers)?;
        Ok(CertifiedEpoch { closed: epoch_closed(roots)?, certificate })
    };
    values! { "encoding.certified_epoch":
        "bare" "a closing entry with a certificate by nobody" => certified(0, &[])?;
        "one-root" broken "a closing entry of one shard, certified by two validators" =>
            certified(1, &[0b1001])?;
        "three-roots" "a closing entry of three shards, certified by three validators" =>
            certified(3, &[0b1110])?;
    }
}

fn decision_proofs() -> Result<[VectorFile; 2], CaseError> {
    values! { "encoding.decision_proof":
        "bare" "a proof without path and signers" => decision_proof(Vote::None, 0, &[])?;
        "accepted" broken "a proof of acceptance with two siblings and one signer" =>
            decision_proof(Vote::Accepted, 2, &[0b1])?;
        "rejected" "a proof of rejection with three signers" =>
            decision_proof(REJECTED, 1, &[0b111])?;
    }
}

fn unlock_commit(proofs: &[Proof]) -> Result<UnlockCommit<Proof>, CaseError> {
    Ok(UnlockCommit { transaction: transaction(0, 0)?, proofs: proofs.to_vec().try_into()? })
}

fn unlock_abort() -> Result<UnlockAbort<Proof>, CaseError> {
    Ok(UnlockAbort { transaction: transaction(0, 0)?, proof: decision_proof(REJECTED, 0, &[0b1])? })
}

fn unlocks_to_commit() -> Result<[VectorFile; 2], CaseError> {
    let proof = decision_proof(Vote::Accepted, 0, &[0b1])?;
    let other = decision_proof(Vote::Accepted, 1, &[0b111])?;
    values! { "encoding.unlock_commit":
        "no-proofs" "an unlock-to-commit without proofs" => unlock_commit(&[])?;
        "one-proof" broken "an unlock-to-commit with one proof" =>
            unlock_commit(std::slice::from_ref(&proof))?;
        "two-proofs" "an unlock-to-commit with two proofs" => unlock_commit(&[proof, other])?;
    }
}

fn unlocks_to_abort() -> Result<[VectorFile; 2], CaseError> {
    let large = UnlockAbort {
        transaction: transaction(2, 3)?,
        proof: decision_proof(REJECTED, 2, &[0b111])?,
    };
    values! { "encoding.unlock_abort":
        "one-signature" broken "an unlock-to-abort with a proof of one signature" =>
            unlock_abort()?;
        "three-signatures" "an unlock-to-abort with a proof of three signatures" => large;
    }
}

fn import_of(transactions: u32) -> Result<Import, CaseError> {
    let list: Vec<Transaction> =
        (0..transactions).map(|_| transaction(1, 1)).collect::<Result<_, _>>()?;
    Ok(Import { epoch: Epoch(9), lists: vec![list.try_into()?].try_into()? })
}

fn entries() -> Result<[VectorFile; 2], CaseError> {
    let commit = unlock_commit(&[decision_proof(Vote::Accepted, 0, &[0b1])?])?;
    values! { "encoding.entry":
        "single" broken "an entry with a transaction of one shard" =>
            Entry::Single(signed_transaction()?);
        "lock" "an entry with a lock request" => Entry::Lock(signed_transaction()?);
        "unlock-commit" "an entry with an unlock-to-commit" => Entry::UnlockCommit(commit);
        "unlock-abort" "an entry with an unlock-to-abort" => Entry::UnlockAbort(unlock_abort()?);
        "import" broken "an entry with a sweep of one list" => Entry::Import(import_of(1)?);
    }
}

fn blocks() -> Result<[VectorFile; 2], CaseError> {
    let block = |body: Vec<Entry<Proof>>| -> Result<Block<Proof>, CaseError> {
        Ok(Block { header: header(), body: body.try_into()? })
    };
    let every_kind = vec![
        Entry::Import(import_of(0)?),
        Entry::Single(signed_transaction()?),
        Entry::Lock(signed_transaction()?),
        Entry::UnlockCommit(unlock_commit(&[])?),
        Entry::UnlockAbort(unlock_abort()?),
    ];
    let small = vec![Entry::Import(Import {
        epoch: Epoch(9),
        lists: Vec::<ExpiryList>::new().try_into()?,
    })];
    values! { "encoding.block":
        "empty" "a block without entries" => block(vec![])?;
        "every-kind" "a block with an entry of every kind" => block(every_kind)?;
        "small" broken "a block with an empty import" => block(small)?;
    }
}
