//! Timeouts that a server does not count towards a failure.

use ioschain_spec::Rejection::{DrpNotCurrent, DrpTimeoutSignature, DrpTimeoutSigner};
use ioschain_spec::drp::machine::Memory;
use ioschain_spec::drp::messages::{Message, Timeout};
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::keys::NodeId;
use ioschain_spec::primitives::numbers::{Rank, View};

use super::{NO_SIGNATURE, Refused, Row, Scene};
use crate::format::vector::VectorFile;
use crate::make::cases::faults::case_table;
use crate::make::cases::support::{CaseError, SuiteWriter};

impl Scene {
    /// A timeout of another server for a view and rank, changed.
    fn timeout_but(
        &self,
        (view, rank): (u32, u8),
        change: impl FnOnce(&mut Timeout),
    ) -> Result<Message, CaseError> {
        let mut timeout = self.turn.timeout(&self.others()[0], View(view), Rank(rank))?;
        change(&mut timeout);
        Ok(Message::Timeout(timeout))
    }

    pub(super) fn refused_timeouts(&self) -> Result<VectorFile, CaseError> {
        let doc = "Timeouts that a server refuses and does not count.";
        let mut suite = SuiteWriter::new("drp.server", "refused-timeouts", doc)?;
        let begin = self.begin(&self.turn, &Memory::default())?;
        self.refuse_all(&mut suite, &begin, TIMEOUT_MESSAGES)?;
        let late = Refused {
            slug: "after-commit",
            what: "it receives a timeout after the commit",
            requirement: "DRP-COMMIT-02",
            rejection: DrpNotCurrent,
            message: self.timeout_but((0, 1), |_| ())?,
        };
        self.refuse(&mut suite, self.begin(&self.committed, &self.answered)?, &late)?;
        Ok(suite.finish())
    }
}

const TIMEOUT_MESSAGES: &[Row] = case_table! {
    "rank", "it receives a timeout for the previous leader", "DRP-LOG-02", DrpNotCurrent
        => |scene| scene.timeout_but((0, 0), |_| ());
    "view", "it receives a timeout for another view", "DRP-LOG-02", DrpNotCurrent
        => |scene| scene.timeout_but((1, 1), |_| ());
    "epoch", "it receives a timeout for another epoch", "DRP-LOG-02", DrpNotCurrent
        => |scene| scene.timeout_but((0, 1), |timeout| timeout.epoch -= 1);
    "signer", "it receives a timeout of an unknown validator", "DRP-TIMEOUT-01", DrpTimeoutSigner
        => |scene| scene.timeout_but((0, 1), |timeout| timeout.validator = NodeId(Digest::ZERO));
    "signature", "it receives an unsigned timeout", "DRP-TIMEOUT-02", DrpTimeoutSignature
        => |scene| scene.timeout_but((0, 1), |timeout| timeout.signature = NO_SIGNATURE);
    "signature-of-another",
        "it receives a timeout that another validator signed", "DRP-TIMEOUT-02", DrpTimeoutSignature
        => |scene| scene.timeout_but((0, 1), |timeout| timeout.validator = scene.others()[1]);
    "signature-for-another", "it receives a timeout whose signature is for the previous leader",
        "DRP-TIMEOUT-02", DrpTimeoutSignature
        => |scene| scene.timeout_but((0, 0), |timeout| timeout.rank = Rank(1));
    "rank-and-signer", "it receives a timeout of an unknown validator for the previous leader",
        "DRP-LOG-02", DrpNotCurrent
        => |scene| scene.timeout_but((0, 0), |timeout| timeout.validator = NodeId(Digest::ZERO));
    "signer-and-signature", "it receives an unsigned timeout of an unknown validator",
        "DRP-TIMEOUT-01", DrpTimeoutSigner => |scene| {
            scene.timeout_but((0, 1), |timeout| {
                (timeout.validator, timeout.signature) = (NodeId(Digest::ZERO), NO_SIGNATURE);
            })
        };
};
