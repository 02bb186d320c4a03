//! The plans that are checked, by name.

use super::{Choices, DealKind, InGroup, Interleaving, Plan, Restarts};

fn plan(name: &str, about: &str, validators: u8, group_size: u16) -> Plan {
    Plan {
        name: name.to_owned(),
        about: about.to_owned(),
        validators,
        group_size,
        in_group: InGroup::Toy5,
        corrupt_ranks: Vec::new(),
        corrupt_members: Vec::new(),
        runs: 1,
        announcements: 1,
        choices: Choices::of_valid_deals(1),
        interleaving: Interleaving::Every,
        hears_commits: false,
        gives_up: false,
        recovers: false,
        forged_shares: 0,
        restarts: Restarts::Never,
        seed: 0,
    }
}

/// An honest leader and a malicious server of four, whose deal is invalid, up to the number.
pub fn honest_leader() -> Plan {
    Plan {
        corrupt_members: vec![1],
        recovers: true,
        forged_shares: 1,
        interleaving: Interleaving::Ordered,
        choices: Choices { corrupt: vec![DealKind::Inconsistent], honest: Vec::new(), ..valid(0) },
        ..plan("honest-leader", "an honest leader, and an invalid deal", 5, 4)
    }
}

/// The same with three servers, in every order.
pub fn honest_leader_of_three() -> Plan {
    Plan {
        validators: 4,
        group_size: 3,
        interleaving: Interleaving::Every,
        ..renamed(honest_leader(), "honest-leader-of-three", "an honest leader of three servers")
    }
}

/// For exact values: a malicious member of three, and deadlines.
pub fn withheld_share() -> Plan {
    Plan {
        validators: 4,
        group_size: 3,
        ..renamed(malicious_ranks(1), "withheld-share", "three servers, for exact values")
    }
}

/// A malicious leader and a malicious server of four.
pub fn corrupt_leader() -> Plan {
    Plan {
        corrupt_ranks: vec![0],
        corrupt_members: vec![1],
        choices: valid(2),
        ..plan("corrupt-leader", "a malicious leader and server, every choice of inputs", 5, 4)
    }
}

/// The same, with two announcements that differ in their signature.
pub fn equivocation() -> Plan {
    Plan {
        announcements: 2,
        choices: valid(1),
        ..renamed(corrupt_leader(), "equivocation", "two announcements of one run")
    }
}

/// The same, with invalid, old, forged and copied deals, and fewer inputs.
pub fn false_deals() -> Plan {
    Plan {
        choices: Choices {
            corrupt: vec![
                DealKind::Valid(0),
                DealKind::Inconsistent,
                DealKind::HighDegree,
                DealKind::Copied,
            ],
            honest: vec![DealKind::Genuine, DealKind::Old, DealKind::Forged],
            fewer: true,
            by_counts: false,
        },
        interleaving: Interleaving::DealTogether,
        ..renamed(corrupt_leader(), "false-deals", "deals that must be refused, and fewer inputs")
    }
}

/// The same, with shares that are off, up to the number.
pub fn false_shares() -> Plan {
    Plan {
        recovers: true,
        forged_shares: 1,
        interleaving: Interleaving::Ordered,
        ..renamed(corrupt_leader(), "false-shares", "shares that must be refused, until the number")
    }
}

/// Three servers, one malicious, and a malicious leader, up to the number.
pub fn three_servers() -> Plan {
    Plan {
        corrupt_ranks: vec![0],
        corrupt_members: vec![1],
        recovers: true,
        interleaving: Interleaving::DealTogether,
        choices: Choices { corrupt: vec![DealKind::Inconsistent, DealKind::Valid(0)], ..valid(1) },
        ..plan(
            "three-servers",
            "a malicious leader, one of three servers malicious, until the number",
            4,
            3,
        )
    }
}

/// A malicious leader, whom the honest can give up, and an honest one after it.
pub fn failover() -> Plan {
    Plan {
        corrupt_ranks: vec![0],
        runs: 2,
        gives_up: true,
        hears_commits: true,
        interleaving: Interleaving::Ordered,
        choices: Choices { by_counts: true, ..valid(0) },
        ..plan("failover", "a malicious leader fails, an honest one follows", 4, 3)
    }
}

/// A malicious leader and a malicious server, with deadlines and I3 before it is ordered.
pub fn withheld_commit() -> Plan {
    Plan {
        gives_up: true,
        hears_commits: true,
        interleaving: Interleaving::Ordered,
        ..renamed(
            corrupt_leader(),
            "withheld-commit",
            "servers receive the commit (I3) before the log orders it, and deadlines pass",
        )
    }
}

/// A malicious leader of two announcements and a malicious server of three; the honest crash and
/// come back.
pub fn restarts() -> Plan {
    Plan {
        announcements: 2,
        hears_commits: true,
        gives_up: true,
        interleaving: Interleaving::Ordered,
        restarts: Restarts::Remembering,
        choices: valid(1),
        ..renamed(
            three_servers(),
            "restarts",
            "validators crash and restart, until they have the number",
        )
    }
}

/// For exact values: a malicious leader and server, who deal every secret; each server agrees on
/// its own.
pub fn every_secret() -> Plan {
    Plan {
        interleaving: Interleaving::DealTogether,
        choices: Choices { by_counts: true, ..valid(5) },
        ..renamed(
            corrupt_leader(),
            "every-secret",
            "malicious deals of every secret, for exact values",
        )
    }
}

/// For exact values: those deals, and old and forged ones, and fewer inputs.
pub fn every_false_secret() -> Plan {
    let honest = vec![DealKind::Genuine, DealKind::Old, DealKind::Forged];
    Plan {
        choices: Choices { honest, fewer: true, ..valid(5) },
        interleaving: Interleaving::Ordered,
        ..renamed(
            every_secret(),
            "every-false-secret",
            "old and forged deals too, for exact values",
        )
    }
}

/// For exact values: every false share, up to the number.
pub fn every_share() -> Plan {
    Plan {
        forged_shares: 4,
        choices: Choices { by_counts: true, ..valid(1) },
        ..renamed(false_shares(), "every-share", "false shares of every kind, for exact values")
    }
}

/// For exact values: a deal with coefficients too many, up to the number.
pub fn high_degree() -> Plan {
    Plan {
        recovers: true,
        interleaving: Interleaving::DealTogether,
        choices: Choices { corrupt: vec![DealKind::HighDegree], by_counts: true, ..valid(0) },
        ..renamed(corrupt_leader(), "high-degree", "coefficients too many, for exact values")
    }
}

/// For exact values: malicious leaders of this many ranks, one of whom is a server of the other's
/// run.
pub fn malicious_ranks(ranks: usize) -> Plan {
    Plan {
        corrupt_ranks: (0..ranks).collect(),
        corrupt_members: vec![usize::from(ranks == 1)],
        runs: ranks,
        choices: Choices { by_counts: true, ..valid(1) },
        ..renamed(
            withheld_commit(),
            &format!("ranks-{ranks}"),
            "leaders of these ranks are malicious, for exact values",
        )
    }
}

/// Those of the exact values.
pub fn valued() -> Vec<Plan> {
    vec![
        every_secret(),
        every_false_secret(),
        every_share(),
        three_servers(),
        high_degree(),
        malicious_ranks(1),
        malicious_ranks(2),
        withheld_share(),
        equivocating_quorum(),
    ]
}

/// For exact values: each server agrees, and hears I3, on its own.
pub fn equivocating_quorum() -> Plan {
    Plan {
        hears_commits: true,
        choices: Choices { by_counts: true, ..valid(1) },
        ..renamed(
            every_secret(),
            "equivocating-quorum",
            "each server hears its own I3, for exact values",
        )
    }
}

/// The failover in every order.
pub fn failover_in_every_order() -> Plan {
    Plan {
        interleaving: Interleaving::Every,
        ..renamed(failover(), "failover-in-every-order", "as failover, in every order")
    }
}

/// Those of the full tier.
pub fn full() -> Vec<Plan> {
    vec![failover_in_every_order(), large(32)]
}

/// A plan of any kind.
pub fn by_name(name: &str) -> Option<Plan> {
    let all = quick().into_iter().chain(full()).chain(valued());
    all.into_iter().find(|plan| plan.name == name)
}

/// Two groups of three.
pub fn two_groups() -> Plan {
    Plan {
        corrupt_ranks: vec![0],
        corrupt_members: vec![1, 0],
        interleaving: Interleaving::Ordered,
        in_group: InGroup::Toy7,
        choices: Choices { corrupt: vec![DealKind::Inconsistent, DealKind::Valid(0)], ..valid(1) },
        ..plan("two-groups", "two groups of three", 7, 3)
    }
}

/// One group of `size`, with a malicious leader and as many malicious servers as may not know a
/// secret.
pub fn large(size: u8) -> Plan {
    let honest = size - size / 3;
    Plan {
        corrupt_ranks: vec![0],
        corrupt_members: vec![usize::from(size - honest)],
        interleaving: Interleaving::Ordered,
        in_group: InGroup::Ristretto255,
        choices: Choices { by_counts: true, ..valid(1) },
        ..plan(&format!("c{size}"), "one group, honest servers in order", size + 1, size.into())
    }
}

fn valid(secrets: u8) -> Choices {
    Choices::of_valid_deals(secrets)
}

fn renamed(plan: Plan, name: &str, about: &str) -> Plan {
    Plan { name: name.to_owned(), about: about.to_owned(), ..plan }
}

/// Small enough for every run of the tests.
pub fn quick() -> Vec<Plan> {
    vec![
        honest_leader(),
        honest_leader_of_three(),
        corrupt_leader(),
        equivocation(),
        false_deals(),
        false_shares(),
        three_servers(),
        failover(),
        withheld_commit(),
        restarts(),
        two_groups(),
        large(16),
    ]
}
