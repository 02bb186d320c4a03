//! Transactions: their shape, their static checks, and the shards that they concern.
//!
//! Origin: white paper §3 (unspent outputs). The shape, the checks and their order are ours.

use std::collections::BTreeSet;

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};

use super::owner::{AccountId, Witness, derive_shard_of_owner};
use super::rules::Rules;
use crate::Rejection;
use crate::parameters::Parameters;
use crate::primitives::encoding::Bounded;
use crate::primitives::hash::{Digest, tags};
use crate::primitives::numbers::{Epoch, Shard};
use crate::suite::Suite;

/// The supply: 21·10⁹ IOST in units of 10⁻⁸ IOST. It fits in 63 bits.
pub const SUPPLY: u64 = 2_100_000_000_000_000_000;
/// The only version of transactions.
pub const TRANSACTION_VERSION: u8 = 1;
/// The most inputs, and also the most outputs, of a transaction.
pub const INPUTS_MAX: usize = 1024;

/// The name of a transaction: `H("tx", transaction)`.
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

/// The name of an output: the transaction that created it, and its index there.
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
    /// The id of the transaction that created the output. For an output of genesis and for a
    /// refund, it is another hash.
    pub txid: TxId,
    /// The position among the outputs of that transaction, from 0.
    pub index: u32,
}

/// An output that a transaction spends. It claims owner and amount, so that every shard can check
/// the sums without asking another shard. The owner's shard checks the claim.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Input {
    /// The output that is spent.
    pub outpoint: OutPoint,
    /// The owner of the output, as claimed.
    pub owner: AccountId,
    /// The claimed amount, in units.
    pub amount: u64,
}

/// An output that a transaction creates.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Output {
    /// The owner of the new output.
    pub owner: AccountId,
    /// The amount, in units.
    pub amount: u64,
    /// A commitment to data outside the chain.
    pub data_hash: Option<Digest>,
}

/// What a transaction does besides moving value. No other action can be encoded. Later sections add
/// actions at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[borsh(use_discriminant = true)]
#[repr(u8)]
pub enum Payload {
    /// No further action: the transaction moves value from inputs to outputs.
    Transfer = 0,
}

/// A transaction, as its owners sign it.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Transaction {
    /// The version, always [`TRANSACTION_VERSION`].
    pub version: u8,
    /// The chain that the transaction is for.
    pub chain_id: Digest,
    /// The outputs that it spends, strictly increasing by outpoint.
    pub inputs: Bounded<Input, INPUTS_MAX>,
    /// The outputs that it creates.
    pub outputs: Bounded<Output, INPUTS_MAX>,
    /// The fee that its validators earn, in units.
    pub fee: u64,
    /// The last epoch in which an input may be locked.
    pub expiry_epoch: Epoch,
    /// An arbitrary number. With another number, a client can send the same payment again under a
    /// new id.
    pub salt: u64,
    /// What the transaction does besides moving value.
    pub payload: Payload,
}

/// A transaction with one witness for each input. The signatures do not cover the witnesses.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct SignedTransaction {
    /// The transaction, which is the part that the owners sign.
    pub transaction: Transaction,
    /// The witness of input i at index i. A shard checks only the witnesses of its own inputs.
    pub witnesses: Bounded<Witness, INPUTS_MAX>,
}

impl Transaction {
    /// The transaction's id: `H("tx", transaction)`.
    ///
    /// **LED-TX-01** (MUST) \[own] The id covers every field of the transaction and no witness. So
    /// a stranger who changes a witness cannot change the id.
    pub fn id<S: Suite>(&self, suite: &S) -> TxId {
        TxId(suite.hash(tags::TRANSACTION, self))
    }

    /// The inputs that `shard` owns, with their positions.
    pub fn inputs_of(&self, shard: Shard, shards: u16) -> impl Iterator<Item = (u32, &Input)> {
        (0u32..)
            .zip(&self.inputs)
            .filter(move |(_, input)| derive_shard_of_owner(&input.owner, shards) == shard)
    }

    /// The outputs that `shard` will own, with their positions.
    pub fn outputs_of(&self, shard: Shard, shards: u16) -> impl Iterator<Item = (u32, &Output)> {
        (0u32..)
            .zip(&self.outputs)
            .filter(move |(_, output)| derive_shard_of_owner(&output.owner, shards) == shard)
    }

    /// The shards that own an input. These shards vote (§7).
    pub fn input_shards(&self, shards: u16) -> BTreeSet<Shard> {
        self.inputs.iter().map(|input| derive_shard_of_owner(&input.owner, shards)).collect()
    }

    /// The shards that own an input or will own an output.
    pub fn participants(&self, shards: u16) -> BTreeSet<Shard> {
        let outputs = self.outputs.iter();
        let mut participants = self.input_shards(shards);
        participants.extend(outputs.map(|output| derive_shard_of_owner(&output.owner, shards)));
        participants
    }

    /// The amount that `shard` earns when it settles the transaction as committed, in units.
    ///
    /// **LED-FEE-01** (MUST) \[own] ⌊fee/k⌋ to each of the k input shards, the remainder to the
    /// shard of input 0; nothing to a shard without inputs, and nothing on abort.
    ///
    /// ```
    /// use ioschain_spec::ledger::owner::derive_shard_of_owner;
    /// use ioschain_spec::ledger::{AccountId, Input, OutPoint, Payload, Transaction, TxId};
    /// use ioschain_spec::primitives::hash::Digest;
    /// use ioschain_spec::primitives::numbers::{Epoch, Shard};
    ///
    /// // Two owners whose outputs are in shards 2 and 1.
    /// let owner_in = |shard| {
    ///     let mut owners = (0..=255).map(|number| AccountId(Digest([number; 32])));
    ///     owners.find(|owner| derive_shard_of_owner(owner, 3) == shard).unwrap()
    /// };
    /// let input = |index, shard| Input {
    ///     outpoint: OutPoint { txid: TxId(Digest([9; 32])), index },
    ///     owner: owner_in(shard),
    ///     amount: 50,
    /// };
    /// let transaction = Transaction {
    ///     version: 1,
    ///     chain_id: Digest([7; 32]),
    ///     inputs: vec![input(0, Shard(2)), input(1, Shard(1))].try_into()?,
    ///     outputs: vec![].try_into()?,
    ///     fee: 7,
    ///     expiry_epoch: Epoch(1),
    ///     salt: 0,
    ///     payload: Payload::Transfer,
    /// };
    /// // Shard 2 owns input 0 and receives the remainder. Shard 3 owns no input.
    /// let parts = Shard::all(3).map(|shard| transaction.fee_part(shard, 3));
    /// assert_eq!(parts.collect::<Vec<_>>(), [3, 4, 0]);
    /// # Ok::<(), ioschain_spec::Rejection>(())
    /// ```
    pub fn fee_part(&self, shard: Shard, shards: u16) -> u64 {
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

/// Makes the static checks, which come after decoding. They depend only on the transaction's bytes
/// and the chain's parameters, so every shard gets the same answer.
///
/// **LED-STATIC-01** (MUST) \[own] A transaction names this chain. Otherwise a payment on a test
/// chain could be replayed on the main chain.
///
/// **LED-STATIC-02** (MUST) \[own] A transaction's version is 1.
///
/// **LED-STATIC-04** (MUST) \[own] A transaction has outputs.
///
/// **LED-STATIC-05** (MUST) \[own] The inputs of a transaction strictly increase by outpoint. So no
/// outpoint is listed twice, and nobody can choose the order. A transaction that listed one output
/// twice would spend it twice.
///
/// **LED-STATIC-09** (MUST) \[own] A transaction's fee is at least the chain's minimum.
///
/// | order | check | id | code | function |
/// |---|---|---|---|---|
/// | 1 | the transaction names this chain | LED-STATIC-01 | `LED_CHAIN_ID` | `check_static` |
/// | 2 | its version is 1 | LED-STATIC-02 | `LED_VERSION` | `check_static` |
/// | 3 | it has inputs | LED-STATIC-03 | `LED_NO_INPUTS` | `Rules::check_has_inputs` |
/// | 4 | it has outputs | LED-STATIC-04 | `LED_NO_OUTPUTS` | `check_static` |
/// | 5 | its inputs strictly increase by outpoint | LED-STATIC-05 | `LED_INPUTS_ORDER` | `check_static` |
/// | 6 | every amount is from 1 to the supply | LED-STATIC-06 | `LED_AMOUNT_RANGE` | `check_sums` |
/// | 7 | both sums fit in 64 bits | LED-STATIC-07 | `LED_SUM_OVERFLOW` | `check_sums` |
/// | 8 | the inputs equal the outputs and the fee | LED-STATIC-08 | `LED_SUM_MISMATCH` | `check_sums` |
/// | 9 | the fee reaches the minimum | LED-STATIC-09 | `LED_FEE_MINIMUM` | `check_static` |
///
/// # Errors
/// The first row of the table that fails.
///
/// ```
/// use ioschain_spec::Rejection;
/// use ioschain_spec::atomix::Specification;
/// use ioschain_spec::ledger::transaction::check_static;
/// use ioschain_spec::ledger::{AccountId, Input, OutPoint, Output, Payload, Transaction, TxId};
/// use ioschain_spec::parameters::Parameters;
/// use ioschain_spec::primitives::hash::Digest;
/// use ioschain_spec::primitives::numbers::Epoch;
/// use ioschain_spec::suite::Normative;
///
/// let chain_id = Digest([7; 32]);
/// let parameters = Parameters { chain_id, shards: 3, fee_minimum: 2, rejections_max: 8 };
/// let owner = AccountId(Digest([1; 32]));
/// let outpoint = OutPoint { txid: TxId(Digest([9; 32])), index: 0 };
/// let transaction = Transaction {
///     version: 1,
///     chain_id,
///     inputs: vec![Input { outpoint, owner, amount: 50 }].try_into()?,
///     outputs: vec![Output { owner, amount: 48, data_hash: None }].try_into()?,
///     fee: 2,
///     expiry_epoch: Epoch(1),
///     salt: 0,
///     payload: Payload::Transfer,
/// };
/// let check = |it: &Transaction| check_static::<Normative, _>(&Specification, &parameters, it);
/// assert_eq!(check(&transaction), Ok(()));
/// // One unit more in the fee is one unit that no input pays for.
/// let too_high = Transaction { fee: 3, ..transaction.clone() };
/// assert_eq!(check(&too_high), Err(Rejection::LedSumMismatch));
/// // Of two faults the first in the order of the checks is reported.
/// let two_faults = Transaction { fee: 3, version: 2, ..transaction };
/// assert_eq!(check(&two_faults), Err(Rejection::LedVersion));
/// # Ok::<(), Rejection>(())
/// ```
pub fn check_static<S: Suite, R: Rules<S> + ?Sized>(
    rules: &R,
    parameters: &Parameters,
    transaction: &Transaction,
) -> Result<(), Rejection> {
    // LED-STATIC-01: the transaction is for this chain.
    if transaction.chain_id != parameters.chain_id {
        return Err(Rejection::LedChainId);
    }
    // LED-STATIC-02: it is of a known version.
    if transaction.version != TRANSACTION_VERSION {
        return Err(Rejection::LedVersion);
    }
    rules.check_has_inputs(transaction)?;
    // LED-STATIC-04: it has outputs.
    if transaction.outputs.is_empty() {
        return Err(Rejection::LedNoOutputs);
    }
    // LED-STATIC-05: the inputs are in order, and no outpoint is listed twice.
    if !transaction.inputs.is_sorted_by(|one, next| one.outpoint < next.outpoint) {
        return Err(Rejection::LedInputsOrder);
    }
    check_sums(transaction)?;
    // LED-STATIC-09: the transaction pays for its validation. Otherwise anyone could flood the
    // shards for free.
    if transaction.fee < parameters.fee_minimum {
        return Err(Rejection::LedFeeMinimum);
    }
    Ok(())
}

/// Checks that the transaction creates no value.
///
/// **LED-STATIC-06** (MUST) \[own] The amount of every input and output is at least 1 and at most
/// the supply.
///
/// **LED-STATIC-07** (MUST) \[own] The sum of the inputs fits in 64 bits, and so does the sum of
/// the outputs and the fee. A sum that wrapped around could make a few units look like the whole
/// supply.
///
/// **LED-STATIC-08** (MUST) \[own] The sum of the inputs equals the sum of the outputs and the fee.
fn check_sums(transaction: &Transaction) -> Result<(), Rejection> {
    let inputs = transaction.inputs.iter().map(|input| input.amount);
    let outputs = transaction.outputs.iter().map(|output| output.amount);
    // LED-STATIC-06: no amount is 0 or above the supply. Outputs of 0 would fill the state for
    // free.
    if inputs.clone().chain(outputs.clone()).any(|amount| amount == 0 || amount > SUPPLY) {
        return Err(Rejection::LedAmountRange);
    }
    // LED-STATIC-07: both sums fit in 64 bits.
    let spent = sum(inputs).ok_or(Rejection::LedSumOverflow)?;
    let created = sum(outputs.chain([transaction.fee])).ok_or(Rejection::LedSumOverflow)?;
    // LED-STATIC-08: the sums are equal.
    if spent != created {
        return Err(Rejection::LedSumMismatch);
    }
    Ok(())
}

/// The sum of amounts, or `None` if it does not fit in 64 bits.
fn sum(mut amounts: impl Iterator<Item = u64>) -> Option<u64> {
    amounts.try_fold(0u64, u64::checked_add)
}
