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
        let doc = "Decrypted shares that a server does not take.";
        let mut suite = SuiteWriter::new("drp.server", "refused-shares", doc)?;
        let begin = self.begin(&self.committed, &self.answered)?;
        self.refuse_all(&mut suite, &begin, SHARES)?;
        let honest = self.reveal(&self.honest.groups[1][0])?;
        let before = self.begin(&self.turn, &self.answered)?;
        let early = Refused {
            slug: "before-commit",
            what: "shares come before the commit is ordered",
            requirement: "DRP-REVEAL-01",
            rejection: DrpNotCommitted,
            message: Message::Reveal(honest.clone()),
        };
        self.refuse(&mut suite, before.clone(), &early)?;
        let early = Refused {
            slug: "before-commit-and-session",
            what: "shares of another session come before the commit is ordered",
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

    /// The same of another session.
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
    "session", "shares come of another session", "DRP-REVEAL-03", DrpShareInput
        => |scene| scene.shares_of_another_session(|_| ());
    "leader", "a share comes of the leader's secret", "DRP-REVEAL-03", DrpShareInput
        => |scene| scene.shares_but(|them| them[0].dealer = scene.honest.finished.leadership.leader);
    "no-input", "a share comes of a deal that is no input", "DRP-REVEAL-03", DrpShareInput
        => |scene| scene.shares_but(|shares| shares[1].dealer = scene.honest.groups[1][2]);
    "position", "a share comes at a position that nobody has", "CRY-PVSS-06", CrySharePositions
        => |scene| scene.shares_but(|shares| shares[0].share.position = Position(4));
    "position-of-another", "a share comes at another server's position", "CRY-PVSS-05", CryDleqProof
        => |scene| scene.shares_but(|shares| shares[0].share.position = Position(2));
    "no-element", "a share comes that is no element", "CRY-GROUP-01", CryElementEncoding
        => |scene| scene.shares_but(|shares| shares[0].share.share = NO_ELEMENT);
    "second-false", "two shares come, of which the second is false", "CRY-PVSS-05", CryDleqProof
        => |scene| scene.shares_but(|shares| shares[1].share.share = IDENTITY);
    "swapped", "shares come of two dealers, swapped", "CRY-PVSS-05", CryDleqProof
        => |scene| {
            scene.shares_but(|shares| {
                let (first, second) = (shares[0].dealer, shares[1].dealer);
                (shares[0].dealer, shares[1].dealer) = (second, first);
            })
        };
    "other-group", "a share comes of another group's secret", "CRY-PVSS-05", CryDleqProof
        => |scene| scene.shares_but(|shares| shares[0].dealer = scene.name);
    "session-and-no-input", "shares come of another session and of no input",
        "DRP-REVEAL-03", DrpShareInput
        => |scene| scene.shares_of_another_session(|them| them[0].dealer = scene.honest.groups[1][2]);
    "no-input-and-false", "a share comes of no input, before a false one",
        "DRP-REVEAL-03", DrpShareInput => |scene| {
            scene.shares_but(|shares| {
                shares[0].dealer = scene.honest.groups[1][2];
                shares[1].share.share = IDENTITY;
            })
        };
};
