//! The plan of a model of the randomness protocol: the number of validators, which of them are
//! malicious, what the malicious ones try, and how far a run goes. A plan contains every bound of a
//! result.

mod configurations;

pub use configurations::*;

/// The group in which secrets are shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InGroup {
    /// The integers modulo 5.
    Toy5,
    /// The integers modulo 7.
    Toy7,
    /// The integers modulo 11.
    Toy11,
    /// The group of the protocol.
    Ristretto255,
}

/// A kind of deal that somebody can put into a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DealKind {
    /// The deal that an honest dealer sent.
    Genuine,
    /// A deal by a malicious dealer that obeys every rule. The secret is this number.
    Valid(u8),
    /// A deal by a malicious dealer. Its last encrypted share is not the committed one.
    Inconsistent,
    /// A deal by a malicious dealer with two coefficients too many, or with as many as the group
    /// has members if that is fewer.
    HighDegree,
    /// A deal that an honest dealer made in the epoch before. Everybody knows its secret by now.
    Old,
    /// A deal that the leader made in an honest dealer's name.
    Forged,
    /// The honest deal of the group's first honest member, under a malicious dealer's name.
    Copied,
}

/// The steps that all honest servers take together, in the order of their positions. Each server
/// takes the other steps alone, at any time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interleaving {
    /// They take no step together: the model has every order of every step.
    Every,
    /// They deal together. The model has every order of the other steps.
    DealTogether,
    /// They deal together, agree together, give up together, and decrypt one after the other.
    Ordered,
}

/// Whether honest validators crash, at any time and any number of times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restarts {
    /// Honest validators do not crash.
    Never,
    /// Honest validators crash, and return with what they persisted.
    Remembering,
    /// Honest validators crash, and return with an empty memory. The specification forbids this.
    Forgetting,
}

/// The proposals that a malicious leader can make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choices {
    /// The kinds of deals of a malicious server.
    pub corrupt: Vec<DealKind>,
    /// The kinds of deals that are proposed as those of honest servers.
    pub honest: Vec<DealKind>,
    /// Whether the leader also proposes fewer inputs of a group than its threshold.
    pub fewer: bool,
    /// Whether only two subsets of each group are proposed, instead of every subset: as many
    /// malicious members as fit, followed by the first honest members; and the first honest members
    /// alone.
    pub by_counts: bool,
}

/// The plan of a model: its bounds, and what its adversary can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The name of the plan.
    pub name: String,
    /// The purpose of the plan, in a few words.
    pub about: String,
    /// The number n of validators.
    pub validators: u8,
    /// The approximate number of servers in a group.
    pub group_size: u16,
    /// The group in which secrets are shared.
    pub in_group: InGroup,
    /// The ranks whose leaders are malicious. Each is below `runs`.
    pub corrupt_ranks: Vec<usize>,
    /// For each group of the run of rank 0, the number of its members that are malicious too. They
    /// are the first members that lead no run.
    pub corrupt_members: Vec<usize>,
    /// The number of ranks that can have their turn, at most 3.
    pub runs: usize,
    /// The number of announcements that a malicious leader makes of its run: 1, or 2 that differ in
    /// their signature.
    pub announcements: usize,
    /// The proposals that a malicious leader can make.
    pub choices: Choices,
    /// The order in which honest servers act.
    pub interleaving: Interleaving,
    /// Whether validators receive I3 before it is ordered.
    pub hears_commits: bool,
    /// Whether the deadlines of steps can pass.
    pub gives_up: bool,
    /// Whether validators receive shares, until they have the number.
    pub recovers: bool,
    /// The largest difference between a share that a malicious server sends and the true share. It
    /// sends one share for each difference from 0 up to this one.
    pub forged_shares: u8,
    /// Whether honest validators crash, and with which memory they return.
    pub restarts: Restarts,
    /// The seed of the honest validators' random choices. Keys do not depend on it, and so neither
    /// do leaders and groups.
    pub seed: u8,
}

impl Plan {
    /// The bounds of the plan in words.
    pub fn bounds(&self) -> String {
        let order = match self.interleaving {
            Interleaving::Every => "every order",
            Interleaving::DealTogether => "honest servers deal at the same time, then every order",
            Interleaving::Ordered => "honest servers act one after the other or all at once",
        };
        let group = match self.in_group {
            InGroup::Toy5 => "GF(5)",
            InGroup::Toy7 => "GF(7)",
            InGroup::Toy11 => "GF(11)",
            InGroup::Ristretto255 => "ristretto255",
        };
        let restarts = match self.restarts {
            Restarts::Never => "",
            Restarts::Remembering => ", and can crash and restart with what they persisted",
            Restarts::Forgetting => ", and can crash and forget",
        };
        format!(
            "n = {}, groups of {}, malicious: {} and {}, {}, {order}{restarts}, in {group}",
            self.validators,
            self.group_size,
            crate::words::count(self.corrupt_ranks.len(), "leader"),
            crate::words::count(self.corrupt_members.iter().sum::<usize>(), "server"),
            crate::words::count(self.runs, "run")
        )
    }
}

impl Choices {
    /// Valid deals of malicious servers with the secrets from 0 up to `secrets` − 1, and genuine
    /// deals of honest servers. Every subset of a group's members that has the size of the
    /// threshold is proposed.
    pub fn of_valid_deals(secrets: u8) -> Self {
        Self {
            corrupt: (0..secrets).map(DealKind::Valid).collect(),
            honest: vec![DealKind::Genuine],
            fewer: false,
            by_counts: false,
        }
    }
}
