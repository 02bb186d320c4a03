//! The list of wire types, for the tests that must hold for each of them.
//!
//! `encoding.rs` has the test that no type of the sources is missing here.

use std::fmt::Debug;

use arbitrary::Arbitrary;
use ioschain_spec::primitives::encoding::Wire;

/// What a test of the encoding needs of a type.
pub(crate) trait Sample: Wire + for<'a> Arbitrary<'a> + Debug + PartialEq {}
impl<T: Wire + for<'a> Arbitrary<'a> + Debug + PartialEq> Sample for T {}

/// The array of `$check::<Type>("Type")` over every wire type. Suites appear as the normative one.
macro_rules! for_every_wire_type {
    ($check:ident) => {{
        use ioschain_spec::Rejection;
        use ioschain_spec::atomix::decision_proof::DecisionProof;
        use ioschain_spec::atomix::{Answer, ExpiryList, Import, UnlockAbort, UnlockCommit};
        use ioschain_spec::sharding::registration::{Registration, SignedRegistration};
        use ioschain_spec::identity::{CertifiedEpoch, EpochClosed};
        use ioschain_spec::chain::block::Block;
        use ioschain_spec::chain::entry::{Body, Entry, Receipt};
        use ioschain_spec::ledger::header::Header;
        use ioschain_spec::ledger::genesis::{Genesis, Grant, Holder};
        use ioschain_spec::ledger::{Account, AccountId, Decision, Input, Lock, OutPoint, Output, Payload, Policy, ChainPosition, Settlement, ShardState, SignedTransaction, Totals, Transaction, TxId, UnspentOutput, Vote, Witness};
        use ioschain_spec::parameters::Parameters;
        use ioschain_spec::primitives::numbers::{Epoch, Height, Position, Rank, Shard, View};
        use ioschain_spec::primitives::certificate::{
            QuorumCertificate, Roster, ValidatorVote,
        };
        use ioschain_spec::primitives::cosi::{
            Challenge, CollectiveSignature, Nonce, Open, Response,
        };
        use ioschain_spec::primitives::dleq::{DleqProof, ProofContext, ProofRole};
        use ioschain_spec::primitives::encoding::{Bounded, BoundedMap, BoundedSet};
        use ioschain_spec::primitives::group::{EncodedElement, EncodedScalar};
        use ioschain_spec::primitives::hash::Digest;
        use ioschain_spec::primitives::keys::{NodeId, ValidatorKeys};
        use ioschain_spec::primitives::merkle::InclusionProof;
        use ioschain_spec::primitives::map_commitment::{MapLeaf, MapProof};
        use ioschain_spec::primitives::pvss::{Deal, DecryptedShare, EncryptedShare};
        use ioschain_spec::primitives::schnorr::SchnorrSignature;
        use ioschain_spec::primitives::ed25519::{PublicKey, Signature};
        use ioschain_spec::primitives::vrf::{VrfOutput, VrfProof, VrfPublicKey};
        use ioschain_spec::drp::Run;
        use ioschain_spec::drp::messages::{
            Announcement, Commit, Fail, LogEntry, LogSegment, Message, OrderedRecord, Proposal,
            Record, Reveal, RevealedShare, SignedDeal, Statement, Timeout, Transcript,
        };
        use ioschain_spec::drp::machine::{Answered, Memory};
        use ioschain_spec::sharding::lottery::Ticket;

        for_every_wire_type!(@each $check:
            Bounded<u16, 5>, BoundedMap<u8, u16, 5>, BoundedSet<u8, 5>,
            Shard, Epoch, Height, View, Rank, Position,
            Digest, PublicKey, Signature, MapLeaf, MapProof, InclusionProof,
            EncodedElement, EncodedScalar, ProofRole, ProofContext, DleqProof,
            EncryptedShare, Deal, DecryptedShare,
            VrfPublicKey, VrfProof, VrfOutput, NodeId, ValidatorKeys,
            SchnorrSignature, Open, Nonce, Challenge, Response, CollectiveSignature,
            Roster, ValidatorVote, QuorumCertificate, Rejection,
            AccountId, Policy, Account, Witness,
            TxId, OutPoint, Input, Output, Payload, Transaction, SignedTransaction,
            UnspentOutput, Lock, Vote, Settlement, Decision, ChainPosition, Totals, ShardState,
            Parameters, Holder, Grant, Genesis,
            Registration, SignedRegistration, Ticket,
            Run, Announcement, SignedDeal, Statement, Proposal, Commit,
            RevealedShare, Reveal, Timeout, Fail, LogEntry, Record, OrderedRecord,
            LogSegment<CollectiveSignature>, Transcript<CollectiveSignature>,
            Message, Answered, Memory,
            EpochClosed, CertifiedEpoch<CollectiveSignature>,
            Answer, Import, ExpiryList, DecisionProof<CollectiveSignature>,
            UnlockCommit<DecisionProof<CollectiveSignature>>,
            UnlockAbort<DecisionProof<CollectiveSignature>>,
            Receipt, Header, Entry<DecisionProof<CollectiveSignature>>,
            Body<DecisionProof<CollectiveSignature>>, Block<DecisionProof<CollectiveSignature>>,
        )
    }};
    (@each $check:ident: $($wire_type:ty,)*) => {
        [$($check::<$wire_type>(stringify!($wire_type))),*]
    };
}
pub(crate) use for_every_wire_type;
