//! Weakened rules. Each variant is the specification with one rule changed, to show what this rule
//! prevents. Variants are for tests and models only, and the module exists only with the feature
//! `variants`.
//!
//! A variant is a type that overrides as few methods of a section's `Rules` as it can. Two variants
//! that weaken the same method in the same way share one body: the second one calls the first.
//! Where the paper itself is the weaker text, that body is in [`WhitePaper`].
//!
//! | module | what it weakens |
//! |---|---|
//! | [`white_paper`] | whatever the paper says differently, in all sections |
//! | [`ledger`] | §3: what a transaction and its inputs are checked for |
//! | [`cosi`] | §4: collective signing |
//! | [`drp`] | §4: deals, inputs, thresholds, shares and deadlines |
//! | [`sharding`] | §5: the lottery, and who may lead after a failure |
//! | [`atomix`] | §7: votes, proofs, settlement, memory and the sweep |
//! | [`double_spend`] | §3 and §7: a double spend that conserves all units |
//!
//! The table in this file is the only list of variants, except [`FixedBinding`], which only tests
//! use. The table does not say what a variant breaks. The models say in which configuration which
//! property fails, and the self-test of the conformance vectors says which cases must detect the
//! variant. Every variant of the table has at least one such expectation, and a test fails for a
//! variant that has none.
//!
//! To add a variant, write the type in the file of its section, add a row to the table, and add an
//! expectation to a model or to the self-test.

pub mod atomix;
pub mod cosi;
pub mod double_spend;
pub mod drp;
pub mod ledger;
pub mod sharding;
pub mod white_paper;

pub use self::atomix::*;
pub use self::cosi::*;
pub use self::double_spend::*;
pub use self::drp::*;
pub use self::ledger::*;
pub use self::sharding::*;
pub use self::white_paper::WhitePaper;

use crate::Section;
use crate::atomix::attestation::Attests;
use crate::primitives::group::Group;
use crate::primitives::ristretto::Ristretto255;
use crate::primitives::toy_group::ToyGroup;
use crate::suite::{Normative, Suite};

/// Defines a variant: a unit type that implements the rules of §3 and §7, or those of §4, with the
/// given methods in place of the specification's. In the methods, `S` is the suite and `G` is the
/// group.
macro_rules! variant {
    ($(#[$doc:meta])* $name:ident, drp { $($method:item)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default)]
        pub struct $name;

        impl<G: Group, S: Suite> $crate::drp::Rules<G, S> for $name { $($method)* }
    };
    (
        $(#[$doc:meta])* $name:ident,
        $(ledger { $($of_ledger:item)* })? $(atomix { $($of_atomix:item)* })?
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default)]
        pub struct $name;

        impl<S: Suite> $crate::ledger::Rules<S> for $name { $($($of_ledger)*)? }
        impl<S: Attests> $crate::atomix::Rules<S> for $name { $($($of_atomix)*)? }
    };
}
use variant;

/// The rules of §3 and §7 over one suite.
pub type AtomixRules<S> = dyn crate::atomix::Rules<S> + Send + Sync;

/// The rules of §4, and of §5's lottery, over one suite and in every group.
pub type DrpRules<S> = dyn EveryGroup<S> + Send + Sync;

/// The rules of collective signing in one group.
pub type CosiRules<G> = dyn crate::primitives::cosi::Rules<G> + Send + Sync;

/// Rules of §4 that are defined in every group.
pub trait EveryGroup<S: Suite>:
    crate::drp::Rules<Ristretto255, S>
    + crate::drp::Rules<ToyGroup<5>, S>
    + crate::drp::Rules<ToyGroup<7>, S>
    + crate::drp::Rules<ToyGroup<11>, S>
{
}

impl<R, S: Suite> EveryGroup<S> for R where
    R: crate::drp::Rules<Ristretto255, S>
        + crate::drp::Rules<ToyGroup<5>, S>
        + crate::drp::Rules<ToyGroup<7>, S>
        + crate::drp::Rules<ToyGroup<11>, S>
{
}

/// A row of the table.
#[derive(Debug)]
pub struct Variant<R: ?Sized + 'static = ()> {
    /// The name of the variant, in words joined by hyphens.
    pub name: &'static str,
    /// The section of the paper whose rule it weakens.
    pub section: Section,
    /// The entries of `spec/gaps.toml` about what it weakens, separated by spaces. It is empty
    /// where the paper leaves no gap.
    pub gaps: &'static str,
    /// What is weaker than in the specification.
    pub weakens: &'static str,
    /// The weakened rules. They are `()` if no method of a `Rules` trait decides what is weakened.
    pub rules: &'static R,
}

impl<R: ?Sized> Clone for Variant<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R: ?Sized> Copy for Variant<R> {}

impl<R: ?Sized> Variant<R> {
    /// The row without the rules.
    pub fn about(self) -> Variant {
        let Self { name, section, gaps, weakens, .. } = self;
        Variant { name, section, gaps, weakens, rules: &() }
    }
}

/// Makes one function of each part of the table. The function returns the rows of this part with
/// their rules.
macro_rules! table {
    ($(
        $(#[$doc:meta])*
        fn $part:ident$(<$parameter:ident: $bound:path>)? -> $kind:ty {
            $($name:literal $rules:expr, section $section:ident, gaps $gaps:literal: $weakens:literal;)*
        }
    )*) => {
        $(
            $(#[$doc])*
            pub fn $part$(<$parameter: $bound + 'static>)?() -> Vec<Variant<$kind>> {
                vec![$(Variant {
                    name: $name,
                    section: Section::$section,
                    gaps: $gaps,
                    weakens: $weakens,
                    rules: &$rules,
                }),*]
            }
        )*
    };
}

table! {
    /// The variants of §3 and §7, over any suite.
    fn of_atomix<S: Attests> -> AtomixRules<S> {
        "repeated-lock-rejects" RepeatedLockRejects, section Atomix, gaps "A10":
            "a repeated lock request is answered by a rejection";
        "accepts-after-rejection" AcceptsAfterRejection, section Atomix, gaps "A10 A53":
            "a shard accepts what it rejected before, and refunds are the old outputs";
        "output-shard-forgets" OutputShardForgets, section Atomix, gaps "A10":
            "an output shard keeps no memory of a commit";
        "one-proof-commits" OneProofCommits, section Atomix, gaps "A3":
            "one proof of acceptance of several is enough";
        "aborts-on-timeout" AbortsOnTimeout, section Atomix, gaps "A8":
            "an abort needs no proof of a rejection";
        "proofs-are-not-bound" ProofsAreNotBound, section Atomix, gaps "A10":
            "a proof serves for any transaction (bound dropped)";
        "locks-the-locked" LocksTheLocked, section Ledger, gaps "":
            "a lock is given on what is locked already";
        "locks-end-with-the-epoch" LocksEndWithTheEpoch, section Atomix, gaps "A10":
            "locks are dropped when the epoch changes";
        "decisions-end-with-the-epoch" DecisionsEndWithTheEpoch, section Atomix, gaps "A10":
            "decisions are dropped when the epoch changes, and nothing expires";
        "nobody-sweeps" NobodySweeps, section Atomix, gaps "A10":
            "only clients settle";
        "output-shards-veto" OutputShardsVeto, section Atomix, gaps "A7":
            "an output shard may refuse what all input shards accepted";
        "retries-under-the-same-id" RetriesUnderTheSameId, section Atomix, gaps "A10 A53":
            "an aborted transaction may try again under its id, and its proofs do not say which try";
        "needs-no-inputs" NeedsNoInputs, section Ledger, gaps "A54":
            "a transaction may have no inputs";
        "one-row-for-both-roles" OneRowForBothRoles, section Atomix, gaps "":
            "one decision row serves for vote and settlement";
        "aborts-before-the-lock" AbortsBeforeTheLock, section Atomix, gaps "":
            "an abort is heard before the lock, and remembered";
        "no-list-to-oneself" NoListToOneself, section Atomix, gaps "A10":
            "a shard's expiry list is not addressed to itself";
        "rows-go-early" RowsGoEarly, section Atomix, gaps "A10":
            "rows are dropped one epoch too early";
        "witness-failure-rejects" WitnessFailureRejects, section Atomix, gaps "A52":
            "a failed witness check is a final rejection";
        "votes-are-not-final" VotesAreNotFinal, section Atomix, gaps "A10":
            "a repeated request is looked at anew (final dropped)";
        "refunds-are-not-fresh" RefundsAreNotFresh, section Atomix, gaps "A53":
            "a refund is the old output itself (fresh dropped)";
        "white-paper" WhitePaper, section Atomix, gaps "A3 A7 A8 A10 A52 A53":
            "the paper's four steps to the letter";
        "claims-are-believed" ClaimsAreBelieved, section Ledger, gaps "":
            "claimed amounts are not compared with the outputs";
        "any-list-commits" AnyListCommits, section Atomix, gaps "A10":
            "a sweep commits what any input shard lists";
        "rows-never-go" RowsNeverGo, section Atomix, gaps "A10":
            "decision rows are kept permanently";
        "change-is-refunded" ChangeIsRefunded, section Atomix, gaps "":
            "change comes back as a refund";
        "double-spends-are-insured" DoubleSpendsAreInsured, section Atomix, gaps "":
            "a second transaction gets a lock too, on units of the community pool";
        "forgets-settlements" ForgetsSettlements, section Atomix, gaps "A10":
            "what was settled is forgotten";
        "unlocks-for-ever" UnlocksForEver, section Atomix, gaps "A10":
            "unlocking has no end";
        "ignores-expiry" IgnoresExpiry, section Ledger, gaps "A10":
            "inputs are locked and spent in any epoch";
        "inputs-need-not-exist" InputsNeedNotExist, section Ledger, gaps "A41":
            "an input need not be there";
        "commits-without-proofs" CommitsWithoutProofs, section Atomix, gaps "A3":
            "a commit needs no proofs";
        "aborts-without-acceptance" AbortsWithoutAcceptance, section Atomix, gaps "":
            "a shard aborts what it did not accept";
        "refusals-become-votes" RefusalsBecomeVotes, section Atomix, gaps "A8 A52":
            "every failed check is a final rejection";
    }

    /// The variants of §4, and those of §5 that change what a validator does, over any suite.
    fn of_drp<S: Suite> -> DrpRules<S> {
        "paper-runs" WhitePaper, section Drp, gaps "W8 W10 W12 W13 W14 W18":
            "servers send shares to the leader alone, before the commit is ordered; without a number there is another run";
        "runs-again" RunsAgain, section Drp, gaps "W12":
            "after a commit a leader can fail, and another one runs";
        "commit-reveal" CommitReveal, section Drp, gaps "W12 W16":
            "a number needs everybody's share, and a run without a number is run again";
        "inputs-after-reveal" InputsAfterReveal, section Drp, gaps "W12":
            "servers decrypt the shares of a proposal that is not committed";
        "fewer-inputs" FewerInputs, section Drp, gaps "W16":
            "a group may have fewer inputs than its threshold";
        "degree-unchecked" DegreeUnchecked, section Drp, gaps "":
            "a deal may have too many coefficients";
        "low-quorum" LowQuorum, section Drp, gaps "W12 F6":
            "a quorum is ⌊(n + f)/2⌋, and its signature is enough to decrypt";
        "low-threshold" LowThreshold, section Drp, gaps "W16":
            "the threshold is ⌊c/3⌋";
        "encryptions-unproven" EncryptionsUnproven, section Drp, gaps "W15":
            "nobody checks that the encrypted shares are the committed ones";
        "decryptions-unproven" DecryptionsUnproven, section Drp, gaps "W15":
            "nobody checks that the decrypted shares are the encrypted ones";
        "session-unbound" SessionUnbound, section Drp, gaps "W13":
            "a deal of another epoch is accepted";
        "deals-unsigned" DealsUnsigned, section Drp, gaps "F3":
            "a deal needs no signature by its dealer";
        "servers-left-out" ServersLeftOut, section Drp, gaps "W14":
            "the groups need not contain every server";
        "shares-to-leader" SharesToLeader, section Drp, gaps "W18 F9":
            "shares go to the leader alone";
        "start-deadline-only" StartDeadlineOnly, section Sharding, gaps "W10":
            "only the announcement has a deadline";
        "groups-chosen" GroupsChosen, section Drp, gaps "W14":
            "the leader chooses the groups, which are a partition";
        "low-quorum-alone" LowQuorumAlone, section Drp, gaps "F6":
            "a quorum is ⌊(n + f)/2⌋, but servers decrypt when the commit is ordered";
        "own-group-only" OwnGroupOnly, section Drp, gaps "":
            "signers check their own group's deals, but the log's validators check all";
        "same-view" SameView, section Sharding, gaps "W11":
            "after all leaders have failed the same view is drawn again, and nobody is excluded";
        "lottery-over-view" LotteryOverView, section Sharding, gaps "W8":
            "tickets are drawn over the view alone";
    }

    /// The variants of collective signing, in any group.
    fn of_cosi<G: Group> -> CosiRules<G> {
        "classic-cosi" WhitePaper, section Drp, gaps "W25":
            "the paper's scheme: one nonce for each signer";
    }

    /// Weakened rules that are not methods of a `Rules` trait. A model computes the effect of each.
    fn without_rules -> () {
        "gossip" (), section Sharding, gaps "W23":
            "no log orders the tickets: each validator locks the smallest one that it received within Δ";
        "late-key" (), section Sharding, gaps "W8":
            "a lottery key may be registered when the lottery's input is known";
        "swap-with-any" (), section Sharding, gaps "":
            "the shuffle swaps each place with any place, and not only with those that are not yet final";
        "rogue-key" (), section Drp, gaps "W25":
            "a group key is registered without a proof of its possession";
        "reused-nonces" (), section Drp, gaps "W25":
            "a signer that comes back from a crash draws the same randomness again";
    }
}

/// All rows of the table, without their rules.
pub fn all() -> Vec<Variant> {
    let of_atomix = of_atomix::<Normative>().into_iter().map(Variant::about);
    let of_drp = of_drp::<Normative>().into_iter().map(Variant::about);
    let of_cosi = of_cosi::<Ristretto255>().into_iter().map(Variant::about);
    of_atomix.chain(of_drp).chain(of_cosi).chain(without_rules()).collect()
}
