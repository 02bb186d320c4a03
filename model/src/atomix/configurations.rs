//! The configurations that are checked, with their names.
//!
//! A name gives the size: `k2-l1-t1` has k = 2 input shards, l = 1 output shard and t = 1
//! transaction. With `-e2`, each shard may close two epochs. A word in a name says what is special.
//! The topology decides which faults a model can detect. Two transactions that share two inputs, or
//! three in a ring, detect variants that two transactions with one common input do not detect.

use super::plan::{Plan, Planned, Source};
use ioschain_spec::primitives::numbers::Epoch;

/// Conflicting transactions over the same k coins. Each has l output shards of its own.
pub fn shared(inputs: u16, outputs: u16, transactions: usize, epochs: u64) -> Plan {
    let coins = (0..usize::from(inputs)).map(Source::Coin).collect::<Vec<_>>();
    let payees = (inputs + 1..=inputs + outputs).collect::<Vec<_>>();
    let suffix = if epochs > 0 { format!("-e{epochs}") } else { String::new() };
    Plan {
        name: format!("k{inputs}-l{outputs}-t{transactions}{suffix}"),
        about: match transactions {
            1 => "one payment".to_owned(),
            _ => format!("{transactions} payments of the same coins"),
        },
        shards: inputs + outputs,
        coins: (1..=inputs).collect(),
        transactions: vec![Planned::new(coins, payees); transactions],
        epochs,
        has_strangers: true,
    }
}

fn special(name: &str, about: &str, shards: u16, coins: &[u16], transactions: &[Planned]) -> Plan {
    Plan {
        name: name.to_owned(),
        about: about.to_owned(),
        shards,
        coins: coins.to_vec(),
        transactions: transactions.to_vec(),
        epochs: 0,
        has_strangers: true,
    }
}

/// A configuration in which each shard may close this many epochs.
pub fn with_epochs(plan: Plan, epochs: u64) -> Plan {
    Plan { name: format!("{}-e{epochs}", plan.name), epochs, ..plan }
}

/// A payment whose payer gets change, so that an input shard is an output shard too.
pub fn change() -> Plan {
    let payment = Planned::new([Source::Coin(0), Source::Coin(1)], [1, 3]);
    special("change", "a payment with change", 3, &[1, 2], &[payment])
}

/// A payment whose output is spent in its own shard. The shard then forgets the output, and must
/// not create it again. A request to commit the payment can arrive after the output was spent.
pub fn spend() -> Plan {
    let payment = Planned::new([Source::Coin(0), Source::Coin(1)], [3]);
    let spending = Planned::new([Source::Output { transaction: 0, index: 0 }], [3]);
    special(
        "spend",
        "an output that is spent where it was created",
        3,
        &[1, 2],
        &[payment, spending],
    )
}

/// A payment that spends an output which another payment has not created yet.
pub fn chain() -> Plan {
    let first = Planned::new([Source::Coin(0)], [2]);
    let second = Planned::new([Source::Output { transaction: 0, index: 0 }, Source::Coin(1)], [1]);
    special("chain", "an input that arrives later", 3, &[1, 3], &[first, second])
}

/// Three payments, of which any two share a coin.
pub fn ring() -> Plan {
    let pays = |one, other| Planned::new([Source::Coin(one), Source::Coin(other)], [4]);
    let transactions = [pays(0, 1), pays(1, 2), pays(2, 0)];
    special("ring", "three payments in a ring of conflicts", 4, &[1, 2, 3], &transactions)
}

/// The ring, with every payment a second time under another id.
pub fn ring_twice() -> Plan {
    let Plan { transactions, .. } = ring();
    let twice = [transactions.clone(), transactions].concat();
    special("ring-twice", "the ring with two tries of every payment", 4, &[1, 2, 3], &twice)
}

/// Two conflicting payments that block each other, and a second attempt that spends the refunds of
/// both.
pub fn retry() -> Plan {
    let payment = Planned::new([Source::Coin(0), Source::Coin(1)], [3]);
    let retry = Planned::new(
        [Source::Refund { transaction: 0, coin: 0 }, Source::Refund { transaction: 1, coin: 1 }],
        [3],
    );
    let transactions = [payment.clone(), payment, retry];
    special("retry", "a second try after an abort", 3, &[1, 2], &transactions)
}

/// A payment that claims more than its coin contains, and an honest payment of the same coins.
pub fn overclaim() -> Plan {
    let honest = Planned::new([Source::Coin(0), Source::Coin(1)], [3]);
    let greedy = Planned { overclaim: 7, ..honest.clone() };
    special("overclaim", "a payment that claims more than there is", 3, &[1, 2], &[honest, greedy])
}

/// A transaction that spends nothing.
pub fn from_nothing() -> Plan {
    let nothing = Planned::new([], [1]);
    let payment = Planned::new([Source::Coin(0)], [2]);
    special("from-nothing", "a transaction without inputs", 2, &[1], &[payment, nothing])
}

/// Two payments of one coin. One of them can be locked one epoch longer.
pub fn late() -> Plan {
    let early = Planned::new([Source::Coin(0), Source::Coin(1)], [3]);
    let late = Planned { expiry_epoch: Epoch(2), ..early.clone() };
    with_epochs(
        special("late", "payments that expire in different epochs", 3, &[1, 2], &[early, late]),
        3,
    )
}

/// The configurations that are small enough for every run of the tests.
pub fn quick() -> Vec<Plan> {
    vec![
        shared(1, 1, 1, 0),
        shared(2, 1, 1, 0),
        shared(1, 1, 2, 0),
        shared(2, 1, 2, 0),
        shared(2, 2, 2, 0),
        shared(3, 2, 2, 0),
        change(),
        spend(),
        chain(),
        overclaim(),
        from_nothing(),
        ring(),
        shared(1, 2, 1, 2),
        shared(2, 1, 1, 3),
        shared(2, 1, 2, 2),
        with_epochs(change(), 2),
        with_epochs(spend(), 2),
        with_epochs(chain(), 2),
        with_epochs(retry(), 1),
    ]
}

/// The configurations of the full tier: the larger ones, which take minutes.
pub fn full() -> Vec<Plan> {
    vec![
        retry(),
        with_epochs(retry(), 2),
        late(),
        shared(2, 2, 2, 1),
        with_epochs(ring(), 1),
        shared(3, 2, 3, 1),
        shared(3, 2, 5, 0),
        shared(3, 2, 4, 1),
        ring_twice(),
    ]
}

/// The configurations of the nightly tier: 10⁸ states and more, for a search that stores
/// fingerprints only.
pub fn nightly() -> Vec<Plan> {
    vec![shared(3, 2, 5, 1)]
}

/// The configuration for swarms of random walks. It is too large to be searched completely.
pub fn swarm() -> Plan {
    let Plan { transactions, coins, .. } = ring();
    let late = |planned: &Planned| Planned { expiry_epoch: Epoch(2), ..planned.clone() };
    let later = transactions.iter().map(late).collect::<Vec<_>>();
    let all = [transactions, later].concat();
    with_epochs(special("swarm", "a ring of conflicts over three epochs", 4, &coins, &all), 4)
}

/// The configuration with this name, of any tier.
pub fn by_name(name: &str) -> Option<Plan> {
    quick()
        .into_iter()
        .chain(full())
        .chain(nightly())
        .chain([swarm()])
        .find(|plan| plan.name == name)
}
