//! The plans that are checked, with their names.

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

/// An honest leader with four servers, one of them malicious with an invalid deal, until the number
/// is known.
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

/// The same with three servers, and with every order of their steps.
pub fn honest_leader_of_three() -> Plan {
    Plan {
        validators: 4,
        group_size: 3,
        interleaving: Interleaving::Every,
        ..renamed(honest_leader(), "honest-leader-of-three", "an honest leader of three servers")
    }
}

/// For exact values: one malicious member of a group of three, and deadlines.
pub fn withheld_share() -> Plan {
    Plan {
        validators: 4,
        group_size: 3,
        ..renamed(malicious_ranks(1), "withheld-share", "three servers, for exact values")
    }
}

/// A malicious leader with four servers, one of them malicious.
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

/// The same, with false shares, until the number is known.
pub fn false_shares() -> Plan {
    Plan {
        recovers: true,
        forged_shares: 1,
        interleaving: Interleaving::Ordered,
        ..renamed(corrupt_leader(), "false-shares", "shares that must be refused, until the number")
    }
}

/// A malicious leader with three servers, one of them malicious, until the number is known.
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

/// A malicious leader, whom the honest validators can give up, and an honest leader after it.
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

/// A malicious leader and a malicious server, with deadlines, and with I3 before it is ordered.
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

/// A malicious leader that makes two announcements, with three servers, one of them malicious. The
/// honest validators crash and restart.
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

/// For exact values: a malicious leader and a malicious server, which deal every secret. Each
/// server agrees alone.
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

/// For exact values: the same deals, also old and forged ones, and fewer inputs.
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

/// For exact values: every false share, until the number is known.
pub fn every_share() -> Plan {
    Plan {
        forged_shares: 4,
        choices: Choices { by_counts: true, ..valid(1) },
        ..renamed(false_shares(), "every-share", "false shares of every kind, for exact values")
    }
}

/// For exact values: a deal with too many coefficients, until the number is known.
pub fn high_degree() -> Plan {
    Plan {
        recovers: true,
        interleaving: Interleaving::DealTogether,
        choices: Choices { corrupt: vec![DealKind::HighDegree], by_counts: true, ..valid(0) },
        ..renamed(corrupt_leader(), "high-degree", "coefficients too many, for exact values")
    }
}

/// For exact values: malicious leaders of the first `ranks` ranks. A malicious leader is also a
/// server in the other's run.
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

/// The plans for exact values.
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

/// For exact values: each server agrees alone, and receives I3 alone.
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

/// The failover plan, with every order of the steps.
pub fn failover_in_every_order() -> Plan {
    Plan {
        interleaving: Interleaving::Every,
        ..renamed(failover(), "failover-in-every-order", "as failover, in every order")
    }
}

/// The plans of the full tier.
pub fn full() -> Vec<Plan> {
    vec![failover_in_every_order(), large(32)]
}

/// The plan with this name, of any kind.
pub fn by_name(name: &str) -> Option<Plan> {
    let all = quick().into_iter().chain(full()).chain(valued());
    all.into_iter().find(|plan| plan.name == name)
}

/// A plan with two groups of three servers.
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

/// One group of `size` servers, with a malicious leader and the largest number of malicious servers
/// that cannot recover a secret.
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

/// The plans that are small enough for every run of the tests.
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
