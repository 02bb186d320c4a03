//! Where the models find something else than the lists of known weaknesses say.

use std::collections::BTreeMap;

use ioschain_model::atomix::check::Check;
use ioschain_model::atomix::configurations::{change, late, shared, with_epochs};
use ioschain_model::atomix::observed_suite::ModelRules;
use ioschain_model::atomix::plan::{Plan, Planned, Source};
use ioschain_model::atomix::properties::{CONSERVATION, RESOLUTION};
use ioschain_spec::atomix::Rules;
use ioschain_spec::atomix::attestation::Attests;
use ioschain_spec::ledger::{self, Decision};
use ioschain_spec::primitives::numbers::Epoch;
use ioschain_spec::suite::Suite;
use ioschain_spec::variants::OneRowForBothRoles;

/// All rows are dropped when an epoch ends, but transactions still expire. The registered variant
/// `DecisionsEndWithTheEpoch` drops the rows too, and its transactions do not expire. This test
/// shows how the two differ, so these rules are defined here and not registered.
struct RowsEndWithTheEpoch;

impl<S: Suite> ledger::Rules<S> for RowsEndWithTheEpoch {}

impl<S: Attests> Rules<S> for RowsEndWithTheEpoch {
    fn is_prunable(&self, _decision: &Decision, _epoch: Epoch) -> bool {
        true
    }
}

/// Every property that fails, with the length of the shortest way there, of all states.
fn broken(plan: Plan, rules: &'static ModelRules) -> BTreeMap<&'static str, usize> {
    let findings = Check::new(plan, "a weakened rule", rules).unwrap().run().findings;
    assert!(findings.is_complete);
    findings.failures.iter().map(|failure| (failure.property, failure.actions.len())).collect()
}

#[test]
fn rows_that_end_with_the_epoch_break_no_atomicity_where_transactions_expire() {
    let two_input_shards =
        [shared(2, 1, 1, 2), shared(2, 1, 2, 2), with_epochs(change(), 2), late()];
    for plan in two_input_shards {
        let name = plan.name.clone();
        let expected = BTreeMap::from([(CONSERVATION, 4), (RESOLUTION, 2)]);
        assert_eq!(broken(plan, &RowsEndWithTheEpoch), expected, "{name}");
    }
    let one_input_shard = shared(1, 1, 2, 2);
    let expected = BTreeMap::from([(CONSERVATION, 3)]);
    assert_eq!(broken(one_input_shard, &RowsEndWithTheEpoch), expected);
}

#[test]
fn one_row_for_both_roles_keeps_its_lock_unless_there_is_a_sweep() {
    for outputs in [[1, 3].as_slice(), &[1, 3, 4], &[1, 2, 3], &[1, 2]] {
        let payment = Planned::new([Source::Coin(0), Source::Coin(1)], outputs);
        let plan = Plan { shards: 4, transactions: vec![payment], ..change() };
        let found = broken(plan.clone(), &OneRowForBothRoles);
        assert_eq!(found, BTreeMap::from([(RESOLUTION, 1)]), "to {outputs:?}");
        for epochs in [1, 2] {
            let found = broken(with_epochs(plan.clone(), epochs), &OneRowForBothRoles);
            assert!(found.is_empty(), "to {outputs:?}, {epochs} epochs: {found:?}");
        }
    }
}
