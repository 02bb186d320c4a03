//! Who takes part in a run, and who of them is faulty, and how: all of it from a seed.

use ioschain_spec::drp::server::Secrets;
use ioschain_spec::drp::{Epoch, LogPosition};
use ioschain_spec::primitives::certificate::Roster;
use ioschain_spec::primitives::certificate::{ROSTER_MIN, faults_max};
use ioschain_spec::primitives::hash::{Digest, sha256};
use ioschain_spec::primitives::keys::{NodeId, ValidatorKeyPairs};
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::primitives::stream::Stream;
use ioschain_spec::sharding::configuration::derive_configuration;
use serde::Serialize;

use super::{RunError, Settings};

/// What a faulty validator does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// It never says anything. If it leads, its turn fails.
    Silent,
    /// One share that it encrypts is not the committed one.
    DealsFalsely,
    /// It agrees to sign, sends its nonces, and does not answer the challenge.
    LeavesSigning,
    /// It keeps its decrypted shares to itself.
    KeepsShares,
}

/// In this order faults are given to validators, again and again.
const FAULTS: [Fault; 4] =
    [Fault::Silent, Fault::DealsFalsely, Fault::LeavesSigning, Fault::KeepsShares];

/// A validator.
#[derive(Clone)]
pub(super) struct Member {
    pub(super) key_pairs: ValidatorKeyPairs,
    pub(super) secrets: Secrets<Ristretto255>,
    pub(super) fault: Option<Fault>,
}

impl Member {
    pub(super) fn name(&self) -> NodeId {
        self.secrets.name
    }
}

/// The epoch and its validators.
pub(super) struct Cast {
    pub(super) epoch: Epoch,
    /// In the order of names.
    pub(super) members: Vec<Member>,
}

impl Cast {
    pub(super) fn of(settings: &Settings) -> Result<Self, RunError> {
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
        let faults = FAULTS.iter().cycle().take(faulty.into()).map(|fault| Some(*fault));
        let faults = faults.chain(std::iter::repeat(None));
        let member = |(number, fault): (u16, Option<Fault>)| {
            let key_pairs = ValidatorKeyPairs::from_seed(&derived(b"keys", number).0);
            // Another number of faults is another run, with other nonces.
            let seed = [derived(b"secrets", number), derived(b"faulty", faulty)];
            let secrets = Secrets::new(&key_pairs, sha256(&[&seed[0].0, &seed[1].0]).0);
            Member { key_pairs, secrets, fault }
        };
        let mut members: Vec<Member> = numbers.into_iter().zip(faults).map(member).collect();
        members.sort_by_key(Member::name);
        let keys = members.iter().map(|member| member.key_pairs.public_keys());
        let number = 3;
        let epoch = Epoch {
            chain_id: derived(b"chain", 0),
            number,
            randomness_before: derived(b"randomness before", 0),
            configuration: derive_configuration(&Roster::new(keys)?, &[], number)?,
            convicted: Default::default(),
            group_size,
            lottery_heights: 5,
            opened: LogPosition { height: 100, head: derived(b"log", 0) },
        };
        Ok(Self { epoch, members })
    }
}
