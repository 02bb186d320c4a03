//! A workload: the payments of a replay, in a form that does not depend on the ledger.
//!
//! A workload names outputs that exist at genesis and transactions that spend outputs. It knows
//! no keys, signatures, shards or transaction ids. So a real Bitcoin block and a generated
//! workload have the same shape, and one program replays both.
//!
//! Amounts are in the ledger's smallest unit.

use std::collections::BTreeMap;
use std::fmt;

use ioschain_model::words::count;
use ioschain_spec::ledger::SUPPLY;
use ioschain_spec::ledger::transaction::INPUTS_MAX;
use thiserror::Error;

/// The seed of an owner's key pair. Equal seeds mean the same owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OwnerSeed(pub [u8; 32]);

/// An output: an amount that belongs to an owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// The owner, who may spend the output.
    pub owner: OwnerSeed,
    /// The amount, which is at least 1 unit.
    pub amount: u64,
    /// The hash of data that the output carries, if it carries any.
    pub data_hash: Option<[u8; 32]>,
}

/// The output that an input spends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// An output that exists at genesis.
    Genesis {
        /// The position of the output in [`Workload::genesis`].
        index: usize,
    },
    /// An output of an earlier transaction.
    Created {
        /// The position of the transaction in [`Workload::spends`].
        transaction: usize,
        /// The position of the output in that transaction's [`Spend::outputs`].
        output: usize,
    },
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Genesis { index } => write!(formatter, "genesis output {index}"),
            Source::Created { transaction, output } => {
                write!(formatter, "output {output} of transaction {transaction}")
            }
        }
    }
}

/// A transaction. It spends the whole amount of each input, and creates its outputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spend {
    /// The outputs that the transaction spends.
    pub inputs: Vec<Source>,
    /// The outputs that the transaction creates. There is at least one.
    pub outputs: Vec<Payment>,
    /// The amount that the transaction leaves to the validators, at least 1 unit. The inputs add up
    /// to the outputs and the fee.
    pub fee: u64,
}

/// The genesis outputs, and the transactions that spend these outputs and each other's outputs.
///
/// The transactions are in topological order: each spends genesis outputs and outputs of earlier
/// transactions only. Transactions and outputs count from 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Workload {
    /// The outputs that exist before the first transaction.
    pub genesis: Vec<Payment>,
    /// The transactions. A transaction comes after those whose outputs it spends (its parents).
    pub spends: Vec<Spend>,
}

/// The fault of a workload. Transactions, inputs and outputs count from 0.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum WorkloadError {
    /// An output has amount 0.
    #[error("{output} has amount 0; give it at least 1 unit")]
    ZeroAmount {
        /// The output at fault.
        output: Source,
    },
    /// The genesis outputs hold more than the ledger's supply.
    #[error(
        "the genesis outputs hold {units} units, more than the supply of {SUPPLY}; lower their \
         amounts"
    )]
    ExceedsSupply {
        /// The sum of the amounts of the genesis outputs.
        units: u128,
    },
    /// An input names an output that the workload does not have.
    #[error(
        "input {input} of transaction {transaction} spends {source_output}, which does not exist; \
         name an existing output"
    )]
    UnknownSource {
        /// The transaction with the input.
        transaction: usize,
        /// The position of the input in the transaction.
        input: usize,
        /// The output that the input names.
        source_output: Source,
    },
    /// An input names an output of its own or of a later transaction.
    #[error(
        "input {input} of transaction {transaction} spends {source_output}, which is not created \
         before it; put parents before children"
    )]
    NotEarlier {
        /// The transaction with the input.
        transaction: usize,
        /// The position of the input in the transaction.
        input: usize,
        /// The output that the input names.
        source_output: Source,
    },
    /// Two inputs name the same output.
    #[error(
        "transactions {first} and {second} both spend {source_output}; an output can be spent \
         once (if the numbers are equal, two inputs of one transaction spend it)"
    )]
    SpentTwice {
        /// The output at fault.
        source_output: Source,
        /// The transaction that spends it first.
        first: usize,
        /// The transaction that spends it again.
        second: usize,
    },
    /// A transaction has more inputs or outputs than a transaction of the ledger can have.
    #[error(
        "transaction {transaction} has {} and {}; give it at most {INPUTS_MAX} of each",
        count(.inputs, "input"), count(.outputs, "output")
    )]
    TooManyParts {
        /// The transaction at fault.
        transaction: usize,
        /// The number of its inputs.
        inputs: usize,
        /// The number of its outputs.
        outputs: usize,
    },
    /// A transaction creates no output.
    #[error("transaction {transaction} has no outputs; give it at least one")]
    NoOutputs {
        /// The transaction at fault.
        transaction: usize,
    },
    /// A transaction pays no fee.
    #[error("transaction {transaction} has fee 0; leave at least 1 unit")]
    NoFee {
        /// The transaction at fault.
        transaction: usize,
    },
    /// One side of a transaction adds up to more than a `u64` holds.
    #[error(
        "the inputs or the outputs and fee of transaction {transaction} add up to more than {} \
         units; lower their amounts",
        u64::MAX
    )]
    Overflow {
        /// The transaction at fault.
        transaction: usize,
    },
    /// The amounts of the inputs do not add up to those of the outputs and the fee.
    #[error(
        "transaction {transaction} does not balance: its inputs hold {}, its outputs \
         and fee take {outputs_and_fee}; change the fee or an amount",
        count(.inputs, "unit")
    )]
    Unbalanced {
        /// The transaction at fault.
        transaction: usize,
        /// The sum of the amounts of its inputs.
        inputs: u64,
        /// The sum of the amounts of its outputs and its fee.
        outputs_and_fee: u64,
    },
}

impl Workload {
    /// Checks that the workload can be executed in order.
    ///
    /// The genesis outputs are checked first. Then each transaction is checked, in order: it does
    /// not have too many inputs or outputs; the outputs that it spends exist, come earlier and are
    /// not spent yet; its amounts and its fee are at least 1; its inputs add up to its outputs and
    /// its fee.
    ///
    /// # Errors
    ///
    /// The first [`WorkloadError`] in that order.
    pub fn check(&self) -> Result<(), WorkloadError> {
        for (index, payment) in self.genesis.iter().enumerate() {
            if payment.amount == 0 {
                return Err(WorkloadError::ZeroAmount { output: Source::Genesis { index } });
            }
        }
        within_supply(self.genesis.iter().map(|payment| payment.amount))
            .map_err(|units| WorkloadError::ExceedsSupply { units })?;

        let mut spent_by = BTreeMap::new();
        for (transaction, spend) in self.spends.iter().enumerate() {
            check_parts(transaction, spend)?;
            self.check_sources(transaction, spend, &mut spent_by)?;
            check_outputs(transaction, spend)?;
            self.check_balance(transaction, spend)?;
        }
        Ok(())
    }

    /// The output that `source` names, if there is one.
    pub fn payment(&self, source: Source) -> Option<&Payment> {
        match source {
            Source::Genesis { index } => self.genesis.get(index),
            Source::Created { transaction, output } => {
                self.spends.get(transaction)?.outputs.get(output)
            }
        }
    }

    /// The numbers of all transactions that have neither parents nor children in the workload, in
    /// ascending order.
    ///
    /// No other transaction fails when such a transaction fails.
    pub fn isolated(&self) -> Vec<usize> {
        let mut related = vec![false; self.spends.len()];
        for (transaction, parent) in self.parents() {
            for relative in [transaction, parent] {
                if let Some(flag) = related.get_mut(relative) {
                    *flag = true;
                }
            }
        }
        (0..self.spends.len()).filter(|&transaction| !related[transaction]).collect()
    }

    /// Whether transaction `spend` has neither parents nor children in the workload.
    ///
    /// This reads the whole workload. To ask about many transactions, call [`Workload::isolated`].
    pub fn is_isolated(&self, spend: usize) -> bool {
        spend < self.spends.len()
            && self.parents().all(|(transaction, parent)| transaction != spend && parent != spend)
    }

    /// The number of transactions in the longest chain of parents and children. It is 0 without
    /// transactions, and 1 if all are isolated.
    ///
    /// The answer is correct for a workload that passes [`Workload::check`].
    pub fn depth(&self) -> usize {
        let mut depths = vec![1; self.spends.len()];
        for (transaction, parent) in self.parents() {
            let through_parent = depths.get(parent).map_or(1, |depth| depth + 1);
            depths[transaction] = depths[transaction].max(through_parent);
        }
        depths.into_iter().max().unwrap_or(0)
    }

    /// The pair (transaction, parent) for every input that spends an output of another transaction
    /// of the workload, in ascending order of transactions.
    fn parents(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.spends.iter().enumerate().flat_map(|(transaction, spend)| {
            spend.inputs.iter().filter_map(move |source| match source {
                Source::Genesis { .. } => None,
                Source::Created { transaction: parent, .. } => Some((transaction, *parent)),
            })
        })
    }

    /// Checks that every source exists, comes earlier, and is spent by no other input.
    fn check_sources(
        &self,
        transaction: usize,
        spend: &Spend,
        spent_by: &mut BTreeMap<Source, usize>,
    ) -> Result<(), WorkloadError> {
        for (input, &source_output) in spend.inputs.iter().enumerate() {
            if self.payment(source_output).is_none() {
                return Err(WorkloadError::UnknownSource { transaction, input, source_output });
            }
            if let Source::Created { transaction: parent, .. } = source_output
                && parent >= transaction
            {
                return Err(WorkloadError::NotEarlier { transaction, input, source_output });
            }
            if let Some(first) = spent_by.insert(source_output, transaction) {
                let second = transaction;
                return Err(WorkloadError::SpentTwice { source_output, first, second });
            }
        }
        Ok(())
    }

    /// Checks that the inputs add up to the outputs and the fee. The caller has checked that the
    /// sources exist.
    fn check_balance(&self, transaction: usize, spend: &Spend) -> Result<(), WorkloadError> {
        let overflow = WorkloadError::Overflow { transaction };
        let sources = spend.inputs.iter().filter_map(|&source| self.payment(source));
        let inputs = checked_sum(sources.map(|payment| payment.amount));
        let created = spend.outputs.iter().map(|payment| payment.amount);
        let outputs_and_fee = checked_sum(created.chain([spend.fee]));
        let (Some(inputs), Some(outputs_and_fee)) = (inputs, outputs_and_fee) else {
            return Err(overflow);
        };
        if inputs != outputs_and_fee {
            return Err(WorkloadError::Unbalanced { transaction, inputs, outputs_and_fee });
        }
        Ok(())
    }
}

/// Checks that a transaction of the ledger can have so many inputs and outputs.
fn check_parts(transaction: usize, spend: &Spend) -> Result<(), WorkloadError> {
    let (inputs, outputs) = (spend.inputs.len(), spend.outputs.len());
    if inputs > INPUTS_MAX || outputs > INPUTS_MAX {
        return Err(WorkloadError::TooManyParts { transaction, inputs, outputs });
    }
    Ok(())
}

/// Checks that there is an output, and that every amount and the fee are at least 1.
fn check_outputs(transaction: usize, spend: &Spend) -> Result<(), WorkloadError> {
    if spend.outputs.is_empty() {
        return Err(WorkloadError::NoOutputs { transaction });
    }
    if let Some(output) = spend.outputs.iter().position(|payment| payment.amount == 0) {
        return Err(WorkloadError::ZeroAmount { output: Source::Created { transaction, output } });
    }
    if spend.fee == 0 {
        return Err(WorkloadError::NoFee { transaction });
    }
    Ok(())
}

/// The sum of the amounts. If it exceeds the ledger's supply, it is returned as an error.
pub(crate) fn within_supply(amounts: impl IntoIterator<Item = u64>) -> Result<u64, u128> {
    let sum: u128 = amounts.into_iter().map(u128::from).sum();
    u64::try_from(sum).ok().filter(|sum| *sum <= SUPPLY).ok_or(sum)
}

/// The sum of the amounts, or `None` if it does not fit in 64 bits.
fn checked_sum(amounts: impl IntoIterator<Item = u64>) -> Option<u64> {
    amounts.into_iter().try_fold(0, u64::checked_add)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pay(amount: u64) -> Payment {
        Payment { owner: OwnerSeed([7; 32]), amount, data_hash: None }
    }

    fn genesis(index: usize) -> Source {
        Source::Genesis { index }
    }

    fn created(transaction: usize, output: usize) -> Source {
        Source::Created { transaction, output }
    }

    fn spend(inputs: &[Source], amounts: &[u64], fee: u64) -> Spend {
        Spend { inputs: inputs.to_vec(), outputs: amounts.iter().copied().map(pay).collect(), fee }
    }

    /// ```text
    /// genesis 0 (10) -> 0 -> [6, 3] -> 1 (takes 6) -> [5] -> 2 (takes 5 and 3) -> [7]
    /// genesis 1 (4)  -> 3 -> [3]
    /// ```
    fn diamond_and_one() -> Workload {
        Workload {
            genesis: vec![pay(10), pay(4)],
            spends: vec![
                spend(&[genesis(0)], &[6, 3], 1),
                spend(&[created(0, 0)], &[5], 1),
                spend(&[created(1, 0), created(0, 1)], &[7], 1),
                spend(&[genesis(1)], &[3], 1),
            ],
        }
    }

    /// The error of a valid workload that `tamper` has changed.
    fn error_after(tamper: impl FnOnce(&mut Workload)) -> WorkloadError {
        let mut workload = diamond_and_one();
        assert_eq!(workload.check(), Ok(()));
        tamper(&mut workload);
        workload.check().expect_err("the tampered workload is refused")
    }

    #[test]
    fn a_balanced_workload_in_order_passes() {
        assert_eq!(diamond_and_one().check(), Ok(()));
        assert_eq!(Workload::default().check(), Ok(()));
    }

    #[test]
    fn amounts_of_zero_are_refused() {
        assert_eq!(
            error_after(|workload| workload.genesis[1].amount = 0),
            WorkloadError::ZeroAmount { output: genesis(1) }
        );
        assert_eq!(
            error_after(|workload| workload.spends[0].outputs[1].amount = 0),
            WorkloadError::ZeroAmount { output: created(0, 1) }
        );
    }

    #[test]
    fn sources_that_do_not_exist_are_refused() {
        for source_output in [genesis(2), created(4, 0), created(1, 1)] {
            assert_eq!(
                error_after(|workload| workload.spends[2].inputs[1] = source_output),
                WorkloadError::UnknownSource { transaction: 2, input: 1, source_output }
            );
        }
    }

    #[test]
    fn sources_of_the_same_or_a_later_transaction_are_refused() {
        for source_output in [created(1, 0), created(2, 0)] {
            assert_eq!(
                error_after(|workload| workload.spends[1].inputs[0] = source_output),
                WorkloadError::NotEarlier { transaction: 1, input: 0, source_output }
            );
        }
    }

    #[test]
    fn an_output_is_spent_once_only() {
        assert_eq!(
            error_after(|workload| workload.spends[3].inputs[0] = genesis(0)),
            WorkloadError::SpentTwice { source_output: genesis(0), first: 0, second: 3 }
        );
        assert_eq!(
            error_after(|workload| workload.spends[2].inputs[1] = created(1, 0)),
            WorkloadError::SpentTwice { source_output: created(1, 0), first: 2, second: 2 }
        );
    }

    #[test]
    fn a_transaction_has_outputs_and_a_fee() {
        assert_eq!(
            error_after(|workload| workload.spends[3].outputs.clear()),
            WorkloadError::NoOutputs { transaction: 3 }
        );
        assert_eq!(
            error_after(|workload| {
                workload.spends[3].fee = 0;
                workload.spends[3].outputs[0].amount = 4;
            }),
            WorkloadError::NoFee { transaction: 3 }
        );
    }

    #[test]
    fn a_transaction_balances_to_the_unit() {
        for (fee, outputs_and_fee) in [(2, 5), (u64::MAX - 3, u64::MAX)] {
            assert_eq!(
                error_after(|workload| workload.spends[3].fee = fee),
                WorkloadError::Unbalanced { transaction: 3, inputs: 4, outputs_and_fee }
            );
        }
        assert_eq!(
            error_after(|workload| workload.spends[3].inputs.clear()),
            WorkloadError::Unbalanced { transaction: 3, inputs: 0, outputs_and_fee: 4 }
        );
    }

    #[test]
    fn sums_beyond_64_bits_are_errors_and_never_wrap() {
        assert_eq!(
            error_after(|workload| workload.genesis[0].amount = u64::MAX),
            WorkloadError::ExceedsSupply { units: u128::from(u64::MAX) + 4 }
        );
        // 3 + (2^64 - 3 + 4) wraps to 4, which is what the input holds.
        assert_eq!(
            error_after(|workload| {
                workload.spends[3] = spend(&[genesis(1)], &[3, u64::MAX - 2], 4)
            }),
            WorkloadError::Overflow { transaction: 3 }
        );
    }

    #[test]
    fn the_genesis_outputs_hold_the_supply_at_most() {
        let mut workload = diamond_and_one();
        workload.genesis.push(pay(SUPPLY - 14));
        assert_eq!(workload.check(), Ok(()));
        workload.genesis.push(pay(1));
        let units = u128::from(SUPPLY) + 1;
        assert_eq!(workload.check(), Err(WorkloadError::ExceedsSupply { units }));
    }

    #[test]
    fn a_transaction_has_room_for_1024_inputs_and_as_many_outputs() {
        let full = vec![1; INPUTS_MAX];
        let over = vec![1; INPUTS_MAX + 1];
        for (inputs, outputs, fits) in
            [(&full, &full, true), (&over, &full, false), (&full, &over, false)]
        {
            let (inputs, amounts) = (inputs.len(), outputs);
            let spent: Vec<Source> = (0..inputs).map(genesis).collect();
            let mut workload =
                Workload { genesis: vec![pay(1); inputs], spends: vec![spend(&spent, amounts, 1)] };
            workload.genesis[0].amount = (amounts.len() + 2 - inputs) as u64;
            let error =
                WorkloadError::TooManyParts { transaction: 0, inputs, outputs: amounts.len() };
            assert_eq!(workload.check(), if fits { Ok(()) } else { Err(error) });
        }
    }

    #[test]
    fn isolated_transactions_have_neither_parents_nor_children() {
        let workload = diamond_and_one();
        assert_eq!(workload.isolated(), [3]);
        let one_by_one: Vec<bool> = (0..5).map(|spend| workload.is_isolated(spend)).collect();
        assert_eq!(one_by_one, [false, false, false, true, false]);
        assert!(Workload::default().isolated().is_empty());
    }

    #[test]
    fn depth_is_the_length_of_the_longest_chain() {
        let mut workload = diamond_and_one();
        assert_eq!(workload.depth(), 3);
        workload.spends.truncate(2);
        assert_eq!(workload.depth(), 2);
        workload.spends.truncate(1);
        assert_eq!(workload.depth(), 1);
        assert_eq!(Workload::default().depth(), 0);
    }

    #[test]
    fn errors_name_the_transactions_and_the_output() {
        let error = error_after(|workload| workload.spends[3].inputs[0] = created(0, 1));
        let text = error.to_string();
        assert!(text.starts_with("transactions 2 and 3 both spend output 1 of transaction 0"));
    }
}
