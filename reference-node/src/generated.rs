//! Generated workloads: any number of payments, the same for the same seed.

use std::num::NonZeroU64;

use ioschain_spec::primitives::hash::sha256;
use ioschain_spec::primitives::stream::Stream;

use crate::workload::{OwnerSeed, Payment, Source, Spend, Workload};

/// How many owners there are; few, so that most of them pay more than once.
const OWNERS: u64 = 40;
/// One input in three spends an output that the workload created.
const ONE_CREATED_IN: u64 = 3;
/// Up to so many inputs, and up to so many outputs.
const PARTS_MAX: u64 = 3;
/// What a genesis output holds, in units: enough for three outputs and the fee.
const GENESIS_AMOUNTS: (u64, u64) = (1_000, 9_999);
/// Fees are 1 to this, in units.
const FEE_MAX: u64 = 5;

/// A workload of `payments` transactions with one to three inputs and outputs each, some of them in
/// chains.
pub fn generated_workload(seed: u64, payments: usize) -> Workload {
    let stream = Stream::new(sha256(&[b"generated workload", &seed.to_le_bytes()]));
    let mut generator = Generator { stream, workload: Workload::default(), unspent: Vec::new() };
    for _ in 0..payments {
        generator.add_spend();
    }
    generator.workload
}

struct Generator {
    stream: Stream,
    workload: Workload,
    /// Created outputs that nobody spends yet.
    unspent: Vec<(Source, u64)>,
}

impl Generator {
    /// A number from 1 to `most`.
    fn up_to(&mut self, most: u64) -> u64 {
        NonZeroU64::new(most).map_or(0, |bound| self.stream.below(bound)) + 1
    }

    fn owner(&mut self) -> OwnerSeed {
        let number = self.up_to(OWNERS);
        OwnerSeed(sha256(&[b"generated owner", &number.to_le_bytes()]).0)
    }

    fn add_spend(&mut self) {
        let mut inputs = Vec::new();
        let mut amount = 0;
        for _ in 0..self.up_to(PARTS_MAX) {
            let (source, held) = self.take_source();
            inputs.push(source);
            amount += held;
        }
        let fee = self.up_to(FEE_MAX);
        let outputs = self.split(amount - fee);
        let transaction = self.workload.spends.len();
        let created = outputs.iter().enumerate();
        let created = created
            .map(|(output, payment)| (Source::Created { transaction, output }, payment.amount));
        // An output too small to be spent alone stays where it is.
        self.unspent.extend(created.filter(|(_, held)| *held > FEE_MAX + PARTS_MAX));
        self.workload.spends.push(Spend { inputs, outputs, fee });
    }

    /// Something to spend, and how much it holds.
    fn take_source(&mut self) -> (Source, u64) {
        if !self.unspent.is_empty() && self.up_to(ONE_CREATED_IN) == 1 {
            let chosen = self.up_to(self.unspent.len() as u64) - 1;
            return self.unspent.swap_remove(chosen as usize);
        }
        let (least, most) = GENESIS_AMOUNTS;
        let amount = least - 1 + self.up_to(most - least + 1);
        let owner = self.owner();
        self.workload.genesis.push(Payment { owner, amount, data_hash: None });
        (Source::Genesis { index: self.workload.genesis.len() - 1 }, amount)
    }

    /// `amount` in one to three parts, each at least 1.
    fn split(&mut self, mut amount: u64) -> Vec<Payment> {
        let parts = self.up_to(PARTS_MAX);
        let mut outputs = Vec::new();
        for left in (1..parts).rev() {
            let part = self.up_to(amount - left);
            outputs.push(Payment { owner: self.owner(), amount: part, data_hash: None });
            amount -= part;
        }
        outputs.push(Payment { owner: self.owner(), amount, data_hash: None });
        outputs
    }
}

#[cfg(test)]
mod tests {
    use super::generated_workload;

    #[test]
    fn generated_workloads_are_well_formed_and_have_chains() {
        for seed in 0..20 {
            let workload = generated_workload(seed, 200);
            assert_eq!(workload.check(), Ok(()));
            assert_eq!(workload.spends.len(), 200);
            assert!(workload.depth() > 2, "seed {seed} has no chain");
            assert!(workload.isolated().len() > 10, "seed {seed} has nothing to conflict with");
        }
    }

    #[test]
    fn a_seed_fixes_the_workload() {
        assert_eq!(generated_workload(7, 50), generated_workload(7, 50));
        assert_ne!(generated_workload(7, 50), generated_workload(8, 50));
    }
}
