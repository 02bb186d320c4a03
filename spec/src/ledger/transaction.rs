//! Transactions: their shape, their static checks, and which shards they concern.
//!
//! Origin: white paper §3 (unspent outputs); the shape, the checks and their order are ours.

use std::collections::BTreeSet;

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};

use super::owner::{AccountId, Witness, derive_shard_of_owner};
use super::rules::Rules;
use crate::Rejection;
use crate::parameters::Parameters;
use crate::primitives::encoding::Bounded;
use crate::primitives::hash::{Digest, tags};
use crate::suite::Suite;

/// The supply: 21·10⁹ IOST in units of 10⁻⁸ IOST. It fits in 63 bits.
pub const SUPPLY: u64 = 2_100_000_000_000_000_000;
/// The only transaction version.
pub const TRANSACTION_VERSION: u8 = 1;
/// The most inputs, and the most outputs, of a transaction.
pub const INPUTS_MAX: usize = 1024;

/// Names a transaction: `H("tx", transaction)`.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    BorshSerialize,
    BorshDeserialize,
    BorshSchema,
)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct TxId(pub Digest);

/// Names an output: who made it, and which of its outputs it is.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    BorshSerialize,
    BorshDeserialize,
    BorshSchema,
)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct OutPoint {
    /// The transaction, or the hash that stands in its place for outputs the system makes.
    pub txid: TxId,
    /// Position among its outputs, from 0.
    pub index: u32,
}

/// An output that a transaction spends. It claims owner and amount, so that every shard can check
/// the sums without asking another; the owner's shard checks the claim.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Input {
    /// Which output.
    pub outpoint: OutPoint,
    /// Whose it is said to be.
    pub owner: AccountId,
    /// How much it is said to hold, in units.
    pub amount: u64,
}

/// An output that a transaction creates.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Output {
    /// Whose it will be.
    pub owner: AccountId,
    /// How much it holds, in units.
    pub amount: u64,
    /// A commitment to data outside the chain.
    pub data_hash: Option<Digest>,
}

/// What a transaction does besides moving value; closed, later sections append tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[borsh(use_discriminant = true)]
#[repr(u8)]
pub enum Payload {
    /// Nothing: it moves value from inputs to outputs.
    Transfer = 0,
}

/// A transaction; what its owners sign.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Transaction {
    /// [`TRANSACTION_VERSION`].
    pub version: u8,
    /// The chain it is for.
    pub chain_id: Digest,
    /// What it spends, strictly increasing by outpoint.
    pub inputs: Bounded<Input, INPUTS_MAX>,
    /// What it creates.
    pub outputs: Bounded<Output, INPUTS_MAX>,
    /// What its validators earn, in units.
    pub fee: u64,
    /// The last epoch in which an input may be locked.
    pub expiry_epoch: u64,
    /// Lets a client try the same payment again under a new id.
    pub salt: u64,
    /// What it does besides.
    pub payload: Payload,
}

/// A transaction with one witness for each input, outside what is signed.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct SignedTransaction {
    /// What is signed.
    pub transaction: Transaction,
    /// The witness of input i at place i. A shard looks at those of its own inputs.
    pub witnesses: Bounded<Witness, INPUTS_MAX>,
}

impl Transaction {
    /// `H("tx", transaction)`.
    ///
    /// **LED-TX-01** (MUST) [own] The id covers every field and no witness.
    pub fn id<S: Suite>(&self, suite: &S) -> TxId {
        TxId(suite.hash(tags::TRANSACTION, self))
    }

    /// The inputs that `shard` owns, with their positions.
    pub fn inputs_of(&self, shard: u16, shards: u16) -> impl Iterator<Item = (u32, &Input)> {
        (0u32..)
            .zip(&self.inputs)
            .filter(move |(_, input)| derive_shard_of_owner(&input.owner, shards) == shard)
    }

    /// The outputs that `shard` will own, with their positions.
    pub fn outputs_of(&self, shard: u16, shards: u16) -> impl Iterator<Item = (u32, &Output)> {
        (0u32..)
            .zip(&self.outputs)
            .filter(move |(_, output)| derive_shard_of_owner(&output.owner, shards) == shard)
    }

    /// The shards that own an input: those that vote (§7).
    pub fn input_shards(&self, shards: u16) -> BTreeSet<u16> {
        self.inputs.iter().map(|input| derive_shard_of_owner(&input.owner, shards)).collect()
    }

    /// The shards that own an input or will own an output.
    pub fn participants(&self, shards: u16) -> BTreeSet<u16> {
        let outputs = self.outputs.iter();
        let mut participants = self.input_shards(shards);
        participants.extend(outputs.map(|output| derive_shard_of_owner(&output.owner, shards)));
        participants
    }

    /// What `shard` earns when it settles the transaction as committed, in units.
    ///
    /// **LED-FEE-01** (MUST) [own] ⌊fee/k⌋ to each of the k input shards, the remainder to the shard of
    /// input 0; nothing to a shard without inputs, and nothing on abort.
    pub fn fee_part(&self, shard: u16, shards: u16) -> u64 {
        let input_shards = self.input_shards(shards);
        if !input_shards.contains(&shard) {
            return 0;
        }
        let count = u64::try_from(input_shards.len()).unwrap_or(u64::MAX);
        let part = self.fee.checked_div(count).unwrap_or(0);
        let remainder = self.fee.checked_rem(count).unwrap_or(0);
        let first = self.inputs.first().map(|input| derive_shard_of_owner(&input.owner, shards));
        if first == Some(shard) { part.saturating_add(remainder) } else { part }
    }
}

/// The static checks that follow decoding: functions of the transaction's bytes and the chain's
/// parameters alone, so that every shard gives the same answer.
///
/// **LED-STATIC-01** (MUST) [own] A transaction names this chain.
///
/// **LED-STATIC-02** (MUST) [own] A transaction's version is 1.
///
/// **LED-STATIC-04** (MUST) [own] A transaction has outputs.
///
/// **LED-STATIC-05** (MUST) [own] A transaction's inputs are strictly increasing by outpoint, so that
/// none stands twice and their order is not a choice.
///
/// **LED-STATIC-09** (MUST) [own] A transaction's fee is at least the chain's minimum.
///
/// # Errors
/// In this order: [`Rejection::LedChainId`], [`Rejection::LedVersion`], [`Rejection::LedNoInputs`],
/// [`Rejection::LedNoOutputs`], [`Rejection::LedInputsOrder`], [`Rejection::LedAmountRange`],
/// [`Rejection::LedSumOverflow`], [`Rejection::LedSumMismatch`], [`Rejection::LedFeeMinimum`].
pub fn check_static<S: Suite, R: Rules<S> + ?Sized>(
    rules: &R,
    parameters: &Parameters,
    transaction: &Transaction,
) -> Result<(), Rejection> {
    // LED-STATIC-01: for this chain.
    if transaction.chain_id != parameters.chain_id {
        return Err(Rejection::LedChainId);
    }
    // LED-STATIC-02: of a known version.
    if transaction.version != TRANSACTION_VERSION {
        return Err(Rejection::LedVersion);
    }
    rules.check_has_inputs(transaction)?;
    // LED-STATIC-04: with outputs.
    if transaction.outputs.is_empty() {
        return Err(Rejection::LedNoOutputs);
    }
    // LED-STATIC-05: inputs in order, none twice.
    if !transaction.inputs.is_sorted_by(|one, next| one.outpoint < next.outpoint) {
        return Err(Rejection::LedInputsOrder);
    }
    check_sums(transaction)?;
    // LED-STATIC-09: it pays for its validation.
    if transaction.fee < parameters.fee_minimum {
        return Err(Rejection::LedFeeMinimum);
    }
    Ok(())
}

/// Nothing is created: what goes in comes out.
///
/// **LED-STATIC-06** (MUST) [own] The amount of every input and output is at least 1 and at most the
/// supply.
///
/// **LED-STATIC-07** (MUST) [own] The sum of the inputs, and that of the outputs and the fee, fit in 64
/// bits.
///
/// **LED-STATIC-08** (MUST) [own] The inputs add up to the outputs and the fee.
fn check_sums(transaction: &Transaction) -> Result<(), Rejection> {
    let inputs = transaction.inputs.iter().map(|input| input.amount);
    let outputs = transaction.outputs.iter().map(|output| output.amount);
    // LED-STATIC-06: every amount is something, and not more than there is.
    if inputs.clone().chain(outputs.clone()).any(|amount| amount == 0 || amount > SUPPLY) {
        return Err(Rejection::LedAmountRange);
    }
    // LED-STATIC-07: the sums fit.
    let spent = sum(inputs).ok_or(Rejection::LedSumOverflow)?;
    let created = sum(outputs.chain([transaction.fee])).ok_or(Rejection::LedSumOverflow)?;
    // LED-STATIC-08: the sums agree.
    if spent != created {
        return Err(Rejection::LedSumMismatch);
    }
    Ok(())
}

fn sum(mut amounts: impl Iterator<Item = u64>) -> Option<u64> {
    amounts.try_fold(0u64, u64::checked_add)
}
