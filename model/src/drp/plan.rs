//! What a model of the randomness protocol is about: how many validators, who of them is malicious,
//! what they try, and how far a run goes. Every bound of a result stands here.

mod configurations;

pub use configurations::*;

/// The group that secrets are shared in.
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

/// A deal, as somebody may put it into a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DealKind {
    /// The one that an honest dealer sent.
    Genuine,
    /// One by a malicious dealer that keeps every rule, with this secret.
    Valid(u8),
    /// One by a malicious dealer whose last encrypted share is not the committed one.
    Inconsistent,
    /// One by a malicious dealer with two coefficients too many, if the group is large enough, or
    /// one.
    HighDegree,
    /// An honest dealer's of the epoch before, whose secret everybody knows by now.
    Old,
    /// One that the leader made in an honest dealer's name.
    Forged,
    /// The honest deal of the group's first honest member, under a malicious dealer's name.
    Copied,
}

/// In which steps honest servers act together and in the order of their positions, instead of each
/// whenever it likes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interleaving {
    /// Every order of every step.
    Every,
    /// They deal together, and do everything else in every order.
    DealTogether,
    /// They deal together, agree together, give up together, and decrypt one after the other.
    Ordered,
}

/// Whether honest validators crash, at any time and any number of times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restarts {
    /// They do not.
    Never,
    /// They come back with what they persisted.
    Remembering,
    /// They come back with nothing, against the specification.
    Forgetting,
}

/// What a malicious leader may propose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choices {
    /// How a malicious server deals.
    pub corrupt: Vec<DealKind>,
    /// Which deals of honest servers are tried.
    pub honest: Vec<DealKind>,
    /// Of each group fewer inputs than its threshold, too.
    pub fewer: bool,
    /// Only as many of a group's malicious members as fit and then the first honest ones, or the
    /// first honest ones alone; instead of every subset.
    pub by_counts: bool,
}

/// A plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub about: String,
    /// n.
    pub validators: u8,
    /// Servers of a group, about.
    pub group_size: u16,
    /// The group that secrets are shared in.
    pub in_group: InGroup,
    /// The ranks whose leaders are malicious, out of those below `runs`.
    pub corrupt_ranks: Vec<usize>,
    /// How many members of each group of rank 0's run are malicious besides: the first that lead no
    /// run.
    pub corrupt_members: Vec<usize>,
    /// How many ranks may have their turn, at most 3.
    pub runs: usize,
    /// How many announcements a malicious leader makes of its run: 1, or 2 that differ in their
    /// signature.
    pub announcements: usize,
    /// What is proposed.
    pub choices: Choices,
    /// Who acts when.
    pub interleaving: Interleaving,
    /// Whether validators hear I3 before it is ordered.
    pub hears_commits: bool,
    /// Whether deadlines come.
    pub gives_up: bool,
    /// Whether shares are heard, up to the number.
    pub recovers: bool,
    /// By how much at most a malicious server's shares are off, counted from 0.
    pub forged_shares: u8,
    /// Whether honest validators crash and come back.
    pub restarts: Restarts,
    /// What the honest validators' coins come from; keys, and so leaders and groups, do not.
    pub seed: u8,
}

impl Plan {
    /// Its bounds in words.
    pub fn bounds(&self) -> String {
        let order = match self.interleaving {
            Interleaving::Every => "every order",
            Interleaving::DealTogether => "deals together, then every order",
            Interleaving::Ordered => "honest servers in order and together",
        };
        let group = match self.in_group {
            InGroup::Toy5 => "GF(5)",
            InGroup::Toy7 => "GF(7)",
            InGroup::Toy11 => "GF(11)",
            InGroup::Ristretto255 => "ristretto255",
        };
        let restarts = match self.restarts {
            Restarts::Never => "",
            Restarts::Remembering => ", who crash and come back",
            Restarts::Forgetting => ", who crash and forget",
        };
        format!(
            "n = {}, groups of {}, malicious: {} leaders and {} servers, {} run(s), {order}{restarts}, in {group}",
            self.validators,
            self.group_size,
            self.corrupt_ranks.len(),
            self.corrupt_members.iter().sum::<usize>(),
            self.runs
        )
    }
}

impl Choices {
    /// Deals that keep every rule, and every subset of them.
    pub fn of_valid_deals(secrets: u8) -> Self {
        Self {
            corrupt: (0..secrets).map(DealKind::Valid).collect(),
            honest: vec![DealKind::Genuine],
            fewer: false,
            by_counts: false,
        }
    }
}
