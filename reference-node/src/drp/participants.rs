//! The participants of a run, and the faults of the faulty ones. A seed determines all of it.

use std::collections::BTreeMap;

use ioschain_spec::drp::{EpochContext, LogPosition};
use ioschain_spec::primitives::certificate::{ROSTER_MIN, faults_max};
use ioschain_spec::primitives::hash::{Digest, sha256};
use ioschain_spec::primitives::keys::NodeId;
use ioschain_spec::primitives::numbers::Height;
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::primitives::stream::Stream;
use ioschain_spec::sharding::configuration::derive_configuration;
use ioschain_spec::testing::drp::{Participant, Participants, epoch_of};
use serde::Serialize;

use super::{RunError, Settings};

/// The fault of a faulty validator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// It never sends anything. If it leads, its turn fails.
    Silent,
    /// It swaps two of the shares that it encrypts, so these are not the committed ones.
    DealsFalsely,
    /// It agrees to sign, sends its nonces, and does not answer the challenge.
    LeavesSigning,
    /// It keeps its decrypted shares to itself.
    KeepsShares,
}

/// The faults are given to the faulty validators in this order. After the last fault the list
/// begins again.
const FAULTS: [Fault; 4] =
    [Fault::Silent, Fault::DealsFalsely, Fault::LeavesSigning, Fault::KeepsShares];

/// The epoch, its validators with their secrets, and the fault of each faulty validator.
pub(super) struct EpochParticipants {
    pub(super) epoch: EpochContext,
    pub(super) participants: Participants<Ristretto255>,
    pub(super) faults: BTreeMap<NodeId, Fault>,
}

impl EpochParticipants {
    pub(super) fn derive(settings: &Settings) -> Result<Self, RunError> {
        let Settings { validators, group_size, faulty, seed } = *settings;
        let most = faults_max(validators.into());
        if usize::from(validators) < ROSTER_MIN {
            return Err(RunError::TooFew(validators));
        }
        if usize::from(faulty) > most {
            return Err(RunError::TooFaulty { faulty, validators, most });
        }
        let derived = |what: &[u8], number: u16| -> Digest {
            sha256(&[b"ioschain drp run", what, &seed.to_le_bytes(), &number.to_le_bytes()])
        };
        let mut numbers: Vec<u16> = (0..validators).collect();
        Stream::new(derived(b"faulty", 0)).shuffle(&mut numbers);
        let participant = |number: &u16| {
            // Another number of faults is another run, with other nonces.
            let seed = [derived(b"secrets", *number), derived(b"faulty", faulty)];
            Participant::from_seed(
                &derived(b"keys", *number).0,
                sha256(&[&seed[0].0, &seed[1].0]).0,
            )
        };
        let drawn: Vec<Participant<Ristretto255>> = numbers.iter().map(participant).collect();
        let faults = FAULTS.iter().cycle().take(faulty.into());
        let faults = drawn.iter().zip(faults).map(|(it, fault)| (it.name(), *fault)).collect();
        let participants: Participants<Ristretto255> = drawn.into_iter().collect();
        let template = epoch_of(participants.roster()?, group_size);
        let configuration = derive_configuration(&template.configuration, &[], template.number)?;
        let epoch = EpochContext {
            chain_id: derived(b"chain", 0),
            randomness_before: derived(b"randomness before", 0),
            configuration,
            opened: LogPosition { height: Height(100), head: derived(b"log", 0) },
            ..template
        };
        Ok(Self { epoch, participants, faults })
    }
}
