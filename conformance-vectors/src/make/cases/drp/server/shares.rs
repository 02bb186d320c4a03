//! Decrypted shares that a server does not take.

use ioschain_spec::Rejection::{
    CryDleqProof, CryElementEncoding, CrySharePositions, DrpNotCommitted, DrpShareInput,
};
use ioschain_spec::drp::messages::{Message, Reveal, RevealedShare};
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::numbers::Position;

use super::{IDENTITY, NO_ELEMENT, Refused, Row, Scene};
use crate::format::vector::VectorFile;
use crate::make::cases::drp::world::edit;
use crate::make::cases::faults::case_table;
use crate::make::cases::support::{CaseError, SuiteWriter};

impl Scene {
    pub(super) fn refused_shares(&self) -> Result<VectorFile, CaseError> {
        let doc = "Decrypted shares that a server refuses.";
        let mut suite = SuiteWriter::new("drp.server", "refused-shares", doc)?;
        let begin = self.begin(&self.committed, &self.answered)?;
        self.refuse_all(&mut suite, &begin, SHARES)?;
        let honest = self.reveal(&self.honest.groups[1][0])?;
        let before = self.begin(&self.turn, &self.answered)?;
        let early = Refused {
            slug: "before-commit",
            what: "it receives shares before the commit is ordered",
            requirement: "DRP-REVEAL-01",
            rejection: DrpNotCommitted,
            message: Message::Reveal(honest.clone()),
        };
        self.refuse(&mut suite, before.clone(), &early)?;
        let early = Refused {
            slug: "before-commit-and-session",
            what: "it receives shares of another session before the commit is ordered",
            message: Message::Reveal(Reveal { session: Digest::ZERO, ..honest }),
            ..early
        };
        self.refuse(&mut suite, before, &early)?;
        Ok(suite.finish())
    }

    /// What the first server of the second group shows, changed.
    fn shares_but(
        &self,
        change: impl FnOnce(&mut Vec<RevealedShare>),
    ) -> Result<Message, CaseError> {
        let mut reveal = self.reveal(&self.honest.groups[1][0])?;
        edit(&mut reveal.shares, change)?;
        Ok(Message::Reveal(reveal))
    }

    /// The same, for another session.
    fn shares_of_another_session(
        &self,
        change: impl FnOnce(&mut Vec<RevealedShare>),
    ) -> Result<Message, CaseError> {
        let mut reveal = self.reveal(&self.honest.groups[1][0])?;
        edit(&mut reveal.shares, change)?;
        Ok(Message::Reveal(Reveal { session: Digest::ZERO, ..reveal }))
    }
}

const SHARES: &[Row] = case_table! {
    "session", "it receives shares of another session", "DRP-REVEAL-03", DrpShareInput
        => |scene| scene.shares_of_another_session(|_| ());
    "leader", "it receives a share of a secret of the leader", "DRP-REVEAL-03", DrpShareInput
        => |scene| scene.shares_but(|them| them[0].dealer = scene.honest.finished.leadership.leader);
    "no-input", "it receives a share of a deal that is not an input", "DRP-REVEAL-03", DrpShareInput
        => |scene| scene.shares_but(|shares| shares[1].dealer = scene.honest.groups[1][2]);
    "position",
        "it receives a share for a position that no server has", "CRY-PVSS-06", CrySharePositions
        => |scene| scene.shares_but(|shares| shares[0].share.position = Position(4));
    "position-of-another",
        "it receives a share for the position of another server", "CRY-PVSS-05", CryDleqProof
        => |scene| scene.shares_but(|shares| shares[0].share.position = Position(2));
    "no-element",
        "it receives a share that is not a group element", "CRY-GROUP-01", CryElementEncoding
        => |scene| scene.shares_but(|shares| shares[0].share.share = NO_ELEMENT);
    "second-false",
        "it receives two shares of which the second one is false", "CRY-PVSS-05", CryDleqProof
        => |scene| scene.shares_but(|shares| shares[1].share.share = IDENTITY);
    "swapped",
        "it receives the shares of two dealers in exchanged places", "CRY-PVSS-05", CryDleqProof
        => |scene| {
            scene.shares_but(|shares| {
                let (first, second) = (shares[0].dealer, shares[1].dealer);
                (shares[0].dealer, shares[1].dealer) = (second, first);
            })
        };
    "other-group", "it receives a share of a secret of another group", "CRY-PVSS-05", CryDleqProof
        => |scene| scene.shares_but(|shares| shares[0].dealer = scene.name);
    "session-and-no-input", "it receives shares of another session for a deal that is not an input",
        "DRP-REVEAL-03", DrpShareInput
        => |scene| scene.shares_of_another_session(|them| them[0].dealer = scene.honest.groups[1][2]);
    "no-input-and-false", "it receives a share of a deal that is not an input before a false share",
        "DRP-REVEAL-03", DrpShareInput => |scene| {
            scene.shares_but(|shares| {
                shares[0].dealer = scene.honest.groups[1][2];
                shares[1].share.share = IDENTITY;
            })
        };
};
